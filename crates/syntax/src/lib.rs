//! Lexer, parser and syntax tree of Python 3.14.
//!
//! [`parse_module`] turns a source into a [`tree::Tree`] or the first error in it. What is wrong
//! only in context (`return` outside of a function, a name both global and local, …) is looked for
//! by [`check::check`], which the exact dialect leaves out because the official compiler has rules
//! of its own there.
//!
//! Native recursion is bounded by [`Options::nesting_limit`]; time and memory are linear in the
//! length of the source.
#![no_std]
extern crate alloc;

pub mod check;
pub mod diagnostic;
mod error;
mod escape;
mod lexer;
mod names;
mod parser;
mod source;
mod token;
pub mod tree;

use error::{Failure, Result};
use tree::{SyntaxError, Tree};

/// How to parse.
#[derive(Clone, Debug)]
pub struct Options {
    /// How high an expression or pattern may be, and how many productions the parser may have
    /// open at once. Brackets and blocks have CPython's limits (200, 100) besides.
    pub nesting_limit: u16,
    /// Accept what the official MicroPython compiler accepts although CPython does not.
    pub official: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { nesting_limit: 256, official: false }
    }
}

/// Parses a module.
pub fn parse_module(source: impl AsRef<[u8]>, options: &Options) -> core::result::Result<Tree, SyntaxError> {
    parse(source.as_ref(), options, parser::module)
}

/// Parses one expression, as for `eval`; blanks and line ends around it are allowed.
pub fn parse_expression(source: impl AsRef<[u8]>, options: &Options) -> core::result::Result<Tree, SyntaxError> {
    let source = source.as_ref();
    let blanks = source.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    if blanks == 0 {
        return parse(source, options, parser::expression);
    }
    // Blanks in front are no indentation; a form feed says so to the lexer in place.
    let mut unindented = alloc::vec::Vec::from(source);
    unindented[blanks - 1] = 0x0c;
    parse(&unindented, options, parser::expression)
}

/// Parses what was typed at a prompt: like a module.
pub fn parse_interactive(source: impl AsRef<[u8]>, options: &Options) -> core::result::Result<Tree, SyntaxError> {
    let source = source.as_ref();
    // A prompt asks for more of what is continued.
    if source == b"\\\n" {
        let failure = Failure::new("unexpected EOF while parsing", tree::Span { start: 0, end: 1 });
        return Err(Failure::locate(*failure, source, &source::line_starts(source)));
    }
    parse(source, options, parser::module)
}

type Production = fn(&str, lexer::Lexed, &Options) -> Result<Tree>;

fn parse(source: &[u8], options: &Options, production: Production) -> core::result::Result<Tree, SyntaxError> {
    let line_starts = source::line_starts(source);
    let result = source::check(source, options.official).and_then(|(text, start)| {
        let mut lexed = lexer::lex(text, start, options.official, options.nesting_limit);
        let warnings = core::mem::take(&mut lexed.warnings);
        production(text, lexed, options).map(|tree| Tree { warnings, ..tree })
    });
    match result {
        Ok(mut tree) => {
            tree.line_starts = line_starts;
            Ok(tree)
        }
        Err(failure) => Err(Failure::locate(*failure, source, &line_starts)),
    }
}
