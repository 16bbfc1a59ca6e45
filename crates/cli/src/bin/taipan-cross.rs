//! `taipan-cross`: compiles a source file to a .mpy file, with the command line of `mpy-cross`.

#[path = "../cross/mod.rs"]
mod cross;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next().map_or_else(|| "taipan-cross".into(), |name| name.to_string_lossy().into_owned());
    let args: Vec<std::ffi::OsString> = args.collect();
    match cross::run(&program, &args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::FAILURE
        }
    }
}
