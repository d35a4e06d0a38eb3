//! What a failing run would have come to under the other strategies of its supervisors.

use std::collections::BTreeSet;

use crate::explore::{Calm, Deciding, Decision, Scheduler, SchedulerKind};
use crate::kernel::{EventKind, StopFlag};
use crate::model::{Model, Smallest, Verdict, calm_length, run_until, shape};
use crate::otp::{Actor, Decision as Decided, Report, Strategy};
use crate::scenario::ast::{Child, Code, Scenario, Spanned, Supervisor, SupervisorBody};
use crate::scenario::{Script, Simulation};
use crate::trace::{Line, Tone};

use super::super::deadline::UP;
use super::super::loaded::{Loaded, find_code};

/// Under so many seeds.
const SEEDS: u64 = 100;

/// What became of the run under another strategy.
pub(super) struct Tried {
    supervisor: String,
    was: Strategy,
    strategy: Strategy,
    came: Came,
}

enum Came {
    /// With the same decisions too, if there were any.
    Held {
        decided: bool,
    },
    /// In the same way or in another, in which run.
    Broken {
        same: bool,
        property: String,
        run: String,
    },
    Unclear(String),
}

impl Tried {
    /// Whether the run would have held.
    pub(super) fn holds(&self) -> bool {
        matches!(self.came, Came::Held { .. })
    }
}

/// Tries every other strategy of every supervisor that restarts something in the run.
pub(super) fn try_others(
    loaded: &Loaded,
    smallest: &Smallest<Simulation>,
    failure: &str,
    stop: &StopFlag,
) -> Vec<Tried> {
    let mut tried = Vec::new();
    for (supervisor, was) in restarting(smallest) {
        for strategy in [Strategy::OneForOne, Strategy::RestForOne, Strategy::OneForAll] {
            let mut scenario = loaded.scenario.clone();
            let changed = each_supervisor(&mut scenario, &mut |each| {
                // A dynamic supervisor has no other strategy, and a reference none at all.
                let has_some = !matches!(each.body, SupervisorBody::Reference | SupervisorBody::Dynamic(_));
                let it = each.name.text == supervisor && has_some;
                if it {
                    let span = each.span;
                    each.strategy = Some(Spanned { value: strategy, span });
                }
                it
            });
            if strategy != was && changed {
                let mut simulation = Simulation::of(&scenario);
                simulation.share_actors(&loaded.simulation);
                simulation.set_budget(*loaded.simulation.budget());
                // Where it has gone since the file was read, nothing can be tried.
                if find_code(&loaded.path, &scenario, &mut simulation).is_err() {
                    continue;
                }
                let came = came(&simulation, smallest, failure, stop);
                tried.push(Tried { supervisor: supervisor.clone(), was, strategy, came });
            }
        }
    }
    tried
}

/// The supervisors that restart something, with their strategies, by name.
fn restarting(smallest: &Smallest<Simulation>) -> Vec<(String, Strategy)> {
    let directory = smallest.played.cast.directory();
    let mut known = BTreeSet::new();
    let decided = smallest.played.run.events.iter().filter_map(|event| match &event.kind {
        EventKind::<Actor<Script>>::Reported(Report::Decision(Decided::Restarting { strategy, .. })) => {
            let label = directory.label(event.pid).to_owned();
            (*strategy != Strategy::SimpleOneForOne).then_some((label, *strategy))
        }
        _ => None,
    });
    decided.filter(|(name, _)| known.insert(name.clone())).collect()
}

/// Whether any supervisor restarts something.
fn restarts(smallest: &Smallest<Simulation>) -> bool {
    smallest
        .played
        .run
        .events
        .iter()
        .any(|event| matches!(&event.kind, EventKind::Reported(Report::Decision(Decided::Restarting { .. }))))
}

/// Whether any was changed.
fn each_supervisor(scenario: &mut Scenario, change: &mut dyn FnMut(&mut Supervisor) -> bool) -> bool {
    let mut changed = false;
    let mut open: Vec<&mut Supervisor> = scenario.trees.iter_mut().map(|tree| &mut tree.supervisor).collect();
    while let Some(supervisor) = open.pop() {
        changed |= change(supervisor);
        if let SupervisorBody::Children(children) = &mut supervisor.body {
            open.extend(children.iter_mut().filter_map(|child| match child {
                Child::Supervisor(supervisor) => Some(supervisor),
                Child::Worker(_) => None,
            }));
        }
    }
    changed
}

/// Runs it with the same decisions as far as they fit, calmly, and under some seeds.
fn came(simulation: &Simulation, smallest: &Smallest<Simulation>, failure: &str, stop: &StopFlag) -> Came {
    let decisions: Vec<Decision> = smallest.decisions();
    // A seed is the run that `explore` and `run` make of it.
    let length = calm_length(simulation, SchedulerKind::SWARM, stop);
    let mut unclear = None;
    let orders = (0..SEEDS).map(Some);
    let runs = [(!decisions.is_empty()).then_some("with the same decisions"), Some("calmly")];
    let runs = runs.into_iter().flatten().map(|run| (run.to_owned(), None));
    let seeds = orders.map(|seed| (format!("under seed {} of swarm", seed.unwrap_or(0)), seed));
    for (run, seed) in runs.chain(seeds) {
        let mut scheduler: Box<dyn Scheduler<Actor<Script>>> = match seed {
            Some(seed) => SchedulerKind::SWARM.scheduler(seed, length),
            None if run == "calmly" => Box::new(Calm),
            None => Box::new(Deciding::new(&decisions)),
        };
        let verdict = run_until(simulation, stop, &mut *scheduler).verdict;
        let shapes = verdict.breaches().iter().map(|breach| shape::line(breach, simulation.atoms()));
        let same = shapes.into_iter().any(|shape| shape == failure);
        match verdict {
            _ if stop.is_raised() => return Came::Unclear(UP.to_owned()),
            Verdict::Held | Verdict::Abandoned => (),
            Verdict::Inconclusive(why) | Verdict::Unrunnable(why) => drop(unclear.get_or_insert(why)),
            Verdict::Broken(breaches) => {
                let property = breaches.first().map_or_else(String::new, |breach| breach.property.clone());
                return Came::Broken { same, property, run };
            }
        }
    }
    unclear.map_or(Came::Held { decided: !decisions.is_empty() }, Came::Unclear)
}

/// One line each. Where compiled code runs, supervisors may be of it.
pub(super) fn lines(tried: &[Tried], smallest: &Smallest<Simulation>, scenario: &Scenario) -> Vec<Line> {
    let faint = |text: &str| vec![Line::new().with(Tone::Faint, text)];
    if tried.is_empty() && restarts(smallest) {
        return faint("What restarts something here is a dynamic supervisor, which has no other strategy.");
    }
    if tried.is_empty() && scenario.code != Code::default() {
        return faint("Supervisors of compiled code are what they are: no other strategy was tried.");
    }
    if tried.is_empty() {
        return faint("No supervisor restarts anything here.");
    }
    let mut lines = Vec::new();
    for group in tried.chunk_by(|one, other| one.supervisor == other.supervisor) {
        let Tried { supervisor, was, .. } = &group[0];
        lines.push(
            Line::new()
                .with(Tone::Plain, "If ")
                .with(Tone::Name, supervisor.as_str())
                .with(Tone::Plain, format!(" were not {} but", was.word())),
        );
        for Tried { strategy, came, .. } in group {
            let line = Line::new().with(Tone::Plain, format!("  {:<12}  ", strategy.word()));
            lines.push(match came {
                Came::Held { decided } => {
                    let decided = if *decided { "with the same decisions, " } else { "" };
                    let runs = format!(" {decided}calmly, and under {SEEDS} seeds");
                    line.with(Tone::Good, "holds").with(Tone::Faint, runs)
                }
                Came::Broken { same, property, run } => {
                    let how = if *same { "in the same way" } else { property.as_str() };
                    line.with(Tone::Bad, "breaks").with(Tone::Plain, format!(" {how}, {run}"))
                }
                Came::Unclear(why) => {
                    line.with(Tone::Warning, "unclear").with(Tone::Plain, format!(": {why}"))
                }
            });
        }
    }
    lines
}

/// The same for programs.
pub(super) fn json(tried: &[Tried]) -> serde_json::Value {
    let told = |Tried { supervisor, was, strategy, came }: &Tried| {
        let (verdict, property, run) = match came {
            Came::Held { .. } => ("held", None, None),
            Came::Broken { same: true, property, run } => ("broken-alike", Some(property), Some(run)),
            Came::Broken { same: false, property, run } => ("broken", Some(property), Some(run)),
            Came::Unclear(_) => ("inconclusive", None, None),
        };
        serde_json::json!({
            "supervisor": supervisor,
            "was": was.word(),
            "strategy": strategy.word(),
            "verdict": verdict,
            "property": property,
            "run": run,
        })
    };
    tried.iter().map(told).collect()
}
