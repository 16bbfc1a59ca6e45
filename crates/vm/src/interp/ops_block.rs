//! Exception blocks: try, finally, with, raise, and leaving them by return or jump.

use heap::Obj;

use crate::{
    interp::{
        code::CodeObject,
        dispatch::{next, op},
        frame::{IS_FINALLY, Word},
        ops_basic::{NONE, small},
        ops_call,
        prepare::{label, signed_label},
        run::{self, NULL, obj, save, vm, word},
        unwind::{self, Block, block, cancel_finally},
    },
    qstr::{Qstr, q},
    types::exception::Exc,
    value::{R, Raised},
    vm::{State, Vm},
};

const PENDING_RETURN: Word = Obj::PENDING_RETURN.word();
const PENDING_JUMP: Word = Obj::PENDING_JUMP.word();

/// Opens a block.
#[inline(always)]
unsafe fn open(
    st: *mut State,
    fp: *mut Word,
    code: *const CodeObject,
    handler: *const u8,
    level: *mut Word,
    flags: Word,
) {
    // SAFETY: the verifier counted the blocks; their records have room.
    unsafe {
        let frame = (*st).interp.stack.frame;
        (*frame).depth += 1;
        let level = level.expose_provenance() | flags;
        block(fp, code, (*frame).depth).write(Block { handler, level, caught: NULL });
    }
}

op! {
    setup_except(st, ip, sp, fp, code) {
        let (after, handler) = label(ip.add(1));
        open(st, fp, code, handler, sp, 0);
        next!(st, after, sp, fp, code)
    }

    setup_finally(st, ip, sp, fp, code) {
        let (after, handler) = label(ip.add(1));
        open(st, fp, code, handler, sp, IS_FINALLY);
        next!(st, after, sp, fp, code)
    }

    setup_with(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !enter_with(st, sp) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        let (after, handler) = label(ip.add(1));
        open(st, fp, code, handler, sp.add(1), IS_FINALLY);
        next!(st, after, sp.add(2), fp, code)
    }

    pop_except_jump(st, ip, sp, fp, code) {
        let (_, target) = label(ip.add(1));
        (*(*st).interp.stack.frame).depth -= 1;
        next!(st, target, sp, fp, code)
    }

    end_finally(st, ip, sp, fp, code) {
        let frame = (*st).interp.stack.frame;
        (*frame).depth = (*frame).depth.saturating_sub(1);
        let top = *sp.sub(1);
        if top == NONE {
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        if top == PENDING_RETURN {
            return ops_call::return_value::<C>(st, ip, sp.sub(1), fp, code);
        }
        if top == PENDING_JUMP {
            let data = *sp.sub(2) >> 1;
            let target = (*code).start.add(data >> 8);
            return unwind_blocks::<C>(st, ip, store_jump(code, sp.sub(2), target, data & 0xff), fp, code);
        }
        save(st, ip, sp);
        // What it was raised in the handling of is known since then.
        let traced = raise_word(st, top, None);
        if traced {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        return unwind::reraised::<C>(st, ip, sp, fp, code);
    }

    /// UNWIND_JUMP: the target and the count go to two words above the stack, where [`unwind_blocks`] finds them.
    unwind_jump(st, ip, sp, fp, code) {
        let (after, target) = signed_label(ip.add(1));
        // The target counts from the extra byte, which is where the label ends.
        return unwind_blocks::<C>(st, ip, store_jump(code, sp, target, *after as usize), fp, code);
    }

    /// Leaves as many blocks as the count on top says, then jumps to the target below it.
    unwind_blocks(st, ip, sp, fp, code) {
        let mut count = *sp.sub(1) >> 1;
        let target = (*code).start.add(*sp.sub(2) >> 1);
        let mut sp = sp.sub(2);
        let frame = (*st).interp.stack.frame;
        while count & 0x7f > 0 && (*frame).depth > 0 {
            count -= 1;
            let block = block(fp, code, (*frame).depth);
            if (*block).is_finally() {
                if (*block).handler > ip {
                    let offset = target.offset_from((*code).start) as usize;
                    // Whatever an abandoned loop left above the block's level goes.
                    sp = (*block).stack();
                    *sp = small((offset << 8 | count) as isize);
                    *sp.add(1) = PENDING_JUMP;
                    next!(st, (*block).handler, sp.add(2), fp, code)
                }
                if C {
                    // Careful code may hold less than a finally block would have left.
                    let held = sp.offset_from(fp.add((*code).stack_base as usize));
                    if held < 1 || held < 2 && unwind::is_pending(*sp.sub(1)) {
                        return unwind::bad_code::<C>(st, ip, sp, fp, code);
                    }
                }
                *sp = NONE;
                sp = cancel_finally(sp.add(1)).sub(1);
            }
            (*frame).depth -= 1;
        }
        if count & 0x80 != 0 {
            sp = sp.sub(4);
        }
        if target <= ip {
            (*st).interp.poll -= 1;
            if (*st).interp.poll < 0 {
                return run::poll_then::<C>(st, target, sp, fp, code);
            }
        }
        next!(st, target, sp, fp, code)
    }

    with_cleanup(st, ip, sp, fp, code) {
        save(st, ip, sp);
        let top = *sp.sub(1);
        if unwind::is_pending(top) {
            // exit, self, data, marker → data, marker
            let data = *sp.sub(2);
            if exit_with(st, *sp.sub(4), *sp.sub(3), NONE) == NULL {
                return unwind::raised::<C>(st, ip, sp, fp, code);
            }
            *sp.sub(4) = data;
            *sp.sub(3) = top;
            next!(st, ip.add(1), sp.sub(2), fp, code)
        }
        let result = exit_with(st, *sp.sub(3), *sp.sub(2), top);
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        let mut kept = top;
        if top != NONE {
            let truth = run::truth(st, result);
            if truth > 1 {
                return unwind::raised::<C>(st, ip, sp, fp, code);
            }
            if truth == 1 {
                kept = NONE;
            }
        }
        *sp.sub(3) = kept;
        next!(st, ip.add(1), sp.sub(2), fp, code)
    }

    raise_last(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if raise_handled(st) {
            return unwind::reraised::<C>(st, ip, sp, fp, code);
        }
        return unwind::raised::<C>(st, ip, sp, fp, code);
    }

    raise_obj(st, ip, sp, fp, code) {
        save(st, ip, sp);
        raise_word(st, *sp.sub(1), Obj::from_word(unwind::handled(st)));
        return unwind::raised::<C>(st, ip, sp, fp, code);
    }

    raise_from(st, ip, sp, fp, code) {
        save(st, ip, sp);
        raise_with_cause(st, *sp.sub(2), *sp.sub(1));
        return unwind::raised::<C>(st, ip, sp, fp, code);
    }
}

/// Writes a target (as an offset) and a count above the stack; gives the top above them.
#[inline(always)]
unsafe fn store_jump(code: *const CodeObject, sp: *mut Word, target: *const u8, count: usize) -> *mut Word {
    // SAFETY: the verifier counts two words for a pending jump. Both are small ints: the stack never holds an address
    // that careful code could take for an object.
    unsafe {
        *sp = small(target.offset_from((*code).start));
        *sp.add(1) = small(count as isize);
        sp.add(2)
    }
}

/// manager → `__exit__`, self, result of `__enter__`; false if an exception is under way.
#[inline(never)]
unsafe fn enter_with(st: *mut State, sp: *mut Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`; the verifier counted the words.
    unsafe {
        let vm = vm(st);
        let manager = obj(*sp.sub(1));
        let result: R<(Obj, Option<Obj>, Obj)> = (|| {
            let (exit, receiver) = special(vm, manager, q::__exit__)?;
            let (enter, enter_receiver) = special(vm, manager, q::__enter__)?;
            let value = match enter_receiver {
                Some(receiver) => vm.call(enter, &[receiver])?,
                None => vm.call(enter, &[])?,
            };
            Ok((exit, receiver, value))
        })();
        match result {
            Ok((exit, receiver, value)) => {
                *sp.sub(1) = exit.word();
                *sp = receiver.map_or(NULL, Obj::word);
                *sp.add(1) = value.word();
                true
            }
            Err(_) => false,
        }
    }
}

/// Calls `__exit__` with the exception, or with Nones.
#[inline(never)]
unsafe fn exit_with(st: *mut State, exit: Word, receiver: Word, exception: Word) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        let exception = obj(exception);
        let (class, traceback) = if exception == Obj::NONE {
            (Obj::NONE, Obj::NONE)
        } else {
            (vm.type_of(exception).obj(), vm.getattr(exception, q::__traceback__).unwrap_or(Obj::NONE))
        };
        let args = [class, exception, traceback];
        match Obj::from_word(receiver) {
            Some(receiver) => word(vm.call(obj(exit), &[receiver, args[0], args[1], args[2]])),
            None => word(vm.call(obj(exit), &args)),
        }
    }
}

/// Sets the exception under way from an object, with the one that is being handled as its context; true if it is a new one
/// (whose traceback starts here).
#[inline(never)]
unsafe fn raise_word(st: *mut State, value: Word, handled: Option<Obj>) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        let value = obj(value);
        let is_class = vm.as_type(value).is_some();
        match vm.make_exception(value) {
            Ok(exception) => {
                vm.chain_exception(exception, handled);
                let _ = vm.raise(exception);
                is_class
            }
            Err(_) => true,
        }
    }
}

#[inline(never)]
unsafe fn raise_with_cause(st: *mut State, value: Word, cause: Word) {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let handled = unwind::handled(st);
        let vm = vm(st);
        let result: R = (|| {
            let exception = vm.make_exception(obj(value))?;
            vm.chain_exception(exception, Obj::from_word(handled));
            vm.set_cause(exception, obj(cause))?;
            Ok(exception)
        })();
        if let Ok(exception) = result {
            let _ = vm.raise(exception);
        }
    }
}

/// Raises the exception being handled again; false if there is none (then RuntimeError is under way).
#[inline(never)]
unsafe fn raise_handled(st: *mut State) -> bool {
    // SAFETY: see `run::vm`.
    unsafe {
        let handled = unwind::handled(st);
        let vm = vm(st);
        match Obj::from_word(handled) {
            Some(exception) => {
                let _ = vm.raise(exception);
                true
            }
            None => {
                let _ = vm.error(Exc::RuntimeError, format_args!("no active exception to reraise"));
                false
            }
        }
    }
}

/// One of the two methods of a context manager, and what it is called on.
fn special(vm: &mut Vm, manager: Obj, name: Qstr) -> R<(Obj, Option<Obj>)> {
    match vm.find_special(manager, name)? {
        Some(found) => Ok(found),
        None => Err(no_manager(vm, manager, name)),
    }
}

#[cold]
fn no_manager(vm: &mut Vm, manager: Obj, name: Qstr) -> Raised {
    let half = name == q::__exit__ && matches!(vm.find_special(manager, q::__enter__), Ok(Some(_)));
    let missed = if half { " (missed __exit__ method)" } else { "" };
    let class = vm.owned_text(vm.type_of(manager).name());
    let message = format_args!("'{class}' object does not support the context manager protocol{missed}");
    vm.error(Exc::TypeError, message)
}

impl Vm {
    /// The exception that is being handled in the frames of Python, for `sys.exc_info`.
    pub fn handled_exception(&self) -> Option<Obj> {
        // SAFETY: only reads the frames.
        Obj::from_word(unsafe { unwind::handled(self.raw().as_ptr()) })
    }
}
