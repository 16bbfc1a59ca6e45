//! `operator`: the operators as functions, and functions that get items, attributes and results of methods.

use vm::{
    Obj, R, Ref, Vm,
    layout::{record::Record, seq::Tuple, typ::Type},
    native::{Args, Binary, Def, Member, ModuleDef, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    text_out::TextOut,
    types::{exception::Exc, object::identity_unary},
};

/// `operator`
pub static OPERATOR: ModuleDef = ModuleDef { name: "operator", members: MEMBERS, init: None };

macro_rules! binary {
    ($op:ident) => {
        Def::Fn(Native::F2(|vm, a, b| vm.binary(Binary::$op, a, b)))
    };
}

macro_rules! unary {
    ($op:ident) => {
        Def::Fn(Native::F1(|vm, a| vm.unary(Unary::$op, a)))
    };
}

const CONTAINS: Def = Def::Fn(Native::F2(|vm, container, item| Ok(Obj::from_bool(vm.contains(container, item)?))));
const NOT: Def = Def::Fn(Native::F1(|vm, a| Ok(Obj::from_bool(!vm.is_true(a)?))));
const CONCAT: Def = Def::Fn(Native::F2(|vm, a, b| concat(vm, Binary::Add, a, b)));
const ICONCAT: Def = Def::Fn(Native::F2(|vm, a, b| concat(vm, Binary::IAdd, a, b)));
const GETITEM: Def = Def::Fn(Native::F2(|vm, obj, index| vm.getitem(obj, index)));
const INDEX: Def = Def::Fn(Native::F1(|vm, a| vm.index_object(a)));
const SETITEM: Def = Def::Fn(Native::F3(|vm, obj, index, value| {
    vm.setitem(obj, index, Some(value))?;
    Ok(Obj::NONE)
}));
const DELITEM: Def = Def::Fn(Native::F2(|vm, obj, index| {
    vm.setitem(obj, index, None)?;
    Ok(Obj::NONE)
}));
const CALL: Def = Def::Fn(Native::Kw(1, 255, |vm, args| vm.call_args(args.pos[0], &args.skip_first())));

/// A function under its plain name and its name with underscores.
macro_rules! table {
    ($($name:literal $def:expr;)*) => {
        &[$(($name, $def), (concat!("__", $name, "__"), $def),)*
            ("and_", binary!(And)), ("__and__", binary!(And)),
            ("or_", binary!(Or)), ("__or__", binary!(Or)),
            ("not_", NOT), ("__not__", NOT),
            ("truth", Def::Fn(Native::F1(|vm, a| Ok(Obj::from_bool(vm.is_true(a)?))))),
            ("is_", binary!(Is)),
            ("is_not", Def::Fn(Native::F2(|vm, a, b| Ok(Obj::from_bool(!vm.is_same(a, b)))))),
            ("is_none", Def::Fn(Native::F1(|_, a| Ok(Obj::from_bool(a == Obj::NONE))))),
            ("is_not_none", Def::Fn(Native::F1(|_, a| Ok(Obj::from_bool(a != Obj::NONE))))),
            ("countOf", Def::Fn(Native::F2(count_of))),
            ("indexOf", Def::Fn(Native::F2(index_of))),
            ("length_hint", Def::Fn(Native::Var(1, 2, length_hint))),
            ("itemgetter", Def::Value(|vm| Ok(vm.define_type(&ITEMGETTER)?.obj()))),
            ("attrgetter", Def::Value(|vm| Ok(vm.define_type(&ATTRGETTER)?.obj()))),
            ("methodcaller", Def::Value(|vm| Ok(vm.define_type(&METHODCALLER)?.obj()))),
        ]
    };
}

const MEMBERS: &[Member] = table! {
    "lt" binary!(Lt);
    "le" binary!(Le);
    "eq" binary!(Eq);
    "ne" binary!(Ne);
    "ge" binary!(Ge);
    "gt" binary!(Gt);
    "add" binary!(Add);
    "sub" binary!(Sub);
    "mul" binary!(Mul);
    "matmul" binary!(MatMul);
    "truediv" binary!(Div);
    "floordiv" binary!(FloorDiv);
    "mod" binary!(Mod);
    "pow" binary!(Pow);
    "lshift" binary!(Lshift);
    "rshift" binary!(Rshift);
    "xor" binary!(Xor);
    "iadd" binary!(IAdd);
    "isub" binary!(ISub);
    "imul" binary!(IMul);
    "imatmul" binary!(IMatMul);
    "itruediv" binary!(IDiv);
    "ifloordiv" binary!(IFloorDiv);
    "imod" binary!(IMod);
    "ipow" binary!(IPow);
    "ilshift" binary!(ILshift);
    "irshift" binary!(IRshift);
    "iand" binary!(IAnd);
    "ior" binary!(IOr);
    "ixor" binary!(IXor);
    "neg" unary!(Neg);
    "pos" unary!(Pos);
    "inv" unary!(Invert);
    "invert" unary!(Invert);
    "abs" unary!(Abs);
    "index" INDEX;
    "contains" CONTAINS;
    "concat" CONCAT;
    "iconcat" ICONCAT;
    "getitem" GETITEM;
    "setitem" SETITEM;
    "delitem" DELITEM;
    "call" CALL;
};

/// `a + b` of sequences.
fn concat(vm: &mut Vm, op: Binary, a: Obj, b: Obj) -> R {
    if vm.find_special(a, q::__getitem__)?.is_none() {
        return Err(vm.type_error_for("'", a, "' object can't be concatenated"));
    }
    vm.binary(op, a, b)
}

fn count_of(vm: &mut Vm, iterable: Obj, item: Obj) -> R {
    let mut count = 0isize;
    vm.for_each(iterable, |vm, other| {
        count += isize::from(vm.same_or_equal(other, item)?);
        Ok(true)
    })?;
    vm.new_int(count)
}

fn index_of(vm: &mut Vm, iterable: Obj, item: Obj) -> R {
    let mut at = 0isize;
    let mut found = false;
    vm.for_each(iterable, |vm, other| {
        found = vm.same_or_equal(other, item)?;
        at += isize::from(!found);
        Ok(!found)
    })?;
    if found { vm.new_int(at) } else { Err(vm.value_error("sequence.index(x): x not in sequence")) }
}

fn length_hint(vm: &mut Vm, args: &[Obj]) -> R {
    let default = match args.get(1) {
        Some(default) if vm.as_int(*default).is_some() => *default,
        Some(default) => {
            return Err(vm.type_error_for("'", *default, "' object cannot be interpreted as an integer"));
        }
        None => Obj::small_int_unchecked(0),
    };
    if vm.find_special(args[0], q::__len__)?.is_some() {
        let len = vm.len(args[0])?;
        return vm.new_int(len as isize);
    }
    let hint = vm.call_special_maybe(args[0], q::__length_hint__, &[]);
    match vm.catch(hint, Exc::TypeError)?.flatten() {
        None => Ok(default),
        Some(hint) if vm.root(vm::vm::Root::NotImplemented) == Some(hint) => Ok(default),
        Some(hint) => match vm.as_int(hint) {
            None => Err(vm.type_error_for("__length_hint__ must be an integer, not ", hint, "")),
            Some(_) if vm.index(hint)? < 0 => Err(vm.value_error("__length_hint__() should return >= 0")),
            Some(_) => Ok(hint),
        },
    }
}

/// The slots of the three kinds of getters.
const fn getter(
    new: fn(&mut Vm, Ref<Type>, &Args) -> R,
    call: fn(&mut Vm, Obj, &Args) -> R,
    show: fn(&mut Vm, Obj, &mut TextOut, Show) -> R<()>,
) -> Slots {
    Slots { new: Some(new), call: Some(call), show: Some(show), unary: Some(identity_unary), ..Slots::NONE }
}

/// The one argument of a call of a getter.
fn subject(vm: &mut Vm, args: &Args, name: &str) -> R {
    match (args.pos, args.kw) {
        ([subject], []) => Ok(*subject),
        (pos, _) => {
            let n = pos.len();
            Err(vm.error(Exc::TypeError, format_args!("{name} expected 1 argument, got {n}")))
        }
    }
}

/// The tuple in a record's field.
fn parts(vm: &Vm, record: Record, field: usize) -> Option<Ref<Tuple>> {
    vm.exact::<Tuple>(record.get(field))
}

/// Applies a function to each part: one result, or a tuple of them.
fn each(vm: &mut Vm, parts: Ref<Tuple>, mut get: impl FnMut(&mut Vm, Obj) -> R) -> R {
    if parts.len() == 1 {
        return get(vm, parts.get(0).unwrap_or(Obj::NONE));
    }
    let results = vm.new_tuple_of_nones(parts.len())?;
    for i in 0..parts.len() {
        let result = get(vm, parts.get(i).unwrap_or(Obj::NONE))?;
        results.init(i, result);
    }
    Ok(results.obj())
}

fn show_parts(vm: &mut Vm, out: &mut TextOut, name: &str, parts: Option<Ref<Tuple>>) -> R<()> {
    out.write_str(vm, "operator.")?;
    out.write_str(vm, name)?;
    out.write_str(vm, "(")?;
    let n = parts.map_or(0, |parts| parts.len());
    for i in 0..n {
        if i > 0 {
            out.write_str(vm, ", ")?;
        }
        let part = parts.and_then(|parts| parts.get(i)).unwrap_or(Obj::NONE);
        vm.show(part, out, Show::Repr)?;
    }
    Ok(())
}

fn show_getter(vm: &mut Vm, obj: Obj, out: &mut TextOut, def: &'static TypeDef) -> R<()> {
    let record = vm.expect_record(obj, def)?;
    let parts = parts(vm, record, 0);
    show_parts(vm, out, def.name, parts)?;
    out.write_str(vm, ")")
}

fn new_getter(vm: &mut Vm, args: &Args, def: &'static TypeDef) -> R {
    let name = def.name;
    if !args.kw.is_empty() {
        return Err(vm.error(Exc::TypeError, format_args!("{name}() takes no keyword arguments")));
    }
    if args.pos.is_empty() {
        return Err(vm.error(Exc::TypeError, format_args!("{name} expected at least 1 argument, got 0")));
    }
    let parts = vm.new_tuple(args.pos)?;
    vm.new_record(def, &[parts])
}

/// indices
static ITEMGETTER: TypeDef = TypeDef {
    subclassable: true,
    slots: getter(
        |vm, _, args| new_getter(vm, args, &ITEMGETTER),
        get_items,
        |vm, obj, out, _| show_getter(vm, obj, out, &ITEMGETTER),
    ),
    ..TypeDef::named("itemgetter")
};

fn get_items(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let record = vm.expect_record(obj, &ITEMGETTER)?;
    let subject = subject(vm, args, "itemgetter")?;
    match parts(vm, record, 0) {
        Some(indices) => each(vm, indices, |vm, index| vm.getitem(subject, index)),
        None => Ok(Obj::NONE),
    }
}

/// names, with dots
static ATTRGETTER: TypeDef = TypeDef {
    subclassable: true,
    slots: getter(new_attrgetter, get_attributes, |vm, obj, out, _| show_getter(vm, obj, out, &ATTRGETTER)),
    ..TypeDef::named("attrgetter")
};

fn new_attrgetter(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.pos.iter().any(|name| !vm.is_str(*name)) {
        return Err(vm.type_error("attribute name must be a string"));
    }
    new_getter(vm, args, &ATTRGETTER)
}

fn get_attributes(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let record = vm.expect_record(obj, &ATTRGETTER)?;
    let subject = subject(vm, args, "attrgetter")?;
    let Some(names) = parts(vm, record, 0) else { return Ok(Obj::NONE) };
    each(vm, names, |vm, path| {
        let path = alloc::vec::Vec::from(vm.str_bytes(path).unwrap_or_default());
        let mut value = subject;
        for name in path.split(|byte| *byte == b'.') {
            let name = vm.intern(name)?;
            value = vm.getattr(value, name)?;
        }
        Ok(value)
    })
}

/// name, positional arguments, names and values of keyword arguments (a tuple)
static METHODCALLER: TypeDef =
    TypeDef { slots: getter(new_methodcaller, call_method, show_methodcaller), ..TypeDef::named("methodcaller") };

fn new_methodcaller(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [name, rest @ ..] = args.pos else {
        return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
    };
    if !vm.is_str(*name) {
        return Err(vm.type_error("method name must be a string"));
    }
    let rest = vm.new_tuple(rest)?;
    let keywords = vm.new_tuple(args.kw)?;
    vm.new_record(&METHODCALLER, &[*name, rest, keywords])
}

fn call_method(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let record = vm.expect_record(obj, &METHODCALLER)?;
    let subject = subject(vm, args, "methodcaller")?;
    let name = vm.name_argument(Some(record.get(0)))?;
    let method = vm.getattr(subject, name)?;
    // Copies of the words; the record keeps the objects alive.
    let words = |field| vm.seq_items(record.get(field)).unwrap_or_default().to_vec();
    let (pos, kw) = (words(1), words(2));
    vm.call_args(method, &Args { pos: &pos, kw: &kw })
}

fn show_methodcaller(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let record = vm.expect_record(obj, &METHODCALLER)?;
    let name = vm.new_tuple(&[record.get(0)])?;
    let name = vm.exact::<Tuple>(name);
    show_parts(vm, out, "methodcaller", name)?;
    for (field, named) in [(1, false), (2, true)] {
        let Some(words) = parts(vm, record, field) else { continue };
        for i in 0..words.len() {
            let word = words.get(i).unwrap_or(Obj::NONE);
            let is_name = named && i % 2 == 0;
            if is_name || !named {
                out.write_str(vm, ", ")?;
            }
            vm.show(word, out, if is_name { Show::Str } else { Show::Repr })?;
            if is_name {
                out.write_str(vm, "=")?;
            }
        }
    }
    out.write_str(vm, ")")
}
