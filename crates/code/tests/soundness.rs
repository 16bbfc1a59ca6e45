//! What the verifier proves, tried out: random programs that it accepts run on a small machine that
//! knows only slots, blocks and jumps, takes branches by chance and raises by chance. The machine stops
//! the test at the first NULL used as an object, moved marker, empty stack, or overflow.

use code::encoding::{long_label, write_uint};
use code::object::{Arch, Const, Kind, Module, RawCode};
use code::opcode::{Instruction, Op, Operand, instructions};
use code::prelude::{GENERATOR, Prelude, Signature, assemble};
use code::verify::{Outline, Verified, verify};

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) as usize % limit.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

// The machine

#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Object,
    None,
    Exception,
    Null,
    Iterator(usize),
    Target(usize, bool),
    Returning,
    Jumping(u8),
}

impl Word {
    fn is_object(self) -> bool {
        matches!(self, Word::Object | Word::None | Word::Exception)
    }

    fn is_plain(self) -> bool {
        self.is_object() || self == Word::Null
    }
}

struct Block {
    handler: usize,
    level: usize,
    base: usize,
    cleans_up: bool,
}

struct Machine<'a> {
    code: &'a [u8],
    verified: &'a Verified,
    outline: &'a Outline,
    random: &'a mut Random,
    stack: Vec<Word>,
    blocks: Vec<Block>,
    at: usize,
    next: usize,
    running: bool,
}

impl Machine<'_> {
    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            if !self.running {
                return;
            }
            assert!(self.outline.starts.contains(self.at), "inside of an instruction");
            let instruction = Instruction::decode(self.code, self.at).expect("an instruction");
            self.next = self.at + instruction.len;
            if instruction.op.info().may_raise && self.random.one_in(6) {
                self.raise();
            } else {
                self.step(&instruction);
            }
            self.at = self.next;
            self.check_room(0);
        }
    }

    fn check_room(&self, more: usize) {
        assert!(self.stack.len() + more <= self.verified.max_stack as usize, "overflow");
        assert!(self.blocks.len() <= self.verified.max_blocks as usize);
    }

    fn pop(&mut self) -> Word {
        self.stack.pop().expect("a slot")
    }

    fn object(&mut self) {
        let word = self.pop();
        assert!(word.is_object(), "{word:?} is no object");
    }

    fn objects(&mut self, count: u64) {
        (0..count).for_each(|_| self.object());
    }

    fn plain(&mut self) -> Word {
        let word = self.pop();
        assert!(word.is_plain(), "{word:?} is moved");
        word
    }

    fn maybe(&mut self) {
        let null = self.random.one_in(2);
        self.stack.push(if null { Word::Null } else { Word::Object });
    }

    fn cut(&mut self, depth: usize) {
        assert!(self.stack.len() >= depth, "cut below the stack");
        self.stack.truncate(depth);
    }

    fn raise(&mut self) {
        while self.blocks.last().is_some_and(|block| block.handler <= self.at) {
            self.blocks.pop();
        }
        match self.blocks.last() {
            None => self.running = false,
            Some(block) => {
                let (level, handler) = (block.level, block.handler);
                self.cut(level);
                self.stack.push(Word::Exception);
                self.next = handler;
            }
        }
    }

    /// Takes away what an active handler holds at the top: one word or a pair.
    fn cancel(&mut self) {
        if matches!(self.pop(), Word::Returning | Word::Jumping(_)) {
            self.pop();
        }
    }

    fn return_value(&mut self, value: Word) {
        assert!(value.is_object());
        while let Some(block) = self.blocks.last() {
            if block.cleans_up && block.handler > self.at {
                let (level, handler) = (block.level, block.handler);
                self.cut(level);
                self.stack.extend([value, Word::Returning]);
                self.next = handler;
                return;
            }
            if block.cleans_up {
                self.cancel();
            }
            self.blocks.pop();
        }
        self.running = false;
    }

    fn unwind(&mut self, target: usize, drop_iterator: bool, mut count: u8) {
        while count > 0 {
            count -= 1;
            let block = self.blocks.last().expect("a block");
            let (level, base, handler) = (block.level, block.base, block.handler);
            if block.cleans_up && handler > self.at {
                self.cut(level);
                self.stack.extend([Word::Target(target, drop_iterator), Word::Jumping(count)]);
                self.next = handler;
                return;
            }
            if block.cleans_up {
                self.cancel();
            }
            // Cutting the stack here instead gives the same.
            assert_eq!(self.stack.len(), base);
            self.blocks.pop();
        }
        if drop_iterator {
            let depth = self.stack.len().checked_sub(4).expect("4 slots");
            self.cut(depth);
        }
        self.next = target;
    }

    fn open(&mut self, handler: usize, base: usize, cleans_up: bool) {
        let level = self.stack.len();
        self.blocks.push(Block { handler, level, base, cleans_up });
    }

    fn step(&mut self, instruction: &Instruction) {
        let target = instruction.arg as usize;
        let depth = self.stack.len();
        match instruction.op {
            Op::LoadConstNone => self.stack.push(Word::None),
            Op::LoadNull => self.stack.push(Word::Null),
            Op::LoadMethod => {
                self.object();
                self.stack.push(Word::Object);
                self.maybe();
            }
            Op::StoreAttr => {
                self.object();
                self.plain();
            }
            Op::StoreSubscr => {
                self.objects(2);
                self.plain();
            }
            Op::DupTop => {
                let top = self.plain();
                self.stack.extend([top, top]);
            }
            Op::DupTopTwo => {
                let (b, a) = (self.plain(), self.plain());
                self.stack.extend([a, b, a, b]);
            }
            Op::PopTop => {
                let word = self.pop();
                assert!(word.is_plain() || matches!(word, Word::Iterator(_)));
            }
            Op::RotTwo => {
                let (b, a) = (self.plain(), self.plain());
                self.stack.extend([b, a]);
            }
            Op::RotThree => {
                let (c, b, a) = (self.plain(), self.plain(), self.plain());
                self.stack.extend([c, a, b]);
            }
            Op::GetIterStack => {
                self.object();
                self.stack.extend((0..4).map(Word::Iterator));
            }
            Op::ForIter => {
                let slots: Vec<Word> = (0..4).map(|_| self.pop()).collect();
                let built: Vec<Word> = (0..4).rev().map(Word::Iterator).collect();
                let by_hand =
                    slots[0] == Word::Null && slots[1] == Word::Null && slots[2].is_object() && slots[3] == Word::Null;
                assert!(slots == built || by_hand, "{slots:?} is no iterator");
                if self.random.one_in(3) {
                    self.next = target;
                } else {
                    self.stack.extend(slots.iter().rev());
                    self.stack.push(Word::Object);
                }
            }
            Op::MakeFunctionDefargs => {
                self.plain();
                self.plain();
                self.stack.push(Word::Object);
            }
            Op::CallMethod => {
                let (positional, keyword) = instruction.call_counts();
                self.objects((positional + 2 * keyword).into());
                self.plain();
                self.object();
                self.stack.push(Word::Object);
            }
            Op::Jump => self.next = target,
            Op::PopJumpIfTrue | Op::PopJumpIfFalse => {
                self.object();
                if self.random.one_in(2) {
                    self.next = target;
                }
            }
            Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop => {
                self.object();
                if self.random.one_in(2) {
                    self.stack.push(Word::Object);
                    self.next = target;
                }
            }
            Op::SetupExcept => self.open(target, depth, false),
            Op::SetupFinally => self.open(target, depth, true),
            Op::SetupWith => {
                self.object();
                self.stack.push(Word::Object);
                self.maybe();
                self.open(target, depth - 1, true);
                self.stack.push(Word::Object);
            }
            Op::PopExceptJump => {
                self.blocks.pop().expect("a block");
                self.next = target;
            }
            Op::WithCleanup => {
                self.check_room(3);
                let mut kept = vec![self.pop()];
                match kept[0] {
                    Word::Returning | Word::Jumping(_) => kept.insert(0, self.pop()),
                    Word::Exception if self.random.one_in(2) => kept[0] = Word::None,
                    word => assert!(word.is_object(), "{word:?} is pending"),
                }
                self.plain();
                self.object();
                self.stack.extend(kept);
            }
            Op::EndFinally => {
                self.blocks.pop().expect("a block");
                match self.pop() {
                    Word::Returning => {
                        let value = self.pop();
                        self.return_value(value);
                    }
                    Word::Jumping(count) => {
                        let Word::Target(target, drop_iterator) = self.pop() else { panic!("a marker without target") };
                        self.unwind(target, drop_iterator, count);
                    }
                    Word::None => {}
                    word => {
                        assert!(word.is_object(), "{word:?} is pending");
                        self.raise();
                    }
                }
            }
            Op::UnwindJump => {
                self.check_room(2);
                self.unwind(target, instruction.extra & 0x80 != 0, instruction.extra & 0x7f);
            }
            Op::ReturnValue => {
                let value = self.pop();
                self.return_value(value);
            }
            Op::RaiseObj => {
                self.object();
                self.raise();
            }
            Op::RaiseLast => self.raise(),
            _ => {
                let (pops, pushes) = instruction.stack();
                self.objects(pops);
                (0..pushes).for_each(|_| self.stack.push(Word::Object));
            }
        }
    }
}

// Random programs

#[derive(Clone, Copy)]
enum Line {
    Label(usize),
    Plain(u8),
    Operand(u8, u32),
    Jump(u8, usize),
    Unwind(usize, u8),
}

#[derive(Default)]
struct Program {
    lines: Vec<Line>,
    labels: usize,
}

const NONE: Line = Line::Plain(Op::LoadConstNone as u8);
const POP: Line = Line::Plain(Op::PopTop as u8);
const END_FINALLY: Line = Line::Plain(Op::EndFinally as u8);

/// The loop around a statement: where `break` and `continue` go, blocks in between, iterator or not.
#[derive(Clone, Copy)]
struct Loop {
    end: usize,
    next: usize,
    blocks: u8,
}

impl Program {
    fn label(&mut self) -> usize {
        self.labels += 1;
        self.labels - 1
    }

    fn jump(&mut self, op: Op, label: usize) {
        self.lines.push(Line::Jump(op as u8, label));
    }

    fn statements(&mut self, random: &mut Random, fuel: &mut usize, around: Option<Loop>) {
        for _ in 0..1 + random.below(3) {
            self.statement(random, fuel, around);
        }
    }

    fn statement(&mut self, random: &mut Random, fuel: &mut usize, around: Option<Loop>) {
        *fuel = fuel.saturating_sub(1);
        let inside = around.map(|l| Loop { blocks: l.blocks + 1, ..l });
        let kind = if *fuel == 0 { random.below(5) } else { random.below(11) };
        match kind {
            0 => self.lines.extend([NONE, POP]),
            1 => self.lines.extend([
                NONE,
                Line::Operand(Op::LoadMethod as u8, 1),
                Line::Operand(Op::CallMethod as u8, 0),
                POP,
            ]),
            2 => {
                if let Some(l) = around {
                    let (target, flag) = if random.one_in(2) { (l.end, 0x80) } else { (l.next, 0) };
                    self.lines.push(Line::Unwind(target, l.blocks | flag));
                }
            }
            3 => self.lines.extend([NONE, Line::Plain(Op::ReturnValue as u8)]),
            4 => self.lines.extend([Line::Plain(Op::LoadNull as u8), NONE, Line::Operand(Op::StoreAttr as u8, 1)]),
            5 => {
                let (other, end) = (self.label(), self.label());
                self.lines.push(NONE);
                self.jump(Op::PopJumpIfFalse, other);
                self.statements(random, fuel, around);
                self.jump(Op::Jump, end);
                self.lines.push(Line::Label(other));
                self.statements(random, fuel, around);
                self.lines.push(Line::Label(end));
            }
            6 | 7 => {
                let (next, end) = (self.label(), self.label());
                self.lines.extend([NONE, Line::Plain(Op::GetIterStack as u8), Line::Label(next)]);
                self.jump(Op::ForIter, end);
                self.lines.push(POP);
                self.statements(random, fuel, Some(Loop { end, next, blocks: 0 }));
                self.jump(Op::Jump, next);
                self.lines.push(Line::Label(end));
            }
            8 => {
                let (handler, otherwise, end) = (self.label(), self.label(), self.label());
                self.jump(Op::SetupExcept, handler);
                self.statements(random, fuel, inside);
                self.jump(Op::PopExceptJump, end);
                self.lines.push(Line::Label(handler));
                self.lines.push(Line::Plain(Op::DupTop as u8));
                self.jump(Op::PopJumpIfFalse, otherwise);
                self.lines.push(POP);
                self.statements(random, fuel, inside);
                self.jump(Op::PopExceptJump, end);
                self.lines.extend([Line::Label(otherwise), END_FINALLY, Line::Label(end)]);
            }
            9 => {
                let handler = self.label();
                self.jump(Op::SetupFinally, handler);
                self.statements(random, fuel, inside);
                self.lines.extend([NONE, Line::Label(handler)]);
                self.statements(random, fuel, inside);
                self.lines.push(END_FINALLY);
            }
            _ => {
                let handler = self.label();
                self.lines.push(NONE);
                self.jump(Op::SetupWith, handler);
                self.lines.push(POP);
                self.statements(random, fuel, inside);
                self.lines.extend([NONE, Line::Label(handler)]);
                self.lines.extend([Line::Plain(Op::WithCleanup as u8), END_FINALLY]);
            }
        }
    }

    /// Changes that no compiler makes.
    fn damage(&mut self, random: &mut Random) {
        const ODD: [Line; 12] = [
            NONE,
            POP,
            END_FINALLY,
            Line::Plain(Op::LoadNull as u8),
            Line::Plain(Op::DupTop as u8),
            Line::Plain(Op::DupTopTwo as u8),
            Line::Plain(Op::RotTwo as u8),
            Line::Plain(Op::RotThree as u8),
            Line::Plain(Op::WithCleanup as u8),
            Line::Plain(Op::GetIterStack as u8),
            Line::Plain(Op::ReturnValue as u8),
            Line::Operand(Op::MakeFunctionDefargs as u8, 0),
        ];
        if self.lines.is_empty() {
            return;
        }
        let at = random.below(self.lines.len());
        let label = random.below(self.labels);
        match random.below(7) {
            0 => drop(self.lines.remove(at)),
            1 => self.lines.insert(at, self.lines[random.below(self.lines.len())]),
            2 => {
                let other = random.below(self.lines.len());
                self.lines.swap(at, other);
            }
            3 if self.labels > 0 => {
                const JUMPS: [Op; 9] = [
                    Op::Jump,
                    Op::PopJumpIfTrue,
                    Op::JumpIfTrueOrPop,
                    Op::PopExceptJump,
                    Op::SetupExcept,
                    Op::SetupFinally,
                    Op::SetupWith,
                    Op::ForIter,
                    Op::Jump,
                ];
                let op = JUMPS[random.below(JUMPS.len())] as u8;
                self.lines.insert(at, Line::Jump(op, label));
            }
            4 if self.labels > 0 => {
                let count = random.below(4) as u8 | (random.below(2) as u8) << 7;
                self.lines.insert(at, Line::Unwind(label, count));
            }
            5 => {
                if let Line::Jump(_, to) | Line::Unwind(to, _) = &mut self.lines[at] {
                    *to = label;
                }
            }
            _ => self.lines.insert(at, ODD[random.below(ODD.len())]),
        }
    }

    /// The bytes; `None` if a label is missing or lies on the wrong side.
    fn encode(&self) -> Option<Vec<u8>> {
        let size = |line: &Line| match line {
            Line::Label(_) => 0,
            Line::Plain(_) => 1,
            Line::Operand(..) => 2,
            Line::Jump(..) => 3,
            Line::Unwind(..) => 4,
        };
        let mut places = vec![None; self.labels];
        let mut at = 0;
        for line in &self.lines {
            if let Line::Label(label) = line {
                places[*label] = Some(at);
            }
            at += size(line);
        }
        let mut code = Vec::new();
        for line in &self.lines {
            let end = code.len() as i32 + 3;
            match *line {
                Line::Label(_) => {}
                Line::Plain(op) => code.push(op),
                Line::Operand(op, operand) => {
                    code.push(op);
                    write_uint(&mut code, operand);
                }
                Line::Jump(op, label) => {
                    let kind = Op::from_byte(op)?.info().operand;
                    let distance = places[label]? - end;
                    code.push(op);
                    code.extend(long_label(distance, kind == Operand::SignedLabel)?);
                }
                Line::Unwind(label, count) => {
                    code.push(Op::UnwindJump as u8);
                    code.extend(long_label(places[label]? - end, true)?);
                    code.push(count);
                }
            }
        }
        Some(code)
    }
}

fn module(code: &[u8]) -> Module {
    let signature = Signature { n_state: 200, n_exc_stack: 60, scope_flags: GENERATOR, ..Signature::default() };
    let raw = |children| RawCode {
        kind: Kind::Bytecode,
        data: assemble(&signature, 1, &[], &[], &[], code).into(),
        children,
        native: None,
        debug: None,
    };
    Module {
        arch: Arch::None,
        sub_version: code::mpy::SUB_VERSION,
        arch_flags: 0,
        small_int_bits: 31,
        qstrs: vec![b"a.py"[..].into(), b"f"[..].into()],
        objects: vec![Const::Ellipsis],
        root: raw(vec![raw(vec![])]),
    }
}

/// Runs programs; returns how many were sound, careful and refused.
fn try_programs(seed: u64, programs: usize, damages: usize) -> [usize; 3] {
    let mut random = Random(seed);
    let mut counts = [0; 3];
    for _ in 0..programs {
        let mut program = Program::default();
        let mut fuel = 12;
        program.statements(&mut random, &mut fuel, None);
        program.lines.extend([NONE, Line::Plain(Op::ReturnValue as u8)]);
        for _ in 0..damages {
            program.damage(&mut random);
        }
        let Some(code) = program.encode() else {
            continue;
        };
        let module = module(&code);
        let verified = match verify(&module, &module.root) {
            Ok(verified) => verified,
            Err(_) => {
                counts[2] += 1;
                continue;
            }
        };
        if verified.careful {
            counts[1] += 1;
            continue;
        }
        counts[0] += 1;
        let start = Prelude::parse(&module.root.data).expect("a prelude").code;
        let outline = Outline::of(&module.root.data[start..]);
        for _ in 0..12 {
            let before = random.0;
            let attempt = std::panic::catch_unwind(|| {
                let mut random = Random(before);
                let mut machine = Machine {
                    code: &module.root.data[start..],
                    verified: &verified,
                    outline: &outline,
                    random: &mut random,
                    stack: Vec::new(),
                    blocks: Vec::new(),
                    at: 0,
                    next: 0,
                    running: true,
                };
                machine.run(400);
                random.0
            });
            match attempt {
                Ok(state) => random.0 = state,
                Err(_) => {
                    for (at, instruction) in instructions(&code, 0) {
                        println!("{at:3} {:?} {} {}", instruction.op, instruction.arg, instruction.extra);
                    }
                    panic!("the verifier accepted this");
                }
            }
        }
    }
    counts
}

#[test]
fn programs_as_compilers_make_them_are_sound() {
    let [sound, careful, refused] = try_programs(0x9e37_79b9_7f4a_7c15, 3_000, 0);
    assert_eq!((careful, refused), (0, 0));
    assert_eq!(sound, 3_000);
}

#[test]
fn damaged_programs_that_pass_are_sound() {
    for damages in 1..=4 {
        let [sound, careful, refused] = try_programs(0xdead_beef + damages as u64, 10_000, damages);
        assert!(sound > 500 && careful > 500 && refused > 500, "{sound} {careful} {refused}");
    }
}

/// The same for longer; a search for counterexamples rather than a check.
#[test]
#[ignore = "takes minutes"]
fn many_damaged_programs_that_pass_are_sound() {
    for seed in 0..60 {
        let counts = try_programs(0xabcd_ef01 ^ (seed << 20), 100_000, 1 + seed as usize % 5);
        println!("{seed}: {counts:?}");
    }
}
