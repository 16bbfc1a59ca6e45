//! `uctypes`: structures in memory, described by dicts.
//!
//! `descriptor` reads the descriptions, `object` is the type `struct`. Memory is touched through
//! [`vm::raw_memory`] only.

use vm::{
    Obj, R, Vm,
    layout::dict::Dict,
    native::{Def, Member, ModuleDef, Native},
    table::TypeId,
};

use crate::state;

mod descriptor;
mod object;

use descriptor::{AGGREGATE_SHIFT, Kind, Layout, SCALAR_SHIFT};

/// `uctypes`
pub static UCTYPES: ModuleDef = ModuleDef { name: "uctypes", members: MEMBERS, init: None };

/// The number that stands for a scalar type: 31 bits, the sign included.
const fn scalar(kind: Kind) -> Def {
    Def::Int((((kind as u32) << (SCALAR_SHIFT + 1)) as i32 >> 1) as isize)
}

/// The number that stands for an aggregate type.
const fn aggregate(kind: u32) -> Def {
    Def::Int(((kind << (AGGREGATE_SHIFT + 1)) as i32 >> 1) as isize)
}

const MEMBERS: &[Member] = &[
    ("struct", Def::Value(|vm| Ok(vm.define_type(&object::STRUCT)?.obj()))),
    ("sizeof", Def::Fn(Native::Var(1, 2, sizeof))),
    ("addressof", Def::Fn(Native::F1(addressof))),
    ("bytes_at", Def::Fn(Native::F2(bytes_at))),
    ("bytearray_at", Def::Fn(Native::F2(bytearray_at))),
    ("LITTLE_ENDIAN", Def::Int(Layout::Little as isize)),
    ("BIG_ENDIAN", Def::Int(Layout::Big as isize)),
    ("NATIVE", Def::Int(Layout::Native as isize)),
    ("VOID", scalar(Kind::Uint8)),
    ("UINT8", scalar(Kind::Uint8)),
    ("INT8", scalar(Kind::Int8)),
    ("UINT16", scalar(Kind::Uint16)),
    ("INT16", scalar(Kind::Int16)),
    ("UINT32", scalar(Kind::Uint32)),
    ("INT32", scalar(Kind::Int32)),
    ("UINT64", scalar(Kind::Uint64)),
    ("INT64", scalar(Kind::Int64)),
    ("BFUINT8", scalar(Kind::BitsUint8)),
    ("BFINT8", scalar(Kind::BitsInt8)),
    ("BFUINT16", scalar(Kind::BitsUint16)),
    ("BFINT16", scalar(Kind::BitsInt16)),
    ("BFUINT32", scalar(Kind::BitsUint32)),
    ("BFINT32", scalar(Kind::BitsInt32)),
    ("FLOAT32", scalar(Kind::Float32)),
    ("FLOAT64", scalar(Kind::Float64)),
    ("SHORT", scalar(Kind::Int16)),
    ("USHORT", scalar(Kind::Uint16)),
    ("INT", scalar(Kind::Int32)),
    ("UINT", scalar(Kind::Uint32)),
    ("LONG", scalar(if size_of::<usize>() == 8 { Kind::Int64 } else { Kind::Int32 })),
    ("ULONG", scalar(if size_of::<usize>() == 8 { Kind::Uint64 } else { Kind::Uint32 })),
    ("LONGLONG", scalar(Kind::Int64)),
    ("ULONGLONG", scalar(Kind::Uint64)),
    ("PTR", aggregate(1)),
    ("ARRAY", aggregate(2)),
    ("BF_POS", Def::Int(descriptor::BIT_POSITION as isize)),
    ("BF_LEN", Def::Int(descriptor::BIT_LENGTH as isize)),
];

/// An int as an address: what does not fit is cut off.
pub(crate) fn address(vm: &mut Vm, value: Obj) -> R<usize> {
    Ok(low_bits(vm, value)? as usize)
}

/// The lowest 64 bits of an int.
fn low_bits(vm: &mut Vm, value: Obj) -> R<u64> {
    let int = vm.index_int(value)?;
    Ok(int.low_bits(vm))
}

/// `sizeof(what, layout=NATIVE)`: of a description, a structure or a bytearray.
fn sizeof(vm: &mut Vm, args: &[Obj]) -> R {
    if vm.type_of(args[0]).is(TypeId::ByteArray) {
        let len = vm.buffer(args[0])?.map_or(0, |buffer| buffer.len());
        return vm.new_int(len);
    }
    let (description, layout) = match (vm.fields(&object::STRUCT, args[0]), args.get(1)) {
        (Some(_), Some(_)) => return Err(vm.type_error("a structure has its own layout")),
        (Some(structure), None) => (structure.get(object::DESCRIPTION), object::layout(structure)),
        (None, Some(layout)) => (args[0], Layout::of(vm, *layout)?),
        (None, None) => (args[0], Layout::Native),
    };
    let size = descriptor::size(vm, description, layout)?;
    vm.new_int(size)
}

fn addressof(vm: &mut Vm, object: Obj) -> R {
    vm.raw_memory()?;
    let object = match vm.str_bytes(object) {
        Some(text) => {
            let text = [text, b"\0"].concat();
            lasting_copy(vm, object, &text)?
        }
        None => object,
    };
    match vm.buffer(object)? {
        Some(buffer) => vm.new_int(buffer.address()),
        None => Err(vm.type_error("object with buffer protocol required")),
    }
}

/// The bytes of a text with a zero behind them, as C wants them. They are kept for good: somebody has their address.
fn lasting_copy(vm: &mut Vm, text: Obj, bytes: &[u8]) -> R {
    const NAME: &str = "uctypes.texts";
    let copies = match state::get(vm, NAME)? {
        Some(copies) => copies,
        None => {
            let copies = vm.new_dict(0)?.obj();
            state::set(vm, NAME, copies)?;
            copies
        }
    };
    if let Some(dict) = vm.cast::<Dict>(copies)
        && let Some(copy) = dict.get(vm, text)?
    {
        return Ok(copy);
    }
    let copy = vm.new_bytes(bytes)?;
    vm.setitem(copies, text, Some(copy))?;
    Ok(copy)
}

fn range(vm: &mut Vm, at: Obj, len: Obj) -> R<(usize, usize)> {
    let at = address(vm, at)?;
    let len = vm.index(len)?;
    match usize::try_from(len) {
        Ok(len) if at.checked_add(len).is_some() => Ok((at, len)),
        _ => Err(vm.value_error("no such memory")),
    }
}

fn bytes_at(vm: &mut Vm, at: Obj, len: Obj) -> R {
    let memory = vm.raw_memory()?;
    let (address, len) = range(vm, at, len)?;
    if len > 0 {
        memory.check(vm, address)?;
    }
    match memory.buffer(address, len, at) {
        Some(buffer) => vm.new_bytes_of_buffer(buffer),
        None => vm.new_bytes(b""),
    }
}

fn bytearray_at(vm: &mut Vm, at: Obj, len: Obj) -> R {
    let memory = vm.raw_memory()?;
    let (address, len) = range(vm, at, len)?;
    memory.check(vm, address.saturating_add(len))?;
    // What begins at zero has no address here, but may be a view of all of memory.
    match memory.bytearray(vm, address.max(1), len)? {
        Some(bytes) => Ok(bytes),
        None => Err(vm.value_error("no such memory")),
    }
}
