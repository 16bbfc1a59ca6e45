//! Errors that a tree cannot show by its shape alone: what CPython reports from its symbol table
//! and its code generator.
//!
//! Statements and expressions are visited in the order in which CPython's symbol table sees them,
//! since that order decides which of several errors is named. Recursion follows the tree, whose
//! height the parser bounds. Nothing is recorded for the compiler: its scopes are its own.

mod expression;
mod future;
mod pattern;
mod scope;
mod statement;

use crate::error::{Failure, Result};
use crate::tree::{NameId, Span, SyntaxError, Tree};
use alloc::{boxed::Box, string::String, vec::Vec};
use scope::{Kind, Scope};

/// Looks for errors in a parsed module. `source` is what it was parsed from.
pub fn check(tree: &Tree, source: &[u8]) -> core::result::Result<(), SyntaxError> {
    let mut checker = Checker {
        tree,
        source,
        scopes: Vec::from([Scope::new(Kind::Module, None)]),
        current: 0,
        in_iterable: 0,
        nonlocals: Vec::new(),
        debug: tree.names.iter().position(|name| &**name == "__debug__").map(|at| NameId(at as u32)),
    };
    checker.module().map_err(|failure| Failure::locate(*failure, source, &tree.line_starts))
}

/// The visitor.
struct Checker<'t> {
    tree: &'t Tree,
    source: &'t [u8],
    scopes: Vec<Scope>,
    /// Index of the scope being visited.
    current: usize,
    /// How many iterables of comprehensions are open.
    in_iterable: u32,
    /// Names declared nonlocal, with their scope.
    nonlocals: Vec<(usize, crate::tree::Ident)>,
    /// `__debug__`, if the source has it.
    debug: Option<NameId>,
}

impl Checker<'_> {
    fn module(&mut self) -> Result<()> {
        self.future_imports()?;
        self.block(self.tree.body)?;
        self.resolve_nonlocals()
    }

    fn fail<T>(&self, message: impl Into<String>, span: Span) -> Result<T> {
        Err(Failure::new(message, span))
    }

    fn fail_short<T>(&self, message: impl Into<String>, short: &'static str, span: Span) -> Result<T> {
        let failure: Box<Failure> = Failure::new(message, span);
        Err(failure.short(short))
    }

    fn name(&self, id: NameId) -> &str {
        self.tree.name(id)
    }

    /// Visits something in a scope of its own.
    fn inside<T>(&mut self, kind: Kind, visit: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = self.current;
        self.scopes.push(Scope::new(kind, Some(outer)));
        self.current = self.scopes.len() - 1;
        let result = visit(self)?;
        self.current = outer;
        Ok(result)
    }
}
