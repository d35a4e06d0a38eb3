//! Registries and partition supervisors in programs: lowering what statements say of them, and doing it.

use crate::kernel::{Atom, Context, Pid, Target, Term};
use crate::otp::registry::{self, Change, Via};
use crate::otp::{Actor, Block, Message, Name, Raise, Request};

use super::super::ast::{self, Catch, Entry, RegistryStatement, Span, Value, ValueKind};
use super::Script;
use super::compile::Compiler;
use super::dispatch;
use super::evaluate::Scope;
use super::frame::{Flow, Frame, Loop};
use super::operation::{Operation, OperationKind};
use super::perform::{Fault, bad_argument};
use super::program::{Expression, Pattern};

type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// What a process does with a registry or a partition supervisor.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum RegistryOperation {
    Register { registry: Atom, key: Expression, value: Expression, bind: Option<Pattern> },
    Unregister { registry: Atom, key: Expression, matching: Option<Pattern> },
    Lookup { registry: Atom, key: Expression, matching: Option<Pattern>, bind: Option<Pattern> },
    Count { registry: Atom, bind: Option<Pattern> },
    CountMatch { registry: Atom, key: Expression, matching: Pattern, bind: Option<Pattern> },
    Values { registry: Atom, key: Expression, owner: Expression, bind: Option<Pattern> },
    Keys { registry: Atom, owner: Expression, bind: Option<Pattern> },
    UpdateValue { registry: Atom, key: Expression, value: Expression, bind: Option<Pattern> },
    Dispatch { registry: Atom, key: Expression },
    Parallel(dispatch::Part),
    Whereis { via: Expression, bind: Option<Pattern> },
    Meta { registry: Atom, key: Expression, bind: Option<Pattern> },
    PutMeta { registry: Atom, key: Expression, value: Option<Expression> },
    Lock { registry: Atom, key: Expression },
    Unlock,
    Partitions { supervisor: Name, bind: Option<Pattern> },
    Resize { supervisor: Name, count: Expression, bind: Option<Pattern> },
}

/// A lock that a process holds: whom it gives it back to, and how it was told that it has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Held {
    server: Pid,
    key: Term,
    /// Not there while it is waited for.
    monitor: Option<Term>,
    /// How many repeated blocks the process was in when it asked for it.
    loops: usize,
}

impl Compiler<'_> {
    /// `{via, Module, {Holder, Key}}`
    pub(super) fn via(&mut self, via: &ast::Via) -> Expression {
        self.value(&via_value(via))
    }

    /// A statement that holds a block; false for all others.
    pub(super) fn registry_control(&mut self, said: &RegistryStatement, span: Span, catch: Catch) -> bool {
        match said {
            RegistryStatement::Dispatch { parallel: true, .. } => {
                self.dispatch_in_parallel(said, span, catch)
            }
            RegistryStatement::Dispatch { entry, pid, value, body, .. } => {
                let (registry, key) = self.registry_entry(entry);
                let (pid, value) = (self.slot(&pid.text), self.slot(&value.text));
                self.push(OperationKind::Registry(RegistryOperation::Dispatch { registry, key }), span);
                self.each(pid, Some(value), body, span);
            }
            RegistryStatement::Lock { registry, key, body } => {
                let (registry, key) = (self.atom(registry), self.value(key));
                self.push(OperationKind::Registry(RegistryOperation::Lock { registry, key }), span);
                self.block(body);
                self.push(OperationKind::Registry(RegistryOperation::Unlock), span);
            }
            _ => return false,
        }
        true
    }

    /// The name of a partition supervisor.
    fn pool(&mut self, pool: &ast::Pool) -> Name {
        let known = self.names.constant(&pool_value(pool)).as_ref().and_then(Name::of);
        known.unwrap_or_else(|| self.atom(&pool.name).into())
    }

    pub(super) fn registry_entry(&mut self, entry: &Entry) -> (Atom, Expression) {
        (self.atom(&entry.registry), self.value(&entry.key))
    }

    fn owner(&mut self, owner: Option<&ast::Target>) -> Expression {
        owner.map_or(Expression::SelfPid, |owner| self.target(owner))
    }

    /// A statement without a block.
    pub(super) fn registry(&mut self, said: &RegistryStatement) -> RegistryOperation {
        use RegistryOperation as Op;
        use RegistryStatement as Said;
        match said {
            Said::Register { entry, value, bind } => {
                let (registry, key) = self.registry_entry(entry);
                Op::Register { registry, key, value: self.value(value), bind: self.bind(bind.as_ref()) }
            }
            Said::Unregister { entry, matching } => {
                let (registry, key) = self.registry_entry(entry);
                Op::Unregister {
                    registry,
                    key,
                    matching: matching.as_ref().map(|matching| self.pattern(matching)),
                }
            }
            Said::Lookup { entry, matching, bind } => {
                let (registry, key) = self.registry_entry(entry);
                let matching = matching.as_ref().map(|matching| self.pattern(matching));
                Op::Lookup { registry, key, matching, bind: self.bind(bind.as_ref()) }
            }
            Said::Count { registry, bind } => {
                Op::Count { registry: self.atom(registry), bind: self.bind(bind.as_ref()) }
            }
            Said::CountMatch { entry, matching, bind } => {
                let (registry, key) = self.registry_entry(entry);
                let matching = self.pattern(matching);
                Op::CountMatch { registry, key, matching, bind: self.bind(bind.as_ref()) }
            }
            Said::Values { entry, owner, bind } => {
                let (registry, key) = self.registry_entry(entry);
                let owner = self.owner(owner.as_ref());
                Op::Values { registry, key, owner, bind: self.bind(bind.as_ref()) }
            }
            Said::Keys { registry, owner, bind } => {
                let owner = self.owner(owner.as_ref());
                Op::Keys { registry: self.atom(registry), owner, bind: self.bind(bind.as_ref()) }
            }
            Said::UpdateValue { entry, value, bind } => {
                let (registry, key) = self.registry_entry(entry);
                Op::UpdateValue { registry, key, value: self.value(value), bind: self.bind(bind.as_ref()) }
            }
            Said::Whereis { via, bind } => Op::Whereis { via: self.via(via), bind: self.bind(bind.as_ref()) },
            Said::Meta { registry, key, bind } => Op::Meta {
                registry: self.atom(registry),
                key: self.value(key),
                bind: self.bind(bind.as_ref()),
            },
            Said::PutMeta { registry, key, value } => Op::PutMeta {
                registry: self.atom(registry),
                key: self.value(key),
                value: value.as_ref().map(|value| self.value(value)),
            },
            Said::Partitions { supervisor, bind } => {
                Op::Partitions { supervisor: self.pool(supervisor), bind: self.bind(bind.as_ref()) }
            }
            Said::Resize { supervisor, count, bind } => Op::Resize {
                supervisor: self.pool(supervisor),
                count: self.value(count),
                bind: self.bind(bind.as_ref()),
            },
            Said::Dispatch { .. } | Said::Lock { .. } => unreachable!("they hold blocks"),
        }
    }
}

/// The tuple that Erlang knows a via name as.
pub(super) fn via_value(via: &ast::Via) -> Value {
    let span = via.span;
    let atom = |text: &str| Value { kind: ValueKind::Atom(text.to_owned()), span };
    let tuple = |parts| Value { kind: ValueKind::Tuple(parts), span };
    let holder = pool_value(&via.holder);
    let name = [holder, via.key.clone()].into_iter().chain(via.value.clone());
    tuple(vec![atom("via"), atom(via.module.name()), tuple(name.collect())])
}

/// The name of whoever keeps names: an atom, or the tuple of a via name.
fn pool_value(pool: &ast::Pool) -> Value {
    match &pool.via {
        Some(via) => via_value(via),
        None => Value { kind: ValueKind::Atom(pool.name.text.clone()), span: pool.name.span },
    }
}

impl Frame {
    /// Does what concerns a registry, or the next step of it.
    pub(super) fn enlist(
        &mut self,
        asked: &RegistryOperation,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        use RegistryOperation as Op;
        if let Some(pending) = self.pending.take() {
            return self.changed(asked, pending.go_on(context), context);
        }
        match asked {
            Op::Register { registry, key, value, .. } => {
                let (key, value) = (self.value(key, context)?, self.value(value, context)?);
                let change = registry::register(*registry, key, value, context);
                self.changed(asked, change, context)
            }
            Op::Unregister { registry, key, matching } => {
                let key = self.value(key, context)?;
                let change = match matching {
                    None => registry::unregister(*registry, &key, context),
                    Some(pattern) => {
                        let matches = self.matching(pattern, context);
                        registry::unregister_match(*registry, &key, &*matches, context)
                    }
                };
                self.changed(asked, change, context)
            }
            Op::Lookup { registry, key, matching, bind } => {
                let key = self.value(key, context)?;
                let entries = match matching {
                    None => registry::lookup(*registry, &key, context),
                    Some(pattern) => {
                        let matches = self.matching(pattern, context);
                        registry::matching(*registry, &key, &*matches, context).map(Term::list)
                    }
                };
                self.bound(bind.as_ref(), entries?, context)
            }
            Op::Count { registry, bind } => {
                let count = registry::count(*registry, context)?;
                self.bound(bind.as_ref(), count, context)
            }
            Op::CountMatch { registry, key, matching, bind } => {
                let key = self.value(key, context)?;
                let matches = self.matching(matching, context);
                let count = registry::matching(*registry, &key, &*matches, context)?.len();
                self.bound(bind.as_ref(), Term::Int(i64::try_from(count).unwrap_or(i64::MAX)), context)
            }
            Op::Values { registry, key, owner, bind } => {
                let (key, owner) = (self.value(key, context)?, self.process(owner, context)?);
                let values = registry::values(*registry, &key, owner, context)?;
                self.bound(bind.as_ref(), values, context)
            }
            Op::Keys { registry, owner, bind } => {
                let owner = self.process(owner, context)?;
                let keys = registry::keys(*registry, owner, context)?;
                self.bound(bind.as_ref(), keys, context)
            }
            Op::UpdateValue { registry, key, value, bind } => {
                let (key, value) = (self.value(key, context)?, self.value(value, context)?);
                let updated = registry::update_value(*registry, &key, value, context)?;
                self.bound(bind.as_ref(), updated, context)
            }
            Op::Dispatch { registry, key } => {
                let key = self.value(key, context)?;
                let entries = registry::dispatch_entries(*registry, &key, context)?;
                let entries = entries.into_iter().rev().map(|(pid, value)| (pid.into(), value));
                self.loops.push(Loop::Each(entries.collect()));
                Ok(self.done(Atom::OK.into()))
            }
            Op::Parallel(part) => self.dispatch_part(part, context),
            Op::Whereis { via, bind } => {
                let via = Via::of(&self.value(via, context)?).ok_or_else(bad_argument)?;
                let pid = via.whereis(context)?.map_or(Atom::UNDEFINED.into(), Term::from);
                self.bound(bind.as_ref(), pid, context)
            }
            Op::Meta { registry, key, bind } => {
                let key = self.value(key, context)?;
                let found = registry::meta(*registry, &key, context)?;
                self.unwrapped(bind.as_ref(), found, context)
            }
            Op::PutMeta { registry, key, value } => {
                let key = self.value(key, context)?;
                let value = match value {
                    Some(value) => Some(self.value(value, context)?),
                    None => None,
                };
                let done = registry::put_meta(*registry, key, value, context)?;
                Ok(self.done(done))
            }
            Op::Lock { registry, key } => {
                let key = self.value(key, context)?;
                let server = registry::lock_server(*registry, &key, context)?;
                let request = Request::User(Term::tagged(Atom::LOCK, key.clone()));
                self.locks.push(Held { server, key, monitor: None, loops: self.loops.len() });
                Ok(Flow::Block(Block::Call {
                    target: Target::Pid(server),
                    request,
                    timeout: Some(crate::otp::CALL_TIMEOUT_MS),
                    said: None,
                }))
            }
            Op::Unlock => {
                if let Some(held) = self.locks.pop() {
                    give_back(held, context);
                }
                Ok(Flow::Next)
            }
            Op::Partitions { supervisor, bind } => {
                let count = registry::partitions_of(supervisor, context)?;
                self.bound(bind.as_ref(), Term::Int(count.into()), context)
            }
            Op::Resize { supervisor, count, .. } => {
                let count = self.value(count, context)?;
                let resizing = registry::Resizing::begin(supervisor.clone(), &count, context)?;
                self.resize(asked, resizing, context)
            }
        }
    }

    /// How far a change has come: the process goes on, or others may come between.
    fn changed(
        &mut self,
        asked: &RegistryOperation,
        change: Result<Change, Raise>,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        match (change?, asked) {
            (Change::Pending(pending), _) => {
                self.pending = Some(pending);
                Ok(Flow::Preempt)
            }
            (Change::Done(term), RegistryOperation::Register { bind, .. }) => {
                self.unwrapped(bind.as_ref(), term, context)
            }
            (Change::Done(term), _) => Ok(self.done(term)),
        }
    }

    /// What a pattern says of a value, with what its variables are now; it binds nothing.
    fn matching(&self, pattern: &Pattern, context: &ScriptContext<'_>) -> Box<dyn Fn(&Term) -> bool> {
        let (pattern, slots) = (pattern.clone(), self.slots.clone());
        let (shared, pid) = (context.common().variables.clone(), Some(context.pid()));
        Box::new(move |value| {
            Scope { slots: &slots, shared: &shared, pid }.matches(&pattern, value, &mut Vec::new())
        })
    }

    /// The answer to a call that concerns a registry has come.
    pub(super) fn enlisted(
        &mut self,
        operation: &Operation,
        asked: &RegistryOperation,
        answer: Result<Term, Term>,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        match (asked, answer) {
            (RegistryOperation::Lock { .. }, Ok(monitor)) => {
                if let Some(held) = self.locks.last_mut() {
                    held.monitor = Some(monitor);
                }
                Ok(self.done(Atom::OK.into()))
            }
            (RegistryOperation::Resize { .. }, Ok(answer)) => {
                let resizing = self.resizing.take().ok_or_else(bad_argument)?.answered(&answer, context)?;
                self.resize(asked, resizing, context)
            }
            (_, Ok(answer)) => Ok(self.done(answer)),
            (_, Err(reason)) => {
                self.locks.pop_if(|held| held.monitor.is_none());
                self.resizing = None;
                Ok(self.exited(operation, reason, context))
            }
        }
    }

    /// Asks for the next partition, or is done.
    fn resize(
        &mut self,
        asked: &RegistryOperation,
        resizing: registry::Resizing,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        let RegistryOperation::Resize { bind, .. } = asked else { return Err(bad_argument()) };
        match resizing.request() {
            Some((supervisor, request)) => {
                self.resizing = Some(Box::new(resizing));
                Ok(Flow::Block(Block::Call {
                    target: Target::Pid(supervisor),
                    request: Request::Supervisor(Box::new(request)),
                    timeout: None,
                    said: None,
                }))
            }
            None => {
                let before = Term::Int(resizing.before().into());
                self.bound(bind.as_ref(), before, context)
            }
        }
    }

    /// Blocks that hold locks are left otherwise than by their end: `Registry.lock/3` gives back those that
    /// were taken within so many repeated blocks.
    pub(super) fn give_back_locks(&mut self, loops: usize, context: &mut ScriptContext<'_>) {
        while let Some(held) = self.locks.pop_if(|held| held.loops >= loops) {
            give_back(held, context);
        }
    }
}

fn give_back(held: Held, context: &mut ScriptContext<'_>) {
    if let Some(monitor) = held.monitor {
        let message = Term::tuple([Atom::UNLOCK.into(), held.key, monitor]);
        context.send(held.server, Message::Info(message));
    }
}
