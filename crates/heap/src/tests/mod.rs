//! Tests of the heap as a whole.
#![allow(unsafe_code)]

use crate::*;
use core::ptr::{self, NonNull};
use std::vec::Vec;

mod accounting;
mod marking;
mod model;
#[cfg(not(miri))]
mod native_stack;

/// Roots that are words, and objects of which word 0 holds the number of words and the others hold objects.
#[derive(Default)]
struct Words(Vec<usize>);

impl Roots for Words {
    fn visit(&mut self, marker: &mut Marker<'_>) {
        marker.mark_words(&self.0);
    }

    fn trace(&mut self, object: NonNull<u8>, marker: &mut Marker<'_>) {
        for number in 1..get(address(object), 0) {
            marker.mark_words(&[get(address(object), number)]);
        }
    }
}

fn heap(config: Config) -> Heap {
    Heap::new(config).expect("memory")
}

/// Settings under which nothing is collected unasked.
fn patient() -> Config {
    Config { initial_threshold: usize::MAX, poison: true, ..Config::default() }
}

fn address(block: NonNull<u8>) -> usize {
    block.as_ptr().expose_provenance()
}

/// A block, after a collection if one is due.
fn allocate(heap: &mut Heap, roots: &mut Words, size: usize, kind: Kind) -> Result<usize, AllocFailed> {
    match heap.alloc(size, kind) {
        Err(AllocFailed::NeedsCollection) => {
            heap.collect(roots);
            heap.alloc_after_collection(size, kind)
        }
        other => other,
    }
    .map(address)
}

/// Reads a word of a block.
fn get(block: usize, number: usize) -> usize {
    // SAFETY: the tests stay inside of live blocks, and read what was written.
    unsafe { ptr::with_exposed_provenance::<usize>(block).add(number).read() }
}

/// Writes a word of a block.
fn set(block: usize, number: usize, value: usize) {
    // SAFETY: the tests stay inside of live blocks.
    unsafe { ptr::with_exposed_provenance_mut::<usize>(block).add(number).write(value) }
}

/// Fewer rounds under Miri.
fn rounds(count: usize) -> usize {
    if cfg!(miri) { count / 200 + 3 } else { count }
}

/// A small random number generator (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}
