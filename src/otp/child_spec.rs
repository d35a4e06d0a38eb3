//! `Supervisor.child_spec/2`: what people give as a child, made into a specification, and parts of it replaced.
//!
//! It checks nothing of what the specification says: that is for the supervisor that gets it.

use crate::kernel::{Atom, Term};

use super::raise::Raise;
use super::release::Release;

/// What a child is: a module, a module and its argument, or a specification that is a map
/// (`supervisor.ex`, `init_child/1` and `child_spec/2`). `module` is `child_spec/1` of a module, called with its
/// argument; none if there is no such module, or it has no such function.
///
/// # Errors
///
/// `ArgumentError`, when it is something else, or the module cannot say.
pub fn child_spec(
    child: &Term,
    module: impl Fn(Atom, Term) -> Option<Result<Term, Raise>>,
) -> Result<Term, Raise> {
    let (name, argument) = match child {
        Term::Map(_, _) => return Ok(child.clone()),
        Term::Atom(name) => (*name, Term::list([])),
        Term::Tuple(parts, _) => match &**parts {
            [Term::Atom(name), argument] => (*name, argument.clone()),
            // The tuple of six that Erlang knows is refused by `child_spec/2` too.
            _ => return Err(argument_error()),
        },
        _ => return Err(argument_error()),
    };
    module(name, argument).unwrap_or_else(|| Err(argument_error()))
}

/// Puts these parts in place of those of a specification.
///
/// # Errors
///
/// `ArgumentError`, for a key that this release does not know.
pub fn override_spec(spec: &Term, overrides: &[(Atom, Term)], release: Release) -> Result<Term, Raise> {
    let Term::Map(pairs, _) = spec else { return Err(argument_error()) };
    let is_unknown = |key: Atom| key == Atom::SIGNIFICANT && !release.child_spec_knows_significant();
    if overrides.iter().any(|(key, _)| is_unknown(*key)) {
        return Err(argument_error());
    }
    let replaced = overrides.iter().map(|(key, value)| (Term::from(*key), value.clone()));
    Ok(Term::map(pairs.iter().cloned().chain(replaced)))
}

fn argument_error() -> Raise {
    Raise::Error(Atom::ARGUMENT_ERROR.into())
}
