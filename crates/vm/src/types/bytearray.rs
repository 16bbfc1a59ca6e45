//! `bytearray`.
//!
//! A bytearray may change size while memoryviews look at it: they check their bounds at every access.

use heap::Obj;

use crate::{
    bytes_members,
    handle::Ref,
    layout::{bytes_like::ByteArray, iter::Slice, typ::Type},
    native::{Args, Binary, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{
        bytes_methods,
        exception::Exc,
        sequence,
        slice::wrap_index,
        text_kind::{Kind, byte_value, bytes_operand, bytes_operand_maybe, joined_operand},
        text_repr,
    },
    value::R,
    vm::Vm,
};

/// `bytearray`
pub static BYTEARRAY: TypeDef = TypeDef {
    name: "bytearray",
    base: None,
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        setitem: Some(setitem),
        iter: Some(|vm, obj| vm.new_buffer_iterator(obj)),
        buffer: Some(|vm, obj| Ok(vm.cast::<ByteArray>(obj).map(Ref::<ByteArray>::buffer))),
        ..Slots::NONE
    },
    members: bytes_members![
        ("append", Def::Fn(Native::F2(append))),
        ("clear", Def::Fn(Native::F1(clear))),
        ("copy", Def::Fn(Native::F1(copy))),
        ("extend", Def::Fn(Native::F2(extend))),
        ("fromhex", Def::Class(Native::F2(bytes_methods::fromhex))),
        ("insert", Def::Fn(Native::F3(insert))),
        ("pop", Def::Fn(Native::Var(1, 2, pop))),
        ("remove", Def::Fn(Native::F2(remove))),
        ("reverse", Def::Fn(Native::F1(reverse))),
    ],
};

fn get(vm: &mut Vm, obj: Obj) -> R<Ref<ByteArray>> {
    match vm.cast::<ByteArray>(obj) {
        Some(bytes) => Ok(bytes),
        None => Err(vm.type_error_for("descriptor requires a 'bytearray' object but received '", obj, "'")),
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let content = bytes_methods::content(vm, args)?;
    let text = bytes_operand(vm, content)?;
    vm.new_bytearray_of(text.bytes())
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let text = bytes_operand(vm, obj)?;
    out.write(vm, b"bytearray(b")?;
    text_repr::write_quoted(vm, out, Kind::ByteArray, text.bytes(), false)?;
    out.write(vm, b")")
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let len = get(vm, obj)?.len();
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(len > 0)),
        Unary::Len => Obj::small_int(len as isize),
        Unary::SizeOf => Obj::small_int(len as isize + 40),
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    match op {
        Binary::IAdd => {
            let Some(more) = joined_operand(vm, rhs)? else {
                return Ok(None);
            };
            get(vm, lhs)?.extend(vm, more.bytes())?;
            Ok(Some(lhs))
        }
        Binary::IMul => {
            let object = get(vm, lhs)?;
            let Some(times) = sequence::repetitions(vm, object.len(), rhs)? else {
                return Ok(None);
            };
            let old = object.len();
            if times == 0 {
                object.splice(vm, 0, old, 0)?;
            } else {
                object.splice(vm, old, 0, old * (times - 1))?;
                let bytes = object.bytes_mut(vm);
                for i in 1..times {
                    bytes.copy_within(0..old, i * old);
                }
            }
            Ok(Some(lhs))
        }
        Binary::Contains if vm.is_int(rhs) => {
            let byte = byte_value(vm, rhs)?;
            let found = get(vm, lhs)?.bytes(vm).contains(&byte);
            Ok(Some(Obj::from_bool(found)))
        }
        _ => bytes_methods::binary(vm, op, lhs, rhs),
    }
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let object = get(vm, obj)?;
    if let Some(slice) = vm.exact::<Slice>(index) {
        let parts = vm.slice_parts(slice)?;
        let range = parts.resolve(object.len());
        let result = vm.new_bytearray(range.count)?;
        for i in 0..range.count {
            result.set(i, object.get(range.index(i)).unwrap_or(0));
        }
        return Ok(result.obj());
    }
    let number = vm.seq_index_number(index, "bytearray")?;
    match wrap_index(number, object.len()).and_then(|index| object.get(index)) {
        Some(byte) => Ok(Obj::small_int_unchecked(byte as isize)),
        None => Err(vm.index_error("bytearray index out of range")),
    }
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let object = get(vm, obj)?;
    let Some(slice) = vm.exact::<Slice>(index) else {
        let number = vm.seq_index_number(index, "bytearray")?;
        let byte = match value {
            Some(value) => Some(byte_value(vm, value)?),
            None => None,
        };
        let Some(index) = wrap_index(number, object.len()) else {
            return Err(vm.index_error("bytearray index out of range"));
        };
        match byte {
            Some(byte) => {
                object.set(index, byte);
            }
            None => object.splice(vm, index, 1, 0)?,
        }
        return Ok(());
    };
    let parts = vm.slice_parts(slice)?;
    let Some(value) = value else {
        return delete(vm, object, parts.resolve(object.len()));
    };
    let new = match bytes_operand_maybe(vm, value)? {
        Some(text) => text,
        None if vm.is_str(value) || vm.is_int(value) => {
            return Err(vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        None => {
            let collected = bytes_methods::collect(vm, value)?;
            bytes_operand(vm, collected)?
        }
    };
    let range = parts.resolve(object.len());
    if range.step == 1 {
        object.splice(vm, range.start, range.stop - range.start, new.len())?;
        let bytes = object.bytes_mut(vm);
        if let Some(room) = bytes.get_mut(range.start..range.start + new.len()) {
            room.copy_from_slice(new.bytes());
        }
        return Ok(());
    }
    if new.is_empty() {
        return delete(vm, object, range);
    }
    if new.len() != range.count {
        let (given, wanted) = (new.len(), range.count);
        return Err(vm.error(
            Exc::ValueError,
            format_args!("attempt to assign bytes of size {given} to extended slice of size {wanted}"),
        ));
    }
    for (i, byte) in new.bytes().iter().enumerate() {
        object.set(range.index(i), *byte);
    }
    Ok(())
}

/// Deletes what a slice selects.
fn delete(vm: &mut Vm, object: Ref<ByteArray>, range: super::slice::SliceRange) -> R<()> {
    if range.count == 0 {
        return Ok(());
    }
    if range.step == 1 {
        return object.splice(vm, range.start, range.count, 0);
    }
    let (first, last) = (range.index(0), range.index(range.count - 1));
    let (low, high, step) = (first.min(last), first.max(last), range.step.unsigned_abs());
    let bytes = object.bytes_mut(vm);
    let mut to = low;
    for from in low..bytes.len() {
        let dropped = from <= high && (from - low).is_multiple_of(step);
        if !dropped {
            bytes[to] = bytes[from];
            to += 1;
        }
    }
    object.splice(vm, to, range.count, 0)
}

fn append(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let byte = byte_value(vm, value)?;
    get(vm, obj)?.extend(vm, &[byte])?;
    Ok(Obj::NONE)
}

fn clear(vm: &mut Vm, obj: Obj) -> R {
    let object = get(vm, obj)?;
    object.splice(vm, 0, object.len(), 0)?;
    Ok(Obj::NONE)
}

fn copy(vm: &mut Vm, obj: Obj) -> R {
    let text = bytes_operand(vm, obj)?;
    vm.new_bytearray_of(text.bytes())
}

fn extend(vm: &mut Vm, obj: Obj, more: Obj) -> R {
    let object = get(vm, obj)?;
    let more = match joined_operand(vm, more)? {
        Some(text) => text,
        None => {
            let collected = bytes_methods::collect(vm, more)?;
            bytes_operand(vm, collected)?
        }
    };
    object.extend(vm, more.bytes())?;
    Ok(Obj::NONE)
}

fn insert(vm: &mut Vm, obj: Obj, index: Obj, value: Obj) -> R {
    let object = get(vm, obj)?;
    let index = vm.index(index)?;
    let byte = byte_value(vm, value)?;
    let len = object.len();
    let at = if index < 0 { len.saturating_sub(index.unsigned_abs()) } else { len.min(index as usize) };
    object.splice(vm, at, 0, 1)?;
    object.set(at, byte);
    Ok(Obj::NONE)
}

fn pop(vm: &mut Vm, args: &[Obj]) -> R {
    let object = get(vm, args[0])?;
    let index = match args.get(1) {
        Some(index) => vm.index(*index)?,
        None => -1,
    };
    if object.is_empty() {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let Some(index) = wrap_index(index, object.len()) else {
        return Err(vm.index_error("pop index out of range"));
    };
    let byte = object.get(index).unwrap_or(0);
    object.splice(vm, index, 1, 0)?;
    Ok(Obj::small_int_unchecked(byte as isize))
}

fn remove(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let object = get(vm, obj)?;
    let byte = byte_value(vm, value)?;
    match memchr::memchr(byte, object.bytes(vm)) {
        Some(index) => {
            object.splice(vm, index, 1, 0)?;
            Ok(Obj::NONE)
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

fn reverse(vm: &mut Vm, obj: Obj) -> R {
    get(vm, obj)?.bytes_mut(vm).reverse();
    Ok(Obj::NONE)
}
