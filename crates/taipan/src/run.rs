//! Running programs from outside, and what becomes of exceptions that nobody caught.

use vm::{
    Obj, R, Vm,
    host::CompileMode,
    text_out::TextOut,
    types::{exception::Exc, print_exception::TracebackForm},
};

/// An exception that a program did not catch, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonError {
    /// Name of its class.
    pub class: String,
    /// `str(exception)`
    pub message: String,
    /// The traceback in CPython's form.
    pub traceback: String,
}

impl std::fmt::Display for PythonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl std::error::Error for PythonError {}

/// What an exception that nobody caught asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uncaught {
    /// SystemExit without a value or with an integer.
    Exit(i32),
    /// SystemExit with another value; its text.
    ExitWith(Vec<u8>),
    /// KeyboardInterrupt, with its traceback.
    Interrupt(Vec<u8>),
    /// Anything else; its traceback.
    Error(Vec<u8>),
}

impl Uncaught {
    /// Takes the exception under way apart.
    pub fn take(vm: &mut Vm, form: TracebackForm) -> Uncaught {
        let exception = vm.take_exception();
        let is = |vm: &Vm, exc| vm.is_instance_of(exception, vm.exc_type(exc));
        if is(vm, Exc::SystemExit) {
            let value = vm.as_exception(exception).and_then(|e| e.arg(vm, 0)).unwrap_or(Obj::NONE);
            if value == Obj::NONE {
                return Uncaught::Exit(0);
            }
            if let Some(value) = vm.as_int(value) {
                return Uncaught::Exit((value.wrapping_u64(vm) & 0xff) as i32);
            }
            let text = vm.str(value);
            return Uncaught::ExitWith(bytes_of(vm, text));
        }
        let text = traceback(vm, exception, form);
        if is(vm, Exc::KeyboardInterrupt) { Uncaught::Interrupt(text) } else { Uncaught::Error(text) }
    }
}

fn bytes_of(vm: &mut Vm, text: R) -> Vec<u8> {
    match text {
        Ok(text) => vm.str_bytes(text).unwrap_or_default().to_vec(),
        Err(_) => {
            vm.take_exception();
            b"<exception str() failed>".to_vec()
        }
    }
}

/// The traceback of an exception. If there is no memory for it, its last line without details.
pub fn traceback(vm: &mut Vm, exception: Obj, form: TracebackForm) -> Vec<u8> {
    let mut out = TextOut::buffer();
    let written = vm.print_exception(exception, &mut out, form);
    if written.is_ok() {
        return out.bytes(vm).to_vec();
    }
    vm.take_exception();
    let mut text = out.bytes(vm).to_vec();
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(vm.qstr_bytes(vm.type_of(exception).name()));
    text.push(b'\n');
    text
}

/// Runs a source in `__main__`.
pub fn run_source(vm: &mut Vm, source: &[u8], name: &str) -> Result<(), PythonError> {
    let globals = vm.main_globals();
    let result =
        vm.compile_source(source, name, CompileMode::Exec, globals, true).and_then(|code| vm.run_code(code, None));
    let _ = vm.flush_streams();
    if result.is_ok() {
        return Ok(());
    }
    let exception = vm.take_exception();
    let class = vm.qstr_str(vm.type_of(exception).name()).to_owned();
    let message = vm.str(exception);
    let message = bytes_of(vm, message);
    let traceback = traceback(vm, exception, TracebackForm::Full);
    Err(PythonError {
        class,
        message: String::from_utf8_lossy(&message).into_owned(),
        traceback: String::from_utf8_lossy(&traceback).into_owned(),
    })
}
