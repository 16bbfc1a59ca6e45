//! .mpy files of versions 3, 4 and 5 (mpy-format.md §6, §7; bytecode.md §12 to §14): what the official releases 1.9.3 to
//! 1.18 wrote and loaded.
//!
//! [`File`] is such a file as it is: each function with its own table of constants, its bytes as they lie in
//! memory, with this file's own numbers where names are. [`crate::mpy::read_as_is`] reads one, [`write()`] writes versions 4 and 5;
//! what the official tools wrote is written back byte for byte. [`upgrade`] makes a module of version 6 of it, [`downgrade`] is
//! the reverse. Machine code is kept, with its links to names ([`links`]), but not translated: only what the compiler made for
//! the older version goes into a file.

mod calls;
mod disasm;
mod downgrade;
pub mod links;
pub mod opcode;
mod prelude;
mod read;
mod upgrade;
mod write;

pub use disasm::instruction;
pub use downgrade::{Refused, Target, downgrade};
pub use prelude::{Prelude, native_prelude};
pub(crate) use read::read;
pub use upgrade::upgrade;
pub use write::write;

use crate::arch::Arch;
use crate::object::{Const, Kind, Native};
use alloc::{boxed::Box, vec::Vec};
use links::Link;
use opcode::Form;

/// The oldest version that is read.
pub const OLDEST: u8 = 3;
/// Entries of the window of recent names, as the official tools have it.
pub const WINDOW: u32 = 32;

/// Whether what this crate's users emit for an architecture can be in files of a version, 6 included.
pub fn has_machine_code(version: u8, arch: Arch) -> bool {
    use Arch::{Armv6, Armv7em, Armv7emdp, Armv7emsp, Armv7m, X64, X86, Xtensa, Xtensawin};
    match version {
        ..4 => false,
        4 => matches!(arch, X86 | X64 | Armv6 | Armv7m | Xtensa),
        5 => {
            matches!(arch, X86 | X64 | Armv6 | Armv7m | Armv7em | Armv7emsp | Armv7emdp | Xtensa | Xtensawin)
        }
        _ => true,
    }
}

/// A file of version 3, 4 or 5.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The version, and whether a cache byte follows some names in its bytecode.
    pub form: Form,
    /// Whether strings are Unicode (feature bit 1).
    pub unicode: bool,
    /// Target of the machine code inside; version 3 has none.
    pub arch: Arch,
    /// Width of a small int that the compiler assumed, sign included.
    pub small_int_bits: u8,
    /// Entries of the window of recent names; version 3 has none.
    pub window: u32,
    /// Distinct names of the file; what is called a name below is an index into it.
    pub names: Vec<Box<[u8]>>,
    /// The module body.
    pub root: Code,
}

/// One function, class body, comprehension or module body.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// What `data` is.
    pub kind: Kind,
    /// Prelude and bytecode, or machine code. Operands of two bytes that are names hold this file's names; the places
    /// of the function's and the source file's name in the prelude hold what they held.
    pub data: Box<[u8]>,
    /// Name of the function; kinds 0 and 1.
    pub name: u16,
    /// Name of the source file; kinds 0 and 1.
    pub source: u16,
    /// Names of the parameters, the first entries of the table of constants; kinds 0 and 1.
    pub params: Vec<u16>,
    /// Constant objects, the next entries.
    pub objects: Vec<Const>,
    /// Functions made by this one, the last entries.
    pub children: Vec<Code>,
    /// Facts about machine code; `None` for bytecode.
    pub machine: Option<Box<Machine>>,
}

/// What accompanies machine code.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Machine {
    /// What later versions have too. The relocations of version 5 are numbered without the tables of qstrs and objects.
    pub native: Native,
    /// Places in the code that hold names.
    pub links: Vec<Link>,
}
