//! What a worker does.

use crate::{
    corpus::corpus,
    coverage::Coverage,
    execute::{Machine, Outcome},
    mutate::{Way, mutant},
    random::Random,
};
use std::{fs::File, os::unix::fs::FileExt, process::ExitCode};

/// One in so many executions is done once more to see which opcodes it executes.
const SAMPLE: u64 = 1000;

/// Numbers of a worker, in the order in which it prints them.
pub const COUNTS: usize = 9;

/// Index in the counts.
pub mod count {
    /// Executions.
    pub const ALL: usize = 0;
    /// Those of files that were changed after decoding.
    pub const DECODED: usize = 1;
    /// Those that were loaded and ran.
    pub const RAN: usize = 2;
    /// Those of [`DECODED`] that did.
    pub const DECODED_RAN: usize = 3;
    /// Those that raised.
    pub const RAISED: usize = 4;
    /// Those that took all steps.
    pub const LIMIT: usize = 5;
    /// Files with machine code, which were not run.
    pub const MACHINE_CODE: usize = 6;
    /// Resident memory after a tenth, in KiB.
    pub const EARLY: usize = 7;
    /// Resident memory at the end.
    pub const LATE: usize = 8;
}

/// `SEED FROM TO STEP FILE`: executes the numbers FROM, FROM + STEP… below TO; FILE holds the number and the changed file
/// that is being executed.
pub fn work(args: impl Iterator<Item = String>) -> ExitCode {
    let args: Vec<String> = args.collect();
    let numbers: Vec<u64> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let (&[seed, from, to, step], Some(path)) = (&numbers[..], args.last()) else { return ExitCode::from(2) };
    let current = File::create(path).expect("the file for what is executed");
    let corpus = corpus();
    let mut coverage = Coverage::new();
    let mut counts = [0u64; COUNTS];
    // Not changed, all must run.
    let mut machine = Machine::new();
    for entry in &corpus {
        let outcome = machine.execute(&entry.bytes);
        assert_eq!(outcome, Outcome::Ended, "{}", entry.name);
        coverage.note(&entry.bytes);
    }
    let early = from + (to - from) / 10;
    let mut number = from;
    while number < to {
        let (way, bytes) = mutant(&corpus, &mut Random::new(seed, number));
        let mut note = number.to_le_bytes().to_vec();
        note.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        note.extend_from_slice(&bytes);
        current.write_all_at(&note, 0).expect("what is executed is noted");
        // What is decoded has no machine code, and gets none.
        let outcome = match way {
            Way::Decoded => machine.execute_bytecode(&bytes),
            Way::Raw | Way::Cut => machine.execute(&bytes),
        };
        let ran = !matches!(outcome, Outcome::Refused | Outcome::MachineCode);
        for (index, yes) in [
            (count::ALL, true),
            (count::DECODED, way == Way::Decoded),
            (count::RAN, ran),
            (count::DECODED_RAN, ran && way == Way::Decoded),
            (count::RAISED, outcome == Outcome::Raised),
            (count::LIMIT, outcome == Outcome::Limit),
            (count::MACHINE_CODE, outcome == Outcome::MachineCode),
        ] {
            counts[index] += u64::from(yes);
        }
        if ran && number % SAMPLE < step {
            coverage.note(&bytes);
        }
        if counts[count::EARLY] == 0 && number >= early {
            counts[count::EARLY] = resident_kib();
        }
        number += step;
    }
    counts[count::LATE] = resident_kib();
    let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
    let seen: Vec<String> = (0..256).filter(|&byte| coverage.seen[byte]).map(|byte| byte.to_string()).collect();
    println!("{}\n{}", counts.join(" "), seen.join(" "));
    ExitCode::SUCCESS
}

/// Runs files once, and says what became of them.
pub fn run_files(files: impl Iterator<Item = String>) -> ExitCode {
    for name in files {
        match std::fs::read(&name) {
            Ok(bytes) => println!("{name}: {:?}", Machine::new().execute(&bytes)),
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
