//! `asm_rv32` (native-abi.md §11.4).

use super::operand::Operand;
use super::{Context, Instructions};
use alloc::{format, string::String};
use asm::rv32::encode::*;
use asm::rv32::{Rv32, extension};
use asm::{Assembler, Code};

/// What an operand must be.
#[derive(Clone, Copy)]
enum Kind {
    /// A register whose bit is in the mask.
    Reg(u32),
    /// A signed number that fits a mask.
    Int(u32),
    /// The same, but not zero.
    NonZero(u32),
    /// An unsigned number that fits a mask.
    Unsigned(u32),
    /// The same, but not zero.
    Positive(u32),
    /// The high bits of a word: shifted left by twelve, then as [`Kind::Int`].
    Upper(u32),
    /// Shifted left by twelve, then as [`Kind::Positive`].
    ShortUpper(u32),
    /// A distance to a label that fits a mask.
    Label(u32),
    /// `offset(base)`: offset as [`Kind::Int`], base as [`Kind::Reg`]; two values.
    Memory(u32, u32),
}

use Kind::*;

const ANY: Kind = Reg(u32::MAX);
/// Not x0.
const SOME: Kind = Reg(!1);
/// x8 to x15.
const WINDOW: Kind = Reg(0xff00);
const IMM12: Kind = Int(0xfff);
const SHAMT: Kind = Unsigned(0x1f);
const CSR: Kind = Unsigned(0xfff);
const UPPER: Kind = Upper(0xffff_f000);
const NEAR: Kind = Label(0x1ffe);
const IMM6: Kind = Int(0x3f);

/// An instruction from the values of its operands.
enum Form {
    Word(fn(u32, u32, u32) -> u32),
    Half(fn(u32, u32, u32) -> u16),
    /// Loads a constant.
    Constant,
    /// Loads an address.
    Address,
}

use Form::{Half, Word};

struct Instruction {
    name: &'static str,
    operands: &'static [Kind],
    form: Form,
    /// The extension it needs.
    needs: u32,
}

const fn row(name: &'static str, operands: &'static [Kind], form: Form) -> Instruction {
    Instruction { name, operands, form, needs: 0 }
}

const fn zba(name: &'static str, form: Form) -> Instruction {
    Instruction { name, operands: &[ANY, ANY, ANY], form, needs: extension::ZBA }
}

const RRR: &[Kind] = &[ANY, ANY, ANY];
const RRI: &[Kind] = &[ANY, ANY, IMM12];
const RRS: &[Kind] = &[ANY, ANY, SHAMT];
const RRL: &[Kind] = &[ANY, ANY, NEAR];
const RRC: &[Kind] = &[ANY, ANY, CSR];
const RM: &[Kind] = &[ANY, Memory(0xfff, u32::MAX)];
const RCI: &[Kind] = &[ANY, CSR, Unsigned(0x1f)];
const WW: &[Kind] = &[WINDOW, WINDOW];
const WS: &[Kind] = &[WINDOW, SHAMT];
const WL: &[Kind] = &[WINDOW, Label(0x1fe)];
const WM: &[Kind] = &[WINDOW, Memory(0x7c, 0xff00)];
const CL: &[Kind] = &[Label(0xffe)];

/// Register numbers and immediates, in the order in which they are written; `offset(base)` counts as base, offset.
#[rustfmt::skip]
static INSTRUCTIONS: &[Instruction] = &[
    row("add", RRR, Word(|d, a, b| r_type(0x33, 0, 0, d, a, b))),
    row("addi", RRI, Word(|d, a, i| i_type(0x13, 0, d, a, i))),
    row("and_", RRR, Word(|d, a, b| r_type(0x33, 7, 0, d, a, b))),
    row("andi", RRI, Word(|d, a, i| i_type(0x13, 7, d, a, i))),
    row("auipc", &[ANY, UPPER], Word(|d, i, _| u_type(0x17, d, i))),
    row("beq", RRL, Word(|a, b, l| b_type(0x63, 0, a, b, l))),
    row("bge", RRL, Word(|a, b, l| b_type(0x63, 5, a, b, l))),
    row("bgeu", RRL, Word(|a, b, l| b_type(0x63, 7, a, b, l))),
    row("blt", RRL, Word(|a, b, l| b_type(0x63, 4, a, b, l))),
    row("bltu", RRL, Word(|a, b, l| b_type(0x63, 6, a, b, l))),
    row("bne", RRL, Word(|a, b, l| b_type(0x63, 1, a, b, l))),
    row("csrrc", RRC, Word(|d, a, c| i_type(0x73, 3, d, a, c))),
    row("csrrs", RRC, Word(|d, a, c| i_type(0x73, 2, d, a, c))),
    row("csrrw", RRC, Word(|d, a, c| i_type(0x73, 1, d, a, c))),
    row("csrrci", RCI, Word(|d, c, i| csr_immediate(7, d, c, i))),
    row("csrrsi", RCI, Word(|d, c, i| csr_immediate(6, d, c, i))),
    row("csrrwi", RCI, Word(|d, c, i| csr_immediate(5, d, c, i))),
    row("c_add", &[SOME, SOME], Half(|d, a, _| cr_type(2, 9, d, a))),
    row("c_addi", &[SOME, NonZero(0x3f)], Half(|d, i, _| ci_type(1, 0, d, i))),
    row("c_addi4spn", &[WINDOW, Positive(0x3fc)], Half(|d, i, _| ciw_type(d, i))),
    row("c_and", WW, Half(|d, a, _| ca_type(3, d, a))),
    row("c_andi", &[WINDOW, IMM6], Half(|d, i, _| cb_type(4, d, short_arith(2, i)))),
    row("c_beqz", WL, Half(|a, l, _| cb_type(6, a, short_branch(l)))),
    row("c_bnez", WL, Half(|a, l, _| cb_type(7, a, short_branch(l)))),
    row("c_ebreak", &[], Half(|_, _, _| 0x9002)),
    row("c_j", CL, Half(|l, _, _| cj_type(5, l))),
    row("c_jal", CL, Half(|l, _, _| cj_type(1, l))),
    row("c_jalr", &[SOME], Half(|a, _, _| cr_type(2, 9, a, 0))),
    row("c_jr", &[SOME], Half(|a, _, _| cr_type(2, 8, a, 0))),
    row("c_li", &[SOME, IMM6], Half(|d, i, _| ci_type(1, 2, d, i))),
    row("c_lui", &[Reg(!5), ShortUpper(0x1_f800)], Half(|d, i, _| ci_type(1, 3, d, i >> 12))),
    row("c_lw", WM, Half(|d, a, o| cl_type(2, d, a, o))),
    row("c_lwsp", &[SOME, Int(0xfc)], Half(|d, o, _| ci_type(2, 2, d, stack_offset(o)))),
    row("c_mv", &[SOME, SOME], Half(|d, a, _| cr_type(2, 8, d, a))),
    row("c_nop", &[], Half(|_, _, _| 1)),
    row("c_or", WW, Half(|d, a, _| ca_type(2, d, a))),
    row("c_slli", &[SOME, SHAMT], Half(|d, i, _| ci_type(2, 0, d, i))),
    row("c_srai", WS, Half(|d, i, _| cb_type(4, d, short_arith(1, i)))),
    row("c_srli", WS, Half(|d, i, _| cb_type(4, d, short_arith(0, i)))),
    row("c_sub", WW, Half(|d, a, _| ca_type(0, d, a))),
    row("c_sw", WM, Half(|s, a, o| cl_type(6, s, a, o))),
    row("c_swsp", &[ANY, Int(0xfc)], Half(|s, o, _| css_type(2, 6, s, stack_offset(o)))),
    row("c_xor", WW, Half(|d, a, _| ca_type(1, d, a))),
    row("div", RRR, Word(|d, a, b| r_type(0x33, 4, 1, d, a, b))),
    row("divu", RRR, Word(|d, a, b| r_type(0x33, 5, 1, d, a, b))),
    row("ebreak", &[], Word(|_, _, _| 0x0010_0073)),
    row("ecall", &[], Word(|_, _, _| 0x73)),
    row("jal", &[ANY, Label(0x1f_fffe)], Word(|d, l, _| j_type(0x6f, d, l))),
    row("jalr", RRI, Word(|d, a, i| i_type(0x67, 0, d, a, i))),
    row("la", &[ANY, Label(u32::MAX)], Form::Address),
    row("lb", RM, Word(|d, a, o| i_type(3, 0, d, a, o))),
    row("lbu", RM, Word(|d, a, o| i_type(3, 4, d, a, o))),
    row("lh", RM, Word(|d, a, o| i_type(3, 1, d, a, o))),
    row("lhu", RM, Word(|d, a, o| i_type(3, 5, d, a, o))),
    row("li", &[ANY, Int(u32::MAX)], Form::Constant),
    row("lui", &[ANY, UPPER], Word(|d, i, _| u_type(0x37, d, i))),
    row("lw", RM, Word(|d, a, o| i_type(3, 2, d, a, o))),
    row("mv", &[ANY, ANY], Half(|d, a, _| cr_type(2, 8, d, a))),
    row("mul", RRR, Word(|d, a, b| r_type(0x33, 0, 1, d, a, b))),
    row("mulh", RRR, Word(|d, a, b| r_type(0x33, 1, 1, d, a, b))),
    row("mulhsu", RRR, Word(|d, a, b| r_type(0x33, 2, 1, d, a, b))),
    row("mulhu", RRR, Word(|d, a, b| r_type(0x33, 3, 1, d, a, b))),
    row("or_", RRR, Word(|d, a, b| r_type(0x33, 6, 0, d, a, b))),
    row("ori", RRI, Word(|d, a, i| i_type(0x13, 6, d, a, i))),
    row("rem", RRR, Word(|d, a, b| r_type(0x33, 6, 1, d, a, b))),
    row("remu", RRR, Word(|d, a, b| r_type(0x33, 7, 1, d, a, b))),
    row("sb", RM, Word(|s, a, o| s_type(0x23, 0, a, s, o))),
    row("sh", RM, Word(|s, a, o| s_type(0x23, 1, a, s, o))),
    zba("sh1add", Word(|d, a, b| r_type(0x33, 2, 0x10, d, a, b))),
    zba("sh2add", Word(|d, a, b| r_type(0x33, 4, 0x10, d, a, b))),
    zba("sh3add", Word(|d, a, b| r_type(0x33, 6, 0x10, d, a, b))),
    row("sll", RRR, Word(|d, a, b| r_type(0x33, 1, 0, d, a, b))),
    row("slli", RRS, Word(|d, a, i| i_type(0x13, 1, d, a, i))),
    row("slt", RRR, Word(|d, a, b| r_type(0x33, 2, 0, d, a, b))),
    row("slti", RRI, Word(|d, a, i| i_type(0x13, 2, d, a, i))),
    row("sltiu", RRI, Word(|d, a, i| i_type(0x13, 3, d, a, i))),
    row("sltu", RRR, Word(|d, a, b| r_type(0x33, 3, 0, d, a, b))),
    row("sra", RRR, Word(|d, a, b| r_type(0x33, 5, 0x20, d, a, b))),
    row("srai", RRS, Word(|d, a, i| i_type(0x13, 5, d, a, i | 0x400))),
    row("srl", RRR, Word(|d, a, b| r_type(0x33, 5, 0, d, a, b))),
    row("srli", RRS, Word(|d, a, i| i_type(0x13, 5, d, a, i))),
    row("sub", RRR, Word(|d, a, b| r_type(0x33, 0, 0x20, d, a, b))),
    row("sw", RM, Word(|s, a, o| s_type(0x23, 2, a, s, o))),
    row("xor", RRR, Word(|d, a, b| r_type(0x33, 4, 0, d, a, b))),
    row("xori", RRI, Word(|d, a, i| i_type(0x13, 4, d, a, i))),
];

/// The instruction set and the code so far.
pub struct Set {
    asm: Rv32,
    extensions: u32,
}

impl Set {
    /// With CPU extensions.
    pub fn new(extensions: u32) -> Set {
        Set { asm: Rv32::new(extensions), extensions }
    }

    /// The values of operands, or what is wrong with them.
    fn values(
        &mut self,
        context: &Context<'_>,
        instruction: &Instruction,
        args: &[Operand],
    ) -> Result<[u32; 3], String> {
        let op = instruction.name;
        if args.len() != instruction.operands.len() {
            return Err(format!("opcode '{op}': expecting {} arguments", instruction.operands.len()));
        }
        let mut values = [0; 3];
        let mut count = 0;
        let mut push = |value| {
            if let Some(slot) = values.get_mut(count) {
                *slot = value;
            }
            count += 1;
        };
        for (at, (&kind, &arg)) in instruction.operands.iter().zip(args).enumerate() {
            let Memory(offset_mask, base_mask) = kind else {
                push(self.value(context, kind, arg).map_err(|what| message(op, at, what))?);
                continue;
            };
            let (negative, call) = match context.reader.signed(arg) {
                Some((negative, inner)) => (negative, inner),
                None => (false, arg),
            };
            let Some((offset, base)) = context.reader.applied(call) else {
                return Err(message(op, at, Wrong::Kind("offset")));
            };
            let offset = if negative {
                let value = context.reader.int(offset).ok_or_else(|| message(op, 1, Wrong::Kind("integer")))?;
                let value = (value as u32).wrapping_neg();
                if !fits_signed(offset_mask, value) {
                    return Err(message(op, 1, Wrong::Range));
                }
                value
            } else {
                self.value(context, Int(offset_mask), offset).map_err(|what| message(op, 1, what))?
            };
            let base = self.value(context, Reg(base_mask), base).map_err(|what| message(op, 2, what))?;
            push(base);
            push(offset);
        }
        Ok(values)
    }

    fn value(&mut self, context: &Context<'_>, kind: Kind, arg: Operand) -> Result<u32, Wrong> {
        let integer = || context.reader.int(arg).ok_or(Wrong::Kind("integer"));
        let value = match kind {
            Reg(mask) => {
                let number = context.reader.ident(arg).and_then(reg_number).ok_or(Wrong::Kind("register"))?;
                return if mask >> number & 1 != 0 { Ok(number) } else { Err(Wrong::Register) };
            }
            Label(mask) => {
                let name = context.reader.ident(arg).ok_or(Wrong::Kind("label"))?;
                let distance = match context.find(name) {
                    Some(label) => self.asm.code().distance(label) as u32,
                    None if context.last_pass => return Err(Wrong::Label(name.into())),
                    // The official tool takes labels ahead for offset 0 in its first pass.
                    None => self.asm.code().offset().wrapping_neg(),
                };
                return if fits_signed(mask, distance) { Ok(distance) } else { Err(Wrong::Range) };
            }
            Upper(_) | ShortUpper(_) => integer()?.wrapping_shl(12),
            _ => integer()?,
        };
        let fits = match kind {
            Unsigned(mask) | Positive(mask) | ShortUpper(mask) => value as u64 & !u64::from(mask) == 0,
            Int(mask) | NonZero(mask) | Upper(mask) => fits_signed(mask, value as u32),
            _ => true,
        };
        if !fits {
            return Err(Wrong::Range);
        }
        if value == 0 && matches!(kind, NonZero(_) | Positive(_) | ShortUpper(_)) {
            return Err(Wrong::Zero);
        }
        Ok(value as u32)
    }

    /// Instructions of Zcmp; nothing if an operand is wrong.
    fn zcmp(&self, context: &Context<'_>, name: &str, args: &[Operand]) -> Option<u16> {
        let &[first, second] = args else { return None };
        let reg = |operand| context.reader.ident(operand).and_then(reg_number);
        let op = match name {
            "cm_push" => PushPop::Push,
            "cm_pop" => PushPop::Pop,
            "cm_popret" => PushPop::PopRet,
            "cm_popretz" => PushPop::PopRetZero,
            "cm_mva01s" | "cm_mvsa01" => {
                let saved = |operand| reg(operand).filter(|number| 0x00fc_0300 >> number & 1 != 0);
                let (a, b) = (saved(first)?, saved(second)?);
                return (a != b).then(|| move_pair(name == "cm_mva01s", a, b));
            }
            _ => return None,
        };
        let list = reg_list(context, first)?;
        let adjustment = context.reader.int(second)?;
        let sign_fits = if name == "cm_push" { adjustment <= 0 } else { adjustment >= 0 };
        if !sign_fits || (adjustment as i32).unsigned_abs() & !0x30 != 0 {
            return None;
        }
        // The official tool puts bytes where chunks belong, and only their low bits are kept.
        Some(push_pop(op, list, (adjustment as i32).unsigned_abs()))
    }
}

/// What is wrong with an operand.
enum Wrong {
    Kind(&'static str),
    Register,
    Range,
    Zero,
    Label(String),
}

fn message(op: &str, at: usize, wrong: Wrong) -> String {
    let at = at + 1;
    match wrong {
        Wrong::Kind(kind) => format!("opcode '{op}' argument {at}: expecting {kind}"),
        Wrong::Register => format!("opcode '{op}' argument {at}: unknown register"),
        Wrong::Range => format!("opcode '{op}' argument {at}: out of range"),
        Wrong::Zero => format!("opcode '{op}' argument {at}: must not be zero"),
        Wrong::Label(name) => format!("opcode '{op}' argument {at}: undefined label '{name}'"),
    }
}

impl Instructions for Set {
    const NAME: &'static str = "RV32";
    const PREPOSITION: &'static str = "for";

    fn check_param(&self, number: usize, name: &str) -> Result<(), &'static str> {
        if reg_number(name) == Some(10 + number as u32) { Ok(()) } else { Err("a0 to a3") }
    }

    fn code(&mut self) -> &mut Code {
        self.asm.code_mut()
    }

    fn start(&mut self) {
        self.asm.begin();
    }

    fn end(&mut self) {
        // c.jr ra
        self.asm.jump_register(asm::Reg(1));
        self.asm.finish();
    }

    fn instruction(&mut self, context: &mut Context<'_>, name: &str, args: &[Operand]) {
        let known = INSTRUCTIONS.iter().find(|instruction| instruction.name == name);
        if known.is_none()
            && self.extensions & extension::ZCMP != 0
            && let Some(op) = self.zcmp(context, name, args)
        {
            return self.code().u16(op);
        }
        let Some(instruction) = known.filter(|known| known.needs & !self.extensions == 0) else {
            return context.fail(format!("invalid RV32 instruction '{name}'"));
        };
        let [a, b, c] = match self.values(context, instruction, args) {
            Ok(values) => values,
            Err(message) => return context.fail(message),
        };
        match instruction.form {
            Word(encode) => self.code().u32(encode(a, b, c)),
            Half(encode) => self.code().u16(encode(a, b, c)),
            Form::Constant => self.asm.constant(asm::Reg(a as u8), i64::from(b)),
            Form::Address => {
                let (high, low) = split(b);
                self.code().u32(u_type(0x17, a, high));
                self.code().u32(i_type(0x13, 0, a, a, low));
            }
        }
    }
}

/// Whether a value fits the signed field that a mask of adjacent bits describes.
fn fits_signed(mask: u32, value: u32) -> bool {
    if mask.leading_zeros() == 0 {
        return true;
    }
    let sign = 1 << (31 - mask.leading_zeros());
    let positive = value & !(mask & !sign) == 0;
    let below = (1u32 << mask.trailing_zeros()) - 1;
    let negative = !(mask >> 1) & !below;
    positive || value & below == 0 && value & negative == negative
}

fn reg_number(name: &str) -> Option<u32> {
    static NAMES: [&str; 32] = [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
        "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];
    let plain = |digits: &str| {
        let number = digits.parse().ok().filter(|&number: &u32| number < 32)?;
        (digits.len() == if number < 10 { 1 } else { 2 }).then_some(number)
    };
    match NAMES.iter().position(|&known| known == name) {
        Some(at) => Some(at as u32),
        None => name.strip_prefix('x').and_then(plain),
    }
}

/// `{ra}`, `{ra, s0}`, `{ra, s0-s3}` as Zcmp encodes them.
fn reg_list(context: &Context<'_>, operand: Operand) -> Option<u32> {
    let reader = context.reader;
    let reg = |operand| reader.ident(operand).and_then(reg_number);
    let (first, mut rest) = reader.set(operand)?;
    if reg(first)? != 1 {
        return None;
    }
    let Some(second) = rest.next() else { return Some(4) };
    if rest.next().is_some() {
        return None;
    }
    if let Some(only) = reg(second) {
        return (only == 8).then_some(5);
    }
    let (from, to) = reader.difference(second)?;
    match (reg(from)?, reg(to)?) {
        (8, 9) => Some(6),
        (8, to @ (18..=25 | 27)) => Some(7 + to.min(26) - 18),
        _ => None,
    }
}
