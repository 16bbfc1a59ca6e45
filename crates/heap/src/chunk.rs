//! A chunk: a run of blocks of one size and kind, with an allocation bit and a mark bit for each block.
//!
//! The description lies apart from the blocks (all chunks are aligned alike, so headers inside them would
//! compete for the same few cache lines). Its bitmaps follow it in memory, 64 blocks to a pair of words, the
//! two words of a pair side by side because marking reads both.
#![allow(unsafe_code)]

use crate::config::Kind;
use crate::size_class::{SIZES, divide, reciprocal};
use alloc::alloc::{alloc_zeroed, dealloc};
use core::alloc::Layout;
use core::ptr::NonNull;

/// The allocation and mark bits of 64 blocks.
#[derive(Copy, Clone, Default)]
pub(crate) struct Group {
    pub(crate) allocated: u64,
    pub(crate) marked: u64,
}

/// The fixed part of a description, aligned for the groups that follow it.
#[repr(align(8))]
pub(crate) struct Chunk {
    /// Where the blocks begin.
    pub(crate) base: NonNull<u8>,
    /// The size of a block.
    pub(crate) size: u32,
    reciprocal: u32,
    /// The number of blocks.
    pub(crate) count: u32,
    /// Class and kind: the position in the tables of cursors and lists.
    pub(crate) slot: u8,
    pub(crate) kind: Kind,
    /// Whether the chunk is on the list of its slot.
    pub(crate) listed: bool,
    /// Whether a block was freed in a part that the cursor has passed.
    pub(crate) revisit: bool,
    /// Whether a block was marked that did not fit the mark stack.
    pub(crate) rescan: bool,
    /// The next chunk on the list of the slot.
    pub(crate) next: Option<ChunkRef>,
}

/// A description, owned by the heap; a copyable handle.
///
/// What makes the methods sound: the handle is made by [`ChunkRef::create`] and not used after [`ChunkRef::destroy`], and only
/// the one `Heap` that owns the chunk, which is never shared between threads, has handles to it.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) struct ChunkRef(NonNull<Chunk>);

impl ChunkRef {
    /// The bytes that the description of a chunk takes.
    pub(crate) fn footprint(bytes: usize, class: usize) -> usize {
        ChunkRef::layout(bytes / SIZES[class]).size()
    }

    fn layout(count: usize) -> Layout {
        let groups = count.div_ceil(64);
        let size = size_of::<Chunk>().next_multiple_of(align_of::<Group>()) + groups * size_of::<Group>();
        let align = if align_of::<Chunk>() > align_of::<Group>() { align_of::<Chunk>() } else { align_of::<Group>() };
        // Both numbers are small constants or bounded by the size of a chunk.
        Layout::from_size_align(size, align).unwrap_or(Layout::new::<Chunk>())
    }

    /// Describes `bytes` of memory at `base`, all blocks free; nothing if memory for the description is missing.
    pub(crate) fn create(base: NonNull<u8>, bytes: usize, class: usize, kind: Kind) -> Option<ChunkRef> {
        let size = SIZES[class];
        let count = bytes / size;
        // SAFETY: the layout is not of size zero.
        let chunk = NonNull::new(unsafe { alloc_zeroed(ChunkRef::layout(count)) })?.cast::<Chunk>();
        let value = Chunk {
            base,
            size: size as u32,
            reciprocal: reciprocal(size),
            count: count as u32,
            slot: slot(class, kind) as u8,
            kind,
            listed: false,
            revisit: false,
            rescan: false,
            next: None,
        };
        // SAFETY: fresh memory of sufficient size and alignment; the groups after it are zeroed, which is valid for them.
        unsafe { chunk.write(value) };
        Some(ChunkRef(chunk))
    }

    /// Frees the description (not the blocks). No handle to it may be used afterwards.
    pub(crate) fn destroy(self) {
        let layout = ChunkRef::layout(self.count());
        // SAFETY: allocated in `create` with the same layout.
        unsafe { dealloc(self.0.as_ptr().cast(), layout) };
    }

    /// The fixed part.
    #[inline(always)]
    pub(crate) fn get<'a>(self) -> &'a Chunk {
        // SAFETY: see the type; callers do not hold the reference over `get_mut`.
        unsafe { self.0.as_ref() }
    }

    /// The fixed part, for a change.
    #[inline(always)]
    pub(crate) fn get_mut<'a>(mut self) -> &'a mut Chunk {
        // SAFETY: see the type; callers use the reference for one assignment.
        unsafe { self.0.as_mut() }
    }

    #[inline(always)]
    pub(crate) fn count(self) -> usize {
        self.get().count as usize
    }

    #[inline(always)]
    pub(crate) fn size(self) -> usize {
        self.get().size as usize
    }

    /// The size class.
    pub(crate) fn class(self) -> usize {
        self.get().slot as usize % SIZES.len()
    }

    #[inline(always)]
    pub(crate) fn groups(self) -> usize {
        self.count().div_ceil(64)
    }

    /// The bits of the blocks `64 * group` and following.
    #[inline(always)]
    pub(crate) fn group(self, group: usize) -> &'static mut Group {
        debug_assert!(group < self.groups());
        // SAFETY: `layout` has room for this group after the fixed part; callers use the reference for one access and
        // do not keep it.
        unsafe { &mut *self.0.add(1).cast::<Group>().add(group).as_ptr() }
    }

    /// Which bits of a group stand for blocks.
    #[inline(always)]
    pub(crate) fn valid(self, group: usize) -> u64 {
        let rest = self.count() - 64 * group;
        if rest >= 64 { u64::MAX } else { (1 << rest) - 1 }
    }

    /// The number of the block that contains `address`, which lies in the chunk; nothing in the waste at its end.
    #[inline(always)]
    pub(crate) fn position(self, address: usize) -> Option<usize> {
        let chunk = self.get();
        let position = divide(address - chunk.base.addr().get(), chunk.reciprocal);
        if position < chunk.count as usize { Some(position) } else { None }
    }

    /// Where the block begins.
    #[inline(always)]
    pub(crate) fn block(self, position: usize) -> NonNull<u8> {
        debug_assert!(position < self.count());
        // SAFETY: the block lies in the memory of the chunk.
        unsafe { self.get().base.add(position * self.size()) }
    }
}

/// The number of slots: one for each class and kind.
pub(crate) const SLOTS: usize = SIZES.len() * Kind::COUNT;

/// The slot of a class and kind.
#[inline(always)]
pub(crate) fn slot(class: usize, kind: Kind) -> usize {
    kind as usize * SIZES.len() + class
}

/// The positions of the bits that are set.
pub(crate) fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        if bits == 0 {
            return None;
        }
        let position = bits.trailing_zeros() as usize;
        bits &= bits - 1;
        Some(position)
    })
}
