//! The one place that writes files: whole or not at all, and never over what the command reads.
//!
//! A regular file is written beside itself and then renamed, so whoever reads it meanwhile, or pulls the plug,
//! finds the old text or the new one. What has more than one name (hard links), or an owner that a new file
//! would not have, is written in place instead, for a rename would cut the names apart or change the owner.
//! Even then the whole text has been written beside it first, so a full disk is noticed before anything is
//! touched. Links are followed to what they name; devices, pipes and whatever else is no regular file are
//! written straight into.
//!
//! What lies beside a file meanwhile has a name that nobody can guess, is made by us or not at all, and is
//! locked as long as we live: one that nobody holds is left over from somebody who was killed, and goes.

use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the names of files end that are still being written.
const UNFINISHED: &str = ".treefall-unfinished";
/// More links than this are taken for a circle.
const LINKS_MAX: usize = 40;

/// Writes a text to where a path leads.
///
/// # Errors
///
/// When it cannot be written; a regular file is then as it was.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    match place_of(path)? {
        Destination::Printed(mut file) => file.write_all(text.as_bytes()),
        Destination::Straight => {
            OpenOptions::new().write(true).truncate(true).open(path)?.write_all(text.as_bytes())
        }
        Destination::New(target) => {
            let unfinished = Unfinished::beside(&target, text)?;
            unfinished.become_file(&target)
        }
        Destination::Old(target, old) => {
            let unfinished = Unfinished::beside(&target, text)?;
            match unfinished.passes_for(&old)? {
                true => unfinished.become_file(&target),
                false => overwrite(&target, text),
            }
        }
    }
}

/// Writes a text into a file that is not there yet.
///
/// # Errors
///
/// When it cannot be written; of the kind `AlreadyExists` when there is something by now.
pub(super) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = Unfinished::beside(path, text)?;
    match fs::hard_link(&unfinished.path, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) => Ok(()),
        // Not every file system has hard links.
        Err(_) if path.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => unfinished.become_file(path),
    }
}

/// Whether a file could be written there, asked before work that would be lost, and whether that would destroy
/// anything that the command reads.
///
/// # Errors
///
/// When it could not, or must not.
pub(super) fn prepare<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> io::Result<()> {
    if let Some(input) = inputs.into_iter().find(|input| is_same_file(path, input)) {
        return Err(io::Error::other(format!("this command reads that file, as {}", input.display())));
    }
    match place_of(path)? {
        Destination::Printed(_) | Destination::Straight => Ok(()),
        Destination::New(target) | Destination::Old(target, _) => Unfinished::beside(&target, "").map(drop),
    }
}

/// The same, and makes the folder if it is not there.
///
/// # Errors
///
/// When it could not, or must not.
pub(super) fn prepare_with_folder<'a>(
    path: &Path,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => fs::create_dir_all(folder)?,
        _ => (),
    }
    prepare(path, inputs)
}

/// Whether two paths lead to one regular file, or would if it were written.
fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one_is), Ok(other_is)) => {
            one_is.is_file() && other_is.is_file() && identity(one, &one_is) == identity(other, &other_is)
        }
        (Err(_), Err(_)) => matches!((future(one), future(other)), (Some(one), Some(other)) if one == other),
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}

/// Where a file that is not there yet would be.
fn future(path: &Path) -> Option<PathBuf> {
    let target = end_of_links(path).ok()?;
    Some(folder_of(&target).canonicalize().ok()?.join(target.file_name()?))
}

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// What a path leads to.
enum Destination {
    /// What this program prints to: the text goes behind what is there.
    Printed(File),
    /// No regular file, or one that has no name any more.
    Straight,
    /// A file that is not there yet.
    New(PathBuf),
    /// A regular file.
    Old(PathBuf, Metadata),
}

fn place_of(path: &Path) -> io::Result<Destination> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return end_of_links(path).map(Destination::New);
        }
        Err(error) => return Err(error),
    };
    if let Some(printed) = printed(path, &found) {
        return Ok(Destination::Printed(printed));
    }
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    match path.canonicalize() {
        Ok(target) if is_same_file(path, &target) => {
            // Whoever may not write to it may not replace it either.
            OpenOptions::new().write(true).open(&target)?;
            Ok(Destination::Old(target, found))
        }
        _ => Ok(Destination::Straight),
    }
}

/// Standard output or standard error, if that is what the path leads to. Opened once more, a file that output is
/// redirected to would be written from its beginning.
#[cfg(unix)]
fn printed(path: &Path, found: &Metadata) -> Option<File> {
    use std::os::fd::AsFd;
    let (out, err) = (io::stdout(), io::stderr());
    [out.as_fd(), err.as_fd()].into_iter().find_map(|open| {
        let file = File::from(open.try_clone_to_owned().ok()?);
        let opened = file.metadata().ok()?;
        (opened.is_file() && identity(path, &opened) == identity(path, found)).then_some(file)
    })
}

#[cfg(not(unix))]
fn printed(_: &Path, _: &Metadata) -> Option<File> {
    None
}

/// What a link names, and that link, and so on; there need not be anything.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Writes over what a file holds.
fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).truncate(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// A file beside the one that is to be written. It goes with this value.
struct Unfinished {
    file: File,
    path: PathBuf,
}

impl Unfinished {
    fn beside(target: &Path, text: &str) -> io::Result<Unfinished> {
        let Some(name) = target.file_name() else { return Err(io::ErrorKind::IsADirectory.into()) };
        let folder = folder_of(target);
        remove_leftovers(folder);
        let mut unfinished = loop {
            // The names of new hashers cannot be foreseen from outside.
            let number = RandomState::new().hash_one(name);
            let path = folder.join(format!(".{number:016x}{UNFINISHED}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
                Err(error) => return Err(error),
                Ok(file) => {
                    // Where there are no locks, nobody takes it for a leftover either.
                    let removed = matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
                    let unfinished = Unfinished { file, path };
                    if !removed && unfinished.path.symlink_metadata().is_ok() {
                        break unfinished;
                    }
                }
            }
        };
        unfinished.file.write_all(text.as_bytes())?;
        unfinished.file.sync_data()?;
        Ok(unfinished)
    }

    /// Makes it look like the old file; false if a rename would show.
    #[cfg(unix)]
    fn passes_for(&self, old: &Metadata) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt;
        let new = self.file.metadata()?;
        let passes = old.nlink() == 1 && (new.uid(), new.gid()) == (old.uid(), old.gid());
        if passes {
            self.file.set_permissions(old.permissions())?;
        }
        Ok(passes)
    }

    #[cfg(not(unix))]
    fn passes_for(&self, _: &Metadata) -> io::Result<bool> {
        Ok(true)
    }

    fn become_file(&self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After a rename there is nothing any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes what the dead have left behind in a folder.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| {
            name.strip_prefix('.').and_then(|name| name.strip_suffix(UNFINISHED)).is_some_and(|number| {
                number.len() == 16 && number.chars().all(|digit| digit.is_ascii_hexdigit())
            })
        });
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // It is garbage: nothing is lost if it stays.
        let path = entry.path();
        if let Ok(file) = OpenOptions::new().write(true).open(&path)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{prepare, prepare_with_folder, write, write_new};

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("it is there");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("it can be listed").file_name().into_string().unwrap_or_default())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_place_is_tried_before_it_is_needed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        prepare_with_folder(&folder.path().join("new/a.json"), []).expect("a folder can be made");
        assert_eq!(names(&folder.path().join("new")), [""; 0]);
        fs::write(folder.path().join("file"), "").expect("it can be written");
        assert!(prepare_with_folder(&folder.path().join("file/a.json"), []).is_err());
        assert!(prepare(&folder.path().join("other/a.json"), []).is_err());
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
        assert!(write_new(&path, "five").is_err(), "it is there already");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "two");
        write_new(&folder.path().join("b.schedule"), "six").expect("it can be written");
        assert_eq!(names(folder.path()), ["a.schedule", "b.schedule"]);
    }

    #[test]
    fn what_is_read_is_not_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (input, other) = (folder.path().join("a.kdl"), folder.path().join("b.kdl"));
        fs::write(&input, "a").expect("it can be written");
        fs::hard_link(&input, &other).expect("there are hard links");
        let inputs = || [input.as_path()];
        assert!(prepare(&input, inputs()).is_err());
        assert!(prepare(&folder.path().join(".").join("a.kdl"), inputs()).is_err());
        assert!(prepare(&other, inputs()).is_err(), "it is the same file");
        assert!(prepare(&folder.path().join("c"), inputs()).is_ok());
        let future = folder.path().join("d");
        assert!(prepare(&folder.path().join(".").join("d"), [future.as_path()]).is_err(), "two outputs");
    }

    #[cfg(unix)]
    mod unix {
        use std::fs;
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
        use std::path::Path;

        use super::super::{UNFINISHED, prepare, write};
        use super::names;

        #[test]
        fn links_are_followed_and_modes_kept() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let at = |name: &str| folder.path().join(name);
            fs::write(at("file"), "old").expect("it can be written");
            fs::set_permissions(at("file"), fs::Permissions::from_mode(0o600)).expect("it is ours");
            symlink("file", at("link")).expect("there are links");
            symlink("later", at("dangling")).expect("there are links");
            symlink("circle", at("circle")).expect("there are links");
            write(&at("link"), "new").expect("it can be written");
            write(&at("dangling"), "new").expect("it can be written");
            assert!(write(&at("circle"), "new").is_err());
            assert!(at("link").is_symlink() && at("dangling").is_symlink());
            assert_eq!(fs::read_to_string(at("file")).expect("it is there"), "new");
            assert_eq!(fs::read_to_string(at("later")).expect("it is there"), "new");
            assert_eq!(fs::metadata(at("file")).expect("it is there").mode() & 0o777, 0o600);
            assert!(prepare(&at("link"), [at("file").as_path()]).is_err(), "the link leads to what is read");
        }

        #[test]
        fn all_names_of_a_file_stay_together() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let (one, other) = (folder.path().join("one"), folder.path().join("other"));
            fs::write(&one, "something long").expect("it can be written");
            fs::hard_link(&one, &other).expect("there are hard links");
            write(&one, "new").expect("it can be written");
            assert_eq!(fs::read_to_string(&other).expect("it is there"), "new");
            assert_eq!(fs::metadata(&one).expect("it is there").nlink(), 2);
            assert_eq!(names(folder.path()), ["one", "other"]);
        }

        #[test]
        fn what_is_no_regular_file_is_written_straight_into() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let link = folder.path().join("link");
            symlink("/dev/null", &link).expect("there are links");
            for path in [Path::new("/dev/null"), &link] {
                prepare(path, [path]).expect("a device is no file that could be lost");
                write(path, "gone").expect("it takes anything");
            }
            assert!(!fs::metadata("/dev/null").expect("it is there").is_file());
            let full = write(Path::new("/dev/full"), "x").expect_err("there is no room");
            assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        }

        #[test]
        fn leftovers_of_the_dead_go_and_what_only_looks_like_one_stays() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let at = |name: &str| folder.path().join(name);
            let dead = format!(".0123456789abcdef{UNFINISHED}");
            let alive = format!(".fedcba9876543210{UNFINISHED}");
            let planted = format!(".00000000000000aa{UNFINISHED}");
            let other = format!(".mine{UNFINISHED}");
            fs::write(at("victim"), "precious").expect("it can be written");
            for name in [&dead, &alive, &other] {
                fs::write(at(name), "").expect("it can be written");
            }
            symlink("victim", at(&planted)).expect("there are links");
            let held = fs::File::open(at(&alive)).expect("it is there");
            held.lock().expect("it can be locked");
            write(&at("file"), "new").expect("it can be written");
            assert_eq!(names(folder.path()), [&planted, &alive, &other, "file", "victim"]);
            assert_eq!(fs::read_to_string(at("victim")).expect("it is there"), "precious");
        }
    }
}
