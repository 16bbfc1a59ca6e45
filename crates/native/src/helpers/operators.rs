//! Operators, subscripts, truth, `raise`.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{
    R, Ref, Vm,
    layout::{
        bytes_like::ByteArray,
        seq::{List, Tuple},
    },
    native::Binary,
    types::exception::Exc,
    value::Raised,
};

use super::LOAD;
use crate::{
    Word,
    enter::{Outcome, current, object},
};

/// `base[index]`: read, stored, or with NULL deleted.
pub unsafe extern "C" fn subscript(base: Word, index: Word, value: Word) -> Outcome {
    // SAFETY: machine code calls this.
    let vm = unsafe { current() };
    if let (Some(base), Some(index)) = (Obj::from_word(base), Obj::from_word(index))
        && let Some(number) = index.as_small_int()
    {
        if let Some(list) = vm.exact::<List>(base) {
            let at = if number < 0 { number.wrapping_add_unsigned(list.len()) } else { number } as usize;
            if value == LOAD {
                if let Some(item) = list.get(at) {
                    return Outcome::ok(item.word());
                }
            } else if let Some(value) = Obj::from_word(value)
                && list.set(at, value)
            {
                return Outcome::ok(base.word());
            }
        } else if value == LOAD
            && let Some(tuple) = vm.exact::<Tuple>(base)
        {
            let at = if number < 0 { number.wrapping_add_unsigned(tuple.len()) } else { number } as usize;
            if let Some(item) = tuple.get(at) {
                return Outcome::ok(item.word());
            }
        } else if let Some(array) = vm.exact::<ByteArray>(base) {
            let at = if number < 0 { number.wrapping_add_unsigned(array.len()) } else { number } as usize;
            if value == LOAD {
                if let Some(byte) = array.bytes(vm).get(at) {
                    return Outcome::ok(Obj::small_int_unchecked(isize::from(*byte)).word());
                }
            } else if let Some(new) = Obj::from_word(value).and_then(Obj::as_small_int)
                && let Ok(new) = u8::try_from(new)
                && let Some(byte) = array.bytes_mut(vm).get_mut(at)
            {
                *byte = new;
                return Outcome::ok(base.word());
            }
        } else if value == LOAD
            && let Some(bytes) = vm.bytes_of(base)
        {
            let at = if number < 0 { number.wrapping_add_unsigned(bytes.len()) } else { number } as usize;
            if let Some(byte) = bytes.get(at) {
                return Outcome::ok(Obj::small_int_unchecked(isize::from(*byte)).word());
            }
        }
    }
    Outcome::from(subscript_slow(vm, base, index, value))
}

#[inline(never)]
fn subscript_slow(vm: &mut Vm, base: Word, index: Word, value: Word) -> R<Word> {
    let (base, index) = (object(vm, base)?, object(vm, index)?);
    if value == LOAD {
        return vm.machine_getitem(base, index).map(Obj::word);
    }
    vm.setitem(base, index, Obj::from_word(value))?;
    Ok(Obj::NONE.word())
}

/// Truth of an object. Loops ask for it once a turn, so here machine code looks around.
pub unsafe extern "C" fn is_true(value: Word) -> Outcome {
    // SAFETY: machine code calls this.
    let vm = unsafe { current() };
    if vm.machine_poll().is_err() {
        return Outcome::from(Err(Raised));
    }
    match Obj::from_word(value).map(|value| (value, value.as_bool())) {
        Some((_, Some(truth))) => Outcome::ok(Word::from(truth)),
        Some((value, None)) => Outcome::from(vm.is_true(value).map(Word::from)),
        None => Outcome::from(object(vm, value).map(Obj::word)),
    }
}

pub unsafe fn unary(vm: &mut Vm, op: Word, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    vm.machine_unary(op as u8, value).map(Obj::word)
}

/// Numbers of the operators.
mod number {
    use super::{Binary, Word};

    pub const LT: Word = Binary::Lt as Word;
    pub const GT: Word = Binary::Gt as Word;
    pub const EQ: Word = Binary::Eq as Word;
    pub const LE: Word = Binary::Le as Word;
    pub const GE: Word = Binary::Ge as Word;
    pub const NE: Word = Binary::Ne as Word;
    pub const OR: Word = Binary::Or as Word;
    pub const XOR: Word = Binary::Xor as Word;
    pub const AND: Word = Binary::And as Word;
    pub const LSHIFT: Word = Binary::Lshift as Word;
    pub const RSHIFT: Word = Binary::Rshift as Word;
    pub const ADD: Word = Binary::Add as Word;
    pub const SUB: Word = Binary::Sub as Word;
    pub const MUL: Word = Binary::Mul as Word;
    pub const FLOOR_DIV: Word = Binary::FloorDiv as Word;
    pub const MOD: Word = Binary::Mod as Word;
    pub const I_OR: Word = Binary::IOr as Word;
    pub const I_XOR: Word = Binary::IXor as Word;
    pub const I_AND: Word = Binary::IAnd as Word;
    pub const I_LSHIFT: Word = Binary::ILshift as Word;
    pub const I_RSHIFT: Word = Binary::IRshift as Word;
    pub const I_ADD: Word = Binary::IAdd as Word;
    pub const I_SUB: Word = Binary::ISub as Word;
    pub const I_MUL: Word = Binary::IMul as Word;
    pub const I_FLOOR_DIV: Word = Binary::IFloorDiv as Word;
    pub const I_MOD: Word = Binary::IMod as Word;
}

/// Arithmetic and comparison of small ints as words (twice the value plus one); `None`: the result is none, or takes more.
#[inline(always)]
fn of_small_ints(op: Word, lhs: Word, rhs: Word) -> Option<Word> {
    use number::*;
    let (a, b) = (lhs.cast_signed(), rhs.cast_signed());
    let truth = |truth| Some(Obj::from_bool(truth).word());
    let small = |value: isize| Obj::small_int(value).map(Obj::word);
    match op {
        ADD | I_ADD => a.checked_add(b - 1).map(isize::cast_unsigned),
        SUB | I_SUB => a.checked_sub(b - 1).map(isize::cast_unsigned),
        MUL | I_MUL => (a - 1).checked_mul(b >> 1).map(|product| product.cast_unsigned() + 1),
        AND | I_AND => Some(lhs & rhs),
        OR | I_OR => Some(lhs | rhs),
        XOR | I_XOR => Some(lhs ^ rhs | 1),
        LT => truth(a < b),
        GT => truth(a > b),
        EQ => truth(a == b),
        LE => truth(a <= b),
        GE => truth(a >= b),
        NE => truth(a != b),
        RSHIFT | I_RSHIFT if (0..isize::BITS as isize).contains(&(b >> 1)) => Some((a >> (b >> 1)).cast_unsigned() | 1),
        LSHIFT | I_LSHIFT if (0..isize::BITS as isize - 1).contains(&(b >> 1)) => {
            let (value, n) = (a >> 1, b >> 1);
            if (value << n) >> n == value { small(value << n) } else { None }
        }
        FLOOR_DIV | I_FLOOR_DIV if b > 1 => small((a >> 1).div_euclid(b >> 1)),
        MOD | I_MOD if b > 1 => small((a >> 1).rem_euclid(b >> 1)),
        _ => None,
    }
}

/// The same of floats.
#[inline(always)]
fn of_floats(op: Word, lhs: Word, rhs: Word) -> Option<Word> {
    use number::*;
    let (a, b) = (Obj::from_word(lhs)?.as_float_immediate()?, Obj::from_word(rhs)?.as_float_immediate()?);
    let truth = |truth| Some(Obj::from_bool(truth).word());
    let float = |value| Obj::float_immediate(value).map(Obj::word);
    match op {
        ADD | I_ADD => float(a + b),
        SUB | I_SUB => float(a - b),
        MUL | I_MUL => float(a * b),
        LT => truth(a < b),
        GT => truth(a > b),
        LE => truth(a <= b),
        GE => truth(a >= b),
        _ => None,
    }
}

pub unsafe extern "C" fn binary(op: Word, lhs: Word, rhs: Word) -> Outcome {
    let quick = if lhs & rhs & 1 != 0 { of_small_ints(op, lhs, rhs) } else { of_floats(op, lhs, rhs) };
    match quick {
        Some(result) => Outcome::ok(result),
        // SAFETY: machine code calls this.
        None => Outcome::from(binary_slow(unsafe { current() }, op, lhs, rhs)),
    }
}

#[inline(never)]
fn binary_slow(vm: &mut Vm, op: Word, lhs: Word, rhs: Word) -> R<Word> {
    let (lhs, rhs) = (object(vm, lhs)?, object(vm, rhs)?);
    vm.machine_binary(op as u8, lhs, rhs).map(Obj::word)
}

/// Raises an exception, or of a class a new one; with NULL or None nothing but a look around.
pub unsafe fn raise(vm: &mut Vm, value: Word) -> R<Word> {
    match Obj::from_word(value) {
        None | Some(Obj::NONE) => vm.machine_poll().map(|()| 0),
        Some(value) => {
            let exception = vm.make_exception(value)?;
            vm.chain_to_handled(exception);
            Err(vm.raise(exception))
        }
    }
}

/// `a // b` of machine words.
pub unsafe fn floor_divide(vm: &mut Vm, a: Word, b: Word) -> R<Word> {
    let (a, b) = divisible(vm, a, b)?;
    let quotient = a.wrapping_div(b);
    Ok((if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }) as Word)
}

/// `a % b` of machine words.
pub unsafe fn modulo(vm: &mut Vm, a: Word, b: Word) -> R<Word> {
    let (a, b) = divisible(vm, a, b)?;
    let rest = a.wrapping_rem(b);
    Ok((if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }) as Word)
}

fn divisible(vm: &mut Vm, a: Word, b: Word) -> R<(isize, isize)> {
    if b == 0 {
        return Err(vm.error(Exc::ZeroDivisionError, format_args!("divide by zero")));
    }
    Ok((a.cast_signed(), b.cast_signed()))
}

/// Whether a word is an object of exactly this builtin layout.
pub fn exact<T: vm::handle::HeapType>(vm: &Vm, word: Word) -> Option<Ref<T>> {
    Obj::from_word(word).and_then(|object| vm.exact::<T>(object))
}
