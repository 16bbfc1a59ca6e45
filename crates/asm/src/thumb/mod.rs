//! Thumb: Armv6-M, and Thumb-2 from Armv7-M on.

pub mod encode;

use crate::arm::{MACHINE, R1, R3, R4, R7};
use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width, fits};
use crate::code::{Code, ErrorKind, Label};
use encode::{Byte, Indexed, alu};

/// r4 to r7, and r1 for alignment.
const SAVED: u16 = 0xf2;
/// r1 to r7: r1 to r3 make room for locals.
const SAVED_WITH_ROOM: u16 = 0xfe;
/// lr in `push`, pc in `pop`.
const LINK: u16 = 0x100;

/// The assembler for Thumb.
pub struct Thumb {
    code: Code,
    /// Whether wide instructions exist.
    wide: bool,
    saved: u16,
    /// Words below the saved registers.
    frame: u32,
}

impl Thumb {
    /// `wide`: for Armv7-M and later.
    pub fn new(wide: bool) -> Thumb {
        Thumb { code: Code::default(), wide, saved: SAVED, frame: 0 }
    }

    fn half(&mut self, op: u16) {
        self.code.u16(op);
    }

    fn word(&mut self, op: u32) {
        put_wide(&mut self.code, op);
    }

    fn byte(&mut self, op: Byte, reg: Reg, value: u32) {
        self.half(encode::byte(op, reg, value as u16));
    }

    fn alu(&mut self, op: u16, to: Reg, from: Reg) {
        self.half(encode::alu(op, to, from));
    }

    fn move_stack(&mut self, down: bool) {
        let mut words = self.frame;
        if words == 0 {
            return;
        }
        if self.wide && words > 127 {
            return self.word(encode::move_stack_wide(down, words.wrapping_mul(4)));
        }
        while words > 127 {
            self.half(encode::move_stack(down, 127));
            words -= 127;
        }
        self.half(encode::move_stack(down, words as u16));
    }

    /// A halfword in three instructions that always have the same size.
    fn constant_in_halves(&mut self, to: Reg, value: u32) {
        self.byte(Byte::Mov, to, value >> 8);
        self.half(encode::shift(0, to, to, 8));
        self.byte(Byte::Add, to, value);
    }

    /// Any word.
    fn full_constant(&mut self, to: Reg, value: u32) {
        if self.wide {
            self.word(encode::mov_half(encode::MOVW, to, value as u16));
            self.word(encode::mov_half(encode::MOVT, to, (value >> 16) as u16));
            return;
        }
        if self.code.offset() & 2 != 0 {
            self.half(encode::NOP);
        }
        self.byte(Byte::Ldr, to, 0);
        self.half(encode::b(2));
        self.code.u32(value);
    }

    fn short_constant(&mut self, to: Reg, value: u32) {
        let negative = (value as i32) < 0 && value != 1 << 31;
        let magnitude = if negative { value.wrapping_neg() } else { value };
        let low = magnitude.trailing_zeros();
        if magnitude.leading_zeros() + low >= 24 {
            self.byte(Byte::Mov, to, (magnitude as i32 >> low) as u32);
            self.half(encode::shift(0, to, to, low as u16));
        } else if magnitude <= 0xffff {
            self.constant_in_halves(to, magnitude);
        } else {
            return self.full_constant(to, value);
        }
        if negative {
            self.negate(to);
        }
    }

    /// `to = base + (offset << size)`
    fn add_offset(&mut self, to: Reg, base: Reg, offset: u32, size: u32) {
        let bytes = offset << size;
        if bytes < 256 {
            if to != base {
                self.half(encode::mov(to, base));
            }
            self.byte(Byte::Add, to, bytes);
        } else if to != base {
            if offset < 256 {
                self.byte(Byte::Mov, to, offset);
                self.half(encode::shift(0, to, to, size as u16));
            } else {
                self.constant(to, i64::from(bytes));
            }
            self.half(encode::add(to, to, base));
        } else {
            let other = Reg(to.0 ^ 7);
            self.half(encode::push(1 << other.0));
            self.constant(other, i64::from(bytes));
            self.half(encode::add(to, to, other));
            self.half(encode::pop(1 << other.0));
        }
    }

    /// The forms that take the offset as it is.
    fn access(&mut self, load: bool, size: u32, reg: Reg, base: Reg, offset: u32) -> bool {
        // High bits fall off, as in the official tools.
        let bytes = offset << size;
        if offset < 32 {
            self.half(encode::access(load, size, reg, base, offset as u16));
        } else if self.wide && bytes < 4096 {
            self.word(encode::access_wide(load, size, reg, base, bytes as u16));
        } else {
            return false;
        }
        true
    }

    fn call_through(&mut self, index: u32, reg: Reg) {
        self.load(Width::Word, reg, R7, i64::from(index));
        self.half(encode::blx(reg));
    }

    fn conditional(&mut self, condition: u16, label: Label) {
        match self.code.backward(label) {
            Some(distance) if fits(9, distance - 4) => self.half(encode::bcc(condition, distance - 4)),
            _ if self.wide => {
                let distance = self.code.distance(label);
                self.word(encode::bcc_wide(condition, distance - 4));
            }
            _ => {
                // The opposite condition jumps over a jump.
                let start = self.code.offset();
                self.half(0);
                self.jump(label);
                let over = (self.code.offset() - start) as i32;
                self.code.patch(start, &encode::bcc(condition ^ 1, over - 4).to_le_bytes());
            }
        }
    }
}

/// Appends a wide instruction: its high halfword comes first.
pub fn put_wide(code: &mut Code, op: u32) {
    code.u32(op.rotate_left(16));
}

impl Assembler for Thumb {
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
        self.saved = if words < 2 { SAVED } else { SAVED_WITH_ROOM };
        self.frame = if words > 3 { (words - 2) & !1 } else { 0 };
        self.half(encode::push(LINK | self.saved));
        self.move_stack(true);
    }

    fn exit(&mut self) {
        self.move_stack(false);
        self.half(encode::pop(LINK | self.saved));
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        self.half(encode::mov(to, from));
    }

    fn constant(&mut self, to: Reg, value: i64) {
        let value = value as u32;
        match value {
            0..=0xff => self.byte(Byte::Mov, to, value),
            0x100..=0xffff if self.wide => self.word(encode::mov_half(encode::MOVW, to, value as u16)),
            _ if self.wide => self.full_constant(to, value),
            _ => self.short_constant(to, value),
        }
    }

    fn linked_constant(&mut self, to: Reg, is_wide: bool) -> Option<u32> {
        if !self.wide {
            return None;
        }
        let place = self.code.offset();
        self.word(encode::mov_half(encode::MOVW, to, 0));
        if is_wide {
            self.word(encode::mov_half(encode::MOVT, to, 0));
        }
        Some(place)
    }

    fn clear(&mut self, to: Reg) {
        self.byte(Byte::Mov, to, 0);
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        let (size, offset) = (width.log2(), offset as u32);
        if !self.access(true, size, to, base, offset) {
            self.add_offset(to, base, offset.wrapping_sub(31), size);
            self.access(true, size, to, to, 31);
        }
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        let (size, offset) = (width.log2(), offset as u32);
        if !self.access(false, size, from, base, offset) {
            self.half(encode::push(1 << base.0));
            self.add_offset(base, base, offset.wrapping_sub(31), size);
            self.access(false, size, from, base, 31);
            self.half(encode::pop(1 << base.0));
        }
    }

    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg) {
        let size = width.log2();
        let op = [Indexed::Ldrb, Indexed::Ldrh, Indexed::Ldr][size as usize];
        let mut scaled = index;
        if size > 0 {
            scaled = MACHINE.temps[2];
            self.half(encode::shift(0, scaled, index, size as u16));
        }
        self.half(encode::indexed(op, to, base, scaled));
    }

    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg) {
        let size = width.log2();
        let op = [Indexed::Strb, Indexed::Strh, Indexed::Str][size as usize];
        if size > 0 {
            self.half(encode::push(1 << index.0));
            self.half(encode::shift(0, index, index, size as u16));
        }
        self.half(encode::indexed(op, from, base, index));
        if size > 0 {
            self.half(encode::pop(1 << index.0));
        }
    }

    fn load_local(&mut self, to: Reg, local: u32) {
        self.check_local(local);
        self.half(encode::stack(true, to, local as u16));
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        self.check_local(local);
        self.half(encode::stack(false, from, local as u16));
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        self.half(encode::stack_address(to, local as u16));
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        // Bit 0 keeps the machine in Thumb state.
        let distance = self.code.distance(label) | 1;
        if self.wide {
            self.word(encode::mov_half(encode::MOVW, to, (distance - 10) as u16));
        } else {
            self.constant_in_halves(to, (distance - 12) as u32);
        }
        self.half(encode::sxth(to, to));
        self.half(encode::add_any(to, encode::PC));
    }

    fn jump(&mut self, label: Label) {
        if let Some(distance) = self.code.backward(label)
            && fits(12, distance - 4)
        {
            return self.half(encode::b(distance - 4));
        }
        let rel = self.code.distance(label) - 4;
        if self.wide {
            return self.word(encode::b_wide(rel));
        }
        // Always the same size, whatever the distance.
        let unaligned = self.code.offset() & 2 != 0;
        if fits(12, rel) {
            self.half(encode::b(rel));
            for _ in 0..if unaligned { 4 } else { 3 } {
                self.half(encode::NOP);
            }
        } else {
            let mut rel = rel - 2;
            if unaligned {
                self.half(encode::NOP);
                rel -= 2;
            }
            // r0 may hold the result already.
            self.byte(Byte::Ldr, R1, 0);
            self.half(encode::add_any(encode::PC, R1));
            self.code.u32(rel as u32);
        }
    }

    fn jump_if_zero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.byte(Byte::Cmp, reg, 0);
        self.conditional(encode::EQ, label);
    }

    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.byte(Byte::Cmp, reg, 0);
        self.conditional(encode::NE, label);
    }

    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label) {
        self.alu(alu::CMP, left, right);
        self.conditional(encode::EQ, label);
    }

    fn jump_register(&mut self, reg: Reg) {
        self.half(encode::bx(reg));
    }

    fn call(&mut self, index: u32, _n_args: u32) {
        self.call_through(index, R3);
    }

    fn call_setup(&mut self, index: u32) {
        self.call_through(index, R4);
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        match op {
            Arith::Add => self.half(encode::add(to, to, from)),
            Arith::Sub => self.half(encode::sub(to, to, from)),
            Arith::Mul => self.alu(alu::MUL, to, from),
            Arith::And => self.alu(alu::AND, to, from),
            Arith::Or => self.alu(alu::ORR, to, from),
            Arith::Xor => self.alu(alu::EOR, to, from),
        }
    }

    fn shift(&mut self, op: Shift, to: Reg, count: Reg) {
        let op = match op {
            Shift::Left => alu::LSL,
            Shift::Right => alu::LSR,
            Shift::RightSigned => alu::ASR,
        };
        self.alu(op, to, count);
    }

    fn negate(&mut self, to: Reg) {
        self.alu(alu::NEG, to, to);
    }

    fn invert(&mut self, to: Reg) {
        self.alu(alu::MVN, to, to);
    }

    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        let condition = encode::condition(condition, signed);
        self.alu(alu::CMP, left, right);
        if self.wide {
            self.half(encode::ite(condition));
            self.byte(Byte::Mov, to, 1);
            self.byte(Byte::Mov, to, 0);
        } else {
            self.half(encode::bcc(condition, 2));
            self.byte(Byte::Mov, to, 0);
            self.half(encode::b(0));
            self.byte(Byte::Mov, to, 1);
        }
    }
}

impl Thumb {
    fn check_local(&mut self, local: u32) {
        if local > 255 {
            self.code.fail(ErrorKind::NotImplemented, "too many locals for native method");
        }
    }
}
