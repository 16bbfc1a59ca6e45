//! Jumps, exception blocks and iteration.

use super::{Native, Type, helpers};
use crate::names::sym;
use alloc::format;
use asm::{Label, Width};

/// Slots of an iterator on the stack.
const ITER_SLOTS: usize = 4;

/// An exception block that is open.
pub struct Block {
    /// Its handler.
    handler: Label,
    /// Whether the handler is a `finally`, which jumps out of the block must run.
    is_finally: bool,
    /// Where the `finally` goes on when a jump out of the block ran it.
    unwind: Unwind,
    /// Whether the handler has not begun.
    is_active: bool,
}

/// How a `finally` goes on.
#[derive(Clone, Copy)]
enum Unwind {
    /// It only falls through or raises.
    Unused,
    /// To the next `finally` outside.
    To(Label),
    /// To the address in the unwind slot.
    Final,
}

impl Native<'_> {
    // Words of the frame that blocks use.

    /// The exception: the value of the nlr_buf.
    pub fn exception_slot(&self) -> u32 {
        1
    }

    /// The address of the current handler.
    pub fn handler_slot(&self) -> u32 {
        self.machine.nlr_local
    }

    pub fn result_slot(&self) -> u32 {
        self.machine.nlr_words
    }

    pub fn unwind_slot(&self) -> u32 {
        self.machine.nlr_words + 1
    }

    pub fn throw_slot(&self) -> u32 {
        self.machine.nlr_words + 2
    }

    // Jumps.

    /// Places a label.
    pub fn place(&mut self, label: Label) {
        let is_finally = self.blocks.last().is_some_and(|block| block.is_finally && block.handler == label);
        if is_finally {
            // The handler begins with the top of the stack as its exception.
            let temp = self.machine.temps[0];
            self.access(1, temp);
            self.asm.store_local(self.exception_slot(), temp);
        }
        self.settle();
        self.asm.code_mut().place(label);
        if is_finally {
            self.leave_block(false);
        }
    }

    pub fn jump_to(&mut self, label: Label) {
        self.settle();
        self.asm.jump(label);
        self.asm.code_mut().kill();
    }

    /// A conditional jump; a value that is not popped stays for the target.
    pub fn jump_if(&mut self, wanted: bool, label: Label, pop: bool) {
        let ret = self.machine.ret;
        let mut typ = self.peek_type(0);
        let is_object = typ == Type::Object;
        typ = self.pop(if is_object { self.machine.args[0] } else { ret });
        if !pop {
            self.restore(1);
        }
        if is_object {
            self.call(helpers::IS_TRUE);
        } else if !matches!(typ, Type::Bool | Type::Int | Type::Uint) {
            self.type_error(format!("can't implicitly convert '{}' to 'bool'", typ.name()));
        }
        if !pop {
            self.carried.short_circuit = typ;
        }
        self.settle();
        // A C function's bool has only a low byte. (The type is that of the entry, also without types.)
        let is_bool = typ == Type::Object;
        if wanted {
            self.asm.jump_if_nonzero(ret, label, is_bool);
        } else {
            self.asm.jump_if_zero(ret, label, is_bool);
        }
        if !pop {
            self.drop(1);
        }
    }

    /// Jumps out of `count` blocks.
    pub fn unwind_jump(&mut self, label: Label, count: usize) {
        let mut target = label;
        let end = self.blocks.len().saturating_sub(count);
        if count > 0 {
            let mut first = None;
            let mut last: Option<usize> = None;
            for at in (end..self.blocks.len()).rev() {
                if !(self.blocks[at].is_finally && self.blocks[at].is_active) {
                    continue;
                }
                first = first.or(Some(self.blocks[at].handler));
                if let Some(last) = last {
                    self.blocks[last].unwind = Unwind::To(self.blocks[at].handler);
                }
                last = Some(at);
            }
            let ret = self.machine.ret;
            match (first, last) {
                (Some(first), Some(last)) => {
                    self.blocks[last].unwind = Unwind::Final;
                    self.asm.label_address(ret, label);
                    self.asm.store_local(self.unwind_slot(), ret);
                    self.asm.constant(ret, 0);
                    self.asm.store_local(self.exception_slot(), ret);
                    target = first;
                }
                _ => {
                    let outer = end.checked_sub(1).map(|at| self.blocks[at].handler);
                    self.set_handler(outer);
                }
            }
        }
        self.jump_to(target);
    }

    // Blocks.

    /// Sets the address of the current handler.
    pub fn set_handler(&mut self, handler: Option<Label>) {
        let ret = self.machine.ret;
        match handler {
            Some(handler) => self.asm.label_address(ret, handler),
            None => self.asm.clear(ret),
        }
        self.asm.store_local(self.handler_slot(), ret);
    }

    /// The handler of the innermost block that is active.
    pub fn active_handler(&self) -> Option<Label> {
        self.blocks.iter().rev().find(|block| block.is_active).map(|block| block.handler)
    }

    fn enter_block(&mut self, handler: Label, is_finally: bool) {
        self.blocks.push(Block { handler, is_finally, unwind: Unwind::Unused, is_active: true });
        self.set_handler(Some(handler));
    }

    /// The handler of the innermost block is no longer the current one.
    fn leave_block(&mut self, in_handler: bool) {
        if let Some(block) = self.blocks.last_mut() {
            block.is_active = false;
        }
        let outer = self.active_handler();
        // When an exception was caught, the function's entry has cleared the address.
        if outer.is_some() || !in_handler {
            self.set_handler(outer);
        }
    }

    pub fn setup_block(&mut self, handler: Label, is_finally: bool) {
        self.settle();
        self.enter_block(handler, is_finally);
    }

    pub fn start_except_handlers(&mut self) {
        self.leave_block(true);
        let temp = self.machine.temps[0];
        self.asm.load_local(temp, self.exception_slot());
        self.push(Type::Object, temp);
    }

    pub fn pop_except_jump(&mut self, label: Label) {
        if self.blocks.last().is_some_and(|block| !block.is_active) {
            // Out of a handler: the exception is done with.
            self.clear_local(self.exception_slot(), self.machine.temps[0]);
        } else {
            self.leave_block(false);
        }
        self.jump_to(label);
    }

    pub fn end_finally(&mut self) {
        self.drop(1);
        self.asm.load_local(self.machine.args[0], self.exception_slot());
        self.call(helpers::RAISE);
        let unwind = self.blocks.pop().map_or(Unwind::Unused, |block| block.unwind);
        let fall_through = self.fresh();
        if matches!(unwind, Unwind::Unused) {
            return;
        }
        let ret = self.machine.ret;
        self.asm.load_local(ret, self.unwind_slot());
        self.asm.jump_if_zero(ret, fall_through, false);
        match unwind {
            Unwind::To(label) => self.jump_to(label),
            _ => self.asm.jump_register(ret),
        }
        self.place(fall_through);
    }

    pub fn raise(&mut self) {
        let typ = self.pop(self.machine.args[0]);
        if typ != Type::Object {
            self.type_error("must raise an object".into());
        }
        self.call(helpers::RAISE);
        self.asm.code_mut().kill();
    }

    // `with`.

    pub fn setup_with(&mut self, handler: Label) {
        let args = self.machine.args;
        let typ = self.access(1, args[0]);
        self.expect_object(typ);
        self.push_items(args[2], 2);
        let exit = self.names.qstr(sym::EXIT);
        self.call_with_qstr(helpers::LOAD_METHOD, 1, exit);
        self.pop(args[2]);
        self.pop(args[1]);
        let typ = self.pop(args[0]);
        self.push(typ, args[1]);
        self.push(typ, args[2]);
        self.push_items(args[2], 2);
        let enter = self.names.qstr(sym::ENTER);
        self.call_with_qstr(helpers::LOAD_METHOD, 1, enter);
        self.pop_items(args[2], 2);
        self.call_with(helpers::CALL_METHOD, &[(0, 0), (1, 0)]);
        self.push(Type::Object, self.machine.ret);
        self.settle();
        self.enter_block(handler, true);
        self.dup();
    }

    /// Calls `__exit__`: its two slots and three arguments are on the stack.
    fn call_exit(&mut self) {
        self.pop_items(self.machine.args[2], 5);
        self.call_with(helpers::CALL_METHOD, &[(0, 3), (1, 0)]);
    }

    pub fn with_exit(&mut self, handler: Label) {
        let (args, ret) = (self.machine.args, self.machine.ret);
        let (swallow, end, quiet) = (self.fresh(), self.fresh(), self.fresh());
        self.leave_block(false);
        self.drop(1);
        self.place(quiet);
        for _ in 0..3 {
            self.push_constant(Type::None, 0);
        }
        self.call_exit();
        self.jump_to(swallow);
        self.asm.code_mut().place(handler);
        self.leave_block(true);
        self.adjust_depth(2);
        self.asm.load_local(args[0], self.exception_slot());
        self.asm.jump_if_zero(args[0], quiet, false);
        self.asm.load(Width::Word, args[1], args[0], 0);
        self.push(Type::Object, args[1]);
        self.push(Type::Object, args[0]);
        self.push_constant(Type::None, 0);
        self.call_exit();
        if args[0] != ret {
            self.asm.copy(args[0], ret);
        }
        self.call(helpers::IS_TRUE);
        self.asm.jump_if_zero(ret, end, true);
        self.place(swallow);
        self.clear_local(self.exception_slot(), self.machine.temps[0]);
        self.place(end);
        self.restore(1);
    }

    pub fn async_with_exit(&mut self, quiet: Label, handler: Label, leaving: Label) {
        let exception = self.machine.args[0];
        self.adjust_depth(1);
        self.rotate_two();
        self.push_constant(Type::None, 0);
        self.rotate_two();
        self.jump_to(quiet);
        self.adjust_depth(-1);
        self.place(handler);
        self.drop(1);
        self.asm.load_local(exception, self.exception_slot());
        self.push(Type::Object, exception);
        self.asm.jump_if_zero(exception, leaving, false);
    }

    // Iteration.

    pub fn get_iter(&mut self) {
        let args = self.machine.args;
        self.pop_object(args[0]);
        self.asm.constant(args[1], 0);
        self.call(helpers::GETITER);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn get_iter_stack(&mut self) {
        let args = self.machine.args;
        self.pop_object(args[0]);
        self.push_items(args[1], ITER_SLOTS);
        self.call(helpers::GETITER);
    }

    pub fn for_iter(&mut self, end: Label) {
        let ret = self.machine.ret;
        self.pop_items(self.machine.args[0], ITER_SLOTS);
        self.restore(ITER_SLOTS);
        self.call(helpers::ITERNEXT);
        self.asm.jump_if_zero(ret, end, false);
        self.push(Type::Object, ret);
    }
}
