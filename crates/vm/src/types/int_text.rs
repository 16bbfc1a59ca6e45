//! ints from and to text.

use alloc::vec::Vec;

use dashu_int::ops::UnsignedAbs;
use heap::Obj;

use crate::{
    layout::number::{Int, WORD_BITS},
    text_out::TextOut,
    types::{exception::Exc, int_long::Long, int_math},
    value::{R, Raised},
    vm::Vm,
};

/// Text of limited length, without allocation.
pub struct Short<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Short<N> {
    /// No text.
    pub const fn new() -> Self {
        Short { bytes: [0; N], len: 0 }
    }

    /// The text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The text, to change.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }

    /// Appends as much as there is room for.
    pub fn push(&mut self, text: &[u8]) {
        let n = text.len().min(N - self.len);
        self.bytes[self.len..self.len + n].copy_from_slice(&text[..n]);
        self.len += n;
    }

    /// Appends one character `n` times, as often as there is room.
    pub fn fill(&mut self, byte: u8, n: usize) {
        let n = n.min(N - self.len);
        self.bytes[self.len..self.len + n].fill(byte);
        self.len += n;
    }

    /// Shortens the text.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

impl<const N: usize> Default for Short<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> core::fmt::Write for Short<N> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// The value of a digit of any base up to 36.
pub fn digit_value(c: u8) -> Option<u32> {
    (c as char).to_digit(36)
}

/// Bytes without the white space around them.
pub fn trim(text: &[u8]) -> &[u8] {
    let is_space = |c: &u8| matches!(c, b' ' | 9..=13);
    let start = text.iter().position(|c| !is_space(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|c| !is_space(c)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// A text that has been checked to be an int.
struct Parsed {
    negative: bool,
    base: u32,
    /// The value, if 64 bits are enough.
    short: Option<u64>,
    /// Else the digits, without underscores.
    digits: Vec<u8>,
}

/// Understands the text of an int: white space, sign, prefix, digits, single underscores between them. `None`: it is none.
/// `base` 0 means that the prefix decides.
fn parse_text(text: &[u8], base: u32) -> Option<Parsed> {
    let mut rest = trim(text);
    let negative = rest.first() == Some(&b'-');
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let prefix = match rest {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut decimal = false;
    let base = match base {
        0 if prefix == 0 => {
            decimal = true;
            10
        }
        0 => prefix,
        given => given,
    };
    if prefix == base {
        rest = &rest[2..];
        if let [b'_', tail @ ..] = rest {
            rest = tail;
        }
    }
    let mut short = Some(0u64);
    let mut after_digit = false;
    for &c in rest {
        if c == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        let digit = digit_value(c).filter(|digit| *digit < base)?;
        short = short.and_then(|value| value.checked_mul(base as u64)?.checked_add(digit as u64));
        after_digit = true;
    }
    if !after_digit || (decimal && rest[0] == b'0' && short != Some(0)) {
        return None;
    }
    let digits = match short {
        Some(_) => Vec::new(),
        None => rest.iter().copied().filter(|c| *c != b'_').collect(),
    };
    Some(Parsed { negative, base, short, digits })
}

/// The int that a text (in `bytes`) spells, `None` if it spells none. Used for `int()` and for constants in code.
pub fn parse(vm: &mut Vm, bytes: &[u8], base: u32) -> R<Option<Obj>> {
    let Some(parsed) = parse_text(bytes, base) else {
        return Ok(None);
    };
    finish(vm, parsed).map(Some)
}

fn finish(vm: &mut Vm, parsed: Parsed) -> R {
    if let Some(value) = parsed.short {
        return vm.new_int(if parsed.negative { -(value as i128) } else { value as i128 });
    }
    let bits = (32 - (parsed.base - 1).leading_zeros()) as usize;
    let limbs = parsed.digits.len() / WORD_BITS * bits + parsed.digits.len() / 8 + 2;
    int_math::reserved(vm, limbs, |vm| {
        let value = Long::new(vm).parse(&parsed.digits, parsed.base)?;
        vm.int_from_limbs(parsed.negative, value.as_words())
    })
}

/// The int that a str or an object with bytes spells; raises ValueError. `None`: the object is neither.
pub fn parse_object(vm: &mut Vm, obj: Obj, base: u32) -> R<Option<Obj>> {
    let length = match vm.str_bytes(obj) {
        Some(text) => text.len(),
        None => match vm.buffer(obj)? {
            Some(buffer) => buffer.len(),
            None => return Ok(None),
        },
    };
    // The digits of a long text are copied before they are converted.
    let copy = if length > 20 { length } else { 0 };
    if copy > 0 {
        vm.reserve(copy)?;
    }
    let parsed = match vm.str_bytes(obj) {
        Some(text) => parse_text(text, base),
        None => match vm.buffer(obj) {
            Ok(Some(buffer)) => parse_text(buffer.bytes(vm), base),
            _ => None,
        },
    };
    let result = match parsed {
        Some(parsed) => finish(vm, parsed).map(Some),
        None => Err(invalid(vm, obj, base)),
    };
    if copy > 0 {
        vm.release(copy);
    }
    result
}

#[cold]
fn invalid(vm: &mut Vm, obj: Obj, base: u32) -> Raised {
    let made: R = (|| {
        let mut out = TextOut::buffer();
        out.write_fmt(vm, format_args!("invalid literal for int() with base {base}: "))?;
        vm.show(obj, &mut out, crate::native::Show::Repr)?;
        out.into_str(vm)
    })();
    match made {
        Ok(text) => vm.error_args(Exc::ValueError, &[text]),
        Err(raised) => raised,
    }
}

/// Calls `with` with the digits of the magnitude, lower case.
pub fn with_digits<T>(vm: &mut Vm, value: Int, radix: u32, with: impl FnOnce(&mut Vm, &[u8]) -> R<T>) -> R<T> {
    match value {
        Int::Small(value) => {
            let mut text = [0; usize::BITS as usize];
            let mut start = text.len();
            let mut rest = value.unsigned_abs();
            loop {
                start -= 1;
                text[start] = b"0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix as usize];
                rest /= radix as usize;
                if rest == 0 {
                    break;
                }
            }
            with(vm, &text[start..])
        }
        Int::Big(_) => int_math::reserved(vm, 3 * value.limb_count(), |vm| {
            let magnitude = value.to_ibig(vm).unsigned_abs();
            let text = Long::new(vm).digits(&magnitude, radix)?;
            with(vm, &text)
        }),
    }
}

/// Writes the int in decimal.
pub fn show(vm: &mut Vm, value: Int, out: &mut TextOut) -> R<()> {
    if let Int::Small(value) = value {
        return show_small(vm, value, out);
    }
    if value.is_negative() {
        out.write(vm, b"-")?;
    }
    with_digits(vm, value, 10, |vm, digits| out.write(vm, digits))
}

fn show_small(vm: &mut Vm, value: isize, out: &mut TextOut) -> R<()> {
    let mut text = [0; 24];
    let mut start = text.len();
    let mut rest = value.unsigned_abs();
    while rest >= 10 {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    start -= 1;
    text[start] = b'0' + rest as u8;
    if value < 0 {
        start -= 1;
        text[start] = b'-';
    }
    out.write(vm, &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, base: u32) -> Option<i128> {
        let parsed = parse_text(text.as_bytes(), base)?;
        let magnitude = parsed.short? as i128;
        Some(if parsed.negative { -magnitude } else { magnitude })
    }

    #[test]
    fn accepted() {
        let cases: &[(&str, u32, i128)] = &[
            ("0", 10, 0),
            (" \t12_34\n", 10, 1234),
            ("-0x_fF", 16, -255),
            ("+ff", 16, 255),
            ("0b10", 0, 2),
            ("0b10", 16, 0xb10),
            ("0o17", 8, 15),
            ("000", 0, 0),
            ("0_0", 0, 0),
            ("z", 36, 35),
            ("18446744073709551615", 10, u64::MAX as i128),
        ];
        for (text, base, expected) in cases {
            assert_eq!(value(text, *base), Some(*expected), "{text:?}");
        }
    }

    #[test]
    fn refused() {
        for (text, base) in [
            ("", 10),
            ("-", 10),
            ("+-1", 10),
            ("1__0", 10),
            ("_1", 10),
            ("1_", 10),
            ("- 1", 10),
            ("0x", 16),
            ("0x", 0),
            ("010", 0),
            ("2", 2),
            ("a", 10),
            ("1 2", 10),
            ("0x__1", 16),
            ("\u{e9}", 10),
        ] {
            assert!(parse_text(text.as_bytes(), base).is_none(), "{text:?}");
        }
    }

    #[test]
    fn long_texts_keep_their_digits() {
        let parsed = parse_text(b"1_8446744073709551616", 10).unwrap();
        assert_eq!((parsed.short, &parsed.digits[..]), (None, &b"18446744073709551616"[..]));
    }
}
