//! `_functools`: what of `functools` has to be fast; the rest is Python code in `lib/functools.py`.

use alloc::vec::Vec;

use vm::{
    Obj, R, Ref, Vm,
    layout::{
        dict::Dict,
        record::Record,
        seq::Tuple,
        typ::{Type, flag},
    },
    native::{Args, Binary, Def, Member, ModuleDef, Native, Show, Slots, TypeDef},
    qstr::{Qstr, q},
    table::TypeId,
    text_out::TextOut,
    types::object::identity_unary,
};

/// `_functools`
pub static FUNCTOOLS: ModuleDef = ModuleDef { name: "_functools", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("cmp_to_key", Def::Fn(Native::Kw(0, 1, cmp_to_key))),
    ("lru_cache_wrapper", Def::Fn(Native::F3(lru_cache_wrapper))),
    ("partial", Def::Value(|vm| Ok(vm.define_type(&PARTIAL)?.obj()))),
    ("reduce", Def::Fn(Native::Var(2, 3, reduce))),
];

fn reduce(vm: &mut Vm, args: &[Obj]) -> R {
    let mut total = args.get(2).copied();
    vm.for_each(args[1], |vm, item| {
        total = Some(match total {
            None => item,
            Some(total) => vm.call(args[0], &[total, item])?,
        });
        Ok(true)
    })?;
    match total {
        Some(total) => Ok(total),
        None => Err(vm.type_error("reduce() of empty iterable with no initial value")),
    }
}

/// function, positional arguments (a tuple), keyword arguments (a dict), own attributes (a dict or None)
static PARTIAL: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(new_partial),
        call: Some(call_partial),
        show: Some(show_partial),
        getattr: Some(|vm, obj, name| own_attribute(vm, obj, name, &PARTIAL, 3)),
        setattr: Some(|vm, obj, name, value| set_own_attribute(vm, obj, name, value, &PARTIAL, 3)),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: &[
        ("func", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &PARTIAL)?.get(0)))),
        ("args", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &PARTIAL)?.get(1)))),
        ("keywords", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &PARTIAL)?.get(2)))),
    ],
    ..TypeDef::named("partial")
};

/// The dict of own attributes in a record's field, made when it is first asked for.
fn attributes(vm: &mut Vm, record: Record, field: usize) -> R<Ref<Dict>> {
    if let Some(dict) = vm.exact::<Dict>(record.get(field)) {
        return Ok(dict);
    }
    let dict = vm.new_dict(0)?;
    record.set(field, dict.obj());
    Ok(dict)
}

fn own_attribute(vm: &mut Vm, obj: Obj, name: Qstr, def: &'static TypeDef, field: usize) -> R<Option<Obj>> {
    let record = vm.expect_record(obj, def)?;
    if name == q::__dict__ {
        return Ok(Some(attributes(vm, record, field)?.obj()));
    }
    Ok(vm.exact::<Dict>(record.get(field)).and_then(|dict| dict.get_name(vm, name)))
}

fn set_own_attribute(
    vm: &mut Vm,
    obj: Obj,
    name: Qstr,
    value: Option<Obj>,
    def: &'static TypeDef,
    field: usize,
) -> R<bool> {
    if def.members.iter().any(|(member, _)| vm.qstr_bytes(name) == member.as_bytes()) {
        return Ok(false);
    }
    let record = vm.expect_record(obj, def)?;
    let dict = attributes(vm, record, field)?;
    match value {
        Some(value) => dict.set_name(vm, name, value).map(|()| true),
        None => Ok(dict.remove_name(vm, name)),
    }
}

/// Stores keyword arguments in a dict.
fn store_keywords(vm: &mut Vm, dict: Ref<Dict>, args: &Args) -> R<()> {
    for (key, value) in args.keywords() {
        dict.set(vm, key, value)?;
    }
    Ok(())
}

fn new_partial(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [function, rest @ ..] = args.pos else {
        return Err(vm.type_error("type 'partial' takes at least one argument"));
    };
    if vm.type_of(*function).slots().call.is_none() {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let rest = vm.new_tuple(rest)?;
    // A partial of a partial is one with the arguments of both.
    if let Some(inner) = vm.record(*function, &PARTIAL)
        && inner.obj() == *function
        && inner.get(3) == Obj::NONE
        && let (Some(first), Some(rest)) = (vm.exact::<Tuple>(inner.get(1)), vm.exact::<Tuple>(rest))
        && let Some(keywords) = vm.exact::<Dict>(inner.get(2))
    {
        let all = vm.concat_tuples(first, rest)?;
        let keywords = keywords.copy(vm)?;
        store_keywords(vm, keywords, args)?;
        return vm.new_record(&PARTIAL, &[inner.get(0), all, keywords.obj(), Obj::NONE]);
    }
    let keywords = vm.new_dict(args.n_kw())?;
    store_keywords(vm, keywords, args)?;
    vm.new_record(&PARTIAL, &[*function, rest, keywords.obj(), Obj::NONE])
}

fn call_partial(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    vm.check_native_stack()?;
    let partial = vm.expect_record(obj, &PARTIAL)?;
    // The record and the caller keep the objects alive whose words are copied here.
    let mut pos: Vec<Obj> = vm.seq_items(partial.get(1)).unwrap_or_default().to_vec();
    pos.extend_from_slice(args.pos);
    let own = vm.exact::<Dict>(partial.get(2));
    if own.is_none_or(|own| own.is_empty()) {
        return vm.call_args(partial.get(0), &Args { pos: &pos, kw: args.kw });
    }
    let mut kw = Vec::new();
    let mut position = 0;
    while let Some((next, key, value)) = own.and_then(|own| own.entry(vm, position)) {
        position = next;
        let mut given = false;
        for (name, _) in args.keywords() {
            given |= vm.equal(name, key)?;
        }
        if !given {
            kw.extend([key, value]);
        }
    }
    kw.extend_from_slice(args.kw);
    vm.call_args(partial.get(0), &Args { pos: &pos, kw: &kw })
}

fn show_partial(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    vm.check_native_stack()?;
    let partial = vm.expect_record(obj, &PARTIAL)?;
    out.write_str(vm, "functools.partial(")?;
    vm.show(partial.get(0), out, Show::Repr)?;
    let mut i = 0;
    while let Some(arg) = vm.seq_items(partial.get(1)).and_then(|args| args.get(i).copied()) {
        i += 1;
        out.write_str(vm, ", ")?;
        vm.show(arg, out, Show::Repr)?;
    }
    let keywords = vm.exact::<Dict>(partial.get(2));
    let mut position = 0;
    while let Some((next, key, value)) = keywords.and_then(|keywords| keywords.entry(vm, position)) {
        position = next;
        out.write_str(vm, ", ")?;
        vm.show(key, out, Show::Str)?;
        out.write_str(vm, "=")?;
        vm.show(value, out, Show::Repr)?;
    }
    out.write_str(vm, ")")
}

/// comparing function, object or NotImplemented
static KEY: TypeDef = TypeDef {
    slots: Slots {
        call: Some(|vm, obj, args| {
            let key = vm.expect_record(obj, &KEY)?;
            let [object] = vm.bind(args, [q::object], 1)?;
            vm.new_record(&KEY, &[key.get(0), object.unwrap_or(Obj::NONE)])
        }),
        binary: Some(compare_keys),
        ..Slots::NONE
    },
    members: &[("obj", Def::Get(|vm, obj| Ok(vm.expect_record(obj, &KEY)?.get(1))))],
    ..TypeDef::named("KeyWrapper")
};

fn cmp_to_key(vm: &mut Vm, args: &Args) -> R {
    let name = vm.intern(b"mycmp")?;
    let [function] = vm.bind(args, [name], 1)?;
    vm.new_record(&KEY, &[function.unwrap_or(Obj::NONE), Obj::NONE])
}

fn compare_keys(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    if !matches!(op, Binary::Lt | Binary::Gt | Binary::Le | Binary::Ge | Binary::Eq | Binary::Ne) {
        return Ok(None);
    }
    let key = vm.expect_record(obj, &KEY)?;
    let Some(other) = vm.record(other, &KEY) else {
        return Err(vm.type_error("other argument must be K instance"));
    };
    let order = vm.call(key.get(0), &[key.get(1), other.get(1)])?;
    vm.binary(op, order, Obj::small_int_unchecked(0)).map(Some)
}

/// function, what is known (a dict), largest size (-1: none), whether types count, hits, misses, own attributes
static LRU_CACHE: TypeDef = TypeDef {
    slots: Slots {
        call: Some(call_cached),
        getattr: Some(|vm, obj, name| own_attribute(vm, obj, name, &LRU_CACHE, ATTRIBUTES)),
        setattr: Some(|vm, obj, name, value| set_own_attribute(vm, obj, name, value, &LRU_CACHE, ATTRIBUTES)),
        show: Some(|vm, obj, out, _| vm::types::object::write_instance(vm, obj, out)),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: &[("_info", Def::Fn(Native::F1(cache_info))), ("cache_clear", Def::Fn(Native::F1(cache_clear)))],
    ..TypeDef::named("functools._lru_cache_wrapper")
};

const KNOWN: usize = 1;
const MAX_SIZE: usize = 2;
const TYPED: usize = 3;
const HITS: usize = 4;
const MISSES: usize = 5;
const ATTRIBUTES: usize = 6;

/// `lru_cache_wrapper(function, maxsize, typed)`
fn lru_cache_wrapper(vm: &mut Vm, function: Obj, size: Obj, typed: Obj) -> R {
    let size = if size == Obj::NONE { -1 } else { vm.index(size)?.max(0) };
    let typed = Obj::from_bool(vm.is_true(typed)?);
    let known = vm.new_dict(0)?.obj();
    let zero = Obj::small_int_unchecked(0);
    vm.define_type(&LRU_CACHE)?.set_flag(flag::BINDS);
    vm.new_record(&LRU_CACHE, &[function, known, Obj::small_int_unchecked(size), typed, zero, zero, Obj::NONE])
}

/// What the arguments of a call are known by.
fn cache_key(vm: &mut Vm, args: &Args, typed: bool) -> R {
    if args.kw.is_empty() && !typed {
        if let [only] = args.pos
            && (vm.type_of(*only).is(TypeId::Int) || vm.type_of(*only).is(TypeId::Str))
        {
            return Ok(*only);
        }
        return vm.new_tuple(args.pos);
    }
    let parts = vm.new_list(args.pos)?;
    if !args.kw.is_empty() {
        // Something that no argument is equal to stands between positional and keyword arguments.
        let mark = vm.define_type(&LRU_CACHE)?.obj();
        parts.push(vm, mark)?;
        for word in args.kw {
            parts.push(vm, *word)?;
        }
    }
    if typed {
        for value in args.pos.iter().copied().chain(args.keywords().map(|(_, value)| value)) {
            let class = vm.type_of(value).obj();
            parts.push(vm, class)?;
        }
    }
    vm.new_tuple_from(parts.obj(), 0, 1, parts.len())
}

fn call_cached(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    vm.check_native_stack()?;
    let cache = vm.expect_record(obj, &LRU_CACHE)?;
    let size = cache.int(MAX_SIZE);
    if size == 0 {
        cache.set_int(MISSES, cache.int(MISSES) + 1);
        return vm.call_args(cache.get(0), args);
    }
    let key = cache_key(vm, args, cache.get(TYPED) == Obj::TRUE)?;
    let Some(known) = vm.exact::<Dict>(cache.get(KNOWN)) else { return Ok(Obj::NONE) };
    if let Some(value) = known.get(vm, key)? {
        cache.set_int(HITS, cache.int(HITS) + 1);
        if size > 0 {
            known.move_to(vm, key, true)?;
        }
        return Ok(value);
    }
    cache.set_int(MISSES, cache.int(MISSES) + 1);
    let value = vm.call_args(cache.get(0), args)?;
    known.set(vm, key, value)?;
    if size > 0 && known.len() > size as usize {
        known.pop_first(vm);
    }
    Ok(value)
}

/// Hits, misses, largest size or None, present size.
fn cache_info(vm: &mut Vm, obj: Obj) -> R {
    let cache = vm.expect_record(obj, &LRU_CACHE)?;
    let len = vm.exact::<Dict>(cache.get(KNOWN)).map_or(0, |known| known.len());
    let size = if cache.int(MAX_SIZE) < 0 { Obj::NONE } else { cache.get(MAX_SIZE) };
    vm.new_tuple(&[cache.get(HITS), cache.get(MISSES), size, Obj::small_int_unchecked(len as isize)])
}

fn cache_clear(vm: &mut Vm, obj: Obj) -> R {
    let cache = vm.expect_record(obj, &LRU_CACHE)?;
    if let Some(known) = vm.exact::<Dict>(cache.get(KNOWN)) {
        known.clear(vm);
    }
    cache.set_int(HITS, 0);
    cache.set_int(MISSES, 0);
    Ok(Obj::NONE)
}
