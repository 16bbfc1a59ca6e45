//! Prefixes, operands and instructions of x86-64.

use crate::assembler::{Arith, Condition, Reg, Shift, Width};
use crate::code::{Code, Label};

pub const RAX: Reg = Reg(0);
pub const RCX: Reg = Reg(1);
pub const RDX: Reg = Reg(2);
pub const RBX: Reg = Reg(3);
pub const RSP: Reg = Reg(4);
pub const RBP: Reg = Reg(5);
pub const RSI: Reg = Reg(6);
pub const RDI: Reg = Reg(7);
pub const R12: Reg = Reg(12);
pub const R13: Reg = Reg(13);

/// Registers that a function saves, in the order of pushing.
pub const SAVED: [Reg; 4] = [RBP, RBX, R12, R13];

pub const REX: u8 = 0x40;
/// 64-bit operands.
pub const REX_W: u8 = 8;
/// The register operand is r8 or above.
pub const REX_R: u8 = 4;
/// The register or base of the memory operand is r8 or above.
pub const REX_B: u8 = 1;

/// Condition codes.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Cc {
    Below = 2,
    AboveEqual = 3,
    Equal = 4,
    NotEqual = 5,
    BelowEqual = 6,
    Above = 7,
    Less = 12,
    GreaterEqual = 13,
    LessEqual = 14,
    Greater = 15,
}

impl Cc {
    pub fn of(condition: Condition, signed: bool) -> Cc {
        match (condition, signed) {
            (Condition::Less, true) => Cc::Less,
            (Condition::Less, false) => Cc::Below,
            (Condition::More, true) => Cc::Greater,
            (Condition::More, false) => Cc::Above,
            (Condition::LessEqual, true) => Cc::LessEqual,
            (Condition::LessEqual, false) => Cc::BelowEqual,
            (Condition::MoreEqual, true) => Cc::GreaterEqual,
            (Condition::MoreEqual, false) => Cc::AboveEqual,
            (Condition::Equal, _) => Cc::Equal,
            (Condition::NotEqual, _) => Cc::NotEqual,
        }
    }
}

/// The opcode of an operation that takes both operands in any register; `None` for the multiplication.
pub fn arith(op: Arith) -> Option<u8> {
    Some(match op {
        Arith::Add => 0x01,
        Arith::Or => 0x09,
        Arith::And => 0x21,
        Arith::Sub => 0x29,
        Arith::Xor => 0x31,
        Arith::Mul => return None,
    })
}

/// The opcode of a multiplication, whose destination is the first operand.
pub const MUL: [u8; 2] = [0x0f, 0xaf];

/// Extensions of the opcode of shifts by cl.
pub fn shift(op: Shift) -> u8 {
    match op {
        Shift::Left => 4,
        Shift::Right => 5,
        Shift::RightSigned => 7,
    }
}

/// Extensions of the opcode of operations on one register.
pub const NOT: u8 = 2;
pub const NEG: u8 = 3;

/// A jump, which may be conditional: the short form (its opcode) where the label is known and near, else the long one.
pub fn jump(code: &mut Code, short: u8, long: &[u8], label: Label) {
    match code.backward(label) {
        Some(distance) if fits_byte(distance - 2) && distance < 0 => code.put(&[short, (distance - 2) as u8]),
        _ => {
            let distance = code.distance(label);
            code.put(long);
            code.u32((distance - 4).wrapping_sub(long.len() as i32) as u32);
        }
    }
}

/// A conditional jump.
pub fn jump_if(code: &mut Code, condition: Cc, label: Label) {
    let condition = condition as u8;
    jump(code, 0x70 | condition, &[0x0f, 0x80 | condition], label);
}

/// An unconditional jump.
pub fn jump_always(code: &mut Code, label: Label) {
    jump(code, 0xeb, &[0xe9], label);
}

pub fn fits_byte(value: i32) -> bool {
    i8::try_from(value).is_ok()
}

/// `bit` if a register needs it.
pub fn high(reg: u8, bit: u8) -> u8 {
    if reg >= 8 { bit } else { 0 }
}

/// The operand byte of two registers.
pub fn direct(reg: u8, rm: u8) -> u8 {
    0xc0 | (reg & 7) << 3 | rm & 7
}

/// Bytes of a unit; a word never has an index.
pub fn unit(width: Width) -> u32 {
    match width {
        Width::Bits8 => 1,
        Width::Bits16 => 2,
        Width::Bits32 => 4,
        Width::Word => 8,
    }
}

/// A 64-bit instruction on two registers (or one and an extension of the opcode).
pub fn wide(code: &mut Code, opcode: u8, reg: u8, rm: u8) {
    code.put(&[REX | REX_W | high(reg, REX_R) | high(rm, REX_B), opcode, direct(reg, rm)]);
}

/// The operand bytes of a register and memory at `base + offset`.
pub fn memory(code: &mut Code, reg: Reg, base: Reg, offset: i32) {
    // rbp and r13 have no form without displacement, rsp and r12 need an extra byte.
    let mode = match offset {
        0 if base.0 & 7 != 5 => 0x00,
        _ if fits_byte(offset) => 0x40,
        _ => 0x80,
    };
    code.u8(mode | (reg.0 & 7) << 3 | base.0 & 7);
    if base.0 & 7 == 4 {
        code.u8(0x24);
    }
    match mode {
        0x00 => {}
        0x40 => code.u8(offset as u8),
        _ => code.u32(offset as u32),
    }
}

/// A 64-bit instruction on a register and memory.
pub fn wide_memory(code: &mut Code, opcode: u8, reg: Reg, base: Reg, offset: i32) {
    code.put(&[REX | REX_W | high(reg.0, REX_R) | high(base.0, REX_B), opcode]);
    memory(code, reg, base, offset);
}

/// A load or store; `offset` counts in units.
pub fn access(code: &mut Code, width: Width, opcode: &[u8], reg: Reg, base: Reg, offset: i64) {
    let mut prefix = high(reg.0, REX_R) | high(base.0, REX_B);
    if width == Width::Word {
        prefix |= REX_W;
    }
    if prefix != 0 {
        code.u8(REX | prefix);
    }
    code.put(opcode);
    memory(code, reg, base, (offset as i32).wrapping_mul(unit(width) as i32));
}

pub fn push(code: &mut Code, reg: Reg) {
    if reg.0 >= 8 {
        code.u8(REX | REX_B);
    }
    code.u8(0x50 | reg.0 & 7);
}

pub fn pop(code: &mut Code, reg: Reg) {
    if reg.0 >= 8 {
        code.u8(REX | REX_B);
    }
    code.u8(0x58 | reg.0 & 7);
}

/// `sub rsp, bytes`
pub fn subtract_from_stack(code: &mut Code, bytes: i32) {
    if fits_byte(bytes) {
        code.put(&[REX | REX_W, 0x83, direct(5, RSP.0), bytes as u8]);
    } else {
        code.put(&[REX | REX_W, 0x81, direct(5, RSP.0)]);
        code.u32(bytes as u32);
    }
}
