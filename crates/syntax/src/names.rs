//! Interning of identifiers, numbered by first use.

use crate::tree::NameId;
use alloc::{boxed::Box, vec::Vec};
use core::hash::BuildHasher;
use hashbrown::{DefaultHashBuilder, HashTable};

/// The identifiers of one source.
#[derive(Default)]
pub(crate) struct Names {
    /// Texts by number.
    pub texts: Vec<Box<str>>,
    /// Offset of the first token of each name.
    first: Vec<u32>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// The number of a name that stands at `offset`.
    pub fn intern(&mut self, text: &str, offset: u32) -> NameId {
        let hash = self.hasher.hash_one(text);
        if let Some(&id) = self.table.find(hash, |&id| &*self.texts[id as usize] == text) {
            return NameId(id);
        }
        let id = self.texts.len() as u32;
        self.texts.push(text.into());
        self.first.push(offset);
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.table.insert_unique(hash, id, |&id| hasher.hash_one(&*texts[id as usize]));
        NameId(id)
    }

    /// Whether a name with this text stands somewhere before `offset`.
    pub fn seen_before(&self, text: &[u8], offset: u32) -> bool {
        let Ok(text) = core::str::from_utf8(text) else {
            return false;
        };
        let hash = self.hasher.hash_one(text);
        self.table
            .find(hash, |&id| &*self.texts[id as usize] == text)
            .is_some_and(|&id| self.first[id as usize] < offset)
    }
}
