//! Instructions on their way from one version or module to another: labels point at instructions, not at bytes.

use crate::encoding::{long_label, short_label, write_int, write_uint};
use crate::line_table;
use crate::older::opcode::{self, Form};
use crate::opcode::{Op, Operand, Stack};
use alloc::{vec, vec::Vec};

/// An operation without a label: opcode and operand.
pub(crate) type Plain = (Op, i64);

/// Pushes a small integer.
pub(crate) fn small_int(value: i64) -> Plain {
    (if (-16..=47).contains(&value) { Op::LoadConstSmallIntMulti } else { Op::LoadConstSmallInt }, value)
}

/// An instruction, and what was put in front of it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// What labels call it.
    id: usize,
    /// What was put in front; labels to the item lead there.
    pub(crate) before: Vec<Plain>,
    /// What it is; `None` if it was taken out.
    pub(crate) op: Option<Op>,
    /// The operand, except for a label.
    pub(crate) arg: i64,
    /// The byte behind the operand.
    pub(crate) extra: u8,
    /// The id that a label points at.
    target: Option<usize>,
    /// Offset from the first opcode where it was in the code that is translated.
    pub(crate) from: u32,
}

impl Item {
    /// How many slots it pops and pushes on falling through. In `old` code a call with `*` and `**` has always both, and
    /// no bitmap.
    pub(crate) fn stack(&self, old: bool) -> (i64, i64) {
        let Some(op) = self.op else { return (0, 0) };
        let n = self.arg;
        match op.info().stack {
            Stack::Fixed(pops, pushes) => (pops.into(), pushes.into()),
            Stack::Build => (n, 1),
            Stack::Closure(base) => (i64::from(base) + i64::from(self.extra), 1),
            Stack::Unpack => (1, n),
            Stack::UnpackEx => (1, (n & 0xff) + (n >> 8) + 1),
            Stack::Call(base) => {
                let both = old && matches!(op, Op::CallFunctionVarKw | Op::CallMethodVarKw);
                (i64::from(base) + i64::from(both) + (n & 0xff) + 2 * (n >> 8), 1)
            }
            Stack::StoreComp => (if n & 3 == 1 { 2 } else { 1 }, 0),
        }
    }

    /// The item that its label points at. Only before any are moved.
    pub(crate) fn target(&self) -> Option<usize> {
        self.target
    }
}

/// The code of a function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) items: Vec<Item>,
    /// Targets of labels as offsets in the code that is translated.
    targets: Vec<Option<i64>>,
}

/// Bytes, and where each item begins in them.
pub(crate) struct Emitted {
    pub(crate) bytes: Vec<u8>,
    offsets: Vec<u32>,
}

impl Listing {
    /// Adds an instruction. `target`: offset that its label points at.
    pub(crate) fn push(&mut self, op: Op, arg: i64, extra: u8, target: Option<i64>, from: usize) {
        let id = self.items.len();
        self.items.push(Item { id, before: Vec::new(), op: Some(op), arg, extra, target: None, from: from as u32 });
        self.targets.push(target);
    }

    /// Adds a jump to what comes next that closes the innermost block, or nothing but a place for labels.
    pub(crate) fn push_closing(&mut self, closes: bool, from: usize) {
        self.push(Op::PopExceptJump, 0, 0, None, from);
        if let Some(item) = self.items.last_mut() {
            match closes {
                true => item.target = Some(item.id + 1),
                false => item.op = None,
            }
        }
    }

    /// Finds the items that labels point at. Fails with the offset of an instruction whose target is none.
    pub(crate) fn resolve(&mut self) -> Result<(), u32> {
        for i in 0..self.items.len() {
            if let Some(offset) = self.targets[i] {
                let offset = u32::try_from(offset).map_err(|_| self.items[i].from)?;
                let found = self.items.partition_point(|item| item.from < offset);
                if self.items.get(found).is_none_or(|item| item.from != offset) {
                    return Err(self.items[i].from);
                }
                self.items[i].target = Some(found);
            }
            if self.items[i].target == Some(self.items.len()) {
                return Err(self.items[i].from);
            }
        }
        Ok(())
    }

    /// Moves the items `from..middle` behind those up to `to`. Labels of either part that point at the end of their
    /// part still do so, and labels that pointed at the first part now point at what is first.
    pub(crate) fn swap(&mut self, from: usize, middle: usize, to: usize) {
        let [first, second, end] = [from, middle, to].map(|at| self.items[at].id);
        for item in &mut self.items[from..middle] {
            item.target = item.target.map(|target| if target == second { end } else { target });
        }
        for item in &mut self.items[middle..to] {
            item.target = item.target.map(|target| if target == end { second } else { target });
        }
        self.items[from].id = second;
        self.items[middle].id = first;
        self.items[from..to].rotate_left(middle - from);
    }

    /// The bytes in version 6, labels as short as they can be. Fails with the offset of an instruction that does
    /// not fit.
    pub(crate) fn emit_current(&self) -> Result<Emitted, u32> {
        let positions = self.positions();
        let mut wide = vec![false; self.items.len()];
        let mut rounds = 0;
        loop {
            let mut bytes = Vec::new();
            let mut offsets = Vec::with_capacity(self.items.len() + 1);
            let mut labels = Vec::new();
            for (i, item) in self.items.iter().enumerate() {
                offsets.push(bytes.len() as u32);
                for &(op, arg) in &item.before {
                    emit(&mut bytes, op, arg, 0, None).ok_or(item.from)?;
                }
                let Some(op) = item.op else { continue };
                let label = item.target.map(|_| wide[i]);
                if let Some(target) = item.target {
                    labels.push((i, bytes.len() + 1, positions[target]));
                }
                emit(&mut bytes, op, item.arg, item.extra, label).ok_or(item.from)?;
            }
            offsets.push(bytes.len() as u32);
            rounds += 1;
            let mut grown = false;
            for (i, at, target) in labels {
                let item = &self.items[i];
                let end = at + 1 + usize::from(wide[i]);
                let distance = offsets[target] as i32 - end as i32;
                let signed = item.op.is_some_and(|op| op.info().operand != Operand::UnsignedLabel);
                if wide[i] {
                    // While others still grow it may be too far for a moment, or not yet.
                    match long_label(distance, signed) {
                        Some(label) => bytes[at..end].copy_from_slice(&label),
                        None => return Err(item.from),
                    }
                } else if let Some(label) = short_label(distance, signed).filter(|_| rounds < 50) {
                    bytes[at] = label;
                } else {
                    wide[i] = true;
                    grown = true;
                }
            }
            if !grown {
                return Ok(Emitted { bytes, offsets });
            }
        }
    }

    /// The bytes in an older version; fails like [`emit_current`](Self::emit_current).
    pub(crate) fn emit_older(&self, form: Form) -> Result<Emitted, u32> {
        let positions = self.positions();
        let mut bytes = Vec::new();
        let mut offsets = Vec::with_capacity(self.items.len() + 1);
        // Labels are as long whatever they hold, so one pass finds the offsets and one writes them.
        for pass in 0..2 {
            bytes.clear();
            for item in &self.items {
                if pass == 0 {
                    offsets.push(bytes.len() as u32);
                }
                for &(op, arg) in &item.before {
                    opcode::encode(form, &mut bytes, op, arg, 0).ok_or(item.from)?;
                }
                let Some(op) = item.op else { continue };
                let arg = match item.target {
                    Some(target) if pass == 1 => i64::from(offsets[positions[target]]) - bytes.len() as i64 - 3,
                    Some(_) => 0,
                    None => item.arg,
                };
                opcode::encode(form, &mut bytes, op, arg, item.extra).ok_or(item.from)?;
            }
            if pass == 0 {
                offsets.push(bytes.len() as u32);
            }
        }
        Ok(Emitted { bytes, offsets })
    }

    /// Where the items are, by id.
    fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.items.len()];
        for (position, item) in self.items.iter().enumerate() {
            positions[item.id] = position;
        }
        positions
    }

    /// Where the code that was at an offset is now.
    pub(crate) fn moved(&self, offset: u32, emitted: &Emitted) -> u32 {
        emitted.offsets[self.items.partition_point(|item| item.from < offset)]
    }

    /// The table of the lines that `old` gives to the code before translation, without an end mark. `old_base`, `base`: what
    /// the offsets of the tables count from, in bytes in front of the first opcode.
    pub(crate) fn lines(&self, old: &[u8], old_base: u32, base: u32, emitted: &Emitted) -> Vec<u8> {
        let mut lines = line_table::Builder::new();
        for (offset, line) in line_table::entries(old) {
            let offset = offset.saturating_sub(old_base);
            lines.record(self.moved(offset, emitted) + base, line);
        }
        lines.bytes().into()
    }
}

/// Appends an instruction in version 6, a label as one or two zeros.
fn emit(out: &mut Vec<u8>, op: Op, arg: i64, extra: u8, wide: Option<bool>) -> Option<()> {
    let operand = op.info().operand;
    let within = match operand {
        Operand::SmallIntMulti => arg + 16,
        Operand::LocalMulti | Operand::UnaryMulti | Operand::BinaryMulti => arg,
        _ => 0,
    };
    out.push(op as u8 + u8::try_from(within).ok().filter(|&within| within < op.info().count)?);
    match operand {
        Operand::None | Operand::SmallIntMulti | Operand::LocalMulti | Operand::UnaryMulti | Operand::BinaryMulti => {}
        Operand::SmallInt => write_int(out, arg),
        Operand::Qstr | Operand::Object | Operand::Local | Operand::Count | Operand::Child => {
            write_uint(out, u32::try_from(arg).ok()?);
        }
        Operand::ChildByte => {
            write_uint(out, u32::try_from(arg).ok()?);
            out.push(extra);
        }
        Operand::SignedLabel | Operand::SignedLabelByte | Operand::UnsignedLabel => {
            out.extend_from_slice(if wide? { &[0, 0] } else { &[0] });
            out.extend((operand == Operand::SignedLabelByte).then_some(extra));
        }
    }
    Some(())
}
