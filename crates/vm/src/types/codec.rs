//! Text to bytes and back: `encode`, `decode`, `str(bytes, encoding)`.

use heap::Obj;

use crate::{
    layout::text::Text,
    native::Args,
    qstr::q,
    text_out::TextOut,
    types::{
        exception::Exc,
        text_kind::{Encoding, bind_method, bytes_operand, encoding_name, receiver, str_receiver},
        utf8,
    },
    value::{R, Raised},
    vm::Vm,
};

/// What to do about characters or bytes that an encoding cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnError {
    Strict,
    Ignore,
    Replace,
    Backslash,
    Xml,
    Name,
    SurrogateEscape,
    SurrogatePass,
    Unknown,
}

fn on_error(vm: &mut Vm, obj: Option<Obj>) -> R<OnError> {
    let Some(obj) = obj else {
        return Ok(OnError::Strict);
    };
    let Some(text) = vm.text(obj) else {
        return Err(vm.type_error_for("errors must be str, not ", obj, ""));
    };
    Ok(match text.bytes() {
        b"strict" => OnError::Strict,
        b"ignore" => OnError::Ignore,
        b"replace" => OnError::Replace,
        b"backslashreplace" => OnError::Backslash,
        b"xmlcharrefreplace" => OnError::Xml,
        b"namereplace" => OnError::Name,
        b"surrogateescape" => OnError::SurrogateEscape,
        b"surrogatepass" => OnError::SurrogatePass,
        _ => OnError::Unknown,
    })
}

/// `str.encode(encoding, errors)`
pub fn encode(vm: &mut Vm, args: &Args) -> R {
    let (text, [encoding, errors]) = bind_method(vm, args, [q::encoding, q::errors], 0)?;
    let text = str_receiver(vm, text)?;
    let (encoding, errors) = arguments(vm, encoding, errors)?;
    encode_text(vm, &text, encoding, errors)
}

/// The two arguments; their types are looked at before what they say.
fn arguments(vm: &mut Vm, encoding: Option<Obj>, errors: Option<Obj>) -> R<(Encoding, OnError)> {
    if encoding.is_none_or(|encoding| vm.is_str(encoding)) {
        on_error(vm, errors)?;
    }
    Ok((encoding_name(vm, encoding)?, on_error(vm, errors)?))
}

/// `bytes(text, encoding, errors)`
pub fn encode_object(vm: &mut Vm, text: Obj, encoding: Option<Obj>, errors: Option<Obj>) -> R {
    let text = str_receiver(vm, text)?;
    let (encoding, errors) = arguments(vm, encoding, errors)?;
    encode_text(vm, &text, encoding, errors)
}

fn encode_text(vm: &mut Vm, text: &Text, encoding: Encoding, errors: OnError) -> R {
    let bytes = text.bytes();
    let mut out = TextOut::buffer();
    let (mark, encoding) = plain(encoding);
    out.write(vm, mark)?;
    let byte_wise = matches!(encoding, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1 | Encoding::Cp1252);
    if byte_wise && text.is_ascii() || encoding == Encoding::Utf8 && core::str::from_utf8(bytes).is_ok() {
        if mark.is_empty() {
            return vm.new_bytes(bytes);
        }
        out.write(vm, bytes)?;
        return out.into_bytes(vm);
    }
    for (index, char) in utf8::chars(bytes).enumerate() {
        if !put(vm, &mut out, char, encoding)? {
            handle_char(vm, &mut out, text, index, char, encoding, errors)?;
        }
    }
    out.into_bytes(vm)
}

/// For an encoding with a byte order mark the mark and the encoding behind it.
fn plain(encoding: Encoding) -> (&'static [u8], Encoding) {
    match encoding {
        Encoding::Utf8Sig => (b"\xef\xbb\xbf", Encoding::Utf8),
        Encoding::Utf16 => (b"\xff\xfe", Encoding::Utf16Le),
        Encoding::Utf32 => (b"\xff\xfe\0\0", Encoding::Utf32Le),
        other => (b"", other),
    }
}

/// What the bytes 0x80 to 0x9f are in cp1252; 0: nothing.
const CP1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178,
];

/// The byte of a character in cp1252.
fn to_cp1252(char: u32) -> Option<u8> {
    match char {
        0..0x80 | 0xa0..0x100 => Some(char as u8),
        _ => CP1252.iter().position(|known| u32::from(*known) == char && char != 0).map(|at| 0x80 + at as u8),
    }
}

/// The character of a byte in an encoding of single bytes.
fn from_byte(byte: u8, encoding: Encoding) -> Option<u32> {
    match (encoding, byte) {
        (Encoding::Cp1252, 0x80..0xa0) => Some(u32::from(CP1252[usize::from(byte - 0x80)])).filter(|char| *char != 0),
        (Encoding::Latin1 | Encoding::Cp1252, _) => Some(u32::from(byte)),
        _ => Some(u32::from(byte)).filter(|char| *char < 128),
    }
}

/// Whether a character can be written in an encoding; for those of 16 and 32 bits errors are told one by one.
fn has_place(char: u32, encoding: Encoding) -> bool {
    match encoding {
        Encoding::Ascii => char < 128,
        Encoding::Latin1 => char < 256,
        Encoding::Cp1252 => to_cp1252(char).is_some(),
        Encoding::Utf8 => !utf8::is_surrogate(char),
        _ => true,
    }
}

/// Writes a character in an encoding; false if it has no place there.
fn put(vm: &mut Vm, out: &mut TextOut, char: u32, encoding: Encoding) -> R<bool> {
    let surrogate = utf8::is_surrogate(char);
    let mut units = [0u16; 2];
    let as_utf16 = |units: &mut [u16; 2]| char::from_u32(char).map_or(0, |c| c.encode_utf16(units).len());
    match encoding {
        Encoding::Ascii if char < 128 => out.write(vm, &[char as u8])?,
        Encoding::Latin1 if char < 256 => out.write(vm, &[char as u8])?,
        Encoding::Ascii | Encoding::Latin1 => return Ok(false),
        Encoding::Cp1252 => match to_cp1252(char) {
            Some(byte) => out.write(vm, &[byte])?,
            None => return Ok(false),
        },
        Encoding::Utf8Sig | Encoding::Utf16 | Encoding::Utf32 => return put(vm, out, char, plain(encoding).1),
        _ if surrogate => return Ok(false),
        Encoding::Utf8 => out.write(vm, utf8::encode(char).bytes())?,
        Encoding::Utf16Le => {
            let n = as_utf16(&mut units);
            for unit in &units[..n] {
                out.write(vm, &unit.to_le_bytes())?;
            }
        }
        Encoding::Utf16Be => {
            let n = as_utf16(&mut units);
            for unit in &units[..n] {
                out.write(vm, &unit.to_be_bytes())?;
            }
        }
        Encoding::Utf32Le => out.write(vm, &char.to_le_bytes())?,
        Encoding::Utf32Be => out.write(vm, &char.to_be_bytes())?,
    }
    Ok(true)
}

fn name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Ascii => "ascii",
        Encoding::Latin1 => "latin-1",
        Encoding::Cp1252 => "charmap",
        Encoding::Utf8Sig => "utf-8-sig",
        Encoding::Utf16 => "utf-16",
        Encoding::Utf32 => "utf-32",
        Encoding::Utf16Le => "utf-16-le",
        Encoding::Utf16Be => "utf-16-be",
        Encoding::Utf32Le => "utf-32-le",
        Encoding::Utf32Be => "utf-32-be",
    }
}

fn handle_char(
    vm: &mut Vm,
    out: &mut TextOut,
    text: &Text,
    index: usize,
    char: u32,
    encoding: Encoding,
    errors: OnError,
) -> R<()> {
    let mut ascii = |vm: &mut Vm, text: &str| -> R<()> {
        for byte in text.bytes() {
            put(vm, out, byte as u32, encoding)?;
        }
        Ok(())
    };
    match errors {
        OnError::Ignore => Ok(()),
        OnError::Replace => ascii(vm, "?"),
        OnError::Xml => ascii(vm, &alloc::format!("&#{char};")),
        OnError::Backslash => ascii(vm, &escape(char)),
        OnError::Name => match char_name(char) {
            Some(name) => ascii(vm, &alloc::format!("\\N{{{name}}}")),
            None => ascii(vm, &escape(char)),
        },
        // Encodings of wider units have no room for a byte.
        OnError::SurrogateEscape
            if (0xdc80..0xdd00).contains(&char)
                && matches!(encoding, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1 | Encoding::Cp1252) =>
        {
            out.write(vm, &[(char - 0xdc00) as u8])
        }
        OnError::SurrogatePass if encoding == Encoding::Utf8 => out.write(vm, utf8::encode(char).bytes()),
        OnError::SurrogatePass if encoding == Encoding::Utf16Le => out.write(vm, &(char as u16).to_le_bytes()),
        OnError::SurrogatePass if encoding == Encoding::Utf16Be => out.write(vm, &(char as u16).to_be_bytes()),
        OnError::SurrogatePass if encoding == Encoding::Utf32Le => out.write(vm, &char.to_le_bytes()),
        OnError::SurrogatePass if encoding == Encoding::Utf32Be => out.write(vm, &char.to_be_bytes()),
        OnError::Unknown => Err(unknown_handler(vm)),
        _ => {
            let reason = match encoding {
                Encoding::Ascii => "ordinal not in range(128)",
                Encoding::Latin1 => "ordinal not in range(256)",
                Encoding::Cp1252 => "character maps to <undefined>",
                _ => "surrogates not allowed",
            };
            // The error is about all characters in a row that have no place.
            let run = utf8::chars(text.bytes()).skip(index).take_while(|char| !has_place(*char, encoding)).count();
            let end = index + run.max(1);
            Err(raise_codec(vm, Exc::UnicodeEncodeError, name(encoding), text.owner(), index, end, reason))
        }
    }
}

/// A character as an escape of a string literal.
fn escape(char: u32) -> alloc::string::String {
    match char {
        0..0x100 => alloc::format!("\\x{char:02x}"),
        0x100..0x1_0000 => alloc::format!("\\u{char:04x}"),
        _ => alloc::format!("\\U{char:08x}"),
    }
}

#[cfg(feature = "unicode-names")]
fn char_name(char: u32) -> Option<alloc::string::String> {
    char::from_u32(char).and_then(unicode_names2::name).map(|name| alloc::format!("{name}"))
}

#[cfg(not(feature = "unicode-names"))]
fn char_name(_char: u32) -> Option<alloc::string::String> {
    None
}

#[cold]
fn unknown_handler(vm: &mut Vm) -> Raised {
    vm.error(Exc::LookupError, format_args!("unknown error handler name"))
}

#[cold]
fn raise_codec(vm: &mut Vm, exc: Exc, encoding: &str, object: Obj, start: usize, end: usize, reason: &str) -> Raised {
    let made: R<[Obj; 5]> = (|| {
        Ok([
            vm.new_str(encoding.as_bytes())?,
            object,
            Obj::small_int_unchecked(start as isize),
            Obj::small_int_unchecked(end as isize),
            vm.new_str(reason.as_bytes())?,
        ])
    })();
    match made {
        Ok(args) => vm.error_args(exc, &args),
        Err(raised) => raised,
    }
}

/// `bytes.decode(encoding, errors)`
pub fn decode(vm: &mut Vm, args: &Args) -> R {
    let (bytes, [encoding, errors]) = bind_method(vm, args, [q::encoding, q::errors], 0)?;
    let (_, text) = receiver(vm, bytes)?;
    decode_text(vm, &text, encoding, errors)
}

/// `str(object, encoding, errors)`
pub fn decode_object(vm: &mut Vm, object: Obj, encoding: Option<Obj>, errors: Option<Obj>) -> R {
    if vm.is_str(object) {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let text = bytes_operand(vm, object)?;
    decode_text(vm, &text, encoding, errors)
}

fn decode_text(vm: &mut Vm, text: &Text, encoding: Option<Obj>, errors: Option<Obj>) -> R {
    // Of nothing no encoding need be known.
    if text.is_empty() && encoding.is_none_or(|encoding| vm.is_str(encoding)) {
        on_error(vm, errors)?;
        return Ok(q::empty.obj());
    }
    let (encoding, errors) = arguments(vm, encoding, errors)?;
    let bytes = text.bytes();
    match encoding {
        Encoding::Utf8 if core::str::from_utf8(bytes).is_ok() => vm.new_str(bytes),
        Encoding::Ascii if bytes.is_ascii() => vm.new_str(bytes),
        Encoding::Utf8 => decode_utf8(vm, text, 0, errors),
        Encoding::Utf8Sig => {
            let start = if bytes.starts_with(plain(encoding).0) { 3 } else { 0 };
            decode_utf8(vm, text, start, errors)
        }
        Encoding::Ascii | Encoding::Latin1 | Encoding::Cp1252 => {
            let mut out = TextOut::buffer();
            for (at, byte) in bytes.iter().enumerate() {
                if let Some(char) = from_byte(*byte, encoding) {
                    out.write(vm, utf8::encode(char).bytes())?;
                } else {
                    let ascii = encoding == Encoding::Ascii;
                    let reason = if ascii { "ordinal not in range(128)" } else { "character maps to <undefined>" };
                    handle_bytes(vm, &mut out, text, (at, at + 1), encoding, reason, errors)?;
                }
            }
            out.into_str(vm)
        }
        Encoding::Utf16 => match bytes {
            [0xff, 0xfe, ..] => decode_utf16(vm, text, 2, Encoding::Utf16Le, errors),
            [0xfe, 0xff, ..] => decode_utf16(vm, text, 2, Encoding::Utf16Be, errors),
            _ => decode_utf16(vm, text, 0, Encoding::Utf16Le, errors),
        },
        Encoding::Utf32 => match bytes {
            [0xff, 0xfe, 0, 0, ..] => decode_utf32(vm, text, 4, Encoding::Utf32Le, errors),
            [0, 0, 0xfe, 0xff, ..] => decode_utf32(vm, text, 4, Encoding::Utf32Be, errors),
            _ => decode_utf32(vm, text, 0, Encoding::Utf32Le, errors),
        },
        Encoding::Utf16Le | Encoding::Utf16Be => decode_utf16(vm, text, 0, encoding, errors),
        Encoding::Utf32Le | Encoding::Utf32Be => decode_utf32(vm, text, 0, encoding, errors),
    }
}

fn decode_utf8(vm: &mut Vm, text: &Text, start: usize, errors: OnError) -> R {
    let bytes = text.bytes();
    let mut out = TextOut::buffer();
    let mut at = start;
    while let Some((valid, len, reason)) = utf8::find_invalid(&bytes[at..]) {
        out.write(vm, &bytes[at..at + valid])?;
        at += valid;
        if errors == OnError::SurrogatePass
            && let [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..] = &bytes[at..]
        {
            out.write(vm, &[0xed, *second, *third])?;
            at += 3;
            continue;
        }
        handle_bytes(vm, &mut out, text, (at, at + len), Encoding::Utf8, reason, errors)?;
        at += len;
    }
    out.write(vm, &bytes[at..])?;
    out.into_str(vm)
}

fn decode_utf16(vm: &mut Vm, text: &Text, start: usize, encoding: Encoding, errors: OnError) -> R {
    let bytes = text.bytes();
    let unit = |at: usize| -> Option<u32> {
        let pair: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(if encoding == Encoding::Utf16Le { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) } as u32)
    };
    let mut out = TextOut::buffer();
    let mut at = start;
    while at < bytes.len() {
        let (char, len, reason) = match (unit(at), unit(at + 2)) {
            (None, _) => (None, bytes.len() - at, "truncated data"),
            (Some(high @ 0xd800..0xdc00), Some(low @ 0xdc00..0xe000)) => {
                (Some(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 4, "")
            }
            (Some(unit @ 0xd800..0xe000), next) => {
                if errors == OnError::SurrogatePass {
                    (Some(unit), 2, "")
                } else if unit < 0xdc00 && next.is_none() {
                    (None, bytes.len() - at, "unexpected end of data")
                } else {
                    (None, 2, "illegal encoding")
                }
            }
            (Some(unit), _) => (Some(unit), 2, ""),
        };
        match char {
            Some(char) => out.write(vm, utf8::encode(char).bytes())?,
            None => handle_bytes(vm, &mut out, text, (at, at + len), encoding, reason, errors)?,
        }
        at += len;
    }
    out.into_str(vm)
}

fn decode_utf32(vm: &mut Vm, text: &Text, start: usize, encoding: Encoding, errors: OnError) -> R {
    let bytes = text.bytes();
    let mut out = TextOut::buffer();
    let mut at = start;
    while at < bytes.len() {
        let unit: Option<[u8; 4]> = bytes.get(at..at + 4).and_then(|unit| unit.try_into().ok());
        let (char, len) = match unit {
            Some(unit) if encoding == Encoding::Utf32Le => (Some(u32::from_le_bytes(unit)), 4),
            Some(unit) => (Some(u32::from_be_bytes(unit)), 4),
            None => (None, bytes.len() - at),
        };
        match char {
            Some(char) if char::from_u32(char).is_some() => out.write(vm, utf8::encode(char).bytes())?,
            Some(char) if utf8::is_surrogate(char) && errors == OnError::SurrogatePass => {
                out.write(vm, utf8::encode(char).bytes())?;
            }
            Some(_) => {
                let reason = "code point not in range(0x110000)";
                handle_bytes(vm, &mut out, text, (at, at + len), encoding, reason, errors)?;
            }
            None => handle_bytes(vm, &mut out, text, (at, at + len), encoding, "truncated data", errors)?,
        }
        at += len;
    }
    out.into_str(vm)
}

fn handle_bytes(
    vm: &mut Vm,
    out: &mut TextOut,
    text: &Text,
    (start, end): (usize, usize),
    encoding: Encoding,
    reason: &str,
    errors: OnError,
) -> R<()> {
    let bad = &text.bytes()[start..end];
    match errors {
        OnError::Ignore => Ok(()),
        OnError::Replace => out.write_str(vm, "\u{fffd}"),
        OnError::Backslash => {
            for byte in bad {
                out.write_fmt(vm, format_args!("\\x{byte:02x}"))?;
            }
            Ok(())
        }
        OnError::SurrogateEscape if bad.iter().all(|byte| *byte >= 128) => {
            for byte in bad {
                out.write(vm, utf8::encode(0xdc00 + *byte as u32).bytes())?;
            }
            Ok(())
        }
        OnError::Unknown => Err(unknown_handler(vm)),
        OnError::Xml | OnError::Name => {
            Err(vm.type_error("don't know how to handle UnicodeDecodeError in error callback"))
        }
        _ => Err(raise_codec(vm, Exc::UnicodeDecodeError, name(encoding), text.owner(), start, end, reason)),
    }
}
