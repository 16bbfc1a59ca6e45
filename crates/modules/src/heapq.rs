//! `heapq`: a list kept as a binary heap, the smallest item first.
//!
//! Comparisons may run Python code that changes the list; a changed length is an error, and every access is checked.

use vm::{
    Obj, R, Ref, Vm,
    layout::seq::List,
    native::{Binary, Def, Member, ModuleDef, Native},
    types::exception::Exc,
};

/// `heapq`
pub static HEAPQ: ModuleDef = ModuleDef { name: "heapq", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("heapify", Def::Fn(Native::F1(heapify))),
    ("heappop", Def::Fn(Native::F1(heappop))),
    ("heappush", Def::Fn(Native::F2(heappush))),
    ("heappushpop", Def::Fn(Native::F2(heappushpop))),
    ("heapreplace", Def::Fn(Native::F2(heapreplace))),
    ("nlargest", Def::Fn(Native::Kw(2, 3, nlargest))),
    ("nsmallest", Def::Fn(Native::Kw(2, 3, nsmallest))),
];

fn heap_of(vm: &mut Vm, obj: Obj) -> R<Ref<List>> {
    match vm.cast::<List>(obj) {
        Some(list) => Ok(list),
        None => Err(vm.type_error("heap must be a list")),
    }
}

fn changed(vm: &mut Vm) -> vm::Raised {
    vm.error(Exc::RuntimeError, format_args!("list changed size during iteration"))
}

/// Whether the item at `a` is smaller than the one at `b`.
fn less(vm: &mut Vm, heap: Ref<List>, a: usize, b: usize, len: usize) -> R<bool> {
    let (Some(a), Some(b)) = (heap.get(a), heap.get(b)) else { return Err(changed(vm)) };
    let less = vm.compare(Binary::Lt, a, b)?;
    if heap.len() != len { Err(changed(vm)) } else { Ok(less) }
}

fn swap(heap: Ref<List>, a: usize, b: usize) {
    if let (Some(x), Some(y)) = (heap.get(a), heap.get(b)) {
        heap.set(a, y);
        heap.set(b, x);
    }
}

/// Moves the item at `at` up to where its parent is not greater, at most to `top`.
fn rise(vm: &mut Vm, heap: Ref<List>, top: usize, mut at: usize) -> R<()> {
    let len = heap.len();
    while at > top {
        let parent = (at - 1) / 2;
        if !less(vm, heap, at, parent, len)? {
            break;
        }
        swap(heap, at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `top` down to a leaf, always to the side of the smaller child, and from there up to its place:
/// fewer comparisons than looking for the place on the way down, since most items belong near the leaves.
fn sink(vm: &mut Vm, heap: Ref<List>, top: usize) -> R<()> {
    let len = heap.len();
    let mut at = top;
    loop {
        let left = 2 * at + 1;
        if left >= len {
            break;
        }
        let right = left + 1;
        let child = if right < len && !less(vm, heap, left, right, len)? { right } else { left };
        swap(heap, at, child);
        at = child;
    }
    rise(vm, heap, top, at)
}

fn heapify(vm: &mut Vm, obj: Obj) -> R {
    let heap = heap_of(vm, obj)?;
    for at in (0..heap.len() / 2).rev() {
        sink(vm, heap, at)?;
    }
    Ok(Obj::NONE)
}

fn heappush(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let heap = heap_of(vm, obj)?;
    heap.push(vm, item)?;
    rise(vm, heap, 0, heap.len() - 1)?;
    Ok(Obj::NONE)
}

fn heappop(vm: &mut Vm, obj: Obj) -> R {
    let heap = heap_of(vm, obj)?;
    let Some(last) = heap.pop() else {
        return Err(vm.index_error("empty heap"));
    };
    match heap.get(0) {
        Some(first) => {
            heap.set(0, last);
            sink(vm, heap, 0)?;
            Ok(first)
        }
        None => Ok(last),
    }
}

fn heapreplace(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let heap = heap_of(vm, obj)?;
    match heap.get(0) {
        Some(first) => {
            heap.set(0, item);
            sink(vm, heap, 0)?;
            Ok(first)
        }
        None => Err(vm.index_error("index out of range")),
    }
}

fn heappushpop(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let heap = heap_of(vm, obj)?;
    match heap.get(0) {
        Some(first) if vm.compare(Binary::Lt, first, item)? => heapreplace(vm, obj, item),
        _ => Ok(item),
    }
}

fn nsmallest(vm: &mut Vm, args: &vm::native::Args) -> R {
    first_of_sorted(vm, args, false)
}

fn nlargest(vm: &mut Vm, args: &vm::native::Args) -> R {
    first_of_sorted(vm, args, true)
}

/// The first `n` items of the sorted iterable.
fn first_of_sorted(vm: &mut Vm, args: &vm::native::Args, reverse: bool) -> R {
    use vm::qstr::q;
    let [n, iterable, key] = vm.bind(args, [q::n, q::iterable, q::key], 2)?;
    let n = vm.index(n.unwrap_or(Obj::NONE))?;
    let list = vm.new_list_from_iter(iterable.unwrap_or(Obj::NONE))?;
    vm.sort_list(list, key, reverse)?;
    list.truncate(usize::try_from(n).unwrap_or(0));
    Ok(list.obj())
}
