//! The checks in front of each instruction of careful code: what the verifier could not prove.
//!
//! The stack holds objects, NULLs, markers and small ints, never an address. An instruction runs only if the words it takes are
//! of the kinds that verified code would give it, if there is room for what it pushes, and if the blocks it opens or
//! closes are there. What depends on the types of objects is tested by the instructions themselves.

use ::code::opcode::Instruction;
use heap::Obj;

use crate::{
    interp::{
        code::CodeObject,
        frame::{BLOCK_WORDS, Word},
        ops_basic::NONE,
        run::{NULL, is_exact},
        unwind::is_pending,
    },
    table::TypeId,
    vm::State,
};

const fn is_marker(word: Word) -> bool {
    is_pending(word)
        || word == Obj::LIST_ITERATOR.word()
        || word == Obj::TUPLE_ITERATOR.word()
        || word == Obj::RANGE_ITERATOR.word()
}

const fn is_object(word: Word) -> bool {
    word != NULL && !is_marker(word)
}

const fn is_small(word: Word) -> bool {
    word & 1 != 0
}

/// Whether the instruction at `ip` has what it takes and room for what it gives. Never inlined: its locals would stand
/// between the instruction and its tail call, and careful code would use up the native stack.
#[inline(never)]
pub(super) unsafe fn check(
    st: *mut State,
    ip: *const u8,
    sp: *mut Word,
    fp: *mut Word,
    code: *const CodeObject,
) -> bool {
    // SAFETY: the registers are those of the current frame; the code is a whole number of valid instructions; words of the
    // frame below `sp` are read only as far as the depth allows.
    unsafe {
        let start = (*code).start;
        let offset = ip.offset_from(start) as usize;
        let original = &(*code).original()[(*code).code_offset as usize..];
        let Some(instruction) = Instruction::decode(original, offset) else {
            return false;
        };
        let (pops, pushes) = instruction.stack();
        let base = fp.add((*code).stack_base as usize);
        let depth = sp.offset_from(base);
        let room = fp.add((*code).n_words as usize).offset_from(sp);
        if depth < pops as isize || room + (pops as isize) < pushes as isize + 2 {
            return false;
        }
        let (pops, depth) = (pops as usize, depth as usize);
        let at = |down: usize| *sp.sub(down);
        let objects = |from: usize, to: usize| (from..=to).all(|down| is_object(at(down)));
        let blocks = (*(*st).interp.stack.frame).depth as usize;
        let most = ((*code).stack_base - (*code).n_locals) as usize / BLOCK_WORDS;
        match original[offset] {
            // Moves.
            0x57..=0x5b => true,
            0x47 => blocks < most && objects(1, 1),
            0x48 | 0x49 => blocks < most,
            0x4a => blocks > 0,
            0x40 => {
                let jump = instruction.extra;
                (jump & 0x7f) as usize <= blocks && (jump & 0x80 == 0 || depth >= 4)
            }
            0x5d if blocks == 0 => false,
            0x5d => match at(1) {
                NONE => true,
                top if top == Obj::PENDING_RETURN.word() => depth >= 2 && objects(2, 2),
                top if top == Obj::PENDING_JUMP.word() => {
                    depth >= 2 && is_small(at(2)) && is_jump(original, at(2) >> 1, depth - 2)
                }
                top => is_object(top),
            },
            0x5c if is_pending(at(1)) => depth >= 4 && is_object(at(4)) && !is_marker(at(3)),
            0x5c => depth >= 3 && is_object(at(1)) && !is_marker(at(2)) && is_object(at(3)),
            0x4b => depth >= 4 && is_iterator(st, [at(4), at(3), at(2), at(1)]),
            // The left side of an exception match may be what is pending.
            0xdf => is_object(at(1)) && at(2) != NULL,
            // A NULL as value deletes.
            0x18 => is_object(at(1)) && !is_marker(at(2)),
            0x56 => objects(1, 2) && !is_marker(at(3)),
            // Defaults may be NULL, so may the receiver of a method and the name of a `**` argument.
            0x33 => !is_marker(at(1)) && !is_marker(at(2)),
            0x21 => objects(1, pops - 2) && !is_marker(at(pops)) && !is_marker(at(pops - 1)),
            0x36 => objects(1, pops - 2) && !is_marker(at(pops - 1)) && is_object(at(pops)),
            0x35 | 0x37 => {
                let callee = pops;
                let receiver = (original[offset] == 0x37).then(|| pops - 1);
                let names = 2 * instruction.call_counts().1 as usize;
                is_small(at(1))
                    && (2..=pops).all(|down| {
                        let name = down >= 3 && down <= names + 1 && down % 2 == 1;
                        let free = name || Some(down) == receiver;
                        is_object(at(down)) || free && down != callee && at(down) == NULL
                    })
            }
            0x2f => {
                let container = (instruction.arg as usize >> 2) + 1;
                objects(1, pops) && container <= depth && is_object(at(container))
            }
            _ => objects(1, pops),
        }
    }
}

/// Whether the data of a pending jump names an instruction, and the iterator that it drops can be there.
fn is_jump(original: &[u8], data: usize, depth: usize) -> bool {
    let target = data >> 8;
    let mut at = 0;
    while at < target {
        match Instruction::decode(original, at) {
            Some(instruction) => at += instruction.len,
            None => return false,
        }
    }
    at == target && at < original.len() && (data & 0x80 == 0 || depth >= 4)
}

/// Whether four slots are an iterator.
unsafe fn is_iterator(st: *mut State, slots: [Word; 4]) -> bool {
    let [how, what, second, third] = slots;
    // SAFETY: see `is_exact`; the words are objects, NULL or markers.
    unsafe {
        if how == Obj::LIST_ITERATOR.word() {
            return is_exact(st, what, TypeId::List) && is_small(second);
        }
        if how == Obj::TUPLE_ITERATOR.word() {
            return is_exact(st, what, TypeId::Tuple) && is_small(second);
        }
    }
    if how == Obj::RANGE_ITERATOR.word() {
        return is_small(what) && is_small(second) && is_small(third);
    }
    !is_marker(how) && is_object(what)
}
