//! Expressions above the level of atoms: operators, conditions, lambdas, lists of expressions.

use super::{Parser, operator};
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{ExprId, ExprKind, Span, UnaryOp};
use alloc::vec::Vec;

impl Parser<'_> {
    /// Whether the current token can start an expression.
    pub(super) fn at_expression(&self) -> bool {
        starts_expression(self.kind())
    }

    /// `star_expressions`: one expression, or a tuple without parentheses.
    pub(super) fn expressions(&mut self) -> Result<ExprId> {
        let start = self.start();
        let first = self.star_expression()?;
        self.rest_of_tuple(start, first, Self::star_expression)
    }

    /// If a comma follows, the tuple that starts with `first`.
    pub(super) fn rest_of_tuple(
        &mut self,
        start: u32,
        first: ExprId,
        item: fn(&mut Self) -> Result<ExprId>,
    ) -> Result<ExprId> {
        if self.kind() != Tok::Comma {
            return Ok(first);
        }
        let mut items = Vec::from([first]);
        while self.eat(Tok::Comma) {
            if !self.at_item() {
                break;
            }
            items.push(item(self)?);
        }
        let items = self.tree.add_list(items);
        let span = self.span(start);
        self.add(ExprKind::Tuple(items), span)
    }

    /// Whether an item of a list can start here.
    pub(super) fn at_item(&self) -> bool {
        self.kind() == Tok::Star || self.at_expression()
    }

    /// `star_expression`: `*` with a bitwise expression, or an expression.
    pub(super) fn star_expression(&mut self) -> Result<ExprId> {
        if self.kind() == Tok::Star { self.starred() } else { self.expression() }
    }

    /// `star_named_expression`: the same with `:=`.
    pub(super) fn star_named_expression(&mut self) -> Result<ExprId> {
        if self.kind() == Tok::Star { self.starred() } else { self.named_expression() }
    }

    /// `*a`
    pub(super) fn starred(&mut self) -> Result<ExprId> {
        let start = self.expect(Tok::Star)?.start;
        let value = self.bitwise_or()?;
        let span = self.span(start);
        self.add(ExprKind::Star(value), span)
    }

    /// `named_expression`
    pub(super) fn named_expression(&mut self) -> Result<ExprId> {
        if self.kind() == Tok::Name && self.kind_ahead(1) == Tok::ColonEq {
            let target = self.ident()?;
            self.advance();
            self.enter()?;
            let value = self.expression()?;
            self.leave();
            let span = self.span(target.span.start);
            return self.add(ExprKind::Named { target, value }, span);
        }
        let value = self.expression()?;
        match self.kind() {
            Tok::ColonEq => Err(self.bad_named_target(value)),
            Tok::Eq => Err(self.equals_in_expression(value)),
            _ => Ok(value),
        }
    }

    /// `yield_expr`
    pub(super) fn yield_expression(&mut self) -> Result<ExprId> {
        let start = self.expect(Tok::Yield)?.start;
        let kind = if self.eat(Tok::From) {
            ExprKind::YieldFrom(self.expression()?)
        } else if self.at_item() {
            ExprKind::Yield(Some(self.expressions()?))
        } else {
            ExprKind::Yield(None)
        };
        let span = self.span(start);
        self.add(kind, span)
    }

    /// `yield_expr | star_expressions`
    pub(super) fn yield_or_expressions(&mut self) -> Result<ExprId> {
        if self.kind() == Tok::Yield { self.yield_expression() } else { self.expressions() }
    }

    /// `expression`: a condition, a lambda, or what binds stronger.
    pub(super) fn expression(&mut self) -> Result<ExprId> {
        if self.kind() == Tok::Lambda {
            return self.lambda();
        }
        let start = self.start();
        let body = self.binary(operator::OR)?;
        if self.kind() != Tok::If {
            return Ok(body);
        }
        self.conditional(start, body)
    }

    fn conditional(&mut self, start: u32, body: ExprId) -> Result<ExprId> {
        self.advance();
        self.enter()?;
        let test = self.binary(operator::OR)?;
        if self.kind() != Tok::Else {
            return Err(self.missing_else(start));
        }
        self.advance();
        if matches!(self.kind(), Tok::Pass | Tok::Break | Tok::Continue) {
            let message = "expected expression after 'else', but statement is given";
            return Err(self.fail_from(message, start));
        }
        let orelse = self.expression()?;
        self.leave();
        let span = self.span(start);
        self.add(ExprKind::IfElse { body, test, orelse }, span)
    }

    fn lambda(&mut self) -> Result<ExprId> {
        let start = self.expect(Tok::Lambda)?.start;
        self.enter()?;
        let params = self.parameters(Tok::Colon)?;
        self.expect_colon()?;
        let body = self.expression()?;
        self.leave();
        let span = self.span(start);
        self.add(ExprKind::Lambda { params, body }, span)
    }

    /// `disjunction`
    pub(super) fn disjunction(&mut self) -> Result<ExprId> {
        self.binary(operator::OR)
    }

    /// `bitwise_or`
    pub(super) fn bitwise_or(&mut self) -> Result<ExprId> {
        self.binary(operator::BIT_OR)
    }

    /// `factor`
    pub(super) fn unary(&mut self) -> Result<ExprId> {
        let op = match self.kind() {
            Tok::Minus => UnaryOp::Minus,
            Tok::Plus => UnaryOp::Plus,
            Tok::Tilde => UnaryOp::Invert,
            _ => return self.power(),
        };
        let start = self.advance().start;
        self.enter()?;
        let operand = self.unary()?;
        self.leave();
        let span = self.span(start);
        self.add(ExprKind::Unary { op, operand }, span)
    }

    fn power(&mut self) -> Result<ExprId> {
        let start = self.start();
        let base = if self.kind() == Tok::Await {
            self.advance();
            let value = self.primary()?;
            let span = self.span(start);
            self.add(ExprKind::Await(value), span)?
        } else {
            self.primary()?
        };
        if !self.eat(Tok::DoubleStar) {
            return Ok(base);
        }
        self.enter()?;
        let exponent = self.unary()?;
        self.leave();
        let span = self.span(start);
        self.add(ExprKind::Power { base, exponent }, span)
    }

    /// The span of an expression, its own parentheses included, is not stored; this is without.
    pub(super) fn span_of(&self, id: ExprId) -> Span {
        self.tree[id].span
    }
}

/// Whether a token of this kind can start an expression.
pub(super) fn starts_expression(kind: Tok) -> bool {
    matches!(
        kind,
        Tok::Name
            | Tok::Int
            | Tok::Float
            | Tok::Imaginary
            | Tok::Str
            | Tok::FStart
            | Tok::LParen
            | Tok::LBracket
            | Tok::LBrace
            | Tok::Minus
            | Tok::Plus
            | Tok::Tilde
            | Tok::Ellipsis
            | Tok::None
            | Tok::True
            | Tok::False
            | Tok::Not
            | Tok::Lambda
            | Tok::Await
    )
}
