//! Comprehensions and generator expressions: a call of a function of its own.
//!
//! The first iterable is evaluated outside and is the function's only argument, which has no name.

use crate::helpers;
use crate::lower::{Done, Lowerer};
use crate::names::sym;
use crate::scope::{Body, Comp, Emit, Place, Role, ScopeKind};
use crate::tokens;
use code::opcode::Op;
use syntax::tree::*;

/// Slots of an iterator on the stack.
const ITER_SLOTS: i32 = 4;

impl Lowerer<'_> {
    /// Lowers a comprehension where it stands.
    pub fn comprehension(&mut self, id: ExprId) -> Done {
        let tree = self.tree;
        let (kind, elt, value, clauses) = match tree[id].kind {
            ExprKind::ListComp { elt, clauses } => (Comp::List, elt, None, clauses),
            ExprKind::SetComp { elt, clauses } => (Comp::Set, elt, None, clauses),
            ExprKind::DictComp { key, value, clauses } => (Comp::Dict, key, Some(value), clauses),
            ExprKind::Generator { elt, clauses } => (Comp::Generator, elt, None, clauses),
            _ => return Ok(()),
        };
        let Some(&Clause::For { iter, is_async, .. }) = tree.list(clauses).first() else {
            return Ok(());
        };
        let node = &tree[id];
        // The element's first token, behind the opening bracket (an argument's generator has none).
        let bare = kind == Comp::Generator && !node.paren;
        let start = if bare { node.span.start } else { tokens::next_token(self.source, node.span.start + 1) };
        let line = self.line_of(start);
        let body = Body::Comprehension { kind, elt, value, clauses, line };
        let child = self.new_scope(body, ScopeKind::Comprehension, Self::comp_name(kind), node.span.start);
        let awaits = self.full && self.comprehension_awaits(elt, value, clauses);
        if awaits && kind == Comp::Generator {
            self.scopes[child].is_async = true;
            // What drives it wants to look into it.
            self.scopes[child].choose(Some(Emit::Bytecode));
            self.helper(helpers::ASYNC_GENERATOR);
            self.make(child, false);
        } else {
            self.make(child, false);
        }
        self.expr(iter)?;
        self.at(node.span);
        if is_async {
            if !self.full {
                return self.error(node.span, "invalid syntax", "");
            }
            self.async_iter();
        } else if kind == Comp::Generator {
            self.plain(Op::GetIter);
        }
        self.call(1);
        if awaits && kind == Comp::Generator {
            self.call(1);
        } else if awaits {
            self.plain(Op::GetIter);
            self.plain(Op::LoadConstNone);
            self.plain(Op::YieldFrom);
            self.keep_labels(3);
            self.is_generator();
        }
        Ok(())
    }

    /// Whether a comprehension awaits in its own function, so that calling it gives a coroutine.
    fn comprehension_awaits(&self, elt: ExprId, value: Option<ExprId>, clauses: List<Clause>) -> bool {
        let own = |expr| self.awaits(expr);
        own(elt)
            || value.is_some_and(own)
            || self.tree.list(clauses).iter().enumerate().any(|(at, clause)| match *clause {
                Clause::For { iter, is_async, .. } => is_async || at > 0 && own(iter),
                Clause::If { test, .. } => own(test),
            })
    }

    /// The body of a comprehension's function.
    pub fn comprehension_body(
        &mut self,
        kind: Comp,
        elt: ExprId,
        value: Option<ExprId>,
        clauses: List<Clause>,
        line: u32,
    ) -> Done {
        let id = self.id;
        let argument = self.scopes.find_or_add(id, sym::EMPTY, Place::Local);
        argument.role = Role::Variable;
        self.here().n_pos = 1;
        self.line(line);
        match kind {
            Comp::List => self.count(Op::BuildList, 0),
            Comp::Set => self.count(Op::BuildSet, 0),
            Comp::Dict => self.count(Op::BuildMap, 0),
            Comp::Generator => {}
        }
        let clauses = self.tree.list(clauses);
        let first_async = matches!(clauses.first(), Some(Clause::For { is_async: true, .. }));
        if first_async {
            self.load(sym::EMPTY);
        } else if kind == Comp::Generator {
            self.plain(Op::LoadNull);
            self.load(sym::EMPTY);
            self.plains(&[Op::LoadNull, Op::LoadNull]);
        } else {
            self.load(sym::EMPTY);
            self.plain(Op::GetIterStack);
        }
        self.comprehension_clauses(kind, elt, value, clauses, line)?;
        if kind == Comp::Generator {
            self.plain(Op::LoadConstNone);
        }
        self.plain(Op::ReturnValue);
        Ok(())
    }

    /// The loops, the first of which has its iterator on the stack. Flat: users can write many clauses.
    fn comprehension_clauses(
        &mut self,
        kind: Comp,
        elt: ExprId,
        value: Option<ExprId>,
        clauses: &[Clause],
        line: u32,
    ) -> Done {
        let mut open = alloc::vec::Vec::new();
        let mut depth = 0u32;
        for (at, clause) in clauses.iter().enumerate() {
            match *clause {
                Clause::For { target, iter, is_async, .. } => {
                    if at > 0 {
                        self.expr(iter)?;
                        if is_async {
                            self.async_iter();
                        } else {
                            self.plain(Op::GetIterStack);
                        }
                    }
                    if is_async && !self.full {
                        return self.error(self.tree[target].span, "invalid syntax", "");
                    }
                    let top = self.new_label();
                    let end = self.new_label();
                    self.place(top);
                    if is_async {
                        let [handler, got, other] = self.new_labels();
                        self.async_next(target, [end, handler, got, other])?;
                        depth += 1;
                    } else {
                        self.jump(Op::ForIter, end);
                        self.assign(target)?;
                        depth += ITER_SLOTS as u32;
                    }
                    open.push((top, end, is_async));
                }
                Clause::If { test, .. } => {
                    if let Some(&(top, ..)) = open.last() {
                        self.condition(test, false, top)?;
                    }
                }
            }
        }
        match value {
            Some(value) => {
                self.line(line);
                self.key_value(elt, value)?;
            }
            None => self.expr(elt)?,
        }
        match kind {
            Comp::Generator => {
                self.yield_value();
                self.plain(Op::PopTop);
            }
            Comp::List => self.count(Op::StoreComp, (depth + 1) << 2),
            Comp::Dict => self.count(Op::StoreComp, (depth + 2) << 2 | 1),
            Comp::Set => self.count(Op::StoreComp, (depth + 1) << 2 | 2),
        }
        while let Some((top, end, is_async)) = open.pop() {
            self.jump(Op::Jump, top);
            self.place(end);
            if is_async {
                self.plain(Op::PopTop);
            } else {
                self.adjust(-ITER_SLOTS);
            }
        }
        Ok(())
    }
}
