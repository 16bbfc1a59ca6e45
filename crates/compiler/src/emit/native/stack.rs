//! The compile-time stack (native-abi.md §9.2).

use super::helpers::{self, Helper};
use super::{Abi, Native, Type};
use asm::{Reg, Width};
use code::older::links::How;

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In its slot in memory.
    Slot,
    /// In a register.
    Reg(Reg),
    /// Nowhere: a constant.
    Constant(i64),
}

/// A value on the stack.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is.
    pub typ: Type,
    /// Where it is.
    pub home: Home,
    /// Whether it is the NULL that stands for the name of a `**` argument.
    pub is_null: bool,
}

/// How many entries live in registers or nowhere, so that nothing must be searched in vain.
#[derive(Default)]
pub struct Held {
    /// By number of the register.
    by_register: [u32; 32],
    registers: u32,
    constants: u32,
}

impl Held {
    fn register(&mut self, reg: Reg) -> &mut u32 {
        &mut self.by_register[usize::from(reg.0 & 31)]
    }

    fn add(&mut self, home: Home) {
        match home {
            Home::Slot => {}
            Home::Reg(reg) => {
                *self.register(reg) += 1;
                self.registers += 1;
            }
            Home::Constant(_) => self.constants += 1,
        }
    }

    fn remove(&mut self, home: Home) {
        match home {
            Home::Slot => {}
            Home::Reg(reg) => {
                *self.register(reg) -= 1;
                self.registers -= 1;
            }
            Home::Constant(_) => self.constants -= 1,
        }
    }
}

const UNKNOWN: Entry = Entry { typ: Type::Unbound, home: Home::Slot, is_null: false };

impl Native<'_> {
    // Slots: words of the frame, or of the generator's state.

    /// Register to slot.
    pub fn store_slot(&mut self, slot: u32, from: Reg) {
        if self.generator {
            self.asm.store(Width::Word, from, self.machine.locals[1], i64::from(slot));
        } else {
            self.asm.store_local(slot, from);
        }
    }

    /// Slot to register.
    pub fn load_slot(&mut self, to: Reg, slot: u32) {
        if self.generator {
            self.asm.load(Width::Word, to, self.machine.locals[1], i64::from(slot));
        } else {
            self.asm.load_local(to, slot);
        }
    }

    fn slot_address(&mut self, to: Reg, slot: u32) {
        if self.generator {
            self.asm.constant(to, i64::from(slot) * i64::from(self.machine.word));
            self.asm.arith(asm::Arith::Add, to, self.machine.locals[1]);
        } else {
            self.asm.local_address(to, slot);
        }
    }

    /// Zero to a word of the frame, through `temp` where there is no zero register.
    pub fn clear_local(&mut self, local: u32, temp: Reg) {
        match self.machine.zero {
            Some(zero) => self.asm.store_local(local, zero),
            None => {
                self.asm.clear(temp);
                self.asm.store_local(local, temp);
            }
        }
    }

    // Entries.

    /// The entry that far below the top; 0 is the top.
    pub fn peek(&self, below: usize) -> Entry {
        let at = self.depth.checked_sub(below + 1);
        at.and_then(|at| self.stack.get(at)).copied().unwrap_or(UNKNOWN)
    }

    /// Its type; objects only, if the function has no types.
    pub fn peek_type(&self, below: usize) -> Type {
        if self.viper { self.peek(below).typ } else { Type::Object }
    }

    /// Puts an entry in place of another one.
    fn set(&mut self, at: usize, entry: Entry) {
        self.held.remove(self.stack[at].home);
        self.held.add(entry.home);
        self.stack[at] = entry;
    }

    /// Takes entries off; they stay known until others take their places.
    pub fn drop(&mut self, count: usize) {
        for _ in 0..count.min(self.depth) {
            self.depth -= 1;
            self.held.remove(self.stack[self.depth].home);
        }
    }

    /// Brings dropped entries back.
    pub fn restore(&mut self, count: usize) {
        let dropped = self.stack.len().min(self.depth + count);
        for at in self.depth..dropped {
            self.held.add(self.stack[at].home);
        }
        self.depth += count;
        if self.stack.len() < self.depth {
            self.stack.resize(self.depth, UNKNOWN);
        }
        self.max_depth = self.max_depth.max(self.depth);
    }

    /// Pushes entries that are in memory.
    pub fn push_slots(&mut self, count: usize, typ: Type) {
        for _ in 0..count {
            self.push_entry(Entry { typ, home: Home::Slot, is_null: false });
        }
    }

    /// Corrects the depth where flow joins; what comes on is in memory.
    pub fn adjust_depth(&mut self, by: i32) {
        if by < 0 {
            return self.drop(by.unsigned_abs() as usize);
        }
        // Types of joining values are not followed, except for short-circuit operators.
        let typ = if by == 1 { self.carried.short_circuit } else { Type::Object };
        self.push_slots(by as usize, typ);
    }

    /// Pushes a value that is in a register.
    pub fn push(&mut self, typ: Type, reg: Reg) {
        self.push_entry(Entry { typ, home: Home::Reg(reg), is_null: false });
    }

    /// Pushes a constant.
    pub fn push_constant(&mut self, typ: Type, value: i64) {
        self.push_entry(Entry { typ, home: Home::Constant(value), is_null: false });
    }

    /// Pushes NULL.
    pub fn push_null(&mut self) {
        self.push_entry(Entry { typ: Type::Object, home: Home::Constant(0), is_null: true });
    }

    fn push_entry(&mut self, entry: Entry) {
        self.restore(1);
        self.set(self.depth - 1, entry);
    }

    /// Frees a register: entries that are in it go to memory, except the one at `keep` from the top (1 is the
    /// top, 0 none).
    pub fn spill(&mut self, reg: Reg, keep: usize) {
        let kept = self.depth.wrapping_sub(keep);
        let count = *self.held.register(reg);
        for at in self.lowest(count, |home| home == Home::Reg(reg))..self.depth {
            if at != kept && self.stack[at].home == Home::Reg(reg) {
                self.settle_entry(at, reg, self.stack[at].typ);
            }
        }
    }

    /// The lowest of `count` entries that satisfy a condition, searched from the top.
    fn lowest(&self, mut count: u32, wanted: impl Fn(Home) -> bool) -> usize {
        let mut at = self.depth;
        while count > 0 && at > 0 {
            at -= 1;
            count -= u32::from(wanted(self.stack[at].home));
        }
        at
    }

    /// An entry goes from a register to its slot.
    fn settle_entry(&mut self, at: usize, from: Reg, typ: Type) {
        self.set(at, Entry { typ, home: Home::Slot, ..self.stack[at] });
        self.store_slot(self.base + at as u32, from);
    }

    /// Frees all registers.
    pub fn spill_all(&mut self) {
        for at in self.lowest(self.held.registers, |home| matches!(home, Home::Reg(_)))..self.depth {
            if let Home::Reg(reg) = self.stack[at].home {
                self.settle_entry(at, reg, self.stack[at].typ);
            }
        }
    }

    /// Everything goes to memory. Destroys the second temporary register.
    pub fn settle(&mut self) {
        self.spill_all();
        for at in self.lowest(self.held.constants, |home| matches!(home, Home::Constant(_)))..self.depth {
            if let Home::Constant(value) = self.stack[at].home {
                let temp = self.machine.temps[1];
                let typ = self.constant(temp, self.stack[at].typ, value, false);
                self.settle_entry(at, temp, typ);
            }
        }
    }

    /// Loads a constant; as an object unless the function has types and `as_object` is false. Gives its type.
    fn constant(&mut self, to: Reg, typ: Type, value: i64, as_object: bool) -> Type {
        if self.viper && !as_object {
            self.asm.constant(to, value);
            return typ;
        }
        match typ {
            Type::Object => self.asm.constant(to, value),
            Type::Bool => self.table_constant(to, helpers::CONST_FALSE + value),
            Type::Int | Type::Uint => self.asm.constant(to, value.wrapping_shl(1) | 1),
            Type::None => self.table_constant(to, helpers::CONST_NONE),
            _ => self.not_implemented("conversion to object"),
        }
        Type::Object
    }

    /// Loads one of the objects at the start of the helper table.
    pub fn table_constant(&mut self, to: Reg, index: i64) {
        self.asm.load(Width::Word, to, self.machine.fun_table, index);
    }

    /// Brings the entry at `position` from the top (1 is the top) into a register; it stays on the stack.
    pub fn access(&mut self, position: usize, to: Reg) -> Type {
        self.spill(to, position);
        let Some(at) = self.depth.checked_sub(position) else { return Type::Object };
        let entry = self.stack[at];
        match entry.home {
            Home::Slot => self.load_slot(to, self.base + at as u32),
            Home::Reg(reg) if reg != to => self.asm.copy(to, reg),
            Home::Reg(_) => {}
            Home::Constant(value) => return self.constant(to, entry.typ, value, false),
        }
        entry.typ
    }

    /// Pops into a register.
    pub fn pop(&mut self, to: Reg) -> Type {
        let typ = self.access(1, to);
        self.drop(1);
        typ
    }

    /// Pops into the register where the value is already, if that is none of `avoid`, else into `to`.
    pub fn pop_where_it_is(&mut self, to: Reg, avoid: &[Reg]) -> (Reg, Type) {
        let top = self.peek(0);
        match top.home {
            Home::Reg(reg) if !avoid.contains(&reg) => {
                self.spill(reg, 1);
                self.drop(1);
                (reg, top.typ)
            }
            _ => (to, self.pop(to)),
        }
    }

    /// Drops the entry below the top; one that is in memory comes into a register.
    pub fn fold_top(&mut self, reg: Reg) {
        let mut top = self.peek(0);
        if top.home == Home::Slot {
            self.load_slot(reg, self.base + self.depth.saturating_sub(1) as u32);
            top.home = Home::Reg(reg);
        }
        self.drop(1);
        if let Some(at) = self.depth.checked_sub(1) {
            self.set(at, top);
        }
    }

    /// Pops entries whose address goes into a register. They become objects in memory first.
    pub fn pop_items(&mut self, to: Reg, count: usize) {
        self.spill_all();
        let count = count.min(self.depth);
        let lowest = self.depth - count;
        for at in (lowest..self.depth).rev() {
            if let Home::Constant(value) = self.stack[at].home {
                let typ = self.constant(to, self.stack[at].typ, value, true);
                self.settle_entry(at, to, typ);
            }
        }
        for at in (lowest..self.depth).rev() {
            let typ = self.stack[at].typ;
            if typ != Type::Object {
                let slot = self.base + at as u32;
                self.load_slot(self.machine.args[0], slot);
                self.call_with(helpers::TO_OBJECT, &[(1, typ.code())]);
                self.store_slot(slot, self.machine.ret);
                self.stack[at].typ = Type::Object;
            }
        }
        self.drop(count);
        self.slot_address(to, self.base + self.depth as u32);
    }

    /// Pushes entries that a helper will fill; their address goes into a register.
    pub fn push_items(&mut self, to: Reg, count: usize) {
        self.spill_all();
        let slot = self.base + self.depth as u32;
        self.push_slots(count, Type::Object);
        self.slot_address(to, slot);
    }

    // Calls.

    /// Calls a helper whose arguments are in place.
    pub fn call(&mut self, helper: Helper) {
        self.spill_all();
        self.call_now(helper);
    }

    /// Calls a helper; nothing on the stack may be in a register.
    pub fn call_now(&mut self, helper: Helper) {
        self.asm.call(helper.index(self.abi), helper.args);
    }

    /// Calls a helper with some arguments constant: number (from 0) and value.
    pub fn call_with(&mut self, helper: Helper, constants: &[(usize, i64)]) {
        self.spill_all();
        for &(argument, value) in constants {
            self.asm.constant(self.machine.args[argument], value);
        }
        self.call_now(helper);
    }

    /// Calls a helper with a name as one of its arguments.
    pub fn call_with_qstr(&mut self, helper: Helper, argument: usize, qstr: u32) {
        self.spill_all();
        let to = self.machine.args[argument];
        match self.abi {
            Abi::V6 => self.asm.load(Width::Bits16, to, self.machine.locals[2], i64::from(qstr)),
            Abi::V4 | Abi::V5 => self.link(to, qstr, How::Number),
        }
        self.call_now(helper);
    }

    /// Turns the value in the first argument into an object in another argument.
    pub fn box_argument(&mut self, typ: Type, to: Reg) {
        self.call_with(helpers::TO_OBJECT, &[(1, typ.code())]);
        self.asm.copy(to, self.machine.ret);
    }

    // Moves on the stack.

    pub fn dup(&mut self) {
        let (reg, typ) = self.pop_where_it_is(self.machine.temps[0], &[]);
        self.push(typ, reg);
        self.push(typ, reg);
    }

    pub fn dup_two(&mut self) {
        let [first, second, _] = self.machine.temps;
        let (top, below) = (self.pop(first), self.pop(second));
        for _ in 0..2 {
            self.push(below, second);
            self.push(top, first);
        }
    }

    pub fn rotate_two(&mut self) {
        let [first, second, _] = self.machine.temps;
        let (top, below) = (self.pop(first), self.pop(second));
        self.push(top, first);
        self.push(below, second);
    }

    pub fn rotate_three(&mut self) {
        let [first, second, third] = self.machine.temps;
        let (a, b, c) = (self.pop(first), self.pop(second), self.pop(third));
        self.push(a, first);
        self.push(c, third);
        self.push(b, second);
    }
}
