//! Iterators over parts of an iterable: `batched`, `groupby`; and `tee`.

use vm::{
    Obj, R, Ref, Vm,
    layout::{record::Record, typ::Type},
    native::{Args, Def, Native, TypeDef},
    types::exception::Exc,
};

use super::{advance, bind, class, iterator};

/// iterator, size, whether a shorter last batch is an error
pub static BATCHED: TypeDef = class("batched", iterator(new_batched, next_batched), &[]);

fn new_batched(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable, n, strict] = bind(vm, args, ["iterable", "n", "strict"], 2)?;
    let n = vm.index(n.unwrap_or(Obj::NONE))?;
    if n < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let strict = vm.is_true(strict.unwrap_or(Obj::FALSE))?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    vm.new_record(&BATCHED, &[iterator, Obj::small_int_unchecked(n), Obj::from_bool(strict)])
}

fn next_batched(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let batches = vm.expect_record(obj, &BATCHED)?;
    let n = batches.int(1) as usize;
    let batch = vm.new_list(&[])?;
    while batch.len() < n {
        let Some(item) = advance(vm, batches, 0)? else { break };
        batch.push(vm, item)?;
    }
    if batch.is_empty() {
        return Ok(None);
    }
    if batch.len() < n && batches.get(2) == Obj::TRUE {
        return Err(vm.value_error("batched(): incomplete batch"));
    }
    vm.new_tuple_from(batch.obj(), 0, 1, batch.len()).map(Some)
}

/// iterator, key function or None, the item that was read last, its key, whether there is one, the number of the present
/// group, whether the item was given already, the key of the present group
pub static GROUPBY: TypeDef = class("groupby", iterator(new_groupby, next_groupby), &[]);
/// groupby, the number of the group, its key
static GROUP: TypeDef = class(
    "_grouper",
    iterator(|vm, _, _| Err(vm.type_error("cannot create '_grouper' instances")), next_of_group),
    &[],
);

const FUNCTION: usize = 1;
const ITEM: usize = 2;
const KEY: usize = 3;
const PRESENT: usize = 4;
const NUMBER: usize = 5;
const TAKEN: usize = 6;
const GROUP_KEY: usize = 7;

fn new_groupby(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable, key] = bind(vm, args, ["iterable", "key"], 1)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    let zero = Obj::small_int_unchecked(0);
    let none = Obj::NONE;
    vm.new_record(&GROUPBY, &[iterator, key.unwrap_or(none), none, none, Obj::FALSE, zero, Obj::TRUE, none])
}

/// Reads the next item and its key; false at the end.
fn read(vm: &mut Vm, groups: Record) -> R<bool> {
    let Some(item) = advance(vm, groups, 0)? else {
        groups.set(PRESENT, Obj::FALSE);
        return Ok(false);
    };
    let key = match groups.get(FUNCTION) {
        Obj::NONE => item,
        function => vm.call(function, &[item])?,
    };
    groups.set(ITEM, item);
    groups.set(KEY, key);
    groups.set(PRESENT, Obj::TRUE);
    groups.set(TAKEN, Obj::FALSE);
    Ok(true)
}

fn next_groupby(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let groups = vm.expect_record(obj, &GROUPBY)?;
    let number = groups.int(NUMBER);
    groups.set_int(NUMBER, number + 1);
    // What is left of the group before is skipped.
    while groups.get(TAKEN) == Obj::TRUE || number > 0 && vm.equal(groups.get(GROUP_KEY), groups.get(KEY))? {
        if !read(vm, groups)? {
            return Ok(None);
        }
    }
    let key = groups.get(KEY);
    groups.set(GROUP_KEY, key);
    let group = vm.new_record(&GROUP, &[groups.obj(), Obj::small_int_unchecked(number + 1), key])?;
    vm.new_tuple(&[key, group]).map(Some)
}

fn next_of_group(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let group = vm.expect_record(obj, &GROUP)?;
    let groups = vm.expect_record(group.get(0), &GROUPBY)?;
    if groups.int(NUMBER) != group.int(1) {
        return Ok(None);
    }
    if groups.get(TAKEN) == Obj::TRUE && !read(vm, groups)? {
        return Ok(None);
    }
    let same = groups.get(PRESENT) == Obj::TRUE && vm.equal(group.get(2), groups.get(KEY))?;
    if !same {
        return Ok(None);
    }
    groups.set(TAKEN, Obj::TRUE);
    Ok(Some(groups.get(ITEM)))
}

/// a link of the chain of items: the shared source, then the item and the next link once they are known
static LINK: TypeDef = TypeDef::named("_tee_dataobject");
/// the link whose item comes next
static TEE: TypeDef = class("_tee", iterator(new_tee, next_tee), &[("__copy__", Def::Fn(Native::F1(copy_tee)))]);

const READ: usize = 3;

fn new_link(vm: &mut Vm, source: Obj) -> R {
    vm.new_record(&LINK, &[source, Obj::NONE, Obj::NONE, Obj::FALSE])
}

fn new_tee(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable] = vm.bind(args, [vm::qstr::Qstr(0)], 1)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    if vm.record(iterator, &TEE).is_some() {
        return copy_tee(vm, iterator);
    }
    let link = new_link(vm, iterator)?;
    vm.new_record(&TEE, &[link])
}

fn copy_tee(vm: &mut Vm, obj: Obj) -> R {
    let tee = vm.expect_record(obj, &TEE)?;
    vm.new_record(&TEE, &[tee.get(0)])
}

fn next_tee(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let tee = vm.expect_record(obj, &TEE)?;
    let link = vm.expect_record(tee.get(0), &LINK)?;
    if link.get(READ) == Obj::FALSE {
        let Some(item) = vm.next(link.get(0))? else { return Ok(None) };
        let following = new_link(vm, link.get(0))?;
        link.set(1, item);
        link.set(2, following);
        link.set(READ, Obj::TRUE);
    }
    tee.set(0, link.get(2));
    Ok(Some(link.get(1)))
}

/// `tee(iterable, n=2)`
pub fn tee(vm: &mut Vm, args: &[Obj]) -> R {
    let n = match args.get(1) {
        Some(n) => vm.index(*n)?,
        None => 2,
    };
    if n < 0 {
        return Err(vm.error(Exc::ValueError, format_args!("n must be >= 0")));
    }
    let tees = vm.new_list(&[])?;
    if n > 0 {
        let class = vm.define_type(&TEE)?;
        let first = new_tee(vm, class, &Args::positional(&args[..1]))?;
        tees.push(vm, first)?;
        for _ in 1..n {
            let copy = copy_tee(vm, first)?;
            tees.push(vm, copy)?;
        }
    }
    vm.new_tuple_from(tees.obj(), 0, 1, tees.len())
}
