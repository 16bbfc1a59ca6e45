//! The interpreter program: what to run, how it ends, what it prints then (command-line.md §2 to §4).
//!
//! Exceptions that nobody catches go to standard error in CPython's form. With `TAIPAN_TRACEBACK=micropython` they have
//! the official short form, and go where the official program sends them.

mod options;
mod prompt;
mod report;

use std::{
    ffi::OsString,
    io::{IsTerminal, Read, Write},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::Path,
};

use options::{Options, Program, Request};
use taipan::{
    Uncaught, Vm,
    machine::{
        self, R,
        host::{CompileMode, Errno},
        qstr::q,
        types::print_exception::TracebackForm,
    },
};

const HELP: &str = "\
usage: taipan [options] [-c COMMAND | -m MODULE | FILE] [arguments]

Runs Python, as MicroPython understands it and more. Without a program, standard input is run; if that is a terminal, there is
a prompt: Tab completes, the arrow keys bring back earlier lines (kept in ~/.micropython.history), Ctrl-E begins and Ctrl-D ends
text that is pasted, Ctrl-C stops what runs, Ctrl-D ends the session.

What runs:
  FILE             a source file
  -c COMMAND       a text
  -m MODULE        a module or package, found on the module search path
                   everything after it is the program's: sys.argv

Options:
  -h, --help       this text
  --version        the version
  -i               the prompt afterwards
  -O[N]            optimisation level N (default 1 with -O, 2 with -OO): from 1 on assertions are removed, from 3 on line
                   numbers are dropped
  -v               a report about memory at the end; -v -v: besides, a listing of all code that is compiled
  -X OPTION        implementation-specific options:
     compile-only    parse and compile, but do not run
     emit=bytecode, emit=native, emit=viper
                     what code is compiled to (native, viper: machine code, on x86-64)
     no-native       refuse machine code in .mpy files, compile no other than bytecode
     heapsize=N[w][K|M]
                     most memory that the program may use (w: times the machine's word over 4); default: a
                     quarter of the machine's, at most 4 GiB
     steps=N         end the program after N calls and turns of loops, whatever it catches
     stress          collect garbage at every allocation (slow; finds mistakes in taipan)
     poison          overwrite memory that is freed
     fail-alloc=N[+] let the N-th allocation fail (and all later ones)

Environment:
  MICROPYPATH      module search path, directories separated by colons
                   (default .frozen:~/.micropython/lib:/usr/lib/micropython)
  MICROPYINSPECT   not empty: as -i
  NO_COLOR, FORCE_COLOR
                   not empty: tracebacks without colours, or in colours even if standard error is no terminal
  TAIPAN_TRACEBACK micropython: uncaught exceptions in the short form of MicroPython, on standard output; repr of exceptions and
                   of native functions, and some messages, in its words, too
  TAIPAN_STRESS, TAIPAN_POISON, TAIPAN_FAIL_ALLOC
                   as the options of these names

Exit codes: 0, or what sys.exit was given; 1 after an uncaught exception or for a bad command line; 2 if FILE cannot be
opened; 120 if the last output could not be written; 130 after Ctrl-C; 70 after an internal error.
Ctrl-C pressed three times within a second ends a program that catches it.
";

/// Most native stack that is used, in bytes: enough for the default recursion limit through any builtin. Deeper, whatever
/// runs into the limit again and again (chained iterators) takes too long to find that out.
const NATIVE_STACK: usize = 2 << 20;

/// Exit code after Ctrl-C.
const INTERRUPTED: i32 = 130;

const EPIPE: Errno = Errno(32);

/// The exit code of a program whose last output could not be written.
fn unwritten(code: i32) -> i32 {
    if code == 0 { 120 } else { code }
}

/// Runs the program; gives its exit code.
pub fn run(args: &[OsString]) -> i32 {
    let name = args.first().map_or("taipan".into(), |name| name.to_string_lossy());
    match options::parse(args.get(1..).unwrap_or_default(), |name| std::env::var_os(name)) {
        Request::Help => print(HELP.as_bytes()),
        Request::Version => print(report::version().as_bytes()),
        Request::Invalid => {
            complain(b"Invalid command line arguments. Use -h option for help.\n");
            1
        }
        Request::Run(options) => execute(&name, &options),
    }
}

fn print(text: &[u8]) -> i32 {
    let mut out = std::io::stdout();
    let _ = out.write_all(text).and_then(|()| out.flush());
    0
}

fn complain(text: &[u8]) {
    let _ = std::io::stderr().write_all(text);
}

fn execute(name: &str, options: &Options) -> i32 {
    let mut builder = Vm::builder()
        .stress(options.stress)
        .poison(options.poison)
        .fail_alloc(options.fail_alloc)
        .native_stack((taipan::os::native_stack() / 4 * 3).min(NATIVE_STACK))
        .opt_level(options.opt_level)
        .official_texts(official())
        .raw_memory(true)
        .machine_code(options.machine_code)
        .emit(options.emit);
    if let Some(size) = options.heap_size.or_else(taipan::os::default_heap_limit) {
        builder = builder.heap_limit(size);
    }
    if let Some(steps) = options.steps {
        builder = builder.step_limit(steps);
    }
    if options.verbosity >= 2 {
        builder = builder.listing(Box::new(|text| {
            print(text.as_bytes());
        }));
    }
    let Some(mut vm) = builder.build() else {
        complain(format!("{name}: the heap is too small to start with\n").as_bytes());
        return 1;
    };
    taipan::os::catch_interrupts();
    let code = vm.enter(|vm| {
        let code = whole_run(vm, name, options);
        match vm.flush_streams() {
            Ok(()) => code,
            // Whoever read the output wanted no more of it.
            Err(EPIPE) => unwritten(code),
            Err(errno) => {
                complain(format!("{name}: can't write standard output: [Errno {}]\n", errno.0).as_bytes());
                unwritten(code)
            }
        }
    });
    // Everything is written; the process's end frees the memory faster than the machine could.
    std::mem::forget(vm);
    code & 0xff
}

/// Whether texts are to have MicroPython's form.
fn official() -> bool {
    std::env::var_os("TAIPAN_TRACEBACK").is_some_and(|form| form == "micropython")
}

/// The program, what it registered for its end, and the report.
fn whole_run(vm: &mut machine::Vm, name: &str, options: &Options) -> i32 {
    let mut ending = Ending { official: official(), on_stdout: true };
    let mut code = match set_up(vm, options).and_then(|()| run_program(vm, name, options, &mut ending)) {
        Ok(code) => code,
        Err(_) => ending.uncaught(vm),
    };
    if wants_prompt(options) {
        code = prompt::run(vm, &Ending { on_stdout: true, ..ending });
    }
    if wait_for_threads(vm).is_err() {
        code = ending.uncaught(vm);
    }
    if let Some(last) = vm.take_at_exit()
        && vm.call(last, &[]).is_err()
    {
        code = ending.uncaught(vm);
    }
    vm.finalize_all();
    if options.verbosity >= 1 {
        let text = modules::micropython::memory_report(vm);
        let _ = vm.write_stdout(text.as_bytes());
    }
    code
}

/// Whether there is to be a prompt after the program, or instead of one. The program may have asked for it.
fn wants_prompt(options: &Options) -> bool {
    let inspect = || std::env::var_os("MICROPYINSPECT").is_some_and(|value| !value.is_empty());
    options.interactive || options.program == Program::Input && std::io::stdin().is_terminal() || inspect()
}

/// Waits for the threads that `threading` started and that are not daemons.
fn wait_for_threads(vm: &mut machine::Vm) -> R<()> {
    // A name that is not even known is that of no module; there may be no memory left to make it known.
    let Some(name) = vm.interned(b"threading") else { return Ok(()) };
    if let Some(module) = vm.modules().get_name(vm, name) {
        let shutdown = vm.intern(b"_shutdown")?;
        if let Some(shutdown) = vm.getattr_maybe(module, shutdown)? {
            vm.call(shutdown, &[])?;
        }
    }
    Ok(())
}

/// `sys.argv` and `sys.path`.
fn set_up(vm: &mut machine::Vm, options: &Options) -> R<()> {
    let argv: Vec<&[u8]> = options.argv.iter().map(|arg| &arg[..]).collect();
    vm.set_argv(&argv)?;
    let mut path = vec![Vec::new()];
    if let Program::File(file) = &options.program {
        path[0] = directory_of(file);
    }
    path.extend(search_path(std::env::var_os("MICROPYPATH"), std::env::var_os("HOME")));
    let path: Vec<&[u8]> = path.iter().map(|entry| &entry[..]).collect();
    vm.set_path(&path)
}

/// The real path of a file's directory.
fn directory_of(file: &[u8]) -> Vec<u8> {
    let real = std::fs::canonicalize(Path::new(std::ffi::OsStr::from_bytes(file)));
    let real = real.map_or_else(|_| file.to_vec(), |path| path.into_os_string().into_vec());
    match real.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => real[..slash.max(1)].to_vec(),
        None => Vec::new(),
    }
}

/// The entries of `MICROPYPATH`, or of its default.
fn search_path(given: Option<OsString>, home: Option<OsString>) -> Vec<Vec<u8>> {
    let default = || OsString::from(".frozen:~/.micropython/lib:/usr/lib/micropython");
    let text = given.unwrap_or_else(default).into_vec();
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_prefix(b":").unwrap_or(&text);
    let entries = text.split(|&byte| byte == b':').map(|entry| match (entry, &home) {
        ([b'~', b'/', rest @ ..], Some(home)) => [home.as_bytes(), b"/", rest].concat(),
        _ => entry.to_vec(),
    });
    entries.collect()
}

fn run_program(vm: &mut machine::Vm, name: &str, options: &Options, ending: &mut Ending) -> R<i32> {
    match &options.program {
        Program::Command(text) => run_source(vm, text, "<stdin>", options)?,
        Program::Module(module) => {
            ending.on_stdout = false;
            vm.run_module_as_main(module)?;
        }
        Program::Input => {
            if wants_prompt(options) {
                return Ok(0);
            }
            ending.on_stdout = false;
            let mut text = Vec::new();
            if let Err(error) = std::io::stdin().read_to_end(&mut text) {
                complain(format!("{name}: can't read standard input: {error}\n").as_bytes());
                return Ok(1);
            }
            run_source(vm, &text, "<stdin>", options)?;
        }
        Program::File(file) => {
            let path = Path::new(std::ffi::OsStr::from_bytes(file));
            match std::fs::read(path) {
                Ok(text) => {
                    let shown = vm.new_str(file)?;
                    vm.main_globals().set_name(vm, q::__file__, shown)?;
                    if file.ends_with(b".mpy") {
                        run_compiled(vm, &text, options)?;
                    } else {
                        run_source(vm, &text, &String::from_utf8_lossy(file), options)?;
                    }
                }
                Err(error) => match error.raw_os_error() {
                    Some(EISDIR) => {
                        return Err(vm.os_error(machine::host::Errno(EISDIR), None));
                    }
                    number => {
                        let number = number.unwrap_or(5);
                        let text = error.to_string();
                        let text = text.split(" (os error").next().unwrap_or_default();
                        let shown = String::from_utf8_lossy(file);
                        complain(format!("{name}: can't open file '{shown}': [Errno {number}] {text}\n").as_bytes());
                        return Ok(2);
                    }
                },
            }
        }
    }
    Ok(0)
}

const EISDIR: i32 = 21;

fn run_source(vm: &mut machine::Vm, text: &[u8], name: &str, options: &Options) -> R<()> {
    if name.starts_with('<') {
        vm.keep_source(name, text, CompileMode::Exec)?;
    }
    let globals = vm.main_globals();
    let code = vm.compile_source(text, name, CompileMode::Exec, globals, true)?;
    if !options.compile_only {
        vm.run_code(code, None)?;
    }
    Ok(())
}

/// Runs what a .mpy file holds.
fn run_compiled(vm: &mut machine::Vm, bytes: &[u8], options: &Options) -> R<()> {
    let globals = vm.main_globals();
    let code = vm.load_mpy(bytes, globals)?;
    if !options.compile_only {
        vm.run_code(code, None)?;
    }
    Ok(())
}

/// What to do with exceptions that nobody caught.
struct Ending {
    /// The official short form.
    official: bool,
    /// The official program prints those of this kind of program on standard output.
    on_stdout: bool,
}

impl Ending {
    /// Prints the exception under way; gives the exit code.
    fn uncaught(&self, vm: &mut machine::Vm) -> i32 {
        self.print(vm).1
    }

    /// Prints the exception under way; says whether it asked for the end of the process, and gives the exit code.
    fn print(&self, vm: &mut machine::Vm) -> (bool, i32) {
        let form = match self.official {
            true => TracebackForm::Official,
            false if report::wants_color() => TracebackForm::Colored,
            false => TracebackForm::Full,
        };
        let (text, code) = match Uncaught::take(vm, form) {
            Uncaught::Exit(code) => return (true, code),
            Uncaught::ExitWith(text) => {
                vm.write_stderr(&[&text[..], b"\n"].concat());
                return (true, 1);
            }
            Uncaught::Interrupt(text) => (text, INTERRUPTED),
            Uncaught::Error(text) => (text, 1),
        };
        if self.official && self.on_stdout {
            let _ = vm.write_stdout(&text);
        } else {
            vm.write_stderr(&text);
        }
        (false, code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_paths() {
        let path = |given: Option<&str>, home: Option<&str>| -> Vec<String> {
            let entries = search_path(given.map(OsString::from), home.map(OsString::from));
            entries.into_iter().map(|entry| String::from_utf8(entry).unwrap()).collect()
        };
        assert_eq!(path(None, Some("/h")), [".frozen", "/h/.micropython/lib", "/usr/lib/micropython"]);
        assert_eq!(path(Some(""), Some("/h")), [""; 0]);
        assert_eq!(path(Some(":a::b"), None), ["a", "", "b"]);
        assert_eq!(path(Some("~/x:~y"), None), ["~/x", "~y"]);
    }
}
