//! The compiler: from a syntax tree to code objects.
//!
//! ```text
//! tree ─fold─► constants ─lower─► scopes with linear code ─emit─► code objects
//! ```
//!
//! [`fold`] computes constants as the official parser does. [`lower`] walks each scope once, breadth-first
//! over nesting, and leaves code ([`linear`]) whose variables are still symbolic. [`scope`] then decides where
//! each name lives, and an emitter ([`emit`]) writes the bytes.
//!
//! What must stay true: in [`Dialect::Exact`] the result is byte for byte that of the official compiler
//! (bytecode.md §8 to §11) for every source it accepts. Nothing here recurses deeper than the parser's
//! nesting limit, or takes more than linear time.
#![no_std]
extern crate alloc;

mod arith;
mod constants;
mod dialect;
mod emit;
mod error;
mod expr;
mod fold;
pub mod helpers;
mod inline_asm;
mod linear;
mod lines;
mod lower;
mod machine_code;
mod names;
mod output;
mod scope;
mod stmt;
mod tokens;

pub use dialect::Dialect;
pub use error::{CompileError, ErrorKind};

use ::code::object::{Arch, Module};
use syntax::tree::Tree;

/// What kind of source is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// A module or script.
    #[default]
    Module,
    /// One expression, whose value the code returns.
    Expression,
    /// Input at a prompt: values of expression statements go to `__repl_print__`.
    Interactive,
}

/// What code becomes (`-X emit=`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DefaultEmit {
    /// Bytecode.
    #[default]
    Bytecode,
    /// Machine code on objects.
    Native,
    /// Machine code with types.
    Viper,
}

/// How to compile.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// 0: with assertions. From 3 on: without line numbers and debug sections.
    pub opt_level: u32,
    /// Width of a small int of the target, sign included.
    pub small_int_bits: u8,
    /// The source file name that code objects carry.
    pub source_name: &'a [u8],
    /// Whether to write line tables.
    pub source_lines: bool,
    /// Whether to fill debug sections.
    pub debug: bool,
    /// What kind of source it is.
    pub mode: Mode,
    /// Target of machine code.
    pub arch: Arch,
    /// CPU extensions that it may use.
    pub arch_flags: u32,
    /// Version of the .mpy files whose hosts run it: 6, or 4 or 5 for what [`code::older::downgrade`] then puts into a file.
    pub machine_version: u8,
    /// What functions become unless a decorator says something else.
    pub emit: DefaultEmit,
    /// Tells which long texts count as interned already; such strings become names, not objects.
    pub is_interned: fn(&[u8]) -> bool,
    /// Gets what [`Arch::Debug`] has to show, function by function.
    pub listing: Option<&'a dyn Fn(&str)>,
}

impl<'a> Options<'a> {
    /// The usual options of a dialect.
    pub fn new(dialect: Dialect, source_name: &'a [u8]) -> Options<'a> {
        Options {
            dialect,
            opt_level: 0,
            small_int_bits: 31,
            source_name,
            source_lines: true,
            debug: dialect == Dialect::Full,
            mode: Mode::Module,
            arch: Arch::None,
            arch_flags: 0,
            machine_version: ::code::mpy::VERSION,
            emit: DefaultEmit::Bytecode,
            is_interned: names::is_official_text,
            listing: None,
        }
    }
}

/// Compiles a parsed source.
pub fn compile(tree: &Tree, source: &[u8], options: &Options<'_>) -> Result<Module, CompileError> {
    if options.dialect == Dialect::Full {
        syntax::check::check(tree, source)?;
    }
    let folds = fold::fold(tree, source, options)?;
    let lowered = lower::lower(tree, source, options, folds)?;
    output::finish(lowered, tree, source, options)
}
