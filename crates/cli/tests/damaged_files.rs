//! Damaged .mpy files: cut off at every byte, and with code that was changed after decoding. Whatever the loader accepts runs in a
//! child process, as it is and with freed memory poisoned: it may raise anything, and it may loop, but only as long as nobody presses
//! Ctrl-C.
//!
//! `TAIPAN_FUZZ=N` runs so many changed files instead of the short sample, `TAIPAN_FUZZ_SEED=N` others. A file that
//! brings the interpreter down is kept in the folder of temporary files; the message names it.

mod common;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use code::{
    mpy::{WriteOptions, read, write},
    object::{Module, RawCode},
    opcode::instructions,
    prelude::Prelude,
    verify::verify,
};
use common::{folder, number, run, taipan};

/// How long a changed program may run before Ctrl-C is pressed, and how long it may take to notice.
const DEADLINE: Duration = Duration::from_secs(2);
const NOTICE: Duration = Duration::from_secs(60);

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) as usize % limit.max(1)
    }
}

/// Compiles the programs whose whole language the exact dialect has.
fn compiled() -> Vec<(String, Vec<u8>)> {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let names =
        ["algorithms", "asynchronous", "classes", "closures", "exceptions", "flow", "generators", "loops", "scopes"];
    let scratch = folder();
    let compile = |name: &&str| {
        let file = scratch.join("a.mpy");
        let source = programs.join(name).with_extension("py");
        let done = run(Command::new(env!("CARGO_BIN_EXE_taipan-cross")).arg(source).arg("-o").arg(&file), b"");
        assert_eq!(done.code, 0, "{name}: {}", done.err);
        (name.to_string(), std::fs::read(file).expect("the compiled file"))
    };
    let found = names.iter().map(compile).collect();
    let _ = std::fs::remove_dir_all(scratch);
    found
}

/// One child imports every beginning of a file: each raises, or works.
#[test]
fn cut_off_files() {
    let scratch = folder();
    let (_, bytes) = compiled().swap_remove(2);
    for end in 0..bytes.len() {
        std::fs::write(scratch.join(format!("cut{end}.mpy")), &bytes[..end]).expect("a file");
    }
    let program = format!(
        "refused = 0\nfor end in range({}):\n    try:\n        __import__('cut%d' % end)\n    except (ValueError, EOFError):\n        \
         refused += 1\nprint(refused)",
        bytes.len()
    );
    let done = run(taipan().current_dir(&scratch).args(["-X", "poison", "-c", &program]), b"");
    assert_eq!((done.code, done.out.trim()), (0, &*bytes.len().to_string()), "{}", done.err);
    let _ = std::fs::remove_dir_all(scratch);
}

/// The code object with this number, counted from the root.
fn nth<'a>(code: &'a mut RawCode, n: &mut usize) -> Option<&'a mut RawCode> {
    if *n == 0 {
        return Some(code);
    }
    *n -= 1;
    code.children.iter_mut().find_map(|child| nth(child, n))
}

fn count(code: &RawCode) -> usize {
    1 + code.children.iter().map(count).sum::<usize>()
}

fn accepted(module: &Module, code: &RawCode) -> bool {
    verify(module, code).is_ok() && code.children.iter().all(|child| accepted(module, child))
}

/// Changes one code object: bytes, bits, operands, or whole instructions put elsewhere.
fn change(code: &mut RawCode, random: &mut Random) {
    let Ok(prelude) = Prelude::parse(&code.data) else { return };
    let start = if random.below(20) == 0 { 0 } else { prelude.code };
    let all: Vec<(usize, usize)> = instructions(&code.data, prelude.code).map(|(at, one)| (at, one.len)).collect();
    let len = code.data.len();
    for _ in 0..1 + random.below(3) {
        let at = start + random.below(len - start);
        match random.below(6) {
            0 => code.data[at] = random.below(256) as u8,
            1 => code.data[at] ^= 1 << random.below(8),
            2 if !all.is_empty() => {
                // Another instruction of the same length.
                let (from, size) = all[random.below(all.len())];
                let same: Vec<usize> = all.iter().filter(|one| one.1 == size).map(|one| one.0).collect();
                code.data.copy_within(from..from + size, same[random.below(same.len())]);
            }
            3 if !all.is_empty() => {
                // Another operand.
                let (from, size) = all[random.below(all.len())];
                code.data[from + size - 1] = random.below(256) as u8;
            }
            4 if !all.is_empty() => {
                // Another opcode with the same operands.
                let (from, _) = all[random.below(all.len())];
                code.data[from] = code.data[all[random.below(all.len())].0];
            }
            _ => {
                let size = random.below(len - at).min(8);
                let to = start + random.below(len - start - size);
                code.data.copy_within(at..at + size, to);
            }
        }
    }
}

/// Waits for the end, presses Ctrl-C after the deadline; the exit code, or why there is none.
fn finish(mut child: Child) -> Result<i32, &'static str> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("its state") {
            return status.code().ok_or("a crash");
        }
        let time = start.elapsed();
        if time > DEADLINE + NOTICE {
            let _ = child.kill();
            let _ = child.wait();
            return Err("deaf to Ctrl-C");
        }
        if time > DEADLINE {
            // Again and again: the program may have a handler that catches it.
            let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn start(folder: &Path) -> Child {
    let mut command = taipan();
    command.current_dir(folder).args(["-X", "poison", "-X", "heapsize=16M", "-c", "import m"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

#[test]
fn changed_code() {
    let runs = number("TAIPAN_FUZZ").unwrap_or(300);
    let seed = number("TAIPAN_FUZZ_SEED").unwrap_or(1);
    let modules: Vec<Module> =
        compiled().iter().map(|(name, bytes)| read(bytes).unwrap_or_else(|error| panic!("{name}: {error}"))).collect();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let scratch = folder();
    let mut bad: Vec<(PathBuf, String)> = Vec::new();
    let mut done = 0;
    while done < runs {
        let mut module = modules[random.below(modules.len())].clone();
        let mut n = random.below(count(&module.root));
        if let Some(code) = nth(&mut module.root, &mut n) {
            change(code, &mut random);
        }
        if !accepted(&module, &module.root) {
            continue;
        }
        done += 1;
        let bytes = write(&module, WriteOptions { debug: true });
        std::fs::write(scratch.join("m.mpy"), &bytes).expect("a file");
        let why = match finish(start(&scratch)) {
            Ok(0 | 1 | 130) => continue,
            Ok(code) => format!("exit code {code}"),
            Err(why) => why.to_string(),
        };
        let kept = folder().join("m.mpy");
        std::fs::write(&kept, &bytes).expect("a file");
        bad.push((kept, why));
        if bad.len() > 20 {
            break;
        }
    }
    let _ = std::fs::remove_dir_all(scratch);
    assert!(bad.is_empty(), "of {done}: {bad:#?}");
}
