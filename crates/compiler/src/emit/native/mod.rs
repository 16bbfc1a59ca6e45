//! The native and viper emitters: machine code through any [`Assembler`].
//!
//! One scope is replayed several times ([`Native::emit`]); the passes agree in everything but what sizes and
//! labels depend on. A compile-time stack ([`stack`]) mirrors the Python stack: values stay in registers or are
//! constants as long as possible, and go to their slot in memory when a call, jump or label comes.
//!
//! | file | holds |
//! |---|---|
//! | `stack` | the value model and the calls of helpers |
//! | `frame` | layout of the frame, entry, exit, prelude |
//! | `variables` | constants, locals, names, attributes, imports |
//! | `memory` | subscripts |
//! | `operators` | arithmetic, comparisons, truth |
//! | `flow` | jumps, blocks, exceptions, iteration |
//! | `calls` | calls, functions, containers |
//! | `coroutine` | yield and return |
//! | `types`, `helpers` | viper's types, the helper table |
//! | `abi`, `own_table` | what is different for hosts of versions 4 and 5 |

mod abi;
mod calls;
mod coroutine;
mod flow;
mod frame;
mod helpers;
mod memory;
mod operators;
mod own_table;
mod stack;
mod types;
mod variables;

pub use abi::Abi;
pub use types::Type;

use super::Emitter;
use crate::constants::Constants;
use crate::error::ErrorKind;
use crate::linear::{Access, Label};
use crate::names::{Names, Sym};
use crate::scope::{Name, Place, Role, Scope, ScopeId, Scopes};
use abi::Own;
use alloc::{boxed::Box, string::String, vec::Vec};
use asm::{Assembler, Machine};
use code::object;
use code::opcode::Op;
use code::prelude::GENERATOR;
use flow::Block;
use frame::EntryLabels;
use stack::{Entry, Held};
use syntax::tree::Span;

/// What makes a function impossible.
pub struct Failure {
    /// Which exception.
    pub kind: ErrorKind,
    /// Its text.
    pub text: String,
    /// The line of the statement in a block, 0 if there is none.
    pub line: u32,
}

/// What goes from one function of a file to the next.
pub struct Carried {
    /// Type of the value that the last short-circuit left.
    short_circuit: Type,
    /// Whether blocks work in every nesting (see [`flow`]); the official emitter's do not.
    precise: bool,
}

impl Carried {
    /// For a file in the exact dialect, or a function in the other.
    pub fn new(exact: bool) -> Carried {
        Carried { short_circuit: Type::default(), precise: !exact }
    }
}

/// The finished code of a scope.
pub struct Emitted {
    /// The machine code and its prelude.
    pub data: Vec<u8>,
    /// Where the prelude is (native functions).
    pub prelude_offset: u32,
    /// The function's own tables, for versions 4 and 5.
    pub own: Option<Box<object::OwnTable>>,
}

/// Emits one scope.
pub struct Native<'a> {
    asm: &'a mut dyn Assembler,
    machine: &'static Machine,
    abi: Abi,
    precise: bool,
    own: Own,
    names: &'a mut Names,
    pool: &'a mut Constants,
    scope: &'a Scope,
    carried: &'a mut Carried,
    /// Whether values have types.
    viper: bool,
    generator: bool,
    /// The code refers to globals, or makes functions.
    uses_globals: bool,
    /// The code loads objects from the table. Known after the first pass.
    uses_constants: bool,
    /// Names of the locals by number.
    locals: Vec<Sym>,
    /// Their types.
    types: Vec<Type>,
    stack: Vec<Entry>,
    depth: usize,
    held: Held,
    max_depth: usize,
    /// Locals and stack, as the pass before counted them.
    n_state: u32,
    /// Slot of the code state.
    state: u32,
    /// Slot of the lowest stack entry.
    base: u32,
    blocks: Vec<Block>,
    /// Where this pass has the code that asks iterators for the next item, in order.
    iterations: Vec<u32>,
    labels: u32,
    /// How many steps have taken the labels that are kept for them.
    kept: usize,
    entry: EntryLabels,
    children: u32,
    /// Number of children, as the pass before counted them.
    n_children: u32,
    /// Where a generator's first run starts, as the pass before found it.
    start_offset: u32,
    prelude_offset: u32,
    /// Where the code that loads a local last ended.
    loaded: Option<u32>,
    failure: Option<Failure>,
    /// Lines of the statements that are open.
    lines: Vec<u32>,
    /// Nesting of statements behind an error, which are not looked at.
    skipped: usize,
    /// After such an error no other counts.
    is_final: bool,
}

impl<'a> Native<'a> {
    /// Emits a scope.
    pub fn emit(
        abi: Abi,
        asm: &'a mut dyn Assembler,
        names: &'a mut Names,
        pool: &'a mut Constants,
        carried: &'a mut Carried,
        scopes: &'a Scopes,
        id: ScopeId,
    ) -> Result<Emitted, Failure> {
        let scope = &scopes[id];
        let viper = scope.emit == crate::scope::Emit::Viper;
        let mut native = Native {
            machine: asm.machine(),
            abi,
            precise: carried.precise,
            own: Own::default(),
            asm,
            names,
            pool,
            scope,
            carried,
            viper,
            generator: scope.flags & GENERATOR != 0,
            uses_globals: uses_globals(scope, viper),
            uses_constants: makes_functions(scope),
            locals: local_names(scope),
            types: Vec::new(),
            stack: Vec::new(),
            depth: 0,
            held: Held::default(),
            max_depth: 0,
            n_state: 0,
            state: 0,
            base: 0,
            blocks: Vec::new(),
            iterations: Vec::new(),
            labels: 0,
            kept: 0,
            entry: EntryLabels::default(),
            children: 0,
            n_children: 0,
            start_offset: 0,
            prelude_offset: 0,
            loaded: None,
            failure: None,
            lines: Vec::new(),
            skipped: 0,
            is_final: false,
        };
        native.asm.code_mut().forget();
        if scope.names.iter().any(|name| name.place == Place::Cell && name.local > 255) {
            return Err(Failure { kind: ErrorKind::Syntax, text: "too many local variables".into(), line: scope.line });
        }
        // Depth of the stack, sizes, code. The last two agree, except that code for older versions holds a constant that
        // may need a longer form in the last one.
        let mut passes = 0;
        loop {
            let end = native.prelude_offset;
            native.start_pass();
            super::replay(scopes, id, &mut native);
            native.end_pass();
            if let Some(failure) = native.failure.take() {
                return Err(failure);
            }
            passes += 1;
            if passes >= 3 && (abi == Abi::V6 || end == native.prelude_offset) {
                break;
            }
        }
        let own = (abi != Abi::V6).then(|| native.own_table()).transpose()?;
        Ok(Emitted { data: native.asm.code().bytes().to_vec(), prelude_offset: native.prelude_offset, own })
    }

    fn start_pass(&mut self) {
        self.asm.begin();
        self.n_state = self.scope.n_locals + self.max_depth as u32 + self.block_slots();
        self.stack.clear();
        self.depth = 0;
        self.held = Held::default();
        self.blocks.clear();
        self.iterations.clear();
        self.children = 0;
        self.labels = self.scope.labels;
        self.kept = 0;
        self.loaded = None;
        self.own.begin();
        self.start_types();
        self.enter();
    }

    fn end_pass(&mut self) {
        self.leave();
        self.n_children = self.children;
        if !self.viper {
            self.prelude();
        }
        self.asm.finish();
        if let Some(error) = self.asm.code().error()
            && self.failure.is_none()
        {
            let kind = match error.kind {
                asm::ErrorKind::Runtime => ErrorKind::Runtime,
                asm::ErrorKind::NotImplemented => ErrorKind::NotImplemented,
            };
            self.failure = Some(Failure { kind, text: error.text.clone(), line: 0 });
        }
    }

    fn start_types(&mut self) {
        let typed = |name: &&Name| name.role != Role::Variable && self.viper;
        let unknown = if self.viper { Type::Unbound } else { Type::Object };
        let mut types = alloc::vec![unknown; self.scope.n_locals as usize];
        let stars = code::prelude::VARARGS | code::prelude::VARKEYWORDS;
        let params = self.scope.n_pos + self.scope.n_kwonly + (self.scope.flags & stars).count_ones();
        types.iter_mut().take(params as usize).for_each(|typ| *typ = Type::Object);
        for name in self.scope.names.iter().filter(typed) {
            if let Some(typ) = types.get_mut(name.local as usize) {
                *typ = name.typ;
            }
        }
        self.types = types;
    }

    /// A label that only this pass and function knows; the same in every pass.
    fn fresh(&mut self) -> asm::Label {
        self.labels += 1;
        asm::Label(self.labels - 1)
    }

    /// The labels that are kept for this step (`Lowerer::keep_labels`).
    fn kept_labels<const COUNT: usize>(&mut self) -> [asm::Label; COUNT] {
        let first = self.scope.own_labels.get(self.kept).copied();
        self.kept += 1;
        core::array::from_fn(|number| match first {
            Some(first) => asm::Label(first + number as u32),
            None => self.fresh(),
        })
    }

    /// Notes a type error. The last one counts, but the official compiler does not look at the statements
    /// that follow in the block.
    fn type_error(&mut self, text: String) {
        if !self.is_final {
            let line = self.failure.as_ref().map_or(0, |failure| failure.line);
            self.failure = Some(Failure { kind: ErrorKind::ViperType, text, line });
        }
    }

    /// What the emitter cannot do at all, which ends the official compiler at once.
    fn not_implemented(&mut self, text: &str) {
        self.fail(Failure { kind: ErrorKind::NotImplemented, text: text.into(), line: 0 });
    }

    /// Notes that the version of the file does not know something.
    fn cannot(&mut self, what: &str) {
        let line = self.lines.last().copied().unwrap_or(self.scope.first_line());
        self.fail(Failure { line, ..self.abi.cannot(what) });
    }

    /// Notes what ends the compilation at once.
    fn fail(&mut self, failure: Failure) {
        if !self.is_final {
            self.failure = Some(failure);
            self.is_final = true;
        }
    }

    /// Whether locals may live in registers.
    fn locals_in_registers(&self) -> bool {
        self.scope.n_except == 0 && !self.generator
    }
}

/// Whether the code of a scope refers to globals or makes functions, which keep the globals.
fn uses_globals(scope: &Scope, viper: bool) -> bool {
    let is_cast = |name: &Name| viper && Type::named(name.sym).is_some_and(|typ| typ.code() >= Type::Int.code());
    scope.names.iter().any(|name| name.place == Place::Global && !is_cast(name)) || makes_functions(scope)
}

fn makes_functions(scope: &Scope) -> bool {
    scope.code.iter().any(|inst| matches!(inst, crate::linear::Inst::Make { .. }))
}

fn local_names(scope: &Scope) -> Vec<Sym> {
    let mut names = alloc::vec![crate::names::sym::EMPTY; scope.n_locals as usize];
    for name in &scope.names {
        if matches!(name.place, Place::Local | Place::Cell | Place::Free)
            && let Some(place) = names.get_mut(name.local as usize)
        {
            *place = name.sym;
        }
    }
    names
}

fn label(label: Label) -> asm::Label {
    asm::Label(label.0)
}

impl Emitter for Native<'_> {
    fn plain(&mut self, op: Op) {
        match op {
            Op::LoadConstNone => self.push_constant(Type::None, 0),
            Op::LoadConstFalse => self.push_constant(Type::Bool, 0),
            Op::LoadConstTrue => self.push_constant(Type::Bool, 1),
            Op::LoadNull => self.push_null(),
            Op::LoadBuildClass => {
                self.call(helpers::LOAD_BUILD_CLASS);
                self.push(Type::Object, self.machine.ret);
            }
            Op::LoadSubscr => self.load_item(),
            Op::StoreSubscr => self.store_item(),
            Op::DupTop => self.dup(),
            Op::DupTopTwo => self.dup_two(),
            Op::PopTop => {
                self.check_loaded();
                self.drop(1);
            }
            Op::RotTwo => self.rotate_two(),
            Op::RotThree => self.rotate_three(),
            Op::EndFinally => self.end_finally(),
            Op::GetIter => self.get_iter(),
            Op::GetIterStack => self.get_iter_stack(),
            Op::StoreMap => self.store_map(),
            Op::ReturnValue => {
                if self.has_open_blocks() {
                    self.check_loaded();
                }
                self.return_value();
            }
            Op::RaiseObj => self.raise(),
            Op::RaiseLast => self.raise_again(),
            Op::RaiseFrom => {
                self.drop(2);
                self.not_implemented("native raise");
            }
            Op::YieldValue => self.yield_value(),
            Op::YieldFrom => self.yield_from(),
            Op::ImportStar => self.import_star(),
            _ => {}
        }
    }

    fn unary(&mut self, operator: u8) {
        self.unary_operator(operator);
    }

    fn binary(&mut self, operator: u8) {
        self.binary_operator(operator);
    }

    fn binary_not(&mut self, operator: u8) {
        let are_objects = self.peek_type(0) == Type::Object && self.peek_type(1) == Type::Object;
        self.binary_operator(operator);
        if are_objects {
            self.unary_operator(crate::expr::operator::NOT);
        }
    }

    fn qstr(&mut self, op: Op, qstr: u32) {
        match op {
            Op::LoadConstString => self.load_text(qstr),
            Op::LoadAttr => self.load_attr(qstr),
            Op::StoreAttr => self.store_attr(qstr),
            Op::LoadMethod => self.load_method(qstr),
            Op::LoadSuperMethod => self.load_super_method(qstr),
            Op::ImportName => self.import_name(qstr),
            Op::ImportFrom => self.import_from(qstr),
            Op::LoadGlobal => self.load_qstr(helpers::LOAD_GLOBAL, qstr),
            _ => {}
        }
    }

    fn count(&mut self, op: Op, count: u32) {
        match op {
            Op::BuildTuple => self.build(helpers::BUILD_TUPLE, count),
            Op::BuildList => self.build(helpers::BUILD_LIST, count),
            Op::BuildSet => self.build(helpers::BUILD_SET, count),
            Op::BuildMap => self.build_map(count),
            Op::BuildSlice => self.build_slice(count),
            Op::StoreComp => self.store_comp(count),
            Op::UnpackSequence => self.unpack(helpers::UNPACK_SEQUENCE, count, count),
            Op::UnpackEx => self.unpack(helpers::UNPACK_EX, count, (count & 0xff) + (count >> 8) + 1),
            Op::CallFunction => self.call_function(count),
            Op::CallFunctionVarKw => self.call_var(count, 1, 0),
            Op::CallMethod => self.call_method(count),
            Op::CallMethodVarKw => self.call_var(count, 2, 1),
            _ => {}
        }
    }

    fn int(&mut self, value: i64) {
        self.push_constant(Type::Int, value);
    }

    fn object(&mut self, object: u32) {
        self.load_object(object);
    }

    fn local(&mut self, access: Access, local: u32) {
        match access {
            Access::Load => {
                self.load_local(local);
                self.loaded = Some(self.asm.code().offset());
            }
            Access::Store => self.store_local(local),
            Access::Delete if self.precise && !self.viper => {
                self.load_local(local);
                self.check_bound();
                self.push_constant(Type::Object, 0);
                self.store_local(local);
            }
            // The official emitter has no word for what is unbound again.
            Access::Delete => {
                self.push_constant(Type::None, 0);
                self.store_local(local);
            }
        }
    }

    fn cell(&mut self, access: Access, local: u32) {
        match access {
            Access::Load => {
                self.load_cell(local);
                self.loaded = Some(self.asm.code().offset());
            }
            Access::Store => self.store_cell(local),
            Access::Delete if self.precise && !self.viper => {
                self.load_cell(local);
                self.check_bound();
                self.push_constant(Type::Object, 0);
                self.store_cell(local);
            }
            // The official emitter leaves the cell as it is.
            Access::Delete => {}
        }
    }

    fn name(&mut self, access: Access, name: Sym) {
        match access {
            Access::Load => self.load_global(helpers::LOAD_NAME, name),
            Access::Store => self.store_global(helpers::STORE_NAME, name),
            Access::Delete => self.delete_global(helpers::DELETE_NAME, name),
        }
    }

    fn global(&mut self, access: Access, name: Sym) {
        match access {
            Access::Load => self.load_global_or_cast(name),
            Access::Store => self.store_global(helpers::STORE_GLOBAL, name),
            Access::Delete => self.delete_global(helpers::DELETE_GLOBAL, name),
        }
    }

    fn delete_attr(&mut self, qstr: u32) {
        self.delete_attribute(qstr);
    }

    fn delete_item(&mut self) {
        self.delete_subscript();
    }

    fn start_handlers(&mut self) {
        self.start_except_handlers();
    }

    fn end_handlers(&mut self) {}

    fn drop_block(&mut self) {
        self.blocks.pop();
    }

    fn leave_with(&mut self, handler: Label) {
        self.with_exit(label(handler));
    }

    fn leave_async_with(&mut self, quiet: Label, handler: Label, leaving: Label) {
        self.async_with_exit(label(quiet), label(handler), label(leaving));
    }

    fn jump(&mut self, op: Op, target: Label) {
        let target = label(target);
        match op {
            Op::Jump => self.jump_to(target),
            Op::PopJumpIfTrue => self.jump_if(true, target, true),
            Op::PopJumpIfFalse => self.jump_if(false, target, true),
            Op::JumpIfTrueOrPop => self.jump_if(true, target, false),
            Op::JumpIfFalseOrPop => self.jump_if(false, target, false),
            Op::SetupExcept => self.setup_block(target, false),
            Op::SetupFinally => self.setup_block(target, true),
            Op::SetupWith => self.setup_with(target),
            Op::ForIter => self.for_iter(target),
            Op::PopExceptJump => self.pop_except_jump(target),
            _ => {}
        }
    }

    fn unwind(&mut self, target: Label, depth: u8, _drop_iter: bool) {
        self.unwind_jump(label(target), usize::from(depth));
    }

    fn label(&mut self, target: Label) {
        self.place(label(target));
    }

    fn make(&mut self, child: u32, defaults: bool, cells: u32) {
        self.make_function(child, defaults, cells);
    }

    fn adjust(&mut self, by: i32) {
        self.adjust_depth(by);
    }

    fn line(&mut self, _line: u32) {}

    fn at(&mut self, _span: Span) {}

    fn skips(&self) -> bool {
        self.skipped > 0
    }

    fn statement(&mut self, line: u32, first: bool) {
        self.lines.push(line);
        if self.skipped > 0 || !first && self.failure.is_some() {
            self.skipped += 1;
        }
    }

    fn end_statement(&mut self) {
        let line = self.lines.pop().unwrap_or(0);
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if let Some(failure) = &mut self.failure
            && failure.line == 0
            && !self.is_final
        {
            failure.line = line;
        }
    }
}
