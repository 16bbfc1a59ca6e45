//! The .mpy file (mpy-format.md): version 6 here, versions 3 to 5 with the help of [`older`](crate::older).
//!
//! [`read`] turns the bytes of a file into a [`Module`](crate::object::Module), [`write()`] does the reverse;
//! what `mpy-cross` wrote is written back byte for byte. [`Host`] says which files a machine accepts.
//!
//! The reader takes the bytes from a [`Source`] as they come and believes nothing: memory grows with what was really
//! there, nesting is bounded by [`MAX_NESTING`], texts are checked to be generalised UTF-8 and number
//! texts to be numbers, relocations to lie in their sections. Bytecode is not looked into, that is the verifier's part.
//!
//! Behind the last code object, where the official loader does not look, sections may follow: `TPN`, one
//! byte that names the kind, a varuint version, a varuint length, that many bytes. Kind `D` of version 1
//! is the debug section (`debug`); unknown ones are skipped, and anything else ends the file.

mod debug;
mod read;
pub(crate) mod reader;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::BLOCK;
pub use read::{File, Host, read, read_as_is, read_from};
pub(crate) use reader::Reader;
pub use reader::Source;
pub use write::{WriteOptions, write};

use alloc::{format, string::String};
use core::fmt;

/// The version of the format, second byte of a file.
pub const VERSION: u8 = 6;
/// The sub-version of native code.
pub const SUB_VERSION: u8 = 3;
/// Code objects inside code objects, and tuples inside tuples, to this depth.
pub const MAX_NESTING: usize = 500;

/// First bytes of a section behind the code.
const SECTION_MAGIC: &[u8] = b"TPN";
/// Kind and version of the debug section.
const DEBUG_SECTION: (u8, u32) = (b'D', 1);

/// Which of the official complaints an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Not such a file, damaged, or made for another configuration.
    IncompatibleFile,
    /// Machine code for another processor.
    IncompatibleArch,
    /// Machine code, and this machine takes none.
    NativeUnsupported,
    /// The source of the bytes granted no more memory.
    Memory,
}

impl ErrorKind {
    /// The official text.
    pub fn text(self) -> &'static str {
        match self {
            ErrorKind::IncompatibleFile => "incompatible .mpy file",
            ErrorKind::IncompatibleArch => "incompatible .mpy arch",
            ErrorKind::NativeUnsupported => "native code in .mpy unsupported",
            ErrorKind::Memory => "memory allocation failed",
        }
    }
}

/// Why a file was refused. Displayed: the official text, then offset, what was found and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The official complaint.
    pub kind: ErrorKind,
    /// Where in the file; `None` where the bytes are fine but what they mean is not.
    pub offset: Option<usize>,
    /// What was found there and what was expected.
    pub detail: String,
}

impl Error {
    /// What follows the official text: offset, what was found and what was expected.
    pub fn explanation(&self) -> String {
        match self.offset {
            Some(offset) => format!("at offset {offset}: {}", self.detail),
            None => self.detail.clone(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.text(), self.explanation())
    }
}

impl core::error::Error for Error {}
