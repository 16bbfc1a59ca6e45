//! Functions of ints: exact, of any size.

use vm::{
    Obj, R, Vm,
    layout::number::{Int, MAX_BITS},
    types::int_math,
};

const ONE: Obj = Obj::small_int_unchecked(1);

fn int(vm: &mut Vm, obj: Obj) -> R<Int> {
    vm.index_int(obj)
}

/// The product of the numbers from `low` to `high`, both inclusive, in halves so that factors stay of equal size.
fn product(vm: &mut Vm, low: u64, high: u64) -> R {
    if high < low {
        return Ok(ONE);
    }
    if high - low < 8 {
        let mut result = Int::Small(1);
        for factor in low..=high {
            let factor = vm.new_int(factor)?;
            let factor = int(vm, factor)?;
            let next = int_math::multiply(vm, result, factor)?;
            result = int(vm, next)?;
        }
        return Ok(result.obj());
    }
    let middle = low + (high - low) / 2;
    let left = product(vm, low, middle)?;
    let right = product(vm, middle + 1, high)?;
    let (left, right) = (int(vm, left)?, int(vm, right)?);
    int_math::multiply(vm, left, right)
}

/// A product of `count` factors up to `greatest`, refused when it cannot be held.
fn checked_product(vm: &mut Vm, low: u64, high: u64) -> R {
    let bits = (64 - high.leading_zeros()) as u64;
    if (high.saturating_sub(low)).saturating_mul(bits) / 2 > MAX_BITS as u64 {
        return Err(vm.raise_memory_error(usize::MAX));
    }
    product(vm, low, high)
}

/// `math.factorial(n)`
pub fn factorial(vm: &mut Vm, n: Obj) -> R {
    let n = int(vm, n)?;
    if n.is_negative() {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    match n {
        Int::Small(n) => checked_product(vm, 2, n as u64),
        Int::Big(_) => Err(vm.overflow_error("factorial() argument should not exceed 9223372036854775807")),
    }
}

/// `math.gcd(*integers)`
pub fn gcd(vm: &mut Vm, args: &[Obj]) -> R {
    let mut result = Obj::small_int_unchecked(0);
    for &arg in args {
        let (a, b) = (int(vm, result)?, int(vm, arg)?);
        result = int_math::gcd(vm, a, b)?;
    }
    Ok(result)
}

/// `math.lcm(*integers)`
pub fn lcm(vm: &mut Vm, args: &[Obj]) -> R {
    let mut result = ONE;
    for &arg in args {
        let (a, b) = (int(vm, result)?, int(vm, arg)?);
        if a.is_zero() || b.is_zero() {
            result = Obj::small_int_unchecked(0);
            continue;
        }
        let divisor = int_math::gcd(vm, a, b)?;
        let divisor = int(vm, divisor)?;
        let part = int_math::floor_divide(vm, a, divisor)?;
        let part = int(vm, part)?;
        let multiple = int_math::multiply(vm, part, b)?;
        let multiple = int(vm, multiple)?;
        result = int_math::absolute(vm, multiple)?;
    }
    Ok(result)
}

/// `math.isqrt(n)`
pub fn isqrt(vm: &mut Vm, n: Obj) -> R {
    let n = int(vm, n)?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    int_math::square_root(vm, n)
}

/// `math.comb(n, k)`
pub fn comb(vm: &mut Vm, n: Obj, k: Obj) -> R {
    let (n, k) = (int(vm, n)?, int(vm, k)?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    let rest = int_math::subtract(vm, n, k)?;
    let rest = int(vm, rest)?;
    if rest.is_negative() {
        return Ok(Obj::small_int_unchecked(0));
    }
    let fewer = if int_math::compare(vm, rest, k).is_lt() { rest } else { k };
    let Int::Small(count) = fewer else {
        return Err(vm.overflow_error("min(n - k, k) must not exceed 9223372036854775807"));
    };
    // After i steps the result is the binomial of n and i, so that every division is exact.
    let mut result = Int::Small(1);
    for i in 0..count {
        let factor = int_math::subtract(vm, n, Int::Small(i))?;
        let factor = int(vm, factor)?;
        let product = int_math::multiply(vm, result, factor)?;
        let product = int(vm, product)?;
        let quotient = int_math::floor_divide(vm, product, Int::Small(i + 1))?;
        result = int(vm, quotient)?;
    }
    Ok(result.obj())
}

/// `math.perm(n, k=None)`
pub fn perm(vm: &mut Vm, args: &[Obj]) -> R {
    let k = match args.get(1) {
        None | Some(&Obj::NONE) => return factorial(vm, args[0]),
        Some(k) => *k,
    };
    let (n, k) = (int(vm, args[0])?, int(vm, k)?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    if int_math::compare(vm, n, k).is_lt() {
        return Ok(Obj::small_int_unchecked(0));
    }
    let Int::Small(count) = k else {
        return Err(vm.overflow_error("k must not exceed 9223372036854775807"));
    };
    if let Int::Small(n) = n {
        return checked_product(vm, (n - count) as u64 + 1, n as u64);
    }
    let mut result = Int::Small(1);
    for i in 0..count {
        let factor = int_math::subtract(vm, n, Int::Small(i))?;
        let factor = int(vm, factor)?;
        let product = int_math::multiply(vm, result, factor)?;
        result = int(vm, product)?;
    }
    Ok(result.obj())
}
