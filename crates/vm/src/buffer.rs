//! The buffer protocol: the bytes of an object, where they are.

#![allow(unsafe_code)]

use heap::Obj;

use crate::{value::R, vm::Vm};

/// A view that an object grants to its bytes. It holds for as long as no Python code runs and nothing
/// resizes the owner: take it anew ([`Vm::buffer`]) after each call that may.
#[derive(Clone, Copy)]
pub struct Buffer {
    ptr: *mut u8,
    len: usize,
    /// The array type code (`B` for bytes).
    pub typecode: u8,
    /// Whether it may be written.
    pub writable: bool,
    /// Keeps the memory alive.
    owner: Obj,
}

impl Buffer {
    /// Describes memory.
    ///
    /// # Safety
    /// `len` bytes at `ptr` must be valid for reading (and writing if `writable`) for as long as `owner` is alive
    /// and not resized.
    pub const unsafe fn new(ptr: *mut u8, len: usize, typecode: u8, writable: bool, owner: Obj) -> Buffer {
        Buffer { ptr, len, typecode, writable, owner }
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The address of the bytes, as `uctypes.addressof` shows it.
    pub fn address(&self) -> usize {
        self.ptr.expose_provenance()
    }

    /// Where the bytes are.
    pub(crate) fn data(&self) -> *mut u8 {
        self.ptr
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The object that owns the bytes.
    pub fn owner(&self) -> Obj {
        self.owner
    }

    /// The bytes. The borrow of the machine keeps anything from resizing the owner meanwhile.
    pub fn bytes<'a>(&self, _vm: &'a Vm) -> &'a [u8] {
        // SAFETY: promised at `new`; nothing can allocate or run Python while `_vm` is borrowed.
        unsafe { core::slice::from_raw_parts(self.ptr, self.len) }
    }

    /// The bytes, to write; empty if the buffer is read-only.
    pub fn bytes_mut<'a>(&self, _vm: &'a mut Vm) -> &'a mut [u8] {
        let len = if self.writable { self.len } else { 0 };
        // SAFETY: as in `bytes`; exclusive because the machine is borrowed exclusively.
        unsafe { core::slice::from_raw_parts_mut(self.ptr, len) }
    }
}

impl Vm {
    /// The bytes of an object that has the buffer protocol; `None`: it has not.
    pub fn buffer(&mut self, obj: Obj) -> R<Option<Buffer>> {
        match self.type_of(obj).slots().buffer {
            Some(slot) => slot(self, obj),
            None => Ok(None),
        }
    }
}
