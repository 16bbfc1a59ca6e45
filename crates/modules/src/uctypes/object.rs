//! `uctypes.struct`: a place in memory seen through a description.

use vm::{
    Obj, R, Ref, Vm,
    buffer::Buffer,
    layout::{dict::Dict, fields::Fields, typ::Type},
    native::{Args, Show, Slots, TypeDef, Unary},
    qstr::Qstr,
    text_out::TextOut,
    types::exception::Exc,
};

use super::{
    address,
    descriptor::{self, Kind, Layout, Shape, syntax_error},
    low_bits,
};

/// `uctypes.struct`
pub static STRUCT: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        getattr: Some(getattr),
        setattr: Some(setattr),
        getitem: Some(getitem),
        setitem: Some(setitem),
        buffer: Some(buffer),
        ..Slots::NONE
    },
    ..TypeDef::named("struct")
};

/// Field: the description.
pub const DESCRIPTION: usize = 0;
/// Field: the address, an int.
const ADDRESS: usize = 1;
/// Field: the number of the layout.
const LAYOUT: usize = 2;

/// The layout of a structure's fields.
pub fn layout(structure: Ref<Fields>) -> Layout {
    match structure.count(LAYOUT) {
        0 => Layout::Little,
        1 => Layout::Big,
        _ => Layout::Native,
    }
}

fn place(vm: &mut Vm, structure: Ref<Fields>) -> R<usize> {
    address(vm, structure.get(ADDRESS))
}

/// `struct(address, description, layout=NATIVE)`
fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    vm.raw_memory()?;
    let (at, description, layout) = match (args.pos, args.kw) {
        (&[at, description], []) => (at, description, Layout::Native),
        (&[at, description, number], []) => (at, description, Layout::of(vm, number)?),
        _ => return Err(vm.type_error("struct() takes an address, a descriptor and a layout")),
    };
    let at = address(vm, at)?;
    make(vm, description, at, layout)
}

fn make(vm: &mut Vm, description: Obj, at: usize, layout: Layout) -> R {
    let at = vm.new_int(at)?;
    Ok(vm.new_fields(&STRUCT, &[description, at, Obj::small_int_unchecked(layout as isize)])?.obj())
}

fn expect(vm: &mut Vm, obj: Obj) -> R<Ref<Fields>> {
    vm.expect_fields(&STRUCT, obj)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let structure = expect(vm, obj)?;
    let description = structure.get(DESCRIPTION);
    let kind = if vm.cast::<Dict>(description).is_some() {
        "STRUCT"
    } else {
        let field = descriptor::field(vm, description);
        match vm.catch(field, Exc::TypeError)? {
            Some((Shape::Pointer(_), _)) => "PTR",
            Some((Shape::Scalars(..) | Shape::Structs(..), _)) => "ARRAY",
            Some((Shape::Struct(_), _)) => "STRUCT",
            _ => "ERROR",
        }
    };
    let at = place(vm, structure)?;
    out.write_fmt(vm, format_args!("<struct {kind} {at:x}>"))
}

/// `int(pointer)`; structures have no hash.
fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    match op {
        Unary::Int => {
            let structure = expect(vm, obj)?;
            let description = structure.get(DESCRIPTION);
            if vm.cast::<Dict>(description).is_some() {
                return Ok(None);
            }
            match descriptor::field(vm, description)? {
                (Shape::Pointer(_), _) => {
                    let target = pointer(vm, structure)?;
                    vm.new_int(target).map(Some)
                }
                _ => Ok(None),
            }
        }
        Unary::Hash => Err(vm.type_error("unhashable type: 'struct'")),
        Unary::Bool => Ok(Some(Obj::TRUE)),
        _ => Ok(None),
    }
}

/// The address that a pointer holds; it is stored as this machine stores addresses.
fn pointer(vm: &mut Vm, structure: Ref<Fields>) -> R<usize> {
    let memory = vm.raw_memory()?;
    let at = place(vm, structure)?;
    let bytes = memory.load(vm, at, size_of::<usize>())?;
    let mut word = [0; size_of::<usize>()];
    word.copy_from_slice(&bytes[..size_of::<usize>()]);
    Ok(usize::from_ne_bytes(word))
}

/// Reads so many bytes as a number.
fn load_bits(vm: &mut Vm, at: usize, size: usize, layout: Layout) -> R<u64> {
    let bytes = vm.raw_memory()?.load(vm, at, size)?;
    let join = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
    let bytes = &bytes[..size];
    Ok(if layout.is_big_endian() { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) })
}

fn store_bits(vm: &mut Vm, at: usize, size: usize, layout: Layout, bits: u64) -> R<()> {
    let little = bits.to_le_bytes();
    let big = bits.to_be_bytes();
    let bytes = if layout.is_big_endian() { &big[8 - size..] } else { &little[..size] };
    vm.raw_memory()?.store(vm, at, bytes)
}

fn load(vm: &mut Vm, at: usize, kind: Kind, layout: Layout) -> R {
    let bits = load_bits(vm, at, kind.size(), layout)?;
    let unused = 64 - 8 * kind.size() as u32;
    match kind {
        Kind::Float32 => vm.new_float(f32::from_bits(bits as u32).into()),
        Kind::Float64 => vm.new_float(f64::from_bits(bits)),
        kind if kind.is_signed() => vm.new_int((bits << unused) as i64 >> unused),
        _ => vm.new_int(bits),
    }
}

fn store(vm: &mut Vm, at: usize, kind: Kind, layout: Layout, value: Obj) -> R<()> {
    let bits = match kind {
        Kind::Float32 => (vm.float_value(value)? as f32).to_bits().into(),
        Kind::Float64 => vm.float_value(value)?.to_bits(),
        _ => low_bits(vm, value)?,
    };
    store_bits(vm, at, kind.size(), layout, bits)
}

/// The description of an attribute.
fn lookup(vm: &mut Vm, structure: Ref<Fields>, name: Qstr) -> R<Option<(Shape, usize, Obj)>> {
    let description = structure.get(DESCRIPTION);
    let Some(dict) = vm.cast::<Dict>(description) else {
        return Err(vm.type_error("struct: no fields"));
    };
    let Some(field) = dict.get_name(vm, name) else { return Ok(None) };
    let (shape, offset) = descriptor::field(vm, field)?;
    let at = place(vm, structure)?.wrapping_add(offset);
    Ok(Some((shape, at, field)))
}

fn getattr(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    let structure = expect(vm, obj)?;
    let layout = layout(structure);
    let Some((shape, at, field)) = lookup(vm, structure, name)? else { return Ok(None) };
    match shape {
        Shape::Scalar(kind) => load(vm, at, kind, layout),
        Shape::Bits(kind, position, length) => {
            let bits = load_bits(vm, at, kind.size(), layout)?;
            vm.new_int(bits >> position & ((1 << length) - 1))
        }
        Shape::Struct(description) => make(vm, description, at, layout),
        // Bytes are Python's own.
        Shape::Scalars(Kind::Uint8, count) => match vm.raw_memory()?.bytearray(vm, at, count)? {
            Some(bytes) => Ok(bytes),
            None => Err(vm.value_error("no such memory")),
        },
        Shape::Scalars(..) | Shape::Structs(..) | Shape::Pointer(_) => make(vm, field, at, layout),
    }
    .map(Some)
}

fn setattr(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<bool> {
    let structure = expect(vm, obj)?;
    let layout = layout(structure);
    let Some(value) = value else { return Ok(false) };
    let Some((shape, at, _)) = lookup(vm, structure, name)? else { return Ok(false) };
    match shape {
        Shape::Scalar(kind) => store(vm, at, kind, layout, value)?,
        Shape::Bits(kind, position, length) => {
            let mask = ((1u64 << length) - 1) << position;
            let bits = low_bits(vm, value)? << position & mask;
            let old = load_bits(vm, at, kind.size(), layout)?;
            store_bits(vm, at, kind.size(), layout, old & !mask | bits)?;
        }
        _ => return Err(syntax_error(vm)),
    }
    Ok(true)
}

/// What lies at an index of an array or behind a pointer.
enum Item {
    Scalar(Kind, usize),
    Struct(Obj, usize),
}

fn item(vm: &mut Vm, structure: Ref<Fields>, index: Obj) -> R<Item> {
    let description = structure.get(DESCRIPTION);
    if vm.cast::<Dict>(description).is_some() {
        return Err(vm.type_error("struct: can't index"));
    }
    let layout = layout(structure);
    let (shape, _) = descriptor::field(vm, description)?;
    let index = vm.index(index)?;
    let in_range = |vm: &mut Vm, count: usize| {
        if usize::try_from(index).is_ok_and(|index| index < count) {
            return Ok(());
        }
        Err(vm.index_error("struct: index out of range"))
    };
    let (base, item) = match shape {
        Shape::Scalars(kind, count) => {
            in_range(vm, count)?;
            (place(vm, structure)?, Item::Scalar(kind, kind.size()))
        }
        Shape::Structs(description, count) => {
            in_range(vm, count)?;
            (place(vm, structure)?, Item::Struct(description, descriptor::size(vm, description, layout)?))
        }
        Shape::Pointer(target) if target.as_small_int().is_some() => {
            let (Shape::Scalar(kind) | Shape::Bits(kind, ..), _) = descriptor::field(vm, target)? else {
                return Err(syntax_error(vm));
            };
            (pointer(vm, structure)?, Item::Scalar(kind, kind.size()))
        }
        Shape::Pointer(target) => {
            let size = descriptor::size(vm, target, layout)?;
            (pointer(vm, structure)?, Item::Struct(target, size))
        }
        _ => return Err(vm.type_error("struct: can't index")),
    };
    // A pointer may be followed in either direction.
    let at = |size: usize| base.wrapping_add_signed(index.wrapping_mul(size as isize));
    Ok(match item {
        Item::Scalar(kind, size) => Item::Scalar(kind, at(size)),
        Item::Struct(description, size) => Item::Struct(description, at(size)),
    })
}

/// What lies behind a pointer is laid out as this machine does it.
fn item_layout(vm: &mut Vm, structure: Ref<Fields>) -> R<Layout> {
    let (shape, _) = descriptor::field(vm, structure.get(DESCRIPTION))?;
    Ok(if matches!(shape, Shape::Pointer(_)) { Layout::Native } else { layout(structure) })
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let structure = expect(vm, obj)?;
    match item(vm, structure, index)? {
        Item::Scalar(kind, at) => {
            let layout = item_layout(vm, structure)?;
            load(vm, at, kind, layout)
        }
        Item::Struct(description, at) => make(vm, description, at, layout(structure)),
    }
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let structure = expect(vm, obj)?;
    let Some(value) = value else {
        return Err(vm.type_error("'struct' object doesn't support item deletion"));
    };
    match item(vm, structure, index)? {
        Item::Scalar(kind, at) => {
            let layout = item_layout(vm, structure)?;
            store(vm, at, kind, layout, value)
        }
        Item::Struct(..) => Err(vm.type_error("'struct' object doesn't support item assignment")),
    }
}

fn buffer(vm: &mut Vm, obj: Obj) -> R<Option<Buffer>> {
    let structure = expect(vm, obj)?;
    let size = descriptor::size(vm, structure.get(DESCRIPTION), layout(structure))?;
    let at = place(vm, structure)?;
    let memory = vm.raw_memory()?;
    if size > 0 {
        memory.check(vm, at)?;
    }
    match memory.buffer(at.max(1), size, obj) {
        Some(buffer) => Ok(Some(buffer)),
        None => Err(vm.value_error("no such memory")),
    }
}
