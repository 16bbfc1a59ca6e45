//! Runs a program on a text, with backtracking on a stack of its own.

use alloc::vec::Vec;

use crate::{
    types::{
        regex::{
            compile::{Assert, fold, is_word},
            emit::{SET_HEAD, op, set_has},
        },
        utf8,
    },
    value::R,
    vm::Vm,
};

/// No position.
pub const NONE: usize = usize::MAX;

/// A compiled program in the bytes of its object.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    bytes: &'a [u8],
    code: usize,
    prefix: usize,
}

impl<'a> Program<'a> {
    /// Reads the head of a program.
    pub fn new(bytes: &'a [u8]) -> Program<'a> {
        let mut program = Program { bytes, code: 0, prefix: 0 };
        program.prefix = program.word(2) as usize;
        program.code = 3 + program.prefix;
        program
    }

    #[inline(always)]
    fn word(&self, index: usize) -> u32 {
        match self.bytes.get(4 * index..4 * index + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => op::MATCH,
        }
    }

    #[inline(always)]
    fn at(&self, pc: usize) -> u32 {
        self.word(self.code + pc)
    }

    /// Number of groups, the whole not counted.
    pub fn groups(&self) -> usize {
        self.word(0) as usize
    }

    fn slots(&self) -> usize {
        self.word(1) as usize
    }
}

/// What is asked of the matcher.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The text; characters are single bytes unless `is_str`.
    pub text: &'a [u8],
    /// Whether the text is UTF-8.
    pub is_str: bool,
    /// Where to start, and where the text starts for `^` and look-behind (always 0 there, as in CPython).
    pub from: usize,
    /// Where the text ends.
    pub end: usize,
    /// Try later starts too.
    pub search: bool,
    /// The match must reach the end.
    pub full: bool,
    /// An empty match at `from` does not count.
    pub must_advance: bool,
}

#[derive(Clone, Copy)]
enum Entry {
    /// Go on there.
    Choice { pc: u32, at: usize },
    /// Give up one more character of a run, down to `low`, and go on behind it.
    Retreat { pc: u32, low: usize, at: usize },
    /// Take one more character of a lazy run (at most `left`).
    Extend { pc: u32, at: usize, left: u32 },
    /// A slot had this value.
    Undo { slot: u32, value: usize },
    /// A look-around or atomic group started here.
    Barrier { pc: u32, at: usize },
}

struct Matcher<'a> {
    program: Program<'a>,
    question: Question<'a>,
    slots: Vec<usize>,
    stack: Vec<Entry>,
    /// Bytes taken from the machine's budget for the stack.
    reserved: usize,
    /// Work done since the last look at interrupts.
    steps: usize,
}

/// How much work lies between looks at interrupts.
const POLL_INTERVAL: usize = 1 << 16;

/// The starts and ends of all groups (in bytes), the whole first, then slots of the matcher's own; `None`: no match.
pub fn run(vm: &mut Vm, program: Program, question: Question) -> R<Option<Vec<usize>>> {
    let mut matcher = Matcher { program, question, slots: Vec::new(), stack: Vec::new(), reserved: 0, steps: 0 };
    let result = matcher.start(vm);
    vm.release(matcher.reserved);
    result.map(|found| found.then_some(matcher.slots))
}

impl Matcher<'_> {
    fn start(&mut self, vm: &mut Vm) -> R<bool> {
        let question = self.question;
        let size = self.program.slots().max(2);
        self.reserve(vm, size * size_of::<usize>())?;
        self.slots.resize(size, NONE);
        if question.from > question.end || question.end > question.text.len() {
            return Ok(false);
        }
        let prefix: Vec<u8> = (0..self.program.prefix).map(|i| self.program.word(3 + i) as u8).collect();
        let finder = (question.search && !prefix.is_empty()).then(|| memchr::memmem::Finder::new(&prefix));
        let anchored = self.program.at(0) == op::ASSERT && self.program.at(1) == Assert::Start as u32;
        let mut from = question.from;
        loop {
            if let Some(finder) = &finder {
                match finder.find(&question.text[from..question.end]) {
                    Some(found) => from += found,
                    None => return Ok(false),
                }
            }
            if self.attempt(vm, from)? {
                return Ok(true);
            }
            if !question.search || from >= question.end || (anchored && from > 0) {
                return Ok(false);
            }
            from += self.decode(from).map_or(1, |(_, len)| len);
        }
    }

    fn reserve(&mut self, vm: &mut Vm, bytes: usize) -> R<()> {
        vm.reserve(bytes)?;
        self.reserved += bytes;
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, vm: &mut Vm, entry: Entry) -> R<()> {
        if self.stack.len() == self.stack.capacity() {
            self.grow(vm)?;
        }
        self.stack.push(entry);
        Ok(())
    }

    #[cold]
    fn grow(&mut self, vm: &mut Vm) -> R<()> {
        let more = self.stack.capacity().max(64);
        let bytes = more * size_of::<Entry>();
        self.reserve(vm, bytes)?;
        match self.stack.try_reserve_exact(more) {
            Ok(()) => Ok(()),
            Err(_) => Err(vm.raise_memory_error(bytes)),
        }
    }

    fn set_slot(&mut self, vm: &mut Vm, slot: u32, value: usize) -> R<()> {
        let old = self.slots.get(slot as usize).copied().unwrap_or(NONE);
        if old != value {
            if !self.stack.is_empty() {
                self.push(vm, Entry::Undo { slot, value: old })?;
            }
            self.restore(slot, value);
        }
        Ok(())
    }

    fn restore(&mut self, slot: u32, value: usize) {
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = value;
        }
    }

    #[inline(always)]
    fn decode(&self, at: usize) -> Option<(u32, usize)> {
        if at >= self.question.end {
            return None;
        }
        if self.question.is_str {
            utf8::decode(self.question.text, at)
        } else {
            self.question.text.get(at).map(|byte| (*byte as u32, 1))
        }
    }

    fn before(&self, at: usize) -> Option<(u32, usize)> {
        if at == 0 {
            return None;
        }
        let start = if self.question.is_str { utf8::previous(self.question.text, at) } else { at - 1 };
        let char = match self.question.is_str {
            true => utf8::decode(self.question.text, start)?.0,
            false => *self.question.text.get(start)? as u32,
        };
        Some((char, start))
    }

    /// Length of the character at `at` if the one-character instruction at `pc` takes it.
    #[inline(always)]
    fn single(&self, pc: usize, at: usize) -> Option<usize> {
        let (char, len) = self.decode(at)?;
        let fits = match self.program.at(pc) {
            op::CHAR => char == self.program.at(pc + 1),
            op::CHAR_IGNORE_CASE => fold(char, !self.question.is_str) == self.program.at(pc + 1),
            op::ANY => char != b'\n' as u32,
            op::ALL => true,
            _ if char < 128 => self.program.at(pc + 2 + char as usize / 32) >> (char % 32) & 1 != 0,
            _ => {
                let item = |i: usize| core::array::from_fn(|k| self.program.at(pc + SET_HEAD + 3 * i + k));
                set_has(self.program.at(pc + 1), item, self.program.at(pc + 6) as usize, char)
            }
        };
        fits.then_some(len)
    }

    /// Number of words of the one-character instruction at `pc`.
    fn single_len(&self, pc: usize) -> usize {
        match self.program.at(pc) {
            op::CHAR | op::CHAR_IGNORE_CASE => 2,
            op::SET => SET_HEAD + 3 * self.program.at(pc + 6) as usize,
            _ => 1,
        }
    }

    fn assert(&self, kind: u32, at: usize) -> bool {
        let text = self.question.text;
        let end = self.question.end;
        let word = |found: Option<u32>, ascii: bool| found.is_some_and(|char| is_word(char) && (char < 128 || !ascii));
        let boundary = |ascii: bool| {
            word(self.before(at).map(|(char, _)| char), ascii) != word(self.decode(at).map(|(char, _)| char), ascii)
        };
        const START: u32 = Assert::Start as u32;
        const LINE_START: u32 = Assert::LineStart as u32;
        const END: u32 = Assert::End as u32;
        const LINE_END: u32 = Assert::LineEnd as u32;
        const END_OR_NEWLINE: u32 = Assert::EndOrNewline as u32;
        const WORD: u32 = Assert::Word as u32;
        const NOT_WORD: u32 = Assert::NotWord as u32;
        const WORD_ASCII: u32 = Assert::WordAscii as u32;
        match kind {
            START => at == 0,
            LINE_START => at == 0 || text.get(at - 1) == Some(&b'\n'),
            END => at == end,
            LINE_END => at == end || text.get(at) == Some(&b'\n'),
            END_OR_NEWLINE => at == end || (at + 1 == end && text.get(at) == Some(&b'\n')),
            WORD => boundary(false),
            NOT_WORD => !boundary(false),
            WORD_ASCII => boundary(true),
            _ => !boundary(true),
        }
    }

    /// Length of what a back reference matches here.
    fn reference(&self, group: u32, ignore_case: bool, at: usize) -> Option<usize> {
        let slot = 2 * group as usize;
        let (start, end) = (*self.slots.get(slot)?, *self.slots.get(slot + 1)?);
        let text = self.question.text;
        let wanted = text.get(start..end)?;
        if !ignore_case {
            return text.get(at..self.question.end)?.starts_with(wanted).then_some(wanted.len());
        }
        let (mut from, mut to) = (start, at);
        while from < end {
            let (a, a_len) = match self.question.is_str {
                true => utf8::decode(text, from)?,
                false => (*text.get(from)? as u32, 1),
            };
            let (b, b_len) = self.decode(to)?;
            if fold(a, !self.question.is_str) != fold(b, !self.question.is_str) {
                return None;
            }
            from += a_len;
            to += b_len;
        }
        Some(to - at)
    }

    /// Drops the choices since the last barrier, and the barrier, but keeps what restores slots.
    fn commit(&mut self) -> Option<(u32, usize)> {
        let barrier = self.stack.iter().rposition(|entry| matches!(entry, Entry::Barrier { .. }))?;
        let found = match self.stack[barrier] {
            Entry::Barrier { pc, at } => (pc, at),
            _ => return None,
        };
        let mut keep = barrier;
        for i in barrier + 1..self.stack.len() {
            if matches!(self.stack[i], Entry::Undo { .. }) {
                self.stack[keep] = self.stack[i];
                keep += 1;
            }
        }
        self.stack.truncate(keep);
        Some(found)
    }

    /// Undoes everything since the last barrier and removes it.
    fn roll_back(&mut self) -> Option<(u32, usize)> {
        while let Some(entry) = self.stack.pop() {
            match entry {
                Entry::Undo { slot, value } => self.restore(slot, value),
                Entry::Barrier { pc, at } => return Some((pc, at)),
                _ => {}
            }
        }
        None
    }

    /// Where to go on after a failure.
    fn back(&mut self, vm: &mut Vm) -> R<Option<(usize, usize)>> {
        while let Some(entry) = self.stack.pop() {
            match entry {
                Entry::Choice { pc, at } => return Ok(Some((pc as usize, at))),
                Entry::Undo { slot, value } => self.restore(slot, value),
                Entry::Retreat { pc, low, at } => {
                    let mut at = at;
                    // If a certain character must follow, only places before it are worth a try.
                    let before = at;
                    let next = (self.program.at(pc as usize) == op::CHAR).then(|| self.program.at(pc as usize + 1));
                    while let Some((_, start)) = self.before(at).filter(|_| at > low) {
                        at = start;
                        let worth = next.is_none_or(|next| self.decode(at).is_some_and(|(char, _)| char == next));
                        if worth {
                            self.steps += (before - at) / 8;
                            if at > low {
                                self.push(vm, Entry::Retreat { pc, low, at })?;
                            }
                            return Ok(Some((pc as usize, at)));
                        }
                    }
                }
                Entry::Extend { pc, at, left } => {
                    let single = pc as usize + 4;
                    if let Some(len) = self.single(single, at) {
                        let at = at + len;
                        if left > 1 {
                            self.push(vm, Entry::Extend { pc, at, left: left - 1 })?;
                        }
                        return Ok(Some((single + self.single_len(single), at)));
                    }
                }
                Entry::Barrier { pc, at } => {
                    let pc = pc as usize;
                    // The body of a negative look-around failed: that is success.
                    if self.program.at(pc) == op::LOOK && self.program.at(pc + 1) != 0 {
                        return Ok(Some((self.program.at(pc + 3) as usize, at)));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Tries to match from one start.
    fn attempt(&mut self, vm: &mut Vm, from: usize) -> R<bool> {
        self.slots.fill(NONE);
        self.stack.clear();
        self.slots[0] = from;
        let (mut pc, mut at) = (0, from);
        loop {
            self.steps += 1;
            if self.steps >= POLL_INTERVAL {
                self.steps = 0;
                vm.check_interrupt()?;
            }
            let word = |i: usize| self.program.at(pc + i);
            let ok = match word(0) {
                op::CHAR | op::CHAR_IGNORE_CASE | op::ANY | op::ALL | op::SET => match self.single(pc, at) {
                    Some(len) => {
                        at += len;
                        pc += self.single_len(pc);
                        true
                    }
                    None => false,
                },
                op::SPLIT => {
                    let (first, second) = (word(1), word(2));
                    self.push(vm, Entry::Choice { pc: second, at })?;
                    pc = first as usize;
                    true
                }
                op::JUMP => {
                    pc = word(1) as usize;
                    true
                }
                op::SAVE => {
                    let slot = word(1);
                    self.set_slot(vm, slot, at)?;
                    pc += 2;
                    true
                }
                op::ASSERT => {
                    let holds = self.assert(word(1), at);
                    pc += 2;
                    holds
                }
                op::REFERENCE => match self.reference(word(1), word(2) != 0, at) {
                    Some(len) => {
                        at += len;
                        pc += 3;
                        true
                    }
                    None => false,
                },
                op::LOOK => {
                    let (negated, back, end) = (word(1) != 0, word(2), word(3) as usize);
                    let mut start = Some(at);
                    if back != u32::MAX {
                        for _ in 0..back {
                            start = start.and_then(|at| self.before(at)).map(|(_, start)| start);
                        }
                    }
                    match start {
                        Some(start) => {
                            self.push(vm, Entry::Barrier { pc: pc as u32, at })?;
                            at = start;
                            pc += 4;
                            true
                        }
                        None if negated => {
                            pc = end;
                            true
                        }
                        None => false,
                    }
                }
                op::LOOK_END => {
                    let negated = self
                        .stack
                        .iter()
                        .rev()
                        .find_map(|entry| match entry {
                            Entry::Barrier { pc, .. } => Some(self.program.at(*pc as usize + 1) != 0),
                            _ => None,
                        })
                        .unwrap_or(false);
                    if negated {
                        self.roll_back();
                        false
                    } else {
                        if let Some((look, start)) = self.commit() {
                            at = start;
                            pc = self.program.at(look as usize + 3) as usize;
                        }
                        true
                    }
                }
                op::ATOMIC => {
                    self.push(vm, Entry::Barrier { pc: pc as u32, at })?;
                    pc += 1;
                    true
                }
                op::ATOMIC_END => {
                    self.commit();
                    pc += 1;
                    true
                }
                op::LOOP_INIT => {
                    let slot = word(1);
                    self.set_slot(vm, slot, 0)?;
                    self.set_slot(vm, slot + 1, NONE)?;
                    pc += 2;
                    true
                }
                op::LOOP => {
                    let (slot, min, max, lazy, exit) = (word(1), word(2), word(3), word(4) != 0, word(5));
                    let count = self.slots.get(slot as usize).copied().unwrap_or(0);
                    let last = self.slots.get(slot as usize + 1).copied().unwrap_or(NONE);
                    let enter = pc + 6;
                    if count < min as usize && last != at {
                        pc = enter;
                    } else if count >= max as usize && max != u32::MAX || last == at {
                        pc = exit as usize;
                    } else if lazy {
                        self.push(vm, Entry::Choice { pc: enter as u32, at })?;
                        pc = exit as usize;
                    } else {
                        self.push(vm, Entry::Choice { pc: exit, at })?;
                        pc = enter;
                    }
                    true
                }
                op::LOOP_ENTER => {
                    let slot = word(1);
                    let count = self.slots.get(slot as usize).copied().unwrap_or(0);
                    self.set_slot(vm, slot, count.saturating_add(1))?;
                    self.set_slot(vm, slot + 1, at)?;
                    pc += 2;
                    true
                }
                op::RUN => match self.run_single(vm, pc, at)? {
                    Some(end) => {
                        at = end;
                        pc += 4 + self.single_len(pc + 4);
                        true
                    }
                    None => false,
                },
                op::IF_GROUP => {
                    let matched = self.slots.get(2 * word(1) as usize + 1).is_some_and(|end| *end != NONE);
                    pc = if matched { pc + 3 } else { word(2) as usize };
                    true
                }
                _ => {
                    let question = &self.question;
                    let refused = question.full && at != question.end
                        || question.must_advance && at == question.from && from == at;
                    if !refused {
                        self.slots[1] = at;
                        return Ok(true);
                    }
                    false
                }
            };
            if !ok {
                match self.back(vm)? {
                    Some(next) => (pc, at) = next,
                    None => return Ok(false),
                }
            }
        }
    }

    /// A run of one-character matches; gives where it ends.
    fn run_single(&mut self, vm: &mut Vm, pc: usize, start: usize) -> R<Option<usize>> {
        let (min, max, greed) = (self.program.at(pc + 1), self.program.at(pc + 2), self.program.at(pc + 3));
        let single = pc + 4;
        let mut at = start;
        for _ in 0..min {
            match self.single(single, at) {
                Some(len) => at += len,
                None => return Ok(None),
            }
        }
        const LAZY: u32 = super::compile::Greed::Lazy as u32;
        const GREEDY: u32 = super::compile::Greed::Greedy as u32;
        if greed == LAZY {
            if max > min {
                self.push(vm, Entry::Extend { pc: pc as u32, at, left: max - min })?;
            }
            return Ok(Some(at));
        }
        let low = at;
        let mut left = max - min;
        while left > 0
            && let Some(len) = self.single(single, at)
        {
            at += len;
            // A run without a limit is bounded by the text alone.
            if max != u32::MAX {
                left -= 1;
            }
        }
        self.steps += (at - start) / 8;
        if greed == GREEDY && at > low {
            let next = single + self.single_len(single);
            self.push(vm, Entry::Retreat { pc: next as u32, low, at })?;
        }
        Ok(Some(at))
    }
}
