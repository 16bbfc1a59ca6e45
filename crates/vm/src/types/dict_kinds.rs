//! `collections.OrderedDict` and `collections.defaultdict`: objects around a dict.
//!
//! Methods of dict work on them because [`crate::Vm::cast`] finds the dict inside.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        iter::{DefaultDict, OrderedDict},
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::dict::{self, get, get_to_change},
    value::R,
    vm::Vm,
};

/// `OrderedDict`
pub static ORDERED_DICT: TypeDef = TypeDef {
    base: Some(TypeId::Dict),
    subclassable: true,
    slots: Slots {
        new: Some(new_ordered),
        show: Some(show_ordered),
        unary: Some(unary),
        binary: Some(binary_ordered),
        getitem: Some(getitem),
        setitem: Some(setitem),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("copy", Def::Fn(Native::F1(copy_ordered))),
        ("move_to_end", Def::Fn(Native::Kw(1, 3, move_to_end))),
        ("popitem", Def::Fn(Native::Kw(1, 2, popitem))),
    ],
    ..TypeDef::named("OrderedDict")
};

/// `defaultdict`
pub static DEFAULT_DICT: TypeDef = TypeDef {
    base: Some(TypeId::Dict),
    subclassable: true,
    slots: Slots {
        new: Some(new_default),
        show: Some(show_default),
        unary: Some(unary),
        binary: Some(binary_default),
        getitem: Some(getitem_default),
        setitem: Some(setitem),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("__init__", Def::Fn(Native::Kw(1, 255, init_default))),
        ("__missing__", Def::Fn(Native::F2(missing))),
        ("copy", Def::Fn(Native::F1(copy_default))),
        ("default_factory", Def::GetSet(factory, set_factory)),
    ],
    ..TypeDef::named("defaultdict")
};

fn new_ordered(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let dict = vm.new_dict(0)?;
    dict::fill(vm, dict, args)?;
    Ok(vm.new_ordered_dict(dict.obj())?.obj())
}

/// Applies a slot of dict to the dict inside.
fn inside(vm: &mut Vm, obj: Obj) -> R {
    Ok(get(vm, obj)?.obj())
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let dict = inside(vm, obj)?;
    vm.unary_slot(op, dict)
}

fn getitem(vm: &mut Vm, obj: Obj, key: Obj) -> R {
    let dict = inside(vm, obj)?;
    vm.getitem(dict, key)
}

fn setitem(vm: &mut Vm, obj: Obj, key: Obj, value: Option<Obj>) -> R<()> {
    match value {
        // Any key, unlike a plain dict.
        Some(value) => get_to_change(vm, obj)?.set(vm, key, value),
        None => {
            let dict = inside(vm, obj)?;
            vm.setitem(dict, key, None)
        }
    }
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let dict = inside(vm, obj)?;
    vm.iter(dict)
}

fn show_ordered(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let dict = inside(vm, obj)?;
    vm.show_once(obj, "...", out, |vm, out| {
        out.write_str(vm, "OrderedDict(")?;
        // CPython leaves the braces out where MicroPython has them.
        if vm.official_texts() || vm.len(dict)? > 0 {
            vm.show(dict, out, Show::Repr)?;
        }
        out.write_str(vm, ")")
    })
}

/// As [`Vm::cast`], but nothing that is a plain dict.
fn as_ordered(vm: &Vm, obj: Obj) -> Option<Ref<OrderedDict>> {
    vm.exact::<OrderedDict>(obj).or_else(|| vm.exact::<OrderedDict>(vm.native_part(obj)?))
}

fn as_default(vm: &mut Vm, obj: Obj) -> R<Ref<DefaultDict>> {
    let found = vm.exact::<DefaultDict>(obj).or_else(|| vm.exact::<DefaultDict>(vm.native_part(obj)?));
    match found {
        Some(dict) => Ok(dict),
        None => {
            Err(vm.type_error_for("descriptor requires a 'collections.defaultdict' object but received a '", obj, "'"))
        }
    }
}

fn binary_ordered(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let dict = get(vm, obj)?;
    if op == Binary::Eq && as_ordered(vm, other).is_some() {
        let other = get(vm, other)?;
        return Ok(Some(Obj::from_bool(equal_in_order(vm, dict, other)?)));
    }
    let result = vm.binary_slot(op, dict.obj(), other)?;
    match (op, result) {
        (_, None) => Ok(None),
        (Binary::IOr, _) => Ok(Some(obj)),
        (Binary::Or | Binary::ROr, Some(union)) => Ok(Some(vm.new_ordered_dict(union)?.obj())),
        _ => Ok(result),
    }
}

fn equal_in_order(vm: &mut Vm, a: Ref<Dict>, b: Ref<Dict>) -> R<bool> {
    vm.check_native_stack()?;
    if a.len() != b.len() {
        return Ok(false);
    }
    let (mut at, mut other_at) = (0, 0);
    while let (Some((next, key, value)), Some((other_next, other_key, other_value))) =
        (a.entry(vm, at), b.entry(vm, other_at))
    {
        if !vm.same_or_equal(key, other_key)? || !vm.same_or_equal(value, other_value)? {
            return Ok(false);
        }
        (at, other_at) = (next, other_next);
    }
    Ok(true)
}

fn copy_ordered(vm: &mut Vm, obj: Obj) -> R {
    let class = vm.type_of(obj);
    if class.is_python() {
        return vm.call(class.obj(), &[obj]);
    }
    let copy = get(vm, obj)?.copy(vm)?;
    Ok(vm.new_ordered_dict(copy.obj())?.obj())
}

fn move_to_end(vm: &mut Vm, args: &Args) -> R {
    let [_, key, last] = vm.bind(args, [q::self_, q::key, q::last], 2)?;
    let dict = get_to_change(vm, args.pos[0])?;
    let key = key.unwrap_or(Obj::NONE);
    let to_end = match last {
        Some(last) => vm.is_true(last)?,
        None => true,
    };
    if dict.move_to(vm, key, to_end)? { Ok(Obj::NONE) } else { Err(vm.key_error(key)) }
}

fn popitem(vm: &mut Vm, args: &Args) -> R {
    let [_, last] = vm.bind(args, [q::self_, q::last], 1)?;
    let dict = get_to_change(vm, args.pos[0])?;
    let last = match last {
        Some(last) => vm.is_true(last)?,
        None => true,
    };
    match if last { dict.pop_last(vm) } else { dict.pop_first(vm) } {
        Some((key, value)) => vm.new_tuple(&[key, value]),
        None => Err(dict::empty(vm)),
    }
}

/// The first argument of `defaultdict(…)` and the others.
fn split<'a>(vm: &mut Vm, args: &Args<'a>) -> R<(Obj, Args<'a>)> {
    let factory = args.pos.first().copied().unwrap_or(Obj::NONE);
    if factory != Obj::NONE && vm.type_of(factory).slots().call.is_none() {
        return Err(vm.type_error("first argument must be callable or None"));
    }
    Ok((factory, args.skip_first()))
}

fn new_default(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (factory, rest) = split(vm, args)?;
    let dict = vm.new_dict(0)?;
    dict::fill(vm, dict, &rest)?;
    Ok(vm.new_default_dict(dict.obj(), factory)?.obj())
}

fn init_default(vm: &mut Vm, args: &Args) -> R {
    let Some(&obj) = args.pos.first() else { return Ok(Obj::NONE) };
    let default = as_default(vm, obj)?;
    let (factory, rest) = split(vm, &args.skip_first())?;
    default.set_factory(factory);
    let dict = get_to_change(vm, obj)?;
    dict::fill(vm, dict, &rest)?;
    Ok(Obj::NONE)
}

fn show_default(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let default = as_default(vm, obj)?;
    out.write_str(vm, "defaultdict(")?;
    vm.show(default.factory(), out, Show::Repr)?;
    out.write_str(vm, ", ")?;
    vm.show(default.dict(), out, Show::Repr)?;
    out.write_str(vm, ")")
}

fn binary_default(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let default = as_default(vm, obj)?;
    let result = vm.binary_slot(op, default.dict(), other)?;
    match (op, result) {
        (_, None) => Ok(None),
        (Binary::IOr, _) => Ok(Some(obj)),
        (Binary::Or | Binary::ROr, Some(union)) => Ok(Some(vm.new_default_dict(union, default.factory())?.obj())),
        _ => Ok(result),
    }
}

fn getitem_default(vm: &mut Vm, obj: Obj, key: Obj) -> R {
    let dict = get(vm, obj)?;
    match dict.get(vm, key)? {
        Some(value) => Ok(value),
        None => missing(vm, obj, key),
    }
}

fn missing(vm: &mut Vm, obj: Obj, key: Obj) -> R {
    let default = as_default(vm, obj)?;
    if default.factory() == Obj::NONE {
        return Err(vm.key_error(key));
    }
    let value = vm.call(default.factory(), &[])?;
    get(vm, obj)?.set(vm, key, value)?;
    Ok(value)
}

fn copy_default(vm: &mut Vm, obj: Obj) -> R {
    let default = as_default(vm, obj)?;
    let class = vm.type_of(obj);
    if class.is_python() {
        return vm.call(class.obj(), &[default.factory(), obj]);
    }
    let copy = get(vm, obj)?.copy(vm)?;
    Ok(vm.new_default_dict(copy.obj(), default.factory())?.obj())
}

fn factory(vm: &mut Vm, obj: Obj) -> R {
    Ok(as_default(vm, obj)?.factory())
}

fn set_factory(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let default = as_default(vm, obj)?;
    default.set_factory(value.unwrap_or(Obj::NONE));
    Ok(())
}
