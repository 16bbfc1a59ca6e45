//! What native and viper functions are refused for, and with which text and line.

mod common;

use code::object::{Arch, Kind};
use compiler::{DefaultEmit, Dialect, ErrorKind, Options};

fn options(dialect: Dialect) -> Options<'static> {
    Options { arch: Arch::X64, ..common::options(dialect) }
}

/// The last line of a viper function is refused.
fn refused(body: &str) -> (ErrorKind, u32, String) {
    let source =
        format!("@micropython.viper\ndef f(o, i: int, u: uint, p: ptr8, q: ptr) -> int:\n i += 1\n {body}\n return i");
    let error = common::compile(source.as_bytes(), &options(Dialect::Exact)).expect_err(body);
    (error.kind, error.line, error.message)
}

#[test]
fn types_that_do_not_fit() {
    for (body, text) in [
        ("i = o", "local 'i' has type 'int' but source is 'object'"),
        ("z", "local 'z' used before type known"),
        ("i = u", "local 'i' has type 'int' but source is 'uint'"),
        ("return o", "return expected 'int' but got 'object'"),
        ("if q: pass", "can't implicitly convert 'ptr' to 'bool'"),
        ("-q", "can't do unary op of 'ptr'"),
        ("not i", "'not' not implemented"),
        ("i + o", "can't do binary op between 'int' and 'object'"),
        ("o not in i", "can't do binary op between 'object' and 'int'"),
        ("i ** i", "binary op  not implemented"),
        ("i < u", "comparison of int and uint"),
        ("u // u", "div/mod not implemented for uint"),
        ("i[0]", "can't load from 'int'"),
        ("i[i]", "can't load from 'int'"),
        ("p[o]", "can't load with 'object' index"),
        ("i[0] = 1", "can't store to 'int'"),
        ("p[0] = o", "can't store 'object'"),
        ("p[o] = 1", "can't store with 'object' index"),
        ("p[0] = None", "can't store 'None'"),
        ("raise i", "must raise an object"),
    ] {
        let body = body.replace('z', "z; z = 1");
        assert_eq!(refused(&body), (ErrorKind::ViperType, 4, text.into()), "{body}");
    }
}

#[test]
fn what_cannot_be_expressed() {
    for (body, text) in [
        ("yield i", "native yield"),
        ("yield from o", "native yield"),
        ("raise", "native raise"),
        ("raise o from o", "native raise"),
        ("o(ptr8(0))", "conversion to object"),
        ("int(int)", "casting"),
    ] {
        // The official compiler gives them no place.
        assert_eq!(refused(body), (ErrorKind::NotImplemented, 0, text.into()), "{body}");
    }
}

#[test]
fn annotations() {
    for (source, kind, line, text) in [
        ("def f(a: unknown): pass", ErrorKind::ViperType, 2, "unknown type 'unknown'"),
        ("def f(a) -> unknown:\n a\n a", ErrorKind::ViperType, 3, "unknown type 'unknown'"),
        ("def f(a: 1): pass", ErrorKind::Syntax, 2, "annotation must be an identifier"),
        ("def f(a: b.c): pass", ErrorKind::Syntax, 2, "annotation must be an identifier"),
        ("def f(a: 1, b: what): pass", ErrorKind::ViperType, 2, "unknown type 'what'"),
    ] {
        let source = format!("@micropython.viper\n{source}");
        let error = common::compile(source.as_bytes(), &options(Dialect::Exact)).expect_err(&source);
        assert_eq!((error.kind, error.line, &*error.message), (kind, line, text), "{source}");
    }
}

#[test]
fn decorators_choose_what_functions_and_classes_become() {
    let source = b"@micropython.native\nclass C:\n def f(self): pass\n @micropython.bytecode\n def g(self): pass\n @micropython.viper\n def h(self): pass";
    let module = common::compile(source, &options(Dialect::Exact)).expect("it compiles");
    let class = &module.root.children[0];
    let kinds: Vec<Kind> = class.children.iter().map(|child| child.kind).collect();
    assert_eq!((module.root.kind, class.kind), (Kind::Bytecode, Kind::Native));
    assert_eq!(kinds, [Kind::Native, Kind::Bytecode, Kind::Viper]);
    assert_eq!(module.arch, Arch::X64);
}

#[test]
fn the_full_dialect_falls_back_to_bytecode_unless_a_decorator_asks() {
    let source = b"def f():\n raise\ndef g(): pass";
    let all = Options { emit: DefaultEmit::Native, ..options(Dialect::Full) };
    let module = common::compile(source, &all).expect("it compiles");
    let kinds: Vec<Kind> = module.root.children.iter().map(|child| child.kind).collect();
    assert_eq!(kinds, [Kind::Bytecode, Kind::Native]);
    let exact = Options { emit: DefaultEmit::Native, ..options(Dialect::Exact) };
    assert!(common::compile(source, &exact).is_err());
    assert!(common::compile(b"@micropython.native\ndef f():\n raise", &options(Dialect::Full)).is_err());
}

#[test]
fn architectures_without_an_emitter() {
    for arch in [Arch::None, Arch::Rv64imc] {
        let some = Options { arch, ..options(Dialect::Exact) };
        let error = common::compile(b"@micropython.viper\ndef f(): pass", &some).expect_err("refused");
        assert_eq!((error.kind, &*error.message), (ErrorKind::Syntax, "invalid arch"));
    }
    let all = Options { arch: Arch::Rv64imc, emit: DefaultEmit::Native, ..options(Dialect::Exact) };
    let error = common::compile(b"x = 1", &all).expect_err("refused");
    assert_eq!(
        (error.kind, &*error.message),
        (ErrorKind::NotImplemented, "cannot emit native code for this architecture")
    );
}

#[test]
fn long_functions_take_linear_time() {
    let start = std::time::Instant::now();
    for item in ["a", "c", "a, c", "a, 1", "f()", "a.b, c", "a, d.x, 1"] {
        let source =
            format!("@micropython.native\ndef f(a, b, c, d):\n return [{}a]", format!("{item}, ").repeat(50_000));
        common::compile(source.as_bytes(), &options(Dialect::Exact)).expect(item);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
