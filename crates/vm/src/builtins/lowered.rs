//! Hidden builtins that code of the full dialect calls by name: what newer syntax is lowered to where the bytecode has no
//! opcode for it. The compiler's `helpers.rs` says what each takes and gives.

use alloc::{string::String, vec::Vec};

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        seq::{List, Tuple},
        typ::Type,
    },
    native::{Args, Def, Member, Native, Show},
    qstr::{Qstr, q},
    table::TypeId,
    text_out::TextOut,
    types::{async_gen, awaiting, except_star, exception::Exc, mapping_proxy, template, type_param},
    value::R,
    vm::Vm,
};

/// The table.
pub const MEMBERS: &[Member] = &[
    ("__build_tuple__", Def::Fn(Native::F1(build_tuple))),
    ("__dict_update__", Def::Fn(Native::F2(dict_update))),
    ("__format_field__", Def::Fn(Native::F3(format_field))),
    ("__join_str__", Def::Fn(Native::Var(0, 255, join_str))),
    ("__match_sequence__", Def::Fn(Native::F3(match_sequence))),
    ("__match_mapping__", Def::Fn(Native::F3(match_mapping))),
    ("__match_class__", Def::Fn(Native::Var(4, 4, match_class))),
    ("__except_star__", Def::Fn(Native::F1(except_star::begin))),
    ("__except_star_add__", Def::Fn(Native::F1(except_star::add))),
    ("__async_generator__", Def::Fn(Native::F1(async_gen::make))),
    ("__async_yield__", Def::Fn(Native::F1(async_gen::mark))),
    ("__make_type_param__", Def::Fn(Native::Var(4, 4, type_param::make_param))),
    ("__make_type_alias__", Def::Fn(Native::F3(type_param::make_alias))),
    ("__build_generic_class__", Def::Fn(Native::Kw(3, 255, build_generic_class))),
    ("__get_awaitable__", Def::Fn(Native::F1(awaiting::get_awaitable))),
    ("__async_enter__", Def::Fn(Native::F1(awaiting::enter))),
    ("__async_iter__", Def::Fn(Native::F1(awaiting::iter))),
    ("__async_next__", Def::Fn(Native::F1(awaiting::next))),
    ("__make_template__", Def::Fn(Native::F2(template::make))),
    ("__template__", Def::Fn(Native::Var(1, 255, template::make_flat))),
    ("__set_function_attr__", Def::Fn(Native::F3(set_function_attr))),
];

fn tuple_of(vm: &mut Vm, list: Ref<List>) -> R {
    let tuple = vm.new_tuple_of_nones(list.len())?;
    for i in 0..list.len() {
        tuple.init(i, list.get(i).unwrap_or(Obj::NONE));
    }
    Ok(tuple.obj())
}

fn build_tuple(vm: &mut Vm, list: Obj) -> R {
    match vm.exact::<List>(list) {
        Some(list) => tuple_of(vm, list),
        None => Err(vm.type_error_for("expected a list, got '", list, "'")),
    }
}

fn dict_update(vm: &mut Vm, dict: Obj, mapping: Obj) -> R {
    if !vm.is_dict(mapping) && vm.getattr_maybe(mapping, q::keys)?.is_none() {
        return Err(vm.type_error_for("'", mapping, "' object is not a mapping"));
    }
    vm.call_method(dict, q::update, &[mapping])
}

fn format_field(vm: &mut Vm, value: Obj, conversion: Obj, spec: Obj) -> R {
    let value = match vm.str_bytes(conversion).and_then(|c| c.first().copied()) {
        Some(b'r') => vm.repr(value)?,
        Some(b's') => vm.str(value)?,
        Some(b'a') => crate::types::str_format::ascii(vm, value)?,
        _ => value,
    };
    let mut out = TextOut::buffer();
    let plain = vm.str_bytes(spec).is_none_or(<[u8]>::is_empty);
    vm.format_value(&mut out, value, (!plain).then_some(spec))?;
    out.into_str(vm)
}

fn join_str(vm: &mut Vm, parts: &[Obj]) -> R {
    let mut out = TextOut::buffer();
    for part in parts {
        vm.show(*part, &mut out, Show::Str)?;
    }
    out.into_str(vm)
}

/// Whether an object's builtin type, or the one that its class derives from, is one of these.
fn is_kind(vm: &Vm, obj: Obj, kinds: &[TypeId]) -> bool {
    let class = vm.type_of(obj);
    let class = if class.is_python() { class.native_base() } else { Some(class) };
    class.is_some_and(|class| kinds.iter().any(|kind| class.is(*kind)))
}

fn match_sequence(vm: &mut Vm, subject: Obj, length: Obj, open: Obj) -> R {
    const SEQUENCES: &[TypeId] =
        &[TypeId::List, TypeId::Tuple, TypeId::Range, TypeId::Array, TypeId::MemoryView, TypeId::Deque];
    // Named tuples are types of their own that derive from tuple.
    let by_index = !is_kind(vm, subject, SEQUENCES) && vm.cast::<Tuple>(subject).is_none();
    if by_index {
        // Texts and bytes are sequences for `collections.abc`, but not for patterns.
        let texts = [TypeId::Str, TypeId::Bytes, TypeId::ByteArray];
        if is_kind(vm, subject, &texts) || !is_abstract(vm, subject, q::Sequence)? {
            return Ok(Obj::NONE);
        }
    }
    let wanted = usize::try_from(vm.index(length)?).unwrap_or(0);
    let len = vm.len(subject)?;
    if if open == Obj::FALSE { len != wanted } else { len < wanted } {
        return Ok(Obj::NONE);
    }
    let items = vm.new_list(&[])?;
    let behind = open.as_small_int().map(|behind| usize::try_from(behind).unwrap_or(0).min(wanted));
    if by_index || behind.is_some() {
        let (first, last) = match behind {
            Some(behind) => (0..wanted - behind, len - behind..len),
            None => (0..len, len..len),
        };
        for i in first.chain(last) {
            let item = vm.getitem(subject, Obj::small_int_unchecked(i as isize))?;
            items.push(vm, item)?;
        }
    } else {
        vm.for_each(subject, |vm, item| items.push(vm, item).map(|()| true))?;
    }
    Ok(items.obj())
}

/// Whether a dict's class finds keys in a way of its own.
fn has_own_get(vm: &mut Vm, subject: Obj) -> R<bool> {
    let class = vm.type_of(subject);
    Ok(class.is_python() && vm.class_lookup(class, q::get)?.is_some_and(|(_, definer)| definer.is_python()))
}

/// Whether what is no dict is a mapping.
fn is_mapping(vm: &mut Vm, subject: Obj) -> R<bool> {
    Ok(vm.record(subject, &mapping_proxy::MAPPING_PROXY).is_some() || is_abstract(vm, subject, q::Mapping)?)
}

/// Whether the abstract base class `collections.abc.NAME` counts an object in. As long as nobody imported it, none is.
fn is_abstract(vm: &mut Vm, subject: Obj, name: Qstr) -> R<bool> {
    let Some(module) = vm.modules().get_name(vm, q::collections_abc) else {
        return Ok(false);
    };
    match vm.getattr_maybe(module, name)? {
        Some(class) => vm.is_instance(subject, class),
        None => Ok(false),
    }
}

fn match_mapping(vm: &mut Vm, subject: Obj, keys: Obj, want_rest: Obj) -> R {
    // What is no dict, or looks up in a way of its own, is asked through its methods.
    let plain = match vm.cast::<Dict>(subject) {
        Some(dict) if !has_own_get(vm, subject)? => Some(dict),
        Some(_) => None,
        None if is_mapping(vm, subject)? => None,
        None => return Ok(Obj::NONE),
    };
    let absent = match plain {
        Some(_) => Obj::NONE,
        None => vm.new_list(&[])?.obj(),
    };
    let values = vm.new_list(&[])?;
    let seen = vm.new_dict(0)?;
    let mut i = 0;
    while let Some(key) = vm.seq_items(keys).and_then(|keys| keys.get(i).copied()) {
        i += 1;
        if seen.get(vm, key)?.is_some() {
            let key = vm.repr(key)?;
            let key = vm.str_bytes(key).map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default();
            return Err(vm.error(Exc::ValueError, format_args!("mapping pattern checks duplicate key ({key})")));
        }
        seen.set(vm, key, Obj::NONE)?;
        let value = match plain {
            Some(dict) => dict.get(vm, key)?,
            None => Some(vm.call_method(subject, q::get, &[key, absent])?).filter(|value| *value != absent),
        };
        match value {
            Some(value) => values.push(vm, value)?,
            None => return Ok(Obj::NONE),
        }
    }
    if vm.is_true(want_rest)? {
        let rest = vm.new_dict(0)?;
        dict_update(vm, rest.obj(), subject)?;
        let mut i = 0;
        while let Some(key) = vm.seq_items(keys).and_then(|keys| keys.get(i).copied()) {
            i += 1;
            rest.remove(vm, key)?;
        }
        values.push(vm, rest.obj())?;
    }
    tuple_of(vm, values)
}

fn match_class(vm: &mut Vm, args: &[Obj]) -> R {
    const WHOLE: &[TypeId] = &[
        TypeId::Bool,
        TypeId::ByteArray,
        TypeId::Bytes,
        TypeId::Dict,
        TypeId::Float,
        TypeId::FrozenSet,
        TypeId::Int,
        TypeId::List,
        TypeId::Set,
        TypeId::Str,
        TypeId::Tuple,
    ];
    let [subject, class, positional, names] = *args else {
        return Ok(Obj::NONE);
    };
    let Some(class) = vm.as_type(class) else {
        return Err(vm.type_error("called match pattern must be a class"));
    };
    if !vm.is_instance(subject, class.obj())? {
        return Ok(Obj::NONE);
    }
    let values = vm.new_list(&[])?;
    let mut seen = Vec::new();
    let count = usize::try_from(vm.index(positional)?).unwrap_or(0);
    if count > 0 {
        let match_args = vm.getattr_maybe(class.obj(), q::__match_args__)?;
        let builtin = if class.is_python() { class.native_base() } else { Some(class) };
        let whole = match_args.is_none() && builtin.is_some_and(|class| WHOLE.iter().any(|id| class.is(*id)));
        let allowed = match match_args {
            Some(names) => vm.exact::<Tuple>(names).map(|names| names.len()),
            None => Some(whole as usize),
        };
        let Some(allowed) = allowed else {
            let name = vm.owned_text(class.name());
            let got = vm.type_of(match_args.unwrap_or(Obj::NONE));
            let got = vm.owned_text(got.name());
            let message = format_args!("{name}.__match_args__ must be a tuple (got {got})");
            return Err(vm.error(Exc::TypeError, message));
        };
        if count > allowed {
            let name = vm.owned_text(class.name());
            let s = if allowed == 1 { "" } else { "s" };
            return Err(vm.error(
                Exc::TypeError,
                format_args!("{name}() accepts {allowed} positional sub-pattern{s} ({count} given)"),
            ));
        }
        if whole {
            values.push(vm, subject)?;
        } else {
            for i in 0..count {
                let name = match_args.and_then(|names| vm.exact::<Tuple>(names)?.get(i));
                let Some(name) = vm.name_of(name.unwrap_or(Obj::NONE))? else {
                    return Err(vm.type_error("__match_args__ elements must be strings"));
                };
                if !match_attr(vm, subject, class, name, &mut seen, values)? {
                    return Ok(Obj::NONE);
                }
            }
        }
    }
    let mut i = 0;
    while let Some(name) = vm.seq_items(names).and_then(|names| names.get(i).copied()) {
        i += 1;
        let name = vm.name_argument(Some(name))?;
        if !match_attr(vm, subject, class, name, &mut seen, values)? {
            return Ok(Obj::NONE);
        }
    }
    tuple_of(vm, values)
}

/// Adds an attribute for a class pattern to `values`; false if the subject has none. Each may be asked for once.
fn match_attr(
    vm: &mut Vm,
    subject: Obj,
    class: Ref<Type>,
    name: Qstr,
    seen: &mut Vec<Qstr>,
    values: Ref<List>,
) -> R<bool> {
    if seen.contains(&name) {
        let (class, name) = (vm.owned_text(class.name()), vm.owned_text(name));
        let message = format_args!("{class}() got multiple sub-patterns for attribute '{name}'");
        return Err(vm.error(Exc::TypeError, message));
    }
    seen.push(name);
    let found = vm.getattr_maybe(subject, name);
    match vm.catch(found, Exc::AttributeError)?.flatten() {
        Some(value) => values.push(vm, value).map(|()| true),
        None => Ok(false),
    }
}

/// As `__build_class__`, with `typing.Generic[parameters]` behind the other bases (as in CPython, the module `typing` is
/// imported for it).
fn build_generic_class(vm: &mut Vm, args: &Args) -> R {
    let [parameters, body, name, ref bases @ ..] = *args.pos else {
        return Err(vm.type_error("__build_generic_class__: not enough arguments"));
    };
    let globals = vm.builtins();
    let typing = vm.import_module(q::typing.obj(), globals, Obj::NONE, 0)?;
    let generic = vm.call_method(typing, q::_generic, &[parameters])?;
    let all = vm.new_tuple_of_nones(bases.len() + 1)?;
    for (i, base) in bases.iter().chain(&[generic]).enumerate() {
        all.init(i, *base);
    }
    vm.build_class_on(body, name, all.obj(), args)
}

fn set_function_attr(vm: &mut Vm, function: Obj, name: Obj, value: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    vm.setattr(function, name, value)?;
    Ok(function)
}
