//! Iterators that leave items out: `compress`, `dropwhile`, `filterfalse`, `islice`, `takewhile`.

use vm::{
    Obj, R, Ref, Vm,
    layout::typ::Type,
    native::{Args, TypeDef},
};

use super::{advance, bind, class, iterator};

/// data, selectors
pub static COMPRESS: TypeDef = class("compress", iterator(new_compress, next_compress), &[]);

fn new_compress(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [data, selectors] = bind(vm, args, ["data", "selectors"], 2)?;
    let data = vm.iter(data.unwrap_or(Obj::NONE))?;
    let selectors = vm.iter(selectors.unwrap_or(Obj::NONE))?;
    vm.new_record(&COMPRESS, &[data, selectors])
}

fn next_compress(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let compress = vm.expect_record(obj, &COMPRESS)?;
    while let Some(item) = advance(vm, compress, 0)? {
        let Some(selector) = advance(vm, compress, 1)? else { return Ok(None) };
        if vm.is_true(selector)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// The function and the iterator over the iterable that it judges.
fn predicate(vm: &mut Vm, args: &Args) -> R<[Obj; 2]> {
    let [function, iterable] = vm.bind(args, [vm::qstr::Qstr(0); 2], 2)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    Ok([iterator, function.unwrap_or(Obj::NONE)])
}

/// iterator, function, whether an item was given
pub static DROPWHILE: TypeDef = class("dropwhile", iterator(new_dropwhile, next_dropwhile), &[]);

fn new_dropwhile(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterator, function] = predicate(vm, args)?;
    vm.new_record(&DROPWHILE, &[iterator, function, Obj::FALSE])
}

fn next_dropwhile(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let drop = vm.expect_record(obj, &DROPWHILE)?;
    while let Some(item) = advance(vm, drop, 0)? {
        if drop.get(2) == Obj::TRUE {
            return Ok(Some(item));
        }
        let dropped = vm.call(drop.get(1), &[item])?;
        if !vm.is_true(dropped)? {
            drop.set(2, Obj::TRUE);
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// iterator, function
pub static TAKEWHILE: TypeDef = class("takewhile", iterator(new_takewhile, next_takewhile), &[]);

fn new_takewhile(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let fields = predicate(vm, args)?;
    vm.new_record(&TAKEWHILE, &fields)
}

fn next_takewhile(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let take = vm.expect_record(obj, &TAKEWHILE)?;
    let Some(item) = advance(vm, take, 0)? else { return Ok(None) };
    let taken = vm.call(take.get(1), &[item])?;
    if vm.is_true(taken)? {
        return Ok(Some(item));
    }
    take.set(0, Obj::NONE);
    Ok(None)
}

/// iterator, function or None
pub static FILTERFALSE: TypeDef = class("filterfalse", iterator(new_filterfalse, next_filterfalse), &[]);

fn new_filterfalse(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let fields = predicate(vm, args)?;
    vm.new_record(&FILTERFALSE, &fields)
}

fn next_filterfalse(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let filter = vm.expect_record(obj, &FILTERFALSE)?;
    while let Some(item) = advance(vm, filter, 0)? {
        let wanted = match filter.get(1) {
            Obj::NONE => item,
            function => vm.call(function, &[item])?,
        };
        if !vm.is_true(wanted)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// iterator, number of the next item, number of the next one wanted, end (-1: none), step
pub static ISLICE: TypeDef = class("islice", iterator(new_islice, next_islice), &[]);

const NEXT: usize = 1;
const WANTED: usize = 2;
const END: usize = 3;
const STEP: usize = 4;

fn new_islice(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (iterable, start, stop, step) = match *args.pos {
        [iterable, stop] => (iterable, Obj::NONE, stop, Obj::NONE),
        [iterable, start, stop] => (iterable, start, stop, Obj::NONE),
        [iterable, start, stop, step] => (iterable, start, stop, step),
        _ => return Err(vm.type_error("islice expected 2 to 4 arguments")),
    };
    let number = |vm: &mut Vm, value: Obj, default: isize, least: isize, complaint: &str| -> R<isize> {
        if value == Obj::NONE {
            return Ok(default);
        }
        match vm.index(value) {
            Ok(number) if number >= least => Ok(number),
            Ok(_) => Err(vm.value_error(complaint)),
            Err(_) => {
                vm.take_exception();
                Err(vm.value_error(complaint))
            }
        }
    };
    let plain = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let bad_stop = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let start = number(vm, start, 0, 0, plain)?;
    let stop = number(vm, stop, -1, 0, bad_stop)?;
    let step = number(vm, step, 1, 1, "Step for islice() must be a positive integer or None.")?;
    let iterator = vm.iter(iterable)?;
    let [start, stop, step] = [start, stop, step].map(Obj::small_int_unchecked);
    vm.new_record(&ISLICE, &[iterator, Obj::small_int_unchecked(0), start, stop, step])
}

fn next_islice(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let slice = vm.expect_record(obj, &ISLICE)?;
    let (wanted, end) = (slice.int(WANTED), slice.int(END));
    let last = if end >= 0 { wanted.min(end) } else { wanted };
    while slice.int(NEXT) < last {
        if advance(vm, slice, 0)?.is_none() {
            return Ok(None);
        }
        slice.set_int(NEXT, slice.int(NEXT) + 1);
    }
    if end >= 0 && wanted >= end {
        slice.set(0, Obj::NONE);
        return Ok(None);
    }
    let item = advance(vm, slice, 0)?;
    slice.set_int(NEXT, slice.int(NEXT).saturating_add(1));
    let following = wanted.saturating_add(slice.int(STEP)).min(isize::MAX >> 1);
    slice.set_int(WANTED, following);
    Ok(item)
}
