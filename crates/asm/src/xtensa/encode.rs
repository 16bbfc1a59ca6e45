//! Instructions of Xtensa: 24 bits, or 16 for the narrow ones (`_n`).
//!
//! Operands are register numbers; bits beyond a field are dropped.

#![allow(missing_docs)] // What has no other comment is the instruction or format of that name.

use crate::assembler::{Condition, Width};

/// Three registers (or constants in their places).
pub fn rrr(op2: u32, op1: u32, r: u32, s: u32, t: u32) -> u32 {
    op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4
}

/// Two registers, a selector and eight bits.
pub fn rri8(op0: u32, r: u32, s: u32, t: u32, imm: u32) -> u32 {
    (imm & 0xff) << 16 | r << 12 | s << 8 | t << 4 | op0
}

/// A narrow instruction.
pub fn narrow(op0: u32, r: u32, s: u32, t: u32) -> u16 {
    ((r & 15) << 12 | s << 8 | t << 4 | op0) as u16
}

/// A register and twelve bits.
fn bri12(op0: u32, s: u32, m: u32, n: u32, imm: u32) -> u32 {
    (imm & 0xfff) << 12 | s << 8 | m << 6 | n << 4 | op0
}

pub const RET_N: u16 = 0xf00d;
pub const RETW_N: u16 = 0xf01d;

/// Loads and stores: `offset` has eight bits and counts units; `signed` only for halfwords.
pub fn access(load: bool, width: Width, reg: u32, base: u32, offset: u32) -> u32 {
    rri8(2, u32::from(!load) << 2 | width.log2(), base, reg, offset)
}

/// `l32i.n`, `s32i.n`: four bits of offset in words.
pub fn access_n(load: bool, reg: u32, base: u32, offset: u32) -> u16 {
    narrow(if load { 8 } else { 9 }, offset, base, reg)
}

pub fn mov_n(to: u32, from: u32) -> u16 {
    narrow(13, 0, from, to)
}

pub fn add_n(to: u32, left: u32, right: u32) -> u16 {
    narrow(10, to, left, right)
}

pub fn addi(to: u32, from: u32, value: u32) -> u32 {
    rri8(2, 12, from, to, value)
}

/// −32 to 95
pub fn movi_n(to: u32, value: u32) -> u16 {
    ((value & 15) << 12 | to << 8 | value & 0x70 | 12) as u16
}

/// Twelve bits, signed.
pub fn movi(to: u32, value: u32) -> u32 {
    rri8(2, 10, value >> 8 & 15, to, value)
}

/// Loads the word at offset `place` of the code; the instruction is at offset `at`.
pub fn l32r(to: u32, at: u32, place: u32) -> u32 {
    let aligned = at.wrapping_add(3) & !3;
    (place.wrapping_sub(aligned) >> 2 & 0xffff) << 8 | to << 4 | 1
}

pub fn sub(to: u32, left: u32, right: u32) -> u32 {
    rrr(12, 0, to, left, right)
}

/// `entry`: opens a register window.
pub fn entry(stack: u32, bytes: u32) -> u32 {
    bri12(6, stack, 0, 3, bytes / 8)
}

/// `rel` counts from four bytes behind.
pub fn j(rel: i32) -> u32 {
    (rel as u32 & 0x3_ffff) << 6 | 6
}

/// `rel` counts words from the aligned place behind.
pub fn call0(rel: u32) -> u32 {
    (rel & 0x3_ffff) << 6 | 5
}

pub fn jx(reg: u32) -> u32 {
    rrr(0, 0, 0, reg, 10)
}

pub fn callx0(reg: u32) -> u32 {
    rrr(0, 0, 0, reg, 12)
}

pub fn callx8(reg: u32) -> u32 {
    rrr(0, 0, 0, reg, 14)
}

/// Conditions on one register; the lowest bit inverts.
pub mod zero {
    pub const EQ: u32 = 0;
    pub const NE: u32 = 1;
}

/// Branches on one register; `rel` as for [`j`].
pub fn branch_zero(condition: u32, reg: u32, rel: i32) -> u32 {
    bri12(6, reg, condition, 1, rel as u32)
}

/// Conditions on two registers by their names in branches; the position is the code, bit 3 inverts.
pub const CONDITIONS: [&str; 14] =
    ["bnone", "beq", "blt", "bltu", "ball", "bbc", "", "", "bany", "bne", "bge", "bgeu", "bnall", "bbs"];

pub const EQ: u32 = 1;

/// The code of a comparison, and whether the operands change places.
pub fn condition(condition: Condition, signed: bool) -> (u32, bool) {
    let unsigned = u32::from(!signed);
    match condition {
        Condition::Less => (2 + unsigned, false),
        Condition::More => (2 + unsigned, true),
        Condition::Equal => (EQ, false),
        Condition::LessEqual => (10 + unsigned, true),
        Condition::MoreEqual => (10 + unsigned, false),
        Condition::NotEqual => (9, false),
    }
}

/// Branches on two registers (or a register and a bit number).
pub fn branch(condition: u32, left: u32, right: u32, rel: i32) -> u32 {
    rri8(7, condition, left, right, rel as u32)
}
