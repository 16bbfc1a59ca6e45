//! The type(s) of `int`.

use crate::native::TypeDef;

/// `int`
pub static INT: TypeDef = TypeDef::named("int");

/// `bool`
pub static BOOL: TypeDef = TypeDef::named("bool");
