//! Machine code for hosts of .mpy versions 4 and 5: tables of its own, links to names, what it refuses.

mod common;

use code::mpy::{File, read_as_is};
use code::object::{Arch, Const, Kind};
use code::older::links::How;
use code::older::{self, Target, opcode::Form};
use compiler::{DefaultEmit, Dialect, Options};

fn options(version: u8, arch: Arch) -> Options<'static> {
    Options { arch, machine_version: version, ..common::options(Dialect::Exact) }
}

/// Compiles, writes and reads again.
fn file(source: &str, options: &Options<'_>) -> older::File {
    let module = common::compile(source.as_bytes(), options).expect("it compiles");
    let form = Form { version: options.machine_version, cache_byte: false };
    let file = older::downgrade(&module, Target { form, unicode: true }).expect("a file");
    let bytes = older::write(&file).expect("bytes");
    match read_as_is(&mut &bytes[..]) {
        Ok(File::Older(read)) => {
            assert_eq!(older::write(&read), Some(bytes));
            read
        }
        other => panic!("{other:?}"),
    }
}

/// The error of a function of the decorator's kind.
fn refused(version: u8, arch: Arch, decorator: &str, body: &str) -> String {
    let source = format!("@micropython.{decorator}\ndef f(a, b):\n {body}");
    common::compile(source.as_bytes(), &options(version, arch)).expect_err(body).message
}

const SOURCE: &str = "
@micropython.native
def f(a, *, key=None):
    b = print
    def inner(): return b
    print('text', 1 << 70, 2.5, (1, (None, 3.5), 'text'), b'', key)
    return inner, 1 << 70
";

#[test]
fn functions_have_tables_of_their_own() {
    for (version, arch) in [(4, Arch::X64), (4, Arch::X86), (4, Arch::Armv6), (4, Arch::Xtensa), (5, Arch::X64)] {
        let file = file(SOURCE, &options(version, arch));
        assert_eq!((file.arch, file.root.kind), (arch, Kind::Bytecode));
        let code = &file.root.children[0];
        let text = |name: u16| std::str::from_utf8(&file.names[usize::from(name)]).expect("a name");
        assert_eq!((code.kind, text(code.name)), (Kind::Native, "f"));
        let params: Vec<&str> = code.params.iter().map(|&name| text(name)).collect();
        assert_eq!(params, ["a", "key"]);
        let objects: Vec<&Const> = code.objects.iter().collect();
        let [Const::Int(big), Const::Float(a, _), Const::Float(b, _), Const::Str(item), Const::Bytes(_)] = objects[..]
        else {
            panic!("{objects:?}")
        };
        assert_eq!((&**big, *a, *b, &**item), ("1180591620717411303424", 2.5, 3.5, &b"text"[..]));
        assert_eq!((code.children.len(), code.children[0].kind), (1, Kind::Native));

        let machine = code.machine.as_ref().expect("machine code");
        let links: Vec<(How, &str)> = machine.links.iter().map(|link| (link.how, text(link.name))).collect();
        assert_eq!(links, [(How::Number, "print"), (How::Number, "print"), (How::Object, "text")]);
        let mut data = code.data.to_vec();
        for link in &machine.links {
            link.apply(arch, &mut data, 0x1234).expect("a link inside of the code");
        }
        // Numbers and objects as 32-bit words; the prelude is behind all of them.
        let end = machine.native.prelude_offset as usize;
        let count = |word: u32| data[..end].windows(4).filter(|bytes| *bytes == word.to_le_bytes()).count();
        assert_eq!((count(0x1234), count(0x1234 << 3 | 2)), (2, 1));
        let form = Form { version, cache_byte: false };
        let prelude = older::Prelude::parse(form, &data, end).expect("a prelude");
        assert_eq!((prelude.signature.n_pos, prelude.signature.n_kwonly, prelude.code), (1, 1, data.len()));
        // b is a cell, local 3.
        assert_eq!(&data[prelude.cells], [3]);
    }
}

#[test]
fn thumb_has_its_links_in_halves() {
    let file = file(SOURCE, &options(4, Arch::Armv7m));
    let code = &file.root.children[0];
    let machine = code.machine.as_ref().expect("machine code");
    let mut data = code.data.to_vec();
    for link in &machine.links {
        let at = link.offset as usize;
        let is_movw = |at: usize| data[at..].starts_with(&[0x40, 0xf2]);
        let is_movt = |at: usize| data[at..].starts_with(&[0xc0, 0xf2]);
        assert!(is_movw(at) && is_movt(at + 4) == (link.how == How::Object), "{link:?}");
        link.apply(Arch::Armv7m, &mut data, 0xffff).expect("a link inside of the code");
    }
    assert_eq!(data.len(), code.data.len());
    assert_ne!(&data[..], &*code.data);
}

#[test]
fn generators_and_viper() {
    for version in [4, 5] {
        let source = "@micropython.native\ndef g(a):\n yield a\n@micropython.viper\ndef v(p: ptr8) -> int:\n return p[int(len(p))]";
        let file = file(source, &options(version, Arch::X64));
        let [generator, viper] = &file.root.children[..] else { panic!("{:?}", file.root.children) };
        let machine = generator.machine.as_ref().expect("machine code");
        let word = |at: usize| u64::from_le_bytes(generator.data[at..at + 8].try_into().expect("a word"));
        assert_eq!(word(0), u64::from(machine.native.prelude_offset));
        assert!((16..word(0)).contains(&word(8)));
        assert_eq!((viper.kind, viper.params.len(), viper.objects.len()), (Kind::Viper, 0, 0));
        assert_eq!(viper.machine.as_ref().expect("machine code").links.len(), 1);
    }
}

#[test]
fn large_functions_know_where_their_prelude_is() {
    // Near the sizes where the constant with the offset gets longer.
    for arch in [Arch::Armv7m, Arch::Xtensa, Arch::Armv6] {
        for n in 1..60 {
            let source = format!("@micropython.native\ndef f(a):\n{} return a", " a = a.b\n".repeat(n));
            let file = file(&source, &options(4, arch));
            let code = &file.root.children[0];
            let offset = code.machine.as_ref().expect("machine code").native.prelude_offset;
            let form = Form { version: 4, cache_byte: false };
            let prelude = older::Prelude::parse(form, &code.data, offset as usize).expect("a prelude");
            assert_eq!(prelude.code, code.data.len());
            let movw = |value: u32| {
                let value = u16::try_from(value).expect("a short function");
                [0x40 | (value >> 12) as u8, 0xf2 | (value >> 9 & 4) as u8, value as u8, (value >> 4 & 0x70) as u8]
            };
            let found = match (arch, offset) {
                (Arch::Armv7m, 256..) => code.data.windows(4).any(|bytes| bytes == movw(offset)),
                (Arch::Armv7m, _) => code.data.windows(2).any(|bytes| bytes == [offset as u8, 0x20]),
                (Arch::Xtensa, ..2048) => true,
                _ => code.data.windows(4).any(|bytes| bytes == offset.to_le_bytes()) || offset < 256,
            };
            assert!(found, "{arch:?} {n}: {offset}");
        }
    }
}

#[test]
fn what_the_versions_do_not_know() {
    for (version, arch, decorator, body, what) in [
        (4, Arch::X64, "native", "return a @ b", "4 cannot express the operator @"),
        (4, Arch::Armv7em, "native", "return a", "4 cannot express machine code for armv7em"),
        (5, Arch::Rv32imc, "viper", "return a", "5 cannot express machine code for rv32imc"),
        (5, Arch::Armv6m, "native", "return a", "5 cannot express machine code for armv6m"),
        (4, Arch::X64, "native", "return a(*b, *a)", "4 cannot express several * arguments"),
        (5, Arch::X64, "native", "return a(**b, **a)", "5 cannot express several ** arguments"),
    ] {
        let text = refused(version, arch, decorator, body);
        assert!(text.starts_with(&format!(".mpy version {what}")), "{text}");
    }
    assert!(common::compile(b"@micropython.native\ndef f(a):\n a @ a", &options(5, Arch::X64)).is_ok());
    let all = Options { emit: DefaultEmit::Native, ..options(4, Arch::Rv32imc) };
    assert!(common::compile(b"x = 1", &all).is_err());
}
