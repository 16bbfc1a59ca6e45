//! The compiler program: options, one source in, one .mpy file out.
//!
//! Texts and exit codes are those of the official program (command-line.md §7), so that build systems
//! can use either. What it does not have is `--full`.

mod options;

use compiler::{CompileError, Dialect, ErrorKind};
use options::{Command, Options};
use std::ffi::OsString;
use std::io::{Read, Write};

/// Why the program fails.
pub enum Failure {
    /// A text for standard output: how the program is used.
    Usage(String),
    /// A text for standard error.
    Message(String),
}

impl Failure {
    /// Prints the text.
    pub fn print(&self) {
        match self {
            Failure::Usage(text) => print!("{text}"),
            Failure::Message(text) => eprintln!("{text}"),
        }
    }
}

/// Runs the program.
pub fn run(program: &str, args: &[OsString]) -> Result<(), Failure> {
    let options = match options::parse(program, args)? {
        Command::Version => {
            println!(
                "MicroPython v1.29.0 on {}; taipan-cross {} emitting mpy v6.3",
                options::DATE,
                env!("CARGO_PKG_VERSION")
            );
            return Ok(());
        }
        Command::Compile(options) => options,
    };
    let source = read(&options)?;
    let bytes = compile(&source, &options)?;
    write(&options, &bytes)
}

fn cannot_open(name: &str) -> Failure {
    Failure::Message(format!("OSError: (2, \"can't open {name}\")"))
}

fn read(options: &Options) -> Result<Vec<u8>, Failure> {
    let mut source = Vec::new();
    let done = if options.input == "-" {
        std::io::stdin().read_to_end(&mut source)
    } else {
        std::fs::File::open(options.input.replace('\\', "/")).and_then(|mut file| file.read_to_end(&mut source))
    };
    done.map_err(|_| cannot_open(&options.input))?;
    Ok(source)
}

fn write(options: &Options, bytes: &[u8]) -> Result<(), Failure> {
    if options.output == "-" {
        let mut out = std::io::stdout();
        return out
            .write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(|error| Failure::Message(format!("OSError: {error}")));
    }
    std::fs::write(&options.output, bytes).map_err(|_| cannot_open(&options.output))
}

fn compile(source: &[u8], options: &Options) -> Result<Vec<u8>, Failure> {
    let report = |error: CompileError| report(&error, source, options);
    let parsing = syntax::Options { official: !options.full, ..syntax::Options::default() };
    let dialect = if options.full { Dialect::Full } else { Dialect::Exact };
    let tree = syntax::parse_module(source, &parsing).map_err(|error| report(CompileError::parsed(error, dialect)))?;
    let settings = compiler::Options {
        opt_level: options.opt_level,
        small_int_bits: options.small_int_bits,
        source_lines: options.source_lines,
        arch: options.arch,
        arch_flags: options.arch_flags,
        emit: options.emit,
        ..compiler::Options::new(dialect, options.source_name.as_bytes())
    };
    let module = compiler::compile(&tree, source, &settings).map_err(report)?;
    Ok(code::mpy::write(&module, code::mpy::WriteOptions { debug: options.full }))
}

/// The text of an error: the official traceback, with the place in the source if the dialect is full.
fn report(error: &CompileError, source: &[u8], options: &Options) -> Failure {
    let kind = match error.kind {
        ErrorKind::Syntax => "SyntaxError",
        ErrorKind::Indentation => "IndentationError",
        ErrorKind::Tab if options.full => "TabError",
        ErrorKind::Tab => "IndentationError",
        ErrorKind::Runtime => "RuntimeError",
        ErrorKind::NotImplemented => "NotImplementedError",
        ErrorKind::ViperType => "ViperTypeError",
    };
    if error.line == 0 {
        return Failure::Message(format!("{kind}: {}", error.message));
    }
    // The parser names the file that it reads, whatever name is embedded.
    let name = match &error.scope {
        None if options.input != "-" => &options.input,
        _ => &options.source_name,
    };
    let mut text = format!("Traceback (most recent call last):\n  File \"{name}\", line {}", error.line);
    if let Some(scope) = &error.scope {
        text += &format!(", in {scope}");
    }
    text.push('\n');
    if options.full {
        text += &caret(error, source);
    }
    text += &format!("{kind}: {}", error.message);
    Failure::Message(text)
}

/// The line of an error with a mark under it.
fn caret(error: &CompileError, source: &[u8]) -> String {
    let start = (error.span.start as usize).min(source.len());
    let begin = source[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let length = source[begin..].iter().position(|&byte| byte == b'\n').unwrap_or(source.len() - begin);
    let line = String::from_utf8_lossy(&source[begin..begin + length]);
    let trimmed = line.trim_start();
    let before = String::from_utf8_lossy(&source[begin..start]).chars().count();
    let indent = line.chars().count() - trimmed.chars().count();
    let width = (error.span.end as usize).min(begin + length).saturating_sub(start).max(1);
    format!("    {}\n    {}{}\n", trimmed.trim_end(), " ".repeat(before.saturating_sub(indent)), "^".repeat(width))
}
