//! The format-spec mini language and number formatting by `%`.
//!
//! A [`Spec`] is what `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]` says. Numbers become a
//! [`Number`], parts that know how many zeros belong between them, so that neither a width nor a precision of any size needs a
//! buffer.

use heap::Obj;

use crate::{
    layout::number::Int,
    native::Show,
    text_out::TextOut,
    types::{
        exception::Exc,
        float_text::{self, Decimal},
        int_math,
        int_text::{self, Short},
    },
    value::{R, Raised},
    vm::Vm,
};

/// A parsed format specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The character that fills the width.
    pub fill: char,
    /// `<`, `>`, `^`, `=`, or 0 where nothing is said.
    pub align: u8,
    /// `+`, `-`, space, or 0.
    pub sign: u8,
    /// `z`: no negative zero.
    pub no_minus_zero: bool,
    /// `#`
    pub alternate: bool,
    /// The smallest number of characters.
    pub width: usize,
    /// `,`, `_`, or 0: between the digits of the integral part.
    pub grouping: u8,
    /// What follows the point.
    pub precision: Option<usize>,
    /// `,`, `_`, or 0: between the digits of the fraction.
    pub fraction_grouping: u8,
    /// The presentation type, or 0.
    pub kind: u8,
}

impl Spec {
    /// Nothing said.
    pub const PLAIN: Spec = Spec {
        fill: ' ',
        align: 0,
        sign: 0,
        no_minus_zero: false,
        alternate: false,
        width: 0,
        grouping: 0,
        precision: None,
        fraction_grouping: 0,
        kind: 0,
    };
}

/// What is wrong with a format specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecError {
    /// It does not follow the grammar.
    Invalid,
    /// A width or precision is beyond the range of numbers.
    TooLong,
    /// A point without digits.
    NoPrecision,
    /// Both kinds of separators.
    BothSeparators,
}

/// The first character of a text and the rest (a lone surrogate counts as one character, shown as the replacement).
fn first_char(text: &[u8]) -> Option<(char, &[u8])> {
    let len = match *text.first()? {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    let (head, tail) = text.split_at(len.min(text.len()));
    let c = core::str::from_utf8(head).ok().and_then(|head| head.chars().next());
    Some((c.unwrap_or(char::REPLACEMENT_CHARACTER), tail))
}

fn parse_number(text: &[u8]) -> Result<(Option<usize>, &[u8]), SpecError> {
    let len = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let mut value = 0usize;
    for &c in &text[..len] {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add((c - b'0') as usize))
            .filter(|value| *value <= isize::MAX as usize)
            .ok_or(SpecError::TooLong)?;
    }
    Ok(((len > 0).then_some(value), &text[len..]))
}

fn parse_grouping<'a>(text: &'a [u8], grouping: &mut u8) -> Result<&'a [u8], SpecError> {
    match *text {
        [b',' | b'_', b',' | b'_', ..] if text[0] != text[1] => Err(SpecError::BothSeparators),
        [separator @ (b',' | b'_'), ref rest @ ..] => {
            *grouping = separator;
            Ok(rest)
        }
        _ => Ok(text),
    }
}

/// Parses a specification. `numeric`: a `0` before the width puts the fill after the sign.
pub fn parse(text: &[u8], numeric: bool) -> Result<Spec, SpecError> {
    let mut spec = Spec::PLAIN;
    let mut rest = text;
    let is_align = |c: Option<&u8>| matches!(c, Some(b'<' | b'>' | b'^' | b'='));
    let mut filled = false;
    if let Some((fill, after)) = first_char(rest)
        && is_align(after.first())
    {
        (spec.fill, spec.align, rest, filled) = (fill, after[0], &after[1..], true);
    } else if is_align(rest.first()) {
        (spec.align, rest) = (rest[0], &rest[1..]);
    }
    if let [sign @ (b'+' | b'-' | b' '), after @ ..] = rest {
        (spec.sign, rest) = (*sign, after);
    }
    if let [b'z', after @ ..] = rest {
        (spec.no_minus_zero, rest) = (true, after);
    }
    if let [b'#', after @ ..] = rest {
        (spec.alternate, rest) = (true, after);
    }
    if let [b'0', after @ ..] = rest
        && !filled
    {
        spec.fill = '0';
        if spec.align == 0 && numeric {
            spec.align = b'=';
        }
        rest = after;
    }
    let (width, after) = parse_number(rest)?;
    spec.width = width.unwrap_or(0);
    rest = parse_grouping(after, &mut spec.grouping)?;
    if let [b'.', after @ ..] = rest {
        let (precision, after) = parse_number(after)?;
        spec.precision = precision;
        rest = parse_grouping(after, &mut spec.fraction_grouping)?;
        if precision.is_none() && spec.fraction_grouping == 0 {
            return Err(SpecError::NoPrecision);
        }
    }
    match *rest {
        [] => {}
        [kind] if kind.is_ascii() => spec.kind = kind,
        _ => return Err(SpecError::Invalid),
    }
    Ok(spec)
}

/// Parses the specification `text`, a str, for formatting `value`; raises ValueError.
pub fn parse_object(vm: &mut Vm, text: Obj, value: Obj, numeric: bool) -> R<Spec> {
    let Some(bytes) = vm.str_bytes(text) else {
        return Err(vm.type_error_for("format() argument 2 must be str, not ", text, ""));
    };
    match parse(bytes, numeric) {
        Ok(spec) => Ok(spec),
        Err(error) => Err(invalid_spec(vm, error, text, value)),
    }
}

#[cold]
fn invalid_spec(vm: &mut Vm, error: SpecError, text: Obj, value: Obj) -> Raised {
    match error {
        SpecError::TooLong => vm.value_error("Too many decimal digits in format string"),
        SpecError::NoPrecision => vm.value_error("Format specifier missing precision"),
        SpecError::BothSeparators => vm.value_error("Cannot specify both ',' and '_'."),
        SpecError::Invalid => {
            let made: R = (|| {
                let mut out = TextOut::buffer();
                out.write_str(vm, "Invalid format specifier ")?;
                vm.show(text, &mut out, Show::Repr)?;
                out.write_str(vm, " for object of type '")?;
                vm.write_qstr(&mut out, vm.type_of(value).name())?;
                out.write_str(vm, "'")?;
                out.into_str(vm)
            })();
            match made {
                Ok(message) => vm.error_args(Exc::ValueError, &[message]),
                Err(raised) => raised,
            }
        }
    }
}

/// Raises ValueError for a presentation type that an object does not have.
#[cold]
pub fn unknown_code(vm: &mut Vm, kind: u8, value: Obj) -> Raised {
    let made: R = (|| {
        let mut out = TextOut::buffer();
        out.write_fmt(vm, format_args!("Unknown format code '{}' for object of type '", kind as char))?;
        vm.write_qstr(&mut out, vm.type_of(value).name())?;
        out.write_str(vm, "'")?;
        out.into_str(vm)
    })();
    match made {
        Ok(message) => vm.error_args(Exc::ValueError, &[message]),
        Err(raised) => raised,
    }
}

/// Writes a character `n` times.
pub fn write_fill(vm: &mut Vm, out: &mut TextOut, fill: char, n: usize) -> R<()> {
    if n > crate::layout::text::MAX_LEN / 4 {
        return Err(vm.raise_memory_error(n));
    }
    out.reserve(vm, n * fill.len_utf8())?;
    let mut encoded = [0; 4];
    let one = fill.encode_utf8(&mut encoded).as_bytes();
    let mut window: Short<128> = Short::new();
    for _ in 0..n.min(32) {
        window.push(one);
    }
    let mut rest = n;
    while rest > 0 {
        let now = rest.min(32);
        out.write(vm, &window.bytes()[..now * one.len()])?;
        rest -= now;
    }
    Ok(())
}

/// How much fill goes before and after `len` characters.
fn margins(spec: &Spec, len: usize, default: u8) -> (usize, usize) {
    let room = spec.width.saturating_sub(len);
    match if spec.align == 0 { default } else { spec.align } {
        b'<' => (0, room),
        b'^' => (room / 2, room - room / 2),
        _ => (room, 0),
    }
}

/// Writes a str cut to the precision and padded to the width; `default` is the alignment if none is given.
pub fn pad_text(vm: &mut Vm, out: &mut TextOut, text: Obj, spec: &Spec, default: u8) -> R<()> {
    let Some(bytes) = vm.str_bytes(text) else {
        return Err(vm.type_error_for("expected str, got ", text, ""));
    };
    if spec.width == 0 && spec.precision.is_none() {
        return vm.write_text(out, text);
    }
    let limit = spec.precision.unwrap_or(usize::MAX);
    let is_start = |byte: &u8| byte & 0xc0 != 0x80;
    // The characters that are kept, and where they end.
    let mut chars = 0;
    let mut end = bytes.len();
    for (i, _) in bytes.iter().enumerate().filter(|(_, byte)| is_start(byte)) {
        if chars == limit {
            end = i;
            break;
        }
        chars += 1;
    }
    let cut = end < bytes.len();
    let text = if cut { cut_text(vm, text, end)? } else { text };
    let (before, after) = margins(spec, chars, default);
    write_fill(vm, out, spec.fill, before)?;
    vm.write_text(out, text)?;
    write_fill(vm, out, spec.fill, after)
}

/// The first `end` bytes of a str.
fn cut_text(vm: &mut Vm, text: Obj, end: usize) -> R {
    let mut part = TextOut::buffer();
    let mut done = 0;
    while done < end {
        let mut window = [0; 256];
        let n = window.len().min(end - done);
        let Some(bytes) = vm.str_bytes(text) else {
            break;
        };
        window[..n].copy_from_slice(&bytes[done..done + n]);
        part.write(vm, &window[..n])?;
        done += n;
    }
    part.into_str(vm)
}

/// Formats a str object (`str.__format__`).
pub fn format_text(vm: &mut Vm, out: &mut TextOut, value: Obj, spec: &Spec) -> R<()> {
    let complaint = match spec {
        Spec { kind, .. } if !matches!(kind, 0 | b's') => {
            return Err(unknown_code(vm, *kind, value));
        }
        Spec { sign: b' ', .. } => "Space not allowed in string format specifier",
        Spec { sign: 1.., .. } => "Sign not allowed in string format specifier",
        Spec { no_minus_zero: true, .. } => "Negative zero coercion (z) not allowed in string format specifier",
        Spec { alternate: true, .. } => "Alternate form (#) not allowed in string format specifier",
        Spec { align: b'=', .. } => "'=' alignment not allowed in string format specifier",
        Spec { grouping: b',', .. } => "Cannot specify ',' with 's'.",
        Spec { grouping: b'_', .. } => "Cannot specify '_' with 's'.",
        _ => return pad_text(vm, out, value, spec, b'<'),
    };
    Err(vm.value_error(complaint))
}

/// A number in parts, to be written with padding and separators.
#[derive(Default)]
struct Number<'a> {
    /// Sign and base prefix.
    prefix: Short<4>,
    /// Digits before the point.
    whole: &'a [u8],
    /// Digits per group of `whole`.
    group: usize,
    /// Zeros after `whole`.
    whole_zeros: usize,
    /// Whether there is a point.
    point: bool,
    /// Zeros after the point, digits, zeros again.
    fraction: (usize, &'a [u8], usize),
    /// Exponent or percent sign.
    suffix: Short<8>,
}

/// Length of `digits` digits in groups.
fn grouped_len(digits: usize, group: usize) -> usize {
    digits + digits.saturating_sub(1) / group
}

/// Writes digits (with zeros before and after) in groups; `from_left`: the groups start at the left end.
struct Grouped<'a> {
    zeros_before: usize,
    digits: &'a [u8],
    zeros_after: usize,
    separator: u8,
    group: usize,
    from_left: bool,
}

impl Grouped<'_> {
    fn write(&self, vm: &mut Vm, out: &mut TextOut) -> R<()> {
        if self.separator == 0 {
            write_fill(vm, out, '0', self.zeros_before)?;
            out.write(vm, self.digits)?;
            return write_fill(vm, out, '0', self.zeros_after);
        }
        let total = self.zeros_before + self.digits.len() + self.zeros_after;
        let mut window: Short<128> = Short::new();
        for i in 0..total {
            let boundary = if self.from_left { i } else { total - i };
            if i > 0 && boundary % self.group == 0 {
                window.push(&[self.separator]);
            }
            let digit = i.checked_sub(self.zeros_before).and_then(|i| self.digits.get(i));
            window.push(&[digit.copied().unwrap_or(b'0')]);
            if window.bytes().len() > 120 {
                out.write(vm, window.bytes())?;
                window.truncate(0);
            }
        }
        out.write(vm, window.bytes())
    }
}

impl Number<'_> {
    fn write(&self, vm: &mut Vm, out: &mut TextOut, spec: &Spec) -> R<()> {
        let separated = |digits: usize, separator: u8, group: usize| match separator {
            0 => digits,
            _ => grouped_len(digits, group),
        };
        let (zeros, fraction, more) = self.fraction;
        let fraction_digits = zeros.saturating_add(fraction.len()).saturating_add(more);
        let tail = separated(fraction_digits, spec.fraction_grouping, 3)
            .saturating_add(self.point as usize + self.suffix.bytes().len());
        let mut digits = self.whole.len() + self.whole_zeros;
        let others = tail.saturating_add(self.prefix.bytes().len());
        if spec.align == b'=' && spec.fill == '0' {
            // Zeros join the digits, separators included.
            let room = spec.width.saturating_sub(others);
            if spec.grouping == 0 {
                digits = digits.max(room);
            } else if separated(digits, spec.grouping, self.group) < room {
                digits = digits.max(room - room / (self.group + 1) - 1);
                while grouped_len(digits, self.group) < room {
                    digits += 1;
                }
            }
        }
        let len = others.saturating_add(separated(digits, spec.grouping, self.group));
        let (mut before, after) = margins(spec, len, b'>');
        if spec.align != b'=' {
            write_fill(vm, out, spec.fill, before)?;
            before = 0;
        }
        out.write(vm, self.prefix.bytes())?;
        write_fill(vm, out, spec.fill, before)?;
        let whole = Grouped {
            zeros_before: digits - self.whole.len() - self.whole_zeros,
            digits: self.whole,
            zeros_after: self.whole_zeros,
            separator: spec.grouping,
            group: self.group,
            from_left: false,
        };
        whole.write(vm, out)?;
        if self.point {
            out.write(vm, b".")?;
        }
        let fraction = Grouped {
            zeros_before: zeros,
            digits: fraction,
            zeros_after: more,
            separator: spec.fraction_grouping,
            group: 3,
            from_left: true,
        };
        fraction.write(vm, out)?;
        out.write(vm, self.suffix.bytes())?;
        write_fill(vm, out, spec.fill, after)
    }
}

fn sign_text(spec: &Spec, negative: bool) -> &'static [u8] {
    match (negative, spec.sign) {
        (true, _) => b"-",
        (false, b'+') => b"+",
        (false, b' ') => b" ",
        _ => b"",
    }
}

/// `format(value, spec)` for int, bool, float and complex (the method `__format__`).
pub fn format_method(vm: &mut Vm, value: Obj, text: Obj) -> R {
    if vm.str_bytes(text).is_some_and(<[u8]>::is_empty) {
        return vm.str(value);
    }
    let spec = parse_object(vm, text, value, true)?;
    let mut out = TextOut::buffer();
    if !format_number(vm, &mut out, value, &spec)? {
        return Err(vm.type_error_for("unsupported format string passed to ", value, ".__format__"));
    }
    out.into_str(vm)
}

/// Formats a number; false if the object is none.
pub fn format_number(vm: &mut Vm, out: &mut TextOut, value: Obj, spec: &Spec) -> R<bool> {
    if let Some(int) = vm.as_int(value) {
        format_int(vm, out, value, int, spec)?;
    } else if let Some(float) = vm.as_float(value) {
        if !matches!(spec.kind, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%') {
            return Err(unknown_code(vm, spec.kind, value));
        }
        format_float(vm, out, float, spec)?;
    } else if let Some((re, im)) = vm.as_complex(value) {
        format_complex(vm, out, value, (re, im), spec)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

const NO_COERCION: &str = "Negative zero coercion (z) not allowed in format specifier with integer presentation";

fn format_int(vm: &mut Vm, out: &mut TextOut, value: Obj, int: Int, spec: &Spec) -> R<()> {
    let radix = match spec.kind {
        0 | b'd' | b'n' => 10,
        b'b' => 2,
        b'o' => 8,
        b'x' | b'X' => 16,
        b'c' => return format_char(vm, out, int, spec),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => {
            let float = int_math::to_float(vm, int)?;
            return format_float(vm, out, float, spec);
        }
        kind => return Err(unknown_code(vm, kind, value)),
    };
    if spec.precision.is_some() {
        return Err(vm.value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_minus_zero {
        return Err(vm.value_error(NO_COERCION));
    }
    if spec.grouping != 0 && (spec.kind == b'n' || (spec.grouping == b',' && radix != 10)) {
        return Err(separator_error(vm, spec));
    }
    write_int(vm, out, int, spec, radix, 0)
}

#[cold]
fn separator_error(vm: &mut Vm, spec: &Spec) -> Raised {
    let (separator, kind) = (spec.grouping as char, spec.kind as char);
    vm.error(Exc::ValueError, format_args!("Cannot specify '{separator}' with '{kind}'."))
}

/// Writes an int in a base with at least `min_digits` digits.
fn write_int(vm: &mut Vm, out: &mut TextOut, int: Int, spec: &Spec, radix: u32, min_digits: usize) -> R<()> {
    let mut prefix = Short::new();
    prefix.push(sign_text(spec, int.is_negative()));
    if spec.alternate && radix != 10 {
        prefix.push(match spec.kind {
            b'b' => b"0b",
            b'o' => b"0o",
            b'X' => b"0X",
            _ => b"0x",
        });
    }
    let group = if radix == 10 { 3 } else { 4 };
    int_text::with_digits(vm, int, radix, |vm, digits| {
        if spec.kind != b'X' {
            return write_digits(vm, out, spec, prefix, digits, group, min_digits);
        }
        let mut upper: Short<{ usize::BITS as usize }> = Short::new();
        if digits.len() <= usize::BITS as usize {
            upper.push(digits);
            upper.bytes_mut().make_ascii_uppercase();
            return write_digits(vm, out, spec, prefix, upper.bytes(), group, min_digits);
        }
        write_digits(vm, out, spec, prefix, &digits.to_ascii_uppercase(), group, min_digits)
    })
}

/// Writes the digits of an int with at least `min_digits` of them.
fn write_digits(
    vm: &mut Vm,
    out: &mut TextOut,
    spec: &Spec,
    prefix: Short<4>,
    digits: &[u8],
    group: usize,
    min_digits: usize,
) -> R<()> {
    let zeros = min_digits.saturating_sub(digits.len());
    // Only `%` asks for leading digits, and it knows no separators: they are a fraction without a point.
    let (whole, fraction): (&[u8], _) = match zeros {
        0 => (digits, (0, &[][..], 0)),
        _ => (&[], (zeros, digits, 0)),
    };
    let number = Number { prefix, whole, group, fraction, ..Number::default() };
    number.write(vm, out, spec)
}

fn format_char(vm: &mut Vm, out: &mut TextOut, int: Int, spec: &Spec) -> R<()> {
    let complaint = match spec {
        Spec { precision: Some(_), .. } => "Precision not allowed in integer format specifier",
        Spec { no_minus_zero: true, .. } => NO_COERCION,
        Spec { sign: 1.., .. } => "Sign not allowed with integer format specifier 'c'",
        Spec { alternate: true, .. } => "Alternate form (#) not allowed with integer format specifier 'c'",
        Spec { grouping: 1.., .. } => return Err(separator_error(vm, spec)),
        _ => "",
    };
    if !complaint.is_empty() {
        return Err(vm.value_error(complaint));
    }
    let Some(text) = char_text(int) else {
        return Err(vm.overflow_error("%c arg not in range(0x110000)"));
    };
    let (before, after) = margins(spec, 1, b'>');
    write_fill(vm, out, spec.fill, before)?;
    out.write(vm, text.bytes())?;
    write_fill(vm, out, spec.fill, after)
}

/// The character with this number, surrogates in generalised UTF-8.
pub fn char_text(int: Int) -> Option<Short<4>> {
    let Int::Small(value) = int else { return None };
    let value = u32::try_from(value).ok().filter(|value| *value < 0x11_0000)?;
    let mut text = Short::new();
    match char::from_u32(value) {
        Some(c) => text.push(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.push(&[0xe0 | (value >> 12) as u8, 0x80 | (value >> 6 & 0x3f) as u8, 0x80 | (value & 0x3f) as u8]),
    }
    Some(text)
}

/// Formats a double; the kind of `spec` is one of floats.
pub fn format_float(vm: &mut Vm, out: &mut TextOut, value: f64, spec: &Spec) -> R<()> {
    if spec.kind == b'n' && spec.grouping != 0 {
        return Err(separator_error(vm, spec));
    }
    let upper = spec.kind.is_ascii_uppercase();
    let mut number = Number { group: 3, ..Number::default() };
    if !value.is_finite() {
        number.prefix.push(sign_text(spec, value.is_sign_negative() && !value.is_nan()));
        number.whole = match (value.is_nan(), upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        if spec.kind == b'%' {
            number.suffix.push(b"%");
        }
        // No separators between zeros that fill the width.
        let spec = Spec { grouping: 0, ..*spec };
        return number.write(vm, out, &spec);
    }
    let value = if spec.kind == b'%' { value * 100.0 } else { value };
    if !value.is_finite() {
        return format_float(vm, out, value, spec);
    }
    let exponent_letter = if upper { b'E' } else { b'e' };
    // How many digits go after the point, or whether an exponent stands there instead of a position.
    let decimal;
    let (places, scientific);
    match spec.kind {
        b'f' | b'F' | b'%' => {
            let precision = spec.precision.unwrap_or(6);
            match with_exponent(vm, value, precision, spec) {
                Some(digits) => {
                    decimal = digits;
                    (places, scientific) = (None, true);
                }
                None => {
                    decimal = Decimal::fixed(value, precision);
                    (places, scientific) = (Some(precision), false);
                }
            }
        }
        b'e' | b'E' => {
            let precision = spec.precision.unwrap_or(6);
            decimal = Decimal::rounded(value, precision.saturating_add(1));
            (places, scientific) = (Some(precision), true);
        }
        kind => {
            // Shortest digits, or a number of significant ones. Without a kind something stays after the point.
            let plain = kind == 0;
            let (mut digits, limit) = match spec.precision {
                None if plain => (Decimal::shortest(value), 16),
                given => {
                    let precision = given.unwrap_or(6).max(1);
                    let limit = precision - (plain && precision > 0) as usize;
                    (Decimal::rounded(value, precision), limit)
                }
            };
            let significant = spec.precision.unwrap_or(6).max(1);
            digits.strip_zeros();
            let point = digits.point;
            scientific = point < -3 || point > i32::try_from(limit).unwrap_or(i32::MAX);
            places = if spec.alternate && !(plain && spec.precision.is_none()) {
                // All significant digits.
                Some((significant as i64 - if scientific { 1 } else { point as i64 }).max(0) as usize)
            } else if plain && !scientific && digits.digits().len() as i32 <= point {
                Some(1)
            } else {
                None
            };
            decimal = digits;
        }
    }
    let digits = decimal.digits();
    let zero = digits.iter().all(|digit| *digit == b'0');
    number.prefix.push(sign_text(spec, value.is_sign_negative() && !(spec.no_minus_zero && zero)));
    let split = if scientific { 1 } else { decimal.point };
    if split <= 0 {
        number.whole = b"0";
    } else {
        let kept = (split as usize).min(digits.len());
        number.whole = &digits[..kept];
        number.whole_zeros = split as usize - kept;
    }
    let fraction = digits.get(split.max(0) as usize..).unwrap_or(&[]);
    let zeros = if zero { 0 } else { (-split).max(0) as usize };
    number.fraction = match places {
        Some(places) => {
            let zeros = zeros.min(places);
            let fraction = &fraction[..fraction.len().min(places - zeros)];
            (zeros, fraction, places - zeros - fraction.len())
        }
        None if fraction.is_empty() => (0, fraction, 0),
        None => (zeros, fraction, 0),
    };
    let fixed_as_exponent = scientific && matches!(spec.kind, b'f' | b'F' | b'%');
    number.point =
        spec.alternate && !fixed_as_exponent || number.fraction.0 + number.fraction.1.len() + number.fraction.2 > 0;
    if scientific {
        float_text::write_exponent(&mut number.suffix, if zero { 0 } else { decimal.point - 1 }, exponent_letter);
    }
    if spec.kind == b'%' {
        number.suffix.push(b"%");
    }
    number.write(vm, out, spec)
}

/// The digits of a number that is too large for `f` in MicroPython, whose texts of floats have 32 characters at most: with
/// its texts it is written with an exponent. There are then as many digits as `f` would show and no zeros at their end.
fn with_exponent(vm: &Vm, value: f64, precision: usize, spec: &Spec) -> Option<Decimal> {
    const ROOM: usize = 31;
    // No smaller number is written so, whatever the precision. Separators are ours: MicroPython has none for floats.
    if value.abs() < 1e15 || !vm.official_texts() || spec.grouping != 0 {
        return None;
    }
    let room = ROOM - !sign_text(spec, value < 0.0).is_empty() as usize;
    let shortest = Decimal::shortest(value);
    let exponent = shortest.point as usize - 1;
    if exponent + precision <= room || exponent < precision.min(room - 1) {
        return None;
    }
    let mut digits =
        if shortest.digits().len() <= precision { shortest } else { Decimal::rounded(value, precision + 1) };
    digits.strip_zeros();
    Some(digits)
}

fn format_complex(vm: &mut Vm, out: &mut TextOut, value: Obj, parts: (f64, f64), spec: &Spec) -> R<()> {
    if !matches!(spec.kind, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(unknown_code(vm, spec.kind, value));
    }
    if spec.fill == '0' {
        return Err(vm.value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == b'=' {
        return Err(vm.value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    let (re, im) = parts;
    let mut text = TextOut::buffer();
    let mut part = Spec { width: 0, align: 0, ..*spec };
    let plain = spec.kind == 0;
    if plain {
        // As str() shows it, or with significant digits.
        part.kind = if spec.precision.is_some() { b'g' } else { b'r' };
    }
    let skip_real = plain && re == 0.0 && re.is_sign_positive();
    let mut write = |vm: &mut Vm, value: f64, part: &Spec| -> R<()> {
        if part.kind != b'r' {
            return format_float(vm, &mut text, value, part);
        }
        let shown = float_text::complex_part_text(value);
        if !shown.bytes().starts_with(b"-") {
            text.write(vm, sign_text(part, false))?;
        }
        text.write(vm, shown.bytes())
    };
    if !skip_real {
        write(vm, re, &part)?;
        part.sign = b'+';
    }
    write(vm, im, &part)?;
    text.write(vm, b"j")?;
    let text = if plain && !skip_real {
        let inner = text.into_str(vm)?;
        let mut text = TextOut::buffer();
        text.write(vm, b"(")?;
        vm.write_text(&mut text, inner)?;
        text.write(vm, b")")?;
        text.into_str(vm)?
    } else {
        text.into_str(vm)?
    };
    let outer = Spec { precision: None, ..*spec };
    pad_text(vm, out, text, &outer, b'>')
}

/// A conversion of `%` formatting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Percent {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// space
    pub space: bool,
    /// `0`
    pub zero: bool,
    /// `#`
    pub alternate: bool,
    /// The smallest number of characters.
    pub width: usize,
    /// What follows the point.
    pub precision: Option<usize>,
    /// The conversion character.
    pub kind: u8,
}

impl Percent {
    /// The specification that pads in the same way; for the text conversions too.
    pub fn spec(&self) -> Spec {
        let zero = self.zero && !self.left;
        Spec {
            fill: if zero { '0' } else { ' ' },
            align: match (self.left, zero) {
                (true, _) => b'<',
                (false, true) => b'=',
                (false, false) => b'>',
            },
            sign: if self.plus {
                b'+'
            } else if self.space {
                b' '
            } else {
                0
            },
            alternate: self.alternate,
            width: self.width,
            precision: self.precision,
            kind: self.kind,
            ..Spec::PLAIN
        }
    }
}

/// Writes a number by one of the conversions `d i u o x X e E f F g G` of `%`.
pub fn percent(vm: &mut Vm, out: &mut TextOut, how: &Percent, value: Obj) -> R<()> {
    let mut spec = how.spec();
    let radix = match how.kind {
        b'd' | b'i' | b'u' => 10,
        b'o' => 8,
        b'x' | b'X' => 16,
        _ => {
            let value = vm.float_value(value)?;
            return format_float(vm, out, value, &spec);
        }
    };
    let int = match vm.as_int(value) {
        Some(int) => int,
        None => percent_int(vm, how.kind, radix, value)?,
    };
    spec.precision = None;
    write_int(vm, out, int, &spec, radix, how.precision.unwrap_or(0))
}

fn percent_int(vm: &mut Vm, kind: u8, radix: u32, value: Obj) -> R<Int> {
    // In decimal as `int` does it: `__int__`, then `__index__`.
    let mut found = vm.as_int(value);
    if found.is_none() && radix == 10 {
        let converted = match vm.as_float(value) {
            Some(float) => Some(int_math::from_float(vm, float)?),
            None => vm.unary_slot(crate::native::Unary::Int, value)?,
        };
        found = converted.and_then(|int| vm.as_int(int));
    }
    if found.is_none() {
        found = vm.index_int_maybe(value)?;
    }
    match found {
        Some(int) => Ok(int),
        None => {
            let wanted = if radix == 10 { "a real number" } else { "an integer" };
            let before = alloc::format!("%{} format: {wanted} is required, not ", kind as char);
            Err(vm.type_error_for(&before, value, ""))
        }
    }
}

#[cfg(test)]
mod tests;
