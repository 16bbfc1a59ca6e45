//! Lowering: one walk over each scope, from tree to linear code.
//!
//! Scopes met on the way are appended to the list and lowered later. Names, constants and children are
//! numbered in the order in which the official compiler's first pass meets them, so the walk must visit
//! everything in exactly its order.

use crate::Mode;
use crate::Options;
use crate::constants::{ConstId, Value};
use crate::dialect::Dialect;
use crate::error::CompileError;
use crate::fold::{Constant, Folds};
use crate::linear::{Access, Inst, Label};
use crate::lines::Lines;
use crate::names::{Names, Sym, sym};
use crate::scope::{Body, Comp, Emit, MODULE, Made, Place, Role, Scope, ScopeId, ScopeKind, Scopes};
use alloc::{string::String, vec::Vec};
use code::opcode::Op;
use syntax::tree::*;

/// A step of lowering.
pub type Done = Result<(), CompileError>;

/// The loop that `break` and `continue` belong to.
#[derive(Clone, Copy)]
pub struct Loop {
    /// Where `break` goes.
    pub breaks: Label,
    /// Where `continue` goes.
    pub continues: Label,
    /// Whether `break` must drop an iterator.
    pub drop_iter: bool,
    /// Exception blocks around the loop.
    pub level: u32,
}

/// Source that counts as standing elsewhere.
#[derive(Clone, Copy)]
pub struct Moved {
    /// Offset of its start.
    pub start: u32,
    /// The line that its start counts as.
    pub line: u32,
}

/// All scopes, lowered.
pub struct Lowered {
    /// The scopes.
    pub scopes: Scopes,
    /// The names.
    pub names: Names,
    /// The constants.
    pub folds: Folds,
}

/// Lowers a whole source.
pub fn lower(tree: &Tree, source: &[u8], options: &Options<'_>, folds: Folds) -> Result<Lowered, CompileError> {
    let mut names = Names::new(options.source_name);
    let syms = tree.names.iter().map(|name| names.intern(name.as_bytes())).collect();
    let (async_generators, awaits) = match options.dialect {
        Dialect::Full => crate::stmt::definitions::asynchronous(tree),
        Dialect::Exact => (Vec::new(), Vec::new()),
    };
    let mut lowerer = Lowerer {
        tree,
        lines: match options.dialect {
            Dialect::Full => Lines::real(tree),
            Dialect::Exact => Lines::official(tree, source),
        },
        source,
        options,
        full: options.dialect == Dialect::Full,
        folds,
        names,
        scopes: Scopes::new(options.dialect),
        syms,
        id: MODULE,
        code: Vec::new(),
        labels: 0,
        level: 0,
        max_level: 0,
        around: None,
        captures: None,
        last_line: 1,
        last_span: Span::default(),
        moved: None,
        binds_range: false,
        made: Vec::new(),
        async_generators,
        awaits,
        brackets: match options.dialect {
            Dialect::Full => Vec::new(),
            Dialect::Exact => crate::expr::format::brackets(tree),
        },
    };
    lowerer.binds_range = lowerer.full && lowerer.may_bind("range");
    let body = match (options.mode, tree.list(tree.body)) {
        (Mode::Expression, &[only]) => match tree[only].kind {
            StmtKind::Expr(expr) => Body::Expression(expr),
            _ => Body::Module(tree.body),
        },
        _ => Body::Module(tree.body),
    };
    let module = lowerer.scopes.add(body, ScopeKind::Module, None, sym::MODULE);
    lowerer.scopes[module].emit = match options.emit {
        crate::DefaultEmit::Bytecode => Emit::Bytecode,
        crate::DefaultEmit::Native => Emit::Native,
        crate::DefaultEmit::Viper => Emit::Viper,
    };
    let mut at = 0;
    while at < lowerer.scopes.list.len() {
        let id = ScopeId(at as u32);
        lowerer.scope(id).map_err(|error| {
            let name = lowerer.names.text(lowerer.scopes[id].name);
            let scope = error.scope.or_else(|| Some(String::from_utf8_lossy(name).into_owned()));
            CompileError { scope, ..error }
        })?;
        at += 1;
    }
    let Lowerer { mut scopes, names, folds, .. } = lowerer;
    scopes.number_locals();
    Ok(Lowered { scopes, names, folds })
}

/// The state of the walk.
pub struct Lowerer<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// Its lines.
    pub lines: Lines<'a>,
    /// Its source.
    pub source: &'a [u8],
    /// How to compile.
    pub options: &'a Options<'a>,
    /// Whether the dialect is the full one.
    pub full: bool,
    /// The constants.
    pub folds: Folds,
    /// The names.
    pub names: Names,
    /// The scopes so far.
    pub scopes: Scopes,
    syms: Vec<Sym>,
    /// The scope that is being lowered.
    pub id: ScopeId,
    /// Its code.
    pub code: Vec<Inst>,
    labels: u32,
    /// Exception blocks that are open.
    pub level: u32,
    max_level: u32,
    /// The innermost loop.
    pub around: Option<Loop>,
    /// The names that the pattern under way captures, and where their values wait; `None` if they are bound at once.
    pub captures: Option<Vec<(Sym, Sym)>>,
    last_line: u32,
    last_span: Span,
    /// Set while lowering what the official lexer moves elsewhere.
    pub moved: Option<Moved>,
    /// Whether the source may give `range` another meaning (full dialect).
    pub binds_range: bool,
    /// What [`Made`] bodies are made of.
    pub made: Vec<crate::stmt::generic::MadeBody>,
    /// Where the `async def`s that are generators start, sorted.
    pub async_generators: Vec<u32>,
    /// Where `await` and `async for` stand, sorted.
    pub awaits: Vec<crate::stmt::definitions::AwaitPlace>,
    /// What stands inside brackets (exact dialect).
    pub brackets: Vec<Span>,
}

impl<'a> Lowerer<'a> {
    /// The current scope.
    pub fn here(&mut self) -> &mut Scope {
        &mut self.scopes[self.id]
    }

    /// The kind of the current scope.
    pub fn kind(&self) -> ScopeKind {
        self.scopes[self.id].kind
    }

    /// An error at a place; the texts are the official one and CPython's.
    pub fn error<T>(&self, span: Span, official: &str, cpython: &str) -> Result<T, CompileError> {
        let text = if self.full { cpython } else { official };
        Err(CompileError::syntax(self.tree, span, text))
    }

    /// What the exact dialect cannot express.
    pub fn needs_full<T>(&self, span: Span, construct: &str) -> Result<T, CompileError> {
        Err(CompileError::syntax(
            self.tree,
            span,
            alloc::format!("{construct} needs run-time support that stock firmware lacks; compile with --full"),
        ))
    }

    /// Whether a name may be bound somewhere in the source.
    fn may_bind(&self, text: &str) -> bool {
        let tree = self.tree;
        let Some(at) = tree.names.iter().position(|name| &**name == text) else { return false };
        let name = NameId(at as u32);
        let is_it = |ident: &Ident| ident.name == name;
        let loads = tree.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Name(n) if n == name));
        let called = tree.exprs.iter().filter(|expr| match expr.kind {
            ExprKind::Trailers { base, .. } => {
                matches!(tree[base].kind, ExprKind::Name(n) if n == name)
            }
            _ => false,
        });
        // Every bare occurrence that is not called may be a target.
        loads.count() != called.count()
            || tree.params.iter().any(|param| is_it(&param.name))
            || tree.ident_lists.iter().any(is_it)
            || tree.aliases.iter().any(|alias| alias.asname.as_ref().is_some_and(is_it))
            || tree.handlers.iter().any(|handler| handler.name.as_ref().is_some_and(is_it))
            || tree.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Named { target, .. } if is_it(target)))
            || tree.patterns.iter().any(|pattern| match &pattern.kind {
                PatternKind::As { name, .. } | PatternKind::Star(name) => name.as_ref().is_some_and(is_it),
                PatternKind::Mapping { rest, .. } => rest.as_ref().is_some_and(is_it),
                _ => false,
            })
            || tree.stmts.iter().any(|stmt| match &stmt.kind {
                StmtKind::FuncDef(def) => is_it(&def.name),
                StmtKind::ClassDef(def) => is_it(&def.name),
                StmtKind::TypeAlias { name, .. } => is_it(name),
                StmtKind::ImportFrom { names, .. } => names.is_empty(),
                _ => false,
            })
    }

    /// The symbol of an identifier as it is written.
    pub fn as_written(&self, name: NameId) -> Sym {
        self.syms[name.0 as usize]
    }

    /// The symbol of an identifier, private names mangled (full dialect).
    pub fn sym(&mut self, name: NameId) -> Sym {
        let plain = self.as_written(name);
        let text = self.tree.name(name);
        if !self.full || !text.starts_with("__") || text.ends_with("__") {
            return plain;
        }
        let Some(class) = self.scopes[self.id].private else { return plain };
        let class = String::from_utf8_lossy(self.names.text(class)).into_owned();
        let class = class.trim_start_matches('_');
        if class.is_empty() {
            return plain;
        }
        self.names.intern(alloc::format!("_{class}{text}").as_bytes())
    }

    // Steps of code.

    /// Appends a step.
    pub fn push(&mut self, inst: Inst) {
        self.code.push(inst);
    }

    /// Appends an instruction without operand.
    pub fn plain(&mut self, op: Op) {
        self.code.push(Inst::Plain(op));
    }

    /// Appends several.
    pub fn plains(&mut self, ops: &[Op]) {
        self.code.extend(ops.iter().map(|&op| Inst::Plain(op)));
    }

    /// Appends an instruction with a name.
    pub fn qstr(&mut self, op: Op, sym: Sym) {
        let qstr = self.names.qstr(sym);
        self.code.push(Inst::Qstr(op, qstr));
    }

    /// Appends an instruction with a count.
    pub fn count(&mut self, op: Op, count: u32) {
        self.code.push(Inst::Count(op, count));
    }

    /// Appends a jump.
    pub fn jump(&mut self, op: Op, label: Label) {
        self.code.push(Inst::Jump(op, label));
    }

    /// Code that never runs: there is none, but it binds its names, and a `yield` in it makes the function a generator (full
    /// dialect; the official compiler does not look at it).
    pub fn unreachable(&mut self, lower: impl FnOnce(&mut Self) -> Done) -> Done {
        if !self.full {
            return Ok(());
        }
        let (length, last_line, last_span) = (self.code.len(), self.last_line, self.last_span);
        lower(self)?;
        self.code.truncate(length);
        (self.last_line, self.last_span) = (last_line, last_span);
        Ok(())
    }

    /// Corrects the stack depth.
    pub fn adjust(&mut self, by: i32) {
        self.code.push(Inst::Adjust(by));
    }

    /// A new label.
    pub fn new_label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Several new labels.
    pub fn new_labels<const COUNT: usize>(&mut self) -> [Label; COUNT] {
        core::array::from_fn(|_| self.new_label())
    }

    /// Keeps so many labels for what the native emitter writes for the last step, as the official compiler counts them: the
    /// numbers stand in listings.
    pub fn keep_labels(&mut self, count: u32) {
        let scope = &mut self.scopes[self.id];
        if scope.emit != Emit::Bytecode {
            scope.own_labels.push(self.labels);
            self.labels += count;
        }
    }

    /// Places a label.
    pub fn place(&mut self, label: Label) {
        self.code.push(Inst::Label(label));
    }

    /// Loads a variable.
    pub fn load(&mut self, sym: Sym) {
        self.scopes.load(self.id, sym);
        self.code.push(Inst::Variable(Access::Load, sym));
    }

    /// Stores to a variable.
    pub fn store(&mut self, sym: Sym) {
        self.scopes.bind(self.id, sym);
        self.code.push(Inst::Variable(Access::Store, sym));
    }

    /// Deletes a variable.
    pub fn delete(&mut self, sym: Sym) {
        self.scopes.bind(self.id, sym);
        self.code.push(Inst::Variable(Access::Delete, sym));
    }

    /// Calls with positional arguments.
    pub fn call(&mut self, positional: u32) {
        self.count(Op::CallFunction, positional);
    }

    /// Calls a method with positional arguments.
    pub fn call_method(&mut self, positional: u32) {
        self.count(Op::CallMethod, positional);
    }

    /// Loads a text as a name.
    pub fn load_text(&mut self, sym: Sym) {
        self.qstr(Op::LoadConstString, sym);
    }

    /// Loads a text that need not be a name.
    pub fn load_str(&mut self, text: &[u8]) {
        if text.len() <= 10 {
            let sym = self.names.intern(text);
            self.load_text(sym);
        } else {
            let id = self.folds.pool.add(Value::Str(text.into()));
            self.load_object(id);
        }
    }

    /// Loads a constant object.
    pub fn load_object(&mut self, id: ConstId) {
        let object = self.folds.pool.object(id);
        self.code.push(Inst::Object(object));
    }

    /// Loads the constant that an expression at an offset is.
    pub fn load_constant(&mut self, constant: Constant, offset: u32) {
        if !constant.leaf {
            match self.moved {
                _ if constant.line == 0 => {}
                Some(_) => self.line_at(offset),
                None => self.line(constant.line),
            }
            self.load_object(constant.id);
            return;
        }
        match self.folds.pool.value(constant.id) {
            Value::None => self.plain(Op::LoadConstNone),
            Value::True => self.plain(Op::LoadConstTrue),
            Value::False => self.plain(Op::LoadConstFalse),
            Value::Int(int) => {
                let value = i64::try_from(int).unwrap_or(0);
                self.push(Inst::Int(value));
            }
            Value::Str(text) => {
                let sym = self.names.intern(text);
                self.load_text(sym);
            }
            _ => self.load_object(constant.id),
        }
    }

    /// The line that an offset counts as.
    pub fn line_of(&self, offset: u32) -> u32 {
        match self.moved {
            Some(moved) => {
                let lines = self.tree.line(offset).saturating_sub(self.tree.line(moved.start));
                moved.line + lines
            }
            None => self.lines.of(offset),
        }
    }

    /// Notes that what follows is on a line.
    pub fn line(&mut self, line: u32) {
        if line > self.last_line {
            self.last_line = line;
            self.push(Inst::Line(line));
        }
    }

    /// The same in the full dialect only, for what a trace function sees as a line and the official compiler does not note.
    pub fn full_line(&mut self, offset: u32) {
        if self.full {
            self.line_at(offset);
        }
    }

    /// Notes that what follows is on the line of an offset.
    pub fn line_at(&mut self, offset: u32) {
        // Most nodes begin on the line that is recorded already.
        let next = self.tree.line_starts.get(self.last_line as usize);
        let known = self.moved.is_none() && self.lines.are_real();
        if !known || next.is_some_and(|&next| offset >= next) {
            let line = self.line_of(offset);
            self.line(line);
        }
    }

    /// Notes which part of the source the following instructions come from.
    pub fn at(&mut self, span: Span) {
        if self.options.debug && span != self.last_span {
            self.last_span = span;
            self.push(Inst::At(span));
        }
    }

    /// Opens an exception block.
    pub fn open_block(&mut self, op: Op, handler: Label) {
        self.jump(op, handler);
        self.level += 1;
        self.max_level = self.max_level.max(self.level);
    }

    /// Closes it.
    pub fn close_block(&mut self) {
        self.level -= 1;
        self.plain(Op::EndFinally);
        self.keep_labels(1);
    }

    /// Closes a block whose end no flow reaches.
    pub fn drop_block(&mut self) {
        self.level -= 1;
        self.push(Inst::DropBlock);
    }

    // Scopes.

    /// A new scope inside the current one.
    pub fn new_scope(&mut self, body: Body, kind: ScopeKind, name: Sym, start: u32) -> ScopeId {
        let line = self.lines.of(start);
        let private = self.scopes[self.id].private;
        let mut around = self.id;
        // Scopes that the compiler makes are no part of the qualified name.
        while let (Body::Made(Made::Generic(_) | Made::AsyncGenerator(_)), Some(up)) =
            (self.scopes[around].body, self.scopes[around].parent)
        {
            around = up;
        }
        let outer = &self.scopes[around];
        let mut qualname = String::new();
        if self.options.debug {
            let own = String::from_utf8_lossy(self.names.text(name));
            let declared_global = self.scopes.find(around, name).is_some_and(|n| n.place == Place::Global);
            if outer.parent.is_some() && !(declared_global && matches!(kind, ScopeKind::Function | ScopeKind::Class)) {
                qualname.push_str(&outer.qualname);
                qualname.push_str(if outer.kind == ScopeKind::Class { "." } else { ".<locals>." });
            }
            qualname.push_str(&own);
        }
        // What the compiler makes up is bytecode: nobody chose machine code for it.
        let (emit, emit_chosen) = match body {
            Body::Made(_) => (Emit::Bytecode, false),
            _ => (self.scopes[self.id].emit, self.scopes[self.id].emit_chosen),
        };
        let id = self.scopes.add(body, kind, Some(self.id), name);
        let scope = &mut self.scopes[id];
        scope.line = line;
        scope.emit = emit;
        scope.emit_chosen = emit_chosen;
        scope.qualname = qualname;
        scope.private = private;
        if let Body::Class(_) = body {
            scope.private = Some(name);
        }
        id
    }

    /// Makes the function of a scope; defaults, if any, are on the stack.
    pub fn make(&mut self, child: ScopeId, defaults: bool) {
        self.push(Inst::Make { child, defaults });
    }

    /// Notes that the current scope is a generator.
    pub fn is_generator(&mut self) {
        self.here().flags |= code::prelude::GENERATOR;
    }

    fn scope(&mut self, id: ScopeId) -> Done {
        self.id = id;
        self.code = Vec::new();
        self.labels = 0;
        self.keep_labels(6);
        self.level = 0;
        self.max_level = 0;
        self.around = None;
        self.last_line = 1;
        self.last_span = Span::default();
        self.moved = None;
        let Scope { name, emit, .. } = self.scopes[id];
        // Assembled code has no name of its own.
        if emit != Emit::Asm {
            self.names.qstr(name);
        }
        match self.scopes[id].body {
            Body::Module(block) => self.module(block)?,
            Body::Expression(expr) => {
                self.expr(expr)?;
                self.plain(Op::ReturnValue);
            }
            Body::Function(def) if self.scopes[id].emit == Emit::Asm => self.check_asm(&def)?,
            Body::Function(def) => self.function_body(&def)?,
            Body::Lambda { params, body, start } => {
                self.line_at(start);
                self.add_params(params)?;
                self.expr(body)?;
                if self.scopes[id].flags & code::prelude::GENERATOR != 0 {
                    self.plain(Op::PopTop);
                    self.plain(Op::LoadConstNone);
                }
                self.plain(Op::ReturnValue);
            }
            Body::Class(def) => self.class_body(&def)?,
            Body::Comprehension { kind, elt, value, clauses, line } => {
                self.comprehension_body(kind, elt, value, clauses, line)?;
            }
            Body::Made(made) => self.made_body(made)?,
        }
        let code = core::mem::take(&mut self.code);
        let (labels, n_except) = (self.labels, self.max_level);
        let scope = self.here();
        scope.code = code;
        scope.labels = labels;
        scope.n_except = n_except;
        self.scopes.close(id);
        Ok(())
    }

    fn module(&mut self, block: Block) -> Done {
        if let Some(&first) = self.tree.list(block).first() {
            self.line_at(self.tree[first].span.start);
        }
        self.docstring(block);
        self.body_annotations(block)?;
        self.stmts(block)?;
        self.plain(Op::LoadConstNone);
        self.plain(Op::ReturnValue);
        Ok(())
    }

    /// Appends the parameters to the scope's names.
    pub fn add_params(&mut self, params: List<Param>) -> Done {
        let tree = self.tree;
        for param in tree.list(params) {
            let sym = self.sym(param.name.name);
            let id = self.id;
            let scope = &mut self.scopes[id];
            let role = match param.kind {
                ParamKind::PositionalOnly => {
                    scope.n_posonly += 1;
                    scope.n_pos += 1;
                    Role::Param
                }
                ParamKind::Plain => {
                    scope.n_pos += 1;
                    Role::Param
                }
                ParamKind::KeywordOnly => {
                    scope.n_kwonly += 1;
                    Role::Param
                }
                ParamKind::VarArgs => {
                    scope.flags |= code::prelude::VARARGS;
                    Role::Star
                }
                ParamKind::KwArgs => {
                    scope.flags |= code::prelude::VARKEYWORDS;
                    Role::DoubleStar
                }
            };
            let name = self.scopes.find_or_add(id, sym, Place::Undecided);
            if name.place != Place::Undecided {
                let text = alloc::format!("duplicate argument '{}' in function definition", tree.name(param.name.name));
                return self.error(param.name.span, "argument name reused", &text);
            }
            name.place = Place::Local;
            name.role = role;
        }
        Ok(())
    }

    /// The kind of a comprehension's result, as text.
    pub fn comp_name(kind: Comp) -> Sym {
        match kind {
            Comp::List => sym::LISTCOMP,
            Comp::Set => sym::SETCOMP,
            Comp::Dict => sym::DICTCOMP,
            Comp::Generator => sym::GENEXPR,
        }
    }
}
