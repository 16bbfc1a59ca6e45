//! `weakref`: weak references and finalizers; the types are builtin types of the machine.

use vm::{
    native::{Def, ModuleDef},
    table::TypeId,
};

/// `weakref`
pub static WEAKREF: ModuleDef = ModuleDef {
    name: "weakref",
    members: &[("finalize", Def::Type(TypeId::Finalizer)), ("ref", Def::Type(TypeId::WeakRef))],
    init: None,
};
