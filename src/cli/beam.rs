//! `treefall beam`.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::beam::{
    self, Difference, Disturbance, Failure, Installed, Machine, Obstacle, Outcome, Outcomes, Settings, Timing,
};
use crate::explore::{Calm, Lopsided, Random, Scheduler};
use crate::otp::Actor;
use crate::scenario::ast::{Scenario, Span, Spanned};
use crate::scenario::{Run, Script, Simulation, Verdict};

use super::exit::Exit;
use super::loaded::{Loaded, complaint};
use super::terminal::{Format, Terminal};

/// Run scenarios on the Erlang installed here, and compare
///
/// Supervisors, servers, dynamic supervisors and applications are then Erlang's and Elixir's own; only what
/// the scenario scripts is interpreted. Whatever the real Erlang does must be among what treefall does under
/// its seeds. The release installed here is the one simulated.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Scenario files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How often each scenario runs on the real Erlang [default: 1, or 10 if its seeds differ]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// Under how many seeds treefall runs each scenario
    #[arg(long, value_name = "N", default_value_t = 200)]
    seeds: u64,
    /// How long one run may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    time_limit: u64,
}

/// A real outcome that no seed has shown is looked for under so many times more of them.
const PERSISTENCE: u64 = 10;
/// How many runs a scenario gets whose seeds differ.
const RUNS_OF_A_RACE: u32 = 10;
/// A machine that is late by more than this is to blame for a difference in a scenario that takes time.
const LATE_MS: u64 = 3;
/// How many runs may differ because the machine was late.
const RUNS_TOO_LATE: u32 = 5;
/// What starting up and printing may take beside the scenario's own time.
const START_UP_MS: u64 = 5_000;
/// A scenario that takes so long may have restart windows, which are counted in whole seconds.
const ALIGN_FROM_MS: u64 = 500;

/// What became of one file.
enum Comparison {
    Agrees { runs: u32, outcomes: usize, shown: usize, mixed: u32 },
    Disagrees { run: u32, differences: Vec<Difference> },
    NotComparable(Obstacle),
    Failed(String),
}

/// Compares every file.
///
/// # Errors
///
/// When nothing can be printed.
pub fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let machine = match Machine::new() {
        Ok(machine) => machine,
        Err(failure) => {
            terminal.complain(|_, _| format!("error: {failure}"))?;
            return Ok(Exit::Wrong);
        }
    };
    let mut exit = Exit::Held;
    for file in &args.files {
        let loaded = match Loaded::open(file) {
            Ok(loaded) => loaded,
            Err(error) => {
                terminal.complain(|width, color| complaint(&error, width, color))?;
                exit = exit.max(Exit::Wrong);
                continue;
            }
        };
        let comparison = match compare(&loaded, args, &machine) {
            Ok(comparison) => comparison,
            Err(failure) => Comparison::Failed(failure.to_string()),
        };
        exit = exit.max(match comparison {
            Comparison::Agrees { .. } | Comparison::NotComparable(_) => Exit::Held,
            Comparison::Disagrees { .. } => Exit::Broken,
            Comparison::Failed(_) => Exit::Wrong,
        });
        match terminal.format {
            Format::Json => terminal.print_json(&as_json(&loaded, &comparison, machine.installed()))?,
            Format::Text if terminal.quiet && exit == Exit::Held => (),
            Format::Text => {
                let text = as_text(&loaded, &comparison, machine.installed(), terminal.width);
                terminal.print(&text)?;
            }
        }
        terminal.flush()?;
    }
    Ok(exit)
}

fn compare(loaded: &Loaded, args: &Args, machine: &Machine) -> Result<Comparison, Failure> {
    if let Some(obstacle) = beam::obstacle(&loaded.scenario, machine.installed()) {
        return Ok(Comparison::NotComparable(obstacle));
    }
    let scenario = as_installed(&loaded.scenario, machine.installed());
    let simulation = Simulation::of(&scenario);
    let cast = beam::Cast::of(&scenario);
    let line_of = |byte: usize| loaded.line_number(Span::new(byte, byte));
    let told = |run: &Run| beam::outcome_of(run, simulation.atoms(), &cast, &line_of);

    let calm = play(&simulation, &mut Calm);
    if let Some(obstacle) = obstacle_of(&calm, args.time_limit * 1000) {
        return Ok(Comparison::NotComparable(obstacle));
    }
    let mut outcomes = Outcomes::default();
    outcomes.add(told(&calm));
    let mut seed = 0;
    while seed < args.seeds {
        outcomes.add(told(&under(&simulation, seed)));
        seed += 1;
    }

    let takes_ms = calm.world.now();
    let timing = Timing { align: takes_ms >= ALIGN_FROM_MS, limit_ms: takes_ms * 2 + args.time_limit * 1000 };
    let program = beam::lower(&scenario, timing);
    let mut shown = BTreeSet::new();
    let (mut mixed, mut run, mut patience) = (0, 0, RUNS_TOO_LATE);
    while run < args.runs.unwrap_or(if outcomes.len() > 1 { RUNS_OF_A_RACE } else { 1 }) {
        let settings = Settings {
            // The first run is Erlang's own; the others have one to four schedulers.
            schedulers: (run > 0).then(|| 1 << (run % 3)),
            disturbance: match (run, takes_ms) {
                (0, _) => Disturbance::Calm,
                (_, 0) => Disturbance::Disturbed,
                (_, _) => Disturbance::Jostled,
            },
            limit: Duration::from_millis(timing.limit_ms + START_UP_MS),
        };
        let printed = machine.run(&program, &settings)?;
        let real = match beam::read(&printed, &cast, &line_of) {
            Ok(real) => real,
            Err(why) => return Ok(Comparison::Failed(format!("Erlang was run, and {why}"))),
        };
        let more = &mut || {
            seed += 1;
            (seed <= args.seeds * PERSISTENCE).then(|| told(&under(&simulation, seed)))
        };
        match find(&real.outcome, &mut outcomes, more) {
            Some(place) => drop(shown.insert(place)),
            None if outcomes.hold_each_part(&real.outcome) => mixed += 1,
            None if takes_ms > 0 && real.late_ms > LATE_MS => {
                if patience == 0 {
                    return Ok(Comparison::NotComparable(Obstacle::Late { ms: real.late_ms }));
                }
                patience -= 1;
                continue;
            }
            None => {
                let differences = outcomes.nearest(&real.outcome);
                return Ok(Comparison::Disagrees { run: run + 1, differences });
            }
        }
        run += 1;
    }
    Ok(Comparison::Agrees { runs: run, outcomes: outcomes.len(), shown: shown.len(), mixed })
}

/// Where a real outcome is among the simulated ones, which grow while it is not.
fn find(real: &Outcome, outcomes: &mut Outcomes, more: &mut dyn FnMut() -> Option<Outcome>) -> Option<usize> {
    loop {
        if let Some(place) = outcomes.position(real) {
            return Some(place);
        }
        // Only a new outcome is worth another look.
        while !outcomes.add(more()?) {}
    }
}

/// The scenario as it would be on what is installed, without what only exploring does.
fn as_installed(scenario: &Scenario, installed: &Installed) -> Scenario {
    let mut scenario = scenario.clone();
    let nowhere = Span::default();
    scenario.header.otp = Some(Spanned { value: installed.otp, span: nowhere });
    if let Some(elixir) = &installed.elixir {
        scenario.header.elixir_minor = Some(Spanned { value: elixir.minor, span: nowhere });
    }
    scenario.faults.clear();
    scenario
}

/// Every other seed is one of a run in which some are slow.
fn under(simulation: &Simulation, seed: u64) -> Run {
    if seed.is_multiple_of(2) {
        play(simulation, &mut Random::new(seed))
    } else {
        play(simulation, &mut Lopsided::new(seed))
    }
}

fn play(simulation: &Simulation, scheduler: &mut dyn Scheduler<Actor<Script>>) -> Run {
    simulation.run(true, &mut |world, _| scheduler.choose(&world.choices()))
}

fn obstacle_of(calm: &Run, limit_ms: u64) -> Option<Obstacle> {
    let takes_ms = calm.world.now();
    if calm.world.common().halted.is_some() {
        return Some(Obstacle::NodeTerminates);
    }
    match &calm.verdict {
        Verdict::Inconclusive(why) => Some(Obstacle::Endless(why.clone())),
        _ if !calm.world.choices().is_empty() => {
            Some(Obstacle::Endless("something in it ticks for ever".to_owned()))
        }
        _ => (takes_ms > limit_ms).then_some(Obstacle::TooLong { takes_ms, limit_ms }),
    }
}

fn release(installed: &Installed) -> String {
    match &installed.elixir {
        Some(elixir) => format!("Erlang/OTP {} and Elixir 1.{}", installed.otp, elixir.minor),
        None => format!("Erlang/OTP {}", installed.otp),
    }
}

fn as_text(loaded: &Loaded, comparison: &Comparison, installed: &Installed, width: usize) -> String {
    let file = &loaded.name;
    match comparison {
        Comparison::Agrees { runs, outcomes, shown, mixed } => {
            let runs = if *runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
            let race = match (*outcomes, *mixed) {
                (1, _) => String::new(),
                (_, 0) => format!(", which showed {shown} of treefall's {outcomes} outcomes"),
                (_, mixed) => format!(
                    ", which showed {shown} of treefall's {outcomes} outcomes and {mixed} times a mixture of them"
                ),
            };
            format!("{file}: agrees with {} in {runs}{race}\n", release(installed))
        }
        Comparison::Disagrees { run, differences } => {
            let mut text = format!("{file}: differs from {} in run {run}\n", release(installed));
            for difference in differences {
                text.push_str(&beside(difference, width));
            }
            text
        }
        Comparison::NotComparable(why) => format!("{file}: cannot be compared: {why}\n"),
        Comparison::Failed(why) => format!("{file}: error: {why}\n"),
    }
}

/// Both stories of a part beside each other, the first difference marked.
fn beside(difference: &Difference, width: usize) -> String {
    let column = (width.saturating_sub(7) / 2).max(20);
    let mut text = format!("\n  {}\n", difference.part);
    let mut row = |mark: &str, left: &str, right: &str| {
        let (left, right) = (folded(left, column), folded(right, column));
        for at in 0..left.len().max(right.len()) {
            let nothing = String::new();
            let (left, right) = (left.get(at).unwrap_or(&nothing), right.get(at).unwrap_or(&nothing));
            let mark = if at == 0 { mark } else { " " };
            let padding = " ".repeat(column.saturating_sub(left.chars().count()));
            text.push_str(format!("  {mark} {left}{padding} | {right}").trim_end());
            text.push('\n');
        }
    };
    row(" ", "treefall", "Erlang");
    for line in &difference.lines {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        row(if line.first_difference { ">" } else { " " }, &side(&line.treefall), &side(&line.real));
    }
    text
}

/// A text in pieces of so many characters.
fn folded(text: &str, column: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(column).map(|piece| piece.iter().collect()).collect()
}

fn as_json(loaded: &Loaded, comparison: &Comparison, installed: &Installed) -> serde_json::Value {
    let elixir = installed.elixir.as_ref().map(|elixir| format!("1.{}", elixir.minor));
    let mut object = json!({ "file": loaded.name, "otp": installed.otp, "elixir": elixir });
    let rest = match comparison {
        Comparison::Agrees { runs, outcomes, shown, mixed } => json!({
            "verdict": "agrees", "runs": runs, "outcomes": outcomes, "shown": shown, "mixed": mixed,
        }),
        Comparison::Disagrees { run, differences } => {
            let differences: Vec<_> = differences
                .iter()
                .map(|difference| {
                    let lines = difference.lines.iter().map(|line| {
                        json!({
                            "treefall": line.treefall, "erlang": line.real,
                            "first_difference": line.first_difference,
                        })
                    });
                    json!({ "part": difference.part.to_string(), "lines": lines.collect::<Vec<_>>() })
                })
                .collect();
            json!({ "verdict": "differs", "run": run, "differences": differences })
        }
        Comparison::NotComparable(why) => json!({ "verdict": "not comparable", "why": why.to_string() }),
        Comparison::Failed(why) => json!({ "verdict": "error", "why": why }),
    };
    if let (Some(object), serde_json::Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}
