//! Text from files on its way to a terminal.

use std::fmt::Write;

/// The text without control characters: what a file holds must not move the cursor or change colours.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Marks that reorder what stands beside them.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.extend(c.escape_unicode()),
            _ if c.is_control() => out.extend(c.escape_default()),
            _ => out.push(c),
        }
    }
    out
}

/// Bytes in hexadecimal, with blanks between them.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(3 * bytes.len());
    for (i, byte) in bytes.iter().enumerate() {
        let _ = write!(out, "{}{byte:02x}", if i == 0 { "" } else { " " });
    }
    out
}

/// A number and what is counted.
pub fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_moves_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jé\n\u{9b}\u{202e}"), "a\\u{1b}[2Jé\\n\\u{9b}\\u{202e}");
        assert_eq!(hex(&[0, 0xab, 7]), "00 ab 07");
        assert_eq!((count(1, "object"), count(0, "object")), ("1 object".into(), "0 objects".into()));
    }
}
