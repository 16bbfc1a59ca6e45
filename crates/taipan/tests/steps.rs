//! The limit of steps ends whatever runs.

use taipan::Vm;

fn run(steps: u64, program: &str) -> (Result<(), String>, String) {
    let mut vm = Vm::builder().heap_limit(8 << 20).step_limit(steps).capture_output().build().expect("a machine");
    let done = vm.run(program, "<test>").map_err(|error| format!("{}: {}", error.class, error.message));
    (done, String::from_utf8_lossy(&vm.take_output()).into_owned())
}

#[test]
fn no_program_goes_on() {
    for program in [
        "while True: pass",
        "for i in iter(int, 1): pass",
        "while True:\n try:\n  while True: pass\n except: pass\n finally: print('finally')",
        "def f():\n try: f()\n except: f()\n finally: f()\nf()",
        "class C:\n def __enter__(self): return self\n def __exit__(self, *a): return True\nwhile True:\n with C(): 1 // 0",
        "list(iter(int, 1))",
        "sum(iter(int, 1))",
        "any(0 for i in iter(int, 1))",
        "def g():\n while True:\n  try: yield\n  except BaseException: pass\nx = g()\nfor i in x: pass",
        "def g():\n while True:\n  try: yield from iter(int, 1)\n  except BaseException: pass\nfor i in g(): pass",
        "import re\nre.match('(a*)*b', 'a' * 40)",
        "import micropython\ndef f(x): micropython.schedule(f, 0)\nf(0)\nwhile True: pass",
        "class C:\n def __del__(self):\n  while True: pass\nwhile True: C()",
        "sorted(range(10000), key=lambda x: [i for i in iter(int, 1)])",
        "import sys\nsys.settrace(lambda *a: None)\nwhile True: pass",
    ] {
        let (done, output) = run(10_000, program);
        assert_eq!((done, &*output), (Err("RuntimeError: step limit reached".into()), ""), "{program}");
    }
}

#[test]
fn steps_are_calls_and_turns() {
    let program = "def f(): pass\nfor i in range(50): f()\nprint('done')";
    assert_eq!(run(1000, program), (Ok(()), "done\n".into()));
    assert!(run(60, program).0.is_err());
    // Fewer than the machine counts at once, and more.
    for (turns, steps) in [(10, 100), (10_000, 20_000)] {
        assert!(run(steps, &format!("for i in range({turns}): pass")).0.is_ok());
        assert!(run(turns - 1, &format!("for i in range({turns}): pass")).0.is_err());
    }
}

#[test]
fn a_new_limit_lets_it_run_again() {
    let mut vm = Vm::builder().step_limit(1000).capture_output().build().expect("a machine");
    assert!(vm.run("try:\n while True: pass\nexcept RuntimeError: print('caught')", "<test>").is_err());
    assert!(vm.enter(|vm| vm.steps_used_up()));
    vm.enter(|vm| vm.set_step_limit(None));
    vm.run("try: 1 // 0\nexcept ZeroDivisionError: print('caught', sum(range(100000)))", "<test>").expect("no error");
    assert_eq!(vm.take_output(), b"caught 4999950000\n");
}
