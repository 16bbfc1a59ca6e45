//! What the tests share: compiling a source.

use code::object::Module;
use compiler::{CompileError, Dialect, Options};

/// Options for a test.
pub fn options(dialect: Dialect) -> Options<'static> {
    Options::new(dialect, b"source.py")
}

/// Compiles a source.
pub fn compile(source: &[u8], options: &Options<'_>) -> Result<Module, CompileError> {
    let parsing = syntax::Options { official: options.dialect == Dialect::Exact, ..syntax::Options::default() };
    let tree = syntax::parse_module(source, &parsing).map_err(|error| CompileError::parsed(error, options.dialect))?;
    compiler::compile(&tree, source, options)
}
