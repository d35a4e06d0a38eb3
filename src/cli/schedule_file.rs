//! Schedule files: reading one, finding the scenario that it is of, and saying why it does not fit.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::explore::{Mismatch, Schedule};
use crate::model::VERSION;

use super::loaded::Loaded;
use super::paths::{self, shown};

/// A schedule is no larger than this, in bytes.
const BYTES_MAX: u64 = 128 << 20;

/// Reads a schedule file, or says what is wrong with it.
///
/// # Errors
///
/// A message for people.
pub(super) fn open_schedule(path: &Path) -> Result<Schedule, String> {
    let shown = shown(path);
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => format!("error: {shown}: no such file"),
        io::ErrorKind::IsADirectory => format!("error: {shown}: is a directory; name a schedule file in it"),
        _ => format!("error: {shown}: cannot be read: {error}"),
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let read = file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > BYTES_MAX {
        return Err(format!("error: {shown}: larger than the limit of {BYTES_MAX} bytes for a schedule"));
    }
    let text = String::from_utf8(bytes).map_err(|_| format!("error: {shown}: not UTF-8 text"))?;
    Schedule::parse(&text).map_err(|mistake| {
        let said = format!("error: {shown}:{}: {}", mistake.line, mistake.message);
        match path.extension().is_some_and(|ending| ending == "kdl") {
            true => format!(
                "{said}\n  this is a scenario: `treefall explore {shown}` writes a schedule of what it finds, and \
                 `treefall run {shown} --record FILE.schedule` one of a run"
            ),
            false => said,
        }
    })
}

/// Where a schedule's scenario is.
pub(super) fn scenario_of(schedule: &Schedule, file: &Path) -> PathBuf {
    let recorded = paths::read(&schedule.scenario);
    let folder = file.parent().unwrap_or(Path::new(""));
    let beside = [Some(folder.join(&recorded)), recorded.file_name().map(|name| folder.join(name))];
    if recorded.exists() {
        return recorded;
    }
    beside.into_iter().flatten().find(|path| path.exists()).unwrap_or(recorded)
}

/// Why a replay stopped, and the usual cause.
pub(super) fn unfit(
    mismatch: &Mismatch,
    file: &Path,
    schedule: Option<&Schedule>,
    loaded: &Loaded,
) -> String {
    let shown = shown(file);
    let place = mismatch.wanted.as_ref().map_or(shown.clone(), |line| format!("{shown}:{}", line.number));
    let cause = match schedule {
        Some(schedule) if schedule.hash != loaded.hash() => {
            format!("{} is not what it was when this schedule was recorded", loaded.name)
        }
        Some(schedule) if schedule.version != VERSION => {
            format!("treefall {} recorded this schedule, and this is {VERSION}", schedule.version)
        }
        _ => format!("{} is what it was, so the schedule itself was edited", loaded.name),
    };
    format!("error: {place}: this schedule does not fit\n  {mismatch}\n  cause: {cause}")
}
