//! Errors of the compiler.

use crate::dialect::Dialect;
use alloc::string::String;
use syntax::tree::{Span, SyntaxError, Tree};

/// Which exception an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `RuntimeError`
    Runtime,
    /// `NotImplementedError`
    NotImplemented,
    /// `ViperTypeError`
    ViperType,
}

/// Why a source was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Which exception it becomes.
    pub kind: ErrorKind,
    /// The exception's text: the official one in the exact dialect, else CPython's.
    pub message: String,
    /// Where.
    pub span: Span,
    /// 1-based line; 0 if there is none, and then, if there is no scope either, no place at all.
    pub line: u32,
    /// Name of the function or class it was found in, `<module>` outside of both; `None` for errors of
    /// the parser.
    pub scope: Option<String>,
}

impl CompileError {
    /// A `SyntaxError`.
    pub fn syntax(tree: &Tree, span: Span, message: impl Into<String>) -> CompileError {
        CompileError {
            kind: ErrorKind::Syntax,
            message: message.into(),
            span,
            line: tree.line(span.start),
            scope: None,
        }
    }
}

impl CompileError {
    /// An error of the parser, with the text that the dialect has for it.
    pub fn parsed(error: SyntaxError, dialect: Dialect) -> CompileError {
        let short = error.short;
        let error = CompileError::from(error);
        match dialect {
            // A missing block is no error of its own there.
            Dialect::Exact if short == "invalid syntax" => {
                CompileError { kind: ErrorKind::Syntax, message: short.into(), ..error }
            }
            Dialect::Exact => CompileError { message: short.into(), ..error },
            Dialect::Full => error,
        }
    }
}

impl From<SyntaxError> for CompileError {
    fn from(error: SyntaxError) -> CompileError {
        use syntax::tree::ErrorKind as Parsed;
        let kind = match error.kind {
            Parsed::Syntax => ErrorKind::Syntax,
            Parsed::Indentation => ErrorKind::Indentation,
            Parsed::Tab => ErrorKind::Tab,
        };
        CompileError { kind, message: error.message, span: error.span, line: error.line, scope: None }
    }
}
