//! What each operation does, and what it makes of the result when it had to wait.

use crate::kernel::{Atom, Context, Spawn, Target, Term, Through};
use crate::otp::{self, Actor, Block, Body, Message, Name, Raise, Request, SystemRequest, Then};

use super::super::ast::Catch;
use super::Note;
use super::Script;
use super::frame::{Flow, Frame, Outcome, say};
use super::launch::launch;
use super::nodes;
use super::operands::Whom;
use super::operation::{Operation, OperationKind};

type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// An operation cannot be carried out.
pub(super) enum Fault {
    Error(Term),
    Exit(Term),
}

impl From<Raise> for Fault {
    fn from(raise: Raise) -> Self {
        match raise {
            Raise::Exit(reason) => Fault::Exit(reason),
            Raise::Error(term) => Fault::Error(term),
            Raise::Throw(_) => Fault::Error(raise.reason()),
        }
    }
}

/// A function of the supervisors' API ends without asking anybody.
pub(super) enum Refused {
    Returns(Term),
    Raises(Raise),
}

impl Frame {
    /// Carries an operation out, or begins to.
    pub(super) fn perform(&mut self, operation: &Operation, context: &mut ScriptContext<'_>) -> Flow {
        match self.try_perform(operation, context) {
            Ok(flow) => flow,
            Err(Fault::Error(term)) if operation.catch == Catch::Raise => {
                self.result = Outcome::Raise(term);
                Flow::Next
            }
            Err(Fault::Error(term)) => Flow::Raise(Raise::Error(term)),
            Err(Fault::Exit(reason)) => self.exited(operation, reason, context),
        }
    }

    fn try_perform(&mut self, operation: &Operation, context: &mut ScriptContext<'_>) -> Result<Flow, Fault> {
        use OperationKind as Op;
        Ok(match &operation.kind {
            Op::Control(said) => self.steer(said, context)?,
            Op::Data(said) => self.compute(said, context)?,
            Op::Relation(said) => self.relate(said, context)?,
            Op::Reply(value) => {
                self.returning.reply = Some(self.value(value, context)?);
                Flow::Next
            }
            Op::ReplyTo { from, value } => {
                let from = otp::From::of(&self.value(from, context)?).ok_or_else(bad_argument)?;
                let value = self.value(value, context)?;
                otp::reply(from, value, context);
                self.done(Atom::OK.into())
            }
            Op::Continue(value) => {
                self.returning.continues = Some(self.value(value, context)?);
                Flow::Next
            }
            Op::Timeout { after, message } => {
                let message = self.optional(message.as_ref(), context)?;
                self.returning.timeout = self.milliseconds(after, context)?.map(|after| (after, message));
                Flow::Next
            }
            Op::StopSelf(reason) => {
                self.returning.stop = Some(self.value(reason, context)?);
                Flow::Return
            }
            Op::Fail(reason) => {
                self.returning.stop = Some(self.value(reason, context)?);
                Flow::Return
            }
            Op::Goto(phase) => {
                self.phase = *phase;
                Flow::Next
            }
            Op::Ignore => {
                self.returning.ignore = true;
                Flow::Return
            }

            Op::Send { target, value, priority } => {
                if let Term::Ref(alias) = self.value(target, context)? {
                    let value = self.value(value, context)?;
                    let through = Through { alias, priority: *priority };
                    context.send_to_alias(through, Message::Info(value.clone()));
                    return Ok(self.done(value));
                }
                let (whom, value) = (self.whom(target, context)?, self.value(value, context)?);
                let target = match whom {
                    Whom::Known(target) => target,
                    Whom::Via(via) => Target::Pid(via.addressee(context)?),
                };
                context.send_to(target, Message::Info(value.clone())).map_err(|_| bad_argument())?;
                self.done(value)
            }
            Op::Cast { target, value } => {
                let (whom, value) = (self.whom(target, context)?, self.value(value, context)?);
                let target = match whom {
                    Whom::Known(target) => Some(target),
                    Whom::Via(via) => via.addressee(context).ok().map(Target::Pid),
                };
                // A cast never fails (gen_server.erl, cast/2).
                let _ = target.map(|target| context.send_to(target, Message::Cast(value)));
                self.done(Atom::OK.into())
            }
            Op::Call { target, value, timeout, .. } => {
                let whom = self.whom(target, context)?;
                let request = Request::User(self.value(value, context)?);
                let timeout = self.milliseconds(timeout, context)?;
                call(whom, request, timeout, context)?
            }
            Op::Receive { after, .. } => {
                let timeout = match after {
                    Some((after, _)) => self.milliseconds(after, context)?,
                    None => None,
                };
                Flow::Block(Block::Receive(timeout))
            }
            Op::ReceiveOne { timeout, .. } => {
                let timeout = match timeout {
                    Some(timeout) => self.milliseconds(timeout, context)?,
                    None => None,
                };
                Flow::Block(Block::Receive(timeout))
            }
            Op::SendAfter { after, target, value, bind, tagged } => {
                let after = self.milliseconds(after, context)?.ok_or_else(bad_argument)?;
                let (target, value) = (self.target(target, context)?, self.value(value, context)?);
                if nodes::is_away(target, context) {
                    return Err(bad_argument());
                }
                let reference = context.make_ref();
                let value = if *tagged {
                    Term::tuple([Atom::TIMEOUT.into(), reference.into(), value])
                } else {
                    value
                };
                context.start_timer(reference, after, target, Message::Info(value));
                self.bound(bind.as_ref(), reference.into(), context)?
            }
            Op::CancelTimer { timer, bind } => {
                let reference = self.reference(timer, context)?;
                let left = context.cancel_timer(reference);
                let left = left.map_or(Term::boolean(false), |left| Term::Int(left.cast_signed()));
                self.bound(bind.as_ref(), left, context)?
            }
            Op::Sleep(time) => Flow::Block(Block::Sleep(self.milliseconds(time, context)?)),
            Op::Hang => Flow::Block(Block::Sleep(None)),

            Op::Spawn { start, arguments, link, monitor, request, priority, alias, tag, bind, reference } => {
                let tag = self.optional(tag.as_ref(), context)?;
                let start = self.start_function(start, arguments, None, context)?;
                let otp::Launch::Spawn(newborn) = launch(&start, None, context) else {
                    return Err(Fault::Error(Atom::UNDEF.into()));
                };
                let script = match newborn.body {
                    Body::Plain(script) => script,
                    Body::Process(script) => script.without_ancestor(),
                    _ => unreachable!("only processes are spawned: the parser has seen to it"),
                };
                let actor = Actor::Plain(otp::Plain::new(script));
                let options = Spawn { label: newborn.label, link: *link, monitor: *monitor, awaited: false };
                let (pid, monitor) = context.spawn(actor, options);
                if let Some(monitor) = monitor.filter(|_| *priority) {
                    context.prefer_monitor(monitor);
                }
                if *link && *priority {
                    context.link_with(pid, true).expect("it lives and is linked already");
                }
                if *request {
                    // The reference of the monitor, if there is one, is that of the request (erts, erl_bif_info.c
                    // and bif.c, `spawn_request_4`; seen on OTP 25).
                    let asked = monitor.unwrap_or_else(|| context.make_ref());
                    let tag = tag.unwrap_or(Atom::SPAWN_REPLY.into());
                    let answer = Term::tuple([tag, asked.into(), Atom::OK.into(), pid.into()]);
                    context.answer_spawn(pid, Message::Info(answer));
                    return self.bound(reference.as_ref(), asked.into(), context);
                }
                if let Some(monitor) = monitor {
                    if let Some(mode) = alias {
                        context.activate(monitor, *mode);
                    }
                    self.tagged(monitor, tag);
                    if let Some(pattern) = reference {
                        self.bound(Some(pattern), monitor.into(), context)?;
                    }
                }
                self.bound(bind.as_ref(), pid.into(), context)?
            }
            Op::Start { start, arguments, via, timeout, how, .. } => {
                let mut start = self.start_function(start, arguments, via.as_ref(), context)?;
                if let Some(Name::Via(via)) = &start.name {
                    // What looking for the name raises is raised here, in the caller.
                    via.whereis(context)?;
                }
                if let Some(timeout) = timeout {
                    start.timeout = self.milliseconds(timeout, context)?;
                }
                let launch = launch(&start, Some(self.callers_of_task(context)), context);
                Flow::Block(Block::Start {
                    launch,
                    label: start.name.as_ref().and_then(Name::local),
                    how: *how,
                })
            }
            Op::InitAck(value) => {
                let value = self.value(value, context)?;
                self.acknowledge(value, false, context)?;
                self.done(Atom::OK.into())
            }
            Op::EnterLoop { start, arguments, name, timeout, continues } => {
                let then = match (timeout, continues) {
                    (_, Some(value)) => Then::Continue(self.value(value, context)?),
                    (Some(timeout), None) => {
                        self.milliseconds(timeout, context)?.map_or(Then::Wait, Then::Timeout)
                    }
                    (None, None) => Then::Wait,
                };
                let start = self.start_function(start, arguments, None, context)?;
                self.enter_loop(&start, *name, then, context)?
            }
            Op::InitFail { value, reason } => {
                let (value, reason) = (self.value(value, context)?, self.value(reason, context)?);
                if !context.image().release().failed_start_is_synchronous() {
                    return Err(Fault::Error(Atom::UNDEF.into()));
                }
                self.acknowledge(value, true, context)?;
                return Err(Fault::Exit(reason));
            }
            Op::Stop { target, reason, timeout, .. } => Flow::Block(Block::Stop {
                target: match self.whom(target, context)? {
                    Whom::Known(target) => target,
                    Whom::Via(via) => {
                        let pid = via.whereis(context)?;
                        Target::Pid(pid.ok_or(Fault::Exit(Atom::NOPROC.into()))?)
                    }
                },
                reason: self.value(reason, context)?,
                timeout: self.milliseconds(timeout, context)?,
            }),
            Op::Callers { bind } => {
                let callers = self.callers_term(context);
                self.bound(bind.as_ref(), callers, context)?
            }
            Op::ExitSelf(reason) => Flow::Raise(Raise::Exit(self.value(reason, context)?)),
            Op::Raise(value) => Flow::Raise(Raise::Error(self.value(value, context)?)),
            Op::Throw(value) => Flow::Raise(Raise::Throw(self.value(value, context)?)),
            Op::TaskReturn(value) => {
                self.returning.reply = Some(self.value(value, context)?);
                Flow::Return
            }
            Op::Async { .. } => self.begin_async(operation, context)?,
            Op::AsyncStream(stream) => self.begin_stream(stream, context)?,
            Op::AwaitTask { task, timeout, .. } => self.begin_wait(task, timeout, true, context)?,
            Op::YieldTask { task, timeout, .. } => self.begin_wait(task, timeout, false, context)?,
            Op::ShutdownTask { task, how, .. } => self.begin_shutdown(task, *how, context)?,

            Op::Supervise { supervisor, request, .. } => {
                let whom = self.whom(supervisor, context)?;
                let known = match &whom {
                    Whom::Known(target) => *target,
                    // Only whether it is a dynamic supervisor matters here.
                    Whom::Via(via) => {
                        Target::Pid(via.whereis(context).ok().flatten().unwrap_or(context.pid()))
                    }
                };
                match self.supervise(known, request, context)? {
                    Ok(request) => call(whom, Request::Supervisor(Box::new(request)), None, context)?,
                    Err(Refused::Returns(term)) => self.supervised(operation, term, context)?,
                    Err(Refused::Raises(raise)) => Flow::Raise(raise),
                }
            }
            Op::CodeChange { supervisor, init, .. } => Flow::Block(Block::CodeChange {
                target: self.target(supervisor, context)?,
                init: init.clone(),
            }),
            Op::Suspend { target, .. } => {
                let whom = self.whom(target, context)?;
                call(whom, Request::System(SystemRequest::Suspend), Some(otp::SYS_TIMEOUT_MS), context)?
            }
            Op::Resume { target, .. } => {
                let whom = self.whom(target, context)?;
                call(whom, Request::System(SystemRequest::Resume), Some(otp::SYS_TIMEOUT_MS), context)?
            }
            Op::CheckChildspecs { specs, auto_shutdown, bind } => {
                let specs = self.value(specs, context)?;
                let auto_shutdown = match auto_shutdown {
                    Some(value) => Some(self.value(value, context)?),
                    None => None,
                };
                let result = otp::check_childspecs(&specs, auto_shutdown.as_ref(), context.image().release());
                self.bound(bind.as_ref(), result, context)?
            }
            Op::ChildSpec { of, overrides, bind } => {
                let spec = self.child_spec(of, overrides, context)?;
                self.bound(bind.as_ref(), spec, context)?
            }
            Op::Registry(asked) => self.enlist(asked, context)?,
            Op::StartApplication { .. } | Op::StopApplication(_) => self.control(&operation.kind, context),

            Op::Acquire(resource) => {
                let holder = (*resource, context.pid());
                *context.common_mut().resources.entry(holder).or_insert(0) += 1;
                self.done(Atom::OK.into())
            }
            Op::Release(resource) => {
                let holder = (*resource, context.pid());
                let resources = &mut context.common_mut().resources;
                match resources.get_mut(&holder) {
                    Some(1) => drop(resources.remove(&holder)),
                    Some(times) => *times -= 1,
                    None => return Err(Fault::Error(Atom::BADARG.into())),
                }
                self.done(Atom::OK.into())
            }
            Op::Log { text, values } => {
                let values =
                    values.iter().map(|value| self.value(value, context)).collect::<Result<Vec<_>, _>>()?;
                say(|| Note::Log { text: text.clone(), values }, context);
                Flow::Next
            }

            Op::Connection(change) => {
                nodes::change(*change, context);
                self.done(Term::boolean(true))
            }

            Op::Expect(expected) => self.expect(expected, operation.span, context)?,
            Op::Settle(within) => {
                Flow::Block(Block::Quiet(self.milliseconds(within, context)?.unwrap_or(u64::MAX)))
            }
            Op::Await(client) => match self.await_client(*client, context) {
                Some(block) => Flow::Block(block),
                None => Flow::Next,
            },
        })
    }
}

/// `gen_server:call/3`. What looking for the process raises is wrapped as if the call had exited with it.
pub(super) fn call(
    whom: Whom,
    request: Request<Script>,
    timeout: Option<u64>,
    context: &mut ScriptContext<'_>,
) -> Result<Flow, Fault> {
    let (target, said) = match whom {
        Whom::Known(target) => (target, None),
        Whom::Via(via) => {
            let said = via.term();
            let why = match via.whereis(context) {
                Ok(Some(pid)) => {
                    return Ok(Flow::Block(Block::Call {
                        target: Target::Pid(pid),
                        request,
                        timeout,
                        said: Some(Box::new(said)),
                    }));
                }
                Ok(None) => Atom::NOPROC.into(),
                Err(raise) => raise.reason(),
            };
            return Err(Fault::Exit(otp::call_failure(why, &said, &request, timeout)));
        }
    };
    Ok(Flow::Block(Block::Call { target, request, timeout, said }))
}

pub(super) fn bad_argument() -> Fault {
    Fault::Error(Atom::BADARG.into())
}
