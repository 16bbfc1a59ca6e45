//! From lowered scopes to a finished module.

use crate::Options;
use crate::dialect::Dialect;
use crate::emit::bytecode::Bytecode;
use crate::emit::labels::Linked;
use crate::emit::replay;
use crate::error::{CompileError, ErrorKind};
use crate::fold::Folds;
use crate::inline_asm;
use crate::linear::Inst;
use crate::lines::Lines;
use crate::lower::Lowered;
use crate::machine_code::MachineCode;
use crate::names::{Names, sym};
use crate::scope::{Body, Emit, Place, Role, Scope, ScopeId, Scopes};
use alloc::{boxed::Box, string::String, vec::Vec};
use code::line_table;
use code::object::{Arch, Debug, Kind, Module, Position, RawCode};
use code::prelude::{self, Signature};
use syntax::tree::{Span, Tree};

/// Emits all scopes and puts the module together.
pub fn finish(lowered: Lowered, tree: &Tree, source: &[u8], options: &Options<'_>) -> Result<Module, CompileError> {
    let Lowered { scopes, mut names, mut folds } = lowered;
    let mut codes: Vec<Option<RawCode>> = Vec::new();
    let mut machine = MachineCode::new(options);
    machine.module_line = module_line(source, tree);
    for at in 0..scopes.list.len() {
        let id = ScopeId(at as u32);
        let scope = &scopes[id];
        let code = match scope.emit {
            Emit::Bytecode => bytecode(&scopes, id, &mut names, tree, options)?,
            Emit::Native if machine.leaves(scope) => bytecode(&scopes, id, &mut names, tree, options)?,
            Emit::Asm => inline_asm(scope, tree, source, &folds, &names, options)?,
            Emit::Native | Emit::Viper => match machine.emit(&scopes, id, &mut names, &mut folds.pool) {
                Err(error) if machine.may_fall_back(scope, &error) => bytecode(&scopes, id, &mut names, tree, options)?,
                made => {
                    let debug = wants_debug(options) && scope.emit == Emit::Native;
                    RawCode { debug: debug.then(|| Box::new(facts(scope, &names))), ..made? }
                }
            },
        };
        codes.push(Some(code));
    }
    // Children come after their parents in the list; the parent's code says in which order it makes them.
    for at in (0..codes.len()).rev() {
        let mut children = Vec::new();
        for inst in &scopes.list[at].code {
            if let Inst::Make { child, .. } = inst {
                children.extend(codes.get_mut(child.0 as usize).and_then(Option::take));
            }
        }
        if let Some(Some(code)) = codes.get_mut(at) {
            code.children = children;
        }
    }
    let has_machine_code = scopes.list.iter().any(|scope| scope.emit != Emit::Bytecode);
    let root = codes.into_iter().next().flatten().ok_or_else(|| overflow(&scopes.list[0]))?;
    Ok(Module {
        arch: if has_machine_code { options.arch } else { Arch::None },
        sub_version: code::mpy::SUB_VERSION,
        arch_flags: options.arch_flags,
        small_int_bits: options.small_int_bits,
        qstrs: names.into_table(),
        objects: folds.pool.into_table(),
        root,
    })
}

/// Where the official compiler sees the module begin: at its first token, behind lines that only go on. If all it has is ends of
/// lines, it sees nothing, which has line 0.
fn module_line(source: &[u8], tree: &Tree) -> u32 {
    let mut line = 1;
    let mut at = 0;
    loop {
        match source.get(at) {
            Some(b' ' | b'\t' | b'\x0c') => at += 1,
            Some(b'\\') => {
                line += 1;
                at += match source.get(at + 1..).unwrap_or_default() {
                    [b'\r', b'\n', ..] => 3,
                    _ => 2,
                };
            }
            Some(_) if tree.stmts.is_empty() => return 0,
            // The last line ends here, unless it goes on.
            None if source.ends_with(b" ") || source.ends_with(b"\t") => return 0,
            _ => return line,
        }
    }
}

/// Emits a scope as bytecode.
fn bytecode(
    scopes: &Scopes,
    id: ScopeId,
    names: &mut Names,
    tree: &Tree,
    options: &Options<'_>,
) -> Result<RawCode, CompileError> {
    let scope = &scopes[id];
    let name = names.qstr(scope.name);
    let params = parameter_names(scope, names);
    let mut out = Bytecode::new(names);
    replay(scopes, id, &mut out);
    let (linked, depth) = (out.draft.link(scope.labels).map_err(|_| overflow(scope))?, out.max_depth);
    let data = assemble(scope, name, &params, &linked, depth, options)?;
    let debug = wants_debug(options).then(|| Box::new(debug_section(scope, &linked, tree, names)));
    Ok(RawCode { kind: Kind::Bytecode, data: data.into(), children: Vec::new(), native: None, debug })
}

fn wants_debug(options: &Options<'_>) -> bool {
    options.debug && options.opt_level < 3
}

/// Assembles a function.
fn inline_asm(
    scope: &Scope,
    tree: &Tree,
    text: &[u8],
    folds: &Folds,
    names: &Names,
    options: &Options<'_>,
) -> Result<RawCode, CompileError> {
    let Body::Function(def) = scope.body else { return Err(overflow(scope)) };
    let lines = match options.dialect {
        Dialect::Full => Lines::real(tree),
        Dialect::Exact => Lines::official(tree, text),
    };
    let source = inline_asm::Source { tree, folds, text, lines: &lines };
    inline_asm::parse(&source, &def)
        .and_then(|function| inline_asm::assemble(&source, &def, &function, options.arch, options.arch_flags))
        .map_err(|error| {
            let name = String::from_utf8_lossy(names.text(scope.name)).into_owned();
            CompileError { scope: Some(name), ..error }
        })
}

fn overflow(scope: &Scope) -> CompileError {
    CompileError {
        kind: ErrorKind::Runtime,
        message: "bytecode overflow".into(),
        span: Span::default(),
        line: scope.line,
        scope: None,
    }
}

/// The qstr numbers of the named parameters by local number; closed-over variables are called `*`.
pub fn parameter_names(scope: &Scope, names: &mut Names) -> Vec<u32> {
    let mut syms = alloc::vec![sym::STAR; (scope.n_pos + scope.n_kwonly) as usize];
    for name in &scope.names {
        if name.role != Role::Variable
            && let Some(slot) = syms.get_mut(name.local as usize)
        {
            *slot = name.sym;
        }
    }
    syms.into_iter().map(|sym| names.qstr(sym)).collect()
}

fn assemble(
    scope: &Scope,
    name: u32,
    params: &[u32],
    linked: &Linked,
    max_depth: i32,
    options: &Options<'_>,
) -> Result<Vec<u8>, CompileError> {
    let signature = Signature {
        n_state: (scope.n_locals + max_depth.max(0) as u32).max(1),
        n_exc_stack: scope.n_except,
        scope_flags: scope.flags,
        n_pos: scope.n_pos,
        n_kwonly: scope.n_kwonly,
        n_defaults: scope.n_defaults,
    };
    let mut cells = Vec::new();
    for name in scope.names.iter().filter(|name| name.place == Place::Cell) {
        let local = u8::try_from(name.local).map_err(|_| CompileError {
            message: "too many local variables".into(),
            kind: ErrorKind::Syntax,
            ..overflow(scope)
        })?;
        cells.push(local);
    }
    let mut lines = line_table::Builder::new();
    if options.source_lines && options.opt_level < 3 {
        for &(offset, line) in &linked.lines {
            lines.record(offset, line);
        }
    }
    Ok(prelude::assemble(&signature, name, params, lines.bytes(), &cells, &linked.bytes))
}

fn debug_section(scope: &Scope, linked: &Linked, tree: &Tree, names: &Names) -> Debug {
    let mut positions: Vec<Position> = Vec::new();
    for &(offset, span) in &linked.parts {
        let start_line = tree.line(span.start);
        let last = span.end.max(span.start);
        let end_line = tree.line(last);
        let column = |line: u32, at: u32| at - tree.line_starts.get(line as usize - 1).copied().unwrap_or(0).min(at);
        let position = Position {
            offset,
            line: start_line,
            end_line,
            column: column(start_line, span.start),
            end_column: column(end_line, last),
        };
        match positions.last_mut() {
            Some(previous) if previous.offset == offset => *previous = position,
            _ => positions.push(position),
        }
    }
    Debug { positions, ..facts(scope, names) }
}

/// What the debug section says of a scope besides positions, of which machine code has none.
fn facts(scope: &Scope, names: &Names) -> Debug {
    let mut locals: Vec<Box<str>> = alloc::vec![Box::from(""); scope.n_locals as usize];
    for name in &scope.names {
        let counted = matches!(name.place, Place::Local | Place::Cell | Place::Free);
        if !counted {
            continue;
        }
        if let Some(slot) = locals.get_mut(name.local as usize) {
            *slot = String::from_utf8_lossy(names.text(name.sym)).into_owned().into();
        }
    }
    Debug {
        positions: Vec::new(),
        locals,
        doc: scope.doc.clone(),
        positional_only: scope.n_posonly,
        coroutine: scope.is_coroutine,
        first_line: scope.line,
        qualname: scope.qualname.clone(),
    }
}
