//! Tasks, as their owners see them: starting them, and waiting for them.

use std::collections::VecDeque;

use crate::kernel::{Atom, Pid, Ref, Target, Term};
use crate::otp::{
    self, Awaited, Block, CallTimeout, ChildSpec, ChildType, Cue, Raise, Request, Restart, Shutdown, Stream,
    StreamItem, StreamSource,
};

use super::super::super::language::{Lowered, Tasks};
use super::super::execution::Execution;
use super::super::expression::Expression;
use super::super::frame::{Flow, Performed};
use super::super::operands::{Whom, call};
use super::super::start::Callers;
use super::super::start::{Module, StartFunction};
use super::super::{Script, ScriptContext};

/// What a `%Task{}` says.
struct Struct {
    pid: Pid,
    reference: Ref,
    term: Term,
}

impl Execution {
    pub(super) fn perform_tasks(
        &mut self,
        said: &Tasks<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match said {
            Tasks::Return { value } => {
                self.returning.reply = Some(self.value(value, context)?);
                Ok(Flow::Return)
            }
            Tasks::Callers { bind } => {
                let callers = self.callers_term(context);
                self.bound(bind, callers, context)
            }
            Tasks::Async { .. } => self.begin_async(said, context),
            Tasks::AsyncStream { .. } => self.begin_stream(said, context),
            Tasks::Await { task, timeout, .. } => self.begin_wait(task, timeout, true, context),
            Tasks::Yield { task, timeout, .. } => self.begin_wait(task, timeout, false, context),
            Tasks::Shutdown { task, how, .. } => {
                let Struct { pid: task, reference, .. } = self.own_task(task, context)?;
                Ok(Flow::Block(Block::TaskShutdown { task, reference, how: *how }))
            }
        }
    }

    pub(super) fn finish_tasks(
        &mut self,
        said: &Tasks<Lowered>,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match (said, cue) {
            (Tasks::Async { .. }, Cue::Called(Ok(reply))) => self.finish_async(said, reply, context),
            (Tasks::AsyncStream { bind, .. }, Cue::Streamed(results)) => self.bound(bind, results?, context),
            (Tasks::Await { bind, .. }, Cue::Awaited(Awaited::Value(reply))) => {
                self.bound(bind, reply, context)
            }
            (Tasks::Await { task, timeout, .. }, Cue::Awaited(ended)) => {
                let why = match ended {
                    Awaited::Down(reason) => reason,
                    Awaited::TimedOut | Awaited::Value(_) => Atom::TIMEOUT.into(),
                };
                let arguments = [self.own_task(task, context)?.term, self.value(timeout, context)?];
                let call = Term::tuple([Atom::TASK.into(), Atom::AWAIT.into(), Term::list(arguments)]);
                Err(Raise::Exit(Term::tuple([why, call])))
            }
            (Tasks::Yield { bind, .. }, Cue::Awaited(ended)) => {
                let result = match ended {
                    Awaited::Value(reply) => Term::tagged(Atom::OK, reply),
                    Awaited::Down(reason) => Term::tagged(Atom::EXIT_TAG, reason),
                    Awaited::TimedOut => Atom::NIL.into(),
                };
                self.bound(bind, result, context)
            }
            (Tasks::Shutdown { bind, .. }, Cue::TaskShutDown(result)) => self.bound(bind, result, context),
            (said, cue) => unreachable!("{said:?} does not wait for {cue:?}"),
        }
    }

    /// `Task.async/3`, or what `Task.Supervisor.async/5` asks its supervisor.
    fn begin_async(&mut self, said: &Tasks<Lowered>, context: &mut ScriptContext<'_>) -> Performed {
        let Tasks::Async { task, arguments, supervisor, shutdown, .. } = said else {
            unreachable!("only tasks are begun here")
        };
        let start = self.start_function(task, arguments, None, context)?;
        let function = self.function(&start, context)?;
        let Some(supervisor) = supervisor else {
            let (pid, reference) = otp::start_async(start.name_of_module, function, context);
            return self.has_task(said, &start, pid, reference, context);
        };
        let whom = self.whom(supervisor, context)?;
        let spec = task_spec(&start, true, Restart::Temporary, *shutdown, self.callers_of_task(context));
        self.asked = Some(Box::new(start));
        let request = Request::Supervisor(Box::new(otp::SupervisorRequest::StartChild(spec)));
        call(whom, request, CallTimeout::Infinity, context)
    }

    /// The supervisor has answered.
    fn finish_async(
        &mut self,
        said: &Tasks<Lowered>,
        reply: Term,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let start = *self.asked.take().expect("it has asked for a task");
        match reply.untag(Atom::OK) {
            Some(Term::Pid(pid)) => {
                if matches!(said, Tasks::Async { linked: true, .. }) {
                    context.link(*pid).map_err(|_| Raise::Error(Atom::NOPROC.into()))?;
                }
                let reference = otp::hand_over(*pid, self.function(&start, context)?, context);
                self.has_task(said, &start, *pid, reference, context)
            }
            _ if reply.untag(Atom::ERROR).is_some_and(|why| why.is(Atom::MAX_CHILDREN)) => {
                Err(Raise::Error(Atom::RUNTIME_ERROR.into()))
            }
            _ => Err(Raise::Error(Term::tagged(Atom::CASE_CLAUSE, reply))),
        }
    }

    /// The owner holds a new `%Task{}`.
    fn has_task(
        &mut self,
        said: &Tasks<Lowered>,
        start: &StartFunction,
        owned: Pid,
        by: Ref,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let Tasks::Async { bind, pid, reference, .. } = said else {
            unreachable!("only tasks are started here")
        };
        let arity = i64::try_from(start.arguments.len()).unwrap_or(i64::MAX);
        let mfa = Term::tuple([start.name_of_module.into(), Atom::RUN.into(), Term::Int(arity)]);
        let task = task_term(mfa, context.pid(), owned, by);
        self.bound(pid, owned.into(), context)?;
        self.bound(reference, by.into(), context)?;
        self.bound(bind, task, context)
    }

    /// `Task.async_stream/5`, or that of `Task.Supervisor`, and what reads it.
    fn begin_stream(&mut self, said: &Tasks<Lowered>, context: &mut ScriptContext<'_>) -> Performed {
        let Tasks::AsyncStream {
            linked,
            task,
            arguments,
            over,
            supervisor,
            shutdown,
            max_concurrency,
            ordered,
            timeout,
            kills_late_tasks,
            zips_input,
            take,
            bind,
        } = said
        else {
            unreachable!("only streams are begun here")
        };
        let inputs = match self.value(over, context)? {
            Term::List(inputs, _) => inputs,
            _ => return Err(Raise::Error(Atom::PROTOCOL_UNDEFINED_ERROR.into())),
        };
        let start = self.start_function(task, arguments, None, context)?;
        let mut items = VecDeque::new();
        for input in inputs.iter() {
            let mut start = start.clone();
            start.arguments.insert(0, input.clone());
            items.push_back(StreamItem { function: self.function(&start, context)?, input: input.clone() });
        }
        let source = match supervisor {
            None => StreamSource::Monitor(start.name_of_module),
            Some(supervisor) => {
                let (target, via) = match self.whom(supervisor, context)? {
                    Whom::Known(target) => (target, None),
                    Whom::Via(via) => (Target::Pid(context.pid()), Some(Box::new(via))),
                };
                let spec =
                    task_spec(&start, true, Restart::Temporary, *shutdown, self.callers_of_task(context));
                StreamSource::Supervisor { target, via, spec: Box::new(spec), linked: *linked }
            }
        };
        let stream = Stream {
            items,
            source,
            max_concurrency: *max_concurrency,
            ordered: *ordered,
            timeout: self.milliseconds(timeout, context)?,
            kills_late_tasks: *kills_late_tasks,
            zips_input: *zips_input,
            wanted: *take,
        };
        if stream.wanted == Some(0) {
            // `Enum.take/2` of nothing does not even look.
            return self.bound(bind, Term::list([]), context);
        }
        Ok(Flow::Block(Block::Stream(Box::new(stream))))
    }

    /// `Task.await/2`, `Task.yield/2`: waits.
    fn begin_wait(
        &self,
        task: &Expression,
        timeout: &Expression,
        gives_up: bool,
        context: &ScriptContext<'_>,
    ) -> Performed {
        let Struct { pid: task, reference, .. } = self.own_task(task, context)?;
        let timeout = self.milliseconds(timeout, context)?;
        Ok(Flow::Block(Block::Await { task, reference, gives_up, timeout }))
    }

    /// A task of this process: nobody else may ask for it.
    fn own_task(&self, task: &Expression, context: &ScriptContext<'_>) -> Result<Struct, Raise> {
        let term = self.value(task, context)?;
        match (term.field(Atom::PID), term.field(Atom::REF), term.field(Atom::OWNER)) {
            (Some(Term::Pid(pid)), Some(Term::Ref(reference)), Some(Term::Pid(owner))) => {
                if *owner != context.pid() {
                    return Err(Raise::Error(Atom::ARGUMENT_ERROR.into()));
                }
                Ok(Struct { pid: *pid, reference: *reference, term })
            }
            _ => Err(Raise::Error(Atom::FUNCTION_CLAUSE.into())),
        }
    }

    /// What a task runs that this process starts.
    pub(super) fn function(
        &self,
        start: &StartFunction,
        context: &ScriptContext<'_>,
    ) -> Result<Script, Raise> {
        let Module::Definition(number) = start.module else { return Err(Raise::Error(Atom::UNDEF.into())) };
        let definition = context.image().program(number);
        if definition.arguments.len() != start.arguments.len() {
            return Err(Raise::Error(Atom::UNDEF.into()));
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

/// The task as its owner holds it: `%Task{}`
pub(super) fn task_term(mfa: Term, owner: Pid, pid: Pid, reference: Ref) -> Term {
    Term::map([
        (Atom::STRUCT.into(), Atom::TASK.into()),
        (Atom::MFA.into(), mfa),
        (Atom::OWNER.into(), owner.into()),
        (Atom::PID.into(), pid.into()),
        (Atom::REF.into(), reference.into()),
    ])
}
