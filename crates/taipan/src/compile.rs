//! The compiler as the machine knows it: source in, code objects out.

use std::{fmt::Write as _, string::String};

use code::{
    arch::Arch,
    object::{Module, RawCode},
};
use compiler::{CompileError, DefaultEmit, Dialect, ErrorKind, Mode};
use syntax::tree::{SyntaxError, Tree};
use vm::host::{Compile, CompileError as Refusal, CompileMode, Located, Place};

/// What the listing of compiled code is given to.
pub type Listing = Box<dyn Fn(&str) + Send>;

/// Compiles the full dialect for the machine's own small ints.
#[derive(Default)]
pub struct Compiler {
    /// Gets the listing of each compiled source (`-v -v`).
    pub listing: Option<Listing>,
    /// For which processor to make machine code, where it is asked for.
    pub arch: Arch,
    /// What functions become unless a decorator says something else.
    pub emit: DefaultEmit,
}

/// Width of a small int of this machine.
const SMALL_INT_BITS: u8 = (usize::BITS - 1) as u8;

impl Compile for Compiler {
    fn compile(
        &self,
        source: &[u8],
        name: &str,
        mode: CompileMode,
        opt_level: u8,
        warnings: &mut Vec<(u32, String)>,
    ) -> Result<Module, Refusal> {
        let parsing = syntax::Options::default();
        let (parsed, mode) = match mode {
            CompileMode::Exec => (syntax::parse_module(source, &parsing), Mode::Module),
            CompileMode::Eval => (syntax::parse_expression(source, &parsing), Mode::Expression),
            CompileMode::Single => (syntax::parse_interactive(source, &parsing), Mode::Interactive),
        };
        let tree = parsed.map_err(|error| refusal_of_parser(error, source))?;
        warnings.extend(tree.warnings.iter().map(|(at, text)| (tree.line(*at), text.clone())));
        let options = compiler::Options {
            opt_level: u32::from(opt_level),
            small_int_bits: SMALL_INT_BITS,
            mode,
            arch: self.arch,
            emit: if self.arch == Arch::None { DefaultEmit::Bytecode } else { self.emit },
            ..compiler::Options::new(Dialect::Full, name.as_bytes())
        };
        let module = compiler::compile(&tree, source, &options).map_err(|error| refusal(&error, &tree, source))?;
        if let Some(listing) = &self.listing {
            let mut text = String::new();
            if code::disasm::module(&mut text, &module, &Addresses).is_err() {
                let _ = writeln!(text, "<no listing>");
            }
            listing(&text);
        }
        Ok(module)
    }

    fn locate(
        &self,
        source: &[u8],
        name: &str,
        mode: CompileMode,
        opt_level: u8,
        places: &[Place],
    ) -> Vec<Option<Located>> {
        let quiet = Compiler { listing: None, arch: self.arch, emit: self.emit };
        match quiet.compile(source, name, mode, opt_level, &mut Vec::new()) {
            Ok(module) => crate::locate::locate(&module, source, places),
            Err(_) => places.iter().map(|_| None).collect(),
        }
    }
}

fn refusal_of_parser(error: SyntaxError, source: &[u8]) -> Refusal {
    let at = error.span.end.max(error.span.start) as usize;
    let end = position(source, at, None);
    let class = error.kind.name();
    let official = Some(error.short);
    Refusal { class, message: error.message, official, line: error.line, column: error.column, end, scope: None }
}

fn refusal(error: &CompileError, tree: &Tree, source: &[u8]) -> Refusal {
    let class = match error.kind {
        ErrorKind::Syntax => "SyntaxError",
        ErrorKind::Indentation => "IndentationError",
        ErrorKind::Tab => "TabError",
        ErrorKind::Runtime => "RuntimeError",
        ErrorKind::NotImplemented => "NotImplementedError",
        ErrorKind::ViperType => "ViperTypeError",
    };
    let known = error.span.end > error.span.start;
    let (line, column) = if known { position(source, error.span.start as usize, Some(tree)) } else { (error.line, 0) };
    let end = if known { position(source, error.span.end as usize, Some(tree)) } else { (0, 0) };
    Refusal { class, message: error.message.clone(), official: None, line, column, end, scope: error.scope.clone() }
}

/// Line and column, both from 1, of a place in a source; columns count characters.
fn position(source: &[u8], at: usize, tree: Option<&Tree>) -> (u32, u32) {
    let before = &source[..at.min(source.len())];
    let begin = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let line = match tree {
        Some(tree) => tree.line(at as u32),
        None => before.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1,
    };
    let column = before[begin..].iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32 + 1;
    (line, column)
}

/// Labels of a listing that look like the official ones: addresses.
struct Addresses;

impl code::disasm::Labels for Addresses {
    fn descriptor(&self, out: &mut dyn core::fmt::Write, code: &RawCode, child: Option<u32>) -> core::fmt::Result {
        let code = child.and_then(|child| code.children.get(child as usize)).unwrap_or(code);
        write!(out, "{:x}", core::ptr::from_ref(code).addr())
    }

    fn bytecode(&self, out: &mut dyn core::fmt::Write, code: &RawCode) -> core::fmt::Result {
        write!(out, "{:x}", code.data.as_ptr().addr())
    }

    fn object(&self, out: &mut dyn core::fmt::Write, index: u32) -> core::fmt::Result {
        write!(out, "{:x}", 0x1000 + 16 * u64::from(index))
    }
}
