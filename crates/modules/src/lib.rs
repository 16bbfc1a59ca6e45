//! The standard modules that are written in Rust, one file or folder each. Everything from outside comes
//! through the machine's host.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

use vm::native::ModuleDef;

pub mod cmath;
pub mod collections;
pub mod heapq;
pub mod math;
pub mod random;
pub mod state;
pub mod structs;

/// All modules.
pub static MODULES: &[&ModuleDef] = &[
    &cmath::CMATH,
    &collections::COLLECTIONS,
    &heapq::HEAPQ,
    &math::MATH,
    &random::RANDOM,
    &structs::STRUCT,
];
