//! What code raises: a class, a value, and where it was.

use crate::kernel::Atom;

use super::term::Term;

const MISSING: Atom = Atom::of("$missing");

/// An exception on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Raise {
    /// How it was raised.
    pub class: Class,
    /// What is caught.
    pub value: Term,
    /// Its stack trace, if it brings one of its own: `erlang:raise/3` does.
    pub stack: Option<Term>,
}

/// The three classes of exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// `error(Reason)`, and what the machine finds wrong.
    Error,
    /// What Erlang writes as `exit(Reason)`.
    Exit,
    /// What Erlang writes as `throw(Value)`.
    Throw,
}

impl Raise {
    /// What Erlang writes as `error(Reason)`.
    pub fn error(value: impl Into<Term>) -> Raise {
        Raise { class: Class::Error, value: value.into(), stack: None }
    }

    /// What Erlang writes as `exit(Reason)`.
    pub fn exit(value: impl Into<Term>) -> Raise {
        Raise { class: Class::Exit, value: value.into(), stack: None }
    }

    /// What Erlang writes as `throw(Value)`.
    pub fn throw(value: impl Into<Term>) -> Raise {
        Raise { class: Class::Throw, value: value.into(), stack: None }
    }

    /// What the function would need for these arguments is not there: the run is refused, and nobody catches it.
    pub fn missing() -> Raise {
        Raise::error(MISSING)
    }

    /// `error(badarg)`: the arguments are not what the function takes.
    pub fn badarg() -> Raise {
        Raise::error(Atom::BADARG)
    }

    /// What Erlang writes as `error(badarith)`.
    pub fn badarith() -> Raise {
        Raise::error(Atom::BADARITH)
    }

    /// What Erlang writes as `error(system_limit)`.
    pub fn system_limit() -> Raise {
        Raise::error(Atom::SYSTEM_LIMIT)
    }

    /// `error({Tag, Value})`, such as `{badmatch, Value}`.
    pub fn tagged(tag: Atom, value: Term) -> Raise {
        Raise::error(Term::tuple([tag.into(), value]))
    }
}

impl Class {
    /// The atom that code sees.
    pub fn atom(self) -> Atom {
        const THROW: Atom = Atom::of("throw");
        match self {
            Class::Error => Atom::ERROR,
            Class::Exit => Atom::EXIT_TAG,
            Class::Throw => THROW,
        }
    }
}
