//! Looking into a registry: what clients read by themselves, each look at once.

use crate::kernel::{Atom, Context, Pid, Term, World};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::{Common, Image};
use crate::otp::name::Name;
use crate::otp::raise::Raise;

use super::hash::phash2;
use super::tables::{Keys, PartitionTables, PoolTable, RegistryTable};

/// What `raise ArgumentError` ends the caller with.
pub(super) fn argument_error() -> Raise {
    Raise::Error(Atom::ARGUMENT_ERROR.into())
}

/// `error(badarg)`, of ETS itself.
pub(super) fn bad_argument() -> Raise {
    Raise::Error(Atom::BADARG.into())
}

/// Whether the owner of a table lives, and so the table is there.
fn is_there<G: Guest>(owner: Pid, context: &Context<'_, Actor<G>>) -> bool {
    context.world().process(owner).is_some()
}

/// The named table of a registry (`registry.ex`, `info!/1`).
pub(super) fn table<'c, G: Guest>(
    registry: Atom,
    context: &'c Context<'_, Actor<G>>,
) -> Result<&'c RegistryTable, Raise> {
    let table = context.common().tables().registries.get(&registry);
    table.filter(|table| is_there(table.owner, context)).ok_or_else(argument_error)
}

/// The same, to change.
pub(super) fn table_mut<'c, G: Guest>(
    registry: Atom,
    context: &'c mut Context<'_, Actor<G>>,
) -> Result<&'c mut RegistryTable, Raise> {
    table::<G>(registry, context)?;
    context.common_mut().tables_mut().registries.get_mut(&registry).ok_or_else(argument_error)
}

/// In which partition a key or a pid belongs.
pub(super) fn place<G: Guest>(term: &Term, partitions: usize, context: &Context<'_, Actor<G>>) -> usize {
    if partitions == 1 {
        return 0;
    }
    let range = u32::try_from(partitions).expect("the parser limits the number of partitions");
    let image = context.image();
    phash2(term, range, image.atoms()) as usize
}

/// In which partition an entry belongs: unique ones by key, the others by process.
pub(super) fn entry_place<G: Guest>(
    table: &RegistryTable,
    key: &Term,
    pid: Pid,
    context: &Context<'_, Actor<G>>,
) -> usize {
    match table.keys {
        Keys::Unique => place(key, table.partitions.len(), context),
        Keys::Duplicate => place(&pid.into(), table.partitions.len(), context),
    }
}

/// The tables of a partition, if they are there. One that has never started has no entry in the named table,
/// which is an error; one that has died leaves tables that hold nothing.
fn tables<'t, G: Guest>(
    table: &'t RegistryTable,
    place: usize,
    context: &Context<'_, Actor<G>>,
) -> Result<Option<&'t PartitionTables>, Raise> {
    let tables = table.partitions[place].as_ref().ok_or_else(bad_argument)?;
    Ok(Some(tables).filter(|tables| is_there(tables.server, context)))
}

/// Those who hold a key, partition by partition: all partitions of a duplicate registry, or the one of the
/// key.
fn holders<'t, G: Guest>(
    table: &'t RegistryTable,
    key: &Term,
    context: &Context<'_, Actor<G>>,
) -> Result<Vec<&'t [(Pid, Term)]>, Raise> {
    let places = match table.keys {
        Keys::Unique => {
            let place = place(key, table.partitions.len(), context);
            place..place + 1
        }
        Keys::Duplicate => 0..table.partitions.len(),
    };
    let of = |place| Ok(tables(table, place, context)?.and_then(|tables| tables.keys.get(key)));
    places.map(|place| Ok(of(place)?.map_or(&[][..], Vec::as_slice))).collect()
}

fn pair((pid, value): &(Pid, Term)) -> Term {
    Term::tuple([(*pid).into(), value.clone()])
}

/// `Registry.lookup/2`: `[{Pid, Value}]`, of the living and of the dead that nobody has removed yet.
///
/// # Errors
///
/// When there is no such registry.
pub fn lookup<G: Guest>(registry: Atom, key: &Term, context: &Context<'_, Actor<G>>) -> Result<Term, Raise> {
    let holders = holders(table(registry, context)?, key, context)?;
    Ok(Term::list(holders.concat().iter().map(pair)))
}

/// `Registry.match/3`: the same, of those whose value matches.
///
/// # Errors
///
/// When there is no such registry, or the partition of the key is dead.
pub fn matching<G: Guest>(
    registry: Atom,
    key: &Term,
    matches: &dyn Fn(&Term) -> bool,
    context: &Context<'_, Actor<G>>,
) -> Result<Vec<Term>, Raise> {
    let table = table(registry, context)?;
    let places = match table.keys {
        Keys::Unique => vec![place(key, table.partitions.len(), context)],
        Keys::Duplicate => (0..table.partitions.len()).collect(),
    };
    for place in places {
        // Unlike a lookup, a select in a table that is gone raises.
        tables(table, place, context)?.ok_or_else(bad_argument)?;
    }
    let holders = holders(table, key, context)?.concat();
    Ok(holders.iter().filter(|(_, value)| matches(value)).map(pair).collect())
}

/// `Registry.dispatch/3`: what each call of the dispatcher gets. A duplicate registry is gone through from
/// its last partition to its first (`registry.ex`, `dispatch_serial/4`, Elixir 1.14).
///
/// # Errors
///
/// When there is no such registry.
pub fn dispatch_entries<G: Guest>(
    registry: Atom,
    key: &Term,
    context: &Context<'_, Actor<G>>,
) -> Result<Vec<(Pid, Term)>, Raise> {
    let mut holders = holders(table(registry, context)?, key, context)?;
    holders.reverse();
    Ok(holders.concat())
}

/// In how many tasks `Registry.dispatch/4` runs its dispatcher if it may: one a partition of a duplicate registry
/// that has several; else none, and it calls the dispatcher itself.
///
/// # Errors
///
/// When there is no such registry.
pub fn dispatch_tasks<G: Guest>(registry: Atom, context: &Context<'_, Actor<G>>) -> Result<usize, Raise> {
    let table = table(registry, context)?;
    Ok(match table.keys {
        Keys::Duplicate if table.partitions.len() > 1 => table.partitions.len(),
        Keys::Duplicate | Keys::Unique => 0,
    })
}

/// What the dispatcher gets in the task of this partition.
///
/// # Errors
///
/// When the registry has gone meanwhile.
pub fn dispatch_share<G: Guest>(
    registry: Atom,
    key: &Term,
    place: usize,
    context: &Context<'_, Actor<G>>,
) -> Result<Vec<(Pid, Term)>, Raise> {
    // The task looks into the named table itself.
    let table = table(registry, context).map_err(|_| bad_argument())?;
    let entries = tables(table, place, context)?.and_then(|tables| tables.keys.get(key));
    Ok(entries.cloned().unwrap_or_default())
}

/// `Registry.keys/2`: newest first, as ETS happens to keep them.
///
/// # Errors
///
/// When there is no such registry.
pub fn keys<G: Guest>(registry: Atom, pid: Pid, context: &Context<'_, Actor<G>>) -> Result<Term, Raise> {
    let table = table(registry, context)?;
    let place = place(&pid.into(), table.partitions.len(), context);
    let entries = tables(table, place, context)?.and_then(|tables| tables.pids.get(&pid));
    let mut keys: Vec<Term> = entries.into_iter().flatten().map(|(key, _)| key.clone()).collect();
    keys.reverse();
    if table.keys == Keys::Unique {
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
    }
    Ok(Term::list(keys))
}

/// `Registry.values/3`.
///
/// # Errors
///
/// When there is no such registry.
pub fn values<G: Guest>(
    registry: Atom,
    key: &Term,
    pid: Pid,
    context: &Context<'_, Actor<G>>,
) -> Result<Term, Raise> {
    let table = table(registry, context)?;
    let place = entry_place(table, key, pid, context);
    let holders = tables(table, place, context)?.and_then(|tables| tables.keys.get(key));
    let own = holders.into_iter().flatten().filter(|(holder, _)| *holder == pid);
    Ok(Term::list(own.map(|(_, value)| value.clone())))
}

/// `Registry.count/1`. A table that is gone has the size `undefined`, to which nothing can be added.
///
/// # Errors
///
/// When there is no such registry, or one of several partitions is dead.
pub fn count<G: Guest>(registry: Atom, context: &Context<'_, Actor<G>>) -> Result<Term, Raise> {
    let table = table(registry, context)?;
    let mut sum = 0;
    for place in 0..table.partitions.len() {
        match tables(table, place, context)? {
            Some(tables) => sum += tables.keys.values().map(Vec::len).sum::<usize>(),
            None if table.partitions.len() == 1 => return Ok(Atom::UNDEFINED.into()),
            None => return Err(Raise::Error(Atom::BADARITH.into())),
        }
    }
    Ok(Term::Int(i64::try_from(sum).unwrap_or(i64::MAX)))
}

/// Who holds a unique key, dead or alive.
///
/// # Errors
///
/// When there is no such registry, or its keys are not unique.
pub(super) fn holder<G: Guest>(
    registry: Atom,
    key: &Term,
    context: &Context<'_, Actor<G>>,
) -> Result<Option<Pid>, Raise> {
    let table = table(registry, context)?;
    if table.keys == Keys::Duplicate {
        return Err(argument_error());
    }
    Ok(holders(table, key, context)?.concat().first().map(|(pid, _)| *pid))
}

/// `Registry.meta/2`: `{ok, Value}` or `error`.
///
/// # Errors
///
/// When there is no such registry.
pub fn meta<G: Guest>(registry: Atom, key: &Term, context: &Context<'_, Actor<G>>) -> Result<Term, Raise> {
    let found = table(registry, context)?.meta.get(key);
    Ok(found.map_or(Atom::ERROR.into(), |value| Term::tagged(Atom::OK, value.clone())))
}

/// `Registry.put_meta/3`, or without a value `Registry.delete_meta/2`.
///
/// # Errors
///
/// When there is no such registry.
pub fn put_meta<G: Guest>(
    registry: Atom,
    key: Term,
    value: Option<Term>,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Term, Raise> {
    let meta = &mut table_mut(registry, context)?.meta;
    match value {
        Some(value) => meta.insert(key, value),
        None => meta.remove(&key),
    };
    Ok(Atom::OK.into())
}

/// How many partitions a partition supervisor has: `PartitionSupervisor.partitions/1`.
///
/// # Errors
///
/// When there is none: an exit.
pub fn partitions_of<G: Guest>(name: &Name, context: &mut Context<'_, Actor<G>>) -> Result<u32, Raise> {
    pool(name, context).map(|table| table.partitions)
}

/// The table of a partition supervisor: its own under its name, or else the one that the process has which a
/// registry keeps under that name (`partition_supervisor.ex`, `table/1`, Elixir 1.14).
pub(super) fn pool<'c, G: Guest>(
    name: &Name,
    context: &'c mut Context<'_, Actor<G>>,
) -> Result<&'c PoolTable, Raise> {
    let holder = match name {
        Name::Local(_) => None,
        Name::Via(via) => via.whereis(context)?,
    };
    let context: &'c Context<'_, Actor<G>> = context;
    let tables = context.common().tables();
    let table = match (name, holder) {
        (Name::Local(name), _) => tables.pools.get(name),
        // The registry of Elixir's own is not there until it is needed for the first time.
        (Name::Via(_), Some(_)) if tables.unnamed_pools.is_empty() => return Err(argument_error()),
        (Name::Via(_), holder) => holder.and_then(|holder| tables.unnamed_pools.get(&holder)),
    };
    table.filter(|table| is_there(table.owner, context)).ok_or_else(|| {
        let asked = [Atom::PARTITION_SUPERVISOR.into(), Atom::PARTITIONS.into(), Term::list([name.term()])];
        Raise::Exit(Term::tagged(Atom::NOPROC, Term::tuple(asked)))
    })
}

/// The process that a partition supervisor routes a key to, dead or alive (`partition_supervisor.ex`,
/// `whereis_name/1`, Elixir 1.14).
///
/// # Errors
///
/// When there is no such supervisor, or no partition is left, or that one has never started.
pub(super) fn routed<G: Guest>(
    name: &Name,
    key: &Term,
    context: &mut Context<'_, Actor<G>>,
) -> Result<Pid, Raise> {
    let partitions = partitions_of(name, context)?;
    if partitions == 0 {
        return Err(argument_error());
    }
    let number = match key {
        Term::Int(number) => u32::try_from(number.unsigned_abs() % u64::from(partitions)),
        key => Ok(phash2(key, partitions, context.image().atoms())),
    };
    let table = pool(name, context)?;
    let child = number.ok().and_then(|number| table.children.get(&number).copied());
    child.ok_or_else(bad_argument)
}

/// The partition that keeps the lock of a key (`registry.ex`, `lock/3`, Elixir 1.18).
///
/// # Errors
///
/// When there is no such registry.
pub fn lock_server<G: Guest>(
    registry: Atom,
    key: &Term,
    context: &Context<'_, Actor<G>>,
) -> Result<Pid, Raise> {
    let table = table(registry, context)?;
    let place = place(key, table.partitions.len(), context);
    Ok(table.partitions[place].as_ref().ok_or_else(bad_argument)?.server)
}

/// The living process that holds a unique key, as an observer of the whole world sees it.
pub fn living_holder<G: Guest>(registry: Atom, key: &Term, world: &World<Actor<G>>) -> Option<Pid> {
    let table = world.common().tables().registries.get(&registry)?;
    // A unique key is in one partition at most, so nobody need compute in which.
    let mut holders = table.partitions.iter().flatten().filter_map(|tables| tables.keys.get(key)?.first());
    let (pid, _) = holders.next().filter(|_| table.keys == Keys::Unique)?;
    world.process(*pid).map(|process| process.pid)
}
