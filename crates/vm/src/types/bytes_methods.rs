//! The methods that `bytes` and `bytearray` share, and how both are made.

use heap::Obj;

use crate::{
    layout::bytes_like::{ByteArray, MemoryView},
    native::{Args, Binary},
    qstr::q,
    text_out::TextOut,
    types::{
        codec,
        exception::Exc,
        memoryview,
        str::{ordered, repeat},
        text_kind::{Kind, byte_value, bytes_operand_maybe, joined_operand, receiver},
        text_search as search,
    },
    value::R,
    vm::Vm,
};

/// The member table of bytes or bytearray: the shared methods and some more.
#[macro_export]
#[doc(hidden)]
macro_rules! bytes_members {
    ($($more:expr),* $(,)?) => {{
        use $crate::native::{Def, Native};
        use $crate::types::{
            bytes_methods, codec, text_case as case, text_pad as pad, text_search as search, text_split as split,
        };
        &[
            ("capitalize", Def::Fn(Native::F1(case::capitalize))),
            ("center", Def::Fn(Native::Var(2, 3, pad::center))),
            ("count", Def::Fn(Native::Var(2, 4, search::count))),
            ("decode", Def::Fn(Native::Kw(1, 3, codec::decode))),
            ("endswith", Def::Fn(Native::Var(2, 4, search::endswith))),
            ("expandtabs", Def::Fn(Native::Kw(1, 2, pad::expandtabs))),
            ("find", Def::Fn(Native::Var(2, 4, search::find))),
            ("hex", Def::Fn(Native::Kw(1, 3, bytes_methods::hex))),
            ("index", Def::Fn(Native::Var(2, 4, search::index))),
            ("isalnum", Def::Fn(Native::F1(case::isalnum))),
            ("isalpha", Def::Fn(Native::F1(case::isalpha))),
            ("isascii", Def::Fn(Native::F1(case::isascii))),
            ("isdigit", Def::Fn(Native::F1(case::isdigit))),
            ("islower", Def::Fn(Native::F1(case::islower))),
            ("isspace", Def::Fn(Native::F1(case::isspace))),
            ("istitle", Def::Fn(Native::F1(case::istitle))),
            ("isupper", Def::Fn(Native::F1(case::isupper))),
            ("join", Def::Fn(Native::F2(split::join))),
            ("ljust", Def::Fn(Native::Var(2, 3, pad::ljust))),
            ("lower", Def::Fn(Native::F1(case::lower))),
            ("lstrip", Def::Fn(Native::Var(1, 2, split::lstrip))),
            ("maketrans", Def::Static(Native::F2(pad::maketrans_bytes))),
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
            ("translate", Def::Fn(Native::Kw(1, 3, pad::translate_bytes))),
            ("upper", Def::Fn(Native::F1(case::upper))),
            ("zfill", Def::Fn(Native::F2(pad::zfill))),
            $($more),*
        ]
    }};
}

/// The bytes object with the content that the arguments of `bytes(…)` or `bytearray(…)` describe.
pub fn content(vm: &mut Vm, args: &Args) -> R {
    let [source, encoding, errors] = vm.bind(args, [q::source, q::encoding, q::errors], 0)?;
    let Some(source) = source else {
        return vm.new_bytes(b"");
    };
    if vm.is_str(source) {
        if encoding.is_none() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        return codec::encode_object(vm, source, encoding, errors);
    }
    if encoding.is_some() || errors.is_some() {
        return Err(vm.type_error("encoding without a string argument"));
    }
    if vm.type_of(source).is_python() {
        let found = vm.getattr(source, q::__bytes__);
        if let Some(method) = vm.catch(found, Exc::AttributeError)? {
            let result = vm.call(method, &[])?;
            return match vm.bytes_text(result) {
                Some(text) => Ok(text.owner()),
                None => Err(vm.type_error_for("__bytes__ returned non-bytes (type ", result, ")")),
            };
        }
    }
    if vm.index_int_maybe(source)?.is_some() {
        let len = vm.index_size(source)?;
        return match usize::try_from(len) {
            Ok(len) => vm.new_bytes_with(len, |_| {}),
            Err(_) => Err(vm.value_error("negative count")),
        };
    }
    // What lies apart in a memoryview has to be put together.
    if vm.exact::<MemoryView>(source).is_some() {
        return memoryview::to_bytes(vm, source);
    }
    if let Some(text) = bytes_operand_maybe(vm, source)? {
        return Ok(text.owner());
    }
    collect(vm, source)
}

/// A bytes object of the values that an iterable gives.
pub fn collect(vm: &mut Vm, source: Obj) -> R {
    let mut out = TextOut::buffer();
    vm.for_each(source, |vm, item| {
        let byte = byte_value(vm, item)?;
        out.write(vm, &[byte]).map(|()| true)
    })?;
    out.into_bytes(vm)
}

/// The operators that bytes and bytearray share.
pub fn binary(vm: &mut Vm, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
    match op {
        Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => {
            // bytes are compared with bytes and bytearrays only; a bytearray with everything that has bytes.
            let comparable = vm.bytes_text(rhs).is_some()
                || vm.cast::<ByteArray>(rhs).is_some()
                || vm.cast::<ByteArray>(lhs).is_some() && !vm.is_str(rhs);
            if !comparable {
                return Ok(None);
            }
            let (Some(a), Some(b)) = (vm.buffer(lhs)?, vm.buffer(rhs)?) else {
                return Ok(None);
            };
            Ok(ordered(op, a.bytes(vm).cmp(b.bytes(vm))))
        }
        Binary::Add => {
            let (kind, left) = receiver(vm, lhs)?;
            let Some(right) = joined_operand(vm, rhs)? else {
                return Ok(None);
            };
            if left.is_empty() && kind == Kind::Bytes && vm.bytes_text(rhs).is_some() {
                return Ok(Some(right.owner()));
            }
            if right.is_empty() && kind == Kind::Bytes {
                return Ok(Some(left.owner()));
            }
            let len = left.len() + right.len();
            let fill = |room: &mut [u8]| {
                let (a, b) = room.split_at_mut(left.len());
                a.copy_from_slice(left.bytes());
                b.copy_from_slice(right.bytes());
            };
            match kind {
                Kind::ByteArray => {
                    let object = vm.new_bytearray(len)?;
                    fill(object.bytes_mut(vm));
                    Ok(Some(object.obj()))
                }
                _ => vm.new_bytes_with(len, fill).map(Some),
            }
        }
        Binary::Mul | Binary::RMul => {
            let (kind, text) = receiver(vm, lhs)?;
            repeat(vm, kind, &text, rhs)
        }
        Binary::Mod => {
            let (kind, _) = receiver(vm, lhs)?;
            super::str_format::percent(vm, kind, lhs, rhs).map(Some)
        }
        Binary::Contains => search::contains(vm, lhs, rhs).map(|found| Some(Obj::from_bool(found))),
        _ => Ok(None),
    }
}

/// `data.hex(sep, bytes_per_sep)`
pub fn hex(vm: &mut Vm, args: &Args) -> R {
    let Some(&receiver) = args.pos.first() else { return Err(vm.type_error("unbound method needs an argument")) };
    let text = super::text_kind::bytes_operand(vm, receiver)?;
    hex_of(vm, text.bytes(), &args.skip_first())
}

/// Hexadecimal digits, with the optional arguments of `bytes.hex`.
pub fn hex_of(vm: &mut Vm, bytes: &[u8], args: &Args) -> R {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let [sep, group] = vm.bind(args, [q::sep, q::bytes_per_sep], 0)?;
    let group = match group {
        None => 1,
        Some(group) => vm.index(group)?,
    };
    let sep = match sep {
        None => None,
        Some(sep) => {
            let text = match vm.text(sep) {
                Some(text) => text,
                None if vm.len(sep)? != 1 => return Err(vm.value_error("sep must be length 1.")),
                None => super::text_kind::bytes_operand(vm, sep)?,
            };
            match text.bytes() {
                [byte @ ..0x80] => Some(*byte),
                _ => return Err(vm.value_error("sep must be length 1.")),
            }
        }
    };
    let len = bytes.len();
    let each = group.unsigned_abs();
    let (sep, each) = match sep {
        Some(sep) if each > 0 => (Some(sep), each),
        _ => (None, len.max(1)),
    };
    let separators = if sep.is_some() && len > 0 { (len - 1) / each } else { 0 };
    vm.new_ascii_with(2 * len + separators, |room| {
        let mut at = 0;
        for (i, byte) in bytes.iter().enumerate() {
            // Positive groups are counted from the end.
            let boundary = if group >= 0 { (len - i).is_multiple_of(each) } else { i.is_multiple_of(each) };
            if let Some(sep) = sep
                && i > 0
                && boundary
            {
                room[at] = sep;
                at += 1;
            }
            room[at] = DIGITS[(byte >> 4) as usize];
            room[at + 1] = DIGITS[(byte & 15) as usize];
            at += 2;
        }
    })
}

/// `bytes.fromhex(text)`: the bytes object.
pub fn from_hex(vm: &mut Vm, text: Obj) -> R {
    let text = match vm.text(text) {
        Some(text) => text,
        None => return Err(vm.type_error_for("fromhex() argument must be str, not ", text, "")),
    };
    let mut out = TextOut::buffer();
    let mut at = 0;
    let bytes = text.bytes();
    while at < bytes.len() {
        if matches!(bytes[at], 9..=13 | 32) {
            at += 1;
            continue;
        }
        let digit = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
        match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => out.write(vm, &[(high << 4 | low) as u8])?,
            (high, _) => {
                let position = text.char_of(at + usize::from(high.is_some()));
                return Err(vm.error(
                    Exc::ValueError,
                    format_args!("non-hexadecimal number found in fromhex() arg at position {position}"),
                ));
            }
        }
        at += 2;
    }
    out.into_bytes(vm)
}

/// `class.fromhex(text)`
pub fn fromhex(vm: &mut Vm, class: Obj, text: Obj) -> R {
    let bytes = from_hex(vm, text)?;
    match vm.as_type(class) {
        Some(class) if class == vm.type_of_id(crate::table::TypeId::Bytes) => Ok(bytes),
        _ => vm.call(class, &[bytes]),
    }
}
