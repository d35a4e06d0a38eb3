//! Finding scenarios and their snapshots.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::paths::shown;
use super::snapshot::SUFFIX;
use super::terminal::Terminal;

/// A folder with this file in it is not searched, unless it is named itself.
const LEFT_OUT: &str = ".left-out";
/// The folder of snapshots beside scenarios.
const BESIDE: &str = "snapshots";
/// What is said where there is nothing to do.
const NONE: &str = "error: there are no scenarios (`*.kdl`) there";

/// A scenario to check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DiscoveredScenario {
    /// Where the file was found.
    pub(super) path: PathBuf,
    /// Its path below what was asked for, with `/` on every machine.
    pub(super) relative: String,
    /// Where its snapshot belongs.
    pub(super) snapshot: PathBuf,
}

impl DiscoveredScenario {
    /// What is read to check it.
    pub(super) fn files(&self) -> [&Path; 2] {
        [&self.path, &self.snapshot]
    }
}

/// All scenarios that these paths mean: files as they are given, and in place of a folder all `*.kdl` below
/// it, sorted. Each is there once. If that cannot be said, or there are none, the terminal has been told why.
pub(super) fn files(paths: &[PathBuf], terminal: &mut Terminal<'_>) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    for root in paths {
        match meant(root) {
            Ok(meant) => files.extend(meant),
            Err(error) => {
                terminal.complain(|_, _| unreadable(error));
                return None;
            }
        }
    }
    let mut known = BTreeSet::new();
    files.retain(|file: &PathBuf| known.insert(plain(file).to_path_buf()));
    if files.is_empty() {
        terminal.complain(|_, _| NONE.to_owned());
        return None;
    }
    Some(files)
}

/// The scenarios that one path means.
fn meant(root: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    if !root.is_dir() {
        return Ok(vec![root.to_path_buf()]);
    }
    let files = files_below(plain(root))?.into_iter();
    Ok(files.filter(|path| ends_with(path, ".kdl")).collect())
}

fn unreadable((path, error): (PathBuf, io::Error)) -> String {
    format!("error: {}: cannot be read: {error}", shown(&path))
}

/// All scenarios below these paths with the places of their snapshots, sorted and each once.
///
/// # Errors
///
/// When a folder cannot be read, there is no scenario, or two would have the same snapshot, in a sentence
/// for people.
pub(super) fn scenarios(
    paths: &[PathBuf],
    snapshots: Option<&Path>,
) -> Result<Vec<DiscoveredScenario>, String> {
    let mut found = BTreeSet::new();
    for root in paths.iter().map(|root| plain(root)) {
        for path in meant(root).map_err(unreadable)? {
            let below = match path.strip_prefix(root).or_else(|_| path.strip_prefix("")) {
                Ok(below) if !below.as_os_str().is_empty() => below.to_path_buf(),
                _ => PathBuf::from(path.file_name().unwrap_or_default()),
            };
            let mut snapshot = match snapshots {
                Some(folder) => folder.join(&below),
                None => path
                    .parent()
                    .unwrap_or(Path::new(""))
                    .join(BESIDE)
                    .join(path.file_name().unwrap_or_default()),
            };
            snapshot.as_mut_os_string().push(SUFFIX);
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            found.insert(DiscoveredScenario { relative: parts.join("/"), snapshot, path });
        }
    }
    if found.is_empty() {
        return Err(NONE.to_owned());
    }
    let found: Vec<DiscoveredScenario> = found.into_iter().collect();
    match found.array_windows().find(|[one, other]| one.snapshot == other.snapshot) {
        Some([one, other]) => {
            let (one, other) = (shown(&one.path), shown(&other.path));
            Err(format!("error: {one} and {other} would have the same snapshot"))
        }
        None => Ok(found),
    }
}

/// The snapshots whose scenario is gone. Only folders that were asked for whole are looked at.
///
/// # Errors
///
/// When a folder cannot be read, in a sentence for people.
pub(super) fn orphans(paths: &[PathBuf], snapshots: Option<&Path>) -> Result<Vec<PathBuf>, String> {
    let folders: Vec<&Path> = paths.iter().map(|path| plain(path)).filter(|path| path.is_dir()).collect();
    let mut orphans = BTreeSet::new();
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<&Path> = match snapshots {
        Some(folder) if folder.is_dir() => vec![folder],
        Some(_) => Vec::new(),
        None => folders,
    };
    for place in places {
        for snapshot in files_below(place).map_err(unreadable)? {
            // Other tools keep snapshots too; ours are named after scenarios.
            let named = snapshot.to_str().filter(|path| path.ends_with(".kdl.snap"));
            let Some(scenario) = named.and_then(|path| path.strip_suffix(SUFFIX)).map(Path::new) else {
                continue;
            };
            let has_scenario = match snapshots {
                Some(folder) => {
                    let below = scenario.strip_prefix(folder).unwrap_or(scenario);
                    paths.iter().any(|root| root.join(below).is_file() || root.ends_with(below))
                }
                None => {
                    let (Some(folder), Some(name)) = (scenario.parent(), scenario.file_name()) else {
                        continue;
                    };
                    !folder.ends_with(BESIDE) || folder.with_file_name(name).is_file()
                }
            };
            if !has_scenario {
                orphans.insert(snapshot);
            }
        }
    }
    Ok(orphans.into_iter().collect())
}

/// All regular files of a folder and of those in it, but for hidden ones and folders that are left out. Links to folders are not followed.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let told = |error| (folder.to_path_buf(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if entry.file_type().map_err(told)?.is_dir() {
            if !path.join(LEFT_OUT).exists() {
                files.extend(files_below(plain(&path))?);
            }
        } else if path.metadata().map_or(true, |there| there.is_file()) {
            // A link that leads nowhere is a mistake to be told; a pipe or a device is no scenario.
            files.push(plain(&path).to_path_buf());
        }
    }
    files.sort();
    Ok(files)
}

/// A path without `./` in front, so that it reads as people would write it.
fn plain(path: &Path) -> &Path {
    match path.strip_prefix(".") {
        Ok(below) if !below.as_os_str().is_empty() => below,
        _ => path,
    }
}

fn ends_with(path: &Path, suffix: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(suffix))
}
