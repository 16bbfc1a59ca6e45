//! The type(s) of `dict`.

use crate::native::TypeDef;

/// `dict`
pub static DICT: TypeDef = TypeDef::named("dict");

/// `dict_keys`
pub static DICT_KEYS: TypeDef = TypeDef::named("dict_keys");

/// `dict_values`
pub static DICT_VALUES: TypeDef = TypeDef::named("dict_values");

/// `dict_items`
pub static DICT_ITEMS: TypeDef = TypeDef::named("dict_items");

/// `iterator`
pub static DICT_ITERATOR: TypeDef = TypeDef::named("iterator");
