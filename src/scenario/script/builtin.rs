//! The modules that need no program: Elixir's `Agent` holding a map, and the plain worker.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Term};
use crate::otp::{Callback, Raise, Return, Step, Then};

use super::Script;
use super::program::DefinitionKind;

/// An agent's map, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Builtin {
    /// Which definition.
    pub definition: u16,
    /// What an agent holds.
    pub map: BTreeMap<Term, Term>,
}

impl Builtin {
    /// Answers a callback.
    pub fn call(&mut self, kind: &DefinitionKind, callback: Callback<Script>) -> Step<Script> {
        let Callback::Call { request, .. } = callback else {
            return Step::Return(Return::Ok(Then::Wait));
        };
        let answer = match kind {
            DefinitionKind::Agent => self.answer(&request),
            _ => Some(Atom::OK.into()),
        };
        match answer {
            Some(answer) => Step::Return(Return::Reply(answer, Then::Wait)),
            None => Step::Raise(Raise::Error(Atom::FUNCTION_CLAUSE.into())),
        }
    }

    fn answer(&mut self, request: &Term) -> Option<Term> {
        if request.is(Atom::GET) {
            return Some(Term::map(self.map.iter().map(|(key, value)| (key.clone(), value.clone()))));
        }
        match request.as_tuple()? {
            [verb, key] if verb.is(Atom::GET) => Some(self.map.get(key).cloned().unwrap_or(Atom::NIL.into())),
            [verb, key] if verb.is(Atom::FETCH) => Some(match self.map.get(key) {
                Some(value) => Term::tagged(Atom::OK, value.clone()),
                None => Atom::ERROR.into(),
            }),
            [verb, key] if verb.is(Atom::DELETE) => {
                self.map.remove(key);
                Some(Atom::OK.into())
            }
            [verb, key, value] if verb.is(Atom::PUT) => {
                self.map.insert(key.clone(), value.clone());
                Some(Atom::OK.into())
            }
            _ => None,
        }
    }
}
