//! Module `binary`.

mod arguments;
mod pattern;

use num_bigint::{BigInt, BigUint, Sign};

use crate::kernel::{Atom, Atoms};

use super::super::bits::{Bits, Builder};
use super::super::raise::Raise;
use super::super::term::Term;
use super::{Answer, Row, iodata};

use arguments::{binary, count, index, within};
use pattern::{compile_pattern, match_2, match_3, matches_2, matches_3, split_2, split_3};

/// The functions of module `binary`.
pub const TABLE: &[Row] = &[
    ("at", 2, at),
    ("bin_to_list", 1, bin_to_list),
    ("bin_to_list", 2, bin_to_list),
    ("bin_to_list", 3, bin_to_list),
    ("compile_pattern", 1, compile_pattern),
    ("copy", 1, copy_1),
    ("copy", 2, copy_2),
    ("decode_unsigned", 1, decode_unsigned),
    ("decode_unsigned", 2, decode_unsigned),
    ("encode_unsigned", 1, encode_unsigned),
    ("encode_unsigned", 2, encode_unsigned),
    ("first", 1, first),
    ("last", 1, last),
    ("list_to_bin", 1, list_to_bin),
    ("longest_common_prefix", 1, longest_common_prefix),
    ("longest_common_suffix", 1, longest_common_suffix),
    ("match", 2, match_2),
    ("match", 3, match_3),
    ("matches", 2, matches_2),
    ("matches", 3, matches_3),
    ("part", 2, part),
    ("part", 3, part),
    ("referenced_byte_size", 1, referenced_byte_size),
    ("split", 2, split_2),
    ("split", 3, split_3),
];

const BIG: Atom = Atom::of("big");
const LITTLE: Atom = Atom::of("little");

fn any_bits(term: &Term) -> Result<&Bits, Raise> {
    match term {
        Term::Bits(bits) => Ok(bits),
        _ => Err(Raise::badarg()),
    }
}

fn byte(value: u8) -> Term {
    Term::Int(i64::from(value))
}

/// The arguments after the first: a part, as `{Start, Length}` or as two numbers.
fn part_of(bits: &Bits, place: &[Term]) -> Result<(usize, usize), Raise> {
    match place {
        [] => Ok((0, bits.len() / 8)),
        [Term::Tuple(pair)] if pair.len() == 2 => within(&pair[0], &pair[1], bits.len() / 8),
        [start, len] => within(start, len, bits.len() / 8),
        _ => Err(Raise::badarg()),
    }
}

/// What Erlang writes as `binary_part/2,3`.
pub fn part(args: &[Term], _: &Atoms) -> Answer {
    let bits = any_bits(&args[0])?;
    let (from, len) = part_of(bits, &args[1..])?;
    Ok(Term::Bits(bits.slice(from * 8, len * 8)))
}

fn bin_to_list(args: &[Term], _: &Atoms) -> Answer {
    let bits = binary(&args[0])?;
    let (from, len) = part_of(bits, &args[1..])?;
    Ok(Term::list(bits.bytes()[from..from + len].iter().copied().map(byte)))
}

fn list_to_bin(args: &[Term], _: &Atoms) -> Answer {
    match &args[0] {
        Term::Nil | Term::Cons(_) => iodata::bytes(&args[0]).map(|bytes| Term::binary(&bytes)),
        _ => Err(Raise::badarg()),
    }
}

fn at(args: &[Term], _: &Atoms) -> Answer {
    let (bits, at) = (binary(&args[0])?, index(&args[1])?);
    if at < bits.len() / 8 { Ok(byte(bits.byte(at * 8))) } else { Err(Raise::badarg()) }
}

fn first(args: &[Term], _: &Atoms) -> Answer {
    let bits = binary(&args[0])?;
    if bits.is_empty() { Err(Raise::badarg()) } else { Ok(byte(bits.byte(0))) }
}

fn last(args: &[Term], _: &Atoms) -> Answer {
    let bits = binary(&args[0])?;
    bits.len().checked_sub(8).map(|at| byte(bits.byte(at))).ok_or_else(Raise::badarg)
}

fn copy_1(args: &[Term], _: &Atoms) -> Answer {
    Ok(Term::binary(&binary(&args[0])?.bytes()))
}

fn copy_2(args: &[Term], _: &Atoms) -> Answer {
    let (bits, times) = (any_bits(&args[0])?, index(&args[1])?);
    if times > 0 {
        binary(&args[0])?;
    }
    match bits.len().checked_mul(times) {
        Some(len) if Builder::default().has_room(len) => Ok(Term::binary(&bits.bytes().repeat(times))),
        _ => Err(Raise::system_limit()),
    }
}

/// As many bytes as the buffer has that it is a part of. The real one may give other numbers, since buffers are its
/// own business.
fn referenced_byte_size(args: &[Term], _: &Atoms) -> Answer {
    any_bits(&args[0]).map(|bits| count(bits.buffer_len()))
}

/// The order of bytes that a last argument names: whether it is `little`.
fn is_little(order: Option<&Term>) -> Result<bool, Raise> {
    match order {
        None => Ok(false),
        Some(Term::Atom(BIG)) => Ok(false),
        Some(Term::Atom(LITTLE)) => Ok(true),
        Some(_) => Err(Raise::badarg()),
    }
}

fn decode_unsigned(args: &[Term], _: &Atoms) -> Answer {
    let bytes = binary(&args[0])?.bytes();
    let value = match is_little(args.get(1))? {
        true => BigUint::from_bytes_le(&bytes),
        false => BigUint::from_bytes_be(&bytes),
    };
    Ok(Term::integer(value.into()))
}

fn encode_unsigned(args: &[Term], _: &Atoms) -> Answer {
    let value = match &args[0] {
        Term::Int(value) => BigInt::from(*value),
        Term::Big(value) => (**value).clone(),
        _ => return Err(Raise::badarg()),
    };
    let (Sign::Plus | Sign::NoSign, bytes) = (match is_little(args.get(1))? {
        true => value.to_bytes_le(),
        false => value.to_bytes_be(),
    }) else {
        return Err(Raise::badarg());
    };
    Ok(Term::binary(&bytes))
}

fn longest_common_prefix(args: &[Term], _: &Atoms) -> Answer {
    common(&args[0], |bytes, at| bytes.get(at).copied())
}

fn longest_common_suffix(args: &[Term], _: &Atoms) -> Answer {
    common(&args[0], |bytes, at| bytes.len().checked_sub(at + 1).map(|at| bytes[at]))
}

/// How far binaries agree, going along them in some way.
fn common(list: &Term, byte_at: fn(&[u8], usize) -> Option<u8>) -> Answer {
    let terms = list.as_list().filter(|terms| !terms.is_empty()).ok_or_else(Raise::badarg)?;
    let binaries = terms.iter().map(|term| Ok(binary(term)?.bytes())).collect::<Result<Vec<_>, Raise>>()?;
    let agree = |at: &usize| {
        let first = byte_at(&binaries[0], *at);
        first.is_some() && binaries.iter().all(|bytes| byte_at(bytes, *at) == first)
    };
    Ok(count((0..).take_while(agree).count()))
}
