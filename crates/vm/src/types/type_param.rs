//! Type parameters and type aliases: names with functions that give what they mean when somebody asks.
//!
//! The same types serve the statements of the language and calls of `typing.TypeVar` and its like.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::typ::Type,
    native::{Args, Binary, Def, Member, Native, Show, Slots, TypeDef},
    qstr::q,
    text_out::TextOut,
    types::{generic_alias, object::identity_unary, union_type},
    value::R,
    vm::Vm,
};

/// `typing.TypeVar`
pub static TYPE_VAR: TypeDef = parameter("TypeVar", |vm, _, args| new_parameter(vm, args, &TYPE_VAR));
/// `typing.TypeVarTuple`
pub static TYPE_VAR_TUPLE: TypeDef = parameter("TypeVarTuple", |vm, _, args| new_parameter(vm, args, &TYPE_VAR_TUPLE));
/// `typing.ParamSpec`
pub static PARAM_SPEC: TypeDef = parameter("ParamSpec", |vm, _, args| new_parameter(vm, args, &PARAM_SPEC));

// Fields of a type parameter.
const NAME: usize = 0;
/// The bound, or a function that gives it.
const BOUND: usize = 1;
/// The default, or a function that gives it.
const DEFAULT: usize = 2;
/// The constraints, a tuple.
const CONSTRAINTS: usize = 3;
/// See the constants below.
const VARIANCE: usize = 4;
/// Whether bound and default are functions.
const LAZY: usize = 5;
/// `__module__`
const MODULE: usize = 6;

const INVARIANT: isize = 0;
const COVARIANT: isize = 1;
const CONTRAVARIANT: isize = 2;
const INFERRED: isize = 3;

const fn parameter(name: &'static str, new: fn(&mut Vm, Ref<Type>, &Args) -> R) -> TypeDef {
    TypeDef {
        slots: Slots {
            new: Some(new),
            show: Some(show_parameter),
            unary: Some(identity_unary),
            binary: Some(or),
            iter: Some(unpacked),
            ..Slots::NONE
        },
        members: MEMBERS,
        ..TypeDef::named(name)
    }
}

const MEMBERS: &[Member] = &[
    ("__name__", Def::Get(|vm, obj| field(vm, obj, NAME))),
    ("__module__", Def::Get(|vm, obj| field(vm, obj, MODULE))),
    ("__bound__", Def::Get(bound)),
    ("__constraints__", Def::Get(constraints)),
    ("__default__", Def::Get(|vm, obj| evaluated(vm, obj, DEFAULT))),
    ("__covariant__", Def::Get(|vm, obj| is_variance(vm, obj, COVARIANT))),
    ("__contravariant__", Def::Get(|vm, obj| is_variance(vm, obj, CONTRAVARIANT))),
    ("__infer_variance__", Def::Get(|vm, obj| is_variance(vm, obj, INFERRED))),
    ("has_default", Def::Fn(Native::F1(|vm, obj| Ok(Obj::from_bool(field(vm, obj, DEFAULT)? != Obj::NONE))))),
    // `*args: P.args`
    ("args", Def::Get(|_, obj| Ok(obj))),
    ("kwargs", Def::Get(|_, obj| Ok(obj))),
    (
        "__mro_entries__",
        Def::Fn(Native::F2(|vm, obj, _| Err(vm.type_error_for("Cannot subclass an instance of ", obj, "")))),
    ),
];

/// `X | Y` where one side is an object that may stand in annotations.
pub(crate) fn or(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    match op {
        Binary::Or => union_type::of(vm, obj, other),
        Binary::ROr => union_type::of(vm, other, obj),
        _ => Ok(None),
    }
}

/// Whether an object is a type parameter of any kind.
pub(crate) fn is_parameter(vm: &Vm, obj: Obj) -> bool {
    [&TYPE_VAR, &TYPE_VAR_TUPLE, &PARAM_SPEC].into_iter().any(|def| vm.record(obj, def).is_some())
}

fn record(vm: &mut Vm, obj: Obj) -> R<crate::layout::record::Record> {
    for def in [&TYPE_VAR, &TYPE_VAR_TUPLE] {
        if let Some(record) = vm.record(obj, def) {
            return Ok(record);
        }
    }
    vm.expect_record(obj, &PARAM_SPEC)
}

fn field(vm: &mut Vm, obj: Obj, index: usize) -> R {
    Ok(record(vm, obj)?.get(index))
}

/// A field that may be a function to be called.
fn evaluated(vm: &mut Vm, obj: Obj, index: usize) -> R {
    let record = record(vm, obj)?;
    match record.get(index) {
        function if record.get(LAZY) == Obj::TRUE && function != Obj::NONE => vm.call(function, &[]),
        value => Ok(value),
    }
}

/// A tuple as the bound in a parameter list means constraints.
fn bound(vm: &mut Vm, obj: Obj) -> R {
    let value = evaluated(vm, obj, BOUND)?;
    Ok(if vm.exact::<crate::layout::seq::Tuple>(value).is_some() { Obj::NONE } else { value })
}

fn constraints(vm: &mut Vm, obj: Obj) -> R {
    if field(vm, obj, LAZY)? == Obj::TRUE {
        let value = evaluated(vm, obj, BOUND)?;
        return if vm.exact::<crate::layout::seq::Tuple>(value).is_some() { Ok(value) } else { vm.new_tuple(&[]) };
    }
    field(vm, obj, CONSTRAINTS)
}

fn is_variance(vm: &mut Vm, obj: Obj, variance: isize) -> R {
    Ok(Obj::from_bool(record(vm, obj)?.int(VARIANCE) == variance))
}

fn show_parameter(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let record = record(vm, obj)?;
    let sign = match record.int(VARIANCE) {
        _ if vm.record(obj, &TYPE_VAR_TUPLE).is_some() => "",
        INVARIANT => "~",
        COVARIANT => "+",
        CONTRAVARIANT => "-",
        _ => "",
    };
    out.write_str(vm, sign)?;
    vm.show(record.get(NAME), out, Show::Str)
}

/// `*Ts` in an annotation gives the parameter itself.
fn unpacked(vm: &mut Vm, obj: Obj) -> R {
    let items = vm.new_tuple(&[obj])?;
    vm.iter(items)
}

fn current_module(vm: &mut Vm) -> Obj {
    vm.current_globals().get_name(vm, q::__name__).unwrap_or(Obj::NONE)
}

/// `TypeVar(name, *constraints, bound=None, …)`
fn new_parameter(vm: &mut Vm, args: &Args, def: &'static TypeDef) -> R {
    let [name, rest @ ..] = args.pos else {
        return Err(vm.type_error("a type parameter needs a name"));
    };
    if !vm.is_str(*name) {
        return Err(vm.type_error_for("name must be a str, not ", *name, ""));
    }
    let (mut bound, mut default, mut variance) = (Obj::NONE, Obj::NONE, INVARIANT);
    for (key, value) in args.keywords() {
        let key = alloc::vec::Vec::from(vm.str_bytes(key).unwrap_or_default());
        match &key[..] {
            b"bound" => bound = value,
            b"default" => default = value,
            b"covariant" | b"contravariant" | b"infer_variance" if !vm.is_true(value)? => {}
            b"covariant" if variance == INVARIANT => variance = COVARIANT,
            b"contravariant" if variance == INVARIANT => variance = CONTRAVARIANT,
            b"infer_variance" if variance == INVARIANT => variance = INFERRED,
            b"covariant" | b"contravariant" => return Err(vm.value_error("Bivariant types are not supported.")),
            b"infer_variance" => return Err(vm.value_error("Variance cannot be specified with infer_variance.")),
            _ => return Err(vm.type_error("extra keyword arguments given")),
        }
    }
    if rest.len() == 1 {
        return Err(vm.type_error("A single constraint is not allowed"));
    }
    if !rest.is_empty() && bound != Obj::NONE {
        return Err(vm.type_error("Constraints cannot be combined with bound=..."));
    }
    let constraints = vm.new_tuple(rest)?;
    let module = current_module(vm);
    let variance = Obj::small_int_unchecked(variance);
    vm.new_record(def, &[*name, bound, default, constraints, variance, Obj::FALSE, module])
}

/// `__make_type_param__(kind, name, bound, default)`
pub(crate) fn make_param(vm: &mut Vm, args: &[Obj]) -> R {
    let def = match vm.index(args[0])? {
        1 => &TYPE_VAR_TUPLE,
        2 => &PARAM_SPEC,
        _ => &TYPE_VAR,
    };
    let none = vm.new_tuple(&[])?;
    let module = current_module(vm);
    let variance = Obj::small_int_unchecked(INFERRED);
    vm.new_record(def, &[args[1], args[2], args[3], none, variance, Obj::TRUE, module])
}

/// name, parameters (a tuple), a function that gives the value or the value itself, whether it is a function
pub static TYPE_ALIAS: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new_alias),
        show: Some(|vm, obj, out, _| {
            let name = vm.expect_record(obj, &TYPE_ALIAS)?.get(NAME);
            vm.show(name, out, Show::Str)
        }),
        unary: Some(identity_unary),
        binary: Some(or),
        getitem: Some(generic_alias::make),
        ..Slots::NONE
    },
    members: &[
        ("__name__", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &TYPE_ALIAS)?.get(NAME)))),
        ("__type_params__", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &TYPE_ALIAS)?.get(1)))),
        ("__parameters__", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &TYPE_ALIAS)?.get(1)))),
        ("__value__", Def::Get(alias_value)),
        ("__module__", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &TYPE_ALIAS)?.get(4)))),
    ],
    ..TypeDef::named("TypeAliasType")
};

fn alias_value(vm: &mut Vm, obj: Obj) -> R {
    let alias = vm.expect_record(obj, &TYPE_ALIAS)?;
    if alias.get(3) == Obj::TRUE {
        let value = vm.call(alias.get(2), &[])?;
        alias.set(2, value);
        alias.set(3, Obj::FALSE);
    }
    Ok(alias.get(2))
}

/// `TypeAliasType(name, value, *, type_params=())`
fn new_alias(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (value, params) = (vm.intern(b"value")?, vm.intern(b"type_params")?);
    let [name, value, params] = vm.bind(args, [q::name, value, params], 2)?;
    let params = match params {
        Some(params) => params,
        None => vm.new_tuple(&[])?,
    };
    let module = current_module(vm);
    let none = Obj::NONE;
    vm.new_record(&TYPE_ALIAS, &[name.unwrap_or(none), params, value.unwrap_or(none), Obj::FALSE, module])
}

/// `__make_type_alias__(name, params, value)`
pub(crate) fn make_alias(vm: &mut Vm, name: Obj, params: Obj, value: Obj) -> R {
    let module = current_module(vm);
    vm.new_record(&TYPE_ALIAS, &[name, params, value, Obj::TRUE, module])
}
