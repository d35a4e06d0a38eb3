//! What `erlang:phash2` mixes with: Bob Jenkins' hash, as `erl_term_hashing.c` (OTP 27) uses it. Which terms are mixed
//! in which order is for whoever has terms.

/// The golden ratio in 32 bits: what mixing begins with.
pub const GOLDEN: u32 = 0x9e37_79b9;
/// What an empty list is in a larger term.
pub const NIL: u32 = 2;
/// What an empty list is alone.
pub const NIL_ALONE: u32 = 3_468_870_702;

/// The multiples of the golden ratio that tell the kinds of terms apart.
pub const fn salt(kind: u32) -> u32 {
    GOLDEN.wrapping_mul(kind)
}

/// The hash of a name in the table of atoms: `hashpjw`, of Latin-1 where that is enough.
pub fn atom_hash(text: &str) -> u32 {
    let mut hash = 0_u32;
    let mut add = |byte: u32| {
        hash = (hash << 4).wrapping_add(byte);
        let high = hash & 0xf000_0000;
        if high != 0 {
            hash ^= high >> 24;
            hash ^= high;
        }
    };
    for letter in text.chars() {
        match u32::from(letter) {
            latin @ ..=0xff => add(latin),
            _ => letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| add(u32::from(byte))),
        }
    }
    hash
}

/// The hash of some bytes, begun with a number.
pub fn block(bytes: &[u8], start: u32) -> u32 {
    let word = |bytes: &[u8], at: usize| {
        (0..4).fold(0_u32, |word, place| {
            let byte = bytes.get(at + place).copied().unwrap_or(0);
            word | u32::from(byte) << (8 * place)
        })
    };
    let (mut a, mut b, mut c) = (GOLDEN, GOLDEN, start);
    let mut whole = bytes.chunks_exact(12);
    for twelve in &mut whole {
        a = a.wrapping_add(word(twelve, 0));
        b = b.wrapping_add(word(twelve, 4));
        c = c.wrapping_add(word(twelve, 8));
        (a, b, c) = mix(a, b, c);
    }
    let rest = whole.remainder();
    a = a.wrapping_add(word(rest, 0));
    b = b.wrapping_add(word(rest, 4));
    // The lowest byte of the third word is for the length.
    c = c.wrapping_add(word(rest, 8) << 8).wrapping_add(bytes.len() as u32);
    mix(a, b, c).2
}

/// The hash with an integer: of up to 28 bits, or larger.
pub fn integer(hash: u32, number: i64) -> u32 {
    if (-(1 << 27)..1 << 27).contains(&number) {
        // Negative numbers are mixed twice.
        let hash = if number < 0 { mixed(hash, word(number.unsigned_abs()), 0, GOLDEN) } else { hash };
        return mixed(hash, word(number.cast_unsigned()), 0, GOLDEN);
    }
    let size = number.unsigned_abs();
    mixed(hash, word(size), word(size >> 32), salt(if number < 0 { 10 } else { 11 }))
}

/// The lower half of a number.
pub const fn word(number: u64) -> u32 {
    number as u32
}

/// The hash with two more numbers, of a kind that the salt tells.
pub fn mixed(hash: u32, first: u32, second: u32, salt: u32) -> u32 {
    mix(salt.wrapping_add(first), salt.wrapping_add(second), hash).2
}

fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    for (right, left, again) in [(13, 8, 13), (12, 16, 5), (3, 10, 15)] {
        a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> right);
        b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << left);
        c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> again);
    }
    (a, b, c)
}
