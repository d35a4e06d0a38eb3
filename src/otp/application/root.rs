//! The parent of an application's top supervisor: "process X" of application_master.erl (OTP 25).
//!
//! It calls the callbacks of the application, so that the master need not wait for them.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Term};

use super::Application;
use crate::otp::activity::{Activity, Progress};
use crate::otp::actor::Actor;
use crate::otp::guest::{Callback, Guest};
use crate::otp::message::Message;
use crate::otp::server::acknowledge;
use crate::otp::start::{self, Begun, PendingStart, Started};

/// The parent of an application's top supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationRoot<G: Guest> {
    application: Arc<Application<G>>,
    master: Pid,
    phase: Phase<G>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase<G: Guest> {
    Unborn,
    /// It waits in `Mod:start/2`.
    Starting(PendingStart),
    /// The application runs; this is its top supervisor.
    Running(Pid),
    /// It is called back in `Mod:prep_stop/1`.
    Preparing(Activity<G>, End),
    /// The top supervisor has been told to stop.
    Awaiting(Pid, Term),
    /// It is called back in `Mod:stop/1`.
    Stopping(Activity<G>, Term),
}

/// How the application ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct End {
    /// Who is told to stop, and with which reason; none when the top supervisor has ended by itself.
    top: Option<(Pid, Term)>,
    /// With which reason this process will exit.
    reason: Term,
}

impl<G: Guest> ApplicationRoot<G> {
    pub(super) fn new(application: Arc<Application<G>>, master: Pid) -> Self {
        ApplicationRoot { application, master, phase: Phase::Unborn }
    }

    /// The callback that it calls, and what that is blocked in.
    pub(in crate::otp) fn activity(&self) -> Option<&Activity<G>> {
        match &self.phase {
            Phase::Preparing(activity, _) | Phase::Stopping(activity, _) => Some(activity),
            Phase::Unborn | Phase::Starting(_) | Phase::Running(_) | Phase::Awaiting(..) => None,
        }
    }

    /// The top supervisor, while it starts or stops.
    pub(in crate::otp) fn waits_for(&self) -> Option<Pid> {
        match &self.phase {
            Phase::Starting(start) => Some(start.child),
            Phase::Awaiting(top, _) => Some(*top),
            Phase::Unborn | Phase::Running(_) | Phase::Preparing(..) | Phase::Stopping(..) => None,
        }
    }

    /// Whether it would take this message now.
    pub(in crate::otp) fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        match &self.phase {
            Phase::Unborn => false,
            Phase::Starting(start) => start.accepts(message),
            Phase::Running(_) => true,
            Phase::Preparing(activity, _) | Phase::Stopping(activity, _) => activity.accepts(message, image),
            Phase::Awaiting(top, _) => matches!(message, Received::Exit { from, .. } if from == top),
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
            (Phase::Starting(mut start), input) => {
                let started = match input {
                    Input::Message(message) => start.hear(message, context),
                    _ => start.go_on(context),
                };
                match started {
                    Some(started) => self.started(started, context),
                    None => {
                        let next = start.wait();
                        self.phase = Phase::Starting(start);
                        next
                    }
                }
            }
            (Phase::Running(top), Input::Message(message)) => self.hear(top, message, context),
            (Phase::Running(top), _) => self.wait(Phase::Running(top)),
            (Phase::Preparing(mut activity, end), input) => {
                let progress = activity.resume(input, context);
                self.prepared(activity, progress, end, context)
            }
            (Phase::Awaiting(_, reason), _) => self.call_stop(reason, context),
            (Phase::Stopping(mut activity, reason), input) => {
                let progress = activity.resume(input, context);
                self.stopped(activity, progress, reason)
            }
        }
    }

    fn wait(&mut self, phase: Phase<G>) -> Next {
        self.phase = phase;
        Next::Receive { timeout: None }
    }

    fn start(&mut self, context: &mut Context<'_, Actor<G>>) -> Next {
        context.trap_exit(true);
        let launch = G::launch(&self.application.start, context);
        match start::begin(launch, None, start::Ties::LINKED, context) {
            Begun::Pending(start) => {
                let next = start.begin();
                self.phase = Phase::Starting(start);
                next
            }
            Begun::Done(started) => self.started(started, context),
        }
    }

    /// application_master.erl, start_it_old/4 (OTP 25). What is returned beside the pid is the state that
    /// `prep_stop` and `stop` get; guests keep their own.
    fn started(&mut self, started: Started, context: &mut Context<'_, Actor<G>>) -> Next {
        let call = || {
            let Application { module, arguments, .. } = &*self.application;
            let arguments = Term::list([Atom::NORMAL.into(), arguments.clone()]);
            Term::tuple([(*module).into(), Atom::START.into(), arguments])
        };
        let bad = |result: Term| Term::tagged(Atom::BAD_RETURN, Term::tuple([call(), result]));
        let reason = match started {
            Started::Ok { pid, .. } => {
                // Trapping exits it hears of one who is dead already as a message.
                let _ = context.link(pid);
                let me = Started::Ok { pid: context.pid(), info: None };
                acknowledge(self.master, me, false, context);
                return self.wait(Phase::Running(pid));
            }
            Started::Error(reason) => Term::tuple([reason, call()]),
            Started::Raised(reason) if reason.is(Atom::NORMAL) => {
                Term::tuple([Term::tagged(Atom::EXIT, reason), call()])
            }
            Started::Raised(reason) => bad(Term::tagged(Atom::EXIT, reason)),
            Started::Ignore => bad(Atom::IGNORE.into()),
            Started::Junk(result) => bad(result),
        };
        acknowledge(self.master, Started::Error(reason), false, context);
        Next::Exit(Atom::NORMAL.into())
    }

    /// application_master.erl, loop_it/4 (OTP 25).
    fn hear(&mut self, top: Pid, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        let end = match message {
            Received::Message(Message::Terminate { from, .. }) if from.pid == self.master => {
                End { top: Some((top, Atom::SHUTDOWN.into())), reason: Atom::NORMAL.into() }
            }
            Received::Exit { from, reason } if from == self.master => {
                End { top: Some((top, reason.clone())), reason }
            }
            Received::Exit { from, reason } if from == top => End { top: None, reason },
            Received::Message(_) | Received::Exit { .. } | Received::Down { .. } => {
                return self.wait(Phase::Running(top));
            }
        };
        match self.application.prep_stop.clone() {
            Some(guest) => {
                let mut activity = Activity::new(guest);
                let progress = activity.call(Callback::Main, context);
                self.prepared(activity, progress, end, context)
            }
            None => self.stop_top(end, context),
        }
    }

    /// An exception in it changes nothing.
    fn prepared(
        &mut self,
        activity: Activity<G>,
        progress: Progress<G>,
        end: End,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match progress {
            Progress::Waits(next) => {
                self.phase = Phase::Preparing(activity, end);
                next
            }
            Progress::Returned(_) | Progress::Raised(_) => self.stop_top(end, context),
            Progress::EntersLoop(_) => unreachable!("an application's callbacks are not plain processes"),
        }
    }

    fn stop_top(&mut self, end: End, context: &mut Context<'_, Actor<G>>) -> Next {
        match end.top {
            Some((top, why)) => {
                context.exit(top, why);
                self.wait(Phase::Awaiting(top, end.reason))
            }
            None => self.call_stop(end.reason, context),
        }
    }

    fn call_stop(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        match self.application.stop.clone() {
            Some(guest) => {
                let mut activity = Activity::new(guest);
                let progress = activity.call(Callback::Main, context);
                self.stopped(activity, progress, reason)
            }
            None => Next::Exit(reason),
        }
    }

    fn stopped(&mut self, activity: Activity<G>, progress: Progress<G>, reason: Term) -> Next {
        match progress {
            Progress::Waits(next) => {
                self.phase = Phase::Stopping(activity, reason);
                next
            }
            Progress::Returned(_) | Progress::Raised(_) => Next::Exit(reason),
            Progress::EntersLoop(_) => unreachable!("an application's callbacks are not plain processes"),
        }
    }
}
