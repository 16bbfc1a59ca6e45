//! The object word and the collected heap: what every other part of the virtual machine rests on.
//!
//! # The heap in one page
//! [`Heap`] hands out blocks that never move and frees those that a collection does not reach. It never collects by
//! itself: an allocation that wants a collection first answers [`AllocFailed::NeedsCollection`], and the caller, who knows
//! the roots, runs [`Heap::collect`] and then [`Heap::alloc_after_collection`].
//!
//! ```
//! use core::ptr::NonNull;
//! use heap::{AllocFailed, Config, Heap, Kind, Marker, Obj, Roots};
//!
//! struct Globals(Vec<Obj>);
//!
//! impl Roots for Globals {
//!     fn visit(&mut self, marker: &mut Marker<'_>) {
//!         self.0.iter().for_each(|&object| marker.mark(object));
//!     }
//! }
//!
//! fn allocate(heap: &mut Heap, roots: &mut Globals, size: usize) -> Result<NonNull<u8>, AllocFailed> {
//!     match heap.alloc(size, Kind::Words) {
//!         Err(AllocFailed::NeedsCollection) => {
//!             heap.collect(roots);
//!             heap.alloc_after_collection(size, Kind::Words)
//!         }
//!         other => other,
//!     }
//! }
//!
//! let mut heap = Heap::new(Config::default()).unwrap();
//! let mut globals = Globals(Vec::new());
//! let kept = allocate(&mut heap, &mut globals, 48).unwrap();
//! allocate(&mut heap, &mut globals, 48).unwrap();
//! globals.0.push(Obj::from_ptr(kept));
//! heap.collect(&mut globals);
//! assert_eq!(heap.used(), 48);
//! ```
//!
//! | file | idea |
//! |---|---|
//! | [`word`] | the object word |
//! | `config` | what a caller says and is told: settings, kinds of block, failures, statistics |
//! | `size_class` | which block sizes there are |
//! | `chunk` | one run of equal blocks and its two bitmaps |
//! | `region` | memory for chunks, bought from the global allocator in bulk |
//! | `index` | from an address to its chunk |
//! | `large` | blocks too large for a chunk |
//! | `account` | the byte limit, the threshold, failures on demand |
//! | `allocate` | [`Heap`]: allocation and explicit freeing |
//! | `mark`, `sweep` | a collection |
//! | `stack` | conservative scan of the native stack |
//! | `verify` | checks every invariant, for tests |
//!
//! What must stay true: between collections all mark bits are clear; a block is live exactly when its allocation
//! bit is set and it is not waiting in a cursor; what the limit forbids is never reserved. There is no global state: any
//! number of heaps live side by side.
//!
//! Sweeping is not lazy: with bitmaps it is a copy of a few words per chunk that never touches the blocks themselves,
//! so putting it off would save nothing and cost every look-up a case distinction.
//!
//! # Checking memory rules
//! `cargo +nightly miri test -p taipan-heap` with `MIRIFLAGS=-Zmiri-permissive-provenance` runs the tests under Miri: pointers that are kept in object words
//! expose their provenance, and words become pointers with an exposed one. The native stack scan does nothing there; the tests
//! that rest on it are left out. Tests shrink their loops under Miri.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod account;
mod allocate;
mod chunk;
mod config;
mod index;
mod large;
mod mark;
mod region;
mod size_class;
mod stack;
mod sweep;
#[cfg(test)]
mod tests;
mod verify;
pub mod word;

pub use allocate::Heap;
pub use config::{AllocFailed, Collected, Config, Failure, Kind, Stats, UNIT};
pub use mark::{Marker, Roots};
pub use stack::{scan_native_stack, scan_range, with_saved_registers};
pub use word::Obj;
