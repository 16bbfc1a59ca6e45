//! Allocation: the heap's fast path, collection when it asks for one, MemoryError when that did not help.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{AllocFailed, Kind, Marker, Roots};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::{typ::Prefix, weak},
    value::R,
    vm::{State, Vm},
};

/// Overwrites the part of the native stack that the collector's own frames are about to use: what earlier calls left there
/// would stand in the gaps of these frames and keep dead objects alive.
#[inline(never)]
pub(crate) fn wipe_stack() {
    let mut words = [0usize; 512];
    core::hint::black_box(&mut words);
}

impl Vm {
    /// Allocates a block. `Words` blocks are zeroed, `Raw` blocks are not. May collect; raises MemoryError.
    #[inline]
    pub(crate) fn alloc(&mut self, size: usize, kind: Kind) -> R<NonNull<u8>> {
        match self.state_mut().heap.alloc(size, kind) {
            Ok(block) => Ok(block),
            Err(why) => self.alloc_slow(size, kind, why),
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, size: usize, kind: Kind, why: AllocFailed) -> R<NonNull<u8>> {
        if why == AllocFailed::NeedsCollection {
            self.collect_garbage();
            if let Ok(block) = self.state_mut().heap.alloc_after_collection(size, kind) {
                return Ok(block);
            }
        } else if self.state().heap_locks == 0 {
            // One emergency collection before giving up (D4).
            self.collect_garbage();
            if let Ok(block) = self.state_mut().heap.alloc_after_collection(size, kind) {
                return Ok(block);
            }
        }
        Err(self.raise_memory_error(size))
    }

    /// Allocates an object of a builtin layout with its header set and the rest as `T` says.
    /// `kind` is `Raw` only if `T` and what follows hold no object words.
    #[inline]
    pub(crate) fn alloc_object<T: HeapType>(&mut self, value: T, extra: usize, kind: Kind) -> R<Ref<T>> {
        let block = self.alloc(size_of::<T>() + extra, kind)?.cast::<T>();
        // SAFETY: the block is fresh, large enough and aligned to 16 bytes.
        unsafe {
            block.write(value);
            Ok(Ref::from_ptr(block))
        }
    }

    /// The header of objects of a builtin type.
    #[inline(always)]
    pub(crate) fn header<T: HeapType>(&self) -> Header {
        let class: NonNull<Prefix> = self.type_of_id(T::TYPE).prefix();
        Header { class }
    }

    /// Runs a full collection now. Objects are kept alive by the native stack from here upwards.
    pub(crate) fn collect_garbage(&mut self) {
        struct VmRoots(NonNull<State>);
        impl Roots for VmRoots {
            fn visit(&mut self, marker: &mut Marker) {
                // SAFETY: the state is alive; the collector only has the heap, which `visit` does not touch.
                let state = unsafe { self.0.as_ref() };
                state.visit(marker);
                // SAFETY: the base lies above every frame that can hold object words of this machine.
                unsafe { heap::scan_native_stack(state.stack_base as *const u8, marker) };
            }

            fn trace(&mut self, _object: NonNull<u8>, _marker: &mut Marker) {
                // The machine allocates no blocks of kind `Object`: words are scanned as words.
            }

            fn after_mark(&mut self, marker: &mut Marker) {
                // Before anything is brought back for its `__del__`: that does not count as alive.
                weak::clear_dead(self.0, marker);
                if crate::types::class::after_mark(self.0, marker) {
                    marker.call_again();
                } else {
                    weak::drop_unreachable(self.0, marker);
                    // Only now is it known which code objects are dead.
                    crate::interp::code::after_mark(self.0, marker);
                    // SAFETY: the collector has the heap; this touches only the fields beside it.
                    unsafe {
                        (*self.0.as_ptr()).files.after_mark(marker);
                        (*self.0.as_ptr()).c_texts.after_mark(marker);
                    }
                }
            }
        }
        let mut roots = VmRoots(self.raw());
        wipe_stack();
        self.state_mut().heap.collect(&mut roots);
    }

    /// Makes sure that `bytes` of memory outside of the heap may be used; they count against the limit.
    pub fn reserve(&mut self, bytes: usize) -> R<()> {
        if self.state_mut().heap.reserve_external(bytes).is_ok() {
            return Ok(());
        }
        self.collect_garbage();
        match self.state_mut().heap.reserve_external(bytes) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.raise_memory_error(bytes)),
        }
    }

    /// Gives back what [`Vm::reserve`] took.
    pub fn release(&mut self, bytes: usize) {
        self.state_mut().heap.release_external(bytes);
    }

    /// Raises RecursionError if the native stack is nearly used up; for everything that recurses natively.
    #[inline]
    pub fn check_native_stack(&mut self) -> R<()> {
        self.check_native_stack_for(0)
    }

    /// The same for something that uses so many bytes at once.
    #[inline]
    pub fn check_native_stack_for(&mut self, bytes: usize) -> R<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.state().stack_limit.saturating_add(bytes) {
            return Err(self.raise_recursion());
        }
        Ok(())
    }
}
