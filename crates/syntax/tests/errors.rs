//! Sources that are refused, with place and message; sources that are accepted.
//!
//! `errors.txt` has one source per line with `\n` for line ends, a tab, the place and the message.
//! The messages are those of CPython 3.13 or 3.14 except where ours says more; `accepted.txt` has
//! sources only. Run with `TAIPAN_BLESS=1` to write what the parser says now.

use syntax::{Options, check::check, parse_module};

fn outcome(source: &str) -> Result<(), String> {
    let source = source.replace("\\n", "\n").replace("\\t", "\t");
    let result = parse_module(&source, &Options::default()).and_then(|tree| check(&tree, source.as_bytes()));
    result.map_err(|error| {
        let (line, column) = (error.line, error.column);
        format!("{line}:{column} {}: {}", error.kind.name(), error.message)
    })
}

#[test]
fn refused_with_message() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/errors.txt");
    let text = std::fs::read_to_string(file).expect("the list is there");
    let mut blessed = String::new();
    let mut wrong = Vec::new();
    for line in text.lines() {
        let (source, expected) = line.split_once('\t').expect("a tab");
        let found = outcome(source).err().unwrap_or("accepted".into());
        blessed += &format!("{source}\t{found}\n");
        if found != expected {
            wrong.push(format!("{source}\n  expected {expected}\n  found    {found}"));
        }
    }
    if std::env::var_os("TAIPAN_BLESS").is_some() {
        std::fs::write(file, blessed).expect("the list can be written");
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(text.lines().count() > 300);
}

#[test]
fn accepted() {
    let text = include_str!("accepted.txt");
    let wrong: Vec<String> =
        text.lines().filter_map(|source| outcome(source).err().map(|error| format!("{source}: {error}"))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(text.lines().count() > 100);
}

#[test]
fn official_messages() {
    let cases = [
        ("x = 1\n  y = 2\n", "unexpected indent"),
        ("if x:\n    y\n  z\n", "unindent doesn't match any outer indent level"),
        ("f'{'", "malformed f-string"),
        ("f'}'", "malformed f-string"),
        ("f() = 1", "can't assign to expression"),
        ("del f()", "can't delete expression"),
        ("def f(a=1, b): pass", "non-default argument follows default argument"),
        ("f(1=2)", "LHS of keyword arg must be an id"),
        ("a b", "invalid syntax"),
    ];
    for (source, short) in cases {
        let options = Options { official: true, ..Options::default() };
        let error = parse_module(source, &options).expect_err(source);
        assert_eq!(error.short, short, "{source}");
    }
}

#[test]
fn encodings() {
    let cases: &[(&[u8], Option<&str>)] = &[
        (b"\xef\xbb\xbfx = 1\n", None),
        (b"# coding: utf-8\nx\n", None),
        (b"#!/bin/x\n# -*- coding: UTF_8 -*-\nx\n", None),
        (b"x\n# coding: latin-1\n", None),
        (b"# coding: latin-1\nx\n", Some("unsupported encoding: latin-1, expected utf-8")),
        (b"x\x00", Some("source code cannot contain null bytes")),
        (
            b"a\nb = '\xff'",
            Some("(unicode error) 'utf-8' codec can't decode byte 0xff in position 7: invalid start byte"),
        ),
        (
            b"\xe2\x82",
            Some("(unicode error) 'utf-8' codec can't decode byte 0xe2 in position 0: unexpected end of data"),
        ),
        (b"a\r\nb\rc\n", None),
        (b"\x0cif a:\n\x0c  b\n", None),
        (b"", None),
        (b"\\\n", None),
        (b"x\n  \\\n", None),
        (b"x\\\n", Some("unexpected EOF while parsing")),
    ];
    for &(source, expected) in cases {
        let found = parse_module(source, &Options::default()).err().map(|error| error.message);
        assert_eq!(found.as_deref(), expected, "{}", source.escape_ascii());
    }
    assert!(syntax::parse_interactive(b"\\\n", &Options::default()).is_err());
    let error = parse_module(b"a\nb = '\xff'", &Options::default()).expect_err("invalid");
    assert_eq!((error.line, error.column, error.span.start), (2, 6, 7));
}

/// What only the official parser takes; its compiler refuses some of it later.
#[test]
fn official_leniency() {
    let cases = [
        "(a, b): int",
        "f(): int",
        "1: int",
        "a + b: int",
        "def f(*): pass",
        "def f(a, *): pass",
        "def f(*, **k): pass",
        "lambda *: 1",
        "from a import b,",
        "1_",
        "1__0",
        "0x__1",
        "1_e5",
        "1.5_j",
        "f((a)=1)",
        "b'é'",
        "class C(a for a in b): pass",
        "if a:\n\tb\n        c\n",
        "f(a=1, b)",
        "# coding: latin-1\na",
    ];
    for source in cases {
        let options = Options { official: true, ..Options::default() };
        assert!(parse_module(source, &options).is_ok(), "{source}");
        assert!(parse_module(source, &Options::default()).is_err(), "{source}");
    }
}
