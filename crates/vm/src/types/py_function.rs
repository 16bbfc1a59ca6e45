//! Python functions and code objects as programs see them.

use alloc::vec::Vec;

use heap::Obj;

use crate::{
    handle::Ref,
    interp::code::{CodeObject, scope},
    layout::{dict::Dict, function::Function, typ::Type},
    native::{Args, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::{Qstr, q},
    text_out::TextOut,
    value::R,
    vm::Vm,
};

/// `function`
pub static FUNCTION: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        call: Some(call),
        getattr: Some(getattr),
        setattr: Some(setattr),
        ..Slots::NONE
    },
    members: &[
        ("__name__", Def::GetSet(get_name, set_name)),
        ("__qualname__", Def::GetSet(get_qualname, set_qualname)),
        ("__doc__", Def::GetSet(get_doc, set_doc)),
        ("__module__", Def::GetSet(get_module, set_module)),
        ("__code__", Def::Get(get_code)),
        ("__globals__", Def::Get(get_globals)),
        ("__defaults__", Def::Get(get_defaults)),
        ("__kwdefaults__", Def::Get(get_kw_defaults)),
        ("__closure__", Def::Get(get_closure)),
        ("__dict__", Def::Get(get_dict)),
        ("__annotations__", Def::GetSet(get_annotations, set_annotations)),
        ("__annotate__", Def::Get(get_annotate)),
        ("__type_params__", Def::Get(get_type_params)),
        ("__get__", Def::Fn(Native::Var(2, 3, bind))),
    ],
    ..TypeDef::named("function")
};

/// `code`
pub static CODE: TypeDef = TypeDef {
    slots: Slots { show: Some(show_code), unary: Some(unary), ..Slots::NONE },
    members: &[
        ("co_name", Def::Get(code_name)),
        ("co_filename", Def::Get(code_file)),
        ("co_firstlineno", Def::Get(code_first_line)),
        ("co_code", Def::Get(code_bytes)),
        ("co_consts", Def::Get(code_consts)),
        ("co_names", Def::Get(code_names)),
        ("co_argcount", Def::Get(code_argcount)),
        ("co_posonlyargcount", Def::Get(code_posonlyargcount)),
        ("co_kwonlyargcount", Def::Get(code_kwonlyargcount)),
        ("co_qualname", Def::Get(|vm, obj| Ok(code(vm, obj)?.read(|code| code.qualname)))),
        ("co_lines", Def::Fn(Native::F1(code_lines))),
        ("co_varnames", Def::Get(code_varnames)),
        ("co_flags", Def::Get(code_flags)),
    ],
    ..TypeDef::named("code")
};

fn function(vm: &mut Vm, obj: Obj) -> R<Ref<Function>> {
    match vm.exact::<Function>(obj) {
        Some(function) => Ok(function),
        None => Err(vm.type_error("a function is needed")),
    }
}

fn code(vm: &mut Vm, obj: Obj) -> R<Ref<CodeObject>> {
    match vm.exact::<CodeObject>(obj) {
        Some(code) => Ok(code),
        None => Err(vm.type_error("a code object is needed")),
    }
}

/// `function(code, globals)`
fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (&[code_object, globals], []) = (args.pos, args.kw) else {
        return Err(vm.type_error("function() takes a code object and a dict"));
    };
    let code = code(vm, code_object)?;
    let Some(globals) = vm.cast::<Dict>(globals) else {
        return Err(vm.type_error("globals must be a dict"));
    };
    let code = vm.code_with_globals(code, globals)?;
    vm.new_function(code, None, None, None)
}

fn call(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let function = function(vm, obj)?;
    vm.call_function(function, args)
}

fn unary(_vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    Ok(match op {
        Unary::Hash => Some(Obj::small_int_unchecked((obj.word() >> 4) as isize)),
        Unary::Bool => Some(Obj::TRUE),
        _ => None,
    })
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let name = get_qualname(vm, obj)?;
    out.write_str(vm, "<function ")?;
    vm.write_text(out, name)?;
    out.write_fmt(vm, format_args!(" at 0x{:x}>", obj.word()))
}

fn show_code(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (name, file, line) = code(vm, obj)?.read(|code| (code.name, code.file, code.first_line));
    out.write_str(vm, "<code object ")?;
    vm.write_qstr(out, name)?;
    out.write_fmt(vm, format_args!(" at 0x{:x}, file \"", obj.word()))?;
    vm.write_qstr(out, file)?;
    out.write_fmt(vm, format_args!("\", line {line}>"))
}

/// An attribute that the program stored.
fn own(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    let attributes = function(vm, obj)?.attributes();
    Ok(attributes.and_then(|dict| vm.exact::<Dict>(dict)).and_then(|dict| dict.get_name(vm, name)))
}

fn getattr(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    own(vm, obj, name)
}

fn setattr(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<bool> {
    if matches!(name, q::__globals__ | q::__code__ | q::__closure__ | q::__dict__) {
        return Ok(false);
    }
    if matches!(name, q::__name__ | q::__qualname__) && value.is_none_or(|value| !vm.is_str(value)) {
        // What is said then: see `set_text`.
        return Ok(false);
    }
    let dict = function(vm, obj)?.attributes_or_new(vm)?;
    match value {
        Some(value) => dict.set_name(vm, name, value).map(|()| true),
        None => Ok(dict.remove_name(vm, name)),
    }
}

/// A fact of the code that the program may have replaced.
fn fact(vm: &mut Vm, obj: Obj, name: Qstr, read: fn(&CodeObject) -> Obj) -> R {
    if let Some(value) = own(vm, obj, name)? {
        return Ok(value);
    }
    Ok(function(vm, obj)?.code().read(read))
}

fn set_fact(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<()> {
    setattr(vm, obj, name, Some(value.unwrap_or(Obj::NONE))).map(|_| ())
}

fn set_text(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<()> {
    match value {
        Some(value) if vm.is_str(value) => set_fact(vm, obj, name, Some(value)),
        // As in the official implementation.
        _ if function(vm, obj)?.code().read(|code| !code.machine.is_null()) => Err(vm.attribute_error(obj, name)),
        _ => {
            let text = vm.owned_text(name);
            Err(vm
                .error(crate::types::exception::Exc::TypeError, format_args!("{text} must be set to a string object")))
        }
    }
}

fn get_name(vm: &mut Vm, obj: Obj) -> R {
    fact(vm, obj, q::__name__, |code| code.name.obj())
}

fn set_name(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_text(vm, obj, q::__name__, value)
}

fn get_qualname(vm: &mut Vm, obj: Obj) -> R {
    fact(vm, obj, q::__qualname__, |code| code.qualname)
}

fn set_qualname(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_text(vm, obj, q::__qualname__, value)
}

fn get_doc(vm: &mut Vm, obj: Obj) -> R {
    fact(vm, obj, q::__doc__, |code| code.doc)
}

fn set_doc(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_fact(vm, obj, q::__doc__, value)
}

fn get_module(vm: &mut Vm, obj: Obj) -> R {
    if let Some(value) = own(vm, obj, q::__module__)? {
        return Ok(value);
    }
    let globals = function(vm, obj)?.code().read(|code| code.globals);
    Ok(globals.get_name(vm, q::__name__).unwrap_or(Obj::NONE))
}

fn set_module(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_fact(vm, obj, q::__module__, value)
}

fn get_code(vm: &mut Vm, obj: Obj) -> R {
    let code = function(vm, obj)?.code();
    // MicroPython has none for machine code.
    if vm.official_texts() && code.read(|code| !code.machine.is_null()) {
        return Err(vm.attribute_error(obj, q::__code__));
    }
    Ok(code.obj())
}

fn get_globals(vm: &mut Vm, obj: Obj) -> R {
    Ok(function(vm, obj)?.code().read(|code| code.globals.obj()))
}

fn get_defaults(vm: &mut Vm, obj: Obj) -> R {
    Ok(function(vm, obj)?.defaults().unwrap_or(Obj::NONE))
}

fn get_kw_defaults(vm: &mut Vm, obj: Obj) -> R {
    Ok(function(vm, obj)?.kw_defaults().unwrap_or(Obj::NONE))
}

fn get_closure(vm: &mut Vm, obj: Obj) -> R {
    Ok(function(vm, obj)?.cells().unwrap_or(Obj::NONE))
}

fn get_dict(vm: &mut Vm, obj: Obj) -> R {
    let function = function(vm, obj)?;
    Ok(function.attributes_or_new(vm)?.obj())
}

/// Annotations are evaluated when they are first asked for.
fn get_annotations(vm: &mut Vm, obj: Obj) -> R {
    if let Some(known) = own(vm, obj, q::__annotations__)? {
        return Ok(known);
    }
    let annotations = match own(vm, obj, q::__annotate__)? {
        Some(annotate) if annotate != Obj::NONE => vm.call(annotate, &[Obj::small_int_unchecked(1)])?,
        _ => vm.new_dict(0)?.obj(),
    };
    setattr(vm, obj, q::__annotations__, Some(annotations))?;
    Ok(annotations)
}

fn set_annotations(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_fact(vm, obj, q::__annotations__, value)
}

fn get_annotate(vm: &mut Vm, obj: Obj) -> R {
    Ok(own(vm, obj, q::__annotate__)?.unwrap_or(Obj::NONE))
}

/// Stored by the compiler's helper where there are any.
fn get_type_params(vm: &mut Vm, _obj: Obj) -> R {
    vm.new_tuple(&[])
}

fn bind(vm: &mut Vm, args: &[Obj]) -> R {
    match args[1] {
        Obj::NONE => Ok(args[0]),
        receiver => vm.new_bound_method(args[0], receiver),
    }
}

fn code_name(vm: &mut Vm, obj: Obj) -> R {
    Ok(code(vm, obj)?.read(|code| code.name.obj()))
}

fn code_file(vm: &mut Vm, obj: Obj) -> R {
    Ok(code(vm, obj)?.read(|code| code.file.obj()))
}

fn code_first_line(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::small_int_unchecked(code(vm, obj)?.read(|code| code.first_line) as isize))
}

fn code_bytes(vm: &mut Vm, obj: Obj) -> R {
    let code = code(vm, obj)?;
    // The view is of memory that never changes; it is copied before anything else happens.
    let bytes = code.read(|code| code.original().get(code.code_offset as usize..).unwrap_or(&[]).to_vec());
    vm.new_bytes(&bytes)
}

/// The code objects of the functions made here, and None.
fn code_consts(vm: &mut Vm, obj: Obj) -> R {
    let code = code(vm, obj)?;
    let n = code.read(|code| code.n_children as usize);
    let tuple = vm.new_tuple_of_nones(n + 1)?;
    for i in 0..n {
        tuple.init(i, code.child(i).obj());
    }
    Ok(tuple.obj())
}

/// Start, end and line of each stretch of instructions, in order.
fn code_lines(vm: &mut Vm, obj: Obj) -> R {
    let (table, len) = code(vm, obj)?.read(|code| (Vec::from(code.line_table()), code.code_len));
    let list = vm.new_list(&[])?;
    let (mut start, mut line) = (0, 1);
    for (offset, next) in ::code::line_table::entries(&table).chain([(len, u32::MAX)]) {
        if next == line {
            continue;
        }
        if offset > start {
            let parts = [vm.new_int(start)?, vm.new_int(offset)?, vm.new_int(line)?];
            let part = vm.new_tuple(&parts)?;
            list.push(vm, part)?;
        }
        (start, line) = (offset, next);
    }
    vm.iter(list.obj())
}

fn code_names(vm: &mut Vm, obj: Obj) -> R {
    let code = code(vm, obj)?;
    let n = code.read(|code| code.n_qstrs as usize);
    let tuple = vm.new_tuple_of_nones(n)?;
    for i in 0..n {
        tuple.init(i, code.read(|code| code.qstrs()[i]).obj());
    }
    Ok(tuple.obj())
}

/// How many of the positional parameters are closed-over cells, which no program gives: their name is `*`.
fn hidden(code: Ref<CodeObject>) -> usize {
    code.read(|code| code.params().iter().take_while(|name| **name == q::star).count())
}

fn code_argcount(vm: &mut Vm, obj: Obj) -> R {
    let code = code(vm, obj)?;
    let n = usize::from(code.read(|code| code.n_pos)).saturating_sub(hidden(code));
    Ok(Obj::small_int_unchecked(n as isize))
}

fn code_posonlyargcount(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::small_int_unchecked(code(vm, obj)?.read(|code| code.n_pos_only) as isize))
}

fn code_kwonlyargcount(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::small_int_unchecked(code(vm, obj)?.read(|code| code.n_kwonly) as isize))
}

fn code_varnames(vm: &mut Vm, obj: Obj) -> R {
    match code(vm, obj)?.read(|code| code.local_names) {
        Some(names) => Ok(names),
        None => vm.new_tuple(&[]),
    }
}

/// The bits of CPython: `*args` 4, `**kwargs` 8, generator 32.
fn code_flags(vm: &mut Vm, obj: Obj) -> R {
    let (flags, coroutine) = code(vm, obj)?.read(|code| (code.scope_flags, code.is_coroutine));
    let bit = |flag, value| if flags & flag != 0 { value } else { 0 };
    let generator = bit(scope::GENERATOR, if coroutine { 128 } else { 32 });
    Ok(Obj::small_int_unchecked(bit(scope::VARARGS, 4) | bit(scope::VARKW, 8) | generator))
}
