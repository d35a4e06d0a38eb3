//! Global names, `{global, Name}`. On one node such a name is a name like any other: it is registered before
//! `init`, released at death, and refused while a living process has it. Here it is a name that is written so.

use crate::kernel::{Atom, Atoms, Term};

/// The tag of a global name in a file: `(global)NAME`.
pub const TAG: &str = "global";

/// How a global name is written.
pub fn written(name: &str) -> String {
    format!("{{global, {name}}}")
}

/// The name in a global one.
pub fn inner(text: &str) -> Option<&str> {
    text.strip_prefix("{global, ")?.strip_suffix('}')
}

/// The registered name that `{global, Name}` stands for.
pub fn of_term(term: &Term, atoms: &Atoms) -> Option<Atom> {
    match term.as_tuple()? {
        [Term::Atom(Atom::GLOBAL), Term::Atom(name)] => Some(atoms.intern(&written(atoms.text(*name)))),
        _ => None,
    }
}

/// The same term with global names as Erlang shows them.
pub fn shown(term: &Term, atoms: &Atoms) -> Term {
    if !mentions(term, atoms) {
        return term.clone();
    }
    match term {
        Term::Atom(name) => {
            let name = inner(atoms.text(*name)).map(|name| atoms.intern(name));
            name.map_or_else(|| term.clone(), |name| Term::tagged(Atom::GLOBAL, name.into()))
        }
        Term::Tuple(terms, _) => Term::tuple(terms.iter().map(|term| shown(term, atoms))),
        Term::List(terms, _) => Term::list(terms.iter().map(|term| shown(term, atoms))),
        Term::Int(_) | Term::Text(_) | Term::Pid(_) | Term::Ref(_) | Term::Map(_, _) => term.clone(),
    }
}

/// Whether there is a global name in it where it would be shown.
fn mentions(term: &Term, atoms: &Atoms) -> bool {
    match term {
        Term::Atom(name) => inner(atoms.text(*name)).is_some(),
        Term::Tuple(terms, _) | Term::List(terms, _) => terms.iter().any(|term| mentions(term, atoms)),
        Term::Int(_) | Term::Text(_) | Term::Pid(_) | Term::Ref(_) | Term::Map(_, _) => false,
    }
}
