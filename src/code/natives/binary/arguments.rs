//! What the functions of module `binary` are given: binaries, places in them, and parts.

use super::super::super::bits::Bits;
use super::super::super::raise::Raise;
use super::super::super::term::Term;

/// A bit string of whole bytes.
pub(super) fn binary(term: &Term) -> Result<&Bits, Raise> {
    match term {
        Term::Bits(bits) if bits.is_binary() => Ok(bits),
        _ => Err(Raise::badarg()),
    }
}

/// A place: a number that is not negative.
pub(super) fn index(term: &Term) -> Result<usize, Raise> {
    term.as_int().and_then(|value| usize::try_from(value).ok()).ok_or_else(Raise::badarg)
}

pub(super) fn count(value: usize) -> Term {
    Term::Int(value as i64)
}

/// Where a part begins and how long it is; a negative length reaches back from the beginning.
pub(super) fn within(start: &Term, len: &Term, size: usize) -> Result<(usize, usize), Raise> {
    let (start, len) = (index(start)?, len.as_int().ok_or_else(Raise::badarg)?);
    let other =
        i64::try_from(start).ok().and_then(|start| start.checked_add(len)).ok_or_else(Raise::badarg)?;
    let other = usize::try_from(other).map_err(|_| Raise::badarg())?;
    let (from, to) = (start.min(other), start.max(other));
    if to <= size { Ok((from, to - from)) } else { Err(Raise::badarg()) }
}
