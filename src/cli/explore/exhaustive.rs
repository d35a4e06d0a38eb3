//! `treefall explore --exhaustive`: every order, instead of many.

mod heard;
mod shown;
mod watcher;
mod whole;
mod words;

use std::io;
use std::time::Instant;

use serde_json::{Value, json};

use crate::explore::{Ending, Order, Search, search};
use crate::model::campaign::{InRun, Meter};
use crate::model::{Model, Orders, Source, all_processors};
use crate::trace::{Line, Tone};

use super::super::discover;
use super::super::exit::Exit;
use super::super::loaded::{Loaded, complaint};
use super::super::paths;
use super::super::run::{TraceFormat, show_trace};
use super::super::tally::Tally;
use super::super::terminal::{Format, Terminal};
use super::super::verdict::Case;
use super::args::{Args, OrderName};
use super::unreached::Unreached;
use super::{interrupt, memory};

use heard::Heard;
use shown::show;
use watcher::Watcher;
use words::{rate, tell, unreached, worth};

pub use whole::{Unfinished, every_end, every_order};

/// Searches every file.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let Some(files) = discover::files(&args.paths, terminal)? else { return Ok(Exit::Wrong) };
    interrupt::listen();
    let mut tally = Tally::default();
    let wide = files.iter().map(|file| paths::shown(file).chars().count()).max().unwrap_or(0);
    for file in &files {
        if interrupt::happened() {
            break;
        }
        match Loaded::open(file) {
            Ok(mut loaded) => {
                args.bounds.apply(&mut loaded);
                let (word, exit) = one(&loaded, args, wide, files.len() == 1, terminal)?;
                tally.count(word, exit);
            }
            Err(error) => {
                terminal.complain(|width, color| complaint(&error, width, color))?;
                tally.count("wrong", Exit::Wrong);
            }
        }
        terminal.flush()?;
    }
    let exit = tally.exit();
    if files.len() > 1 && terminal.format == Format::Text && !(terminal.quiet && exit == Exit::Held) {
        terminal.print_lines(&[tally.line()])?;
    }
    Ok(if interrupt::happened() { Exit::Interrupted } else { exit })
}

fn one(
    loaded: &Loaded,
    args: &Args,
    wide: usize,
    alone: bool,
    terminal: &mut Terminal<'_>,
) -> io::Result<(&'static str, Exit)> {
    let options = &args.every;
    let begun = Instant::now();
    let orders = Orders::of(&loaded.simulation, !options.no_reduction);
    let how = Search {
        order: match options.order {
            OrderName::Breadth => Order::Breadth,
            OrderName::Depth => Order::Depth,
        },
        exact: options.exact,
        jobs: args.jobs.map_or_else(all_processors, usize::from),
        states_max: options.max_states,
        depth_max: options.max_depth,
    };
    let mut watcher = Watcher {
        name: &loaded.name,
        terminal,
        simulation: &loaded.simulation,
        begun,
        until: args.for_.map(|time| begun + time),
        memory_max: options.max_memory.map_or_else(memory::half_of_all, |mib| mib.saturating_mul(1 << 20)),
        heard: Heard::default(),
    };
    let searched = search(&orders, &how, &mut watcher);
    let Watcher { terminal, heard, .. } = watcher;
    let elapsed = begun.elapsed();
    terminal.progress("")?;
    let shown = match &searched.ending {
        Ending::Failed(way) => Some(show(loaded, args, way, &[], terminal)),
        Ending::Endless { to, around } => Some(show(loaded, args, to, around, terminal)),
        Ending::Complete | Ending::States | Ending::Depth | Ending::Stopped => None,
    };
    let case = shown.as_ref().map(|shown| Case {
        loaded,
        file: &loaded.name,
        run: &shown.played.run,
        directory: shown.played.cast.directory(),
        of: "found exhaustively",
        origin: Source::Exhaustive.origin(),
        again: Some(&shown.again),
    });
    // What a search that was left has passed depends on how many threads were on their way.
    let (mut meter, mut never_reached) = (Meter::default(), Vec::new());
    if searched.ending == Ending::Complete {
        meter.read(&orders.intensity(), &|| InRun::Calm, loaded.simulation.atoms());
        never_reached = unreached(loaded, &heard).iter().map(Unreached::json).collect::<Vec<Value>>();
    }
    let told = tell(loaded, &searched, case.as_ref(), &heard, &how);
    match terminal.format {
        Format::Json => {
            if let Some(shown) = &shown {
                show_trace(
                    loaded,
                    &shown.played,
                    args.showing.trace.unwrap_or(TraceFormat::None),
                    &args.showing,
                    terminal,
                )?;
            }
            let schedule = shown.as_ref().map_or(Value::Null, |shown| shown.path.as_deref().into());
            terminal.print_json(&json!({
                "verdict": told.id,
                "file": loaded.name,
                "runs": null,
                "steps": searched.covered.steps,
                "states": searched.covered.states,
                "complete": searched.ending == Ending::Complete,
                "depth": searched.covered.depth,
                "final_states": heard.ends.len(),
                "final_states_seen_once": null,
                "scheduler": "exhaustive",
                "seed": null,
                "schedule": schedule,
                "property": told.property,
                "why": told.why,
                "seconds": elapsed.as_secs_f64(),
                "again": shown.as_ref().map_or(Value::Null, |shown| shown.again.as_str().into()),
                "failures": case.iter().map(|case| case.json(shown.as_ref().and_then(|shown| shown.path.as_deref())))
                    .collect::<Vec<_>>(),
                "never_reached": never_reached,
                "intensity": meter.json(),
            }))?;
        }
        Format::Text if terminal.quiet && told.exit == Exit::Held => (),
        Format::Text => {
            let tone = match told.exit {
                Exit::Held => Tone::Good,
                Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
                Exit::Unwritten | Exit::Broken | Exit::Wrong => Tone::Bad,
            };
            terminal.print_as_they_are(&[Line::new()
                .with(tone, format!("{:<12} ", told.word))
                .with(Tone::Plain, format!("{:<wide$}", loaded.name))
                .with(Tone::Faint, format!("  exhaustive: {}", told.summary))])?;
            let mut details = told.details;
            if alone && searched.ending == Ending::Complete {
                details.extend(worth(&searched, heard.ends.len(), &how));
                details.extend(meter.lines(false));
            }
            let lines: Vec<Line> =
                details.iter().map(|told| Line::new().with(Tone::Plain, format!("  {told}"))).collect();
            terminal.print_lines(&lines)?;
            if let (Some(shown), Some(case)) = (&shown, &case) {
                terminal.print("\n")?;
                let default = if terminal.quiet { TraceFormat::None } else { TraceFormat::Text };
                let format = args.showing.trace.unwrap_or(default);
                show_trace(loaded, &shown.played, format, &args.showing, terminal)?;
                terminal.print_lines(&case.lines())?;
                terminal.print("\n")?;
            }
        }
    }
    if terminal.is_watched() {
        let rate = rate(searched.covered.states, elapsed);
        terminal.complain(|_, _| format!("{}: {:.1} s{rate}", loaded.name, elapsed.as_secs_f64()))?;
    }
    Ok((told.word, told.exit))
}
