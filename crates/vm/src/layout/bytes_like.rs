//! bytearray, array and memoryview objects, and the iterators over texts and bytes.
//!
//! A growing object gets a new block and leaves the old one to the collector: a [`crate::buffer::Buffer`] that somebody
//! still holds then shows old bytes, never foreign memory.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    buffer::Buffer,
    handle::{Header, HeapType, Ref},
    layout::text::MAX_LEN,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A bytearray; an array has the same layout.
#[repr(C)]
pub struct ByteArray {
    header: Header,
    /// Length in bytes.
    len: usize,
    /// Room in bytes.
    room: usize,
    /// The start of `block`, or a place behind bytes that were removed in front; dangling while `room` is 0.
    data: NonNull<u8>,
    /// A block, kept alive by this: the collector takes an odd `data` for no pointer. Raw, or of words if the elements are
    /// objects.
    block: NonNull<u8>,
    /// What the elements are; see [`OBJECTS`].
    typecode: u8,
}

/// The type code of arrays of objects. Their bytes are no buffer for anybody: only whole elements of such arrays, and what
/// [`Ref::<Array>::set_object`] writes, may get among them.
pub const OBJECTS: u8 = b'O';

/// The kind of block for elements.
const fn kind_of(typecode: u8) -> Kind {
    if typecode == OBJECTS { Kind::Words } else { Kind::Raw }
}

/// From so many bytes on, removing in front of them moves the start of the data instead of the bytes.
const LONG_TAIL: usize = 512;

/// An array.
#[repr(C)]
pub struct Array(ByteArray);

/// A window on the bytes of another object.
#[repr(C)]
pub struct MemoryView {
    header: Header,
    /// Whose bytes; never a memoryview itself.
    owner: Obj,
    /// Offset of the first element in bytes.
    start: usize,
    /// Number of elements.
    len: usize,
    /// Distance of elements in bytes.
    stride: isize,
    /// What the elements are.
    typecode: u8,
    /// Whether the elements may be written.
    writable: bool,
    /// `release()` was called.
    released: bool,
}

/// Iterator over a str.
#[repr(C)]
pub struct StrIterator {
    header: Header,
    text: Obj,
    /// Offset in bytes.
    at: usize,
}

/// Iterator over an object with the buffer protocol.
#[repr(C)]
pub struct BufferIterator {
    header: Header,
    owner: Obj,
    /// Index of the next element.
    at: usize,
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for ByteArray {
    const TYPE: TypeId = TypeId::ByteArray;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Array {
    const TYPE: TypeId = TypeId::Array;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for MemoryView {
    const TYPE: TypeId = TypeId::MemoryView;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for StrIterator {
    const TYPE: TypeId = TypeId::StrIterator;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for BufferIterator {
    const TYPE: TypeId = TypeId::BufferIterator;
}

impl Ref<Array> {
    /// The elements' bytes.
    #[inline(always)]
    pub fn store(self) -> Ref<ByteArray> {
        // SAFETY: an array starts with (and is) a `ByteArray` structure, and is not null.
        unsafe { Ref::from_ptr(NonNull::new_unchecked(self.ptr().cast())) }
    }

    /// The bytes for the buffer protocol; `None`: the elements are objects.
    pub(crate) fn buffer(self) -> Option<Buffer> {
        let store = self.store();
        (store.typecode() != OBJECTS).then(|| store.buffer())
    }

    /// The address of an element of an array of objects.
    fn object_place(self, index: usize) -> Option<NonNull<usize>> {
        let store = self.store();
        let inside = index < store.len() / size_of::<usize>();
        // SAFETY: the object is live, the index is checked, and data of objects begin at a multiple of a word.
        (inside && store.typecode() == OBJECTS).then(|| unsafe { (*store.ptr()).data.cast::<usize>().add(index) })
    }

    /// An element of an array of objects.
    pub fn object(self, index: usize) -> Option<Obj> {
        // SAFETY: the place is an element's.
        self.object_place(index).and_then(|place| Obj::from_word(unsafe { place.read() }))
    }

    /// Replaces an element of an array of objects; nothing happens if there is none.
    pub fn set_object(self, index: usize, value: Obj) {
        if let Some(place) = self.object_place(index) {
            // SAFETY: the place is an element's.
            unsafe { place.write(value.word()) }
        }
    }

    /// Overwrites bytes from an offset on with those of an array (or this one) of the same elements.
    pub fn copy_from(self, at: usize, other: Ref<Array>) {
        let (to, from) = (self.store(), other.store());
        if to.typecode() == from.typecode() && at <= to.len() {
            // SAFETY: both objects are live, and as many bytes as both have are copied.
            unsafe {
                let room = (*to.ptr()).data.as_ptr().add(at);
                core::ptr::copy((*from.ptr()).data.as_ptr(), room, from.len().min(to.len() - at));
            }
        }
    }
}

impl Ref<ByteArray> {
    /// Length in bytes.
    #[inline(always)]
    pub fn len(self) -> usize {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).len }
    }

    /// Whether it has no bytes.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// What the elements are (`B` for a bytearray).
    #[inline(always)]
    pub fn typecode(self) -> u8 {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).typecode }
    }

    /// The bytes now.
    #[inline]
    pub fn bytes(self, _vm: &Vm) -> &[u8] {
        // SAFETY: `len` bytes of the block are set; nothing changes them while the machine is borrowed.
        unsafe { core::slice::from_raw_parts((*self.ptr()).data.as_ptr(), self.len()) }
    }

    /// The bytes now, to change.
    #[inline]
    pub fn bytes_mut(self, _vm: &mut Vm) -> &mut [u8] {
        // SAFETY: as in `bytes`, exclusively.
        unsafe { core::slice::from_raw_parts_mut((*self.ptr()).data.as_ptr(), self.len()) }
    }

    /// One byte.
    #[inline(always)]
    pub fn get(self, index: usize) -> Option<u8> {
        // SAFETY: the index is checked.
        (index < self.len()).then(|| unsafe { *(*self.ptr()).data.as_ptr().add(index) })
    }

    /// Replaces one byte; false if the index is out of range.
    #[inline(always)]
    pub fn set(self, index: usize, value: u8) -> bool {
        let inside = index < self.len();
        if inside {
            // SAFETY: the index is checked.
            unsafe { *(*self.ptr()).data.as_ptr().add(index) = value }
        }
        inside
    }

    /// Replaces `removed` bytes from `start` on by `inserted` zeros, moving what follows.
    pub fn splice(self, vm: &mut Vm, start: usize, removed: usize, inserted: usize) -> R<()> {
        let len = self.len();
        let start = start.min(len);
        let removed = removed.min(len - start);
        let new_len = (len - removed).saturating_add(inserted);
        if new_len > MAX_LEN {
            return Err(vm.raise_memory_error(new_len));
        }
        // SAFETY: the object is live.
        let room = unsafe { (*self.ptr()).room };
        if new_len > room {
            let size = new_len.max(room + room / 2).max(16);
            let block = vm.alloc(size, kind_of(self.typecode()))?;
            // SAFETY: both blocks hold `len` bytes and are distinct.
            unsafe {
                let object = &mut *self.ptr();
                block.copy_from_nonoverlapping(object.data, len);
                (object.block, object.data, object.room) = (block, block, size);
            }
        }
        // SAFETY: the block has room for the old and the new length; all ranges lie below the greater of the two.
        unsafe {
            let object = &mut *self.ptr();
            if start == 0 && inserted == 0 && new_len >= LONG_TAIL {
                object.data = object.data.add(removed);
                object.room -= removed;
                object.len = new_len;
                return Ok(());
            }
            let at = object.data.as_ptr().add(start);
            core::ptr::copy(at.add(removed), at.add(inserted), len - start - removed);
            at.write_bytes(0, inserted);
            object.len = new_len;
        }
        Ok(())
    }

    /// Appends bytes.
    pub fn extend(self, vm: &mut Vm, bytes: &[u8]) -> R<()> {
        let at = self.len();
        self.splice(vm, at, 0, bytes.len())?;
        self.bytes_mut(vm)[at..].copy_from_slice(bytes);
        Ok(())
    }

    /// The bytes for the buffer protocol; of objects none.
    pub(crate) fn buffer(self) -> Buffer {
        // SAFETY: the bytes stay readable as long as the block does, which the pointer in the `Buffer` keeps.
        unsafe {
            let object = &*self.ptr();
            let len = if object.typecode == OBJECTS { 0 } else { object.len };
            Buffer::new(object.data.as_ptr(), len, object.typecode, true, self.obj())
        }
    }
}

/// The fields of a memoryview.
#[derive(Clone, Copy)]
pub struct View {
    /// Whose bytes; never a memoryview itself.
    pub owner: Obj,
    /// Offset of the first element in bytes.
    pub start: usize,
    /// Number of elements.
    pub len: usize,
    /// Distance of elements in bytes.
    pub stride: isize,
    /// What the elements are.
    pub typecode: u8,
    /// Whether the elements may be written.
    pub writable: bool,
}

impl Ref<MemoryView> {
    /// The fields; `None` after `release()`.
    pub fn view(self) -> Option<View> {
        // SAFETY: the object is live.
        let object = unsafe { &*self.ptr() };
        (!object.released).then_some(View {
            owner: object.owner,
            start: object.start,
            len: object.len,
            stride: object.stride,
            typecode: object.typecode,
            writable: object.writable,
        })
    }

    /// `release()`
    pub fn release(self) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).released = true }
    }
}

impl Ref<StrIterator> {
    /// The text and the offset of the next character.
    pub fn state(self) -> (Obj, usize) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).text, (*self.ptr()).at) }
    }

    /// Changes the offset.
    pub fn set_at(self, at: usize) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).at = at }
    }
}

impl Ref<BufferIterator> {
    /// The object and the index of the next element.
    pub fn state(self) -> (Obj, usize) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).owner, (*self.ptr()).at) }
    }

    /// Changes the index.
    pub fn set_at(self, at: usize) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).at = at }
    }
}

impl Buffer {
    /// A part of the bytes as another kind of element; clamped to what there is.
    pub(crate) fn part(&self, start: usize, len: usize, typecode: u8, writable: bool) -> Buffer {
        let start = start.min(self.len());
        let len = len.min(self.len() - start);
        // SAFETY: the part lies inside of what this buffer may use.
        unsafe { Buffer::new(self.data().add(start), len, typecode, writable && self.writable, self.owner()) }
    }
}

impl Vm {
    fn new_store(&mut self, header: Header, len: usize, typecode: u8) -> R<ByteArray> {
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        let data = match len {
            0 => NonNull::dangling(),
            _ => self.alloc(len, kind_of(typecode))?,
        };
        // SAFETY: the block has `len` bytes.
        unsafe { data.write_bytes(0, len) };
        Ok(ByteArray { header, len, room: len, data, block: data, typecode })
    }

    /// Makes a bytearray of zeros.
    pub fn new_bytearray(&mut self, len: usize) -> R<Ref<ByteArray>> {
        let store = self.new_store(self.header::<ByteArray>(), len, b'B')?;
        self.alloc_object(store, 0, Kind::Words)
    }

    /// Makes a bytearray.
    pub fn new_bytearray_of(&mut self, bytes: &[u8]) -> R {
        let object = self.new_bytearray(bytes.len())?;
        object.bytes_mut(self).copy_from_slice(bytes);
        Ok(object.obj())
    }

    /// Makes a bytearray of bytes that are not the heap's. When it grows, it gets a block of its own.
    ///
    /// # Safety
    /// The `len` bytes must be readable and writable for as long as anybody uses the object.
    pub unsafe fn new_bytearray_at(&mut self, data: NonNull<u8>, len: usize) -> R {
        let header = self.header::<ByteArray>();
        Ok(self
            .alloc_object(ByteArray { header, len, room: len, data, block: data, typecode: b'B' }, 0, Kind::Words)?
            .obj())
    }

    /// Makes an array of zeros, `len` bytes long.
    pub fn new_array(&mut self, len: usize, typecode: u8) -> R<Ref<Array>> {
        let store = self.new_store(self.header::<Array>(), len, typecode)?;
        self.alloc_object(Array(store), 0, Kind::Words)
    }

    /// Makes an array with the elements of another.
    pub fn copy_array(&mut self, array: Ref<Array>) -> R<Ref<Array>> {
        let copy = self.new_array(array.store().len(), array.store().typecode())?;
        copy.copy_from(0, array);
        Ok(copy)
    }

    /// Makes a memoryview.
    pub fn new_memoryview(&mut self, view: View) -> R {
        let View { owner, start, len, stride, typecode, writable } = view;
        let header = self.header::<MemoryView>();
        let object = MemoryView { header, owner, start, len, stride, typecode, writable, released: false };
        Ok(self.alloc_object(object, 0, Kind::Words)?.obj())
    }

    /// Makes an iterator over an exact str.
    pub(crate) fn new_str_iterator(&mut self, text: Obj) -> R {
        let header = self.header::<StrIterator>();
        Ok(self.alloc_object(StrIterator { header, text, at: 0 }, 0, Kind::Words)?.obj())
    }

    /// Makes an iterator over the elements of an object with the buffer protocol.
    pub(crate) fn new_buffer_iterator(&mut self, owner: Obj) -> R {
        let header = self.header::<BufferIterator>();
        Ok(self.alloc_object(BufferIterator { header, owner, at: 0 }, 0, Kind::Words)?.obj())
    }

    /// The buffer of a bytes object.
    pub(crate) fn bytes_buffer(&self, obj: Obj) -> Option<Buffer> {
        let bytes = self.cast::<crate::layout::text::HeapBytes>(obj)?;
        // SAFETY: the bytes never change and live as long as their object.
        Some(unsafe { Buffer::new(bytes.data(), bytes.bytes(self).len(), b'B', false, obj) })
    }
}
