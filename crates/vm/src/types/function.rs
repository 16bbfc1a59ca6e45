//! Functions, bound methods, cells.

use heap::Obj;

use crate::{
    errors::Ability,
    handle::Ref,
    layout::{
        function::{BoundMethod, Cell, NativeFunction},
        typ::Type,
    },
    native::{Args, Binary, Def, Show, Slots, TypeDef, Unary},
    qstr::{Qstr, q},
    text_out::TextOut,
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// `function`
pub static NATIVE_FUNCTION: TypeDef = TypeDef {
    slots: Slots { show: Some(show_native), unary: Some(identity_unary), call: Some(call_native), ..Slots::NONE },
    members: &[("__name__", Def::Get(native_name)), ("__qualname__", Def::Get(native_name))],
    ..TypeDef::named("function")
};

/// `bound_method`
pub static BOUND_METHOD: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new_bound),
        show: Some(show_bound),
        unary: Some(bound_unary),
        binary: Some(bound_binary),
        call: Some(call_bound),
        getattr: Some(bound_getattr),
        ..Slots::NONE
    },
    members: &[("__func__", Def::Get(bound_function)), ("__self__", Def::Get(bound_self))],
    ..TypeDef::named("method")
};

/// `cell`
pub static CELL: TypeDef = TypeDef {
    slots: Slots { unary: Some(identity_unary), ..Slots::NONE },
    members: &[("cell_contents", Def::GetSet(cell_get, cell_set))],
    ..TypeDef::named("cell")
};

/// `method(function, object)`
fn new_bound(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    match (args.pos, args.kw) {
        ([function, _], []) if vm.type_of(*function).slots().call.is_none() => {
            Err(vm.type_error("first argument must be callable"))
        }
        ([_, Obj::NONE], []) => Err(vm.type_error("instance must not be None")),
        ([function, object], []) => vm.new_bound_method(*function, *object),
        _ => Err(vm.type_error("method expected 2 arguments")),
    }
}

fn call_native(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    match vm.exact::<NativeFunction>(obj) {
        Some(function) => vm.call_native(function, args),
        None => Err(vm.unable(obj, Ability::Call)),
    }
}

/// As CPython writes it; the official interpreter's tests ask for it without a name.
fn show_native(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    if vm.official_texts() {
        return out.write_str(vm, "<function>");
    }
    let name = vm.exact::<NativeFunction>(obj).map_or(q::empty, |function| function.name());
    out.write_str(vm, "<built-in function ")?;
    vm.write_qstr(out, name)?;
    out.write_str(vm, ">")
}

fn native_name(vm: &mut Vm, obj: Obj) -> R {
    match vm.exact::<NativeFunction>(obj) {
        Some(function) => Ok(function.name().obj()),
        None => Err(vm.type_error_for("expected a function, got '", obj, "'")),
    }
}

fn parts(vm: &mut Vm, obj: Obj) -> R<(Obj, Obj)> {
    match vm.exact::<BoundMethod>(obj) {
        Some(method) => Ok(method.parts()),
        None => Err(vm.type_error_for("expected a bound_method, got '", obj, "'")),
    }
}

fn call_bound(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let (mut function, receiver) = parts(vm, obj)?;
    let nested = vm.exact::<BoundMethod>(function).is_some();
    if args.pos.len() < 7 && !nested {
        return vm.call_args_with_receiver(function, Some(receiver), args);
    }
    // A method of a method is gone through here: a call inside of a call for each would copy all arguments each time. The
    // words stay alive where the caller has them; this is only the row in which they are handed on.
    let mut depth = 1;
    let mut inner = function;
    while let Some(method) = vm.exact::<BoundMethod>(inner) {
        (inner, depth) = (method.parts().0, depth + 1);
    }
    let bytes = if nested { (depth + args.pos.len()) * size_of::<Obj>() } else { 0 };
    if nested {
        vm.reserve(bytes)?;
    }
    let mut all = alloc::vec::Vec::with_capacity(depth + args.pos.len());
    all.push(receiver);
    while let Some(method) = vm.exact::<BoundMethod>(function) {
        let (next, receiver) = method.parts();
        all.push(receiver);
        function = next;
    }
    all.reverse();
    all.extend_from_slice(args.pos);
    let result = vm.call_args(function, &Args { pos: &all, kw: args.kw });
    vm.release(bytes);
    result
}

fn show_bound(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (function, receiver) = parts(vm, obj)?;
    if !vm.official_texts() {
        let name = match vm.getattr_maybe(function, q::__qualname__)? {
            Some(name) => Some(name),
            None => vm.getattr_maybe(function, q::__name__)?,
        };
        out.write_str(vm, "<bound method ")?;
        match name {
            Some(name) if vm.is_str(name) => vm.write_text(out, name)?,
            _ => out.write_str(vm, "?")?,
        }
        out.write_str(vm, " of ")?;
        vm.show(receiver, out, Show::Repr)?;
        return out.write_str(vm, ">");
    }
    out.write_fmt(vm, format_args!("<bound_method 0x{:x} ", obj.word()))?;
    vm.show(receiver, out, Show::Repr)?;
    out.write_str(vm, ".")?;
    vm.show(function, out, Show::Repr)?;
    out.write_str(vm, ">")
}

fn bound_unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    if op != Unary::Hash {
        return Ok(None);
    }
    let (function, receiver) = parts(vm, obj)?;
    let hash = (function.word() >> 4).wrapping_mul(31) ^ (receiver.word() >> 4);
    Ok(Some(Obj::small_int_unchecked((hash & usize::MAX >> 2) as isize)))
}

/// Methods are equal if they are the same function of the same object.
fn bound_binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    match (op, vm.exact::<BoundMethod>(obj), vm.exact::<BoundMethod>(other)) {
        (Binary::Eq, Some(a), Some(b)) => Ok(Some(Obj::from_bool(a.parts() == b.parts()))),
        _ => Ok(None),
    }
}

/// Attributes of the function show through.
fn bound_getattr(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    const OWN: [Qstr; 4] = [q::__func__, q::__self__, q::__class__, q::__call__];
    if OWN.contains(&name) {
        return Ok(None);
    }
    let (mut function, _) = parts(vm, obj)?;
    // Methods of methods may be many.
    while let Some(method) = vm.exact::<BoundMethod>(function) {
        function = method.parts().0;
    }
    vm.getattr_maybe(function, name)
}

fn bound_function(vm: &mut Vm, obj: Obj) -> R {
    Ok(parts(vm, obj)?.0)
}

fn bound_self(vm: &mut Vm, obj: Obj) -> R {
    Ok(parts(vm, obj)?.1)
}

fn cell_get(vm: &mut Vm, obj: Obj) -> R {
    match vm.exact::<Cell>(obj).map(|cell| cell.get()) {
        Some(Some(value)) => Ok(value),
        Some(None) => Err(vm.value_error("cell is empty")),
        None => Err(vm.type_error_for("expected a cell, got '", obj, "'")),
    }
}

fn cell_set(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    match vm.exact::<Cell>(obj) {
        Some(cell) => cell.set(value),
        None => return Err(vm.type_error_for("expected a cell, got '", obj, "'")),
    }
    Ok(())
}
