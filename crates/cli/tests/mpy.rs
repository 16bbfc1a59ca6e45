//! Compiled files: run as a program, imported, refused.

mod common;

use common::{folder, run, taipan};
use std::path::Path;
use std::process::Command;

fn cross(folder: &Path, args: &[&str]) {
    let done = run(Command::new(env!("CARGO_BIN_EXE_taipan-cross")).args(args).current_dir(folder), b"");
    assert_eq!((done.code, &*done.err), (0, ""));
}

/// Runs a program text in a folder.
fn program(folder: &Path, text: &str) -> common::Run {
    run(taipan().args(["-c", text]).current_dir(folder), b"")
}

#[test]
fn a_file_is_a_program() {
    let folder = folder();
    std::fs::write(folder.join("p.py"), "import sys\nprint(__name__, __file__, sys.argv[1:])\n1 // 0\n").unwrap();
    cross(&folder, &["p.py"]);
    let done = run(taipan().args(["p.mpy", "a"]).current_dir(&folder), b"");
    assert_eq!((done.code, &*done.out), (1, "__main__ p.mpy ['a']\n"));
    assert!(done.err.contains("File \"p.py\", line 3") && done.err.ends_with("division by zero\n"), "{}", done.err);
}

#[test]
fn sources_and_packages_come_first() {
    let folder = folder();
    for (name, text) in [("m", "print('compiled')"), ("pack/__init__", "print('package')"), ("pack/sub", "x = 1")] {
        std::fs::create_dir_all(folder.join("pack")).unwrap();
        let source = format!("{name}.py");
        std::fs::write(folder.join(&source), text).unwrap();
        cross(&folder, &[&source]);
        std::fs::remove_file(folder.join(&source)).unwrap();
    }
    let all = "import m, pack.sub; print(m.__file__, pack.__file__, pack.sub.x)";
    assert_eq!(program(&folder, all).out, "compiled\npackage\nm.mpy pack/__init__.mpy 1\n");
    std::fs::write(folder.join("m.py"), "print('source')").unwrap();
    assert_eq!(program(&folder, "import m").out, "source\n");
}

/// The official compilers 1.9.3, 1.11 and 1.12 made them from `older.py`.
#[test]
fn files_of_older_versions_run() {
    let folder = folder();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../code/tests/golden");
    for opened in ["f", "g"] {
        std::fs::write(folder.join(opened), "").unwrap();
    }
    let mut expected = None;
    for name in ["older", "older3", "older4", "older4c", "older5", "older5c"] {
        for suffix in ["py", "mpy"] {
            let file = format!("{name}.{suffix}");
            if std::fs::copy(golden.join(&file), folder.join(&file)).is_err() {
                continue;
            }
            let text = format!(
                "import {name} as m
class F:
    def __call__(self, *a, **k): print(a, sorted(k.items())); return 7
    method = __call__
print(m.calls(F(), [1, 2], {{'k': 3}}), m.calls(F(), [], {{}}))
print(m.blocks([5, 0]), m.blocks([1]) is None)
s = m.Stack()
print(s.push(3, 4, top=5, other=6), s, m.Stack.limit)
g = m.numbers(3)
print([next(g) for _ in range(4)])
try: g.send(None)
except StopIteration as e: print(e.value)
except Exception as e: print(repr(e))
"
            );
            let done = program(&folder, &text);
            assert_eq!((done.code, &*done.err), (0, ""), "{file}");
            assert_eq!(expected.get_or_insert(done.out.clone()), &done.out, "{file}");
        }
    }
}

#[test]
fn complaints_say_what_was_found() {
    let folder = folder();
    for (bytes, error, note) in [
        (
            &b"M\x06\x00\x40\x00\x00"[..],
            "incompatible .mpy file",
            "at offset 3: found 64 bits in small ints, expected at most 63",
        ),
        (
            b"M\x05\x02\x1f\x20\x10\0\x0c\x01",
            "incompatible .mpy file",
            "at offset 8: found recent name 0, expected less than 0",
        ),
        (b"M\x02\x00\x1f", "incompatible .mpy file", "at offset 1: found version 2, expected 3 to 6"),
    ] {
        std::fs::write(folder.join("bad.mpy"), bytes).unwrap();
        let done = program(&folder, "try:\n import bad\nexcept ValueError as e: print(e)\nimport bad");
        assert_eq!(done.out, format!("{error}\n"));
        assert!(done.err.ends_with(&format!("ValueError: {error}\n{note}\n")), "{}", done.err);
    }
}

/// What a file claims takes no memory, and what it holds no more than the limit.
#[test]
fn large_files_end_in_memory_error() {
    let folder = folder();
    let mut bytes = b"M\x06\x00\x1f\x02\x84\x89\x80\x00\x02a\0\x0f".to_vec();
    bytes.resize(bytes.len() + (4 << 18), 4);
    std::fs::write(folder.join("big.mpy"), bytes).unwrap();
    let text =
        "try:\n import big\nexcept MemoryError: print('no memory')\nimport gc; gc.collect(); print(len(bytes(300000)))";
    let done = run(taipan().args(["-X", "heapsize=2M", "-c", text]).current_dir(&folder), b"");
    assert_eq!((&*done.out, done.code), ("no memory\n300000\n", 0), "{}", done.err);
}
