//! Names, attributes, imports.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{R, Vm, qstr::Qstr};

use super::place;
use crate::{Word, enter::object};

/// The number that machine code found in its table of names.
fn qstr(number: Word) -> Qstr {
    Qstr(number as u32)
}

/// Machine code asks for its own globals and wants the old ones back later. Every call has its frame record, which says what
/// the globals are, so there is nothing to swap: NULL tells that they are the same already.
pub extern "C" fn swap_globals(_dict: Word) -> Word {
    0
}

pub unsafe fn load_name(vm: &mut Vm, name: Word) -> R<Word> {
    vm.machine_load_name(qstr(name)).map(Obj::word)
}

pub unsafe fn load_global(vm: &mut Vm, name: Word) -> R<Word> {
    vm.machine_load_global(qstr(name)).map(Obj::word)
}

pub unsafe fn load_build_class(vm: &mut Vm) -> R<Word> {
    vm.machine_build_class().map(Obj::word)
}

pub unsafe fn load_attr(vm: &mut Vm, value: Word, name: Word) -> R<Word> {
    let value = object(vm, value)?;
    vm.getattr_shared(value, qstr(name)).map(Obj::word)
}

pub unsafe fn load_method(vm: &mut Vm, value: Word, name: Word, to: Word) -> R<Word> {
    let value = object(vm, value)?;
    // SAFETY: machine code has two words there.
    unsafe { vm.load_method_shared(value, qstr(name), place(to))? };
    Ok(0)
}

pub unsafe fn load_super_method(vm: &mut Vm, name: Word, to: Word) -> R<Word> {
    // SAFETY: machine code has three words there, class and self in the last two.
    unsafe { vm.machine_super_method(qstr(name), place(to))? };
    Ok(0)
}

pub unsafe fn store_name(vm: &mut Vm, name: Word, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    vm.machine_store_name(qstr(name), value).map(|()| 0)
}

pub unsafe fn store_global(vm: &mut Vm, name: Word, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    vm.machine_store_global(qstr(name), value).map(|()| 0)
}

/// NULL as value deletes.
pub unsafe fn store_attr(vm: &mut Vm, base: Word, name: Word, value: Word) -> R<Word> {
    let base = object(vm, base)?;
    match Obj::from_word(value) {
        Some(value) => vm.setattr_shared(base, qstr(name), value)?,
        None => vm.delattr(base, qstr(name))?,
    }
    Ok(0)
}

pub unsafe fn import_name(vm: &mut Vm, name: Word, from: Word, level: Word) -> R<Word> {
    let (from, level) = (object(vm, from)?, object(vm, level)?);
    vm.machine_import(qstr(name), from, level).map(Obj::word)
}

pub unsafe fn import_from(vm: &mut Vm, module: Word, name: Word) -> R<Word> {
    let module = object(vm, module)?;
    vm.import_from(module, qstr(name)).map(Obj::word)
}

pub unsafe fn import_all(vm: &mut Vm, module: Word) -> R<Word> {
    let module = object(vm, module)?;
    vm.machine_import_all(module).map(|()| 0)
}

pub unsafe fn delete_name(vm: &mut Vm, name: Word) -> R<Word> {
    vm.machine_delete_name(qstr(name), true).map(|()| 0)
}

pub unsafe fn delete_global(vm: &mut Vm, name: Word) -> R<Word> {
    vm.machine_delete_name(qstr(name), false).map(|()| 0)
}
