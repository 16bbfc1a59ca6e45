//! Scopes and what they say about names.

use super::Checker;
use crate::error::Result;
use crate::tree::{Ident, NameId, Span};
use alloc::format;
use hashbrown::HashMap;

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    /// A comprehension, as messages call it.
    Comprehension(&'static str),
    /// Something evaluated lazily or on its own, as messages call it.
    Annotation(&'static str),
}

/// The name of a generator expression among comprehensions.
pub(super) const GENERATOR: &str = "generator expression";

pub(super) const PARAM: u16 = 1;
pub(super) const LOCAL: u16 = 2;
pub(super) const USED: u16 = 4;
pub(super) const GLOBAL: u16 = 8;
pub(super) const NONLOCAL: u16 = 16;
pub(super) const ANNOTATED: u16 = 32;
pub(super) const TYPE_PARAM: u16 = 64;
/// Target of a `for` of a comprehension.
pub(super) const ITERATED: u16 = 128;
/// Target of `:=` in a comprehension: bound further out.
pub(super) const WALRUS: u16 = 256;

/// A scope.
pub(super) struct Scope {
    pub kind: Kind,
    pub parent: Option<usize>,
    pub names: HashMap<NameId, u16>,
    /// Loops around the current statement, innermost last; `false` is an `except*` block.
    pub loops: alloc::vec::Vec<bool>,
    /// It awaits.
    pub coroutine: bool,
    /// It yields.
    pub generator: bool,
    /// A `return` with a value.
    pub returns: Option<Span>,
}

impl Scope {
    pub fn new(kind: Kind, parent: Option<usize>) -> Scope {
        Scope {
            kind,
            parent,
            names: HashMap::new(),
            loops: alloc::vec::Vec::new(),
            coroutine: false,
            generator: false,
            returns: None,
        }
    }
}

impl Checker<'_> {
    pub(super) fn scope(&mut self) -> &mut Scope {
        &mut self.scopes[self.current]
    }

    pub(super) fn kind(&self) -> Kind {
        self.scopes[self.current].kind
    }

    pub(super) fn flags(&self, name: NameId) -> u16 {
        self.scopes[self.current].names.get(&name).copied().unwrap_or(0)
    }

    pub(super) fn mark(&mut self, name: NameId, flags: u16) {
        *self.scope().names.entry(name).or_insert(0) |= flags;
    }

    /// A name is used.
    pub(super) fn load(&mut self, name: NameId) {
        self.mark(name, USED);
    }

    /// A name is bound.
    pub(super) fn bind(&mut self, name: NameId, span: Span) -> Result<()> {
        self.no_debug(name, "assign to", span)?;
        self.mark(name, LOCAL);
        Ok(())
    }

    pub(super) fn no_debug(&self, name: NameId, verb: &str, span: Span) -> Result<()> {
        if self.debug == Some(name) {
            return self.fail(format!("cannot {verb} __debug__"), span);
        }
        Ok(())
    }

    /// A parameter.
    pub(super) fn bind_param(&mut self, ident: Ident) -> Result<()> {
        if self.flags(ident.name) & PARAM != 0 {
            let message = format!("duplicate argument '{}' in function definition", self.name(ident.name));
            return self.fail_short(message, "argument name reused", ident.span);
        }
        self.bind(ident.name, ident.span)?;
        self.mark(ident.name, PARAM);
        Ok(())
    }

    /// A target of a comprehension's `for`.
    pub(super) fn bind_iterated(&mut self, name: NameId, span: Span) -> Result<()> {
        if self.flags(name) & WALRUS != 0 {
            let name = self.name(name);
            let message = format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
            return self.fail(message, span);
        }
        self.bind(name, span)?;
        self.mark(name, ITERATED);
        Ok(())
    }

    /// The target of `:=`.
    pub(super) fn bind_named(&mut self, target: Ident) -> Result<()> {
        let name = self.name(target.name);
        if self.in_iterable > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            return self.fail(message, target.span);
        }
        let mut at = self.current;
        while let Kind::Comprehension(_) = self.scopes[at].kind {
            if self.scopes[at].names.get(&target.name).is_some_and(|flags| flags & ITERATED != 0) {
                let message = format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                return self.fail_short(message, "identifier redefined as nonlocal", target.span);
            }
            let Some(parent) = self.scopes[at].parent else {
                break;
            };
            at = parent;
        }
        if at == self.current {
            if let Kind::Annotation(what) = self.kind() {
                return self.fail(format!("named expression cannot be used within {what}"), target.span);
            }
            return self.bind(target.name, target.span);
        }
        match self.scopes[at].kind {
            Kind::Class => {
                let message = "assignment expression within a comprehension cannot be used in a class body";
                return self.fail(message, target.span);
            }
            Kind::Annotation(what) => {
                let message = format!("assignment expression within a comprehension cannot be used within {what}");
                return self.fail(message, target.span);
            }
            _ => {}
        }
        self.no_debug(target.name, "assign to", target.span)?;
        let inner = core::mem::replace(&mut self.current, at);
        self.mark(target.name, LOCAL);
        self.current = inner;
        // The scopes in between see a name that is not their own.
        let mut between = self.current;
        while between != at {
            *self.scopes[between].names.entry(target.name).or_insert(0) |= WALRUS;
            match self.scopes[between].parent {
                Some(parent) => between = parent,
                None => break,
            }
        }
        Ok(())
    }

    /// `global` and `nonlocal`.
    pub(super) fn declare(&mut self, ident: Ident, flag: u16, span: Span) -> Result<()> {
        let word = if flag == GLOBAL { "global" } else { "nonlocal" };
        let short = if flag == GLOBAL { "identifier redefined as global" } else { "identifier redefined as nonlocal" };
        let tree = self.tree;
        let name = tree.name(ident.name);
        let flags = self.flags(ident.name);
        let message = if flags & PARAM != 0 {
            format!("name '{name}' is parameter and {word}")
        } else if flags & ANNOTATED != 0 {
            format!("annotated name '{name}' can't be {word}")
        } else if flags & USED != 0 && flags & LOCAL == 0 {
            format!("name '{name}' is used prior to {word} declaration")
        } else if flags & LOCAL != 0 {
            format!("name '{name}' is assigned to before {word} declaration")
        } else {
            if flag == NONLOCAL {
                if self.kind() == Kind::Module {
                    let message = "nonlocal declaration not allowed at module level";
                    return self.fail_short(message, "can't declare nonlocal in outer code", span);
                }
                self.nonlocals.push((self.current, ident));
            }
            if (flags | flag) & (GLOBAL | NONLOCAL) == GLOBAL | NONLOCAL {
                return self.fail_short(format!("name '{name}' is nonlocal and global"), short, span);
            }
            self.mark(ident.name, flag);
            return Ok(());
        };
        self.fail_short(message, short, span)
    }

    /// Every nonlocal name must be bound in a function around.
    pub(super) fn resolve_nonlocals(&self) -> Result<()> {
        for &(scope, ident) in &self.nonlocals {
            let name = self.name(ident.name);
            let mut at = self.scopes[scope].parent;
            let mut found = false;
            while let Some(index) = at {
                let outer = &self.scopes[index];
                at = outer.parent;
                let flags = outer.names.get(&ident.name).copied().unwrap_or(0);
                match outer.kind {
                    Kind::Module => break,
                    Kind::Class => {
                        if name == "__class__" {
                            found = true;
                            break;
                        }
                        continue;
                    }
                    _ => {}
                }
                if flags & TYPE_PARAM != 0 {
                    let message = format!("nonlocal binding not allowed for type parameter '{name}'");
                    return self.fail(message, ident.span);
                }
                if flags & GLOBAL != 0 {
                    break;
                }
                if flags & (PARAM | LOCAL) != 0 && flags & NONLOCAL == 0 {
                    found = true;
                    break;
                }
            }
            if !found {
                let message = format!("no binding for nonlocal '{name}' found");
                return self.fail_short(message, "no binding for nonlocal found", ident.span);
            }
        }
        Ok(())
    }
}
