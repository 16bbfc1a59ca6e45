//! Upper and lower case, and the questions `isalpha`, `isdigit`, … for str, bytes and bytearray.

use heap::Obj;

use crate::{
    layout::text::Text,
    text_out::TextOut,
    types::{
        text_kind::{Kind, receiver},
        unicode, utf8,
    },
    value::R,
    vm::Vm,
};

/// Maps every byte of an ASCII text, or of bytes.
fn map_bytes(vm: &mut Vm, kind: Kind, text: &Text, map: impl Fn(u8) -> u8) -> R {
    let bytes = text.bytes();
    let fill = |room: &mut [u8]| {
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = map(*from);
        }
    };
    match kind {
        Kind::Str => vm.new_ascii_mapped(text, map),
        Kind::Bytes => vm.new_bytes_with(bytes.len(), fill),
        Kind::ByteArray => {
            let object = vm.new_bytearray(bytes.len())?;
            fill(object.bytes_mut(vm));
            Ok(object.obj())
        }
    }
}

/// Maps the characters of a str that is not ASCII; `map` writes what it likes.
fn map_chars(vm: &mut Vm, text: &Text, mut map: impl FnMut(&[u8], usize, u32, &mut dyn FnMut(u32))) -> R {
    let bytes = text.bytes();
    let mut out = TextOut::buffer();
    let mut at = 0;
    let mut result = Ok(());
    while let Some((char, len)) = utf8::decode(bytes, at) {
        map(bytes, at, char, &mut |char| {
            if result.is_ok() {
                result = out.write(vm, utf8::encode(char).bytes());
            }
        });
        result?;
        at += len;
    }
    out.into_str(vm)
}

/// `upper()`
pub fn upper(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    if text.is_ascii() {
        if kind == Kind::Str && !text.bytes().iter().any(u8::is_ascii_lowercase) {
            return Ok(text.owner());
        }
        return map_bytes(vm, kind, &text, |byte| byte.to_ascii_uppercase());
    }
    map_chars(vm, &text, |_, _, char, put| unicode::upper(char, put))
}

/// Lower case with the final sigma, which depends on what stands around it.
fn lower_in_context(bytes: &[u8], at: usize, char: u32, put: &mut dyn FnMut(u32)) {
    const SIGMA: u32 = 0x3a3;
    if char == SIGMA {
        let before = Backwards { bytes, end: at };
        let after = utf8::chars(&bytes[at + 2..]);
        put(if unicode::is_final_sigma(before, after) { 0x3c2 } else { 0x3c3 });
    } else {
        unicode::lower(char, put);
    }
}

struct Backwards<'a> {
    bytes: &'a [u8],
    end: usize,
}

impl Iterator for Backwards<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (char, len) = Kind::Str.decode_before(self.bytes, self.end)?;
        self.end -= len;
        Some(char)
    }
}

/// `lower()`
pub fn lower(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    if text.is_ascii() {
        if kind == Kind::Str && !text.bytes().iter().any(u8::is_ascii_uppercase) {
            return Ok(text.owner());
        }
        return map_bytes(vm, kind, &text, |byte| byte.to_ascii_lowercase());
    }
    map_chars(vm, &text, lower_in_context)
}

/// `casefold()`
pub fn casefold(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    if text.is_ascii() {
        return map_bytes(vm, kind, &text, |byte| byte.to_ascii_lowercase());
    }
    map_chars(vm, &text, |_, _, char, put| unicode::fold(char, put))
}

/// `swapcase()`
pub fn swapcase(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    if text.is_ascii() {
        return map_bytes(vm, kind, &text, |byte| {
            if byte.is_ascii_uppercase() { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() }
        });
    }
    map_chars(vm, &text, |bytes, at, char, put| {
        if unicode::is_upper(char) {
            lower_in_context(bytes, at, char, put);
        } else if unicode::is_lower(char) {
            unicode::upper(char, put);
        } else {
            put(char);
        }
    })
}

/// `capitalize()`
pub fn capitalize(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    if text.is_ascii() {
        let first = core::cell::Cell::new(true);
        return map_bytes(vm, kind, &text, |byte| {
            if first.replace(false) { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
        });
    }
    map_chars(vm, &text, |bytes, at, char, put| {
        if at == 0 {
            unicode::title(char, put);
        } else {
            lower_in_context(bytes, at, char, put);
        }
    })
}

/// `title()`
pub fn title(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    if text.is_ascii() {
        let inside = core::cell::Cell::new(false);
        return map_bytes(vm, kind, &text, |byte| {
            if inside.replace(byte.is_ascii_alphabetic()) {
                byte.to_ascii_lowercase()
            } else {
                byte.to_ascii_uppercase()
            }
        });
    }
    let mut inside = false;
    map_chars(vm, &text, |bytes, at, char, put| {
        if inside {
            lower_in_context(bytes, at, char, put);
        } else {
            unicode::title(char, put);
        }
        inside = unicode::is_cased(char);
    })
}

/// Whether all characters (at least one) have a property.
fn all(kind: Kind, text: &Text, byte: fn(u8) -> bool, char: fn(u32) -> bool) -> bool {
    let bytes = text.bytes();
    if bytes.is_empty() {
        return false;
    }
    if text.is_ascii() || kind != Kind::Str {
        return bytes.iter().all(|b| byte(*b));
    }
    utf8::chars(bytes).all(char)
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident($byte:expr, $char:expr);)*) => {$(
        $(#[$doc])*
        pub fn $name(vm: &mut Vm, text: Obj) -> R {
            let (kind, text) = receiver(vm, text)?;
            Ok(Obj::from_bool(all(kind, &text, $byte, $char)))
        }
    )*};
}

questions! {
    /// `isalpha()`
    isalpha(|b| b.is_ascii_alphabetic(), unicode::is_alpha);
    /// `isdigit()`
    isdigit(|b| b.is_ascii_digit(), unicode::is_digit);
    /// `isdecimal()`
    isdecimal(|b| b.is_ascii_digit(), unicode::is_decimal);
    /// `isnumeric()`
    isnumeric(|b| b.is_ascii_digit(), unicode::is_numeric);
    /// `isalnum()`
    isalnum(|b| b.is_ascii_alphanumeric(), |c| unicode::is_alpha(c) || unicode::is_numeric(c));
}

/// `isspace()`
pub fn isspace(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let mut at = 0;
    while let Some((char, len)) = kind.decode(text.bytes(), at)
        && kind.is_space(char)
    {
        at += len;
    }
    Ok(Obj::from_bool(at == text.len() && at > 0))
}

/// `isascii()`
pub fn isascii(vm: &mut Vm, text: Obj) -> R {
    let (_, text) = receiver(vm, text)?;
    Ok(Obj::from_bool(text.bytes().is_ascii()))
}

/// `isprintable()`
pub fn isprintable(vm: &mut Vm, text: Obj) -> R {
    let (_, text) = receiver(vm, text)?;
    Ok(Obj::from_bool(utf8::chars(text.bytes()).all(unicode::is_printable)))
}

/// `isidentifier()`
pub fn isidentifier(vm: &mut Vm, text: Obj) -> R {
    let (_, text) = receiver(vm, text)?;
    let mut chars = utf8::chars(text.bytes());
    let starts = chars.next().is_some_and(unicode::is_identifier_start);
    Ok(Obj::from_bool(starts && chars.all(unicode::is_identifier_continue)))
}

/// Calls `each` with what case a character has: whether it is upper (or title) and lower case.
fn cases(kind: Kind, text: &Text, mut each: impl FnMut(bool, bool, bool) -> bool) -> bool {
    let mut at = 0;
    while let Some((char, len)) = kind.decode(text.bytes(), at) {
        let (upper, lower, title) = if kind.is_str() {
            (unicode::is_upper(char), unicode::is_lower(char), unicode::is_title(char))
        } else {
            ((char as u8).is_ascii_uppercase(), (char as u8).is_ascii_lowercase(), false)
        };
        if !each(upper, lower, title) {
            return false;
        }
        at += len;
    }
    true
}

/// `isupper()`
pub fn isupper(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let mut any = false;
    let all = cases(kind, &text, |upper, lower, title| {
        any |= upper;
        !lower && !title
    });
    Ok(Obj::from_bool(all && any))
}

/// `islower()`
pub fn islower(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let mut any = false;
    let all = cases(kind, &text, |upper, lower, title| {
        any |= lower;
        !upper && !title
    });
    Ok(Obj::from_bool(all && any))
}

/// `istitle()`
pub fn istitle(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let (mut any, mut inside) = (false, false);
    let all = cases(kind, &text, |upper, lower, title| {
        let fits = if upper || title { !inside } else { !lower || inside };
        inside = upper || lower || title;
        any |= inside;
        fits
    });
    Ok(Obj::from_bool(all && any))
}
