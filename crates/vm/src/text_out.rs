//! Where `repr`, `str`, `print` and formatting write their text.
//!
//! The text grows in a collector-owned buffer, so that its size counts against the limit and running out is a
//! MemoryError (a short text needs none: there is room for it on the native stack); or it goes straight to a stream, so that printing a large list needs no memory.

#![allow(unsafe_code)]

use core::{fmt, mem::MaybeUninit, ptr::NonNull};

use heap::{Kind, Obj};

use crate::{value::R, vm::Vm};

/// A destination of text. Lives on the native stack only (the collector sees its buffer there).
pub struct TextOut {
    sink: Sink,
}

/// So many bytes need no block.
const NEAR: usize = 96;

enum Sink {
    Buffer {
        /// Where the text is, once it has outgrown `near`.
        block: Option<NonNull<u8>>,
        len: usize,
        capacity: usize,
        near: [MaybeUninit<u8>; NEAR],
    },
    Stdout,
    /// An object with a `write` method.
    Stream(Obj),
}

impl TextOut {
    /// Collects the text.
    pub const fn buffer() -> TextOut {
        TextOut { sink: Sink::Buffer { block: None, len: 0, capacity: NEAR, near: [MaybeUninit::uninit(); NEAR] } }
    }

    /// Writes to the host's standard output.
    pub const fn stdout() -> TextOut {
        TextOut { sink: Sink::Stdout }
    }

    /// Writes to an object with a `write` method.
    pub const fn stream(stream: Obj) -> TextOut {
        TextOut { sink: Sink::Stream(stream) }
    }

    /// Makes room for so many more bytes at once.
    #[inline]
    pub fn reserve(&mut self, vm: &mut Vm, more: usize) -> R<()> {
        match self.sink {
            Sink::Buffer { len, capacity, .. } if more > capacity - len => self.grow(vm, more),
            _ => Ok(()),
        }
    }

    #[cold]
    fn grow(&mut self, vm: &mut Vm, more: usize) -> R<()> {
        let Sink::Buffer { block, len, capacity, near } = &mut self.sink else {
            return Ok(());
        };
        let needed = len.saturating_add(more);
        let size = needed.max(capacity.saturating_mul(2));
        let new = vm.alloc(size, Kind::Raw)?;
        let old = block.map_or(near.as_ptr().cast::<u8>(), |block| block.as_ptr());
        // SAFETY: both places have at least `len` bytes and are distinct.
        unsafe { new.as_ptr().copy_from_nonoverlapping(old, *len) };
        if let Some(old) = block {
            vm.free_buffer(*old);
        }
        (*block, *capacity) = (Some(new), size);
        Ok(())
    }

    /// Appends bytes (generalised UTF-8, or any bytes if the result becomes bytes).
    pub fn write(&mut self, vm: &mut Vm, bytes: &[u8]) -> R<()> {
        self.reserve(vm, bytes.len())?;
        match &mut self.sink {
            Sink::Buffer { block, len, near, .. } => {
                let start = block.map_or(near.as_mut_ptr().cast::<u8>(), NonNull::as_ptr);
                // SAFETY: capacity was made above; `bytes` cannot lie in the unused part of our own buffer.
                unsafe { start.add(*len).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
                *len += bytes.len();
                Ok(())
            }
            Sink::Stdout => vm.write_stdout(bytes),
            Sink::Stream(stream) => {
                let stream = *stream;
                let text = vm.new_str(bytes)?;
                vm.call_method(stream, crate::qstr::q::write, &[text])?;
                Ok(())
            }
        }
    }

    /// Appends a text.
    pub fn write_str(&mut self, vm: &mut Vm, text: &str) -> R<()> {
        self.write(vm, text.as_bytes())
    }

    /// Appends formatted text: `out.write_fmt(vm, format_args!("…"))`.
    pub fn write_fmt(&mut self, vm: &mut Vm, args: fmt::Arguments) -> R<()> {
        struct Adapter<'a>(&'a mut TextOut, &'a mut Vm, R<()>);
        impl fmt::Write for Adapter<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.2 = self.0.write(self.1, text.as_bytes());
                self.2.map_err(|_| fmt::Error)
            }
        }
        let mut adapter = Adapter(self, vm, Ok(()));
        let _ = fmt::write(&mut adapter, args);
        adapter.2
    }

    /// What a [`TextOut::buffer`] has collected so far (empty for streams).
    pub fn bytes<'a>(&'a self, _vm: &'a Vm) -> &'a [u8] {
        match &self.sink {
            Sink::Buffer { block, len, near, .. } => {
                let start = block.map_or(near.as_ptr().cast::<u8>(), |block| block.as_ptr());
                // SAFETY: `len` bytes from there on are written, and the block is alive while `self` is on the stack.
                unsafe { core::slice::from_raw_parts(start, *len) }
            }
            _ => &[],
        }
    }

    /// Makes a str of what was collected.
    pub fn into_str(self, vm: &mut Vm) -> R {
        self.make(vm, Vm::new_str_raw)
    }

    /// Makes a bytes object of what was collected.
    pub fn into_bytes(self, vm: &mut Vm) -> R {
        self.make(vm, Vm::new_bytes_raw)
    }

    fn make(self, vm: &mut Vm, make: unsafe fn(&mut Vm, *const u8, usize) -> R) -> R {
        let (text, len) = {
            let bytes = self.bytes(vm);
            (bytes.as_ptr(), bytes.len())
        };
        // SAFETY: as in `bytes`; buffer and block stay during the call because `self` is on the stack.
        let result = unsafe { make(vm, text, len) };
        if let Sink::Buffer { block: Some(block), .. } = self.sink {
            vm.free_buffer(block);
        }
        result
    }
}
