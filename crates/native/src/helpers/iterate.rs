//! Iteration and delegation.
//!
//! The four words of an iterator in a frame: NULL and an iterator object; or for what is walked without an object a marker,
//! then list or tuple and index, or the next value of a range, how many are left, and the distance of their words.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{
    R, Vm,
    layout::seq::{List, Tuple},
    types::exception::Exc,
    value::Raised,
};

use super::{operators::exact, place, word};
use crate::{
    Word,
    enter::{Outcome, current, object},
};

const LIST: Word = Obj::LIST_ITERATOR.word();
const TUPLE: Word = Obj::TUPLE_ITERATOR.word();
const RANGE: Word = Obj::RANGE_ITERATOR.word();

/// An iterator; with a buffer it goes there.
pub unsafe fn get_iter(vm: &mut Vm, value: Word, buffer: Word) -> R<Word> {
    let value = object(vm, value)?;
    let buffer = place(buffer);
    if buffer.is_null() {
        return vm.machine_iter(value).map(Obj::word);
    }
    if let Some((start, step, len)) = vm.small_range(value)
        && let Some(left) = isize::try_from(len).ok().and_then(Obj::small_int)
    {
        // SAFETY: machine code has four words there.
        unsafe {
            *buffer = RANGE;
            *buffer.add(1) = Obj::small_int_unchecked(start).word();
            *buffer.add(2) = left.word();
            *buffer.add(3) = (step << 1).cast_unsigned();
        }
        return Ok(0);
    }
    let kind = if vm.exact::<List>(value).is_some() {
        LIST
    } else if vm.exact::<Tuple>(value).is_some() {
        TUPLE
    } else {
        0
    };
    let inner = if kind == 0 { vm.machine_iter(value)? } else { value };
    // SAFETY: machine code has four words there.
    unsafe {
        *buffer = kind;
        *buffer.add(1) = inner.word();
        *buffer.add(2) = Obj::small_int_unchecked(0).word();
        *buffer.add(3) = 0;
    }
    Ok(0)
}

/// The next item of the iterator in a buffer; NULL at the end.
pub unsafe extern "C" fn next(buffer: Word) -> Outcome {
    let buffer = place(buffer);
    // SAFETY: machine code calls this, with the buffer that `get_iter` filled.
    unsafe {
        let vm = current();
        if vm.machine_poll().is_err() {
            return Outcome::from(Err(Raised));
        }
        let (kind, index) = (*buffer, *buffer.add(2));
        let item = match kind {
            RANGE if index >> 1 == 0 => return Outcome::ok(0),
            RANGE => {
                let value = *buffer.add(1);
                *buffer.add(1) = value.wrapping_add(*buffer.add(3));
                *buffer.add(2) = index - 2;
                return Outcome::ok(value);
            }
            LIST => exact::<List>(vm, *buffer.add(1)).and_then(|list| list.get(index >> 1)),
            TUPLE => exact::<Tuple>(vm, *buffer.add(1)).and_then(|tuple| tuple.get(index >> 1)),
            _ => return Outcome::from(next_slow(vm, *buffer.add(1))),
        };
        *buffer.add(2) = index + 2;
        if item.is_none() {
            // Exhausted for good, even if the list grows.
            *buffer.add(2) = Word::MAX - 2;
        }
        Outcome::ok(word(item))
    }
}

#[inline(never)]
fn next_slow(vm: &mut Vm, iterator: Word) -> R<Word> {
    let iterator = object(vm, iterator)?;
    match vm.next(iterator) {
        Ok(Some(item)) => Ok(item.word()),
        Ok(None) => {
            vm.take_stop_value();
            Ok(0)
        }
        Err(_) if vm.pending_is(Exc::StopIteration) => {
            vm.take_exception();
            Ok(0)
        }
        Err(raised) => Err(raised),
    }
}

/// One step of `yield from`. `io`: an exception to throw, or NULL; then what was yielded (the answer is 1) or
/// returned (0).
pub unsafe fn yield_from(vm: &mut Vm, delegate: Word, value: Word, io: Word) -> R<Word> {
    let (delegate, value) = (object(vm, delegate)?, object(vm, value)?);
    let io = place(io);
    // SAFETY: machine code has a word there.
    let throw = unsafe { Obj::from_word(*io) };
    let (more, result) = match vm.delegate_step(delegate, value, throw)? {
        Some(item) => (1, item),
        None => (0, vm.take_stop_value()),
    };
    // SAFETY: as above.
    unsafe { *io = result.word() };
    Ok(more)
}
