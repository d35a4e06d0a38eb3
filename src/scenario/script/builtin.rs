//! The modules that need no program: Elixir's `Agent` holding a map, and the plain worker.

use crate::kernel::{Atom, Term};
use crate::otp::fault::count_start_if_asked;
use crate::otp::{Callback, Cue, Raise, Return, Step, Then};

use super::fault;
use super::program::ProgramKind;
use super::{Builtin, Script, ScriptContext};

impl Builtin {
    /// Goes on: answers a callback, unless a fault has struck that is about it.
    pub(super) fn resume(&mut self, cue: Cue<Script>, context: &mut ScriptContext<'_>) -> Step<Script> {
        let kind = &context.image().program(self.definition).kind;
        let callback = match cue {
            Cue::Callback(callback) => callback,
            Cue::TimeUp if self.late.is_some() => {
                let callback = self.late.take().expect("it has been looked at");
                return self.call(kind, callback);
            }
            _ => unreachable!("a built-in module waits for nothing but time"),
        };
        if callback == Callback::Init {
            count_start_if_asked(context);
        }
        if let Some(step) = fault::instead(&callback, context) {
            return step;
        }
        match (&callback, kind) {
            (Callback::Call { .. } | Callback::Cast(_) | Callback::Info(_), _)
                if let Some(pause) = fault::delay(context) =>
            {
                self.late = Some(callback);
                pause
            }
            _ => self.call(kind, callback),
        }
    }

    /// Answers a callback.
    fn call(&mut self, kind: &ProgramKind, callback: Callback) -> Step<Script> {
        let Callback::Call { request, .. } = callback else {
            return Step::Return(Return::Ok(Then::Wait));
        };
        let answer = match kind {
            ProgramKind::Agent => self.answer(&request),
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
