//! The version, and whether reports have colours.

use std::io::IsTerminal;

/// What `--version` prints.
pub fn version() -> String {
    format!("MicroPython {} on {}; {}\n", modules::sys::VERSION, modules::sys::DATE, modules::sys::MACHINE)
}

/// Whether tracebacks are to be in colours: on a terminal, unless the environment says otherwise.
pub fn wants_color() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match () {
        () if set("NO_COLOR") => false,
        () if set("FORCE_COLOR") => true,
        () if std::env::var_os("TERM").is_some_and(|term| term == "dumb") => false,
        () => std::io::stderr().is_terminal(),
    }
}
