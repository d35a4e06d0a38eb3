//! Module `global`, of the one node that there is: names and locks, kept beside what `persistent_term` keeps, under keys
//! that no program writes. What `global` itself does with several nodes and processes is one action each here; its
//! `trans` and the waiting for a lock are its own code.

use crate::kernel::{Atom, Pid};

use super::super::host::{Action, Call};
use super::super::raise::Raise;
use super::super::term::Term;
use super::{ActsRow, Answer};

const NAME: Atom = Atom::of("$global");
const LOCK: Atom = Atom::of("$lock");
const YES: Atom = Atom::of("yes");
const NO: Atom = Atom::of("no");

fn key(of: Atom, what: &Term) -> Term {
    Term::tuple([of.into(), what.clone()])
}

fn is_alive(call: &mut Call<'_>, pid: Pid) -> bool {
    call.host.act(Action::IsAlive(pid)) == Ok(Term::boolean(true))
}

/// The living process that has a name (global.erl, `where/1`, which asks whether it lives too).
fn of_name(call: &mut Call<'_>, name: &Term) -> Option<Pid> {
    let pid = call.host.persistent().get(&key(NAME, name))?.as_pid()?;
    is_alive(call, pid).then_some(pid)
}

fn register_name(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let pid = arguments[1].as_pid().ok_or_else(|| Raise::error(Atom::FUNCTION_CLAUSE))?;
    if of_name(call, &arguments[0]).is_some() || !is_alive(call, pid) {
        return Ok(NO.into());
    }
    call.host.persistent().insert(key(NAME, &arguments[0]), pid.into());
    Ok(YES.into())
}

fn re_register_name(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.persistent().remove(&key(NAME, &arguments[0]));
    register_name(call, arguments)
}

fn unregister_name(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.persistent().remove(&key(NAME, &arguments[0]));
    Ok(Atom::OK.into())
}

fn whereis_name(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(of_name(call, &arguments[0]).map_or(Atom::UNDEFINED.into(), Term::from))
}

fn registered_names(call: &mut Call<'_>, _: &[Term]) -> Answer {
    let names: Vec<Term> = call
        .host
        .persistent()
        .keys()
        .filter_map(|key| match key.as_tuple()? {
            [tag, name] if tag.is(NAME) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let living: Vec<Term> = names.into_iter().filter(|name| of_name(call, name).is_some()).collect();
    Ok(Term::list(living))
}

/// The resource and the requester of a lock.
fn lock(id: &Term) -> Result<[Term; 2], Raise> {
    match id.as_tuple() {
        Some([resource, requester]) => Ok([resource.clone(), requester.clone()]),
        _ => Err(Raise::badarg()),
    }
}

/// Who holds a resource: each is the requester and the process, once for each time it has locked. The dead hold nothing.
fn holders(call: &mut Call<'_>, resource: &Term) -> Vec<(Term, Pid)> {
    let held = call.host.persistent().get(&key(LOCK, resource)).and_then(Term::as_list).unwrap_or_default();
    let holder = |pair: Term| match pair.as_tuple()? {
        [requester, Term::Pid(pid)] => Some((requester.clone(), *pid)),
        _ => None,
    };
    held.into_iter().filter_map(holder).filter(|(_, pid)| is_alive(call, *pid)).collect()
}

fn hold(call: &mut Call<'_>, resource: &Term, holders: Vec<(Term, Pid)>) {
    let pairs = holders.into_iter().map(|(requester, pid)| Term::tuple([requester, pid.into()]));
    let pairs: Vec<Term> = pairs.collect();
    let persistent = call.host.persistent();
    match pairs.is_empty() {
        true => persistent.remove(&key(LOCK, resource)),
        false => persistent.insert(key(LOCK, resource), Term::list(pairs)),
    };
}

/// One attempt to lock: whether nobody else holds it.
fn set_lock(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let [resource, requester] = lock(&arguments[0])?;
    let mut held = holders(call, &resource);
    let free = held.iter().all(|(by, _)| *by == requester);
    if free {
        held.push((requester, call.host.me()));
    }
    hold(call, &resource, held);
    Ok(Term::boolean(free))
}

fn del_lock(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let [resource, requester] = lock(&arguments[0])?;
    let mut held = holders(call, &resource);
    let me = (requester, call.host.me());
    if let Some(place) = held.iter().position(|holder| *holder == me) {
        held.remove(place);
    }
    hold(call, &resource, held);
    Ok(Term::boolean(true))
}

/// There are no other nodes to hear from.
fn sync(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::OK.into())
}

/// Of module `global`.
pub const TABLE: &[ActsRow] = &[
    ("register_name", 2, register_name),
    ("register_name", 3, register_name),
    ("re_register_name", 2, re_register_name),
    ("re_register_name", 3, re_register_name),
    ("unregister_name", 1, unregister_name),
    ("whereis_name", 1, whereis_name),
    ("registered_names", 0, registered_names),
    ("set_lock_on_nodes", 2, set_lock),
    ("del_lock", 1, del_lock),
    ("del_lock", 2, del_lock),
    ("sync", 0, sync),
];
