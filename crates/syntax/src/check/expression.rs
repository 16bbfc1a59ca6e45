//! Expressions.

use super::Checker;
use super::scope::{GENERATOR, Kind};
use crate::error::Result;
use crate::tree::{Arg, ArgKind, Clause, ExprId, ExprKind, List, Param, Piece, Span, TrailerKind};
use alloc::format;
use hashbrown::HashSet;

impl Checker<'_> {
    pub(super) fn opt(&mut self, id: Option<ExprId>) -> Result<()> {
        id.map_or(Ok(()), |id| self.expr(id))
    }

    /// An item of a display, which may be starred.
    fn item(&mut self, id: ExprId) -> Result<()> {
        match self.tree[id].kind {
            ExprKind::Star(value) => self.expr(value),
            _ => self.expr(id),
        }
    }

    fn items(&mut self, items: List<ExprId>) -> Result<()> {
        let tree = self.tree;
        tree.list(items).iter().try_for_each(|&item| self.item(item))
    }

    /// An expression whose value is used.
    pub(super) fn expr(&mut self, id: ExprId) -> Result<()> {
        let tree = self.tree;
        let span = tree[id].span;
        match tree[id].kind {
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str { .. }
            | ExprKind::Bytes(_) => {}
            ExprKind::Name(name) => self.load(name),
            ExprKind::FString(pieces) | ExprKind::TString(pieces) => self.pieces(pieces)?,
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => self.items(items)?,
            ExprKind::Dict(items) => {
                for item in tree.list(items) {
                    self.opt(item.key)?;
                    self.expr(item.value)?;
                }
            }
            ExprKind::ListComp { elt, clauses } => {
                self.comprehension("list comprehension", elt, None, clauses, span)?;
            }
            ExprKind::SetComp { elt, clauses } => {
                self.comprehension("set comprehension", elt, None, clauses, span)?;
            }
            ExprKind::DictComp { key, value, clauses } => {
                self.comprehension("dict comprehension", key, Some(value), clauses, span)?;
            }
            ExprKind::Generator { elt, clauses } => {
                self.comprehension(GENERATOR, elt, None, clauses, span)?;
            }
            ExprKind::Chain { first, rest } => {
                self.expr(first)?;
                for item in tree.list(rest) {
                    self.expr(item.right)?;
                }
            }
            ExprKind::Compare { first, rest } => {
                self.expr(first)?;
                for item in tree.list(rest) {
                    self.expr(item.right)?;
                }
            }
            ExprKind::Power { base, exponent } => {
                self.expr(base)?;
                self.expr(exponent)?;
            }
            ExprKind::Unary { operand, .. } => self.expr(operand)?,
            ExprKind::And(items) | ExprKind::Or(items) => {
                for &item in tree.list(items) {
                    self.expr(item)?;
                }
            }
            ExprKind::IfElse { body, test, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)?;
            }
            ExprKind::Lambda { params, body } => {
                self.defaults(params)?;
                self.inside(Kind::Lambda, |this| {
                    this.params(params)?;
                    this.expr(body)
                })?;
            }
            ExprKind::Named { target, value } => {
                self.bind_named(target)?;
                self.expr(value)?;
            }
            ExprKind::Trailers { base, trailers } => {
                self.expr(base)?;
                for trailer in tree.list(trailers) {
                    match trailer.kind {
                        TrailerKind::Attr(_) => {}
                        TrailerKind::Subscript(index) => self.expr(index)?,
                        TrailerKind::Call(args) => self.args(args)?,
                    }
                }
            }
            ExprKind::Await(value) => {
                self.awaits(span)?;
                self.expr(value)?;
            }
            ExprKind::Yield(value) => {
                self.yields(span, false)?;
                self.opt(value)?;
            }
            ExprKind::YieldFrom(value) => {
                self.yields(span, true)?;
                self.expr(value)?;
            }
            ExprKind::Star(_) => return self.fail("can't use starred expression here", span),
            ExprKind::Slice { lower, upper, step, .. } => {
                self.opt(lower)?;
                self.opt(upper)?;
                self.opt(step)?;
            }
        }
        Ok(())
    }

    fn pieces(&mut self, pieces: List<Piece>) -> Result<()> {
        let tree = self.tree;
        for piece in tree.list(pieces) {
            if let Piece::Field { value, spec, .. } = *piece {
                self.expr(value)?;
                if let Some(spec) = spec {
                    self.pieces(spec)?;
                }
            }
        }
        Ok(())
    }

    /// Arguments of a call or bases of a class.
    pub(super) fn args(&mut self, args: List<Arg>) -> Result<()> {
        let tree = self.tree;
        let mut seen = HashSet::new();
        for arg in tree.list(args) {
            match arg.kind {
                ArgKind::Positional(value) | ArgKind::Star(value) | ArgKind::DoubleStar(value) => {
                    self.expr(value)?;
                }
                ArgKind::Keyword(name, value) => {
                    self.no_debug(name.name, "assign to", name.span)?;
                    if !seen.insert(name.name) {
                        let name = self.name(name.name);
                        return self.fail(format!("keyword argument repeated: {name}"), arg.span);
                    }
                    self.expr(value)?;
                }
            }
        }
        Ok(())
    }

    /// Defaults of parameters: they belong to the scope around the function.
    pub(super) fn defaults(&mut self, params: List<Param>) -> Result<()> {
        let tree = self.tree;
        tree.list(params).iter().try_for_each(|param| self.opt(param.default))
    }

    /// Names of parameters.
    pub(super) fn params(&mut self, params: List<Param>) -> Result<()> {
        let tree = self.tree;
        tree.list(params).iter().try_for_each(|param| self.bind_param(param.name))
    }

    fn awaits(&mut self, span: Span) -> Result<()> {
        match self.kind() {
            Kind::Module | Kind::Class => {
                return self.fail("'await' outside function", span);
            }
            Kind::Function | Kind::Lambda => {
                return self.fail_short("'await' outside async function", "'await' outside function", span);
            }
            Kind::Annotation(what) => {
                return self.fail(format!("await expression cannot be used within {what}"), span);
            }
            Kind::AsyncFunction | Kind::Comprehension(_) => self.scope().coroutine = true,
        }
        Ok(())
    }

    fn yields(&mut self, span: Span, from: bool) -> Result<()> {
        match self.kind() {
            Kind::Module | Kind::Class => return self.fail("'yield' outside function", span),
            Kind::Comprehension(what) => return self.fail(format!("'yield' inside {what}"), span),
            Kind::Annotation(what) => {
                return self.fail(format!("yield expression cannot be used within {what}"), span);
            }
            Kind::AsyncFunction if from => {
                return self.fail("'yield from' inside async function", span);
            }
            _ => self.scope().generator = true,
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        what: &'static str,
        elt: ExprId,
        value: Option<ExprId>,
        clauses: List<Clause>,
        span: Span,
    ) -> Result<()> {
        let tree = self.tree;
        let clauses = tree.list(clauses);
        // The first iterable belongs to the scope around.
        if let Some(&Clause::For { iter, .. }) = clauses.first() {
            self.iterable(iter)?;
        }
        let coroutine = self.inside(Kind::Comprehension(what), |this| {
            for (at, clause) in clauses.iter().enumerate() {
                match *clause {
                    Clause::For { target, iter, is_async, .. } => {
                        this.target(target)?;
                        if at > 0 {
                            this.iterable(iter)?;
                        }
                        this.scope().coroutine |= is_async;
                    }
                    Clause::If { test, .. } => this.expr(test)?,
                }
            }
            this.expr(elt)?;
            this.opt(value)?;
            Ok(this.scope().coroutine)
        })?;
        if coroutine && what != GENERATOR {
            match self.kind() {
                Kind::AsyncFunction | Kind::Comprehension(_) => self.scope().coroutine = true,
                _ => {
                    let message = "asynchronous comprehension outside of an asynchronous function";
                    return self.fail_short(message, "async for/with outside async function", span);
                }
            }
        }
        Ok(())
    }

    fn iterable(&mut self, iter: ExprId) -> Result<()> {
        self.in_iterable += 1;
        self.expr(iter)?;
        self.in_iterable -= 1;
        Ok(())
    }

    /// Something that is assigned to.
    pub(super) fn target(&mut self, id: ExprId) -> Result<()> {
        let span = self.tree[id].span;
        if matches!(self.tree[id].kind, ExprKind::Star(_)) {
            let message = "starred assignment target must be in a list or tuple";
            return self.fail_short(message, "*x must be assignment target", span);
        }
        self.target_part(id, "assign to")
    }

    /// A target or a part of one.
    pub(super) fn target_part(&mut self, id: ExprId, verb: &str) -> Result<()> {
        let tree = self.tree;
        let span = tree[id].span;
        match tree[id].kind {
            ExprKind::Name(name) => {
                self.no_debug(name, verb, span)?;
                match self.kind() {
                    Kind::Comprehension(_) => self.bind_iterated(name, span)?,
                    _ => self.bind(name, span)?,
                }
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                let mut starred = false;
                for &item in tree.list(items) {
                    if let ExprKind::Star(_) = tree[item].kind {
                        if starred {
                            let message = "multiple starred expressions in assignment";
                            return self.fail_short(message, "multiple *x in assignment", span);
                        }
                        starred = true;
                    }
                    self.target_part(item, verb)?;
                }
            }
            ExprKind::Star(value) => self.target(value)?,
            ExprKind::Trailers { trailers, .. } => {
                if let Some(TrailerKind::Attr(name)) = tree.list(trailers).last().map(|last| last.kind) {
                    self.no_debug(name.name, verb, span)?;
                }
                self.expr(id)?;
            }
            _ => self.expr(id)?,
        }
        Ok(())
    }
}
