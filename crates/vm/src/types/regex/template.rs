//! Replacement templates: `\1`, `\g<name>` and escapes.

use alloc::vec::Vec;

use crate::{
    handle::Ref,
    layout::{records::Pattern, text::Text},
    text_out::TextOut,
    types::{
        exception::Exc,
        regex::objects::{Found, group_by_name},
        utf8,
    },
    value::{R, Raised},
    vm::Vm,
};

/// A piece of a template.
pub enum Part {
    /// Text as it stands.
    Literal(Vec<u8>),
    /// The text of a group.
    Group(usize),
}

#[cold]
fn bad(vm: &mut Vm, message: &str) -> Raised {
    vm.error(Exc::ValueError, format_args!("{message}"))
}

/// Parses a template for a pattern.
pub fn parse(vm: &mut Vm, pattern: Ref<Pattern>, text: &Text, is_str: bool) -> R<Vec<Part>> {
    let bytes = text.bytes();
    let mut parts = Vec::new();
    let mut literal: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte != b'\\' {
            literal.push(*byte);
            continue;
        }
        let Some(letter) = bytes.get(at).copied() else {
            return Err(bad(vm, "bad escape (end of pattern)"));
        };
        at += 1;
        let mut push_char = |char: u32| match is_str {
            true => literal.extend_from_slice(utf8::encode(char).bytes()),
            false => literal.push(char as u8),
        };
        match letter {
            b'g' => {
                let name = match (bytes.get(at), memchr::memchr(b'>', &bytes[at..])) {
                    (Some(b'<'), Some(len)) if len > 1 => &bytes[at + 1..at + len],
                    _ => return Err(bad(vm, "missing group name")),
                };
                at += name.len() + 2;
                let number = match core::str::from_utf8(name).ok().and_then(|name| name.parse::<usize>().ok()) {
                    Some(number) if number <= pattern.groups() => number,
                    Some(_) => return Err(bad(vm, "invalid group reference")),
                    None => match group_by_name(vm, pattern, name)? {
                        Some(number) => number,
                        None => return Err(vm.error(Exc::IndexError, format_args!("unknown group name"))),
                    },
                };
                parts.push(Part::Literal(core::mem::take(&mut literal)));
                parts.push(Part::Group(number));
            }
            b'0'..=b'9' => {
                let digit = |at: usize| bytes.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0');
                let (first, second, third) = (letter - b'0', digit(at), digit(at + 1));
                let is_octal = first == 0 || matches!((second, third), (Some(0..8), Some(0..8)) if first < 4);
                if is_octal {
                    let mut value = first as u32;
                    for digit in [second, third].into_iter().map_while(|digit| digit.filter(|digit| *digit < 8)) {
                        value = value * 8 + digit as u32;
                        at += 1;
                    }
                    push_char(value);
                    continue;
                }
                let mut number = first as usize;
                if let Some(digit) = second {
                    number = number * 10 + digit as usize;
                    at += 1;
                }
                if number > pattern.groups() {
                    return Err(bad(vm, "invalid group reference"));
                }
                parts.push(Part::Literal(core::mem::take(&mut literal)));
                parts.push(Part::Group(number));
            }
            b'n' => push_char(10),
            b't' => push_char(9),
            b'r' => push_char(13),
            b'f' => push_char(12),
            b'v' => push_char(11),
            b'a' => push_char(7),
            b'b' => push_char(8),
            b'\\' => push_char(0x5c),
            b'a'..=b'z' | b'A'..=b'Z' => return Err(bad(vm, "bad escape")),
            _ => literal.extend_from_slice(&[b'\\', letter]),
        }
    }
    parts.push(Part::Literal(literal));
    Ok(parts)
}

/// Writes a template for a match.
pub fn expand(vm: &mut Vm, out: &mut TextOut, parts: &[Part], text: &Text, found: &Found) -> R<()> {
    for part in parts {
        match part {
            Part::Literal(literal) => out.write(vm, literal)?,
            Part::Group(number) => {
                if let Some((start, end)) = found.span(*number) {
                    out.write(vm, &text.bytes()[start..end])?;
                }
            }
        }
    }
    Ok(())
}
