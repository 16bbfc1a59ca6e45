//! Statements: code that leaves the stack as it was.

pub mod assign;
pub mod definitions;
pub mod exceptions;
pub mod generic;
pub mod imports;
pub mod loops;
pub mod pattern;

use crate::Mode;
use crate::dialect::Dialect;
use crate::linear::Inst;
use crate::lower::{Done, Lowerer};
use crate::names::sym;
use crate::scope::{Emit, Place, ScopeKind};
use code::opcode::Op;
use syntax::tree::*;

impl Lowerer<'_> {
    /// Lowers a block.
    pub fn block(&mut self, block: Block) -> Done {
        if let [first, _, ..] = *self.tree.list(block) {
            self.line_at(self.tree[first].span.start);
        }
        self.stmts(block)
    }

    /// Lowers statements.
    pub fn stmts(&mut self, block: Block) -> Done {
        let tree = self.tree;
        let list = tree.list(block);
        // Errors in machine code have the line of the statement if it stands in a block of several.
        let mark = matches!(self.scopes[self.id].emit, Emit::Native | Emit::Viper) && list.len() > 1;
        for (at, &stmt) in list.iter().enumerate() {
            if mark {
                let line = self.line_of(tree[stmt].span.start);
                self.push(Inst::Statement { line, first: at == 0 });
            }
            self.stmt(stmt)?;
            if mark {
                self.push(Inst::EndStatement);
            }
        }
        Ok(())
    }

    fn optional_block(&mut self, block: Option<Block>) -> Done {
        block.map_or(Ok(()), |block| self.block(block))
    }

    fn stmt(&mut self, id: StmtId) -> Done {
        let tree = self.tree;
        let Stmt { kind, span } = tree[id];
        // A private `_x = const(…)` is gone without a trace.
        if self.folds.declared.get(&id) == Some(&None) {
            return Ok(());
        }
        self.line_at(span.start);
        match kind {
            StmtKind::Expr(expr) => self.expr_stmt(expr)?,
            StmtKind::Assign { targets, value } => {
                let value = self.folds.declared.get(&id).copied().flatten().unwrap_or(value);
                self.assignment(tree.list(targets), value)?;
            }
            StmtKind::AnnAssign { target, value, .. } => {
                let value = value.map(|value| self.folds.declared.get(&id).copied().flatten().unwrap_or(value));
                self.annotated(target, value)?;
            }
            StmtKind::AugAssign { target, op, value } => self.augmented(target, op, value)?,
            StmtKind::Del(targets) => {
                for &target in tree.list(targets) {
                    self.delete_target(target)?;
                }
            }
            StmtKind::Pass => {}
            StmtKind::Break => self.leave_loop(span, true)?,
            StmtKind::Continue => self.leave_loop(span, false)?,
            StmtKind::Return(value) => self.return_stmt(value, span)?,
            StmtKind::Raise { exc, cause } => match (exc, cause) {
                (Some(exc), Some(cause)) => {
                    self.expr(exc)?;
                    self.expr(cause)?;
                    self.at(span);
                    self.plain(Op::RaiseFrom);
                }
                (Some(exc), None) => {
                    self.expr(exc)?;
                    self.at(span);
                    self.plain(Op::RaiseObj);
                }
                _ => {
                    self.at(span);
                    self.plain(Op::RaiseLast);
                }
            },
            StmtKind::Global(names) => self.declare(tree.list(names), true, span)?,
            StmtKind::Nonlocal(names) => self.declare(tree.list(names), false, span)?,
            StmtKind::Assert { test, message } => self.assert(test, message)?,
            StmtKind::Import(names) => self.import(names)?,
            StmtKind::ImportFrom { level, module, names } => self.import_from(level, module, names, span)?,
            StmtKind::If { branches, orelse } => self.if_stmt(tree.list(branches), orelse)?,
            StmtKind::While { test, body, orelse } => self.while_stmt(test, body, orelse)?,
            StmtKind::For { target, iter, body, orelse, is_async: false } => {
                self.for_stmt(target, iter, body, orelse)?;
            }
            StmtKind::For { target, iter, body, orelse, is_async: true } => {
                self.check_async(span)?;
                self.async_for(target, iter, body, orelse)?;
            }
            StmtKind::Try { body, handlers, orelse, finally, star } => {
                self.try_stmt(body, tree.list(handlers), orelse, finally, star, span)?;
            }
            StmtKind::With { items, body, is_async: false } => {
                if !self.official_with(tree.list(items), body, span)? {
                    self.with(tree.list(items), body)?;
                }
            }
            StmtKind::With { items, body, is_async: true } => {
                self.check_async(span)?;
                self.async_with(tree.list(items), body)?;
            }
            StmtKind::FuncDef(def) => self.function(&def, span)?,
            StmtKind::ClassDef(def) => self.class(&def, span)?,
            StmtKind::Match { subject, cases } => self.match_stmt(subject, tree.list(cases))?,
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(name, type_params, value, span)?;
            }
        }
        Ok(())
    }

    fn check_async(&mut self, span: Span) -> Done {
        let scope = &self.scopes[self.id];
        if scope.is_async || !self.full && scope.flags & code::prelude::GENERATOR != 0 {
            return Ok(());
        }
        self.error(span, "async for/with outside async function", "'async for' or 'async with' outside async function")
    }

    fn expr_stmt(&mut self, expr: ExprId) -> Done {
        if self.options.mode == Mode::Interactive && self.kind() == ScopeKind::Module {
            self.load(sym::REPL_PRINT);
            self.expr(expr)?;
            self.call(1);
            self.plain(Op::PopTop);
            return Ok(());
        }
        let resolved = self.folds.resolve(expr);
        if self.folds.constant(resolved).is_some() && !self.is_empty_tuple(resolved) {
            return Ok(());
        }
        self.expr(expr)?;
        self.plain(Op::PopTop);
        Ok(())
    }

    fn return_stmt(&mut self, value: Option<ExprId>, span: Span) -> Done {
        if self.kind() != ScopeKind::Function {
            return self.error(span, "'return' outside function", "'return' outside function");
        }
        let value = value.map(|value| self.folds.resolve(value));
        match value.map(|value| (value, &self.tree[value])) {
            None => self.plain(Op::LoadConstNone),
            Some((_, &Expr { kind: ExprKind::IfElse { body, test, orelse }, .. })) => {
                let fail = self.new_label();
                self.condition(test, false, fail)?;
                self.expr(body)?;
                self.at(span);
                self.plain(Op::ReturnValue);
                self.place(fail);
                self.expr(orelse)?;
            }
            Some((value, _)) => self.expr(value)?,
        }
        self.at(span);
        self.plain(Op::ReturnValue);
        Ok(())
    }

    fn declare(&mut self, names: &[Ident], global: bool, span: Span) -> Done {
        if !global && self.kind() == ScopeKind::Module {
            return self.error(
                span,
                "can't declare nonlocal in outer code",
                "nonlocal declaration not allowed at module level",
            );
        }
        for ident in names {
            let sym = self.sym(ident.name);
            let id = self.id;
            let place = self.scopes.find_or_add(id, sym, Place::Undecided).place;
            let text = self.tree.name(ident.name);
            if global {
                if !matches!(place, Place::Undecided | Place::Global) {
                    if self.full && self.kind() == ScopeKind::Module {
                        continue;
                    }
                    let cpython = alloc::format!("name '{text}' is used prior to global declaration");
                    return self.error(span, "identifier redefined as global", &cpython);
                }
                self.scopes.find_or_add(id, sym, Place::Global).place = Place::Global;
                // The official compiler then treats the module's own uses as global too.
                if self.options.dialect == Dialect::Exact && self.scopes.find(crate::scope::MODULE, sym).is_some() {
                    self.scopes.find_or_add(crate::scope::MODULE, sym, Place::Global).place = Place::Global;
                }
            } else if place == Place::Undecided {
                self.scopes.find_or_add(id, sym, Place::Undecided).place = Place::Implicit;
                if !self.scopes.close_name(id, sym) {
                    let cpython = alloc::format!("no binding for nonlocal '{text}' found");
                    return self.error(span, "no binding for nonlocal found", &cpython);
                }
            } else if place != Place::Free {
                let cpython = alloc::format!("name '{text}' is used prior to nonlocal declaration");
                return self.error(span, "identifier redefined as nonlocal", &cpython);
            }
        }
        Ok(())
    }

    fn assert(&mut self, test: ExprId, message: Option<ExprId>) -> Done {
        if self.options.opt_level != 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.condition(test, true, end)?;
        self.at(self.tree[test].span);
        self.qstr(Op::LoadGlobal, sym::ASSERTION_ERROR);
        if let Some(message) = message {
            self.expr(message)?;
            self.call(1);
        }
        self.at(self.tree[test].span);
        self.plain(Op::RaiseObj);
        self.place(end);
        Ok(())
    }

    fn if_stmt(&mut self, branches: &[Branch], orelse: Option<Block>) -> Done {
        let end = self.new_label();
        let more = branches.len() > 1 || orelse.is_some();
        for (at, branch) in branches.iter().enumerate() {
            let truth = self.constant_truth(branch.test);
            if truth == Some(false) {
                self.unreachable(|this| this.block(branch.body))?;
                continue;
            }
            let fail = self.new_label();
            self.condition(branch.test, false, fail)?;
            self.block(branch.body)?;
            if truth == Some(true) {
                self.unreachable(|this| {
                    for branch in &branches[at + 1..] {
                        this.expr(branch.test)?;
                        this.block(branch.body)?;
                    }
                    this.optional_block(orelse)
                })?;
                self.place(end);
                return Ok(());
            }
            if at > 0 || more {
                self.jump(Op::Jump, end);
            }
            self.place(fail);
        }
        self.optional_block(orelse)?;
        self.place(end);
        Ok(())
    }
}
