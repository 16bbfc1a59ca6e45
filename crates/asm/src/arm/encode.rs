//! Instructions of Arm (Armv6), all with the condition "always" unless they take one.

#![allow(missing_docs)] // What has no other comment is the instruction of that name.

use crate::assembler::Reg;

pub const SP: Reg = Reg(13);
pub const LR: Reg = Reg(14);
pub const PC: Reg = Reg(15);

/// The condition "always"; the others are those of Thumb.
pub const ALWAYS: u16 = 14;

fn bits(reg: Reg) -> u32 {
    reg.0.into()
}

/// Adds a condition.
pub fn when(condition: u16, op: u32) -> u32 {
    u32::from(condition) << 28 | op
}

/// Data processing with three registers.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum Data {
    And = 0,
    Eor = 0x020_0000,
    Sub = 0x040_0000,
    Rsb = 0x060_0000,
    Add = 0x080_0000,
    /// Only sets flags; no destination.
    Cmp = 0x150_0000,
    Orr = 0x180_0000,
    /// No left operand.
    Mov = 0x1a0_0000,
    /// No left operand.
    Mvn = 0x1e0_0000,
}

/// The right operand is an immediate.
const IMMEDIATE: u32 = 0x200_0000;

const NONE: Reg = Reg(0);

pub fn data(op: Data, to: Reg, left: Reg, right: Reg) -> u32 {
    op as u32 | bits(left) << 16 | bits(to) << 12 | bits(right)
}

/// The right operand has eight bits.
pub fn data_immediate(op: Data, to: Reg, left: Reg, right: u32) -> u32 {
    op as u32 | IMMEDIATE | bits(left) << 16 | bits(to) << 12 | right & 0xff
}

pub fn mov(to: Reg, from: Reg) -> u32 {
    data(Data::Mov, to, NONE, from)
}

pub fn mov_immediate(to: Reg, value: u32) -> u32 {
    data_immediate(Data::Mov, to, NONE, value)
}

/// `to = !value`
pub fn mvn_immediate(to: Reg, value: u32) -> u32 {
    data_immediate(Data::Mvn, to, NONE, value)
}

pub fn mvn(to: Reg, from: Reg) -> u32 {
    data(Data::Mvn, to, NONE, from)
}

pub fn cmp(left: Reg, right: Reg) -> u32 {
    data(Data::Cmp, NONE, left, right)
}

pub fn cmp_immediate(left: Reg, right: u32) -> u32 {
    data_immediate(Data::Cmp, NONE, left, right)
}

/// `to` must not be `right` before Armv6, so the factors change places.
pub fn mul(to: Reg, left: Reg, right: Reg) -> u32 {
    0x90 | bits(to) << 16 | bits(left) << 8 | bits(right)
}

/// Shifts by a register: 0 left, 1 right, 2 right with sign.
pub fn shift(op: u32, to: Reg, from: Reg, count: Reg) -> u32 {
    0x1a0_0010 | bits(to) << 12 | bits(count) << 8 | op << 5 | bits(from)
}

/// `to = from << 1`
pub fn double(to: Reg, from: Reg) -> u32 {
    0x1a0_0080 | bits(to) << 12 | bits(from)
}

/// Loads and stores of words.
pub const WORD: u32 = 0x580_0000;
/// Loads and stores of bytes.
pub const BYTE: u32 = 0x5c0_0000;
/// Loads and stores of halfwords.
const HALF: u32 = 0x180_00b0;
/// It is a load.
const LOAD: u32 = 0x10_0000;
/// The offset is a register.
const BY_REG: u32 = 0x200_0000;

fn direction(load: bool) -> u32 {
    if load { LOAD } else { 0 }
}

/// `kind` is [`WORD`] or [`BYTE`]; `offset` has twelve bits, further ones end up in the register field.
pub fn access(kind: u32, load: bool, reg: Reg, base: Reg, offset: u32) -> u32 {
    kind | direction(load) | bits(base) << 16 | bits(reg) << 12 | offset
}

/// `kind` is [`WORD`] or [`BYTE`]; the index is shifted left by `shift`.
pub fn access_indexed(kind: u32, load: bool, reg: Reg, base: Reg, index: Reg, shift: u32) -> u32 {
    access(kind | BY_REG | shift << 7, load, reg, base, bits(index))
}

/// `offset` has eight bits.
pub fn access_half(load: bool, reg: Reg, base: Reg, offset: u32) -> u32 {
    access(HALF | 0x40_0000, load, reg, base, (offset & 0xf0) << 4 | offset & 0xf)
}

pub fn access_half_indexed(load: bool, reg: Reg, base: Reg, index: Reg) -> u32 {
    access(HALF, load, reg, base, bits(index))
}

/// Stores registers below sp, which moves.
pub fn push(list: u32) -> u32 {
    0x92d_0000 | list
}

pub fn pop(list: u32) -> u32 {
    0x8bd_0000 | list
}

/// `rel` counts bytes from eight bytes behind the instruction.
pub fn b(rel: i32) -> u32 {
    0xa00_0000 | (rel >> 2) as u32 & 0xff_ffff
}

pub fn bx(reg: Reg) -> u32 {
    0x12f_ff10 | bits(reg)
}
