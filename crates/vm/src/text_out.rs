//! Where `repr`, `str`, `print` and formatting write their text.
//!
//! The text grows in a collector-owned buffer, so that its size counts against the limit and running out is a
//! MemoryError; or it goes straight to a stream, so that printing a large list needs no memory.

#![allow(unsafe_code)]

use core::{fmt, ptr::NonNull};

use heap::{Kind, Obj};

use crate::{value::R, vm::Vm};

/// A destination of text. Lives on the native stack only (the collector sees its buffer there).
pub struct TextOut {
    sink: Sink,
}

enum Sink {
    Buffer {
        block: Option<NonNull<u8>>,
        len: usize,
        capacity: usize,
    },
    Stdout,
    /// An object with a `write` method.
    Stream(Obj),
}

impl TextOut {
    /// Collects the text.
    pub const fn buffer() -> TextOut {
        TextOut { sink: Sink::Buffer { block: None, len: 0, capacity: 0 } }
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
        let Sink::Buffer { block, len, capacity } = &mut self.sink else {
            return Ok(());
        };
        let needed = len.saturating_add(more);
        let size = needed.max(capacity.saturating_mul(2)).max(48);
        let new = vm.alloc(size, Kind::Raw)?;
        if let Some(old) = block {
            // SAFETY: both blocks have at least `len` bytes and are distinct.
            unsafe { new.copy_from_nonoverlapping(*old, *len) };
            vm.free_buffer(*old);
        }
        (*block, *capacity) = (Some(new), size);
        Ok(())
    }

    /// Appends bytes (generalised UTF-8, or any bytes if the result becomes bytes).
    pub fn write(&mut self, vm: &mut Vm, bytes: &[u8]) -> R<()> {
        self.reserve(vm, bytes.len())?;
        match &mut self.sink {
            Sink::Buffer { block, len, .. } => {
                if let Some(block) = block {
                    // SAFETY: capacity was made above; `bytes` cannot lie in the unused part of our own block.
                    unsafe { block.add(*len).as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
                    *len += bytes.len();
                }
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
        match self.collected() {
            // SAFETY: `len` bytes of the block are written, and the block is alive while `self` is on the stack.
            Some((block, len)) => unsafe { core::slice::from_raw_parts(block.as_ptr(), len) },
            None => &[],
        }
    }

    fn collected(&self) -> Option<(NonNull<u8>, usize)> {
        match self.sink {
            Sink::Buffer { block, len, .. } => block.map(|block| (block, len)),
            _ => None,
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
        let Some((block, len)) = self.collected() else {
            // SAFETY: an empty range at a valid address.
            return unsafe { make(vm, b"".as_ptr(), 0) };
        };
        // SAFETY: as in `bytes`; the block stays alive during the call because `block` is on the stack.
        let result = unsafe { make(vm, block.as_ptr(), len) };
        vm.free_buffer(block);
        result
    }
}
