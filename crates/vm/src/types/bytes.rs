//! `bytes`, and the iterator over everything with the buffer protocol.

use heap::Obj;

use crate::{
    bytes_members,
    handle::Ref,
    layout::{
        bytes_like::{Array, BufferIterator, ByteArray, MemoryView},
        iter::Slice,
        text::HeapBytes,
        typ::Type,
    },
    native::{Args, Binary, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{
        array, bytes_methods, memoryview,
        text_kind::{Kind, bytes_operand},
        text_repr,
    },
    value::R,
    vm::Vm,
};

/// `bytes`
pub static BYTES: TypeDef = TypeDef {
    name: "bytes",
    base: None,
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        iter: Some(|vm, obj| vm.new_buffer_iterator(obj)),
        buffer: Some(|vm, obj| Ok(vm.bytes_buffer(obj))),
        ..Slots::NONE
    },
    members: bytes_members![("fromhex", Def::Class(Native::F2(bytes_methods::fromhex)))],
};

/// `iterator`
pub static BUFFER_ITERATOR: TypeDef = TypeDef {
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), ..Slots::NONE },
    ..TypeDef::named("iterator")
};

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    bytes_methods::content(vm, args)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let text = bytes_operand(vm, obj)?;
    out.write(vm, b"b")?;
    text_repr::write_quoted(vm, out, Kind::Bytes, text.bytes(), false)
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let Some(bytes) = vm.cast::<HeapBytes>(obj) else {
        return Ok(None);
    };
    let len = bytes.bytes(vm).len();
    let number = match op {
        Unary::Bool => return Ok(Some(Obj::from_bool(len > 0))),
        Unary::Len => len,
        Unary::Hash => bytes.hash(vm) as usize,
        Unary::SizeOf => len + 32,
        _ => return Ok(None),
    };
    Ok(Obj::small_int(number as isize))
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    bytes_methods::binary(vm, op, lhs, rhs)
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let text = bytes_operand(vm, obj)?;
    let bytes = text.bytes();
    if let Some(slice) = vm.exact::<Slice>(index) {
        let range = vm.slice_range(slice, bytes.len())?;
        if range.step == 1 {
            return Kind::Bytes.part(vm, &text, range.start, range.stop);
        }
        return vm.new_bytes_with(range.count, |room| {
            for (i, byte) in room.iter_mut().enumerate() {
                *byte = bytes.get(range.index(i)).copied().unwrap_or(0);
            }
        });
    }
    let index = vm.seq_index(index, bytes.len(), "bytes")?;
    Ok(Obj::small_int_unchecked(bytes.get(index).copied().unwrap_or(0) as isize))
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<BufferIterator>(obj) else {
        return Err(vm.type_error("not an iterator over bytes"));
    };
    let (owner, at) = iterator.state();
    let byte = if let Some(bytes) = vm.cast::<HeapBytes>(owner) {
        bytes.bytes(vm).get(at).copied()
    } else if let Some(bytes) = vm.cast::<ByteArray>(owner) {
        bytes.get(at)
    } else {
        let item = if let Some(array) = vm.cast::<Array>(owner) {
            array::item(vm, array, at)?
        } else if let Some(view) = vm.cast::<MemoryView>(owner) {
            memoryview::item(vm, view, at)?
        } else {
            None
        };
        if item.is_some() {
            iterator.set_at(at + 1);
        }
        return Ok(item);
    };
    Ok(byte.map(|byte| {
        iterator.set_at(at + 1);
        Obj::small_int_unchecked(byte as isize)
    }))
}
