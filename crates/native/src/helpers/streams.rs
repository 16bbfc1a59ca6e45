//! Streams between C code and the machine: objects of the machine as C code reads and writes them (three C functions that call
//! their methods), and methods for objects whose types are C code's (which call its three functions).

#![allow(unsafe_code)]

use std::ptr;

use heap::Obj;
use vm::{
    R, Vm,
    native::Native,
    qstr::{Qstr, q},
    table::TypeId,
    types::exception::Exc,
};

use super::{Stub, place};
use crate::{
    Word, c_types,
    enter::{self, object},
};

/// What a C function gives when it failed.
const FAILED: Word = Word::MAX;
const EINVAL: i32 = 22;

/// The functions, as C code finds and declares them.
#[repr(C)]
pub struct Protocol {
    pub read: Option<Stub>,
    pub write: Option<Stub>,
    pub ioctl: Option<Stub>,
    /// The lowest bit: what is read is text.
    pub is_text: Word,
}

/// What the flags of a request for a stream stand for.
const CAN_READ: Word = 1;
const CAN_WRITE: Word = 2;
const CAN_IOCTL: Word = 4;

/// The functions of an object's stream. Raises OSError unless it does what the flags ask for.
pub fn protocol(vm: &mut Vm, value: Word, flags: Word, own: &'static Protocol) -> R<Word> {
    let value = object(vm, value)?;
    let able = match c_types::stream(vm, value) {
        Some((_, found)) => {
            let has = |flag, function: Option<Stub>| flags & flag == 0 || function.is_some();
            if has(CAN_READ, found.read) && has(CAN_WRITE, found.write) && has(CAN_IOCTL, found.ioctl) {
                return Ok(ptr::from_ref(found).expose_provenance());
            }
            false
        }
        None => {
            let mut able = true;
            for (flag, name) in [(CAN_READ, q::readinto), (CAN_WRITE, q::write)] {
                // What derives from IOBase counts as able to do everything, until it is asked to.
                able &= flags & flag == 0 || is_base(vm, value) || vm.getattr_maybe(value, name)?.is_some();
            }
            able
        }
    };
    match able {
        true => Ok(ptr::from_ref(own).expose_provenance()),
        false => Err(vm.error(Exc::OSError, format_args!("stream operation not supported"))),
    }
}

/// Whether an object is of a Python class that derives from `io.IOBase`.
fn is_base(vm: &Vm, value: Obj) -> bool {
    vm.is_subclass(vm.type_of(value), vm.type_of_id(TypeId::IoBase))
}

/// What a function of a stream gives when it failed, with the reason for C code.
unsafe fn fail(error: Word, reason: i32) -> Word {
    // SAFETY: C code has an int there.
    unsafe { *ptr::with_exposed_provenance_mut::<i32>(error) = reason };
    FAILED
}

/// A number that a method gave: None means that nothing is there yet, a negative one is an error.
unsafe fn count(vm: &mut Vm, result: Obj, error: Word) -> R<Word> {
    if result == Obj::NONE {
        // SAFETY: as above.
        return Ok(unsafe { fail(error, libc::EAGAIN) });
    }
    match vm.index(result)? {
        // SAFETY: as above.
        n @ ..0 => Ok(unsafe { fail(error, i32::try_from(n.saturating_neg()).unwrap_or(EINVAL)) }),
        n => Ok(n.cast_unsigned()),
    }
}

pub unsafe fn read(vm: &mut Vm, stream: Word, to: Word, len: Word, error: Word) -> R<Word> {
    let stream = object(vm, stream)?;
    // A buffer of its own: the object may keep it longer than the memory of C code lasts.
    let buffer = vm.new_bytearray(len)?.obj();
    let result = vm.call_method(stream, q::readinto, &[buffer])?;
    // SAFETY: C code has an int there.
    let n = unsafe { count(vm, result, error)? };
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
    let content = vm.new_bytearray(0)?;
    // SAFETY: C code has so many bytes there.
    content.extend(vm, unsafe { super::modules::bytes(from, len) })?;
    let content = content.obj();
    let result = vm.call_method(stream, q::write, &[content])?;
    // SAFETY: C code has an int there.
    unsafe { count(vm, result, error) }
}

/// By the method of this name; what has none has flush, seek and close. Seek: offset and whence at `arg`, the new position goes
/// there.
pub unsafe fn ioctl(vm: &mut Vm, stream: Word, request: Word, arg: Word, error: Word) -> R<Word> {
    let stream = object(vm, stream)?;
    if is_base(vm, stream)
        && let Some(method) = vm.getattr_maybe(stream, q::ioctl)?
    {
        let args = [vm.new_int(request)?, vm.new_int(arg)?];
        let result = vm.call(method, &args)?;
        // SAFETY: C code has an int there.
        return unsafe { count(vm, result, error) };
    }
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
        // SAFETY: C code has an int there.
        _ => Ok(unsafe { fail(error, EINVAL) }),
    }
}

/// The methods of streams that C code puts into its types.
pub fn method(vm: &mut Vm, name: Qstr) -> R<Word> {
    let method = match name {
        q::readinto => Native::Var(2, 3, read_into),
        q::readline => Native::Var(1, 2, |vm, args| {
            let limit = limit(vm, args.get(1))?;
            read_line(vm, args[0], limit.unwrap_or(Word::MAX))
        }),
        q::write => Native::Var(2, 4, write_bytes),
        _ => Native::Var(1, 2, read_bytes),
    };
    vm.new_native(name, method).map(Obj::word)
}

/// How much to read at most, if that is said.
fn limit(vm: &mut Vm, value: Option<&Obj>) -> R<Option<Word>> {
    match value {
        None | Some(&Obj::NONE) => Ok(None),
        Some(value) => Ok(Word::try_from(vm.index(*value)?).ok()),
    }
}

/// Calls one of C code's functions with so many bytes at an address; `None`: it would have to wait. Raises OSError.
fn transfer(vm: &mut Vm, stream: Obj, function: Option<Stub>, at: Word, len: Word) -> R<Option<Word>> {
    let Some(function) = function else {
        return Err(vm.error(Exc::OSError, format_args!("stream operation not supported")));
    };
    vm.check_native_stack()?;
    let mut error: i32 = 0;
    let to = ptr::from_mut(&mut error).expose_provenance();
    let args = [stream.word(), at, len, to];
    // SAFETY: C code declared the function as one of a stream, which takes such arguments.
    let n = vm.in_machine(|vm| unsafe { enter::call(vm, function as *const () as Word, args) })?;
    match (n, std::hint::black_box(error)) {
        (FAILED, libc::EAGAIN) => Ok(None),
        (FAILED, error) => Err(vm.os_error(vm::host::Errno(error), None)),
        (n, _) => Ok(Some(n.min(len))),
    }
}

/// So many bytes at a time where their number is not known.
const CHUNK: usize = 256;

/// Reads until `len` bytes are there, the stream ends, or `stop` says so of the bytes read last. None if it would have to wait
/// and has nothing.
fn read_until(vm: &mut Vm, stream: Obj, len: Word, chunk: usize, stop: fn(&[u8]) -> bool) -> R {
    let Some((stream, protocol)) = c_types::stream(vm, stream) else {
        return Err(vm.type_error("a stream is needed"));
    };
    let block = vm.machine_alloc(chunk.min(len))?.as_ptr();
    let text = vm.new_bytearray(0)?;
    let mut left = len;
    while left > 0 {
        let at = block.expose_provenance();
        let Some(n) = transfer(vm, stream, protocol.read, at, left.min(chunk))? else {
            if text.is_empty() {
                return Ok(Obj::NONE);
            }
            break;
        };
        // SAFETY: the block has room for a chunk; `transfer` gives no more than was asked for.
        let new = unsafe { super::modules::bytes(at, n) };
        text.extend(vm, new)?;
        left -= n;
        if n == 0 || stop(new) {
            break;
        }
    }
    std::hint::black_box(block);
    let text = text.bytes(vm).to_vec();
    if protocol.is_text & 1 != 0 { vm.new_str(&text) } else { vm.new_bytes(&text) }
}

fn read_bytes(vm: &mut Vm, args: &[Obj]) -> R {
    if c_types::stream(vm, args[0]).is_none() {
        return vm.call_method(args[0], q::read, &args[1..]);
    }
    let limit = limit(vm, args.get(1))?;
    read_until(vm, args[0], limit.unwrap_or(Word::MAX), limit.unwrap_or(CHUNK).clamp(1, 1 << 16), |_| false)
}

/// A line, at most so many bytes of it.
pub fn read_line(vm: &mut Vm, stream: Obj, limit: Word) -> R {
    if c_types::stream(vm, stream).is_none() {
        let limit = if limit == Word::MAX { Obj::small_int_unchecked(-1) } else { vm.new_int(limit)? };
        return vm.call_method(stream, q::readline, &[limit]);
    }
    read_until(vm, stream, limit, 1, |new| new == b"\n")
}

/// `readinto(buffer[, n])`, `write(buffer[, n])`, `write(buffer, start, n)`: the bytes.
fn range(vm: &mut Vm, args: &[Obj], writable: bool) -> R<(Word, Word)> {
    let Some(buffer) = vm.buffer(args[1])?.filter(|buffer| buffer.writable || !writable) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let (mut start, mut len) = (0, buffer.len());
    if args.len() > 3 {
        start = limit(vm, args.get(2))?.unwrap_or(0).min(len);
        len -= start;
    }
    if let Some(wanted) = limit(vm, args.get(2..).and_then(<[Obj]>::last))? {
        len = len.min(wanted);
    }
    Ok((buffer.address() + start, len))
}

/// Transfers all of a range, in as many steps as it takes. The number of bytes; None if it would have to wait before the first.
fn transfer_all(vm: &mut Vm, stream: Obj, function: Option<Stub>, at: Word, len: Word) -> R {
    let mut done = 0;
    while done < len {
        match transfer(vm, stream, function, at + done, len - done)? {
            None if done == 0 => return Ok(Obj::NONE),
            None | Some(0) => break,
            Some(n) => done += n,
        }
    }
    vm.new_int(done)
}

fn read_into(vm: &mut Vm, args: &[Obj]) -> R {
    let Some((stream, protocol)) = c_types::stream(vm, args[0]) else {
        return vm.call_method(args[0], q::readinto, &args[1..]);
    };
    let (at, len) = range(vm, args, true)?;
    transfer_all(vm, stream, protocol.read, at, len)
}

fn write_bytes(vm: &mut Vm, args: &[Obj]) -> R {
    let Some((stream, protocol)) = c_types::stream(vm, args[0]) else {
        return vm.call_method(args[0], q::write, &args[1..]);
    };
    // The bytes of a str are read where they are, too.
    let text = args[1];
    if vm.is_str(text) {
        let copy = vm.str_bytes(text).unwrap_or_default().to_vec();
        let copy = vm.new_bytes(&copy)?;
        let args = [&[args[0], copy], &args[2..]].concat();
        return write_bytes(vm, &args);
    }
    let (at, len) = range(vm, args, false)?;
    transfer_all(vm, stream, protocol.write, at, len)
}
