//! Arithmetic on ints of any size, with Python's rounding and signs.
//!
//! Sums, bit operations, shifts, short products and divisions by one limb are computed straight into the new
//! object. Everything superlinear goes to `dashu-int`, after a reservation of what it may need. Nothing
//! here runs Python code.

use core::cmp::Ordering;

use dashu_int::{
    IBig, UBig, Word,
    fast_div::ConstDivisor,
    modular::Reduced,
    ops::{BitTest, DivRem, UnsignedAbs},
};
use heap::Obj;

use crate::{
    layout::number::{Int, MAX_BITS, WORD_BITS},
    types::{exception::Exc, hashing, int_long::Long},
    value::{R, Raised},
    vm::Vm,
};

/// Up to so many limbs of the shorter factor the simple multiplication wins.
const SHORT: usize = 24;

/// Twice the width of a limb.
type Wide = dashu_int::DoubleWord;

#[cold]
fn divide_by_zero(vm: &mut Vm) -> Raised {
    vm.error(Exc::ZeroDivisionError, format_args!("division by zero"))
}

/// Runs a computation that allocates up to about `limbs` limbs outside of the heap.
pub fn reserved<T>(vm: &mut Vm, limbs: usize, work: impl FnOnce(&mut Vm) -> R<T>) -> R<T> {
    if limbs > MAX_BITS / WORD_BITS {
        return Err(vm.raise_memory_error(limbs.saturating_mul(size_of::<Word>())));
    }
    // Operands, result and scratch of the library's divide-and-conquer methods.
    let bytes = limbs * size_of::<Word>() * 6 + 256;
    vm.reserve(bytes)?;
    let result = work(vm);
    vm.release(bytes);
    result
}

fn magnitude(vm: &Vm, value: Int) -> UBig {
    value.to_ibig(vm).unsigned_abs()
}

fn compare_limbs(a: &[Word], b: &[Word]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Adds `b`, which is not longer, to `a` in place; the caller leaves room for the carry.
fn add_to(a: &mut [Word], b: &[Word]) {
    let (low, high) = a.split_at_mut(b.len().min(a.len()));
    let mut carry = false;
    for (limb, other) in low.iter_mut().zip(b) {
        let (sum, over1) = limb.overflowing_add(*other);
        let (sum, over2) = sum.overflowing_add(carry as Word);
        *limb = sum;
        carry = over1 | over2;
    }
    for limb in high {
        if !carry {
            break;
        }
        (*limb, carry) = limb.overflowing_add(1);
    }
}

/// Subtracts `b`, which is not greater, from `a` in place.
fn subtract_from(a: &mut [Word], b: &[Word]) {
    let (low, high) = a.split_at_mut(b.len().min(a.len()));
    let mut borrow = false;
    for (limb, other) in low.iter_mut().zip(b) {
        let (difference, under1) = limb.overflowing_sub(*other);
        let (difference, under2) = difference.overflowing_sub(borrow as Word);
        *limb = difference;
        borrow = under1 | under2;
    }
    for limb in high {
        if !borrow {
            break;
        }
        (*limb, borrow) = limb.overflowing_sub(1);
    }
}

/// Divides in place by one limb; gives the remainder.
fn divide_limb(a: &mut [Word], divisor: Word) -> Word {
    let mut rest: Word = 0;
    for limb in a.iter_mut().rev() {
        let value = (rest as Wide) << WORD_BITS | *limb as Wide;
        *limb = (value / divisor as Wide) as Word;
        rest = (value % divisor as Wide) as Word;
    }
    rest
}

/// `a < b`, `a == b`, …
pub fn compare(vm: &Vm, a: Int, b: Int) -> Ordering {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        return a.cmp(&b);
    }
    let (mut place_a, mut place_b) = ([0], [0]);
    let (negative_a, limbs_a) = a.sign_limbs(vm, &mut place_a);
    let (negative_b, limbs_b) = b.sign_limbs(vm, &mut place_b);
    match (negative_a, negative_b) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => compare_limbs(limbs_a, limbs_b),
        (true, true) => compare_limbs(limbs_b, limbs_a),
    }
}

/// `a + b`
pub fn add(vm: &mut Vm, a: Int, b: Int) -> R {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        // Small ints have a bit to spare.
        return vm.new_int(a + b);
    }
    add_signed(vm, a, b, false)
}

/// `a - b`
pub fn subtract(vm: &mut Vm, a: Int, b: Int) -> R {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        return vm.new_int(a - b);
    }
    add_signed(vm, a, b, true)
}

fn add_signed(vm: &mut Vm, a: Int, b: Int, flip: bool) -> R {
    let (negative_a, negative_b) = (a.is_negative(), b.is_negative() != flip);
    if negative_a == negative_b {
        let len = a.limb_count().max(b.limb_count()) + 1;
        return vm.build_int(negative_a, len, |vm, out| {
            let (mut place_a, mut place_b) = ([0], [0]);
            let (limbs_a, limbs_b) = (a.sign_limbs(vm, &mut place_a).1, b.sign_limbs(vm, &mut place_b).1);
            let (long, short) = if limbs_a.len() < limbs_b.len() { (limbs_b, limbs_a) } else { (limbs_a, limbs_b) };
            out[..long.len()].copy_from_slice(long);
            add_to(out, short);
        });
    }
    let order = {
        let (mut place_a, mut place_b) = ([0], [0]);
        compare_limbs(a.sign_limbs(vm, &mut place_a).1, b.sign_limbs(vm, &mut place_b).1)
    };
    let (greater, lesser, negative) = match order {
        Ordering::Less => (b, a, negative_b),
        _ => (a, b, negative_a),
    };
    vm.build_int(negative, greater.limb_count(), |vm, out| {
        let (mut place_a, mut place_b) = ([0], [0]);
        let (limbs_a, limbs_b) = (greater.sign_limbs(vm, &mut place_a).1, lesser.sign_limbs(vm, &mut place_b).1);
        out[..limbs_a.len()].copy_from_slice(limbs_a);
        subtract_from(out, limbs_b);
    })
}

/// `a * b`
pub fn multiply(vm: &mut Vm, a: Int, b: Int) -> R {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        return match a.checked_mul(b) {
            Some(product) => vm.new_int(product),
            None => vm.new_int(a as i128 * b as i128),
        };
    }
    let (short, long) = if a.limb_count() < b.limb_count() { (a, b) } else { (b, a) };
    let len = a.limb_count() + b.limb_count();
    if short.limb_count() > SHORT {
        return reserved(vm, len, |vm| {
            let (x, y) = (magnitude(vm, a), magnitude(vm, b));
            let product = Long::new(vm).multiply(&x, &y)?;
            vm.int_from_limbs(a.is_negative() != b.is_negative(), product.as_words())
        });
    }
    vm.build_int(a.is_negative() != b.is_negative(), len, |vm, out| {
        let (mut place_a, mut place_b) = ([0], [0]);
        let (short, long) = (short.sign_limbs(vm, &mut place_a).1, long.sign_limbs(vm, &mut place_b).1);
        for (i, factor) in short.iter().enumerate() {
            let mut carry: Wide = 0;
            let row = &mut out[i..=i + long.len()];
            for (place, limb) in row.iter_mut().zip(long) {
                let value = *factor as Wide * *limb as Wide + *place as Wide + carry;
                *place = value as Word;
                carry = value >> WORD_BITS;
            }
            row[long.len()] = carry as Word;
        }
    })
}

/// The divisor as a single limb, with its sign.
fn single_limb(vm: &Vm, b: Int) -> Option<(bool, Word)> {
    let mut place = [0];
    match b.sign_limbs(vm, &mut place) {
        (negative, [limb]) => Some((negative, *limb)),
        _ => None,
    }
}

/// `a // b`
pub fn floor_divide(vm: &mut Vm, a: Int, b: Int) -> R {
    if b.is_zero() {
        return Err(divide_by_zero(vm));
    }
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        // The quotient of small ints is no overflow: -2^62 / -1 is inside the machine's range.
        let quotient = a / b;
        return vm.new_int(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient });
    }
    if let Some((negative_b, divisor)) = single_limb(vm, b) {
        let negative = a.is_negative() != negative_b;
        return vm.build_int(negative, a.limb_count() + 1, |vm, out| {
            let mut place = [0];
            let limbs = a.sign_limbs(vm, &mut place).1;
            out[..limbs.len()].copy_from_slice(limbs);
            if divide_limb(out, divisor) != 0 && negative {
                add_to(out, &[1]);
            }
        });
    }
    Ok(divmod_long(vm, a, b, true, false)?.0)
}

/// `a % b`
pub fn modulo(vm: &mut Vm, a: Int, b: Int) -> R {
    if b.is_zero() {
        return Err(divide_by_zero(vm));
    }
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        let rest = a % b;
        return vm.new_int(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest });
    }
    if let Some((negative_b, divisor)) = single_limb(vm, b) {
        let mut place = [0];
        let (negative_a, limbs) = a.sign_limbs(vm, &mut place);
        let mut rest: Word = 0;
        for limb in limbs.iter().rev() {
            rest = (((rest as Wide) << WORD_BITS | *limb as Wide) % divisor as Wide) as Word;
        }
        if rest != 0 && negative_a != negative_b {
            rest = divisor - rest;
        }
        return vm.int_from_limbs(negative_b, &[rest]);
    }
    Ok(divmod_long(vm, a, b, false, true)?.1)
}

/// `divmod(a, b)`
pub fn divmod(vm: &mut Vm, a: Int, b: Int) -> R<(Obj, Obj)> {
    if b.is_zero() {
        return Err(divide_by_zero(vm));
    }
    if single_limb(vm, b).is_some() {
        let quotient = floor_divide(vm, a, b)?;
        return Ok((quotient, modulo(vm, a, b)?));
    }
    divmod_long(vm, a, b, true, true)
}

/// Division by more than one limb. What is not wanted is given as 0.
fn divmod_long(vm: &mut Vm, a: Int, b: Int, want_quotient: bool, want_rest: bool) -> R<(Obj, Obj)> {
    let zero = Obj::small_int_unchecked(0);
    if a.limb_count() < b.limb_count() {
        // |a| < |b|: the quotient is 0 or -1.
        if a.is_zero() || a.is_negative() == b.is_negative() {
            return Ok((zero, a.obj()));
        }
        let rest = if want_rest { add(vm, a, b)? } else { zero };
        return Ok((Obj::small_int_unchecked(-1), rest));
    }
    reserved(vm, a.limb_count() + b.limb_count(), |vm| {
        let (dividend, divisor) = (magnitude(vm, a), magnitude(vm, b));
        let (mut quotient, mut rest) = Long::new(vm).divide(&dividend, &divisor)?;
        let negative = a.is_negative() != b.is_negative();
        if !rest.is_zero() && negative {
            quotient += UBig::ONE;
            rest = divisor - rest;
        }
        let quotient = if want_quotient { vm.int_from_limbs(negative, quotient.as_words())? } else { zero };
        let rest = if want_rest { vm.int_from_limbs(b.is_negative(), rest.as_words())? } else { zero };
        Ok((quotient, rest))
    })
}

/// A shift count: `None` if it exceeds every size.
fn shift_count(vm: &mut Vm, count: Int) -> R<Option<usize>> {
    if count.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    match count {
        Int::Small(count) if count as usize <= MAX_BITS => Ok(Some(count as usize)),
        _ => Ok(None),
    }
}

/// `a << count`
pub fn shift_left(vm: &mut Vm, a: Int, count: Int) -> R {
    let count = shift_count(vm, count)?;
    if a.is_zero() {
        return Ok(Obj::small_int_unchecked(0));
    }
    let Some(count) = count else {
        return Err(vm.overflow_error("shift count too large"));
    };
    if let Int::Small(value) = a
        && count < WORD_BITS - 1
        && (value << count) >> count == value
    {
        return vm.new_int(value << count);
    }
    let (words, bits) = (count / WORD_BITS, count % WORD_BITS);
    let len = a.limb_count() + words + 1;
    vm.build_int(a.is_negative(), len, |vm, out| {
        let mut place = [0];
        let limbs = a.sign_limbs(vm, &mut place).1;
        let out = &mut out[words..];
        if bits == 0 {
            out[..limbs.len()].copy_from_slice(limbs);
            return;
        }
        let mut below = 0;
        for (place, limb) in out.iter_mut().zip(limbs) {
            *place = limb << bits | below;
            below = limb >> (WORD_BITS - bits);
        }
        out[limbs.len()] = below;
    })
}

/// `a >> count`
pub fn shift_right(vm: &mut Vm, a: Int, count: Int) -> R {
    let gone = Obj::small_int_unchecked(if a.is_negative() { -1 } else { 0 });
    let Some(count) = shift_count(vm, count)? else {
        return Ok(gone);
    };
    if let Int::Small(value) = a {
        return Ok(Obj::small_int_unchecked(value >> count.min(WORD_BITS - 1)));
    }
    let (words, bits) = (count / WORD_BITS, count % WORD_BITS);
    if words >= a.limb_count() {
        return Ok(gone);
    }
    // One limb more: rounding down may carry.
    let len = a.limb_count() - words + 1;
    let negative = a.is_negative();
    vm.build_int(negative, len, |vm, out| {
        let mut place = [0];
        let limbs = a.sign_limbs(vm, &mut place).1;
        let kept = &limbs[words..];
        out[..kept.len()].copy_from_slice(kept);
        if bits > 0 {
            let mut above = 0;
            for limb in out[..kept.len()].iter_mut().rev() {
                (*limb, above) = (*limb >> bits | above, *limb << (WORD_BITS - bits));
            }
        }
        let lost = limbs[..words].iter().any(|limb| *limb != 0) || limbs[words] & ((1 << bits) - 1) != 0;
        if negative && lost {
            add_to(out, &[1]);
        }
    })
}

/// A bit operation.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Bits {
    And,
    Or,
    Xor,
}

/// `a & b`, `a | b`, `a ^ b` in two's complement of unlimited width.
pub fn bitwise(vm: &mut Vm, op: Bits, a: Int, b: Int) -> R {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        return Ok(Obj::small_int_unchecked(match op {
            Bits::And => a & b,
            Bits::Or => a | b,
            Bits::Xor => a ^ b,
        }));
    }
    let (negative_a, negative_b) = (a.is_negative(), b.is_negative());
    let negative = match op {
        Bits::And => negative_a & negative_b,
        Bits::Or => negative_a | negative_b,
        Bits::Xor => negative_a ^ negative_b,
    };
    let len = a.limb_count().max(b.limb_count()) + 1;
    vm.build_int(negative, len, |vm, out| {
        let (mut place_a, mut place_b) = ([0], [0]);
        let (limbs_a, limbs_b) = (a.sign_limbs(vm, &mut place_a).1, b.sign_limbs(vm, &mut place_b).1);
        if !negative_a && !negative_b {
            let (long, short) = if limbs_a.len() < limbs_b.len() { (limbs_b, limbs_a) } else { (limbs_a, limbs_b) };
            // Beyond the shorter number stands zero.
            let copied = if matches!(op, Bits::And) { short.len() } else { long.len() };
            out[..copied].copy_from_slice(&long[..copied]);
            for (place, limb) in out.iter_mut().zip(short) {
                match op {
                    Bits::And => *place &= limb,
                    Bits::Or => *place |= limb,
                    Bits::Xor => *place ^= limb,
                }
            }
            return;
        }
        let (mut carry_a, mut carry_b, mut carry) = (true, true, true);
        for (i, place) in out.iter_mut().enumerate() {
            let x = complement(limbs_a.get(i).copied().unwrap_or(0), negative_a, &mut carry_a);
            let y = complement(limbs_b.get(i).copied().unwrap_or(0), negative_b, &mut carry_b);
            let value = match op {
                Bits::And => x & y,
                Bits::Or => x | y,
                Bits::Xor => x ^ y,
            };
            *place = complement(value, negative, &mut carry);
        }
    })
}

/// The next limb of the negated number, if `negate`. The carry starts as true.
fn complement(limb: Word, negate: bool, carry: &mut bool) -> Word {
    if !negate {
        return limb;
    }
    let (value, over) = (!limb).overflowing_add(*carry as Word);
    *carry = over;
    value
}

/// `-a`
pub fn negate(vm: &mut Vm, a: Int) -> R {
    match a {
        Int::Small(value) => vm.new_int(-value),
        Int::Big(big) => vm.build_int(!big.is_negative(), big.len(), |vm, out| out.copy_from_slice(big.limbs(vm))),
    }
}

/// `~a`
pub fn invert(vm: &mut Vm, a: Int) -> R {
    match a {
        Int::Small(value) => Ok(Obj::small_int_unchecked(!value)),
        Int::Big(_) => {
            let negative = negate(vm, a)?;
            match vm.as_int(negative) {
                Some(negative) => subtract(vm, negative, Int::Small(1)),
                None => Ok(negative),
            }
        }
    }
}

/// `abs(a)`
pub fn absolute(vm: &mut Vm, a: Int) -> R {
    if a.is_negative() { negate(vm, a) } else { Ok(a.obj()) }
}

/// `a ** exponent` for an exponent of zero or more.
pub fn power(vm: &mut Vm, a: Int, exponent: Int) -> R {
    match (a, exponent) {
        (_, Int::Small(0)) | (Int::Small(1), _) => return Ok(Obj::small_int_unchecked(1)),
        (Int::Small(0), _) => return Ok(Obj::small_int_unchecked(0)),
        (Int::Small(-1), _) => {
            return Ok(Obj::small_int_unchecked(if exponent.is_odd(vm) { -1 } else { 1 }));
        }
        (_, Int::Small(1)) => return Ok(a.obj()),
        _ => {}
    }
    let Int::Small(exponent) = exponent else {
        return Err(vm.raise_memory_error(usize::MAX));
    };
    let exponent = exponent as usize;
    if let Int::Small(base) = a
        && let Ok(short) = u32::try_from(exponent)
        && let Some(result) = (base as i128).checked_pow(short)
    {
        return vm.new_int(result);
    }
    let bits = a.bits(vm).saturating_mul(exponent);
    if bits > MAX_BITS {
        return Err(vm.raise_memory_error(bits / 8));
    }
    reserved(vm, bits / WORD_BITS + a.limb_count() + 2, |vm| {
        let base = magnitude(vm, a);
        let result = Long::new(vm).power(&base, exponent)?;
        vm.int_from_limbs(a.is_negative() && !exponent.is_multiple_of(2), result.as_words())
    })
}

/// Limbs multiplied with limbs in a power that is computed without a look at Ctrl-C.
const LONG_POWER: usize = 1 << 24;

/// Limbs of a modulus by which a single product is reduced in pieces.
const LONG_MODULUS: usize = 1 << 14;

/// A power with a long exponent or modulus.
fn power_by_windows<'a>(vm: &mut Vm, ring: &'a ConstDivisor, base: &Reduced<'a>, exponent: &UBig) -> R<Reduced<'a>> {
    const WINDOW: usize = 4;
    let one = ring.reduce(UBig::ONE);
    let mut powers = alloc::vec![one.clone()];
    for i in 1..1 << WINDOW {
        powers.push(&powers[i - 1] * base);
    }
    let mut result = one;
    for window in (0..exponent.bit_len().div_ceil(WINDOW)).rev() {
        vm.check_interrupt()?;
        for _ in 0..WINDOW {
            result = result.sqr();
        }
        let bit = window * WINDOW;
        let digit = exponent.as_words()[bit / WORD_BITS] >> (bit % WORD_BITS) & ((1 << WINDOW) - 1);
        result *= &powers[digit as usize];
    }
    Ok(result)
}

/// `pow(a, exponent, modulus)`
pub fn power_modulo(vm: &mut Vm, a: Int, exponent: Int, modulus: Int) -> R {
    if modulus.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    if let Int::Small(1 | -1) = modulus {
        return Ok(Obj::small_int_unchecked(0));
    }
    let limbs = a.limb_count() + exponent.limb_count() + 8 * modulus.limb_count();
    reserved(vm, limbs, |vm| {
        let divisor = magnitude(vm, modulus);
        let ring = ConstDivisor::new(divisor.clone());
        let mut base = ring.reduce(a.to_ibig(vm));
        if exponent.is_negative() {
            base = match base.inv() {
                Some(inverse) => inverse,
                None => return Err(vm.value_error("base is not invertible for the given modulus")),
            };
        }
        let exponent = magnitude(vm, exponent);
        let long = divisor.as_words().len() > LONG_MODULUS;
        let work = exponent.bit_len().saturating_mul(divisor.as_words().len().pow(2));
        let result = if long {
            Long::new(vm).power_modulo(&base.residue(), &exponent, &divisor)?
        } else if work < LONG_POWER {
            base.pow(&exponent).residue()
        } else {
            power_by_windows(vm, &ring, &base, &exponent)?.residue()
        };
        if modulus.is_negative() && !result.is_zero() {
            let result = IBig::from(result) - IBig::from(divisor);
            return vm.int_from_ibig(&result);
        }
        vm.int_from_ubig(&result)
    })
}

/// The double nearest to `mantissa * 2^exponent`, ties to even. Bits below the mantissa's must have been ORed into its
/// lowest bit, and then it must have 66 bits or more. `None`: too large.
pub fn round_to_float(mantissa: u128, exponent: i64) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = 128 - mantissa.leading_zeros() as i64;
    // The lowest bit that the result can have.
    let lowest = (exponent + bits - 53).max(-1074);
    let drop = lowest - exponent;
    let (mut kept, exponent) = if drop <= 0 {
        (mantissa, exponent)
    } else if drop > 128 {
        (0, lowest)
    } else {
        let kept = if drop == 128 { 0 } else { mantissa >> drop };
        let rest = mantissa - if drop == 128 { 0 } else { kept << drop };
        let half = 1u128 << (drop - 1);
        let up = rest > half || (rest == half && kept & 1 != 0);
        (kept + up as u128, lowest)
    };
    if kept == 0 {
        return Some(0.0);
    }
    // Now `kept` has at most 53 bits, or is 2^53, or nothing was dropped and it has at most 53 bits.
    let top = 128 - kept.leading_zeros() as i64 + exponent;
    if top > 1024 {
        return None;
    }
    let mut exponent = exponent;
    while kept & 1 == 0 {
        kept >>= 1;
        exponent += 1;
    }
    // Two exact steps, so that neither power is outside of the range of normal numbers.
    let value = kept as u64 as f64;
    let first = exponent.clamp(-1000, 900);
    Some(value * power_of_two(first) * power_of_two(exponent - first))
}

/// 2^exponent for exponents of normal numbers.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023).clamp(1, 2046) as u64) << 52)
}

/// The double nearest to a magnitude times 2^exponent; `None`: too large.
fn limbs_to_float(limbs: &[Word], exponent: i64, sticky: bool) -> Option<f64> {
    let Some(top) = limbs.last() else {
        return Some(0.0);
    };
    let bits = limbs.len() * WORD_BITS - top.leading_zeros() as usize;
    let mut mantissa = 0u128;
    let drop = bits.saturating_sub(120);
    for (i, limb) in limbs.iter().enumerate() {
        let low = i * WORD_BITS;
        if low + WORD_BITS <= drop {
            continue;
        }
        mantissa |= if low >= drop { (*limb as u128) << (low - drop) } else { (*limb as u128) >> (drop - low) };
    }
    let whole = drop / WORD_BITS;
    let lost = limbs[..whole].iter().any(|limb| *limb != 0)
        || (!drop.is_multiple_of(WORD_BITS) && limbs[whole] & ((1 << (drop % WORD_BITS)) - 1) != 0);
    round_to_float(mantissa | (lost || sticky) as u128, exponent + drop as i64)
}

/// The nearest double; `None`: too large.
pub fn to_float_maybe(vm: &Vm, a: Int) -> Option<f64> {
    match a {
        Int::Small(value) => Some(value as f64),
        Int::Big(big) => {
            let value = limbs_to_float(big.limbs(vm), 0, false)?;
            Some(if big.is_negative() { -value } else { value })
        }
    }
}

/// `float(a)`; raises OverflowError.
pub fn to_float(vm: &mut Vm, a: Int) -> R<f64> {
    match to_float_maybe(vm, a) {
        Some(value) => Ok(value),
        None => Err(vm.overflow_error("int too large to convert to float")),
    }
}

/// `a / b`, correctly rounded.
pub fn true_divide(vm: &mut Vm, a: Int, b: Int) -> R<f64> {
    if b.is_zero() {
        return Err(divide_by_zero(vm));
    }
    const EXACT: u64 = 1 << 53;
    if let (Int::Small(a), Int::Small(b)) = (a, b)
        && a.unsigned_abs() as u64 <= EXACT
        && b.unsigned_abs() as u64 <= EXACT
    {
        return Ok(a as f64 / b as f64);
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    // A quotient of 68 bits or so, and whether something is left over.
    let shift = 68 - (a.bits(vm) as i64 - b.bits(vm) as i64);
    let distance = shift.unsigned_abs() as usize;
    let limbs = a.limb_count() + b.limb_count() + distance / WORD_BITS + 2;
    let magnitude = reserved(vm, limbs, |vm| {
        let mut numerator = a.to_ibig(vm).unsigned_abs();
        let mut denominator = b.to_ibig(vm).unsigned_abs();
        if shift > 0 {
            numerator <<= distance;
        } else {
            denominator <<= distance;
        }
        let (quotient, rest) = numerator.div_rem(&denominator);
        Ok(limbs_to_float(quotient.as_words(), -shift, !rest.is_zero()))
    })?;
    match magnitude {
        Some(value) => Ok(if a.is_negative() != b.is_negative() { -value } else { value }),
        None => Err(vm.overflow_error("integer division result too large for a float")),
    }
}

/// A finite double without its fraction, as mantissa and power of two.
fn integral_parts(value: f64) -> (u64, usize) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1075;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    match exponent {
        0.. => (mantissa, exponent as usize),
        -52..0 => (mantissa >> -exponent, 0),
        _ => (0, 0),
    }
}

/// `int(value)`, towards zero. Raises for infinities and NaN.
pub fn from_float(vm: &mut Vm, value: f64) -> R {
    if value.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(vm.overflow_error("cannot convert float infinity to integer"));
    }
    if value.abs() < 9.0e18 {
        return vm.new_int(value as i64);
    }
    let (mantissa, shift) = integral_parts(value);
    vm.build_int(value < 0.0, shift / WORD_BITS + 64 / WORD_BITS + 1, |_, out| fill_shifted(out, mantissa, shift))
}

/// Writes `mantissa << shift` into zeroed limbs.
fn fill_shifted(out: &mut [Word], mantissa: u64, shift: usize) {
    let wide = (mantissa as u128) << (shift % WORD_BITS);
    for (i, limb) in out[shift / WORD_BITS..].iter_mut().enumerate().take(128 / WORD_BITS) {
        *limb = (wide >> (i * WORD_BITS)) as Word;
    }
}

/// Compares exactly; `None` if the float is NaN.
pub fn compare_with_float(vm: &Vm, a: Int, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if let Int::Small(value) = a
        && (b.abs() < 9.0e18 || b.is_infinite())
    {
        if b.is_infinite() {
            return Some(if b < 0.0 { Ordering::Greater } else { Ordering::Less });
        }
        let whole = b as i64;
        let fraction = b - whole as f64;
        return Some((value as i64).cmp(&whole).then(0.0.partial_cmp(&fraction).unwrap_or(Ordering::Equal)));
    }
    let negative = a.is_negative();
    let order = if negative != (b < 0.0) {
        Ordering::Greater
    } else if b.is_infinite() {
        Ordering::Less
    } else {
        let (mantissa, shift) = integral_parts(b);
        let mut place = [0];
        let limbs = a.sign_limbs(vm, &mut place).1;
        let mut buffer = [0 as Word; 1024 / WORD_BITS + 4];
        fill_shifted(&mut buffer, mantissa, shift);
        let len = buffer.len() - buffer.iter().rev().take_while(|limb| **limb == 0).count();
        // A fraction makes the float's magnitude the greater one of equals; beyond 2^53 there is none.
        let fraction = if b.abs() < 9.0e15 && b as i64 as f64 != b { Ordering::Less } else { Ordering::Equal };
        compare_limbs(limbs, &buffer[..len]).then(fraction)
    };
    Some(if negative { order.reverse() } else { order })
}

/// `hash(a)`
pub fn hash(vm: &Vm, a: Int) -> isize {
    match a {
        Int::Small(value) => hashing::hash_int(value),
        Int::Big(big) => {
            let reduced = big.limbs(vm).iter().rev().fold(0, |sum, limb| hashing::hash_push_word(sum, *limb as usize));
            hashing::hash_magnitude(reduced, big.is_negative())
        }
    }
}

/// The greatest common divisor.
pub fn gcd(vm: &mut Vm, a: Int, b: Int) -> R {
    if a.is_zero() {
        return absolute(vm, b);
    }
    if b.is_zero() {
        return absolute(vm, a);
    }
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        return vm.new_int(a);
    }
    reserved(vm, 2 * (a.limb_count() + b.limb_count()), |vm| {
        let (a, b) = (magnitude(vm, a), magnitude(vm, b));
        let result = Long::new(vm).gcd(&a, &b)?;
        vm.int_from_ubig(&result)
    })
}

/// The greatest int whose square is not greater than `a`, which is not negative.
pub fn square_root(vm: &mut Vm, a: Int) -> R {
    reserved(vm, 2 * a.limb_count(), |vm| {
        let a = magnitude(vm, a);
        let root = Long::new(vm).square_root(&a)?;
        vm.int_from_ubig(&root)
    })
}

#[cfg(test)]
mod tests;
