//! Names, keywords and the prefixes of strings.

use super::Lexer;
use crate::error::{Failure, Result};
use crate::token::{Tok, Token};
use crate::tree::Span;
use alloc::{format, string::String};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Whether a byte can be part of an identifier (of a character outside ASCII: perhaps).
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Lexer<'_> {
    /// Reads a name, a keyword or a string with a prefix.
    pub(super) fn word(&mut self) -> Result<()> {
        let start = self.pos;
        let mut ascii = true;
        while self.pos < self.source.len() && is_word(self.source[self.pos]) {
            ascii &= self.source[self.pos] < 0x80;
            self.pos += 1;
        }
        let source = self.source;
        let word = &source[start..self.pos];
        if matches!(self.peek(0), b'\'' | b'"') && is_prefix(word) {
            return self.string(start);
        }
        if !ascii {
            return self.unicode_name(start);
        }
        let (kind, data) = match Tok::keyword(word) {
            Some(kind) => (kind, 0),
            None => (Tok::Name, self.names.intern(&self.text[start..self.pos], start as u32).0),
        };
        self.tokens.push(Token { kind, start: start as u32, end: self.pos as u32, data });
        Ok(())
    }

    fn unicode_name(&mut self, start: usize) -> Result<()> {
        let text = &self.text[start..self.pos];
        for (at, c) in text.char_indices() {
            let fits =
                if at == 0 { c == '_' || unicode_ident::is_xid_start(c) } else { unicode_ident::is_xid_continue(c) };
            // The older parser takes every byte above ASCII for a letter.
            let lenient = self.official && c >= '\u{80}';
            if !fits && !lenient {
                let from = (start + at) as u32;
                let span = Span { start: from, end: from + c.len_utf8() as u32 };
                let code = c as u32;
                let message = if is_printable(c) {
                    format!("invalid character '{c}' (U+{code:04X})")
                } else {
                    format!("invalid non-printable character U+{code:04X}")
                };
                return Err(Failure::new(message, span));
            }
        }
        let name = if self.official || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
            self.names.intern(text, start as u32)
        } else {
            let normal: String = text.nfkc().collect();
            self.names.intern(&normal, start as u32)
        };
        self.tokens.push(Token { kind: Tok::Name, start: start as u32, end: self.pos as u32, data: name.0 });
        Ok(())
    }
}

/// Whether a character has a shape of its own; an approximation that serves messages only.
fn is_printable(c: char) -> bool {
    !(c.is_control()
        || c.is_whitespace()
        || matches!(c as u32, 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff9..=0xfffb))
}

/// Whether a word in front of a quote is a string prefix.
fn is_prefix(word: &[u8]) -> bool {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    match *word {
        [a] => matches!(lower(a), b'r' | b'b' | b'u' | b'f' | b't'),
        [a, b] => matches!((lower(a), lower(b)), (b'r', b'b' | b'f' | b't') | (b'b' | b'f' | b't', b'r')),
        _ => false,
    }
}
