//! `list[int]`: a class together with arguments, for annotations. It acts as the class in calls and for attributes.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        record::Record,
        seq::{List, Tuple},
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::{Qstr, q},
    table::TypeId,
    text_out::TextOut,
    types::{exception::Exc, object::write_instance, type_param, union_type},
    value::R,
    vm::{Root, Vm},
};

/// origin, arguments (a tuple), parameters (a tuple) or None if nobody asked yet, whether it is unpacked (`*tuple[int]`)
pub static GENERIC_ALIAS: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        call: Some(call),
        getattr: Some(getattr),
        getitem: Some(substitute),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("__origin__", Def::Get(|vm, obj| Ok(expect(vm, obj)?.get(ORIGIN)))),
        ("__args__", Def::Get(|vm, obj| Ok(expect(vm, obj)?.get(ARGS)))),
        ("__parameters__", Def::Get(parameters)),
        ("__unpacked__", Def::Get(|vm, obj| Ok(expect(vm, obj)?.get(UNPACKED)))),
        (
            "__mro_entries__",
            Def::Fn(Native::F2(|vm, obj, _| {
                let origin = expect(vm, obj)?.get(ORIGIN);
                vm.new_tuple(&[origin])
            })),
        ),
        ("__instancecheck__", Def::Fn(Native::F2(|vm, _, _| no_check(vm, "isinstance")))),
        ("__subclasscheck__", Def::Fn(Native::F2(|vm, _, _| no_check(vm, "issubclass")))),
    ],
    ..TypeDef::named("GenericAlias")
};

const ORIGIN: usize = 0;
const ARGS: usize = 1;
const PARAMETERS: usize = 2;
const UNPACKED: usize = 3;

fn expect(vm: &mut Vm, obj: Obj) -> R<Record> {
    vm.expect_record(obj, &GENERIC_ALIAS)
}

fn no_check(vm: &mut Vm, function: &str) -> R {
    Err(vm.error(Exc::TypeError, format_args!("{function}() argument 2 cannot be a parameterized generic")))
}

/// `origin[item]`; several items are a tuple.
pub fn make(vm: &mut Vm, origin: Obj, item: Obj) -> R {
    let args = if vm.exact::<Tuple>(item).is_some() { item } else { vm.new_tuple(&[item])? };
    vm.new_record(&GENERIC_ALIAS, &[origin, args, Obj::NONE, Obj::FALSE])
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    match (args.pos, args.kw) {
        ([origin, item], []) => make(vm, *origin, *item),
        _ => Err(vm.type_error("GenericAlias expected 2 arguments")),
    }
}

fn arg(vm: &Vm, args: Obj, index: usize) -> Option<Obj> {
    vm.seq_items(args)?.get(index).copied()
}

/// Writes what may stand in an annotation: classes by their names, anything else by its `repr`.
pub(crate) fn show_part(vm: &mut Vm, part: Obj, out: &mut TextOut) -> R<()> {
    vm.check_native_stack()?;
    if vm.root(Root::Ellipsis) == Some(part) {
        return out.write_str(vm, "...");
    }
    if part == vm.type_of_id(TypeId::NoneType).obj() {
        return out.write_str(vm, "None");
    }
    if vm.exact::<List>(part).is_some() {
        out.write_str(vm, "[")?;
        show_parts(vm, part, out)?;
        return out.write_str(vm, "]");
    }
    if vm.as_type(part).is_none() {
        return vm.show(part, out, Show::Repr);
    }
    let module = vm.getattr_maybe(part, q::__module__)?.unwrap_or(Obj::NONE);
    if vm.is_str(module) && module != q::builtins.obj() {
        vm.show(module, out, Show::Str)?;
        out.write_str(vm, ".")?;
    }
    let name = vm.getattr(part, q::__qualname__)?;
    vm.show(name, out, Show::Str)
}

fn show_parts(vm: &mut Vm, parts: Obj, out: &mut TextOut) -> R<()> {
    let mut i = 0;
    while let Some(part) = arg(vm, parts, i) {
        if i > 0 {
            out.write_str(vm, ", ")?;
        }
        show_part(vm, part, out)?;
        i += 1;
    }
    Ok(())
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let Some(alias) = vm.record(obj, &GENERIC_ALIAS) else { return write_instance(vm, obj, out) };
    if alias.get(UNPACKED) == Obj::TRUE {
        out.write_str(vm, "*")?;
    }
    show_part(vm, alias.get(ORIGIN), out)?;
    out.write_str(vm, "[")?;
    if arg(vm, alias.get(ARGS), 0).is_none() {
        out.write_str(vm, "()")?;
    }
    show_parts(vm, alias.get(ARGS), out)?;
    out.write_str(vm, "]")
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    if op != Unary::Hash {
        return Ok(None);
    }
    let alias = expect(vm, obj)?;
    let hash = vm.hash(alias.get(ORIGIN))? ^ vm.hash(alias.get(ARGS))?;
    Ok(Some(Obj::small_int_unchecked(hash as isize)))
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    if op != Binary::Eq {
        return type_param::or(vm, op, obj, other);
    }
    let alias = expect(vm, obj)?;
    let Some(other) = vm.record(other, &GENERIC_ALIAS) else { return Ok(None) };
    let equal = alias.get(UNPACKED) == other.get(UNPACKED)
        && vm.equal(alias.get(ORIGIN), other.get(ORIGIN))?
        && vm.equal(alias.get(ARGS), other.get(ARGS))?;
    Ok(Some(Obj::from_bool(equal)))
}

fn call(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let alias = expect(vm, obj)?;
    let made = vm.call_args(alias.get(ORIGIN), args)?;
    let name = vm.intern(b"__orig_class__")?;
    if vm.type_of(made).is_python() {
        let stored = vm.setattr(made, name, obj);
        if stored.is_err() && !vm.pending_is(Exc::AttributeError) && !vm.pending_is(Exc::TypeError) {
            stored?;
        } else if stored.is_err() {
            vm.take_exception();
        }
    }
    Ok(made)
}

/// Attributes are the origin's, apart from those that are the alias's own.
fn getattr(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    let own = GENERIC_ALIAS.members.iter().any(|(member, _)| vm.qstr_bytes(name) == member.as_bytes());
    if own || name == q::__class__ || matches!(vm.qstr_bytes(name), b"__copy__" | b"__deepcopy__" | b"__reduce_ex__") {
        return Ok(None);
    }
    let origin = expect(vm, obj)?.get(ORIGIN);
    vm.getattr_maybe(origin, name)
}

/// Adds the type parameters in an annotation to a list, each once.
pub(crate) fn collect_parameters(vm: &mut Vm, part: Obj, found: Ref<List>) -> R<()> {
    vm.check_native_stack()?;
    if type_param::is_parameter(vm, part) {
        if !found.items(vm).contains(&part) {
            found.push(vm, part)?;
        }
        return Ok(());
    }
    let parts = if let Some(alias) = vm.record(part, &GENERIC_ALIAS) {
        alias.get(ARGS)
    } else if vm.exact::<List>(part).is_some() || vm.exact::<Tuple>(part).is_some() {
        part
    } else if let Some(args) = union_type::args(vm, part) {
        args
    } else if vm.type_of(part).is_python()
        && let Some(parameters) = vm.getattr_maybe(part, q::__parameters__)?
    {
        // An annotation of the module typing.
        parameters
    } else {
        return Ok(());
    };
    let mut i = 0;
    while let Some(part) = arg(vm, parts, i) {
        collect_parameters(vm, part, found)?;
        i += 1;
    }
    Ok(())
}

fn parameters(vm: &mut Vm, obj: Obj) -> R {
    let alias = expect(vm, obj)?;
    if alias.get(PARAMETERS) == Obj::NONE {
        let found = vm.new_list(&[])?;
        collect_parameters(vm, alias.get(ARGS), found)?;
        let found = vm.new_tuple_from(found.obj(), 0, 1, found.len())?;
        alias.set(PARAMETERS, found);
    }
    Ok(alias.get(PARAMETERS))
}

/// An annotation with the type parameters replaced by arguments.
pub(crate) fn replaced(vm: &mut Vm, part: Obj, parameters: Obj, given: Obj) -> R {
    vm.check_native_stack()?;
    let mut i = 0;
    while let Some(parameter) = arg(vm, parameters, i) {
        if parameter == part {
            return Ok(arg(vm, given, i).unwrap_or(part));
        }
        i += 1;
    }
    let each = |vm: &mut Vm, parts: Obj| -> R<Ref<List>> {
        let result = vm.new_list(&[])?;
        let mut i = 0;
        while let Some(part) = arg(vm, parts, i) {
            let part = replaced(vm, part, parameters, given)?;
            result.push(vm, part)?;
            i += 1;
        }
        Ok(result)
    };
    if let Some(alias) = vm.record(part, &GENERIC_ALIAS) {
        let args = each(vm, alias.get(ARGS))?;
        let args = vm.new_tuple_from(args.obj(), 0, 1, args.len())?;
        return vm.new_record(&GENERIC_ALIAS, &[alias.get(ORIGIN), args, Obj::NONE, alias.get(UNPACKED)]);
    }
    if vm.exact::<List>(part).is_some() {
        return Ok(each(vm, part)?.obj());
    }
    if let Some(args) = union_type::args(vm, part) {
        let args = each(vm, args)?;
        return union_type::of_all(vm, args);
    }
    Ok(part)
}

/// `alias[item]`: replaces the type parameters.
fn substitute(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let names = parameters(vm, obj)?;
    let expected = vm.seq_items(names).map_or(0, <[Obj]>::len);
    if expected == 0 {
        let text = vm.repr(obj)?;
        let text = alloc::string::String::from_utf8_lossy(vm.str_bytes(text).unwrap_or_default()).into_owned();
        return Err(vm.error(Exc::TypeError, format_args!("{text} is not a generic class")));
    }
    let given = if vm.exact::<Tuple>(item).is_some() { item } else { vm.new_tuple(&[item])? };
    let count = vm.seq_items(given).map_or(0, <[Obj]>::len);
    if count != expected {
        let text = vm.repr(obj)?;
        let text = alloc::string::String::from_utf8_lossy(vm.str_bytes(text).unwrap_or_default()).into_owned();
        let (few, least) = if count < expected { ("few", "at least ") } else { ("many", "") };
        return Err(vm.error(
            Exc::TypeError,
            format_args!("Too {few} arguments for {text}; actual {count}, expected {least}{expected}"),
        ));
    }
    replaced(vm, obj, names, given)
}

/// `*tuple[int]` gives the alias with a star.
fn iter(vm: &mut Vm, obj: Obj) -> R {
    let alias = expect(vm, obj)?;
    let fields = [alias.get(ORIGIN), alias.get(ARGS), alias.get(PARAMETERS), Obj::TRUE];
    let starred = vm.new_record(&GENERIC_ALIAS, &fields)?;
    let items = vm.new_tuple(&[starred])?;
    vm.iter(items)
}
