//! `taipan-mpy`.

mod common;

use common::{Run, folder, run, taipan};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `x=1` from standard input (mpy-format.md §8.2).
const SMALLEST: &[u8] = b"M\x06\x00\x1f\x03\x00\x0e<stdin>\x00\x0f\x02x\x00\x40\x00\x02\x01\x81\x16\x02\x51\x63";

fn tool(args: &[&str], input: &[u8]) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_taipan-mpy")).args(args).current_dir(golden()), input)
}

/// Files that official compilers wrote.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../code/tests/golden")
}

fn compile(folder: &Path, name: &str, source: &str, options: &[&str]) -> String {
    let path = folder.join(name).with_extension("py");
    std::fs::write(&path, source).expect("a source");
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan-cross"));
    let done = run(command.args(options).arg(format!("{name}.py")).current_dir(folder), b"");
    assert_eq!((done.code, &*done.err), (0, ""));
    path.with_extension("mpy").to_string_lossy().into_owned()
}

#[test]
fn dump_shows_header_tables_and_sizes() {
    let done = tool(&["dump", "-"], SMALLEST);
    assert_eq!(
        (done.code, &*done.out, &*done.err),
        (
            0,
            "-: 28 bytes\n  version 6, no machine code, small ints of 31 bits\n  names: 3\n    0 <stdin>\n    1 <module>\n    2 x\n  \
             objects: 0\n  code: 1 code object, 8 bytes\n    <module>: bytecode, 8 bytes, 5 of them instructions, state of 1 word\n",
            ""
        )
    );
    let done = tool(&["dump", "older4c.mpy"], b"");
    assert!(done.out.contains("version 4, no machine code, small ints of 31 bits, cache bytes"), "{}", done.out);
}

#[test]
fn dump_as_json_is_an_array_of_files() {
    let done = tool(&["dump", "--json", "functions.mpy", "older3.mpy"], b"");
    assert_eq!((done.code, &*done.err), (0, ""));
    let all: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!((&all[0]["version"], &all[1]["version"]), (&6.into(), &3.into()));
    assert_eq!((&all[0]["code"]["name"], &all[1]["code"]["kind"]), (&"<module>".into(), &"bytecode".into()));
    let size = std::fs::metadata(golden().join("functions.mpy")).expect("the file").len();
    assert_eq!(all[0]["size"], size);
    assert!(all[0]["code"]["children"].as_array().is_some_and(|children| children.len() > 3));
}

#[test]
fn disasm_shows_instructions_of_all_versions_by_line() {
    let done = tool(&["disasm", "-"], SMALLEST);
    let expected = "-: version 6

<module>: bytecode, 8 bytes
  line 1
     0  81             LOAD_CONST_SMALL_INT 1
     1  16 02          STORE_NAME x
     3  51             LOAD_CONST_NONE
     4  63             RETURN_VALUE
";
    assert_eq!((done.code, &*done.out, &*done.err), (0, expected, ""));
    for version in ["3", "4", "4c", "5", "5c"] {
        let done = tool(&["disasm", "--source", "older.py", &format!("older{version}.mpy")], b"");
        assert_eq!((done.code, &*done.err), (0, ""));
        for text in ["IMPORT_NAME 'sys'", "line 7 f(*a)", "LOAD_SUPER_METHOD", "constant"] {
            assert!(done.out.contains(text), "{version}: {text}\n{}", done.out);
        }
        assert!(!done.out.contains('<') || !done.out.contains("<no "), "{version}: {}", done.out);
        assert_eq!(done.out.contains("POP_BLOCK"), version == "3");
    }
}

#[test]
fn disasm_shows_machine_code() {
    let scratch = folder();
    let source = "@micropython.native\ndef add(a, b):\n    return a + b\n";
    let file = compile(&scratch, "m", source, &["-march=x64"]);
    let done = tool(&["disasm", &file], b"");
    assert_eq!((done.code, &*done.err), (0, ""));
    for text in ["version 6.3, x64", "<module>/0 add: native", "parameters: a, b", "  0000  00 00", "  prelude\n"] {
        assert!(done.out.contains(text), "{text}\n{}", done.out);
    }
}

/// A kind-2 code object with read-only data and relocations, as the official linker makes them.
#[test]
fn disasm_shows_relocations_where_they_are() {
    let mut file = b"M\x06\x0b\x1f\x02\x00\x02m\x00\x0f".to_vec();
    file.extend([0x80 | 1, 0x02]);
    file.extend([0xc3; 16]);
    file.extend([0x30, 8]);
    file.extend([7; 8]);
    file.extend([0x11, 0x02, 0xaf, 0x00, 0x01, 0x01, 0xff]);
    let done = tool(&["disasm", "-"], &file);
    let expected = "-: version 6.3, x64

<viper>: viper, 16 bytes
  0000  c3 c3 c3 c3 c3 c3 c3 c3 c3 c3 c3 c3 c3 c3 c3 c3
        0x0: + helper 78
        0x8: + table of helpers
  rodata
  0000  07 07 07 07 07 07 07 07
        0x0: + address of the code
";
    assert_eq!((done.code, &*done.out, &*done.err), (0, expected, ""));
}

#[test]
fn verify_names_function_offset_and_rule() {
    let done = tool(&["verify", "functions.mpy", "older5.mpy"], b"");
    let (first, second) = done.out.split_once('\n').expect("two lines");
    assert_eq!((done.code, first), (0, "functions.mpy: 13 code objects proved"));
    assert!(second.starts_with("older5.mpy: 10 code objects proved, 1 to be run with checks (offset "), "{second}");
    assert_eq!(tool(&["verify", "-q", "functions.mpy"], b"").out, "");

    let mut bad = SMALLEST.to_vec();
    *bad.last_mut().expect("a byte") = 0x59;
    for (byte, complaint) in [
        (0x59, "-: function '<module>', offset 4: flow runs off the end (rule 8: end)\n"),
        (0x00, "-: function '<module>', offset 4: no whole instruction here (byte 0x00) (rule 5: instruction)\n"),
    ] {
        *bad.last_mut().expect("a byte") = byte;
        let done = tool(&["verify", "-"], &bad);
        assert_eq!((done.code, &*done.out, &*done.err), (1, "", complaint));
    }
}

#[test]
fn merged_files_run_one_after_the_other() {
    let scratch = folder();
    let first = compile(&scratch, "first", "x = 1\nfor i in range(2): print('first', i)\n", &[]);
    let many: String = (0..200).map(|i| format!("name{i} = {i}.5\n")).collect();
    let second = compile(&scratch, "second", &format!("{many}print('second', x, name199)\n"), &[]);
    let third =
        compile(&scratch, "third", "def f(a):\n  while a: a -= 1\n  return a.b\nprint('third')\nf(5)\n", &["--full"]);
    let merged = scratch.join("merged.mpy").to_string_lossy().into_owned();
    let done = tool(&["merge", "-o", &merged, &first, &second, &third], b"");
    assert_eq!((done.code, &*done.out, &*done.err), (0, "", ""));
    let done = run(taipan().arg("merged.mpy").current_dir(&scratch), b"");
    assert_eq!((done.code, &*done.out), (1, "first 0\nfirst 1\nsecond 1 199.5\nthird\n"));
    assert!(done.err.contains("line 3, in f") && done.err.contains("AttributeError"), "{}", done.err);

    let alone = run(Command::new(env!("CARGO_BIN_EXE_taipan-mpy")).args(["merge", &first]), b"");
    assert_eq!(alone.out.as_bytes(), String::from_utf8_lossy(&std::fs::read(&first).unwrap()).as_bytes());
    let native = compile(&scratch, "native", "@micropython.native\ndef f(): pass\n", &["-march=x64"]);
    let done = tool(&["merge", "-o", &merged, &native, &native], b"");
    assert_eq!((done.code, done.err), (1, format!("{native}: only one of the files may have machine code\n")));
}

#[test]
fn wrong_command_lines_and_files() {
    for args in
        [&[][..], &["show", "a.mpy"], &["dump"], &["dump", "-q", "a"], &["merge", "a", "-o"], &["verify", "-", "-"]]
    {
        let done = tool(args, b"");
        assert_eq!((done.code, &*done.out), (2, ""), "{args:?}");
        assert!(done.err.starts_with("taipan-mpy: ") && done.err.ends_with("see taipan-mpy --help\n"), "{args:?}");
    }
    assert!(tool(&["--help"], b"").out.starts_with("usage: taipan-mpy <command>"));
    assert!(tool(&["--version"], b"").out.starts_with("taipan-mpy 0."));
    // The others are still shown.
    let done = tool(&["dump", "missing.mpy", "older.py", "flow.mpy"], b"");
    assert!(done.code == 1 && done.out.starts_with("flow.mpy: "), "{}", done.out);
    assert!(done.err.contains("missing.mpy: ") && done.err.contains("older.py: incompatible .mpy file: at offset 0: "));
    // What stands in a file does not control the terminal.
    let done = tool(&["dump", "-"], &SMALLEST.iter().map(|&b| if b == b'x' { 0x1b } else { b }).collect::<Vec<_>>());
    assert!(done.out.contains("2 \\u{1b}\n") && !done.out.contains('\u{1b}'), "{}", done.out);
}
