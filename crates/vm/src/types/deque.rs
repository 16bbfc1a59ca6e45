//! `collections.deque`.

use crate::native::TypeDef;

/// `deque`
pub static DEQUE: TypeDef = TypeDef::named("deque");

/// `iterator`
pub static DEQUE_ITERATOR: TypeDef = TypeDef::named("iterator");
