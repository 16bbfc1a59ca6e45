//! Jumps, exception blocks and iteration.
//!
//! The official emitter has one word for the exception that handlers have, and one for where the jump goes on that a `finally`
//! interrupts. So a block inside a handler makes it forget its exception, a generator forgets both when it yields, and where two
//! jumps leave one `finally` for different places, the later decides for both. Code for the exact dialect keeps that. Other
//! ("precise") code has both words per depth of blocks, and one for the result of a generator, among its stack slots.

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

/// Words that precise code keeps of a block.
const BLOCK_WORDS: u32 = 2;

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

    // Words that precise code has instead, behind the stack.

    /// How many there are.
    pub fn block_slots(&self) -> u32 {
        if self.precise && self.scope.n_except > 0 { BLOCK_WORDS * self.scope.n_except + 1 } else { 0 }
    }

    fn block_slot(&self, number: u32) -> u32 {
        (self.base + self.n_state).wrapping_sub(self.scope.n_locals + 1 + number)
    }

    /// The result that waits while a `finally` of a generator runs.
    pub fn waiting_result(&self) -> u32 {
        self.block_slot(0)
    }

    /// The exception that the handler at this depth of blocks has.
    fn handled(&self, depth: usize) -> u32 {
        self.block_slot(1 + BLOCK_WORDS * depth as u32)
    }

    /// Where the `finally` at this depth of blocks goes on.
    fn destination(&self, depth: usize) -> u32 {
        self.block_slot(2 + BLOCK_WORDS * depth as u32)
    }

    /// The depth of the innermost block.
    fn innermost(&self) -> usize {
        self.blocks.len().saturating_sub(1)
    }

    /// A handler begins: precise code keeps its exception.
    fn keep_exception(&mut self) {
        if self.precise {
            let temp = self.machine.temps[0];
            self.asm.load_local(temp, self.exception_slot());
            self.store_slot(self.handled(self.innermost()), temp);
        }
    }

    /// Loads the exception of the innermost block's handler.
    fn load_exception(&mut self, to: asm::Reg) {
        if self.precise {
            self.load_slot(to, self.handled(self.innermost()));
        } else {
            self.asm.load_local(to, self.exception_slot());
        }
    }

    /// The innermost block's handler is done with its exception.
    fn forget_exception(&mut self) {
        let temp = self.machine.temps[0];
        if self.precise {
            let inner = self.innermost();
            self.asm.clear(temp);
            self.store_slot(self.handled(inner), temp);
            self.resume_exception(inner);
        } else {
            self.clear_local(self.exception_slot(), temp);
        }
    }

    /// Back to `depth` blocks: the exception of the handler around there, if any, is the one that is handled.
    pub fn resume_exception(&mut self, depth: usize) {
        let temp = self.machine.temps[0];
        match self.blocks[..depth].iter().rposition(|block| !block.is_active) {
            Some(outer) => {
                self.load_slot(temp, self.handled(outer));
                self.asm.store_local(self.exception_slot(), temp);
            }
            None => self.clear_local(self.exception_slot(), temp),
        }
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
        self.asm.place(label);
        if is_finally {
            self.keep_exception();
            self.leave_block(false);
        }
    }

    pub fn jump_to(&mut self, label: Label) {
        self.settle();
        let here = self.asm.code().offset();
        let target = self.asm.code().backward(label).map(|distance| here.wrapping_add_signed(distance));
        if self.precise && !self.viper && target.is_some_and(|target| self.iterations.binary_search(&target).is_err()) {
            // A turn of a loop that may have no end: raising nothing lets the machine look around, for Ctrl-C and other
            // threads. (Loops with a condition ask for its truth, others for the next item.)
            self.asm.clear(self.machine.args[0]);
            self.call(helpers::RAISE);
        }
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
        if self.precise && count > 0 {
            return self.leave_blocks(label, count);
        }
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

    /// Whether a jump out of `count` blocks runs a `finally`.
    pub fn is_delayed(&self, count: usize) -> bool {
        self.blocks.iter().rev().take(count).any(|block| block.is_finally && block.is_active)
    }

    /// The precise jump out of blocks: each `finally` on the way learns where it goes on.
    fn leave_blocks(&mut self, label: Label, count: usize) {
        let ret = self.machine.ret;
        let end = self.blocks.len().saturating_sub(count);
        let outer = self.blocks[..end].iter().rev().find(|block| block.is_active).map(|block| block.handler);
        let mut first = None;
        let mut last: Option<usize> = None;
        self.settle();
        for at in (end..self.blocks.len()).rev() {
            let Block { handler, is_finally: true, is_active: true, .. } = self.blocks[at] else { continue };
            first = first.or(Some(handler));
            if let Some(last) = last {
                self.asm.label_address(ret, handler);
                self.store_slot(self.destination(last), ret);
            }
            self.blocks[at].unwind = Unwind::Final;
            last = Some(at);
        }
        if let (Some(first), Some(last)) = (first, last) {
            let landing = self.fresh();
            self.asm.label_address(ret, landing);
            self.store_slot(self.destination(last), ret);
            self.asm.clear(ret);
            self.asm.store_local(self.exception_slot(), ret);
            self.jump_to(first);
            self.asm.place(landing);
        }
        self.resume_exception(end);
        self.set_handler(outer);
        self.jump_to(label);
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

    /// Whether the code here is inside of blocks.
    pub fn has_open_blocks(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// The handler of the innermost block that is active.
    pub fn active_handler(&self) -> Option<Label> {
        self.blocks.iter().rev().find(|block| block.is_active).map(|block| block.handler)
    }

    fn enter_block(&mut self, handler: Label, is_finally: bool) {
        self.blocks.push(Block { handler, is_finally, unwind: Unwind::Unused, is_active: true });
        if self.precise {
            let (ret, depth) = (self.machine.ret, self.innermost());
            self.asm.clear(ret);
            self.store_slot(self.handled(depth), ret);
            self.store_slot(self.destination(depth), ret);
        }
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
        self.keep_exception();
        self.leave_block(true);
        let temp = self.machine.temps[0];
        self.asm.load_local(temp, self.exception_slot());
        self.push(Type::Object, temp);
    }

    pub fn pop_except_jump(&mut self, label: Label) {
        if self.blocks.last().is_some_and(|block| !block.is_active) {
            // Out of a handler: the exception is done with.
            self.forget_exception();
        } else {
            self.leave_block(false);
        }
        self.jump_to(label);
    }

    pub fn end_finally(&mut self) {
        match self.blocks.last() {
            // Handlers of `except` leave on the stack what is to be raised.
            Some(block) if self.precise && !block.is_finally => _ = self.pop(self.machine.args[0]),
            _ => {
                self.drop(1);
                self.load_exception(self.machine.args[0]);
            }
        }
        self.call(helpers::RAISE);
        let depth = self.innermost();
        let unwind = self.blocks.pop().map_or(Unwind::Unused, |block| block.unwind);
        let [fall_through] = self.kept_labels();
        let ret = self.machine.ret;
        if !matches!(unwind, Unwind::Unused) {
            if self.precise {
                // A `finally` that is next has no exception.
                self.clear_local(self.exception_slot(), ret);
                self.load_slot(ret, self.destination(depth));
            } else {
                self.asm.load_local(ret, self.unwind_slot());
            }
            self.asm.jump_if_zero(ret, fall_through, false);
            match unwind {
                Unwind::To(label) => self.jump_to(label),
                _ => self.asm.jump_register(ret),
            }
            self.place(fall_through);
        }
        if self.precise {
            self.resume_exception(depth);
        }
    }

    pub fn raise(&mut self) {
        let typ = self.pop(self.machine.args[0]);
        if typ != Type::Object {
            self.type_error("must raise an object".into());
        }
        self.call(helpers::RAISE);
        self.asm.code_mut().kill();
    }

    /// `raise` alone. The exact dialect has none, and neither has what is no handler of its own.
    pub fn raise_again(&mut self) {
        match self.blocks.iter().rposition(|block| !block.is_active) {
            Some(depth) if self.precise && !self.viper && !self.blocks[depth].is_finally => {
                self.load_slot(self.machine.args[0], self.handled(depth));
                self.call(helpers::RAISE);
                self.asm.code_mut().kill();
            }
            _ => self.not_implemented("native raise"),
        }
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
        let [swallow, end, quiet] = self.kept_labels();
        self.leave_block(false);
        self.drop(1);
        self.place(quiet);
        for _ in 0..3 {
            self.push_constant(Type::None, 0);
        }
        self.call_exit();
        self.jump_to(swallow);
        self.asm.place(handler);
        self.keep_exception();
        self.leave_block(true);
        self.adjust_depth(2);
        self.load_exception(args[0]);
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
        self.forget_exception();
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
        self.load_exception(exception);
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
        self.iterations.push(self.asm.code().offset());
        self.pop_items(self.machine.args[0], ITER_SLOTS);
        self.restore(ITER_SLOTS);
        self.call(helpers::ITERNEXT);
        self.asm.jump_if_zero(ret, end, false);
        self.push(Type::Object, ret);
    }
}
