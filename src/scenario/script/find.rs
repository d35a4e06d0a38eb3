//! Finding processes as people mean them: by pid, by registered name, or by child id.

use crate::kernel::{Atom, Pid, Process, Term};
use crate::otp::Actor;
use crate::otp::registry::{self, Via};

use super::super::ast::CountField;
use super::Script;
use super::ScriptWorld;
use super::expression::ANY_CHILD;

/// The living process that a pid, a registered name, a name that a registry keeps, or else a child id means. Of several with one child id
/// it is the one that was started first. Where there are nodes, one on the asker's own comes before one elsewhere.
pub fn process(world: &ScriptWorld, node: Atom, who: &Term) -> Option<Pid> {
    let labelled = |name: Atom, node: Atom| {
        let mut processes = world.processes();
        processes
            .find(|process| process.label == name && world.node(process.pid) == node)
            .map(|process| process.pid)
    };
    match who {
        Term::Pid(pid) => world.process(*pid).map(|process| process.pid),
        Term::Atom(name) => {
            let here = world.whereis_on(node, *name).or_else(|| labelled(*name, node));
            here.or_else(|| match world.connection() {
                None => None,
                Some(_) => world.whereis(*name).or_else(|| {
                    world.processes().find(|process| process.label == *name).map(|process| process.pid)
                }),
            })
        }
        Term::Tuple(parts, _) if world.connection().is_some() => match &parts[..] {
            [Term::Atom(name), Term::Atom(node)] => {
                world.whereis_on(*node, *name).or_else(|| labelled(*name, *node))
            }
            _ => None,
        },
        other if let Some((supervisor, _)) = any_child(other) => first_child(world, node, &supervisor.into()),
        other => match Via::of(other)? {
            Via::Registry { registry, key, .. } => registry::living_holder(registry, &key, world),
            // Where a key is routed to is for its caller to compute: the parser lets nobody ask here.
            Via::Partition { .. } => None,
        },
    }
}

/// The living process with its pid.
pub fn living<'a>(world: &'a ScriptWorld, node: Atom, who: &Term) -> Option<&'a Process<Actor<Script>>> {
    world.process(process(world, node, who)?)
}

/// How many processes live that are called so by whoever has started them.
pub fn living_called(world: &ScriptWorld, called: Atom) -> Term {
    let living = world.processes().filter(|process| process.label == called);
    Term::Int(i64::try_from(living.count()).unwrap_or(i64::MAX))
}

/// The supervisor of whom a target means any child, and what nobody is called by where there is none.
pub fn any_child(target: &Term) -> Option<(Atom, Atom)> {
    match target.as_tuple()? {
        [Term::Atom(ANY_CHILD), Term::Atom(supervisor), Term::Atom(nobody)] => Some((*supervisor, *nobody)),
        _ => None,
    }
}

/// The child of a supervisor that lives and was started first.
pub fn first_child(world: &ScriptWorld, node: Atom, supervisor: &Term) -> Option<Pid> {
    let members = living(world, node, supervisor)?.behaviour().members()?;
    members.iter().filter_map(|member| member.pid).find(|pid| world.process(*pid).is_some())
}

/// A number of `count_children`, as it would be answered now.
pub fn count(world: &ScriptWorld, node: Atom, supervisor: &Term, field: CountField) -> Option<i64> {
    let counts = match living(world, node, supervisor)?.behaviour() {
        Actor::Supervisor(supervisor) => supervisor.counts(&mut |pid| world.process(pid).is_some()),
        Actor::DynamicSupervisor(supervisor) => supervisor.counts(),
        _ => return None,
    };
    Some(match field {
        CountField::Specs => counts.specs,
        CountField::Active => counts.active,
        CountField::Supervisors => counts.supervisors,
        CountField::Workers => counts.workers,
    })
}
