//! Arm (Armv6), not Thumb.

pub mod encode;

use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width};
use crate::code::{Code, Label};
use crate::thumb::encode::{EQ, NE, condition};
use encode::*;

pub(crate) const R0: Reg = Reg(0);
pub(crate) const R1: Reg = Reg(1);
pub(crate) const R2: Reg = Reg(2);
pub(crate) const R3: Reg = Reg(3);
pub(crate) const R4: Reg = Reg(4);
pub(crate) const R5: Reg = Reg(5);
pub(crate) const R6: Reg = Reg(6);
pub(crate) const R7: Reg = Reg(7);
/// What large offsets go through.
const SCRATCH: Reg = Reg(8);

/// Thumb has the same registers and conventions.
pub(crate) static MACHINE: Machine = Machine {
    word: 4,
    incoming: [R0, R1, R2, R3],
    arguments_on_stack: false,
    result: R0,
    args: [R0, R1, R2, R3],
    ret: R0,
    temps: [R0, R1, R2],
    locals: [R4, R5, R6],
    fun_table: R7,
    zero: None,
    nlr_words: 19,
    nlr_local: 3,
    nlr_setjmp: false,
    shift_count: None,
    stores_from_arg3: false,
    is_listing: false,
};

/// r1 to r8; r1 to r3 make room for locals.
const SAVED: u32 = 0x1fe;

/// The assembler for Arm.
#[derive(Default)]
pub struct Arm {
    code: Code,
    /// Bytes below the saved registers.
    frame: u32,
}

impl Arm {
    fn put(&mut self, op: u32) {
        self.put_when(ALWAYS, op);
    }

    fn put_when(&mut self, condition: u16, op: u32) {
        self.code.u32(when(condition, op));
    }

    fn move_stack(&mut self, op: Data) {
        match self.frame {
            0 => {}
            bytes @ 1..=0xff => self.put(data_immediate(op, SP, SP, bytes)),
            bytes => {
                self.constant(SCRATCH, bytes.into());
                self.put(data(op, SP, SP, SCRATCH));
            }
        }
    }

    fn branch(&mut self, condition: u16, label: Label) {
        let rel = self.code.distance(label).wrapping_sub(8);
        self.put_when(condition, b(rel));
    }

    /// A word in the code, loaded and jumped over.
    fn inline_word(&mut self, to: Reg, value: u32) {
        self.put(access(WORD, true, to, PC, 0));
        self.put(b(0));
        self.code.u32(value);
    }

    fn access(&mut self, load: bool, width: Width, reg: Reg, base: Reg, offset: i64) {
        let size = width.log2();
        let bytes = (offset as u32).wrapping_shl(size);
        let kind = if size == 0 { BYTE } else { WORD };
        let limit = if size == 1 { 0x100 } else { 0x1000 };
        if bytes >= limit {
            self.constant(SCRATCH, bytes.into());
        }
        self.put(match (size, bytes < limit) {
            (1, true) => access_half(load, reg, base, bytes),
            (1, false) => access_half_indexed(load, reg, base, SCRATCH),
            (_, true) => access(kind, load, reg, base, bytes),
            (_, false) => access_indexed(kind, load, reg, base, SCRATCH, 0),
        });
    }

    fn indexed(&mut self, load: bool, width: Width, reg: Reg, base: Reg, index: Reg) {
        let op = match width.log2() {
            0 => access_indexed(BYTE, load, reg, base, index, 0),
            1 => {
                // Halfwords know no scaled index.
                self.put(double(SCRATCH, index));
                access_half_indexed(load, reg, base, SCRATCH)
            }
            size => access_indexed(WORD, load, reg, base, index, size),
        };
        self.put(op);
    }
}

impl Assembler for Arm {
    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    fn code(&self) -> &Code {
        &self.code
    }

    fn code_mut(&mut self) -> &mut Code {
        &mut self.code
    }

    fn entry(&mut self, words: u32) {
        self.frame = if words > 3 { words.wrapping_add(words & 1).wrapping_mul(4) } else { 0 };
        self.put(push(SAVED | 1 << LR.0));
        self.move_stack(Data::Sub);
    }

    fn exit(&mut self) {
        self.move_stack(Data::Add);
        self.put(pop(SAVED | 1 << PC.0));
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        self.put(mov(to, from));
    }

    fn constant(&mut self, to: Reg, value: i64) {
        match value as i32 {
            value @ 0..=0xff => self.put(mov_immediate(to, value as u32)),
            value @ -256..0 => self.put(mvn_immediate(to, !value as u32)),
            value => self.inline_word(to, value as u32),
        }
    }

    fn linked_constant(&mut self, to: Reg, _is_wide: bool) -> Option<u32> {
        self.inline_word(to, 0);
        self.code.offset().checked_sub(4)
    }

    fn clear(&mut self, to: Reg) {
        self.put(data(Data::Eor, to, to, to));
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        self.access(true, width, to, base, offset);
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        self.access(false, width, from, base, offset);
    }

    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg) {
        self.indexed(true, width, to, base, index);
    }

    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg) {
        self.indexed(false, width, from, base, index);
    }

    fn load_local(&mut self, to: Reg, local: u32) {
        self.put(access(WORD, true, to, SP, local.wrapping_mul(4)));
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        self.put(access(WORD, false, from, SP, local.wrapping_mul(4)));
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        let offset = local.wrapping_mul(4);
        if local < 0x40 {
            self.put(data_immediate(Data::Add, to, SP, offset));
        } else {
            self.constant(SCRATCH, offset.into());
            self.put(data(Data::Add, to, SP, SCRATCH));
        }
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        let rel = self.code.distance(label).wrapping_sub(20);
        self.inline_word(to, rel as u32);
        self.put(data(Data::Add, to, to, PC));
    }

    fn jump(&mut self, label: Label) {
        self.branch(ALWAYS, label);
    }

    fn jump_if_zero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.put(cmp_immediate(reg, 0));
        self.branch(EQ, label);
    }

    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.put(cmp_immediate(reg, 0));
        self.branch(NE, label);
    }

    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label) {
        self.put(cmp(left, right));
        self.branch(EQ, label);
    }

    fn jump_register(&mut self, reg: Reg) {
        self.put(bx(reg));
    }

    fn call(&mut self, index: u32, _n_args: u32) {
        self.put(mov(LR, PC));
        self.put(access(WORD, true, PC, R7, index.wrapping_mul(4)));
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        let op = match op {
            Arith::Add => Data::Add,
            Arith::Sub => Data::Sub,
            Arith::And => Data::And,
            Arith::Or => Data::Orr,
            Arith::Xor => Data::Eor,
            Arith::Mul => return self.put(mul(to, to, from)),
        };
        self.put(data(op, to, to, from));
    }

    fn shift(&mut self, op: Shift, to: Reg, count: Reg) {
        let op = match op {
            Shift::Left => 0,
            Shift::Right => 1,
            Shift::RightSigned => 2,
        };
        self.put(shift(op, to, to, count));
    }

    fn negate(&mut self, to: Reg) {
        self.put(data_immediate(Data::Rsb, to, to, 0));
    }

    fn invert(&mut self, to: Reg) {
        self.put(mvn(to, to));
    }

    fn compare(&mut self, how: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        let condition = condition(how, signed);
        self.put(cmp(left, right));
        self.put_when(condition, mov_immediate(to, 1));
        self.put_when(condition ^ 1, mov_immediate(to, 0));
    }
}
