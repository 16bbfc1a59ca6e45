//! Hidden builtins that code of the full dialect calls by name: what newer syntax is lowered to where the bytecode has no
//! opcode for it. The compiler's `helpers.rs` says what each takes and gives.

use heap::Obj;

use crate::{
    layout::{
        dict::Dict,
        seq::{List, Tuple},
    },
    native::{Def, Member, Native, Show},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{async_gen, except_star, exception::Exc, template, type_param},
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
    ("__generic_item__", Def::Fn(Native::F2(type_param::generic_item))),
    ("__get_awaitable__", Def::Fn(Native::F1(get_awaitable))),
    ("__make_template__", Def::Fn(Native::F2(template::make))),
    ("__template__", Def::Fn(Native::Var(1, 255, template::make_flat))),
    ("__set_function_attr__", Def::Fn(Native::F3(set_function_attr))),
];

fn tuple_of(vm: &mut Vm, list: crate::handle::Ref<List>) -> R {
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
    if !is_kind(vm, subject, SEQUENCES) && vm.cast::<Tuple>(subject).is_none() {
        return Ok(Obj::NONE);
    }
    let wanted = vm.index(length)?;
    let len = vm.len(subject)? as isize;
    if if vm.is_true(open)? { len < wanted } else { len != wanted } {
        return Ok(Obj::NONE);
    }
    let items = vm.new_list(&[])?;
    vm.for_each(subject, |vm, item| items.push(vm, item).map(|()| true))?;
    Ok(items.obj())
}

fn match_mapping(vm: &mut Vm, subject: Obj, keys: Obj, want_rest: Obj) -> R {
    let Some(dict) = vm.cast::<Dict>(subject) else {
        return Ok(Obj::NONE);
    };
    let values = vm.new_list(&[])?;
    let seen = vm.new_dict(0)?;
    let mut i = 0;
    while let Some(key) = vm.seq_items(keys).and_then(|keys| keys.get(i).copied()) {
        i += 1;
        if seen.get(vm, key)?.is_some() {
            return Err(vm.error(Exc::ValueError, format_args!("mapping pattern checks duplicate key")));
        }
        seen.set(vm, key, Obj::NONE)?;
        match dict.get(vm, key)? {
            Some(value) => values.push(vm, value)?,
            None => return Ok(Obj::NONE),
        }
    }
    if vm.is_true(want_rest)? {
        let rest = vm.new_dict(dict.len())?;
        let mut position = 0;
        while let Some((next, key, value)) = dict.entry(vm, position) {
            position = next;
            if seen.get(vm, key)?.is_none() {
                rest.set(vm, key, value)?;
            }
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
            return Err(vm.type_error_for("__match_args__ must be a tuple (got ", class.obj(), ")"));
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
                match match_attr(vm, subject, name)? {
                    Some(value) => values.push(vm, value)?,
                    None => return Ok(Obj::NONE),
                }
            }
        }
    }
    let mut i = 0;
    while let Some(name) = vm.seq_items(names).and_then(|names| names.get(i).copied()) {
        i += 1;
        let name = vm.name_argument(Some(name))?;
        match match_attr(vm, subject, name)? {
            Some(value) => values.push(vm, value)?,
            None => return Ok(Obj::NONE),
        }
    }
    tuple_of(vm, values)
}

/// An attribute for a class pattern; its absence is no error.
fn match_attr(vm: &mut Vm, subject: Obj, name: crate::qstr::Qstr) -> R<Option<Obj>> {
    let found = vm.getattr_maybe(subject, name);
    Ok(vm.catch(found, Exc::AttributeError)?.flatten())
}

/// What `await` iterates over.
pub(crate) fn get_awaitable(vm: &mut Vm, obj: Obj) -> R {
    if vm.as_generator(obj).is_some() {
        return crate::types::generator::usable(vm, obj).map(|generator| generator.obj());
    }
    match vm.call_special_maybe(obj, q::__await__, &[])? {
        Some(iterator) => Ok(iterator),
        None => vm.iter(obj),
    }
}

fn set_function_attr(vm: &mut Vm, function: Obj, name: Obj, value: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    vm.setattr(function, name, value)?;
    Ok(function)
}
