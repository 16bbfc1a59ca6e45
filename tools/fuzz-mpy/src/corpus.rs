//! The files that are changed: programs of `corpus/` in all versions.

use code::{
    mpy::{self, File, WriteOptions},
    object::Module,
    older::{self, Target, opcode::Form},
};
use compiler::Dialect;

/// Sources, and the files of version 3 that the official compiler 1.9.3 made from them.
const SOURCES: &[(&str, &str, Option<&[u8]>)] = &[
    ("classes.py", include_str!("../corpus/classes.py"), Some(include_bytes!("../corpus/classes.3.mpy"))),
    ("errors.py", include_str!("../corpus/errors.py"), Some(include_bytes!("../corpus/errors.3.mpy"))),
    ("flow.py", include_str!("../corpus/flow.py"), Some(include_bytes!("../corpus/flow.3.mpy"))),
    ("functions.py", include_str!("../corpus/functions.py"), Some(include_bytes!("../corpus/functions.3.mpy"))),
    ("generators.py", include_str!("../corpus/generators.py"), Some(include_bytes!("../corpus/generators.3.mpy"))),
    ("swaps.py", include_str!("../corpus/swaps.py"), None),
    ("values.py", include_str!("../corpus/values.py"), Some(include_bytes!("../corpus/values.3.mpy"))),
];

/// A file of the corpus.
pub struct Entry {
    /// Source and version.
    pub name: String,
    /// As it is written.
    pub bytes: Vec<u8>,
    /// As it is decoded.
    pub file: File,
}

/// Compiles all sources to all versions.
pub fn corpus() -> Vec<Entry> {
    let mut all = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>| {
        let file = mpy::read_as_is(&mut &bytes[..]).unwrap_or_else(|error| panic!("{name}: {error}"));
        all.push(Entry { name, bytes, file });
    };
    for &(name, source, version_3) in SOURCES {
        for dialect in [Dialect::Exact, Dialect::Full] {
            let module = compile(name, source, dialect);
            let debug = dialect == Dialect::Full;
            add(format!("{name} {dialect:?}"), mpy::write(&module, WriteOptions { debug }));
        }
        let module = compile(name, source, Dialect::Exact);
        for (version, cache_byte) in [(5, false), (5, true), (4, false), (4, true)] {
            let target = Target { form: Form { version, cache_byte }, unicode: true };
            // What a version cannot express is missing from it.
            let Ok(file) = older::downgrade(&module, target) else { continue };
            if let Some(bytes) = older::write(&file) {
                add(format!("{name} version {version}"), bytes);
            }
        }
        if let Some(bytes) = version_3 {
            add(format!("{name} version 3"), bytes.to_vec());
        }
    }
    all
}

fn compile(name: &str, source: &str, dialect: Dialect) -> Module {
    let parsing = syntax::Options { official: dialect == Dialect::Exact, ..syntax::Options::default() };
    let tree = syntax::parse_module(source.as_bytes(), &parsing).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let options = compiler::Options::new(dialect, name.as_bytes());
    compiler::compile(&tree, source.as_bytes(), &options).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}
