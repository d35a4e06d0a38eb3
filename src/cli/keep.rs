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
    if folder != Path::new("") {
        fs::create_dir_all(folder).map_err(|error| (folder.to_path_buf(), error))?;
    }
    let text = schedule.to_string();
    let mut path = folder.join(format!("{name}.schedule"));
    let mut nth = 2;
    loop {
        match fs::read(&path) {
            Ok(there) if there == text.as_bytes() => return Ok(path),
            Ok(_) => path = folder.join(format!("{name}-{nth}.schedule")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return whole::write(&path, &text).map(|()| path.clone()).map_err(|error| (path, error));
            }
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
        None if schedule.is_of_a_sweep() => format!("{stem}-sweep"),
        None => format!("{stem}-calm"),
    }
}
