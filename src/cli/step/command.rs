//! What can be typed while a run is chosen by hand.

use std::fmt;
use std::path::PathBuf;

/// A line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// What the calm run would do next.
    Next,
    /// What stands there with this number.
    Take(usize),
    /// So many steps of the calm run, or all that are left.
    Calm(Option<u64>),
    /// Calmly, until this process starts or ends.
    Until(String, Turn),
    /// So many steps back.
    Back(usize),
    /// Everything that can happen, however much that is.
    All,
    /// The supervision tree as it is now.
    Tree,
    /// All there is to know about this process.
    Process(String),
    /// The story so far.
    Story,
    /// The run as a schedule, into this file.
    Save(PathBuf),
    Help,
    Quit,
}

/// What may become of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Starts,
    Ends,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Turn::Starts => "starts",
            Turn::Ends => "ends",
        })
    }
}

/// What there is to type, and what it does.
pub(super) const HELP: [(&str, &str); 12] = [
    ("3", "let happen what stands there with this number"),
    ("Enter", "let happen what is marked: what the calm run would do"),
    ("calm 10", "ten steps of the calm run; `calm` alone goes to its end"),
    ("until NAME ends", "the calm run, until this process has ended, or until it `starts`"),
    ("back", "take the last step back; `back 10` ten of them"),
    ("all", "show everything that can happen"),
    ("tree", "the supervision tree now"),
    ("process NAME", "all there is to know about a process"),
    ("story", "the story so far"),
    ("save FILE", "write the run down for `treefall replay`; its rest is the calm run"),
    ("help", "this"),
    ("quit", "leave, as the end of the input does"),
];

impl Command {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// When it says nothing, in a sentence for people.
    pub(super) fn read(line: &str) -> Result<Command, String> {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let alone = |command: Command| match rest {
            "" => Ok(command),
            rest => Err(format!("`{word}` stands alone; what is `{rest}`?")),
        };
        match word {
            "" => Ok(Command::Next),
            "calm" if rest.is_empty() => Ok(Command::Calm(None)),
            "calm" => number(word, rest).map(|steps| Command::Calm(Some(steps))),
            "until" => until(rest),
            "back" if rest.is_empty() => Ok(Command::Back(1)),
            "back" => {
                number(word, rest).map(|steps| Command::Back(usize::try_from(steps).unwrap_or(usize::MAX)))
            }
            "all" => alone(Command::All),
            "tree" => alone(Command::Tree),
            "story" => alone(Command::Story),
            "help" | "?" => alone(Command::Help),
            "quit" | "exit" | "q" => alone(Command::Quit),
            "process" if rest.is_empty() => Err("`process` takes a name: `process a#2`".to_owned()),
            "process" => Ok(Command::Process(rest.to_owned())),
            "save" if rest.is_empty() => Err("`save` takes a file: `save a.schedule`".to_owned()),
            "save" => Ok(Command::Save(PathBuf::from(rest))),
            word if word.chars().all(|letter| letter.is_ascii_digit()) => {
                // What has more digits than a number can hold stands nowhere either.
                alone(Command::Take(word.parse().unwrap_or(usize::MAX)))
            }
            word => Err(format!("`{word}` is no command; `help` lists them")),
        }
    }
}

fn number(word: &str, text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{word}` takes a number of steps, and `{text}` is none"))
}

fn until(rest: &str) -> Result<Command, String> {
    let turns = [("ends", Turn::Ends), ("starts", Turn::Starts)];
    // A name may hold spaces; the last word says what is to become of it.
    let found = turns.into_iter().find_map(|(word, turn)| {
        let name = rest.strip_suffix(word)?;
        (name.ends_with(char::is_whitespace) && !name.trim().is_empty())
            .then(|| Command::Until(name.trim().to_owned(), turn))
    });
    found.ok_or_else(|| "`until` takes a name and what is to become of it: `until a#2 ends`".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::proptest;

    use super::{Command, Turn};

    #[test]
    fn lines_are_read_or_refused_with_a_sentence() {
        let read = |line: &str| Command::read(line);
        assert_eq!(read(""), Ok(Command::Next));
        assert_eq!(read(" 12 "), Ok(Command::Take(12)));
        assert_eq!(read("99999999999999999999999"), Ok(Command::Take(usize::MAX)));
        assert_eq!(read("calm"), Ok(Command::Calm(None)));
        assert_eq!(read("calm 10"), Ok(Command::Calm(Some(10))));
        assert_eq!(read("until a b ends"), Ok(Command::Until("a b".to_owned(), Turn::Ends)));
        assert_eq!(read("until ends starts"), Ok(Command::Until("ends".to_owned(), Turn::Starts)));
        for wrong in
            ["calm ten", "back -1", "until", "until ends", "until a", "save", "process", "12 13", "jump"]
        {
            assert!(read(wrong).is_err_and(|why| why.contains('`')), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in "(\\PC|\\p{C}| |until|ends|calm|[0-9]){0,30}") {
            let _ = Command::read(&line);
        }
    }
}
