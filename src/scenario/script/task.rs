//! Tasks, as their owners see them: starting them, and waiting for them.

use std::collections::VecDeque;

use crate::kernel::{Atom, Context, Pid, Ref, Target, Term};
use crate::otp::{
    self, Actor, Awaited, Block, ChildSpec, ChildType, Request, Restart, Shutdown, Stream, StreamItem,
    StreamSource,
};

use super::Script;
use super::callers::Callers;
use super::frame::{Flow, Frame};
use super::launch::{Module, StartFunction};
use super::operands::Whom;
use super::operation::{AsyncStream, Operation, OperationKind};
use super::perform::{Fault, call};
use super::program::Expression;

type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// What a `%Task{}` says.
struct Struct {
    pid: Pid,
    reference: Ref,
    term: Term,
}

impl Frame {
    /// `Task.async/3`, or what `Task.Supervisor.async/5` asks its supervisor.
    pub(super) fn begin_async(
        &mut self,
        operation: &Operation,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let OperationKind::Async { start, arguments, supervisor, shutdown, .. } = &operation.kind else {
            unreachable!("only tasks are begun here")
        };
        let start = self.start_function(start, arguments, None, context)?;
        let function = self.function(&start, context)?;
        let Some(supervisor) = supervisor else {
            let (pid, reference) = otp::start_async(start.name_of_module, function, context);
            return self.has_task(operation, &start, pid, reference, context);
        };
        let whom = self.whom(supervisor, context)?;
        let spec = task_spec(&start, true, Restart::Temporary, *shutdown, self.callers_of_task(context));
        self.asked = Some(Box::new(start));
        let request = Request::Supervisor(Box::new(otp::SupervisorRequest::StartChild(spec)));
        call(whom, request, None, context)
    }

    /// The supervisor has answered.
    pub(super) fn finish_async(
        &mut self,
        operation: &Operation,
        reply: Term,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let OperationKind::Async { link, .. } = &operation.kind else {
            unreachable!("only tasks are finished here")
        };
        let start = *self.asked.take().expect("it has asked for a task");
        match reply.untag(Atom::OK) {
            Some(Term::Pid(pid)) => {
                if *link {
                    context.link(*pid).map_err(|_| Fault::Error(Atom::NOPROC.into()))?;
                }
                let reference = otp::hand_over(*pid, self.function(&start, context)?, context);
                self.has_task(operation, &start, *pid, reference, context)
            }
            _ if reply.untag(Atom::ERROR).is_some_and(|why| why.is(Atom::MAX_CHILDREN)) => {
                Err(Fault::Error(Atom::RUNTIME_ERROR.into()))
            }
            _ => Err(Fault::Error(Term::tagged(Atom::CASE_CLAUSE, reply))),
        }
    }

    /// The owner holds a new `%Task{}`.
    fn has_task(
        &mut self,
        operation: &Operation,
        start: &StartFunction,
        pid: Pid,
        reference: Ref,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let OperationKind::Async { bind, pid: bind_pid, reference: bind_reference, .. } = &operation.kind
        else {
            unreachable!("only tasks are started here")
        };
        let arity = i64::try_from(start.arguments.len()).unwrap_or(i64::MAX);
        let mfa = Term::tuple([start.name_of_module.into(), Atom::RUN.into(), Term::Int(arity)]);
        let task = task_term(mfa, context.pid(), pid, reference);
        self.bound(bind_pid.as_ref(), pid.into(), context)?;
        self.bound(bind_reference.as_ref(), reference.into(), context)?;
        self.bound(bind.as_ref(), task, context)
    }

    /// `Task.async_stream/5`, or that of `Task.Supervisor`, and what reads it.
    pub(super) fn begin_stream(
        &mut self,
        said: &AsyncStream,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let inputs = match self.value(&said.over, context)? {
            Term::List(inputs) => inputs,
            _ => return Err(Fault::Error(Atom::PROTOCOL_UNDEFINED_ERROR.into())),
        };
        let start = self.start_function(&said.start, &said.arguments, None, context)?;
        let mut items = VecDeque::new();
        for input in inputs.iter() {
            let mut start = start.clone();
            start.arguments.insert(0, input.clone());
            items.push_back(StreamItem { function: self.function(&start, context)?, input: input.clone() });
        }
        let source = match &said.supervisor {
            None => StreamSource::Monitor(start.name_of_module),
            Some(supervisor) => {
                let (target, via) = match self.whom(supervisor, context)? {
                    Whom::Known(target) => (target, None),
                    Whom::Via(via) => (Target::Pid(context.pid()), Some(Box::new(via))),
                };
                let spec =
                    task_spec(&start, true, Restart::Temporary, said.shutdown, self.callers_of_task(context));
                StreamSource::Supervisor { target, via, spec: Box::new(spec), linked: said.link }
            }
        };
        let stream = Stream {
            items,
            source,
            max_concurrency: said.max_concurrency,
            ordered: said.ordered,
            timeout: self.milliseconds(&said.timeout, context)?,
            kills_late_tasks: said.kills_late_tasks,
            zips_input: said.zips_input,
            wanted: said.take,
        };
        if stream.wanted == Some(0) {
            // `Enum.take/2` of nothing does not even look.
            return self.bound(said.bind.as_ref(), Term::list([]), context);
        }
        Ok(Flow::Block(Block::Stream(Box::new(stream))))
    }

    /// `Task.await/2`, `Task.yield/2`: waits.
    pub(super) fn begin_wait(
        &self,
        task: &Expression,
        timeout: &Expression,
        gives_up: bool,
        context: &ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let Struct { pid: task, reference, .. } = self.own_task(task, context)?;
        let timeout = self.milliseconds(timeout, context)?;
        Ok(Flow::Block(Block::Await { task, reference, gives_up, timeout }))
    }

    /// What `Task.await/2` and `Task.yield/2` make of how the wait has ended.
    pub(super) fn finish_wait(
        &mut self,
        operation: &Operation,
        awaited: Awaited,
        context: &ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        match (&operation.kind, awaited) {
            (OperationKind::AwaitTask { bind, .. }, Awaited::Value(reply)) => {
                self.bound(bind.as_ref(), reply, context)
            }
            (OperationKind::AwaitTask { task, timeout, .. }, ended) => {
                let why = match ended {
                    Awaited::Down(reason) => reason,
                    Awaited::TimedOut | Awaited::Value(_) => Atom::TIMEOUT.into(),
                };
                let arguments = [self.own_task(task, context)?.term, self.value(timeout, context)?];
                let call = Term::tuple([Atom::TASK.into(), Atom::AWAIT.into(), Term::list(arguments)]);
                Ok(self.exited(operation, Term::tuple([why, call]), context))
            }
            (OperationKind::YieldTask { bind, .. }, ended) => {
                let result = match ended {
                    Awaited::Value(reply) => Term::tagged(Atom::OK, reply),
                    Awaited::Down(reason) => Term::tagged(Atom::EXIT_TAG, reason),
                    Awaited::TimedOut => Atom::NIL.into(),
                };
                self.bound(bind.as_ref(), result, context)
            }
            (OperationKind::Registry(_), awaited) => Ok(self.dispatched(operation, awaited, context)),
            (kind, _) => unreachable!("{kind:?} awaits no task"),
        }
    }

    /// `Task.shutdown/2`.
    pub(super) fn begin_shutdown(
        &self,
        task: &Expression,
        how: Shutdown,
        context: &ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let Struct { pid: task, reference, .. } = self.own_task(task, context)?;
        Ok(Flow::Block(Block::TaskShutdown { task, reference, how }))
    }

    /// A task of this process: nobody else may ask for it.
    fn own_task(&self, task: &Expression, context: &ScriptContext<'_>) -> Result<Struct, Fault> {
        let term = self.value(task, context)?;
        match (term.field(Atom::PID), term.field(Atom::REF), term.field(Atom::OWNER)) {
            (Some(Term::Pid(pid)), Some(Term::Ref(reference)), Some(Term::Pid(owner))) => {
                if *owner != context.pid() {
                    return Err(Fault::Error(Atom::ARGUMENT_ERROR.into()));
                }
                Ok(Struct { pid: *pid, reference: *reference, term })
            }
            _ => Err(Fault::Error(Atom::FUNCTION_CLAUSE.into())),
        }
    }

    /// What a task runs that this process starts.
    pub(super) fn function(
        &self,
        start: &StartFunction,
        context: &ScriptContext<'_>,
    ) -> Result<Script, Fault> {
        let Module::Definition(number) = start.module else { return Err(Fault::Error(Atom::UNDEF.into())) };
        let definition = context.image().definition(number);
        if definition.arguments.len() != start.arguments.len() {
            return Err(Fault::Error(Atom::UNDEF.into()));
        }
        Ok(Script::of(number, definition, &start.arguments).called_by(self.callers_of_task(context)))
    }
}

/// The child spec that `Task.Supervisor` makes of a task. One that `waits` is told its work by its owner.
pub(super) fn task_spec(
    start: &StartFunction,
    waits: bool,
    restart: Restart,
    shutdown: Shutdown,
    callers: Callers,
) -> ChildSpec<StartFunction> {
    let mut start = start.clone();
    if let Module::Definition(definition) = start.module {
        start.module = Module::Task { definition, callers, waits };
    }
    ChildSpec {
        id: Atom::TASK_SUPERVISED.into(),
        start,
        restart,
        significant: false,
        shutdown,
        kind: ChildType::Worker,
        modules: Some(Term::list([Atom::TASK_SUPERVISED.into()])),
    }
}

/// `%Task{}`
pub(super) fn task_term(mfa: Term, owner: Pid, pid: Pid, reference: Ref) -> Term {
    Term::map([
        (Atom::STRUCT.into(), Atom::TASK.into()),
        (Atom::MFA.into(), mfa),
        (Atom::OWNER.into(), owner.into()),
        (Atom::PID.into(), pid.into()),
        (Atom::REF.into(), reference.into()),
    ])
}
