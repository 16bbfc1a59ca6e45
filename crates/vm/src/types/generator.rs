//! The type(s) of `generator`.

use crate::native::TypeDef;

/// `generator`
pub static GENERATOR: TypeDef = TypeDef::named("generator");
