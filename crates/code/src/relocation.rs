//! Relocations of native modules (mpy-format.md §3.1): words of text and rodata to which an address is added when
//! the module is loaded.

use crate::encoding::read_uint;
use core::iter::FusedIterator;

/// Part of a native module that has words to relocate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The machine code.
    Text,
    /// The read-only data.
    Rodata,
}

/// What is added to the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Address of the machine code where it will run.
    Text,
    /// Address of the read-only data.
    Rodata,
    /// Address of the zeroed data.
    Bss,
    /// Address of the table of qstrs.
    QstrTable,
    /// Address of the table of objects.
    ObjectTable,
    /// Address of the table of helpers.
    FunTable,
    /// The helper of this number.
    Helper(u8),
}

/// A run of words that the same value is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Where the words are.
    pub section: Section,
    /// Number of the first one in its section, in words of the target.
    pub word: u32,
    /// How many there are.
    pub count: u32,
    /// What is added to each.
    pub value: Value,
}

/// Decodes a list of relocations; bytes that end inside of one end the list before it.
#[derive(Clone, Debug)]
pub struct Relocations<'a> {
    bytes: &'a [u8],
    pos: usize,
    section: Section,
    word: u32,
}

impl<'a> Relocations<'a> {
    /// `bytes`: the list without the final 0xff.
    pub fn new(bytes: &'a [u8]) -> Self {
        Relocations { bytes, pos: 0, section: Section::Text, word: 0 }
    }

    /// How many bytes have been decoded.
    pub fn position(&self) -> usize {
        self.pos
    }
}

impl Iterator for Relocations<'_> {
    type Item = Relocation;

    fn next(&mut self) -> Option<Relocation> {
        let op = *self.bytes.get(self.pos)?;
        if op == 0xff {
            return None;
        }
        let mut pos = self.pos + 1;
        let (mut section, mut word) = (self.section, self.word);
        if op & 1 != 0 {
            let (place, end) = read_uint(self.bytes, pos)?;
            section = if place & 1 == 0 { Section::Text } else { Section::Rodata };
            word = place >> 1;
            pos = end;
        }
        let number = op >> 1;
        let mut count = 1;
        if number <= 5 && number & 1 != 0 {
            (count, pos) = read_uint(self.bytes, pos)?;
        }
        let value = match number {
            0 | 1 => Value::Text,
            2 | 3 => Value::Rodata,
            4 | 5 => Value::Bss,
            6 => Value::QstrTable,
            7 => Value::ObjectTable,
            8 => Value::FunTable,
            helper => Value::Helper(helper - 9),
        };
        (self.pos, self.section) = (pos, section);
        self.word = word.saturating_add(count);
        Some(Relocation { section, word, count, value })
    }
}

impl FusedIterator for Relocations<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn the_example_of_the_reference() {
        let bytes = [0x11, 0x24, 0x0d, 0x26, 0xaf, 0x20, 0x01, 0x22, 0x07, 0x0b, 3, 0x08, 0xff];
        let mut list = Relocations::new(&bytes);
        let one = |section, word, count, value| Relocation { section, word, count, value };
        assert_eq!(
            list.by_ref().collect::<Vec<_>>(),
            [
                one(Section::Text, 18, 1, Value::FunTable),
                one(Section::Text, 19, 1, Value::QstrTable),
                one(Section::Text, 16, 1, Value::Helper(78)),
                one(Section::Text, 17, 1, Value::Text),
                one(Section::Rodata, 5, 3, Value::Rodata),
                one(Section::Rodata, 8, 1, Value::Bss),
            ]
        );
        assert_eq!(list.position(), bytes.len() - 1);
        for end in 0..bytes.len() {
            assert!(Relocations::new(&bytes[..end]).count() <= 6);
        }
    }
}
