//! Fuzzing of .mpy files: changed files of all versions are loaded and run, each within a limit of steps and memory. A
//! crash, a run without end, or growing memory is a mistake of the machine.
//!
//! `fuzz-mpy [--executions N] [--seed S] [--workers W] [--keep FOLDER]` starts workers, which are processes of their own,
//! watches them, and prints what they did. A worker has each file in a file of its own before it runs it, so that
//! what ended it is known; those are kept in FOLDER. `fuzz-mpy --run FILE…` runs files once.

mod corpus;
mod coverage;
mod execute;
mod mutate;
mod random;
mod watch;
mod work;

use std::{path::PathBuf, process::ExitCode};

/// The command line.
pub struct Options {
    /// Executions of all workers together.
    pub executions: u64,
    /// What chance starts from.
    pub seed: u64,
    /// Processes.
    pub workers: u64,
    /// Where files that are worth a look are kept.
    pub keep: PathBuf,
}

fn main() -> ExitCode {
    let mut options = Options { executions: 100_000, seed: 1, workers: 2, keep: std::env::temp_dir() };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|text| text.parse().ok());
        let known = match arg.as_str() {
            "--executions" => number().map(|n| options.executions = n),
            "--seed" => number().map(|n| options.seed = n),
            "--workers" => number().filter(|&n| n > 0).map(|n| options.workers = n),
            "--keep" => args.next().map(|folder| options.keep = folder.into()),
            "--run" => return work::run_files(args),
            "--work" => return work::work(args),
            _ => None,
        };
        if known.is_none() {
            eprintln!(
                "usage: fuzz-mpy [--executions N] [--seed S] [--workers W] [--keep FOLDER]\n       fuzz-mpy --run FILE..."
            );
            return ExitCode::from(2);
        }
    }
    if let Err(error) = std::fs::create_dir_all(&options.keep) {
        eprintln!("fuzz-mpy: {}: {error}", options.keep.display());
        return ExitCode::FAILURE;
    }
    watch::watch(&options)
}
