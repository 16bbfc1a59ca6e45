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

fn check(options: &[&str]) {
    let mut wrong = Vec::new();
    for path in programs() {
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
    check(&[]);
}

#[test]
fn print_the_same_under_stress() {
    check(&["-X", "stress", "-X", "poison"]);
}
