//! `collections.OrderedDict` and `collections.defaultdict`.

use crate::native::TypeDef;

/// `OrderedDict`
pub static ORDERED_DICT: TypeDef = TypeDef::named("OrderedDict");

/// `defaultdict`
pub static DEFAULT_DICT: TypeDef = TypeDef::named("defaultdict");
