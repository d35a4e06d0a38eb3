//! What a judge remembers of a run: who was started where, who died when, and what supervisors decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kernel::{Atom, EventKind, Pid, Term};
use crate::otp::{Actor, Decision, ErrorContext, Report, Restart, Strategy};

use super::super::ast::Oracle;
use super::super::{Script, ScriptEvent, ScriptWorld};
use super::breach::{Part, Sentence};

/// What a judge remembers. Judges that have been cloned share each part until one of them learns something
/// that changes it.
#[derive(Debug, Default)]
pub(super) struct History {
    births: Arc<BTreeMap<Pid, Birth>>,
    /// The last process at each path of child ids under static supervisors.
    places: Arc<BTreeMap<Place, Pid>>,
    deaths: Arc<BTreeMap<Pid, Death>>,
    /// Children whose supervisor will not restart them, and of which restart type they are.
    given_away: Arc<BTreeMap<Pid, Restart>>,
    /// Supervisors that have run out of their intensity.
    given_up: Arc<BTreeSet<Pid>>,
    /// By supervisor: at which step it last decided to restart.
    restarted_at: Arc<BTreeMap<Pid, u64>>,
    /// By supervisor and child id: how often it has restarted for that child.
    restarts: Arc<BTreeMap<(Pid, Term), i64>>,
    /// By supervisor: the order in which it has started children that live.
    started: Arc<BTreeMap<Pid, Vec<Pid>>>,
}

/// How a process ended.
#[derive(Clone, Debug)]
struct Death {
    step: u64,
    reason: Term,
}

/// The labels from the first process down. Children that come and go are told apart by their number.
type Place = Arc<[(Atom, Option<u32>)]>;

/// What an oracle has seen, and how many times if it counts.
type Finding = (Oracle, Sentence, Option<i64>);

/// What of it can still matter to the oracles that are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Past {
    /// Of the dead children of living supervisors, whether they died before its last restart.
    deaths: Vec<(Pid, bool)>,
    /// How often each child has been restarted.
    restarts: Vec<(Pid, Term, i64)>,
    /// The order in which living supervisors have started children that live.
    started: Vec<(Pid, Vec<Pid>)>,
}

/// Where a process comes from.
#[derive(Clone, Debug)]
pub(super) struct Birth {
    pub(super) parent: Option<Pid>,
    pub(super) label: Atom,
    path: Place,
    /// Its parent is a supervisor.
    pub(super) supervised: bool,
    /// Its parent is a supervisor of children that come and go.
    pub(super) dynamic: bool,
}

impl Clone for History {
    fn clone(&self) -> Self {
        History {
            births: self.births.clone(),
            places: self.places.clone(),
            deaths: self.deaths.clone(),
            given_away: self.given_away.clone(),
            given_up: self.given_up.clone(),
            restarted_at: self.restarted_at.clone(),
            restarts: self.restarts.clone(),
            started: self.started.clone(),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        let History { births, places, deaths, given_away, given_up, restarted_at, restarts, started } =
            source;
        share(&mut self.births, births);
        share(&mut self.places, places);
        share(&mut self.deaths, deaths);
        share(&mut self.given_away, given_away);
        share(&mut self.given_up, given_up);
        share(&mut self.restarted_at, restarted_at);
        share(&mut self.restarts, restarts);
        share(&mut self.started, started);
    }
}

/// Shares a part, unless it is shared already.
fn share<T>(mine: &mut Arc<T>, theirs: &Arc<T>) {
    if !Arc::ptr_eq(mine, theirs) {
        *mine = Arc::clone(theirs);
    }
}

impl History {
    pub(super) fn label(&self, pid: Pid) -> Option<Atom> {
        self.births.get(&pid).map(|birth| birth.label)
    }

    pub(super) fn birth(&self, pid: Pid) -> Option<&Birth> {
        self.births.get(&pid)
    }

    /// The process that a pid, a name or a child id means, or the last one that it has meant.
    pub(super) fn last(&self, who: &Term) -> Option<Pid> {
        match who {
            Term::Pid(pid) => Some(*pid),
            Term::Atom(label) => {
                let named = self.deaths.iter().filter(|(pid, _)| self.label(**pid) == Some(*label));
                named.max_by_key(|(_, death)| death.step).map(|(pid, _)| *pid)
            }
            _ => None,
        }
    }

    /// Why a pid, a name or a child id means nobody who lives: how who had it last has ended, and why nobody
    /// is in its place.
    pub(super) fn why_nobody(&self, who: &Term, world: &ScriptWorld) -> Sentence {
        let Some((pid, death)) = self.last(who).and_then(|pid| self.deaths.get_key_value(&pid)) else {
            return vec![Part::text(": nobody has been started as that")];
        };
        let mut why = vec![
            Part::text(": it ended with "),
            Part::Term(death.reason.clone()),
            Part::Text(format!(" at step {}", death.step)),
        ];
        let supervisor = self.births.get(pid).filter(|birth| birth.supervised).and_then(|birth| birth.parent);
        if let Some(supervisor) = supervisor {
            let why_not = match self.given_away.get(pid) {
                _ if self.given_up.contains(&supervisor) => " has given up".to_owned(),
                _ if world.process(supervisor).is_none() => " is not alive either".to_owned(),
                Some(restart) => format!(" does not restart it ({})", word(*restart)),
                None => " has not restarted it yet".to_owned(),
            };
            why.extend([Part::text(", and "), Part::Process(supervisor), Part::Text(why_not)]);
        }
        why
    }

    /// What of it can still matter, if these oracles are asked.
    pub(super) fn past(&self, oracles: &BTreeSet<Oracle>, world: &ScriptWorld) -> Past {
        let mut past = Past::default();
        let lives = |pid: &Pid| world.process(*pid).is_some();
        if oracles.contains(&Oracle::NoDoubleRestart) {
            for (pid, died) in self.deaths.iter() {
                let supervisor = self.births.get(pid).and_then(|birth| birth.parent).filter(lives);
                if let Some(supervisor) = supervisor {
                    let last = self.restarted_at.get(&supervisor);
                    past.deaths.push((*pid, last.is_some_and(|last| died.step <= *last)));
                }
            }
        }
        if oracles.contains(&Oracle::BoundedRestarts) {
            let living = self.restarts.iter().filter(|((supervisor, _), _)| lives(supervisor));
            past.restarts = living.map(|((pid, child), times)| (*pid, child.clone(), *times)).collect();
        }
        if oracles.contains(&Oracle::InOrder) {
            let living = self.started.iter().filter(|(pid, _)| lives(pid));
            past.started = living.map(|(pid, children)| (*pid, children.clone())).collect();
        }
        past
    }

    /// Remembers an event; if it breaks an oracle by itself, says which and how.
    pub(super) fn observe(&mut self, event: &ScriptEvent, world: &ScriptWorld) -> Option<Finding> {
        match &event.kind {
            EventKind::Spawned { parent, label, nth, .. } => {
                self.spawned(event.pid, *parent, (*label, *nth), world)
            }
            EventKind::Exited { reason, .. } => {
                let death = Death { step: event.step, reason: reason.clone() };
                Arc::make_mut(&mut self.deaths).insert(event.pid, death);
                if let Some(parent) = self.births.get(&event.pid).and_then(|birth| birth.parent)
                    && self.started.contains_key(&parent)
                    && let Some(started) = Arc::make_mut(&mut self.started).get_mut(&parent)
                {
                    // Children mostly end in the reverse order, or the oldest first.
                    if let Some(place) = started.iter().rposition(|child| *child == event.pid) {
                        started.remove(place);
                    }
                }
                None
            }
            EventKind::Reported(Report::Decision(decision)) => self.decided(event.pid, decision, event.step),
            EventKind::Reported(Report::Supervisor {
                context: ErrorContext::ShutdownError,
                reason,
                offender,
            }) => {
                let why = vec![
                    Part::Term(offender.id.clone()),
                    Part::text(" did not shut down cleanly under "),
                    Part::Process(event.pid),
                    Part::text(": "),
                    Part::Term(reason.clone()),
                ];
                Some((Oracle::CleanShutdown, why, None))
            }
            _ => None,
        }
    }

    fn spawned(
        &mut self,
        pid: Pid,
        parent: Option<Pid>,
        (label, nth): (Atom, u32),
        world: &ScriptWorld,
    ) -> Option<Finding> {
        let actor = parent.and_then(|parent| world.process(parent)).map(|parent| parent.behaviour());
        let (supervised, dynamic) = match actor {
            Some(Actor::Supervisor(supervisor)) => {
                (true, supervisor.flags().strategy == Strategy::SimpleOneForOne)
            }
            Some(Actor::DynamicSupervisor(_)) => (true, true),
            Some(_) | None => (false, false),
        };
        let above = parent.and_then(|parent| self.births.get(&parent));
        let above = above.map_or(&[][..], |birth| &birth.path);
        let path: Place = above.iter().copied().chain([(label, dynamic.then_some(nth))]).collect();
        let mut found = None;
        if supervised && !dynamic {
            if let Some(other) = Arc::make_mut(&mut self.places).insert(path.clone(), pid)
                && world.process(other).is_some()
                && !actor.is_some_and(has_nameless_children)
            {
                let why = vec![
                    Part::Process(pid),
                    Part::text(" was started while "),
                    Part::Process(other),
                    Part::text(" was still alive"),
                ];
                found = Some((Oracle::NoOverlap, why, None));
            }
            if let Some(parent) = parent {
                Arc::make_mut(&mut self.started).entry(parent).or_default().push(pid);
            }
        }
        Arc::make_mut(&mut self.births).insert(pid, Birth { parent, label, path, supervised, dynamic });
        found
    }

    fn decided(&mut self, supervisor: Pid, decision: &Decision, step: u64) -> Option<Finding> {
        match decision {
            Decision::GivingUp { child, intensity, period } => {
                let why = vec![
                    Part::Process(supervisor),
                    Part::Text(format!(
                        " gave up after more than {intensity} restarts in {period} s; the last child to fail was "
                    )),
                    Part::Term(child.clone()),
                ];
                Arc::make_mut(&mut self.given_up).insert(supervisor);
                Some((Oracle::NoMeltdown, why, None))
            }
            Decision::Restarting { child, pid, strategy, again, .. } => {
                let last = Arc::make_mut(&mut self.restarted_at).insert(supervisor, step);
                let restarts = Arc::make_mut(&mut self.restarts);
                let times = restarts.entry((supervisor, child.clone())).or_insert(0);
                *times += 1;
                let times = *times;
                let group = matches!(strategy, Strategy::OneForAll | Strategy::RestForOne);
                let died = pid.and_then(|pid| self.deaths.get(&pid)).map(|died| died.step);
                let before = died.zip(last).is_some_and(|(died, last)| died <= last);
                if group && !again && before {
                    let why = vec![
                        Part::Process(supervisor),
                        Part::text(" restarted its children a second time for "),
                        Part::Term(child.clone()),
                        Part::text(", which had died before the first restart"),
                    ];
                    return Some((Oracle::NoDoubleRestart, why, None));
                }
                let why = vec![
                    Part::Term(child.clone()),
                    Part::Text(format!(" has been restarted {times} times by ")),
                    Part::Process(supervisor),
                ];
                Some((Oracle::BoundedRestarts, why, Some(times)))
            }
            Decision::Stopping { child, pid, .. } => self.out_of_order(supervisor, child, *pid),
            Decision::NotRestarted { pid, restart, .. } => {
                Arc::make_mut(&mut self.given_away).insert(*pid, *restart);
                None
            }
            Decision::AutoShutdown { .. }
            | Decision::Killing { .. }
            | Decision::Stopped { .. }
            | Decision::TryAgain { .. }
            | Decision::Terminating { .. } => None,
        }
    }

    /// A static child is stopped though a younger sibling that depends on it lives. A child that the API
    /// stops on its own does not count: only whole shutdowns are ordered.
    fn out_of_order(&self, supervisor: Pid, child: &Term, pid: Pid) -> Option<Finding> {
        let started = self.started.get(&supervisor)?;
        let younger = started.last().filter(|last| **last != pid && started.contains(&pid))?;
        let why = vec![
            Part::Process(supervisor),
            Part::text(" stopped "),
            Part::Term(child.clone()),
            Part::text(" before the younger "),
            Part::Process(*younger),
        ];
        Some((Oracle::InOrder, why, None))
    }
}

/// A child whose id is no atom is called by its module, and two such look like one.
fn has_nameless_children(actor: &Actor<Script>) -> bool {
    match actor {
        Actor::Supervisor(supervisor) => supervisor.children().iter().any(|(id, _)| id.as_atom().is_none()),
        _ => false,
    }
}

fn word(restart: Restart) -> &'static str {
    match restart {
        Restart::Permanent => "permanent",
        Restart::Transient => "transient",
        Restart::Temporary => "temporary",
    }
}
