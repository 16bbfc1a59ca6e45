//! The heap: allocation, explicit freeing, and the switches.
//!
//! For each class and kind a cursor holds up to 64 free blocks of one group as a bit set; allocation takes its lowest bit. The
//! blocks of the set count as allocated in the chunk until the cursor is flushed. When the set is empty, the next group with
//! a free block follows, then the next chunk on the list, then a new chunk.
#![allow(unsafe_code)]

use crate::account::Account;
use crate::chunk::{ChunkRef, SLOTS, slot};
use crate::config::{AllocFailed, Config, Failure, Kind, Stats, UNIT};
use crate::index::ChunkIndex;
use crate::large::{self, LargeBlocks, LargeRef};
use crate::mark::Pending;
use crate::region::Regions;
use crate::size_class::{GRAIN, LARGEST, SIZES, class_of};
use alloc::vec::Vec;
use core::ptr::NonNull;

/// Where the next blocks of a class and kind come from.
#[derive(Copy, Clone)]
pub(crate) struct Cursor {
    /// The free blocks of the group, as bits; they are set in the chunk's allocation bits, too.
    pub(crate) free: u64,
    /// The first block of the group.
    base: NonNull<u8>,
    size: usize,
    pub(crate) chunk: Option<ChunkRef>,
    pub(crate) group: usize,
}

/// A heap of blocks that never move. See the crate's documentation.
pub struct Heap {
    pub(crate) cursors: [Cursor; SLOTS],
    /// The chunks of each slot that have free blocks, apart from the cursor's.
    pub(crate) lists: [Option<ChunkRef>; SLOTS],
    /// All chunks in use.
    pub(crate) chunks: Vec<ChunkRef>,
    pub(crate) regions: Regions,
    pub(crate) index: ChunkIndex,
    pub(crate) large: LargeBlocks,
    pub(crate) account: Account,
    /// Blocks that are marked and wait for being scanned; its capacity never changes.
    pub(crate) pending: Vec<Pending>,
    /// A collection has begun; still true at the start of the next one if a panic ended it.
    pub(crate) marking: bool,
    pub(crate) poison: bool,
    /// The largest size that is allocated in chunks.
    largest_small: usize,
}

// SAFETY: the heap owns all memory that its pointers lead to, and nothing of it is tied to a thread.
unsafe impl Send for Heap {}

/// The byte that fills freed blocks.
const POISON: u8 = 0x5a;

impl Heap {
    /// An empty heap. It fails if there is no memory for the mark stack.
    pub fn new(config: Config) -> Result<Heap, AllocFailed> {
        let regions = Regions::new(config.limit);
        let mut pending = Vec::new();
        pending.try_reserve_exact(config.mark_stack.max(1)).map_err(|_| AllocFailed::OutOfMemory)?;
        let empty = Cursor { free: 0, base: NonNull::dangling(), size: 0, chunk: None, group: 0 };
        Ok(Heap {
            cursors: [empty; SLOTS],
            lists: [None; SLOTS],
            chunks: Vec::new(),
            index: ChunkIndex::new(regions.chunk_size),
            largest_small: LARGEST.min(regions.chunk_size / 8),
            regions,
            large: LargeBlocks::new(),
            account: Account::new(&config),
            pending,
            marking: false,
            poison: config.poison,
        })
    }

    /// A block of at least `size` bytes, aligned to 16. [`Kind`] says what is zeroed; the rest holds anything.
    ///
    /// The block must be in a state that its kind allows to scan before the next allocation.
    #[inline]
    pub fn alloc(&mut self, size: usize, kind: Kind) -> Result<NonNull<u8>, AllocFailed> {
        if size <= LARGEST {
            let cursor = &mut self.cursors[slot(class_of(size), kind)];
            if cursor.free != 0 {
                return Ok(cursor.pop(kind));
            }
        }
        self.alloc_slow(size, kind, false)
    }

    /// The second try after [`AllocFailed::NeedsCollection`]: takes what there is, and never asks for a collection.
    #[cold]
    pub fn alloc_after_collection(&mut self, size: usize, kind: Kind) -> Result<NonNull<u8>, AllocFailed> {
        self.alloc_slow(size, kind, true)
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, size: usize, kind: Kind, collected: bool) -> Result<NonNull<u8>, AllocFailed> {
        if !collected {
            self.account.count()?;
            if self.account.stress && self.account.automatic {
                return Err(AllocFailed::NeedsCollection);
            }
        }
        self.account.check()?;
        let failed = if collected { AllocFailed::OutOfMemory } else { self.account.exhausted() };
        if size > self.largest_small {
            return self.alloc_large(size, kind, collected).ok_or(failed);
        }
        let slot = slot(class_of(size), kind);
        let careful = self.account.careful();
        if self.cursors[slot].free == 0 && !self.refill(slot) {
            if !collected && self.account.collection_due(size) {
                return Err(AllocFailed::NeedsCollection);
            }
            let chunk = self.new_chunk(class_of(size), kind).ok_or(failed)?;
            let cursor = &mut self.cursors[slot];
            (cursor.chunk, cursor.group) = (Some(chunk), 0);
            self.refill(slot);
        }
        let block = self.cursors[slot].pop(kind);
        if careful {
            // The next allocation must come here again.
            self.flush(slot);
        }
        Ok(block)
    }

    fn alloc_large(&mut self, size: usize, kind: Kind, collected: bool) -> Option<NonNull<u8>> {
        let cost = large::footprint(size)?;
        if !collected && self.account.collection_due(cost) {
            return None;
        }
        if !self.make_room(cost) {
            return None;
        }
        let block = self.large.alloc(size, kind)?;
        self.account.reserved += cost;
        self.account.take(block.get().size);
        Some(block.start())
    }

    /// Fills the cursor of a slot from the chunks there are.
    fn refill(&mut self, slot: usize) -> bool {
        let cursor = &mut self.cursors[slot];
        loop {
            if let Some(chunk) = cursor.chunk {
                for number in cursor.group..chunk.groups() {
                    let valid = chunk.valid(number);
                    let group = chunk.group(number);
                    let free = !group.allocated & valid;
                    if free != 0 {
                        group.allocated = valid;
                        cursor.free = free;
                        cursor.group = number;
                        cursor.size = chunk.size();
                        cursor.base = chunk.block(64 * number);
                        self.account.take(free.count_ones() as usize * cursor.size);
                        return true;
                    }
                }
                cursor.group = 0;
                if !core::mem::take(&mut chunk.get_mut().revisit) {
                    cursor.chunk = None;
                }
            } else if let Some(chunk) = self.lists[slot] {
                self.lists[slot] = chunk.get_mut().next.take();
                chunk.get_mut().listed = false;
                cursor.chunk = Some(chunk);
                cursor.group = 0;
            } else {
                return false;
            }
        }
    }

    fn new_chunk(&mut self, class: usize, kind: Kind) -> Option<ChunkRef> {
        let bytes = self.regions.chunk_size;
        let cost = ChunkRef::footprint(bytes, class);
        self.chunks.try_reserve(1).ok()?;
        let memory = self.regions.take(&mut self.account, &mut self.index)?;
        let chunk = if self.account.allows(cost) { ChunkRef::create(memory, bytes, class, kind) } else { None };
        let Some(chunk) = chunk else {
            self.regions.put(memory);
            return None;
        };
        self.account.reserved += cost;
        self.index.set(memory.addr().get(), Some(chunk));
        self.chunks.push(chunk);
        Some(chunk)
    }

    /// Returns the blocks that wait in a cursor to their chunk. The cursor keeps its place.
    fn flush(&mut self, slot: usize) {
        let cursor = &mut self.cursors[slot];
        if let Some(chunk) = cursor.chunk {
            let free = core::mem::take(&mut cursor.free);
            chunk.group(cursor.group).allocated &= !free;
            self.account.in_use -= free.count_ones() as usize * cursor.size;
        }
    }

    /// Returns the blocks that wait in all cursors.
    pub(crate) fn flush_all(&mut self) {
        (0..SLOTS).for_each(|slot| self.flush(slot));
    }

    /// Frees a block now instead of at the next collection.
    ///
    /// # Safety
    /// `block` is what an allocation of this heap returned, live, and nothing uses it any more.
    pub unsafe fn free(&mut self, block: NonNull<u8>) {
        let Some(chunk) = self.index.find(block.addr().get()) else {
            // SAFETY: a live block outside of the chunks is a large one.
            let large = unsafe { LargeRef::at(block) };
            let size = large.get().size;
            self.account.reserved -= large::footprint(size).unwrap_or(0);
            self.account.in_use -= size;
            self.large.free(large);
            return;
        };
        let Some(position) = chunk.position(block.addr().get()) else {
            return;
        };
        debug_assert!(chunk.block(position) == block, "only whole blocks are freed");
        let (number, bit) = (position / 64, 1 << (position % 64));
        debug_assert!(chunk.group(number).allocated & bit != 0, "the block is live");
        if self.poison {
            fill(block, chunk.size());
        }
        let slot = chunk.get().slot as usize;
        let careful = self.account.careful();
        let cursor = &mut self.cursors[slot];
        let current = cursor.chunk == Some(chunk);
        if current && cursor.group == number && !careful {
            // It is the next to be allocated: its memory is still in the cache.
            cursor.free |= bit;
            return;
        }
        chunk.group(number).allocated &= !bit;
        self.account.in_use -= chunk.size();
        if current {
            chunk.get_mut().revisit |= number < cursor.group;
        } else if !chunk.get().listed {
            self.list(chunk);
        }
    }

    /// Puts a chunk with free blocks on the list of its slot.
    pub(crate) fn list(&mut self, chunk: ChunkRef) {
        let fixed = chunk.get_mut();
        fixed.listed = true;
        fixed.next = self.lists[fixed.slot as usize].replace(chunk);
    }

    /// The usable bytes of a block, at least what was asked for.
    ///
    /// # Safety
    /// `block` is what an allocation of this heap returned, and live.
    pub unsafe fn block_size(&self, block: NonNull<u8>) -> usize {
        match self.index.find(block.addr().get()) {
            Some(chunk) => chunk.size(),
            // SAFETY: a live block outside of the chunks is a large one.
            None => unsafe { LargeRef::at(block) }.get().size,
        }
    }

    /// Makes a block larger or smaller without a copy by the caller. A large block may move, its content with it. Nothing if that cannot be
    /// done cheaply, or a collection is due first: then the block is as before, and the caller allocates and copies.
    ///
    /// # Safety
    /// `block` is what an allocation of this heap returned, and live. If the result is a block, no pointer to the
    /// old one is used any more.
    pub unsafe fn resize(&mut self, block: NonNull<u8>, size: usize) -> Option<NonNull<u8>> {
        self.account.count().ok()?;
        if let Some(chunk) = self.index.find(block.addr().get()) {
            return if size <= chunk.size() { Some(block) } else { None };
        }
        // SAFETY: a live block outside of the chunks is a large one.
        let large = unsafe { LargeRef::at(block) };
        let old = large.get().size;
        let (old_cost, new_cost) = (large::footprint(old)?, large::footprint(size)?);
        let more = new_cost.saturating_sub(old_cost);
        // While it is copied, the block exists twice.
        if size <= self.largest_small
            || more > 0 && (self.account.collection_due(more) || !self.account.allows(new_cost))
        {
            return None;
        }
        let resized = self.large.resize(large, size)?;
        self.account.reserved = self.account.reserved - old_cost + new_cost;
        self.account.in_use -= old;
        self.account.take(resized.get().size);
        Some(resized.start())
    }

    /// Counts memory outside of the heap (stacks, big integers) against the limit. After `NeedsCollection`, collect
    /// and try again; the second answer is final.
    pub fn reserve_external(&mut self, bytes: usize) -> Result<(), AllocFailed> {
        let second = self.account.second_try();
        let counted = if second { self.account.check() } else { self.account.count() };
        counted.map_err(|failed| self.account.refuse(failed))?;
        if second {
            if !self.make_room(bytes) {
                return Err(AllocFailed::OutOfMemory);
            }
        } else if self.account.collection_due(bytes) || !self.make_room(bytes) {
            let failed = self.account.exhausted();
            return Err(self.account.refuse(failed));
        }
        self.account.reserved += bytes;
        self.account.external += bytes;
        self.account.take(bytes);
        Ok(())
    }

    /// Gives back what was reserved; never more than that.
    pub fn release_external(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.account.external, "only what was reserved is released");
        let bytes = bytes.min(self.account.external);
        self.account.reserved -= bytes;
        self.account.external -= bytes;
        self.account.in_use -= bytes;
    }

    /// Whether the limit allows `bytes` more, if need be after giving back unused regions.
    fn make_room(&mut self, bytes: usize) -> bool {
        self.account.allows(bytes) || self.release_regions() && self.account.allows(bytes)
    }

    /// Returns regions without live blocks to the system; true if there were any.
    pub(crate) fn release_regions(&mut self) -> bool {
        if !self.regions.release(&mut self.account) {
            return false;
        }
        self.index.clear();
        self.regions.bases().for_each(|base| self.index.set(base, None));
        self.chunks.iter().for_each(|&chunk| self.index.set(chunk.get().base.addr().get(), Some(chunk)));
        true
    }

    /// Bytes in live blocks and external reservations.
    pub fn used(&self) -> usize {
        let waiting: usize = self.cursors.iter().map(|cursor| cursor.free.count_ones() as usize * cursor.size).sum();
        self.account.in_use - waiting
    }

    /// The largest number of bytes in use so far (blocks that were about to be allocated included).
    pub fn peak(&self) -> usize {
        self.account.peak
    }

    /// Bytes reserved from the system; never more than the limit.
    pub fn reserved(&self) -> usize {
        self.account.reserved
    }

    /// The limit on reserved bytes, if there is one.
    pub fn limit(&self) -> Option<usize> {
        if self.account.limit == usize::MAX { None } else { Some(self.account.limit) }
    }

    /// All numbers at once; it walks the chunks.
    pub fn stats(&self) -> Stats {
        let waiting: usize = self.cursors.iter().map(|cursor| cursor.free.count_ones() as usize).sum();
        let (mut blocks, mut free) = (0, self.regions.unused_bytes());
        let (mut by_units, mut largest) = ([0; 2], 0);
        let mut largest_free = if free > 0 { self.regions.chunk_size } else { 0 };
        for chunk in &self.chunks {
            let live: u32 = (0..chunk.groups()).map(|number| chunk.group(number).allocated.count_ones()).sum();
            let (live, size) = (live as usize, chunk.size());
            blocks += live;
            free += (chunk.count() - live) * size;
            if let Some(count) = by_units.get_mut(size.div_ceil(UNIT) - 1) {
                *count += live;
            }
            largest = largest.max(if live > 0 { size } else { 0 });
            largest_free = largest_free.max(if chunk.count() > live { size } else { 0 });
        }
        for block in self.large.all() {
            largest = largest.max(block.get().size);
        }
        let used = self.used();
        Stats {
            reserved: self.account.reserved,
            used,
            peak: self.account.peak,
            free: free + self.account.in_use - used,
            small_blocks: blocks - waiting,
            large_blocks: self.large.all().len(),
            by_units,
            largest,
            largest_free,
            chunks: self.chunks.len(),
            collections: self.account.collections,
        }
    }

    /// The lowest address of a chunk; `usize::MAX` if there is none.
    pub fn start(&self) -> usize {
        self.regions.extent().0
    }

    /// Whether every allocation wants a collection first.
    pub fn set_stress(&mut self, stress: bool) {
        self.account.stress = stress;
        self.flush_all();
    }

    /// Whether freed blocks are filled with `0x5a`.
    pub fn set_poison(&mut self, poison: bool) {
        self.poison = poison;
    }

    /// Lets allocations and reservations fail with `OutOfMemory`; they are counted from now on. Gives what was set before.
    pub fn fail_after(&mut self, failure: Failure) -> Failure {
        let before = core::mem::replace(&mut self.account.failure, failure);
        self.account.counted = 0;
        self.flush_all();
        before
    }

    /// Allocations and reservations since [`Heap::fail_after`]; counted only while a failure is set.
    pub fn counted(&self) -> u64 {
        self.account.counted
    }

    /// Whether collections happen without being asked for (`gc.enable`). If not, running out of memory is final.
    pub fn set_automatic(&mut self, automatic: bool) {
        self.account.automatic = automatic;
    }

    /// Whether collections happen without being asked for.
    pub fn automatic(&self) -> bool {
        self.account.automatic
    }

    /// Collect after this many bytes (`gc.threshold`), or with nothing by the rule that use has doubled.
    pub fn set_threshold(&mut self, bytes: Option<usize>) {
        self.account.fixed_step = bytes;
        self.account.plan();
    }

    /// What [`Heap::set_threshold`] set.
    pub fn threshold(&self) -> Option<usize> {
        self.account.fixed_step
    }
}

impl Cursor {
    /// Takes the lowest free block; there is one.
    #[inline(always)]
    fn pop(&mut self, kind: Kind) -> NonNull<u8> {
        let position = self.free.trailing_zeros() as usize;
        self.free &= self.free.wrapping_sub(1);
        // SAFETY: the bit stands for a block of the group. It is free, so nothing else uses its memory.
        unsafe {
            let block = self.base.add(position * self.size);
            match kind {
                Kind::Object => block.cast::<usize>().write(0),
                Kind::Words => clear(block, self.size),
                Kind::Raw => {}
            }
            block
        }
    }
}

/// Sets a block of a class to zeros.
///
/// # Safety
/// `size` bytes, a multiple of [`GRAIN`] and not 0, may be written at `block`, which is aligned to it.
#[inline(always)]
unsafe fn clear(block: NonNull<u8>, size: usize) {
    // SAFETY: all stores lie inside of the block.
    unsafe {
        if size > 4 * GRAIN {
            return block.write_bytes(0, size);
        }
        // Stores that may cover the same grain: a call for so few bytes would take longer.
        let grain = |at: usize| block.add(at).cast::<[u64; 2]>().write([0; 2]);
        grain(0);
        grain(size - GRAIN);
        if size > 2 * GRAIN {
            grain(GRAIN);
            grain(size - 2 * GRAIN);
        }
    }
}

/// Poisons a block that is free.
pub(crate) fn fill(block: NonNull<u8>, size: usize) {
    // SAFETY: callers pass a block of their heap and its size; it is free, so nothing else uses it.
    unsafe { block.write_bytes(POISON, size) };
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.chunks.drain(..).for_each(ChunkRef::destroy);
    }
}

const _: () = assert!(SIZES[0] >= size_of::<usize>());
