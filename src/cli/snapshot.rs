//! Snapshot files in the format of the `insta` crate, so that `cargo insta review` works on them too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::output_file;

/// How the name of a snapshot file ends.
pub(super) const SUFFIX: &str = ".snap";

/// The metadata of a snapshot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    /// What made it.
    pub(super) source: &'a str,
    /// What was shown.
    pub(super) expression: &'a str,
    /// From which file.
    pub(super) input_file: &'a str,
}

/// How a snapshot compares with what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// The snapshot is what the run tells.
    Same,
    /// There is no snapshot.
    Missing,
    /// It says something else: this.
    Changed(String),
}

/// Compares a snapshot file with the contents that it should have.
///
/// As insta does, but for white space at the end and the line endings of Windows.
pub(super) fn compare(path: &Path, contents: &str) -> io::Result<Compared> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Compared::Missing),
        Err(error) => return Err(error),
    };
    let old = body(&text).trim_end();
    Ok(if old == contents.trim_end() { Compared::Same } else { Compared::Changed(old.to_owned()) })
}

/// What stands below the header.
fn body(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("---\n") else { return text };
    match rest.split_once("\n---\n") {
        Some((_, body)) => body,
        None => text,
    }
}

/// Writes a snapshot, and takes away what was pending.
pub(super) fn accept(path: &Path, header: Header<'_>, contents: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    output_file::write(path, &render(header, contents))?;
    forget_pending(path)
}

/// Writes what a snapshot would be, beside it, for a review.
pub(super) fn propose(path: &Path, header: Header<'_>, contents: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    output_file::write(&pending(path), &render(header, contents))
}

/// Takes away a proposal that is no longer one.
pub(super) fn forget_pending(path: &Path) -> io::Result<()> {
    match fs::remove_file(pending(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn pending(path: &Path) -> PathBuf {
    path.with_extension("snap.new")
}

fn render(header: Header<'_>, contents: &str) -> String {
    let Header { source, expression, input_file } = header;
    format!(
        "---\nsource: {}\nexpression: {}\ninput_file: {}\n---\n{}\n",
        scalar(source),
        scalar(expression),
        scalar(input_file),
        contents.trim_end()
    )
}

/// A YAML string, quoted wherever it could be taken for something else.
fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-() ".contains(letter);
    let safe = text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && text.contains(['/', '.', '(', ' '])
        && text.chars().all(plain);
    if safe { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Compared, Header, accept, compare, propose};

    const CONTENTS: &str = "---\nscenario \"a: b\"\n\n---\nheld: a.kdl\n\n\u{2501} end\n";

    #[test]
    fn insta_reads_what_we_write() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for input_file in ["pools/a file.kdl", "#1 'quoted' \"twice\": yes.kdl", "no", "7", "- a.kdl"] {
            let path = folder.path().join("deep/a.kdl.snap");
            let header = Header { source: "treefall check", expression: "contents(scenario)", input_file };
            accept(&path, header, CONTENTS).expect("it can be written");
            let read = insta::Snapshot::from_file(&path).expect("insta can read it");
            assert_eq!(read.metadata().source(), Some("treefall check"));
            assert_eq!(read.metadata().expression(), Some("contents(scenario)"));
            assert_eq!(read.metadata().input_file(), Some(input_file));
            assert_eq!(read.as_text().expect("it is text").to_string(), CONTENTS.trim_end());
            assert_eq!(compare(&path, CONTENTS).expect("it can be read"), Compared::Same);
            // What insta would write when a reviewer accepts it.
            let ours = fs::read_to_string(&path).expect("it can be read");
            read.save(&path).expect("insta can write it");
            assert_eq!(fs::read_to_string(&path).expect("it can be read"), ours);
        }
    }

    #[test]
    fn a_proposal_lies_beside_the_snapshot_until_it_is_accepted() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.kdl.snap");
        let header = Header { source: "a", expression: "b", input_file: "c" };
        assert_eq!(compare(&path, "new").expect("it can be asked"), Compared::Missing);
        propose(&path, header, "new").expect("it can be written");
        assert!(folder.path().join("a.kdl.snap.new").exists());
        accept(&path, header, "new").expect("it can be written");
        assert!(!folder.path().join("a.kdl.snap.new").exists());
        assert_eq!(compare(&path, "newer").expect("it can be read"), Compared::Changed("new".to_owned()));
        assert_eq!(compare(&path, "new\n\n").expect("it can be read"), Compared::Same);
    }
}
