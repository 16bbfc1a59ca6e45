//! `tuple`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{iter::Slice, seq::Tuple, typ::Type},
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{
        exception::Exc,
        hashing::SequenceHash,
        list,
        sequence::{self, Seq},
        slice::wrap_index,
    },
    value::R,
    vm::Vm,
};

/// `tuple`
pub static TUPLE: TypeDef = TypeDef {
    name: "tuple",
    base: None,
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        iter: Some(list::iter),
        ..Slots::NONE
    },
    members: &[("count", Def::Fn(Native::F2(count))), ("index", Def::Fn(Native::Var(2, 4, index)))],
};

#[inline]
fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Tuple>> {
    match vm.cast::<Tuple>(obj) {
        Some(tuple) => Ok(tuple),
        None => Err(vm.type_error_for("descriptor requires a 'tuple' object but received a '", obj, "'")),
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.n_kw() > 0 {
        return Err(vm.type_error("tuple() takes no keyword arguments"));
    }
    match *args.pos {
        [] => vm.new_tuple(&[]),
        [source] => vm.new_tuple_from_iter(source),
        _ => {
            let n = args.pos.len();
            Err(vm.error(Exc::TypeError, format_args!("tuple expected at most 1 argument, got {n}")))
        }
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let tuple = get(vm, obj)?;
    vm.show_once(obj, "(...)", out, |vm, out| {
        out.write_str(vm, "(")?;
        sequence::show_items(vm, Seq::Tuple(tuple), out)?;
        out.write_str(vm, if tuple.len() == 1 { ",)" } else { ")" })
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let tuple = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(!tuple.is_empty())),
        Unary::Len => Obj::small_int(tuple.len() as isize),
        Unary::SizeOf => Obj::small_int((size_of::<Tuple>() + tuple.len() * size_of::<Obj>()) as isize),
        Unary::Hash => {
            vm.check_native_stack()?;
            let mut hash = SequenceHash::new();
            let mut i = 0;
            while let Some(item) = tuple.get(i) {
                hash = hash.push(vm.key_hash(item)?.hash());
                i += 1;
            }
            Obj::small_int(hash.finish())
        }
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let tuple = get(vm, obj)?;
    match op {
        Binary::Lt | Binary::Gt | Binary::Eq | Binary::Le | Binary::Ge | Binary::Ne => match vm.cast::<Tuple>(other) {
            Some(other) => sequence::compare(vm, op, Seq::Tuple(tuple), Seq::Tuple(other)),
            None => Ok(None),
        },
        Binary::Contains => Ok(Some(Obj::from_bool(sequence::contains(vm, Seq::Tuple(tuple), other)?))),
        Binary::Add => match vm.cast::<Tuple>(other) {
            Some(other) if other.is_empty() => Ok(Some(tuple.obj())),
            Some(other) if tuple.is_empty() => Ok(Some(other.obj())),
            Some(other) => vm.concat_tuples(tuple, other).map(Some),
            None => Ok(None),
        },
        Binary::Mul | Binary::RMul => match sequence::repetitions(vm, tuple.len(), other)? {
            Some(1) => Ok(Some(tuple.obj())),
            Some(times) => {
                let list = sequence::repeat(vm, Seq::Tuple(tuple), times)?;
                vm.new_tuple_from(list.obj(), 0, 1, list.len()).map(Some)
            }
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let tuple = get(vm, obj)?;
    if let Some(value) = index.as_small_int()
        && let Some(item) = wrap_index(value, tuple.len()).and_then(|i| tuple.get(i))
    {
        return Ok(item);
    }
    if let Some(slice) = vm.exact::<Slice>(index) {
        let range = vm.slice_range(slice, tuple.len())?;
        if range.count == tuple.len() && range.step == 1 {
            return Ok(tuple.obj());
        }
        return vm.new_tuple_from(tuple.obj(), range.start, range.step, range.count);
    }
    let at = vm.seq_index(index, tuple.len(), "tuple")?;
    Ok(tuple.get(at).unwrap_or(Obj::NONE))
}

fn count(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let tuple = get(vm, obj)?;
    sequence::count(vm, Seq::Tuple(tuple), item)
}

fn index(vm: &mut Vm, args: &[Obj]) -> R {
    let tuple = get(vm, args[0])?;
    match sequence::index(vm, Seq::Tuple(tuple), args)? {
        Some(index) => Ok(index),
        None => Err(vm.value_error("tuple.index(x): x not in tuple")),
    }
}
