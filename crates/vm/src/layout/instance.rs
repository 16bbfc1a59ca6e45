//! Instances of Python classes, and their shapes.
//!
//! Word 0 of an instance is its shape: the class, and which attribute lies in which slot. Instances of one class that
//! got the same attributes in the same order share a shape, so a cache that compares word 0 knows the place of
//! an attribute. The first slots lie inside the instance; how many is a property of the tree of shapes (all
//! descendants of one root agree), learned from the first instances of the class: a root that turned out too small or
//! too large is replaced for later instances. Further slots lie in a block of words apart.
//!
//! An instance whose attributes are deleted out of order, whose `__dict__` is asked for, or that has very many attributes goes
//! over to *dictionary mode*: its attributes move to a dict, and its shape is one that has no slots.
//!
//! Instances of classes that derive from a builtin type keep the builtin object in slot 0. Exceptions and classes are
//! different: their word 0 is the class itself, whatever the class, and their layout that of the builtin type.
//!
//! What must stay true: `count` slots of an instance are set; the slots' names are the first `count` of `names`.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::{
        c_type,
        dict::Dict,
        typ::{IS_SHAPE, Prefix, Type, flag},
    },
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// Where an instance's attributes are: shared by all instances of a class that got the same attributes in the
/// same order.
#[repr(C)]
pub struct Shape {
    /// Shared with types; the flag [`crate::layout::typ::IS_SHAPE`] is set.
    pub prefix: Prefix,
    /// The class.
    pub class: Ref<Type>,
    /// The shape without the last attribute.
    parent: Option<NonNull<Shape>>,
    /// Shapes with one more attribute, linked by `sibling`.
    child: Option<NonNull<Shape>>,
    sibling: Option<NonNull<Shape>>,
    /// Names of the slots, shared with relatives.
    names: Option<NonNull<Names>>,
    /// Number of slots in use, the builtin part included.
    count: u32,
    /// Number of slots inside the instance.
    inline: u32,
    /// [`HAS_NATIVE`], [`HAS_C_PART`], [`DICTIONARY`], [`TRIAL`]
    flags: u32,
}

/// How many slots the builtin part takes.
const fn native_slots(flags: u32) -> u32 {
    match flags & (HAS_NATIVE | HAS_C_PART) {
        0 => 0,
        HAS_NATIVE => 1,
        _ => C_PART + 1,
    }
}

/// Slot 0 is the builtin object of an instance of a class that derives from a builtin type.
const HAS_NATIVE: u32 = 1;
/// So is slot 2, where C code looks for it if the type is one of C code (native-abi.md §6).
const HAS_C_PART: u32 = 8;
const C_PART: u32 = 2;
/// The attributes are in a dict.
const DICTIONARY: u32 = 2;
/// The root of the first instance of a class, whose number of slots is a guess.
const TRIAL: u32 = 4;

/// Names of slots; `room` numbers of qstrs follow. Children append to the block of their parent while it is the last user.
#[repr(C)]
struct Names {
    used: u32,
    room: u32,
}

/// An instance; `inline` slots follow.
#[repr(C)]
pub struct Instance {
    shape: NonNull<Shape>,
    /// Further slots, or the dict in dictionary mode.
    overflow: usize,
}

/// Further slots: `room` words follow.
#[repr(C)]
struct Overflow {
    room: usize,
}

/// Slots of the first instance of a class.
const FIRST_GUESS: u32 = 6;
/// No more slots than this are inside an instance.
const MAX_INLINE: u32 = 64;
/// Beyond so many attributes an instance goes over to a dict.
const MAX_SLOTS: u32 = 128;
/// Beyond so many different continuations of a shape instances go over to a dict.
const MAX_CHILDREN: u32 = 64;

/// Where slot 0 lies, in bytes from the start of an instance.
pub const FIRST_SLOT: usize = size_of::<Instance>();

// SAFETY: the internal type of shapes; no object word designates a shape, only headers do.
unsafe impl HeapType for Shape {
    const TYPE: TypeId = TypeId::Shape;
}

/// The shape of an instance, compared by address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShapeRef(NonNull<Shape>);

impl ShapeRef {
    fn get(&self) -> &Shape {
        // SAFETY: a shape lives as long as its class or an instance that has it, one of which the caller holds.
        unsafe { self.0.as_ref() }
    }

    /// The address, as word 0 of instances has it.
    #[inline(always)]
    pub fn word(self) -> usize {
        self.0.as_ptr().addr()
    }

    /// The class.
    pub fn class(self) -> Ref<Type> {
        self.get().class
    }

    /// Which slot an attribute is in.
    #[inline]
    fn slot(self, name: Qstr) -> Option<u32> {
        let shape = self.get();
        let names = shape.names?;
        // SAFETY: `count` names of the block are set and never change.
        let names = unsafe { core::slice::from_raw_parts(names.add(1).cast::<u32>().as_ptr(), shape.count as usize) };
        names.iter().position(|&number| number == name.0).map(|slot| slot as u32)
    }

    /// Where an attribute lies in every instance of this shape, in bytes from its start; `None` if it is not inside the
    /// instance.
    pub fn offset(self, name: Qstr) -> Option<usize> {
        let slot = self.slot(name)?;
        (slot < self.get().inline).then(|| FIRST_SLOT + slot as usize * size_of::<Obj>())
    }

    /// Whether instances keep their attributes in a dict.
    pub fn is_dictionary(self) -> bool {
        self.get().flags & DICTIONARY != 0
    }

    /// The shape with one more attribute, if some instance went that way.
    fn find_child(self, name: Qstr) -> Result<ShapeRef, u32> {
        let mut next = self.get().child;
        let mut n = 0;
        while let Some(child) = next {
            let child = ShapeRef(child);
            if child.last_name() == Some(name.0) {
                return Ok(child);
            }
            next = child.get().sibling;
            n += 1;
        }
        Err(n)
    }

    fn last_name(self) -> Option<u32> {
        let shape = self.get();
        let last = shape.count.checked_sub(1)?;
        // SAFETY: `count` names of the block are set.
        shape.names.map(|names| unsafe { *names.add(1).cast::<u32>().as_ptr().add(last as usize) })
    }
}

impl Ref<Instance> {
    /// The shape.
    #[inline(always)]
    pub fn shape(self) -> ShapeRef {
        // SAFETY: the object is live.
        ShapeRef(unsafe { (*self.ptr()).shape })
    }

    fn dict(self) -> Option<Ref<Dict>> {
        if !self.shape().is_dictionary() {
            return None;
        }
        // SAFETY: in dictionary mode `overflow` is a dict.
        unsafe { Some(Ref::from_ptr(NonNull::new(core::ptr::with_exposed_provenance_mut((*self.ptr()).overflow))?)) }
    }

    fn overflow(self) -> Option<NonNull<Overflow>> {
        // SAFETY: outside of dictionary mode `overflow` is 0 or a block of slots.
        NonNull::new(core::ptr::with_exposed_provenance_mut(unsafe { (*self.ptr()).overflow }))
    }

    /// Where a slot is. The slot must exist in the instance's shape, or in the one about to be set (with its room made).
    #[inline]
    fn place(self, slot: u32) -> Option<NonNull<usize>> {
        let inline = self.shape().get().inline;
        if slot < inline {
            // SAFETY: `inline` slots follow the structure.
            return NonNull::new(unsafe { self.ptr().add(1).cast::<usize>().add(slot as usize) });
        }
        let index = (slot - inline) as usize;
        let block = self.overflow()?;
        // SAFETY: `room` words follow the head of the block; the index is checked.
        unsafe { (index < block.as_ref().room).then(|| block.add(1).cast::<usize>().add(index)) }
    }

    fn read(self, slot: u32) -> Option<Obj> {
        // SAFETY: `place` gives a valid place in a live block.
        Obj::from_word(unsafe { self.place(slot)?.read() })
    }

    fn write(self, slot: u32, value: Option<Obj>) {
        if let Some(place) = self.place(slot) {
            // SAFETY: as in `read`.
            unsafe { place.write(value.map_or(0, Obj::word)) }
        }
    }

    /// The value of an attribute of the instance itself.
    #[inline]
    pub fn get(self, vm: &Vm, name: Qstr) -> Option<Obj> {
        match self.shape().slot(name) {
            Some(slot) => self.read(slot),
            None => self.dict()?.get_name(vm, name),
        }
    }

    /// Sets an attribute of the instance itself. May collect; raises MemoryError, or AttributeError if `__slots__`
    /// forbids it.
    pub fn set(self, vm: &mut Vm, name: Qstr, value: Obj) -> R<()> {
        let shape = self.shape();
        if let Some(slot) = shape.slot(name) {
            self.write(slot, Some(value));
            return Ok(());
        }
        if let Some(dict) = self.dict() {
            if shape.class().has(flag::NO_DICT) && !vm.slots_allow(shape.class(), name) {
                return Err(vm.attribute_error(self.obj(), name));
            }
            return dict.set_name(vm, name, value);
        }
        let Some(next) = vm.shape_with(shape, name)? else {
            if shape.class().has(flag::NO_DICT) && !vm.slots_allow(shape.class(), name) {
                return Err(vm.attribute_error(self.obj(), name));
            }
            return self.to_dict(vm)?.set_name(vm, name, value);
        };
        let slot = shape.get().count;
        let inline = shape.get().inline;
        if slot >= inline {
            self.reserve_overflow(vm, (slot - inline) as usize + 1)?;
        }
        self.write(slot, Some(value));
        // SAFETY: the object is live; the slot that the new shape adds is set.
        unsafe { (*self.ptr()).shape = next.0 };
        Ok(())
    }

    fn reserve_overflow(self, vm: &mut Vm, needed: usize) -> R<()> {
        let old = self.overflow();
        // SAFETY: the block is live.
        let room = old.map_or(0, |block| unsafe { block.as_ref().room });
        if needed <= room {
            return Ok(());
        }
        let new_room = (room * 2).max(needed).max(3);
        let block = vm.alloc(size_of::<Overflow>() + new_room * size_of::<usize>(), Kind::Words)?.cast::<Overflow>();
        // SAFETY: the new block has room for the head and `new_room` words, the old one has `room`.
        unsafe {
            block.write(Overflow { room: new_room });
            if let Some(old) = old {
                block.add(1).cast::<usize>().copy_from_nonoverlapping(old.add(1).cast(), room);
            }
            (*self.ptr()).overflow = block.as_ptr().expose_provenance();
            if let Some(old) = old {
                vm.free_buffer(old.cast());
            }
        }
        Ok(())
    }

    /// Removes an attribute of the instance itself; false if it is not there.
    pub fn remove(self, vm: &mut Vm, name: Qstr) -> R<bool> {
        let shape = self.shape();
        if let Some(slot) = shape.slot(name) {
            if slot + 1 == shape.get().count
                && let Some(parent) = shape.get().parent
            {
                self.write(slot, None);
                // SAFETY: the object is live; the parent's slots are all set.
                unsafe { (*self.ptr()).shape = parent };
                return Ok(true);
            }
            return Ok(self.to_dict(vm)?.remove_name(vm, name));
        }
        Ok(self.dict().is_some_and(|dict| dict.remove_name(vm, name)))
    }

    /// Goes over to dictionary mode; gives the dict, which from now on is where the attributes are.
    pub fn to_dict(self, vm: &mut Vm) -> R<Ref<Dict>> {
        if let Some(dict) = self.dict() {
            return Ok(dict);
        }
        let dict_shape = vm.dict_shape(self.shape().class())?;
        let dict = vm.new_dict(self.shape().get().count as usize)?;
        // Storing names runs no Python code, so the shape stays what it is meanwhile.
        for i in 0.. {
            let Some((name, value)) = self.attribute(i) else {
                break;
            };
            dict.set_name(vm, name, value)?;
        }
        self.adopt_dict(dict_shape, dict);
        Ok(dict)
    }

    /// Makes a dict the place of all attributes, under a dictionary shape (of another class perhaps).
    fn adopt_dict(self, shape: ShapeRef, dict: Ref<Dict>) {
        let native = native_slots(shape.get().flags);
        let inline = self.shape().get().inline;
        for slot in native..inline {
            self.write(slot, None);
        }
        // SAFETY: the object is live. A dictionary shape has no slots but that of the builtin part, which keeps its place.
        unsafe {
            (*self.ptr()).overflow = dict.ptr().expose_provenance();
            (*self.ptr()).shape = shape.0;
        }
    }

    /// Replaces the instance's attributes by a dict: `obj.__dict__ = dict`.
    pub fn set_dict(self, vm: &mut Vm, dict: Ref<Dict>) -> R<()> {
        let shape = vm.dict_shape(self.shape().class())?;
        self.adopt_dict(shape, dict);
        Ok(())
    }

    /// Changes the class. The new one must agree with the old in what builtin type it derives from.
    pub fn set_class(self, vm: &mut Vm, class: Ref<Type>) -> R<()> {
        let dict = self.to_dict(vm)?;
        let shape = vm.dict_shape(class)?;
        self.adopt_dict(shape, dict);
        Ok(())
    }

    /// The attribute number `index` of the instance itself, outside of dictionary mode.
    fn attribute(self, index: u32) -> Option<(Qstr, Obj)> {
        let shape = self.shape();
        let slot = index + native_slots(shape.get().flags);
        if slot >= shape.get().count {
            return None;
        }
        // SAFETY: `count` names of the block are set.
        let name = unsafe { *shape.get().names?.add(1).cast::<u32>().as_ptr().add(slot as usize) };
        Some((Qstr(name), self.read(slot)?))
    }

    /// The next of the instance's own attributes at or after a position, with the position after it.
    pub fn attribute_at(self, vm: &Vm, position: usize) -> Option<(usize, Obj, Obj)> {
        match self.dict() {
            Some(dict) => dict.entry(vm, position),
            None => {
                let (name, value) = self.attribute(u32::try_from(position).ok()?)?;
                Some((position + 1, name.obj(), value))
            }
        }
    }

    /// Sets the builtin object inside.
    pub(crate) fn set_native_part(self, part: Obj) {
        if self.shape().get().flags & HAS_NATIVE != 0 {
            self.write(0, Some(part));
        }
        if self.shape().get().flags & HAS_C_PART != 0 {
            self.write(C_PART, Some(part));
        }
    }
}

/// What the shapes of a class say about the builtin part of its instances.
fn native_flags(class: Ref<Type>) -> u32 {
    match class.native_base() {
        None => 0,
        Some(base) if base.c_type() != 0 => HAS_NATIVE | HAS_C_PART,
        Some(_) => HAS_NATIVE,
    }
}

impl Vm {
    /// An object as an instance with a shape.
    #[inline(always)]
    pub fn as_instance(&self, obj: Obj) -> Option<Ref<Instance>> {
        let ptr = obj.as_ptr()?;
        // SAFETY: every pointer word designates a heap object, which starts with a header; the flag tells shapes from types.
        unsafe {
            let prefix = ptr.cast::<Header>().as_ref().class;
            (prefix.as_ref().flags & IS_SHAPE != 0).then(|| Ref::from_ptr(ptr.cast()))
        }
    }

    /// The builtin object inside an instance of a Python class that derives from a builtin type. Exceptions and classes of
    /// Python classes are their own builtin part.
    #[inline]
    pub fn native_part(&self, obj: Obj) -> Option<Obj> {
        match self.as_instance(obj) {
            Some(instance) if instance.shape().get().flags & HAS_NATIVE != 0 => instance.read(0),
            Some(_) => None,
            None => (obj.is_pointer() && self.type_of(obj).is_python()).then_some(obj),
        }
    }

    /// Makes an instance of a Python class with no attributes, without calling anything. A builtin part must be set
    /// before the instance is used.
    #[inline]
    pub fn new_instance(&mut self, class: Ref<Type>) -> R<Ref<Instance>> {
        let root = match class.root_shape() {
            // SAFETY: the class keeps its root shape alive.
            Some(root) if unsafe { root.as_ref() }.flags & TRIAL == 0 => root,
            _ => self.new_root(class)?,
        };
        // SAFETY: as above.
        let inline = unsafe { root.as_ref() }.inline as usize;
        let block = self.alloc(FIRST_SLOT + inline * size_of::<Obj>(), Kind::Words)?.cast::<Instance>();
        // SAFETY: the block is fresh, zeroed and large enough.
        let instance = unsafe {
            block.write(Instance { shape: root, overflow: 0 });
            Ref::from_ptr(block)
        };
        if class.has(flag::FINALIZER) && !self.state_mut().classes.add_finalizable(instance.obj()) {
            return Err(self.raise_memory_error(size_of::<usize>()));
        }
        Ok(instance)
    }

    /// Makes the root shape that the next instance of the class uses.
    #[cold]
    fn new_root(&mut self, class: Ref<Type>) -> R<NonNull<Shape>> {
        let part = native_flags(class);
        let native = native_slots(part);
        let (inline, trial) = match class.root_shape() {
            None if class.seen_slots() == 0 => (FIRST_GUESS + native, TRIAL),
            _ => (class.seen_slots().max(1 + native), 0),
        };
        // Blocks come in steps of two words: an odd number would waste one.
        let inline = inline.next_multiple_of(2).min(MAX_INLINE);
        let root = self.new_shape(class, inline, trial | part)?;
        class.update(|class| class.root_shape = Some(root.0));
        Ok(root.0)
    }

    fn new_shape(&mut self, class: Ref<Type>, inline: u32, flags: u32) -> R<ShapeRef> {
        let native = native_slots(flags);
        let names = if native != 0 {
            let names = self.new_names(8)?;
            // SAFETY: the block has room for 8 names. Number 0 is no name, so nothing finds the slots of the builtin part.
            unsafe {
                (*names.as_ptr()).used = native;
                names.add(1).cast::<u32>().write_bytes(0, native as usize);
            }
            Some(names)
        } else {
            None
        };
        let header = self.header::<Shape>();
        let name_low = class.name().0 as u16;
        let common = self.c_slots().common;
        let prefix = Prefix { header, flags: IS_SHAPE, name_low, official_slots: c_type::OF_SHAPE, common };
        let shape =
            Shape { prefix, class, parent: None, child: None, sibling: None, names, count: native, inline, flags };
        let shape = self.alloc_object(shape, 0, Kind::Words)?;
        // SAFETY: a `Ref` is not null.
        Ok(ShapeRef(unsafe { NonNull::new_unchecked(shape.ptr()) }))
    }

    fn new_names(&mut self, room: u32) -> R<NonNull<Names>> {
        let block = self.alloc(size_of::<Names>() + room as usize * size_of::<u32>(), Kind::Raw)?.cast::<Names>();
        // SAFETY: the block is fresh and large enough.
        unsafe { block.write(Names { used: 0, room }) };
        Ok(block)
    }

    /// The shape of instances of a class that keep their attributes in a dict.
    fn dict_shape(&mut self, class: Ref<Type>) -> R<ShapeRef> {
        if let Some(shape) = class.dict_shape() {
            return Ok(ShapeRef(shape));
        }
        let part = native_flags(class);
        let shape = self.new_shape(class, native_slots(part), DICTIONARY | part)?;
        class.update(|class| class.dict_shape = Some(shape.0));
        Ok(shape)
    }

    /// The shape that follows when an attribute is added; `None` if the instance has to go over to a dict or must not have
    /// the attribute.
    pub(crate) fn shape_with(&mut self, shape: ShapeRef, name: Qstr) -> R<Option<ShapeRef>> {
        let children = match shape.find_child(name) {
            Ok(child) => return Ok(Some(child)),
            Err(children) => children,
        };
        let class = shape.class();
        let (count, inline) = (shape.get().count, shape.get().inline);
        if shape.is_dictionary() || count >= MAX_SLOTS || children >= MAX_CHILDREN {
            return Ok(None);
        }
        if class.has(flag::NO_DICT) && !self.slots_allow(class, name) {
            return Ok(None);
        }
        let shared = shape.get().names.filter(|names| {
            // SAFETY: the block is live: the shape holds it.
            let names = unsafe { names.as_ref() };
            names.used == count && count < names.room
        });
        let names = match (shared, shape.get().names) {
            (Some(names), _) => names,
            (None, old) => {
                let new = self.new_names((count + 1).next_power_of_two().max(8))?;
                if let Some(old) = old {
                    // SAFETY: both blocks have room for `count` names.
                    unsafe {
                        new.add(1).cast::<u32>().copy_from_nonoverlapping(old.add(1).cast::<u32>(), count as usize);
                    }
                }
                new
            }
        };
        let child = self.new_shape_like(shape)?;
        // SAFETY: the block has room for one more name and this is its last user; both shapes are live, and no
        // reference to them exists here.
        unsafe {
            names.add(1).cast::<u32>().as_ptr().add(count as usize).write(name.0);
            (*names.as_ptr()).used = count + 1;
            let new = child.0.as_ptr();
            (*new).names = Some(names);
            (*new).count = count + 1;
            (*new).parent = Some(shape.0);
            (*new).sibling = (*shape.0.as_ptr()).child;
            (*shape.0.as_ptr()).child = Some(child.0);
        }
        if count + 1 > class.seen_slots() {
            class.update(|class| class.seen_slots = count + 1);
            if count + 1 > inline && inline < MAX_INLINE {
                // Later instances get room for what this one needed; `seen_slots` is not 0, so the next root is no trial.
                class.update(|class| class.root_shape = None);
            }
        }
        Ok(Some(child))
    }

    fn new_shape_like(&mut self, shape: ShapeRef) -> R<ShapeRef> {
        let (class, inline) = (shape.class(), shape.get().inline);
        let part = shape.get().flags & (HAS_NATIVE | HAS_C_PART);
        let child = self.new_shape(class, inline, 0)?;
        // SAFETY: the fresh shape is live and not shared yet.
        unsafe { (*child.0.as_ptr()).flags = part };
        Ok(child)
    }
}
