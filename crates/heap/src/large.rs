//! Blocks too large for a chunk: allocated one by one, each with a header before it.
//!
//! A list holds them all. It is sorted at the start of a collection, so that interior pointers are found by bisection; in
//! between, blocks are appended and removed in constant time.
#![allow(unsafe_code)]

use crate::config::Kind;
use crate::size_class::GRAIN;
use alloc::alloc::{alloc, alloc_zeroed, dealloc, realloc};
use alloc::vec::Vec;
use core::alloc::Layout;
use core::ptr::NonNull;

/// What lies before a large block.
#[repr(C, align(16))]
pub(crate) struct Header {
    /// Bytes in the block, a multiple of the grain.
    pub(crate) size: usize,
    /// Where the list holds the block.
    position: usize,
    pub(crate) kind: Kind,
    pub(crate) marked: bool,
    /// Marked, but it did not fit the mark stack.
    pub(crate) rescan: bool,
}

/// A large block; a copyable handle that is valid until [`LargeBlocks::free`].
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) struct LargeRef(NonNull<Header>);

impl LargeRef {
    /// The block behind `start`.
    ///
    /// # Safety
    /// `start` is the beginning of a live large block, with the provenance of its memory (exposed counts).
    #[inline]
    pub(crate) unsafe fn at(start: NonNull<u8>) -> LargeRef {
        // SAFETY: a header lies before every large block.
        LargeRef(unsafe { start.cast::<Header>().sub(1) })
    }

    #[inline]
    pub(crate) fn get<'a>(self) -> &'a Header {
        // SAFETY: the handle is valid; callers do not hold the reference over `get_mut` or `free`.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    pub(crate) fn get_mut<'a>(mut self) -> &'a mut Header {
        // SAFETY: as above; callers use the reference for one assignment.
        unsafe { self.0.as_mut() }
    }

    /// The block.
    #[inline]
    pub(crate) fn start(self) -> NonNull<u8> {
        // SAFETY: the block follows the header in the same allocation.
        unsafe { self.0.add(1).cast() }
    }
}

/// All large blocks of a heap.
pub(crate) struct LargeBlocks {
    blocks: Vec<LargeRef>,
    sorted: bool,
}

/// What a block of `size` bytes costs; nothing if that is more than memory can hold.
pub(crate) fn footprint(size: usize) -> Option<usize> {
    layout(size).map(|layout| layout.size())
}

fn layout(size: usize) -> Option<Layout> {
    let size = size.checked_next_multiple_of(GRAIN)?.checked_add(size_of::<Header>())?;
    Layout::from_size_align(size, GRAIN).ok()
}

impl LargeBlocks {
    pub(crate) fn new() -> LargeBlocks {
        LargeBlocks { blocks: Vec::new(), sorted: true }
    }

    pub(crate) fn all(&self) -> &[LargeRef] {
        &self.blocks
    }

    /// A new block; nothing if memory is missing.
    pub(crate) fn alloc(&mut self, size: usize, kind: Kind) -> Option<LargeRef> {
        let layout = layout(size)?;
        self.blocks.try_reserve(1).ok()?;
        // SAFETY: the layout is not of size zero.
        let memory = unsafe { if kind == Kind::Words { alloc_zeroed(layout) } else { alloc(layout) } };
        let header = NonNull::new(memory)?.cast::<Header>();
        memory.expose_provenance();
        let size = layout.size() - size_of::<Header>();
        let value = Header { size, position: self.blocks.len(), kind, marked: false, rescan: false };
        // SAFETY: fresh memory, large enough for the header and at least a word more, aligned to the grain.
        unsafe {
            header.write(value);
            if kind == Kind::Object {
                header.add(1).cast::<usize>().write(0);
            }
        }
        let block = LargeRef(header);
        self.blocks.push(block);
        self.sorted = false;
        Some(block)
    }

    /// Frees a block of the list; its handle and pointers to it are dead afterwards.
    pub(crate) fn free(&mut self, block: LargeRef) {
        let Header { position, size, .. } = *block.get();
        self.blocks.swap_remove(position);
        if let Some(moved) = self.blocks.get(position) {
            moved.get_mut().position = position;
            self.sorted = false;
        }
        LargeBlocks::give_back(block, size);
    }

    fn give_back(block: LargeRef, size: usize) {
        if let Some(layout) = layout(size) {
            // SAFETY: allocated with this layout, and not on the list any more.
            unsafe { dealloc(block.0.as_ptr().cast(), layout) };
        }
    }

    /// Grows or shrinks a block, which may move it. Nothing if memory is missing: then the block is as before.
    pub(crate) fn resize(&mut self, block: LargeRef, size: usize) -> Option<LargeRef> {
        let Header { position, size: old, kind, .. } = *block.get();
        let (old_layout, new_layout) = (layout(old)?, layout(size)?);
        // SAFETY: allocated with the old layout; the new size is not zero.
        let memory = unsafe { realloc(block.0.as_ptr().cast(), old_layout, new_layout.size()) };
        let resized = LargeRef(NonNull::new(memory)?.cast());
        memory.expose_provenance();
        let new = new_layout.size() - size_of::<Header>();
        resized.get_mut().size = new;
        if kind == Kind::Words && new > old {
            // SAFETY: the tail belongs to the block.
            unsafe { resized.start().add(old).write_bytes(0, new - old) };
        }
        self.blocks[position] = resized;
        self.sorted = false;
        Some(resized)
    }

    /// Sorts the list by address.
    pub(crate) fn sort(&mut self) {
        if !self.sorted {
            self.blocks.sort_unstable_by_key(|block| block.0);
            for (position, block) in self.blocks.iter().enumerate() {
                block.get_mut().position = position;
            }
            self.sorted = true;
        }
    }

    /// The block that contains this address. The list is sorted.
    pub(crate) fn find(&self, address: usize) -> Option<LargeRef> {
        debug_assert!(self.sorted);
        let last = self.blocks.last()?.start().addr().get();
        if address < self.blocks.first()?.start().addr().get() {
            return None;
        }
        let candidate = if address >= last {
            *self.blocks.last()?
        } else {
            let after = self.blocks.partition_point(|block| block.start().addr().get() <= address);
            *self.blocks.get(after.checked_sub(1)?)?
        };
        if address - candidate.start().addr().get() < candidate.get().size { Some(candidate) } else { None }
    }

    /// Frees the blocks that are not marked and clears the mark of the others.
    pub(crate) fn sweep(&mut self, mut freed: impl FnMut(LargeRef)) {
        let mut kept = 0;
        self.blocks.retain(|&block| {
            let header = block.get_mut();
            if header.marked {
                header.marked = false;
                header.position = kept;
                kept += 1;
                return true;
            }
            freed(block);
            LargeBlocks::give_back(block, block.get().size);
            false
        });
    }
}

impl Drop for LargeBlocks {
    fn drop(&mut self) {
        for &block in &self.blocks {
            LargeBlocks::give_back(block, block.get().size);
        }
    }
}
