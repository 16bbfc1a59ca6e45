//! `io.StringIO`, `io.BytesIO`, `io.BufferedWriter` and `io.IOBase`.
//!
//! The text of a StringIO is UTF-8 in a bytearray; positions that programs see count characters.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        bytes_like::ByteArray,
        records::{BufferedWriter, BytesIo, StringIo},
        text::{Text, count_chars},
        typ::Type,
    },
    native::{Args, Def, Member, Native, Slots, TypeDef},
    qstr::q,
    types::{
        exception::Exc,
        object::identity_unary,
        text_kind::{bytes_operand, optional_index},
        utf8,
    },
    value::{R, Raised},
    vm::Vm,
};

const MEMBERS: &[Member] = &[
    ("__enter__", Def::Fn(Native::F1(|_, obj| Ok(obj)))),
    ("__exit__", Def::Fn(Native::Var(1, 4, |vm, args| close(vm, args[0])))),
    ("close", Def::Fn(Native::F1(close))),
    ("closed", Def::Get(|vm, obj| Ok(Obj::from_bool(raw(vm, obj)?.is_closed())))),
    ("flush", Def::Fn(Native::F1(|vm, obj| open(vm, obj).map(|_| Obj::NONE)))),
    ("getbuffer", Def::Fn(Native::F1(getbuffer))),
    ("getvalue", Def::Fn(Native::F1(getvalue))),
    ("read", Def::Fn(Native::Var(1, 2, read))),
    ("read1", Def::Fn(Native::Var(1, 2, read))),
    ("readable", Def::Fn(Native::F1(|_, _| Ok(Obj::TRUE)))),
    ("readinto", Def::Fn(Native::Var(2, 3, readinto))),
    ("readline", Def::Fn(Native::Var(1, 2, readline))),
    ("readlines", Def::Fn(Native::Var(1, 2, readlines))),
    ("seek", Def::Fn(Native::Var(2, 3, seek))),
    ("seekable", Def::Fn(Native::F1(|_, _| Ok(Obj::TRUE)))),
    ("tell", Def::Fn(Native::F1(tell))),
    ("truncate", Def::Fn(Native::Var(1, 2, truncate))),
    ("writable", Def::Fn(Native::F1(|_, _| Ok(Obj::TRUE)))),
    ("write", Def::Fn(Native::Var(2, 4, write))),
    ("writelines", Def::Fn(Native::F2(writelines))),
];

/// `io.StringIO`
pub static STRING_IO: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(new_string),
        show: Some(|vm, _, out, _| out.write_str(vm, "<_io.StringIO object>")),
        iter: Some(|_, obj| Ok(obj)),
        next: Some(next),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: MEMBERS,
    ..TypeDef::named("StringIO")
};

/// `io.BytesIO`
pub static BYTES_IO: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(new_bytes),
        show: Some(|vm, _, out, _| out.write_str(vm, "<_io.BytesIO object>")),
        iter: Some(|_, obj| Ok(obj)),
        next: Some(next),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: MEMBERS,
    ..TypeDef::named("BytesIO")
};

/// `io.IOBase`
pub static IO_BASE: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(|vm, _, _| Ok(vm.new_io_base(0)?.obj())), ..Slots::NONE },
    ..TypeDef::named("IOBase")
};

/// `io.BufferedWriter`
pub static BUFFERED_WRITER: TypeDef = TypeDef {
    slots: Slots { new: Some(new_writer), unary: Some(identity_unary), ..Slots::NONE },
    members: &[("flush", Def::Fn(Native::F1(flush_writer))), ("write", Def::Fn(Native::F2(write_buffered)))],
    ..TypeDef::named("BufferedWriter")
};

/// Either kind of stream.
#[derive(Clone, Copy)]
enum Stream {
    Text(Ref<StringIo>),
    Bytes(Ref<BytesIo>),
}

impl Stream {
    fn is_text(self) -> bool {
        matches!(self, Stream::Text(_))
    }

    fn is_closed(self) -> bool {
        match self {
            Stream::Text(stream) => stream.closed() != 0,
            Stream::Bytes(stream) => stream.closed() != 0,
        }
    }

    fn position(self) -> usize {
        match self {
            Stream::Text(stream) => stream.position(),
            Stream::Bytes(stream) => stream.position(),
        }
    }

    fn set_position(self, position: usize) {
        match self {
            Stream::Text(stream) => stream.set_position(position),
            Stream::Bytes(stream) => stream.set_position(position),
        }
    }

    fn buffer(self, vm: &mut Vm) -> R<Ref<ByteArray>> {
        let buffer = match self {
            Stream::Text(stream) => stream.buffer(),
            Stream::Bytes(stream) => stream.buffer(),
        };
        match vm.exact::<ByteArray>(buffer) {
            Some(buffer) => Ok(buffer),
            None => Err(vm.value_error("stream without a buffer")),
        }
    }

    /// Makes a str or bytes of a range, clamped to what there is.
    fn slice(self, vm: &mut Vm, start: usize, end: usize) -> R {
        let buffer = self.buffer(vm)?.buffer();
        let end = end.min(buffer.len());
        let start = start.min(end);
        let part = vm.new_bytes_of_buffer(buffer.part(start, end - start, b'B', false))?;
        match vm.bytes_text(part) {
            Some(text) if self.is_text() => vm.new_str(text.bytes()),
            _ => Ok(part),
        }
    }
}

fn raw(vm: &mut Vm, obj: Obj) -> R<Stream> {
    if let Some(stream) = vm.cast::<StringIo>(obj) {
        return Ok(Stream::Text(stream));
    }
    match vm.cast::<BytesIo>(obj) {
        Some(stream) => Ok(Stream::Bytes(stream)),
        None => Err(vm.type_error_for("descriptor requires a stream but received '", obj, "'")),
    }
}

fn open(vm: &mut Vm, obj: Obj) -> R<Stream> {
    let stream = raw(vm, obj)?;
    if stream.is_closed() {
        return Err(vm.value_error("I/O operation on closed file"));
    }
    Ok(stream)
}

#[cold]
fn invalid(vm: &mut Vm) -> Raised {
    const EINVAL: isize = 22;
    vm.error_args(Exc::OSError, &[Obj::small_int_unchecked(EINVAL)])
}

fn new_string(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let first = args.pos.first().copied().filter(|value| *value != Obj::NONE && !vm.is_int(*value));
    let content = match first {
        None => vm.new_bytearray(0)?.obj(),
        Some(text) => match vm.text(text) {
            Some(text) => vm.new_bytearray_of(text.bytes())?,
            None => return Err(vm.type_error_for("initial_value must be str or None, not ", text, "")),
        },
    };
    Ok(vm.new_string_io(content, 0, 0)?.obj())
}

/// `BytesIO(bytes)`, or `BytesIO(size)` with room for so many bytes.
fn new_bytes(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let first = args.pos.first().copied().filter(|value| *value != Obj::NONE);
    let content = match first {
        None => vm.new_bytearray(0)?.obj(),
        Some(size) if vm.is_int(size) => {
            let Ok(size) = usize::try_from(vm.index(size)?) else {
                return Err(vm.value_error("negative size"));
            };
            let buffer = vm.new_bytearray(size)?;
            buffer.splice(vm, 0, size, 0)?;
            buffer.obj()
        }
        Some(bytes) => {
            let bytes = bytes_operand(vm, bytes)?;
            vm.new_bytearray_of(bytes.bytes())?
        }
    };
    Ok(vm.new_bytes_io(content, 0, 0)?.obj())
}

fn close(vm: &mut Vm, obj: Obj) -> R {
    match raw(vm, obj)? {
        Stream::Text(stream) => stream.set_closed(1),
        Stream::Bytes(stream) => stream.set_closed(1),
    }
    Ok(Obj::NONE)
}

fn getvalue(vm: &mut Vm, obj: Obj) -> R {
    open(vm, obj)?.slice(vm, 0, usize::MAX)
}

fn getbuffer(vm: &mut Vm, obj: Obj) -> R {
    let stream = open(vm, obj)?;
    let buffer = stream.buffer(vm)?;
    let class = vm.type_of_id(crate::table::TypeId::MemoryView).obj();
    vm.call(class, &[buffer.obj()])
}

/// Offset that lies `count` units (characters or bytes) behind `start`.
fn advance(vm: &mut Vm, stream: Stream, start: usize, count: usize) -> R<usize> {
    let buffer = stream.buffer(vm)?;
    let bytes = buffer.bytes(vm);
    if !stream.is_text() {
        return Ok(start.saturating_add(count).min(bytes.len().max(start)));
    }
    let mut at = start;
    for _ in 0..count {
        match utf8::decode(bytes, at) {
            Some((_, len)) => at += len,
            None => break,
        }
    }
    Ok(at)
}

fn read(vm: &mut Vm, args: &[Obj]) -> R {
    let stream = open(vm, args[0])?;
    let count = optional_index(vm, args.get(1).copied(), -1)?;
    let start = stream.position();
    let end = match usize::try_from(count) {
        Ok(count) => advance(vm, stream, start, count)?,
        Err(_) => stream.buffer(vm)?.len(),
    };
    let part = stream.slice(vm, start, end)?;
    stream.set_position(end.max(start));
    Ok(part)
}

/// The next line, at most `limit` units long; empty at the end.
fn line(vm: &mut Vm, stream: Stream, limit: Option<usize>) -> R {
    let start = stream.position();
    let buffer = stream.buffer(vm)?;
    let bytes = buffer.bytes(vm);
    let rest = bytes.get(start..).unwrap_or_default();
    let mut end = match memchr::memchr(b'\n', rest) {
        Some(at) => start + at + 1,
        None => start + rest.len(),
    };
    if let Some(limit) = limit {
        end = end.min(advance(vm, stream, start, limit)?);
    }
    let part = stream.slice(vm, start, end)?;
    stream.set_position(end);
    Ok(part)
}

fn readline(vm: &mut Vm, args: &[Obj]) -> R {
    let stream = open(vm, args[0])?;
    let limit = optional_index(vm, args.get(1).copied(), -1)?;
    line(vm, stream, usize::try_from(limit).ok())
}

fn readlines(vm: &mut Vm, args: &[Obj]) -> R {
    let list = vm.new_list(&[])?;
    while let Some(line) = next(vm, args[0])? {
        list.push(vm, line)?;
    }
    Ok(list.obj())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let stream = open(vm, obj)?;
    if stream.position() >= stream.buffer(vm)?.len() {
        return Ok(None);
    }
    line(vm, stream, None).map(Some)
}

fn readinto(vm: &mut Vm, args: &[Obj]) -> R {
    let stream = open(vm, args[0])?;
    let limit = optional_index(vm, args.get(2).copied(), -1)?;
    let start = stream.position();
    let Some(target) = vm.buffer(args[1])? else {
        return Err(vm.type_error_for("a read-write bytes-like object is required, not '", args[1], "'"));
    };
    if !target.writable {
        return Err(vm.type_error("a read-write bytes-like object is required"));
    }
    let count = usize::try_from(limit).unwrap_or(usize::MAX).min(target.len());
    let part = stream.slice(vm, start, start.saturating_add(count))?;
    let text = match vm.text(part) {
        Some(text) => text,
        None => bytes_operand(vm, part)?,
    };
    let n = text.len().min(target.len());
    target.bytes_mut(vm)[..n].copy_from_slice(&text.bytes()[..n]);
    stream.set_position(start + n);
    Ok(Obj::small_int_unchecked(n as isize))
}

fn write(vm: &mut Vm, args: &[Obj]) -> R {
    let stream = open(vm, args[0])?;
    let text: Text = match (stream, vm.text(args[1])) {
        (Stream::Text(_), Some(text)) => text,
        (Stream::Text(_), None) => return Err(vm.type_error_for("string argument expected, got '", args[1], "'")),
        (Stream::Bytes(_), _) => bytes_operand(vm, args[1])?,
    };
    // The official extension: write(data, length) and write(data, offset, length).
    let (offset, length) = match args {
        [_, _, length] => (0, vm.index(*length)?),
        [_, _, offset, length] => (vm.index(*offset)?, vm.index(*length)?),
        _ => (0, isize::MAX),
    };
    let offset = usize::try_from(offset).unwrap_or(0).min(text.len());
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(text.len() - offset);
    let new = &text.bytes()[offset..offset + length];
    let position = stream.position();
    let buffer = stream.buffer(vm)?;
    if position > buffer.len() {
        let len = buffer.len();
        buffer.splice(vm, len, 0, position - len)?;
    }
    let units = if stream.is_text() { count_chars(new) } else { new.len() };
    let end = advance(vm, stream, position, units)?.min(buffer.len());
    buffer.splice(vm, position, end - position, new.len())?;
    if let Some(room) = buffer.bytes_mut(vm).get_mut(position..position + new.len()) {
        room.copy_from_slice(new);
    }
    stream.set_position(position + new.len());
    Ok(Obj::small_int_unchecked(units as isize))
}

fn writelines(vm: &mut Vm, obj: Obj, lines: Obj) -> R {
    vm.for_each(lines, |vm, line| write(vm, &[obj, line]).map(|_| true))?;
    Ok(Obj::NONE)
}

fn tell(vm: &mut Vm, obj: Obj) -> R {
    let stream = open(vm, obj)?;
    let position = stream.position();
    let buffer = stream.buffer(vm)?;
    let units = match buffer.bytes(vm).get(..position) {
        Some(before) if stream.is_text() => count_chars(before),
        _ => position,
    };
    Ok(Obj::small_int_unchecked(units as isize))
}

fn seek(vm: &mut Vm, args: &[Obj]) -> R {
    let stream = open(vm, args[0])?;
    let offset = vm.index(args[1])?;
    let whence = optional_index(vm, args.get(2).copied(), 0)?;
    let base = match whence {
        0 => 0,
        1 => stream.position(),
        2 => stream.buffer(vm)?.len(),
        _ => return Err(invalid(vm)),
    };
    let target = (base as isize).saturating_add(offset);
    // Sizes beyond any memory would only fail at the next write.
    let target = match usize::try_from(target) {
        Ok(target) if target <= crate::layout::text::MAX_LEN => target,
        _ => return Err(invalid(vm)),
    };
    let position = if stream.is_text() && whence == 0 { advance(vm, stream, 0, target)? } else { target };
    stream.set_position(position);
    tell(vm, args[0])
}

fn truncate(vm: &mut Vm, args: &[Obj]) -> R {
    let stream = open(vm, args[0])?;
    let buffer = stream.buffer(vm)?;
    let size = match args.get(1) {
        Some(size) if *size != Obj::NONE => match usize::try_from(vm.index(*size)?) {
            Ok(size) => advance(vm, stream, 0, size)?,
            Err(_) => return Err(vm.value_error("negative size value")),
        },
        _ => stream.position(),
    };
    let len = buffer.len();
    if size < len {
        buffer.splice(vm, size, len - size, 0)?;
    }
    Ok(Obj::small_int_unchecked(size as isize))
}

fn new_writer(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [stream, size] = match *args.pos {
        [stream] => [stream, Obj::small_int_unchecked(8192)],
        [stream, size] => [stream, size],
        _ => return Err(vm.type_error("BufferedWriter() takes 1 or 2 arguments")),
    };
    let size = match usize::try_from(vm.index(size)?) {
        Ok(size) if size > 0 => size,
        _ => return Err(vm.value_error("buffer size must be strictly positive")),
    };
    let buffer = vm.new_bytearray(0)?.obj();
    Ok(vm.new_buffered_writer(stream, buffer, size)?.obj())
}

fn writer(vm: &mut Vm, obj: Obj) -> R<(Ref<BufferedWriter>, Ref<ByteArray>)> {
    let found = vm.cast::<BufferedWriter>(obj).and_then(|writer| Some((writer, vm.exact(writer.buffer())?)));
    match found {
        Some(parts) => Ok(parts),
        None => Err(vm.type_error_for("descriptor requires a BufferedWriter but received '", obj, "'")),
    }
}

fn write_buffered(vm: &mut Vm, obj: Obj, data: Obj) -> R {
    let (stream, buffer) = writer(vm, obj)?;
    let data = match vm.text(data) {
        Some(text) => text,
        None => bytes_operand(vm, data)?,
    };
    let mut rest = data.bytes();
    while !rest.is_empty() {
        let room = stream.size().saturating_sub(buffer.len()).max(1);
        let (now, later) = rest.split_at(room.min(rest.len()));
        buffer.extend(vm, now)?;
        rest = later;
        if buffer.len() >= stream.size() {
            flush_writer(vm, obj)?;
        }
    }
    Ok(Obj::small_int_unchecked(data.len() as isize))
}

fn flush_writer(vm: &mut Vm, obj: Obj) -> R {
    let (stream, buffer) = writer(vm, obj)?;
    let len = buffer.len();
    if len > 0 {
        let bytes = buffer.buffer();
        let waiting = vm.new_bytes_of_buffer(bytes)?;
        let copy = bytes_operand(vm, waiting)?;
        let waiting = vm.new_bytearray_of(copy.bytes())?;
        let written = vm.call_method(stream.stream(), q::write, &[waiting])?;
        if written.as_small_int() != Some(len as isize) {
            const EIO: isize = 5;
            return Err(vm.error_args(Exc::OSError, &[Obj::small_int_unchecked(EIO)]));
        }
        buffer.splice(vm, 0, len, 0)?;
    }
    Ok(Obj::NONE)
}
