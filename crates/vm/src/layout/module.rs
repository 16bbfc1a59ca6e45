//! Module objects.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::dict::Dict,
    qstr::{Qstr, q},
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A module.
#[repr(C)]
pub struct Module {
    header: Header,
    /// Its globals.
    dict: Ref<Dict>,
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Module {
    const TYPE: TypeId = TypeId::Module;
}

impl Ref<Module> {
    /// The module's globals.
    #[inline(always)]
    pub fn dict(self) -> Ref<Dict> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).dict }
    }
}

impl Vm {
    /// Makes a module that has a name and nothing else.
    pub fn new_module(&mut self, name: Qstr) -> R<Ref<Module>> {
        let dict = self.new_dict(8)?;
        dict.set_name(self, q::__name__, name.obj())?;
        self.new_module_of(dict)
    }

    /// Makes a module of given globals.
    pub fn new_module_of(&mut self, dict: Ref<Dict>) -> R<Ref<Module>> {
        let header = self.header::<Module>();
        self.alloc_object(Module { header, dict }, 0, Kind::Words)
    }

    /// The globals of a module object.
    pub fn module_dict(&self, obj: Obj) -> Option<Ref<Dict>> {
        self.cast::<Module>(obj).map(|module| module.dict())
    }
}
