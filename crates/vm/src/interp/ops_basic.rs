//! Constants, locals, the value stack, operators, jumps.

use heap::Obj;

use crate::{
    float_math,
    interp::{
        dispatch::{next, op},
        frame::Word,
        prepare::{int, label, signed_label, uint},
        run::{self, NULL},
        unwind,
    },
    native::Binary,
};

/// Pushes a word and goes on.
macro_rules! push {
    ($st:expr, $ip:expr, $sp:expr, $fp:expr, $code:expr, $value:expr) => {{
        *$sp = $value;
        next!($st, $ip, $sp.add(1), $fp, $code)
    }};
}
pub(in crate::interp) use push;

/// A small int as a word.
#[inline(always)]
pub(in crate::interp) const fn small(value: isize) -> Word {
    Obj::small_int_unchecked(value).word()
}

/// Whether both words are small ints.
#[inline(always)]
pub(in crate::interp) const fn both_small(a: Word, b: Word) -> bool {
    a & b & 1 != 0
}

/// `a + b` of small ints as words; `None` on overflow.
#[inline(always)]
pub(in crate::interp) fn add_words(a: Word, b: Word) -> Option<Word> {
    (a as isize).checked_add((b - 1) as isize).map(|sum| sum as Word)
}

/// `a - b` of small ints as words; `None` on overflow.
#[inline(always)]
pub(in crate::interp) fn sub_words(a: Word, b: Word) -> Option<Word> {
    (a as isize).checked_sub((b - 1) as isize).map(|difference| difference as Word)
}

/// `a * b` of small ints as words; `None` on overflow.
#[inline(always)]
pub(in crate::interp) fn mul_words(a: Word, b: Word) -> Option<Word> {
    (a as isize >> 1).checked_mul((b - 1) as isize).map(|product| product as Word | 1)
}

/// The values of two immediate floats that are not zero: fast paths leave zeros to the slow road, and locals that are not bound.
#[inline(always)]
pub(in crate::interp) fn floats(a: Word, b: Word) -> Option<(f64, f64)> {
    match (Obj::float_nonzero_in(a), Obj::float_nonzero_in(b)) {
        (Some(a), Some(b)) => Some((a, b)),
        _ => None,
    }
}

/// A float as a word if it is immediate and not zero.
#[inline(always)]
pub(in crate::interp) fn float_word(value: f64) -> Option<Word> {
    Obj::float_immediate_nonzero(value).map(Obj::word)
}

/// A comparison of two small ints as words.
#[inline(always)]
pub(in crate::interp) const fn compare_words<const OP: u8>(a: Word, b: Word) -> bool {
    let (a, b) = (a as isize, b as isize);
    match OP {
        0 => a < b,
        1 => a > b,
        2 => a == b,
        3 => a <= b,
        4 => a >= b,
        _ => a != b,
    }
}

/// A comparison of two floats.
#[inline(always)]
pub(in crate::interp) fn compare_floats<const OP: u8>(a: f64, b: f64) -> bool {
    match OP {
        0 => a < b,
        1 => a > b,
        2 => a == b,
        3 => a <= b,
        4 => a >= b,
        _ => a != b,
    }
}

/// True as a word.
pub(in crate::interp) const TRUE: Word = Obj::TRUE.word();
/// False as a word.
pub(in crate::interp) const FALSE: Word = Obj::FALSE.word();
/// None as a word.
pub(in crate::interp) const NONE: Word = Obj::NONE.word();

/// A bool as a word.
#[inline(always)]
pub(in crate::interp) const fn bool_word(value: bool) -> Word {
    if value { TRUE } else { FALSE }
}

op! {
    load_const_string(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        push!(st, after, sp, fp, code, (*(*code).qstrs.add(index as usize)).obj().word())
    }

    load_const_small_int(st, ip, sp, fp, code) {
        let (value, after) = int(ip.add(1));
        push!(st, after, sp, fp, code, small(value))
    }

    load_small_int(st, ip, sp, fp, code) {
        let value = *ip as isize - 0x80;
        push!(st, ip.add(1), sp, fp, code, small(value))
    }

    load_const_obj(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        push!(st, after, sp, fp, code, (*(*code).consts.add(index as usize)).word())
    }

    load_false(st, ip, sp, fp, code) {
        push!(st, ip.add(1), sp, fp, code, FALSE)
    }

    load_none(st, ip, sp, fp, code) {
        push!(st, ip.add(1), sp, fp, code, NONE)
    }

    load_true(st, ip, sp, fp, code) {
        push!(st, ip.add(1), sp, fp, code, TRUE)
    }

    load_null(st, ip, sp, fp, code) {
        push!(st, ip.add(1), sp, fp, code, NULL)
    }

    load_fast<const N: usize>(st, ip, sp, fp, code) {
        let value = *fp.add(N);
        if value == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        push!(st, ip.add(1), sp, fp, code, value)
    }

    load_fast_n(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let value = *fp.add(n as usize);
        if value == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, value)
    }

    store_fast<const N: usize>(st, ip, sp, fp, code) {
        *fp.add(N) = *sp.sub(1);
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }

    store_fast_n(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        *fp.add(n as usize) = *sp.sub(1);
        next!(st, after, sp.sub(1), fp, code)
    }

    delete_fast(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let local = fp.add(n as usize);
        if *local == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        *local = NULL;
        next!(st, after, sp, fp, code)
    }

    load_deref(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let value = run::cell_get(st, *fp.add(n as usize));
        if value == NULL {
            return unwind::unbound_cell::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, value)
    }

    store_deref(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        if !run::cell_set(st, *fp.add(n as usize), *sp.sub(1)) {
            return unwind::unbound_cell::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    delete_deref(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let cell = *fp.add(n as usize);
        if run::cell_get(st, cell) == NULL {
            return unwind::unbound_cell::<C>(st, ip, sp, fp, code);
        }
        run::cell_set(st, cell, NULL);
        next!(st, after, sp, fp, code)
    }

    dup_top(st, ip, sp, fp, code) {
        push!(st, ip.add(1), sp, fp, code, *sp.sub(1))
    }

    dup_top_two(st, ip, sp, fp, code) {
        *sp = *sp.sub(2);
        *sp.add(1) = *sp.sub(1);
        next!(st, ip.add(1), sp.add(2), fp, code)
    }

    pop_top(st, ip, sp, fp, code) {
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }

    rot_two(st, ip, sp, fp, code) {
        let top = *sp.sub(1);
        *sp.sub(1) = *sp.sub(2);
        *sp.sub(2) = top;
        next!(st, ip.add(1), sp, fp, code)
    }

    rot_three(st, ip, sp, fp, code) {
        let top = *sp.sub(1);
        *sp.sub(1) = *sp.sub(2);
        *sp.sub(2) = *sp.sub(3);
        *sp.sub(3) = top;
        next!(st, ip.add(1), sp, fp, code)
    }

    jump(st, ip, sp, fp, code) {
        let (after, target) = signed_label(ip.add(1));
        if target < after {
            (*st).interp.poll -= 1;
            if (*st).interp.poll < 0 {
                return run::poll_then::<C>(st, target, sp, fp, code);
            }
        }
        next!(st, target, sp, fp, code)
    }

    pop_jump_if_true(st, ip, sp, fp, code) {
        let (after, target) = signed_label(ip.add(1));
        let value = *sp.sub(1);
        if value == TRUE {
            if target < after {
                (*st).interp.poll -= 1;
                if (*st).interp.poll < 0 {
                    return run::poll_then::<C>(st, target, sp.sub(1), fp, code);
                }
            }
            next!(st, target, sp.sub(1), fp, code)
        }
        if value == FALSE {
            next!(st, after, sp.sub(1), fp, code)
        }
        return branch_slow::<C>(st, ip, sp, fp, code);
    }

    pop_jump_if_false(st, ip, sp, fp, code) {
        let (after, target) = signed_label(ip.add(1));
        let value = *sp.sub(1);
        if value == TRUE {
            next!(st, after, sp.sub(1), fp, code)
        }
        if value == FALSE {
            if target < after {
                (*st).interp.poll -= 1;
                if (*st).interp.poll < 0 {
                    return run::poll_then::<C>(st, target, sp.sub(1), fp, code);
                }
            }
            next!(st, target, sp.sub(1), fp, code)
        }
        return branch_slow::<C>(st, ip, sp, fp, code);
    }

    /// POP_JUMP_IF_TRUE and POP_JUMP_IF_FALSE of anything but a bool.
    #[cold]
    #[inline(never)]
    branch_slow(st, ip, sp, fp, code) {
        run::save(st, ip, sp);
        let truth = run::truth(st, *sp.sub(1));
        if truth > 1 {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        let (after, target) = signed_label(ip.add(1));
        if truth == usize::from(*ip & 1) {
            if target < after {
                (*st).interp.poll -= 1;
                if (*st).interp.poll < 0 {
                    return run::poll_then::<C>(st, target, sp.sub(1), fp, code);
                }
            }
            next!(st, target, sp.sub(1), fp, code)
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    /// JUMP_IF_TRUE_OR_POP and JUMP_IF_FALSE_OR_POP.
    jump_or_pop(st, ip, sp, fp, code) {
        let value = *sp.sub(1);
        if value != TRUE && value != FALSE {
            return jump_or_pop_slow::<C>(st, ip, sp, fp, code);
        }
        let (after, target) = label(ip.add(1));
        if (value == TRUE) == (*ip & 1 != 0) {
            next!(st, target, sp, fp, code)
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    #[inline(never)]
    jump_or_pop_slow(st, ip, sp, fp, code) {
        run::save(st, ip, sp);
        let truth = run::truth(st, *sp.sub(1));
        if truth > 1 {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        let (after, target) = label(ip.add(1));
        if truth == usize::from(*ip & 1) {
            next!(st, target, sp, fp, code)
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    /// `+ - ~` and `not`.
    unary(st, ip, sp, fp, code) {
        let value = *sp.sub(1);
        let number = *ip - 0xd0;
        if number == 3 && (value == TRUE || value == FALSE) {
            *sp.sub(1) = value ^ TRUE ^ FALSE;
            next!(st, ip.add(1), sp, fp, code)
        }
        return unary_slow::<C>(st, ip, sp, fp, code);
    }

    #[cold]
    #[inline(never)]
    unary_slow(st, ip, sp, fp, code) {
        run::save(st, ip, sp);
        let result = run::unary(st, *ip - 0xd0, *sp.sub(1));
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(1) = result;
        next!(st, ip.add(1), sp, fp, code)
    }

    /// A binary operator without a fast path.
    #[inline(never)]
    binary(st, ip, sp, fp, code) {
        run::save(st, ip, sp);
        let result = run::binary(st, *ip - 0xd7, *sp.sub(2), *sp.sub(1));
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(2) = result;
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }

    compare<const OP: u8>(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) {
            *sp.sub(2) = bool_word(compare_words::<OP>(a, b));
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        if let Some((a, b)) = floats(a, b) {
            *sp.sub(2) = bool_word(compare_floats::<OP>(a, b));
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    is(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        *sp.sub(2) = bool_word(a == b);
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }

    add(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) {
            if let Some(sum) = add_words(a, b) {
                *sp.sub(2) = sum;
                next!(st, ip.add(1), sp.sub(1), fp, code)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(sum) = float_word(a + b)
        {
            *sp.sub(2) = sum;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    sub(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) {
            if let Some(difference) = sub_words(a, b) {
                *sp.sub(2) = difference;
                next!(st, ip.add(1), sp.sub(1), fp, code)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(difference) = float_word(a - b)
        {
            *sp.sub(2) = difference;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    mul(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) {
            if let Some(product) = mul_words(a, b) {
                *sp.sub(2) = product;
                next!(st, ip.add(1), sp.sub(1), fp, code)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(product) = float_word(a * b)
        {
            *sp.sub(2) = product;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    div(st, ip, sp, fp, code) {
        if let Some((a, b)) = floats(*sp.sub(2), *sp.sub(1))
            && b != 0.0
            && let Some(quotient) = float_word(a / b)
        {
            *sp.sub(2) = quotient;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    power(st, ip, sp, fp, code) {
        if let Some((base, exponent)) = floats(*sp.sub(2), *sp.sub(1))
            && base > 0.0
            && let Some(value) = float_word(float_math::pow(base, exponent))
        {
            *sp.sub(2) = value;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    floor_div(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) && b as isize > 1 {
            let (a, b) = (a as isize >> 1, b as isize >> 1);
            *sp.sub(2) = small(a.div_euclid(b));
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    modulo(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) && b as isize > 1 {
            let (a, b) = (a as isize >> 1, b as isize >> 1);
            *sp.sub(2) = small(a.rem_euclid(b));
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    /// `&`, `|` and `^` (also in place).
    bitwise<const OP: u8>(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) {
            *sp.sub(2) = match OP {
                0 => a | b,
                1 => a ^ b ^ 1,
                _ => a & b,
            };
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    shift_right(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) && b as isize > 0 {
            let by = (b >> 1).min(usize::BITS as usize - 1);
            *sp.sub(2) = ((a as isize >> by) as Word) | 1;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return binary::<C>(st, ip, sp, fp, code);
    }

    shift_left(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) && b >> 1 < usize::BITS as usize - 2 {
            let by = b >> 1;
            let value = (a - 1) as isize;
            let shifted = value << by;
            if shifted >> by == value {
                *sp.sub(2) = shifted as Word | 1;
                next!(st, ip.add(1), sp.sub(1), fp, code)
            }
        }
        return binary::<C>(st, ip, sp, fp, code);
    }
}

/// The comparisons' numbers are those of [`Binary`].
const _: () = assert!(Binary::Lt as u8 == 0 && Binary::Ne as u8 == 5 && Binary::Or as u8 == 22);
