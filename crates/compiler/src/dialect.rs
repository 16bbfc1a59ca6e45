//! The two dialects (DESIGN.md D2).

/// Which of two ways to go where the official compiler and CPython differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Byte for byte the official compiler, for every source that it accepts.
    Exact,
    /// CPython's semantics.
    #[default]
    Full,
}
