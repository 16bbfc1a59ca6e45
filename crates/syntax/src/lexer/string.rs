//! String literals without fields, and the start of those with fields.

use super::{Lexer, Open, Quote};
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::Span;
use alloc::format;

impl Lexer<'_> {
    /// Reads a string whose prefix starts at `start`; the lexer stands on its quote.
    pub(super) fn string(&mut self, start: usize) -> Result<()> {
        let byte = self.peek(0);
        let triple = self.peek(1) == byte && self.peek(2) == byte;
        let (mut raw, mut letter) = (false, None);
        for prefix in &self.source[start..self.pos] {
            match prefix.to_ascii_lowercase() {
                b'r' => raw = true,
                found @ (b'f' | b't') => letter = Some(found),
                _ => {}
            }
        }
        self.pos += if triple { 3 } else { 1 };
        if let Some(letter) = letter {
            self.push(Tok::FStart, start);
            let quote = Quote { byte, triple, raw, start: start as u32, letter };
            self.open.push(Open::Text(quote));
            return Ok(());
        }
        loop {
            let Some(&found) = self.source.get(self.pos) else {
                return Err(if triple {
                    self.unterminated(start, true, "string")
                } else {
                    self.open_string(start, byte)
                });
            };
            match found {
                b'\\' => {
                    self.pos += 1;
                    if !self.line_end() {
                        self.pos += 1;
                    }
                }
                b'\n' | b'\r' if !triple => return Err(self.open_string(start, byte)),
                _ if found == byte && !triple => {
                    self.pos += 1;
                    break;
                }
                _ if found == byte && self.peek(1) == byte && self.peek(2) == byte => {
                    self.pos += 3;
                    break;
                }
                _ => self.pos += 1,
            }
        }
        // A backslash may have carried the position past the end only when the string is open.
        self.push(Tok::Str, start);
        Ok(())
    }

    /// The error for a string of one line that does not end. In a field of an f-string with the
    /// same quote, the quote was meant to end that.
    fn open_string(&mut self, start: usize, byte: u8) -> alloc::boxed::Box<Failure> {
        let outer = self.open.iter().rev().find_map(|open| match open {
            Open::Text(quote) | Open::Spec(quote) => Some(quote),
            _ => None,
        });
        if let Some(quote) = outer.filter(|quote| quote.byte == byte && !quote.triple) {
            let message = format!("{}-string: expecting '}}'", quote.letter as char);
            let span = Span { start: start as u32, end: start as u32 + 1 };
            return Failure::new(message, span).short("malformed f-string");
        }
        self.unterminated(start, false, "string")
    }

    /// The error for a string that does not end.
    pub(super) fn unterminated(&mut self, start: usize, triple: bool, what: &str) -> alloc::boxed::Box<Failure> {
        self.pos = self.pos.min(self.source.len());
        let mut end = self.pos;
        if triple && end > start && self.source.ends_with(b"\n") {
            end -= 1;
        }
        let line = crate::source::line_starts(&self.source[..end]).len();
        let kind = if triple { "triple-quoted " } else { "" };
        let message = format!("unterminated {kind}{what} literal (detected at line {line})");
        Failure::new(message, Span { start: start as u32, end: start as u32 + 1 })
    }
}
