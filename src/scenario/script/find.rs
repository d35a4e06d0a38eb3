//! Finding processes as people mean them: by pid, by registered name, or by child id.

use crate::kernel::{Pid, Process, Term};
use crate::otp::registry::{self, Via};
use crate::otp::{Actor, ChildType, Member};

use super::super::ast::CountField;
use super::super::simulation::ScriptWorld;
use super::Script;

/// The living process that a pid, a registered name, a name that a registry keeps, or else a child id means. Of several with one child id
/// it is the one that was started first.
pub fn process(world: &ScriptWorld, who: &Term) -> Option<Pid> {
    match who {
        Term::Pid(pid) => world.process(*pid).map(|process| process.pid),
        Term::Atom(name) => world
            .whereis(*name)
            .or_else(|| world.processes().find(|process| process.label == *name).map(|process| process.pid)),
        other => match Via::of(other)? {
            Via::Registry { registry, key, .. } => registry::living_holder(registry, &key, world),
            // Where a key is routed to is for its caller to compute: the parser lets nobody ask here.
            Via::Partition { .. } => None,
        },
    }
}

/// The living process with its pid.
pub fn living<'a>(world: &'a ScriptWorld, who: &Term) -> Option<&'a Process<Actor<Script>>> {
    world.process(process(world, who)?)
}

/// A number of `count_children`, as it would be answered now.
pub fn count(world: &ScriptWorld, supervisor: &Term, field: CountField) -> Option<i64> {
    let members = match living(world, supervisor)?.behaviour() {
        Actor::Supervisor(supervisor) => supervisor.members(),
        Actor::DynamicSupervisor(supervisor) => supervisor.members(),
        _ => return None,
    };
    let is_alive = |member: &&Member| member.pid.is_some_and(|pid| world.process(pid).is_some());
    let number = match field {
        CountField::Specs => members.len(),
        CountField::Active => members.iter().filter(is_alive).count(),
        CountField::Supervisors => {
            members.iter().filter(|member| member.kind == ChildType::Supervisor).count()
        }
        CountField::Workers => members.iter().filter(|member| member.kind == ChildType::Worker).count(),
    };
    i64::try_from(number).ok()
}
