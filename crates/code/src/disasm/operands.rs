//! What stands behind the name of an instruction in a listing, and constants as text.

use crate::object::Const;
use crate::opcode::{BINARY_OPS, Op, Operand, UNARY_OPS};
use alloc::string::String;
use core::fmt::{Result, Write};

/// What the indices of operands mean.
pub(crate) trait Tables {
    /// A name.
    fn qstr(&self, out: &mut dyn Write, index: u32) -> Result;
    /// A constant.
    fn object(&self, out: &mut dyn Write, index: u32) -> Result;
    /// A function made here.
    fn child(&self, out: &mut dyn Write, index: u32) -> Result;
}

/// Writes the operands of an instruction.
pub(crate) fn operands(out: &mut dyn Write, op: Op, arg: i64, extra: u8, tables: &dyn Tables) -> Result {
    let operand = op.info().operand;
    match operand {
        Operand::None => Ok(()),
        Operand::Qstr => {
            let quoted = matches!(op, Op::LoadConstString | Op::ImportName | Op::ImportFrom);
            let quote = if quoted { "'" } else { "" };
            write!(out, " {quote}")?;
            tables.qstr(out, arg as u32)?;
            out.write_str(quote)
        }
        Operand::Count => match op {
            Op::CallFunction | Op::CallFunctionVarKw | Op::CallMethod | Op::CallMethodVarKw => {
                write!(out, " n={} nkw={}", arg & 0xff, arg >> 8)
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
            tables.object(out, arg as u32)
        }
        Operand::Child | Operand::ChildByte => {
            out.write_char(' ')?;
            tables.child(out, arg as u32)?;
            if operand == Operand::ChildByte {
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

/// Tuples deeper than this are abbreviated.
const MAX_DEPTH: usize = 50;

/// Writes a constant as `repr` does.
pub fn constant(out: &mut dyn Write, object: &Const) -> Result {
    nested(out, object, 0)
}

fn nested(out: &mut dyn Write, object: &Const, depth: usize) -> Result {
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
                nested(out, item, depth + 1)?;
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
