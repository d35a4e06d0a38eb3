//! `treefall beam`.

mod cases;
mod compare;
mod table;
mod words;

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use crate::beam::{Machine, leave_nothing};

use crate::model::{all_processors, in_order};

use super::discover;
use super::exit::Exit;
use super::loaded::{Loaded, complaint};
use super::output_file;
use super::terminal::{Format, Terminal};

use compare::{Comparison, Effort, compare};
use table::Table;

/// Run scenarios on the Erlang installed here, and compare
///
/// Supervisors, servers, dynamic supervisors and applications are then Erlang's and Elixir's own; only what
/// the scenario scripts is interpreted. Whatever the real Erlang does must be among what treefall does under
/// its seeds. The release installed here is the one simulated.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Scenario files, and folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How often each scenario runs on the real Erlang [default: 1, or 10 if its seeds differ]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// Under how many seeds treefall runs each scenario
    #[arg(long, value_name = "N", default_value_t = 200)]
    seeds: u64,
    /// How long one run may take, and each tool of Erlang, in seconds [default: 20, and 60 for a tool]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    time_limit: Option<u64>,
    /// How many scenarios are compared at once [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Write a table of what was compared, by the suites that have a `cases.txt`, to this file
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// How long one run may take, in seconds.
const RUN_SECONDS: u64 = 20;
/// How long a tool of Erlang or Elixir may take to say who it is, or to compile the driver, in seconds.
const TOOL_SECONDS: u64 = 60;

/// Compares every scenario.
pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let Some(files) = discover::files(&args.paths, terminal) else { return Exit::Wrong };
    if let Some(path) = &args.table
        && let Err(error) = output_file::prepare(path, files.iter().map(PathBuf::as_path))
    {
        terminal.complain_unwritten(path, &error);
        return Exit::Wrong;
    }
    // Before there is anything to leave behind. Where no handler can be set, the next one cleans up.
    let _ = ctrlc::set_handler(|| {
        leave_nothing();
        std::process::exit(i32::from(Exit::Interrupted.code()));
    });
    let machine = match Machine::new(Duration::from_secs(args.time_limit.unwrap_or(TOOL_SECONDS))) {
        Ok(machine) => machine,
        Err(failure) => {
            terminal.complain(|_, _| format!("error: {failure}"));
            return Exit::Wrong;
        }
    };
    let mut table = Table::new(machine.installed());
    let mut exit = Exit::Held;
    let limit_ms = args.time_limit.unwrap_or(RUN_SECONDS) * 1000;
    let effort = Effort { runs: args.runs, seeds: args.seeds, limit_ms };
    let work = |file: &PathBuf| {
        let loaded = Loaded::open(file)?;
        let comparison = compare(&loaded, &effort, &machine)
            .unwrap_or_else(|failure| Comparison::Failed(failure.to_string()));
        Ok((loaded, comparison))
    };
    let jobs = args.jobs.map_or_else(all_processors, usize::from);
    let Ok(()) = in_order(&files, jobs, work, |_, result| {
        match result {
            Err(error) => {
                terminal.complain(|width, color| complaint(&error, width, color));
                exit = exit.max(Exit::Wrong);
            }
            Ok((loaded, comparison)) => {
                exit = exit.max(comparison.exit());
                tell(&loaded, &comparison, &machine, terminal);
                table.add(&loaded, &comparison);
            }
        }
        terminal.flush();
        Ok::<(), Infallible>(())
    });
    if let Some(path) = &args.table {
        match table.text(path).map(|text| output_file::write(path, &text)) {
            Ok(Ok(())) => (),
            Ok(Err(error)) => terminal.complain_unwritten(path, &error),
            Err(why) => {
                terminal.complain(|_, _| format!("error: {why}"));
                exit = exit.max(Exit::Wrong);
            }
        }
    }
    exit
}

fn tell(loaded: &Loaded, comparison: &Comparison, machine: &Machine, terminal: &mut Terminal<'_>) {
    match terminal.format {
        Format::Json => terminal.print_json(&words::as_json(loaded, comparison, machine.installed())),
        Format::Text if terminal.quiet && comparison.exit() == Exit::Held => (),
        Format::Text => {
            let text = words::as_text(loaded, comparison, machine.installed(), terminal.width);
            terminal.print(&text)
        }
    }
}
