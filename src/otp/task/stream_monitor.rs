//! The monitor of a `Task.async_stream`: the process that starts its tasks, gives each its time, and tells the
//! owner how they end (task/supervised.ex, `stream_monitor/4`, Elixir 1.14).

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Spawn, Target, Term};

use super::stream_message::{StreamMessage, before_others, say};
use super::{Task, TaskBody};
use crate::otp::actor::Actor;
use crate::otp::call::{PendingCall, call_failure};
use crate::otp::guest::Guest;
use crate::otp::message::{CallTimeout, Message, Request, SupervisorRequest};
use crate::otp::registry::Via;
use crate::otp::spec::ChildSpec;

/// Who starts the tasks of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StreamSource<G: Guest> {
    /// The stream's monitor itself, which calls them so: `Task.async_stream`.
    Monitor(Atom),
    /// They are children of a `Task.Supervisor`.
    Supervisor {
        /// The task supervisor.
        target: Target,
        /// Its name in a registry, if that is how it was said; then the target does not count.
        via: Option<Box<Via>>,
        /// What it is asked to start.
        spec: Box<ChildSpec<G::Start>>,
        /// Whether the monitor links itself to the tasks: all but `async_stream_nolink`.
        linked: bool,
    },
}

/// The monitor of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamMonitor<G: Guest> {
    owner: Pid,
    source: StreamSource<G>,
    /// How many milliseconds each task has.
    timeout: Option<u64>,
    /// Whether it traps exits, as its owner did when the stream began.
    traps_exits: bool,
    /// Its monitor of the owner.
    owner_monitor: Option<Ref>,
    /// The owner's monitor of it, once it has been told.
    reference: Option<Ref>,
    running: Vec<Running>,
    phase: Phase<G>,
}

/// A task that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Running {
    place: u32,
    pid: Pid,
    monitor: Ref,
    linked: bool,
    timer: Option<Ref>,
    timed_out: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase<G: Guest> {
    /// It has not run yet.
    Unborn,
    /// It waits to be told under which reference its owner knows it.
    Untold,
    /// It does what it is told, and hears of the tasks.
    Loop,
    /// It has asked the supervisor for this task.
    Asking(u32, Box<PendingCall<G>>),
    /// The supervisor has refused, and nothing but the end of the stream matters.
    Refused,
    /// It has killed its tasks and waits for their ends, one after the other.
    Stopping,
}

impl<G: Guest> StreamMonitor<G> {
    /// A monitor that has not run yet.
    pub(super) fn new(owner: Pid, source: StreamSource<G>, timeout: Option<u64>, traps_exits: bool) -> Self {
        StreamMonitor {
            owner,
            source,
            timeout,
            traps_exits,
            owner_monitor: None,
            reference: None,
            running: Vec::new(),
            phase: Phase::Unborn,
        }
    }

    /// Whom it waits for, if that is anybody.
    pub fn waits_for(&self) -> Option<Target> {
        match &self.phase {
            Phase::Asking(_, call) => Some(call.target()),
            Phase::Stopping => self.running.first().map(|task| Target::Pid(task.pid)),
            Phase::Unborn | Phase::Untold | Phase::Loop | Phase::Refused => None,
        }
    }

    /// Whether it would take this message now.
    pub(in crate::otp) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        match (&self.phase, message) {
            (Phase::Unborn, _) => false,
            (Phase::Untold, Received::Message(Message::Stream(said))) => {
                matches!(&**said, StreamMessage::Begin { owner, .. } if *owner == self.owner)
            }
            (Phase::Untold, Received::Down { reference, .. }) => Some(*reference) == self.owner_monitor,
            (Phase::Untold, Received::Message(_) | Received::Exit { .. }) => false,
            (Phase::Loop | Phase::Refused, _) => true,
            (Phase::Asking(_, call), message) => call.accepts(message),
            (Phase::Stopping, Received::Down { reference, .. }) => {
                self.running.first().is_some_and(|task| task.monitor == *reference)
            }
            (Phase::Stopping, Received::Message(_) | Received::Exit { .. }) => false,
        }
    }

    /// Goes on with what it has waited for.
    pub(in crate::otp) fn resume(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let ended = match (std::mem::replace(&mut self.phase, Phase::Loop), input) {
            (Phase::Unborn, _) => {
                context.trap_exit(self.traps_exits);
                self.owner_monitor = Some(context.monitor(Target::Pid(self.owner)));
                self.phase = Phase::Untold;
                None
            }
            (Phase::Untold, Input::Message(Received::Message(Message::Stream(said)))) => {
                if let StreamMessage::Begin { monitor, .. } = *said {
                    self.reference = Some(monitor);
                }
                None
            }
            (Phase::Untold, Input::Message(Received::Down { reason, .. })) => Some(reason),
            (Phase::Loop, Input::Message(message)) => self.handle(message, context),
            (Phase::Asking(place, call), Input::Message(message)) => match call.hear(message, context) {
                Ok(answer) => self.answered(place, answer, context),
                Err(reason) => Some(reason),
            },
            (Phase::Refused, Input::Message(message)) => {
                self.phase = Phase::Refused;
                self.ends(&message, context)
            }
            (Phase::Stopping, Input::Message(_)) => {
                self.running.remove(0);
                self.stopping()
            }
            (phase, _) => {
                self.phase = phase;
                None
            }
        };
        match ended {
            Some(reason) => Next::Exit(reason),
            None => Next::Receive { timeout: None },
        }
    }

    /// `stream_monitor_loop/2`; a reason is what it ends with.
    fn handle(&mut self, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Option<Term> {
        let known =
            |reference: &Ref, tasks: &[Running]| tasks.iter().position(|task| task.monitor == *reference);
        match &message {
            Received::Message(Message::Stream(said)) => match &**said {
                StreamMessage::Spawn { place } => return self.spawn(*place, context),
                StreamMessage::TimeUp { task, .. } => {
                    if let Some(late) = known(task, &self.running) {
                        self.kill_late(late, context);
                    }
                }
                _ => return self.ends(&message, context),
            },
            Received::Down { reference, reason, .. } => match known(reference, &self.running) {
                Some(place) => {
                    let task = self.running.remove(place);
                    if let Some(timer) = task.timer {
                        context.cancel_timer(timer);
                    }
                    let ended = StreamMessage::Ended {
                        monitor: self.told(),
                        place: task.place,
                        reason: reason.clone(),
                        timed_out: task.timed_out,
                    };
                    say(self.owner, ended, context);
                }
                None => return self.ends(&message, context),
            },
            Received::Message(_) | Received::Exit { .. } => (),
        }
        None
    }

    /// Starts a task, or asks for one.
    fn spawn(&mut self, place: u32, context: &mut Context<'_, Actor<G>>) -> Option<Term> {
        let (target, via, spec) = match &self.source {
            StreamSource::Monitor(label) => {
                let body = TaskBody::Waits { owner: self.owner, watches: false };
                let options = Spawn { label: *label, link: true, monitor: false, awaited: false };
                let (task, _) = context.spawn(Actor::Task(Box::new(Task::new(body))), options);
                self.has_task(place, task, true, context);
                return None;
            }
            StreamSource::Supervisor { target, via, spec, .. } => (*target, via, spec),
        };
        context.look_around();
        let request = Request::Supervisor(Box::new(SupervisorRequest::StartChild((**spec).clone())));
        let Some(via) = via else { return self.ask(place, target, request, None, context) };
        let said = via.term();
        let why = match via.whereis(context) {
            Ok(Some(pid)) => return self.ask(place, Target::Pid(pid), request, Some(said), context),
            Ok(None) => Atom::NOPROC.into(),
            Err(raise) => raise.reason(),
        };
        Some(call_failure(why, &said, &request, CallTimeout::Infinity))
    }

    /// Calls the supervisor, which was written as `said` if that is neither a pid nor a local name.
    fn ask(
        &mut self,
        place: u32,
        target: Target,
        request: Request<G>,
        said: Option<Term>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<Term> {
        match PendingCall::begin(target, request, CallTimeout::Infinity, said.map(Box::new), context) {
            Ok(call) => {
                self.phase = Phase::Asking(place, Box::new(call));
                None
            }
            Err(reason) => Some(reason),
        }
    }

    /// The supervisor has answered.
    fn answered(&mut self, place: u32, answer: Term, context: &mut Context<'_, Actor<G>>) -> Option<Term> {
        let linked = matches!(self.source, StreamSource::Supervisor { linked: true, .. });
        if let Some(Term::Pid(task)) = answer.untag(Atom::OK) {
            if linked && context.link(*task).is_err() {
                return Some(Term::error(Atom::NOPROC.into()));
            }
            self.has_task(place, *task, linked, context);
            return None;
        }
        if answer.untag(Atom::ERROR).is_some_and(|why| why.is(Atom::MAX_CHILDREN)) {
            say(self.owner, StreamMessage::MaxChildren { monitor: self.told() }, context);
            self.phase = Phase::Refused;
            return None;
        }
        Some(Term::error(Term::tagged(Atom::CASE_CLAUSE, answer)))
    }

    fn has_task(&mut self, place: u32, pid: Pid, linked: bool, context: &mut Context<'_, Actor<G>>) {
        let told = self.told();
        let monitor = context.monitor(Target::Pid(pid));
        before_others(pid, context);
        let timer = self.timeout.map(|timeout| {
            let up = Message::Stream(Box::new(StreamMessage::TimeUp { monitor: told, task: monitor }));
            context.send_after(timeout, Target::Pid(context.pid()), up)
        });
        say(self.owner, StreamMessage::Spawned { monitor: told, place, task: pid }, context);
        self.running.push(Running { place, pid, monitor, linked, timer, timed_out: false });
    }

    /// A task has had its time. It is unlinked and killed in one go: a real monitor spawns a helper that
    /// kills it if the monitor is killed between the two, so nobody can tell.
    fn kill_late(&mut self, late: usize, context: &mut Context<'_, Actor<G>>) {
        let task = &mut self.running[late];
        if !task.timed_out {
            task.timed_out = true;
            context.unlink(task.pid);
            context.exit(task.pid, Atom::KILL.into());
        }
    }

    /// The stream or its owner may be over: `handle_stop_or_parent_down/3`.
    fn ends(&mut self, message: &Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Option<Term> {
        match message {
            Received::Message(Message::Stream(said)) => match &**said {
                StreamMessage::Stop { monitor } if Some(*monitor) == self.reference => {
                    context.trap_exit(true);
                    for task in &self.running {
                        context.exit(task.pid, Atom::KILL.into());
                    }
                    self.stopping()
                }
                _ => None,
            },
            Received::Down { reference, reason, .. } if Some(*reference) == self.owner_monitor => {
                for task in self.running.iter().filter(|task| task.linked) {
                    context.exit(task.pid, reason.clone());
                }
                Some(reason.clone())
            }
            Received::Down { .. } | Received::Message(_) | Received::Exit { .. } => None,
        }
    }

    /// It ends once all its tasks have.
    fn stopping(&mut self) -> Option<Term> {
        self.phase = Phase::Stopping;
        self.running.is_empty().then(|| Atom::NORMAL.into())
    }

    fn told(&self) -> Ref {
        self.reference.expect("it has been told before anything else")
    }
}
