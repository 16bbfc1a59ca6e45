//! `weakref`: weak references and finalizers; the types are builtin types of the machine, the rest is written in Python.

use crate::in_python;
use vm::{
    native::{Def, ModuleDef, Native},
    table::TypeId,
};

/// `weakref`
pub static WEAKREF: ModuleDef = ModuleDef {
    name: "weakref",
    members: &[
        ("__getattr__", Def::Fn(Native::F1(|vm, name| in_python::attribute(vm, "weakref", "_weakref_classes", name)))),
        ("finalize", Def::Type(TypeId::Finalizer)),
        ("ref", Def::Type(TypeId::WeakRef)),
    ],
    init: None,
};
