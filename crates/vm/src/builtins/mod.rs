//! The functions of the module `builtins`, one table per family.

use crate::native::Member;

pub mod classes;
pub mod iteration;
pub mod lowered;
pub mod numbers;
pub mod text;

/// All tables; `boot` stores them.
pub const ALL: &[&[Member]] = &[classes::MEMBERS, iteration::MEMBERS, lowered::MEMBERS, numbers::MEMBERS, text::MEMBERS];
