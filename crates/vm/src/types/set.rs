//! `set` and `frozenset`: the types. What they compute is in `set_algebra`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        iter::SetIterator,
        set::{FrozenSet, Set},
        typ::Type,
    },
    native::{Args, Binary, Def, Member, Native, Show, Slots, TypeDef, Unary},
    table::TypeId,
    text_out::TextOut,
    types::{dict_views::changed_size, exception::Exc, hashing::small, object::identity_unary},
    value::R,
    vm::Vm,
};

use crate::types::set_algebra as algebra;
pub(crate) use crate::types::set_algebra::{intersect, subtract, symmetric_difference_update, update};

const SLOTS: Slots =
    Slots { show: Some(show), unary: Some(unary), binary: Some(binary), iter: Some(iter), ..Slots::NONE };

/// `set`
pub static SET: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_set), ..SLOTS },
    members: SET_MEMBERS,
    ..TypeDef::named("set")
};

const SET_MEMBERS: &[Member] = &[
    ("__init__", Def::Fn(Native::Kw(1, 2, init))),
    ("add", Def::Fn(Native::F2(add))),
    ("clear", Def::Fn(Native::F1(clear))),
    ("copy", Def::Fn(Native::F1(copy))),
    ("difference", Def::Fn(Native::Var(1, 255, algebra::difference))),
    ("difference_update", Def::Fn(Native::Var(1, 255, algebra::difference_update))),
    ("discard", Def::Fn(Native::F2(discard))),
    ("intersection", Def::Fn(Native::Var(1, 255, algebra::intersection))),
    ("intersection_update", Def::Fn(Native::Var(1, 255, algebra::intersection_update))),
    ("isdisjoint", Def::Fn(Native::F2(algebra::isdisjoint))),
    ("issubset", Def::Fn(Native::F2(algebra::issubset))),
    ("issuperset", Def::Fn(Native::F2(algebra::issuperset))),
    ("pop", Def::Fn(Native::F1(pop))),
    ("remove", Def::Fn(Native::F2(remove))),
    ("symmetric_difference", Def::Fn(Native::F2(algebra::symmetric_difference))),
    ("symmetric_difference_update", Def::Fn(Native::F2(algebra::symmetric_difference_update_method))),
    ("union", Def::Fn(Native::Var(1, 255, algebra::union))),
    ("update", Def::Fn(Native::Var(1, 255, algebra::update_method))),
];

/// `frozenset`
pub static FROZENSET: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_frozenset), ..SLOTS },
    members: &[
        ("copy", Def::Fn(Native::F1(copy))),
        ("difference", Def::Fn(Native::Var(1, 255, algebra::difference))),
        ("intersection", Def::Fn(Native::Var(1, 255, algebra::intersection))),
        ("isdisjoint", Def::Fn(Native::F2(algebra::isdisjoint))),
        ("issubset", Def::Fn(Native::F2(algebra::issubset))),
        ("issuperset", Def::Fn(Native::F2(algebra::issuperset))),
        ("symmetric_difference", Def::Fn(Native::F2(algebra::symmetric_difference))),
        ("union", Def::Fn(Native::Var(1, 255, algebra::union))),
    ],
    ..TypeDef::named("frozenset")
};

/// `iterator`
pub static SET_ITERATOR: TypeDef = TypeDef {
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), unary: Some(identity_unary), ..Slots::NONE },
    ..TypeDef::named("iterator")
};

/// The set, frozen or not.
#[inline]
pub(crate) fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Set>> {
    match vm.any_set(obj) {
        Some(set) => Ok(set),
        None => Err(vm.type_error_for("descriptor requires a 'set' object but received a '", obj, "'")),
    }
}

/// The set, if it may be changed.
#[inline]
pub(crate) fn get_to_change(vm: &mut Vm, obj: Obj) -> R<Ref<Set>> {
    match vm.cast::<Set>(obj) {
        Some(set) => Ok(set),
        None => Err(vm.type_error_for("descriptor requires a 'set' object but received a '", obj, "'")),
    }
}

impl Vm {
    /// A new set with the items of an iterable.
    pub fn new_set_from_iter(&mut self, iterable: Obj) -> R<Ref<Set>> {
        let set = self.new_set()?;
        update(self, set, iterable)?;
        Ok(set)
    }

    /// A new set of the kind (frozen or not) of another, with its items.
    pub(crate) fn copy_set(&mut self, set: Ref<Set>) -> R<Ref<Set>> {
        let copy = self.new_set_like(set)?;
        copy.fill_from(self, set)?;
        Ok(copy)
    }

    /// A new empty set of the kind (frozen or not) of another.
    pub(crate) fn new_set_like(&mut self, set: Ref<Set>) -> R<Ref<Set>> {
        if self.exact::<FrozenSet>(set.obj()).is_some() { self.new_frozenset() } else { self.new_set() }
    }
}

fn source_argument(vm: &mut Vm, args: &Args, name: &str) -> R<Option<Obj>> {
    if args.n_kw() > 0 {
        return Err(vm.error(Exc::TypeError, format_args!("{name}() takes no keyword arguments")));
    }
    match *args.pos {
        [] => Ok(None),
        [source] => Ok(Some(source)),
        _ => {
            let n = args.pos.len();
            Err(vm.error(Exc::TypeError, format_args!("{name} expected at most 1 argument, got {n}")))
        }
    }
}

fn new_set(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let set = vm.new_set()?;
    if let Some(source) = source_argument(vm, args, "set")? {
        update(vm, set, source)?;
    }
    Ok(set.obj())
}

fn new_frozenset(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let Some(source) = source_argument(vm, args, "frozenset")? else {
        return Ok(vm.new_frozenset()?.obj());
    };
    if vm.exact::<FrozenSet>(source).is_some() {
        return Ok(source);
    }
    let set = vm.new_frozenset()?;
    update(vm, set, source)?;
    Ok(set.obj())
}

fn init(vm: &mut Vm, args: &Args) -> R {
    let Some(&obj) = args.pos.first() else { return Ok(Obj::NONE) };
    let set = get_to_change(vm, obj)?;
    let source = source_argument(vm, &args.skip_first(), "set")?;
    set.clear(vm);
    if let Some(source) = source {
        update(vm, set, source)?;
    }
    Ok(Obj::NONE)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let set = get(vm, obj)?;
    let frozen = vm.exact::<FrozenSet>(set.obj()).is_some();
    if set.is_empty() {
        return out.write_str(vm, if frozen { "frozenset()" } else { "set()" });
    }
    vm.show_once(obj, if frozen { "frozenset(...)" } else { "set(...)" }, out, |vm, out| {
        out.write_str(vm, if frozen { "frozenset({" } else { "{" })?;
        let mut position = 0;
        while let Some((next, item)) = set.entry(vm, position) {
            if position > 0 {
                out.write_str(vm, ", ")?;
            }
            vm.show(item, out, Show::Repr)?;
            position = next;
        }
        out.write_str(vm, if frozen { "})" } else { "}" })
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let set = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(!set.is_empty())),
        Unary::Len => Obj::small_int(set.len() as isize),
        Unary::SizeOf => Obj::small_int((size_of::<Set>() + set.extra_bytes()) as isize),
        Unary::Hash if vm.type_of(set.obj()).is(TypeId::FrozenSet) => Some(hash(set)),
        _ => None,
    })
}

/// The hash of a frozenset: the same for every order of its items.
fn hash(set: Ref<Set>) -> Obj {
    if let Some(hash) = set.cached_hash() {
        return hash;
    }
    let mut mixed = (set.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut position = 0;
    while let Some((next, _, hash)) = set.hashed_entry(position) {
        // Scrambled one by one, so that the sum does not depend on simple relations between the hashes.
        let mut item = (hash.hash() as u64 ^ 0x2545_f491_4f6c_dd1d).wrapping_mul(0xff51_afd7_ed55_8ccd);
        item ^= item >> 32;
        mixed = mixed.wrapping_add(item.wrapping_mul(0xc4ce_b9fe_1a85_ec53));
        position = next;
    }
    mixed ^= mixed >> 29;
    let hash = Obj::small_int_unchecked(small(mixed as usize));
    set.cache_hash(hash);
    hash
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let set = get(vm, obj)?;
    if op == Binary::Contains {
        return Ok(Some(Obj::from_bool(contains(vm, set, other)?)));
    }
    let Some(other) = vm.any_set(other) else { return Ok(None) };
    algebra::binary(vm, op, obj, set, other)
}

/// `item in set`; a set as item stands for the frozenset of its items.
fn contains(vm: &mut Vm, set: Ref<Set>, item: Obj) -> R<bool> {
    let item = hashable(vm, item)?;
    set.contains(vm, item)
}

fn hashable(vm: &mut Vm, item: Obj) -> R {
    match vm.cast::<Set>(item).filter(|set| vm.exact::<FrozenSet>(set.obj()).is_none()) {
        Some(inner) => {
            let frozen = vm.new_frozenset()?;
            frozen.fill_from(vm, inner)?;
            Ok(frozen.obj())
        }
        None => Ok(item),
    }
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let set = get(vm, obj)?;
    Ok(vm.new_set_iterator(Some(set.obj()), 0, set.len())?.obj())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<SetIterator>(obj) else { return Ok(None) };
    let Some(set) = iterator.source().and_then(|source| vm.any_set(source)) else { return Ok(None) };
    if set.len() != iterator.len() {
        iterator.set_len(usize::MAX);
        return Err(changed_size(vm, "Set"));
    }
    match set.entry(vm, iterator.position()) {
        Some((position, item)) => {
            iterator.set_position(position);
            Ok(Some(item))
        }
        None => {
            iterator.set_source(None);
            Ok(None)
        }
    }
}

fn add(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    get_to_change(vm, obj)?.add(vm, item)?;
    Ok(Obj::NONE)
}

fn clear(vm: &mut Vm, obj: Obj) -> R {
    get_to_change(vm, obj)?.clear(vm);
    Ok(Obj::NONE)
}

fn copy(vm: &mut Vm, obj: Obj) -> R {
    let set = get(vm, obj)?;
    if vm.exact::<FrozenSet>(obj).is_some() {
        return Ok(obj);
    }
    Ok(vm.copy_set(set)?.obj())
}

fn discard(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let set = get_to_change(vm, obj)?;
    let item = hashable(vm, item)?;
    set.remove(vm, item)?;
    Ok(Obj::NONE)
}

fn remove(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let set = get_to_change(vm, obj)?;
    let key = hashable(vm, item)?;
    if !set.remove(vm, key)? {
        return Err(vm.key_error(item));
    }
    Ok(Obj::NONE)
}

fn pop(vm: &mut Vm, obj: Obj) -> R {
    match get_to_change(vm, obj)?.pop_first() {
        Some(item) => Ok(item),
        None => Err(vm.error(Exc::KeyError, format_args!("pop from an empty set"))),
    }
}
