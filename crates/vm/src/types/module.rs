//! Modules.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{module::Module, typ::Type},
    native::{Args, Show, Slots, TypeDef},
    qstr::q,
    text_out::TextOut,
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// `module`
pub static MODULE: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new), show: Some(show), unary: Some(identity_unary), ..Slots::NONE },
    ..TypeDef::named("module")
};

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [name, doc] = vm.bind(args, [q::name, q::doc], 1)?;
    let name = vm.name_argument(name)?;
    let module = vm.new_module(name)?;
    module.dict().set_name(vm, q::__doc__, doc.unwrap_or(Obj::NONE))?;
    Ok(module.obj())
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let Some(dict) = vm.cast::<Module>(obj).map(|module| module.dict()) else {
        return Ok(());
    };
    let name = dict.get_name(vm, q::__name__).unwrap_or(q::empty.obj());
    out.write_str(vm, "<module '")?;
    vm.show(name, out, Show::Str)?;
    out.write_str(vm, "'")?;
    if let Some(file) = dict.get_name(vm, q::__file__) {
        out.write_str(vm, " from '")?;
        vm.show(file, out, Show::Str)?;
        out.write_str(vm, "'")?;
    }
    out.write_str(vm, ">")
}
