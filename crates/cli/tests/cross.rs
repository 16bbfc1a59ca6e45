//! The command line of `taipan-cross`.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

struct Run {
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Run {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }
}

/// Runs the program in a folder of its own with something on standard input.
fn run(folder: &str, args: &[&str], input: &[u8]) -> (Run, PathBuf) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_taipan-cross"))
        .args(args)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that does not read its input may be gone already.
    let _ = child.stdin.take().expect("its input").write_all(input);
    let done = child.wait_with_output().expect("the program ends");
    let run = Run {
        code: done.status.code().expect("an exit code, not a signal"),
        out: done.stdout,
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    };
    (run, folder)
}

fn write(folder: &str, name: &str, text: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), text).expect("a source");
}

/// The file of the reference's smallest example.
const SMALLEST: &[u8] = b"M\x06\x00\x1f\x03\x00\x0e<stdin>\x00\x0f\x02x\x00\x40\x00\x02\x01\x81\x16\x02\x51\x63";

#[test]
fn standard_input_to_standard_output() {
    let (done, _) = run("stdin", &["-"], b"x=1");
    assert_eq!((done.code, &done.out[..], &*done.err), (0, SMALLEST, ""));
}

#[test]
fn output_files_are_named_like_the_input() {
    write("names", "mod.py", b"x = 1\n");
    let (done, folder) = run("names", &["mod.py"], b"");
    assert_eq!(done.code, 0);
    let made = std::fs::read(folder.join("mod.mpy")).expect("the output");
    assert!(made.windows(6).any(|window| window == b"mod.py"));
    let (done, folder) = run("names", &["-o", "other.bin", "-s", "a\\b.py", "--", "mod.py"], b"");
    assert_eq!(done.code, 0);
    let made = std::fs::read(folder.join("other.bin")).expect("the output");
    assert!(made.windows(6).any(|window| window == b"a/b.py"));
}

#[test]
fn wrong_command_lines() {
    for args in [
        &["-h"][..],
        &["--nope"],
        &["-o"],
        &["-X", "emit=x", "a.py"],
        &["-msmall-int-bits=3x", "a.py"],
        &["-march=z80", "a.py"],
        &["--mpy-version=3", "a.py"],
        &["-municode", "a.py"],
    ] {
        let (done, _) = run("wrong", args, b"");
        assert_eq!((done.code, &*done.err), (1, ""), "{args:?}");
        assert!(done.text().starts_with("usage: "), "{args:?}");
    }
    for (args, text) in [
        (&[][..], "no input file\n"),
        (&["-s", "name", "a.py", "b.py"], "multiple input files\n"),
        (&["-o", "-", "a.py", "b.py"], "multiple input files\n"),
        (&["-", "a.py"], "multiple input files\n"),
        (&["-o", "out", "a/m.py", "b/m.py"], "several inputs for out/m.mpy\n"),
        (&["-msmall-int-bits=", "missing.py"], "OSError: (2, \"can't open missing.py\")\n"),
        (&["missing.py"], "OSError: (2, \"can't open missing.py\")\n"),
        (&["."], "no input file\n"),
    ] {
        let (done, _) = run("wrong", args, b"");
        assert_eq!((done.code, &*done.err), (1, text), "{args:?}");
    }
    let (done, _) = run("wrong", &["--version"], b"");
    assert!(done.code == 0 && done.text().contains("emitting mpy v6.3"));
}

#[test]
fn errors_are_reported_and_nothing_is_written() {
    write("errors", "bad.py", b"x = 1\ndef f():\n  return (\n");
    let (done, folder) = run("errors", &["bad.py"], b"");
    assert_eq!(done.code, 1);
    assert!(done.err.starts_with("Traceback (most recent call last):\n  File \"bad.py\", line "), "{}", done.err);
    assert!(done.err.ends_with("SyntaxError: invalid syntax\n"), "{}", done.err);
    assert!(!folder.join("bad.mpy").exists());
    write("errors", "late.py", b"def f():\n  x = 1\n  global x\n");
    let (done, _) = run("errors", &["late.py"], b"");
    let expected = "Traceback (most recent call last):\n  File \"late.py\", line 3, in f\nSyntaxError: identifier redefined as global\n";
    assert_eq!((done.code, &*done.err), (1, expected));
    let (done, _) = run("errors", &["--full", "-"], b"x = 1\ny = = 2\n");
    assert_eq!(done.code, 1);
    assert!(done.err.contains("line 2") && done.err.contains("    y = = 2\n        ^"), "{}", done.err);
    let (done, _) = run("errors", &["-o", "/nonexistent/x", "-"], b"x=1");
    assert_eq!((done.code, &*done.err), (1, "OSError: (2, \"can't open /nonexistent/x\")\n"));
}

#[test]
fn hostile_sources() {
    let deep = format!("x = {}1{}\n", "(".repeat(100_000), ")".repeat(100_000));
    let blocks: String = (0..2000).map(|n| format!("{}if x:\n", " ".repeat(n))).collect();
    let long = format!("x = '{}'\n", "a".repeat(10_000_000));
    for (source, code) in [
        (deep.as_bytes(), 1),
        (blocks.as_bytes(), 1),
        (&b"x = '\xff\xfe'\n"[..], 1),
        (b"x = 1\0\n", 1),
        (long.as_bytes(), 0),
        (b"", 0),
    ] {
        let (done, _) = run("hostile", &["-"], source);
        assert_eq!(done.code, code, "{}", done.err);
        assert_eq!(
            done.err.contains("SyntaxError") || done.err.contains("IndentationError"),
            code == 1,
            "{}",
            done.err
        );
    }
}

#[test]
fn options_reach_the_compiler() {
    let source = b"assert x\nprint(\n 1 << 40)\n";
    let outputs: Vec<Vec<u8>> = [
        &["-"][..],
        &["-O", "-"],
        &["-O3", "-"],
        &["-msmall-int-bits=63", "-"],
        &["-X", "no-source-lines", "-"],
        &["--full", "-"],
    ]
    .iter()
    .map(|args| run("options", args, source).0.out)
    .collect();
    for (at, output) in outputs.iter().enumerate() {
        assert!(output.starts_with(b"M\x06"));
        assert!(!outputs[..at].contains(output), "option {at} changes nothing");
    }
}

/// `-march=debug` lists operations; the file has no code, and no host takes it.
#[test]
fn a_listing_instead_of_code() {
    write("listing", "l.py", b"@micropython.viper\ndef f(x: int) -> int:\n    return x + 1\n");
    let (done, folder) = run("listing", &["-march=debug", "l.py"], b"");
    let text = done.text();
    assert!(text.starts_with("ENTRY(f, num_locals=2)\n    load(r_fun_table, r_arg1, 1)\n"), "{text}");
    assert!(
        text.contains("    mov_reg_imm(r_arg3, 1=0x1)\n    mov_reg_reg(r_arg2, r_local1)\n    add(r_arg2, r_arg3)\n"),
        "{text}"
    );
    assert!(text.contains("    dead_code jump(label_0)\nlabel(label_0)\nEXIT(0)\n"), "{text}");
    let file = std::fs::read(folder.join("l.mpy")).expect("a file");
    assert_eq!(file[2] >> 2, 13, "{file:02x?}");
    std::fs::remove_file(folder.join("l.py")).expect("the source goes");
    let done =
        Command::new(env!("CARGO_BIN_EXE_taipan")).args(["-c", "import l"]).current_dir(folder).output().expect("runs");
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(error.contains("ValueError: incompatible .mpy arch"), "{error}");
    // What came before an error is listed, too.
    let (done, _) = run(
        "listing",
        &["-march=debug", "-"],
        b"@micropython.native\ndef f(): pass\n@micropython.native\ndef g(): raise",
    );
    assert!(
        done.code == 1 && done.text().starts_with("ENTRY(f, ") && done.err.contains("native raise"),
        "{}",
        done.err
    );
}

#[test]
fn folders_are_compiled_at_once() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("folders");
    let _ = std::fs::remove_dir_all(&folder);
    let names = ["a.py", "sub/b.py", "sub/c.py", "sub/deeper/d.py"];
    std::fs::create_dir_all(folder.join("lib/sub/deeper")).expect("folders");
    for name in names {
        write("folders", &format!("lib/{name}"), format!("print({name:?})\n").as_bytes());
    }
    write("folders", "single.py", b"x = 1\n");
    let (done, folder) = run("folders", &["lib", "single.py"], b"");
    assert_eq!((done.code, &*done.err), (0, ""));
    let (done, _) = run("folders", &["-o", "out", "lib", "single.py"], b"");
    assert_eq!((done.code, &*done.err), (0, ""));
    for name in names {
        let name = name.replace(".py", ".mpy");
        let beside = std::fs::read(folder.join("lib").join(&name)).expect("a file beside the source");
        assert!(std::fs::read(folder.join("out").join(&name)).expect("a file below -o") == beside);
        let source = format!("lib/{}", name.replace(".mpy", ".py"));
        assert!(beside.windows(source.len()).any(|window| window == source.as_bytes()), "{source}");
    }
    assert!(folder.join("single.mpy").exists() && folder.join("out/single.mpy").exists());
    // Failures are told in the order of the inputs; the others are compiled all the same.
    write("folders", "lib/a.py", b"x = = 1\n");
    write("folders", "lib/sub/c.py", b"return\n");
    std::fs::remove_dir_all(folder.join("out")).expect("no output");
    let (done, _) = run("folders", &["-o", "out", "lib"], b"");
    assert_eq!(done.code, 1);
    let places: Vec<&str> = done.err.lines().filter(|line| line.contains("File")).collect();
    assert_eq!(places, ["  File \"lib/a.py\", line 1", "  File \"lib/sub/c.py\", line 1, in <module>"]);
    assert!(!folder.join("out/a.mpy").exists() && folder.join("out/sub/deeper/d.mpy").exists());
}

#[test]
fn older_versions() {
    let source = b"def f(a, *b): return a(*b), (1, 'x')\n";
    for (args, header) in [
        (&["--mpy-version=5", "-"][..], &b"M\x05\x02\x1f\x20"[..]),
        (&["--mpy-version=5", "-mcache-lookup-bc", "-"], b"M\x05\x03\x1f\x20"),
        (&["--mpy-version=4", "-mno-unicode", "-mno-cache-lookup-bc", "-"], b"M\x04\x00\x1f\x20"),
        (&["--mpy-version=4", "-msmall-int-bits=63", "-municode", "-"], b"M\x04\x02\x3f\x20"),
        (&["--mpy-version=6", "-"], b"M\x06\x00\x1f"),
    ] {
        let (done, _) = run("older", args, source);
        assert_eq!((done.code, &*done.err), (0, ""), "{args:?}");
        assert!(done.out.starts_with(header), "{args:?}");
    }
    let (done, _) = run("older", &["--mpy-version=5", "--version"], b"");
    assert!(done.text().ends_with("emitting mpy v5\n"));
    write("older", "new.py", b"def g(a, b):\n    c = 1\n    return a @ b\n");
    let (done, _) = run("older", &["--mpy-version=4", "new.py"], b"");
    let expected = "Traceback (most recent call last):
  File \"new.py\", line 3, in g
NotImplementedError: .mpy version 4 cannot express the operator @
";
    assert_eq!((done.code, &*done.err), (1, expected));
    write("older", "native.py", b"x = 1\n@micropython.native\ndef g(a): return a\n");
    let (done, _) = run("older", &["--mpy-version=4", "-march=x64", "-o", "-", "native.py"], b"");
    assert_eq!((done.code, &*done.err), (0, ""));
    assert!(done.out.starts_with(b"M\x04\x0a\x1f\x20"));
    let (done, _) = run("older", &["--mpy-version=5", "-march=rv32imc", "native.py"], b"");
    let expected = "Traceback (most recent call last):
  File \"native.py\", line 3, in g
NotImplementedError: .mpy version 5 cannot express machine code for rv32imc
";
    assert_eq!((done.code, &*done.err), (1, expected));
}
