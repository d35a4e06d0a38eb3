//! Registries and partition supervisors.

use crate::kernel::{Atom, Target, Term};
use crate::otp::registry::{self, Change, Via};
use crate::otp::{Block, CALL_TIMEOUT_MS, CallTimeout, Message, Raise, Request};

use super::super::super::language::{Control, EntryKey, Lowered, Registries};
use super::super::ScriptContext;
use super::super::evaluate::Scope;
use super::super::execution::{Execution, Held};
use super::super::expression::Pattern;
use super::super::frame::{Flow, Performed};
use super::super::operands::bad_argument;

impl Execution {
    pub(super) fn perform_registries(
        &mut self,
        asked: &Registries<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        use Registries as Op;
        if let Some(pending) = self.pending.take() {
            return self.changed(asked, pending.go_on(context), context);
        }
        match asked {
            Op::Register { entry: EntryKey { registry, key }, value, .. } => {
                let (key, value) = (self.value(key, context)?, self.value(value, context)?);
                let change = registry::register(*registry, key, value, context);
                self.changed(asked, change, context)
            }
            Op::Unregister { entry: EntryKey { registry, key }, matching } => {
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
            Op::Lookup { entry: EntryKey { registry, key }, matching, bind } => {
                let key = self.value(key, context)?;
                let entries = match matching {
                    None => registry::lookup(*registry, &key, context),
                    Some(pattern) => {
                        let matches = self.matching(pattern, context);
                        registry::matching(*registry, &key, &*matches, context).map(Term::list)
                    }
                };
                self.bound(bind, entries?, context)
            }
            Op::Count { registry, bind } => {
                let count = registry::count(*registry, context)?;
                self.bound(bind, count, context)
            }
            Op::CountMatch { entry: EntryKey { registry, key }, matching, bind } => {
                let key = self.value(key, context)?;
                let matches = self.matching(matching, context);
                let count = registry::matching(*registry, &key, &*matches, context)?.len();
                self.bound(bind, Term::Int(i64::try_from(count).unwrap_or(i64::MAX)), context)
            }
            Op::Values { entry: EntryKey { registry, key }, owner, bind } => {
                let (key, owner) = (self.value(key, context)?, self.process(owner, context)?);
                let values = registry::values(*registry, &key, owner, context)?;
                self.bound(bind, values, context)
            }
            Op::Keys { registry, owner, bind } => {
                let owner = self.process(owner, context)?;
                let keys = registry::keys(*registry, owner, context)?;
                self.bound(bind, keys, context)
            }
            Op::UpdateValue { entry: EntryKey { registry, key }, value, bind } => {
                let (key, value) = (self.value(key, context)?, self.value(value, context)?);
                let updated = registry::update_value(*registry, &key, value, context)?;
                self.bound(bind, updated, context)
            }
            Op::Whereis { via, bind } => {
                let via = Via::of(&self.value(via, context)?).ok_or_else(bad_argument)?;
                let pid = via.whereis(context)?.map_or(Atom::UNDEFINED.into(), Term::from);
                self.bound(bind, pid, context)
            }
            Op::Meta { registry, key, bind } => {
                let key = self.value(key, context)?;
                let found = registry::meta(*registry, &key, context)?;
                self.unwrapped(bind, found, context)
            }
            Op::PutMeta { registry, key, value } => {
                let (key, value) = (self.value(key, context)?, self.value(value, context)?);
                let done = registry::put_meta(*registry, key, Some(value), context)?;
                Ok(self.done(done))
            }
            Op::DeleteMeta { registry, key } => {
                let key = self.value(key, context)?;
                let done = registry::put_meta(*registry, key, None, context)?;
                Ok(self.done(done))
            }
            Op::Partitions { supervisor, bind } => {
                let count = registry::partitions_of(supervisor, context)?;
                self.bound(bind, Term::Int(count.into()), context)
            }
            Op::Resize { supervisor, count, .. } => {
                let count = self.value(count, context)?;
                let resizing = registry::Resizing::begin(supervisor.clone(), &count, context)?;
                self.resize(asked, resizing, context)
            }
        }
    }

    /// What is done with every entry, or under a lock.
    pub(super) fn perform_registry_block(
        &mut self,
        said: &Control,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match said {
            Control::Dispatch { registry, key } => {
                let key = self.value(key, context)?;
                let entries = registry::dispatch_entries(*registry, &key, context)?;
                self.each_of(entries);
                Ok(self.done(Atom::OK.into()))
            }
            Control::Parallel(part) => self.dispatch_part(part, context),
            Control::Lock { registry, key } => {
                let key = self.value(key, context)?;
                let server = registry::lock_server(*registry, &key, context)?;
                let request = Request::User(Term::tagged(Atom::LOCK, key.clone()));
                self.locks.push(Held { server, key, monitor: None, loops: self.loops.len() });
                Ok(Flow::Block(Block::Call {
                    target: Target::Pid(server),
                    request,
                    timeout: CallTimeout::Milliseconds(CALL_TIMEOUT_MS),
                    said: None,
                }))
            }
            Control::Unlock => {
                if let Some(held) = self.locks.pop() {
                    give_back(held, context);
                }
                Ok(Flow::Next)
            }
            other => unreachable!("{other:?} has nothing to do with registries"),
        }
    }

    /// How far a change has come: the process goes on, or others may come between.
    fn changed(
        &mut self,
        asked: &Registries<Lowered>,
        change: Result<Change, Raise>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match (change?, asked) {
            (Change::Pending(pending), _) => {
                self.pending = Some(pending);
                Ok(Flow::Preempt)
            }
            (Change::Done(term), Registries::Register { bind, .. }) => self.unwrapped(bind, term, context),
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

    pub(super) fn finish_registries(
        &mut self,
        asked: &Registries<Lowered>,
        answer: Result<Term, Term>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let resizing = self.resizing.take();
        let answer = answer.map_err(Raise::Exit)?;
        match asked {
            Registries::Resize { .. } => {
                let resizing = resizing.ok_or_else(bad_argument)?.answered(&answer, context)?;
                self.resize(asked, resizing, context)
            }
            _ => Ok(self.done(answer)),
        }
    }

    /// It has the lock that it has waited for, or will not get it.
    pub(super) fn locked(&mut self, answer: Result<Term, Term>) -> Performed {
        match answer {
            Ok(monitor) => {
                if let Some(held) = self.locks.last_mut() {
                    held.monitor = Some(monitor);
                }
                Ok(self.done(Atom::OK.into()))
            }
            Err(reason) => {
                self.locks.pop_if(|held| held.monitor.is_none());
                Err(Raise::Exit(reason))
            }
        }
    }

    /// Asks for the next partition, or is done.
    fn resize(
        &mut self,
        asked: &Registries<Lowered>,
        resizing: registry::Resizing,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let Registries::Resize { bind, .. } = asked else { return Err(bad_argument()) };
        match resizing.request() {
            Some((supervisor, request)) => {
                self.resizing = Some(Box::new(resizing));
                Ok(Flow::Block(Block::Call {
                    target: Target::Pid(supervisor),
                    request: Request::Supervisor(Box::new(request)),
                    timeout: CallTimeout::Infinity,
                    said: None,
                }))
            }
            None => {
                let before = Term::Int(resizing.before().into());
                self.bound(bind, before, context)
            }
        }
    }

    /// Blocks that hold locks are left otherwise than by their end: `Registry.lock/3` gives back those that
    /// were taken within so many repeated blocks.
    pub(in super::super) fn give_back_locks(&mut self, loops: usize, context: &mut ScriptContext<'_>) {
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
