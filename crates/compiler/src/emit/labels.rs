//! Jump targets: final offsets by repeated passes (bytecode.md §1).
//!
//! A label operand takes one or two bytes. All start with two; passes over the jumps, labels and marks
//! repeat until nothing shrinks. The rule when one byte is enough must be exactly the official one,
//! also in passes whose targets are still too far away: it decides the final bytes.

use crate::linear::Label;
use alloc::vec::Vec;
use code::opcode::Op;
use syntax::tree::Span;

/// What has no bytes of a fixed size.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// An instruction with a jump target, and the byte behind it if it has one.
    Jump(Op, Label, Option<u8>),
    /// A jump target.
    Label(Label),
    /// A line begins.
    Line(u32),
    /// A part of the source begins.
    At(Span),
}

/// Code in which jumps have no bytes yet.
#[derive(Default)]
pub struct Draft {
    /// All other instructions.
    pub bytes: Vec<u8>,
    /// What stands between them, each with the number of `bytes` before it.
    pub marks: Vec<(u32, Mark)>,
}

/// Final code.
pub struct Linked {
    /// The instructions.
    pub bytes: Vec<u8>,
    /// Offset and line of each line mark.
    pub lines: Vec<(u32, u32)>,
    /// Offset and source of each part.
    pub parts: Vec<(u32, Span)>,
}

/// A jump goes too far for its two bytes.
pub struct Overflow;

fn is_signed(op: Op) -> bool {
    op as u8 <= Op::PopJumpIfFalse as u8
}

fn fits_one_byte(op: Op, distance: i64) -> bool {
    if is_signed(op) { (-64..=63).contains(&distance) } else { (0..=127).contains(&distance) }
}

impl Draft {
    /// Computes all offsets and writes the code.
    pub fn link(&self, labels: u32) -> Result<Linked, Overflow> {
        let mut targets = alloc::vec![i64::MAX >> 1; labels as usize];
        let mut size = self.pass(&mut targets, false);
        loop {
            let next = self.pass(&mut targets, true);
            if next == size {
                break;
            }
            size = next;
        }
        self.write(&targets)
    }

    /// Places all labels; jumps are sized by the places that the last pass or this one found.
    fn pass(&self, targets: &mut [i64], shrink: bool) -> i64 {
        let mut extra = 0i64;
        for &(at, mark) in &self.marks {
            let offset = at as i64 + extra;
            match mark {
                Mark::Jump(op, label, byte) => {
                    let distance = targets[label.0 as usize] - offset - 2;
                    let short = shrink && fits_one_byte(op, distance);
                    extra += if short { 2 } else { 3 } + byte.is_some() as i64;
                }
                Mark::Label(label) => targets[label.0 as usize] = offset,
                Mark::Line(_) | Mark::At(_) => {}
            }
        }
        self.bytes.len() as i64 + extra
    }

    fn write(&self, targets: &[i64]) -> Result<Linked, Overflow> {
        let mut linked = Linked { bytes: Vec::new(), lines: Vec::new(), parts: Vec::new() };
        let out = &mut linked.bytes;
        let mut done = 0;
        for &(at, mark) in &self.marks {
            out.extend_from_slice(&self.bytes[done..at as usize]);
            done = at as usize;
            let offset = out.len() as u32;
            match mark {
                Mark::Jump(op, label, byte) => {
                    let distance = targets[label.0 as usize] - offset as i64 - 2;
                    out.push(op as u8);
                    if fits_one_byte(op, distance) {
                        let bias = if is_signed(op) { 0x40 } else { 0 };
                        out.push((distance + bias) as u8);
                    } else {
                        let bias = if is_signed(op) { 0x4000 } else { 0 };
                        let value = distance - 1 + bias;
                        if !(0..=0x7fff).contains(&value) {
                            return Err(Overflow);
                        }
                        out.push(0x80 | (value & 0x7f) as u8);
                        out.push((value >> 7) as u8);
                    }
                    out.extend(byte);
                }
                Mark::Label(_) => {}
                Mark::Line(line) => linked.lines.push((offset, line)),
                Mark::At(span) => linked.parts.push((offset, span)),
            }
        }
        out.extend_from_slice(&self.bytes[done..]);
        Ok(linked)
    }
}
