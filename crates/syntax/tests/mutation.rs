//! Damaged sources end in a tree or an error, never in a panic, and every span of an error lies in
//! the source. With `TAIPAN_CORPUS=DIR` the Python files there are damaged too.

use std::path::Path;
use syntax::{Options, check::check, diagnostic, parse_expression, parse_module};

/// A small generator of pseudo-random numbers, so that runs repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

/// What is put into sources.
const PARTS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ";",
    ".",
    "=",
    ":=",
    "*",
    "**",
    "@",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\n    ",
    "\\\n",
    "\\",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "f'",
    "t\"",
    "rf'''",
    "b'",
    "{{",
    "}}",
    "!r",
    "if ",
    "else ",
    "for ",
    "in ",
    "lambda ",
    "match ",
    "case ",
    "type ",
    "async ",
    "await ",
    "yield ",
    "def ",
    "class ",
    "with ",
    "as ",
    "try:",
    "except ",
    "except* ",
    "import ",
    "from ",
    "global x",
    "nonlocal x",
    "_",
    "é",
    "\u{200b}",
    "\u{feff}",
    "\0",
    "0x",
    "1_",
    "1e",
    "1j",
    "...",
    "->",
    "!=",
    "#",
    "\x0c",
    "\u{1f600}",
    "\\N{",
    "\\x",
    "\\u",
    "return ",
    "not ",
    "is ",
    "del ",
    "print ",
    "`",
    "$",
    "?",
    "1",
    "a",
];

fn damage(source: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = source.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            3 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            _ => {
                let part = PARTS[random.below(PARTS.len())];
                bytes.splice(at..at, part.bytes());
            }
        }
    }
    bytes
}

fn survives(source: &[u8]) {
    for official in [false, true] {
        let options = Options { official, ..Options::default() };
        let result = parse_module(source, &options).and_then(|tree| {
            for expr in &tree.exprs {
                assert!(expr.span.start <= expr.span.end && expr.span.end as usize <= source.len());
            }
            for stmt in &tree.stmts {
                assert!(stmt.span.start <= stmt.span.end && stmt.span.end as usize <= source.len());
            }
            check(&tree, source)
        });
        if let Err(error) = result {
            assert!(error.span.start <= error.span.end, "{error:?}");
            assert!(error.span.end as usize <= source.len().max(1), "{error:?}");
            assert!(error.line >= 1 && error.column >= 1, "{error:?}");
            assert!(!diagnostic::render(&error, "a", source, diagnostic::Style::Plain).is_empty());
        }
    }
    let _ = parse_expression(source, &Options::default());
}

#[test]
fn damaged_lines() {
    let mut random = Random(1);
    let texts = [include_str!("accepted.txt"), include_str!("errors.txt")];
    for text in texts {
        for line in text.lines() {
            let source = line.split('\t').next().unwrap_or("").replace("\\n", "\n").replace("\\t", "\t");
            survives(source.as_bytes());
            for _ in 0..30 {
                survives(&damage(source.as_bytes(), &mut random));
            }
        }
    }
}

#[test]
fn damaged_files() {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/accepted.txt")];
    if let Some(corpus) = std::env::var_os("TAIPAN_CORPUS") {
        let entries = std::fs::read_dir(corpus).expect("the corpus is a directory");
        files.extend(entries.map(|entry| entry.expect("an entry").path()));
        files.retain(|path| path.extension().is_some_and(|ext| ext == "py" || ext == "txt"));
    }
    let mut random = Random(2);
    for path in files {
        let Ok(source) = std::fs::read(&path) else {
            continue;
        };
        for _ in 0..20 {
            survives(&damage(&source, &mut random));
        }
    }
}
