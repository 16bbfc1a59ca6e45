//! Weak references: objects that know another one without keeping it alive.
//!
//! The collector must not see the referent, so its address is kept with all bits turned over: that is no address of any block.
//! The table of weak references lies outside of the heap. It is a root of finalizers whose referent is alive; of
//! plain references it knows the address only. What must stay true: at the end of a collection every entry is a live
//! block, and every weak reference that is not cleared has a live referent and an entry.
//!
//! References that were cleared and have something to call wait in a list linked through themselves, so that a collection
//! needs no memory to note them.

#![allow(unsafe_code)]

use alloc::vec::Vec;
use core::ptr::{self, NonNull};

use heap::{Kind, Marker, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    table::TypeId,
    value::R,
    vm::{State, Vm},
};

/// `weakref.ref`
#[repr(C)]
pub struct WeakRef {
    header: Header,
    /// The address of the referent, turned over; [`CLEARED`] if there is none any more.
    hidden: usize,
    /// What to call when the referent has died; `None` of Python: nothing.
    callback: Obj,
    /// The hash of the referent, once asked for.
    hash: Option<Obj>,
    /// The next in the list of those that wait for their call.
    next: Option<Obj>,
}

/// `weakref.finalize`
#[repr(C)]
pub struct Finalizer {
    weak: WeakRef,
    /// Tuples: positional arguments; names and values of keyword arguments in turn.
    args: [Obj; 2],
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for WeakRef {
    const TYPE: TypeId = TypeId::WeakRef;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Finalizer {
    const TYPE: TypeId = TypeId::Finalizer;
}

/// What stands for the address of a referent that has died or was let go.
const CLEARED: usize = !0;

impl WeakRef {
    fn target(&self) -> Option<NonNull<u8>> {
        NonNull::new(ptr::with_exposed_provenance_mut(!self.hidden))
    }
}

impl Ref<WeakRef> {
    /// The referent, while it is alive.
    pub fn target(self) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).target() }.map(Obj::from_ptr)
    }

    /// What to call when the referent has died.
    pub fn callback(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).callback }
    }

    /// The hash of the referent, if it was asked for while that was alive.
    pub fn hash(self) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).hash }
    }

    /// Remembers the hash of the referent.
    pub(crate) fn set_hash(self, hash: Obj) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).hash = Some(hash) }
    }
}

impl Ref<Finalizer> {
    /// The referent, while the finalizer is alive.
    pub fn target(self) -> Option<Obj> {
        // SAFETY: the object is live and starts with a weak reference.
        unsafe { (*self.ptr()).weak.target() }.map(Obj::from_ptr)
    }

    /// Lets the referent go: the finalizer is dead.
    pub(crate) fn clear(self) {
        // SAFETY: the object is live. The entry of the table goes at the next collection.
        unsafe { (*self.ptr()).weak.hidden = CLEARED }
    }

    /// What to call, and the tuples of its arguments: positional ones, names and values in turn.
    pub fn parts(self) -> (Obj, [Obj; 2]) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).weak.callback, (*self.ptr()).args) }
    }
}

/// The weak references of a machine.
pub(crate) struct WeakTable {
    /// Addresses of [`WeakRef`]s, oldest first.
    refs: Vec<usize>,
    /// Addresses of [`Finalizer`]s, oldest first.
    finalizers: Vec<usize>,
    /// The first of those that wait for their call.
    waiting: Option<Obj>,
    /// A call is being made.
    running: bool,
}

/// The weak reference with this address in the table.
fn weak(entry: usize) -> Option<NonNull<WeakRef>> {
    NonNull::new(ptr::with_exposed_provenance_mut(entry))
}

/// Drops the entries that are cleared, and clears those whose referent is dead; live ones of these with a callback go to the
/// front of the waiting ones.
fn clear_dead_of(entries: &mut Vec<usize>, waiting: &mut Option<Obj>, marker: &Marker) {
    entries.retain(|&entry| {
        let Some(place) = weak(entry) else { return false };
        // SAFETY: entries are live blocks until the sweep; nobody else has a reference during a collection.
        let weak = unsafe { &mut *place.as_ptr() };
        let Some(target) = weak.target() else { return false };
        if marker.is_marked(target) {
            return true;
        }
        weak.hidden = CLEARED;
        if weak.callback != Obj::NONE && marker.is_marked(place.cast()) {
            weak.next = waiting.replace(Obj::from_ptr(place.cast()));
        }
        false
    });
}

impl WeakTable {
    pub(crate) const fn new() -> WeakTable {
        WeakTable { refs: Vec::new(), finalizers: Vec::new(), waiting: None, running: false }
    }

    /// Shows what is a root: finalizers whose referent is not known to be dead, and all that waits.
    pub(crate) fn visit(&self, marker: &mut Marker) {
        marker.mark_option(self.waiting);
        for place in self.finalizers.iter().copied().filter_map(weak) {
            // SAFETY: entries are live blocks.
            if unsafe { place.as_ref() }.hidden != CLEARED {
                marker.mark(Obj::from_ptr(place.cast()));
            }
        }
    }

    /// Finalizers are called before references, and the newest of each first.
    fn clear_dead(&mut self, marker: &Marker) {
        clear_dead_of(&mut self.refs, &mut self.waiting, marker);
        clear_dead_of(&mut self.finalizers, &mut self.waiting, marker);
    }

    fn drop_unreachable(&mut self, marker: &Marker) {
        self.refs.retain(|&entry| {
            let Some(place) = weak(entry) else { return false };
            let lives = marker.is_marked(place.cast());
            if !lives {
                // SAFETY: the block is there until the sweep. Should something still reach it, it finds no referent.
                unsafe { (*place.as_ptr()).hidden = CLEARED };
            }
            lives
        });
    }

    fn list(&mut self, finalizer: bool) -> &mut Vec<usize> {
        if finalizer { &mut self.finalizers } else { &mut self.refs }
    }

    /// Forgets finalizers that have been called or detached.
    fn compact(&mut self) {
        // SAFETY: entries are live blocks.
        self.finalizers.retain(|&entry| weak(entry).is_some_and(|place| unsafe { place.as_ref() }.hidden != CLEARED));
    }
}

/// After marking, before anything dead is brought back for its finalizer: clears the weak references to what is dead.
pub(crate) fn clear_dead(state: NonNull<State>, marker: &Marker) {
    // SAFETY: the state is alive; the collector has the heap, this touches only the field beside it, to which nothing
    // else holds a reference during a collection.
    let table = unsafe { &mut (*state.as_ptr()).weak };
    table.clear_dead(marker);
}

/// When it is certain what dies: forgets the weak references among it.
pub(crate) fn drop_unreachable(state: NonNull<State>, marker: &Marker) {
    // SAFETY: as in `clear_dead`.
    let table = unsafe { &mut (*state.as_ptr()).weak };
    table.drop_unreachable(marker);
}

impl Vm {
    /// Makes a weak reference to a heap object.
    pub(crate) fn new_weak_ref(&mut self, target: NonNull<u8>, callback: Obj) -> R {
        self.weak_room(false)?;
        let weak = self.weak(self.header::<WeakRef>(), callback);
        let made = self.alloc_object(weak, 0, Kind::Words)?;
        self.register(made.obj(), target, false);
        Ok(made.obj())
    }

    /// Makes a finalizer of a heap object; `args` as for [`Ref::<Finalizer>::parts`].
    pub(crate) fn new_finalizer(&mut self, target: NonNull<u8>, callback: Obj, args: [Obj; 2]) -> R {
        self.weak_room(true)?;
        let weak = self.weak(self.header::<Finalizer>(), callback);
        let made = self.alloc_object(Finalizer { weak, args }, 0, Kind::Words)?;
        self.register(made.obj(), target, true);
        Ok(made.obj())
    }

    fn weak(&self, header: Header, callback: Obj) -> WeakRef {
        WeakRef { header, hidden: CLEARED, callback, hash: None, next: None }
    }

    /// Makes room for one more entry. A collection afterwards leaves it.
    fn weak_room(&mut self, finalizer: bool) -> R<()> {
        let list = self.state_mut().weak.list(finalizer);
        let old = list.capacity();
        if list.len() < old {
            return Ok(());
        }
        self.state_mut().weak.compact();
        let list = self.state_mut().weak.list(finalizer);
        if old > 0 && list.len() <= old / 2 {
            return Ok(());
        }
        let growth = old.max(8);
        let bytes = growth * size_of::<usize>();
        self.reserve(bytes)?;
        let list = self.state_mut().weak.list(finalizer);
        let wanted = old + growth - list.len();
        if list.try_reserve_exact(wanted).is_err() {
            self.release(bytes);
            return Err(self.raise_memory_error(bytes));
        }
        Ok(())
    }

    /// Enters a fresh weak reference in the table, where there is room, and gives it its referent.
    fn register(&mut self, made: Obj, target: NonNull<u8>, finalizer: bool) {
        let Some(place) = made.as_ptr() else { return };
        let place = place.cast::<WeakRef>();
        // SAFETY: a fresh object that is or starts with a weak reference.
        unsafe { (*place.as_ptr()).hidden = !target.as_ptr().expose_provenance() };
        let entry = place.as_ptr().expose_provenance();
        self.state_mut().weak.list(finalizer).push(entry);
    }

    /// The next weak reference or finalizer whose call is to be made.
    pub(crate) fn take_waiting_weak(&mut self) -> Option<Obj> {
        let first = self.state_mut().weak.waiting?;
        let place = first.as_ptr()?.cast::<WeakRef>();
        // SAFETY: what waits is or starts with a weak reference, and lives since the list is a root.
        self.state_mut().weak.waiting = unsafe { (*place.as_ptr()).next.take() };
        Some(first)
    }

    /// Whether calls wait and none is being made.
    #[inline]
    pub(crate) fn weak_calls_wait(&self) -> bool {
        let weak = &self.state().weak;
        weak.waiting.is_some() && !weak.running
    }

    /// Notes that calls are being made.
    pub(crate) fn set_weak_calls_running(&mut self, running: bool) {
        self.state_mut().weak.running = running;
    }
}
