//! `io`: streams in memory. Files of the host are added by the machine's face.

use vm::{
    native::{Def, Member, ModuleDef},
    table::TypeId,
};

/// `io`
pub static IO: ModuleDef = ModuleDef { name: "io", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("BufferedWriter", Def::Type(TypeId::BufferedWriter)),
    ("BytesIO", Def::Type(TypeId::BytesIo)),
    ("IOBase", Def::Type(TypeId::IoBase)),
    ("SEEK_CUR", Def::Int(1)),
    ("SEEK_END", Def::Int(2)),
    ("SEEK_SET", Def::Int(0)),
    ("StringIO", Def::Type(TypeId::StringIo)),
];
