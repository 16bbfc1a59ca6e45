//! The type(s) of `slice`.

use crate::native::TypeDef;

/// `slice`
pub static SLICE: TypeDef = TypeDef::named("slice");
