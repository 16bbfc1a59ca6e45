//! `re.Pattern`, `re.Match` and the iterator of `finditer`.

use alloc::vec::Vec;

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        records::{Match, MatchIterator, Pattern},
        text::Text,
    },
    native::{Args, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{
        exception::Exc,
        regex::{
            functions as f,
            matcher::{NONE, Program, Question, run},
            template,
        },
        text_kind::{Kind, bytes_operand, optional_index},
    },
    value::R,
    vm::Vm,
};

/// `re.Pattern`
pub static PATTERN: TypeDef = TypeDef {
    slots: Slots { show: Some(show_pattern), ..Slots::NONE },
    members: &[
        ("findall", Def::Fn(Native::Kw(1, 4, f::findall_method))),
        ("finditer", Def::Fn(Native::Kw(1, 4, f::finditer_method))),
        ("flags", Def::Get(|vm, obj| Ok(Obj::small_int_unchecked(pattern(vm, obj)?.flags() as isize)))),
        ("fullmatch", Def::Fn(Native::Kw(1, 4, |vm, args| match_method(vm, args, false, true)))),
        ("groupindex", Def::Get(|vm, obj| Ok(pattern(vm, obj)?.names()))),
        ("groups", Def::Get(|vm, obj| Ok(Obj::small_int_unchecked(pattern(vm, obj)?.groups() as isize)))),
        ("match", Def::Fn(Native::Kw(1, 4, |vm, args| match_method(vm, args, false, false)))),
        ("pattern", Def::Get(|vm, obj| Ok(pattern(vm, obj)?.source()))),
        ("search", Def::Fn(Native::Kw(1, 4, |vm, args| match_method(vm, args, true, false)))),
        ("split", Def::Fn(Native::Kw(1, 3, f::split_method))),
        ("sub", Def::Fn(Native::Kw(1, 4, |vm, args| f::sub_method(vm, args, false)))),
        ("subn", Def::Fn(Native::Kw(1, 4, |vm, args| f::sub_method(vm, args, true)))),
    ],
    ..TypeDef::named("Pattern")
};

/// `re.Match`
pub static MATCH: TypeDef = TypeDef {
    slots: Slots {
        show: Some(show_match),
        unary: Some(|_, op, _| Ok((op == Unary::Bool).then_some(Obj::TRUE))),
        getitem: Some(|vm, obj, index| group(vm, &[obj, index])),
        ..Slots::NONE
    },
    members: &[
        ("end", Def::Fn(Native::Var(1, 2, |vm, args| span_of(vm, args).map(|span| number(span.1))))),
        ("endpos", Def::Get(|vm, obj| Ok(Obj::small_int_unchecked(matched(vm, obj)?.end() as isize)))),
        ("expand", Def::Fn(Native::F2(expand))),
        ("group", Def::Fn(Native::Var(1, 255, group))),
        ("groupdict", Def::Fn(Native::Kw(1, 2, groupdict))),
        ("groups", Def::Fn(Native::Kw(1, 2, groups))),
        ("lastgroup", Def::Get(lastgroup)),
        (
            "lastindex",
            Def::Get(|vm, obj| Ok(last(vm, obj)?.map_or(Obj::NONE, |i| Obj::small_int_unchecked(i as isize)))),
        ),
        ("pos", Def::Get(|vm, obj| Ok(Obj::small_int_unchecked(matched(vm, obj)?.start() as isize)))),
        ("re", Def::Get(|vm, obj| Ok(matched(vm, obj)?.pattern()))),
        ("span", Def::Fn(Native::Var(1, 2, span))),
        ("start", Def::Fn(Native::Var(1, 2, |vm, args| span_of(vm, args).map(|span| number(span.0))))),
        ("string", Def::Get(|vm, obj| Ok(matched(vm, obj)?.string()))),
    ],
    ..TypeDef::named("Match")
};

/// What `re.finditer` gives.
pub static MATCH_ITERATOR: TypeDef = TypeDef {
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), ..Slots::NONE },
    ..TypeDef::named("callable_iterator")
};

/// Starts and ends of groups in bytes.
pub struct Found(Vec<usize>);

impl Found {
    /// Start and end of a group that took part.
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        let (start, end) = (*self.0.get(2 * group)?, *self.0.get(2 * group + 1)?);
        (start != NONE && end != NONE && start <= end).then_some((start, end))
    }

    /// Start and end of the whole.
    pub fn whole(&self) -> (usize, usize) {
        self.span(0).unwrap_or((0, 0))
    }
}

/// The receiver of a method of patterns.
pub fn pattern(vm: &mut Vm, obj: Obj) -> R<Ref<Pattern>> {
    match vm.cast::<Pattern>(obj) {
        Some(pattern) => Ok(pattern),
        None => Err(vm.type_error_for("descriptor requires a 're.Pattern' object but received '", obj, "'")),
    }
}

fn matched(vm: &mut Vm, obj: Obj) -> R<Ref<Match>> {
    match vm.cast::<Match>(obj) {
        Some(found) => Ok(found),
        None => Err(vm.type_error_for("descriptor requires a 're.Match' object but received '", obj, "'")),
    }
}

/// The text that a pattern is to be applied to.
pub fn subject(vm: &mut Vm, pattern: Ref<Pattern>, obj: Obj) -> R<(Kind, Text)> {
    match (vm.is_str(pattern.source()), vm.text(obj)) {
        (true, Some(text)) => Ok((Kind::Str, text)),
        (false, Some(_)) => Err(vm.type_error("cannot use a bytes pattern on a string-like object")),
        (is_str, None) => {
            let Some(text) = super::super::text_kind::bytes_operand_maybe(vm, obj)? else {
                return Err(vm.type_error_for("expected string or bytes-like object, got '", obj, "'"));
            };
            if is_str {
                return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
            }
            Ok((Kind::Bytes, text))
        }
    }
}

/// Applies a pattern.
pub fn find(vm: &mut Vm, pattern: Ref<Pattern>, question: Question) -> R<Option<Found>> {
    let program = bytes_operand(vm, pattern.program())?;
    Ok(run(vm, Program::new(program.bytes()), question)?.map(Found))
}

/// Offsets of the arguments `pos` and `endpos`.
pub fn limits(vm: &mut Vm, text: &Text, pos: Option<Obj>, endpos: Option<Obj>) -> R<(usize, usize)> {
    let start = usize::try_from(optional_index(vm, pos, 0)?).unwrap_or(0);
    let end = usize::try_from(optional_index(vm, endpos, isize::MAX)?).unwrap_or(0);
    let chars = text.chars();
    let (start, end) = (start.min(chars), end.min(chars));
    Ok((text.byte_of(start), if end == chars { text.len() } else { text.byte_of(end) }))
}

/// Makes a Match object.
pub fn new_match(vm: &mut Vm, pattern: Ref<Pattern>, text: &Text, found: &Found, (start, end): (usize, usize)) -> R {
    let count = 2 * (pattern.groups() + 1);
    let spans = vm.new_bytes_with(count * size_of::<usize>(), |room| {
        for (place, value) in room.chunks_exact_mut(size_of::<usize>()).zip(&found.0) {
            place.copy_from_slice(&value.to_ne_bytes());
        }
    })?;
    let (start, end) = (text.char_of(start), text.char_of(end));
    Ok(vm.new_match(pattern.obj(), text.owner(), spans, start, end)?.obj())
}

fn match_method(vm: &mut Vm, args: &Args, search: bool, full: bool) -> R {
    let receiver = args.pos.first().copied().unwrap_or(Obj::NONE);
    let pattern = pattern(vm, receiver)?;
    let [string, pos, endpos] = vm.bind(&args.skip_first(), [q::string, q::pos, q::endpos], 1)?;
    find_match(vm, pattern, string.unwrap_or(Obj::NONE), (pos, endpos), search, full)
}

/// `pattern.match`, `search`, `fullmatch`
pub fn find_match(
    vm: &mut Vm,
    pattern: Ref<Pattern>,
    string: Obj,
    (pos, endpos): (Option<Obj>, Option<Obj>),
    search: bool,
    full: bool,
) -> R {
    let (kind, text) = subject(vm, pattern, string)?;
    let (from, end) = limits(vm, &text, pos, endpos)?;
    let question = Question { text: text.bytes(), is_str: kind.is_str(), from, end, search, full, must_advance: false };
    match find(vm, pattern, question)? {
        Some(found) => new_match(vm, pattern, &text, &found, (from, end)),
        None => Ok(Obj::NONE),
    }
}

fn show_pattern(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let pattern = pattern(vm, obj)?;
    out.write_str(vm, "re.compile(")?;
    vm.show(pattern.source(), out, Show::Repr)?;
    out.write_str(vm, ")")
}

/// The parts of a match: kind and text of the subject, and the spans.
fn parts(vm: &mut Vm, obj: Obj) -> R<(Ref<Match>, Kind, Text, Found)> {
    let found = matched(vm, obj)?;
    let (kind, text) = match vm.text(found.string()) {
        Some(text) => (Kind::Str, text),
        None => (Kind::Bytes, bytes_operand(vm, found.string())?),
    };
    let spans = bytes_operand(vm, found.spans())?;
    let spans = spans
        .bytes()
        .chunks_exact(size_of::<usize>())
        .map(|bytes| usize::from_ne_bytes(bytes.try_into().unwrap_or_default()))
        .collect();
    Ok((found, kind, text, Found(spans)))
}

fn show_match(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (_, kind, text, found) = parts(vm, obj)?;
    let (start, end) = found.whole();
    let (from, to) = (text.char_of(start), text.char_of(end));
    out.write_fmt(vm, format_args!("<re.Match object; span=({from}, {to}), match="))?;
    let whole = kind.part(vm, &text, start, end)?;
    vm.show(whole, out, Show::Repr)?;
    out.write_str(vm, ">")
}

/// The number of a named group.
pub fn group_by_name(vm: &mut Vm, pattern: Ref<Pattern>, name: &[u8]) -> R<Option<usize>> {
    let Some(names) = vm.exact::<Dict>(pattern.names()) else {
        return Ok(None);
    };
    let name = vm.new_str(name)?;
    let number = names.get(vm, name)?;
    Ok(number.and_then(|number| number.as_small_int()).map(|number| number as usize))
}

/// The number that an argument of `group`, `start`, … stands for.
fn group_number(vm: &mut Vm, found: Ref<Match>, arg: Obj) -> R<usize> {
    let pattern = pattern(vm, found.pattern())?;
    let number = match vm.text(arg) {
        Some(name) => group_by_name(vm, pattern, name.bytes())?,
        None if vm.is_int(arg) => usize::try_from(vm.index(arg)?).ok(),
        None => None,
    };
    match number {
        Some(number) if number <= pattern.groups() => Ok(number),
        _ => Err(vm.error(Exc::IndexError, format_args!("no such group"))),
    }
}

fn group_text(vm: &mut Vm, kind: Kind, text: &Text, found: &Found, number: usize, default: Obj) -> R {
    match found.span(number) {
        Some((start, end)) => kind.part(vm, text, start, end),
        None => Ok(default),
    }
}

fn group(vm: &mut Vm, args: &[Obj]) -> R {
    let (object, kind, text, found) = parts(vm, args[0])?;
    match args {
        [_] => group_text(vm, kind, &text, &found, 0, Obj::NONE),
        [_, which] => {
            let number = group_number(vm, object, *which)?;
            group_text(vm, kind, &text, &found, number, Obj::NONE)
        }
        _ => {
            let list = vm.new_list(&[])?;
            for which in &args[1..] {
                let number = group_number(vm, object, *which)?;
                let value = group_text(vm, kind, &text, &found, number, Obj::NONE)?;
                list.push(vm, value)?;
            }
            vm.new_tuple_from_iter(list.obj())
        }
    }
}

fn groups(vm: &mut Vm, args: &Args) -> R {
    let receiver = args.pos.first().copied().unwrap_or(Obj::NONE);
    let [default] = vm.bind(&args.skip_first(), [q::default], 0)?;
    let default = default.unwrap_or(Obj::NONE);
    let (object, kind, text, found) = parts(vm, receiver)?;
    let count = pattern_groups(vm, object)?;
    groups_tuple(vm, count, kind, &text, &found, default)
}

fn pattern_groups(vm: &mut Vm, found: Ref<Match>) -> R<usize> {
    Ok(pattern(vm, found.pattern())?.groups())
}

/// The tuple of all groups.
pub fn groups_tuple(vm: &mut Vm, count: usize, kind: Kind, text: &Text, found: &Found, default: Obj) -> R {
    let list = vm.new_list(&[])?;
    for number in 1..=count {
        let value = group_text(vm, kind, text, found, number, default)?;
        list.push(vm, value)?;
    }
    vm.new_tuple_from_iter(list.obj())
}

fn groupdict(vm: &mut Vm, args: &Args) -> R {
    let receiver = args.pos.first().copied().unwrap_or(Obj::NONE);
    let [default] = vm.bind(&args.skip_first(), [q::default], 0)?;
    let (object, kind, text, found) = parts(vm, receiver)?;
    let pattern = pattern(vm, object.pattern())?;
    let result = vm.new_dict(0)?;
    if let Some(names) = vm.exact::<Dict>(pattern.names()) {
        let mut position = 0;
        while let Some((next, name, number)) = names.entry(vm, position) {
            position = next;
            let number = number.as_small_int().unwrap_or(0) as usize;
            let value = group_text(vm, kind, &text, &found, number, default.unwrap_or(Obj::NONE))?;
            result.set(vm, name, value)?;
        }
    }
    Ok(result.obj())
}

fn number(value: Option<usize>) -> Obj {
    Obj::small_int_unchecked(value.map_or(-1, |value| value as isize))
}

/// Start and end of a group in characters.
fn span_of(vm: &mut Vm, args: &[Obj]) -> R<(Option<usize>, Option<usize>)> {
    let (object, _, text, found) = parts(vm, args[0])?;
    let number = match args.get(1) {
        Some(which) => group_number(vm, object, *which)?,
        None => 0,
    };
    Ok(match found.span(number) {
        Some((start, end)) => (Some(text.char_of(start)), Some(text.char_of(end))),
        None => (None, None),
    })
}

fn span(vm: &mut Vm, args: &[Obj]) -> R {
    let (start, end) = span_of(vm, args)?;
    vm.new_tuple(&[number(start), number(end)])
}

/// The group that was closed last.
fn last(vm: &mut Vm, obj: Obj) -> R<Option<usize>> {
    let (object, _, _, found) = parts(vm, obj)?;
    let count = pattern_groups(vm, object)?;
    // Of groups that end at the same place the outermost was closed last; it has the lowest number.
    Ok((1..=count)
        .filter_map(|number| found.span(number).map(|(_, end)| (end, number)))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, number)| number))
}

fn lastgroup(vm: &mut Vm, obj: Obj) -> R {
    let found = matched(vm, obj)?;
    let pattern = pattern(vm, found.pattern())?;
    if let (Some(last), Some(names)) = (last(vm, obj)?, vm.exact::<Dict>(pattern.names())) {
        let mut position = 0;
        while let Some((next, name, number)) = names.entry(vm, position) {
            position = next;
            if number.as_small_int() == Some(last as isize) {
                return Ok(name);
            }
        }
    }
    Ok(Obj::NONE)
}

fn expand(vm: &mut Vm, obj: Obj, text: Obj) -> R {
    let (object, kind, subject, found) = parts(vm, obj)?;
    let pattern = pattern(vm, object.pattern())?;
    let text = kind.operand(vm, text)?;
    let template = template::parse(vm, pattern, &text, kind.is_str())?;
    let mut out = TextOut::buffer();
    template::expand(vm, &mut out, &template, &subject, &found)?;
    super::super::text_search::finish(vm, kind, out)
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<MatchIterator>(obj) else {
        return Err(vm.type_error("not an iterator over matches"));
    };
    let pattern = pattern(vm, iterator.pattern())?;
    let (kind, text) = subject(vm, pattern, iterator.string())?;
    let (from, end) = (iterator.at(), iterator.end());
    if from > end {
        return Ok(None);
    }
    let question = Question {
        text: text.bytes(),
        is_str: kind.is_str(),
        from,
        end,
        search: true,
        full: false,
        must_advance: iterator.last() == from,
    };
    let Some(found) = find(vm, pattern, question)? else {
        iterator.set_at(usize::MAX);
        return Ok(None);
    };
    let (start, stop) = found.whole();
    iterator.set_at(stop);
    iterator.set_last(if start == stop { stop } else { usize::MAX });
    new_match(vm, pattern, &text, &found, (iterator.start(), end)).map(Some)
}
