//! `complex`.

use heap::Obj;

use crate::{
    float_math,
    handle::Ref,
    layout::typ::Type,
    native::{Args, Binary, Def, Member, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{exception::Exc, float, float_text, hashing, int_text::trim},
    value::{R, Raised},
    vm::Vm,
};

/// Real and imaginary part.
pub type Parts = (f64, f64);

/// `complex`
pub static COMPLEX: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new), show: Some(show), unary: Some(unary), binary: Some(binary), ..Slots::NONE },
    members: MEMBERS,
    ..TypeDef::named("complex")
};

const MEMBERS: &[Member] = &[
    (
        "real",
        Def::Get(|vm, obj| {
            let (re, _) = receiver(vm, obj)?;
            vm.new_float(re)
        }),
    ),
    (
        "imag",
        Def::Get(|vm, obj| {
            let (_, im) = receiver(vm, obj)?;
            vm.new_float(im)
        }),
    ),
    ("conjugate", Def::Fn(Native::F1(conjugate))),
    ("__complex__", Def::Fn(Native::F1(plain))),
    ("__format__", Def::Fn(Native::F2(crate::types::number_format::format_method))),
];

fn receiver(vm: &mut Vm, obj: Obj) -> R<Parts> {
    match vm.as_complex(obj) {
        Some(parts) => Ok(parts),
        None => Err(vm.type_error_for("descriptor requires a 'complex' object but received '", obj, "'")),
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [re, im] = vm.bind(args, [q::real, q::imag], 0)?;
    if let (Some(text), None) = (re, im)
        && let Some(bytes) = vm.str_bytes(text)
    {
        return match parse(bytes) {
            Some((re, im)) => vm.new_complex(re, im),
            None => Err(vm.value_error("complex() arg is a malformed string")),
        };
    }
    let mut parts = (0.0, 0.0);
    if let Some(re) = re {
        if vm.is_str(re) {
            return Err(vm.type_error("complex() can't take second arg if first is a string"));
        }
        parts = argument(vm, re)?;
    }
    if let Some(im) = im {
        if vm.is_str(im) {
            return Err(vm.type_error("complex() second arg can't be a string"));
        }
        let (re, im) = argument(vm, im)?;
        // Of real arguments the signs of zeros are kept.
        parts.0 = if im == 0.0 { parts.0 } else { parts.0 - im };
        parts.1 = if parts.1 == 0.0 { re } else { parts.1 + re };
    }
    vm.new_complex(parts.0, parts.1)
}

fn argument(vm: &mut Vm, obj: Obj) -> R<Parts> {
    match vm.complex_value_maybe(obj)? {
        Some(parts) => Ok(parts),
        None => Err(vm.type_error_for("complex() argument must be a string or a number, not '", obj, "'")),
    }
}

/// The number that a text spells: `1`, `2j`, `1-2.5j`, `(1e3+infj)`, with white space around.
pub fn parse(text: &[u8]) -> Option<Parts> {
    let mut text = trim(text);
    if let [b'(', inner @ .., b')'] = text {
        text = trim(inner);
    }
    // The sign that begins the imaginary part: the last one that does not belong to an exponent.
    let split = (1..text.len()).rev().find(|&i| matches!(text[i], b'+' | b'-') && !matches!(text[i - 1], b'e' | b'E'));
    let Some(imaginary) = text.strip_suffix(b"j").or(text.strip_suffix(b"J")) else {
        return Some((float_text::parse_trimmed(text)?, 0.0));
    };
    let part = |part: &[u8]| match part {
        b"" | b"+" => Some(1.0),
        b"-" => Some(-1.0),
        _ => float_text::parse_trimmed(part),
    };
    match split {
        Some(at) => Some((float_text::parse_trimmed(&text[..at])?, part(&imaginary[at..])?)),
        None => Some((0.0, part(imaginary)?)),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (re, im) = receiver(vm, obj)?;
    let imaginary = float_text::complex_part_text(im);
    if re == 0.0 && re.is_sign_positive() {
        out.write(vm, imaginary.bytes())?;
        return out.write(vm, b"j");
    }
    out.write(vm, b"(")?;
    out.write(vm, float_text::complex_part_text(re).bytes())?;
    if !imaginary.bytes().starts_with(b"-") {
        out.write(vm, b"+")?;
    }
    out.write(vm, imaginary.bytes())?;
    out.write(vm, b"j)")
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let (re, im) = receiver(vm, obj)?;
    Ok(Some(match op {
        Unary::Pos | Unary::Complex => vm.new_complex(re, im)?,
        Unary::Neg => vm.new_complex(-re, -im)?,
        Unary::Bool => Obj::from_bool(re != 0.0 || im != 0.0),
        Unary::Abs => {
            let value = float_math::hypot(re, im);
            if value.is_infinite() && re.is_finite() && im.is_finite() {
                return Err(vm.overflow_error("absolute value too large"));
            }
            vm.new_float(value)?
        }
        Unary::Hash => {
            // CPython's rule, which makes a real number's hash that of the float.
            let part = |value| hashing::hash_float(value).unwrap_or(hashing::small(obj.word() >> 4)) as usize;
            let hash = part(re).wrapping_add(part(im).wrapping_mul(1_000_003)) as isize;
            vm.new_int(hashing::small(hash as usize))?
        }
        Unary::SizeOf => vm.new_int(3 * size_of::<f64>())?,
        _ => return Ok(None),
    }))
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    let a = receiver(vm, lhs)?;
    if let Some(b) = vm.as_complex(rhs) {
        return operate(vm, op, a, b);
    }
    if matches!(op, Binary::Eq | Binary::Ne)
        && let Some(int) = vm.as_int(rhs)
    {
        let order = crate::types::int_math::compare_with_float(vm, int, a.0);
        let equal = a.1 == 0.0 && order == Some(core::cmp::Ordering::Equal);
        return Ok(Some(Obj::from_bool(equal == (op == Binary::Eq))));
    }
    match vm.real_operand(rhs)? {
        Some(re) => operate(vm, op, a, (re, 0.0)),
        None => Ok(None),
    }
}

#[cold]
fn divide_by_zero(vm: &mut Vm) -> Raised {
    vm.error(Exc::ZeroDivisionError, format_args!("division by zero"))
}

/// An operator between complex numbers; `None`: they have no such operator.
pub fn operate(vm: &mut Vm, op: Binary, a: Parts, b: Parts) -> R<Option<Obj>> {
    let (re, im) = match op.plain() {
        Binary::Add => (a.0 + b.0, a.1 + b.1),
        Binary::Sub => (a.0 - b.0, a.1 - b.1),
        Binary::Mul => multiply(a, b),
        Binary::Div => match divide(a, b) {
            Some(quotient) => quotient,
            None => return Err(divide_by_zero(vm)),
        },
        Binary::Pow => power(vm, a, b)?,
        Binary::Eq => return Ok(Some(Obj::from_bool(a == b))),
        Binary::Ne => return Ok(Some(Obj::from_bool(a != b))),
        plain => match plain.unreflected() {
            Some(op) => return operate(vm, op, b, a),
            None => return Ok(None),
        },
    };
    vm.new_complex(re, im).map(Some)
}

/// `a * b`
pub fn multiply(a: Parts, b: Parts) -> Parts {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// `a / b`, scaled by the greater part of `b` so that nothing overflows on the way (Smith's method). `None`: `b` is zero.
pub fn divide(a: Parts, b: Parts) -> Option<Parts> {
    if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        Some(((a.0 + a.1 * ratio) / scale, (a.1 - a.0 * ratio) / scale))
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        Some(((a.0 * ratio + a.1) / scale, (a.1 * ratio - a.0) / scale))
    } else {
        Some((f64::NAN, f64::NAN))
    }
}

/// `a ** b`
pub fn power(vm: &mut Vm, a: Parts, b: Parts) -> R<Parts> {
    let result = if b.1 == 0.0 && b.0 == float_math::floor(b.0) && b.0.abs() <= 100.0 {
        let n = b.0 as i32;
        let positive = integral_power(a, n.unsigned_abs());
        if n >= 0 {
            positive
        } else {
            match divide((1.0, 0.0), positive) {
                Some(inverse) => inverse,
                None => return Err(zero_power(vm)),
            }
        }
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(zero_power(vm));
        }
        (0.0, 0.0)
    } else {
        let absolute = float_math::hypot(a.0, a.1);
        let angle = float_math::atan2(a.1, a.0);
        let mut length = float_math::pow(absolute, b.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            length /= float_math::exp(angle * b.1);
            phase += b.1 * float_math::log(absolute);
        }
        (length * float_math::cos(phase), length * float_math::sin(phase))
    };
    let finite = |parts: Parts| parts.0.is_finite() && parts.1.is_finite();
    if (result.0.is_infinite() || result.1.is_infinite()) && finite(a) && finite(b) {
        return Err(vm.overflow_error("complex exponentiation"));
    }
    Ok(result)
}

#[cold]
fn zero_power(vm: &mut Vm) -> Raised {
    vm.error(Exc::ZeroDivisionError, format_args!("zero to a negative or complex power"))
}

fn integral_power(mut base: Parts, n: u32) -> Parts {
    let mut result = (1.0, 0.0);
    let mut bit = 1;
    while bit <= n {
        if n & bit != 0 {
            result = multiply(result, base);
        }
        bit <<= 1;
        base = multiply(base, base);
    }
    result
}

fn plain(vm: &mut Vm, obj: Obj) -> R {
    let (re, im) = receiver(vm, obj)?;
    vm.new_complex(re, im)
}

fn conjugate(vm: &mut Vm, obj: Obj) -> R {
    let (re, im) = receiver(vm, obj)?;
    vm.new_complex(re, -im)
}

/// The imaginary number that a literal or a constant in code spells (without the `j`).
pub fn imaginary(vm: &mut Vm, text: &[u8]) -> R {
    match float_text::parse_trimmed(text) {
        Some(im) => vm.new_complex(0.0, im),
        None => Err(float::range_error(vm)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing() {
        let cases: &[(&str, Parts)] = &[
            ("1", (1.0, 0.0)),
            ("2j", (0.0, 2.0)),
            ("-j", (0.0, -1.0)),
            ("1+j", (1.0, 1.0)),
            (" ( 1e-3-2.5E+1J ) ", (1e-3, -25.0)),
            ("inf-infj", (f64::INFINITY, f64::NEG_INFINITY)),
            ("-1-2j", (-1.0, -2.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text.as_bytes()), Some(*expected), "{text:?}");
        }
        for bad in ["", "j1", "1 + 2j", "1+2", "(1", "1jj", "1e", "+", "1++2j"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn division_does_not_overflow() {
        assert_eq!(divide((1e300, 1e300), (1e300, 1e300)), Some((1.0, 0.0)));
        assert_eq!(divide((1.0, 2.0), (0.0, 2.0)), Some((1.0, -0.5)));
        assert_eq!(divide((1.0, 2.0), (0.0, 0.0)), None);
    }
}
