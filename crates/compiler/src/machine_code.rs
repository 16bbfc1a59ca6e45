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
pub struct MachineCode {
    exact: bool,
    /// The file has no statements, and is not empty.
    pub is_blank: bool,
    abi: Abi,
    arch: Arch,
    arch_flags: u32,
    /// One for the whole file, since assemblers carry over what they learn.
    assembler: Option<Box<dyn Assembler>>,
    carried: Carried,
}

impl MachineCode {
    /// None yet.
    pub fn new(options: &Options<'_>) -> MachineCode {
        let (arch, arch_flags) = (options.arch, options.arch_flags);
        let exact = options.dialect == Dialect::Exact;
        let abi = Abi::of(options.machine_version);
        MachineCode { exact, is_blank: false, abi, arch, arch_flags, assembler: None, carried: Carried::new(exact) }
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
            let line = if self.is_blank { 0 } else { last.first_line() };
            return Err(refused(names, last, Failure { kind: ErrorKind::NotImplemented, text, line }));
        };
        if !self.exact {
            // What leaks from one function into the next is an accident.
            self.carried = Carried::new(false);
        }
        let emitted = Native::emit(self.abi, &mut **assembler, names, pool, &mut self.carried, scopes, id);
        let emitted = emitted.map_err(|failure| refused(names, scope, failure))?;
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

fn refused(names: &Names, scope: &Scope, failure: Failure) -> CompileError {
    CompileError {
        // Errors that end the official compiler at once have no place.
        line: if failure.kind == ErrorKind::ViperType && failure.line == 0 { scope.first_line() } else { failure.line },
        kind: failure.kind,
        message: failure.text,
        span: Span::default(),
        scope: Some(String::from_utf8_lossy(names.text(scope.name)).into_owned()),
    }
}
