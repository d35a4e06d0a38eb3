//! `treefall explore --exhaustive`: every order, instead of many.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::explore::{Covered, Ending, Order, Search, Searched, Watch, search};
use crate::kernel::{Choice, Fingerprint};
use crate::scenario::ast::{Claim, Modality, Span};
use crate::scenario::{ScriptWorld, Simulation, Walk};
use crate::trace::{Line, Tone};

use super::super::exit::Exit;
use super::super::in_order::all_processors;
use super::super::judgement::property;
use super::super::keep::keep;
use super::super::loaded::{Loaded, complaint};
use super::super::play::{Oracle, Played, play_with};
use super::super::run::{TraceFormat, show_trace, word};
use super::super::tally::Tally;
use super::super::terminal::{Format, Terminal};
use super::super::verdict::Case;
use super::super::walk;
use super::super::words::count;
use super::orders::Orders;
use super::{Args, interrupt, memory};

/// How to search all orders.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Every order")]
pub(super) struct Options {
    /// Try every order there is, instead of seeds
    #[arg(long, conflicts_with_all = ["seeds", "scheduler", "depth", "shard", "result", "keep_going"])]
    pub(super) exhaustive: bool,
    /// Search `breadth`-first, for the shortest failure, or `depth`-first, in little memory
    #[arg(long, value_name = "ORDER", default_value = "breadth", requires = "exhaustive")]
    #[arg(hide_possible_values = true)]
    order: OrderName,
    /// Keep every state whole, so that no two can be mistaken for one
    #[arg(long, requires = "exhaustive")]
    exact: bool,
    /// Try orders that make no difference too
    #[arg(long, requires = "exhaustive")]
    no_reduction: bool,
    /// Give up beyond so many states
    #[arg(long, value_name = "N", default_value_t = 50_000_000, requires = "exhaustive")]
    max_states: u64,
    /// Give up beyond so many choices from the start
    #[arg(long, value_name = "N", default_value_t = 1_000_000, requires = "exhaustive")]
    max_depth: u64,
    /// Give up beyond so many mebibytes [default: half of what the machine has]
    #[arg(long, value_name = "MIB", requires = "exhaustive")]
    max_memory: Option<u64>,
}

/// In which order states are gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderName {
    Breadth,
    Depth,
}

/// What a search came to, as it is told.
struct Told {
    word: &'static str,
    id: &'static str,
    exit: Exit,
    summary: String,
    details: Vec<String>,
    property: Value,
    why: Value,
}

/// A failure, run again with everything recorded.
struct Shown {
    played: Played,
    path: String,
    again: String,
}

/// Searches every file.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let Some(files) = walk::files(&args.paths, terminal)? else { return Ok(Exit::Wrong) };
    interrupt::listen();
    let mut tally = Tally::default();
    let wide = files.iter().map(|file| file.display().to_string().chars().count()).max().unwrap_or(0);
    for file in &files {
        if interrupt::happened() {
            break;
        }
        match Loaded::open(file) {
            Ok(loaded) => match one(&loaded, args, wide, files.len() == 1, terminal)? {
                Some((word, exit)) => tally.count(word, exit),
                None => tally.count("wrong", Exit::Wrong),
            },
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
) -> io::Result<Option<(&'static str, Exit)>> {
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
        begun,
        until: args.for_.map(|time| begun + time),
        memory_max: options.max_memory.map_or_else(memory::half_of_all, |mib| mib.saturating_mul(1 << 20)),
        enough: None,
        reached: BTreeSet::new(),
        ends: BTreeSet::new(),
        simulation: &loaded.simulation,
        outcomes: BTreeSet::new(),
        hopeless: None,
        endless: 0,
    };
    let searched = search(&orders, &how, &mut watcher);
    let Watcher { terminal, enough, reached, ends, outcomes, hopeless, endless, .. } = watcher;
    let elapsed = begun.elapsed();
    terminal.progress("")?;
    let shown = match &searched.ending {
        Ending::Failed(way) => Some(show(loaded, args, way, &[])),
        Ending::Endless { to, around } => Some(show(loaded, args, to, around)),
        Ending::Complete | Ending::States | Ending::Depth | Ending::Stopped => None,
    };
    let shown = match shown.transpose() {
        Ok(shown) => shown,
        Err((path, error)) => {
            terminal.complain(|_, _| format!("error: {}: cannot be written: {error}", path.display()))?;
            return Ok(None);
        }
    };
    let mut unreached: Vec<String> = loaded
        .scenario
        .properties
        .iter()
        .enumerate()
        .filter(|(index, asked)| {
            asked.modality == Modality::Sometimes
                && matches!(asked.claim, Claim::Conditions { .. })
                && !reached.contains(index)
        })
        .map(|(_, asked)| {
            format!("no state has `{}` ({})", loaded.line(asked.span), place(loaded, asked.span))
        })
        .collect();
    let rows = loaded.scenario.outcomes.iter().flat_map(|outcomes| &outcomes.rows).enumerate();
    let missing = rows.filter(|(row, _)| !outcomes.contains(row)).map(|(_, row)| {
        format!("no run ends with `{}` ({})", loaded.line(row.span), place(loaded, row.span))
    });
    unreached.extend(missing);
    let case = shown.as_ref().map(|shown| Case {
        loaded,
        file: &loaded.name,
        run: &shown.played.run,
        directory: shown.played.cast.directory(),
        of: "found exhaustively",
        origin: Oracle::Exhaustive.origin(),
        again: Some(&shown.again),
    });
    let told = tell(loaded, &searched, case.as_ref(), hopeless, enough, unreached, endless, &how);
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
            let schedule = shown.as_ref().map_or(Value::Null, |shown| shown.path.as_str().into());
            terminal.print_json(&json!({
                "verdict": told.id,
                "file": loaded.name,
                "runs": null,
                "steps": searched.covered.steps,
                "states": searched.covered.states,
                "complete": searched.ending == Ending::Complete,
                "depth": searched.covered.depth,
                "final_states": ends.len(),
                "final_states_seen_once": null,
                "scheduler": "exhaustive",
                "seed": null,
                "schedule": schedule,
                "property": told.property,
                "why": told.why,
                "seconds": elapsed.as_secs_f64(),
                "again": shown.as_ref().map_or(Value::Null, |shown| shown.again.as_str().into()),
                "failures": case.iter().filter(|_| hopeless.is_none())
                    .map(|case| case.json(shown.as_ref().map(|shown| shown.path.as_str())))
                    .collect::<Vec<_>>(),
            }))?;
        }
        Format::Text if terminal.quiet && told.exit == Exit::Held => (),
        Format::Text => {
            let tone = match told.exit {
                Exit::Held => Tone::Good,
                Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
                Exit::Broken | Exit::Wrong => Tone::Bad,
            };
            terminal.print_as_they_are(&[Line::new()
                .with(tone, format!("{:<12} ", told.word))
                .with(Tone::Plain, format!("{:<wide$}", loaded.name))
                .with(Tone::Faint, format!("  exhaustive: {}", told.summary))])?;
            let mut details = told.details;
            if alone && searched.ending == Ending::Complete {
                details.extend(worth(&searched, ends.len(), options));
            }
            let lines: Vec<Line> =
                details.iter().map(|told| Line::new().with(Tone::Plain, format!("  {told}"))).collect();
            terminal.print_lines(&lines)?;
            if let (Some(shown), Some(case)) = (&shown, &case) {
                terminal.print("\n")?;
                let default = if terminal.quiet { TraceFormat::None } else { TraceFormat::Text };
                let format = args.showing.trace.unwrap_or(default);
                show_trace(loaded, &shown.played, format, &args.showing, terminal)?;
                match hopeless {
                    None => terminal.print_lines(&case.lines())?,
                    Some(index) => terminal.print_lines(&in_vain(loaded, index, &searched, &shown.again))?,
                }
                terminal.print("\n")?;
            }
        }
    }
    if terminal.is_watched() {
        let rate = rate(searched.covered.states, elapsed);
        terminal.complain(|_, _| format!("{}: {:.1} s{rate}", loaded.name, elapsed.as_secs_f64()))?;
    }
    Ok(Some((told.word, told.exit)))
}

/// Runs the way to a failure again, goes on calmly from there, and saves the schedule.
fn show(
    loaded: &Loaded,
    args: &Args,
    way: &[Choice],
    around: &[Choice],
) -> Result<Shown, (std::path::PathBuf, io::Error)> {
    let mut left = way.iter().chain(around).copied();
    let endless = !around.is_empty();
    let played = play_with(loaded, &mut |world: &ScriptWorld| match left.next() {
        None if endless => None,
        choice => choice.or_else(|| world.choices().calm()),
    });
    let mut schedule = played.schedule(loaded, Oracle::Exhaustive);
    // It never ends, so whoever replays it will want to go on.
    schedule.then_calm = endless;
    let path = keep(&args.out, &schedule)?.display().to_string();
    let again = format!("treefall replay {}", word(&path));
    Ok(Shown { played, path, again })
}

#[allow(clippy::too_many_arguments, reason = "it is one sentence about all of it")]
fn tell(
    loaded: &Loaded,
    searched: &Searched,
    case: Option<&Case<'_>>,
    hopeless: Option<usize>,
    enough: Option<String>,
    unreached: Vec<String>,
    endless: u64,
    how: &Search,
) -> Told {
    let covered = &searched.covered;
    let states = counted(covered.states, "state");
    let told = |word, id, exit, summary: String, details: Vec<String>| {
        let why = details.first().map_or(Value::Null, |why| why.as_str().into());
        Told { word, id, exit, summary, details, property: Value::Null, why }
    };
    if let Some(index) = hopeless {
        let span = loaded.scenario.properties[index].span;
        let expected = loaded.simulation.expected_failures();
        let name = conditions_name(loaded, index);
        let known = expected.iter().any(|failure| property(&failure.property.value) == name);
        let (word, id, exit) = match known {
            true => ("found", "broken-as-expected", Exit::Held),
            false => ("broken", "broken", Exit::Broken),
        };
        let why = format!("a run can go on for ever without `{}`", loaded.line(span));
        let told = told(word, id, exit, format!("failed after {states}"), Vec::new());
        return Told { property: name.into(), why: why.into(), ..told };
    }
    if let Some(case) = case {
        let judgement = case.judgement();
        let word = match judgement.exit() {
            Exit::Held => "found",
            _ => "broken",
        };
        let json = case.json(None);
        let field = |name: &str| json.get(name).cloned().unwrap_or(Value::Null);
        let told =
            told(word, judgement.word(), judgement.exit(), format!("failed after {states}"), Vec::new());
        return Told { property: field("property"), why: field("why"), ..told };
    }
    let part = |what: String, details: Vec<String>| {
        let (word, exit) = match interrupt::happened() {
            true => ("interrupted", Exit::Interrupted),
            false => ("inconclusive", Exit::Inconclusive),
        };
        let mut details = details;
        details.insert(0, what);
        if how.order == Order::Breadth {
            let depth = counted(covered.depth, "choice");
            details.push(format!("nothing is broken within {depth} of the start"));
        } else {
            details.push("nothing was broken so far".to_owned());
        }
        details.push(match covered.waiting {
            1 => "1 state waits to be gone on from".to_owned(),
            waiting => format!("{} wait to be gone on from", counted(waiting, "state")),
        });
        told(word, word, exit, format!("{states}, and there are more"), details)
    };
    match &searched.ending {
        Ending::States => {
            return part(
                format!("there are more than {} (--max-states)", counted(how.states_max, "state")),
                vec![],
            );
        }
        Ending::Depth => {
            return part(
                format!("some are more than {} away (--max-depth)", counted(how.depth_max, "choice")),
                vec![],
            );
        }
        Ending::Stopped => return part(enough.unwrap_or_else(|| "it was interrupted".to_owned()), vec![]),
        Ending::Complete | Ending::Failed(_) | Ending::Endless { .. } => (),
    }
    let mut open = Vec::new();
    if covered.limits > 0 {
        open.push(format!("{} lie beyond the horizon", counted(covered.limits, "state")));
    }
    if endless > 0 {
        let told = match endless {
            1 => "in 1 way a run can go on for ever while clients still wait".to_owned(),
            ways => format!("in {ways} ways a run can go on for ever while clients still wait"),
        };
        open.push(told);
    }
    open.extend(unreached);
    if !open.is_empty() {
        return told("inconclusive", "inconclusive", Exit::Inconclusive, states, open);
    }
    match loaded.simulation.expected_failures() {
        [] => told("held", "held", Exit::Held, format!("{states}, every property holds"), Vec::new()),
        [expected, ..] => told(
            "broken",
            "held-unexpectedly",
            Exit::Broken,
            format!("{states}, every property holds"),
            vec![format!(
                "this file says that it breaks {} ({}), and in no order it does",
                property(&expected.property.value),
                place(loaded, expected.span)
            )],
        ),
    }
}

/// What it is worth that nothing more was found.
fn worth(searched: &Searched, ends: usize, options: &Options) -> Vec<String> {
    let covered = &searched.covered;
    let mut lines = vec![format!(
        "{} ({}, at most {} from the start)",
        counted(ends as u64, "final state"),
        counted(covered.steps, "choice"),
        grouped(covered.depth)
    )];
    if !options.exact && covered.states > 1 {
        // Of n fingerprints of 64 bits, two are the same with a probability below n²/2⁶⁵.
        let one_in = (1_u128 << 65) / (u128::from(covered.states) * u128::from(covered.states));
        let digits = u32::try_from(one_in.max(1).to_string().len() - 1).unwrap_or(0);
        lines.push(format!(
            "two states were taken for one with a probability below 1 in 10^{digits}; with --exact, never"
        ));
    }
    lines
}

/// What is said of a run that goes on for ever without what it should come to.
fn in_vain(loaded: &Loaded, index: usize, searched: &Searched, again: &str) -> Vec<Line> {
    let span = loaded.scenario.properties[index].span;
    let steps = match &searched.ending {
        Ending::Endless { around, .. } => around.len() as u64,
        _ => 0,
    };
    let plain = |text: String| Line::new().with(Tone::Plain, text);
    vec![
        Line::new()
            .with(Tone::Bad, "broken")
            .with(Tone::Plain, format!(": {}, found exhaustively", loaded.name)),
        Line::new(),
        plain(format!("  1) {}", conditions_name(loaded, index))),
        plain(format!("     {}", place(loaded, span))),
        plain(format!("     the last {} can repeat for ever, and it never holds", count(steps, "step"))),
        plain(format!("     code: {}", loaded.line(span))),
        Line::new(),
        Line::new().with(Tone::Plain, "See it again: ").with(Tone::Name, again),
    ]
}

fn conditions_name(loaded: &Loaded, index: usize) -> String {
    match &loaded.scenario.properties[index].claim {
        Claim::Conditions { name: Some(name), .. } => name.text.clone(),
        Claim::Conditions { name: None, .. } | Claim::Oracle { .. } => "eventually".to_owned(),
    }
}

fn place(loaded: &Loaded, span: Span) -> String {
    format!("{}:{}", loaded.name, loaded.line_number(span))
}

/// `48,213 states`
fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `48,213`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn rate(states: u64, elapsed: Duration) -> String {
    match elapsed.as_millis() {
        0..=9 => String::new(),
        milliseconds => format!(", {} states/s", u128::from(states) * 1_000 / milliseconds),
    }
}

/// Says how far it is, and ends it when time, memory or patience run out.
struct Watcher<'a, 'b> {
    name: &'a str,
    terminal: &'a mut Terminal<'b>,
    begun: Instant,
    until: Option<Instant>,
    memory_max: u64,
    enough: Option<String>,
    reached: BTreeSet<usize>,
    ends: BTreeSet<u64>,
    simulation: &'a Simulation,
    /// As which of the file's `outcomes` runs have ended.
    outcomes: BTreeSet<usize>,
    /// The property that an endless run never comes to.
    hopeless: Option<usize>,
    /// In how many ways runs go on for ever while clients still wait.
    endless: u64,
}

impl<'s> Watch<Orders<'s>> for Watcher<'_, '_> {
    fn reached(&mut self, what: usize) {
        self.reached.insert(what);
    }

    fn ended(&mut self, state: &Walk<'s>) {
        self.ends.insert(Fingerprint::of(state.world()));
        self.outcomes.extend(self.simulation.outcome(state.world()));
    }

    fn endless(&mut self, round: &[Walk<'s>]) -> bool {
        let Some(first) = round.first() else { return false };
        if let Some(index) = first.hopes().next() {
            self.hopeless = Some(index);
            return true;
        }
        self.endless += u64::from(!round.iter().all(Walk::has_served_its_clients));
        false
    }

    fn progress(&mut self, covered: &Covered) -> bool {
        if self.terminal.is_watched() {
            let told = format!(
                "{}: {}{}, {} waiting, depth {}",
                self.name,
                counted(covered.states, "state"),
                rate(covered.states, self.begun.elapsed()),
                grouped(covered.waiting),
                covered.depth
            );
            // It is only to pass the time.
            let _ = self.terminal.progress(&told);
        }
        if self.until.is_some_and(|until| Instant::now() >= until) {
            self.enough = Some("the time is up (--for)".to_owned());
        } else if memory::used().is_some_and(|used| used > self.memory_max) {
            self.enough =
                Some(format!("it would need more than {} MiB (--max-memory)", self.memory_max >> 20));
        } else if interrupt::happened() {
            self.enough = Some("it was interrupted".to_owned());
        }
        self.enough.is_none()
    }
}

/// Why the final states of a scenario are not all known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished(
    /// In a sentence.
    pub String,
);

/// Visits every final state of a scenario, in every order of events, each at least once: the world at the
/// end, whatever its clients expected. Gives up beyond `states_max` states; says how many there are.
///
/// Final worlds can be compared, and so can what clients ended with: `world.common().clients`, and its
/// variables and tables.
///
/// # Errors
///
/// When not all of them could be visited.
pub fn every_end(
    simulation: &Simulation,
    states_max: u64,
    visit: &mut dyn FnMut(&ScriptWorld),
) -> Result<u64, Unfinished> {
    struct Ends<'a>(&'a mut dyn FnMut(&ScriptWorld));
    impl<'s> Watch<Orders<'s>> for Ends<'_> {
        fn reached(&mut self, _: usize) {}
        fn ended(&mut self, state: &Walk<'s>) {
            (self.0)(state.world());
        }
        fn endless(&mut self, _: &[Walk<'s>]) -> bool {
            true
        }
        fn progress(&mut self, _: &Covered) -> bool {
            true
        }
    }
    let how = Search { order: Order::Depth, exact: false, jobs: 1, states_max, depth_max: u64::MAX };
    let searched = search(&Orders::to_all_ends(simulation), &how, &mut Ends(visit));
    match searched.ending {
        Ending::Complete if searched.covered.limits == 0 => Ok(searched.covered.states),
        Ending::Complete => Err(Unfinished("some runs go on beyond the horizon".to_owned())),
        Ending::Endless { .. } => Err(Unfinished("some runs never end".to_owned())),
        Ending::States => Err(Unfinished(format!("there are more than {states_max} states"))),
        Ending::Failed(_) | Ending::Depth | Ending::Stopped => {
            Err(Unfinished("the search was left".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped};

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(counted(48_213, "state"), "48,213 states");
        assert_eq!(counted(1_000_000, "state"), "1,000,000 states");
    }
}
