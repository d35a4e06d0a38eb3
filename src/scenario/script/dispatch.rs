//! `dispatch parallel=#true`: `Registry.dispatch/4` with a task a partition (registry.ex, `dispatch_parallel/4`).
//!
//! The block is a closure, and so is the process that runs it here: a task that begins as a copy of the process
//! that it stands in, in the middle of its program, and ends where the block ends. What it changes in its copy
//! nobody sees.

use crate::kernel::{Atom, Context, Pid, Ref, Term};
use crate::otp::{self, Actor, Awaited, Block, registry};

use super::super::ast::{Catch, RegistryStatement, Span};
use super::Script;
use super::compile::Compiler;
use super::frame::{Flow, Frame, Loop, Outcome, Returning};
use super::operation::{Operation, OperationKind};
use super::perform::Fault;
use super::program::{Address, Expression};
use super::registry::RegistryOperation;
use super::task::task_term;

type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// A part of dispatching in parallel, in the order of the program.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Starts the tasks and goes on where they are awaited; or begins the block itself.
    Start {
        /// The registry.
        registry: Atom,
        /// Whose processes.
        key: Expression,
        /// Where the tasks are awaited.
        awaited_at: Address,
    },
    /// A task looks for its processes. The block follows, once for each.
    Share {
        /// The registry.
        registry: Atom,
        /// Whose processes.
        key: Expression,
    },
    /// The block has been run: a task ends.
    End,
    /// The next task is awaited.
    Await,
}

/// What a task knows that runs a part of another process's program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Copied {
    /// Whose.
    owner: Pid,
    /// The partition whose processes it is about.
    place: usize,
    /// Where it begins.
    pub(super) from: Address,
}

impl Compiler<'_> {
    /// `Start`, `Share`, the block for each process, `End`, `Await`.
    pub(super) fn dispatch_in_parallel(&mut self, said: &RegistryStatement, span: Span, catch: Catch) {
        let RegistryStatement::Dispatch { entry, pid, value, body, .. } = said else {
            unreachable!("only a dispatch is lowered here")
        };
        let (registry, key) = self.registry_entry(entry);
        let (pid, value) = (self.slot(&pid.text), self.slot(&value.text));
        let part = |part| OperationKind::Registry(RegistryOperation::Parallel(part));
        self.catch = catch;
        let start = self.push(part(Part::Start { registry, key: key.clone(), awaited_at: 0 }), span);
        self.push(part(Part::Share { registry, key }), span);
        self.each(pid, Some(value), body, span);
        self.push(part(Part::End), span);
        let here = self.here();
        self.catch = catch;
        self.push(part(Part::Await), span);
        if let OperationKind::Registry(RegistryOperation::Parallel(Part::Start { awaited_at, .. })) =
            &mut self.operations[start].kind
        {
            *awaited_at = here;
        }
    }
}

impl Frame {
    pub(super) fn dispatch_part(
        &mut self,
        part: &Part,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        match part {
            Part::Start { registry, key, awaited_at } => {
                let tasks = registry::dispatch_tasks(*registry, context)?;
                if tasks == 0 {
                    let key = self.value(key, context)?;
                    let entries = registry::dispatch_entries(*registry, &key, context)?;
                    self.each_of(entries);
                    return Ok(Flow::Jump(self.at + 2));
                }
                let (owner, from) = (context.pid(), self.at + 1);
                let begin = |place| self.copy(Copied { owner, place, from }, context);
                let copies: Vec<Frame> = (0..tasks).rev().map(begin).collect();
                // They are awaited in the order in which they were started: the next one is the last here.
                let mut started: Vec<(Pid, Ref)> = copies
                    .into_iter()
                    .map(|copy| otp::start_async(Atom::DISPATCH, Script::Actor(Box::new(copy)), context))
                    .collect();
                started.reverse();
                self.loops.push(Loop::Tasks(started));
                Ok(Flow::Jump(*awaited_at))
            }
            Part::Share { registry, key } => {
                let place = self.copied.as_ref().expect("only a copy begins here").place;
                let key = self.value(key, context)?;
                let entries = registry::dispatch_share(*registry, &key, place, context)?;
                self.each_of(entries);
                Ok(Flow::Next)
            }
            Part::End => match &self.copied {
                None => {
                    let next = self.at + 2;
                    self.done(Atom::OK.into());
                    Ok(Flow::Jump(next))
                }
                Some(copied) => {
                    context.unlink(copied.owner);
                    Ok(Flow::Return)
                }
            },
            Part::Await => match self.loops.last() {
                Some(Loop::Tasks(left)) if let Some(&(task, reference)) = left.last() => {
                    Ok(Flow::Block(Block::Await { task, reference, gives_up: true, timeout: None }))
                }
                _ => {
                    self.loops.pop();
                    Ok(self.done(Atom::OK.into()))
                }
            },
        }
    }

    /// A task has ended: the next is awaited. `Task.await/2` exits if it has ended otherwise than it should.
    pub(super) fn dispatched(
        &mut self,
        operation: &Operation,
        awaited: Awaited,
        context: &ScriptContext<'_>,
    ) -> Flow {
        let ended = match self.loops.last_mut() {
            Some(Loop::Tasks(left)) => left.pop(),
            _ => None,
        };
        match (awaited, ended) {
            (Awaited::Down(reason), Some((pid, reference))) => {
                let mfa = Term::tuple([Atom::ERLANG.into(), Atom::APPLY.into(), Term::Int(2)]);
                let task = task_term(mfa, context.pid(), pid, reference);
                let arguments = Term::list([task, Atom::INFINITY.into()]);
                let call = Term::tuple([Atom::TASK.into(), Atom::AWAIT.into(), arguments]);
                self.loops.pop();
                self.exited(operation, Term::tuple([reason, call]), context)
            }
            _ => Flow::Jump(self.at),
        }
    }

    fn each_of(&mut self, entries: Vec<(Pid, Term)>) {
        let entries = entries.into_iter().rev().map(|(pid, value)| (pid.into(), value));
        self.loops.push(Loop::Each(entries.collect()));
    }

    /// A copy that runs a block of this process in another one.
    fn copy(&self, copied: Copied, context: &ScriptContext<'_>) -> Frame {
        Frame {
            at: copied.from,
            result: Outcome::Value(Atom::OK.into()),
            returning: Returning::default(),
            loops: Vec::new(),
            locks: Vec::new(),
            granted: false,
            callers: Some(self.callers_of_task(context)),
            copied: Some(Box::new(copied)),
            ..self.clone()
        }
    }
}
