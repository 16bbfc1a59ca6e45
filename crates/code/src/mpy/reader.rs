//! The bytes of a file in order: what every version is read with.
//!
//! Memory grows with the bytes that were really there, whatever lengths and counts a file claims.

use super::{Error, ErrorKind};
use crate::float_text;
use crate::object::Const;
use alloc::{boxed::Box, format, string::String, vec::Vec};

/// Where the bytes of a file come from.
pub trait Source {
    /// Puts the next bytes at the front of `buffer` and says how many; 0 when there are no more.
    fn fill(&mut self, buffer: &mut [u8]) -> usize;

    /// Asks whether so many more bytes of memory may be used for what is read.
    fn grant(&mut self, bytes: usize) -> bool {
        let _ = bytes;
        true
    }
}

impl Source for &[u8] {
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let n = self.len().min(buffer.len());
        let (now, later) = self.split_at(n);
        buffer[..n].copy_from_slice(now);
        *self = later;
        n
    }
}

/// Whether `text` is UTF-8 in which single surrogates may occur.
fn is_generalised_utf8(mut text: &[u8]) -> bool {
    loop {
        let error = match core::str::from_utf8(text) {
            Ok(_) => return true,
            Err(error) => error,
        };
        match &text[error.valid_up_to()..] {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, rest @ ..] => text = rest,
            _ => return false,
        }
    }
}

/// Memory is asked for in pieces of this size or larger.
const GRANT: usize = 4096;

/// Reads a [`Source`] from front to back.
pub(crate) struct Reader<'a> {
    source: &'a mut dyn Source,
    buffer: [u8; 1024],
    /// What of the buffer has not been read yet.
    next: usize,
    end: usize,
    /// Offset in the file of the next byte.
    pub(crate) pos: usize,
    /// Memory that was granted and is not used yet.
    granted: usize,
    /// Largest temporary use that was granted.
    peak: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a mut dyn Source) -> Self {
        Reader { source, buffer: [0; 1024], next: 0, end: 0, pos: 0, granted: 0, peak: 0 }
    }

    pub(crate) fn error<T>(&self, offset: usize, detail: impl Into<String>) -> Result<T, Error> {
        Err(Error { kind: ErrorKind::IncompatibleFile, offset: Some(offset), detail: detail.into() })
    }

    /// Counts memory that what is read takes from now on.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.granted {
            let more = (bytes - self.granted).max(GRANT);
            if !self.source.grant(more) {
                let detail = format!("{more} more bytes");
                return Err(Error { kind: ErrorKind::Memory, offset: Some(self.pos), detail });
            }
            self.granted += more;
        }
        self.granted -= bytes;
        Ok(())
    }

    /// Counts memory that is only used for a while, never twice at the same time.
    pub(crate) fn charge_once(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.peak {
            self.charge(bytes - self.peak)?;
            self.peak = bytes;
        }
        Ok(())
    }

    /// The next byte, `None` at the end.
    pub(crate) fn next(&mut self) -> Option<u8> {
        if self.next == self.end {
            self.next = 0;
            self.end = self.source.fill(&mut self.buffer).min(self.buffer.len());
            if self.end == 0 {
                return None;
            }
        }
        let byte = self.buffer[self.next];
        self.next += 1;
        self.pos += 1;
        Some(byte)
    }

    pub(crate) fn byte(&mut self, what: &str) -> Result<u8, Error> {
        match self.next() {
            Some(byte) => Ok(byte),
            None => self.error(self.pos, format!("the file ends, expected {what}")),
        }
    }

    pub(crate) fn uint(&mut self, what: &str) -> Result<u32, Error> {
        self.copied_uint(what, &mut Vec::new())
    }

    /// A varuint whose bytes are appended to `copy` as they are.
    pub(crate) fn copied_uint(&mut self, what: &str, copy: &mut Vec<u8>) -> Result<u32, Error> {
        let at = self.pos;
        let mut value = 0u32;
        loop {
            let byte = self.byte(what)?;
            if value >> 25 != 0 {
                return self.error(at, format!("found a number of more than 32 bits, expected {what}"));
            }
            copy.push(byte);
            value = value << 7 | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
    }

    /// That many bytes, appended to `copy`.
    pub(crate) fn copied(&mut self, len: usize, what: &str, copy: &mut Vec<u8>) -> Result<(), Error> {
        let at = self.pos;
        let mut missing = len;
        while missing > 0 {
            if self.next == self.end {
                match self.next() {
                    Some(byte) => copy.push(byte),
                    None => {
                        let found = len - missing;
                        return self.error(at, format!("{what} has {len} bytes, but only {found} follow"));
                    }
                }
                missing -= 1;
                continue;
            }
            let n = missing.min(self.end - self.next);
            self.charge(n)?;
            copy.extend_from_slice(&self.buffer[self.next..self.next + n]);
            self.next += n;
            self.pos += n;
            missing -= n;
        }
        Ok(())
    }

    pub(crate) fn bytes(&mut self, len: usize, what: &str) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.copied(len, what, &mut bytes)?;
        Ok(bytes)
    }

    /// Text of a known length.
    pub(crate) fn text(&mut self, len: usize, what: &str) -> Result<Box<[u8]>, Error> {
        let at = self.pos;
        let text = self.bytes(len, what)?;
        if !is_generalised_utf8(&text) {
            return self.error(at, format!("{what} is not UTF-8"));
        }
        Ok(text.into())
    }

    /// An int, a float or a complex number (kinds 7, 8, 9) written as text of a known length.
    pub(crate) fn number(&mut self, kind: u8, len: usize) -> Result<Const, Error> {
        let at = self.pos;
        let bytes = self.bytes(len, "a number")?;
        let number = core::str::from_utf8(&bytes).ok().and_then(|text| {
            Some(match kind {
                7 => {
                    let digits = text.strip_prefix('-').unwrap_or(text);
                    let is_int = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                    is_int.then(|| Const::Int(text.into()))?
                }
                8 => Const::Float(float_text::parse(text)?, text.into()),
                _ => {
                    let (real, imaginary) = float_text::parse_complex(text)?;
                    Const::Complex(real, imaginary, text.into())
                }
            })
        });
        match number {
            Some(number) => Ok(number),
            None => {
                let what = match kind {
                    7 => "an int",
                    8 => "a float",
                    _ => "a complex number",
                };
                let shown: String = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into();
                self.error(at, format!("found {shown:?}, expected the text of {what}"))
            }
        }
    }

    /// Relocations up to the final 0xff, as they are but without it.
    pub(crate) fn relocations(&mut self) -> Result<Box<[u8]>, Error> {
        let mut copy = Vec::new();
        loop {
            // The official loader takes the end of the file for the end of the list.
            let Some(op) = self.next().filter(|&op| op != 0xff) else {
                return Ok(copy.into());
            };
            copy.push(op);
            if op & 1 != 0 {
                self.copied_uint("the place of a relocation", &mut copy)?;
            }
            if op >> 1 <= 5 && op >> 1 & 1 != 0 {
                self.copied_uint("the count of a relocation", &mut copy)?;
            }
        }
    }
}
