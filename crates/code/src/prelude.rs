//! What stands before the first opcode of a code object: signature, sizes, info block and cell list
//! (bytecode.md §5, §6).
//!
//! Parsing checks that every part lies inside the data; that the qstr indices exist is the verifier's business.

use crate::encoding::{read_uint, write_uint};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

/// Scope flag: calling makes a generator.
pub const GENERATOR: u32 = 0x01;
/// Scope flag: takes `**kwargs`.
pub const VARKEYWORDS: u32 = 0x02;
/// Scope flag: takes `*args`.
pub const VARARGS: u32 = 0x04;
/// Scope flag: has defaults of keyword-only parameters.
pub const DEFKWARGS: u32 = 0x08;

/// The six numbers at the start of a code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Signature {
    /// Locals and value stack together, at least 1.
    pub n_state: u32,
    /// Exception blocks that can be open at once.
    pub n_exc_stack: u32,
    /// [`GENERATOR`] and the like.
    pub scope_flags: u32,
    /// Positional parameters, closed-over variables included.
    pub n_pos: u32,
    /// Keyword-only parameters.
    pub n_kwonly: u32,
    /// Defaults of positional parameters.
    pub n_defaults: u32,
}

impl Signature {
    /// Appends the encoded signature in its minimal form.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut s = self.n_state.wrapping_sub(1);
        let mut e = self.n_exc_stack;
        let mut a = self.n_pos;
        let (mut f, mut k, mut d) = (self.scope_flags, self.n_kwonly, self.n_defaults);
        let mut byte = (s & 15) << 3 | (e & 1) << 2 | a & 3;
        s >>= 4;
        e >>= 1;
        a >>= 2;
        while s | e | a | f | k | d != 0 {
            out.push(0x80 | byte as u8);
            byte = (f & 1) << 6 | (s & 3) << 4 | (k & 1) << 3 | (a & 1) << 2 | (e & 1) << 1 | d & 1;
            s >>= 2;
            e >>= 1;
            a >>= 1;
            f >>= 1;
            k >>= 1;
            d >>= 1;
        }
        out.push(byte as u8);
    }

    /// Reads a signature; the position after it comes along.
    pub fn read(bytes: &[u8], at: usize) -> Option<(Signature, usize)> {
        let first = u64::from(*bytes.get(at)?);
        let mut s = first >> 3 & 15;
        let mut e = first >> 2 & 1;
        let mut a = first & 3;
        let (mut f, mut k, mut d) = (0u64, 0u64, 0u64);
        let mut pos = at + 1;
        let mut step = 0;
        let mut byte = first;
        while byte & 0x80 != 0 {
            // 13 steps reach bit 29 of n_state; no field then exceeds 32 bits.
            if step >= 13 {
                return None;
            }
            byte = u64::from(*bytes.get(pos)?);
            pos += 1;
            s |= (byte >> 4 & 3) << (4 + 2 * step);
            e |= (byte >> 1 & 1) << (1 + step);
            a |= (byte >> 2 & 1) << (2 + step);
            f |= (byte >> 6 & 1) << step;
            k |= (byte >> 3 & 1) << step;
            d |= (byte & 1) << step;
            step += 1;
        }
        let signature = Signature {
            n_state: s as u32 + 1,
            n_exc_stack: e as u32,
            scope_flags: f as u32,
            n_pos: a as u32,
            n_kwonly: k as u32,
            n_defaults: d as u32,
        };
        Some((signature, pos))
    }

    /// All named parameters, closed-over variables included: the locals 0… and the names in the info block.
    pub fn n_named(&self) -> u32 {
        self.n_pos.saturating_add(self.n_kwonly)
    }

    /// Locals filled at a call: the named parameters, then `*args`, then `**kwargs`.
    pub fn n_params(&self) -> u32 {
        self.n_named()
            .saturating_add((self.scope_flags & VARARGS != 0) as u32)
            .saturating_add((self.scope_flags & VARKEYWORDS != 0) as u32)
    }

    /// Whether calling makes a generator.
    pub fn is_generator(&self) -> bool {
        self.scope_flags & GENERATOR != 0
    }
}

/// Appends the sizes of the info block (in bytes) and of the cell list.
pub fn write_sizes(out: &mut Vec<u8>, mut info: u32, mut cells: u32) {
    loop {
        let byte = (info & 0x3f) << 1 | cells & 1;
        info >>= 6;
        cells >>= 1;
        if info | cells == 0 {
            out.push(byte as u8);
            return;
        }
        out.push(0x80 | byte as u8);
    }
}

/// Reads the sizes of info block and cell list.
pub fn read_sizes(bytes: &[u8], at: usize) -> Option<(u32, u32, usize)> {
    let (mut info, mut cells) = (0u64, 0u64);
    let mut pos = at;
    let mut step = 0;
    loop {
        let byte = u64::from(*bytes.get(pos)?);
        pos += 1;
        if step >= 10 {
            return None;
        }
        info |= (byte >> 1 & 0x3f) << (6 * step);
        cells |= (byte & 1) << step;
        step += 1;
        if byte & 0x80 == 0 {
            return Some((u32::try_from(info).ok()?, cells as u32, pos));
        }
    }
}

/// A parsed prelude; ranges are offsets into the data it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prelude {
    /// The six numbers.
    pub signature: Signature,
    /// qstr index of the function name.
    pub name: u32,
    /// The qstr indices of the named parameters, as varuints.
    pub params: Range<usize>,
    /// The line table.
    pub lines: Range<usize>,
    /// The numbers of the locals that become cells, one byte each.
    pub cells: Range<usize>,
    /// Offset of the first opcode.
    pub code: usize,
}

/// Why a prelude could not be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreludeError {
    /// Offset in the data.
    pub offset: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for PreludeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {}: expected {}", self.offset, self.expected)
    }
}

impl Prelude {
    /// Parses the prelude at the start of `data`.
    pub fn parse(data: &[u8]) -> Result<Prelude, PreludeError> {
        Self::parse_at(data, 0)
    }

    /// Parses the prelude at `start` (that of machine code stands behind the code).
    pub fn parse_at(data: &[u8], start: usize) -> Result<Prelude, PreludeError> {
        let err = |offset, expected| PreludeError { offset, expected };
        let (signature, pos) =
            Signature::read(data, start).ok_or(err(start, "the six numbers of a code object's signature"))?;
        let (info, n_cells, block) = read_sizes(data, pos).ok_or(err(pos, "the sizes of info block and cell list"))?;
        let info_end = block
            .checked_add(info as usize)
            .filter(|&end| end <= data.len())
            .ok_or(err(pos, "an info block that fits the data"))?;
        let code = info_end
            .checked_add(n_cells as usize)
            .filter(|&end| end <= data.len())
            .ok_or(err(pos, "a cell list that fits the data"))?;
        let within = &data[..info_end];
        let (name, params) = read_uint(within, block).ok_or(err(block, "the function name in the info block"))?;
        let mut lines = params;
        for _ in 0..signature.n_named() {
            let (_, next) = read_uint(within, lines).ok_or(err(lines, "a parameter name in the info block"))?;
            lines = next;
        }
        Ok(Prelude { signature, name, params: params..lines, lines: lines..info_end, cells: info_end..code, code })
    }

    /// The qstr indices of the named parameters in order of local number. `data` is what was parsed.
    pub fn param_names<'a>(&self, data: &'a [u8]) -> impl Iterator<Item = u32> + 'a {
        let bytes = data.get(self.params.clone()).unwrap_or(&[]);
        let mut pos = 0;
        core::iter::from_fn(move || {
            let (name, next) = read_uint(bytes, pos)?;
            pos = next;
            Some(name)
        })
    }
}

/// Puts a code object's data together.
pub fn assemble(signature: &Signature, name: u32, params: &[u32], lines: &[u8], cells: &[u8], code: &[u8]) -> Vec<u8> {
    let mut info = Vec::new();
    write_uint(&mut info, name);
    for &param in params {
        write_uint(&mut info, param);
    }
    info.extend_from_slice(lines);
    let mut out = Vec::new();
    signature.write(&mut out);
    write_sizes(&mut out, info.len() as u32, cells.len() as u32);
    out.extend_from_slice(&info);
    out.extend_from_slice(cells);
    out.extend_from_slice(code);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_reference_read_and_write() {
        let module = Signature { n_state: 4, ..Signature::default() };
        let function = Signature { n_state: 4, n_pos: 2, n_defaults: 1, ..Signature::default() };
        for (signature, bytes) in [(module, &[0x18][..]), (function, &[0x9a, 0x01])] {
            let mut out = Vec::new();
            signature.write(&mut out);
            assert_eq!(out, bytes);
            assert_eq!(Signature::read(bytes, 0), Some((signature, bytes.len())));
        }
    }

    #[test]
    fn every_field_survives_a_round_trip() {
        let values = [0u32, 1, 2, 3, 7, 8, 100, 255];
        for (i, &v) in values.iter().enumerate() {
            for &w in &values {
                let signature = Signature {
                    n_state: v * 300 + 1,
                    n_exc_stack: w,
                    scope_flags: (i as u32 * 5) & 15,
                    n_pos: v,
                    n_kwonly: w,
                    n_defaults: v,
                };
                let mut out = Vec::new();
                signature.write(&mut out);
                assert_eq!(Signature::read(&out, 0), Some((signature, out.len())));
                let mut out = Vec::new();
                write_sizes(&mut out, v * 40, w);
                assert_eq!(read_sizes(&out, 0), Some((v * 40, w, out.len())));
            }
        }
    }

    #[test]
    fn parts_are_found() {
        let signature =
            Signature { n_state: 9, n_pos: 1, n_kwonly: 1, scope_flags: GENERATOR | VARARGS, ..Signature::default() };
        let data = assemble(&signature, 200, &[3, 500], &[0x48], &[1, 0], &[0x51, 0x63]);
        let prelude = Prelude::parse(&data).unwrap();
        assert_eq!(prelude.signature, signature);
        assert_eq!(prelude.name, 200);
        assert_eq!(prelude.param_names(&data).collect::<Vec<_>>(), [3, 500]);
        assert_eq!(data[prelude.lines.clone()], [0x48]);
        assert_eq!(data[prelude.cells.clone()], [1, 0]);
        assert_eq!(data[prelude.code..], [0x51, 0x63]);
        assert_eq!(signature.n_params(), 3);
        for end in 0..prelude.code {
            assert!(Prelude::parse(&data[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn endless_signatures_are_refused() {
        assert_eq!(Signature::read(&[0xff; 40], 0), None);
        assert_eq!(read_sizes(&[0xff; 40], 0), None);
    }
}
