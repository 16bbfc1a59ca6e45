//! Every official file must be read, written back unchanged and verified.
//!
//! Run with `TAIPAN_CORPUS=folder cargo test -p taipan-code --release -- --ignored`; the folder holds
//! files of versions 3 to 6.3 made by the official compilers, with machine code or without.

use code::mpy::{File, WriteOptions, read, read_as_is, write};
use code::object::Kind;
use code::older;
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
        let written = match read_as_is(&mut &bytes[..]) {
            Ok(File::Current(module)) => Some(write(&module, WriteOptions::default())),
            Ok(File::Older(file)) if file.form.version == 3 => continue,
            Ok(File::Older(file)) => older::write(&file),
            Err(error) => panic!("{}: {error}", path.display()),
        };
        assert!(written == Some(bytes), "{} changed", path.display());
    }
}

#[test]
#[ignore = "needs a corpus"]
fn files_are_verified() {
    let (mut checked, mut careful, mut refused) = (0, 0, 0);
    for path in corpus() {
        let module = match read(&fs::read(&path).expect("a file")) {
            Ok(module) => module,
            Err(error) if error.detail.contains("machine code") => continue,
            Err(error) => panic!("{}: {error}", path.display()),
        };
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

/// Bytecode of version 5 becomes the same file again after a translation there and back, but for the names of version 4's
/// preludes, calls with `*` (they may get more slots) and what the newer labels and tables cannot keep.
#[test]
#[ignore = "needs a corpus"]
fn files_are_translated_there_and_back() {
    let (mut same, mut other) = (0, 0);
    for path in corpus() {
        let bytes = fs::read(&path).expect("a file");
        let (Ok(File::Older(file)), Ok(module)) = (read_as_is(&mut &bytes[..]), read(&bytes)) else { continue };
        if file.form.version == 3 {
            continue;
        }
        let back = older::downgrade(&module, older::Target { form: file.form, unicode: file.unicode }).expect("a file");
        match older::write(&back).expect("bytes") == bytes {
            true => same += 1,
            false => {
                other += 1;
                println!("{}", path.display());
            }
        }
    }
    println!("{same} the same, {other} others");
}
