//! Digests of terms and of bytes.
//!
//! Erlang promises that `phash2` is the same on every machine and in every release, so in which partition a key lies
//! is a fact. It follows `make_hash2` of the emulator, which mixes as Bob Jenkins has proposed. What belongs to a run is
//! the exception: the numbers of pids and references and the digests of functions are others here.

pub(super) mod bytes;
mod portable;

use crate::code::raise::Raise;
use crate::code::term::Term;

use super::{Answer, Row, digest, iodata};

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("phash2", 1, |args, atoms| {
        Ok(Term::Int(i64::from(portable::phash2(&args[0], atoms) & ((1 << 27) - 1))))
    }),
    ("phash2", 2, |args, atoms| within(portable::phash2(&args[0], atoms), &args[1])),
    ("phash", 2, |args, atoms| match within(portable::phash(&args[0], atoms), &args[1])? {
        Term::Int(hash) => Ok(Term::Int(hash + 1)),
        other => Ok(other),
    }),
    ("crc32", 1, |args, _| crc32(0, &args[0])),
    ("crc32", 2, |args, _| crc32(word(&args[0])?, &args[1])),
    ("adler32", 1, |args, _| adler32(1, &args[0])),
    ("adler32", 2, |args, _| adler32(word(&args[0])?, &args[1])),
    ("md5", 1, |args, _| Ok(digest::md5(&iodata::bytes(&args[0])?))),
];

pub use portable::phash2;

fn within(hash: u32, range: &Term) -> Answer {
    match range {
        Term::Int(range @ 1..=0x1_0000_0000) => Ok(Term::Int(i64::from(hash) % range)),
        _ => Err(Raise::badarg()),
    }
}

fn word(term: &Term) -> Result<u32, Raise> {
    term.as_int().and_then(|word| u32::try_from(word).ok()).ok_or_else(Raise::badarg)
}

fn crc32(before: u32, data: &Term) -> Answer {
    Ok(Term::Int(i64::from(bytes::crc32(before, &iodata::bytes(data)?))))
}

fn adler32(before: u32, data: &Term) -> Answer {
    Ok(Term::Int(i64::from(bytes::adler32(before, &iodata::bytes(data)?))))
}
