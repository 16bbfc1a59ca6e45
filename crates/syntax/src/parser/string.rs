//! Literals: numbers, and adjacent strings of all kinds.

use super::Parser;
use crate::error::Result;
use crate::escape::{Mode, decode};
use crate::token::{Tok, Token};
use crate::tree::{ExprId, ExprKind, Piece, Span, TextId};
use alloc::vec::Vec;

/// What the prefix of a literal says.
#[derive(Clone, Copy, Default)]
pub(super) struct Prefix {
    pub raw: bool,
    pub bytes: bool,
    pub template: bool,
    /// Length of prefix and opening quote, and of the closing quote.
    pub open: usize,
    pub close: usize,
}

impl Prefix {
    /// Of a literal that starts like this.
    pub fn of(literal: &str) -> Prefix {
        let mut prefix = Prefix::default();
        let bytes = literal.as_bytes();
        let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        for letter in &bytes[..letters] {
            match letter.to_ascii_lowercase() {
                b'r' => prefix.raw = true,
                b'b' => prefix.bytes = true,
                b't' => prefix.template = true,
                _ => {}
            }
        }
        let quotes = &bytes[letters..];
        let triple = quotes.len() >= 3 && quotes[1] == quotes[0] && quotes[2] == quotes[0];
        prefix.close = if triple { 3 } else { 1 };
        prefix.open = letters + prefix.close;
        prefix
    }
}

impl Parser<'_> {
    pub(super) fn text_of(&self, span: Span) -> &str {
        self.source.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The expression for a number token.
    pub(super) fn number_kind(&mut self, token: Token) -> ExprKind {
        let mut text: Vec<u8> = self
            .text_of(token.span())
            .bytes()
            .filter(|&byte| byte != b'_')
            .map(|byte| byte.to_ascii_lowercase())
            .collect();
        match token.kind {
            Tok::Float => ExprKind::Float(self.add_text(text)),
            Tok::Imaginary => {
                text.pop();
                ExprKind::Imaginary(self.add_text(text))
            }
            _ => {
                let (radix, digits) = match text.get(..2) {
                    Some(b"0x") => (16, &text[2..]),
                    Some(b"0o") => (8, &text[2..]),
                    Some(b"0b") => (2, &text[2..]),
                    _ => (10, &text[..]),
                };
                let value = digits.iter().try_fold(0u64, |sum, &byte| {
                    let digit = (byte as char).to_digit(radix).unwrap_or(0);
                    sum.checked_mul(radix.into())?.checked_add(digit.into())
                });
                match value {
                    Some(value) => ExprKind::Int(value),
                    None => ExprKind::BigInt(self.add_text(text)),
                }
            }
        }
    }

    /// Adjacent string literals.
    pub(super) fn strings(&mut self) -> Result<ExprId> {
        let start = self.start();
        let (mut plain, mut bytes, mut formatted, mut template) = (false, false, false, false);
        let mut ahead = self.at;
        // What kinds there are decides how each is read.
        while let Some(&token) = self.lexed.tokens.get(ahead) {
            match token.kind {
                Tok::Str => {
                    let prefix = Prefix::of(self.text_of(token.span()));
                    *(if prefix.bytes { &mut bytes } else { &mut plain }) = true;
                    ahead += 1;
                }
                Tok::FStart => {
                    let prefix = Prefix::of(self.text_of(token.span()));
                    *(if prefix.template { &mut template } else { &mut formatted }) = true;
                    ahead = self.after_fstring(ahead);
                }
                _ => break,
            }
        }
        if bytes && (plain || formatted) && !template {
            let failure = self.fail("cannot mix bytes and nonbytes literals", self.token().span());
            return Err(failure);
        }
        if template && (plain || bytes || formatted) {
            let message = "cannot mix t-string literals with string or bytes literals";
            return Err(self.fail(message, self.token().span()));
        }
        if formatted || template {
            let mut pieces = Vec::new();
            while matches!(self.kind(), Tok::Str | Tok::FStart) {
                if self.kind() == Tok::FStart {
                    self.fstring(&mut pieces)?;
                } else {
                    let token = self.token();
                    let mut text = Vec::new();
                    self.literal(token, &mut text)?;
                    self.advance();
                    if !text.is_empty() {
                        let text = self.add_text(text);
                        pieces.push(Piece::Text { text, formatted: false, span: token.span() });
                    }
                }
            }
            let pieces = self.tree.add_list(pieces);
            let kind = if template { ExprKind::TString(pieces) } else { ExprKind::FString(pieces) };
            let span = self.span(start);
            return self.add(kind, span);
        }
        let mut text = Vec::new();
        while self.kind() == Tok::Str {
            let token = self.token();
            self.literal(token, &mut text)?;
            self.advance();
        }
        let seen_as_name = !bytes && self.lexed.names.seen_before(&text, start);
        let text: TextId = self.add_text(text);
        let kind = if bytes { ExprKind::Bytes(text) } else { ExprKind::Str { text, seen_as_name } };
        let span = self.span(start);
        self.add(kind, span)
    }

    /// Index of the token after the f-string that starts at `index`.
    fn after_fstring(&self, mut index: usize) -> usize {
        let mut depth = 0usize;
        while let Some(token) = self.lexed.tokens.get(index) {
            index += 1;
            match token.kind {
                Tok::FStart => depth += 1,
                Tok::FEnd => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        index
    }

    /// Appends the decoded content of a plain literal.
    fn literal(&self, token: Token, into: &mut Vec<u8>) -> Result<()> {
        let literal = self.text_of(token.span());
        let prefix = Prefix::of(literal);
        let Some(content) = literal.get(prefix.open..literal.len().saturating_sub(prefix.close)) else {
            return Err(self.unexpected());
        };
        if prefix.bytes && !self.options.official && !content.is_ascii() {
            let message = "bytes can only contain ASCII literal characters";
            return Err(self.fail(message, token.span()));
        }
        let mode = Mode { raw: prefix.raw, bytes: prefix.bytes, braces: false };
        decode(content, mode, into).map_err(|(_, message)| self.fail(message, token.span()))
    }
}
