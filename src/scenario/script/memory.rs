//! What a process remembers, for those who look at it: its variables, tables and queues by their names.

use crate::kernel::{Atom, Term};
use crate::model::Remembered;
use crate::otp::Actor;

use super::{Image, Script};

/// What a process remembers from one callback to the next.
pub fn memory(actor: &Actor<Script>, image: &Image) -> Vec<Remembered> {
    let script = match actor {
        Actor::Server(server) => &server.activity.guest,
        Actor::Plain(plain) => &plain.activity.guest,
        _ => return Vec::new(),
    };
    let called = |name: &Atom| image.atoms().text(*name).to_owned();
    let pair = |(key, value): (&Term, &Term)| Term::tuple([key.clone(), value.clone()]);
    match script {
        Script::Actor(execution) => {
            let program = image.program(execution.definition);
            let lasting = program.slots.iter().zip(&execution.slots).take(program.lasting);
            let variables =
                lasting.filter_map(|(name, value)| Some(Remembered::value(called(name), value.clone()?)));
            let tables = program.tables.iter().zip(&execution.tables);
            let tables = tables
                .map(|(name, table)| Remembered::several(called(name), table.len(), table.iter().map(pair)));
            let queues = program.queues.iter().zip(&execution.queues);
            let queues = queues
                .map(|(name, queue)| Remembered::several(called(name), queue.len(), queue.iter().cloned()));
            variables.chain(tables).chain(queues).collect()
        }
        Script::Builtin(builtin) if !builtin.map.is_empty() => {
            let map = builtin.map.iter().map(pair);
            vec![Remembered::several("map".to_owned(), builtin.map.len(), map)]
        }
        Script::Builtin(_) | Script::Boot(_) | Script::Compiled(_) | Script::Rust(_) => Vec::new(),
    }
}
