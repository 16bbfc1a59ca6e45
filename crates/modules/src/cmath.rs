//! `cmath`: every function of CPython's module, infinities and NaN treated by the formulas alone.

use vm::{
    Obj, R, Vm, float_math as fm,
    native::{Args, Def, Member, ModuleDef, Native},
    types::complex::{Parts, divide},
};

use crate::math::{closeness, domain_error};

/// `cmath`
pub static CMATH: ModuleDef = ModuleDef { name: "cmath", members: MEMBERS, init: None };

macro_rules! function {
    ($name:literal, $function:expr) => {
        ($name, Def::Fn(Native::F1(|vm, z| one(vm, z, $function))))
    };
}

const MEMBERS: &[Member] = &[
    ("pi", Def::Value(|vm| vm.new_float(core::f64::consts::PI))),
    ("e", Def::Value(|vm| vm.new_float(core::f64::consts::E))),
    ("tau", Def::Value(|vm| vm.new_float(core::f64::consts::TAU))),
    ("inf", Def::Value(|vm| vm.new_float(f64::INFINITY))),
    ("nan", Def::Value(|vm| vm.new_float(f64::NAN))),
    ("infj", Def::Value(|vm| vm.new_complex(0.0, f64::INFINITY))),
    ("nanj", Def::Value(|vm| vm.new_complex(0.0, f64::NAN))),
    function!("exp", exp),
    function!("sqrt", sqrt),
    function!("cos", |(re, im)| cosh((-im, re))),
    function!("sin", |z| rotate_back(sinh(rotate(z)))),
    function!("tan", |z| rotate_back(tanh(rotate(z)))),
    function!("cosh", cosh),
    function!("sinh", sinh),
    function!("tanh", tanh),
    function!("acos", acos),
    function!("asin", |z| rotate_back(asinh(rotate(z)))),
    function!("atan", |z| rotate_back(atanh(rotate(z)))),
    function!("acosh", acosh),
    function!("asinh", asinh),
    function!("atanh", atanh),
    ("log", Def::Fn(Native::Var(1, 2, log))),
    ("log10", Def::Fn(Native::F1(log10))),
    ("phase", Def::Fn(Native::F1(phase))),
    ("polar", Def::Fn(Native::F1(polar))),
    ("rect", Def::Fn(Native::F2(rect))),
    ("isnan", Def::Fn(Native::F1(|vm, z| is(vm, z, |(re, im)| re.is_nan() || im.is_nan())))),
    ("isinf", Def::Fn(Native::F1(|vm, z| is(vm, z, |(re, im)| re.is_infinite() || im.is_infinite())))),
    ("isfinite", Def::Fn(Native::F1(|vm, z| is(vm, z, finite)))),
    ("isclose", Def::Fn(Native::Kw(2, 2, isclose))),
];

fn finite((re, im): Parts) -> bool {
    re.is_finite() && im.is_finite()
}

/// Makes a complex number of a result; raises where finite numbers gave none.
fn check(vm: &mut Vm, z: Parts, result: Parts) -> R {
    if finite(z) {
        if result.0.is_nan() || result.1.is_nan() {
            return Err(domain_error(vm));
        }
        if !finite(result) {
            return Err(vm.overflow_error("math range error"));
        }
    }
    vm.new_complex(result.0, result.1)
}

fn one(vm: &mut Vm, z: Obj, function: fn(Parts) -> Parts) -> R {
    let z = vm.complex_value(z)?;
    check(vm, z, function(z))
}

fn is(vm: &mut Vm, z: Obj, test: fn(Parts) -> bool) -> R {
    let z = vm.complex_value(z)?;
    Ok(Obj::from_bool(test(z)))
}

/// `i * z`
fn rotate((re, im): Parts) -> Parts {
    (-im, re)
}

/// `-i * z`
fn rotate_back((re, im): Parts) -> Parts {
    (im, -re)
}

fn exp((re, im): Parts) -> Parts {
    if im == 0.0 {
        return (fm::exp(re), im);
    }
    // Beyond the range of exp the product may still be representable.
    let (length, extra) = if re > 708.0 { (fm::exp(re - 1.0), core::f64::consts::E) } else { (fm::exp(re), 1.0) };
    (length * fm::cos(im) * extra, length * fm::sin(im) * extra)
}

fn cosh((re, im): Parts) -> Parts {
    if im == 0.0 {
        return (fm::cosh(re), re * im);
    }
    if re.abs() > 708.0 && re.is_finite() {
        let reduced = re - 1f64.copysign(re);
        let e = core::f64::consts::E;
        return (fm::cos(im) * fm::cosh(reduced) * e, fm::sin(im) * fm::sinh(reduced) * e);
    }
    (fm::cos(im) * fm::cosh(re), fm::sin(im) * fm::sinh(re))
}

fn sinh((re, im): Parts) -> Parts {
    if im == 0.0 {
        return (fm::sinh(re), im);
    }
    if re.abs() > 708.0 && re.is_finite() {
        let reduced = re - 1f64.copysign(re);
        let e = core::f64::consts::E;
        return (fm::cos(im) * fm::sinh(reduced) * e, fm::sin(im) * fm::cosh(reduced) * e);
    }
    (fm::cos(im) * fm::sinh(re), fm::sin(im) * fm::cosh(re))
}

fn tanh((re, im): Parts) -> Parts {
    if re.abs() > 300.0 {
        // The limit, with the sign that the imaginary part approaches zero from.
        let im = if im == 0.0 || !im.is_finite() { im } else { 0f64.copysign(fm::sin(2.0 * im)) };
        return (1f64.copysign(re), im);
    }
    let (tanh, tan) = (fm::tanh(re), fm::tan(im));
    let scale = 1.0 / fm::cosh(re);
    let divisor = 1.0 + tan * tan * tanh * tanh;
    (tanh * (1.0 + tan * tan) / divisor, tan / divisor * scale * scale)
}

fn sqrt((re, im): Parts) -> Parts {
    if re == 0.0 && im == 0.0 {
        return (0.0, im);
    }
    if im.is_infinite() {
        return (f64::INFINITY, im);
    }
    // Scaled so that the length neither overflows nor loses bits.
    let (re_abs, im_abs) = (re.abs(), im.abs());
    let s = if re_abs < f64::MIN_POSITIVE && im_abs < f64::MIN_POSITIVE {
        let (x, y) = (fm::ldexp(re_abs, 54), fm::ldexp(im_abs, 54));
        fm::ldexp(fm::sqrt(x + fm::hypot(x, y)), -27) * core::f64::consts::FRAC_1_SQRT_2
    } else {
        let x = re_abs / 8.0;
        2.0 * fm::sqrt(x + fm::hypot(x, im_abs / 8.0))
    };
    let d = im_abs / (2.0 * s);
    if re >= 0.0 { (s, d.copysign(im)) } else { (d, s.copysign(im)) }
}

/// The natural logarithm; the caller excludes zero.
fn ln((re, im): Parts) -> Parts {
    let (a, b) = (re.abs(), im.abs());
    let length = fm::hypot(a, b);
    let real = if length.is_infinite() && finite((re, im)) {
        fm::log(fm::hypot(a / 2.0, b / 2.0)) + core::f64::consts::LN_2
    } else if (0.71..=1.73).contains(&length) {
        // Near one the length would lose its digits.
        let (greater, lesser) = if a > b { (a, b) } else { (b, a) };
        fm::log1p((greater - 1.0) * (greater + 1.0) + lesser * lesser) / 2.0
    } else if length < f64::MIN_POSITIVE {
        fm::log(fm::hypot(fm::ldexp(a, 53), fm::ldexp(b, 53))) - 53.0 * core::f64::consts::LN_2
    } else {
        fm::log(length)
    };
    (real, fm::atan2(im, re))
}

fn acos(z: Parts) -> Parts {
    // Kahan's formulas: each product is of numbers whose angles add without loss.
    let s1 = sqrt((1.0 - z.0, -z.1));
    let s2 = sqrt((1.0 + z.0, z.1));
    (2.0 * fm::atan2(s1.0, s2.0), fm::asinh(s2.0 * s1.1 - s2.1 * s1.0))
}

fn acosh(z: Parts) -> Parts {
    let s1 = sqrt((z.0 - 1.0, z.1));
    let s2 = sqrt((z.0 + 1.0, z.1));
    (fm::asinh(s1.0 * s2.0 + s1.1 * s2.1), 2.0 * fm::atan2(s1.1, s2.0))
}

fn asinh(z: Parts) -> Parts {
    let s1 = sqrt((1.0 + z.1, -z.0));
    let s2 = sqrt((1.0 - z.1, z.0));
    (fm::asinh(s1.0 * s2.1 - s2.0 * s1.1), fm::atan2(z.1, s1.0 * s2.0 - s1.1 * s2.1))
}

fn atanh(z: Parts) -> Parts {
    let (re, im) = z;
    if re < 0.0 || (re == 0.0 && re.is_sign_negative()) {
        let (re, im) = atanh((-re, -im));
        return (-re, -im);
    }
    let ay = im.abs();
    if re == 1.0 && ay < 1e-160 {
        if ay == 0.0 {
            return (f64::INFINITY, im);
        }
        return (-fm::log(fm::sqrt(ay) / fm::sqrt(fm::hypot(ay, 2.0))), fm::atan2(2.0, -ay).copysign(im) / 2.0);
    }
    let below = (1.0 - re) * (1.0 - re) + ay * ay;
    (fm::log1p(4.0 * re / below) / 4.0, -fm::atan2(-2.0 * im, (1.0 - re) * (1.0 + re) - ay * ay) / 2.0)
}

fn logarithm(vm: &mut Vm, z: Obj) -> R<Parts> {
    let z = vm.complex_value(z)?;
    if z == (0.0, 0.0) {
        return Err(domain_error(vm));
    }
    Ok(ln(z))
}

fn log(vm: &mut Vm, args: &[Obj]) -> R {
    let value = logarithm(vm, args[0])?;
    let Some(base) = args.get(1) else {
        return vm.new_complex(value.0, value.1);
    };
    let base = logarithm(vm, *base)?;
    match divide(value, base) {
        Some((re, im)) => vm.new_complex(re, im),
        None => Err(domain_error(vm)),
    }
}

fn log10(vm: &mut Vm, z: Obj) -> R {
    let (re, im) = logarithm(vm, z)?;
    vm.new_complex(re / core::f64::consts::LN_10, im / core::f64::consts::LN_10)
}

fn phase(vm: &mut Vm, z: Obj) -> R {
    let (re, im) = vm.complex_value(z)?;
    vm.new_float(fm::atan2(im, re))
}

fn polar(vm: &mut Vm, z: Obj) -> R {
    let z = vm.complex_value(z)?;
    let length = fm::hypot(z.0, z.1);
    if length.is_infinite() && finite(z) {
        return Err(vm.overflow_error("math range error"));
    }
    let (length, angle) = (vm.new_float(length)?, vm.new_float(fm::atan2(z.1, z.0))?);
    vm.new_tuple(&[length, angle])
}

fn rect(vm: &mut Vm, length: Obj, angle: Obj) -> R {
    let (length, angle) = (vm.float_value(length)?, vm.float_value(angle)?);
    let result =
        if angle == 0.0 { (length, length * angle) } else { (length * fm::cos(angle), length * fm::sin(angle)) };
    check(vm, (length, angle), result)
}

fn isclose(vm: &mut Vm, args: &Args) -> R {
    let (a, b) = (vm.complex_value(args.pos[0])?, vm.complex_value(args.pos[1])?);
    let close = closeness(vm, args)?;
    let length = |z: Parts| fm::hypot(z.0, z.1);
    Ok(Obj::from_bool(close.holds(a == b, length((a.0 - b.0, a.1 - b.1)), length(a), length(b))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vm::types::complex::multiply;

    fn near(a: Parts, b: Parts) -> bool {
        fm::hypot(a.0 - b.0, a.1 - b.1) <= 1e-13 * (1.0 + fm::hypot(b.0, b.1))
    }

    #[test]
    fn inverse_functions_invert() {
        let values = [0.3, -0.7, 1.2, -2.5];
        for re in values {
            for im in values {
                let z = (re, im);
                let root = sqrt(z);
                assert!(near(multiply(root, root), z), "sqrt {z:?}");
                assert!(near(exp(ln(z)), z), "exp {z:?}");
                assert!(near(sinh(asinh(z)), z), "sinh {z:?}");
                assert!(near(cosh(acosh(z)), z), "cosh {z:?}");
                assert!(near(tanh(atanh(z)), z), "tanh {z:?}");
                let (a, b) = acos(z);
                assert!(near(cosh((-b, a)), z), "cos {z:?}");
            }
        }
    }

    #[test]
    fn extremes() {
        assert_eq!(sqrt((-4.0, 0.0)), (0.0, 2.0));
        assert_eq!(sqrt((-4.0, -0.0)), (0.0, -2.0));
        assert!(finite(sqrt((f64::MAX, f64::MAX))));
        assert!(finite(ln((f64::MAX, f64::MAX))));
        assert!(finite(ln((5e-324, 0.0))));
    }
}
