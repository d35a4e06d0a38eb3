//! Which clients nobody can reach but those whom they ask: found in the programs, before anything runs.
//!
//! A search need not try all orders for such a client: what it does between two waits is nobody's business.
//! This errs on the side of caution. One line anywhere that could hand a client's pid on, and no client is
//! local.

use std::collections::BTreeSet;

use crate::kernel::{Atom, Term};
use crate::otp::{DynamicSupervisorInit, InitResult, Shutdown, SupervisorInit};

use super::super::language::{Event, Lowered, Mishap, Operation, Question};
use super::expression::Expression;
use super::image::Image;
use super::parts::Parts;
use super::program::{Program, ProgramKind};
use super::start::AnySupervisor;

/// Which clients are local: nobody else can reach them.
#[derive(Clone, Debug)]
pub struct LocalClients {
    /// Of each client, in file order, whether it is.
    pub clients: Vec<bool>,
    /// Nobody asks how clients fare, so the process that watches them may hear of it at any time.
    pub watcher: bool,
    /// The shortest time that any timer is ever set to, in milliseconds; none if there are no timers.
    pub shortest: Option<u64>,
}

impl LocalClients {
    /// Looks through the programs of a scenario, and through what its properties ask.
    ///
    /// Who is asked in which order things happen is told by what every client does.
    pub fn of<'a>(
        image: &'a Image,
        questions: impl Iterator<Item = &'a Question<Lowered>>,
        in_order: bool,
    ) -> LocalClients {
        let applications = !image.applications.is_empty();
        // A registry can tell anybody's pid to anybody.
        let registries = image.supervisors.iter().any(AnySupervisor::keeps_names);
        let uncovered = operations(image).any(|operation| operation.effects.uncovers);
        let exposed = applications || registries || uncovered || names_callers(image);
        let spoken = atoms_spoken(image, questions);
        let clients = image.clients.iter().map(|(number, name, _)| {
            let definition = image.program(*number);
            let mut called = [Some(definition.name), *name].into_iter().flatten();
            !exposed
                && !in_order
                && !hands_itself_on(definition)
                && called.all(|name| !spoken.contains(&name))
        });
        LocalClients {
            clients: clients.collect(),
            watcher: !applications && !uncovered && !in_order,
            shortest: shortest(image),
        }
    }
}

fn operations(image: &Image) -> impl Iterator<Item = &Operation> {
    image.programs.iter().flat_map(|definition| &definition.operations)
}

/// Whether a handler learns who called: then its program can reach whoever calls.
fn names_callers(image: &Image) -> bool {
    image.programs.iter().any(|definition| match &definition.kind {
        ProgramKind::Server { handlers, .. } => {
            handlers.iter().any(|handler| matches!(handler.event, Event::Call { from: Some(_), .. }))
        }
        ProgramKind::Process { .. } | ProgramKind::Task | ProgramKind::Agent | ProgramKind::Worker => false,
    })
}

/// Whether a line of a client could tell somebody its pid, or make it one end of more than a call: `self`, and
/// processes that it starts, links or monitors.
fn hands_itself_on(client: &Program) -> bool {
    client.operations.iter().any(|operation| {
        let mut says_self = false;
        for value in operation.kind.parts().values {
            value.visit(&mut |part| says_self |= *part == Expression::SelfPid);
        }
        says_self || operation.effects.exposes
    })
}

/// All atoms that programs and properties compute with: the names among them can be reached.
fn atoms_spoken<'a>(
    image: &'a Image,
    questions: impl Iterator<Item = &'a Question<Lowered>>,
) -> BTreeSet<Atom> {
    let mut parts = Parts::default();
    questions.for_each(|question| question.parts(&mut parts));
    let mut atoms = BTreeSet::new();
    let computed = operations(image).flat_map(|operation| operation.kind.parts().values);
    for value in computed.chain(parts.values) {
        value.visit(&mut |part| {
            if let Expression::Constant(term) = part {
                in_term(term, &mut atoms);
            }
        });
    }
    for definition in &image.programs {
        definition.variables.iter().for_each(|(_, term)| in_term(term, &mut atoms));
    }
    image.common().variables.iter().for_each(|term| in_term(term, &mut atoms));
    for mishap in &image.mishaps {
        match mishap {
            // Whether somebody can be killed now can be seen in the world.
            Mishap::Kill { .. } | Mishap::Burst { .. } | Mishap::Disconnect { .. } => (),
            Mishap::Start { child: name, .. }
            | Mishap::Terminate { child: name, .. }
            | Mishap::Slow { process: name, .. } => drop(atoms.insert(*name)),
            Mishap::Send { target, message } => {
                atoms.insert(*target);
                in_term(message, &mut atoms);
            }
        }
    }
    atoms
}

fn in_term(term: &Term, atoms: &mut BTreeSet<Atom>) {
    match term {
        Term::Atom(atom) => drop(atoms.insert(*atom)),
        Term::Tuple(terms, _) | Term::List(terms, _) => terms.iter().for_each(|term| in_term(term, atoms)),
        Term::Map(pairs, _) => {
            for (key, value) in pairs.iter() {
                in_term(key, atoms);
                in_term(value, atoms);
            }
        }
        Term::Int(_) | Term::Text(_) | Term::Pid(_) | Term::Ref(_) => (),
    }
}

/// The shortest time that is written anywhere. What is not written as a number may be any.
fn shortest(image: &Image) -> Option<u64> {
    let mut times: Vec<u64> = Vec::new();
    let mut add = |expression: &Expression| match expression {
        Expression::Constant(Term::Int(time)) => times.push(u64::try_from(*time).unwrap_or(0)),
        Expression::Constant(Term::Atom(Atom::INFINITY)) => (),
        _ => times.push(0),
    };
    let mut sets: Vec<u64> = Vec::new();
    for operation in operations(image) {
        let parts = operation.kind.parts();
        parts.times.into_iter().for_each(&mut add);
        sets.extend(parts.sets);
        sets.extend(operation.effects.sets);
    }
    times.append(&mut sets);
    for supervisor in &image.supervisors {
        match supervisor {
            AnySupervisor::Static(SupervisorInit { result: InitResult::Ok(_, specs), .. }) => {
                for spec in specs {
                    times.extend(told_to_stop(spec.shutdown));
                    times.extend(spec.start.timeout);
                }
            }
            AnySupervisor::Static(SupervisorInit { result: InitResult::Raw(_), .. })
            | AnySupervisor::Dynamic(DynamicSupervisorInit { result: Err(_), .. }) => times.push(0),
            AnySupervisor::Static(SupervisorInit { result: InitResult::Raises(_), .. })
            | AnySupervisor::Dynamic(DynamicSupervisorInit { result: Ok(_), .. }) => (),
        }
    }
    for mishap in &image.mishaps {
        if let Mishap::Slow { by, .. } = mishap {
            times.push(*by);
        }
    }
    // `supervisor:terminate` of what a raw specification has started is covered above; OTP's own processes
    // set no other timers.
    times.into_iter().min()
}

fn told_to_stop(shutdown: Shutdown) -> Option<u64> {
    match shutdown {
        Shutdown::Timeout(time) => Some(time),
        Shutdown::BrutalKill | Shutdown::Infinity => None,
    }
}
