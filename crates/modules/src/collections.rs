//! `collections`: the types are builtin types of the machine, `namedtuple` makes classes.

use vm::{
    native::{Def, Member, ModuleDef, Native},
    table::TypeId,
    types::namedtuple,
};

/// `collections`
pub static COLLECTIONS: ModuleDef = ModuleDef { name: "collections", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("OrderedDict", Def::Type(TypeId::OrderedDict)),
    ("defaultdict", Def::Type(TypeId::DefaultDict)),
    ("deque", Def::Type(TypeId::Deque)),
    ("namedtuple", Def::Fn(Native::Kw(1, 2, namedtuple::make))),
];
