//! `io.FileIO` and `io.TextIOWrapper`, `open`, and the objects of the standard streams.
//!
//! Text is UTF-8; line ends are not translated. As in the official implementation a text stream takes bytes to write, too, and a
//! binary one text.

use heap::Obj;

use crate::{
    files::{STDERR, STDIN, STDOUT, Take},
    handle::Ref,
    host::OpenMode,
    layout::{stream::Stream, typ::Type},
    native::{Args, Def, Member, Native, Show, Slots, TypeDef},
    qstr::q,
    text_out::TextOut,
    types::exception::Exc,
    value::R,
    vfs::Place,
    vm::{Root, Vm},
};

const SLOTS: Slots = Slots {
    new: Some(new),
    show: Some(show),
    unary: Some(crate::types::object::identity_unary),
    iter: Some(|_, stream| Ok(stream)),
    next: Some(next),
    ..Slots::NONE
};

/// `io.TextIOWrapper`
pub static TEXT_IO_WRAPPER: TypeDef = TypeDef { slots: SLOTS, members: MEMBERS, ..TypeDef::named("TextIOWrapper") };

/// `io.FileIO`
pub static FILE_IO: TypeDef = TypeDef { slots: SLOTS, members: MEMBERS, ..TypeDef::named("FileIO") };

const MEMBERS: &[Member] = &[
    ("read", Def::Fn(Native::Var(1, 2, read))),
    ("readinto", Def::Fn(Native::Var(2, 3, readinto))),
    ("readline", Def::Fn(Native::Var(1, 2, readline))),
    ("readlines", Def::Fn(Native::Var(1, 2, readlines))),
    ("write", Def::Fn(Native::Var(2, 4, write))),
    ("writelines", Def::Fn(Native::F2(writelines))),
    ("seek", Def::Fn(Native::Var(2, 3, seek))),
    ("tell", Def::Fn(Native::F1(tell))),
    ("flush", Def::Fn(Native::F1(flush))),
    ("close", Def::Fn(Native::F1(close))),
    ("fileno", Def::Fn(Native::F1(fileno))),
    ("isatty", Def::Fn(Native::F1(isatty))),
    ("readable", Def::Fn(Native::F1(readable))),
    ("writable", Def::Fn(Native::F1(writable))),
    ("seekable", Def::Fn(Native::F1(seekable))),
    ("__enter__", Def::Fn(Native::F1(enter))),
    ("__exit__", Def::Fn(Native::Var(4, 4, exit))),
    ("closed", Def::Get(closed)),
    ("name", Def::Get(|vm, obj| Ok(expect(vm, obj)?.name()))),
    ("mode", Def::Get(|vm, obj| Ok(expect(vm, obj)?.mode()))),
    ("encoding", Def::Get(encoding)),
    ("buffer", Def::Get(buffer)),
];

/// What `builtins` gets from this file.
pub const BUILTINS: &[Member] = &[("open", Def::Fn(Native::Kw(1, 8, open)))];

fn expect(vm: &mut Vm, obj: Obj) -> R<Ref<Stream>> {
    match vm.as_stream(obj) {
        Some(stream) => Ok(stream),
        None => Err(vm.type_error_for("expected a file, got '", obj, "'")),
    }
}

fn expect_open(vm: &mut Vm, obj: Obj) -> R<(Ref<Stream>, usize)> {
    let stream = expect(vm, obj)?;
    match stream.slot() {
        Some(slot) => Ok((stream, slot)),
        None => Err(vm.value_error("I/O operation on closed file")),
    }
}

/// The object of a standard stream; the same each time.
pub fn standard(vm: &mut Vm, slot: usize) -> R {
    let root = [Root::Stdin, Root::Stdout, Root::Stderr][slot.min(STDERR)];
    if let Some(stream) = vm.root(root) {
        return Ok(stream);
    }
    let name: &[u8] = [&b"<stdin>"[..], b"<stdout>", b"<stderr>"][slot.min(STDERR)];
    let name = vm.new_str(name)?;
    let mode = vm.new_str(if slot == STDIN { b"r" } else { b"w" })?;
    let stream = vm.new_stream(slot, true, name, mode)?.obj();
    vm.set_root(root, Some(stream));
    Ok(stream)
}

/// Parts of a mode: how to open, and whether it is text.
fn parse_mode(vm: &mut Vm, mode: Obj) -> R<(OpenMode, bool)> {
    let Some(letters) = vm.str_bytes(mode) else {
        return Err(vm.type_error_for("open() argument 'mode' must be str, not ", mode, ""));
    };
    let mut open = OpenMode::default();
    let (mut text, mut main, mut plus, mut wrong) = (true, 0, false, false);
    for letter in letters {
        match letter {
            b'r' => open.read = true,
            b'w' => (open.write, open.create, open.truncate) = (true, true, true),
            b'a' => (open.append, open.create) = (true, true),
            b'x' => (open.write, open.exclusive) = (true, true),
            b'+' => plus = true,
            b'b' => text = false,
            b't' => {}
            _ => wrong = true,
        }
        main += usize::from(b"rwax".contains(letter));
    }
    if wrong || main != 1 {
        let letters = alloc::string::String::from_utf8_lossy(letters).into_owned();
        return Err(vm.error(Exc::ValueError, format_args!("invalid mode: '{letters}'")));
    }
    if plus {
        open.read = true;
        open.write |= !open.append;
    }
    Ok((open, text))
}

/// `open(file, mode='r', buffering=-1, encoding=None, …)`
pub fn open(vm: &mut Vm, args: &Args) -> R {
    let names = [q::file, q::mode, q::buffering, q::encoding, q::errors, q::newline, q::closefd, q::opener];
    let [file, mode, buffering, ..] = vm.bind(args, names, 1)?;
    let file = file.unwrap_or(Obj::NONE);
    let mode = mode.unwrap_or(q::r.obj());
    let place = vm.str_bytes(file).or(vm.bytes_of(file)).map_or(Place::Host, |path| vm.locate(path));
    match place {
        Place::Host => open_on_host(vm, file, mode, buffering),
        Place::Volume(mount, path) => vm.call_mount(mount, q::open, &path, file, Some(mode)),
        place => Err(vm.no_volume(&place)),
    }
}

/// Opens a file of the host.
pub fn open_on_host(vm: &mut Vm, file: Obj, mode: Obj, buffering: Option<Obj>) -> R {
    let (how, text) = parse_mode(vm, mode)?;
    if let Some(number) = file.as_small_int() {
        return match number {
            0..=2 => Ok(vm.new_stream(number as usize, text, file, mode)?.obj()),
            _ => Err(vm.os_error(crate::host::Errno(9), None)),
        };
    }
    let unbuffered = buffering.is_some_and(|buffering| buffering.as_small_int() == Some(0));
    let slot = vm.open_file(file, how, unbuffered)?;
    let stream = vm.new_stream(slot, text, file, mode);
    match stream {
        Ok(stream) => {
            vm.own_file(slot, stream.obj());
            Ok(stream.obj())
        }
        Err(raised) => {
            let waiting = vm.root(Root::Exception);
            let _ = vm.close_file(slot);
            vm.set_root(Root::Exception, waiting);
            Err(raised)
        }
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    open(vm, args)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let Some(stream) = vm.as_stream(obj) else { return Ok(()) };
    let number = match stream.slot() {
        Some(slot) => vm.stream_descriptor(slot).unwrap_or_else(|_| {
            vm.take_exception();
            -1
        }),
        None => -1,
    };
    let kind = if stream.is_text() { "TextIOWrapper" } else { "FileIO" };
    out.write_fmt(vm, format_args!("<io.{kind} {number}>"))
}

/// Makes what a read gives: text, checked, or bytes.
fn result(vm: &mut Vm, stream: Ref<Stream>, out: TextOut) -> R {
    if !stream.is_text() {
        return out.into_bytes(vm);
    }
    if core::str::from_utf8(out.bytes(vm)).is_err() {
        let at = crate::types::utf8::find_invalid(out.bytes(vm)).map_or(0, |found| found.0);
        return Err(vm.error(
            Exc::UnicodeDecodeError,
            format_args!("'utf-8' codec can't decode bytes at position {at}: invalid data"),
        ));
    }
    out.into_str(vm)
}

/// An argument that says how much to read; `None`: everything.
fn size_argument(vm: &mut Vm, value: Option<&Obj>) -> R<Option<usize>> {
    match value {
        None => Ok(None),
        Some(value) if *value == Obj::NONE => Ok(None),
        Some(value) => Ok(usize::try_from(vm.index(*value)?).ok()),
    }
}

fn read(vm: &mut Vm, args: &[Obj]) -> R {
    let (stream, slot) = expect_open(vm, args[0])?;
    let mut left = size_argument(vm, args.get(1))?.unwrap_or(usize::MAX);
    let mut out = TextOut::buffer();
    let mut window = [0; 2048];
    let terminal = slot == STDIN && vm.stream_is_terminal(slot);
    while left > 0 {
        let what = if stream.is_text() { Take::Chars(left) } else { Take::Bytes };
        let room = if stream.is_text() { window.len() } else { left.min(window.len()) };
        let (n, end, chars) = vm.read_stream(slot, &mut window[..room], what)?;
        out.write(vm, &window[..n])?;
        left -= if stream.is_text() { chars.min(left) } else { n };
        if n == 0 || (end && terminal) {
            break;
        }
    }
    result(vm, stream, out)
}

/// Reads a line of at most `limit` bytes into `out`; whether there was anything.
fn read_line(vm: &mut Vm, slot: usize, limit: usize, out: &mut TextOut) -> R<bool> {
    let mut left = limit;
    let mut window = [0; 512];
    let mut any = false;
    while left > 0 {
        let room = left.min(window.len());
        let (n, end, _) = vm.read_stream(slot, &mut window[..room], Take::Line)?;
        out.write(vm, &window[..n])?;
        left -= n;
        any |= n > 0;
        if end || n == 0 {
            break;
        }
    }
    Ok(any)
}

/// `input()`'s line, without its end; `None` at the end of the stream.
pub fn read_input_line(vm: &mut Vm) -> R<Option<Obj>> {
    let mut out = TextOut::buffer();
    if !read_line(vm, STDIN, usize::MAX, &mut out)? {
        return Ok(None);
    }
    let mut text = alloc::vec::Vec::from(out.bytes(vm));
    if text.ends_with(b"\n") {
        text.pop();
    }
    let text = alloc::string::String::from_utf8_lossy(&text).into_owned();
    vm.new_str(text.as_bytes()).map(Some)
}

fn readline(vm: &mut Vm, args: &[Obj]) -> R {
    let (stream, slot) = expect_open(vm, args[0])?;
    let limit = size_argument(vm, args.get(1))?.unwrap_or(usize::MAX);
    let mut out = TextOut::buffer();
    read_line(vm, slot, limit, &mut out)?;
    result(vm, stream, out)
}

fn readlines(vm: &mut Vm, args: &[Obj]) -> R {
    expect_open(vm, args[0])?;
    let list = vm.new_list(&[])?;
    while let Some(line) = next(vm, args[0])? {
        list.push(vm, line)?;
    }
    Ok(list.obj())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let (stream, slot) = expect_open(vm, obj)?;
    let mut out = TextOut::buffer();
    if !read_line(vm, slot, usize::MAX, &mut out)? {
        return Ok(None);
    }
    result(vm, stream, out).map(Some)
}

fn readinto(vm: &mut Vm, args: &[Obj]) -> R {
    let (_, slot) = expect_open(vm, args[0])?;
    let most = size_argument(vm, args.get(2))?.unwrap_or(usize::MAX);
    let mut window = [0; 1024];
    let mut done = 0;
    loop {
        let Some(buffer) = vm.buffer(args[1])?.filter(|buffer| buffer.writable) else {
            return Err(vm.type_error("object with buffer protocol required"));
        };
        let room = buffer.len().min(most).saturating_sub(done).min(window.len());
        if room == 0 {
            break;
        }
        let (n, ..) = vm.read_stream(slot, &mut window[..room], Take::Bytes)?;
        // Reading may have run Python (a signal): the buffer is asked for anew.
        if let Some(buffer) = vm.buffer(args[1])?
            && let Some(place) = buffer.bytes_mut(vm).get_mut(done..done + n)
        {
            place.copy_from_slice(&window[..n]);
        }
        done += n;
        if n == 0 {
            break;
        }
    }
    Ok(Obj::small_int_unchecked(done as isize))
}

/// `write(data, max)` or `write(data, offset, max)`: as in the official implementation parts can be written.
fn write(vm: &mut Vm, args: &[Obj]) -> R {
    let (stream, slot) = expect_open(vm, args[0])?;
    let (offset, most) = match *args {
        [_, _, max] => (0, size_argument(vm, Some(&max))?),
        [_, _, offset, max] => (vm.index(offset)?.max(0) as usize, size_argument(vm, Some(&max))?),
        _ => (0, None),
    };
    let mut window = [0; 1024];
    let mut done = 0;
    let mut chars = 0;
    loop {
        let data = match (vm.str_bytes(args[1]), args[1]) {
            (Some(text), _) => text,
            (None, data) => match vm.buffer(data)? {
                Some(buffer) => buffer.bytes(vm),
                None if stream.is_text() => {
                    return Err(vm.type_error_for("write() argument must be str, not ", data, ""));
                }
                None => return Err(vm.type_error_for("a bytes-like object is required, not '", data, "'")),
            },
        };
        let data = &data[offset.min(data.len())..];
        let data = &data[..data.len().min(most.unwrap_or(usize::MAX))];
        let part = &data[done.min(data.len())..];
        let n = part.len().min(window.len());
        if n == 0 {
            break;
        }
        window[..n].copy_from_slice(&part[..n]);
        chars += window[..n].iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        vm.write_stream(slot, &window[..n])?;
        done += n;
    }
    let counted = if stream.is_text() && vm.is_str(args[1]) { chars } else { done };
    Ok(Obj::small_int_unchecked(counted as isize))
}

fn writelines(vm: &mut Vm, stream: Obj, lines: Obj) -> R {
    vm.for_each(lines, |vm, line| write(vm, &[stream, line]).map(|_| true))?;
    Ok(Obj::NONE)
}

fn seek(vm: &mut Vm, args: &[Obj]) -> R {
    let (_, slot) = expect_open(vm, args[0])?;
    let offset = vm.index(args[1])?;
    let whence = match args.get(2) {
        Some(whence) => vm.index(*whence)?,
        None => 0,
    };
    let whence = i32::try_from(whence).unwrap_or(-1);
    let position = vm.seek_stream(slot, offset as i64, whence)?;
    vm.new_int(position)
}

fn tell(vm: &mut Vm, stream: Obj) -> R {
    let (_, slot) = expect_open(vm, stream)?;
    let position = vm.seek_stream(slot, 0, 1)?;
    vm.new_int(position)
}

fn flush(vm: &mut Vm, stream: Obj) -> R {
    let (_, slot) = expect_open(vm, stream)?;
    vm.flush_file(slot)?;
    Ok(Obj::NONE)
}

fn close(vm: &mut Vm, stream: Obj) -> R {
    let stream = expect(vm, stream)?;
    if let Some(slot) = stream.slot() {
        stream.set_closed();
        vm.close_file(slot)?;
    }
    Ok(Obj::NONE)
}

fn fileno(vm: &mut Vm, stream: Obj) -> R {
    let (_, slot) = expect_open(vm, stream)?;
    Ok(Obj::small_int_unchecked(vm.stream_descriptor(slot)? as isize))
}

fn isatty(vm: &mut Vm, stream: Obj) -> R {
    let (_, slot) = expect_open(vm, stream)?;
    Ok(Obj::from_bool(vm.stream_is_terminal(slot)))
}

fn readable(vm: &mut Vm, stream: Obj) -> R {
    mode_has(vm, stream, b"r+")
}

fn writable(vm: &mut Vm, stream: Obj) -> R {
    mode_has(vm, stream, b"wax+")
}

fn mode_has(vm: &mut Vm, stream: Obj, letters: &[u8]) -> R {
    let (stream, _) = expect_open(vm, stream)?;
    let mode = vm.str_bytes(stream.mode()).unwrap_or_default();
    Ok(Obj::from_bool(mode.iter().any(|letter| letters.contains(letter))))
}

fn seekable(vm: &mut Vm, stream: Obj) -> R {
    let (_, slot) = expect_open(vm, stream)?;
    let position = vm.seek_stream(slot, 0, 1);
    Ok(Obj::from_bool(vm.catch(position, Exc::OSError)?.is_some()))
}

fn enter(vm: &mut Vm, stream: Obj) -> R {
    Ok(expect_open(vm, stream)?.0.obj())
}

fn exit(vm: &mut Vm, args: &[Obj]) -> R {
    close(vm, args[0])
}

fn closed(vm: &mut Vm, stream: Obj) -> R {
    Ok(Obj::from_bool(expect(vm, stream)?.slot().is_none()))
}

fn encoding(vm: &mut Vm, obj: Obj) -> R {
    let stream = expect(vm, obj)?;
    if stream.is_text() { vm.new_str(b"utf-8") } else { Err(vm.attribute_error(obj, q::encoding)) }
}

/// The binary stream below a text stream.
fn buffer(vm: &mut Vm, obj: Obj) -> R {
    let stream = expect(vm, obj)?;
    match stream.slot() {
        Some(slot @ STDIN..=STDERR) if stream.is_text() => {
            Ok(vm.new_stream(slot, false, stream.name(), stream.mode())?.obj())
        }
        _ => Err(vm.attribute_error(obj, q::buffer)),
    }
}

const _: () = assert!(STDIN == 0 && STDOUT == 1 && STDERR == 2);
