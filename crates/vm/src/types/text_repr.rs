//! `repr` of str and bytes: quotes and escapes.

use crate::{
    text_out::TextOut,
    types::{text_kind::Kind, unicode, utf8},
    value::R,
    vm::Vm,
};

/// Writes a text between quotes. `ascii`: escape everything that is not ASCII.
pub fn write_quoted(vm: &mut Vm, out: &mut TextOut, kind: Kind, bytes: &[u8], ascii: bool) -> R<()> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    out.write(vm, &[quote])?;
    let (mut at, mut plain) = (0, 0);
    while at < bytes.len() {
        // Most characters stand for themselves and are written in long pieces.
        let byte = bytes[at];
        // CPython escapes single quotes in bytearrays even where it need not.
        let quoted = byte == quote || byte == b'\'' && kind == Kind::ByteArray;
        if matches!(byte, 32..127) && !quoted && byte != b'\\' {
            at += 1;
            continue;
        }
        let (char, len) = kind.decode(bytes, at).unwrap_or((0, 1));
        if kind.is_str() && byte >= 128 && !ascii && unicode::is_printable(char) {
            at += len;
            continue;
        }
        out.write(vm, &bytes[plain..at])?;
        at += len;
        plain = at;
        match char {
            0x27 | 0x22 | 0x5c => out.write(vm, &[b'\\', byte])?,
            9 => out.write(vm, b"\\t")?,
            10 => out.write(vm, b"\\n")?,
            13 => out.write(vm, b"\\r")?,
            _ => write_escape(vm, out, char)?,
        }
    }
    out.write(vm, &bytes[plain..])?;
    out.write(vm, &[quote])
}

/// Writes `\x..`, `\u....` or `\U........`.
pub fn write_escape(vm: &mut Vm, out: &mut TextOut, char: u32) -> R<()> {
    match char {
        0..0x100 => out.write_fmt(vm, format_args!("\\x{char:02x}")),
        0x100..0x1_0000 => out.write_fmt(vm, format_args!("\\u{char:04x}")),
        _ => out.write_fmt(vm, format_args!("\\U{char:08x}")),
    }
}

/// Writes a text with everything that is not ASCII escaped (`ascii(obj)`).
pub fn write_ascii(vm: &mut Vm, out: &mut TextOut, bytes: &[u8]) -> R<()> {
    for char in utf8::chars(bytes) {
        if char < 128 {
            out.write(vm, &[char as u8])?;
        } else {
            write_escape(vm, out, char)?;
        }
    }
    Ok(())
}
