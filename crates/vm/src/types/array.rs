//! The type(s) of `array`.

use crate::native::TypeDef;

/// `array`
pub static ARRAY: TypeDef = TypeDef::named("array");
