//! Return and yield.

use super::{Native, Type, helpers};
use alloc::format;
use asm::Label;

/// Words of a code state.
pub const STATE_IP: u32 = 1;
pub const STATE_SP: u32 = 2;
/// How a resumed generator comes back.
const NORMAL: i64 = 0;
const YIELD: i64 = 1;
/// An exception left it.
pub const EXCEPTION: i64 = 2;

impl Native<'_> {
    /// Leaves a generator with its top entry as the result.
    fn hand_out(&mut self, how: i64) {
        let temp = self.machine.temps[0];
        self.pop_items(temp, 1);
        self.store_slot(STATE_SP, temp);
        self.asm.constant(temp, how);
        self.asm.store_local(self.result_slot(), temp);
    }

    pub fn return_value(&mut self) {
        if self.generator {
            if self.precise && self.is_delayed(self.blocks.len()) {
                return self.return_later();
            }
            self.hand_out(NORMAL);
            return self.unwind_jump(self.entry.exit, self.blocks.len());
        }
        let result = self.machine.result;
        if self.viper {
            self.viper_result();
        } else {
            self.pop(result);
        }
        if self.has_global_handler() {
            self.asm.store_local(self.result_slot(), result);
        }
        self.unwind_jump(self.entry.exit, self.blocks.len());
    }

    /// Returns from a generator through `finally`, which may yield.
    fn return_later(&mut self) {
        let temp = self.machine.temps[0];
        let finished = self.fresh();
        self.pop_object(temp);
        self.store_slot(self.waiting_result(), temp);
        self.unwind_jump(finished, self.blocks.len());
        self.asm.place(finished);
        self.load_slot(temp, self.waiting_result());
        self.push(Type::Object, temp);
        self.hand_out(NORMAL);
        self.jump_to(self.entry.exit);
    }

    fn viper_result(&mut self) {
        let (result, ret, args) = (self.machine.result, self.machine.ret, self.machine.args);
        let wanted = self.scope.result;
        let is_object = wanted == Type::Object;
        if self.peek_type(0) == Type::None {
            self.drop(1);
            if is_object {
                self.table_constant(result, helpers::CONST_NONE);
            } else {
                self.asm.constant(args[0], 0);
            }
        } else {
            let typ = self.pop(if is_object { result } else { args[0] });
            if typ != wanted {
                self.type_error(format!("return expected '{}' but got '{}'", wanted.name(), typ.name()));
            }
        }
        if !is_object {
            self.call_with(helpers::TO_OBJECT, &[(1, wanted.code())]);
            if ret != result {
                self.asm.copy(result, ret);
            }
        }
    }

    /// Yields the top and leaves; the code goes on where the generator is resumed.
    fn suspend(&mut self, again: Label) {
        let temp = self.machine.temps[0];
        self.hand_out(YIELD);
        self.asm.label_address(temp, again);
        self.store_slot(self.state + STATE_IP, temp);
        self.asm.jump(self.entry.exit);
        self.asm.place(again);
        if let Some(handler) = self.active_handler() {
            self.set_handler(Some(handler));
        }
        if self.precise {
            self.resume_exception(self.blocks.len());
        }
        // The value sent is where the yielded one was.
        self.adjust_depth(1);
    }

    /// Raises what was thrown in, if anything.
    pub fn raise_thrown(&mut self) {
        let args = self.machine.args;
        self.asm.load_local(args[0], self.throw_slot());
        self.clear_local(self.throw_slot(), args[1]);
        self.call(helpers::RAISE);
    }

    pub fn yield_value(&mut self) {
        if self.viper {
            return self.not_implemented("native yield");
        }
        let [again] = self.kept_labels();
        self.settle();
        self.suspend(again);
        self.raise_thrown();
    }

    pub fn yield_from(&mut self) {
        if self.viper {
            self.drop(1);
            return self.not_implemented("native yield");
        }
        let (args, ret) = (self.machine.args, self.machine.ret);
        let [again, top, entry] = self.kept_labels();
        self.settle();
        self.jump_to(entry);
        self.place(top);
        self.suspend(again);
        self.place(entry);
        self.asm.load_local(args[2], self.throw_slot());
        self.asm.constant(args[1], 0);
        self.asm.store_local(self.throw_slot(), args[1]);
        self.pop(args[1]);
        self.access(1, args[0]);
        self.push(Type::Object, args[2]);
        self.pop_items(args[2], 1);
        self.call(helpers::YIELD_FROM);
        self.asm.jump_if_nonzero(ret, top, true);
        // The exhausted delegate makes room for the result.
        self.adjust_depth(1);
        self.fold_top(args[0]);
    }
}
