//! `asm_thumb` (native-abi.md §11.2).

use super::operand::Operand;
use super::{Context, Instructions, NOWHERE};
use alloc::format;
use asm::thumb::encode::{self, Byte};
use asm::thumb::{Thumb, put_wide};
use asm::{Assembler, Code, Label, Reg};
use code::object::Arch;

/// What goes from Arm state to Thumb state and back around the function: push {r4, lr}; add lr, pc, #9; blx lr;
/// pop {r4, lr}; bx lr.
const FROM_ARM_STATE: [u32; 5] = [0xe92d_4010, 0xe28f_e009, 0xe12f_ff3e, 0xe8bd_4010, 0xe12f_ff1e];

/// Instructions on two FPU registers: halfwords.
static FPU_PAIRS: &[(&str, u32)] = &[
    ("vcmp", 0xeeb4_0ac0),
    ("vsqrt", 0xeeb1_0ac0),
    ("vneg", 0xeeb1_0a40),
    ("vcvt_f32_s32", 0xeeb8_0ac0),
    ("vcvt_s32_f32", 0xeebd_0ac0),
];

/// Instructions on three FPU registers.
static FPU_TRIPLES: &[(&str, u32)] =
    &[("vadd", 0xee30_0a00), ("vsub", 0xee30_0a40), ("vmul", 0xee20_0a00), ("vdiv", 0xee80_0a00)];

/// Loads and stores: whether it loads, log2 of the size.
static ACCESSES: &[(&str, bool, u32)] = &[
    ("ldr", true, 2),
    ("ldrb", true, 0),
    ("ldrh", true, 1),
    ("str", false, 2),
    ("strb", false, 0),
    ("strh", false, 1),
];

/// The instruction set and the code so far.
pub struct Set {
    thumb: Thumb,
    from_arm_state: bool,
    wide: bool,
    fpu: bool,
}

impl Set {
    /// That of an architecture.
    pub fn new(arch: Arch) -> Set {
        let wide = !matches!(arch, Arch::Armv6 | Arch::Armv6m);
        Set {
            thumb: Thumb::new(wide),
            from_arm_state: arch == Arch::Armv6,
            wide,
            fpu: matches!(arch, Arch::Armv7emsp | Arch::Armv7emdp),
        }
    }

    fn half(&mut self, op: u16) {
        self.code().u16(op);
    }

    fn word(&mut self, op: u32) {
        put_wide(self.code(), op);
    }

    /// Where a branch goes, counted from four bytes behind it.
    fn branch(&mut self, label: Label) -> i32 {
        self.code().distance(label).wrapping_sub(4)
    }

    /// Instructions of the FPU; false if there is none such.
    fn fpu(&mut self, context: &mut Context<'_>, op: &str, args: &[Operand]) -> bool {
        match *args {
            [a, b] => {
                if let Some(&(_, code)) = FPU_PAIRS.iter().find(|known| known.0 == op) {
                    let (to, from) = (fpu_reg(context, op, a), fpu_reg(context, op, b));
                    self.word(code | fpu_to(to) | (from & 1) << 5 | from >> 1);
                    return true;
                }
                match op {
                    "vmrs" => {
                        let to = match context.reader.ident(a) {
                            Some("APSR_nzcv") => 15,
                            _ => wide_reg(context, op, a, 15),
                        };
                        if context.reader.ident(b) != Some("FPSCR") {
                            return false;
                        }
                        self.word(0xeef1_0a10 | to << 12);
                    }
                    "vmov" => {
                        let to_core = context.reader.ident(a).is_some_and(|name| name.starts_with('r'));
                        let (core, fpu) = if to_core {
                            (wide_reg(context, op, a, 15), fpu_reg(context, op, b))
                        } else {
                            let fpu = fpu_reg(context, op, a);
                            (wide_reg(context, op, b, 15), fpu)
                        };
                        self.word(
                            0xee00_0a10 | u32::from(to_core) << 20 | fpu >> 1 << 16 | core << 12 | (fpu & 1) << 7,
                        );
                    }
                    "vldr" | "vstr" => {
                        let reg = fpu_reg(context, op, a);
                        if let Some((base, offset)) = address(context, op, b) {
                            let base = wide_reg(context, op, base, 7);
                            let offset = int(context, op, offset, 0x3fc) >> 2;
                            let load = u32::from(op == "vldr") << 20;
                            self.word(0xed80_0a00 | load | base << 16 | fpu_to(reg) | offset);
                        }
                    }
                    _ => return false,
                }
                true
            }
            [a, b, c] => {
                let Some(&(_, code)) = FPU_TRIPLES.iter().find(|known| known.0 == op) else { return false };
                let to = fpu_reg(context, op, a);
                let left = fpu_reg(context, op, b);
                let right = fpu_reg(context, op, c);
                self.word(code | fpu_to(to) | left >> 1 << 16 | (left & 1) << 7 | (right & 1) << 5 | right >> 1);
                true
            }
            _ => false,
        }
    }

    fn one(&mut self, context: &mut Context<'_>, op: &str, a: Operand) -> bool {
        match op {
            "b" | "bl" => {
                let label = context.label(op, a);
                let rel = self.branch(label);
                let fits = if op == "b" {
                    self.half(encode::b(rel));
                    asm::fits(12, rel)
                } else {
                    self.word(encode::bl(rel));
                    asm::fits(23, rel)
                };
                check_range(context, label, fits);
            }
            "bx" => {
                let reg = reg(context, op, a, 15);
                self.half(encode::bx(reg));
            }
            "cpsid" => self.half(encode::CPSID_I),
            "cpsie" => self.half(encode::CPSIE_I),
            "push" | "pop" => {
                let list = reg_list(context, op, a);
                let push = op == "push";
                // lr is pushed, pc popped by the short forms.
                let link = if push { 14 } else { 15 };
                let code = if push { encode::push(0) } else { encode::pop(0) };
                if list & 0xff00 & !(1 << link) == 0 {
                    self.half(code | (list >> link & 1) << 8 | list & 0xff);
                } else if self.wide {
                    self.word(if push { 0xe92d_0000 } else { 0xe8bd_0000 } | u32::from(list));
                } else {
                    return false;
                }
            }
            _ if self.wide && op.starts_with("it") => {
                let Some(condition) = context.reader.ident(a).and_then(condition) else { return false };
                let Some(mask) = it_mask(&op.as_bytes()[2..], condition) else { return false };
                self.half(encode::it(condition, mask));
            }
            _ => return self.conditional(context, op, a),
        }
        true
    }

    /// `beq`, `beq_n`, `beq_w` …
    fn conditional(&mut self, context: &mut Context<'_>, op: &str, a: Operand) -> bool {
        let Some(rest) = op.strip_prefix('b').filter(|rest| rest.is_char_boundary(2)) else { return false };
        let (name, suffix) = rest.split_at(2);
        let wide = match suffix {
            "" | "_n" => false,
            "_w" if self.wide => true,
            _ => return false,
        };
        let Some(condition) = condition(name) else { return false };
        let label = context.label(op, a);
        let rel = self.branch(label);
        if wide {
            self.word(encode::bcc_wide(condition, rel));
        } else {
            self.half(encode::bcc(condition, rel));
            check_range(context, label, asm::fits(9, rel));
        }
        true
    }

    fn two(&mut self, context: &mut Context<'_>, op: &str, a: Operand, b: Operand) -> bool {
        if context.reader.ident(b).is_some() {
            return self.two_regs(context, op, a, b);
        }
        let byte = match op {
            "mov" => Byte::Mov,
            "cmp" => Byte::Cmp,
            "add" => Byte::Add,
            "sub" => Byte::Sub,
            _ => return self.reg_and_value(context, op, a, b),
        };
        let reg = reg(context, op, a, 7);
        let value = int(context, op, b, 0xff);
        self.half(encode::byte(byte, reg, value as u16));
        true
    }

    fn two_regs(&mut self, context: &mut Context<'_>, op: &str, a: Operand, b: Operand) -> bool {
        match op {
            "mov" => {
                let to = reg(context, op, a, 15);
                let from = reg(context, op, b, 15);
                self.half(encode::mov(to, from));
            }
            "clz" | "rbit" if self.wide => {
                let code = if op == "clz" { 0xfab0_f080 } else { 0xfa90_f0a0 };
                let to = wide_reg(context, op, a, 15);
                let from = wide_reg(context, op, b, 15);
                self.word(code | from << 16 | to << 8 | from);
            }
            "mrs" if self.wide => {
                let to = wide_reg(context, op, a, 12);
                let from = match context.reader.ident(b) {
                    Some("IPSR") => 5,
                    Some("BASEPRI") => 17,
                    _ => {
                        context.fail(format!("'{op}' expects a special register"));
                        0
                    }
                };
                self.word(0xf3ef_8000 | to << 8 | from);
            }
            _ => {
                let known = |&name: &&str| if name == "and" { op == "and_" } else { op == name };
                let Some(code) = encode::ALU.iter().position(known) else { return false };
                let to = reg(context, op, a, 7);
                let from = reg(context, op, b, 7);
                self.half(encode::alu(code as u16, to, from));
            }
        }
        true
    }

    fn reg_and_value(&mut self, context: &mut Context<'_>, op: &str, a: Operand, b: Operand) -> bool {
        match op {
            "movw" | "movt" if self.wide => {
                let to = reg(context, op, a, 15);
                let value = int(context, op, b, 0xffff) as u16;
                self.word(encode::mov_half(if op == "movw" { encode::MOVW } else { encode::MOVT }, to, value));
            }
            "movwt" if self.wide => {
                let to = reg(context, op, a, 15);
                let value = int(context, op, b, u32::MAX);
                self.word(encode::mov_half(encode::MOVW, to, value as u16));
                self.word(encode::mov_half(encode::MOVT, to, (value >> 16) as u16));
            }
            "ldrex" if self.wide => {
                let to = wide_reg(context, op, a, 15);
                if let Some((base, offset)) = address(context, op, b) {
                    let base = wide_reg(context, op, base, 15);
                    let offset = int(context, op, offset, 0xff) >> 2;
                    self.word(0xe850_0f00 | base << 16 | to << 12 | offset);
                }
            }
            _ => {
                let Some(&(_, load, size)) = ACCESSES.iter().find(|known| known.0 == op) else { return false };
                let to = reg(context, op, a, 7);
                let Some((base, offset)) = address(context, op, b) else { return false };
                let base = reg(context, op, base, 7);
                let offset = int(context, op, offset, 0x1f << size) >> size;
                self.half(encode::access(load, size, to, base, offset as u16));
            }
        }
        true
    }

    fn three(&mut self, context: &mut Context<'_>, op: &str, a: Operand, b: Operand, c: Operand) -> bool {
        match op {
            "lsl" | "lsr" | "asr" => {
                let code = ["lsl", "lsr", "asr"].iter().position(|&name| name == op).unwrap_or(0);
                let to = reg(context, op, a, 7);
                let from = reg(context, op, b, 7);
                let by = int(context, op, c, 0x1f);
                self.half(encode::shift(code as u16, to, from, by as u16));
            }
            "add" | "sub" => {
                let to = reg(context, op, a, 7);
                let left = reg(context, op, b, 7);
                let code = if context.reader.ident(c).is_some() {
                    let right = reg(context, op, c, 7);
                    if op == "add" { encode::add(to, left, right) } else { encode::sub(to, left, right) }
                } else {
                    let right = int(context, op, c, 7);
                    encode::add_3(op == "sub", to, left, right as u16)
                };
                self.half(code);
            }
            "sdiv" | "udiv" if self.wide => {
                let to = wide_reg(context, op, a, 15);
                let left = wide_reg(context, op, b, 15);
                let right = wide_reg(context, op, c, 15);
                let code = if op == "sdiv" { 0xfb90_f0f0 } else { 0xfbb0_f0f0 };
                self.word(code | left << 16 | to << 8 | right);
            }
            "strex" if self.wide => {
                let to = wide_reg(context, op, a, 15);
                let from = wide_reg(context, op, b, 15);
                if let Some((base, offset)) = address(context, op, c) {
                    let base = wide_reg(context, op, base, 15);
                    let offset = int(context, op, offset, 0xff) >> 2;
                    self.word(0xe840_0000 | base << 16 | from << 12 | to << 8 | offset);
                }
            }
            _ => return false,
        }
        true
    }
}

impl Instructions for Set {
    const NAME: &'static str = "Thumb";

    fn check_param(&self, number: usize, name: &str) -> Result<(), &'static str> {
        if ["r0", "r1", "r2", "r3"][number & 3] == name { Ok(()) } else { Err("r0 to r3") }
    }

    fn code(&mut self) -> &mut Code {
        self.thumb.code_mut()
    }

    fn start(&mut self) {
        self.thumb.begin();
        if self.from_arm_state {
            for word in FROM_ARM_STATE {
                self.code().u32(word);
            }
        }
        self.thumb.entry(0);
    }

    fn end(&mut self) {
        self.thumb.exit();
        self.thumb.finish();
    }

    fn instruction(&mut self, context: &mut Context<'_>, op: &str, args: &[Operand]) {
        let known = if self.fpu && op.starts_with('v') {
            self.fpu(context, op, args)
        } else {
            match *args {
                [] => match op {
                    "nop" => {
                        self.half(encode::NOP);
                        true
                    }
                    "wfi" => {
                        self.half(encode::WFI);
                        true
                    }
                    _ => false,
                },
                [a] => self.one(context, op, a),
                [a, b] => self.two(context, op, a, b),
                [a, b, c] => self.three(context, op, a, b, c),
                _ => false,
            }
        };
        if !known {
            context.fail(format!("unsupported Thumb instruction '{op}' with {} arguments", args.len()));
        }
    }
}

fn check_range(context: &mut Context<'_>, label: Label, fits: bool) {
    if context.last_pass && label != NOWHERE && !fits {
        context.fail("branch not in range".into());
    }
}

fn condition(name: &str) -> Option<u16> {
    encode::CONDITIONS.iter().position(|&known| known == name).map(|at| at as u16)
}

/// The mask of an `it` with these letters behind it.
fn it_mask(letters: &[u8], condition: u16) -> Option<u16> {
    if letters.len() > 3 {
        return None;
    }
    let mut mask = 8;
    for &letter in letters.iter().rev() {
        let bit = match letter {
            b't' => condition & 1,
            b'e' => !condition & 1,
            _ => return None,
        };
        mask = mask >> 1 | bit << 3;
    }
    Some(mask)
}

/// The number of a core register.
fn reg_number(name: &str) -> Option<u8> {
    static OTHERS: &[(&str, u8)] = &[("sl", 10), ("fp", 11), ("sp", 13), ("lr", 14), ("pc", 15)];
    (0..16)
        .zip(NUMBERED)
        .chain(OTHERS.iter().map(|&(name, number)| (number, name)))
        .find(|&(_, known)| known == name)
        .map(|(number, _)| number)
}

const NUMBERED: [&str; 16] =
    ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

fn reg(context: &mut Context<'_>, op: &str, operand: Operand, most: u8) -> Reg {
    match context.reader.ident(operand).and_then(reg_number) {
        Some(number) if number <= most => return Reg(number),
        Some(_) => context.fail(format!("'{op}' expects at most r{most}")),
        None => context.fail(format!("'{op}' expects a register")),
    }
    Reg(0)
}

fn wide_reg(context: &mut Context<'_>, op: &str, operand: Operand, most: u8) -> u32 {
    u32::from(reg(context, op, operand, most).0)
}

/// A register of the FPU.
fn fpu_reg(context: &mut Context<'_>, op: &str, operand: Operand) -> u32 {
    let digits = context.reader.ident(operand).and_then(|name| name.strip_prefix('s')).unwrap_or("");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        context.fail(format!("'{op}' expects an FPU register"));
        return 0;
    }
    match digits.parse() {
        Ok(number @ 0..=31) => number,
        _ => {
            context.fail(format!("'{op}' expects at most r31"));
            0
        }
    }
}

/// The bits of an FPU register as destination.
fn fpu_to(reg: u32) -> u32 {
    (reg & 1) << 22 | reg >> 1 << 12
}

fn reg_list(context: &mut Context<'_>, op: &str, operand: Operand) -> u16 {
    let reader = context.reader;
    let (first, rest) = match reader.set(operand) {
        Some((first, rest)) => (first, rest.collect::<alloc::vec::Vec<_>>()),
        None => (Operand::Other, alloc::vec::Vec::new()),
    };
    // Of one element it must be a name at least.
    if matches!(first, Operand::Other) || rest.is_empty() && reader.ident(first).is_none() {
        context.fail(format!("'{op}' expects {{r0, r1, ...}}"));
        return 0;
    }
    let mut list = 1 << reg(context, op, first, 15).0;
    for item in rest {
        list |= 1 << reg(context, op, item, 15).0;
    }
    list
}

/// The integer of an operand, none of whose bits may lie outside of a mask.
fn int(context: &mut Context<'_>, op: &str, operand: Operand, mask: u32) -> u32 {
    let Some(value) = context.int(op, operand) else { return 0 };
    if value & !mask != 0 {
        context.fail(format!("'{op}' integer {value:#x} doesn't fit in mask {mask:#x}"));
        return 0;
    }
    value
}

fn address(context: &mut Context<'_>, op: &str, operand: Operand) -> Option<(Operand, Operand)> {
    let pair = context.reader.pair(operand);
    if pair.is_none() {
        context.fail(format!("'{op}' expects an address of the form [a, b]"));
    }
    pair
}
