//! The type(s) of `set`.

use crate::native::TypeDef;

/// `set`
pub static SET: TypeDef = TypeDef::named("set");

/// `frozenset`
pub static FROZENSET: TypeDef = TypeDef::named("frozenset");

/// `iterator`
pub static SET_ITERATOR: TypeDef = TypeDef::named("iterator");
