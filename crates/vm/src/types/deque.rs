//! `collections.deque`.
//!
//! A third positional argument, the flags of official MicroPython, makes a full deque raise instead of dropping items.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        deque::Deque,
        iter::{DequeIterator, Slice},
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{
        object::identity_unary,
        sequence::{bound, repetitions},
        slice::wrap_index,
    },
    value::R,
    vm::Vm,
};

/// `deque`
pub static DEQUE: TypeDef = TypeDef {
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
        ("__init__", Def::Fn(Native::Kw(1, 4, init))),
        ("__reversed__", Def::Fn(Native::F1(reversed))),
        ("append", Def::Fn(Native::F2(append))),
        ("appendleft", Def::Fn(Native::F2(appendleft))),
        ("clear", Def::Fn(Native::F1(clear))),
        ("copy", Def::Fn(Native::F1(copy))),
        ("count", Def::Fn(Native::F2(count))),
        ("extend", Def::Fn(Native::F2(extend))),
        ("extendleft", Def::Fn(Native::F2(extendleft))),
        ("index", Def::Fn(Native::Var(2, 4, index))),
        ("insert", Def::Fn(Native::F3(insert))),
        ("maxlen", Def::Get(maxlen)),
        ("pop", Def::Fn(Native::F1(pop))),
        ("popleft", Def::Fn(Native::F1(popleft))),
        ("remove", Def::Fn(Native::F2(remove))),
        ("reverse", Def::Fn(Native::F1(reverse))),
        ("rotate", Def::Fn(Native::Var(1, 2, rotate))),
    ],
    ..TypeDef::named("deque")
};

/// `iterator`
pub static DEQUE_ITERATOR: TypeDef = TypeDef {
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), unary: Some(identity_unary), ..Slots::NONE },
    ..TypeDef::named("iterator")
};

fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Deque>> {
    match vm.cast::<Deque>(obj) {
        Some(deque) => Ok(deque),
        None => Err(vm.type_error_for("descriptor requires a 'collections.deque' object but received a '", obj, "'")),
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let deque = vm.new_deque(None)?;
    fill(vm, deque, args)?;
    Ok(deque.obj())
}

fn init(vm: &mut Vm, args: &Args) -> R {
    let Some(&obj) = args.pos.first() else { return Ok(Obj::NONE) };
    let deque = get(vm, obj)?;
    deque.clear(vm);
    fill(vm, deque, &args.skip_first())?;
    Ok(Obj::NONE)
}

fn fill(vm: &mut Vm, deque: Ref<Deque>, args: &Args) -> R<()> {
    let [iterable, max_len, flags] = vm.bind(args, [q::iterable, q::maxlen, q::flags], 0)?;
    let max_len = match max_len {
        None | Some(Obj::NONE) => None,
        Some(max_len) => match usize::try_from(vm.index(max_len)?) {
            Ok(max_len) => Some(max_len),
            Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
        },
    };
    deque.set_max_len(max_len);
    if let Some(iterable) = iterable {
        extend_back(vm, deque, iterable)?;
    }
    if let Some(flags) = flags {
        let checked = vm.is_true(flags)?;
        deque.set_checked(checked);
    }
    Ok(())
}

/// Appends within `maxlen`.
fn push_back(vm: &mut Vm, deque: Ref<Deque>, item: Obj) -> R<()> {
    if let Some(max_len) = deque.max_len()
        && deque.len() >= max_len
    {
        if deque.is_checked() {
            return Err(vm.index_error("full"));
        }
        if max_len == 0 {
            return Ok(());
        }
        deque.pop_front();
    }
    deque.push_back(vm, item)
}

/// Puts in front within `maxlen`.
fn push_front(vm: &mut Vm, deque: Ref<Deque>, item: Obj) -> R<()> {
    if let Some(max_len) = deque.max_len()
        && deque.len() >= max_len
    {
        if deque.is_checked() {
            return Err(vm.index_error("full"));
        }
        if max_len == 0 {
            return Ok(());
        }
        deque.pop_back();
    }
    deque.push_front(vm, item)
}

/// The items of an iterable, of the deque itself too.
fn extend_back(vm: &mut Vm, deque: Ref<Deque>, iterable: Obj) -> R<()> {
    let source = source(vm, deque, iterable)?;
    vm.for_each(source, |vm, item| {
        push_back(vm, deque, item)?;
        Ok(true)
    })
}

/// What to iterate over when extending a deque: a copy if it is the deque itself.
fn source(vm: &mut Vm, deque: Ref<Deque>, iterable: Obj) -> R {
    if iterable == deque.obj() { Ok(vm.new_list_from_iter(iterable)?.obj()) } else { Ok(iterable) }
}

fn copy_with(vm: &mut Vm, deque: Ref<Deque>, times: usize) -> R<Ref<Deque>> {
    let copy = vm.new_deque(deque.max_len())?;
    for _ in 0..times {
        let mut i = 0;
        while let Some(item) = deque.get(i) {
            push_back(vm, copy, item)?;
            i += 1;
        }
    }
    Ok(copy)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let deque = get(vm, obj)?;
    vm.show_once(obj, "[...]", out, |vm, out| {
        out.write_str(vm, "deque([")?;
        let mut i = 0;
        while let Some(item) = deque.get(i) {
            if i > 0 {
                out.write_str(vm, ", ")?;
            }
            vm.show(item, out, Show::Repr)?;
            i += 1;
        }
        match deque.max_len() {
            Some(max_len) => out.write_fmt(vm, format_args!("], maxlen={max_len})")),
            None => out.write_str(vm, "])"),
        }
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let deque = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(!deque.is_empty())),
        Unary::Len => Obj::small_int(deque.len() as isize),
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let deque = get(vm, obj)?;
    match op {
        Binary::Lt | Binary::Gt | Binary::Eq | Binary::Le | Binary::Ge => {
            if vm.cast::<Deque>(other).is_none() {
                return Ok(None);
            }
            let left = vm.new_list_from_iter(deque.obj())?.obj();
            let right = vm.new_list_from_iter(other)?.obj();
            vm.binary_slot(op, left, right)
        }
        Binary::Contains => {
            let version = deque.version();
            let mut i = 0;
            while let Some(item) = deque.get(i) {
                if vm.same_or_equal(item, other)? {
                    return Ok(Some(Obj::TRUE));
                }
                check(vm, deque, version)?;
                i += 1;
            }
            Ok(Some(Obj::FALSE))
        }
        Binary::Add => {
            if vm.cast::<Deque>(other).is_none() {
                return Ok(None);
            }
            let sum = copy_with(vm, deque, 1)?;
            extend_back(vm, sum, other)?;
            Ok(Some(sum.obj()))
        }
        Binary::IAdd => {
            extend_back(vm, deque, other)?;
            Ok(Some(obj))
        }
        Binary::Mul | Binary::RMul => match repetitions(vm, deque.len(), other)? {
            Some(times) => Ok(Some(copy_with(vm, deque, times)?.obj())),
            None => Ok(None),
        },
        Binary::IMul => {
            let Some(times) = repetitions(vm, deque.len(), other)? else { return Ok(None) };
            let items = vm.new_list_from_iter(deque.obj())?;
            deque.clear(vm);
            for _ in 0..times {
                extend_back(vm, deque, items.obj())?;
            }
            Ok(Some(obj))
        }
        _ => Ok(None),
    }
}

/// The deque must not have changed while items were compared.
fn check(vm: &mut Vm, deque: Ref<Deque>, version: usize) -> R<()> {
    if deque.version() == version { Ok(()) } else { Err(vm.runtime_error("deque mutated during iteration")) }
}

/// An index that exists.
fn place(vm: &mut Vm, deque: Ref<Deque>, index: Obj) -> R<usize> {
    if vm.exact::<Slice>(index).is_some() {
        return Err(vm.type_error("sequence index must be integer, not 'slice'"));
    }
    let index = vm.seq_index_number(index, "deque")?;
    match wrap_index(index, deque.len()) {
        Some(index) => Ok(index),
        None => Err(vm.index_error("deque index out of range")),
    }
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let deque = get(vm, obj)?;
    let at = place(vm, deque, index)?;
    Ok(deque.get(at).unwrap_or(Obj::NONE))
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let deque = get(vm, obj)?;
    let at = place(vm, deque, index)?;
    match value {
        Some(value) => {
            deque.set(at, value);
        }
        None => remove_at(deque, at),
    }
    Ok(())
}

/// Removes an item.
fn remove_at(deque: Ref<Deque>, at: usize) {
    // The items on the shorter side move.
    let len = deque.len();
    if at < len / 2 {
        (0..at).rev().for_each(|i| move_item(deque, i, i + 1));
        deque.pop_front();
    } else {
        (at + 1..len).for_each(|i| move_item(deque, i, i - 1));
        deque.pop_back();
    }
}

fn move_item(deque: Ref<Deque>, from: usize, to: usize) {
    if let Some(item) = deque.get(from) {
        deque.set(to, item);
    }
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let deque = get(vm, obj)?;
    Ok(vm.new_deque_iterator(Some(deque.obj()), 0, deque.version(), 0)?.obj())
}

fn reversed(vm: &mut Vm, obj: Obj) -> R {
    let deque = get(vm, obj)?;
    Ok(vm.new_deque_iterator(Some(deque.obj()), 0, deque.version(), 1)?.obj())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<DequeIterator>(obj) else { return Ok(None) };
    let Some(deque) = iterator.source().and_then(|source| vm.exact::<Deque>(source)) else { return Ok(None) };
    check(vm, deque, iterator.version())?;
    let at = iterator.position();
    let item = match (iterator.backwards(), deque.len().checked_sub(at + 1)) {
        (0, _) => deque.get(at),
        (_, Some(from_end)) => deque.get(from_end),
        (_, None) => None,
    };
    match item {
        Some(_) => iterator.set_position(at + 1),
        None => iterator.set_source(None),
    }
    Ok(item)
}

fn append(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let deque = get(vm, obj)?;
    push_back(vm, deque, item)?;
    Ok(Obj::NONE)
}

fn appendleft(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let deque = get(vm, obj)?;
    push_front(vm, deque, item)?;
    Ok(Obj::NONE)
}

fn clear(vm: &mut Vm, obj: Obj) -> R {
    get(vm, obj)?.clear(vm);
    Ok(Obj::NONE)
}

fn copy(vm: &mut Vm, obj: Obj) -> R {
    let deque = get(vm, obj)?;
    Ok(copy_with(vm, deque, 1)?.obj())
}

fn count(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let deque = get(vm, obj)?;
    let version = deque.version();
    let (mut i, mut n) = (0, 0);
    while let Some(candidate) = deque.get(i) {
        n += isize::from(vm.same_or_equal(candidate, item)?);
        check(vm, deque, version)?;
        i += 1;
    }
    Ok(Obj::small_int_unchecked(n))
}

fn extend(vm: &mut Vm, obj: Obj, iterable: Obj) -> R {
    let deque = get(vm, obj)?;
    extend_back(vm, deque, iterable)?;
    Ok(Obj::NONE)
}

fn extendleft(vm: &mut Vm, obj: Obj, iterable: Obj) -> R {
    let deque = get(vm, obj)?;
    let source = source(vm, deque, iterable)?;
    vm.for_each(source, |vm, item| {
        push_front(vm, deque, item)?;
        Ok(true)
    })?;
    Ok(Obj::NONE)
}

fn find(vm: &mut Vm, deque: Ref<Deque>, item: Obj, start: usize, stop: usize) -> R<Option<usize>> {
    let version = deque.version();
    let mut i = start;
    while i < stop
        && let Some(candidate) = deque.get(i)
    {
        let same = vm.same_or_equal(candidate, item)?;
        check(vm, deque, version)?;
        if same {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn index(vm: &mut Vm, args: &[Obj]) -> R {
    let deque = get(vm, args[0])?;
    let len = deque.len();
    let start = bound(vm, args.get(2), 0, len)?;
    let stop = bound(vm, args.get(3), len, len)?;
    match find(vm, deque, args[1], start, stop)? {
        Some(index) => Ok(Obj::small_int_unchecked(index as isize)),
        None => Err(vm.value_error_for(args[1], " is not in deque")),
    }
}

fn insert(vm: &mut Vm, obj: Obj, index: Obj, item: Obj) -> R {
    let deque = get(vm, obj)?;
    let len = deque.len();
    if deque.max_len().is_some_and(|max_len| len >= max_len) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let at = bound(vm, Some(&index), 0, len)?;
    if at < len / 2 {
        deque.push_front(vm, item)?;
        (0..at).for_each(|i| move_item(deque, i + 1, i));
    } else {
        deque.push_back(vm, item)?;
        (at..len).rev().for_each(|i| move_item(deque, i, i + 1));
    }
    deque.set(at, item);
    Ok(Obj::NONE)
}

fn maxlen(vm: &mut Vm, obj: Obj) -> R {
    match get(vm, obj)?.max_len() {
        Some(max_len) => vm.new_int(max_len),
        None => Ok(Obj::NONE),
    }
}

fn pop(vm: &mut Vm, obj: Obj) -> R {
    let deque = get(vm, obj)?;
    match deque.pop_back() {
        Some(item) => Ok(item),
        None => Err(empty(vm, deque)),
    }
}

fn popleft(vm: &mut Vm, obj: Obj) -> R {
    let deque = get(vm, obj)?;
    match deque.pop_front() {
        Some(item) => Ok(item),
        None => Err(empty(vm, deque)),
    }
}

#[cold]
fn empty(vm: &mut Vm, deque: Ref<Deque>) -> crate::value::Raised {
    vm.index_error(if deque.is_checked() { "empty" } else { "pop from an empty deque" })
}

fn remove(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let deque = get(vm, obj)?;
    match find(vm, deque, item, 0, deque.len())? {
        Some(at) => {
            remove_at(deque, at);
            Ok(Obj::NONE)
        }
        None => Err(vm.value_error("deque.remove(x): x not in deque")),
    }
}

fn reverse(vm: &mut Vm, obj: Obj) -> R {
    let deque = get(vm, obj)?;
    let len = deque.len();
    for i in 0..len / 2 {
        let j = len - 1 - i;
        if let (Some(a), Some(b)) = (deque.get(i), deque.get(j)) {
            deque.set(i, b);
            deque.set(j, a);
        }
    }
    Ok(Obj::NONE)
}

fn rotate(vm: &mut Vm, args: &[Obj]) -> R {
    let deque = get(vm, args[0])?;
    let by = match args.get(1) {
        Some(by) => vm.index(*by)?,
        None => 1,
    };
    let len = deque.len();
    if len < 2 {
        return Ok(Obj::NONE);
    }
    let right = by.rem_euclid(len as isize) as usize;
    if right <= len / 2 {
        for _ in 0..right {
            if let Some(item) = deque.pop_back() {
                deque.push_front(vm, item)?;
            }
        }
    } else {
        for _ in 0..len - right {
            if let Some(item) = deque.pop_front() {
                deque.push_back(vm, item)?;
            }
        }
    }
    Ok(Obj::NONE)
}
