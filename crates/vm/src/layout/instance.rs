//! Instances of Python classes, and their shapes.

#![allow(unsafe_code)]

use heap::Obj;

use crate::{
    handle::Ref,
    layout::typ::{Prefix, Type},
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
}

impl Vm {
    /// The builtin object inside an instance of a Python class that derives from a builtin type.
    pub fn native_part(&self, _obj: Obj) -> Option<Obj> {
        None
    }
}
