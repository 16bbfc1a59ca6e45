//! Inline caches: what an instruction learned about the object it saw last.
//!
//! A cache is trusted without a version: whoever changes what caches rely on (a namespace grows or loses a
//! name, a class attribute changes) calls [`crate::Vm::flush_caches`]. Filling marks what it relied on, so that
//! changes nobody relied on cost nothing.

use crate::interp::frame::Word;

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
