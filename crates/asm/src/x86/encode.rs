//! Instructions of 32-bit x86: those of x86-64 without prefixes.

pub use crate::x64::encode::{Cc, MUL, NEG, NOT, arith, direct, fits_byte, jump_always, jump_if, memory, shift};

use crate::assembler::Reg;
use crate::code::Code;

pub const EAX: Reg = Reg(0);
pub const ECX: Reg = Reg(1);
pub const EDX: Reg = Reg(2);
pub const EBX: Reg = Reg(3);
pub const ESP: Reg = Reg(4);
pub const EBP: Reg = Reg(5);
pub const ESI: Reg = Reg(6);
pub const EDI: Reg = Reg(7);

/// Registers that a function saves, in the order of pushing.
pub const SAVED: [Reg; 4] = [EBP, EBX, ESI, EDI];

/// An instruction on two registers (or one and an extension of the opcode).
pub fn plain(code: &mut Code, opcode: u8, reg: u8, rm: u8) {
    code.put(&[opcode, direct(reg, rm)]);
}

/// A load or store; `offset` counts bytes.
pub fn access(code: &mut Code, opcode: &[u8], reg: Reg, base: Reg, offset: i32) {
    code.put(opcode);
    memory(code, reg, base, offset);
}

pub fn push(code: &mut Code, reg: Reg) {
    code.u8(0x50 | reg.0);
}

pub fn pop(code: &mut Code, reg: Reg) {
    code.u8(0x58 | reg.0);
}

/// `add esp, bytes` (extension 0) or `sub esp, bytes` (5)
pub fn move_stack(code: &mut Code, extension: u8, bytes: i32) {
    if fits_byte(bytes) {
        code.put(&[0x83, direct(extension, ESP.0), bytes as u8]);
    } else {
        code.put(&[0x81, direct(extension, ESP.0)]);
        code.u32(bytes as u32);
    }
}
