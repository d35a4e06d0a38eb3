//! Supervisors and applications, as their callers see them.

use crate::kernel::{Atom, Target, Term};
use crate::otp::{
    self, Block, CallTimeout, ChildSpec, Cue, Raise, Refusal, Request, Restart, SupervisorRequest,
    SystemRequest,
};

use super::super::super::language::{Lowered, StartedChild, Supervisors};
use super::super::execution::Execution;
use super::super::expression::Expression;
use super::super::frame::{Flow, Performed};
use super::super::operands::{Whom, call};
use super::super::{Script, ScriptContext, application, raw};
use super::task::task_spec;

type Asked = SupervisorRequest<Script>;

impl Execution {
    pub(super) fn perform_supervisors(
        &mut self,
        said: &Supervisors<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let (supervisor, asked) = match said {
            Supervisors::StartChild { supervisor, child, .. } => {
                return self.start_child(said, supervisor, child, context);
            }
            Supervisors::TerminateChild { supervisor, child, .. } => {
                (supervisor, Asked::TerminateChild(self.value(child, context)?))
            }
            Supervisors::RestartChild { supervisor, child, .. } => {
                (supervisor, Asked::RestartChild(self.value(child, context)?))
            }
            Supervisors::DeleteChild { supervisor, child, .. } => {
                (supervisor, Asked::DeleteChild(self.value(child, context)?))
            }
            Supervisors::WhichChild { supervisor, child, .. } => {
                (supervisor, Asked::WhichChild(self.value(child, context)?))
            }
            Supervisors::GetChildspec { supervisor, child, .. } => {
                (supervisor, Asked::GetChildspec(self.value(child, context)?))
            }
            Supervisors::WhichChildren { supervisor, .. } => (supervisor, Asked::WhichChildren),
            Supervisors::CountChildren { supervisor, .. } => (supervisor, Asked::CountChildren),
            Supervisors::CodeChange { supervisor, init, .. } => {
                let target = self.target(supervisor, context)?;
                return Ok(Flow::Block(Block::CodeChange { target, init: init.clone() }));
            }
            Supervisors::Suspend { target, .. } => {
                return self.ask_system(target, SystemRequest::Suspend, context);
            }
            Supervisors::Resume { target, .. } => {
                return self.ask_system(target, SystemRequest::Resume, context);
            }
            Supervisors::CheckChildspecs { specs, auto_shutdown, bind } => {
                let specs = self.value(specs, context)?;
                let auto_shutdown = self.optional(auto_shutdown, context)?;
                let result = otp::check_childspecs(&specs, auto_shutdown.as_ref(), context.image().release());
                return self.bound(bind, result, context);
            }
            Supervisors::ChildSpec { of, overrides, bind } => {
                let spec = self.child_spec(of, overrides, context)?;
                return self.bound(bind, spec, context);
            }
            Supervisors::StartApplication { application, kind } => {
                return Ok(Flow::Block(application::start(*application, *kind, context.image())));
            }
            Supervisors::StopApplication { application } => {
                return Ok(Flow::Block(application::stop(*application, context.image())));
            }
        };
        let whom = self.whom(supervisor, context)?;
        call(whom, Request::Supervisor(Box::new(asked)), CallTimeout::Infinity, context)
    }

    fn start_child(
        &mut self,
        said: &Supervisors<Lowered>,
        supervisor: &Expression,
        child: &StartedChild,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let whom = self.whom(supervisor, context)?;
        let known = match &whom {
            Whom::Known(target) => *target,
            // Only whether it is a dynamic supervisor matters here.
            Whom::Via(via) => Target::Pid(via.whereis(context).ok().flatten().unwrap_or(context.pid())),
        };
        match self.started_child(known, child, context)? {
            Ok(asked) => call(whom, Request::Supervisor(Box::new(asked)), CallTimeout::Infinity, context),
            Err(Refusal::Returns(term)) => self.child_started(said, term, context),
            Err(Refusal::Raises(raise)) => Ok(Flow::Raise(raise)),
        }
    }

    pub(super) fn finish_supervisors(
        &mut self,
        said: &Supervisors<Lowered>,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let Cue::Called(Ok(reply)) = cue else { unreachable!("{said:?} does not wait for {cue:?}") };
        match said {
            Supervisors::StartChild { .. } => self.child_started(said, reply, context),
            Supervisors::RestartChild { bind, .. }
            | Supervisors::WhichChild { bind, .. }
            | Supervisors::GetChildspec { bind, .. } => self.unwrapped(bind, reply, context),
            Supervisors::TerminateChild { bind, .. }
            | Supervisors::DeleteChild { bind, .. }
            | Supervisors::WhichChildren { bind, .. }
            | Supervisors::CountChildren { bind, .. }
            | Supervisors::CodeChange { bind, .. }
            | Supervisors::Suspend { bind, .. }
            | Supervisors::Resume { bind, .. }
            | Supervisors::CheckChildspecs { bind, .. }
            | Supervisors::ChildSpec { bind, .. } => self.bound(bind, reply, context),
            Supervisors::StartApplication { .. } | Supervisors::StopApplication { .. } => {
                Ok(self.done(reply))
            }
        }
    }

    fn ask_system(
        &self,
        target: &Expression,
        request: SystemRequest<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let whom = self.whom(target, context)?;
        call(whom, Request::System(request), CallTimeout::Milliseconds(otp::SYS_TIMEOUT_MS), context)
    }

    /// What a supervisor is asked to start; an error is an answer that the API function gives by itself.
    fn started_child(
        &mut self,
        target: Target,
        child: &StartedChild,
        context: &ScriptContext<'_>,
    ) -> Result<Result<Asked, Refusal>, Raise> {
        let checked = |spec| match raw::refused_by_caller(target, &spec, context) {
            Some(refused) => Err(refused),
            None => Ok(Asked::StartChild(spec)),
        };
        Ok(match child {
            StartedChild::Spec { spec, arguments, via } => {
                let mut spec = (**spec).clone();
                spec.start = self.start_function(&spec.start, arguments, via.as_ref(), context)?;
                checked(spec)
            }
            StartedChild::Task { spec, restart, shutdown, arguments } => {
                let start = self.start_function(&spec.start, arguments, None, context)?;
                if !raw::supervises_tasks(target, context) {
                    return Ok(checked(ChildSpec { start, ..(**spec).clone() }));
                }
                self.function(&start, context)?;
                let told = context.image().release().supervised_task_is_told_its_work();
                let waits = told && *restart == Restart::Temporary;
                let spec = task_spec(&start, waits, *restart, *shutdown, self.callers_of_task(context));
                self.asked = waits.then(|| Box::new(start));
                Ok(Asked::StartChild(spec))
            }
            StartedChild::Raw(spec) => {
                let spec = self.value(spec, context)?;
                self.raw_child(target, spec, context)
            }
            StartedChild::Arguments(arguments) => {
                let arguments = arguments.iter().map(|argument| self.value(argument, context));
                Ok(Asked::StartWith(arguments.collect::<Result<_, _>>()?))
            }
        })
    }

    /// `start_child` has returned. A task that waits for it is told its work.
    fn child_started(
        &mut self,
        said: &Supervisors<Lowered>,
        reply: Term,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let Supervisors::StartChild { bind, .. } = said else {
            unreachable!("only the start of a child comes here")
        };
        if let (Some(start), Some(Term::Pid(pid))) = (self.asked.take(), reply.untag(Atom::OK)) {
            otp::tell_work(*pid, self.function(&start, context)?, context);
        }
        self.unwrapped(bind, reply, context)
    }
}
