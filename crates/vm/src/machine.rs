//! Machine code as the machine knows it: what runs it is plugged in ([`MachineCode`]), as the compiler is.

#![allow(unsafe_code)]

use alloc::vec::Vec;

use code::object::{Arch, Module};

use crate::{
    handle::Ref,
    interp::code::CodeObject,
    layout::{c_type::CSlots, function::Function, machine::MachineGenerator},
    native::Args,
    value::R,
    vm::Vm,
};

/// A call of machine code.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The function that is called; `None` for a module body.
    pub function: Option<Ref<Function>>,
    /// What it runs.
    pub code: Ref<CodeObject>,
    /// The arguments.
    pub args: &'a Args<'a>,
}

/// What the machine code of a module refers to, by address.
#[derive(Clone, Copy)]
pub struct Tables {
    /// Numbers of its names, 16 bits each.
    pub qstrs: usize,
    /// Its constants.
    pub objects: usize,
    /// The table of helpers.
    pub helpers: usize,
}

/// Machine code of a module in executable memory.
pub struct Placed {
    /// Where the code objects that are machine code begin: children before their parent.
    pub starts: Vec<usize>,
    /// Address of the region.
    pub at: usize,
    /// Its length in bytes.
    pub len: usize,
    /// Objects that the collector does not know may refer to it: it must stay for good.
    pub permanent: bool,
}

/// How a resumed generator stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It returned.
    Returned,
    /// It yielded.
    Yielded,
    /// It raised; the exception is in its first word of state.
    Raised,
}

/// What runs machine code.
///
/// # Safety
/// Implementations must keep the promises of the interfaces described in `layout::machine` and jump over no frame of Rust.
pub unsafe trait MachineCode: Sync {
    /// The architecture, and its extensions.
    fn arch(&self) -> (Arch, u32);

    /// Makes the table of helpers for this machine and gives its address. Raises MemoryError.
    fn make_table(&self, vm: &mut Vm) -> R<usize>;

    /// Copies the machine code of a module to executable memory, linked. Raises MemoryError, ValueError.
    fn place(&self, vm: &mut Vm, module: &Module, tables: &Tables) -> R<Placed>;

    /// Frees a region.
    ///
    /// # Safety
    /// Nothing runs or will run there.
    unsafe fn free(&self, at: usize, len: usize);

    /// Calls a function (or runs a module body), whose frame record is the current one.
    fn call(&self, vm: &mut Vm, call: &Call<'_>) -> R;

    /// What C code of native modules finds in the official slots of types.
    fn c_slots(&self) -> CSlots;

    /// Goes on in a generator, whose frame record is the current one; `throw` is 0 or an exception to raise in it.
    fn resume(&self, vm: &mut Vm, generator: Ref<MachineGenerator>, throw: usize) -> R<Step>;
}
