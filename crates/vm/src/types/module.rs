//! The type(s) of `module`.

use crate::native::TypeDef;

/// `module`
pub static MODULE: TypeDef = TypeDef::named("module");
