//! Running the interpreter in a child process, with a deadline.

#![allow(dead_code)]

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 for a signal, -2 for a run past its deadline.
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// How long a program may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// A command that runs the interpreter with nothing in its environment that changes what it prints. `TAIPAN_TEST_BIN` names
/// another build of it (a release build makes long runs short).
pub fn taipan() -> Command {
    let program = std::env::var_os("TAIPAN_TEST_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_taipan").into());
    let mut command = Command::new(program);
    for name in ["MICROPYPATH", "MICROPYINSPECT", "TAIPAN_TRACEBACK"] {
        command.env_remove(name);
    }
    command
}

/// A number from the environment, for tests whose whole run takes long.
pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// An empty folder for one test.
pub fn folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("taipan-test-{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder for temporary files");
    path
}

fn unnamed_file() -> File {
    let path = folder().join("stream");
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
    let file = file.expect("a temporary file");
    let _ = std::fs::remove_dir_all(path.parent().expect("its folder"));
    file
}

fn text(mut file: File) -> String {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)).expect("what was written");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a command with this input.
pub fn run(command: &mut Command, input: &[u8]) -> Run {
    let (mut stdin, stdout, stderr) = (unnamed_file(), unnamed_file(), unnamed_file());
    stdin.write_all(input).and_then(|()| stdin.seek(SeekFrom::Start(0))).expect("the input");
    let stream = |file: &File| Stdio::from(file.try_clone().expect("a second handle"));
    let mut child =
        command.stdin(stream(&stdin)).stdout(stream(&stdout)).stderr(stream(&stderr)).spawn().expect("it starts");
    let start = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().expect("its state") {
            break status.code().unwrap_or(-1);
        }
        if start.elapsed() > DEADLINE {
            let _ = child.kill();
            let _ = child.wait();
            break -2;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Run { code, out: text(stdout), err: text(stderr) }
}

/// Runs with these arguments and no input.
pub fn args(args: &[&str]) -> Run {
    run(taipan().args(args), b"")
}

/// Runs a text as with `-c`, after these options.
pub fn command(options: &[&str], program: &str) -> Run {
    run(taipan().args(options).arg("-c").arg(program), b"")
}
