//! Module `string`: the two functions of it that the emulator has.

use crate::code::term::Term;
use crate::kernel::{Atom, Atoms};

use super::{Answer, Row, floats, text};

/// The functions of module `string`.
pub const TABLE: &[Row] = &[
    ("list_to_float", 1, |args, atoms| {
        let read =
            |text: &[u8]| floats::prefix(text).and_then(|(value, len)| Some((Term::float(value)?, len)));
        read_front(&args[0], "no_float", read, atoms)
    }),
    ("list_to_integer", 1, |args, atoms| read_front(&args[0], "no_integer", text::integer_prefix, atoms)),
];

/// `{Value, Rest}` of the number at the front of a list of characters.
fn read_front(
    list: &Term,
    none: &str,
    read: impl Fn(&[u8]) -> Option<(Term, usize)>,
    atoms: &Atoms,
) -> Answer {
    let error = |reason: &str| Ok(Term::tuple([Atom::ERROR.into(), atoms.intern(reason).into()]));
    if !matches!(list, Term::Nil | Term::Cons(_)) {
        return error("not_a_list");
    }
    let byte = |term: &Term| term.as_int().and_then(|byte| u8::try_from(byte).ok());
    let front: Vec<u8> = list.items().map_while(byte).collect();
    let Some((value, len)) = read(&front) else { return error(none) };
    let mut items = list.items();
    items.by_ref().take(len).for_each(drop);
    Ok(Term::tuple([value, items.tail().clone()]))
}
