//! Tuple, list, set and dict displays.
//!
//! With unpacking (`*a`, `**m`), which the official compiler refuses, a display starts as the container
//! of what stands in front and grows item by item.

use crate::helpers;
use crate::lower::{Done, Lowerer};
use crate::names::{Sym, sym};
use crate::tokens;
use code::opcode::Op;
use syntax::tree::*;

/// STORE_COMP operand for a container just below the item.
const APPEND: u32 = 1 << 2;
const ADD: u32 = 1 << 2 | 2;

impl Lowerer<'_> {
    fn has_star(&self, items: &[ExprId]) -> bool {
        items.iter().any(|&item| matches!(self.tree[item].kind, ExprKind::Star(_)))
    }

    /// `(a, b)`
    pub fn tuple(&mut self, items: List<ExprId>, span: Span) -> Done {
        let list = self.tree.list(items);
        if self.has_star(list) {
            self.load_helper_or(helpers::BUILD_TUPLE, sym::TUPLE);
            self.growing(list, Op::BuildList, APPEND, sym::EXTEND)?;
            self.call(1);
            return Ok(());
        }
        self.exprs(items)?;
        self.at(span);
        self.count(Op::BuildTuple, items.len);
        Ok(())
    }

    /// `[a, b]`
    pub fn list_display(&mut self, items: List<ExprId>, span: Span) -> Done {
        let list = self.tree.list(items);
        if self.has_star(list) {
            return self.growing(list, Op::BuildList, APPEND, sym::EXTEND);
        }
        self.exprs(items)?;
        self.at(span);
        self.count(Op::BuildList, items.len);
        Ok(())
    }

    /// `{a, b}`
    pub fn set_display(&mut self, items: List<ExprId>, span: Span) -> Done {
        let list = self.tree.list(items);
        if self.has_star(list) {
            return self.growing(list, Op::BuildSet, ADD, sym::UPDATE);
        }
        self.exprs(items)?;
        self.at(span);
        self.count(Op::BuildSet, items.len);
        Ok(())
    }

    /// Builds a list or set step by step.
    pub fn growing(&mut self, items: &[ExprId], build: Op, store: u32, method: Sym) -> Done {
        let plain = items.iter().take_while(|&&item| !self.has_star(&[item])).count();
        for &item in &items[..plain] {
            self.expr(item)?;
        }
        self.count(build, plain as u32);
        for &item in &items[plain..] {
            if let ExprKind::Star(value) = self.tree[item].kind {
                self.plain(Op::DupTop);
                self.qstr(Op::LoadMethod, method);
                self.expr(value)?;
                self.at(self.tree[value].span);
                self.call_method(1);
                self.plain(Op::PopTop);
            } else {
                self.expr(item)?;
                self.count(Op::StoreComp, store);
            }
        }
        Ok(())
    }

    /// Whether the order in which two expressions are evaluated cannot be told.
    pub fn order_is_free(&self, a: ExprId, b: ExprId) -> bool {
        let constant = |expr| self.folds.constant(self.folds.resolve(expr)).is_some();
        let name = |expr: ExprId| matches!(self.tree[expr].kind, ExprKind::Name(_));
        constant(a) || constant(b) || name(a) && name(b)
    }

    /// Leaves value and key on the stack for STORE_MAP; the full dialect evaluates the key first.
    pub fn key_value(&mut self, key: ExprId, value: ExprId) -> Done {
        if self.full && !self.order_is_free(key, value) {
            self.expr(key)?;
            self.expr(value)?;
            self.plain(Op::RotTwo);
        } else {
            self.expr(value)?;
            self.expr(key)?;
        }
        Ok(())
    }

    /// `{k: v}`
    pub fn dict_display(&mut self, items: List<DictItem>, span: Span) -> Done {
        self.at(span);
        self.count(Op::BuildMap, items.len);
        let mut behind = span.start;
        for item in self.tree.list(items) {
            // The item begins with the parentheses of its key.
            let parens = item.key.is_some_and(|key| self.tree[key].paren);
            let start = match parens {
                true if behind == span.start => Some(tokens::next_token(self.source, behind + 1)),
                true => tokens::after_comma(self.source, behind).map(|at| tokens::next_token(self.source, at)),
                false => None,
            };
            self.line_at(start.unwrap_or(item.span.start));
            behind = self.tree[item.value].span.end;
            match item.key {
                Some(key) => {
                    self.key_value(key, item.value)?;
                    self.at(item.span);
                    self.plain(Op::StoreMap);
                }
                None if self.full => {
                    self.plain(Op::DupTop);
                    self.helper(helpers::DICT_UPDATE);
                    self.plain(Op::RotTwo);
                    self.expr(item.value)?;
                    self.at(item.span);
                    self.call(2);
                    self.plain(Op::PopTop);
                }
                None => {
                    self.plain(Op::DupTop);
                    self.qstr(Op::LoadMethod, sym::UPDATE);
                    self.expr(item.value)?;
                    self.call_method(1);
                    self.plain(Op::PopTop);
                }
            }
        }
        Ok(())
    }
}
