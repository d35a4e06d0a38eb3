//! The words of the language, and the word that was probably meant.

/// A word that begins a line, with the function that reads the rest of it.
pub struct Keyword<F> {
    /// The word that such a line begins with.
    pub name: &'static str,
    /// How a line with it looks, for hints.
    pub usage: &'static str,
    /// Reads the line.
    pub read: F,
}

impl<F> Keyword<F> {
    /// A row of a table of words.
    pub const fn new(name: &'static str, usage: &'static str, read: F) -> Self {
        Keyword { name, usage, read }
    }
}

/// The candidate that `word` was probably meant to be.
pub fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let length = word.chars().count();
    candidates
        .iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
            (distance, *candidate)
        })
        // One letter in three may be wrong: a name of one letter resembles no other.
        .filter(|(distance, candidate)| {
            *distance <= length.max(candidate.chars().count()) / 3 && *candidate != word
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// A hint for an unknown word: the nearest candidate, or else the few there are.
pub fn hint(word: &str, candidates: &[&str]) -> Option<String> {
    const FEW: usize = 12;
    if let Some(nearest) = nearest(word, candidates) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let mut candidates = candidates.to_vec();
    candidates.sort_unstable();
    candidates.dedup();
    match candidates.as_slice() {
        [] => None,
        [only] => Some(format!("it can only be `{only}`")),
        few if few.len() <= FEW => {
            let quoted: Vec<String> = few.iter().map(|word| format!("`{word}`")).collect();
            Some(format!("it can be one of {}", quoted.join(", ")))
        }
        _ => None,
    }
}

/// Words of Erlang, Elixir and testing frameworks that are none here, and what is meant by them.
const FOREIGN: &[(&str, &str)] = &[
    ("assert", "`expect` says what must be so: `expect ok`, `expect alive a`, `expect $x is 3`"),
    ("assert_receive", "`receive PATTERN… timeout=MS` waits for a message, and fails without one"),
    ("refute", "`expect` says what must be so: `expect dead a`, `expect $x is_not 3`"),
    ("wait", "`sleep MS` lets time pass, and `settle` waits until nothing can happen any more"),
    (
        "children",
        "each child stands in the block of its supervisor by what it is: `worker a`, `supervisor b { … }`",
    ),
    (
        "child",
        "each child stands in the block of its supervisor by what it is: `worker a`, `supervisor b { … }`",
    ),
    ("defmodule", "`server NAME { … }` is a gen_server, and `process NAME { … }` runs from top to bottom"),
    ("genserver", "`server NAME { … }` is a gen_server"),
    ("gen_server", "`server NAME { … }` is a gen_server"),
    ("GenServer", "`server NAME { … }` is a GenServer"),
    ("GenServer.call", "it is `call TARGET VALUE…`"),
    ("GenServer.cast", "it is `cast TARGET VALUE…`"),
    ("GenServer.stop", "it is `stop TARGET reason=REASON`"),
    ("Process.exit", "it is `exit TARGET reason=REASON`, or `kill TARGET`"),
    ("Process.sleep", "it is `sleep MS`"),
    ("Process.monitor", "it is `monitor TARGET as=$ref`"),
    ("Process.link", "it is `link TARGET`"),
    ("Process.flag", "it is `trap_exit #true`"),
    ("Process.send_after", "it is `send_after MS TARGET VALUE…`"),
    ("Process.whereis", "it is `whereis NAME as=$pid`"),
    ("Task.async", "it is `async TASK as=$task`"),
    ("Task.await", "it is `await $task`"),
    ("handle_call", "it is `on call PATTERN… { … }`"),
    ("handle_cast", "it is `on cast PATTERN… { … }`"),
    ("handle_info", "it is `on info PATTERN… { … }`"),
    ("handle_continue", "it is `on continue PATTERN… { … }`"),
    ("raise_error", "it is `raise REASON`"),
    ("throw", "it is `raise REASON`, or `stop reason=REASON`"),
    ("print", "`log` says something in the story, and `note` in a client"),
    ("return", "a server answers with `reply VALUE…`, and a task returns with `return VALUE…`"),
];

/// What a word of another language is here.
pub fn foreign(word: &str) -> Option<String> {
    FOREIGN.iter().find(|(known, _)| *known == word).map(|(_, advice)| (*advice).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::nearest;

    #[test]
    fn the_nearest_word_is_near() {
        let words = words();
        assert_eq!(nearest("replay", &words), Some("reply"));
        assert_eq!(nearest("monitr", &words), Some("monitor"));
        assert_eq!(nearest("start_chlid", &words), Some("start_child"));
        assert_eq!(nearest("banana", &words), None);
    }

    #[test]
    fn no_word_is_its_own_correction() {
        assert_eq!(nearest("reply", &["reply"]), None);
    }
}
