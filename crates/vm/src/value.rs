//! The result type of everything that can raise, and the object word itself.

pub use heap::Obj;

/// An exception is under way; it waits in the VM ([`crate::Vm::take_exception`]). Has no size, so
/// that a [`R`] is one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Raised;

/// Result of an operation that can raise.
pub type R<T = Obj> = Result<T, Raised>;

const _: () = assert!(size_of::<R>() == size_of::<usize>());
