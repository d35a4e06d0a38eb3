//! Elixir's `DynamicSupervisor`: children that come and go, each restarted on its own.
//!
//! It is a server of its own, not a `simple_one_for_one` supervisor, and differs from one in most details
//! (dynamic_supervisor.ex, Elixir 1.14; differences of later versions are in [`super::Release`]).

mod api;
mod check;
mod children;
mod init;
mod restart;
mod terminate;

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Term};

use self::check::CheckedInit;
pub use self::check::{Refusal, check_child};
use self::children::Children;
pub use self::init::{DynamicOptions, DynamicSupervisorInit};
use self::terminate::{Stopping, Telling};
use super::actor::{Actor, Birth};
use super::call;
use super::guest::Guest;
use super::hooks::Image;
use super::member::{Counts, Member};
use super::message::{From, Message, Request, SupervisorRequest, SystemRequest};
use super::naming::{Registered, Taken};
use super::report::{Decision, ErrorContext, OffenderPid, Report};
use super::server::{acknowledge, fail_start, is_abnormal, leave, register};
use super::spec::{AutoShutdown, ChildSpec, Flags, Strategy};
use super::start::{self, Begun, PendingStart, Started};
use super::supervisor::{InitResult, Occupation, Window};
use super::system;

/// A `DynamicSupervisor` process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicSupervisor<G: Guest> {
    birth: Birth,
    init: DynamicSupervisorInit,
    max_children: Option<u32>,
    extra_arguments: Vec<Term>,
    children: Children<G::Start>,
    /// How many restarts are allowed, and within how many seconds.
    intensity: (u32, u32),
    restarts: Window,
    phase: Phase<G>,
}

/// Where a dynamic supervisor is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase<G: Guest> {
    /// It has not run yet.
    Unborn,
    /// Waiting for a message.
    Loop,
    /// Waiting for system messages only.
    Suspended,
    /// A child is being started: nothing else is heard.
    Starting { start: PendingStart, purpose: Purpose<G> },
    /// Children are being stopped: nothing else is heard.
    Stopping { stopping: Stopping, then: Then },
    /// Others run before it goes on with this.
    Interrupted(Upcoming),
    /// Nothing is left but to exit.
    Leaving(Term),
}

/// What it goes on with after something that others can notice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Upcoming {
    /// The child that had this process is restarted, since it ended for this reason.
    Restart(Pid, Term),
    /// It ends with this reason.
    End(Term),
    /// Children have been stopped.
    Then(Then),
}

/// Why a child is being started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Purpose<G: Guest> {
    /// Somebody has asked for it: `start_child`.
    New { from: From, spec: ChildSpec<G::Start> },
    /// The child that had this process is to have another.
    Again(Pid),
}

/// What is done when children have been stopped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Then {
    /// `terminate_child` of this one returns.
    Answer(From, Pid),
    /// It ends with this reason.
    Exit(Term),
}

impl<G: Guest> DynamicSupervisor<G> {
    /// A supervisor that has not run yet.
    pub fn new(init: DynamicSupervisorInit, birth: Birth) -> Self {
        DynamicSupervisor {
            birth,
            init,
            max_children: None,
            extra_arguments: Vec::new(),
            children: Children::default(),
            intensity: (0, 1),
            restarts: Window::default(),
            phase: Phase::Unborn,
        }
    }

    /// Whether it is a `Task.Supervisor`.
    pub fn supervises_tasks(&self) -> bool {
        self.init.tasks
    }

    /// Its children as an observer sees them, oldest first.
    pub fn members(&self) -> Vec<Member> {
        let entries = self.children.entries().into_iter();
        entries
            .map(|(pid, child)| {
                Member::of(&child.spec, (!child.is_restarting()).then_some(pid), child.is_restarting())
            })
            .collect()
    }

    /// What it counts. A child that is no longer alive is active until its supervisor has heard of it.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, child) in self.children.entries() {
            counts.specs += 1;
            counts.active += i64::from(!child.is_restarting());
            counts.add(child.spec.kind, 1);
        }
        counts
    }

    /// What it is doing.
    pub fn occupation(&self) -> Occupation {
        match &self.phase {
            Phase::Unborn => Occupation::Starting,
            Phase::Loop | Phase::Suspended => Occupation::Idle,
            Phase::Starting { purpose: Purpose::New { .. }, .. } => Occupation::Adding,
            Phase::Starting { purpose: Purpose::Again(_), .. } => Occupation::Restarting,
            Phase::Stopping { then: Then::Answer(..), .. } => Occupation::Removing,
            Phase::Interrupted(Upcoming::Restart(..)) => Occupation::Restarting,
            Phase::Interrupted(Upcoming::Then(Then::Answer(..))) => Occupation::Removing,
            Phase::Stopping { then: Then::Exit(_), .. } | Phase::Interrupted(_) | Phase::Leaving(_) => {
                Occupation::Stopping
            }
        }
    }

    /// The child that it is starting, and is deaf meanwhile.
    pub fn waits_for(&self) -> Option<Pid> {
        match &self.phase {
            Phase::Starting { start, .. } => Some(start.child),
            Phase::Stopping { .. }
            | Phase::Unborn
            | Phase::Loop
            | Phase::Suspended
            | Phase::Interrupted(_)
            | Phase::Leaving(_) => None,
        }
    }

    /// The children without whom it does not go on: one that starts, or all that stop together.
    pub(super) fn awaits(&self) -> Vec<Pid> {
        match &self.phase {
            Phase::Stopping { stopping, .. } => stopping.awaits(),
            _ => self.waits_for().into_iter().collect(),
        }
    }

    /// Until when it waits for children to end.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = u64> {
        let stopping = match &self.phase {
            Phase::Stopping { stopping, .. } => Some(stopping),
            Phase::Starting { .. }
            | Phase::Unborn
            | Phase::Loop
            | Phase::Suspended
            | Phase::Interrupted(_)
            | Phase::Leaving(_) => None,
        };
        stopping.into_iter().flat_map(Stopping::deadlines)
    }

    /// Whether it would take this message now.
    pub(super) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        match &self.phase {
            Phase::Loop => true,
            Phase::Suspended => system::accepts(&self.birth, message),
            Phase::Starting { start, .. } => start.accepts(message),
            Phase::Stopping { stopping, .. } => stopping.accepts(message),
            Phase::Unborn | Phase::Leaving(_) => self.birth.naming.accepts(message),
            Phase::Interrupted(_) => false,
        }
    }

    /// Goes on with what it has waited for.
    pub(super) fn resume(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match (std::mem::replace(&mut self.phase, Phase::Loop), input) {
            (Phase::Unborn, input) => self.begin(input, context),
            (Phase::Loop, Input::Message(message)) => self.handle(message, context),
            (Phase::Suspended, Input::Message(message)) => {
                self.phase = Phase::Suspended;
                self.handle(message, context)
            }
            (Phase::Loop | Phase::Suspended, _) => WAIT,
            (Phase::Starting { mut start, purpose }, input) => {
                let started = match input {
                    Input::Message(message) => start.hear(message, context),
                    _ => start.go_on(context),
                };
                match started {
                    Some(started) => self.started(purpose, started, context),
                    None => {
                        let next = start.wait();
                        self.phase = Phase::Starting { start, purpose };
                        next
                    }
                }
            }
            (Phase::Stopping { mut stopping, then }, input) => {
                let goes_on = match input {
                    Input::Continue => true,
                    Input::Message(message) => stopping.hear(message, &self.children, context),
                    Input::Start | Input::Timeout | Input::Quiet => {
                        stopping.time_out(context.now());
                        true
                    }
                };
                if goes_on {
                    self.stop(stopping, then, context)
                } else {
                    self.stop_on(stopping, then, context)
                }
            }
            (Phase::Interrupted(next), _) => match next {
                Upcoming::Restart(old, reason) => self.restart(old, reason, false, context),
                Upcoming::End(reason) => self.terminate(reason, context),
                Upcoming::Then(then) => self.stopped(then, context),
            },
            (Phase::Leaving(reason), input) => {
                let next = leave(&mut self.birth, &reason, input, context);
                self.phase = Phase::Leaving(reason);
                next
            }
        }
    }

    /// The name first, then `init/1`, as `gen_server` does.
    fn begin(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match register(&mut self.birth, input, context) {
            Ok(Registered::NotYet(next)) => {
                self.phase = Phase::Unborn;
                return next;
            }
            Ok(Registered::Done) => (),
            Err(Taken::By(holder)) => {
                return self.fail(Started::Error(Taken::error(holder)), Atom::NORMAL.into(), context);
            }
            Err(Taken::Raised(raise)) => return Next::Exit(raise.reason()),
        }
        context.trap_exit(true);
        let outcome = match &self.init.result {
            Ok(options) => CheckedInit::Go(options.clone()),
            Err(result) => check::check_init(self.init.module, result, context.image().release()),
        };
        match outcome {
            CheckedInit::Go(options) => {
                self.take(options, context);
                let started = Started::Ok { pid: context.pid(), info: None };
                context.report(|| Report::Initialised(started.clone()));
                acknowledge(self.birth.starter, started, false, context);
                WAIT
            }
            CheckedInit::Ignore => self.fail(Started::Ignore, Atom::NORMAL.into(), context),
            CheckedInit::Stop(reason) => self.fail(Started::Error(reason.clone()), reason, context),
        }
    }

    fn take(&mut self, options: DynamicOptions, context: &mut Context<'_, Actor<G>>) {
        self.intensity = (options.max_restarts, options.max_seconds);
        self.max_children = options.max_children;
        self.extra_arguments = options.extra_arguments;
        context.report(|| {
            let flags = Flags {
                strategy: Strategy::OneForOne,
                intensity: options.max_restarts,
                period: options.max_seconds,
                auto_shutdown: AutoShutdown::Never,
            };
            Report::Supervises { flags, dynamic: true }
        });
    }

    /// `sys:handle_system_msg/8` (OTP 25).
    fn answer_system(
        &mut self,
        from: From,
        request: SystemRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let suspended = matches!(self.phase, Phase::Suspended);
        let change = |result, context: &mut Context<'_, Actor<G>>| self.change_code(result, context);
        let Some(suspended) = system::answer((from, request), suspended, context, change) else {
            return self.crash(context);
        };
        self.phase = if suspended { Phase::Suspended } else { Phase::Loop };
        WAIT
    }

    /// `init/1` is called anew (dynamic_supervisor.ex, `code_change/3`, Elixir 1.14): what
    /// `sys:change_code/4` returns, or none if what it returned has become the state.
    fn change_code(
        &mut self,
        result: InitResult<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<Term> {
        let result = match result {
            InitResult::Raw(result) => result,
            InitResult::Raises(term) => {
                return Some(Term::tagged(Atom::ERROR, Term::tagged(Atom::EXIT, Term::error(term))));
            }
            InitResult::Ok(..) => return None,
        };
        match check::check_init(self.init.module, &result, context.image().release()) {
            CheckedInit::Go(options) => self.take(options, context),
            CheckedInit::Ignore => (),
            CheckedInit::Stop(why) if why.untag(Atom::SUPERVISOR_DATA).is_some() => {
                return Some(Term::tagged(Atom::ERROR, Term::tagged(Atom::ERROR, why)));
            }
            CheckedInit::Stop(_) if result.untag(Atom::OK).is_some() => return None,
            CheckedInit::Stop(_) => return Some(Term::tagged(Atom::ERROR, result)),
        }
        Some(Atom::OK.into())
    }

    fn fail(&mut self, started: Started, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        context.report(|| Report::Initialised(started.clone()));
        self.phase = Phase::Leaving(reason);
        fail_start(&mut self.birth, started, context)
    }

    fn handle(&mut self, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match message {
            Received::Exit { from, reason } if self.birth.is_parent(from) => self.terminate(reason, context),
            Received::Exit { from, reason } => self.child_ended(from, reason, context),
            Received::Message(Message::Terminate { from, reason }) => {
                call::reply(from, Atom::OK.into(), context);
                self.interrupted(Upcoming::End(reason))
            }
            Received::Message(Message::Call { from, request: Request::Supervisor(request) }) => {
                self.answer(from, *request, context)
            }
            Received::Message(Message::Call { from, request: Request::System(request) }) => {
                self.answer_system(from, request, context)
            }
            Received::Message(Message::TryAgain { child: Term::Pid(old), .. }) => {
                self.try_again(old, context)
            }
            Received::Message(Message::Call {
                request: Request::User(_) | Request::Application(_), ..
            }) => self.crash(context),
            Received::Message(Message::Cast(_)) => WAIT,
            message @ (Received::Message(
                Message::Info(_)
                | Message::Reply { .. }
                | Message::Ack { .. }
                | Message::TryAgain { .. }
                | Message::Work(_)
                | Message::Stream(_),
            )
            | Received::Down { .. }) => {
                context.report(|| Report::Unexpected { message: Message::unexpected(&message) });
                WAIT
            }
        }
    }

    /// No clause of `handle_call/3` is meant for this request.
    fn crash(&mut self, context: &mut Context<'_, Actor<G>>) -> Next {
        self.terminate(Term::error(Atom::FUNCTION_CLAUSE.into()), context)
    }

    fn answer(
        &mut self,
        from: From,
        request: SupervisorRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let answer = match request {
            SupervisorRequest::StartChild(spec) => return self.start_child(from, spec, context),
            SupervisorRequest::StartRawChild(spec) => return self.start_raw_child(from, &spec, context),
            SupervisorRequest::TerminateChild(Term::Pid(pid)) => {
                return self.terminate_child(from, pid, context);
            }
            SupervisorRequest::TerminateChild(_) => api::error(Atom::NOT_FOUND.into()),
            SupervisorRequest::WhichChildren => api::which_children::<G>(&self.children),
            SupervisorRequest::CountChildren => {
                Term::map(self.counts().rows().map(|(key, count)| (key.into(), count)))
            }
            SupervisorRequest::StartWith(_)
            | SupervisorRequest::RestartChild(_)
            | SupervisorRequest::DeleteChild(_)
            | SupervisorRequest::WhichChild(_)
            | SupervisorRequest::GetChildspec(_) => return self.crash(context),
        };
        call::reply(from, answer, context);
        WAIT
    }

    // ---- starting ----

    fn start_child(
        &mut self,
        from: From,
        spec: ChildSpec<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        if !self.children.have_room(self.max_children) {
            let refusal = api::error(Atom::MAX_CHILDREN.into());
            call::reply(from, refusal, context);
            return WAIT;
        }
        let start = self.with_extra_arguments(&spec.start);
        self.launch(&start, Purpose::New { from, spec }, context)
    }

    /// A caller that has not checked the specification gets the answer that it would have given itself.
    fn start_raw_child(&mut self, from: From, spec: &Term, context: &mut Context<'_, Actor<G>>) -> Next {
        let refusal = match check_child(spec, context.image().release()) {
            Ok(spec) => match G::start_of(&spec.start, context.image()) {
                Some(start) => {
                    let spec = spec.map_start(|_| start);
                    return self.start_child(from, spec, context);
                }
                None => api::error(Term::error(Atom::UNDEF.into())),
            },
            Err(Refusal::Returns(refusal)) => refusal,
            Err(Refusal::Raises(raise)) => api::error(raise.reason()),
        };
        call::reply(from, refusal, context);
        WAIT
    }

    fn with_extra_arguments(&self, start: &G::Start) -> G::Start {
        if self.extra_arguments.is_empty() {
            return start.clone();
        }
        G::with_arguments(start, &self.extra_arguments, &[])
    }

    fn launch(&mut self, start: &G::Start, purpose: Purpose<G>, context: &mut Context<'_, Actor<G>>) -> Next {
        let launch = G::launch(start, context);
        match start::begin(launch, None, start::Ties::LINKED, context) {
            Begun::Pending(start) => {
                let next = start.begin();
                self.phase = Phase::Starting { start, purpose };
                next
            }
            Begun::Done(started) => self.started(purpose, started, context),
        }
    }

    fn started(
        &mut self,
        purpose: Purpose<G>,
        started: Started,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match purpose {
            Purpose::New { from, spec } => {
                if let Started::Ok { pid, .. } = started {
                    self.children.add(pid, spec);
                }
                call::reply(from, api::started(started), context);
            }
            Purpose::Again(old) => match started {
                Started::Ok { pid, .. } => {
                    let recounted = context.image().release().dynamic_counts_restarts();
                    self.children.replace(old, pid, recounted);
                }
                Started::Ignore => drop(self.children.remove(old)),
                Started::Error(reason) | Started::Junk(reason) | Started::Raised(reason) => {
                    self.restart_failed(old, reason, context);
                }
            },
        }
        WAIT
    }

    // ---- stopping ----

    fn terminate_child(&mut self, from: From, pid: Pid, context: &mut Context<'_, Actor<G>>) -> Next {
        let Some(child) = self.children.get(pid) else {
            call::reply(from, api::error(Atom::NOT_FOUND.into()), context);
            return WAIT;
        };
        let running = (!child.is_restarting()).then_some(pid);
        self.stop(Stopping::new(running), Then::Answer(from, pid), context)
    }

    /// `terminate/2`, and then the end.
    fn terminate(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        context.report(|| Report::Decision(Decision::Terminating { reason: reason.clone() }));
        let children = self.children.entries();
        let running = children.into_iter().filter(|(_, child)| !child.is_restarting()).map(|(pid, _)| pid);
        let stopping = Stopping::new(running);
        self.stop(stopping, Then::Exit(reason), context)
    }

    fn stop(&mut self, mut stopping: Stopping, then: Then, context: &mut Context<'_, Actor<G>>) -> Next {
        match stopping.tell(&self.children, context) {
            Telling::Waits => self.stop_on(stopping, then, context),
            Telling::Interrupted => {
                self.phase = Phase::Stopping { stopping, then };
                Next::Preempt
            }
        }
    }

    fn stop_on(&mut self, stopping: Stopping, then: Then, context: &mut Context<'_, Actor<G>>) -> Next {
        if !stopping.is_over() {
            let timeout = stopping.patience(context.now());
            self.phase = Phase::Stopping { stopping, then };
            return Next::Receive { timeout };
        }
        let errors = stopping.into_errors();
        for (pid, reason) in &errors {
            self.report(ErrorContext::ShutdownError, reason, OffenderPid::Pid(*pid), *pid, context);
        }
        if !errors.is_empty() && context.image().counts_reports() {
            return self.interrupted(Upcoming::Then(then));
        }
        self.stopped(then, context)
    }

    /// Others run before it goes on.
    fn interrupted(&mut self, next: Upcoming) -> Next {
        self.phase = Phase::Interrupted(next);
        Next::Preempt
    }

    /// All children that were to stop have.
    fn stopped(&mut self, then: Then, context: &mut Context<'_, Actor<G>>) -> Next {
        match then {
            Then::Answer(from, pid) => {
                self.children.remove(pid);
                call::reply(from, Atom::OK.into(), context);
                WAIT
            }
            Then::Exit(reason) => {
                if is_abnormal(&reason) {
                    context.report(|| Report::ServerTerminating { reason: reason.clone() });
                }
                Next::Exit(reason)
            }
        }
    }
}

const WAIT: Next = Next::Receive { timeout: None };
