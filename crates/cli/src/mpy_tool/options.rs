//! The command line of `taipan-mpy`.

use std::ffi::{OsStr, OsString};

/// What `--help` prints.
pub const HELP: &str = "\
usage: taipan-mpy <command> [<options>] <file.mpy>...

Shows, verifies and merges .mpy files, the compiled code of MicroPython, of versions 3 to 6.

Commands:
  dump [--json] <file>...       header, tables, code objects and their sizes, as a tree or as JSON
  disasm [--source <file.py>] <file>...
                                instructions by source line, with the lines themselves if their file is given;
                                machine code in hexadecimal with what is linked or relocated in it
  verify [-q] <file>...         whether the bytecode is safe to run: a file that is refused is named with the
                                function, the offset and the rule that it breaks; -q: nothing else is printed
  merge [-o <output.mpy>] <file>...
                                one file of version 6 that runs the given ones in their order, except that one
                                with machine code comes first; only one may have any (default output: standard output)

  -h, --help                    this text
  --version                     the version of this program

A file named - is standard input.
Exit codes: 0 done, 1 a file cannot be read, is no such file or is refused, 2 wrong command line.
";

/// What the command line asks for.
pub enum Command {
    /// `--help`
    Help,
    /// `--version`
    Version,
    /// `dump`; whether as JSON.
    Dump(bool),
    /// `disasm`; the file of the source.
    Disasm(Option<OsString>),
    /// `verify`; whether only what is refused is named.
    Verify(bool),
    /// `merge`; the output, standard output if there is none.
    Merge(Option<OsString>),
}

/// Reads the command line; the files come along. Fails with a complaint.
pub fn parse(args: Vec<OsString>) -> Result<(Command, Vec<OsString>), String> {
    let mut args = args.into_iter();
    let name = args.next().ok_or("no command")?;
    let mut command = match name.to_str() {
        Some("-h" | "--help" | "help") => return Ok((Command::Help, Vec::new())),
        Some("--version") => return Ok((Command::Version, Vec::new())),
        Some("dump") => Command::Dump(false),
        Some("disasm") => Command::Disasm(None),
        Some("verify") => Command::Verify(false),
        Some("merge") => Command::Merge(None),
        _ => return Err(format!("unknown command {}", name.display())),
    };
    let mut files = Vec::new();
    let mut only_files = false;
    while let Some(arg) = args.next() {
        if only_files || arg == "-" || !arg.as_encoded_bytes().starts_with(b"-") {
            files.push(arg);
            continue;
        }
        let mut value = || args.next().ok_or_else(|| format!("{} needs a file", arg.display()));
        match (arg.to_str(), &mut command) {
            (Some("-h" | "--help"), _) => return Ok((Command::Help, Vec::new())),
            (Some("--"), _) => only_files = true,
            (Some("--json"), Command::Dump(json)) => *json = true,
            (Some("-q" | "--quiet"), Command::Verify(quiet)) => *quiet = true,
            (Some("--source"), Command::Disasm(source)) => *source = Some(value()?),
            (Some("-o" | "--output"), Command::Merge(output)) => *output = Some(value()?),
            _ => return Err(format!("unknown option {}", arg.display())),
        }
    }
    if files.is_empty() {
        return Err("no files".into());
    }
    if files.iter().filter(|file| is_standard(file)).count() > 1 {
        return Err("standard input can be read only once".into());
    }
    Ok((command, files))
}

/// Whether a name means standard input or output.
pub fn is_standard(name: &OsStr) -> bool {
    name == "-"
}
