//! Slots of classes that stand for types of C code: each calls the function that C code put into its type.
//!
//! NULL as the result of such a function means that it does not support what it was asked for, or the end of an iteration.

#![allow(unsafe_code)]

use std::ptr;

use heap::Obj;
use vm::{
    R, Ref, Vm,
    buffer::Buffer,
    errors::Ability,
    layout::{seq::List, typ::Type},
    native::{Args, Binary, Show, Slots, Unary},
    qstr::Qstr,
    text_out::TextOut,
};

use super::{At, CType, Slot, as_c};
use crate::{
    Word,
    enter::{self, object},
    helpers::{self, LOAD, place, printf::Print, streams},
};

/// A type lets the other kind of operand come to its `==`.
const EQ_CHECKS_OTHER_TYPE: u16 = 0x8;
/// It has its own `!=`.
const EQ_HAS_NEQ_TEST: u16 = 0x10;
/// What is in the slot for iteration: by default the function that makes an iterator; else that for the next item; a pair of
/// both; with both flags nothing, the lines of a stream are the items.
const ITER_IS_ITERNEXT: u16 = 0x80;
const ITER_IS_CUSTOM: u16 = 0x100;

/// What the type at an address supports.
pub fn of(vm: &Vm, at: At) -> Slots {
    let has = |slot| at.slot(slot) != 0;
    let iter = has(Slot::Iter) || at.flags() & (ITER_IS_ITERNEXT | ITER_IS_CUSTOM) == ITER_IS_ITERNEXT | ITER_IS_CUSTOM;
    // What was copied from a type of the machine comes from the base anyway.
    let own = |slot, inherited: Word| has(slot) && at.slot(slot) != inherited;
    let common = vm.c_slots();
    Slots {
        new: own(Slot::MakeNew, common.make_new).then_some(new as _),
        show: own(Slot::Print, common.print).then_some(show as _),
        unary: has(Slot::Unary).then_some(unary as _),
        binary: has(Slot::Binary).then_some(binary as _),
        call: has(Slot::Call).then_some(call as _),
        getattr: own(Slot::Attr, common.attr).then_some(getattr as _),
        setattr: own(Slot::Attr, common.attr).then_some(setattr as _),
        getitem: has(Slot::Subscr).then_some(getitem as _),
        setitem: has(Slot::Subscr).then_some(setitem as _),
        iter: iter.then_some(make_iterator as _),
        next: (iter && at.flags() & (ITER_IS_ITERNEXT | ITER_IS_CUSTOM) != 0).then_some(next as _),
        buffer: has(Slot::Buffer).then_some(buffer as _),
    }
}

/// The type of an object of one.
fn type_at(obj: Obj) -> At {
    // SAFETY: only objects of types of C code get to these slots: their word 0 is the address of the type.
    unsafe { At::new(*place(obj.word())) }
}

/// Calls a function of the type, with what its helpers need.
fn call_word(vm: &mut Vm, code: Word, args: [Word; 4]) -> R<Word> {
    vm.check_native_stack()?;
    // SAFETY: C code put the address of a function with such arguments there.
    vm.in_machine(|vm| unsafe { enter::call(vm, code, args) })
}

/// The same; NULL is no object.
fn call_maybe(vm: &mut Vm, code: Word, args: [Word; 4]) -> R<Option<Obj>> {
    match call_word(vm, code, args)? {
        0 => Ok(None),
        word => object(vm, word).map(Some),
    }
}

/// All arguments in a row: where they are, and what keeps them there.
fn in_a_row(vm: &mut Vm, args: &Args) -> R<(Word, Option<Ref<List>>)> {
    if args.kw.is_empty() || args.pos.as_ptr_range().end == args.kw.as_ptr() {
        return Ok((args.pos.as_ptr().expose_provenance(), None));
    }
    let list = vm.new_list(args.pos)?;
    for word in args.kw {
        list.push(vm, *word)?;
    }
    Ok((list.items(vm).as_ptr().expose_provenance(), Some(list)))
}

fn new(vm: &mut Vm, class: Ref<Type>, args: &Args) -> R {
    // SAFETY: this is in the slots of classes that stand for types of C code; those that derive from one say which, too.
    new_of(vm, unsafe { At::new(class.c_type()) }, class, args)
}

/// Makes an object of a class as C code does it for a type.
pub fn new_of(vm: &mut Vm, at: At, class: Ref<Type>, args: &Args) -> R {
    let (row, list) = in_a_row(vm, args)?;
    let made = call_word(vm, at.slot(Slot::MakeNew), [as_c(vm, class), args.pos.len(), args.n_kw(), row])?;
    std::hint::black_box(list);
    object(vm, made)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
    show_of(vm, type_at(obj), obj, out, how)
}

/// Writes an object as C code does it for a type.
pub fn show_of(vm: &mut Vm, at: At, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
    let print = Print { data: ptr::from_mut(out).expose_provenance(), function: helpers::WRITE_TEXT };
    let print = ptr::from_ref(&print).expose_provenance();
    let how = Word::from(how == Show::Repr);
    call_word(vm, at.slot(Slot::Print), [print, obj.word(), how, 0]).map(|_| ())
}

/// The function of the print that a slot gets.
///
/// # Safety
/// `out` is the address of a `TextOut` that is borrowed for the slot, `len` bytes are at `text`.
pub unsafe fn write_text(vm: &mut Vm, out: Word, text: Word, len: Word) -> R<Word> {
    // SAFETY: the caller's promise.
    let (out, text) =
        unsafe { (&mut *ptr::with_exposed_provenance_mut::<TextOut>(out), helpers::modules::bytes(text, len)) };
    out.write(vm, text).map(|()| 0)
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let number = match op {
        // C code does not know this one; sizes come behind.
        Unary::Index => return Ok(None),
        Unary::SizeOf => op as Word - 1,
        _ => op as Word,
    };
    call_maybe(vm, type_at(obj).slot(Slot::Unary), [number, obj.word(), 0, 0])
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    let at = type_at(lhs);
    if op == Binary::Ne && at.flags() & EQ_HAS_NEQ_TEST == 0 {
        return Ok(None);
    }
    if matches!(op, Binary::Eq | Binary::Ne)
        && at.flags() & EQ_CHECKS_OTHER_TYPE == 0
        && vm.type_of(lhs) != vm.type_of(rhs)
    {
        return Ok(None);
    }
    call_maybe(vm, at.slot(Slot::Binary), [op as Word, lhs.word(), rhs.word(), 0])
}

fn call(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let (row, list) = in_a_row(vm, args)?;
    let result = call_word(vm, type_at(obj).slot(Slot::Call), [obj.word(), args.pos.len(), args.n_kw(), row])?;
    std::hint::black_box(list);
    object(vm, result)
}

fn getattr(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    getattr_of(vm, type_at(obj), obj, name)
}

/// What C code has as an attribute of an object.
pub fn getattr_of(vm: &mut Vm, at: At, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    let mut dest = [0; 2];
    let to = ptr::from_mut(&mut dest).expose_provenance();
    call_word(vm, at.slot(Slot::Attr), [obj.word(), name.0 as Word, to, 0])?;
    let [value, receiver] = std::hint::black_box(dest);
    if value == 0 {
        return Ok(None);
    }
    let value = object(vm, value)?;
    if receiver == 0 || receiver == LOAD {
        return Ok(Some(value));
    }
    let receiver = object(vm, receiver)?;
    vm.new_bound_method(value, receiver).map(Some)
}

fn setattr(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<bool> {
    let mut dest = [LOAD, helpers::word(value)];
    let to = ptr::from_mut(&mut dest).expose_provenance();
    call_word(vm, type_at(obj).slot(Slot::Attr), [obj.word(), name.0 as Word, to, 0])?;
    Ok(std::hint::black_box(dest)[0] == 0)
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    match call_maybe(vm, type_at(obj).slot(Slot::Subscr), [obj.word(), index.word(), LOAD, 0])? {
        Some(item) => Ok(item),
        None => Err(vm.unable(obj, Ability::Subscript)),
    }
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let (word, ability) = match value {
        Some(value) => (value.word(), Ability::SetItem),
        None => (0, Ability::DeleteItem),
    };
    match call_word(vm, type_at(obj).slot(Slot::Subscr), [obj.word(), index.word(), word, 0])? {
        0 => Err(vm.unable(obj, ability)),
        _ => Ok(()),
    }
}

/// What is in the slot for iteration, as a pair of functions: one that makes an iterator, and one for the next item.
fn iteration(at: At) -> (Word, Word) {
    let slot = at.slot(Slot::Iter);
    match at.flags() & (ITER_IS_ITERNEXT | ITER_IS_CUSTOM) {
        0 => (slot, 0),
        ITER_IS_ITERNEXT => (0, slot),
        // SAFETY: C code has two addresses there.
        ITER_IS_CUSTOM => unsafe { (*place(slot), *place(slot).add(1)) },
        _ => (0, 0),
    }
}

fn make_iterator(vm: &mut Vm, obj: Obj) -> R {
    match iteration(type_at(obj)).0 {
        0 => Ok(obj),
        function => {
            // C code may make the iterator there.
            let room = vm.machine_alloc(4 * size_of::<Word>())?.as_ptr().expose_provenance();
            let iterator = call_word(vm, function, [obj.word(), room, 0, 0])?;
            object(vm, iterator)
        }
    }
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    match iteration(type_at(obj)).1 {
        0 => {
            let line = streams::read_line(vm, obj, Word::MAX)?;
            Ok(if vm.is_true(line)? { Some(line) } else { None })
        }
        function => call_maybe(vm, function, [obj.word(), 0, 0, 0]),
    }
}

/// What C code wants of the bytes of an object.
const READ: Word = 1;
const READ_WRITE: Word = 3;

fn buffer(vm: &mut Vm, obj: Obj) -> R<Option<Buffer>> {
    let function = type_at(obj).slot(Slot::Buffer);
    let mut info = [0; 3];
    for (flags, writable) in [(READ_WRITE, true), (READ, false)] {
        let to = ptr::from_mut(&mut info).expose_provenance();
        if call_word(vm, function, [obj.word(), to, flags, 0])? as i32 == 0 {
            let [at, len, typecode] = std::hint::black_box(info);
            let data = match at {
                0 => ptr::NonNull::dangling().as_ptr(),
                _ => ptr::with_exposed_provenance_mut(at),
            };
            // SAFETY: C code has so many bytes there as long as the object lives and nobody changes it.
            let buffer = unsafe { Buffer::new(data, len, typecode as u8, writable, obj) };
            return Ok(Some(buffer));
        }
    }
    Ok(None)
}

// The pointers of a type follow its numbers.
const _: () = assert!(size_of::<CType>() == 3 * size_of::<Word>());
