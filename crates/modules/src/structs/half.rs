//! Half-precision numbers (IEEE 754 binary16).

use vm::float_math as fm;

/// The nearest half, ties to even; infinity for what is too large.
pub fn from_double(value: f64) -> u16 {
    let sign = (value.to_bits() >> 48) as u16 & 0x8000;
    let magnitude = value.abs();
    if value.is_nan() {
        return sign | 0x7e00;
    }
    if magnitude >= 65520.0 {
        return sign | 0x7c00;
    }
    // In units of the last place of the result; a carry runs into the exponent by itself.
    let exponent = (fm::frexp(magnitude).1 - 1).clamp(-14, 15);
    let units = fm::ldexp(magnitude, 10 - exponent);
    let rounded = vm::types::float::round_half_even(units) as u16;
    if magnitude == 0.0 {
        return sign;
    }
    sign | ((((exponent + 14) as u16) << 10) + rounded)
}

/// The exact value.
pub fn to_double(bits: u16) -> f64 {
    let exponent = (bits >> 10 & 0x1f) as i32;
    let fraction = (bits & 0x3ff) as f64;
    let magnitude = match exponent {
        0 => fm::ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => fm::ldexp(fraction + 1024.0, exponent - 25),
    };
    if bits & 0x8000 != 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_survives() {
        for bits in 0..=u16::MAX {
            let value = to_double(bits);
            if value.is_nan() {
                assert!(to_double(from_double(value)).is_nan());
            } else {
                assert_eq!(from_double(value), bits, "{bits:#x}");
            }
        }
    }

    #[test]
    fn rounding() {
        assert_eq!(from_double(65519.9), 0x7bff);
        assert_eq!(from_double(65520.0), 0x7c00);
        assert_eq!(from_double(1.0 + 1.0 / 2048.0), 0x3c00);
        assert_eq!(from_double(1.0 + 3.0 / 2048.0), 0x3c02);
        assert_eq!(from_double(-2f64.powi(-26)), 0x8000);
        assert_eq!(from_double(2f64.powi(-25) * 1.5), 1);
    }
}
