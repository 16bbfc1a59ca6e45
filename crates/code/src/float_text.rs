//! Floats as decimal text the way the official compiler reads and writes them (mpy-format.md §9).
//!
//! It scales in 80-bit extended floats, which gives neither always the shortest nor always the nearest
//! digits. [`Extended`] repeats that in integers, so that literals become the same double and constants
//! the same text on every host. For correctly rounded conversions use `core` instead.

use alloc::string::String;
use core::fmt::Write;

/// A positive number with the 64-bit significand of the x87 format; its exponent never overflows here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Extended {
    /// Highest bit set.
    significand: u64,
    /// The value is `significand * 2^exponent`.
    exponent: i32,
}

/// Scaling beyond this gives infinity or zero whatever the digits.
const MAX_SCALE: i32 = 20_000;

impl Extended {
    const TEN: Extended = Extended { significand: 10 << 60, exponent: -60 };

    fn from_integer(value: u64) -> Option<Extended> {
        let shift = value.leading_zeros();
        (value != 0).then(|| Extended { significand: value << shift, exponent: -(shift as i32) })
    }

    /// `value` must be positive and finite; zero gives `None`.
    fn from_double(value: f64) -> Option<Extended> {
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (integer, exponent) = match (bits >> 52 & 0x7ff) as i32 {
            0 => (fraction, -1074),
            biased => (fraction | 1 << 52, biased - 1075),
        };
        let mut extended = Self::from_integer(integer)?;
        extended.exponent += exponent;
        Some(extended)
    }

    /// Rounds to nearest, ties to even: `rest` compared with half a unit is `half`.
    fn rounded(significand: u64, exponent: i32, half: core::cmp::Ordering) -> Extended {
        let up = half.is_gt() || half.is_eq() && significand & 1 != 0;
        match significand.checked_add(up.into()) {
            Some(significand) => Extended { significand, exponent },
            None => Extended { significand: 1 << 63, exponent: exponent + 1 },
        }
    }

    fn times(self, other: Extended) -> Extended {
        let product = u128::from(self.significand) * u128::from(other.significand);
        let shift = 64 - product.leading_zeros();
        let rest = product & ((1 << shift) - 1);
        Self::rounded(
            (product >> shift) as u64,
            self.exponent + other.exponent + shift as i32,
            rest.cmp(&(1 << (shift - 1))),
        )
    }

    fn over(self, other: Extended) -> Extended {
        let shift = 63 + u32::from(self.significand < other.significand);
        let dividend = u128::from(self.significand) << shift;
        let divisor = u128::from(other.significand);
        let rest = dividend % divisor;
        Self::rounded(
            (dividend / divisor) as u64,
            self.exponent - other.exponent - shift as i32,
            (rest * 2).cmp(&divisor),
        )
    }

    /// Times 10 to the power of `scale`, by repeated squaring.
    fn scaled(self, scale: i32) -> Extended {
        let mut rest = scale.clamp(-MAX_SCALE, MAX_SCALE).unsigned_abs();
        let mut power = Self::TEN;
        let mut result = self;
        while rest != 0 {
            if rest & 1 != 0 {
                result = if scale < 0 { result.over(power) } else { result.times(power) };
            }
            rest >>= 1;
            if rest != 0 {
                power = power.times(power);
            }
        }
        result
    }

    fn to_double(self) -> f64 {
        let top = self.exponent + 63;
        if top > 1023 {
            return f64::INFINITY;
        }
        // Below the normal range more bits are dropped.
        let drop = 11 + (-1022 - top).max(0);
        if drop > 64 {
            return 0.0;
        }
        let wide = u128::from(self.significand);
        let rest = wide & ((1 << drop) - 1);
        let kept = (wide >> drop) as u64;
        let half = 1u128 << (drop - 1);
        let up = rest > half || rest == half && kept & 1 != 0;
        // A carry moves into the exponent field, which is then right as it stands.
        let biased = if top < -1022 { 0 } else { (top + 1022) as u64 };
        f64::from_bits((biased << 52) + kept + u64::from(up))
    }

    /// The integer part of the number plus one half, added in this format. Must be below 2^64.
    fn rounded_integer(self) -> u64 {
        match self.exponent {
            // One half is half a unit: the sum is rounded to even.
            0 => self.significand.saturating_add(self.significand & 1),
            -63.. => {
                let shift = (-self.exponent) as u32;
                let half = 1u64 << (shift - 1);
                match self.significand.checked_add(half) {
                    Some(sum) => sum >> shift,
                    None => ((u128::from(self.significand) + u128::from(half)) >> shift) as u64,
                }
            }
            _ => 0,
        }
    }
}

/// Digits beyond this value are dropped, as they would not fit 64 bits.
const FULL: u64 = 0x1999_9999_9999_9998;

/// Digits of a number on the way in. Zeros wait until a digit follows them, so that those at the
/// end become part of the scale instead of the significand.
#[derive(Default)]
struct Digits {
    value: u64,
    scale: i32,
    zeros: i32,
    fraction_zeros: i32,
}

impl Digits {
    fn accept(&mut self, digit: u64, in_fraction: bool) {
        if self.value < FULL {
            self.value = self.value * 10 + digit;
            self.scale = self.scale.saturating_sub(in_fraction.into());
        } else {
            self.scale = self.scale.saturating_add((!in_fraction).into());
        }
    }

    fn push(&mut self, digit: u64, in_fraction: bool) {
        if digit == 0 || self.value >= FULL {
            if in_fraction {
                self.fraction_zeros = self.fraction_zeros.saturating_add(1);
            } else {
                self.zeros = self.zeros.saturating_add(1);
            }
            return;
        }
        for _ in 0..core::mem::take(&mut self.zeros) {
            self.accept(0, false);
        }
        for _ in 0..core::mem::take(&mut self.fraction_zeros) {
            self.accept(0, true);
        }
        self.accept(digit, in_fraction);
    }
}

/// Reads a float as the official compiler does: digits, optional fraction and exponent, `_` anywhere
/// between them, an optional sign, `inf`, `nan`. `None` for anything else.
pub fn parse(text: &str) -> Option<f64> {
    let (negative, text) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = match text {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => parse_magnitude(text.as_bytes())?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn parse_magnitude(text: &[u8]) -> Option<f64> {
    let mut digits = Digits::default();
    let mut in_fraction = false;
    let mut seen_digit = false;
    let mut rest = text.iter();
    let mut exponent = 0i32;
    while let Some(&byte) = rest.next() {
        match byte {
            b'0'..=b'9' => {
                seen_digit = true;
                digits.push((byte - b'0').into(), in_fraction);
            }
            b'.' if !in_fraction => in_fraction = true,
            b'_' => {}
            b'e' | b'E' => {
                exponent = parse_exponent(rest.as_slice())?;
                break;
            }
            _ => return None,
        }
    }
    if !seen_digit {
        return None;
    }
    let scale = exponent.saturating_add(digits.scale).saturating_add(digits.zeros);
    Some(match Extended::from_integer(digits.value) {
        None => 0.0,
        Some(extended) => extended.scaled(scale).to_double(),
    })
}

fn parse_exponent(text: &[u8]) -> Option<i32> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let mut value = 0i32;
    let mut seen_digit = false;
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                seen_digit = true;
                value = value.saturating_mul(10).saturating_add((byte - b'0').into());
            }
            b'_' => {}
            _ => return None,
        }
    }
    // Half the range leaves room for the scale of the digits.
    let value = value.min(i32::MAX / 2);
    seen_digit.then_some(if negative { -value } else { value })
}

/// The text of a float constant in a .mpy file: always with a point, an exponent, `inf` or `nan`.
pub fn float(value: f64) -> String {
    let mut text = general(value);
    if !text.bytes().any(|b| matches!(b, b'.' | b'e' | b'n')) {
        text.push_str(".0");
    }
    text
}

/// The text of a complex constant.
pub fn complex(real: f64, imaginary: f64) -> String {
    if real == 0.0 {
        let mut text = general(imaginary);
        text.push('j');
        return text;
    }
    let mut text = String::from("(");
    text.push_str(&general(real));
    let imaginary = general(imaginary);
    if !imaginary.starts_with('-') {
        text.push('+');
    }
    text.push_str(&imaginary);
    text.push_str("j)");
    text
}

/// Reads the text of a complex constant as real and imaginary part.
pub fn parse_complex(text: &str) -> Option<(f64, f64)> {
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let text = text.strip_suffix(['j', 'J'])?;
    // The sign between the parts: the last one that is neither first nor an exponent's.
    let bytes = text.as_bytes();
    let split =
        (1..bytes.len()).rev().find(|&i| matches!(bytes[i], b'+' | b'-') && !matches!(bytes[i - 1], b'e' | b'E'));
    match split {
        Some(at) => Some((parse(&text[..at])?, parse(&text[at..])?)),
        None => Some((0.0, parse(text)?)),
    }
}

/// The shortest text of 16 to 19 digits that reads back, without `.0` for whole numbers.
fn general(value: f64) -> String {
    if value.is_nan() {
        return String::from("nan");
    }
    let mut text = String::new();
    if value.is_sign_negative() {
        text.push('-');
    }
    let magnitude = value.abs();
    if magnitude.is_infinite() {
        text.push_str("inf");
        return text;
    }
    let Some(extended) = Extended::from_double(magnitude) else {
        text.push('0');
        return text;
    };
    let exponent = decimal_exponent(magnitude);
    let mut digits = 16;
    loop {
        let body = layout(extended, exponent, digits);
        if digits == 19 || parse_magnitude(body.as_bytes()) == Some(magnitude) {
            text.push_str(&body);
            return text;
        }
        digits += 1;
    }
}

/// The exponent of the first decimal digit, as the official code finds it.
fn decimal_exponent(magnitude: f64) -> i32 {
    let binary = (magnitude.to_bits() >> 52) as i32 - 1023;
    let mut exponent = (f64::from(binary) * core::f64::consts::LOG10_2) as i32;
    let at_least_one = magnitude >= 1.0;
    let base = |exponent: i32| {
        let one = Extended { significand: 1 << 63, exponent: -63 };
        one.scaled(exponent + i32::from(at_least_one)).to_double()
    };
    while (magnitude >= base(exponent)) == at_least_one {
        exponent += if at_least_one { 1 } else { -1 };
    }
    exponent
}

fn layout(value: Extended, mut exponent: i32, digits: u32) -> String {
    let mut integer = value.scaled(digits as i32 - exponent - 1).rounded_integer();
    if integer >= 10u64.pow(digits) {
        integer /= 10;
        exponent += 1;
    }
    let mut all = String::new();
    // Writing to a String cannot fail.
    let _ = write!(all, "{integer:0width$}", width = digits as usize);
    let kept = all.trim_end_matches('0').len().max(1);
    all.truncate(kept);
    let mut text = String::new();
    let mut point_after = 1;
    match exponent {
        0..=15 => point_after += exponent as usize,
        -4..=-1 => {
            text.push_str("0.");
            text.extend((1..-exponent).map(|_| '0'));
            text.push_str(&all);
            return text;
        }
        _ => {}
    }
    while all.len() < point_after {
        all.push('0');
    }
    let (whole, fraction) = all.split_at(point_after);
    text.push_str(whole);
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    if !(-4..=15).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(text, "e{sign}{:02}", exponent.unsigned_abs());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_official_ones() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (100.0, "100.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00012345, "0.00012345"),
            (9.99e-5, "9.99e-05"),
            (662.93, "662.93"),
            (817033540358615.2, "817033540358615.3"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (5e-324, "4.940656458412465e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            let text = float(value);
            assert_eq!(text, expected);
            let back = parse(&text).unwrap();
            assert!(back == value || value.is_nan(), "{text} {back}");
        }
    }

    #[test]
    fn literals_read() {
        for (text, expected) in [
            ("1.", 1.0),
            (".5", 0.5),
            ("1_000.5", 1000.5),
            ("1e5", 1e5),
            ("1E-5", 1e-5),
            ("0e99999999999", 0.0),
            ("1e99999999999", f64::INFINITY),
            ("1e-99999999999", 0.0),
            ("123456789012345678901234567890", 123456789012345678901234567890.0),
            ("0.1", 0.1),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in ["", ".", "e5", "1e", "1e+", "1x", "1.2.3", "--1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn complex_texts_read_back() {
        for (re, im, text) in [
            (0.0, 1.0, "1j"),
            (0.0, 0.5, "0.5j"),
            (0.0, -0.0, "-0j"),
            (1.0, -2.5, "(1-2.5j)"),
            (1e-20, 1e20, "(1e-20+1e+20j)"),
        ] {
            assert_eq!(complex(re, im), text);
            assert_eq!(parse_complex(text), Some((re, im)));
        }
        assert_eq!(parse_complex("1"), None);
        assert_eq!(parse_complex("j"), None);
    }

    #[test]
    fn doubles_of_every_size_convert_without_loss_in_extended() {
        let mut bits = 1u64;
        while bits < 0x7ff0_0000_0000_0000 {
            let value = f64::from_bits(bits);
            assert_eq!(Extended::from_double(value).unwrap().to_double(), value);
            bits = bits.wrapping_mul(3).wrapping_add(12345);
            if bits < 1 << 20 {
                break;
            }
        }
    }
}
