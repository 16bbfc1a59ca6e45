//! RISC-V, 32 bits: RV32IMC, with Zba and Zcmp on request.

pub mod encode;

use crate::assembler::{Arith, Assembler, Condition, Machine, Reg, Shift, Width, fits};
use crate::code::{Code, Label};
use encode::*;

const ZERO: Reg = Reg(0);
const RA: Reg = Reg(1);
const SP: Reg = Reg(2);
const S0: Reg = Reg(8);
const S1: Reg = Reg(9);
const A0: Reg = Reg(10);
const A1: Reg = Reg(11);
const A2: Reg = Reg(12);
const A3: Reg = Reg(13);
const A4: Reg = Reg(14);
const A5: Reg = Reg(15);
const A6: Reg = Reg(16);
const S2: Reg = Reg(18);
const S3: Reg = Reg(19);
const S4: Reg = Reg(20);

/// What long jumps and large offsets go through.
const SCRATCH: Reg = A6;

static MACHINE: Machine = Machine {
    word: 4,
    incoming: [A0, A1, A2, A3],
    arguments_on_stack: false,
    result: A0,
    args: [A0, A1, A2, A3],
    ret: A0,
    temps: [A4, A5, A6],
    locals: [S3, S2, S4],
    fun_table: S1,
    zero: Some(ZERO),
    nlr_words: 17,
    nlr_local: 6,
    nlr_setjmp: false,
    shift_count: None,
    stores_from_arg3: false,
    is_listing: false,
};

/// CPU extensions, as bits of the architecture flags of a file.
pub mod extension {
    /// Shifts and adds in one instruction.
    pub const ZBA: u32 = 1;
    /// Pushes and pops of register lists.
    pub const ZCMP: u32 = 2;
}

/// The assembler for RISC-V.
pub struct Rv32 {
    code: Code,
    extensions: u32,
    /// The registers that functions save; it only grows.
    saved: u32,
    /// Bytes of the frame; with Zcmp those that `cm.push` does not make room for.
    frame: u32,
    /// With Zcmp: the 16-byte chunks that `cm.push` makes room for.
    chunks: u32,
    /// Where locals start in the frame.
    locals: u32,
}

impl Rv32 {
    /// With CPU extensions.
    pub fn new(extensions: u32) -> Rv32 {
        Rv32 { code: Code::default(), extensions, saved: 0, frame: 0, chunks: 0, locals: 0 }
    }

    fn half(&mut self, op: u16) {
        self.code.u16(op);
    }

    fn word(&mut self, op: u32) {
        self.code.u32(op);
    }

    fn addi(&mut self, to: Reg, from: Reg, value: u32) {
        self.word(i_type(0x13, 0, to.0.into(), from.0.into(), value));
    }

    fn c_addi(&mut self, to: Reg, value: u32) {
        self.half(ci_type(1, 0, to.0.into(), value));
    }

    fn c_add(&mut self, to: Reg, from: Reg) {
        self.half(cr_type(2, 9, to.0.into(), from.0.into()));
    }

    fn c_li(&mut self, to: Reg, value: u32) {
        self.half(ci_type(1, 2, to.0.into(), value));
    }

    /// `to = left op right` with the opcode of plain arithmetic.
    fn three(&mut self, funct3: u32, funct7: u32, to: Reg, left: Reg, right: Reg) {
        self.word(r_type(0x33, funct3, funct7, to.0.into(), left.0.into(), right.0.into()));
    }

    fn upper(&mut self, to: Reg, value: u32) {
        if fits(17, value as i32) && value >> 12 != 0 {
            self.half(ci_type(1, 3, to.0.into(), value >> 12));
        } else {
            self.word(u_type(0x37, to.0.into(), value));
        }
    }

    fn full_constant(&mut self, to: Reg, value: u32) {
        let (high, low) = split(value);
        self.upper(to, high);
        if low == 0 {
            return;
        }
        // The official test takes the low part as unsigned: only small positive values are short.
        if low < 32 {
            self.c_addi(to, low);
        } else {
            self.addi(to, to, low);
        }
    }

    fn move_stack(&mut self, by: i32) {
        if by == 0 {
        } else if fits(6, by) {
            self.c_addi(SP, by as u32);
        } else if fits(12, by) {
            self.addi(SP, SP, by as u32);
        } else {
            let scratch = MACHINE.temps[0];
            self.full_constant(scratch, by as u32);
            self.c_add(SP, scratch);
        }
    }

    /// Writes an instruction for each saved register and its place on the stack; gives the bytes they take.
    fn saved_registers(&mut self, access: impl Fn(u32, u32) -> u16) -> u32 {
        let saved = self.saved;
        let mut offset = 0;
        for reg in (0..32).filter(|reg| saved >> reg & 1 != 0) {
            self.half(access(reg, offset));
            offset += 4;
        }
        offset
    }

    /// How many registers from ra, s0, s1, … on `cm.push` must save, counted with the official gap.
    fn zcmp_count(&self) -> u32 {
        let list = self.saved >> 1 & 1 | (self.saved >> 8 & 3) << 1 | (self.saved >> 18 & 0x3ff) << 3;
        let count = 32 - list.leading_zeros();
        if count == 12 { 13 } else { count }
    }

    fn zcmp_list(&self) -> u32 {
        (3 + self.zcmp_count()).min(15)
    }

    /// The rest of a long jump: `distance` counts from the first of the two instructions.
    fn long_jump(&mut self, distance: i32) {
        let (high, low) = split(distance as u32);
        self.word(u_type(0x17, SCRATCH.0.into(), high));
        self.word(i_type(0x67, 0, ZERO.0.into(), SCRATCH.0.into(), low));
    }

    /// `beq` (0) or `bne` (1)
    fn branch(&mut self, funct3: u32, left: Reg, right: Reg, distance: i32) {
        self.word(b_type(0x63, funct3, left.0.into(), right.0.into(), distance as u32));
    }

    /// The distance to a label that lies behind.
    fn behind(&self, label: Label) -> Option<i32> {
        self.code.backward(label).filter(|&distance| distance < 0)
    }

    fn jalr(&mut self, reg: Reg) {
        self.half(cr_type(2, 9, reg.0.into(), 0));
    }

    fn lw(&mut self, to: Reg, base: Reg, offset: u32) {
        self.word(i_type(3, 2, to.0.into(), base.0.into(), offset));
    }

    fn sw(&mut self, from: Reg, base: Reg, offset: u32) {
        self.word(s_type(0x23, 2, base.0.into(), from.0.into(), offset));
    }

    /// `reg` becomes `base` and the high part of an offset; gives the low part.
    fn large_offset(&mut self, reg: Reg, base: Reg, offset: u32) -> u32 {
        let (high, low) = split(offset);
        self.upper(reg, high);
        self.c_add(reg, base);
        low
    }

    fn local(&self, local: u32) -> u32 {
        self.locals.wrapping_add(local.wrapping_mul(4))
    }

    /// [`SCRATCH`] becomes `base + (index << size)`.
    fn index(&mut self, base: Reg, index: Reg, size: u32) {
        if size == 0 {
            self.three(0, 0, SCRATCH, base, index);
        } else if self.extensions & extension::ZBA != 0 {
            self.three(1 << size, 0x10, SCRATCH, index, base);
        } else {
            self.word(i_type(0x13, 1, SCRATCH.0.into(), index.0.into(), size));
            self.c_add(SCRATCH, base);
        }
    }

    fn set_less(&mut self, signed: bool, to: Reg, left: Reg, right: Reg) {
        self.three(if signed { 2 } else { 3 }, 0, to, left, right);
    }
}

/// Whether the compressed form can address it.
fn is_short(size: u32, reg: Reg, base: Reg, offset: i32) -> bool {
    size == 2 && (0..64).contains(&offset) && is_in_window(reg.0.into()) && is_in_window(base.0.into())
}

impl Assembler for Rv32 {
    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    fn code(&self) -> &Code {
        &self.code
    }

    fn code_mut(&mut self) -> &mut Code {
        &mut self.code
    }

    fn entry(&mut self, words: u32) {
        for reg in [S1, S2, S3, S4] {
            self.saved |= 1 << reg.0;
        }
        if self.extensions & extension::ZCMP != 0 {
            let count = self.zcmp_count();
            let slack = count.next_multiple_of(4) - count;
            let words = words.saturating_sub(slack);
            self.chunks = (words / 4).min(3);
            self.frame = (words - 4 * self.chunks).wrapping_mul(4);
            self.half(push_pop(PushPop::Push, self.zcmp_list(), self.chunks));
            self.move_stack((self.frame as i32).wrapping_neg());
            return;
        }
        let count = self.saved.count_ones();
        self.frame = count.wrapping_add(words).wrapping_mul(4);
        self.move_stack((self.frame as i32).wrapping_neg());
        self.locals = self.saved_registers(|reg, offset| css_type(2, 6, reg, stack_offset(offset)));
    }

    fn exit(&mut self) {
        if self.extensions & extension::ZCMP != 0 {
            self.move_stack(self.frame as i32);
            return self.half(push_pop(PushPop::PopRet, self.zcmp_list(), self.chunks));
        }
        self.saved_registers(|reg, offset| ci_type(2, 2, reg, stack_offset(offset)));
        self.move_stack(self.frame as i32);
        self.jump_register(RA);
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        self.half(cr_type(2, 8, to.0.into(), from.0.into()));
    }

    fn constant(&mut self, to: Reg, value: i64) {
        let value = value as i32;
        if fits(6, value) {
            self.c_li(to, value as u32);
        } else if fits(12, value) {
            self.addi(to, ZERO, value as u32);
        } else {
            self.full_constant(to, value as u32);
        }
    }

    fn clear(&mut self, to: Reg) {
        self.c_li(to, 0);
    }

    fn load(&mut self, width: Width, to: Reg, base: Reg, offset: i64) {
        let size = width.log2();
        let offset = (offset as i32).wrapping_shl(size);
        if is_short(size, to, base, offset) {
            return self.half(cl_type(2, to.0.into(), base.0.into(), offset as u32));
        }
        let funct3 = [4, 5, 2][size as usize];
        if fits(12, offset) {
            self.word(i_type(3, funct3, to.0.into(), base.0.into(), offset as u32));
        } else {
            let low = self.large_offset(to, base, offset as u32);
            self.word(i_type(3, funct3, to.0.into(), to.0.into(), low));
        }
    }

    fn store(&mut self, width: Width, from: Reg, base: Reg, offset: i64) {
        let size = width.log2();
        let offset = (offset as i32).wrapping_shl(size);
        if is_short(size, from, base, offset) {
            self.half(cl_type(6, from.0.into(), base.0.into(), offset as u32));
        } else if fits(12, offset) {
            self.word(s_type(0x23, size, base.0.into(), from.0.into(), offset as u32));
        } else {
            let low = self.large_offset(SCRATCH, base, offset as u32);
            self.word(s_type(0x23, size, SCRATCH.0.into(), from.0.into(), low));
        }
    }

    fn load_indexed(&mut self, width: Width, to: Reg, base: Reg, index: Reg) {
        self.index(base, index, width.log2());
        self.load(width, to, SCRATCH, 0);
    }

    fn store_indexed(&mut self, width: Width, from: Reg, base: Reg, index: Reg) {
        self.index(base, index, width.log2());
        self.store(width, from, SCRATCH, 0);
    }

    fn load_local(&mut self, to: Reg, local: u32) {
        let offset = self.local(local);
        if offset < 256 {
            self.half(ci_type(2, 2, to.0.into(), stack_offset(offset)));
        } else if offset < 2048 {
            self.lw(to, SP, offset);
        } else {
            let low = self.large_offset(to, SP, offset);
            self.lw(to, to, low);
        }
    }

    fn store_local(&mut self, local: u32, from: Reg) {
        let offset = self.local(local);
        if offset < 256 {
            self.half(css_type(2, 6, from.0.into(), stack_offset(offset)));
        } else if offset < 2048 {
            self.sw(from, SP, offset);
        } else {
            let low = self.large_offset(SCRATCH, SP, offset);
            self.sw(from, SCRATCH, low);
        }
    }

    fn local_address(&mut self, to: Reg, local: u32) {
        let offset = self.local(local);
        if offset < 1024 && offset != 0 && is_in_window(to.0.into()) {
            self.half(ciw_type(to.0.into(), offset));
        } else if offset < 2048 {
            self.addi(to, SP, offset);
        } else {
            self.full_constant(to, offset);
            self.c_add(to, SP);
        }
    }

    fn label_address(&mut self, to: Reg, label: Label) {
        let (high, low) = split(self.code.distance(label) as u32);
        self.word(u_type(0x17, to.0.into(), high));
        self.addi(to, to, low);
    }

    fn jump(&mut self, label: Label) {
        match self.behind(label) {
            Some(distance) if fits(12, distance) => self.half(cj_type(5, distance as u32)),
            _ => self.long_jump(self.code.distance(label)),
        }
    }

    fn jump_if_zero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        self.jump_if_equal(reg, ZERO, label);
    }

    fn jump_if_nonzero(&mut self, reg: Reg, label: Label, _is_bool: bool) {
        let behind = self.behind(label);
        let window = is_in_window(reg.0.into());
        match behind {
            Some(distance) if window && fits(8, distance) => {
                return self.half(cb_type(7, reg.0.into(), short_branch(distance as u32)));
            }
            Some(distance) if fits(13, distance) => return self.branch(1, reg, ZERO, distance),
            _ => {}
        }
        let distance = self.code.distance(label);
        if behind.is_some() && window {
            self.half(cb_type(6, reg.0.into(), short_branch(10)));
            self.long_jump(distance.wrapping_sub(2));
        } else {
            self.branch(0, reg, ZERO, 12);
            self.long_jump(distance.wrapping_sub(4));
        }
    }

    fn jump_if_equal(&mut self, left: Reg, right: Reg, label: Label) {
        match self.behind(label) {
            Some(distance) if fits(13, distance) => self.branch(0, left, right, distance),
            _ => {
                let distance = self.code.distance(label);
                self.branch(1, left, right, 12);
                self.long_jump(distance.wrapping_sub(4));
            }
        }
    }

    fn jump_register(&mut self, reg: Reg) {
        self.half(cr_type(2, 8, reg.0.into(), 0));
    }

    fn call(&mut self, index: u32, _n_args: u32) {
        let offset = index.wrapping_mul(4);
        self.saved |= 1 << RA.0;
        if offset < 64 {
            self.saved |= 1 << S0.0;
            self.half(cl_type(2, S0.0.into(), S1.0.into(), offset));
            return self.jalr(S0);
        }
        if offset < 2048 {
            self.lw(SCRATCH, S1, offset);
        } else {
            let low = self.large_offset(SCRATCH, S1, offset);
            self.lw(SCRATCH, SCRATCH, low);
        }
        self.jalr(SCRATCH);
    }

    fn arith(&mut self, op: Arith, to: Reg, from: Reg) {
        match op {
            Arith::Add => self.c_add(to, from),
            Arith::Sub => self.three(0, 0x20, to, to, from),
            Arith::Mul => self.three(0, 1, to, to, from),
            // The other way round in the official tools.
            Arith::And => self.three(7, 0, to, from, to),
            Arith::Or => self.three(6, 0, to, to, from),
            Arith::Xor if to == from => self.clear(to),
            Arith::Xor => self.three(4, 0, to, to, from),
        }
    }

    fn shift(&mut self, op: Shift, to: Reg, count: Reg) {
        match op {
            Shift::Left => self.three(1, 0, to, to, count),
            Shift::Right => self.three(5, 0, to, to, count),
            Shift::RightSigned => self.three(5, 0x20, to, to, count),
        }
    }

    fn negate(&mut self, to: Reg) {
        self.three(0, 0x20, to, ZERO, to);
    }

    fn invert(&mut self, to: Reg) {
        self.word(i_type(0x13, 4, to.0.into(), to.0.into(), u32::MAX));
    }

    fn compare(&mut self, condition: Condition, signed: bool, to: Reg, left: Reg, right: Reg) {
        let (left, right) = match condition {
            // The official tools swap the operands of these.
            Condition::More | Condition::MoreEqual | Condition::NotEqual => (right, left),
            _ => (left, right),
        };
        match condition {
            Condition::Less | Condition::More => self.set_less(signed, to, left, right),
            Condition::LessEqual | Condition::MoreEqual => {
                self.set_less(signed, to, right, left);
                self.word(i_type(0x13, 4, to.0.into(), to.0.into(), 1));
            }
            Condition::Equal => {
                self.three(0, 0x20, to, left, right);
                self.word(i_type(0x13, 3, to.0.into(), to.0.into(), 1));
            }
            Condition::NotEqual => {
                self.three(0, 0x20, to, left, right);
                self.three(3, 0, to, ZERO, to);
            }
        }
    }
}
