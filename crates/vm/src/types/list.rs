//! `list`, and the iterator that lists and tuples share.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        iter::{SeqIterator, Slice},
        seq::List,
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{
        object::identity_unary,
        sequence::{self, Seq},
        slice::{SliceParts, wrap_index},
        sort,
    },
    value::{R, Raised},
    vm::Vm,
};

/// `list`
pub static LIST: TypeDef = TypeDef {
    name: "list",
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
        ("__init__", Def::Fn(Native::Kw(1, 2, init))),
        ("append", Def::Fn(Native::F2(append))),
        ("clear", Def::Fn(Native::F1(clear))),
        ("copy", Def::Fn(Native::F1(copy))),
        ("count", Def::Fn(Native::F2(count))),
        ("extend", Def::Fn(Native::F2(extend))),
        ("index", Def::Fn(Native::Var(2, 4, index))),
        ("insert", Def::Fn(Native::F3(insert))),
        ("pop", Def::Fn(Native::Var(1, 2, pop))),
        ("remove", Def::Fn(Native::F2(remove))),
        ("reverse", Def::Fn(Native::F1(reverse))),
        ("sort", Def::Fn(Native::Kw(1, 1, sort_method))),
    ],
};

/// `iterator`
pub static SEQ_ITERATOR: TypeDef = TypeDef {
    name: "iterator",
    base: None,
    subclassable: false,
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), unary: Some(identity_unary), ..Slots::NONE },
    members: &[("__length_hint__", Def::Fn(Native::F1(length_hint)))],
};

#[cold]
fn not_a_list(vm: &mut Vm, obj: Obj) -> Raised {
    vm.type_error_for("descriptor requires a 'list' object but received a '", obj, "'")
}

#[inline]
fn get(vm: &mut Vm, obj: Obj) -> R<Ref<List>> {
    match vm.cast::<List>(obj) {
        Some(list) => Ok(list),
        None => Err(not_a_list(vm, obj)),
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let source = source_argument(vm, args)?;
    match source {
        Some(source) => Ok(vm.new_list_from_iter(source)?.obj()),
        None => Ok(vm.new_list(&[])?.obj()),
    }
}

fn source_argument(vm: &mut Vm, args: &Args) -> R<Option<Obj>> {
    if args.n_kw() > 0 {
        return Err(vm.type_error("list() takes no keyword arguments"));
    }
    match *args.pos {
        [] => Ok(None),
        [source] => Ok(Some(source)),
        _ => {
            let n = args.pos.len();
            Err(vm.error(
                crate::types::exception::Exc::TypeError,
                format_args!("list expected at most 1 argument, got {n}"),
            ))
        }
    }
}

fn init(vm: &mut Vm, args: &Args) -> R {
    let Some(&obj) = args.pos.first() else { return Ok(Obj::NONE) };
    let list = get(vm, obj)?;
    let source = source_argument(vm, &args.skip_first())?;
    list.truncate(0);
    if let Some(source) = source {
        sequence::extend(vm, list, source)?;
    }
    Ok(Obj::NONE)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let list = get(vm, obj)?;
    vm.show_once(obj, "[...]", out, |vm, out| {
        out.write_str(vm, "[")?;
        sequence::show_items(vm, Seq::List(list), out)?;
        out.write_str(vm, "]")
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let list = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(!list.is_empty())),
        Unary::Len => Obj::small_int(list.len() as isize),
        Unary::SizeOf => Obj::small_int((size_of::<List>() + list.room() * size_of::<Obj>()) as isize),
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let list = get(vm, obj)?;
    match op {
        Binary::Lt | Binary::Gt | Binary::Eq | Binary::Le | Binary::Ge | Binary::Ne => match vm.cast::<List>(other) {
            Some(other) => sequence::compare(vm, op, Seq::List(list), Seq::List(other)),
            None => Ok(None),
        },
        Binary::Contains => Ok(Some(Obj::from_bool(sequence::contains(vm, Seq::List(list), other)?))),
        Binary::Add => {
            let Some(other) = vm.cast::<List>(other) else { return Ok(None) };
            let sum = vm.new_list_with_room(list.len().saturating_add(other.len()))?;
            sum.append_from(vm, list.obj(), 0, 1, list.len())?;
            sum.append_from(vm, other.obj(), 0, 1, other.len())?;
            Ok(Some(sum.obj()))
        }
        Binary::IAdd => {
            sequence::extend(vm, list, other)?;
            Ok(Some(obj))
        }
        Binary::Mul | Binary::RMul => match sequence::repetitions(vm, list.len(), other)? {
            Some(times) => Ok(Some(sequence::repeat(vm, Seq::List(list), times)?.obj())),
            None => Ok(None),
        },
        Binary::IMul => {
            let Some(times) = sequence::repetitions(vm, list.len(), other)? else { return Ok(None) };
            list.repeat(vm, times)?;
            Ok(Some(obj))
        }
        _ => Ok(None),
    }
}

/// Start of a subscript: what it designates, with all Python code that this takes already run.
enum Subscript {
    Index(isize),
    Slice(SliceParts),
}

fn subscript(vm: &mut Vm, index: Obj) -> R<Subscript> {
    if let Some(slice) = vm.exact::<Slice>(index) {
        return vm.slice_parts(slice).map(Subscript::Slice);
    }
    vm.seq_index_number(index, "list").map(Subscript::Index)
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let list = get(vm, obj)?;
    if let Some(value) = index.as_small_int()
        && let Some(item) = wrap_index(value, list.len()).and_then(|i| list.get(i))
    {
        return Ok(item);
    }
    match subscript(vm, index)? {
        Subscript::Slice(parts) => {
            let range = parts.resolve(list.len());
            Ok(vm.new_list_from(list.obj(), range.start, range.step, range.count)?.obj())
        }
        Subscript::Index(value) => match wrap_index(value, list.len()).and_then(|i| list.get(i)) {
            Some(item) => Ok(item),
            None => Err(vm.index_error("list index out of range")),
        },
    }
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let list = get(vm, obj)?;
    if let (Some(i), Some(value)) = (index.as_small_int(), value)
        && let Some(i) = wrap_index(i, list.len())
    {
        list.set(i, value);
        return Ok(());
    }
    match (subscript(vm, index)?, value) {
        (Subscript::Index(i), value) => {
            let Some(i) = wrap_index(i, list.len()) else {
                let assignment = value.is_some();
                return Err(vm.index_error(if assignment {
                    "list assignment index out of range"
                } else {
                    "list index out of range"
                }));
            };
            match value {
                Some(value) => {
                    list.set(i, value);
                    Ok(())
                }
                None => list.splice(vm, i, 1, 0),
            }
        }
        (Subscript::Slice(parts), None) => delete_slice(vm, list, parts),
        (Subscript::Slice(parts), Some(value)) => assign_slice(vm, list, parts, value),
    }
}

fn delete_slice(vm: &mut Vm, list: Ref<List>, parts: SliceParts) -> R<()> {
    let range = parts.resolve(list.len());
    if range.count == 0 {
        return Ok(());
    }
    if range.step == 1 {
        return list.splice(vm, range.start, range.count, 0);
    }
    // Move the items between the deleted ones together, from the lowest index up.
    let step = range.step.unsigned_abs();
    let first = if range.step > 0 { range.start } else { range.index(range.count - 1) };
    let last = first + step * (range.count - 1);
    let len = list.len();
    let items = list.items_mut(vm);
    let mut to = first;
    for from in first..len {
        let deleted = from <= last && (from - first).is_multiple_of(step);
        if !deleted {
            items[to] = items[from];
            to += 1;
        }
    }
    list.truncate(to);
    Ok(())
}

fn assign_slice(vm: &mut Vm, list: Ref<List>, parts: SliceParts, value: Obj) -> R<()> {
    // A copy, so that neither iterating the value nor the value being the list itself does harm.
    let items = match vm.iter_maybe(value)? {
        Some(_) => vm.new_list_from_iter(value)?,
        None => return Err(vm.type_error("can only assign an iterable")),
    };
    let range = parts.resolve(list.len());
    let n = items.len();
    if range.step == 1 {
        list.splice(vm, range.start, range.stop - range.start, n)?;
        for i in 0..n {
            if let Some(item) = items.get(i) {
                list.set(range.start + i, item);
            }
        }
        return Ok(());
    }
    if n != range.count {
        let count = range.count;
        return Err(vm.error(
            crate::types::exception::Exc::ValueError,
            format_args!("attempt to assign sequence of size {n} to extended slice of size {count}"),
        ));
    }
    for i in 0..n {
        if let Some(item) = items.get(i) {
            list.set(range.index(i), item);
        }
    }
    Ok(())
}

pub(crate) fn iter(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.new_seq_iterator(Some(obj), 0)?.obj())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<SeqIterator>(obj) else { return Ok(None) };
    let Some(source) = iterator.source() else { return Ok(None) };
    let at = iterator.position();
    let item = vm.as_seq(source).and_then(|seq| seq.get(at));
    match item {
        Some(_) => iterator.set_position(at + 1),
        None => iterator.set_source(None),
    }
    Ok(item)
}

fn length_hint(vm: &mut Vm, obj: Obj) -> R {
    let left = vm.exact::<SeqIterator>(obj).and_then(|iterator| {
        let seq = vm.as_seq(iterator.source()?)?;
        Some(seq.len().saturating_sub(iterator.position()))
    });
    Ok(Obj::small_int_unchecked(left.unwrap_or(0) as isize))
}

fn append(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    get(vm, obj)?.push(vm, item)?;
    Ok(Obj::NONE)
}

fn clear(vm: &mut Vm, obj: Obj) -> R {
    get(vm, obj)?.truncate(0);
    Ok(Obj::NONE)
}

fn copy(vm: &mut Vm, obj: Obj) -> R {
    let list = get(vm, obj)?;
    Ok(vm.new_list_from(list.obj(), 0, 1, list.len())?.obj())
}

fn count(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let list = get(vm, obj)?;
    sequence::count(vm, Seq::List(list), item)
}

fn extend(vm: &mut Vm, obj: Obj, iterable: Obj) -> R {
    let list = get(vm, obj)?;
    sequence::extend(vm, list, iterable)?;
    Ok(Obj::NONE)
}

fn index(vm: &mut Vm, args: &[Obj]) -> R {
    let list = get(vm, args[0])?;
    match sequence::index(vm, Seq::List(list), args)? {
        Some(index) => Ok(index),
        None => Err(vm.value_error_for(args[1], " is not in list")),
    }
}

fn insert(vm: &mut Vm, obj: Obj, index: Obj, item: Obj) -> R {
    let list = get(vm, obj)?;
    let value = vm.index(index)?;
    let len = list.len();
    let at = if value < 0 { len.saturating_sub(value.unsigned_abs()) } else { (value as usize).min(len) };
    list.splice(vm, at, 0, 1)?;
    list.set(at, item);
    Ok(Obj::NONE)
}

fn pop(vm: &mut Vm, args: &[Obj]) -> R {
    let list = get(vm, args[0])?;
    let value = match args.get(1) {
        Some(index) => vm.index(*index)?,
        None => -1,
    };
    if list.is_empty() {
        return Err(vm.index_error("pop from empty list"));
    }
    let Some(at) = wrap_index(value, list.len()) else {
        return Err(vm.index_error("pop index out of range"));
    };
    if at + 1 == list.len() {
        return Ok(list.pop().unwrap_or(Obj::NONE));
    }
    let item = list.get(at).unwrap_or(Obj::NONE);
    list.splice(vm, at, 1, 0)?;
    Ok(item)
}

fn remove(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let list = get(vm, obj)?;
    let mut i = 0;
    while let Some(candidate) = list.get(i) {
        if vm.same_or_equal(candidate, item)? {
            list.splice(vm, i, 1, 0)?;
            return Ok(Obj::NONE);
        }
        i += 1;
    }
    Err(vm.value_error("list.remove(x): x not in list"))
}

fn reverse(vm: &mut Vm, obj: Obj) -> R {
    get(vm, obj)?.items_mut(vm).reverse();
    Ok(Obj::NONE)
}

fn sort_method(vm: &mut Vm, args: &Args) -> R {
    let list = get(vm, args.pos[0])?;
    let [key, reverse] = vm.bind(&Args { pos: &[], kw: args.kw }, [q::key, q::reverse], 0)?;
    let reverse = match reverse {
        Some(reverse) => vm.is_true(reverse)?,
        None => false,
    };
    sort::sort(vm, list, key.filter(|key| *key != Obj::NONE), reverse)?;
    Ok(Obj::NONE)
}
