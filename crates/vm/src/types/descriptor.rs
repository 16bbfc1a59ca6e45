//! `property`, `staticmethod`, `classmethod`, `super`, and computed attributes of builtin types.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        descriptor::{ClassMethod, NativeAttribute, Property, StaticMethod, Super},
        typ::Type,
    },
    native::{Args, Def, Native, Show, Slots, TypeDef},
    qstr::{Qstr, q},
    text_out::TextOut,
    types::{exception::Exc, object::identity_unary},
    value::R,
    vm::Vm,
};

/// `property`
pub static PROPERTY: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(property_new), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("getter", Def::Fn(Native::F2(|vm, obj, f| property_with(vm, obj, 0, f)))),
        ("setter", Def::Fn(Native::F2(|vm, obj, f| property_with(vm, obj, 1, f)))),
        ("deleter", Def::Fn(Native::F2(|vm, obj, f| property_with(vm, obj, 2, f)))),
        ("fget", Def::Get(|vm, obj| property_part(vm, obj, 0))),
        ("fset", Def::Get(|vm, obj| property_part(vm, obj, 1))),
        ("fdel", Def::Get(|vm, obj| property_part(vm, obj, 2))),
        ("__doc__", Def::GetSet(property_doc, property_set_doc)),
        ("__get__", Def::Fn(Native::Var(2, 3, property_get))),
        ("__set__", Def::Fn(Native::F3(property_set))),
        ("__delete__", Def::Fn(Native::F2(property_delete))),
    ],
    ..TypeDef::named("property")
};

/// `staticmethod`
pub static STATICMETHOD: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(static_new), unary: Some(identity_unary), call: Some(static_call), ..Slots::NONE },
    members: &[
        ("__func__", Def::Get(static_function)),
        ("__wrapped__", Def::Get(static_function)),
        ("__get__", Def::Fn(Native::Var(2, 3, |vm, args| static_function(vm, args[0])))),
    ],
    ..TypeDef::named("staticmethod")
};

/// `classmethod`
pub static CLASSMETHOD: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(class_new), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("__func__", Def::Get(class_function)),
        ("__wrapped__", Def::Get(class_function)),
        ("__get__", Def::Fn(Native::Var(2, 3, class_get))),
    ],
    ..TypeDef::named("classmethod")
};

/// `getset_descriptor`
pub static NATIVE_ATTRIBUTE: TypeDef = TypeDef {
    slots: Slots { show: Some(attribute_show), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("__name__", Def::Get(attribute_name)),
        ("__get__", Def::Fn(Native::Var(2, 3, attribute_get))),
        ("__set__", Def::Fn(Native::F3(attribute_set))),
    ],
    ..TypeDef::named("getset_descriptor")
};

/// `super`
pub static SUPER: TypeDef = TypeDef {
    slots: Slots {
        new: Some(super_new),
        show: Some(super_show),
        unary: Some(identity_unary),
        getattr: Some(Vm::super_getattr),
        setattr: Some(super_setattr),
        ..Slots::NONE
    },
    members: &[("__thisclass__", Def::Get(super_start)), ("__self__", Def::Get(super_self))],
    ..TypeDef::named("super")
};

fn given(obj: Option<Obj>) -> Option<Obj> {
    obj.filter(|obj| *obj != Obj::NONE)
}

fn property_new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [fget, fset, fdel, doc] = vm.bind(args, [q::fget, q::fset, q::fdel, q::doc], 0)?;
    Ok(vm.new_property([given(fget), given(fset), given(fdel), doc])?.obj())
}

fn expect_property(vm: &mut Vm, obj: Obj) -> R<Ref<Property>> {
    match vm.cast::<Property>(obj) {
        Some(property) => Ok(property),
        None => Err(vm.type_error_for("expected a property, got '", obj, "'")),
    }
}

fn property_with(vm: &mut Vm, obj: Obj, index: usize, function: Obj) -> R {
    let mut parts = expect_property(vm, obj)?.parts();
    parts[index] = given(Some(function));
    let class = vm.type_of(obj);
    if class.is_python() {
        let args = parts.map(|part| part.unwrap_or(Obj::NONE));
        return vm.instantiate(class, &Args::positional(&args));
    }
    Ok(vm.new_property(parts)?.obj())
}

fn property_part(vm: &mut Vm, obj: Obj, index: usize) -> R {
    Ok(expect_property(vm, obj)?.parts()[index].unwrap_or(Obj::NONE))
}

fn property_doc(vm: &mut Vm, obj: Obj) -> R {
    let property = expect_property(vm, obj)?;
    if let Some(doc) = property.doc() {
        return Ok(doc);
    }
    match property.getter() {
        Some(getter) => Ok(vm.getattr_maybe(getter, q::__doc__)?.unwrap_or(Obj::NONE)),
        None => Ok(Obj::NONE),
    }
}

fn property_set_doc(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    expect_property(vm, obj)?.set_doc(value);
    Ok(())
}

fn property_get(vm: &mut Vm, args: &[Obj]) -> R {
    let property = expect_property(vm, args[0])?;
    match (property.getter(), args[1]) {
        (_, Obj::NONE) => Ok(args[0]),
        (Some(getter), obj) => vm.call(getter, &[obj]),
        (None, _) => Err(vm.error(Exc::AttributeError, format_args!("unreadable attribute"))),
    }
}

fn property_set(vm: &mut Vm, property: Obj, obj: Obj, value: Obj) -> R {
    match expect_property(vm, property)?.setter() {
        Some(setter) => vm.call(setter, &[obj, value]),
        None => Err(vm.error(Exc::AttributeError, format_args!("can't set attribute"))),
    }
}

fn property_delete(vm: &mut Vm, property: Obj, obj: Obj) -> R {
    match expect_property(vm, property)?.deleter() {
        Some(deleter) => vm.call(deleter, &[obj]),
        None => Err(vm.error(Exc::AttributeError, format_args!("can't delete attribute"))),
    }
}

fn one(vm: &mut Vm, args: &Args) -> R {
    match *args.pos {
        [function] if args.kw.is_empty() => Ok(function),
        _ => Err(vm.type_error("function takes 1 positional argument")),
    }
}

fn static_new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let function = one(vm, args)?;
    vm.new_staticmethod(function)
}

fn static_function(vm: &mut Vm, obj: Obj) -> R {
    match vm.cast::<StaticMethod>(obj) {
        Some(method) => Ok(method.function()),
        None => Err(vm.type_error_for("expected a staticmethod, got '", obj, "'")),
    }
}

fn static_call(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let function = static_function(vm, obj)?;
    vm.check_native_stack()?;
    vm.call_args(function, args)
}

fn class_new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let function = one(vm, args)?;
    vm.new_classmethod(function)
}

fn class_function(vm: &mut Vm, obj: Obj) -> R {
    match vm.cast::<ClassMethod>(obj) {
        Some(method) => Ok(method.function()),
        None => Err(vm.type_error_for("expected a classmethod, got '", obj, "'")),
    }
}

fn class_get(vm: &mut Vm, args: &[Obj]) -> R {
    let function = class_function(vm, args[0])?;
    let class = match args.get(2) {
        Some(class) if *class != Obj::NONE => *class,
        _ => vm.type_of(args[1]).obj(),
    };
    vm.new_bound_method(function, class)
}

fn expect_attribute(vm: &mut Vm, obj: Obj) -> R<Ref<NativeAttribute>> {
    match vm.exact::<NativeAttribute>(obj) {
        Some(attribute) => Ok(attribute),
        None => Err(vm.type_error_for("expected a getset_descriptor, got '", obj, "'")),
    }
}

fn attribute_show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let name = expect_attribute(vm, obj)?.name();
    out.write_str(vm, "<attribute '")?;
    vm.write_qstr(out, name)?;
    out.write_str(vm, "'>")
}

fn attribute_name(vm: &mut Vm, obj: Obj) -> R {
    Ok(expect_attribute(vm, obj)?.name().obj())
}

fn attribute_get(vm: &mut Vm, args: &[Obj]) -> R {
    match args[1] {
        Obj::NONE => Ok(args[0]),
        obj => expect_attribute(vm, args[0])?.getter()(vm, obj),
    }
}

fn attribute_set(vm: &mut Vm, attribute: Obj, obj: Obj, value: Obj) -> R {
    let attribute = expect_attribute(vm, attribute)?;
    match attribute.setter() {
        Some(setter) => setter(vm, obj, Some(value)).map(|()| Obj::NONE),
        None => Err(vm.attribute_error(obj, attribute.name())),
    }
}

fn super_new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    match *args.pos {
        [start, receiver] if args.kw.is_empty() => {
            let (start, class) = vm.check_super(start, receiver)?;
            vm.new_super(start, receiver, class)
        }
        [] if args.kw.is_empty() => Err(vm.runtime_error("super(): no arguments")),
        _ => Err(vm.type_error("super() takes 2 arguments here")),
    }
}

fn expect_super(vm: &mut Vm, obj: Obj) -> R<(Ref<Type>, Obj, Ref<Type>)> {
    match vm.cast::<Super>(obj) {
        Some(object) => Ok(object.parts()),
        None => Err(vm.type_error_for("expected a super object, got '", obj, "'")),
    }
}

fn super_show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (start, receiver, _) = expect_super(vm, obj)?;
    out.write_str(vm, "<super: ")?;
    vm.show(start.obj(), out, Show::Repr)?;
    out.write_str(vm, ", <")?;
    vm.write_qstr(out, vm.type_of(receiver).name())?;
    out.write_str(vm, " object>>")
}

fn super_setattr(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<bool> {
    // A data descriptor of the classes after the start takes the value; otherwise `super` has no attributes of its own.
    let (start, receiver, class) = expect_super(vm, obj)?;
    vm.super_store(start, receiver, class, name, value)
}

fn super_start(vm: &mut Vm, obj: Obj) -> R {
    Ok(expect_super(vm, obj)?.0.obj())
}

fn super_self(vm: &mut Vm, obj: Obj) -> R {
    Ok(expect_super(vm, obj)?.1)
}
