//! Searching in str, bytes and bytearray: find, count, replace, partition, prefixes and suffixes.
//!
//! Texts are searched as bytes (UTF-8 makes that right), in linear time; only results and limits are counted in characters.

use heap::Obj;
use memchr::memmem;

use crate::{
    layout::{seq::Tuple, text::Text},
    native::Args,
    qstr::q,
    text_out::TextOut,
    types::text_kind::{Kind, bind_method, optional_index, receiver, search_range},
    value::R,
    vm::Vm,
};

/// First occurrence.
pub fn find_bytes(text: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, text),
        _ if part.len() > text.len() => None,
        _ => memmem::find(text, part),
    }
}

/// Last occurrence.
pub fn rfind_bytes(text: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(text.len()),
        [byte] => memchr::memrchr(*byte, text),
        _ if part.len() > text.len() => None,
        _ => memmem::rfind(text, part),
    }
}

/// What a search method works on: the bytes between the limits.
struct Search {
    kind: Kind,
    text: Text,
    part: Text,
    /// Offsets of the limits; `None` if nothing can lie between them.
    range: Option<(usize, usize)>,
}

fn prepare(vm: &mut Vm, args: &[Obj]) -> R<Search> {
    let (kind, text) = receiver(vm, args[0])?;
    let part = kind.search_operand(vm, args[1])?;
    let range = range_in(vm, &text, args)?;
    Ok(Search { kind, text, part, range })
}

/// The limits in `args[2]` and `args[3]` as offsets.
fn range_in(vm: &mut Vm, text: &Text, args: &[Obj]) -> R<Option<(usize, usize)>> {
    if args.len() < 3 {
        return Ok(Some((0, text.len())));
    }
    let chars = text.chars();
    let Some((start, end)) = search_range(vm, args.get(2).copied(), args.get(3).copied(), chars)? else {
        return Ok(None);
    };
    if start > chars {
        return Ok(None);
    }
    Ok(Some((text.byte_of(start), if end == chars { text.len() } else { text.byte_of(end) })))
}

impl Search {
    fn run(&self, find: fn(&[u8], &[u8]) -> Option<usize>) -> Option<usize> {
        let (start, end) = self.range?;
        let found = start + find(&self.text.bytes()[start..end], self.part.bytes())?;
        Some(self.text.char_of(found))
    }
}

fn index_obj(index: usize) -> Obj {
    Obj::small_int_unchecked(index as isize)
}

/// `find(part, start, end)`
pub fn find(vm: &mut Vm, args: &[Obj]) -> R {
    let search = prepare(vm, args)?;
    Ok(search.run(find_bytes).map_or(Obj::small_int_unchecked(-1), index_obj))
}

/// `rfind(part, start, end)`
pub fn rfind(vm: &mut Vm, args: &[Obj]) -> R {
    let search = prepare(vm, args)?;
    Ok(search.run(rfind_bytes).map_or(Obj::small_int_unchecked(-1), index_obj))
}

fn found_or_raise(vm: &mut Vm, kind: Kind, found: Option<usize>) -> R {
    match found {
        Some(index) => Ok(index_obj(index)),
        None if kind.is_str() => Err(vm.value_error("substring not found")),
        None => Err(vm.value_error("subsection not found")),
    }
}

/// `index(part, start, end)`
pub fn index(vm: &mut Vm, args: &[Obj]) -> R {
    let search = prepare(vm, args)?;
    found_or_raise(vm, search.kind, search.run(find_bytes))
}

/// `rindex(part, start, end)`
pub fn rindex(vm: &mut Vm, args: &[Obj]) -> R {
    let search = prepare(vm, args)?;
    found_or_raise(vm, search.kind, search.run(rfind_bytes))
}

/// How often a part occurs without overlap, at most `most` times.
fn count_bytes(text: &[u8], part: &[u8], most: usize) -> usize {
    match part {
        [byte] => memchr::memchr_iter(*byte, text).take(most).count(),
        _ => memmem::find_iter(text, part).take(most).count(),
    }
}

/// `count(part, start, end)`
pub fn count(vm: &mut Vm, args: &[Obj]) -> R {
    let search = prepare(vm, args)?;
    let Some((start, end)) = search.range else {
        return Ok(index_obj(0));
    };
    let bytes = &search.text.bytes()[start..end];
    if search.part.is_empty() {
        let chars = if search.text.is_ascii() { bytes.len() } else { crate::layout::text::count_chars(bytes) };
        return Ok(index_obj(chars + 1));
    }
    Ok(index_obj(count_bytes(bytes, search.part.bytes(), usize::MAX)))
}

/// `part in text`
pub fn contains(vm: &mut Vm, text: Obj, part: Obj) -> R<bool> {
    let (kind, text) = receiver(vm, text)?;
    if kind.is_str() && !vm.is_str(part) {
        return Err(vm.type_error_for("'in <string>' requires string as left operand, not ", part, ""));
    }
    let part = match vm.text(part) {
        Some(part) => part,
        None => kind.search_operand(vm, part)?,
    };
    Ok(find_bytes(text.bytes(), part.bytes()).is_some())
}

fn affix(vm: &mut Vm, args: &[Obj], matches: fn(&[u8], &[u8]) -> bool, name: &str) -> R {
    let (kind, text) = receiver(vm, args[0])?;
    let range = range_in(vm, &text, args)?;
    let candidates = match vm.cast::<Tuple>(args[1]) {
        Some(tuple) => Some(tuple),
        None if kind.is_str() && !vm.is_str(args[1]) => {
            let text = if name == "startswith" {
                "startswith first arg must be str or a tuple of str, not "
            } else {
                "endswith first arg must be str or a tuple of str, not "
            };
            return Err(vm.type_error_for(text, args[1], ""));
        }
        None => None,
    };
    // What is wrong is found even where nothing is searched.
    let bytes = range.map(|(start, end)| &text.bytes()[start..end]);
    let found = |part: &[u8]| bytes.is_some_and(|bytes| matches(bytes, part));
    let Some(tuple) = candidates else {
        let part = kind.operand(vm, args[1])?;
        return Ok(Obj::from_bool(found(part.bytes())));
    };
    for i in 0..tuple.len() {
        let Some(part) = tuple.get(i) else { break };
        if kind.is_str() && !vm.is_str(part) {
            let before = alloc::format!("tuple for {name} must only contain str, not ");
            return Err(vm.type_error_for(&before, part, ""));
        }
        let part = kind.operand(vm, part)?;
        if found(part.bytes()) {
            return Ok(Obj::TRUE);
        }
    }
    Ok(Obj::FALSE)
}

/// `startswith(prefix, start, end)`
pub fn startswith(vm: &mut Vm, args: &[Obj]) -> R {
    affix(vm, args, |text, part| text.starts_with(part), "startswith")
}

/// `endswith(suffix, start, end)`
pub fn endswith(vm: &mut Vm, args: &[Obj]) -> R {
    affix(vm, args, |text, part| text.ends_with(part), "endswith")
}

/// `removeprefix(prefix)`
pub fn removeprefix(vm: &mut Vm, text: Obj, prefix: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let prefix = kind.operand(vm, prefix)?;
    let start = if text.bytes().starts_with(prefix.bytes()) { prefix.len() } else { 0 };
    kind.part(vm, &text, start, text.len())
}

/// `removesuffix(suffix)`
pub fn removesuffix(vm: &mut Vm, text: Obj, suffix: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let suffix = kind.operand(vm, suffix)?;
    let end = text.len() - if text.bytes().ends_with(suffix.bytes()) { suffix.len() } else { 0 };
    kind.part(vm, &text, 0, end)
}

fn split_at(vm: &mut Vm, text: Obj, sep: Obj, find: fn(&[u8], &[u8]) -> Option<usize>, empty_last: bool) -> R {
    let (kind, text) = receiver(vm, text)?;
    let part = kind.operand(vm, sep)?;
    if part.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let pieces = match find(text.bytes(), part.bytes()) {
        Some(at) => [
            kind.part(vm, &text, 0, at)?,
            kind.part(vm, &part, 0, part.len())?,
            kind.part(vm, &text, at + part.len(), text.len())?,
        ],
        None => {
            let whole = kind.part(vm, &text, 0, text.len())?;
            let empty = [kind.make(vm, b"")?, kind.make(vm, b"")?];
            if empty_last { [whole, empty[0], empty[1]] } else { [empty[0], empty[1], whole] }
        }
    };
    vm.new_tuple(&pieces)
}

/// `partition(sep)`
pub fn partition(vm: &mut Vm, text: Obj, sep: Obj) -> R {
    split_at(vm, text, sep, find_bytes, true)
}

/// `rpartition(sep)`
pub fn rpartition(vm: &mut Vm, text: Obj, sep: Obj) -> R {
    split_at(vm, text, sep, rfind_bytes, false)
}

/// `replace(old, new, count)`
pub fn replace(vm: &mut Vm, args: &Args) -> R {
    let (text, [old, new, count]) = bind_method(vm, args, [q::old, q::new, q::count], 2)?;
    let (kind, text) = receiver(vm, text)?;
    let old = kind.operand(vm, old.unwrap_or(Obj::NONE))?;
    let new = kind.operand(vm, new.unwrap_or(Obj::NONE))?;
    let most = optional_index(vm, count, -1)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if most == 0 || old.len() > text.len() {
        return kind.part(vm, &text, 0, text.len());
    }
    if old.is_empty() {
        return interleave(vm, kind, &text, &new, most);
    }
    let (bytes, part) = (text.bytes(), old.bytes());
    let finder = memmem::Finder::new(part);
    let Some(first) = finder.find(bytes) else {
        return kind.part(vm, &text, 0, text.len());
    };
    let mut out = TextOut::buffer();
    let (mut done, mut next, mut left) = (0, Some(first), most);
    while let Some(at) = next {
        if left == 0 {
            break;
        }
        left -= 1;
        out.write(vm, &bytes[done..at])?;
        out.write(vm, new.bytes())?;
        done = at + part.len();
        next = finder.find(&bytes[done..]).map(|found| done + found);
    }
    out.write(vm, &bytes[done..])?;
    finish(vm, kind, out)
}

/// Turns collected bytes into an object of a kind.
pub fn finish(vm: &mut Vm, kind: Kind, out: TextOut) -> R {
    match kind {
        Kind::Str => out.into_str(vm),
        Kind::Bytes => out.into_bytes(vm),
        Kind::ByteArray => {
            let bytes = out.into_bytes(vm)?;
            let copy = kind.operand(vm, bytes)?;
            vm.new_bytearray_of(copy.bytes())
        }
    }
}

/// Puts `new` in front of each character and at the end, at most `most` times.
fn interleave(vm: &mut Vm, kind: Kind, text: &Text, new: &Text, most: usize) -> R {
    let bytes = text.bytes();
    let mut out = TextOut::buffer();
    let (mut at, mut left) = (0, most);
    while left > 0 {
        out.write(vm, new.bytes())?;
        left -= 1;
        let Some((_, len)) = kind.decode(bytes, at) else {
            break;
        };
        out.write(vm, &bytes[at..at + len])?;
        at += len;
    }
    out.write(vm, &bytes[at..])?;
    finish(vm, kind, out)
}
