//! `float`.

use core::cmp::Ordering;

use heap::Obj;

use crate::{
    float_math,
    handle::Ref,
    layout::{number::Int, typ::Type},
    native::{Args, Binary, Def, Member, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{
        complex,
        exception::Exc,
        float_text::{self, Decimal, HexError},
        hashing, int, int_math,
        int_text::Short,
    },
    value::{R, Raised},
    vm::Vm,
};

/// `float`
pub static FLOAT: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new), show: Some(show), unary: Some(unary), binary: Some(binary), ..Slots::NONE },
    members: MEMBERS,
    ..TypeDef::named("float")
};

const MEMBERS: &[Member] = &[
    ("real", Def::Get(plain)),
    ("imag", Def::Get(|vm, _| vm.new_float(0.0))),
    ("conjugate", Def::Fn(Native::F1(plain))),
    ("__trunc__", Def::Fn(Native::F1(trunc))),
    ("__floor__", Def::Fn(Native::F1(floor))),
    ("__ceil__", Def::Fn(Native::F1(ceil))),
    ("__round__", Def::Fn(Native::Var(1, 2, round_method))),
    ("__format__", Def::Fn(Native::F2(crate::types::number_format::format_method))),
    ("is_integer", Def::Fn(Native::F1(is_integer))),
    ("as_integer_ratio", Def::Fn(Native::F1(as_integer_ratio))),
    ("hex", Def::Fn(Native::F1(hex))),
    ("fromhex", Def::Class(Native::F2(fromhex))),
];

fn receiver(vm: &mut Vm, obj: Obj) -> R<f64> {
    match vm.as_float(obj) {
        Some(value) => Ok(value),
        None => Err(vm.type_error_for("descriptor requires a 'float' object but received '", obj, "'")),
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.n_kw() > 0 {
        return Err(vm.type_error("float() takes no keyword arguments"));
    }
    match *args.pos {
        [] => vm.new_float(0.0),
        [value] => from_object(vm, value),
        _ => {
            let given = args.pos.len();
            Err(vm.error(Exc::TypeError, format_args!("float expected at most 1 argument, got {given}")))
        }
    }
}

fn from_object(vm: &mut Vm, value: Obj) -> R {
    if let Some(parsed) = float_text::parse_object(vm, value)? {
        return vm.new_float(parsed);
    }
    match vm.float_value_maybe(value)? {
        Some(value) => vm.new_float(value),
        None => Err(vm.type_error_for("float() argument must be a string or a real number, not '", value, "'")),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let value = receiver(vm, obj)?;
    float_text::show(vm, value, out)
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let value = receiver(vm, obj)?;
    Ok(Some(match op {
        Unary::Pos | Unary::Float => vm.new_float(value)?,
        Unary::Neg => vm.new_float(-value)?,
        Unary::Abs => vm.new_float(value.abs())?,
        Unary::Bool => Obj::from_bool(value != 0.0),
        // NaN is equal to nothing, itself included, so that its place will do.
        Unary::Hash => match hashing::hash_float(value) {
            Some(hash) => vm.new_int(hash)?,
            None => vm.new_int(hashing::small(obj.word() >> 4))?,
        },
        Unary::Int => int_math::from_float(vm, value)?,
        Unary::SizeOf => vm.new_int(2 * size_of::<f64>())?,
        _ => return Ok(None),
    }))
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    let Some(a) = vm.as_float(lhs) else {
        return Ok(None);
    };
    if let Some(b) = vm.as_float(rhs) {
        return operate(vm, op, a, b);
    }
    if let Some(b) = vm.as_int(rhs) {
        if (op as u8) <= Binary::Ne as u8 {
            let order = int_math::compare_with_float(vm, b, a).map(Ordering::reverse);
            return Ok(int::compared(op, order).map(Obj::from_bool));
        }
        if !has_operator(op.plain()) {
            return Ok(None);
        }
        let b = int_math::to_float(vm, b)?;
        return operate(vm, op, a, b);
    }
    match vm.as_complex(rhs) {
        Some(b) => complex::operate(vm, op, (a, 0.0), b),
        None => Ok(None),
    }
}

/// Whether floats have this arithmetic operator (in its plain or reflected form).
pub fn has_operator(op: Binary) -> bool {
    matches!(
        op.unreflected().unwrap_or(op),
        Binary::Add
            | Binary::Sub
            | Binary::Mul
            | Binary::Div
            | Binary::FloorDiv
            | Binary::Mod
            | Binary::Pow
            | Binary::DivMod
    )
}

/// An operator between floats; `None`: they have no such operator.
#[inline]
pub fn operate(vm: &mut Vm, op: Binary, a: f64, b: f64) -> R<Option<Obj>> {
    let value = match op.plain() {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div if b != 0.0 => a / b,
        Binary::FloorDiv if b != 0.0 => divmod(a, b).0,
        Binary::Mod if b != 0.0 => divmod(a, b).1,
        Binary::Div => return Err(divide_by_zero(vm)),
        Binary::FloorDiv | Binary::Mod | Binary::DivMod if b == 0.0 => {
            return Err(divide_by_zero(vm));
        }
        Binary::Pow => return power(vm, a, b).map(Some),
        Binary::DivMod => {
            let (quotient, rest) = divmod(a, b);
            let (quotient, rest) = (vm.new_float(quotient)?, vm.new_float(rest)?);
            return vm.new_tuple(&[quotient, rest]).map(Some);
        }
        plain => {
            return match (int::compared(plain, a.partial_cmp(&b)), plain.unreflected()) {
                (Some(answer), _) => Ok(Some(Obj::from_bool(answer))),
                (_, Some(op)) => operate(vm, op, b, a),
                _ => Ok(None),
            };
        }
    };
    vm.new_float(value).map(Some)
}

#[cold]
fn divide_by_zero(vm: &mut Vm) -> Raised {
    vm.error(Exc::ZeroDivisionError, format_args!("division by zero"))
}

/// `divmod(a, b)` for `b` other than zero: the rest has the sign of `b`, and the quotient is integral.
pub fn divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), rest);
    }
    let floor = float_math::floor(quotient);
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

/// `a ** b`; complex for a negative base with a broken exponent.
pub fn power(vm: &mut Vm, a: f64, b: f64) -> R {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return Err(vm.error(Exc::ZeroDivisionError, format_args!("zero to a negative power")));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && float_math::floor(b) != b {
        let (re, im) = complex::power(vm, (a, 0.0), (b, 0.0))?;
        return vm.new_complex(re, im);
    }
    let value = float_math::pow(a, b);
    if value.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(range_error(vm));
    }
    vm.new_float(value)
}

/// OverflowError as the C library words it.
#[cold]
pub fn range_error(vm: &mut Vm) -> Raised {
    match vm.new_str(b"Numerical result out of range") {
        Ok(text) => vm.error_args(Exc::OverflowError, &[Obj::small_int_unchecked(34), text]),
        Err(raised) => raised,
    }
}

fn plain(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    vm.new_float(value)
}

fn trunc(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    int_math::from_float(vm, value)
}

fn floor(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    int_math::from_float(vm, float_math::floor(value))
}

fn ceil(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    int_math::from_float(vm, float_math::ceil(value))
}

fn round_method(vm: &mut Vm, args: &[Obj]) -> R {
    let value = receiver(vm, args[0])?;
    match args.get(1) {
        None | Some(&Obj::NONE) => round_to_int(vm, value),
        Some(&digits) => {
            let digits = vm.index(digits)?;
            round(vm, value, digits)
        }
    }
}

/// `round(value)`: an int, halves to even.
pub fn round_to_int(vm: &mut Vm, value: f64) -> R {
    int_math::from_float(vm, round_half_even(value))
}

/// The nearest integral number, halves to even.
pub fn round_half_even(value: f64) -> f64 {
    // From 2^52 on everything is integral; infinities and NaN pass through.
    const SHIFT: f64 = (1u64 << 52) as f64;
    if value.abs() < SHIFT { ((value.abs() + SHIFT) - SHIFT).copysign(value) } else { value }
}

/// `round(value, digits)`: the double nearest to the decimal number that is nearest to `value`.
pub fn round(vm: &mut Vm, value: f64, digits: isize) -> R {
    if !value.is_finite() || value == 0.0 || digits > 330 {
        return vm.new_float(value);
    }
    let zero = 0f64.copysign(value);
    if digits < -310 {
        return vm.new_float(zero);
    }
    let rounded = if digits >= 0 {
        let decimal = Decimal::fixed(value, digits as usize);
        read_decimal(decimal.digits(), decimal.point)
    } else {
        let count = Decimal::rounded(value, 770).point as isize + digits;
        match count {
            ..0 => 0.0,
            0 => {
                // Everything is rounded away, up to one unit: exactly half goes to the even zero.
                let exact = Decimal::rounded(value, 770);
                let above = exact.digits()[0] > b'5'
                    || (exact.digits()[0] == b'5' && exact.digits()[1..].iter().any(|digit| *digit != b'0'));
                if above { read_decimal(b"1", exact.point + 1) } else { 0.0 }
            }
            _ => {
                let decimal = Decimal::rounded(value, count as usize);
                read_decimal(decimal.digits(), decimal.point)
            }
        }
    };
    if rounded.is_infinite() {
        return Err(vm.overflow_error("rounded value too large to represent"));
    }
    vm.new_float(rounded.copysign(value))
}

/// The double nearest to `0.digits * 10^point`.
fn read_decimal(digits: &[u8], point: i32) -> f64 {
    let mut text: Short<820> = Short::new();
    text.push(b"0.");
    text.push(digits);
    float_text::write_exponent(&mut text, point, b'e');
    float_text::parse_trimmed(text.bytes()).unwrap_or(f64::NAN)
}

fn is_integer(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    Ok(Obj::from_bool(value.is_finite() && float_math::floor(value) == value))
}

fn as_integer_ratio(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    if value.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (mut mantissa, mut exponent) = float_math::frexp(value);
    let mut steps = 0;
    while steps < 300 && mantissa != float_math::floor(mantissa) {
        mantissa *= 2.0;
        exponent -= 1;
        steps += 1;
    }
    let shift = Int::Small(exponent.unsigned_abs() as isize);
    let numerator = int_math::from_float(vm, mantissa)?;
    let numerator = int::receiver(vm, numerator)?;
    let (numerator, denominator) = if exponent > 0 {
        (int_math::shift_left(vm, numerator, shift)?, Obj::small_int_unchecked(1))
    } else {
        (numerator.obj(), int_math::shift_left(vm, Int::Small(1), shift)?)
    };
    vm.new_tuple(&[numerator, denominator])
}

fn hex(vm: &mut Vm, obj: Obj) -> R {
    let value = receiver(vm, obj)?;
    vm.new_str(float_text::hex(value).bytes())
}

fn fromhex(vm: &mut Vm, class: Obj, text: Obj) -> R {
    let Some(bytes) = vm.str_bytes(text) else {
        return Err(vm.type_error_for("fromhex() argument must be str, not ", text, ""));
    };
    let value = match float_text::from_hex(bytes) {
        Ok(value) => vm.new_float(value)?,
        Err(HexError::Invalid) => {
            return Err(vm.value_error("invalid hexadecimal floating-point string"));
        }
        Err(HexError::TooLarge) => {
            return Err(vm.overflow_error("hexadecimal value too large to represent as a float"));
        }
    };
    match vm.as_type(class) {
        Some(class) if class.is_python() => vm.call(class.obj(), &[value]),
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_division() {
        let cases: &[(f64, f64, f64, f64)] = &[
            (7.0, 2.0, 3.0, 1.0),
            (-7.0, 2.0, -4.0, 1.0),
            (7.0, -2.0, -4.0, -1.0),
            (-7.0, -2.0, 3.0, -1.0),
            (1.0, 0.1, 9.0, 0.09999999999999995),
            (1e300, 1e-10, f64::INFINITY, 2.0 * 0.0 + 1e300 % 1e-10),
            (1.0, f64::INFINITY, 0.0, 1.0),
            (-1.0, f64::INFINITY, -1.0, f64::INFINITY),
        ];
        for (a, b, quotient, rest) in cases {
            assert_eq!(divmod(*a, *b), (*quotient, *rest), "{a} {b}");
        }
        assert!(divmod(-0.0, 1.0).0.is_sign_negative());
    }

    #[test]
    fn halves_go_to_even() {
        let values = [0.5, 1.5, 2.5, -0.5, -1.5, 4503599627370495.5, 1e300, 0.49999999999999994];
        let expected = [0.0, 2.0, 2.0, -0.0, -2.0, 4503599627370496.0, 1e300, 0.0];
        for (value, expected) in values.iter().zip(expected) {
            assert_eq!(round_half_even(*value).to_bits(), f64::to_bits(expected), "{value}");
        }
    }
}
