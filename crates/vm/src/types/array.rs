//! `array.array`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        bytes_like::{Array, OBJECTS},
        iter::Slice,
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{
        element, sequence,
        slice::wrap_index,
        str::ordered,
        text_kind::{bytes_operand, joined_operand},
    },
    value::R,
    vm::Vm,
};

/// `array`
pub static ARRAY: TypeDef = TypeDef {
    name: "array",
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
        buffer: Some(|vm, obj| Ok(vm.cast::<Array>(obj).and_then(Ref::<Array>::buffer))),
        ..Slots::NONE
    },
    members: &[
        ("append", Def::Fn(Native::F2(append))),
        ("byteswap", Def::Fn(Native::F1(byteswap))),
        ("count", Def::Fn(Native::F2(count))),
        ("extend", Def::Fn(Native::F2(extend))),
        ("frombytes", Def::Fn(Native::F2(frombytes))),
        ("fromlist", Def::Fn(Native::F2(extend))),
        ("index", Def::Fn(Native::Var(2, 4, index))),
        ("insert", Def::Fn(Native::F3(insert))),
        ("itemsize", Def::Get(|vm, obj| Ok(Obj::small_int_unchecked(get(vm, obj)?.size() as isize)))),
        ("pop", Def::Fn(Native::Var(1, 2, pop))),
        ("remove", Def::Fn(Native::F2(remove))),
        ("reverse", Def::Fn(Native::F1(reverse))),
        ("tobytes", Def::Fn(Native::F1(tobytes))),
        ("tolist", Def::Fn(Native::F1(tolist))),
        ("typecode", Def::Get(|vm, obj| get(vm, obj).map(|array| vm.ascii_char(array.code())))),
    ],
};

/// The size in bytes of an element; `None`: no such type code.
fn element_size(code: u8) -> Option<usize> {
    match code {
        OBJECTS => Some(size_of::<Obj>()),
        b'c' => None,
        _ => element::size(code),
    }
}

/// Puts an element before the one at an index, or at the end. May run Python.
fn insert_element(vm: &mut Vm, array: Ref<Array>, at: Option<usize>, value: Obj) -> R<()> {
    let (store, size) = (array.store(), array.size());
    let bytes = if array.code() == OBJECTS { None } else { Some(element::write(vm, array.code(), value)?) };
    let at = at.unwrap_or(usize::MAX).min(array.count());
    store.splice(vm, at * size, 0, size)?;
    match bytes {
        None => array.set_object(at, value),
        Some(bytes) => {
            for (k, byte) in bytes[..size].iter().enumerate() {
                store.set(at * size + k, *byte);
            }
        }
    }
    Ok(())
}

impl Ref<Array> {
    fn code(self) -> u8 {
        self.store().typecode()
    }

    fn size(self) -> usize {
        element_size(self.code()).unwrap_or(1)
    }

    fn count(self) -> usize {
        self.store().len() / self.size()
    }
}

fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Array>> {
    match vm.cast::<Array>(obj) {
        Some(array) => Ok(array),
        None => Err(vm.type_error_for("descriptor requires an 'array' object but received '", obj, "'")),
    }
}

/// The element at an index; `None` past the end.
pub fn item(vm: &mut Vm, array: Ref<Array>, index: usize) -> R<Option<Obj>> {
    let size = array.size();
    if array.code() == OBJECTS {
        return Ok(array.object(index));
    }
    let mut bytes = [0; 8];
    match array.store().bytes(vm).get(index.saturating_mul(size)..index.saturating_add(1).saturating_mul(size)) {
        Some(found) => bytes[..size].copy_from_slice(found),
        None => return Ok(None),
    }
    element::read(vm, array.code(), &bytes[..size]).map(Some)
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (typecode, source) = match *args.pos {
        [typecode] if args.kw.is_empty() => (typecode, None),
        [typecode, source] if args.kw.is_empty() => (typecode, Some(source)),
        _ => return Err(vm.type_error("array() takes 1 or 2 positional arguments")),
    };
    let code = match vm.text(typecode).as_ref().map(|text| text.bytes()) {
        Some([code]) if element_size(*code).is_some() => *code,
        Some([_]) => return Err(vm.value_error("bad typecode")),
        _ => return Err(vm.type_error("array() argument 1 must be a unicode character")),
    };
    let array = vm.new_array(0, code)?;
    if let Some(source) = source {
        let raw = vm.bytes_text(source).is_some() || vm.cast::<crate::layout::bytes_like::ByteArray>(source).is_some();
        if raw && code != OBJECTS {
            frombytes(vm, array.obj(), source)?;
        } else {
            if vm.is_str(source) && code != OBJECTS {
                return Err(vm.type_error("cannot use a str to initialize an array"));
            }
            extend(vm, array.obj(), source)?;
        }
    }
    Ok(array.obj())
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let array = get(vm, obj)?;
    if array.code() == OBJECTS {
        return vm.show_once(obj, "array('O', [...])", out, |vm, out| show_items(vm, array, out));
    }
    show_items(vm, array, out)
}

fn show_items(vm: &mut Vm, array: Ref<Array>, out: &mut TextOut) -> R<()> {
    out.write(vm, b"array('")?;
    out.write(vm, &[array.code()])?;
    out.write(vm, b"'")?;
    let mut i = 0;
    while let Some(value) = item(vm, array, i)? {
        out.write(vm, if i == 0 { b", [" } else { b", " })?;
        vm.show(value, out, Show::Repr)?;
        i += 1;
    }
    out.write(vm, if i == 0 { b")" } else { b"])" })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let array = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(array.count() > 0)),
        Unary::Len => Obj::small_int(array.count() as isize),
        Unary::SizeOf => Obj::small_int(array.store().len() as isize + 40),
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    let array = get(vm, lhs)?;
    match op {
        Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => {
            let Some(other) = vm.cast::<Array>(rhs) else {
                return Ok(None);
            };
            let mut i = 0;
            loop {
                match (item(vm, array, i)?, item(vm, other, i)?) {
                    (Some(a), Some(b)) => {
                        if !vm.equal(a, b)? {
                            return match op {
                                Binary::Eq => Ok(Some(Obj::FALSE)),
                                Binary::Ne => Ok(Some(Obj::TRUE)),
                                _ => vm.compare(op, a, b).map(|result| Some(Obj::from_bool(result))),
                            };
                        }
                    }
                    _ => return Ok(ordered(op, array.count().cmp(&other.count()))),
                }
                i += 1;
            }
        }
        Binary::Add => {
            // Arrays of the same elements, or raw bytes.
            if let Some(other) = vm.cast::<Array>(rhs)
                && other.code() != array.code()
            {
                return Err(vm.type_error("bad argument type for built-in operation"));
            }
            if vm.cast::<Array>(rhs).is_none() && !has_bytes(vm, rhs)? {
                return Ok(None);
            }
            let result = vm.copy_array(array)?;
            extend(vm, result.obj(), rhs)?;
            Ok(Some(result.obj()))
        }
        Binary::IAdd => {
            if vm.cast::<Array>(rhs).is_none() && !has_bytes(vm, rhs)? {
                return Ok(None);
            }
            extend(vm, lhs, rhs)?;
            Ok(Some(lhs))
        }
        Binary::Mul | Binary::RMul | Binary::IMul => {
            let one = vm.copy_array(array)?;
            let len = one.store().len();
            let Some(times) = sequence::repetitions(vm, len, rhs)? else {
                return Ok(None);
            };
            let result = if op == Binary::IMul { array } else { vm.new_array(0, array.code())? };
            let store = result.store();
            store.splice(vm, 0, store.len(), len * times)?;
            (0..times).for_each(|i| result.copy_from(i * len, one));
            Ok(Some(result.obj()))
        }
        Binary::Contains => Ok(Some(Obj::from_bool(position(vm, array, rhs, 0)?.is_some()))),
        _ => Ok(None),
    }
}

/// Whether raw bytes can be taken from an object: a str has its utf-8.
fn has_bytes(vm: &mut Vm, obj: Obj) -> R<bool> {
    Ok(vm.is_str(obj) || vm.buffer(obj)?.is_some())
}

/// Appends raw bytes, whole elements only.
fn append_raw(vm: &mut Vm, array: Ref<Array>, bytes: &[u8]) -> R<()> {
    if array.code() == OBJECTS {
        return Err(vm.type_error("an array of objects takes no bytes"));
    }
    if !bytes.len().is_multiple_of(array.size()) {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    array.store().extend(vm, bytes)
}

/// Index of the first element that equals a value.
fn position(vm: &mut Vm, array: Ref<Array>, value: Obj, start: usize) -> R<Option<usize>> {
    let mut i = start;
    while let Some(candidate) = item(vm, array, i)? {
        if vm.equal(candidate, value)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let array = get(vm, obj)?;
    if let Some(slice) = vm.exact::<Slice>(index) {
        let parts = vm.slice_parts(slice)?;
        let range = parts.resolve(array.count());
        let size = array.size();
        let result = vm.new_array(range.count * size, array.code())?;
        for i in 0..range.count {
            for k in 0..size {
                let byte = array.store().get(range.index(i) * size + k).unwrap_or(0);
                result.store().set(i * size + k, byte);
            }
        }
        return Ok(result.obj());
    }
    let number = vm.seq_index_number(index, "array")?;
    let found = match wrap_index(number, array.count()) {
        Some(index) => item(vm, array, index)?,
        None => None,
    };
    match found {
        Some(value) => Ok(value),
        None => Err(vm.index_error("array index out of range")),
    }
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let array = get(vm, obj)?;
    let size = array.size();
    let store = array.store();
    if let Some(slice) = vm.exact::<Slice>(index) {
        let parts = vm.slice_parts(slice)?;
        let new = vm.new_array(0, array.code())?;
        if let Some(value) = value {
            let compatible = match vm.cast::<Array>(value) {
                Some(other) => other.code() == array.code(),
                None => size == 1 && vm.buffer(value)?.is_some(),
            };
            if !compatible {
                return Err(vm.type_error("lhs and rhs should be compatible"));
            }
            extend(vm, new.obj(), value)?;
        }
        let new_len = new.store().len();
        let range = parts.resolve(array.count());
        if range.step == 1 {
            store.splice(vm, range.start * size, (range.stop - range.start) * size, new_len)?;
            array.copy_from(range.start * size, new);
            return Ok(());
        }
        if value.is_none() {
            let mut indices: alloc::vec::Vec<usize> = (0..range.count).map(|i| range.index(i)).collect();
            indices.sort_unstable();
            for index in indices.iter().rev() {
                store.splice(vm, index * size, size, 0)?;
            }
            return Ok(());
        }
        if new_len != range.count * size {
            return Err(vm.value_error("attempt to assign array of a different size to extended slice"));
        }
        for i in 0..range.count {
            for k in 0..size {
                store.set(range.index(i) * size + k, new.store().get(i * size + k).unwrap_or(0));
            }
        }
        return Ok(());
    }
    let number = vm.seq_index_number(index, "array")?;
    let new = match value {
        Some(value) if array.code() != OBJECTS => Some(element::write(vm, array.code(), value)?),
        _ => None,
    };
    let Some(index) = wrap_index(number, array.count()) else {
        return Err(vm.index_error("array assignment index out of range"));
    };
    match (new, value) {
        (None, None) => return store.splice(vm, index * size, size, 0),
        (None, Some(object)) => array.set_object(index, object),
        (Some(new), _) => {
            for (k, byte) in new[..size].iter().enumerate() {
                store.set(index * size + k, *byte);
            }
        }
    }
    Ok(())
}

fn append(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let array = get(vm, obj)?;
    insert_element(vm, array, None, value)?;
    Ok(Obj::NONE)
}

fn extend(vm: &mut Vm, obj: Obj, source: Obj) -> R {
    let array = get(vm, obj)?;
    let raw = match vm.cast::<Array>(source) {
        Some(other) if other.code() == array.code() => {
            let (len, more) = (array.store().len(), other.store().len());
            array.store().splice(vm, len, 0, more)?;
            array.copy_from(len, other);
            return Ok(Obj::NONE);
        }
        // Raw bytes, as the official implementation takes them.
        None if array.code() != OBJECTS => joined_operand(vm, source)?,
        _ => None,
    };
    match raw {
        Some(raw) => append_raw(vm, array, raw.bytes())?,
        None => vm.for_each(source, |vm, value| append(vm, obj, value).map(|_| true))?,
    }
    Ok(Obj::NONE)
}

fn frombytes(vm: &mut Vm, obj: Obj, source: Obj) -> R {
    let array = get(vm, obj)?;
    let bytes = bytes_operand(vm, source)?;
    append_raw(vm, array, bytes.bytes())?;
    Ok(Obj::NONE)
}

fn byteswap(vm: &mut Vm, obj: Obj) -> R {
    let array = get(vm, obj)?;
    if array.code() == OBJECTS {
        return Err(vm.type_error("objects have no bytes to swap"));
    }
    let size = array.size();
    array.store().bytes_mut(vm).chunks_exact_mut(size).for_each(<[u8]>::reverse);
    Ok(Obj::NONE)
}

fn count(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let array = get(vm, obj)?;
    let (mut n, mut next) = (0, 0);
    while let Some(found) = position(vm, array, value, next)? {
        n += 1;
        next = found + 1;
    }
    Ok(Obj::small_int_unchecked(n))
}

fn index(vm: &mut Vm, args: &[Obj]) -> R {
    let array = get(vm, args[0])?;
    let len = array.count();
    let start = sequence::bound(vm, args.get(2), 0, len)?;
    let stop = sequence::bound(vm, args.get(3), len, len)?;
    match position(vm, array, args[1], start)? {
        Some(found) if found < stop => Ok(Obj::small_int_unchecked(found as isize)),
        _ => Err(vm.value_error("array.index(x): x not in array")),
    }
}

fn insert(vm: &mut Vm, obj: Obj, index: Obj, value: Obj) -> R {
    let array = get(vm, obj)?;
    let index = vm.index(index)?;
    let at = if index < 0 { array.count().saturating_sub(index.unsigned_abs()) } else { index as usize };
    insert_element(vm, array, Some(at), value)?;
    Ok(Obj::NONE)
}

fn pop(vm: &mut Vm, args: &[Obj]) -> R {
    let array = get(vm, args[0])?;
    let index = match args.get(1) {
        Some(index) => vm.index(*index)?,
        None => -1,
    };
    let size = array.size();
    let Some(index) = wrap_index(index, array.count()) else {
        return Err(vm.index_error(if array.count() == 0 { "pop from empty array" } else { "pop index out of range" }));
    };
    let value = item(vm, array, index)?;
    array.store().splice(vm, index * size, size, 0)?;
    Ok(value.unwrap_or(Obj::NONE))
}

fn remove(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let array = get(vm, obj)?;
    match position(vm, array, value, 0)? {
        Some(index) => {
            let size = array.size();
            array.store().splice(vm, index * size, size, 0)?;
            Ok(Obj::NONE)
        }
        None => Err(vm.value_error("array.remove(x): x not in array")),
    }
}

fn reverse(vm: &mut Vm, obj: Obj) -> R {
    let array = get(vm, obj)?;
    let size = array.size();
    let bytes = array.store().bytes_mut(vm);
    bytes.reverse();
    bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    Ok(Obj::NONE)
}

fn tobytes(vm: &mut Vm, obj: Obj) -> R {
    let array = get(vm, obj)?;
    match array.buffer() {
        Some(buffer) => vm.new_bytes_of_buffer(buffer),
        None => Err(vm.type_error("objects have no bytes")),
    }
}

fn tolist(vm: &mut Vm, obj: Obj) -> R {
    let array = get(vm, obj)?;
    let list = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(value) = item(vm, array, i)? {
        list.push(vm, value)?;
        i += 1;
    }
    Ok(list.obj())
}
