//! `str.format`, `str.format_map`, `format()` and the operator `%` of str and bytes.

use heap::Obj;

use crate::{
    layout::{
        bytes_like::ByteArray,
        seq::Tuple,
        text::{HeapBytes, Text},
    },
    native::{Args, Show},
    qstr::q,
    text_out::TextOut,
    types::{
        exception::Exc,
        int_text,
        number_format::{self, Percent},
        text_kind::{Kind, bytes_operand_maybe, str_receiver},
        text_repr, utf8,
    },
    value::{R, Raised},
    vm::Vm,
};

impl Vm {
    /// Writes `format(value, spec)`; `spec` is empty or a str.
    pub fn format_value(&mut self, out: &mut TextOut, value: Obj, spec: Option<Obj>) -> R<()> {
        let class = self.type_of(value);
        if class.is_python() || !self.has_own_format(value) {
            return self.format_by_method(out, value, spec);
        }
        let Some(spec) = spec else {
            if let Some(text) = self.text(value) {
                return out.write(self, text.bytes());
            }
            return self.show(value, out, Show::Str);
        };
        let is_str = self.is_str(value);
        let parsed = number_format::parse_object(self, spec, value, !is_str)?;
        if is_str {
            return number_format::format_text(self, out, value, &parsed);
        }
        if number_format::format_number(self, out, value, &parsed)? {
            return Ok(());
        }
        Err(unsupported_format(self, value))
    }

    /// Whether formatting is built in and needs no look at attributes.
    fn has_own_format(&self, value: Obj) -> bool {
        self.is_str(value) || self.is_int(value) || self.is_float(value) || self.as_complex(value).is_some()
    }

    fn format_by_method(&mut self, out: &mut TextOut, value: Obj, spec: Option<Obj>) -> R<()> {
        if self.type_of(value).is_python() {
            let found = self.getattr(value, q::__format__);
            if let Some(method) = self.catch(found, Exc::AttributeError)? {
                let result = self.call(method, &[spec.unwrap_or(q::empty.obj())])?;
                return match self.text(result) {
                    Some(text) => out.write(self, text.bytes()),
                    None => Err(self.type_error_for("__format__ must return a str, not ", result, "")),
                };
            }
        }
        match spec {
            None => self.show(value, out, Show::Str),
            Some(_) => Err(unsupported_format(self, value)),
        }
    }
}

#[cold]
fn unsupported_format(vm: &mut Vm, value: Obj) -> Raised {
    vm.type_error_for("unsupported format string passed to ", value, ".__format__")
}

/// `str.__format__(spec)`
pub fn format_method(vm: &mut Vm, text: Obj, spec: Obj) -> R {
    let text = str_receiver(vm, text)?;
    let parsed = number_format::parse_object(vm, spec, text.owner(), false)?;
    let mut out = TextOut::buffer();
    number_format::format_text(vm, &mut out, text.owner(), &parsed)?;
    out.into_str(vm)
}

/// Where fields get their values from.
struct Fields<'a> {
    args: Args<'a>,
    /// The argument of `format_map`.
    map: Option<Obj>,
    numbering: Numbering,
}

enum Numbering {
    Open,
    Automatic(usize),
    Manual,
}

/// `text.format(*args, **kw)`
pub fn format(vm: &mut Vm, args: &Args) -> R {
    let text = str_receiver(vm, args.pos.first().copied().unwrap_or(Obj::NONE))?;
    let mut fields = Fields { args: args.skip_first(), map: None, numbering: Numbering::Open };
    let mut out = TextOut::buffer();
    fields.write(vm, &mut out, text.bytes(), 2)?;
    out.into_str(vm)
}

/// `text.format_map(map)`
pub fn format_map(vm: &mut Vm, text: Obj, map: Obj) -> R {
    let text = str_receiver(vm, text)?;
    let mut fields = Fields { args: Args::positional(&[]), map: Some(map), numbering: Numbering::Open };
    let mut out = TextOut::buffer();
    fields.write(vm, &mut out, text.bytes(), 2)?;
    out.into_str(vm)
}

/// A replacement field, cut into its parts.
struct Field<'t> {
    name: &'t [u8],
    conversion: Option<u8>,
    spec: &'t [u8],
    /// Where the text goes on.
    end: usize,
}

/// Cuts the field that starts behind a `{`.
fn cut_field(text: &[u8], start: usize) -> Result<Field<'_>, &'static str> {
    const UNFINISHED: &str = "expected '}' before end of string";
    let mut at = start;
    loop {
        match text.get(at) {
            None if at == start => return Err("Single '{' encountered in format string"),
            None => return Err(UNFINISHED),
            Some(b'{') => return Err("unexpected '{' in field name"),
            Some(b'[') => {
                let close = memchr::memchr(b']', &text[at..]).ok_or(UNFINISHED)?;
                at += close;
            }
            Some(b'}' | b':' | b'!') => break,
            Some(_) => {}
        }
        at += 1;
    }
    let name = &text[start..at];
    let mut conversion = None;
    if text[at] == b'!' {
        match text.get(at + 1) {
            None => return Err("end of string while looking for conversion specifier"),
            Some(b'}') => return Err("unmatched '{' in format spec"),
            Some(letter) => conversion = Some(*letter),
        }
        at += 2;
        match text.get(at) {
            None => return Err("unmatched '{' in format spec"),
            Some(b'}' | b':') => {}
            Some(_) => return Err("expected ':' after conversion specifier"),
        }
    }
    if text[at] == b'}' {
        return Ok(Field { name, conversion, spec: b"", end: at + 1 });
    }
    let spec_start = at + 1;
    let mut depth = 0usize;
    for (i, byte) in text.iter().enumerate().skip(spec_start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => {
                return Ok(Field { name, conversion, spec: &text[spec_start..i], end: i + 1 });
            }
            b'}' => depth -= 1,
            _ => {}
        }
    }
    Err(UNFINISHED)
}

impl Fields<'_> {
    /// Writes a format string; `levels` is how deep fields may still nest.
    fn write(&mut self, vm: &mut Vm, out: &mut TextOut, text: &[u8], levels: u32) -> R<()> {
        if levels == 0 {
            return Err(vm.value_error("Max string recursion exceeded"));
        }
        let mut at = 0;
        while let Some(found) = memchr::memchr2(b'{', b'}', &text[at..]) {
            out.write(vm, &text[at..at + found])?;
            at += found;
            let brace = text[at];
            if text.get(at + 1) == Some(&brace) {
                out.write(vm, &[brace])?;
                at += 2;
                continue;
            }
            if brace == b'}' {
                return Err(vm.value_error("Single '}' encountered in format string"));
            }
            let field = match cut_field(text, at + 1) {
                Ok(field) => field,
                Err(message) => return Err(vm.value_error(message)),
            };
            at = field.end;
            self.write_field(vm, out, &field, levels)?;
        }
        out.write(vm, &text[at..])
    }

    fn write_field(&mut self, vm: &mut Vm, out: &mut TextOut, field: &Field, levels: u32) -> R<()> {
        let value = self.value(vm, field.name)?;
        let value = match field.conversion {
            None => value,
            Some(b's') => vm.str(value)?,
            Some(b'r') => vm.repr(value)?,
            Some(b'a') => ascii(vm, value)?,
            Some(other) => {
                let other = other as char;
                return Err(vm.error(Exc::ValueError, format_args!("Unknown conversion specifier {other}")));
            }
        };
        let spec = if field.spec.is_empty() {
            None
        } else if field.spec.contains(&b'{') || field.spec.contains(&b'}') {
            let mut nested = TextOut::buffer();
            self.write(vm, &mut nested, field.spec, levels - 1)?;
            let nested = nested.into_str(vm)?;
            vm.text(nested).is_some_and(|text| !text.is_empty()).then_some(nested)
        } else {
            Some(vm.new_str(field.spec)?)
        };
        vm.format_value(out, value, spec)
    }

    fn value(&mut self, vm: &mut Vm, name: &[u8]) -> R {
        let first_len = name.iter().position(|byte| matches!(byte, b'.' | b'[')).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(first_len);
        let mut value = self.first(vm, first)?;
        while let Some(sign) = rest.first() {
            if *sign == b'.' {
                let len = rest[1..].iter().position(|byte| matches!(byte, b'.' | b'[')).unwrap_or(rest.len() - 1);
                let attribute = &rest[1..1 + len];
                if attribute.is_empty() {
                    return Err(vm.value_error("Empty attribute in format string"));
                }
                let attribute = vm.intern(attribute)?;
                value = vm.getattr(value, attribute)?;
                rest = &rest[1 + len..];
            } else if *sign == b'[' {
                let Some(len) = memchr::memchr(b']', rest) else {
                    return Err(vm.value_error("Missing ']' in format string"));
                };
                let key = match &rest[1..len] {
                    [] => return Err(vm.value_error("Empty attribute in format string")),
                    key => match number(vm, key)? {
                        Some(number) => vm.new_int(number)?,
                        None => vm.new_str(key)?,
                    },
                };
                value = vm.getitem(value, key)?;
                rest = &rest[len + 1..];
            } else {
                return Err(vm.value_error("Only '.' or '[' may follow ']' in format field specifier"));
            }
        }
        Ok(value)
    }

    fn first(&mut self, vm: &mut Vm, name: &[u8]) -> R {
        let index = match (number(vm, name)?, &mut self.numbering) {
            (None, _) if !name.is_empty() => {
                vm.check_name(name.len())?;
                return self.named(vm, name);
            }
            _ if self.map.is_some() => return Err(vm.value_error("Format string contains positional fields")),
            (None, Numbering::Automatic(next)) => {
                *next += 1;
                *next - 1
            }
            (None, Numbering::Open) => {
                self.numbering = Numbering::Automatic(1);
                0
            }
            (None, Numbering::Manual) => {
                let message = "cannot switch from manual field specification to automatic field numbering";
                return Err(vm.value_error(message));
            }
            (Some(_), Numbering::Automatic(_)) => {
                let message = "cannot switch from automatic field numbering to manual field specification";
                return Err(vm.value_error(message));
            }
            (Some(index), _) => {
                self.numbering = Numbering::Manual;
                index
            }
        };
        match self.args.pos.get(index) {
            Some(value) => Ok(*value),
            None => Err(vm.error(
                Exc::IndexError,
                format_args!("Replacement index {index} out of range for positional args tuple"),
            )),
        }
    }

    fn named(&self, vm: &mut Vm, name: &[u8]) -> R {
        if let Some(map) = self.map {
            let key = vm.new_str(name)?;
            return vm.getitem(map, key);
        }
        let found = self.args.keywords().find(|(key, _)| vm.str_bytes(*key) == Some(name));
        match found {
            Some((_, value)) => Ok(value),
            None => {
                let key = vm.new_str(name)?;
                Err(vm.key_error(key))
            }
        }
    }
}

/// A decimal number that is a possible index; `None`: not only digits.
fn number(vm: &mut Vm, text: &[u8]) -> R<Option<usize>> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Ok(None);
    }
    let mut value = 0usize;
    for byte in text {
        let next = value.checked_mul(10).and_then(|value| value.checked_add((byte - b'0') as usize));
        value = match next.filter(|value| *value <= isize::MAX as usize) {
            Some(next) => next,
            None => return Err(vm.value_error("Too many decimal digits in format string")),
        };
    }
    Ok(Some(value))
}

/// `ascii(value)`
pub fn ascii(vm: &mut Vm, value: Obj) -> R {
    let shown = vm.repr(value)?;
    match vm.text(shown) {
        Some(text) if !text.is_ascii() => {
            let mut out = TextOut::buffer();
            text_repr::write_ascii(vm, &mut out, text.bytes())?;
            out.into_str(vm)
        }
        _ => Ok(shown),
    }
}

/// The values of a `%`.
struct Values {
    source: Obj,
    tuple: Option<crate::handle::Ref<Tuple>>,
    /// The source may be a mapping: values left over are no error.
    mapping: bool,
    next: usize,
}

impl Values {
    fn next(&mut self, vm: &mut Vm) -> R {
        let found = match self.tuple {
            Some(tuple) => tuple.get(self.next),
            None => (self.next == 0).then_some(self.source),
        };
        self.next += 1;
        match found {
            Some(value) => Ok(value),
            None => Err(vm.type_error("not enough arguments for format string")),
        }
    }

    fn number(&mut self, vm: &mut Vm) -> R<isize> {
        let value = self.next(vm)?;
        if !vm.is_int(value) {
            return Err(vm.type_error("* wants int"));
        }
        let number = vm.index(value)?;
        match i32::try_from(number) {
            Ok(_) => Ok(number),
            Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
        }
    }
}

/// `format % values`
pub fn percent(vm: &mut Vm, kind: Kind, format: Obj, source: Obj) -> R {
    let (_, text) = super::text_kind::receiver(vm, format)?;
    let text: Text = text;
    let bytes = text.bytes();
    let tuple = vm.cast::<Tuple>(source);
    let mapping = tuple.is_none()
        && !vm.is_str(source)
        && (kind == Kind::Str || vm.cast::<HeapBytes>(source).is_none() && vm.cast::<ByteArray>(source).is_none())
        && vm.as_type(source).is_none()
        && vm.type_of(source).slots().getitem.is_some();
    let mut values = Values { source, tuple, mapping, next: 0 };
    let mut out = TextOut::buffer();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'%', &bytes[at..]) {
        out.write(vm, &bytes[at..at + found])?;
        at = conversion(vm, &mut out, kind, bytes, at + found + 1, &mut values)?;
    }
    out.write(vm, &bytes[at..])?;
    let all = tuple.map_or(1, |tuple| tuple.len());
    if values.next < all && !values.mapping {
        return Err(vm.type_error(match kind {
            Kind::Str => "format string didn't convert all arguments",
            _ => "not all arguments converted during bytes formatting",
        }));
    }
    super::text_search::finish(vm, kind, out)
}

#[cold]
fn incomplete(vm: &mut Vm) -> Raised {
    vm.value_error("incomplete format")
}

/// Reads one conversion from behind its `%` and writes the value; gives where the text goes on.
fn conversion(vm: &mut Vm, out: &mut TextOut, kind: Kind, bytes: &[u8], start: usize, values: &mut Values) -> R<usize> {
    let mut at = start;
    if bytes.get(at) == Some(&b'%') {
        out.write(vm, b"%")?;
        return Ok(at + 1);
    }
    let mut keyed = None;
    if bytes.get(at) == Some(&b'(') {
        let key_start = at + 1;
        let mut depth = 1;
        while depth > 0 {
            at += 1;
            match bytes.get(at) {
                None => return Err(vm.value_error("incomplete format key")),
                Some(b'(') => depth += 1,
                Some(b')') => depth -= 1,
                Some(_) => {}
            }
        }
        if !values.mapping {
            return Err(vm.type_error("format requires a dict"));
        }
        vm.check_name(at - key_start)?;
        let key = kind.make(vm, &bytes[key_start..at])?;
        keyed = Some(vm.getitem(values.source, key)?);
        at += 1;
    }
    let mut how = Percent::default();
    loop {
        match bytes.get(at) {
            Some(b'-') => how.left = true,
            Some(b'+') => how.plus = true,
            Some(b' ') => how.space = true,
            Some(b'0') => how.zero = true,
            Some(b'#') => how.alternate = true,
            _ => break,
        }
        at += 1;
    }
    if bytes.get(at) == Some(&b'*') {
        let width = values.number(vm)?;
        how.left |= width < 0;
        how.width = width.unsigned_abs();
        at += 1;
    } else {
        how.width = digits(vm, bytes, &mut at)?;
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        how.precision = Some(if bytes.get(at) == Some(&b'*') {
            at += 1;
            usize::try_from(values.number(vm)?).unwrap_or(0)
        } else {
            digits(vm, bytes, &mut at)?
        });
    }
    if let Some(b'h' | b'l' | b'L') = bytes.get(at) {
        at += 1;
    }
    let Some((char, len)) = kind.decode(bytes, at) else {
        return Err(incomplete(vm));
    };
    if char == b'%' as u32 {
        return Err(vm.error(Exc::ValueError, format_args!("unsupported format character '%' (0x25) at index {at}")));
    }
    let value = match keyed {
        Some(value) => value,
        None => values.next(vm)?,
    };
    if keyed.is_some() {
        values.next = values.next.max(1);
    }
    how.kind = u8::try_from(char).unwrap_or(0);
    match how.kind {
        b'd' | b'i' | b'u'
            if how.width == 0 && how.precision.is_none() && !how.plus && !how.space && vm.is_int(value) =>
        {
            if let Some(int) = vm.as_int(value) {
                int_text::show(vm, int, out)?;
            }
        }
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            number_format::percent(vm, out, &how, value)?;
        }
        b's' | b'r' | b'a' | b'b' | b'c' => write_text(vm, out, kind, &mut how, value)?,
        _ => {
            let shown = char::from_u32(char).unwrap_or('?');
            return Err(vm.error(
                Exc::ValueError,
                format_args!("unsupported format character '{shown}' (0x{char:x}) at index {at}"),
            ));
        }
    }
    Ok(at + len)
}

fn digits(vm: &mut Vm, bytes: &[u8], at: &mut usize) -> R<usize> {
    let mut value = 0usize;
    while let Some(digit @ b'0'..=b'9') = bytes.get(*at) {
        value = value.saturating_mul(10).saturating_add((digit - b'0') as usize);
        *at += 1;
    }
    if value > i32::MAX as usize {
        return Err(vm.value_error("width too big"));
    }
    Ok(value)
}

/// The conversions `s r a b c`.
fn write_text(vm: &mut Vm, out: &mut TextOut, kind: Kind, how: &mut Percent, value: Obj) -> R<()> {
    let text = match (how.kind, kind) {
        (b'c', _) => {
            how.precision = None;
            one_char(vm, kind, value)?
        }
        (b's', Kind::Str) => vm.str(value)?,
        (b'r', Kind::Str) => vm.repr(value)?,
        (b'a', Kind::Str) | (b'a' | b'r', _) => ascii(vm, value)?,
        (b'b', Kind::Str) => {
            return Err(vm.value_error("unsupported format character 'b' (0x62)"));
        }
        _ => bytes_value(vm, value)?,
    };
    let (_, text) = super::text_kind::receiver(vm, text)?;
    let chars = text.chars();
    let kept = how.precision.unwrap_or(chars).min(chars);
    let room = how.width.saturating_sub(kept);
    if !how.left {
        number_format::write_fill(vm, out, ' ', room)?;
    }
    out.write(vm, &text.bytes()[..text.byte_of(kept)])?;
    if how.left {
        number_format::write_fill(vm, out, ' ', room)?;
    }
    Ok(())
}

/// The value of `%s` in bytes formatting.
fn bytes_value(vm: &mut Vm, value: Obj) -> R {
    if let Some(text) = bytes_operand_maybe(vm, value)? {
        return Ok(text.owner());
    }
    let found = vm.getattr(value, q::__bytes__);
    match vm.catch(found, Exc::AttributeError)? {
        Some(method) => vm.call(method, &[]),
        None => Err(vm.type_error_for(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '",
            value,
            "'",
        )),
    }
}

/// The value of `%c`.
fn one_char(vm: &mut Vm, kind: Kind, value: Obj) -> R {
    if vm.index_int_maybe(value)?.is_some() {
        let code = vm.index(value)?;
        return match (kind, u32::try_from(code)) {
            (Kind::Str, Ok(code @ 0..0x11_0000)) => vm.new_str(utf8::encode(code).bytes()),
            (Kind::Str, _) => Err(vm.overflow_error("%c arg not in range(0x110000)")),
            (_, Ok(code @ 0..256)) => vm.new_bytes(&[code as u8]),
            _ => Err(vm.overflow_error("%c arg not in range(256)")),
        };
    }
    let text = match kind {
        Kind::Str => vm.text(value),
        _ => bytes_operand_maybe(vm, value)?,
    };
    match text {
        Some(text) if text.chars() == 1 => Ok(text.owner()),
        _ => Err(vm.type_error(match kind {
            Kind::Str => "%c requires int or char",
            _ => "%c requires an integer in range(256) or a single byte",
        })),
    }
}
