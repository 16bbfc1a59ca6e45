//! The interpreter.
fn main() {}
