//! Number literals.

use super::{Lexer, identifier::is_word};
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::Span;
use alloc::format;

impl Lexer<'_> {
    /// Reads a number.
    pub(super) fn number(&mut self) -> Result<()> {
        let start = self.pos;
        if self.peek(0) == b'0' {
            let (radix, name) = match self.peek(1) {
                b'x' | b'X' => (16, "hexadecimal"),
                b'o' | b'O' => (8, "octal"),
                b'b' | b'B' => (2, "binary"),
                _ => return self.decimal(start),
            };
            self.pos += 2;
            return self.based(start, radix, name);
        }
        self.decimal(start)
    }

    fn based(&mut self, start: usize, radix: u32, name: &str) -> Result<()> {
        loop {
            if self.official {
                self.skip_while(|byte| byte == b'_');
            }
            if self.peek(0) == b'_' {
                self.pos += 1;
            }
            let digits = self.pos;
            while (self.peek(0) as char).is_digit(radix) {
                self.pos += 1;
            }
            let next = self.peek(0);
            if digits == self.pos {
                let digits = &self.source[start + 2..self.pos];
                if self.official && digits.iter().any(|&byte| byte != b'_') {
                    break;
                }
                if next.is_ascii_digit() {
                    return Err(self.bad_digit(next, name));
                }
                return Err(self.invalid(name));
            }
            if next.is_ascii_digit() {
                return Err(self.bad_digit(next, name));
            }
            if next != b'_' {
                break;
            }
        }
        self.end_of_number(name)?;
        self.push(Tok::Int, start);
        Ok(())
    }

    fn decimal(&mut self, start: usize) -> Result<()> {
        let mut kind = Tok::Int;
        let mut name = "decimal";
        if self.peek(0) != b'.' {
            self.digits()?;
        }
        let whole = self.pos;
        if self.peek(0) == b'.' {
            kind = Tok::Float;
            self.pos += 1;
            if self.peek(0).is_ascii_digit() {
                self.digits()?;
            }
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                kind = Tok::Float;
                self.pos += 1 + sign;
                self.digits()?;
            } else if sign == 1 {
                self.pos += 1;
                return Err(self.invalid(name));
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            kind = Tok::Imaginary;
            name = "imaginary";
            self.pos += 1;
        }
        let digits = &self.source[start..whole];
        let zeros = digits.iter().all(|byte| matches!(byte, b'0' | b'_'));
        if kind == Tok::Int && digits[0] == b'0' && !zeros {
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            return Err(Failure::new(message, self.span_from(start)));
        }
        self.end_of_number(name)?;
        self.push(kind, start);
        Ok(())
    }

    fn skip_while(&mut self, more: impl Fn(u8) -> bool) {
        while more(self.peek(0)) {
            self.pos += 1;
        }
    }

    /// Digits with single underscores between them; the official compiler drops all underscores.
    fn digits(&mut self) -> Result<()> {
        if self.official {
            self.skip_while(|byte| byte.is_ascii_digit() || byte == b'_');
            return Ok(());
        }
        loop {
            while self.peek(0).is_ascii_digit() {
                self.pos += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.pos += 1;
            if !self.peek(0).is_ascii_digit() {
                self.pos -= 1;
                return Err(self.invalid("decimal"));
            }
        }
    }

    /// A number must not run into a name, but may run into a keyword that can follow it.
    fn end_of_number(&mut self, name: &str) -> Result<()> {
        let next = self.peek(0);
        if !is_word(next) {
            return Ok(());
        }
        let rest = &self.source[self.pos..];
        let keywords: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"or", b"not"];
        if keywords.iter().any(|keyword| rest.starts_with(keyword)) {
            self.warnings.push((self.pos as u32 - 1, format!("invalid {name} literal")));
            return Ok(());
        }
        if next >= 0x80 {
            let c = self.text[self.pos..].chars().next().unwrap_or(' ');
            if !unicode_ident::is_xid_continue(c) {
                return Ok(());
            }
        }
        Err(self.invalid(name))
    }

    fn invalid(&self, name: &str) -> alloc::boxed::Box<Failure> {
        let at = self.pos.saturating_sub(1) as u32;
        Failure::new(format!("invalid {name} literal"), Span { start: at, end: at + 1 })
    }

    fn bad_digit(&self, digit: u8, name: &str) -> alloc::boxed::Box<Failure> {
        let message = format!("invalid digit '{}' in {name} literal", digit as char);
        Failure::new(message, self.span_from(self.pos))
    }
}
