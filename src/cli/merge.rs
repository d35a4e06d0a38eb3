//! `treefall merge`.

use crate::model::VERSION;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::explore::{Printer, Report, merge};
use super::terminal::Terminal;

/// Put the results of several machines together
///
/// Each machine has explored a part of the seeds with `treefall explore --shard K/N --result FILE`. What is
/// printed is what one machine would have printed that had tried them all, but for the stories; the exit
/// status is the same too. Parts that are missing are named, and nothing holds then.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Results of `treefall explore --result`
    #[arg(required = true, value_name = "RESULT")]
    results: Vec<PathBuf>,
}

/// Merges all results, by scenario.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let merged = read(&args.results).and_then(together);
    let reports = match merged {
        Ok(reports) => reports,
        Err(why) => {
            terminal.complain(|_, _| format!("error: {why}"))?;
            return Ok(Exit::Wrong);
        }
    };
    let mut printer = Printer::of(reports.iter().map(Report::file));
    for report in &reports {
        printer.print(report, terminal, &mut |_, _| Ok(None))?;
    }
    printer.finish(terminal)
}

/// All parts in the files, each with the name of its file.
fn read(paths: &[PathBuf]) -> Result<Vec<(String, Report)>, String> {
    let mut parts = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: cannot be read: {error}"))?;
        if text.is_empty() {
            return Err(format!("{name}: is empty: whoever wrote it has explored nothing"));
        }
        for (number, line) in text.lines().enumerate() {
            parts.push((name.clone(), part(path, number + 1, line)?));
        }
    }
    Ok(parts)
}

fn part(path: &Path, number: usize, line: &str) -> Result<Report, String> {
    let place = || format!("{}:{number}", path.display());
    let part: Report = serde_json::from_str(line)
        .map_err(|error| format!("{}: this is no result of `treefall explore --result`: {error}", place()))?;
    match part.version() {
        VERSION => Ok(part),
        version => Err(format!("{}: was written by treefall {version}, and this is {VERSION}", place())),
    }
}

/// The wholes, one a scenario, in the order in which they are first named.
fn together(parts: Vec<(String, Report)>) -> Result<Vec<Report>, String> {
    let mut by_file: Vec<(String, Vec<(String, Report)>)> = Vec::new();
    for (name, part) in parts {
        let file = part.file();
        match by_file.iter_mut().find(|(known, _)| *known == file) {
            Some((_, parts)) => parts.push((name, part)),
            None => by_file.push((file, vec![(name, part)])),
        }
    }
    by_file.into_iter().map(|(file, parts)| merge(parts).map_err(|why| format!("{file}: {why}"))).collect()
}
