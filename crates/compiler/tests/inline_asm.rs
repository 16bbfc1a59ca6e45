//! The inline assemblers: the bytes of `tests/inline_asm`, and what is refused.
//!
//! `TAIPAN_UPDATE=1 cargo test -p taipan-compiler --test inline_asm` writes the bytes anew; `tests/run` compares
//! those programs with the official compiler.

mod common;

use code::object::{Arch, Kind};
use compiler::{CompileError, Dialect, ErrorKind, Options};
use std::fmt::Write;
use std::{env, fs, path::PathBuf};

fn compile(source: &str, arch: Arch, arch_flags: u32) -> Result<code::object::Module, CompileError> {
    common::compile(source.as_bytes(), &Options { arch, arch_flags, ..common::options(Dialect::Exact) })
}

fn check(name: &str, arch: Arch, arch_flags: u32) {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(here.join(format!("../../tests/inline_asm/{name}.py"))).expect("the source");
    let module = compile(&source, arch, arch_flags).expect("code");
    assert_eq!(module.arch, arch);
    let names = source.lines().filter_map(|line| line.strip_prefix("def ")?.split('(').next());
    let mut listing = String::new();
    for (function, code) in names.zip(&module.root.children) {
        assert_eq!(code.kind, Kind::Asm);
        let native = code.native.as_ref().expect("facts about machine code");
        writeln!(listing, "{function}: {} parameters, result {}", native.n_args, native.type_sig).expect("text");
        for line in code.data.chunks(32) {
            let hex: String = line.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(listing, "    {hex}").expect("text");
        }
    }
    let expected = here.join(format!("tests/golden/inline_asm/{name}.{}.txt", arch.name()));
    if env::var_os("TAIPAN_UPDATE").is_some() {
        fs::write(&expected, &listing).expect("the text is written");
    }
    assert_eq!(listing, fs::read_to_string(expected).expect("the expected text"), "{name}");
}

#[test]
fn programs() {
    check("thumb", Arch::Armv6, 0);
    check("thumb", Arch::Armv7m, 0);
    check("thumb_2", Arch::Armv7m, 0);
    check("thumb_fpu", Arch::Armv7emsp, 0);
    check("xtensa", Arch::Xtensa, 0);
    check("xtensa", Arch::Xtensawin, 0);
    check("rv32", Arch::Rv32imc, 0);
    check("rv32_extensions", Arch::Rv32imc, 3);
}

/// A function of one instruction.
fn refused(decorator: &str, arch: Arch, flags: u32, instruction: &str) -> CompileError {
    let source = format!("@micropython.asm_{decorator}\ndef f():\n label(START)\n {instruction}\n");
    let error = compile(&source, arch, flags).expect_err(instruction);
    assert_eq!(error.scope.as_deref(), Some("f"), "{instruction}");
    error
}

fn texts(decorator: &str, arch: Arch, flags: u32, line: u32, cases: &[(&str, &str)]) {
    for (instruction, message) in cases {
        let error = refused(decorator, arch, flags, instruction);
        assert_eq!(error.kind, ErrorKind::Syntax);
        assert_eq!((&*error.message, error.line), (*message, line), "{instruction}");
    }
}

#[test]
fn thumb() {
    let same = &[
        ("foo()", "unsupported Thumb instruction 'foo' with 0 arguments"),
        ("nop(1)", "unsupported Thumb instruction 'nop' with 1 arguments"),
        ("mov(r0)", "unsupported Thumb instruction 'mov' with 1 arguments"),
        ("sub(1, 2, 3, 4)", "unsupported Thumb instruction 'sub' with 4 arguments"),
        ("beq_x(START)", "unsupported Thumb instruction 'beq_x' with 1 arguments"),
        ("bzz(START)", "unsupported Thumb instruction 'bzz' with 1 arguments"),
        ("mov(r16, r0)", "'mov' expects a register"),
        ("mov(r8, 1)", "'mov' expects at most r7"),
        ("mov(r0, 256)", "'mov' integer 0x100 doesn't fit in mask 0xff"),
        ("mov(r0, -1)", "'mov' integer 0xffffffff doesn't fit in mask 0xff"),
        ("mov(r0, 1.5)", "'mov' expects an integer"),
        ("add(r0, r1, 8)", "'add' integer 0x8 doesn't fit in mask 0x7"),
        ("and_(r0, r9)", "'and_' expects at most r7"),
        ("ldr(r0, [r1, 128])", "'ldr' integer 0x80 doesn't fit in mask 0x7c"),
        ("ldr(r0, r1)", "unsupported Thumb instruction 'ldr' with 2 arguments"),
        ("push(r0)", "'push' expects {r0, r1, ...}"),
        ("push({})", "'push' expects {r0, r1, ...}"),
        ("push({r0, 5})", "'push' expects a register"),
        ("b(5)", "'b' expects a label"),
        ("b(NOWHERE)", "label 'NOWHERE' not defined"),
        ("mov(*r0)", "unsupported Thumb instruction 'mov' with 1 arguments"),
        ("mov(r0, x=1)", "'mov' expects an integer"),
    ];
    texts("thumb", Arch::Armv6m, 0, 4, same);
    texts("thumb", Arch::Armv7m, 0, 4, same);
    texts(
        "thumb",
        Arch::Armv6m,
        0,
        4,
        &[
            ("beq_w(START)", "unsupported Thumb instruction 'beq_w' with 1 arguments"),
            ("it(eq)", "unsupported Thumb instruction 'it' with 1 arguments"),
            ("push({r8})", "unsupported Thumb instruction 'push' with 1 arguments"),
            ("clz(r0, r1)", "unsupported Thumb instruction 'clz' with 2 arguments"),
            ("sdiv(r0, r1, r2)", "unsupported Thumb instruction 'sdiv' with 3 arguments"),
        ],
    );
    texts(
        "thumb",
        Arch::Armv7m,
        0,
        4,
        &[
            ("itx(eq)", "unsupported Thumb instruction 'itx' with 1 arguments"),
            ("itttte(eq)", "unsupported Thumb instruction 'itttte' with 1 arguments"),
            ("it(zz)", "unsupported Thumb instruction 'it' with 1 arguments"),
            ("mrs(r13, IPSR)", "'mrs' expects at most r12"),
            ("mrs(r0, CONTROL)", "'mrs' expects a special register"),
            ("movw(r0, 0x10000)", "'movw' integer 0x10000 doesn't fit in mask 0xffff"),
            ("ldrex(r0, 5)", "'ldrex' expects an address of the form [a, b]"),
            ("vadd(s0, s1, s2)", "unsupported Thumb instruction 'vadd' with 3 arguments"),
        ],
    );
    texts(
        "thumb",
        Arch::Armv7emdp,
        0,
        4,
        &[
            ("vadd(s32, s0, s1)", "'vadd' expects at most r31"),
            ("vadd(r0, s0, s1)", "'vadd' expects an FPU register"),
            ("vldr(s0, [r8, 0])", "'vldr' expects at most r7"),
            ("vldr(s0, [r0, 0x400])", "'vldr' integer 0x400 doesn't fit in mask 0x3fc"),
            ("vmrs(r0, x)", "unsupported Thumb instruction 'vmrs' with 2 arguments"),
        ],
    );
    let far = format!("beq(END)\n{} label(END)", " nop()\n".repeat(200));
    texts("thumb", Arch::Armv7m, 0, 4, &[(&far, "branch not in range")]);
}

#[test]
fn xtensa() {
    // Only what the last pass finds has the line of the instruction.
    texts(
        "xtensa",
        Arch::Xtensa,
        0,
        2,
        &[
            ("foo(a1)", "unsupported Xtensa instruction 'foo' with 1 arguments"),
            ("rsync()", "unsupported Xtensa instruction 'rsync' with 0 arguments"),
            ("add(a1, a2)", "unsupported Xtensa instruction 'add' with 2 arguments"),
            ("mov(a1, a16)", "'mov' expects a register"),
            ("addi(a1, a2, 128)", "'addi' integer 128 isn't within range -128..127"),
            ("addmi(a1, a2, 255)", "255 is not a multiple of 256"),
            ("l32i(a1, a2, 1021)", "'l32i' integer 1021 isn't within range 0..1020"),
            ("l32i_n(a1, a2, 6)", "6 is not a multiple of 4"),
            ("slli(a1, a2, 0)", "'slli' integer 0 isn't within range 1..31"),
            ("movi(a1, a2)", "'movi' expects an integer"),
            ("movi_n(a1, -33)", "'movi_n' integer -33 isn't within range -32..95"),
            ("bbci(a1, 32, START)", "'bbci' integer 32 isn't within range 0..31"),
            ("j(5)", "'j' expects a label"),
            ("label(START)", "label redefined"),
        ],
    );
    texts("xtensa", Arch::Xtensawin, 0, 4, &[("beqz(a1, NOWHERE)", "label 'NOWHERE' not defined")]);
    for (instruction, message) in [
        ("nop_n()\n call0(START)", "ERROR: call0 target not word-aligned"),
        ("align(4)\n label(HERE)\n call0(HERE)", "ERROR: call0 location not word-aligned"),
        ("align(4)\n l32r(a1, END)\n align(4)\n label(END)", "ERROR: xtensa l32r out of range"),
    ] {
        let error = refused("xtensa", Arch::Xtensa, 0, instruction);
        assert_eq!((error.kind, &*error.message), (ErrorKind::Runtime, message), "{instruction}");
        assert_eq!(error.line, 0, "{instruction}");
    }
}

#[test]
fn rv32() {
    texts(
        "rv32",
        Arch::Rv32imc,
        0,
        4,
        &[
            ("foo()", "invalid RV32 instruction 'foo'"),
            ("sh1add(a0, a1, a2)", "invalid RV32 instruction 'sh1add'"),
            ("cm_push({ra}, 0)", "invalid RV32 instruction 'cm_push'"),
            ("add(a0, a1)", "opcode 'add': expecting 3 arguments"),
            ("add(a0, a1, 5)", "opcode 'add' argument 3: expecting register"),
            ("addi(a0, a1, a2)", "opcode 'addi' argument 3: expecting integer"),
            ("addi(a0, a1, 2048)", "opcode 'addi' argument 3: out of range"),
            ("slli(a0, a1, 32)", "opcode 'slli' argument 3: out of range"),
            ("lw(a0, 4)", "opcode 'lw' argument 2: expecting offset"),
            ("lw(a0, 4(5))", "opcode 'lw' argument 3: expecting register"),
            ("lw(a0, x(a1))", "opcode 'lw' argument 2: expecting integer"),
            ("lw(a0, -2049(a1))", "opcode 'lw' argument 2: out of range"),
            ("c_lw(a0, 4(t0))", "opcode 'c_lw' argument 3: unknown register"),
            ("c_and(t0, a0)", "opcode 'c_and' argument 1: unknown register"),
            ("c_addi(a0, 0)", "opcode 'c_addi' argument 2: must not be zero"),
            ("c_lui(sp, 1)", "opcode 'c_lui' argument 1: unknown register"),
            ("beq(a0, a1, 5)", "opcode 'beq' argument 3: expecting label"),
            ("beq(a0, a1, NOWHERE)", "opcode 'beq' argument 3: undefined label 'NOWHERE'"),
        ],
    );
    texts(
        "rv32",
        Arch::Rv32imc,
        3,
        4,
        &[
            ("cm_push({ra, s0-s10}, 0)", "invalid RV32 instruction 'cm_push'"),
            ("cm_push({ra}, 16)", "invalid RV32 instruction 'cm_push'"),
            ("cm_mva01s(s0, s0)", "invalid RV32 instruction 'cm_mva01s'"),
        ],
    );
}

#[test]
fn statements() {
    let instruction = "expecting an assembler instruction";
    texts(
        "thumb",
        Arch::Armv7m,
        0,
        4,
        &[
            ("x = 1", instruction),
            ("nop", instruction),
            ("nop()()", instruction),
            ("x.nop()", instruction),
            ("nop(); nop()", instruction),
            ("return", instruction),
            ("()", instruction),
            ("label()", "'label' requires 1 argument"),
            ("label(5)", "'label' requires 1 argument"),
            ("label(START)", "label redefined"),
            ("align(x)", "'align' requires 1 argument"),
            ("align(1 << 40)", "'align' requires 1 argument"),
            ("data(1)", "'data' requires at least 2 arguments"),
            ("data(x, 1)", "'data' requires at least 2 arguments"),
            ("data(1, x)", "'data' requires integer arguments"),
        ],
    );
    // More than any target can hold.
    for instruction in ["data(0x7fffffff >> 2, 1)", "data(-1, 1)", "align(1 << 29)"] {
        assert_eq!(refused("thumb", Arch::Armv7m, 0, instruction).kind, ErrorKind::Runtime);
    }
}

#[test]
fn headers() {
    for (head, line, message) in [
        ("def f(r1): pass", 2, "parameters must be registers in sequence r0 to r3"),
        ("def f(r0=1): pass", 2, "parameters must be registers in sequence r0 to r3"),
        ("def f(r0, r1, r2, r3, r4): pass", 2, "can only have up to 4 parameters to Thumb assembly"),
        ("def f() -> ptr8: pass", 2, "unknown type"),
        ("def f() -> 1 + x:\n pass\n nop()", 4, "return annotation must be an identifier"),
        ("class C: pass", 2, "inline assembler must be a function"),
    ] {
        let error = compile(&format!("@micropython.asm_thumb\n{head}\n"), Arch::Armv7m, 0).expect_err(head);
        assert_eq!((error.kind, error.line, &*error.message), (ErrorKind::Syntax, line, message), "{head}");
    }
    for arch in [Arch::None, Arch::X64, Arch::Rv64imc] {
        let error = compile("@micropython.asm_thumb\ndef f(): pass\n", arch, 0).expect_err("no assembler");
        assert_eq!(&*error.message, "invalid arch");
    }
}
