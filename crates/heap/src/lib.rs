//! The object word and the collected heap: what every other part of the virtual machine rests on.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod word;

pub use word::Obj;
