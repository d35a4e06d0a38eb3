//! Why a test of compiled code failed, in the words that ExUnit uses, with the place in the user's own file.

use crate::code::load::Code;
use crate::kernel::{Atom, Term};
use crate::model::{Part, Sentence};
use crate::trace::file_and_line;

const ASSERTION: Atom = Atom::of("Elixir.ExUnit.AssertionError");
const NO_VALUE: Atom = Atom::of("ex_unit_no_meaningful_value");
const MESSAGE: Atom = Atom::of("message");
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
    } else {
        why.push(Part::Term(value.clone()));
    }
    if let Some(place) = trace.iter().find_map(|entry| place(entry, code)) {
        why.push(Part::Text(format!(" ({place})")));
    }
    why
}

/// The place of an entry of a stack trace that lies in the user's own modules.
fn place(entry: &Term, code: &Code) -> Option<String> {
    let module = entry.as_tuple()?.first()?.as_atom()?;
    code.is_users(module).then(|| file_and_line(entry))?
}
