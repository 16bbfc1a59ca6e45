//! `X | Y` of what may stand in annotations.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::seq::{List, Tuple},
    native::{Binary, Def, Native, Show, Slots, TypeDef, Unary},
    table::TypeId,
    text_out::TextOut,
    types::{
        generic_alias::{self, GENERIC_ALIAS},
        type_param::{self, TYPE_ALIAS},
    },
    value::R,
    vm::Vm,
};

/// the members, a tuple
pub static UNION_TYPE: TypeDef = TypeDef {
    slots: Slots {
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(substitute),
        ..Slots::NONE
    },
    members: &[
        ("__args__", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &UNION_TYPE)?.get(0)))),
        ("__parameters__", Def::Get(parameters)),
        (
            "__instancecheck__",
            Def::Fn(Native::F2(|vm, union, obj| {
                let args = vm.expect_record(union, &UNION_TYPE)?.get(0);
                Ok(Obj::from_bool(vm.is_instance(obj, args)?))
            })),
        ),
        (
            "__subclasscheck__",
            Def::Fn(Native::F2(|vm, union, class| {
                let args = vm.expect_record(union, &UNION_TYPE)?.get(0);
                Ok(Obj::from_bool(vm.is_subclass_of(class, args)?))
            })),
        ),
    ],
    ..TypeDef::named("UnionType")
};

/// The members of a union.
pub(crate) fn args(vm: &Vm, obj: Obj) -> Option<Obj> {
    Some(vm.record(obj, &UNION_TYPE)?.get(0))
}

/// Whether an object may be a member of a union.
fn may_be_member(vm: &Vm, obj: Obj) -> bool {
    obj == Obj::NONE
        || vm.as_type(obj).is_some()
        || vm.record(obj, &GENERIC_ALIAS).is_some()
        || vm.record(obj, &UNION_TYPE).is_some()
        || vm.record(obj, &TYPE_ALIAS).is_some()
        || type_param::is_parameter(vm, obj)
}

/// `left | right`; `None`: they are nothing for annotations.
pub(crate) fn of(vm: &mut Vm, left: Obj, right: Obj) -> R<Option<Obj>> {
    if !may_be_member(vm, left) || !may_be_member(vm, right) {
        return Ok(None);
    }
    let members = vm.new_list(&[])?;
    add(vm, members, left)?;
    add(vm, members, right)?;
    finish(vm, members).map(Some)
}

/// The union of the items of a list.
pub fn of_all(vm: &mut Vm, items: Ref<List>) -> R {
    let members = vm.new_list(&[])?;
    for i in 0..items.len() {
        let item = items.get(i).unwrap_or(Obj::NONE);
        add(vm, members, item)?;
    }
    finish(vm, members)
}

/// Adds a member, or those of a union, unless they are there.
fn add(vm: &mut Vm, members: Ref<List>, member: Obj) -> R<()> {
    if let Some(args) = args(vm, member) {
        let mut i = 0;
        while let Some(arg) = vm.seq_items(args).and_then(|args| args.get(i).copied()) {
            add_one(vm, members, arg)?;
            i += 1;
        }
        return Ok(());
    }
    let none_type = vm.type_of_id(TypeId::NoneType).obj();
    add_one(vm, members, if member == Obj::NONE { none_type } else { member })
}

fn add_one(vm: &mut Vm, members: Ref<List>, member: Obj) -> R<()> {
    for i in 0..members.len() {
        if let Some(known) = members.get(i)
            && vm.same_or_equal(known, member)?
        {
            return Ok(());
        }
    }
    members.push(vm, member)
}

/// One member needs no union.
fn finish(vm: &mut Vm, members: Ref<List>) -> R {
    if let (1, Some(only)) = (members.len(), members.get(0)) {
        return Ok(only);
    }
    let members = vm.new_tuple_from(members.obj(), 0, 1, members.len())?;
    vm.new_record(&UNION_TYPE, &[members])
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let Some(args) = args(vm, obj) else { return Ok(()) };
    let mut i = 0;
    while let Some(arg) = vm.seq_items(args).and_then(|args| args.get(i).copied()) {
        if i > 0 {
            out.write_str(vm, " | ")?;
        }
        generic_alias::show_part(vm, arg, out)?;
        i += 1;
    }
    Ok(())
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    if op != Unary::Hash {
        return Ok(None);
    }
    // The order of the members does not count.
    let members = args(vm, obj).unwrap_or(Obj::NONE);
    let mut hash = 0usize;
    let mut i = 0;
    while let Some(member) = vm.seq_items(members).and_then(|members| members.get(i).copied()) {
        hash = hash.wrapping_add(vm.hash(member)?.wrapping_mul(0x9e37_79b9));
        i += 1;
    }
    Ok(Some(Obj::small_int_unchecked(hash as isize)))
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    if op != Binary::Eq {
        return type_param::or(vm, op, obj, other);
    }
    let (Some(left), Some(right)) = (args(vm, obj), args(vm, other)) else { return Ok(None) };
    let len = |vm: &Vm, args: Obj| vm.exact::<Tuple>(args).map_or(0, |args| args.len());
    if len(vm, left) != len(vm, right) {
        return Ok(Some(Obj::FALSE));
    }
    let mut i = 0;
    while let Some(member) = vm.seq_items(left).and_then(|members| members.get(i).copied()) {
        if !vm.contains(right, member)? {
            return Ok(Some(Obj::FALSE));
        }
        i += 1;
    }
    Ok(Some(Obj::TRUE))
}

fn parameters(vm: &mut Vm, obj: Obj) -> R {
    let found = vm.new_list(&[])?;
    generic_alias::collect_parameters(vm, obj, found)?;
    vm.new_tuple_from(found.obj(), 0, 1, found.len())
}

/// `union[item]`: replaces the type parameters.
fn substitute(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let names = parameters(vm, obj)?;
    if vm.seq_items(names).is_none_or(<[Obj]>::is_empty) {
        return Err(vm.type_error("this union has no type parameters"));
    }
    let given = if vm.exact::<Tuple>(item).is_some() { item } else { vm.new_tuple(&[item])? };
    generic_alias::replaced(vm, obj, names, given)
}
