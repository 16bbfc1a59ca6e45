//! `gc`.

use vm::{
    Obj, R, Vm,
    native::{Def, Member, ModuleDef, Native},
};

/// `gc`
pub static GC: ModuleDef = ModuleDef { name: "gc", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("collect", Def::Fn(Native::Var(0, 1, collect))),
    ("disable", Def::Fn(Native::F0(|vm| set(vm, false)))),
    ("enable", Def::Fn(Native::F0(|vm| set(vm, true)))),
    ("isenabled", Def::Fn(Native::F0(|vm| Ok(Obj::from_bool(vm.automatic_collection()))))),
    ("mem_alloc", Def::Fn(Native::F0(|vm| vm.new_int(vm.heap_stats().used)))),
    ("mem_free", Def::Fn(Native::F0(mem_free))),
    ("threshold", Def::Fn(Native::Var(0, 1, threshold))),
];

fn collect(vm: &mut Vm, _generation: &[Obj]) -> R {
    let freed = vm.collect_now();
    vm.new_int(freed)
}

fn set(vm: &mut Vm, on: bool) -> R {
    vm.set_automatic_collection(on);
    Ok(Obj::NONE)
}

/// With a limit: what is left of it; else what is at hand.
fn mem_free(vm: &mut Vm) -> R {
    let stats = vm.heap_stats();
    let free = match vm.heap_limit() {
        Some(limit) => limit.saturating_sub(stats.reserved) + stats.free,
        None => stats.free,
    };
    vm.new_int(free)
}

const BLOCK: usize = 4 * size_of::<usize>();

fn threshold(vm: &mut Vm, args: &[Obj]) -> R {
    let Some(bytes) = args.first() else {
        return match vm.collection_threshold() {
            // In whole blocks, as the official implementation counts.
            Some(bytes) => vm.new_int(bytes / BLOCK * BLOCK),
            None => Ok(Obj::small_int_unchecked(-1)),
        };
    };
    let bytes = vm.index(*bytes)?;
    vm.set_collection_threshold(usize::try_from(bytes).ok());
    Ok(Obj::NONE)
}
