//! Functions, classes and what belongs to them: defaults, decorators, annotations, type parameters.

use crate::emit::native::Type;
use crate::emit::target;
use crate::error::{CompileError, ErrorKind};
use crate::helpers;
use crate::inline_asm;
use crate::linear::Inst;
use crate::lower::{Done, Lowerer};
use crate::names::{Sym, sym};
use crate::scope::{Body, Emit, Made, Place, Role, ScopeId, ScopeKind};
use alloc::{format, string::String, vec::Vec};
use code::object::Arch;
use code::opcode::Op;
use syntax::tree::*;

impl Lowerer<'_> {
    /// Evaluates decorators; gives those that are called after the definition, and what it becomes if one of them says so.
    fn decorators(&mut self, list: List<ExprId>) -> Result<(Vec<Span>, Option<Emit>), crate::CompileError> {
        let tree = self.tree;
        let mut calls = Vec::new();
        let mut emit = None;
        for &decorator in tree.list(list) {
            if let Some(chosen) = self.official_decorator(decorator)? {
                emit = Some(chosen);
                continue;
            }
            calls.push(tree[decorator].span);
            if self.full {
                self.expr(decorator)?;
                continue;
            }
            // A dotted name with at most one call: its attributes record no line.
            let ExprKind::Trailers { base, trailers } = tree[decorator].kind else {
                self.expr(decorator)?;
                continue;
            };
            let list = tree.list(trailers);
            let (last, early) = match list.split_last() {
                Some((last, early)) if matches!(last.kind, TrailerKind::Call(_)) => (Some(last), early),
                _ => (None, list),
            };
            if self.is_name(base).is_none() || early.iter().any(|trailer| !matches!(trailer.kind, TrailerKind::Attr(_)))
            {
                self.expr(decorator)?;
                continue;
            }
            self.expr(base)?;
            for trailer in early {
                if let TrailerKind::Attr(attr) = trailer.kind {
                    let sym = self.sym(attr.name);
                    self.qstr(Op::LoadAttr, sym);
                }
            }
            if let Some(Trailer { kind: TrailerKind::Call(args), span }) = last {
                self.line_at(span.start);
                self.arguments(*args, false, 0, *span)?;
            }
        }
        Ok((calls, emit))
    }

    /// `@micropython.…` chooses an emitter and is not called.
    fn official_decorator(&mut self, decorator: ExprId) -> Result<Option<Emit>, crate::CompileError> {
        let tree = self.tree;
        let span = tree[decorator].span;
        let is_module = |name: NameId| tree.name(name) == "micropython";
        let refuse = |this: &Self| this.error(span, "invalid micropython decorator", "invalid micropython decorator");
        let (base, list) = match tree[decorator].kind {
            ExprKind::Name(name) if is_module(name) => return refuse(self),
            ExprKind::Trailers { base, trailers } => (base, tree.list(trailers)),
            _ => return Ok(None),
        };
        if !matches!(tree[base].kind, ExprKind::Name(name) if is_module(name)) {
            return Ok(None);
        }
        let list = match list.split_last() {
            Some((last, early)) if matches!(last.kind, TrailerKind::Call(_)) => early,
            _ => list,
        };
        let [Trailer { kind: TrailerKind::Attr(attr), .. }] = *list else { return refuse(self) };
        let emit = match tree.name(attr.name) {
            "bytecode" => return Ok(Some(Emit::Bytecode)),
            // Same meaning, only slower, where there is no machine code.
            "native" if self.full && self.options.arch == Arch::None => return Ok(Some(Emit::Bytecode)),
            "native" => Emit::Native,
            "viper" => Emit::Viper,
            "asm_thumb" | "asm_xtensa" | "asm_rv32" => Emit::Asm,
            _ => return refuse(self),
        };
        let arch = self.options.arch;
        let possible = if emit == Emit::Asm { inline_asm::is_supported(arch) } else { target::has_emitter(arch) };
        if possible { Ok(Some(emit)) } else { self.error(span, "invalid arch", "invalid arch") }
    }

    /// `def`
    pub fn function(&mut self, def: &FuncDef, span: Span) -> Done {
        let head = Span { start: def.def_start, end: def.name.span.end };
        if !self.full && !def.type_params.is_empty() {
            return self.needs_full(span, "a type parameter");
        }
        let (calls, emit) = self.decorators(def.decorators)?;
        let name = self.sym(def.name.name);
        self.at(head);
        if def.type_params.is_empty() {
            let child = self.function_scope(def, name);
            self.scopes[child].choose(emit);
            self.annotated_function(def, |this| this.function_defaults(child, def.params))?;
        } else {
            self.generic_function(def, name)?;
        }
        for &span in calls.iter().rev() {
            self.at(span);
            self.call(1);
        }
        self.store(name);
        Ok(())
    }

    /// The scope of a function.
    pub fn function_scope(&mut self, def: &FuncDef, name: Sym) -> ScopeId {
        let child = self.new_scope(Body::Function(*def), ScopeKind::Function, name, def.def_start);
        if def.is_async && !self.makes_async_generator(def) {
            self.scopes[child].is_async = true;
            self.scopes[child].is_coroutine = true;
            self.scopes[child].flags |= code::prelude::GENERATOR;
        }
        child
    }

    /// Makes a function with `make` and gives it its annotations.
    pub fn annotated_function(&mut self, def: &FuncDef, make: impl FnOnce(&mut Self) -> Done) -> Done {
        let annotations = self.function_annotations(def);
        if !annotations.is_empty() {
            self.helper(helpers::SET_FUNCTION_ATTR);
        }
        make(self)?;
        if !annotations.is_empty() {
            self.load_text(sym::ANNOTATE);
            self.make_annotate(annotations, def.def_start);
            self.call(3);
        }
        Ok(())
    }

    /// Defaults, then the function.
    pub fn function_defaults(&mut self, child: ScopeId, params: List<Param>) -> Done {
        let (mut positional, mut keyword) = (0u32, 0u32);
        for param in self.tree.list(params) {
            let Some(default) = param.default else {
                let plain = matches!(param.kind, ParamKind::Plain | ParamKind::PositionalOnly);
                if plain && positional > 0 {
                    return self.error(
                        param.name.span,
                        "non-default argument follows default argument",
                        "parameter without a default follows parameter with a default",
                    );
                }
                continue;
            };
            if param.kind == ParamKind::KeywordOnly {
                if keyword == 0 {
                    match positional {
                        0 => self.plain(Op::LoadNull),
                        n => self.count(Op::BuildTuple, n),
                    }
                    self.count(Op::BuildMap, 0);
                }
                keyword += 1;
                self.expr(default)?;
                let sym = self.sym(param.name.name);
                self.load_text(sym);
                self.plain(Op::StoreMap);
            } else {
                positional += 1;
                self.expr(default)?;
            }
        }
        if positional > 0 && keyword == 0 {
            self.count(Op::BuildTuple, positional);
            self.plain(Op::LoadNull);
        }
        let scope = &mut self.scopes[child];
        scope.n_defaults = positional;
        if keyword > 0 {
            scope.flags |= code::prelude::DEFKWARGS;
        }
        self.make(child, positional + keyword > 0);
        Ok(())
    }

    /// Checks the statements of an inline-assembler function.
    pub fn check_asm(&mut self, def: &FuncDef) -> Done {
        let source = inline_asm::Source { tree: self.tree, folds: &self.folds, text: self.source, lines: &self.lines };
        inline_asm::parse(&source, def).map(drop)
    }

    /// The code of a function.
    pub fn function_body(&mut self, def: &FuncDef) -> Done {
        self.add_params(def.params)?;
        let refused = if self.scopes[self.id].emit == Emit::Viper { self.viper_types(def) } else { None };
        self.docstring(def.body);
        if self.makes_async_generator(def) {
            return self.async_generator_function(def);
        }
        let body = self.block(def.body);
        if let Some(mut error) = refused {
            if error.line == 0 {
                error.line = self.first_line().unwrap_or(self.scopes[self.id].line);
            }
            return Err(error);
        }
        body?;
        self.plain(Op::LoadConstNone);
        self.plain(Op::ReturnValue);
        Ok(())
    }

    /// The types of a viper function's parameters and result; an error whose line is still unknown (0) if one of them is
    /// refused. An unknown type counts before other errors.
    fn viper_types(&mut self, def: &FuncDef) -> Option<CompileError> {
        let tree = self.tree;
        let params = tree.list(def.params).iter().map(|param| (Some(param.name.name), param.annotation));
        let mut refused: Option<CompileError> = None;
        for (param, annotation) in params.chain([(None, def.returns)]) {
            let Some(annotation) = annotation else { continue };
            let error = |text: String| CompileError::syntax(tree, tree[annotation].span, text);
            let mut typ = Some(Type::Object);
            if let ExprKind::Name(name) = tree[annotation].kind {
                let name = self.sym(name);
                typ = Type::named(name);
                if typ.is_none() {
                    let text = format!("unknown type '{}'", String::from_utf8_lossy(self.names.text(name)));
                    refused = Some(CompileError { kind: ErrorKind::ViperType, line: 0, ..error(text) });
                }
            } else if refused.is_none() {
                let mut error = error("annotation must be an identifier".into());
                if self.folds.constant(annotation).is_some() {
                    error.line = 0;
                }
                refused = Some(error);
            }
            let (id, typ) = (self.id, typ.unwrap_or_default());
            match param.map(|param| self.sym(param)) {
                Some(param) => self.scopes.find_or_add(id, param, Place::Local).typ = typ,
                None => self.scopes[id].result = typ,
            }
        }
        refused
    }

    /// The line that the official compiler gives an error of a function's head: that of the statement that is complete
    /// first, of those in blocks of several.
    fn first_line(&self) -> Option<u32> {
        let mut open = Vec::new();
        for inst in &self.code {
            match inst {
                Inst::Statement { line, .. } => open.push(*line),
                Inst::EndStatement => return open.pop(),
                _ => {}
            }
        }
        open.pop()
    }

    /// `class`
    pub fn class(&mut self, def: &ClassDef, span: Span) -> Done {
        if !self.full && !def.type_params.is_empty() {
            return self.needs_full(span, "a type parameter");
        }
        let head = Span { start: def.def_start, end: def.name.span.end };
        let (calls, emit) = self.decorators(def.decorators)?;
        let name = self.sym(def.name.name);
        if emit == Some(Emit::Asm) {
            let error = CompileError::syntax(self.tree, head, "inline assembler must be a function");
            return Err(CompileError { scope: Some(self.tree.name(def.name.name).into()), ..error });
        }
        if def.type_params.is_empty() {
            self.class_value(def, name, emit, head)?;
        } else {
            self.generic_class(def, name, head)?;
        }
        for &span in calls.iter().rev() {
            self.at(span);
            self.call(1);
        }
        self.store(name);
        Ok(())
    }

    /// Leaves the class on the stack.
    pub fn class_value(&mut self, def: &ClassDef, name: Sym, emit: Option<Emit>, span: Span) -> Done {
        let child = self.new_scope(Body::Class(*def), ScopeKind::Class, name, def.def_start);
        self.scopes[child].choose(emit);
        self.at(span);
        let generic = !def.type_params.is_empty();
        if generic {
            self.helper(helpers::BUILD_GENERIC_CLASS);
            self.load(sym::DOT_TYPE_PARAMS);
        } else {
            self.plain(Op::LoadBuildClass);
        }
        self.make(child, false);
        self.load_text(name);
        self.arguments(def.args, false, 2 + generic as u32, span)
    }

    /// The code of a class body.
    pub fn class_body(&mut self, def: &ClassDef) -> Done {
        let id = self.id;
        let cell = if self.full { sym::CLASS.hidden() } else { sym::CLASS };
        self.scopes.find_or_add(id, cell, Place::Local);
        self.full_line(def.def_start);
        self.load(sym::NAME);
        self.store(sym::MODULE_ATTR);
        let name = self.scopes[id].name;
        if self.full && self.options.debug {
            let qualname = self.scopes[id].qualname.clone();
            self.load_str(qualname.as_bytes());
        } else {
            self.load_text(name);
        }
        self.store(sym::QUALNAME);
        self.docstring(def.body);
        if let Some(doc) = self.here().doc.take() {
            // A class keeps its docstring in its namespace.
            self.load_str(&doc);
            self.store(sym::DOC);
        }
        if !def.type_params.is_empty() {
            self.load(sym::DOT_TYPE_PARAMS);
            self.store(sym::TYPE_PARAMS);
        }
        self.body_annotations(def.body)?;
        self.block(def.body)?;
        self.push(Inst::ClassCell);
        self.plain(Op::ReturnValue);
        Ok(())
    }

    /// Notes the docstring of a body (full dialect).
    pub fn docstring(&mut self, block: Block) {
        let wanted = self.full && self.options.debug && self.options.opt_level < 2;
        if !wanted || self.options.mode != crate::Mode::Module {
            return;
        }
        let Some(&first) = self.tree.list(block).first() else { return };
        let StmtKind::Expr(expr) = self.tree[first].kind else { return };
        if let ExprKind::Str { text, .. } = self.tree[expr].kind {
            let text = clean_doc(self.tree.text(text));
            self.here().doc = Some(text.into());
        }
    }

    fn makes_async_generator(&self, def: &FuncDef) -> bool {
        self.full && def.is_async && self.is_async_generator(def.def_start)
    }

    /// The code of a function whose calls give asynchronous generators: the body is a generator of its own,
    /// which has the parameters through cells.
    fn async_generator_function(&mut self, def: &FuncDef) -> Done {
        let body = Body::Made(Made::AsyncGenerator(*def));
        let (name, qualname) = (self.scopes[self.id].name, self.scopes[self.id].qualname.clone());
        let child = self.new_scope(body, ScopeKind::Function, name, def.def_start);
        let scope = &mut self.scopes[child];
        scope.qualname = qualname;
        scope.is_async = true;
        scope.flags |= code::prelude::GENERATOR;
        // What drives it wants to look into it.
        scope.choose(Some(Emit::Bytecode));
        self.helper(helpers::ASYNC_GENERATOR);
        self.make(child, false);
        self.call(0);
        self.call(1);
        self.plain(Op::ReturnValue);
        Ok(())
    }

    /// The body of an asynchronous generator.
    pub fn async_generator_body(&mut self, def: &FuncDef) -> Done {
        let (id, parent) = (self.id, self.scopes[self.id].parent);
        for at in 0..parent.map_or(0, |parent| self.scopes[parent].names.len()) {
            let Some(name) = parent.map(|parent| self.scopes[parent].names[at]) else { break };
            if name.role != Role::Variable {
                self.scopes.find_or_add(id, name.sym, Place::Implicit);
                self.scopes.close_name(id, name.sym);
            }
        }
        self.block(def.body)?;
        self.plain(Op::LoadConstNone);
        Ok(())
    }

    /// Whether the `async def` at an offset contains a `yield` of its own.
    pub fn is_async_generator(&self, def_start: u32) -> bool {
        self.async_generators.binary_search(&def_start).is_ok()
    }

    /// Whether an expression contains an `await` or `async for` of its own function.
    pub fn awaits(&self, expr: ExprId) -> bool {
        let span = self.tree[expr].span;
        let at = self.awaits.partition_point(|place| place.offset < span.start);
        let inside = self.awaits[at..].iter().take_while(|place| place.offset < span.end);
        // What belongs to a generator inside of it does not count.
        inside.into_iter().any(|place| place.generator.is_none_or(|(start, end)| start < span.start || end > span.end))
    }
}

/// A docstring without the indentation that its lines have in common.
fn clean_doc(text: &[u8]) -> Vec<u8> {
    let spaces = |line: &[u8]| line.iter().take_while(|&&byte| byte == b' ').count();
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    let margin = lines.iter().skip(1).filter(|line| spaces(line) < line.len()).map(|line| spaces(line)).min();
    let margin = margin.unwrap_or(0);
    let mut out = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push(b'\n');
            out.extend_from_slice(&line[spaces(line).min(margin)..]);
        } else {
            out.extend_from_slice(&line[spaces(line)..]);
        }
    }
    out
}

/// Where an `await` or `async for` stands.
pub struct AwaitPlace {
    offset: u32,
    /// The innermost generator expression (start, end) whose body it is in.
    generator: Option<(u32, u32)>,
}

/// The places of `await`s, in order. `generators` are the generator expressions: start, end, and the same of the first iterable,
/// which is not in their bodies.
fn await_places(mut offsets: Vec<u32>, mut generators: Vec<[u32; 4]>) -> Vec<AwaitPlace> {
    offsets.sort_unstable();
    generators.sort_unstable_by_key(|&[start, end, ..]| (start, u32::MAX - end));
    let mut open: Vec<[u32; 4]> = Vec::new();
    let mut next = generators.into_iter().peekable();
    let place = |offset| {
        while let Some(generator) = next.next_if(|generator| generator[0] <= offset) {
            open.retain(|outer| outer[1] > generator[0]);
            open.push(generator);
        }
        open.retain(|generator| generator[1] > offset);
        let owner = open.iter().rev().find(|[_, _, start, end]| !(*start..*end).contains(&offset));
        AwaitPlace { offset, generator: owner.map(|&[start, end, ..]| (start, end)) }
    };
    offsets.into_iter().map(place).collect()
}

/// Where asynchronous things stand: the `async def`s that are generators, and all `await`s.
pub fn asynchronous(tree: &Tree) -> (Vec<u32>, Vec<AwaitPlace>) {
    let mut functions: Vec<(u32, u32, u32, bool)> = Vec::new();
    let mut awaits = Vec::new();
    let mut yields = Vec::new();
    let mut expressions = Vec::new();
    for expr in &tree.exprs {
        match expr.kind {
            ExprKind::Await(_) => awaits.push(expr.span.start),
            ExprKind::Generator { clauses, .. } => {
                if let Some(&Clause::For { iter, .. }) = tree.list(clauses).first() {
                    let iter = tree[iter].span;
                    expressions.push([expr.span.start, expr.span.end, iter.start, iter.end]);
                }
            }
            ExprKind::Yield(_) => yields.push(expr.span.start),
            ExprKind::Lambda { .. } => {
                functions.push((expr.span.start, expr.span.end, expr.span.start, false));
            }
            _ => {}
        }
    }
    for clause in &tree.clauses {
        if let Clause::For { is_async: true, span, .. } = clause {
            awaits.push(span.start);
        }
    }
    let mut any = false;
    for stmt in &tree.stmts {
        if let StmtKind::FuncDef(def) = stmt.kind {
            functions.push((def.def_start, stmt.span.end, def.def_start, def.is_async));
            any |= def.is_async;
        }
    }
    let mut generators = Vec::new();
    if any && !yields.is_empty() {
        functions.sort_unstable();
        yields.sort_unstable();
        // A sweep with the stack of functions that are open.
        let mut open: Vec<(u32, u32, bool)> = Vec::new();
        let mut next = 0;
        for at in yields {
            while let Some(&(start, end, def, is_async)) = functions.get(next).filter(|f| f.0 <= at) {
                let _ = start;
                while open.last().is_some_and(|f| f.0 <= start) {
                    open.pop();
                }
                open.push((end, def, is_async));
                next += 1;
            }
            while open.last().is_some_and(|f| f.0 <= at) {
                open.pop();
            }
            if let Some(&(_, def, true)) = open.last() {
                generators.push(def);
            }
        }
        generators.sort_unstable();
        generators.dedup();
    }
    let awaits = if awaits.is_empty() { Vec::new() } else { await_places(awaits, expressions) };
    (generators, awaits)
}
