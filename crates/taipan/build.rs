//! Compiles the Python modules under `lib/` to .mpy files with debug sections, and writes the table of them. Loading such a
//! file takes about a quarter of the time of compiling its source.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    let lib = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join("../../lib");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    println!("cargo:rerun-if-changed={}", lib.display());
    let mut files = Vec::new();
    collect(&lib, &mut files);
    files.sort();
    let mut table = String::from("/// All of them.\npub static FROZEN: &[Frozen] = &[\n");
    for (number, file) in files.iter().enumerate() {
        let name = file.strip_prefix(&lib).expect("below lib").to_str().expect("ASCII names").replace('\\', "/");
        let target = out.join(format!("{number}.mpy"));
        fs::write(&target, compile(file, &name)).expect("OUT_DIR is writable");
        table += &format!("    Frozen {{ path: {name:?}, code: include_bytes!({target:?}) }},\n");
    }
    fs::write(out.join("frozen.rs"), table + "];\n").expect("OUT_DIR is writable");
}

/// The Python files in a folder and below it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder lib") {
        let path = entry.expect("the folder lib").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
}

fn compile(file: &Path, name: &str) -> Vec<u8> {
    let source = fs::read(file).expect("a readable file");
    let pointer: u32 = env::var("CARGO_CFG_TARGET_POINTER_WIDTH").ok().and_then(|n| n.parse().ok()).unwrap_or(32);
    let tree = match syntax::parse_module(&source, &syntax::Options::default()) {
        Ok(tree) => tree,
        Err(error) => panic!("{name}:{}: {}", error.line, error.message),
    };
    let options = compiler::Options {
        small_int_bits: (pointer - 1) as u8,
        ..compiler::Options::new(compiler::Dialect::Full, name.as_bytes())
    };
    match compiler::compile(&tree, &source, &options) {
        Ok(module) => code::mpy::write(&module, code::mpy::WriteOptions { debug: true }),
        Err(error) => panic!("{name}:{}: {}", error.line, error.message),
    }
}
