//! `treefall judge`.

mod args;
mod data;
mod engine;
mod markdown;
mod mutants;
mod outages;
mod report;
mod told;

use std::path::{Path, PathBuf};

use crate::kernel::StopFlag;

use super::deadline::{Deadline, in_time};
use super::discover;
use super::exit::Exit;
use super::interrupt;
use super::loaded::{Loaded, complaint};
use super::output_file;
use super::paths::shown;
use super::tally::Tally;
use super::terminal::{Format, Terminal};

pub(super) use args::Args;
pub(super) use engine::judged;
pub(super) use told::{change_words, verdict_words};

use engine::print;
use report::{Report, worth};

/// Judges every file.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let Some(files) = discover::files(&args.paths, terminal) else { return Exit::Wrong };
    if let (Some(path), [_, _, ..]) = (&args.write, files.as_slice()) {
        terminal.complain(|_, _| format!("error: --write {}: name one scenario for it", shown(path)));
        return Exit::Wrong;
    }
    if let Some(path) = &args.write
        && let Err(error) = output_file::prepare(path, files.iter().map(PathBuf::as_path))
    {
        terminal.complain_unwritten(path, &error);
        return Exit::Wrong;
    }
    interrupt::listen();
    let mut tally = Tally::default();
    for (place, file) in files.iter().enumerate() {
        if interrupt::happened() {
            break;
        }
        if place > 0 && terminal.format == Format::Text {
            terminal.print("\n");
        }
        let (here, path) = (args.clone(), file.clone());
        let judged = in_time(args.for_, (file, None), terminal, move |deadline, terminal| {
            opened(&path, &here, deadline, terminal)
        });
        let (word, exit) = judged.unwrap_or_else(|left| (left.word, left.exit));
        tally.count(word, exit);
        terminal.flush();
    }
    if interrupt::happened() { Exit::Interrupted } else { tally.exit() }
}

/// Reads one file, and does with it what was asked for.
fn opened(
    file: &Path,
    args: &Args,
    deadline: &Deadline,
    terminal: &mut Terminal<'_>,
) -> (&'static str, Exit) {
    match Loaded::open(file) {
        Ok(mut loaded) => {
            args.bounds.apply(&mut loaded);
            let stop = deadline.stop(0);
            match args.mutants {
                true => mutants::one(&loaded, args, &stop, terminal),
                false if args.outages => outages::one(&loaded, args, &stop, terminal),
                false => one(&loaded, args, &stop, terminal),
            }
        }
        Err(error) => {
            terminal.complain(|width, color| complaint(&error, width, color));
            ("wrong", Exit::Wrong)
        }
    }
}

/// Judges one file.
fn one(loaded: &Loaded, args: &Args, stop: &StopFlag, terminal: &mut Terminal<'_>) -> (&'static str, Exit) {
    let judging = judged(loaded, &args.budget(), &[], stop, terminal);
    let report = Report { loaded, judging: &judging, args, holding: judging.holding() };
    print(terminal, || data::json(&report), || markdown::page(&report), |width| told::lines(&report, width));
    let (word, exit) = worth(&judging.own.verdict);
    match &args.write {
        Some(path) => (word, written(&report, path, terminal).unwrap_or(exit)),
        None => (word, exit),
    }
}

/// Writes the design that was asked for; what that comes to, if not to what the file's own does.
fn written(report: &Report<'_>, path: &Path, terminal: &mut Terminal<'_>) -> Option<Exit> {
    let number = report.args.change;
    let Some(judged) = number.checked_sub(1).and_then(|place| report.holding.get(place)) else {
        let have = report.holding.len();
        terminal.complain(|_, _| {
            format!("error: --change {number}: {have} changes were found that hold; nothing was written")
        });
        return Some(Exit::Wrong);
    };
    if let Err(error) = output_file::write(path, &judged.text) {
        terminal.complain_unwritten(path, &error);
    }
    None
}
