//! Reading a scenario file, and refusing what cannot be one before it is read whole.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::ast::Scenario;
use super::limits::MAX_BYTES;
use super::mistake::Mistakes;
use super::parse;
use super::parse::words::nearest;

/// Why a scenario file could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("{}: no such file{}", path.display(), nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Missing {
        /// What was asked for.
        path: PathBuf,
        /// The file beside it whose name is most like it.
        nearest: Option<String>,
    },
    /// It is a directory.
    #[error("{}: is a directory; name the scenario files in it", .0.display())]
    Directory(PathBuf),
    /// It is too large to be a scenario.
    #[error("{}: larger than the limit of {MAX_BYTES} bytes for a scenario file", .0.display())]
    TooLarge(PathBuf),
    /// It is not UTF-8.
    #[error("{}: not UTF-8 text: the first wrong byte is at offset {offset}", path.display())]
    NotUtf8 {
        /// The file that was to be read.
        path: PathBuf,
        /// Where the first wrong byte stands.
        offset: usize,
    },
    /// The system would not let it be read.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// The file that was to be read.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// It is text, and the text has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
}

/// Reads a scenario file.
///
/// # Errors
///
/// When the file cannot be read, and when it has mistakes.
pub fn load(path: &Path) -> Result<Scenario, LoadError> {
    let text = read(path)?;
    Ok(parse(&path.display().to_string(), &text)?)
}

/// Reads the text of a scenario file, for callers who need it beside the [`Scenario`].
///
/// # Errors
///
/// When the file cannot be read or cannot be a scenario.
pub fn read(path: &Path) -> Result<String, LoadError> {
    let owned = || path.to_path_buf();
    let unreadable = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => LoadError::Missing { path: owned(), nearest: nearest_file(path) },
        _ => LoadError::Unreadable { path: owned(), cause },
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(LoadError::Directory(owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(LoadError::TooLarge(owned()));
    }
    // A pipe says that it holds nothing, and a file may grow meanwhile: count while reading.
    let mut bytes = Vec::new();
    let mut file = fs::File::open(path).map_err(unreadable)?.take(MAX_BYTES + 1);
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(LoadError::TooLarge(owned()));
    }
    String::from_utf8(bytes)
        .map_err(|error| LoadError::NotUtf8 { path: owned(), offset: error.utf8_error().valid_up_to() })
}

/// The file in the same directory whose name is most like the one that is missing.
fn nearest_file(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let parent = match path.parent()? {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        parent => parent,
    };
    let mut names: Vec<String> =
        fs::read_dir(parent).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(wanted, &names).map(|name| path.with_file_name(name).display().to_string())
}
