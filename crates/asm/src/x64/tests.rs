//! Golden bytes.

use super::*;
use alloc::{format, string::String};

fn bytes(write: impl Fn(&mut X64)) -> String {
    let mut asm = X64::default();
    for _ in 0..2 {
        asm.begin();
        write(&mut asm);
        asm.finish();
    }
    asm.code().bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_function_of_the_official_tools() {
    // `def f(a): return a` with -march=x64 (mpy-format.md §8.3), without the leading word and the prelude.
    let text = bytes(|asm| {
        asm.entry(7);
        asm.load(Width::Word, RBP, RDI, 1);
        asm.load(Width::Word, R13, RBP, 2);
        asm.load(Width::Word, RBP, RBP, 3);
        asm.load(Width::Word, RBP, RBP, 0);
        asm.store_local(0, RDI);
        asm.constant(RDI, 2);
        asm.store_local(3, RDI);
        asm.local_address(RDI, 0);
        asm.call_setup(45);
        asm.load_local(RBX, 6);
        asm.copy(RAX, RBX);
        asm.jump(Label(0));
        asm.code_mut().place(Label(0));
        asm.exit();
    });
    let expected = concat!(
        "5553415441554883ec38",
        "488b6f084c8b6d10488b6d18488b6d00",
        "48893c24bf0200000048897c2418",
        "4889e7488b8568010000ffd0",
        "488b5c24304889d8e900000000",
        "4883ecc8415d415c5b5dc3"
    );
    assert_eq!(text, expected);
}

#[test]
fn constants() {
    assert_eq!(bytes(|asm| asm.constant(RAX, 0xffff_ffff)), "b8ffffffff");
    assert_eq!(bytes(|asm| asm.constant(R12, 1)), "41bc01000000");
    assert_eq!(bytes(|asm| asm.constant(R13, -1)), "49bdffffffffffffffff");
    assert_eq!(bytes(|asm| asm.constant(RDI, 1 << 32)), "48bf0000000001000000");
    assert_eq!(bytes(|asm| asm.clear(R12)), "4d31e4");
}

#[test]
fn memory_operands() {
    assert_eq!(bytes(|asm| asm.load(Width::Word, RAX, R12, 0)), "498b0424");
    assert_eq!(bytes(|asm| asm.load(Width::Word, RAX, R13, 0)), "498b4500");
    assert_eq!(bytes(|asm| asm.load(Width::Bits16, RSI, R13, 3)), "410fb77506");
    assert_eq!(bytes(|asm| asm.load(Width::Bits8, RAX, RDI, 200)), "0fb687c8000000");
    assert_eq!(bytes(|asm| asm.load(Width::Bits32, RAX, RBX, -1)), "8b43fc");
    assert_eq!(bytes(|asm| asm.store(Width::Bits8, RDX, RDI, 0)), "8817");
    assert_eq!(bytes(|asm| asm.store(Width::Bits16, RDX, R12, 1)), "664189542402");
    assert_eq!(bytes(|asm| asm.store(Width::Bits32, RDX, RDI, 1)), "895704");
    assert_eq!(bytes(|asm| asm.load_indexed(Width::Bits16, RAX, RDI, RSI)), "4801f74801f70fb707");
    assert_eq!(bytes(|asm| asm.store_indexed(Width::Bits8, RDX, RDI, R12)), "4c01e78817");
    assert_eq!(bytes(|asm| asm.local_address(RSI, 0)), "4889e6");
    assert_eq!(bytes(|asm| asm.local_address(RSI, 20)), "488db424a0000000");
}

#[test]
fn jumps_are_short_only_backwards() {
    let text = bytes(|asm| {
        asm.code_mut().place(Label(0));
        asm.jump_if_zero(RAX, Label(1), true);
        asm.jump_if_nonzero(RBX, Label(0), false);
        asm.jump_if_equal(RDI, RDX, Label(1));
        asm.jump(Label(0));
        asm.code_mut().place(Label(1));
        asm.jump(Label(1));
        asm.label_address(RBX, Label(0));
        asm.jump_register(RBX);
    });
    assert_eq!(text, "84c00f84100000004885db75f34839fa0f8402000000ebe8e9fbffffff488d1ddcffffffffe3");
}

#[test]
fn far_backward_jumps_are_long() {
    let text = bytes(|asm| {
        asm.code_mut().place(Label(0));
        asm.code_mut().align(1);
        for _ in 0..126 {
            asm.code_mut().u8(0x90);
        }
        asm.jump(Label(0));
        asm.jump_if_zero(RAX, Label(0), false);
    });
    assert_eq!(&text[252..], "eb804885c00f8477ffffff");
}

#[test]
fn arithmetic() {
    assert_eq!(bytes(|asm| asm.arith(Arith::Add, RSI, RDX)), "4801d6");
    assert_eq!(bytes(|asm| asm.arith(Arith::Sub, RSI, RBX)), "4829de");
    assert_eq!(bytes(|asm| asm.arith(Arith::Mul, RSI, R12)), "490faff4");
    assert_eq!(bytes(|asm| asm.arith(Arith::Xor, RSI, R12)), "4c31e6");
    assert_eq!(bytes(|asm| asm.shift(Shift::Left, RAX, RCX)), "48d3e0");
    assert_eq!(bytes(|asm| asm.shift(Shift::Right, RAX, RCX)), "48d3e8");
    assert_eq!(bytes(|asm| asm.shift(Shift::RightSigned, RAX, RCX)), "48d3f8");
    assert_eq!(bytes(|asm| asm.negate(RAX)), "48f7d8");
    assert_eq!(bytes(|asm| asm.invert(RAX)), "48f7d0");
    assert_eq!(bytes(|asm| asm.compare(Condition::Less, true, RAX, RSI, RDX)), "4831c04839d60f9cc0");
    assert_eq!(bytes(|asm| asm.compare(Condition::MoreEqual, false, RAX, RSI, RBX)), "4831c04839de0f93c0");
}
