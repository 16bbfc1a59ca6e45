//! Dispatch: from one instruction to the next.
//!
//! Each instruction is a function with the machine's registers as arguments. On x86-64 it ends in a call through
//! [`Table`], which LLVM turns into an indirect jump: the loop is threaded and the native stack does not grow. For
//! that no instruction may have a local whose address escapes; slow work is done in functions that return before
//! the dispatch. Elsewhere (and under Miri) instructions return their registers to a loop. The source is the same: `next!`.
//!
//! The instructions are generic over `C`, careful: code that the verifier could not prove runs with
//! checks in front of each instruction ([`checked`]).

use crate::{
    interp::{code::CodeObject, frame::Word},
    vm::State,
};

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Exit {
    /// A frame that Rust entered returned; the value is where its `sp` points.
    Returned,
    /// A generator that Rust resumed yielded; the value is in its object.
    Yielded,
    /// An exception left the frame that Rust entered.
    Raised,
}

/// What an instruction returns.
#[cfg(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch")))]
pub type Out = Exit;
/// What an instruction returns.
#[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
pub type Out = Step;

/// An instruction.
#[cfg(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch")))]
pub type Op = unsafe extern "sysv64" fn(*mut State, *const u8, *mut Word, *mut Word, *const CodeObject) -> Out;
/// An instruction.
#[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
pub type Op = unsafe extern "C" fn(*mut State, *const u8, *mut Word, *mut Word, *const CodeObject) -> Out;

/// What an instruction of the loop driver returns.
#[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
#[repr(C)]
pub struct Step {
    ip: *const u8,
    sp: *mut Word,
    fp: *mut Word,
    code: *const CodeObject,
    exit: Exit,
    careful: bool,
}

/// All instructions by opcode.
pub type Table = [Op; 256];

/// Declares instructions: `op! { name(st, ip, sp, fp, code) { … } }`. The body ends with `next!` or
/// `return`s what another instruction returns.
macro_rules! op {
    ($($(#[$meta:meta])* $name:ident $(<$(const $n:ident: $t:ty),+>)? ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident) $body:block)*) => {$(
        $(#[$meta])*
        #[cfg(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch")))]
        #[allow(unused_variables)]
        pub(in crate::interp) unsafe extern "sysv64" fn $name<const C: bool $(, $(const $n: $t),+)?>(
            $st: *mut $crate::vm::State,
            $ip: *const u8,
            $sp: *mut $crate::interp::frame::Word,
            $fp: *mut $crate::interp::frame::Word,
            $code: *const $crate::interp::code::CodeObject,
        ) -> $crate::interp::dispatch::Out {
            // SAFETY: instructions run only on verified (or careful) code, with the registers of the current frame:
            // operands are in range, the stack has what they take and room for what they give.
            unsafe { $body }
        }

        $(#[$meta])*
        #[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
        #[allow(unused_variables)]
        pub(in crate::interp) unsafe extern "C" fn $name<const C: bool $(, $(const $n: $t),+)?>(
            $st: *mut $crate::vm::State,
            $ip: *const u8,
            $sp: *mut $crate::interp::frame::Word,
            $fp: *mut $crate::interp::frame::Word,
            $code: *const $crate::interp::code::CodeObject,
        ) -> $crate::interp::dispatch::Out {
            // SAFETY: as above.
            unsafe { $body }
        }
    )*};
}

/// Goes on with the instruction at `ip`.
macro_rules! next {
    ($st:expr, $ip:expr, $sp:expr, $fp:expr, $code:expr) => {
        return $crate::interp::dispatch::go::<C>($st, $ip, $sp, $fp, $code)
    };
}

pub(in crate::interp) use {next, op};

#[cfg(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch")))]
#[inline(always)]
pub(in crate::interp) unsafe fn go<const C: bool>(
    st: *mut State,
    ip: *const u8,
    sp: *mut Word,
    fp: *mut Word,
    code: *const CodeObject,
) -> Out {
    // SAFETY: `ip` is an instruction of verified code.
    unsafe { (if C { &CAREFUL } else { &FAST })[*ip as usize](st, ip, sp, fp, code) }
}

#[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
#[inline(always)]
pub(in crate::interp) unsafe fn go<const C: bool>(
    _st: *mut State,
    ip: *const u8,
    sp: *mut Word,
    fp: *mut Word,
    code: *const CodeObject,
) -> Out {
    Step { ip, sp, fp, code, exit: Exit::Yielded, careful: C }
}

/// Leaves the loop.
#[cfg(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch")))]
pub(in crate::interp) const fn leave(exit: Exit) -> Out {
    exit
}

/// Leaves the loop.
#[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
pub(in crate::interp) const fn leave(exit: Exit) -> Out {
    Step {
        ip: core::ptr::null(),
        sp: core::ptr::null_mut(),
        fp: core::ptr::null_mut(),
        code: core::ptr::null(),
        exit,
        careful: false,
    }
}

/// Runs from the given registers until the loop ends.
///
/// # Safety
/// The registers are those of the current frame.
pub(in crate::interp) unsafe fn drive(
    st: *mut State,
    ip: *const u8,
    sp: *mut Word,
    fp: *mut Word,
    code: *const CodeObject,
) -> Exit {
    #[cfg(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch")))]
    // SAFETY: the caller's promise.
    unsafe {
        if (*code).careful { go::<true>(st, ip, sp, fp, code) } else { go::<false>(st, ip, sp, fp, code) }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri), not(feature = "loop-dispatch"))))]
    // SAFETY: the caller's promise; each instruction gives the registers of the next.
    unsafe {
        let mut step = Step { ip, sp, fp, code, exit: Exit::Yielded, careful: (*code).careful };
        while !step.ip.is_null() {
            let table = if step.careful { &CAREFUL } else { &FAST };
            step = table[*step.ip as usize](st, step.ip, step.sp, step.fp, step.code);
        }
        step.exit
    }
}

/// Goes on in a frame whose code may be careful while this instruction's is not, or the other way round.
#[inline(always)]
pub(in crate::interp) unsafe fn resume(
    st: *mut State,
    ip: *const u8,
    sp: *mut Word,
    fp: *mut Word,
    code: *const CodeObject,
) -> Out {
    // SAFETY: the caller passes the registers of the current frame.
    unsafe {
        if (*code).careful {
            return go::<true>(st, ip, sp, fp, code);
        }
        go::<false>(st, ip, sp, fp, code)
    }
}

/// Instructions for verified code.
static FAST: Table = super::run::table::<false>();
/// Instructions behind checks.
static CAREFUL: Table = [checked::<true>; 256];
/// What [`checked`] goes on with.
static AFTER_CHECK: Table = super::run::table::<true>();

op! {
    /// Checks what the verifier could not prove, then runs the instruction.
    #[inline(never)]
    checked(st, ip, sp, fp, code) {
        if *ip == super::prepare::fused::FIRST_CALL {
            return AFTER_CHECK[*ip as usize](st, ip, sp, fp, code);
        }
        if (*code).unproven && !super::careful::check(st, ip, sp, fp, code) {
            return super::unwind::bad_code::<C>(st, ip, sp, fp, code);
        }
        if (*st).interp.traced && !super::trace::tick(st, ip, sp, code) {
            return super::unwind::raised::<C>(st, ip, sp, fp, code);
        }
        return AFTER_CHECK[*ip as usize](st, ip, sp, fp, code);
    }
}
