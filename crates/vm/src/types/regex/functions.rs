//! Compiling patterns, and what patterns and the module `re` do with whole texts.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{dict::Dict, records::Pattern, text::Text},
    native::Args,
    qstr::q,
    text_out::TextOut,
    types::{
        exception::Exc,
        regex::{
            compile, emit, flag,
            matcher::Question,
            objects::{Found, find, groups_tuple, limits, new_match, pattern, subject},
            template,
        },
        text_kind::{Kind, bytes_operand_maybe, optional_index},
        text_search::finish,
    },
    value::R,
    vm::{Root, Vm},
};

/// Compiles a pattern; one that is compiled already is given back. Patterns without flags are remembered.
pub fn compile_object(vm: &mut Vm, source: Obj, flags: u32) -> R<Ref<Pattern>> {
    if let Some(pattern) = vm.exact::<Pattern>(source) {
        if flags != 0 {
            return Err(vm.value_error("cannot process flags argument with a compiled pattern"));
        }
        return Ok(pattern);
    }
    let (text, is_str) = match vm.text(source) {
        Some(text) => (text, true),
        None => match bytes_operand_maybe(vm, source)? {
            Some(text) => (text, false),
            None => return Err(vm.type_error("first argument must be string or compiled pattern")),
        },
    };
    let cache = if flags == 0 { Some(cache(vm)?) } else { None };
    if let Some(cache) = cache
        && let Some(known) = cache.get(vm, text.owner())?
        && let Some(pattern) = vm.exact::<Pattern>(known)
    {
        return Ok(pattern);
    }
    let pattern = compile_text(vm, &text, is_str, flags)?;
    if let Some(cache) = cache {
        if cache.len() >= 64 {
            cache.clear(vm);
        }
        cache.set(vm, text.owner(), pattern.obj())?;
    }
    Ok(pattern)
}

/// Patterns compiled lately, by source.
fn cache(vm: &mut Vm) -> R<Ref<Dict>> {
    let state = match vm.root(Root::ModuleState).and_then(|state| vm.exact::<Dict>(state)) {
        Some(state) => state,
        None => {
            let state = vm.new_dict(0)?;
            vm.set_root(Root::ModuleState, Some(state.obj()));
            state
        }
    };
    if let Some(cache) = state.get_name(vm, q::re_cache).and_then(|cache| vm.exact::<Dict>(cache)) {
        return Ok(cache);
    }
    let cache = vm.new_dict(0)?;
    state.set_name(vm, q::re_cache, cache.obj())?;
    Ok(cache)
}

fn compile_text(vm: &mut Vm, text: &Text, is_str: bool, flags: u32) -> R<Ref<Pattern>> {
    // The tree and the program take a bounded multiple of the source.
    let budget = text.len().saturating_mul(200).saturating_add(1024);
    vm.reserve(budget)?;
    let result = build(vm, text, is_str, flags);
    vm.release(budget);
    result
}

fn build(vm: &mut Vm, text: &Text, is_str: bool, flags: u32) -> R<Ref<Pattern>> {
    vm.check_native_stack()?;
    let parsed = match compile::parse(text.bytes(), is_str, flags) {
        Ok(parsed) => parsed,
        Err(error) => {
            let (message, at) = (error.message, text.char_of(error.at.min(text.len())));
            return Err(vm.error(Exc::ValueError, format_args!("{message} at position {at}")));
        }
    };
    let words = emit::emit(&parsed, is_str);
    let program = vm.new_bytes_with(4 * words.len(), |room| {
        for (place, word) in room.chunks_exact_mut(4).zip(&words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
    })?;
    let names = vm.new_dict(parsed.names.len())?;
    for (name, number) in &parsed.names {
        let name = vm.new_str(name.as_bytes())?;
        names.set(vm, name, Obj::small_int_unchecked(*number as isize))?;
    }
    vm.new_pattern(text.owner(), program, names.obj(), parsed.groups, parsed.flags as usize)
}

fn flags_of(vm: &mut Vm, flags: Option<Obj>) -> R<u32> {
    let flags = optional_index(vm, flags, 0)?;
    Ok(flags as u32 & (2 * flag::ASCII - 1))
}

/// `re.compile(pattern, flags)`
pub fn compile_function(vm: &mut Vm, args: &Args) -> R {
    let [source, flags] = vm.bind(args, [q::pattern, q::flags], 1)?;
    let flags = flags_of(vm, flags)?;
    Ok(compile_object(vm, source.unwrap_or(Obj::NONE), flags)?.obj())
}

/// `re.match`, `re.search`, `re.fullmatch`
pub fn match_function(vm: &mut Vm, args: &Args, search: bool, full: bool) -> R {
    let [source, string, flags] = vm.bind(args, [q::pattern, q::string, q::flags], 2)?;
    let flags = flags_of(vm, flags)?;
    let pattern = compile_object(vm, source.unwrap_or(Obj::NONE), flags)?;
    super::objects::find_match(vm, pattern, string.unwrap_or(Obj::NONE), (None, None), search, full)
}

/// Calls `each` for the matches in a text, one after the other, until it gives false.
fn for_matches(
    vm: &mut Vm,
    pattern: Ref<Pattern>,
    kind: Kind,
    text: &Text,
    (start, end): (usize, usize),
    mut each: impl FnMut(&mut Vm, &Found) -> R<bool>,
) -> R<()> {
    let (mut from, mut must_advance) = (start, false);
    while from <= end {
        let question =
            Question { text: text.bytes(), is_str: kind.is_str(), from, end, search: true, full: false, must_advance };
        let Some(found) = find(vm, pattern, question)? else {
            break;
        };
        if !each(vm, &found)? {
            break;
        }
        let (first, last) = found.whole();
        from = last;
        must_advance = first == last;
    }
    Ok(())
}

fn method_args(vm: &mut Vm, args: &Args) -> R<(Ref<Pattern>, [Option<Obj>; 3])> {
    let receiver = args.pos.first().copied().unwrap_or(Obj::NONE);
    let pattern = pattern(vm, receiver)?;
    Ok((pattern, vm.bind(&args.skip_first(), [q::string, q::pos, q::endpos], 1)?))
}

/// `pattern.findall(string, pos, endpos)`
pub fn findall_method(vm: &mut Vm, args: &Args) -> R {
    let (pattern, [string, pos, endpos]) = method_args(vm, args)?;
    findall(vm, pattern, string.unwrap_or(Obj::NONE), pos, endpos)
}

/// `re.findall(pattern, string, flags)`
pub fn findall_function(vm: &mut Vm, args: &Args) -> R {
    let [source, string, flags] = vm.bind(args, [q::pattern, q::string, q::flags], 2)?;
    let flags = flags_of(vm, flags)?;
    let pattern = compile_object(vm, source.unwrap_or(Obj::NONE), flags)?;
    findall(vm, pattern, string.unwrap_or(Obj::NONE), None, None)
}

fn findall(vm: &mut Vm, pattern: Ref<Pattern>, string: Obj, pos: Option<Obj>, endpos: Option<Obj>) -> R {
    let (kind, text) = subject(vm, pattern, string)?;
    let range = limits(vm, &text, pos, endpos)?;
    let list = vm.new_list(&[])?;
    let groups = pattern.groups();
    for_matches(vm, pattern, kind, &text, range, |vm, found| {
        let value = if groups < 2 {
            let (start, end) = found.span(groups).unwrap_or((0, 0));
            kind.part(vm, &text, start, end)?
        } else {
            let empty = kind.make(vm, b"")?;
            groups_tuple(vm, groups, kind, &text, found, empty)?
        };
        list.push(vm, value).map(|()| true)
    })?;
    Ok(list.obj())
}

/// `pattern.finditer(string, pos, endpos)`
pub fn finditer_method(vm: &mut Vm, args: &Args) -> R {
    let (pattern, [string, pos, endpos]) = method_args(vm, args)?;
    finditer(vm, pattern, string.unwrap_or(Obj::NONE), pos, endpos)
}

/// `re.finditer(pattern, string, flags)`
pub fn finditer_function(vm: &mut Vm, args: &Args) -> R {
    let [source, string, flags] = vm.bind(args, [q::pattern, q::string, q::flags], 2)?;
    let flags = flags_of(vm, flags)?;
    let pattern = compile_object(vm, source.unwrap_or(Obj::NONE), flags)?;
    finditer(vm, pattern, string.unwrap_or(Obj::NONE), None, None)
}

fn finditer(vm: &mut Vm, pattern: Ref<Pattern>, string: Obj, pos: Option<Obj>, endpos: Option<Obj>) -> R {
    let (_, text) = subject(vm, pattern, string)?;
    let (start, end) = limits(vm, &text, pos, endpos)?;
    Ok(vm.new_match_iterator(pattern.obj(), text.owner(), start, start, end, usize::MAX)?.obj())
}

/// `pattern.split(string, maxsplit)`
pub fn split_method(vm: &mut Vm, args: &Args) -> R {
    let receiver = args.pos.first().copied().unwrap_or(Obj::NONE);
    let pattern = pattern(vm, receiver)?;
    let [string, most] = vm.bind(&args.skip_first(), [q::string, q::maxsplit], 1)?;
    split(vm, pattern, string.unwrap_or(Obj::NONE), most)
}

/// `re.split(pattern, string, maxsplit, flags)`
pub fn split_function(vm: &mut Vm, args: &Args) -> R {
    let [source, string, most, flags] = vm.bind(args, [q::pattern, q::string, q::maxsplit, q::flags], 2)?;
    let flags = flags_of(vm, flags)?;
    let pattern = compile_object(vm, source.unwrap_or(Obj::NONE), flags)?;
    split(vm, pattern, string.unwrap_or(Obj::NONE), most)
}

fn split(vm: &mut Vm, pattern: Ref<Pattern>, string: Obj, most: Option<Obj>) -> R {
    let (kind, text) = subject(vm, pattern, string)?;
    let most = optional_index(vm, most, 0)?;
    let mut left = if most == 0 { usize::MAX } else { usize::try_from(most).unwrap_or(0) };
    let list = vm.new_list(&[])?;
    let mut done = 0;
    if left > 0 {
        for_matches(vm, pattern, kind, &text, (0, text.len()), |vm, found| {
            let (start, end) = found.whole();
            let piece = kind.part(vm, &text, done, start)?;
            list.push(vm, piece)?;
            for number in 1..=pattern.groups() {
                let value = match found.span(number) {
                    Some((start, end)) => kind.part(vm, &text, start, end)?,
                    None => Obj::NONE,
                };
                list.push(vm, value)?;
            }
            done = end;
            left -= 1;
            Ok(left > 0)
        })?;
    }
    let rest = kind.part(vm, &text, done, text.len())?;
    list.push(vm, rest)?;
    Ok(list.obj())
}

/// `pattern.sub(repl, string, count)` and `subn`
pub fn sub_method(vm: &mut Vm, args: &Args, counted: bool) -> R {
    let receiver = args.pos.first().copied().unwrap_or(Obj::NONE);
    let pattern = pattern(vm, receiver)?;
    let [new, string, count] = vm.bind(&args.skip_first(), [q::repl, q::string, q::count], 2)?;
    sub(vm, pattern, new.unwrap_or(Obj::NONE), string.unwrap_or(Obj::NONE), count, counted)
}

/// `re.sub(pattern, repl, string, count, flags)` and `re.subn`
pub fn sub_function(vm: &mut Vm, args: &Args, counted: bool) -> R {
    let names = [q::pattern, q::repl, q::string, q::count, q::flags];
    let [source, new, string, count, flags] = vm.bind(args, names, 3)?;
    let flags = flags_of(vm, flags)?;
    let pattern = compile_object(vm, source.unwrap_or(Obj::NONE), flags)?;
    sub(vm, pattern, new.unwrap_or(Obj::NONE), string.unwrap_or(Obj::NONE), count, counted)
}

fn sub(vm: &mut Vm, pattern: Ref<Pattern>, new: Obj, string: Obj, count: Option<Obj>, counted: bool) -> R {
    let (kind, text) = subject(vm, pattern, string)?;
    let most = usize::try_from(optional_index(vm, count, 0)?).unwrap_or(0);
    let replacement = match (kind, vm.text(new)) {
        (Kind::Str, Some(text)) => Some(text),
        (Kind::Str, None) => None,
        _ => bytes_operand_maybe(vm, new)?,
    };
    let parts = match &replacement {
        Some(replacement) => Some(template::parse(vm, pattern, replacement, kind.is_str())?),
        None => None,
    };
    let mut out = TextOut::buffer();
    let (mut done, mut n) = (0, 0usize);
    for_matches(vm, pattern, kind, &text, (0, text.len()), |vm, found| {
        let (start, end) = found.whole();
        out.write(vm, &text.bytes()[done..start])?;
        done = end;
        n += 1;
        match &parts {
            Some(parts) => template::expand(vm, &mut out, parts, &text, found)?,
            None => {
                let object = new_match(vm, pattern, &text, found, (0, text.len()))?;
                let result = vm.call(new, &[object])?;
                if result != Obj::NONE {
                    let result = kind.operand(vm, result)?;
                    out.write(vm, result.bytes())?;
                }
            }
        }
        Ok(most == 0 || n < most)
    })?;
    let result = if n == 0 {
        kind.part(vm, &text, 0, text.len())?
    } else {
        out.write(vm, &text.bytes()[done..])?;
        finish(vm, kind, out)?
    };
    if counted {
        return vm.new_tuple(&[result, Obj::small_int_unchecked(n as isize)]);
    }
    Ok(result)
}

/// `re.escape(text)`
pub fn escape(vm: &mut Vm, text: Obj) -> R {
    let (kind, text) = super::super::text_kind::receiver(vm, text)?;
    let mut out = TextOut::buffer();
    for byte in text.bytes() {
        if matches!(byte, 9..=13 | 32 | b'#' | b'$' | b'&' | b'(' ..=b'+' | b'-' | b'.' | b'?' | b'[' ..=b'^' | b'{' ..=b'~')
        {
            out.write(vm, b"\\")?;
        }
        out.write(vm, &[*byte])?;
    }
    finish(vm, kind, out)
}
