//! `asm_xtensa` (native-abi.md §11.3).

use super::operand::Operand;
use super::{Context, Instructions, NOWHERE};
use alloc::format;
use asm::xtensa::Xtensa;
use asm::xtensa::encode::*;
use asm::{Assembler, Code, Reg};

/// What stands in a register field.
#[derive(Clone, Copy)]
enum Field {
    /// A constant.
    Is(u32),
    /// The operand with this number.
    Arg(usize),
}

use Field::{Arg, Is};

/// What else an instruction holds.
#[derive(Clone, Copy)]
enum Rest {
    /// The codes of a wide instruction without immediate.
    Codes(u32, u32),
    /// Nothing: it is narrow.
    Narrow,
    /// The third operand, −128 to 127.
    Signed,
    /// The third operand, a byte offset of which so many low bits are dropped.
    Offset(u32),
}

use Rest::{Codes, Narrow, Offset, Signed};

/// An instruction of fields.
struct Instruction {
    name: &'static str,
    n_args: usize,
    op0: u32,
    /// Fields r, s and t.
    fields: [Field; 3],
    rest: Rest,
}

const fn row(name: &'static str, n_args: usize, op0: u32, fields: [Field; 3], rest: Rest) -> Instruction {
    Instruction { name, n_args, op0, fields, rest }
}

const ALL: [Field; 3] = [Arg(0), Arg(1), Arg(2)];

#[rustfmt::skip]
static INSTRUCTIONS: &[Instruction] = &[
    row("abs_", 2, 0, [Arg(0), Is(1), Arg(1)], Codes(6, 0)),
    row("add", 3, 0, ALL, Codes(8, 0)),
    row("add_n", 3, 10, ALL, Narrow),
    row("addi", 3, 2, [Is(12), Arg(1), Arg(0)], Signed),
    row("addx2", 3, 0, ALL, Codes(9, 0)),
    row("addx4", 3, 0, ALL, Codes(10, 0)),
    row("addx8", 3, 0, ALL, Codes(11, 0)),
    row("and_", 3, 0, ALL, Codes(1, 0)),
    row("callx0", 1, 0, [Is(0), Arg(0), Is(12)], Codes(0, 0)),
    row("jx", 1, 0, [Is(0), Arg(0), Is(10)], Codes(0, 0)),
    row("l16si", 3, 2, [Is(9), Arg(1), Arg(0)], Offset(1)),
    row("l16ui", 3, 2, [Is(1), Arg(1), Arg(0)], Offset(1)),
    row("l32i", 3, 2, [Is(2), Arg(1), Arg(0)], Offset(2)),
    row("l8ui", 3, 2, [Is(0), Arg(1), Arg(0)], Offset(0)),
    row("mov", 2, 13, [Is(0), Arg(1), Arg(0)], Narrow),
    row("mov_n", 2, 13, [Is(0), Arg(1), Arg(0)], Narrow),
    row("mull", 3, 0, ALL, Codes(8, 2)),
    row("neg", 2, 0, [Arg(0), Is(0), Arg(1)], Codes(6, 0)),
    row("nop", 0, 0, [Is(2), Is(0), Is(15)], Codes(0, 0)),
    row("nop_n", 0, 13, [Is(15), Is(0), Is(3)], Narrow),
    row("nsa", 2, 0, [Is(14), Arg(1), Arg(0)], Codes(4, 0)),
    row("nsau", 2, 0, [Is(15), Arg(1), Arg(0)], Codes(4, 0)),
    row("or_", 3, 0, ALL, Codes(2, 0)),
    row("ret", 0, 13, [Is(15), Is(0), Is(0)], Narrow),
    row("ret_n", 0, 13, [Is(15), Is(0), Is(0)], Narrow),
    row("s16i", 3, 2, [Is(5), Arg(1), Arg(0)], Offset(1)),
    row("s32i", 3, 2, [Is(6), Arg(1), Arg(0)], Offset(2)),
    row("s8i", 3, 2, [Is(4), Arg(1), Arg(0)], Offset(0)),
    row("sll", 2, 0, [Arg(0), Arg(1), Is(0)], Codes(10, 1)),
    row("sra", 2, 0, [Arg(0), Is(0), Arg(1)], Codes(11, 1)),
    row("src", 3, 0, ALL, Codes(8, 1)),
    row("srl", 2, 0, [Arg(0), Is(0), Arg(1)], Codes(9, 1)),
    row("ssa8b", 1, 0, [Is(3), Arg(0), Is(0)], Codes(4, 0)),
    row("ssa8l", 1, 0, [Is(2), Arg(0), Is(0)], Codes(4, 0)),
    row("ssl", 1, 0, [Is(1), Arg(0), Is(0)], Codes(4, 0)),
    row("ssr", 1, 0, [Is(0), Arg(0), Is(0)], Codes(4, 0)),
    row("sub", 3, 0, ALL, Codes(12, 0)),
    row("subx2", 3, 0, ALL, Codes(13, 0)),
    row("subx4", 3, 0, ALL, Codes(14, 0)),
    row("subx8", 3, 0, ALL, Codes(15, 0)),
    row("xor", 3, 0, ALL, Codes(3, 0)),
];

/// Branches on one register; the position's low two bits are the condition.
const ZERO_BRANCHES: [&str; 6] = ["beqz", "bnez", "bltz", "bgez", "beqz_n", "bnez_n"];

/// The instruction set and the code so far.
pub struct Set {
    asm: Xtensa,
}

impl Set {
    /// With or without register windows.
    pub fn new(windowed: bool) -> Set {
        Set { asm: Xtensa::new(windowed) }
    }

    fn fields(&mut self, context: &mut Context<'_>, instruction: &Instruction, args: &[Operand]) {
        let op = instruction.name;
        let (narrow, code) = match instruction.rest {
            Narrow => (true, 0),
            Codes(op2, op1) => (false, op2 << 20 | op1 << 16),
            Signed => (false, (int(context, op, args[2], -128, 127) & 0xff) << 16),
            Offset(drop) => (false, (int(context, op, args[2], 0, 0xff << drop) >> drop & 0xff) << 16),
        };
        let mut code = code | instruction.op0;
        for (field, shift) in instruction.fields.into_iter().zip([12, 8, 4]) {
            let value = match field {
                Is(value) => value,
                Arg(at) => u32::from(reg(context, op, args[at]).0),
            };
            code |= value << shift;
        }
        self.asm.put(code, narrow);
    }

    fn one(&mut self, context: &mut Context<'_>, op: &str, a: Operand) -> bool {
        match op {
            "j" => {
                let label = context.label(op, a);
                self.asm.jump(label);
            }
            "ssai" => {
                let bits = int(context, op, a, 0, 31);
                self.asm.put(rrr(4, 0, 4, bits & 15, bits >> 4 & 1), false);
            }
            "call0" => match context.label(op, a) {
                NOWHERE => self.asm.put(call0(0), false),
                label => self.asm.call_label(label),
            },
            _ => return false,
        }
        true
    }

    fn two(&mut self, context: &mut Context<'_>, op: &str, a: Operand, b: Operand) -> bool {
        let first = reg(context, op, a);
        if let Some(at) = ZERO_BRANCHES.iter().position(|&name| name == op) {
            let label = context.label(op, b);
            self.asm.branch_zero(at as u32 & 3, first, label);
            return true;
        }
        match op {
            "movi" => {
                let value = context.int(op, b).unwrap_or(0);
                self.asm.pooled(first, value);
            }
            "l32r" => match context.label(op, b) {
                NOWHERE => self.asm.put(l32r(first.0.into(), 0, 0), false),
                label => self.asm.load_label(first, label),
            },
            "movi_n" => {
                let value = int(context, op, b, -32, 95);
                self.asm.put(movi_n(first.0.into(), value).into(), true);
            }
            _ => return false,
        }
        true
    }

    fn three(&mut self, context: &mut Context<'_>, op: &str, args: [Operand; 3]) -> bool {
        let [a, b, c] = args;
        if let Some(at) = CONDITIONS.iter().position(|&name| name == op) {
            let left = reg(context, op, a);
            let right = reg(context, op, b);
            let label = context.label(op, c);
            self.asm.branch(at as u32, left, right, label);
            return true;
        }
        if let "bbci" | "bbsi" = op {
            let first = reg(context, op, a);
            let bit = int(context, op, b, 0, 31);
            let label = context.label(op, c);
            self.asm.branch_bit(if op == "bbci" { 6 } else { 14 }, first, bit, label);
            return true;
        }
        if !["addi_n", "addmi", "slli", "srai", "srli", "l32i_n", "s32i_n"].contains(&op) {
            return false;
        }
        let first = u32::from(reg(context, op, a).0);
        let second = u32::from(reg(context, op, b).0);
        match op {
            "addi_n" => {
                let value = int(context, op, c, -1, 15);
                // Zero would mean −1; the official tool lets the sign of −1 overwrite the other fields.
                let value = if value == 0 { u32::MAX } else { value };
                self.asm.put(u32::from(narrow(11, first, second, 0)) | value << 4, true);
            }
            "addmi" => {
                let value = int(context, op, c, -128 * 256, 127 * 256);
                if multiple(context, value, 256) {
                    self.asm.put(rri8(2, 13, second, first, value >> 8), false);
                }
            }
            "slli" => {
                let bits = 32 - int(context, op, c, 1, 31);
                self.asm.put(rrr(bits >> 4 & 1, 1, first, second, bits & 15), false);
            }
            "srai" => {
                let bits = int(context, op, c, 0, 31);
                self.asm.put(rrr(2 | bits >> 4 & 1, 1, first, bits & 15, second), false);
            }
            "srli" => {
                let bits = int(context, op, c, 0, 15);
                self.asm.put(rrr(4, 1, first, bits, second), false);
            }
            _ => {
                let offset = int(context, op, c, 0, 60);
                if multiple(context, offset, 4) {
                    self.asm.put(access_n(op == "l32i_n", first, second, offset >> 2).into(), true);
                }
            }
        }
        true
    }
}

impl Instructions for Set {
    const NAME: &'static str = "Xtensa";
    // The first finds out how large the table of constants is.
    const PASSES: usize = 3;

    fn check_param(&self, number: usize, name: &str) -> Result<(), &'static str> {
        if ["a2", "a3", "a4", "a5"][number & 3] == name { Ok(()) } else { Err("a2 to a5") }
    }

    fn code(&mut self) -> &mut Code {
        self.asm.code_mut()
    }

    fn start(&mut self) {
        self.asm.begin();
        self.asm.entry(0);
    }

    fn end(&mut self) {
        self.asm.exit();
        self.asm.finish();
    }

    fn instruction(&mut self, context: &mut Context<'_>, op: &str, args: &[Operand]) {
        let known = match INSTRUCTIONS.iter().find(|instruction| instruction.name == op) {
            Some(instruction) if instruction.n_args == args.len() => {
                self.fields(context, instruction, args);
                true
            }
            Some(_) => false,
            None => match *args {
                [a] => self.one(context, op, a),
                [a, b] => self.two(context, op, a, b),
                [a, b, c] => self.three(context, op, [a, b, c]),
                _ => false,
            },
        };
        if !known {
            context.fail(format!("unsupported Xtensa instruction '{op}' with {} arguments", args.len()));
        }
    }
}

fn reg(context: &mut Context<'_>, op: &str, operand: Operand) -> Reg {
    static NAMES: [&str; 16] =
        ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15"];
    let known = context.reader.ident(operand).and_then(|name| NAMES.iter().position(|&known| known == name));
    if known.is_none() {
        context.fail(format!("'{op}' expects a register"));
    }
    Reg(known.unwrap_or(0) as u8)
}

fn int(context: &mut Context<'_>, op: &str, operand: Operand, least: i32, most: i32) -> u32 {
    let Some(value) = context.int(op, operand) else { return 0 };
    if (least..=most).contains(&(value as i32)) {
        return value;
    }
    context.fail(format!("'{op}' integer {} isn't within range {least}..{most}", value as i32));
    0
}

fn multiple(context: &mut Context<'_>, value: u32, of: u32) -> bool {
    let fits = value.is_multiple_of(of);
    if !fits {
        context.fail(format!("{} is not a multiple of {of}", value as i32));
    }
    fits
}
