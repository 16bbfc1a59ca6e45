//! Blocks that only the native stack and the registers know. Meaningful when optimised: `cargo test --release`.

use super::*;
use core::hint::black_box;

/// The native stack, and nothing else.
struct Native(*const u8);

impl Roots for Native {
    fn visit(&mut self, marker: &mut Marker<'_>) {
        // SAFETY: the base is a local of the test function, below which everything under test happens.
        unsafe { scan_native_stack(self.0, marker) };
    }

    fn trace(&mut self, object: NonNull<u8>, marker: &mut Marker<'_>) {
        Words::default().trace(object, marker);
    }
}

struct Machine {
    heap: Heap,
    roots: Native,
}

impl Machine {
    /// Collects and poisons at each allocation.
    fn alloc(&mut self, size: usize, kind: Kind) -> NonNull<u8> {
        match self.heap.alloc(size, kind) {
            Err(AllocFailed::NeedsCollection) => {
                self.heap.collect(&mut self.roots);
                self.heap.alloc_after_collection(size, kind).expect("memory")
            }
            other => other.expect("memory"),
        }
    }

    /// A cell with a value and a link.
    fn cell(&mut self, value: usize, link: Option<NonNull<usize>>) -> NonNull<usize> {
        let cell = self.alloc(32, Kind::Words).cast::<usize>();
        // SAFETY: fresh and large enough.
        unsafe {
            cell.write(value << 1 | 1);
            cell.add(1).write(link.map_or(0, |link| link.as_ptr().expose_provenance()));
        }
        cell
    }
}

/// Calls `test` with a machine; everything it does lies below the base of the scan.
fn with_machine(test: fn(&mut Machine)) {
    #[inline(never)]
    fn inner(test: fn(&mut Machine), base: *const u8) {
        let heap = heap(Config { stress: true, poison: true, ..Config::default() });
        let mut machine = Machine { heap, roots: Native(base) };
        test(black_box(&mut machine));
        machine.heap.verify().expect("consistent");
    }
    let base = [0u8; 64];
    inner(test, black_box(base.as_ptr()));
    black_box(&base);
}

/// The value of a cell.
fn value(cell: NonNull<usize>) -> usize {
    // SAFETY: the cells under test are alive; if not, they are poisoned and the test fails.
    unsafe { cell.read() >> 1 }
}

#[inline(never)]
fn build(machine: &mut Machine, depth: usize, number: usize) -> NonNull<usize> {
    // The left cell waits in this frame or a register while the right one is built. All leaves differ, so that
    // a cell that was freed and used again is noticed.
    if depth == 0 {
        return machine.cell(number, None);
    }
    let left = build(machine, depth - 1, 2 * number);
    let right = build(machine, depth - 1, 2 * number + 1);
    let sum = value(left) + value(right);
    let inner = machine.cell(sum, Some(left));
    machine.cell(value(inner), Some(right))
}

#[test]
fn recursion_keeps_cells_in_frames() {
    with_machine(|machine| {
        for depth in 0..8 {
            let leaves = 1 << depth;
            let root = build(machine, depth, 1);
            assert_eq!(value(root), (leaves..2 * leaves).sum());
        }
    });
}

#[test]
fn many_locals_at_once() {
    with_machine(|machine| {
        let a = machine.cell(1, None);
        let b = machine.cell(2, None);
        let c = machine.cell(3, None);
        let d = machine.cell(4, None);
        let e = machine.cell(5, None);
        let f = machine.cell(6, None);
        let g = machine.cell(7, None);
        let h = machine.cell(8, None);
        for _ in 0..10 {
            machine.cell(100, None);
        }
        let sum: usize = [a, b, c, d, e, f, g, h].into_iter().map(value).sum();
        assert_eq!(sum, 36);
    });
}

#[test]
fn a_list_whose_head_is_a_register() {
    with_machine(|machine| {
        let mut head = None;
        for number in 0..500 {
            head = Some(machine.cell(number, head));
        }
        let mut expected = 500;
        while let Some(cell) = head {
            expected -= 1;
            assert_eq!(value(cell), expected);
            // SAFETY: a cell has a link.
            head = NonNull::new(ptr::with_exposed_provenance_mut(unsafe { cell.add(1).read() }));
        }
        assert_eq!(expected, 0);
    });
}

/// A block filled with small ints; the result points to no word of it but the third byte of the middle one.
#[inline(never)]
fn odd_pointer(machine: &mut Machine, words: usize) -> *const usize {
    // The first block of a group could be known from the cursor of the heap, which lies on this stack, too.
    machine.alloc(words * size_of::<usize>(), Kind::Words);
    let start = machine.alloc(words * size_of::<usize>(), Kind::Words).cast::<usize>();
    for number in 0..words {
        // SAFETY: inside of the block.
        unsafe { start.add(number).write((number << 1) | 1) };
    }
    // SAFETY: inside of the block.
    unsafe { start.add(words / 2).as_ptr().byte_add(3) }
}

/// Overwrites what earlier calls left below this frame.
#[inline(never)]
fn clear_stack() {
    black_box(&mut [0usize; 1024]);
}

#[test]
fn interior_pointers_alone_keep_a_block() {
    with_machine(|machine| {
        for size in [64, 1000, 4000, 100_000] {
            let words = size / size_of::<usize>();
            let odd = black_box(odd_pointer(machine, words));
            clear_stack();
            for _ in 0..5 {
                machine.cell(7, None);
            }
            // SAFETY: back to an aligned word of the block.
            let word = unsafe { black_box(odd).byte_sub(3).read() };
            assert_eq!(word, ((words / 2) << 1) | 1);
        }
    });
}

#[test]
fn a_loop_over_a_block_that_allocates() {
    with_machine(|machine| {
        let length = 200;
        let block = machine.alloc(length * size_of::<usize>(), Kind::Words).cast::<usize>();
        for number in 0..length {
            let cell = machine.cell(number, None);
            // SAFETY: inside of the block.
            unsafe { block.add(number).write(cell.as_ptr().expose_provenance()) };
        }
        // The compiler may keep any combination of the start, the current position and the end.
        let mut sum = 0;
        // SAFETY: the block is alive, and its memory is only read meanwhile.
        for &word in unsafe { core::slice::from_raw_parts(block.as_ptr(), length) }.iter().rev() {
            machine.cell(1, None);
            sum += value(NonNull::new(ptr::with_exposed_provenance_mut(word)).expect("a cell"));
        }
        assert_eq!(sum, length * (length - 1) / 2);
    });
}

#[test]
fn what_nothing_holds_is_freed() {
    with_machine(|machine| {
        for _ in 0..2000 {
            machine.cell(1, None);
        }
        // A few words on the stack may look like pointers; thousands do not.
        assert!(machine.heap.stats().small_blocks < 50, "{:?}", machine.heap.stats());
    });
}

#[test]
fn a_range_of_memory_can_be_scanned_like_a_stack() {
    struct Parked(Vec<usize>);
    impl Roots for Parked {
        fn visit(&mut self, marker: &mut Marker<'_>) {
            let range = self.0.as_ptr_range();
            // SAFETY: the memory of the vector.
            unsafe { scan_range(range.start.addr() + 1, range.end.addr(), marker) };
        }
    }
    let mut heap = heap(patient());
    let blocks: Vec<usize> = (0..4).map(|_| address(heap.alloc(64, Kind::Raw).expect("memory"))).collect();
    // The first word lies only partly in the range.
    heap.collect(&mut Parked(alloc::vec![blocks[0], blocks[1] + 5, 7, blocks[3] + 8]));
    assert_eq!(heap.stats().small_blocks, 2);
}

#[test]
fn parked_threads() {
    use std::sync::{Arc, Barrier, Mutex};

    struct Shared {
        heap: Heap,
        /// The parts of the threads' stacks to scan.
        parked: Vec<(usize, usize)>,
    }
    // SAFETY: the mutex around it lets one thread at a time use the heap.
    unsafe impl Send for Shared {}

    struct Parked(Vec<(usize, usize)>);
    impl Roots for Parked {
        fn visit(&mut self, marker: &mut Marker<'_>) {
            for &(top, base) in &self.0 {
                // SAFETY: the threads wait at the barrier.
                unsafe { scan_range(top, base, marker) };
            }
        }
    }

    #[inline(never)]
    fn work(shared: &Mutex<Shared>, both: &Barrier, number: usize, base: usize) {
        let cell = {
            let mut shared = shared.lock().unwrap();
            for _ in 0..100 {
                shared.heap.alloc(32, Kind::Words).unwrap();
            }
            shared.heap.alloc(32, Kind::Words).unwrap().cast::<usize>()
        };
        // SAFETY: fresh and large enough.
        unsafe { cell.write(number << 1 | 1) };
        with_saved_registers(|top| {
            shared.lock().unwrap().parked.push((top, base));
            both.wait();
            both.wait();
        });
        assert_eq!(value(cell), number);
    }

    const THREADS: usize = 4;
    let shared = Arc::new(Mutex::new(Shared { heap: heap(patient()), parked: Vec::new() }));
    let both = Arc::new(Barrier::new(THREADS + 1));
    let threads = (0..THREADS).map(|number| {
        let (shared, both) = (shared.clone(), both.clone());
        std::thread::spawn(move || {
            let base = [0u8; 64];
            work(&shared, &both, number, black_box(base.as_ptr().addr()));
            black_box(&base);
        })
    });
    let threads: Vec<_> = threads.collect();
    both.wait();
    {
        let mut shared = shared.lock().unwrap();
        let mut roots = Parked(shared.parked.clone());
        shared.heap.collect(&mut roots);
        // What a thread has left on its stack may keep some garbage.
        assert!((THREADS * 32..THREADS * 32 * 10).contains(&shared.heap.used()), "{}", shared.heap.used());
    }
    both.wait();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
