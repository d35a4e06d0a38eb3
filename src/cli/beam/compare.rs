//! One scenario here and on the real Erlang: whether what the one does the other can do.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::beam::{
    self, Difference, Disturbance, Failure, Installed, Machine, Obstacle, Outcomes, Reach, Settings, Timing,
};
use crate::explore::{Calm, Lopsided, Random, Scheduler};
use crate::kernel::StopFlag;
use crate::model::{Model, Run, Verdict, play_until};
use crate::otp::Actor;
use crate::scenario::ast::{Scenario, Span, Spanned};
use crate::scenario::{Script, Simulation};

use super::super::exit::Exit;
use super::super::interrupt;
use super::super::loaded::Loaded;

/// All that a scenario can come to is looked for in so many steps; a larger one is known by its seeds only.
const EVERY_STEPS_MAX: u64 = 5_000;
/// A real outcome that no seed has shown is looked for in so many steps.
const REACH_STEPS_MAX: u64 = 100_000;
/// More steps than this are not taken for one scenario under all its seeds.
const STEPS_MAX: u64 = 1_000_000;
/// How many runs a scenario gets whose seeds differ.
const RUNS_OF_A_RACE: u32 = 10;
/// A machine that is late by more than this is to blame for a difference in a scenario that takes time.
const LATE_MS: u64 = 3;
/// Whoever wakes up late shows a machine on which somebody else may be held up for so many times as long, and
/// be killed because its time is up.
const HELD_UP_TIMES: u64 = 8;
/// How many runs may differ because the machine was late.
const RUNS_TOO_LATE: u32 = 5;
/// What starting up and printing may take beside the scenario's own time.
const START_UP_MS: u64 = 5_000;
/// A scenario that takes so long may have restart windows, which are counted in whole seconds.
const ALIGN_FROM_MS: u64 = 500;

/// What became of one file.
pub(super) enum Comparison {
    Agrees { runs: u32, simulated: Simulated, shown: usize, mixed: u32 },
    Disagrees { run: u32, certain: bool, differences: Vec<Difference> },
    NotComparable(Obstacle),
    Failed(String),
}

/// What treefall's runs come to.
pub(super) struct Simulated {
    pub(super) outcomes: Outcomes,
    /// Whether all orders were tried, and there is no other.
    pub(super) all: bool,
}

impl Comparison {
    /// The exit status that it deserves.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Comparison::Agrees { .. } | Comparison::NotComparable(_) => Exit::Held,
            Comparison::Disagrees { .. } => Exit::Broken,
            Comparison::Failed(_) => Exit::Wrong,
        }
    }
}

/// How much is done for a comparison.
pub(super) struct Effort {
    /// How often each scenario runs on the real Erlang, if that is said.
    pub(super) runs: Option<u32>,
    /// Under how many seeds treefall runs it.
    pub(super) seeds: u64,
    /// How long one run may take, in milliseconds.
    pub(super) limit_ms: u64,
}

/// Compares one scenario.
///
/// # Errors
///
/// When Erlang hangs or ends badly.
pub(super) fn compare(loaded: &Loaded, effort: &Effort, machine: &Machine) -> Result<Comparison, Failure> {
    if let Some(obstacle) = beam::obstacle(&loaded.scenario, machine.installed()) {
        return Ok(Comparison::NotComparable(obstacle));
    }
    let scenario = as_installed(&loaded.scenario, machine.installed());
    let simulation = Simulation::of(&scenario);
    let cast = beam::Roles::of(&scenario);
    let line_of = |byte: usize| loaded.line_number(Span::new(byte, byte));
    let told = |run: &Run<Simulation>| beam::outcome_of(run, &simulation, &cast, &line_of);

    let stop = interrupt::raised_after(Duration::from_millis(effort.limit_ms));
    let calm = play_until(&simulation, &stop, &mut Calm).run;
    if calm.verdict == Verdict::Abandoned {
        return Ok(too_slow(effort));
    }
    if let Some(obstacle) = obstacle_of(&calm, effort.limit_ms) {
        return Ok(Comparison::NotComparable(obstacle));
    }
    let mut simulated = match beam::every_outcome(&simulation, &cast, &line_of, (EVERY_STEPS_MAX, &stop)) {
        Some(outcomes) => Simulated { outcomes, all: true },
        None => {
            let mut outcomes = Outcomes::default();
            outcomes.add(told(&calm));
            for seed in 0..effort.seeds.min(STEPS_MAX / calm.steps.max(1)) {
                let run = under(&simulation, seed, &stop);
                if run.verdict == Verdict::Abandoned {
                    return Ok(too_slow(effort));
                }
                outcomes.add(told(&run));
            }
            Simulated { outcomes, all: false }
        }
    };

    let takes_ms = calm.world.now();
    let timing = Timing { align: takes_ms >= ALIGN_FROM_MS, limit_ms: takes_ms * 2 + effort.limit_ms };
    let shortest_ms = simulation.shortest_timer();
    let hangs_on_time = |late_ms: u64| {
        let held_up = shortest_ms.is_some_and(|shortest| late_ms * HELD_UP_TIMES >= shortest);
        late_ms > LATE_MS && (takes_ms > 0 || held_up)
    };
    let program = beam::lower(&scenario, timing);
    let mut shown = BTreeSet::new();
    let (mut mixed, mut run, mut patience) = (0, 0, RUNS_TOO_LATE);
    while run < effort.runs.unwrap_or(if simulated.outcomes.len() > 1 { RUNS_OF_A_RACE } else { 1 }) {
        let settings = Settings {
            // The first run is Erlang's own; the others have one to four schedulers.
            schedulers: (run > 0).then(|| 1 << (run % 3)),
            disturbance: match (run, takes_ms) {
                (0, _) => Disturbance::Calm,
                (_, 0) => Disturbance::Disturbed,
                (_, _) => Disturbance::Jostled,
            },
            // Only then is it heard what the processes of OTP take out of their mailboxes.
            stretched: run % 2 == 1 || simulation.orders().speak_of_messages(),
            limit: Duration::from_millis(timing.limit_ms + START_UP_MS),
        };
        let printed = machine.run(&program, &settings)?;
        let real = match beam::read(&printed, (&cast, simulation.orders()), &line_of) {
            Ok(real) => real,
            Err(why) => return Ok(Comparison::Failed(format!("Erlang was run, and {why}"))),
        };
        let outcomes = &mut simulated.outcomes;
        let place = outcomes.position(&real.outcome);
        let reach = match place {
            Some(_) => Reach::Reached,
            None if simulated.all => Reach::Unreachable,
            None => beam::reach(&simulation, &cast, &line_of, &real.outcome, (REACH_STEPS_MAX, &stop)),
        };
        match (place, reach) {
            (Some(place), _) => drop(shown.insert(place)),
            (None, Reach::Reached) => {
                shown.insert(outcomes.len());
                outcomes.add(real.outcome);
            }
            (None, Reach::Unfinished) if outcomes.hold_each_part(&real.outcome) => mixed += 1,
            (None, _) if hangs_on_time(real.late_ms) => {
                if patience == 0 {
                    return Ok(Comparison::NotComparable(Obstacle::Late { ms: real.late_ms }));
                }
                patience -= 1;
                continue;
            }
            (None, reach) => {
                let certain = reach == Reach::Unreachable;
                let differences = outcomes.nearest(&real.outcome);
                return Ok(Comparison::Disagrees { run: run + 1, certain, differences });
            }
        }
        run += 1;
    }
    Ok(Comparison::Agrees { runs: run, simulated, shown: shown.len(), mixed })
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
fn under(simulation: &Simulation, seed: u64, stop: &StopFlag) -> Run<Simulation> {
    let mut scheduler: Box<dyn Scheduler<Actor<Script>>> =
        if seed.is_multiple_of(2) { Box::new(Random::new(seed)) } else { Box::new(Lopsided::new(seed)) };
    play_until(simulation, stop, &mut *scheduler).run
}

fn too_slow(effort: &Effort) -> Comparison {
    let seconds = effort.limit_ms / 1000;
    Comparison::Failed(format!("treefall's own runs of it take more than {seconds} s (--time-limit)"))
}

fn obstacle_of(calm: &Run<Simulation>, limit_ms: u64) -> Option<Obstacle> {
    let takes_ms = calm.world.now();
    if calm.world.common().halted.is_some() {
        return Some(Obstacle::NodeTerminates);
    }
    match &calm.verdict {
        Verdict::Inconclusive(why) | Verdict::Unrunnable(why) => Some(Obstacle::Endless(why.clone())),
        _ if !calm.world.choices().is_empty() => {
            Some(Obstacle::Endless("something in it ticks for ever".to_owned()))
        }
        _ => (takes_ms > limit_ms).then_some(Obstacle::TooLong { takes_ms, limit_ms }),
    }
}
