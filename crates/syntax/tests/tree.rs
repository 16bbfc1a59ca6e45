//! What the tree promises to the compiler beyond its shape (which `tools/compare-ast` checks).

use syntax::tree::*;
use syntax::{Options, parse_expression, parse_module};

fn module(source: &str) -> Tree {
    match parse_module(source, &Options::default()) {
        Ok(tree) => tree,
        Err(error) => panic!("{source}: {}", error.message),
    }
}

fn text(source: &str, span: Span) -> &str {
    &source[span.start as usize..span.end as usize]
}

#[test]
fn names_are_numbered_in_source_order() {
    let tree = module("b.match(c, d=a)\nmatch = type\nmatch b:\n case e: pass\n");
    let names: Vec<&str> = tree.names.iter().map(|name| &**name).collect();
    assert_eq!(names, ["b", "match", "c", "d", "a", "type", "case", "e"]);
}

#[test]
fn names_are_normalised() {
    let tree = module("ﬁ = fi\n");
    assert_eq!(tree.names.len(), 1);
    assert_eq!(tree.name(NameId(0)), "fi");
}

#[test]
fn strings_know_whether_they_were_names() {
    let cases = [
        ("some_long_name; 'some_long_name'", true),
        ("'some_long_name'; some_long_name", false),
        ("a.some_long_name('some_' 'long_name')", true),
        ("f(some_long_name='some_long_name')", true),
        ("def f(some_long_name): 'some_long_name'", true),
        ("'lambda'; lambda: 'lambda'", false),
        ("b'some_long_name'; 'some_long_name'", false),
    ];
    for (source, expected) in cases {
        let tree = module(source);
        let seen = tree.exprs.iter().any(|expr| matches!(expr.kind, ExprKind::Str { seen_as_name: true, .. }));
        assert_eq!(seen, expected, "{source}");
    }
}

#[test]
fn literals_are_decoded() {
    let cases: &[(&str, &[u8])] = &[
        (r"'\x41\u00e9\U0001f600\101\n'", "Aé\u{1f600}A\n".as_bytes()),
        (r"'\ud800'", b"\xed\xa0\x80"),
        (
            r"'\d\
x'", br"\dx",
        ),
        ("'''a\r\nb\rc'''", b"a\nb\nc"),
        (r"r'\n'", br"\n"),
        (r"b'\xff\777\u1'", b"\xff\xff\\u1"),
        (r"'\N{BULLET}'", "\u{2022}".as_bytes()),
        ("'{{}}'", b"{{}}"),
    ];
    for &(source, expected) in cases {
        let tree = module(source);
        assert_eq!(tree.text(TextId(0)), expected, "{source}");
    }
    let tree = module("0xFFFF_FFFF_FFFF_FFFF; 0X1_0000_0000_0000_0000; 1_0.5E-3; 1_0J; 007j");
    assert!(tree.exprs.iter().any(|expr| matches!(expr.kind, ExprKind::Int(u64::MAX))));
    let texts: Vec<_> = tree.texts.iter().map(|text| std::str::from_utf8(text).unwrap()).collect();
    assert_eq!(texts, ["0x10000000000000000", "10.5e-3", "10", "007"]);
}

#[test]
fn fields_have_their_source() {
    let source = "f'a{{{ b + 1 = !r:>{c}}}}z' 'q'";
    let tree = module(source);
    let Some(ExprKind::FString(pieces)) = tree.exprs.last().map(|expr| expr.kind) else {
        panic!("no f-string");
    };
    let pieces = tree.list(pieces);
    let [Piece::Text { text: before, formatted: true, .. }, field, Piece::Text { .. }, last] = pieces else {
        panic!("{pieces:?}");
    };
    assert_eq!(tree.text(*before), b"a{");
    let Piece::Field { source: value, debug, conversion, spec: Some(spec), span, .. } = *field else {
        panic!("{field:?}");
    };
    assert_eq!(text(source, value), " b + 1 ");
    assert_eq!(text(source, debug), " b + 1 = ");
    assert_eq!(text(source, span), "{ b + 1 = !r:>{c}}");
    assert_eq!(conversion, b'r');
    assert_eq!(tree.list(spec).len(), 2);
    assert!(matches!(last, Piece::Text { formatted: false, .. }));
}

#[test]
fn spans_and_parentheses() {
    let source = "((a) + (b)) * c";
    let tree = module(source);
    let StmtKind::Expr(product) = tree[tree.list(tree.body)[0]].kind else { panic!("no expression") };
    assert_eq!(text(source, tree[product].span), source);
    let ExprKind::Chain { first, .. } = tree[product].kind else { panic!("no chain") };
    assert_eq!(text(source, tree[first].span), "(a) + (b)");
    assert!(tree[first].paren && !tree[product].paren);
    let ExprKind::Chain { first: a, .. } = tree[first].kind else { panic!("no chain") };
    assert_eq!(text(source, tree[a].span), "a");
    let source = "@x\n\nasync def f():\n  y\n\n  z # c\n\n\nw";
    let tree = module(source);
    let stmt = tree[tree.list(tree.body)[0]];
    assert_eq!(text(source, stmt.span), "@x\n\nasync def f():\n  y\n\n  z");
    let StmtKind::FuncDef(def) = stmt.kind else { panic!("no function") };
    assert_eq!((def.def_start, tree.line(def.def_start)), (4, 3));
    let tree = module("(a, b)\n(a, b),\n()\n(x for x in y)\nf(x for x in y)\n");
    let parens: Vec<bool> = tree
        .exprs
        .iter()
        .filter(|expr| matches!(expr.kind, ExprKind::Tuple(_) | ExprKind::Generator { .. }))
        .map(|expr| expr.paren)
        .collect();
    assert_eq!(parens, [true, true, false, true, true, false]);
}

#[test]
fn expressions_alone() {
    for good in ["1", " \t1 \n\n", "a, b", "(\n1)", "lambda: 0", "a # c", "*a, b"] {
        let tree = parse_expression(good, &Options::default());
        assert!(tree.is_ok_and(|tree| tree.list(tree.body).len() == 1), "{good}");
    }
    for bad in ["", " ", "a = 1", "a; b", "pass", "a\nb", "yield"] {
        assert!(parse_expression(bad, &Options::default()).is_err(), "{bad}");
    }
}
