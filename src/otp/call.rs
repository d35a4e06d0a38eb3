//! `gen_server:call` and `gen_server:stop`: asking another process and waiting for its answer or its end.

use crate::kernel::{Alias, Atom, Context, Object, Received, Ref, Target, Term};

use super::actor::Actor;
use super::guest::Guest;
use super::hooks::Image;
use super::message::{CallTimeout, From, Message, Request};

/// A call that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingCall<G: Guest> {
    target: Target,
    request: Request<G>,
    /// For how long at most.
    pub timeout: CallTimeout,
    /// Whom it asks as the caller wrote it, if that is neither a pid nor a local name.
    said: Option<Box<Term>>,
    tag: Ref,
}

impl<G: Guest> PendingCall<G> {
    /// Asks: `gen:do_call/4` (OTP 25).
    ///
    /// # Errors
    ///
    /// The reason that the caller exits with, when there is nobody to ask or it would ask itself.
    pub(super) fn begin(
        target: Target,
        request: Request<G>,
        timeout: CallTimeout,
        said: Option<Box<Term>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Self, Term> {
        let failure = |why: Atom, request: &Request<G>| {
            let target = said.as_deref().cloned().unwrap_or_else(|| target.into());
            Err(call_failure(why.into(), &target, request, timeout))
        };
        let Some(pid) = context.resolve(target) else {
            let from = From::of_nothing(context.pid());
            context.unsent(|| (target.into(), Message::Call { from, request: request.clone() }));
            return failure(Atom::NOPROC, &request);
        };
        if pid == context.pid() {
            return failure(Atom::CALLING_SELF, &request);
        }
        let (tag, from) = ask(pid, timeout.milliseconds(), context);
        context.send(pid, Message::Call { from, request: request.clone() });
        Ok(PendingCall { target, request, timeout, said, tag })
    }

    /// Whom it asks.
    pub fn target(&self) -> Target {
        self.target
    }

    /// What its answer will be known by.
    pub fn tag(&self) -> Ref {
        self.tag
    }

    /// Whether the caller's `receive` would take this message.
    pub(super) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        accepts_answer(self.tag, message)
    }

    /// Goes on with an accepted message.
    ///
    /// # Errors
    ///
    /// The reason that the caller exits with.
    pub(super) fn hear(
        self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Term, Term> {
        match answer(self.tag, message, context) {
            Ok(reply) => Ok(reply),
            Err(why) => Err(self.failure(why)),
        }
    }

    /// The time is up. One last look is taken for the answer.
    ///
    /// # Errors
    ///
    /// The reason that the caller exits with: `timeout`.
    pub(super) fn time_out(self, context: &mut Context<'_, Actor<G>>) -> Result<Term, Term> {
        last_look(self.tag, context).ok_or_else(|| self.failure(Atom::TIMEOUT.into()))
    }

    fn failure(&self, why: Term) -> Term {
        let target = self.said.as_deref().cloned().unwrap_or_else(|| self.target.into());
        call_failure(why, &target, &self.request, self.timeout)
    }
}

/// A `gen_server:stop` that waits for the answer, then for the end. `proc_lib:stop/3` (OTP 25).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingStop {
    target: Target,
    reason: Term,
    timeout: Option<u64>,
    /// The monitor of the process.
    monitor: Ref,
    /// The call of `sys:terminate`, until it is answered.
    tag: Option<Ref>,
    deadline: Option<u64>,
}

impl PendingStop {
    /// Tells a process to terminate.
    ///
    /// # Errors
    ///
    /// The reason that the caller exits with, when there is no such process or it is the caller.
    pub(super) fn begin<G: Guest>(
        target: Target,
        reason: Term,
        timeout: Option<u64>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Self, Term> {
        let Some(pid) = context.resolve(target) else {
            let from = From::of_nothing(context.pid());
            context.unsent(|| (target.into(), Message::Terminate { from, reason }));
            return Err(Atom::NOPROC.into());
        };
        // `gen:stop/3` looks a name up on its own node first, and says the pid from then on.
        let target = if pid.node() == context.pid().node() { Target::Pid(pid) } else { target };
        if pid == context.pid() {
            return Err(stop_failure(Atom::CALLING_SELF.into(), target, reason, timeout));
        }
        let monitor = context.monitor(target);
        let (tag, from) = ask(pid, timeout, context);
        context.send(pid, Message::Terminate { from, reason: reason.clone() });
        let deadline = timeout.map(|timeout| context.now() + timeout);
        Ok(PendingStop { target, reason, timeout, monitor, tag: Some(tag), deadline })
    }

    /// Whom it stops.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Until when the caller waits.
    pub fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    /// How long the caller still waits.
    pub fn timeout(&self, now: u64) -> Option<u64> {
        self.deadline.map(|deadline| deadline.saturating_sub(now))
    }

    /// Whether the caller's `receive` would take this message.
    pub(super) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        match (self.tag, message) {
            (Some(tag), message) => accepts_answer(tag, message),
            (None, Received::Down { reference, .. }) => *reference == self.monitor,
            (None, Received::Message(_) | Received::Exit { .. }) => false,
        }
    }

    /// Goes on with an accepted message: what `stop` returns or exits with, once it does.
    pub(super) fn hear<G: Guest>(
        &mut self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<Result<(), Term>> {
        if let Some(tag) = self.tag.take() {
            let why = match answer(tag, message, context) {
                Ok(_) => return None,
                Err(why) => why,
            };
            context.demonitor_flush(self.monitor);
            if why.is(Atom::NOPROC) {
                return Some(Err(why));
            }
            if why == self.reason && context.image().release().stop_accepts_the_given_reason() {
                return Some(Ok(()));
            }
            return Some(Err(stop_failure(why, self.target, self.reason.clone(), self.timeout)));
        }
        match message {
            Received::Down { reason, .. } if reason == self.reason => Some(Ok(())),
            Received::Down { reason, .. } => Some(Err(reason)),
            Received::Message(_) | Received::Exit { .. } => unreachable!("only the end is awaited now"),
        }
    }

    /// The time is up.
    pub(super) fn time_out<G: Guest>(
        &mut self,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<Result<(), Term>> {
        if let Some(tag) = self.tag.take()
            && last_look(tag, context).is_some()
        {
            // It has just agreed; whether it is gone already is asked with no time left.
            return None;
        }
        context.demonitor_flush(self.monitor);
        Some(Err(Atom::TIMEOUT.into()))
    }
}

/// Sends the answer to a call: `gen_server:reply/2`, from anywhere, at any time.
pub fn reply<G: Guest>(from: From, reply: Term, context: &mut Context<'_, Actor<G>>) {
    let message = Message::Reply { tag: from.tag, reply, alias: from.alias };
    if from.alias {
        context.send_alias(from.pid, from.tag, message);
    } else {
        context.send(from.pid, message);
    }
}

/// Monitors whom it is about to ask. A caller without a timeout waits for the answer or the end, so it
/// needs no alias against late answers.
pub(super) fn ask<G: Guest>(
    pid: crate::kernel::Pid,
    timeout: Option<u64>,
    context: &mut Context<'_, Actor<G>>,
) -> (Ref, From) {
    let alias = timeout.is_some();
    let tag = if alias {
        context.monitor_with_alias(Target::Pid(pid), Alias::Demonitor, false)
    } else {
        context.monitor(Target::Pid(pid))
    };
    (tag, From { pid: context.pid(), tag, alias })
}

pub(super) fn accepts_answer<G: Guest>(tag: Ref, message: &Received<Message<G>>) -> bool {
    match message {
        Received::Message(Message::Reply { tag: answered, .. }) => *answered == tag,
        Received::Down { reference, .. } => *reference == tag,
        Received::Message(_) | Received::Exit { .. } => false,
    }
}

pub(super) fn answer<G: Guest>(
    tag: Ref,
    message: Received<Message<G>>,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Term, Term> {
    match message {
        Received::Message(Message::Reply { reply, .. }) => {
            context.demonitor_flush(tag);
            Ok(reply)
        }
        // gen.erl, do_call/4 (OTP 25).
        Received::Down { reason, object, .. } if reason.is(Atom::NOCONNECTION) => {
            let node = match object {
                Object::Pid(pid) => context.world().node(pid),
                Object::Name(_, node) => node,
            };
            Err(Term::tagged(Atom::NODEDOWN, node.into()))
        }
        Received::Down { reason, .. } => Err(reason),
        Received::Message(_) | Received::Exit { .. } => {
            unreachable!("only the answer or the end is accepted")
        }
    }
}

fn last_look<G: Guest>(tag: Ref, context: &mut Context<'_, Actor<G>>) -> Option<Term> {
    context.demonitor_flush(tag);
    let is_answer = |message: &Received<Message<G>>| matches!(message, Received::Message(Message::Reply { tag: t, .. }) if *t == tag);
    match context.receive_now(is_answer) {
        Some(Received::Message(Message::Reply { reply, .. })) => Some(reply),
        _ => None,
    }
}

/// What the caller of a call that fails exits with: `{Why, {gen_server, call, [Target, Request, Timeout]}}`, without
/// the timeout if it has said none.
pub fn call_failure<G: Guest>(why: Term, target: &Term, request: &Request<G>, timeout: CallTimeout) -> Term {
    if let Request::System(request) = request {
        let call = [Atom::SYS.into(), request.function().into(), Term::list([target.clone()])];
        return Term::tuple([why, Term::tuple(call)]);
    }
    let mut arguments = vec![target.clone(), request.term()];
    if timeout != CallTimeout::Unsaid {
        arguments.push(timeout_term(timeout.milliseconds()));
    }
    let call = Term::tuple([Atom::GEN_SERVER.into(), Atom::CALL.into(), Term::list(arguments)]);
    Term::tuple([why, call])
}

/// What the caller of a `stop` that fails exits with.
fn stop_failure(why: Term, target: Target, reason: Term, timeout: Option<u64>) -> Term {
    let arguments = Term::list([target.into(), reason, timeout_term(timeout)]);
    Term::tuple([why, Term::tuple([Atom::SYS.into(), Atom::TERMINATE.into(), arguments])])
}

fn timeout_term(timeout: Option<u64>) -> Term {
    timeout.map_or(Atom::INFINITY.into(), |timeout| Term::Int(i64::try_from(timeout).unwrap_or(i64::MAX)))
}
