//! The type(s) of `str`.

use crate::native::TypeDef;

/// `str`
pub static STR: TypeDef = TypeDef::named("str");

/// `str_iterator`
pub static STR_ITERATOR: TypeDef = TypeDef::named("str_iterator");
