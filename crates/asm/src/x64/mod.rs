//! x86-64, System V calling convention.

pub(crate) mod encode;
#[cfg(test)]
mod tests;

use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width};
use crate::code::{Code, Label};
use encode::*;

static MACHINE: Machine = Machine {
    word: 8,
    incoming: [RDI, RSI, RDX, RCX],
    arguments_on_stack: false,
    result: RAX,
    args: [RDI, RSI, RDX, RCX],
    ret: RAX,
    temps: [RAX, RDI, RSI],
    locals: [RBX, R12, R13],
    fun_table: RBP,
    zero: None,
    nlr_words: 13,
    nlr_local: 5,
    nlr_setjmp: false,
    shift_count: Some(RCX),
    stores_from_arg3: true,
    is_listing: false,
};

/// The assembler for x86-64.
#[derive(Default)]
pub struct X64 {
    code: Code,
    /// Words of the frame, an odd number so that calls see an aligned stack.
    frame: i32,
}

impl X64 {
    fn local(number: u32) -> i32 {
        number.wrapping_mul(8) as i32
    }

    fn test(&mut self, reg: Reg, is_bool: bool) {
        if is_bool {
            // A byte test without prefix: of the registers in use only rax really has its low byte there.
            self.code.put(&[0x84, direct(reg.0, reg.0)]);
        } else {
            wide(&mut self.code, 0x85, reg.0, reg.0);
        }
    }
}

impl Assembler for X64 {
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
        for reg in SAVED {
            push(&mut self.code, reg);
        }
        self.frame = (words | 1) as i32;
        subtract_from_stack(&mut self.code, self.frame.wrapping_mul(8));
    }

    fn exit(&mut self) {
        subtract_from_stack(&mut self.code, self.frame.wrapping_mul(-8));
        for reg in SAVED.into_iter().rev() {
            pop(&mut self.code, reg);
        }
        self.code.u8(0xc3);
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        wide(&mut self.code, 0x89, from.0, to.0);
    }

    fn constant(&mut self, to: Reg, value: i64) {
        match u32::try_from(value) {
            Ok(short) => {
                if to.0 >= 8 {
                    self.code.u8(REX | REX_B);
                }
                self.code.u8(0xb8 | to.0 & 7);
                self.code.u32(short);
            }
            Err(_) => {
                self.code.put(&[REX | REX_W | high(to.0, REX_B), 0xb8 | to.0 & 7]);
                self.code.data(8, value as u64);
            }
        }
    }

    fn linked_constant(&mut self, to: Reg, _is_wide: bool) -> Option<u32> {
        if to.0 >= 8 {
            self.code.u8(REX | REX_B);
        }
        self.code.u8(0xb8 | to.0 & 7);
        self.code.u32(0);
        self.code.offset().checked_sub(4)
    }

    fn clear(&mut self, to: Reg) {
        wide(&mut self.code, 0x31, to.0, to.0);
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        let opcode: &[u8] = match width {
            Width::Bits8 => &[0x0f, 0xb6],
            Width::Bits16 => &[0x0f, 0xb7],
            Width::Bits32 | Width::Word => &[0x8b],
        };
        access(&mut self.code, width, opcode, to, base, offset);
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        let opcode: &[u8] = match width {
            Width::Bits8 => &[0x88],
            Width::Bits16 => {
                self.code.u8(0x66);
                &[0x89]
            }
            Width::Bits32 | Width::Word => &[0x89],
        };
        access(&mut self.code, width, opcode, from, base, offset);
    }

    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg) {
        for _ in 0..unit(width) {
            self.arith(Arith::Add, base, index);
        }
        self.load(width, to, base, 0);
    }

    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg) {
        for _ in 0..unit(width) {
            self.arith(Arith::Add, base, index);
        }
        self.store(width, from, base, 0);
    }

    fn load_local(&mut self, to: Reg, local: u32) {
        wide_memory(&mut self.code, 0x8b, to, RSP, Self::local(local));
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        wide_memory(&mut self.code, 0x89, from, RSP, Self::local(local));
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        match Self::local(local) {
            0 => self.copy(to, RSP),
            offset => wide_memory(&mut self.code, 0x8d, to, RSP, offset),
        }
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        let distance = self.code.distance(label);
        self.code.put(&[REX | REX_W | high(to.0, REX_R), 0x8d, (to.0 & 7) << 3 | 5]);
        self.code.u32((distance - 7) as u32);
    }

    fn jump(&mut self, label: Label) {
        jump_always(&mut self.code, label);
    }

    fn jump_if_zero(&mut self, reg: Reg, label: Label, is_bool: bool) {
        self.test(reg, is_bool);
        jump_if(&mut self.code, Cc::Equal, label);
    }

    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, is_bool: bool) {
        self.test(reg, is_bool);
        jump_if(&mut self.code, Cc::NotEqual, label);
    }

    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label) {
        wide(&mut self.code, 0x39, left.0, right.0);
        jump_if(&mut self.code, Cc::Equal, label);
    }

    fn jump_register(&mut self, reg: Reg) {
        self.code.put(&[0xff, direct(4, reg.0)]);
    }

    fn call(&mut self, index: u32, _n_args: u32) {
        self.load(Width::Word, RAX, RBP, i64::from(index));
        self.code.put(&[0xff, direct(2, RAX.0)]);
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        match arith(op) {
            Some(opcode) => wide(&mut self.code, opcode, from.0, to.0),
            None => {
                self.code.u8(REX | REX_W | high(to.0, REX_R) | high(from.0, REX_B));
                self.code.put(&MUL);
                self.code.u8(direct(to.0, from.0));
            }
        }
    }

    fn shift(&mut self, op: Shift, to: Reg, _count: Reg) {
        wide(&mut self.code, 0xd3, shift(op), to.0);
    }

    fn negate(&mut self, to: Reg) {
        wide(&mut self.code, 0xf7, NEG, to.0);
    }

    fn invert(&mut self, to: Reg) {
        wide(&mut self.code, 0xf7, NOT, to.0);
    }

    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        self.clear(to);
        wide(&mut self.code, 0x39, right.0, left.0);
        self.code.put(&[0x0f, 0x90 | Cc::of(condition, signed) as u8, direct(0, to.0)]);
    }
}
