//! Exceptions: from where they are raised to the handler, or out of the loop.

use heap::Obj;

use crate::{
    interp::{
        code::CodeObject,
        dispatch::{Exit, leave, op, resume},
        frame::{BLOCK_WORDS, Frame, IS_FINALLY, Word, flag},
        generator,
        ops_basic::NONE,
        run::{self, NULL, save, vm},
    },
    types::exception::Exc,
    vm::{Root, State, Vm},
};

/// A record of an open exception block.
#[repr(C)]
pub struct Block {
    /// Address of its handler.
    pub handler: *const u8,
    /// Top of the value stack when it was opened, with [`IS_FINALLY`].
    pub level: Word,
    /// The exception it caught; NULL while its handler has not run.
    pub caught: Word,
}

const _: () = assert!(size_of::<Block>() == BLOCK_WORDS * size_of::<Word>());

impl Block {
    /// Whether it is a finally or with block.
    pub fn is_finally(&self) -> bool {
        self.level & IS_FINALLY != 0
    }

    /// The level as an address.
    pub fn stack(&self) -> *mut Word {
        core::ptr::with_exposed_provenance_mut(self.level & !IS_FINALLY)
    }
}

/// The record of open block `depth` (1 is the outermost) of a frame.
#[inline(always)]
pub unsafe fn block(fp: *mut Word, code: *const CodeObject, depth: u32) -> *mut Block {
    // SAFETY: `depth` blocks are open, so their records are written.
    unsafe { fp.add((*code).n_locals as usize).cast::<Block>().add(depth as usize - 1) }
}

op! {
    /// An exception is under way in this frame, raised at `ip`.
    #[cold]
    raised(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !find_handler(st, true) {
            return leave(Exit::Raised);
        }
        let frame = (*st).interp.stack.frame;
        return resume(st, (*frame).ip, (*frame).sp, (*frame).fp, (*frame).code);
    }

    /// The same without an entry in the traceback, for what only passes an exception on.
    #[cold]
    reraised(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !find_handler(st, false) {
            return leave(Exit::Raised);
        }
        let frame = (*st).interp.stack.frame;
        return resume(st, (*frame).ip, (*frame).sp, (*frame).fp, (*frame).code);
    }

    #[cold]
    unbound_local(st, ip, sp, fp, code) {
        save(st, ip, sp);
        super::unbound::raise(st, false);
        return raised::<C>(st, ip, sp, fp, code);
    }

    #[cold]
    unbound_cell(st, ip, sp, fp, code) {
        save(st, ip, sp);
        super::unbound::raise(st, true);
        return raised::<C>(st, ip, sp, fp, code);
    }

    /// What the table has where no opcode is defined; the verifier lets none through.
    #[cold]
    bad_opcode(st, ip, sp, fp, code) {
        save(st, ip, sp);
        raise_bad(st, true);
        return raised::<C>(st, ip, sp, fp, code);
    }

    /// Careful code that asked for what it does not have.
    #[cold]
    bad_code(st, ip, sp, fp, code) {
        save(st, ip, sp);
        raise_bad(st, false);
        return raised::<C>(st, ip, sp, fp, code);
    }
}

#[cold]
#[inline(never)]
unsafe fn raise_bad(st: *mut State, opcode: bool) {
    // SAFETY: see `run::vm`.
    let vm = unsafe { vm(st) };
    let _ = if opcode {
        vm.error(Exc::NotImplementedError, format_args!("opcode"))
    } else {
        vm.error(Exc::SystemError, format_args!("bytecode takes from an empty stack or overflows it"))
    };
}

/// Finds where the exception under way is handled: the frame becomes current with `ip` and `sp` set. False if it
/// leaves the frame that Rust entered, which is then gone.
#[inline(never)]
pub unsafe fn find_handler(st: *mut State, mut trace: bool) -> bool {
    // SAFETY: the frames from the current one down are live, with the blocks they opened; `vm` see there.
    unsafe {
        // The first frame stands on the raising instruction, callers just behind theirs.
        let mut exact = true;
        loop {
            let frame = (*st).interp.stack.frame;
            let at = if exact { (*frame).ip } else { (*frame).ip.sub(1) };
            if trace {
                add_traceback(st, frame, at);
            }
            trace = true;
            if (*st).interp.traced {
                super::trace::raised(st);
            }
            let frame = (*st).interp.stack.frame;
            if (*st).interp.steps.used_up {
                (*frame).depth = 0;
            }
            while (*frame).depth > 0 {
                let block = block((*frame).fp, (*frame).code, (*frame).depth);
                if (*block).handler <= at {
                    // Already inside its handler: what it caught is the context of what leaves it.
                    let caught = (*block).caught;
                    if caught != NULL && caught != NONE {
                        vm(st).chain_under_way(Obj::from_word(caught));
                    }
                    (*frame).depth -= 1;
                    continue;
                }
                let exception = vm(st).take_exception();
                if vm(st).as_exception(exception).is_some_and(|exception| exception.context().is_none()) {
                    // Errors that the machine raises have no context yet; handlers may look at it.
                    vm(st).chain_exception(exception, Obj::from_word(handled(st)));
                }
                (*block).caught = exception.word();
                let level = (*block).stack();
                *level = exception.word();
                (*frame).ip = (*block).handler;
                (*frame).sp = level.add(1);
                return true;
            }
            let (flags, subject) = ((*frame).flags, (*frame).subject);
            exact = flags & (flag::FOR_ITER | flag::YIELD_FROM) != 0;
            if (*st).interp.traced {
                super::trace::left(st);
            }
            leave_frame(st);
            if flags & flag::RESUMED != 0 {
                let delegator = generator::failed(vm(st), subject);
                if flags & flag::DELEGATED != 0 && generator::resume_delegator(st, subject, delegator, flags, NULL) {
                    exact = true;
                    continue;
                }
            }
            if flags & flag::NATIVE != 0 || flags & flag::GENERATOR != 0 {
                return false;
            }
        }
    }
}

/// Makes the caller's record current. The record left stays readable until the next call.
#[inline(always)]
pub unsafe fn leave_frame(st: *mut State) {
    // SAFETY: the current frame is not the bottom record.
    unsafe {
        if (*(*st).interp.stack.frame).flags & flag::SEGMENT != 0 {
            (*st).drop_segment();
        }
        let stack = &mut (*st).interp.stack;
        stack.frame = stack.frame.sub(1);
    }
}

#[inline(never)]
unsafe fn add_traceback(st: *mut State, frame: *mut Frame, at: *const u8) {
    // SAFETY: the frame's code is live.
    unsafe {
        let vm = run::vm(st);
        let code = &*(*frame).code;
        let line = code.line_at(at);
        let (file, name) = (code.file, code.name);
        if let Some(exception) = vm.root(Root::Exception) {
            vm.add_traceback(exception, file, line, name, (code.number, code.offset_at(at)));
        }
    }
}

/// Takes what an active finally block held from below the word on top: a pending pair, or None or an
/// exception. Gives the new top.
pub unsafe fn cancel_finally(sp: *mut Word) -> *mut Word {
    // SAFETY: the handler of a finally block has these words below its top.
    unsafe {
        let top = *sp.sub(1);
        let drop = if is_pending(*sp.sub(2)) { 2 } else { 1 };
        let sp = sp.sub(drop);
        *sp.sub(1) = top;
        sp
    }
}

/// Whether a word is one of the two pending markers.
#[inline(always)]
pub const fn is_pending(word: Word) -> bool {
    word == Obj::PENDING_RETURN.word() || word == Obj::PENDING_JUMP.word()
}

impl Vm {
    /// A call of machine code has a handler now: where it has the exception that it handles, as long as the call lasts. Only
    /// code that keeps it there counts ([`code::object::Native::keeps_exception`]).
    pub fn note_handler(&mut self, value: *const Word) {
        // SAFETY: the current record is live, and so is its code; a frame of machine code has no other subject.
        unsafe {
            let frame = (*self.raw().as_ptr()).interp.stack.frame;
            let Some(code) = (*frame).code.as_ref() else { return };
            if code.machine.as_ref().is_some_and(|part| part.keeps_exception) {
                (*frame).subject = value.expose_provenance();
            }
        }
    }

    /// Gives an exception the one as its context that is being handled.
    pub fn chain_to_handled(&mut self, exception: Obj) {
        // SAFETY: the machine is idle.
        let handled = unsafe { handled(self.raw().as_ptr()) };
        self.chain_exception(exception, Obj::from_word(handled));
    }
}

/// The exception that the innermost active handler of the frames caught; NULL if none is active.
pub unsafe fn handled(st: *mut State) -> Word {
    // SAFETY: the frames from the current one down are live.
    unsafe {
        let stack = &(*st).interp.stack;
        for up in 0..stack.depth() {
            let Some(frame) = stack.record(up) else { break };
            if !(*frame.code).machine.is_null() {
                let value: *const Word = core::ptr::with_exposed_provenance(frame.subject);
                if !value.is_null() && !matches!(*value, NULL | NONE) {
                    return *value;
                }
                continue;
            }
            for depth in (1..=frame.depth).rev() {
                let caught = (*block(frame.fp, frame.code, depth)).caught;
                if caught != NULL && caught != NONE {
                    return caught;
                }
            }
        }
        NULL
    }
}
