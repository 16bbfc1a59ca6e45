//! Random operations on the containers, beside the same ones on Rust's collections.

use std::{
    collections::{BTreeSet, VecDeque},
    string::{String, ToString},
    vec::Vec,
};

use heap::Obj;

use crate::{
    Ref,
    boot::{Config, Machine},
    layout::{dict::Dict, seq::List},
    native::Binary,
    types::{slice::wrap_index, sort},
    value::R,
    vm::Vm,
};

/// A small random number generator: the same numbers at each run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn between(&mut self, low: isize, high: isize) -> isize {
        low + self.below((high - low) as usize) as isize
    }
}

/// Runs a test twice: as it is, and with fewer rounds, a collection at each allocation and freed blocks poisoned.
fn run(test: fn(&mut Vm, usize)) {
    let calm = Machine::new(Config::default());
    calm.expect("memory").enter(|vm| test(vm, 1));
    let heap = heap::Config { stress: true, poison: true, ..heap::Config::default() };
    let stressed = Machine::new(Config { heap, ..Config::default() });
    stressed.expect("memory").enter(|vm| test(vm, 20));
}

fn int(value: isize) -> Obj {
    Obj::small_int(value).expect("small")
}

fn ok<T>(result: R<T>) -> T {
    result.expect("nothing to raise")
}

/// One of several objects that stand for the same key, by way of different types.
fn key(vm: &mut Vm, random: &mut Random, number: isize) -> Obj {
    match number.rem_euclid(3) {
        0 if number == 0 && random.below(3) == 0 => Obj::FALSE,
        0 if random.below(3) == 0 => ok(vm.new_float(number as f64)),
        0 => int(number),
        1 => ok(vm.new_str(std::format!("key number {number}").as_bytes())),
        _ => {
            let text = std::format!("k{number}");
            match random.below(2) {
                0 => ok(vm.intern(text.as_bytes())).obj(),
                _ => ok(vm.new_str(text.as_bytes())),
            }
        }
    }
}

fn check_dict(vm: &mut Vm, random: &mut Random, dict: Ref<Dict>, model: &[(isize, isize)]) {
    assert_eq!(dict.len(), model.len());
    let mut position = 0;
    for (number, value) in model {
        let (next, stored, found) = dict.entry(vm, position).expect("an entry");
        assert_eq!(found, int(*value));
        let wanted = key(vm, random, *number);
        assert!(ok(vm.equal(stored, wanted)), "order of keys");
        position = next;
    }
    assert!(dict.entry(vm, position).is_none());
    let mut position = usize::MAX;
    for (_, value) in model.iter().rev() {
        let (next, _, found) = dict.entry_before(vm, position).expect("an entry");
        assert_eq!(found, int(*value));
        position = next;
    }
}

#[test]
fn dicts_behave_like_ordered_lists_of_pairs() {
    run(|vm, less| {
        for (seed, keys, steps) in [(1, 6, 2000), (2, 40, 4000), (3, 700, 6000), (4, 3, 300)] {
            let mut random = Random(seed);
            let dict = ok(vm.new_dict(0));
            let mut model: Vec<(isize, isize)> = Vec::new();
            for step in 0..steps / less as isize {
                let number = random.below(keys) as isize;
                let name = key(vm, &mut random, number);
                let at = model.iter().position(|(key, _)| *key == number);
                let version = dict.version();
                match random.below(12) {
                    0..=4 => {
                        ok(dict.set(vm, name, int(step)));
                        match at {
                            Some(at) => model[at].1 = step,
                            None => model.push((number, step)),
                        }
                        assert_eq!(version == dict.version(), at.is_some());
                    }
                    5..=7 => {
                        let removed = ok(dict.remove(vm, name));
                        assert_eq!(removed, at.map(|at| int(model.remove(at).1)));
                        assert_eq!(version == dict.version(), at.is_none());
                    }
                    8 => {
                        let found = ok(dict.get_or_insert(vm, name, int(step)));
                        match at {
                            Some(at) => assert_eq!(found, int(model[at].1)),
                            None => model.push((number, step)),
                        }
                    }
                    9 if random.below(4) == 0 => {
                        let popped = if random.below(2) == 0 {
                            let popped = dict.pop_first(vm);
                            (popped, if model.is_empty() { None } else { Some(model.remove(0)) })
                        } else {
                            (dict.pop_last(vm), model.pop())
                        };
                        assert_eq!(popped.0.map(|(_, value)| value), popped.1.map(|(_, value)| int(value)));
                    }
                    10 if random.below(10) == 0 => {
                        let to_end = random.below(2) == 0;
                        assert_eq!(ok(dict.move_to(vm, name, to_end)), at.is_some());
                        if let Some(at) = at {
                            let item = model.remove(at);
                            model.insert(if to_end { model.len() } else { 0 }, item);
                        }
                    }
                    11 if random.below(40) == 0 => {
                        dict.clear(vm);
                        model.clear();
                    }
                    _ => {
                        assert_eq!(ok(dict.get(vm, name)), at.map(|at| int(model[at].1)));
                        if let Some(fast) = dict.get_fast(vm, name) {
                            assert_eq!(Some(fast), at.map(|at| int(model[at].1)));
                        }
                    }
                }
                if step % 97 == 0 {
                    check_dict(vm, &mut random, dict, &model);
                    let copy = ok(dict.copy(vm));
                    check_dict(vm, &mut random, copy, &model);
                    ok(copy.set(vm, int(-1), int(-1)));
                    assert_eq!(copy.len(), dict.len() + 1);
                }
            }
            check_dict(vm, &mut random, dict, &model);
        }
    });
}

#[test]
fn names_find_equal_texts_in_the_heap() {
    run(|vm, _| {
        let dict = ok(vm.new_dict(0));
        let heap_text = ok(vm.new_str(b"some_name"));
        ok(dict.set(vm, heap_text, int(1)));
        let name = ok(vm.intern(b"some_name"));
        assert_eq!(dict.get_name(vm, name), Some(int(1)));
        ok(dict.set_name(vm, name, int(2)));
        assert_eq!((dict.len(), ok(dict.get(vm, heap_text))), (1, Some(int(2))));
        assert!(dict.value_slot(vm, name).is_some());
        assert!(dict.remove_name(vm, name));
        assert!(!dict.remove_name(vm, name));
        assert!(dict.is_empty());
    });
}

#[test]
fn large_dicts_grow_in_linear_time() {
    run(|vm, less| {
        let dict = ok(vm.new_dict(0));
        let n = 300_000 / less.pow(2) as isize;
        for i in 0..n {
            ok(dict.set(vm, int(i << 16), int(i)));
        }
        assert_eq!(dict.len(), n as usize);
        for i in (0..n).step_by(7) {
            assert_eq!(ok(dict.get(vm, int(i << 16))), Some(int(i)));
        }
        // A queue: in at the end, out at the front.
        for i in 0..n {
            assert_eq!(dict.pop_first(vm), Some((int(i << 16), int(i))));
            ok(dict.set(vm, int((n + i) << 16), int(n + i)));
        }
        assert_eq!(dict.len(), n as usize);
    });
}

#[test]
fn sets_behave_like_sets() {
    run(|vm, less| {
        let mut random = Random(9);
        for round in 0..300 / less {
            let size = if round % 3 == 0 { 6 } else { 60 };
            let (a, b) = (ok(vm.new_set()), ok(vm.new_set()));
            let (mut model_a, mut model_b) = (BTreeSet::new(), BTreeSet::new());
            for (set, model) in [(a, &mut model_a), (b, &mut model_b)] {
                for _ in 0..random.below(2 * size) {
                    let number = random.below(size) as isize;
                    let item = key(vm, &mut random, number);
                    if random.below(4) == 0 {
                        assert_eq!(ok(set.remove(vm, item)), model.remove(&number));
                    } else {
                        assert_eq!(ok(set.add(vm, item)), model.insert(number));
                    }
                }
            }
            let (model_a, model_b) = (&model_a, &model_b);
            for (op, expected) in [
                (Binary::Or, model_a | model_b),
                (Binary::And, model_a & model_b),
                (Binary::Sub, model_a - model_b),
                (Binary::Xor, model_a ^ model_b),
            ] {
                let result = ok(vm.binary(op, a.obj(), b.obj()));
                let set = vm.any_set(result).expect("a set");
                assert_eq!(set.len(), expected.len(), "{op:?}");
                for number in 0..size as isize {
                    let item = key(vm, &mut random, number);
                    assert_eq!(ok(set.contains(vm, item)), expected.contains(&number), "{op:?} {number}");
                }
            }
            for (op, expected) in [
                (Binary::Le, model_a.is_subset(model_b)),
                (Binary::Ge, model_a.is_superset(model_b)),
                (Binary::Eq, model_a == model_b),
                (Binary::Lt, model_a.is_subset(model_b) && model_a != model_b),
                (Binary::Gt, model_a.is_superset(model_b) && model_a != model_b),
            ] {
                assert_eq!(ok(vm.compare(op, a.obj(), b.obj())), expected, "{op:?}");
            }
        }
    });
}

fn list_of(vm: &mut Vm, model: &[isize]) -> Ref<List> {
    let list = ok(vm.new_list(&[]));
    for value in model {
        ok(list.push(vm, int(*value)));
    }
    list
}

fn content(vm: &Vm, list: Ref<List>) -> Vec<isize> {
    list.items(vm).iter().map(|item| item.as_small_int().expect("an int")).collect()
}

#[test]
fn slices_of_lists() {
    run(|vm, less| {
        let mut random = Random(5);
        for _ in 0..4000 / less {
            let mut model: Vec<isize> = (0..random.below(12) as isize).collect();
            let list = list_of(vm, &model);
            let part = |random: &mut Random| match random.below(4) {
                0 => None,
                _ => Some(random.between(-15, 15)),
            };
            let (start, stop) = (part(&mut random), part(&mut random));
            let step = part(&mut random).filter(|step| *step != 0);
            let obj = |part: Option<isize>| part.map_or(Obj::NONE, int);
            let slice = ok(vm.new_slice(obj(start), obj(stop), obj(step)));
            let parts = vm.exact(slice).expect("a slice");
            let range = ok(vm.slice_range(parts, model.len()));
            let indices: Vec<usize> = (0..range.count).map(|i| range.index(i)).collect();
            let got = ok(vm.getitem(list.obj(), slice));
            let expected: Vec<isize> = indices.iter().map(|i| model[*i]).collect();
            assert_eq!(content(vm, vm.exact(got).expect("a list")), expected);
            match random.below(3) {
                0 => {
                    ok(vm.setitem(list.obj(), slice, None));
                    let kept = model.iter().enumerate().filter(|(i, _)| !indices.contains(i)).map(|(_, value)| *value);
                    model = kept.collect();
                }
                1 => {
                    let new: Vec<isize> = (0..random.below(6) as isize).map(|i| 100 + i).collect();
                    let value = list_of(vm, &new).obj();
                    let result = vm.setitem(list.obj(), slice, Some(value));
                    if step.unwrap_or(1) == 1 {
                        ok(result);
                        model.splice(range.start..range.stop, new);
                    } else if new.len() == range.count {
                        ok(result);
                        for (i, value) in indices.iter().zip(new) {
                            model[*i] = value;
                        }
                    } else {
                        assert!(result.is_err());
                        vm.take_exception();
                    }
                }
                _ => {}
            }
            assert_eq!(content(vm, list), model);
        }
    });
}

#[test]
fn sorting_is_stable_and_keeps_all_items() {
    run(|vm, less| {
        let mut random = Random(77);
        for round in 0..400 / less {
            let n = random.below(if round % 10 == 0 { 2000 / less } else { 70 });
            let spread = [3, 20, 100_000][random.below(3)];
            let mut model: Vec<(isize, isize)> =
                (0..n as isize).map(|i| (random.between(-spread, spread), i)).collect();
            match random.below(4) {
                0 => model.sort(),
                1 => model.sort_by_key(|(key, _)| -key),
                2 => {
                    let middle = n / 2;
                    model[..middle].sort();
                    model[middle..].sort();
                }
                _ => {}
            }
            // Tuples with equal first items must not be compared further: the second is a list only where keys differ.
            let list = ok(vm.new_list(&[]));
            for (key, i) in &model {
                let pair = ok(vm.new_tuple(&[int(*key), int(*i)]));
                ok(list.push(vm, pair));
            }
            let reverse = random.below(2) == 0;
            let first =
                ok(vm.new_native(crate::qstr::q::key, crate::native::Native::F1(|vm, pair| vm.getitem(pair, int(0)))));
            ok(sort::sort(vm, list, Some(first), reverse));
            if reverse {
                model.sort_by_key(|(key, _)| -key);
            } else {
                model.sort_by_key(|(key, _)| *key);
            }
            let got: Vec<(isize, isize)> = (0..n)
                .map(|i| {
                    let pair = vm.seq_items(list.get(i).expect("an item")).expect("a pair");
                    (pair[0].as_small_int().expect("int"), pair[1].as_small_int().expect("int"))
                })
                .collect();
            assert_eq!(got, model);
        }
    });
}

#[test]
fn a_failed_sort_loses_nothing() {
    run(|vm, less| {
        let mut random = Random(21);
        for _ in 0..200 / less {
            let n = 2 + random.below(200);
            let list = ok(vm.new_list(&[]));
            for i in 0..n {
                let value = random.between(-1000, 1000);
                let item =
                    if random.below(60) == 0 { Obj::NONE } else { ok(vm.new_tuple(&[int(value), int(i as isize)])) };
                ok(list.push(vm, item));
            }
            let mut before: Vec<usize> = list.items(vm).iter().map(|item| item.word()).collect();
            if sort::sort(vm, list, None, false).is_err() {
                vm.take_exception();
            }
            let mut after: Vec<usize> = list.items(vm).iter().map(|item| item.word()).collect();
            before.sort();
            after.sort();
            assert_eq!(before, after);
        }
    });
}

#[test]
fn texts_sort_by_code_point() {
    run(|vm, _| {
        let mut model =
            ["b", "", "ab", "a", "é", "z", "a long text that lies in the heap", "ab", "\u{ffff}", "\u{10000}"];
        let list = ok(vm.new_list(&[]));
        for text in model {
            let text = ok(vm.new_str(text.as_bytes()));
            ok(list.push(vm, text));
        }
        ok(sort::sort(vm, list, None, false));
        model.sort();
        let got: Vec<String> = list
            .items(vm)
            .iter()
            .map(|item| std::str::from_utf8(vm.str_bytes(*item).expect("str")).expect("UTF-8").to_string())
            .collect();
        assert_eq!(got, model);
    });
}

#[test]
fn deques_behave_like_rings() {
    run(|vm, less| {
        let mut random = Random(3);
        let (deque, mut model) = (ok(vm.new_deque(None)), VecDeque::new());
        for step in 0..5000 / less as isize {
            match random.below(9) {
                0..=2 => {
                    ok(deque.push_back(vm, int(step)));
                    model.push_back(step);
                }
                3..=5 => {
                    ok(deque.push_front(vm, int(step)));
                    model.push_front(step);
                }
                6 => assert_eq!(deque.pop_back(), model.pop_back().map(int)),
                7 => assert_eq!(deque.pop_front(), model.pop_front().map(int)),
                _ if step % 10 == 0 => {
                    deque.clear(vm);
                    model.clear();
                }
                _ => {}
            }
            assert_eq!(deque.len(), model.len());
            let index = random.below(40);
            assert_eq!(deque.get(index), model.get(index).copied().map(int));
        }
    });
}

#[test]
fn ranges_have_the_items_they_say() {
    run(|vm, less| {
        let mut random = Random(8);
        for _ in 0..500 / less {
            let (start, stop) = (random.between(-20, 20), random.between(-20, 20));
            let step = if random.below(2) == 0 { random.between(1, 6) } else { random.between(-6, 0) };
            let mut model = Vec::new();
            let mut value = start;
            while if step > 0 { value < stop } else { value > stop } {
                model.push(value);
                value += step;
            }
            let range = ok(vm.new_range(start, stop, step));
            let list = ok(vm.new_list_from_iter(range));
            assert_eq!(content(vm, list), model, "range({start}, {stop}, {step})");
            let backwards = ok(vm.reversed(range));
            let list = ok(vm.new_list_from_iter(backwards));
            assert!(content(vm, list).iter().eq(model.iter().rev()));
            assert_eq!(ok(vm.len(range)), model.len());
            for value in -22..22 {
                assert_eq!(ok(vm.contains(range, int(value))), model.contains(&value));
                let got = vm.getitem(range, int(value));
                match wrap_index(value, model.len()) {
                    Some(i) => assert_eq!(ok(got), int(model[i])),
                    None => {
                        assert!(got.is_err());
                        vm.take_exception();
                    }
                }
            }
        }
    });
}

#[test]
fn deep_chains_of_iterators_raise() {
    run(|vm, less| {
        let list = ok(vm.new_list(&[int(1)])).obj();
        let mut chain = ok(vm.iter(list));
        for _ in 0..200_000 / less.pow(2) {
            chain = ok(vm.new_enumerate(chain, int(0))).obj();
        }
        let result = vm.next(chain);
        assert_eq!(result.is_err(), less == 1);
        if result.is_err() {
            assert!(vm.pending_is(crate::types::exception::Exc::RecursionError));
            vm.take_exception();
        }
    });
}

#[test]
fn deep_nesting_raises() {
    type Wrap = fn(&mut Vm, Obj) -> R;
    let wraps: [Wrap; 4] = [
        |vm, inner| vm.new_tuple(&[inner]),
        |vm, inner| Ok(vm.new_list(&[inner])?.obj()),
        |vm, inner| {
            let dict = vm.new_dict(1)?;
            dict.set(vm, int(1), inner)?;
            Ok(dict.obj())
        },
        |vm, inner| {
            let dict = vm.new_dict(1)?;
            dict.set(vm, int(1), inner)?;
            Ok(vm.new_dict_items(dict.obj())?.obj())
        },
    ];
    for wrap in wraps {
        Machine::new(Config::default()).expect("memory").enter(|vm| {
            let (mut a, mut b) = (Obj::NONE, Obj::NONE);
            for _ in 0..100_000 {
                a = ok(wrap(vm, a));
                b = ok(wrap(vm, b));
            }
            for result in [vm.equal(a, b).map(drop), vm.repr(a).map(drop)] {
                assert!(result.is_err());
                vm.take_exception();
            }
            assert!(vm.equal(a, b).is_err());
            assert!(vm.pending_is(crate::types::exception::Exc::RecursionError));
        });
    }
}
