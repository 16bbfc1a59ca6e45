//! Listings of files that the official compilers made from `golden/*.py`: `older*.mpy` those of 1.9.3 (version 3), 1.11 (4)
//! and 1.12 (5; `c`: with cache bytes), the others that of 1.29.
//!
//! `TAIPAN_UPDATE=1 cargo test -p taipan-code --test golden` writes the expected texts anew.

use code::disasm::{self, Indices};
use code::mpy::read;
use code::verify::verify;
use std::{env, fs, path::PathBuf};

/// The listing of `golden/{name}.mpy` is `golden/{listing}.txt`. `careful`: code objects that cannot be proved.
fn check(name: &str, listing: &str, careful: usize) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bytes = fs::read(folder.join(format!("{name}.mpy"))).expect("the file");
    let module = read(&bytes).expect("a module");
    let expected = folder.join(format!("{listing}.txt"));
    let mut listing = String::new();
    disasm::module(&mut listing, &module, &Indices).expect("text");
    if env::var_os("TAIPAN_UPDATE").is_some() {
        fs::write(&expected, &listing).expect("the text is written");
    }
    let expected = fs::read_to_string(expected).expect("the expected text");
    for (number, (found, expected)) in listing.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{name}, line {}", number + 1);
    }
    assert_eq!(listing.len(), expected.len());
    let mut doubts = 0;
    let mut waiting = vec![&module.root];
    while let Some(code) = waiting.pop() {
        let verified = verify(&module, code).expect("sound code");
        doubts += usize::from(verified.careful);
        waiting.extend(&code.children);
    }
    assert_eq!(doubts, careful);
}

#[test]
fn functions() {
    check("functions", "functions", 0);
}

#[test]
fn flow() {
    check("flow", "flow", 0);
}

#[test]
fn version_3() {
    check("older3", "older3", 1);
}

#[test]
fn version_4() {
    check("older4", "older4", 1);
    check("older4c", "older4", 1);
}

#[test]
fn version_5() {
    check("older5", "older5", 1);
    check("older5c", "older5", 1);
}
