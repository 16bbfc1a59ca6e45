use super::*;
use crate::object::{Arch, Const, Debug, Kind, Module, Native, Position, RawCode};
use alloc::{boxed::Box, string::ToString, vec, vec::Vec};

fn code(data: &[u8], children: Vec<RawCode>) -> RawCode {
    RawCode { kind: Kind::Bytecode, data: data.into(), children, native: None, debug: None }
}

fn module(objects: Vec<Const>, root: RawCode) -> Module {
    Module {
        arch: Arch::None,
        sub_version: SUB_VERSION,
        arch_flags: 0,
        small_int_bits: 31,
        qstrs: vec![b"a.py"[..].into(), b"<module>"[..].into(), b"f"[..].into()],
        objects,
        root,
    }
}

/// Everything that a file can hold, native parts and debug section included.
fn full() -> Module {
    let debug = Debug {
        positions: vec![
            Position { offset: 0, line: 3, end_line: 3, column: 0, end_column: 9 },
            Position { offset: 5, line: 2, end_line: 4, column: 8, end_column: 2 },
        ],
        locals: vec!["f".into(), "".into(), "unlisted".into()],
        doc: Some(b"text"[..].into()),
        positional_only: 2,
        coroutine: false,
        first_line: 3,
        qualname: "f.<locals>.g".into(),
    };
    let mut viper = code(&[0xc3; 100], vec![code(&[1, 2], vec![])]);
    viper.kind = Kind::Viper;
    viper.native = Some(Box::new(Native {
        scope_flags: 0x70,
        rodata: [1, 2, 3][..].into(),
        bss: 100,
        relocations: [0x11, 0x24, 0x0d, 0x26, 0xaf, 0x20, 0x01, 0x22, 0x02, 0x06][..].into(),
        ..Native::default()
    }));
    let mut native = code(&[0x90; 200], vec![]);
    native.kind = Kind::Native;
    native.native = Some(Box::new(Native { prelude_offset: 199, ..Native::default() }));
    let mut asm = code(&[], vec![]);
    asm.kind = Kind::Asm;
    asm.native = Some(Box::new(Native { n_args: 3, type_sig: 2, ..Native::default() }));
    asm.debug = Some(Box::new(debug.clone()));
    let mut root = code(&[0x18, 0x04], vec![viper, native, asm]);
    root.debug = Some(Box::new(Debug { doc: None, ..debug }));
    let mut full = module(
        vec![
            Const::FunTable,
            Const::Ellipsis,
            Const::Str("h\u{e9}llo".as_bytes().into()),
            Const::Str([0xed, 0xa0, 0x80][..].into()),
            Const::Bytes([0xff, 0][..].into()),
            Const::Int("-123456789012345678901234567890".into()),
            Const::Float(0.5, "0.5".into()),
            Const::Complex(0.0, 2.0, "2j".into()),
            Const::Tuple(vec![Const::Tuple(vec![]), Const::Tuple(vec![Const::None, Const::True]), Const::False]),
            Const::Tuple(vec![]),
        ],
        root,
    );
    full.arch = Arch::Rv32imc;
    full.arch_flags = 3;
    full
}

#[test]
fn everything_survives_a_round_trip() {
    let original = full();
    let bytes = write(&original, WriteOptions { debug: true });
    assert_eq!(read(&bytes).unwrap(), original);
    let plain = write(&original, WriteOptions::default());
    assert!(bytes.starts_with(&plain) && plain.len() < bytes.len());
    assert!(read(&plain).unwrap().root.debug.is_none());
}

#[test]
fn the_smallest_official_file() {
    let bytes = b"M\x06\x00\x1f\x03\x00\x0e<stdin>\x00\x0f\x02x\x00\x40\x00\x02\x01\x81\x16\x02\x51\x63";
    let module = read(bytes).unwrap();
    assert_eq!(*module.qstrs[0], *b"<stdin>");
    assert_eq!(*module.qstrs[1], *b"<module>");
    assert_eq!(*module.qstrs[2], *b"x");
    assert_eq!(*module.root.data, [0, 2, 1, 0x81, 0x16, 2, 0x51, 0x63]);
    assert_eq!(write(&module, WriteOptions::default()), bytes);
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = write(&full(), WriteOptions { debug: true });
    let plain = write(&full(), WriteOptions::default()).len();
    for end in 0..bytes.len() {
        // Behind the code objects an incomplete magic counts as an unknown trailer.
        let complete = (plain..plain + 3).contains(&end);
        assert_eq!(read(&bytes[..end]).is_ok(), complete, "{end}");
    }
}

#[test]
fn unknown_trailers_are_ignored() {
    let original = full();
    let mut bytes = write(&original, WriteOptions::default());
    bytes.extend_from_slice(b"TPNZ\x07\x02ab");
    let debug = write(&original, WriteOptions { debug: true });
    bytes.extend_from_slice(&debug[bytes.len() - 8..]);
    bytes.extend_from_slice(b"something else");
    assert_eq!(read(&bytes).unwrap(), original);
}

#[test]
fn complaints() {
    let host = Host { small_int_bits: 63, arch: Arch::X64, arch_flags: 0 };
    let no_native = Host { arch: Arch::None, ..host };
    let small = Host { small_int_bits: 30, ..host };
    let cases: [(&[u8], &Host, &str); 12] = [
        (b"", &host, "incompatible .mpy file: at offset 0: the file ends, expected the byte 'M'"),
        (b"X\x06\0\x1f", &host, "incompatible .mpy file: at offset 0: found byte 0x58, expected 0x4d ('M')"),
        (b"M\x02\0\x1f", &host, "incompatible .mpy file: at offset 1: found version 2, expected 3 to 6"),
        (
            b"M\x06\x0a\x1f",
            &host,
            "incompatible .mpy file: at offset 2: found machine code of version 6.2, expected 6.3",
        ),
        (b"M\x06\x3f\x1f", &host, "incompatible .mpy arch: at offset 2: found unknown arch in feature byte 0x3f"),
        (b"M\x06\x07\x1f", &host, "incompatible .mpy arch: at offset 2: found x86, expected x64"),
        (b"M\x06\x0b\x1f", &no_native, "native code in .mpy unsupported: at offset 2: found x64, expected none"),
        (
            b"M\x06\x00\x1f",
            &small,
            "incompatible .mpy file: at offset 3: found 31 bits in small ints, expected at most 30",
        ),
        (
            b"M\x06\x4b\x1f\x01",
            &host,
            "incompatible .mpy file: at offset 4: found arch flags 0x1, expected at most 0x0",
        ),
        (
            b"M\x06\x00\x1f\x8f\xff\xff\xff\x7f\x00",
            &host,
            "incompatible .mpy file: at offset 10: the file ends, expected a qstr",
        ),
        (
            b"M\x06\x00\x1f\x01\x00\x01 ",
            &host,
            "incompatible .mpy file: at offset 6: found static qstr 0, expected 1 to 165",
        ),
        (
            b"M\x06\x00\x1f\x00\x01\x08\x03abc",
            &host,
            "incompatible .mpy file: at offset 8: found \"abc\", expected the text of a float",
        ),
    ];
    for (bytes, host, expected) in cases {
        assert_eq!(read_from(&mut &bytes[..], Some(host)).unwrap_err().to_string(), expected);
    }
}

#[test]
fn the_helper_table_is_no_item() {
    let file = module(vec![Const::Tuple(vec![Const::FunTable])], code(&[], vec![]));
    let error = read(&write(&file, WriteOptions::default())).unwrap_err();
    assert!(error.detail.contains("helper functions"), "{error}");
}

#[test]
fn older_machine_code_is_read_but_not_run() {
    let mut original = full();
    original.sub_version = 1;
    let bytes = write(&original, WriteOptions { debug: true });
    assert_eq!(bytes[..3], *b"M\x06\x6d");
    assert_eq!(read(&bytes).unwrap(), original);
}

#[test]
fn relocations_lie_in_their_sections() {
    let mut viper = code(&[0xc3; 8], vec![]);
    viper.kind = Kind::Viper;
    let file = |relocations: &[u8], scope_flags| {
        let mut viper = viper.clone();
        viper.native = Some(Box::new(Native {
            scope_flags,
            rodata: [0; 12][..].into(),
            relocations: relocations.into(),
            ..Native::default()
        }));
        let mut file = module(vec![], viper);
        file.arch = Arch::Armv7m;
        write(&file, WriteOptions::default())
    };
    let flags = Native::RELOCATIONS | Native::RODATA;
    for (relocations, complaint) in [
        (&[0x03, 0, 2][..], None),
        (&[0x03, 0, 3], Some("found 3 relocated words at word 0 of 2")),
        (&[0x0d, 0x05, 0x0e], Some("found 1 relocated words at word 3 of 3")),
        (&[0x01, 0x84], Some("the file ends, expected the place of a relocation")),
    ] {
        let found = read(&file(relocations, flags)).err().map(|error| error.detail);
        assert_eq!(found.as_deref(), complaint);
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        let mut tuple = Const::Tuple(vec![]);
        let mut root = code(&[], vec![]);
        for _ in 1..depth {
            tuple = Const::Tuple(vec![tuple]);
            root = code(&[], vec![root]);
        }
        (module(vec![tuple], code(&[], vec![])), module(vec![], root))
    };
    let (tuples, codes) = nested(MAX_NESTING);
    for module in [tuples, codes] {
        assert_eq!(read(&write(&module, WriteOptions::default())).as_ref(), Ok(&module));
    }
    let (tuples, codes) = nested(MAX_NESTING + 1);
    for (module, what) in [(tuples, "tuples"), (codes, "functions")] {
        let error = read(&write(&module, WriteOptions::default())).unwrap_err();
        assert!(error.detail.starts_with(what), "{error}");
    }
}
