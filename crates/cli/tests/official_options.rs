//! The command line of `taipan-cross` beside that of the official compiler, which `TAIPAN_MPY_CROSS` names: texts, exit codes and
//! what is written. Without it there is nothing to compare.

mod common;

use common::{folder, run};
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &[(&str, &str)] = &[
    ("a.py", "x = 1\ndef f(a):\n    assert a\n    return a + 1000000000000\nprint(f(3), __debug__)\n"),
    ("n.py", "@micropython.native\ndef f(a):\n    return a\n"),
    ("t.py", "@micropython.asm_thumb\ndef f(r0):\n    add(r0, r0, 1)\n"),
    ("noext", "y = 2\n"),
    ("empty.py", ""),
    ("bad.py", "x = = 1\n"),
    ("block.py", "if 1:\nx\n"),
    ("dedent.py", "if 1:\n  x\n y\n"),
    ("indent.py", "x\n  y\n"),
    ("global.py", "def f():\n  x = 1\n  global x\n"),
];

/// Command lines, separated by newlines; what they write to is `out` or beside the source.
const SAME: &str = "a.py
-o out a.py
-o - a.py
-s name a.py
-s a\\b\\c.py a.py
-v a.py
-O a.py
-OO a.py
-O0 a.py
-O1 a.py
-O3 a.py
-O9 a.py
-O33 a.py
-Ox a.py
-X emit=bytecode a.py
-X emit=native a.py
-X emit=viper a.py
-X heapsize=100k a.py
-X heapsize=10wM a.py
-X source-lines a.py
-X no-source-lines a.py
-msmall-int-bits= a.py
-msmall-int-bits=-1 a.py
-msmall-int-bits=0 a.py
-msmall-int-bits=15 a.py
-msmall-int-bits=0x1f a.py
-msmall-int-bits=63 a.py
-msmall-int-bits=65 a.py
-msmall-int-bits=1 a.py
-msmall-int-bits=300 a.py
-march=x64 a.py
-march=x64 n.py
-march=x86 n.py
-march=armv6 n.py
-march=armv6m n.py
-march=armv7m n.py
-march=armv7em n.py
-march=armv7emsp n.py
-march=armv7emdp n.py
-march=xtensa n.py
-march=xtensawin n.py
-march=rv32imc n.py
-march=rv64imc a.py
-march=host n.py
n.py
t.py
-march=x64 t.py
-march=armv7m t.py
-march=rv32imc -march-flags=zba n.py
-march=rv32imc -march-flags=zba,zcmp n.py
-march=rv32imc -march-flags=3 n.py
-march=rv32imc -march-flags=0b11 n.py
-march=rv32imc -march-flags=0o3 n.py
-march=rv32imc -march-flags=4 n.py
-march=rv32imc -march-flags=foo n.py
-march=rv32imc -march-flags= n.py
-march=rv32imc -march-flags=zba a.py
-march=x64 -march-flags=1 n.py
-march=x64 -march-flags=0 n.py
-march-flags=1 a.py
-march-flags=zba -march=rv32imc n.py
-march=x64 -X emit=native a.py
-march=armv7m -X emit=native a.py
-- a.py
-- -a.py
a.py --
a.py -O3
noext
empty.py
bad.py
block.py
dedent.py
indent.py
global.py
missing.py
-o /nonexistent/x a.py
-
-o out -
- -s foo
--
";

/// Command lines that print how the program is used; ours has more to say.
const USAGE: &str = "-h
--help
-q a.py
-X
-X emit=foo a.py
-msmall-int-bits=3x a.py
-march=z80 n.py
-march= n.py
-march
-o
-s
a.py -o
-mfoo a.py
-mcache-lookup-bc a.py
-municode a.py
";

/// Exit code, texts and files of a command line.
type Done = (i32, String, String, Vec<(String, Vec<u8>)>);

fn done(program: &Path, line: &str) -> Done {
    let scratch = folder();
    for (name, source) in SOURCES {
        std::fs::write(scratch.join(name), source).expect("a source");
    }
    let mut command = Command::new(program);
    let ran = run(command.args(line.split_whitespace()).current_dir(&scratch), b"x = 1\n");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&scratch).expect("the folder") {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        if SOURCES.iter().all(|(source, _)| *source != name) {
            let bytes = std::fs::read(scratch.join(&name)).expect("a file");
            files.push((name, bytes));
        }
    }
    let _ = std::fs::remove_dir_all(scratch);
    (ran.code, ran.out, ran.err, files)
}

#[test]
fn command_lines_do_the_same() {
    let Some(official) = std::env::var_os("TAIPAN_MPY_CROSS").map(PathBuf::from) else { return };
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_taipan-cross"));
    for line in SAME.lines() {
        assert_eq!(done(&ours, line), done(&official, line), "{line}");
    }
    for line in USAGE.lines() {
        let (found, expected) = (done(&ours, line), done(&official, line));
        let first =
            |done: &Done| done.1.split_once(" [<opts>]").map(|(_, rest)| rest.lines().next().unwrap_or("").to_owned());
        assert_eq!((found.0, first(&found), &found.2), (expected.0, first(&expected), &expected.2), "{line}");
    }
}
