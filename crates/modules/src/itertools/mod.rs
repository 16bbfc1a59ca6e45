//! `itertools`: iterators over iterators. Each is a record of a few fields; a finished one has None in its first.
//!
//! Programs can stack iterators as deep as they like, so each `next` that calls another checks the native stack.

mod combine;
mod group;
mod product;
mod select;

use vm::{
    Obj, R, Ref, Vm,
    layout::{record::Record, typ::Type},
    native::{Args, Binary, Def, Member, ModuleDef, Native, Slots, TypeDef},
    types::{exception::Exc, object::identity_unary},
};

/// `itertools`
pub static ITERTOOLS: ModuleDef = ModuleDef { name: "itertools", members: MEMBERS, init: None };

/// A member that is a type of this module.
macro_rules! class {
    ($def:path) => {
        Def::Value(|vm| Ok(vm.define_type(&$def)?.obj()))
    };
}

const MEMBERS: &[Member] = &[
    ("accumulate", class!(combine::ACCUMULATE)),
    ("batched", class!(group::BATCHED)),
    ("chain", class!(combine::CHAIN)),
    ("combinations", class!(product::COMBINATIONS)),
    ("combinations_with_replacement", class!(product::WITH_REPLACEMENT)),
    ("compress", class!(select::COMPRESS)),
    ("count", class!(COUNT)),
    ("cycle", class!(combine::CYCLE)),
    ("dropwhile", class!(select::DROPWHILE)),
    ("filterfalse", class!(select::FILTERFALSE)),
    ("groupby", class!(group::GROUPBY)),
    ("islice", class!(select::ISLICE)),
    ("pairwise", class!(combine::PAIRWISE)),
    ("permutations", class!(product::PERMUTATIONS)),
    ("product", class!(product::PRODUCT)),
    ("repeat", class!(REPEAT)),
    ("starmap", class!(combine::STARMAP)),
    ("takewhile", class!(select::TAKEWHILE)),
    ("tee", Def::Fn(Native::Var(1, 2, group::tee))),
    ("zip_longest", class!(combine::ZIP_LONGEST)),
];

/// The slots of an iterator.
const fn iterator(new: fn(&mut Vm, Ref<Type>, &Args) -> R, next: fn(&mut Vm, Obj) -> R<Option<Obj>>) -> Slots {
    Slots { new: Some(new), iter: Some(|_, obj| Ok(obj)), next: Some(next), unary: Some(identity_unary), ..Slots::NONE }
}

/// A type of this module.
const fn class(name: &'static str, slots: Slots, members: &'static [Member]) -> TypeDef {
    TypeDef { subclassable: true, slots, members, ..TypeDef::named(name) }
}

/// The arguments of a call by the names of the parameters.
fn bind<const N: usize>(vm: &mut Vm, args: &Args, names: [&str; N], required: usize) -> R<[Option<Obj>; N]> {
    let mut interned = [vm::qstr::Qstr(0); N];
    for (qstr, name) in interned.iter_mut().zip(names) {
        *qstr = vm.intern(name.as_bytes())?;
    }
    vm.bind(args, interned, required)
}

/// A number of items given as an argument.
fn size(vm: &mut Vm, value: Obj, complaint: &str) -> R<usize> {
    let n = vm.index(value)?;
    usize::try_from(n).map_err(|_| vm.value_error(complaint))
}

/// The items of an iterable as a tuple.
fn tuple(vm: &mut Vm, iterable: Obj) -> R {
    let list = vm.new_list_from_iter(iterable)?;
    vm.new_tuple_from(list.obj(), 0, 1, list.len())
}

/// The next item of the iterator in a record's field, which becomes None at the end.
fn advance(vm: &mut Vm, record: Record, field: usize) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let iterator = record.get(field);
    if iterator == Obj::NONE {
        return Ok(None);
    }
    let item = vm.next(iterator)?;
    if item.is_none() {
        record.set(field, Obj::NONE);
    }
    Ok(item)
}

/// start, step
static COUNT: TypeDef = class("count", Slots { show: Some(show_count), ..iterator(new_count, next_count) }, &[]);

fn new_count(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [start, step] = bind(vm, args, ["start", "step"], 0)?;
    let start = start.unwrap_or(Obj::small_int_unchecked(0));
    let step = step.unwrap_or(Obj::small_int_unchecked(1));
    for value in [start, step] {
        if vm.as_int(value).is_none() {
            let probe = vm.binary_slot(Binary::Add, value, Obj::small_int_unchecked(0))?;
            if probe.is_none() {
                return Err(vm.type_error("a number is required"));
            }
        }
    }
    vm.new_record(&COUNT, &[start, step])
}

fn next_count(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let count = vm.expect_record(obj, &COUNT)?;
    let now = count.get(0);
    let following = vm.binary(Binary::Add, now, count.get(1))?;
    count.set(0, following);
    Ok(Some(now))
}

fn show_count(vm: &mut Vm, obj: Obj, out: &mut vm::text_out::TextOut, _how: vm::native::Show) -> R<()> {
    let count = vm.expect_record(obj, &COUNT)?;
    out.write_str(vm, "count(")?;
    vm.show(count.get(0), out, vm::native::Show::Repr)?;
    if count.get(1) != Obj::small_int_unchecked(1) {
        out.write_str(vm, ", ")?;
        vm.show(count.get(1), out, vm::native::Show::Repr)?;
    }
    out.write_str(vm, ")")
}

/// object, how often still (-1: forever)
static REPEAT: TypeDef = class(
    "repeat",
    Slots { show: Some(show_repeat), ..iterator(new_repeat, next_repeat) },
    &[("__length_hint__", Def::Fn(Native::F1(length_hint_of_repeat)))],
);

fn new_repeat(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [object, times] = bind(vm, args, ["object", "times"], 1)?;
    let times = match times {
        Some(times) => vm.index(times)?.max(0),
        None => -1,
    };
    vm.new_record(&REPEAT, &[object.unwrap_or(Obj::NONE), Obj::small_int_unchecked(times)])
}

fn next_repeat(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let repeat = vm.expect_record(obj, &REPEAT)?;
    match repeat.int(1) {
        0 => return Ok(None),
        left if left > 0 => repeat.set_int(1, left - 1),
        _ => {}
    }
    Ok(Some(repeat.get(0)))
}

fn length_hint_of_repeat(vm: &mut Vm, obj: Obj) -> R {
    let repeat = vm.expect_record(obj, &REPEAT)?;
    match repeat.int(1) {
        left if left >= 0 => Ok(Obj::small_int_unchecked(left)),
        _ => Err(vm.error(Exc::TypeError, format_args!("len() of unsized object"))),
    }
}

fn show_repeat(vm: &mut Vm, obj: Obj, out: &mut vm::text_out::TextOut, _how: vm::native::Show) -> R<()> {
    let repeat = vm.expect_record(obj, &REPEAT)?;
    out.write_str(vm, "repeat(")?;
    vm.show(repeat.get(0), out, vm::native::Show::Repr)?;
    if repeat.int(1) >= 0 {
        out.write_fmt(vm, format_args!(", {}", repeat.int(1)))?;
    }
    out.write_str(vm, ")")
}
