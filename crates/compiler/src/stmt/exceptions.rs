//! `try`, `with` and `async with`.

use crate::constants::Value;
use crate::expr::operator;
use crate::helpers;
use crate::linear::{Inst, Label};
use crate::lower::{Done, Lowerer};
use crate::names::sym;
use crate::scope::Emit;
use crate::tokens;
use alloc::vec::Vec;
use code::opcode::Op;
use syntax::tree::*;

impl Lowerer<'_> {
    /// `try: … except …: … else: … finally: …`
    pub fn try_stmt(
        &mut self,
        body: Block,
        handlers: &[Handler],
        orelse: Option<Block>,
        finally: Option<Block>,
        star: bool,
        span: Span,
    ) -> Done {
        if star && !self.full {
            return self.needs_full(span, "except*");
        }
        let Some(finally) = finally else {
            return self.try_except(body, handlers, orelse, star);
        };
        let handler = self.new_label();
        self.open_block(Op::SetupFinally, handler);
        if handlers.is_empty() {
            // Room for what an UNWIND_JUMP leaves.
            self.adjust(3);
            self.block(body)?;
            self.adjust(-3);
        } else {
            self.try_except(body, handlers, orelse, star)?;
        }
        self.plain(Op::LoadConstNone);
        self.place(handler);
        // A returned value may lie below.
        self.adjust(1);
        self.block(finally)?;
        self.adjust(-1);
        self.close_block();
        Ok(())
    }

    fn try_except(&mut self, body: Block, handlers: &[Handler], orelse: Option<Block>, star: bool) -> Done {
        if star {
            return self.try_except_star(body, handlers, orelse);
        }
        let caught = self.new_label();
        let success = self.new_label();
        self.open_block(Op::SetupExcept, caught);
        self.block(body)?;
        self.jump(Op::PopExceptJump, success);
        self.place(caught);
        self.push(Inst::StartHandlers);
        let end = self.new_label();
        for (at, handler) in handlers.iter().enumerate() {
            let next = self.new_label();
            self.full_line(handler.span.start);
            match handler.typ {
                None if at + 1 < handlers.len() => {
                    return self.error(handler.span, "default 'except' must be last", "default 'except:' must be last");
                }
                None => {}
                Some(typ) => {
                    self.plain(Op::DupTop);
                    self.expr(typ)?;
                    self.at(self.tree[typ].span);
                    self.binary(operator::MATCH);
                    self.jump(Op::PopJumpIfFalse, next);
                }
            }
            match handler.name {
                None => {
                    self.plain(Op::PopTop);
                    self.block(handler.body)?;
                }
                Some(name) => {
                    let name = self.sym(name.name);
                    self.store(name);
                    self.unbinding(name, handler.body)?;
                }
            }
            self.jump(Op::PopExceptJump, end);
            self.place(next);
            // The exception is still there when no handler took it.
            self.adjust(1);
        }
        self.close_block();
        self.push(Inst::EndHandlers);
        self.place(success);
        if let Some(orelse) = orelse {
            self.block(orelse)?;
        }
        self.place(end);
        Ok(())
    }

    /// The body of `except … as name`, after which the name is unbound however it is left.
    pub fn unbinding(&mut self, name: crate::names::Sym, body: Block) -> Done {
        let handler = self.new_label();
        self.open_block(Op::SetupFinally, handler);
        self.block(body)?;
        self.plain(Op::LoadConstNone);
        self.place(handler);
        self.adjust(1);
        self.plain(Op::LoadConstNone);
        self.store(name);
        self.delete(name);
        self.adjust(-1);
        self.close_block();
        Ok(())
    }

    /// `with (a, b): body` without `as` inside: the official grammar knows no parenthesised managers, so
    /// this is one manager, a tuple (exact dialect).
    pub fn official_with(&mut self, items: &[WithItem], body: Block, span: Span) -> Result<bool, crate::CompileError> {
        let Some(last) = items.last() else { return Ok(false) };
        if self.full || items.iter().any(|item| item.target.is_some()) {
            return Ok(false);
        }
        let opening = tokens::next_token(self.source, span.start + 4);
        let mut at = tokens::next_token(self.source, self.tree[last.context].span.end);
        let byte = |at: u32| self.source.get(at as usize).copied();
        // The span of a tuple or generator holds its parentheses.
        let context = &self.tree[last.context];
        let outside = !matches!(context.kind, ExprKind::Tuple(_) | ExprKind::Generator { .. });
        if context.paren && outside && byte(at) == Some(b')') {
            at = tokens::next_token(self.source, at + 1);
        }
        let comma = byte(at) == Some(b',');
        if comma {
            at = tokens::next_token(self.source, at + 1);
        }
        if byte(opening) != Some(b'(') || byte(at) != Some(b')') || items.len() < 2 && !comma {
            return Ok(false);
        }
        let constants: Option<Vec<_>> = items
            .iter()
            .map(|item| self.folds.constant(self.folds.resolve(item.context)).map(|constant| constant.id))
            .collect();
        if let Some(constants) = constants {
            // A constant tuple; its node begins as in `fold`.
            let first = tokens::next_token(self.source, opening + 1);
            let second = tokens::after_comma(self.source, self.tree[items[0].context].span.end)
                .map(|at| tokens::next_token(self.source, at));
            let start = match second {
                Some(second) if items.len() > 2 || items.len() == 2 && comma => second,
                _ => first,
            };
            let tuple = self.folds.pool.add(Value::Tuple(constants.into()));
            self.line_at(start);
            self.load_object(tuple);
        } else {
            self.line_at(opening);
            for item in items {
                self.expr(item.context)?;
            }
            self.count(Op::BuildTuple, items.len() as u32);
        }
        let end = self.new_label();
        self.open_block(Op::SetupWith, end);
        self.plain(Op::PopTop);
        self.block(body)?;
        self.push(Inst::LeaveWith(end));
        self.keep_labels(3);
        self.close_block();
        Ok(true)
    }

    /// `with a as b, c: body`. Managers nest; a loop, since users can write many.
    pub fn with(&mut self, items: &[WithItem], body: Block) -> Done {
        let mut ends = Vec::new();
        for item in items {
            let end = self.new_label();
            self.expr(item.context)?;
            self.at(self.tree[item.context].span);
            self.open_block(Op::SetupWith, end);
            match item.target {
                Some(target) => self.assign(target)?,
                None => self.plain(Op::PopTop),
            }
            ends.push((end, self.tree[item.context].span));
        }
        self.block(body)?;
        while let Some((end, span)) = ends.pop() {
            self.at(span);
            self.push(Inst::LeaveWith(end));
            self.keep_labels(3);
            self.close_block();
        }
        Ok(())
    }

    /// `async with a as b, c: body`, full dialect. Manager and exception are kept in hidden locals, so that
    /// the verifier can follow; the manager is None once its `__aexit__` has been called.
    fn full_async_with(&mut self, items: &[WithItem], body: Block) -> Done {
        let mut blocks = Vec::new();
        for item in items {
            let (handler, caught) = (self.new_label(), self.new_label());
            let manager = self.hidden_local("manager", self.level);
            self.expr(item.context)?;
            self.at(self.tree[item.context].span);
            self.plain(Op::DupTop);
            self.store(manager);
            self.await_through(crate::helpers::ASYNC_ENTER);
            // Blocks are left at the depth at which they were opened, so the value waits in a local.
            let value = self.hidden_local("entered", self.level);
            match item.target {
                Some(_) => self.store(value),
                None => self.plain(Op::PopTop),
            }
            self.open_block(Op::SetupFinally, handler);
            self.open_block(Op::SetupExcept, caught);
            if let Some(target) = item.target {
                self.load(value);
                self.assign(target)?;
            }
            // Room for what a return or jump leaves.
            self.adjust(3);
            blocks.push((handler, caught, manager, self.tree[item.context].span));
        }
        self.block(body)?;
        while let Some((handler, caught, manager, span)) = blocks.pop() {
            let (normal, done, other) = (self.new_label(), self.new_label(), self.new_label());
            let exception = self.hidden_local("exception", self.level);
            self.adjust(-3);
            self.at(span);
            self.jump(Op::PopExceptJump, normal);
            self.place(caught);
            self.push(Inst::StartHandlers);
            self.plain(Op::DupTop);
            self.store(exception);
            self.load(manager);
            self.plain(Op::LoadConstNone);
            self.store(manager);
            self.qstr(Op::LoadMethod, sym::AEXIT);
            self.load(exception);
            self.qstr(Op::LoadAttr, sym::CLASS);
            self.load(exception);
            self.plain(Op::LoadConstNone);
            self.store(exception);
            self.plain(Op::LoadConstNone);
            self.call_method(3);
            self.await_top();
            self.jump(Op::PopJumpIfFalse, other);
            self.plain(Op::PopTop);
            self.jump(Op::PopExceptJump, normal);
            self.adjust(1);
            self.place(other);
            self.close_block();
            self.push(Inst::EndHandlers);
            self.place(normal);
            self.plain(Op::LoadConstNone);
            self.place(handler);
            self.adjust(1);
            self.load(manager);
            self.plain(Op::LoadConstNone);
            self.binary(operator::IS);
            self.jump(Op::PopJumpIfTrue, done);
            self.load(manager);
            self.qstr(Op::LoadMethod, sym::AEXIT);
            self.plains(&[Op::LoadConstNone, Op::DupTop, Op::DupTop]);
            self.call_method(3);
            self.await_top();
            self.plain(Op::PopTop);
            self.place(done);
            self.adjust(-1);
            self.close_block();
        }
        Ok(())
    }

    /// `async with a as b, c: body`
    pub fn async_with(&mut self, items: &[WithItem], body: Block) -> Done {
        if self.full {
            return self.full_async_with(items, body);
        }
        let mut blocks = Vec::new();
        for item in items {
            let labels = self.new_labels();
            self.expr(item.context)?;
            self.at(self.tree[item.context].span);
            self.plain(Op::DupTop);
            self.qstr(Op::LoadMethod, sym::AENTER);
            self.call_method(0);
            self.await_top();
            match item.target {
                Some(target) => self.assign(target)?,
                None => self.plain(Op::PopTop),
            }
            self.open_block(Op::SetupFinally, labels[0]);
            self.adjust(3);
            blocks.push((labels, self.tree[item.context].span));
        }
        self.block(body)?;
        while let Some((labels, span)) = blocks.pop() {
            self.adjust(-3);
            self.at(span);
            self.async_exit(labels);
        }
        Ok(())
    }

    /// The end of an `async with`: the stack holds the manager, and above it nothing, the exception,
    /// or what a return or jump left.
    fn async_exit(&mut self, [blocked, quiet, leaving, end]: [Label; 4]) {
        // The official compiler counts the name also where machine code does without it.
        self.names.qstr(sym::BASE_EXCEPTION);
        self.push(Inst::LeaveAsyncWith { quiet, handler: blocked, leaving });
        self.plains(&[Op::DupTop, Op::RotThree, Op::RotTwo]);
        self.qstr(Op::LoadMethod, sym::AEXIT);
        self.plains(&[Op::RotThree, Op::RotThree, Op::DupTop]);
        self.qstr(Op::LoadAttr, sym::CLASS);
        self.plains(&[Op::RotTwo, Op::LoadConstNone]);
        self.call_method(3);
        self.await_top();
        self.jump(Op::PopJumpIfFalse, end);
        self.plains(&[Op::PopTop, Op::LoadConstNone]);
        self.jump(Op::Jump, end);
        self.adjust(2);
        self.place(leaving);
        self.plains(&[Op::RotThree, Op::RotThree]);
        self.place(quiet);
        self.qstr(Op::LoadMethod, sym::AEXIT);
        self.plains(&[Op::LoadConstNone, Op::DupTop, Op::DupTop]);
        self.call_method(3);
        self.await_top();
        self.plain(Op::PopTop);
        self.adjust(-1);
        self.place(end);
        self.close_block();
    }

    /// `except*`: a helper object on the stack splits the group for each handler and collects what the
    /// handlers raise.
    fn try_except_star(&mut self, body: Block, handlers: &[Handler], orelse: Option<Block>) -> Done {
        // Machine code has no way to say that what is left on the stack is to be raised as it is.
        let scope = &mut self.scopes[self.id];
        if scope.emit == Emit::Native {
            scope.choose(Some(Emit::Bytecode));
        }
        let caught = self.new_label();
        let success = self.new_label();
        let end = self.new_label();
        self.open_block(Op::SetupExcept, caught);
        self.block(body)?;
        self.jump(Op::PopExceptJump, success);
        self.place(caught);
        self.push(Inst::StartHandlers);
        self.call_helper_on_top(helpers::EXCEPT_STAR);
        for handler in handlers {
            let skip = self.new_label();
            let next = self.new_label();
            let raised = self.new_label();
            self.full_line(handler.span.start);
            self.plain(Op::DupTop);
            self.qstr(Op::LoadMethod, sym::MATCH);
            if let Some(typ) = handler.typ {
                self.expr(typ)?;
                self.at(self.tree[typ].span);
            }
            self.call_method(1);
            self.plains(&[Op::DupTop, Op::LoadConstNone]);
            self.binary(operator::IS);
            self.jump(Op::PopJumpIfTrue, skip);
            let name = handler.name.map(|name| self.sym(name.name));
            match name {
                Some(name) => self.store(name),
                None => self.plain(Op::PopTop),
            }
            self.open_block(Op::SetupExcept, raised);
            match name {
                Some(name) => self.unbinding(name, handler.body)?,
                None => self.block(handler.body)?,
            }
            self.jump(Op::PopExceptJump, next);
            self.place(raised);
            self.push(Inst::StartHandlers);
            self.plain(Op::DupTopTwo);
            self.count(Op::BuildTuple, 2);
            self.call_helper_on_top(helpers::EXCEPT_STAR_ADD);
            self.plains(&[Op::PopTop, Op::PopTop]);
            self.jump(Op::PopExceptJump, next);
            self.drop_block();
            self.adjust(1);
            self.push(Inst::EndHandlers);
            self.place(skip);
            self.plain(Op::PopTop);
            self.place(next);
        }
        self.qstr(Op::LoadMethod, sym::FINISH);
        self.call_method(0);
        // What is left is raised as it is: the exception that the handlers had is not its context. None goes on.
        self.close_block();
        self.push(Inst::EndHandlers);
        self.jump(Op::Jump, end);
        self.place(success);
        if let Some(orelse) = orelse {
            self.block(orelse)?;
        }
        self.place(end);
        Ok(())
    }
}
