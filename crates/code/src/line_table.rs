//! The line table: which line each instruction comes from (bytecode.md §6).
//!
//! Offsets count from the first opcode, lines from 1. The table is a sequence of steps that never go
//! back; a truncated last step is read as the end.

use alloc::vec::Vec;

/// Appends the steps that advance by `bytes` and `lines`.
pub fn push(out: &mut Vec<u8>, mut bytes: u32, mut lines: u32) {
    while bytes > 0 || lines > 0 {
        if lines <= 6 || bytes > 15 {
            let b = bytes.min(31);
            let l = if b < bytes { 0 } else { lines.min(3) };
            out.push((b | l << 5) as u8);
            bytes -= b;
            lines -= l;
        } else {
            let b = bytes.min(15);
            let l = lines.min(2047);
            out.push((0x80 | b | l >> 8 << 4) as u8);
            out.push(l as u8);
            bytes -= b;
            lines -= l;
        }
    }
}

/// Collects a table while code is emitted.
#[derive(Clone, Debug)]
pub struct Builder {
    bytes: Vec<u8>,
    offset: u32,
    line: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// An empty table: everything is on line 1.
    pub fn new() -> Self {
        Builder { bytes: Vec::new(), offset: 0, line: 1 }
    }

    /// Says that code from `offset` on belongs to `line`; lines that do not grow are ignored.
    pub fn record(&mut self, offset: u32, line: u32) {
        if line > self.line {
            push(&mut self.bytes, offset.saturating_sub(self.offset), line - self.line);
            self.offset = self.offset.max(offset);
            self.line = line;
        }
    }

    /// The last recorded line.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The encoded table so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The steps of a table as absolute (offset, line) pairs; the start (0, 1) is not among them.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
    offset: u32,
    line: u32,
}

/// Iterates over an encoded table.
pub fn entries(table: &[u8]) -> Entries<'_> {
    Entries { rest: table, offset: 0, line: 1 }
}

impl Iterator for Entries<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        let (&first, rest) = self.rest.split_first()?;
        let first = u32::from(first);
        let (bytes, lines) = if first & 0x80 == 0 {
            self.rest = rest;
            (first & 31, first >> 5)
        } else {
            let (&low, rest) = rest.split_first()?;
            self.rest = rest;
            (first & 15, first << 4 & 0x700 | u32::from(low))
        };
        self.offset = self.offset.saturating_add(bytes);
        self.line = self.line.saturating_add(lines);
        Some((self.offset, self.line))
    }
}

/// The line of the instruction at `offset`.
pub fn lookup(table: &[u8], offset: u32) -> u32 {
    entries(table).take_while(|&(at, _)| at <= offset).last().map_or(1, |(_, line)| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(bytes: u32, lines: u32) -> Vec<u8> {
        let mut out = Vec::new();
        push(&mut out, bytes, lines);
        out
    }

    #[test]
    fn steps_take_the_official_forms() {
        for (bytes, lines, expected) in [
            (8, 2, &[0x48][..]),
            (0, 1, &[0x20]),
            (31, 3, &[0x7f]),
            (32, 1, &[0x1f, 0x21]),
            (0, 6, &[0x60, 0x60]),
            (0, 7, &[0x80, 7]),
            (15, 2047, &[0xff, 0xff]),
            (16, 7, &[0x70, 0x60, 0x20]),
            (5, 2048, &[0xf5, 0xff, 0x20]),
        ] {
            assert_eq!(encode(bytes, lines), expected, "{bytes} {lines}");
        }
    }

    #[test]
    fn lookup_finds_what_was_recorded() {
        let mut builder = Builder::new();
        let recorded = [(0, 2), (0, 5), (3, 5), (7, 4), (9, 6), (60, 9000), (4000, 9001)];
        for (offset, line) in recorded {
            builder.record(offset, line);
        }
        let expected = [(0, 5), (8, 5), (9, 6), (59, 6), (60, 9000), (3999, 9000), (4000, 9001)];
        for (offset, line) in expected {
            assert_eq!(lookup(builder.bytes(), offset), line, "{offset}");
        }
        assert_eq!(builder.line(), 9001);
        assert_eq!(lookup(&[], 5), 1);
    }

    #[test]
    fn a_truncated_step_ends_the_table() {
        assert_eq!(entries(&[0x48, 0x80]).collect::<Vec<_>>(), [(8, 3)]);
    }
}
