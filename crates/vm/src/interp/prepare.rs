//! Rewriting of the loaded copy of the instructions: name operands become cache numbers, frequent sequences
//! become one fused instruction. Lengths never change and nothing is fused across a jump target, so offsets,
//! labels, line tables and handlers stay valid; the original bytes are kept beside.

use ::code::{
    bitset::BitSet,
    opcode::{Instruction, Op},
};

use crate::{interp::cache::Cache, qstr::Qstr};

/// The opcodes that only exist in loaded code, in the gaps of the official table.
#[rustfmt::skip]
#[allow(missing_docs)]
pub mod fused {
    /// Stands alone, where code begins that was not called yet: makes the rewritten copy.
    pub const FIRST_CALL: u8 = 0x00;
    // With a one-byte cache number in place of the name; W: two bytes.
    pub const LOAD_GLOBAL: u8 = 0x01;
    pub const LOAD_ATTR: u8 = 0x02;
    pub const LOAD_METHOD: u8 = 0x03;
    pub const STORE_ATTR: u8 = 0x04;
    pub const LOAD_GLOBAL_W: u8 = 0x05;
    pub const LOAD_ATTR_W: u8 = 0x06;
    pub const LOAD_METHOD_W: u8 = 0x07;
    pub const STORE_ATTR_W: u8 = 0x08;
    /// local < local, jump; then > == <= >= !=. Bytes: nibbles of the locals, comparison, jump opcode, label.
    pub const LOCALS_COMPARE: u8 = 0x09;
    /// local[local]. Bytes: nibbles, original.
    pub const LOCALS_SUBSCR: u8 = 0x0f;
    /// local.name. Bytes: local, cache.
    pub const LOCAL_ATTR: u8 = 0x1d;
    pub const LOCAL_METHOD: u8 = 0x1e;
    /// DUP_TOP LOAD_ATTR. Bytes: original, cache.
    pub const DUP_ATTR: u8 = 0x1f;
    /// local < int, jump; then the other comparisons. Bytes: int opcode, local, jump opcode, label.
    pub const LOCAL_INT_COMPARE: u8 = 0x38;
    /// Two locals. Byte: nibbles.
    pub const LOAD_LOCALS: u8 = 0x3e;
    /// local += int or -= int. Bytes: int opcode, flags (64 subtract, 128 not in place), store opcode.
    pub const LOCAL_STEP: u8 = 0x3f;
    /// ROT_TWO STORE_ATTR. Bytes: original, cache.
    pub const ROT_STORE_ATTR: u8 = 0x41;
    /// Step, test and jump of a range loop with a constant stop, or with the stop below the counter. Byte: cache.
    pub const RANGE_STEP_CONST: u8 = 0x4c;
    pub const RANGE_STEP: u8 = 0x4d;
    /// DUP_TOP STORE_FAST. Byte: store opcode.
    pub const DUP_STORE: u8 = 0x4e;
    /// Arithmetic of two locals. Bytes: nibbles, original.
    pub const LOCALS_ADD: u8 = 0x60;
    pub const LOCALS_SUB: u8 = 0x61;
    pub const LOCALS_MUL: u8 = 0x6a;
    /// Arithmetic of a local and an int. Bytes: int opcode, local.
    pub const LOCAL_ADD_INT: u8 = 0x6b;
    pub const LOCAL_SUB_INT: u8 = 0x6c;
    /// Arithmetic and STORE_FAST. Byte: local, 128 if in place.
    pub const ADD_STORE: u8 = 0x6d;
    pub const SUB_STORE: u8 = 0x6e;
    pub const MUL_STORE: u8 = 0x6f;
    /// STORE_NAME or STORE_GLOBAL with a cache; W: two bytes.
    pub const STORE_GLOBAL: u8 = 0xd4;
    pub const STORE_GLOBAL_W: u8 = 0xd5;
    /// local[int]. Bytes: int opcode, local.
    pub const LOCAL_SUBSCR_INT: u8 = 0xd6;
    /// Comparison and jump; six of them. The jump follows unchanged.
    pub const COMPARE: u8 = 0xfa;
}

/// What the pass knows while it walks the code.
struct Pass<'a> {
    copy: &'a mut [u8],
    original: &'a [u8],
    /// Nothing is fused across these.
    targets: &'a BitSet,
    caches: &'a mut [Cache],
    names: &'a mut [Qstr],
    qstrs: &'a [Qstr],
    sites: usize,
}

/// Rewrites `copy`, a copy of `original`, whose jumps go to `targets`; gives the number of caches used. There is one cache
/// for each instruction that may have one and [`count_loops`] more. Nothing is fused in careful code.
#[allow(clippy::too_many_arguments)]
pub fn rewrite(
    copy: &mut [u8],
    original: &[u8],
    targets: &BitSet,
    careful: bool,
    caches: &mut [Cache],
    names: &mut [Qstr],
    qstrs: &[Qstr],
    names_are_globals: bool,
) -> usize {
    let mut pass = Pass { copy, original, targets, caches, names, qstrs, sites: 0 };
    let mut at = 0;
    while let Some(first) = Instruction::decode(pass.original, at) {
        let fused = if careful { 0 } else { pass.fuse(at, &first) };
        if fused > 0 {
            at += fused;
            continue;
        }
        pass.cache(at, &first, names_are_globals);
        at += first.len;
    }
    pass.sites
}

/// An upper bound for the number of range loops.
pub fn count_loops(original: &[u8]) -> usize {
    original.iter().filter(|&&byte| byte == IADD).count()
}

const IADD: u8 = 0xe5;
const ISUB: u8 = 0xe6;
const ADD: u8 = 0xf2;
const SUB: u8 = 0xf3;
const MUL: u8 = 0xf4;
const IMUL: u8 = 0xe7;
const DUP_TOP: u8 = 0x57;
const ROT_TWO: u8 = 0x5a;
const LOAD_SUBSCR: u8 = 0x55;

fn local(byte: u8) -> Option<u8> {
    (0xb0..=0xbf).contains(&byte).then(|| byte - 0xb0)
}

fn is_store(byte: u8) -> bool {
    (0xc0..=0xcf).contains(&byte)
}

fn is_small_int(byte: u8) -> bool {
    (0x70..=0xaf).contains(&byte)
}

fn comparison(byte: u8) -> Option<u8> {
    (0xd7..=0xdc).contains(&byte).then(|| byte - 0xd7)
}

fn is_branch(byte: u8) -> bool {
    byte == 0x43 || byte == 0x44
}

impl Pass<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.original.get(at).copied().unwrap_or(0)
    }

    /// Whether none of the instructions that start at these offsets can be jumped to.
    fn joined(&self, offsets: &[usize]) -> bool {
        offsets.iter().all(|&at| at < self.original.len() && !self.targets.contains(at))
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.copy.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// A new cache with the name of the site, if its number fits the operand.
    fn site(&mut self, name: i64, limit: usize, empty: Cache) -> Option<usize> {
        let number = self.sites;
        let name = *self.qstrs.get(usize::try_from(name).ok()?)?;
        if number >= limit || number >= self.caches.len() {
            return None;
        }
        self.caches[number] = empty;
        self.names[number] = name;
        self.sites += 1;
        Some(number)
    }

    /// Replaces a name operand by a cache number.
    fn cache(&mut self, at: usize, instruction: &Instruction, names_are_globals: bool) {
        let (narrow, wide, global) = match instruction.op {
            Op::LoadGlobal => (fused::LOAD_GLOBAL, fused::LOAD_GLOBAL_W, true),
            Op::LoadName if names_are_globals => (fused::LOAD_GLOBAL, fused::LOAD_GLOBAL_W, true),
            Op::StoreGlobal => (fused::STORE_GLOBAL, fused::STORE_GLOBAL_W, true),
            Op::StoreName if names_are_globals => (fused::STORE_GLOBAL, fused::STORE_GLOBAL_W, true),
            Op::LoadAttr => (fused::LOAD_ATTR, fused::LOAD_ATTR_W, false),
            Op::LoadMethod => (fused::LOAD_METHOD, fused::LOAD_METHOD_W, false),
            Op::StoreAttr => (fused::STORE_ATTR, fused::STORE_ATTR_W, false),
            _ => return,
        };
        let empty = if global { Cache::empty_global() } else { Cache::EMPTY };
        match instruction.len {
            2 => {
                if let Some(number) = self.site(instruction.arg, 256, empty) {
                    self.put(at, &[narrow, number as u8]);
                }
            }
            3 => {
                if let Some(number) = self.site(instruction.arg, 1 << 16, empty) {
                    let [low, high] = (number as u16).to_le_bytes();
                    self.put(at, &[wide, low, high]);
                }
            }
            _ => {}
        }
    }

    /// Fuses a sequence that starts here; gives its length, 0 if there is none.
    fn fuse(&mut self, at: usize, first: &Instruction) -> usize {
        let bytes: [u8; 6] = core::array::from_fn(|i| self.byte(at + i));
        if let Some(a) = local(bytes[0]) {
            return self.fuse_local(at, a, bytes);
        }
        if is_small_int(bytes[0]) && bytes[1] == IADD && self.joined(&[at + 1]) {
            return self.fuse_range_step(at, bytes);
        }
        match bytes[0] {
            DUP_TOP if is_store(bytes[1]) && self.joined(&[at + 1]) => {
                self.put(at, &[fused::DUP_STORE]);
                2
            }
            DUP_TOP if bytes[1] == Op::LoadAttr as u8 => self.fuse_attr(at, fused::DUP_ATTR, bytes[0]),
            ROT_TWO if bytes[1] == Op::StoreAttr as u8 => self.fuse_attr(at, fused::ROT_STORE_ATTR, bytes[0]),
            ADD | SUB | MUL | IADD | ISUB | IMUL if is_store(bytes[1]) && self.joined(&[at + 1]) => {
                let (op, in_place) = match bytes[0] {
                    ADD => (fused::ADD_STORE, 0),
                    SUB => (fused::SUB_STORE, 0),
                    MUL => (fused::MUL_STORE, 0),
                    IADD => (fused::ADD_STORE, 128),
                    ISUB => (fused::SUB_STORE, 128),
                    _ => (fused::MUL_STORE, 128),
                };
                self.put(at, &[op, (bytes[1] - 0xc0) | in_place]);
                2
            }
            byte => match comparison(byte) {
                Some(op) if is_branch(bytes[1]) && self.joined(&[at + 1]) => {
                    self.put(at, &[fused::COMPARE + op]);
                    first.len + self.length(at + 1)
                }
                _ => 0,
            },
        }
    }

    fn length(&self, at: usize) -> usize {
        Instruction::decode(self.original, at).map_or(1, |instruction| instruction.len)
    }

    fn fuse_local(&mut self, at: usize, a: u8, bytes: [u8; 6]) -> usize {
        if !self.joined(&[at + 1]) {
            return 0;
        }
        if bytes[1] == Op::LoadAttr as u8 {
            return self.fuse_attr(at, fused::LOCAL_ATTR, a);
        }
        if bytes[1] == Op::LoadMethod as u8 {
            return self.fuse_attr(at, fused::LOCAL_METHOD, a);
        }
        let third_joined = self.joined(&[at + 2]);
        if let Some(b) = local(bytes[1]) {
            let nibbles = a << 4 | b;
            if third_joined {
                if let Some(op) = comparison(bytes[2])
                    && is_branch(bytes[3])
                    && self.joined(&[at + 3])
                {
                    self.put(at, &[fused::LOCALS_COMPARE + op, nibbles]);
                    return 3 + self.length(at + 3);
                }
                let op = match bytes[2] {
                    // Followed by a store, the pair of arithmetic and store is the better one.
                    ADD | SUB | MUL if is_store(bytes[3]) && self.joined(&[at + 3]) => None,
                    ADD => Some(fused::LOCALS_ADD),
                    SUB => Some(fused::LOCALS_SUB),
                    MUL => Some(fused::LOCALS_MUL),
                    LOAD_SUBSCR => Some(fused::LOCALS_SUBSCR),
                    _ => None,
                };
                if let Some(op) = op {
                    self.put(at, &[op, nibbles]);
                    return 3;
                }
            }
            // A local that begins a better sequence with what follows it stays out of a plain pair.
            if third_joined && (bytes[2] == Op::LoadAttr as u8 || bytes[2] == Op::LoadMethod as u8) {
                return 0;
            }
            self.put(at, &[fused::LOAD_LOCALS, nibbles]);
            return 2;
        }
        if is_small_int(bytes[1]) && third_joined {
            if let Some(op) = comparison(bytes[2])
                && is_branch(bytes[3])
                && self.joined(&[at + 3])
            {
                self.put(at, &[fused::LOCAL_INT_COMPARE + op, bytes[1], a]);
                return 3 + self.length(at + 3);
            }
            let flags = match bytes[2] {
                IADD => Some(0),
                ISUB => Some(64),
                ADD => Some(128),
                SUB => Some(192),
                _ => None,
            };
            if let Some(flags) = flags
                && bytes[3] == 0xc0 + a
                && self.joined(&[at + 3])
            {
                self.put(at, &[fused::LOCAL_STEP, bytes[1], flags]);
                return 4;
            }
            let op = match bytes[2] {
                ADD => Some(fused::LOCAL_ADD_INT),
                SUB => Some(fused::LOCAL_SUB_INT),
                LOAD_SUBSCR => Some(fused::LOCAL_SUBSCR_INT),
                _ => None,
            };
            if let Some(op) = op {
                self.put(at, &[op, bytes[1], a]);
                return 3;
            }
        }
        0
    }

    /// An instruction of one byte and a LOAD_ATTR, LOAD_METHOD or STORE_ATTR with a one-byte operand.
    fn fuse_attr(&mut self, at: usize, op: u8, second: u8) -> usize {
        if !self.joined(&[at + 1]) {
            return 0;
        }
        let Some(instruction) = Instruction::decode(self.original, at + 1) else {
            return 0;
        };
        if instruction.len != 2 {
            return 0;
        }
        match self.site(instruction.arg, 256, Cache::EMPTY) {
            Some(number) => {
                self.put(at, &[op, second, number as u8]);
                3
            }
            None => 0,
        }
    }

    /// The end of a range loop: add the step, test, jump. The test itself stays, it is where the loop is entered.
    fn fuse_range_step(&mut self, at: usize, bytes: [u8; 6]) -> usize {
        let step = i64::from(bytes[0]) - 0x80;
        let (op, stop, compare) = if bytes[2] == DUP_TOP {
            let Some(load) = Instruction::decode(self.original, at + 3) else {
                return 0;
            };
            if load.op != Op::LoadConstSmallInt && load.op != Op::LoadConstSmallIntMulti {
                return 0;
            }
            (fused::RANGE_STEP_CONST, load.arg, at + 3 + load.len)
        } else if bytes[2] == Op::DupTopTwo as u8 && bytes[3] == ROT_TWO {
            (fused::RANGE_STEP, 0, at + 4)
        } else {
            return 0;
        };
        let wanted = if step >= 0 { 0xd7 } else { 0xd8 };
        if self.byte(compare) != wanted || self.byte(compare + 1) != 0x43 {
            return 0;
        }
        let Some(branch) = Instruction::decode(self.original, compare + 1) else {
            return 0;
        };
        let number = self.sites;
        if number >= 256 || number >= self.caches.len() || isize::try_from(stop).is_err() {
            return 0;
        }
        let end = compare + 1 + branch.len;
        let word = |value: i64| (value as usize) << 1 | 1;
        self.caches[number] = Cache::range_loop(end - at, word(step), word(stop), branch.arg as isize - at as isize);
        self.sites += 1;
        self.put(at, &[op, number as u8]);
        2
    }
}

/// Reads a varuint that the verifier has checked.
///
/// # Safety
/// `ip` must stand on a complete varuint.
#[inline(always)]
pub unsafe fn uint(ip: *const u8) -> (u32, *const u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let first = *ip;
        if first < 0x80 {
            return (u32::from(first), ip.add(1));
        }
        let mut value = u32::from(first & 0x7f);
        let mut at = ip.add(1);
        loop {
            let byte = *at;
            at = at.add(1);
            value = value << 7 | u32::from(byte & 0x7f);
            if byte < 0x80 {
                return (value, at);
            }
        }
    }
}

/// Reads a signed varint that the verifier has checked (small int operands).
///
/// # Safety
/// `ip` must stand on a complete varint.
#[inline(always)]
pub unsafe fn int(ip: *const u8) -> (isize, *const u8) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut value: isize = if *ip & 0x40 != 0 { -1 } else { 0 };
        let mut at = ip;
        loop {
            let byte = *at;
            at = at.add(1);
            value = value << 7 | (byte & 0x7f) as isize;
            if byte < 0x80 {
                return (value, at);
            }
        }
    }
}

/// Reads a label that may go back; gives the address after it and the target.
///
/// # Safety
/// `ip` must stand on a complete label.
#[inline(always)]
pub unsafe fn signed_label(ip: *const u8) -> (*const u8, *const u8) {
    // SAFETY: the caller's promise; the verifier checked the target.
    unsafe {
        let first = *ip as isize;
        if first < 0x80 {
            let after = ip.add(1);
            return (after, after.offset(first - 0x40));
        }
        let after = ip.add(2);
        let distance = (first & 0x7f) + ((*ip.add(1) as isize) << 7) - 0x4000;
        (after, after.offset(distance))
    }
}

/// Reads a label that only goes forward; gives the address after it and the target.
///
/// # Safety
/// `ip` must stand on a complete label.
#[inline(always)]
pub unsafe fn label(ip: *const u8) -> (*const u8, *const u8) {
    // SAFETY: as above.
    unsafe {
        let first = *ip as usize;
        if first < 0x80 {
            let after = ip.add(1);
            return (after, after.add(first));
        }
        let after = ip.add(2);
        (after, after.add((first & 0x7f) + ((*ip.add(1) as usize) << 7)))
    }
}
