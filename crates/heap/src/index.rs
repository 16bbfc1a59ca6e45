//! From an address to the chunk that contains it: a hash table over chunk numbers (address / chunk size).
//!
//! Every chunk of every region is a key, used or not, so nothing is ever removed singly; when regions are given back, the
//! table is built anew.

use crate::chunk::ChunkRef;
use alloc::vec::Vec;

#[derive(Copy, Clone)]
struct Entry {
    /// Chunk number; zero if the entry is free (no memory lies at address zero).
    number: usize,
    chunk: Option<ChunkRef>,
}

const FREE: Entry = Entry { number: 0, chunk: None };

/// The table; its length is a power of two and at most half of it is in use.
pub(crate) struct ChunkIndex {
    entries: Vec<Entry>,
    used: usize,
    /// Address to chunk number.
    shift: u32,
    /// Hash to entry: 64 minus the binary logarithm of the length.
    hash_shift: u32,
}

impl ChunkIndex {
    /// An empty table for chunks of this size.
    pub(crate) fn new(chunk_size: usize) -> ChunkIndex {
        ChunkIndex { entries: Vec::new(), used: 0, shift: chunk_size.trailing_zeros(), hash_shift: 63 }
    }

    #[inline(always)]
    fn start(&self, number: usize) -> usize {
        ((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.hash_shift) as usize
    }

    /// The chunk in use that contains this address.
    #[inline(always)]
    pub(crate) fn find(&self, address: usize) -> Option<ChunkRef> {
        let number = address >> self.shift;
        let mask = self.entries.len().wrapping_sub(1);
        let mut at = self.start(number);
        // The table is empty or has a free entry, so the loop ends.
        while let Some(entry) = self.entries.get(at) {
            if entry.number == number {
                return entry.chunk;
            }
            if entry.number == 0 {
                return None;
            }
            at = (at + 1) & mask;
        }
        None
    }

    /// Makes room for `more` chunks; false if memory is missing.
    pub(crate) fn reserve(&mut self, more: usize) -> bool {
        let wanted = (self.used + more) * 2;
        if wanted <= self.entries.len() {
            return true;
        }
        let length = wanted.next_power_of_two().max(16);
        let mut entries = Vec::new();
        if entries.try_reserve_exact(length).is_err() {
            return false;
        }
        entries.resize(length, FREE);
        let old = core::mem::replace(&mut self.entries, entries);
        self.hash_shift = 64 - length.trailing_zeros();
        self.used = 0;
        for entry in old.into_iter().filter(|entry| entry.number != 0) {
            self.put(entry);
        }
        true
    }

    /// Forgets everything; the memory of the table is kept.
    pub(crate) fn clear(&mut self) {
        self.entries.fill(FREE);
        self.used = 0;
    }

    /// Enters the chunk at `address` or changes what it is used for. Room was reserved.
    pub(crate) fn set(&mut self, address: usize, chunk: Option<ChunkRef>) {
        self.put(Entry { number: address >> self.shift, chunk });
    }

    fn put(&mut self, entry: Entry) {
        let mask = self.entries.len() - 1;
        let mut at = self.start(entry.number);
        loop {
            let number = self.entries[at].number;
            if number == 0 || number == entry.number {
                self.used += usize::from(number == 0);
                debug_assert!(self.used * 2 <= self.entries.len());
                self.entries[at] = entry;
                return;
            }
            at = (at + 1) & mask;
        }
    }
}
