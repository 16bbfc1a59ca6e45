//! One source becomes the bytes of one file.

use super::{
    Failure,
    jobs::{Job, Place},
    options::Options,
    write,
};
use code::mpy;
use code::object::Arch;
use code::older::{self, Refused};
use compiler::{CompileError, Dialect, ErrorKind};
use std::cell::RefCell;

/// The .mpy file of a source.
pub fn compile(source: &[u8], job: &Job, options: &Options) -> Result<Vec<u8>, Failure> {
    let report = |error: CompileError| report(&error, source, job, options);
    let parsing = syntax::Options { official: !options.full, ..syntax::Options::default() };
    let dialect = if options.full { Dialect::Full } else { Dialect::Exact };
    let tree = syntax::parse_module(source, &parsing).map_err(|error| report(CompileError::parsed(error, dialect)))?;
    let listing = RefCell::new(String::new());
    let list = |text: &str| listing.borrow_mut().push_str(text);
    let settings = compiler::Options {
        opt_level: options.opt_level,
        small_int_bits: options.small_int_bits,
        source_lines: options.source_lines,
        arch: options.arch,
        arch_flags: options.arch_flags,
        emit: options.emit,
        listing: (options.arch == Arch::Debug).then_some(&list),
        machine_version: options.older.map_or(mpy::VERSION, |target| target.form.version),
        ..compiler::Options::new(dialect, job.source_name.as_bytes())
    };
    let module = compiler::compile(&tree, source, &settings);
    // The listing goes where the file may go, in front of it; what is before an error, too.
    write(&Place::Standard, listing.borrow().as_bytes())?;
    let module = module.map_err(report)?;
    let Some(target) = options.older else {
        return Ok(mpy::write(&module, mpy::WriteOptions { debug: options.full }));
    };
    let refused = |error: Refused| {
        let place = traceback(&job.source_name, error.line, Some(&error.function));
        Failure::Message(format!("{place}\nNotImplementedError: {error}"))
    };
    let file = older::downgrade(&module, target).map_err(refused)?;
    older::write(&file).ok_or_else(|| Failure::Message("NotImplementedError: exception blocks nested this deep".into()))
}

/// The first lines of an error.
fn traceback(name: &str, line: u32, scope: Option<&str>) -> String {
    let scope = scope.map_or(String::new(), |scope| format!(", in {scope}"));
    format!("Traceback (most recent call last):\n  File \"{name}\", line {line}{scope}")
}

/// The text of an error: the official traceback, with the place in the source if the dialect is full.
fn report(error: &CompileError, source: &[u8], job: &Job, options: &Options) -> Failure {
    let kind = match error.kind {
        ErrorKind::Syntax => "SyntaxError",
        ErrorKind::Indentation => "IndentationError",
        ErrorKind::Tab if options.full => "TabError",
        ErrorKind::Tab => "IndentationError",
        ErrorKind::Runtime => "RuntimeError",
        ErrorKind::NotImplemented => "NotImplementedError",
        ErrorKind::ViperType => "ViperTypeError",
    };
    if error.line == 0 && error.scope.is_none() {
        return Failure::Message(format!("{kind}: {}", error.message));
    }
    // The parser names the file that it reads, whatever name is embedded.
    let name = match (&error.scope, &job.input) {
        (None, Place::File(path)) => path.to_string_lossy(),
        _ => job.source_name.as_str().into(),
    };
    let mut text = traceback(&name, error.line, error.scope.as_deref());
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
