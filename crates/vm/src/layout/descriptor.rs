//! Descriptors: `property`, `staticmethod`, `classmethod`, computed attributes of builtin types, `super`.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::typ::Type,
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// Reads a computed attribute.
pub type Getter = fn(&mut Vm, Obj) -> R;
/// Writes (`None`: deletes) a computed attribute.
pub type Setter = fn(&mut Vm, Obj, Option<Obj>) -> R<()>;

/// `property`
#[repr(C)]
pub struct Property {
    header: Header,
    /// `fget`, `fset`, `fdel`, `__doc__`
    parts: [Option<Obj>; 4],
}

/// `staticmethod`
#[repr(C)]
pub struct StaticMethod {
    header: Header,
    function: Obj,
}

/// `classmethod`
#[repr(C)]
pub struct ClassMethod {
    header: Header,
    function: Obj,
}

/// A computed attribute of a builtin type.
#[repr(C)]
pub struct NativeAttribute {
    header: Header,
    get: Getter,
    set: Option<Setter>,
    name: Qstr,
}

/// `super(class, obj)`
#[repr(C)]
pub struct Super {
    header: Header,
    /// The search starts after this class.
    start: Ref<Type>,
    /// The object, or the class for class methods.
    receiver: Obj,
    /// The class whose MRO is searched.
    class: Ref<Type>,
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Property {
    const TYPE: TypeId = TypeId::Property;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for StaticMethod {
    const TYPE: TypeId = TypeId::StaticMethod;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for ClassMethod {
    const TYPE: TypeId = TypeId::ClassMethod;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for NativeAttribute {
    const TYPE: TypeId = TypeId::NativeAttribute;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Super {
    const TYPE: TypeId = TypeId::Super;
}

impl Ref<Property> {
    /// `fget`
    pub fn getter(self) -> Option<Obj> {
        self.part(0)
    }

    /// `fset`
    pub fn setter(self) -> Option<Obj> {
        self.part(1)
    }

    /// `fdel`
    pub fn deleter(self) -> Option<Obj> {
        self.part(2)
    }

    /// `__doc__`
    pub fn doc(self) -> Option<Obj> {
        self.part(3)
    }

    fn part(self, index: usize) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts[index] }
    }

    /// All parts: `fget`, `fset`, `fdel`, `__doc__`.
    pub fn parts(self) -> [Option<Obj>; 4] {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts }
    }

    /// Sets `__doc__`.
    pub fn set_doc(self, doc: Option<Obj>) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts[3] = doc }
    }
}

impl Ref<StaticMethod> {
    /// The function.
    pub fn function(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).function }
    }
}

impl Ref<ClassMethod> {
    /// The function.
    pub fn function(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).function }
    }
}

impl Ref<NativeAttribute> {
    /// How it is read.
    pub fn getter(self) -> Getter {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).get }
    }

    /// How it is written.
    pub fn setter(self) -> Option<Setter> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).set }
    }

    /// `__name__`
    pub fn name(self) -> Qstr {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).name }
    }
}

impl Ref<Super> {
    /// Where the search starts (after it), the receiver, and the class whose MRO is searched.
    pub fn parts(self) -> (Ref<Type>, Obj, Ref<Type>) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).start, (*self.ptr()).receiver, (*self.ptr()).class) }
    }
}

impl Vm {
    /// Makes a property of `fget`, `fset`, `fdel`, `__doc__`.
    pub fn new_property(&mut self, parts: [Option<Obj>; 4]) -> R<Ref<Property>> {
        let header = self.header::<Property>();
        self.alloc_object(Property { header, parts }, 0, Kind::Words)
    }

    /// Makes a static method.
    pub fn new_staticmethod(&mut self, function: Obj) -> R {
        let header = self.header::<StaticMethod>();
        Ok(self.alloc_object(StaticMethod { header, function }, 0, Kind::Words)?.obj())
    }

    /// Makes a class method.
    pub fn new_classmethod(&mut self, function: Obj) -> R {
        let header = self.header::<ClassMethod>();
        Ok(self.alloc_object(ClassMethod { header, function }, 0, Kind::Words)?.obj())
    }

    /// Makes a computed attribute.
    pub fn new_native_attribute(&mut self, name: Qstr, get: Getter, set: Option<Setter>) -> R {
        let header = self.header::<NativeAttribute>();
        Ok(self.alloc_object(NativeAttribute { header, get, set, name }, 0, Kind::Raw)?.obj())
    }

    /// Makes a `super` object.
    pub(crate) fn new_super(&mut self, start: Ref<Type>, receiver: Obj, class: Ref<Type>) -> R {
        let header = self.header::<Super>();
        Ok(self.alloc_object(Super { header, start, receiver, class }, 0, Kind::Words)?.obj())
    }
}
