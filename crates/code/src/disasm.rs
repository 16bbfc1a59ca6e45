//! Listings of bytecode in the form of the official `-v -v` (command-line.md §4).
//!
//! Where the official listing shows addresses, [`Labels`] says what to write: the machine its addresses, tools
//! the indices of [`Indices`]. Bytes that are not bytecode end the listing of a code object with a remark
//! in angle brackets; nothing is verified.

use crate::line_table;
use crate::object::{Const, Kind, Module, RawCode};
use crate::opcode::{BINARY_OPS, Instruction, Op, Operand, UNARY_OPS};
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
        lister.instruction(out, &instruction)?;
        writeln!(out)?;
        at += instruction.len;
    }
    Ok(())
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

    fn qstr(&self, out: &mut dyn Write, index: u32) -> Result {
        match self.module.qstrs.get(index as usize) {
            Some(text) => out.write_str(&String::from_utf8_lossy(text)),
            None => write!(out, "<qstr {index}>"),
        }
    }

    fn instruction(&self, out: &mut dyn Write, instruction: &Instruction) -> Result {
        let arg = instruction.arg;
        let extra = instruction.extra;
        out.write_str(instruction.op.info().name)?;
        match instruction.op.info().operand {
            Operand::None => Ok(()),
            Operand::Qstr => {
                let quoted = matches!(instruction.op, Op::LoadConstString | Op::ImportName | Op::ImportFrom);
                let quote = if quoted { "'" } else { "" };
                write!(out, " {quote}")?;
                self.qstr(out, arg as u32)?;
                out.write_str(quote)
            }
            Operand::Count => match instruction.op {
                Op::CallFunction | Op::CallFunctionVarKw | Op::CallMethod | Op::CallMethodVarKw => {
                    let (positional, keyword) = instruction.call_counts();
                    write!(out, " n={positional} nkw={keyword}")
                }
                _ => write!(out, " {arg}"),
            },
            Operand::SmallInt
            | Operand::Local
            | Operand::SignedLabel
            | Operand::UnsignedLabel
            | Operand::SmallIntMulti
            | Operand::LocalMulti => write!(out, " {arg}"),
            Operand::SignedLabelByte => write!(out, " {arg} {extra}"),
            Operand::Object => {
                out.write_char(' ')?;
                self.labels.object(out, arg as u32)?;
                out.write_char('=')?;
                match self.module.objects.get(arg as usize) {
                    Some(object) => constant(out, object, 0),
                    None => out.write_str("<no object>"),
                }
            }
            Operand::Child | Operand::ChildByte => {
                out.write_char(' ')?;
                self.labels.descriptor(out, self.code, Some(arg as u32))?;
                if instruction.op.info().operand == Operand::ChildByte {
                    write!(out, " {extra}")?;
                }
                Ok(())
            }
            Operand::UnaryMulti => {
                let operator = UNARY_OPS.get(arg as usize).map_or("", |row| row.dunder);
                write!(out, " {arg} {operator}")
            }
            Operand::BinaryMulti => {
                // The official table lacks `in` and, but for these two, the in-place operators.
                let operator = match BINARY_OPS.get(arg as usize) {
                    Some(row) if matches!(arg, 0..=5 | 14 | 15 | 22..) => row.dunder,
                    _ => "",
                };
                write!(out, " {arg} {operator}")
            }
        }
    }
}

/// Tuples deeper than this are abbreviated.
const MAX_DEPTH: usize = 50;

/// Writes a constant as `repr` does.
fn constant(out: &mut dyn Write, object: &Const, depth: usize) -> Result {
    match object {
        Const::FunTable => out.write_str("<helper functions>"),
        Const::None => out.write_str("None"),
        Const::False => out.write_str("False"),
        Const::True => out.write_str("True"),
        Const::Ellipsis => out.write_str("Ellipsis"),
        Const::Str(text) => {
            let text = String::from_utf8_lossy(text);
            let quote = quote_for(text.as_bytes());
            out.write_char(quote)?;
            for c in text.chars() {
                match c {
                    '\u{80}'.. => out.write_char(c)?,
                    _ => escaped(out, c as u8, quote)?,
                }
            }
            out.write_char(quote)
        }
        Const::Bytes(bytes) => {
            let quote = quote_for(bytes);
            write!(out, "b{quote}")?;
            for &byte in bytes.iter() {
                escaped(out, byte, quote)?;
            }
            out.write_char(quote)
        }
        Const::Int(text) | Const::Float(_, text) | Const::Complex(_, _, text) => out.write_str(text),
        Const::Tuple(_) if depth >= MAX_DEPTH => out.write_str("(...)"),
        Const::Tuple(items) => {
            out.write_char('(')?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.write_str(", ")?;
                }
                constant(out, item, depth + 1)?;
            }
            out.write_str(if items.len() == 1 { ",)" } else { ")" })
        }
    }
}

fn quote_for(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' }
}

fn escaped(out: &mut dyn Write, byte: u8, quote: char) -> Result {
    match byte {
        b'\\' => out.write_str("\\\\"),
        b'\n' => out.write_str("\\n"),
        b'\r' => out.write_str("\\r"),
        b'\t' => out.write_str("\\t"),
        _ if byte == quote as u8 => write!(out, "\\{quote}"),
        b' '..=b'~' => out.write_char(byte.into()),
        _ => write!(out, "\\x{byte:02x}"),
    }
}
