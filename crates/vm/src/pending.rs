//! What other files are about to define.

use heap::Obj;

use crate::{value::R, vm::Vm};

impl Vm {
    /// containers: iteration over objects with `__getitem__` only.
    pub fn iter_by_getitem(&mut self, _obj: Obj) -> R<Option<Obj>> {
        Ok(None)
    }
}
