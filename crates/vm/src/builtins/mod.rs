//! The functions of the module `builtins`, one table per family.

use crate::native::Member;

pub mod iteration;
pub mod numbers;

/// All tables; `boot` stores them.
pub const ALL: &[&[Member]] = &[iteration::MEMBERS, numbers::MEMBERS];
