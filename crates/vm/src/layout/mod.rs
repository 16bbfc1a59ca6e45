//! Layouts of heap objects: the only place, with the interpreter loop, that reads and writes their memory.
//!
//! Each file declares the `repr(C)` structures of one family and offers safe primitives on
//! [`crate::handle::Ref`]s: bounds are checked, a view borrows the VM shared, whatever may allocate takes it
//! exclusively (D5). Behaviour that Python sees is built on top, in `types`, without `unsafe`.

pub mod async_gen;
pub mod bytes_like;
pub mod c_text;
pub mod c_type;
pub(crate) mod class_state;
pub mod deque;
pub mod descriptor;
pub mod dict;
pub mod exception;
pub mod fields;
pub mod function;
pub mod hash;
pub mod instance;
pub mod iter;
pub mod machine;
pub mod module;
pub mod number;
pub mod record;
pub mod records;
pub mod seq;
pub mod set;
pub mod stream;
pub mod template;
pub mod text;
pub mod typ;
pub mod weak;
