//! What sets compute: union, difference, comparison…
//!
//! Stored hashes are used again. Every step reads the next item anew, because comparing items may run Python code that
//! changes a set.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{dict::Dict, set::Set},
    native::Binary,
    types::set::{get, get_to_change},
    value::R,
    vm::Vm,
};

/// Adds all items of an iterable.
pub(crate) fn update(vm: &mut Vm, set: Ref<Set>, source: Obj) -> R<()> {
    if let Some(other) = vm.any_set(source) {
        return add_all(vm, set, other);
    }
    vm.for_each(source, |vm, item| {
        set.add(vm, item)?;
        Ok(true)
    })
}

fn add_all(vm: &mut Vm, set: Ref<Set>, other: Ref<Set>) -> R<()> {
    if set == other {
        return Ok(());
    }
    if set.is_empty() {
        set.clear(vm);
        return set.fill_from(vm, other);
    }
    let mut position = 0;
    while let Some((next, item, hash)) = other.hashed_entry(position) {
        set.add_hashed(vm, hash, item)?;
        position = next;
    }
    Ok(())
}

/// The object as a set; if it is none, a new set of its items.
fn as_set(vm: &mut Vm, obj: Obj) -> R<Ref<Set>> {
    match vm.any_set(obj) {
        Some(set) => Ok(set),
        None => vm.new_set_from_iter(obj),
    }
}

/// Removes what is in an iterable.
pub(crate) fn subtract(vm: &mut Vm, set: Ref<Set>, source: Obj) -> R<()> {
    if let Some(other) = vm.any_set(source) {
        if set == other {
            set.clear(vm);
            return Ok(());
        }
        let mut position = 0;
        while let Some((next, item, hash)) = other.hashed_entry(position) {
            set.remove_hashed(vm, hash, item)?;
            position = next;
        }
        return Ok(());
    }
    let iterator = vm.iter(source)?;
    while let Some(item) = vm.next(iterator)? {
        set.remove(vm, item)?;
    }
    Ok(())
}

/// Removes what is not in an iterable.
pub(crate) fn intersect(vm: &mut Vm, set: Ref<Set>, source: Obj) -> R<()> {
    let other = as_set(vm, source)?;
    let result = both(vm, set, other)?;
    set.swap(result);
    Ok(())
}

/// A new set, of the kind of `a`, of what is in both.
fn both(vm: &mut Vm, a: Ref<Set>, b: Ref<Set>) -> R<Ref<Set>> {
    let (walk, look) = if b.len() <= a.len() { (b, a) } else { (a, b) };
    pick(vm, a, walk, look, true)
}

/// A new set, of the kind of `model`, of the items of `walk` that are, or that are not, in `look`.
fn pick(vm: &mut Vm, model: Ref<Set>, walk: Ref<Set>, look: Ref<Set>, wanted: bool) -> R<Ref<Set>> {
    let result = vm.new_set_like(model)?;
    let room = walk.len();
    result.reserve(vm, room)?;
    let version = walk.version();
    let mut position = 0;
    while let Some((next, item, hash)) = walk.hashed_entry(position) {
        if look.contains_hashed(vm, hash, item)? == wanted {
            if walk.version() == version {
                result.add_new(vm, hash, item)?;
            } else {
                // A comparison changed the set: an item may come by twice.
                result.add_hashed(vm, hash, item)?;
            }
        }
        position = next;
    }
    result.shrink(vm, room)?;
    Ok(result)
}

/// Keeps what is in exactly one of the two.
pub(crate) fn symmetric_difference_update(vm: &mut Vm, set: Ref<Set>, source: Obj) -> R<()> {
    // A copy (or the set of a view or iterable): every item counts once.
    let other = vm.new_set_from_iter(source)?;
    let mut position = 0;
    while let Some((next, item, hash)) = other.hashed_entry(position) {
        if !set.remove_hashed(vm, hash, item)? {
            set.add_hashed(vm, hash, item)?;
        }
        position = next;
    }
    Ok(())
}

/// Whether all of `a` is in `b`.
fn all_in(vm: &mut Vm, a: Ref<Set>, b: Ref<Set>) -> R<bool> {
    if a.len() > b.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((next, item, hash)) = a.hashed_entry(position) {
        if !b.contains_hashed(vm, hash, item)? {
            return Ok(false);
        }
        position = next;
    }
    Ok(true)
}

/// The operators between two sets; `obj` is the object that `set` stands for.
pub(crate) fn binary(vm: &mut Vm, op: Binary, obj: Obj, set: Ref<Set>, other: Ref<Set>) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let (len, other_len) = (set.len(), other.len());
    let truth = match op {
        Binary::Eq => len == other_len && all_in(vm, set, other)?,
        Binary::Le => all_in(vm, set, other)?,
        Binary::Lt => len < other_len && all_in(vm, set, other)?,
        Binary::Ge => all_in(vm, other, set)?,
        Binary::Gt => len > other_len && all_in(vm, other, set)?,
        Binary::Or | Binary::And | Binary::Xor | Binary::Sub => {
            return Ok(Some(combine(vm, op, set, other)?.obj()));
        }
        Binary::IOr | Binary::IAnd | Binary::IXor | Binary::ISub => {
            if vm.cast::<Set>(obj).is_none() {
                return Ok(None);
            }
            match op {
                Binary::IOr => add_all(vm, set, other)?,
                Binary::IAnd => intersect(vm, set, other.obj())?,
                Binary::IXor => symmetric_difference_update(vm, set, other.obj())?,
                _ => subtract(vm, set, other.obj())?,
            }
            return Ok(Some(obj));
        }
        _ => return Ok(None),
    };
    Ok(Some(Obj::from_bool(truth)))
}

/// A new set of the kind of `a`.
fn combine(vm: &mut Vm, op: Binary, a: Ref<Set>, b: Ref<Set>) -> R<Ref<Set>> {
    match op {
        Binary::And => return both(vm, a, b),
        Binary::Sub => return without(vm, a, b),
        _ => {}
    }
    let result = vm.copy_set(a)?;
    if op == Binary::Or {
        add_all(vm, result, b)?;
    } else {
        symmetric_difference_update(vm, result, b.obj())?;
    }
    Ok(result)
}

/// A new set, of the kind of `a`, of what is not in `b`.
fn without(vm: &mut Vm, a: Ref<Set>, b: Ref<Set>) -> R<Ref<Set>> {
    pick(vm, a, a, b, false)
}

pub(crate) fn union(vm: &mut Vm, args: &[Obj]) -> R {
    let set = get(vm, args[0])?;
    let result = vm.copy_set(set)?;
    for source in &args[1..] {
        update(vm, result, *source)?;
    }
    Ok(result.obj())
}

pub(crate) fn difference(vm: &mut Vm, args: &[Obj]) -> R {
    let set = get(vm, args[0])?;
    let result = vm.copy_set(set)?;
    for source in &args[1..] {
        // Looking the items of a dict up in it is cheaper than going through them.
        match vm.cast::<Dict>(*source) {
            Some(dict) if dict.len() > result.len() => {
                let mut position = 0;
                while let Some((next, item)) = result.entry(vm, position) {
                    if dict.get(vm, item)?.is_some() {
                        result.remove(vm, item)?;
                    }
                    position = next;
                }
            }
            _ => subtract(vm, result, *source)?,
        }
    }
    Ok(result.obj())
}

pub(crate) fn intersection(vm: &mut Vm, args: &[Obj]) -> R {
    let set = get(vm, args[0])?;
    let mut result = vm.copy_set(set)?;
    for source in &args[1..] {
        let other = as_set(vm, *source)?;
        result = both(vm, result, other)?;
    }
    Ok(result.obj())
}

pub(crate) fn symmetric_difference(vm: &mut Vm, obj: Obj, source: Obj) -> R {
    let set = get(vm, obj)?;
    let result = vm.copy_set(set)?;
    symmetric_difference_update(vm, result, source)?;
    Ok(result.obj())
}

pub(crate) fn update_method(vm: &mut Vm, args: &[Obj]) -> R {
    let set = get_to_change(vm, args[0])?;
    for source in &args[1..] {
        update(vm, set, *source)?;
    }
    Ok(Obj::NONE)
}

pub(crate) fn difference_update(vm: &mut Vm, args: &[Obj]) -> R {
    let set = get_to_change(vm, args[0])?;
    for source in &args[1..] {
        subtract(vm, set, *source)?;
    }
    Ok(Obj::NONE)
}

pub(crate) fn intersection_update(vm: &mut Vm, args: &[Obj]) -> R {
    let set = get_to_change(vm, args[0])?;
    for source in &args[1..] {
        intersect(vm, set, *source)?;
    }
    Ok(Obj::NONE)
}

pub(crate) fn symmetric_difference_update_method(vm: &mut Vm, obj: Obj, source: Obj) -> R {
    let set = get_to_change(vm, obj)?;
    symmetric_difference_update(vm, set, source)?;
    Ok(Obj::NONE)
}

pub(crate) fn isdisjoint(vm: &mut Vm, obj: Obj, source: Obj) -> R {
    let set = get(vm, obj)?;
    let mut disjoint = true;
    vm.for_each(source, |vm, item| {
        disjoint = !set.contains(vm, item)?;
        Ok(disjoint)
    })?;
    Ok(Obj::from_bool(disjoint))
}

pub(crate) fn issubset(vm: &mut Vm, obj: Obj, other: Obj) -> R {
    let set = get(vm, obj)?;
    let other = as_set(vm, other)?;
    Ok(Obj::from_bool(all_in(vm, set, other)?))
}

pub(crate) fn issuperset(vm: &mut Vm, obj: Obj, other: Obj) -> R {
    let set = get(vm, obj)?;
    if vm.cast::<Set>(other).is_none() {
        // What is not there ends it: what comes behind need not be hashable.
        let mut all = true;
        vm.for_each(other, |vm, item| {
            all = set.contains(vm, item)?;
            Ok(all)
        })?;
        return Ok(Obj::from_bool(all));
    }
    let other = as_set(vm, other)?;
    Ok(Obj::from_bool(all_in(vm, other, set)?))
}
