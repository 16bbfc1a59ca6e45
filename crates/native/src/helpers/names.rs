//! Names, attributes, imports.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{R, Vm, qstr::Qstr, table::TypeId, types::exception::Exc};

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

/// C code can lay out types of its own, which this machine cannot use (their slots are C functions): it shows them by storing
/// them. Raises NotImplementedError for one.
///
/// # Safety
/// The object is one.
unsafe fn refuse_type_of_c(vm: &mut Vm, value: Obj) -> R<()> {
    let Some(at) = value.as_ptr() else { return Ok(()) };
    // SAFETY: an object begins with its type, of which the three words of a prefix are readable in C's layout and ours.
    let foreign = unsafe {
        let class = *place(at.as_ptr().expose_provenance());
        let type_type = vm.type_of_id(TypeId::Type).obj().word();
        // Some modules store the address of the entry of the table where they mean the entry.
        let is_type = class == type_type || *place(class) == type_type && !class.is_multiple_of(16);
        // Numbers of slots; our types have none there.
        let prefix: [u8; 24] = at.cast().read();
        is_type && prefix[12..].iter().any(|&slot| slot != 0)
    };
    if foreign {
        return Err(vm.error(Exc::NotImplementedError, format_args!("types of native modules")));
    }
    Ok(())
}

pub unsafe fn store_name(vm: &mut Vm, name: Word, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    vm.machine_store_name(qstr(name), value).map(|()| 0)
}

pub unsafe fn store_global(vm: &mut Vm, name: Word, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    // SAFETY: it is an object.
    unsafe { refuse_type_of_c(vm, value)? };
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
