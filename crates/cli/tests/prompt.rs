//! The prompt: what is typed, line by line, and what is shown. Without a terminal (`-i`) it echoes what it reads, too.

mod common;

use std::process::Command;

use common::{folder, run, taipan};

/// What the prompt shows, without the banner, and its exit code.
fn session(typed: &str) -> (String, i32) {
    let home = folder();
    let done = run(taipan().arg("-i").env("HOME", &home), typed.as_bytes());
    let (banner, rest) = done.out.split_once("Type \"help()\" for more information.\n").expect("a banner");
    assert!(banner.starts_with("MicroPython v") && banner.contains("Taipan"), "{banner}");
    // Only what was typed at a terminal is worth keeping.
    assert!(!home.join(".micropython.history").exists());
    (rest.to_string() + &done.err, done.code)
}

fn shows(typed: &str, shown: &str) {
    assert_eq!(session(typed), (shown.to_string(), 0), "{typed:?}");
}

#[test]
fn values_are_shown_and_kept() {
    shows(
        "6 * 7\n_ + 1\nNone\nx = 1; x; 'a'\n",
        ">>> 6 * 7\n42\n>>> _ + 1\n43\n>>> None\n>>> x = 1; x; 'a'\n1\n'a'\n>>> \n",
    );
}

#[test]
fn statements_go_on() {
    shows(
        "def f(x):\nreturn x\n\n\n\nf(1)\n",
        ">>> def f(x):\n...     return x\n...     \n...     \n... \n>>> f(1)\n1\n>>> \n",
    );
    shows("[1,\n2]\n'''\n'''\n", ">>> [1,\n... 2]\n[1, 2]\n>>> '''\n... '''\n'\\n'\n>>> \n");
    let erased = "\x08\x08\x08\x08\x1b[K";
    let shown = format!(">>> if 1:\n...     print(2)\n...     {erased}\n2\n>>> \n");
    shows("if 1:\nprint(2)\n\x7f\x04", &shown);
    shows("match 3:\n  case x: x\n\n", ">>> match 3:\n...     \x08\x08\x08 case x: x\n... \n3\n>>> \n");
}

#[test]
fn controls() {
    shows("abc\x031\n", ">>> abc\n>>> 1\n1\n>>> \n");
    shows("if 1:\n\x031\n", ">>> if 1:\n...     \n>>> 1\n1\n>>> \n");
    shows("1\n\x04never", ">>> 1\n1\n>>> \n");
    shows("1\n2\n\x10\x10\n", ">>> 1\n1\n>>> 2\n2\n>>> 2\x081\n1\n>>> \n");
}

#[test]
fn pasted_text() {
    let pasted = "\x05def f():\n    return 1\n\nf()\n\x04";
    let shown = ">>> \npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== def f():\n===     return 1\n=== \n=== f()\n=== \n1\n>>> \n";
    shows(pasted, shown);
    shows("\x05print(1)\n\x03", ">>> \npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== print(1)\n=== \n>>> \n");
}

#[test]
fn errors_are_shown() {
    let (shown, code) = session("def f(): 1/0\n\nf()\n2\n");
    let traceback = "Traceback (most recent call last):
  File \"<python-input-1>\", line 1, in <module>
    f()
    ~^^
  File \"<python-input-0>\", line 1, in f
    def f(): 1/0
             ~^~
ZeroDivisionError: division by zero
";
    assert_eq!((shown.as_str(), code), (&*format!(">>> def f(): 1/0\n... \n>>> f()\n>>> 2\n2\n>>> \n{traceback}"), 0));
    let (shown, _) = session("1 +\n");
    assert!(shown.contains("File \"<python-input-0>\", line 1\n    1 +\n") && shown.contains("SyntaxError"), "{shown}");
}

#[test]
fn programs_end_it() {
    assert_eq!(session("import sys\nsys.exit(3)\nnever\n"), (">>> import sys\n>>> sys.exit(3)\n".into(), 3));
    assert_eq!(session("raise SystemExit('why')\n"), (">>> raise SystemExit('why')\nwhy\n".into(), 1));
}

#[test]
fn signs_and_locks() {
    shows(
        "import sys; sys.ps1 = '<'; sys.ps2 = '.'\n(1,\n2)\nsys.ps1 = 5\n",
        ">>> import sys; sys.ps1 = '<'; sys.ps2 = '.'\n<(1,\n.2)\n(1, 2)\n<sys.ps1 = 5\n\n",
    );
    shows(
        "import micropython\nmicropython.heap_lock()\n[1]\n",
        ">>> import micropython\n>>> micropython.heap_lock()\n>>> [1]\n[1]\n>>> \n",
    );
}

#[test]
fn after_a_program() {
    let done = run(taipan().args(["-i", "-c", "x = 5; 1/0"]), b"x\n");
    assert!(done.out.ends_with(">>> x\n5\n>>> \n") && done.err.contains("ZeroDivisionError"), "{done:?}");
    let done = run(taipan().args(["-c", "import os; os.putenv('MICROPYINSPECT', '1')"]), b"7\n");
    assert!(done.out.ends_with(">>> 7\n7\n>>> \n"), "{done:?}");
    let done = run(taipan().arg("-i").env("TAIPAN_TRACEBACK", "micropython"), b"x = (\n1))\ny\n");
    assert!(done.out.contains("  File \"<stdin>\", line 2\nSyntaxError"), "{done:?}");
    assert!(done.out.contains("  File \"<stdin>\", line 1, in <module>\nNameError"), "{done:?}");
}

#[test]
fn at_a_terminal() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/prompt/terminal.py");
    let program = taipan().get_program().to_owned();
    let done = run(Command::new("python3").arg(script).arg(program).env("HOME", folder()), b"");
    assert_eq!((done.code, done.err.as_str(), done.out.as_str()), (0, "", "ok\n"));
}
