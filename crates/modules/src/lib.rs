//! The standard modules that are written in Rust, one file or folder each. Everything from outside comes
//! through the machine's host.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

use vm::native::ModuleDef;

pub mod array;
pub mod binascii;
pub mod cmath;
pub mod collections;
pub mod errno;
pub mod functools;
pub mod gc;
pub mod heapq;
mod in_python;
pub mod io;
pub mod itertools;
pub mod json;
pub mod machine;
pub mod marshal;
pub mod math;
pub mod micropython;
pub mod operator;
pub mod os;
pub mod platform;
pub mod random;
pub mod re;
mod ring_io;
pub mod select;
pub mod state;
pub mod string;
pub mod structs;
pub mod sys;
pub mod thread;
pub mod time;
pub mod traceback;
pub mod uctypes;
pub mod vfs;
pub mod weakref;

/// All modules.
pub static MODULES: &[&ModuleDef] = &[
    &array::ARRAY,
    &binascii::BINASCII,
    &cmath::CMATH,
    &collections::COLLECTIONS,
    &errno::ERRNO,
    &functools::FUNCTOOLS,
    &heapq::HEAPQ,
    &io::IO,
    &itertools::ITERTOOLS,
    &json::JSON,
    &gc::GC,
    &machine::MACHINE,
    &marshal::MARSHAL,
    &math::MATH,
    &micropython::MICROPYTHON,
    &operator::OPERATOR,
    &os::OS,
    &platform::PLATFORM,
    &random::RANDOM,
    &re::RE,
    &select::SELECT,
    &string::STRING,
    &string::TEMPLATELIB,
    &structs::STRUCT,
    &sys::SYS,
    &thread::THREAD,
    &time::TIME,
    &uctypes::UCTYPES,
    &vfs::VFS,
    &traceback::TRACEBACK,
    &weakref::WEAKREF,
];
