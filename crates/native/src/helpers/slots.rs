//! What C code finds in the official slots of the machine's types (`vm::layout::c_type`).

#![allow(unsafe_code)]

use std::ptr;

use heap::Obj;
use vm::{
    R, Vm,
    native::{Args, Show},
    qstr::Qstr,
    text_out::TextOut,
    types::exception::Exc,
};

use super::{LOAD, objects, place, printf::Print, word};
use crate::{
    Word, c_types,
    enter::{self, object},
};

/// Makes an object of a type. C code asks for empty bytes without naming the type.
pub unsafe fn make_new(vm: &mut Vm, class: Word, n: Word, n_kw: Word, at: Word) -> R<Word> {
    if class == 0 {
        return vm.new_bytes(b"").map(Obj::word);
    }
    let class = object(vm, class)?;
    let Some(class) = vm.as_type(class) else { return Err(vm.type_error("expected a type")) };
    // SAFETY: C code has the arguments there.
    let all = unsafe { objects(vm, at, n + 2 * n_kw) };
    let (pos, kw) = all.split_at(n);
    let args = Args { pos, kw };
    // What a type of C code has of its base is asked for with the type itself, or with what derives from it.
    let made = if c_types::as_c(vm, class) == class.obj().word() && !c_types::is_exception(vm, class) {
        vm.instantiate(class, &args)?
    } else {
        vm.new_of_c_class(class, &args)?
    };
    Ok(made.word())
}

/// Writes the text of an object.
pub unsafe fn print(vm: &mut Vm, to: Word, value: Word, how: Word) -> R<Word> {
    let value = object(vm, value)?;
    let how = if how & 0xff == 0 { Show::Str } else { Show::Repr };
    let text = match vm.exc_type(Exc::BaseException).slots().show {
        Some(show) if c_types::is_exception(vm, vm.type_of(value)) => {
            let mut out = TextOut::buffer();
            show(vm, value, &mut out, how)?;
            out.into_str(vm)?
        }
        _ if how == Show::Str => vm.str(value)?,
        _ => vm.repr(value)?,
    };
    let (at, len) = vm.str_bytes(text).map_or((0, 0), |text| (text.as_ptr().expose_provenance(), text.len()));
    // SAFETY: C code has a print there, whose function takes such arguments; the text is alive until behind the call.
    unsafe {
        let print = &*ptr::with_exposed_provenance::<Print>(to);
        enter::call(vm, print.function as *const () as Word, [print.data, at, len, 0])?;
    }
    std::hint::black_box(text);
    Ok(0)
}

/// Reads an attribute to the two words at `to`, or writes or deletes it, as these words say.
pub unsafe fn attr(vm: &mut Vm, value: Word, name: Word, to: Word) -> R<Word> {
    let (value, name) = (object(vm, value)?, Qstr(name as u32));
    // SAFETY: C code has two words there.
    unsafe {
        let to = place(to);
        if *to != LOAD {
            let class = vm.type_of(value);
            let found = match c_types::is_exception(vm, class) {
                true => vm.generic_lookup(value, class, name)?,
                false => vm.find_attr(value, name)?,
            };
            if let Some((found, receiver)) = found {
                (*to, *to.add(1)) = (found.word(), word(receiver));
            }
            return Ok(0);
        }
        match *to.add(1) {
            0 => vm.delattr(value, name)?,
            new => {
                let new = object(vm, new)?;
                vm.setattr(value, name, new)?;
            }
        }
        *to = 0;
    }
    Ok(0)
}

/// Stands in all other slots.
pub unsafe fn other(vm: &mut Vm) -> R<Word> {
    Err(vm.error(Exc::NotImplementedError, format_args!("slots of builtin types are called through helpers")))
}
