//! Floats of 16 bits, which the language has no type for.

/// The nearest float of 16 bits; of two as near the even one; infinite, if the number lies beyond the largest.
pub(super) fn from_single(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let exponent = (bits >> 23 & 0xff) as i32 - 127;
    let fraction = bits & 0x7f_ffff;
    let magnitude = match exponent {
        16.. => 0x7c00,
        -14.. => rounded(((exponent + 15) as u32) << 23 | fraction, 13),
        -25..-14 => rounded(fraction | 0x80_0000, (-1 - exponent) as u32),
        _ => 0,
    };
    sign | magnitude as u16
}

/// Without its lowest bits, rounded to the nearest, and to the even one of two.
fn rounded(value: u32, dropped: u32) -> u32 {
    let (kept, rest, middle) = (value >> dropped, value & ((1 << dropped) - 1), 1 << (dropped - 1));
    kept + u32::from(rest > middle || rest == middle && kept & 1 == 1)
}

/// Its value. Infinite or no number, where all bits of the exponent are set.
pub(super) fn value(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    };
    sign * magnitude
}

#[cfg(test)]
mod tests {
    use super::{from_single, value};

    #[test]
    fn each_number_comes_back() {
        for bits in 0..=u16::MAX {
            let number = value(bits);
            if number.is_finite() {
                assert_eq!(from_single(number as f32), bits);
            }
        }
        assert_eq!(from_single(65520.0), 0x7c00);
    }
}
