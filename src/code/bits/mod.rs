//! Binaries and bit strings: a slice, counted in bits, of a buffer that many share; how one is built, and how one is
//! taken apart.
//!
//! This room knows numbers and no terms: [`segment`](super::segment) is between the two.

mod build;
mod half;
mod matching;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use build::Builder;
pub use matching::{Matcher, Whole};

/// A bit string. A binary is one whose length is a multiple of eight.
#[derive(Clone, Debug)]
pub struct Bits {
    /// A vector and not a slice, so that its only owner can append to it in place.
    buffer: Arc<Vec<u8>>,
    /// Where it begins in the buffer, in bits.
    start: u32,
    /// How long it is, in bits.
    len: u32,
}

impl Bits {
    /// The binary of these bytes.
    pub fn of(bytes: &[u8]) -> Bits {
        Bits::owning(bytes.into(), bytes.len() as u64 * 8)
    }

    /// The first `len` bits of these bytes.
    ///
    /// # Panics
    ///
    /// When that is half a gigabyte or more.
    pub fn owning(bytes: Vec<u8>, len: u64) -> Bits {
        let len = u32::try_from(len).expect("a bit string is smaller than half a gigabyte");
        Bits { buffer: Arc::new(bytes), start: 0, len }
    }

    /// Its length in bits.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it is a binary: whole bytes.
    pub fn is_binary(&self) -> bool {
        self.len.is_multiple_of(8)
    }

    /// The bit string of `len` bits from bit `from` of this one, which it shares.
    ///
    /// # Panics
    ///
    /// When it does not lie within.
    pub fn slice(&self, from: usize, len: usize) -> Bits {
        assert!(from + len <= self.len(), "a slice lies within");
        Bits { buffer: self.buffer.clone(), start: self.start + from as u32, len: len as u32 }
    }

    /// Its bytes, where it begins at a byte of its buffer; the bits after the last whole byte are not among them.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        let first = self.start as usize / 8;
        self.start.is_multiple_of(8).then(|| &self.buffer[first..first + self.len() / 8])
    }

    /// Its bytes, copied if it does not begin at a byte of its buffer. A last byte that is not whole has zeros at its
    /// end.
    pub fn bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        match self.as_bytes() {
            Some(bytes) if self.is_binary() => bytes.into(),
            _ => (0..self.len().div_ceil(8)).map(|at| self.byte(at * 8)).collect::<Vec<u8>>().into(),
        }
    }

    /// The number that the `count` bits from bit `at` are, the first of them the highest. At most 64 fit.
    pub fn number(&self, at: usize, count: usize) -> u64 {
        assert!(count <= 64 && at + count <= self.len(), "what is read lies within");
        let (first, shift) = ((self.start as usize + at) / 8, (self.start as usize + at) % 8);
        if shift + count <= 8 {
            let byte = self.buffer.get(first).copied().unwrap_or(0);
            return u64::from(byte) >> (8 - shift - count) & mask(count);
        }
        let bytes = &self.buffer[first..first + (shift + count).div_ceil(8)];
        let word = bytes.iter().fold(0_u128, |word, byte| word << 8 | u128::from(*byte));
        (word >> (bytes.len() * 8 - shift - count)) as u64 & mask(count)
    }

    /// How many bytes the buffer has that it is a slice of.
    pub fn buffer_len(&self) -> usize {
        self.buffer.len()
    }

    /// The eight bits from bit `at`, with zeros beyond the end.
    pub fn byte(&self, at: usize) -> u8 {
        let place = self.start as usize + at;
        let (byte, shift) = (place / 8, place % 8);
        let word = u16::from(self.buffer.get(byte).copied().unwrap_or(0)) << 8
            | u16::from(self.buffer.get(byte + 1).copied().unwrap_or(0));
        let taken = (word << shift >> 8) as u8;
        match self.len() - at.min(self.len()) {
            left @ 0..8 => taken & !(0xff_u8.checked_shr(left as u32).unwrap_or(0)),
            _ => taken,
        }
    }
}

/// The lowest `count` bits.
fn mask(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

impl PartialEq for Bits {
    fn eq(&self, other: &Bits) -> bool {
        self.len == other.len && self.bytes() == other.bytes()
    }
}

impl Eq for Bits {}

impl Hash for Bits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.len);
        self.bytes().hash(state);
    }
}

impl PartialOrd for Bits {
    fn partial_cmp(&self, other: &Bits) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The first bits decide; of two that begin alike the shorter is the smaller.
impl Ord for Bits {
    fn cmp(&self, other: &Bits) -> std::cmp::Ordering {
        self.bytes().cmp(&other.bytes()).then(self.len.cmp(&other.len))
    }
}
