//! Reads terms.

use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use crate::code::bits::Bits;
use crate::code::term::{Fun, Map, Term};
use crate::kernel::{Atom, Atoms};

use super::format::{VERSION, tag};

/// How many characters an atom may have.
const ATOM_MAX: usize = 255;

/// Terms within terms, beyond which nobody has written any.
const DEPTH_MAX: usize = 512;

/// The term that the bytes begin with, and how many of them it takes. If it has to be safe, it makes no new atom.
pub(super) fn term(bytes: &[u8], is_safe: bool, atoms: &Atoms) -> Option<(Term, usize)> {
    let [first, rest @ ..] = bytes else { return None };
    if *first != VERSION {
        return None;
    }
    if let [tag::COMPRESSED, packed @ ..] = rest {
        let (size, packed) = packed.split_first_chunk::<4>()?;
        let size = u32::from_be_bytes(*size) as usize;
        let plain = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, size).ok()?;
        if plain.len() != size {
            return None;
        }
        let mut reader = Reader { rest: &plain, is_safe, atoms, depth: 0 };
        let term = reader.term()?;
        return reader.rest.is_empty().then_some((term, bytes.len()));
    }
    let mut reader = Reader { rest, is_safe, atoms, depth: 0 };
    let term = reader.term()?;
    Some((term, bytes.len() - reader.rest.len()))
}

struct Reader<'a> {
    rest: &'a [u8],
    is_safe: bool,
    atoms: &'a Atoms,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn term(&mut self) -> Option<Term> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let term = self.tagged();
        self.depth -= 1;
        term
    }

    fn tagged(&mut self) -> Option<Term> {
        match self.byte()? {
            tag::SMALL_INTEGER => self.byte().map(|value| Term::Int(i64::from(value))),
            tag::INTEGER => self.u32().map(|value| Term::Int(i64::from(value.cast_signed()))),
            tag::NEW_FLOAT => Term::float(f64::from_be_bytes(*self.array()?)),
            tag::FLOAT => {
                let text = self.take(31)?.split(|byte| *byte == 0).next()?;
                Term::float(std::str::from_utf8(text).ok()?.trim().parse().ok()?)
            }
            tag::SMALL_BIG => {
                let len = self.byte()?;
                self.big(usize::from(len))
            }
            tag::LARGE_BIG => {
                let len = self.len()?;
                self.big(len)
            }
            name @ (tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8) => {
                self.name(name).map(Term::Atom)
            }
            tag::SMALL_TUPLE => {
                let arity = self.byte()?;
                self.terms(usize::from(arity)).map(Term::tuple)
            }
            tag::LARGE_TUPLE => {
                let arity = self.len()?;
                self.terms(arity).map(Term::tuple)
            }
            tag::NIL => Some(Term::Nil),
            tag::STRING => {
                let len = u16::from_be_bytes(*self.array()?);
                let bytes = self.take(usize::from(len))?;
                Some(Term::list(bytes.iter().map(|byte| Term::Int(i64::from(*byte))).collect::<Vec<_>>()))
            }
            tag::LIST => {
                let len = self.len()?;
                let elements = self.terms(len)?;
                Some(Term::list_onto(elements, self.term()?))
            }
            tag::BINARY => {
                let len = self.len()?;
                self.take(len).map(Term::binary)
            }
            tag::BIT_BINARY => self.bits(),
            tag::MAP => self.map(),
            tag::EXPORT => self.export(),
            tag::NEW_FUN => self.local(),
            _ => None,
        }
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        self.take(N)?.first_chunk()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| *byte)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// A number of things, each of which takes a byte at least.
    fn len(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok().filter(|len| *len <= self.rest.len())
    }

    fn terms(&mut self, len: usize) -> Option<Vec<Term>> {
        (0..len).map(|_| self.term()).collect()
    }

    fn big(&mut self, len: usize) -> Option<Term> {
        let sign = if self.byte()? == 0 { Sign::Plus } else { Sign::Minus };
        Some(Term::integer(BigInt::from_bytes_le(sign, self.take(len)?)))
    }

    fn name(&mut self, kind: u8) -> Option<Atom> {
        let len = match kind {
            tag::ATOM | tag::ATOM_UTF8 => usize::from(u16::from_be_bytes(*self.array()?)),
            _ => usize::from(self.byte()?),
        };
        let bytes = self.take(len)?;
        let name: String = match kind {
            tag::ATOM | tag::SMALL_ATOM => bytes.iter().copied().map(char::from).collect(),
            _ => std::str::from_utf8(bytes).ok()?.into(),
        };
        if name.chars().count() > ATOM_MAX || self.is_safe && self.atoms.text(Atom::of(&name)) != name {
            return None;
        }
        Some(self.atoms.intern(&name))
    }

    fn atom(&mut self) -> Option<Atom> {
        self.term()?.as_atom()
    }

    fn bits(&mut self) -> Option<Term> {
        let len = usize::try_from(self.u32()?).ok()?;
        let last = usize::from(self.byte()?);
        let bytes = self.take(len)?;
        match (len, last) {
            (0, 0) => Some(Term::binary(&[])),
            (1.., 1..=8) => {
                let mut bytes = bytes.to_vec();
                *bytes.last_mut()? &= 0xff_u8 << (8 - last);
                Some(Term::Bits(Bits::owning(bytes, (len - 1) as u64 * 8 + last as u64)))
            }
            _ => None,
        }
    }

    fn map(&mut self) -> Option<Term> {
        let len = self.len()?;
        let pairs: Vec<(Term, Term)> =
            (0..len).map(|_| Some((self.term()?, self.term()?))).collect::<Option<_>>()?;
        let map = Map::of(pairs, self.atoms);
        // No key comes twice.
        (map.len() == len).then_some(Term::Map(map))
    }

    fn export(&mut self) -> Option<Term> {
        let (module, function) = (self.atom()?, self.atom()?);
        let arity = u8::try_from(self.term()?.as_int()?).ok()?;
        Some(Term::Fun(Arc::new(Fun::External { module, function, arity })))
    }

    fn local(&mut self) -> Option<Term> {
        self.u32()?;
        let arity = self.byte()?;
        self.take(16)?;
        let index = self.u32()?;
        let free = self.len()?;
        let module = self.atom()?;
        // The old index, the old digest, and who has made it.
        self.terms(3)?;
        let free = self.terms(free)?.into();
        Some(Term::Fun(Arc::new(Fun::Local { module, index, arity, free })))
    }
}
