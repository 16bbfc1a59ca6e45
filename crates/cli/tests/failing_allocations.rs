//! The n-th allocation fails, alone or with all that follow: a program ends with MemoryError, or as it always does if it could do
//! without that memory, or caught the error and says so.
//!
//! Tried are some n of some programs; all n up to `TAIPAN_FAIL_ALLOC_ALL=N` of all programs if that is set.

mod common;

use std::path::PathBuf;

use common::{Run, number, run, taipan};

/// They wait for threads that end early where memory fails.
const WAITING: &[&str] = &["threads", "threading_module"];

fn programs() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let files = std::fs::read_dir(folder).expect("the programs").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "py")).collect();
    found.retain(|path| !WAITING.iter().any(|name| path.file_stem().is_some_and(|stem| stem == *name)));
    found.sort();
    found
}

/// What is wrong with the end of a run.
fn wrong(done: &Run, expected: &str) -> Option<String> {
    let last = done.err.lines().last().unwrap_or_default();
    match done.code {
        0 if done.out == expected => None,
        // What the program caught it shows, or takes for another error: its output has other lines then.
        0 if !done.out.is_empty() => None,
        1 if done.err.contains("MemoryError") => None,
        code => Some(format!("code {code}, {last:?}")),
    }
}

#[test]
fn end_with_memory_error() {
    let all = number("TAIPAN_FAIL_ALLOC_ALL");
    let (most, step, every) = match all {
        Some(most) => (most as usize, 1, 1),
        None => (500, 41, 7),
    };
    let mut failures = Vec::new();
    let (mut runs, mut raised) = (0, 0);
    for (i, path) in programs().iter().enumerate().filter(|(i, _)| i % every == 0) {
        println!("{}", path.display());
        let expected = std::fs::read_to_string(path.with_extension("exp")).expect("the expected output");
        for n in (1 + i % step..=most).step_by(step) {
            for option in [format!("fail-alloc={n}"), format!("fail-alloc={n}+")] {
                let done = run(taipan().args(["-X", &option]).arg(path), b"");
                runs += 1;
                raised += usize::from(done.code == 1);
                if let Some(why) = wrong(&done, &expected) {
                    println!("{option}: {why}");
                    failures.push(format!("{} {option}: {why}", path.display()));
                }
            }
        }
    }
    println!("{runs} runs, {raised} ended with MemoryError");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(raised * 2 > runs, "{raised} of {runs} ran out of memory");
}
