//! The type(s) of `iterators`.

use crate::native::TypeDef;

/// `enumerate`
pub static ENUMERATE: TypeDef = TypeDef::named("enumerate");

/// `zip`
pub static ZIP: TypeDef = TypeDef::named("zip");

/// `map`
pub static MAP: TypeDef = TypeDef::named("map");

/// `filter`
pub static FILTER: TypeDef = TypeDef::named("filter");

/// `reversed`
pub static REVERSED: TypeDef = TypeDef::named("reversed");

/// `callable_iterator`
pub static CALL_ITERATOR: TypeDef = TypeDef::named("callable_iterator");

/// `iterator`
pub static GETITEM_ITERATOR: TypeDef = TypeDef::named("iterator");
