//! The hash table under dict and set: entries in the order of insertion, and an index beside them.
//!
//! An entry is `W` words: hash, key and (in dicts) value. Entries are found through the index, an open-addressing
//! table of entry numbers of one, two or four bytes; a table of up to [`SMALL`] entries has no index and is searched
//! word by word. A removed entry leaves a hole (key and value 0), and its place in the index says "gone"; both disappear
//! when the table is rebuilt to grow.
//!
//! What must stay true: `live <= used <= capacity`; every live entry below `used` is named by exactly one place of the
//! index (if there is one) on its probe sequence; at least one place of the index is free; entries below `first` are holes.
//! The `version` changes whenever an entry comes, goes or moves, not when a value is replaced.
//!
//! Nothing here decides what a key is equal to: that may run Python code, see [`TableRef::find`]. Hashes are stored in the
//! form of small ints, so that the collector does not take them for pointers.

#![allow(unsafe_code)]

use core::{marker::PhantomData, ptr::NonNull};

use heap::{Kind, Obj};

use crate::{layout::text::HeapStr, qstr::Qstr, types::exception::Exc, value::R, vm::Vm};

/// Up to so many entries there is no index.
const SMALL: usize = 8;
/// So many times a lookup starts again because a comparison changed the table.
const MAX_RESTARTS: usize = 100;
/// Greatest number of places in an index; entry numbers stay below [`GONE`].
const MAX_INDEX: usize = 1 << 31;
/// A free place of the index, in the widest form.
const FREE: u32 = u32::MAX;
/// A place of the index whose entry was removed, in the widest form.
const GONE: u32 = u32::MAX - 1;

/// The table; part of a dict or set object.
#[repr(C)]
pub(crate) struct HashTable<const W: usize> {
    /// A block of `capacity * W` words; dangling while `capacity` is 0.
    entries: NonNull<usize>,
    /// A block of `mask + 1` numbers; dangling while `mask` is 0.
    index: NonNull<u8>,
    capacity: u32,
    /// Entries in use, holes included.
    used: u32,
    /// Entries in use, holes excluded.
    live: u32,
    /// Places of the index that are not free.
    fill: u32,
    /// Entries below this one are holes.
    first: u32,
    /// Number of places of the index less one; 0: no index.
    mask: u32,
    version: u32,
    /// For the owner.
    pub(crate) flags: u32,
}

impl<const W: usize> HashTable<W> {
    /// A table without entries or memory.
    pub(crate) const EMPTY: HashTable<W> = HashTable {
        entries: NonNull::dangling(),
        index: NonNull::dangling(),
        capacity: 0,
        used: 0,
        live: 0,
        fill: 0,
        first: 0,
        mask: 0,
        version: 0,
        flags: 0,
    };
}

/// A hash in the form in which it is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HashWord(usize);

impl HashWord {
    /// From the hash as [`Vm::hash`] gives it.
    #[inline(always)]
    pub(crate) fn new(hash: usize) -> HashWord {
        HashWord(hash << 1 | 1)
    }

    #[inline(always)]
    fn bits(self) -> usize {
        self.0 >> 1
    }

    /// The hash.
    #[inline(always)]
    pub(crate) fn hash(self) -> usize {
        (self.0 as isize >> 1) as usize
    }
}

/// Where a search stands.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    /// The place of the index (or the entry, in a table without index) that was looked at last.
    slot: usize,
    /// The next one.
    next: usize,
    perturb: usize,
}

/// The result of a search.
#[derive(Clone, Copy)]
pub(crate) enum Found {
    /// The entry and the state of the search (for removal).
    At(usize, Walk),
    /// There is none; the state of the search (for insertion).
    No(Walk),
}

/// A handle to a table inside a live object. Belongs to this module's callers in `layout`, which keep the object itself
/// on the stack.
pub(crate) struct TableRef<const W: usize>(NonNull<HashTable<W>>, PhantomData<*mut ()>);

impl<const W: usize> Clone for TableRef<W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<const W: usize> Copy for TableRef<W> {}

/// One width of the index.
trait Place: Copy {
    const FREE: Self;
    const GONE: Self;
    fn number(self) -> usize;
    fn from_number(number: usize) -> Self;
    fn is_special(self) -> bool;
}

macro_rules! places {
    ($($t:ty)*) => {$(
        impl Place for $t {
            const FREE: Self = FREE as $t;
            const GONE: Self = GONE as $t;
            #[inline(always)]
            fn number(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn from_number(number: usize) -> Self {
                number as $t
            }
            #[inline(always)]
            fn is_special(self) -> bool {
                self >= Self::GONE
            }
        }
    )*};
}

places!(u8 u16 u32);

/// Runs an expression with `$t` as the type of the index's places.
macro_rules! by_width {
    ($mask:expr, $t:ident => $body:expr) => {
        match $mask {
            mask if mask < 1 << 8 => {
                type $t = u8;
                $body
            }
            mask if mask < 1 << 16 => {
                type $t = u16;
                $body
            }
            _ => {
                type $t = u32;
                $body
            }
        }
    };
}

/// How many entries an index of this size serves.
fn usable(places: usize) -> usize {
    places / 3 * 2
}

/// Capacity and index size for so many entries; `None`: too many.
fn sizes_for(entries: usize) -> Option<(usize, usize)> {
    if entries <= SMALL {
        return Some((
            if entries == 0 {
                0
            } else if entries <= SMALL / 2 {
                SMALL / 2
            } else {
                SMALL
            },
            0,
        ));
    }
    let places = entries.checked_add(entries / 2 + 1)?.checked_next_power_of_two()?;
    if places > MAX_INDEX {
        return None;
    }
    Some((usable(places).max(entries), places))
}

impl<const W: usize> TableRef<W> {
    /// A handle to a table.
    ///
    /// # Safety
    /// It must be part of a live heap object that the caller keeps alive while the handle is in use.
    #[inline(always)]
    pub(crate) unsafe fn new(table: NonNull<HashTable<W>>) -> Self {
        TableRef(table, PhantomData)
    }

    #[inline(always)]
    fn table(&self) -> &HashTable<W> {
        // SAFETY: promised at `new`. The reference lives for one primitive at most.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    fn table_mut(&mut self) -> &mut HashTable<W> {
        // SAFETY: as above; nobody else has a reference during a primitive.
        unsafe { self.0.as_mut() }
    }

    /// Number of live entries.
    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        self.table().live as usize
    }

    /// Number of entries with holes: positions are below this.
    #[inline(always)]
    pub(crate) fn end(self) -> usize {
        self.table().used as usize
    }

    /// Changes with every entry that comes, goes or moves.
    #[inline(always)]
    pub(crate) fn version(self) -> u32 {
        self.table().version
    }

    /// The owner's flags.
    #[inline(always)]
    pub(crate) fn flags(self) -> u32 {
        self.table().flags
    }

    /// Sets one of the owner's flags.
    pub(crate) fn set_flag(mut self, flag: u32) {
        self.table_mut().flags |= flag;
    }

    /// A word of an entry. The position must be below `capacity`.
    #[inline(always)]
    fn word(self, position: usize, word: usize) -> *mut usize {
        debug_assert!(position < self.table().capacity as usize && word < W);
        // SAFETY: `capacity * W` words lie there.
        unsafe { self.table().entries.as_ptr().add(position * W + word) }
    }

    /// The key of an entry; `None` for a hole or a position outside.
    #[inline(always)]
    pub(crate) fn key(self, position: usize) -> Option<Obj> {
        if position >= self.end() {
            return None;
        }
        // SAFETY: entries below `used` hold an object word or 0.
        unsafe { self.word(position, 1).cast::<Option<Obj>>().read() }
    }

    /// The value of an entry; for `W` = 2 the key.
    #[inline(always)]
    pub(crate) fn value(self, position: usize) -> Option<Obj> {
        if position >= self.end() {
            return None;
        }
        // SAFETY: as for the key; the last word of an entry is its value or key.
        unsafe { self.word(position, W - 1).cast::<Option<Obj>>().read() }
    }

    /// Where the value of a live entry is stored.
    pub(crate) fn value_slot(self, position: usize) -> Option<NonNull<Obj>> {
        self.key(position)?;
        NonNull::new(self.word(position, W - 1).cast())
    }

    /// Replaces the value of a live entry; false if there is none.
    #[inline(always)]
    pub(crate) fn set_value(self, position: usize, value: Obj) -> bool {
        let live = self.key(position).is_some();
        if live {
            // SAFETY: the position was checked.
            unsafe { self.word(position, W - 1).write(value.word()) }
        }
        live
    }

    /// The stored hash of an entry.
    #[inline(always)]
    pub(crate) fn hash_at(self, position: usize) -> HashWord {
        if position >= self.end() {
            return HashWord(1);
        }
        // SAFETY: the position was checked.
        HashWord(unsafe { self.word(position, 0).read() })
    }

    /// The first live entry at or after a position.
    #[inline]
    pub(crate) fn next_live(self, position: usize) -> Option<usize> {
        let mut at = position.max(self.table().first as usize);
        while at < self.end() {
            if self.key(at).is_some() {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    /// The last live entry before a position.
    pub(crate) fn previous_live(self, position: usize) -> Option<usize> {
        let mut at = position.min(self.end());
        while at > self.table().first as usize {
            at -= 1;
            if self.key(at).is_some() {
                return Some(at);
            }
        }
        None
    }

    /// A place of the index.
    #[inline(always)]
    fn place<T: Place>(self, slot: usize) -> *mut T {
        debug_assert!(slot <= self.table().mask as usize);
        // SAFETY: the index has `mask + 1` places of this width.
        unsafe { self.table().index.cast::<T>().as_ptr().add(slot) }
    }

    /// Starts a search.
    #[inline(always)]
    pub(crate) fn walk(self, hash: HashWord) -> Walk {
        let mask = self.table().mask as usize;
        // Without an index the mask is 0 and the walk starts at entry 0.
        Walk { slot: 0, next: hash.bits() & mask, perturb: hash.bits() }
    }

    /// The next entry on the way that has this hash; `None` at the end of the way, where the walk tells a free place.
    #[inline(always)]
    pub(crate) fn step(self, walk: &mut Walk, hash: HashWord) -> Option<usize> {
        let mask = self.table().mask as usize;
        if mask == 0 {
            while walk.next < self.end() {
                let at = walk.next;
                walk.next += 1;
                if self.hash_at(at) == hash {
                    walk.slot = at;
                    return Some(at);
                }
            }
            return None;
        }
        by_width!(mask, T => self.step_index::<T>(walk, hash, mask))
    }

    #[inline(always)]
    fn step_index<T: Place>(self, walk: &mut Walk, hash: HashWord, mask: usize) -> Option<usize> {
        loop {
            walk.slot = walk.next;
            // SAFETY: `slot` is at most `mask`.
            let place = unsafe { *self.place::<T>(walk.slot) };
            if place.is_special() {
                if place.number() == T::FREE.number() {
                    return None;
                }
                walk.advance(mask);
                continue;
            }
            walk.advance(mask);
            let at = place.number();
            if self.hash_at(at) == hash {
                return Some(at);
            }
        }
    }

    /// Searches without running Python code: an entry counts when `same` says so about its key.
    #[inline(always)]
    pub(crate) fn find_by(self, hash: HashWord, mut same: impl FnMut(Obj) -> bool) -> Found {
        let mut walk = self.walk(hash);
        while let Some(at) = self.step(&mut walk, hash) {
            if self.key(at).is_some_and(&mut same) {
                return Found::At(at, walk);
            }
        }
        Found::No(walk)
    }

    /// Searches for a key: the same object, or an equal one with the same hash. Comparing may run Python code; when
    /// that changes the table the search starts again, a bounded number of times.
    #[inline]
    pub(crate) fn find(self, vm: &mut Vm, hash: HashWord, key: Obj) -> R<Found> {
        let mut walk = self.walk(hash);
        while let Some(at) = self.step(&mut walk, hash) {
            let Some(stored) = self.key(at) else { continue };
            if stored == key {
                return Ok(Found::At(at, walk));
            }
            match vm.quick_equal(stored, key) {
                Some(true) => return Ok(Found::At(at, walk)),
                Some(false) => {}
                None => return self.find_slowly(vm, hash, key),
            }
        }
        Ok(Found::No(walk))
    }

    #[inline(never)]
    fn find_slowly(self, vm: &mut Vm, hash: HashWord, key: Obj) -> R<Found> {
        'restart: for _ in 0..MAX_RESTARTS {
            let version = self.version();
            let mut walk = self.walk(hash);
            while let Some(at) = self.step(&mut walk, hash) {
                let Some(stored) = self.key(at) else { continue };
                let same = stored == key || vm.equal(stored, key)?;
                if self.version() != version {
                    continue 'restart;
                }
                if same {
                    return Ok(Found::At(at, walk));
                }
            }
            return Ok(Found::No(walk));
        }
        Err(vm.error(Exc::RuntimeError, format_args!("keys changed the table during a lookup")))
    }

    /// Whether one more entry needs a rebuild, which moves the entries.
    #[inline(always)]
    pub(crate) fn is_full(self) -> bool {
        let table = self.table();
        table.used == table.capacity || table.fill >= table.capacity
    }

    /// Adds an entry that a search (since which the table did not change) did not find. May collect; raises
    /// MemoryError, with the table as it was.
    #[inline]
    pub(crate) fn insert(mut self, vm: &mut Vm, walk: Walk, hash: HashWord, key: Obj, value: Obj) -> R<()> {
        let mut slot = walk.slot;
        if self.is_full() {
            self.rebuild(vm, self.len() + 1 + self.len() / 2)?;
            slot = self.free_slot(hash);
        }
        let at = self.end();
        let mask = self.table().mask as usize;
        if mask != 0 {
            // SAFETY: `slot` is a place of the index.
            by_width!(mask, T => unsafe { *self.place::<T>(slot) = T::from_number(at) });
        }
        // SAFETY: there is room for one more entry; for W = 2 the key is the last word.
        unsafe {
            self.word(at, 0).write(hash.0);
            self.word(at, W - 1).write(value.word());
            self.word(at, 1).write(key.word());
        }
        let table = self.table_mut();
        table.used += 1;
        table.live += 1;
        table.fill += 1;
        table.version = table.version.wrapping_add(1);
        Ok(())
    }

    /// Adds an entry whose key is known not to be there. Otherwise as [`TableRef::insert`].
    pub(crate) fn append(self, vm: &mut Vm, hash: HashWord, key: Obj, value: Obj) -> R<()> {
        let slot = self.free_slot(hash);
        self.insert(vm, Walk { slot, next: 0, perturb: 0 }, hash, key, value)
    }

    /// A free place for a new entry.
    fn free_slot(self, hash: HashWord) -> usize {
        let mask = self.table().mask as usize;
        if mask == 0 {
            return 0;
        }
        let mut walk = self.walk(hash);
        loop {
            // SAFETY: `next` is at most `mask`.
            let free = by_width!(mask, T => unsafe { (*self.place::<T>(walk.next)).number() == T::FREE.number() });
            if free {
                return walk.next;
            }
            walk.advance(mask);
        }
    }

    /// Removes the entry that a search (since which the table did not change) found; gives its value.
    pub(crate) fn remove(mut self, position: usize, walk: Walk) -> Option<Obj> {
        let value = self.value(position)?;
        let mask = self.table().mask as usize;
        if mask != 0 {
            // SAFETY: `slot` is a place of the index.
            by_width!(mask, T => unsafe { *self.place::<T>(walk.slot & mask) = T::GONE });
        }
        // SAFETY: the position is below `used`.
        unsafe { self.word(position, 0).write_bytes(0, W) };
        let (end, no_index) = (self.end(), mask == 0);
        let mut used = end;
        while used > 0 && self.key(used - 1).is_none() {
            used -= 1;
        }
        let mut first = self.table().first as usize;
        while first < used && self.key(first).is_none() {
            first += 1;
        }
        let table = self.table_mut();
        table.live -= 1;
        table.used = used as u32;
        table.first = first.min(used) as u32;
        if no_index {
            table.fill = table.used;
        }
        table.version = table.version.wrapping_add(1);
        Some(value)
    }

    /// Removes the entry at a position; gives key and value.
    pub(crate) fn remove_at(self, position: usize) -> Option<(Obj, Obj)> {
        let (key, hash) = (self.key(position)?, self.hash_at(position));
        let mut walk = self.walk(hash);
        while let Some(at) = self.step(&mut walk, hash) {
            if at == position {
                return Some((key, self.remove(position, walk)?));
            }
        }
        None
    }

    /// Removes all entries and gives back the memory.
    pub(crate) fn clear(mut self, vm: &mut Vm) {
        let table = self.table_mut();
        let old = HashTable { flags: table.flags, version: table.version.wrapping_add(1), ..HashTable::EMPTY };
        let old = core::mem::replace(table, old);
        old.free(vm);
    }

    /// Makes room for so many more entries.
    pub(crate) fn reserve(self, vm: &mut Vm, extra: usize) -> R<()> {
        let table = self.table();
        let (room, used) = (table.capacity as usize, (table.used.max(table.fill)) as usize);
        if room - used.min(room) >= extra {
            return Ok(());
        }
        self.rebuild(vm, self.len().saturating_add(extra))
    }

    /// Moves the live entries to new blocks with room for `room` entries.
    #[cold]
    #[inline(never)]
    pub(crate) fn rebuild(mut self, vm: &mut Vm, room: usize) -> R<()> {
        let Some((capacity, places)) = sizes_for(room.max(self.len())) else {
            return Err(vm.raise_memory_error(room));
        };
        let mut new = HashTable::<W>::EMPTY;
        if capacity > 0 {
            let Some(bytes) = capacity.checked_mul(W * size_of::<usize>()) else {
                return Err(vm.raise_memory_error(room));
            };
            new.entries = vm.alloc(bytes, Kind::Words)?.cast();
        }
        if places > 0 {
            let width = by_width!(places - 1, T => size_of::<T>());
            new.index = vm.alloc(places * width, Kind::Raw)?;
            // SAFETY: the block has that size; all bits set means free in every width.
            unsafe { new.index.write_bytes(0xff, places * width) };
            new.mask = (places - 1) as u32;
        }
        new.capacity = capacity as u32;
        new.flags = self.flags();
        new.version = self.version().wrapping_add(1);
        let mut used = 0;
        for at in 0..self.end() {
            if self.key(at).is_some() {
                // SAFETY: `at` is below the old `used`, `used` below the number of live entries, for which there is room.
                unsafe {
                    new.entries.as_ptr().add(used * W).copy_from_nonoverlapping(self.word(at, 0), W);
                }
                used += 1;
            }
        }
        new.used = used as u32;
        new.live = used as u32;
        new.fill = used as u32;
        core::mem::swap(self.table_mut(), &mut new);
        if places > 0 {
            by_width!(places - 1, T => self.fill_index::<T>());
        }
        new.free(vm);
        Ok(())
    }

    /// Enters all entries into an empty index. There are no holes.
    fn fill_index<T: Place>(self) {
        let mask = self.table().mask as usize;
        for at in 0..self.end() {
            let mut walk = self.walk(self.hash_at(at));
            // SAFETY: `next` is always at most `mask`.
            unsafe {
                while (*self.place::<T>(walk.next)).number() != T::FREE.number() {
                    walk.advance(mask);
                }
                *self.place::<T>(walk.next) = T::from_number(at);
            }
        }
    }

    /// Makes this (empty) table a copy of another one, holes left out.
    pub(crate) fn copy_from(mut self, vm: &mut Vm, other: TableRef<W>) -> R<()> {
        let places = sizes_for(other.len()).map_or(0, |(_, places)| places);
        if places > 0 && other.end() == other.len() && other.table().mask as usize == places - 1 {
            // No holes and the same size: both blocks as they are.
            let width = by_width!(places - 1, T => size_of::<T>());
            let capacity = other.table().capacity as usize;
            let entries = vm.alloc(capacity * W * size_of::<usize>(), Kind::Words)?.cast::<usize>();
            let index = vm.alloc(places * width, Kind::Raw)?;
            // SAFETY: old and new blocks have the same sizes; allocation does not change the other table.
            unsafe {
                entries.copy_from_nonoverlapping(other.table().entries, other.end() * W);
                index.copy_from_nonoverlapping(other.table().index, places * width);
            }
            let table = self.table_mut();
            let (flags, version) = (table.flags, table.version.wrapping_add(1));
            *table = HashTable { entries, index, flags, version, ..*other.table() };
            return Ok(());
        }
        self.rebuild(vm, other.len())?;
        for at in 0..other.end() {
            if other.key(at).is_some() {
                let end = self.end();
                // SAFETY: there is room for all live entries of the other table.
                unsafe { self.word(end, 0).copy_from_nonoverlapping(other.word(at, 0), W) };
                let table = self.table_mut();
                table.used += 1;
                table.live += 1;
                table.fill += 1;
            }
        }
        if places > 0 {
            by_width!(places - 1, T => self.fill_index::<T>());
        }
        Ok(())
    }

    /// Gives this table the content of another, which gets this one's.
    pub(crate) fn swap(mut self, mut other: TableRef<W>) {
        if self.0 == other.0 {
            return;
        }
        let (a, b) = (self.table_mut(), other.table_mut());
        core::mem::swap(a, b);
        core::mem::swap(&mut a.flags, &mut b.flags);
        let version = a.version.max(b.version).wrapping_add(1);
        a.version = version;
        b.version = version;
    }

    /// Bytes of memory besides the object itself.
    pub(crate) fn bytes(self) -> usize {
        let table = self.table();
        let places = if table.mask == 0 { 0 } else { table.mask as usize + 1 };
        let width = by_width!(table.mask as usize, T => size_of::<T>());
        table.capacity as usize * W * size_of::<usize>() + places * width
    }
}

impl<const W: usize> HashTable<W> {
    /// Gives the blocks of a table that is no longer part of an object back.
    fn free(self, vm: &mut Vm) {
        if self.capacity > 0 {
            vm.free_buffer(self.entries.cast());
        }
        if self.mask != 0 {
            vm.free_buffer(self.index);
        }
    }
}

impl Walk {
    #[inline(always)]
    fn advance(&mut self, mask: usize) {
        self.perturb >>= 5;
        self.next = (self.next * 5).wrapping_add(self.perturb).wrapping_add(1) & mask;
    }
}

impl Vm {
    /// The hash of a key as tables store it. Runs Python code only for keys of other than the simple types.
    #[inline(always)]
    pub(crate) fn key_hash(&mut self, key: Obj) -> R<HashWord> {
        match self.quick_hash(key) {
            Some(hash) => Ok(hash),
            None => Ok(HashWord::new(self.hash(key)?)),
        }
    }

    /// The hash of a str or small int.
    #[inline(always)]
    pub(crate) fn quick_hash(&self, key: Obj) -> Option<HashWord> {
        if let Some(qstr) = key.as_qstr() {
            return Some(self.name_hash(Qstr(qstr)));
        }
        if let Some(value) = key.as_small_int() {
            return Some(HashWord::new(crate::types::hashing::hash_int(value) as usize));
        }
        self.exact::<HeapStr>(key).map(|text| HashWord::new(text.hash(self) as usize))
    }

    /// The hash of a name.
    #[inline(always)]
    pub(crate) fn name_hash(&self, name: Qstr) -> HashWord {
        HashWord::new(self.state().qstrs.hash(name) as usize)
    }

    /// Whether two different words are equal keys, where that is known without running Python code.
    #[inline]
    pub(crate) fn quick_equal(&self, a: Obj, b: Obj) -> Option<bool> {
        if a.is_small_int() && b.is_small_int() || a.is_qstr() && b.is_qstr() {
            return Some(false);
        }
        match (self.plain_text(a), self.plain_text(b)) {
            (None, None) if !a.is_pointer() && !b.is_pointer() => {
                match (a.as_float_immediate(), b.as_float_immediate()) {
                    (Some(a), Some(b)) => Some(a == b),
                    _ => None,
                }
            }
            (Some(a), Some(b)) => Some(a == b),
            (Some(_), None) if !b.is_pointer() => Some(false),
            (None, Some(_)) if !a.is_pointer() => Some(false),
            _ => None,
        }
    }

    /// The text of a str of exactly that type.
    #[inline]
    fn plain_text(&self, obj: Obj) -> Option<&[u8]> {
        match obj.as_qstr() {
            Some(qstr) => Some(self.qstr_bytes(Qstr(qstr))),
            None => self.exact::<HeapStr>(obj).map(|text| text.bytes(self)),
        }
    }

    /// Whether a stored key is this name. Never runs Python code.
    #[inline(always)]
    pub(crate) fn key_is_name(&self, stored: Obj, name: Qstr) -> bool {
        stored == name.obj()
            || stored.is_pointer()
                && self.exact::<HeapStr>(stored).is_some_and(|text| text.bytes(self) == self.qstr_bytes(name))
    }
}
