//! Iterators that put items together: `accumulate`, `chain`, `cycle`, `pairwise`, `starmap`, `zip_longest`.

use vm::{
    Obj, R, Ref, Vm,
    layout::{
        seq::{List, Tuple},
        typ::Type,
    },
    native::{Args, Binary, Def, Native, TypeDef},
};

use super::{advance, bind, class, iterator, tuple};

/// iterator, function or None, total, state: None before the first item, then an int
pub static ACCUMULATE: TypeDef = class("accumulate", iterator(new_accumulate, next_accumulate), &[]);

/// States of `accumulate`.
const NOTHING: isize = 0;
const INITIAL: isize = 1;
const RUNNING: isize = 2;

fn new_accumulate(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable, function, initial] = bind(vm, args, ["iterable", "func", "initial"], 1)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    let initial = initial.unwrap_or(Obj::NONE);
    let state = if initial == Obj::NONE { NOTHING } else { INITIAL };
    let fields = [iterator, function.unwrap_or(Obj::NONE), initial, Obj::small_int_unchecked(state)];
    vm.new_record(&ACCUMULATE, &fields)
}

fn next_accumulate(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let sums = vm.expect_record(obj, &ACCUMULATE)?;
    if sums.int(3) == INITIAL {
        sums.set_int(3, RUNNING);
        return Ok(Some(sums.get(2)));
    }
    let Some(item) = advance(vm, sums, 0)? else { return Ok(None) };
    let total = match (sums.int(3), sums.get(1)) {
        (NOTHING, _) => item,
        (_, Obj::NONE) => vm.binary(Binary::Add, sums.get(2), item)?,
        (_, function) => vm.call(function, &[sums.get(2), item])?,
    };
    sums.set(2, total);
    sums.set_int(3, RUNNING);
    Ok(Some(total))
}

/// iterator over the iterables, iterator over the present one or None
pub static CHAIN: TypeDef =
    class("chain", iterator(new_chain, next_chain), &[("from_iterable", Def::Class(Native::F2(from_iterable)))]);

fn new_chain(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if !args.kw.is_empty() {
        return Err(vm.type_error("chain() takes no keyword arguments"));
    }
    let iterables = vm.new_tuple(args.pos)?;
    let iterator = vm.iter(iterables)?;
    vm.new_record(&CHAIN, &[iterator, Obj::NONE])
}

fn from_iterable(vm: &mut Vm, _class: Obj, iterables: Obj) -> R {
    let iterator = vm.iter(iterables)?;
    vm.new_record(&CHAIN, &[iterator, Obj::NONE])
}

fn next_chain(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let chain = vm.expect_record(obj, &CHAIN)?;
    loop {
        if let Some(item) = advance(vm, chain, 1)? {
            return Ok(Some(item));
        }
        let Some(iterable) = advance(vm, chain, 0)? else { return Ok(None) };
        let iterator = vm.iter(iterable)?;
        chain.set(1, iterator);
    }
}

/// iterator or None, list of the items so far, number of the next one
pub static CYCLE: TypeDef = class("cycle", iterator(new_cycle, next_cycle), &[]);

fn new_cycle(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable] = vm.bind(args, [vm::qstr::Qstr(0)], 1)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    let items = vm.new_list(&[])?.obj();
    vm.new_record(&CYCLE, &[iterator, items, Obj::small_int_unchecked(0)])
}

fn next_cycle(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let cycle = vm.expect_record(obj, &CYCLE)?;
    let Some(items) = vm.exact::<List>(cycle.get(1)) else { return Ok(None) };
    if let Some(item) = advance(vm, cycle, 0)? {
        items.push(vm, item)?;
        return Ok(Some(item));
    }
    let at = cycle.int(2) as usize;
    let at = if at < items.len() { at } else { 0 };
    cycle.set_int(2, at as isize + 1);
    Ok(items.get(at))
}

/// iterator, the last item, whether there is one
pub static PAIRWISE: TypeDef = class("pairwise", iterator(new_pairwise, next_pairwise), &[]);

fn new_pairwise(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable] = vm.bind(args, [vm::qstr::Qstr(0)], 1)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    vm.new_record(&PAIRWISE, &[iterator, Obj::NONE, Obj::FALSE])
}

fn next_pairwise(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let pairs = vm.expect_record(obj, &PAIRWISE)?;
    if pairs.get(2) == Obj::FALSE {
        let Some(first) = advance(vm, pairs, 0)? else { return Ok(None) };
        pairs.set(1, first);
        pairs.set(2, Obj::TRUE);
    }
    let Some(item) = advance(vm, pairs, 0)? else {
        pairs.set(1, Obj::NONE);
        return Ok(None);
    };
    let pair = vm.new_tuple(&[pairs.get(1), item])?;
    pairs.set(1, item);
    Ok(Some(pair))
}

/// iterator, function
pub static STARMAP: TypeDef = class("starmap", iterator(new_starmap, next_starmap), &[]);

fn new_starmap(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [function, iterable] = vm.bind(args, [vm::qstr::Qstr(0); 2], 2)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    vm.new_record(&STARMAP, &[iterator, function.unwrap_or(Obj::NONE)])
}

fn next_starmap(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let map = vm.expect_record(obj, &STARMAP)?;
    let Some(args) = advance(vm, map, 0)? else { return Ok(None) };
    let args = if vm.exact::<Tuple>(args).is_some() { args } else { tuple(vm, args)? };
    match vm.exact::<Tuple>(args) {
        Some(args) => vm.call_tuple(map.get(1), args).map(Some),
        None => Ok(None),
    }
}

/// list of iterators (None: at its end), fill value, how many are not at their end
pub static ZIP_LONGEST: TypeDef = class("zip_longest", iterator(new_zip_longest, next_zip_longest), &[]);

fn new_zip_longest(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [fill] = bind(vm, &Args { pos: &[], kw: args.kw }, ["fillvalue"], 0)?;
    let iterators = vm.new_list(&[])?;
    for iterable in args.pos {
        let iterator = vm.iter(*iterable)?;
        iterators.push(vm, iterator)?;
    }
    let count = Obj::small_int_unchecked(args.pos.len() as isize);
    vm.new_record(&ZIP_LONGEST, &[iterators.obj(), fill.unwrap_or(Obj::NONE), count])
}

fn next_zip_longest(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let zip = vm.expect_record(obj, &ZIP_LONGEST)?;
    let Some(iterators) = vm.exact::<List>(zip.get(0)) else { return Ok(None) };
    if zip.int(2) <= 0 {
        return Ok(None);
    }
    let row = vm.new_tuple_of_nones(iterators.len())?;
    for i in 0..iterators.len() {
        let item = match iterators.get(i) {
            None | Some(Obj::NONE) => None,
            Some(iterator) => {
                let item = vm.next(iterator)?;
                if item.is_none() {
                    iterators.set(i, Obj::NONE);
                    zip.set_int(2, zip.int(2) - 1);
                    if zip.int(2) <= 0 {
                        return Ok(None);
                    }
                }
                item
            }
        };
        row.init(i, item.unwrap_or(zip.get(1)));
    }
    Ok(Some(row.obj()))
}
