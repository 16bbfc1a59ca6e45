//! Every program of `tests/programs` prints what the file beside it says; also with a collection at each allocation and freed
//! memory overwritten.

mod common;

use std::path::PathBuf;

fn programs() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of programs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "py"))
        .collect();
    found.sort();
    assert!(found.len() >= 10, "too few programs: {found:?}");
    found
}

/// Programs that ask for what machine code does not have: instructions and lines, for tracebacks and `settrace`, too; names of
/// unbound locals in errors; polls in loops that call nothing; and one that wants memory back at once, where the registers and
/// stack of machine code still hold it.
const NOT_NATIVE: &[&str] = &[
    "coroutines",
    "dead_code",
    "first_calls",
    "introspection",
    "scheduled_calls",
    "traceback_module",
    "tracing",
    "unit_tests",
    "weak_references",
];

fn check(options: &[&str], left_out: &[&str]) {
    let mut wrong = Vec::new();
    for path in programs() {
        if path.file_stem().is_some_and(|stem| left_out.iter().any(|name| stem == *name)) {
            continue;
        }
        let expected = std::fs::read_to_string(path.with_extension("exp")).expect("the expected output");
        let run = common::run(common::taipan().args(options).arg(&path), b"");
        if run.code != 0 || run.out != expected {
            let at = run.out.lines().zip(expected.lines()).position(|(a, b)| a != b);
            wrong.push(format!("{}: code {}, first difference in line {at:?}\n{}", path.display(), run.code, run.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn print_what_they_should() {
    check(&[], &[]);
}

#[test]
fn print_the_same_under_stress() {
    check(&["-X", "stress", "-X", "poison"], &[]);
}

#[test]
#[cfg(all(target_arch = "x86_64", unix))]
fn print_the_same_as_machine_code() {
    check(&["-X", "emit=native"], NOT_NATIVE);
    check(&["-X", "emit=native", "-X", "stress", "-X", "poison"], NOT_NATIVE);
}
