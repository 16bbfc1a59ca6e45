//! `array`: the type is `vm::types::array`.

use vm::{
    Obj,
    native::{Def, Member, ModuleDef},
    table::TypeId,
};

/// `array`
pub static ARRAY: ModuleDef = ModuleDef { name: "array", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("ArrayType", Def::Type(TypeId::Array)),
    ("array", Def::Type(TypeId::Array)),
    ("typecodes", Def::Value(|vm| vm.intern(b"bBhHiIlLqQfd").map(|codes| -> Obj { codes.obj() }))),
];
