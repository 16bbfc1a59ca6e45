//! Code objects of machine code.

use crate::Options;
use crate::constants::Constants;
use crate::dialect::Dialect;
use crate::emit::native::{Abi, Carried, Failure, Native};
use crate::emit::target;
use crate::error::{CompileError, ErrorKind};
use crate::names::Names;
use crate::scope::{Emit, Scope, ScopeId, Scopes};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use asm::Assembler;
use code::object::{self, Arch, Kind, RawCode};
use code::older;
use syntax::tree::Span;

/// Makes the machine code of a file.
pub struct MachineCode<'a> {
    exact: bool,
    /// The line of the module in errors of the official compiler: 0 if it has no statements but lines.
    pub module_line: u32,
    abi: Abi,
    arch: Arch,
    arch_flags: u32,
    /// One for the whole file, since assemblers carry over what they learn.
    assembler: Option<Box<dyn Assembler>>,
    carried: Carried,
    listing: Option<&'a dyn Fn(&str)>,
}

impl<'a> MachineCode<'a> {
    /// None yet.
    pub fn new(options: &Options<'a>) -> MachineCode<'a> {
        let (arch, arch_flags) = (options.arch, options.arch_flags);
        let exact = options.dialect == Dialect::Exact;
        let abi = Abi::of(options.machine_version);
        let (carried, listing) = (Carried::new(exact), options.listing);
        MachineCode { exact, module_line: 1, abi, arch, arch_flags, assembler: None, carried, listing }
    }

    /// Whether a scope for which there is no machine code may become bytecode instead (full dialect): nobody asked for
    /// this one.
    pub fn may_fall_back(&self, scope: &Scope, error: &CompileError) -> bool {
        !self.exact && !scope.emit_chosen && error.kind == ErrorKind::NotImplemented && self.assembler.is_some()
    }

    /// Whether a scope that nobody asked for stays bytecode: only so is the type of its calls `coroutine` (full dialect).
    pub fn leaves(&self, scope: &Scope) -> bool {
        !self.exact && !scope.emit_chosen && scope.is_coroutine
    }

    /// Emits a scope.
    pub fn emit(
        &mut self,
        scopes: &Scopes,
        id: ScopeId,
        names: &mut Names,
        pool: &mut Constants,
    ) -> Result<RawCode, CompileError> {
        let scope = &scopes[id];
        if self.assembler.is_none() && !older::has_machine_code(self.abi.version(), self.arch) {
            let what = format!("machine code for {}", self.arch.name());
            return Err(refused(names, scope, Failure { line: scope.first_line(), ..self.abi.cannot(&what) }));
        }
        if self.assembler.is_none() {
            self.assembler = target::assembler(self.arch, self.arch_flags);
        }
        let Some(assembler) = &mut self.assembler else {
            let text = "cannot emit native code for this architecture".into();
            // The official compiler has looked at all scopes by then, and names the last one.
            let last = scopes.list.last().unwrap_or(scope);
            let line = if last.parent.is_none() { self.module_line } else { last.first_line() };
            let error = refused(names, last, Failure { kind: ErrorKind::NotImplemented, text, line: 1 });
            return Err(CompileError { line, ..error });
        };
        if !self.exact {
            // What leaks from one function into the next is an accident.
            self.carried = Carried::new(false);
        }
        if self.listing.is_some() {
            assembler.set_name(&path(scopes, id, names));
        }
        let emitted = Native::emit(self.abi, &mut **assembler, names, pool, &mut self.carried, scopes, id);
        let emitted = emitted.map_err(|failure| refused(names, scope, failure))?;
        if let Some(listing) = self.listing {
            listing(assembler.text());
        }
        // The official tools keep 16 bits, which makes larger functions useless.
        let mask = if self.exact { 0xffff } else { u32::MAX };
        let prelude_offset = emitted.prelude_offset & mask;
        let keeps_exception = !self.exact && scope.n_except > 0;
        let native = object::Native { prelude_offset, keeps_exception, own: emitted.own, ..object::Native::default() };
        Ok(RawCode {
            kind: if scope.emit == Emit::Viper { Kind::Viper } else { Kind::Native },
            data: emitted.data.into(),
            children: Vec::new(),
            native: Some(Box::new(native)),
            debug: None,
        })
    }
}

/// The name of a scope behind those of the scopes around it; that of the module only for itself.
fn path(scopes: &Scopes, mut id: ScopeId, names: &Names) -> String {
    let mut path = String::from_utf8_lossy(names.text(scopes[id].name)).into_owned();
    while let Some(outer) = scopes[id].parent.filter(|&outer| scopes[outer].parent.is_some()) {
        path = format!("{}.{path}", String::from_utf8_lossy(names.text(scopes[outer].name)));
        id = outer;
    }
    path
}

fn refused(names: &Names, scope: &Scope, failure: Failure) -> CompileError {
    // Errors that end the official compiler at once have no place.
    let line =
        if failure.kind == ErrorKind::ViperType && failure.line == 0 { scope.first_line() } else { failure.line };
    CompileError {
        line,
        kind: failure.kind,
        message: failure.text,
        span: Span::default(),
        scope: (line > 0).then(|| String::from_utf8_lossy(names.text(scope.name)).into_owned()),
    }
}
