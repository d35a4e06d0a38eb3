//! Finding scenarios and their snapshots.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::snapshot::SUFFIX;

/// The folder of snapshots beside scenarios.
const BESIDE: &str = "snapshots";

/// A scenario to check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// The file.
    pub(super) path: PathBuf,
    /// Its path below what was asked for, with `/` on every machine.
    pub(super) relative: String,
    /// Where its snapshot belongs.
    pub(super) snapshot: PathBuf,
}

/// All scenarios below these paths, sorted and each once.
///
/// # Errors
///
/// When a folder cannot be read, with its path.
pub(super) fn scenarios(
    paths: &[PathBuf],
    snapshots: Option<&Path>,
) -> Result<Vec<Found>, (PathBuf, io::Error)> {
    let mut found = BTreeSet::new();
    for root in paths.iter().map(|root| plain(root)) {
        let files = if root.is_dir() { files_below(root)? } else { vec![root.to_path_buf()] };
        for path in files {
            if root.is_dir() && !ends_with(&path, ".kdl") {
                continue;
            }
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
            found.insert(Found { relative: parts.join("/"), snapshot, path });
        }
    }
    Ok(found.into_iter().collect())
}

/// The snapshots whose scenario is gone. Only folders that were asked for whole are looked at.
///
/// # Errors
///
/// When a folder cannot be read, with its path.
pub(super) fn orphans(
    paths: &[PathBuf],
    snapshots: Option<&Path>,
) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
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
        for snapshot in files_below(place)? {
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

/// All files of a folder and of those in it, but for hidden ones. Links to folders are not followed.
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
            files.extend(files_below(plain(&path))?);
        } else {
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
