//! `treefall run`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::explore::SchedulerKind;
use crate::model::{Model, Played, Source, play};
use crate::scenario::{ScriptEvent, Simulation};
use crate::trace::{self, Recording, Settings, Verbosity};

use super::bounds::Bounds;
use super::code::{self, CodeArgs};
use super::drawing::{self, Drawing};
use super::exit::Exit;
use super::loaded::{Loaded, complaint};
use super::output_file;
use super::paths::{shown, word};
use super::schedule_file::{open_schedule, unfit};
use super::scheduler::Name;
use super::terminal::{Format, Terminal};
use super::verdict::Case;

/// Run scenarios once, and show what happened and what it came to
///
/// Without --seed it is the calm run: what has waited longest happens first, and time passes only when
/// nothing else can happen. With a seed, dice decide in which order signals arrive and processes run, or the
/// scheduler that the seed is for.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario files, and folders of them
    #[arg(required_unless_present = "code", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    code: CodeArgs,
    /// Run under this seed instead of calmly
    #[arg(long, value_name = "N", conflicts_with = "schedule", value_parser = seed)]
    seed: Option<u64>,
    /// Whose seed it is: random, pct, pos or swarm [default: random]
    #[arg(long, value_name = "NAME", requires = "seed", hide_possible_values = true)]
    scheduler: Option<Name>,
    /// How many things `pct` puts in the wrong order [default: 3]
    #[arg(long, value_name = "N", requires = "scheduler")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    depth: Option<u32>,
    /// Throw dice over orders that make no difference too
    #[arg(long, requires = "seed")]
    no_reduction: bool,
    /// Run one scenario under a recorded schedule
    #[arg(long, value_name = "FILE")]
    schedule: Option<PathBuf>,
    #[command(flatten)]
    showing: Showing,
    /// Write down every choice of the run, to be replayed with `treefall replay`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    bounds: Bounds,
}

/// How a run is shown.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Showing {
    /// How to show what happened: text, json or none [default: that of --format]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    pub(super) trace: Option<TraceFormat>,
    /// Show every signal too
    #[arg(short, long)]
    verbose: bool,
}

/// What a trace is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TraceFormat {
    /// A story that people read from above.
    Text,
    /// One object an event.
    Json,
    /// Not at all.
    None,
}

impl Args {
    /// What kind of run is asked for, but for a schedule.
    ///
    /// # Errors
    ///
    /// When there is no such scheduler, in a sentence for people.
    fn source(&self) -> Result<Source<'static>, &'static str> {
        let kind = self.scheduler.unwrap_or(Name::Random).kind(self.depth)?;
        let of = SchedulerKind { everywhere: self.no_reduction, ..kind };
        Ok(self.seed.map_or(Source::Calm, |seed| Source::Seed { of, seed }))
    }
}

/// Runs every file.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let out = Path::new(code::FOLDER);
    let Some(files) = args.code.files(&args.paths, out, terminal) else { return Exit::Wrong };
    if files.len() > 1 && terminal.drawing.is_some() {
        terminal.complain(|_, _| drawing::ONE.to_owned());
        return Exit::Wrong;
    }
    if files.len() > 1 {
        let alone = [("--record", args.record.is_some()), ("--schedule", args.schedule.is_some())];
        if let Some((flag, _)) = alone.into_iter().find(|(_, given)| *given) {
            terminal.complain(|_, _| format!("error: {flag} is for one scenario, and several are given"));
            return Exit::Wrong;
        }
    }
    let source = match args.source() {
        Ok(source) => source,
        Err(message) => {
            terminal.complain(|_, _| message.to_owned());
            return Exit::Wrong;
        }
    };
    let schedule = match args.schedule.as_deref().map(open_schedule).transpose() {
        Ok(schedule) => schedule,
        Err(message) => {
            terminal.complain(|_, _| message);
            return Exit::Wrong;
        }
    };
    if let Some(path) = &args.record
        && let Err(error) =
            output_file::prepare(path, files.iter().chain(&args.schedule).map(PathBuf::as_path))
    {
        terminal.complain_unwritten(path, &error);
        return Exit::Wrong;
    }
    let mut exit = Exit::Held;
    for file in &files {
        exit = exit.max(match Loaded::open(file) {
            Ok(mut loaded) => {
                args.bounds.apply(&mut loaded);
                schedule.iter().for_each(|schedule| loaded.permit(schedule));
                one(&loaded, args, schedule.as_ref().map_or(source, Source::Schedule), terminal)
            }
            Err(error) => {
                terminal.complain(|width, color| complaint(&error, width, color));
                Exit::Wrong
            }
        });
    }
    exit
}

fn one(loaded: &Loaded, args: &Args, source: Source<'_>, terminal: &mut Terminal<'_>) -> Exit {
    let played = match play(&loaded.simulation, source) {
        Ok(played) => played,
        Err(mismatch) => {
            let file = args.schedule.as_deref().unwrap_or(Path::new(""));
            let schedule = if let Source::Schedule(schedule) = source { Some(schedule) } else { None };
            terminal.complain(|_, _| unfit(&mismatch, file, schedule, loaded));
            return Exit::Wrong;
        }
    };
    if let Some(path) = &args.record {
        let recorded = played.schedule(loaded.subject(), source).to_string();
        if let Err(error) = output_file::write(path, &recorded) {
            // What the run came to is told all the same.
            terminal.complain_unwritten(path, &error);
        }
    }
    let options = match (&args.schedule, source.options()) {
        (Some(path), _) => format!("--schedule {}", word(path)),
        (None, options) => options.unwrap_or_default(),
    };
    let again = format!("treefall run {} {options}", word(&loaded.path));
    let again = again.trim_end();
    let recorded = args.record.as_deref().or(args.schedule.as_deref());
    show(loaded, &played, source, again, recorded, &args.showing, terminal)
}

/// Prints the trace of a run and its verdict.
pub(super) fn show(
    loaded: &Loaded,
    played: &Played<Simulation>,
    source: Source<'_>,
    again: &str,
    schedule: Option<&Path>,
    showing: &Showing,
    terminal: &mut Terminal<'_>,
) -> Exit {
    let of = match (source, schedule) {
        (Source::Schedule(_), Some(path)) => format!("as {} says", shown(path)),
        _ => source.to_string(),
    };
    let case = Case::of(loaded, played, &of, source.origin(), Some(again));
    let exit = case.judgement().exit();
    if terminal.quiet && exit == Exit::Held {
        return exit;
    }
    if let Some(wanted) = terminal.drawing {
        let (events, _) = beginning(played);
        let titles = case.titles();
        let drawing = Drawing { loaded, played, events, excerpt: None, titles: &titles };
        drawing::print(&drawing, wanted, terminal);
        return exit;
    }
    let by_format = match terminal.format {
        _ if terminal.quiet => TraceFormat::None,
        Format::Text => TraceFormat::Text,
        Format::Json => TraceFormat::Json,
    };
    show_trace(loaded, played, showing.trace.unwrap_or(by_format), showing, terminal);
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&case.lines());
            terminal.print("\n");
        }
        Format::Json => {
            let schedule = schedule.map(shown);
            terminal.print_json(&case.json(schedule.as_deref()));
        }
    }
    exit
}

/// The story of a run as text, as `treefall run` tells it.
pub fn story(
    loaded: &Loaded,
    played: &Played<Simulation>,
    width: usize,
    color: bool,
    verbose: bool,
) -> String {
    let settings = Settings {
        width,
        colour: color,
        verbosity: if verbose { Verbosity::Signals } else { Verbosity::Story },
        ..Settings::plain(loaded.simulation.atoms())
    };
    let (told, more) = beginning(played);
    let mut text = trace::text(&Recording::of(told, played.cast.directory()), &settings);
    if more > 0 {
        text.push_str(&format!("... and {more} more events, which are not told\n"));
    }
    text
}

/// Of a longer run only the beginning is told.
const TOLD_MAX: usize = 1_000_000;

/// What is told of a run, and how many more events there are.
fn beginning(played: &Played<Simulation>) -> (&[ScriptEvent], usize) {
    let told = &played.run.events[..played.run.events.len().min(TOLD_MAX)];
    (told, played.run.events.len() - told.len())
}

/// Prints what happened in a run.
pub(super) fn show_trace(
    loaded: &Loaded,
    played: &Played<Simulation>,
    format: TraceFormat,
    showing: &Showing,
    terminal: &mut Terminal<'_>,
) {
    match format {
        TraceFormat::None => (),
        TraceFormat::Text => {
            let story = story(loaded, played, terminal.width, terminal.color(), showing.verbose);
            terminal.print(&story);
            terminal.print("\n")
        }
        TraceFormat::Json => {
            let (told, more) = beginning(played);
            let recording = Recording::of(told, played.cast.directory());
            terminal.print_json_lines(&trace::json_lines(&recording, loaded.simulation.atoms()));
            match more {
                0 => (),
                more => terminal.print_json(&trace::left_out(more)),
            }
        }
    }
}

/// Reads a seed from the command line.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches};
    use proptest::prelude::{ProptestConfig, any, proptest};

    use crate::explore::SchedulerKind;
    use crate::model::Source;

    use super::Args;

    /// What kind of run these options ask for.
    fn read(options: &str) -> Source<'static> {
        let words = ["run", "a.kdl"].into_iter().chain(options.split_whitespace());
        let matches = Args::augment_args(Command::new("run")).try_get_matches_from(words);
        let args = matches.and_then(|matches| Args::from_arg_matches(&matches));
        let args = args.unwrap_or_else(|error| panic!("{options}: {error}"));
        args.source().unwrap_or_else(|error| panic!("{options}: {error}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_run_is_repeated_by_the_options_that_it_prints(seed in any::<u64>(), depth in 1..=1000_u32) {
            let kinds = [
                SchedulerKind::RANDOM,
                SchedulerKind::pct(depth),
                SchedulerKind::POS,
                SchedulerKind::SWARM,
            ];
            let everywhere = kinds.map(|kind| SchedulerKind { everywhere: true, ..kind });
            let sources = kinds.into_iter().chain(everywhere).map(|of| Source::Seed { of, seed });
            for source in sources.chain([Source::Calm]) {
                assert_eq!(source.options().as_deref().map(read), Some(source));
            }
        }
    }
}
