//! dict objects.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{HeapType, Header, Ref},
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A dict.
#[repr(C)]
pub struct Dict {
    header: Header,
}

// SAFETY: objects of type `dict` have this layout.
unsafe impl HeapType for Dict {
    const TYPE: TypeId = TypeId::Dict;
}

impl Ref<Dict> {
    /// The value of a name. Never runs Python code.
    pub fn get_name(self, _vm: &Vm, _name: Qstr) -> Option<Obj> {
        None
    }

    /// Stores under a name. Never runs Python code; may collect; raises MemoryError.
    pub fn set_name(self, _vm: &mut Vm, _name: Qstr, _value: Obj) -> R<()> {
        Ok(())
    }

    /// Removes a name; false if it is not there.
    pub fn remove_name(self, _vm: &mut Vm, _name: Qstr) -> bool {
        false
    }

    /// Number of items.
    pub fn len(self) -> usize {
        0
    }

    /// The next entry at or after a position, with the position after it: iteration that tolerates changes.
    pub fn entry(self, _vm: &Vm, _position: usize) -> Option<(usize, Obj, Obj)> {
        None
    }

    /// `self[key]`; hashes and compares, so it may run Python code.
    pub fn get(self, _vm: &mut Vm, _key: Obj) -> R<Option<Obj>> {
        Ok(None)
    }

    /// `self[key] = value`
    pub fn set(self, _vm: &mut Vm, _key: Obj, _value: Obj) -> R<()> {
        Ok(())
    }

    /// `del self[key]`; gives the value.
    pub fn remove(self, _vm: &mut Vm, _key: Obj) -> R<Option<Obj>> {
        Ok(None)
    }
}

impl Vm {
    /// Makes a dict with room for so many items.
    pub fn new_dict(&mut self, _room: usize) -> R<Ref<Dict>> {
        let header = self.header::<Dict>();
        self.alloc_object(Dict { header }, 0, Kind::Words)
    }

    /// A root that is a dict.
    pub(crate) fn root_dict(&self, root: crate::vm::Root) -> Ref<Dict> {
        match self.root(root).and_then(|dict| self.exact::<Dict>(dict)) {
            Some(dict) => dict,
            None => unreachable!("boot sets this root to a dict"),
        }
    }
}
