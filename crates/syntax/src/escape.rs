//! Decodes the text of literals: escapes, line ends, doubled braces.
//!
//! The result is generalised UTF-8: a lone surrogate takes three bytes.

use alloc::{format, string::String, vec::Vec};

/// How a literal is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mode {
    /// No escapes.
    pub raw: bool,
    /// Bytes, not text.
    pub bytes: bool,
    /// Doubled braces stand for single ones.
    pub braces: bool,
}

/// Appends the decoded `text`. An error has the offset in `text` and the message.
pub(crate) fn decode(text: &str, mode: Mode, into: &mut Vec<u8>) -> Result<(), (usize, String)> {
    let source = text.as_bytes();
    let mut pos = 0;
    while pos < source.len() {
        // Copies in one go what needs no look.
        let plain = source[pos..]
            .iter()
            .position(|&byte| matches!(byte, b'\\' | b'\r' | b'{' | b'}'))
            .unwrap_or(source.len() - pos);
        into.extend_from_slice(&source[pos..pos + plain]);
        pos += plain;
        let Some(&byte) = source.get(pos) else { break };
        let next = source.get(pos + 1).copied();
        match byte {
            b'\r' => {
                into.push(b'\n');
                pos += if next == Some(b'\n') { 2 } else { 1 };
            }
            b'{' | b'}' => {
                into.push(byte);
                pos += if mode.braces && next == Some(byte) { 2 } else { 1 };
            }
            _ if mode.raw => {
                into.push(byte);
                pos += 1;
            }
            _ => pos += escape(text, pos, mode, into)?,
        }
    }
    Ok(())
}

/// Decodes the escape at `pos`; its length.
fn escape(text: &str, pos: usize, mode: Mode, into: &mut Vec<u8>) -> Result<usize, (usize, String)> {
    let source = text.as_bytes();
    let rest = &source[pos + 1..];
    let simple = match rest.first() {
        Some(b'\n') => return Ok(2),
        Some(b'\r') => return Ok(if rest.get(1) == Some(&b'\n') { 3 } else { 2 }),
        Some(byte @ (b'\\' | b'\'' | b'"')) => *byte,
        Some(b'a') => 7,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'v') => 11,
        Some(b'0'..=b'7') => {
            let len = rest.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let value = rest[..len].iter().fold(0, |sum, &byte| sum * 8 + u32::from(byte - b'0'));
            if mode.bytes {
                into.push(value as u8)
            } else {
                push_code(value, into)
            }
            return Ok(1 + len);
        }
        Some(b'x') => return hex(text, pos, 2, mode, into),
        Some(b'u') if !mode.bytes => return hex(text, pos, 4, mode, into),
        Some(b'U') if !mode.bytes => return hex(text, pos, 8, mode, into),
        Some(b'N') if !mode.bytes => return named(text, pos, into),
        // An unknown escape stands for itself.
        _ => {
            into.push(b'\\');
            return Ok(1);
        }
    };
    into.push(simple);
    Ok(2)
}

fn unicode_error(text: &str, pos: usize, len: usize, what: &str) -> (usize, String) {
    // CPython counts from the start of the literal's content.
    let last = (pos + len).min(text.len()).saturating_sub(1).max(pos);
    let range = if last == pos { format!("{pos}") } else { format!("{pos}-{last}") };
    (pos, format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {range}: {what}"))
}

fn hex(text: &str, pos: usize, len: usize, mode: Mode, into: &mut Vec<u8>) -> Result<usize, (usize, String)> {
    let digits = text.as_bytes()[pos + 2..].iter().take(len);
    let found = digits.clone().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if found < len {
        if mode.bytes {
            return Err((pos, format!("(value error) invalid \\x escape at position {pos}")));
        }
        let what = match len {
            2 => "truncated \\xXX escape",
            4 => "truncated \\uXXXX escape",
            _ => "truncated \\UXXXXXXXX escape",
        };
        return Err(unicode_error(text, pos, 2 + found, what));
    }
    let value = digits.fold(0u32, |sum, &byte| sum << 4 | (byte as char).to_digit(16).unwrap_or(0));
    if mode.bytes {
        into.push(value as u8);
    } else if value > 0x10_ffff {
        return Err(unicode_error(text, pos, 2 + len, "illegal Unicode character"));
    } else {
        push_code(value, into);
    }
    Ok(2 + len)
}

fn named(text: &str, pos: usize, into: &mut Vec<u8>) -> Result<usize, (usize, String)> {
    let rest = &text[pos + 2..];
    let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        let len = if rest.starts_with('{') { 2 + rest.len() } else { 2 };
        return Err(unicode_error(text, pos, len, "malformed \\N character escape"));
    };
    let Some(found) = lookup(name) else {
        return Err(unicode_error(text, pos, 4 + name.len(), "unknown Unicode character name"));
    };
    let mut buffer = [0; 4];
    into.extend_from_slice(found.encode_utf8(&mut buffer).as_bytes());
    Ok(4 + name.len())
}

#[cfg(feature = "unicode-names")]
fn lookup(name: &str) -> Option<char> {
    // The crate ignores blanks and hyphens; Python ignores case only, and not even that in names
    // that are made by a rule. Aliases have no name to compare with.
    let found = unicode_names2::character(name)?;
    let official: String = unicode_names2::name(found).into_iter().flatten().collect();
    let made = official.starts_with("CJK UNIFIED") || official.starts_with("HANGUL SYLLABLE");
    if official == name || (!made && official.eq_ignore_ascii_case(name)) {
        return Some(found);
    }
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
    };
    let alias = letters(&official) != letters(name);
    let tidy = !name.contains('_') && !name.contains("  ") && name.trim() == name;
    (alias && tidy).then_some(found)
}

#[cfg(not(feature = "unicode-names"))]
fn lookup(_name: &str) -> Option<char> {
    None
}

/// Appends a code point, surrogates included.
fn push_code(value: u32, into: &mut Vec<u8>) {
    match char::from_u32(value) {
        Some(c) => {
            let mut buffer = [0; 4];
            into.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        }
        None => into.extend_from_slice(&[
            0xe0 | (value >> 12) as u8,
            0x80 | (value >> 6 & 0x3f) as u8,
            0x80 | (value & 0x3f) as u8,
        ]),
    }
}
