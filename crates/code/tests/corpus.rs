//! Every official file must be read, written back unchanged and verified.
//!
//! Run with `TAIPAN_CORPUS=folder cargo test -p taipan-code --release -- --ignored`; the folder holds
//! files of versions 6.0 to 6.3 made by the official compiler, with machine code or without.

use code::mpy::{WriteOptions, read, write};
use code::object::Kind;
use code::verify::verify;
use std::{env, fs, path::PathBuf};

fn corpus() -> Vec<PathBuf> {
    let folder = env::var_os("TAIPAN_CORPUS").expect("TAIPAN_CORPUS names a folder of .mpy files");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
#[ignore = "needs a corpus"]
fn files_are_written_back_unchanged() {
    for path in corpus() {
        let bytes = fs::read(&path).expect("a file");
        match read(&bytes) {
            Ok(module) => assert!(write(&module, WriteOptions::default()) == bytes, "{} changed", path.display()),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }
}

#[test]
#[ignore = "needs a corpus"]
fn files_are_verified() {
    let (mut checked, mut careful, mut refused) = (0, 0, 0);
    for path in corpus() {
        let module = read(&fs::read(&path).expect("a file")).expect("a module");
        let mut waiting = vec![&module.root];
        while let Some(code) = waiting.pop() {
            waiting.extend(&code.children);
            if code.kind != Kind::Bytecode {
                continue;
            }
            checked += 1;
            match verify(&module, code) {
                Ok(verified) => {
                    if let Some(doubt) = verified.doubt {
                        careful += 1;
                        println!("careful: {} {doubt:?}", path.display());
                    }
                }
                Err(error) => {
                    refused += 1;
                    println!("{}: {error}", path.display());
                }
            }
        }
    }
    println!("{checked} code objects, {careful} careful, {refused} refused");
    assert_eq!(refused, 0);
}
