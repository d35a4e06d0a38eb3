//! What a judge remembers of a run: who was started where, who died when, and what supervisors decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kernel::{Atom, EventKind, Pid, Term};
use crate::model::{IntensityUse, IntensityUses, Part, Sentence};
use crate::otp::{
    Actor, Decision, ErrorContext, Member, Offender, OffenderPid, Report, Restart, Started, Strategy,
};

use super::super::ast::Oracle;
use super::super::script::{Script, ScriptEvent, ScriptWorld};
use super::order::{ChildrenInOrder, StartOrders};
use super::unnoticed::unnoticed;

/// What a judge remembers. Judges that have been cloned share each part until one of them learns something
/// that changes it.
#[derive(Debug, Default)]
pub(super) struct History {
    births: Arc<BTreeMap<Pid, Birth>>,
    /// The first process at each place under a static supervisor, and the last, unless its start has failed.
    places: Arc<Places>,
    deaths: Arc<BTreeMap<Pid, Death>>,
    /// Children whose supervisor will not restart them, and of which restart type they are.
    given_away: Arc<BTreeMap<Pid, Restart>>,
    /// Supervisors that have run out of their intensity.
    given_up: Arc<BTreeSet<Pid>>,
    /// By supervisor: at which step it last decided to restart.
    restarted_at: Arc<BTreeMap<Pid, u64>>,
    /// By supervisor and child: how often it has restarted for that child. A child that comes and goes is
    /// told by its first process.
    restarts: Arc<BTreeMap<(Pid, Term), i64>>,
    /// By supervisor of such children: the first process of the one that it is about to restart.
    comes_back: Arc<BTreeMap<Pid, Pid>>,
    /// Of restarted children that come and go: their first process.
    first: Arc<BTreeMap<Pid, Pid>>,
    /// Children that their supervisor has killed, for they did not stop in time.
    killed: Arc<BTreeSet<Pid>>,
    /// How close supervisors have come to giving up.
    intensity: Arc<IntensityUses>,
    /// In which order children stand, if that is asked.
    order: Option<Arc<StartOrders>>,
}

/// How a process ended.
#[derive(Clone, Debug)]
struct Death {
    step: u64,
    reason: Term,
}

/// The first process at each place under a static supervisor, and the last.
type Places = BTreeMap<(Place, Atom), (Place, Option<Pid>)>;

/// A place in the tree, called by the first process that was started there. A child that comes and goes has one of its
/// own, and so has who was started outside of a tree.
type Place = Pid;

/// What an oracle has seen, and how many times if it counts.
type Finding = (Oracle, Sentence, Option<i64>);

/// What of it can still matter to the oracles that are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Past {
    /// Of the dead children of living supervisors, whether they died before its last restart.
    deaths: Vec<(Pid, bool)>,
    /// How often each child has been restarted.
    restarts: Vec<(Pid, Term, i64)>,
    /// Which processes of dynamic children are one child, and which of them is about to be restarted.
    same: Vec<(Pid, Pid)>,
    /// Of children whose end their supervisor has not noticed, whether they should have ended so.
    unnoticed: Vec<(Pid, bool)>,
    /// The children of living supervisors, in order, and whom those are stopping.
    order: Vec<ChildrenInOrder>,
}

/// Where a process comes from.
#[derive(Clone, Debug)]
pub(super) struct Birth {
    pub(super) parent: Option<Pid>,
    pub(super) label: Atom,
    /// As which process of the run.
    number: usize,
    place: Place,
    /// It was linked to its parent at birth.
    pub(super) linked: bool,
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
            comes_back: self.comes_back.clone(),
            first: self.first.clone(),
            killed: self.killed.clone(),
            intensity: self.intensity.clone(),
            order: self.order.clone(),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        // By name, so that none can be forgotten.
        let History {
            births,
            places,
            deaths,
            given_away,
            given_up,
            restarted_at,
            restarts,
            comes_back,
            first,
            killed,
            intensity,
            order,
        } = source;
        share(&mut self.births, births);
        share(&mut self.places, places);
        share(&mut self.deaths, deaths);
        share(&mut self.given_away, given_away);
        share(&mut self.given_up, given_up);
        share(&mut self.restarted_at, restarted_at);
        share(&mut self.restarts, restarts);
        share(&mut self.comes_back, comes_back);
        share(&mut self.first, first);
        share(&mut self.killed, killed);
        share(&mut self.intensity, intensity);
        match (&mut self.order, order) {
            (Some(mine), Some(theirs)) => share(mine, theirs),
            (mine, theirs) => mine.clone_from(theirs),
        }
    }
}

/// Shares a part, unless it is shared already.
fn share<T>(mine: &mut Arc<T>, theirs: &Arc<T>) {
    if !Arc::ptr_eq(mine, theirs) {
        *mine = Arc::clone(theirs);
    }
}

impl History {
    /// Remembers what these oracles need.
    pub(super) fn of(oracles: &BTreeSet<Oracle>) -> History {
        History { order: oracles.contains(&Oracle::InOrder).then(Arc::default), ..History::default() }
    }

    pub(super) fn label(&self, pid: Pid) -> Option<Atom> {
        self.births.get(&pid).map(|birth| birth.label)
    }

    pub(super) fn birth(&self, pid: Pid) -> Option<&Birth> {
        self.births.get(&pid)
    }

    /// Who has started a process.
    pub(super) fn parent(&self, pid: Pid) -> Option<Pid> {
        self.births.get(&pid).and_then(|birth| birth.parent)
    }

    /// The process that a pid, a name or a child id means, or the last one that it has meant.
    pub(super) fn last(&self, who: &Term) -> Option<Pid> {
        match who {
            Term::Pid(pid) => Some(*pid),
            Term::Atom(label) => {
                let named = self.deaths.iter().filter(|(pid, _)| self.label(**pid) == Some(*label));
                named.max_by_key(|(pid, death)| (death.step, self.born(**pid))).map(|(pid, _)| *pid)
            }
            _ => None,
        }
    }

    /// The process of this name or id that was born last.
    pub(super) fn latest(&self, label: Atom) -> Option<Pid> {
        let called = self.births.iter().filter(|(_, birth)| birth.label == label);
        called.max_by_key(|(_, birth)| birth.number).map(|(pid, _)| *pid)
    }

    /// Whether it stands at the top of a tree that belongs to no application.
    pub(super) fn is_top(&self, pid: Pid) -> bool {
        self.parent(pid).is_some_and(|parent| self.parent(parent).is_none())
    }

    /// As which process of the run it was born.
    pub(super) fn born(&self, pid: Pid) -> Option<usize> {
        self.births.get(&pid).map(|birth| birth.number)
    }

    /// Why a process has ended.
    pub(super) fn reason(&self, pid: Pid) -> Option<&Term> {
        self.deaths.get(&pid).map(|death| &death.reason)
    }

    /// Why a pid, a name or a child id means nobody who lives: how who had it last has ended, and why nobody
    /// is in its place.
    pub(super) fn why_nobody(&self, who: &Term, world: &ScriptWorld) -> Sentence {
        let Some((pid, death)) = self.last(who).and_then(|pid| self.deaths.get_key_value(&pid)) else {
            return vec![Part::text(": nobody has that name")];
        };
        let mut why = vec![
            Part::text(": it ended with "),
            Part::Term(death.reason.clone()),
            Part::Text(format!(" at step {}", death.step)),
        ];
        let supervisor = self.births.get(pid).filter(|birth| birth.supervised).and_then(|birth| birth.parent);
        if let Some(supervisor) = supervisor {
            let why_not = match self.given_away.get(pid) {
                _ if self.successor(*pid).is_some() => " has restarted it as ".to_owned(),
                _ if self.given_up.contains(&supervisor) => " has given up".to_owned(),
                _ if world.process(supervisor).is_none() => " is not alive either".to_owned(),
                Some(restart) => format!(" does not restart it ({})", restart.word()),
                None => not_yet(*pid, supervisor, self.births.get(pid).map(|birth| birth.label), world),
            };
            why.extend([Part::text(", and "), Part::Process(supervisor), Part::Text(why_not)]);
            why.extend(self.successor(*pid).map(Part::Process));
        }
        why
    }

    /// Of a child that comes and goes: the last process that it was restarted as.
    fn successor(&self, pid: Pid) -> Option<Pid> {
        let first = |pid: Pid| self.first.get(&pid).copied().unwrap_or(pid);
        let same = self.first.iter().filter(|(later, before)| **later != pid && **before == first(pid));
        let later = same.filter(|(later, _)| self.born(**later) > self.born(pid));
        later.map(|(later, _)| *later).max_by_key(|later| self.born(*later))
    }

    /// How close supervisors have come to giving up.
    pub(super) fn intensity(&self) -> &IntensityUses {
        &self.intensity
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
            let same = self.first.iter().chain(self.comes_back.iter());
            past.same = same.map(|(pid, first)| (*pid, *first)).collect();
        }
        if oracles.contains(&Oracle::NoLostRestart) {
            let unnoticed = unnoticed(world);
            past.unnoticed =
                unnoticed.map(|lost| (lost.child, lost.must_run(self.reason(lost.child)))).collect();
        }
        if let Some(order) = &self.order {
            past.order = order.past(lives, |pid| self.deaths.contains_key(&pid));
        }
        past
    }

    /// Remembers an event; if it breaks one of the oracles that are asked by itself, says which and how.
    pub(super) fn observe(
        &mut self,
        event: &ScriptEvent,
        world: &ScriptWorld,
        asked: &BTreeSet<Oracle>,
    ) -> Option<Finding> {
        match &event.kind {
            EventKind::Spawned { parent, label, linked, .. } => {
                self.spawned(event.pid, *parent, (*label, *linked), world)
            }
            EventKind::Exited { reason, .. } => {
                let death = Death { step: event.step, reason: reason.clone() };
                Arc::make_mut(&mut self.deaths).insert(event.pid, death);
                None
            }
            // It may live on for a moment, but it is no incarnation: up to OTP 25 nobody waits for its end.
            EventKind::Reported(Report::Initialised(started)) if !matches!(started, Started::Ok { .. }) => {
                let birth = self.births.get(&event.pid);
                let above = birth.and_then(|birth| self.births.get(&birth.parent?)).map(|above| above.place);
                if let (Some(birth), Some(above)) = (birth, above)
                    && let Some(seat) = Arc::make_mut(&mut self.places).get_mut(&(above, birth.label))
                    && seat.1 == Some(event.pid)
                {
                    seat.1 = None;
                }
                None
            }
            EventKind::Reported(Report::Decision(decision)) => {
                self.decided(event.pid, decision, event.step, asked)
            }
            EventKind::Reported(Report::Supervisor {
                context: ErrorContext::ShutdownError,
                reason,
                offender,
            }) => {
                let why = self.unclean(event.pid, offender, reason);
                Some((Oracle::CleanShutdown, why, None))
            }
            _ => None,
        }
    }

    fn spawned(
        &mut self,
        pid: Pid,
        parent: Option<Pid>,
        (label, linked): (Atom, bool),
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
        if let Some(parent) = parent.filter(|parent| self.comes_back.contains_key(parent))
            && let Some(first) = Arc::make_mut(&mut self.comes_back).remove(&parent)
        {
            Arc::make_mut(&mut self.first).insert(pid, first);
        }
        let above = parent.and_then(|parent| self.births.get(&parent)).map(|above| above.place);
        let (mut place, mut found) = (pid, None);
        // Two that no specification has asked for are two, whatever they are called.
        if supervised && !dynamic {
            let seat = Arc::make_mut(&mut self.places).entry((above.unwrap_or(pid), label));
            let seat = seat.or_insert((pid, None));
            let before = seat.1.replace(pid);
            place = seat.0;
            if let Some(before) = before.filter(|before| world.process(*before).is_some())
                && !actor.is_some_and(has_nameless_children)
            {
                let why = vec![
                    Part::Process(pid),
                    Part::text(" was started while "),
                    Part::Process(before),
                    Part::text(" was still alive"),
                ];
                found = Some((Oracle::NoOverlap, why, None));
            }
            if let (Some(parent), Some(order)) = (parent, &mut self.order) {
                let is_known = || actor.is_some_and(|actor| has_child(actor, label));
                let order = Arc::make_mut(order);
                order.born(parent, (label, pid), is_known, |pid| self.deaths.contains_key(&pid));
            }
        }
        let number = self.births.len();
        Arc::make_mut(&mut self.births)
            .insert(pid, Birth { parent, label, number, place, linked, supervised, dynamic });
        found
    }

    /// The labels from the first process down to this one.
    fn labels(&self, pid: Pid) -> Vec<Atom> {
        let birth = |pid: Pid| self.births.get(&pid);
        let up = std::iter::successors(birth(pid), |below| below.parent.and_then(birth));
        let mut labels: Vec<Atom> =
            up.map(|birth| birth.label).filter(|label| *label != Atom::BOOT).collect();
        labels.reverse();
        labels
    }

    fn decided(
        &mut self,
        supervisor: Pid,
        decision: &Decision,
        step: u64,
        asked: &BTreeSet<Oracle>,
    ) -> Option<Finding> {
        if let Some(counted) = IntensityUse::of(decision) {
            let labels = self.labels(supervisor);
            counted.note(&labels, Arc::make_mut(&mut self.intensity));
        }
        if let Some(order) = &mut self.order
            && let Some(younger) =
                Arc::make_mut(order).decided(supervisor, decision, |pid| self.deaths.contains_key(&pid))
            && let Decision::Stopping { child, pid, .. } = decision
        {
            let why = vec![
                Part::Process(supervisor),
                Part::text(" stopped "),
                self.child(child, Some(*pid)),
                Part::text(" before the younger "),
                Part::Process(younger),
            ];
            return Some((Oracle::InOrder, why, None));
        }
        match decision {
            Decision::GivingUp { child, intensity, period } => {
                let why = vec![
                    Part::Process(supervisor),
                    Part::Text(match intensity {
                        0 => " gave up, since no restart is allowed; the last child to fail was ".to_owned(),
                        1 => format!(
                            " gave up after more than 1 restart in {period} s; the last child to fail was "
                        ),
                        _ => format!(
                            " gave up after more than {intensity} restarts in {period} s; the last child to fail was "
                        ),
                    }),
                    Part::Term(child.clone()),
                ];
                Arc::make_mut(&mut self.given_up).insert(supervisor);
                Some((Oracle::NoMeltdown, why, None))
            }
            Decision::Restarting { child, pid, strategy, again, .. } => {
                let last = Arc::make_mut(&mut self.restarted_at).insert(supervisor, step);
                let times = self.restarted(supervisor, child, *pid);
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
                // It happens often, and is seldom asked.
                if !asked.contains(&Oracle::BoundedRestarts) {
                    return None;
                }
                let often = if times == 1 { "once".to_owned() } else { format!("{times} times") };
                let why = vec![
                    self.child(child, *pid),
                    Part::Text(format!(" has been restarted {often} by ")),
                    Part::Process(supervisor),
                ];
                Some((Oracle::BoundedRestarts, why, Some(times)))
            }
            Decision::Killing { pid, .. } => {
                Arc::make_mut(&mut self.killed).insert(*pid);
                None
            }
            Decision::TryAgain { .. } => {
                Arc::make_mut(&mut self.comes_back).remove(&supervisor);
                None
            }
            Decision::NotRestarted { pid, restart, .. } => {
                Arc::make_mut(&mut self.given_away).insert(*pid, *restart);
                None
            }
            Decision::AutoShutdown { .. }
            | Decision::Stopping { .. }
            | Decision::Stopped { .. }
            | Decision::Terminating { .. } => None,
        }
    }

    /// A child is restarted; how often that has been so.
    fn restarted(&mut self, supervisor: Pid, child: &Term, pid: Option<Pid>) -> i64 {
        let dynamic = pid.filter(|pid| self.births.get(pid).is_some_and(|birth| birth.dynamic));
        let key = match dynamic {
            Some(pid) => {
                let first = self.first.get(&pid).copied().unwrap_or(pid);
                Arc::make_mut(&mut self.comes_back).insert(supervisor, first);
                Term::Pid(first)
            }
            None => child.clone(),
        };
        let times = Arc::make_mut(&mut self.restarts).entry((supervisor, key)).or_insert(0);
        *times += 1;
        *times
    }

    /// A child as people call it: by its process, if it has had one, else by its id.
    fn child(&self, id: &Term, pid: Option<Pid>) -> Part {
        let known = pid.filter(|pid| self.births.contains_key(pid));
        known.map_or_else(|| Part::Term(id.clone()), Part::Process)
    }

    /// A child did not end as its supervisor had asked it to.
    fn unclean(&self, supervisor: Pid, offender: &Offender, reason: &Term) -> Sentence {
        let pid = match offender.pid {
            OffenderPid::Pid(pid) => Some(pid),
            OffenderPid::Undefined | OffenderPid::Restarting(_) | OffenderPid::Children(_) => None,
        };
        let mut why = vec![self.child(&offender.id, pid)];
        if pid.is_some_and(|pid| self.killed.contains(&pid)) {
            why.extend([Part::text(" did not stop in time, and "), Part::Process(supervisor)]);
            why.push(Part::text(" killed it"));
        } else if reason.is(Atom::NOPROC) {
            why.extend([Part::text(" was gone when "), Part::Process(supervisor)]);
            why.push(Part::text(" came to stop it, and nobody knows how it ended"));
        } else {
            why.extend([Part::text(" ended with "), Part::Term(reason.clone()), Part::text(", and not as ")]);
            why.extend([Part::Process(supervisor), Part::text(" had asked it to")]);
        }
        why
    }
}

/// Why nobody is in the place of a child that its supervisor has neither restarted nor given up.
fn not_yet(child: Pid, supervisor: Pid, label: Option<Atom>, world: &ScriptWorld) -> String {
    let members =
        world.process(supervisor).and_then(|process| process.behaviour().members()).unwrap_or_default();
    let is_it = |member: &&Member| {
        member.pid == Some(child) || member.id.as_atom().is_some_and(|id| Some(id) == label)
    };
    match members.iter().find(is_it) {
        Some(member) if member.pid == Some(child) => " has not noticed it yet",
        Some(member) if member.restarting => " has not restarted it yet",
        Some(_) => " was asked to stop it",
        None => " has it no more among its children",
    }
    .to_owned()
}

/// A child whose id is no atom is called by its module, and two such look like one.
fn has_nameless_children(actor: &Actor<Script>) -> bool {
    match actor {
        Actor::Supervisor(supervisor) => supervisor.ids().any(|id| id.as_atom().is_none()),
        _ => false,
    }
}

/// Whether a supervisor has this child already. One whose id is no atom is told by nothing else.
fn has_child(actor: &Actor<Script>, label: Atom) -> bool {
    match actor {
        Actor::Supervisor(supervisor) => supervisor.ids().any(|id| id.as_atom().is_none_or(|id| id == label)),
        _ => false,
    }
}
