//! Taking str, bytes and bytearray apart and putting them together: split, splitlines, strip, join.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        seq::{List, Tuple},
        text::Text,
    },
    native::Args,
    qstr::q,
    text_out::TextOut,
    types::{
        text_kind::{Kind, bind_method, optional_index, receiver},
        text_search::{find_bytes, finish, rfind_bytes},
        unicode,
    },
    value::R,
    vm::Vm,
};

struct Split {
    kind: Kind,
    text: Text,
    sep: Option<Text>,
    most: usize,
}

fn prepare(vm: &mut Vm, args: &Args) -> R<Split> {
    let (text, [sep, most]) = bind_method(vm, args, [q::sep, q::maxsplit], 0)?;
    let (kind, text) = receiver(vm, text)?;
    let sep = match sep {
        Some(sep) if sep != Obj::NONE => {
            let sep = kind.operand(vm, sep)?;
            if sep.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            Some(sep)
        }
        _ => None,
    };
    let most = usize::try_from(optional_index(vm, most, -1)?).unwrap_or(usize::MAX);
    Ok(Split { kind, text, sep, most })
}

/// `split(sep, maxsplit)`
pub fn split(vm: &mut Vm, args: &Args) -> R {
    let Split { kind, text, sep, mut most } = prepare(vm, args)?;
    let list = vm.new_list(&[])?;
    let bytes = text.bytes();
    let mut at = 0;
    match sep {
        Some(sep) => {
            while most > 0
                && let Some(found) = find_bytes(&bytes[at..], sep.bytes())
            {
                push(vm, list, kind, &text, at, at + found)?;
                at += found + sep.len();
                most -= 1;
            }
            push(vm, list, kind, &text, at, bytes.len())?;
        }
        None => loop {
            at += space_len(kind, &bytes[at..]);
            if at == bytes.len() {
                break;
            }
            if most == 0 {
                push(vm, list, kind, &text, at, bytes.len())?;
                break;
            }
            let start = at;
            at += word_len(kind, &text, at);
            push(vm, list, kind, &text, start, at)?;
            most -= 1;
        },
    }
    Ok(list.obj())
}

/// `rsplit(sep, maxsplit)`
pub fn rsplit(vm: &mut Vm, args: &Args) -> R {
    let Split { kind, text, sep, mut most } = prepare(vm, args)?;
    let list = vm.new_list(&[])?;
    let bytes = text.bytes();
    let mut end = bytes.len();
    match sep {
        Some(sep) => {
            while most > 0
                && let Some(found) = rfind_bytes(&bytes[..end], sep.bytes())
            {
                push(vm, list, kind, &text, found + sep.len(), end)?;
                end = found;
                most -= 1;
            }
            push(vm, list, kind, &text, 0, end)?;
        }
        None => loop {
            while let Some((char, len)) = kind.decode_before(bytes, end)
                && kind.is_space(char)
            {
                end -= len;
            }
            if end == 0 {
                break;
            }
            if most == 0 {
                push(vm, list, kind, &text, 0, end)?;
                break;
            }
            let stop = end;
            while let Some((char, len)) = kind.decode_before(bytes, end)
                && !kind.is_space(char)
            {
                end -= len;
            }
            push(vm, list, kind, &text, end, stop)?;
            most -= 1;
        },
    }
    list.items_mut(vm).reverse();
    Ok(list.obj())
}

fn push(vm: &mut Vm, list: Ref<List>, kind: Kind, text: &Text, start: usize, end: usize) -> R<()> {
    let part = kind.part(vm, text, start, end.max(start))?;
    list.push(vm, part)
}

/// Length of what is no white space from an offset on.
fn word_len(kind: Kind, text: &Text, start: usize) -> usize {
    let bytes = &text.bytes()[start..];
    if text.is_ascii() {
        return bytes.iter().position(|byte| kind.is_space(*byte as u32)).unwrap_or(bytes.len());
    }
    let mut at = 0;
    while let Some((char, len)) = kind.decode(bytes, at)
        && !kind.is_space(char)
    {
        at += len;
    }
    at
}

/// Length of the white space at the start.
fn space_len(kind: Kind, bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some((char, len)) = kind.decode(bytes, at)
        && kind.is_space(char)
    {
        at += len;
    }
    at
}

/// `splitlines(keepends)`
pub fn splitlines(vm: &mut Vm, args: &Args) -> R {
    let (text, [keep]) = bind_method(vm, args, [q::keepends], 0)?;
    let (kind, text) = receiver(vm, text)?;
    let keep = match keep {
        Some(keep) => vm.is_true(keep)?,
        None => false,
    };
    let list = vm.new_list(&[])?;
    let bytes = text.bytes();
    let (mut start, mut at) = (0, 0);
    while let Some((char, len)) = kind.decode(bytes, at) {
        let ends = match kind {
            Kind::Str => unicode::is_line_end(char),
            _ => char == 10 || char == 13,
        };
        if !ends {
            at += len;
            continue;
        }
        let end = at;
        at += len;
        if char == 13 && bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        push(vm, list, kind, &text, start, if keep { at } else { end })?;
        start = at;
    }
    if start < bytes.len() {
        push(vm, list, kind, &text, start, bytes.len())?;
    }
    Ok(list.obj())
}

/// A set of bytes.
struct ByteSet([u64; 4]);

impl ByteSet {
    fn of(bytes: &[u8]) -> ByteSet {
        let mut set = ByteSet([0; 4]);
        for byte in bytes {
            set.0[*byte as usize / 64] |= 1 << (byte % 64);
        }
        set
    }

    fn has(&self, byte: u8) -> bool {
        self.0[byte as usize / 64] >> (byte % 64) & 1 != 0
    }
}

/// The range of bytes that stays when those for which `drop` is true are taken off the ends.
fn stripped(bytes: &[u8], left: bool, right: bool, drop: impl Fn(u8) -> bool) -> (usize, usize) {
    let (mut start, mut end) = (0, bytes.len());
    while left && start < end && drop(bytes[start]) {
        start += 1;
    }
    while right && end > start && drop(bytes[end - 1]) {
        end -= 1;
    }
    (start, end)
}

fn strip_ends(vm: &mut Vm, args: &[Obj], left: bool, right: bool) -> R {
    let (kind, text) = receiver(vm, args[0])?;
    let chars = match args.get(1) {
        Some(chars) if *chars != Obj::NONE => Some(kind.operand(vm, *chars)?),
        _ => None,
    };
    if text.is_ascii() {
        // Bytes of other characters among `chars` are none of the text's.
        let (start, end) = match &chars {
            None => stripped(text.bytes(), left, right, |byte| kind.is_space(byte as u32)),
            Some(chars) => {
                let set = ByteSet::of(chars.bytes());
                stripped(text.bytes(), left, right, |byte| set.has(byte))
            }
        };
        return kind.part(vm, &text, start, end);
    }
    let drop = |char: u32| match &chars {
        None => kind.is_space(char),
        Some(set) => {
            let (set, mut at) = (set.bytes(), 0);
            while let Some((other, len)) = kind.decode(set, at) {
                if other == char {
                    return true;
                }
                at += len;
            }
            false
        }
    };
    let bytes = text.bytes();
    let (mut start, mut end) = (0, bytes.len());
    while left
        && let Some((char, len)) = kind.decode(bytes, start)
        && drop(char)
    {
        start += len;
    }
    while right
        && end > start
        && let Some((char, len)) = kind.decode_before(bytes, end)
        && drop(char)
    {
        end -= len;
    }
    kind.part(vm, &text, start, end)
}

/// `strip(chars)`
pub fn strip(vm: &mut Vm, args: &[Obj]) -> R {
    strip_ends(vm, args, true, true)
}

/// `lstrip(chars)`
pub fn lstrip(vm: &mut Vm, args: &[Obj]) -> R {
    strip_ends(vm, args, true, false)
}

/// `rstrip(chars)`
pub fn rstrip(vm: &mut Vm, args: &[Obj]) -> R {
    strip_ends(vm, args, false, true)
}

/// `join(iterable)`
pub fn join(vm: &mut Vm, sep: Obj, iterable: Obj) -> R {
    let (kind, sep) = receiver(vm, sep)?;
    // Items that are in a list or tuple are read where they are; nothing here runs Python code for exact texts.
    let items = if vm.exact::<List>(iterable).is_some() || vm.exact::<Tuple>(iterable).is_some() {
        iterable
    } else {
        let list = vm.new_list(&[])?;
        vm.for_each(iterable, |vm, item| list.push(vm, item).map(|()| true))?;
        list.obj()
    };
    let count = vm.seq_items(items).map_or(0, <[Obj]>::len);
    if count == 1
        && kind != Kind::ByteArray
        && let Some(item) = item(vm, items, 0)
        && kind_of_exact(vm, item) == Some(kind)
    {
        return Ok(item);
    }
    let mut out = TextOut::buffer();
    let mut i = 0;
    while let Some(item) = item(vm, items, i) {
        if i > 0 && !sep.is_empty() {
            out.write(vm, sep.bytes())?;
        }
        let part = match kind {
            Kind::Str => vm.text(item),
            _ => super::text_kind::bytes_operand_maybe(vm, item)?,
        };
        let Some(part) = part else {
            return Err(vm.type_error("join expects a list of str/bytes objects consistent with self object"));
        };
        out.write(vm, part.bytes())?;
        i += 1;
    }
    finish(vm, kind, out)
}

fn item(vm: &Vm, items: Obj, i: usize) -> Option<Obj> {
    vm.seq_items(items)?.get(i).copied()
}

/// The kind of an object that is of exactly a type that cannot change.
fn kind_of_exact(vm: &Vm, obj: Obj) -> Option<Kind> {
    if vm.text(obj).is_some_and(|text| text.owner() == obj) {
        return Some(Kind::Str);
    }
    vm.bytes_text(obj).is_some_and(|text| text.owner() == obj).then_some(Kind::Bytes)
}
