//! What other files are about to define.

use heap::Obj;

use crate::{value::R, vm::Vm};

impl Vm {
    /// numbers: Whether the object is a float.
    pub fn is_float(&self, obj: Obj) -> bool {
        obj.is_float_immediate()
    }

    /// containers: iteration over objects with `__getitem__` only.
    pub fn iter_by_getitem(&mut self, _obj: Obj) -> R<Option<Obj>> {
        Ok(None)
    }

    /// numbers: `__index__` of anything but a small int, clamped.
    pub fn index_slow(&mut self, obj: Obj) -> R<isize> {
        Err(self.type_error_for("'", obj, "' object can't be interpreted as an integer"))
    }
}
