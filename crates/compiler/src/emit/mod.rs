//! Emitters: from lowered code to the data of a code object.
//!
//! [`replay`] reads one scope's lowered code, decides what its variables are and calls an
//! [`Emitter`] step by step: [`bytecode`], or [`native`] for machine code.

pub mod bytecode;
pub mod labels;
pub mod native;
pub mod target;

use crate::expr::operator;
use crate::linear::{Access, Inst, Label};
use crate::names::{Sym, sym};
use crate::scope::{Place, ScopeId, ScopeKind, Scopes};
use code::opcode::Op;
use syntax::tree::Span;

/// What receives the steps of one scope, in order.
pub trait Emitter {
    /// An instruction without operand.
    fn plain(&mut self, op: Op);
    /// A unary operator.
    fn unary(&mut self, operator: u8);
    /// A binary operator.
    fn binary(&mut self, operator: u8);
    /// A binary operator whose result is negated.
    fn binary_not(&mut self, operator: u8) {
        self.binary(operator);
        self.unary(operator::NOT);
    }
    /// An instruction with an index into the qstr table.
    fn qstr(&mut self, op: Op, qstr: u32);
    /// An instruction with a count.
    fn count(&mut self, op: Op, count: u32);
    /// A small integer.
    fn int(&mut self, value: i64);
    /// A constant of the object table.
    fn object(&mut self, object: u32);
    /// A local.
    fn local(&mut self, access: Access, local: u32);
    /// The content of the cell in a local.
    fn cell(&mut self, access: Access, local: u32);
    /// A name of the locals dict.
    fn name(&mut self, access: Access, name: Sym);
    /// A global.
    fn global(&mut self, access: Access, name: Sym);
    /// Deletes the attribute with that qstr of the top.
    fn delete_attr(&mut self, qstr: u32);
    /// Deletes the item on top from the container below.
    fn delete_item(&mut self);
    /// Begins the handlers of a `try … except`.
    fn start_handlers(&mut self);
    /// Ends them.
    fn end_handlers(&mut self);
    /// Forgets the innermost block, whose end no flow reaches.
    fn drop_block(&mut self) {}
    /// Leaves a `with` block with that handler.
    fn leave_with(&mut self, handler: Label);
    /// Leaves the body of an `async with`; see [`Inst::LeaveAsyncWith`].
    fn leave_async_with(&mut self, quiet: Label, handler: Label, leaving: Label);
    /// Whether everything but the bounds of statements is passed over.
    fn skips(&self) -> bool {
        false
    }
    /// A statement begins.
    fn statement(&mut self, _line: u32, _first: bool) {}
    /// A statement ends.
    fn end_statement(&mut self) {}
    /// An instruction with a jump target.
    fn jump(&mut self, op: Op, label: Label);
    /// Leaves blocks, then jumps.
    fn unwind(&mut self, label: Label, depth: u8, drop_iter: bool);
    /// Places a jump target.
    fn label(&mut self, label: Label);
    /// Makes a function; `cells` of them are on the stack.
    fn make(&mut self, child: u32, defaults: bool, cells: u32);
    /// Corrects the stack depth.
    fn adjust(&mut self, by: i32);
    /// Notes a source line.
    fn line(&mut self, line: u32);
    /// Notes a part of the source.
    fn at(&mut self, span: Span);
}

/// Feeds the code of a scope to an emitter.
pub fn replay(scopes: &Scopes, id: ScopeId, out: &mut impl Emitter) {
    let scope = &scopes[id];
    let local = |sym: Sym| scopes.find(id, sym).map_or(0, |name| name.local);
    let mut children = 0;
    for &inst in &scope.code {
        match inst {
            Inst::Statement { line, first } => out.statement(line, first),
            Inst::EndStatement => out.end_statement(),
            _ if out.skips() => {}
            Inst::Plain(op) => out.plain(op),
            Inst::Unary(operator) => out.unary(operator),
            Inst::Binary(operator) => out.binary(operator),
            Inst::BinaryNot(operator) => out.binary_not(operator),
            Inst::Qstr(op, qstr) => out.qstr(op, qstr),
            Inst::Count(op, count) => out.count(op, count),
            Inst::Int(value) => out.int(value),
            Inst::Object(object) => out.object(object),
            Inst::Variable(access, sym) => variable(scopes, id, access, sym, out),
            Inst::FirstParam => {
                let first = scope.names.iter().find(|name| name.role != crate::scope::Role::Variable);
                if let Some(first) = first {
                    variable(scopes, id, Access::Load, first.sym, out);
                }
            }
            Inst::ClassCell => {
                let slot = scopes.slot(id, sym::CLASS);
                match scopes.find(id, slot) {
                    Some(name) if name.place == Place::Cell => out.local(Access::Load, name.local),
                    _ => out.plain(Op::LoadConstNone),
                }
            }
            Inst::Jump(op, label) => out.jump(op, label),
            Inst::Unwind { label, depth, drop_iter } => out.unwind(label, depth, drop_iter),
            Inst::Label(label) => out.label(label),
            Inst::Make { child, defaults } => {
                let frees = if scope.kind == ScopeKind::Module { &[][..] } else { &scopes[child].frees };
                for free in frees {
                    out.local(Access::Load, local(scopes.slot(id, free.visible())));
                }
                out.make(children, defaults, frees.len() as u32);
                children += 1;
            }
            Inst::Adjust(by) => out.adjust(by),
            Inst::DeleteAttr(qstr) => out.delete_attr(qstr),
            Inst::DeleteItem => out.delete_item(),
            Inst::StartHandlers => out.start_handlers(),
            Inst::EndHandlers => out.end_handlers(),
            Inst::DropBlock => out.drop_block(),
            Inst::LeaveWith(handler) => out.leave_with(handler),
            Inst::LeaveAsyncWith { quiet, handler, leaving } => out.leave_async_with(quiet, handler, leaving),
            Inst::Line(line) => out.line(line),
            Inst::At(span) => out.at(span),
        }
    }
}

fn variable(scopes: &Scopes, id: ScopeId, access: Access, sym: Sym, out: &mut impl Emitter) {
    let Some(name) = scopes.find(id, sym) else { return };
    match name.place {
        Place::Local => out.local(access, name.local),
        Place::Cell | Place::Free => out.cell(access, name.local),
        Place::Global => out.global(access, sym),
        Place::Implicit | Place::Named | Place::Undecided => out.name(access, sym),
    }
}
