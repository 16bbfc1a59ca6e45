//! The virtual machine: interpreter loop, frames, objects and types, exceptions, import.
//!
//! `layout` and `interp` touch memory; `types` and `builtins` are safe code on top of them.
#![no_std]
