//! What is a function in the dict of a type of C code becomes a method of the class: C code relies on its first argument being
//! an object of the type, so that is checked, and of an instance of a Python class it gets the object inside.

use heap::Obj;
use vm::{
    R, Ref, Vm,
    layout::typ::{Type, flag},
    native::{Args, Slots, TypeDef},
    table::TypeId,
    types::exception::Exc,
};

use crate::helpers::modules::BUILTINS;

/// A function (field 0) and the class whose objects it takes (field 1).
static METHOD: TypeDef = TypeDef { slots: Slots { call: Some(call), ..Slots::NONE }, ..TypeDef::named("function") };

/// What stands in the dict of a class for a value in that of the type.
pub fn of(vm: &mut Vm, value: Obj, class: Ref<Type>) -> R {
    let kind = vm.type_of(value);
    let is_function = kind.is(TypeId::Function)
        || kind.is(TypeId::NativeFunction)
        || kind.definition().is_some_and(|def| BUILTINS.as_ptr_range().contains(&core::ptr::from_ref(def)));
    if !is_function {
        return Ok(value);
    }
    vm.define_type(&METHOD)?.set_flag(flag::BINDS);
    vm.new_record(&METHOD, &[value, class.obj()])
}

fn call(vm: &mut Vm, method: Obj, args: &Args) -> R {
    let method = vm.expect_record(method, &METHOD)?;
    let (function, class) = (method.get(0), method.get(1));
    let (Some(&receiver), Some(class)) = (args.pos.first(), vm.as_type(class)) else {
        return Err(vm.type_error("a method needs an object"));
    };
    let of = vm.type_of(receiver);
    let part = if of.is_python() { vm.native_part(receiver) } else { Some(receiver) };
    let Some(part) = part.filter(|part| vm.is_subclass(vm.type_of(*part), class)) else {
        let (name, wanted) = (vm.owned_text(of.name()), vm.owned_text(class.name()));
        let text = match vm.is_subclass(of, class) {
            true => format!("super().__init__() was not called for this '{name}'"),
            false => format!("expected '{wanted}' object, got '{name}'"),
        };
        return Err(vm.error(Exc::TypeError, format_args!("{text}")));
    };
    if part == receiver {
        return vm.call_args(function, args);
    }
    vm.call_args_with_receiver(function, Some(part), &args.skip_first())
}
