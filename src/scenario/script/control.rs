//! What comes next in a program: jumps, loops, and what a value matches.

use crate::kernel::{Atom, Context, Term};
use crate::otp::Actor;

use super::Script;
use super::frame::{Flow, Frame, Loop, Outcome};
use super::perform::Fault;
use super::program::{Address, Expression, Pattern, Question, Slot, Store};

/// Leads through a program.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum Control {
    Jump(Address),
    /// Jumps when the answer is no.
    Unless(Question, Address),
    /// Jumps to the first clause that matches the value, or the last result.
    Match {
        value: Option<Expression>,
        clauses: Vec<(Pattern, Address)>,
        otherwise: Option<Address>,
    },
    EachBegin(Store),
    EachNext {
        key: Slot,
        value: Option<Slot>,
        end: Address,
    },
    RepeatBegin(u64),
    RepeatNext(Address),
    EventuallyBegin {
        within: Expression,
        every: Expression,
    },
    EventuallyEnd,
    /// Forgets the variables that a repeated block binds.
    Unbind(Vec<Slot>),
    /// The callback or process ends.
    Return,
}

impl Frame {
    /// Carries it out.
    pub(super) fn steer(
        &mut self,
        said: &Control,
        context: &mut Context<'_, Actor<Script>>,
    ) -> Result<Flow, Fault> {
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
                        Outcome::Value(term) | Outcome::Exit(term) | Outcome::Raise(term) => term.clone(),
                    },
                };
                for (pattern, address) in clauses {
                    if self.bind(pattern, &value, context) {
                        return Ok(Flow::Jump(*address));
                    }
                }
                match otherwise {
                    Some(address) => Flow::Jump(*address),
                    None => return Err(Fault::Error(Term::tagged(Atom::CASE_CLAUSE, value))),
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
            Control::Return => Flow::Return,
        })
    }
}
