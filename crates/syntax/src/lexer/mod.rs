//! Cuts a source into tokens.
//!
//! The whole source is cut at once, so the parser can look ahead as far as it likes, names are
//! numbered in source order whatever the parser does, and a later lexical error can take
//! precedence over a syntax error, as in CPython. The list always ends with [`Tok::End`] or
//! [`Tok::Error`]; in the second case [`Lexed::error`] says why.
//!
//! What brackets, f-strings and their fields are open stands on one explicit stack, so nesting
//! costs no native stack here.

mod fstring;
mod identifier;
mod indentation;
mod number;
mod operator;
mod string;

use crate::error::{Failure, Result};
use crate::names::Names;
use crate::token::{Tok, Token};
use crate::tree::Span;
use alloc::{boxed::Box, format, string::String, vec::Vec};

/// Deepest nesting of brackets, as in CPython.
const MAX_BRACKETS: usize = 200;

/// Something that is open and waits for its end.
#[derive(Clone, Copy)]
enum Open {
    /// A bracket: its byte and offset.
    Bracket(u8, u32),
    /// `{` of an f-string field.
    Field(u32),
    /// The text of an f-string.
    Text(Quote),
    /// A format specification in the f-string with this quote.
    Spec(Quote),
}

/// How an f-string is written.
#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    triple: bool,
    raw: bool,
    /// Offset of its prefix.
    start: u32,
    /// Which letter stands in the prefix, `f` or `t`.
    letter: u8,
}

/// What became of a source.
pub(crate) struct Lexed {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// The identifiers.
    pub names: Names,
    /// See [`Tree::warnings`](crate::tree::Tree::warnings).
    pub warnings: Vec<(u32, String)>,
    /// Why the last token is [`Tok::Error`].
    pub error: Option<Box<Failure>>,
}

/// The lexer at work.
struct Lexer<'s> {
    text: &'s str,
    source: &'s [u8],
    pos: usize,
    tokens: Vec<Token>,
    names: Names,
    open: Vec<Open>,
    /// Number of brackets and fields in `open`.
    brackets: usize,
    /// Column of each indentation level, and the same with tabs of one column.
    indents: Vec<(u32, u32)>,
    max_indents: usize,
    line_start: bool,
    official: bool,
    warnings: Vec<(u32, String)>,
}

/// Cuts `text`, from byte `start` on.
pub(crate) fn lex(text: &str, start: usize, official: bool, nesting_limit: u16) -> Lexed {
    let mut lexer = Lexer {
        text,
        source: text.as_bytes(),
        pos: start,
        tokens: Vec::new(),
        names: Names::default(),
        open: Vec::new(),
        brackets: 0,
        indents: Vec::from([(0, 0)]),
        max_indents: indentation::MAX_LEVELS.min(nesting_limit as usize),
        line_start: true,
        official,
        warnings: Vec::new(),
    };
    let error = lexer.run().err();
    if error.is_some() {
        let at = lexer.pos.min(lexer.source.len()) as u32;
        lexer.tokens.push(Token { kind: Tok::Error, start: at, end: at, data: 0 });
    }
    Lexed { tokens: lexer.tokens, names: lexer.names, warnings: lexer.warnings, error }
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<()> {
        loop {
            if self.line_start {
                self.line_start = false;
                self.indentation()?;
            }
            match self.open.last() {
                Some(&Open::Text(quote)) => self.fstring_text(quote, false)?,
                Some(&Open::Spec(quote)) => self.fstring_text(quote, true)?,
                _ => {
                    if self.token()? {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        // Null bytes are refused beforehand, so 0 means the end.
        self.source.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Tok, start: usize) {
        self.tokens.push(Token { kind, start: start as u32, end: self.pos as u32, data: 0 });
    }

    fn span_from(&self, start: usize) -> Span {
        Span { start: start as u32, end: (self.pos.max(start + 1)).min(self.source.len()) as u32 }
    }

    /// Skips one line end, if there is one.
    fn line_end(&mut self) -> bool {
        match self.peek(0) {
            b'\r' if self.peek(1) == b'\n' => self.pos += 2,
            b'\n' | b'\r' => self.pos += 1,
            _ => return false,
        }
        true
    }

    fn skip_comment(&mut self) {
        while self.pos < self.source.len() && !matches!(self.peek(0), b'\n' | b'\r') {
            self.pos += 1;
        }
    }

    /// A backslash that joins lines.
    fn continuation(&mut self) -> Result<()> {
        let start = self.pos;
        self.pos += 1;
        let at_end = self.pos >= self.source.len();
        if !self.line_end() && !at_end {
            let message = "unexpected character after line continuation character";
            return Err(Failure::new(message, self.span_from(self.pos.min(start + 1))));
        }
        // On a line of its own at the end it continues nothing: taken by MicroPython, refused by CPython since 3.9.
        let alone = self.at_logical_line_start();
        if self.pos >= self.source.len() && !self.official && !alone {
            return Err(Failure::new("unexpected EOF while parsing", self.span_from(start)));
        }
        Ok(())
    }

    /// Reads the next token outside of f-string text; true at the end.
    fn token(&mut self) -> Result<bool> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | 0x0c => self.pos += 1,
                b'#' => self.skip_comment(),
                b'\\' => self.continuation()?,
                b'\n' | b'\r' => {
                    let start = self.pos;
                    self.line_end();
                    if self.open.is_empty() {
                        self.push(Tok::Newline, start);
                        self.line_start = true;
                        return Ok(false);
                    }
                }
                _ => break,
            }
        }
        let start = self.pos;
        match self.peek(0) {
            0 if start >= self.source.len() => {
                self.end()?;
                return Ok(true);
            }
            b'0'..=b'9' => self.number()?,
            b'.' if self.peek(1).is_ascii_digit() => self.number()?,
            b'\'' | b'"' => self.string(start)?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word()?,
            _ => self.operator()?,
        }
        Ok(false)
    }

    /// Whether the current line has no token yet.
    fn at_logical_line_start(&self) -> bool {
        self.tokens.last().is_none_or(|token| matches!(token.kind, Tok::Newline | Tok::Indent | Tok::Dedent))
    }

    fn end(&mut self) -> Result<()> {
        for open in self.open.iter().rev() {
            if let &(Open::Bracket(_, at) | Open::Field(at)) = open {
                let byte = self.source[at as usize] as char;
                let span = Span { start: at, end: at + 1 };
                let mut failure = Failure::new(format!("'{byte}' was never closed"), span);
                failure.unclosed = true;
                return Err(failure);
            }
        }
        let start = self.pos;
        if !self.at_logical_line_start() {
            self.push(Tok::Newline, start);
        }
        for _ in 1..self.indents.len() {
            self.push(Tok::Dedent, start);
        }
        self.push(Tok::End, start);
        Ok(())
    }

    /// Notes an opened bracket.
    fn opened(&mut self, open: Open) -> Result<()> {
        if self.brackets >= MAX_BRACKETS {
            return Err(Failure::new("too many nested parentheses", self.span_from(self.pos)));
        }
        self.brackets += 1;
        self.open.push(open);
        Ok(())
    }
}
