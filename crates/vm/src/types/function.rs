//! The type(s) of `function`.

use crate::native::TypeDef;

/// `function`
pub static NATIVE_FUNCTION: TypeDef = TypeDef::named("function");

/// `function`
pub static FUNCTION: TypeDef = TypeDef::named("function");

/// `bound_method`
pub static BOUND_METHOD: TypeDef = TypeDef::named("bound_method");

/// `cell`
pub static CELL: TypeDef = TypeDef::named("cell");

/// `code`
pub static CODE: TypeDef = TypeDef::named("code");
