//! `while`, `for` and `async for`.

use crate::expr::operator;
use crate::linear::{Inst, Label};
use crate::lower::{Done, Loop, Lowerer};
use crate::names::sym;
use code::opcode::Op;
use syntax::tree::*;

/// A loop over `range(…)` that counts instead of iterating.
struct Counting {
    start: Option<ExprId>,
    stop: ExprId,
    step: Option<ExprId>,
}

impl Lowerer<'_> {
    fn enter_loop(&mut self, drop_iter: bool) -> (Loop, Option<Loop>) {
        let breaks = self.new_label();
        let continues = self.new_label();
        let now = Loop { breaks, continues, drop_iter, level: self.level };
        (now, self.around.replace(now))
    }

    /// `break` or `continue`
    pub fn leave_loop(&mut self, span: Span, is_break: bool) -> Done {
        let Some(around) = self.around else {
            let cpython = if is_break { "'break' outside loop" } else { "'continue' not properly in loop" };
            return self.error(span, "'break'/'continue' outside loop", cpython);
        };
        let depth = self.level - around.level;
        if depth > 127 {
            return self.error(span, "too many nested blocks", "too many statically nested blocks");
        }
        let label = if is_break { around.breaks } else { around.continues };
        let drop_iter = is_break && around.drop_iter;
        self.at(span);
        self.push(Inst::Unwind { label, depth: depth as u8, drop_iter });
        Ok(())
    }

    /// `while test: body else: orelse`
    pub fn while_stmt(&mut self, test: ExprId, body: Block, orelse: Option<Block>) -> Done {
        let (here, outer) = self.enter_loop(false);
        let truth = self.constant_truth(test);
        if truth != Some(false) {
            let top = self.new_label();
            if truth != Some(true) {
                self.jump(Op::Jump, here.continues);
            }
            self.place(top);
            self.block(body)?;
            self.place(here.continues);
            self.condition(test, true, top)?;
        } else {
            self.unreachable(|this| this.block(body))?;
        }
        self.around = outer;
        if let Some(orelse) = orelse {
            self.block(orelse)?;
        }
        self.place(here.breaks);
        Ok(())
    }

    /// `for target in iter: body else: orelse`
    pub fn for_stmt(&mut self, target: ExprId, iter: ExprId, body: Block, orelse: Option<Block>) -> Done {
        if let Some(counting) = self.counting(target, iter) {
            return self.counting_loop(target, iter, counting, body, orelse);
        }
        let (here, outer) = self.enter_loop(true);
        let end = self.new_label();
        self.expr(iter)?;
        self.at(self.tree[iter].span);
        self.plain(Op::GetIterStack);
        self.place(here.continues);
        self.at(self.tree[iter].span);
        self.jump(Op::ForIter, end);
        self.assign(target)?;
        self.block(body)?;
        self.jump(Op::Jump, here.continues);
        self.place(end);
        self.adjust(-4);
        self.around = outer;
        if let Some(orelse) = orelse {
            self.block(orelse)?;
        }
        self.place(here.breaks);
        Ok(())
    }

    fn counting(&self, target: ExprId, iter: ExprId) -> Option<Counting> {
        let tree = self.tree;
        self.is_name(target)?;
        if self.folds.constant(iter).is_some() || self.binds_range {
            return None;
        }
        let ExprKind::Trailers { base, trailers } = tree[self.folds.resolve(iter)].kind else { return None };
        if tree.name(self.is_name(base)?) != "range" {
            return None;
        }
        let [Trailer { kind: TrailerKind::Call(args), .. }] = *tree.list(trailers) else { return None };
        let plain = |arg: &Arg| match arg.kind {
            ArgKind::Positional(expr) => match tree[expr] {
                Expr { kind: ExprKind::Generator { .. } | ExprKind::Named { .. }, paren: false, .. } => None,
                _ => Some(expr),
            },
            _ => None,
        };
        match tree.list(args) {
            [stop] => Some(Counting { start: None, stop: plain(stop)?, step: None }),
            [start, stop] => Some(Counting { start: Some(plain(start)?), stop: plain(stop)?, step: None }),
            [start, stop, step] => {
                let step = plain(step)?;
                if self.small_int(step).is_none_or(|step| step == 0) {
                    return None;
                }
                Some(Counting { start: Some(plain(start)?), stop: plain(stop)?, step: Some(step) })
            }
            _ => None,
        }
    }

    fn counting_loop(
        &mut self,
        target: ExprId,
        iter: ExprId,
        counting: Counting,
        body: Block,
        orelse: Option<Block>,
    ) -> Done {
        let span = self.tree[iter].span;
        let (here, outer) = self.enter_loop(false);
        let top = self.new_label();
        let entry = self.new_label();
        let stop_on_stack = !self.is_small_int(counting.stop);
        // CPython evaluates from left to right.
        let start_first =
            self.full && stop_on_stack && counting.start.is_some_and(|start| !self.order_is_free(start, counting.stop));
        if start_first {
            if let Some(start) = counting.start {
                self.expr(start)?;
            }
            self.expr(counting.stop)?;
            self.plain(Op::RotTwo);
        } else {
            if stop_on_stack {
                self.expr(counting.stop)?;
            }
            match counting.start {
                Some(start) => self.expr(start)?,
                None => self.int(0),
            }
        }
        self.jump(Op::Jump, entry);
        self.place(top);
        self.plain(Op::DupTop);
        self.assign(target)?;
        self.block(body)?;
        self.place(here.continues);
        self.at(span);
        let step = counting.step.and_then(|step| self.small_int(step)).unwrap_or(1);
        self.int(step);
        self.binary(operator::in_place(BinOp::Add));
        self.place(entry);
        self.at(span);
        if stop_on_stack {
            self.plains(&[Op::DupTopTwo, Op::RotTwo]);
        } else {
            self.plain(Op::DupTop);
            self.expr(counting.stop)?;
        }
        self.binary(if step >= 0 { operator::LESS } else { operator::MORE });
        self.jump(Op::PopJumpIfTrue, top);
        self.around = outer;
        let end = match orelse {
            Some(orelse) => {
                self.plain(Op::PopTop);
                if stop_on_stack {
                    self.plain(Op::PopTop);
                }
                self.block(orelse)?;
                let end = self.new_label();
                self.jump(Op::Jump, end);
                self.adjust(1 + stop_on_stack as i32);
                Some(end)
            }
            None => None,
        };
        self.place(here.breaks);
        self.plain(Op::PopTop);
        if stop_on_stack {
            self.plain(Op::PopTop);
        }
        if let Some(end) = end {
            self.place(end);
        }
        Ok(())
    }

    /// Fetches the next item of the asynchronous iterator on top into a target; jumps to `end`, the first of these labels, after
    /// the last one; the others are its own. The iterator stays.
    pub fn async_next(&mut self, target: ExprId, [end, handler, got, other]: [Label; 4]) -> Done {
        self.open_block(Op::SetupExcept, handler);
        self.plain(Op::DupTop);
        if self.full {
            self.await_through(crate::helpers::ASYNC_NEXT);
            // Errors of storing into the target must not count as the end.
            let item = self.hidden_local("item", self.level);
            self.store(item);
        } else {
            self.qstr(Op::LoadMethod, sym::ANEXT);
            self.call_method(0);
            self.await_top();
            self.assign(target)?;
        }
        self.jump(Op::PopExceptJump, got);
        self.place(handler);
        self.push(Inst::StartHandlers);
        self.plain(Op::DupTop);
        self.qstr(Op::LoadGlobal, sym::STOP_ASYNC_ITERATION);
        self.binary(operator::MATCH);
        self.jump(Op::PopJumpIfFalse, other);
        self.plain(Op::PopTop);
        self.jump(Op::PopExceptJump, end);
        self.place(other);
        self.adjust(1);
        self.close_block();
        self.push(Inst::EndHandlers);
        self.place(got);
        if self.full {
            let item = self.hidden_local("item", self.level + 1);
            self.load(item);
            self.assign(target)?;
        }
        Ok(())
    }

    /// A local of a function that no name in the source can mean; one for each nesting of blocks.
    pub fn hidden_local(&mut self, purpose: &str, level: u32) -> crate::names::Sym {
        self.names.intern(alloc::format!(".{purpose}{level}").as_bytes())
    }

    /// `async for target in iter: body else: orelse`
    pub fn async_for(&mut self, target: ExprId, iter: ExprId, body: Block, orelse: Option<Block>) -> Done {
        let labels = self.new_labels();
        self.expr(iter)?;
        self.async_iter();
        let (here, outer) = self.enter_loop(false);
        self.place(here.continues);
        self.async_next(target, labels)?;
        self.block(body)?;
        self.jump(Op::Jump, here.continues);
        self.around = outer;
        self.place(labels[0]);
        if let Some(orelse) = orelse {
            self.block(orelse)?;
        }
        self.place(here.breaks);
        self.plain(Op::PopTop);
        Ok(())
    }
}
