//! `abs`, `bin`, `divmod`, `hash`, `hex`, `oct`, `pow`, `round`.

use alloc::string::String;

use heap::Obj;

use crate::{
    native::{Args, Binary, Def, Member, Native, Unary},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{
        exception::Exc,
        float, int, int_math, int_text,
        number_format::{Percent, percent},
    },
    value::R,
    vm::Vm,
};

/// The functions.
pub const MEMBERS: &[Member] = &[
    ("abs", Def::Fn(Native::F1(|vm, value| vm.unary(Unary::Abs, value)))),
    ("bin", Def::Fn(Native::F1(bin))),
    ("divmod", Def::Fn(Native::F2(|vm, a, b| vm.binary(Binary::DivMod, a, b)))),
    ("hash", Def::Fn(Native::F1(hash))),
    ("hex", Def::Fn(Native::F1(|vm, value| in_radix(vm, value, b'x')))),
    ("oct", Def::Fn(Native::F1(|vm, value| in_radix(vm, value, b'o')))),
    ("pow", Def::Fn(Native::Kw(0, 3, pow))),
    ("round", Def::Fn(Native::Kw(0, 2, round))),
];

fn hash(vm: &mut Vm, value: Obj) -> R {
    let hash = vm.hash(value)?;
    vm.new_int(hash as isize)
}

fn in_radix(vm: &mut Vm, value: Obj, kind: u8) -> R {
    let int = vm.index_int(value)?.obj();
    let mut out = TextOut::buffer();
    let how = Percent { alternate: true, kind, ..Percent::default() };
    percent(vm, &mut out, &how, int)?;
    out.into_str(vm)
}

fn bin(vm: &mut Vm, value: Obj) -> R {
    let int = vm.index_int(value)?;
    let mut out = TextOut::buffer();
    out.write_str(vm, if int.is_negative() { "-0b" } else { "0b" })?;
    int_text::with_digits(vm, int, 2, |vm, digits| out.write(vm, digits))?;
    out.into_str(vm)
}

fn pow(vm: &mut Vm, args: &Args) -> R {
    if let (&[base, exponent], 0) = (args.pos, args.n_kw()) {
        return vm.binary(Binary::Pow, base, exponent);
    }
    let [base, exponent, modulus] = vm.bind(args, [q::base, q::exp, q::mod_], 2)?;
    let (base, exponent) = (base.unwrap_or(Obj::NONE), exponent.unwrap_or(Obj::NONE));
    let modulus = match modulus {
        None | Some(Obj::NONE) => return vm.binary(Binary::Pow, base, exponent),
        Some(modulus) => modulus,
    };
    let [a, e, m] = [base, exponent, modulus].map(|value| vm.as_int(value));
    if let (Some(a), Some(e), Some(m)) = (a, e, m) {
        return int_math::power_modulo(vm, a, e, m);
    }
    // A class of Python may take a modulus in `__pow__`.
    if vm.type_of(base).is_python() && vm.getattr_maybe(base, q::__pow__)?.is_some() {
        return vm.call_method(base, q::__pow__, &[exponent, modulus]);
    }
    let operands = [base, exponent, modulus];
    let real = operands.map(|value| vm.as_int(value).is_some() || vm.is_float(value));
    let complex = operands.map(|value| vm.type_of(value).is(TypeId::Complex));
    if (0..3).any(|i| !real[i] && !complex[i]) {
        let [a, b, c] = operands.map(|value| String::from(vm.qstr_str(vm.type_of(value).name())));
        let text = format_args!("unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'");
        return Err(vm.error(Exc::TypeError, text));
    }
    if complex.contains(&true) {
        return Err(vm.value_error("complex modulo"));
    }
    Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"))
}

fn round(vm: &mut Vm, args: &Args) -> R {
    let [value, digits] = vm.bind(args, [q::number, q::ndigits], 1)?;
    let value = value.unwrap_or(Obj::NONE);
    let digits = digits.filter(|digits| *digits != Obj::NONE);
    if !vm.type_of(value).is_python() {
        if let Some(number) = vm.as_float(value) {
            return match digits {
                None => float::round_to_int(vm, number),
                Some(digits) => {
                    let digits = vm.index(digits)?;
                    float::round(vm, number, digits)
                }
            };
        }
        if let Some(number) = vm.as_int(value) {
            let digits = match digits {
                None => 0,
                Some(digits) => vm.index(digits)?,
            };
            return int::round(vm, number, digits);
        }
    }
    if vm.as_type(value).is_some() {
        return Err(vm.type_error("type type doesn't define __round__ method"));
    }
    let found = vm.getattr(value, q::__round__);
    let Some(method) = vm.catch(found, Exc::AttributeError)? else {
        return Err(vm.type_error_for("type ", value, " doesn't define __round__ method"));
    };
    match digits {
        None => vm.call(method, &[]),
        Some(digits) => vm.call(method, &[digits]),
    }
}
