//! Where the schedules of failures go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::explore::Schedule;

use super::whole;

/// Writes a schedule into the folder, which is made if it is not there, and says where it is. A file that is
/// there already stays as it is: the same schedule is not written twice, another one gets another name.
///
/// # Errors
///
/// When the folder or the file cannot be written, with the path.
pub(super) fn keep(folder: &Path, schedule: &Schedule) -> Result<PathBuf, (PathBuf, io::Error)> {
    keep_as(folder, &name(schedule), schedule)
}

/// The same, under this name.
///
/// # Errors
///
/// When the folder or the file cannot be written, with the path.
pub(super) fn keep_as(
    folder: &Path,
    name: &str,
    schedule: &Schedule,
) -> Result<PathBuf, (PathBuf, io::Error)> {
    keep_text(folder, name, "schedule", &schedule.to_string())
}

/// The same for any text.
///
/// # Errors
///
/// When the folder or the file cannot be written, with the path.
pub(super) fn keep_text(
    folder: &Path,
    name: &str,
    extension: &str,
    text: &str,
) -> Result<PathBuf, (PathBuf, io::Error)> {
    let path = free(folder, name, extension, text)?;
    if !path.exists() {
        whole::write(&path, text).map_err(|error| (path.clone(), error))?;
    }
    Ok(path)
}

/// Where a text is already, or may be written: what is there stays.
///
/// # Errors
///
/// When the folder cannot be made or a file cannot be read, with the path.
pub(super) fn free(
    folder: &Path,
    name: &str,
    extension: &str,
    text: &str,
) -> Result<PathBuf, (PathBuf, io::Error)> {
    if folder != Path::new("") {
        fs::create_dir_all(folder).map_err(|error| (folder.to_path_buf(), error))?;
    }
    let mut path = folder.join(format!("{name}.{extension}"));
    let mut nth = 2;
    loop {
        match fs::read(&path) {
            Ok(there) if there == text.as_bytes() => return Ok(path),
            Ok(_) => path = folder.join(format!("{name}-{nth}.{extension}")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err((path, error)),
        }
        nth += 1;
    }
}

/// `pool-swarm-7`, `pool-7`, `pool-calm`
fn name(schedule: &Schedule) -> String {
    let stem = Path::new(&schedule.scenario).file_stem().unwrap_or_default().to_string_lossy();
    let words = schedule.scheduler.iter().flat_map(|scheduler| scheduler.split_whitespace());
    let first = words.take(1).map(|word| format!("-{}", word.trim_end_matches(','))).collect::<String>();
    match schedule.seed {
        Some(seed) => format!("{stem}{first}-{seed}"),
        None if first.is_empty() => format!("{stem}-calm"),
        None => format!("{stem}{first}"),
    }
}
