//! The type(s) of `memoryview`.

use crate::native::TypeDef;

/// `memoryview`
pub static MEMORYVIEW: TypeDef = TypeDef::named("memoryview");
