//! The type(s) of `descriptor`.

use crate::native::TypeDef;

/// `property`
pub static PROPERTY: TypeDef = TypeDef::named("property");

/// `staticmethod`
pub static STATICMETHOD: TypeDef = TypeDef::named("staticmethod");

/// `classmethod`
pub static CLASSMETHOD: TypeDef = TypeDef::named("classmethod");

/// `getset_descriptor`
pub static NATIVE_ATTRIBUTE: TypeDef = TypeDef::named("getset_descriptor");

/// `super`
pub static SUPER: TypeDef = TypeDef::named("super");
