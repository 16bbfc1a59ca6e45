//! The type(s) of `complex`.

use crate::native::TypeDef;

/// `complex`
pub static COMPLEX: TypeDef = TypeDef::named("complex");
