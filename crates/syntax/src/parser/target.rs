//! Targets of assignment, deletion and loops: parsed as expressions, then looked at.

use super::Parser;
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::{ExprId, ExprKind, TrailerKind};
use alloc::{boxed::Box, format, vec::Vec};

impl Parser<'_> {
    /// Targets of `for`, up to `in`.
    pub(super) fn for_targets(&mut self) -> Result<ExprId> {
        let start = self.start();
        let first = self.target_item()?;
        let target = self.rest_of_tuple(start, first, Self::target_item)?;
        if self.kind() == Tok::In
            && let Some(failure) = self.bad_target(target, "assign to")
        {
            return Err(failure);
        }
        Ok(target)
    }

    /// One target: no comparison, or `in` would be swallowed.
    pub(super) fn target_item(&mut self) -> Result<ExprId> {
        if self.kind() == Tok::Star { self.starred() } else { self.bitwise_or() }
    }

    /// The error if an expression cannot be assigned to (deleted, …).
    pub(super) fn bad_target(&self, id: ExprId, verb: &str) -> Option<Box<Failure>> {
        let deleting = verb == "delete";
        // Depth is bounded by the height of the expression, but a stack of our own is as easy.
        let mut pending = Vec::from([id]);
        while let Some(id) = pending.pop() {
            match self.tree[id].kind {
                ExprKind::Name(_) => {}
                ExprKind::Trailers { trailers, .. } if !self.ends_in_call(id) && !trailers.is_empty() => {}
                ExprKind::Tuple(items) | ExprKind::List(items) => {
                    pending.extend(self.tree.list(items).iter().rev());
                }
                ExprKind::Star(value) if !deleting && self.may_be_starred(value) => pending.push(value),
                _ => {
                    let what = self.describe(id);
                    let short = if deleting { "can't delete expression" } else { "can't assign to expression" };
                    let failure = self.fail(format!("cannot {verb} {what}"), self.tree[id].span);
                    return Some(failure.short(short));
                }
            }
        }
        None
    }

    /// `**a` is no target.
    fn may_be_starred(&self, value: ExprId) -> bool {
        !matches!(self.tree[value].kind, ExprKind::Star(_))
    }

    /// Whether the last trailer is a call.
    pub(super) fn ends_in_call(&self, id: ExprId) -> bool {
        let ExprKind::Trailers { trailers, .. } = self.tree[id].kind else {
            return false;
        };
        matches!(self.tree.list(trailers).last().map(|last| last.kind), Some(TrailerKind::Call(_)))
    }

    /// What CPython calls an expression in messages.
    pub(super) fn describe(&self, id: ExprId) -> &'static str {
        match self.tree[id].kind {
            ExprKind::None => "None",
            ExprKind::True => "True",
            ExprKind::False => "False",
            ExprKind::Ellipsis => "ellipsis",
            ExprKind::Name(_) => "name",
            ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str { .. }
            | ExprKind::Bytes(_) => "literal",
            ExprKind::FString(_) => "f-string expression",
            ExprKind::TString(_) => "t-string expression",
            ExprKind::Tuple(_) => "tuple",
            ExprKind::List(_) => "list",
            ExprKind::Set(_) => "set display",
            ExprKind::Dict(_) => "dict literal",
            ExprKind::ListComp { .. } => "list comprehension",
            ExprKind::SetComp { .. } => "set comprehension",
            ExprKind::DictComp { .. } => "dict comprehension",
            ExprKind::Generator { .. } => "generator expression",
            ExprKind::Chain { .. }
            | ExprKind::Power { .. }
            | ExprKind::Unary { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_) => "expression",
            ExprKind::Compare { .. } => "comparison",
            ExprKind::IfElse { .. } => "conditional expression",
            ExprKind::Lambda { .. } => "lambda",
            ExprKind::Named { .. } => "named expression",
            ExprKind::Trailers { trailers, .. } => match self.tree.list(trailers).last().map(|last| last.kind) {
                Some(TrailerKind::Call(_)) => "function call",
                Some(TrailerKind::Subscript(_)) => "subscript",
                _ => "attribute",
            },
            ExprKind::Await(_) => "await expression",
            ExprKind::Yield(_) | ExprKind::YieldFrom(_) => "yield expression",
            ExprKind::Star(_) => "starred",
            ExprKind::Slice { .. } => "slice",
        }
    }
}
