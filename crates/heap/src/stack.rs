//! The native stack as roots: every word between the stack pointer and a base, and the registers that survive calls.
//!
//! Registers that a call may change hold nothing that the caller of [`scan_native_stack`] still needs; the others
//! are written to the stack first. Words are read in assembly, since most of them belong to other frames, of which neither
//! Miri nor a sanitizer lets us read. Under Miri the scan does nothing: tests there name their roots.
#![allow(unsafe_code)]

use crate::mark::Marker;

/// Marks what the words from here to `base` (exclusive; stacks grow downwards) could point to.
///
/// # Safety
/// `base` is an address on the stack of the calling thread, above every frame that may hold object words.
#[inline(never)]
pub unsafe fn scan_native_stack(base: *const u8, marker: &mut Marker<'_>) {
    let mut registers = [0usize; SAVED];
    save_registers(&mut registers);
    registers.iter().for_each(|&word| marker.mark_conservative(word));
    let here = core::ptr::from_ref(&registers).addr();
    // SAFETY: from a local of this frame up to the base, both on this thread's stack.
    unsafe { scan_range(here, base.addr(), marker) };
}

/// Runs something that does not return for a while, or during which another thread collects. `run` gets the address from
/// which on this thread's stack holds all that its callers need, their registers included: the range from there to the
/// thread's base is what [`scan_range`] must be given meanwhile.
#[inline(never)]
pub fn with_saved_registers<T>(run: impl FnOnce(usize) -> T) -> T {
    let mut registers = [0usize; SAVED];
    save_registers(&mut registers);
    let result = run(core::ptr::from_ref(&registers).addr());
    core::hint::black_box(&registers);
    result
}

/// Marks what the words of a range of memory could point to: the stack of a thread that is parked, its registers saved.
///
/// # Safety
/// The range is readable and does not change meanwhile.
pub unsafe fn scan_range(from: usize, to: usize, marker: &mut Marker<'_>) {
    const WORD: usize = size_of::<usize>();
    let mut at = from.next_multiple_of(WORD);
    while at < to && to - at >= WORD {
        // SAFETY: inside the range.
        marker.mark_conservative(unsafe { load(at) });
        at += WORD;
    }
}

/// How many registers survive calls.
#[cfg(all(target_arch = "x86_64", not(miri)))]
const SAVED: usize = 6;

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
fn save_registers(registers: &mut [usize; SAVED]) {
    // SAFETY: writes six words to the array and changes no register.
    unsafe {
        core::arch::asm!(
            "mov [{0}], rbx",
            "mov [{0} + 8], rbp",
            "mov [{0} + 16], r12",
            "mov [{0} + 24], r13",
            "mov [{0} + 32], r14",
            "mov [{0} + 40], r15",
            in(reg) registers.as_mut_ptr(),
            options(nostack, preserves_flags)
        );
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
unsafe fn load(address: usize) -> usize {
    let word;
    // SAFETY: the caller's promise that the word is readable.
    unsafe {
        core::arch::asm!("mov {}, [{}]", lateout(reg) word, in(reg) address, options(nostack, preserves_flags, readonly));
    }
    word
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
const SAVED: usize = 12;

#[cfg(all(target_arch = "aarch64", not(miri)))]
#[inline(always)]
fn save_registers(registers: &mut [usize; SAVED]) {
    // SAFETY: writes twelve words to the array and changes no register. (The floating-point registers that survive
    // calls hold no object words: the compiler may spill to them in theory, but does not for pointers.)
    unsafe {
        core::arch::asm!(
            "stp x19, x20, [{0}]",
            "stp x21, x22, [{0}, #16]",
            "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]",
            "stp x27, x28, [{0}, #64]",
            "stp x29, x30, [{0}, #80]",
            in(reg) registers.as_mut_ptr(),
            options(nostack, preserves_flags)
        );
    }
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
#[inline(always)]
unsafe fn load(address: usize) -> usize {
    let word;
    // SAFETY: the caller's promise that the word is readable.
    unsafe {
        core::arch::asm!("ldr {}, [{}]", lateout(reg) word, in(reg) address, options(nostack, preserves_flags, readonly));
    }
    word
}

/// Other targets: nothing portable reads the registers, so a host there names its roots or adds its own assembly.
#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
const SAVED: usize = 1;

#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[inline(never)]
fn save_registers(registers: &mut [usize; SAVED]) {
    core::hint::black_box(registers);
}

#[cfg(all(not(miri), not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[inline(always)]
unsafe fn load(address: usize) -> usize {
    // SAFETY: the caller's promise that the word is readable.
    unsafe { core::ptr::with_exposed_provenance::<usize>(address).read_volatile() }
}

#[cfg(miri)]
unsafe fn load(_address: usize) -> usize {
    0
}
