//! Loaded code objects.

/// A code object as the loop runs it.
#[repr(C)]
pub struct CodeObject {}
