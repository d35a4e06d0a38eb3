//! Checking again whenever a file changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::trace::{Line, Tone};

use super::super::discover::{self, DiscoveredScenario};
use super::super::exit::Exit;
use super::super::interrupt;
use super::super::terminal::Terminal;

/// How often files are looked at. Nobody saves faster.
const LOOKS_EVERY: Duration = Duration::from_millis(150);

/// Checks, waits until something else stands in a file, and checks again, until somebody presses Ctrl-C.
pub(super) fn watch(
    paths: &[PathBuf],
    snapshots: Option<&Path>,
    terminal: &mut Terminal<'_>,
    check: &mut dyn FnMut(&mut Terminal<'_>) -> Exit,
) -> Exit {
    interrupt::listen();
    loop {
        // What changes while it is checked is checked again.
        let before = Seen::of(paths, snapshots);
        terminal.begin_anew();
        check(terminal);
        terminal.print_lines(&[Line::new(), Line::new().with(Tone::Faint, "watching; Ctrl-C ends it")]);
        terminal.flush();
        loop {
            if interrupt::happened() {
                return Exit::Interrupted;
            }
            if Seen::of(paths, snapshots) != before {
                break;
            }
            thread::sleep(LOOKS_EVERY);
        }
    }
}

/// What is seen of files from outside: whether they are there, how long they are, and when they were written.
#[derive(Debug, PartialEq, Eq)]
struct Seen(BTreeMap<PathBuf, Option<(u64, Option<SystemTime>)>>);

impl Seen {
    fn of(paths: &[PathBuf], snapshots: Option<&Path>) -> Seen {
        // A folder that is gone for a moment is one without scenarios.
        let found = discover::scenarios(paths, snapshots).unwrap_or_default();
        let files = found.iter().flat_map(DiscoveredScenario::files).map(Path::to_path_buf);
        let look = |file: PathBuf| {
            let seen = fs::metadata(&file).ok().map(|at| (at.len(), at.modified().ok()));
            (file, seen)
        };
        Seen(files.map(look).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Seen;

    #[test]
    fn what_is_written_made_or_removed_is_seen() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a.kdl");
        let look = || Seen::of(&[folder.path().to_path_buf()], None);
        fs::write(&file, "supervisor a").expect("it can be written");
        let first = look();
        assert_eq!(look(), first);
        fs::write(&file, "supervisor ab").expect("it can be written");
        let second = look();
        assert_ne!(second, first);
        fs::write(folder.path().join("b.kdl"), "").expect("it can be written");
        assert_ne!(look(), second);
        fs::remove_file(&file).expect("it can be removed");
        assert_ne!(look(), second);
    }
}
