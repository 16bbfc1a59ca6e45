//! Ctrl-C, wherever a program is.

mod common;

use std::process::Stdio;

use common::taipan;

/// Native code that consumes an iterator without end hears Ctrl-C, too.
#[test]
fn native_code() {
    for program in [
        "while True: pass",
        "sum(iter(int, 1))",
        "1 in iter(int, 1)",
        "set(iter(int, 1))",
        "max(range(1 << 60))",
        "None in range(1 << 60)",
        "next(filter(None, iter(int, 1)))",
        "str(1 << 40000000)",
        "int('9' * 10 ** 7)",
        "10 ** 10 ** 8",
        "x = (1 << 200000000) - 1; x // ((1 << 100000000) + 1)",
        "pow(3, 1 << 1000000, (1 << 100000) + 1)",
        "def f():\n  yield from iter(int, 1)\nlist(map(None.__eq__, f()))",
    ] {
        assert_eq!(interrupted(program, 1), Some(130), "{program}");
    }
}

/// A handler may catch Ctrl-C, but not if it is pressed three times within a second.
#[test]
fn what_catches_everything_ends() {
    let program = "while True:\n try:\n  while True: pass\n except: pass";
    assert_eq!(interrupted(program, 3), Some(130));
    let program = "for i in range(2):\n try:\n  while True: pass\n except KeyboardInterrupt: pass\nraise SystemExit(7)";
    assert_eq!(interrupted(program, 2), Some(7));
}

/// The exit code of a program in which Ctrl-C is pressed so many times.
fn interrupted(program: &str, presses: u32) -> Option<i32> {
    let program = format!("print(1, flush=True)\n{program}");
    let mut child = taipan();
    let mut child = child
        .args(["-X", "heapsize=1000M", "-c", &program])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It has begun.
    std::io::Read::read(child.stdout.as_mut().unwrap(), &mut [0; 8]).unwrap();
    for _ in 0..presses {
        std::thread::sleep(std::time::Duration::from_millis(150));
        let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }
    let start = std::time::Instant::now();
    loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None if start.elapsed().as_secs() > 30 => {
                let _ = child.kill();
                break None;
            }
            None => std::thread::sleep(std::time::Duration::from_millis(5)),
        }
    }
}

/// Machine code that calls nothing does not look around: it is sent to. What it had in registers is as it was where a `finally`
/// or a handler goes on.
#[test]
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn machine_code() {
    let counting = "i = 5\n    while i > 0:\n        i += 2\n";
    let caught = "i = 5\n    try:\n        while True: pass\n    except KeyboardInterrupt:\n        i += 2\n    done.append(int(i))\n";
    let finished = "i = 5\n    try:\n        while i > 0: i += 2\n    finally:\n        done.append(1)\n";
    // Most of its time it spends in a helper.
    let calling = "i = 5\n    while i > 0:\n        i += 2\n        done == done\n";
    for emitter in ["native", "viper"] {
        for (body, code) in [
            ("while True: pass\n", 130),
            ("while True:\n        while True: pass\n", 130),
            (counting, 130),
            (caught, 7),
            (finished, 131),
            (calling, 130),
        ] {
            let program = format!(
                "done = []\n@micropython.{emitter}\ndef f():\n    {body}try: f()\nexcept KeyboardInterrupt: done.append(130)\n\
                 raise SystemExit(sum(done))"
            );
            assert_eq!(interrupted(&program, 1), Some(code), "{program}");
        }
    }
}

/// The main thread waits for its turn while another runs machine code that calls nothing.
#[test]
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn machine_code_in_another_thread() {
    let program = "import _thread, time\n@micropython.viper\ndef f():\n    while True: pass\n_thread.start_new_thread(f, ())\n\
                   try:\n    while True: time.sleep(0.01)\nexcept KeyboardInterrupt: raise SystemExit(7)";
    assert_eq!(interrupted(program, 1), Some(7));
}
