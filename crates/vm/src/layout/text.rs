//! str and bytes objects: immutable bytes inside the object.
//!
//! A str is generalised UTF-8 (lone surrogates are three bytes); a flag tells whether it is ASCII. A text that is a
//! qstr is not an object of this layout but an immediate word, and equal texts may exist in both forms.

#![allow(unsafe_code)]

use core::cell::Cell;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    qstr::hash_bytes,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A str in the heap; the bytes follow.
#[repr(C)]
pub struct HeapStr {
    header: Header,
    /// Length in bytes.
    len: usize,
    /// [`hash_bytes`], or 0 while not computed.
    hash: Cell<u32>,
    /// [`ASCII`]
    flags: u32,
}

/// A bytes object; the bytes follow.
#[repr(C)]
pub struct HeapBytes {
    header: Header,
    len: usize,
    hash: Cell<u32>,
    flags: u32,
}

/// Every character is one byte.
const ASCII: u32 = 1;

// SAFETY: objects of type `str` that are pointers have this layout.
unsafe impl HeapType for HeapStr {
    const TYPE: TypeId = TypeId::Str;
}

// SAFETY: objects of type `bytes` have this layout.
unsafe impl HeapType for HeapBytes {
    const TYPE: TypeId = TypeId::Bytes;
}

/// The longest text: lengths are small ints with room to add.
const MAX_LEN: usize = isize::MAX as usize / 4;

impl Ref<HeapStr> {
    /// The text.
    #[inline]
    pub fn bytes(self, _vm: &Vm) -> &[u8] {
        // SAFETY: `len` bytes follow the structure and never change.
        unsafe { core::slice::from_raw_parts(self.ptr().add(1).cast(), (*self.ptr()).len) }
    }

    /// Whether every character is one byte.
    pub fn is_ascii(self, _vm: &Vm) -> bool {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).flags & ASCII != 0 }
    }

    /// The hash that dicts use.
    #[inline]
    pub fn hash(self, vm: &Vm) -> u32 {
        // SAFETY: the object is live; the cell is only touched under the machine's lock.
        let cell = unsafe { &(*self.ptr()).hash };
        if cell.get() == 0 {
            cell.set(hash_bytes(self.bytes(vm)));
        }
        cell.get()
    }
}

impl Ref<HeapBytes> {
    /// The bytes.
    #[inline]
    pub fn bytes(self, _vm: &Vm) -> &[u8] {
        // SAFETY: `len` bytes follow the structure and never change.
        unsafe { core::slice::from_raw_parts(self.ptr().add(1).cast(), (*self.ptr()).len) }
    }

    /// Where the bytes are; for the buffer protocol.
    pub(crate) fn data(self) -> *mut u8 {
        // SAFETY: the bytes follow the structure.
        unsafe { self.ptr().add(1).cast() }
    }

    /// The hash that dicts use.
    pub fn hash(self, vm: &Vm) -> u32 {
        // SAFETY: as for str.
        let cell = unsafe { &(*self.ptr()).hash };
        if cell.get() == 0 {
            cell.set(hash_bytes(self.bytes(vm)));
        }
        cell.get()
    }
}

impl Vm {
    /// Makes a str of generalised UTF-8. One-character ASCII texts and the empty text are qstrs; others are new objects.
    pub fn new_str(&mut self, text: &[u8]) -> R {
        if text.len() <= 1
            && let Some(qstr) = self.state().qstrs.find(text)
        {
            return Ok(qstr.obj());
        }
        // The view may point into the heap: keep it as an address (interior pointers keep blocks alive).
        // SAFETY: `text` is a valid slice now, and allocation moves and frees nothing that the stack points into.
        unsafe { self.alloc_text(text.as_ptr(), text.len()) }
    }

    /// As [`Vm::new_str`], from an address.
    ///
    /// # Safety
    /// `len` bytes at `text` must be readable and stay so during a collection.
    pub(crate) unsafe fn new_str_raw(&mut self, text: *const u8, len: usize) -> R {
        // SAFETY: the caller's promise; the slice is not used after anything that could allocate.
        unsafe {
            if len <= 1
                && let Some(qstr) = self
                    .state()
                    .qstrs
                    .find(core::slice::from_raw_parts(text, len))
            {
                return Ok(qstr.obj());
            }
            self.alloc_text(text, len)
        }
    }

    unsafe fn alloc_text(&mut self, text: *const u8, len: usize) -> R {
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        let header = self.header::<HeapStr>();
        let object = self.alloc_object(
            HeapStr {
                header,
                len,
                hash: Cell::new(0),
                flags: 0,
            },
            len,
            Kind::Raw,
        )?;
        // SAFETY: `len` bytes of room follow the structure; the source is readable (caller) and distinct.
        unsafe {
            object
                .ptr()
                .add(1)
                .cast::<u8>()
                .copy_from_nonoverlapping(text, len);
            if object.bytes(self).is_ascii() {
                (*object.ptr()).flags = ASCII;
            }
        }
        Ok(object.obj())
    }

    /// Makes a bytes object.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> R {
        // SAFETY: as in `new_str`.
        unsafe { self.new_bytes_raw(bytes.as_ptr(), bytes.len()) }
    }

    /// As [`Vm::new_bytes`], from an address.
    ///
    /// # Safety
    /// As for [`Vm::new_str_raw`].
    pub(crate) unsafe fn new_bytes_raw(&mut self, bytes: *const u8, len: usize) -> R {
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        let header = self.header::<HeapBytes>();
        let object = self.alloc_object(
            HeapBytes {
                header,
                len,
                hash: Cell::new(0),
                flags: 0,
            },
            len,
            Kind::Raw,
        )?;
        // SAFETY: as in `alloc_text`.
        unsafe {
            object
                .ptr()
                .add(1)
                .cast::<u8>()
                .copy_from_nonoverlapping(bytes, len)
        };
        Ok(object.obj())
    }

    /// The text of a str (a qstr, a str object, or an instance of a class derived from str).
    #[inline]
    pub fn str_bytes(&self, obj: Obj) -> Option<&[u8]> {
        if let Some(qstr) = obj.as_qstr() {
            return Some(self.qstr_bytes(crate::qstr::Qstr(qstr)));
        }
        self.cast::<HeapStr>(obj)
            .map(|text| text.bytes(self))
            .or_else(|| {
                let part = self.native_part(obj)?;
                part.as_qstr()
                    .map(|qstr| self.qstr_bytes(crate::qstr::Qstr(qstr)))
            })
    }

    /// Whether the object is a str (or of a class derived from str).
    pub fn is_str(&self, obj: Obj) -> bool {
        self.str_bytes(obj).is_some()
    }

    /// The content of a bytes object (or of an instance of a class derived from bytes).
    pub fn bytes_of(&self, obj: Obj) -> Option<&[u8]> {
        self.cast::<HeapBytes>(obj).map(|bytes| bytes.bytes(self))
    }

    /// Whether a str is known to be ASCII.
    pub fn str_is_ascii(&self, obj: Obj) -> bool {
        match self.exact::<HeapStr>(obj) {
            Some(text) => text.is_ascii(self),
            None => self.str_bytes(obj).is_some_and(<[u8]>::is_ascii),
        }
    }
}
