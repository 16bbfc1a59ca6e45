//! Which assembler an architecture has.

use alloc::boxed::Box;
use asm::Assembler;
use code::object::Arch;

/// A new assembler for native code, if there is one.
pub fn assembler(arch: Arch, flags: u32) -> Option<Box<dyn Assembler>> {
    Some(match arch {
        Arch::X86 => Box::new(asm::x86::X86::default()),
        Arch::X64 => Box::new(asm::x64::X64::default()),
        Arch::Armv6 => Box::new(asm::arm::Arm::default()),
        Arch::Armv6m => Box::new(asm::thumb::Thumb::new(false)),
        Arch::Armv7m | Arch::Armv7em | Arch::Armv7emsp | Arch::Armv7emdp => Box::new(asm::thumb::Thumb::new(true)),
        Arch::Xtensa => Box::new(asm::xtensa::Xtensa::new(false)),
        Arch::Xtensawin => Box::new(asm::xtensa::Xtensa::new(true)),
        Arch::Rv32imc => Box::new(asm::rv32::Rv32::new(flags)),
        Arch::Debug => Box::new(asm::listing::Listing::default()),
        _ => return None,
    })
}

/// Whether native code can be emitted for an architecture.
pub fn has_emitter(arch: Arch) -> bool {
    assembler(arch, 0).is_some()
}
