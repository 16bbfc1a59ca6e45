//! Instructions of Thumb and Thumb-2. A wide instruction has its first halfword in the high half.

#![allow(missing_docs)] // What has no other comment is the instruction or format of that name.

use crate::assembler::{Condition, Reg};

pub const SP: Reg = Reg(13);
pub const PC: Reg = Reg(15);

pub const NOP: u16 = 0xbf00;
pub const WFI: u16 = 0xbf30;
pub const CPSID_I: u16 = 0xb672;
pub const CPSIE_I: u16 = 0xb662;

/// Condition codes by name; the position is the code.
pub const CONDITIONS: [&str; 14] = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"];

pub const EQ: u16 = 0;
pub const NE: u16 = 1;

/// The code of a comparison; Arm has the same codes.
pub fn condition(condition: Condition, signed: bool) -> u16 {
    match (condition, signed) {
        (Condition::Less, true) => 11,
        (Condition::Less, false) => 3,
        (Condition::More, true) => 12,
        (Condition::More, false) => 8,
        (Condition::Equal, _) => EQ,
        (Condition::LessEqual, true) => 13,
        (Condition::LessEqual, false) => 9,
        (Condition::MoreEqual, true) => 10,
        (Condition::MoreEqual, false) => 2,
        (Condition::NotEqual, _) => NE,
    }
}

/// Instructions on two low registers, by their official names; the position is the opcode.
pub const ALU: [&str; 16] =
    ["and", "eor", "lsl", "lsr", "asr", "adc", "sbc", "ror", "tst", "neg", "cmp", "cmn", "orr", "mul", "bic", "mvn"];

/// Positions in [`ALU`].
pub mod alu {
    pub const AND: u16 = 0;
    pub const EOR: u16 = 1;
    pub const LSL: u16 = 2;
    pub const LSR: u16 = 3;
    pub const ASR: u16 = 4;
    pub const NEG: u16 = 9;
    pub const CMP: u16 = 10;
    pub const ORR: u16 = 12;
    pub const MUL: u16 = 13;
    pub const MVN: u16 = 15;
}

fn bits(reg: Reg) -> u16 {
    u16::from(reg.0)
}

/// One of [`ALU`].
pub fn alu(op: u16, to: Reg, from: Reg) -> u16 {
    0x4000 | op << 6 | bits(from) << 3 | bits(to)
}

/// Shifts by a constant: 0 left, 1 right, 2 right with sign.
pub fn shift(op: u16, to: Reg, from: Reg, by: u16) -> u16 {
    op << 11 | by << 6 | bits(from) << 3 | bits(to)
}

/// `to = left + right`
pub fn add(to: Reg, left: Reg, right: Reg) -> u16 {
    0x1800 | bits(right) << 6 | bits(left) << 3 | bits(to)
}

/// `to = left - right`
pub fn sub(to: Reg, left: Reg, right: Reg) -> u16 {
    0x1a00 | bits(right) << 6 | bits(left) << 3 | bits(to)
}

/// `to = left ± value`, three bits.
pub fn add_3(subtract: bool, to: Reg, left: Reg, value: u16) -> u16 {
    0x1c00 | u16::from(subtract) << 9 | value << 6 | bits(left) << 3 | bits(to)
}

/// Instructions on a low register and a byte.
#[derive(Clone, Copy)]
#[repr(u16)]
pub enum Byte {
    Mov = 0x2000,
    Cmp = 0x2800,
    Add = 0x3000,
    Sub = 0x3800,
    /// Loads from the pool: the byte counts words behind the aligned program counter.
    Ldr = 0x4800,
}

pub fn byte(op: Byte, reg: Reg, value: u16) -> u16 {
    op as u16 | bits(reg) << 8 | value & 0xff
}

/// `mov` between any registers.
pub fn mov(to: Reg, from: Reg) -> u16 {
    0x4600 | (bits(to) & 8) << 4 | bits(from) << 3 | bits(to) & 7
}

/// `to += from`, any registers.
pub fn add_any(to: Reg, from: Reg) -> u16 {
    0x4400 | (bits(to) & 8) << 4 | bits(from) << 3 | bits(to) & 7
}

pub fn bx(reg: Reg) -> u16 {
    0x4700 | bits(reg) << 3
}

pub fn blx(reg: Reg) -> u16 {
    0x4780 | bits(reg) << 3
}

/// `op` of memory at `base + index`.
#[derive(Clone, Copy)]
#[repr(u16)]
pub enum Indexed {
    Str = 0x5000,
    Strh = 0x5200,
    Strb = 0x5400,
    Ldr = 0x5800,
    Ldrh = 0x5a00,
    Ldrb = 0x5c00,
}

pub fn indexed(op: Indexed, reg: Reg, base: Reg, index: Reg) -> u16 {
    op as u16 | bits(index) << 6 | bits(base) << 3 | bits(reg)
}

/// A load or store of `1 << size` bytes; `offset` has five bits and counts units.
pub fn access(load: bool, size: u32, reg: Reg, base: Reg, offset: u16) -> u16 {
    let op = [0x7000, 0x8000, 0x6000][size as usize % 3] | u16::from(load) << 11;
    op | offset << 6 | bits(base) << 3 | bits(reg)
}

/// The wide form: `offset` has twelve bits and counts bytes.
pub fn access_wide(load: bool, size: u32, reg: Reg, base: Reg, offset: u16) -> u32 {
    let high = 0xf880 | u32::from(load) << 4 | size << 5 | u32::from(base.0);
    high << 16 | u32::from(reg.0) << 12 | u32::from(offset)
}

/// A load or store of a word on the stack; `offset` counts words.
pub fn stack(load: bool, reg: Reg, offset: u16) -> u16 {
    0x9000 | u16::from(load) << 11 | bits(reg) << 8 | offset & 0xff
}

/// `to = sp + offset` words
pub fn stack_address(to: Reg, offset: u16) -> u16 {
    0xa800 | bits(to) << 8 | offset & 0xff
}

/// `sp ±= words`, seven bits
pub fn move_stack(down: bool, words: u16) -> u16 {
    0xb000 | u16::from(down) << 7 | words
}

/// `sp ±= bytes`; the official tools encode eleven bits.
pub fn move_stack_wide(down: bool, bytes: u32) -> u32 {
    let high: u32 = if down { 0xf2a0 } else { 0xf200 };
    let sp = u32::from(SP.0);
    (high | sp) << 16 | bytes << 4 & 0x7000 | sp << 8 | bytes & 0xff
}

/// `push {…}`; bit 8 is lr.
pub fn push(list: u16) -> u16 {
    0xb400 | list
}

/// `pop {…}`; bit 8 is pc.
pub fn pop(list: u16) -> u16 {
    0xbc00 | list
}

/// Sign-extends the low halfword.
pub fn sxth(to: Reg, from: Reg) -> u16 {
    0xb200 | bits(from) << 3 | bits(to)
}

/// `it`, with a mask as encoded.
pub fn it(condition: u16, mask: u16) -> u16 {
    0xbf00 | condition << 4 | mask
}

/// `ite`
pub fn ite(condition: u16) -> u16 {
    it(condition, 4 | (!condition & 1) << 3)
}

pub const MOVW: u32 = 0xf240_0000;
pub const MOVT: u32 = 0xf2c0_0000;

/// `movw` or `movt`
pub fn mov_half(op: u32, to: Reg, value: u16) -> u32 {
    let value = u32::from(value);
    op | (value >> 1 & 0x400 | value >> 12) << 16 | value << 4 & 0x7000 | u32::from(to.0) << 8 | value & 0xff
}

// Branches: `rel` counts from four bytes behind the instruction.

/// Unconditional, ±2 KiB.
pub fn b(rel: i32) -> u16 {
    0xe000 | (rel >> 1) as u16 & 0x7ff
}

/// Unconditional, wide.
pub fn b_wide(rel: i32) -> u32 {
    0xf000_b800 | (rel as u32 >> 12 & 0x7ff) << 16 | rel as u32 >> 1 & 0x7ff
}

/// Conditional, ±256 bytes.
pub fn bcc(condition: u16, rel: i32) -> u16 {
    0xd000 | condition << 8 | (rel >> 1) as u16 & 0xff
}

/// Conditional, wide.
pub fn bcc_wide(condition: u16, rel: i32) -> u32 {
    let rel = rel as u32;
    let high = 0xf000 | u32::from(condition) << 6 | rel >> 10 & 0x400 | rel >> 12 & 0x3f;
    high << 16 | 0x8000 | rel >> 5 & 0x2000 | rel >> 8 & 0x800 | rel >> 1 & 0x7ff
}

/// `bl`
pub fn bl(rel: i32) -> u32 {
    0xf000_f800 | (rel as u32 >> 12 & 0x7ff) << 16 | rel as u32 >> 1 & 0x7ff
}
