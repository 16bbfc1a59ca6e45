//! `object`, and the types of `None`, `NotImplemented` and `...`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        typ::{Type, flag},
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::Qstr,
    text_out::TextOut,
    types::{exception::Exc, special::Special},
    value::R,
    vm::{Root, Vm},
};

/// `object`
pub static OBJECT: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new), show: Some(show), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("__class__", Def::GetSet(get_class, set_class)),
        ("__dict__", Def::GetSet(get_dict, set_dict)),
        ("__doc__", Def::Value(|_| Ok(Obj::NONE))),
        ("__init__", Def::Fn(Native::Kw(1, 255, init))),
        ("__new__", Def::Static(Native::Kw(1, 255, new_method))),
        ("__repr__", Def::Fn(Native::F1(repr))),
        ("__str__", Def::Fn(Native::F1(str))),
        ("__eq__", Def::Fn(Native::F2(eq))),
        ("__ne__", Def::Fn(Native::F2(ne))),
        ("__lt__", Def::Fn(Native::F2(not_implemented))),
        ("__le__", Def::Fn(Native::F2(not_implemented))),
        ("__gt__", Def::Fn(Native::F2(not_implemented))),
        ("__ge__", Def::Fn(Native::F2(not_implemented))),
        ("__hash__", Def::Fn(Native::F1(hash))),
        ("__getattribute__", Def::Fn(Native::F2(getattribute))),
        ("__setattr__", Def::Fn(Native::F3(setattr))),
        ("__delattr__", Def::Fn(Native::F2(delattr))),
        ("__format__", Def::Fn(Native::F2(format))),
        ("__dir__", Def::Fn(Native::F1(dir))),
        ("__sizeof__", Def::Fn(Native::F1(size_of_object))),
        ("__init_subclass__", Def::Class(Native::Kw(1, 1, init_subclass))),
        ("__subclasshook__", Def::Class(Native::F2(not_implemented))),
    ],
    ..TypeDef::named("object")
};

/// `NoneType`
pub static NONE_TYPE: TypeDef = TypeDef {
    slots: Slots { new: Some(|_, _, _| Ok(Obj::NONE)), show: Some(show_none), unary: Some(none_unary), ..Slots::NONE },
    ..TypeDef::named("NoneType")
};

/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: TypeDef = TypeDef {
    slots: Slots {
        show: Some(|vm, _, out, _| out.write_str(vm, "NotImplemented")),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    ..TypeDef::named("NotImplementedType")
};

/// `ellipsis`
pub static ELLIPSIS_TYPE: TypeDef = TypeDef {
    slots: Slots {
        show: Some(|vm, _, out, _| out.write_str(vm, "Ellipsis")),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    ..TypeDef::named("ellipsis")
};

/// The hash of an object that is equal to itself only.
pub fn identity_hash(obj: Obj) -> Obj {
    // Blocks are aligned to 16 bytes: the low bits say nothing.
    Obj::small_int_unchecked((obj.word() >> 4) as isize)
}

/// The unary slot of types whose objects are equal to themselves only and support no operator.
pub fn identity_unary(_vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    Ok((op == Unary::Hash).then(|| identity_hash(obj)))
}

/// Writes an object of which nothing is known but its class.
pub fn write_instance(vm: &mut Vm, obj: Obj, out: &mut TextOut) -> R<()> {
    out.write_str(vm, "<")?;
    vm.write_qstr(out, vm.type_of(obj).name())?;
    let address = obj.word();
    out.write_fmt(vm, format_args!(" object at 0x{address:012x}>"))
}

fn none_unary(_vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    Ok(match op {
        Unary::Bool => Some(Obj::FALSE),
        Unary::Hash => Some(identity_hash(obj)),
        _ => None,
    })
}

fn show_none(vm: &mut Vm, _obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    out.write_str(vm, "None")
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    write_instance(vm, obj, out)
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if !args.pos.is_empty() || !args.kw.is_empty() {
        return Err(vm.type_error("object() takes no arguments"));
    }
    vm.new_plain_object()
}

/// `object.__new__(cls, …)`
fn new_method(vm: &mut Vm, args: &Args) -> R {
    let Some(class) = args.pos.first().and_then(|class| vm.as_type(*class)) else {
        return Err(vm.type_error("object.__new__(X): X is not a type object"));
    };
    let rest = args.skip_first();
    if !class.is_python() && class.slots().new.is_some() && !class.is(crate::table::TypeId::Object) {
        let name = vm.owned_text(class.name());
        return Err(vm.error(Exc::TypeError, format_args!("object.__new__({name}) is not safe, use {name}.__new__()")));
    }
    make(vm, class, &rest)
}

/// What every `__new__` of a builtin type does with its class and the further arguments.
pub(crate) fn make(vm: &mut Vm, class: Ref<Type>, rest: &Args) -> R {
    if !class.is_python() {
        return vm.instantiate(class, rest);
    }
    if class.native_base().is_none() && class.has_special(Special::New) && !(rest.pos.is_empty() && rest.kw.is_empty())
    {
        return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
    }
    vm.default_new(class, rest)
}

/// `object.__init__(self, …)`, and the `__init__` of every builtin type.
fn init(vm: &mut Vm, args: &Args) -> R {
    let obj = args.pos[0];
    let rest = args.skip_first();
    let class = vm.type_of(obj);
    if let Some(exception) = vm.as_exception(obj) {
        exception.set_incomplete(false);
        exception.set_args(vm, rest.pos)?;
        return Ok(Obj::NONE);
    }
    if !class.is_python() {
        return Ok(Obj::NONE);
    }
    if class.has(flag::INIT_FILLS) {
        vm.refill(obj, class, &rest)?;
    } else if class.native_base().is_none()
        && !(rest.pos.is_empty() && rest.kw.is_empty())
        && (class.has_special(Special::Init) || !class.has_special(Special::New))
    {
        return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    Ok(Obj::NONE)
}

fn init_subclass(vm: &mut Vm, args: &Args) -> R {
    if args.kw.is_empty() {
        return Ok(Obj::NONE);
    }
    let name = args.pos.first().and_then(|class| vm.as_type(*class)).map_or(Qstr(0), |class| class.name());
    let name = vm.owned_text(name);
    Err(vm.error(Exc::TypeError, format_args!("{name}.__init_subclass__() takes no keyword arguments")))
}

fn repr(vm: &mut Vm, obj: Obj) -> R {
    let mut out = TextOut::buffer();
    write_instance(vm, obj, &mut out)?;
    out.into_str(vm)
}

fn str(vm: &mut Vm, obj: Obj) -> R {
    vm.repr(obj)
}

fn eq(vm: &mut Vm, obj: Obj, other: Obj) -> R {
    if vm.is_same(obj, other) { Ok(Obj::TRUE) } else { not_implemented(vm, obj, other) }
}

fn ne(vm: &mut Vm, obj: Obj, other: Obj) -> R {
    let result = vm.binary_slot(Binary::Eq, obj, other)?;
    match result {
        Some(equal) => {
            let equal = vm.is_true(equal)?;
            Ok(Obj::from_bool(!equal))
        }
        None if vm.is_same(obj, other) => Ok(Obj::FALSE),
        None => not_implemented(vm, obj, other),
    }
}

fn not_implemented(vm: &mut Vm, _obj: Obj, _other: Obj) -> R {
    Ok(vm.root(Root::NotImplemented).unwrap_or(Obj::NONE))
}

fn hash(vm: &mut Vm, obj: Obj) -> R {
    if vm.type_of(obj).is_python() {
        return Ok(identity_hash(obj));
    }
    let hash = vm.hash(obj)?;
    Ok(Obj::small_int_unchecked(hash as isize))
}

fn getattribute(vm: &mut Vm, obj: Obj, name: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    let class = vm.type_of(obj);
    match vm.generic_lookup(obj, class, name)? {
        Some((value, None)) => Ok(value),
        Some((function, Some(receiver))) => vm.new_bound_method(function, receiver),
        None => Err(vm.attribute_error(obj, name)),
    }
}

fn setattr(vm: &mut Vm, obj: Obj, name: Obj, value: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    let class = vm.type_of(obj);
    vm.generic_store(obj, class, name, Some(value))?;
    Ok(Obj::NONE)
}

fn delattr(vm: &mut Vm, obj: Obj, name: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    let class = vm.type_of(obj);
    vm.generic_store(obj, class, name, None)?;
    Ok(Obj::NONE)
}

fn format(vm: &mut Vm, obj: Obj, spec: Obj) -> R {
    if vm.str_bytes(spec).is_some_and(<[u8]>::is_empty) {
        return vm.str(obj);
    }
    Err(vm.type_error_for("unsupported format string passed to ", obj, ".__format__"))
}

fn size_of_object(vm: &mut Vm, obj: Obj) -> R {
    match vm.unary_slot(Unary::SizeOf, obj)? {
        Some(size) => Ok(size),
        None => Ok(Obj::small_int_unchecked(size_of::<usize>() as isize * 4)),
    }
}

fn dir(vm: &mut Vm, obj: Obj) -> R {
    vm.attribute_names(obj)
}

fn get_class(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.type_of(obj).obj())
}

fn set_class(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let Some(class) = value.and_then(|class| vm.as_type(class)) else {
        return Err(vm.type_error("__class__ must be set to a class"));
    };
    let old = vm.type_of(obj);
    let same_layout = old.is_python()
        && class.is_python()
        && old.native_base() == class.native_base()
        && old.has(flag::NO_DICT) == class.has(flag::NO_DICT);
    if same_layout {
        if let Some(instance) = vm.as_instance(obj) {
            return instance.set_class(vm, class);
        }
        if let Some(exception) = vm.as_exception(obj) {
            exception.set_class(class);
            return Ok(());
        }
    }
    let (old, new) = (vm.owned_text(old.name()), vm.owned_text(class.name()));
    Err(vm.error(Exc::TypeError, format_args!("__class__ assignment: '{new}' object layout differs from '{old}'")))
}

/// The dict of an object's own attributes, if it has one: live.
fn own_dict(vm: &mut Vm, obj: Obj) -> R<Option<Ref<Dict>>> {
    if let Some(instance) = vm.as_instance(obj) {
        if instance.shape().class().has(flag::NO_DICT) {
            return Ok(None);
        }
        return instance.to_dict(vm).map(Some);
    }
    if let Some(exception) = vm.as_exception(obj) {
        return exception.attributes_or_new(vm).map(Some);
    }
    Ok(vm.module_dict(obj))
}

fn get_dict(vm: &mut Vm, obj: Obj) -> R {
    match own_dict(vm, obj)? {
        Some(dict) => Ok(dict.obj()),
        None => Err(vm.attribute_error(obj, crate::qstr::q::__dict__)),
    }
}

fn set_dict(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let Some(dict) = value.and_then(|dict| vm.cast::<Dict>(dict)) else {
        return Err(vm.type_error("__dict__ must be set to a dictionary"));
    };
    if own_dict(vm, obj)?.is_some() {
        if let Some(instance) = vm.as_instance(obj) {
            return instance.set_dict(vm, dict);
        }
        if let Some(exception) = vm.as_exception(obj) {
            exception.set_attributes(vm, dict)?;
            return Ok(());
        }
    }
    Err(vm.attribute_error(obj, crate::qstr::q::__dict__))
}
