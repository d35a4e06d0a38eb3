//! Why a test of compiled code failed, in the words that ExUnit uses, with the place in the user's own file.

use crate::code::load::Code;
use crate::kernel::{Atom, Term};
use crate::model::{Part, Sentence};
use crate::trace::file_and_line;

const ASSERTION: Atom = Atom::of("Elixir.ExUnit.AssertionError");
const NO_VALUE: Atom = Atom::of("ex_unit_no_meaningful_value");
const MESSAGE: Atom = Atom::of("message");
const UNDEF: Atom = Atom::of("undef");
const FUNCTION_CLAUSE: Atom = Atom::of("function_clause");
const LEFT: Atom = Atom::of("left");
const RIGHT: Atom = Atom::of("right");

/// The sentence behind the name of the test's process.
pub(super) fn sentence(reason: &Term, code: &Code) -> Sentence {
    let (value, trace) = match reason.as_tuple() {
        Some([value, Term::List(trace, _)]) => (value, &trace[..]),
        _ => (reason, &[][..]),
    };
    let mut why = vec![Part::text(" failed: ")];
    if value.field(Atom::STRUCT).is_some_and(|kind| kind.is(ASSERTION)) {
        if let Some(Term::Text(message)) = value.field(MESSAGE) {
            why.push(Part::Text(message.to_string()));
        }
        for (side, key) in [("left", LEFT), ("right", RIGHT)] {
            if let Some(found) = value.field(key).filter(|found| !found.is(NO_VALUE)) {
                why.extend([Part::Text(format!(", {side}: ")), Part::Term(found.clone())]);
            }
        }
    } else if let (Some(Term::Atom(kind)), Some(Term::Text(message))) =
        (value.field(Atom::STRUCT), value.field(MESSAGE))
    {
        why.push(Part::Text(format!("({}) {message}", shown(*kind, code))));
    } else {
        why.push(Part::Term(value.clone()));
        let tells_nothing = [UNDEF, FUNCTION_CLAUSE, Atom::BADARG].iter().any(|atom| value.is(*atom));
        if let Some(function) = trace.first().filter(|_| tells_nothing).and_then(|top| function(top, code)) {
            why.push(Part::Text(format!(" of {function}")));
        }
    }
    let places = || trace.iter().filter_map(|entry| place(entry, code));
    match (places().next(), places().next_back()) {
        (Some(place), Some(from)) if file_of(&place) != file_of(&from) => {
            why.push(Part::Text(format!(" ({place}, from {from})")));
        }
        (Some(place), _) => why.push(Part::Text(format!(" ({place})"))),
        (None, _) => (),
    }
    why
}

/// The file of a place.
fn file_of(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(file, _)| file)
}

/// A module as its language calls it.
fn shown(module: Atom, code: &Code) -> &str {
    let name = code.atoms.text(module);
    name.strip_prefix("Elixir.").unwrap_or(name)
}

/// The function that an entry of a stack trace is about.
fn function(entry: &Term, code: &Code) -> Option<String> {
    let [module, function, arity, ..] = entry.as_tuple()? else { return None };
    let arity = match arity {
        Term::Int(arity) => *arity,
        Term::List(arguments, _) => arguments.len() as i64,
        _ => return None,
    };
    let (module, function) = (module.as_atom()?, code.atoms.text(function.as_atom()?));
    let name = code.atoms.text(module);
    let between = if name.starts_with("Elixir.") { "." } else { ":" };
    Some(format!("{}{between}{function}/{arity}", shown(module, code)))
}

/// The place of an entry of a stack trace that lies in the user's own modules.
fn place(entry: &Term, code: &Code) -> Option<String> {
    let module = entry.as_tuple()?.first()?.as_atom()?;
    code.is_users(module).then(|| file_and_line(entry))?
}
