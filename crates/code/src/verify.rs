//! Which bytecode is safe to run (D8).
//!
//! [`verify`] looks at one code object and the tables of its module, in time linear in its length. What
//! it accepts can be run without further checks of depth, indices and NULLs, except those that
//! depend on the types of objects (is it a cell, a container, a keyword name, a tuple of defaults, an
//! exception, an iterator): those are tested on use.
//!
//! Offsets, here and in the results, count from the first opcode; only those of errors in the prelude
//! ([`VerifyError::in_prelude`]) count from the start of the data.
//!
//! # Rules
//!
//! 1. *Prelude*: signature, sizes, info block and cell list lie inside the data; only the four known scope
//!    flags; not more defaults, nor positional-only parameters in the debug facts, than positional parameters.
//! 2. *Name*: function and parameter names are in the qstr table.
//! 3. *Local*: parameters and all locals named by instructions are less than n_state, and not absurdly many.
//! 4. *Cell*: cells are such locals, each listed once.
//! 5. *Instruction*: the bytes from the first opcode to the end are whole, defined instructions.
//! 6. *Operand*: qstrs, objects, children exist; a loaded object is one; a closure has not more cells than
//!    its child has positional parameters; slices have 2 or 3 parts, in one byte; a small int fits the module's.
//! 7. *Target*: labels and handlers lie on instructions.
//! 8. *End*: flow never runs off the end.
//! 9. *Depth*: nothing is popped from an empty stack; the stack is never deeper than
//!    such code could need ([`depth_limit`]).
//! 10. *Kind*: each slot has a kind, and each instruction gets the kinds it needs. **Object**; **NULL**, pushed by
//!     LOAD_NULL, accepted as a default, as the value of STORE_ATTR and STORE_SUBSCR, as self of CALL_METHOD, as
//!     the name of a `**` argument, and in an iterator made by hand (NULL, object, NULL, NULL); **maybe**, one of both, as
//!     LOAD_METHOD and SETUP_WITH push for self; **iterator**, one of the 4 slots of GET_ITER_STACK; **pending**, what a finally or
//!     with handler finds: an object, or a pair (value or target, and a marker). Only RETURN_VALUE and UNWIND_JUMP make
//!     pairs, only WITH_CLEANUP and END_FINALLY take them.
//! 11. *Block*: which exception blocks are open is known at each instruction. Closing needs an open block, and
//!     n_exc_stack suffices. While a block is open nothing below its level is touched; in its handler
//!     nothing below its base (with: two slots lower). For a handler the stack is cut to the level.
//!     RETURN_VALUE and UNWIND_JUMP find something pending in each finally or with handler that they
//!     leave; for UNWIND_JUMP nothing else is above the bases, so that it leads to the base of the outermost block it leaves.
//! 12. *Yield*: only generators yield.
//!
//! Where paths join, depth, blocks, and kinds below the innermost base must agree; above it objects and
//! NULLs become *maybe*, and objects become *pending*. Code that fails rule 9, 10 or 11 for sure is refused. Where this
//! analysis cannot follow (paths that do not join so, moved iterators and pending pairs, slots of an open block that are
//! touched, a back jump that leaves a handler without closing its block, or more work than its length
//! allows) the result is *careful*: rules 1 to 7 hold, the rest must be checked while running.
//!
//! It deliberately does not look at machine code, and neither at unreachable instructions beyond rule 7.

mod flow;
mod stack;
#[cfg(test)]
mod tests;

use crate::bitset::BitSet;
use crate::object::{Const, Kind, Module, RawCode};
use crate::opcode::{Instruction, Op, Operand};
use crate::prelude::{Prelude, Signature};
use alloc::{format, string::String};
use core::fmt;

/// What is known about a code object that may be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Locals: parameters, `*args`, `**kwargs`, cells and all that instructions name.
    pub n_locals: u32,
    /// Slots of the value stack, pending pairs and the arguments of WITH_CLEANUP included.
    pub max_stack: u32,
    /// Exception blocks that can be open at once.
    pub max_blocks: u32,
    /// Depth, kinds and blocks are not proved and must be checked while running.
    pub careful: bool,
    /// Where and why the proof failed, if [`careful`](Self::careful).
    pub doubt: Option<Doubt>,
}

/// The places in code that matter to whoever rewrites it.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Where instructions start.
    pub starts: BitSet,
    /// Targets of jumps and handlers; instructions are not fused across them.
    pub targets: BitSet,
    /// How many instructions may have an inline cache ([`Op::is_cacheable`]).
    pub sites: usize,
}

impl Outline {
    /// The outline of code that was verified.
    pub fn of(code: &[u8]) -> Outline {
        let mut outline = Outline::default();
        outline.reset(code.len());
        let mut at = 0;
        while let Some(instruction) = Instruction::decode(code, at) {
            outline.note(at, &instruction, code.len());
            at += instruction.len;
        }
        outline
    }

    fn reset(&mut self, len: usize) {
        self.starts.reset(len);
        self.targets.reset(len);
        self.sites = 0;
    }

    /// Takes up an instruction; gives its target if that lies outside of the code.
    fn note(&mut self, at: usize, instruction: &Instruction, len: usize) -> Option<i64> {
        self.starts.insert(at);
        self.sites += usize::from(instruction.op.is_cacheable());
        let target = instruction.target()?;
        match usize::try_from(target) {
            Ok(inside) if inside < len => {
                self.targets.insert(inside);
                None
            }
            _ => Some(target),
        }
    }
}

/// Why code must be run carefully.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Offset of the instruction.
    pub offset: u32,
    /// What could not be proved.
    pub reason: &'static str,
}

/// The rules of the module documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rule {
    /// Rule 1
    Prelude = 1,
    /// Rule 2
    Name = 2,
    /// Rule 3
    Local = 3,
    /// Rule 4
    Cell = 4,
    /// Rule 5
    Instruction = 5,
    /// Rule 6
    Operand = 6,
    /// Rule 7
    Target = 7,
    /// Rule 8
    End = 8,
    /// Rule 9
    Depth = 9,
    /// Rule 10
    Kind = 10,
    /// Rule 11
    Block = 11,
    /// Rule 12
    Yield = 12,
}

impl Rule {
    /// Its heading in the list.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Prelude => "prelude",
            Rule::Name => "name",
            Rule::Local => "local",
            Rule::Cell => "cell",
            Rule::Instruction => "instruction",
            Rule::Operand => "operand",
            Rule::Target => "target",
            Rule::End => "end",
            Rule::Depth => "depth",
            Rule::Kind => "kind",
            Rule::Block => "block",
            Rule::Yield => "yield",
        }
    }
}

/// Why code is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Name of the function, empty if it has none that can be found.
    pub function: String,
    /// Whether the prelude breaks the rule.
    pub in_prelude: bool,
    /// Offset from the first opcode; in the prelude from the start of the data.
    pub offset: u32,
    /// The broken rule.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, offset) = (self.rule, self.offset);
        let of = if self.in_prelude { " of the prelude" } else { "" };
        let (function, message) = (&self.function, &self.message);
        write!(f, "function '{function}', offset {offset}{of}: {message} (rule {}: {})", rule as u8, rule.name())
    }
}

impl core::error::Error for VerifyError {}

/// Locals that code may have beside its parameters and one per byte: a function can lose all code that used them.
const SPARE_LOCALS: usize = 16_384;

/// Parameters that code may have: machines count them in 16 bits.
const MAX_PARAMS: u32 = 0xffff;

/// The deepest stack that `code_len` bytes of code may need.
///
/// No compiler pushes what is not consumed by further code, and no byte pushes more than 4 slots but
/// UNPACK_SEQUENCE, whose items are all stored.
pub fn depth_limit(code_len: usize) -> u32 {
    u32::try_from(code_len.saturating_mul(4).saturating_add(64)).unwrap_or(u32::MAX)
}

/// Verifies one code object of `module`; its children are verified on their own.
pub fn verify(module: &Module, raw: &RawCode) -> Result<Verified, VerifyError> {
    Verifier::default().verify(module, raw)
}

/// Verifies code objects one after another in the same memory.
#[derive(Default)]
pub struct Verifier {
    outline: Outline,
    flow: flow::Memory,
}

impl Verifier {
    /// As [`verify`].
    pub fn verify(&mut self, module: &Module, raw: &RawCode) -> Result<Verified, VerifyError> {
        let (prelude, n_params) = check_prelude(module, raw).map_err(|error| VerifyError {
            function: name(module, raw),
            in_prelude: true,
            ..error
        })?;
        self.check_code(module, raw, &prelude, n_params)
            .map_err(|error| VerifyError { function: name(module, raw), ..error })
    }

    /// What comes behind the prelude. `n_params`: the number of locals that a call fills.
    fn check_code(
        &mut self,
        module: &Module,
        raw: &RawCode,
        prelude: &Prelude,
        n_params: u32,
    ) -> Result<Verified, VerifyError> {
        let code = &raw.data[prelude.code..];
        self.outline.reset(code.len());
        let mut found = Found {
            module,
            raw,
            signature: &prelude.signature,
            local_limit: (n_params as usize)
                .saturating_add(SPARE_LOCALS)
                .saturating_add(code.len())
                .min(prelude.signature.n_state as usize),
            n_locals: n_params,
            outline: &mut self.outline,
        };
        for &cell in &raw.data[prelude.cells.clone()] {
            found.n_locals = found.n_locals.max(u32::from(cell) + 1);
        }
        found.instructions(code)?;
        let n_locals = found.n_locals;
        let flow = flow::analyse(code, &prelude.signature, &self.outline.targets, &mut self.flow)?;
        let mut max_stack = flow.max_stack;
        if flow.doubt.is_some() {
            // What the compiler declared; running checks against it.
            let declared = prelude.signature.n_state - n_locals;
            max_stack = max_stack.max(declared.min(depth_limit(code.len())));
        }
        Ok(Verified {
            n_locals,
            max_stack,
            max_blocks: match flow.doubt {
                None => flow.max_blocks,
                // Each open block has its own instruction.
                Some(_) => prelude.signature.n_exc_stack.min(code.len() as u32),
            },
            careful: flow.doubt.is_some(),
            doubt: flow.doubt,
        })
    }
}

/// The name of a function, empty if it has none that can be found.
fn name(module: &Module, raw: &RawCode) -> String {
    let index = Prelude::parse(&raw.data).map(|prelude| prelude.name as usize);
    let name = index.ok().and_then(|index| module.qstrs.get(index));
    name.map_or_else(String::new, |name| String::from_utf8_lossy(name).into_owned())
}

fn error(offset: usize, rule: Rule, message: impl Into<String>) -> VerifyError {
    let function = String::new();
    VerifyError { function, in_prelude: false, offset: offset as u32, rule, message: message.into() }
}

/// Rules 1 to 4 for what stands in the prelude; returns it and the number of locals that a call fills.
fn check_prelude(module: &Module, raw: &RawCode) -> Result<(Prelude, u32), VerifyError> {
    if raw.kind != Kind::Bytecode {
        return Err(error(0, Rule::Prelude, "machine code cannot be verified"));
    }
    let prelude =
        Prelude::parse(&raw.data).map_err(|e| error(e.offset, Rule::Prelude, format!("expected {}", e.expected)))?;
    let signature = &prelude.signature;
    if signature.scope_flags > 0x0f {
        let message = format!("unknown scope flags {:#x}", signature.scope_flags);
        return Err(error(0, Rule::Prelude, message));
    }
    if signature.n_defaults > signature.n_pos {
        return Err(error(0, Rule::Prelude, "more defaults than positional parameters"));
    }
    let positional_only = raw.debug.as_ref().map_or(0, |debug| debug.positional_only);
    if positional_only > signature.n_pos {
        let message = "more positional-only than positional parameters";
        return Err(error(0, Rule::Prelude, message));
    }
    let mut names = core::iter::once(prelude.name).chain(prelude.param_names(&raw.data));
    if let Some(name) = names.find(|&name| name as usize >= module.qstrs.len()) {
        let message = format!("name {name}, but there are {} qstrs", module.qstrs.len());
        return Err(error(prelude.params.start, Rule::Name, message));
    }
    let n_params = signature.n_params();
    if n_params > MAX_PARAMS {
        return Err(error(0, Rule::Local, format!("{n_params} parameters, but at most {MAX_PARAMS} are possible")));
    }
    if n_params > signature.n_state {
        return Err(error(0, Rule::Local, format!("{n_params} parameters in {} slots", signature.n_state)));
    }
    let mut seen = BitSet::new(256);
    for (index, &cell) in raw.data[prelude.cells.clone()].iter().enumerate() {
        let at = prelude.cells.start + index;
        if u32::from(cell) >= signature.n_state {
            return Err(error(at, Rule::Cell, format!("cell {cell} in {} slots", signature.n_state)));
        }
        if seen.contains(cell.into()) {
            return Err(error(at, Rule::Cell, format!("cell {cell} is listed twice")));
        }
        seen.insert(cell.into());
    }
    Ok((prelude, n_params))
}

/// What the pass over all instructions finds.
struct Found<'a> {
    module: &'a Module,
    raw: &'a RawCode,
    signature: &'a Signature,
    local_limit: usize,
    n_locals: u32,
    outline: &'a mut Outline,
}

impl Found<'_> {
    /// Rules 3, 5, 6, 7 and 12.
    fn instructions(&mut self, code: &[u8]) -> Result<(), VerifyError> {
        let mut at = 0;
        while at < code.len() {
            let Some(instruction) = Instruction::decode(code, at) else {
                let message = format!("no whole instruction here (byte {:#04x})", code[at]);
                return Err(error(at, Rule::Instruction, message));
            };
            if let Some(target) = self.outline.note(at, &instruction, code.len()) {
                return Err(error(at, Rule::Target, format!("target {target} is outside of the code")));
            }
            self.operand(at, &instruction)?;
            at += instruction.len;
        }
        let Outline { starts, targets, .. } = &*self.outline;
        match targets.iter().find(|&target| !starts.contains(target)) {
            Some(target) => Err(error(target, Rule::Target, "a target inside of an instruction")),
            None => Ok(()),
        }
    }

    fn operand(&mut self, at: usize, instruction: &Instruction) -> Result<(), VerifyError> {
        let arg = instruction.arg;
        let bad = |message: String| Err(error(at, Rule::Operand, message));
        let missing =
            |what: &str, len: usize| (arg as u64 >= len as u64).then(|| format!("{what} {arg}, but there are {len}"));
        match instruction.op.info().operand {
            Operand::Qstr => {
                if let Some(message) = missing("qstr", self.module.qstrs.len()) {
                    return bad(message);
                }
            }
            Operand::Object => {
                if let Some(message) = missing("object", self.module.objects.len()) {
                    return bad(message);
                }
                if self.module.objects[arg as usize] == Const::FunTable {
                    return bad("the table of helper functions is no object".into());
                }
            }
            Operand::Child | Operand::ChildByte => {
                if let Some(message) = missing("child", self.raw.children.len()) {
                    return bad(message);
                }
                let child = &self.raw.children[arg as usize];
                if instruction.extra > 0 && child.kind == Kind::Bytecode {
                    let n_pos = Signature::read(&child.data, 0).map_or(0, |(s, _)| s.n_pos);
                    if u32::from(instruction.extra) > n_pos {
                        let cells = instruction.extra;
                        return bad(format!("{cells} cells for {n_pos} positional parameters"));
                    }
                }
            }
            Operand::Local | Operand::LocalMulti => {
                if arg as u64 >= self.local_limit as u64 {
                    return Err(error(at, Rule::Local, format!("local {arg} of at most {}", self.local_limit)));
                }
                self.n_locals = self.n_locals.max(arg as u32 + 1);
            }
            Operand::SmallInt => {
                let bits = u32::from(self.module.small_int_bits).min(63);
                let magnitude = if arg < 0 { !arg } else { arg };
                if bits == 0 || magnitude >> (bits - 1) != 0 {
                    return bad(format!("integer {arg} does not fit {bits} bits"));
                }
            }
            _ => {}
        }
        match instruction.op {
            Op::BuildSlice if !matches!(arg, 2 | 3) || instruction.len != 2 => bad(format!("a slice of {arg} parts")),
            Op::StoreComp if arg & 3 == 3 => bad("unknown kind of container".into()),
            Op::YieldValue | Op::YieldFrom if !self.signature.is_generator() => {
                Err(error(at, Rule::Yield, "a yield outside of a generator"))
            }
            _ => Ok(()),
        }
    }
}
