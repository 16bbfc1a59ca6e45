//! What the programs of `tests/tracebacks` write to standard error is what CPython 3.13 writes (the files beside them).

mod common;

use std::path::PathBuf;

#[test]
fn are_those_of_cpython() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/tracebacks");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        count += 1;
        let expected = std::fs::read_to_string(path.with_extension("exp")).expect("the expected text");
        let name = path.file_name().expect("a file");
        let run = common::run(common::taipan().current_dir(&folder).arg(name), b"");
        if run.code != 1 || run.err != expected {
            wrong.push(format!("{}:\n{}\nexpected:\n{expected}", path.display(), run.err));
        }
    }
    assert!(count >= 8, "too few programs");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn are_in_colours_if_asked() {
    let run = |name: &str, value: &str| common::run(common::taipan().env(name, value).args(["-c", "1 / 0"]), b"").err;
    let plain = "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    1 / 0\n    ~~^~~\n\
                 ZeroDivisionError: division by zero\n";
    assert_eq!(run("NO_COLOR", "1"), plain);
    assert_eq!(run("FORCE_COLOR", ""), plain);
    let colored = "Traceback (most recent call last):\n  \
                   File \x1b[35m\"<stdin>\"\x1b[0m, line \x1b[35m1\x1b[0m, in \x1b[35m<module>\x1b[0m\n    \
                   \x1b[31m1 \x1b[0m\x1b[1;31m/\x1b[0m\x1b[31m 0\x1b[0m\n    \
                   \x1b[31m~~\x1b[0m\x1b[1;31m^\x1b[0m\x1b[31m~~\x1b[0m\n\
                   \x1b[1;35mZeroDivisionError\x1b[0m: \x1b[35mdivision by zero\x1b[0m\n";
    assert_eq!(run("FORCE_COLOR", "1"), colored);
    let official = "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nZeroDivisionError: division by zero\n";
    let out = common::run(common::taipan().env("TAIPAN_TRACEBACK", "micropython").args(["-c", "1 / 0"]), b"").out;
    assert_eq!(out, official);
}
