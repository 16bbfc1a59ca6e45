//! Programs that try to bring the interpreter down: callbacks that change what is being walked, sizes near 2^62, half-built
//! instances, wrong types, deep and self-containing structures, views of resized buffers, all memory used up. Each prints `ok` at the
//! end; a crash has no exit code, an internal error has 70.
//!
//! Every file runs as it is and with freed memory poisoned; the short ones also with a collection at each allocation.
//! `random_operations.py` runs with a few seeds, with `TAIPAN_FUZZ=N` with so many.

mod common;

use std::path::{Path, PathBuf};

use common::{number, run, taipan};

/// Files that take too long with a collection at each allocation.
const LONG: &[&str] = &[
    "chains_100000_deep",
    "deep_structures",
    "half_built",
    "iterators_100000_deep",
    "long_numbers",
    "long_sources",
    "memory",
    "module_types",
    "random_operations",
    "sizes",
    "sources",
    "threads_limits",
    "wrong_arguments",
];

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile");
    let files = std::fs::read_dir(folder).expect("the folder");
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    files.sort();
    assert!(files.len() > 15, "the programs are missing");
    files
}

fn check(options: &[&str], with: impl Fn(&str) -> bool) {
    for path in files() {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        if with(name) {
            ends_with_ok(options, &path, &[]);
        }
    }
}

fn ends_with_ok(options: &[&str], path: &Path, arguments: &[&str]) {
    let scratch = common::folder();
    let limit = if path.ends_with("memory.py") { "heapsize=2M" } else { "heapsize=100M" };
    let mut command = taipan();
    command.current_dir(&scratch).args(["-X", limit]).args(options).arg(path).args(arguments);
    let done = run(&mut command, b"");
    let last = done.out.lines().last().unwrap_or_default();
    let err: String = done.err.chars().take(1000).collect();
    assert!(done.code == 0 && last == "ok", "{command:?}: code {}, last line {last:?}\n{err}", done.code);
    let _ = std::fs::remove_dir_all(scratch);
}

#[test]
fn hostile_programs_end_well() {
    check(&["-X", "poison"], |_| true);
}

#[test]
fn hostile_programs_end_well_under_stress() {
    check(&["-X", "poison", "-X", "stress"], |name| !LONG.contains(&name));
}

#[test]
fn random_operations_end_well() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/random_operations.py");
    for seed in 0..number("TAIPAN_FUZZ").unwrap_or(3) {
        ends_with_ok(&["-X", "poison"], &path, &[&seed.to_string(), "3000"]);
    }
    ends_with_ok(&["-X", "poison", "-X", "stress"], &path, &["1", "100"]);
}
