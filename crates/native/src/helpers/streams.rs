//! Streams of the machine as C code reads and writes them: three C functions that call the methods of the object.

#![allow(unsafe_code)]

use std::ptr;

use heap::Obj;
use vm::{R, Vm, qstr::q, types::exception::Exc};

use super::{Stub, place};
use crate::{Word, enter::object};

/// What a C function gives when it failed.
const FAILED: Word = Word::MAX;
const EINVAL: i32 = 22;

/// The functions, as C code finds them.
#[repr(C)]
pub struct Protocol {
    pub read: Stub,
    pub write: Stub,
    pub ioctl: Stub,
    pub is_text: Word,
}

/// Raises OSError unless the object has the methods that the flags (1 read, 2 write, 4 ioctl) ask for.
pub fn check(vm: &mut Vm, value: Word, flags: Word) -> R<()> {
    let value = object(vm, value)?;
    for (flag, name) in [(1, q::readinto), (2, q::write)] {
        if flags & flag != 0 && vm.getattr_maybe(value, name)?.is_none() {
            return Err(vm.error(Exc::OSError, format_args!("stream operation not supported")));
        }
    }
    Ok(())
}

/// A count that a method gave; None means that nothing is there yet.
fn count(vm: &mut Vm, result: Obj, error: Word) -> R<Word> {
    match vm.as_int(result) {
        Some(n) => Ok(n.wrapping_u64(vm) as Word),
        None => {
            // SAFETY: C code has an int there.
            unsafe { *ptr::with_exposed_provenance_mut::<i32>(error) = libc::EAGAIN };
            Ok(FAILED)
        }
    }
}

pub unsafe fn read(vm: &mut Vm, stream: Word, to: Word, len: Word, error: Word) -> R<Word> {
    let stream = object(vm, stream)?;
    // A buffer of its own: the object may keep it longer than the memory of C code lasts.
    let buffer = vm.new_bytearray(len)?.obj();
    let result = vm.call_method(stream, q::readinto, &[buffer])?;
    let n = count(vm, result, error)?;
    if n != FAILED
        && let Some(content) = vm.buffer(buffer)?
    {
        let n = n.min(content.len()).min(len);
        // SAFETY: C code has so much room there.
        unsafe { place(to).cast::<u8>().copy_from(content.bytes(vm).as_ptr(), n) };
    }
    Ok(n)
}

pub unsafe fn write(vm: &mut Vm, stream: Word, from: Word, len: Word, error: Word) -> R<Word> {
    let stream = object(vm, stream)?;
    // SAFETY: C code has so many bytes there.
    let content = vm.new_bytes(unsafe { core::slice::from_raw_parts(place(from).cast::<u8>(), len) })?;
    let result = vm.call_method(stream, q::write, &[content])?;
    count(vm, result, error)
}

/// Flush, seek and close by the methods of these names; seek: offset and whence at `arg`, the new position goes there.
pub unsafe fn ioctl(vm: &mut Vm, stream: Word, request: Word, arg: Word, error: Word) -> R<Word> {
    let stream = object(vm, stream)?;
    match request {
        1 => vm.call_method(stream, q::flush, &[]).map(|_| 0),
        2 => {
            // SAFETY: C code has both there.
            let (offset, whence) = unsafe { (*place(arg), *place(arg).add(1).cast::<i32>()) };
            let args = [vm.new_int(offset.cast_signed())?, vm.new_int(i64::from(whence))?];
            let seek = vm.intern(b"seek")?;
            let at = vm.call_method(stream, seek, &args)?;
            let at = vm.index(at)?;
            // SAFETY: as above.
            unsafe { *place(arg) = at.cast_unsigned() };
            Ok(0)
        }
        4 => vm.call_method(stream, q::close, &[]).map(|_| 0),
        _ => {
            // SAFETY: C code has an int there.
            unsafe { *ptr::with_exposed_provenance_mut::<i32>(error) = EINVAL };
            Ok(FAILED)
        }
    }
}
