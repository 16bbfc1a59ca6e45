//! `io`: files and streams in memory.

use vm::{
    native::{Def, Member, ModuleDef},
    table::TypeId,
    types::stream,
};

/// `io`
pub static IO: ModuleDef = ModuleDef { name: "io", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("BufferedWriter", Def::Type(TypeId::BufferedWriter)),
    ("BytesIO", Def::Type(TypeId::BytesIo)),
    ("FileIO", Def::Type(TypeId::FileIO)),
    ("IOBase", Def::Type(TypeId::IoBase)),
    ("SEEK_CUR", Def::Int(1)),
    ("SEEK_END", Def::Int(2)),
    ("SEEK_SET", Def::Int(0)),
    ("StringIO", Def::Type(TypeId::StringIo)),
    ("TextIOWrapper", Def::Type(TypeId::TextIOWrapper)),
    stream::BUILTINS[0],
];
