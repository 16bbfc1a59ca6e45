//! Stream objects: files and the standard streams, text or binary.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::typ::Prefix,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A stream.
#[repr(C)]
pub struct Stream {
    header: Header,
    /// The slot in [`crate::files::Files`], or [`CLOSED`].
    slot: usize,
    /// Whether it reads and writes text.
    text: bool,
    /// What it was opened with, for `name` and `mode`.
    name: Obj,
    mode: Obj,
}

/// The slot of a stream that was closed.
pub const CLOSED: usize = usize::MAX;

// SAFETY: objects of this type have this layout (those of `FileIO` as well).
unsafe impl HeapType for Stream {
    const TYPE: TypeId = TypeId::TextIOWrapper;
}

impl Ref<Stream> {
    /// The slot; `None`: closed.
    pub fn slot(self) -> Option<usize> {
        // SAFETY: the object is live.
        let slot = unsafe { (*self.ptr()).slot };
        (slot != CLOSED).then_some(slot)
    }

    /// Notes that it was closed.
    pub fn set_closed(self) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).slot = CLOSED }
    }

    /// Whether it reads and writes text.
    pub fn is_text(self) -> bool {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).text }
    }

    /// `name`
    pub fn name(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).name }
    }

    /// `mode`
    pub fn mode(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).mode }
    }
}

impl Vm {
    /// Makes a stream object.
    pub fn new_stream(&mut self, slot: usize, text: bool, name: Obj, mode: Obj) -> R<Ref<Stream>> {
        let id = if text { TypeId::TextIOWrapper } else { TypeId::FileIO };
        let class: core::ptr::NonNull<Prefix> = self.type_of_id(id).prefix();
        let stream = Stream { header: Header { class }, slot, text, name, mode };
        self.alloc_object(stream, 0, Kind::Words)
    }

    /// An object as a stream (not one of the in-memory kinds).
    pub fn as_stream(&self, obj: Obj) -> Option<Ref<Stream>> {
        let of = |obj: Obj| {
            let ptr = obj.as_ptr()?;
            let class = self.type_of(obj);
            // SAFETY: objects of the two types have this layout.
            (class.is(TypeId::TextIOWrapper) || class.is(TypeId::FileIO)).then(|| unsafe { Ref::from_ptr(ptr.cast()) })
        };
        of(obj).or_else(|| of(self.native_part(obj)?))
    }
}
