//! deque objects: a ring of words.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::seq::MAX_LEN,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A deque. Item `i` lies at `(head + i) mod capacity`; unused words are 0.
#[repr(C)]
pub struct Deque {
    header: Header,
    /// A block of `capacity` words; dangling while that is 0.
    items: NonNull<Option<Obj>>,
    /// 0 or a power of two.
    capacity: usize,
    head: usize,
    len: usize,
    /// `maxlen`; `usize::MAX`: none.
    max_len: usize,
    /// Changes with every item that comes or goes.
    version: usize,
    /// Set on a deque made for official MicroPython's constructor, `deque(iterable, maxlen, flags)`.
    checked: usize,
}

// SAFETY: objects of type `deque` have this layout.
unsafe impl HeapType for Deque {
    const TYPE: TypeId = TypeId::Deque;
}

impl Ref<Deque> {
    #[inline(always)]
    fn get_ref(&self) -> &Deque {
        // SAFETY: the object is live; the reference lives for one primitive.
        unsafe { &*self.ptr() }
    }

    #[inline(always)]
    fn get_mut(&mut self) -> &mut Deque {
        // SAFETY: as above; nobody else has a reference during a primitive.
        unsafe { &mut *self.ptr() }
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.get_ref().len
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// `maxlen`
    pub fn max_len(self) -> Option<usize> {
        let max = self.get_ref().max_len;
        (max != usize::MAX).then_some(max)
    }

    /// Changes `maxlen` (of a deque that is being filled anew).
    pub(crate) fn set_max_len(mut self, max_len: Option<usize>) {
        self.get_mut().max_len = max_len.unwrap_or(usize::MAX);
    }

    /// Whether a full deque raises instead of dropping items.
    pub fn is_checked(self) -> bool {
        self.get_ref().checked != 0
    }

    /// Makes a full deque raise.
    pub(crate) fn set_checked(mut self, checked: bool) {
        self.get_mut().checked = usize::from(checked);
    }

    /// Changes with every item that comes or goes.
    pub fn version(self) -> usize {
        self.get_ref().version
    }

    #[inline(always)]
    fn slot(self, index: usize) -> *mut Option<Obj> {
        let deque = self.get_ref();
        debug_assert!(deque.capacity > 0);
        // SAFETY: masking keeps it below the capacity, a power of two that callers know not to be 0.
        unsafe { deque.items.as_ptr().add((deque.head.wrapping_add(index)) & (deque.capacity - 1)) }
    }

    /// An item.
    #[inline]
    pub fn get(self, index: usize) -> Option<Obj> {
        if index >= self.len() {
            return None;
        }
        // SAFETY: there are items, so the ring has a block.
        unsafe { *self.slot(index) }
    }

    /// Replaces an item; false if the index is out of range.
    pub fn set(self, index: usize, value: Obj) -> bool {
        let inside = index < self.len();
        if inside {
            // SAFETY: as for `get`.
            unsafe { *self.slot(index) = Some(value) }
        }
        inside
    }

    /// Makes room for one more item.
    #[cold]
    fn grow(mut self, vm: &mut Vm) -> R<()> {
        let (len, old_capacity) = (self.len(), self.get_ref().capacity);
        if len >= MAX_LEN {
            return Err(vm.raise_memory_error(len));
        }
        let capacity = (old_capacity * 2).max(8);
        let block = vm.alloc(capacity * size_of::<Obj>(), Kind::Words)?.cast::<Option<Obj>>();
        for i in 0..len {
            // SAFETY: the new block has room for more than `len` words.
            unsafe { block.add(i).write(*self.slot(i)) }
        }
        let deque = self.get_mut();
        let old = core::mem::replace(&mut deque.items, block);
        deque.capacity = capacity;
        deque.head = 0;
        if old_capacity > 0 {
            vm.free_buffer(old.cast());
        }
        Ok(())
    }

    /// Appends an item, whatever `maxlen` says.
    pub(crate) fn push_back(mut self, vm: &mut Vm, value: Obj) -> R<()> {
        if self.len() == self.get_ref().capacity {
            self.grow(vm)?;
        }
        // SAFETY: there is room for one more.
        unsafe { *self.slot(self.len()) = Some(value) };
        let deque = self.get_mut();
        deque.len += 1;
        deque.version = deque.version.wrapping_add(1);
        Ok(())
    }

    /// Puts an item in front, whatever `maxlen` says.
    pub(crate) fn push_front(mut self, vm: &mut Vm, value: Obj) -> R<()> {
        if self.len() == self.get_ref().capacity {
            self.grow(vm)?;
        }
        let deque = self.get_mut();
        deque.head = deque.head.wrapping_sub(1) & (deque.capacity - 1);
        deque.len += 1;
        deque.version = deque.version.wrapping_add(1);
        // SAFETY: the new first place.
        unsafe { *self.slot(0) = Some(value) };
        Ok(())
    }

    /// Removes the last item.
    pub fn pop_back(mut self) -> Option<Obj> {
        let last = self.len().checked_sub(1)?;
        // SAFETY: there is an item.
        let value = unsafe { (*self.slot(last)).take() };
        let deque = self.get_mut();
        deque.len = last;
        deque.version = deque.version.wrapping_add(1);
        value
    }

    /// Removes the first item.
    pub fn pop_front(mut self) -> Option<Obj> {
        let len = self.len().checked_sub(1)?;
        // SAFETY: there is an item.
        let value = unsafe { (*self.slot(0)).take() };
        let deque = self.get_mut();
        deque.head = (deque.head + 1) & (deque.capacity - 1);
        deque.len = len;
        deque.version = deque.version.wrapping_add(1);
        value
    }

    /// Removes all items and gives back the memory.
    pub fn clear(mut self, vm: &mut Vm) {
        let deque = self.get_mut();
        let capacity = core::mem::take(&mut deque.capacity);
        let items = core::mem::replace(&mut deque.items, NonNull::dangling());
        (deque.len, deque.head) = (0, 0);
        deque.version = deque.version.wrapping_add(1);
        if capacity > 0 {
            vm.free_buffer(items.cast());
        }
    }
}

impl Vm {
    /// Makes an empty deque.
    pub(crate) fn new_deque(&mut self, max_len: Option<usize>) -> R<Ref<Deque>> {
        let header = self.header::<Deque>();
        let max_len = max_len.unwrap_or(usize::MAX);
        let items = NonNull::dangling();
        let deque = Deque { header, items, capacity: 0, head: 0, len: 0, max_len, version: 0, checked: 0 };
        self.alloc_object(deque, 0, Kind::Words)
    }
}
