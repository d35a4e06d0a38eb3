//! `treefall explore --exhaustive`: every order, instead of many; and the attempt at it that comes before seeds.

mod heard;
mod shown;
mod watcher;
mod whole;
mod words;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::explore::{Calm, Ending, Order, Search, Searched, search};
use crate::kernel::StopFlag;
use crate::model::campaign::{InRun, Meter};
use crate::model::{IntensityUses, Model, Orders, Verdict, all_processors, run_until};
use crate::trace::{Line, Tone};

use super::super::deadline::{Deadline, in_time};
use super::super::exit::Exit;
use super::super::explain::explanation_of;
use super::super::interrupt;
use super::super::loaded::{Loaded, complaint};
use super::super::paths;
use super::super::run::{TraceFormat, show_trace};
use super::super::summary::{Entry, line_of};
use super::super::tally::Tally;
use super::super::terminal::{Format, ON_A_PIPE, Terminal, rendered};
use super::super::verdict::Case;
use super::args::{Args, Options, OrderName, PROVE_STATES};
use super::memory;
use super::unreached::Unreached;

use heard::Heard;
use shown::{FOUND, Rerun, found_by, show};
use watcher::Watcher;
use words::{Told, bytes_each, counted, forgotten, rate, tell, unreached, worth};

pub use whole::{Unfinished, every_end, every_order};

/// The most states that are kept, unless something else is said.
const STATES_MAX: u64 = 50_000_000;

impl Options {
    fn search(&self, jobs: usize) -> Search {
        Search {
            order: match self.order {
                OrderName::Breadth => Order::Breadth,
                OrderName::Depth => Order::Depth,
            },
            exact: self.exact,
            jobs,
            states_max: self.max_states.unwrap_or(STATES_MAX),
            depth_max: self.max_depth,
        }
    }
}

/// Searches every file.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let Some(files) = args.code.files(&args.paths, &args.out, terminal) else { return Exit::Wrong };
    interrupt::listen();
    let mut tally = Tally::default();
    let wide = files.iter().map(|file| paths::shown(file).chars().count()).max().unwrap_or(0);
    for file in &files {
        if interrupt::happened() {
            break;
        }
        let (here, path) = (args.clone(), file.clone());
        let place = LineLayout { wide, alone: files.len() == 1 };
        let told = in_time(args.for_, (file, Some(wide)), terminal, move |deadline, terminal| {
            one(&path, &here, place, deadline, terminal)
        });
        let (word, exit) = told.unwrap_or_else(|left| (left.word, left.exit));
        tally.count(word, exit);
        terminal.flush();
    }
    let exit = tally.exit();
    if files.len() > 1 && terminal.format == Format::Text && !(terminal.quiet && exit == Exit::Held) {
        terminal.print_lines(&[tally.line()]);
    }
    if interrupt::happened() { Exit::Interrupted } else { exit }
}

/// Searches one file: the word for what came of it and the exit status.
fn one(
    file: &Path,
    args: &Args,
    place: LineLayout,
    deadline: &Deadline,
    terminal: &mut Terminal<'_>,
) -> (&'static str, Exit) {
    let mut loaded = match Loaded::open(file) {
        Ok(loaded) => loaded,
        Err(error) => {
            terminal.keep(|| Entry::wrong(file, &complaint(&error, ON_A_PIPE, false)));
            terminal.complain(|width, color| complaint(&error, width, color));
            return ("wrong", Exit::Wrong);
        }
    };
    args.bounds.apply(&mut loaded);
    let mut how = args.every.search(args.jobs.map_or_else(all_processors, usize::from));
    let stop = deadline.stop_to_tell(terminal);
    // Where one run goes on for ever there is no end to states.
    let endless = args.every.max_states.is_none().then(|| without_end(&loaded, &stop)).flatten();
    if endless.is_some() {
        how.states_max = PROVE_STATES;
    }
    let mut outcome = searched(&loaded, args, how, stop, terminal);
    outcome.heard.without_end = endless;
    outcome.tell("exhaustive", &loaded, args, place, deadline, terminal)
}

/// Tries every order before any seed, in so many states at most and on one thread, so that what comes of it depends on
/// nothing else. If that settles nothing, why it does not.
pub(super) fn prove(
    loaded: &Loaded,
    args: &Args,
    states_max: u64,
    place: LineLayout,
    deadline: &Deadline,
    terminal: &mut Terminal<'_>,
) -> Result<(&'static str, Exit), String> {
    let how = Search { states_max, ..args.every.search(1) };
    let outcome = searched(loaded, args, how, interrupt::after(None), terminal);
    if let Some(why) = outcome.unsettled() {
        return Err(why);
    }
    let proved = outcome.searched.ending == Ending::Complete;
    Ok(outcome.tell(if proved { "proved" } else { "every order" }, loaded, args, place, deadline, terminal))
}

/// Where its line stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineLayout {
    /// How wide the names of the files are.
    pub(super) wide: usize,
    /// Whether there is one file only.
    pub(super) alone: bool,
}

/// Why the calm run does not end, if it does not: it goes on after all that it may use up, or time stands still in it.
fn without_end(loaded: &Loaded, stop: &StopFlag) -> Option<String> {
    let calm = run_until(&loaded.simulation, stop, &mut Calm);
    let is_at_horizon = calm.world.now() > loaded.simulation.horizon_ms();
    match calm.verdict {
        Verdict::Inconclusive(why) if calm.cycle.is_none() && !is_at_horizon => Some(why),
        _ => None,
    }
}

/// What a search of all orders came to.
struct SearchEnd {
    searched: Searched,
    how: Search,
    heard: Heard,
    intensity: IntensityUses,
    took: Duration,
    /// How much memory it has taken at most, where the system tells.
    bytes: Option<u64>,
}

fn searched(
    loaded: &Loaded,
    args: &Args,
    how: Search,
    stop: StopFlag,
    terminal: &mut Terminal<'_>,
) -> SearchEnd {
    let options = &args.every;
    let (begun, used_before) = (Instant::now(), memory::used());
    let orders = Orders::of(&loaded.simulation, !options.no_reduction).until(stop.clone());
    let mut watcher = Watcher {
        name: &loaded.name,
        terminal,
        simulation: &loaded.simulation,
        begun,
        stop,
        memory_most: 0,
        memory_max: options.max_memory.map_or_else(memory::half_of_all, |mib| mib.saturating_mul(1 << 20)),
        heard: Heard::default(),
    };
    let searched = search(&orders, &how, &mut watcher);
    let Watcher { terminal, heard, memory_most, .. } = watcher;
    terminal.progress("");
    let bytes = used_before.map(|before| memory_most.saturating_sub(before));
    SearchEnd { searched, how, heard, intensity: orders.intensity(), took: begun.elapsed(), bytes }
}

impl SearchEnd {
    /// Why this says neither that everything holds nor that something is broken, if it does not.
    fn unsettled(&self) -> Option<String> {
        let Searched { ending, covered } = &self.searched;
        match ending {
            Ending::Failed(_) | Ending::Endless { .. } => None,
            Ending::States => Some(format!("there are more than {}", counted(self.how.states_max, "state"))),
            Ending::Depth | Ending::Stopped => Some("trying every order was given up".to_owned()),
            Ending::Complete if covered.limits > 0 => {
                Some("some runs go on beyond the horizon or the bounds of a run".to_owned())
            }
            Ending::Complete if self.heard.endless > 0 => Some("some runs go on for ever".to_owned()),
            Ending::Complete => None,
        }
    }

    /// Prints it, under this title.
    fn tell(
        &self,
        title: &str,
        loaded: &Loaded,
        args: &Args,
        place: LineLayout,
        deadline: &Deadline,
        terminal: &mut Terminal<'_>,
    ) -> (&'static str, Exit) {
        let SearchEnd { searched, how, heard, .. } = self;
        if matches!(searched.ending, Ending::Failed(_) | Ending::Endless { .. }) {
            deadline.knows_failure(loaded, FOUND, &found_by(loaded), terminal.format);
        }
        let shown = match &searched.ending {
            Ending::Failed(way) => Some(show(loaded, args, way, &[], terminal)),
            Ending::Endless { to, around } => Some(show(loaded, args, to, around, terminal)),
            Ending::Complete | Ending::States | Ending::Depth | Ending::Stopped => None,
        };
        let case = shown.as_ref().map(|shown| shown.case(loaded));
        // What a search that was left has passed depends on how many threads were on their way.
        let mut meter = Meter::default();
        if searched.ending == Ending::Complete {
            meter.read(&self.intensity, &|| InRun::Calm, loaded.simulation.atoms());
        }
        let told = tell(loaded, searched, case.as_ref(), heard, how);
        let explains = terminal.explains().then_some(deadline);
        terminal.keep(|| entry(title, loaded, args, &told, shown.as_ref(), explains));
        match terminal.format {
            Format::Json => self.print_json(&told, shown.as_ref(), &meter, loaded, args, terminal),
            Format::Text if terminal.quiet && told.exit == Exit::Held => (),
            Format::Text => {
                let tone = match told.exit {
                    Exit::Held => Tone::Good,
                    Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
                    Exit::Unwritten | Exit::Broken | Exit::Wrong => Tone::Bad,
                };
                terminal.print_as_they_are(&[Line::new()
                    .with(tone, format!("{:<12} ", told.word))
                    .with(Tone::Plain, format!("{:<wide$}", loaded.name, wide = place.wide))
                    .with(Tone::Faint, format!("  {title}: {}", told.summary))]);
                let mut details = told.details;
                if searched.ending == Ending::Complete {
                    details.extend(forgotten(heard));
                }
                if place.alone && searched.ending == Ending::Complete {
                    details.extend(worth(searched, heard.ends.len(), how));
                    details.extend(meter.lines(false));
                }
                let lines: Vec<Line> =
                    details.iter().map(|told| Line::new().with(Tone::Plain, format!("  {told}"))).collect();
                terminal.print_lines(&lines);
                if let Some(shown) = &shown {
                    shown.print(loaded, args, terminal);
                }
            }
        }
        if terminal.is_watched() {
            let rate = rate(searched.covered.states, self.took);
            let each =
                self.bytes.map_or_else(String::new, |bytes| bytes_each(bytes, searched.covered.states));
            terminal
                .complain(|_, _| format!("{}: {:.1} s{rate}{each}", loaded.name, self.took.as_secs_f64()));
        }
        (told.word, told.exit)
    }

    fn print_json(
        &self,
        told: &Told,
        shown: Option<&Rerun>,
        meter: &Meter,
        loaded: &Loaded,
        args: &Args,
        terminal: &mut Terminal<'_>,
    ) {
        let SearchEnd { searched, heard, .. } = self;
        if let Some(shown) = shown {
            let format = args.showing.trace.unwrap_or(TraceFormat::None);
            show_trace(loaded, &shown.played, format, &args.showing, terminal);
        }
        let complete = searched.ending == Ending::Complete;
        let never_reached = match complete {
            true => unreached(loaded, heard).iter().map(Unreached::json).collect::<Vec<Value>>(),
            false => Vec::new(),
        };
        let path = shown.and_then(|shown| shown.path.as_deref());
        terminal.print_json(&json!({
            "verdict": told.id,
            "file": loaded.name,
            "runs": null,
            "steps": searched.covered.steps,
            "states": searched.covered.states,
            "complete": complete,
            "depth": searched.covered.depth,
            "final_states": heard.ends.len(),
            "final_states_seen_once": null,
            "scheduler": "exhaustive",
            "seed": null,
            "schedule": path,
            "property": told.property,
            "why": told.why,
            "seconds": self.took.as_secs_f64(),
            "again": shown.map(|shown| shown.again.as_str()),
            "failures": shown.iter().map(|shown| shown.case(loaded).json(path)).collect::<Vec<_>>(),
            "never_reached": never_reached,
            "intensity": meter.json(),
        }))
    }
}

/// What is kept of it for others.
fn entry(
    title: &str,
    loaded: &Loaded,
    args: &Args,
    told: &Told,
    shown: Option<&Rerun>,
    explains: Option<&Deadline>,
) -> Entry {
    let case = shown.map(|shown| shown.case(loaded));
    let lines = case.as_ref().map(Case::lines).unwrap_or_default();
    let details: Vec<Line> =
        told.details.iter().map(|told| Line::new().with(Tone::Plain, told.as_str())).collect();
    let schedule = shown.and_then(|shown| shown.path.as_deref()).filter(|_| told.exit == Exit::Broken);
    let explained = schedule
        .zip(explains)
        .and_then(|(schedule, deadline)| explanation_of(Path::new(schedule), &args.bounds, deadline));
    Entry {
        path: loaded.path.clone(),
        word: told.word.to_owned(),
        exit: told.exit,
        effort: format!("{title}: {}", told.summary),
        why: told.why.as_str().unwrap_or_default().to_owned(),
        told: rendered(&[details, lines].concat(), ON_A_PIPE, false).trim_end().to_owned(),
        explained,
        line: case.and_then(|case| line_of(&case.json(None))),
    }
}
