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

/// Whether a file could be written there, asked before work that would be lost; its folder is made if it is
/// not there.
///
/// # Errors
///
/// When it could not.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => fs::create_dir_all(folder)?,
        _ => (),
    }
    let temporary = beside(path);
    fs::write(&temporary, "").and_then(|()| fs::remove_file(&temporary))
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{prepare, write};

    #[test]
    fn a_place_is_tried_before_it_is_needed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        prepare(&folder.path().join("new/a.json")).expect("a folder can be made");
        assert_eq!(fs::read_dir(folder.path().join("new")).expect("it is there").count(), 0);
        fs::write(folder.path().join("file"), "").expect("it can be written");
        assert!(prepare(&folder.path().join("file/a.json")).is_err());
    }

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
