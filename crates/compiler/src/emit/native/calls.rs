//! Calls, functions and containers.

use super::helpers::{self, Helper};
use super::{Abi, Native, Type};
use asm::Width;

/// Positional and keyword arguments of a call operand, and how many entries they are.
pub fn counts(operand: u32) -> (u32, u32, usize) {
    let (positional, keywords) = (operand & 0xff, operand >> 8);
    (positional, keywords, (positional + 2 * keywords) as usize)
}

impl Native<'_> {
    pub fn call_function(&mut self, operand: u32) {
        let args = self.machine.args;
        let (_, _, items) = counts(operand);
        if let Type::Cast(code) = self.peek_type(items) {
            return self.cast(Type::from_code(code), operand, items);
        }
        if items > 0 {
            self.pop_items(args[2], items);
        }
        self.pop_object(args[0]);
        self.call_with(helpers::CALL_FUNCTION, &[(1, i64::from(operand))]);
        self.push(Type::Object, self.machine.ret);
    }

    fn cast(&mut self, typ: Type, operand: u32, items: usize) {
        if operand != 1 {
            self.drop(items);
            return self.type_error(alloc::format!("'{}' takes one argument", typ.name()));
        }
        match self.peek_type(0) {
            Type::Object => {
                self.pop(self.machine.args[0]);
                self.drop(1);
                self.call_with(helpers::FROM_OBJECT, &[(1, typ.code())]);
                self.push(typ, self.machine.ret);
            }
            Type::Unbound | Type::Cast(_) => self.not_implemented("casting"),
            _ => {
                self.fold_top(self.machine.args[0]);
                if let Some(at) = self.depth.checked_sub(1) {
                    self.stack[at].typ = typ;
                }
            }
        }
    }

    pub fn call_method(&mut self, operand: u32) {
        let (positional, keywords, items) = counts(operand);
        self.pop_items(self.machine.args[2], items + 2);
        self.call_with(helpers::CALL_METHOD, &[(0, i64::from(positional)), (1, i64::from(keywords))]);
        self.push(Type::Object, self.machine.ret);
    }

    /// A call with `*` or `**`; `callee` entries are below the arguments, `has_self` is 1 for a method.
    pub fn call_var(&mut self, operand: u32, callee: usize, has_self: i64) {
        let (_, _, items) = counts(operand);
        let (operand, arguments) = match self.abi {
            // The bitmap is an argument, too.
            Abi::V6 => (operand, items + 1),
            Abi::V4 | Abi::V5 => self.order_older_arguments(operand),
        };
        self.pop_items(self.machine.args[2], callee + arguments);
        self.call_with(helpers::CALL_VAR, &[(0, has_self), (1, i64::from(operand))]);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn make_function(&mut self, child: u32, defaults: bool, cells: u32) {
        let (args, ret) = (self.machine.args, self.machine.ret);
        self.children += 1;
        if self.abi != Abi::V6 {
            return self.make_older_function(child, defaults, cells);
        }
        let cells_on_top = cells as usize;
        self.load_slot(args[1], self.state);
        self.asm.load(Width::Word, args[1], args[1], 1);
        if defaults {
            self.pop_items(args[2], 2 + cells_on_top);
            if cells > 0 {
                self.restore(2 + cells_on_top);
            }
        } else {
            self.spill_all();
            self.asm.constant(args[2], 0);
        }
        let temp = self.machine.temps[0];
        self.uses_constants = true;
        self.load_slot(temp, self.state);
        self.asm.load(Width::Word, temp, temp, 2);
        self.asm.load(Width::Word, args[0], temp, i64::from(child));
        self.call_now(helpers::MAKE_FUNCTION);
        if cells > 0 {
            if args[0] != ret && !self.machine.is_listing {
                self.asm.copy(args[0], ret);
            }
            self.asm.constant(args[1], i64::from(cells));
            self.pop_items(args[2], cells_on_top);
            if defaults {
                self.drop(2);
            }
            self.call_now(helpers::NEW_CLOSURE);
        }
        self.push(Type::Object, ret);
    }

    pub fn build(&mut self, helper: Helper, count: u32) {
        self.pop_items(self.machine.args[1], count as usize);
        self.call_with(helper, &[(0, i64::from(count))]);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn build_map(&mut self, count: u32) {
        self.call_with(helpers::BUILD_MAP, &[(0, i64::from(count))]);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn build_slice(&mut self, count: u32) {
        let args = self.machine.args;
        if count == 2 {
            self.pop_object(args[1]);
            self.pop_object(args[0]);
            self.table_constant(args[2], helpers::CONST_NONE);
        } else {
            self.pop_object(args[2]);
            self.pop_object(args[1]);
            self.pop_object(args[0]);
        }
        self.call(helpers::NEW_SLICE);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn store_map(&mut self) {
        let args = self.machine.args;
        self.pop_object(args[1]);
        self.pop_object(args[2]);
        self.pop_object(args[0]);
        self.call(helpers::STORE_MAP);
        self.push(Type::Object, self.machine.ret);
    }

    /// Adds the top to a container further down.
    pub fn store_comp(&mut self, operand: u32) {
        let args = self.machine.args;
        let (kind, mut container) = (operand & 3, (operand >> 2) as usize);
        self.pop_object(args[1]);
        let helper = match kind {
            0 => helpers::LIST_APPEND,
            1 => {
                // The operand counts from the key, below which the value is.
                container = container.saturating_sub(1);
                self.pop_object(args[2]);
                helpers::STORE_MAP
            }
            _ => helpers::STORE_SET,
        };
        self.access(container, args[0]);
        self.call(helper);
    }

    /// Unpacks the top into `items` entries.
    pub fn unpack(&mut self, helper: Helper, operand: u32, items: u32) {
        let args = self.machine.args;
        self.pop_object(args[0]);
        self.push_items(args[2], items as usize);
        self.call_with(helper, &[(1, i64::from(operand))]);
    }
}
