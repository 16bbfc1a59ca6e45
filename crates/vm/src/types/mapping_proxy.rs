//! `mappingproxy`: a mapping that can be read through it but not changed. The `__dict__` of a class is one.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::typ::Type,
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    value::R,
    vm::Vm,
};

/// the mapping
pub static MAPPING_PROXY: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(|vm, obj, key| {
            let mapping = inner(vm, obj)?;
            vm.getitem(mapping, key)
        }),
        iter: Some(|vm, obj| {
            let mapping = inner(vm, obj)?;
            vm.iter(mapping)
        }),
        ..Slots::NONE
    },
    members: &[
        ("keys", Def::Fn(Native::F1(|vm, obj| forward(vm, q::keys, &[obj])))),
        ("values", Def::Fn(Native::F1(|vm, obj| forward(vm, q::values, &[obj])))),
        ("items", Def::Fn(Native::F1(|vm, obj| forward(vm, q::items, &[obj])))),
        ("copy", Def::Fn(Native::F1(|vm, obj| forward(vm, q::copy, &[obj])))),
        ("get", Def::Fn(Native::Var(2, 3, |vm, args| forward(vm, q::get, args)))),
        (
            "__reversed__",
            Def::Fn(Native::F1(|vm, obj| {
                let mapping = inner(vm, obj)?;
                vm.reversed(mapping)
            })),
        ),
    ],
    ..TypeDef::named("mappingproxy")
};

fn inner(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.expect_record(obj, &MAPPING_PROXY)?.get(0))
}

/// Calls a method of the mapping.
fn forward(vm: &mut Vm, name: crate::qstr::Qstr, args: &[Obj]) -> R {
    let mapping = inner(vm, args[0])?;
    vm.call_method(mapping, name, &args[1..])
}

impl Vm {
    /// A view of a mapping that nobody can change it through.
    pub fn new_mapping_proxy(&mut self, mapping: Obj) -> R {
        self.new_record(&MAPPING_PROXY, &[mapping])
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    match (args.pos, args.kw) {
        ([mapping], []) if vm.type_of(*mapping).slots().getitem.is_some() && vm.seq_items(*mapping).is_none() => {
            vm.new_mapping_proxy(*mapping)
        }
        ([other], []) => Err(vm.type_error_for("mappingproxy() argument must be a mapping, not ", *other, "")),
        _ => Err(vm.type_error("mappingproxy() takes exactly one argument")),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
    vm.check_native_stack()?;
    let mapping = inner(vm, obj)?;
    if how == Show::Repr {
        out.write_str(vm, "mappingproxy(")?;
    }
    vm.show(mapping, out, how)?;
    if how == Show::Repr { out.write_str(vm, ")") } else { Ok(()) }
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let mapping = inner(vm, obj)?;
    match op {
        Unary::Len | Unary::Bool | Unary::Hash => vm.unary_slot(op, mapping),
        _ => Ok(None),
    }
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let mapping = inner(vm, obj)?;
    let other = vm.record(other, &MAPPING_PROXY).map_or(other, |proxy| proxy.get(0));
    match op {
        Binary::Contains => Ok(Some(Obj::from_bool(vm.contains(mapping, other)?))),
        Binary::Eq | Binary::Ne | Binary::Or => vm.binary(op, mapping, other).map(Some),
        Binary::ROr => vm.binary(Binary::Or, other, mapping).map(Some),
        _ => Ok(None),
    }
}
