use crate::*;
use core::ptr::NonNull;
use std::vec::Vec;

/// Roots that are a list, and objects whose words from 1 to their end are objects; word 0 holds the number of words.
#[derive(Default)]
struct List(Vec<usize>);

impl Roots for List {
    fn visit(&mut self, marker: &mut Marker<'_>) {
        marker.mark_words(&self.0);
    }

    fn trace(&mut self, object: NonNull<u8>, marker: &mut Marker<'_>) {
        #[allow(unsafe_code)]
        // SAFETY: the tests write all words of an object.
        let words = unsafe {
            core::slice::from_raw_parts(
                object.cast::<usize>().as_ptr(),
                object.cast::<usize>().read(),
            )
        };
        marker.mark_words(&words[1..]);
    }
}

#[test]
fn unreachable_blocks_are_freed() {
    let mut heap = Heap::new(Config {
        initial_threshold: 1 << 20,
        ..Config::default()
    })
    .expect("memory");
    let mut roots = List::default();
    for size in [1, 16, 17, 100, 2048, 2049, 100_000] {
        for kind in [Kind::Words, Kind::Raw] {
            let block = heap.alloc(size, kind).expect("memory");
            assert!(block.addr().get().is_multiple_of(16));
            roots.0.push(block.as_ptr().expose_provenance());
            heap.alloc(size, kind).expect("memory");
        }
    }
    heap.verify().expect("consistent");
    let collected = heap.collect(&mut roots);
    assert_eq!(collected.freed_blocks, 14);
    assert_eq!(collected.live, collected.freed);
    assert_eq!(heap.used(), collected.live);
    heap.verify().expect("consistent");
    roots.0.clear();
    heap.collect(&mut roots);
    assert_eq!(heap.used(), 0);
    heap.verify().expect("consistent");
}
