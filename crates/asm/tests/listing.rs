//! What every operation becomes on every architecture: `golden/ARCHITECTURE.txt`.
//!
//! Where an independent decoder exists its text stands beside the bytes, so a listing can be read, and bytes that are
//! no instructions fail. `TAIPAN_UPDATE=1 cargo test -p taipan-asm --test listing` writes the listings anew.

use asm::{Arith, Assembler, Condition, Label, Machine, Reg, Shift, Width};
use std::fmt::Write;
use std::{env, fs, path::PathBuf};

/// Placed before the operation.
const BEHIND: Label = Label(0);
/// Placed after it.
const AHEAD: Label = Label(1);

type Operation = Box<dyn Fn(&mut dyn Assembler)>;

/// An operation with a name, and how many bytes lie between it and the labels.
struct Step {
    name: String,
    pad: usize,
    run: Operation,
}

fn step(name: impl Into<String>, run: impl Fn(&mut dyn Assembler) + 'static) -> Step {
    Step { name: name.into(), pad: 0, run: Box::new(run) }
}

const WIDTHS: [(&str, Width); 4] =
    [("8", Width::Bits8), ("16", Width::Bits16), ("32", Width::Bits32), ("word", Width::Word)];

fn frames(steps: &mut Vec<Step>) {
    for words in [0, 1, 3, 4, 7, 24, 70, 600] {
        steps.push(step(format!("entry {words}"), move |asm| asm.entry(words)));
        steps.push(step(format!("entry, exit {words}"), move |asm| {
            asm.entry(words);
            asm.exit();
        }));
    }
    for number in 0..4 {
        steps.push(step(format!("argument {number}"), move |asm| {
            let to = asm.machine().locals[2];
            asm.argument(number, to);
        }));
    }
    for local in [0, 1, 20, 40, 70, 130, 255] {
        steps.push(step(format!("load local {local}"), move |asm| asm.load_local(asm.machine().temps[0], local)));
        steps.push(step(format!("store local {local}"), move |asm| asm.store_local(local, asm.machine().locals[0])));
        steps.push(step(format!("local address {local}"), move |asm| asm.local_address(asm.machine().args[1], local)));
    }
}

fn values(steps: &mut Vec<Step>) {
    let values = [
        0,
        1,
        31,
        32,
        95,
        96,
        127,
        255,
        256,
        2047,
        2048,
        0xff00,
        0xffff,
        0x1_0000,
        0x12345,
        0x1f_0000,
        0x1234_5678,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fff0,
        -1,
        -32,
        -33,
        -256,
        -257,
        -2049,
        -0x1_0000,
        -0x8000_0000,
    ];
    for value in values {
        steps.push(step(format!("constant {value}"), move |asm| asm.constant(asm.machine().args[1], value)));
    }
    steps.push(step("clear", |asm| asm.clear(asm.machine().locals[0])));
    steps.push(step("copy", |asm| asm.copy(asm.machine().locals[2], asm.machine().ret)));
    steps.push(step("copy", |asm| asm.copy(asm.machine().args[0], asm.machine().fun_table)));
}

fn memory(steps: &mut Vec<Step>) {
    for (name, width) in WIDTHS {
        for offset in [0, 1, 15, 16, 31, 32, 127, 128, 255, 256, 1100, 5000, -1] {
            steps.push(step(format!("load {name} {offset}"), move |asm| {
                let Machine { args, temps, .. } = asm.machine();
                asm.load(width, temps[0], args[1], offset);
            }));
            steps.push(step(format!("store {name} {offset}"), move |asm| {
                let Machine { args, .. } = asm.machine();
                asm.store(width, args[2], args[1], offset);
            }));
        }
        steps.push(step(format!("load {name} 300 in place"), move |asm| {
            let Machine { args, .. } = asm.machine();
            asm.load(width, args[1], args[1], 300);
        }));
        if width != Width::Word {
            steps.push(step(format!("load {name} indexed"), move |asm| {
                let Machine { args, ret, .. } = asm.machine();
                asm.load_indexed(width, *ret, args[0], args[1]);
            }));
            steps.push(step(format!("store {name} indexed"), move |asm| {
                let Machine { args, locals, .. } = asm.machine();
                asm.store_indexed(width, args[2], args[0], locals[0]);
            }));
        }
    }
}

fn jumps(steps: &mut Vec<Step>) {
    for (direction, label) in [("back", BEHIND), ("ahead", AHEAD)] {
        for pad in [0, 60, 124, 240, 1000, 2020, 5000] {
            let mut push = |name: &str, run: fn(&mut dyn Assembler, Label)| {
                let run = Box::new(move |asm: &mut dyn Assembler| run(asm, label));
                steps.push(Step { name: format!("{name} {direction} {pad}"), pad, run });
            };
            push("jump", |asm, label| asm.jump(label));
            push("jump if zero", |asm, label| asm.jump_if_zero(asm.machine().args[0], label, false));
            push("jump if true", |asm, label| asm.jump_if_nonzero(asm.machine().ret, label, true));
            push("jump if nonzero", |asm, label| asm.jump_if_nonzero(asm.machine().locals[0], label, false));
            push("jump if equal", |asm, label| asm.jump_if_equal(asm.machine().args[0], asm.machine().args[2], label));
            if pad <= 1000 {
                push("label address", |asm, label| asm.label_address(asm.machine().locals[0], label));
            }
        }
    }
    steps.push(step("jump register", |asm| asm.jump_register(asm.machine().locals[0])));
    for (index, n_args) in [(0, 0), (15, 1), (16, 2), (31, 3), (45, 3), (49, 2)] {
        steps.push(step(format!("call {index} with {n_args}"), move |asm| asm.call(index, n_args)));
    }
    steps.push(step("call setup 45", |asm| asm.call_setup(45)));
}

fn arithmetic(steps: &mut Vec<Step>) {
    for op in [Arith::Add, Arith::Sub, Arith::Mul, Arith::And, Arith::Or, Arith::Xor] {
        steps.push(step(format!("{op:?}"), move |asm| asm.arith(op, asm.machine().args[1], asm.machine().locals[0])));
    }
    for op in [Shift::Left, Shift::Right, Shift::RightSigned] {
        steps.push(step(format!("{op:?}"), move |asm| {
            let Machine { args, shift_count, .. } = asm.machine();
            asm.shift(op, args[1], shift_count.unwrap_or(args[2]));
        }));
    }
    steps.push(step("negate", |asm| asm.negate(asm.machine().ret)));
    steps.push(step("invert", |asm| asm.invert(asm.machine().ret)));
    use Condition::*;
    for condition in [Less, More, Equal, LessEqual, MoreEqual, NotEqual] {
        for signed in [true, false] {
            let name = format!("{condition:?}{}", if signed { "" } else { " unsigned" });
            steps.push(step(name, move |asm| {
                let Machine { args, ret, .. } = asm.machine();
                asm.compare(condition, signed, *ret, args[1], args[2]);
            }));
        }
    }
}

/// The bytes of an operation; those of labels and padding are left out.
fn bytes(mut asm: Box<dyn Assembler>, step: &Step) -> Vec<u8> {
    let mut range = 0..0;
    for _ in 0..3 {
        asm.begin();
        asm.code_mut().place(BEHIND);
        asm.code_mut().put(&vec![0; step.pad]);
        range.start = asm.code().offset() as usize;
        (step.run)(&mut *asm);
        range.end = asm.code().offset() as usize;
        asm.code_mut().put(&vec![0; step.pad]);
        asm.code_mut().place(AHEAD);
        asm.finish();
    }
    assert_eq!(asm.code().error(), None, "{}", step.name);
    asm.code().bytes()[range].to_vec()
}

/// The instructions in some bytes, or none if there is no decoder.
type Decode = fn(&[u8]) -> Vec<String>;

fn check(name: &str, new: impl Fn() -> Box<dyn Assembler>, decode: Decode) {
    let mut steps = Vec::new();
    frames(&mut steps);
    values(&mut steps);
    memory(&mut steps);
    jumps(&mut steps);
    arithmetic(&mut steps);
    let mut listing = String::new();
    for step in &steps {
        let bytes = bytes(new(), step);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = decode(&bytes).join("; ");
        let line = format!("{:24} {hex}  {text}", step.name);
        writeln!(listing, "{}", line.trim_end()).expect("strings take all");
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.txt"));
    if env::var_os("TAIPAN_UPDATE").is_some() {
        fs::write(&path, &listing).expect("the listing is written");
    }
    let expected = fs::read_to_string(path).expect("the expected listing");
    for (found, expected) in listing.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(listing.lines().count(), expected.lines().count());
}

fn undecoded(_: &[u8]) -> Vec<String> {
    Vec::new()
}

fn arm(bytes: &[u8], thumb: bool) -> Vec<String> {
    use yaxpeax_arch::{Decoder, LengthedInstruction, U8Reader};
    let decoder = yaxpeax_arm::armv7::InstDecoder::default().with_thumb_mode(thumb);
    let mut at = 0;
    let mut texts: Vec<String> = Vec::new();
    while at < bytes.len() {
        // Words of data stand behind jumps over them.
        let after_jump = texts.last().is_some_and(|text| text.starts_with("b ") || text.starts_with("add pc"));
        if after_jump && at + 4 <= bytes.len() && texts.iter().rev().nth(1).is_some_and(|text| text.contains("pc")) {
            texts.push(format!(".word 0x{:08x}", u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"))));
            at += 4;
            continue;
        }
        let decoded = decoder.decode(&mut U8Reader::new(&bytes[at..]));
        let instruction = decoded.unwrap_or_else(|error| panic!("{error:?}: {:02x?}", &bytes[at..]));
        texts.push(instruction.to_string());
        at += instruction.len().to_const() as usize;
    }
    texts
}

fn x86(bytes: &[u8], bits: u32) -> Vec<String> {
    use iced_x86::{Decoder, DecoderOptions, Formatter, GasFormatter};
    let mut decoder = Decoder::new(bits, bytes, DecoderOptions::NONE);
    let mut texts = Vec::new();
    while decoder.can_decode() {
        let instruction = decoder.decode();
        assert!(!instruction.is_invalid(), "{bytes:02x?}");
        let mut text = String::new();
        GasFormatter::new().format(&instruction, &mut text);
        texts.push(text);
    }
    texts
}

#[test]
fn thumb_1() {
    check("armv6m", || Box::new(asm::thumb::Thumb::new(false)), |bytes| arm(bytes, true));
}

#[test]
fn thumb_2() {
    check("armv7m", || Box::new(asm::thumb::Thumb::new(true)), |bytes| arm(bytes, true));
}

#[test]
fn arm_state() {
    check("armv6", || Box::new(asm::arm::Arm::default()), |bytes| arm(bytes, false));
}

#[test]
fn x86_32() {
    check("x86", || Box::new(asm::x86::X86::default()), |bytes| x86(bytes, 32));
}

#[test]
fn x86_64() {
    check("x64", || Box::new(asm::x64::X64::default()), |bytes| x86(bytes, 64));
}

#[test]
fn xtensa() {
    check("xtensa", || Box::new(asm::xtensa::Xtensa::new(false)), undecoded);
    check("xtensawin", || Box::new(asm::xtensa::Xtensa::new(true)), undecoded);
}

#[test]
fn risc_v() {
    check("rv32imc", || Box::new(asm::rv32::Rv32::new(0)), undecoded);
    let extensions = asm::rv32::extension::ZBA | asm::rv32::extension::ZCMP;
    check("rv32imc_zba_zcmp", || Box::new(asm::rv32::Rv32::new(extensions)), undecoded);
}

/// Registers of machines are what the emitter builds on.
#[test]
fn machines_are_consistent() {
    let all: [Box<dyn Assembler>; 7] = [
        Box::new(asm::thumb::Thumb::new(true)),
        Box::new(asm::arm::Arm::default()),
        Box::new(asm::x86::X86::default()),
        Box::new(asm::x64::X64::default()),
        Box::new(asm::xtensa::Xtensa::new(false)),
        Box::new(asm::xtensa::Xtensa::new(true)),
        Box::new(asm::rv32::Rv32::new(0)),
    ];
    for asm in all {
        let machine = asm.machine();
        let volatile: Vec<Reg> = machine.args.iter().chain(&machine.temps).copied().collect();
        for local in machine.locals.iter().chain([&machine.fun_table]) {
            // x86 has too few registers: its fourth argument is a local.
            assert!(!volatile.contains(local) || machine.arguments_on_stack, "{machine:?}");
        }
        assert!(machine.nlr_local + 1 < machine.nlr_words, "{machine:?}");
    }
}
