//! Frames and the stack they lie in.
//!
//! A frame's words: locals, then the records of open exception blocks, then the value stack. They stand
//! where the caller pushed the arguments, so these become locals without a copy. The stack is made of segments that
//! never move; a call that does not fit goes to a new segment, its arguments are then copied. What is not a
//! word of Python (where to resume, which code) is in a parallel array of [`Frame`] records.

use core::ptr;

use crate::{
    interp::code::CodeObject,
    vm::{State, Vm},
};

/// A raw word of the stack: an object word, NULL, or (in block records) an address.
pub type Word = usize;

/// What the interpreter knows about one activation.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Frame {
    /// Where to go on; while the frame runs only valid during slow operations.
    pub ip: *const u8,
    /// Top of the value stack, likewise; for a caller the slot that the result goes to.
    pub sp: *mut Word,
    /// The locals.
    pub fp: *mut Word,
    /// What runs.
    pub code: *const CodeObject,
    /// The dict (or mapping) of local names of a class body or exec; 0: globals.
    pub locals: Word,
    /// By flag: the generator that runs in this frame, or the instance that `__init__` works on.
    pub subject: Word,
    /// Number of open exception blocks.
    pub depth: u32,
    /// [`flag`]s; 0 lets a return take the fast path.
    pub flags: u32,
}

/// Bits of [`Frame::flags`].
pub mod flag {
    /// Return to Rust.
    pub const NATIVE: u32 = 1;
    /// The result is the instance in `subject`.
    pub const INIT: u32 = 2;
    /// A generator body, resumed by Rust (`next`, `send`); the words are copied back on a yield.
    pub const GENERATOR: u32 = 4;
    /// A generator body, resumed by the caller's FOR_ITER, on which the caller's `ip` stands.
    pub const FOR_ITER: u32 = 8;
    /// A generator body, resumed by the caller's YIELD_FROM, on which the caller's `ip` stands.
    pub const YIELD_FROM: u32 = 16;
    /// The frame lies in a segment of its own.
    pub const SEGMENT: u32 = 32;
    /// The code or the caller's is careful: a return must look in which loop to go on.
    pub const CAREFUL: u32 = 64;
    /// A generator body that stands for the chain of `yield from` above it, whose other frames are not on the stack. With
    /// [`GENERATOR`] or [`FOR_ITER`].
    pub const DELEGATED: u32 = 128;
    /// Any generator body.
    pub const RESUMED: u32 = GENERATOR | FOR_ITER | YIELD_FROM;
    /// The trace function has not been told of the frame yet.
    pub const UNSEEN: u32 = 256;
}

/// Words per open exception block: handler address, value-stack level with a flag, caught exception.
pub const BLOCK_WORDS: usize = 3;
/// Low bit of a block's second word: a finally or with block.
pub const IS_FINALLY: Word = 1;

/// One stretch of stack.
struct Segment {
    memory: alloc::boxed::Box<[Word]>,
    /// Where the segment before was cut off: its `stack_end`.
    previous_end: *mut Word,
}

/// The stack of one thread of Python.
pub struct Stack {
    /// The current frame.
    pub frame: *mut Frame,
    /// End of the usable frame records.
    pub frames_end: *mut Frame,
    /// End of the current segment.
    pub stack_end: *mut Word,
    frames: alloc::vec::Vec<Frame>,
    segments: alloc::vec::Vec<Segment>,
    /// The segment dropped last, kept for a loop that calls across its border. It stays counted.
    spare: Option<alloc::boxed::Box<[Word]>>,
    /// Bytes of `frames` that count against the heap's limit.
    counted: usize,
    limit: usize,
}

const SEGMENT_WORDS: usize = 8 * 1024;
/// The first is small: most programs need no other, and its pages are touched at start-up.
const FIRST_SEGMENT_WORDS: usize = 2 * 1024;

/// The default of `sys.setrecursionlimit`.
pub const DEFAULT_RECURSION_LIMIT: usize = 1000;
/// What an operation may go beyond the limit to clean up and report.
const SPARE_FRAMES: usize = 50;

impl Stack {
    /// A stack on which nothing can run: what stands for that of a thread elsewhere.
    pub(crate) const fn empty() -> Stack {
        Stack {
            frame: ptr::null_mut(),
            frames_end: ptr::null_mut(),
            stack_end: ptr::null_mut(),
            frames: alloc::vec::Vec::new(),
            segments: alloc::vec::Vec::new(),
            spare: None,
            counted: 0,
            limit: 0,
        }
    }

    /// A stack with room for this recursion limit; `None` without memory. That of the main thread does not count
    /// against the limit of the heap.
    pub(crate) fn with_limit(limit: usize) -> Option<Stack> {
        let mut stack = Stack::empty();
        if !stack.set_limit(limit) {
            return None;
        }
        stack.add_segment_of(FIRST_SEGMENT_WORDS)?;
        Some(stack)
    }

    /// The same for another thread: [`Stack::bytes_for`] are counted.
    pub(crate) fn counted_with_limit(limit: usize) -> Option<Stack> {
        let counted = Stack::frames_bytes(limit);
        Some(Stack { counted, ..Stack::with_limit(limit)? })
    }

    /// Bytes of the records for a recursion limit.
    const fn frames_bytes(limit: usize) -> usize {
        (limit + SPARE_FRAMES) * size_of::<Frame>()
    }

    /// Bytes that a new stack takes.
    pub(crate) const fn bytes_for(limit: usize) -> usize {
        Stack::frames_bytes(limit) + FIRST_SEGMENT_WORDS * size_of::<Word>()
    }

    /// Bytes that are counted for it now.
    pub(crate) fn bytes(&self) -> usize {
        let segments = self.segments.iter().map(|segment| &segment.memory).chain(&self.spare);
        self.counted + segments.map(|memory| size_of_val(&**memory)).sum::<usize>()
    }

    /// The recursion limit.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Changes the recursion limit; false if there is no memory for it.
    pub fn set_limit(&mut self, limit: usize) -> bool {
        let depth = self.depth();
        let size = limit.max(depth) + SPARE_FRAMES;
        let mut frames: alloc::vec::Vec<Frame> = alloc::vec::Vec::new();
        if frames.try_reserve_exact(size).is_err() {
            return false;
        }
        let base = frames.as_mut_ptr();
        if !self.frame.is_null() {
            // SAFETY: the records up to and including the current one are initialised; the new array is larger.
            unsafe { ptr::copy_nonoverlapping(self.frames.as_ptr(), base, depth + 1) };
        } else {
            // SAFETY: there is room for the bottom record.
            unsafe {
                base.write(Frame {
                    ip: ptr::null(),
                    sp: ptr::null_mut(),
                    fp: ptr::null_mut(),
                    code: ptr::null(),
                    locals: 0,
                    subject: 0,
                    depth: 0,
                    flags: flag::NATIVE,
                });
            }
        }
        self.frames = frames;
        self.limit = limit;
        // SAFETY: both stay inside the array's capacity.
        unsafe {
            self.frame = base.add(depth);
            self.frames_end = base.add(limit.max(depth));
        }
        true
    }

    /// Number of frames in use.
    pub fn depth(&self) -> usize {
        if self.frame.is_null() {
            return 0;
        }
        // SAFETY: `frame` points into `frames`.
        unsafe { self.frame.offset_from(self.frames.as_ptr()) as usize }
    }

    /// The record `up` frames above the current one.
    pub fn record(&self, up: usize) -> Option<&Frame> {
        // SAFETY: records below the current one are initialised; the bottom record is not a frame.
        (up < self.depth()).then(|| unsafe { &*self.frame.sub(up) })
    }

    /// Adds a segment with room for at least `words`; gives its start, or `None` without memory.
    pub fn add_segment(&mut self, words: usize) -> Option<*mut Word> {
        self.add_segment_of(words.max(SEGMENT_WORDS))
    }

    fn add_segment_of(&mut self, size: usize) -> Option<*mut Word> {
        self.segments.try_reserve(1).ok()?;
        let mut memory = match self.spare.take() {
            Some(spare) if spare.len() >= size => spare,
            other => {
                self.spare = other;
                let layout = core::alloc::Layout::array::<Word>(size).ok()?;
                // SAFETY: the layout is not of size zero; zeroed memory is words.
                unsafe {
                    let start = ptr::NonNull::new(alloc::alloc::alloc_zeroed(layout).cast::<Word>())?;
                    alloc::boxed::Box::from_raw(ptr::slice_from_raw_parts_mut(start.as_ptr(), size))
                }
            }
        };
        let start = memory.as_mut_ptr();
        let previous_end = self.stack_end;
        // SAFETY: one past the end.
        self.stack_end = unsafe { start.add(size) };
        self.segments.push(Segment { memory, previous_end });
        Some(start)
    }

    /// How many bytes [`Stack::add_segment`] will take that are not counted yet.
    pub fn new_segment_bytes(&self, words: usize) -> usize {
        let size = words.max(SEGMENT_WORDS);
        match &self.spare {
            Some(spare) if spare.len() >= size => 0,
            _ => size.saturating_mul(size_of::<Word>()),
        }
    }

    /// Drops the newest segment; gives how many bytes are no longer used.
    fn drop_segment(&mut self) -> usize {
        let Some(segment) = self.segments.pop() else {
            return 0;
        };
        self.stack_end = segment.previous_end;
        if self.spare.is_none() && segment.memory.len() == SEGMENT_WORDS {
            self.spare = Some(segment.memory);
            return 0;
        }
        size_of_val(&*segment.memory)
    }

    /// The record of the frame at this depth.
    pub fn record_at(&mut self, depth: usize) -> Option<*mut Frame> {
        // SAFETY: records up to the current one are initialised.
        (depth <= self.depth()).then(|| unsafe { self.frames.as_mut_ptr().add(depth) })
    }

    /// Where the first segment begins.
    pub fn bottom(&self) -> *mut Word {
        self.segments.first().map_or(ptr::null_mut(), |segment| segment.memory.as_ptr().cast_mut())
    }

    /// Words between `at` and the end of the current segment; 0 if it lies elsewhere.
    #[inline(always)]
    pub fn words_left(&self, at: *mut Word) -> usize {
        let left = (self.stack_end as usize).wrapping_sub(at as usize) / size_of::<Word>();
        if left <= self.segment_words() { left } else { 0 }
    }

    /// Size of the current segment.
    pub fn segment_words(&self) -> usize {
        self.segments.last().map_or(0, |segment| segment.memory.len())
    }

    /// Lends some frames beyond the limit, so that an error can be reported; gives what [`Stack::close_spare`] wants.
    pub fn open_spare(&mut self) -> *mut Frame {
        let end = self.frames_end;
        // SAFETY: the array has so many records beyond the limit.
        self.frames_end = unsafe { self.frames.as_mut_ptr().add(self.limit.max(self.depth()) + SPARE_FRAMES - 1) };
        end
    }

    /// Takes them back.
    pub fn close_spare(&mut self, end: *mut Frame) {
        self.frames_end = end;
    }

    /// Words in use, for `micropython.pystack_use`.
    pub fn words_in_use(&self) -> usize {
        self.segments.iter().map(|s| self.used_of(s).len()).sum()
    }

    /// The part of a segment that may hold live words.
    fn used_of<'a>(&self, segment: &'a Segment) -> &'a [Word] {
        let range = segment.memory.as_ptr_range();
        let mut used = 0;
        // The topmost frame that lies in this segment bounds what is live.
        for up in 0..self.depth() {
            let Some(frame) = self.record(up) else { break };
            if range.contains(&frame.fp.cast_const()) {
                // SAFETY: frames have their code while they are on the stack.
                let words = unsafe { (*frame.code).n_words as usize };
                // SAFETY: same segment.
                used = unsafe { frame.fp.cast_const().offset_from(range.start) as usize } + words;
                break;
            }
        }
        // Arguments that Rust pushed above the topmost frame.
        let top = self.frame;
        // SAFETY: the current record is initialised.
        let sp = unsafe { (*top).sp.cast_const() };
        if range.contains(&sp) {
            // SAFETY: same segment.
            used = used.max(unsafe { sp.offset_from(range.start) as usize });
        }
        &segment.memory[..used.min(segment.memory.len())]
    }

    /// Empties the words of the topmost frame above its `sp`: what stood there would keep dead objects alive. For collections
    /// that a program asks for, where that `sp` is the top of what is live.
    pub(crate) fn wipe_unused(&mut self) {
        if self.depth() == 0 {
            return;
        }
        // SAFETY: the current record is initialised; it has its code while it is on the stack, and `n_words` words from `fp` on
        // are its own. Calls from Rust push frames at `sp`, so nothing above is in use.
        unsafe {
            let frame = &*self.frame;
            if frame.code.is_null() || frame.sp.is_null() {
                return;
            }
            let end = frame.fp.add((*frame.code).n_words as usize);
            let mut at = frame.sp;
            while at < end {
                at.write(0);
                at = at.add(1);
            }
        }
    }

    /// Shows all words and records to the collector.
    pub fn visit(&self, marker: &mut heap::Marker) {
        for segment in &self.segments {
            marker.mark_words(self.used_of(segment));
        }
        for up in 0..self.depth() {
            if let Some(frame) = self.record(up) {
                marker.mark_words(&[frame.code as usize, frame.locals, frame.subject]);
            }
        }
    }
}

impl State {
    /// Drops the newest segment of the stack.
    pub(in crate::interp) fn drop_segment(&mut self) {
        let bytes = self.interp.stack.drop_segment();
        if bytes > 0 {
            self.heap.release_external(bytes);
        }
    }
}

impl Vm {
    /// The recursion limit.
    pub fn recursion_limit(&self) -> usize {
        self.state().interp.stack.limit()
    }

    /// Changes the recursion limit; false if it is below the present depth or there is no memory.
    pub fn set_recursion_limit(&mut self, limit: usize) -> bool {
        if limit <= self.state().interp.stack.depth() || limit >= 1 << 28 {
            return false;
        }
        let bytes = Stack::frames_bytes(limit);
        if self.reserve(bytes).is_err() {
            self.take_exception();
            return false;
        }
        let stack = &mut self.state_mut().interp.stack;
        let done = stack.set_limit(limit);
        let unused = if done { core::mem::replace(&mut stack.counted, bytes) } else { bytes };
        self.release(unused);
        done
    }
}
