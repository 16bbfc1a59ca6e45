//! The type(s) of `range`.

use crate::native::TypeDef;

/// `range`
pub static RANGE: TypeDef = TypeDef::named("range");

/// `range_iterator`
pub static RANGE_ITERATOR: TypeDef = TypeDef::named("range_iterator");
