//! What every architecture can do.

use crate::code::{Code, Label};

/// A register, by the architecture's own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reg(pub u8);

/// How wide an access to memory is. Offsets and indices count in units of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 8 bits, zero-extended when loaded.
    Bits8,
    /// 16 bits, zero-extended when loaded.
    Bits16,
    /// 32 bits, zero-extended when loaded.
    Bits32,
    /// A machine word.
    Word,
}

impl Width {
    /// log2 of the bytes of a unit on a 32-bit machine.
    pub fn log2(self) -> u32 {
        match self {
            Width::Bits8 => 0,
            Width::Bits16 => 1,
            Width::Bits32 | Width::Word => 2,
        }
    }
}

/// Whether a value fits a signed number of so many bits (1 to 31).
pub fn fits(bits: u32, value: i32) -> bool {
    let limit = 1 << (bits - 1);
    (-limit..limit).contains(&value)
}

/// Arithmetic on words; overflow wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arith {
    /// `to += from`
    Add,
    /// `to -= from`
    Sub,
    /// `to *= from`
    Mul,
    /// `to &= from`
    And,
    /// `to |= from`
    Or,
    /// `to ^= from`
    Xor,
}

/// Shifts; what a count beyond the word does is the machine's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// To the left.
    Left,
    /// To the right, zeros come in.
    Right,
    /// To the right, copies of the sign come in.
    RightSigned,
}

/// Comparisons, in the order of the official operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Condition {
    Less,
    More,
    Equal,
    LessEqual,
    MoreEqual,
    NotEqual,
}

/// The registers of an architecture and what its code must obey (native-abi.md §2, §3, §5).
#[derive(Debug)]
pub struct Machine {
    /// Size of a word in bytes.
    pub word: u32,
    /// Where a function finds its arguments behind [`Assembler::entry`]. Where they come on the stack
    /// (`arguments_on_stack`), the registers into which the emitter loads them.
    pub incoming: [Reg; 4],
    /// Whether arguments come on the stack (x86).
    pub arguments_on_stack: bool,
    /// Where a function leaves its result before [`Assembler::exit`].
    pub result: Reg,
    /// Arguments of helper calls.
    pub args: [Reg; 4],
    /// Result of helper calls.
    pub ret: Reg,
    /// Registers for short moves; helper calls destroy them.
    pub temps: [Reg; 3],
    /// Registers that survive helper calls.
    pub locals: [Reg; 3],
    /// Holds the address of the helper table; survives helper calls.
    pub fun_table: Reg,
    /// A register that is always zero (RISC-V): zero words are stored from it. Elsewhere a register is cleared first.
    pub zero: Option<Reg>,
    /// Size of an `nlr_buf` in words, as the official compiler assumes.
    pub nlr_words: u32,
    /// The word of an `nlr_buf` that comes back into `locals[0]`.
    pub nlr_local: u32,
    /// Whether helper 49 (`setjmp`) must follow helper 32 (Xtensa with windows).
    pub nlr_setjmp: bool,
    /// Where the count of a shift must be (x86, x64); elsewhere any register will do.
    pub shift_count: Option<Reg>,
    /// Whether values for [`Assembler::store`] in viper must be in `args[2]` (x86, x64: bytes come from few registers).
    pub stores_from_arg3: bool,
    /// Whether this is no processor but the official listing: there accesses at an offset need the second argument, and
    /// closures are made of what is in `ret`.
    pub is_listing: bool,
}

/// An assembler. Operations append instructions to [`Assembler::code`]; see the crate's documentation for passes.
///
/// Unless said otherwise an operation changes no register but its destination, an architecture's private scratch register and
/// flags. Registers given are always ones named in [`Machine`] (any of them); `to` and the others may
/// be the same register. Values beyond an encoding are either computed in longer ways, as the official tools
/// do, or reported by [`Code::fail`]; nothing panics.
pub trait Assembler {
    /// The description of the machine.
    fn machine(&self) -> &'static Machine;

    /// The code of the current pass, for reading.
    fn code(&self) -> &Code;

    /// The code of the current pass.
    fn code_mut(&mut self) -> &mut Code;

    /// The name of the function that comes next, for who shows it.
    fn set_name(&mut self, name: &str) {
        let _ = name;
    }

    /// What this pass has to say as text: nothing where it makes code.
    fn text(&self) -> &str {
        ""
    }

    /// Places a label here.
    fn place(&mut self, label: Label) {
        self.code_mut().place(label);
    }

    /// Starts a pass.
    fn begin(&mut self) {
        self.code_mut().begin();
    }

    /// Ends a pass.
    fn finish(&mut self) {}

    /// The prologue: saves registers and makes room for `words` locals (native-abi.md §3.2). Called once in each pass,
    /// behind at most two words of data. Keeps the registers of incoming arguments.
    fn entry(&mut self, words: u32);

    /// The epilogue and return. May be called several times in a pass.
    fn exit(&mut self);

    /// `to` := incoming argument `number` (0 to 3): a move from [`Machine::incoming`] (also of a register to itself), or a load from
    /// the stack.
    fn argument(&mut self, number: usize, to: Reg) {
        let from = self.machine().incoming[number & 3];
        self.copy(to, from);
    }

    /// `to` := `from`. Written even if both are the same.
    fn copy(&mut self, to: Reg, from: Reg);

    /// `to` := a constant, cut to a word; the shortest form that the official tools know.
    fn constant(&mut self, to: Reg, value: i64);

    /// `to` := a number that is filled in when the code is loaded; gives the offset of the place (in versions 4 and 5 of
    /// .mpy files a *link*): 32 bits, or a `movw` and, if `is_wide`, a `movt`. Until then it is 0. `None` if there is no such form.
    fn linked_constant(&mut self, to: Reg, is_wide: bool) -> Option<u32> {
        let _ = (to, is_wide);
        None
    }

    /// `to` := 0
    fn clear(&mut self, to: Reg);

    /// `to` := memory at `base` + `offset` units.
    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64);

    /// Memory at `base` + `offset` units := `from`.
    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64);

    /// `to` := memory at `base` + `index` units. May destroy `base` and `index`. Never called with [`Width::Word`].
    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg);

    /// Memory at `base` + `index` units := `from`. May destroy `base` and `index`. Never called with [`Width::Word`].
    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg);

    /// `to` := local `local` of the frame (a word).
    fn load_local(&mut self, to: Reg, local: u32);

    /// Local `local` := `from`.
    fn store_local(&mut self, local: u32, from: Reg);

    /// `to` := address of local `local`.
    fn local_address(&mut self, to: Reg, local: u32);

    /// `to` := address of a label, in a form that [`Assembler::jump_register`] takes.
    fn label_address(&mut self, to: Reg, label: Label);

    /// Jumps to a label.
    fn jump(&mut self, label: Label);

    /// Jumps if `reg` is zero. `is_bool`: only the low byte counts (the result of a C function that returns a bool), which matters only where
    /// a byte test exists (x86, x64).
    fn jump_if_zero(&mut self, reg: Reg, label: Label, is_bool: bool);

    /// Jumps if `reg` is not zero.
    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, is_bool: bool);

    /// Jumps if two registers are equal.
    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label);

    /// Jumps to the address in `reg`.
    fn jump_register(&mut self, reg: Reg);

    /// Calls helper `index` with `n_args` arguments in [`Machine::args`] (x86 must push that many); result in
    /// [`Machine::ret`]. Destroys all but `locals` and `fun_table`.
    fn call(&mut self, index: u32, n_args: u32);

    /// As [`Assembler::call`], for the one helper whose four arguments leave no register free for its address
    /// (helper 45 in version 6): Thumb takes r4 instead of r3.
    fn call_setup(&mut self, index: u32) {
        self.call(index, 4);
    }

    /// `to` := `to` op `from`
    fn arith(&mut self, op: Arith, to: Reg, from: Reg);

    /// Shifts `to` by `count`, which is [`Machine::shift_count`] if that is set.
    fn shift(&mut self, op: Shift, to: Reg, count: Reg);

    /// `to` := −`to`
    fn negate(&mut self, to: Reg);

    /// `to` := not `to`, bit by bit; `to` is [`Machine::ret`]. May destroy `args[0]`, or `args[1]` where `args[0]` is `ret`
    /// (Xtensa has no such instruction: −1 goes there first, then `xor`).
    fn invert(&mut self, to: Reg);

    /// `to` := 1 if the comparison holds, else 0. `to` is [`Machine::ret`]; `left` is `args[1]`.
    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg);
}
