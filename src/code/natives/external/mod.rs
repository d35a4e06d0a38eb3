//! The external term format: `term_to_binary` and back.
//!
//! What belongs to a run has no external form that could be read again: a pid or a reference is written, with its
//! digest for a number, so that it can be compared or hashed; reading one is `badarg`.

mod format;
mod read;
mod write;

use crate::code::raise::Raise;
use crate::code::term::Term;
use crate::kernel::{Atom, Atoms};

use super::{Answer, Row, parts};
use format::Options;

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("term_to_binary", 1, |args, atoms| Ok(Term::binary(&encode(&args[0], atoms)))),
    ("term_to_binary", 2, |args, atoms| written(&args[0], &args[1], atoms).map(|bytes| Term::binary(&bytes))),
    ("term_to_iovec", 1, |args, atoms| Ok(Term::list([Term::binary(&encode(&args[0], atoms))]))),
    ("term_to_iovec", 2, |args, atoms| {
        written(&args[0], &args[1], atoms).map(|bytes| Term::list([Term::binary(&bytes)]))
    }),
    ("external_size", 1, |args, atoms| Ok(parts::count(encode(&args[0], atoms).len()))),
    ("external_size", 2, |args, atoms| {
        let options = options(&args[1], 1)?;
        if options.compressed.is_some() {
            return Err(Raise::badarg());
        }
        Ok(parts::count(write::term(&args[0], options, atoms).len()))
    }),
    ("binary_to_term", 1, |args, atoms| binary_to_term(&args[0], &Term::Nil, atoms)),
    ("binary_to_term", 2, |args, atoms| binary_to_term(&args[0], &args[1], atoms)),
];

/// The term as `term_to_binary/1` writes it.
pub fn encode(term: &Term, atoms: &Atoms) -> Vec<u8> {
    write::term(term, Options { minor_version: 1, compressed: None }, atoms)
}

/// Reads the term that these bytes begin with, and says how many they are; none if they are not well-formed.
pub fn decode(bytes: &[u8], atoms: &Atoms) -> Option<(Term, usize)> {
    read::term(bytes, false, atoms)
}

fn written(term: &Term, wanted: &Term, atoms: &Atoms) -> Result<Vec<u8>, Raise> {
    Ok(write::term(term, options(wanted, 2)?, atoms))
}

fn options(list: &Term, version_max: u8) -> Result<Options, Raise> {
    const COMPRESSED: Atom = Atom::of("compressed");
    const DETERMINISTIC: Atom = Atom::of("deterministic");
    const MINOR_VERSION: Atom = Atom::of("minor_version");
    let level = |term: &Term, most: u8| {
        let level = term.as_int().and_then(|level| u8::try_from(level).ok());
        level.filter(|level| *level <= most).ok_or_else(Raise::badarg)
    };
    let mut options = Options { minor_version: 1, compressed: None };
    for option in parts::list(list)? {
        match (option.as_atom(), option.as_tuple()) {
            (Some(COMPRESSED), _) => options.compressed = Some(6),
            (Some(DETERMINISTIC), _) => (),
            (_, Some([name, value])) if name.is(COMPRESSED) => options.compressed = Some(level(value, 9)?),
            (_, Some([name, value])) if name.is(MINOR_VERSION) => {
                options.minor_version = level(value, version_max)?
            }
            _ => return Err(Raise::badarg()),
        }
    }
    Ok(options)
}

fn binary_to_term(binary: &Term, options: &Term, atoms: &Atoms) -> Answer {
    const SAFE: Atom = Atom::of("safe");
    const USED: Atom = Atom::of("used");
    let bytes = binary.as_binary().ok_or_else(Raise::badarg)?;
    let (mut is_safe, mut is_used) = (false, false);
    for option in parts::list(options)? {
        match option.as_atom() {
            Some(SAFE) => is_safe = true,
            Some(USED) => is_used = true,
            _ => return Err(Raise::badarg()),
        }
    }
    let (term, used) = read::term(&bytes, is_safe, atoms).ok_or_else(Raise::badarg)?;
    Ok(if is_used { Term::tuple([term, parts::count(used)]) } else { term })
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::code::term::{Fun, Term};
    use crate::kernel::{Atom, Atoms};

    #[test]
    fn a_function_comes_back_with_what_it_closes_over() {
        let atoms = Atoms::default();
        let free = [Term::Int(1), Term::list([Term::binary(b"x")])].into();
        let fun = Term::Fun(Fun::Local { module: Atom::SYS, index: 3, arity: 2, free }.into());
        let bytes = encode(&fun, &atoms);
        assert_eq!(decode(&bytes, &atoms), Some((fun, bytes.len())));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        let atoms = Atoms::default();
        let deep = [&[131][..], &[108, 0, 0, 0, 1].repeat(1_000_000)].concat();
        for bytes in [
            &[][..],
            &[131],
            &[130, 106],
            &[131, 105, 255, 255, 255, 255],
            &[131, 116, 0, 0, 0, 2, 106],
            &deep,
        ] {
            assert_eq!(decode(bytes, &atoms), None);
        }
    }
}
