//! The type(s) of `class`.

use crate::native::TypeDef;

/// `type`
pub static TYPE: TypeDef = TypeDef::named("type");

/// `shape`
pub static SHAPE: TypeDef = TypeDef::named("shape");
