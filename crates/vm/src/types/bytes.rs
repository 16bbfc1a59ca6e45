//! The type(s) of `bytes`.

use crate::native::TypeDef;

/// `bytes`
pub static BYTES: TypeDef = TypeDef::named("bytes");

/// `iterator`
pub static BUFFER_ITERATOR: TypeDef = TypeDef::named("iterator");
