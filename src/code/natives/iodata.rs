//! Binaries from lists and lists from binaries: byte lists, and the nested ones that are called iolists.

use crate::code::bits::Bits;
use crate::code::raise::Raise;
use crate::code::term::Term;

use super::{Answer, Row, parts};

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("binary_to_list", 1, |args, _| Ok(Term::list(whole(&args[0])?.iter().map(byte).collect::<Vec<_>>()))),
    ("binary_to_list", 3, |args, _| {
        let Term::Bits(bits) = &args[0] else { return Err(Raise::badarg()) };
        let bytes = &bits.bytes()[..bits.len() / 8];
        let (from, to) = (parts::size(&args[1])?, parts::size(&args[2])?);
        if from < 1 || to < from || to > bytes.len() {
            return Err(Raise::badarg());
        }
        Ok(Term::list(bytes[from - 1..to].iter().map(byte).collect::<Vec<_>>()))
    }),
    ("bitstring_to_list", 1, |args, _| match &args[0] {
        Term::Bits(bits) => {
            let last = bits.len() - bits.len() % 8;
            let rest = (last < bits.len()).then(|| Term::Bits(bits.slice(last, bits.len() - last)));
            let bytes = (0..last / 8).map(|at| byte(&bits.byte(at * 8)));
            Ok(Term::list(bytes.chain(rest).collect::<Vec<_>>()))
        }
        _ => Err(Raise::badarg()),
    }),
    ("list_to_binary", 1, |args, _| match &args[0] {
        Term::Nil | Term::Cons(_) => bytes(&args[0]).map(|bytes| Term::binary(&bytes)),
        _ => Err(Raise::badarg()),
    }),
    ("list_to_bitstring", 1, |args, _| match &args[0] {
        Term::Nil | Term::Cons(_) => joined(&args[0]),
        _ => Err(Raise::badarg()),
    }),
    ("iolist_size", 1, |args, _| Ok(parts::count(bytes(&args[0])?.len()))),
    ("iolist_to_binary", 1, |args, _| match &args[0] {
        Term::Bits(bits) if bits.is_binary() => Ok(args[0].clone()),
        _ => bytes(&args[0]).map(|bytes| Term::binary(&bytes)),
    }),
    ("iolist_to_iovec", 1, |args, _| {
        let bytes = bytes(&args[0])?;
        Ok(if bytes.is_empty() { Term::Nil } else { Term::list([Term::binary(&bytes)]) })
    }),
];

/// The bytes of iodata, or `badarg`.
pub fn bytes(term: &Term) -> Result<Vec<u8>, Raise> {
    let mut bytes = Vec::new();
    each_leaf(term, |leaf| match leaf {
        Leaf::Byte(byte) => {
            bytes.push(byte);
            true
        }
        Leaf::Bits(bits) => {
            bytes.extend_from_slice(&bits.bytes());
            bits.is_binary()
        }
    })?;
    Ok(bytes)
}

enum Leaf<'t> {
    Byte(u8),
    Bits(&'t Bits),
}

/// Goes through iodata from left to right, for as long as `visit` accepts it. A byte is a leaf only in front of a
/// tail, a binary also as the tail itself.
fn each_leaf<'t>(term: &'t Term, mut visit: impl FnMut(Leaf<'t>) -> bool) -> Result<(), Raise> {
    let mut left = vec![(term, false)];
    while let Some((mut rest, mut is_head)) = left.pop() {
        loop {
            match rest {
                Term::Cons(cons) => {
                    left.push((cons.tail(), false));
                    (rest, is_head) = (cons.head(), true);
                }
                Term::Nil => break,
                Term::Bits(bits) if visit(Leaf::Bits(bits)) => break,
                Term::Int(byte @ 0..=255) if is_head && visit(Leaf::Byte(*byte as u8)) => break,
                _ => return Err(Raise::badarg()),
            }
        }
    }
    Ok(())
}

/// All bits of a nested list one after the other.
fn joined(term: &Term) -> Answer {
    let (mut buffer, mut len) = (Vec::new(), 0_usize);
    let mut add = |byte: u8, bits: usize| {
        let shift = len % 8;
        if shift == 0 {
            buffer.push(byte);
        } else {
            *buffer.last_mut().expect("a byte has been begun") |= byte >> shift;
            if shift + bits > 8 {
                buffer.push(byte << (8 - shift));
            }
        }
        len += bits;
    };
    each_leaf(term, |leaf| {
        match leaf {
            Leaf::Byte(byte) => add(byte, 8),
            Leaf::Bits(bits) => {
                (0..bits.len()).step_by(8).for_each(|at| add(bits.byte(at), (bits.len() - at).min(8)))
            }
        }
        true
    })?;
    Ok(Term::Bits(Bits::owning(buffer, len as u64)))
}

fn whole(term: &Term) -> Result<std::borrow::Cow<'_, [u8]>, Raise> {
    term.as_binary().ok_or_else(Raise::badarg)
}

fn byte(byte: &u8) -> Term {
    Term::Int(i64::from(*byte))
}
