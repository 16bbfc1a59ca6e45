//! `match` and its patterns.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{
    BinOp, Case, ExprId, ExprKind, Ident, KeyPattern, OpItem, Pattern, PatternId, PatternKind, StmtId, StmtKind,
    Trailer, TrailerKind, UnaryOp,
};
use alloc::vec::Vec;

impl Parser<'_> {
    /// Whether the name `match` starts a statement here. If it does, its line ends in a colon,
    /// which no other statement that starts with a name does.
    pub(super) fn at_match(&self) -> bool {
        if self.word() != "match" {
            return false;
        }
        match self.kind_ahead(1) {
            Tok::Name | Tok::Int | Tok::Float | Tok::Imaginary | Tok::Str | Tok::FStart => {
                return true;
            }
            Tok::None | Tok::True | Tok::False | Tok::Await | Tok::Lambda | Tok::Tilde => {
                return true;
            }
            Tok::LBrace | Tok::Ellipsis => return true,
            Tok::LParen | Tok::LBracket | Tok::Minus | Tok::Plus | Tok::Star => {}
            Tok::Not if self.kind_ahead(2) != Tok::In => return true,
            _ => return false,
        }
        let mut before = Tok::Name;
        for ahead in 1.. {
            let kind = self.kind_ahead(ahead);
            if matches!(kind, Tok::Newline | Tok::End | Tok::Error) {
                return before == Tok::Colon;
            }
            before = kind;
        }
        false
    }

    pub(super) fn match_statement(&mut self) -> Result<StmtId> {
        let start = self.advance().start;
        let from = self.start();
        let first = self.star_named_expression()?;
        let subject = self.rest_of_tuple(from, first, Self::star_named_expression)?;
        if matches!(self.tree[subject].kind, ExprKind::Star(_)) {
            return Err(self.unexpected());
        }
        self.expect_colon()?;
        self.expect(Tok::Newline)?;
        if self.kind() != Tok::Indent {
            let line = self.line_of(start);
            let message = alloc::format!("expected an indented block after 'match' statement on line {line}");
            return Err(self.fail_here(message).kind(crate::tree::ErrorKind::Indentation));
        }
        self.advance();
        let mut cases = Vec::new();
        while self.word() == "case" {
            cases.push(self.case()?);
        }
        if cases.is_empty() || !matches!(self.kind(), Tok::Dedent | Tok::End) {
            return Err(self.unexpected());
        }
        self.eat(Tok::Dedent);
        let span = self.span_of_block(start, cases[cases.len() - 1].body);
        let cases = self.tree.add_list(cases);
        Ok(self.add_stmt(StmtKind::Match { subject, cases }, span))
    }

    fn line_of(&self, offset: u32) -> usize {
        crate::source::line_starts(&self.source.as_bytes()[..offset as usize]).len()
    }

    fn case(&mut self) -> Result<Case> {
        let start = self.advance().start;
        let pattern = self.patterns()?;
        let guard = if self.eat(Tok::If) { Some(self.named_expression()?) } else { None };
        self.expect_colon()?;
        let body = self.block("'case' statement", start)?;
        Ok(Case { pattern, guard, body, span: self.span_of_block(start, body) })
    }

    fn add_pattern(&mut self, kind: PatternKind, start: u32) -> PatternId {
        let span = self.span(start);
        let id = PatternId(self.tree.patterns.len() as u32);
        self.tree.patterns.push(Pattern { kind, span });
        id
    }

    /// `patterns`: one pattern, or a sequence without brackets.
    fn patterns(&mut self) -> Result<PatternId> {
        let start = self.start();
        let star = self.kind() == Tok::Star;
        let first = self.maybe_star_pattern()?;
        if self.kind() != Tok::Comma {
            return if star { Err(self.unexpected()) } else { Ok(first) };
        }
        let mut items = Vec::from([first]);
        while self.eat(Tok::Comma) {
            if matches!(self.kind(), Tok::Colon | Tok::If) {
                break;
            }
            items.push(self.maybe_star_pattern()?);
        }
        let items = self.tree.add_list(items);
        Ok(self.add_pattern(PatternKind::Sequence(items), start))
    }

    fn maybe_star_pattern(&mut self) -> Result<PatternId> {
        if self.kind() != Tok::Star {
            return self.pattern();
        }
        let start = self.advance().start;
        let wildcard = self.word() == "_";
        let name = self.ident()?;
        Ok(self.add_pattern(PatternKind::Star((!wildcard).then_some(name)), start))
    }

    /// `pattern`: alternatives, perhaps with a name.
    fn pattern(&mut self) -> Result<PatternId> {
        self.enter()?;
        let start = self.start();
        let first = self.closed_pattern()?;
        let mut pattern = first;
        if self.kind() == Tok::Pipe {
            let mut items = Vec::from([first]);
            while self.eat(Tok::Pipe) {
                items.push(self.closed_pattern()?);
            }
            let items = self.tree.add_list(items);
            pattern = self.add_pattern(PatternKind::Or(items), start);
        }
        if self.eat(Tok::As) {
            if self.word() == "_" {
                return Err(self.fail_here("cannot use '_' as a target"));
            }
            if self.kind() != Tok::Name || matches!(self.kind_ahead(1), Tok::Dot | Tok::LParen) {
                return Err(self.bad_as_target("pattern target"));
            }
            let name = self.ident()?;
            let kind = PatternKind::As { pattern: Some(pattern), name: Some(name) };
            pattern = self.add_pattern(kind, start);
        }
        self.leave();
        Ok(pattern)
    }

    fn closed_pattern(&mut self) -> Result<PatternId> {
        let start = self.start();
        match self.kind() {
            Tok::None | Tok::True | Tok::False => {
                let value = self.constant()?;
                Ok(self.add_pattern(PatternKind::Singleton(value), start))
            }
            Tok::Int | Tok::Float | Tok::Imaginary | Tok::Minus => {
                let value = self.pattern_number()?;
                Ok(self.add_pattern(PatternKind::Value(value), start))
            }
            Tok::Str | Tok::FStart => {
                let value = self.pattern_string()?;
                Ok(self.add_pattern(PatternKind::Value(value), start))
            }
            Tok::Name => self.name_pattern(),
            Tok::LParen => self.group_pattern(),
            Tok::LBracket => {
                self.advance();
                let (items, _) = self.sequence_items(Tok::RBracket)?;
                let items = self.tree.add_list(items);
                Ok(self.add_pattern(PatternKind::Sequence(items), start))
            }
            Tok::LBrace => self.mapping_pattern(),
            _ => Err(self.unexpected()),
        }
    }

    fn constant(&mut self) -> Result<ExprId> {
        let token = self.advance();
        let kind = match token.kind {
            Tok::True => ExprKind::True,
            Tok::False => ExprKind::False,
            _ => ExprKind::None,
        };
        self.add(kind, token.span())
    }

    fn pattern_string(&mut self) -> Result<ExprId> {
        let value = self.strings()?;
        if matches!(self.tree[value].kind, ExprKind::FString(_) | ExprKind::TString(_)) {
            let message = "patterns may only match literals and attribute lookups";
            return Err(self.fail(message, self.span_of(value)));
        }
        Ok(value)
    }

    /// A number with sign, perhaps with an imaginary part.
    fn pattern_number(&mut self) -> Result<ExprId> {
        let start = self.start();
        let real = self.signed_number()?;
        let op = match self.kind() {
            Tok::Plus => BinOp::Add,
            Tok::Minus => BinOp::Sub,
            _ => return Ok(real),
        };
        let unsigned = match self.tree[real].kind {
            ExprKind::Unary { operand, .. } => operand,
            _ => real,
        };
        if matches!(self.tree[unsigned].kind, ExprKind::Imaginary(_)) {
            return Err(self.fail("real number required in complex literal", self.span_of(unsigned)));
        }
        self.advance();
        let token = self.token();
        match token.kind {
            Tok::Imaginary => {}
            Tok::Int | Tok::Float => {
                return Err(self.fail_here("imaginary number required in complex literal"));
            }
            _ => return Err(self.unexpected()),
        }
        let right = self.number_kind(token);
        self.advance();
        let right = self.add(right, token.span())?;
        let rest = self.tree.add_list([OpItem { op, right }]);
        let span = self.span(start);
        self.add(ExprKind::Chain { first: real, rest }, span)
    }

    fn signed_number(&mut self) -> Result<ExprId> {
        let start = self.start();
        let negative = self.eat(Tok::Minus);
        let token = self.token();
        if !matches!(token.kind, Tok::Int | Tok::Float | Tok::Imaginary) {
            return Err(self.unexpected());
        }
        let kind = self.number_kind(token);
        self.advance();
        let number = self.add(kind, token.span())?;
        if !negative {
            return Ok(number);
        }
        let span = self.span(start);
        self.add(ExprKind::Unary { op: UnaryOp::Minus, operand: number }, span)
    }

    /// A dotted name as an expression.
    fn pattern_name(&mut self) -> Result<ExprId> {
        let start = self.start();
        let name = self.ident()?;
        let base = self.add(ExprKind::Name(name.name), name.span)?;
        let mut trailers = Vec::new();
        while self.kind() == Tok::Dot {
            let from = self.advance().start;
            let attr = self.ident()?;
            trailers.push(Trailer { kind: TrailerKind::Attr(attr), span: self.span(from) });
        }
        if trailers.is_empty() {
            return Ok(base);
        }
        let trailers = self.tree.add_list(trailers);
        let span = self.span(start);
        self.add(ExprKind::Trailers { base, trailers }, span)
    }

    /// What starts with a name: capture, value, class.
    fn name_pattern(&mut self) -> Result<PatternId> {
        let start = self.start();
        if !matches!(self.kind_ahead(1), Tok::Dot | Tok::LParen) {
            let wildcard = self.word() == "_";
            let name = self.ident()?;
            let name: Option<Ident> = (!wildcard).then_some(name);
            return Ok(self.add_pattern(PatternKind::As { pattern: None, name }, start));
        }
        if self.word() == "_" {
            self.advance();
            return Err(self.unexpected());
        }
        let class = self.pattern_name()?;
        if !self.eat(Tok::LParen) {
            return Ok(self.add_pattern(PatternKind::Value(class), start));
        }
        let (mut positional, mut keywords) = (Vec::new(), Vec::new());
        while self.kind() != Tok::RParen {
            if self.kind() == Tok::Name && self.kind_ahead(1) == Tok::Eq {
                let name = self.ident()?;
                self.advance();
                let key = self.add(ExprKind::Name(name.name), name.span)?;
                keywords.push(KeyPattern { key, pattern: self.pattern()? });
            } else {
                let from = self.start();
                positional.push(self.pattern()?);
                if !keywords.is_empty() {
                    return Err(self.fail_from("positional patterns follow keyword patterns", from));
                }
            }
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RParen)?;
        let positional = self.tree.add_list(positional);
        let keywords = self.tree.add_list(keywords);
        Ok(self.add_pattern(PatternKind::Class { class, positional, keywords }, start))
    }

    /// Items up to a closing bracket, and whether a comma stands among them.
    fn sequence_items(&mut self, close: Tok) -> Result<(Vec<PatternId>, bool)> {
        let mut items = Vec::new();
        let mut comma = false;
        while self.kind() != close {
            items.push(self.maybe_star_pattern()?);
            if !self.eat(Tok::Comma) {
                break;
            }
            comma = true;
        }
        self.expect(close)?;
        Ok((items, comma))
    }

    fn group_pattern(&mut self) -> Result<PatternId> {
        let start = self.advance().start;
        let star = self.kind() == Tok::Star;
        let (items, comma) = self.sequence_items(Tok::RParen)?;
        if let [only] = *items
            && !comma
            && !star
        {
            return Ok(only);
        }
        if star && !comma {
            return Err(self.unexpected());
        }
        let items = self.tree.add_list(items);
        Ok(self.add_pattern(PatternKind::Sequence(items), start))
    }

    fn mapping_pattern(&mut self) -> Result<PatternId> {
        let start = self.advance().start;
        let mut items = Vec::new();
        let mut rest = None;
        while self.kind() != Tok::RBrace {
            if rest.is_some() {
                let message = "double star pattern must be the last (right-most) subpattern in the mapping";
                return Err(self.fail_here(message));
            }
            if self.eat(Tok::DoubleStar) {
                if self.word() == "_" {
                    return Err(self.unexpected());
                }
                rest = Some(self.ident()?);
            } else {
                let key = self.pattern_key()?;
                self.expect(Tok::Colon)?;
                items.push(KeyPattern { key, pattern: self.pattern()? });
            }
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RBrace)?;
        let items = self.tree.add_list(items);
        Ok(self.add_pattern(PatternKind::Mapping { items, rest }, start))
    }

    fn pattern_key(&mut self) -> Result<ExprId> {
        match self.kind() {
            Tok::None | Tok::True | Tok::False => self.constant(),
            Tok::Str | Tok::FStart => self.pattern_string(),
            Tok::Name if self.kind_ahead(1) == Tok::Dot => self.pattern_name(),
            Tok::Int | Tok::Float | Tok::Imaginary | Tok::Minus => self.pattern_number(),
            _ => Err(self.unexpected()),
        }
    }
}
