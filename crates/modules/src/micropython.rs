//! `micropython`: what the language itself has no place for.

use alloc::{format, string::String, vec::Vec};

use heap::UNIT;
use vm::{
    Obj, R, Vm,
    layout::function::NativeFunction,
    native::{Def, Member, ModuleDef, Native},
    text_out::TextOut,
};

/// `micropython`
pub static MICROPYTHON: ModuleDef = ModuleDef { name: "micropython", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("alloc_emergency_exception_buf", Def::Fn(Native::F1(|_, _| Ok(Obj::NONE)))),
    ("const", Def::Fn(Native::F1(|_, value| Ok(value)))),
    ("heap_lock", Def::Fn(Native::F0(heap_lock))),
    ("heap_locked", Def::Fn(Native::F0(|vm| Ok(depth(vm.heap_locks()))))),
    ("heap_unlock", Def::Fn(Native::F0(|vm| Ok(depth(vm.unlock_heap()))))),
    ("kbd_intr", Def::Fn(Native::F1(kbd_intr))),
    ("mem_current", Def::Fn(Native::F0(|vm| vm.new_int(vm.heap_stats().used)))),
    ("mem_info", Def::Fn(Native::Var(0, 1, mem_info))),
    ("mem_peak", Def::Fn(Native::F0(|vm| vm.new_int(vm.heap_stats().peak)))),
    ("mem_total", Def::Fn(Native::F0(|vm| vm.new_int(vm.heap_stats().reserved)))),
    ("opt_level", Def::Fn(Native::Var(0, 1, opt_level))),
    ("pystack_use", Def::Fn(Native::F0(|vm| vm.new_int(vm.frame_words() * size_of::<usize>())))),
    ("qstr_info", Def::Fn(Native::Var(0, 1, qstr_info))),
    ("RingIO", Def::Value(|vm| Ok(vm.define_type(&crate::ring_io::RING_IO)?.obj()))),
    ("schedule", Def::Fn(Native::F2(schedule))),
    ("stack_use", Def::Fn(Native::F0(|vm| vm.new_int(vm.native_stack_use().0)))),
];

fn depth(depth: u32) -> Obj {
    Obj::small_int_unchecked(depth as isize)
}

fn heap_lock(vm: &mut Vm) -> R {
    vm.lock_heap();
    Ok(Obj::NONE)
}

/// Only Ctrl-C as 3 (on) and -1 (off) mean anything to an operating system.
fn kbd_intr(vm: &mut Vm, char: Obj) -> R {
    let char = vm.index(char)?;
    if let Some(host) = vm.host() {
        host.set_interrupts(char >= 0);
    }
    Ok(Obj::NONE)
}

/// The report about memory of `mem_info` and of `-v`, in the official form; blocks are counted in four words.
pub fn memory_report(vm: &mut Vm) -> String {
    let stats = vm.heap_stats();
    let (used, limit) = vm.native_stack_use();
    format!(
        "mem: total={}, current={}, peak={}\nstack: {used} out of {limit}\nGC: total: {}, used: {}, free: {}\n \
         No. of 1-blocks: {}, 2-blocks: {}, max blk sz: {}, max free sz: {}\n",
        stats.reserved,
        stats.used,
        stats.peak,
        stats.used + stats.free,
        stats.used,
        stats.free,
        stats.by_units[0],
        stats.by_units[1],
        stats.largest.div_ceil(UNIT),
        stats.largest_free / UNIT,
    )
}

fn mem_info(vm: &mut Vm, verbose: &[Obj]) -> R {
    let text = memory_report(vm);
    let mut out = TextOut::stdout();
    out.write_str(vm, &text)?;
    if !verbose.is_empty() {
        let stats = vm.heap_stats();
        let (small, large) = (stats.small_blocks, stats.large_blocks);
        out.write_fmt(
            vm,
            format_args!(
                "GC memory layout; from {:x}:\n{small} blocks in {} chunks, {large} large ones, {} collections\n",
                vm.heap_start(),
                stats.chunks,
                stats.collections
            ),
        )?;
    }
    Ok(Obj::NONE)
}

fn opt_level(vm: &mut Vm, args: &[Obj]) -> R {
    let Some(level) = args.first() else { return Ok(Obj::small_int_unchecked(vm.opt_level() as isize)) };
    let level = vm.index(*level)?;
    vm.set_opt_level(level.clamp(0, u8::MAX as isize) as u8);
    Ok(Obj::NONE)
}

fn qstr_info(vm: &mut Vm, verbose: &[Obj]) -> R {
    let names: Vec<String> = vm.names_of_program().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let count = names.len();
    let bytes: usize = names.iter().map(String::len).sum();
    let total = bytes + 12 * count;
    let mut out = TextOut::stdout();
    out.write_fmt(
        vm,
        format_args!("qstr pool: n_pool=1, n_qstr={count}, n_str_data_bytes={bytes}, n_total_bytes={total}\n"),
    )?;
    if !verbose.is_empty() {
        for name in names {
            out.write_fmt(vm, format_args!("Q({name})\n"))?;
        }
    }
    Ok(Obj::NONE)
}

/// `schedule(kbd_intr, None)` is Ctrl-C.
fn schedule(vm: &mut Vm, function: Obj, arg: Obj) -> R {
    let name = vm.exact::<NativeFunction>(function).map(|function| vm.qstr_bytes(function.name()));
    if arg == Obj::NONE && name == Some(b"kbd_intr") {
        vm.interrupt_main();
        return Ok(Obj::NONE);
    }
    let (module, name) = (vm.intern(b"micropython")?, vm.intern(b"kbd_intr")?);
    let module = vm.modules().get_name(vm, module);
    let kbd_intr = module.and_then(|module| vm.module_dict(module)).and_then(|dict| dict.get_name(vm, name));
    if kbd_intr == Some(function) {
        vm.interrupt_main();
    } else {
        vm.schedule(function, arg)?;
    }
    Ok(Obj::NONE)
}
