//! `taipan`: runs Python, with the command line of `micropython`.

#[path = "../interpreter/mod.rs"]
mod interpreter;

use std::{ffi::OsString, io::Write, process::exit};

/// Exit code of internal errors (`EX_SOFTWARE`).
const INTERNAL_ERROR: i32 = 70;

fn main() {
    std::panic::set_hook(Box::new(|info| {
        let _ = writeln!(
            std::io::stderr(),
            "taipan: internal error, please report it with the program that shows it\n{info}"
        );
        exit(INTERNAL_ERROR);
    }));
    let args: Vec<OsString> = std::env::args_os().collect();
    exit(interpreter::run(&args));
}
