//! Reading operands: what the official parse tree has for them.

use crate::constants::Value;
use crate::fold::Folds;
use dashu_int::{IBig, ops::BitTest};
use syntax::tree::*;

/// One operand of an instruction; arguments with a star or a keyword are none of the useful kinds.
#[derive(Clone, Copy)]
pub enum Operand {
    /// An expression.
    Expr(ExprId),
    /// Anything else.
    Other,
}

/// Reads expressions of one source.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// Its constants.
    pub folds: &'a Folds,
}

/// The low 64 bits.
fn truncate(value: &IBig) -> i64 {
    let low = value & IBig::from(u64::MAX);
    debug_assert!(low.bit_len() <= 64);
    u64::try_from(&low).map_or(0, |low| low as i64)
}

impl<'a> Reader<'a> {
    /// The argument as an operand.
    pub fn operand(&self, arg: &Arg) -> Operand {
        match arg.kind {
            ArgKind::Positional(expr) => Operand::Expr(self.folds.resolve(expr)),
            _ => Operand::Other,
        }
    }

    /// The identifier.
    pub fn ident(&self, operand: Operand) -> Option<&'a str> {
        let Operand::Expr(expr) = operand else { return None };
        match self.tree[expr].kind {
            ExprKind::Name(name) if self.folds.constant(expr).is_none() => Some(self.tree.name(name)),
            _ => None,
        }
    }

    /// The integer, cut to 64 bits.
    pub fn int(&self, operand: Operand) -> Option<i64> {
        let Operand::Expr(expr) = operand else { return None };
        match self.folds.pool.value(self.folds.constant(expr)?.id) {
            Value::Int(int) => Some(truncate(int)),
            _ => None,
        }
    }

    /// The integer, if an instruction of its own could load it.
    pub fn small_int(&self, operand: Operand) -> Option<i64> {
        let Operand::Expr(expr) = operand else { return None };
        self.folds.constant(expr).filter(|constant| constant.leaf).and_then(|_| self.int(operand))
    }

    fn resolved(&self, expr: ExprId) -> Operand {
        Operand::Expr(self.folds.resolve(expr))
    }

    /// `[a, b]`
    pub fn pair(&self, operand: Operand) -> Option<(Operand, Operand)> {
        let Operand::Expr(expr) = operand else { return None };
        match self.tree[expr].kind {
            ExprKind::List(items) => match *self.tree.list(items) {
                [a, b] => Some((self.resolved(a), self.resolved(b))),
                _ => None,
            },
            _ => None,
        }
    }

    /// `{a, …}`: the first item and the others.
    pub fn set(&self, operand: Operand) -> Option<(Operand, impl Iterator<Item = Operand> + use<'a>)> {
        let Operand::Expr(expr) = operand else { return None };
        let ExprKind::Set(items) = self.tree[expr].kind else { return None };
        let (&first, rest) = self.tree.list(items).split_first()?;
        let reader = *self;
        Some((self.resolved(first), rest.iter().map(move |&item| reader.resolved(item))))
    }

    /// `a(…)` with one trailer: what is called and the arguments.
    pub fn call(&self, operand: Operand) -> Option<(Operand, &'a [Arg])> {
        let Operand::Expr(expr) = operand else { return None };
        if self.folds.constant(expr).is_some() {
            return None;
        }
        let ExprKind::Trailers { base, trailers } = self.tree[expr].kind else { return None };
        match *self.tree.list(trailers) {
            [Trailer { kind: TrailerKind::Call(args), .. }] => Some((self.resolved(base), self.tree.list(args))),
            _ => None,
        }
    }

    /// `a(b)`, or `a[b]` as well: a and b, which is nothing useful if there are more trailers or arguments.
    pub fn applied(&self, operand: Operand) -> Option<(Operand, Operand)> {
        let Operand::Expr(expr) = operand else { return None };
        let ExprKind::Trailers { base, trailers } = self.tree[expr].kind else { return None };
        let inner = match *self.tree.list(trailers) {
            [Trailer { kind: TrailerKind::Call(args), .. }] => match self.tree.list(args) {
                [only] => self.operand(only),
                _ => Operand::Other,
            },
            [Trailer { kind: TrailerKind::Subscript(index), .. }] => self.resolved(index),
            _ => Operand::Other,
        };
        Some((self.resolved(base), inner))
    }

    /// `-a`, `+a`: whether it is minus, and a.
    pub fn signed(&self, operand: Operand) -> Option<(bool, Operand)> {
        let Operand::Expr(expr) = operand else { return None };
        match self.tree[expr].kind {
            ExprKind::Unary { op: op @ (UnaryOp::Minus | UnaryOp::Plus), operand } => {
                Some((op == UnaryOp::Minus, self.resolved(operand)))
            }
            _ => None,
        }
    }

    /// `a - b`
    pub fn difference(&self, operand: Operand) -> Option<(Operand, Operand)> {
        let Operand::Expr(expr) = operand else { return None };
        let ExprKind::Chain { first, rest } = self.tree[expr].kind else { return None };
        match *self.tree.list(rest) {
            [OpItem { op: BinOp::Sub, right }] => Some((self.resolved(first), self.resolved(right))),
            _ => None,
        }
    }
}
