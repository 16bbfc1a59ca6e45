//! Types, and the prefix that types and shapes share.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::{
        c_type::{CommonSlots, TypeSlots},
        dict::Dict,
        instance::Shape,
    },
    native::{Slots, TypeDef},
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// What word 0 of a heap object points at: the start of a [`Type`] or of a [`crate::layout::instance::Shape`].
#[repr(C)]
pub struct Prefix {
    /// Of a type: its metaclass. Of a shape: the internal shape type.
    pub header: Header,
    /// [`PrefixFlags`]; at the place of the official type's flags.
    pub flags: u16,
    /// Low half of the name's qstr; at the place of the official type's name.
    pub name_low: u16,
    /// Which words behind this C code takes for official slots ([`super::c_type`]).
    pub official_slots: [u8; 12],
    /// The first of these words.
    pub common: CommonSlots,
}

/// Set in [`Prefix::flags`] of shapes.
pub const IS_SHAPE: u16 = 1 << 15;
/// Set in [`Prefix::flags`] of types. Types that C code laid out have neither.
pub const IS_TYPE: u16 = 1 << 14;

/// A type. Builtin types and Python classes have the same layout.
#[repr(C)]
pub struct Type {
    /// Shared with shapes.
    pub prefix: Prefix,
    /// What C code finds in official slots besides.
    pub own: TypeSlots,
    /// `__name__`
    pub name: Qstr,
    /// [`flag`]s.
    pub flags: u32,
    /// Behaviour: of a builtin type its own, of a Python class the dunder-calling slots.
    pub slots: &'static Slots,
    /// `__bases__`, a tuple.
    pub bases: Obj,
    /// `__mro__`, a tuple that starts with the type itself.
    pub mro: Obj,
    /// The attributes of the type itself.
    pub dict: Ref<Dict>,
    /// For a Python class that derives from a builtin type: that type, of which each instance holds an object.
    pub native_base: Option<Ref<Type>>,
    /// For a Python class: where instances start their life (owned by `layout::instance`).
    pub root_shape: Option<NonNull<Shape>>,
    /// For a Python class: the shape of instances that keep their attributes in a dict.
    pub dict_shape: Option<NonNull<Shape>>,
    /// The greatest number of slots that an instance used so far.
    pub seen_slots: u32,
    /// The builtin type's number, or [`NOT_BUILTIN`].
    pub id: u32,
    /// Which special methods Python classes of the MRO define ([`crate::types::special::Special`]); 0 for builtin types.
    pub specials: [u64; 2],
    /// Direct Python subclasses, a list; only Python classes know them.
    pub subclasses: Option<Obj>,
    /// Where a builtin type's attributes come from; [`flag::LAZY`] tells that they are not in `dict` yet.
    pub definition: Option<&'static TypeDef>,
}

/// [`Type::id`] of Python classes.
pub const NOT_BUILTIN: u32 = u32::MAX;

/// Bits of [`Type::flags`].
pub mod flag {
    /// Python classes may derive from it.
    pub const SUBCLASSABLE: u32 = 1;
    /// A Python class.
    pub const PYTHON: u32 = 2;
    /// Derives from BaseException.
    pub const EXCEPTION: u32 = 4;
    /// Some inline cache depends on this type: changing its attributes flushes the caches.
    pub const CACHED: u32 = 8;
    /// The attributes of a builtin type are not in its dict yet.
    pub const LAZY: u32 = 16;
    /// Instances have no `__dict__`: only the attributes that `__slots__` of the MRO name.
    pub const NO_DICT: u32 = 32;
    /// Calling the class makes a plain instance and calls `__init__`: no `__new__`, no builtin part, no
    /// metaclass that interferes.
    pub const SIMPLE_NEW: u32 = 64;
    /// Instances have a finalizer (`__del__`).
    pub const FINALIZER: u32 = 128;
    /// Derives from `type`.
    pub const METACLASS: u32 = 256;
    /// A builtin type whose objects are made empty by `__new__` and filled by `__init__`.
    pub const INIT_FILLS: u32 = 512;
    /// A Python class made by Rust code, whose native functions are methods.
    pub const NATIVE_METHODS: u32 = 1024;
    /// Objects of this builtin type are functions: found in a class, they become methods.
    pub const BINDS: u32 = 2048;
    /// A Python class whose `__abstractmethods__` are not empty: it has no instances.
    pub const ABSTRACT: u32 = 4096;
}

// SAFETY: objects of type `type` (and of metaclasses, which the class code gives the same layout) are `Type`s.
unsafe impl HeapType for Type {
    const TYPE: TypeId = TypeId::Type;
}

impl Ref<Type> {
    /// As what objects point at.
    #[inline(always)]
    pub fn prefix(self) -> NonNull<Prefix> {
        // SAFETY: a `Ref` is never null.
        unsafe { NonNull::new_unchecked(self.ptr().cast()) }
    }

    /// Reads a field.
    #[inline(always)]
    fn get<T>(self, read: impl FnOnce(&Type) -> T) -> T {
        // SAFETY: a `Ref<Type>` designates a live type; the reference ends with this call.
        read(unsafe { &*self.ptr() })
    }

    /// `__name__`
    pub fn name(self) -> Qstr {
        self.get(|t| t.name)
    }

    /// Behaviour.
    #[inline(always)]
    pub fn slots(self) -> &'static Slots {
        self.get(|t| t.slots)
    }

    /// The tuple of bases.
    pub fn bases(self) -> Obj {
        self.get(|t| t.bases)
    }

    /// The method resolution order, a tuple.
    pub fn mro(self) -> Obj {
        self.get(|t| t.mro)
    }

    /// The attributes of the type itself; those of a builtin type may not be there yet, and then the dict is not its own: see
    /// [`Vm::type_dict`].
    pub fn dict(self) -> Ref<Dict> {
        self.get(|t| t.dict)
    }

    /// The builtin type inside each instance of this Python class.
    pub fn native_base(self) -> Option<Ref<Type>> {
        self.get(|t| t.native_base)
    }

    /// Whether a flag is set.
    pub fn has(self, flag: u32) -> bool {
        self.get(|t| t.flags & flag != 0)
    }

    /// Sets a flag.
    pub fn set_flag(self, flag: u32) {
        // SAFETY: as in `get`; the VM is single-threaded under its lock.
        unsafe { (*self.ptr()).flags |= flag }
    }

    /// Clears a flag.
    pub fn clear_flag(self, flag: u32) {
        // SAFETY: as in `set_flag`.
        unsafe { (*self.ptr()).flags &= !flag }
    }

    /// Changes fields.
    #[inline(always)]
    pub(crate) fn update(self, write: impl FnOnce(&mut Type)) {
        // SAFETY: the type is live, and no other reference to it exists during the call: `get` and this function are the
        // only places that make one, and neither calls back.
        write(unsafe { &mut *self.ptr() })
    }

    /// Which special methods Python classes of the MRO define.
    #[inline(always)]
    pub(crate) fn specials(self) -> [u64; 2] {
        self.get(|t| t.specials)
    }

    /// The definition of a builtin type.
    pub fn definition(self) -> Option<&'static TypeDef> {
        self.get(|t| t.definition)
    }

    /// Direct Python subclasses, a list.
    pub(crate) fn subclasses(self) -> Option<Obj> {
        self.get(|t| t.subclasses)
    }

    /// The shape of a new instance.
    #[inline(always)]
    pub(crate) fn root_shape(self) -> Option<NonNull<Shape>> {
        self.get(|t| t.root_shape)
    }

    /// The shape of an instance whose attributes are in a dict.
    pub(crate) fn dict_shape(self) -> Option<NonNull<Shape>> {
        self.get(|t| t.dict_shape)
    }

    /// The greatest number of slots that an instance used so far.
    pub(crate) fn seen_slots(self) -> u32 {
        self.get(|t| t.seen_slots)
    }

    /// Whether this is the builtin type with this number.
    pub fn is(self, id: TypeId) -> bool {
        self.get(|t| t.id == id as u32)
    }

    /// The builtin type's number.
    pub fn builtin_id(self) -> Option<u32> {
        self.get(|t| (t.id != NOT_BUILTIN).then_some(t.id))
    }

    /// Whether this is a Python class.
    #[inline(always)]
    pub fn is_python(self) -> bool {
        self.has(flag::PYTHON)
    }
}

impl Ref<Type> {
    /// Sets the slots of a Python class or of a builtin type that inherits slots: they lie behind the type object.
    pub(crate) fn set_own_slots(self, slots: Slots) {
        // SAFETY: the type objects that this is called for are allocated with room for them; they live as long as the type, which every user of
        // the slots holds (an instance keeps its class alive). Function pointers are copied out before they are called.
        unsafe {
            let own = self.ptr().add(1).cast::<Slots>();
            own.write(slots);
            (*self.ptr()).slots = &*own;
        }
    }

    /// The flags that a derived type has, too.
    pub(crate) fn inherited_flags(self) -> u32 {
        self.get(|t| t.flags & (flag::EXCEPTION | flag::METACLASS | flag::FINALIZER | flag::INIT_FILLS))
    }
}

impl Vm {
    /// The fields of a class that is no builtin type and has nothing of its own yet, with its bases for an order; whoever makes
    /// a class says what is different.
    pub(crate) fn plain_type(&self, meta: Ref<Type>, name: Qstr, bases: Obj, dict: Ref<Dict>) -> Type {
        let c_slots = self.c_slots();
        Type {
            prefix: Prefix::of_type(Header { class: meta.prefix() }, name, &c_slots),
            own: c_slots.own(),
            name,
            flags: 0,
            slots: &Slots::NONE,
            bases,
            mro: bases,
            dict,
            native_base: None,
            root_shape: None,
            dict_shape: None,
            seen_slots: 0,
            id: NOT_BUILTIN,
            specials: [0; 2],
            subclasses: None,
            definition: None,
        }
    }

    /// The type of any object.
    #[inline]
    pub fn type_of(&self, obj: Obj) -> Ref<Type> {
        let Some(ptr) = obj.as_ptr() else {
            return self.type_of_immediate(obj);
        };
        // SAFETY: a pointer word designates a heap object, whose header points at a type, a shape or a type of C code; all
        // start with a `Prefix`, and the flags tell which.
        unsafe {
            let prefix = ptr.cast::<Header>().as_ref().class;
            let flags = prefix.as_ref().flags;
            if flags & IS_SHAPE != 0 {
                prefix.cast::<crate::layout::instance::Shape>().as_ref().class
            } else if flags & IS_TYPE != 0 {
                Ref::from_ptr(prefix.cast())
            } else {
                self.class_of_c_type(prefix)
            }
        }
    }

    fn type_of_immediate(&self, obj: Obj) -> Ref<Type> {
        let id = if obj.is_small_int() {
            TypeId::Int
        } else if obj.is_qstr() {
            TypeId::Str
        } else if obj == Obj::NONE {
            TypeId::NoneType
        } else if obj.as_bool().is_some() {
            TypeId::Bool
        } else {
            TypeId::Float
        };
        self.type_of_id(id)
    }

    /// Whether the object is a type.
    pub fn as_type(&self, obj: Obj) -> Option<Ref<Type>> {
        obj.as_ptr()?;
        if self.type_of(obj).has(flag::METACLASS) {
            // SAFETY: instances of `type` and of metaclasses have the layout of `Type`.
            Some(unsafe { Ref::from_ptr(obj.as_ptr()?.cast()) })
        } else {
            None
        }
    }

    /// Makes the type object of a Python class; room for its own slots follows ([`Ref::<Type>::set_own_slots`]).
    pub(crate) fn new_type_object(&mut self, value: Type) -> R<Ref<Type>> {
        self.alloc_object(value, size_of::<Slots>(), Kind::Words)
    }

    /// The name of an object's type, for messages.
    pub fn type_name(&self, obj: Obj) -> &str {
        self.qstr_str(self.type_of(obj).name())
    }
}
