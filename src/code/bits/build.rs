//! How a bit string is built: by appending. Whoever alone has the bit string that is appended to has it extended in
//! place, so that building one piece by piece takes time proportional to its length.

use std::sync::Arc;

use num_bigint::BigInt;

use super::{Bits, half, mask};

/// A bit string in the making.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Builder {
    /// As many as its bits need; the bits beyond the end are zero.
    bytes: Vec<u8>,
    /// Where it begins, in bits.
    start: usize,
    /// Where it ends, in bits.
    end: usize,
}

/// The longest bit string that there is.
const LONGEST: usize = u32::MAX as usize;

/// How many bytes before the beginning are kept at most before what follows is moved to the front.
const WASTE: usize = 64;

impl Builder {
    /// One that begins with what is there, which is taken over if nobody else has it.
    pub fn onto(bits: Bits) -> Builder {
        let (start, len) = (bits.start as usize, bits.len());
        if start / 8 > len / 8 + WASTE {
            return Builder::copying(&bits);
        }
        match Arc::try_unwrap(bits.buffer) {
            Ok(mut bytes) => {
                let end = start + len;
                bytes.truncate(end.div_ceil(8));
                if let (Some(last), used @ 1..) = (bytes.last_mut(), end % 8) {
                    *last &= 0xff << (8 - used);
                }
                Builder { bytes, start, end }
            }
            Err(buffer) => Builder::copying(&Bits { buffer, ..bits }),
        }
    }

    fn copying(bits: &Bits) -> Builder {
        let mut builder = Builder::default();
        builder.bits(bits);
        builder
    }

    /// How many bits it has so far.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether it has none yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether so many bits more still make a bit string.
    pub fn has_room(&self, bits: usize) -> bool {
        self.end.checked_add(bits).is_some_and(|end| end <= LONGEST)
    }

    /// The bit string.
    ///
    /// # Panics
    ///
    /// When it is longer than [`Builder::has_room`] allows.
    pub fn finish(self) -> Bits {
        assert!(self.end <= LONGEST, "a bit string is smaller than half a gigabyte");
        Bits { start: self.start as u32, len: (self.end - self.start) as u32, buffer: Arc::new(self.bytes) }
    }

    /// Appends the lowest `count` bits of a number, the highest of them first. At most 64.
    pub fn number(&mut self, value: u64, count: usize) {
        if self.end.is_multiple_of(8) && count.is_multiple_of(8) {
            self.bytes.extend_from_slice(&value.to_be_bytes()[8 - count / 8..]);
            self.end += count;
            return;
        }
        let mut left = count;
        while left > 0 {
            if self.end.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let free = 8 - self.end % 8;
            let taken = free.min(left);
            let piece = (value >> (left - taken) & mask(taken)) << (free - taken);
            if let Some(last) = self.bytes.last_mut() {
                *last |= piece as u8;
            }
            left -= taken;
            self.end += taken;
        }
    }

    /// Appends so many bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.end.is_multiple_of(8) {
            self.bytes.extend_from_slice(bytes);
            self.end += bytes.len() * 8;
        } else {
            bytes.iter().for_each(|byte| self.number(u64::from(*byte), 8));
        }
    }

    /// Appends a bit string.
    pub fn bits(&mut self, bits: &Bits) {
        let bytes = bits.bytes();
        let whole = bits.len() / 8;
        self.bytes(&bytes[..whole]);
        let rest = bits.len() % 8;
        if rest > 0 {
            self.number(u64::from(bytes[whole] >> (8 - rest)), rest);
        }
    }

    /// Appends an integer in `size` bits, as many of its lowest ones as there is room for.
    pub fn integer(&mut self, value: i64, size: usize, little: bool) {
        if size <= 64 && !little {
            return self.number(value as u64, size);
        }
        let fill = if value < 0 { 0xff } else { 0 };
        self.two_complement(&value.to_le_bytes(), fill, size, little);
    }

    /// Appends an integer that may be large.
    pub fn big(&mut self, value: &BigInt, size: usize, little: bool) {
        let fill = if value.sign() == num_bigint::Sign::Minus { 0xff } else { 0 };
        self.two_complement(&value.to_signed_bytes_le(), fill, size, little);
    }

    /// `low` are its bytes, the lowest first; beyond them all are `fill`.
    fn two_complement(&mut self, low: &[u8], fill: u8, size: usize, little: bool) {
        let (whole, rest) = (size / 8, size % 8);
        let byte = |place: usize| u64::from(low.get(place).copied().unwrap_or(fill));
        if little {
            (0..whole).for_each(|place| self.number(byte(place), 8));
            self.number(byte(whole), rest);
        } else {
            self.number(byte(whole), rest);
            (0..whole).rev().for_each(|place| self.number(byte(place), 8));
        }
    }

    /// Appends a float in 16, 32 or 64 bits, an infinite one if it is too large for the size. None, and nothing is
    /// appended, if there is no such size.
    pub fn float(&mut self, value: f64, size: usize, little: bool) -> Option<()> {
        let bits = match size {
            16 => u64::from(half::from_single(value as f32)),
            32 => u64::from((value as f32).to_bits()),
            64 => value.to_bits(),
            _ => return None,
        };
        self.ordered(bits, size, little);
        Some(())
    }

    /// Appends a character in UTF-8. None if there is no such character.
    pub fn utf8(&mut self, character: u32) -> Option<()> {
        self.bytes(char::from_u32(character)?.encode_utf8(&mut [0; 4]).as_bytes());
        Some(())
    }

    /// Appends a character in UTF-16. None if there is no such character.
    pub fn utf16(&mut self, character: u32, little: bool) -> Option<()> {
        for unit in char::from_u32(character)?.encode_utf16(&mut [0; 2]) {
            self.ordered(u64::from(*unit), 16, little);
        }
        Some(())
    }

    /// Appends a character in UTF-32. None if there is no such character.
    pub fn utf32(&mut self, character: u32, little: bool) -> Option<()> {
        self.ordered(u64::from(u32::from(char::from_u32(character)?)), 32, little);
        Some(())
    }

    /// Whole bytes, in either order.
    fn ordered(&mut self, value: u64, size: usize, little: bool) {
        let value = if little { value.swap_bytes() >> (64 - size) } else { value };
        self.number(value, size);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Builder};

    #[test]
    fn who_alone_has_it_extends_it_in_place() {
        let mut bits = Bits::of(b"");
        let mut moves = 0;
        for byte in 0..100_000_u32 {
            let before = bits.buffer.as_ptr();
            let mut builder = Builder::onto(bits);
            builder.number(u64::from(byte), 8);
            bits = builder.finish();
            moves += usize::from(bits.buffer.as_ptr() != before);
        }
        assert_eq!(bits.len(), 800_000);
        assert!(moves < 40, "it moved {moves} times");
    }

    #[test]
    fn what_others_have_stays_as_it_is() {
        let shared = Bits::of(b"ab");
        let mut builder = Builder::onto(shared.slice(0, 12));
        builder.number(0xf, 4);
        assert_eq!(builder.finish(), Bits::of(b"ao"));
        assert_eq!(shared, Bits::of(b"ab"));
    }

    #[test]
    fn what_was_cut_off_is_not_seen_again() {
        let mut builder = Builder::onto(Bits::of(b"ab\xff").slice(0, 17));
        builder.number(0, 7);
        assert_eq!(builder.finish(), Bits::of(b"ab\x80"));
    }

    #[test]
    fn what_is_taken_from_the_front_does_not_stay_for_ever() {
        let mut queue = Bits::of(&[0; 16]);
        for _ in 0..100_000 {
            let mut builder = Builder::onto(queue);
            builder.number(1, 8);
            let longer = builder.finish();
            queue = longer.slice(8, longer.len() - 8);
        }
        assert!(queue.buffer_len() < 1000);
    }
}
