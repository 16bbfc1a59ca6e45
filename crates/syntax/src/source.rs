//! What is checked before a source is cut into tokens: encoding, byte-order mark, coding cookie,
//! null bytes; and where its lines start.

use crate::error::{Failure, Result};
use crate::tree::Span;
use alloc::{format, string::String, vec::Vec};

/// The UTF-8 byte-order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Offsets of the first byte of each line.
pub(crate) fn line_starts(source: &[u8]) -> Vec<u32> {
    let mut starts = Vec::from([0]);
    let mut pos = 0;
    while pos < source.len() {
        let byte = source[pos];
        pos += 1;
        if byte == b'\n' || byte == b'\r' {
            if byte == b'\r' && source.get(pos) == Some(&b'\n') {
                pos += 1;
            }
            starts.push(pos as u32);
        }
    }
    starts
}

/// The source as text, and the offset at which to start reading.
pub(crate) fn check(source: &[u8], official: bool) -> Result<(&str, usize)> {
    if source.len() >= u32::MAX as usize {
        return Err(Failure::new("source is too large", Span::default()));
    }
    let start = if source.starts_with(BOM) { BOM.len() } else { 0 };
    // A cookie is looked for first: a file in another encoding deserves to hear that.
    if !official && let Some((name, at)) = cookie(source, start) {
        let normal: String =
            name.iter().map(|&byte| if byte == b'_' { '-' } else { byte.to_ascii_lowercase() as char }).collect();
        let utf8 = normal == "utf-8" || normal == "utf8" || normal.starts_with("utf-8-");
        if start > 0 && normal != "utf-8" && !normal.starts_with("utf-8-") {
            let span = Span { start: at as u32, end: (at + name.len()) as u32 };
            return Err(Failure::new(format!("encoding problem: {normal} with BOM"), span));
        }
        if !utf8 && !matches!(&*normal, "ascii" | "us-ascii") {
            let span = Span { start: at as u32, end: (at + name.len()) as u32 };
            return Err(Failure::new(format!("unsupported encoding: {normal}, expected utf-8"), span));
        }
    }
    let text = core::str::from_utf8(source).map_err(|error| {
        let at = error.valid_up_to();
        let reason = match (error.error_len(), source[at]) {
            (None, _) => "unexpected end of data",
            (Some(_), 0x80..=0xc1 | 0xf5..) => "invalid start byte",
            _ => "invalid continuation byte",
        };
        let message =
            format!("(unicode error) 'utf-8' codec can't decode byte 0x{:02x} in position {at}: {reason}", source[at]);
        Failure::new(message, Span { start: at as u32, end: at as u32 + 1 })
    })?;
    if let Some(at) = source.iter().position(|&byte| byte == 0) {
        let span = Span { start: at as u32, end: at as u32 + 1 };
        return Err(Failure::new("source code cannot contain null bytes", span));
    }
    Ok((text, start))
}

/// The encoding that a comment in one of the first two lines names, with its offset.
fn cookie(source: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let mut pos = start;
    for _ in 0..2 {
        let rest = &source[pos..];
        let len = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').unwrap_or(rest.len());
        let line = &rest[..len];
        let indent = line.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t' | 0x0c)).count();
        match line.get(indent) {
            Some(b'#') => {
                if let Some((name, at)) = cookie_in(&line[indent..]) {
                    return Some((name, pos + indent + at));
                }
            }
            None => {}
            // The second line counts only if the first is a comment or blank.
            Some(_) => return None,
        }
        pos += len;
        if source[pos..].starts_with(b"\r\n") {
            pos += 1;
        }
        pos = (pos + 1).min(source.len());
    }
    None
}

/// `coding[:=]\s*([-\w.]+)` in a comment.
fn cookie_in(comment: &[u8]) -> Option<(&[u8], usize)> {
    let at = comment.windows(6).position(|window| window == b"coding")? + 6;
    if !matches!(comment.get(at), Some(b':' | b'=')) {
        return None;
    }
    let blanks = comment[at + 1..].iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    let start = at + 1 + blanks;
    let len = comment[start..]
        .iter()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        .count();
    (len > 0).then(|| (&comment[start..start + len], start))
}
