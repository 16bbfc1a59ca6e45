//! Code objects and everything about their bytes.
//!
//! The compiler writes [`object::Module`]s, the machine runs them, and a .mpy file holds them. This
//! crate knows their bytes: instructions ([`opcode`], [`encoding`]), what stands before them
//! ([`prelude`], [`line_table`]), files ([`mpy`], [`float_text`]), machine code in them
//! ([`arch`], [`relocation`]), which bytes are safe to run (`verify`)
//! and what they look like to people (`disasm`).
//!
//! What must stay true: nothing here panics or recurses without a bound, whatever bytes it is given.
//! It never runs code and knows no heap objects.
#![no_std]
extern crate alloc;
pub mod arch;
pub mod bitset;
pub mod disasm;
pub mod encoding;
pub mod float_text;
pub mod line_table;
mod listing;
pub mod merge;
pub mod mpy;
pub mod object;
pub mod older;
pub mod opcode;
pub mod prelude;
pub mod relocation;
pub mod static_qstrs;
pub mod verify;
