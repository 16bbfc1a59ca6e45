//! Behaviour of the builtin types, one file each, without `unsafe`.

pub mod array;
pub mod bytearray;
pub mod bytes;
pub mod class;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod exception;
pub mod float;
pub mod function;
pub mod generator;
pub mod hashing;
pub mod int;
pub mod iterators;
pub mod list;
pub mod memoryview;
pub mod module;
pub mod object;
pub mod range;
pub mod set;
pub mod slice;
pub mod str;
pub mod tuple;
