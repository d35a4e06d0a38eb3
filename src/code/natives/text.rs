//! Atoms and integers as text, and back.

use num_bigint::BigInt;

use crate::code::raise::Raise;
use crate::code::term::Term;
use crate::kernel::{Atom, Atoms};

use super::{Answer, Row, arithmetic, parts};

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("atom_to_list", 1, |args, atoms| Ok(characters(name(&args[0], atoms)?))),
    ("atom_to_binary", 1, |args, atoms| Ok(Term::binary(name(&args[0], atoms)?.as_bytes()))),
    ("atom_to_binary", 2, |args, atoms| atom_to_binary(&args[0], &args[1], atoms)),
    ("list_to_atom", 1, |args, atoms| new_atom(&listed(&args[0])?, atoms)),
    ("list_to_existing_atom", 1, |args, atoms| known_atom(&listed(&args[0])?, atoms)),
    ("binary_to_atom", 1, |args, atoms| new_atom(&decoded(&args[0], Encoding::Utf8)?, atoms)),
    ("binary_to_atom", 2, |args, atoms| new_atom(&decoded(&args[0], encoding(&args[1])?)?, atoms)),
    ("binary_to_existing_atom", 1, |args, atoms| known_atom(&decoded(&args[0], Encoding::Utf8)?, atoms)),
    ("binary_to_existing_atom", 2, |args, atoms| known_atom(&decoded(&args[0], encoding(&args[1])?)?, atoms)),
    ("integer_to_list", 1, |args, _| written(&args[0], &Term::Int(10)).map(|text| characters(&text))),
    ("integer_to_list", 2, |args, _| written(&args[0], &args[1]).map(|text| characters(&text))),
    ("integer_to_binary", 1, |args, _| {
        written(&args[0], &Term::Int(10)).map(|text| Term::binary(text.as_bytes()))
    }),
    ("integer_to_binary", 2, |args, _| written(&args[0], &args[1]).map(|text| Term::binary(text.as_bytes()))),
    ("list_to_integer", 1, |args, _| read(&ascii_list(&args[0])?, &Term::Int(10))),
    ("list_to_integer", 2, |args, _| read(&ascii_list(&args[0])?, &args[1])),
    ("binary_to_integer", 1, |args, _| read(&binary(&args[0])?, &Term::Int(10))),
    ("binary_to_integer", 2, |args, _| read(&binary(&args[0])?, &args[1])),
];

/// How many characters an atom may have.
const ATOM_MAX: usize = 255;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Latin1,
}

/// The list of the characters of a text.
pub(super) fn characters(text: &str) -> Term {
    Term::list(text.chars().map(|letter| Term::Int(i64::from(u32::from(letter)))).collect::<Vec<Term>>())
}

/// The bytes of a binary, or `badarg`.
pub(super) fn binary(term: &Term) -> Result<Vec<u8>, Raise> {
    term.as_binary().map(|bytes| bytes.into_owned()).ok_or_else(Raise::badarg)
}

/// The bytes that a list consists of, or `badarg`.
pub(super) fn ascii_list(term: &Term) -> Result<Vec<u8>, Raise> {
    let byte = |term: &Term| term.as_int().and_then(|byte| u8::try_from(byte).ok()).ok_or_else(Raise::badarg);
    parts::list(term)?.iter().map(byte).collect()
}

/// Reads `[+-]Digits` and says how many bytes that was; none if there are no digits.
pub(super) fn integer_prefix(text: &[u8]) -> Option<(Term, usize)> {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let digits = text[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = unsigned(&text[sign..sign + digits], 10)?;
    let value = if text[0] == b'-' { -value } else { value };
    Some((Term::integer(value), sign + digits))
}

fn name<'a>(term: &Term, atoms: &'a Atoms) -> Result<&'a str, Raise> {
    term.as_atom().map(|atom| atoms.text(atom)).ok_or_else(Raise::badarg)
}

fn encoding(term: &Term) -> Result<Encoding, Raise> {
    const LATIN1: Atom = Atom::of("latin1");
    const UTF8: Atom = Atom::of("utf8");
    const UNICODE: Atom = Atom::of("unicode");
    match term.as_atom() {
        Some(UTF8 | UNICODE) => Ok(Encoding::Utf8),
        Some(LATIN1) => Ok(Encoding::Latin1),
        _ => Err(Raise::badarg()),
    }
}

fn atom_to_binary(term: &Term, into: &Term, atoms: &Atoms) -> Answer {
    let name = name(term, atoms)?;
    match encoding(into)? {
        Encoding::Utf8 => Ok(Term::binary(name.as_bytes())),
        Encoding::Latin1 => {
            let bytes: Option<Vec<u8>> =
                name.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
            bytes.map(|bytes| Term::binary(&bytes)).ok_or_else(Raise::badarg)
        }
    }
}

fn listed(term: &Term) -> Result<String, Raise> {
    let letter =
        |term: &Term| term.as_int().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
    let mut items = term.items();
    // What is too long need not even be a list.
    let name: Option<String> = items.by_ref().take(ATOM_MAX + 1).map(letter).collect();
    let is_whole = |name: &String| name.chars().count() > ATOM_MAX || matches!(items.tail(), Term::Nil);
    name.filter(is_whole).ok_or_else(Raise::badarg)
}

fn decoded(term: &Term, encoding: Encoding) -> Result<String, Raise> {
    let bytes = binary(term)?;
    match encoding {
        Encoding::Utf8 => String::from_utf8(bytes).map_err(|_| Raise::badarg()),
        Encoding::Latin1 => Ok(bytes.into_iter().map(char::from).collect()),
    }
}

fn new_atom(name: &str, atoms: &Atoms) -> Answer {
    if name.chars().count() > ATOM_MAX { Err(Raise::system_limit()) } else { Ok(atoms.intern(name).into()) }
}

fn known_atom(name: &str, atoms: &Atoms) -> Answer {
    let atom = Atom::of(name);
    if atoms.text(atom) == name { Ok(atom.into()) } else { Err(Raise::badarg()) }
}

fn base(term: &Term) -> Result<u32, Raise> {
    term.as_int()
        .and_then(|base| u32::try_from(base).ok())
        .filter(|base| (2..=36).contains(base))
        .ok_or_else(Raise::badarg)
}

fn written(value: &Term, radix: &Term) -> Result<String, Raise> {
    let radix = base(radix)?;
    match value {
        Term::Int(value) if radix == 10 => Ok(value.to_string()),
        value => Ok(arithmetic::to_big(value).ok_or_else(Raise::badarg)?.to_str_radix(radix).to_uppercase()),
    }
}

fn read(text: &[u8], radix: &Term) -> Answer {
    let radix = base(radix)?;
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let value = unsigned(digits, radix).ok_or_else(Raise::badarg)?;
    Ok(Term::integer(if negative { -value } else { value }))
}

/// Digits alone: signs, and what else a library may take for a part of a number, are none.
fn unsigned(digits: &[u8], radix: u32) -> Option<BigInt> {
    let all = !digits.is_empty() && digits.iter().all(|byte| char::from(*byte).is_digit(radix));
    if !all {
        return None;
    }
    BigInt::parse_bytes(digits, radix)
}
