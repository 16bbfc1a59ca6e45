//! Code objects: what the compiler makes, .mpy files hold and the VM loads.
//!
//! Bytecode is always in the form of .mpy version 6 (reference/bytecode.md): operands index the
//! tables of the [`Module`] and the children of their own [`RawCode`].

use alloc::{boxed::Box, string::String, vec::Vec};

/// Target of machine code; the numbers are those of .mpy version 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Arch {
    /// Bytecode only.
    #[default]
    None = 0,
    /// x86, 32 bits
    X86 = 1,
    /// x86-64
    X64 = 2,
    /// Arm
    Armv6 = 3,
    /// Thumb of Armv6-M
    Armv6m = 4,
    /// Thumb-2 of Armv7-M
    Armv7m = 5,
    /// with DSP instructions
    Armv7em = 6,
    /// with single-precision floats
    Armv7emsp = 7,
    /// with double-precision floats
    Armv7emdp = 8,
    /// Xtensa
    Xtensa = 9,
    /// Xtensa with register windows
    Xtensawin = 10,
    /// RISC-V, 32 bits
    Rv32imc = 11,
    /// RISC-V, 64 bits
    Rv64imc = 12,
    /// The listing of the emitter's generic operations
    Debug = 13,
}

/// A compiled source: one .mpy file.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// Target of the machine code inside.
    pub arch: Arch,
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

/// What accompanies machine code (mpy-format.md §2.4).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Native {
    /// Kind 1: offset of the prelude in `data`.
    pub prelude_offset: u32,
    /// Kinds 2 and 3: scope flags.
    pub scope_flags: u32,
    /// Kind 3: number of arguments.
    pub n_args: u32,
    /// Kind 3: type signature.
    pub type_sig: u32,
    /// Read-only data of a native module.
    pub rodata: Box<[u8]>,
    /// Size of the zeroed data of a native module.
    pub bss: u32,
    /// Relocation bytes without the final 0xff, as in the file.
    pub relocations: Box<[u8]>,
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
