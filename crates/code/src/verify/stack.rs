//! The stacks that the analysis follows: values by kind, and open exception blocks.
//!
//! Both are linked lists in an arena that share their lower parts, so that a state is two numbers and
//! states that came from one place are compared without walking. Nothing is ever removed.

use alloc::vec::Vec;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// An object.
    Object,
    /// NULL.
    Null,
    /// An object or NULL.
    Maybe,
    /// One of the 4 slots of an iterator, from 0.
    Iterator(u8),
    /// An object, or a pair that only the machine makes; counts as one slot here, at most two there.
    Pending,
}

impl Slot {
    /// The kind that covers both.
    pub(super) fn join(self, other: Slot) -> Option<Slot> {
        use Slot::*;
        match (self, other) {
            _ if self == other => Some(self),
            (Object | Null | Maybe, Object | Null | Maybe) => Some(Maybe),
            (Object, Pending) | (Pending, Object) => Some(Pending),
            _ => None,
        }
    }

    /// Whether it is a plain word: neither part of an iterator nor pending.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Slot::Object | Slot::Null | Slot::Maybe)
    }
}

/// A stack of values: the number of its top node.
pub(super) type Values = u32;

/// The empty stack of values.
pub(super) const EMPTY: Values = 0;

#[derive(Clone, Copy)]
struct Node {
    below: Values,
    slot: Slot,
    /// Slots, this one included.
    depth: u32,
    /// Words that the machine may need for them.
    width: u32,
}

/// All stacks of values.
#[derive(Default)]
pub(super) struct Arena {
    nodes: Vec<Node>,
}

impl Arena {
    /// Forgets all stacks but the empty one.
    pub(super) fn reset(&mut self) {
        self.nodes.clear();
        self.nodes.push(Node { below: EMPTY, slot: Slot::Null, depth: 0, width: 0 });
    }

    fn node(&self, values: Values) -> Node {
        // Numbers only come from `push`.
        self.nodes[values as usize]
    }

    pub(super) fn depth(&self, values: Values) -> u32 {
        self.node(values).depth
    }

    pub(super) fn width(&self, values: Values) -> u32 {
        self.node(values).width
    }

    /// Top and rest.
    pub(super) fn pop(&self, values: Values) -> Option<(Slot, Values)> {
        let node = self.node(values);
        (values != EMPTY).then_some((node.slot, node.below))
    }

    pub(super) fn push(&mut self, values: Values, slot: Slot) -> Values {
        let below = self.node(values);
        self.nodes.push(Node {
            below: values,
            slot,
            depth: below.depth + 1,
            width: below.width + if slot == Slot::Pending { 2 } else { 1 },
        });
        (self.nodes.len() - 1) as Values
    }
}

/// A stack of open blocks: the number of its innermost one.
pub(super) type Blocks = u32;

/// No block is open.
pub(super) const NO_BLOCKS: Blocks = 0;

/// What opened a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Except,
    Finally,
    With,
}

/// An open block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) outer: Blocks,
    /// How many are open, this one included.
    pub(super) count: u32,
    pub(super) kind: BlockKind,
    /// Offset of the instruction that opened it.
    pub(super) setup: u32,
    pub(super) handler: u32,
    /// What remains when the block has been left.
    pub(super) base: Values,
    /// Depth to which the stack is cut for the handler: that of the base, for `with` 2 more.
    pub(super) level: u32,
}

impl Block {
    /// Whether an instruction at `at` belongs to the handler.
    pub(super) fn is_active(&self, at: u32) -> bool {
        self.handler <= at
    }
}
