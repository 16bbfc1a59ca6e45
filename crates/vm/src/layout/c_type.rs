//! Types as C code of native modules sees them (native-abi.md §6).
//!
//! C code reads `slots[index - 1]` behind the prefix of whatever word 0 of an object points at. So types and shapes have a few
//! words there, which whoever runs machine code fills in ([`CSlots`]).
//!
//! Types that C code lays out itself stay where they are, for C code compares their addresses: word 0 of their objects is that
//! address. For the machine a class stands for each ([`Vm::new_c_class`]).

#![allow(unsafe_code)]

use core::{mem::offset_of, ptr::NonNull};

use crate::{
    handle::{Header, Ref},
    layout::typ::{IS_TYPE, Prefix, Type, flag},
    native::{Args, Slots},
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// Functions of C convention for the official slots of all types; 0 where nothing runs machine code.
#[derive(Clone, Copy, Default)]
pub struct CSlots {
    /// Those that every type and shape has.
    pub common: CommonSlots,
    /// Makes an object: type (NULL means bytes), number of positional and of keyword arguments, arguments.
    pub make_new: usize,
    /// Writes an object: print, object, how.
    pub print: usize,
    /// Reads or writes an attribute: object, name, two words.
    pub attr: usize,
}

/// Slots of types and shapes.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct CommonSlots {
    /// In place of all slots that C code has no business with: raises an exception.
    pub other: usize,
    /// The table of the functions of streams.
    pub protocol: usize,
}

/// Slots of types only.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct TypeSlots {
    make_new: usize,
    print: usize,
    attr: usize,
    /// The address of the type of C code that this class stands for, or that its instances have an object of; or 0.
    c_type: usize,
}

/// The number under which C code finds a word.
const fn index(offset: usize) -> u8 {
    ((offset - offset_of!(Prefix, common)) / size_of::<usize>() + 1) as u8
}

const OTHER: u8 = index(offset_of!(Prefix, common) + offset_of!(CommonSlots, other));
const PROTOCOL: u8 = index(offset_of!(Prefix, common) + offset_of!(CommonSlots, protocol));

const fn of_type(offset: usize) -> u8 {
    index(offset_of!(Type, own) + offset)
}

// make_new, print, call, unary_op, binary_op, attr, subscr, iter, buffer, protocol, parent, locals_dict
/// Numbers of the slots of a shape.
pub(super) const OF_SHAPE: [u8; 12] = [OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, PROTOCOL, 0, 0];
/// Numbers of the slots of a type.
const OF_TYPE: [u8; 12] = {
    let mut slots = OF_SHAPE;
    slots[0] = of_type(offset_of!(TypeSlots, make_new));
    slots[1] = of_type(offset_of!(TypeSlots, print));
    slots[5] = of_type(offset_of!(TypeSlots, attr));
    slots
};
/// The slot with the base.
const PARENT: usize = 10;

// C code finds the first slot there.
const _: () = assert!(offset_of!(Prefix, common) == 2 * size_of::<usize>() + 8 || size_of::<usize>() != 8);

impl Prefix {
    /// The prefix of a type with this metaclass.
    pub(crate) fn of_type(header: Header, name: Qstr, slots: &CSlots) -> Prefix {
        let name_low = name.0 as u16;
        Prefix { header, flags: IS_TYPE, name_low, official_slots: OF_TYPE, common: slots.common }
    }
}

impl CSlots {
    /// The slots of a type.
    pub(crate) fn own(&self) -> TypeSlots {
        TypeSlots { make_new: self.make_new, print: self.print, attr: self.attr, c_type: 0 }
    }
}

impl Ref<Type> {
    /// The address of the type of C code that this class stands for, or that its instances have an object of; 0: none.
    #[inline]
    pub fn c_type(self) -> usize {
        // SAFETY: a `Ref<Type>` designates a live type.
        unsafe { (*self.ptr()).own.c_type }
    }

    /// Notes what slots C code finds.
    pub(crate) fn set_c_slots(self, slots: &CSlots) {
        self.update(|class| {
            class.prefix.common = slots.common;
            class.own = TypeSlots { c_type: class.own.c_type, ..slots.own() };
        });
    }

    /// Instances of this Python class have an object of a type of C code, which C code sees as its base.
    pub(crate) fn derive_c_type(self, at: usize) {
        self.update(|class| {
            class.own.c_type = at;
            class.prefix.official_slots[PARENT] = of_type(offset_of!(TypeSlots, c_type));
        });
    }
}

impl Vm {
    /// The class that stands for a type of C code, if it was made already.
    pub fn c_class(&self, at: usize) -> Option<Ref<Type>> {
        self.c_classes().iter().find(|(of, _)| *of == at).map(|(_, class)| *class)
    }

    /// Where the type of C code is that a class stands for.
    pub fn c_type_of(&self, class: Ref<Type>) -> Option<usize> {
        let at = class.c_type();
        (at != 0 && self.c_class(at) == Some(class)).then_some(at)
    }

    /// What stands for a type that is none of the machine's; without a class for it that is `object`.
    #[cold]
    pub(super) fn class_of_c_type(&self, prefix: NonNull<Prefix>) -> Ref<Type> {
        self.c_class(prefix.as_ptr().addr()).unwrap_or_else(|| self.type_of_id(TypeId::Object))
    }

    /// Makes an object of a class that stands for a type of C code as its base does, which is the machine's.
    pub fn new_of_c_class(&mut self, class: Ref<Type>, args: &Args) -> R {
        if class.is_python() {
            return self.default_new(class, args);
        }
        let mut base = class;
        while base.c_type() != 0
            && let Some(next) = self.seq_items(base.bases()).and_then(|bases| self.as_type(*bases.first()?))
        {
            base = next;
        }
        self.instantiate(base, args)
    }

    /// Makes the class that stands for a type of C code at `at`, with nothing in its dict. May collect; raises MemoryError.
    pub fn new_c_class(&mut self, name: Qstr, base: Ref<Type>, slots: Slots, at: usize) -> R<Ref<Type>> {
        let class = self.make_c_class(name, base, slots, at)?;
        self.remember_c_class(at, class)?;
        Ok(class)
    }

    fn make_c_class(&mut self, name: Qstr, base: Ref<Type>, slots: Slots, at: usize) -> R<Ref<Type>> {
        let meta = self.type_of_id(TypeId::Type);
        let bases = self.new_tuple(&[base.obj()])?;
        if base.has(flag::EXCEPTION) {
            let namespace = self.new_dict(0)?;
            let class = self.new_class(meta, name.obj(), bases, namespace.obj(), &[])?;
            class.update(|class| class.own.c_type = at);
            return Ok(class);
        }
        let dict = self.new_dict(0)?;
        let subclassable = if slots.new.is_some() { flag::SUBCLASSABLE } else { 0 };
        let flags = base.inherited_flags() | flag::INIT_FILLS | subclassable;
        let plain = self.plain_type(meta, name, bases, dict);
        let value = Type { own: TypeSlots { c_type: at, ..plain.own }, flags, ..plain };
        let class = self.new_type_object(value)?;
        let mro = self.linearize(class, bases)?;
        class.update(|class| class.mro = mro);
        class.set_own_slots(slots.or(base.slots()));
        Ok(class)
    }
}
