//! How fast the heap is: ten million small blocks with collections, by the rule that use may double.
//!
//! `cargo run --release -p taipan-heap --example churn`
#![allow(unsafe_code)]

use heap::{AllocFailed, Config, Heap, Kind, Marker, Obj, Roots};
use std::ptr::NonNull;
use std::time::Instant;

/// A table of live blocks.
struct Table(Vec<Option<Obj>>);

impl Roots for Table {
    fn visit(&mut self, marker: &mut Marker<'_>) {
        self.0.iter().for_each(|&object| marker.mark_option(object));
    }

    fn trace(&mut self, object: NonNull<u8>, marker: &mut Marker<'_>) {
        // SAFETY: blocks of this program hold a header and an object or zero.
        marker.mark_option(Obj::from_word(unsafe { object.cast::<usize>().add(1).read() }));
    }
}

#[inline]
fn allocate(heap: &mut Heap, table: &mut Table, size: usize, kind: Kind) -> NonNull<u8> {
    match heap.alloc(size, kind) {
        Ok(block) => block,
        Err(failed) => collect(heap, table, size, kind, failed),
    }
}

#[cold]
#[inline(never)]
fn collect(heap: &mut Heap, table: &mut Table, size: usize, kind: Kind, failed: AllocFailed) -> NonNull<u8> {
    assert_eq!(failed, AllocFailed::NeedsCollection);
    heap.collect(table);
    heap.alloc_after_collection(size, kind).expect("memory")
}

const BLOCKS: usize = 10_000_000;

fn report(name: &str, start: Instant, heap: &Heap) {
    let time = start.elapsed();
    let stats = heap.stats();
    println!(
        "{name:32} {:6.1} ms  {:5.1} ns per block  {:4} collections  peak {:6.1} MB",
        time.as_secs_f64() * 1e3,
        time.as_secs_f64() * 1e9 / BLOCKS as f64,
        stats.collections,
        stats.peak as f64 / 1e6
    );
}

/// Allocates with the table holding the last `live` blocks, in random places if `random`.
fn churn(name: &str, live: usize, kind: Kind, random: bool) {
    let mut heap = Heap::new(Config::default()).expect("memory");
    let mut table = Table(vec![None; live.max(1)]);
    let start = Instant::now();
    let mut place = 0usize;
    for _ in 0..BLOCKS {
        let block = allocate(&mut heap, &mut table, 32, kind);
        // SAFETY: 32 bytes; both words are written.
        unsafe {
            block.cast::<usize>().write(1);
            block.cast::<usize>().add(1).write(0);
        }
        place = if random {
            place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
        } else {
            place + 1
        };
        if live > 0 {
            table.0[(place >> 20) % live] = Some(Obj::from_ptr(block));
        }
    }
    report(name, start, &heap);
}

/// One chain of ten million cells, then a collection of it.
fn chain() {
    let mut heap = Heap::new(Config::default()).expect("memory");
    let mut table = Table(vec![None]);
    let start = Instant::now();
    for _ in 0..BLOCKS {
        let block = allocate(&mut heap, &mut table, 16, Kind::Object);
        // SAFETY: 16 bytes.
        unsafe {
            block.cast::<usize>().write(1);
            block.cast::<usize>().add(1).write(table.0[0].map_or(0, Obj::word));
        }
        table.0[0] = Some(Obj::from_ptr(block));
    }
    report("chain that only grows", start, &heap);
    let start = Instant::now();
    heap.collect(&mut table);
    report("its collection", start, &heap);
}

fn main() {
    churn("nothing survives, objects", 0, Kind::Object, false);
    churn("nothing survives, words", 0, Kind::Words, false);
    churn("nothing survives, raw", 0, Kind::Raw, false);
    churn("100,000 live, random", 100_000, Kind::Object, true);
    churn("1,000,000 live, random", 1_000_000, Kind::Object, true);
    chain();
}
