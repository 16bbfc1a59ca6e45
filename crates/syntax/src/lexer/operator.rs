//! Operators and brackets.

use super::{Lexer, Open};
use crate::error::{Failure, Result};
use crate::token::Tok;
use alloc::{boxed::Box, format};

impl Lexer<'_> {
    /// Reads an operator or bracket.
    pub(super) fn operator(&mut self) -> Result<()> {
        let start = self.pos;
        let byte = self.peek(0);
        if let Some(&Open::Field(_)) = self.open.last() {
            match byte {
                b':' => {
                    self.pos += 1;
                    self.push(Tok::Colon, start);
                    if let Some(quote) = self.enclosing_quote() {
                        self.open.push(Open::Spec(quote));
                    }
                    return Ok(());
                }
                b'!' if self.peek(1) != b'=' => {
                    self.pos += 1;
                    self.push(Tok::Exclamation, start);
                    return Ok(());
                }
                _ => {}
            }
        }
        match byte {
            b'(' | b'[' | b'{' => {
                self.opened(Open::Bracket(byte, start as u32))?;
                self.pos += 1;
                self.push(
                    match byte {
                        b'(' => Tok::LParen,
                        b'[' => Tok::LBracket,
                        _ => Tok::LBrace,
                    },
                    start,
                );
                return Ok(());
            }
            b')' | b']' | b'}' => return self.close(byte),
            _ => {}
        }
        let second = self.peek(1);
        let third = self.peek(2);
        let (kind, len) = match (byte, second, third) {
            (b'*', b'*', b'=') => (Tok::DoubleStarEq, 3),
            (b'/', b'/', b'=') => (Tok::DoubleSlashEq, 3),
            (b'<', b'<', b'=') => (Tok::LShiftEq, 3),
            (b'>', b'>', b'=') => (Tok::RShiftEq, 3),
            (b'.', b'.', b'.') => (Tok::Ellipsis, 3),
            (b'*', b'*', _) => (Tok::DoubleStar, 2),
            (b'/', b'/', _) => (Tok::DoubleSlash, 2),
            (b'<', b'<', _) => (Tok::LShift, 2),
            (b'>', b'>', _) => (Tok::RShift, 2),
            (b'+', b'=', _) => (Tok::PlusEq, 2),
            (b'-', b'=', _) => (Tok::MinusEq, 2),
            (b'-', b'>', _) => (Tok::Arrow, 2),
            (b'*', b'=', _) => (Tok::StarEq, 2),
            (b'/', b'=', _) => (Tok::SlashEq, 2),
            (b'%', b'=', _) => (Tok::PercentEq, 2),
            (b'@', b'=', _) => (Tok::AtEq, 2),
            (b'&', b'=', _) => (Tok::AmperEq, 2),
            (b'|', b'=', _) => (Tok::PipeEq, 2),
            (b'^', b'=', _) => (Tok::CaretEq, 2),
            (b'=', b'=', _) => (Tok::EqEq, 2),
            (b'<', b'=', _) => (Tok::Le, 2),
            (b'>', b'=', _) => (Tok::Ge, 2),
            (b'!', b'=', _) => (Tok::Ne, 2),
            (b':', b'=', _) => (Tok::ColonEq, 2),
            (b'+', ..) => (Tok::Plus, 1),
            (b'-', ..) => (Tok::Minus, 1),
            (b'*', ..) => (Tok::Star, 1),
            (b'/', ..) => (Tok::Slash, 1),
            (b'%', ..) => (Tok::Percent, 1),
            (b'@', ..) => (Tok::At, 1),
            (b'&', ..) => (Tok::Amper, 1),
            (b'|', ..) => (Tok::Pipe, 1),
            (b'^', ..) => (Tok::Caret, 1),
            (b'~', ..) => (Tok::Tilde, 1),
            (b'=', ..) => (Tok::Eq, 1),
            (b'<', ..) => (Tok::Lt, 1),
            (b'>', ..) => (Tok::Gt, 1),
            (b',', ..) => (Tok::Comma, 1),
            (b':', ..) => (Tok::Colon, 1),
            (b';', ..) => (Tok::Semicolon, 1),
            (b'.', ..) => (Tok::Dot, 1),
            (b'!', ..) => (Tok::Exclamation, 1),
            _ => return Err(self.stray(byte)),
        };
        self.pos += len;
        self.push(kind, start);
        Ok(())
    }

    /// The quote of the f-string whose field is innermost.
    fn enclosing_quote(&self) -> Option<super::Quote> {
        self.open.iter().rev().find_map(|open| match open {
            Open::Text(quote) | Open::Spec(quote) => Some(*quote),
            _ => None,
        })
    }

    fn close(&mut self, byte: u8) -> Result<()> {
        let start = self.pos;
        match self.open.last() {
            Some(&Open::Field(_)) if byte == b'}' => {}
            Some(&Open::Field(_)) => {
                let message = format!("f-string: unmatched '{}'", byte as char);
                return Err(Failure::new(message, self.span_from(start)).short("malformed f-string"));
            }
            Some(&Open::Bracket(open, at)) => {
                let expected = match open {
                    b'(' => b')',
                    b'[' => b']',
                    _ => b'}',
                };
                if byte != expected {
                    return Err(self.mismatch(byte, open, at));
                }
            }
            _ => {
                let message = format!("unmatched '{}'", byte as char);
                return Err(Failure::new(message, self.span_from(start)));
            }
        }
        self.open.pop();
        self.brackets -= 1;
        self.pos += 1;
        self.push(
            match byte {
                b')' => Tok::RParen,
                b']' => Tok::RBracket,
                _ => Tok::RBrace,
            },
            start,
        );
        Ok(())
    }

    fn mismatch(&self, byte: u8, open: u8, at: u32) -> Box<Failure> {
        let line = |end: usize| crate::source::line_starts(&self.source[..end]).len();
        let (here, there) = (line(self.pos), line(at as usize));
        let (byte, open) = (byte as char, open as char);
        let mut message = format!("closing parenthesis '{byte}' does not match opening parenthesis '{open}'");
        if here != there {
            message += &format!(" on line {there}");
        }
        Failure::new(message, self.span_from(self.pos))
    }

    /// A character that starts no token.
    fn stray(&self, byte: u8) -> Box<Failure> {
        let span = self.span_from(self.pos);
        match byte {
            b'$' | b'?' | b'`' => Failure::new("invalid syntax", span),
            _ => Failure::new(format!("invalid non-printable character U+{:04X}", byte as u32), span),
        }
    }
}
