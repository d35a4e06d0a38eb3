//! What comes next in a program: jumps, loops, and what a value matches.

use crate::kernel::{Atom, Term};
use crate::otp::{Block, Cue, Raise};

use super::super::super::language::{Control, End, Part};
use super::super::execution::{Execution, LastResult, Loop};
use super::super::expression::{Address, Pattern, Slot};
use super::super::frame::{Flow, Performed};
use super::super::operands::bad_argument;
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
                let outcome = match value {
                    Some(value) => LastResult::Value(self.value(value, context)?),
                    None => self.result.clone(),
                };
                if let Some(address) = self.first_match(clauses, &outcome, context) {
                    return Ok(Flow::Jump(address));
                }
                match (otherwise, outcome) {
                    // An exit that no clause is for goes on, as that of a `try` in Erlang does.
                    (_, LastResult::Exit(reason)) if catches(clauses) => return Err(Raise::Exit(reason)),
                    (_, LastResult::Raise(term)) if catches(clauses) => return Err(Raise::Error(term)),
                    (Some(address), _) => Flow::Jump(*address),
                    (None, outcome) => {
                        return Err(Raise::Error(Term::tagged(Atom::CASE_CLAUSE, outcome.term().clone())));
                    }
                }
            }
            Control::EachBegin(store) => {
                let entries = self.entries(*store, context);
                self.begin_each(entries)
            }
            Control::EachOf(list) => {
                let Term::List(members, _) = self.value(list, context)? else { return Err(bad_argument()) };
                self.begin_each(members.iter().map(|member| (member.clone(), Atom::NIL.into())).collect())
            }
            Control::EachNext { key, value, end } => self.next_of_each(*key, *value, *end),
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

    /// Where the first clause begins that what an operation has ended with matches.
    /// Walks entries, the first one first.
    fn begin_each(&mut self, mut entries: Vec<(Term, Term)>) -> Flow {
        entries.reverse();
        self.loops.push(Loop::Each(entries));
        Flow::Next
    }

    fn next_of_each(&mut self, key: Slot, value: Option<Slot>, end: Address) -> Flow {
        let entry = match self.loops.last_mut() {
            Some(Loop::Each(entries)) => entries.pop(),
            _ => None,
        };
        let Some((k, v)) = entry else {
            self.loops.pop();
            return Flow::Jump(end);
        };
        self.slots[usize::from(key)] = Some(k);
        if let Some(slot) = value {
            self.slots[usize::from(slot)] = Some(v);
        }
        Flow::Next
    }

    fn first_match(
        &mut self,
        clauses: &[(End, Pattern, Address)],
        outcome: &LastResult,
        context: &ScriptContext<'_>,
    ) -> Option<Address> {
        let catches = catches(clauses);
        let mut clauses = clauses.iter();
        clauses.find_map(|(of, pattern, address)| {
            let matches = match (outcome, of) {
                (LastResult::Value(value), End::Returned) => self.bind(pattern, value, context),
                (LastResult::Exit(reason), End::Exited) | (LastResult::Raise(reason), End::Raised) => {
                    self.matches_reason(pattern, reason, context)
                }
                // What a line before has expected, and so caught, is the last result like any other.
                (LastResult::Exit(reason) | LastResult::Raise(reason), End::Returned) if !catches => {
                    self.bind(pattern, reason, context)
                }
                _ => false,
            };
            matches.then_some(*address)
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

/// Whether any clause is for an exit or an error.
fn catches(clauses: &[(End, Pattern, Address)]) -> bool {
    clauses.iter().any(|(of, ..)| *of != End::Returned)
}
