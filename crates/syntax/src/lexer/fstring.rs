//! The text of f- and t-strings between their fields, and of format specifications.

use super::{Lexer, Open, Quote};
use crate::error::{Failure, Result};
use crate::token::Tok;
use alloc::format;

/// How deep fields may stand in the format specifications of others.
const MAX_SPECS: usize = 2;
/// How deep f-strings may stand in fields of others, as in CPython.
const MAX_FSTRINGS: usize = 150;

impl Lexer<'_> {
    /// Reads text up to the next field or the end of the string or specification.
    pub(super) fn fstring_text(&mut self, quote: Quote, in_spec: bool) -> Result<()> {
        let start = self.pos;
        let letter = quote.letter as char;
        // Behind a field, doubled braces of a specification are text, too.
        let after_field = in_spec && self.tokens.last().is_some_and(|token| token.kind == Tok::RBrace);
        let mut doubled = 0;
        loop {
            let Some(&byte) = self.source.get(self.pos) else {
                return Err(self.open_fstring(quote));
            };
            if byte == quote.byte && (!quote.triple || (self.peek(1) == byte && self.peek(2) == byte)) {
                if in_spec {
                    let message = format!("{letter}-string: expecting '}}', or format specs");
                    return Err(Failure::new(message, self.span_from(self.pos)).short("malformed f-string"));
                }
                self.middle(start);
                let at = self.pos;
                self.pos += if quote.triple { 3 } else { 1 };
                self.push(Tok::FEnd, at);
                self.open.pop();
                return Ok(());
            }
            match byte {
                b'\n' | b'\r' if !quote.triple => {
                    if in_spec {
                        // The rest must be the closing brace.
                        self.middle(start);
                        self.open.pop();
                        return Ok(());
                    }
                    return Err(self.open_fstring(quote));
                }
                b'{' if (!in_spec || after_field) && self.peek(1) == b'{' => {
                    self.pos += 2;
                    doubled += 1;
                }
                b'}' if in_spec && doubled > 0 && self.peek(1) == b'}' => {
                    self.pos += 2;
                    doubled -= 1;
                }
                b'{' => {
                    self.middle(start);
                    return self.field();
                }
                b'}' if in_spec => {
                    self.middle(start);
                    self.open.pop();
                    return Ok(());
                }
                b'}' if self.peek(1) == b'}' => self.pos += 2,
                b'}' => {
                    let message = format!("{letter}-string: single '}}' is not allowed");
                    return Err(Failure::new(message, self.span_from(self.pos)).short("malformed f-string"));
                }
                b'\\' => {
                    self.pos += 1;
                    match self.peek(0) {
                        // Braces keep their meaning after a backslash.
                        b'{' | b'}' => {}
                        b'N' if !quote.raw && self.peek(1) == b'{' => self.named_escape(quote),
                        _ => {
                            if !self.line_end() {
                                self.pos += 1;
                            }
                        }
                    }
                }
                _ => self.pos += 1,
            }
        }
    }

    /// Skips `N{…}` of a named escape, as far as it stands in the string.
    fn named_escape(&mut self, quote: Quote) {
        self.pos += 2;
        while let Some(&byte) = self.source.get(self.pos) {
            if byte == quote.byte || matches!(byte, b'\n' | b'\r' | b'{') {
                return;
            }
            self.pos += 1;
            if byte == b'}' {
                return;
            }
        }
    }

    fn middle(&mut self, start: usize) {
        if self.pos > start {
            self.push(Tok::FMiddle, start);
        }
    }

    /// Opens a field.
    fn field(&mut self) -> Result<()> {
        let (mut specs, mut strings) = (0, 0);
        for open in self.open.iter().rev() {
            match open {
                Open::Spec(_) if strings == 0 => specs += 1,
                Open::Text(_) => strings += 1,
                _ => {}
            }
        }
        if specs > MAX_SPECS || strings > MAX_FSTRINGS {
            let message = "f-string: expressions nested too deeply";
            return Err(Failure::new(message, self.span_from(self.pos)).short("malformed f-string"));
        }
        let at = self.pos;
        self.opened(Open::Field(at as u32))?;
        self.pos += 1;
        self.push(Tok::LBrace, at);
        Ok(())
    }

    fn open_fstring(&mut self, quote: Quote) -> alloc::boxed::Box<Failure> {
        let what = if quote.letter == b't' { "t-string" } else { "f-string" };
        self.unterminated(quote.start as usize, quote.triple, what)
    }
}
