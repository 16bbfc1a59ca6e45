//! Xtensa, with and without register windows.

pub mod encode;

use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width, fits};
use crate::code::{Code, ErrorKind, Label};
use alloc::{format, vec::Vec};
use encode::*;

const A0: Reg = Reg(0);
const A1: Reg = Reg(1);
const A2: Reg = Reg(2);
const A3: Reg = Reg(3);
const A4: Reg = Reg(4);
const A5: Reg = Reg(5);
const A6: Reg = Reg(6);
const A7: Reg = Reg(7);
const A8: Reg = Reg(8);
const A9: Reg = Reg(9);
const A10: Reg = Reg(10);
const A11: Reg = Reg(11);
const A12: Reg = Reg(12);
const A13: Reg = Reg(13);
const A14: Reg = Reg(14);
const A15: Reg = Reg(15);

/// What large offsets of stores go through. With windows this is a local, which the official tool destroys all the same.
const SCRATCH: Reg = A6;

static PLAIN: Machine = CALL0;

static WINDOWED: Machine = Machine {
    args: [A10, A11, A12, A13],
    ret: A10,
    temps: [A10, A11, A12],
    locals: [A4, A5, A6],
    fun_table: A7,
    nlr_words: 20,
    nlr_local: 6,
    nlr_setjmp: true,
    ..CALL0
};

/// Without windows.
const CALL0: Machine = Machine {
    word: 4,
    incoming: [A2, A3, A4, A5],
    arguments_on_stack: false,
    result: A2,
    args: [A2, A3, A4, A5],
    ret: A2,
    temps: [A2, A3, A4],
    locals: [A12, A13, A14],
    fun_table: A15,
    zero: None,
    nlr_words: 13,
    nlr_local: 8,
    nlr_setjmp: false,
    shift_count: None,
    stores_from_arg3: false,
    is_listing: false,
};

/// The assembler for Xtensa.
pub struct Xtensa {
    code: Code,
    windowed: bool,
    /// Bytes of the frame.
    frame: u32,
    /// Constants that do not fit instructions, in the order of use.
    pool: Vec<u32>,
    /// How many of them the pass before used: the table in front of the code has room for so many.
    room: u32,
    /// Offset of the table.
    table: u32,
}

impl Xtensa {
    /// With or without register windows.
    pub fn new(windowed: bool) -> Xtensa {
        Xtensa { code: Code::default(), windowed, frame: 0, pool: Vec::new(), room: 0, table: 0 }
    }

    fn narrow(&mut self, op: u16) {
        self.code.u16(op);
    }

    fn wide(&mut self, op: u32) {
        self.code.put(&op.to_le_bytes()[..3]);
    }

    /// Loads a constant from the table.
    pub fn pooled(&mut self, to: Reg, value: u32) {
        let place = self.table.wrapping_add(4 * self.pool.len() as u32);
        let at = self.code.offset();
        self.wide(l32r(to.0.into(), at, place));
        self.pool.push(value);
    }

    /// Registers on the stack below the locals.
    fn saved(&self) -> u32 {
        if self.windowed { 1 } else { 5 }
    }

    /// `to = base + (offset << size)` for an offset beyond the fields.
    fn large_offset(&mut self, to: Reg, base: Reg, offset: u32, size: u32) {
        self.constant(to, i64::from(offset << size));
        self.narrow(add_n(to.0.into(), base.0.into(), to.0.into()));
    }

    /// A branch backwards, from four bytes behind the instruction.
    fn backward(&self, label: Label, bits: u32) -> Option<i32> {
        let rel = self.code.backward(label)?.wrapping_sub(4);
        fits(bits, rel).then_some(rel)
    }

    /// The jump of an inverted branch; the branch goes six bytes ahead.
    fn far_jump(&mut self, label: Label, what: &str) {
        // Counted from four bytes behind the branch.
        let rel = self.code.distance(label).wrapping_sub(1);
        if !fits(18, rel.wrapping_sub(6)) {
            self.out_of_range(what);
        }
        self.wide(j(rel.wrapping_sub(3)));
    }

    fn out_of_range(&mut self, what: &str) {
        self.code.fail(ErrorKind::Runtime, format!("ERROR: xtensa {what} out of range"));
    }

    /// Branches on a condition of one register.
    pub fn branch_zero(&mut self, condition: u32, reg: Reg, label: Label) {
        match self.backward(label, 12) {
            Some(rel) => self.wide(branch_zero(condition, reg.0.into(), rel)),
            None => {
                self.wide(branch_zero(condition ^ 1, reg.0.into(), 2));
                self.far_jump(label, "bccz");
            }
        }
    }

    /// Branches on a condition of two registers.
    pub fn branch(&mut self, condition: u32, left: Reg, right: Reg, label: Label) {
        match self.backward(label, 8) {
            Some(rel) => self.wide(branch(condition, left.0.into(), right.0.into(), rel)),
            None => {
                self.wide(branch(condition ^ 8, left.0.into(), right.0.into(), 2));
                self.far_jump(label, "bcc");
            }
        }
    }

    /// Branches on a bit: `condition` 6 if it is clear, 14 if it is set.
    pub fn branch_bit(&mut self, condition: u32, reg: Reg, bit: u32, label: Label) {
        let rel = self.code.distance(label).wrapping_sub(4);
        if !fits(8, rel) {
            self.out_of_range("bit_branch");
        }
        self.wide(branch(condition | bit >> 4 & 1, reg.0.into(), bit & 15, rel));
    }

    /// The offset of a label and the distance to it, if both are multiples of four with `bias` added to the latter.
    fn aligned(&mut self, label: Label, bias: i32, what: &str) -> Option<(u32, i32)> {
        let distance = self.code.distance(label);
        let target = self.code.offset().wrapping_add_signed(distance);
        let rel = distance.wrapping_sub(bias);
        let wrong = match (target & 3, rel & 3) {
            (0, 0) => return Some((target, rel)),
            (0, _) => "location",
            _ => "target",
        };
        self.code.fail(ErrorKind::Runtime, format!("ERROR: {what} {wrong} not word-aligned"));
        None
    }

    /// Calls the code at a label.
    pub fn call_label(&mut self, label: Label) {
        let rel = self.aligned(label, 3, "call0").map_or(0, |(_, rel)| rel);
        if !fits(18, rel) {
            self.out_of_range("call0");
        }
        self.wide(call0(rel as u32));
    }

    /// Loads the word at a label.
    pub fn load_label(&mut self, to: Reg, label: Label) {
        let at = self.code.offset();
        let (place, rel) = self.aligned(label, 0, "l32r").unwrap_or((at, -4));
        if !fits(18, rel) || rel >= 0 {
            self.out_of_range("l32r");
        }
        self.wide(l32r(to.0.into(), at, place));
    }

    /// One instruction of the other sizes.
    pub fn put(&mut self, op: u32, is_narrow: bool) {
        if is_narrow { self.narrow(op as u16) } else { self.wide(op) }
    }
}

impl Assembler for Xtensa {
    fn machine(&self) -> &'static Machine {
        if self.windowed { &WINDOWED } else { &PLAIN }
    }

    fn code(&self) -> &Code {
        &self.code
    }

    fn code_mut(&mut self) -> &mut Code {
        &mut self.code
    }

    fn begin(&mut self) {
        self.room = self.pool.len() as u32;
        self.pool.clear();
        self.code.begin();
    }

    fn finish(&mut self) {
        for (at, value) in self.pool.iter().take(self.room as usize).enumerate() {
            self.code.patch(self.table + 4 * at as u32, &value.to_le_bytes());
        }
    }

    fn entry(&mut self, words: u32) {
        if self.room > 0 {
            self.wide(j(self.room.wrapping_mul(4) as i32));
            self.code.u8(0);
            self.table = self.code.offset();
            for _ in 0..self.room {
                self.code.u32(0);
            }
        } else {
            self.table = 0;
        }
        let bytes = self.saved().wrapping_add(words).wrapping_mul(4).wrapping_add(15) & !15;
        if self.windowed {
            self.frame = bytes.wrapping_add(32);
            self.wide(entry(A1.0.into(), self.frame));
            return self.narrow(access_n(false, A0.0.into(), A1.0.into(), 0));
        }
        self.frame = bytes;
        if bytes <= 128 {
            self.wide(addi(1, 1, bytes.wrapping_neg()));
        } else {
            self.wide(movi(A9.0.into(), bytes));
            self.wide(sub(1, 1, A9.0.into()));
        }
        for (at, reg) in [A0, A12, A13, A14, A15].into_iter().enumerate() {
            self.narrow(access_n(false, reg.0.into(), A1.0.into(), at as u32));
        }
    }

    fn exit(&mut self) {
        if self.windowed {
            self.narrow(access_n(true, A0.0.into(), A1.0.into(), 0));
            return self.narrow(RETW_N);
        }
        for (at, reg) in [A0, A12, A13, A14, A15].into_iter().enumerate().rev() {
            self.narrow(access_n(true, reg.0.into(), A1.0.into(), at as u32));
        }
        if self.frame < 128 {
            self.wide(addi(1, 1, self.frame));
        } else {
            self.wide(movi(A9.0.into(), self.frame));
            self.narrow(add_n(1, 1, A9.0.into()));
        }
        self.narrow(RET_N);
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        self.narrow(mov_n(to.0.into(), from.0.into()));
    }

    fn constant(&mut self, to: Reg, value: i64) {
        let value = value as i32;
        if (-32..=95).contains(&value) {
            self.narrow(movi_n(to.0.into(), value as u32));
        } else if fits(12, value) {
            self.wide(movi(to.0.into(), value as u32));
        } else {
            self.pooled(to, value as u32);
        }
    }

    fn linked_constant(&mut self, to: Reg, _is_wide: bool) -> Option<u32> {
        let place = self.table.wrapping_add(4 * self.pool.len() as u32);
        self.pooled(to, 0);
        Some(place)
    }

    fn clear(&mut self, to: Reg) {
        self.narrow(movi_n(to.0.into(), 0));
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        let (size, offset) = (width.log2(), offset as u32);
        if size == 2 && offset < 16 {
            self.narrow(access_n(true, to.0.into(), base.0.into(), offset));
        } else if offset < 256 {
            self.wide(access(true, width, to.0.into(), base.0.into(), offset));
        } else {
            self.large_offset(to, base, offset, size);
            self.load(width, to, to, 0);
        }
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        let (size, offset) = (width.log2(), offset as u32);
        if size == 2 && offset < 16 {
            self.narrow(access_n(false, from.0.into(), base.0.into(), offset));
        } else if offset < 256 {
            self.wide(access(false, width, from.0.into(), base.0.into(), offset));
        } else {
            self.large_offset(SCRATCH, base, offset, size);
            self.store(width, from, SCRATCH, 0);
        }
    }

    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.load(width, to, base, 0);
    }

    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.store(width, from, base, 0);
    }

    fn load_local(&mut self, to: Reg, local: u32) {
        let place = self.saved().wrapping_add(local);
        self.wide(access(true, Width::Word, to.0.into(), A1.0.into(), place));
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        let place = self.saved().wrapping_add(local);
        self.wide(access(false, Width::Word, from.0.into(), A1.0.into(), place));
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        let offset = self.saved().wrapping_add(local).wrapping_mul(4);
        if offset < 128 {
            self.wide(addi(to.0.into(), A1.0.into(), offset));
        } else {
            self.wide(movi(to.0.into(), offset));
            self.narrow(add_n(to.0.into(), to.0.into(), A1.0.into()));
        }
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        let rel = self.code.distance(label).wrapping_sub(6);
        self.wide(movi(to.0.into(), rel as u32));
        // A call to the next aligned place leaves the program counter in a0.
        let at = self.code.offset();
        self.wide(call0(at >> 1 & 1));
        for _ in 0..5u32.wrapping_sub(at) & 3 {
            self.code.u8(0);
        }
        self.narrow(add_n(to.0.into(), to.0.into(), A0.0.into()));
    }

    fn jump(&mut self, label: Label) {
        let rel = self.code.distance(label).wrapping_sub(4);
        self.wide(j(rel));
    }

    fn jump_if_zero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.branch_zero(zero::EQ, reg, label);
    }

    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.branch_zero(zero::NE, reg, label);
    }

    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label) {
        self.branch(EQ, left, right, label);
    }

    fn jump_register(&mut self, reg: Reg) {
        self.wide(jx(reg.0.into()));
    }

    fn call(&mut self, index: u32, _n_args: u32) {
        let (reg, table) = if self.windowed { (A8, A7) } else { (A0, A15) };
        self.load(Width::Word, reg, table, i64::from(index));
        self.wide(if self.windowed { callx8(reg.0.into()) } else { callx0(reg.0.into()) });
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        let (to, from) = (to.0.into(), from.0.into());
        let (op2, op1) = match op {
            Arith::Add => return self.narrow(add_n(to, to, from)),
            Arith::Sub => (12, 0),
            Arith::Mul => (8, 2),
            Arith::And => (1, 0),
            Arith::Or => (2, 0),
            Arith::Xor => (3, 0),
        };
        self.wide(rrr(op2, op1, to, to, from));
    }

    fn shift(&mut self, op: Shift, to: Reg, count: Reg) {
        let (to, count) = (to.0.into(), count.0.into());
        // The count goes to a register of its own first.
        self.wide(rrr(4, 0, u32::from(op == Shift::Left), count, 0));
        self.wide(match op {
            Shift::Left => rrr(10, 1, to, to, 0),
            Shift::Right => rrr(9, 1, to, 0, to),
            Shift::RightSigned => rrr(11, 1, to, 0, to),
        });
    }

    fn negate(&mut self, to: Reg) {
        self.wide(rrr(6, 0, to.0.into(), 0, to.0.into()));
    }

    fn invert(&mut self, to: Reg) {
        let machine = self.machine();
        let ones = if machine.args[0] == to { machine.args[1] } else { machine.args[0] };
        self.constant(ones, -1);
        self.arith(Arith::Xor, to, ones);
    }

    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        let (code, swapped) = encode::condition(condition, signed);
        let (left, right) = if swapped { (right, left) } else { (left, right) };
        self.narrow(movi_n(to.0.into(), 1));
        self.wide(branch(code, left.0.into(), right.0.into(), 1));
        self.narrow(movi_n(to.0.into(), 0));
    }
}

impl Xtensa {
    /// `base += index` units
    fn add_index(&mut self, width: Width, base: Reg, index: Reg) {
        let (base, index) = (base.0.into(), index.0.into());
        match width.log2() {
            0 => self.narrow(add_n(base, index, base)),
            size => self.wide(rrr(8 + size, 0, base, index, base)),
        }
    }
}
