//! Expressions: code that leaves one value on the stack.

pub mod call;
pub mod comprehension;
pub mod condition;
pub mod display;
pub mod format;

use crate::constants::Value;
use crate::linear::Inst;
use crate::lower::{Done, Lowerer};
use crate::names::sym;
use crate::scope::{Body, Place, ScopeKind};
use code::opcode::Op;
use syntax::tree::*;

/// Numbers of operators in bytecode.
pub mod operator {
    use syntax::tree::{BinOp, CmpOp, UnaryOp};

    /// `exception match`
    pub const MATCH: u8 = 8;
    /// `<`
    pub const LESS: u8 = 0;
    /// `>`
    pub const MORE: u8 = 1;
    /// `==`
    pub const EQUAL: u8 = 2;
    /// `>=`
    pub const MORE_EQUAL: u8 = 4;
    /// `in`
    pub const IN: u8 = 6;
    /// `is`
    pub const IS: u8 = 7;
    /// `not`
    pub const NOT: u8 = 3;

    /// A binary operator.
    pub fn binary(op: BinOp) -> u8 {
        22 + match op {
            BinOp::Or => 0,
            BinOp::Xor => 1,
            BinOp::And => 2,
            BinOp::Lshift => 3,
            BinOp::Rshift => 4,
            BinOp::Add => 5,
            BinOp::Sub => 6,
            BinOp::Mul => 7,
            BinOp::MatMul => 8,
            BinOp::FloorDiv => 9,
            BinOp::Div => 10,
            BinOp::Mod => 11,
            BinOp::Pow => 12,
        }
    }

    /// Its in-place form.
    pub fn in_place(op: BinOp) -> u8 {
        binary(op) - 13
    }

    /// A comparison, and whether its result is negated.
    pub fn compare(op: CmpOp) -> (u8, bool) {
        match op {
            CmpOp::Lt => (0, false),
            CmpOp::Gt => (1, false),
            CmpOp::Eq => (2, false),
            CmpOp::Le => (3, false),
            CmpOp::Ge => (4, false),
            CmpOp::Ne => (5, false),
            CmpOp::In => (6, false),
            CmpOp::NotIn => (6, true),
            CmpOp::Is => (7, false),
            CmpOp::IsNot => (7, true),
        }
    }

    /// A unary operator.
    pub fn unary(op: UnaryOp) -> u8 {
        match op {
            UnaryOp::Plus => 0,
            UnaryOp::Minus => 1,
            UnaryOp::Invert => 2,
            UnaryOp::Not => NOT,
        }
    }
}

impl Lowerer<'_> {
    /// Appends a unary operator.
    pub fn unary(&mut self, operator: u8) {
        self.push(crate::linear::Inst::Unary(operator));
    }

    /// Appends a binary operator.
    pub fn binary(&mut self, operator: u8) {
        self.push(crate::linear::Inst::Binary(operator));
    }

    /// Whether an expression is the empty tuple, which counts as a constant but is built each time.
    pub fn is_empty_tuple(&self, id: ExprId) -> bool {
        matches!(self.tree[id].kind, ExprKind::Tuple(items) if items.is_empty())
    }

    /// Whether an expression is a small integer that needs no object.
    pub fn is_small_int(&self, id: ExprId) -> bool {
        self.small_int(id).is_some()
    }

    /// The small integer that an expression is.
    pub fn small_int(&self, id: ExprId) -> Option<i64> {
        let constant = self.folds.constant(self.folds.resolve(id)).filter(|constant| constant.leaf)?;
        match self.folds.pool.value(constant.id) {
            Value::Int(int) => i64::try_from(int).ok(),
            _ => None,
        }
    }

    /// Whether an expression is an identifier (and not a `const()` name).
    pub fn is_name(&self, id: ExprId) -> Option<NameId> {
        match self.tree[id].kind {
            ExprKind::Name(name) if self.folds.constant(id).is_none() => Some(name),
            _ => None,
        }
    }

    /// Lowers expressions in order.
    pub fn exprs(&mut self, list: List<ExprId>) -> Done {
        let tree = self.tree;
        tree.list(list).iter().try_for_each(|&expr| self.expr(expr))
    }

    /// Lowers an expression.
    pub fn expr(&mut self, id: ExprId) -> Done {
        let tree = self.tree;
        let id = self.folds.resolve(id);
        if let Some(constant) = self.folds.constant(id)
            && !self.is_empty_tuple(id)
        {
            self.at(tree[id].span);
            self.load_constant(constant, tree[id].span.start);
            return Ok(());
        }
        let span = tree[id].span;
        let kind = tree[id].kind;
        if !matches!(kind, ExprKind::Name(_)) {
            self.line_at(span.start);
        }
        match kind {
            ExprKind::Name(name) => {
                let sym = self.sym(name);
                self.at(span);
                if !self.load_from_class(sym) {
                    self.load(sym);
                }
            }
            // Constants were handled above.
            ExprKind::None
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::Imaginary(_)
            | ExprKind::Str { .. }
            | ExprKind::Bytes(_) => return self.error(span, "invalid syntax", "invalid literal"),
            ExprKind::FString(pieces) => self.fstring(pieces, span)?,
            ExprKind::TString(pieces) => self.tstring(pieces, span)?,
            ExprKind::Tuple(items) => self.tuple(items, span)?,
            ExprKind::List(items) => self.list_display(items, span)?,
            ExprKind::Set(items) => self.set_display(items, span)?,
            ExprKind::Dict(items) => self.dict_display(items, span)?,
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::Generator { .. } => self.comprehension(id)?,
            ExprKind::Chain { first, rest } => {
                self.expr(first)?;
                for item in tree.list(rest) {
                    self.expr(item.right)?;
                    self.at(Span { start: span.start, end: tree[item.right].span.end });
                    self.binary(operator::binary(item.op));
                }
            }
            ExprKind::Power { base, exponent } => {
                self.expr(base)?;
                self.expr(exponent)?;
                self.at(span);
                self.binary(operator::binary(BinOp::Pow));
            }
            ExprKind::Unary { op, operand } => {
                self.expr(operand)?;
                self.at(span);
                self.unary(operator::unary(op));
            }
            ExprKind::And(operands) => self.logical(id, operands, Op::JumpIfFalseOrPop)?,
            ExprKind::Or(operands) => self.logical(id, operands, Op::JumpIfTrueOrPop)?,
            ExprKind::Compare { first, rest } => self.compare(first, rest, span)?,
            ExprKind::IfElse { body, test, orelse } => {
                let fail = self.new_label();
                let end = self.new_label();
                self.condition(test, false, fail)?;
                self.expr(body)?;
                self.jump(Op::Jump, end);
                self.place(fail);
                self.adjust(-1);
                self.expr(orelse)?;
                self.place(end);
            }
            ExprKind::Lambda { params, body } => {
                let start = span.start;
                let child = self.new_scope(Body::Lambda { params, body, start }, ScopeKind::Lambda, sym::LAMBDA, start);
                self.function_defaults(child, params)?;
            }
            ExprKind::Named { target, value } => self.named(target, value)?,
            ExprKind::Trailers { base, trailers } => self.trailers(base, trailers, span)?,
            ExprKind::Await(value) => self.await_expr(value, span)?,
            ExprKind::Yield(value) => {
                self.check_yield(span)?;
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.plain(Op::LoadConstNone),
                }
                self.at(span);
                self.yield_value();
            }
            ExprKind::YieldFrom(value) => {
                self.check_yield(span)?;
                self.expr(value)?;
                self.at(span);
                self.yield_from();
            }
            ExprKind::Star(_) => {
                return self.error(span, "*x must be assignment target", "can't use starred expression here");
            }
            ExprKind::Slice { lower, upper, step, .. } => {
                self.slice_part(lower)?;
                self.slice_part(upper)?;
                match step {
                    Some(step) => {
                        self.expr(step)?;
                        self.count(Op::BuildSlice, 3);
                    }
                    None => self.count(Op::BuildSlice, 2),
                }
            }
        }
        Ok(())
    }

    fn slice_part(&mut self, part: Option<ExprId>) -> Done {
        match part {
            Some(part) => self.expr(part),
            None => {
                self.plain(Op::LoadConstNone);
                Ok(())
            }
        }
    }

    fn check_yield(&mut self, span: Span) -> Done {
        match self.kind() {
            ScopeKind::Function | ScopeKind::Lambda => Ok(()),
            _ => self.error(span, "'yield' outside function", "'yield' outside function"),
        }
    }

    /// Yields the top of the stack; in an asynchronous generator it is wrapped first, so that the
    /// machine can tell it from what awaits hand through.
    pub fn yield_value(&mut self) {
        if self.full && self.scopes[self.id].is_async {
            self.call_helper_on_top(crate::helpers::ASYNC_YIELD);
        }
        self.plain(Op::YieldValue);
        self.keep_labels(1);
        self.is_generator();
    }

    /// Delegates to the iterable on top.
    pub fn yield_from(&mut self) {
        self.plain(Op::GetIter);
        self.plain(Op::LoadConstNone);
        self.plain(Op::YieldFrom);
        self.keep_labels(3);
        self.is_generator();
    }

    /// Awaits what is on top.
    pub fn await_top(&mut self) {
        if self.full { self.await_through(crate::helpers::GET_AWAITABLE) } else { self.yield_from() }
    }

    /// Delegates to the iterator that a helper gives for what is on top.
    pub fn await_through(&mut self, helper: crate::helpers::Helper) {
        self.call_helper_on_top(helper);
        self.plain(Op::LoadConstNone);
        self.plain(Op::YieldFrom);
        self.keep_labels(3);
        self.is_generator();
    }

    /// The asynchronous iterator of what is on top.
    pub fn async_iter(&mut self) {
        if self.full {
            self.call_helper_on_top(crate::helpers::ASYNC_ITER);
        } else {
            self.qstr(Op::LoadMethod, sym::AITER);
            self.call_method(0);
        }
    }

    fn await_expr(&mut self, value: ExprId, span: Span) -> Done {
        let inside = match self.kind() {
            ScopeKind::Function | ScopeKind::Lambda => true,
            ScopeKind::Comprehension => self.full,
            _ => false,
        };
        if !inside {
            return self.error(span, "'await' outside function", "'await' outside function");
        }
        // `await` and the trailers behind it are one node, which has recorded its line.
        match self.tree[value].kind {
            ExprKind::Trailers { base, trailers } if self.folds.constant(value).is_none() => {
                let inner = self.tree[value].span;
                self.trailers(base, trailers, inner)?;
            }
            _ => self.expr(value)?,
        }
        self.at(span);
        self.await_top();
        Ok(())
    }

    /// `target := value`
    pub fn named(&mut self, target: Ident, value: ExprId) -> Done {
        self.expr(value)?;
        self.plain(Op::DupTop);
        let sym = self.sym(target.name);
        if self.kind() == ScopeKind::Comprehension {
            self.bind_outside(target, sym)?;
        }
        self.store(sym);
        Ok(())
    }

    /// A `:=` in a comprehension binds in the scope around it.
    fn bind_outside(&mut self, target: Ident, sym: crate::names::Sym) -> Done {
        let Some(mut parent) = self.scopes[self.id].parent else { return Ok(()) };
        if self.full {
            // Through comprehensions in comprehensions.
            while self.scopes[parent].kind == ScopeKind::Comprehension {
                match self.scopes[parent].parent {
                    Some(up) => parent = up,
                    None => break,
                }
            }
        }
        let place = self.scopes.bind(parent, sym);
        let id = self.id;
        if place == Place::Global {
            self.scopes.find_or_add(id, sym, Place::Global).place = Place::Global;
            return Ok(());
        }
        if self.scopes[parent].parent.is_none() {
            let name = self.scopes.find_or_add(id, sym, Place::Undecided);
            match name.place {
                Place::Undecided | Place::Global => name.place = Place::Global,
                Place::Implicit if self.full => name.place = Place::Global,
                _ => {
                    return self.error(
                        target.span,
                        "identifier redefined as global",
                        "assignment expression cannot rebind comprehension iteration variable",
                    );
                }
            }
            if !self.full
                && let Some(outer) = self.scopes.find(parent, sym)
            {
                let sym = outer.sym;
                self.scopes.find_or_add(parent, sym, Place::Global).place = Place::Global;
            }
            return Ok(());
        }
        let name = self.scopes.find_or_add(id, sym, Place::Undecided);
        if name.place == Place::Implicit {
            name.place = Place::Undecided;
        }
        match name.place {
            Place::Undecided => {
                name.place = Place::Implicit;
                if !self.scopes.close_name(id, sym) {
                    return self.error(
                        target.span,
                        "no binding for nonlocal found",
                        "assignment expression within a comprehension cannot be used in a class body",
                    );
                }
                Ok(())
            }
            Place::Free => Ok(()),
            _ => self.error(
                target.span,
                "identifier redefined as nonlocal",
                "assignment expression cannot rebind comprehension iteration variable",
            ),
        }
    }

    fn compare(&mut self, first: ExprId, rest: List<CmpItem>, span: Span) -> Done {
        let items = self.tree.list(rest);
        self.expr(first)?;
        let fail = (items.len() > 1).then(|| self.new_label());
        for (at, item) in items.iter().enumerate() {
            let is_last = at + 1 == items.len();
            self.expr(item.right)?;
            self.at(span);
            if !is_last {
                self.plains(&[Op::DupTop, Op::RotThree]);
            }
            let (operator, negated) = operator::compare(item.op);
            self.push(if negated { Inst::BinaryNot(operator) } else { Inst::Binary(operator) });
            if let Some(fail) = fail.filter(|_| !is_last) {
                self.jump(Op::JumpIfFalseOrPop, fail);
            }
        }
        if let Some(fail) = fail {
            let end = self.new_label();
            self.jump(Op::Jump, end);
            self.place(fail);
            self.adjust(1);
            self.plains(&[Op::RotTwo, Op::PopTop]);
            self.place(end);
        }
        Ok(())
    }

    fn logical(&mut self, id: ExprId, all: List<ExprId>, op: Op) -> Done {
        let operands = self.folds.operands(id, self.tree.list(all)).to_vec();
        let end = self.new_label();
        for (at, &operand) in operands.iter().enumerate() {
            self.expr(operand)?;
            if at + 1 < operands.len() {
                self.jump(op, end);
            }
        }
        self.place(end);
        Ok(())
    }
}
