//! The command line of `taipan` (command-line.md §1).

use std::{ffi::OsString, os::unix::ffi::OsStringExt};

use taipan::{Emit, Failure};

/// What there is to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Program {
    /// A file.
    File(Vec<u8>),
    /// A text.
    Command(Vec<u8>),
    /// A module by name.
    Module(Vec<u8>),
    /// Standard input, or the prompt if it is a terminal.
    Input,
}

/// A whole command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// What to run.
    pub program: Program,
    /// `sys.argv`
    pub argv: Vec<Vec<u8>>,
    /// The prompt afterwards.
    pub interactive: bool,
    /// Number of `-v`.
    pub verbosity: u32,
    /// Optimisation level.
    pub opt_level: u8,
    /// Do not run.
    pub compile_only: bool,
    /// What sources are compiled to.
    pub emit: Emit,
    /// Whether programs may bring machine code.
    pub machine_code: bool,
    /// Limit of the heap.
    pub heap_size: Option<usize>,
    /// Limit of calls and turns of loops.
    pub steps: Option<u64>,
    /// Collect at every allocation.
    pub stress: bool,
    /// Overwrite freed memory.
    pub poison: bool,
    /// Failing allocations.
    pub fail_alloc: Failure,
}

/// What the command line asks for, or why it is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Run something.
    Run(Options),
    /// `-h`
    Help,
    /// `--version`
    Version,
    /// It makes no sense.
    Invalid,
}

/// The least heap that the official program takes.
const MIN_HEAP: usize = 700;

/// Reads a command line (without the program's name).
pub fn parse(args: &[OsString], env: impl Fn(&str) -> Option<OsString>) -> Request {
    let args: Vec<Vec<u8>> = args.iter().map(|arg| arg.clone().into_vec()).collect();
    let set = |name| env(name).is_some_and(|value| !value.is_empty() && value != "0");
    let mut options = Options {
        program: Program::Input,
        argv: Vec::new(),
        interactive: set("MICROPYINSPECT"),
        verbosity: 0,
        opt_level: 0,
        compile_only: false,
        emit: Emit::Bytecode,
        machine_code: true,
        heap_size: None,
        steps: None,
        stress: set("TAIPAN_STRESS"),
        poison: set("TAIPAN_POISON"),
        fail_alloc: Failure::Never,
    };
    if let Some(text) = env("TAIPAN_FAIL_ALLOC").filter(|text| !text.is_empty()) {
        match failure(&text.into_vec()) {
            Some(failure) => options.fail_alloc = failure,
            None => return Request::Invalid,
        }
    }
    // As in the official program the implementation's options, help and version come first.
    if let Some(request) = first_scan(&args, &mut options) {
        return request;
    }
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        match &arg[..] {
            b"-c" => {
                let Some(command) = args.get(at + 1) else { return Request::Invalid };
                options.program = Program::Command(command.clone());
                options.argv.push(b"-c".to_vec());
                options.argv.extend_from_slice(&args[at + 2..]);
                return Request::Run(options);
            }
            b"-m" => {
                let Some(module) = args.get(at + 1) else { return Request::Invalid };
                options.program = Program::Module(module.clone());
                options.argv.extend_from_slice(&args[at + 1..]);
                return Request::Run(options);
            }
            b"-i" => options.interactive = true,
            b"-v" => options.verbosity += 1,
            b"-X" => at += 1,
            [b'-', b'O', rest @ ..] => {
                options.opt_level = match rest.first() {
                    Some(digit) if digit.is_ascii_digit() => digit - b'0',
                    _ => 1 + rest.iter().take_while(|&&byte| byte == b'O').count().min(8) as u8,
                };
            }
            [b'-', ..] => return Request::Invalid,
            file => {
                options.program = Program::File(file.to_vec());
                options.argv.extend_from_slice(&args[at..]);
                return Request::Run(options);
            }
        }
        at += 1;
    }
    Request::Run(options)
}

fn first_scan(args: &[Vec<u8>], options: &mut Options) -> Option<Request> {
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        match &arg[..] {
            b"-c" | b"-m" => return None,
            b"-h" | b"--help" => return Some(Request::Help),
            b"--version" => return Some(Request::Version),
            b"-X" => {
                at += 1;
                match args.get(at) {
                    None => return Some(Request::Invalid),
                    Some(option) => {
                        if let Some(request) = implementation(option, options) {
                            return Some(request);
                        }
                    }
                }
            }
            [b'-', ..] => {}
            _ => return None,
        }
        at += 1;
    }
    None
}

fn implementation(option: &[u8], options: &mut Options) -> Option<Request> {
    let (name, value) = match option.iter().position(|&byte| byte == b'=') {
        Some(at) => (&option[..at], Some(&option[at + 1..])),
        None => (option, None),
    };
    match (name, value) {
        (b"compile-only", None) => options.compile_only = true,
        (b"emit", Some(b"bytecode")) => options.emit = Emit::Bytecode,
        (b"emit", Some(b"native")) => options.emit = Emit::Native,
        (b"emit", Some(b"viper")) => options.emit = Emit::Viper,
        (b"no-native", None) => options.machine_code = false,
        (b"heapsize", Some(text)) => match heap_size(text) {
            Some(size) if size >= MIN_HEAP => options.heap_size = Some(size),
            _ => return Some(Request::Invalid),
        },
        (b"steps", Some(text)) => match std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) {
            Some(steps) => options.steps = Some(steps),
            None => return Some(Request::Invalid),
        },
        (b"stress", None) => options.stress = true,
        (b"poison", None) => options.poison = true,
        (b"fail-alloc", Some(text)) => match failure(text) {
            Some(failure) => options.fail_alloc = failure,
            None => return Some(Request::Invalid),
        },
        _ => return Some(Request::Invalid),
    }
    None
}

/// `N` (only the n-th allocation) or `N+` (and all later ones).
fn failure(text: &[u8]) -> Option<Failure> {
    let text = std::str::from_utf8(text).ok()?;
    Some(match text.strip_suffix('+') {
        Some(number) => Failure::From(number.parse().ok()?),
        None => Failure::Once(text.parse().ok()?),
    })
}

/// A number as in C, then `w` (for this machine's word instead of four bytes), then `K` or `M`.
fn heap_size(text: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(text).ok()?;
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', _, ..] => (8, &text[1..]),
        _ => (10, text),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let mut size = match &digits[..end] {
        "" if radix == 8 => 0,
        digits => usize::from_str_radix(digits, radix).ok()?,
    };
    let mut suffix = &digits[end..];
    if let Some(rest) = suffix.strip_prefix(['w', 'W']) {
        size = size.checked_mul(size_of::<usize>() / 4)?;
        suffix = rest;
    }
    let factor = match suffix {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        _ => return None,
    };
    size.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Request {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        parse(&args, |_| None)
    }

    fn run(args: &[&str]) -> Options {
        match parsed(args) {
            Request::Run(options) => options,
            other => panic!("{args:?}: {other:?}"),
        }
    }

    #[test]
    fn what_runs() {
        assert_eq!(run(&["-v", "a.py", "-v", "x"]).program, Program::File(b"a.py".to_vec()));
        assert_eq!(run(&["-v", "a.py", "-v", "x"]).argv, [&b"a.py"[..], b"-v", b"x"]);
        assert_eq!(run(&["-c", "1", "-h"]).argv, [&b"-c"[..], b"-h"]);
        assert_eq!(run(&["-m", "a.b", "x"]).argv, [&b"a.b"[..], b"x"]);
        assert_eq!(run(&["-i"]).program, Program::Input);
        assert!(run(&["-i"]).interactive);
    }

    #[test]
    fn levels() {
        for (arg, level) in [("-O", 1), ("-OO", 2), ("-O3", 3), ("-O07", 0), ("-Ox", 1)] {
            assert_eq!(run(&[arg, "a"]).opt_level, level, "{arg}");
        }
    }

    #[test]
    fn sizes() {
        let w = size_of::<usize>() / 4;
        for (text, size) in [
            ("1000", Some(1000)),
            ("0x400", Some(1024)),
            ("01750", Some(1000)),
            ("8K", Some(8192)),
            ("1m", Some(1 << 20)),
            ("2wk", Some(2048 * w)),
            ("1kw", None),
            ("x", None),
            ("", None),
            ("99999999999999999999", None),
            ("0xffffffffffffffffM", None),
        ] {
            assert_eq!(heap_size(text.as_bytes()), size, "{text}");
        }
        assert_eq!(parsed(&["-X", "heapsize=699"]), Request::Invalid);
        assert_eq!(run(&["-X", "heapsize=700", "a"]).heap_size, Some(700));
        assert_eq!(run(&["-X", "steps=12", "a"]).steps, Some(12));
        assert_eq!(parsed(&["-X", "steps=-1", "a"]), Request::Invalid);
    }

    #[test]
    fn refused() {
        for args in [&["-vv"][..], &["-"], &["--"], &["-c"], &["-m"], &["-X"], &["-X", "y"], &["-q", "a"]] {
            assert_eq!(parsed(args), Request::Invalid, "{args:?}");
        }
        assert_eq!(parsed(&["-v", "-h"]), Request::Help);
        assert_eq!(parsed(&["--version", "-q"]), Request::Version);
        let Request::Run(options) = parsed(&["-X", "emit=native", "-X", "no-native", "a"]) else { panic!() };
        assert!(options.emit == Emit::Native && !options.machine_code);
    }

    #[test]
    fn failures() {
        assert_eq!(run(&["-X", "fail-alloc=7", "a"]).fail_alloc, Failure::Once(7));
        assert_eq!(run(&["-X", "fail-alloc=7+", "a"]).fail_alloc, Failure::From(7));
        assert_eq!(parsed(&["-X", "fail-alloc=+"]), Request::Invalid);
    }
}
