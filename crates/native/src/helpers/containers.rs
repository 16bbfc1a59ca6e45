//! Making containers and taking them apart.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{
    R, Vm,
    layout::{dict::Dict, seq::List, set::Set},
};

use super::{check_objects, objects, operators::exact, place};
use crate::{Word, enter::object};

/// Raises UnboundLocalError if an item is NULL.
unsafe fn items<'a>(vm: &mut Vm, at: Word, n: usize) -> R<&'a [Obj]> {
    // SAFETY: machine code has so many words there; then all are objects.
    unsafe {
        check_objects(vm, at, n)?;
        Ok(objects(vm, at, n))
    }
}

pub unsafe fn new_tuple(vm: &mut Vm, n: Word, at: Word) -> R<Word> {
    if at == 0 {
        // Native modules fill it later.
        return vm.new_tuple_of_nones(n).map(|tuple| tuple.obj().word());
    }
    // SAFETY: machine code has so many words there.
    let items = unsafe { items(vm, at, n)? };
    vm.new_tuple(items).map(Obj::word)
}

pub unsafe fn new_list(vm: &mut Vm, n: Word, at: Word) -> R<Word> {
    if at == 0 {
        // Native modules fill it later.
        let list = vm.new_list_with_room(n)?;
        for _ in 0..n {
            list.push(vm, Obj::NONE)?;
        }
        return Ok(list.obj().word());
    }
    // SAFETY: machine code has so many words there.
    let items = unsafe { items(vm, at, n)? };
    vm.new_list(items).map(|list| list.obj().word())
}

pub unsafe fn new_dict(vm: &mut Vm, n: Word) -> R<Word> {
    vm.new_dict(n).map(|dict| dict.obj().word())
}

pub unsafe fn new_set(vm: &mut Vm, n: Word, at: Word) -> R<Word> {
    let set = vm.new_set()?;
    // SAFETY: machine code has so many words there.
    for item in unsafe { items(vm, at, n)? } {
        set.add(vm, *item)?;
    }
    Ok(set.obj().word())
}

pub unsafe fn set_store(vm: &mut Vm, set: Word, item: Word) -> R<Word> {
    let item = object(vm, item)?;
    match exact::<Set>(vm, set) {
        Some(set) => set.add(vm, item).map(|_| 0),
        None => Err(vm.type_error("a set is needed to add to")),
    }
}

pub unsafe fn list_append(vm: &mut Vm, list: Word, item: Word) -> R<Word> {
    let item = object(vm, item)?;
    match exact::<List>(vm, list) {
        Some(list) => list.push(vm, item).map(|()| Obj::NONE.word()),
        None => Err(vm.type_error("a list is needed to add to")),
    }
}

pub unsafe fn dict_store(vm: &mut Vm, dict: Word, key: Word, value: Word) -> R<Word> {
    let (key, value) = (object(vm, key)?, object(vm, value)?);
    match exact::<Dict>(vm, dict) {
        Some(found) => found.set(vm, key, value).map(|()| dict),
        None => Err(vm.type_error("a dict is needed to store into")),
    }
}

pub unsafe fn new_slice(vm: &mut Vm, start: Word, stop: Word, step: Word) -> R<Word> {
    let (start, stop, step) = (object(vm, start)?, object(vm, stop)?, object(vm, step)?);
    vm.new_slice(start, stop, step).map(Obj::word)
}

pub unsafe fn unpack(vm: &mut Vm, value: Word, n: Word, to: Word) -> R<Word> {
    let value = object(vm, value)?;
    // SAFETY: machine code has room for `n` words there.
    unsafe { vm.machine_unpack(value, place(to), n, usize::MAX)? };
    Ok(0)
}

/// `left | right << 8`: so many before and behind the starred target.
pub unsafe fn unpack_ex(vm: &mut Vm, value: Word, counts: Word, to: Word) -> R<Word> {
    let value = object(vm, value)?;
    // SAFETY: machine code has room for these and one more.
    unsafe { vm.machine_unpack(value, place(to), counts & 0xff, counts >> 8)? };
    Ok(0)
}
