//! The version, and the report about memory that `-v` prints.

use std::io::IsTerminal;

use taipan::machine::Vm;

/// What `--version` prints.
pub fn version() -> String {
    format!("MicroPython {} on {}; {}\n", modules::sys::VERSION, modules::sys::DATE, modules::sys::MACHINE)
}

/// The report of `-v`, with the numbers of the official one as far as they mean something here.
pub fn memory(vm: &mut Vm) -> String {
    let stats = vm.heap_stats();
    let (used, limit) = vm.native_stack_use();
    let total = stats.used + stats.free;
    format!(
        "mem: total={}, current={}, peak={}\nstack: {used} out of {limit}\n\
         GC: total: {total}, used: {}, free: {}\n No. of small blocks: {}, large blocks: {}, chunks: {}, collections: {}\n",
        stats.reserved,
        stats.used,
        stats.peak,
        stats.used,
        stats.free,
        stats.small_blocks,
        stats.large_blocks,
        stats.chunks,
        stats.collections,
    )
}

/// Whether tracebacks are to be in colours: on a terminal, unless the environment says otherwise.
pub fn wants_color() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match () {
        () if set("NO_COLOR") => false,
        () if set("FORCE_COLOR") => true,
        () if std::env::var_os("TERM").is_some_and(|term| term == "dumb") => false,
        () => std::io::stderr().is_terminal(),
    }
}
