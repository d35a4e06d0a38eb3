//! Segments: what the instructions on bit strings do with terms.
//!
//! Building answers with the exception that comes of it; matching answers with nothing where nothing matches.

use num_traits::ToPrimitive;

use super::bits::{Bits, Builder, Matcher, Whole};
use super::raise::Raise;
use super::term::Term;

/// How many bits a segment is to have that is built with this size: `Size * Unit`.
///
/// # Errors
///
/// When it is not a size, or one that no bit string has.
pub fn size_to_build(size: &Term, unit: usize) -> Result<usize, Raise> {
    match size {
        Term::Int(size) if *size >= 0 => {
            let bits = usize::try_from(*size).ok().and_then(|size| size.checked_mul(unit));
            bits.filter(|bits| *bits <= u32::MAX as usize).ok_or_else(Raise::system_limit)
        }
        Term::Big(size) if size.sign() == num_bigint::Sign::Plus => Err(Raise::system_limit()),
        _ => Err(Raise::badarg()),
    }
}

/// How many bits a segment has that is matched with this size. None matches if it is not a size.
pub fn size_to_match(size: &Term, unit: usize) -> Option<usize> {
    usize::try_from(size.as_int()?).ok()?.checked_mul(unit)
}

/// Appends an integer.
///
/// # Errors
///
/// When it is not one, or there is no room.
pub fn put_integer(builder: &mut Builder, value: &Term, size: usize, little: bool) -> Result<(), Raise> {
    room(builder, size)?;
    match value {
        Term::Int(value) => builder.integer(*value, size, little),
        Term::Big(value) => builder.big(value, size, little),
        _ => return Err(Raise::badarg()),
    }
    Ok(())
}

/// Appends a float, which may be given as an integer.
///
/// # Errors
///
/// When it is not a number, or too large for any float, or no float has the size.
pub fn put_float(builder: &mut Builder, value: &Term, size: usize, little: bool) -> Result<(), Raise> {
    room(builder, size)?;
    let value = match value {
        Term::Float(value) => value.value(),
        Term::Int(value) => *value as f64,
        Term::Big(value) => value.to_f64().filter(|value| value.is_finite()).ok_or_else(Raise::badarg)?,
        _ => return Err(Raise::badarg()),
    };
    builder.float(value, size, little).ok_or_else(Raise::badarg)
}

/// Appends the first `size` bits of a bit string.
///
/// # Errors
///
/// When it is not one, or not so long.
pub fn put_bits(builder: &mut Builder, value: &Term, size: usize) -> Result<(), Raise> {
    let bits = whole_bits(value).ok_or_else(Raise::badarg)?;
    if size > bits.len() {
        return Err(Raise::badarg());
    }
    room(builder, size)?;
    builder.bits(&bits.slice(0, size));
    Ok(())
}

/// Appends the whole of a bit string.
///
/// # Errors
///
/// When it is not one, or its length is not a multiple of the unit.
pub fn put_all(builder: &mut Builder, value: &Term, unit: usize) -> Result<(), Raise> {
    let bits = whole_bits(value).filter(|bits| bits.len().is_multiple_of(unit)).ok_or_else(Raise::badarg)?;
    room(builder, bits.len())?;
    builder.bits(&bits);
    Ok(())
}

/// Begins with a bit string that is appended to: `<<Acc/binary, ...>>`. It is extended in place if nobody else has
/// it; so the caller should take it out of its register, if that is dead from here on.
///
/// # Errors
///
/// When it is not one, or its length is not a multiple of the unit.
pub fn append_to(value: Term, unit: usize) -> Result<Builder, Raise> {
    match value {
        Term::Bits(bits) if bits.len().is_multiple_of(unit) => Ok(Builder::onto(bits)),
        Term::Matcher(matcher) if matcher.is_in_units(unit) => Ok(Builder::onto(matcher.tail())),
        _ => Err(Raise::badarg()),
    }
}

/// Appends a character in UTF-8.
///
/// # Errors
///
/// When it is not one.
pub fn put_utf8(builder: &mut Builder, value: &Term) -> Result<(), Raise> {
    room(builder, 32)?;
    code_point(value).and_then(|point| builder.utf8(point)).ok_or_else(Raise::badarg)
}

/// Appends a character in UTF-16.
///
/// # Errors
///
/// When it is not one.
pub fn put_utf16(builder: &mut Builder, value: &Term, little: bool) -> Result<(), Raise> {
    room(builder, 32)?;
    code_point(value).and_then(|point| builder.utf16(point, little)).ok_or_else(Raise::badarg)
}

/// Appends a character in UTF-32.
///
/// # Errors
///
/// When it is not one.
pub fn put_utf32(builder: &mut Builder, value: &Term, little: bool) -> Result<(), Raise> {
    room(builder, 32)?;
    code_point(value).and_then(|point| builder.utf32(point, little)).ok_or_else(Raise::badarg)
}

/// How many bytes a character takes in UTF-8: `bs_utf8_size`. What is no character takes four, and is refused when it
/// is put.
pub fn utf8_size(value: &Term) -> i64 {
    code_point(value).and_then(char::from_u32).map_or(4, |character| character.len_utf8() as i64)
}

/// How many bytes a character takes in UTF-16: `bs_utf16_size`.
pub fn utf16_size(value: &Term) -> i64 {
    code_point(value).and_then(char::from_u32).map_or(2, |character| character.len_utf16() as i64 * 2)
}

/// The next integer.
pub fn get_integer(matcher: &mut Matcher, size: usize, signed: bool, little: bool) -> Option<Term> {
    Some(match matcher.integer(size, signed, little)? {
        Whole::Small(value) => Term::Int(value),
        Whole::Big(value) => Term::integer(value),
    })
}

/// The next float.
pub fn get_float(matcher: &mut Matcher, size: usize, little: bool) -> Option<Term> {
    Term::float(matcher.float(size, little)?)
}

/// The next bits.
pub fn get_bits(matcher: &mut Matcher, size: usize) -> Option<Term> {
    matcher.take(size).map(Term::Bits)
}

/// The next character in UTF-8.
pub fn get_utf8(matcher: &mut Matcher) -> Option<Term> {
    matcher.utf8().map(character)
}

/// The next character in UTF-16.
pub fn get_utf16(matcher: &mut Matcher, little: bool) -> Option<Term> {
    matcher.utf16(little).map(character)
}

/// The next character in UTF-32.
pub fn get_utf32(matcher: &mut Matcher, little: bool) -> Option<Term> {
    matcher.utf32(little).map(character)
}

/// Where matching begins: at the beginning of a bit string, or where an earlier match stands.
pub fn start_match(value: &Term) -> Option<Matcher> {
    match value {
        Term::Bits(bits) => Some(Matcher::of(bits.clone())),
        Term::Matcher(matcher) => Some((**matcher).clone()),
        _ => None,
    }
}

fn character(character: char) -> Term {
    Term::Int(i64::from(u32::from(character)))
}

fn code_point(value: &Term) -> Option<u32> {
    u32::try_from(value.as_int()?).ok()
}

/// A bit string, or what is left of one that is being matched.
fn whole_bits(value: &Term) -> Option<Bits> {
    match value {
        Term::Bits(bits) => Some(bits.clone()),
        Term::Matcher(matcher) => Some(matcher.tail()),
        _ => None,
    }
}

fn room(builder: &Builder, size: usize) -> Result<(), Raise> {
    if builder.has_room(size) { Ok(()) } else { Err(Raise::system_limit()) }
}
