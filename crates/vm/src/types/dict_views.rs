//! The views `dict_keys`, `dict_values`, `dict_items`, and the iterators over dicts.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        iter::{DictItems, DictIterator, DictKeys, DictValues},
        seq::Tuple,
    },
    native::{Binary, Def, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{
        exception::Exc,
        object::{identity_hash, identity_unary},
        set,
    },
    value::R,
    vm::Vm,
};

/// The iterator gives keys.
pub(crate) const KEYS: u32 = 0;
/// The iterator gives values.
pub(crate) const VALUES: u32 = 1;
/// The iterator gives pairs.
pub(crate) const ITEMS: u32 = 2;
/// The iterator goes backwards.
pub(crate) const BACKWARDS: u32 = 4;
/// The dict changed: the iterator only raises from now on.
const BROKEN: u32 = 8;

const VIEW: Slots =
    Slots { show: Some(show), unary: Some(unary), binary: Some(binary), iter: Some(iter_view), ..Slots::NONE };

/// `dict_keys`
pub static DICT_KEYS: TypeDef = TypeDef {
    slots: VIEW,
    members: &[
        ("isdisjoint", Def::Fn(Native::F2(isdisjoint))),
        ("mapping", Def::Get(mapping)),
        ("__reversed__", Def::Fn(Native::F1(reversed))),
    ],
    ..TypeDef::named("dict_keys")
};

/// `dict_values`
pub static DICT_VALUES: TypeDef = TypeDef {
    slots: VIEW,
    members: &[("mapping", Def::Get(mapping)), ("__reversed__", Def::Fn(Native::F1(reversed)))],
    ..TypeDef::named("dict_values")
};

/// `dict_items`
pub static DICT_ITEMS: TypeDef = TypeDef {
    slots: VIEW,
    members: &[
        ("isdisjoint", Def::Fn(Native::F2(isdisjoint))),
        ("mapping", Def::Get(mapping)),
        ("__reversed__", Def::Fn(Native::F1(reversed))),
    ],
    ..TypeDef::named("dict_items")
};

/// `iterator`
pub static DICT_ITERATOR: TypeDef = TypeDef {
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), unary: Some(identity_unary), ..Slots::NONE },
    members: &[("__length_hint__", Def::Fn(Native::F1(length_hint)))],
    ..TypeDef::named("iterator")
};

/// An iterator over a dict.
pub(crate) fn iter(vm: &mut Vm, dict: Ref<Dict>, kind: u32) -> R {
    let start = if kind & BACKWARDS == 0 { 0 } else { usize::MAX };
    Ok(vm.new_dict_iterator(Some(dict.obj()), start, dict.len() as u32, kind)?.obj())
}

/// The next entry of an iterator over a dict.
#[inline]
fn advance(vm: &mut Vm, iterator: Ref<DictIterator>) -> R<Option<(Obj, Obj)>> {
    let Some(dict) = iterator.source().and_then(|source| vm.exact::<Dict>(source)) else { return Ok(None) };
    if dict.len() as u32 != iterator.len() || iterator.kind() & BROKEN != 0 {
        iterator.set_kind(iterator.kind() | BROKEN);
        return Err(vm.runtime_error("dictionary changed size during iteration"));
    }
    let entry = if iterator.kind() & BACKWARDS == 0 {
        dict.entry(vm, iterator.position())
    } else {
        dict.entry_before(vm, iterator.position())
    };
    match entry {
        Some((position, key, value)) => {
            iterator.set_position(position);
            Ok(Some((key, value)))
        }
        None => {
            iterator.set_source(None);
            Ok(None)
        }
    }
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<DictIterator>(obj) else { return Ok(None) };
    let Some((key, value)) = advance(vm, iterator)? else { return Ok(None) };
    match iterator.kind() & 3 {
        KEYS => Ok(Some(key)),
        VALUES => Ok(Some(value)),
        _ => vm.new_tuple(&[key, value]).map(Some),
    }
}

/// The next key and value of an iterator over the items of a dict; `None` if it is another object.
pub(crate) fn next_item(vm: &mut Vm, obj: Obj) -> Option<R<Option<(Obj, Obj)>>> {
    let iterator = vm.exact::<DictIterator>(obj).filter(|iterator| iterator.kind() & 3 == ITEMS)?;
    Some(advance(vm, iterator))
}

fn length_hint(vm: &mut Vm, obj: Obj) -> R {
    let mut left = 0;
    if let Some(iterator) = vm.exact::<DictIterator>(obj)
        && let Some(dict) = iterator.source().and_then(|source| vm.exact::<Dict>(source))
    {
        let mut position = iterator.position();
        let backwards = iterator.kind() & BACKWARDS != 0;
        while let Some((next, ..)) = if backwards { dict.entry_before(vm, position) } else { dict.entry(vm, position) }
        {
            position = next;
            left += 1;
        }
    }
    Ok(Obj::small_int_unchecked(left))
}

/// The dict of a view and what the view shows.
fn view(vm: &mut Vm, obj: Obj) -> R<(Ref<Dict>, u32)> {
    let found = if let Some(view) = vm.exact::<DictKeys>(obj) {
        Some((view.dict(), KEYS))
    } else if let Some(view) = vm.exact::<DictValues>(obj) {
        Some((view.dict(), VALUES))
    } else {
        vm.exact::<DictItems>(obj).map(|view| (view.dict(), ITEMS))
    };
    match found.and_then(|(dict, kind)| Some((vm.exact::<Dict>(dict)?, kind))) {
        Some(found) => Ok(found),
        None => Err(vm.type_error_for("descriptor requires a dict view but received a '", obj, "'")),
    }
}

fn mapping(vm: &mut Vm, obj: Obj) -> R {
    Ok(view(vm, obj)?.0.obj())
}

fn iter_view(vm: &mut Vm, obj: Obj) -> R {
    let (dict, kind) = view(vm, obj)?;
    iter(vm, dict, kind)
}

fn reversed(vm: &mut Vm, obj: Obj) -> R {
    let (dict, kind) = view(vm, obj)?;
    iter(vm, dict, kind | BACKWARDS)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (dict, kind) = view(vm, obj)?;
    vm.show_once(obj, "...", out, |vm, out| {
        out.write_str(vm, ["dict_keys([", "dict_values([", "dict_items(["][kind as usize])?;
        let mut position = 0;
        while let Some((next, key, value)) = dict.entry(vm, position) {
            if position > 0 {
                out.write_str(vm, ", ")?;
            }
            match kind {
                KEYS => vm.show(key, out, Show::Repr)?,
                VALUES => vm.show(value, out, Show::Repr)?,
                _ => {
                    out.write_str(vm, "(")?;
                    vm.show(key, out, Show::Repr)?;
                    out.write_str(vm, ", ")?;
                    vm.show(value, out, Show::Repr)?;
                    out.write_str(vm, ")")?;
                }
            }
            position = next;
        }
        out.write_str(vm, "])")
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let (dict, kind) = view(vm, obj)?;
    Ok(match op {
        Unary::Hash if kind == VALUES => Some(identity_hash(obj)),
        Unary::Bool => Some(Obj::from_bool(!dict.is_empty())),
        Unary::Len => Obj::small_int(dict.len() as isize),
        _ => None,
    })
}

/// `item in view`
fn contains(vm: &mut Vm, dict: Ref<Dict>, kind: u32, item: Obj) -> R<bool> {
    // Views can be nested in values without end.
    vm.check_native_stack()?;
    match kind {
        KEYS => Ok(dict.get(vm, item)?.is_some()),
        ITEMS => {
            let Some(pair) = vm.cast::<Tuple>(item) else { return Ok(false) };
            let (2, Some(key), Some(value)) = (pair.len(), pair.get(0), pair.get(1)) else { return Ok(false) };
            match dict.get(vm, key)? {
                Some(found) => vm.same_or_equal(found, value),
                None => Ok(false),
            }
        }
        _ => {
            let mut position = 0;
            while let Some((next, _, value)) = dict.entry(vm, position) {
                if vm.same_or_equal(value, item)? {
                    return Ok(true);
                }
                position = next;
            }
            Ok(false)
        }
    }
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let (dict, kind) = view(vm, obj)?;
    if op == Binary::Contains {
        return Ok(Some(Obj::from_bool(contains(vm, dict, kind, other)?)));
    }
    if kind == VALUES {
        return Ok(None);
    }
    match op {
        Binary::Lt | Binary::Gt | Binary::Eq | Binary::Le | Binary::Ge => {
            let Some(other_len) = set_like_len(vm, other)? else { return Ok(None) };
            let len = dict.len();
            let result = match op {
                Binary::Eq => len == other_len && all_in(vm, obj, other)?,
                Binary::Le => len <= other_len && all_in(vm, obj, other)?,
                Binary::Lt => len < other_len && all_in(vm, obj, other)?,
                Binary::Ge => len >= other_len && all_in(vm, other, obj)?,
                _ => len > other_len && all_in(vm, other, obj)?,
            };
            Ok(Some(Obj::from_bool(result)))
        }
        Binary::Or | Binary::And | Binary::Xor | Binary::Sub => combine(vm, op, obj, other),
        Binary::ROr | Binary::RAnd | Binary::RXor | Binary::RSub => match op.unreflected() {
            Some(op) => combine(vm, op, other, obj),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// The set of what `a` and `b` give when combined; `None`: one of them is not iterable.
fn combine(vm: &mut Vm, op: Binary, a: Obj, b: Obj) -> R<Option<Obj>> {
    if vm.iter_maybe(a)?.is_none() || vm.iter_maybe(b)?.is_none() {
        return Ok(None);
    }
    let result = vm.new_set_from_iter(a)?;
    match op {
        Binary::Or => set::update(vm, result, b)?,
        Binary::And => set::intersect(vm, result, b)?,
        Binary::Xor => set::symmetric_difference_update(vm, result, b)?,
        _ => set::subtract(vm, result, b)?,
    }
    Ok(Some(result.obj()))
}

/// The length of a set or view that can be compared with a view.
fn set_like_len(vm: &mut Vm, obj: Obj) -> R<Option<usize>> {
    if let Some(set) = vm.any_set(obj) {
        return Ok(Some(set.len()));
    }
    if vm.exact::<DictKeys>(obj).is_some() || vm.exact::<DictItems>(obj).is_some() {
        return Ok(Some(view(vm, obj)?.0.len()));
    }
    Ok(None)
}

/// Whether everything in `a` is in `b`.
fn all_in(vm: &mut Vm, a: Obj, b: Obj) -> R<bool> {
    let mut all = true;
    vm.for_each(a, |vm, item| {
        all = vm.contains(b, item)?;
        Ok(all)
    })?;
    Ok(all)
}

fn isdisjoint(vm: &mut Vm, obj: Obj, other: Obj) -> R {
    let (dict, kind) = view(vm, obj)?;
    let mut disjoint = true;
    vm.for_each(other, |vm, item| {
        disjoint = !contains(vm, dict, kind, item)?;
        Ok(disjoint)
    })?;
    Ok(Obj::from_bool(disjoint))
}

/// For messages about sets that change under an iterator as about dicts.
#[cold]
pub(crate) fn changed_size(vm: &mut Vm, what: &str) -> crate::value::Raised {
    vm.error(Exc::RuntimeError, format_args!("{what} changed size during iteration"))
}
