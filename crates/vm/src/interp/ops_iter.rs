//! Iteration and generators.
//!
//! An iterator in the frame takes four slots. The first tells what it is: NULL, then the second is an iterator object;
//! or a marker for a list, tuple or range that is walked without an object: marker, list or tuple, index; marker, next value, stop, step.

use core::ptr;

use ::code::opcode::Op;
use heap::Obj;

use crate::{
    handle::Ref,
    interp::{
        dispatch::{Exit, leave, next, op, resume},
        frame::{Word, flag},
        generator::{self, Generator},
        ops_basic::{NONE, add_words, small},
        prepare::label,
        run::{NULL, as_ref, is_exact, obj, save, vm, word},
        unwind,
    },
    layout::{
        iter::SeqIterator,
        seq::{List, Tuple},
    },
    table::TypeId,
    vm::State,
};

const LIST: Word = Obj::LIST_ITERATOR.word();
const TUPLE: Word = Obj::TUPLE_ITERATOR.word();
const RANGE: Word = Obj::RANGE_ITERATOR.word();

op! {
    get_iter(st, ip, sp, fp, code) {
        save(st, ip, sp);
        let iterator = make_iter(st, *sp.sub(1));
        if iterator == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(1) = iterator;
        next!(st, ip.add(1), sp, fp, code)
    }

    get_iter_stack(st, ip, sp, fp, code) {
        let value = *sp.sub(1);
        if is_exact(st, value, TypeId::List) {
            *sp.sub(1) = LIST;
            *sp = value;
            *sp.add(1) = small(0);
            *sp.add(2) = NULL;
            next!(st, ip.add(1), sp.add(3), fp, code)
        }
        return get_iter_stack_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    get_iter_stack_slow(st, ip, sp, fp, code) {
        let value = *sp.sub(1);
        if is_exact(st, value, TypeId::Tuple) {
            *sp.sub(1) = TUPLE;
            *sp = value;
            *sp.add(1) = small(0);
            *sp.add(2) = NULL;
            next!(st, ip.add(1), sp.add(3), fp, code)
        }
        if is_exact(st, value, TypeId::Range) && range_slots(st, value, sp) {
            *sp.sub(1) = RANGE;
            next!(st, ip.add(1), sp.add(3), fp, code)
        }
        save(st, ip, sp);
        let iterator = make_iter(st, value);
        if iterator == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(1) = NULL;
        *sp = iterator;
        *sp.add(1) = NULL;
        *sp.add(2) = NULL;
        next!(st, ip.add(1), sp.add(3), fp, code)
    }

    for_iter(st, ip, sp, fp, code) {
        let how = *sp.sub(4);
        if how == LIST {
            let list = as_ref::<List>(*sp.sub(3));
            let index = *sp.sub(2);
            if let Some(item) = list.get(index >> 1) {
                *sp.sub(2) = index + 2;
                let (after, _) = label(ip.add(1));
                *sp = item.word();
                next!(st, after, sp.add(1), fp, code)
            }
            // Exhausted for good, even if the list grows.
            let (_, target) = label(ip.add(1));
            next!(st, target, sp.sub(4), fp, code)
        }
        if how == RANGE {
            let (value, stop, step) = (*sp.sub(3), *sp.sub(2), *sp.sub(1));
            let more = if step as isize > 0 { (value as isize) < stop as isize } else { value as isize > stop as isize };
            if more {
                // Past the last value the counter may overflow: it then stands on the stop.
                *sp.sub(3) = add_words(value, step).unwrap_or(stop);
                let (after, _) = label(ip.add(1));
                *sp = value;
                next!(st, after, sp.add(1), fp, code)
            }
            let (_, target) = label(ip.add(1));
            next!(st, target, sp.sub(4), fp, code)
        }
        return for_iter_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    for_iter_slow(st, ip, sp, fp, code) {
        if *sp.sub(4) == TUPLE {
            let tuple = as_ref::<Tuple>(*sp.sub(3));
            let index = *sp.sub(2);
            if let Some(item) = tuple.get(index >> 1) {
                *sp.sub(2) = index + 2;
                let (after, _) = label(ip.add(1));
                *sp = item.word();
                next!(st, after, sp.add(1), fp, code)
            }
            let (_, target) = label(ip.add(1));
            next!(st, target, sp.sub(4), fp, code)
        }
        let iterator = *sp.sub(3);
        if is_exact(st, iterator, TypeId::SeqIterator) {
            // What a comprehension goes through is one as a rule.
            let item = next_of_list(st, as_ref::<SeqIterator>(iterator));
            if item != NULL {
                let (after, _) = label(ip.add(1));
                *sp = item;
                next!(st, after, sp.add(1), fp, code)
            }
        }
        return for_iter_object::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    for_iter_object(st, ip, sp, fp, code) {
        let iterator = *sp.sub(3);
        save(st, ip, sp);
        if generator::is_generator(st, iterator) {
            // The generator's frame runs on top of this one; a yield pushes the value and goes on behind this instruction.
            match generator::resume_in_loop(st, as_ref::<Generator>(iterator)) {
                generator::Resumed::Running => {
                    let frame = (*st).interp.stack.frame;
                    return resume(st, (*frame).ip, (*frame).sp, (*frame).fp, (*frame).code);
                }
                generator::Resumed::Finished => {
                    let (_, target) = label(ip.add(1));
                    next!(st, target, sp.sub(4), fp, code)
                }
                generator::Resumed::Failed => return unwind::raised::<C>(st, ip, sp, fp, code),
                generator::Resumed::Elsewhere => {}
            }
        }
        let (after, target) = label(ip.add(1));
        if !C && *after == Op::UnpackSequence as u8 && *after.add(1) == 2 {
            match next_pair(st, iterator, sp) {
                Pair::Stored => {
                    next!(st, after.add(2), sp.add(2), fp, code)
                }
                Pair::End => {
                    next!(st, target, sp.sub(4), fp, code)
                }
                Pair::Raised => return unwind::raised::<C>(st, ip, sp, fp, code),
                Pair::Otherwise => {}
            }
        }
        let item = next_item(st, iterator);
        if item == END {
            next!(st, target, sp.sub(4), fp, code)
        }
        if item == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp = item;
        next!(st, after, sp.add(1), fp, code)
    }

    yield_value(st, ip, sp, fp, code) {
        return yielding::<C>(st, ip.add(1), sp, fp, code);
    }

    /// Suspends this frame with the value on top; `ip` is where it goes on.
    yielding(st, ip, sp, fp, code) {
        let value = *sp.sub(1);
        let mut frame = (*st).interp.stack.frame;
        (*frame).ip = ip;
        (*frame).sp = sp;
        let mut innermost = (*frame).subject;
        loop {
            let flags = (*frame).flags;
            generator::suspend(st, frame);
            unwind::leave_frame(st);
            frame = (*st).interp.stack.frame;
            if flags & flag::FOR_ITER != 0 {
                let sp = (*frame).sp;
                generator::remember(st, ptr::with_exposed_provenance_mut(*sp.sub(3)), innermost);
                let (after, _) = label((*frame).ip.add(1));
                *sp = value;
                return resume(st, after, sp.add(1), (*frame).fp, (*frame).code);
            }
            if flags & flag::YIELD_FROM != 0 {
                // The delegating frame yields the same value and stays on its YIELD_FROM.
                *(*frame).sp.sub(1) = value;
                if (*frame).depth > 0 && generator::is_handling(frame) {
                    innermost = (*frame).subject;
                }
                continue;
            }
            (*st).interp.yielded = value;
            (*st).interp.yielder = innermost;
            return leave(Exit::Yielded);
        }
    }

    /// iterator, value to send → result, once the iterator has ended.
    yield_from(st, ip, sp, fp, code) {
        let (iterator, value) = (*sp.sub(2), *sp.sub(1));
        save(st, ip, sp);
        if generator::is_generator(st, iterator) {
            match generator::delegate_in_loop(st, as_ref::<Generator>(iterator), value) {
                generator::Resumed::Running => {
                    let frame = (*st).interp.stack.frame;
                    return resume(st, (*frame).ip, (*frame).sp, (*frame).fp, (*frame).code);
                }
                generator::Resumed::Finished => {
                    *sp.sub(2) = stop_value(st);
                    next!(st, ip.add(1), sp.sub(1), fp, code)
                }
                generator::Resumed::Failed => return unwind::raised::<C>(st, ip, sp, fp, code),
                generator::Resumed::Elsewhere => {}
            }
        }
        let item = send_item(st, iterator, value);
        if item == END {
            *sp.sub(2) = stop_value(st);
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        if item == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(1) = item;
        return yielding::<C>(st, ip, sp, fp, code);
    }
}

/// What [`next_item`] gives at the end; no object is this word.
const END: Word = Obj::PENDING_RETURN.word();

#[inline(never)]
unsafe fn make_iter(st: *mut State, value: Word) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe { word(vm(st).essential(|vm| vm.iter(obj(value)))) }
}

/// Writes next value, stop and step of a range of small ints; false if they are not all small.
#[inline(never)]
unsafe fn range_slots(_st: *mut State, range: Word, at: *mut Word) -> bool {
    // SAFETY: the type is checked; three words above the stack are free.
    unsafe {
        match as_ref::<crate::layout::iter::Range>(range).small() {
            Some((start, stop, step)) => {
                *at = small(start);
                *at.add(1) = small(stop);
                *at.add(2) = small(step);
                true
            }
            None => false,
        }
    }
}

#[inline(never)]
unsafe fn next_item(st: *mut State, iterator: Word) -> Word {
    // SAFETY: see `run::vm`. An iterator slot that is NULL or a marker is refused.
    unsafe {
        let vm = vm(st);
        let Some(iterator) = Obj::from_word(iterator) else {
            let _ = vm.type_error("object isn't an iterator");
            return NULL;
        };
        match vm.next(iterator) {
            Ok(Some(item)) => item.word(),
            Ok(None) => {
                vm.take_stop_value();
                END
            }
            Err(_) => stop_iteration(vm, false),
        }
    }
}

/// The next item of an iterator over a list or tuple; NULL if it takes the slow road.
#[inline(always)]
unsafe fn next_of_list(st: *mut State, iterator: Ref<SeqIterator>) -> Word {
    let Some(source) = iterator.source().map(Obj::word) else { return NULL };
    let at = iterator.position();
    // SAFETY: the types are checked.
    let item = unsafe {
        if is_exact(st, source, TypeId::List) {
            as_ref::<List>(source).get(at)
        } else if is_exact(st, source, TypeId::Tuple) {
            as_ref::<Tuple>(source).get(at)
        } else {
            None
        }
    };
    match item {
        Some(item) => {
            iterator.set_position(at + 1);
            item.word()
        }
        None => NULL,
    }
}

/// What [`next_pair`] did.
enum Pair {
    Stored,
    End,
    Raised,
    /// The iterator is of another kind.
    Otherwise,
}

/// FOR_ITER and the UNPACK_SEQUENCE of two behind it at once, where that needs no tuple: stores the items as the latter would.
#[inline(never)]
unsafe fn next_pair(st: *mut State, iterator: Word, at: *mut Word) -> Pair {
    // SAFETY: see `run::vm`; the verifier counted the two words.
    unsafe {
        let vm = vm(st);
        match Obj::from_word(iterator).and_then(|iterator| vm.next_pair(iterator)) {
            None => Pair::Otherwise,
            Some(Ok(Some((first, second)))) => {
                *at = second.word();
                *at.add(1) = first.word();
                Pair::Stored
            }
            Some(Ok(None)) => {
                vm.take_stop_value();
                Pair::End
            }
            Some(Err(_)) => match stop_iteration(vm, false) {
                END => Pair::End,
                _ => Pair::Raised,
            },
        }
    }
}

/// Sends a value to the delegate of a YIELD_FROM.
#[inline(never)]
unsafe fn send_item(st: *mut State, iterator: Word, value: Word) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        let iterator = obj(iterator);
        // What an earlier iterator left behind is not this one's value.
        vm.take_stop_value();
        let result = if value == NONE {
            vm.next(iterator)
        } else {
            vm.call_method(iterator, crate::qstr::q::send, &[obj(value)]).map(Some)
        };
        match result {
            Ok(Some(item)) => item.word(),
            Ok(None) => END,
            Err(_) => stop_iteration(vm, true),
        }
    }
}

/// A StopIteration that was raised, not returned, ends the iteration all the same.
fn stop_iteration(vm: &mut crate::vm::Vm, keep_value: bool) -> Word {
    if !vm.pending_is(crate::types::exception::Exc::StopIteration) {
        return NULL;
    }
    let exception = vm.take_exception();
    if keep_value {
        let value = vm.stop_iteration_value(exception);
        vm.set_stop_value(value);
    }
    END
}

#[inline(never)]
unsafe fn stop_value(st: *mut State) -> Word {
    // SAFETY: see `run::vm`.
    unsafe { vm(st).take_stop_value().word() }
}
