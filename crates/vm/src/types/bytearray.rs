//! The type(s) of `bytearray`.

use crate::native::TypeDef;

/// `bytearray`
pub static BYTEARRAY: TypeDef = TypeDef::named("bytearray");
