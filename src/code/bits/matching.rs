//! How a bit string is taken apart: from the front, segment by segment.

use num_bigint::{BigInt, BigUint};

use super::{Bits, half};

/// A bit string and how far it has been matched. Whatever does not match leaves it where it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Matcher {
    bits: Bits,
    position: u32,
}

/// A whole number that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whole {
    /// One that fits.
    Small(i64),
    /// One that may not.
    Big(BigInt),
}

impl Matcher {
    /// At the beginning of a bit string.
    pub fn of(bits: Bits) -> Matcher {
        Matcher { bits, position: 0 }
    }

    /// The whole bit string.
    pub fn bits(&self) -> &Bits {
        &self.bits
    }

    /// How many bits have been matched.
    pub fn position(&self) -> usize {
        self.position as usize
    }

    /// Goes where [`Matcher::position`] was.
    ///
    /// # Panics
    ///
    /// When that lies beyond the end.
    pub fn set_position(&mut self, position: usize) {
        assert!(position <= self.bits.len(), "a position lies within");
        self.position = position as u32;
    }

    /// How many bits are left.
    pub fn left(&self) -> usize {
        self.bits.len() - self.position()
    }

    /// Whether what is left is a multiple of so many bits. A unit is never 0.
    pub fn is_in_units(&self, unit: usize) -> bool {
        self.left().is_multiple_of(unit)
    }

    /// What is left, which stays left.
    pub fn tail(&self) -> Bits {
        self.bits.slice(self.position(), self.left())
    }

    /// Skips so many bits.
    pub fn skip(&mut self, count: usize) -> Option<()> {
        self.advance(count).map(|_| ())
    }

    /// The next bits.
    pub fn take(&mut self, count: usize) -> Option<Bits> {
        self.advance(count).map(|at| self.bits.slice(at, count))
    }

    /// All that is left, if it is a multiple of so many bits.
    pub fn take_all(&mut self, unit: usize) -> Option<Bits> {
        self.is_in_units(unit).then(|| self.left()).and_then(|left| self.take(left))
    }

    /// Goes past these bits, the first `count` of the bytes, if they are what comes next.
    pub fn string(&mut self, bytes: &[u8], count: usize) -> Option<()> {
        if count > self.left() || count > bytes.len() * 8 {
            return None;
        }
        let (whole, rest) = (count / 8, count % 8);
        let alike = (0..whole).all(|at| self.bits.byte(self.position() + at * 8) == bytes[at])
            && (rest == 0
                || self.bits.number(self.position() + whole * 8, rest)
                    == u64::from(bytes[whole] >> (8 - rest)));
        alike.then(|| self.skip(count)).flatten()
    }

    /// A whole number of so many bits.
    pub fn integer(&mut self, size: usize, signed: bool, little: bool) -> Option<Whole> {
        let at = self.advance(size)?;
        if size > 64 {
            return Some(self.large(at, size, signed, little));
        }
        let value = if little { self.little(at, size) } else { self.bits.number(at, size) };
        Some(match size {
            0 => Whole::Small(0),
            _ if signed => Whole::Small((value << (64 - size)) as i64 >> (64 - size)),
            _ => i64::try_from(value).map_or_else(|_| Whole::Big(value.into()), Whole::Small),
        })
    }

    /// At most 64 bits of which the first byte is the lowest.
    fn little(&self, at: usize, size: usize) -> u64 {
        let (whole, rest) = (size / 8, size % 8);
        let high = if rest == 0 { 0 } else { self.bits.number(at + whole * 8, rest) << (whole * 8) };
        match whole {
            0 => high,
            _ => high | self.bits.number(at, whole * 8).swap_bytes() >> (64 - whole * 8),
        }
    }

    fn large(&self, at: usize, size: usize, signed: bool, little: bool) -> Whole {
        let (whole, rest) = (size / 8, size % 8);
        let mut bytes = Vec::with_capacity(whole + 1);
        if little {
            bytes.extend((0..whole).map(|place| self.bits.byte(at + place * 8)));
            if rest > 0 {
                bytes.push(self.bits.number(at + whole * 8, rest) as u8);
            }
        } else {
            if rest > 0 {
                bytes.push(self.bits.number(at, rest) as u8);
            }
            bytes.extend((0..whole).map(|place| self.bits.byte(at + rest + place * 8)));
            bytes.reverse();
        }
        let value = BigInt::from(BigUint::from_bytes_le(&bytes));
        let negative = signed && bytes.last().is_some_and(|top| top >> ((size - 1) % 8) & 1 == 1);
        Whole::Big(if negative { value - (BigInt::from(1) << size) } else { value })
    }

    /// A float of 16, 32 or 64 bits; in no bits there is always 0.0. None if there is no such size, or it is infinite
    /// or no number.
    pub fn float(&mut self, size: usize, little: bool) -> Option<f64> {
        if size == 0 {
            return Some(0.0);
        }
        if !matches!(size, 16 | 32 | 64) || size > self.left() {
            return None;
        }
        let at = self.position();
        let bits = if little { self.little(at, size) } else { self.bits.number(at, size) };
        let value = match size {
            16 => half::value(bits as u16),
            32 => f64::from(f32::from_bits(bits as u32)),
            _ => f64::from_bits(bits),
        };
        value.is_finite().then(|| self.skip(size).map(|()| value)).flatten()
    }

    /// A character in UTF-8.
    pub fn utf8(&mut self) -> Option<char> {
        let first = (self.left() >= 8).then(|| self.bits.byte(self.position()))?;
        let count = match first {
            0..0x80 => 1,
            0xc2..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf5 => 4,
            _ => return None,
        };
        if self.left() < count * 8 {
            return None;
        }
        let bytes = [0, 1, 2, 3].map(|place| self.bits.byte(self.position() + place * 8));
        let character = std::str::from_utf8(&bytes[..count]).ok()?.chars().next()?;
        self.skip(count * 8).map(|()| character)
    }

    /// A character in UTF-16.
    pub fn utf16(&mut self, little: bool) -> Option<char> {
        let unit = |at: usize| {
            let unit = (at + 16 <= self.bits.len()).then(|| self.bits.number(at, 16) as u16)?;
            Some(if little { unit.swap_bytes() } else { unit })
        };
        let first = unit(self.position())?;
        let units = [first].into_iter().chain(unit(self.position() + 16));
        let character = char::decode_utf16(units).next()?.ok()?;
        self.skip(character.len_utf16() * 16).map(|()| character)
    }

    /// A character in UTF-32.
    pub fn utf32(&mut self, little: bool) -> Option<char> {
        let number = (self.left() >= 32).then(|| self.bits.number(self.position(), 32) as u32)?;
        let character = char::from_u32(if little { number.swap_bytes() } else { number })?;
        self.skip(32).map(|()| character)
    }

    /// Where it was, if it could go on by so many bits.
    fn advance(&mut self, count: usize) -> Option<usize> {
        let at = self.position();
        (count <= self.left()).then(|| self.position += count as u32).map(|()| at)
    }
}
