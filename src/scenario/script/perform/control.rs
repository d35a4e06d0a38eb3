//! What comes next in a program: jumps, loops, and what a value matches.

use crate::kernel::{Atom, Term};
use crate::otp::{Block, Cue, Raise};

use super::super::super::language::{Control, Part};
use super::super::frame::{Execution, Flow, LastResult, Loop, Performed};
use super::super::{Script, ScriptContext};

impl Execution {
    pub(super) fn perform_control(&mut self, said: &Control, context: &mut ScriptContext<'_>) -> Performed {
        Ok(match said {
            Control::Jump(address) => Flow::Jump(*address),
            Control::Unless(question, address) => {
                if self.answer(question, context)? {
                    Flow::Next
                } else {
                    Flow::Jump(*address)
                }
            }
            Control::Match { value, clauses, otherwise } => {
                let value = match value {
                    Some(value) => self.value(value, context)?,
                    None => match &self.result {
                        LastResult::Value(term) | LastResult::Exit(term) | LastResult::Raise(term) => {
                            term.clone()
                        }
                    },
                };
                for (pattern, address) in clauses {
                    if self.bind(pattern, &value, context) {
                        return Ok(Flow::Jump(*address));
                    }
                }
                match otherwise {
                    Some(address) => Flow::Jump(*address),
                    None => return Err(Raise::Error(Term::tagged(Atom::CASE_CLAUSE, value))),
                }
            }
            Control::EachBegin(store) => {
                let mut entries = self.entries(*store, context);
                entries.reverse();
                self.loops.push(Loop::Each(entries));
                Flow::Next
            }
            Control::EachNext { key, value, end } => {
                let entry = match self.loops.last_mut() {
                    Some(Loop::Each(entries)) => entries.pop(),
                    _ => None,
                };
                match entry {
                    Some((k, v)) => {
                        self.slots[usize::from(*key)] = Some(k);
                        if let Some(slot) = value {
                            self.slots[usize::from(*slot)] = Some(v);
                        }
                        Flow::Next
                    }
                    None => {
                        self.loops.pop();
                        Flow::Jump(*end)
                    }
                }
            }
            Control::RepeatBegin(times) => {
                self.loops.push(Loop::Repeat(*times));
                Flow::Next
            }
            Control::RepeatNext(end) => match self.loops.last_mut() {
                Some(Loop::Repeat(left)) if *left > 0 => {
                    *left -= 1;
                    Flow::Next
                }
                _ => {
                    self.loops.pop();
                    Flow::Jump(*end)
                }
            },
            Control::EventuallyBegin { within, every } => {
                let within = self.milliseconds(within, context)?.unwrap_or(u64::MAX);
                let every = self.milliseconds(every, context)?.unwrap_or(0).max(1);
                let deadline = context.now().saturating_add(within);
                self.loops.push(Loop::Eventually { deadline, every, start: self.at + 1 });
                Flow::Next
            }
            Control::EventuallyEnd => {
                self.loops.pop();
                Flow::Next
            }
            Control::Unbind(slots) => {
                for slot in slots {
                    self.slots[usize::from(*slot)] = None;
                }
                Flow::Next
            }
            Control::Receive { after, .. } => {
                let after = after.as_ref().map(|(after, _)| self.milliseconds(after, context)).transpose()?;
                Flow::Block(Block::Receive(after.flatten()))
            }
            Control::Dispatch { .. } | Control::Parallel(_) | Control::Lock { .. } | Control::Unlock => {
                return self.perform_registry_block(said, context);
            }
            Control::Return => Flow::Return,
        })
    }

    pub(super) fn finish_control(
        &mut self,
        said: &Control,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match (said, cue) {
            (Control::Receive { clauses, .. }, Cue::Received(message)) => {
                let message = self.message_term(&message);
                for (pattern, address) in clauses {
                    if self.bind(pattern, &message, context) {
                        self.result = LastResult::Value(message);
                        return Ok(Flow::Jump(*address));
                    }
                }
                unreachable!("only a message that a clause takes is received")
            }
            (Control::Receive { after: Some((_, address)), .. }, Cue::TimeUp) => Ok(Flow::Jump(*address)),
            (Control::Lock { .. }, Cue::Called(answer)) => self.locked(answer),
            (Control::Parallel(Part::Await), Cue::Awaited(awaited)) => self.dispatched(awaited, context),
            (said, cue) => unreachable!("{said:?} does not wait for {cue:?}"),
        }
    }
}
