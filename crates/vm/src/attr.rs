//! Attribute access for any object.

use heap::Obj;

use crate::{qstr::Qstr, value::R, vm::Vm};

impl Vm {
    /// `obj.name`
    pub fn getattr(&mut self, obj: Obj, name: Qstr) -> R {
        Err(self.attribute_error(obj, name))
    }
}
