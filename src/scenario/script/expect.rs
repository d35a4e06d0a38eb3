//! What clients expect, and what they do with supervisors and other clients to find out.

use crate::kernel::{Atom, Context, Target, Term};
use crate::otp::{Actor, Block, Request, SupervisorRequest};

use super::super::ast::{CountField, Span};
use super::Script;
use super::common::{ClientState, Condition, Expectation};
use super::find;
use super::frame::{Flow, Frame, Outcome};
use super::perform::Fault;
use super::program::{Expected, Pattern};

type ScriptContext<'a> = Context<'a, Actor<Script>>;

impl Frame {
    /// Checks an expectation, or asks the supervisor that it is about.
    pub(super) fn expect(
        &mut self,
        expected: &Expected,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let failed = match (expected, self.result.clone()) {
            (Expected::Result(pattern) | Expected::Either(pattern, _), Outcome::Value(value)) => {
                (!self.bind(pattern, &value, context)).then_some(Expectation::Result(value))
            }
            (Expected::Result(_), Outcome::Exit(reason))
            | (Expected::Result(_) | Expected::Either(..), Outcome::Raise(reason)) => {
                Some(Expectation::Exited(reason))
            }
            (Expected::Exit(pattern) | Expected::Either(_, pattern), Outcome::Exit(reason))
            | (Expected::Raise(pattern), Outcome::Raise(reason)) => {
                (!self.matches_reason(pattern, &reason, context)).then_some(Expectation::OtherReason(reason))
            }
            (Expected::Exit(_) | Expected::Raise(_), Outcome::Value(value)) => {
                Some(Expectation::Returned(value))
            }
            (Expected::Exit(_) | Expected::Raise(_), Outcome::Exit(reason) | Outcome::Raise(reason)) => {
                Some(Expectation::OtherReason(reason))
            }
            (Expected::Restarted(ids), _) => {
                self.first_that_is_not(ids, context, |condition| matches!(condition, Condition::Restarted(_)))
            }
            (Expected::Untouched(ids), _) => {
                self.first_that_is_not(ids, context, |condition| condition == Condition::Untouched)
            }
            (Expected::Incarnation(id, number), _) => {
                let wanted = *number;
                self.first_that_is_not(&[*id], context, |condition| match condition {
                    Condition::Restarted(nth) => u64::from(nth) == wanted,
                    Condition::Untouched => wanted == 1,
                    Condition::Alive | Condition::Dead => false,
                })
            }
            (Expected::Alive(targets) | Expected::Dead(targets), _) => {
                let alive = matches!(expected, Expected::Alive(_));
                let mut wrong = None;
                for target in targets {
                    if wrong.is_none() && self.is_alive(target, context)? != alive {
                        let who = self.value(target, context)?;
                        let is = if alive { Condition::Dead } else { Condition::Alive };
                        wrong = Some(Expectation::Process { who, is });
                    }
                }
                wrong
            }
            (Expected::Children(targets), _) => {
                let target = self.target(&targets[0], context)?;
                return Ok(ask(target, SupervisorRequest::WhichChildren));
            }
            (Expected::CountOf(target, _), _) => {
                let target = self.target(target, context)?;
                return Ok(ask(target, SupervisorRequest::CountChildren));
            }
            (Expected::Question(asked), _) => {
                if self.answer(&asked.question, context)? {
                    None
                } else {
                    Some(Expectation::Condition(self.sides(&asked.question, context)?))
                }
            }
        };
        Ok(match failed {
            None => Flow::Next,
            Some(why) => self.fail(why, span, context),
        })
    }

    /// The supervisor has answered.
    pub(super) fn expect_reply(
        &mut self,
        expected: &Expected,
        reply: Term,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let failed = match expected {
            Expected::Children(ids) => {
                let mut wanted = Vec::new();
                for id in &ids[1..] {
                    wanted.push(self.value(id, context)?);
                }
                let children = child_ids(&reply);
                (children != wanted).then(|| Expectation::Children(Term::list(children), Term::list(wanted)))
            }
            Expected::CountOf(_, counts) => counts
                .iter()
                .any(|(field, wanted)| counted(&reply, *field) != i64::try_from(*wanted).ok())
                .then_some(Expectation::Counts(reply)),
            _ => unreachable!("nobody else asks a supervisor"),
        };
        Ok(match failed {
            None => Flow::Next,
            Some(why) => self.fail(why, span, context),
        })
    }

    /// The whole reason, or the first element of it: `noproc` for `{noproc, {gen_server, call, [..]}}`.
    fn matches_reason(&mut self, pattern: &Pattern, reason: &Term, context: &ScriptContext<'_>) -> bool {
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
        wanted: impl Fn(Condition) -> bool,
    ) -> Option<Expectation> {
        ids.iter().find_map(|id| {
            let who = Term::Atom(*id);
            let is = match find::living(context.world(), context.node(), &who) {
                None => Condition::Dead,
                Some(process) if process.nth == 1 => Condition::Untouched,
                Some(process) => Condition::Restarted(process.nth),
            };
            (!wanted(is)).then_some(Expectation::Process { who, is })
        })
    }

    /// Waits for another client; none if it has ended already.
    pub(super) fn await_client(
        &mut self,
        client: u16,
        context: &mut ScriptContext<'_>,
    ) -> Option<Block<Script>> {
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
        timeout: None,
        said: None,
    })
}

/// The ids of what `which_children` answers, oldest first.
fn child_ids(reply: &Term) -> Vec<Term> {
    let Term::List(children) = reply else { return Vec::new() };
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
        Term::List(pairs) => pairs.iter().find_map(|pair| pair.untag(key)),
        _ => reply.field(key),
    };
    match value {
        Some(Term::Int(number)) => Some(*number),
        _ => None,
    }
}
