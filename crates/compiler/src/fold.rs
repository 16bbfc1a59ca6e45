//! Constant folding: what the official parser computes while it builds its tree (bytecode.md §11).
//!
//! One walk in source order, because `NAME = const(…)` replaces later uses of NAME wherever they stand.
//! The tree itself stays as it is; the result says for each expression which constant it is, if any.

use crate::arith::{self, Number};
use crate::constants::{ConstId, Constants, Value};
use crate::dialect::Dialect;
use crate::error::CompileError;
use crate::lines::Lines;
use crate::tokens;
use crate::{Options, constants};
use alloc::{boxed::Box, vec::Vec};
use dashu_int::IBig;
use hashbrown::HashMap;
use syntax::tree::*;

/// Bits of a small int in the official compiler itself.
const HOST_SMALL_INT_BITS: u32 = 63;

/// A constant expression.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Its value.
    pub id: ConstId,
    /// Whether an instruction of its own loads it, so that it needs no object and records no line.
    pub leaf: bool,
    /// The line it records, 0 for none.
    pub line: u32,
}

/// What folding found out.
pub struct Folds {
    /// By expression.
    constants: Vec<Option<Constant>>,
    /// The operands that remain of an `and` or `or`.
    logical: HashMap<ExprId, Box<[ExprId]>>,
    /// `NAME = const(…)`: what is assigned; `None` if nothing is, the name being private.
    pub declared: HashMap<StmtId, Option<ExprId>>,
    /// All constants.
    pub pool: Constants,
}

impl Folds {
    /// The expression that stands for this one: all but one operand of an `and` or `or` may be gone.
    pub fn resolve(&self, mut expr: ExprId) -> ExprId {
        while let Some([only]) = self.logical.get(&expr).map(|rest| &rest[..]) {
            expr = *only;
        }
        expr
    }

    /// The constant that an expression is.
    pub fn constant(&self, expr: ExprId) -> Option<Constant> {
        self.constants[expr.0 as usize]
    }

    /// The operands of an `and` or `or` that remain.
    pub fn operands<'a>(&'a self, expr: ExprId, all: &'a [ExprId]) -> &'a [ExprId] {
        self.logical.get(&expr).map_or(all, |rest| rest)
    }
}

/// Folds a whole source.
pub fn fold(tree: &Tree, source: &[u8], options: &Options<'_>) -> Result<Folds, CompileError> {
    let full = options.dialect == Dialect::Full;
    let name_of = |text: &str| tree.names.iter().position(|name| &**name == text).map(|at| NameId(at as u32));
    let mut folder = Folder {
        tree,
        lines: if full { Lines::real(tree) } else { Lines::official(tree, source) },
        source,
        // The official compiler shifts by one less, and the processor counts shifts in six bits.
        small: (u32::from(options.small_int_bits.wrapping_sub(1) & 0x3f) + 1).min(HOST_SMALL_INT_BITS),
        full,
        max_bits: if full { 1 << 12 } else { 6_000_000 },
        is_interned: options.is_interned,
        source_name: options.source_name,
        debug_value: options.opt_level == 0,
        const_name: name_of("const"),
        math_name: name_of("math"),
        in_const: false,
        debug_name: name_of("__debug__"),
        nan: None,
        declared_names: HashMap::new(),
        folds: Folds {
            constants: alloc::vec![None; tree.exprs.len()],
            logical: HashMap::new(),
            declared: HashMap::new(),
            pool: constants::Constants::default(),
        },
    };
    if full && !folder.const_is_official() {
        folder.const_name = None;
    }
    folder.block(tree.body)?;
    Ok(folder.folds)
}

struct Folder<'a> {
    tree: &'a Tree,
    lines: Lines<'a>,
    source: &'a [u8],
    /// Bits of a small int.
    small: u32,
    full: bool,
    max_bits: usize,
    is_interned: fn(&[u8]) -> bool,
    source_name: &'a [u8],
    debug_value: bool,
    const_name: Option<NameId>,
    math_name: Option<NameId>,
    debug_name: Option<NameId>,
    /// Whether the argument of a `const()` is being folded.
    in_const: bool,
    nan: Option<ConstId>,
    /// `NAME = const(…)` so far.
    declared_names: HashMap<NameId, Constant>,
    folds: Folds,
}

type Done = Result<(), CompileError>;

impl<'a> Folder<'a> {
    /// Whether `const` can only mean that of the `micropython` module.
    fn const_is_official(&self) -> bool {
        let tree = self.tree;
        let is_const = |ident: &Ident| &*tree.names[ident.name.0 as usize] == "const";
        let bound = |expr: &Expr| matches!(expr.kind, ExprKind::Name(name) if Some(name) == self.const_name);
        tree.stmts.iter().all(|stmt| match stmt.kind {
            StmtKind::ImportFrom { module, names, .. } => {
                let official = matches!(tree.list(module), [one] if tree.name(one.name) == "micropython");
                official
                    || !names.is_empty()
                        && tree.list(names).iter().all(|alias| match alias.asname {
                            Some(ident) => !is_const(&ident),
                            None => !tree.list(alias.path).iter().any(is_const),
                        })
            }
            StmtKind::FuncDef(def) => !is_const(&def.name),
            StmtKind::ClassDef(def) => !is_const(&def.name),
            StmtKind::Assign { targets, .. } => tree.list(targets).iter().all(|&target| !bound(&tree[target])),
            _ => true,
        }) && !tree.params.iter().any(|param| is_const(&param.name))
    }

    fn is_small(&self, int: &IBig) -> bool {
        i64::try_from(int).is_ok_and(|value| {
            let limit = 1i64 << (self.small - 1);
            (-limit..limit).contains(&value)
        })
    }

    fn set(&mut self, expr: ExprId, value: Value, leaf: bool, line: u32) {
        let id = self.folds.pool.add(value);
        self.folds.constants[expr.0 as usize] = Some(Constant { id, leaf, line });
    }

    /// A number: small integers need no object.
    fn set_number(&mut self, expr: ExprId, number: Number, line: u32) {
        let leaf = matches!(&number, Number::Int(int) if self.is_small(int));
        self.set(expr, number.into_value(), leaf, line);
    }

    fn line_of(&self, expr: ExprId) -> u32 {
        self.lines.of(self.tree[expr].span.start)
    }

    fn number(&self, expr: ExprId) -> Option<Number> {
        Number::of(self.folds.pool.value(self.folds.constant(expr)?.id))
    }

    fn truth(&self, expr: ExprId) -> Option<bool> {
        self.value_of(expr).map(|constant| self.folds.pool.truth(constant.id))
    }

    /// The constant of an expression.
    fn value_of(&self, expr: ExprId) -> Option<Constant> {
        self.folds.constant(expr)
    }

    fn block(&mut self, block: Block) -> Done {
        for &stmt in self.tree.list(block) {
            self.stmt(stmt)?;
        }
        Ok(())
    }

    fn optional(&mut self, expr: Option<ExprId>) -> Done {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    fn all(&mut self, list: List<ExprId>) -> Done {
        self.tree.list(list).iter().try_for_each(|&expr| self.expr(expr))
    }

    fn stmt(&mut self, id: StmtId) -> Done {
        let tree = self.tree;
        match tree[id].kind {
            StmtKind::Expr(expr) => self.expr(expr)?,
            StmtKind::Assign { targets, value } => {
                self.all(targets)?;
                self.expr(value)?;
                if let [target] = *tree.list(targets) {
                    self.declare(id, target, value)?;
                }
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.expr(target)?;
                self.expr(annotation)?;
                if let Some(value) = value {
                    self.expr(value)?;
                    self.declare(id, target, value)?;
                }
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)?;
            }
            StmtKind::Del(targets) => self.all(targets)?,
            StmtKind::Return(value) => self.optional(value)?,
            StmtKind::Raise { exc, cause } => {
                self.optional(exc)?;
                self.optional(cause)?;
            }
            StmtKind::Assert { test, message } => {
                self.expr(test)?;
                self.optional(message)?;
            }
            StmtKind::If { branches, orelse } => {
                for branch in tree.list(branches) {
                    self.expr(branch.test)?;
                    self.block(branch.body)?;
                }
                self.optional_block(orelse)?;
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.block(body)?;
                self.optional_block(orelse)?;
            }
            StmtKind::For { target, iter, body, orelse, .. } => {
                self.expr(target)?;
                self.expr(iter)?;
                self.block(body)?;
                self.optional_block(orelse)?;
            }
            StmtKind::Try { body, handlers, orelse, finally, .. } => {
                self.block(body)?;
                for handler in tree.list(handlers) {
                    self.optional(handler.typ)?;
                    self.block(handler.body)?;
                }
                self.optional_block(orelse)?;
                self.optional_block(finally)?;
            }
            StmtKind::With { items, body, .. } => {
                for item in tree.list(items) {
                    self.expr(item.context)?;
                    self.optional(item.target)?;
                }
                self.block(body)?;
            }
            StmtKind::FuncDef(def) => {
                self.all(def.decorators)?;
                self.type_params(def.type_params)?;
                self.params(def.params)?;
                self.optional(def.returns)?;
                self.block(def.body)?;
            }
            StmtKind::ClassDef(def) => {
                self.all(def.decorators)?;
                self.type_params(def.type_params)?;
                self.args(def.args)?;
                self.block(def.body)?;
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for case in tree.list(cases) {
                    self.pattern(case.pattern)?;
                    self.optional(case.guard)?;
                    self.block(case.body)?;
                }
            }
            StmtKind::TypeAlias { type_params, value, .. } => {
                self.type_params(type_params)?;
                self.expr(value)?;
            }
            StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Import(_)
            | StmtKind::ImportFrom { .. } => {}
        }
        Ok(())
    }

    fn optional_block(&mut self, block: Option<Block>) -> Done {
        block.map_or(Ok(()), |block| self.block(block))
    }

    fn params(&mut self, params: List<Param>) -> Done {
        for param in self.tree.list(params) {
            self.optional(param.annotation)?;
            self.optional(param.default)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: List<TypeParam>) -> Done {
        for param in self.tree.list(params) {
            self.optional(param.bound)?;
            self.optional(param.default)?;
        }
        Ok(())
    }

    fn args(&mut self, args: List<Arg>) -> Done {
        for arg in self.tree.list(args) {
            match arg.kind {
                ArgKind::Positional(expr)
                | ArgKind::Star(expr)
                | ArgKind::Keyword(_, expr)
                | ArgKind::DoubleStar(expr) => self.expr(expr)?,
            }
        }
        Ok(())
    }

    /// Keys, literals and class names of a pattern.
    fn pattern(&mut self, id: PatternId) -> Done {
        let tree = self.tree;
        match tree[id].kind {
            PatternKind::Value(expr) | PatternKind::Singleton(expr) => self.expr(expr)?,
            PatternKind::Sequence(items) | PatternKind::Or(items) => {
                tree.list(items).iter().try_for_each(|&item| self.pattern(item))?;
            }
            PatternKind::Mapping { items, .. } => {
                for item in tree.list(items) {
                    self.expr(item.key)?;
                    self.pattern(item.pattern)?;
                }
            }
            PatternKind::Class { class, positional, keywords } => {
                self.expr(class)?;
                tree.list(positional).iter().try_for_each(|&item| self.pattern(item))?;
                for item in tree.list(keywords) {
                    self.pattern(item.pattern)?;
                }
            }
            PatternKind::Star(_) => {}
            PatternKind::As { pattern, .. } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
            }
        }
        Ok(())
    }

    fn clauses(&mut self, clauses: List<Clause>) -> Done {
        for clause in self.tree.list(clauses) {
            match *clause {
                Clause::For { target, iter, .. } => {
                    self.expr(target)?;
                    self.expr(iter)?;
                }
                Clause::If { test, .. } => self.expr(test)?,
            }
        }
        Ok(())
    }

    fn pieces(&mut self, pieces: List<Piece>) -> Done {
        for piece in self.tree.list(pieces) {
            if let Piece::Field { value, spec, .. } = *piece {
                self.expr(value)?;
                if let Some(spec) = spec {
                    self.pieces(spec)?;
                }
            }
        }
        Ok(())
    }

    /// `NAME = const(VALUE)`
    fn declare(&mut self, stmt: StmtId, target: ExprId, value: ExprId) -> Done {
        let tree = self.tree;
        let ExprKind::Name(name) = tree[target].kind else { return Ok(()) };
        if self.folds.constant(target).is_some() || self.folds.constant(value).is_some() {
            return Ok(());
        }
        let ExprKind::Trailers { base, trailers } = tree[value].kind else { return Ok(()) };
        let ExprKind::Name(callee) = tree[base].kind else { return Ok(()) };
        if Some(callee) != self.const_name || self.folds.constant(base).is_some() {
            return Ok(());
        }
        let [Trailer { kind: TrailerKind::Call(args), .. }] = *tree.list(trailers) else { return Ok(()) };
        let argument = match tree.list(args) {
            [Arg { kind: ArgKind::Positional(argument), .. }] => Some(*argument),
            _ => None,
        };
        let Some((argument, constant)) = argument.and_then(|expr| Some((expr, self.folds.constant(expr)?))) else {
            return Err(CompileError::syntax(tree, tree[value].span, "not a constant"));
        };
        if self.full && self.declared_names.contains_key(&name) {
            return Ok(());
        }
        self.declared_names.insert(name, constant);
        let private = tree.name(name).starts_with('_');
        self.folds.declared.insert(stmt, (!private).then_some(argument));
        Ok(())
    }

    fn expr(&mut self, id: ExprId) -> Done {
        let tree = self.tree;
        match tree[id].kind {
            ExprKind::None => self.set(id, Value::None, true, 0),
            ExprKind::True => self.set(id, Value::True, true, 0),
            ExprKind::False => self.set(id, Value::False, true, 0),
            ExprKind::Ellipsis => self.set(id, Value::Ellipsis, true, 0),
            ExprKind::Name(name) => {
                if let Some(&Constant { id: value, leaf, .. }) = self.declared_names.get(&name) {
                    let leaf = leaf && matches!(self.folds.pool.value(value), Value::Int(_));
                    let line = self.line_of(id);
                    self.folds.constants[id.0 as usize] = Some(Constant { id: value, leaf, line });
                } else if Some(name) == self.debug_name {
                    let value = if self.debug_value { Value::True } else { Value::False };
                    self.set(id, value, true, 0);
                }
            }
            ExprKind::Int(value) => self.set_number(id, Number::Int(value.into()), self.line_of(id)),
            ExprKind::BigInt(text) => {
                if let Some(int) = parse_big(tree.text(text)) {
                    self.set_number(id, Number::Int(int), self.line_of(id));
                }
            }
            ExprKind::Float(text) => {
                let value = self.float(tree.text(text));
                self.set_number(id, Number::Float(value), self.line_of(id));
            }
            ExprKind::Imaginary(text) => {
                let value = self.float(tree.text(text));
                self.set(id, Value::Imaginary(value), false, self.line_of(id));
            }
            ExprKind::Str { text, seen_as_name } => {
                let text = tree.text(text);
                let leaf = text.len() <= 10 || seen_as_name || text == self.source_name || (self.is_interned)(text);
                self.set(id, Value::Str(text.into()), leaf, self.line_of(id));
            }
            ExprKind::Bytes(text) => {
                self.set(id, Value::Bytes(tree.text(text).into()), false, self.line_of(id));
            }
            ExprKind::FString(pieces) | ExprKind::TString(pieces) => self.pieces(pieces)?,
            ExprKind::Tuple(items) => {
                self.all(items)?;
                self.fold_tuple(id, items);
            }
            ExprKind::List(items) | ExprKind::Set(items) => self.all(items)?,
            ExprKind::Dict(items) => {
                for item in tree.list(items) {
                    self.optional(item.key)?;
                    self.expr(item.value)?;
                }
            }
            ExprKind::ListComp { elt, clauses }
            | ExprKind::SetComp { elt, clauses }
            | ExprKind::Generator { elt, clauses } => {
                self.expr(elt)?;
                self.clauses(clauses)?;
            }
            ExprKind::DictComp { key, value, clauses } => {
                self.expr(key)?;
                self.expr(value)?;
                self.clauses(clauses)?;
            }
            ExprKind::Chain { first, rest } => {
                self.expr(first)?;
                for item in tree.list(rest) {
                    self.expr(item.right)?;
                }
                self.fold_chain(id, first, rest);
            }
            ExprKind::Power { base, exponent } => {
                self.expr(base)?;
                self.expr(exponent)?;
                if let (Some(a), Some(b)) = (self.number(base), self.number(exponent))
                    && (!self.full || self.in_const || arith::is_portable(BinOp::Pow, &a, &b))
                    && let Some(value) = arith::binary(BinOp::Pow, &a, &b, self.max_bits)
                {
                    self.set_number(id, value, 0);
                }
            }
            ExprKind::Unary { op: UnaryOp::Not, operand } => {
                self.expr(operand)?;
                if let Some(truth) = self.truth(operand) {
                    self.set(id, if truth { Value::False } else { Value::True }, true, 0);
                }
            }
            ExprKind::Unary { op, operand } => {
                self.expr(operand)?;
                if let Some(value) = self.number(operand).and_then(|number| arith::unary(op, number)) {
                    self.set_number(id, value, 0);
                    // In the official compiler an integer that was an object stays one under a unary operator.
                    let was_object = self.value_of(operand).is_some_and(|operand| !operand.leaf);
                    if was_object
                        && self.small >= HOST_SMALL_INT_BITS
                        && let Some(constant) = &mut self.folds.constants[id.0 as usize]
                    {
                        constant.leaf = false;
                    }
                }
            }
            ExprKind::And(operands) => {
                self.all(operands)?;
                self.fold_logical(id, operands, false);
            }
            ExprKind::Or(operands) => {
                self.all(operands)?;
                self.fold_logical(id, operands, true);
            }
            ExprKind::Compare { first, rest } => {
                self.expr(first)?;
                for item in tree.list(rest) {
                    self.expr(item.right)?;
                }
            }
            ExprKind::IfElse { body, test, orelse } => {
                self.expr(body)?;
                self.expr(test)?;
                self.expr(orelse)?;
            }
            ExprKind::Lambda { params, body } => {
                self.params(params)?;
                self.expr(body)?;
            }
            ExprKind::Named { target, value } => {
                let _ = target;
                self.expr(value)?;
            }
            ExprKind::Trailers { base, trailers } => {
                self.expr(base)?;
                let outer = self.in_const;
                self.in_const |= matches!(tree[base].kind, ExprKind::Name(name) if Some(name) == self.const_name);
                for trailer in tree.list(trailers) {
                    match trailer.kind {
                        TrailerKind::Call(args) => self.args(args)?,
                        TrailerKind::Subscript(index) => self.expr(index)?,
                        TrailerKind::Attr(_) => {}
                    }
                }
                self.in_const = outer;
                self.fold_module_constant(id, base, trailers);
            }
            ExprKind::Await(value) | ExprKind::YieldFrom(value) | ExprKind::Star(value) => {
                self.expr(value)?;
            }
            ExprKind::Yield(value) => self.optional(value)?,
            ExprKind::Slice { lower, upper, step, .. } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)?;
            }
        }
        Ok(())
    }

    /// The value of a float literal: official literals are read by the official reader, which does not
    /// always round correctly.
    fn float(&self, text: &[u8]) -> f64 {
        let text = core::str::from_utf8(text).unwrap_or("0");
        let value = if self.full { text.parse().ok() } else { code::float_text::parse(text) };
        value.unwrap_or(f64::NAN)
    }

    fn fold_tuple(&mut self, id: ExprId, items: List<ExprId>) {
        let items = self.tree.list(items);
        let constants: Option<Vec<ConstId>> =
            items.iter().map(|&item| self.folds.constant(item).map(|constant| constant.id)).collect();
        let Some(constants) = constants else { return };
        let node = &self.tree[id];
        // The official tree has a node for the items after the first of a parenthesised tuple.
        let line = match *items {
            // An empty tuple is a constant for tests and other tuples, but is built each time.
            [] => 0,
            [first, ..] if node.paren => {
                let first_start = tokens::next_token(self.source, node.span.start + 1);
                let after = tokens::after_comma(self.source, self.tree[first].span.end);
                let second = after.map(|at| tokens::next_token(self.source, at));
                let trailing = items.last().is_some_and(|&last| {
                    let after = tokens::after_comma(self.source, self.tree[last].span.end);
                    after.is_some_and(|after| after < node.span.end)
                });
                match second {
                    Some(second) if items.len() > 2 || items.len() == 2 && trailing => self.lines.of(second),
                    _ => self.lines.of(first_start),
                }
            }
            _ => self.lines.of(node.span.start),
        };
        self.set(id, Value::Tuple(constants.into()), false, line);
    }

    fn fold_chain(&mut self, id: ExprId, first: ExprId, rest: List<OpItem>) {
        let Some(mut value) = self.number(first) else { return };
        for item in self.tree.list(rest) {
            let Some(right) = self.number(item.right) else { return };
            if self.full && !self.in_const && !arith::is_portable(item.op, &value, &right) {
                return;
            }
            let Some(next) = arith::binary(item.op, &value, &right, self.max_bits) else { return };
            value = next;
        }
        self.set_number(id, value, 0);
    }

    /// Drops operands that cannot decide, and all after one that surely does.
    fn fold_logical(&mut self, id: ExprId, operands: List<ExprId>, decides: bool) {
        let all = self.tree.list(operands);
        let mut rest = Vec::new();
        for (at, &operand) in all.iter().enumerate() {
            let truth = self.truth(operand);
            if truth != Some(!decides) || at + 1 == all.len() {
                rest.push(operand);
            }
            if truth == Some(decides) {
                // What is never evaluated may still bind names or make the function a generator.
                if self.full && all[at + 1..].iter().any(|&unused| self.truth(unused).is_none()) {
                    return;
                }
                break;
            }
        }
        if rest.len() == all.len() {
            return;
        }
        if let [only] = rest[..] {
            self.folds.constants[id.0 as usize] = self.folds.constants[only.0 as usize];
        }
        self.folds.logical.insert(id, rest.into());
    }

    /// `math.pi` and its like; in the full dialect only in a `const()`, which needs a value now.
    fn fold_module_constant(&mut self, id: ExprId, base: ExprId, trailers: List<Trailer>) {
        let tree = self.tree;
        if self.full && !self.in_const {
            return;
        }
        let ExprKind::Name(module) = tree[base].kind else { return };
        if Some(module) != self.math_name || self.folds.constant(base).is_some() {
            return;
        }
        let [Trailer { kind: TrailerKind::Attr(attr), .. }] = *tree.list(trailers) else { return };
        let value = match tree.name(attr.name) {
            "pi" => core::f64::consts::PI,
            "e" => core::f64::consts::E,
            "tau" => core::f64::consts::TAU,
            "inf" => f64::INFINITY,
            "nan" => f64::NAN,
            _ => return,
        };
        if value.is_nan() {
            let nan = self.nan.unwrap_or_else(|| self.folds.pool.add(Value::Float(value)));
            self.nan = Some(nan);
            self.folds.constants[id.0 as usize] = Some(Constant { id: nan, leaf: false, line: 0 });
        } else {
            self.set_number(id, Number::Float(value), 0);
        }
    }
}

/// An integer literal with its prefix.
fn parse_big(text: &[u8]) -> Option<IBig> {
    let text = core::str::from_utf8(text).ok()?;
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text, 10),
    };
    IBig::from_str_radix(digits, radix).ok()
}
