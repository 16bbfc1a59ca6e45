//! Expressions above the level of atoms: operators, conditions, lambdas, lists of expressions.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{BinOp, CmpItem, CmpOp, ExprId, ExprKind, OpItem, Span, UnaryOp};
use alloc::vec::Vec;

/// Binding strength of `or`, `and`, `not`, comparisons and `|`; arithmetic follows up to 9.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const BIT_OR: u8 = 5;

/// How strong the binary operator that starts with this token binds; 0 if it is none.
fn level(kind: Tok) -> u8 {
    match kind {
        Tok::Or => OR,
        Tok::And => AND,
        Tok::Lt | Tok::Gt | Tok::EqEq | Tok::Le | Tok::Ge | Tok::Ne => COMPARE,
        Tok::In | Tok::Is | Tok::Not => COMPARE,
        Tok::Pipe => BIT_OR,
        Tok::Caret => 6,
        Tok::Amper => 7,
        Tok::LShift | Tok::RShift => 8,
        Tok::Plus | Tok::Minus => 9,
        Tok::Star | Tok::Slash | Tok::DoubleSlash | Tok::Percent | Tok::At => 10,
        _ => 0,
    }
}

/// The arithmetic operator of a token.
fn operator(kind: Tok) -> Option<BinOp> {
    Some(match kind {
        Tok::Pipe => BinOp::Or,
        Tok::Caret => BinOp::Xor,
        Tok::Amper => BinOp::And,
        Tok::LShift => BinOp::Lshift,
        Tok::RShift => BinOp::Rshift,
        Tok::Plus => BinOp::Add,
        Tok::Minus => BinOp::Sub,
        Tok::Star => BinOp::Mul,
        Tok::At => BinOp::MatMul,
        Tok::DoubleSlash => BinOp::FloorDiv,
        Tok::Slash => BinOp::Div,
        Tok::Percent => BinOp::Mod,
        _ => return None,
    })
}

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
        let body = self.binary(OR)?;
        if self.kind() != Tok::If {
            return Ok(body);
        }
        self.conditional(start, body)
    }

    fn conditional(&mut self, start: u32, body: ExprId) -> Result<ExprId> {
        self.advance();
        self.enter()?;
        let test = self.binary(OR)?;
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
        self.binary(OR)
    }

    /// `bitwise_or`
    pub(super) fn bitwise_or(&mut self) -> Result<ExprId> {
        self.binary(BIT_OR)
    }

    /// Operators that bind at least as strong as `min`.
    ///
    /// Recursion without [`Parser::enter`] here only climbs levels, so it is bounded.
    fn binary(&mut self, min: u8) -> Result<ExprId> {
        let start = self.start();
        let mut left = if self.kind() == Tok::Not && min <= NOT {
            self.not(start)?
        } else {
            self.unary()?
        };
        loop {
            let found = level(self.kind());
            if found < min || found == 0 {
                return Ok(left);
            }
            left = match found {
                OR | AND => {
                    let kind = self.kind();
                    let mut items = Vec::from([left]);
                    while self.eat(kind) {
                        items.push(self.binary(found + 1)?);
                    }
                    let items = self.tree.add_list(items);
                    let kind = if found == OR { ExprKind::Or(items) } else { ExprKind::And(items) };
                    let span = self.span(start);
                    self.add(kind, span)?
                }
                COMPARE => match self.comparison(start, left)? {
                    Some(id) => id,
                    None => return Ok(left),
                },
                _ => self.chain(start, left, found)?,
            };
        }
    }

    fn not(&mut self, start: u32) -> Result<ExprId> {
        self.advance();
        self.enter()?;
        let operand = self.binary(NOT)?;
        self.leave();
        let span = self.span(start);
        self.add(ExprKind::Unary { op: UnaryOp::Not, operand }, span)
    }

    fn chain(&mut self, start: u32, first: ExprId, found: u8) -> Result<ExprId> {
        let mut rest = Vec::new();
        while level(self.kind()) == found {
            let Some(op) = operator(self.kind()) else { break };
            self.advance();
            rest.push(OpItem { op, right: self.binary(found + 1)? });
        }
        let rest = self.tree.add_list(rest);
        let span = self.span(start);
        self.add(ExprKind::Chain { first, rest }, span)
    }

    /// `None` if no comparison follows after all (`not` without `in`).
    fn comparison(&mut self, start: u32, first: ExprId) -> Result<Option<ExprId>> {
        let mut rest = Vec::new();
        loop {
            let (op, len) = match self.kind() {
                Tok::Lt => (CmpOp::Lt, 1),
                Tok::Gt => (CmpOp::Gt, 1),
                Tok::EqEq => (CmpOp::Eq, 1),
                Tok::Le => (CmpOp::Le, 1),
                Tok::Ge => (CmpOp::Ge, 1),
                Tok::Ne => (CmpOp::Ne, 1),
                Tok::In => (CmpOp::In, 1),
                Tok::Not if self.kind_ahead(1) == Tok::In => (CmpOp::NotIn, 2),
                Tok::Is if self.kind_ahead(1) == Tok::Not => (CmpOp::IsNot, 2),
                Tok::Is => (CmpOp::Is, 1),
                _ => break,
            };
            for _ in 0..len {
                self.advance();
            }
            rest.push(CmpItem { op, right: self.bitwise_or()? });
        }
        if rest.is_empty() {
            return Ok(None);
        }
        let rest = self.tree.add_list(rest);
        let span = self.span(start);
        self.add(ExprKind::Compare { first, rest }, span).map(Some)
    }

    /// `factor`
    fn unary(&mut self) -> Result<ExprId> {
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
