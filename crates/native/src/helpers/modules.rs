//! What native modules (C code) call besides what emitted code calls.

#![allow(unsafe_code)]

use std::ptr::{self, NonNull};

use heap::Obj;
use vm::{
    R, Vm,
    native::{Args, Slots, TypeDef},
    qstr::Qstr,
    types::{element, exception::Exc},
};

use super::{calls, casts, place, word};
use crate::{
    Word, c_types,
    enter::{self, Outcome, object},
};

/// NULL allocates, length 0 frees, else the block grows or shrinks; it may move unless forbidden, then NULL tells that it
/// cannot grow. The collector frees.
pub unsafe fn realloc(vm: &mut Vm, old: Word, bytes: Word, may_move: Word) -> R<Word> {
    if bytes == 0 {
        return Ok(0);
    }
    let Some(old) = NonNull::new(ptr::with_exposed_provenance_mut::<u8>(old)) else {
        return vm.machine_alloc(bytes).map(|block| block.as_ptr().expose_provenance());
    };
    // SAFETY: C code passes what it got here.
    let old_len = unsafe { vm.machine_block_size(old) };
    if bytes <= old_len {
        return Ok(old.as_ptr().expose_provenance());
    }
    if may_move & 0xff == 0 {
        return Ok(0);
    }
    let block = vm.machine_alloc(bytes)?;
    // SAFETY: both blocks are at least as long as the old one.
    unsafe { block.copy_from_nonoverlapping(old, old_len) };
    Ok(block.as_ptr().expose_provenance())
}

/// The bytes of a C string.
///
/// # Safety
/// A zero ends it.
pub unsafe fn c_str<'a>(at: Word) -> &'a [u8] {
    if at == 0 {
        return b"";
    }
    // SAFETY: the caller's promise.
    unsafe { core::ffi::CStr::from_ptr(ptr::with_exposed_provenance(at)).to_bytes() }
}

/// Bytes in memory of C code.
///
/// # Safety
/// They are there.
pub unsafe fn bytes<'a>(at: Word, len: Word) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(ptr::with_exposed_provenance(at), len) }
}

pub unsafe fn raise_msg(vm: &mut Vm, class: Word, text: Word) -> R<Word> {
    let class = object(vm, class)?;
    // SAFETY: C code passes a C string.
    let text = vm.new_str(unsafe { c_str(text) })?;
    let exception = vm.call(class, &[text])?;
    let exception = vm.make_exception(exception)?;
    Err(vm.raise(exception))
}

pub unsafe fn type_of(vm: &mut Vm, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    Ok(c_types::as_c(vm, vm.type_of(value)))
}

pub unsafe fn new_str(vm: &mut Vm, at: Word, len: Word) -> R<Word> {
    // SAFETY: C code has so many bytes there.
    vm.new_str(unsafe { bytes(at, len) }).map(Obj::word)
}

pub unsafe fn new_bytes(vm: &mut Vm, at: Word, len: Word) -> R<Word> {
    // SAFETY: C code has so many bytes there.
    vm.new_bytes(unsafe { bytes(at, len) }).map(Obj::word)
}

/// A bytearray whose memory is that of the C code, which keeps it.
pub unsafe fn new_bytearray_by_ref(vm: &mut Vm, len: Word, at: Word) -> R<Word> {
    let Some(data) = ptr::NonNull::new(ptr::with_exposed_provenance_mut(at)) else {
        return vm.new_bytearray(0).map(|array| array.obj().word());
    };
    // SAFETY: C code has so many bytes there, for good.
    unsafe { vm.new_bytearray_at(data, len).map(Obj::word) }
}

pub extern "C" fn float_from_f(value: f32) -> Outcome {
    float_from_d(value.into())
}

pub extern "C" fn float_from_d(value: f64) -> Outcome {
    // SAFETY: machine code calls this.
    let vm = unsafe { enter::current() };
    Outcome::from(vm.new_float(value).map(Obj::word))
}

/// The bits of a float; the stub puts them where C wants a result.
pub unsafe fn float_to_f(vm: &mut Vm, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    Ok((vm.float_value(value)? as f32).to_bits() as Word)
}

pub unsafe fn float_to_d(vm: &mut Vm, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    Ok(vm.float_value(value)?.to_bits() as Word)
}

/// Method and self at `to`; two NULLs if there is no such method.
pub unsafe fn load_method_maybe(vm: &mut Vm, value: Word, name: Word, to: Word) -> R<Word> {
    let value = object(vm, value)?;
    let (method, receiver) = match vm.find_attr(value, Qstr(name as u32))? {
        Some((method, receiver)) => (method.word(), word(receiver)),
        None => (0, 0),
    };
    // SAFETY: C code has two words there.
    unsafe {
        *place(to) = method;
        *place(to).add(1) = receiver;
    }
    Ok(0)
}

const WRITE: Word = 2;
const MUST: Word = 4;

/// Fills in address, length and type code of the bytes of an object.
pub unsafe fn get_buffer(vm: &mut Vm, value: Word, info: Word, flags: Word) -> R<Word> {
    let value = object(vm, value)?;
    let mut found = None;
    if flags & WRITE == 0
        && let Some((at, len)) = vm.c_text(value)?
    {
        found = Some((at, len, b'B'));
    } else if let Some(buffer) = vm.buffer(value)?
        && (buffer.writable || flags & WRITE == 0)
    {
        found = Some((buffer.address(), buffer.len(), buffer.typecode));
    }
    let Some((at, len, typecode)) = found else {
        if flags & MUST != 0 {
            return Err(vm.type_error("object with buffer protocol required"));
        }
        return Ok(0);
    };
    let info = place(info);
    // SAFETY: C code has three words there.
    unsafe {
        *info = at;
        *info.add(1) = len;
        *info.add(2) = typecode.into();
    }
    Ok(1)
}

/// Size of an element; its alignment at `align`.
pub unsafe fn binary_size(vm: &mut Vm, _order: Word, typecode: Word, align: Word) -> R<Word> {
    let Some(size) = element::size(typecode as u8) else {
        return Err(vm.value_error("bad typecode"));
    };
    if align != 0 {
        // SAFETY: C code has a word there.
        unsafe { *place(align) = size };
    }
    Ok(size)
}

pub unsafe fn binary_get(vm: &mut Vm, typecode: Word, at: Word, index: Word) -> R<Word> {
    let size = element::size(typecode as u8).unwrap_or(1);
    // SAFETY: C code has such elements there.
    element::read(vm, typecode as u8, unsafe { bytes(at + index * size, size) }).map(Obj::word)
}

pub unsafe fn binary_set(vm: &mut Vm, typecode: Word, at: Word, index: Word, value: Word) -> R<Word> {
    let size = element::size(typecode as u8).unwrap_or(1);
    let value = object(vm, value)?;
    let content = element::write(vm, typecode as u8, value)?;
    let to = ptr::with_exposed_provenance_mut::<u8>(at + index * size);
    // SAFETY: C code has such elements there; `write` gives as many bytes as the element has.
    unsafe { to.copy_from_nonoverlapping(content.as_ptr(), size) };
    Ok(0)
}

/// A parameter, as C code declares it.
#[repr(C)]
struct Parameter {
    name: u16,
    flags: u16,
    default: Word,
}

const KIND: u16 = 0xff;
const BOOL: u16 = 1;
const INT: u16 = 2;
const REQUIRED: u16 = 0x100;
const KEYWORD_ONLY: u16 = 0x200;

/// Sorts positional arguments, and keyword arguments of a C map, to parameters.
pub unsafe fn parse_map(vm: &mut Vm, n: Word, pos: Word, map: Word, n_wanted: Word, wanted: Word, to: Word) -> R<Word> {
    let (mut pairs, mut n_kw) = (0, 0);
    if map != 0 {
        // SAFETY: C code has a map there: three flags and the number of items, the room, the items.
        unsafe { (n_kw, pairs) = (*place(map) >> 3, *place(map).add(2)) };
    }
    // SAFETY: as the caller promises.
    unsafe { parse(vm, (n, pos), (n_kw, pairs), (n_wanted, wanted), to) }
}

/// The same with the keyword arguments behind the positional ones.
pub unsafe fn parse_array(
    vm: &mut Vm,
    n: Word,
    n_kw: Word,
    args: Word,
    n_wanted: Word,
    wanted: Word,
    to: Word,
) -> R<Word> {
    // SAFETY: as the caller promises.
    unsafe { parse(vm, (n, args), (n_kw, args + n * size_of::<Word>()), (n_wanted, wanted), to) }
}

unsafe fn parse(
    vm: &mut Vm,
    (n_pos, pos): (Word, Word),
    (n_kw, kw): (Word, Word),
    (n_wanted, wanted): (Word, Word),
    to: Word,
) -> R<Word> {
    let mut used = (0, 0);
    for i in 0..n_wanted {
        // SAFETY: C code has so many parameters, arguments and places for values there.
        let (parameter, mut given) = unsafe {
            let parameter = &*ptr::with_exposed_provenance::<Parameter>(wanted).add(i);
            (parameter, (i < n_pos).then(|| *place(pos).add(i)))
        };
        if given.is_some() {
            if parameter.flags & KEYWORD_ONLY != 0 {
                return Err(vm.type_error("extra positional arguments given"));
            }
            used.0 += 1;
        } else {
            let name = Qstr(parameter.name.into());
            for k in 0..n_kw {
                // SAFETY: as above.
                let (key, value) = unsafe { (*place(kw).add(2 * k), *place(kw).add(2 * k + 1)) };
                if let Some(key) = Obj::from_word(key)
                    && vm.names_equal(key, name)
                {
                    given = Some(value);
                    used.1 += 1;
                    break;
                }
            }
            if given.is_none() && parameter.flags & REQUIRED != 0 {
                let text = String::from(vm.qstr_str(name));
                return Err(vm.error(Exc::TypeError, format_args!("'{text}' argument required")));
            }
        }
        let value = match (given, parameter.flags & KIND) {
            (None, _) => parameter.default,
            (Some(value), BOOL) => {
                let value = object(vm, value)?;
                vm.is_true(value)?.into()
            }
            (Some(value), INT) => casts::from_object(vm, value, INT.into())?,
            (Some(value), _) => value,
        };
        // SAFETY: as above.
        unsafe { *place(to).add(i) = value };
    }
    if used.0 < n_pos {
        return Err(vm.type_error("extra positional arguments given"));
    }
    if used.1 < n_kw {
        return Err(vm.type_error("extra keyword arguments given"));
    }
    Ok(0)
}

/// Types of C functions with a fixed number of arguments, and of those with any.
pub static BUILTINS: [TypeDef; 5] = [fixed(call_0), fixed(call_1), fixed(call_2), fixed(call_3), fixed(call_var)];

const fn fixed(call: fn(&mut Vm, Obj, &Args) -> R) -> TypeDef {
    TypeDef { slots: Slots { call: Some(call), ..Slots::NONE }, ..TypeDef::named("function") }
}

fn call_0(vm: &mut Vm, function: Obj, args: &Args) -> R {
    call_fixed(vm, function, args, 0)
}

fn call_1(vm: &mut Vm, function: Obj, args: &Args) -> R {
    call_fixed(vm, function, args, 1)
}

fn call_2(vm: &mut Vm, function: Obj, args: &Args) -> R {
    call_fixed(vm, function, args, 2)
}

fn call_3(vm: &mut Vm, function: Obj, args: &Args) -> R {
    call_fixed(vm, function, args, 3)
}

/// Calls C code, with what its helpers need.
fn call_c(vm: &mut Vm, code: Word, args: [Word; 4]) -> R {
    vm.check_native_stack()?;
    // SAFETY: only native modules have objects of these types; the address in them is that of a C function that takes such
    // arguments.
    let value = vm.in_machine(|vm| unsafe { enter::call(vm, code, args) })?;
    object(vm, value)
}

fn call_fixed(vm: &mut Vm, function: Obj, args: &Args, n: usize) -> R {
    calls::check_count(vm, args.pos.len(), args.n_kw(), n, n, false)?;
    let mut words = [0; 4];
    for (word, value) in words.iter_mut().zip(args.pos) {
        *word = value.word();
    }
    // SAFETY: behind the type there is the address of the function.
    call_c(vm, unsafe { *place(function.word()).add(1) }, words)
}

fn call_var(vm: &mut Vm, function: Obj, args: &Args) -> R {
    // SAFETY: behind the type there are the numbers of arguments, and the address of the function.
    let (sig, code) = unsafe { (*place(function.word()).add(1) as u32 as Word, *place(function.word()).add(2)) };
    let (n, n_kw) = (args.pos.len(), args.n_kw());
    let takes_kw = sig & 1 != 0;
    let max = match sig >> 1 & 0xffff {
        0xffff => usize::MAX,
        max => max,
    };
    calls::check_count(vm, n, n_kw, sig >> 17, max, takes_kw)?;
    let pos = args.pos.as_ptr().expose_provenance();
    if !takes_kw {
        return call_c(vm, code, [n, pos, 0, 0]);
    }
    // A map that C code looks up: names that are interned, fixed, in order.
    let map = [n_kw << 3 | 7, n_kw, args.kw.as_ptr().expose_provenance()];
    call_c(vm, code, [n, pos, map.as_ptr().expose_provenance(), 0])
}
