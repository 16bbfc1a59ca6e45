//! Functions: making them, their arguments, calling.

#![allow(unsafe_code)]

use std::ptr;

use heap::Obj;
use vm::{
    R, Vm,
    interp::code::CodeObject,
    layout::{dict::Dict, function::Function, machine::CodeState, seq::Tuple},
    machine::Call,
    native::Args,
    types::exception::Exc,
};

use super::{check_objects, objects, operators::exact, place};
use crate::{Word, enter::object};

/// How C code's own description of a function begins: two zeros, the number of viper code, no generator.
const FOREIGN: Word = 4 << 16;

/// A function from one of the code objects of the running code; `defaults`: NULL, or two words, a tuple or NULL and a dict or NULL.
pub unsafe fn make_function(vm: &mut Vm, code: Word, _context: Word, defaults: Word) -> R<Word> {
    let Some(code) = exact::<CodeObject>(vm, code) else {
        // SAFETY: C code describes a function of its own in two words: its kind, and its address.
        let (head, address) = unsafe { (*place(code), *place(code).add(1)) };
        if head & 0xffff_ffff != FOREIGN {
            return Err(vm.type_error("a code object is needed"));
        }
        return vm.new_foreign_function(address).map(Obj::word);
    };
    let (mut positional, mut keyword) = (None, None);
    if defaults != 0 {
        // SAFETY: machine code has two words there.
        unsafe {
            positional = Obj::from_word(*place(defaults)).filter(|value| vm.exact::<Tuple>(*value).is_some());
            keyword = Obj::from_word(*place(defaults).add(1)).filter(|value| vm.exact::<Dict>(*value).is_some());
        }
    }
    vm.new_function(code, positional, keyword, None).map(Obj::word)
}

/// The function with cells in front of its arguments.
pub unsafe fn new_closure(vm: &mut Vm, function: Word, n: Word, cells: Word) -> R<Word> {
    let Some(function) = exact::<Function>(vm, function) else {
        return Err(vm.type_error("a function is needed"));
    };
    // SAFETY: machine code has so many cells there.
    let cells = vm.new_tuple(unsafe { objects(vm, cells, n) })?;
    vm.new_closure(function, cells).map(Obj::word)
}

/// Positional arguments, then names and values.
unsafe fn args<'a>(vm: &Vm, at: Word, n_pos: usize, n_kw: usize) -> Args<'a> {
    // SAFETY: machine code has so many words there.
    let all = unsafe { objects(vm, at, n_pos + 2 * n_kw) };
    let (pos, kw) = all.split_at(n_pos);
    Args { pos, kw }
}

pub unsafe fn call_function(vm: &mut Vm, function: Word, counts: Word, at: Word) -> R<Word> {
    let function = object(vm, function)?;
    let (n_pos, n_kw) = (counts & 0xff, (counts & 0xffff_ffff) >> 8);
    // SAFETY: machine code has the arguments there.
    unsafe {
        check_objects(vm, at, n_pos + 2 * n_kw)?;
        let args = args(vm, at, n_pos, n_kw);
        vm.machine_call(function, &args).map(Obj::word)
    }
}

/// `items`: function, self or NULL, arguments.
pub unsafe fn call_method(vm: &mut Vm, n_pos: Word, n_kw: Word, items: Word) -> R<Word> {
    // SAFETY: machine code has them there.
    unsafe {
        let function = object(vm, *place(items))?;
        let own = usize::from(*place(items).add(1) != 0);
        let at = items + (2 - own) * size_of::<Word>();
        check_objects(vm, at, n_pos + own + 2 * n_kw)?;
        let args = args(vm, at, n_pos + own, n_kw);
        vm.machine_call(function, &args).map(Obj::word)
    }
}

/// A call with stars. `items`: function, (self,) arguments, bitmap of those with one star.
pub unsafe fn call_spread(vm: &mut Vm, have_self: Word, counts: Word, items: Word) -> R<Word> {
    let (n_pos, n_kw) = (counts & 0xff, (counts & 0xffff_ffff) >> 8);
    // SAFETY: machine code has them there.
    unsafe {
        let function = object(vm, *place(items))?;
        let receiver = if have_self & 0xff != 0 { Obj::from_word(*place(items).add(1)) } else { None };
        let at = place(items).add(1 + usize::from(have_self & 0xff != 0));
        for i in (0..n_pos).chain((0..n_kw).map(|i| n_pos + 2 * i + 1)) {
            check_objects(vm, at.add(i).expose_provenance(), 1)?;
        }
        let (pos, kw) = vm.machine_spread(receiver, at, n_pos, n_kw)?;
        // The lists are nobody else's, and alive until behind the call.
        let (pos_items, kw_items) = (pos.items(vm), kw.items(vm));
        let pos_items = core::slice::from_raw_parts(pos_items.as_ptr(), pos_items.len());
        let kw_items = core::slice::from_raw_parts(kw_items.as_ptr(), kw_items.len());
        let result = vm.machine_call(function, &Args { pos: pos_items, kw: kw_items });
        std::hint::black_box((pos, kw));
        result.map(Obj::word)
    }
}

/// Parses the arguments of a call into the state of its machine code; `call` is what [`crate::run`] passed as arguments.
pub unsafe fn setup_code_state(vm: &mut Vm, state: Word, _n_pos: Word, _n_kw: Word, call: Word) -> R<Word> {
    let state = ptr::with_exposed_provenance_mut::<CodeState>(state);
    // SAFETY: machine code has its state there, and hands on what it was called with, which is alive until it returns.
    unsafe {
        let call = &*ptr::with_exposed_provenance::<Call<'_>>(call);
        let n_state = (*state).n_state & 0xffff;
        vm.bind_machine(call, state, n_state)?;
    }
    Ok(0)
}

/// `sig`: min << 17 | max << 1 | takes keywords.
pub unsafe fn check_arguments(vm: &mut Vm, n_pos: Word, n_kw: Word, sig: Word) -> R<Word> {
    check_count(vm, n_pos, n_kw, sig >> 17 & 0xffff, sig >> 1 & 0xffff, sig & 1 != 0).map(|()| 0)
}

/// Raises TypeError unless the numbers of arguments fit.
pub fn check_count(vm: &mut Vm, n_pos: usize, n_kw: usize, min: usize, max: usize, takes_kw: bool) -> R<()> {
    if n_kw > 0 && !takes_kw {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    if min == max {
        if n_pos != min {
            let text = format_args!("function takes {min} positional arguments but {n_pos} were given");
            return Err(vm.error(Exc::TypeError, text));
        }
    } else if n_pos < min {
        let missing = min - n_pos;
        return Err(vm.error(Exc::TypeError, format_args!("function missing {missing} required positional arguments")));
    } else if n_pos > max {
        return Err(vm.error(Exc::TypeError, format_args!("function expected at most {max} arguments, got {n_pos}")));
    }
    Ok(())
}
