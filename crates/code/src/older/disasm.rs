//! Instructions of versions 3 to 5 as text.

use super::opcode::{Instruction, Name};
use super::{Code, File};
use crate::disasm::{Tables, constant, operands};
use alloc::string::String;
use core::fmt::{Result, Write};

/// Writes one instruction of a function of `file`: its name and operands, constants and functions made here by their place
/// in the function's table of constants.
pub fn instruction(out: &mut dyn Write, file: &File, code: &Code, instruction: &Instruction) -> Result {
    match instruction.name {
        Name::PopBlock => out.write_str("POP_BLOCK"),
        Name::PopExcept => out.write_str("POP_EXCEPT"),
        // The decoder says which of the raising ones it is.
        Name::RaiseVarargs => out.write_str("RAISE_VARARGS"),
        Name::Op(op) => {
            out.write_str(op.info().name)?;
            operands(out, op, instruction.arg, instruction.extra, &Constants { file, code })
        }
    }
}

struct Constants<'a> {
    file: &'a File,
    code: &'a Code,
}

impl Tables for Constants<'_> {
    fn qstr(&self, out: &mut dyn Write, index: u32) -> Result {
        match self.file.names.get(index as usize) {
            Some(name) => out.write_str(&String::from_utf8_lossy(name)),
            None => write!(out, "<name {index}>"),
        }
    }

    fn object(&self, out: &mut dyn Write, index: u32) -> Result {
        write!(out, "constant {index}=")?;
        if let Some(&param) = self.code.params.get(index as usize) {
            out.write_char('\'')?;
            self.qstr(out, param.into())?;
            return out.write_char('\'');
        }
        match self.code.objects.get(index as usize - self.code.params.len()) {
            Some(object) => constant(out, object),
            None => out.write_str("<no object>"),
        }
    }

    fn child(&self, out: &mut dyn Write, index: u32) -> Result {
        match (index as usize).checked_sub(self.code.params.len() + self.code.objects.len()) {
            Some(child) => write!(out, "child {child}"),
            None => write!(out, "<no function: constant {index}>"),
        }
    }
}
