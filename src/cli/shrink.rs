//! `treefall shrink`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::explore::Schedule;
use crate::kernel::StopFlag;
use crate::model::{Smallest, Source, breach_of};
use crate::scenario::Simulation;
use crate::trace::{Line, Tone};

use super::bounds::Bounds;
use super::decisions;
use super::exit::Exit;
use super::explore::duration;
use super::keep::{again, keep_as, keep_text};
use super::loaded::Loaded;
use super::paths::shown;
use super::reduce::{Reduced, lines_said, reduce};
use super::replay::{Failing, named, with_failing};
use super::run::{Showing, TraceFormat, show_trace};
use super::terminal::{Format, Terminal};
use super::verdict::Case;

/// Make a smaller schedule that fails in the same way
///
/// The smaller one is the calm run but for as few decisions as possible: none of those it keeps can be left
/// out. They are printed, and the rest of the run follows from them.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A schedule, as `treefall explore` and `treefall run --record` write it
    #[arg(value_name = "FILE.schedule")]
    file: PathBuf,
    /// Where the smaller schedule goes; what is there already is kept [default: the schedule's folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Make the scenario small too, into a new file beside the smaller schedule: what to send with a report
    ///
    /// Children, clients, statements, definitions, blocks and properties are left out as long as what is left
    /// is a scenario that fails in the same way. The file itself is left as it is.
    #[arg(long)]
    scenario: bool,
    /// Make do after so long with the smallest that was found: 500ms, 30s, 10m, 2h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    for_: Option<Duration>,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    bounds: Bounds,
}

/// How many times as long as replaying the run it takes to write and to tell the smaller one.
const WRITING: u32 = 6;

/// Shrinks the schedule, in the time that there is.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let here = args.clone();
    with_failing(
        (&args.file, args.for_, &args.bounds),
        ("shrink", WRITING),
        terminal,
        move |failing, as_it_was, stop, terminal| shrink(&here, failing, as_it_was, stop, terminal),
    )
}

fn shrink(
    args: &Args,
    failing: Failing,
    as_it_was: &str,
    stop: &StopFlag,
    terminal: &mut Terminal<'_>,
) -> Exit {
    let Failing { schedule, loaded, played, failure } = failing;
    let smallest = Smallest::of(&loaded.simulation, &played, &failure, stop);
    let folder = args.out.as_deref().or(args.file.parent()).unwrap_or(Path::new(""));
    let before = lines_said(&loaded.text);
    // What cannot be written is told all the same, and called what it would have been called.
    let mut or_not = |kept: Result<PathBuf, (PathBuf, io::Error)>| {
        kept.unwrap_or_else(|(path, error)| {
            terminal.complain_unwritten(&path, &error);
            path
        })
    };
    let Written { loaded, smallest, shrunk, path } = match args.scenario {
        true => written_with_scenario(loaded, smallest, &failure, &schedule, (folder, stop), &mut or_not),
        false => {
            let shrunk = smallest.schedule(loaded.subject(), &schedule);
            let path = or_not(keep_as(folder, &named(&args.file, "shrunk"), &shrunk));
            Written { loaded, smallest, shrunk, path }
        }
    };
    let small = &smallest.played;
    let source = Source::Schedule(&shrunk);
    let again = again(&path, as_it_was.to_owned());
    let of = format!("as {} says", shown(&path));
    let case = Case::of(&loaded, small, &of, source.origin(), Some(&again));
    let by_format = match terminal.format {
        Format::Text if !terminal.quiet => TraceFormat::Text,
        Format::Text | Format::Json => TraceFormat::None,
    };
    match terminal.format {
        Format::Text => {
            if args.scenario {
                let told = match lines_said(&loaded.text) {
                    after if after < before => {
                        format!(
                            "One statement a line, the scenario had {before} lines; {after} of them fail in the same way:"
                        )
                    }
                    _ if smallest.hurried => {
                        format!("The time was too short to leave out any of the scenario's {before} lines:")
                    }
                    _ => format!("None of the scenario's {before} lines can be left out:"),
                };
                terminal.print_lines(&[Line::new().with(Tone::Plain, told)]);
                let scenario = format!("  {}", loaded.name);
                terminal.print_lines(&[Line::new().with(Tone::Name, scenario), Line::new()]);
            }
            terminal.print_lines(&decisions::lines(&loaded, &smallest));
            terminal.print("\n");
            show_trace(&loaded, small, args.showing.trace.unwrap_or(by_format), &args.showing, terminal);
            terminal.print_lines(&case.lines());
            terminal.print("\n");
        }
        Format::Json => {
            show_trace(&loaded, small, args.showing.trace.unwrap_or(by_format), &args.showing, terminal);
            let mut value = case.json(Some(&shown(&path)));
            value["decisions"] = decisions::json(&loaded, &smallest);
            value["decisions_before"] = smallest.before.into();
            terminal.print_json(&value);
        }
    }
    // It was asked for a smaller schedule, and here it is; yet the failure is one.
    case.judgement().exit()
}

/// What has been made, and where it is.
struct Written {
    loaded: Loaded,
    smallest: Smallest<Simulation>,
    shrunk: Schedule,
    path: PathBuf,
}

/// Makes the scenario small too, and writes both side by side.
fn written_with_scenario(
    loaded: Loaded,
    smallest: Smallest<Simulation>,
    failure: &str,
    from: &Schedule,
    (folder, stop): (&Path, &StopFlag),
    or_not: &mut dyn FnMut(Result<PathBuf, (PathBuf, io::Error)>) -> PathBuf,
) -> Written {
    let name = named(&loaded.path, "shrunk");
    let provisional = folder.join(format!("{name}.kdl"));
    let found = breach_of(&loaded.simulation, &smallest.played.run.verdict, failure);
    let reduced = found.and_then(|breach| reduce(&loaded, &smallest, breach, (&provisional, stop)));
    let Reduced { mut loaded, smallest } = match reduced {
        Some(reduced) => reduced,
        // Nothing of it can go.
        None => Reduced { loaded, smallest },
    };
    let scenario = or_not(keep_text(folder, &name, "kdl", &loaded.text));
    loaded.call(&scenario);
    let shrunk = smallest.schedule(loaded.subject(), from);
    let stem = scenario.file_stem().unwrap_or_default().to_string_lossy();
    let path = or_not(keep_as(folder, &stem, &shrunk));
    Written { loaded, smallest, shrunk, path }
}
