//! Checks every invariant of a heap. For tests: it walks everything.

use crate::allocate::Heap;
use crate::chunk::{ChunkRef, SLOTS};
use crate::large;

impl Heap {
    /// Whether the heap is consistent; the error says what is not.
    pub fn verify(&mut self) -> Result<(), &'static str> {
        self.flush_all();
        self.large.sort();
        let mut in_use = self.account.external;
        let mut reserved = self.account.external + self.regions.bytes();
        let mut listed = 0;
        for &chunk in &self.chunks {
            let mut live = 0;
            for number in 0..chunk.groups() {
                let group = *chunk.group(number);
                check(group.allocated & !chunk.valid(number) == 0, "a bit without a block is set")?;
                check(group.marked == 0, "a mark outlived its collection")?;
                live += group.allocated.count_ones() as usize;
            }
            in_use += live * chunk.size();
            reserved += ChunkRef::footprint(self.regions.chunk_size, chunk.class());
            listed += usize::from(chunk.get().listed);
            check(self.find(chunk, 0) && self.find(chunk, self.regions.chunk_size - 1), "a chunk is not found")?;
            check(!chunk.get().rescan, "a flag outlived its collection")?;
        }
        check(
            self.chunks.len() * self.regions.chunk_size + self.regions.unused_bytes() == self.regions.bytes(),
            "a chunk is lost",
        )?;
        for slot in 0..SLOTS {
            let mut next = self.lists[slot];
            while let Some(chunk) = next {
                check(chunk.get().slot as usize == slot && chunk.get().listed, "a chunk is on a wrong list")?;
                check(self.cursors[slot].chunk != Some(chunk), "the cursor's chunk is on the list")?;
                listed = listed.wrapping_sub(1);
                next = chunk.get().next;
            }
        }
        check(listed == 0, "a chunk misses on its list")?;
        for &block in self.large.all() {
            let size = block.get().size;
            in_use += size;
            reserved += large::footprint(size).unwrap_or(0);
            check(!block.get().marked && !block.get().rescan, "a mark outlived its collection")?;
            let start = block.start().addr().get();
            check(
                self.large.find(start) == Some(block) && self.large.find(start + size - 1) == Some(block),
                "a large block is not found",
            )?;
        }
        check(in_use == self.account.in_use, "bytes in use are miscounted")?;
        check(reserved == self.account.reserved, "reserved bytes are miscounted")?;
        check(reserved <= self.account.limit, "the limit is passed")?;
        check(self.account.peak >= in_use, "the peak is too low")
    }

    fn find(&self, chunk: ChunkRef, offset: usize) -> bool {
        self.index.find(chunk.get().base.addr().get() + offset) == Some(chunk)
    }
}

fn check(holds: bool, message: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(message) }
}
