//! Ctrl-C in machine code that calls nothing, at no cost there.
//!
//! Its signal handler hands over what it interrupted ([`divert`]). If that was machine code, the thread goes on in a stub that saves
//! every register as the code had it, looks for the interrupt as a helper would, and gives all back; an exception leaves by the jump
//! that helpers have ([`crate::enter`]). While machine code runs the machine is idle, whatever instruction it is at, so
//! this is a call of a helper that the code did not write down.

#![allow(unsafe_code)]

use std::{arch::naked_asm, cell::Cell, ffi::c_void};

use crate::{
    Word,
    enter::{self, Outcome, current, jump},
    regions,
};

thread_local! {
    /// The instruction of this thread's machine code that comes next. Set by `divert`, read before anything else can be diverted.
    static NEXT: Cell<Word> = const { Cell::new(0) };
}

/// Whether there is machine code that might run without calling anything.
pub fn is_possible() -> bool {
    regions::exist()
}

/// For signal handlers: makes a thread that was interrupted in machine code look for the interrupt when the handler returns. False if it
/// was anywhere else: in the machine, which looks around by itself, or in a helper, which perhaps does not.
///
/// # Safety
/// `context` is the third argument of a signal handler (`SA_SIGINFO`) that runs on the thread and will return soon.
pub unsafe fn divert(context: *mut c_void) -> bool {
    // SAFETY: the caller's promise.
    let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    let Some(next) = registers.get_mut(libc::REG_RIP as usize) else { return false };
    let at = *next as Word;
    if !regions::contain(at) {
        return false;
    }
    NEXT.set(at);
    *next = attend as *const () as i64;
    true
}

/// Goes on with machine code after a look at what is pending. Below the stack pointer are 128 bytes that C code may use.
#[unsafe(naked)]
unsafe extern "C" fn attend() {
    naked_asm!(
        "lea rsp, [rsp - 128]",
        // Room for the address to return to.
        "push rax",
        "pushfq",
        "push rax",
        "push rcx",
        "push rdx",
        "push rsi",
        "push rdi",
        "push r8",
        "push r9",
        "push r10",
        "push r11",
        "push rbx",
        "mov rbx, rsp",
        "and rsp, -16",
        "sub rsp, 512",
        "fxsave64 [rsp]",
        "cld",
        "call {look}",
        "test rdx, rdx",
        "jnz 2f",
        "fxrstor64 [rsp]",
        "mov rsp, rbx",
        "mov [rsp + 88], rax",
        "pop rbx",
        "pop r11",
        "pop r10",
        "pop r9",
        "pop r8",
        "pop rdi",
        "pop rsi",
        "pop rdx",
        "pop rcx",
        "pop rax",
        "popfq",
        "ret 128",
        // `jump` wants the stack as a call leaves it.
        "2:",
        "push rax",
        "jmp {jump}",
        look = sym look,
        jump = sym jump,
    )
}

/// The address to go on at, or an exception.
extern "C" fn look() -> Outcome {
    let next = NEXT.get();
    if enter::is_arming(next) {
        // The handler would take the exception for its own. There will be another signal.
        return Outcome::ok(next);
    }
    // SAFETY: machine code was diverted here.
    Outcome::from(unsafe { current() }.heed_interrupt().map(|()| next))
}
