//! Limits, thresholds, failures on demand, and the numbers.

use super::*;

#[test]
fn a_limit_is_never_passed() {
    let limits = [0, 5000, 64 << 10, 128 << 10, 1 << 20, 3 << 20];
    for limit in limits {
        if cfg!(miri) && limit > 5000 {
            continue;
        }
        for size in [16, 100, 2000, 3000, 50_000] {
            let mut heap = heap(Config { limit: Some(limit), ..Config::default() });
            let mut roots = Words::default();
            while let Ok(block) = allocate(&mut heap, &mut roots, size, Kind::Raw) {
                roots.0.push(block);
                assert!(heap.reserved() <= limit);
            }
            assert_eq!(heap.alloc_after_collection(size, Kind::Raw), Err(AllocFailed::OutOfMemory));
            heap.verify().expect("consistent");
            // Most of the limit is usable.
            let used = roots.0.len() * size;
            assert!(used + used / 4 + size + (8 << 10) + limit / 20 >= limit, "{used} of {limit} in blocks of {size}");
            // Everything can be used for something else afterwards.
            roots.0.clear();
            heap.collect(&mut roots);
            let large = (limit / 2).max(4096) - 4096;
            if large > 0 {
                allocate(&mut heap, &mut roots, large, Kind::Raw).expect("room");
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "Miri ends the program when the system has no memory")]
fn absurd_sizes_are_out_of_memory() {
    let mut heap = heap(Config::default());
    for size in [usize::MAX, usize::MAX - 15, isize::MAX as usize, isize::MAX as usize - 64] {
        assert_eq!(allocate(&mut heap, &mut Words::default(), size, Kind::Raw), Err(AllocFailed::OutOfMemory));
        assert!(heap.alloc(size, Kind::Words).is_err());
    }
    assert_eq!(heap.reserve_external(usize::MAX), Err(AllocFailed::NeedsCollection));
    heap.collect(&mut Words::default());
    // Without a limit only the books bound what lies outside.
    heap.verify().expect("consistent");
}

#[test]
fn collections_come_when_use_has_doubled() {
    let mut heap = heap(Config::default());
    let mut roots = Words::default();
    for _ in 0..rounds(100_000) {
        let block = allocate(&mut heap, &mut roots, 64, Kind::Raw).expect("memory");
        roots.0.push(block);
    }
    if !cfg!(miri) {
        // From 1 MB to 6.4 MB: three doublings.
        assert!((2..=4).contains(&heap.stats().collections), "{:?}", heap.stats());
    }
    roots.0.clear();
    for _ in 0..rounds(1_000_000) {
        allocate(&mut heap, &mut roots, 64, Kind::Raw).expect("memory");
    }
    assert!(heap.stats().peak < 16 << 20);
}

#[test]
fn a_threshold_replaces_the_growth_rule() {
    let mut heap = heap(Config::default());
    heap.set_threshold(Some(100 << 10));
    let mut roots = Words::default();
    for _ in 0..2 {
        let mut bytes = 0;
        while heap.alloc(5000, Kind::Raw).is_ok() {
            bytes += 5000;
        }
        assert!((90 << 10..=110 << 10).contains(&bytes));
        heap.collect(&mut roots);
    }
    assert_eq!(heap.threshold(), Some(100 << 10));
}

#[test]
fn without_automatic_collections_the_end_is_final() {
    let mut heap = heap(Config { limit: Some(64 << 10), ..Config::default() });
    heap.set_automatic(false);
    let failed = loop {
        if let Err(failed) = heap.alloc(64, Kind::Raw) {
            break failed;
        }
    };
    assert_eq!((failed, heap.stats().collections), (AllocFailed::OutOfMemory, 0));
    assert_eq!(heap.alloc(1 << 20, Kind::Raw), Err(AllocFailed::OutOfMemory));
}

#[test]
fn stress_asks_for_a_collection_each_time() {
    let mut heap = heap(Config { stress: true, ..Config::default() });
    let mut roots = Words::default();
    for size in [16, 16, 500, 10_000] {
        assert_eq!(heap.alloc(size, Kind::Raw), Err(AllocFailed::NeedsCollection));
        allocate(&mut heap, &mut roots, size, Kind::Raw).expect("memory");
    }
    assert_eq!(heap.reserve_external(1), Err(AllocFailed::NeedsCollection));
    heap.collect(&mut roots);
    assert_eq!(heap.reserve_external(1), Ok(()));
    assert_eq!(heap.stats().collections, 5);
    heap.set_stress(false);
    assert!(heap.alloc(16, Kind::Raw).is_ok());
}

#[test]
fn failures_on_demand() {
    let try_all = |failure: Failure| {
        let mut heap = heap(patient());
        heap.alloc(16, Kind::Raw).expect("memory");
        heap.fail_after(failure);
        let mut results = Vec::new();
        for number in 0..6 {
            let result = match number {
                3 => heap.reserve_external(10).map(|()| 0),
                4 => heap.alloc(9000, Kind::Raw).map(address),
                _ => heap.alloc(16, Kind::Raw).map(address),
            };
            if result.is_err() && number != 3 {
                // A caller may try a collection; the allocation fails all the same.
                assert_eq!(result, Err(AllocFailed::OutOfMemory));
                assert_eq!(heap.alloc_after_collection(16, Kind::Raw), Err(AllocFailed::OutOfMemory));
            }
            results.push(result.is_ok());
        }
        assert_eq!(heap.counted(), if failure == Failure::Never { 0 } else { 6 });
        heap.verify().expect("consistent");
        results
    };
    for nth in 1..=7 {
        assert_eq!(try_all(Failure::Once(nth)), (1..=6).map(|n| n != nth).collect::<Vec<_>>());
        assert_eq!(try_all(Failure::From(nth)), (1..=6).map(|n| n < nth).collect::<Vec<_>>());
    }
    assert_eq!(try_all(Failure::Never), [true; 6]);
}

#[test]
fn a_failing_reservation_fails_after_a_collection_too() {
    let mut heap = heap(patient());
    heap.fail_after(Failure::Once(2));
    assert_eq!(heap.reserve_external(1), Ok(()));
    assert_eq!(heap.reserve_external(1), Err(AllocFailed::OutOfMemory));
    heap.collect(&mut Words::default());
    assert_eq!(heap.reserve_external(1), Err(AllocFailed::OutOfMemory));
    heap.collect(&mut Words::default());
    heap.alloc(16, Kind::Raw).expect("another allocation");
    assert_eq!(heap.reserve_external(1), Ok(()));
}

#[test]
fn freed_blocks_are_poisoned_and_reused() {
    for size in [16, 96, 2000] {
        let mut heap = heap(patient());
        let blocks: Vec<usize> = (0..5).map(|_| address(heap.alloc(size, Kind::Words).expect("memory"))).collect();
        blocks.iter().for_each(|&block| set(block, 0, 1));
        // SAFETY: live, and not used below except to look at the memory of the chunk, which stays.
        unsafe { heap.free(NonNull::new(ptr::with_exposed_provenance_mut(blocks[1])).expect("not zero")) };
        let poison = usize::from_ne_bytes([0x5a; size_of::<usize>()]);
        assert_eq!(get(blocks[1], 0), poison);
        assert_eq!(heap.alloc(size, Kind::Words).map(address), Ok(blocks[1]));
        heap.collect(&mut Words(alloc::vec![blocks[0], blocks[3]]));
        assert_eq!(blocks.iter().map(|&block| get(block, 0)).collect::<Vec<_>>(), [1, poison, poison, 1, poison]);
        let reused: Vec<usize> = (0..3).map(|_| address(heap.alloc(size, Kind::Words).expect("memory"))).collect();
        assert_eq!(reused, [blocks[1], blocks[2], blocks[4]]);
        assert!(reused.iter().all(|&block| get(block, 0) == 0));
    }
}

#[test]
fn explicit_freeing_keeps_a_growing_buffer_cheap() {
    let mut heap = heap(Config { limit: Some(256 << 10), ..patient() });
    for round in 0..50 {
        // Buffers that double, each freed when the next is there; a collection never happens.
        let mut old = heap.alloc(16, Kind::Words).expect("memory");
        for power in 5..=15 {
            let new =
                heap.alloc(1 << power, Kind::Words).unwrap_or_else(|failed| panic!("{failed:?} in round {round}"));
            // SAFETY: live and not used any more.
            unsafe { heap.free(old) };
            old = new;
        }
        // SAFETY: as above.
        unsafe { heap.free(old) };
    }
    assert_eq!((heap.used(), heap.stats().collections), (0, 0));
    heap.verify().expect("consistent");
}

#[test]
fn external_memory_counts_against_the_limit() {
    let mut heap = heap(Config { limit: Some(100_000), ..Config::default() });
    heap.reserve_external(90_000).expect("room");
    assert!(heap.alloc(20_000, Kind::Raw).is_err());
    assert_eq!(heap.used(), 90_000);
    heap.release_external(90_000);
    assert!(heap.alloc(20_000, Kind::Raw).is_ok());
    assert_eq!(heap.reserve_external(90_000), Err(AllocFailed::NeedsCollection));
    heap.collect(&mut Words::default());
    assert_eq!(heap.reserve_external(90_000), Ok(()));
    assert_eq!(heap.reserve_external(90_000), Err(AllocFailed::NeedsCollection));
    heap.collect(&mut Words::default());
    assert_eq!(heap.reserve_external(90_000), Err(AllocFailed::OutOfMemory));
    heap.verify().expect("consistent");
}

#[test]
fn memory_goes_back_to_the_system() {
    let mut heap = heap(patient());
    for _ in 0..rounds(200_000) {
        heap.alloc(100, Kind::Raw).expect("memory");
    }
    let before = heap.reserved();
    heap.collect(&mut Words::default());
    if !cfg!(miri) {
        assert!(before > 20 << 20);
    }
    assert!(heap.reserved() <= 2 << 20);
    heap.verify().expect("consistent");
}
