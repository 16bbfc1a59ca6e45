//! Memory for chunks. It is bought from the global allocator in regions of many chunks, because a
//! request for one aligned chunk costs twice its size in most allocators; regions start small and grow with the heap.
#![allow(unsafe_code)]

use crate::account::Account;
use crate::index::ChunkIndex;
use alloc::alloc::{alloc, dealloc};
use alloc::vec::Vec;
use core::alloc::Layout;
use core::ptr::NonNull;

/// The chunk size of most heaps.
pub(crate) const LARGEST_CHUNK: usize = 16 << 10;
/// Smaller chunks for heaps with a limit below: each size of blocks has chunks of its own, of which half a one is unused.
const SMALL: [(usize, usize); 2] = [(256 << 10, 1 << 10), (1 << 20, 4 << 10)];

struct Region {
    base: NonNull<u8>,
    bytes: usize,
}

/// All regions, and which of their chunks are unused.
pub(crate) struct Regions {
    pub(crate) chunk_size: usize,
    regions: Vec<Region>,
    /// Unused chunks, a stack; it always has capacity for all chunks.
    unused: Vec<NonNull<u8>>,
    /// Chunks in all regions.
    chunks: usize,
}

impl Regions {
    /// No regions, for a heap with this limit.
    pub(crate) fn new(limit: Option<usize>) -> Regions {
        let small = SMALL.iter().find(|(below, _)| limit.is_some_and(|limit| limit < *below));
        let chunk_size = small.map_or(LARGEST_CHUNK, |(_, size)| *size);
        Regions { chunk_size, regions: Vec::new(), unused: Vec::new(), chunks: 0 }
    }

    /// How many bytes of chunks are unused.
    pub(crate) fn unused_bytes(&self) -> usize {
        self.unused.len() * self.chunk_size
    }

    /// The bytes of all regions.
    pub(crate) fn bytes(&self) -> usize {
        self.chunks * self.chunk_size
    }

    /// Takes an unused chunk, buying a region if the limit allows it.
    pub(crate) fn take(&mut self, account: &mut Account, index: &mut ChunkIndex) -> Option<NonNull<u8>> {
        if self.unused.is_empty() {
            self.grow(account, index);
        }
        self.unused.pop()
    }

    /// Gives a chunk back. The caller has told the index.
    pub(crate) fn put(&mut self, chunk: NonNull<u8>) {
        self.unused.push(chunk);
    }

    fn layout(&self, bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes, self.chunk_size).ok()
    }

    /// Buys a region of a quarter of what is there, at least 4 and at most 64 chunks, or one chunk if the limit is near.
    fn grow(&mut self, account: &mut Account, index: &mut ChunkIndex) {
        let wanted = if self.chunk_size < LARGEST_CHUNK { 1 } else { (self.chunks / 4).clamp(4, 64) };
        for chunks in [wanted, 1] {
            let bytes = chunks * self.chunk_size;
            let room = account.limit.saturating_sub(account.reserved);
            // Near the limit memory is bought piece by piece, so that large blocks find the rest.
            if chunks > 1 && bytes > room / 8 || !account.allows(bytes) {
                continue;
            }
            if !index.reserve(chunks)
                || self.unused.try_reserve(self.chunks + chunks - self.unused.len()).is_err()
                || self.regions.try_reserve(1).is_err()
            {
                continue;
            }
            let Some(layout) = self.layout(bytes) else {
                continue;
            };
            // SAFETY: the layout is not of size zero.
            let Some(base) = NonNull::new(unsafe { alloc(layout) }) else {
                continue;
            };
            base.as_ptr().expose_provenance();
            account.reserved += bytes;
            self.regions.push(Region { base, bytes });
            self.chunks += chunks;
            // The lowest address ends on top of the stack.
            for number in (0..chunks).rev() {
                // SAFETY: inside the region.
                let chunk = unsafe { base.add(number * self.chunk_size) };
                index.set(chunk.addr().get(), None);
                self.unused.push(chunk);
            }
            return;
        }
    }

    /// Gives regions back that hold no chunk in use. True if there were any: then the index must be built anew from
    /// [`Regions::bases`] and the chunks in use.
    pub(crate) fn release(&mut self, account: &mut Account) -> bool {
        self.unused.sort_unstable_by(|a, b| b.cmp(a));
        let chunk_size = self.chunk_size;
        let before = self.regions.len();
        let Regions { regions, unused, chunks, .. } = self;
        regions.retain(|region| {
            let (start, end) = (region.base, region.base.addr().get() + region.bytes);
            let from = unused.partition_point(|chunk| chunk.addr().get() >= end);
            let to = unused.partition_point(|chunk| *chunk >= start);
            if (to - from) * chunk_size < region.bytes {
                return true;
            }
            unused.drain(from..to);
            *chunks -= to - from;
            account.reserved -= region.bytes;
            if let Ok(layout) = Layout::from_size_align(region.bytes, chunk_size) {
                // SAFETY: allocated in `grow` with this layout; all its chunks were unused and are forgotten now.
                unsafe { dealloc(region.base.as_ptr(), layout) };
            }
            false
        });
        self.regions.len() != before
    }

    /// The lowest address of a region and the highest end of one.
    pub(crate) fn extent(&self) -> (usize, usize) {
        self.regions.iter().fold((usize::MAX, 0), |(low, end), region| {
            let base = region.base.addr().get();
            (low.min(base), end.max(base + region.bytes))
        })
    }

    /// The addresses of all chunks.
    pub(crate) fn bases(&self) -> impl Iterator<Item = usize> {
        self.regions
            .iter()
            .flat_map(|region| (0..region.bytes).step_by(self.chunk_size).map(|at| region.base.addr().get() + at))
    }
}

impl Drop for Regions {
    fn drop(&mut self) {
        for region in &self.regions {
            if let Some(layout) = self.layout(region.bytes) {
                // SAFETY: allocated in `grow` with this layout; the heap is gone, nothing uses its blocks.
                unsafe { dealloc(region.base.as_ptr(), layout) };
            }
        }
    }
}
