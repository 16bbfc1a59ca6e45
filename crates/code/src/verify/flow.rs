//! Rules 8 to 11: what the stacks hold at each instruction.
//!
//! Each reachable instruction is looked at once, with the state in which it was first reached; every
//! further edge must agree with that state. A budget bounds the walks along stacks, which
//! keeps the analysis linear for hostile code too.

use super::stack::{Arena, Block, BlockKind, Blocks, EMPTY, NO_BLOCKS, Slot, Values};
use super::{Doubt, Rule, VerifyError, depth_limit, error};
use crate::bitset::BitSet;
use crate::opcode::{Instruction, Op};
use crate::prelude::Signature;
use alloc::collections::BinaryHeap;
use alloc::{format, string::String, vec::Vec};
use core::cmp::Reverse;

/// What the analysis found.
pub(super) struct Flow {
    pub(super) max_stack: u32,
    pub(super) max_blocks: u32,
    pub(super) doubt: Option<Doubt>,
}

/// Why the analysis of a path ends early.
enum Stop {
    Error(Rule, String),
    Doubt(&'static str),
}

type Step<T> = Result<T, Stop>;

fn doubt<T>(reason: &'static str) -> Step<T> {
    Err(Stop::Doubt(reason))
}

fn refuse<T>(rule: Rule, message: impl Into<String>) -> Step<T> {
    Err(Stop::Error(rule, message.into()))
}

#[derive(Clone, Copy)]
struct State {
    values: Values,
    blocks: Blocks,
}

#[derive(Clone, Copy)]
enum Seen {
    Never,
    Waiting(State),
    Done(State),
}

/// What grows with the code; kept from one analysis to the next.
#[derive(Default)]
pub(super) struct Memory {
    arena: Arena,
    blocks: Vec<Block>,
    seen: Vec<Seen>,
    /// Number + 1 of the entry in `seen` by offset, for targets.
    index: Vec<u32>,
    waiting: BinaryHeap<Reverse<u32>>,
}

struct Analysis<'a> {
    code: &'a [u8],
    signature: &'a Signature,
    arena: &'a mut Arena,
    blocks: &'a mut Vec<Block>,
    seen: &'a mut Vec<Seen>,
    index: &'a mut Vec<u32>,
    waiting: &'a mut BinaryHeap<Reverse<u32>>,
    budget: usize,
    limit: u32,
    max_stack: u32,
    max_blocks: u32,
    /// Offset of the current instruction.
    at: u32,
    state: State,
    /// The instruction may not touch slots below this depth.
    floor: u32,
}

/// Analyses code whose instructions and targets have been checked.
pub(super) fn analyse(
    code: &[u8],
    signature: &Signature,
    targets: &BitSet,
    memory: &mut Memory,
) -> Result<Flow, VerifyError> {
    let outermost = Block {
        outer: NO_BLOCKS,
        count: 0,
        kind: BlockKind::Except,
        setup: 0,
        handler: u32::MAX,
        base: EMPTY,
        level: 0,
    };
    let start = State { values: EMPTY, blocks: NO_BLOCKS };
    let Memory { arena, blocks, seen, index, waiting } = memory;
    arena.reset();
    blocks.clear();
    blocks.push(outermost);
    seen.clear();
    index.clear();
    index.resize(code.len(), 0);
    waiting.clear();
    let mut analysis = Analysis {
        code,
        signature,
        arena,
        blocks,
        seen,
        index,
        waiting,
        budget: code.len().saturating_mul(16).saturating_add(4096),
        limit: depth_limit(code.len()),
        max_stack: 0,
        max_blocks: 0,
        at: 0,
        state: start,
        floor: 0,
    };
    let mut doubt = None;
    match analysis.run(start, targets) {
        Ok(()) => {}
        Err(Stop::Error(rule, message)) => {
            return Err(error(analysis.at as usize, rule, message));
        }
        Err(Stop::Doubt(reason)) => {
            doubt = Some(Doubt { offset: analysis.at, reason });
        }
    }
    Ok(Flow { max_stack: analysis.max_stack, max_blocks: analysis.max_blocks, doubt })
}

impl Analysis<'_> {
    fn run(&mut self, start: State, targets: &BitSet) -> Step<()> {
        for target in core::iter::once(0).chain(targets.iter()) {
            if let Some(index) = self.index.get_mut(target)
                && *index == 0
            {
                self.seen.push(Seen::Never);
                *index = self.seen.len() as u32;
            }
        }
        if self.code.is_empty() {
            return refuse(Rule::End, "there is no code");
        }
        self.edge(0, start)?;
        while let Some(Reverse(at)) = self.waiting.pop() {
            let index = self.index[at as usize] as usize - 1;
            if let Seen::Waiting(state) = self.seen[index] {
                self.seen[index] = Seen::Done(state);
                self.path(at, state)?;
            }
        }
        Ok(())
    }

    /// Follows one path up to the next target.
    fn path(&mut self, mut at: u32, state: State) -> Step<()> {
        self.state = state;
        loop {
            self.at = at;
            self.spend(1)?;
            let Some(instruction) = Instruction::decode(self.code, at as usize) else {
                return refuse(Rule::Instruction, "no instruction");
            };
            let innermost = self.innermost();
            self.floor = if innermost.is_active(at) { self.arena.depth(innermost.base) } else { innermost.level };
            self.instruction(&instruction)?;
            if instruction.op.ends_flow() {
                return Ok(());
            }
            at += instruction.len as u32;
            match self.index.get(at as usize) {
                None => return refuse(Rule::End, "flow runs off the end"),
                Some(0) => {}
                Some(_) => return self.edge(at, self.state),
            }
        }
    }

    fn spend(&mut self, steps: usize) -> Step<()> {
        match self.budget.checked_sub(steps) {
            Some(rest) => {
                self.budget = rest;
                Ok(())
            }
            None => doubt("the analysis would take too long"),
        }
    }

    // Values

    fn push(&mut self, slot: Slot) -> Step<()> {
        self.spend(1)?;
        if self.arena.depth(self.state.values) >= self.limit {
            return refuse(Rule::Depth, format!("more than {} slots are pushed", self.limit));
        }
        self.state.values = self.arena.push(self.state.values, slot);
        self.need(0);
        Ok(())
    }

    /// Notes that the machine needs `more` words above the stack.
    fn need(&mut self, more: u32) {
        let width = self.arena.width(self.state.values);
        self.max_stack = self.max_stack.max(width + more);
    }

    fn pop(&mut self) -> Step<Slot> {
        self.spend(1)?;
        let Some((slot, rest)) = self.arena.pop(self.state.values) else {
            return refuse(Rule::Depth, "the stack is empty");
        };
        if self.arena.depth(self.state.values) <= self.floor {
            return doubt("a slot below an open block is touched");
        }
        self.state.values = rest;
        Ok(slot)
    }

    fn pop_object(&mut self) -> Step<()> {
        match self.pop()? {
            Slot::Object => Ok(()),
            Slot::Null => refuse(Rule::Kind, "NULL where an object is needed"),
            Slot::Maybe => doubt("perhaps NULL where an object is needed"),
            Slot::Iterator(_) => refuse(Rule::Kind, "an iterator's slot where an object is needed"),
            Slot::Pending => doubt("perhaps a pending return or jump where an object is needed"),
        }
    }

    /// An object or NULL.
    fn pop_plain(&mut self) -> Step<Slot> {
        let slot = self.pop()?;
        if !slot.is_plain() {
            return doubt("an iterator's slot or a pending return or jump is moved");
        }
        Ok(slot)
    }

    /// The object or NULL under `above` slots, which is only copied.
    fn peek_plain(&mut self, above: u32) -> Step<Slot> {
        let mut values = self.state.values;
        for _ in 0..above {
            values = self.arena.pop(values).map_or(EMPTY, |(_, rest)| rest);
        }
        match self.arena.pop(values) {
            None => refuse(Rule::Depth, "the stack is empty"),
            Some((slot, _)) if slot.is_plain() => Ok(slot),
            Some(_) => doubt("an iterator's slot or a pending return or jump is copied"),
        }
    }

    fn pop_objects(&mut self, count: u64) -> Step<()> {
        if count > u64::from(self.arena.depth(self.state.values)) {
            return refuse(Rule::Depth, format!("{count} slots are popped, there are fewer"));
        }
        for _ in 0..count {
            self.pop_object()?;
        }
        Ok(())
    }

    // Blocks

    fn innermost(&self) -> Block {
        self.blocks[self.state.blocks as usize]
    }

    /// Opens a block around what follows; `values` is the stack on entry of its handler, without what is pushed there.
    fn open(&mut self, kind: BlockKind, handler: i64, base: Values, values: Values) -> Step<()> {
        let outer = self.state.blocks;
        let block = Block {
            outer,
            count: self.blocks[outer as usize].count + 1,
            kind,
            setup: self.at,
            handler: handler as u32,
            base,
            level: self.arena.depth(values),
        };
        if block.count > self.signature.n_exc_stack {
            return refuse(
                Rule::Block,
                format!("more than n_exc_stack = {} blocks are open", self.signature.n_exc_stack),
            );
        }
        if block.handler <= self.at {
            return doubt("a handler before its block");
        }
        self.max_blocks = self.max_blocks.max(block.count);
        self.blocks.push(block);
        let inside = State { values: self.state.values, blocks: (self.blocks.len() - 1) as Blocks };
        // The handler: reached by an exception, and if it cleans up by a return or jump as well.
        self.state = State { values, ..inside };
        self.push(match kind {
            BlockKind::Except => Slot::Object,
            BlockKind::Finally | BlockKind::With => Slot::Pending,
        })?;
        self.edge(block.handler, self.state)?;
        self.state = inside;
        Ok(())
    }

    fn close(&mut self) -> Step<Block> {
        if self.state.blocks == NO_BLOCKS {
            return refuse(Rule::Block, "no block is open");
        }
        let block = self.innermost();
        self.state.blocks = block.outer;
        Ok(block)
    }

    // Edges

    fn jump(&mut self, instruction: &Instruction) -> Step<()> {
        // Targets have been checked to be inside of the code.
        self.edge(instruction.arg as u32, self.state)
    }

    /// Goes on at `target` in this state.
    fn edge(&mut self, target: u32, state: State) -> Step<()> {
        self.spend(1)?;
        if target <= self.at && state.blocks != NO_BLOCKS {
            self.check_back_edge(target, state.blocks)?;
        }
        let index = self.index[target as usize] as usize - 1;
        match self.seen[index] {
            Seen::Never => {
                self.seen[index] = Seen::Waiting(state);
                self.waiting.push(Reverse(target));
            }
            Seen::Waiting(known) => {
                let joined = self.join(known, state)?;
                self.seen[index] = Seen::Waiting(joined);
            }
            Seen::Done(known) => {
                let joined = self.join(known, state)?;
                if joined.values != known.values {
                    return doubt("a path reaches known code with other kinds of slots");
                }
            }
        }
        Ok(())
    }

    /// A block whose handler has been entered must not become open again.
    fn check_back_edge(&mut self, target: u32, mut blocks: Blocks) -> Step<()> {
        while blocks != NO_BLOCKS {
            self.spend(1)?;
            let block = self.blocks[blocks as usize];
            if block.is_active(self.at) && !block.is_active(target) {
                return doubt("a jump leaves a handler whose block stays open");
            }
            blocks = block.outer;
        }
        Ok(())
    }

    /// The state that covers both; that of `known` if it does.
    fn join(&mut self, known: State, other: State) -> Step<State> {
        if known.blocks != other.blocks {
            return doubt("paths with different open blocks join");
        }
        if self.arena.depth(known.values) != self.arena.depth(other.values) {
            return doubt("paths with different depths join");
        }
        let base = self.arena.depth(self.blocks[known.blocks as usize].base);
        // From the top down to where both are the same list.
        let (mut a, mut b) = (known.values, other.values);
        let mut joined = Vec::new();
        let mut is_known = true;
        while a != b {
            self.spend(1)?;
            let depth = self.arena.depth(a);
            let (Some((slot, rest)), Some((other_slot, other_rest))) = (self.arena.pop(a), self.arena.pop(b)) else {
                break;
            };
            match slot.join(other_slot) {
                Some(both) if both == slot => joined.push(both),
                Some(both) if depth > base => {
                    is_known = false;
                    joined.push(both);
                }
                _ => return doubt("paths with different kinds of slots join"),
            }
            (a, b) = (rest, other_rest);
        }
        if is_known {
            return Ok(known);
        }
        let mut values = a;
        for &slot in joined.iter().rev() {
            values = self.arena.push(values, slot);
        }
        // Pending is wider than the object it replaces.
        self.max_stack = self.max_stack.max(self.arena.width(values));
        Ok(State { values, blocks: known.blocks })
    }

    // Instructions

    fn instruction(&mut self, instruction: &Instruction) -> Step<()> {
        let n = instruction.arg;
        match instruction.op {
            Op::LoadNull => self.push(Slot::Null),
            Op::LoadMethod => {
                self.pop_object()?;
                self.push(Slot::Object)?;
                self.push(Slot::Maybe)
            }
            Op::LoadSuperMethod => {
                self.pop_objects(3)?;
                self.push(Slot::Object)?;
                self.push(Slot::Maybe)
            }
            Op::StoreAttr => {
                self.pop_object()?;
                self.pop_plain().map(drop)
            }
            Op::StoreSubscr => {
                self.pop_objects(2)?;
                self.pop_plain().map(drop)
            }
            Op::DupTop => {
                let top = self.peek_plain(0)?;
                self.push(top)
            }
            Op::DupTopTwo => {
                let a = self.peek_plain(1)?;
                let b = self.peek_plain(0)?;
                self.push(a)?;
                self.push(b)
            }
            Op::PopTop => match self.pop()? {
                Slot::Pending => doubt("a pending return or jump is dropped"),
                _ => Ok(()),
            },
            Op::RotTwo => {
                let b = self.pop_plain()?;
                let a = self.pop_plain()?;
                self.push(b)?;
                self.push(a)
            }
            Op::RotThree => {
                let c = self.pop_plain()?;
                let b = self.pop_plain()?;
                let a = self.pop_plain()?;
                self.push(c)?;
                self.push(a)?;
                self.push(b)
            }
            Op::GetIterStack => {
                self.pop_object()?;
                (0..4).try_for_each(|part| self.push(Slot::Iterator(part)))
            }
            Op::ForIter => self.for_iter(instruction),
            Op::StoreComp => self.store_comp(n),
            Op::MakeFunctionDefargs | Op::MakeClosureDefargs => {
                self.pop_objects(instruction.extra.into())?;
                self.pop_plain()?;
                self.pop_plain()?;
                self.push(Slot::Object)
            }
            Op::CallFunction | Op::CallFunctionVarKw | Op::CallMethod | Op::CallMethodVarKw => self.call(instruction),
            Op::Jump => self.jump(instruction),
            Op::PopJumpIfTrue | Op::PopJumpIfFalse => {
                self.pop_object()?;
                self.jump(instruction)
            }
            Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop => {
                let values = self.state.values;
                self.pop_object()?;
                let without = self.state;
                self.state.values = values;
                self.jump(instruction)?;
                self.state = without;
                Ok(())
            }
            Op::SetupExcept => {
                let values = self.state.values;
                self.open(BlockKind::Except, n, values, values)
            }
            Op::SetupFinally => {
                let values = self.state.values;
                self.open(BlockKind::Finally, n, values, values)
            }
            Op::SetupWith => {
                self.pop_object()?;
                let base = self.state.values;
                self.push(Slot::Object)?;
                self.push(Slot::Maybe)?;
                self.open(BlockKind::With, n, base, self.state.values)?;
                self.push(Slot::Object)
            }
            Op::PopExceptJump => {
                let block = self.close()?;
                if self.state.values != block.base
                    && self.arena.depth(self.state.values) != self.arena.depth(block.base)
                {
                    return doubt("a block is closed at another depth than it was opened");
                }
                self.jump(instruction)
            }
            Op::WithCleanup => self.with_cleanup(),
            Op::EndFinally => self.end_finally(),
            Op::UnwindJump => self.unwind_jump(instruction),
            Op::ReturnValue => {
                self.pop_object()?;
                self.check_pending(self.state.blocks, self.state.values)
            }
            _ => {
                let (pops, pushes) = instruction.stack();
                self.pop_objects(pops)?;
                if pushes > u64::from(self.limit) {
                    return refuse(Rule::Depth, format!("{pushes} slots are pushed at once"));
                }
                (0..pushes).try_for_each(|_| self.push(Slot::Object))
            }
        }
    }

    fn for_iter(&mut self, instruction: &Instruction) -> Step<()> {
        let with_iterator = self.state.values;
        let mut slots = [Slot::Null; 4];
        for slot in slots.iter_mut().rev() {
            *slot = self.pop()?;
        }
        match slots {
            [Slot::Iterator(0), Slot::Iterator(1), Slot::Iterator(2), Slot::Iterator(3)]
            | [Slot::Null, Slot::Object, Slot::Null, Slot::Null] => {}
            _ if slots.contains(&Slot::Maybe) => return doubt("perhaps no iterator"),
            _ => return refuse(Rule::Kind, "no iterator on the stack"),
        }
        self.jump(instruction)?;
        self.state.values = with_iterator;
        self.push(Slot::Object)
    }

    fn store_comp(&mut self, n: i64) -> Step<()> {
        let mut values = self.state.values;
        let distance = n >> 2;
        if distance >= i64::from(self.arena.depth(values)) {
            return refuse(Rule::Depth, "the container lies below the stack");
        }
        for _ in 0..distance {
            self.spend(1)?;
            values = self.arena.pop(values).map_or(EMPTY, |(_, rest)| rest);
        }
        match self.arena.pop(values) {
            Some((Slot::Object, _)) => {}
            Some((Slot::Maybe | Slot::Pending, _)) => return doubt("perhaps no container"),
            _ => return refuse(Rule::Kind, "no container at that place"),
        }
        self.pop_objects(if n & 3 == 1 { 2 } else { 1 })
    }

    fn call(&mut self, instruction: &Instruction) -> Step<()> {
        let (positional, keyword) = instruction.call_counts();
        let (pops, _) = instruction.stack();
        if pops > u64::from(self.arena.depth(self.state.values)) {
            return refuse(Rule::Depth, "more arguments than slots");
        }
        let has_bitmap = matches!(instruction.op, Op::CallFunctionVarKw | Op::CallMethodVarKw);
        if has_bitmap {
            self.pop_object()?;
        }
        for _ in 0..keyword {
            self.pop_object()?;
            if has_bitmap {
                self.pop_plain()?;
            } else {
                self.pop_object()?;
            }
        }
        self.pop_objects(positional.into())?;
        if matches!(instruction.op, Op::CallMethod | Op::CallMethodVarKw) {
            self.pop_plain()?;
        }
        self.pop_object()?;
        self.push(Slot::Object)
    }

    /// `__exit__`, self, pending → pending, in the handler of a with block.
    fn with_cleanup(&mut self) -> Step<()> {
        let block = self.innermost();
        let depth = self.arena.depth(self.state.values);
        if block.kind != BlockKind::With || !block.is_active(self.at) || depth != block.level + 1 {
            return doubt("a with block is cleaned up outside of its handler");
        }
        // Three arguments, while what is pending is kept.
        self.need(3);
        if !matches!(self.pop()?, Slot::Pending | Slot::Object) {
            return refuse(Rule::Kind, "nothing pending on the stack");
        }
        self.pop_plain()?;
        self.pop_object()?;
        self.push(Slot::Pending)
    }

    fn end_finally(&mut self) -> Step<()> {
        let slot = self.pop()?;
        if !matches!(slot, Slot::Pending | Slot::Object) {
            return refuse(Rule::Kind, "nothing pending on the stack");
        }
        let block = self.close()?;
        let depth = self.arena.depth(self.state.values);
        if !block.is_active(self.at) || depth != self.arena.depth(block.base) {
            return doubt("a handler ends at another depth than its block began");
        }
        self.check_pending(block.outer, self.state.values)?;
        // It may go on leaving blocks for an UNWIND_JUMP: those must be as open as they were there.
        let mut outer = block.outer;
        while outer != NO_BLOCKS {
            self.spend(1)?;
            self.check_outer(outer, block.setup)?;
            outer = self.blocks[outer as usize].outer;
        }
        Ok(())
    }

    /// Handlers that a return leaves must still have what was pending when they were entered.
    fn check_pending(&mut self, mut blocks: Blocks, values: Values) -> Step<()> {
        let mut depth = self.arena.depth(values);
        while blocks != NO_BLOCKS {
            self.spend(1)?;
            let block = self.blocks[blocks as usize];
            let base = self.arena.depth(block.base);
            if block.is_active(self.at) && block.kind != BlockKind::Except && depth <= base {
                return doubt("a return leaves a handler without anything pending");
            }
            depth = base;
            blocks = block.outer;
        }
        Ok(())
    }

    /// An outer block must be in the same state, open or handled, as where a block in it was opened.
    fn check_outer(&self, outer: Blocks, setup: u32) -> Step<()> {
        let outer = self.blocks[outer as usize];
        if outer.is_active(self.at) != outer.is_active(setup) {
            return doubt("a handler is entered past a block that stays open");
        }
        Ok(())
    }

    fn unwind_jump(&mut self, instruction: &Instruction) -> Step<()> {
        // Target and count, while blocks are left.
        self.need(2);
        for _ in 0..instruction.extra & 0x7f {
            self.spend(1)?;
            let depth = self.arena.depth(self.state.values);
            let block = self.close()?;
            if block.outer != NO_BLOCKS {
                self.check_outer(block.outer, block.setup)?;
            }
            let base = self.arena.depth(block.base);
            // At this depth statements stand, in the block or in its handler: cutting the stack loses nothing.
            let expected = match (block.is_active(self.at), block.kind) {
                (false, _) => block.level,
                (true, BlockKind::Except) => base,
                (true, _) => base + 1,
            };
            if depth != expected {
                return doubt("a jump leaves a block at another depth than statements have");
            }
            self.state.values = block.base;
        }
        self.floor = 0;
        if self.state.blocks != NO_BLOCKS {
            self.floor = self.innermost().level;
        }
        if instruction.extra & 0x80 != 0 {
            for _ in 0..4 {
                self.pop()?;
            }
        }
        self.jump(instruction)
    }
}
