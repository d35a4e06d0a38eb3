//! A partition of a registry: the process that owns two tables, is linked to whoever has registered, and
//! removes what the dead have left.
//!
//! It is a `GenServer` with two callbacks that matter: until it has handled the `EXIT` of a process, the
//! entries of that process are there for everybody to see.

use std::collections::{BTreeMap, VecDeque};

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Target, Term};
use crate::otp::actor::{Actor, Birth};
use crate::otp::call;
use crate::otp::guest::Guest;
use crate::otp::hooks::{Common, Image};
use crate::otp::message::{From, Message, Request};
use crate::otp::naming::{Registered, Taken};
use crate::otp::report::Report;
use crate::otp::server;
use crate::otp::start::Started;

/// Which partition of which registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegistryPartitionInit {
    /// The registry that it is of.
    pub registry: Atom,
    /// The number of the partition.
    pub number: usize,
}

/// A `Registry.Partition` process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistryPartition {
    birth: Birth,
    init: RegistryPartitionInit,
    /// Those who wait for each key that is locked, first come first served (Elixir 1.18).
    locks: BTreeMap<Term, VecDeque<From>>,
    /// The monitors of those who hold a lock, and of which.
    holders: BTreeMap<Ref, Term>,
    /// What the dead have left under the keys, and is not removed yet: whose it is, the key, and the partition
    /// that holds it.
    left: VecDeque<(Pid, Term, Pid)>,
    phase: Phase,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Unborn,
    Loop,
    /// It has agreed to stop with this reason.
    Agreed(Term),
    Leaving(Term),
}

const WAIT: Next = Next::Receive { timeout: None };

impl RegistryPartition {
    /// A partition that has not run yet.
    pub fn new(init: RegistryPartitionInit, birth: Birth) -> Self {
        RegistryPartition {
            birth,
            init,
            locks: BTreeMap::new(),
            holders: BTreeMap::new(),
            left: VecDeque::new(),
            phase: Phase::Unborn,
        }
    }

    /// The monitor of whoever holds the lock that this process waits for.
    pub(in crate::otp) fn holder_before(&self, caller: Pid) -> Option<Ref> {
        let waits = |waiting: &VecDeque<From>| waiting.iter().any(|from| from.pid == caller);
        let (key, _) = self.locks.iter().find(|(_, waiting)| waits(waiting))?;
        self.holders.iter().find(|(_, held)| *held == key).map(|(monitor, _)| *monitor)
    }

    /// Whether it would take this message now: any, once it runs.
    pub fn accepts(&self) -> bool {
        self.phase == Phase::Loop
    }

    /// Goes on with what it has waited for.
    pub fn resume<G: Guest>(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match (&self.phase, input) {
            (Phase::Unborn, input) => self.begin(input, context),
            (Phase::Loop, Input::Message(message)) => self.handle(message, context),
            (Phase::Loop, _) => self.clean_up(context),
            (Phase::Agreed(reason), _) => {
                let reason = reason.clone();
                self.leave(reason, context)
            }
            (Phase::Leaving(reason), _) => Next::Exit(reason.clone()),
        }
    }

    /// Makes its tables: `Registry.Partition.init/1`.
    fn begin<G: Guest>(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match server::register(&mut self.birth, input, context) {
            Ok(Registered::NotYet(next)) => return next,
            Ok(Registered::Done) => (),
            Err(Taken::By(holder)) => {
                let started = Started::Error(Taken::error(holder));
                context.report(|| Report::Initialised(started.clone()));
                self.phase = Phase::Leaving(Atom::NORMAL.into());
                return server::fail_start(&mut self.birth, started, context);
            }
            Err(Taken::Raised(raise)) => return Next::Exit(raise.reason()),
        }
        context.trap_exit(true);
        let me = context.pid();
        context.common_mut().tables_mut().open_partition(self.init.registry, self.init.number, me);
        let started = Started::Ok { pid: me, info: None };
        context.report(|| Report::Initialised(started.clone()));
        server::acknowledge(self.birth.starter, started, false, context);
        self.phase = Phase::Loop;
        WAIT
    }

    fn handle<G: Guest>(
        &mut self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match message {
            Received::Exit { from, reason } if self.birth.is_parent(from) => self.leave(reason, context),
            Received::Exit { from, .. } => {
                self.forget(from, context);
                match context.can_be_interrupted() && !self.left.is_empty() {
                    true => Next::Preempt,
                    false => self.clean_up(context),
                }
            }
            Received::Message(Message::Terminate { from, reason }) => {
                call::reply(from, Atom::OK.into(), context);
                self.phase = Phase::Agreed(reason);
                Next::Preempt
            }
            Received::Message(Message::Call { from, request: Request::User(request) }) => {
                match request.untag(Atom::LOCK) {
                    Some(key) if context.image().release().registry_has_locks() => {
                        self.lock(key.clone(), from, context);
                        WAIT
                    }
                    _ if request.is(Atom::SYNC) => {
                        call::reply(from, Atom::OK.into(), context);
                        WAIT
                    }
                    _ => self.function_clause(context),
                }
            }
            Received::Message(Message::Info(message)) => match message.as_tuple() {
                Some([Term::Atom(Atom::UNLOCK), key, Term::Ref(monitor)])
                    if self.holders.remove(monitor).is_some() =>
                {
                    context.demonitor_flush(*monitor);
                    self.unlock(key, context);
                    WAIT
                }
                _ => self.function_clause(context),
            },
            Received::Down { reference, .. } => match self.holders.remove(&reference) {
                Some(key) => {
                    self.unlock(&key, context);
                    WAIT
                }
                None => self.function_clause(context),
            },
            // It has no clause for anything else.
            Received::Message(_) => self.function_clause(context),
        }
    }

    /// `registry.ex`, `Registry.Partition.handle_info({:EXIT, ..})`: takes the process's own entries, which say
    /// what it had, and where.
    fn forget<G: Guest>(&mut self, dead: Pid, context: &mut Context<'_, Actor<G>>) {
        let me = context.pid();
        let tables = context.common_mut().tables_mut();
        let Some(table) = tables.registries.get_mut(&self.init.registry) else { return };
        let entries = table.of(me).and_then(|own| own.pids.remove(&dead)).unwrap_or_default();
        self.left.extend(entries.into_iter().map(|(key, holder)| (dead, key, holder)));
    }

    /// Removes what is left under one key after the other; between two of them others look into the tables.
    fn clean_up<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) -> Next {
        while let Some((dead, key, holder)) = self.left.pop_front() {
            let tables = context.common_mut().tables_mut();
            let Some(table) = tables.registries.get_mut(&self.init.registry) else { continue };
            if let Some(tables) = table.of(holder) {
                tables.retain_keys(&key, |(pid, _)| *pid != dead);
            }
            if !self.left.is_empty() && context.can_be_interrupted() {
                return Next::Preempt;
            }
        }
        WAIT
    }

    /// `registry.ex`, `handle_call({:lock, ..})` (Elixir 1.18).
    fn lock<G: Guest>(&mut self, key: Term, from: From, context: &mut Context<'_, Actor<G>>) {
        match self.locks.get_mut(&key) {
            Some(waiting) => waiting.push_back(from),
            None => {
                self.grant(&key, from, context);
                self.locks.insert(key, VecDeque::new());
            }
        }
    }

    /// The next who still lives gets the lock; if there is none, it is free.
    fn unlock<G: Guest>(&mut self, key: &Term, context: &mut Context<'_, Actor<G>>) {
        while let Some(next) = self.locks.get_mut(key).and_then(VecDeque::pop_front) {
            if context.is_alive(next.pid) {
                return self.grant(key, next, context);
            }
        }
        self.locks.remove(key);
    }

    fn grant<G: Guest>(&mut self, key: &Term, from: From, context: &mut Context<'_, Actor<G>>) {
        let monitor = context.monitor(Target::Pid(from.pid));
        self.holders.insert(monitor, key.clone());
        call::reply(from, monitor.into(), context);
    }

    fn function_clause<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) -> Next {
        self.leave(Term::error(Atom::FUNCTION_CLAUSE.into()), context)
    }

    fn leave<G: Guest>(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        context.report(|| Report::Terminate { reason: reason.clone() });
        if server::is_abnormal(&reason) {
            context.report(|| Report::ServerTerminating { reason: reason.clone() });
        }
        Next::Exit(reason)
    }
}
