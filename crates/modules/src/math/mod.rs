//! `math`: every function of CPython 3.13's module.
//!
//! | file | what |
//! |---|---|
//! | this one | the table, functions of real numbers, classification |
//! | `integers` | factorials, divisors, binomials, roots of ints |
//! | `sums` | sums, products, distances of many numbers |

use vm::{
    Obj, R, Raised, Vm, float_math as fm,
    layout::number::Int,
    native::{Args, Def, Member, ModuleDef, Native},
    qstr::{Qstr, q},
    types::{exception::Exc, int_math},
};

mod integers;
mod sums;

/// `math`
pub static MATH: ModuleDef = ModuleDef { name: "math", members: MEMBERS, init: None };

macro_rules! real {
    ($name:literal, $function:expr, $overflow:expr) => {
        ($name, Def::Fn(Native::F1(|vm, x| one(vm, x, $function, $overflow))))
    };
}

const MEMBERS: &[Member] = &[
    ("pi", Def::Value(|vm| vm.new_float(core::f64::consts::PI))),
    ("e", Def::Value(|vm| vm.new_float(core::f64::consts::E))),
    ("tau", Def::Value(|vm| vm.new_float(core::f64::consts::TAU))),
    ("inf", Def::Value(|vm| vm.new_float(f64::INFINITY))),
    ("nan", Def::Value(|vm| vm.new_float(f64::NAN))),
    real!("sqrt", fm::sqrt, false),
    real!("cbrt", fm::cbrt, false),
    real!("exp", fm::exp, true),
    real!("exp2", fm::exp2, true),
    real!("expm1", fm::expm1, true),
    real!("log1p", fm::log1p, false),
    real!("sin", fm::sin, false),
    real!("cos", fm::cos, false),
    real!("tan", fm::tan, false),
    real!("asin", fm::asin, false),
    real!("acos", fm::acos, false),
    real!("atan", fm::atan, false),
    real!("sinh", fm::sinh, true),
    real!("cosh", fm::cosh, true),
    real!("tanh", fm::tanh, false),
    real!("asinh", fm::asinh, false),
    real!("acosh", fm::acosh, false),
    real!("atanh", fm::atanh, false),
    real!("fabs", f64::abs, false),
    real!("erf", fm::erf, false),
    real!("erfc", fm::erfc, false),
    real!("radians", |x| x * (core::f64::consts::PI / 180.0), false),
    (
        "degrees",
        Def::Fn(Native::F1(|vm, x| {
            let x = vm.float_value(x)?;
            vm.new_float(x * (180.0 / core::f64::consts::PI))
        })),
    ),
    ("gamma", Def::Fn(Native::F1(gamma))),
    ("lgamma", Def::Fn(Native::F1(lgamma))),
    ("log", Def::Fn(Native::Var(1, 2, log))),
    ("log2", Def::Fn(Native::F1(|vm, x| logarithm(vm, x, fm::log2).and_then(|y| vm.new_float(y))))),
    ("log10", Def::Fn(Native::F1(|vm, x| logarithm(vm, x, fm::log10).and_then(|y| vm.new_float(y))))),
    ("pow", Def::Fn(Native::F2(pow))),
    ("atan2", Def::Fn(Native::F2(|vm, y, x| two(vm, y, x, fm::atan2)))),
    ("copysign", Def::Fn(Native::F2(|vm, x, y| two(vm, x, y, f64::copysign)))),
    ("fmod", Def::Fn(Native::F2(|vm, x, y| two(vm, x, y, |x, y| x % y)))),
    ("remainder", Def::Fn(Native::F2(|vm, x, y| two(vm, x, y, fm::remainder)))),
    ("nextafter", Def::Fn(Native::Kw(2, 2, nextafter))),
    ("ulp", Def::Fn(Native::F1(ulp))),
    ("fma", Def::Fn(Native::F3(fma))),
    ("ldexp", Def::Fn(Native::F2(ldexp))),
    ("frexp", Def::Fn(Native::F1(frexp))),
    ("modf", Def::Fn(Native::F1(modf))),
    ("floor", Def::Fn(Native::F1(|vm, x| to_int(vm, x, fm::floor, q::__floor__)))),
    ("ceil", Def::Fn(Native::F1(|vm, x| to_int(vm, x, fm::ceil, q::__ceil__)))),
    ("trunc", Def::Fn(Native::F1(trunc))),
    ("isnan", Def::Fn(Native::F1(|vm, x| is(vm, x, f64::is_nan)))),
    ("isinf", Def::Fn(Native::F1(|vm, x| is(vm, x, f64::is_infinite)))),
    ("isfinite", Def::Fn(Native::F1(|vm, x| is(vm, x, f64::is_finite)))),
    ("isclose", Def::Fn(Native::Kw(2, 2, isclose))),
    ("factorial", Def::Fn(Native::F1(integers::factorial))),
    ("gcd", Def::Fn(Native::Var(0, 255, integers::gcd))),
    ("lcm", Def::Fn(Native::Var(0, 255, integers::lcm))),
    ("isqrt", Def::Fn(Native::F1(integers::isqrt))),
    ("comb", Def::Fn(Native::F2(integers::comb))),
    ("perm", Def::Fn(Native::Var(1, 2, integers::perm))),
    ("prod", Def::Fn(Native::Kw(1, 1, sums::prod))),
    ("fsum", Def::Fn(Native::F1(sums::fsum))),
    ("sumprod", Def::Fn(Native::F2(sums::sumprod))),
    ("hypot", Def::Fn(Native::Var(0, 255, sums::hypot))),
    ("dist", Def::Fn(Native::F2(sums::dist))),
];

/// The function is not defined there.
#[cold]
pub(crate) fn domain_error(vm: &mut Vm) -> Raised {
    vm.value_error("math domain error")
}

#[cold]
fn range_error(vm: &mut Vm) -> Raised {
    vm.overflow_error("math range error")
}

/// Makes a float of a result: NaN from a number is a domain error; infinity from a finite one is an overflow where the
/// function can overflow, and a pole otherwise.
fn check(vm: &mut Vm, x: f64, result: f64, overflow: bool) -> R {
    if result.is_nan() && !x.is_nan() {
        return Err(domain_error(vm));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if overflow { range_error(vm) } else { domain_error(vm) });
    }
    vm.new_float(result)
}

fn one(vm: &mut Vm, x: Obj, function: fn(f64) -> f64, overflow: bool) -> R {
    let x = vm.float_value(x)?;
    check(vm, x, function(x), overflow)
}

fn two(vm: &mut Vm, x: Obj, y: Obj, function: fn(f64, f64) -> f64) -> R {
    let (x, y) = (vm.float_value(x)?, vm.float_value(y)?);
    let result = function(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(vm));
    }
    vm.new_float(result)
}

fn is(vm: &mut Vm, x: Obj, test: fn(f64) -> bool) -> R {
    let x = vm.float_value(x)?;
    Ok(Obj::from_bool(test(x)))
}

fn gamma(vm: &mut Vm, x: Obj) -> R {
    let x = vm.float_value(x)?;
    let pole = x <= 0.0 && (x.is_infinite() || fm::floor(x) == x);
    if pole {
        return Err(domain_error(vm));
    }
    check(vm, x, fm::tgamma(x), true)
}

fn lgamma(vm: &mut Vm, x: Obj) -> R {
    let x = vm.float_value(x)?;
    if x.is_infinite() {
        return vm.new_float(f64::INFINITY);
    }
    if x <= 0.0 && fm::floor(x) == x {
        return Err(domain_error(vm));
    }
    check(vm, x, fm::lgamma(x), true)
}

/// A logarithm, of ints of any size too.
fn logarithm(vm: &mut Vm, x: Obj, function: fn(f64) -> f64) -> R<f64> {
    if let Some(int @ Int::Big(_)) = vm.as_int(x) {
        if int.is_negative() {
            return Err(domain_error(vm));
        }
        // The part beyond the range of doubles counts as a power of two.
        let drop = int.bits(vm).saturating_sub(1000);
        let top = int_math::shift_right(vm, int, Int::Small(drop as isize))?;
        let top = vm.float_value(top)?;
        return Ok(function(top) + drop as f64 * function(2.0));
    }
    let x = vm.float_value(x)?;
    if x <= 0.0 {
        return Err(domain_error(vm));
    }
    Ok(function(x))
}

fn log(vm: &mut Vm, args: &[Obj]) -> R {
    let value = logarithm(vm, args[0], fm::log)?;
    let Some(base) = args.get(1) else {
        return vm.new_float(value);
    };
    let base = logarithm(vm, *base, fm::log)?;
    if base == 0.0 {
        return Err(vm.error(Exc::ZeroDivisionError, format_args!("division by zero")));
    }
    vm.new_float(value / base)
}

fn pow(vm: &mut Vm, x: Obj, y: Obj) -> R {
    let (x, y) = (vm.float_value(x)?, vm.float_value(y)?);
    let result = fm::pow(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(vm));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(if x == 0.0 { domain_error(vm) } else { range_error(vm) });
    }
    vm.new_float(result)
}

fn nextafter(vm: &mut Vm, args: &Args) -> R {
    let mut steps = 1u64;
    for (key, value) in args.keywords() {
        if vm.str_bytes(key) != Some(b"steps") {
            return Err(vm.type_error("extra keyword arguments given"));
        }
        let value = vm.index(value)?;
        if value < 0 {
            return Err(vm.value_error("steps must be a non-negative integer"));
        }
        steps = value as u64;
    }
    let (x, y) = (vm.float_value(args.pos[0])?, vm.float_value(args.pos[1])?);
    if steps == 1 || x.is_nan() || y.is_nan() {
        return vm.new_float(if steps == 0 && !y.is_nan() { x } else { fm::nextafter(x, y) });
    }
    // Doubles in the order of their numbers, both zeros at 0.
    let order = |value: f64| {
        let bits = value.to_bits() as i64;
        (if bits < 0 { i64::MIN - bits } else { bits }) as i128
    };
    let (from, to) = (order(x), order(y));
    let reached = if from < to { (from + steps as i128).min(to) } else { (from - steps as i128).max(to) };
    let result = if reached == to {
        if from == to { x } else { y }
    } else {
        let magnitude = f64::from_bits(reached.unsigned_abs() as u64);
        if reached < 0 || (reached == 0 && x.is_sign_negative()) { -magnitude } else { magnitude }
    };
    vm.new_float(result)
}

fn ulp(vm: &mut Vm, x: Obj) -> R {
    let x = vm.float_value(x)?.abs();
    let result = if !x.is_finite() {
        x
    } else if x == f64::MAX {
        x - fm::nextafter(x, 0.0)
    } else {
        fm::nextafter(x, f64::INFINITY) - x
    };
    vm.new_float(result)
}

fn fma(vm: &mut Vm, x: Obj, y: Obj, z: Obj) -> R {
    let (x, y, z) = (vm.float_value(x)?, vm.float_value(y)?, vm.float_value(z)?);
    let result = fm::fma(x, y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(vm.overflow_error("overflow in fma"));
    }
    vm.new_float(result)
}

fn ldexp(vm: &mut Vm, x: Obj, exponent: Obj) -> R {
    let x = vm.float_value(x)?;
    let Some(exponent) = vm.as_int(exponent) else {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    };
    let exponent = match exponent {
        Int::Small(value) => value.clamp(-10_000, 10_000) as i32,
        big if big.is_negative() => -10_000,
        _ => 10_000,
    };
    let result = fm::ldexp(x, exponent);
    if result.is_infinite() && x.is_finite() {
        return Err(range_error(vm));
    }
    vm.new_float(result)
}

fn frexp(vm: &mut Vm, x: Obj) -> R {
    let x = vm.float_value(x)?;
    let (mantissa, exponent) = if x.is_finite() { fm::frexp(x) } else { (x, 0) };
    let mantissa = vm.new_float(mantissa)?;
    vm.new_tuple(&[mantissa, Obj::small_int_unchecked(exponent as isize)])
}

fn modf(vm: &mut Vm, x: Obj) -> R {
    let x = vm.float_value(x)?;
    let whole = fm::trunc(x);
    let fraction = if x.is_infinite() { 0f64.copysign(x) } else { (x - whole).copysign(x) };
    let (fraction, whole) = (vm.new_float(fraction)?, vm.new_float(whole)?);
    vm.new_tuple(&[fraction, whole])
}

/// The method of a special name, if the object has one.
fn special(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    let found = vm.getattr(obj, name);
    vm.catch(found, Exc::AttributeError)
}

/// `floor` and `ceil`: ints stay, floats are rounded, other objects may have a method.
fn to_int(vm: &mut Vm, x: Obj, round: fn(f64) -> f64, name: Qstr) -> R {
    if x.is_small_int() {
        return Ok(x);
    }
    if let Some(value) = x.as_float_immediate() {
        return int_math::from_float(vm, round(value));
    }
    if let Some(method) = special(vm, x, name)? {
        return vm.call(method, &[]);
    }
    let value = vm.float_value(x)?;
    int_math::from_float(vm, round(value))
}

fn trunc(vm: &mut Vm, x: Obj) -> R {
    if x.is_small_int() {
        return Ok(x);
    }
    if let Some(value) = vm.as_float(x) {
        return int_math::from_float(vm, value);
    }
    if let Some(method) = special(vm, x, q::__trunc__)? {
        return vm.call(method, &[]);
    }
    // An object with `__float__` does as well, as in MicroPython.
    let value = vm.float_value(x)?;
    int_math::from_float(vm, value)
}

fn isclose(vm: &mut Vm, args: &Args) -> R {
    let (a, b) = (vm.float_value(args.pos[0])?, vm.float_value(args.pos[1])?);
    let close = closeness(vm, args)?;
    Ok(Obj::from_bool(close.holds(a == b, (a - b).abs(), a.abs(), b.abs())))
}

/// The tolerances of `isclose`.
pub(crate) struct Closeness {
    relative: f64,
    absolute: f64,
}

/// Reads the tolerances from the keyword arguments.
pub(crate) fn closeness(vm: &mut Vm, args: &Args) -> R<Closeness> {
    let mut close = Closeness { relative: 1e-9, absolute: 0.0 };
    for (key, value) in args.keywords() {
        let place = match vm.str_bytes(key) {
            Some(b"rel_tol") => &mut close.relative,
            Some(b"abs_tol") => &mut close.absolute,
            _ => return Err(vm.type_error("extra keyword arguments given")),
        };
        *place = vm.float_value(value)?;
    }
    if close.relative < 0.0 || close.absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    Ok(close)
}

impl Closeness {
    /// Whether two numbers with these magnitudes and this distance are close.
    pub(crate) fn holds(&self, equal: bool, distance: f64, a: f64, b: f64) -> bool {
        equal
            || (!a.is_infinite()
                && !b.is_infinite()
                && (distance <= self.relative * a || distance <= self.relative * b || distance <= self.absolute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close() {
        let close = Closeness { relative: 1e-9, absolute: 0.0 };
        assert!(close.holds(false, 1e-10, 1.0, 1.0));
        assert!(!close.holds(false, 1e-8, 1.0, 1.0));
        assert!(!close.holds(false, f64::INFINITY, f64::INFINITY, 1.0));
    }
}
