//! Code objects: what the compiler makes, .mpy files hold and the VM loads.
//!
//! Bytecode is always in the form of .mpy version 6 (reference/bytecode.md): operands index the
//! tables of the [`Module`] and the children of their own [`RawCode`].

pub use crate::arch::Arch;
use crate::older::links::Link;
use crate::relocation::Relocations;
use alloc::{boxed::Box, string::String, vec::Vec};

/// A compiled source: one .mpy file.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// Target of the machine code inside.
    pub arch: Arch,
    /// Version of the interface between that machine code and its host: the minor version of the file. It is
    /// [`SUB_VERSION`](crate::mpy::SUB_VERSION) in what the compiler makes and where there is no machine code.
    pub sub_version: u8,
    /// CPU extensions that the machine code uses.
    pub arch_flags: u32,
    /// Width of a small int that the compiler assumed, sign included.
    pub small_int_bits: u8,
    /// Interned texts (generalised UTF-8). Entry 0 is the source file name.
    pub qstrs: Vec<Box<[u8]>>,
    /// Constant objects.
    pub objects: Vec<Const>,
    /// The module body.
    pub root: RawCode,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    /// The table of native helper functions.
    FunTable,
    /// `None`
    None,
    /// `False`
    False,
    /// `True`
    True,
    /// `...`
    Ellipsis,
    /// Text, generalised UTF-8.
    Str(Box<[u8]>),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// An integer as decimal text with an optional `-`.
    Int(Box<str>),
    /// A float. The text is what a file holds (mpy-format.md §9); the value is what it means.
    Float(f64, Box<str>),
    /// A complex number: real part, imaginary part, text.
    Complex(f64, f64, Box<str>),
    /// A tuple of constants.
    Tuple(Vec<Const>),
}

/// What a code object's data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Prelude and bytecode.
    Bytecode = 0,
    /// Machine code with Python calling convention.
    Native = 1,
    /// Machine code with typed arguments, and native modules.
    Viper = 2,
    /// Inline assembler.
    Asm = 3,
}

/// One function, class body, comprehension or module body.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCode {
    /// What `data` is.
    pub kind: Kind,
    /// Prelude and bytecode, or machine code.
    pub data: Box<[u8]>,
    /// Functions made by this one.
    pub children: Vec<RawCode>,
    /// Facts about machine code; `None` for bytecode.
    pub native: Option<Box<Native>>,
    /// What bytecode has no room for; `None` when it is not known.
    pub debug: Option<Box<Debug>>,
}

/// What accompanies machine code (mpy-format.md §2.4). Fields that its kind has no use for are zero or empty.
///
/// A file holds nothing else: machine code finds names through the table of qstrs, constants through that of
/// objects, and helpers through an object that is [`Const::FunTable`]. Whoever loads it copies the data
/// to executable memory, then applies the [`relocations`](Native::relocations).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Native {
    /// Kind 1: offset of the prelude in `data`, which has the form of bytecode's and ends the data
    /// ([`Prelude::parse_at`](crate::prelude::Prelude::parse_at)).
    pub prelude_offset: u32,
    /// Kinds 2 and 3: scope flags, [`RELOCATIONS`](Native::RELOCATIONS) and the like.
    pub scope_flags: u32,
    /// Kind 3: number of arguments.
    pub n_args: u32,
    /// Kind 3: type signature, the type of the result in the low bits.
    pub type_sig: u32,
    /// Kind 2: read-only data of a native module.
    pub rodata: Box<[u8]>,
    /// Kind 2: size in bytes of the zeroed data of a native module.
    pub bss: u32,
    /// Kind 2: relocations as in the file, without the final 0xff.
    pub relocations: Box<[u8]>,
    /// Whether handlers keep their exception where the machine may read it (the value of the function's `nlr_buf`) as long as
    /// they run. Files do not say so.
    pub keeps_exception: bool,
    /// Code for a host of version 4 or 5 (kinds 1 and 2): what only [`older::downgrade`](crate::older::downgrade) can put
    /// into a file.
    pub own: Option<Box<OwnTable>>,
}

/// What machine code of versions 4 and 5 has of its own in place of the module's tables (mpy-format.md §6.3).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OwnTable {
    /// Name of the function, a number of the module's qstrs.
    pub name: u32,
    /// Kind 1: names of the parameters, likewise.
    pub params: Vec<u32>,
    /// Constants by number in the module's table.
    pub objects: Vec<u32>,
    /// Places in the code that hold names, numbered as the module's qstrs.
    pub links: Vec<Link>,
}

impl Native {
    /// Scope flag: relocations follow.
    pub const RELOCATIONS: u32 = 0x10;
    /// Scope flag: it has read-only data.
    pub const RODATA: u32 = 0x20;
    /// Scope flag: it has zeroed data.
    pub const BSS: u32 = 0x40;

    /// The relocations one by one. In a module that was read from a file each lies inside of its section.
    pub fn relocations(&self) -> Relocations<'_> {
        Relocations::new(&self.relocations)
    }
}

/// The debug section of one code object (D1): what version 6.3 has no room for.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Debug {
    /// Source positions in order of offset: each entry holds from its offset (counted from the first
    /// opcode) up to the next entry's.
    pub positions: Vec<Position>,
    /// Names of the locals by number, parameters included; empty where unnamed.
    pub locals: Vec<Box<str>>,
    /// The docstring.
    pub doc: Option<Box<[u8]>>,
    /// How many of the positional parameters are positional-only.
    pub positional_only: u32,
    /// The body of an `async def` that is no asynchronous generator.
    pub coroutine: bool,
    /// Line of the `def`, `class` or `lambda`; 1 for a module.
    pub first_line: u32,
    /// `__qualname__`.
    pub qualname: String,
}

/// Where the instruction at an offset comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Offset from the first opcode.
    pub offset: u32,
    /// 1-based line.
    pub line: u32,
    /// 1-based last line.
    pub end_line: u32,
    /// 0-based column in bytes.
    pub column: u32,
    /// 0-based end column in bytes.
    pub end_column: u32,
}
