//! Programs about containers, run by the interpreter; the expected output is CPython's.

use std::{path::PathBuf, process::Command};

fn check(name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let output = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .arg(folder.join(name).with_extension("py"))
        .output()
        .expect("the interpreter runs");
    let expected = std::fs::read_to_string(folder.join(name).with_extension("exp")).expect("the expected output");
    let found = String::from_utf8_lossy(&output.stdout);
    for (i, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{name}, line {} of the output", i + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn random_operations() {
    check("container_operations");
}

#[test]
fn callbacks() {
    check("container_callbacks");
}
