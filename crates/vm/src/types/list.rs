//! The type(s) of `list`.

use crate::native::TypeDef;

/// `list`
pub static LIST: TypeDef = TypeDef::named("list");

/// `iterator`
pub static SEQ_ITERATOR: TypeDef = TypeDef::named("iterator");
