//! How high the tree under an expression is.

use super::Parser;
use crate::tree::{ArgKind, Clause, ExprId, ExprKind, List, Param, Piece, TrailerKind};

impl Parser<'_> {
    /// Height of a node that is about to be added; its children have theirs already.
    pub(super) fn height(&self, kind: &ExprKind) -> u16 {
        let one = |id: ExprId| self.height_of(id);
        let opt = |id: Option<ExprId>| id.map_or(0, one);
        let below = match *kind {
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Name(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str { .. }
            | ExprKind::Bytes(_) => 0,
            ExprKind::FString(pieces) | ExprKind::TString(pieces) => self.height_of_pieces(pieces),
            ExprKind::Tuple(items)
            | ExprKind::List(items)
            | ExprKind::Set(items)
            | ExprKind::And(items)
            | ExprKind::Or(items) => self.highest(self.tree.list(items).iter().copied()),
            ExprKind::Dict(items) => {
                self.highest(self.tree.list(items).iter().flat_map(|item| item.key.into_iter().chain([item.value])))
            }
            ExprKind::ListComp { elt, clauses }
            | ExprKind::SetComp { elt, clauses }
            | ExprKind::Generator { elt, clauses } => one(elt).max(self.height_of_clauses(clauses)),
            ExprKind::DictComp { key, value, clauses } => one(key).max(one(value)).max(self.height_of_clauses(clauses)),
            ExprKind::Chain { first, rest } => {
                one(first).max(self.highest(self.tree.list(rest).iter().map(|item| item.right)))
            }
            ExprKind::Compare { first, rest } => {
                one(first).max(self.highest(self.tree.list(rest).iter().map(|item| item.right)))
            }
            ExprKind::Power { base, exponent } => one(base).max(one(exponent)),
            ExprKind::Unary { operand, .. } => one(operand),
            ExprKind::IfElse { body, test, orelse } => one(body).max(one(test)).max(one(orelse)),
            ExprKind::Lambda { params, body } => one(body).max(self.height_of_params(params)),
            ExprKind::Named { value, .. } => one(value),
            ExprKind::Trailers { base, trailers } => {
                let mut height = one(base);
                for trailer in self.tree.list(trailers) {
                    height = height.max(match trailer.kind {
                        TrailerKind::Attr(_) => 0,
                        TrailerKind::Subscript(index) => one(index),
                        TrailerKind::Call(args) => {
                            self.highest(self.tree.list(args).iter().map(|arg| match arg.kind {
                                ArgKind::Positional(value)
                                | ArgKind::Star(value)
                                | ArgKind::Keyword(_, value)
                                | ArgKind::DoubleStar(value) => value,
                            }))
                        }
                    });
                }
                height
            }
            ExprKind::Await(value) | ExprKind::YieldFrom(value) | ExprKind::Star(value) => one(value),
            ExprKind::Yield(value) => opt(value),
            ExprKind::Slice { lower, upper, step, .. } => opt(lower).max(opt(upper)).max(opt(step)),
        };
        below.saturating_add(1)
    }

    fn height_of(&self, id: ExprId) -> u16 {
        self.heights[id.0 as usize]
    }

    fn highest(&self, ids: impl Iterator<Item = ExprId>) -> u16 {
        ids.map(|id| self.height_of(id)).max().unwrap_or(0)
    }

    fn height_of_params(&self, params: List<Param>) -> u16 {
        self.highest(self.tree.list(params).iter().flat_map(|param| param.annotation.into_iter().chain(param.default)))
    }

    fn height_of_clauses(&self, clauses: List<Clause>) -> u16 {
        let mut height = 0;
        for clause in self.tree.list(clauses) {
            height = height.max(match *clause {
                Clause::For { target, iter, .. } => self.height_of(target).max(self.height_of(iter)),
                Clause::If { test, .. } => self.height_of(test),
            });
        }
        height
    }

    fn height_of_pieces(&self, pieces: List<Piece>) -> u16 {
        let mut height = 0;
        for piece in self.tree.list(pieces) {
            if let Piece::Field { value, spec, .. } = *piece {
                // The lexer bounds how deep specifications nest.
                let spec = spec.map_or(0, |spec| self.height_of_pieces(spec));
                height = height.max(self.height_of(value)).max(spec);
            }
        }
        height
    }
}
