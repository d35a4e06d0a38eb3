//! The birth of processes, and their end.

use crate::kernel::{Atom, Pid, Ref, Spawn, Target, Term};
use crate::otp::{self, Actor, Block, Body, Cue, Message, Name, Raise, Started, Then, Ties};

use super::super::super::language::{Lowered, Processes, StartedFunction};
use super::super::execution::Execution;
use super::super::expression::Expression;
use super::super::frame::{Flow, Performed};
use super::super::launch::launch;
use super::super::operands::Whom;
use super::super::start::StartFunction;
use super::super::{Script, ScriptContext};

impl Execution {
    pub(super) fn perform_processes(
        &mut self,
        said: &Processes<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match said {
            Processes::Spawn { process, arguments, bind } => {
                let (pid, _) = self.spawn(process, arguments, [false, false, false], context)?;
                self.bound(bind, pid.into(), context)
            }
            Processes::SpawnLink { process, arguments, bind, priority } => {
                let (pid, _) = self.spawn(process, arguments, [true, false, *priority], context)?;
                self.bound(bind, pid.into(), context)
            }
            Processes::SpawnMonitor { process, arguments, bind, reference, alias, tag, priority } => {
                let tag = self.optional(tag, context)?;
                let (pid, monitor) = self.spawn(process, arguments, [false, true, *priority], context)?;
                let monitor = monitor.expect("it has been asked for");
                if let Some(mode) = alias {
                    context.activate(monitor, *mode);
                }
                self.tagged(monitor, tag);
                self.bound(reference, monitor.into(), context)?;
                self.bound(bind, pid.into(), context)
            }
            Processes::SpawnRequest { link, monitor, process, arguments, reference, tag, priority } => {
                let tag = self.optional(tag, context)?;
                let (pid, monitor) = self.spawn(process, arguments, [*link, *monitor, *priority], context)?;
                // The reference of the monitor, if there is one, is that of the request (erts, erl_bif_info.c
                // and bif.c, `spawn_request_4`; seen on OTP 25).
                let asked = monitor.unwrap_or_else(|| context.make_ref());
                let tag = tag.unwrap_or(Atom::SPAWN_REPLY.into());
                let answer = Term::tuple([tag, asked.into(), Atom::OK.into(), pid.into()]);
                context.answer_spawn(pid, Message::Info(answer));
                self.bound(reference, asked.into(), context)
            }
            Processes::Start { started, arguments, timeout, .. } => {
                let how = Ties { link: false, monitor: false };
                self.start(started, arguments, timeout.as_ref(), how, context)
            }
            Processes::StartLink { started, arguments, timeout, .. } => {
                let how = Ties { link: true, monitor: false };
                self.start(started, arguments, timeout.as_ref(), how, context)
            }
            Processes::StartMonitor { started, arguments, timeout, link, .. } => {
                let how = Ties { link: *link, monitor: true };
                self.start(started, arguments, timeout.as_ref(), how, context)
            }
            Processes::InitAck { value } => {
                let value = self.value(value, context)?;
                self.acknowledge(value, false, context)?;
                Ok(self.done(Atom::OK.into()))
            }
            Processes::InitFail { value, reason } => {
                let (value, reason) = (self.value(value, context)?, self.value(reason, context)?);
                if !context.image().release().failed_start_is_synchronous() {
                    return Err(Raise::Error(Atom::UNDEF.into()));
                }
                self.acknowledge(value, true, context)?;
                Err(Raise::Exit(reason))
            }
            Processes::EnterLoop { server, arguments, name, timeout, continues } => {
                let then = match (timeout, continues) {
                    (_, Some(value)) => Then::Continue(self.value(value, context)?),
                    (Some(timeout), None) => {
                        self.milliseconds(timeout, context)?.map_or(Then::Wait, Then::Timeout)
                    }
                    (None, None) => Then::Wait,
                };
                let start = self.start_function(server, arguments, None, context)?;
                self.enter_loop(&start, *name, then, context)
            }
            Processes::Stop { target, reason, timeout, .. } => Ok(Flow::Block(Block::Stop {
                target: match self.whom(target, context)? {
                    Whom::Known(target) => target,
                    Whom::Via(via) => {
                        let pid = via.whereis(context)?;
                        Target::Pid(pid.ok_or(Raise::Exit(Atom::NOPROC.into()))?)
                    }
                },
                reason: self.value(reason, context)?,
                timeout: self.milliseconds(timeout, context)?,
            })),
            Processes::ExitSelf { reason } => Ok(Flow::Raise(Raise::Exit(self.value(reason, context)?))),
            Processes::Raise { reason } => Ok(Flow::Raise(Raise::Error(self.value(reason, context)?))),
            Processes::Throw { value } => Ok(Flow::Raise(Raise::Throw(self.value(value, context)?))),
        }
    }

    pub(super) fn finish_processes(
        &mut self,
        said: &Processes<Lowered>,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match (said, cue) {
            (_, Cue::Started(Started::Raised(reason)) | Cue::StartedMonitor(Started::Raised(reason), _)) => {
                Err(Raise::Exit(reason))
            }
            (Processes::Start { bind, .. } | Processes::StartLink { bind, .. }, Cue::Started(started)) => {
                self.unwrapped(bind, started.into(), context)
            }
            (
                Processes::StartMonitor { started: of, bind, reference, .. },
                Cue::StartedMonitor(started, monitor),
            ) => self.finish_start_monitor(&of.start, [bind, reference], started, monitor, context),
            (Processes::Stop { bind, .. }, Cue::Stopped(Ok(()))) => {
                self.bound(bind, Atom::OK.into(), context)
            }
            (Processes::Stop { .. }, Cue::Stopped(Err(reason))) => Err(Raise::Exit(reason)),
            (said, cue) => unreachable!("{said:?} does not wait for {cue:?}"),
        }
    }

    /// Spawns a plain process: whether it is linked and monitored, and whether what comes of that is a priority
    /// message.
    fn spawn(
        &mut self,
        process: &StartFunction,
        arguments: &[Expression],
        [link, monitor, priority]: [bool; 3],
        context: &mut ScriptContext<'_>,
    ) -> Result<(Pid, Option<Ref>), Raise> {
        let start = self.start_function(process, arguments, None, context)?;
        let otp::Launch::Spawn(newborn) = launch(&start, None, context) else {
            return Err(Raise::Error(Atom::UNDEF.into()));
        };
        let script = match newborn.body {
            Body::Plain(script) => script,
            Body::Process(script) => script.without_ancestor(),
            _ => unreachable!("only processes are spawned: the parser has seen to it"),
        };
        let actor = Actor::Plain(otp::Plain::new(script));
        let options = Spawn { label: newborn.label, link, monitor, awaited: false };
        let (pid, monitor) = context.spawn(actor, options);
        if let Some(monitor) = monitor.filter(|_| priority) {
            context.prefer_monitor(monitor);
        }
        if link && priority {
            context.link_with(pid, true).expect("it lives and is linked already");
        }
        Ok((pid, monitor))
    }

    fn start(
        &self,
        started: &StartedFunction,
        arguments: &[Expression],
        timeout: Option<&Expression>,
        how: Ties,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let mut start = self.start_function(&started.start, arguments, started.via.as_ref(), context)?;
        if let Some(Name::Via(via)) = &start.name {
            // What looking for the name raises is raised here, in the caller.
            via.whereis(context)?;
        }
        if let Some(timeout) = timeout {
            start.timeout = self.milliseconds(timeout, context)?;
        }
        let launch = launch(&start, Some(self.callers_of_task(context)), context);
        let label = start.name.as_ref().and_then(Name::local);
        Ok(Flow::Block(Block::Start { launch, label, how }))
    }
}
