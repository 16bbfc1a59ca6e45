//! `dict`: the type itself. Its views and iterators are in `dict_views`.
//!
//! Methods take their dict with [`get`], which accepts instances of derived classes, OrderedDict and defaultdict.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::{Dict, flag},
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{
        dict_views::{self, KEYS},
        exception::Exc,
    },
    value::{R, Raised},
    vm::Vm,
};

pub use crate::types::dict_views::{DICT_ITEMS, DICT_ITERATOR, DICT_KEYS, DICT_VALUES};

/// `dict`
pub static DICT: TypeDef = TypeDef {
    name: "dict",
    base: None,
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        setitem: Some(setitem),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("__init__", Def::Fn(Native::Kw(1, 2, update))),
        ("__reversed__", Def::Fn(Native::F1(reversed))),
        ("clear", Def::Fn(Native::F1(clear))),
        ("copy", Def::Fn(Native::F1(copy))),
        ("fromkeys", Def::Class(Native::Var(2, 3, fromkeys))),
        ("get", Def::Fn(Native::Var(2, 3, get_method))),
        ("items", Def::Fn(Native::F1(items))),
        ("keys", Def::Fn(Native::F1(keys))),
        ("pop", Def::Fn(Native::Var(2, 3, pop))),
        ("popitem", Def::Fn(Native::F1(popitem))),
        ("setdefault", Def::Fn(Native::Var(2, 3, setdefault))),
        ("update", Def::Fn(Native::Kw(1, 2, update))),
        ("values", Def::Fn(Native::F1(values))),
    ],
};

#[inline]
pub(crate) fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Dict>> {
    match vm.cast::<Dict>(obj) {
        Some(dict) => Ok(dict),
        None => Err(vm.type_error_for("descriptor requires a 'dict' object but received a '", obj, "'")),
    }
}

/// The dict, if programs may change it.
#[inline]
pub(crate) fn get_to_change(vm: &mut Vm, obj: Obj) -> R<Ref<Dict>> {
    let dict = get(vm, obj)?;
    if dict.has(flag::FIXED) { Err(fixed(vm)) } else { Ok(dict) }
}

#[cold]
fn fixed(vm: &mut Vm) -> Raised {
    vm.type_error("this dict is read-only")
}

#[cold]
fn changed_meanwhile(vm: &mut Vm) -> Raised {
    vm.runtime_error("dict mutated during update")
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let dict = vm.new_dict(0)?;
    fill(vm, dict, args)?;
    Ok(dict.obj())
}

/// Stores what the arguments of `dict(…)` or `update(…)` say.
pub(crate) fn fill(vm: &mut Vm, dict: Ref<Dict>, args: &Args) -> R<()> {
    match *args.pos {
        [] => {}
        [source] => merge(vm, dict, source)?,
        _ => {
            let n = args.pos.len();
            return Err(vm.error(Exc::TypeError, format_args!("dict expected at most 1 argument, got {n}")));
        }
    }
    for (name, value) in args.keywords() {
        dict.set(vm, name, value)?;
    }
    Ok(())
}

/// Stores the items of a mapping or of an iterable of pairs.
pub(crate) fn merge(vm: &mut Vm, dict: Ref<Dict>, source: Obj) -> R<()> {
    if let Some(other) = vm.cast::<Dict>(source) {
        return if dict.update(vm, other)? { Ok(()) } else { Err(changed_meanwhile(vm)) };
    }
    if let Some(keys) = vm.getattr_maybe(source, q::keys)? {
        let keys = vm.call(keys, &[])?;
        let iterator = vm.iter(keys)?;
        while let Some(key) = vm.next(iterator)? {
            let value = vm.getitem(source, key)?;
            dict.set(vm, key, value)?;
        }
        return Ok(());
    }
    let iterator = vm.iter(source)?;
    let mut n = 0;
    while let Some(item) = vm.next(iterator)? {
        let (key, value) = pair(vm, item, n)?;
        dict.set(vm, key, value)?;
        n += 1;
    }
    Ok(())
}

/// The two items of an element of an update sequence.
fn pair(vm: &mut Vm, item: Obj, n: usize) -> R<(Obj, Obj)> {
    let seq = match vm.plain_seq(item) {
        Some(seq) => seq,
        None => {
            if vm.iter_maybe(item)?.is_none() {
                return Err(vm.error(
                    Exc::TypeError,
                    format_args!("cannot convert dictionary update sequence element #{n} to a sequence"),
                ));
            }
            crate::types::sequence::Seq::List(vm.new_list_from_iter(item)?)
        }
    };
    match (seq.len(), seq.get(0), seq.get(1)) {
        (2, Some(key), Some(value)) => Ok((key, value)),
        (len, ..) => Err(vm.error(
            Exc::ValueError,
            format_args!("dictionary update sequence element #{n} has length {len}; 2 is required"),
        )),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let dict = get(vm, obj)?;
    vm.show_once(obj, "{...}", out, |vm, out| {
        out.write_str(vm, "{")?;
        let mut position = 0;
        while let Some((next, key, value)) = dict.entry(vm, position) {
            if position > 0 {
                out.write_str(vm, ", ")?;
            }
            vm.show(key, out, Show::Repr)?;
            out.write_str(vm, ": ")?;
            vm.show(value, out, Show::Repr)?;
            position = next;
        }
        out.write_str(vm, "}")
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let dict = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(!dict.is_empty())),
        Unary::Len => Obj::small_int(dict.len() as isize),
        Unary::SizeOf => Obj::small_int((size_of::<Dict>() + dict.extra_bytes()) as isize),
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let dict = get(vm, obj)?;
    match op {
        Binary::Eq => match vm.cast::<Dict>(other) {
            Some(other) => Ok(Some(Obj::from_bool(equal(vm, dict, other)?))),
            None => Ok(None),
        },
        Binary::Contains => Ok(Some(Obj::from_bool(dict.get(vm, other)?.is_some()))),
        Binary::Or => match vm.cast::<Dict>(other) {
            Some(other) => union(vm, dict, other).map(Some),
            None => Ok(None),
        },
        Binary::ROr => match vm.cast::<Dict>(other) {
            Some(other) => union(vm, other, dict).map(Some),
            None => Ok(None),
        },
        Binary::IOr => {
            let dict = get_to_change(vm, obj)?;
            merge(vm, dict, other)?;
            Ok(Some(obj))
        }
        _ => Ok(None),
    }
}

fn union(vm: &mut Vm, a: Ref<Dict>, b: Ref<Dict>) -> R {
    let dict = a.copy(vm)?;
    if !dict.update(vm, b)? {
        return Err(changed_meanwhile(vm));
    }
    Ok(dict.obj())
}

/// Whether two dicts have equal items in any order.
pub(crate) fn equal(vm: &mut Vm, a: Ref<Dict>, b: Ref<Dict>) -> R<bool> {
    vm.check_native_stack()?;
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((next, key, value)) = a.entry(vm, position) {
        match b.get(vm, key)? {
            Some(other) if vm.same_or_equal(value, other)? => {}
            _ => return Ok(false),
        }
        position = next;
    }
    Ok(true)
}

fn getitem(vm: &mut Vm, obj: Obj, key: Obj) -> R {
    let dict = get(vm, obj)?;
    match dict.get(vm, key)? {
        Some(value) => Ok(value),
        None => Err(vm.key_error(key)),
    }
}

fn setitem(vm: &mut Vm, obj: Obj, key: Obj, value: Option<Obj>) -> R<()> {
    // `d[:] = …` would copy a list; a plain dict takes no slice for a key, as in MicroPython (and CPython up to 3.11).
    if vm.type_of(key).is(TypeId::Slice) && vm.exact::<Dict>(obj).is_some() && value.is_some() {
        return Err(vm.type_error("unhashable type: 'slice'"));
    }
    let dict = get_to_change(vm, obj)?;
    match value {
        Some(value) => dict.set(vm, key, value),
        None => match dict.remove(vm, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        },
    }
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let dict = get(vm, obj)?;
    dict_views::iter(vm, dict, KEYS)
}

fn reversed(vm: &mut Vm, obj: Obj) -> R {
    let dict = get(vm, obj)?;
    dict_views::iter(vm, dict, KEYS | dict_views::BACKWARDS)
}

fn clear(vm: &mut Vm, obj: Obj) -> R {
    get_to_change(vm, obj)?.clear(vm);
    Ok(Obj::NONE)
}

fn copy(vm: &mut Vm, obj: Obj) -> R {
    Ok(get(vm, obj)?.copy(vm)?.obj())
}

fn fromkeys(vm: &mut Vm, args: &[Obj]) -> R {
    let (class, keys) = (args[0], args[1]);
    let value = args.get(2).copied().unwrap_or(Obj::NONE);
    let target = vm.call(class, &[])?;
    let plain = vm.exact::<Dict>(target);
    let iterator = vm.iter(keys)?;
    while let Some(key) = vm.next(iterator)? {
        match plain {
            Some(dict) => dict.set(vm, key, value)?,
            None => vm.setitem(target, key, Some(value))?,
        }
    }
    Ok(target)
}

fn get_method(vm: &mut Vm, args: &[Obj]) -> R {
    let dict = get(vm, args[0])?;
    let found = dict.get(vm, args[1])?;
    Ok(found.unwrap_or(args.get(2).copied().unwrap_or(Obj::NONE)))
}

fn pop(vm: &mut Vm, args: &[Obj]) -> R {
    let dict = get_to_change(vm, args[0])?;
    // Nothing is looked for in an empty dict, be it hashable or not.
    let removed = if dict.is_empty() { None } else { dict.remove(vm, args[1])? };
    match (removed, args.get(2)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(*default),
        (None, None) => Err(vm.key_error(args[1])),
    }
}

fn popitem(vm: &mut Vm, obj: Obj) -> R {
    let dict = get_to_change(vm, obj)?;
    match dict.pop_last(vm) {
        Some((key, value)) => vm.new_tuple(&[key, value]),
        None => Err(empty(vm)),
    }
}

/// The error of `popitem`.
#[cold]
pub(crate) fn empty(vm: &mut Vm) -> Raised {
    vm.error(Exc::KeyError, format_args!("popitem(): dictionary is empty"))
}

fn setdefault(vm: &mut Vm, args: &[Obj]) -> R {
    let dict = get_to_change(vm, args[0])?;
    dict.get_or_insert(vm, args[1], args.get(2).copied().unwrap_or(Obj::NONE))
}

fn update(vm: &mut Vm, args: &Args) -> R {
    let Some(&obj) = args.pos.first() else { return Ok(Obj::NONE) };
    let dict = get_to_change(vm, obj)?;
    fill(vm, dict, &args.skip_first())?;
    Ok(Obj::NONE)
}

fn keys(vm: &mut Vm, obj: Obj) -> R {
    let dict = get(vm, obj)?.obj();
    Ok(vm.new_dict_keys(dict)?.obj())
}

fn values(vm: &mut Vm, obj: Obj) -> R {
    let dict = get(vm, obj)?.obj();
    Ok(vm.new_dict_values(dict)?.obj())
}

fn items(vm: &mut Vm, obj: Obj) -> R {
    let dict = get(vm, obj)?.obj();
    Ok(vm.new_dict_items(dict)?.obj())
}

impl Vm {
    /// Whether the object is a dict or derived from it, an OrderedDict or a defaultdict.
    pub fn is_dict(&self, obj: Obj) -> bool {
        self.cast::<Dict>(obj).is_some()
    }

    /// Whether the object's type is one of the kinds of dict and not a Python class.
    pub fn is_plain_dict(&self, obj: Obj) -> bool {
        let class = self.type_of(obj);
        class.is(TypeId::Dict) || class.is(TypeId::OrderedDict) || class.is(TypeId::DefaultDict)
    }
}
