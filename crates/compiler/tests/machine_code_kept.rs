//! The files that `tests/machine_code` becomes, by their hashes: for all architectures, emitters and versions. Those of version 6
//! (and the listing, behind its file) are what the official compiler writes, as `tests/run` finds out where that is installed; here, where it is not.
//!
//! `TAIPAN_UPDATE=1 cargo test -p taipan-compiler --test machine_code_kept` writes the expected hashes anew.

mod common;

use code::mpy;
use code::object::Arch;
use code::older::{self, Target, opcode::Form};
use compiler::{DefaultEmit, Dialect, Options};
use std::fmt::Write as _;
use std::{cell::RefCell, env, fs, path::PathBuf};

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// The bytes of a file; the error's text where it is refused.
fn file(source: &[u8], options: &Options<'_>) -> Vec<u8> {
    let module = match common::compile(source, options) {
        Ok(module) => module,
        Err(error) => return error.message.into_bytes(),
    };
    if options.machine_version == mpy::VERSION {
        return mpy::write(&module, mpy::WriteOptions { debug: false });
    }
    let form = Form { version: options.machine_version, cache_byte: false };
    match older::downgrade(&module, Target { form, unicode: true }) {
        Ok(file) => older::write(&file).expect("bytes"),
        Err(error) => error.to_string().into_bytes(),
    }
}

#[test]
fn machine_code_stays_as_it_is() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut found = String::new();
    for name in ["native.py", "viper.py"] {
        let source = fs::read(root.join("../../tests/machine_code").join(name)).expect("a source");
        for version in [4, 5, 6] {
            for &arch in Arch::ALL {
                if arch == Arch::None || !older::has_machine_code(version, arch) {
                    continue;
                }
                write!(found, "{name} {version} {}", arch.name()).expect("text");
                for emit in [DefaultEmit::Bytecode, DefaultEmit::Native, DefaultEmit::Viper] {
                    for arch_flags in if arch == Arch::Rv32imc { 0..4 } else { 0..1 } {
                        let listing = RefCell::new(String::new());
                        let list = |text: &str| listing.borrow_mut().push_str(text);
                        let options = Options {
                            listing: Some(&list),
                            arch,
                            arch_flags,
                            emit,
                            machine_version: version,
                            ..common::options(Dialect::Exact)
                        };
                        let mut bytes = file(&source, &options);
                        bytes.extend(listing.borrow().bytes());
                        write!(found, " {}:{:016x}", bytes.len(), hash(&bytes)).expect("text");
                    }
                }
                found.push('\n');
            }
        }
    }
    let path = root.join("tests/golden/machine_code.txt");
    if env::var_os("TAIPAN_UPDATE").is_some() {
        fs::write(&path, &found).expect("the text is written");
    }
    let expected = fs::read_to_string(path).expect("the expected text");
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}
