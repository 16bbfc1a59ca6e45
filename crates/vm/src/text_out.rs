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
        TextOut {
            sink: Sink::Buffer {
                block: None,
                len: 0,
                capacity: 0,
            },
        }
    }

    /// Writes to the host's standard output.
    pub const fn stdout() -> TextOut {
        TextOut { sink: Sink::Stdout }
    }

    /// Writes to an object with a `write` method.
    pub const fn stream(stream: Obj) -> TextOut {
        TextOut {
            sink: Sink::Stream(stream),
        }
    }

    /// Appends bytes (generalised UTF-8, or any bytes if the result becomes bytes).
    pub fn write(&mut self, vm: &mut Vm, bytes: &[u8]) -> R<()> {
        match &mut self.sink {
            Sink::Buffer {
                block,
                len,
                capacity,
            } => {
                if bytes.len() > *capacity - *len {
                    let needed = len.saturating_add(bytes.len());
                    let size = needed.max(capacity.saturating_mul(2)).max(48);
                    let new = vm.alloc(size, Kind::Raw)?;
                    if let Some(old) = block {
                        // SAFETY: both blocks have at least `len` bytes and are distinct.
                        unsafe { new.copy_from_nonoverlapping(*old, *len) };
                        vm.free_buffer(*old);
                    }
                    (*block, *capacity) = (Some(new), size);
                }
                if let Some(block) = block {
                    // SAFETY: capacity was made above; `bytes` cannot lie in the unused part of our own block.
                    unsafe {
                        block
                            .add(*len)
                            .as_ptr()
                            .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
                    };
                    *len += bytes.len();
                }
                Ok(())
            }
            Sink::Stdout => {
                vm.write_stdout(bytes);
                Ok(())
            }
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
            // SAFETY: `len` bytes of the block are written, and the block is alive while `self` is on the stack.
            Sink::Buffer {
                block: Some(block),
                len,
                ..
            } => unsafe { core::slice::from_raw_parts(block.as_ptr(), *len) },
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
        match self.sink {
            // SAFETY: as in `bytes`; the block stays alive during the call because `block` is on the stack.
            Sink::Buffer {
                block: Some(block),
                len,
                ..
            } => unsafe {
                let result = make(vm, block.as_ptr(), len);
                vm.free_buffer(block);
                result
            },
            // SAFETY: an empty range at a valid address.
            _ => unsafe { make(vm, b"".as_ptr(), 0) },
        }
    }
}
