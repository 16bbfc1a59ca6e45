//! Texts and bytes through their methods, as programs call them.

use crate::{Obj, R, Vm, boot::test_vm, text_out::TextOut, types::text_kind::Kind};

enum Arg {
    S(&'static str),
    B(&'static [u8]),
    I(isize),
    None,
}

use Arg::{B, I, S};

fn object(vm: &mut Vm, arg: &Arg) -> R {
    match arg {
        S(text) => vm.new_str(text.as_bytes()),
        B(bytes) => vm.new_bytes(bytes),
        I(value) => Ok(Obj::small_int_unchecked(*value)),
        Arg::None => Ok(Obj::NONE),
    }
}

/// What a method gives, as `repr` shows it; the name of the exception if it raises.
fn outcome(vm: &mut Vm, receiver: &Arg, method: &str, args: &[Arg]) -> std::string::String {
    let result = (|| {
        let list = vm.new_list(&[])?;
        for arg in args {
            let value = object(vm, arg)?;
            list.push(vm, value)?;
        }
        let receiver = object(vm, receiver)?;
        let name = vm.intern(method.as_bytes())?;
        let method = vm.getattr(receiver, name)?;
        let values: [Option<Obj>; 4] = core::array::from_fn(|i| list.get(i));
        let values: std::vec::Vec<Obj> = values.into_iter().flatten().collect();
        let result = vm.call(method, &values)?;
        vm.repr(result)
    })();
    match result {
        Ok(text) => std::string::String::from_utf8_lossy(vm.str_bytes(text).unwrap_or_default()).into_owned(),
        Err(_) => {
            let exception = vm.take_exception();
            vm.type_name(exception).into()
        }
    }
}

#[test]
fn methods_do_as_in_cpython() {
    let cases: &[(Arg, &str, &[Arg], &str)] = &[
        (S("añb ñ"), "find", &[S("ñ"), I(2)], "4"),
        (S("añb ñ"), "rindex", &[S("ñ")], "4"),
        (S("abc"), "index", &[S("d")], "ValueError"),
        (S("aaa"), "count", &[S("")], "4"),
        (S("  a b  "), "split", &[Arg::None, I(1)], "['a', 'b  ']"),
        (S("a,b,,c"), "rsplit", &[S(","), I(2)], "['a,b', '', 'c']"),
        (S("a"), "split", &[S("")], "ValueError"),
        (S("a\r\nb\u{2028}c"), "splitlines", &[], "['a', 'b', 'c']"),
        (S("aXbX"), "replace", &[S("X"), S("éé"), I(1)], "'aéébX'"),
        (S("ab"), "replace", &[S(""), S("-")], "'-a-b-'"),
        (S("ΑΣ ς"), "lower", &[], "'ας ς'"),
        (S("straße"), "upper", &[], "'STRASSE'"),
        (S("it's ok"), "title", &[], "\"It'S Ok\""),
        (S("é"), "center", &[I(4), S("中")], "'中é中中'"),
        (S("-5"), "zfill", &[I(5)], "'-0005'"),
        (S("é€"), "encode", &[S("ascii"), S("backslashreplace")], "b'\\\\xe9\\\\u20ac'"),
        (S("é"), "encode", &[S("ascii")], "UnicodeEncodeError"),
        (B(b"a\xffb"), "decode", &[S("utf-8"), S("replace")], "'a\u{fffd}b'"),
        (B(b"a\xffb"), "decode", &[], "UnicodeDecodeError"),
        (B(b"abcd"), "hex", &[S("-"), I(3)], "'61-626364'"),
        (S("{:>5}|{0}"), "format", &[I(1)], "ValueError"),
        (S("{1:>5}|{0!r}"), "format", &[S("x"), I(1)], "\"    1|'x'\""),
        (S("{"), "format", &[], "ValueError"),
        (S("%"), "isidentifier", &[], "False"),
        (S("a"), "join", &[S("xyz")], "'xayaz'"),
        (S("a"), "startswith", &[I(1)], "TypeError"),
        (S("a"), "ljust", &[I(isize::MAX >> 2)], "MemoryError"),
    ];
    let mut machine = test_vm();
    for (receiver, method, args, expected) in cases {
        assert_eq!(outcome(&mut machine, receiver, method, args), *expected, "{method}");
    }
}

#[test]
fn characters_are_found_by_index() {
    let mut machine = test_vm();
    let vm = &mut *machine;
    for text in ["é中a\u{1f600}".repeat(200), "é".repeat(63), "ab".repeat(100), std::string::String::new()] {
        let object = vm.new_str(text.as_bytes()).unwrap();
        let view = vm.text(object).unwrap();
        assert_eq!(view.chars(), text.chars().count());
        for (index, (offset, _)) in text.char_indices().enumerate() {
            assert_eq!((view.byte_of(index), view.char_of(offset)), (offset, index));
        }
        assert_eq!(view.byte_of(view.chars()), text.len());
    }
}

#[test]
fn sums_share_a_buffer_and_stay_apart() {
    let mut machine = test_vm();
    let vm = &mut *machine;
    let piece = vm.new_str("é".repeat(80).as_bytes()).unwrap();
    let mut texts = std::vec![piece];
    let mut sum = piece;
    for _ in 0..40 {
        let (a, b) = (vm.text(sum).unwrap(), vm.text(piece).unwrap());
        // Two texts that extend the same one must not see each other.
        let other = vm.ascii_char(b'x');
        let other = vm.text(other).unwrap();
        let branch = vm.concat_str(a, other).unwrap();
        sum = vm.concat_str(a, b).unwrap();
        assert!(vm.str_bytes(branch).unwrap().ends_with(b"x"));
        texts.push(sum);
    }
    for (i, text) in texts.iter().enumerate() {
        assert_eq!(vm.str_bytes(*text).unwrap(), "é".repeat(80 * (i + 1)).as_bytes());
    }
}

#[test]
fn quotes_and_escapes() {
    let mut machine = test_vm();
    for (kind, bytes, shown) in [
        (Kind::Str, "it's".as_bytes(), "\"it's\""),
        (Kind::Str, "'\"".as_bytes(), "'\\'\"'"),
        (Kind::Str, "\u{7f}\u{ad}é\u{1f600}".as_bytes(), "'\\x7f\\xadé\u{1f600}'"),
        (Kind::Str, b"\xed\xa0\x80", "'\\ud800'"),
        (Kind::Bytes, b"\xff\n\\", "'\\xff\\n\\\\'"),
    ] {
        let mut out = TextOut::buffer();
        super::text_repr::write_quoted(&mut machine, &mut out, kind, bytes, false).unwrap();
        assert_eq!(out.bytes(&machine), shown.as_bytes());
    }
}
