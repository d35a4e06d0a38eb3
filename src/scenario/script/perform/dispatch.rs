//! `dispatch parallel=#true`: `Registry.dispatch/4` with a task a partition (registry.ex, `dispatch_parallel/4`).
//!
//! The block is a closure, and so is the process that runs it here: a task that begins as a copy of the process
//! that it stands in, in the middle of its program, and ends where the block ends. What it changes in its copy
//! nobody sees.

use crate::kernel::{Atom, Pid, Ref, Term};
use crate::otp::{self, Awaited, Block, Raise, registry};

use super::super::super::language::Part;
use super::super::execution::{Copied, Execution, LastResult, Loop, Returning};
use super::super::frame::{Flow, Performed};
use super::super::{Script, ScriptContext};
use super::task::task_term;

impl Execution {
    pub(super) fn dispatch_part(&mut self, part: &Part, context: &mut ScriptContext<'_>) -> Performed {
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
                let copies: Vec<Execution> = (0..tasks).rev().map(begin).collect();
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
    pub(super) fn dispatched(&mut self, awaited: Awaited, context: &ScriptContext<'_>) -> Performed {
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
                Err(Raise::Exit(Term::tuple([reason, call])))
            }
            _ => Ok(Flow::Jump(self.at)),
        }
    }

    pub(super) fn each_of(&mut self, entries: Vec<(Pid, Term)>) {
        let entries = entries.into_iter().rev().map(|(pid, value)| (pid.into(), value));
        self.loops.push(Loop::Each(entries.collect()));
    }

    /// A copy that runs a block of this process in another one.
    fn copy(&self, copied: Copied, context: &ScriptContext<'_>) -> Execution {
        Execution {
            at: copied.from,
            result: LastResult::Value(Atom::OK.into()),
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
