//! `_thread`: threads that take turns, and locks. `threading` is built on it.

use vm::{
    Obj, R, Vm,
    layout::{dict::Dict, seq::Tuple},
    native::{Def, Member, ModuleDef, Native},
    table::TypeId,
    types::{
        exception::Exc,
        lock::{TIMEOUT_MAX, allocate_lock},
    },
};

/// `_thread`
pub static THREAD: ModuleDef = ModuleDef { name: "_thread", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("LockType", Def::Type(TypeId::Lock)),
    ("RLock", Def::Type(TypeId::RLock)),
    ("TIMEOUT_MAX", Def::Value(|vm| vm.new_float(TIMEOUT_MAX))),
    ("_count", Def::Fn(Native::F0(|vm| vm.new_int(vm.thread_count())))),
    ("allocate_lock", Def::Fn(Native::F0(allocate_lock))),
    ("error", Def::Value(|vm| Ok(vm.exc_type(Exc::RuntimeError).obj()))),
    ("exit", Def::Fn(Native::F0(|vm| Err(vm.error_args(Exc::SystemExit, &[]))))),
    ("get_ident", Def::Fn(Native::F0(|vm| vm.new_int(vm.thread_ident())))),
    ("interrupt_main", Def::Fn(Native::F0(interrupt_main))),
    ("lock", Def::Type(TypeId::Lock)),
    ("stack_size", Def::Fn(Native::Var(0, 1, stack_size))),
    ("start_new_thread", Def::Fn(Native::Var(2, 3, start_new_thread))),
];

fn interrupt_main(vm: &mut Vm) -> R {
    vm.interrupt_main();
    Ok(Obj::NONE)
}

fn stack_size(vm: &mut Vm, args: &[Obj]) -> R {
    let size = match args.first() {
        Some(size) => vm.index(*size)?,
        None => 0,
    };
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.value_error("size must be 0 or a positive value"));
    };
    let before = vm.set_thread_stack_size(size);
    vm.new_int(before)
}

/// `start_new_thread(function, args, kwargs={})`
fn start_new_thread(vm: &mut Vm, args: &[Obj]) -> R {
    let function = args[0];
    if !vm.is_callable(function) {
        return Err(vm.type_error("first arg must be callable"));
    }
    let Some(count) = vm.seq_items(args[1]).map(<[Obj]>::len) else {
        return Err(vm.type_error("2nd arg must be a tuple"));
    };
    let positional = vm.new_tuple_from(args[1], 0, 1, count)?;
    let pairs = vm.new_list(&[])?;
    if let Some(keywords) = args.get(2) {
        let Some(keywords) = vm.cast::<Dict>(*keywords) else {
            return Err(vm.type_error("expecting a dict for keyword args"));
        };
        let mut position = 0;
        while let Some((next, key, value)) = keywords.entry(vm, position) {
            position = next;
            if !vm.is_str(key) {
                return Err(vm.type_error("keywords must be strings"));
            }
            pairs.push(vm, key)?;
            pairs.push(vm, value)?;
        }
    }
    let pairs = vm.new_tuple_from(pairs.obj(), 0, 1, pairs.len())?;
    match (vm.exact::<Tuple>(positional), vm.exact::<Tuple>(pairs)) {
        (Some(positional), Some(pairs)) => {
            let ident = vm.start_thread(function, positional, pairs)?;
            vm.new_int(ident)
        }
        _ => Ok(Obj::NONE),
    }
}
