//! Where the schedules of failures go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::explore::Schedule;
use crate::trace::is_visible;

use super::output_file;
use super::paths::{self, word};
use super::terminal::Terminal;

/// What is known of a failure when its schedule has been written, or could not be.
pub(super) struct Kept {
    /// Where the schedule is.
    pub(super) path: Option<PathBuf>,
    /// The command that shows the failure again.
    pub(super) again: String,
}

/// Keeps the schedule of a failure, under a name that says where it comes from. If it cannot be written, the
/// terminal is told, and the failure is shown again by the command that finds it: `otherwise`.
pub(super) fn keep(
    folder: &Path,
    schedule: &Schedule,
    otherwise: String,
    terminal: &mut Terminal<'_>,
) -> Kept {
    match keep_as(folder, &name(schedule), schedule) {
        Ok(path) => Kept { again: again(&path, otherwise), path: Some(path) },
        Err((path, error)) => {
            terminal.complain_unwritten(&path, &error);
            Kept { again: otherwise, path: None }
        }
    }
}

/// The command that replays a schedule; if it could not be written, the other one.
pub(super) fn again(path: &Path, otherwise: String) -> String {
    match path.is_file() {
        true => format!("treefall replay {}", word(path)),
        false => otherwise,
    }
}

/// Writes a schedule into the folder, which is made if it is not there, and says where it is. A file that is
/// there already stays as it is: the same schedule is not written twice, another one gets another name.
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
    if folder != Path::new("") {
        fs::create_dir_all(folder).map_err(|error| (folder.to_path_buf(), error))?;
    }
    let mut path = folder.join(format!("{name}.{extension}"));
    let mut nth = 2;
    loop {
        match output_file::write_new(&path, text) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err((path, error)),
            Err(_) if holds(&path, text) => return Ok(path),
            Err(_) => path = folder.join(format!("{name}-{nth}.{extension}")),
        }
        nth += 1;
    }
}

/// Whether a file holds just this. Whatever is no file holds nothing.
fn holds(path: &Path, text: &str) -> bool {
    let long = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let same_length = path.metadata().is_ok_and(|there| there.is_file() && there.len() == long);
    same_length && fs::read(path).is_ok_and(|there| there == text.as_bytes())
}

/// `pool-swarm-7`, `pool-7`, `pool-calm`
fn name(schedule: &Schedule) -> String {
    let path = paths::read(&schedule.scenario);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.replace(|letter| !is_visible(letter), "_");
    let words = schedule.scheduler.iter().flat_map(|scheduler| scheduler.split_whitespace());
    let first = words.take(1).map(|word| format!("-{}", word.trim_end_matches(','))).collect::<String>();
    match schedule.seed {
        Some(seed) => format!("{stem}{first}-{seed}"),
        None if first.is_empty() => format!("{stem}-calm"),
        None => format!("{stem}{first}"),
    }
}
