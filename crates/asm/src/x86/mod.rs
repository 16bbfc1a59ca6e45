//! 32-bit x86, C calling convention.

mod encode;

use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width};
use crate::code::{Code, Label};
use encode::*;

static MACHINE: Machine = Machine {
    word: 4,
    incoming: [EAX, ECX, EDX, EBX],
    arguments_on_stack: true,
    result: EAX,
    args: [EAX, ECX, EDX, EBX],
    ret: EAX,
    temps: [EAX, ECX, EDX],
    locals: [EBX, ESI, EDI],
    fun_table: EBP,
    zero: None,
    nlr_words: 9,
    nlr_local: 5,
    nlr_setjmp: false,
    shift_count: Some(ECX),
    stores_from_arg3: true,
    is_listing: false,
};

/// The assembler for x86.
#[derive(Default)]
pub struct X86 {
    code: Code,
    /// Words of the frame.
    frame: i32,
}

impl X86 {
    fn local(number: u32) -> i32 {
        number.wrapping_mul(4) as i32
    }

    fn test(&mut self, reg: Reg, is_bool: bool) {
        plain(&mut self.code, if is_bool { 0x84 } else { 0x85 }, reg.0, reg.0);
    }

    fn add_index(&mut self, width: Width, base: Reg, index: Reg) {
        for _ in 0..1 << width.log2() {
            self.arith(Arith::Add, base, index);
        }
    }
}

impl Assembler for X86 {
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
        // With four saved registers and the return address, calls then see an aligned stack.
        self.frame = (words | 3) as i32;
        move_stack(&mut self.code, 5, self.frame.wrapping_mul(4));
    }

    fn exit(&mut self) {
        move_stack(&mut self.code, 5, self.frame.wrapping_mul(-4));
        for reg in SAVED.into_iter().rev() {
            pop(&mut self.code, reg);
        }
        self.code.u8(0xc3);
    }

    fn argument(&mut self, number: usize, to: Reg) {
        // Above the frame are the saved registers and the return address.
        let place = self.frame.wrapping_add(5 + number as i32).wrapping_mul(4);
        access(&mut self.code, &[0x8b], to, ESP, place);
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        plain(&mut self.code, 0x89, from.0, to.0);
    }

    fn constant(&mut self, to: Reg, value: i64) {
        self.code.u8(0xb8 | to.0);
        self.code.u32(value as u32);
    }

    fn linked_constant(&mut self, to: Reg, _is_wide: bool) -> Option<u32> {
        self.constant(to, 0);
        self.code.offset().checked_sub(4)
    }

    fn clear(&mut self, to: Reg) {
        plain(&mut self.code, 0x31, to.0, to.0);
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        let opcode: &[u8] = match width {
            Width::Bits8 => &[0x0f, 0xb6],
            Width::Bits16 => &[0x0f, 0xb7],
            Width::Bits32 | Width::Word => &[0x8b],
        };
        access(&mut self.code, opcode, to, base, (offset as i32).wrapping_shl(width.log2()));
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        let opcode: &[u8] = match width {
            Width::Bits8 => &[0x88],
            Width::Bits16 => &[0x66, 0x89],
            Width::Bits32 | Width::Word => &[0x89],
        };
        access(&mut self.code, opcode, from, base, (offset as i32).wrapping_shl(width.log2()));
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
        access(&mut self.code, &[0x8b], to, ESP, X86::local(local));
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        access(&mut self.code, &[0x89], from, ESP, X86::local(local));
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        match X86::local(local) {
            0 => self.copy(to, ESP),
            offset => access(&mut self.code, &[0x8d], to, ESP, offset),
        }
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        // A call to the next instruction pushes its address.
        self.code.u8(0xe8);
        self.code.u32(0);
        let distance = self.code.distance(label);
        pop(&mut self.code, to);
        plain(&mut self.code, 0x81, 0, to.0);
        self.code.u32(distance as u32);
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
        plain(&mut self.code, 0x39, left.0, right.0);
        jump_if(&mut self.code, Cc::Equal, label);
    }

    fn jump_register(&mut self, reg: Reg) {
        plain(&mut self.code, 0xff, 4, reg.0);
    }

    fn call(&mut self, index: u32, n_args: u32) {
        let n_args = n_args.min(4);
        let room = n_args.next_multiple_of(4);
        if room > n_args {
            move_stack(&mut self.code, 5, (room - n_args) as i32 * 4);
        }
        for reg in MACHINE.args[..n_args as usize].iter().rev() {
            push(&mut self.code, *reg);
        }
        self.load(Width::Word, EAX, EBP, index.into());
        plain(&mut self.code, 0xff, 2, EAX.0);
        if room > 0 {
            move_stack(&mut self.code, 0, room as i32 * 4);
        }
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        match arith(op) {
            Some(opcode) => plain(&mut self.code, opcode, from.0, to.0),
            None => {
                self.code.put(&MUL);
                self.code.u8(direct(to.0, from.0));
            }
        }
    }

    fn shift(&mut self, op: Shift, to: Reg, _count: Reg) {
        plain(&mut self.code, 0xd3, shift(op), to.0);
    }

    fn negate(&mut self, to: Reg) {
        plain(&mut self.code, 0xf7, NEG, to.0);
    }

    fn invert(&mut self, to: Reg) {
        plain(&mut self.code, 0xf7, NOT, to.0);
    }

    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        self.clear(to);
        plain(&mut self.code, 0x39, right.0, left.0);
        self.code.put(&[0x0f, 0x90 | Cc::of(condition, signed) as u8, direct(0, to.0)]);
    }
}
