//! Nesting of every kind ends in an error, not in an overflow; long flat sources are linear.

use std::time::Instant;
use syntax::{Options, parse_expression, parse_module};

/// Runs on a small native stack.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(work);
    thread.expect("a thread starts").join().expect("no panic and no overflow");
}

/// What nests, with what closes it, around an innermost part.
const NESTS: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{", "1", "}"),
    ("{1:", "1", "}"),
    ("{1 ", "1", "}"),
    ("(a 1, ", "1", ")"),
    ("f(", "1", ")"),
    ("f(*", "a", ")"),
    ("f(k=", "a", ")"),
    ("a[", "1", "]"),
    ("a[1:", "1", "]"),
    ("(*", "a", ",)"),
    ("-", "1", ""),
    ("not ", "1", ""),
    ("~+-", "1", ""),
    ("lambda: ", "1", ""),
    ("lambda a=", "1", ": 1"),
    ("1 if (", "1", ") else 1"),
    ("1 if 1 else ", "1", ""),
    ("2**", "1", ""),
    ("(a := ", "1", ")"),
    ("(yield ", "1", ")"),
    ("[a for a in ", "a", "]"),
    ("(a for a in a if ", "a", ")"),
    ("a or b and c == d | e ^ f & g << h + i * (", "1", ")"),
    ("a or b and not c == d | e ^ f & g << h + i * -(yield ", "1", ")"),
    ("await f(", "1", ")"),
    ("f'{", "1", "}'"),
    ("f'{a:{", "1", "}}'"),
    ("t'{", "1", "}'"),
];

#[test]
fn deep_nesting_is_an_error() {
    for &(open, inner, close) in NESTS {
        for depth in [10_000, 100_000] {
            let source = format!("{}{inner}{}\n", open.repeat(depth), close.repeat(depth));
            let open = open.to_string();
            on_small_stack(move || {
                for official in [false, true] {
                    let options = Options { official, ..Options::default() };
                    let error = parse_module(&source, &options).expect_err(&open);
                    assert!(
                        error.message.contains("too many nested") || error.message.contains("too deeply"),
                        "{open}: {}",
                        error.message
                    );
                }
                assert!(parse_expression(&source, &Options::default()).is_err());
                assert!(parse_module(format!("for {source}"), &Options::default()).is_err());
            });
        }
    }
}

#[test]
fn moderate_nesting_is_accepted() {
    for &(open, inner, close) in NESTS {
        if open.contains("a:{") || open.contains("1 ") && !open.contains("if") || open.contains("a 1") {
            continue;
        }
        let source = format!("{}{inner}{}\n", open.repeat(20), close.repeat(20));
        on_small_stack(move || {
            if let Err(error) = parse_module(&source, &Options::default()) {
                panic!("{source}: {}", error.message);
            }
        });
    }
    on_small_stack(|| {
        for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")")] {
            let source = format!("{}1{}", open.repeat(199), close.repeat(199));
            assert!(parse_module(source, &Options::default()).is_ok(), "{open}");
        }
    });
}

#[test]
fn patterns_nest_with_a_limit() {
    for (open, close) in [("[", "]"), ("(", ",)"), ("{1:", "}"), ("C(", ")"), ("C(a=", ")")] {
        let case = |depth: usize| format!("match x:\n case {}y{}: pass\n", open.repeat(depth), close.repeat(depth));
        let (deep, fine) = (case(100_000), case(50));
        on_small_stack(move || {
            assert!(parse_module(deep, &Options::default()).is_err());
            assert!(parse_module(fine, &Options::default()).is_ok());
        });
    }
}

/// A block inside a block, `depth` times.
fn blocks(header: &str, depth: usize) -> String {
    let mut source = String::new();
    for level in 0..depth {
        source += &" ".repeat(level);
        source += header;
        source += "\n";
    }
    source + &" ".repeat(depth) + "pass\n"
}

#[test]
fn blocks_nest_with_a_limit() {
    for header in ["if 1:", "while 1:", "for a in b:", "with a:", "def f():", "class C:", "async def f():"] {
        let (deep, fine) = (blocks(header, 3000), blocks(header, 99));
        on_small_stack(move || {
            let error = parse_module(deep, &Options::default()).expect_err("too deep");
            assert_eq!(error.message, "too many levels of indentation");
            assert!(parse_module(fine, &Options::default()).is_ok());
        });
    }
}

#[test]
fn blocks_and_expressions_together_fit_the_stack() {
    let deepest = "a or b and c == d | e ^ f & g << h + i * (".repeat(199);
    let source = blocks("if 1:", 99).replace("pass\n", &deepest);
    on_small_stack(move || assert!(parse_module(source, &Options::default()).is_err()));
}

#[test]
fn long_flat_sources_are_linear() {
    let long = 300_000;
    let sources: &[(&str, String)] = &[
        ("terms", "1".to_string() + &"+1".repeat(long)),
        ("mixed terms", "1".to_string() + &"+a*b".repeat(long)),
        ("attributes", "a".to_string() + &".b".repeat(long)),
        ("calls", "a".to_string() + &"()".repeat(long)),
        ("comparisons", "a".to_string() + &"<b".repeat(long)),
        ("and", "a".to_string() + &" and b".repeat(long)),
        ("list", format!("[{}]", "1,".repeat(long))),
        ("dict", format!("{{{}}}", "1:2,".repeat(long))),
        ("arguments", format!("f({})", "1,".repeat(long))),
        ("strings", "'a' ".repeat(long)),
        ("f-strings", "f'{a}' ".repeat(long)),
        ("targets", "a = ".repeat(long) + "1"),
        ("lines", "a = b\n".repeat(long)),
        ("elif", "if a: b\n".to_string() + &"elif a: b\n".repeat(long)),
        ("clauses", format!("[a {}]", "for a in b ".repeat(long))),
        ("parameters", format!("def f({}): pass", (0..long).map(|n| format!("a{n},")).collect::<String>())),
        ("semicolons", "a;".repeat(long)),
        ("match lines", "match[0]\n".repeat(long)),
        ("withs", "with (a): b\n".repeat(long)),
        ("continuations", "a + \\\n".repeat(long) + "a"),
        ("empty lines", "\n".repeat(long) + "  a"),
        ("comments", "# a\n".repeat(long)),
    ];
    for (name, source) in sources {
        let source = source.clone();
        let name = name.to_string();
        on_small_stack(move || {
            let start = Instant::now();
            let result = parse_module(&source, &Options::default());
            if name != "empty lines" {
                assert!(result.is_ok(), "{name}: {:?}", result.err());
            }
            // Quadratic work would take minutes.
            assert!(start.elapsed().as_secs() < 20, "{name} took {:?}", start.elapsed());
        });
    }
}
