//! Interned texts: every name in code is a qstr, and two qstrs are equal exactly when their numbers are.
//!
//! Texts here are never freed; only names (of code, attributes, modules) get here, not strings that
//! programs compute, so that a long run does not fill memory.

#![allow(unsafe_code)]

use alloc::{boxed::Box, vec::Vec};

/// Number of an interned text. 0 is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Qstr(pub u32);

impl Qstr {
    /// The str object.
    #[inline(always)]
    pub const fn obj(self) -> heap::Obj {
        heap::Obj::qstr(self.0)
    }
}

include!("qstr_names.rs");

/// How many bytes a name has at most, in programs and where they compute one, as in MicroPython.
pub const MAX_NAME: usize = 255;

struct Entry {
    text: *const u8,
    len: u32,
    hash: u32,
}

/// The interned texts of one VM.
pub struct QstrTable {
    entries: Vec<Entry>,
    /// Open addressing; 0 is empty.
    index: Vec<u32>,
    /// Owns the dynamic texts, in blocks that never move.
    blocks: Vec<Box<[u8]>>,
    block_used: usize,
    bytes: usize,
    /// Ranges of numbers that are the machine's own names, not the program's, in order.
    own: Vec<core::ops::Range<u32>>,
    /// The one-character ASCII texts.
    chars: [Qstr; 128],
}

static ASCII: [u8; 128] = {
    let mut chars = [0; 128];
    let mut i = 0;
    while i < 128 {
        chars[i] = i as u8;
        i += 1;
    }
    chars
};

const BLOCK: usize = 1024;

impl QstrTable {
    /// A table with the names that Rust code knows ([`q`]).
    pub fn new() -> QstrTable {
        let mut table = QstrTable {
            entries: Vec::with_capacity(2 * NAMES.len()),
            index: alloc::vec![0; (4 * (NAMES.len() + ASCII.len())).next_power_of_two()],
            blocks: Vec::new(),
            block_used: 0,
            bytes: 0,
            own: Vec::new(),
            chars: [Qstr(0); 128],
        };
        table.entries.push(Entry { text: b"".as_ptr(), len: 0, hash: 0 });
        for name in NAMES {
            table.add(name.as_ptr(), name.len(), hash_bytes(name.as_bytes()));
        }
        for (i, char) in ASCII.iter().enumerate() {
            let text = core::slice::from_ref(char);
            table.chars[i] = match table.find(text) {
                Some(known) => known,
                None => table.add(text.as_ptr(), 1, hash_bytes(text)),
            };
        }
        table.own.push(0..table.entries.len() as u32);
        table
    }

    fn add(&mut self, text: *const u8, len: usize, hash: u32) -> Qstr {
        let number = self.entries.len() as u32;
        self.entries.push(Entry { text, len: len as u32, hash });
        let mask = self.index.len() - 1;
        let mut at = hash as usize & mask;
        while self.index[at] != 0 {
            at = (at + 1) & mask;
        }
        self.index[at] = number;
        Qstr(number)
    }

    /// The text of one ASCII character.
    #[inline(always)]
    pub fn char(&self, byte: u8) -> Qstr {
        self.chars[byte as usize & 0x7f]
    }

    /// The number of a text, if it is interned.
    pub fn find(&self, text: &[u8]) -> Option<Qstr> {
        self.find_hashed(text, hash_bytes(text))
    }

    /// As [`QstrTable::find`] with the text's [`hash_bytes`] at hand.
    pub fn find_hashed(&self, text: &[u8], hash: u32) -> Option<Qstr> {
        let mask = self.index.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.index[at] {
                0 => return None,
                number => {
                    let entry = &self.entries[number as usize];
                    if entry.hash == hash && self.bytes(Qstr(number)) == text {
                        return Some(Qstr(number));
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Interns a text. `None`: no memory, or the table is full (2^28 texts).
    pub fn intern(&mut self, text: &[u8]) -> Option<Qstr> {
        let hash = hash_bytes(text);
        if let Some(found) = self.find_hashed(text, hash) {
            return Some(found);
        }
        if self.entries.len() >= 1 << 28 || u32::try_from(text.len()).is_err() {
            return None;
        }
        self.entries.try_reserve(1).ok()?;
        if (self.entries.len() + 1) * 2 > self.index.len() {
            self.grow_index()?;
        }
        let place = self.place(text.len())?;
        place.copy_from_slice(text);
        let place = place.as_ptr();
        Some(self.add(place, text.len(), hash))
    }

    /// Notes that the texts from number `first` on are the machine's own.
    pub fn own_from(&mut self, first: usize) {
        let (first, end) = (first as u32, self.entries.len() as u32);
        match self.own.last_mut() {
            _ if first == end => {}
            Some(last) if last.end == first => last.end = end,
            _ => self.own.push(first..end),
        }
    }

    /// How many texts there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// The texts of the program's own, oldest first.
    pub fn of_program(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.own.iter().map(|own| own.start).skip(1).chain([self.entries.len() as u32]);
        let between = self.own.iter().zip(ends).flat_map(|(own, end)| own.end..end);
        between.map(|number| self.bytes(Qstr(number)))
    }

    /// By how many bytes the table grows when a text of this length is added.
    pub fn growth(&self, len: usize) -> usize {
        let mut bytes = 0;
        if self.entries.len() == self.entries.capacity() {
            bytes += self.entries.capacity() * size_of::<Entry>();
        }
        if (self.entries.len() + 1) * 2 > self.index.len() {
            bytes += self.index.len() * size_of::<u32>();
        }
        let free = self.blocks.last().map_or(0, |block| block.len() - self.block_used);
        if free < len {
            bytes += len.max(BLOCK);
        }
        bytes
    }

    fn place(&mut self, len: usize) -> Option<&mut [u8]> {
        let fits = self.blocks.last().is_some_and(|block| block.len() - self.block_used >= len);
        if !fits {
            let size = len.max(BLOCK);
            let mut block = Vec::new();
            block.try_reserve_exact(size).ok()?;
            block.resize(size, 0);
            self.blocks.try_reserve(1).ok()?;
            self.blocks.push(block.into_boxed_slice());
            self.block_used = 0;
        }
        self.bytes += len;
        let start = self.block_used;
        self.block_used += len;
        Some(&mut self.blocks.last_mut()?[start..start + len])
    }

    fn grow_index(&mut self) -> Option<()> {
        let size = self.index.len() * 2;
        let mut index = Vec::new();
        index.try_reserve_exact(size).ok()?;
        index.resize(size, 0u32);
        let mask = size - 1;
        for (number, entry) in self.entries.iter().enumerate().skip(1) {
            let mut at = entry.hash as usize & mask;
            while index[at] != 0 {
                at = (at + 1) & mask;
            }
            index[at] = number as u32;
        }
        self.index = index;
        Some(())
    }

    /// The text of a qstr.
    #[inline]
    pub fn bytes(&self, qstr: Qstr) -> &[u8] {
        let entry = &self.entries[qstr.0 as usize];
        // SAFETY: the text is a string constant or lies in `blocks`, whose boxes neither move nor die before
        // the table does.
        unsafe { core::slice::from_raw_parts(entry.text, entry.len as usize) }
    }

    /// The [`hash_bytes`] of its text.
    #[inline]
    pub fn hash(&self, qstr: Qstr) -> u32 {
        self.entries[qstr.0 as usize].hash
    }
}

impl Default for QstrTable {
    fn default() -> Self {
        Self::new()
    }
}

/// Hash of a text or bytes object: the same for a qstr and for an equal str in the heap.
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = bytes.len() as u64 ^ K;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        hash = (hash ^ word).wrapping_mul(K);
        hash ^= hash >> 29;
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(K);
        hash ^= hash >> 29;
    }
    hash = hash.wrapping_mul(K);
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_files() {
        let known = code::static_qstrs::STATIC_QSTRS;
        assert_eq!(NAMES[..known.len() - 1], known[1..]);
    }
}
