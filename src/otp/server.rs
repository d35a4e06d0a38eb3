//! `gen_server`: one message a turn, in the order of arrival, handed to a callback module.

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Term};

use super::activity::{Activity, Progress};
use super::actor::{Actor, Birth};
use super::call;
use super::guest::{Callback, EnterLoop, Guest, Info, Return, Then};
use super::hooks::Image;
use super::message::{From, Message, Request, SystemRequest};
use super::naming::{Naming, Registered, Taken};
use super::raise::Raise;
use super::report::Report;
use super::start::Started;
use super::system;

/// A `gen_server` process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server<G: Guest> {
    /// The callback module, and what it is blocked in.
    pub activity: Activity<G>,
    /// How it came to be.
    pub birth: Birth,
    phase: Phase,
    /// How long it waits for a message, if the last callback has said so.
    patience: Option<u64>,
    /// When it gets which message if no other comes: `{timeout, Time, Message}`.
    event: Option<(u64, Term)>,
}

/// Where a server is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It has not run yet.
    Unborn,
    /// It is in `init/1`.
    Init,
    /// Waiting for a message.
    Loop,
    /// Waiting for system messages only.
    Suspended,
    /// In a callback; a call has somebody to answer.
    Handling(Option<From>),
    /// It has agreed to stop with this reason: `sys:terminate/3`.
    Agreed(Term),
    /// It is in `terminate/2`.
    Terminating {
        /// With which reason it will exit.
        reason: Term,
        /// Whom to answer afterwards, and what.
        reply: Option<(From, Term)>,
    },
    /// Nothing is left but to exit.
    Leaving(Term),
}

impl<G: Guest> Server<G> {
    /// A server that has not run yet.
    pub fn new(guest: G, birth: Birth) -> Self {
        Server { activity: Activity::new(guest), birth, phase: Phase::Unborn, patience: None, event: None }
    }

    /// The instants until which it waits though another wait has come between.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = u64> {
        self.activity.deadline().into_iter().chain(self.event.as_ref().map(|(until, _)| *until))
    }

    /// `gen_server:enter_loop/5` (OTP 25): a server without an `init`, and what it waits for first.
    pub(super) fn entered(enter: EnterLoop<G>, context: &mut Context<'_, Actor<G>>) -> (Self, Next) {
        let birth =
            Birth { starter: enter.parent, parent: Some(enter.parent), name: None, naming: Naming::Before };
        let mut server = Server::new(enter.guest, birth);
        let next = server.wait(enter.then, context);
        (server, next)
    }

    /// Where it is in its life.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether it would take this message now.
    pub(super) fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        match self.phase {
            Phase::Loop => true,
            Phase::Suspended => system::accepts(&self.birth, message),
            Phase::Init | Phase::Handling(_) | Phase::Terminating { .. } => {
                self.activity.accepts(message, image)
            }
            Phase::Unborn | Phase::Leaving(_) => self.birth.naming.accepts(message),
            Phase::Agreed(_) => false,
        }
    }

    /// Goes on with what it has waited for.
    pub(super) fn resume(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match (&self.phase, input) {
            (Phase::Unborn, input) => self.start(input, context),
            (Phase::Loop, Input::Message(message)) => self.handle(message, context),
            (Phase::Loop, _) => {
                let event = self.event.take().map(|(_, message)| Info::Message(message));
                self.call(None, Callback::Info(event.unwrap_or(Info::Timeout)), context)
            }
            (Phase::Suspended, Input::Message(message)) => self.handle(message, context),
            (Phase::Suspended, _) => Next::Receive { timeout: None },
            (Phase::Agreed(reason), _) => {
                let reason = reason.clone();
                self.terminate(reason, None, context)
            }
            (Phase::Leaving(reason), input) => leave(&mut self.birth, reason, input, context),
            (Phase::Init | Phase::Handling(_) | Phase::Terminating { .. }, input) => {
                let progress = self.activity.resume(input, context);
                self.proceed(progress, context)
            }
        }
    }

    /// `gen:init_it/7` (OTP 25): the name first, then `init/1`.
    fn start(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match register(&mut self.birth, input, context) {
            Ok(Registered::NotYet(next)) => return next,
            Ok(Registered::Done) => (),
            Err(Taken::By(holder)) => {
                return self.fail(Started::Error(Taken::error(holder)), Atom::NORMAL.into(), context);
            }
            Err(Taken::Raised(raise)) => return Next::Exit(raise.reason()),
        }
        self.birth.parent.get_or_insert(context.pid());
        self.phase = Phase::Init;
        let progress = self.activity.call(Callback::Init, context);
        self.proceed(progress, context)
    }

    /// `gen_server:decode_msg/9` and `handle_msg/6` (OTP 25).
    fn handle(&mut self, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        if !matches!(message, Received::Message(Message::Call { request: Request::System(_), .. })) {
            self.event = None;
        }
        let callback = match message {
            Received::Exit { from, reason } if self.birth.is_parent(from) => {
                return self.terminate(reason, None, context);
            }
            Received::Message(Message::Terminate { from, reason }) => {
                call::reply(from, Atom::OK.into(), context);
                self.phase = Phase::Agreed(reason);
                return Next::Preempt;
            }
            Received::Message(Message::Call { from, request: Request::User(request) }) => {
                return self.call(Some(from), Callback::Call { from, request }, context);
            }
            Received::Message(Message::Call { from, request: Request::System(request) }) => {
                return self.answer_system(from, request, context);
            }
            Received::Message(Message::Call { from, request: request @ Request::Supervisor(_) })
                if self.activity.guest.hears_supervisor_requests() =>
            {
                return self.call(Some(from), Callback::Call { from, request: request.term() }, context);
            }
            Received::Message(Message::Call {
                request: Request::Supervisor(_) | Request::Application(_),
                ..
            }) => {
                // No callback module has a clause for a supervisor's requests.
                let reason = Term::error(Atom::FUNCTION_CLAUSE.into());
                return self.terminate(reason, None, context);
            }
            Received::Message(Message::Cast(request)) => Callback::Cast(request),
            Received::Message(Message::Info(message)) => Callback::Info(Info::Message(message)),
            Received::Message(
                stray @ (Message::Reply { .. }
                | Message::Ack { .. }
                | Message::TryAgain { .. }
                | Message::Work(_)
                | Message::Stream(_)),
            ) => Callback::Info(Info::Message(stray.term())),
            Received::Exit { from, reason } => Callback::Info(Info::Exit { from, reason }),
            Received::Down { reference, object, reason } => {
                Callback::Info(Info::Down { reference, object, reason })
            }
        };
        self.call(None, callback, context)
    }

    /// `sys:handle_system_msg/8` (OTP 25). A timeout begins anew, one with a message of its own does not.
    fn answer_system(
        &mut self,
        from: From,
        request: SystemRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let suspended = matches!(self.phase, Phase::Suspended);
        let unchanged = |_, _: &mut Context<'_, Actor<G>>| Some(Atom::OK.into());
        let suspended = system::answer((from, request), suspended, context, unchanged) == Some(true);
        if suspended {
            self.phase = Phase::Suspended;
            return Next::Receive { timeout: None };
        }
        self.phase = Phase::Loop;
        self.receive(context)
    }

    /// Waits for a message, as long as the last callback has said.
    fn receive(&self, context: &Context<'_, Actor<G>>) -> Next {
        let left = self.event.as_ref().map(|(until, _)| until.saturating_sub(context.now()));
        Next::Receive { timeout: left.or(self.patience) }
    }

    fn call(&mut self, from: Option<From>, callback: Callback, context: &mut Context<'_, Actor<G>>) -> Next {
        self.phase = Phase::Handling(from);
        let progress = self.activity.call(callback, context);
        self.proceed(progress, context)
    }

    /// What the callback's outcome means in this phase.
    fn proceed(&mut self, progress: Progress<G>, context: &mut Context<'_, Actor<G>>) -> Next {
        // A throw is a return (gen_server.erl, try_handle_call/4).
        let outcome = match progress {
            Progress::Waits(next) => return next,
            Progress::Returned(value) => Ok(value),
            Progress::Raised(Raise::Throw(term)) => Ok(Return::of(term)),
            Progress::Raised(raise @ (Raise::Exit(_) | Raise::Error(_))) => Err(raise.reason()),
            Progress::EntersLoop(_) => unreachable!("it is a server already"),
        };
        match std::mem::replace(&mut self.phase, Phase::Loop) {
            Phase::Init => self.initialised(outcome, context),
            Phase::Handling(from) => self.handled(from, outcome, context),
            Phase::Terminating { reason, reply } => {
                // A terminate that fails decides the reason; what it throws or returns does not matter.
                let reason = outcome.err().unwrap_or(reason);
                if is_abnormal(&reason) {
                    context.report(|| Report::ServerTerminating { reason: reason.clone() });
                }
                let Some((from, answer)) = reply else { return Next::Exit(reason) };
                // Answered after terminate and before the end: the caller may already run, and find the
                // name still taken.
                call::reply(from, answer, context);
                self.phase = Phase::Leaving(reason);
                Next::Preempt
            }
            Phase::Unborn | Phase::Loop | Phase::Suspended | Phase::Agreed(_) | Phase::Leaving(_) => {
                unreachable!("no callback is called here")
            }
        }
    }

    /// `gen_server:init_it/6` (OTP 25).
    fn initialised(&mut self, outcome: Result<Return, Term>, context: &mut Context<'_, Actor<G>>) -> Next {
        let release = context.image().release();
        let (started, reason) = match outcome {
            Ok(Return::Ok(then)) => {
                let started = Started::Ok { pid: context.pid(), info: None };
                context.report(|| Report::Initialised(started.clone()));
                acknowledge(self.birth.starter, started, false, context);
                return self.wait(then, context);
            }
            Ok(Return::Stop(reason)) => (Started::Error(reason.clone()), reason),
            Ok(Return::Ignore) => (Started::Ignore, Atom::NORMAL.into()),
            Ok(Return::Error(reason)) if release.init_may_return_error() => {
                (Started::Error(reason), Atom::NORMAL.into())
            }
            Ok(other) => {
                let reason = Term::tagged(Atom::BAD_RETURN_VALUE, other.into_term());
                (Started::Error(reason.clone()), reason)
            }
            Err(reason) => (Started::Error(reason.clone()), reason),
        };
        self.fail(started, reason, context)
    }

    /// The name goes before the starter hears of the failure.
    fn fail(&mut self, started: Started, reason: Term, context: &mut Context<'_, Actor<G>>) -> Next {
        context.report(|| Report::Initialised(started.clone()));
        self.phase = Phase::Leaving(reason);
        fail_start(&mut self.birth, started, context)
    }

    fn handled(
        &mut self,
        from: Option<From>,
        outcome: Result<Return, Term>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match (outcome, from) {
            (Ok(Return::Ok(then)), _) => self.wait(then, context),
            (Ok(Return::Reply(answer, then)), Some(from)) => {
                call::reply(from, answer, context);
                self.wait(then, context)
            }
            (Ok(Return::Stop(reason)), _) => self.terminate(reason, None, context),
            (Ok(Return::StopReply(reason, answer)), Some(from)) => {
                self.terminate(reason, Some((from, answer)), context)
            }
            (Ok(other), _) => {
                let reason = Term::tagged(Atom::BAD_RETURN_VALUE, other.into_term());
                self.terminate(reason, None, context)
            }
            (Err(reason), _) => self.terminate(reason, None, context),
        }
    }

    fn terminate(
        &mut self,
        reason: Term,
        reply: Option<(From, Term)>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        context.report(|| Report::Terminate { reason: reason.clone() });
        self.phase = Phase::Terminating { reason: reason.clone(), reply };
        let progress = self.activity.call(Callback::Terminate(reason), context);
        self.proceed(progress, context)
    }

    fn wait(&mut self, then: Then, context: &mut Context<'_, Actor<G>>) -> Next {
        self.phase = Phase::Loop;
        self.patience = match then {
            Then::Timeout(timeout) => Some(timeout),
            Then::Wait | Then::Continue(_) | Then::EventTimeout(..) => None,
        };
        match then {
            Then::Wait | Then::Timeout(_) => Next::Receive { timeout: self.patience },
            // No time at all: before any message that is queued already (gen_server.erl of OTP 28, `action()`).
            Then::EventTimeout(0, message) => self.call(None, Callback::Info(Info::AtOnce(message)), context),
            Then::EventTimeout(after, message) => {
                self.event = Some((context.now().saturating_add(after), message));
                self.receive(context)
            }
            // Before any message that is queued already.
            Then::Continue(payload) => self.call(None, Callback::Continue(payload), context),
        }
    }
}

impl Return {
    /// A thrown return value. The state in it is not looked at: a guest keeps its own.
    fn of(term: Term) -> Self {
        let parts = match &term {
            Term::Atom(Atom::IGNORE) => return Return::Ignore,
            Term::Tuple(parts, _) => &parts[..],
            _ => return Return::Bad(term),
        };
        let known = match parts {
            [Term::Atom(Atom::OK | Atom::NOREPLY), _] => Some(Return::Ok(Then::Wait)),
            [Term::Atom(Atom::REPLY), answer, _] => Some(Return::Reply(answer.clone(), Then::Wait)),
            [Term::Atom(Atom::STOP), reason] | [Term::Atom(Atom::STOP), reason, _] => {
                Some(Return::Stop(reason.clone()))
            }
            [Term::Atom(Atom::STOP), reason, answer, _] => {
                Some(Return::StopReply(reason.clone(), answer.clone()))
            }
            [Term::Atom(Atom::ERROR), reason] => Some(Return::Error(reason.clone())),
            _ => None,
        };
        known.unwrap_or(Return::Bad(term))
    }

    /// The return value as Erlang shows it; the state is not shown.
    fn into_term(self) -> Term {
        match self {
            Return::Ok(_) => Atom::OK.into(),
            Return::Reply(answer, _) => Term::tagged(Atom::REPLY, answer),
            Return::Stop(reason) => Term::tagged(Atom::STOP, reason),
            Return::StopReply(reason, answer) => Term::tuple([Atom::STOP.into(), reason, answer]),
            Return::Ignore => Atom::IGNORE.into(),
            Return::Error(reason) => Term::tagged(Atom::ERROR, reason),
            Return::Bad(term) => term,
        }
    }
}

/// Whether a process that ends with this reason is said to have crashed: neither `normal`, nor `shutdown`,
/// nor `{shutdown, Term}`.
pub fn is_abnormal(reason: &Term) -> bool {
    !(reason.is(Atom::NORMAL) || reason.is(Atom::SHUTDOWN) || reason.untag(Atom::SHUTDOWN).is_some())
}

/// Registers the running process, if it was given a name: as far as others can come between.
///
/// # Errors
///
/// Why it has not got it.
pub(super) fn register<G: Guest>(
    birth: &mut Birth,
    input: Input<Message<G>>,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Registered, Taken> {
    birth.name.as_ref().map_or(Ok(Registered::Done), |name| name.register(&mut birth.naming, input, context))
}

/// `proc_lib:init_ack/2`, or `init_fail/3` for one about to die.
pub(super) fn acknowledge<G: Guest>(
    starter: Pid,
    result: Started,
    dying: bool,
    context: &mut Context<'_, Actor<G>>,
) {
    let child = context.pid();
    context.send(starter, Message::Ack { child, result, dying });
}

/// A start has failed: gives the name up, tells the starter, and goes on to exit.
pub(super) fn fail_start<G: Guest>(
    birth: &mut Birth,
    started: Started,
    context: &mut Context<'_, Actor<G>>,
) -> Next {
    if let Some(tag) = birth.name.as_ref().and_then(|name| name.unregister(context)) {
        birth.naming = Naming::GivingUp(tag, Box::new(started));
        return Next::Receive { timeout: None };
    }
    tell_of_failure(birth, started, context)
}

/// What a process does whose start has failed and that is not there any more when it next goes on.
pub(super) fn leave<G: Guest>(
    birth: &mut Birth,
    reason: &Term,
    input: Input<Message<G>>,
    context: &mut Context<'_, Actor<G>>,
) -> Next {
    match (std::mem::replace(&mut birth.naming, Naming::Done), input) {
        (Naming::GivingUp(tag, started), Input::Message(message)) => {
            let _ = call::answer(tag, message, context);
            tell_of_failure(birth, *started, context)
        }
        _ => Next::Exit(reason.clone()),
    }
}

fn tell_of_failure<G: Guest>(birth: &Birth, started: Started, context: &mut Context<'_, Actor<G>>) -> Next {
    let dying = context.image().release().failed_start_is_synchronous();
    acknowledge(birth.starter, started, dying, context);
    Next::Preempt
}
