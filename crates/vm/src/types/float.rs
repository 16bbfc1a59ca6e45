//! The type(s) of `float`.

use crate::native::TypeDef;

/// `float`
pub static FLOAT: TypeDef = TypeDef::named("float");
