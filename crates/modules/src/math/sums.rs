//! Functions of many numbers.

use alloc::vec::Vec;

use vm::{
    Obj, R, Vm, float_math as fm,
    native::{Args, Binary},
};

/// `math.prod(iterable, *, start=1)`
pub fn prod(vm: &mut Vm, args: &Args) -> R {
    let mut result = Obj::small_int_unchecked(1);
    for (key, value) in args.keywords() {
        if vm.str_bytes(key) != Some(b"start") {
            return Err(vm.type_error("extra keyword arguments given"));
        }
        result = value;
    }
    let iterator = vm.iter(args.pos[0])?;
    while let Some(item) = vm.next(iterator)? {
        result = vm.binary(Binary::Mul, result, item)?;
    }
    Ok(result)
}

/// A sum without rounding errors: partial sums whose bits do not overlap, in rising order (Shewchuk's method).
#[derive(Default)]
struct ExactSum {
    partials: Vec<f64>,
    /// The plain sum of infinities and NaNs.
    special: f64,
    has_special: bool,
    /// The sum of the infinities alone.
    infinite: f64,
    /// A partial sum of finite numbers was too large.
    overflow: bool,
}

impl ExactSum {
    fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.has_special = true;
            if value.is_infinite() {
                self.infinite += value;
            }
            self.special += value;
            return;
        }
        let mut x = value;
        let mut kept = 0;
        for i in 0..self.partials.len() {
            let mut y = self.partials[i];
            if x.abs() < y.abs() {
                core::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x.is_finite() {
            self.partials.push(x);
        } else {
            self.overflow = true;
        }
    }

    /// The sum, rounded once.
    fn total(&self) -> f64 {
        let mut rest = self.partials.iter().rev().copied();
        let Some(mut high) = rest.next() else {
            return 0.0;
        };
        let mut low = 0.0;
        for y in rest.by_ref() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Exactly half a unit is left: what follows decides the direction.
        if let Some(next) = rest.next()
            && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
        {
            let doubled = low * 2.0;
            let x = high + doubled;
            if doubled == x - high {
                high = x;
            }
        }
        high
    }
}

/// `math.fsum(iterable)`
pub fn fsum(vm: &mut Vm, iterable: Obj) -> R {
    let mut sum = ExactSum::default();
    let iterator = vm.iter(iterable)?;
    while let Some(item) = vm.next(iterator)? {
        sum.add(vm.float_value(item)?);
        if sum.overflow {
            return Err(vm.overflow_error("intermediate overflow in fsum"));
        }
    }
    if sum.has_special {
        if sum.infinite.is_nan() {
            return Err(vm.value_error("-inf + inf in fsum"));
        }
        return vm.new_float(sum.special);
    }
    vm.new_float(sum.total())
}

/// `math.sumprod(p, q)`: floats are multiplied and added without intermediate rounding.
pub fn sumprod(vm: &mut Vm, p: Obj, q: Obj) -> R {
    let (left, right) = (vm.iter(p)?, vm.iter(q)?);
    let mut total = Obj::small_int_unchecked(0);
    let mut floats: Option<ExactSum> = None;
    loop {
        let (a, b) = match (vm.next(left)?, vm.next(right)?) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => break,
            _ => return Err(vm.value_error("Inputs are not the same length")),
        };
        let exact = match (vm.as_float(a).is_some(), vm.as_float(b).is_some()) {
            (false, false) => false,
            (true, true) => true,
            (true, false) => vm.is_int(b),
            (false, true) => vm.is_int(a),
        };
        if exact {
            let (x, y) = (vm.float_value(a)?, vm.float_value(b)?);
            let product = x * y;
            let sum = floats.get_or_insert_default();
            sum.add(product);
            if product.is_finite() {
                sum.add(fm::fma(x, y, -product));
            }
            continue;
        }
        let product = vm.binary(Binary::Mul, a, b)?;
        total = vm.binary(Binary::Add, total, product)?;
    }
    match floats {
        None => Ok(total),
        Some(sum) => {
            let value = if sum.has_special {
                sum.special
            } else if sum.overflow {
                f64::INFINITY
            } else {
                sum.total()
            };
            let value = vm.new_float(value)?;
            if total == Obj::small_int_unchecked(0) {
                return Ok(value);
            }
            vm.binary(Binary::Add, total, value)
        }
    }
}

/// The length of a vector.
fn length(parts: &[f64]) -> f64 {
    if let [x, y] = *parts {
        return fm::hypot(x, y);
    }
    if parts.iter().any(|part| part.is_infinite()) {
        return f64::INFINITY;
    }
    let greatest = parts.iter().fold(0f64, |max, part| if part.is_nan() { f64::NAN } else { max.max(part.abs()) });
    if parts.iter().any(|part| part.is_nan()) {
        return f64::NAN;
    }
    if greatest == 0.0 {
        return 0.0;
    }
    // Scaled by a power of two, which rounds nothing.
    let (_, exponent) = fm::frexp(greatest);
    let mut sum = ExactSum::default();
    for part in parts {
        let x = fm::ldexp(*part, -exponent);
        let square = x * x;
        sum.add(square);
        sum.add(fm::fma(x, x, -square));
    }
    fm::ldexp(fm::sqrt(sum.total()), exponent)
}

/// `math.hypot(*coordinates)`
pub fn hypot(vm: &mut Vm, args: &[Obj]) -> R {
    let mut parts = Vec::with_capacity(args.len());
    for arg in args {
        parts.push(vm.float_value(*arg)?.abs());
    }
    vm.new_float(length(&parts))
}

/// `math.dist(p, q)`
pub fn dist(vm: &mut Vm, p: Obj, q: Obj) -> R {
    let (left, right) = (vm.iter(p)?, vm.iter(q)?);
    let mut parts = Vec::new();
    loop {
        match (vm.next(left)?, vm.next(right)?) {
            (Some(a), Some(b)) => {
                let distance = (vm.float_value(a)? - vm.float_value(b)?).abs();
                if parts.try_reserve(1).is_err() {
                    return Err(vm.raise_memory_error(size_of::<f64>()));
                }
                parts.push(distance);
            }
            (None, None) => break,
            _ => return Err(vm.value_error("both points must have the same number of dimensions")),
        }
    }
    vm.new_float(length(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(values: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        values.iter().for_each(|value| sum.add(*value));
        sum.total()
    }

    #[test]
    fn sums_are_exact() {
        assert_eq!(total(&[0.1; 10]), 1.0);
        assert_eq!(total(&[1e16, 1.0, 1e-16]), 1e16 + 2.0);
        assert_eq!(total(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(total(&[]), 0.0);
    }

    #[test]
    fn lengths() {
        assert_eq!(length(&[3.0, 4.0]), 5.0);
        assert_eq!(length(&[1e300, 1e300, 1e300]), 1.7320508075688774e300);
        assert_eq!(length(&[0.0, f64::NAN, f64::INFINITY]), f64::INFINITY);
        assert!(length(&[0.0, f64::NAN, 1.0]).is_nan());
        assert_eq!(length(&[]), 0.0);
    }
}
