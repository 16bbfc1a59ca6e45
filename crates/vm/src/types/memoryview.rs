//! `memoryview`: a window on the bytes of another object.
//!
//! It remembers offset and length and takes the owner's bytes anew at each access, so an owner that shrinks
//! makes elements unreachable (IndexError) and nothing worse. Views with a step are allowed; what needs
//! one run of bytes (the buffer protocol) refuses them.

use alloc::vec::Vec;

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        bytes_like::{MemoryView, View},
        iter::Slice,
        seq::Tuple,
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{bytes_methods, element, exception::Exc, text_kind::bytes_operand},
    value::R,
    vm::Vm,
};

/// `memoryview`
pub static MEMORYVIEW: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        setitem: Some(setitem),
        iter: Some(|vm, obj| vm.new_buffer_iterator(obj)),
        buffer: Some(buffer),
        ..Slots::NONE
    },
    members: &[
        ("__enter__", Def::Fn(Native::F1(|_, obj| Ok(obj)))),
        ("__exit__", Def::Fn(Native::Var(1, 4, |vm, args| release(vm, args[0])))),
        ("c_contiguous", Def::Get(contiguous)),
        ("cast", Def::Fn(Native::Var(2, 3, cast))),
        ("contiguous", Def::Get(contiguous)),
        ("format", Def::Get(|vm, obj| get(vm, obj).map(|view| vm.ascii_char(view.typecode)))),
        ("hex", Def::Fn(Native::Kw(1, 3, hex))),
        ("itemsize", Def::Get(|vm, obj| Ok(number(get(vm, obj)?.item_size())))),
        ("nbytes", Def::Get(|vm, obj| Ok(number(get(vm, obj)?.bytes_len())))),
        ("ndim", Def::Int(1)),
        ("obj", Def::Get(|vm, obj| Ok(get(vm, obj)?.owner))),
        ("readonly", Def::Get(|vm, obj| Ok(Obj::from_bool(!get(vm, obj)?.writable)))),
        ("release", Def::Fn(Native::F1(release))),
        ("shape", Def::Get(shape)),
        ("strides", Def::Get(strides)),
        ("tobytes", Def::Fn(Native::F1(to_bytes))),
        ("tolist", Def::Fn(Native::F1(to_list))),
        ("toreadonly", Def::Fn(Native::F1(to_readonly))),
    ],
    ..TypeDef::named("memoryview")
};

impl View {
    fn item_size(&self) -> usize {
        element::size(self.typecode).unwrap_or(1)
    }

    fn bytes_len(&self) -> usize {
        self.len * self.item_size()
    }

    fn is_contiguous(&self) -> bool {
        self.stride == self.item_size() as isize || self.len <= 1
    }

    /// Offset of an element in the owner's bytes.
    fn offset(&self, index: usize) -> usize {
        self.start.wrapping_add_signed(self.stride.wrapping_mul(index as isize))
    }
}

/// The farthest offset at which a view may begin: as far as MicroPython's reach, and farther than any memory does.
const FARTHEST: u64 = u64::MAX >> 8;

fn number(value: usize) -> Obj {
    Obj::small_int(value as isize).unwrap_or(Obj::NONE)
}

fn get(vm: &mut Vm, obj: Obj) -> R<View> {
    match vm.cast::<MemoryView>(obj) {
        Some(object) => match object.view() {
            Some(view) => Ok(view),
            None => Err(vm.value_error("operation forbidden on released memoryview object")),
        },
        None => Err(vm.type_error_for("descriptor requires a 'memoryview' object but received '", obj, "'")),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    if vm.official_texts() {
        return out.write_str(vm, "<memoryview>");
    }
    out.write_fmt(vm, format_args!("<memory at 0x{:x}>", obj.word()))
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [object] = vm.bind(args, [q::object], 1)?;
    let object = object.unwrap_or(Obj::NONE);
    if vm.cast::<MemoryView>(object).is_some() {
        let view = get(vm, object)?;
        return vm.new_memoryview(view);
    }
    // As in MicroPython, of a str the bytes of its UTF-8.
    let object = match vm.str_bytes(object).map(Vec::from) {
        Some(text) => vm.new_bytes(&text)?,
        None => object,
    };
    let Some(buffer) = vm.buffer(object)? else {
        return Err(vm.type_error_for("memoryview: a bytes-like object is required, not '", object, "'"));
    };
    let size = element::size(buffer.typecode).unwrap_or(1);
    vm.new_memoryview(View {
        owner: object,
        start: 0,
        len: buffer.len() / size,
        stride: size as isize,
        typecode: buffer.typecode,
        writable: buffer.writable,
    })
}

/// The bytes of an element.
fn element_bytes(vm: &mut Vm, view: &View, index: usize) -> R<Option<[u8; 8]>> {
    let Some(buffer) = vm.buffer(view.owner)? else {
        return Ok(None);
    };
    let (at, size) = (view.offset(index), view.item_size());
    let mut bytes = [0; 8];
    match buffer.bytes(vm).get(at..at.saturating_add(size)) {
        Some(found) if index < view.len => {
            bytes[..size].copy_from_slice(found);
            Ok(Some(bytes))
        }
        _ => Ok(None),
    }
}

/// The element at an index; `None` past the end.
pub fn item(vm: &mut Vm, object: Ref<MemoryView>, index: usize) -> R<Option<Obj>> {
    let view = get(vm, object.obj())?;
    match element_bytes(vm, &view, index)? {
        Some(bytes) => element::read(vm, view.typecode, &bytes[..view.item_size()]).map(Some),
        None => Ok(None),
    }
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let view = get(vm, obj)?;
    match op {
        Unary::Bool => Ok(Some(Obj::from_bool(view.len > 0))),
        Unary::Len => Ok(Some(number(view.len))),
        Unary::Hash if view.writable => Err(vm.value_error("cannot hash writable memoryview object")),
        Unary::Hash => {
            let bytes = to_bytes(vm, obj)?;
            vm.unary_slot(Unary::Hash, bytes)
        }
        _ => Ok(None),
    }
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    match op {
        Binary::Eq => {
            if vm.is_str(rhs) {
                return Ok(None);
            }
            let other = match vm.cast::<MemoryView>(rhs) {
                Some(_) => {
                    let view = get(vm, rhs)?;
                    (to_bytes(vm, rhs)?, view.typecode)
                }
                None => match vm.buffer(rhs)? {
                    Some(buffer) => (vm.new_bytes_of_buffer(buffer)?, buffer.typecode),
                    None => return Ok(None),
                },
            };
            let view = get(vm, lhs)?;
            let own = to_bytes(vm, lhs)?;
            if view.typecode == other.1 {
                let same = vm.bytes_of(own) == vm.bytes_of(other.0);
                return Ok(Some(Obj::from_bool(same)));
            }
            // Different elements: compare as numbers.
            let (a, b) = (elements(vm, own, view.typecode)?, elements(vm, other.0, other.1)?);
            vm.equal(a, b).map(|equal| Some(Obj::from_bool(equal)))
        }
        _ => Ok(None),
    }
}

/// A list of the elements in a bytes object.
fn elements(vm: &mut Vm, bytes: Obj, typecode: u8) -> R {
    let text = bytes_operand(vm, bytes)?;
    let size = element::size(typecode).unwrap_or(1);
    let list = vm.new_list_with_room(text.len() / size)?;
    for piece in text.bytes().chunks_exact(size) {
        let value = element::read(vm, typecode, piece)?;
        list.push(vm, value)?;
    }
    Ok(list.obj())
}

fn buffer(vm: &mut Vm, obj: Obj) -> R<Option<crate::buffer::Buffer>> {
    let view = get(vm, obj)?;
    if !view.is_contiguous() {
        return Err(vm.error(Exc::BufferError, format_args!("memoryview: underlying buffer is not C-contiguous")));
    }
    let Some(buffer) = vm.buffer(view.owner)? else {
        return Ok(None);
    };
    Ok(Some(buffer.part(view.start, view.bytes_len(), view.typecode, view.writable)))
}

/// The number of an element; a tuple of one index is as good as the index.
fn element_index(vm: &mut Vm, index: Obj, view: &View) -> R<usize> {
    let Some(tuple) = vm.exact::<Tuple>(index) else { return vm.seq_index(index, view.len, "memoryview") };
    match (tuple.len(), tuple.get(0)) {
        (1, Some(index)) if vm.as_int(index).is_some() => vm.seq_index(index, view.len, "memoryview"),
        (0, _) => Err(vm.error(Exc::NotImplementedError, format_args!("sub-views are not implemented"))),
        (n @ 2.., _) => {
            Err(vm.error(Exc::TypeError, format_args!("cannot index 1-dimension view with {n}-element tuple")))
        }
        _ => Err(vm.type_error("memoryview: invalid slice key")),
    }
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let view = get(vm, obj)?;
    if let Some(slice) = vm.exact::<Slice>(index) {
        let range = vm.slice_range(slice, view.len)?;
        let start = view.offset(range.start);
        if start as u64 > FARTHEST {
            return Err(vm.overflow_error("memoryview offset too large"));
        }
        return vm.new_memoryview(View {
            start,
            len: range.count,
            stride: view.stride.saturating_mul(range.step),
            ..view
        });
    }
    let index = element_index(vm, index, &view)?;
    match element_bytes(vm, &view, index)? {
        Some(bytes) => element::read(vm, view.typecode, &bytes[..view.item_size()]),
        None => Err(vm.index_error("memoryview index out of range")),
    }
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let view = get(vm, obj)?;
    let Some(value) = value else {
        return Err(vm.type_error("cannot delete memory"));
    };
    if !view.writable {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let size = view.item_size();
    if let Some(slice) = vm.exact::<Slice>(index) {
        let range = vm.slice_range(slice, view.len)?;
        let source_code = match vm.is_str(value) {
            true => None,
            false => vm.buffer(value)?.map(|buffer| buffer.typecode),
        };
        let new = bytes_operand(vm, value)?;
        let same_kind = source_code.is_some_and(|code| element::size(code) == Some(size));
        if new.len() != range.count * size || !same_kind {
            return Err(vm.value_error("lhs and rhs should be compatible"));
        }
        let Some(buffer) = vm.buffer(view.owner)? else {
            return Ok(());
        };
        let bytes = buffer.bytes_mut(vm);
        for (i, piece) in new.bytes().chunks_exact(size).enumerate() {
            let at = view.offset(range.index(i));
            if let Some(place) = bytes.get_mut(at..at.saturating_add(size)) {
                place.copy_from_slice(piece);
            }
        }
        return Ok(());
    }
    let index = element_index(vm, index, &view)?;
    let new = element::write(vm, view.typecode, value)?;
    let at = view.offset(index);
    let stored = match vm.buffer(view.owner)? {
        Some(buffer) => match buffer.bytes_mut(vm).get_mut(at..at.saturating_add(size)) {
            Some(place) => {
                place.copy_from_slice(&new[..size]);
                true
            }
            None => false,
        },
        None => false,
    };
    if stored { Ok(()) } else { Err(vm.index_error("memoryview index out of range")) }
}

fn cast(vm: &mut Vm, args: &[Obj]) -> R {
    let view = get(vm, args[0])?;
    let typecode = match vm.text(args[1]).as_ref().map(|text| text.bytes()) {
        Some([code]) | Some([b'@', code]) => *code,
        _ => 0,
    };
    let Some(size) = element::size(typecode) else {
        return Err(vm.value_error("memoryview: destination format must be a native single character format"));
    };
    if !view.is_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if !view.bytes_len().is_multiple_of(size) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    vm.new_memoryview(View { len: view.bytes_len() / size, stride: size as isize, typecode, ..view })
}

fn release(vm: &mut Vm, obj: Obj) -> R {
    if let Some(view) = vm.cast::<MemoryView>(obj) {
        view.release();
    }
    Ok(Obj::NONE)
}

fn contiguous(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::from_bool(get(vm, obj)?.is_contiguous()))
}

fn shape(vm: &mut Vm, obj: Obj) -> R {
    let len = get(vm, obj)?.len;
    vm.new_tuple(&[number(len)])
}

fn strides(vm: &mut Vm, obj: Obj) -> R {
    let stride = get(vm, obj)?.stride;
    vm.new_tuple(&[Obj::small_int(stride).unwrap_or(Obj::NONE)])
}

pub(crate) fn to_bytes(vm: &mut Vm, obj: Obj) -> R {
    let view = get(vm, obj)?;
    if view.is_contiguous() {
        return match buffer(vm, obj)? {
            Some(buffer) => vm.new_bytes_of_buffer(buffer),
            None => vm.new_bytes(b""),
        };
    }
    let mut out = TextOut::buffer();
    for i in 0..view.len {
        if let Some(bytes) = element_bytes(vm, &view, i)? {
            out.write(vm, &bytes[..view.item_size()])?;
        }
    }
    out.into_bytes(vm)
}

fn to_list(vm: &mut Vm, obj: Obj) -> R {
    let view = get(vm, obj)?;
    let bytes = to_bytes(vm, obj)?;
    elements(vm, bytes, view.typecode)
}

fn to_readonly(vm: &mut Vm, obj: Obj) -> R {
    let view = get(vm, obj)?;
    vm.new_memoryview(View { writable: false, ..view })
}

fn hex(vm: &mut Vm, args: &Args) -> R {
    let bytes = to_bytes(vm, args.pos[0])?;
    let text = bytes_operand(vm, bytes)?;
    bytes_methods::hex_of(vm, text.bytes(), &args.skip_first())
}
