//! The bytecode emitter: instructions, stack depth, suppression of dead code.
//!
//! Behind an unconditional jump nothing is written until the next label, but stack depth and lines
//! are still counted (bytecode.md §8.1, §8.2).

use super::Emitter;
use super::labels::{Draft, Mark};
use crate::expr::operator;
use crate::linear::{Access, Label};
use crate::names::{Names, Sym, sym};
use alloc::vec::Vec;
use code::encoding::{write_int, write_uint};
use code::opcode::{Op, Stack};
use syntax::tree::Span;

/// Collects the code of one scope.
pub struct Bytecode<'a> {
    /// Names that the code refers to enter the qstr table.
    names: &'a mut Names,
    /// The code so far.
    pub draft: Draft,
    /// Deepest stack.
    pub max_depth: i32,
    depth: i32,
    dead: bool,
}

impl<'a> Bytecode<'a> {
    /// No code yet.
    pub fn new(names: &'a mut Names) -> Bytecode<'a> {
        Bytecode { names, draft: Draft::default(), max_depth: 0, depth: 0, dead: false }
    }

    fn mark(&mut self, mark: Mark) {
        self.draft.marks.push((self.draft.bytes.len() as u32, mark));
    }

    /// Counts an instruction; tells where to write it unless it is dead.
    fn begin(&mut self, effect: i32) -> Option<&mut Vec<u8>> {
        self.adjust(effect);
        if self.dead { None } else { Some(&mut self.draft.bytes) }
    }

    fn uint(&mut self, op: Op, operand: u32, effect: i32) {
        if let Some(out) = self.begin(effect) {
            out.push(op as u8);
            write_uint(out, operand);
        }
    }
}

/// What an instruction adds to the stack when it falls through.
fn effect(op: Op, n: u32) -> i32 {
    let n = n as i32;
    match op.info().stack {
        Stack::Fixed(pops, pushes) => pushes as i32 - pops as i32,
        Stack::Build => 1 - n,
        Stack::Closure(pops) => 1 - pops as i32 - n,
        Stack::Unpack => n - 1,
        Stack::UnpackEx => (n & 0xff) + (n >> 8),
        Stack::Call(pops) => 1 - pops as i32 - (n & 0xff) - 2 * (n >> 8),
        Stack::StoreComp => -1 - (n & 3 == 1) as i32,
    }
}

impl Emitter for Bytecode<'_> {
    fn plain(&mut self, op: Op) {
        self.uint_free(op, effect(op, 0));
        if op.ends_flow() {
            self.dead = true;
        }
    }

    fn unary(&mut self, operator: u8) {
        if let Some(out) = self.begin(0) {
            out.push(Op::UnaryOpMulti as u8 + operator);
        }
    }

    fn binary(&mut self, operator: u8) {
        if let Some(out) = self.begin(-1) {
            out.push(Op::BinaryOpMulti as u8 + operator);
        }
    }

    fn qstr(&mut self, op: Op, qstr: u32) {
        self.uint(op, qstr, effect(op, 0));
    }

    fn count(&mut self, op: Op, count: u32) {
        self.uint(op, count, effect(op, count));
    }

    fn int(&mut self, value: i64) {
        if let Some(out) = self.begin(1) {
            if (-16..48).contains(&value) {
                out.push((Op::LoadConstSmallIntMulti as i64 + 16 + value) as u8);
            } else {
                out.push(Op::LoadConstSmallInt as u8);
                write_int(out, value);
            }
        }
    }

    fn object(&mut self, object: u32) {
        self.uint(Op::LoadConstObj, object, 1);
    }

    fn local(&mut self, access: Access, local: u32) {
        let (short, long, effect) = match access {
            Access::Load => (Op::LoadFastMulti, Op::LoadFastN, 1),
            Access::Store => (Op::StoreFastMulti, Op::StoreFastN, -1),
            Access::Delete => return self.uint(Op::DeleteFast, local, 0),
        };
        if local < 16 {
            if let Some(out) = self.begin(effect) {
                out.push(short as u8 + local as u8);
            }
        } else {
            self.uint(long, local, effect);
        }
    }

    fn cell(&mut self, access: Access, local: u32) {
        match access {
            Access::Load => self.uint(Op::LoadDeref, local, 1),
            Access::Store => self.uint(Op::StoreDeref, local, -1),
            Access::Delete => self.uint(Op::DeleteDeref, local, 0),
        }
    }

    fn name(&mut self, access: Access, name: Sym) {
        let qstr = self.names.qstr(name);
        match access {
            Access::Load => self.uint(Op::LoadName, qstr, 1),
            Access::Store => self.uint(Op::StoreName, qstr, -1),
            Access::Delete => self.uint(Op::DeleteName, qstr, 0),
        }
    }

    fn global(&mut self, access: Access, name: Sym) {
        let qstr = self.names.qstr(name);
        match access {
            Access::Load => self.uint(Op::LoadGlobal, qstr, 1),
            Access::Store => self.uint(Op::StoreGlobal, qstr, -1),
            Access::Delete => self.uint(Op::DeleteGlobal, qstr, 0),
        }
    }

    fn jump(&mut self, op: Op, label: Label) {
        // Counted for falling through; FOR_ITER's iterator goes when the loop ends.
        self.adjust(effect(op, 0));
        if !self.dead {
            self.mark(Mark::Jump(op, label, None));
        }
        if op.ends_flow() {
            self.dead = true;
        }
    }

    fn unwind(&mut self, label: Label, depth: u8, drop_iter: bool) {
        if !self.dead {
            if depth > 0 {
                let byte = depth | if drop_iter { 0x80 } else { 0 };
                self.mark(Mark::Jump(Op::UnwindJump, label, Some(byte)));
            } else {
                if drop_iter {
                    self.draft.bytes.extend([Op::PopTop as u8; 4]);
                }
                self.mark(Mark::Jump(Op::Jump, label, None));
            }
        }
        self.dead = true;
    }

    fn label(&mut self, label: Label) {
        self.dead = false;
        self.mark(Mark::Label(label));
    }

    fn make(&mut self, child: u32, defaults: bool, cells: u32) {
        let op = match (cells > 0, defaults) {
            (false, false) => Op::MakeFunction,
            (false, true) => Op::MakeFunctionDefargs,
            (true, false) => Op::MakeClosure,
            (true, true) => Op::MakeClosureDefargs,
        };
        self.uint(op, child, effect(op, cells));
        if cells > 0 && !self.dead {
            self.draft.bytes.push(cells as u8);
        }
    }

    fn delete_attr(&mut self, qstr: u32) {
        self.plain(Op::LoadNull);
        self.plain(Op::RotTwo);
        self.qstr(Op::StoreAttr, qstr);
    }

    fn delete_item(&mut self) {
        self.plain(Op::LoadNull);
        self.plain(Op::RotThree);
        self.plain(Op::StoreSubscr);
    }

    fn start_handlers(&mut self) {
        // The exception, and room for what the handlers need.
        self.adjust(4);
    }

    fn end_handlers(&mut self) {
        self.adjust(-3);
    }

    fn leave_with(&mut self, handler: Label) {
        self.plain(Op::LoadConstNone);
        self.label(handler);
        // Room to call `__exit__`; then the four slots that the block holds are gone.
        self.uint_free(Op::WithCleanup, 2);
        self.adjust(-4);
    }

    fn leave_async_with(&mut self, quiet: Label, handler: Label, leaving: Label) {
        self.plain(Op::LoadConstNone);
        self.plain(Op::RotTwo);
        self.jump(Op::Jump, quiet);
        self.label(handler);
        self.plain(Op::DupTop);
        let exception = self.names.qstr(sym::BASE_EXCEPTION);
        self.qstr(Op::LoadGlobal, exception);
        self.binary(operator::MATCH);
        self.jump(Op::PopJumpIfFalse, leaving);
    }

    fn adjust(&mut self, by: i32) {
        self.depth += by;
        self.max_depth = self.max_depth.max(self.depth);
    }

    fn line(&mut self, line: u32) {
        self.mark(Mark::Line(line));
    }

    fn at(&mut self, span: Span) {
        if !self.dead {
            self.mark(Mark::At(span));
        }
    }
}

impl Bytecode<'_> {
    fn uint_free(&mut self, op: Op, effect: i32) {
        if let Some(out) = self.begin(effect) {
            out.push(op as u8);
        }
    }
}
