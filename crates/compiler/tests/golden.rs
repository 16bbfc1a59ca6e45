//! Listings of what small sources compile to: `golden/NAME.py` in the dialect that its name ends with.
//!
//! `TAIPAN_UPDATE=1 cargo test -p taipan-compiler --test golden` writes the expected texts anew.

mod common;

use code::disasm::{self, Indices};
use compiler::Dialect;
use std::{env, fs, path::PathBuf};

fn check(name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let source = fs::read(folder.join(format!("{name}.py"))).expect("the source");
    let dialect = if name.ends_with("_full") { Dialect::Full } else { Dialect::Exact };
    let module = common::compile(&source, &common::options(dialect)).expect("code");
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
}

#[test]
fn statements() {
    check("statements_exact");
}

#[test]
fn expressions() {
    check("expressions_exact");
}

#[test]
fn newer_syntax_on_stock_firmware() {
    check("newer_exact");
}

#[test]
fn full_dialect() {
    check("differences_full");
}
