//! Statements on one line.

use super::Parser;
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::{Alias, BinOp, ExprId, ExprKind, Ident, List, Span, StmtId, StmtKind, UnaryOp};
use alloc::{boxed::Box, format, vec::Vec};

/// The operator of an augmented assignment.
fn augmented(kind: Tok) -> Option<BinOp> {
    Some(match kind {
        Tok::PlusEq => BinOp::Add,
        Tok::MinusEq => BinOp::Sub,
        Tok::StarEq => BinOp::Mul,
        Tok::SlashEq => BinOp::Div,
        Tok::PercentEq => BinOp::Mod,
        Tok::AtEq => BinOp::MatMul,
        Tok::AmperEq => BinOp::And,
        Tok::PipeEq => BinOp::Or,
        Tok::CaretEq => BinOp::Xor,
        Tok::LShiftEq => BinOp::Lshift,
        Tok::RShiftEq => BinOp::Rshift,
        Tok::DoubleStarEq => BinOp::Pow,
        Tok::DoubleSlashEq => BinOp::FloorDiv,
        _ => return None,
    })
}

impl Parser<'_> {
    /// `simple_stmts`: statements separated by semicolons, up to the end of the line.
    pub(super) fn simple_line(&mut self, into: &mut Vec<StmtId>) -> Result<()> {
        loop {
            let start = self.start();
            let kind = self.simple_statement()?;
            let span = self.span(start);
            if !matches!(self.kind(), Tok::Newline | Tok::Semicolon) {
                return Err(self.after_statement(&kind));
            }
            into.push(self.add_stmt(kind, span));
            if !self.eat(Tok::Semicolon) {
                break;
            }
            if self.kind() == Tok::Newline {
                break;
            }
        }
        self.expect(Tok::Newline)?;
        Ok(())
    }

    /// The error for what follows a whole statement.
    fn after_statement(&self, kind: &StmtKind) -> Box<Failure> {
        if let StmtKind::Expr(value) = *kind {
            let expr = self.tree[value];
            if let ExprKind::Name(name) = expr.kind
                && !expr.paren
                && matches!(&*self.lexed.names.texts[name.0 as usize], "print" | "exec")
                && self.at_expression()
            {
                let name = &self.lexed.names.texts[name.0 as usize];
                let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
                return self.fail(message, expr.span);
            }
        }
        self.unexpected()
    }

    fn simple_statement(&mut self) -> Result<StmtKind> {
        match self.kind() {
            Tok::Name if self.at_type_alias() => self.type_alias(),
            Tok::Pass => {
                self.advance();
                Ok(StmtKind::Pass)
            }
            Tok::Break => {
                self.advance();
                Ok(StmtKind::Break)
            }
            Tok::Continue => {
                self.advance();
                Ok(StmtKind::Continue)
            }
            Tok::Return => {
                self.advance();
                let value = if self.at_item() {
                    Some(self.expressions()?)
                } else if self.options.official && self.kind() == Tok::Yield {
                    Some(self.yield_expression()?)
                } else {
                    None
                };
                Ok(StmtKind::Return(value))
            }
            Tok::Raise => self.raise(),
            Tok::Global => Ok(StmtKind::Global(self.name_list()?)),
            Tok::Nonlocal => Ok(StmtKind::Nonlocal(self.name_list()?)),
            Tok::Del => self.delete(),
            Tok::Assert => self.assert(),
            Tok::Import => self.import(),
            Tok::From => self.import_from(),
            _ => self.expression_statement(),
        }
    }

    fn raise(&mut self) -> Result<StmtKind> {
        self.advance();
        let (mut exc, mut cause) = (None, None);
        if self.at_expression() {
            exc = Some(self.expression()?);
            if self.eat(Tok::From) {
                cause = Some(self.expression()?);
            }
        } else if self.kind() == Tok::From {
            return Err(self.fail_here("did you forget an expression between 'raise' and 'from'?"));
        }
        Ok(StmtKind::Raise { exc, cause })
    }

    fn name_list(&mut self) -> Result<List<Ident>> {
        self.advance();
        let mut names = Vec::from([self.ident()?]);
        while self.eat(Tok::Comma) {
            names.push(self.ident()?);
        }
        Ok(self.tree.add_list(names))
    }

    fn delete(&mut self) -> Result<StmtKind> {
        self.advance();
        let mut targets = Vec::new();
        loop {
            let target = self.star_expression()?;
            if let Some(failure) = self.bad_target(target, "delete") {
                return Err(failure);
            }
            targets.push(target);
            if !self.eat(Tok::Comma) || !self.at_item() {
                break;
            }
        }
        Ok(StmtKind::Del(self.tree.add_list(targets)))
    }

    fn assert(&mut self) -> Result<StmtKind> {
        self.advance();
        let test = self.assert_part()?;
        let message = if self.eat(Tok::Comma) { Some(self.assert_part()?) } else { None };
        Ok(StmtKind::Assert { test, message })
    }

    fn assert_part(&mut self) -> Result<ExprId> {
        let value = self.expression()?;
        match self.kind() {
            Tok::ColonEq => {
                let span = Span { end: self.token().end, ..self.span_of(value) };
                Err(self.fail("cannot use named expression without parentheses here", span))
            }
            Tok::Eq => Err(self.equals_in_expression(value)),
            _ => Ok(value),
        }
    }

    fn dotted_name(&mut self) -> Result<List<Ident>> {
        let mut parts = Vec::from([self.ident()?]);
        while self.eat(Tok::Dot) {
            parts.push(self.ident()?);
        }
        Ok(self.tree.add_list(parts))
    }

    /// `as name`
    fn as_name(&mut self) -> Result<Option<Ident>> {
        if !self.eat(Tok::As) {
            return Ok(None);
        }
        if self.kind() != Tok::Name {
            return Err(self.bad_as_target("import target"));
        }
        let name = self.ident()?;
        if matches!(self.kind(), Tok::Dot | Tok::LParen | Tok::LBracket) {
            self.at -= 1;
            return Err(self.bad_as_target("import target"));
        }
        Ok(Some(name))
    }

    /// The error for something after `as` that is no name; `what` it should have been.
    pub(super) fn bad_as_target(&mut self, what: &str) -> Box<Failure> {
        if !self.at_expression() {
            return self.unexpected();
        }
        match self.expression() {
            Ok(value) => {
                let message = format!("cannot use {} as {what}", self.describe(value));
                self.fail(message, self.span_of(value))
            }
            Err(failure) => failure,
        }
    }

    fn import(&mut self) -> Result<StmtKind> {
        self.advance();
        if self.kind() == Tok::Newline {
            return Err(self.fail_here("Expected one or more names after 'import'"));
        }
        let mut aliases = Vec::new();
        loop {
            let start = self.start();
            let path = self.dotted_name()?;
            let asname = self.as_name()?;
            aliases.push(Alias { path, asname, span: self.span(start) });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if self.kind() == Tok::From {
            let message = "Did you mean to use 'from ... import ...' instead?";
            return Err(self.fail_here(message));
        }
        Ok(StmtKind::Import(self.tree.add_list(aliases)))
    }

    fn import_from(&mut self) -> Result<StmtKind> {
        self.advance();
        let mut level = 0;
        loop {
            match self.kind() {
                Tok::Dot => level += 1,
                Tok::Ellipsis => level += 3,
                _ => break,
            }
            self.advance();
        }
        let module = if level > 0 && self.kind() == Tok::Import { List::EMPTY } else { self.dotted_name()? };
        self.expect(Tok::Import)?;
        if self.eat(Tok::Star) {
            return Ok(StmtKind::ImportFrom { level, module, names: List::EMPTY });
        }
        if self.kind() == Tok::Newline {
            return Err(self.fail_here("Expected one or more names after 'import'"));
        }
        let parenthesised = self.eat(Tok::LParen);
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let ident = self.ident()?;
            let path = self.tree.add_list([ident]);
            let asname = self.as_name()?;
            names.push(Alias { path, asname, span: self.span(start) });
            if !self.eat(Tok::Comma) || (parenthesised && self.kind() == Tok::RParen) {
                break;
            }
            if !parenthesised && self.kind() == Tok::Newline {
                if self.options.official {
                    break;
                }
                let message = "trailing comma not allowed without surrounding parentheses";
                return Err(self.fail_here(message));
            }
        }
        if parenthesised {
            self.expect(Tok::RParen)?;
        }
        Ok(StmtKind::ImportFrom { level, module, names: self.tree.add_list(names) })
    }

    /// An expression, or an assignment of any kind.
    fn expression_statement(&mut self) -> Result<StmtKind> {
        let first = self.yield_or_expressions()?;
        match self.kind() {
            Tok::Eq => self.assignment(first),
            Tok::Colon => self.annotated(first),
            kind => match augmented(kind) {
                Some(op) => {
                    let expr = self.tree[first];
                    if !self.is_single_target(first) {
                        let what = self.describe(first);
                        let message = format!("'{what}' is an illegal expression for augmented assignment");
                        return Err(self.fail(message, expr.span).short("can't assign to expression"));
                    }
                    self.advance();
                    let value = self.yield_or_expressions()?;
                    Ok(StmtKind::AugAssign { target: first, op, value })
                }
                None if kind == Tok::ColonEq => Err(self.unexpected_walrus(first)),
                None => Ok(StmtKind::Expr(first)),
            },
        }
    }

    fn unexpected_walrus(&self, first: ExprId) -> Box<Failure> {
        match self.tree[first].kind {
            ExprKind::Name(_) | ExprKind::Tuple(_) => self.unexpected(),
            _ => self.bad_named_target(first),
        }
    }

    fn assignment(&mut self, first: ExprId) -> Result<StmtKind> {
        let mut targets = Vec::new();
        let mut value = first;
        while self.kind() == Tok::Eq {
            if matches!(self.tree[value].kind, ExprKind::Yield(_) | ExprKind::YieldFrom(_)) && !self.tree[value].paren {
                let message = "assignment to yield expression not possible";
                return Err(self.fail(message, self.span_of(value)).short("can't assign to expression"));
            }
            if let Some(failure) = self.bad_target(value, "assign to") {
                return Err(self.perhaps_comparison(value, targets.is_empty(), failure));
            }
            targets.push(value);
            self.advance();
            value = self.yield_or_expressions()?;
        }
        Ok(StmtKind::Assign { targets: self.tree.add_list(targets), value })
    }

    /// `f() = 1` may have been meant as a comparison.
    fn perhaps_comparison(&mut self, target: ExprId, first: bool, failure: Box<Failure>) -> Box<Failure> {
        let mut target = target;
        let mut failure = failure;
        // Of a bare tuple only the item next to `=` is looked at.
        if let ExprKind::Tuple(items) = self.tree[target].kind
            && !self.tree[target].paren
            && let Some(&last) = self.tree.list(items).last()
            && let Some(bad) = self.bad_target(last, "assign to")
        {
            target = last;
            failure = bad;
        }
        let front = match self.tree[target].kind {
            ExprKind::Trailers { base, .. } => self.tree[base].kind,
            kind => kind,
        };
        let hopeless = matches!(
            front,
            ExprKind::Tuple(_)
                | ExprKind::List(_)
                | ExprKind::Generator { .. }
                | ExprKind::True
                | ExprKind::False
                | ExprKind::None
                | ExprKind::Star(_)
                | ExprKind::IfElse { .. }
                | ExprKind::Lambda { .. }
                | ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::Unary { op: UnaryOp::Not, .. }
                | ExprKind::Compare { .. }
        );
        if hopeless || !first {
            return failure;
        }
        self.advance();
        match self.bitwise_or() {
            Ok(_) if !matches!(self.kind(), Tok::Eq | Tok::ColonEq) => {
                let what = self.describe(target);
                let message = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                self.fail(message, failure.span).short(failure.short)
            }
            _ => failure,
        }
    }

    /// Whether it is a name, attribute or subscript.
    fn is_single_target(&self, id: ExprId) -> bool {
        match self.tree[id].kind {
            ExprKind::Name(_) => true,
            ExprKind::Trailers { .. } => !self.ends_in_call(id),
            _ => false,
        }
    }

    fn annotated(&mut self, target: ExprId) -> Result<StmtKind> {
        let expr = self.tree[target];
        // The official compiler annotates anything, and looks at it only if there is a value.
        if !self.is_single_target(target) && !self.options.official {
            let message = match expr.kind {
                ExprKind::Tuple(_) => "only single target (not tuple) can be annotated",
                ExprKind::List(_) => "only single target (not list) can be annotated",
                ExprKind::Star(_) | ExprKind::Yield(_) | ExprKind::YieldFrom(_) => {
                    return Err(self.unexpected());
                }
                _ => "illegal target for annotation",
            };
            if !super::expression::starts_expression(self.kind_ahead(1)) {
                return Err(self.unexpected());
            }
            return Err(self.fail(message, expr.span));
        }
        self.advance();
        let annotation = self.expression()?;
        if self.kind() == Tok::Eq
            && let Some(failure) = self.bad_target(target, "assign to")
        {
            return Err(failure);
        }
        let value = if self.eat(Tok::Eq) { Some(self.yield_or_expressions()?) } else { None };
        Ok(StmtKind::AnnAssign { target, annotation, value })
    }
}
