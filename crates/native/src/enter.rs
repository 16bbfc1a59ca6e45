//! Into machine code and out of it.
//!
//! Rust enters machine code through [`enter`], whose frame is a landing pad: an exception that no machine code of this
//! entry catches arrives there. Machine code calls Rust through stubs ([`crate::stub`]); one that gets an error jumps to the
//! innermost handler that machine code has pushed since the last entry ([`nlr_push`]), or to the pad. So a jump crosses
//! frames of machine code and stubs only: between the pad of an entry and the stub that jumps no frame of Rust is left.

#![allow(unsafe_code)]

use std::{
    arch::naked_asm,
    cell::Cell,
    ptr::{self, NonNull},
};

use heap::Obj;
use vm::{R, Vm, value::Raised};

use crate::{Word, c_types};

/// A handler, in a frame of machine code (native-abi.md §5). Emitted code reads the value, and writes the word that comes back
/// in rbx.
#[repr(C)]
pub struct Handler {
    /// The next outer one of this entry.
    previous: *mut Handler,
    /// The exception that arrived.
    value: Word,
    /// rip, rbp, rsp, rbx, r12, r13, r14, r15
    registers: [Word; 8],
}

/// What the machine code of this thread works with. `enter` knows the order.
#[repr(C)]
#[derive(Clone, Copy)]
struct Current {
    /// The machine that entered last.
    vm: *mut Vm,
    /// The innermost handler of that entry.
    handler: *mut Handler,
    /// The stack pointer of its landing pad.
    pad: Word,
}

thread_local! {
    static CURRENT: Cell<Current> =
        const { Cell::new(Current { vm: ptr::null_mut(), handler: ptr::null_mut(), pad: 0 }) };
}

/// Two words in registers: what C functions return that way.
#[repr(C)]
pub struct Outcome {
    /// The result.
    pub value: Word,
    /// Not 0: an exception is under way.
    pub raised: Word,
}

impl Outcome {
    /// Without an exception.
    pub const fn ok(value: Word) -> Outcome {
        Outcome { value, raised: 0 }
    }
}

impl From<R<Word>> for Outcome {
    #[inline(always)]
    fn from(result: R<Word>) -> Outcome {
        match result {
            Ok(value) => Outcome::ok(value),
            Err(Raised) => Outcome { value: 0, raised: 1 },
        }
    }
}

/// The machine that runs this thread's machine code.
///
/// # Safety
/// Only in what machine code calls, and the reference must not outlive that call.
#[inline(always)]
pub unsafe fn current<'a>() -> &'a mut Vm {
    // SAFETY: it is the machine that `call` borrows exclusively, which is idle while machine code runs.
    unsafe { &mut *CURRENT.get().vm }
}

/// Calls machine code. The result is a word of any kind.
///
/// # Safety
/// `code` must be the entry point of machine code that takes these arguments, keeps the C calling convention and uses
/// the helpers as they are meant.
pub unsafe fn call(vm: &mut Vm, code: Word, args: [Word; 4]) -> R<Word> {
    // SAFETY: the caller's promise; `enter` works on memory of this thread.
    let outcome = unsafe { enter(args[0], args[1], args[2], args[3], code, CURRENT.with(Cell::as_ptr), vm) };
    if outcome.raised != 0 { Err(Raised) } else { Ok(outcome.value) }
}

/// Saves what the C convention wants back and what the thread's machine code works with; says that it is this machine, and that this
/// is its landing pad; calls.
#[unsafe(naked)]
unsafe extern "C" fn enter(
    a: Word,
    b: Word,
    c: Word,
    d: Word,
    code: Word,
    current: *mut Current,
    vm: *mut Vm,
) -> Outcome {
    naked_asm!(
        "mov rax, [rsp + 8]",
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "push [r9]",
        "push [r9 + 8]",
        "push [r9 + 16]",
        "push r9",
        "sub rsp, 8",
        "mov [r9], rax",
        "mov qword ptr [r9 + 8], 0",
        "mov [r9 + 16], rsp",
        "call r8",
        "xor edx, edx",
        "2:",
        "add rsp, 8",
        "pop r9",
        "pop [r9 + 16]",
        "pop [r9 + 8]",
        "pop [r9]",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        // `jump` comes here with rsp as noted.
        ".globl taipan_native_pad",
        ".hidden taipan_native_pad",
        "taipan_native_pad:",
        "xor eax, eax",
        "mov edx, 1",
        "jmp 2b",
    )
}

/// Helper 32: makes the frame of machine code that calls it a handler. Returns 0 now, and 1 when an exception arrives.
#[unsafe(naked)]
pub unsafe extern "C" fn nlr_push(handler: *mut Handler) -> Word {
    naked_asm!(
        "mov rax, [rsp]",
        "mov [rdi + 16], rax",
        "mov [rdi + 24], rbp",
        "mov [rdi + 32], rsp",
        "mov [rdi + 40], rbx",
        "mov [rdi + 48], r12",
        "mov [rdi + 56], r13",
        "mov [rdi + 64], r14",
        "mov [rdi + 72], r15",
        "jmp {link}",
        link = sym link,
    )
}

extern "C" fn link(handler: *mut Handler) -> Word {
    let current = CURRENT.get();
    // SAFETY: machine code passes room for a handler in its frame; the machine is idle while machine code runs.
    unsafe {
        (*handler).previous = current.handler;
        (*current.vm).note_handler(&raw const (*handler).value);
    }
    CURRENT.set(Current { handler, ..current });
    0
}

/// Helper 33: the innermost handler is no longer one.
pub extern "C" fn nlr_pop() {
    let current = CURRENT.get();
    if let Some(handler) = NonNull::new(current.handler) {
        // SAFETY: machine code pops a handler before its frame ends.
        CURRENT.set(Current { handler: unsafe { handler.as_ref().previous }, ..current });
    }
}

/// Whether code at this address has just made its frame a handler and not yet said where the handler goes on: `nlr_push` came back to it
/// less than this many bytes before.
pub fn is_arming(at: Word) -> bool {
    const ARMING: Word = 24;
    // SAFETY: the handler lies in a frame of this entry that still runs.
    NonNull::new(CURRENT.get().handler)
        .is_some_and(|handler| at.wrapping_sub(unsafe { handler.as_ref() }.registers[0]) < ARMING)
}

/// Takes the exception under way to the innermost handler and gives its address; or 0, and the landing pad.
extern "C" fn target() -> Outcome {
    let current = CURRENT.get();
    let Some(mut handler) = NonNull::new(current.handler) else {
        return Outcome { value: 0, raised: current.pad };
    };
    // SAFETY: the handler lies in a frame of this entry that still runs; the machine is idle while machine code runs.
    unsafe {
        let handler = handler.as_mut();
        CURRENT.set(Current { handler: handler.previous, ..current });
        let vm = &mut *current.vm;
        let exception = vm.take_exception();
        if vm.as_exception(exception).is_some_and(|exception| exception.context().is_none()) {
            // What the handler handled until now.
            vm.chain_to_handled(exception);
        }
        handler.value = exception.word();
    }
    Outcome { value: handler.as_ptr().expose_provenance(), raised: 0 }
}

/// Where stubs jump when an exception is under way. Never returns to them.
#[unsafe(naked)]
pub unsafe extern "C" fn jump() -> ! {
    naked_asm!(
        // A stub jumps here with the stack as machine code called it.
        "sub rsp, 8",
        "call {target}",
        "test rax, rax",
        "jz 2f",
        "mov rcx, [rax + 16]",
        "mov rbp, [rax + 24]",
        "mov rsp, [rax + 32]",
        "mov rbx, [rax + 40]",
        "mov r12, [rax + 48]",
        "mov r13, [rax + 56]",
        "mov r14, [rax + 64]",
        "mov r15, [rax + 72]",
        // The return address of the call that pushed the handler.
        "add rsp, 8",
        "mov eax, 1",
        "jmp rcx",
        "2:",
        "mov rsp, rdx",
        "jmp taipan_native_pad",
        target = sym target,
    )
}

/// An object from a word of machine code; what is unbound there is NULL, and for a type of C code a class stands. Raises
/// UnboundLocalError.
#[inline(always)]
pub fn object(vm: &mut Vm, word: Word) -> R {
    match Obj::from_word(word) {
        Some(object) if !vm.has_c_modules() => Ok(object),
        Some(object) => c_types::adopt(vm, object),
        None => Err(unbound(vm)),
    }
}

#[cold]
#[inline(never)]
fn unbound(vm: &mut Vm) -> Raised {
    vm.error(vm::types::exception::Exc::UnboundLocalError, format_args!("local variable referenced before assignment"))
}
