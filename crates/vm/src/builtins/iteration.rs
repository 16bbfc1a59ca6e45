//! Builtin functions about iteration and containers, and the names of the container types.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{bytes_like::ByteArray, seq::List, text::HeapBytes},
    native::{Args, Binary, Def, Member, Native, Slots, TypeDef},
    qstr::q,
    table::TypeId,
    types::{exception::Exc, object::identity_unary, sort},
    value::R,
    vm::Vm,
};

/// What `builtins` gets from this file.
pub const MEMBERS: &[Member] = &[
    ("aiter", Def::Fn(Native::F1(aiter))),
    ("all", Def::Fn(Native::F1(all))),
    ("anext", Def::Fn(Native::Var(1, 2, anext))),
    ("any", Def::Fn(Native::F1(any))),
    ("dict", Def::Type(TypeId::Dict)),
    ("enumerate", Def::Type(TypeId::Enumerate)),
    ("filter", Def::Type(TypeId::Filter)),
    ("frozenset", Def::Type(TypeId::FrozenSet)),
    ("iter", Def::Fn(Native::Var(1, 2, iter))),
    ("len", Def::Fn(Native::F1(len))),
    ("list", Def::Type(TypeId::List)),
    ("map", Def::Type(TypeId::Map)),
    ("max", Def::Fn(Native::Kw(1, 255, max))),
    ("min", Def::Fn(Native::Kw(1, 255, min))),
    ("next", Def::Fn(Native::Var(1, 2, next))),
    ("range", Def::Type(TypeId::Range)),
    ("reversed", Def::Type(TypeId::Reversed)),
    ("set", Def::Type(TypeId::Set)),
    ("slice", Def::Type(TypeId::Slice)),
    ("sorted", Def::Fn(Native::Kw(1, 1, sorted))),
    ("sum", Def::Fn(Native::Kw(1, 2, sum))),
    ("tuple", Def::Type(TypeId::Tuple)),
    ("zip", Def::Type(TypeId::Zip)),
];

fn aiter(vm: &mut Vm, obj: Obj) -> R {
    match vm.call_special_maybe(obj, q::__aiter__, &[])? {
        Some(iterator) => Ok(iterator),
        None => Err(vm.type_error_for("'", obj, "' object is not an async iterable")),
    }
}

fn anext(vm: &mut Vm, args: &[Obj]) -> R {
    let Some(awaitable) = vm.call_special_maybe(args[0], q::__anext__, &[])? else {
        return Err(vm.type_error_for("'", args[0], "' object is not an async iterator"));
    };
    match args.get(1) {
        None => Ok(awaitable),
        Some(default) => {
            let steps = crate::types::awaiting::get_awaitable(vm, awaitable)?;
            vm.new_record(&ANEXT, &[steps, *default])
        }
    }
}

/// What `anext` with a default gives: the iterator that awaiting goes through, the default
static ANEXT: TypeDef = TypeDef {
    slots: Slots {
        iter: Some(|_, obj| Ok(obj)),
        next: Some(|vm, obj| {
            let awaited = vm.expect_record(obj, &ANEXT)?;
            let step = vm.next(awaited.get(0));
            match vm.catch(step, Exc::StopAsyncIteration)? {
                Some(step) => Ok(step),
                None => {
                    vm.set_stop_value(awaited.get(1));
                    Ok(None)
                }
            }
        }),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: &[("__await__", Def::Fn(Native::F1(|_, obj| Ok(obj))))],
    ..TypeDef::named("anext_awaitable")
};

fn all(vm: &mut Vm, iterable: Obj) -> R {
    let mut all = true;
    vm.for_each(iterable, |vm, item| {
        all = vm.is_true(item)?;
        Ok(all)
    })?;
    Ok(Obj::from_bool(all))
}

fn any(vm: &mut Vm, iterable: Obj) -> R {
    let mut any = false;
    vm.for_each(iterable, |vm, item| {
        any = vm.is_true(item)?;
        Ok(!any)
    })?;
    Ok(Obj::from_bool(any))
}

fn iter(vm: &mut Vm, args: &[Obj]) -> R {
    match *args {
        [function, _] if vm.type_of(function).slots().call.is_none() => {
            Err(vm.type_error("iter(v, w): v must be callable"))
        }
        [function, sentinel] => Ok(vm.new_call_iterator(Some(function), sentinel)?.obj()),
        [obj, ..] => vm.iter(obj),
        [] => Ok(Obj::NONE),
    }
}

fn len(vm: &mut Vm, obj: Obj) -> R {
    let len = vm.len(obj)?;
    vm.new_int(len)
}

fn next(vm: &mut Vm, args: &[Obj]) -> R {
    match (vm.next(args[0])?, args.get(1)) {
        (Some(item), _) => Ok(item),
        (None, Some(default)) => {
            vm.take_stop_value();
            Ok(*default)
        }
        (None, None) => {
            let value = vm.take_stop_value();
            let args: &[Obj] = if value == Obj::NONE { &[] } else { &[value] };
            Err(vm.error_args(Exc::StopIteration, args))
        }
    }
}

fn min(vm: &mut Vm, args: &Args) -> R {
    extreme(vm, args, "min", Binary::Lt)
}

fn max(vm: &mut Vm, args: &Args) -> R {
    extreme(vm, args, "max", Binary::Gt)
}

/// The best of several.
struct Best {
    /// The item and what is compared of it.
    so_far: Option<(Obj, Obj)>,
    key: Option<Obj>,
    /// How a better one compares with the best so far.
    better: Binary,
}

impl Best {
    fn offer(&mut self, vm: &mut Vm, item: Obj) -> R<()> {
        let value = match self.key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        let take = match self.so_far {
            None => true,
            Some((_, best)) => match (value.as_small_int(), best.as_small_int()) {
                (Some(a), Some(b)) => {
                    if self.better == Binary::Lt {
                        a < b
                    } else {
                        a > b
                    }
                }
                _ => vm.compare(self.better, value, best)?,
            },
        };
        if take {
            self.so_far = Some((item, value));
        }
        Ok(())
    }
}

fn extreme(vm: &mut Vm, args: &Args, name: &str, better: Binary) -> R {
    let [key, default] = vm.bind(&Args { pos: &[], kw: args.kw }, [q::key, q::default], 0)?;
    let mut best = Best { so_far: None, key: key.filter(|key| *key != Obj::NONE), better };
    if let [iterable] = *args.pos {
        vm.for_each(iterable, |vm, item| {
            best.offer(vm, item)?;
            Ok(true)
        })?;
    } else {
        if default.is_some() {
            return Err(vm.error(
                Exc::TypeError,
                format_args!("Cannot specify a default for {name}() with multiple positional arguments"),
            ));
        }
        for item in args.pos {
            best.offer(vm, *item)?;
        }
    }
    match best.so_far.map(|(item, _)| item).or(default) {
        Some(item) => Ok(item),
        None => Err(vm.error(Exc::ValueError, format_args!("{name}() iterable argument is empty"))),
    }
}

fn sorted(vm: &mut Vm, args: &Args) -> R {
    let [key, reverse] = vm.bind(&Args { pos: &[], kw: args.kw }, [q::key, q::reverse], 0)?;
    let reverse = match reverse {
        Some(reverse) => vm.is_true(reverse)?,
        None => false,
    };
    let list: Ref<List> = vm.new_list_from_iter(args.pos[0])?;
    sort::sort(vm, list, key.filter(|key| *key != Obj::NONE), reverse)?;
    Ok(list.obj())
}

/// A sum that stays in a machine word for as long as it can.
#[derive(Clone, Copy)]
enum Sum {
    Int(isize),
    /// With the compensation of the low-order digits that were lost (Neumaier), as CPython sums since 3.12.
    Float(f64, f64),
    Any(Obj),
}

impl Sum {
    fn start(vm: &Vm, start: Obj) -> Sum {
        if let Some(value) = start.as_small_int() {
            Sum::Int(value)
        } else if let Some(value) = plain_float(vm, start) {
            Sum::Float(value, 0.0)
        } else {
            Sum::Any(start)
        }
    }

    #[inline]
    fn add(self, vm: &mut Vm, item: Obj) -> R<Sum> {
        match self {
            Sum::Int(total) => {
                if let Some(sum) = item.as_small_int().and_then(|value| total.checked_add(value)) {
                    return Ok(Sum::Int(sum));
                }
                if let Some(value) = plain_float(vm, item) {
                    return Ok(Sum::Float(total as f64, 0.0).add_float(value));
                }
            }
            Sum::Float(..) => {
                if let Some(value) = plain_float(vm, item) {
                    return Ok(self.add_float(value));
                }
                if let Some(value) = item.as_small_int() {
                    return Ok(self.add_float(value as f64));
                }
            }
            Sum::Any(_) => {}
        }
        let total = self.finish(vm)?;
        let total = vm.binary(Binary::Add, total, item)?;
        Ok(Sum::start(vm, total))
    }

    fn add_float(self, value: f64) -> Sum {
        let Sum::Float(total, lost) = self else { return self };
        let sum = total + value;
        let rest = if total.abs() >= value.abs() { (total - sum) + value } else { (value - sum) + total };
        Sum::Float(sum, lost + rest)
    }

    fn finish(self, vm: &mut Vm) -> R {
        match self {
            Sum::Int(total) => vm.new_int(total),
            Sum::Float(total, lost) if lost.is_finite() && lost != 0.0 => vm.new_float(total + lost),
            Sum::Float(total, _) => vm.new_float(total),
            Sum::Any(total) => Ok(total),
        }
    }
}

fn plain_float(vm: &Vm, obj: Obj) -> Option<f64> {
    if vm.type_of(obj).is(TypeId::Float) { vm.as_float(obj) } else { None }
}

fn sum(vm: &mut Vm, args: &Args) -> R {
    let [iterable, start] = vm.bind(args, [q::iterable, q::start], 1)?;
    let start = start.unwrap_or(Obj::small_int_unchecked(0));
    if vm.is_str(start) {
        return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    let bytes = vm.cast::<HeapBytes>(start).map(|_| "bytes");
    if let Some(kind) = bytes.or_else(|| vm.cast::<ByteArray>(start).map(|_| "bytearray")) {
        let message = format_args!("sum() can't sum {kind} [use b''.join(seq) instead]");
        return Err(vm.error(Exc::TypeError, message));
    }
    let mut sum = Sum::start(vm, start);
    vm.for_each(iterable.unwrap_or(Obj::NONE), |vm, item| {
        sum = sum.add(vm, item)?;
        Ok(true)
    })?;
    sum.finish(vm)
}
