//! The modules of Python code inside the program: those under `lib/`, compiled by `build.rs`.

use vm::native::Frozen;

include!(concat!(env!("OUT_DIR"), "/frozen.rs"));
