//! dict objects.
//!
//! What must stay true: a dict with the flag [`flag::CACHED`] tells [`Vm::namespace_changed`] before its entries move and
//! when a key comes or goes, because the interpreter loop holds addresses of its values ([`Ref::<Dict>::value_slot`]).

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::hash::{Found, HashTable, HashWord, TableRef},
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A dict.
#[repr(C)]
pub struct Dict {
    header: Header,
    table: HashTable<3>,
}

/// Bits of a dict's flags.
pub mod flag {
    /// The interpreter loop caches addresses of its values.
    pub const CACHED: u32 = 1;
    /// Programs cannot change it: the namespace of a builtin type.
    pub const FIXED: u32 = 2;
    /// An OrderedDict keeps its items in it: repr and comparison differ.
    pub const ORDERED: u32 = 4;
    /// The globals of a module that takes no new attributes but those of [`crate::types::module::known_to_sys`].
    pub const CLOSED: u32 = 8;
}

// SAFETY: objects of type `dict` have this layout.
unsafe impl HeapType for Dict {
    const TYPE: TypeId = TypeId::Dict;
}

impl Ref<Dict> {
    #[inline(always)]
    fn table(self) -> TableRef<3> {
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

    /// Changes whenever a key comes, goes or moves; not when a value is replaced.
    #[inline(always)]
    pub fn version(self) -> u32 {
        self.table().version()
    }

    /// Whether a [`flag`] is set.
    #[inline(always)]
    pub fn has(self, flag: u32) -> bool {
        self.table().flags() & flag != 0
    }

    /// Sets a [`flag`].
    pub fn set_flag(self, flag: u32) {
        self.table().set_flag(flag);
    }

    /// Bytes of memory besides the object itself.
    pub fn extra_bytes(self) -> usize {
        self.table().bytes()
    }

    /// Before anything that [`flag::CACHED`] promises to tell.
    #[inline(always)]
    fn changing(self, vm: &mut Vm) {
        if self.has(flag::CACHED) {
            vm.namespace_changed();
        }
    }

    #[inline(always)]
    fn find_name(self, vm: &Vm, name: Qstr) -> Found {
        self.table().find_by(vm.name_hash(name), |stored| vm.key_is_name(stored, name))
    }

    /// The value of a name. Never runs Python code.
    #[inline]
    pub fn get_name(self, vm: &Vm, name: Qstr) -> Option<Obj> {
        match self.find_name(vm, name) {
            Found::At(at, _) => self.table().value(at),
            Found::No(_) => None,
        }
    }

    /// Where the value of a name is stored: valid until [`Vm::namespace_changed`] is called, if the dict has the flag
    /// [`flag::CACHED`].
    pub fn value_slot(self, vm: &Vm, name: Qstr) -> Option<NonNull<Obj>> {
        match self.find_name(vm, name) {
            Found::At(at, _) => self.table().value_slot(at),
            Found::No(_) => None,
        }
    }

    /// Stores under a name. Never runs Python code; may collect; raises MemoryError.
    pub fn set_name(self, vm: &mut Vm, name: Qstr, value: Obj) -> R<()> {
        match self.find_name(vm, name) {
            Found::At(at, _) => {
                self.table().set_value(at, value);
                Ok(())
            }
            Found::No(walk) => {
                self.changing(vm);
                let hash = vm.name_hash(name);
                self.table().insert(vm, walk, hash, name.obj(), value)
            }
        }
    }

    /// Removes a name; false if it is not there.
    pub fn remove_name(self, vm: &mut Vm, name: Qstr) -> bool {
        match self.find_name(vm, name) {
            Found::At(at, walk) => {
                self.changing(vm);
                self.table().remove(at, walk).is_some()
            }
            Found::No(_) => false,
        }
    }

    /// The value of a key whose very word is a key of the dict, for str and small int keys: the inlined path of the
    /// loop. `None` says nothing about equal keys; ask [`Ref::<Dict>::get`].
    #[inline(always)]
    pub fn get_fast(self, vm: &Vm, key: Obj) -> Option<Obj> {
        let hash = vm.quick_hash(key)?;
        match self.table().find_by(hash, |stored| stored == key) {
            Found::At(at, _) => self.table().value(at),
            Found::No(_) => None,
        }
    }

    /// Replaces the value of a key as [`Ref::<Dict>::get_fast`] finds it; false if it does not.
    #[inline(always)]
    pub fn set_fast(self, vm: &Vm, key: Obj, value: Obj) -> bool {
        let Some(hash) = vm.quick_hash(key) else {
            return false;
        };
        match self.table().find_by(hash, |stored| stored == key) {
            Found::At(at, _) => self.table().set_value(at, value),
            Found::No(_) => false,
        }
    }

    /// The next entry at or after a position, with the position after it: iteration that tolerates changes.
    #[inline]
    pub fn entry(self, _vm: &Vm, position: usize) -> Option<(usize, Obj, Obj)> {
        let table = self.table();
        let at = table.next_live(position)?;
        Some((at + 1, table.key(at)?, table.value(at)?))
    }

    /// The last entry before a position (`usize::MAX`: of all), with its own position: iteration backwards.
    pub fn entry_before(self, _vm: &Vm, position: usize) -> Option<(usize, Obj, Obj)> {
        let table = self.table();
        let at = table.previous_live(position)?;
        Some((at, table.key(at)?, table.value(at)?))
    }

    /// `self[key]`; hashes and compares, so it may run Python code.
    #[inline]
    pub fn get(self, vm: &mut Vm, key: Obj) -> R<Option<Obj>> {
        let hash = vm.key_hash(key)?;
        match self.table().find(vm, hash, key)? {
            Found::At(at, _) => Ok(self.table().value(at)),
            Found::No(_) => Ok(None),
        }
    }

    /// `self[key] = value`
    #[inline]
    pub fn set(self, vm: &mut Vm, key: Obj, value: Obj) -> R<()> {
        let hash = vm.key_hash(key)?;
        self.set_hashed(vm, hash, key, value)
    }

    #[inline]
    fn set_hashed(self, vm: &mut Vm, hash: HashWord, key: Obj, value: Obj) -> R<()> {
        match self.table().find(vm, hash, key)? {
            Found::At(at, _) => {
                self.table().set_value(at, value);
                Ok(())
            }
            Found::No(walk) => {
                self.changing(vm);
                self.table().insert(vm, walk, hash, key, value)
            }
        }
    }

    /// The value of a key; if there is none, `default` becomes it.
    pub fn get_or_insert(self, vm: &mut Vm, key: Obj, default: Obj) -> R {
        let hash = vm.key_hash(key)?;
        match self.table().find(vm, hash, key)? {
            Found::At(at, _) => Ok(self.table().value(at).unwrap_or(default)),
            Found::No(walk) => {
                self.changing(vm);
                self.table().insert(vm, walk, hash, key, default)?;
                Ok(default)
            }
        }
    }

    /// `del self[key]`; gives the value.
    pub fn remove(self, vm: &mut Vm, key: Obj) -> R<Option<Obj>> {
        let hash = vm.key_hash(key)?;
        match self.table().find(vm, hash, key)? {
            Found::At(at, walk) => {
                self.changing(vm);
                Ok(self.table().remove(at, walk))
            }
            Found::No(_) => Ok(None),
        }
    }

    /// Removes and gives the last item.
    pub fn pop_last(self, vm: &mut Vm) -> Option<(Obj, Obj)> {
        let at = self.table().previous_live(usize::MAX)?;
        self.changing(vm);
        self.table().remove_at(at)
    }

    /// Removes and gives the first item.
    pub fn pop_first(self, vm: &mut Vm) -> Option<(Obj, Obj)> {
        let at = self.table().next_live(0)?;
        self.changing(vm);
        self.table().remove_at(at)
    }

    /// Removes all items.
    pub fn clear(self, vm: &mut Vm) {
        self.changing(vm);
        self.table().clear(vm);
    }

    /// Makes room for so many more items.
    pub fn reserve(self, vm: &mut Vm, extra: usize) -> R<()> {
        self.changing(vm);
        self.table().reserve(vm, extra)
    }

    /// A new dict with the same items, without the flags.
    pub fn copy(self, vm: &mut Vm) -> R<Ref<Dict>> {
        let new = vm.new_dict(0)?;
        new.table().copy_from(vm, self.table())?;
        Ok(new)
    }

    /// Stores all items of another dict here, without hashing them again. False if the other one changed meanwhile.
    pub fn update(self, vm: &mut Vm, other: Ref<Dict>) -> R<bool> {
        if self == other {
            return Ok(true);
        }
        let source = other.table();
        if self.is_empty() && !self.has(flag::CACHED) && self.table().end() == 0 {
            self.table().copy_from(vm, source)?;
            return Ok(true);
        }
        let mut position = 0;
        while let Some(at) = source.next_live(position) {
            let (Some(key), Some(value)) = (source.key(at), source.value(at)) else {
                break;
            };
            let version = source.version();
            self.set_hashed(vm, source.hash_at(at), key, value)?;
            if source.version() != version {
                return Ok(false);
            }
            position = at + 1;
        }
        Ok(true)
    }

    /// Moves an item to the end, or to the front; false if there is no such key.
    pub fn move_to(self, vm: &mut Vm, key: Obj, to_end: bool) -> R<bool> {
        let hash = vm.key_hash(key)?;
        let Found::At(at, _) = self.table().find(vm, hash, key)? else {
            return Ok(false);
        };
        self.changing(vm);
        let table = self.table();
        let (Some(key), Some(value)) = (table.key(at), table.value(at)) else {
            return Ok(false);
        };
        // Room first, so that nothing is lost when there is no memory.
        if to_end {
            table.reserve(vm, 1)?;
            let Found::At(at, walk) = table.find_by(hash, |stored| stored == key) else {
                return Ok(false);
            };
            table.remove(at, walk);
            table.append(vm, hash, key, value)?;
            return Ok(true);
        }
        let copy = vm.new_dict(self.len())?;
        let target = copy.table();
        target.append(vm, hash, key, value)?;
        let mut position = 0;
        while let Some(next) = table.next_live(position) {
            if let (Some(key), Some(value)) = (table.key(next), table.value(next))
                && next != at
            {
                target.append(vm, table.hash_at(next), key, value)?;
            }
            position = next + 1;
        }
        table.swap(target);
        Ok(true)
    }
}

impl Vm {
    /// Makes a dict with room for so many items.
    pub fn new_dict(&mut self, room: usize) -> R<Ref<Dict>> {
        let header = self.header::<Dict>();
        let dict = self.alloc_object(Dict { header, table: HashTable::EMPTY }, 0, Kind::Words)?;
        if room > 0 {
            dict.table().reserve(self, room)?;
        }
        Ok(dict)
    }

    /// A root that is a dict.
    pub(crate) fn root_dict(&self, root: crate::vm::Root) -> Ref<Dict> {
        match self.root(root).and_then(|dict| self.exact::<Dict>(dict)) {
            Some(dict) => dict,
            None => unreachable!("boot sets this root to a dict"),
        }
    }

    /// A dict with the flag [`flag::CACHED`] is about to get or lose a key or to move its values.
    #[inline]
    pub(crate) fn namespace_changed(&mut self) {
        self.flush_caches();
    }
}
