//! What a machine remembers about classes besides the type objects: the lookup cache, and the objects with
//! finalizers.
//!
//! The cache holds words that nothing else need keep alive; it is emptied by every collection and every change
//! to a class, so a hit is always a live answer. The list of objects with finalizers is weak in the same way: the
//! collector takes dead objects out of it and hands them to `pending`, which is a root.

#![allow(unsafe_code)]

use alloc::{boxed::Box, collections::VecDeque, vec::Vec};
use core::ptr::NonNull;

use heap::{Marker, Obj};

use crate::{handle::Ref, interp::generator, layout::typ::Type, native::TypeDef, qstr::Qstr, vm::State};

/// Number of entries of the lookup cache; a power of two.
const ENTRIES: usize = 512;

#[derive(Clone, Copy)]
struct Entry {
    class: usize,
    name: u32,
    epoch: u32,
    found: Option<(Obj, Ref<Type>)>,
}

/// See the module.
pub(crate) struct ClassState {
    entries: Box<[Entry]>,
    epoch: u32,
    /// Objects with `__del__`, and generators that were suspended inside of a block, alive as far as is known, by address.
    finalizable: Vec<usize>,
    /// Those of them that are to be finalized at the next safe point, the oldest first.
    pending: VecDeque<Obj>,
    /// They are being finalized.
    finalizing: bool,
    /// Types of modules, with the addresses of their definitions.
    defined: Vec<(usize, Ref<Type>)>,
}

impl ClassState {
    pub(crate) fn new() -> ClassState {
        ClassState {
            entries: Box::default(),
            epoch: 1,
            finalizable: Vec::new(),
            pending: VecDeque::new(),
            finalizing: false,
            defined: Vec::new(),
        }
    }

    #[inline(always)]
    fn place(class: Ref<Type>, name: Qstr) -> usize {
        let class = class.ptr().addr();
        ((class >> 5) ^ (class >> 12) ^ (name.0 as usize).wrapping_mul(0x9e37)) & (ENTRIES - 1)
    }

    /// The remembered answer to a lookup.
    #[inline(always)]
    pub(crate) fn find(&self, class: Ref<Type>, name: Qstr) -> Option<Option<(Obj, Ref<Type>)>> {
        let entry = self.entries.get(Self::place(class, name))?;
        (entry.class == class.ptr().addr() && entry.name == name.0 && entry.epoch == self.epoch).then_some(entry.found)
    }

    /// Remembers the answer to a lookup.
    pub(crate) fn remember(&mut self, class: Ref<Type>, name: Qstr, found: Option<(Obj, Ref<Type>)>) {
        if self.entries.is_empty() {
            let mut entries = Vec::new();
            if entries.try_reserve_exact(ENTRIES).is_err() {
                return;
            }
            entries.resize(ENTRIES, Entry { class: 0, name: 0, epoch: 0, found: None });
            self.entries = entries.into_boxed_slice();
        }
        let epoch = self.epoch;
        if let Some(entry) = self.entries.get_mut(Self::place(class, name)) {
            *entry = Entry { class: class.ptr().addr(), name: name.0, epoch, found };
        }
    }

    /// Forgets all answers.
    pub(crate) fn forget(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.entries = Box::default();
            self.epoch = 1;
        }
    }

    /// The type made of a definition.
    pub(crate) fn defined(&self, def: &'static TypeDef) -> Option<Ref<Type>> {
        let address = core::ptr::from_ref(def).addr();
        self.defined.iter().find(|(of, _)| *of == address).map(|(_, class)| *class)
    }

    /// All types of modules.
    pub(crate) fn all_defined(&self) -> impl Iterator<Item = Ref<Type>> {
        self.defined.iter().map(|(_, class)| *class)
    }

    /// Remembers the type made of a definition; false if there is no memory.
    pub(crate) fn remember_defined(&mut self, def: &'static TypeDef, class: Ref<Type>) -> bool {
        if self.defined.try_reserve(1).is_err() {
            return false;
        }
        self.defined.push((core::ptr::from_ref(def).addr(), class));
        true
    }

    /// Registers an object that has a finalizer; false if there is no memory.
    pub(crate) fn add_finalizable(&mut self, object: Obj) -> bool {
        if self.finalizable.try_reserve(1).is_err() {
            return false;
        }
        self.finalizable.push(object.word());
        true
    }

    /// Whether finalizers wait to be run.
    pub(crate) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Notes whether finalizers run; gives what was noted.
    pub(crate) fn set_finalizing(&mut self, on: bool) -> bool {
        core::mem::replace(&mut self.finalizing, on)
    }

    /// The next object whose finalizer is to run.
    pub(crate) fn take_pending(&mut self) -> Option<Obj> {
        self.pending.pop_front()
    }

    /// Moves everything registered to the waiting ones: the machine ends.
    pub(crate) fn finish_all(&mut self) {
        if self.pending.try_reserve(self.finalizable.len()).is_ok() {
            self.pending.extend(core::mem::take(&mut self.finalizable).into_iter().filter_map(Obj::from_word));
        }
    }

    /// Shows what is a root.
    pub(crate) fn visit(&self, marker: &mut Marker) {
        self.pending.iter().for_each(|object| marker.mark(*object));
        for (_, class) in &self.defined {
            marker.mark(class.obj());
        }
    }

    /// After marking: dead objects with finalizers live on until the finalizer has run, those without need of it (`needs`)
    /// are forgotten. True if there were any that live on.
    pub(crate) fn after_mark(&mut self, marker: &mut Marker, needs: impl Fn(Obj) -> bool) -> bool {
        self.forget();
        let mut any = false;
        let pending = &mut self.pending;
        self.finalizable.retain(|word| {
            let Some(object) = Obj::from_word(*word) else {
                return false;
            };
            let dead = object.as_ptr().is_some_and(|block: NonNull<u8>| !marker.is_marked(block));
            if dead && !needs(object) {
                return false;
            }
            // Without memory to note it, the object stays registered and its finalizer waits for a later collection.
            let moves = dead && pending.try_reserve(1).is_ok();
            if moves {
                pending.push_back(object);
            }
            if dead {
                any = true;
                marker.mark(object);
            }
            !moves
        });
        any
    }
}

/// [`ClassState::after_mark`] of a machine whose heap is being collected.
pub(crate) fn after_mark(state: NonNull<State>, marker: &mut Marker) -> bool {
    // SAFETY: the state is alive; the collector has the heap, this touches only the field beside it, to which nothing
    // else holds a reference during a collection.
    let classes = unsafe { &mut (*state.as_ptr()).classes };
    // SAFETY: nothing is freed before marking has ended.
    classes.after_mark(marker, |dead| unsafe { generator::needs_finalizer(state.as_ptr(), dead) })
}
