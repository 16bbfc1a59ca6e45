//! The functions of the module `builtins`, one table per family.

use crate::native::Member;

pub mod classes;
pub mod code;
pub mod iteration;
pub mod lowered;
pub mod numbers;
pub mod text;

/// All tables; `boot` stores them.
pub const ALL: &[&[Member]] = &[
    classes::MEMBERS,
    code::MEMBERS,
    crate::types::stream::BUILTINS,
    iteration::MEMBERS,
    lowered::MEMBERS,
    numbers::MEMBERS,
    text::MEMBERS,
];
