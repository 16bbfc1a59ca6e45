//! `collections.namedtuple`: makes a Python class that derives from tuple.
//!
//! The fields are properties whose getter is a native function bound to the index. `__new__` and the helper methods
//! find the names in `_fields` of the class they are called on, so derived classes work.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        seq::{List, Tuple},
        typ::{Type, flag},
    },
    native::{Args, Native, Show},
    qstr::{Qstr, q},
    table::TypeId,
    text_out::TextOut,
    types::exception::Exc,
    value::R,
    vm::Vm,
};

/// `namedtuple(typename, field_names, *, rename=False, defaults=None, module=None)`
pub fn make(vm: &mut Vm, args: &Args) -> R {
    let [typename, field_names, rename, defaults, module] =
        vm.bind(args, [q::typename, q::field_names, q::rename, q::defaults, q::module], 2)?;
    let (typename, field_names) = (typename.unwrap_or(Obj::NONE), field_names.unwrap_or(Obj::NONE));
    let rename = match rename {
        Some(rename) => vm.is_true(rename)?,
        None => false,
    };
    check_name(vm, typename)?;
    let names = split_names(vm, field_names)?;
    let n = names.len();
    for i in 0..n {
        let name = names.get(i).unwrap_or(Obj::NONE);
        let unusable = !is_usable(vm, name) || (0..i).any(|j| names.get(j).is_some_and(|other| other == name));
        if unusable && rename {
            let new = vm.intern(alloc::format!("_{i}").as_bytes())?;
            names.set(i, new.obj());
        } else if unusable {
            return Err(bad_name(vm, names, i)?);
        }
    }
    make_class(vm, typename, names, defaults, module)
}

/// The class for a list of interned names, which nothing checks any more (`sys.implementation` has some that programs
/// may not use).
pub fn make_class(vm: &mut Vm, typename: Obj, names: Ref<List>, defaults: Option<Obj>, module: Option<Obj>) -> R {
    let n = names.len();
    let fields = vm.new_tuple_from(names.obj(), 0, 1, n)?;

    let namespace = vm.new_dict(n + 12)?;
    for i in 0..n {
        let Some(name) = names.get(i).and_then(Obj::as_qstr) else { continue };
        let getter = vm.new_native(Qstr(name), Native::F2(field))?;
        let getter = vm.new_bound_method(getter, Obj::small_int_unchecked(i as isize))?;
        let property = vm.new_property([Some(getter), None, None, None])?;
        namespace.set_name(vm, Qstr(name), property.obj())?;
    }
    let defaults = defaults_of(vm, names, defaults)?;
    let methods: &[(&[u8], Native)] = &[
        (b"__new__", Native::Kw(1, 255, new)),
        (b"__repr__", Native::F1(repr)),
        (b"_asdict", Native::F1(asdict)),
        (b"_replace", Native::Kw(1, 1, replace)),
        (b"__getnewargs__", Native::F1(getnewargs)),
    ];
    for (name, native) in methods {
        store_native(vm, namespace, name, *native)?;
    }
    let name = vm.intern(b"_make")?;
    let function = vm.new_native(name, Native::F2(make_method))?;
    let function = vm.new_classmethod(function)?;
    namespace.set_name(vm, name, function)?;
    namespace.set_name(vm, q::_fields, fields)?;
    namespace.set_name(vm, q::_field_defaults, defaults.obj())?;
    namespace.set_name(vm, q::__match_args__, fields)?;
    let no_slots = vm.new_tuple(&[])?;
    namespace.set_name(vm, q::__slots__, no_slots)?;
    if let Some(module) = module.filter(|module| *module != Obj::NONE) {
        namespace.set_name(vm, q::__module__, module)?;
    }
    let tuple = vm.type_of_id(TypeId::Tuple).obj();
    let bases = vm.new_tuple(&[tuple])?;
    let meta = vm.type_of_id(TypeId::Type);
    let class = vm.new_class(meta, typename, bases, namespace.obj(), &[])?;
    class.set_flag(flag::NATIVE_METHODS);
    Ok(class.obj())
}

fn store_native(vm: &mut Vm, namespace: Ref<Dict>, name: &[u8], native: Native) -> R<()> {
    let name = vm.intern(name)?;
    let function = vm.new_native(name, native)?;
    namespace.set_name(vm, name, function)
}

/// The field names as a list of interned texts.
fn split_names(vm: &mut Vm, field_names: Obj) -> R<Ref<List>> {
    let names = vm.new_list(&[])?;
    if vm.is_str(field_names) {
        let mut start = 0;
        loop {
            let bytes = vm.str_bytes(field_names).unwrap_or_default();
            let is_gap = |byte: &u8| *byte == b',' || byte.is_ascii_whitespace();
            let Some(from) = bytes[start..].iter().position(|byte| !is_gap(byte)) else { return Ok(names) };
            let from = start + from;
            let to = bytes[from..].iter().position(is_gap).map_or(bytes.len(), |len| from + len);
            let name = alloc::vec::Vec::from(&bytes[from..to]);
            let name = vm.intern(&name)?;
            names.push(vm, name.obj())?;
            start = to;
        }
    }
    vm.for_each(field_names, |vm, name| {
        let text = vm.str(name)?;
        match vm.name_of(text)? {
            Some(name) => names.push(vm, name.obj())?,
            None => return Err(vm.type_error("Type names and field names must be strings")),
        }
        Ok(true)
    })?;
    Ok(names)
}

const KEYWORDS: &[&[u8]] = &[
    b"False",
    b"None",
    b"True",
    b"and",
    b"as",
    b"assert",
    b"async",
    b"await",
    b"break",
    b"class",
    b"continue",
    b"def",
    b"del",
    b"elif",
    b"else",
    b"except",
    b"finally",
    b"for",
    b"from",
    b"global",
    b"if",
    b"import",
    b"in",
    b"is",
    b"lambda",
    b"nonlocal",
    b"not",
    b"or",
    b"pass",
    b"raise",
    b"return",
    b"try",
    b"while",
    b"with",
    b"yield",
];

/// What is wrong with a text as a name.
fn fault(text: &[u8]) -> Option<&'static str> {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    if !text.iter().all(word) || text.first().is_none_or(u8::is_ascii_digit) {
        return Some("Type names and field names must be valid identifiers: ");
    }
    KEYWORDS.contains(&text).then_some("Type names and field names cannot be a keyword: ")
}

fn is_usable(vm: &Vm, name: Obj) -> bool {
    vm.str_bytes(name).is_some_and(|text| fault(text).is_none() && text[0] != b'_')
}

fn check_name(vm: &mut Vm, typename: Obj) -> R<()> {
    match vm.str_bytes(typename).map(fault) {
        Some(None) => Ok(()),
        Some(Some(fault)) => Err(name_error(vm, fault, typename)?),
        None => Err(vm.type_error("Type names and field names must be strings")),
    }
}

fn bad_name(vm: &mut Vm, names: Ref<List>, i: usize) -> R<crate::value::Raised> {
    let name = names.get(i).unwrap_or(Obj::NONE);
    let text = vm.str_bytes(name).unwrap_or_default();
    if let Some(fault) = fault(text) {
        return name_error(vm, fault, name);
    }
    if text[0] == b'_' {
        return name_error(vm, "Field names cannot start with an underscore: ", name);
    }
    name_error(vm, "Encountered duplicate field name: ", name)
}

fn name_error(vm: &mut Vm, before: &str, name: Obj) -> R<crate::value::Raised> {
    let mut out = TextOut::buffer();
    out.write_str(vm, before)?;
    vm.show(name, &mut out, Show::Repr)?;
    let text = out.into_str(vm)?;
    Ok(vm.error_args(Exc::ValueError, &[text]))
}

/// The dict of defaults, which belong to the last fields.
fn defaults_of(vm: &mut Vm, names: Ref<List>, defaults: Option<Obj>) -> R<Ref<Dict>> {
    let dict = vm.new_dict(0)?;
    let Some(defaults) = defaults.filter(|defaults| *defaults != Obj::NONE) else { return Ok(dict) };
    let defaults = vm.new_list_from_iter(defaults)?;
    let Some(first) = names.len().checked_sub(defaults.len()) else {
        return Err(vm.type_error("Got more default values than field names"));
    };
    for i in 0..defaults.len() {
        if let (Some(name), Some(value)) = (names.get(first + i), defaults.get(i)) {
            dict.set(vm, name, value)?;
        }
    }
    Ok(dict)
}

/// The value of a field: the function under the properties.
fn field(vm: &mut Vm, index: Obj, obj: Obj) -> R {
    match (vm.cast::<Tuple>(obj), index.as_small_int()) {
        (Some(tuple), Some(index)) => match tuple.get(index as usize) {
            Some(value) => Ok(value),
            None => Err(vm.index_error("tuple index out of range")),
        },
        _ => Err(vm.type_error_for("expected a namedtuple, got '", obj, "'")),
    }
}

fn fields_of(vm: &mut Vm, class: Obj) -> R<Ref<Tuple>> {
    let fields = vm.getattr(class, q::_fields)?;
    match vm.exact::<Tuple>(fields) {
        Some(fields) => Ok(fields),
        None => Err(vm.type_error("_fields is not a tuple")),
    }
}

/// Makes an instance around a tuple of values.
fn instance(vm: &mut Vm, class: Obj, values: Obj) -> R {
    let Some(class) = vm.as_type(class).filter(|class| class.is_python()) else {
        return Err(vm.type_error_for("expected a namedtuple class, got '", class, "'"));
    };
    let instance = vm.new_instance(class)?;
    instance.set_native_part(values);
    Ok(instance.obj())
}

/// `__new__(class, *values, **values)`
fn new(vm: &mut Vm, args: &Args) -> R {
    let (class, given) = (args.pos[0], &args.pos[1..]);
    let fields = fields_of(vm, class)?;
    let n = fields.len();
    if given.len() > n {
        let (takes, got) = (n + 1, given.len() + 1);
        let name = class_name(vm, class);
        return Err(vm.error(
            Exc::TypeError,
            format_args!("{name}.__new__() takes {takes} positional arguments but {got} were given"),
        ));
    }
    let values = vm.new_list(given)?;
    let missing = vm.new_list(&[])?;
    if given.len() < n || args.n_kw() > 0 {
        let defaults = vm.getattr(class, q::_field_defaults)?;
        for i in given.len()..n {
            let name = fields.get(i).unwrap_or(Obj::NONE);
            let value = match keyword(vm, args, name) {
                Some(value) => Some(value),
                None => match vm.cast::<Dict>(defaults) {
                    Some(defaults) => defaults.get(vm, name)?,
                    None => None,
                },
            };
            if value.is_none() {
                missing.push(vm, name)?;
            }
            values.push(vm, value.unwrap_or(Obj::NONE))?;
        }
        for (name, _) in args.keywords() {
            let at = (0..n).find(|i| fields.get(*i).is_some_and(|field| same_name(vm, field, name)));
            if at.is_none_or(|at| at < given.len()) {
                return Err(bad_keyword(vm, class, name, at.is_some())?);
            }
        }
        if !missing.is_empty() {
            return Err(missing_values(vm, class, missing)?);
        }
    }
    let values = vm.new_tuple_from(values.obj(), 0, 1, n)?;
    instance(vm, class, values)
}

/// The error for fields without a value, as for the arguments of a function.
fn missing_values(vm: &mut Vm, class: Obj, names: Ref<List>) -> R<crate::value::Raised> {
    let (class, count) = (class_name(vm, class), names.len());
    let mut out = TextOut::buffer();
    let plural = if count == 1 { "" } else { "s" };
    out.write_fmt(vm, format_args!("{class}.__new__() missing {count} required positional argument{plural}: "))?;
    for i in 0..count {
        let gap = match (i, count - i) {
            (0, _) => "",
            (_, 1) if count == 2 => " and ",
            (_, 1) => ", and ",
            _ => ", ",
        };
        out.write_str(vm, gap)?;
        vm.show(names.get(i).unwrap_or(Obj::NONE), &mut out, Show::Repr)?;
    }
    let text = out.into_str(vm)?;
    Ok(vm.error_args(Exc::TypeError, &[text]))
}

fn bad_keyword(vm: &mut Vm, class: Obj, name: Obj, twice: bool) -> R<crate::value::Raised> {
    let class = class_name(vm, class);
    let name = alloc::string::String::from_utf8_lossy(vm.str_bytes(name).unwrap_or_default()).into_owned();
    Ok(if twice {
        vm.error(Exc::TypeError, format_args!("{class}.__new__() got multiple values for argument '{name}'"))
    } else {
        vm.error(Exc::TypeError, format_args!("{class}.__new__() got an unexpected keyword argument '{name}'"))
    })
}

fn same_name(vm: &Vm, field: Obj, name: Obj) -> bool {
    field.as_qstr().is_some_and(|field| vm.names_equal(name, Qstr(field)))
}

fn keyword(vm: &Vm, args: &Args, field: Obj) -> Option<Obj> {
    args.keywords().find(|(name, _)| same_name(vm, field, *name)).map(|(_, value)| value)
}

fn class_name(vm: &mut Vm, class: Obj) -> alloc::string::String {
    vm.as_type(class).map_or_else(alloc::string::String::new, |class: Ref<Type>| {
        alloc::string::String::from(vm.qstr_str(class.name()))
    })
}

fn tuple_of(vm: &mut Vm, obj: Obj) -> R<Ref<Tuple>> {
    match vm.cast::<Tuple>(obj) {
        Some(tuple) => Ok(tuple),
        None => Err(vm.type_error_for("expected a namedtuple, got '", obj, "'")),
    }
}

fn repr(vm: &mut Vm, obj: Obj) -> R {
    vm.check_native_stack()?;
    let tuple = tuple_of(vm, obj)?;
    let class = vm.type_of(obj);
    let fields = fields_of(vm, class.obj())?;
    let mut out = TextOut::buffer();
    vm.write_qstr(&mut out, class.name())?;
    out.write_str(vm, "(")?;
    for i in 0..fields.len().min(tuple.len()) {
        if i > 0 {
            out.write_str(vm, ", ")?;
        }
        if let (Some(name), Some(value)) = (fields.get(i), tuple.get(i)) {
            vm.write_text(&mut out, name)?;
            out.write_str(vm, "=")?;
            vm.show(value, &mut out, Show::Repr)?;
        }
    }
    out.write_str(vm, ")")?;
    out.into_str(vm)
}

fn asdict(vm: &mut Vm, obj: Obj) -> R {
    let tuple = tuple_of(vm, obj)?;
    let fields = fields_of(vm, vm.type_of(obj).obj())?;
    let dict = vm.new_dict(fields.len())?;
    for i in 0..fields.len().min(tuple.len()) {
        if let (Some(name), Some(value)) = (fields.get(i), tuple.get(i)) {
            dict.set(vm, name, value)?;
        }
    }
    Ok(dict.obj())
}

fn replace(vm: &mut Vm, args: &Args) -> R {
    let obj = args.pos[0];
    let tuple = tuple_of(vm, obj)?;
    let class = vm.type_of(obj).obj();
    let fields = fields_of(vm, class)?;
    let values = vm.new_list_from(tuple.obj(), 0, 1, tuple.len())?;
    for (name, value) in args.keywords() {
        match (0..fields.len()).find(|i| fields.get(*i).is_some_and(|field| same_name(vm, field, name))) {
            Some(at) => {
                values.set(at, value);
            }
            None => {
                let name = alloc::string::String::from_utf8_lossy(vm.str_bytes(name).unwrap_or_default()).into_owned();
                return Err(vm.error(Exc::TypeError, format_args!("Got unexpected field names: ['{name}']")));
            }
        }
    }
    let values = vm.new_tuple_from(values.obj(), 0, 1, values.len())?;
    instance(vm, class, values)
}

fn make_method(vm: &mut Vm, class: Obj, iterable: Obj) -> R {
    let fields = fields_of(vm, class)?;
    let values = vm.new_tuple_from_iter(iterable)?;
    let (expected, got) = (fields.len(), vm.len(values)?);
    if got != expected {
        return Err(vm.error(Exc::TypeError, format_args!("Expected {expected} arguments, got {got}")));
    }
    instance(vm, class, values)
}

fn getnewargs(vm: &mut Vm, obj: Obj) -> R {
    Ok(tuple_of(vm, obj)?.obj())
}
