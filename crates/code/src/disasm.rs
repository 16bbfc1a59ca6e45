//! Listings of bytecode in the form of the official `-v -v` (command-line.md §4).
//!
//! Where the official listing shows addresses, [`Labels`] says what to write: the machine its addresses, tools
//! the indices of [`Indices`]. Bytes that are not bytecode end the listing of a code object with a remark
//! in angle brackets; nothing is verified. Older versions have [`older::instruction`](crate::older::instruction).

mod operands;

pub use operands::constant;
pub(crate) use operands::{Tables, operands};

use crate::line_table;
use crate::object::{Kind, Module, RawCode};
use crate::opcode::Instruction;
use crate::prelude::Prelude;
use alloc::collections::VecDeque;
use alloc::string::String;
use core::fmt::{Result, Write};

/// What stands where the official listing has addresses.
pub trait Labels {
    /// The code object itself (`None`) or one of its children.
    fn descriptor(&self, out: &mut dyn Write, code: &RawCode, child: Option<u32>) -> Result;
    /// Its bytecode.
    fn bytecode(&self, out: &mut dyn Write, code: &RawCode) -> Result;
    /// An entry of the object table.
    fn object(&self, out: &mut dyn Write, index: u32) -> Result;
}

/// Labels that need no loaded code: `child 2`, `object 3`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Indices;

impl Labels for Indices {
    fn descriptor(&self, out: &mut dyn Write, _: &RawCode, child: Option<u32>) -> Result {
        match child {
            None => out.write_str("self"),
            Some(index) => write!(out, "child {index}"),
        }
    }

    fn bytecode(&self, out: &mut dyn Write, _: &RawCode) -> Result {
        out.write_str("data")
    }

    fn object(&self, out: &mut dyn Write, index: u32) -> Result {
        write!(out, "object {index}")
    }
}

/// Writes the listings of all bytecode of a module, parents before children, level by level.
pub fn module(out: &mut dyn Write, module: &Module, labels: &dyn Labels) -> Result {
    let mut waiting = VecDeque::from([&module.root]);
    while let Some(code) = waiting.pop_front() {
        if code.kind == Kind::Bytecode {
            listing(out, module, code, labels)?;
        }
        waiting.extend(&code.children);
    }
    Ok(())
}

/// Writes the listing of one code object of `module`.
pub fn listing(out: &mut dyn Write, module: &Module, code: &RawCode, labels: &dyn Labels) -> Result {
    let prelude = match Prelude::parse(&code.data) {
        Ok(prelude) => prelude,
        Err(error) => return writeln!(out, "<no bytecode: {error}>"),
    };
    let lister = Lister { module, code, labels };
    lister.head(out, &prelude)?;
    let bytes = &code.data[prelude.code..];
    let mut at = 0;
    while at < bytes.len() {
        write!(out, "{at:02} ")?;
        let Some(instruction) = Instruction::decode(bytes, at) else {
            return writeln!(out, "<no instruction: {:#04x}>", bytes[at]);
        };
        self::instruction(out, module, code, &instruction, labels)?;
        writeln!(out)?;
        at += instruction.len;
    }
    Ok(())
}

/// Writes one instruction of a code object of `module`: its name and operands.
pub fn instruction(
    out: &mut dyn Write,
    module: &Module,
    code: &RawCode,
    instruction: &Instruction,
    labels: &dyn Labels,
) -> Result {
    let lister = Lister { module, code, labels };
    out.write_str(instruction.op.info().name)?;
    operands(out, instruction.op, instruction.arg, instruction.extra, &lister)
}

struct Lister<'a> {
    module: &'a Module,
    code: &'a RawCode,
    labels: &'a dyn Labels,
}

impl Lister<'_> {
    fn head(&self, out: &mut dyn Write, prelude: &Prelude) -> Result {
        let data = &self.code.data;
        out.write_str("File ")?;
        self.qstr(out, 0)?;
        out.write_str(", code block '")?;
        self.qstr(out, prelude.name)?;
        out.write_str("' (descriptor: ")?;
        self.labels.descriptor(out, self.code, None)?;
        out.write_str(", bytecode @")?;
        self.labels.bytecode(out, self.code)?;
        writeln!(out, " {} bytes)", data.len())?;
        writeln!(out, "Raw bytecode (code_info_size={}, bytecode_size={}):", prelude.code, data.len() - prelude.code)?;
        for row in data.chunks(16) {
            for byte in row {
                write!(out, " {byte:02x}")?;
            }
            writeln!(out)?;
        }
        out.write_str("arg names:")?;
        for name in prelude.param_names(data) {
            out.write_char(' ')?;
            self.qstr(out, name)?;
        }
        writeln!(out)?;
        writeln!(out, "(N_STATE {})", prelude.signature.n_state)?;
        writeln!(out, "(N_EXC_STACK {})", prelude.signature.n_exc_stack)?;
        for cell in &data[prelude.cells.clone()] {
            writeln!(out, "(INIT_CELL {cell})")?;
        }
        let entries = line_table::entries(&data[prelude.lines.clone()]);
        for (offset, line) in core::iter::once((0, 1)).chain(entries) {
            writeln!(out, "  bc={offset} line={line}")?;
        }
        Ok(())
    }
}

impl Tables for Lister<'_> {
    fn qstr(&self, out: &mut dyn Write, index: u32) -> Result {
        match self.module.qstrs.get(index as usize) {
            Some(text) => out.write_str(&String::from_utf8_lossy(text)),
            None => write!(out, "<qstr {index}>"),
        }
    }

    fn object(&self, out: &mut dyn Write, index: u32) -> Result {
        self.labels.object(out, index)?;
        out.write_char('=')?;
        match self.module.objects.get(index as usize) {
            Some(object) => constant(out, object),
            None => out.write_str("<no object>"),
        }
    }

    fn child(&self, out: &mut dyn Write, index: u32) -> Result {
        self.labels.descriptor(out, self.code, Some(index))
    }
}
