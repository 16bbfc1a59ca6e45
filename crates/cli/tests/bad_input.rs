//! Input that makes no sense, or asks for more than there is: a Python exception or a clear message and the right exit code,
//! never a crash. Internal errors have exit code 70, crashes -1.

mod common;

use common::{Run, command, folder, run, taipan};

/// The run ended with exit code 1 and a last line on standard error that begins like this.
fn assert_error(name: &str, done: &Run, last: &str) {
    let line = done.err.lines().last().unwrap_or_default();
    let err: String = done.err.chars().take(2000).collect();
    assert!(done.code == 1 && line.starts_with(last), "{name}: code {}, wanted {last}\n{err}", done.code);
}

/// Runs bytes as a file.
fn file(options: &[&str], bytes: &[u8]) -> Run {
    let path = folder().join("prog.py");
    std::fs::write(&path, bytes).unwrap();
    let done = run(taipan().args(options).arg(&path), b"");
    let _ = std::fs::remove_dir_all(path.parent().unwrap());
    done
}

#[test]
fn sources() {
    let deep = |open: &str, close: &str| [open.repeat(100_000), close.repeat(100_000)].concat();
    let indented: String = (0..3000).map(|i| format!("{}if 1:\n", " ".repeat(i))).collect();
    for (name, bytes, last) in [
        ("invalid UTF-8", b"x = 1\ny = '\xff'\n".to_vec(), "SyntaxError"),
        ("bytes that are no text", (0..=255).collect(), "SyntaxError"),
        ("a NUL", b"x = 1\0\n".to_vec(), "SyntaxError"),
        ("brackets", deep("(", ")").into_bytes(), "SyntaxError"),
        ("closed brackets only", ")".repeat(100_000).into_bytes(), "SyntaxError"),
        ("lists", deep("[", "]").into_bytes(), "SyntaxError"),
        ("signs", format!("x = {}1", "-".repeat(100_000)).into_bytes(), ""),
        ("nots", format!("x = {}1", "not ".repeat(100_000)).into_bytes(), ""),
        ("lambdas", format!("x = {}1", "lambda: ".repeat(100_000)).into_bytes(), ""),
        ("calls", format!("x = f{}", "()".repeat(100_000)).into_bytes(), ""),
        ("attributes", format!("x = f{}", ".a".repeat(100_000)).into_bytes(), ""),
        ("powers", format!("x = {}1", "2**".repeat(100_000)).into_bytes(), ""),
        ("f-strings", format!("{}1", "f'{".repeat(1000)).into_bytes(), "SyntaxError"),
        ("blocks", indented.into_bytes(), ""),
        ("an unfinished string", b"x = '''abc".to_vec(), "SyntaxError"),
        ("a tab after blanks", b"if 1:\n        x\n\ty\n".to_vec(), ""),
    ] {
        let done = file(&[], &bytes);
        assert_error(name, &done, last);
        assert!(done.err.contains("Error"), "{name}: {}", done.err);
    }
}

#[test]
fn long_sources_run() {
    let sum = format!("print({}1)\n", "1 + ".repeat(100_000));
    let done = file(&[], sum.as_bytes());
    assert!(
        done.code == 0 && done.out == "100001\n" || done.code == 1 && done.err.contains("Error"),
        "{:?}",
        done.code
    );
    let string = format!("x = '{}'\nprint(len(x))\n", "a".repeat(10_000_000));
    let done = file(&[], string.as_bytes());
    assert_eq!((done.code, done.out.as_str()), (0, "10000000\n"));
    let comment = format!("# {}\nprint('ok')\n", "a".repeat(10_000_000));
    assert_eq!(file(&[], comment.as_bytes()).out, "ok\n");
    let name = format!("{0} = 1\nprint({0})\n", "a".repeat(1_000_000));
    assert_error("a long name", &file(&[], name.as_bytes()), "RuntimeError: name too long");
    let list = format!("print(len([{}]))\n", "1,".repeat(1_000_000));
    let done = file(&[], list.as_bytes());
    assert_eq!((done.code, done.out.as_str()), (0, "1000000\n"), "{}", &done.err[..done.err.len().min(500)]);
}

#[test]
fn files_that_are_none() {
    let missing = run(taipan().arg("no/such/file.py"), b"");
    assert_eq!(missing.code, 2);
    assert!(
        missing.err.ends_with(": can't open file 'no/such/file.py': [Errno 2] No such file or directory\n"),
        "{missing:?}"
    );
    let directory = run(taipan().arg(folder()), b"");
    assert_error("a directory", &directory, "IsADirectoryError: [Errno 21] EISDIR");
    let official = run(taipan().arg(folder()).env("TAIPAN_TRACEBACK", "micropython"), b"");
    assert!(official.out.ends_with("Error: [Errno 21] EISDIR\n"), "{official:?}");
    // A compiled file that is cut off.
    let path = folder().join("a.mpy");
    std::fs::write(&path, b"M\x06\x00\x1f\x01\x00\x00").unwrap();
    assert_error("a compiled file", &run(taipan().arg(path), b""), "at offset 7: the file ends");
}

#[test]
fn endless_recursion() {
    for (name, program) in [
        ("a function", "def f(): f()\nf()"),
        ("with arguments", "def f(*a, **k): return f(*a, 1, **k)\nf()"),
        ("a method", "class A:\n    def m(self): self.m()\nA().m()"),
        ("repr", "class A:\n    def __repr__(self): return repr([self])\nrepr(A())"),
        ("comparison", "class A:\n    def __eq__(self, other): return [self] == [other]\nA() == A()"),
        ("getattr", "class A:\n    def __getattr__(self, name): return getattr(self, name[::-1])\nA().ab"),
        ("call", "class A: pass\nA.__call__ = A()\nA()()"),
        ("a sort key", "def f(x): sorted([1, 2], key=f)\nf(1)"),
        ("a generator", "def g(): yield from g()\nlist(g())"),
        ("init", "class A:\n    def __init__(self): A()\nA()"),
        ("exec", "def f(): exec('f()')\nf()"),
        ("deep lists", "a = []\nfor i in range(1000000): a = [a]\nprint(a)"),
        (
            "deep tuples compared",
            "def deep():\n    a = ()\n    for i in range(1000000): a = (a,)\n    return a\ndeep() == deep()",
        ),
        ("deep tuples hashed", "a = ()\nfor i in range(1000000): a = (a,)\nhash(a)"),
        ("classes", "class A:\n    def __bool__(self): return not self\nbool(A())"),
    ] {
        let done = command(&[], program);
        assert_error(name, &done, "RecursionError");
    }
}

#[test]
fn more_memory_than_there_is() {
    for (name, program) in [
        ("a list", "[0] * (1 << 40)"),
        ("a huge list", "[0] * (1 << 62)"),
        ("a string", "'a' * (1 << 40)"),
        ("bytes", "bytes(1 << 40)"),
        ("a bytearray", "bytearray(1 << 50)"),
        ("a power", "2 ** (1 << 40)"),
        ("a shift", "1 << (1 << 40)"),
        ("a growing list", "a = []\nwhile True: a.append('x' * 100 + str(len(a)))"),
        ("a growing string", "a = 'ab'\nwhile True: a += a"),
        ("a growing dict", "a = {}\nwhile True: a[len(a)] = len(a)"),
        ("a growing set", "a = set()\nwhile True: a.add(len(a))"),
        ("a growing number", "a = 3\nwhile True: a *= a"),
        ("a growing bytearray", "a = bytearray(b'abc')\nwhile True: a += a"),
        ("nested lists", "a = []\nwhile True: a = [a, a]"),
        ("padding", "'%*d' % (1 << 40, 1)"),
        ("format", "'{:1000000000000}'.format(1)"),
        ("join", "','.join(['a' * 1000000] * 1000000)"),
        ("a replacement", "('a' * 1000000).replace('a', 'b' * 1000000)"),
        ("instances", "class A: pass\na = []\nwhile True:\n    b = A()\n    b.x = a\n    a = b"),
        ("functions", "a = None\nwhile True:\n    def f(x=a): pass\n    a = f"),
    ] {
        let done = command(&["-X", "heapsize=16M"], program);
        let line = done.err.lines().last().unwrap_or_default();
        let known =
            line.starts_with("MemoryError") || line.starts_with("OverflowError") || line.starts_with("ValueError");
        assert!(done.code == 1 && known, "{name}: code {}\n{}", done.code, done.err);
    }
    // It can be caught, and the program goes on.
    let program =
        "try:\n    a = []\n    while True: a.append([a])\nexcept MemoryError:\n    a = None\nprint(len([0] * 1000))";
    let done = command(&["-X", "heapsize=4M"], program);
    assert_eq!((done.code, done.out.as_str()), (0, "1000\n"), "{done:?}");
}

#[test]
fn failing_allocations() {
    let program = "
import collections
class A:
    def __init__(self, x): self.x = x
def f(*args, **kw): return [A(i) for i in args] + sorted(kw.items())
a = f(1, 2.5, 'x', b'y', k=1 << 70)
print(len(a), {i: str(i) for i in range(10)}, '%s-%r' % ('a', 1.5), set('abc') - {'a'})
try:
    raise ValueError('x')
except ValueError as e:
    print(e)
";
    // Not a single number, so that changes elsewhere do not make all of these miss.
    for n in (1..400).step_by(7) {
        let done = run(taipan().args(["-X", &format!("fail-alloc={n}"), "-c", program]), b"");
        let fine = done.code == 0 || done.code == 1 && done.err.contains("MemoryError");
        assert!(fine, "allocation {n}: code {}\n{}", done.code, done.err);
    }
}

#[cfg(unix)]
#[test]
fn interrupts() {
    use std::{io::Read, process::Stdio};
    for (program, code) in [
        ("print('on', flush=True)\nwhile True: pass", 130),
        ("import time\nprint('on', flush=True)\ntime.sleep(1000)", 130),
        (
            "import _thread\n_thread.start_new_thread(lambda: [0 for i in iter(int, 1)], ())\nprint('on', flush=True)\nwhile True: pass",
            130,
        ),
        (
            "import _thread, time\n_thread.start_new_thread(time.sleep, (1000,))\nprint('on', flush=True)\ntime.sleep(1000)",
            130,
        ),
        (
            "import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\n_thread.start_new_thread(lock.acquire, ())\nprint('on', flush=True)\nlock.acquire()",
            130,
        ),
        (
            "import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nprint('on', flush=True)\nlock.acquire()",
            130,
        ),
        ("print('on', flush=True)\ntry:\n    while True: pass\nexcept KeyboardInterrupt:\n    raise SystemExit(3)", 3),
    ] {
        let mut child = taipan()
            .args(["-c", program])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut out = child.stdout.take().unwrap();
        let mut first = [0; 3];
        out.read_exact(&mut first).expect("the program runs");
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        let start = std::time::Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("its state") {
                break status;
            }
            if start.elapsed().as_secs() > 30 {
                let _ = child.kill();
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        };
        assert_eq!(status.code(), Some(code), "{program}");
    }
}
