//! The command line: options, what runs, arguments and paths, exit codes, streams.

mod common;

use std::process::Stdio;

use common::{args, command, folder, run, taipan};

#[test]
fn what_runs() {
    assert_eq!(command(&[], "print(1)").out, "1\n");
    assert_eq!(run(&mut taipan(), b"print(2)\n").out, "2\n");
    let folder = folder();
    let file = folder.join("prog.py");
    std::fs::write(&file, "import sys\nprint(__name__, __file__ == sys.argv[0], sys.argv[1:], sys.path[0])\n").unwrap();
    let done = run(taipan().arg(&file).args(["a", "-v", "-c"]), b"");
    let real = std::fs::canonicalize(&folder).unwrap();
    assert_eq!(done.out, format!("__main__ True ['a', '-v', '-c'] {}\n", real.display()));
    assert_eq!(done.code, 0);
}

#[test]
fn arguments_and_paths() {
    assert_eq!(command(&[], "import sys; print(sys.argv)").out, "['-c']\n");
    let done = run(taipan().args(["-c", "import sys; print(sys.argv)", "x", "-h"]), b"");
    assert_eq!(done.out, "['-c', 'x', '-h']\n");
    let done = run(&mut taipan(), b"import sys; print(sys.argv)");
    assert_eq!(done.out, "[]\n");
    let program = "import sys; print(sys.path)";
    let with = |path: &str| run(taipan().env("MICROPYPATH", path).env("HOME", "/h").args(["-c", program]), b"").out;
    assert_eq!(with("a:b"), "['', 'a', 'b']\n");
    assert_eq!(with(":a"), "['', 'a']\n");
    assert_eq!(with(""), "['']\n");
    assert_eq!(with("~/x::y"), "['', '/h/x', '', 'y']\n");
    let done = run(taipan().env("HOME", "/h").args(["-c", program]), b"");
    assert_eq!(done.out, "['', '.frozen', '/h/.micropython/lib', '/usr/lib/micropython']\n");
}

#[test]
fn modules() {
    let folder = folder();
    std::fs::write(folder.join("single.py"), "import sys\nprint(__name__, sys.argv)\n").unwrap();
    std::fs::create_dir_all(folder.join("pack/sub")).unwrap();
    std::fs::write(folder.join("pack/__init__.py"), "print('init', __name__)\n").unwrap();
    std::fs::write(folder.join("pack/__main__.py"), "print('main', __name__)\nfrom .other import x\nprint(x)\n")
        .unwrap();
    std::fs::write(folder.join("pack/other.py"), "x = 5\n").unwrap();
    std::fs::write(folder.join("pack/sub/__init__.py"), "").unwrap();
    let with = |args: &[&str]| run(taipan().env("MICROPYPATH", &folder).args(args), b"");
    assert_eq!(with(&["-m", "single", "x"]).out, "__main__ ['single', 'x']\n");
    assert_eq!(with(&["-m", "pack"]).out, "init __main__\nmain __main__\n5\n");
    assert_eq!(with(&["-m", "pack.other"]).out, "init pack\n");
    let done = with(&["-m", "pack.sub"]);
    assert_eq!(
        (done.code, done.err.lines().last()),
        (1, Some("ModuleNotFoundError: No module named 'pack.sub.__main__'"))
    );
    let done = with(&["-m", "missing"]);
    assert_eq!((done.code, done.err.lines().last()), (1, Some("ModuleNotFoundError: No module named 'missing'")));
}

#[test]
fn exit_codes() {
    for (program, code, err) in [
        ("", 0, ""),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(7)", 7, ""),
        ("raise SystemExit(1000)", 232, ""),
        ("raise SystemExit(-1)", 255, ""),
        ("raise SystemExit('why')", 1, "why\n"),
        ("raise SystemExit(1.5)", 1, "1.5\n"),
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt"),
        ("1/0", 1, "ZeroDivisionError"),
        ("x = (", 1, "SyntaxError"),
        ("import sys; sys.atexit(lambda: print('end', file=sys.stderr))", 0, "end\n"),
        ("import sys; sys.atexit(lambda: sys.exit(9))", 9, ""),
    ] {
        let done = command(&[], program);
        assert_eq!(done.code, code, "{program}: {done:?}");
        assert!(if err.is_empty() { done.err.is_empty() } else { done.err.contains(err) }, "{program}: {done:?}");
        assert_eq!(done.out, "", "{program}");
    }
}

#[test]
fn tracebacks() {
    let program = "def f():\n    1/0\nprint('x')\nf()\n";
    let full = command(&[], program);
    assert_eq!((full.out.as_str(), full.code), ("x\n", 1));
    let lines: Vec<&str> = full.err.lines().collect();
    assert_eq!(lines[0], "Traceback (most recent call last):", "{full:?}");
    assert!(full.err.contains("  File \"<stdin>\", line 4, in <module>\n"), "{full:?}");
    assert!(full.err.contains("  File \"<stdin>\", line 2, in f\n"), "{full:?}");
    let short = run(taipan().env("TAIPAN_TRACEBACK", "micropython").args(["-c", program]), b"");
    let expected = "x\nTraceback (most recent call last):\n  File \"<stdin>\", line 4, in <module>\n  File \"<stdin>\", line 2, in f\n";
    assert!(short.out.starts_with(expected), "{short:?}");
    assert_eq!((short.err.as_str(), short.code), ("", 1));
    // A script on standard input: there the official program writes to standard error.
    let script = run(taipan().env("TAIPAN_TRACEBACK", "micropython"), program.as_bytes());
    assert_eq!(script.out, "x\n");
    assert!(script.err.contains("ZeroDivisionError"), "{script:?}");
}

/// Texts in MicroPython's words where its tests show them.
#[test]
fn official_texts() {
    let program = "
import sys
def text(run):
    try:
        run()
    except Exception as error:
        return repr(error)
print(repr(ValueError(1)), len, text(lambda: x), text(lambda: len()), text(lambda: exec('t\"{}\"')))";
    let expected = "ValueError(1) <built-in function len> NameError(\"name 'x' is not defined\") \
                    TypeError('len() takes exactly one argument (0 given)') \
                    SyntaxError(\"t-string: valid expression required before '}'\")\n";
    assert_eq!(command(&[], program).out, expected);
    let out = run(taipan().env("TAIPAN_TRACEBACK", "micropython").args(["-c", program]), b"").out;
    let expected = "ValueError(1,) <function> NameError(\"name 'x' isn't defined\",) \
                    TypeError('function takes 1 positional arguments but 0 were given',) SyntaxError('malformed f-string',)\n";
    assert_eq!(out, expected);
}

/// Floats that are too large for MicroPython's `f`: exponent and precision add up to more than 31, with a sign 30.
#[test]
fn official_large_floats() {
    let program = "
for value in (8.888e32, -8.888e32, 1e23, 1.5e31, 1.7976931348623157e308):
    print('%.2f %f %.20f' % (value, value, value), f'{value:.1f} {value:+.1f}')
print('%.1f' % 1.5e30, '%.1f' % 1.5e31, '%+.1f' % 1.5e30, '%.15F' % 1e16, '%.16F' % 1e16, '%.17F' % 1e16)
print('[%12.2f|%-12.2f|%012.2f|%#.0f]' % ((1e40,) * 4), f'{1e40:*^12.3f}|{1e40:,.2f}|{10**40:.2f}|{1e40:.1%}')";
    let expected = "8.89e+32 8.888e+32 8.888e+32 8.9e+32 +8.9e+32
-8.89e+32 -8.888e+32 -8.888e+32 -8.9e+32 -8.9e+32
99999999999999991611392.00 99999999999999991611392.000000 1e+23 99999999999999991611392.0 +99999999999999991611392.0
1.5e+31 1.5e+31 1.5e+31 1.5e+31 +1.5e+31
1.8e+308 1.797693e+308 1.7976931348623157e+308 1.8e+308 +1.8e+308
1499999999999999889089448902656.0 1.5e+31 +1.5e+30 10000000000000000.000000000000000 1E+16 10000000000000000.00000000000000000
[       1e+40|1e+40       |00000001e+40|1e+40] \
***1e+40****|10,000,000,000,000,000,303,786,028,427,003,666,890,752.00|1e+40|1e+42%
";
    let official = run(taipan().env("TAIPAN_TRACEBACK", "micropython").args(["-c", program]), b"").out;
    assert_eq!(official, expected);
    let full = command(&[], "print('%.2f' % 1.5e31, f'{1e40:.1f}', '%.16F' % 1e16)").out;
    assert_eq!(
        full,
        "14999999999999999453844442447872.00 10000000000000000303786028427003666890752.0 10000000000000000.0000000000000000\n"
    );
}

#[test]
fn refused_command_lines() {
    for line in [&["-vv"][..], &["-"], &["--"], &["-c"], &["-m"], &["-X"], &["-X", "nothing"], &["-X", "heapsize=1"]] {
        let done = args(line);
        assert_eq!(done.code, 1, "{line:?}");
        assert_eq!(done.err, "Invalid command line arguments. Use -h option for help.\n", "{line:?}");
    }
    let done = args(&["-X", "heapsize=700", "-c", "print(1)"]);
    assert_eq!((done.code, done.err.contains("too small")), (1, true), "{done:?}");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn machine_code() {
    let program = "@micropython.viper\ndef f(x: int) -> int:\n    return x + 1\nprint(f(1))";
    assert_eq!(args(&["-c", program]).out, "2\n");
    let refused = args(&["-X", "no-native", "-c", program]);
    assert!(refused.code == 1 && refused.err.contains("SyntaxError: invalid arch"), "{refused:?}");
    // What machine code does has no bytes to show.
    let shown = "def f(): pass\nprint(len(f.__code__.co_code) > 0)";
    assert_eq!(args(&["-X", "emit=native", "-c", shown]).out, "False\n");
    assert_eq!(args(&["-X", "emit=native", "-X", "no-native", "-c", shown]).out, "True\n");
}

#[test]
fn help_and_version() {
    let help = args(&["-h"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for option in ["-c", "-m", "-O[N]", "-v", "heapsize", "compile-only", "MICROPYPATH", "stress", "fail-alloc"] {
        assert!(help.out.contains(option), "{option}");
    }
    let version = args(&["-v", "--version"]);
    assert!(version.out.starts_with("MicroPython v1.29.0 on "), "{version:?}");
    assert!(version.out.contains("; ") && version.out.contains("Taipan"), "{version:?}");
}

#[test]
fn levels_and_reports() {
    let program = "print(__debug__)\nassert 0, 'asserted'";
    assert!(command(&[], program).err.contains("asserted"));
    for option in ["-O", "-O1", "-OO", "-O3"] {
        let done = command(&[option], program);
        assert_eq!((done.code, done.out.as_str()), (0, "False\n"), "{option}");
    }
    let done = command(&["-X", "compile-only"], "print(1)");
    assert_eq!((done.code, done.out.as_str()), (0, ""));
    assert_eq!(command(&["-X", "compile-only"], "x = (").code, 1);
    let done = command(&["-v"], "print(1)");
    assert!(done.out.starts_with("1\nmem: total="), "{done:?}");
    assert!(!done.out.contains("code block"));
    let done = command(&["-v", "-v"], "def f(a): return a + 1\nprint(f(1))");
    for part in [
        "File <stdin>, code block '<module>' (descriptor: ",
        "File <stdin>, code block 'f' (descriptor: ",
        "arg names: a\n",
        "BINARY_OP 27 __add__",
        "\n2\nmem: total=",
    ] {
        assert!(done.out.contains(part), "{part}: {done:?}");
    }
}

#[test]
fn streams() {
    let program = "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint(input('? '), sys.stdin.readline(), end='')\n\
                   print([line for line in sys.stdin])";
    let done = run(taipan().args(["-c", program]), b"one\ntwo\nthree\nfour");
    assert_eq!(done.out, "out\n? one two\n['three\\n', 'four']\n");
    assert_eq!(done.err, "err\n");
    let done = run(taipan().args(["-c", "try:\n    input()\nexcept EOFError:\n    print('end')"]), b"");
    assert_eq!(done.out, "end\n");
}

#[test]
fn files() {
    let program = "
import os
with open('a.txt', 'w') as f:
    print(f.write('hell\u{e9}\\nworld\\n'))
    f.write('three')
print(open('a.txt').read(5), open('a.txt', 'rb').read(6))
with open('a.txt') as f:
    print(repr(f.readline()), list(f), repr(f.read()), f.tell())
    print(f.seek(0), f.read(1), f.readlines())
with open('a.txt', 'r+') as f:
    f.read(1)
    f.write('E')
print(open('a.txt').read(5))
f = open('a.txt', 'a')
f.write('!')
print(os.stat('a.txt')[6])
f.close()
f.close()
b = bytearray(4)
print(open('a.txt', 'rb').readinto(b), b)
for bad in (lambda: open('none'), lambda: open('.', 'w'), lambda: open('a.txt', 'q'), lambda: f.read(),
            lambda: print(open('a.txt').write('x')), lambda: open('a.txt', 'x'), lambda: open('a\\0b')):
    try:
        bad()
    except (OSError, ValueError) as e:
        print(type(e).__name__, e)
os.mkdir('d')
os.rename('a.txt', 'd/b.txt')
print(os.listdir('d'), list(os.ilistdir('d'))[0][:2])
try:
    os.rmdir('d')
except OSError as e:
    print(e.errno)
os.remove('d/b.txt')
os.rmdir('d')
print(os.listdir())
";
    let expected = "\
12
hell\u{e9} b'hell\\xc3\\xa9'
'hell\u{e9}\\n' ['world\\n', 'three'] '' 18
0 h ['ell\u{e9}\\n', 'world\\n', 'three']
hEll\u{e9}
19
4 bytearray(b'hEll')
FileNotFoundError [Errno 2] ENOENT
IsADirectoryError [Errno 21] EISDIR
ValueError invalid mode: 'q'
ValueError I/O operation on closed file
OSError [Errno 9] EBADF
FileExistsError [Errno 17] EEXIST
OSError [Errno 22] EINVAL
['b.txt'] ('b.txt', 32768)
39
[]
";
    let done = run(taipan().current_dir(folder()).args(["-c", program]), b"");
    assert_eq!((done.out.as_str(), done.err.as_str()), (expected, ""));
}

/// Runs a program whose standard output nobody reads; the exit code and what it writes to standard error.
fn unread(program: &str) -> (i32, String) {
    let mut child = taipan();
    let child = child.args(["-c", program]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("it starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("its end");
    (done.status.code().unwrap_or(-1), String::from_utf8_lossy(&done.stderr).into_owned())
}

#[test]
fn a_closed_pipe() {
    // The pause lets the reader go first.
    let (code, err) = unread("import time\ntime.sleep(0.2)\nwhile True: print('x' * 100)");
    assert!(code == 1 && err.ends_with("BrokenPipeError: [Errno 32] EPIPE\n"), "{code} {err}");
    // At the end there is nobody to tell.
    assert_eq!(unread("import time\ntime.sleep(0.2)\nprint(1)"), (120, String::new()));
    let caught = "import sys, time\ntime.sleep(0.2)\ntry: print(1, flush=True)\nexcept OSError as e: sys.stderr.write(str(e.errno))";
    assert_eq!(unread(caught), (0, "32".into()));
}
