//! No processor: every operation becomes a line of text (`-march=debug`), as the official tool writes them.

mod names;

use alloc::{format, string::String};
use core::fmt::Arguments;

use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width};
use crate::code::{Code, Label};

const RET: Reg = Reg(0);
const ARGS: [Reg; 4] = [Reg(1), Reg(2), Reg(3), Reg(4)];
const TEMPS: [Reg; 3] = [Reg(5), Reg(6), Reg(7)];
const LOCALS: [Reg; 3] = [Reg(8), Reg(9), Reg(10)];
const FUN_TABLE: Reg = Reg(11);

static MACHINE: Machine = Machine {
    word: 8,
    incoming: ARGS,
    arguments_on_stack: false,
    result: RET,
    args: ARGS,
    ret: RET,
    temps: TEMPS,
    locals: LOCALS,
    fun_table: FUN_TABLE,
    zero: None,
    nlr_words: 3,
    nlr_local: 5,
    nlr_setjmp: false,
    shift_count: None,
    stores_from_arg3: false,
    is_listing: true,
};

/// The assembler that writes lines. Its code is empty.
#[derive(Default)]
pub struct Listing {
    code: Code,
    name: String,
    text: String,
}

fn name(reg: Reg) -> &'static str {
    names::REGISTERS.get(usize::from(reg.0)).copied().unwrap_or("?")
}

impl Listing {
    fn line(&mut self, operation: &str, operands: Arguments<'_>) {
        let dead = if self.code.is_dead() { "dead_code " } else { "" };
        self.text += &format!("    {dead}{operation}({operands})\n");
    }

    fn one(&mut self, operation: &str, reg: Reg) {
        self.line(operation, format_args!("{}", name(reg)));
    }

    fn two(&mut self, operation: &str, to: Reg, from: Reg) {
        self.line(operation, format_args!("{}, {}", name(to), name(from)));
    }

    fn with_offset(&mut self, operation: &str, reg: Reg, base: Reg, offset: i64) {
        self.line(operation, format_args!("{}, {}, {}", name(reg), name(base), offset as i32));
    }

    /// Less than a word at a register, or so many units behind it: then the address goes to the second argument.
    fn narrow(&mut self, operation: &str, width: Width, reg: Reg, mut base: Reg, offset: i64) {
        if offset != 0 {
            self.constant(ARGS[1], offset.wrapping_shl(width.log2()));
            self.arith(Arith::Add, ARGS[1], base);
            base = ARGS[1];
        }
        let bits = 8 << width.log2();
        self.two(&format!("{operation}{bits}"), reg, base);
    }

    fn indexed(&mut self, operation: &str, width: Width, reg: Reg, base: Reg, index: Reg) {
        for _ in 0..1 << width.log2() {
            self.arith(Arith::Add, base, index);
        }
        self.narrow(operation, width, reg, base, 0);
    }

    fn conditional(&mut self, operation: &str, reg: Reg, label: Label, is_bool: bool) {
        self.line(operation, format_args!("{}, label_{}, {is_bool}", name(reg), label.0));
    }
}

impl Assembler for Listing {
    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    fn code(&self) -> &Code {
        &self.code
    }

    fn code_mut(&mut self) -> &mut Code {
        &mut self.code
    }

    fn begin(&mut self) {
        self.text.clear();
        self.code.begin();
    }

    fn set_name(&mut self, name: &str) {
        self.name = name.into();
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn place(&mut self, label: Label) {
        self.text += &format!("label(label_{})\n", label.0);
        self.code.place(label);
    }

    fn entry(&mut self, words: u32) {
        self.text += &format!("ENTRY({}, num_locals={words})\n", self.name);
    }

    fn exit(&mut self) {
        self.text += "EXIT(0)\n";
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        self.two("mov_reg_reg", to, from);
    }

    fn constant(&mut self, to: Reg, value: i64) {
        let value = value as i32;
        self.line("mov_reg_imm", format_args!("{}, {value}={value:#x}", name(to)));
    }

    fn clear(&mut self, to: Reg) {
        self.one("clr", to);
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        match width {
            Width::Word => self.with_offset("load", to, base, offset),
            Width::Bits16 => self.with_offset("load16", to, base, offset),
            _ => self.narrow("load", width, to, base, offset),
        }
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        match width {
            Width::Word => self.with_offset("store", from, base, offset),
            _ => self.narrow("store", width, from, base, offset),
        }
    }

    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg) {
        self.indexed("load", width, to, base, index);
    }

    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg) {
        self.indexed("store", width, from, base, index);
    }

    fn load_local(&mut self, to: Reg, local: u32) {
        self.line("mov_reg_local", format_args!("{}, local_{local}", name(to)));
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        self.line("mov_local_reg", format_args!("local_{local}, {}", name(from)));
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        self.line("mov_reg_local_addr", format_args!("{}, local_{local}", name(to)));
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        self.line("mov_reg_pcrel", format_args!("{}, label_{}", name(to), label.0));
    }

    fn jump(&mut self, label: Label) {
        self.line("jump", format_args!("label_{}", label.0));
    }

    fn jump_if_zero(&mut self, reg: Reg, label: Label, is_bool: bool) {
        self.conditional("jump_if_reg_zero", reg, label, is_bool);
    }

    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, is_bool: bool) {
        self.conditional("jump_if_reg_nonzero", reg, label, is_bool);
    }

    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label) {
        self.line("jump_if_reg_eq", format_args!("{}, {}, label_{}", name(left), name(right), label.0));
    }

    fn jump_register(&mut self, reg: Reg) {
        self.one("jump_reg", reg);
    }

    fn call(&mut self, index: u32, _n_args: u32) {
        let helper = (index as usize).checked_sub(names::FIRST_HELPER).and_then(|at| names::HELPERS.get(at));
        self.line("call_ind", format_args!("{}", helper.unwrap_or(&"?")));
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        let operation = match op {
            Arith::Add => "add",
            Arith::Sub => "sub",
            Arith::Mul => "mul",
            Arith::And => "and",
            Arith::Or => "or",
            Arith::Xor => "xor",
        };
        self.two(operation, to, from);
    }

    fn shift(&mut self, op: Shift, to: Reg, count: Reg) {
        let operation = match op {
            Shift::Left => "lsl",
            Shift::Right => "lsr",
            Shift::RightSigned => "asr",
        };
        self.two(operation, to, count);
    }

    fn negate(&mut self, to: Reg) {
        self.one("neg", to);
    }

    fn invert(&mut self, to: Reg) {
        self.one("not", to);
    }

    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        let number = condition as u8 + if signed { 6 } else { 0 };
        self.line("setcc", format_args!("{number}, {}, {}, {}", name(to), name(left), name(right)));
    }
}
