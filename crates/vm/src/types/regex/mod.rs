//! Regular expressions: CPython's syntax, compiled to a small program for a backtracking matcher.
//!
//! The matcher keeps its own stack, so neither patterns nor texts can exhaust the native one; what it
//! takes is counted against the machine's memory, and a match that runs long can be interrupted.

pub mod compile;
pub mod emit;
pub mod functions;
pub mod matcher;
pub mod objects;
pub mod template;

/// The flags of `re`.
#[allow(missing_docs)]
pub mod flag {
    pub const IGNORECASE: u32 = 2;
    pub const LOCALE: u32 = 4;
    pub const MULTILINE: u32 = 8;
    pub const DOTALL: u32 = 16;
    pub const UNICODE: u32 = 32;
    pub const VERBOSE: u32 = 64;
    pub const DEBUG: u32 = 128;
    pub const ASCII: u32 = 256;
}

#[cfg(test)]
mod tests;
