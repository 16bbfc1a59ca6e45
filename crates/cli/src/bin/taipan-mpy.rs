//! `taipan-mpy`: shows, verifies and merges .mpy files.

#[path = "../mpy_tool/mod.rs"]
mod mpy_tool;

use std::process::ExitCode;

fn main() -> ExitCode {
    mpy_tool::run(std::env::args_os().skip(1).collect())
}
