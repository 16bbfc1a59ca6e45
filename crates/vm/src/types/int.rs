//! `int` and `bool`. Arithmetic is in [`int_math`], text in [`int_text`].

use core::cmp::Ordering;

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        number::{Int, WORD_BITS},
        typ::Type,
    },
    native::{Args, Binary, Def, Member, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{
        complex,
        exception::Exc,
        float, int_bytes,
        int_math::{self, Bits},
        int_text,
    },
    value::R,
    vm::Vm,
};

/// `int`
pub static INT: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_int), show: Some(show), unary: Some(unary), binary: Some(binary), ..Slots::NONE },
    members: MEMBERS,
    ..TypeDef::named("int")
};

/// `bool`
pub static BOOL: TypeDef = TypeDef {
    base: Some(TypeId::Int),
    slots: Slots {
        new: Some(new_bool),
        show: Some(show_bool),
        unary: Some(unary),
        binary: Some(binary_bool),
        ..Slots::NONE
    },
    ..TypeDef::named("bool")
};

const MEMBERS: &[Member] = &[
    ("real", Def::Get(plain)),
    ("imag", Def::Get(|_, _| Ok(Obj::small_int_unchecked(0)))),
    ("numerator", Def::Get(plain)),
    ("denominator", Def::Get(|_, _| Ok(Obj::small_int_unchecked(1)))),
    ("conjugate", Def::Fn(Native::F1(plain))),
    ("__trunc__", Def::Fn(Native::F1(plain))),
    ("__floor__", Def::Fn(Native::F1(plain))),
    ("__ceil__", Def::Fn(Native::F1(plain))),
    ("__round__", Def::Fn(Native::Var(1, 2, round_method))),
    ("__format__", Def::Fn(Native::F2(crate::types::number_format::format_method))),
    ("is_integer", Def::Fn(Native::F1(is_integer))),
    ("as_integer_ratio", Def::Fn(Native::F1(as_integer_ratio))),
    ("bit_length", Def::Fn(Native::F1(bit_length))),
    ("bit_count", Def::Fn(Native::F1(bit_count))),
    ("to_bytes", Def::Fn(Native::Kw(1, 3, int_bytes::to_bytes))),
    ("from_bytes", Def::Class(Native::Kw(1, 3, int_bytes::from_bytes))),
];

/// The receiver of a method.
pub(crate) fn receiver(vm: &mut Vm, obj: Obj) -> R<Int> {
    match vm.as_int(obj) {
        Some(int) => Ok(int),
        None => Err(vm.type_error_for("descriptor requires an 'int' object but received '", obj, "'")),
    }
}

fn new_int(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.kw.is_empty() {
        match *args.pos {
            [] => return Ok(Obj::small_int_unchecked(0)),
            [value] => return from_object(vm, value),
            _ => {}
        }
    }
    let [value, base] = vm.bind(args, [q::empty, q::base], 0)?;
    match (value, base) {
        (None, None) => Ok(Obj::small_int_unchecked(0)),
        (Some(value), None) => from_object(vm, value),
        (None, Some(_)) => Err(vm.type_error("int() missing string argument")),
        (Some(value), Some(base)) => {
            let base = vm.index(base)?;
            if base != 0 && !(2..=36).contains(&base) {
                return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            match int_text::parse_object(vm, value, base as u32)? {
                Some(int) => Ok(int),
                None => Err(vm.type_error("int() can't convert non-string with explicit base")),
            }
        }
    }
}

/// `int(value)`
pub fn from_object(vm: &mut Vm, value: Obj) -> R {
    if value.is_small_int() {
        return Ok(value);
    }
    if let Some(value) = value.as_float_immediate() {
        return int_math::from_float(vm, value);
    }
    for op in [Unary::Int, Unary::Index] {
        if let Some(result) = vm.unary_slot(op, value)? {
            return match vm.as_int(result) {
                Some(int) => Ok(int.obj()),
                None => Err(vm.type_error_for("__int__ returned non-int (type ", result, ")")),
            };
        }
    }
    match int_text::parse_object(vm, value, 10)? {
        Some(int) => Ok(int),
        None => Err(vm.type_error_for(
            "int() argument must be a string, a bytes-like object or a real number, not '",
            value,
            "'",
        )),
    }
}

fn new_bool(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.n_kw() > 0 {
        return Err(vm.type_error("bool() takes no keyword arguments"));
    }
    match *args.pos {
        [] => Ok(Obj::FALSE),
        [value] => Ok(Obj::from_bool(vm.is_true(value)?)),
        _ => {
            let given = args.pos.len();
            Err(vm.error(Exc::TypeError, format_args!("bool expected at most 1 argument, got {given}")))
        }
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let int = receiver(vm, obj)?;
    int_text::show(vm, int, out)
}

fn show_bool(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    out.write_str(vm, if obj == Obj::TRUE { "True" } else { "False" })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let int = receiver(vm, obj)?;
    Ok(Some(match op {
        Unary::Pos | Unary::Int | Unary::Index => int.obj(),
        Unary::Neg => int_math::negate(vm, int)?,
        Unary::Invert => int_math::invert(vm, int)?,
        Unary::Abs => int_math::absolute(vm, int)?,
        Unary::Bool => Obj::from_bool(!int.is_zero()),
        Unary::Hash => {
            let hash = int_math::hash(vm, int);
            vm.new_int(hash)?
        }
        Unary::Float => {
            let value = int_math::to_float(vm, int)?;
            vm.new_float(value)?
        }
        Unary::SizeOf => {
            let limbs = match int {
                Int::Small(_) => 0,
                Int::Big(big) => big.len(),
            };
            vm.new_int(3 * size_of::<usize>() + limbs * WORD_BITS / 8)?
        }
        _ => return Ok(None),
    }))
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    let Some(a) = vm.as_int(lhs) else {
        return Ok(None);
    };
    if let Some(b) = vm.as_int(rhs) {
        return operate(vm, op, a, b);
    }
    if let Some(b) = vm.as_float(rhs) {
        return operate_float(vm, op, a, b);
    }
    if let Some(b) = vm.as_complex(rhs) {
        let re = int_math::to_float(vm, a)?;
        return complex::operate(vm, op, (re, 0.0), b);
    }
    Ok(None)
}

fn binary_bool(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    if let (Some(a), Some(b)) = (lhs.as_bool(), rhs.as_bool()) {
        let result = match op.unreflected().unwrap_or(op.plain()) {
            Binary::And => Some(a & b),
            Binary::Or => Some(a | b),
            Binary::Xor => Some(a ^ b),
            _ => None,
        };
        if let Some(result) = result {
            return Ok(Some(Obj::from_bool(result)));
        }
    }
    binary(vm, op, lhs, rhs)
}

/// The answer to a comparison operator; `None`: the operator is no comparison.
pub fn compared(op: Binary, order: Option<Ordering>) -> Option<bool> {
    Some(match op {
        Binary::Lt => order == Some(Ordering::Less),
        Binary::Gt => order == Some(Ordering::Greater),
        Binary::Eq => order == Some(Ordering::Equal),
        Binary::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Binary::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Binary::Ne => order != Some(Ordering::Equal),
        _ => return None,
    })
}

/// An operator between ints.
fn operate(vm: &mut Vm, op: Binary, a: Int, b: Int) -> R<Option<Obj>> {
    let result = match op.plain() {
        Binary::Add => int_math::add(vm, a, b),
        Binary::Sub => int_math::subtract(vm, a, b),
        Binary::Mul => int_math::multiply(vm, a, b),
        Binary::FloorDiv => int_math::floor_divide(vm, a, b),
        Binary::Mod => int_math::modulo(vm, a, b),
        Binary::Div => {
            let value = int_math::true_divide(vm, a, b)?;
            vm.new_float(value)
        }
        Binary::And => int_math::bitwise(vm, Bits::And, a, b),
        Binary::Or => int_math::bitwise(vm, Bits::Or, a, b),
        Binary::Xor => int_math::bitwise(vm, Bits::Xor, a, b),
        Binary::Lshift => int_math::shift_left(vm, a, b),
        Binary::Rshift => int_math::shift_right(vm, a, b),
        Binary::Pow => power(vm, a, b),
        Binary::DivMod => {
            let (quotient, rest) = int_math::divmod(vm, a, b)?;
            vm.new_tuple(&[quotient, rest])
        }
        plain => match (compared(plain, Some(int_math::compare(vm, a, b))), plain.unreflected()) {
            (Some(answer), _) => Ok(Obj::from_bool(answer)),
            (_, Some(op)) => return operate(vm, op, b, a),
            _ => return Ok(None),
        },
    };
    result.map(Some)
}

/// `a ** b`
pub fn power(vm: &mut Vm, a: Int, b: Int) -> R {
    if !b.is_negative() {
        return int_math::power(vm, a, b);
    }
    let (base, exponent) = (int_math::to_float(vm, a)?, int_math::to_float(vm, b)?);
    float::power(vm, base, exponent)
}

/// An operator between an int and a float.
fn operate_float(vm: &mut Vm, op: Binary, a: Int, b: f64) -> R<Option<Obj>> {
    let op = op.plain();
    let order = matches!(op, Binary::Lt | Binary::Gt | Binary::Eq | Binary::Le | Binary::Ge | Binary::Ne);
    if order {
        let order = int_math::compare_with_float(vm, a, b);
        return Ok(compared(op, order).map(Obj::from_bool));
    }
    if !float::has_operator(op) {
        return Ok(None);
    }
    let a = int_math::to_float(vm, a)?;
    float::operate(vm, op, a, b)
}

fn plain(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.obj())
}

fn is_integer(_vm: &mut Vm, _obj: Obj) -> R {
    Ok(Obj::TRUE)
}

fn as_integer_ratio(vm: &mut Vm, obj: Obj) -> R {
    let int = receiver(vm, obj)?.obj();
    vm.new_tuple(&[int, Obj::small_int_unchecked(1)])
}

fn bit_length(vm: &mut Vm, obj: Obj) -> R {
    let bits = receiver(vm, obj)?.bits(vm);
    vm.new_int(bits)
}

fn bit_count(vm: &mut Vm, obj: Obj) -> R {
    let mut place = [0];
    let (_, limbs) = receiver(vm, obj)?.sign_limbs(vm, &mut place);
    let count: usize = limbs.iter().map(|limb| limb.count_ones() as usize).sum();
    vm.new_int(count)
}

fn round_method(vm: &mut Vm, args: &[Obj]) -> R {
    let int = receiver(vm, args[0])?;
    match args.get(1) {
        None => Ok(int.obj()),
        Some(&Obj::NONE) => Ok(int.obj()),
        Some(&digits) => {
            let digits = vm.index(digits)?;
            round(vm, int, digits)
        }
    }
}

/// `round(int, digits)`: to a multiple of a power of ten, halves to even.
pub fn round(vm: &mut Vm, int: Int, digits: isize) -> R {
    if digits >= 0 {
        return Ok(int.obj());
    }
    let digits = digits.unsigned_abs();
    // 10^digits is beyond twice the number.
    if digits > int.bits(vm) / 3 + 1 {
        return Ok(Obj::small_int_unchecked(0));
    }
    let unit = int_math::power(vm, Int::Small(10), Int::Small(digits as isize))?;
    let unit = receiver(vm, unit)?;
    let (quotient, rest) = int_math::divmod(vm, int, unit)?;
    let (quotient, rest) = (receiver(vm, quotient)?, receiver(vm, rest)?);
    let twice = int_math::add(vm, rest, rest)?;
    let twice = receiver(vm, twice)?;
    let up = match int_math::compare(vm, twice, unit) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => quotient.is_odd(vm),
    };
    let rounded = int_math::add(vm, quotient, Int::Small(up as isize))?;
    let rounded = receiver(vm, rounded)?;
    int_math::multiply(vm, rounded, unit)
}
