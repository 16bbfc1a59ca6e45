//! Patterns of `match`.

use super::Checker;
use crate::error::Result;
use crate::tree::{Case, ExprKind, Ident, List, NameId, PatternId, PatternKind};
use alloc::{format, vec::Vec};
use hashbrown::HashSet;

impl Checker<'_> {
    pub(super) fn cases(&mut self, cases: List<Case>) -> Result<()> {
        let tree = self.tree;
        let cases = tree.list(cases);
        for (at, case) in cases.iter().enumerate() {
            let last = at + 1 == cases.len();
            if case.guard.is_none() && !last {
                self.not_irrefutable(case.pattern)?;
            }
            let mut names = Vec::new();
            self.pattern(case.pattern, &mut names)?;
            if let Some(guard) = case.guard {
                self.expr(guard)?;
            }
            self.block(case.body)?;
        }
        Ok(())
    }

    /// A pattern that matches everything must be the last.
    fn not_irrefutable(&self, id: PatternId) -> Result<()> {
        match self.tree[id].kind {
            PatternKind::As { pattern: None, name: Some(name) } => {
                let name = self.name(name.name);
                let message = format!("name capture '{name}' makes remaining patterns unreachable");
                self.fail(message, self.tree[id].span)
            }
            PatternKind::As { pattern: None, name: None } => {
                self.fail("wildcard makes remaining patterns unreachable", self.tree[id].span)
            }
            PatternKind::As { pattern: Some(pattern), .. } => self.not_irrefutable(pattern),
            PatternKind::Or(items) => match self.tree.list(items).last() {
                Some(&last) => self.not_irrefutable(last),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn capture(&mut self, name: Ident, names: &mut Vec<NameId>) -> Result<()> {
        if names.contains(&name.name) {
            let name_text = self.name(name.name);
            let message = format!("multiple assignments to name '{name_text}' in pattern");
            return self.fail(message, name.span);
        }
        names.push(name.name);
        self.bind(name.name, name.span)
    }

    /// Visits a pattern; `names` are those captured so far.
    fn pattern(&mut self, id: PatternId, names: &mut Vec<NameId>) -> Result<()> {
        let tree = self.tree;
        let span = tree[id].span;
        match tree[id].kind {
            PatternKind::Value(value) | PatternKind::Singleton(value) => self.expr(value)?,
            PatternKind::Sequence(items) => {
                let mut stars = 0;
                for &item in tree.list(items) {
                    if let PatternKind::Star(_) = tree[item].kind {
                        stars += 1;
                        if stars > 1 {
                            return self.fail("multiple starred names in sequence pattern", span);
                        }
                    }
                    self.pattern(item, names)?;
                }
            }
            PatternKind::Mapping { items, rest } => {
                let mut keys = HashSet::new();
                for item in tree.list(items) {
                    let key = match tree[item.key].kind {
                        ExprKind::Str { text, .. } => Some((b's', tree.text(text).to_vec())),
                        ExprKind::Bytes(text) => Some((b'b', tree.text(text).to_vec())),
                        ExprKind::Int(value) => Some((b'i', value.to_le_bytes().to_vec())),
                        ExprKind::True => Some((b'i', 1u64.to_le_bytes().to_vec())),
                        ExprKind::False => Some((b'i', 0u64.to_le_bytes().to_vec())),
                        ExprKind::None => Some((b'n', Vec::new())),
                        _ => None,
                    };
                    if let Some(key) = key
                        && !keys.insert(key)
                    {
                        let text = self.source_text(tree[item.key].span);
                        let message = format!("mapping pattern checks duplicate key ({text})");
                        return self.fail(message, span);
                    }
                    self.expr(item.key)?;
                    self.pattern(item.pattern, names)?;
                }
                if let Some(rest) = rest {
                    self.capture(rest, names)?;
                }
            }
            PatternKind::Class { class, positional, keywords } => {
                self.expr(class)?;
                for &item in tree.list(positional) {
                    self.pattern(item, names)?;
                }
                let mut seen = HashSet::new();
                for item in tree.list(keywords) {
                    if let ExprKind::Name(name) = tree[item.key].kind
                        && !seen.insert(name)
                    {
                        let name = self.name(name);
                        let message = format!("attribute name repeated in class pattern: {name}");
                        return self.fail(message, tree[item.pattern].span);
                    }
                    self.pattern(item.pattern, names)?;
                }
            }
            PatternKind::Star(name) => {
                if let Some(name) = name {
                    self.capture(name, names)?;
                }
            }
            PatternKind::As { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern, names)?;
                }
                if let Some(name) = name {
                    self.capture(name, names)?;
                }
            }
            PatternKind::Or(items) => self.alternatives(tree.list(items), id, names)?,
        }
        Ok(())
    }

    fn alternatives(&mut self, items: &[PatternId], id: PatternId, names: &mut Vec<NameId>) -> Result<()> {
        let before = names.len();
        let mut first: Option<Vec<NameId>> = None;
        for (at, &item) in items.iter().enumerate() {
            if at + 1 < items.len() {
                self.not_irrefutable(item)?;
            }
            self.pattern(item, names)?;
            let mut bound: Vec<NameId> = names.drain(before..).collect();
            bound.sort_unstable();
            match &first {
                None => first = Some(bound),
                Some(first) if *first != bound => {
                    return self.fail("alternative patterns bind different names", self.tree[id].span);
                }
                Some(_) => {}
            }
        }
        names.extend(first.unwrap_or_default());
        Ok(())
    }

    fn source_text(&self, span: crate::tree::Span) -> &str {
        let bytes = self.source.get(span.start as usize..span.end as usize).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or("?")
    }
}
