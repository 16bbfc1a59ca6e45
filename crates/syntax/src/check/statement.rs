//! Statements.

use super::Checker;
use super::scope::{ANNOTATED, GLOBAL, Kind, LOCAL, NONLOCAL, TYPE_PARAM};
use crate::error::Result;
use crate::tree::{Block, ClassDef, ExprId, ExprKind, FuncDef, Handler, Ident, List, Span, Stmt, StmtKind, TypeParam};
use alloc::format;

impl Checker<'_> {
    pub(super) fn block(&mut self, block: Block) -> Result<()> {
        let tree = self.tree;
        tree.list(block).iter().try_for_each(|&stmt| self.stmt(&tree[stmt]))
    }

    fn opt_block(&mut self, block: Option<Block>) -> Result<()> {
        block.map_or(Ok(()), |block| self.block(block))
    }

    /// A block with something noted around it: `true` for a loop, `false` for `except*`.
    fn block_in(&mut self, block: Block, is_loop: bool) -> Result<()> {
        self.scope().loops.push(is_loop);
        self.block(block)?;
        self.scope().loops.pop();
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<()> {
        let tree = self.tree;
        let span = stmt.span;
        match stmt.kind {
            StmtKind::Expr(value) => self.expr(value)?,
            StmtKind::Assign { targets, value } => {
                for &target in tree.list(targets) {
                    self.target(target)?;
                }
                self.expr(value)?;
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.annotated(target, value.is_some())?;
                self.annotation(annotation)?;
                self.opt(value)?;
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.target(target)?;
                self.expr(value)?;
            }
            StmtKind::Del(targets) => {
                for &target in tree.list(targets) {
                    self.target_part(target, "delete")?;
                }
            }
            StmtKind::Pass => {}
            StmtKind::Break => self.leaves_loop("'break' outside loop", span)?,
            StmtKind::Continue => self.leaves_loop("'continue' not properly in loop", span)?,
            StmtKind::Return(value) => self.returns(value, span)?,
            StmtKind::Raise { exc, cause } => {
                self.opt(exc)?;
                self.opt(cause)?;
            }
            StmtKind::Global(names) => {
                for &name in tree.list(names) {
                    self.declare(name, GLOBAL, span)?;
                }
            }
            StmtKind::Nonlocal(names) => {
                for &name in tree.list(names) {
                    self.declare(name, NONLOCAL, span)?;
                }
            }
            StmtKind::Assert { test, message } => {
                self.expr(test)?;
                self.opt(message)?;
            }
            StmtKind::Import(aliases) => {
                for alias in tree.list(aliases) {
                    if let Some(name) = alias.asname.or(tree.list(alias.path).first().copied()) {
                        self.bind(name.name, name.span)?;
                    }
                }
            }
            StmtKind::ImportFrom { level, module, names } => {
                if level == 0 && self.is_future(module) && self.kind() != Kind::Module {
                    let message = "from __future__ imports must occur at the beginning of the file";
                    return self.fail(message, span);
                }
                if names.is_empty() && self.kind() != Kind::Module {
                    let message = "import * only allowed at module level";
                    return self.fail_short(message, "import * not at module level", span);
                }
                for alias in tree.list(names) {
                    if let Some(name) = alias.asname.or(tree.list(alias.path).first().copied()) {
                        self.bind(name.name, name.span)?;
                    }
                }
            }
            StmtKind::If { branches, orelse } => {
                for branch in tree.list(branches) {
                    self.expr(branch.test)?;
                    self.block(branch.body)?;
                }
                self.opt_block(orelse)?;
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.block_in(body, true)?;
                self.opt_block(orelse)?;
            }
            StmtKind::For { target, iter, body, orelse, is_async } => {
                self.only_async(is_async, "'async for' outside async function", span)?;
                self.target(target)?;
                self.expr(iter)?;
                self.block_in(body, true)?;
                self.opt_block(orelse)?;
            }
            StmtKind::Try { body, handlers, orelse, finally, star } => {
                self.block(body)?;
                self.handlers(tree.list(handlers), star)?;
                self.opt_block(orelse)?;
                self.opt_block(finally)?;
            }
            StmtKind::With { items, body, is_async } => {
                self.only_async(is_async, "'async with' outside async function", span)?;
                for item in tree.list(items) {
                    self.expr(item.context)?;
                    if let Some(target) = item.target {
                        self.target(target)?;
                    }
                }
                self.block(body)?;
            }
            StmtKind::FuncDef(def) => self.function(&def)?,
            StmtKind::ClassDef(def) => self.class(&def)?,
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.cases(cases)?;
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.bind(name.name, name.span)?;
                self.generic(type_params, |this| {
                    this.inside(Kind::Annotation("a type alias"), |this| this.expr(value))
                })?;
            }
        }
        Ok(())
    }

    fn annotated(&mut self, target: ExprId, has_value: bool) -> Result<()> {
        let expr = self.tree[target];
        let ExprKind::Name(name) = expr.kind else {
            return self.target(target);
        };
        if expr.paren {
            // `(a): int` declares nothing.
            return if has_value { self.target(target) } else { self.expr(target) };
        }
        let flags = self.flags(name);
        if flags & (GLOBAL | NONLOCAL) != 0 && self.kind() != Kind::Module {
            let word = if flags & GLOBAL != 0 { "global" } else { "nonlocal" };
            let message = format!("annotated name '{}' can't be {word}", self.name(name));
            return self.fail(message, expr.span);
        }
        self.bind(name, expr.span)?;
        self.mark(name, ANNOTATED);
        Ok(())
    }

    fn annotation(&mut self, id: ExprId) -> Result<()> {
        self.inside(Kind::Annotation("an annotation"), |this| match this.tree[id].kind {
            ExprKind::Star(value) => this.expr(value),
            _ => this.expr(id),
        })
    }

    fn leaves_loop(&mut self, message: &str, span: Span) -> Result<()> {
        match self.scope().loops.last() {
            Some(true) => Ok(()),
            Some(false) => self.in_star_handler(span),
            None => self.fail_short(message, "'break'/'continue' outside loop", span),
        }
    }

    fn in_star_handler(&self, span: Span) -> Result<()> {
        self.fail("'break', 'continue' and 'return' cannot appear in an except* block", span)
    }

    fn returns(&mut self, value: Option<ExprId>, span: Span) -> Result<()> {
        if !matches!(self.kind(), Kind::Function | Kind::AsyncFunction) {
            return self.fail("'return' outside function", span);
        }
        if self.scope().loops.contains(&false) {
            return self.in_star_handler(span);
        }
        if let Some(value) = value {
            self.scope().returns.get_or_insert(span);
            self.expr(value)?;
        }
        Ok(())
    }

    fn only_async(&self, is_async: bool, message: &str, span: Span) -> Result<()> {
        if is_async && self.kind() != Kind::AsyncFunction {
            return self.fail_short(message, "async for/with outside async function", span);
        }
        Ok(())
    }

    fn handlers(&mut self, handlers: &[Handler], star: bool) -> Result<()> {
        for (at, handler) in handlers.iter().enumerate() {
            if handler.typ.is_none() && at + 1 < handlers.len() {
                let message = "default 'except:' must be last";
                return self.fail_short(message, "default 'except' must be last", handler.span);
            }
            self.opt(handler.typ)?;
            if let Some(name) = handler.name {
                self.bind(name.name, name.span)?;
            }
            if star {
                self.block_in(handler.body, false)?;
            } else {
                self.block(handler.body)?;
            }
        }
        Ok(())
    }

    /// Visits something under its type parameters, if it has any.
    fn generic(&mut self, params: List<TypeParam>, visit: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if params.is_empty() {
            return visit(self);
        }
        let tree = self.tree;
        self.inside(Kind::Annotation("the definition of a generic"), |this| {
            for param in tree.list(params) {
                this.type_param(param.name)?;
                if let Some(bound) = param.bound {
                    let what = match tree[bound].kind {
                        ExprKind::Tuple(_) => "a TypeVar constraint",
                        _ => "a TypeVar bound",
                    };
                    this.inside(Kind::Annotation(what), |this| this.expr(bound))?;
                }
                if let Some(default) = param.default {
                    let what = ["a TypeVar default", "a TypeVarTuple default", "a ParamSpec default"]
                        [usize::from(param.stars.min(2))];
                    this.inside(Kind::Annotation(what), |this| match tree[default].kind {
                        ExprKind::Star(value) => this.expr(value),
                        _ => this.expr(default),
                    })?;
                }
            }
            visit(this)
        })
    }

    fn type_param(&mut self, name: Ident) -> Result<()> {
        if self.flags(name.name) & TYPE_PARAM != 0 {
            let message = format!("duplicate type parameter '{}'", self.name(name.name));
            return self.fail(message, name.span);
        }
        self.bind(name.name, name.span)?;
        self.mark(name.name, TYPE_PARAM | LOCAL);
        Ok(())
    }

    fn function(&mut self, def: &FuncDef) -> Result<()> {
        let tree = self.tree;
        self.bind(def.name.name, def.name.span)?;
        self.defaults(def.params)?;
        for &decorator in tree.list(def.decorators) {
            self.expr(decorator)?;
        }
        self.generic(def.type_params, |this| {
            for param in tree.list(def.params) {
                if let Some(annotation) = param.annotation {
                    this.annotation(annotation)?;
                }
            }
            if let Some(returns) = def.returns {
                this.annotation(returns)?;
            }
            let kind = if def.is_async { Kind::AsyncFunction } else { Kind::Function };
            this.inside(kind, |this| {
                this.params(def.params)?;
                this.block(def.body)?;
                let scope = this.scope();
                if let (true, true, Some(span)) = (def.is_async, scope.generator, scope.returns) {
                    return this.fail("'return' with value in async generator", span);
                }
                Ok(())
            })
        })
    }

    fn class(&mut self, def: &ClassDef) -> Result<()> {
        let tree = self.tree;
        self.bind(def.name.name, def.name.span)?;
        for &decorator in tree.list(def.decorators) {
            self.expr(decorator)?;
        }
        self.generic(def.type_params, |this| {
            this.args(def.args)?;
            this.inside(Kind::Class, |this| this.block(def.body))
        })
    }
}
