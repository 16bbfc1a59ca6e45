//! Scopes: which names a function, class or comprehension has and where each of them lives.
//!
//! Scopes are kept in one list in order of creation, which is breadth-first over nesting, and lowered
//! in that order. So when a scope has been lowered, all names of its ancestors are known and
//! [`Scopes::close`] can decide which of its unbound names are variables of an enclosing function.
//! Numbers of locals follow when all scopes are lowered ([`Scopes::number_locals`], bytecode.md §10).

use crate::dialect::Dialect;
use crate::emit::native::Type;
use crate::linear::Inst;
use crate::names::{Sym, sym};
use alloc::{string::String, vec::Vec};
use hashbrown::HashMap;
use syntax::tree::{Block, ClassDef, Clause, ExprId, FuncDef, List, Param};

/// Index of a scope in [`Scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub u32);

/// The module scope.
pub const MODULE: ScopeId = ScopeId(0);

/// What source a scope is the code of.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// A module body.
    Module(Block),
    /// One expression (`eval`).
    Expression(ExprId),
    /// A function.
    Function(FuncDef),
    /// A lambda.
    Lambda {
        /// Parameters.
        params: List<Param>,
        /// The result.
        body: ExprId,
        /// Offset of `lambda`.
        start: u32,
    },
    /// A class body.
    Class(ClassDef),
    /// A comprehension or generator expression.
    Comprehension {
        /// Which kind.
        kind: Comp,
        /// Element, or key of a dict.
        elt: ExprId,
        /// Value of a dict.
        value: Option<ExprId>,
        /// Its `for` and `if` parts.
        clauses: List<Clause>,
        /// Line of the first token of the element.
        line: u32,
    },
    /// Code that the compiler makes itself (full dialect).
    Made(Made),
}

/// Bodies without a source construct of their own (full dialect); numbers are indices into the list
/// of [`crate::lower::Lowerer::made`].
#[derive(Clone, Copy, Debug)]
pub enum Made {
    /// Evaluates one expression when called: a bound, default or alias value.
    Lazy(ExprId),
    /// Makes the dict of annotations when called.
    Annotate(u32),
    /// Evaluates a definition inside its type parameters.
    Generic(u32),
    /// The body of an asynchronous generator; the function around it makes one of it at each call.
    AsyncGenerator(FuncDef),
}

/// Kinds of comprehensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comp {
    /// `[…]`
    List,
    /// `{…}`
    Set,
    /// `{k: v …}`
    Dict,
    /// `(…)`
    Generator,
}

/// What kind of names a scope has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// Names live in a dict.
    Module,
    /// Names live in a dict; invisible to nested functions.
    Class,
    /// Names are locals.
    Function,
    /// A function made of one expression.
    Lambda,
    /// A function whose `:=` belongs to its parent.
    Comprehension,
}

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Not decided yet.
    Undecided,
    /// Loaded but never bound in this scope.
    Implicit,
    /// Bound in a module or class body.
    Named,
    /// Declared `global`, or unbound in a function.
    Global,
    /// A local.
    Local,
    /// A local that nested functions use.
    Cell,
    /// A variable of an enclosing function.
    Free,
}

/// Which kind of parameter a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// None.
    Variable,
    /// A named parameter.
    Param,
    /// `*args`
    Star,
    /// `**kwargs`
    DoubleStar,
}

/// What a scope becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Emit {
    /// Bytecode.
    #[default]
    Bytecode,
    /// Machine code on objects.
    Native,
    /// Machine code with types.
    Viper,
    /// Inline assembler.
    Asm,
}

/// A name in a scope.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Its text.
    pub sym: Sym,
    /// Where it lives.
    pub place: Place,
    /// Which parameter it is.
    pub role: Role,
    /// Its number, once counted.
    pub local: u32,
    /// Its type, if it is a parameter of a viper function.
    pub typ: Type,
}

/// A scope.
pub struct Scope {
    /// What it is the code of.
    pub body: Body,
    /// What its names are.
    pub kind: ScopeKind,
    /// What it becomes.
    pub emit: Emit,
    /// Whether a decorator asked for that.
    pub emit_chosen: bool,
    /// Type of a viper function's result.
    pub result: Type,
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// Its `__name__`.
    pub name: Sym,
    /// `__qualname__`.
    pub qualname: String,
    /// The names, parameters first.
    pub names: Vec<Name>,
    /// Positional parameters; closed-over variables come on top.
    pub n_pos: u32,
    /// Keyword-only parameters.
    pub n_kwonly: u32,
    /// Defaults of positional parameters.
    pub n_defaults: u32,
    /// Positional-only parameters.
    pub n_posonly: u32,
    /// Scope flags of the prelude.
    pub flags: u32,
    /// Number of locals, once counted.
    pub n_locals: u32,
    /// The free names in the order of the parent's list, once counted.
    pub frees: Vec<Sym>,
    /// Deepest nesting of exception blocks.
    pub n_except: u32,
    /// Number of labels.
    pub labels: u32,
    /// The first of the labels of each step for which the native emitter needs its own, in order.
    pub own_labels: Vec<u32>,
    /// The lowered code.
    pub code: Vec<Inst>,
    /// The docstring.
    pub doc: Option<alloc::boxed::Box<[u8]>>,
    /// First line.
    pub line: u32,
    /// An `async def`: a coroutine or asynchronous generator.
    pub is_async: bool,
    /// The former.
    pub is_coroutine: bool,
    /// The class whose private names are mangled here.
    pub private: Option<Sym>,
}

impl Scope {
    /// Notes what a decorator made of it.
    pub fn choose(&mut self, emit: Option<Emit>) {
        if let Some(emit) = emit {
            self.emit = emit;
            self.emit_chosen = true;
        }
    }

    /// The line of an error that belongs to the whole scope.
    pub fn first_line(&self) -> u32 {
        match self.body {
            Body::Comprehension { line, .. } => line,
            _ => self.line,
        }
    }
}

/// All scopes of a source.
pub struct Scopes {
    /// The list in order of creation.
    pub list: Vec<Scope>,
    index: HashMap<(ScopeId, Sym), u32>,
    dialect: Dialect,
}

impl core::ops::Index<ScopeId> for Scopes {
    type Output = Scope;
    fn index(&self, id: ScopeId) -> &Scope {
        &self.list[id.0 as usize]
    }
}

impl core::ops::IndexMut<ScopeId> for Scopes {
    fn index_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.list[id.0 as usize]
    }
}

impl Scopes {
    /// An empty list.
    pub fn new(dialect: Dialect) -> Scopes {
        Scopes { list: Vec::new(), index: HashMap::new(), dialect }
    }

    /// Appends a scope.
    pub fn add(&mut self, body: Body, kind: ScopeKind, parent: Option<ScopeId>, name: Sym) -> ScopeId {
        let id = ScopeId(self.list.len() as u32);
        self.list.push(Scope {
            body,
            kind,
            emit: Emit::Bytecode,
            emit_chosen: false,
            result: Type::Object,
            parent,
            name,
            qualname: String::new(),
            names: Vec::new(),
            n_pos: 0,
            n_kwonly: 0,
            n_defaults: 0,
            n_posonly: 0,
            flags: 0,
            n_locals: 0,
            frees: Vec::new(),
            n_except: 0,
            labels: 0,
            own_labels: Vec::new(),
            code: Vec::new(),
            doc: None,
            line: 1,
            is_async: false,
            is_coroutine: false,
            private: None,
        });
        id
    }

    /// The name in a scope, if it has it.
    pub fn find(&self, scope: ScopeId, sym: Sym) -> Option<&Name> {
        let at = *self.index.get(&(scope, sym))?;
        self[scope].names.get(at as usize)
    }

    /// The name in a scope; a new one is appended with the given place.
    pub fn find_or_add(&mut self, scope: ScopeId, sym: Sym, place: Place) -> &mut Name {
        let names = &mut self.list[scope.0 as usize].names;
        let at = *self.index.entry((scope, sym)).or_insert_with(|| {
            names.push(Name { sym, place, role: Role::Variable, local: 0, typ: Type::Object });
            names.len() as u32 - 1
        });
        &mut names[at as usize]
    }

    /// Notes that a name is loaded.
    pub fn load(&mut self, scope: ScopeId, sym: Sym) {
        self.find_or_add(scope, sym, Place::Implicit);
    }

    /// Notes that a name is bound or deleted.
    pub fn bind(&mut self, scope: ScopeId, sym: Sym) -> Place {
        let bound = match self[scope].kind {
            ScopeKind::Module | ScopeKind::Class => Place::Named,
            _ => Place::Local,
        };
        let name = self.find_or_add(scope, sym, Place::Implicit);
        if name.place == Place::Implicit {
            name.place = bound;
        }
        name.place
    }

    /// Makes unbound names of a lowered scope free where an enclosing function has them.
    pub fn close(&mut self, scope: ScopeId) {
        for at in 0..self[scope].names.len() {
            let name = self[scope].names[at];
            if name.place == Place::Implicit {
                self.close_name(scope, name.sym);
            }
        }
    }

    /// The name under which a scope passes an enclosing function's variable on to nested functions.
    ///
    /// A class body that binds the name itself keeps the outer one under a hidden second name, and its
    /// `__class__` cell is always hidden (full dialect).
    pub fn slot(&self, scope: ScopeId, sym: Sym) -> Sym {
        if self.dialect == Dialect::Full && self[scope].kind == ScopeKind::Class {
            let place = self.find(scope, sym).map(|name| name.place);
            if sym == sym::CLASS || matches!(place, Some(Place::Named | Place::Global)) {
                return sym.hidden();
            }
        }
        sym
    }

    /// Makes a name free if an enclosing function has it; tells whether it did.
    ///
    /// The official search ends at the first scope that has the name, even a class body; that of the
    /// full dialect passes over the names of class bodies.
    pub fn close_name(&mut self, scope: ScopeId, sym: Sym) -> bool {
        let full = self.dialect == Dialect::Full;
        let mut up = self[scope].parent;
        let owner = loop {
            let Some(at) = up.filter(|&at| self[at].parent.is_some()) else { return false };
            match self.find(at, self.slot(at, sym)).map(|name| name.place) {
                Some(Place::Local | Place::Cell | Place::Free) => break at,
                Some(Place::Implicit | Place::Undecided) if full => {}
                Some(_) => return false,
                None => {}
            }
            up = self[at].parent;
        };
        let mut at = scope;
        while at != owner {
            let slot = if at == scope { sym } else { self.slot(at, sym) };
            let name = self.find_or_add(at, slot, Place::Undecided);
            if matches!(name.place, Place::Undecided | Place::Implicit) {
                name.place = Place::Free;
            }
            let Some(parent) = self[at].parent else { return false };
            at = parent;
        }
        let slot = self.slot(owner, sym);
        let name = self.find_or_add(owner, slot, Place::Local);
        if name.place == Place::Local {
            name.place = Place::Cell;
        }
        true
    }

    /// Numbers the locals of all scopes.
    pub fn number_locals(&mut self) {
        for at in 0..self.list.len() {
            self.number_scope(ScopeId(at as u32));
        }
    }

    fn number_scope(&mut self, id: ScopeId) {
        let exact = self.dialect == Dialect::Exact;
        let scope = &mut self.list[id.0 as usize];
        let is_class = scope.kind == ScopeKind::Class;
        let is_function = !matches!(scope.kind, ScopeKind::Module | ScopeKind::Class);
        // `*args` trades places with the last named parameter after it.
        if let Some(star) = scope.names.iter().rposition(|name| name.role == Role::Star) {
            // (A typed parameter of a viper function does not count as one there.)
            let plain = |name: &Name| name.role == Role::Param && name.typ == Type::Object;
            let last = scope.names.iter().rposition(plain);
            if let Some(last) = last.filter(|&last| last > star) {
                scope.names.swap(star, last);
                let (a, b) = (scope.names[star].sym, scope.names[last].sym);
                self.index.insert((id, a), star as u32);
                self.index.insert((id, b), last as u32);
            }
        }
        let scope = &mut self.list[id.0 as usize];
        let mut count = 0;
        for name in &mut scope.names {
            // The cell of a class body counts only when a method uses it.
            if is_class && (name.sym == sym::CLASS && exact || name.sym == sym::CLASS.hidden()) {
                continue;
            }
            if name.place == Place::Implicit && is_function {
                name.place = Place::Global;
            }
            if name.place == Place::Local || name.role != Role::Variable {
                name.local = count;
                count += 1;
            }
        }
        for name in &mut scope.names {
            if name.place == Place::Cell && name.role == Role::Variable {
                name.local = count;
                count += 1;
            }
        }
        let mut frees = Vec::new();
        if let Some(parent) = scope.parent {
            // Only names that are free here matter; take them in the order of the parent's list.
            let parent_order = |sym: Sym| {
                let slot = self.slot(parent, sym.visible());
                self.index.get(&(parent, slot)).copied().unwrap_or(u32::MAX)
            };
            let scope = &self.list[id.0 as usize];
            let mut order: Vec<(u32, Sym)> = scope
                .names
                .iter()
                .filter(|name| name.place == Place::Free)
                .map(|name| (parent_order(name.sym), name.sym))
                .collect();
            order.sort_unstable();
            frees.extend(order.into_iter().map(|(_, sym)| sym));
        }
        let n_frees = frees.len() as u32;
        for (number, &sym) in frees.iter().enumerate() {
            if let Some(&at) = self.index.get(&(id, sym)) {
                self.list[id.0 as usize].names[at as usize].local = number as u32;
            }
        }
        let scope = &mut self.list[id.0 as usize];
        for name in &mut scope.names {
            if name.place != Place::Free {
                name.local += n_frees;
            }
        }
        scope.n_pos += n_frees;
        scope.n_locals = count + n_frees;
        scope.frees = frees;
    }
}
