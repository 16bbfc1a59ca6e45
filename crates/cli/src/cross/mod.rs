//! The compiler program: options, sources in, .mpy files out.
//!
//! Texts and exit codes are those of the official program (command-line.md §7), so that build systems
//! can use either. What that does not have: `--full`, `--mpy-version`, several inputs at once and folders.

mod compile;
mod jobs;
mod options;
mod parallel;

use jobs::{Job, Place};
use options::{Command, Options};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;

/// Why the program fails.
pub enum Failure {
    /// A text for standard output: how the program is used.
    Usage(String),
    /// A text for standard error.
    Message(String),
    /// What was to be said has been said.
    Reported,
}

impl Failure {
    /// Prints the text.
    pub fn print(&self) {
        match self {
            Failure::Usage(text) => print!("{text}"),
            Failure::Message(text) => eprintln!("{text}"),
            Failure::Reported => {}
        }
    }
}

/// Runs the program.
pub fn run(program: &str, args: &[OsString]) -> Result<(), Failure> {
    let (files, options) = match options::parse(program, args)? {
        Command::Version(version) => {
            let minor = if version == code::mpy::VERSION { ".3" } else { "" };
            println!(
                "MicroPython v1.29.0 on {}; taipan-cross {} emitting mpy v{version}{minor}",
                options::DATE,
                env!("CARGO_PKG_VERSION")
            );
            return Ok(());
        }
        Command::Compile(files, options) => (files, options),
    };
    let jobs = jobs::jobs(&files)?;
    match &jobs[..] {
        [job] => one(job, &options),
        _ => parallel::all(&jobs, &options),
    }
}

/// Does one job.
fn one(job: &Job, options: &Options) -> Result<(), Failure> {
    let source = read(&job.input)?;
    let bytes = compile::compile(&source, job, options)?;
    if let (true, Place::File(path)) = (job.makes_folders, &job.output)
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder).map_err(|_| cannot_open(folder))?;
    }
    write(&job.output, &bytes)
}

fn cannot_open(path: &Path) -> Failure {
    Failure::Message(format!("OSError: (2, \"can't open {}\")", path.display()))
}

fn read(place: &Place) -> Result<Vec<u8>, Failure> {
    let mut source = Vec::new();
    match place {
        Place::Standard => match std::io::stdin().read_to_end(&mut source) {
            Ok(_) => Ok(source),
            Err(error) => Err(Failure::Message(format!("OSError: {error}"))),
        },
        Place::File(path) => std::fs::read(path).map_err(|_| cannot_open(path)),
    }
}

fn write(place: &Place, bytes: &[u8]) -> Result<(), Failure> {
    match place {
        Place::Standard => {
            let mut out = std::io::stdout();
            let done = out.write_all(bytes).and_then(|()| out.flush());
            done.map_err(|error| Failure::Message(format!("OSError: {error}")))
        }
        Place::File(path) => std::fs::write(path, bytes).map_err(|_| cannot_open(path)),
    }
}
