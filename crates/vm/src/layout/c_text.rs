//! Texts for C code of native modules: it wants a zero behind the bytes, and the same address each time it asks for the same
//! str, as it computes with addresses.

#![allow(unsafe_code)]

use alloc::vec::Vec;

use heap::{Kind, Marker, Obj};

use crate::{value::R, vm::Vm};

/// Copies of texts that C code asked for.
pub(crate) struct CTexts {
    /// The words of strs with the addresses of their copies, in the order of the words.
    copies: Vec<(usize, usize)>,
}

impl CTexts {
    pub(crate) const fn new() -> CTexts {
        CTexts { copies: Vec::new() }
    }

    /// Between mark and sweep: a copy lives as long as its str, or as something points at it.
    pub(crate) fn after_mark(&mut self, marker: &mut Marker) {
        self.copies.retain(|&(word, copy)| {
            let alive = Obj::from_word(word).is_some_and(|text| marker.is_alive(text));
            if alive {
                marker.mark_words(&[copy]);
            }
            alive
        });
    }
}

impl Vm {
    /// Address and length of the text of a str, with a zero behind it; `None` if it is none. May collect; raises MemoryError.
    pub fn c_text(&mut self, value: Obj) -> R<Option<(usize, usize)>> {
        let Some(len) = self.str_bytes(value).map(<[u8]>::len) else { return Ok(None) };
        let find = |vm: &Vm| vm.state().c_texts.copies.binary_search_by_key(&value.word(), |(word, _)| *word);
        if let Ok(index) = find(self) {
            return Ok(Some((self.state().c_texts.copies[index].1, len)));
        }
        let block = self.alloc(len + 1, Kind::Raw)?;
        if self.state_mut().c_texts.copies.try_reserve(1).is_err() {
            return Err(self.raise_memory_error(len));
        }
        let text = self.str_bytes(value).unwrap_or_default();
        // SAFETY: the block has room for the text and one more.
        unsafe {
            block.as_ptr().copy_from_nonoverlapping(text.as_ptr(), text.len());
            block.as_ptr().add(text.len()).write(0);
        }
        let address = block.as_ptr().expose_provenance();
        let at = find(self).unwrap_or_else(|at| at);
        self.state_mut().c_texts.copies.insert(at, (value.word(), address));
        Ok(Some((address, len)))
    }
}
