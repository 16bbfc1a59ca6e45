//! Files of versions 3 to 5: written back, translated there and back, refused.

use code::mpy::{File, read, read_as_is};
use code::object::{Const, Module};
use code::older::{self, Refused, Target, opcode::Form};
use code::verify::verify;

const FILES: [&[u8]; 5] = [
    include_bytes!("golden/older3.mpy"),
    include_bytes!("golden/older4.mpy"),
    include_bytes!("golden/older4c.mpy"),
    include_bytes!("golden/older5.mpy"),
    include_bytes!("golden/older5c.mpy"),
];

fn older(bytes: &[u8]) -> older::File {
    match read_as_is(&mut &bytes[..]) {
        Ok(File::Older(file)) => file,
        other => panic!("{other:?}"),
    }
}

fn target(version: u8) -> Target {
    Target { form: Form { version, cache_byte: false }, unicode: true }
}

/// The file of a module, read again.
fn through(module: &Module, target: Target) -> Module {
    let file = older::downgrade(module, target).expect("code that the version can express");
    let bytes = older::write(&file).expect("bytes");
    assert_eq!(bytes[1], target.form.version);
    read(&bytes).expect("a module")
}

#[test]
fn what_official_compilers_wrote_is_written_back() {
    for bytes in &FILES[1..] {
        assert!(older::write(&older(bytes)).as_deref() == Some(*bytes));
    }
    assert_eq!(older::write(&older(FILES[0])), None);
}

#[test]
fn every_truncation_is_an_error() {
    for bytes in FILES {
        for end in 0..bytes.len() {
            let error = read(&bytes[..end]).expect_err("an error");
            assert!(error.offset <= Some(end), "{end}: {error}");
        }
    }
}

#[test]
fn translations_there_and_back_stay_the_same() {
    let newer: &[u8] = include_bytes!("golden/flow.mpy");
    for bytes in FILES.into_iter().chain([newer]) {
        let mut module = read(bytes).expect("a module");
        if bytes != newer {
            // Keyword arguments in front of a `*` were made a dict, which does not come back.
            let error = older::downgrade(&module, target(5)).expect_err("a call that was translated");
            assert_eq!((&*error.function, error.line), ("calls", 10), "{error}");
            module.root.children[0] = module.root.children[1].clone();
        }
        let first = through(&module, target(5));
        // Version 4 lacks the operator @, which the newer one uses.
        for version in (4..=5).skip(usize::from(bytes == newer)) {
            for cache_byte in [false, true] {
                let form = Form { version, cache_byte };
                let mut second = through(&first, Target { form, unicode: false });
                second.qstrs.clone_from(&first.qstrs);
                // Calls with `*` get more slots each time, so only code and tables are compared.
                assert_eq!(first.objects, second.objects);
                let mut pairs = vec![(&first.root, &second.root)];
                while let Some((one, other)) = pairs.pop() {
                    verify(&second, other).expect("sound code");
                    let code = |code: &code::object::RawCode| {
                        let prelude = code::prelude::Prelude::parse(&code.data).expect("a prelude");
                        (prelude.lines.len(), code.data.len() - prelude.code)
                    };
                    assert_eq!(code(one), code(other));
                    pairs.extend(one.children.iter().zip(&other.children));
                }
            }
        }
    }
}

#[test]
fn calls_change_their_arguments_there_and_back() {
    let module = read(include_bytes!("golden/functions.mpy")).expect("a module");
    let back = through(&module, target(5));
    let mut waiting = vec![&back.root];
    while let Some(code) = waiting.pop() {
        assert_eq!(verify(&back, code).map(|verified| verified.doubt), Ok(None));
        waiting.extend(&code.children);
    }
}

#[test]
fn tuples_are_built_where_constants_cannot_be() {
    let mut module = read(include_bytes!("golden/older5.mpy")).expect("a module");
    let big = Const::Int("99999999999999999999".into());
    let inner = Const::Tuple(vec![Const::None, Const::Int("-17".into()), big.clone(), Const::Tuple(vec![])]);
    module.objects = vec![Const::Tuple(vec![Const::True, inner, Const::Str(b"text"[..].into())])];
    module.root.children.clear();
    // n_state 1, no name but that of the file; LOAD_CONST_OBJ 0, RETURN_VALUE.
    module.root.data = [0x00, 0x02, 0x00, 0x23, 0x00, 0x63][..].into();
    let built = through(&module, target(4));
    assert_eq!(built.objects, [big, Const::Str(b"text"[..].into())]);
    let verified = verify(&built, &built.root).expect("sound code");
    assert_eq!((verified.careful, verified.max_stack), (false, 5));
}

#[test]
fn what_cannot_be_expressed_is_named_with_its_line() {
    let mut module = read(include_bytes!("golden/flow.mpy")).expect("a module");
    module.root.children.clear();
    let mut refused = |code: &[u8], version| -> Refused {
        // n_state 7; the info block: name 0, one entry that puts line 4 at offset 2.
        module.root.data = [&[0x30, 0x04, 0x00, 0x62][..], code].concat().into();
        older::downgrade(&module, target(version)).expect_err("nothing that the version can express")
    };
    let found = refused(&[0x80, 0x81, 0xf5, 0x63], 4);
    assert_eq!(found.to_string(), ".mpy version 4 cannot express the operator @");
    assert_eq!((found.function.is_empty(), found.line), (false, 4));
    // f(*a, *b): function, two arguments, bitmap 3.
    let found = refused(&[0x80, 0x81, 0x82, 0x83, 0x35, 0x02, 0x63], 5);
    assert!(found.what.starts_with("several * arguments"), "{found}");
    // f(**a, **b)
    let found = refused(&[0x80, 0x53, 0x82, 0x53, 0x84, 0x80, 0x35, 0x84, 0x00, 0x63], 5);
    assert!(found.what.starts_with("several ** arguments"), "{found}");
}

#[test]
fn complaints() {
    for (bytes, expected) in [
        (&b"M\x05\x82\x1f\x20"[..], "incompatible .mpy file: at offset 2: found unknown arch in feature byte 0x82"),
        (b"M\x05\x02\x1f\x21", "incompatible .mpy file: at offset 4: found a window of 33 names, expected at most 32"),
        (
            b"M\x05\x02\x1f\x20\x10\0\x0c\x01",
            "incompatible .mpy file: at offset 8: found recent name 0, expected less than 0",
        ),
        // Inline assembler without arguments as the module body.
        (
            b"M\x05\x0a\x1f\x20\x07\x90\0\0\0",
            "incompatible .mpy arch: version 5, function : found machine code of version 5, expected 6.3",
        ),
    ] {
        assert_eq!(read(bytes).expect_err("an error").to_string(), expected);
    }
}
