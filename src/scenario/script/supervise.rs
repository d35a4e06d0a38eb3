//! The functions of the supervisors' API: what is asked, and what `as=` makes of the answer.

use crate::kernel::{Atom, Context, Target, Term};
use crate::otp::{self, Actor, ChildSpec, Restart};

use super::Script;
use super::frame::{Flow, Frame};
use super::operation::{Operation, OperationKind, Request, SuperviseRequest};
use super::perform::{Fault, Refused};
use super::{raw, task};

type ScriptContext<'a> = Context<'a, Actor<Script>>;

impl Frame {
    /// What a supervisor is asked; an error is an answer that the API function gives by itself.
    pub(super) fn supervise(
        &mut self,
        target: Target,
        request: &SuperviseRequest,
        context: &ScriptContext<'_>,
    ) -> Result<Result<Request, Refused>, Fault> {
        use otp::SupervisorRequest as Asked;
        Ok(Ok(match request {
            SuperviseRequest::Start(spec, arguments, via) => {
                let mut spec = (**spec).clone();
                spec.start = self.start_function(&spec.start, arguments, via.as_ref(), context)?;
                if let Some(refused) = raw::refused_by_caller(target, &spec, context) {
                    return Ok(Err(refused));
                }
                Asked::StartChild(spec)
            }
            SuperviseRequest::StartTask { spec, restart, shutdown, arguments } => {
                let start = self.start_function(&spec.start, arguments, None, context)?;
                if !raw::supervises_tasks(target, context) {
                    let spec = ChildSpec { start, ..(**spec).clone() };
                    return Ok(match raw::refused_by_caller(target, &spec, context) {
                        Some(refused) => Err(refused),
                        None => Ok(Asked::StartChild(spec)),
                    });
                }
                self.function(&start, context)?;
                let told = context.image().release().supervised_task_is_told_its_work();
                let waits = told && *restart == Restart::Temporary;
                let spec = task::task_spec(&start, waits, *restart, *shutdown, self.callers_of_task(context));
                self.asked = waits.then(|| Box::new(start));
                Asked::StartChild(spec)
            }
            SuperviseRequest::StartRaw(spec) => {
                let spec = self.value(spec, context)?;
                return Ok(self.raw_child(target, spec, context));
            }
            SuperviseRequest::StartWith(arguments) => {
                let arguments = arguments
                    .iter()
                    .map(|argument| self.value(argument, context))
                    .collect::<Result<_, _>>()?;
                Asked::StartWith(arguments)
            }
            SuperviseRequest::Terminate(child) => Asked::TerminateChild(self.value(child, context)?),
            SuperviseRequest::Restart(child) => Asked::RestartChild(self.value(child, context)?),
            SuperviseRequest::Delete(child) => Asked::DeleteChild(self.value(child, context)?),
            SuperviseRequest::WhichChildren => Asked::WhichChildren,
            SuperviseRequest::WhichChild(child) => Asked::WhichChild(self.value(child, context)?),
            SuperviseRequest::CountChildren => Asked::CountChildren,
            SuperviseRequest::GetChildspec(child) => Asked::GetChildspec(self.value(child, context)?),
        }))
    }

    pub(super) fn supervised(
        &mut self,
        operation: &Operation,
        reply: Term,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let OperationKind::Supervise { request, bind, .. } = &operation.kind else {
            unreachable!("only requests to supervisors come here")
        };
        if let (Some(start), Some(Term::Pid(pid))) = (self.asked.take(), reply.untag(Atom::OK)) {
            otp::tell_work(*pid, self.function(&start, context)?, context);
        }
        match request {
            SuperviseRequest::Start(..)
            | SuperviseRequest::StartTask { .. }
            | SuperviseRequest::StartRaw(_)
            | SuperviseRequest::StartWith(_)
            | SuperviseRequest::Restart(_)
            | SuperviseRequest::WhichChild(_)
            | SuperviseRequest::GetChildspec(_) => self.unwrapped(bind.as_ref(), reply, context),
            SuperviseRequest::Terminate(_)
            | SuperviseRequest::Delete(_)
            | SuperviseRequest::WhichChildren
            | SuperviseRequest::CountChildren => self.bound(bind.as_ref(), reply, context),
        }
    }
}
