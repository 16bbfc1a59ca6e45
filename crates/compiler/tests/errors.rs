//! What is refused, and with which text.

mod common;

use compiler::{Dialect, ErrorKind};

fn check(dialect: Dialect, source: &str, line: u32, message: &str) {
    let error = common::compile(source.as_bytes(), &common::options(dialect)).expect_err(source);
    assert_eq!((error.kind, error.line, &*error.message), (ErrorKind::Syntax, line, message), "{source}");
}

#[test]
fn official_texts() {
    for (source, line, message) in [
        ("return 1", 1, "'return' outside function"),
        ("x = 1\nbreak", 2, "'break'/'continue' outside loop"),
        ("def f():\n nonlocal x", 2, "no binding for nonlocal found"),
        ("nonlocal x", 1, "can't declare nonlocal in outer code"),
        ("def f():\n x = 1\n global x", 3, "identifier redefined as global"),
        ("f() = 1", 1, "can't assign to expression"),
        ("*a, *b = 1", 1, "multiple *x in assignment"),
        ("del f()", 1, "can't delete expression"),
        ("X = const(y)", 1, "not a constant"),
        ("X = const(1)\nX = 2", 2, "can't assign to expression"),
        ("@micropython.native\ndef f(): pass", 1, "invalid arch"),
        ("def f(a=1, b): pass", 1, "non-default argument follows default argument"),
        ("def f(a, a): pass", 1, "argument name reused"),
        ("f(**a, *b)", 1, "* arg after **"),
        ("def f():\n from m import *", 2, "import * not at module level"),
        ("class C:\n yield 1", 2, "'yield' outside function"),
    ] {
        check(Dialect::Exact, source, line, message);
    }
}

#[test]
fn what_stock_firmware_cannot_run_points_at_the_option() {
    for source in [
        "try:\n pass\nexcept* ValueError:\n pass",
        "def f[T](x): pass",
        "class C[T]: pass",
        "type X = int",
        "match x:\n case C(1): pass",
    ] {
        let error = common::compile(source.as_bytes(), &common::options(Dialect::Exact)).expect_err(source);
        assert!(error.message.contains("--full"), "{source}: {}", error.message);
        common::compile(source.as_bytes(), &common::options(Dialect::Full)).expect(source);
    }
}

#[test]
fn deep_and_long_sources_are_no_danger() {
    for source in [
        format!("x = {}1{}", "(".repeat(150), ")".repeat(150)),
        format!("x = 1{}", " + a".repeat(100_000)),
        format!("x = a{}", ".b".repeat(100_000)),
        format!("with {}: pass", vec!["a"; 3000].join(", ")),
        format!("x = [{}1]", "1, ".repeat(100_000)),
        format!("x = {}1", "1 if a else ".repeat(100)),
        format!("x = {}1", "not ".repeat(200)),
        format!("x = [a {}]", "for a in b ".repeat(500)),
    ] {
        for dialect in [Dialect::Exact, Dialect::Full] {
            // Refusing is fine, dying is not.
            let _ = common::compile(source.as_bytes(), &common::options(dialect));
        }
    }
}
