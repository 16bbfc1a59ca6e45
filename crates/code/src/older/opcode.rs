//! The instructions of versions 3 to 5: decoder and encoder.
//!
//! They are those of version 6 with other numbers (versions 3 and 4), labels of 16 bits, names of two bytes and constants
//! numbered per function; what has no counterpart is in [`Name`].

use crate::encoding::{read_int, read_uint, write_int, write_uint};
use crate::opcode::{Op, Operand};
use alloc::vec::Vec;

/// What bytecode looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// 3, 4 or 5.
    pub version: u8,
    /// Whether a cache byte follows the names of LOAD_NAME, LOAD_GLOBAL, LOAD_ATTR and STORE_ATTR.
    pub cache_byte: bool,
}

/// What an opcode byte means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// An instruction of version 6.
    Op(Op),
    /// Versions 3 and 4: one of the three that raise, by the byte that follows.
    RaiseVarargs,
    /// Version 3: close the innermost block at the end of its body.
    PopBlock,
    /// Version 3: close the innermost block at the end of its handler.
    PopExcept,
}

/// What follows an opcode byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing.
    None,
    /// A name in two bytes, and a cache byte if that is true.
    Name(bool),
    /// A varuint or signed varint.
    Number,
    /// A varuint and a byte.
    NumberByte,
    /// A label that may go back.
    Signed,
    /// The same and a byte.
    SignedByte,
    /// A label that only goes forward.
    Unsigned,
    /// One byte.
    Byte,
}

/// Opcodes of versions 3 and 4 that do not hold their operand, by number.
static NUMBERS: &[(u8, Name)] = {
    use Name::Op as O;
    &[
        (0x10, O(Op::LoadConstFalse)),
        (0x11, O(Op::LoadConstNone)),
        (0x12, O(Op::LoadConstTrue)),
        (0x14, O(Op::LoadConstSmallInt)),
        (0x16, O(Op::LoadConstString)),
        (0x17, O(Op::LoadConstObj)),
        (0x18, O(Op::LoadNull)),
        (0x19, O(Op::LoadFastN)),
        (0x1a, O(Op::LoadDeref)),
        (0x1b, O(Op::LoadName)),
        (0x1c, O(Op::LoadGlobal)),
        (0x1d, O(Op::LoadAttr)),
        (0x1e, O(Op::LoadMethod)),
        (0x1f, O(Op::LoadSuperMethod)),
        (0x20, O(Op::LoadBuildClass)),
        (0x21, O(Op::LoadSubscr)),
        (0x22, O(Op::StoreFastN)),
        (0x23, O(Op::StoreDeref)),
        (0x24, O(Op::StoreName)),
        (0x25, O(Op::StoreGlobal)),
        (0x26, O(Op::StoreAttr)),
        (0x27, O(Op::StoreSubscr)),
        (0x28, O(Op::DeleteFast)),
        (0x29, O(Op::DeleteDeref)),
        (0x2a, O(Op::DeleteName)),
        (0x2b, O(Op::DeleteGlobal)),
        (0x30, O(Op::DupTop)),
        (0x31, O(Op::DupTopTwo)),
        (0x32, O(Op::PopTop)),
        (0x33, O(Op::RotTwo)),
        (0x34, O(Op::RotThree)),
        (0x35, O(Op::Jump)),
        (0x36, O(Op::PopJumpIfTrue)),
        (0x37, O(Op::PopJumpIfFalse)),
        (0x38, O(Op::JumpIfTrueOrPop)),
        (0x39, O(Op::JumpIfFalseOrPop)),
        (0x3d, O(Op::SetupWith)),
        (0x3e, O(Op::WithCleanup)),
        (0x3f, O(Op::SetupExcept)),
        (0x40, O(Op::SetupFinally)),
        (0x41, O(Op::EndFinally)),
        (0x42, O(Op::GetIter)),
        (0x43, O(Op::ForIter)),
        (0x44, O(Op::PopExceptJump)),
        (0x46, O(Op::UnwindJump)),
        (0x47, O(Op::GetIterStack)),
        (0x50, O(Op::BuildTuple)),
        (0x51, O(Op::BuildList)),
        (0x53, O(Op::BuildMap)),
        (0x54, O(Op::StoreMap)),
        (0x56, O(Op::BuildSet)),
        (0x57, O(Op::StoreComp)),
        (0x58, O(Op::BuildSlice)),
        (0x59, O(Op::UnpackSequence)),
        (0x5a, O(Op::UnpackEx)),
        (0x5b, O(Op::ReturnValue)),
        (0x5c, Name::RaiseVarargs),
        (0x5d, O(Op::YieldValue)),
        (0x5e, O(Op::YieldFrom)),
        (0x60, O(Op::MakeFunction)),
        (0x61, O(Op::MakeFunctionDefargs)),
        (0x62, O(Op::MakeClosure)),
        (0x63, O(Op::MakeClosureDefargs)),
        (0x64, O(Op::CallFunction)),
        (0x65, O(Op::CallFunctionVarKw)),
        (0x66, O(Op::CallMethod)),
        (0x67, O(Op::CallMethodVarKw)),
        (0x68, O(Op::ImportName)),
        (0x69, O(Op::ImportFrom)),
        (0x6a, O(Op::ImportStar)),
    ]
};

/// First opcode byte of the binary operators, all versions.
const BINARY: u8 = Op::BinaryOpMulti as u8;
/// Binary operators of versions 3 and 4, by number, as those of version 6.
static BINARY_OPS: [u8; 33] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32,
    33, 34,
];
/// The number of a binary operator in versions 3 and 4; `None` if they have no such operator.
pub fn binary_operator_4(operator: u8) -> Option<u8> {
    BINARY_OPS.iter().position(|&own| own == operator).map(|number| number as u8)
}

/// The three that RAISE_VARARGS stands for, by its byte.
const RAISES: [Op; 3] = [Op::RaiseLast, Op::RaiseObj, Op::RaiseFrom];

impl Form {
    /// What an opcode byte means, and the operand that is in it (0 if none is); `None` if undefined.
    pub fn meaning(self, byte: u8) -> Option<(Name, i64)> {
        if self.version < 5 && byte < Op::LoadConstSmallIntMulti as u8 {
            return match (self.version, byte) {
                (3, 0x44) => Some((Name::PopBlock, 0)),
                (3, 0x45) => Some((Name::PopExcept, 0)),
                _ => NUMBERS.iter().find(|(number, _)| *number == byte).map(|&(_, name)| (name, 0)),
            };
        }
        if self.version < 5 && byte >= BINARY {
            return BINARY_OPS.get(usize::from(byte - BINARY)).map(|&op| (Name::Op(Op::BinaryOpMulti), op.into()));
        }
        let op = Op::from_byte(byte)?;
        let within = i64::from(byte - op as u8);
        Some((Name::Op(op), if op == Op::LoadConstSmallIntMulti { within - 16 } else { within }))
    }

    /// What follows the opcode byte of an instruction.
    pub fn shape(self, name: Name) -> Shape {
        let op = match name {
            Name::Op(op) => op,
            Name::RaiseVarargs => return Shape::Byte,
            Name::PopBlock | Name::PopExcept => return Shape::None,
        };
        match op.info().operand {
            Operand::Qstr => Shape::Name(
                self.cache_byte && matches!(op, Op::LoadName | Op::LoadGlobal | Op::LoadAttr | Op::StoreAttr),
            ),
            Operand::SmallInt | Operand::Object | Operand::Local | Operand::Count | Operand::Child => Shape::Number,
            Operand::ChildByte => Shape::NumberByte,
            Operand::SignedLabel => Shape::Signed,
            Operand::SignedLabelByte => Shape::SignedByte,
            Operand::UnsignedLabel if matches!(op, Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop) => Shape::Signed,
            Operand::UnsignedLabel => Shape::Unsigned,
            Operand::None
            | Operand::SmallIntMulti
            | Operand::LocalMulti
            | Operand::UnaryMulti
            | Operand::BinaryMulti => Shape::None,
        }
    }

    /// The opcode byte of an instruction and, for those that raise, the byte behind it; `None` if this version lacks it.
    fn opcode(self, op: Op, arg: i64) -> Option<(u8, Option<u8>)> {
        let within = match op.info().operand {
            Operand::SmallIntMulti => arg + 16,
            Operand::LocalMulti | Operand::UnaryMulti | Operand::BinaryMulti => arg,
            _ => 0,
        };
        let within = u8::try_from(within).ok().filter(|&within| within < op.info().count)?;
        if self.version >= 5 {
            return Some((op as u8 + within, None));
        }
        if op == Op::BinaryOpMulti {
            return Some((BINARY + binary_operator_4(within)?, None));
        }
        if let Some(byte) = RAISES.iter().position(|&raise| raise == op) {
            return Some((0x5c, Some(byte as u8)));
        }
        match NUMBERS.iter().find(|(_, name)| *name == Name::Op(op)) {
            Some(&(number, _)) => Some((number, None)),
            None => (op as u8 >= Op::LoadConstSmallIntMulti as u8).then_some((op as u8 + within, None)),
        }
    }
}

/// One decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What it is; never [`Name::RaiseVarargs`].
    pub name: Name,
    /// Name, number, or the offset of a label's target; the operand in the opcode.
    pub arg: i64,
    /// The byte behind the operand.
    pub extra: u8,
    /// Length in bytes.
    pub len: usize,
}

impl Instruction {
    /// Decodes the instruction at `at`; `None` if it is undefined or the bytes end inside.
    pub fn decode(form: Form, code: &[u8], at: usize) -> Option<Instruction> {
        let (mut name, mut arg) = form.meaning(*code.get(at)?)?;
        let pos = at + 1;
        let word = || Some(u16::from_le_bytes([*code.get(pos)?, *code.get(pos + 1)?]));
        let byte = |pos: usize| code.get(pos).copied();
        let (mut extra, mut end) = (0, pos);
        match form.shape(name) {
            Shape::None => {}
            Shape::Name(cache) => {
                arg = word()?.into();
                end = pos + 2 + usize::from(cache);
                byte(end - 1)?;
            }
            Shape::Number if name == Name::Op(Op::LoadConstSmallInt) => (arg, end) = read_int(code, pos)?,
            Shape::Number => (arg, end) = read_uint(code, pos).map(|(value, end)| (value.into(), end))?,
            Shape::NumberByte => {
                let (value, next) = read_uint(code, pos)?;
                (arg, extra, end) = (value.into(), byte(next)?, next + 1);
            }
            shape @ (Shape::Signed | Shape::SignedByte | Shape::Unsigned) => {
                let bias = if shape == Shape::Unsigned { 0 } else { 0x8000 };
                end = pos + 2;
                arg = i64::try_from(end).ok()? + i64::from(word()?) - bias;
                if shape == Shape::SignedByte {
                    extra = byte(end)?;
                    end += 1;
                }
            }
            Shape::Byte => {
                name = Name::Op(*RAISES.get(usize::from(byte(pos)?))?);
                end = pos + 1;
            }
        }
        Some(Instruction { name, arg, extra, len: end - at })
    }

    /// The target of a label.
    pub fn target(&self) -> Option<i64> {
        match self.name {
            Name::Op(op) => match op.info().operand {
                Operand::SignedLabel | Operand::SignedLabelByte | Operand::UnsignedLabel => Some(self.arg),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Appends an instruction. `arg` is a name, a number, or for labels the distance from the end of the label; `None` if
/// this version has no such instruction or no room for the operand.
pub fn encode(form: Form, out: &mut Vec<u8>, op: Op, arg: i64, extra: u8) -> Option<()> {
    let (number, second) = form.opcode(op, arg)?;
    out.push(number);
    out.extend(second);
    match form.shape(Name::Op(op)) {
        Shape::None | Shape::Byte => {}
        Shape::Name(cache) => {
            out.extend_from_slice(&u16::try_from(arg).ok()?.to_le_bytes());
            out.extend(cache.then_some(0));
        }
        Shape::Number if op == Op::LoadConstSmallInt => write_int(out, arg),
        Shape::Number => write_uint(out, u32::try_from(arg).ok()?),
        Shape::NumberByte => {
            write_uint(out, u32::try_from(arg).ok()?);
            out.push(extra);
        }
        shape @ (Shape::Signed | Shape::SignedByte | Shape::Unsigned) => {
            let bias = if shape == Shape::Unsigned { 0 } else { 0x8000 };
            out.extend_from_slice(&u16::try_from(arg + bias).ok()?.to_le_bytes());
            if shape == Shape::SignedByte {
                out.push(extra);
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for version in [4, 5] {
            for cache_byte in [false, true] {
                let form = Form { version, cache_byte };
                for info in crate::opcode::OPCODES {
                    let args = match info.operand {
                        Operand::SmallIntMulti => -16..=47,
                        Operand::LocalMulti | Operand::UnaryMulti | Operand::BinaryMulti => {
                            0..=i64::from(info.count) - 1
                        }
                        Operand::None => 0..=0,
                        _ => 300..=301,
                    };
                    for arg in args {
                        let mut out = Vec::new();
                        if encode(form, &mut out, info.op, arg, 0).is_none() {
                            assert!(version == 4 && info.op == Op::BinaryOpMulti && [17, 30].contains(&arg), "{arg}");
                            continue;
                        }
                        let found = Instruction::decode(form, &out, 0).expect("an instruction");
                        let end = if found.target().is_some() { 3 } else { 0 };
                        assert_eq!(
                            found,
                            Instruction { name: Name::Op(info.op), arg: arg + end, extra: 0, len: out.len() }
                        );
                        for end in 0..out.len() {
                            assert_eq!(Instruction::decode(form, &out[..end], 0), None);
                        }
                    }
                }
            }
        }
    }
}
