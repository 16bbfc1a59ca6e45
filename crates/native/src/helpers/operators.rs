//! Operators, subscripts, truth, `raise`.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{
    R, Ref, Vm,
    layout::seq::{List, Tuple},
    native::Binary,
    types::exception::Exc,
};

use crate::{
    Word,
    enter::{Outcome, current, object},
};

/// As value of [`subscript`]: read it. No object is this word.
const LOAD: Word = 4;

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

pub unsafe extern "C" fn is_true(value: Word) -> Outcome {
    match Obj::from_word(value).map(|value| (value, value.as_bool())) {
        Some((_, Some(truth))) => Outcome::ok(Word::from(truth)),
        Some((value, None)) => {
            // SAFETY: machine code calls this.
            let vm = unsafe { current() };
            Outcome::from(vm.is_true(value).map(Word::from))
        }
        None => {
            // SAFETY: as above.
            let vm = unsafe { current() };
            Outcome::from(object(vm, value).map(Obj::word))
        }
    }
}

pub unsafe fn unary(vm: &mut Vm, op: Word, value: Word) -> R<Word> {
    let value = object(vm, value)?;
    vm.machine_unary(op as u8, value).map(Obj::word)
}

/// Arithmetic and comparison of small ints, as far as the result is one; of floats.
#[inline(always)]
fn quick(op: Word, lhs: Word, rhs: Word) -> Option<Obj> {
    const fn number(op: Binary) -> Word {
        op as Word
    }
    const LT: Word = number(Binary::Lt);
    const GT: Word = number(Binary::Gt);
    const EQ: Word = number(Binary::Eq);
    const LE: Word = number(Binary::Le);
    const GE: Word = number(Binary::Ge);
    const NE: Word = number(Binary::Ne);
    const OR: Word = number(Binary::Or);
    const XOR: Word = number(Binary::Xor);
    const AND: Word = number(Binary::And);
    const LSHIFT: Word = number(Binary::Lshift);
    const RSHIFT: Word = number(Binary::Rshift);
    const ADD: Word = number(Binary::Add);
    const SUB: Word = number(Binary::Sub);
    const MUL: Word = number(Binary::Mul);
    const FLOOR_DIV: Word = number(Binary::FloorDiv);
    const MOD: Word = number(Binary::Mod);
    const IN_PLACE: Word = number(Binary::IOr);
    const LAST_IN_PLACE: Word = number(Binary::IPow);
    let op = if (IN_PLACE..=LAST_IN_PLACE).contains(&op) { op + (OR - IN_PLACE) } else { op };
    let (a, b) = (Obj::from_word(lhs)?, Obj::from_word(rhs)?);
    if let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int()) {
        return match op {
            ADD => Obj::small_int(a + b),
            SUB => Obj::small_int(a - b),
            LT => Some(Obj::from_bool(a < b)),
            GT => Some(Obj::from_bool(a > b)),
            EQ => Some(Obj::from_bool(a == b)),
            LE => Some(Obj::from_bool(a <= b)),
            GE => Some(Obj::from_bool(a >= b)),
            NE => Some(Obj::from_bool(a != b)),
            MUL => a.checked_mul(b).and_then(Obj::small_int),
            AND => Obj::small_int(a & b),
            OR => Obj::small_int(a | b),
            XOR => Obj::small_int(a ^ b),
            RSHIFT if (0..isize::BITS as isize).contains(&b) => Obj::small_int(a >> b),
            LSHIFT if (0..isize::BITS as isize - 1).contains(&b) && (a << b) >> b == a => Obj::small_int(a << b),
            FLOOR_DIV if b > 0 => Obj::small_int(a.div_euclid(b)),
            MOD if b > 0 => Obj::small_int(a.rem_euclid(b)),
            _ => None,
        };
    }
    let (a, b) = (a.as_float_immediate()?, b.as_float_immediate()?);
    match op {
        ADD => Obj::float_immediate(a + b),
        SUB => Obj::float_immediate(a - b),
        MUL => Obj::float_immediate(a * b),
        LT => Some(Obj::from_bool(a < b)),
        GT => Some(Obj::from_bool(a > b)),
        LE => Some(Obj::from_bool(a <= b)),
        GE => Some(Obj::from_bool(a >= b)),
        _ => None,
    }
}

pub unsafe extern "C" fn binary(op: Word, lhs: Word, rhs: Word) -> Outcome {
    match quick(op, lhs, rhs) {
        Some(result) => Outcome::ok(result.word()),
        // SAFETY: machine code calls this.
        None => Outcome::from(binary_slow(unsafe { current() }, op, lhs, rhs)),
    }
}

#[inline(never)]
fn binary_slow(vm: &mut Vm, op: Word, lhs: Word, rhs: Word) -> R<Word> {
    let (lhs, rhs) = (object(vm, lhs)?, object(vm, rhs)?);
    vm.machine_binary(op as u8, lhs, rhs).map(Obj::word)
}

/// Raises an exception, or of a class a new one; NULL and None do nothing.
pub unsafe fn raise(vm: &mut Vm, value: Word) -> R<Word> {
    match Obj::from_word(value) {
        None | Some(Obj::NONE) => Ok(0),
        Some(value) => {
            let exception = vm.make_exception(value)?;
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
