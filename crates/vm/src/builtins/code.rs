//! Builtin functions about code and namespaces: `compile`, `eval`, `exec`, `execfile`, `globals`, `help`, `__import__`, `locals`.

use alloc::vec::Vec;

use heap::Obj;

use crate::{
    handle::Ref,
    host::CompileMode,
    interp::code::CodeObject,
    layout::dict::Dict,
    native::{Args, Def, Member, Native, Show},
    qstr::q,
    text_out::TextOut,
    types::exception::Exc,
    value::R,
    vm::Vm,
};

/// The functions.
pub const MEMBERS: &[Member] = &[
    ("__import__", Def::Fn(Native::Kw(1, 5, import))),
    ("__repl_print__", Def::Fn(Native::F1(repl_print))),
    ("compile", Def::Fn(Native::Kw(3, 6, compile))),
    ("eval", Def::Fn(Native::Kw(1, 3, eval))),
    ("exec", Def::Fn(Native::Kw(1, 3, exec))),
    ("execfile", Def::Fn(Native::Var(1, 3, execfile))),
    ("globals", Def::Fn(Native::F0(|vm| Ok(vm.current_globals().obj())))),
    ("help", Def::Fn(Native::Var(0, 1, help))),
    ("locals", Def::Fn(Native::F0(|vm| vm.current_locals()))),
];

fn import(vm: &mut Vm, args: &Args) -> R {
    let names = [q::name, q::globals, q::locals, q::fromlist, q::level];
    let [name, globals, _, from, level] = vm.bind(args, names, 1)?;
    let level = match level {
        Some(level) => vm.index(level)?,
        None => 0,
    };
    let globals = match globals.filter(|globals| *globals != Obj::NONE) {
        None => vm.current_globals(),
        Some(globals) => match vm.exact::<Dict>(globals) {
            Some(globals) => globals,
            // They only matter for relative imports.
            None if level <= 0 => vm.current_globals(),
            None => return Err(vm.type_error("globals must be a dict")),
        },
    };
    vm.import_module(name.unwrap_or(Obj::NONE), globals, from.unwrap_or(Obj::NONE), level)
}

/// Shows the value of an expression statement at a prompt, and keeps it as `_`.
fn repl_print(vm: &mut Vm, value: Obj) -> R {
    if value != Obj::NONE {
        let text = vm.repr(value)?;
        let mut out = TextOut::stdout();
        vm.write_text(&mut out, text)?;
        out.write_str(vm, "\n")?;
        let name = vm.intern(b"_")?;
        vm.builtins().set_name(vm, name, value)?;
    }
    Ok(Obj::NONE)
}

/// The bytes of a source that is a str or has the buffer protocol.
fn source(vm: &mut Vm, value: Obj, function: &str) -> R<Vec<u8>> {
    if let Some(text) = vm.str_bytes(value) {
        return Ok(text.to_vec());
    }
    match vm.buffer(value)? {
        Some(buffer) => Ok(buffer.bytes(vm).to_vec()),
        None => {
            Err(vm.error(Exc::TypeError, format_args!("{function}() arg 1 must be a string, bytes or code object")))
        }
    }
}

fn compile(vm: &mut Vm, args: &Args) -> R {
    let names = [q::source, q::filename, q::mode, q::flags, q::dont_inherit, q::optimize];
    let [text, file, mode, _, _, optimize] = vm.bind(args, names, 3)?;
    let text = source(vm, text.unwrap_or(Obj::NONE), "compile")?;
    let name = source(vm, file.unwrap_or(Obj::NONE), "compile")?;
    let name = alloc::string::String::from_utf8_lossy(&name).into_owned();
    let mode = match mode.and_then(|mode| vm.str_bytes(mode)) {
        Some(b"exec") => CompileMode::Exec,
        Some(b"eval") => CompileMode::Eval,
        Some(b"single") => CompileMode::Single,
        _ => return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let globals = vm.current_globals();
    let level = vm.opt_level();
    if let Some(optimize) = optimize {
        let optimize = vm.index(optimize)?;
        if let Ok(optimize) = u8::try_from(optimize) {
            vm.set_opt_level(optimize);
        }
    }
    let code = vm.compile_source(&text, &name, mode, globals, false);
    vm.set_opt_level(level);
    Ok(code?.obj())
}

fn eval(vm: &mut Vm, args: &Args) -> R {
    execute(vm, args, "eval", CompileMode::Eval)
}

fn exec(vm: &mut Vm, args: &Args) -> R {
    execute(vm, args, "exec", CompileMode::Exec)?;
    Ok(Obj::NONE)
}

/// The namespaces that `exec` and `eval` are given: globals, and locals where they differ from them.
fn namespaces(vm: &mut Vm, globals: Option<Obj>, locals: Option<Obj>, function: &str) -> R<(Ref<Dict>, Option<Obj>)> {
    let given = |namespace: Option<Obj>| namespace.filter(|namespace| *namespace != Obj::NONE);
    let (globals, inherited) = match given(globals) {
        None => {
            let locals = if given(locals).is_none() { Some(vm.current_locals()?) } else { None };
            (vm.current_globals(), locals)
        }
        Some(globals) => match vm.cast::<Dict>(globals) {
            Some(dict) => (dict, None),
            None => {
                return Err(vm.error(Exc::TypeError, format_args!("{function}() globals must be a dict")));
            }
        },
    };
    let locals = given(locals).or(inherited).filter(|locals| *locals != globals.obj());
    Ok((globals, locals))
}

fn execute(vm: &mut Vm, args: &Args, function: &str, mode: CompileMode) -> R {
    let [code, globals, locals] = vm.bind(args, [q::source, q::globals, q::locals], 1)?;
    let code = code.unwrap_or(Obj::NONE);
    let (globals, locals) = namespaces(vm, globals, locals, function)?;
    let code = match vm.exact::<CodeObject>(code) {
        Some(code) => vm.code_with_globals(code, globals)?,
        None => {
            let text = source(vm, code, function)?;
            vm.compile_source(&text, "<string>", mode, globals, locals.is_none())?
        }
    };
    vm.run_code(code, locals)
}

fn execfile(vm: &mut Vm, args: &[Obj]) -> R {
    let Some(path) = vm.str_bytes(args[0]) else {
        return Err(vm.type_error_for("file name must be str, not ", args[0], ""));
    };
    let path = path.to_vec();
    let (globals, locals) = namespaces(vm, args.get(1).copied(), args.get(2).copied(), "execfile")?;
    let text = vm.read_whole_file(&path, args[0])?;
    let name = alloc::string::String::from_utf8_lossy(&path).into_owned();
    let code = vm.compile_source(&text, &name, CompileMode::Exec, globals, locals.is_none())?;
    vm.run_code(code, locals)?;
    Ok(Obj::NONE)
}

/// What `help()` prints.
const HELP: &str = "\
Welcome to Taipan, a MicroPython!

help(object) says of which type an object is and what attributes it has;
help('modules') lists the modules that are built in.
";

fn help(vm: &mut Vm, args: &[Obj]) -> R {
    let mut out = match super::text::redirected(vm) {
        None => TextOut::stdout(),
        Some(Obj::NONE) => return Ok(Obj::NONE),
        Some(file) => TextOut::stream(file),
    };
    let Some(&obj) = args.first() else {
        out.write_str(vm, HELP)?;
        return Ok(Obj::NONE);
    };
    if vm.names_equal(obj, q::modules) {
        for name in vm.known_modules() {
            out.write_fmt(vm, format_args!("{name}\n"))?;
        }
        out.write_str(vm, "Plus any modules on the filesystem\n")?;
        return Ok(Obj::NONE);
    }
    out.write_str(vm, "object ")?;
    vm.show(obj, &mut out, Show::Str)?;
    out.write_str(vm, " is of type ")?;
    let class = vm.type_of(obj);
    vm.write_qstr(&mut out, class.name())?;
    out.write_str(vm, "\n")?;
    let namespace = match vm.module_dict(obj) {
        Some(dict) => dict,
        None => {
            let class = vm.as_type(obj).unwrap_or(class);
            vm.type_dict(class)?
        }
    };
    let mut position = 0;
    while let Some((next, key, value)) = namespace.entry(vm, position) {
        position = next;
        out.write_str(vm, "  ")?;
        vm.show(key, &mut out, Show::Str)?;
        out.write_str(vm, " -- ")?;
        vm.show(value, &mut out, Show::Str)?;
        out.write_str(vm, "\n")?;
    }
    Ok(Obj::NONE)
}
