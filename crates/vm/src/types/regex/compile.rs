//! From a pattern's text to a tree.
//!
//! Nesting is limited, so neither this parser nor dropping the tree can exhaust the native stack.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::types::{regex::flag, unicode, utf8};

/// How deep groups may nest.
const MAX_DEPTH: u32 = 200;

/// No upper limit of a repetition.
pub const UNLIMITED: u32 = u32::MAX;

/// What an assertion asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Assert {
    Start,
    LineStart,
    End,
    LineEnd,
    EndOrNewline,
    Word,
    NotWord,
    WordAscii,
    NotWordAscii,
}

/// A class of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Class {
    Range,
    Digit,
    NotDigit,
    Space,
    NotSpace,
    Word,
    NotWord,
    DigitAscii,
    NotDigitAscii,
    SpaceAscii,
    NotSpaceAscii,
    WordAscii,
    NotWordAscii,
}

impl Class {
    /// All, by number.
    pub const ALL: [Class; 13] = [
        Class::Range,
        Class::Digit,
        Class::NotDigit,
        Class::Space,
        Class::NotSpace,
        Class::Word,
        Class::NotWord,
        Class::DigitAscii,
        Class::NotDigitAscii,
        Class::SpaceAscii,
        Class::NotSpaceAscii,
        Class::WordAscii,
        Class::NotWordAscii,
    ];

    /// Whether a character belongs to the class; `low` and `high` are a range's.
    pub fn has(self, char: u32, low: u32, high: u32) -> bool {
        let byte = if char < 128 { char as u8 } else { 0xff };
        match self {
            Class::Range => (low..=high).contains(&char),
            Class::Digit => unicode::is_decimal(char),
            Class::NotDigit => !unicode::is_decimal(char),
            Class::Space => unicode::is_space(char),
            Class::NotSpace => !unicode::is_space(char),
            Class::Word => is_word(char),
            Class::NotWord => !is_word(char),
            Class::DigitAscii => byte.is_ascii_digit(),
            Class::NotDigitAscii => !byte.is_ascii_digit(),
            Class::SpaceAscii => matches!(byte, 9..=13 | 32),
            Class::NotSpaceAscii => !matches!(byte, 9..=13 | 32),
            Class::WordAscii => byte.is_ascii_alphanumeric() || byte == b'_',
            Class::NotWordAscii => !(byte.is_ascii_alphanumeric() || byte == b'_'),
        }
    }
}

/// Whether a character belongs to a word.
pub fn is_word(char: u32) -> bool {
    match char {
        0..128 => (char as u8).is_ascii_alphanumeric() || char == b'_' as u32,
        _ => unicode::is_alpha(char) || unicode::is_numeric(char),
    }
}

/// A set of characters: classes with the limits of ranges.
#[derive(Clone, Debug, Default)]
pub struct Set {
    /// Whether it is the complement.
    pub negated: bool,
    /// Whether case does not count.
    pub ignore_case: bool,
    /// Classes; low and high for ranges.
    pub items: Vec<(Class, u32, u32)>,
}

/// How a repetition chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)]
pub enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// A node of the tree.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Node {
    Empty,
    Char(u32),
    /// Folded.
    CharIgnoreCase(u32),
    Any,
    AnyWithNewline,
    Set(Set),
    Group(Option<usize>, Box<Node>),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, u32, u32, Greed),
    Assert(Assert),
    BackReference(usize, bool),
    Look {
        ahead: bool,
        negated: bool,
        node: Box<Node>,
    },
    Atomic(Box<Node>),
    Conditional(usize, Box<Node>, Box<Node>),
}

impl Node {
    /// Whether it takes exactly one character.
    pub fn is_single(&self) -> bool {
        matches!(self, Node::Char(_) | Node::CharIgnoreCase(_) | Node::Any | Node::AnyWithNewline | Node::Set(_))
    }

    /// Least and greatest number of characters it can match (greatest saturates).
    fn width(&self) -> (u32, u32) {
        match self {
            Node::Empty | Node::Assert(_) | Node::Look { .. } => (0, 0),
            Node::Group(_, node) | Node::Atomic(node) => node.width(),
            Node::Sequence(nodes) => nodes
                .iter()
                .map(Node::width)
                .fold((0, 0), |sum, width| (sum.0.saturating_add(width.0), sum.1.saturating_add(width.1))),
            Node::Either(nodes) => {
                nodes.iter().map(Node::width).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0, 0))
            }
            Node::Repeat(node, min, max, _) => {
                let (low, high) = node.width();
                (low.saturating_mul(*min), high.saturating_mul(*max))
            }
            Node::BackReference(..) => (0, u32::MAX),
            Node::Conditional(_, yes, no) => {
                let (a, b) = (yes.width(), no.width());
                (a.0.min(b.0), a.1.max(b.1))
            }
            _ => (1, 1),
        }
    }

    /// The number of characters, if it is always the same.
    pub fn fixed_width(&self) -> Option<u32> {
        let (low, high) = self.width();
        (low == high && high != u32::MAX).then_some(low)
    }
}

/// A parsed pattern.
pub struct Parsed {
    /// The tree.
    pub node: Node,
    /// Number of groups, the whole not counted.
    pub groups: usize,
    /// Names of groups.
    pub names: Vec<(String, usize)>,
    /// The flags, those in the pattern included.
    pub flags: u32,
}

/// What is wrong and where (offset in bytes).
pub struct Error {
    /// The message.
    pub message: &'static str,
    /// The offset.
    pub at: usize,
}

type Parse<T> = Result<T, Error>;

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    is_str: bool,
    flags: u32,
    groups: usize,
    names: Vec<(String, usize)>,
    open: Vec<usize>,
    depth: u32,
    in_look_behind: u32,
}

/// Parses a pattern.
pub fn parse(text: &[u8], is_str: bool, flags: u32) -> Parse<Parsed> {
    let unicode = if is_str && flags & flag::ASCII == 0 { flag::UNICODE } else { 0 };
    let mut parser = Parser {
        text,
        at: 0,
        is_str,
        flags: flags | unicode,
        groups: 0,
        names: Vec::new(),
        open: Vec::new(),
        depth: 0,
        in_look_behind: 0,
    };
    let node = parser.alternatives()?;
    if parser.at < text.len() {
        return Err(parser.error("unbalanced parenthesis"));
    }
    Ok(Parsed { node, groups: parser.groups, names: parser.names, flags: parser.flags })
}

impl Parser<'_> {
    fn error(&self, message: &'static str) -> Error {
        Error { message, at: self.at }
    }

    fn decode(&self, at: usize) -> Option<(u32, usize)> {
        if self.is_str { utf8::decode(self.text, at) } else { self.text.get(at).map(|byte| (*byte as u32, 1)) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn alternatives(&mut self) -> Parse<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("too deeply nested"));
        }
        let mut branches = alloc::vec![self.sequence()?];
        while self.eat(b'|') {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.pop().unwrap_or(Node::Empty) } else { Node::Either(branches) })
    }

    fn sequence(&mut self) -> Parse<Node> {
        let mut nodes = Vec::new();
        while let Some(byte) = self.peek() {
            if byte == b'|' || byte == b')' {
                break;
            }
            if self.has(flag::VERBOSE) && self.skip_verbose() {
                continue;
            }
            let start = self.at;
            let node = self.item()?;
            let node = self.repetitions(node, start)?;
            nodes.push(node);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.pop().unwrap_or(Node::Empty),
            _ => Node::Sequence(nodes),
        })
    }

    /// Skips white space or a comment of a verbose pattern.
    fn skip_verbose(&mut self) -> bool {
        match self.peek() {
            Some(9..=13 | 32) => self.at += 1,
            Some(b'#') => {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.at += 1;
                }
            }
            _ => return false,
        }
        true
    }

    fn repetitions(&mut self, mut node: Node, start: usize) -> Parse<Node> {
        let mut repeated = false;
        loop {
            if self.has(flag::VERBOSE) {
                while self.skip_verbose() {}
            }
            let before = self.at;
            let (min, max) = match self.peek() {
                Some(b'*') => (0, UNLIMITED),
                Some(b'+') => (1, UNLIMITED),
                Some(b'?') => (0, 1),
                Some(b'{') => match self.limits()? {
                    Some(limits) => limits,
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            if self.at == before {
                self.at += 1;
            }
            if repeated {
                self.at = before;
                return Err(self.error("multiple repeat"));
            }
            if matches!(node, Node::Assert(_)) || matches!(node, Node::Empty) && start == before {
                self.at = before;
                return Err(self.error("nothing to repeat"));
            }
            let greed = match self.peek() {
                Some(b'?') => Greed::Lazy,
                Some(b'+') => Greed::Possessive,
                _ => Greed::Greedy,
            };
            if greed != Greed::Greedy {
                self.at += 1;
            }
            node = Node::Repeat(Box::new(node), min, max, greed);
            repeated = true;
        }
    }

    /// `{m}`, `{m,}`, `{,n}`, `{m,n}`; anything else in braces is plain text.
    fn limits(&mut self) -> Parse<Option<(u32, u32)>> {
        let start = self.at;
        let mut at = start + 1;
        let text = self.text;
        let mut number = || -> Option<u32> {
            let first = at;
            let mut value = 0u32;
            while let Some(digit @ b'0'..=b'9') = text.get(at) {
                value = value.saturating_mul(10).saturating_add((digit - b'0') as u32);
                at += 1;
            }
            (at > first).then_some(value)
        };
        let low = number();
        let (low, high) = if text.get(at) == Some(&b',') {
            at += 1;
            let mut rest = 0u32;
            let first = at;
            while let Some(digit @ b'0'..=b'9') = text.get(at) {
                rest = rest.saturating_mul(10).saturating_add((digit - b'0') as u32);
                at += 1;
            }
            (low.unwrap_or(0), if at > first { rest } else { UNLIMITED })
        } else {
            match low {
                Some(low) => (low, low),
                None => return Ok(None),
            }
        };
        if text.get(at) != Some(&b'}') {
            return Ok(None);
        }
        if low > high {
            return Err(self.error("min repeat greater than max repeat"));
        }
        self.at = at + 1;
        Ok(Some((low, high)))
    }

    fn char_node(&self, char: u32) -> Node {
        if self.has(flag::IGNORECASE) {
            let folded = fold(char, !self.has(flag::UNICODE));
            if folded != char || fold_changes(char, !self.has(flag::UNICODE)) {
                return Node::CharIgnoreCase(folded);
            }
        }
        Node::Char(char)
    }

    fn class_node(&self, class: Class) -> Node {
        Node::Set(Set { negated: false, ignore_case: false, items: alloc::vec![(class, 0, 0)] })
    }

    fn item(&mut self) -> Parse<Node> {
        let Some((char, len)) = self.decode(self.at) else {
            return Ok(Node::Empty);
        };
        let byte = if char < 128 { char as u8 } else { 0 };
        match byte {
            b'*' | b'+' | b'?' => Err(self.error("nothing to repeat")),
            b'(' => self.group(),
            b'[' => self.set(),
            b'\\' => self.escape(),
            _ => {
                self.at += len;
                Ok(match byte {
                    b'.' if self.has(flag::DOTALL) => Node::AnyWithNewline,
                    b'.' => Node::Any,
                    b'^' if self.has(flag::MULTILINE) => Node::Assert(Assert::LineStart),
                    b'^' => Node::Assert(Assert::Start),
                    b'$' if self.has(flag::MULTILINE) => Node::Assert(Assert::LineEnd),
                    b'$' => Node::Assert(Assert::EndOrNewline),
                    _ => self.char_node(char),
                })
            }
        }
    }

    fn expect(&mut self, byte: u8, message: &'static str) -> Parse<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.error(message)) }
    }

    fn group(&mut self) -> Parse<Node> {
        let start = self.at;
        self.at += 1;
        if !self.eat(b'?') {
            return self.capture(None, start);
        }
        match self.peek() {
            Some(b'P') => {
                self.at += 1;
                match self.peek() {
                    Some(b'<') => {
                        self.at += 1;
                        let name = self.name(b'>')?;
                        self.capture(Some(name), start)
                    }
                    Some(b'=') => {
                        self.at += 1;
                        let name = self.name(b')')?;
                        let Some(number) = self.group_number(&name) else {
                            return Err(self.error("unknown group name"));
                        };
                        self.reference(number)
                    }
                    _ => Err(self.error("unknown extension")),
                }
            }
            Some(b':') => {
                self.at += 1;
                let flags = self.flags;
                let node = self.alternatives()?;
                self.flags = flags;
                self.expect(b')', "missing ), unterminated subpattern")?;
                Ok(Node::Group(None, Box::new(node)))
            }
            Some(b'>') => {
                self.at += 1;
                let node = self.alternatives()?;
                self.expect(b')', "missing ), unterminated subpattern")?;
                Ok(Node::Atomic(Box::new(node)))
            }
            Some(b'#') => {
                while self.peek().is_some_and(|byte| byte != b')') {
                    self.at += 1;
                }
                self.expect(b')', "missing ), unterminated comment")?;
                Ok(Node::Group(None, Box::new(Node::Empty)))
            }
            Some(sign @ (b'=' | b'!')) => {
                self.at += 1;
                self.look(true, sign == b'!')
            }
            Some(b'<') => {
                self.at += 1;
                match self.peek() {
                    Some(sign @ (b'=' | b'!')) => {
                        self.at += 1;
                        self.look(false, sign == b'!')
                    }
                    _ => Err(self.error("unknown extension")),
                }
            }
            Some(b'(') => {
                self.at += 1;
                let name = self.name(b')')?;
                let Some(number) = self.group_number(&name) else {
                    return Err(self.error("unknown group name"));
                };
                let yes = self.sequence()?;
                let no = if self.eat(b'|') { self.sequence()? } else { Node::Empty };
                if self.peek() == Some(b'|') {
                    return Err(self.error("conditional backref with more than two branches"));
                }
                self.expect(b')', "missing ), unterminated subpattern")?;
                Ok(Node::Conditional(number, Box::new(yes), Box::new(no)))
            }
            _ => self.inline_flags(start),
        }
    }

    /// A group name up to `end`; group numbers are names here too.
    fn name(&mut self, end: u8) -> Parse<String> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte != end) {
            self.at += 1;
        }
        let bytes = &self.text[start..self.at];
        self.expect(end, "missing group name terminator")?;
        match core::str::from_utf8(bytes) {
            Ok(name) if !name.is_empty() => Ok(String::from(name)),
            _ => Err(self.error("missing group name")),
        }
    }

    fn group_number(&self, name: &str) -> Option<usize> {
        if let Ok(number) = name.parse::<usize>() {
            return (number <= self.groups && number > 0).then_some(number);
        }
        self.names.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    fn capture(&mut self, name: Option<String>, start: usize) -> Parse<Node> {
        self.groups += 1;
        let number = self.groups;
        if let Some(name) = name {
            let mut chars = utf8::chars(name.as_bytes());
            let good =
                chars.next().is_some_and(unicode::is_identifier_start) && chars.all(unicode::is_identifier_continue);
            if !good {
                return Err(self.error("bad character in group name"));
            }
            if self.group_number(&name).is_some() {
                return Err(self.error("redefinition of group name"));
            }
            self.names.push((name, number));
        }
        self.open.push(number);
        let flags = self.flags;
        let node = self.alternatives()?;
        self.flags = flags;
        self.open.pop();
        if !self.eat(b')') {
            self.at = start;
            return Err(self.error("missing ), unterminated subpattern"));
        }
        Ok(Node::Group(Some(number), Box::new(node)))
    }

    fn look(&mut self, ahead: bool, negated: bool) -> Parse<Node> {
        self.in_look_behind += u32::from(!ahead);
        let node = self.alternatives()?;
        self.in_look_behind -= u32::from(!ahead);
        self.expect(b')', "missing ), unterminated subpattern")?;
        if !ahead && node.fixed_width().is_none() {
            return Err(self.error("look-behind requires fixed-width pattern"));
        }
        Ok(Node::Look { ahead, negated, node: Box::new(node) })
    }

    /// `(?aiLmsux)` for the whole pattern, `(?i-s:…)` for a group.
    fn inline_flags(&mut self, start: usize) -> Parse<Node> {
        let (mut on, mut off, mut negative) = (0, 0, false);
        loop {
            let bit = match self.peek() {
                Some(b'i') => flag::IGNORECASE,
                Some(b'm') => flag::MULTILINE,
                Some(b's') => flag::DOTALL,
                Some(b'x') => flag::VERBOSE,
                Some(b'a') => flag::ASCII,
                Some(b'u') => flag::UNICODE,
                Some(b'L') => flag::LOCALE,
                Some(b'-') if !negative => {
                    negative = true;
                    self.at += 1;
                    continue;
                }
                Some(b')' | b':') if on | off != 0 => break,
                _ => return Err(self.error("unknown extension")),
            };
            *(if negative { &mut off } else { &mut on }) |= bit;
            self.at += 1;
        }
        let mut flags = (self.flags | on) & !off;
        if on & flag::ASCII != 0 {
            flags &= !flag::UNICODE;
        }
        if on & flag::UNICODE != 0 {
            flags &= !flag::ASCII;
        }
        if self.eat(b')') {
            if negative {
                return Err(self.error("missing :"));
            }
            if start != 0 {
                self.at = start;
                return Err(self.error("global flags not at the start of the expression"));
            }
            self.flags = flags;
            return Ok(Node::Group(None, Box::new(Node::Empty)));
        }
        self.at += 1;
        let outer = core::mem::replace(&mut self.flags, flags);
        let node = self.alternatives()?;
        self.flags = outer;
        self.expect(b')', "missing ), unterminated subpattern")?;
        Ok(Node::Group(None, Box::new(node)))
    }

    fn reference(&self, number: usize) -> Parse<Node> {
        if number > self.groups {
            return Err(self.error("invalid group reference"));
        }
        if self.open.contains(&number) {
            return Err(self.error("cannot refer to an open group"));
        }
        Ok(Node::BackReference(number, self.has(flag::IGNORECASE)))
    }

    fn class(&self, letter: u8) -> Option<Class> {
        let unicode = self.has(flag::UNICODE);
        Some(match (letter, unicode) {
            (b'd', true) => Class::Digit,
            (b'D', true) => Class::NotDigit,
            (b's', true) => Class::Space,
            (b'S', true) => Class::NotSpace,
            (b'w', true) => Class::Word,
            (b'W', true) => Class::NotWord,
            (b'd', false) => Class::DigitAscii,
            (b'D', false) => Class::NotDigitAscii,
            (b's', false) => Class::SpaceAscii,
            (b'S', false) => Class::NotSpaceAscii,
            (b'w', false) => Class::WordAscii,
            (b'W', false) => Class::NotWordAscii,
            _ => return None,
        })
    }

    fn escape(&mut self) -> Parse<Node> {
        let Some(letter) = self.text.get(self.at + 1).copied() else {
            return Err(self.error("bad escape (end of pattern)"));
        };
        if let Some(class) = self.class(letter) {
            self.at += 2;
            return Ok(self.class_node(class));
        }
        let unicode = self.has(flag::UNICODE);
        let assertion = match letter {
            b'A' => Some(Assert::Start),
            b'Z' | b'z' => Some(Assert::End),
            b'b' if unicode => Some(Assert::Word),
            b'b' => Some(Assert::WordAscii),
            b'B' if unicode => Some(Assert::NotWord),
            b'B' => Some(Assert::NotWordAscii),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.at += 2;
            return Ok(Node::Assert(assertion));
        }
        if matches!(letter, b'1'..=b'9') {
            let digit = |at: usize| self.text.get(at).copied().filter(u8::is_ascii_digit);
            let is_octal = matches!(
                (digit(self.at + 1), digit(self.at + 2), digit(self.at + 3)),
                (Some(b'1'..=b'3'), Some(b'0'..=b'7'), Some(b'0'..=b'7'))
            );
            if !is_octal {
                let mut number = (letter - b'0') as usize;
                self.at += 2;
                if let Some(digit @ b'0'..=b'9') = self.peek() {
                    number = number * 10 + (digit - b'0') as usize;
                    self.at += 1;
                }
                return self.reference(number);
            }
        }
        let char = self.char_escape()?;
        Ok(self.char_node(char))
    }

    /// An escape that stands for one character.
    fn char_escape(&mut self) -> Parse<u32> {
        self.at += 1;
        let Some((char, len)) = self.decode(self.at) else {
            return Err(self.error("bad escape (end of pattern)"));
        };
        let byte = if char < 128 { char as u8 } else { 0 };
        self.at += len;
        Ok(match byte {
            b'n' => 10,
            b't' => 9,
            b'r' => 13,
            b'f' => 12,
            b'v' => 11,
            b'a' => 7,
            b'x' => self.hex(2)?,
            b'u' if self.is_str => self.hex(4)?,
            b'U' if self.is_str => {
                let char = self.hex(8)?;
                if char > 0x10_ffff {
                    return Err(self.error("bad escape"));
                }
                char
            }
            b'0'..=b'7' => {
                let mut value = (byte - b'0') as u32;
                for _ in 0..2 {
                    if let Some(digit @ b'0'..=b'7') = self.peek() {
                        value = value * 8 + (digit - b'0') as u32;
                        self.at += 1;
                    }
                }
                if value > 0xff {
                    return Err(self.error("octal escape value outside of range 0-0o377"));
                }
                value
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'8' | b'9' => {
                self.at -= 2;
                return Err(self.error("bad escape"));
            }
            _ => char,
        })
    }

    fn hex(&mut self, digits: usize) -> Parse<u32> {
        let mut value = 0u32;
        for _ in 0..digits {
            let Some(digit) = self.peek().and_then(|byte| (byte as char).to_digit(16)) else {
                return Err(self.error("incomplete escape"));
            };
            value = value << 4 | digit;
            self.at += 1;
        }
        Ok(value)
    }

    fn set(&mut self) -> Parse<Node> {
        let start = self.at;
        self.at += 1;
        let negated = self.eat(b'^');
        let mut items = Vec::new();
        let mut first = true;
        loop {
            let unterminated = Error { message: "unterminated character set", at: start };
            match self.peek() {
                None => return Err(unterminated),
                Some(b']') if !first => break,
                Some(_) => {}
            }
            first = false;
            let low = self.set_item(&mut items)?;
            let is_range = self.peek() == Some(b'-') && !matches!(self.text.get(self.at + 1), None | Some(b']'));
            match low {
                Some(low) if is_range => {
                    self.at += 1;
                    let Some(high) = self.set_item(&mut items)? else {
                        return Err(self.error("bad character range"));
                    };
                    if low > high {
                        return Err(self.error("bad character range"));
                    }
                    items.push((Class::Range, low, high));
                }
                Some(low) => items.push((Class::Range, low, low)),
                None if is_range => return Err(self.error("bad character range")),
                None => {}
            }
        }
        self.at += 1;
        Ok(Node::Set(Set { negated, ignore_case: self.has(flag::IGNORECASE), items }))
    }

    /// One character of a set, or `None` after it stored a class.
    fn set_item(&mut self, items: &mut Vec<(Class, u32, u32)>) -> Parse<Option<u32>> {
        let Some((char, len)) = self.decode(self.at) else {
            return Err(self.error("unterminated character set"));
        };
        if char != b'\\' as u32 {
            self.at += len;
            return Ok(Some(char));
        }
        let Some(letter) = self.text.get(self.at + 1).copied() else {
            return Err(self.error("bad escape (end of pattern)"));
        };
        if let Some(class) = self.class(letter) {
            self.at += 2;
            items.push((class, 0, 0));
            return Ok(None);
        }
        if letter == b'b' {
            self.at += 2;
            return Ok(Some(8));
        }
        self.char_escape().map(Some)
    }
}

/// The form of a character in which case does not count.
pub fn fold(char: u32, ascii: bool) -> u32 {
    if char < 128 || ascii {
        return if (b'A' as u32..=b'Z' as u32).contains(&char) { char | 32 } else { char };
    }
    let mut result = char;
    let mut count = 0;
    unicode::lower(char, |c| {
        if count == 0 {
            result = c;
        }
        count += 1;
    });
    if count == 1 { result } else { char }
}

/// Whether other characters fold to the same as this one.
fn fold_changes(char: u32, ascii: bool) -> bool {
    if char < 128 {
        return (char as u8).is_ascii_alphabetic();
    }
    let mut upper = char;
    unicode::upper(char, |c| upper = c);
    !ascii && upper != char
}
