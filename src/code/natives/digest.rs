//! Module `crypto`, as far as programs use it to tell things apart: digests, and codes made of them with a key.

use hmac::digest::Digest;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::kernel::{Atom, Atoms};

use super::super::raise::Raise;
use super::super::term::Term;
use super::{Answer, Row, iodata};

const HMAC: Atom = Atom::of("hmac");

/// What a digest makes of data: by itself, and with a key.
struct Digests {
    hash: fn(&[u8]) -> Term,
    hmac: fn(&[u8], &[u8]) -> Answer,
}

impl Digests {
    /// The digest of this name.
    fn named(name: &Term, atoms: &Atoms) -> Option<Digests> {
        Some(match atoms.text(name.as_atom()?) {
            "md5" => Digests::of::<Md5>(),
            "sha" => Digests::of::<Sha1>(),
            "sha224" => Digests::of::<Sha224>(),
            "sha256" => Digests::of::<Sha256>(),
            "sha384" => Digests::of::<Sha384>(),
            "sha512" => Digests::of::<Sha512>(),
            _ => return None,
        })
    }

    fn of<D: Digest + EagerHash>() -> Digests {
        Digests { hash: hash::<D>, hmac: hmac::<D> }
    }
}

fn hash<D: Digest>(data: &[u8]) -> Term {
    Term::binary(&D::digest(data))
}

fn hmac<D: EagerHash>(key: &[u8], data: &[u8]) -> Answer {
    let keyed = Hmac::<D>::new_from_slice(key).map_err(|_| Raise::badarg())?;
    Ok(Term::binary(&keyed.chain_update(data).finalize().into_bytes()))
}

/// What `erlang:md5` makes of data.
pub(super) fn md5(data: &[u8]) -> Term {
    hash::<Md5>(data)
}

/// Module `crypto`, of what only computes. What it does not know is refused as a NIF that is not there.
pub const TABLE: &[Row] = &[
    ("hash", 2, |args, atoms| {
        let data = iodata::bytes(&args[1])?;
        let digest = Digests::named(&args[0], atoms).ok_or_else(Raise::missing)?;
        Ok((digest.hash)(&data))
    }),
    ("mac", 4, |args, atoms| {
        let (key, data) = (iodata::bytes(&args[2])?, iodata::bytes(&args[3])?);
        let digest = Digests::named(&args[1], atoms).filter(|_| args[0].is(HMAC));
        (digest.ok_or_else(Raise::missing)?.hmac)(&key, &data)
    }),
    ("hash_equals", 2, |args, _| {
        let (one, other) = (iodata::bytes(&args[0])?, iodata::bytes(&args[1])?);
        match one.len() == other.len() {
            true => Ok(Term::boolean(one == other)),
            false => Err(Raise::badarg()),
        }
    }),
    ("bytes_to_integer", 1, |args, _| {
        let bytes = iodata::bytes(&args[0])?;
        Ok(Term::integer(num_bigint::BigInt::from_bytes_be(num_bigint::Sign::Plus, &bytes)))
    }),
];
