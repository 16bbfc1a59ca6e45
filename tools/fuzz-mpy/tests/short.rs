//! A short run of the fuzzer: what it does for hours elsewhere works, and finds nothing soon.

use std::process::Command;

#[test]
fn nothing_is_found_soon() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let executions = std::env::var("TAIPAN_FUZZ_MPY").unwrap_or_else(|_| "20000".into());
    let done = Command::new(env!("CARGO_BIN_EXE_fuzz-mpy"))
        .args(["--executions", &executions, "--seed", "1", "--keep", folder])
        .output()
        .expect("it starts");
    let out = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{out}{}", String::from_utf8_lossy(&done.stderr));
    let share: f64 = out.lines().nth(1).and_then(|line| line.split(' ').next()?.parse().ok()).expect("a share");
    assert!(share >= 30.0, "{out}");
}
