//! Atoms, displays, comprehensions and trailers.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{Clause, DictItem, ExprId, ExprKind, List, Span, Trailer, TrailerKind};
use alloc::vec::Vec;

impl Parser<'_> {
    /// `primary`: an atom with its trailers.
    pub(super) fn primary(&mut self) -> Result<ExprId> {
        let start = self.start();
        let base = self.atom()?;
        self.trailers(start, base)
    }

    /// The trailers after `base`.
    fn trailers(&mut self, start: u32, base: ExprId) -> Result<ExprId> {
        if !matches!(self.kind(), Tok::Dot | Tok::LParen | Tok::LBracket) {
            return Ok(base);
        }
        let mut trailers = Vec::new();
        loop {
            let from = self.start();
            let kind = match self.kind() {
                Tok::Dot => {
                    self.advance();
                    TrailerKind::Attr(self.ident()?)
                }
                Tok::LParen => {
                    self.enter()?;
                    let args = self.call_args()?;
                    self.leave();
                    TrailerKind::Call(args)
                }
                Tok::LBracket => {
                    self.enter()?;
                    let index = self.subscript()?;
                    self.leave();
                    TrailerKind::Subscript(index)
                }
                _ => break,
            };
            trailers.push(Trailer { kind, span: self.span(from) });
        }
        let trailers = self.tree.add_list(trailers);
        let span = self.span(start);
        self.add(ExprKind::Trailers { base, trailers }, span)
    }

    /// `[…]` after a primary.
    fn subscript(&mut self) -> Result<ExprId> {
        self.expect(Tok::LBracket)?;
        let start = self.start();
        let first = self.index()?;
        // A lone `*a` is a tuple too.
        let lone_star = matches!(self.tree[first].kind, ExprKind::Star(_)) && !self.tree[first].paren;
        let index = if self.kind() == Tok::Comma {
            let mut items = Vec::from([first]);
            while self.eat(Tok::Comma) {
                if self.kind() == Tok::RBracket {
                    break;
                }
                items.push(self.index()?);
            }
            let items = self.tree.add_list(items);
            let span = self.span(start);
            self.add(ExprKind::Tuple(items), span)?
        } else if lone_star {
            let items = self.tree.add_list([first]);
            let span = self.span(start);
            self.add(ExprKind::Tuple(items), span)?
        } else {
            first
        };
        self.close(Tok::RBracket, index)?;
        Ok(index)
    }

    /// One index: a slice, a starred or a named expression.
    fn index(&mut self) -> Result<ExprId> {
        let start = self.start();
        let lower = match self.kind() {
            Tok::Colon => None,
            Tok::Star if !super::expression::starts_expression(self.kind_ahead(1)) => {
                return Err(self.fail_here("Invalid star expression"));
            }
            Tok::Star => return self.starred(),
            _ => Some(self.named_expression()?),
        };
        if let Some(value) = lower {
            if self.kind() != Tok::Colon {
                return Ok(value);
            }
            if self.is_bare_named(value) {
                return Err(self.unexpected());
            }
        }
        self.advance();
        let upper = if self.at_expression() { Some(self.expression()?) } else { None };
        let second_colon = self.eat(Tok::Colon);
        let step = if second_colon && self.at_expression() { Some(self.expression()?) } else { None };
        let span = self.span(start);
        self.add(ExprKind::Slice { lower, upper, step, second_colon }, span)
    }

    /// Whether it is `a := b` without parentheses.
    pub(super) fn is_bare_named(&self, id: ExprId) -> bool {
        matches!(self.tree[id].kind, ExprKind::Named { .. }) && !self.tree[id].paren
    }

    fn atom(&mut self) -> Result<ExprId> {
        let token = self.token();
        let kind = match token.kind {
            Tok::Name => ExprKind::Name(token.name()),
            Tok::None => ExprKind::None,
            Tok::True => ExprKind::True,
            Tok::False => ExprKind::False,
            Tok::Ellipsis => ExprKind::Ellipsis,
            Tok::Int | Tok::Float | Tok::Imaginary => self.number_kind(token),
            Tok::Str | Tok::FStart => return self.strings(),
            Tok::LParen => return self.nested(Self::group),
            Tok::LBracket => return self.nested(Self::list),
            Tok::LBrace => return self.nested(Self::brace),
            _ => return Err(self.unexpected()),
        };
        self.advance();
        self.add(kind, token.span())
    }

    fn nested(&mut self, production: fn(&mut Self) -> Result<ExprId>) -> Result<ExprId> {
        self.enter()?;
        let id = production(self)?;
        self.leave();
        Ok(id)
    }

    /// `(…)`: a tuple, a generator expression, or anything in parentheses.
    fn group(&mut self) -> Result<ExprId> {
        let start = self.expect(Tok::LParen)?.start;
        if self.eat(Tok::RParen) {
            let span = self.span(start);
            return self.parenthesised(ExprKind::Tuple(List::EMPTY), span);
        }
        if self.kind() == Tok::Yield {
            let value = self.yield_expression()?;
            self.close(Tok::RParen, value)?;
            self.tree.exprs[value.0 as usize].paren = true;
            return Ok(value);
        }
        let first = self.star_named_expression()?;
        if matches!(self.kind(), Tok::For | Tok::Async) {
            self.no_star_in_comprehension(first)?;
            let clauses = self.comp_clauses()?;
            self.close(Tok::RParen, first)?;
            let span = self.span(start);
            return self.parenthesised(ExprKind::Generator { elt: first, clauses }, span);
        }
        if self.kind() == Tok::Comma {
            let mut items = Vec::from([first]);
            while self.eat(Tok::Comma) {
                if self.kind() == Tok::RParen {
                    break;
                }
                items.push(self.star_named_expression()?);
            }
            let last = items[items.len() - 1];
            let items = self.tree.add_list(items);
            self.comprehension_needs_parentheses(start)?;
            self.close(Tok::RParen, last)?;
            let span = self.span(start);
            return self.parenthesised(ExprKind::Tuple(items), span);
        }
        self.close(Tok::RParen, first)?;
        let expr = &mut self.tree.exprs[first.0 as usize];
        if matches!(expr.kind, ExprKind::Star(_)) && !expr.paren {
            let span = expr.span;
            return Err(self.fail("cannot use starred expression here", span));
        }
        expr.paren = true;
        Ok(first)
    }

    fn parenthesised(&mut self, kind: ExprKind, span: Span) -> Result<ExprId> {
        let id = self.add(kind, span)?;
        self.tree.exprs[id.0 as usize].paren = true;
        Ok(id)
    }

    /// `[…]`
    fn list(&mut self) -> Result<ExprId> {
        let start = self.expect(Tok::LBracket)?.start;
        let mut items = Vec::new();
        if self.kind() != Tok::RBracket {
            let first = self.star_named_expression()?;
            if matches!(self.kind(), Tok::For | Tok::Async) {
                self.no_star_in_comprehension(first)?;
                let clauses = self.comp_clauses()?;
                self.close(Tok::RBracket, first)?;
                let span = self.span(start);
                return self.add(ExprKind::ListComp { elt: first, clauses }, span);
            }
            items.push(first);
            while self.eat(Tok::Comma) {
                if self.kind() == Tok::RBracket {
                    break;
                }
                items.push(self.star_named_expression()?);
            }
            self.comprehension_needs_parentheses(start)?;
        }
        match items.last() {
            Some(&last) => self.close(Tok::RBracket, last)?,
            None => self.expect(Tok::RBracket).map(|_| ())?,
        }
        let items = self.tree.add_list(items);
        let span = self.span(start);
        self.add(ExprKind::List(items), span)
    }

    /// `{…}`
    fn brace(&mut self) -> Result<ExprId> {
        let start = self.expect(Tok::LBrace)?.start;
        if self.eat(Tok::RBrace) {
            let span = self.span(start);
            return self.add(ExprKind::Dict(List::EMPTY), span);
        }
        if self.kind() == Tok::DoubleStar {
            return self.dict(start, None);
        }
        let first = self.star_named_expression()?;
        if self.kind() == Tok::Colon
            && !matches!(self.tree[first].kind, ExprKind::Star(_))
            && !self.is_bare_named(first)
        {
            return self.dict(start, Some(first));
        }
        if matches!(self.kind(), Tok::For | Tok::Async) {
            self.no_star_in_comprehension(first)?;
            let clauses = self.comp_clauses()?;
            self.close(Tok::RBrace, first)?;
            let span = self.span(start);
            return self.add(ExprKind::SetComp { elt: first, clauses }, span);
        }
        let mut items = Vec::from([first]);
        while self.eat(Tok::Comma) {
            if self.kind() == Tok::RBrace {
                break;
            }
            items.push(self.star_named_expression()?);
        }
        self.comprehension_needs_parentheses(start)?;
        let last = items[items.len() - 1];
        self.close(Tok::RBrace, last)?;
        let items = self.tree.add_list(items);
        let span = self.span(start);
        self.add(ExprKind::Set(items), span)
    }

    /// A dict display whose first key, if it has one, is parsed.
    fn dict(&mut self, start: u32, first: Option<ExprId>) -> Result<ExprId> {
        let mut items = Vec::new();
        let mut key = first;
        loop {
            let item = self.dict_item(key)?;
            if items.is_empty() && matches!(self.kind(), Tok::For | Tok::Async) {
                let Some(key) = item.key else {
                    let message = "dict unpacking cannot be used in dict comprehension";
                    return Err(self.fail(message, Span { end: item.span.start + 2, ..item.span }));
                };
                let clauses = self.comp_clauses()?;
                self.close(Tok::RBrace, item.value)?;
                let span = self.span(start);
                return self.add(ExprKind::DictComp { key, value: item.value, clauses }, span);
            }
            items.push(item);
            if !self.eat(Tok::Comma) || self.kind() == Tok::RBrace {
                self.close(Tok::RBrace, item.value)?;
                break;
            }
            key = None;
        }
        let items = self.tree.add_list(items);
        let span = self.span(start);
        self.add(ExprKind::Dict(items), span)
    }

    fn dict_item(&mut self, key: Option<ExprId>) -> Result<DictItem> {
        let start = key.map_or(self.start(), |key| self.span_of(key).start);
        if key.is_none() && self.eat(Tok::DoubleStar) {
            let value = self.bitwise_or()?;
            return Ok(DictItem { key: None, value, span: self.span(start) });
        }
        let key = match key {
            Some(key) => key,
            None => self.expression()?,
        };
        if self.kind() != Tok::Colon {
            return Err(self.missing_dict_colon(key));
        }
        self.advance();
        if matches!(self.kind(), Tok::RBrace | Tok::Comma) {
            return Err(self.fail_here("expression expected after dictionary key and ':'"));
        }
        if self.kind() == Tok::Star {
            return Err(self.fail_here("cannot use a starred expression in a dictionary value"));
        }
        let value = self.expression()?;
        Ok(DictItem { key: Some(key), value, span: self.span(start) })
    }

    /// `for … in … if …`
    pub(super) fn comp_clauses(&mut self) -> Result<List<Clause>> {
        let mut clauses = Vec::new();
        loop {
            let start = self.start();
            let is_async = self.kind() == Tok::Async && self.kind_ahead(1) == Tok::For;
            if is_async {
                self.advance();
            }
            if self.eat(Tok::For) {
                let target = self.for_targets()?;
                if self.kind() != Tok::In {
                    return Err(self.missing_in(target));
                }
                self.advance();
                let iter = self.disjunction()?;
                clauses.push(Clause::For { target, iter, is_async, span: self.span(start) });
            } else if !clauses.is_empty() && self.eat(Tok::If) {
                let test = self.disjunction()?;
                clauses.push(Clause::If { test, span: self.span(start) });
            } else if clauses.is_empty() {
                return Err(self.unexpected());
            } else {
                return Ok(self.tree.add_list(clauses));
            }
        }
    }
}
