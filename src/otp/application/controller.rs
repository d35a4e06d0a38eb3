//! The process that starts and stops the applications of a node, and ends when one of them should not have
//! ended (application_controller.erl, OTP 25).
//!
//! An application is started in a process of its own, so the controller is not deaf meanwhile. While it stops one it
//! is.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Spawn, Target, Term};

use super::master::{ApplicationStarter, members};
use super::{Application, ApplicationRequest, NodeApplications};
use crate::otp::actor::{Actor, Birth};
use crate::otp::call;
use crate::otp::guest::Guest;
use crate::otp::message::{From, Message, Request};
use crate::otp::naming::{Registered, Taken};
use crate::otp::report::{ApplicationReport, Report};
use crate::otp::server::{acknowledge, fail_start, register};
use crate::otp::spec::Restart;
use crate::otp::start::Started;

/// The process that starts and stops the applications of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationController<G: Guest> {
    birth: Birth,
    applications: Vec<Arc<Application<G>>>,
    /// What is still to be started before the node is up.
    boot: VecDeque<(Atom, Restart)>,
    /// Whether the node is up.
    up: bool,
    starting: Vec<Starting>,
    /// Those that run, the oldest first.
    running: Vec<(Atom, Pid)>,
    /// Those that were started and not stopped: an application that has ended is still one of them.
    started: Vec<(Atom, Restart)>,
    phase: Phase,
}

/// An application being started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Starting {
    name: Atom,
    restart: Restart,
    starter: Pid,
    callers: Vec<From>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Unborn,
    Loop,
    /// The master of this application has been told to stop it; nothing else is heard.
    Stopping {
        name: Atom,
        from: From,
        monitor: Ref,
    },
    /// The node terminates: the master with this monitor has been told to.
    Terminating {
        monitor: Ref,
        reason: Term,
    },
    /// Nothing is left but to exit.
    Leaving(Term),
}

impl<G: Guest> ApplicationController<G> {
    /// A controller that has not run yet.
    pub fn new(node: NodeApplications<G>, birth: Birth) -> Self {
        ApplicationController {
            birth,
            applications: node.applications,
            boot: node.boot.into(),
            up: false,
            starting: Vec::new(),
            running: Vec::new(),
            started: Vec::new(),
            phase: Phase::Unborn,
        }
    }

    /// The monitor of the master whose end it awaits, and is deaf meanwhile.
    pub(in crate::otp) fn awaited_end(&self) -> Option<Ref> {
        match &self.phase {
            Phase::Stopping { monitor, .. } | Phase::Terminating { monitor, .. } => Some(*monitor),
            Phase::Unborn | Phase::Loop | Phase::Leaving(_) => None,
        }
    }

    /// Who starts an application for this caller, who is answered once that runs.
    pub(in crate::otp) fn starts_for(&self, caller: Pid) -> Option<Pid> {
        let asked = |starting: &&Starting| starting.callers.iter().any(|from| from.pid == caller);
        self.starting.iter().find(asked).map(|starting| starting.starter)
    }

    /// Whether it would take this message now.
    pub(in crate::otp) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        match (&self.phase, message) {
            (Phase::Unborn | Phase::Leaving(_), _) => false,
            (Phase::Loop, _) => true,
            (Phase::Stopping { monitor, .. }, Received::Message(Message::Reply { tag, .. })) => {
                tag == monitor
            }
            (
                Phase::Stopping { monitor, .. } | Phase::Terminating { monitor, .. },
                Received::Down { reference, .. },
            ) => reference == monitor,
            (Phase::Stopping { .. } | Phase::Terminating { .. }, _) => false,
        }
    }

    /// Goes on with what it has waited for.
    pub(in crate::otp) fn resume(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match (std::mem::replace(&mut self.phase, Phase::Loop), input) {
            (Phase::Unborn, input) => self.begin(input, context),
            (Phase::Loop, Input::Message(message)) => self.handle(message, context),
            (Phase::Loop, _) => WAIT,
            (Phase::Stopping { name, from, monitor }, _) => {
                context.demonitor_flush(monitor);
                tell(ApplicationReport::Exited(name.into(), Atom::STOPPED.into()), context);
                call::reply(from, Atom::OK.into(), context);
                WAIT
            }
            (Phase::Terminating { reason, .. }, _) => self.terminate(reason, context),
            (Phase::Leaving(reason), _) => Next::Exit(reason),
        }
    }

    fn begin(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match register(&mut self.birth, input, context) {
            Ok(Registered::NotYet(next)) => {
                self.phase = Phase::Unborn;
                return next;
            }
            Ok(Registered::Done) => (),
            Err(Taken::By(holder)) => {
                let started = Started::Error(Taken::error(holder));
                context.report(|| Report::Initialised(started.clone()));
                self.phase = Phase::Leaving(Atom::NORMAL.into());
                return fail_start(&mut self.birth, started, context);
            }
            Err(Taken::Raised(raise)) => return Next::Exit(raise.reason()),
        }
        context.trap_exit(true);
        self.boot_next(context)
    }

    /// Starts the next application of the boot, if there is one and nothing is being started.
    fn boot_next(&mut self, context: &mut Context<'_, Actor<G>>) -> Next {
        if self.up || !self.starting.is_empty() {
            return WAIT;
        }
        while let Some((name, restart)) = self.boot.pop_front() {
            match self.start(name, restart, None, context) {
                Ok(()) => return WAIT,
                Err(Refusal::Asked(reason) | Refusal::NotRunning(reason)) => {
                    tell(ApplicationReport::NotStarted(name.into(), reason.clone()), context);
                    if restart != Restart::Temporary {
                        return self.start_failure(name, reason, context);
                    }
                }
            }
        }
        self.up = true;
        let started = Started::Ok { pid: context.pid(), info: None };
        context.report(|| Report::Initialised(started.clone()));
        acknowledge(self.birth.starter, started, false, context);
        WAIT
    }

    fn handle(&mut self, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match message {
            Received::Exit { from, reason } if self.birth.is_parent(from) => self.terminate(reason, context),
            Received::Exit { from, reason } => self.ended(from, reason, context),
            Received::Message(Message::Terminate { from, reason }) => {
                call::reply(from, Atom::OK.into(), context);
                self.terminate(reason, context)
            }
            Received::Message(Message::Call { from, request: Request::Application(request) }) => {
                match request {
                    ApplicationRequest::Start(name, restart) => self.start_for(name, restart, from, context),
                    ApplicationRequest::Stop(name) => self.stop(name, from, context),
                }
            }
            Received::Message(Message::Ack { child, result, .. }) => {
                let place = self.starting.iter().position(|starting| starting.starter == child);
                let Some(starting) = place.map(|place| self.starting.remove(place)) else { return WAIT };
                match result {
                    Started::Ok { pid, .. } => self.is_started(starting, pid, context),
                    Started::Error(reason) | Started::Junk(reason) | Started::Raised(reason) => {
                        self.is_not_started(starting, reason, context)
                    }
                    Started::Ignore => self.is_not_started(starting, Atom::IGNORE.into(), context),
                }
            }
            Received::Message(
                Message::Call {
                    request: Request::User(_) | Request::Supervisor(_) | Request::System(_), ..
                }
                | Message::Cast(_),
            ) => self.terminate(Term::error(Atom::FUNCTION_CLAUSE.into()), context),
            Received::Message(
                Message::Info(_)
                | Message::Reply { .. }
                | Message::TryAgain { .. }
                | Message::Work(_)
                | Message::Stream(_),
            )
            | Received::Down { .. } => WAIT,
        }
    }

    // ---- starting ----

    fn start_for(
        &mut self,
        name: Atom,
        restart: Restart,
        from: From,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        if let Some(starting) = self.starting.iter_mut().find(|starting| starting.name == name) {
            starting.callers.push(from);
            return WAIT;
        }
        let refusal = match self.start(name, restart, Some(from), context) {
            Ok(()) => return WAIT,
            Err(refusal) => refusal,
        };
        let (Refusal::Asked(reason) | Refusal::NotRunning(reason)) = &refusal;
        let answer = Term::tagged(Atom::ERROR, reason.clone());
        call::reply(from, answer, context);
        match refusal {
            Refusal::NotRunning(reason) if restart != Restart::Temporary => {
                self.start_failure(name, reason, context)
            }
            Refusal::Asked(_) | Refusal::NotRunning(_) => WAIT,
        }
    }

    /// check_start_cond/4 and start_appl/3: those that it needs must have been started, and must run.
    fn start(
        &mut self,
        name: Atom,
        restart: Restart,
        caller: Option<From>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<(), Refusal> {
        let asked = |what: Atom, name: Atom| Err(Refusal::Asked(Term::tagged(what, name.into())));
        let Some(application) =
            self.applications.iter().find(|application| application.name == name).cloned()
        else {
            return asked(Atom::NOT_LOADED, name);
        };
        if self.running.iter().any(|(running, _)| *running == name) {
            return asked(Atom::ALREADY_STARTED, name);
        }
        let is_started = |needed: &&Atom| self.started.iter().any(|(started, _)| started == *needed);
        let is_running = |needed: &&Atom| self.running.iter().any(|(running, _)| running == *needed);
        if let Some(needed) = application.applications.iter().find(|needed| !is_started(needed)) {
            return asked(Atom::NOT_STARTED, *needed);
        }
        if let Some(needed) = application.applications.iter().find(|needed| !is_running(needed)) {
            return Err(Refusal::NotRunning(Term::tagged(Atom::NOT_RUNNING, (*needed).into())));
        }
        let starter = ApplicationStarter::new(application, context.pid());
        let options = Spawn { label: Atom::APPLICATION_STARTER, link: true, monitor: false, awaited: false };
        let (starter, _) = context.spawn(Actor::ApplicationStarter(Box::new(starter)), options);
        self.starting.push(Starting { name, restart, starter, callers: caller.into_iter().collect() });
        Ok(())
    }

    /// handle_application_started/3. Its master may have ended by now, and nobody will say so any more.
    fn is_started(&mut self, starting: Starting, master: Pid, context: &mut Context<'_, Actor<G>>) -> Next {
        let Starting { name, restart, callers, .. } = starting;
        tell(ApplicationReport::Started(name.into()), context);
        self.running.push((name, master));
        match self.started.iter_mut().find(|(started, _)| *started == name) {
            Some((_, known)) => *known = restart,
            None => self.started.push((name, restart)),
        }
        for from in callers {
            call::reply(from, Atom::OK.into(), context);
        }
        self.boot_next(context)
    }

    /// handle_application_started/3: what a failed start means.
    fn is_not_started(
        &mut self,
        starting: Starting,
        reason: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let Starting { name, restart, callers, .. } = starting;
        tell(ApplicationReport::NotStarted(name.into(), reason.clone()), context);
        for from in callers {
            call::reply(from, Term::tagged(Atom::ERROR, reason.clone()), context);
        }
        let is_normal = match reason.as_tuple() {
            Some([why, _]) => why.untag(Atom::EXIT).is_some_and(|why| why.is(Atom::NORMAL)),
            _ => false,
        };
        match restart {
            Restart::Temporary => self.boot_next(context),
            Restart::Transient if is_normal => self.boot_next(context),
            Restart::Transient | Restart::Permanent => self.start_failure(name, reason, context),
        }
    }

    fn start_failure(&mut self, name: Atom, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        tell(ApplicationReport::NodeTerminated(name.into(), reason.clone()), context);
        let reason = Term::tuple([Atom::APPLICATION_START_FAILURE.into(), name.into(), reason]);
        self.terminate(reason, context)
    }

    // ---- ending ----

    /// The end of a master, which nobody heeds whose start has not been told of yet.
    fn ended(&mut self, master: Pid, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        let Some(place) = self.running.iter().position(|(_, running)| *running == master) else {
            return WAIT;
        };
        let (name, _) = self.running.remove(place);
        tell(ApplicationReport::Exited(name.into(), reason.clone()), context);
        let started = self.started.iter().find(|(started, _)| *started == name);
        match started.map(|(_, restart)| *restart) {
            Some(Restart::Temporary) | None => WAIT,
            Some(Restart::Transient) if reason.is(Atom::NORMAL) => WAIT,
            Some(Restart::Transient | Restart::Permanent) => {
                tell(ApplicationReport::NodeTerminated(name.into(), reason.clone()), context);
                let reason = Term::tuple([Atom::APPLICATION_TERMINATED.into(), name.into(), reason]);
                self.terminate(reason, context)
            }
        }
    }

    /// stop_appl/3: it is awaited for ever.
    fn stop(&mut self, name: Atom, from: From, context: &mut Context<'_, Actor<G>>) -> Next {
        let was_started = self.started.len();
        self.started.retain(|(started, _)| *started != name);
        let Some(place) = self.running.iter().position(|(running, _)| *running == name) else {
            let answer = if self.started.len() < was_started {
                Atom::OK.into()
            } else {
                Term::tagged(Atom::ERROR, Term::tagged(Atom::NOT_STARTED, name.into()))
            };
            call::reply(from, answer, context);
            return WAIT;
        };
        let (_, master) = self.running.remove(place);
        tell(ApplicationReport::Stopping(name.into()), context);
        context.unlink(master);
        let monitor = context.monitor(Target::Pid(master));
        let asker = From { pid: context.pid(), tag: monitor, alias: false };
        context.send(master, Message::Terminate { from: asker, reason: Atom::NORMAL.into() });
        self.phase = Phase::Stopping { name, from, monitor };
        WAIT
    }

    /// terminate/2: the applications are stopped one after the other, the youngest first; then the node is
    /// no more.
    fn terminate(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        while let Some((name, master)) = self.running.pop() {
            tell(ApplicationReport::Stopping(name.into()), context);
            let monitor = context.monitor(Target::Pid(master));
            context.unlink(master);
            context.exit(master, Atom::SHUTDOWN.into());
            if context.receive_exit_now(master).is_none() {
                self.phase = Phase::Terminating { monitor, reason };
                return WAIT;
            }
        }
        self.halt(reason, context)
    }

    /// The virtual machine ends, and with it what is still being started.
    fn halt(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        for Starting { starter, .. } in std::mem::take(&mut self.starting) {
            context.exit(starter, Atom::KILL.into());
            let me = context.pid();
            let processes = context.world().processes().filter(|process| process.pid != me);
            let is_master = |actor: &Actor<G>| matches!(actor, Actor::ApplicationMaster(master) if master.starter() == starter);
            let masters =
                processes.filter(|process| is_master(process.behaviour())).map(|process| process.pid);
            for master in masters.collect::<Vec<_>>() {
                for pid in members(master, context).into_iter().chain([master]) {
                    context.exit(pid, Atom::KILL.into());
                }
            }
        }
        if self.up {
            return Next::Exit(reason);
        }
        let started = Started::Error(reason.clone());
        context.report(|| Report::Initialised(started.clone()));
        self.phase = Phase::Leaving(reason);
        fail_start(&mut self.birth, started, context)
    }
}

/// Why an application is not started.
enum Refusal {
    /// The request itself is refused.
    Asked(Term),
    /// An application that it needs has ended: the start has failed.
    NotRunning(Term),
}

const WAIT: Next = Next::Receive { timeout: None };

fn tell<G: Guest>(report: ApplicationReport, context: &mut Context<'_, Actor<G>>) {
    context.report(|| Report::Application(report));
}
