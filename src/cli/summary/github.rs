//! Results for GitHub Actions: lines that it shows at the places of scenarios, and the summary of a job.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use super::super::exit::Exit;
use super::super::paths::shown;
use super::super::terminal::Terminal;
use super::entry::Entry;

/// The variable that names the file of the summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Says where what is broken stands. It goes to standard error, where GitHub looks too, so that results stay what they
/// are.
pub(super) fn annotate(entries: &[Entry], terminal: &mut Terminal<'_>) {
    for entry in entries.iter().filter(|entry| entry.exit != Exit::Held) {
        terminal.complain(|_, _| annotation(entry));
    }
}

fn annotation(entry: &Entry) -> String {
    let level = match entry.exit {
        Exit::Held | Exit::Inconclusive | Exit::Unwritten | Exit::Interrupted => "warning",
        Exit::Broken | Exit::Wrong => "error",
    };
    let file = property(&shown(&entry.path));
    let line = entry.line.unwrap_or(1);
    let title = property(&format!("treefall: {}", entry.word));
    format!("::{level} file={file},line={line},title={title}::{}", data(&entry.why))
}

/// Adds the summary to that of the job, if there is one.
pub(super) fn summarise(markdown: &str, terminal: &mut Terminal<'_>) {
    let Some(path) = std::env::var_os(SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return;
    };
    let written = OpenOptions::new().append(true).create(true).open(&path);
    if let Err(error) = written.and_then(|mut file| file.write_all(format!("{markdown}\n").as_bytes())) {
        terminal.complain_unwritten(&path, &error);
    }
}

/// What stands behind the colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands between them, where colons and commas end something.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
