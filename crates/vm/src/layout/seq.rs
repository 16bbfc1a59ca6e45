//! tuple and list objects.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    native::Args,
    table::TypeId,
    value::R,
    vm::{Root, Vm},
};

/// A tuple; the items follow.
#[repr(C)]
pub struct Tuple {
    header: Header,
    len: usize,
}

/// A list. The layout is the official one (native modules read it).
#[repr(C)]
pub struct List {
    header: Header,
    /// Room in `items`, in words; with [`INSIDE`].
    alloc: usize,
    len: usize,
    /// A block of words, or a place inside of one; dangling while there is no room.
    items: NonNull<Obj>,
}

/// In `List::alloc`: `items` points behind the start of its block, because items were removed in front.
const INSIDE: usize = 1 << (usize::BITS - 1);

/// From so many words on, removing in front of them moves the start of the list instead of the words.
const LONG_TAIL: usize = 64;

// SAFETY: objects of type `tuple` have this layout.
unsafe impl HeapType for Tuple {
    const TYPE: TypeId = TypeId::Tuple;
}

// SAFETY: objects of type `list` have this layout.
unsafe impl HeapType for List {
    const TYPE: TypeId = TypeId::List;
}

/// The greatest length of a sequence.
pub const MAX_LEN: usize = isize::MAX as usize / 32;

impl Ref<Tuple> {
    /// Number of items.
    #[inline(always)]
    pub fn len(self) -> usize {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).len }
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items. They never change, so the view may outlive calls; it must not outlive the handle's life on
    /// the stack, which is why it borrows the machine.
    #[inline(always)]
    pub fn items(self, _vm: &Vm) -> &[Obj] {
        // SAFETY: `len` words follow the structure, all set before the tuple is seen.
        unsafe { core::slice::from_raw_parts(self.ptr().add(1).cast(), self.len()) }
    }

    /// One item.
    #[inline(always)]
    pub fn get(self, index: usize) -> Option<Obj> {
        // SAFETY: the index is checked.
        (index < self.len()).then(|| unsafe { *self.ptr().add(1).cast::<Obj>().add(index) })
    }

    /// Replaces an item: only while the tuple is being built and not yet visible to programs.
    pub fn init(self, index: usize, value: Obj) {
        if index < self.len() {
            // SAFETY: the index is checked.
            unsafe { *self.ptr().add(1).cast::<Obj>().add(index) = value }
        }
    }
}

impl Ref<List> {
    /// Number of items.
    #[inline(always)]
    pub fn len(self) -> usize {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).len }
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items now.
    #[inline(always)]
    pub fn items(self, _vm: &Vm) -> &[Obj] {
        // SAFETY: `len` words of the block are set; nothing can change the list while the machine is borrowed.
        unsafe { core::slice::from_raw_parts((*self.ptr()).items.as_ptr(), self.len()) }
    }

    /// The items now, to change.
    #[inline(always)]
    pub fn items_mut(self, _vm: &mut Vm) -> &mut [Obj] {
        // SAFETY: as in `items`, exclusively.
        unsafe { core::slice::from_raw_parts_mut((*self.ptr()).items.as_ptr(), self.len()) }
    }

    /// One item.
    #[inline(always)]
    pub fn get(self, index: usize) -> Option<Obj> {
        // SAFETY: the index is checked.
        (index < self.len()).then(|| unsafe { *(*self.ptr()).items.as_ptr().add(index) })
    }

    /// Replaces one item; false if the index is out of range.
    #[inline(always)]
    pub fn set(self, index: usize, value: Obj) -> bool {
        let inside = index < self.len();
        if inside {
            // SAFETY: the index is checked.
            unsafe { *(*self.ptr()).items.as_ptr().add(index) = value }
        }
        inside
    }

    /// Makes room for `extra` more items. May collect; raises MemoryError.
    pub fn reserve(self, vm: &mut Vm, extra: usize) -> R<()> {
        let (len, room) = (self.len(), self.room());
        if room - len >= extra {
            return Ok(());
        }
        let needed = len.saturating_add(extra);
        if needed > MAX_LEN {
            return Err(vm.raise_memory_error(needed));
        }
        let size = needed.max(room + room / 2).max(4);
        let block = vm.alloc(size * size_of::<Obj>(), Kind::Words)?.cast::<Obj>();
        // SAFETY: both blocks hold at least `len` words and are distinct; the old one is known to nobody else.
        unsafe {
            let list = &mut *self.ptr();
            block.copy_from_nonoverlapping(list.items, len);
            let (old, whole) = (list.items, list.alloc > 0 && list.alloc & INSIDE == 0);
            (list.items, list.alloc) = (block, size);
            if whole {
                vm.free_buffer(old.cast());
            }
        }
        Ok(())
    }

    /// How many items there is memory for.
    #[inline(always)]
    pub fn room(self) -> usize {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).alloc & !INSIDE }
    }

    /// Appends an item.
    #[inline]
    pub fn push(self, vm: &mut Vm, value: Obj) -> R<()> {
        if !self.push_in_room(value) {
            self.reserve(vm, 1)?;
            self.push_in_room(value);
        }
        Ok(())
    }

    /// Appends an item if there is room for it.
    #[inline(always)]
    pub fn push_in_room(self, value: Obj) -> bool {
        let fits = self.len() < self.room();
        if fits {
            // SAFETY: there is room for one more.
            unsafe {
                let list = &mut *self.ptr();
                *list.items.as_ptr().add(list.len) = value;
                list.len += 1;
            }
        }
        fits
    }

    /// Removes the last item.
    #[inline]
    pub fn pop(self) -> Option<Obj> {
        let last = self.len().checked_sub(1)?;
        let value = self.get(last);
        self.truncate(last);
        value
    }

    /// Appends `count` items of a tuple or list (also of itself), from `start` on at distance `step`.
    pub fn append_from(self, vm: &mut Vm, source: Obj, start: usize, step: isize, count: usize) -> R<()> {
        self.reserve(vm, count)?;
        let Some(items) = vm.seq_items(source) else { return Ok(()) };
        if step == 1 {
            let items = items.get(start..).unwrap_or(&[]);
            let count = count.min(items.len());
            // SAFETY: there is room for `count` more words, behind all that `items` can show.
            unsafe {
                let list = self.ptr();
                (*list).items.as_ptr().add((*list).len).copy_from_nonoverlapping(items.as_ptr(), count);
                (*list).len += count;
            }
            return Ok(());
        }
        for item in pick(items, start, step, count) {
            // SAFETY: there is room for `count` more words, and `pick` gives at most that many. The words written lie
            // behind all that `items` can show, even if the list is its own source.
            unsafe {
                let list = self.ptr();
                *(*list).items.as_ptr().add((*list).len) = item;
                (*list).len += 1;
            }
        }
        Ok(())
    }

    /// Repeats the items so that they are there `times` times.
    pub fn repeat(self, vm: &mut Vm, times: usize) -> R<()> {
        let len = self.len();
        let Some(more) = len.checked_mul(times.saturating_sub(1)) else {
            return Err(vm.raise_memory_error(usize::MAX));
        };
        if times == 0 {
            self.truncate(0);
            return Ok(());
        }
        self.reserve(vm, more)?;
        let total = len + more;
        // SAFETY: there is room for `total` words, of which the first `done` are set; twice as many after each round.
        unsafe {
            let items = (*self.ptr()).items.as_ptr();
            let mut done = len;
            while done < total {
                let n = done.min(total - done);
                items.add(done).copy_from_nonoverlapping(items, n);
                done += n;
            }
            (*self.ptr()).len = total;
        }
        Ok(())
    }

    /// Whether nothing was ever put into the list (or everything was detached).
    pub fn is_untouched(self) -> bool {
        self.room() == 0
    }

    /// Shortens the list; the words given up are cleared so that they keep nothing alive.
    pub fn truncate(self, len: usize) {
        // SAFETY: only words below the old length are touched.
        unsafe {
            let list = &mut *self.ptr();
            if len < list.len {
                list.items.add(len).cast::<usize>().write_bytes(0, list.len - len);
                list.len = len;
            }
        }
    }

    /// Replaces `removed` items from `start` on by `inserted` copies of a placeholder (None), moving what follows:
    /// the primitive under insert, delete and slice assignment. `start + removed` must not exceed the length.
    pub fn splice(self, vm: &mut Vm, start: usize, removed: usize, inserted: usize) -> R<()> {
        let start = start.min(self.len());
        let removed = removed.min(self.len() - start);
        if inserted > removed {
            self.reserve(vm, inserted - removed)?;
        }
        let len = self.len();
        let tail = len - start - removed;
        // SAFETY: there is room for `len - removed + inserted` words; all ranges lie below that or the old length.
        unsafe {
            let list = &mut *self.ptr();
            let at = list.items.as_ptr().add(start);
            if start == 0 && inserted == 0 && tail >= LONG_TAIL {
                at.cast::<usize>().write_bytes(0, removed);
                list.items = list.items.add(removed);
                list.alloc = (self.room() - removed) | INSIDE;
                list.len = tail;
                return Ok(());
            }
            core::ptr::copy(at.add(removed), at.add(inserted), tail);
            for i in 0..inserted {
                *at.add(i) = Obj::NONE;
            }
            let new_len = start + inserted + tail;
            if new_len < len {
                list.items.add(new_len).cast::<usize>().write_bytes(0, len - new_len);
            }
            list.len = new_len;
        }
        Ok(())
    }

    /// Replaces `removed` items from `start` on by the items of a tuple or of another list.
    pub fn replace(self, vm: &mut Vm, start: usize, removed: usize, source: Obj) -> R<()> {
        let inserted = vm.seq_items(source).map_or(0, <[Obj]>::len);
        if inserted != removed {
            self.splice(vm, start, removed, inserted)?;
        }
        let Some(items) = vm.seq_items(source) else { return Ok(()) };
        if start.checked_add(items.len()).is_some_and(|end| end <= self.len()) {
            // SAFETY: the words lie below the length; the source is another object.
            unsafe { (*self.ptr()).items.as_ptr().add(start).copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        }
        Ok(())
    }

    /// Takes all items out into a list that no program sees; the list is empty afterwards. With
    /// [`Ref::<List>::give_back`], for operations that call back while they hold the items (sort).
    pub fn detach(self, vm: &mut Vm) -> R<Ref<List>> {
        let hidden = vm.new_list(&[])?;
        // SAFETY: both objects are live and distinct; their fields change places.
        unsafe { Self::swap_content(self, hidden) };
        Ok(hidden)
    }

    /// Puts detached items back, dropping whatever the list holds now.
    pub fn give_back(self, hidden: Ref<List>) {
        // SAFETY: both objects are live and distinct.
        unsafe { Self::swap_content(self, hidden) };
    }

    unsafe fn swap_content(a: Ref<List>, b: Ref<List>) {
        // SAFETY: the caller passes two distinct live lists.
        unsafe {
            let (a, b) = (&mut *a.ptr(), &mut *b.ptr());
            core::mem::swap(&mut a.alloc, &mut b.alloc);
            core::mem::swap(&mut a.len, &mut b.len);
            core::mem::swap(&mut a.items, &mut b.items);
        }
    }
}

/// Items from `start` on at distance `step`; stops where there are none.
fn pick(items: &[Obj], start: usize, step: isize, count: usize) -> impl Iterator<Item = Obj> + '_ {
    let mut at = Some(start);
    (0..count).map_while(move |_| {
        let item = *items.get(at?)?;
        at = at?.checked_add_signed(step);
        Some(item)
    })
}

impl Vm {
    /// Makes a tuple. The items must be reachable otherwise (arguments, a view of an object on the stack).
    pub fn new_tuple(&mut self, items: &[Obj]) -> R {
        if items.is_empty()
            && let Some(empty) = self.root(Root::EmptyTuple)
        {
            return Ok(empty);
        }
        let tuple = self.new_tuple_unset(items.len())?;
        // SAFETY: room for `len` words follows the structure.
        unsafe {
            let room = tuple.ptr().add(1).cast::<Obj>();
            match *items {
                [a, b] => room.cast::<[Obj; 2]>().write([a, b]),
                _ => room.copy_from_nonoverlapping(items.as_ptr(), items.len()),
            }
        }
        Ok(tuple.obj())
    }

    /// Makes a tuple whose words are still 0: the caller sets them before anything else happens.
    #[inline]
    fn new_tuple_unset(&mut self, len: usize) -> R<Ref<Tuple>> {
        if len > MAX_LEN {
            return Err(self.raise_memory_error(len));
        }
        let header = self.header::<Tuple>();
        self.alloc_object(Tuple { header, len }, len * size_of::<Obj>(), Kind::Words)
    }

    /// Makes a tuple of `len` Nones, to be filled with [`Ref::<Tuple>::init`].
    pub fn new_tuple_of_nones(&mut self, len: usize) -> R<Ref<Tuple>> {
        let tuple = self.new_tuple_unset(len)?;
        let items = tuple.ptr().wrapping_add(1).cast::<Obj>();
        for i in 0..len {
            // SAFETY: room for `len` words follows the structure.
            unsafe { items.add(i).write(Obj::NONE) }
        }
        Ok(tuple)
    }

    /// Makes a list of copies of the items.
    pub fn new_list(&mut self, items: &[Obj]) -> R<Ref<List>> {
        let list = self.new_list_with_room(items.len())?;
        // SAFETY: the block has room for all items.
        unsafe {
            (*list.ptr()).items.as_ptr().copy_from_nonoverlapping(items.as_ptr(), items.len());
            (*list.ptr()).len = items.len();
        }
        Ok(list)
    }

    /// Makes an empty list with room.
    pub fn new_list_with_room(&mut self, room: usize) -> R<Ref<List>> {
        if room > MAX_LEN {
            return Err(self.raise_memory_error(room));
        }
        let items = match room {
            0 => NonNull::dangling(),
            _ => self.alloc(room * size_of::<Obj>(), Kind::Words)?.cast(),
        };
        let header = self.header::<List>();
        self.alloc_object(List { header, alloc: room, len: 0, items }, 0, Kind::Words)
    }

    /// Makes a tuple of `count` items of a tuple or list, from `start` on at distance `step`.
    pub fn new_tuple_from(&mut self, source: Obj, start: usize, step: isize, count: usize) -> R {
        if count == 0
            && let Some(empty) = self.root(Root::EmptyTuple)
        {
            return Ok(empty);
        }
        if step == 1 {
            let items = self.seq_items(source).and_then(|items| items.get(start..)?.get(..count)).unwrap_or(&[]);
            // SAFETY: a view of a live object; nothing changes it before its words are copied.
            let items = unsafe { core::slice::from_raw_parts(items.as_ptr(), items.len()) };
            return self.new_tuple(items);
        }
        let tuple = self.new_tuple_of_nones(count)?;
        if let Some(items) = self.seq_items(source) {
            for (i, item) in pick(items, start, step, count).enumerate() {
                tuple.init(i, item);
            }
        }
        Ok(tuple.obj())
    }

    /// Makes a list of `count` items of a tuple or list, from `start` on at distance `step`.
    pub fn new_list_from(&mut self, source: Obj, start: usize, step: isize, count: usize) -> R<Ref<List>> {
        let list = self.new_list_with_room(count)?;
        list.append_from(self, source, start, step, count)?;
        Ok(list)
    }

    /// `a + b`
    pub fn concat_tuples(&mut self, a: Ref<Tuple>, b: Ref<Tuple>) -> R {
        let tuple = self.new_tuple_of_nones(a.len().saturating_add(b.len()))?;
        for i in 0..a.len() {
            tuple.init(i, a.get(i).unwrap_or(Obj::NONE));
        }
        for i in 0..b.len() {
            tuple.init(a.len() + i, b.get(i).unwrap_or(Obj::NONE));
        }
        Ok(tuple.obj())
    }

    /// Calls with the items of a tuple as positional arguments.
    pub fn call_tuple(&mut self, function: Obj, args: Ref<Tuple>) -> R {
        // SAFETY: a tuple that programs see never changes; `args` on the stack keeps it alive, and nothing moves.
        let items = unsafe { core::slice::from_raw_parts(args.ptr().add(1).cast::<Obj>(), args.len()) };
        self.call(function, items)
    }

    /// Calls with the items of two tuples: positional arguments; names and values of keyword arguments in turn.
    pub(crate) fn call_tuples(&mut self, function: Obj, args: Ref<Tuple>, keywords: Ref<Tuple>) -> R {
        // SAFETY: as in `call_tuple`.
        let items =
            |tuple: Ref<Tuple>| unsafe { core::slice::from_raw_parts(tuple.ptr().add(1).cast::<Obj>(), tuple.len()) };
        let args = Args { pos: items(args), kw: items(keywords) };
        self.call_args(function, &args)
    }

    /// The items of a tuple or list (or of an instance of a class derived from one); `None` for other objects.
    pub fn seq_items(&self, obj: Obj) -> Option<&[Obj]> {
        if let Some(tuple) = self.cast::<Tuple>(obj) {
            return Some(tuple.items(self));
        }
        self.cast::<List>(obj).map(|list| list.items(self))
    }

    /// Gives back a buffer block that nobody else can know (the old storage of a container).
    pub(crate) fn free_buffer(&mut self, block: NonNull<u8>) {
        // SAFETY: the callers own the block; a stale word on the stack may still point into it, which marking tolerates.
        unsafe { self.state_mut().heap.free(block) };
    }
}
