//! The type(s) of `class`.

use crate::native::TypeDef;

/// `type`
pub static TYPE: TypeDef = TypeDef::named("type");

/// `shape`
pub static SHAPE: TypeDef = TypeDef::named("shape");

/// Between mark and sweep: finalizers and weak references. True if it marked something.
pub(crate) fn after_mark(
    _state: core::ptr::NonNull<crate::vm::State>,
    _marker: &mut heap::Marker,
) -> bool {
    false
}
