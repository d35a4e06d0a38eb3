//! A fast, fixed hash: the same number for the same value on every machine and in every build.
//!
//! It indexes tables and tells states apart; it resists nobody who wants collisions.

use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// One word into another, and no two into the same: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
pub(super) const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// A multiply-and-rotate hasher over 64-bit words, with a final avalanche.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fingerprint(u64);

/// For tables that are looked up and never walked.
pub(super) type FixedState = BuildHasherDefault<Fingerprint>;

const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;

impl Fingerprint {
    /// The fingerprint of one value.
    pub fn of(value: &impl Hash) -> u64 {
        let mut hasher = Fingerprint::default();
        value.hash(&mut hasher);
        hasher.finish()
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        self.word(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.word(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.word(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.word(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    fn finish(&self) -> u64 {
        let word = (self.0 ^ (self.0 >> 32)).wrapping_mul(FACTOR);
        word ^ (word >> 29)
    }
}

/// The fingerprint of a value that stays as it is, computed when somebody first asks.
#[derive(Debug, Default)]
pub(super) struct Known(AtomicU64);

impl Known {
    /// The fingerprint of the value, which is always the same one until it is forgotten.
    pub(super) fn of(&self, value: &impl Hash) -> u64 {
        // Whoever asks computes the same number, so it does not matter who comes first.
        match self.0.load(Ordering::Relaxed) {
            0 => {
                let digest = Fingerprint::of(value);
                self.0.store(digest, Ordering::Relaxed);
                digest
            }
            digest => digest,
        }
    }

    /// The value is about to change.
    pub(super) fn forget(&mut self) {
        *self.0.get_mut() = 0;
    }
}

impl Clone for Known {
    fn clone(&self) -> Self {
        Known(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}
