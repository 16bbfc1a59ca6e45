//! The type(s) of `object`.

use crate::native::TypeDef;

/// `object`
pub static OBJECT: TypeDef = TypeDef::named("object");

/// `NoneType`
pub static NONE_TYPE: TypeDef = TypeDef::named("NoneType");

/// `NotImplementedType`
pub static NOT_IMPLEMENTED_TYPE: TypeDef = TypeDef::named("NotImplementedType");

/// `ellipsis`
pub static ELLIPSIS_TYPE: TypeDef = TypeDef::named("ellipsis");
