//! What the README and the pages of `docs/` show is what happens.
//!
//! Every command of a `console` block that starts treefall is run, and its output compared with what the page
//! shows: trailing spaces do not count, and a line of three dots stands for any lines. Every scenario on a
//! page parses, and every link, path and test that a page names is there. `TREEFALL_ACCEPT=1 cargo test`
//! writes what the commands print now into the pages.

#[path = "tidy/top_level.rs"]
mod top_level;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The folders that commands of a page find beside them, as copies that they may change.
const COPIED: &[&str] = &["scenarios", "snapshots"];

/// What a path that a page names begins with.
const FOLDERS: &[&str] =
    &["scenarios/", "docs/", "src/", "tests/", "benches/", "snapshots/", "integrations/"];

/// A fenced block of a page.
struct Block {
    /// The word after the fence.
    language: String,
    /// The lines between the fences: first and one past the last, from 0.
    lines: std::ops::Range<usize>,
}

#[test]
fn consoles_show_what_happens() {
    let accept = std::env::var_os("TREEFALL_ACCEPT").is_some();
    let (mut wrong, mut commands, mut left) = (String::new(), 0, Vec::new());
    for path in pages() {
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        let consoles: Vec<Block> = blocks(&text).into_iter().filter(|b| b.language == "console").collect();
        if consoles.is_empty() {
            continue;
        }
        let shell = Shell::new();
        let mut status = 0;
        let mut page: Vec<String> = Vec::new();
        let mut copied = 0;
        for block in consoles {
            let mut at = block.lines.start;
            while at < block.lines.end {
                let end = (at + 1..block.lines.end)
                    .find(|line| lines[*line].starts_with("$ "))
                    .unwrap_or(block.lines.end);
                page.extend(lines[copied..=at].iter().map(|line| (*line).to_owned()));
                let shown = &lines[at + 1..end];
                let command = lines[at].strip_prefix("$ ").expect("a console begins with a command");
                let printed = shell.run(command, &mut status);
                commands += 1;
                match printed {
                    Some(printed) if !matches(shown, &printed) => {
                        page.extend(cut(shown, &printed));
                        let place = format!("{}:{}", path.display(), at + 1);
                        wrong.push_str(&format!("{place}: `{command}` prints\n{}\n\n", printed.join("\n")));
                    }
                    Some(_) | None => page.extend(shown.iter().map(|line| (*line).to_owned())),
                }
                copied = end;
                at = end;
            }
        }
        page.extend(lines[copied..].iter().map(|line| (*line).to_owned()));
        left.extend(shell.left().into_iter().map(|what| format!("{}: leaves {what}", path.display())));
        if accept {
            fs::write(root().join(&path), page.join("\n") + "\n").expect("the pages can be written");
        }
    }
    assert!(commands > 10, "the pages show commands");
    assert!(accept || wrong.is_empty(), "{wrong}TREEFALL_ACCEPT=1 writes this into the pages.");
    assert!(left.is_empty(), "git and `cargo test` would trip over what a reader is told to make: {left:#?}");
}

#[test]
fn scenarios_on_pages_parse() {
    let mut wrong = String::new();
    // Those of the reference have a test of their own.
    for path in pages().into_iter().filter(|path| !path.ends_with("scenario.md")) {
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        for block in blocks(&text).into_iter().filter(|block| block.language == "kdl") {
            let name = format!("{}:{}", path.display(), block.lines.start + 1);
            if let Err(mistakes) = treefall::scenario::parse(&name, &lines[block.lines].join("\n")) {
                wrong.push_str(&mistakes.render(100, false));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_pages_point_at_is_there() {
    let mut wrong = Vec::new();
    for path in pages() {
        let text = read(&path);
        let folder = path.parent().expect("a page lies in a folder").to_path_buf();
        for (number, line) in text.lines().enumerate() {
            let place = format!("{}:{}", path.display(), number + 1);
            for link in links(line) {
                let target = link.split('#').next().unwrap_or_default();
                if !target.is_empty() && !root().join(&folder).join(target).exists() {
                    wrong.push(format!("{place}: the link to {link} leads nowhere"));
                }
            }
            for (named, test) in named_paths(line) {
                match fs::metadata(root().join(&named)) {
                    Err(_) => wrong.push(format!("{place}: there is no {named}")),
                    Ok(_) => {
                        if let Some(test) = test
                            && !read(Path::new(&named)).contains(&format!("fn {test}("))
                        {
                            wrong.push(format!("{place}: {named} has no {test}"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = read(Path::new("Cargo.toml"));
    let reasons = read(Path::new("docs/design.md"));
    let mut section = "";
    let mut silent = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && let Some((name, _)) = line.split_once(" = ")
            && !reasons.contains(&format!("\n| `{name}` | "))
        {
            silent.push(name);
        }
    }
    assert!(silent.is_empty(), "docs/design.md does not say why there is {silent:?}");
}

#[test]
fn dots_stand_for_any_lines() {
    let printed = ["a", "b", "c", "d"].map(str::to_owned);
    assert!(matches(&["a", "b ", "c", "d"], &printed));
    assert!(matches(&["a", "...", "d"], &printed));
    assert!(matches(&["...", "c", "..."], &printed));
    assert!(!matches(&["a", "...", "c"], &printed));
    assert!(!matches(&["b", "..."], &printed));
    assert!(!matches(&["...", "d", "...", "a", "..."], &printed));
    assert!(!matches(&["a", "b", "c", "d", "e"], &printed));
}

#[test]
fn what_a_page_leaves_out_stays_out() {
    let printed = ["x", "a  1", "b", "b", "c", "d", "e", "f"].map(str::to_owned);
    assert_eq!(cut(&["y", "a 1", "b", "...", "e"], &printed), ["x", "a  1", "b", "...", "e", "f"]);
    assert_eq!(cut(&["...", "b", "c", "..."], &printed), ["...", "b", "b", "c", "..."]);
    assert_eq!(cut(&["...", "z"], &printed), printed);
    assert_eq!(cut(&["y"], &printed), printed);
}

/// A folder to run the commands of a page in, one after the other.
struct Shell {
    folder: TempDir,
}

impl Shell {
    fn new() -> Shell {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        for name in COPIED {
            copy(&root().join(name), &folder.path().join(name));
        }
        Shell { folder }
    }

    /// The lines that a command prints, and its exit status; none for a command that is not ours to run.
    fn run(&self, command: &str, status: &mut i32) -> Option<Vec<String>> {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match &words[..] {
            piped if piped.contains(&"|") => None,
            ["treefall", arguments @ ..] | ["cargo", "run", "--", arguments @ ..] => {
                let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
                    .args(arguments)
                    .current_dir(self.folder.path())
                    .output()
                    .expect("the binary runs");
                *status = output.status.code().expect("nobody kills it");
                let printed = [output.stdout, output.stderr].concat();
                Some(trimmed(&String::from_utf8(printed).expect("it prints UTF-8")))
            }
            ["cp", from, to] => {
                fs::copy(self.folder.path().join(from), self.folder.path().join(to)).expect("it is copied");
                Some(Vec::new())
            }
            ["echo", "$?"] => Some(vec![status.to_string()]),
            ["cat", file] => Some(trimmed(&self.read(file))),
            // The one way in which a page changes a scenario.
            ["sed", rule, from, ">", to] => {
                let parts: Vec<&str> = rule.split('/').collect();
                let ["s", old, new, ""] = parts[..] else { panic!("{rule}: not a plain substitution") };
                let text = self.read(from);
                assert!(text.contains(old), "{command}: nothing to change");
                let changed: Vec<String> = text.lines().map(|line| line.replacen(old, new, 1)).collect();
                fs::write(self.folder.path().join(to), changed.join("\n") + "\n").expect("it can be written");
                Some(Vec::new())
            }
            _ => None,
        }
    }

    /// What the commands have left at the top level that is neither the project's nor ignored, and what they
    /// have changed in the folders that they found.
    fn left(&self) -> Vec<String> {
        let mut left = top_level::strange(self.folder.path());
        for name in COPIED {
            let (before, after) = (files(&root().join(name)), files(&self.folder.path().join(name)));
            let changed = after.difference(&before).map(|(path, _)| format!("{name}/{}", path.display()));
            left.extend(changed.filter(|path| !top_level::is_ignored(path)));
        }
        left
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).expect("an earlier command has made it")
    }
}

/// Whether a page shows what was printed.
fn matches(shown: &[&str], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        Some((line, rest)) => printed
            .split_first()
            .is_some_and(|(first, others)| line.trim_end() == first && matches(rest, others)),
    }
}

/// What was printed, left out where the page leaves out: what stays begins and ends with the same lines as
/// before but for their spaces. All of it, if those lines are not there any more.
fn cut(shown: &[&str], printed: &[String]) -> Vec<String> {
    let bare = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<&[&str]> = shown.split(|line| *line == "...").collect();
    let (mut kept, mut at) = (Vec::new(), 0);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            kept.push("...".to_owned());
        }
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        let mut start = at;
        if index > 0 {
            let Some(found) = printed[at..].iter().position(|line| bare(line) == bare(first)) else {
                return printed.to_vec();
            };
            start = at + found;
        }
        let mut end = printed.len();
        if index + 1 < parts.len() {
            // A line that the part holds several times ends it the last time.
            let times = part.iter().filter(|line| bare(line) == bare(last)).count();
            let ends = (start..printed.len()).filter(|line| bare(&printed[*line]) == bare(last));
            let Some(found) = ends.take(times).nth(times - 1) else { return printed.to_vec() };
            end = found + 1;
        }
        kept.extend_from_slice(&printed[start..end]);
        at = end;
    }
    kept
}

/// The lines of a text without spaces at their ends and without empty lines around them.
fn trimmed(text: &str) -> Vec<String> {
    text.trim_matches('\n').lines().map(|line| line.trim_end().to_owned()).collect()
}

/// The words of a command. Single quotes keep words together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in command.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The targets of the relative links on a line.
fn links(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("](") {
        let target: String = line[at + 2..].chars().take_while(|character| *character != ')').collect();
        if !target.contains("://") {
            found.push(target);
        }
    }
    found
}

/// The paths from the project's root that a line names, each with the test in it, as in `path::test`.
fn named_paths(line: &str) -> Vec<(String, Option<String>)> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_./-:".contains(character);
    line.split(|character: char| !is_part(character))
        .filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)))
        .map(|word| {
            let word = word.trim_end_matches(['.', ':']);
            match word.split_once("::") {
                Some((path, test)) => (path.to_owned(), Some(test.to_owned())),
                // `path:line`, as verdicts have it.
                None => (word.split(':').next().unwrap_or_default().to_owned(), None),
            }
        })
        .collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(language) = line.strip_prefix("```") {
            match open.take() {
                None => open = Some((language.to_owned(), number + 1)),
                Some((language, start)) => found.push(Block { language, lines: start..number }),
            }
        }
    }
    found
}

/// The README and the pages of `docs/`, from the project's root.
fn pages() -> Vec<PathBuf> {
    let mut pages = BTreeSet::from(["README.md", "integrations/elixir/README.md"].map(PathBuf::from));
    for entry in fs::read_dir(root().join("docs")).expect("there is a folder of pages") {
        let name = entry.expect("it can be listed").file_name();
        pages.insert(Path::new("docs").join(name));
    }
    pages.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).expect("it is text")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder, each with what is in it.
fn files(folder: &Path) -> BTreeSet<(PathBuf, Vec<u8>)> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            let name = path.file_name().expect("it has a name");
            found.extend(files(&path).into_iter().map(|(below, text)| (Path::new(name).join(below), text)));
        } else {
            let text = fs::read(&path).expect("it can be read");
            found.insert((PathBuf::from(path.file_name().expect("it has a name")), text));
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder of the project") {
        let path = entry.expect("it can be listed").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("it can be copied");
        }
    }
}
