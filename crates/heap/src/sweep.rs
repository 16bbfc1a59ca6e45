//! Sweeping: what is not marked is free. It works on bitmaps; blocks are touched only to poison them.

use crate::allocate::{Heap, fill};
use crate::chunk::{ChunkRef, ones};
use crate::config::Collected;
use crate::large;

impl Heap {
    /// Ends a collection: the mark bits become the allocation bits.
    pub(crate) fn sweep(&mut self) -> Collected {
        let mut result = Collected { live: 0, freed: 0, freed_blocks: 0 };
        let before = self.account.in_use - self.account.external;
        self.lists.fill(None);
        for cursor in &mut self.cursors {
            (cursor.chunk, cursor.free, cursor.group) = (None, 0, 0);
        }
        let mut chunks = core::mem::take(&mut self.chunks);
        // From the end, so that lists begin with the oldest chunks and young ones become empty.
        chunks.reverse();
        chunks.retain(|&chunk| {
            let live = self.sweep_chunk(chunk, &mut result.freed_blocks);
            result.live += live * chunk.size();
            if live == 0 {
                self.retire(chunk);
            } else if live < chunk.count() {
                self.list(chunk);
            }
            live != 0
        });
        chunks.reverse();
        self.chunks = chunks;

        let (account, poison) = (&mut self.account, self.poison);
        self.large.sweep(|block| {
            let size = block.get().size;
            result.freed_blocks += 1;
            account.reserved -= large::footprint(size).unwrap_or(0);
            if poison {
                fill(block.start(), size);
            }
        });
        result.live += self.large.all().iter().map(|block| block.get().size).sum::<usize>();
        result.freed = before - result.live;
        self.account.in_use = result.live + self.account.external;
        self.account.collections += 1;
        self.account.plan();
        self.marking = false;
        if self.regions.unused_bytes() > self.regions.bytes() / 2 + (1 << 20) {
            self.release_regions();
        }
        result
    }

    /// Sweeps one chunk and returns the number of live blocks.
    fn sweep_chunk(&self, chunk: ChunkRef, freed: &mut usize) -> usize {
        let mut live = 0;
        for number in 0..chunk.groups() {
            let group = chunk.group(number);
            let dead = group.allocated & !group.marked;
            *freed += dead.count_ones() as usize;
            live += group.marked.count_ones() as usize;
            group.allocated = group.marked;
            group.marked = 0;
            if self.poison {
                ones(dead).for_each(|position| fill(chunk.block(64 * number + position), chunk.size()));
            }
        }
        let fixed = chunk.get_mut();
        (fixed.listed, fixed.revisit, fixed.next) = (false, false, None);
        live
    }

    /// Returns the memory of an empty chunk to its region.
    fn retire(&mut self, chunk: ChunkRef) {
        let base = chunk.get().base;
        self.account.reserved -= ChunkRef::footprint(self.regions.chunk_size, chunk.class());
        self.index.set(base.addr().get(), None);
        self.regions.put(base);
        chunk.destroy();
    }
}
