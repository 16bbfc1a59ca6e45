//! The standard modules that are written in Rust, one file or folder each. Everything from outside comes
//! through the machine's host.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

use vm::native::ModuleDef;

pub mod binascii;
pub mod cmath;
pub mod collections;
pub mod errno;
pub mod heapq;
pub mod io;
pub mod json;
pub mod math;
pub mod random;
pub mod re;
pub mod state;
pub mod structs;

/// All modules.
pub static MODULES: &[&ModuleDef] = &[
    &binascii::BINASCII,
    &cmath::CMATH,
    &collections::COLLECTIONS,
    &errno::ERRNO,
    &heapq::HEAPQ,
    &io::IO,
    &json::JSON,
    &math::MATH,
    &random::RANDOM,
    &re::RE,
    &structs::STRUCT,
];
