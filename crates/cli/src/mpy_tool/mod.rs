//! The tool for .mpy files: command line in, text or files out.
//!
//! Results go to standard output, complaints to standard error. What stands in a file reaches the terminal
//! without control characters ([`text::plain`]). Several files are independent of each other: one that cannot be read does
//! not keep the others from being shown.

mod disasm;
mod dump;
mod json;
mod options;
mod text;
mod verify;
mod view;

use code::{
    merge::{MergeError, merge},
    mpy::{self, File},
};
use options::Command;
use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, Read, Write},
    process::ExitCode,
};

/// Exit code of wrong command lines.
const USAGE: u8 = 2;

/// Runs the program; `args` has no program name.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let (command, files) = match options::parse(args) {
        Ok(parsed) => parsed,
        Err(complaint) => {
            eprintln!("taipan-mpy: {complaint}; see taipan-mpy --help");
            return ExitCode::from(USAGE);
        }
    };
    let done = match command {
        Command::Help => print(options::HELP.as_bytes()).map(|()| true),
        Command::Version => print(format!("taipan-mpy {}\n", env!("CARGO_PKG_VERSION")).as_bytes()).map(|()| true),
        Command::Dump(true) => dump_json(&files),
        Command::Dump(false) => show(&files, |name, bytes, file| dump::text(name, bytes.len(), file)),
        Command::Disasm(source) => disassemble(&files, source.as_deref()),
        Command::Verify(quiet) => verify_all(&files, quiet),
        Command::Merge(output) => merge_all(&files, output.as_deref()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("taipan-mpy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(bytes)?;
    out.flush()
}

/// Says what is wrong with a file.
fn complain(name: &OsStr, what: impl std::fmt::Display) {
    eprintln!("{}: {}", name.display(), text::plain(&what.to_string()));
}

/// The bytes of a file; complains if there are none.
fn bytes(name: &OsStr) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = match options::is_standard(name) {
        true => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
        false => fs::read(name),
    };
    read.map_err(|error| complain(name, error)).ok()
}

/// A file as it is; complains if it is none.
fn file(name: &OsStr) -> Option<(Vec<u8>, File)> {
    let bytes = bytes(name)?;
    let file = mpy::read_as_is(&mut &bytes[..]).map_err(|error| complain(name, error)).ok()?;
    Some((bytes, file))
}

/// Prints what `describe` says of each file; whether all could be read.
fn show(names: &[OsString], describe: impl Fn(&str, &[u8], &File) -> String) -> io::Result<bool> {
    let mut all = true;
    for name in names {
        match file(name) {
            Some((bytes, file)) => print(describe(&name.to_string_lossy(), &bytes, &file).as_bytes())?,
            None => all = false,
        }
    }
    Ok(all)
}

fn dump_json(names: &[OsString]) -> io::Result<bool> {
    let mut all = Vec::new();
    for name in names {
        if let Some((bytes, file)) = file(name) {
            all.push(json::file(&name.to_string_lossy(), bytes.len(), &file));
        }
    }
    let complete = all.len() == names.len();
    print(format!("{:#}\n", serde_json::Value::Array(all)).as_bytes())?;
    Ok(complete)
}

fn disassemble(names: &[OsString], source: Option<&OsStr>) -> io::Result<bool> {
    let lines = match source {
        Some(source) => match bytes(source) {
            Some(bytes) => String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect(),
            None => return Ok(false),
        },
        None => Vec::new(),
    };
    show(names, |name, _, file| disasm::listing(name, file, &lines))
}

fn verify_all(names: &[OsString], quiet: bool) -> io::Result<bool> {
    let mut all = true;
    for name in names {
        let module = bytes(name).and_then(|bytes| mpy::read(&bytes).map_err(|error| complain(name, error)).ok());
        match module.map(|module| verify::report(&module)) {
            Some(Ok(report)) if !quiet => {
                print(format!("{}: {}\n", name.display(), text::plain(&report)).as_bytes())?;
            }
            Some(Ok(_)) => {}
            Some(Err(refusals)) => {
                refusals.iter().for_each(|refusal| complain(name, refusal));
                all = false;
            }
            None => all = false,
        }
    }
    Ok(all)
}

fn merge_all(names: &[OsString], output: Option<&OsStr>) -> io::Result<bool> {
    let mut modules = Vec::new();
    for name in names {
        let Some(bytes) = bytes(name) else { return Ok(false) };
        match mpy::read(&bytes) {
            Ok(module) => modules.push(module),
            Err(error) => {
                complain(name, error);
                return Ok(false);
            }
        }
    }
    let merged = match merge(modules) {
        Ok(merged) => merged,
        Err(error) => {
            match &error {
                MergeError::MachineCode(i) | MergeError::Arch(i) | MergeError::Code(i, _) => {
                    complain(&names[*i], error);
                }
                MergeError::Nothing => eprintln!("taipan-mpy: {error}"),
            }
            return Ok(false);
        }
    };
    let bytes = mpy::write(&merged, mpy::WriteOptions { debug: verify::has_debug(&merged.root) });
    match output {
        Some(output) if !options::is_standard(output) => match fs::write(output, bytes) {
            Ok(()) => Ok(true),
            Err(error) => {
                complain(output, error);
                Ok(false)
            }
        },
        _ => print(&bytes).map(|()| true),
    }
}
