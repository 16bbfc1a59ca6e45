//! Type parameters and type aliases: names with functions that give what they mean when somebody asks.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::type_param::{TypeAlias, TypeParam},
    native::{Def, Show, Slots, TypeDef},
    text_out::TextOut,
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// A type parameter of any kind.
pub static TYPE_PARAM: TypeDef = TypeDef {
    slots: Slots {
        show: Some(|vm, obj, out, _: Show| {
            let name = param(vm, obj)?.label();
            vm.write_text(out, name)
        }),
        unary: Some(identity_unary),
        iter: Some(unpacked),
        ..Slots::NONE
    },
    members: &[
        ("__name__", Def::Get(|vm, obj| Ok(param(vm, obj)?.label()))),
        (
            "__bound__",
            Def::Get(|vm, obj| {
                let bound = param(vm, obj)?.bound();
                evaluate(vm, bound)
            }),
        ),
        (
            "__default__",
            Def::Get(|vm, obj| {
                let fallback = param(vm, obj)?.fallback();
                evaluate(vm, fallback)
            }),
        ),
    ],
    ..TypeDef::named("TypeVar")
};

/// What a `type` statement makes.
pub static TYPE_ALIAS: TypeDef = TypeDef {
    slots: Slots {
        show: Some(show_alias),
        unary: Some(identity_unary),
        getitem: Some(|vm, obj, _index| Ok(alias(vm, obj)?.obj())),
        ..Slots::NONE
    },
    members: &[
        ("__name__", Def::Get(|vm, obj| Ok(alias(vm, obj)?.label()))),
        ("__type_params__", Def::Get(|vm, obj| Ok(alias(vm, obj)?.params()))),
        (
            "__value__",
            Def::Get(|vm, obj| {
                let meaning = alias(vm, obj)?.meaning();
                evaluate(vm, meaning)
            }),
        ),
    ],
    ..TypeDef::named("TypeAliasType")
};

fn param(vm: &mut Vm, obj: Obj) -> R<Ref<TypeParam>> {
    match vm.exact::<TypeParam>(obj) {
        Some(param) => Ok(param),
        None => Err(vm.type_error_for("expected a type parameter, got '", obj, "'")),
    }
}

fn alias(vm: &mut Vm, obj: Obj) -> R<Ref<TypeAlias>> {
    match vm.exact::<TypeAlias>(obj) {
        Some(alias) => Ok(alias),
        None => Err(vm.type_error_for("expected a type alias, got '", obj, "'")),
    }
}

fn show_alias(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let name = alias(vm, obj)?.label();
    vm.write_text(out, name)
}

/// Calls a function of no arguments; None stands for none.
fn evaluate(vm: &mut Vm, function: Obj) -> R {
    if function == Obj::NONE { Ok(function) } else { vm.call(function, &[]) }
}

/// `*Ts` in an annotation gives the parameter itself.
fn unpacked(vm: &mut Vm, obj: Obj) -> R {
    let items = vm.new_tuple(&[obj])?;
    vm.iter(items)
}

/// `__make_type_param__(kind, name, bound, default)`
pub(crate) fn make_param(vm: &mut Vm, args: &[Obj]) -> R {
    Ok(vm.new_type_param(args[1], args[2], args[3])?.obj())
}

/// `__make_type_alias__(name, params, value)`
pub(crate) fn make_alias(vm: &mut Vm, name: Obj, params: Obj, value: Obj) -> R {
    Ok(vm.new_type_alias(name, params, value)?.obj())
}

/// `__generic_item__(class, item)`: `Class[item]` of a class with type parameters is the class.
pub(crate) fn generic_item(_vm: &mut Vm, class: Obj, _item: Obj) -> R {
    Ok(class)
}
