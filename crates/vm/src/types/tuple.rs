//! The type(s) of `tuple`.

use crate::native::TypeDef;

/// `tuple`
pub static TUPLE: TypeDef = TypeDef::named("tuple");
