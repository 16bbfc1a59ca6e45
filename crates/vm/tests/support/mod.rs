//! A machine with the compiler plugged in and its output kept, for tests of the loop.

use std::sync::{Arc, Mutex};

use vm::{
    boot::{Config, Machine},
    host::{Compile, CompileError, CompileMode, Errno, Host},
};

struct Output(Arc<Mutex<Vec<u8>>>);

impl Host for Output {
    fn write_stdout(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    }
}

struct Compiler;

impl Compile for Compiler {
    fn compile(
        &self,
        source: &[u8],
        name: &str,
        mode: CompileMode,
        opt_level: u8,
        _warnings: &mut Vec<(u32, String)>,
    ) -> Result<code::object::Module, CompileError> {
        let refuse = |message: String, line| CompileError {
            class: "SyntaxError",
            message,
            official: None,
            line,
            column: 0,
            end: (0, 0),
            scope: None,
        };
        let options = syntax::Options::default();
        let tree = match mode {
            CompileMode::Eval => syntax::parse_expression(source, &options),
            _ => syntax::parse_module(source, &options),
        };
        let tree = tree.map_err(|error| refuse(error.message, error.line))?;
        let mut options = compiler::Options::new(compiler::Dialect::Full, name.as_bytes());
        options.small_int_bits = 63;
        options.opt_level = u32::from(opt_level);
        if mode == CompileMode::Eval {
            options.mode = compiler::Mode::Expression;
        }
        compiler::compile(&tree, source, &options).map_err(|error| refuse(format!("{error:?}"), 0))
    }
}

/// Runs a program; gives its output, and the repr of the exception that ended it.
pub fn run_with(config: Config, source: &str) -> (String, Option<String>) {
    let output = Arc::new(Mutex::new(Vec::new()));
    let config = Config { host: Some(Box::new(Output(output.clone()))), compiler: Some(Box::new(Compiler)), ..config };
    let mut machine = Machine::new(config).expect("a machine starts");
    let failed = machine.enter(|vm| {
        let globals = vm.main_globals();
        let result = vm
            .compile_source(source.as_bytes(), "test.py", CompileMode::Exec, globals, true)
            .and_then(|code| vm.run_code(code, None));
        match result {
            Ok(_) => None,
            Err(_) => {
                let exception = vm.take_exception();
                let text = vm.repr(exception).ok();
                let text = text.and_then(|text| vm.str_bytes(text).map(|bytes| bytes.to_vec()));
                Some(String::from_utf8_lossy(&text.unwrap_or_default()).into_owned())
            }
        }
    });
    let text = String::from_utf8_lossy(&output.lock().unwrap()).into_owned();
    (text, failed)
}

/// Runs a program that must end well, also with a collection at every allocation; gives its output.
pub fn run(source: &str) -> String {
    let (text, failed) = run_with(Config::default(), source);
    assert_eq!(failed, None, "after output {text:?}");
    let heap = heap::Config { stress: true, poison: true, ..heap::Config::default() };
    let (stressed, failed) = run_with(Config { heap, ..Config::default() }, source);
    assert_eq!(failed, None, "under stress, after output {stressed:?}");
    assert_eq!(text, stressed, "a collection at every allocation changes the output");
    text
}

/// Checks the output of a program, line by line.
#[track_caller]
pub fn check(source: &str, expected: &[&str]) {
    let output = run(source);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines, expected);
}
