//! floats from and to text: the shortest digits that read back as the same number, exact digits for
//! any precision, hexadecimal notation.

use core::fmt::Write;

use heap::Obj;

use crate::{
    text_out::TextOut,
    types::int_text::{Short, digit_value, trim},
    value::R,
    vm::Vm,
};

/// Decimal digits of a finite magnitude: `0.d1d2d3… * 10^point`.
pub struct Decimal<const N: usize = 800> {
    digits: Short<N>,
    /// Where the decimal point stands, counted from the first digit.
    pub point: i32,
}

impl<const N: usize> Decimal<N> {
    /// The digits; at least one.
    pub fn digits(&self) -> &[u8] {
        self.digits.bytes()
    }

    fn from_scientific(text: &Short<N>) -> Self {
        let bytes = text.bytes();
        let e = bytes.iter().position(|c| *c == b'e').unwrap_or(bytes.len());
        let mut digits = Short::new();
        digits.push(&bytes[..e.min(1)]);
        digits.push(bytes.get(2..e).unwrap_or(&[]));
        let exponent = core::str::from_utf8(bytes.get(e + 1..).unwrap_or(&[])).unwrap_or_default();
        Decimal { digits, point: exponent.parse().unwrap_or(0) + 1 }
    }

    /// The shortest digits that read back as `value`; of two equally near ones the even one, as everywhere in Python.
    pub fn shortest(value: f64) -> Self {
        let mut text = Short::new();
        let _ = write!(text, "{:e}", value.abs());
        let mut shortest = Self::from_scientific(&text);
        let count = shortest.digits().len();
        if may_be_halfway(value, count, shortest.point) {
            let mut text = Short::new();
            let _ = write!(text, "{:.*e}", count - 1, value.abs());
            let even = Self::from_scientific(&text);
            if even.digits() != shortest.digits() && parse_trimmed(text.bytes()) == Some(value.abs()) {
                shortest = even;
            }
        }
        shortest
    }

    /// Removes zeros at the end.
    pub fn strip_zeros(&mut self) {
        let kept = self.digits().iter().rposition(|c| *c != b'0').map_or(1, |last| last + 1);
        self.digits.truncate(kept);
    }
}

impl Decimal {
    /// `count` digits, correctly rounded; after the last one that is not zero for certain they may be missing. `count` is at least one.
    pub fn rounded(value: f64, count: usize) -> Decimal {
        let mut text = Short::new();
        // A double has at most 767 significant digits.
        let _ = write!(text, "{:.*e}", count.clamp(1, 770) - 1, value.abs());
        Decimal::from_scientific(&text)
    }

    /// As many digits as there are up to `places` after the decimal point, correctly rounded. Gives "0" with point 1
    /// if nothing is left.
    pub fn fixed(value: f64, places: usize) -> Decimal {
        let mut text: Short<1500> = Short::new();
        let _ = write!(text, "{:.*}", places.min(1080), value.abs());
        let bytes = text.bytes();
        let dot = bytes.iter().position(|c| *c == b'.').unwrap_or(bytes.len());
        let all = || bytes.iter().copied().filter(|c| *c != b'.');
        let zeros = all().take_while(|c| *c == b'0').count();
        let count = all().count();
        let mut digits = Short::new();
        if zeros == count {
            digits.push(b"0");
            return Decimal { digits, point: 1 };
        }
        for digit in all().skip(zeros) {
            digits.push(&[digit]);
        }
        Decimal { digits, point: dot as i32 - zeros as i32 }
    }
}

/// Whether a number could lie exactly between two neighbours of `count` digits: its own decimal expansion has one digit
/// more. That takes 16 digits, since fewer always tell doubles apart.
fn may_be_halfway(value: f64, count: usize, point: i32) -> bool {
    if count < 15 || value == 0.0 {
        return false;
    }
    let bits = value.to_bits();
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1075 + mantissa.trailing_zeros() as i32;
    // With an odd mantissa there are exactly as many digits after the point as bits.
    exponent >= 0 || point - exponent == count as i32 + 1
}

/// The text of `repr(value)`.
pub fn repr_text(value: f64) -> Short<32> {
    let mut text = Short::new();
    if value.is_nan() {
        text.push(b"nan");
        return text;
    }
    if value.is_sign_negative() {
        text.push(b"-");
    }
    if value.is_infinite() {
        text.push(b"inf");
        return text;
    }
    // No double needs more than 17 digits.
    let decimal: Decimal<32> = Decimal::shortest(value);
    let (digits, point) = (decimal.digits(), decimal.point);
    if (-3..=16).contains(&point) {
        write_fixed(&mut text, digits, point, 1);
    } else {
        text.push(&digits[..1]);
        if digits.len() > 1 {
            text.push(b".");
            text.push(&digits[1..]);
        }
        write_exponent(&mut text, point - 1, b'e');
    }
    text
}

/// Digits with a decimal point and at least `min_places` digits after it (none and no point for 0 and integral digits).
fn write_fixed(text: &mut Short<32>, digits: &[u8], point: i32, min_places: usize) {
    let whole = point.max(0) as usize;
    if whole == 0 {
        text.push(b"0");
    } else {
        text.push(&digits[..whole.min(digits.len())]);
        text.fill(b'0', whole.saturating_sub(digits.len()));
    }
    let rest = digits.get(whole..).unwrap_or(&[]);
    let zeros = (-point).max(0) as usize;
    if rest.is_empty() && min_places == 0 {
        return;
    }
    text.push(b".");
    if rest.is_empty() {
        text.fill(b'0', min_places);
    } else {
        text.fill(b'0', zeros);
        text.push(rest);
    }
}

/// `e+05` and the like.
pub fn write_exponent<const N: usize>(text: &mut Short<N>, exponent: i32, letter: u8) {
    text.push(&[letter, if exponent < 0 { b'-' } else { b'+' }]);
    let _ = write!(text, "{:02}", exponent.unsigned_abs());
}

/// The text of a part of a complex number: as `repr` but integral values without a fraction.
pub fn complex_part_text(value: f64) -> Short<32> {
    let mut text = repr_text(value);
    if text.bytes().ends_with(b".0") {
        let len = text.bytes().len() - 2;
        text.truncate(len);
    }
    text
}

/// Writes `repr(value)`.
pub fn show(vm: &mut Vm, value: f64, out: &mut TextOut) -> R<()> {
    let text = repr_text(value);
    out.write(vm, text.bytes())
}

/// The number that a text spells: Python's syntax with white space around and single underscores between digits.
pub fn parse(text: &[u8]) -> Option<f64> {
    parse_trimmed(trim(text))
}

/// As [`parse`], without white space.
pub fn parse_trimmed(text: &[u8]) -> Option<f64> {
    // Underscores stand between digits only; numbers are rarely long enough to need the heap.
    if text.contains(&b'_') {
        let mut clean = alloc::vec::Vec::new();
        clean.try_reserve_exact(text.len()).ok()?;
        for (i, &c) in text.iter().enumerate() {
            if c != b'_' {
                clean.push(c);
                continue;
            }
            let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
            if !digit(i.checked_sub(1).and_then(|i| text.get(i))) || !digit(text.get(i + 1)) {
                return None;
            }
        }
        return parse_trimmed(&clean);
    }
    // Rust's syntax is Python's, spellings of infinity and NaN included.
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// The float that a str or an object with bytes spells; raises ValueError. `None`: the object is neither.
pub fn parse_object(vm: &mut Vm, obj: Obj) -> R<Option<f64>> {
    let parsed = match vm.str_bytes(obj) {
        Some(text) => parse(text),
        None => match vm.buffer(obj)? {
            Some(buffer) => parse(buffer.bytes(vm)),
            None => return Ok(None),
        },
    };
    match parsed {
        Some(value) => Ok(Some(value)),
        None => {
            let mut out = TextOut::buffer();
            out.write_str(vm, "could not convert string to float: ")?;
            vm.show(obj, &mut out, crate::native::Show::Repr)?;
            let message = out.into_str(vm)?;
            Err(vm.error_args(crate::types::exception::Exc::ValueError, &[message]))
        }
    }
}

/// `value.hex()`
pub fn hex(value: f64) -> Short<32> {
    let mut text = Short::new();
    if !value.is_finite() {
        return repr_text(value);
    }
    if value.is_sign_negative() {
        text.push(b"-");
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let _ = match (exponent, fraction) {
        (0, 0) => write!(text, "0x0.0p+0"),
        (0, _) => write!(text, "0x0.{fraction:013x}p-1022"),
        _ => write!(text, "0x1.{fraction:013x}p{:+}", exponent - 1023),
    };
    text
}

/// What is wrong with a hexadecimal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// Not such a number.
    Invalid,
    /// Beyond the greatest double.
    TooLarge,
}

/// `float.fromhex(text)`
pub fn from_hex(text: &[u8]) -> Result<f64, HexError> {
    let text = trim(text);
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let sign = |value: f64| if negative { -value } else { value };
    if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
        return Ok(sign(f64::INFINITY));
    }
    if rest.eq_ignore_ascii_case(b"nan") {
        return Ok(sign(f64::NAN));
    }
    let rest = match rest {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => rest,
    };
    let (mut mantissa, mut exponent, mut any, mut after_point) = (0u128, 0i64, false, false);
    let mut at = 0;
    while let Some(&c) = rest.get(at) {
        if c == b'.' && !after_point {
            after_point = true;
        } else if let Some(digit) = digit_value(c).filter(|digit| *digit < 16) {
            any = true;
            if mantissa >> 120 == 0 {
                mantissa = mantissa << 4 | digit as u128;
                exponent -= 4 * after_point as i64;
            } else {
                // What does not fit only matters for rounding.
                mantissa |= (digit != 0) as u128;
                exponent += 4 * !after_point as i64;
            }
        } else {
            break;
        }
        at += 1;
    }
    if !any {
        return Err(HexError::Invalid);
    }
    if let Some(b'p' | b'P') = rest.get(at) {
        let digits = core::str::from_utf8(&rest[at + 1..]).map_err(|_| HexError::Invalid)?;
        let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
        if unsigned.is_empty() || !unsigned.bytes().all(|c| c.is_ascii_digit()) {
            return Err(HexError::Invalid);
        }
        let limit = 1i64 << 40;
        let magnitude = unsigned.parse::<i64>().unwrap_or(limit).min(limit);
        exponent = exponent.saturating_add(if digits.starts_with('-') { -magnitude } else { magnitude });
    } else if at != rest.len() {
        return Err(HexError::Invalid);
    }
    // Enough bits below the rounding position for the sticky bit.
    let shift = mantissa.leading_zeros().min(100) as i64;
    let value = super::int_math::round_to_float(mantissa << shift, exponent - shift);
    value.map(sign).ok_or(HexError::TooLarge)
}

#[cfg(test)]
#[allow(clippy::excessive_precision)] // the digits beyond are the point
mod tests {
    use super::*;

    #[test]
    fn repr() {
        let cases: &[(f64, &str)] = &[
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001234, "1.234e-05"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-1234.5, "-1234.5"),
            // Halfway between two texts of the same length.
            (-196502472315147.125, "-196502472315147.12"),
            (2f64.powi(-25), "2.9802322387695312e-08"),
            (1125899906842968.25, "1125899906842968.2"),
            (1125899906842968.75, "1125899906842968.8"),
            (9007199254740993.0, "9007199254740992.0"),
            (1e23, "1e+23"),
            (2f64.powi(70), "1.1805916207174113e+21"),
        ];
        for (value, expected) in cases {
            assert_eq!(core::str::from_utf8(repr_text(*value).bytes()), Ok(*expected));
        }
    }

    #[test]
    fn digits_are_exact() {
        let text =
            |decimal: &Decimal| (std::string::String::from_utf8(decimal.digits().to_vec()).unwrap(), decimal.point);
        assert_eq!(text(&Decimal::fixed(0.5, 0)), ("0".into(), 1));
        assert_eq!(text(&Decimal::fixed(1.5, 0)), ("2".into(), 1));
        assert_eq!(text(&Decimal::fixed(2.5, 0)), ("2".into(), 1));
        assert_eq!(text(&Decimal::fixed(0.125, 2)), ("12".into(), 0));
        assert_eq!(text(&Decimal::fixed(0.375, 2)), ("38".into(), 0));
        assert_eq!(text(&Decimal::fixed(0.001, 5)), ("100".into(), -2));
        assert_eq!(text(&Decimal::rounded(0.1, 20)), ("10000000000000000555".into(), 0));
        assert_eq!(text(&Decimal::rounded(25.0, 1)), ("2".into(), 2));
        assert_eq!(Decimal::rounded(5e-324, 800).digits().len(), 770);
    }

    #[test]
    fn parsing() {
        assert_eq!(parse(b" 1_0.5e1_0 "), Some(10.5e10));
        assert_eq!(parse(b"-inf"), Some(f64::NEG_INFINITY));
        assert!(parse(b"nAn").is_some_and(f64::is_nan));
        assert_eq!(parse(b".5"), Some(0.5));
        assert_eq!(parse(b"5."), Some(5.0));
        for bad in ["", ".", "1__0", "_1", "1_", "1e", "0x10", "1 2", "1_.5", "e5", "--1"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn hexadecimal() {
        for value in [0.0, -0.0, 1.0, -1.5, 0.1, 5e-324, f64::MAX, f64::MIN_POSITIVE] {
            assert_eq!(from_hex(hex(value).bytes()), Ok(value));
        }
        assert_eq!(hex(3.5).bytes(), b"0x1.c000000000000p+1");
        assert_eq!(from_hex(b"0x.8p1"), Ok(1.0));
        assert_eq!(from_hex(b"0x1p1024"), Err(HexError::TooLarge));
        assert_eq!(from_hex(b"0x1.fffffffffffff8p0"), Ok(2.0));
        assert_eq!(from_hex(b"0xp1"), Err(HexError::Invalid));
        assert_eq!(from_hex(b"1p"), Err(HexError::Invalid));
    }
}
