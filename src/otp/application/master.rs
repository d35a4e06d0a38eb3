//! The master of an application: leader of the group of all its processes (application_master.erl, OTP 25). And the
//! process in which the controller starts it (application_controller.erl, init_starter/4).
//!
//! The controller hears from that one how the start went, and from the master that the application has ended. Nothing
//! orders the two, so an application that ends at once can be taken for one that runs.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Input, Next, Pid, Process, Received, Spawn, Target, Term};

use super::Application;
use super::root::ApplicationRoot;
use crate::otp::actor::Actor;
use crate::otp::call;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::{From, Message};
use crate::otp::server::acknowledge;
use crate::otp::start::Started;

/// The master of one application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationMaster<G: Guest> {
    application: Arc<Application<G>>,
    controller: Pid,
    /// The process that starts it.
    starter: Pid,
    phase: Phase,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Unborn,
    /// This process is calling `Mod:start/2`.
    Starting(Pid),
    /// The application runs.
    Running(Pid),
    /// The process that called `Mod:start/2` has been told to stop the application.
    Stopping(Pid, End),
    /// The processes of the group that are left have been killed; so many are awaited.
    Killing(usize, End),
}

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct End {
    /// With which reason.
    reason: Term,
    /// Who has asked for it.
    asked: Option<From>,
}

impl<G: Guest> ApplicationMaster<G> {
    pub(super) fn new(application: Arc<Application<G>>, controller: Pid, starter: Pid) -> Self {
        ApplicationMaster { application, controller, starter, phase: Phase::Unborn }
    }

    /// The process that starts it.
    pub(super) fn starter(&self) -> Pid {
        self.starter
    }

    /// The process that starts or stops the application, while it does.
    pub(in crate::otp) fn waits_for(&self) -> Option<Pid> {
        match &self.phase {
            Phase::Starting(root) | Phase::Stopping(root, _) => Some(*root),
            Phase::Unborn | Phase::Running(_) | Phase::Killing(..) => None,
        }
    }

    /// Whether it would take this message now.
    pub(in crate::otp) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        match &self.phase {
            Phase::Unborn => false,
            Phase::Starting(_) | Phase::Running(_) => true,
            Phase::Stopping(root, _) => matches!(message, Received::Exit { from, .. } if from == root),
            Phase::Killing(..) => matches!(message, Received::Down { .. }),
        }
    }

    /// Goes on with what it has waited for.
    pub(in crate::otp) fn resume(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match (std::mem::replace(&mut self.phase, Phase::Unborn), input) {
            (Phase::Unborn, _) => self.start(context),
            (Phase::Starting(root), Input::Message(message)) => self.starting(root, message, context),
            (Phase::Running(root), Input::Message(message)) => self.running(root, message, context),
            (phase @ (Phase::Starting(_) | Phase::Running(_)), _) => self.wait(phase),
            (Phase::Stopping(_, end), _) => self.kill_group(end, context),
            (Phase::Killing(1, end), _) => self.kill_group(end, context),
            (Phase::Killing(left, end), _) => self.wait(Phase::Killing(left - 1, end)),
        }
    }

    fn wait(&mut self, phase: Phase) -> Next {
        self.phase = phase;
        Next::Receive { timeout: None }
    }

    fn start(&mut self, context: &mut Context<'_, Actor<G>>) -> Next {
        context.trap_exit(true);
        // Trapping exits it hears of one who is dead already as a message.
        let _ = context.link(self.controller);
        context.join_group(context.pid());
        let root = ApplicationRoot::new(self.application.clone(), context.pid());
        let options = Spawn { label: Atom::APPLICATION_MASTER, link: true, monitor: false, awaited: false };
        let (root, _) = context.spawn(Actor::ApplicationRoot(Box::new(root)), options);
        self.wait(Phase::Starting(root))
    }

    /// init_loop/4. Even an exit signal from the controller changes nothing until the start is over.
    fn starting(
        &mut self,
        root: Pid,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match message {
            Received::Message(Message::Ack { child, result, .. }) if child == root => match result {
                Started::Ok { .. } => {
                    let me = Started::Ok { pid: context.pid(), info: None };
                    context.unlink(self.starter);
                    acknowledge(self.starter, me, false, context);
                    self.wait(Phase::Running(root))
                }
                Started::Error(reason) | Started::Junk(reason) | Started::Raised(reason) => {
                    Next::Exit(reason)
                }
                Started::Ignore => Next::Exit(Atom::IGNORE.into()),
            },
            Received::Exit { from, reason } if from == root => Next::Exit(reason),
            Received::Message(Message::Terminate { from, .. }) => {
                self.kill_group(End { reason: Atom::NORMAL.into(), asked: Some(from) }, context)
            }
            Received::Message(_) | Received::Exit { .. } | Received::Down { .. } => {
                self.wait(Phase::Starting(root))
            }
        }
    }

    /// main_loop/2: what it hears while the application runs.
    fn running(
        &mut self,
        root: Pid,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let end = match message {
            Received::Exit { from, reason } if from == self.controller => End { reason, asked: None },
            Received::Exit { from, reason } if from == root => {
                return self.kill_group(End { reason, asked: None }, context);
            }
            Received::Exit { reason, .. } if reason.is(Atom::TIMEOUT) => {
                End { reason: Atom::NORMAL.into(), asked: None }
            }
            Received::Message(Message::Terminate { from, .. }) => {
                End { reason: Atom::NORMAL.into(), asked: Some(from) }
            }
            Received::Message(_) | Received::Exit { .. } | Received::Down { .. } => {
                return self.wait(Phase::Running(root));
            }
        };
        let from = From { pid: context.pid(), tag: context.make_ref(), alias: false };
        context.send(root, Message::Terminate { from, reason: Atom::SHUTDOWN.into() });
        self.wait(Phase::Stopping(root, end))
    }

    /// kill_all_procs/0: whoever is left of the group is killed, again and again until nobody is.
    fn kill_group(&mut self, end: End, context: &mut Context<'_, Actor<G>>) -> Next {
        let me = context.pid();
        let group = members(me, context);
        if group.is_empty() {
            if let Some(from) = end.asked {
                call::reply(from, Atom::OK.into(), context);
            }
            return Next::Exit(end.reason);
        }
        for pid in &group {
            context.monitor(Target::Pid(*pid));
            context.exit(*pid, Atom::KILL.into());
        }
        self.wait(Phase::Killing(group.len(), end))
    }
}

/// The process that starts one application, and ends when that has been done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationStarter<G: Guest> {
    application: Arc<Application<G>>,
    controller: Pid,
    /// The master, once there is one.
    master: Option<Pid>,
}

impl<G: Guest> ApplicationStarter<G> {
    pub(super) fn new(application: Arc<Application<G>>, controller: Pid) -> Self {
        ApplicationStarter { application, controller, master: None }
    }

    /// The master, which has not started yet.
    pub(in crate::otp) fn waits_for(&self) -> Option<Pid> {
        self.master
    }

    /// Whether it would take this message now.
    pub(in crate::otp) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        match message {
            Received::Message(Message::Ack { child, .. }) => self.master == Some(*child),
            Received::Exit { from, .. } => self.master == Some(*from),
            Received::Message(_) | Received::Down { .. } => false,
        }
    }

    /// Goes on: `proc_lib:start_link/3`, and then a cast.
    pub(in crate::otp) fn resume(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let started = match input {
            Input::Message(Received::Message(Message::Ack { result, .. })) => result,
            Input::Message(Received::Exit { reason, .. }) => Started::Error(reason),
            _ => {
                context.trap_exit(true);
                let label = self.application.name;
                let master = ApplicationMaster::new(self.application.clone(), self.controller, context.pid());
                let options = Spawn { label, link: true, monitor: false, awaited: false };
                let (master, _) = context.spawn(Actor::ApplicationMaster(Box::new(master)), options);
                self.master = Some(master);
                return Next::Receive { timeout: None };
            }
        };
        acknowledge(self.controller, started, false, context);
        Next::Exit(Atom::NORMAL.into())
    }
}

/// The living processes of a group but for its leader, by their labels. Which came first does not matter to them
/// and is no part of a world.
pub(super) fn members<G: Guest>(leader: Pid, context: &Context<'_, Actor<G>>) -> Vec<Pid> {
    let processes = context.world().processes();
    let mut group: Vec<&Process<_>> =
        processes.filter(|process| process.group_leader == Some(leader) && process.pid != leader).collect();
    let atoms = context.image().atoms();
    group.sort_by_key(|process| (atoms.text(process.label), process.nth, process.pid));
    group.into_iter().map(|process| process.pid).collect()
}
