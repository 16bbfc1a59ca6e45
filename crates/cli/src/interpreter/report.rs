//! The version, and the report about memory that `-v` prints.

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
