//! Operators with two operands, and `not`: operator precedence with a stack of its own.
//!
//! One call handles all levels of precedence, so an expression in brackets costs the same native
//! stack whatever operators stand around it.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{BinOp, CmpItem, CmpOp, ExprId, ExprKind, OpItem, UnaryOp};
use alloc::vec::Vec;

/// Binding strength; arithmetic follows `|` up to 10.
pub(super) const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
pub(super) const BIT_OR: u8 = 5;

/// An operator.
#[derive(Clone, Copy)]
pub(super) enum Operator {
    /// `or`, `and`, `not`
    Logic,
    Compare(CmpOp),
    Binary(BinOp),
}

/// A chain of operators of one level (or one `not`) that is not complete.
pub(super) struct Pending {
    level: u8,
    /// Where its first operand (or `not`) starts.
    start: u32,
    first: Option<ExprId>,
    /// The operator whose right operand is being parsed.
    operator: Operator,
    /// Where its other operands start in [`Parser::operands`].
    operands: usize,
}

impl Parser<'_> {
    /// The operator at the current token: its level (0 if there is none), itself, its tokens.
    fn operator(&self) -> (u8, Operator, usize) {
        let compare = |op| (COMPARE, Operator::Compare(op), 1);
        let binary = |level, op| (level, Operator::Binary(op), 1);
        match self.kind() {
            Tok::Or => (OR, Operator::Logic, 1),
            Tok::And => (AND, Operator::Logic, 1),
            Tok::Lt => compare(CmpOp::Lt),
            Tok::Gt => compare(CmpOp::Gt),
            Tok::EqEq => compare(CmpOp::Eq),
            Tok::Le => compare(CmpOp::Le),
            Tok::Ge => compare(CmpOp::Ge),
            Tok::Ne => compare(CmpOp::Ne),
            Tok::In => compare(CmpOp::In),
            Tok::Not if self.kind_ahead(1) == Tok::In => (COMPARE, Operator::Compare(CmpOp::NotIn), 2),
            Tok::Is if self.kind_ahead(1) == Tok::Not => (COMPARE, Operator::Compare(CmpOp::IsNot), 2),
            Tok::Is => compare(CmpOp::Is),
            Tok::Pipe => binary(BIT_OR, BinOp::Or),
            Tok::Caret => binary(6, BinOp::Xor),
            Tok::Amper => binary(7, BinOp::And),
            Tok::LShift => binary(8, BinOp::Lshift),
            Tok::RShift => binary(8, BinOp::Rshift),
            Tok::Plus => binary(9, BinOp::Add),
            Tok::Minus => binary(9, BinOp::Sub),
            Tok::Star => binary(10, BinOp::Mul),
            Tok::At => binary(10, BinOp::MatMul),
            Tok::DoubleSlash => binary(10, BinOp::FloorDiv),
            Tok::Slash => binary(10, BinOp::Div),
            Tok::Percent => binary(10, BinOp::Mod),
            _ => (0, Operator::Logic, 0),
        }
    }

    /// An expression whose operators bind at least as strong as `min`.
    pub(super) fn binary(&mut self, min: u8) -> Result<ExprId> {
        let bottom = self.pending.len();
        loop {
            let mut start = self.start();
            // `a == not b` is none of Python's expressions.
            if self.kind() == Tok::Not && self.innermost(bottom).unwrap_or(min) <= NOT {
                self.advance();
                self.pend(NOT, start, None, Operator::Logic);
                continue;
            }
            let mut operand = self.unary()?;
            let (level, operator, tokens) = self.operator();
            while self.innermost(bottom).is_some_and(|inner| inner > level) {
                (start, operand) = self.complete(operand)?;
            }
            if level == 0 || level < min {
                return Ok(operand);
            }
            if self.innermost(bottom) == Some(level)
                && let Some(top) = self.pending.last_mut()
            {
                let before = core::mem::replace(&mut top.operator, operator);
                self.operands.push((before, operand));
            } else {
                self.pend(level, start, Some(operand), operator);
            }
            for _ in 0..tokens {
                self.advance();
            }
        }
    }

    /// Level of the innermost operator of this call.
    fn innermost(&self, bottom: usize) -> Option<u8> {
        if self.pending.len() > bottom { self.pending.last().map(|top| top.level) } else { None }
    }

    fn pend(&mut self, level: u8, start: u32, first: Option<ExprId>, operator: Operator) {
        let operands = self.operands.len();
        self.pending.push(Pending { level, start, first, operator, operands });
    }

    /// Ends the innermost chain with its last operand; where it starts, and what it is.
    fn complete(&mut self, last: ExprId) -> Result<(u32, ExprId)> {
        let Some(chain) = self.pending.pop() else {
            return Ok((self.start(), last));
        };
        let kind = match chain.first {
            None => ExprKind::Unary { op: UnaryOp::Not, operand: last },
            Some(first) => {
                self.operands.push((chain.operator, last));
                let rest: Vec<_> = self.operands.drain(chain.operands..).collect();
                self.chain(chain.level, first, &rest)
            }
        };
        let span = self.span(chain.start);
        Ok((chain.start, self.add(kind, span)?))
    }

    fn chain(&mut self, level: u8, first: ExprId, rest: &[(Operator, ExprId)]) -> ExprKind {
        match level {
            OR | AND => {
                let items = core::iter::once(first).chain(rest.iter().map(|&(_, operand)| operand));
                let items = self.tree.add_list(items);
                if level == OR { ExprKind::Or(items) } else { ExprKind::And(items) }
            }
            COMPARE => {
                let items = rest.iter().filter_map(|&(operator, right)| match operator {
                    Operator::Compare(op) => Some(CmpItem { op, right }),
                    _ => None,
                });
                ExprKind::Compare { first, rest: self.tree.add_list(items) }
            }
            _ => {
                let items = rest.iter().filter_map(|&(operator, right)| match operator {
                    Operator::Binary(op) => Some(OpItem { op, right }),
                    _ => None,
                });
                ExprKind::Chain { first, rest: self.tree.add_list(items) }
            }
        }
    }
}
