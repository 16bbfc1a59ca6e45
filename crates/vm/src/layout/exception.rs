//! Exception objects.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::typ::Type,
    value::R,
    vm::{Root, Vm},
};

impl Vm {
    /// Makes an exception of a builtin exception type, or of a Python class derived from one (without calling `__init__`).
    pub fn new_exception(&mut self, _class: Ref<Type>, args: &[Obj]) -> R {
        self.new_tuple(args)
    }

    /// A MemoryError; the prepared one if there is no memory for another.
    pub(crate) fn new_memory_error(&mut self, _bytes: usize) -> Obj {
        self.root(Root::MemoryError).unwrap_or(Obj::NONE)
    }

    /// Whether an exception (instance or class) matches a class or tuple of classes of an `except`.
    pub fn exception_match(&mut self, _exc: Obj, _class: Obj) -> R<bool> {
        Ok(false)
    }
}
