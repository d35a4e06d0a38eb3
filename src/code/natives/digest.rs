//! Module `crypto`, as far as programs use it to tell things apart: digests (MD5, RFC 1321; SHA-1 and SHA-2, FIPS 180-4)
//! and codes made of them with a key (RFC 2104).

use std::sync::OnceLock;

use num_bigint::BigUint;

use crate::kernel::{Atom, Atoms};

use super::super::raise::Raise;
use super::super::term::Term;
use super::hash::bytes::md5;
use super::{Row, iodata};

const HMAC: Atom = Atom::of("hmac");

/// A digest that this machine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digest {
    Md5,
    Sha1,
    /// SHA-2 in words of 32 bits, with what it begins with and how many bytes are told.
    Short([u32; 8], usize),
    /// SHA-2 in words of 64 bits.
    Long([u64; 8], usize),
}

impl Digest {
    fn of(name: &Term, atoms: &Atoms) -> Option<Digest> {
        let [first, second] = &constants().squares;
        Some(match atoms.text(name.as_atom()?) {
            "md5" => Digest::Md5,
            "sha" => Digest::Sha1,
            "sha224" => Digest::Short(second.map(|root| root as u32), 28),
            "sha256" => Digest::Short(first.map(|root| (root >> 32) as u32), 32),
            "sha384" => Digest::Long(*second, 48),
            "sha512" => Digest::Long(*first, 64),
            _ => return None,
        })
    }

    /// How many bytes are mixed at once.
    fn block(self) -> usize {
        if let Digest::Long(..) = self { 128 } else { 64 }
    }

    fn bytes(self, data: &[u8]) -> Vec<u8> {
        match self {
            Digest::Md5 => md5(data).to_vec(),
            Digest::Sha1 => sha1(data),
            Digest::Short(start, len) => {
                let state = padded(data, 64).chunks_exact(64).fold(start, short);
                state.iter().flat_map(|word| word.to_be_bytes()).take(len).collect()
            }
            Digest::Long(start, len) => {
                let state = padded(data, 128).chunks_exact(128).fold(start, long);
                state.iter().flat_map(|word| word.to_be_bytes()).take(len).collect()
            }
        }
    }

    /// The code that a key makes of data.
    fn hmac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        let mut key = if key.len() > self.block() { self.bytes(key) } else { key.to_vec() };
        key.resize(self.block(), 0);
        let with = |pad: u8, data: &[u8]| {
            let mut mixed: Vec<u8> = key.iter().map(|byte| byte ^ pad).collect();
            mixed.extend_from_slice(data);
            self.bytes(&mixed)
        };
        with(0x5c, &with(0x36, data))
    }
}

/// What SHA-2 begins with and adds: the first bits behind the point of roots of primes.
struct Constants {
    /// Square roots of the first eight primes, and of the next eight.
    squares: [[u64; 8]; 2],
    /// Cube roots of the first eighty.
    cubes: [u64; 80],
}

fn constants() -> &'static Constants {
    static CONSTANTS: OnceLock<Constants> = OnceLock::new();
    CONSTANTS.get_or_init(|| {
        let primes: Vec<u32> = (2..410).filter(|n| (2..*n).all(|m| n % m != 0)).collect();
        let root = |nth: usize, degree: u32| {
            let bits = (BigUint::from(primes[nth]) << (64 * degree)).nth_root(degree);
            bits.iter_u64_digits().next().unwrap_or(0)
        };
        let squares = [0, 8].map(|from| std::array::from_fn(|nth| root(from + nth, 2)));
        Constants { squares, cubes: std::array::from_fn(|nth| root(nth, 3)) }
    })
}

/// Data as it is mixed: with a one behind it, and how long it is at the end of a whole number of blocks.
fn padded(data: &[u8], block: usize) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    // The length has an eighth of a block, of which its first half is never needed.
    padded.resize((padded.len() + block / 8).div_ceil(block) * block - 8, 0);
    padded.extend((data.len() as u64 * 8).to_be_bytes());
    padded
}

fn words<const COUNT: usize>(block: &[u8]) -> [u64; COUNT] {
    let size = block.len() / 16;
    std::array::from_fn(|nth| match block.get(nth * size..(nth + 1) * size) {
        Some(bytes) => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        None => 0,
    })
}

fn sha1(data: &[u8]) -> Vec<u8> {
    let start = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0_u32];
    let state = padded(data, 64).chunks_exact(64).fold(start, |state, block| {
        let mut w = words::<80>(block).map(|word| word as u32);
        for t in 16..80 {
            w[t] = (w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (t, word) in w.into_iter().enumerate() {
            let (mixed, constant) = match t / 20 {
                0 => (b & c | !b & d, 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let sum = [mixed, e, constant, word].into_iter().fold(a.rotate_left(5), u32::wrapping_add);
            (a, b, c, d, e) = (sum, a, b.rotate_left(30), c, d);
        }
        let after = [a, b, c, d, e];
        std::array::from_fn(|at| state[at].wrapping_add(after[at]))
    });
    state.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn short(state: [u32; 8], block: &[u8]) -> [u32; 8] {
    let mut w = words::<64>(block).map(|word| word as u32);
    for t in 16..64 {
        let (a, b) = (w[t - 15], w[t - 2]);
        let a = a.rotate_right(7) ^ a.rotate_right(18) ^ a >> 3;
        let b = b.rotate_right(17) ^ b.rotate_right(19) ^ b >> 10;
        w[t] = w[t - 16].wrapping_add(a).wrapping_add(w[t - 7]).wrapping_add(b);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    for (t, word) in w.into_iter().enumerate() {
        let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let constant = (constants().cubes[t] >> 32) as u32;
        let one = [sum, e & f ^ !e & g, constant, word].into_iter().fold(h, u32::wrapping_add);
        let two =
            (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(a & b ^ a & c ^ b & c);
        (a, b, c, d, e, f, g, h) = (one.wrapping_add(two), a, b, c, d.wrapping_add(one), e, f, g);
    }
    let after = [a, b, c, d, e, f, g, h];
    std::array::from_fn(|at| state[at].wrapping_add(after[at]))
}

fn long(state: [u64; 8], block: &[u8]) -> [u64; 8] {
    let mut w = words::<80>(block);
    for t in 16..80 {
        let (a, b) = (w[t - 15], w[t - 2]);
        let a = a.rotate_right(1) ^ a.rotate_right(8) ^ a >> 7;
        let b = b.rotate_right(19) ^ b.rotate_right(61) ^ b >> 6;
        w[t] = w[t - 16].wrapping_add(a).wrapping_add(w[t - 7]).wrapping_add(b);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    for (t, word) in w.into_iter().enumerate() {
        let sum = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
        let constant = constants().cubes[t];
        let one = [sum, e & f ^ !e & g, constant, word].into_iter().fold(h, u64::wrapping_add);
        let two = (a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39))
            .wrapping_add(a & b ^ a & c ^ b & c);
        (a, b, c, d, e, f, g, h) = (one.wrapping_add(two), a, b, c, d.wrapping_add(one), e, f, g);
    }
    let after = [a, b, c, d, e, f, g, h];
    std::array::from_fn(|at| state[at].wrapping_add(after[at]))
}

/// Module `crypto`, of what only computes. What it does not know is refused as a NIF that is not there.
pub const TABLE: &[Row] = &[
    ("hash", 2, |args, atoms| {
        let data = iodata::bytes(&args[1])?;
        let digest = Digest::of(&args[0], atoms).ok_or_else(Raise::missing)?;
        Ok(Term::binary(&digest.bytes(&data)))
    }),
    ("mac", 4, |args, atoms| {
        let (key, data) = (iodata::bytes(&args[2])?, iodata::bytes(&args[3])?);
        let digest = Digest::of(&args[1], atoms).filter(|_| args[0].is(HMAC)).ok_or_else(Raise::missing)?;
        Ok(Term::binary(&digest.hmac(&key, &data)))
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
