//! Inline caches: what an instruction learned about the object it saw last.
//!
//! A cache is trusted without a version: whoever changes what caches rely on (a namespace grows or loses a
//! name, a class attribute changes) calls [`crate::Vm::flush_caches`]. Filling marks what it relied on, so that
//! changes nobody relied on cost nothing.

use alloc::{boxed::Box, vec::Vec};

use crate::{interp::frame::Word, qstr::Qstr};

/// One cache site.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Cache {
    /// Word 0 of the objects it holds for (a shape or type), or for a loop its length; 0: empty.
    pub key: Word,
    /// Offset of an attribute, address of a value slot, a method, a step.
    pub a: Word,
    /// A second fact: new shape of a store, a stop value; for a tagged key the same without its tag, which the
    /// collector sees, so that the address is not used again while the cache holds it.
    pub b: Word,
    /// Not 0 if anything is learned; for a loop the distance of its jump with [`LOOP`].
    pub c: Word,
}

/// In [`Cache::c`]: a range loop, which never changes.
pub const LOOP: Word = 1 << (Word::BITS - 2);

/// In [`Cache::b`]: a cache of a global; no shape has this address.
const GLOBAL: Word = 1;

/// What empty caches of globals point at.
static NOTHING: Word = 0;

impl Cache {
    /// Holds for no object.
    pub const EMPTY: Cache = Cache { key: 0, a: 0, b: 0, c: 0 };

    /// An empty cache of a global: reading through it gives NULL.
    pub fn empty_global() -> Cache {
        Cache { key: 0, a: (&raw const NOTHING).expose_provenance(), b: GLOBAL, c: 0 }
    }

    /// A range loop's facts.
    pub fn range_loop(len: usize, step: Word, stop: Word, distance: isize) -> Cache {
        Cache { key: len, a: step, b: stop, c: (distance as usize & (LOOP - 1)) | LOOP }
    }

    /// Empties the cache, unless it holds facts that cannot change. Caches of globals keep pointing at NULL then.
    pub fn reset(&mut self) {
        if self.c & LOOP != 0 {
            return;
        }
        *self = if self.b == GLOBAL { Cache::empty_global() } else { Cache::EMPTY };
    }
}

/// What a fact of [`SharedCaches`] is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// A read.
    Load,
    /// A method to be called at once.
    Method,
    /// A store.
    Store,
}

#[derive(Clone, Copy)]
struct Shared {
    /// Word 0 of the objects it holds for.
    shape: Word,
    name: u32,
    access: Access,
    epoch: u32,
    cache: Cache,
}

/// The second look of sites that see objects of several shapes, and the only one of `getattr` and `setattr`: what any site
/// learned, by shape and name. It keeps nothing alive, so it is emptied by each collection besides each flush.
pub struct SharedCaches {
    entries: Box<[Shared]>,
    epoch: u32,
}

/// A power of two.
const SHARED: usize = 256;

impl SharedCaches {
    /// Nothing learned, no memory.
    pub fn new() -> SharedCaches {
        SharedCaches { entries: Box::default(), epoch: 1 }
    }

    #[inline(always)]
    fn place(shape: Word, name: Qstr) -> usize {
        ((shape >> 4) ^ (shape >> 12) ^ (name.0 as usize).wrapping_mul(0x9e37)) & (SHARED - 1)
    }

    /// What is known.
    #[inline(always)]
    pub fn find(&self, access: Access, shape: Word, name: Qstr) -> Option<&Cache> {
        let known = |entry: &&Shared| {
            entry.shape == shape && entry.name == name.0 && entry.epoch == self.epoch && entry.access == access
        };
        let place = Self::place(shape, name);
        let found = self.entries.get(place).filter(known).or_else(|| self.entries.get(place ^ 1).filter(known));
        found.map(|entry| &entry.cache)
    }

    /// Remembers what was learned.
    pub fn remember(&mut self, access: Access, shape: Word, name: Qstr, cache: Cache) {
        let (epoch, empty) = (self.epoch, Shared { shape: 0, name: 0, access, epoch: 0, cache: Cache::EMPTY });
        if self.entries.is_empty() {
            let mut entries = Vec::new();
            if entries.try_reserve_exact(SHARED).is_err() {
                return;
            }
            entries.resize(SHARED, empty);
            self.entries = entries.into_boxed_slice();
        }
        let place = Self::place(shape, name);
        if let Some(entry) = self.entries.get_mut(place) {
            let before = core::mem::replace(entry, Shared { shape, name: name.0, access, epoch, cache });
            // Where objects lie, and so which entries share a place, is chance: two of them fit.
            if before.epoch == epoch
                && let Some(other) = self.entries.get_mut(place ^ 1)
            {
                *other = before;
            }
        }
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            *self = SharedCaches::new();
        }
    }
}

impl Default for SharedCaches {
    fn default() -> Self {
        SharedCaches::new()
    }
}
