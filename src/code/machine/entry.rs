//! Where a process begins.

use crate::kernel::Atom;

use super::super::load::{ASSEMBLED, Code, Found, SPAWNED, stand_ins};
use super::super::term::{Fun, Term};
use super::process::Place;

/// A call that a process begins with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The module that was named.
    pub module: Atom,
    /// The function that was named.
    pub function: Atom,
    /// The arguments that were given.
    pub given: usize,
    /// Where its code is; nowhere if there is no such function.
    pub place: Place,
    /// What the first registers hold.
    pub arguments: Vec<Term>,
}

impl Entry {
    /// The call of a function.
    pub fn of(code: &Code, module: Atom, function: Atom, arguments: Vec<Term>) -> Entry {
        let given = arguments.len();
        let (place, arguments) = resolve(code, module, function, arguments);
        Entry { module, function, given, place, arguments }
    }
}

fn resolve(code: &Code, module: Atom, function: Atom, arguments: Vec<Term>) -> (Place, Vec<Term>) {
    if module == Atom::ERLANG && function == Atom::APPLY {
        match &arguments[..] {
            [Term::Fun(fun), list] => {
                if let Some(inner) = list.as_list().filter(|list| list.len() == usize::from(fun.arity())) {
                    return of_fun(code, fun, inner);
                }
            }
            [Term::Atom(module), Term::Atom(function), list] => {
                if let Some(inner) = list.as_list() {
                    return resolve(code, *module, *function, inner);
                }
            }
            _ => (),
        }
        return (Place::NOWHERE, arguments);
    }
    let arity = u8::try_from(arguments.len()).unwrap_or(u8::MAX);
    match code.find(module, function, arity) {
        Found::Code(number, at) => (Place { module: number, at }, arguments),
        Found::Native(_) => {
            let begin = stand_ins().find(|(of, _)| *of == SPAWNED).map(|(_, begin)| begin);
            let place = code.number(code.atoms.intern(ASSEMBLED)).zip(begin);
            let place = place.map_or(Place::NOWHERE, |(module, at)| Place { module, at });
            (place, vec![module.into(), function.into(), Term::list(arguments)])
        }
        Found::Nowhere => (Place::NOWHERE, arguments),
    }
}

fn of_fun(code: &Code, fun: &Fun, mut arguments: Vec<Term>) -> (Place, Vec<Term>) {
    match fun {
        Fun::External { module, function, .. } => resolve(code, *module, *function, arguments),
        Fun::Local { module, index, free, .. } => {
            let number = code.number(*module);
            let loaded = number.and_then(|number| code.module(number).ok());
            let lambda = loaded.and_then(|loaded| loaded.lambdas.get(*index as usize));
            arguments.extend(free.iter().cloned());
            match (number, lambda) {
                (Some(module), Some(lambda)) => (Place { module, at: lambda.entry }, arguments),
                _ => (Place::NOWHERE, arguments),
            }
        }
    }
}
