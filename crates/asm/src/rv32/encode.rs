//! Instruction formats of RISC-V, 32 bits, with compressed instructions.
//!
//! Operands are register numbers and immediates as two's complement; bits beyond a field are dropped.

#![allow(missing_docs)] // What has no other comment is the instruction or format of that name.

/// Register-register.
pub fn r_type(op: u32, funct3: u32, funct7: u32, rd: u32, rs1: u32, rs2: u32) -> u32 {
    op | rd << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | funct7 << 25
}

/// Register-immediate, loads, jumps to registers.
pub fn i_type(op: u32, funct3: u32, rd: u32, rs: u32, imm: u32) -> u32 {
    op | rd << 7 | funct3 << 12 | rs << 15 | (imm & 0xfff) << 20
}

/// Stores of `rs2` at `rs1 + imm`.
pub fn s_type(op: u32, funct3: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    op | (imm & 0x1f) << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 0x7f) << 25
}

/// Conditional branches.
pub fn b_type(op: u32, funct3: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    let low = (imm >> 11 & 1) << 7 | (imm >> 1 & 15) << 8;
    op | low | funct3 << 12 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 0x3f) << 25 | (imm >> 12 & 1) << 31
}

/// `lui`, `auipc`: the high twenty bits of `imm`.
pub fn u_type(op: u32, rd: u32, imm: u32) -> u32 {
    op | rd << 7 | imm & 0xffff_f000
}

/// `jal`
pub fn j_type(op: u32, rd: u32, imm: u32) -> u32 {
    let high = imm & 0xf_f000 | (imm >> 11 & 1) << 20 | (imm >> 1 & 0x3ff) << 21 | (imm >> 20 & 1) << 31;
    op | rd << 7 | high
}

/// Control registers with an immediate of five bits.
pub fn csr_immediate(funct3: u32, rd: u32, csr: u32, imm: u32) -> u32 {
    0x73 | rd << 7 | funct3 << 12 | (imm & 0x1f) << 15 | csr << 20
}

/// Two full registers, compressed.
pub fn cr_type(op: u32, funct4: u32, rd: u32, rs: u32) -> u16 {
    (op | rs << 2 | rd << 7 | funct4 << 12) as u16
}

/// A register and a signed immediate of six bits.
pub fn ci_type(op: u32, funct3: u32, rd: u32, imm: u32) -> u16 {
    (op | (imm & 0x1f) << 2 | rd << 7 | (imm >> 5 & 1) << 12 | funct3 << 13) as u16
}

/// Six bits of an offset from the stack pointer, for [`ci_type`] and [`css_type`].
pub fn stack_offset(offset: u32) -> u32 {
    offset & 0x3c | offset >> 6 & 3
}

/// A store to the stack.
pub fn css_type(op: u32, funct3: u32, rs: u32, imm: u32) -> u16 {
    (op | rs << 2 | (imm & 0x3f) << 7 | funct3 << 13) as u16
}

/// `c.addi4spn`
pub fn ciw_type(rd: u32, imm: u32) -> u16 {
    let imm = (imm >> 6 & 15) << 7 | (imm >> 4 & 3) << 11 | (imm >> 3 & 1) << 5 | (imm >> 2 & 1) << 6;
    ((rd & 7) << 2 | imm) as u16
}

/// `c.lw`, `c.sw`
pub fn cl_type(funct3: u32, rd: u32, rs: u32, offset: u32) -> u16 {
    let imm = (offset >> 6 & 1) << 5 | (offset >> 3 & 7) << 10 | (offset >> 2 & 1) << 6;
    ((rd & 7) << 2 | (rs & 7) << 7 | imm | funct3 << 13) as u16
}

/// Arithmetic on two registers of the window. The official tools keep two bits of each register's number.
pub fn ca_type(funct2: u32, rd: u32, rs: u32) -> u16 {
    (1 | (rs & 3) << 2 | funct2 << 5 | (rd & 3) << 7 | 0x23 << 10) as u16
}

/// A register of the window and eight bits.
pub fn cb_type(funct3: u32, rs: u32, imm: u32) -> u16 {
    (1 | (imm & 0x1f) << 2 | (rs & 7) << 7 | (imm >> 5 & 7) << 10 | funct3 << 13) as u16
}

/// The eight bits of a branch distance for [`cb_type`].
pub fn short_branch(offset: u32) -> u32 {
    (offset >> 8 & 1) << 7 | (offset >> 3 & 3) << 5 | (offset >> 6 & 3) << 3 | offset & 6 | offset >> 5 & 1
}

/// The eight bits of a shift or `c.andi` for [`cb_type`]; `op` 0 `srli`, 1 `srai`, 2 `andi`.
pub fn short_arith(op: u32, imm: u32) -> u32 {
    (imm >> 5 & 1) << 7 | op << 5 | imm & 0x1f
}

/// `c.j`, `c.jal`
pub fn cj_type(funct3: u32, offset: u32) -> u16 {
    let imm = (offset >> 5 & 1) << 2
        | (offset >> 1 & 7) << 3
        | (offset >> 7 & 1) << 6
        | (offset >> 6 & 1) << 7
        | (offset >> 10 & 1) << 8
        | (offset >> 8 & 3) << 9
        | (offset >> 4 & 1) << 11
        | (offset >> 11 & 1) << 12;
    (1 | imm | funct3 << 13) as u16
}

/// Zcmp: pushes and pops of a register list; `chunks` of 16 bytes more.
#[derive(Clone, Copy)]
#[repr(u16)]
pub enum PushPop {
    Push = 0xb802,
    Pop = 0xba02,
    PopRetZero = 0xbc02,
    PopRet = 0xbe02,
}

pub fn push_pop(op: PushPop, list: u32, chunks: u32) -> u16 {
    op as u16 | ((list & 15) << 4 | (chunks & 3) << 2) as u16
}

/// Zcmp: moves between a0, a1 and two of s0 to s7.
pub fn move_pair(to_a: bool, first: u32, second: u32) -> u16 {
    let short = |reg: u32| if reg < 10 { reg.wrapping_sub(8) } else { reg.wrapping_sub(16) } & 7;
    let op = if to_a { 0xac62 } else { 0xac22 };
    op | (short(first) << 7 | short(second) << 2) as u16
}

/// Whether compressed instructions with three-bit registers have this one.
pub fn is_in_window(reg: u32) -> bool {
    (8..16).contains(&reg)
}

/// The high part of a value and its low twelve bits, for instructions that sign-extend those.
pub fn split(value: u32) -> (u32, u32) {
    let low = value & 0xfff;
    let high = (value & 0xffff_f000).wrapping_add(if low & 0x800 != 0 { 0x1000 } else { 0 });
    (high, low)
}
