//! How lexer and parser make errors.

use crate::tree::{ErrorKind, Span, SyntaxError};
use alloc::{boxed::Box, string::String};

/// An error on its way out; boxed, because every production returns one.
pub(crate) type Result<T> = core::result::Result<T, Box<Failure>>;

/// An error before its line and column are known.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// Which exception.
    pub kind: ErrorKind,
    /// The message.
    pub message: String,
    /// The official short message.
    pub short: &'static str,
    /// Where.
    pub span: Span,
    /// The source ended inside an open bracket; `span` is the bracket.
    pub unclosed: bool,
}

impl Failure {
    /// A `SyntaxError`.
    pub fn new(message: impl Into<String>, span: Span) -> Box<Failure> {
        Box::new(Failure {
            kind: ErrorKind::Syntax,
            message: message.into(),
            short: "invalid syntax",
            span,
            unclosed: false,
        })
    }

    /// The same with the official message.
    pub fn short(mut self: Box<Failure>, short: &'static str) -> Box<Failure> {
        self.short = short;
        self
    }

    /// The same as another exception.
    pub fn kind(mut self: Box<Failure>, kind: ErrorKind) -> Box<Failure> {
        self.kind = kind;
        self
    }

    /// The finished error.
    pub fn locate(self, source: &[u8], line_starts: &[u32]) -> SyntaxError {
        let at = (self.span.start as usize).min(source.len());
        let line = line_starts.partition_point(|&start| start as usize <= at).max(1);
        let start = line_starts.get(line - 1).map_or(0, |&start| start as usize);
        let before = source.get(start..at).unwrap_or_default();
        // Continuation bytes are no characters of their own.
        let column = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() + 1;
        SyntaxError {
            kind: self.kind,
            message: self.message,
            span: self.span,
            line: line as u32,
            column: column as u32,
            short: self.short,
        }
    }
}
