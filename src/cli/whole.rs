//! Writing a file whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes beside the file and renames: who reads it meanwhile, or pulls the plug, finds the old text or the
/// new one.
///
/// # Errors
///
/// When the folder cannot be written to; the file is then as it was.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let temporary = beside(path);
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::write;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.schedule");
        write(&path, "one").expect("it can be written");
        write(&path, "two").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "two");
        assert!(write(&folder.path().join("gone/a.schedule"), "three").is_err());
        assert!(write(folder.path(), "four").is_err(), "a folder is no file");
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 1);
    }
}
