//! Folders for a moment: what Erlang is to run lies in one, so nobody else may have made it or write to it, and it
//! goes when nobody needs it any more, whatever happens to whoever has made it.
//!
//! Its name cannot be guessed, and only its owner can look into it. It is removed when it is dropped, and when
//! the program is interrupted or told to end ([`leave_nothing`](super::leave_nothing)). As long as somebody uses it, it is locked: a folder
//! of ours that nobody holds is left over from somebody who was killed outright, and goes with the next one made.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How their names begin.
const PREFIX: &str = "treefall-beam-";

/// All that this program has made and not removed.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A folder that goes with this value.
pub(super) struct Folder {
    path: PathBuf,
    _held: Option<File>,
}

impl Folder {
    /// Makes one where temporary files go.
    pub(super) fn new() -> Result<Folder, (PathBuf, io::Error)> {
        // Whoever is interrupted meanwhile waits for its name.
        let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |error| (std::env::temp_dir(), error);
        loop {
            let path = made().map_err(told)?;
            let held = held(&path);
            // Somebody may have taken it for a leftover before it was locked.
            if path.is_dir() {
                remove_leftovers(&path);
                folders.insert(path.clone());
                return Ok(Folder { path, _held: held });
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), (PathBuf, io::Error)> {
        let path = self.path().join(name);
        fs::write(&path, content).map_err(|error| (path, error))
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, (PathBuf, io::Error)> {
        let path = self.path().join(name);
        fs::read(&path).map_err(|error| (path, error))
    }

    /// The names of its files, in order.
    pub(super) fn names(&self) -> Result<Vec<String>, (PathBuf, io::Error)> {
        let told = |error| (self.path.clone(), error);
        let entries = fs::read_dir(&self.path).map_err(told)?;
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut names = names.collect::<io::Result<Vec<String>>>().map_err(told)?;
        names.sort();
        Ok(names)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // There is nobody to tell if this fails, and nothing more to try.
        let _ = fs::remove_dir_all(&self.path);
        FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}

/// Removes every folder. For a program that is about to end: none can be made afterwards.
pub(super) fn remove_all() {
    let folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    for folder in &*folders {
        // There is nobody to tell if this fails, and nothing more to try.
        let _ = fs::remove_dir_all(folder);
    }
    std::mem::forget(folders);
}

/// A new folder, of which nobody could know the name.
fn made() -> io::Result<PathBuf> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    loop {
        // What new hashers come to cannot be foreseen from outside.
        let number = RandomState::new().hash_one(PREFIX);
        let path = std::env::temp_dir().join(format!("{PREFIX}{number:016x}"));
        match builder.create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
            made => return made.map(|()| path),
        }
    }
}

/// The folder, locked; nothing if somebody holds it, or nobody can.
fn held(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().ok()?;
    Some(file)
}

#[cfg(unix)]
fn remove_leftovers(beside: &Path) {
    use std::os::unix::fs::MetadataExt;
    let (Some(place), Ok(ours)) = (beside.parent(), beside.metadata()) else { return };
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && path.symlink_metadata().is_ok_and(|there| there.is_dir() && there.uid() == ours.uid());
        if is_ours && path != beside && held(&path).is_some() {
            // It is garbage: nothing is lost if it stays.
            let _ = fs::remove_dir_all(&path);
        }
    }
}

#[cfg(not(unix))]
fn remove_leftovers(_: &Path) {}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{Folder, PREFIX, remove_leftovers};

    #[test]
    fn a_folder_is_its_makers_alone_and_goes_with_him() {
        let folder = Folder::new().expect("there is a place");
        let path = folder.path().to_path_buf();
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(!path.display().to_string().contains(&std::process::id().to_string()));
        folder.write("a", b"b").expect("it can be written");
        assert_eq!(folder.read("a").expect("it is there"), b"b");
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn what_the_dead_have_left_goes_and_what_is_held_stays() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| {
            let path = place.path().join(format!("{PREFIX}{name}"));
            std::fs::create_dir(&path).expect("it can be made");
            path
        };
        let (mine, held, dead) = (at("mine"), at("held"), at("dead"));
        let other = place.path().join("other");
        std::fs::create_dir(&other).expect("it can be made");
        let holding = super::held(&held).expect("nobody holds it");
        remove_leftovers(&mine);
        assert!(mine.exists() && held.exists() && other.exists() && !dead.exists());
        drop(holding);
    }
}
