//! Comparisons with the official compiler.
//!
//! Run with `TAIPAN_MPY_CROSS=program cargo test -p taipan-code -- --ignored`; version 1.29.

use code::disasm::{self, Labels};
use code::float_text;
use code::mpy::read;
use code::object::{Const, RawCode};
use std::fmt::{self, Write};
use std::{env, fs, path::PathBuf, process::Command};

/// Compiles a source and returns the file.
fn compile(name: &str, source: &str) -> Vec<u8> {
    let program = env::var_os("TAIPAN_MPY_CROSS").expect("TAIPAN_MPY_CROSS names mpy-cross");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (input, output) = (folder.join(format!("{name}.py")), folder.join(format!("{name}.mpy")));
    fs::write(&input, source).expect("a source file");
    let status = Command::new(program)
        .args(["-X", "heapsize=64M", "-s", name, "-o"])
        .args([&output, &input])
        .status()
        .expect("mpy-cross runs");
    assert!(status.success());
    fs::read(&output).expect("the output")
}

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Literals of all sizes and lengths.
fn literals() -> Vec<String> {
    let mut state = 0x1234_5678_9abc_def1;
    let mut all = Vec::new();
    for i in 0..60_000 {
        let bits = random(&mut state);
        let value = f64::from_bits(bits & !(1 << 63));
        let text = match i % 6 {
            0 if value.is_finite() => format!("{value:e}"),
            1 => format!("{}.{}", bits >> 40, bits & 0xffff),
            2 => format!("{:?}", (bits >> 11) as f64 / 1e6),
            3 => format!("{}.{}e{}", bits >> 44, bits & 0xffff_ffff, (bits >> 30 & 0xff) as i64 - 128),
            4 => format!("0.{:0w$}{}", 0, bits, w = (i % 40) + 1),
            _ => format!("{}{:0w$}.{:03}", random(&mut state), 0, bits & 0x3ff, w = (i % 20) + 1),
        };
        all.push(text);
    }
    for exponent in -345..320 {
        all.push(format!("1e{exponent}"));
        all.push(format!("9.999999999999999e{exponent}"));
        all.push(format!("4.9406564584124654e{exponent}"));
    }
    for i in 1..2000 {
        all.push(format!("{:e}", f64::from_bits(i)));
        all.push(format!("{:e}", f64::from_bits(0x0010_0000_0000_0000 - i)));
    }
    all
}

#[test]
#[ignore = "needs the official compiler"]
fn floats_have_the_official_texts() {
    let mut checked = 0;
    for (i, chunk) in literals().chunks(4000).enumerate() {
        let mut source = String::from("x = (\n");
        for literal in chunk {
            source.push_str(literal);
            source.push_str(",\n");
        }
        source.push(')');
        let module = read(&compile(&format!("floats{i}"), &source)).expect("a file");
        let [Const::Tuple(items)] = module.objects.as_slice() else { panic!("one tuple expected") };
        assert_eq!(items.len(), chunk.len());
        for (literal, item) in chunk.iter().zip(items) {
            let Const::Float(_, official) = item else { panic!("{literal} is not a float") };
            let value = float_text::parse(literal).expect("a float");
            assert_eq!(float_text::float(value), **official, "{literal}");
            checked += 1;
        }
    }
    assert!(checked > 60_000);
}

/// Labels as hexadecimal placeholders, which stand for any address.
struct Masked;

impl Labels for Masked {
    fn descriptor(&self, out: &mut dyn Write, _: &RawCode, _: Option<u32>) -> fmt::Result {
        out.write_str("@")
    }
    fn bytecode(&self, out: &mut dyn Write, _: &RawCode) -> fmt::Result {
        out.write_str("")
    }
    fn object(&self, out: &mut dyn Write, _: u32) -> fmt::Result {
        out.write_str("@")
    }
}

/// Replaces the addresses of an official listing as [`Masked`] writes them.
fn mask(listing: &str) -> String {
    let mut masked = String::new();
    for line in listing.lines() {
        let mut words: Vec<String> = line.split(' ').map(String::from).collect();
        if line.starts_with("File ") {
            for i in 1..words.len() {
                if words[i - 1] == "(descriptor:" {
                    words[i] = "@,".into();
                } else if words[i - 1] == "bytecode" {
                    words[i] = "@".into();
                }
            }
        } else if words.len() > 2 && words[1].starts_with("MAKE_") {
            words[2] = "@".into();
        } else if words.len() > 2 && words[1] == "LOAD_CONST_OBJ" {
            let value = words[2].find('=').map_or(0, |at| at);
            words[2] = format!("@{}", &words[2][value..]);
        }
        masked.push_str(&words.join(" "));
        masked.push('\n');
    }
    masked
}

/// Also needs `TAIPAN_MICROPYTHON`, the official 64-bit Unix program, and `TAIPAN_SOURCES`, a folder.
#[test]
#[ignore = "needs the official programs"]
fn listings_are_the_official_ones() {
    let micropython = env::var_os("TAIPAN_MICROPYTHON").expect("TAIPAN_MICROPYTHON");
    let cross = env::var_os("TAIPAN_MPY_CROSS").expect("TAIPAN_MPY_CROSS");
    let sources = env::var_os("TAIPAN_SOURCES").expect("TAIPAN_SOURCES");
    let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("listing.mpy");
    let (mut same, mut differ) = (0, 0);
    for entry in fs::read_dir(sources).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let compiled = Command::new(&cross)
            .args(["-msmall-int-bits=63", "-o"])
            .args([&output, &path])
            .output()
            .expect("mpy-cross runs");
        if !compiled.status.success() {
            continue;
        }
        let module = read(&fs::read(&output).expect("the output")).expect("a file");
        let mut ours = String::new();
        disasm::module(&mut ours, &module, &Masked).expect("text");
        let official = Command::new(&micropython)
            .args(["-v", "-v", "-X", "compile-only"])
            .arg(&path)
            .output()
            .expect("micropython runs");
        let official = String::from_utf8_lossy(&official.stdout).into_owned();
        let official = mask(official.split("mem: total=").next().unwrap_or(""));
        if official == ours {
            same += 1;
        } else {
            differ += 1;
            let line = official.lines().zip(ours.lines()).find(|(a, b)| a != b);
            println!("{}: {line:?}", path.display());
        }
    }
    println!("{same} listings agree, {differ} differ");
    assert!(same > 0);
    assert_eq!(differ, 0);
}
