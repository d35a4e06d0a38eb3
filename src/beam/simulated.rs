//! Telling a run of treefall in the words of the comparison.

use std::collections::BTreeSet;

use crate::kernel::{self, Atom, Atoms, EventKind, Fingerprint, Pid, Received, Ref, Signal};
use crate::model::{Model, Run};
use crate::otp::{ErrorContext, Member, Message, OffenderPid, Report, Request, Started, Strategy};
use crate::scenario::ast::Deed;
use crate::scenario::{Occurred, Occurrence, Orders, ScriptEvent, ScriptWorld, Simulation};

use super::cast::Roles;
use super::outcome::Account;
use super::story::{Story, Supervises};
use super::term::Term;

/// What a recorded run came to. `cast` is who takes part in the scenario; `line_of` says on
/// which line of the file a byte is.
pub fn outcome_of(
    run: &Run<Simulation>,
    simulation: &Simulation,
    cast: &Roles,
    line_of: &dyn Fn(usize) -> usize,
) -> Account {
    let mut teller = Teller::new(simulation, cast);
    for event in &run.events {
        teller.hear(event);
    }
    teller.outcome(&run.world, line_of)
}

/// A run being told, from its events.
#[derive(Clone, Debug)]
pub(super) struct Teller<'a> {
    story: Story,
    cast: &'a Roles,
    atoms: &'a Atoms,
    /// The calls to servers and supervisors, whose answers are told.
    calls: BTreeSet<(Pid, Ref)>,
    /// Application controllers, and who starts applications for them.
    controllers: BTreeSet<String>,
    /// Who keeps the global names of the nodes.
    name_servers: BTreeSet<Pid>,
    /// Who has started, or has nothing to do for that.
    initialised: BTreeSet<String>,
    orders: Orders<'a>,
}

fn key(pid: Pid) -> String {
    format!("{pid:?}")
}

impl<'a> Teller<'a> {
    /// Nothing has happened yet.
    pub(super) fn new(simulation: &'a Simulation, cast: &'a Roles) -> Teller<'a> {
        Teller {
            orders: simulation.orders(),
            story: Story::new(cast.answered.clone()),
            cast,
            atoms: simulation.atoms(),
            calls: BTreeSet::new(),
            controllers: BTreeSet::new(),
            name_servers: BTreeSet::new(),
            initialised: BTreeSet::new(),
        }
    }

    /// What has been told so far.
    pub(super) fn story(&self) -> &Story {
        &self.story
    }

    /// The same number for runs of which the same has been told so far.
    pub(super) fn fingerprint(&self) -> u64 {
        Fingerprint::of(&(self.story.fingerprint(), self.orders.fingerprint()))
    }

    /// What it came to, if this is the world in the end.
    pub(super) fn outcome(mut self, world: &ScriptWorld, line_of: &dyn Fn(usize) -> usize) -> Account {
        for failure in &world.common().failures {
            self.story.failed(&key(failure.pid), line_of(failure.start));
        }
        for process in world.processes() {
            if let Some(members) = process.behaviour().members() {
                self.tree(process.pid, &members);
            }
        }
        if !self.cast.outcomes.is_empty() {
            let shared = &world.common().variables;
            let held = self.cast.outcomes.iter();
            let held: Vec<_> = held.map(|(place, name)| (name.clone(), self.term(&shared[*place]))).collect();
            self.story.ended_with(&held);
        }
        for (title, span, told) in self.orders.told() {
            self.story.order(title, line_of(span.start), told);
        }
        self.story.outcome()
    }

    /// One more event.
    pub(super) fn hear(&mut self, event: &ScriptEvent) {
        self.tell(event);
        if !self.orders.is_empty() {
            self.order(event);
        }
    }

    fn order(&mut self, event: &ScriptEvent) {
        let label = |pid| self.story.label(&key(pid)).map(Atom::of);
        let Some(occurrence) = Occurrence::of(event, &label) else { return };
        let to_nobody = matches!(occurrence.what, Occurred::Message { deed: Deed::Sent, other: None, .. });
        if occurrence.who.is_some() && !to_nobody {
            self.orders.hear(&occurrence);
        }
    }

    fn tell(&mut self, event: &ScriptEvent) {
        let who = key(event.pid);
        match &event.kind {
            EventKind::Spawned { parent: None, .. } => self.story.runtime(&who),
            EventKind::Spawned { parent: Some(parent), label, .. } => {
                let parent = key(*parent);
                if *label == Atom::GLOBAL_NAME_SERVER {
                    self.name_servers.insert(event.pid);
                    self.story.runtime(&who);
                } else if matches!(*label, Atom::APPLICATION_CONTROLLER | Atom::APPLICATION_STARTER) {
                    self.controllers.insert(who.clone());
                    self.story.runtime(&who);
                } else if *label == Atom::APPLICATION_MASTER || self.controllers.contains(&parent) {
                    self.story.runtime(&who);
                } else {
                    let label = self.atoms.text(*label);
                    match self.atoms.node(event.pid.node()) {
                        Atom::NONODE => self.story.born(&who, &parent, label),
                        node => self.story.born_on(self.atoms.text(node), &who, &parent, label),
                    }
                    if self.cast.plain.contains(label) {
                        self.initialised.insert(who);
                    }
                }
            }
            EventKind::Exited { reason, .. } => {
                if !self.initialised.contains(&who) {
                    self.story.not_started(&who);
                }
                self.story.died(&who, &self.term(reason));
            }
            EventKind::Reported(Report::Initialised(Started::Ok { .. })) => {
                self.initialised.insert(who);
            }
            EventKind::Sent { to, signal: Signal::Message { body: Message::Call { from, request }, .. } }
                if !matches!(request, Request::Application(_)) && !self.name_servers.contains(to) =>
            {
                self.calls.insert((from.pid, from.tag));
            }
            EventKind::Took(Received::Message(Message::Reply { tag, reply, .. }))
                if self.calls.contains(&(event.pid, *tag)) =>
            {
                self.story.replied(&who, &self.term(reply));
            }
            EventKind::Reported(Report::Supervises { flags, dynamic }) => {
                let dynamic = *dynamic || flags.strategy == Strategy::SimpleOneForOne;
                self.story.supervises(&who, if dynamic { Supervises::Dynamic } else { Supervises::Ordered });
            }
            EventKind::Reported(Report::Supervisor { context, reason, offender }) => {
                let context = match context {
                    ErrorContext::StartError => "start_error",
                    ErrorContext::ChildTerminated => "child_terminated",
                    ErrorContext::ShutdownError => "shutdown_error",
                    ErrorContext::Shutdown => "shutdown",
                };
                let children = match offender.pid {
                    OffenderPid::Children(number) => i64::try_from(number).unwrap_or(i64::MAX),
                    OffenderPid::Undefined | OffenderPid::Pid(_) | OffenderPid::Restarting(_) => 0,
                };
                let (reason, id) = (self.term(reason), self.term(&offender.id));
                self.story.report(&who, context, &reason, &id, children);
            }
            _ => (),
        }
    }

    fn tree(&mut self, pid: Pid, members: &[Member]) {
        let child = |member: &Member| match member.pid {
            _ if member.restarting => Term::Atom("restarting".to_owned()),
            Some(pid) => Term::Pid(key(pid)),
            None => Term::Atom("undefined".to_owned()),
        };
        let children: Vec<_> = members.iter().map(|member| (self.term(&member.id), child(member))).collect();
        self.story.tree(&key(pid), &children);
    }

    fn term(&self, term: &kernel::Term) -> Term {
        let all = |terms: &[kernel::Term]| terms.iter().map(|term| self.term(term)).collect();
        match term {
            kernel::Term::Atom(atom) => Term::Atom(self.atoms.text(*atom).to_owned()),
            kernel::Term::Int(number) => Term::Int(*number),
            kernel::Term::Text(text) => Term::Text(text.to_string()),
            kernel::Term::Pid(pid) => Term::Pid(key(*pid)),
            kernel::Term::Ref(_) => Term::Reference,
            kernel::Term::Tuple(terms, _) => Term::Tuple(all(terms)),
            kernel::Term::List(terms, _) => Term::List(all(terms)),
            kernel::Term::Map(pairs, _) => {
                Term::Map(pairs.iter().map(|(key, value)| (self.term(key), self.term(value))).collect())
            }
        }
    }
}
