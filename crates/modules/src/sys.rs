//! `sys`.

use vm::{
    Obj, R, Vm,
    files::{STDERR, STDIN, STDOUT},
    native::{Args, Def, Member, ModuleDef, Native, Unary},
    qstr::q,
    text_out::TextOut,
    types::{exception::Exc, namedtuple, print_exception::TracebackForm, stream},
    vm::Root,
};

/// The official release whose language and modules these are.
pub const VERSION: &str = "v1.29.0";
/// Date of that release.
pub const DATE: &str = "2026-08-29";
/// What this is and where it runs.
pub const MACHINE: &str = if cfg!(target_os = "linux") {
    concat!("linux [Taipan ", env!("CARGO_PKG_VERSION"), "] version")
} else {
    concat!("Taipan ", env!("CARGO_PKG_VERSION"))
};

/// `sys`
pub static SYS: ModuleDef = ModuleDef { name: "sys", members: MEMBERS, init: Some(close) };

/// `_mpy`: version 6.3 of .mpy files; above that the architecture of their machine code.
const MPY: isize = 6 | 3 << 8;

const MEMBERS: &[Member] = &[
    ("argv", Def::Value(|vm| Ok(vm.argv()?.obj()))),
    ("path", Def::Value(|vm| Ok(vm.path()?.obj()))),
    ("modules", Def::Value(|vm| Ok(vm.modules().obj()))),
    ("version", Def::Value(version)),
    ("version_info", Def::Value(version_info)),
    ("implementation", Def::Value(implementation)),
    ("platform", Def::Value(|vm| vm.new_str(PLATFORM))),
    ("byteorder", Def::Value(|vm| vm.new_str(if cfg!(target_endian = "little") { b"little" } else { b"big" }))),
    ("maxsize", Def::Value(|vm| vm.new_int(isize::MAX))),
    ("executable", Def::Value(executable)),
    ("ps1", Def::Value(|vm| vm.new_str(b">>> "))),
    ("ps2", Def::Value(|vm| vm.new_str(b"... "))),
    ("stdin", Def::Value(|vm| stream::standard(vm, STDIN))),
    ("stdout", Def::Value(|vm| stream::standard(vm, STDOUT))),
    ("stderr", Def::Value(|vm| stream::standard(vm, STDERR))),
    ("__getattr__", Def::Fn(Native::F1(on_demand))),
    ("atexit", Def::Fn(Native::F1(atexit))),
    ("exc_info", Def::Fn(Native::F0(exc_info))),
    ("exception", Def::Fn(Native::F0(|vm| Ok(vm.handled_exception().unwrap_or(Obj::NONE))))),
    ("exit", Def::Fn(Native::Var(0, 1, exit))),
    ("getrecursionlimit", Def::Fn(Native::F0(|vm| Ok(Obj::small_int_unchecked(vm.recursion_limit() as isize))))),
    ("_getframe", Def::Fn(Native::Var(0, 1, getframe))),
    ("getsizeof", Def::Fn(Native::Kw(1, 2, getsizeof))),
    ("intern", Def::Fn(Native::F1(intern))),
    ("print_exception", Def::Fn(Native::Var(1, 2, print_exception))),
    ("gettrace", Def::Fn(Native::F0(|vm| Ok(vm.root(Root::Trace).unwrap_or(Obj::NONE))))),
    ("setrecursionlimit", Def::Fn(Native::F1(setrecursionlimit))),
    ("settrace", Def::Fn(Native::F1(settrace))),
];

const PLATFORM: &[u8] = if cfg!(target_os = "macos") {
    b"darwin"
} else if cfg!(windows) {
    b"win32"
} else {
    b"linux"
};

fn close(vm: &mut Vm, module: Obj) -> R<()> {
    vm.close_module(module);
    Ok(())
}

fn version(vm: &mut Vm) -> R {
    let mut out = TextOut::buffer();
    out.write_fmt(vm, format_args!("3.4.0; Taipan {} (MicroPython {VERSION}) on {DATE}", env!("CARGO_PKG_VERSION")))?;
    out.into_str(vm)
}

fn version_info(vm: &mut Vm) -> R {
    vm.new_tuple(&[3, 4, 0].map(Obj::small_int_unchecked))
}

fn implementation(vm: &mut Vm) -> R {
    let typename = vm.new_str(b"implementation")?;
    let fields = vm.new_list(&[])?;
    for field in ["name", "version", "_machine", "_mpy", "_build", "_thread", "_v2"] {
        let field = vm.intern(field.as_bytes())?;
        fields.push(vm, field.obj())?;
    }
    let class = namedtuple::make_class(vm, typename, fields, None, None)?;
    let name = vm.new_str(b"micropython")?;
    let empty = q::empty.obj();
    let release = [1, 29, 0].map(Obj::small_int_unchecked);
    let version = vm.new_tuple(&[release[0], release[1], release[2], empty])?;
    let machine = vm.new_str(MACHINE.as_bytes())?;
    let build = vm.new_str(b"standard")?;
    let thread = vm.new_str(b"GIL")?;
    let mpy = Obj::small_int_unchecked(MPY | (vm.machine_arch().0 as isize) << 10);
    vm.call(class, &[name, version, machine, mpy, build, thread, Obj::TRUE])
}

/// What the frozen `_sys` has.
fn on_demand(vm: &mut Vm, name: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    let globals = vm.builtins();
    let sys = vm.import_module(q::sys.obj(), globals, Obj::NONE, 0)?;
    if vm.qstr_bytes(name).starts_with(b"_") {
        return Err(vm.attribute_error(sys, name));
    }
    let path = vm.intern(b"_sys")?;
    let more = vm.import_module(path.obj(), globals, Obj::NONE, 0)?;
    match vm.getattr_maybe(more, name)? {
        Some(value) => Ok(value),
        None => Err(vm.attribute_error(sys, name)),
    }
}

fn executable(vm: &mut Vm) -> R {
    let path = vm.host().and_then(|host| host.executable()).unwrap_or_default();
    vm.new_str(&path)
}

fn atexit(vm: &mut Vm, function: Obj) -> R {
    let before = vm.root(Root::AtExit).unwrap_or(Obj::NONE);
    vm.set_root(Root::AtExit, Some(function).filter(|function| *function != Obj::NONE));
    Ok(before)
}

fn exc_info(vm: &mut Vm) -> R {
    let Some(exception) = vm.handled_exception() else {
        return vm.new_tuple(&[Obj::NONE; 3]);
    };
    let class = vm.type_of(exception).obj();
    let traceback = vm.getattr_maybe(exception, q::__traceback__)?.unwrap_or(Obj::NONE);
    vm.new_tuple(&[class, exception, traceback])
}

fn exit(vm: &mut Vm, args: &[Obj]) -> R {
    Err(vm.error_args(Exc::SystemExit, args))
}

fn getsizeof(vm: &mut Vm, args: &Args) -> R {
    let [obj, _] = vm.bind(args, [q::object, q::default], 1)?;
    let obj = obj.unwrap_or(Obj::NONE);
    match vm.unary_slot(Unary::SizeOf, obj)? {
        Some(size) => Ok(size),
        None if obj.as_ptr().is_none() => Ok(Obj::small_int_unchecked(0)),
        // What has no answer of its own takes a few words.
        None => Ok(Obj::small_int_unchecked(4 * size_of::<usize>() as isize)),
    }
}

fn intern(vm: &mut Vm, text: Obj) -> R {
    let Some(bytes) = vm.str_bytes(text) else {
        return Err(vm.type_error_for("intern() argument must be str, not ", text, ""));
    };
    let bytes = alloc::vec::Vec::from(bytes);
    Ok(vm.intern(&bytes)?.obj())
}

fn print_exception(vm: &mut Vm, args: &[Obj]) -> R {
    let mut out = match args.get(1) {
        Some(file) if *file != Obj::NONE => {
            if vm.getattr_maybe(*file, q::write)?.is_none() {
                return Err(vm.error(Exc::OSError, format_args!("stream operation not supported")));
            }
            TextOut::stream(*file)
        }
        _ => TextOut::stdout(),
    };
    vm.print_exception(args[0], &mut out, TracebackForm::Official)?;
    Ok(Obj::NONE)
}

fn setrecursionlimit(vm: &mut Vm, limit: Obj) -> R {
    let limit = vm.index(limit)?;
    let Ok(limit @ 1..) = usize::try_from(limit) else {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    };
    if vm.set_recursion_limit(limit) {
        return Ok(Obj::NONE);
    }
    Err(vm.error(Exc::RecursionError, format_args!("cannot set the recursion limit to {limit} here")))
}

/// `settrace(function)`: what cannot be called ends the tracing, as in the official implementation.
fn settrace(vm: &mut Vm, function: Obj) -> R {
    let callable = vm.is_callable(function);
    vm.set_trace_function(callable.then_some(function));
    Ok(Obj::NONE)
}

fn getframe(vm: &mut Vm, args: &[Obj]) -> R {
    let up = match args.first() {
        Some(up) => vm.index(*up)?,
        None => 0,
    };
    match vm.frame_object(usize::try_from(up).unwrap_or(0))? {
        Some(frame) => Ok(frame),
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}
