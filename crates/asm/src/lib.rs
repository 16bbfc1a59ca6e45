//! Assemblers: machine code for each architecture behind one trait.
//!
//! The native emitter (`compiler`) speaks to [`Assembler`] only; an architecture is a folder with the same
//! files: `mod.rs` (its [`Machine`] and the trait), `encode.rs` (the instructions), `tests.rs` (golden bytes).
//! The choice of encodings is that of the official tools, byte for byte (native-abi.md §10), also where a
//! shorter one exists.
//!
//! # Passes
//!
//! A function is written several times: the emitter calls [`Assembler::begin`], the operations,
//! [`Assembler::finish`], and again from the start, until labels and sizes are known; what the last pass left
//! in [`Code::bytes`] counts. An assembler object serves all functions of a file, one after the other, because some
//! of them (RISC-V's set of saved registers, Xtensa's number of pooled constants) carry what they learned
//! into the next pass and function.
//!
//! Every choice of a size must come out the same in the last two passes. So a short jump may be chosen only for a label that
//! this pass has placed already ([`Code::backward`]); for others the long form is taken, and its
//! distance comes from the pass before ([`Code::distance`]).
//!
//! # Dead code
//!
//! Behind an unconditional jump the emitter marks the code as dead ([`Code::kill`]); until the next label nothing is
//! written, but operations are still called, and what they learn (saved registers, pooled constants) still counts.
#![no_std]
extern crate alloc;

pub mod arm;
mod assembler;
mod code;
pub mod listing;
pub mod rv32;
pub mod thumb;
pub mod x64;
pub mod x86;
pub mod xtensa;

pub use assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width, fits};
pub use code::{Code, Error, ErrorKind, Label};
