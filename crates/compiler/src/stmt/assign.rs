//! Assignment, augmented assignment, deletion.

use crate::lower::{Done, Lowerer};
use crate::scope::{Place, ScopeKind};
use crate::{expr::operator, linear::Inst};
use alloc::vec::Vec;
use code::opcode::Op;
use syntax::tree::*;

impl Lowerer<'_> {
    /// `a = b = value`
    pub fn assignment(&mut self, targets: &[ExprId], value: ExprId) -> Done {
        if let [target] = *targets
            && self.swap(target, value)?
        {
            return Ok(());
        }
        self.expr(value)?;
        for (at, &target) in targets.iter().enumerate() {
            if at + 1 < targets.len() {
                self.plain(Op::DupTop);
            }
            self.assign(target)?;
        }
        Ok(())
    }

    /// `a, b = c, d` and `a, b, c = d, e, f` without building a tuple.
    fn swap(&mut self, target: ExprId, value: ExprId) -> Result<bool, crate::CompileError> {
        let tree = self.tree;
        let bare = |id: ExprId| match tree[id] {
            Expr { kind: ExprKind::Tuple(items), paren: false, .. } if self.folds.constant(id).is_none() => {
                Some(tree.list(items))
            }
            _ => None,
        };
        let (Some(targets), Some(values)) = (bare(target), bare(self.folds.resolve(value))) else {
            return Ok(false);
        };
        let is_star = |&id: &ExprId| matches!(tree[id].kind, ExprKind::Star(_));
        if targets.len() != values.len()
            || !(2..=3).contains(&targets.len())
            || targets.iter().any(is_star)
            || self.full && values.iter().any(is_star)
        {
            return Ok(false);
        }
        for &value in values {
            self.expr(value)?;
        }
        if values.len() == 3 {
            self.plain(Op::RotThree);
        }
        self.plain(Op::RotTwo);
        for &target in targets {
            self.assign(target)?;
        }
        Ok(true)
    }

    fn cannot_assign<T>(&self, target: ExprId) -> Result<T, crate::CompileError> {
        self.error(self.tree[target].span, "can't assign to expression", "cannot assign to expression")
    }

    /// Pops the top of the stack into a target.
    pub fn assign(&mut self, target: ExprId) -> Done {
        let tree = self.tree;
        if self.folds.constant(target).is_some() && !(self.full && self.is_empty_tuple(target)) {
            return self.cannot_assign(target);
        }
        match tree[target].kind {
            ExprKind::Name(name) => {
                let sym = self.sym(name);
                self.at(tree[target].span);
                self.store(sym);
                Ok(())
            }
            ExprKind::Tuple(items) if items.is_empty() && !self.full => self.cannot_assign(target),
            ExprKind::Tuple(items) | ExprKind::List(items) => self.unpack(tree.list(items), target),
            ExprKind::Trailers { base, trailers } => {
                let last = self.target_base(target, base, trailers)?;
                match last {
                    TrailerKind::Subscript(index) => {
                        self.expr(index)?;
                        self.at(tree[target].span);
                        self.plain(Op::StoreSubscr);
                        Ok(())
                    }
                    TrailerKind::Attr(attr) => {
                        let sym = self.sym(attr.name);
                        self.at(tree[target].span);
                        self.qstr(Op::StoreAttr, sym);
                        Ok(())
                    }
                    TrailerKind::Call(_) => self.cannot_assign(target),
                }
            }
            _ => self.cannot_assign(target),
        }
    }

    /// Loads what a target's last trailer applies to, and gives that trailer.
    fn target_base(
        &mut self,
        target: ExprId,
        base: ExprId,
        trailers: List<Trailer>,
    ) -> Result<TrailerKind, crate::CompileError> {
        let tree = self.tree;
        self.expr(base)?;
        let Some((last, early)) = tree.list(trailers).split_last() else {
            return self.cannot_assign(target);
        };
        // No method calls in one go here: the official compiler loads trailer by trailer.
        for trailer in early {
            self.line_at(trailer.span.start);
            let reach = Span { start: tree[target].span.start, end: trailer.span.end };
            match trailer.kind {
                TrailerKind::Call(args) => self.arguments(args, false, 0, reach)?,
                TrailerKind::Subscript(index) => {
                    self.expr(index)?;
                    self.at(reach);
                    self.plain(Op::LoadSubscr);
                }
                TrailerKind::Attr(attr) => {
                    let sym = self.sym(attr.name);
                    self.at(reach);
                    self.qstr(Op::LoadAttr, sym);
                }
            }
        }
        Ok(last.kind)
    }

    fn unpack(&mut self, items: &[ExprId], target: ExprId) -> Done {
        let star = |&id: &ExprId| match self.tree[id].kind {
            ExprKind::Star(inner) => Some(inner),
            _ => None,
        };
        self.at(self.tree[target].span);
        match items.iter().position(|item| star(item).is_some()) {
            Some(at) => {
                if let Some(second) = items[at + 1..].iter().find(|item| star(item).is_some()) {
                    return self.error(
                        self.tree[*second].span,
                        "multiple *x in assignment",
                        "multiple starred expressions in assignment",
                    );
                }
                let right = (items.len() - at - 1) as u32;
                if at > 255 {
                    return self.error(
                        self.tree[target].span,
                        "too many targets before *x",
                        "too many expressions in star-unpacking assignment",
                    );
                }
                self.count(Op::UnpackEx, at as u32 | right << 8);
            }
            None => self.count(Op::UnpackSequence, items.len() as u32),
        }
        let inner: Vec<ExprId> = items.iter().map(|item| star(item).unwrap_or(*item)).collect();
        inner.into_iter().try_for_each(|item| self.assign(item))
    }

    /// `target op= value`
    pub fn augmented(&mut self, target: ExprId, op: BinOp, value: ExprId) -> Done {
        let tree = self.tree;
        let span = tree[target].span;
        let reach = Span { start: span.start, end: tree[value].span.end };
        if self.folds.constant(target).is_some() {
            return self.cannot_assign(target);
        }
        match tree[target].kind {
            ExprKind::Name(name) => {
                let sym = self.sym(name);
                self.at(span);
                self.load(sym);
                self.expr(value)?;
                self.at(reach);
                self.binary(operator::in_place(op));
                self.at(span);
                self.store(sym);
            }
            ExprKind::Trailers { base, trailers } => match self.target_base(target, base, trailers)? {
                TrailerKind::Subscript(index) => {
                    self.expr(index)?;
                    self.at(span);
                    self.plains(&[Op::DupTopTwo, Op::LoadSubscr]);
                    self.expr(value)?;
                    self.at(reach);
                    self.binary(operator::in_place(op));
                    self.at(span);
                    self.plains(&[Op::RotThree, Op::StoreSubscr]);
                }
                TrailerKind::Attr(attr) => {
                    let sym = self.sym(attr.name);
                    self.at(span);
                    self.plain(Op::DupTop);
                    self.qstr(Op::LoadAttr, sym);
                    self.expr(value)?;
                    self.at(reach);
                    self.binary(operator::in_place(op));
                    self.at(span);
                    self.plain(Op::RotTwo);
                    self.qstr(Op::StoreAttr, sym);
                }
                TrailerKind::Call(_) => return self.cannot_assign(target),
            },
            _ => return self.cannot_assign(target),
        }
        Ok(())
    }

    /// `target: annotation = value`
    pub fn annotated(&mut self, target: ExprId, value: Option<ExprId>) -> Done {
        let tree = self.tree;
        match value {
            Some(value) => {
                if !self.swap(target, value)? {
                    self.expr(value)?;
                    self.assign(target)?;
                }
            }
            None => match tree[target].kind {
                ExprKind::Name(name) => {
                    let sym = self.sym(name);
                    let id = self.id;
                    if self.kind() == ScopeKind::Function {
                        if self.full {
                            self.scopes.bind(id, sym);
                        } else {
                            self.scopes.find_or_add(id, sym, Place::Local);
                        }
                    }
                }
                ExprKind::Trailers { base, trailers } if self.full => {
                    // The target is evaluated, though nothing is stored.
                    match self.target_base(target, base, trailers)? {
                        TrailerKind::Subscript(index) => {
                            self.expr(index)?;
                            self.plain(Op::PopTop);
                        }
                        TrailerKind::Attr(_) => {}
                        TrailerKind::Call(_) => return self.cannot_assign(target),
                    }
                    self.plain(Op::PopTop);
                }
                _ => {}
            },
        }
        Ok(())
    }

    /// `del target`
    pub fn delete_target(&mut self, target: ExprId) -> Done {
        let tree = self.tree;
        let span = tree[target].span;
        let refuse = |this: &Self| this.error(span, "can't delete expression", "cannot delete expression");
        if self.folds.constant(target).is_some() && !(self.full && self.is_empty_tuple(target)) {
            return refuse(self);
        }
        match tree[target].kind {
            ExprKind::Name(name) => {
                let sym = self.sym(name);
                self.at(span);
                self.delete(sym);
                Ok(())
            }
            ExprKind::Trailers { base, trailers } => match self.target_base(target, base, trailers)? {
                TrailerKind::Subscript(index) => {
                    self.expr(index)?;
                    self.at(span);
                    self.push(Inst::DeleteItem);
                    Ok(())
                }
                TrailerKind::Attr(attr) => {
                    let sym = self.sym(attr.name);
                    self.at(span);
                    let qstr = self.names.qstr(sym);
                    self.push(Inst::DeleteAttr(qstr));
                    Ok(())
                }
                TrailerKind::Call(_) => refuse(self),
            },
            ExprKind::Tuple(items) => tree.list(items).iter().try_for_each(|&item| self.delete_target(item)),
            ExprKind::List(items) if self.full => {
                tree.list(items).iter().try_for_each(|&item| self.delete_target(item))
            }
            _ => refuse(self),
        }
    }

    /// Pushes a small integer.
    pub fn int(&mut self, value: i64) {
        self.push(Inst::Int(value));
    }
}
