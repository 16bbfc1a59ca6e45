//! What the tests share: compiling a source, and the folder of programs.

use code::object::Module;
use compiler::{CompileError, Dialect, Options};
use std::path::PathBuf;

/// The programs of the repository, sorted.
pub fn programs() -> Vec<PathBuf> {
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

/// Options for a test.
pub fn options(dialect: Dialect) -> Options<'static> {
    Options::new(dialect, b"source.py")
}

/// Compiles a source.
pub fn compile(source: &[u8], options: &Options<'_>) -> Result<Module, CompileError> {
    let parsing = syntax::Options {
        official: options.dialect == Dialect::Exact,
        ..syntax::Options::default()
    };
    let tree = syntax::parse_module(source, &parsing)
        .map_err(|error| CompileError::parsed(error, options.dialect))?;
    compiler::compile(&tree, source, options)
}
