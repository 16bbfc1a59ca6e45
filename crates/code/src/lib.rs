//! Code objects and everything about their bytes.
#![no_std]
extern crate alloc;
pub mod object;
