//! `match`.
//!
//! The subject stays on the stack while cases are tried, each on a copy. A pattern takes the value on top;
//! where it fails there may be more values above the subject, so failures jump to labels by how many there
//! are, and the code behind a case drops them one by one. Names are bound as soon as their part matches; where a part that
//! comes later may fail, functions in the full dialect keep the values in locals without a name till the whole has matched.
//!
//! The full dialect asks helpers; the exact one tests with `isinstance`, `len` and the like, which stock
//! firmware has, and leaves out what needs more.

use crate::expr::operator;
use crate::helpers;
use crate::linear::{Inst, Label};
use crate::lower::{Done, Lowerer};
use crate::names::{Sym, sym};
use crate::scope::ScopeKind;
use alloc::{format, vec::Vec};
use code::opcode::Op;
use syntax::tree::*;

/// Where failures go: `labels[n]` drops n values. Depths count from `base`.
struct Failures {
    base: u32,
    labels: Vec<Label>,
}

impl Lowerer<'_> {
    /// `match subject: cases`
    pub fn match_stmt(&mut self, subject: ExprId, cases: &[Case]) -> Done {
        self.expr(subject)?;
        let end = self.new_label();
        for case in cases {
            self.line_at(case.span.start);
            let mut fails = Failures { base: 0, labels: Vec::new() };
            let any = matches!(self.tree[case.pattern].kind, PatternKind::As { pattern: None, name: None });
            if !any {
                let waits = self.full && self.scopes[self.id].kind == ScopeKind::Function;
                self.captures = (waits && self.may_fail_late(case.pattern, &mut false)).then(Vec::new);
                self.plain(Op::DupTop);
                self.pattern(case.pattern, 1, &mut fails)?;
                for (name, held) in self.captures.take().unwrap_or_default() {
                    self.load(held);
                    self.store(name);
                }
            }
            if let Some(guard) = case.guard {
                let next = self.failure(0, &mut fails);
                self.condition(guard, false, next)?;
            }
            self.plain(Op::PopTop);
            self.block(case.body)?;
            self.jump(Op::Jump, end);
            self.adjust(1);
            self.land(fails);
        }
        self.plain(Op::PopTop);
        self.place(end);
        Ok(())
    }

    /// The label for a failure with `depth` values above the subject.
    fn failure(&mut self, depth: u32, fails: &mut Failures) -> Label {
        let at = (depth - fails.base) as usize;
        while fails.labels.len() <= at {
            let label = self.new_label();
            fails.labels.push(label);
        }
        fails.labels[at]
    }

    /// Places all failure labels; the stack is then as at the base.
    fn land(&mut self, mut fails: Failures) {
        let many = fails.labels.len().saturating_sub(1);
        self.adjust(many as i32);
        while let Some(label) = fails.labels.pop() {
            self.place(label);
            if !fails.labels.is_empty() {
                self.plain(Op::PopTop);
            }
        }
    }

    fn fail_if(&mut self, truth: bool, depth: u32, fails: &mut Failures) {
        let label = self.failure(depth, fails);
        self.jump(if truth { Op::PopJumpIfTrue } else { Op::PopJumpIfFalse }, label);
    }

    /// Matches the top of the stack, the `depth`th value above the subject, and drops it.
    fn pattern(&mut self, id: PatternId, depth: u32, fails: &mut Failures) -> Done {
        let tree = self.tree;
        let span = tree[id].span;
        match tree[id].kind {
            PatternKind::Value(value) => {
                self.expr(value)?;
                self.at(span);
                self.binary(operator::EQUAL);
                self.fail_if(false, depth - 1, fails);
            }
            PatternKind::Singleton(value) => {
                self.expr(value)?;
                self.binary(operator::IS);
                self.fail_if(false, depth - 1, fails);
            }
            PatternKind::Sequence(items) => self.sequence(tree.list(items), depth, fails, span)?,
            PatternKind::Mapping { items, rest } => {
                if self.full {
                    self.mapping(tree.list(items), rest, depth, fails, span)?;
                } else {
                    self.stock_mapping(tree.list(items), rest, depth, fails)?;
                }
            }
            PatternKind::Class { class, positional, keywords } => {
                let (positional, keywords) = (tree.list(positional), tree.list(keywords));
                if self.full {
                    self.class_pattern(class, positional, keywords, depth, fails, span)?;
                } else if positional.is_empty() {
                    self.stock_class(class, keywords, depth, fails)?;
                } else {
                    return self.needs_full(span, "a class pattern with positional patterns");
                }
            }
            PatternKind::Star(name) | PatternKind::As { pattern: None, name } => self.capture(name),
            PatternKind::As { pattern: Some(pattern), name } => {
                self.plain(Op::DupTop);
                self.pattern(pattern, depth + 1, fails)?;
                self.capture(name);
            }
            PatternKind::Or(alternatives) => {
                let matched = self.new_label();
                for &alternative in tree.list(alternatives) {
                    let mut next = Failures { base: depth, labels: Vec::new() };
                    self.plain(Op::DupTop);
                    self.pattern(alternative, depth + 1, &mut next)?;
                    self.jump(Op::Jump, matched);
                    self.land(next);
                }
                let fail = self.failure(depth, fails);
                self.jump(Op::Jump, fail);
                self.place(matched);
                self.plain(Op::PopTop);
            }
        }
        Ok(())
    }

    fn capture(&mut self, name: Option<Ident>) {
        match name {
            Some(name) => {
                let sym = self.sym(name.name);
                let held = self.held(sym);
                self.store(held);
            }
            None => self.plain(Op::PopTop),
        }
    }

    /// Where the value for a name is kept till the whole pattern has matched; where nothing waits, the name itself.
    fn held(&mut self, name: Sym) -> Sym {
        let Some(captures) = &mut self.captures else { return name };
        if let Some((_, held)) = captures.iter().find(|(known, _)| *known == name) {
            return *held;
        }
        let held = self.names.intern(format!(".{}", captures.len()).as_bytes());
        captures.push((name, held));
        held
    }

    /// Whether a part of a pattern may fail after a name was captured; notes whether one is.
    fn may_fail_late(&self, id: PatternId, captured: &mut bool) -> bool {
        let tree = self.tree;
        let all = |items: &mut dyn Iterator<Item = PatternId>, captured: &mut bool| {
            let late = *captured;
            items.fold(late, |late, item| self.may_fail_late(item, captured) || late)
        };
        match tree[id].kind {
            PatternKind::Value(_) | PatternKind::Singleton(_) => *captured,
            PatternKind::Sequence(items) => all(&mut tree.list(items).iter().copied(), captured),
            PatternKind::Mapping { items, rest } => {
                let late = all(&mut tree.list(items).iter().map(|item| item.pattern), captured);
                *captured |= rest.is_some();
                late
            }
            PatternKind::Class { positional, keywords, .. } => {
                let keywords = tree.list(keywords).iter().map(|keyword| keyword.pattern);
                all(&mut tree.list(positional).iter().copied().chain(keywords), captured)
            }
            PatternKind::Star(name) | PatternKind::As { pattern: None, name } => {
                *captured |= name.is_some();
                false
            }
            PatternKind::As { pattern: Some(pattern), .. } => {
                let late = self.may_fail_late(pattern, captured);
                *captured = true;
                late
            }
            // An alternative that fails may leave what it captured to the next.
            PatternKind::Or(alternatives) => all(&mut tree.list(alternatives).iter().copied(), captured),
        }
    }

    /// Fails if the top is None; else it stays.
    fn fail_if_none(&mut self, depth: u32, fails: &mut Failures) {
        self.plains(&[Op::DupTop, Op::LoadConstNone]);
        self.binary(operator::IS);
        self.fail_if(true, depth, fails);
    }

    /// Fails unless the top is an instance of the classes that `load` pushes; it stays.
    fn fail_unless_instance(&mut self, depth: u32, fails: &mut Failures, load: impl FnOnce(&mut Self) -> Done) -> Done {
        self.plain(Op::DupTop);
        self.qstr(Op::LoadGlobal, sym::ISINSTANCE);
        self.plain(Op::RotTwo);
        load(self)?;
        self.call(2);
        self.fail_if(false, depth, fails);
        Ok(())
    }

    fn sequence(&mut self, items: &[PatternId], depth: u32, fails: &mut Failures, span: Span) -> Done {
        let is_star = |item: &PatternId| matches!(self.tree[*item].kind, PatternKind::Star(_));
        let star = items.iter().position(is_star);
        let fixed = items.len() - star.is_some() as usize;
        if items.len() > 255 {
            return self.error(span, "too many patterns", "too many patterns in sequence pattern");
        }
        if self.full {
            self.helper(helpers::MATCH_SEQUENCE);
            self.plain(Op::RotTwo);
            self.int(fixed as i64);
            let unnamed = star.filter(|&at| matches!(self.tree[items[at]].kind, PatternKind::Star(None)));
            match unnamed {
                Some(at) => self.int((fixed - at) as i64),
                None => self.plain(if star.is_some() { Op::LoadConstTrue } else { Op::LoadConstFalse }),
            }
            self.at(span);
            self.call(3);
            self.fail_if_none(depth, fails);
            if let Some(at) = unnamed {
                self.count(Op::UnpackSequence, fixed as u32);
                let named = items[..at].iter().chain(&items[at + 1..]).copied();
                return self.items(named, fixed, depth - 1, fails);
            }
        } else {
            self.fail_unless_instance(depth, fails, |this| {
                this.qstr(Op::LoadGlobal, sym::LIST);
                this.qstr(Op::LoadGlobal, sym::TUPLE);
                this.count(Op::BuildTuple, 2);
                Ok(())
            })?;
            self.plain(Op::DupTop);
            self.qstr(Op::LoadGlobal, sym::LEN);
            self.plain(Op::RotTwo);
            self.call(1);
            self.int(fixed as i64);
            self.binary(if star.is_some() { operator::MORE_EQUAL } else { operator::EQUAL });
            self.fail_if(false, depth, fails);
        }
        match star {
            Some(at) => self.count(Op::UnpackEx, at as u32 | ((fixed - at) as u32) << 8),
            None => self.count(Op::UnpackSequence, fixed as u32),
        }
        self.items(items.iter().copied(), items.len(), depth - 1, fails)
    }

    /// Matches unpacked values, the first of which is on top.
    fn items(
        &mut self,
        items: impl Iterator<Item = PatternId>,
        count: usize,
        below: u32,
        fails: &mut Failures,
    ) -> Done {
        for (at, item) in items.enumerate() {
            self.pattern(item, below + (count - at) as u32, fails)?;
        }
        Ok(())
    }

    fn mapping(
        &mut self,
        items: &[KeyPattern],
        rest: Option<Ident>,
        depth: u32,
        fails: &mut Failures,
        span: Span,
    ) -> Done {
        self.helper(helpers::MATCH_MAPPING);
        self.plain(Op::RotTwo);
        for item in items {
            self.expr(item.key)?;
        }
        self.count(Op::BuildTuple, items.len() as u32);
        self.plain(if rest.is_some() { Op::LoadConstTrue } else { Op::LoadConstFalse });
        self.at(span);
        self.call(3);
        self.fail_if_none(depth, fails);
        let count = items.len() + rest.is_some() as usize;
        self.count(Op::UnpackSequence, count as u32);
        self.items(items.iter().map(|item| item.pattern), count, depth - 1, fails)?;
        if rest.is_some() {
            self.capture(rest);
        }
        Ok(())
    }

    fn stock_mapping(&mut self, items: &[KeyPattern], rest: Option<Ident>, depth: u32, fails: &mut Failures) -> Done {
        self.fail_unless_instance(depth, fails, |this| {
            this.qstr(Op::LoadGlobal, sym::DICT);
            Ok(())
        })?;
        for item in items {
            self.plain(Op::DupTop);
            self.expr(item.key)?;
            self.plain(Op::RotTwo);
            self.binary(operator::IN);
            self.fail_if(false, depth, fails);
            self.plain(Op::DupTop);
            self.expr(item.key)?;
            self.plain(Op::LoadSubscr);
            self.pattern(item.pattern, depth + 1, fails)?;
        }
        if rest.is_none() {
            self.plain(Op::PopTop);
            return Ok(());
        }
        self.qstr(Op::LoadGlobal, sym::DICT);
        self.plain(Op::RotTwo);
        self.call(1);
        for item in items {
            self.plain(Op::DupTop);
            self.expr(item.key)?;
            self.push(Inst::DeleteItem);
        }
        self.capture(rest);
        Ok(())
    }

    /// The attribute of a keyword pattern, which is never mangled.
    fn attribute(&self, item: &KeyPattern) -> Sym {
        match self.tree[item.key].kind {
            ExprKind::Name(name) => self.as_written(name),
            _ => sym::EMPTY,
        }
    }

    fn class_pattern(
        &mut self,
        class: ExprId,
        positional: &[PatternId],
        keywords: &[KeyPattern],
        depth: u32,
        fails: &mut Failures,
        span: Span,
    ) -> Done {
        self.helper(helpers::MATCH_CLASS);
        self.plain(Op::RotTwo);
        self.expr(class)?;
        self.int(positional.len() as i64);
        for item in keywords {
            let attribute = self.attribute(item);
            self.load_text(attribute);
        }
        self.count(Op::BuildTuple, keywords.len() as u32);
        self.at(span);
        self.call(4);
        self.fail_if_none(depth, fails);
        let count = positional.len() + keywords.len();
        self.count(Op::UnpackSequence, count as u32);
        let all = positional.iter().copied().chain(keywords.iter().map(|item| item.pattern));
        self.items(all, count, depth - 1, fails)
    }

    fn stock_class(&mut self, class: ExprId, keywords: &[KeyPattern], depth: u32, fails: &mut Failures) -> Done {
        self.fail_unless_instance(depth, fails, |this| this.expr(class))?;
        for item in keywords {
            let attribute = self.attribute(item);
            self.plain(Op::DupTop);
            self.qstr(Op::LoadGlobal, sym::HASATTR);
            self.plain(Op::RotTwo);
            self.load_text(attribute);
            self.call(2);
            self.fail_if(false, depth, fails);
            self.plain(Op::DupTop);
            self.qstr(Op::LoadAttr, attribute);
            self.pattern(item.pattern, depth + 1, fails)?;
        }
        self.plain(Op::PopTop);
        Ok(())
    }
}
