//! f- and t-strings: text, fields, format specifications.

use super::{Parser, string::Prefix};
use crate::error::{Failure, Result};
use crate::escape::{Mode, decode};
use crate::token::Tok;
use crate::tree::{ExprId, ExprKind, Piece, Span};
use alloc::{boxed::Box, format, vec::Vec};

impl Parser<'_> {
    /// One f- or t-string; appends its pieces.
    pub(super) fn fstring(&mut self, pieces: &mut Vec<Piece>) -> Result<()> {
        let open = self.expect(Tok::FStart)?;
        let prefix = Prefix::of(self.text_of(open.span()));
        self.enter()?;
        self.pieces(prefix, pieces)?;
        self.leave();
        self.expect(Tok::FEnd)?;
        Ok(())
    }

    fn pieces(&mut self, prefix: Prefix, pieces: &mut Vec<Piece>) -> Result<()> {
        loop {
            let token = self.token();
            match token.kind {
                Tok::FMiddle => {
                    let mut text = Vec::new();
                    let mode = Mode { raw: prefix.raw, bytes: false, braces: true };
                    decode(self.text_of(token.span()), mode, &mut text)
                        .map_err(|(_, message)| self.fail(message, token.span()))?;
                    self.advance();
                    let text = self.add_text(text);
                    pieces.push(Piece::Text { text, formatted: true, span: token.span() });
                }
                Tok::LBrace => pieces.push(self.field(prefix)?),
                _ => return Ok(()),
            }
        }
    }

    fn field(&mut self, prefix: Prefix) -> Result<Piece> {
        let letter = if prefix.template { 't' } else { 'f' };
        let open = self.expect(Tok::LBrace)?;
        let problem = match self.kind() {
            Tok::RBrace => Some("valid expression required before '}'"),
            Tok::Eq => Some("valid expression required before '='"),
            Tok::Exclamation => Some("valid expression required before '!'"),
            Tok::Colon => Some("valid expression required before ':'"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(self.fstring_error(letter, problem));
        }
        self.enter()?;
        let value = self.field_value(letter)?;
        self.leave();
        let mut source = Span { start: open.end, end: self.start() };
        let mut debug = Span { start: open.end, end: open.end };
        if self.kind() == Tok::Eq {
            self.advance();
            debug.end = self.start();
            if matches!(self.kind(), Tok::FMiddle | Tok::FEnd) {
                debug.end = self.previous_end();
            }
        }
        let mut conversion = 0;
        if self.eat(Tok::Exclamation) {
            conversion = self.conversion(letter)?;
        }
        let mut spec = None;
        if self.eat(Tok::Colon) {
            let mut pieces = Vec::new();
            self.pieces(prefix, &mut pieces)?;
            spec = Some(self.tree.add_list(pieces));
        }
        if self.kind() != Tok::RBrace {
            return Err(self.after_field(letter, conversion != 0, debug.end > debug.start, value, source));
        }
        self.advance();
        source.end = source.end.max(source.start);
        Ok(Piece::Field { value, source, debug, conversion, spec, span: self.span(open.start) })
    }

    /// `yield_expr | star_expressions`, with `f-string:` in front of messages where CPython has it.
    fn field_value(&mut self, letter: char) -> Result<ExprId> {
        if self.kind() == Tok::Lambda {
            return Err(self.fstring_error(letter, "lambda expressions are not allowed without parentheses"));
        }
        if self.kind() != Tok::Yield && !self.at_item() {
            if self.kind() == Tok::Error {
                return Err(self.unexpected());
            }
            return Err(self.fstring_error(letter, "expecting a valid expression after '{'"));
        }
        let start = self.start();
        let value = self.yield_or_expressions()?;
        if matches!(self.tree[value].kind, ExprKind::Star(_)) && !self.tree[value].paren {
            let message = "can't use starred expression here";
            return Err(self.fail_from(message, start).short("malformed f-string"));
        }
        Ok(value)
    }

    fn fstring_error(&self, letter: char, problem: &str) -> Box<Failure> {
        self.fail_here(format!("{letter}-string: {problem}")).short("malformed f-string")
    }

    fn conversion(&mut self, letter: char) -> Result<u8> {
        let token = self.token();
        if token.kind != Tok::Name {
            let problem = match token.kind {
                Tok::Colon | Tok::RBrace => "missing conversion character",
                _ => "invalid conversion character",
            };
            return Err(self.fstring_error(letter, problem).short("invalid syntax"));
        }
        if token.start != self.previous_end() {
            let problem = "conversion type must come right after the exclamation mark";
            return Err(self.fstring_error(letter, problem).short("invalid syntax"));
        }
        self.advance();
        match self.text_of(token.span()).as_bytes() {
            &[byte @ (b's' | b'r' | b'a')] => Ok(byte),
            _ => {
                let name = self.text_of(token.span());
                let message =
                    format!("{letter}-string: invalid conversion character '{name}': expected 's', 'r', or 'a'");
                Err(self.fail(message, token.span()))
            }
        }
    }

    fn after_field(
        &mut self,
        letter: char,
        converted: bool,
        debug: bool,
        value: ExprId,
        _source: Span,
    ) -> Box<Failure> {
        if self.kind() == Tok::Error {
            return self.unexpected();
        }
        if super::expression::starts_expression(self.kind()) && !converted && !debug {
            return self.perhaps_comma(value).short("invalid syntax");
        }
        if converted {
            return self.fstring_error(letter, "expecting ':' or '}'").short("invalid syntax");
        }
        let problem = if debug { "expecting '!', or ':', or '}'" } else { "expecting '=', or '!', or ':', or '}'" };
        self.fstring_error(letter, problem)
    }
}
