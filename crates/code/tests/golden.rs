//! Listings of files that the official compiler (1.29) made from `golden/*.py`.
//!
//! `TAIPAN_UPDATE=1 cargo test -p taipan-code --test golden` writes the expected texts anew.

use code::disasm::{self, Indices};
use code::mpy::read;
use code::verify::verify;
use std::{env, fs, path::PathBuf};

fn check(name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bytes = fs::read(folder.join(format!("{name}.mpy"))).expect("the file");
    let module = read(&bytes).expect("a module");
    let mut listing = String::new();
    disasm::module(&mut listing, &module, &Indices).expect("text");
    let expected = folder.join(format!("{name}.txt"));
    if env::var_os("TAIPAN_UPDATE").is_some() {
        fs::write(&expected, &listing).expect("the text is written");
    }
    let expected = fs::read_to_string(expected).expect("the expected text");
    for (number, (found, expected)) in listing.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{name}, line {}", number + 1);
    }
    assert_eq!(listing.len(), expected.len());
    let mut waiting = vec![&module.root];
    while let Some(code) = waiting.pop() {
        let verified = verify(&module, code).expect("sound code");
        assert_eq!(verified.doubt, None);
        waiting.extend(&code.children);
    }
}

#[test]
fn functions() {
    check("functions");
}

#[test]
fn flow() {
    check("flow");
}
