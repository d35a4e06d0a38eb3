//! `global`: names that two nodes know.
//!
//! Each node has a server that keeps all of them. A name is taken or given up on both nodes under a lock, by the
//! registrar of the node that was asked; it is looked up on the own node, without the server. When the connection is
//! lost, each node forgets the names of the other's processes, and both may then give the same name away; when the nodes
//! meet again, that conflict is resolved (`global.erl`, OTP 25). Here the server, its registrar, its locker and its
//! resolver are one process, and what it says to the other is what must be said: who registers, who looks names up
//! and who has one sees the same, in the same orders.
//!
//! On one node a global name is a name like any other, and there is no such server.

mod exchange;
mod holding;
mod lock;
mod registrar;

use std::collections::BTreeMap;

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Target, Term};

use super::actor::{Actor, Birth};
use super::call;
use super::guest::Guest;
use super::hooks::Image;
use super::message::{From, Message, Request};
use super::naming::{Registered, Taken};
use super::report::{NameConflict, Report};
use super::server;
use super::start::Started;
use exchange::{Meeting, Operation, Peer, Resolved, conflict};
use holding::Holding;
use lock::{Lock, Locker};
use registrar::{Change, Doing, Registrar};

/// The nodes of a `global_name_server`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalNameServerInit {
    /// The node that is not its own.
    pub other: Atom,
    /// Whether the own node's name is the lesser one: the other is asked for its lock first, and this one resolves
    /// conflicts.
    pub lesser: bool,
}

/// The process `global_name_server` of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GlobalNameServer {
    birth: Birth,
    nodes: GlobalNameServerInit,
    runs: bool,
    lock: Lock,
    registrar: Registrar,
    peer: Peer,
    /// How often the nodes have met, as this one counts.
    meetings: i64,
    /// What the other node calls a meeting that this one has not heard of.
    early: Option<i64>,
    /// Who has which name, and the monitor that says when he has ended.
    names: BTreeMap<Atom, (Holding, Ref)>,
}

const WAIT: Next = Next::Receive { timeout: None };

/// What `global:register_name/3` asks of the own node's server, with the function that resolves a conflict.
pub fn global_registration(name: Atom, pid: Pid, method: Atom) -> Term {
    Change::Register(Holding { name, pid, method }).term()
}

/// What `global:unregister_name/1` asks of it.
pub fn global_release(name: Atom) -> Term {
    Change::Unregister(name).term()
}

impl GlobalNameServer {
    /// A server that has not run yet, on a node that is connected with the other.
    pub fn new(nodes: GlobalNameServerInit, birth: Birth) -> Self {
        GlobalNameServer {
            birth,
            nodes,
            runs: false,
            lock: Lock::default(),
            registrar: Registrar::default(),
            peer: Peer::Synced,
            meetings: 0,
            early: None,
            names: BTreeMap::new(),
        }
    }

    /// Whether it would take a message now: any, once it runs.
    pub(super) fn accepts(&self) -> bool {
        self.runs
    }

    /// Goes on with what it has heard.
    pub(super) fn resume<G: Guest>(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match input {
            Input::Message(message) => self.handle(message, context),
            input if !self.runs => return self.begin(input, context),
            Input::Start | Input::Continue | Input::Timeout | Input::Quiet => (),
        }
        WAIT
    }

    fn begin<G: Guest>(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match server::register(&mut self.birth, input, context) {
            Ok(Registered::NotYet(next)) => return next,
            Ok(Registered::Done) => (),
            Err(Taken::By(_)) => return Next::Exit(Atom::NORMAL.into()),
            Err(Taken::Raised(raise)) => return Next::Exit(raise.reason()),
        }
        self.runs = true;
        let started = Started::Ok { pid: context.pid(), info: None };
        context.report(|| Report::Initialised(started.clone()));
        server::acknowledge(self.birth.starter, started, false, context);
        WAIT
    }

    fn handle<G: Guest>(&mut self, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) {
        match message {
            Received::Message(Message::Call { from, request: Request::User(request) }) => {
                if let Some(change) = Change::of(&request) {
                    self.registrar.waiting.push_back((from, change));
                    self.next_change(context);
                }
            }
            Received::Message(Message::Info(message)) => self.hear(&message, context),
            Received::Down { reference, .. } => {
                let ended = self.names.iter().find(|(_, (_, monitor))| *monitor == reference);
                if let Some(name) = ended.map(|(name, _)| *name) {
                    self.remove(name, context);
                }
            }
            // It has no clause for anything else, and logs it.
            other => context.report(|| Report::Unexpected { message: Message::unexpected(&other) }),
        }
    }

    /// What the other server says, or the own node of the connection.
    fn hear<G: Guest>(&mut self, message: &Term, context: &mut Context<'_, Actor<G>>) {
        let parts = message.as_tuple().unwrap_or_default();
        match parts {
            [Term::Atom(Atom::NODEUP), _] => self.node_up(context),
            [Term::Atom(Atom::NODEDOWN), _] => self.node_down(context),
            [Term::Atom(Atom::SET_LOCK)] => self.other_asks_for_the_lock(context),
            [Term::Atom(Atom::DEL_LOCK)] => self.unlock(Locker::There, context),
            [Term::Atom(Atom::LOCK_SET | Atom::REGISTERED)] => self.other_has_answered(context),
            [Term::Atom(Atom::INIT_CONNECT), Term::Int(his)] => self.meet(*his, context),
            [Term::Atom(Atom::EXCHANGE), Term::Int(mine), Term::List(names, _)] => {
                if let Some(meeting) = self.meeting(*mine) {
                    let holding = |term: &Term| Holding::of(term.as_tuple()?);
                    meeting.names = Some(names.iter().filter_map(holding).collect());
                    self.resolve(context);
                }
            }
            [Term::Atom(Atom::RESOLVED), Term::Int(mine), Term::List(operations, _)] => {
                if let Some(meeting) = self.meeting(*mine) {
                    meeting.settled = Some(operations.iter().filter_map(Operation::of).collect());
                    self.finish_meeting(context);
                }
            }
            [Term::Pid(writer), change] => {
                if let Some(change) = Change::of(change) {
                    self.write(change, context);
                    match *writer == context.pid() {
                        true => self.written(context),
                        false => self.tell([Atom::REGISTERED.into()], context),
                    }
                }
            }
            _ => (),
        }
    }

    /// Says something to the server of the other node.
    fn tell<G: Guest>(&self, parts: impl IntoIterator<Item = Term>, context: &mut Context<'_, Actor<G>>) {
        let other = Target::Remote(Atom::GLOBAL_NAME_SERVER, self.nodes.other);
        if let Some(other) = context.resolve(other) {
            context.send(other, Message::Info(Term::tuple(parts)));
        }
    }
}

/// One change after the other, under the locks of both nodes.
impl GlobalNameServer {
    /// `trans_all_known/1`, if nothing is being done.
    fn next_change<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        if self.registrar.doing.is_some() {
            return;
        }
        let Some((from, change)) = self.registrar.waiting.pop_front() else { return };
        self.begin_change(from, change, context);
    }

    fn begin_change<G: Guest>(&mut self, from: From, change: Change, context: &mut Context<'_, Actor<G>>) {
        let both = self.peer == Peer::Synced;
        let doing = Doing { from, change, both, locked: 0, unwritten: None, asks_other: false };
        self.registrar.doing = Some(doing);
        self.lock_next(context);
    }

    /// `set_lock_known/2`: the boss first, which is the node with the greatest name.
    fn lock_next<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        while let Some(doing) = &mut self.registrar.doing {
            let asks_other = match (doing.both, doing.locked) {
                (false, 0) => false,
                (true, 0) => self.nodes.lesser,
                (true, 1) => !self.nodes.lesser,
                _ => return self.all_locked(context),
            };
            if asks_other {
                doing.asks_other = true;
                return self.tell([Atom::SET_LOCK.into()], context);
            }
            if !self.lock.ask(Locker::Here) {
                return;
            }
            doing.locked += 1;
        }
    }

    /// Whoever has waited for the own node's lock has it now.
    fn lock_given<G: Guest>(&mut self, to: Locker, context: &mut Context<'_, Actor<G>>) {
        match to {
            Locker::Here => {
                if let Some(doing) = &mut self.registrar.doing {
                    doing.locked += 1;
                }
                self.lock_next(context);
            }
            Locker::There => self.tell([Atom::LOCK_SET.into()], context),
            Locker::Exchange => self.own_node_is_locked(context),
        }
    }

    fn unlock<G: Guest>(&mut self, who: Locker, context: &mut Context<'_, Actor<G>>) {
        if let Some(next) = self.lock.give_up(who) {
            self.lock_given(next, context);
        }
    }

    fn other_asks_for_the_lock<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        if self.lock.ask(Locker::There) {
            self.lock_given(Locker::There, context);
        }
    }

    /// The other node has given its lock, or made the change.
    fn other_has_answered<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let Some(doing) = self.registrar.doing.as_mut().filter(|doing| doing.asks_other) else { return };
        doing.asks_other = false;
        match doing.unwritten {
            Some(_) => self.written(context),
            None => {
                // A node that is gone has nothing to lock any more.
                doing.locked += usize::from(doing.both);
                self.lock_next(context);
            }
        }
    }

    /// `register_name/3`, what is done under the lock: both servers are told at once, and each writes in its own time.
    fn all_locked<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let Some(doing) = self.registrar.doing.as_mut().filter(|doing| doing.unwritten.is_none()) else {
            return;
        };
        // Nodes have met while it was locking: it begins anew.
        if !doing.both && self.peer == Peer::Synced {
            let (from, change) = (doing.from, doing.change.clone());
            self.unlock(Locker::Here, context);
            return self.begin_change(from, change, context);
        }
        let name = doing.change.name();
        if matches!(doing.change, Change::Register(_)) && context.whereis(name).is_some() {
            return self.end_change(Atom::NO, context);
        }
        let said = [context.pid().into(), doing.change.term()];
        doing.unwritten = Some(1 + usize::from(doing.both));
        doing.asks_other = doing.both;
        if doing.both {
            self.tell(said.clone(), context);
        }
        context.send(context.pid(), Message::Info(Term::tuple(said)));
    }

    /// One node more has made the change.
    fn written<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let Some(doing) = &mut self.registrar.doing else { return };
        doing.unwritten = doing.unwritten.map(|nodes| nodes.saturating_sub(1));
        if doing.unwritten == Some(0) {
            let said = if matches!(doing.change, Change::Register(_)) { Atom::YES } else { Atom::OK };
            self.end_change(said, context);
        }
    }

    fn end_change<G: Guest>(&mut self, said: Atom, context: &mut Context<'_, Actor<G>>) {
        let Some(doing) = self.registrar.doing.take() else { return };
        if doing.both && self.peer != Peer::Away {
            self.tell([Atom::DEL_LOCK.into()], context);
        }
        call::reply(doing.from, said.into(), context);
        self.unlock(Locker::Here, context);
        self.next_change(context);
    }

    fn write<G: Guest>(&mut self, change: Change, context: &mut Context<'_, Actor<G>>) {
        match change {
            Change::Register(holding) => self.insert(holding, context),
            Change::Unregister(name) => self.remove(name, context),
        }
    }

    /// `ins_name/6`: whoever had the name before has it no more.
    fn insert<G: Guest>(&mut self, holding: Holding, context: &mut Context<'_, Actor<G>>) {
        self.remove(holding.name, context);
        let (name, pid) = (holding.name, holding.pid);
        if pid.is_remote_from(context.pid()) || context.register(name, pid).is_err() {
            context.keep_name(name, Some(pid));
        }
        let monitor = context.monitor(Target::Pid(pid));
        self.names.insert(name, (holding, monitor));
    }

    /// `delete_global_name2/2`: nobody has the name any more.
    fn remove<G: Guest>(&mut self, name: Atom, context: &mut Context<'_, Actor<G>>) {
        let Some((_, monitor)) = self.names.remove(&name) else { return };
        context.demonitor_flush(monitor);
        context.keep_name(name, None);
        if context.world().whereis_on(context.node(), name).is_some() {
            let _ = context.unregister(name);
        }
    }
}

/// The connection is lost, and made again.
impl GlobalNameServer {
    /// The meeting that this node calls so.
    fn meeting(&mut self, mine: i64) -> Option<&mut Meeting> {
        match &mut self.peer {
            Peer::Meeting(meeting) if meeting.mine == mine => Some(meeting),
            Peer::Meeting(_) | Peer::Away | Peer::Synced => None,
        }
    }

    /// `handle_nodedown/3`. The monitors have said of each name of the other node that it is gone.
    fn node_down<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        self.peer = Peer::Away;
        self.unlock(Locker::Exchange, context);
        self.unlock(Locker::There, context);
        // `multi_call/3` waits for no node that is gone.
        if let Some(doing) = &mut self.registrar.doing {
            doing.both = false;
        }
        self.other_has_answered(context);
    }

    /// `handle_nodeup/2`: each server says so to the other.
    fn node_up<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        context.hear_from_away();
        self.meetings += 1;
        self.peer = Peer::Meeting(Meeting::new(self.meetings, self.early.take()));
        self.tell([Atom::INIT_CONNECT.into(), self.meetings.into()], context);
        self.lock_own_node(context);
    }

    /// `init_connect/6`: the other node says what it calls this meeting.
    fn meet<G: Guest>(&mut self, his: i64, context: &mut Context<'_, Actor<G>>) {
        let Peer::Meeting(meeting) = &mut self.peer else {
            self.early = Some(his);
            return;
        };
        meeting.his = Some(his);
        match meeting.locked {
            true => self.own_node_is_locked(context),
            false => self.lock_own_node(context),
        }
    }

    /// The locker of each node takes the lock of its own partition.
    fn lock_own_node<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let Peer::Meeting(meeting) = &mut self.peer else { return };
        if meeting.his.is_none() || std::mem::replace(&mut meeting.asks, true) {
            return;
        }
        if self.lock.ask(Locker::Exchange) {
            self.own_node_is_locked(context);
        }
    }

    /// `lock_is_set/3`: the other node is told all names.
    fn own_node_is_locked<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let names: Vec<Term> = self.names.values().map(|(holding, _)| Term::tuple(holding.terms())).collect();
        let Peer::Meeting(meeting) = &mut self.peer else { return };
        meeting.locked = true;
        let his = meeting.his.unwrap_or_default();
        self.tell([Atom::EXCHANGE.into(), his.into(), Term::list(names)], context);
        self.resolve(context);
    }

    /// `exchange_names/4`: what the other node knows is known here too; of two processes with one name the node with the
    /// lesser name says what becomes of them.
    fn resolve<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let Peer::Meeting(meeting) = &mut self.peer else { return };
        if !meeting.locked || meeting.operations.is_some() {
            return;
        }
        let (Some(names), Some(his)) = (meeting.names.clone(), meeting.his) else { return };
        let (mut operations, mut settled) = (Vec::new(), Vec::new());
        for theirs in names {
            match self.names.get(&theirs.name) {
                Some((ours, _)) if ours.pid == theirs.pid => (),
                Some((ours, _)) if self.nodes.lesser => {
                    let ours = ours.clone();
                    settle(ours, theirs, &mut operations, &mut settled, context);
                }
                Some(_) => (),
                None => operations.push(Operation::Insert(theirs)),
            }
        }
        let said = Term::list(settled.iter().map(Operation::term));
        self.tell([Atom::RESOLVED.into(), his.into(), said], context);
        if let Peer::Meeting(meeting) = &mut self.peer {
            meeting.operations = Some(operations);
        }
        self.finish_meeting(context);
    }

    /// `resolved/5`: both have settled what is theirs to settle, and from now on have the same names.
    fn finish_meeting<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        let Peer::Meeting(meeting) = &self.peer else { return };
        let (Some(ours), Some(theirs)) = (&meeting.operations, &meeting.settled) else { return };
        let operations: Vec<Operation> = ours.iter().chain(theirs).cloned().collect();
        for operation in operations {
            match operation {
                Operation::Insert(holding) => self.insert(holding, context),
                Operation::Delete(name) => self.remove(name, context),
            }
        }
        self.peer = Peer::Synced;
        self.unlock(Locker::Exchange, context);
    }
}

/// Two processes have one name: what the method of the one that lives on this node, which has the lesser name, does to
/// them, and who has it then. `exchange_names/4` has only the other node insert a process of this one: here it is
/// known.
fn settle<G: Guest>(
    ours: Holding,
    theirs: Holding,
    operations: &mut Vec<Operation>,
    settled: &mut Vec<Operation>,
    context: &mut Context<'_, Actor<G>>,
) {
    let name = context.image().global_name(ours.name).unwrap_or(ours.name.into());
    let (lesser, greater, method) = (ours.pid, theirs.pid, ours.method);
    context.report(|| Report::NameConflict(NameConflict { name: ours.name, lesser, greater, method }));
    match Resolved::by(ours.method) {
        Resolved::Kill => context.exit(theirs.pid, Atom::KILL.into()),
        Resolved::Notify => context.send(theirs.pid, Message::Info(conflict(name, None))),
        Resolved::NotifyAll => {
            context.send(theirs.pid, Message::Info(conflict(name.clone(), Some(ours.pid))));
            context.send(ours.pid, Message::Info(conflict(name, Some(theirs.pid))));
            operations.push(Operation::Delete(ours.name));
            return settled.push(Operation::Delete(ours.name));
        }
    }
    settled.push(Operation::Insert(ours));
}
