//! Template strings: what a t-string makes.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    table::TypeId,
    value::R,
    vm::Vm,
};

/// `string.templatelib.Template`
#[repr(C)]
pub struct Template {
    header: Header,
    strings: Obj,
    interpolations: Obj,
}

/// `string.templatelib.Interpolation`
#[repr(C)]
pub struct Interpolation {
    header: Header,
    /// Value, expression, conversion or None, format specification.
    parts: [Obj; 4],
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Template {
    const TYPE: TypeId = TypeId::Template;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Interpolation {
    const TYPE: TypeId = TypeId::Interpolation;
}

impl Ref<Template> {
    /// The literal parts and the interpolations between them, two tuples; there is one part more.
    pub fn parts(self) -> (Obj, Obj) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).strings, (*self.ptr()).interpolations) }
    }
}

impl Ref<Interpolation> {
    /// Value, expression, conversion or None, format specification.
    pub fn parts(self) -> [Obj; 4] {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts }
    }
}

impl Vm {
    /// Makes a template of two tuples.
    pub(crate) fn new_template(&mut self, strings: Obj, interpolations: Obj) -> R {
        let header = self.header::<Template>();
        let template = Template { header, strings, interpolations };
        Ok(self.alloc_object(template, 0, Kind::Words)?.obj())
    }

    /// Makes an interpolation of its parts.
    pub(crate) fn new_interpolation(&mut self, parts: [Obj; 4]) -> R {
        let header = self.header::<Interpolation>();
        Ok(self.alloc_object(Interpolation { header, parts }, 0, Kind::Words)?.obj())
    }
}
