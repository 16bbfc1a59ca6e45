//! Conditions: tests that jump instead of leaving a value.

use crate::linear::Label;
use crate::lower::{Done, Lowerer};
use code::opcode::Op;
use syntax::tree::*;

impl Lowerer<'_> {
    /// The truth of a constant expression.
    pub fn constant_truth(&self, id: ExprId) -> Option<bool> {
        let constant = self.folds.constant(self.folds.resolve(id))?;
        Some(self.folds.pool.truth(constant.id))
    }

    /// Jumps to a label if an expression is true (or false, after `sense`); else falls through.
    pub fn condition(&mut self, id: ExprId, sense: bool, label: Label) -> Done {
        let id = self.folds.resolve(id);
        if let Some(truth) = self.constant_truth(id) {
            if truth == sense {
                self.jump(Op::Jump, label);
            }
            return Ok(());
        }
        match self.tree[id].kind {
            ExprKind::Or(operands) => self.any_or_all(id, operands, sense, label, true),
            ExprKind::And(operands) => self.any_or_all(id, operands, sense, label, false),
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.condition(operand, !sense, label),
            _ => {
                self.expr(id)?;
                self.jump(if sense { Op::PopJumpIfTrue } else { Op::PopJumpIfFalse }, label);
                Ok(())
            }
        }
    }

    /// `or` decides when true, `and` when false.
    fn any_or_all(&mut self, id: ExprId, operands: List<ExprId>, sense: bool, label: Label, decides: bool) -> Done {
        let operands = self.folds.operands(id, self.tree.list(operands)).to_vec();
        if sense == decides {
            return operands.iter().try_for_each(|&operand| self.condition(operand, sense, label));
        }
        let Some((&last, early)) = operands.split_last() else { return Ok(()) };
        let around = self.new_label();
        for &operand in early {
            self.condition(operand, !sense, around)?;
        }
        self.condition(last, sense, label)?;
        self.place(around);
        Ok(())
    }
}
