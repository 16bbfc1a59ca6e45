//! set and frozenset objects: one layout for both.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::hash::{Found, HashTable, HashWord, TableRef},
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A set or frozenset.
#[repr(C)]
pub struct Set {
    header: Header,
    table: HashTable<2>,
    /// Of a frozenset its hash once computed (as a small int), else 0.
    hash: Option<Obj>,
}

/// A frozenset.
#[repr(C)]
pub struct FrozenSet(Set);

// SAFETY: objects of type `set` have this layout.
unsafe impl HeapType for Set {
    const TYPE: TypeId = TypeId::Set;
}

// SAFETY: objects of type `frozenset` have this layout, which starts with the header of the inner structure.
unsafe impl HeapType for FrozenSet {
    const TYPE: TypeId = TypeId::FrozenSet;
}

impl Ref<FrozenSet> {
    /// As what both kinds of set are.
    #[inline(always)]
    pub fn as_set(self) -> Ref<Set> {
        // SAFETY: a frozenset is a `Set` with another header.
        unsafe { Ref::from_ptr(NonNull::new_unchecked(self.ptr().cast())) }
    }
}

impl Ref<Set> {
    #[inline(always)]
    fn table(self) -> TableRef<2> {
        // SAFETY: the table is part of the object, which `self` keeps alive on the caller's stack.
        unsafe { TableRef::new(NonNull::new_unchecked(&raw mut (*self.ptr()).table)) }
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.table().len()
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Changes whenever an item comes, goes or moves.
    pub fn version(self) -> u32 {
        self.table().version()
    }

    /// Bytes of memory besides the object itself.
    pub fn extra_bytes(self) -> usize {
        self.table().bytes()
    }

    /// The remembered hash of a frozenset.
    pub fn cached_hash(self) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).hash }
    }

    /// Remembers the hash of a frozenset.
    pub fn cache_hash(self, hash: Obj) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).hash = Some(hash) }
    }

    /// The next item at or after a position, with the position after it: iteration that tolerates changes.
    #[inline]
    pub fn entry(self, _vm: &Vm, position: usize) -> Option<(usize, Obj)> {
        let table = self.table();
        let at = table.next_live(position)?;
        Some((at + 1, table.key(at)?))
    }

    /// As [`Ref::<Set>::entry`] with the item's stored hash.
    #[inline]
    pub(crate) fn hashed_entry(self, position: usize) -> Option<(usize, Obj, HashWord)> {
        let table = self.table();
        let at = table.next_live(position)?;
        Some((at + 1, table.key(at)?, table.hash_at(at)))
    }

    /// `item in self`
    #[inline]
    pub fn contains(self, vm: &mut Vm, item: Obj) -> R<bool> {
        let hash = vm.key_hash(item)?;
        self.contains_hashed(vm, hash, item)
    }

    /// `item in self` with the item's hash at hand.
    #[inline]
    pub(crate) fn contains_hashed(self, vm: &mut Vm, hash: HashWord, item: Obj) -> R<bool> {
        Ok(matches!(self.table().find(vm, hash, item)?, Found::At(..)))
    }

    /// Adds an item; whether it is new.
    #[inline]
    pub fn add(self, vm: &mut Vm, item: Obj) -> R<bool> {
        let hash = vm.key_hash(item)?;
        self.add_hashed(vm, hash, item)
    }

    /// Adds an item with its hash at hand; whether it is new.
    #[inline]
    pub(crate) fn add_hashed(self, vm: &mut Vm, hash: HashWord, item: Obj) -> R<bool> {
        match self.table().find(vm, hash, item)? {
            Found::At(..) => Ok(false),
            Found::No(walk) => {
                self.table().insert(vm, walk, hash, item, item)?;
                Ok(true)
            }
        }
    }

    /// Adds an item that is known not to be there.
    #[inline]
    pub(crate) fn add_new(self, vm: &mut Vm, hash: HashWord, item: Obj) -> R<()> {
        self.table().append(vm, hash, item, item)
    }

    /// Makes room for so many more items.
    pub(crate) fn reserve(self, vm: &mut Vm, extra: usize) -> R<()> {
        self.table().reserve(vm, extra)
    }

    /// Gives memory back if much more was reserved than was needed.
    pub(crate) fn shrink(self, vm: &mut Vm, reserved: usize) -> R<()> {
        if self.len() < reserved / 4 { self.table().rebuild(vm, self.len()) } else { Ok(()) }
    }

    /// Removes an item; false if it is not there.
    pub fn remove(self, vm: &mut Vm, item: Obj) -> R<bool> {
        let hash = vm.key_hash(item)?;
        self.remove_hashed(vm, hash, item)
    }

    /// Removes an item with its hash at hand; false if it is not there.
    pub(crate) fn remove_hashed(self, vm: &mut Vm, hash: HashWord, item: Obj) -> R<bool> {
        match self.table().find(vm, hash, item)? {
            Found::At(at, walk) => Ok(self.table().remove(at, walk).is_some()),
            Found::No(_) => Ok(false),
        }
    }

    /// Removes and gives the first item.
    pub fn pop_first(self) -> Option<Obj> {
        let at = self.table().next_live(0)?;
        self.table().remove_at(at).map(|(key, _)| key)
    }

    /// Removes all items.
    pub fn clear(self, vm: &mut Vm) {
        self.table().clear(vm);
    }

    /// Makes this (empty) set hold the items of another.
    pub(crate) fn fill_from(self, vm: &mut Vm, other: Ref<Set>) -> R<()> {
        self.table().copy_from(vm, other.table())
    }

    /// The two sets exchange their items.
    pub(crate) fn swap(self, other: Ref<Set>) {
        self.table().swap(other.table());
    }
}

impl Vm {
    /// Makes an empty set.
    pub fn new_set(&mut self) -> R<Ref<Set>> {
        let header = self.header::<Set>();
        self.alloc_object(Set { header, table: HashTable::EMPTY, hash: None }, 0, Kind::Words)
    }

    /// Makes an empty frozenset, to be filled before programs see it.
    pub(crate) fn new_frozenset(&mut self) -> R<Ref<Set>> {
        let header = self.header::<FrozenSet>();
        let set = Set { header, table: HashTable::EMPTY, hash: None };
        Ok(self.alloc_object(FrozenSet(set), 0, Kind::Words)?.as_set())
    }

    /// The object as a set or frozenset (or what is inside an instance of a class derived from one).
    #[inline]
    pub fn any_set(&self, obj: Obj) -> Option<Ref<Set>> {
        self.cast::<Set>(obj).or_else(|| self.cast::<FrozenSet>(obj).map(Ref::<FrozenSet>::as_set))
    }
}
