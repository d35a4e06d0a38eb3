//! Judging a design: which trees next to the one of a simulation hold, and what each costs.
//!
//! A design is the builders of a simulation's trees. A change is another value of the same builders, so what it means
//! is what the builder means, and what OTP would refuse is never tried. Everything else of the simulation (clients,
//! faults, properties) stays as it is. `treefall judge` does the same for the text of a scenario.

use std::collections::BTreeSet;
use std::fmt;

use crate::explore::{Calm, Scheduler, SchedulerKind};
use crate::kernel::{EventKind, StopFlag};
use crate::model::{self, Source, calm_length, play, play_under};
use crate::otp::{Actor, ChildType, Decision, Report, Restart, Shutdown, Strategy};

use super::child::{Planned, PlannedChild, Supervisor};
use super::explore::Searched;
use super::outcome::{Failure, along, first_breach};
use super::player::Player;
use super::simulation::Simulation;

/// Of each design, so many states at most in search of every order.
const STATES: u64 = 20_000;
/// Of a design with more, so many seeds.
const SEEDS: u64 = 300;
/// Under so many seeds costs are counted, beside the calm run.
const COST_SEEDS: u64 = 20;
/// No more restarts than this are proposed.
const MOST_RESTARTS: u32 = 64;
/// So many designs of two changes at most.
const PAIRS: usize = 200;

/// What judging a design has come to: [`Simulation::judge`]. Printed, it is a table.
///
/// # Examples
///
/// See [`Simulation::judge`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judging {
    /// The design as it is.
    pub own: Judged,
    /// Those next to it: all of one change, and of two if no single one helps.
    pub others: Vec<Judged>,
}

/// A design, and what it has come to.
///
/// # Examples
///
/// See [`Simulation::judge`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judged {
    /// What makes it of the design as it is, as a scenario file says it.
    pub changes: Vec<String>,
    /// Its trees, to be put into a simulation.
    pub trees: Vec<Supervisor>,
    /// What it has come to.
    pub outcome: Outcome,
    /// What it costs, if it holds.
    pub costs: Option<Costs>,
}

/// What a design has come to.
///
/// # Examples
///
/// See [`Simulation::judge`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Every property holds in every order: in so many states.
    Proved(u64),
    /// There are more orders, and nothing broke in the calm run and under so many seeds.
    Sampled(u64),
    /// A property is broken.
    Breaks {
        /// Which one, as [`Failure::property`] says it.
        property: String,
        /// Why, in a sentence.
        why: String,
    },
    /// A limit was reached, and why.
    Unclear(String),
}

/// The most that a design has cost in the calm run and a few seeds.
///
/// # Examples
///
/// See [`Simulation::judge`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Costs {
    /// Processes that were stopped in a restart, though they had not failed.
    pub innocent: u64,
    /// How often a supervisor has restarted.
    pub restarts: u64,
}

impl Outcome {
    /// Whether nothing broke, as far as it was tried.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Outcome;
    /// assert!(Outcome::Proved(10).holds() && !Outcome::Unclear("too many states".to_owned()).holds());
    /// ```
    pub fn holds(&self) -> bool {
        matches!(self, Outcome::Proved(_) | Outcome::Sampled(_))
    }
}

impl Simulation {
    /// Tries the designs next to this one: another strategy, two children the other way round, another restart type,
    /// another shutdown, the nearest `max_restarts` that holds; where none of them helps, two at once. Each is tried in
    /// every order where that ends within 20,000 states, else under 300 seeds.
    ///
    /// # Errors
    ///
    /// When OTP would refuse the trees as they are.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Store;
    /// # impl Actor for Store { type Request = Never; type Reply = Never; type Message = Never; }
    /// const STORE: Address<Store> = Address::named("store");
    ///
    /// let store = Child::worker("store", Store).named("store").restart(Restart::Temporary);
    /// let simulation = Simulation::new("a store that stays away")
    ///     .tree(Supervisor::new("top", Strategy::OneForOne).child(store))
    ///     .kill(&["store"], 1)
    ///     .finally("the store is there", |view| match view.is_alive(&STORE) {
    ///         true => Ok(()),
    ///         false => Err("it is gone".to_owned()),
    ///     });
    /// let judging = simulation.judge().unwrap();
    /// assert!(!judging.own.outcome.holds());
    /// let mends: Vec<&str> = judging.holding().map(|design| design.changes[0].as_str()).collect();
    /// assert_eq!(mends, ["store restart=transient, was temporary", "store restart=permanent, was temporary"]);
    /// ```
    pub fn judge(&self) -> Result<Judging, Failure> {
        self.valid()?;
        let own = Judged { changes: Vec::new(), trees: self.design.clone(), ..self.judged() };
        let mut judging = Judging { own, others: Vec::new() };
        let first = Bench { own_holds: judging.own.outcome.holds() };
        judging.others = first.around(self, &judging.own, usize::MAX);
        let helped = judging.others.iter().any(|judged| judged.outcome.holds());
        if !judging.own.outcome.holds() && !helped {
            judging.others.extend(first.pairs(self, &judging.others));
        }
        Ok(judging)
    }

    /// What this design comes to, and what it costs.
    fn judged(&self) -> Judged {
        let outcome = self.outcome();
        let costs = outcome.holds().then(|| self.costs());
        Judged { changes: Vec::new(), trees: self.design.clone(), outcome, costs }
    }

    fn outcome(&self) -> Outcome {
        let broken = |played: &model::Played<Simulation>| {
            first_breach(self, played).map(|(property, why)| Outcome::Breaks { property, why })
        };
        match play(self, Source::Calm) {
            Ok(calm) => {
                if let Some(broken) = broken(&calm) {
                    return broken;
                }
            }
            Err(mismatch) => return Outcome::Unclear(mismatch.to_string()),
        }
        match self.searched(STATES) {
            Searched::Failed(way) => broken(&along(self, way))
                .unwrap_or_else(|| Outcome::Unclear("a search disagrees with its run".to_owned())),
            Searched::Complete { states, unreached: None, .. } => Outcome::Proved(states),
            Searched::Complete { unreached: Some(place), .. } => self.not_reached(place),
            Searched::Open(_) => self.sampled(),
        }
    }

    fn not_reached(&self, place: usize) -> Outcome {
        let (property, why) = self.missed(place);
        Outcome::Breaks { property, why }
    }

    fn sampled(&self) -> Outcome {
        let outcome = self.campaign(0..SEEDS, None);
        if let Some(seed) = outcome.seeds.failures.first().and_then(|failure| failure.seed)
            && let Ok(played) = play(self, Source::Seed { of: self.scheduler, seed })
            && let Some((property, why)) = first_breach(self, &played)
        {
            return Outcome::Breaks { property, why };
        }
        match &outcome.seeds.limited {
            Some((why, _)) => Outcome::Unclear(why.to_string()),
            None => Outcome::Sampled(SEEDS),
        }
    }

    fn costs(&self) -> Costs {
        let (kind, stop) = (SchedulerKind::SWARM, StopFlag::default());
        let length = calm_length(self, kind, &stop);
        let seeds = (0..COST_SEEDS).map(|seed| self.cost(&mut *kind.scheduler(seed, length)));
        seeds.fold(self.cost(&mut Calm), |most, costs| Costs {
            innocent: most.innocent.max(costs.innocent),
            restarts: most.restarts.max(costs.restarts),
        })
    }

    fn cost(&self, scheduler: &mut dyn Scheduler<Actor<Player>>) -> Costs {
        let mut costs = Costs::default();
        for event in &play_under(self, scheduler).run.events {
            if let EventKind::Reported(Report::<Player>::Decision(Decision::Restarting { stop, .. })) =
                &event.kind
            {
                costs.restarts += 1;
                costs.innocent += u64::try_from(stop.len()).unwrap_or(u64::MAX);
            }
        }
        costs
    }
}

/// Something to try.
enum Proposal {
    /// This design, and what makes it.
    Design(String, Supervisor),
    /// The nearest number of restarts that holds, of the supervisor at this place.
    Restarts(Vec<usize>),
}

/// What all trials of one judging share.
struct Bench {
    own_holds: bool,
}

impl Bench {
    /// Tries what is one change away from a design.
    fn around(&self, simulation: &Simulation, from: &Judged, most: usize) -> Vec<Judged> {
        let mut found = Vec::new();
        let proposed = from
            .trees
            .iter()
            .enumerate()
            .flat_map(|(tree, top)| proposals(top).into_iter().map(move |proposal| (tree, proposal)));
        for (tree, proposal) in proposed.take(most) {
            found.extend(match proposal {
                Proposal::Design(said, top) => tried(simulation, from, tree, said, top),
                Proposal::Restarts(path) => self.nearest(simulation, from, tree, &path),
            });
        }
        found
    }

    /// Tries two changes at once, each pair in one order.
    fn pairs(&self, simulation: &Simulation, firsts: &[Judged]) -> Vec<Judged> {
        let mut known = BTreeSet::new();
        let share = PAIRS.div_ceil(firsts.len().max(1));
        let mut found = Vec::new();
        for first in firsts {
            found.extend(self.around(simulation, first, share).into_iter().filter(|judged| {
                let mut changes = judged.changes.clone();
                changes.sort_unstable();
                judged.outcome.holds() && known.insert(changes)
            }));
        }
        found
    }

    /// By doubling and bisection: of a design that does not hold, the least `max_restarts` with which it does; of one
    /// that does, the least with which it still does.
    fn nearest(&self, simulation: &Simulation, from: &Judged, tree: usize, path: &[usize]) -> Option<Judged> {
        let own = at(&from.trees[tree], path)?.flags.intensity;
        let with = |restarts: u32| {
            let top = changed(&from.trees[tree], path, &|supervisor| supervisor.flags.intensity = restarts);
            let name = at(&top, path)?.name;
            tried(simulation, from, tree, format!("{name} max_restarts={restarts}, was {own}"), top)
        };
        let (mut breaks, mut holds) = match self.own_holds {
            true if own == 0 => return None,
            true => (None, own),
            false => (Some(own), MOST_RESTARTS.max(own)),
        };
        let mut best = match self.own_holds {
            true => None,
            false => Some(with(holds)?).filter(|judged| judged.outcome.holds()),
        };
        if !self.own_holds && best.is_none() {
            return with(MOST_RESTARTS);
        }
        while breaks.map_or(holds > 0, |breaks| holds - breaks > 1) {
            let middle = breaks.map_or(0, |breaks| breaks.midpoint(holds));
            match with(middle).filter(|judged| judged.outcome.holds()) {
                Some(judged) => (holds, best) = (middle, Some(judged)),
                None => breaks = Some(middle),
            }
        }
        best
    }
}

/// Tries a design; none if OTP would refuse it.
fn tried(
    simulation: &Simulation,
    from: &Judged,
    tree: usize,
    said: String,
    top: Supervisor,
) -> Option<Judged> {
    let mut other = simulation.clone();
    for (place, tree) in from.trees.iter().enumerate() {
        other = other.replanted(place, tree.clone()).ok()?;
    }
    let judged = other.replanted(tree, top).ok()?.judged();
    Some(Judged { changes: from.changes.iter().cloned().chain([said]).collect(), ..judged })
}

/// All that is one change away from a tree.
fn proposals(top: &Supervisor) -> Vec<Proposal> {
    let mut found = Vec::new();
    for path in paths(top) {
        let Some(supervisor) = at(top, &path) else { continue };
        strategies(top, &path, supervisor, &mut found);
        swaps(top, &path, supervisor, &mut found);
        for place in 0..supervisor.children.len() {
            of_child(top, &path, supervisor, place, &mut found);
        }
        found.push(Proposal::Restarts(path));
    }
    found
}

fn strategies(top: &Supervisor, path: &[usize], supervisor: &Supervisor, found: &mut Vec<Proposal>) {
    let own = supervisor.flags.strategy;
    if own == Strategy::SimpleOneForOne || supervisor.children.len() < 2 {
        return;
    }
    for strategy in [Strategy::OneForOne, Strategy::OneForAll, Strategy::RestForOne] {
        if strategy != own {
            let said = format!("{} strategy={}, was {}", supervisor.name, strategy.word(), own.word());
            let other = changed(top, path, &|supervisor| supervisor.flags.strategy = strategy);
            found.push(Proposal::Design(said, other));
        }
    }
}

fn swaps(top: &Supervisor, path: &[usize], supervisor: &Supervisor, found: &mut Vec<Proposal>) {
    for place in 1..supervisor.children.len() {
        let [one, other] = [place - 1, place].map(|place| &supervisor.children[place].id);
        let said = format!("{} swap {one} and {other}", supervisor.name);
        let other = changed(top, path, &|supervisor| supervisor.children.swap(place - 1, place));
        found.push(Proposal::Design(said, other));
    }
}

fn of_child(
    top: &Supervisor,
    path: &[usize],
    supervisor: &Supervisor,
    place: usize,
    found: &mut Vec<Proposal>,
) {
    let plan = &supervisor.children[place];
    for restart in [Restart::Transient, Restart::Permanent, Restart::Temporary] {
        if restart != plan.restart {
            let said = format!("{} restart={}, was {}", plan.id, restart.word(), plan.restart.word());
            let other = changed(top, path, &|supervisor| supervisor.children[place].restart = restart);
            found.push(Proposal::Design(said, other));
        }
    }
    let own = plan.shutdown.unwrap_or(Shutdown::default_of(kind_of(plan)));
    for shutdown in [Shutdown::BrutalKill, Shutdown::Infinity] {
        if shutdown != own {
            let said = format!("{} shutdown={}", plan.id, word_of(shutdown));
            let other =
                changed(top, path, &|supervisor| supervisor.children[place].shutdown = Some(shutdown));
            found.push(Proposal::Design(said, other));
        }
    }
}

fn kind_of(plan: &PlannedChild) -> ChildType {
    match plan.what {
        Planned::Supervisor(_) | Planned::Dynamic(_) => ChildType::Supervisor,
        Planned::Server { .. } | Planned::Template { .. } | Planned::Process { .. } => ChildType::Worker,
        Planned::Lowered(_, kind) => kind,
    }
}

fn word_of(shutdown: Shutdown) -> String {
    match shutdown {
        Shutdown::BrutalKill => "brutal_kill".to_owned(),
        Shutdown::Timeout(time) => time.to_string(),
        Shutdown::Infinity => "infinity".to_owned(),
    }
}

/// The places of all supervisors with children of their own: how one comes there from the top.
fn paths(top: &Supervisor) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for (place, child) in top.children.iter().enumerate() {
        if let Planned::Supervisor(below) = &child.what {
            found.extend(paths(below).into_iter().map(|path| [vec![place], path].concat()));
        }
    }
    found
}

fn at<'t>(top: &'t Supervisor, path: &[usize]) -> Option<&'t Supervisor> {
    let Some((first, rest)) = path.split_first() else { return Some(top) };
    match &top.children.get(*first)?.what {
        Planned::Supervisor(below) => at(below, rest),
        _ => None,
    }
}

/// The same tree with another supervisor at this place.
fn changed(top: &Supervisor, path: &[usize], change: &dyn Fn(&mut Supervisor)) -> Supervisor {
    let mut other = top.clone();
    let mut supervisor = &mut other;
    for place in path {
        match &mut supervisor.children[*place].what {
            Planned::Supervisor(below) => supervisor = below,
            _ => return top.clone(),
        }
    }
    change(supervisor);
    other
}

impl Judging {
    /// The other designs that hold, the cheapest first; of those that cost the same, in the order in which they were
    /// proposed.
    ///
    /// # Examples
    ///
    /// See [`Simulation::judge`].
    pub fn holding(&self) -> impl Iterator<Item = &Judged> {
        let mut holding: Vec<&Judged> = self.others.iter().filter(|judged| judged.outcome.holds()).collect();
        holding.sort_by_key(|judged| (judged.changes.len(), judged.costs));
        holding.into_iter()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Proved(states) => write!(f, "holds in every order ({states} states)"),
            Outcome::Sampled(seeds) => write!(f, "holds under {seeds} seeds, not in every order"),
            Outcome::Breaks { property, why } => write!(f, "breaks {property}: {why}"),
            Outcome::Unclear(why) => write!(f, "is unclear: {why}"),
        }
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |count: u64| if count == 1 { "" } else { "s" };
        write!(
            f,
            "{} restart{}, {} innocent{} stopped",
            self.restarts,
            s(self.restarts),
            self.innocent,
            s(self.innocent)
        )
    }
}

impl fmt::Display for Judging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "as it is  {}", self.own.outcome)?;
        for (number, judged) in self.holding().enumerate() {
            writeln!(f, "\n  {}  {}", number + 1, judged.changes.join(" and "))?;
            write!(f, "     {}", judged.outcome)?;
            if let Some(costs) = judged.costs {
                write!(f, "; at most {costs}")?;
            }
            writeln!(f)?;
        }
        let mut helps_not: Vec<(&Outcome, Vec<String>)> = Vec::new();
        for judged in self.others.iter().filter(|judged| !judged.outcome.holds()) {
            let change = judged.changes.join(" and ");
            match helps_not.iter_mut().find(|(outcome, _)| *outcome == &judged.outcome) {
                Some((_, changes)) => changes.push(change),
                None => helps_not.push((&judged.outcome, vec![change])),
            }
        }
        if !helps_not.is_empty() {
            writeln!(f, "\nWhat does not hold")?;
        }
        for (outcome, changes) in helps_not {
            match outcome == &self.own.outcome && matches!(outcome, Outcome::Breaks { .. }) {
                true => writeln!(f, "  breaks as it is now")?,
                false => writeln!(f, "  {outcome}")?,
            }
            for change in changes {
                writeln!(f, "    {change}")?;
            }
        }
        Ok(())
    }
}
