//! Which blocks a collection keeps.

use super::*;

const KINDS: [Kind; 3] = [Kind::Object, Kind::Words, Kind::Raw];

#[test]
fn unreachable_blocks_are_freed() {
    let mut heap = heap(patient());
    let mut roots = Words::default();
    for size in [1, 16, 17, 100, 2048, 2049, 100_000] {
        for kind in KINDS {
            roots.0.push(address(heap.alloc(size, kind).expect("memory")));
            heap.alloc(size, kind).expect("memory");
        }
    }
    heap.verify().expect("consistent");
    let collected = heap.collect(&mut roots);
    assert_eq!(collected.freed_blocks, 21);
    assert_eq!(collected.live, collected.freed);
    assert_eq!(heap.used(), collected.live);
    heap.verify().expect("consistent");
    roots.0.clear();
    heap.collect(&mut roots);
    assert_eq!(heap.used(), 0);
    heap.verify().expect("consistent");
}

#[test]
fn kinds_decide_what_is_scanned() {
    for size in [64, 5000] {
        let mut heap = heap(patient());
        let mut kept = [0; 3];
        for (number, kind) in KINDS.into_iter().enumerate() {
            let mut roots = Words::default();
            let outer = address(heap.alloc(size, kind).expect("memory"));
            let inner = address(heap.alloc(size, Kind::Raw).expect("memory"));
            set(outer, 0, 3);
            set(outer, 1, 0);
            set(outer, 2, inner);
            roots.0.push(outer);
            heap.collect(&mut roots);
            kept[number] = heap.stats().small_blocks + heap.stats().large_blocks;
        }
        assert_eq!(kept, [2, 2, 1]);
    }
}

#[test]
fn an_object_without_a_header_is_not_traced() {
    struct Strict(usize);
    impl Roots for Strict {
        fn visit(&mut self, marker: &mut Marker<'_>) {
            marker.mark_ptr(ptr::without_provenance::<u8>(self.0));
        }
        fn trace(&mut self, _object: NonNull<u8>, _marker: &mut Marker<'_>) {
            panic!("traced");
        }
    }
    let mut heap = heap(patient());
    let block = address(heap.alloc(32, Kind::Object).expect("memory"));
    heap.collect(&mut Strict(block));
    assert_eq!(heap.used(), 32);
}

#[test]
fn interior_pointers_keep_and_others_do_not() {
    struct Guess(usize);
    impl Roots for Guess {
        fn visit(&mut self, marker: &mut Marker<'_>) {
            marker.mark_conservative(self.0);
        }
    }
    for size in [16, 48, 112, 640, 2048, 4096, 70_000] {
        for offset in [0, 1, size / 2, size - 1, size] {
            let mut heap = heap(patient());
            let block = address(heap.alloc(size, Kind::Raw).expect("memory"));
            let end = address(heap.alloc(size, Kind::Raw).expect("memory"));
            heap.collect(&mut Guess(block + offset));
            // A pointer to the end may be one to the beginning of the neighbour.
            let expected = if offset == size && end == block + size { 2 } else { 1 };
            assert_eq!(heap.stats().small_blocks + heap.stats().large_blocks, expected, "{size} {offset}");
            heap.collect(&mut Guess(block.wrapping_sub(1)));
            heap.collect(&mut Guess(0));
            assert_eq!(heap.used(), 0);
        }
    }
}

/// A chain of cells, the newest first; word 1 is the next.
fn chain(heap: &mut Heap, length: usize) -> Words {
    let mut roots = Words(alloc::vec![0]);
    for _ in 0..length {
        let cell = allocate(heap, &mut roots, 16, Kind::Object).expect("memory");
        set(cell, 0, 2);
        set(cell, 1, roots.0[0]);
        roots.0[0] = cell;
    }
    roots
}

#[test]
fn long_chains_need_no_stack() {
    let length = if cfg!(miri) { 1000 } else { 10_000_000 };
    let mut heap = heap(Config { mark_stack: 1, ..Config::default() });
    let mut roots = chain(&mut heap, length);
    assert_eq!(heap.collect(&mut roots).live, 16 * length);
    roots.0[0] = 0;
    assert_eq!(heap.collect(&mut roots).freed_blocks, length);
    heap.verify().expect("consistent");
}

#[test]
fn wide_structures_overflow_the_stack_and_survive() {
    let width = rounds(200_000);
    for mark_stack in [1, 2, 100] {
        let mut heap = heap(Config { mark_stack, ..patient() });
        // A large array of cells, each with a leaf of its own; and a second array behind the last cell.
        let mut arrays = [0; 2];
        for array in &mut arrays {
            *array = address(heap.alloc(width * size_of::<usize>(), Kind::Words).expect("memory"));
            for number in 0..width {
                let cell = address(heap.alloc(32, Kind::Object).expect("memory"));
                set(*array, number, cell);
                let leaf = address(heap.alloc(16, Kind::Raw).expect("memory"));
                set(cell, 0, 3);
                set(cell, 1, leaf);
                set(cell, 2, 0);
            }
        }
        set(get(arrays[0], width - 1), 2, arrays[1]);
        let before = heap.stats();
        heap.collect(&mut Words(alloc::vec![arrays[0]]));
        let after = heap.stats();
        assert_eq!((after.small_blocks, after.large_blocks), (before.small_blocks, before.large_blocks));
        heap.verify().expect("consistent");
    }
}

/// Weak references and finalizers as a virtual machine would keep them.
#[derive(Default)]
struct Weak {
    strong: Vec<usize>,
    weak: Vec<usize>,
    /// Blocks with a finalizer, and those whose turn it is.
    finalizable: Vec<usize>,
    doomed: Vec<usize>,
    calls: usize,
}

impl Roots for Weak {
    fn visit(&mut self, marker: &mut Marker<'_>) {
        marker.mark_words(&self.strong);
    }

    fn trace(&mut self, object: NonNull<u8>, marker: &mut Marker<'_>) {
        marker.mark_words(&[get(address(object), 1)]);
    }

    fn after_mark(&mut self, marker: &mut Marker<'_>) {
        self.calls += 1;
        let alive = |marker: &Marker<'_>, &block: &usize| {
            marker.is_marked(NonNull::new(ptr::with_exposed_provenance_mut(block)).expect("not zero"))
        };
        if self.calls == 1 {
            self.weak.retain(|block| alive(marker, block));
            let (kept, doomed) = self.finalizable.iter().partition(|block| alive(marker, block));
            (self.finalizable, self.doomed) = (kept, doomed);
            marker.mark_words(&self.doomed);
            marker.call_again();
        } else {
            // What the doomed blocks point to lives on, too.
            assert!(self.doomed.iter().all(|&block| get(block, 1) == 0 || alive(marker, &get(block, 1))));
        }
    }
}

#[test]
fn weak_references_and_finalizers() {
    let mut heap = heap(patient());
    let block = |heap: &mut Heap, link: usize| {
        let block = address(heap.alloc(16, Kind::Object).expect("memory"));
        set(block, 0, 1);
        set(block, 1, link);
        block
    };
    let (kept, dead, behind) = (block(&mut heap, 0), block(&mut heap, 0), block(&mut heap, 0));
    let doomed = block(&mut heap, behind);
    let mut roots = Weak {
        strong: alloc::vec![kept],
        weak: alloc::vec![kept, dead, behind],
        finalizable: alloc::vec![kept, doomed],
        ..Weak::default()
    };
    let collected = heap.collect(&mut roots);
    assert_eq!(
        (roots.weak, roots.finalizable, roots.doomed),
        (alloc::vec![kept], alloc::vec![kept], alloc::vec![doomed])
    );
    assert_eq!((collected.freed_blocks, roots.calls), (1, 2));
}

#[test]
fn heaps_do_not_see_each_other() {
    let (mut one, mut other) = (heap(patient()), heap(patient()));
    let mine = address(one.alloc(32, Kind::Words).expect("memory"));
    let yours = address(other.alloc(32, Kind::Words).expect("memory"));
    set(mine, 0, yours);
    one.collect(&mut Words(alloc::vec![mine]));
    other.collect(&mut Words(alloc::vec![mine]));
    assert_eq!((one.used(), other.used()), (32, 0));
}

#[test]
fn a_panic_in_a_collection_leaves_a_usable_heap() {
    struct Panics(usize);
    impl Roots for Panics {
        fn visit(&mut self, marker: &mut Marker<'_>) {
            marker.mark_words(&[self.0]);
            panic!("on purpose");
        }
    }
    let mut heap = heap(patient());
    let mut roots = chain(&mut heap, 10);
    let head = roots.0[0];
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| heap.collect(&mut Panics(head))));
    assert!(result.is_err());
    assert_eq!(heap.collect(&mut roots).live, 160);
    heap.verify().expect("consistent");
}
