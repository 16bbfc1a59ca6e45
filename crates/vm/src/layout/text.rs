//! str and bytes objects: immutable bytes.
//!
//! A str is generalised UTF-8 (lone surrogates are three bytes); a flag tells whether it is ASCII. A text that is a
//! qstr is not an object of this layout but an immediate word, and equal texts may exist in both forms.
//!
//! Three forms of str in the heap:
//! - ASCII: the bytes follow the structure, and a character's index is its offset;
//! - other inline texts: behind the bytes stands a [`Trailer`], the number of characters and, from the first use
//!   of an index on, the offset of each 64th character, so that indexing stays constant-time;
//! - texts that grew by repeated `+`: the bytes lie in a [`Growth`] buffer with spare room that the next `+` may
//!   fill, because no text sees what lies behind its own length. So building a text piece by piece is linear.

#![allow(unsafe_code)]

use core::{cell::Cell, ptr::NonNull};

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    qstr::{Qstr, hash_bytes, q},
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A str in the heap.
#[repr(C)]
pub struct HeapStr {
    header: Header,
    /// Length in bytes.
    len: usize,
    /// [`hash_bytes`], or 0 while not computed.
    hash: Cell<u32>,
    /// [`ASCII`], [`SHARED`], [`INDEXED`], [`SUM`]
    flags: Cell<u32>,
}

/// A bytes object; the bytes follow.
#[repr(C)]
pub struct HeapBytes {
    header: Header,
    len: usize,
    hash: Cell<u32>,
    flags: u32,
}

/// A str whose bytes lie at the start of a growth buffer.
#[repr(C)]
struct SharedStr {
    head: HeapStr,
    buffer: NonNull<Growth>,
    /// Number of characters.
    chars: usize,
    /// Where the last index was: character and byte. Only for texts that are not ASCII.
    seen: Cell<(usize, usize)>,
}

/// Room for a text that grows; the bytes follow. What is written never changes.
#[repr(C)]
struct Growth {
    /// Bytes of room.
    room: usize,
    /// Bytes written.
    used: usize,
}

/// What stands behind the bytes of an inline text that is not ASCII; [`table_len`] offsets (u32) follow.
#[repr(C)]
struct Trailer {
    chars: usize,
}

/// Every character is one byte.
const ASCII: u32 = 1;
/// The object is a [`SharedStr`].
const SHARED: u32 = 2;
/// The offsets behind the trailer are filled in.
const INDEXED: u32 = 4;
/// The result of a `+`: if it is extended once more, it gets a growth buffer.
const SUM: u32 = 8;

/// Distance of the characters whose offsets are stored.
const STRIDE: usize = 64;

/// How many offsets a text of so many characters has: none for the end of the text, where no character stands.
const fn table_len(chars: usize) -> usize {
    chars.saturating_sub(1) / STRIDE
}

/// Sums shorter than this are always copied.
const SHORT_SUM: usize = 96;

// SAFETY: objects of type `str` that are pointers have this layout.
unsafe impl HeapType for HeapStr {
    const TYPE: TypeId = TypeId::Str;
}

// SAFETY: objects of type `bytes` have this layout.
unsafe impl HeapType for HeapBytes {
    const TYPE: TypeId = TypeId::Bytes;
}

/// The longest text: lengths are small ints with room to add.
pub const MAX_LEN: usize = isize::MAX as usize / 4;

/// Number of characters in generalised UTF-8.
pub fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The offset of the character that stands `chars` characters behind the one at offset `from`.
fn walk(bytes: &[u8], from: usize, chars: usize) -> usize {
    let mut left = chars;
    for (i, byte) in bytes.iter().enumerate().skip(from) {
        if byte & 0xc0 != 0x80 {
            if left == 0 {
                return i;
            }
            left -= 1;
        }
    }
    bytes.len()
}

/// Offset of the trailer of an inline text from the start of its bytes.
const fn trailer_offset(len: usize) -> usize {
    len.next_multiple_of(align_of::<Trailer>())
}

impl Ref<HeapStr> {
    fn head<'a>(self) -> &'a HeapStr {
        // SAFETY: the object is live while the handle is on the stack; all that changes are cells.
        unsafe { &*self.ptr() }
    }

    fn shared<'a>(self) -> Option<&'a SharedStr> {
        // SAFETY: the flag says that the object is a `SharedStr`.
        (self.head().flags.get() & SHARED != 0).then(|| unsafe { &*self.ptr().cast::<SharedStr>() })
    }

    #[inline]
    fn data(self) -> *const u8 {
        // SAFETY: the bytes follow the structure, or the buffer's header.
        unsafe {
            match self.shared() {
                None => self.ptr().add(1).cast(),
                Some(shared) => shared.buffer.as_ptr().add(1).cast(),
            }
        }
    }

    /// The text.
    #[inline]
    pub fn bytes(self, _vm: &Vm) -> &[u8] {
        // SAFETY: `len` bytes are written at `data` and never change.
        unsafe { core::slice::from_raw_parts(self.data(), self.head().len) }
    }

    /// Whether every character is one byte.
    #[inline]
    pub fn is_ascii(self, _vm: &Vm) -> bool {
        self.head().flags.get() & ASCII != 0
    }

    /// The hash that dicts use.
    #[inline]
    pub fn hash(self, vm: &Vm) -> u32 {
        let cell = &self.head().hash;
        if cell.get() == 0 {
            cell.set(hash_bytes(self.bytes(vm)));
        }
        cell.get()
    }

    /// The trailer of an inline text that is not ASCII.
    fn trailer(self) -> *mut Trailer {
        // SAFETY: the allocation of such texts includes the trailer at this offset.
        unsafe { self.ptr().add(1).cast::<u8>().add(trailer_offset(self.head().len)).cast() }
    }

    fn chars(self) -> usize {
        let head = self.head();
        match self.shared() {
            _ if head.flags.get() & ASCII != 0 => head.len,
            Some(shared) => shared.chars,
            // SAFETY: see `trailer`.
            None => unsafe { (*self.trailer()).chars },
        }
    }

    /// Offsets of the characters STRIDE, 2 * STRIDE, … of an inline text that is not ASCII.
    fn table(self, bytes: &[u8]) -> &[u32] {
        let entries = if bytes.len() <= u32::MAX as usize { table_len(self.chars()) } else { 0 };
        let flags = &self.head().flags;
        // SAFETY: the allocation has room for the entries behind the trailer; they are written before they are
        // read, and only under the machine's lock.
        unsafe {
            let table = self.trailer().add(1).cast::<u32>();
            if flags.get() & INDEXED == 0 {
                let mut chars = 0usize;
                for (i, byte) in bytes.iter().enumerate() {
                    if byte & 0xc0 != 0x80 {
                        if chars > 0 && chars.is_multiple_of(STRIDE) && chars / STRIDE <= entries {
                            table.add(chars / STRIDE - 1).write(i as u32);
                        }
                        chars += 1;
                    }
                }
                flags.set(flags.get() | INDEXED);
            }
            core::slice::from_raw_parts(table, entries)
        }
    }

    /// Offset of a character; the length for one past the last.
    fn byte_of(self, bytes: &[u8], index: usize) -> usize {
        if let Some(shared) = self.shared() {
            let (mut char, mut byte) = shared.seen.get();
            if index < char {
                (char, byte) = (0, 0);
            }
            byte = walk(bytes, byte, index - char);
            shared.seen.set((index.min(shared.chars), byte));
            return byte;
        }
        if index < STRIDE {
            return walk(bytes, 0, index);
        }
        let table = self.table(bytes);
        match (index / STRIDE).min(table.len()) {
            0 => walk(bytes, 0, index),
            entry => walk(bytes, table[entry - 1] as usize, index - entry * STRIDE),
        }
    }

    /// Number of characters before an offset.
    fn char_of(self, bytes: &[u8], offset: usize) -> usize {
        let offset = offset.min(bytes.len());
        if self.shared().is_some() || offset < 2 * STRIDE {
            return count_chars(&bytes[..offset]);
        }
        let table = self.table(bytes);
        match table.partition_point(|start| *start as usize <= offset) {
            0 => count_chars(&bytes[..offset]),
            entry => entry * STRIDE + count_chars(&bytes[table[entry - 1] as usize..offset]),
        }
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

/// The immutable bytes of a str or bytes object, seen without borrowing the machine: they never change, and the
/// collector keeps them while this value (or a slice of it) is on the native stack. Like a
/// [`Ref`], it must never be stored elsewhere.
#[derive(Clone, Copy)]
pub struct Text {
    ptr: *const u8,
    len: usize,
    owner: Obj,
    ascii: bool,
}

impl Text {
    /// The bytes.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: immutable and alive, see the type.
        unsafe { core::slice::from_raw_parts(self.ptr, self.len) }
    }

    /// Length in bytes.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The exact str or bytes object.
    #[inline(always)]
    pub fn owner(&self) -> Obj {
        self.owner
    }

    /// Whether characters and bytes are the same (always for bytes objects).
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    fn heap_str(&self) -> Option<Ref<HeapStr>> {
        // SAFETY: a text that is not "ASCII" is a qstr or a `HeapStr` ([`Vm::text`]).
        self.owner.as_ptr().map(|ptr| unsafe { Ref::from_ptr(ptr.cast()) })
    }

    /// Number of characters.
    pub fn chars(&self) -> usize {
        if self.ascii {
            return self.len;
        }
        self.heap_str().map_or_else(|| count_chars(self.bytes()), Ref::<HeapStr>::chars)
    }

    /// Offset of a character; the length in bytes for any index past the last.
    pub fn byte_of(&self, index: usize) -> usize {
        if self.ascii {
            return index.min(self.len);
        }
        match self.heap_str() {
            Some(text) => text.byte_of(self.bytes(), index),
            None => walk(self.bytes(), 0, index),
        }
    }

    /// Number of characters before an offset.
    pub fn char_of(&self, offset: usize) -> usize {
        if self.ascii {
            return offset;
        }
        match self.heap_str() {
            Some(text) => text.char_of(self.bytes(), offset),
            None => count_chars(&self.bytes()[..offset.min(self.len)]),
        }
    }
}

impl Vm {
    /// The str of one ASCII character.
    #[inline(always)]
    pub fn ascii_char(&self, byte: u8) -> Obj {
        self.state().qstrs.char(byte & 0x7f).obj()
    }

    /// Makes a str of generalised UTF-8. One-character ASCII texts and the empty text are qstrs; others are new objects.
    pub fn new_str(&mut self, text: &[u8]) -> R {
        // The view may point into the heap: keep it as an address (interior pointers keep blocks alive).
        // SAFETY: `text` is a valid slice now, and allocation moves and frees nothing that the stack points into.
        unsafe { self.new_str_raw(text.as_ptr(), text.len()) }
    }

    /// As [`Vm::new_str`], from an address.
    ///
    /// # Safety
    /// `len` bytes at `text` must be readable and stay so during a collection.
    pub(crate) unsafe fn new_str_raw(&mut self, text: *const u8, len: usize) -> R {
        // SAFETY: the caller's promise.
        let bytes = unsafe { core::slice::from_raw_parts(text, len) };
        match bytes {
            [] => return Ok(q::empty.obj()),
            [byte @ ..0x80] => return Ok(self.ascii_char(*byte)),
            _ => {}
        }
        let object = self.alloc_text(len, if bytes.is_ascii() { None } else { Some(count_chars(bytes)) })?;
        // SAFETY: `len` bytes of room follow the structure; the source is readable (caller) and distinct.
        unsafe { object.ptr().add(1).cast::<u8>().copy_from_nonoverlapping(text, len) };
        Ok(object.obj())
    }

    /// Makes a str of the bytes of another between two offsets.
    pub fn new_str_part(&mut self, text: &Text, start: usize, end: usize) -> R {
        let bytes = &text.bytes()[start..end.max(start)];
        if !text.ascii || bytes.len() < 2 {
            return self.new_str(bytes);
        }
        let object = self.alloc_text(bytes.len(), None)?;
        // SAFETY: `len` bytes of room follow the structure; the source is immutable, alive (see `Text`) and distinct.
        unsafe { object.ptr().add(1).cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Ok(object.obj())
    }

    /// Makes a str of an ASCII text with each byte mapped; only the low seven bits of what `map` gives count.
    pub fn new_ascii_mapped(&mut self, text: &Text, map: impl Fn(u8) -> u8) -> R {
        if let [byte] = text.bytes() {
            return Ok(self.ascii_char(map(*byte)));
        }
        if text.is_empty() {
            return Ok(q::empty.obj());
        }
        let object = self.alloc_text(text.len, None)?;
        // SAFETY: as in `new_str_part`.
        unsafe {
            let room = object.ptr().add(1).cast::<u8>();
            for (i, byte) in text.bytes().iter().enumerate() {
                room.add(i).write(map(*byte) & 0x7f);
            }
        }
        Ok(object.obj())
    }

    /// Room for an inline text; `chars` if it is not ASCII. The bytes are not set.
    #[inline]
    fn alloc_text(&mut self, len: usize, chars: Option<usize>) -> R<Ref<HeapStr>> {
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        let header = self.header::<HeapStr>();
        let flags = if chars.is_none() { ASCII } else { 0 };
        let extra = match chars {
            None => len,
            Some(chars) => trailer_offset(len) + size_of::<Trailer>() + table_len(chars) * size_of::<u32>(),
        };
        let head = HeapStr { header, len, hash: Cell::new(0), flags: Cell::new(flags) };
        let object = self.alloc_object(head, extra, Kind::Raw)?;
        if let Some(chars) = chars {
            // SAFETY: the room was asked for above.
            unsafe { object.trailer().write(Trailer { chars }) };
        }
        Ok(object)
    }

    /// Makes an ASCII str of a known length that `fill` writes into zeroed room.
    pub fn new_ascii_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) -> R {
        if len == 0 {
            return Ok(q::empty.obj());
        }
        let object = self.alloc_text(len, None)?;
        // SAFETY: `len` bytes of room follow the structure, and nobody else knows them yet.
        let room = unsafe {
            let data = object.ptr().add(1).cast::<u8>();
            data.write_bytes(0, len);
            core::slice::from_raw_parts_mut(data, len)
        };
        fill(room);
        if len == 1 || !room.is_ascii() {
            return self.new_str(room);
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
        let object = self.alloc_bytes(len)?;
        // SAFETY: `len` bytes of room follow the structure; the source is readable (caller) and distinct.
        unsafe { object.ptr().add(1).cast::<u8>().copy_from_nonoverlapping(bytes, len) };
        Ok(object.obj())
    }

    fn alloc_bytes(&mut self, len: usize) -> R<Ref<HeapBytes>> {
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        let header = self.header::<HeapBytes>();
        self.alloc_object(HeapBytes { header, len, hash: Cell::new(0), flags: 0 }, len, Kind::Raw)
    }

    /// Makes a bytes object of what a buffer shows now.
    pub fn new_bytes_of_buffer(&mut self, buffer: crate::buffer::Buffer) -> R {
        // SAFETY: the buffer's bytes stay readable (see `Buffer`); allocation runs no Python code that could change them.
        unsafe { self.new_bytes_raw(buffer.data(), buffer.len()) }
    }

    /// Makes a bytes object of a known length that `fill` writes into zeroed room.
    pub fn new_bytes_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) -> R {
        let object = self.alloc_bytes(len)?;
        // SAFETY: `len` bytes of room follow the structure, and nobody else knows them yet.
        unsafe {
            let data = object.data();
            data.write_bytes(0, len);
            fill(core::slice::from_raw_parts_mut(data, len));
        }
        Ok(object.obj())
    }

    /// `a + b` of two texts.
    pub fn concat_str(&mut self, a: Text, b: Text) -> R {
        if a.is_empty() {
            return Ok(b.owner());
        }
        if b.is_empty() {
            return Ok(a.owner());
        }
        let len = a.len + b.len;
        let left = self.exact::<HeapStr>(a.owner);
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        if len >= SHORT_SUM
            && let Some(left) = left
            && left.head().flags.get() & (SUM | SHARED) != 0
        {
            return self.extend_str(left, a, b);
        }
        let ascii = a.ascii && b.ascii;
        let chars = if ascii { None } else { Some(a.chars() + b.chars()) };
        let object = self.alloc_text(len, chars)?;
        // SAFETY: the object has room for both, which are distinct from it.
        unsafe {
            let data = object.ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(a.ptr, a.len);
            data.add(a.len).copy_from_nonoverlapping(b.ptr, b.len);
        }
        let flags = &object.head().flags;
        flags.set(flags.get() | SUM);
        Ok(object.obj())
    }

    /// `a + b` in a growth buffer: that of `a` if `a` is the longest text in it.
    fn extend_str(&mut self, left: Ref<HeapStr>, a: Text, b: Text) -> R {
        let len = a.len + b.len;
        let chars = a.chars() + b.chars();
        let reusable = left.shared().map(|shared| shared.buffer).filter(|buffer| {
            // SAFETY: the buffer is alive because `left` is.
            let growth = unsafe { buffer.as_ref() };
            growth.used == a.len && growth.room >= len
        });
        let buffer = match reusable {
            Some(buffer) => buffer,
            None => {
                let room = len + len / 2;
                let buffer = self.alloc(size_of::<Growth>() + room, Kind::Raw)?.cast::<Growth>();
                // SAFETY: the block is fresh and has room for the header and `room` bytes.
                unsafe {
                    buffer.write(Growth { room, used: a.len });
                    buffer.add(1).cast::<u8>().as_ptr().copy_from_nonoverlapping(a.ptr, a.len);
                }
                buffer
            }
        };
        let header = self.header::<HeapStr>();
        let flags = SHARED | if a.ascii && b.ascii { ASCII } else { 0 };
        let head = HeapStr { header, len, hash: Cell::new(0), flags: Cell::new(flags) };
        let block = self.alloc(size_of::<SharedStr>(), Kind::Words)?.cast::<SharedStr>();
        // SAFETY: the block is fresh and large enough. The bytes from `a.len` on belong to no text yet (`used` says
        // so, and allocation runs no Python code that could have extended it meanwhile); `b` lies elsewhere or before.
        unsafe {
            block.write(SharedStr { head, buffer, chars, seen: Cell::new((0, 0)) });
            let end = buffer.add(1).cast::<u8>().as_ptr().add(a.len);
            end.copy_from_nonoverlapping(b.ptr, b.len);
            (*buffer.as_ptr()).used = len;
            Ok(Ref::<HeapStr>::from_ptr(block.cast()).obj())
        }
    }

    /// The text of a str (a qstr, a str object, or an instance of a class derived from str).
    #[inline]
    pub fn text(&self, obj: Obj) -> Option<Text> {
        if let Some(qstr) = obj.as_qstr() {
            let bytes = self.qstr_bytes(Qstr(qstr));
            return Some(Text { ptr: bytes.as_ptr(), len: bytes.len(), owner: obj, ascii: bytes.is_ascii() });
        }
        match self.exact::<HeapStr>(obj) {
            Some(text) => Some(Text { ptr: text.data(), len: text.head().len, owner: obj, ascii: text.is_ascii(self) }),
            None => self.native_part(obj).and_then(|part| match part == obj {
                true => None,
                false => self.text(part),
            }),
        }
    }

    /// The hash of a str as dicts use it.
    pub fn text_hash(&self, text: &Text) -> u32 {
        match (text.owner.as_qstr(), self.exact::<HeapStr>(text.owner)) {
            (Some(qstr), _) => self.state().qstrs.hash(Qstr(qstr)),
            (None, Some(object)) => object.hash(self),
            (None, None) => hash_bytes(text.bytes()),
        }
    }

    /// The content of a bytes object (or of an instance of a class derived from bytes).
    pub fn bytes_text(&self, obj: Obj) -> Option<Text> {
        let object = self.cast::<HeapBytes>(obj)?;
        let bytes = object.bytes(self);
        Some(Text { ptr: bytes.as_ptr(), len: bytes.len(), owner: object.obj(), ascii: true })
    }

    /// The text of a str (a qstr, a str object, or an instance of a class derived from str).
    #[inline]
    pub fn str_bytes(&self, obj: Obj) -> Option<&[u8]> {
        if let Some(qstr) = obj.as_qstr() {
            return Some(self.qstr_bytes(Qstr(qstr)));
        }
        self.cast::<HeapStr>(obj).map(|text| text.bytes(self)).or_else(|| {
            let part = self.native_part(obj)?;
            part.as_qstr().map(|qstr| self.qstr_bytes(Qstr(qstr)))
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
