//! The bytes of a function and its labels.

use alloc::{string::String, vec::Vec};

/// A place in the code of one function. Numbers are given out by the emitter, from 0 up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u32);

/// Which exception an [`Error`] becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `RuntimeError`
    Runtime,
    /// `NotImplementedError`
    NotImplemented,
}

/// What an architecture cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Which exception it becomes.
    pub kind: ErrorKind,
    /// The official text.
    pub text: String,
}

const UNKNOWN: u32 = u32::MAX;

/// The code of one function in one pass.
#[derive(Default)]
pub struct Code {
    bytes: Vec<u8>,
    dead: bool,
    placed: Vec<u32>,
    before: Vec<u32>,
    error: Option<Error>,
}

impl Code {
    /// Starts a pass: forgets the bytes, keeps the labels of the pass before for [`Code::distance`].
    pub fn begin(&mut self) {
        core::mem::swap(&mut self.placed, &mut self.before);
        self.placed.clear();
        self.bytes.clear();
        self.dead = false;
        self.error = None;
    }

    /// Forgets all labels: another function follows.
    pub fn forget(&mut self) {
        self.placed.clear();
        self.before.clear();
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the next byte goes.
    pub fn offset(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Appends bytes, unless the code is dead.
    pub fn put(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Appends one byte.
    pub fn u8(&mut self, value: u8) {
        self.put(&[value]);
    }

    /// Appends two bytes, little endian.
    pub fn u16(&mut self, value: u16) {
        self.put(&value.to_le_bytes());
    }

    /// Appends four bytes, little endian.
    pub fn u32(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    /// Appends the low `size` (at most 8) bytes of a value, little endian.
    pub fn data(&mut self, size: usize, value: u64) {
        let bytes = value.to_le_bytes();
        self.put(&bytes[..size.min(bytes.len())]);
    }

    /// Appends zeros up to a multiple of `to`, in dead code as well.
    pub fn align(&mut self, to: u32) {
        let to = to.max(1) as usize;
        self.bytes.resize(self.bytes.len().next_multiple_of(to), 0);
    }

    /// Overwrites bytes written earlier; what lies outside of them is ignored.
    pub fn patch(&mut self, offset: u32, bytes: &[u8]) {
        let at = offset as usize;
        if let Some(place) = self.bytes.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// What follows can never be reached: nothing is written up to the next label.
    pub fn kill(&mut self) {
        self.dead = true;
    }

    /// Whether the code is dead.
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// Places a label here; code is alive again.
    pub fn place(&mut self, label: Label) {
        self.dead = false;
        let at = label.0 as usize;
        if self.placed.len() <= at {
            self.placed.resize(at + 1, UNKNOWN);
        }
        self.placed[at] = self.bytes.len() as u32;
    }

    /// The distance from here (zero or negative) to a label that this pass has placed already.
    pub fn backward(&self, label: Label) -> Option<i32> {
        let at = *self.placed.get(label.0 as usize).filter(|&&at| at != UNKNOWN)?;
        Some(at.wrapping_sub(self.offset()) as i32)
    }

    /// The distance from here to a label: where this pass placed it, else where the pass before did, else 0.
    pub fn distance(&self, label: Label) -> i32 {
        self.backward(label).unwrap_or_else(|| match self.before.get(label.0 as usize) {
            Some(&at) if at != UNKNOWN => at.wrapping_sub(self.offset()) as i32,
            _ => 0,
        })
    }

    /// Notes an error; the first one of a pass counts.
    pub fn fail(&mut self, kind: ErrorKind, text: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(Error { kind, text: text.into() });
        }
    }

    /// The error of this pass, if there was one.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_come_from_this_pass_or_the_one_before() {
        let mut code = Code::default();
        let (here, there) = (Label(0), Label(1));
        for pass in 0..2 {
            code.begin();
            code.place(here);
            code.u32(0);
            assert_eq!(code.backward(here), Some(-4));
            assert_eq!(code.backward(there), None);
            assert_eq!(code.distance(there), if pass == 0 { 0 } else { 2 });
            code.u16(0);
            code.place(there);
        }
        code.forget();
        code.begin();
        assert_eq!(code.distance(here), 0);
    }

    #[test]
    fn dead_code_is_not_written() {
        let mut code = Code::default();
        code.u8(1);
        code.kill();
        code.u8(2);
        code.place(Label(0));
        code.u8(3);
        code.align(4);
        assert_eq!(code.bytes(), [1, 3, 0, 0]);
        code.patch(1, &[9]);
        code.patch(3, &[9, 9]);
        assert_eq!(code.bytes(), [1, 9, 0, 0]);
    }
}
