//! Iterators over arrangements: `product`, `permutations`, `combinations`, `combinations_with_replacement`.
//!
//! Each keeps its pool (a tuple), and the list of indices into it that make the last result.

use vm::{
    Obj, R, Ref, Vm,
    layout::{
        record::Record,
        seq::{List, Tuple},
        typ::Type,
    },
    native::{Args, TypeDef},
};

use super::{bind, class, iterator, size, tuple};

/// pool or None at the end, indices, whether a result was given
pub static COMBINATIONS: TypeDef = class("combinations", iterator(new_combinations, next_combinations), &[]);
/// As `combinations`.
pub static WITH_REPLACEMENT: TypeDef =
    class("combinations_with_replacement", iterator(new_with_replacement, next_with_replacement), &[]);
/// As `combinations`, then a list of cycle lengths; there are as many indices as items, a result has the first of them.
pub static PERMUTATIONS: TypeDef = class("permutations", iterator(new_permutations, next_permutations), &[]);
/// As `combinations`; the pool is a tuple of tuples.
pub static PRODUCT: TypeDef = class("product", iterator(new_product, next_product), &[]);

const POOL: usize = 0;
const INDICES: usize = 1;
const GIVEN: usize = 2;
const CYCLES: usize = 3;

fn number(n: usize) -> Obj {
    Obj::small_int_unchecked(n as isize)
}

/// A list of numbers.
fn numbers(vm: &mut Vm, numbers: impl Iterator<Item = usize>) -> R<Ref<List>> {
    let list = vm.new_list(&[])?;
    for n in numbers {
        list.push(vm, number(n))?;
    }
    Ok(list)
}

fn at(list: Ref<List>, index: usize) -> usize {
    list.get(index).and_then(Obj::as_small_int).map_or(0, |n| n as usize)
}

/// Sets up a record, which is at its end at once if there is no result.
fn start(vm: &mut Vm, def: &'static TypeDef, pool: Obj, indices: Ref<List>, cycles: Obj, any: bool) -> R {
    vm.new_record(def, &[if any { pool } else { Obj::NONE }, indices.obj(), Obj::FALSE, cycles])
}

/// Whether this is the first result, which needs no step.
fn is_first(record: Record) -> bool {
    let first = record.get(GIVEN) == Obj::FALSE;
    record.set(GIVEN, Obj::TRUE);
    first
}

fn parts(vm: &Vm, record: Record) -> Option<(Ref<Tuple>, Ref<List>)> {
    Some((vm.exact::<Tuple>(record.get(POOL))?, vm.exact::<List>(record.get(INDICES))?))
}

/// The items of the pool at the first `r` indices.
fn pick(vm: &mut Vm, pool: Ref<Tuple>, indices: Ref<List>, r: usize) -> R<Option<Obj>> {
    let row = vm.new_tuple_of_nones(r)?;
    for i in 0..r {
        row.init(i, pool.get(at(indices, i)).unwrap_or(Obj::NONE));
    }
    Ok(Some(row.obj()))
}

fn pool_and_size(vm: &mut Vm, args: &Args) -> R<(Obj, usize, usize)> {
    let [iterable, r] = bind(vm, args, ["iterable", "r"], 2)?;
    let pool = tuple(vm, iterable.unwrap_or(Obj::NONE))?;
    let r = size(vm, r.unwrap_or(Obj::NONE), "r must be non-negative")?;
    let n = vm.seq_items(pool).map_or(0, <[Obj]>::len);
    Ok((pool, n, r))
}

fn new_combinations(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (pool, n, r) = pool_and_size(vm, args)?;
    let indices = numbers(vm, 0..if r <= n { r } else { 0 })?;
    start(vm, &COMBINATIONS, pool, indices, Obj::NONE, r <= n)
}

fn next_combinations(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let record = vm.expect_record(obj, &COMBINATIONS)?;
    let Some((pool, indices)) = parts(vm, record) else { return Ok(None) };
    let (n, r) = (pool.len(), indices.len());
    if !is_first(record) {
        // The last index that can still grow does; those behind it follow it closely.
        let Some(i) = (0..r).rev().find(|&i| at(indices, i) != i + n - r) else {
            record.set(POOL, Obj::NONE);
            return Ok(None);
        };
        let from = at(indices, i) + 1;
        for j in i..r {
            indices.set(j, number(from + j - i));
        }
    }
    pick(vm, pool, indices, r)
}

fn new_with_replacement(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (pool, n, r) = pool_and_size(vm, args)?;
    let any = n > 0 || r == 0;
    let indices = numbers(vm, (0..if any { r } else { 0 }).map(|_| 0))?;
    start(vm, &WITH_REPLACEMENT, pool, indices, Obj::NONE, any)
}

fn next_with_replacement(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let record = vm.expect_record(obj, &WITH_REPLACEMENT)?;
    let Some((pool, indices)) = parts(vm, record) else { return Ok(None) };
    let r = indices.len();
    if !is_first(record) {
        let Some(i) = (0..r).rev().find(|&i| at(indices, i) + 1 != pool.len()) else {
            record.set(POOL, Obj::NONE);
            return Ok(None);
        };
        let value = at(indices, i) + 1;
        for j in i..r {
            indices.set(j, number(value));
        }
    }
    pick(vm, pool, indices, r)
}

fn new_permutations(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable, r] = bind(vm, args, ["iterable", "r"], 1)?;
    let pool = tuple(vm, iterable.unwrap_or(Obj::NONE))?;
    let n = vm.seq_items(pool).map_or(0, <[Obj]>::len);
    let r = match r {
        None | Some(Obj::NONE) => n,
        Some(r) if vm.as_int(r).is_some() => size(vm, r, "r must be non-negative")?,
        Some(_) => return Err(vm.type_error("Expected int as r")),
    };
    let any = r <= n;
    let indices = numbers(vm, 0..n)?;
    let cycles = numbers(vm, (0..if any { r } else { 0 }).map(|i| n - i))?;
    start(vm, &PERMUTATIONS, pool, indices, cycles.obj(), any)
}

fn next_permutations(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let record = vm.expect_record(obj, &PERMUTATIONS)?;
    let Some((pool, indices)) = parts(vm, record) else { return Ok(None) };
    let Some(cycles) = vm.exact::<List>(record.get(CYCLES)) else { return Ok(None) };
    let (n, r) = (pool.len(), cycles.len());
    if !is_first(record) {
        let mut i = r;
        loop {
            if i == 0 {
                record.set(POOL, Obj::NONE);
                return Ok(None);
            }
            i -= 1;
            // Each place runs through all items that are left for it, by swaps with those behind it.
            let left = at(cycles, i) - 1;
            if left == 0 {
                let moved = indices.get(i).unwrap_or(Obj::NONE);
                for j in i + 1..n {
                    indices.set(j - 1, indices.get(j).unwrap_or(Obj::NONE));
                }
                indices.set(n - 1, moved);
                cycles.set(i, number(n - i));
            } else {
                cycles.set(i, number(left));
                let (a, b) = (indices.get(i), indices.get(n - left));
                indices.set(i, b.unwrap_or(Obj::NONE));
                indices.set(n - left, a.unwrap_or(Obj::NONE));
                break;
            }
        }
    }
    pick(vm, pool, indices, r)
}

fn new_product(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [repeat] = bind(vm, &Args { pos: &[], kw: args.kw }, ["repeat"], 0)?;
    let repeat = match repeat {
        Some(repeat) => size(vm, repeat, "repeat argument cannot be negative")?,
        None => 1,
    };
    let pools = vm.new_list(&[])?;
    if repeat > 0 {
        for iterable in args.pos {
            let pool = tuple(vm, *iterable)?;
            pools.push(vm, pool)?;
        }
        pools.repeat(vm, repeat)?;
    }
    let any = pools.items(vm).iter().all(|pool| vm.seq_items(*pool).is_some_and(|items| !items.is_empty()));
    let indices = numbers(vm, (0..pools.len()).map(|_| 0))?;
    let pool = vm.new_tuple_from(pools.obj(), 0, 1, pools.len())?;
    start(vm, &PRODUCT, pool, indices, Obj::NONE, any)
}

fn next_product(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let record = vm.expect_record(obj, &PRODUCT)?;
    let Some((pools, indices)) = parts(vm, record) else { return Ok(None) };
    let r = pools.len();
    let items = |vm: &Vm, i: usize| pools.get(i).and_then(|pool| vm.exact::<Tuple>(pool));
    if !is_first(record) {
        let mut i = r;
        loop {
            if i == 0 {
                record.set(POOL, Obj::NONE);
                return Ok(None);
            }
            i -= 1;
            let following = at(indices, i) + 1;
            if following < items(vm, i).map_or(0, |pool| pool.len()) {
                indices.set(i, number(following));
                break;
            }
            indices.set(i, number(0));
        }
    }
    let row = vm.new_tuple_of_nones(r)?;
    for i in 0..r {
        let item = items(vm, i).and_then(|pool| pool.get(at(indices, i)));
        row.init(i, item.unwrap_or(Obj::NONE));
    }
    Ok(Some(row.obj()))
}
