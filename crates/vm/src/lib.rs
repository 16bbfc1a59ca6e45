//! The virtual machine: interpreter loop, frames, objects and types, exceptions, import.
//!
//! `layout` and `interp` touch memory; `types` and `builtins` are safe code on top of them.
#![no_std]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod attr;
pub mod boot;
pub mod buffer;
pub mod builtins;
mod call;
mod control;
pub mod errors;
pub mod files;
pub mod float_math;
pub mod handle;
pub mod host;
mod import;
pub mod interp;
pub mod layout;
pub mod machine;
mod memory;
mod mpy;
pub mod native;
mod ops;
pub mod qstr;
pub mod raw_memory;
mod run_main;
pub mod table;
pub mod text_out;
mod threads;
pub mod types;
pub mod value;
pub mod vfs;
pub mod vm;

pub use handle::Ref;
pub use value::{Obj, R, Raised};
pub use vm::Vm;
