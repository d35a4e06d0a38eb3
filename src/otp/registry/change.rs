//! Changing a registry: what clients write by themselves, step by step, so that others can come between.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Pid, Target, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::message::Message;
use crate::otp::raise::Raise;

use super::look::{argument_error, bad_argument, entry_place, place, table, table_mut};
use super::tables::{Keys, PartitionTables, RegistryTable};

/// How far a change has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is done, and this is what the function returns.
    Done(Term),
    /// Others may run before it goes on.
    Pending(Box<Pending>),
}

/// What is left of a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pending {
    /// The process is linked to its partition and known there; the key is still to be taken.
    Key {
        /// The name of the registry.
        registry: Atom,
        /// The key that is registered.
        key: Term,
        /// The value to enter under the key.
        value: Term,
        /// The partition of the process.
        server: Pid,
        /// The partition of the key.
        holder: Pid,
    },
    /// The tables are changed; the listeners are still to be told.
    Tell {
        /// The names of the listeners that are left.
        listeners: Arc<[Atom]>,
        /// The message that they are sent.
        message: Term,
        /// What the function returns then.
        result: Term,
    },
}

/// `Registry.register/3`: the link and the process's own entry come first (`registry.ex`, Elixir 1.14), so
/// that whatever happens next, the partition hears of the process's end and knows what to remove.
///
/// # Errors
///
/// When there is no such registry, or the partition of the process or of the key is dead.
pub fn register<G: Guest>(
    registry: Atom,
    key: Term,
    value: Term,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Change, Raise> {
    let me = context.pid();
    let (server, holder) = servers(registry, &key, context)?;
    context.link(server).map_err(|_| Raise::Error(Atom::NOPROC.into()))?;
    live_tables(registry, server, context)?.add(me, key.clone(), holder);
    Ok(Change::Pending(Box::new(Pending::Key { registry, key, value, server, holder })))
}

impl Pending {
    /// The next step.
    ///
    /// # Errors
    ///
    /// When the partition is dead by now, or a listener has no process.
    pub fn go_on<G: Guest>(self, context: &mut Context<'_, Actor<G>>) -> Result<Change, Raise> {
        match self {
            Pending::Key { registry, key, value, server, holder } => {
                take_key(registry, key, value, server, holder, context)
            }
            Pending::Tell { listeners, message, result } => {
                for listener in listeners.iter() {
                    tell(*listener, &message, context)?;
                }
                Ok(Change::Done(result))
            }
        }
    }
}

impl Change {
    /// Goes on to the end, without letting anybody between.
    pub(super) fn finish<G: Guest>(self, context: &mut Context<'_, Actor<G>>) -> Result<Term, Raise> {
        let mut change = self;
        loop {
            match change {
                Change::Done(term) => return Ok(term),
                Change::Pending(pending) => change = pending.go_on(context)?,
            }
        }
    }
}

/// `registry.ex`, `register_key/4`. A holder that is dead does not count, whether its partition knows of its
/// death or not.
fn take_key<G: Guest>(
    registry: Atom,
    key: Term,
    value: Term,
    server: Pid,
    holder: Pid,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Change, Raise> {
    let me = context.pid();
    let unique = table::<G>(registry, context)?.keys == Keys::Unique;
    let present = live_tables(registry, holder, context)?.keys.get(&key).and_then(|all| all.first()).cloned();
    if unique && let Some((owner, _)) = present {
        if owner == me || context.is_alive(owner) {
            let own = live_tables(registry, server, context)?;
            own.take_back(me, &key, holder);
            if owner != me && !own.knows(me) {
                context.unlink(server);
            }
            let why = Term::tagged(Atom::ALREADY_REGISTERED, owner.into());
            return Ok(Change::Done(Term::tagged(Atom::ERROR, why)));
        }
        live_tables(registry, holder, context)?.keys.remove(&key);
    }
    live_tables(registry, holder, context)?.keys.entry(key.clone()).or_default().push((me, value.clone()));
    let message = [Atom::REGISTER.into(), registry.into(), key, me.into(), value];
    Ok(told(registry, message, Term::tagged(Atom::OK, server.into()), context))
}

/// `Registry.unregister/2`: only what the process itself has registered.
///
/// # Errors
///
/// When there is no such registry, or a partition is dead.
pub fn unregister<G: Guest>(
    registry: Atom,
    key: &Term,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Change, Raise> {
    let me = context.pid();
    let (server, holder) = servers(registry, key, context)?;
    live_tables(registry, holder, context)?.retain_keys(key, |(pid, _)| *pid != me);
    forget_key(registry, key, server, holder, context)
}

/// `Registry.unregister_match/3`.
///
/// # Errors
///
/// When there is no such registry, or a partition is dead.
pub fn unregister_match<G: Guest>(
    registry: Atom,
    key: &Term,
    matches: &dyn Fn(&Term) -> bool,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Change, Raise> {
    let me = context.pid();
    let (server, holder) = servers(registry, key, context)?;
    let tables = live_tables(registry, holder, context)?;
    let total = tables.keys.get(key).map_or(0, |all| all.iter().filter(|(pid, _)| *pid == me).count());
    let deleted = tables.retain_keys(key, |(pid, value)| !(*pid == me && matches(value)));
    if deleted == total {
        return forget_key(registry, key, server, holder, context);
    }
    if deleted > 0 {
        let own = live_tables(registry, server, context)?;
        own.retain_pids(me, |entry| entry != &(key.clone(), holder));
        for _ in deleted..total {
            own.add(me, key.clone(), holder);
        }
    }
    Ok(Change::Done(Atom::OK.into()))
}

/// Nothing is left of a key that the process had: its own entries go, and the link with the last of them.
fn forget_key<G: Guest>(
    registry: Atom,
    key: &Term,
    server: Pid,
    holder: Pid,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Change, Raise> {
    let me = context.pid();
    let own = live_tables(registry, server, context)?;
    own.retain_pids(me, |entry| entry != &(key.clone(), holder));
    if !own.knows(me) {
        context.unlink(server);
    }
    let message = [Atom::UNREGISTER.into(), registry.into(), key.clone(), me.into()];
    Ok(told(registry, message, Atom::OK.into(), context))
}

/// `Registry.update_value/3` with a function that returns this value: `{New, Old}`, or `error` where the
/// process does not hold the key.
///
/// # Errors
///
/// When there is no such registry, or its keys are not unique.
pub fn update_value<G: Guest>(
    registry: Atom,
    key: &Term,
    value: Term,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Term, Raise> {
    let me = context.pid();
    let table = table::<G>(registry, context)?;
    if table.keys == Keys::Duplicate {
        return Err(argument_error());
    }
    let place = place::<G>(key, table.partitions.len(), context);
    let holder = table.partitions[place].as_ref().ok_or_else(bad_argument)?.server;
    let Ok(tables) = live_tables(registry, holder, context) else { return Ok(Atom::ERROR.into()) };
    match tables.keys.get_mut(key).and_then(|all| all.first_mut()) {
        Some((pid, old)) if *pid == me => {
            let old = std::mem::replace(old, value.clone());
            Ok(Term::tuple([value, old]))
        }
        _ => Ok(Atom::ERROR.into()),
    }
}

/// The partition of the running process, and that of the key.
fn servers<G: Guest>(
    registry: Atom,
    key: &Term,
    context: &Context<'_, Actor<G>>,
) -> Result<(Pid, Pid), Raise> {
    let table = table::<G>(registry, context)?;
    let me = context.pid();
    let server = |place: usize| -> Result<Pid, Raise> {
        Ok(table.partitions[place].as_ref().ok_or_else(bad_argument)?.server)
    };
    let own = server(place::<G>(&me.into(), table.partitions.len(), context))?;
    Ok((own, server(entry_place::<G>(table, key, me, context))?))
}

/// The tables that a living partition owns.
fn live_tables<'c, G: Guest>(
    registry: Atom,
    server: Pid,
    context: &'c mut Context<'_, Actor<G>>,
) -> Result<&'c mut PartitionTables, Raise> {
    if context.world().process(server).is_none() {
        return Err(bad_argument());
    }
    let table: &mut RegistryTable = table_mut::<G>(registry, context).map_err(|_| bad_argument())?;
    table.of(server).ok_or_else(bad_argument)
}

/// What is left once the tables are changed.
fn told<G: Guest>(
    registry: Atom,
    message: impl IntoIterator<Item = Term>,
    result: Term,
    context: &Context<'_, Actor<G>>,
) -> Change {
    match table::<G>(registry, context) {
        Ok(table) if !table.listeners.is_empty() => Change::Pending(Box::new(Pending::Tell {
            listeners: table.listeners.clone(),
            message: Term::tuple(message),
            result,
        })),
        _ => Change::Done(result),
    }
}

fn tell<G: Guest>(listener: Atom, message: &Term, context: &mut Context<'_, Actor<G>>) -> Result<(), Raise> {
    context.send_to(Target::Name(listener), Message::Info(message.clone())).map_err(|_| bad_argument())
}
