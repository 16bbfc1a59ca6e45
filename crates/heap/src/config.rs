//! What a caller tells the heap and is told by it.

/// How a collection finds the pointers in a block.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Word 0 describes the block and [`Roots::trace`](crate::Roots::trace) marks what it points to. Word 0 is
    /// zero after allocation, and the block counts as empty until it is set.
    Object,
    /// Any word may be an object or a pointer to anywhere in a block. Zeroed at allocation.
    Words,
    /// Bytes without pointers: never looked at.
    Raw,
}

impl Kind {
    pub(crate) const COUNT: usize = 3;
}

/// Why there is no block.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum AllocFailed {
    /// A collection is due: collect, then call [`Heap::alloc_after_collection`](crate::Heap::alloc_after_collection).
    NeedsCollection,
    /// There is no memory, and a collection has been tried or would not be allowed.
    OutOfMemory,
}

/// The settings of a heap.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many bytes the heap may reserve, chunks and their descriptions, large blocks and external reservations together.
    pub limit: Option<usize>,
    /// How many bytes may be in use before the first automatic collection; later ones come when use has doubled.
    pub initial_threshold: usize,
    /// How many blocks wait at most to be scanned during a collection; beyond that, parts of the heap are scanned again.
    pub mark_stack: usize,
    /// Every allocation wants a collection first.
    pub stress: bool,
    /// Freed blocks are filled with `0x5a`.
    pub poison: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config { limit: None, initial_threshold: 1 << 20, mark_stack: 4096, stress: false, poison: false }
    }
}

/// Failures on demand, see [`Heap::fail_after`](crate::Heap::fail_after).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum Failure {
    /// None.
    #[default]
    Never,
    /// Only the n-th allocation or reservation from now on fails (1 is the next).
    Once(u64),
    /// The n-th and all later ones fail.
    From(u64),
}

/// What a collection found.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Bytes in blocks that were kept.
    pub live: usize,
    /// Bytes in blocks that were freed.
    pub freed: usize,
    /// How many blocks were freed.
    pub freed_blocks: usize,
}

/// What reports count blocks in, as the official ones do: four words.
pub const UNIT: usize = 4 * size_of::<usize>();

/// Numbers for `micropython.mem_info` and tests.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Bytes reserved from the system; the limit applies to these.
    pub reserved: usize,
    /// Bytes in live blocks and external reservations.
    pub used: usize,
    /// The largest value of `used` seen so far.
    pub peak: usize,
    /// Bytes in blocks of chunks that could be allocated without reserving more.
    pub free: usize,
    /// Live blocks in chunks.
    pub small_blocks: usize,
    /// Live blocks outside of chunks.
    pub large_blocks: usize,
    /// Live blocks of up to one and of up to two [`UNIT`]s.
    pub by_units: [usize; 2],
    /// Bytes of the largest live block.
    pub largest: usize,
    /// Bytes of the largest block that could be allocated without reserving more.
    pub largest_free: usize,
    /// Chunks in use.
    pub chunks: usize,
    /// Collections so far.
    pub collections: usize,
}
