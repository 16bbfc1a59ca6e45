//! Lexer, parser and syntax tree of Python 3.14.
#![no_std]
extern crate alloc;
pub mod tree;
