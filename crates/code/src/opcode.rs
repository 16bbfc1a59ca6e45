//! The instructions of bytecode version 6: the one table of all opcodes, the tables of operators, and the decoder.
//!
//! Everything that must know an opcode (compiler, verifier, machine, disassembler) reads this table;
//! [`opcodes!`](crate::opcodes) hands it to any macro, so that code per opcode can be made from it.
//! What an instruction does to objects is the machine's business; facts are in bytecode.md §2 to §4.

use crate::encoding::{read_int, read_label, read_uint};

/// Hands the table of opcodes to the macro `$with`, after the tokens `$extra` if any.
///
/// A row is `(first number, count) Name "OFFICIAL_NAME" operand stack may_raise "effect";` where operand
/// is a variant of [`Operand`](crate::opcode::Operand), stack one of [`Stack`](crate::opcode::Stack).
#[macro_export]
macro_rules! opcodes {
    ($with:ident $($extra:tt)*) => {
        $with! { $($extra)*
            (0x10, 1) LoadConstString "LOAD_CONST_STRING" Qstr Fixed(0, 1) false "push the name as a str";
            (0x11, 1) LoadName "LOAD_NAME" Qstr Fixed(0, 1) true "look in the locals dict, then globals, then builtins";
            (0x12, 1) LoadGlobal "LOAD_GLOBAL" Qstr Fixed(0, 1) true "look in globals, then builtins";
            (0x13, 1) LoadAttr "LOAD_ATTR" Qstr Fixed(1, 1) true "obj → obj.name";
            (0x14, 1) LoadMethod "LOAD_METHOD" Qstr Fixed(1, 2) true "obj → method, self or NULL";
            (0x15, 1) LoadSuperMethod "LOAD_SUPER_METHOD" Qstr Fixed(3, 2) true "super, class, self → method, self or NULL";
            (0x16, 1) StoreName "STORE_NAME" Qstr Fixed(1, 0) true "store into the locals dict";
            (0x17, 1) StoreGlobal "STORE_GLOBAL" Qstr Fixed(1, 0) true "store into globals";
            (0x18, 1) StoreAttr "STORE_ATTR" Qstr Fixed(2, 0) true "value, obj → ; value NULL deletes the attribute";
            (0x19, 1) DeleteName "DELETE_NAME" Qstr Fixed(0, 0) true "delete from the locals dict";
            (0x1a, 1) DeleteGlobal "DELETE_GLOBAL" Qstr Fixed(0, 0) true "delete from globals";
            (0x1b, 1) ImportName "IMPORT_NAME" Qstr Fixed(2, 1) true "level, fromlist → module";
            (0x1c, 1) ImportFrom "IMPORT_FROM" Qstr Fixed(1, 2) true "module → module, module.name";
            (0x20, 1) MakeClosure "MAKE_CLOSURE" ChildByte Closure(0) true "cells → closure over a child";
            (0x21, 1) MakeClosureDefargs "MAKE_CLOSURE_DEFARGS" ChildByte Closure(2) true "deftuple, defdict, cells → closure over a child";
            (0x22, 1) LoadConstSmallInt "LOAD_CONST_SMALL_INT" SmallInt Fixed(0, 1) false "push the integer";
            (0x23, 1) LoadConstObj "LOAD_CONST_OBJ" Object Fixed(0, 1) false "push the constant object";
            (0x24, 1) LoadFastN "LOAD_FAST_N" Local Fixed(0, 1) true "push a local; NULL raises NameError";
            (0x25, 1) LoadDeref "LOAD_DEREF" Local Fixed(0, 1) true "push the content of the cell in a local";
            (0x26, 1) StoreFastN "STORE_FAST_N" Local Fixed(1, 0) false "pop into a local";
            (0x27, 1) StoreDeref "STORE_DEREF" Local Fixed(1, 0) true "pop into the cell in a local";
            (0x28, 1) DeleteFast "DELETE_FAST" Local Fixed(0, 0) true "unbind a local";
            (0x29, 1) DeleteDeref "DELETE_DEREF" Local Fixed(0, 0) true "empty the cell in a local";
            (0x2a, 1) BuildTuple "BUILD_TUPLE" Count Build true "n items → tuple";
            (0x2b, 1) BuildList "BUILD_LIST" Count Build true "n items → list";
            (0x2c, 1) BuildMap "BUILD_MAP" Count Fixed(0, 1) true "push an empty dict; n is a size hint";
            (0x2d, 1) BuildSet "BUILD_SET" Count Build true "n items → set";
            (0x2e, 1) BuildSlice "BUILD_SLICE" Count Build true "start, stop or start, stop, step → slice; one operand byte";
            (0x2f, 1) StoreComp "STORE_COMP" Count StoreComp true "value, or value and key, into the container n >> 2 below the top";
            (0x30, 1) UnpackSequence "UNPACK_SEQUENCE" Count Unpack true "seq → n items, the first on top";
            (0x31, 1) UnpackEx "UNPACK_EX" Count UnpackEx true "seq → right items, list, left items, the first on top";
            (0x32, 1) MakeFunction "MAKE_FUNCTION" Child Fixed(0, 1) true "push the function of a child";
            (0x33, 1) MakeFunctionDefargs "MAKE_FUNCTION_DEFARGS" Child Fixed(2, 1) true "deftuple or NULL, defdict or NULL → function";
            (0x34, 1) CallFunction "CALL_FUNCTION" Count Call(1) true "function, arguments → result";
            (0x35, 1) CallFunctionVarKw "CALL_FUNCTION_VAR_KW" Count Call(2) true "function, arguments, bitmap → result";
            (0x36, 1) CallMethod "CALL_METHOD" Count Call(2) true "method, self or NULL, arguments → result";
            (0x37, 1) CallMethodVarKw "CALL_METHOD_VAR_KW" Count Call(3) true "method, self or NULL, arguments, bitmap → result";
            (0x40, 1) UnwindJump "UNWIND_JUMP" SignedLabelByte Fixed(0, 0) true "leave blocks through their finally handlers, then jump";
            (0x42, 1) Jump "JUMP" SignedLabel Fixed(0, 0) true "jump";
            (0x43, 1) PopJumpIfTrue "POP_JUMP_IF_TRUE" SignedLabel Fixed(1, 0) true "pop, jump if true";
            (0x44, 1) PopJumpIfFalse "POP_JUMP_IF_FALSE" SignedLabel Fixed(1, 0) true "pop, jump if false";
            (0x45, 1) JumpIfTrueOrPop "JUMP_IF_TRUE_OR_POP" UnsignedLabel Fixed(1, 0) true "jump if true, else pop";
            (0x46, 1) JumpIfFalseOrPop "JUMP_IF_FALSE_OR_POP" UnsignedLabel Fixed(1, 0) true "jump if false, else pop";
            (0x47, 1) SetupWith "SETUP_WITH" UnsignedLabel Fixed(1, 3) true "manager → exit, self, result of __enter__; open a with block";
            (0x48, 1) SetupExcept "SETUP_EXCEPT" UnsignedLabel Fixed(0, 0) false "open an except block";
            (0x49, 1) SetupFinally "SETUP_FINALLY" UnsignedLabel Fixed(0, 0) false "open a finally block";
            (0x4a, 1) PopExceptJump "POP_EXCEPT_JUMP" UnsignedLabel Fixed(0, 0) true "close the innermost block and jump";
            (0x4b, 1) ForIter "FOR_ITER" UnsignedLabel Fixed(4, 5) true "push the next value, or drop the iterator and jump";
            (0x50, 1) LoadConstFalse "LOAD_CONST_FALSE" None Fixed(0, 1) false "push False";
            (0x51, 1) LoadConstNone "LOAD_CONST_NONE" None Fixed(0, 1) false "push None";
            (0x52, 1) LoadConstTrue "LOAD_CONST_TRUE" None Fixed(0, 1) false "push True";
            (0x53, 1) LoadNull "LOAD_NULL" None Fixed(0, 1) false "push NULL";
            (0x54, 1) LoadBuildClass "LOAD_BUILD_CLASS" None Fixed(0, 1) true "push builtins.__build_class__";
            (0x55, 1) LoadSubscr "LOAD_SUBSCR" None Fixed(2, 1) true "obj, index → obj[index]";
            (0x56, 1) StoreSubscr "STORE_SUBSCR" None Fixed(3, 0) true "value, obj, index → ; value NULL deletes the item";
            (0x57, 1) DupTop "DUP_TOP" None Fixed(1, 2) false "a → a, a";
            (0x58, 1) DupTopTwo "DUP_TOP_TWO" None Fixed(2, 4) false "a, b → a, b, a, b";
            (0x59, 1) PopTop "POP_TOP" None Fixed(1, 0) false "a → ";
            (0x5a, 1) RotTwo "ROT_TWO" None Fixed(2, 2) false "a, b → b, a";
            (0x5b, 1) RotThree "ROT_THREE" None Fixed(3, 3) false "a, b, c → c, a, b";
            (0x5c, 1) WithCleanup "WITH_CLEANUP" None Fixed(3, 1) true "call __exit__ below the marker on top, keep a marker";
            (0x5d, 1) EndFinally "END_FINALLY" None Fixed(1, 0) true "close the block and do what the marker on top says";
            (0x5e, 1) GetIter "GET_ITER" None Fixed(1, 1) true "obj → iterator";
            (0x5f, 1) GetIterStack "GET_ITER_STACK" None Fixed(1, 4) true "obj → iterator in 4 slots";
            (0x62, 1) StoreMap "STORE_MAP" None Fixed(3, 1) true "dict, value, key → dict";
            (0x63, 1) ReturnValue "RETURN_VALUE" None Fixed(1, 0) true "leave all blocks through their finally handlers, return the top";
            (0x64, 1) RaiseLast "RAISE_LAST" None Fixed(0, 0) true "raise the exception being handled";
            (0x65, 1) RaiseObj "RAISE_OBJ" None Fixed(1, 0) true "raise the top";
            (0x66, 1) RaiseFrom "RAISE_FROM" None Fixed(2, 0) true "exception, cause → raise";
            (0x67, 1) YieldValue "YIELD_VALUE" None Fixed(1, 1) true "yield the top; the sent value replaces it";
            (0x68, 1) YieldFrom "YIELD_FROM" None Fixed(2, 1) true "iterator, value to send → result of the delegation";
            (0x69, 1) ImportStar "IMPORT_STAR" None Fixed(1, 0) true "copy the public names of the module on top";
            (0x70, 64) LoadConstSmallIntMulti "LOAD_CONST_SMALL_INT" SmallIntMulti Fixed(0, 1) false "push -16 to 47";
            (0xb0, 16) LoadFastMulti "LOAD_FAST" LocalMulti Fixed(0, 1) true "push local 0 to 15; NULL raises NameError";
            (0xc0, 16) StoreFastMulti "STORE_FAST" LocalMulti Fixed(1, 0) false "pop into local 0 to 15";
            (0xd0, 4) UnaryOpMulti "UNARY_OP" UnaryMulti Fixed(1, 1) true "apply a unary operator";
            (0xd7, 35) BinaryOpMulti "BINARY_OP" BinaryMulti Fixed(2, 1) true "apply a binary operator";
        }
    };
}

/// What follows the opcode byte, or is in it (the `Multi` kinds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Nothing.
    None,
    /// Varuint index into the module's qstr table.
    Qstr,
    /// Signed varint.
    SmallInt,
    /// Varuint index into the module's object table.
    Object,
    /// Varuint number of a local.
    Local,
    /// Varuint.
    Count,
    /// Varuint index of a child.
    Child,
    /// The same and a byte, the number of cells.
    ChildByte,
    /// Label that may go back.
    SignedLabel,
    /// The same and a byte.
    SignedLabelByte,
    /// Label that only goes forward.
    UnsignedLabel,
    /// Opcode byte: integer from -16.
    SmallIntMulti,
    /// Opcode byte: local from 0.
    LocalMulti,
    /// Opcode byte: row of [`UNARY_OPS`].
    UnaryMulti,
    /// Opcode byte: row of [`BINARY_OPS`].
    BinaryMulti,
}

/// What an instruction does to the stack depth when it falls through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    /// Pops and pushes.
    Fixed(u8, u8),
    /// Pops as many as the operand says, pushes 1.
    Build,
    /// Pops this and as many as the extra byte says, pushes 1.
    Closure(u8),
    /// Pops 1, pushes as many as the operand says.
    Unpack,
    /// Pops 1, pushes left + 1 + right.
    UnpackEx,
    /// Pops this, the positional arguments and two for each keyword argument, pushes 1.
    Call(u8),
    /// Pops 1, for a dict 2.
    StoreComp,
}

/// A row of the opcode table.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The opcode.
    pub op: Op,
    /// How many opcode bytes it takes, from its own number on.
    pub count: u8,
    /// Official name.
    pub name: &'static str,
    /// Operand.
    pub operand: Operand,
    /// Stack effect on falling through.
    pub stack: Stack,
    /// Whether it can raise, be interrupted, or run other code.
    pub may_raise: bool,
    /// What it does, in one line.
    pub effect: &'static str,
}

macro_rules! define {
    ($(($first:literal, $count:literal) $op:ident $name:literal $operand:ident $stack:ident $(($($arg:literal),*))? $may_raise:literal $effect:literal;)*) => {
        /// An opcode; the number is that of its first byte.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $effect] $op = $first,)*
        }

        /// All opcodes in order of their numbers.
        pub static OPCODES: &[Info] = &[
            $(Info {
                op: Op::$op,
                count: $count,
                name: $name,
                operand: Operand::$operand,
                stack: Stack::$stack $(($($arg),*))?,
                may_raise: $may_raise,
                effect: $effect,
            },)*
        ];
    };
}
opcodes!(define);

/// Row of [`OPCODES`] by opcode byte; 0xff where undefined.
static ROWS: [u8; 256] = {
    let mut rows = [0xff; 256];
    let mut row = 0;
    while row < OPCODES.len() {
        let first = OPCODES[row].op as usize;
        let mut i = 0;
        while i < OPCODES[row].count as usize {
            rows[first + i] = row as u8;
            i += 1;
        }
        row += 1;
    }
    rows
};

impl Op {
    /// The opcode that a byte means; `None` when undefined.
    pub fn from_byte(byte: u8) -> Option<Op> {
        OPCODES.get(ROWS[byte as usize] as usize).map(|info| info.op)
    }

    /// Its row in the table.
    pub fn info(self) -> &'static Info {
        // Every discriminant has a row: both come from one macro.
        &OPCODES[ROWS[self as usize] as usize]
    }

    /// Whether flow never goes on behind it.
    pub fn ends_flow(self) -> bool {
        matches!(
            self,
            Op::UnwindJump
                | Op::Jump
                | Op::PopExceptJump
                | Op::ReturnValue
                | Op::RaiseLast
                | Op::RaiseObj
                | Op::RaiseFrom
        )
    }

    /// Whether the machine may keep an inline cache for it.
    pub fn is_cacheable(self) -> bool {
        matches!(
            self,
            Op::LoadName
                | Op::LoadGlobal
                | Op::LoadAttr
                | Op::LoadMethod
                | Op::LoadSuperMethod
                | Op::StoreName
                | Op::StoreGlobal
                | Op::StoreAttr
        )
    }
}

/// A row of an operator table.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// As written in source; empty where there is no sign.
    pub sign: &'static str,
    /// Special method that implements it.
    pub dunder: &'static str,
}

const fn operator(sign: &'static str, dunder: &'static str) -> Operator {
    Operator { sign, dunder }
}

/// Unary operators in order of their numbers.
pub static UNARY_OPS: [Operator; 4] =
    [operator("+", "__pos__"), operator("-", "__neg__"), operator("~", "__invert__"), operator("not", "")];

/// Binary operators in order of their numbers.
pub static BINARY_OPS: [Operator; 35] = [
    operator("<", "__lt__"),
    operator(">", "__gt__"),
    operator("==", "__eq__"),
    operator("<=", "__le__"),
    operator(">=", "__ge__"),
    operator("!=", "__ne__"),
    operator("in", "__contains__"),
    operator("is", ""),
    operator("", ""),
    operator("|=", "__ior__"),
    operator("^=", "__ixor__"),
    operator("&=", "__iand__"),
    operator("<<=", "__ilshift__"),
    operator(">>=", "__irshift__"),
    operator("+=", "__iadd__"),
    operator("-=", "__isub__"),
    operator("*=", "__imul__"),
    operator("@=", "__imatmul__"),
    operator("//=", "__ifloordiv__"),
    operator("/=", "__itruediv__"),
    operator("%=", "__imod__"),
    operator("**=", "__ipow__"),
    operator("|", "__or__"),
    operator("^", "__xor__"),
    operator("&", "__and__"),
    operator("<<", "__lshift__"),
    operator(">>", "__rshift__"),
    operator("+", "__add__"),
    operator("-", "__sub__"),
    operator("*", "__mul__"),
    operator("@", "__matmul__"),
    operator("//", "__floordiv__"),
    operator("/", "__truediv__"),
    operator("%", "__mod__"),
    operator("**", "__pow__"),
];

/// Number of the operator that tests whether an exception matches a class.
pub const EXCEPTION_MATCH: u8 = 8;

/// One decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The opcode.
    pub op: Op,
    /// The operand: index, count, integer, local or operator number; for a label the offset of the
    /// target in the decoded bytes (which may lie outside of them); 0 if there is none.
    pub arg: i64,
    /// The raw byte behind the operand, 0 if there is none.
    pub extra: u8,
    /// Length in bytes.
    pub len: usize,
}

impl Instruction {
    /// Decodes the instruction at `at`; `None` when the opcode is undefined, the bytes end inside, or the
    /// operand is too large.
    pub fn decode(code: &[u8], at: usize) -> Option<Instruction> {
        let byte = *code.get(at)?;
        let op = Op::from_byte(byte)?;
        let pos = at + 1;
        let uint = || read_uint(code, pos).map(|(value, end)| (i64::from(value), end));
        let label = |signed| {
            let (distance, end) = read_label(code, pos, signed)?;
            Some((i64::try_from(end).ok()? + i64::from(distance), end))
        };
        let multi = i64::from(byte - op as u8);
        let mut extra = 0;
        let (arg, end) = match op.info().operand {
            Operand::None => (0, pos),
            Operand::Qstr | Operand::Object | Operand::Local | Operand::Count | Operand::Child => uint()?,
            Operand::SmallInt => read_int(code, pos)?,
            Operand::ChildByte => {
                let (child, end) = uint()?;
                extra = *code.get(end)?;
                (child, end + 1)
            }
            Operand::SignedLabel => label(true)?,
            Operand::SignedLabelByte => {
                let (target, end) = label(true)?;
                extra = *code.get(end)?;
                (target, end + 1)
            }
            Operand::UnsignedLabel => label(false)?,
            Operand::SmallIntMulti => (multi - 16, pos),
            Operand::LocalMulti | Operand::UnaryMulti | Operand::BinaryMulti => (multi, pos),
        };
        Some(Instruction { op, arg, extra, len: end - at })
    }

    /// The target of a label.
    pub fn target(&self) -> Option<i64> {
        match self.op.info().operand {
            Operand::SignedLabel | Operand::SignedLabelByte | Operand::UnsignedLabel => Some(self.arg),
            _ => None,
        }
    }

    /// The local it reads, writes or unbinds.
    pub fn local(&self) -> Option<u32> {
        match self.op.info().operand {
            Operand::Local | Operand::LocalMulti => u32::try_from(self.arg).ok(),
            _ => None,
        }
    }

    /// Positional and keyword arguments of a call.
    pub fn call_counts(&self) -> (u32, u32) {
        let n = self.arg as u32;
        (n & 0xff, n >> 8)
    }

    /// Items before and after the starred target of `UNPACK_EX`.
    pub fn unpack_counts(&self) -> (u32, u32) {
        let n = self.arg as u32;
        (n & 0xff, n >> 8)
    }

    /// How many slots it pops and pushes when it falls through.
    pub fn stack(&self) -> (u64, u64) {
        let n = self.arg as u64;
        match self.op.info().stack {
            Stack::Fixed(pops, pushes) => (pops.into(), pushes.into()),
            Stack::Build => (n, 1),
            Stack::Closure(base) => (u64::from(base) + u64::from(self.extra), 1),
            Stack::Unpack => (1, n),
            Stack::UnpackEx => {
                let (left, right) = self.unpack_counts();
                (1, u64::from(left) + u64::from(right) + 1)
            }
            Stack::Call(base) => {
                let (positional, keyword) = self.call_counts();
                (u64::from(base) + u64::from(positional) + 2 * u64::from(keyword), 1)
            }
            Stack::StoreComp => (1 + u64::from(n & 3 == 1), 0),
        }
    }
}

/// The instructions of `code` from `at` on, each with its offset; ends at the first that cannot be decoded.
pub fn instructions(code: &[u8], at: usize) -> impl Iterator<Item = (usize, Instruction)> + '_ {
    let mut pos = at;
    core::iter::from_fn(move || {
        let instruction = Instruction::decode(code, pos)?;
        let offset = pos;
        pos += instruction.len;
        Some((offset, instruction))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_do_not_overlap() {
        let mut next = 0;
        for info in OPCODES {
            assert!(info.op as usize >= next, "{:?}", info.op);
            next = info.op as usize + info.count as usize;
            assert_eq!(info.op.info().name, info.name);
        }
        let defined = (0..=255u8).filter(|&b| Op::from_byte(b).is_some()).count();
        assert_eq!(defined, 207);
        for byte in [0x00, 0x1d, 0x38, 0x41, 0x4c, 0x60, 0x6a, 0xd4, 0xd6, 0xfa, 0xff] {
            assert_eq!(Op::from_byte(byte), None, "{byte:#x}");
        }
    }

    /// The length of any instruction follows from the high nibble and one mask (bytecode.md §1).
    #[test]
    fn operand_kinds_agree_with_the_rule_of_nibbles() {
        for byte in 0..=255u8 {
            let Some(op) = Op::from_byte(byte) else {
                continue;
            };
            use Operand::*;
            let kind = op.info().operand;
            let operand = match byte >> 4 {
                1 => kind == Qstr,
                2 | 3 => matches!(kind, SmallInt | Object | Local | Count | Child | ChildByte),
                4 => matches!(kind, SignedLabel | SignedLabelByte | UnsignedLabel),
                _ => matches!(kind, None | SmallIntMulti | LocalMulti | UnaryMulti | BinaryMulti),
            };
            assert!(operand, "{byte:#x}");
            let extra = matches!(kind, ChildByte | SignedLabelByte);
            assert_eq!(byte & 0x9e == 0, extra, "{byte:#x}");
            if byte >> 4 == 4 {
                assert_eq!(kind == UnsignedLabel, byte > 0x44, "{byte:#x}");
            }
        }
    }

    #[test]
    fn instructions_decode() {
        let check = |bytes: &[u8], op, arg, extra| {
            let expected = Instruction { op, arg, extra, len: bytes.len() };
            assert_eq!(Instruction::decode(bytes, 0), Some(expected));
            for end in 0..bytes.len() {
                assert_eq!(Instruction::decode(&bytes[..end], 0), None);
            }
        };
        check(&[0x11, 0x81, 0x00], Op::LoadName, 128, 0);
        check(&[0x20, 0x05, 0x03], Op::MakeClosure, 5, 3);
        check(&[0x22, 0xff, 0x3f], Op::LoadConstSmallInt, -65, 0);
        check(&[0x40, 0x42, 0x81], Op::UnwindJump, 4, 0x81);
        check(&[0x40, 0x80, 0x80, 0x02], Op::UnwindJump, 3, 2);
        check(&[0x42, 0x3e], Op::Jump, 0, 0);
        check(&[0x42, 0x3f], Op::Jump, 1, 0);
        check(&[0x48, 0x82, 0x01], Op::SetupExcept, 133, 0);
        check(&[0x70], Op::LoadConstSmallIntMulti, -16, 0);
        check(&[0xf2], Op::BinaryOpMulti, 27, 0);
    }

    #[test]
    fn stack_effects_of_variable_instructions() {
        let stack = |bytes: &[u8]| Instruction::decode(bytes, 0).unwrap().stack();
        assert_eq!(stack(&[0x34, 0x82, 0x03]), (1 + 3 + 2, 1));
        assert_eq!(stack(&[0x36, 2]), (4, 1));
        assert_eq!(stack(&[0x21, 0, 3]), (5, 1));
        assert_eq!(stack(&[0x31, 0x82, 0x01]), (1, 1 + 1 + 1));
        assert_eq!(stack(&[0x2f, 0x15]), (2, 0));
        assert_eq!(stack(&[0x2f, 0x14]), (1, 0));
    }
}
