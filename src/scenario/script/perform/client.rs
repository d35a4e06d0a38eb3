//! What clients expect, and what they do with supervisors and other clients to find out.

use crate::kernel::{Atom, Target, Term};
use crate::otp::{Block, CallTimeout, Cue, Request, SupervisorRequest};

use super::super::super::ast::{CountField, Span};
use super::super::super::language::{Clients, Expectation, Lowered};
use super::super::common::{ClientState, Liveness, Unmet};
use super::super::execution::{Execution, LastResult};
use super::super::expression::Pattern;
use super::super::frame::{Flow, Performed};
use super::super::{Note, Script, ScriptContext, find, say};

impl Execution {
    pub(super) fn perform_clients(
        &mut self,
        said: &Clients<Lowered>,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        Ok(match said {
            Clients::Log { text, values } => {
                let values = values.iter().map(|value| self.value(value, context));
                let values = values.collect::<Result<Vec<_>, _>>()?;
                say(|| Note::Log { text: text.clone(), values }, context);
                Flow::Next
            }
            Clients::Note { text } => {
                say(|| Note::Log { text: text.clone(), values: Vec::new() }, context);
                Flow::Next
            }
            Clients::Settle { within } => {
                Flow::Block(Block::Quiet(self.milliseconds(within, context)?.unwrap_or(u64::MAX)))
            }
            Clients::Expect { expected } => self.expect(expected, span, context)?,
            Clients::AwaitClient { client } => match self.await_client(*client, context) {
                Some(block) => Flow::Block(block),
                None => Flow::Next,
            },
        })
    }

    pub(super) fn finish_clients(
        &mut self,
        said: &Clients<Lowered>,
        cue: Cue<Script>,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match (said, cue) {
            (Clients::Expect { expected }, Cue::Called(Ok(reply))) => {
                self.expect_reply(expected, reply, span, context)
            }
            (Clients::Settle { .. }, Cue::Quiet(false)) => Ok(self.fail(Unmet::NotSettled, span, context)),
            (Clients::Settle { .. }, _) => Ok(Flow::Next),
            (Clients::AwaitClient { .. }, _) => {
                self.awaited = None;
                Ok(Flow::Next)
            }
            (said, cue) => unreachable!("{said:?} does not wait for {cue:?}"),
        }
    }

    /// Checks an expectation, or asks the supervisor that it is about.
    fn expect(
        &mut self,
        expected: &Expectation<Lowered>,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let failed = match (expected, self.result.clone()) {
            (
                Expectation::Result { pattern } | Expectation::Either { result: pattern, .. },
                LastResult::Value(value),
            ) => (!self.bind(pattern, &value, context)).then_some(Unmet::Result(value)),
            (Expectation::Result { .. }, LastResult::Exit(reason))
            | (Expectation::Result { .. } | Expectation::Either { .. }, LastResult::Raise(reason)) => {
                Some(Unmet::Exited(reason))
            }
            (
                Expectation::Exit { pattern } | Expectation::Either { exit: pattern, .. },
                LastResult::Exit(reason),
            )
            | (Expectation::Raise { pattern }, LastResult::Raise(reason)) => {
                (!self.matches_reason(pattern, &reason, context)).then_some(Unmet::OtherReason(reason))
            }
            (Expectation::Exit { .. } | Expectation::Raise { .. }, LastResult::Value(value)) => {
                Some(Unmet::Returned(value))
            }
            (
                Expectation::Exit { .. } | Expectation::Raise { .. },
                LastResult::Exit(reason) | LastResult::Raise(reason),
            ) => Some(Unmet::OtherReason(reason)),
            (Expectation::Restarted { ids }, _) => {
                self.first_that_is_not(ids, context, |condition| matches!(condition, Liveness::Restarted(_)))
            }
            (Expectation::Untouched { ids }, _) => {
                self.first_that_is_not(ids, context, |condition| condition == Liveness::Untouched)
            }
            (Expectation::Incarnation { id, number }, _) => {
                let wanted = *number;
                self.first_that_is_not(&[*id], context, |condition| match condition {
                    Liveness::Restarted(nth) => u64::from(nth) == wanted,
                    Liveness::Untouched => wanted == 1,
                    Liveness::Alive | Liveness::Dead => false,
                })
            }
            (Expectation::Alive { targets } | Expectation::Dead { targets }, _) => {
                let alive = matches!(expected, Expectation::Alive { .. });
                let mut wrong = None;
                for target in targets {
                    if wrong.is_none() && self.is_alive(target, context)? != alive {
                        let who = self.value(target, context)?;
                        let is = if alive { Liveness::Dead } else { Liveness::Alive };
                        wrong = Some(Unmet::Process { who, is });
                    }
                }
                wrong
            }
            (Expectation::Children { supervisor, .. }, _) => {
                let target = self.target(supervisor, context)?;
                return Ok(ask(target, SupervisorRequest::WhichChildren));
            }
            (Expectation::Count { supervisor, .. }, _) => {
                let target = self.target(supervisor, context)?;
                return Ok(ask(target, SupervisorRequest::CountChildren));
            }
            (Expectation::Condition { condition: asked }, _) => {
                if self.answer(&asked.question, context)? {
                    None
                } else {
                    Some(Unmet::Condition(self.sides(&asked.question, context)?))
                }
            }
        };
        Ok(match failed {
            None => Flow::Next,
            Some(why) => self.fail(why, span, context),
        })
    }

    /// The supervisor has answered.
    fn expect_reply(
        &mut self,
        expected: &Expectation<Lowered>,
        reply: Term,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let failed = match expected {
            Expectation::Children { ids, .. } => {
                let mut wanted = Vec::new();
                for id in ids {
                    wanted.push(self.value(id, context)?);
                }
                let children = child_ids(&reply);
                (children != wanted).then(|| Unmet::Children(Term::list(children), Term::list(wanted)))
            }
            Expectation::Count { counts, .. } => counts
                .iter()
                .any(|(field, wanted)| counted(&reply, *field) != i64::try_from(*wanted).ok())
                .then_some(Unmet::Counts(reply)),
            _ => unreachable!("nobody else asks a supervisor"),
        };
        Ok(match failed {
            None => Flow::Next,
            Some(why) => self.fail(why, span, context),
        })
    }

    /// The whole reason, or the first element of it: `noproc` for `{noproc, {gen_server, call, [..]}}`.
    pub(super) fn matches_reason(
        &mut self,
        pattern: &Pattern,
        reason: &Term,
        context: &ScriptContext<'_>,
    ) -> bool {
        self.bind(pattern, reason, context)
            || reason
                .as_tuple()
                .and_then(<[Term]>::first)
                .is_some_and(|first| self.bind(pattern, first, context))
    }

    fn first_that_is_not(
        &self,
        ids: &[Atom],
        context: &ScriptContext<'_>,
        wanted: impl Fn(Liveness) -> bool,
    ) -> Option<Unmet> {
        ids.iter().find_map(|id| {
            let who = Term::Atom(*id);
            let is = match find::living(context.world(), context.node(), &who) {
                None => Liveness::Dead,
                Some(process) if process.nth == 1 => Liveness::Untouched,
                Some(process) => Liveness::Restarted(process.nth),
            };
            (!wanted(is)).then_some(Unmet::Process { who, is })
        })
    }

    /// Waits for another client; none if it has ended already.
    fn await_client(&mut self, client: u16, context: &mut ScriptContext<'_>) -> Option<Block<Script>> {
        let state = context.common().clients.get(usize::from(client))?;
        let ClientState::Running(pid) = *state else { return None };
        if pid == context.pid() {
            return None;
        }
        self.awaited = Some(context.monitor(Target::Pid(pid)));
        Some(Block::Receive(None))
    }
}

fn ask(target: Target, request: SupervisorRequest<Script>) -> Flow {
    Flow::Block(Block::Call {
        target,
        request: Request::Supervisor(Box::new(request)),
        timeout: CallTimeout::Infinity,
        said: None,
    })
}

/// The ids of what `which_children` answers, oldest first.
fn child_ids(reply: &Term) -> Vec<Term> {
    let Term::List(children, _) = reply else { return Vec::new() };
    children.iter().rev().filter_map(|child| child.as_tuple()?.first().cloned()).collect()
}

/// A number of what `count_children` answers: Erlang's list of pairs, or Elixir's map.
pub fn counted(reply: &Term, field: CountField) -> Option<i64> {
    let key = match field {
        CountField::Specs => Atom::SPECS,
        CountField::Active => Atom::ACTIVE,
        CountField::Supervisors => Atom::SUPERVISORS,
        CountField::Workers => Atom::WORKERS,
    };
    let value = match reply {
        Term::List(pairs, _) => pairs.iter().find_map(|pair| pair.untag(key)),
        _ => reply.field(key),
    };
    match value {
        Some(Term::Int(number)) => Some(*number),
        _ => None,
    }
}
