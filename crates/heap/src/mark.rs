//! Marking: from the roots to everything that can be reached.
//!
//! A block is marked once, and then waits on a stack of fixed size to be scanned. When the stack is full, the
//! chunk (or large block) is flagged instead, and when the stack has run empty the marked blocks of flagged chunks are scanned
//! again. So marking needs no memory and no recursion, whatever the shape of the data.
#![allow(unsafe_code)]

use crate::allocate::Heap;
use crate::chunk::{ChunkRef, ones};
use crate::config::{Collected, Kind};
use crate::large::LargeRef;
use crate::word::Obj;
use core::ptr::NonNull;

/// Who knows what is alive: implemented by the virtual machine.
pub trait Roots {
    /// Marks everything that is alive by itself: globals, stacks, constants.
    fn visit(&mut self, marker: &mut Marker<'_>);

    /// Marks what a block of kind [`Kind::Object`] points to. Its word 0 is not zero. Do not recurse: marking an object
    /// is enough, it will be traced in its turn. A heap without such blocks needs no implementation.
    fn trace(&mut self, _object: NonNull<u8>, _marker: &mut Marker<'_>) {}

    /// Called when everything that can be reached is marked, for finalizers and weak references: ask
    /// [`Marker::is_marked`], and mark what shall live on. What is marked here is traced afterwards;
    /// [`Marker::call_again`] asks for another call after that.
    fn after_mark(&mut self, _marker: &mut Marker<'_>) {}
}

/// A marked block that waits for being scanned.
#[derive(Copy, Clone)]
pub(crate) struct Pending {
    start: NonNull<u8>,
    size: usize,
    kind: Kind,
}

/// The heap during the marking phase of a collection.
pub struct Marker<'h> {
    heap: &'h mut Heap,
    /// All blocks lie in the `span` bytes from `low` on: most words are rejected by one compare.
    low: usize,
    span: usize,
    /// A block did not fit the stack.
    overflow: bool,
    /// `after_mark` is to be called once more.
    again: bool,
}

impl Heap {
    /// Frees all blocks that cannot be reached from the roots.
    pub fn collect<R: Roots + ?Sized>(&mut self, roots: &mut R) -> Collected {
        self.begin_collection();
        let (low, span) = self.extent();
        let mut marker = Marker { heap: self, low, span, overflow: false, again: false };
        roots.visit(&mut marker);
        marker.drain(roots);
        marker.again = true;
        while core::mem::take(&mut marker.again) {
            roots.after_mark(&mut marker);
            marker.drain(roots);
        }
        self.sweep()
    }

    /// The lowest address of any block, and the number of bytes from there to the end of the highest.
    fn extent(&self) -> (usize, usize) {
        let (mut low, mut end) = self.regions.extent();
        if let (Some(first), Some(last)) = (self.large.all().first(), self.large.all().last()) {
            low = low.min(first.start().addr().get());
            end = end.max(last.start().addr().get() + last.get().size);
        }
        (low, end.saturating_sub(low))
    }

    fn begin_collection(&mut self) {
        self.flush_all();
        self.large.sort();
        if core::mem::replace(&mut self.marking, true) {
            // A panic in the last collection: its marks are still there.
            self.pending.clear();
            for chunk in &self.chunks {
                (0..chunk.groups()).for_each(|number| chunk.group(number).marked = 0);
                chunk.get_mut().rescan = false;
            }
            for block in self.large.all() {
                (block.get_mut().marked, block.get_mut().rescan) = (false, false);
            }
        }
    }
}

impl Marker<'_> {
    /// Marks an object; anything but a pointer into this heap is left alone.
    #[inline]
    pub fn mark(&mut self, object: Obj) {
        if object.is_pointer() {
            self.mark_address(object.word());
        }
    }

    /// Marks an object, if there is one.
    #[inline]
    pub fn mark_option(&mut self, object: Option<Obj>) {
        if let Some(object) = object {
            self.mark(object);
        }
    }

    /// Marks the block that contains this address; a pointer to anything else is left alone.
    #[inline]
    pub fn mark_ptr<T>(&mut self, pointer: *const T) {
        self.mark_address(pointer.addr());
    }

    /// Marks what the words are: objects, or pointers to anywhere in a block that are aligned to 4 bytes.
    pub fn mark_words(&mut self, words: &[usize]) {
        words.iter().for_each(|&word| self.mark_word(word));
    }

    /// Marks the objects.
    pub fn mark_all(&mut self, objects: &[Obj]) {
        objects.iter().for_each(|&object| self.mark(object));
    }

    /// Marks what a word from a register or the native stack could point to: the block that contains the address, and
    /// the one that ends there, since optimised loops count towards an end.
    #[inline]
    pub fn mark_conservative(&mut self, word: usize) {
        self.mark_address(word);
        if word.is_multiple_of(crate::size_class::GRAIN) {
            self.mark_address(word.wrapping_sub(1));
        }
    }

    /// Whether the block at this address is marked, or is none of this heap. For use in [`Roots::after_mark`].
    pub fn is_marked(&self, block: NonNull<u8>) -> bool {
        let address = block.addr().get();
        match self.heap.index.find(address) {
            Some(chunk) => chunk
                .position(address)
                .is_none_or(|position| chunk.group(position / 64).marked & 1 << (position % 64) != 0),
            None => self.heap.large.find(address).is_none_or(|block| block.get().marked),
        }
    }

    /// Whether this object is marked, or needs no mark.
    pub fn is_alive(&self, object: Obj) -> bool {
        object.as_ptr().is_none_or(|pointer| self.is_marked(pointer))
    }

    /// Asks for another call of [`Roots::after_mark`], when everything marked in this one has been traced.
    pub fn call_again(&mut self) {
        self.again = true;
    }

    #[inline(always)]
    fn mark_word(&mut self, word: usize) {
        if word & 3 == 0 {
            self.mark_address(word);
        }
    }

    #[inline]
    fn mark_address(&mut self, address: usize) {
        if address.wrapping_sub(self.low) >= self.span {
            return;
        }
        match self.heap.index.find(address) {
            Some(chunk) => self.mark_small(chunk, address),
            None => self.mark_large(address),
        }
    }

    #[inline(always)]
    fn mark_small(&mut self, chunk: ChunkRef, address: usize) {
        let Some(position) = chunk.position(address) else {
            return;
        };
        let group = chunk.group(position / 64);
        let bit = 1 << (position % 64);
        if group.allocated & !group.marked & bit == 0 {
            return;
        }
        group.marked |= bit;
        let kind = chunk.get().kind;
        if kind != Kind::Raw && !self.push(Pending { start: chunk.block(position), size: chunk.size(), kind }) {
            chunk.get_mut().rescan = true;
        }
    }

    fn mark_large(&mut self, address: usize) {
        let Some(block) = self.heap.large.find(address) else {
            return;
        };
        if block.get().marked {
            return;
        }
        block.get_mut().marked = true;
        if block.get().kind != Kind::Raw && !self.push(pending_large(block)) {
            block.get_mut().rescan = true;
        }
    }

    /// Puts a block on the stack; false if it is full.
    #[inline(always)]
    fn push(&mut self, pending: Pending) -> bool {
        let stack = &mut self.heap.pending;
        if stack.len() < stack.capacity() {
            stack.push(pending);
            return true;
        }
        self.overflow = true;
        false
    }

    /// Scans until nothing is left to scan.
    fn drain<R: Roots + ?Sized>(&mut self, roots: &mut R) {
        self.drain_stack(roots);
        while core::mem::take(&mut self.overflow) {
            for number in 0..self.heap.chunks.len() {
                let chunk = self.heap.chunks[number];
                if core::mem::take(&mut chunk.get_mut().rescan) {
                    self.rescan(chunk, roots);
                }
            }
            for number in 0..self.heap.large.all().len() {
                let block = self.heap.large.all()[number];
                if core::mem::take(&mut block.get_mut().rescan) {
                    self.scan(pending_large(block), roots);
                    self.drain_stack(roots);
                }
            }
        }
    }

    fn rescan<R: Roots + ?Sized>(&mut self, chunk: ChunkRef, roots: &mut R) {
        for number in 0..chunk.groups() {
            let marked = chunk.group(number).marked;
            for position in ones(marked) {
                let start = chunk.block(64 * number + position);
                self.scan(Pending { start, size: chunk.size(), kind: chunk.get().kind }, roots);
                self.drain_stack(roots);
            }
        }
    }

    fn drain_stack<R: Roots + ?Sized>(&mut self, roots: &mut R) {
        while let Some(pending) = self.heap.pending.pop() {
            self.scan(pending, roots);
        }
    }

    #[inline(always)]
    fn scan<R: Roots + ?Sized>(&mut self, pending: Pending, roots: &mut R) {
        let Pending { start, size, kind } = pending;
        match kind {
            Kind::Object => {
                // SAFETY: a live block; its word 0 is set to zero at allocation.
                if unsafe { start.cast::<usize>().read() } != 0 {
                    roots.trace(start, self);
                }
            }
            Kind::Words => {
                for at in 0..size / size_of::<usize>() {
                    // SAFETY: inside a live block, which is zeroed at allocation.
                    self.mark_word(unsafe { start.cast::<usize>().add(at).read() });
                }
            }
            Kind::Raw => {}
        }
    }
}

fn pending_large(block: LargeRef) -> Pending {
    Pending { start: block.start(), size: block.get().size, kind: block.get().kind }
}
