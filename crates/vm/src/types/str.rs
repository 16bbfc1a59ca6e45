//! `str` and its iterator.
//!
//! What a str does by itself stands here; methods that bytes share are in the `text_*` files.

use core::cmp::Ordering;

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{bytes_like::StrIterator, iter::Slice, text::Text, typ::Type},
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{
        codec, sequence, str_format, text_case as case,
        text_kind::{Kind, str_receiver},
        text_pad as pad, text_repr, text_search as search, text_split as split, utf8,
    },
    value::R,
    vm::Vm,
};

/// `str`
pub static STR: TypeDef = TypeDef {
    name: "str",
    base: None,
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("__format__", Def::Fn(Native::F2(str_format::format_method))),
        ("capitalize", Def::Fn(Native::F1(case::capitalize))),
        ("casefold", Def::Fn(Native::F1(case::casefold))),
        ("center", Def::Fn(Native::Var(2, 3, pad::center))),
        ("count", Def::Fn(Native::Var(2, 4, search::count))),
        ("encode", Def::Fn(Native::Kw(1, 3, codec::encode))),
        ("endswith", Def::Fn(Native::Var(2, 4, search::endswith))),
        ("expandtabs", Def::Fn(Native::Kw(1, 2, pad::expandtabs))),
        ("find", Def::Fn(Native::Var(2, 4, search::find))),
        ("format", Def::Fn(Native::Kw(1, 255, str_format::format))),
        ("format_map", Def::Fn(Native::F2(str_format::format_map))),
        ("index", Def::Fn(Native::Var(2, 4, search::index))),
        ("isalnum", Def::Fn(Native::F1(case::isalnum))),
        ("isalpha", Def::Fn(Native::F1(case::isalpha))),
        ("isascii", Def::Fn(Native::F1(case::isascii))),
        ("isdecimal", Def::Fn(Native::F1(case::isdecimal))),
        ("isdigit", Def::Fn(Native::F1(case::isdigit))),
        ("isidentifier", Def::Fn(Native::F1(case::isidentifier))),
        ("islower", Def::Fn(Native::F1(case::islower))),
        ("isnumeric", Def::Fn(Native::F1(case::isnumeric))),
        ("isprintable", Def::Fn(Native::F1(case::isprintable))),
        ("isspace", Def::Fn(Native::F1(case::isspace))),
        ("istitle", Def::Fn(Native::F1(case::istitle))),
        ("isupper", Def::Fn(Native::F1(case::isupper))),
        ("join", Def::Fn(Native::F2(split::join))),
        ("ljust", Def::Fn(Native::Var(2, 3, pad::ljust))),
        ("lower", Def::Fn(Native::F1(case::lower))),
        ("lstrip", Def::Fn(Native::Var(1, 2, split::lstrip))),
        ("maketrans", Def::Static(Native::Var(1, 3, pad::maketrans))),
        ("partition", Def::Fn(Native::F2(search::partition))),
        ("removeprefix", Def::Fn(Native::F2(search::removeprefix))),
        ("removesuffix", Def::Fn(Native::F2(search::removesuffix))),
        ("replace", Def::Fn(Native::Kw(1, 4, search::replace))),
        ("rfind", Def::Fn(Native::Var(2, 4, search::rfind))),
        ("rindex", Def::Fn(Native::Var(2, 4, search::rindex))),
        ("rjust", Def::Fn(Native::Var(2, 3, pad::rjust))),
        ("rpartition", Def::Fn(Native::F2(search::rpartition))),
        ("rsplit", Def::Fn(Native::Kw(1, 3, split::rsplit))),
        ("rstrip", Def::Fn(Native::Var(1, 2, split::rstrip))),
        ("split", Def::Fn(Native::Kw(1, 3, split::split))),
        ("splitlines", Def::Fn(Native::Kw(1, 2, split::splitlines))),
        ("startswith", Def::Fn(Native::Var(2, 4, search::startswith))),
        ("strip", Def::Fn(Native::Var(1, 2, split::strip))),
        ("swapcase", Def::Fn(Native::F1(case::swapcase))),
        ("title", Def::Fn(Native::F1(case::title))),
        ("translate", Def::Fn(Native::F2(pad::translate))),
        ("upper", Def::Fn(Native::F1(case::upper))),
        ("zfill", Def::Fn(Native::F2(pad::zfill))),
    ],
};

/// `str_iterator`
pub static STR_ITERATOR: TypeDef = TypeDef {
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), ..Slots::NONE },
    ..TypeDef::named("str_iterator")
};

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.kw.is_empty() {
        match *args.pos {
            [] => return Ok(q::empty.obj()),
            [obj] => return vm.str(obj),
            _ => {}
        }
    }
    let [obj, encoding, errors] = vm.bind(args, [q::object, q::encoding, q::errors], 0)?;
    match (obj, encoding, errors) {
        (None, ..) => Ok(q::empty.obj()),
        (Some(obj), None, None) => vm.str(obj),
        (Some(obj), ..) => codec::decode_object(vm, obj, encoding, errors),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
    let text = str_receiver(vm, obj)?;
    match how {
        Show::Str => out.write(vm, text.bytes()),
        Show::Repr => text_repr::write_quoted(vm, out, Kind::Str, text.bytes(), false),
    }
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let text = str_receiver(vm, obj)?;
    let number = match op {
        Unary::Bool => return Ok(Some(Obj::from_bool(!text.is_empty()))),
        Unary::Len => text.chars(),
        Unary::Hash => vm.text_hash(&text) as usize,
        Unary::SizeOf => text.len() + 32,
        _ => return Ok(None),
    };
    Ok(Obj::small_int(number as isize))
}

/// The result of a comparison from an ordering.
pub fn ordered(op: Binary, order: Ordering) -> Option<Obj> {
    Some(Obj::from_bool(match op {
        Binary::Lt => order.is_lt(),
        Binary::Le => order.is_le(),
        Binary::Gt => order.is_gt(),
        Binary::Ge => order.is_ge(),
        Binary::Eq => order.is_eq(),
        Binary::Ne => order.is_ne(),
        _ => return None,
    }))
}

fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    match op {
        Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => {
            let (Some(a), Some(b)) = (vm.text(lhs), vm.text(rhs)) else {
                return Ok(None);
            };
            if matches!(op, Binary::Eq | Binary::Ne) {
                let equal = a.owner() == b.owner() || a.bytes() == b.bytes();
                return Ok(Some(Obj::from_bool(equal == (op == Binary::Eq))));
            }
            Ok(ordered(op, a.bytes().cmp(b.bytes())))
        }
        Binary::Add => match (vm.text(lhs), vm.text(rhs)) {
            (Some(a), Some(b)) => vm.concat_str(a, b).map(Some),
            _ => Ok(None),
        },
        Binary::Mul | Binary::RMul => {
            let text = str_receiver(vm, lhs)?;
            repeat(vm, Kind::Str, &text, rhs)
        }
        Binary::Mod => str_format::percent(vm, Kind::Str, lhs, rhs).map(Some),
        Binary::Contains => search::contains(vm, lhs, rhs).map(|found| Some(Obj::from_bool(found))),
        _ => Ok(None),
    }
}

/// `text * times`; `None` if the operand is no number.
pub fn repeat(vm: &mut Vm, kind: Kind, text: &Text, times: Obj) -> R<Option<Obj>> {
    let Some(times) = sequence::repetitions(vm, text.len(), times)? else {
        return Ok(None);
    };
    if times == 1 {
        return kind.part(vm, text, 0, text.len()).map(Some);
    }
    let bytes = text.bytes();
    let total = bytes.len() * times;
    let fill = |room: &mut [u8]| match bytes {
        [byte] => room.fill(*byte),
        _ if bytes.is_empty() => {}
        _ => room.chunks_exact_mut(bytes.len()).for_each(|piece| piece.copy_from_slice(bytes)),
    };
    match kind {
        Kind::Str if text.is_ascii() => vm.new_ascii_with(total, fill),
        Kind::Str => {
            let copy = vm.new_bytes_with(total, fill)?;
            match vm.bytes_text(copy) {
                Some(copy) => vm.new_str(copy.bytes()),
                None => Ok(copy),
            }
        }
        Kind::Bytes => vm.new_bytes_with(total, fill),
        Kind::ByteArray => {
            let object = vm.new_bytearray(total)?;
            fill(object.bytes_mut(vm));
            Ok(object.obj())
        }
    }
    .map(Some)
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let text = str_receiver(vm, obj)?;
    if let Some(slice) = vm.exact::<Slice>(index) {
        let range = vm.slice_range(slice, text.chars())?;
        if range.step == 1 {
            let start = text.byte_of(range.start);
            let end = text.byte_of(range.stop);
            return Kind::Str.part(vm, &text, start, end);
        }
        if text.is_ascii() {
            return vm.new_ascii_with(range.count, |room| {
                for (i, byte) in room.iter_mut().enumerate() {
                    *byte = text.bytes().get(range.index(i)).copied().unwrap_or(0);
                }
            });
        }
        let mut out = TextOut::buffer();
        for i in 0..range.count {
            let at = text.byte_of(range.index(i));
            let len = utf8::decode(text.bytes(), at).map_or(0, |(_, len)| len);
            out.write(vm, &text.bytes()[at..at + len])?;
        }
        return out.into_str(vm);
    }
    let index = vm.seq_index(index, text.chars(), "str")?;
    if text.is_ascii() {
        let byte = text.bytes().get(index).copied().unwrap_or(0);
        return Ok(vm.ascii_char(byte));
    }
    let at = text.byte_of(index);
    char_at(vm, text.bytes(), at).map(|(char, _)| char)
}

/// The one-character str at an offset and its length in bytes.
fn char_at(vm: &mut Vm, bytes: &[u8], at: usize) -> R<(Obj, usize)> {
    let len = utf8::decode(bytes, at).map_or(0, |(_, len)| len);
    Ok((vm.new_str(&bytes[at..at + len])?, len))
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let text = str_receiver(vm, obj)?;
    vm.new_str_iterator(text.owner())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<StrIterator>(obj) else {
        return Err(vm.type_error("not a str iterator"));
    };
    let (text, at) = iterator.state();
    let Some(text) = vm.text(text) else {
        return Ok(None);
    };
    match text.bytes().get(at) {
        None => Ok(None),
        Some(byte @ ..0x80) => {
            iterator.set_at(at + 1);
            Ok(Some(vm.ascii_char(*byte)))
        }
        Some(_) => {
            let (char, len) = char_at(vm, text.bytes(), at)?;
            iterator.set_at(at + len);
            Ok(Some(char))
        }
    }
}
