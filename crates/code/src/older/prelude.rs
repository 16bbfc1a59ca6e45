//! What stands before the first opcode in versions 3 to 5.

use super::opcode::Form;
use crate::encoding::{read_uint, write_uint};
use crate::prelude::{DEFKWARGS, GENERATOR, Signature, VARARGS, VARKEYWORDS, read_sizes, write_sizes};
use alloc::vec::Vec;
use core::ops::Range;

/// Scope flags of version 6 by those of versions 3 and 4; higher ones mean nothing there.
const FLAGS: [(u32, u32); 4] = [(0x01, VARARGS), (0x02, VARKEYWORDS), (0x04, GENERATOR), (0x08, DEFKWARGS)];

/// A parsed prelude; ranges are offsets into the data it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prelude {
    /// The six numbers, with the scope flags of version 6.
    pub signature: Signature,
    /// Where the names of the function and its source file are, two bytes each.
    pub names: usize,
    /// The line table, its end mark included.
    pub lines: Range<usize>,
    /// The numbers of the locals that become cells, one byte each.
    pub cells: Range<usize>,
    /// Offset of the first opcode.
    pub code: usize,
    /// Where the offsets of the line table count from.
    pub line_base: usize,
}

impl Prelude {
    /// Parses the prelude at `start`; `None` if the bytes end inside of it or make no sense.
    pub fn parse(form: Form, data: &[u8], start: usize) -> Option<Prelude> {
        if form.version >= 5 {
            let (signature, pos) = Signature::read(data, start)?;
            let (info, n_cells, names) = read_sizes(data, pos)?;
            let lines = names.checked_add(4)?..names.checked_add(usize::try_from(info).ok()?)?;
            let cells = lines.end..lines.end.checked_add(usize::try_from(n_cells).ok()?)?;
            let code = cells.end;
            return (lines.start <= lines.end && code <= data.len()).then_some(Prelude {
                signature,
                names,
                lines,
                cells,
                code,
                line_base: code,
            });
        }
        let (signature, block) = old_signature(data, start)?;
        let (size, names) = read_uint(data, block)?;
        let lines = names.checked_add(4)?..block.checked_add(usize::try_from(size).ok()?)?;
        let list = data.get(lines.end..)?;
        let n_cells = list.iter().position(|&cell| cell == 0xff)?;
        let cells = lines.end..lines.end + n_cells;
        let (code, line_base) = (cells.end + 1, cells.start);
        (lines.start <= lines.end).then_some(Prelude { signature, names, lines, cells, code, line_base })
    }
}

/// The signature of versions 3 and 4, and the offset behind it.
fn old_signature(data: &[u8], start: usize) -> Option<(Signature, usize)> {
    let (n_state, pos) = read_uint(data, start)?;
    let (n_exc_stack, pos) = read_uint(data, pos)?;
    let &[flags, n_pos, n_kwonly, n_defaults] = data.get(pos..pos + 4)? else { return None };
    let scope_flags = FLAGS.iter().filter(|(old, _)| u32::from(flags) & old != 0).map(|(_, new)| new).sum();
    let signature = Signature {
        n_state: n_state.max(1),
        n_exc_stack,
        scope_flags,
        n_pos: n_pos.into(),
        n_kwonly: n_kwonly.into(),
        n_defaults: n_defaults.into(),
    };
    Some((signature, pos + 4))
}

/// The prelude of machine code, with 0 for the two names; `None` if a number is too large for the version.
pub fn native_prelude(form: Form, signature: &Signature, cells: &[u8]) -> Option<Vec<u8>> {
    assemble(form, signature, &[], cells, &[])
}

/// Puts a function's data together, with 0 for the two names; `None` if a number is too large for the version.
///
/// `lines` ends with its mark, its offsets count from where the version wants it; nothing for machine code.
pub(super) fn assemble(form: Form, signature: &Signature, lines: &[u8], cells: &[u8], code: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    if form.version >= 5 {
        signature.write(&mut out);
        write_sizes(&mut out, u32::try_from(4 + lines.len()).ok()?, u32::try_from(cells.len()).ok()?);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(lines);
        out.extend_from_slice(cells);
    } else {
        write_uint(&mut out, signature.n_state);
        write_uint(&mut out, signature.n_exc_stack);
        let flags: u32 = FLAGS.iter().filter(|(_, new)| signature.scope_flags & new != 0).map(|(old, _)| old).sum();
        for number in [flags, signature.n_pos, signature.n_kwonly, signature.n_defaults] {
            out.push(u8::try_from(number).ok()?);
        }
        // Like the official compiler: two bytes for the size, or one and, behind lines, a pad at the end.
        let pad = usize::from(!lines.is_empty());
        let size = u32::try_from(1 + 4 + lines.len() + pad).ok()?;
        write_uint(&mut out, size);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(lines);
        out.extend((size < 0x80 && pad > 0).then_some(0));
        if size >= 0x4000 || cells.contains(&0xff) {
            return None;
        }
        out.extend_from_slice(cells);
        out.push(0xff);
    }
    out.extend_from_slice(code);
    Some(out)
}
