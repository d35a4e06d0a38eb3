//! `treefall merge`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::model::VERSION;

use super::exit::Exit;
use super::explore::{Header, Printer, Report, merge};
use super::paths::shown;
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

/// A line of a result is no longer than this.
const LINE_MAX: u64 = 64 << 20;

/// One machine's result.
struct Part {
    /// The name of its file.
    name: String,
    campaign: Header,
    reports: Vec<Report>,
}

/// Merges all results, by scenario.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let parts: Result<Vec<Part>, String> = args.results.iter().map(|path| read(path)).collect();
    let lacking = parts.as_deref().map(lacking).unwrap_or_default();
    let reports = match parts.and_then(together) {
        Ok(reports) => reports,
        Err(why) => {
            terminal.complain(|_, _| format!("error: {why}"));
            return Exit::Wrong;
        }
    };
    let missing = lacking.iter().filter(|(file, _)| !reports.iter().any(|report| report.file() == **file));
    let missing: Vec<(&String, &Vec<String>)> = missing.collect();
    let names = reports.iter().map(Report::file).chain(missing.iter().map(|(file, _)| (*file).clone()));
    let mut printer = Printer::of(names.collect::<Vec<_>>().into_iter());
    for mut report in reports {
        report.lacks = lacking.get(&report.file()).cloned().unwrap_or_default();
        printer.print(&report, terminal, &mut |_, _| None);
    }
    for (file, why) in missing {
        printer.print_missing(file, why, terminal);
    }
    printer.finish(terminal)
}

/// What a file holds. It is read line by line, and no further than it makes sense.
fn read(path: &Path) -> Result<Part, String> {
    let name = shown(path);
    let unreadable = |error: io::Error| format!("{name}: cannot be read: {error}");
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut number = 0;
    let mut next = || -> Result<Option<(String, String)>, String> {
        number += 1;
        let place = format!("{name}:{number}");
        let mut line = Vec::new();
        let read = (&mut file).take(LINE_MAX).read_until(b'\n', &mut line).map_err(unreadable)?;
        if u64::try_from(read).unwrap_or(LINE_MAX) == LINE_MAX && line.last() != Some(&b'\n') {
            return Err(format!("{place}: this line is longer than any of a result"));
        }
        let line = String::from_utf8(line).map_err(|_| format!("{place}: is no text"))?;
        Ok((read > 0).then(|| (place, line.trim_end().to_owned())))
    };
    let Some((place, first)) = next()? else {
        return Err(format!("{name}: is empty: whoever wrote it has explored nothing"));
    };
    let campaign: Header = parsed(&place, &first)?;
    if campaign.version != VERSION {
        let version = &campaign.version;
        return Err(format!("{place}: was written by treefall {version}, and this is {VERSION}"));
    }
    let mut reports: Vec<Report> = Vec::new();
    let mut left: BTreeSet<&String> = campaign.files.iter().collect();
    while let Some((place, line)) = next()? {
        let report: Report = parsed(&place, &line)?;
        if !left.remove(&report.file()) {
            return Err(format!("{place}: {} comes twice, or is no file of this campaign", report.file()));
        }
        reports.push(report);
    }
    Ok(Part { name, campaign, reports })
}

fn parsed<T: DeserializeOwned>(place: &str, line: &str) -> Result<T, String> {
    serde_json::from_str(line)
        .map_err(|error| format!("{place}: this is no result of `treefall explore --result`: {error}"))
}

/// What each file of the campaign lacks, beside seeds: parts that have nothing of it, and parts that nobody has.
fn lacking(parts: &[Part]) -> BTreeMap<String, Vec<String>> {
    let mut lacking: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Part { name, campaign, reports } in parts {
        for file in &campaign.files {
            if !reports.iter().any(|report| report.file() == *file) {
                let why = if campaign.ended { "the scenario was wrong" } else { "it was interrupted before" };
                lacking.entry(file.clone()).or_default().push(format!("{name} has nothing of it: {why}"));
            }
        }
        for report in reports.iter().filter(|report| !campaign.ended && report.was_interrupted()) {
            let why = format!("{name} was interrupted in it");
            lacking.entry(report.file()).or_default().push(why);
        }
    }
    // Where seeds can be missing they are named, and say more.
    let timed = parts.iter().flat_map(|part| &part.reports).filter(|report| report.has_no_seeds_to_miss());
    for file in timed.map(Report::file).collect::<BTreeSet<_>>() {
        let shards = || parts.iter().filter(|part| part.campaign.files.contains(&file));
        let shards = || shards().filter_map(|part| part.campaign.part);
        let Some(of) = shards().map(|shard| shard.of).max() else { continue };
        for nth in (1..=of).filter(|nth| !shards().any(|shard| (shard.nth, shard.of) == (*nth, of))).take(8) {
            lacking.entry(file.clone()).or_default().push(format!("the part {nth}/{of} is missing"));
        }
    }
    lacking
}

/// The wholes, one a scenario, in the order in which they are first named.
fn together(parts: Vec<Part>) -> Result<Vec<Report>, String> {
    let mut by_file: Vec<(String, Vec<(String, Report)>)> = Vec::new();
    for Part { name, reports, .. } in parts {
        for report in reports {
            let file = report.file();
            match by_file.iter_mut().find(|(known, _)| *known == file) {
                Some((_, parts)) => parts.push((name.clone(), report)),
                None => by_file.push((file, vec![(name.clone(), report)])),
            }
        }
    }
    by_file.into_iter().map(|(file, parts)| merge(parts).map_err(|why| format!("{file}: {why}"))).collect()
}
