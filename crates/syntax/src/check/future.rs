//! `from __future__ import …`.

use super::Checker;
use crate::error::Result;
use crate::tree::{Alias, ExprKind, Ident, List, StmtKind};
use alloc::format;

/// What can be imported.
const FEATURES: &[&str] = &[
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

impl Checker<'_> {
    /// Features must exist. Whether the place is right is checked where the statement stands.
    pub(super) fn future_imports(&self) -> Result<()> {
        for (at, &stmt) in self.tree.list(self.tree.body).iter().enumerate() {
            match self.tree[stmt].kind {
                StmtKind::Expr(value) if at == 0 && matches!(self.tree[value].kind, ExprKind::Str { .. }) => {}
                StmtKind::ImportFrom { level: 0, module, names } if self.is_future(module) => {
                    self.features(names)?;
                }
                _ => {
                    let rest = &self.tree.list(self.tree.body)[at..];
                    for &stmt in rest {
                        self.no_future(stmt)?;
                    }
                    break;
                }
            }
        }
        Ok(())
    }

    fn features(&self, names: List<Alias>) -> Result<()> {
        for alias in self.tree.list(names) {
            let Some(part) = self.tree.list(alias.path).first() else {
                continue;
            };
            let name = self.name(part.name);
            if name == "braces" {
                return self.fail("not a chance", alias.span);
            }
            if !FEATURES.contains(&name) {
                let message = format!("future feature {name} is not defined");
                return self.fail(message, alias.span);
            }
        }
        Ok(())
    }

    /// Whether a module name is `__future__`.
    pub(super) fn is_future(&self, module: List<Ident>) -> bool {
        matches!(self.tree.list(module), [part] if self.name(part.name) == "__future__")
    }

    fn no_future(&self, stmt: crate::tree::StmtId) -> Result<()> {
        if let StmtKind::ImportFrom { level: 0, module, .. } = self.tree[stmt].kind
            && self.is_future(module)
        {
            let message = "from __future__ imports must occur at the beginning of the file";
            return self.fail(message, self.tree[stmt].span);
        }
        Ok(())
    }
}
