//! How one scenario came out, kept until all have.

use std::path::{Path, PathBuf};

use super::super::exit::Exit;

/// How one scenario came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Entry {
    /// Its file, as it was given.
    pub(in crate::cli) path: PathBuf,
    /// The word that it is printed with.
    pub(in crate::cli) word: String,
    /// What it is worth.
    pub(in crate::cli) exit: Exit,
    /// How much was tried.
    pub(in crate::cli) effort: String,
    /// What is wrong, in one line.
    pub(in crate::cli) why: String,
    /// All there is to say.
    pub(in crate::cli) told: String,
    /// Why it is so: what `treefall explain` says.
    pub(in crate::cli) explained: Option<String>,
    /// The line of the file that says what is broken.
    pub(in crate::cli) line: Option<usize>,
}

impl Entry {
    /// Of a file that could not be run at all.
    pub(in crate::cli) fn wrong(path: &Path, told: &str) -> Entry {
        Entry {
            path: path.to_path_buf(),
            word: "wrong".to_owned(),
            exit: Exit::Wrong,
            effort: String::new(),
            why: told.lines().next().unwrap_or_default().to_owned(),
            told: told.to_owned(),
            explained: None,
            line: None,
        }
    }

    /// Of one that was left for this reason, with what was known of it by then.
    pub(in crate::cli) fn left(path: &Path, word: &str, exit: Exit, why: &str, told: &str) -> Entry {
        Entry { word: word.to_owned(), exit, why: why.to_owned(), ..Entry::wrong(path, told.trim_end()) }
    }
}

/// What is kept of results until all are there; nothing if nobody asks for it.
#[derive(Debug)]
pub(in crate::cli) struct Kept {
    pub(super) entries: Vec<Entry>,
    /// Whether somebody reads why something fails.
    pub(in crate::cli) explains: bool,
}

impl Kept {
    /// Nothing has been heard yet.
    pub(in crate::cli) fn new(explains: bool) -> Self {
        Kept { entries: Vec::new(), explains }
    }

    pub(in crate::cli) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(in crate::cli) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

/// Where a result for programs says that what it broke first is written, by its line.
pub(in crate::cli) fn line_of(result: &serde_json::Value) -> Option<usize> {
    let place = result["breaches"].as_array()?.iter().find_map(|breach| breach["place"].as_str())?;
    place.rsplit_once(':')?.1.parse().ok()
}
