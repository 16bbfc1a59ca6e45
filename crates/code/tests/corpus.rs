//! Every official file must be read, written back unchanged and verified.
//!
//! Run with `TAIPAN_CORPUS=folder cargo test -p taipan-code --release -- --ignored`; the folder holds
//! files of versions 3 to 6.3 made by the official compilers, with machine code or without.

use code::disasm::{self, Indices};
use code::mpy::{File, WriteOptions, read, read_as_is, write};
use code::object::{Kind, Module};
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

/// The listing of a module, and its instructions alone.
fn list(module: &Module) -> (String, Vec<String>) {
    let mut listing = String::new();
    disasm::module(&mut listing, module, &Indices).expect("text");
    let instructions = listing.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let instructions = instructions.map(str::to_owned).collect();
    (listing, instructions)
}

/// Bytecode of version 5 becomes the same file again after a translation there and back, but for calls with `*`: functions
/// that contain them get more slots. Line tables may take other steps to the same lines.
#[test]
#[ignore = "needs a corpus"]
fn files_are_translated_there_and_back() {
    let (mut same, mut other_steps, mut with_stars) = (0, 0, 0);
    for path in corpus() {
        let bytes = fs::read(&path).expect("a file");
        let (Ok(File::Older(file)), Ok(module)) = (read_as_is(&mut &bytes[..]), read(&bytes)) else { continue };
        if file.form.version != 5 {
            continue;
        }
        let (listing, instructions) = list(&module);
        if listing.contains("_VAR_KW ") {
            with_stars += 1;
            continue;
        }
        let back = older::downgrade(&module, older::Target { form: file.form, unicode: file.unicode }).expect("a file");
        let written = older::write(&back).expect("bytes");
        same += usize::from(written == bytes);
        other_steps += usize::from(written != bytes);
        let again = read(&written).expect("a module");
        assert!(list(&again).1 == instructions, "{} changed", path.display());
    }
    assert!(other_steps * 100 <= same);
    println!("{same} the same, {other_steps} with other steps, {with_stars} with * arguments");
}
