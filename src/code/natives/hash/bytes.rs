//! Digests of bytes: CRC-32 and Adler-32.

/// CRC-32 of what has this one so far and goes on with these bytes.
pub fn crc32(before: u32, bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let step = |crc: u32| if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ POLYNOMIAL };
    !bytes.iter().fold(!before, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// Adler-32 of what has this one so far and goes on with these bytes.
pub fn adler32(before: u32, bytes: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    let start = ((before & 0xffff) % PRIME, (before >> 16) % PRIME);
    let (a, b) = bytes.iter().fold(start, |(a, b), byte| {
        let a = (a + u32::from(*byte)) % PRIME;
        (a, (b + a) % PRIME)
    });
    b << 16 | a
}
