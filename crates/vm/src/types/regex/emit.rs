//! From the tree to the program that the matcher runs: 32-bit words.

use alloc::vec::Vec;

use crate::types::regex::compile::{Class, Greed, Node, Parsed, Set, fold};

/// Instructions; operands follow as words. Addresses are absolute.
#[allow(missing_docs)]
pub mod op {
    pub const MATCH: u32 = 0;
    /// char
    pub const CHAR: u32 = 1;
    /// folded char
    pub const CHAR_IGNORE_CASE: u32 = 2;
    pub const ANY: u32 = 3;
    pub const ALL: u32 = 4;
    /// flags, 4 words of bits for ASCII, n, n * (class, low, high)
    pub const SET: u32 = 5;
    /// first, second
    pub const SPLIT: u32 = 6;
    /// address
    pub const JUMP: u32 = 7;
    /// slot
    pub const SAVE: u32 = 8;
    /// kind
    pub const ASSERT: u32 = 9;
    /// group, ignore case
    pub const REFERENCE: u32 = 10;
    /// negated, width back (MAX: ahead), address behind LOOK_END
    pub const LOOK: u32 = 11;
    pub const LOOK_END: u32 = 12;
    pub const ATOMIC: u32 = 13;
    pub const ATOMIC_END: u32 = 14;
    /// slot of the count
    pub const LOOP_INIT: u32 = 15;
    /// slot of the count, min, max, lazy, exit
    pub const LOOP: u32 = 16;
    /// slot of the count
    pub const LOOP_ENTER: u32 = 17;
    /// min, max, greed; a one-character instruction follows
    pub const RUN: u32 = 18;
    /// group, address if it did not match
    pub const IF_GROUP: u32 = 19;
}

/// The set is negated.
pub const NEGATED: u32 = 1;
/// Case does not count.
pub const IGNORE_CASE: u32 = 2;
/// Words of a set before its items.
pub const SET_HEAD: usize = 7;

/// Words before the program: number of groups, of slots, length of the literal prefix in bytes, its bytes one
/// a word.
pub struct Emitter {
    words: Vec<u32>,
    slots: u32,
}

/// The program of a parsed pattern: `groups, slots, prefix length, prefix…, code…`; addresses count from the code.
pub fn emit(parsed: &Parsed, is_str: bool) -> Vec<u32> {
    let mut emitter = Emitter { words: Vec::new(), slots: 2 * (parsed.groups as u32 + 1) };
    emitter.node(&parsed.node);
    emitter.words.push(op::MATCH);
    let mut prefix = Vec::new();
    literal_prefix(&parsed.node, is_str, &mut prefix);
    let mut program = alloc::vec![parsed.groups as u32, emitter.slots, prefix.len() as u32];
    program.extend(prefix.iter().map(|byte| *byte as u32));
    program.extend(emitter.words);
    program
}

/// The bytes with which each match starts; true if more of the same sequence may follow.
fn literal_prefix(node: &Node, is_str: bool, out: &mut Vec<u8>) -> bool {
    match node {
        Node::Char(char) => {
            if is_str {
                out.extend_from_slice(crate::types::utf8::encode(*char).bytes());
            } else {
                out.push(*char as u8);
            }
            true
        }
        Node::Sequence(nodes) => nodes.iter().all(|node| literal_prefix(node, is_str, out)),
        Node::Group(_, node) => literal_prefix(node, is_str, out),
        Node::Repeat(node, 1.., _, _) => {
            literal_prefix(node, is_str, out);
            false
        }
        _ => false,
    }
}

impl Emitter {
    fn here(&self) -> u32 {
        self.words.len() as u32
    }

    /// Writes an operand to be set later.
    fn hole(&mut self) -> usize {
        self.words.push(0);
        self.words.len() - 1
    }

    fn fill(&mut self, hole: usize) {
        self.words[hole] = self.here();
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Char(char) => self.words.extend([op::CHAR, *char]),
            Node::CharIgnoreCase(char) => self.words.extend([op::CHAR_IGNORE_CASE, *char]),
            Node::Any => self.words.push(op::ANY),
            Node::AnyWithNewline => self.words.push(op::ALL),
            Node::Set(set) => self.set(set),
            Node::Group(None, node) => self.node(node),
            Node::Group(Some(number), node) => {
                let slot = 2 * *number as u32;
                self.words.extend([op::SAVE, slot]);
                self.node(node);
                self.words.extend([op::SAVE, slot + 1]);
            }
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.node(node)),
            Node::Either(nodes) => self.either(nodes),
            Node::Repeat(node, min, max, greed) => self.repeat(node, *min, *max, *greed),
            Node::Assert(kind) => self.words.extend([op::ASSERT, *kind as u32]),
            Node::BackReference(number, ignore_case) => {
                self.words.extend([op::REFERENCE, *number as u32, *ignore_case as u32]);
            }
            Node::Look { ahead, negated, node } => {
                let back = if *ahead { u32::MAX } else { node.fixed_width().unwrap_or(0) };
                self.words.extend([op::LOOK, *negated as u32, back]);
                let end = self.hole();
                self.node(node);
                self.words.push(op::LOOK_END);
                self.fill(end);
            }
            Node::Atomic(node) => {
                self.words.push(op::ATOMIC);
                self.node(node);
                self.words.push(op::ATOMIC_END);
            }
            Node::Conditional(number, yes, no) => {
                self.words.extend([op::IF_GROUP, *number as u32]);
                let otherwise = self.hole();
                self.node(yes);
                self.words.push(op::JUMP);
                let end = self.hole();
                self.fill(otherwise);
                self.node(no);
                self.fill(end);
            }
        }
    }

    fn either(&mut self, nodes: &[Node]) {
        let mut ends = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            if i + 1 == nodes.len() {
                self.node(node);
                break;
            }
            self.words.push(op::SPLIT);
            let first = self.hole();
            let second = self.hole();
            self.fill(first);
            self.node(node);
            self.words.push(op::JUMP);
            ends.push(self.hole());
            self.fill(second);
        }
        for end in ends {
            self.fill(end);
        }
    }

    fn repeat(&mut self, node: &Node, min: u32, max: u32, greed: Greed) {
        let mut inner = node;
        while let Node::Group(None, node) = inner {
            inner = node;
        }
        if inner.is_single() {
            self.words.extend([op::RUN, min, max, greed as u32]);
            return self.node(inner);
        }
        if greed == Greed::Possessive {
            self.words.push(op::ATOMIC);
        }
        if (min, max) == (0, 1) {
            self.words.push(op::SPLIT);
            let (first, second) = (self.hole(), self.hole());
            let (enter, skip) = if greed == Greed::Lazy { (second, first) } else { (first, second) };
            self.fill(enter);
            self.node(node);
            self.fill(skip);
        } else {
            let slot = self.slots;
            self.slots += 2;
            self.words.extend([op::LOOP_INIT, slot]);
            let head = self.here();
            self.words.extend([op::LOOP, slot, min, max, (greed == Greed::Lazy) as u32]);
            let exit = self.hole();
            self.words.extend([op::LOOP_ENTER, slot]);
            self.node(node);
            self.words.extend([op::JUMP, head]);
            self.fill(exit);
        }
        if greed == Greed::Possessive {
            self.words.push(op::ATOMIC_END);
        }
    }

    fn set(&mut self, set: &Set) {
        let has = |char: u32| set.items.iter().any(|(class, low, high)| class.has(char, *low, *high));
        let mut bits = [0u32; 4];
        for char in 0..128u32 {
            let mut inside = has(char);
            if set.ignore_case && !inside {
                let swapped = if (char as u8).is_ascii_alphabetic() { char ^ 32 } else { char };
                inside = has(swapped);
            }
            if inside != set.negated {
                bits[char as usize / 32] |= 1 << (char % 32);
            }
        }
        let flags = if set.negated { NEGATED } else { 0 } | if set.ignore_case { IGNORE_CASE } else { 0 };
        self.words.extend([op::SET, flags]);
        self.words.extend(bits);
        self.words.push(set.items.len() as u32);
        for (class, low, high) in &set.items {
            self.words.extend([*class as u32, *low, *high]);
        }
    }
}

/// Whether a set (its words behind the opcode) has a character that is not ASCII.
pub fn set_has(flags: u32, items: impl Fn(usize) -> [u32; 3], count: usize, char: u32) -> bool {
    let inside = |char: u32| {
        (0..count).any(|i| {
            let [class, low, high] = items(i);
            Class::ALL.get(class as usize).is_some_and(|class| class.has(char, low, high))
        })
    };
    let mut found = inside(char);
    if !found && flags & IGNORE_CASE != 0 {
        found = inside(fold(char, false));
        if !found {
            let mut upper = char;
            crate::types::unicode::upper(char, |c| upper = c);
            found = inside(upper);
        }
    }
    found != (flags & NEGATED != 0)
}
