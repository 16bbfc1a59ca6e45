//! Which assembler an architecture has.

use alloc::boxed::Box;
use asm::Assembler;
use code::object::Arch;

/// A new assembler for native code, if there is one.
pub fn assembler(arch: Arch, _flags: u32) -> Option<Box<dyn Assembler>> {
    Some(match arch {
        Arch::X64 => Box::new(asm::x64::X64::default()),
        _ => return None,
    })
}

/// Whether native code can be emitted for an architecture.
pub fn has_emitter(arch: Arch) -> bool {
    assembler(arch, 0).is_some()
}
