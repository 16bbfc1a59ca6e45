//! `struct`: numbers and texts packed into bytes.
//!
//! Formats are CPython's, with what MicroPython has beside them: the code `O` (an object), integers are cut to the
//! size of their field, missing values are zeros, and a buffer may be longer than the format.
//!
//! `O` stores the address of an object, as MicroPython does. So that bytes from elsewhere cannot make an object out of
//! nothing, each packed object is kept in a table for as long as the machine lives, and unpacking looks there.

use vm::{
    Obj, R, Vm,
    buffer::Buffer,
    layout::{dict::Dict, seq::List},
    native::{Args, Def, Member, ModuleDef, Native},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{exception::Exc, int_bytes},
};

use crate::state;

mod format;
mod half;

use format::{Field, Format};

/// `struct`
pub static STRUCT: ModuleDef = ModuleDef { name: "struct", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("error", Def::Value(|vm| Ok(vm.exc_type(Exc::ValueError).obj()))),
    ("calcsize", Def::Fn(Native::F1(calcsize))),
    ("pack", Def::Fn(Native::Var(1, 255, pack))),
    ("pack_into", Def::Fn(Native::Var(3, 255, pack_into))),
    ("unpack", Def::Fn(Native::F2(unpack))),
    ("unpack_from", Def::Fn(Native::Kw(1, 3, unpack_from))),
    ("iter_unpack", Def::Fn(Native::F2(iter_unpack))),
];

const OBJECTS: &str = "struct objects";

/// The text of a format, copied: it is short, and unpacking makes objects while it is read.
fn format_of(vm: &mut Vm, format: Obj) -> R<Format> {
    let parsed = match vm.str_bytes(format).or_else(|| vm.bytes_of(format)) {
        Some(text) => Format::parse(text),
        None => {
            return Err(vm.type_error_for("Struct() argument 1 must be a str or bytes object, not ", format, ""));
        }
    };
    match parsed {
        Ok(format) => Ok(format),
        Err(problem) => Err(vm.value_error(problem)),
    }
}

fn calcsize(vm: &mut Vm, format: Obj) -> R {
    let format = format_of(vm, format)?;
    vm.new_int(format.size)
}

/// The bytes of an object.
fn buffer(vm: &mut Vm, obj: Obj) -> R<Buffer> {
    match vm.buffer(obj)? {
        Some(buffer) => Ok(buffer),
        None => Err(vm.type_error_for("a bytes-like object is required, not '", obj, "'")),
    }
}

/// Writes the bytes of one item.
fn pack_field(vm: &mut Vm, out: &mut TextOut, field: &Field, big_endian: bool, value: Obj) -> R<()> {
    let mut bytes = [0u8; 8];
    let bytes = &mut bytes[..field.size.min(8)];
    match field.code {
        b's' | b'p' => return pack_text(vm, out, field, value),
        b'c' => {
            let Some(&[byte]) = vm.bytes_of(value) else {
                return Err(vm.value_error("char format requires a bytes object of length 1"));
            };
            bytes[0] = byte;
        }
        b'?' => bytes[0] = vm.is_true(value)? as u8,
        b'e' | b'f' | b'd' => {
            let value = vm.float_value(value)?;
            match field.code {
                b'e' => bytes.copy_from_slice(&half::from_double(value).to_le_bytes()),
                b'f' => bytes.copy_from_slice(&(value as f32).to_le_bytes()),
                _ => bytes.copy_from_slice(&value.to_le_bytes()),
            }
            if big_endian {
                bytes.reverse();
            }
        }
        b'O' => {
            keep(vm, value)?;
            bytes.copy_from_slice(&value.word().to_le_bytes()[..bytes.len()]);
            if big_endian {
                bytes.reverse();
            }
        }
        _ => {
            let int = vm.index_int(value)?;
            int_bytes::write_bytes(vm, int, bytes, big_endian);
        }
    }
    out.write(vm, bytes)
}

fn pack_text(vm: &mut Vm, out: &mut TextOut, field: &Field, value: Obj) -> R<()> {
    let len = match vm.str_bytes(value) {
        Some(text) => text.len(),
        None => buffer(vm, value)?.len(),
    };
    let (mut room, mut done) = (field.size, 0);
    if field.code == b'p' {
        let Some(rest) = room.checked_sub(1) else {
            return Ok(());
        };
        room = rest;
        out.write(vm, &[len.min(room).min(255) as u8])?;
    }
    let used = len.min(room).min(if field.code == b'p' { 255 } else { usize::MAX });
    while done < used {
        let mut window = [0; 256];
        let n = window.len().min(used - done);
        match vm.str_bytes(value) {
            Some(text) => window[..n].copy_from_slice(&text[done..done + n]),
            None => {
                let source = buffer(vm, value)?;
                if let Some(part) = source.bytes(vm).get(done..done + n) {
                    window[..n].copy_from_slice(part);
                }
            }
        }
        out.write(vm, &window[..n])?;
        done += n;
    }
    zeros(vm, out, room - used)
}

fn zeros(vm: &mut Vm, out: &mut TextOut, mut n: usize) -> R<()> {
    while n > 0 {
        let now = n.min(64);
        out.write(vm, &[0; 64][..now])?;
        n -= now;
    }
    Ok(())
}

/// Remembers an object that is being packed.
fn keep(vm: &mut Vm, value: Obj) -> R<()> {
    let table = match state::get(vm, OBJECTS)?.and_then(|table| vm.exact::<Dict>(table)) {
        Some(table) => table,
        None => {
            let table = vm.new_dict(0)?;
            state::set(vm, OBJECTS, table.obj())?;
            table
        }
    };
    let address = vm.new_int(value.word())?;
    table.set(vm, address, value)
}

/// The object that was packed with this word.
fn kept(vm: &mut Vm, word: u64) -> R {
    let address = vm.new_int(word)?;
    let table = state::get(vm, OBJECTS)?.and_then(|table| vm.exact::<Dict>(table));
    let found = match table {
        Some(table) => table.get(vm, address)?,
        None => None,
    };
    match found {
        Some(value) => Ok(value),
        None => Err(vm.value_error("no such object was packed")),
    }
}

/// Packs values one after the other.
fn pack_values(vm: &mut Vm, format: &Format, values: &[Obj]) -> R<TextOut> {
    let mut out = TextOut::buffer();
    let mut written = 0;
    let mut rest = values.iter();
    for field in format.fields() {
        zeros(vm, &mut out, field.offset - written)?;
        match field.has_value().then(|| rest.next()) {
            Some(Some(value)) => pack_field(vm, &mut out, &field, format.big_endian, *value)?,
            _ => zeros(vm, &mut out, field.size)?,
        }
        written = field.offset + field.size;
    }
    zeros(vm, &mut out, format.size - written)?;
    if rest.next().is_some() {
        let (wanted, given) = (format.values, values.len());
        return Err(vm.error(Exc::ValueError, format_args!("pack expected {wanted} items for packing (got {given})")));
    }
    Ok(out)
}

fn pack(vm: &mut Vm, args: &[Obj]) -> R {
    let format = format_of(vm, args[0])?;
    pack_values(vm, &format, &args[1..])?.into_bytes(vm)
}

/// The place in a buffer that an offset designates, if so many bytes follow.
fn place(vm: &mut Vm, len: usize, offset: isize, size: usize) -> R<usize> {
    let start = if offset < 0 { offset.saturating_add_unsigned(len) } else { offset };
    match usize::try_from(start).ok().filter(|start| start.checked_add(size).is_some_and(|end| end <= len)) {
        Some(start) => Ok(start),
        None => Err(vm.value_error("buffer too small")),
    }
}

fn pack_into(vm: &mut Vm, args: &[Obj]) -> R {
    let format = format_of(vm, args[0])?;
    let offset = vm.index(args[2])?;
    let packed = pack_values(vm, &format, &args[3..])?.into_bytes(vm)?;
    let (target, source) = (buffer(vm, args[1])?, buffer(vm, packed)?);
    if !target.writable {
        return Err(vm.type_error_for("read-write bytes-like object expected, not '", args[1], "'"));
    }
    let start = place(vm, target.len(), offset, format.size)?;
    for i in 0..source.len() {
        let byte = source.bytes(vm)[i];
        if let Some(place) = target.bytes_mut(vm).get_mut(start + i) {
            *place = byte;
        }
    }
    Ok(Obj::NONE)
}

/// Reads one item at a place of an object's bytes.
fn unpack_field(vm: &mut Vm, source: Obj, start: usize, field: &Field, big_endian: bool) -> R {
    let view = buffer(vm, source)?;
    if matches!(field.code, b's' | b'p') {
        return unpack_text(vm, source, start, field);
    }
    let mut bytes = [0u8; 8];
    let size = field.size.min(8);
    let Some(part) = view.bytes(vm).get(start..start + size) else {
        return Err(vm.value_error("buffer too small"));
    };
    bytes[..size].copy_from_slice(part);
    if big_endian {
        bytes[..size].reverse();
    }
    let word = u64::from_le_bytes(bytes);
    match field.code {
        b'c' => vm.new_bytes(&bytes[..1]),
        b'?' => Ok(Obj::from_bool(word != 0)),
        b'e' => vm.new_float(half::to_double(word as u16)),
        b'f' => vm.new_float(f32::from_bits(word as u32) as f64),
        b'd' => vm.new_float(f64::from_bits(word)),
        b'O' => kept(vm, word),
        b'S' => {
            let text = vm.raw_memory()?.c_string(vm, word as usize)?;
            let text = alloc::string::String::from_utf8_lossy(&text).into_owned();
            vm.new_str(text.as_bytes())
        }
        code if code.is_ascii_lowercase() => {
            // The sign is the highest bit of the field.
            let unused = 64 - 8 * size as u32;
            vm.new_int((word << unused) as i64 >> unused)
        }
        _ => vm.new_int(word),
    }
}

fn unpack_text(vm: &mut Vm, source: Obj, start: usize, field: &Field) -> R {
    let (mut start, mut len) = (start, field.size);
    if field.code == b'p' {
        let view = buffer(vm, source)?;
        let first = view.bytes(vm).get(start).copied().unwrap_or(0) as usize;
        len = first.min(len.saturating_sub(1));
        start += 1;
    }
    let mut out = TextOut::buffer();
    let mut done = 0;
    while done < len {
        let mut window = [0; 256];
        let n = window.len().min(len - done);
        let view = buffer(vm, source)?;
        match view.bytes(vm).get(start + done..start + done + n) {
            Some(part) => window[..n].copy_from_slice(part),
            None => return Err(vm.value_error("buffer too small")),
        }
        out.write(vm, &window[..n])?;
        done += n;
    }
    out.into_bytes(vm)
}

fn unpack_at(vm: &mut Vm, format: &Format, source: Obj, start: usize) -> R {
    let values = vm.new_list_with_room(format.values)?;
    for field in format.fields().filter(Field::has_value) {
        let value = unpack_field(vm, source, start + field.offset, &field, format.big_endian)?;
        values.push(vm, value)?;
    }
    tuple_of(vm, values)
}

fn tuple_of(vm: &mut Vm, values: vm::Ref<List>) -> R {
    let class = vm.type_of_id(TypeId::Tuple).obj();
    vm.call(class, &[values.obj()])
}

fn unpack(vm: &mut Vm, format: Obj, source: Obj) -> R {
    let format = format_of(vm, format)?;
    let len = buffer(vm, source)?.len();
    place(vm, len, 0, format.size)?;
    unpack_at(vm, &format, source, 0)
}

fn unpack_from(vm: &mut Vm, args: &Args) -> R {
    let [format, source, offset] = vm.bind(args, [q::format, q::buffer, q::offset], 2)?;
    let format = format_of(vm, format.unwrap_or(Obj::NONE))?;
    let source = source.unwrap_or(Obj::NONE);
    let offset = match offset {
        Some(offset) => vm.index(offset)?,
        None => 0,
    };
    let len = buffer(vm, source)?.len();
    let start = place(vm, len, offset, format.size)?;
    unpack_at(vm, &format, source, start)
}

fn iter_unpack(vm: &mut Vm, format: Obj, source: Obj) -> R {
    let format = format_of(vm, format)?;
    let len = buffer(vm, source)?.len();
    if format.size == 0 {
        return Err(vm.value_error("cannot iteratively unpack with a struct of length 0"));
    }
    if len % format.size != 0 {
        let size = format.size;
        return Err(vm.error(
            Exc::ValueError,
            format_args!("iterative unpacking requires a buffer of a multiple of {size} bytes"),
        ));
    }
    let tuples = vm.new_list_with_room(len / format.size)?;
    for start in (0..len).step_by(format.size) {
        let tuple = unpack_at(vm, &format, source, start)?;
        tuples.push(vm, tuple)?;
    }
    vm.iter(tuples.obj())
}
