//! Arguments of calls and class definitions.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{Arg, ArgKind, ExprId, ExprKind, Ident, List, Span};
use alloc::{format, vec::Vec};

impl Parser<'_> {
    /// `(…)` with arguments.
    pub(super) fn call_args(&mut self) -> Result<List<Arg>> {
        self.expect(Tok::LParen)?;
        let mut args: Vec<Arg> = Vec::new();
        let (mut keyword, mut double_star) = (false, false);
        while self.kind() != Tok::RParen {
            let start = self.start();
            let kind = self.argument(args.is_empty())?;
            let span = self.span(start);
            match kind {
                // The official compiler looks at the order itself.
                _ if self.options.official => {}
                ArgKind::Positional(value) => {
                    let lone = matches!(self.tree[value].kind, ExprKind::Generator { .. }) && !self.tree[value].paren;
                    if lone && (!args.is_empty() || self.kind() == Tok::Comma) {
                        // `f(x for x in y,)` is allowed to end the list only in class bases.
                        let message = "Generator expression must be parenthesized";
                        return Err(self.fail(message, span));
                    }
                    if double_star {
                        let message = "positional argument follows keyword argument unpacking";
                        return Err(self.fail(message, span));
                    }
                    if keyword {
                        let message = "positional argument follows keyword argument";
                        return Err(self.fail(message, span));
                    }
                }
                ArgKind::Star(_) if double_star => {
                    let message = "iterable argument unpacking follows keyword argument unpacking";
                    return Err(self.fail(message, span));
                }
                ArgKind::Star(_) => {}
                ArgKind::Keyword(..) => keyword = true,
                ArgKind::DoubleStar(_) => double_star = true,
            }
            args.push(Arg { kind, span });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        match args.last().map(|arg| arg.kind) {
            Some(
                ArgKind::Positional(last) | ArgKind::Star(last) | ArgKind::Keyword(_, last) | ArgKind::DoubleStar(last),
            ) => self.close(Tok::RParen, last)?,
            None => self.expect(Tok::RParen).map(|_| ())?,
        }
        Ok(self.tree.add_list(args))
    }

    fn is_name(&self, value: ExprId) -> bool {
        matches!(self.tree[value].kind, ExprKind::Name(_))
    }

    /// `f((a)=1)`, which the official compiler takes.
    fn keyword_in_parentheses(&mut self, name: ExprId) -> Result<ArgKind> {
        let ExprKind::Name(id) = self.tree[name].kind else {
            return Err(self.unexpected());
        };
        let ident = Ident { name: id, span: self.span_of(name) };
        self.advance();
        Ok(ArgKind::Keyword(ident, self.expression()?))
    }

    fn argument(&mut self, first: bool) -> Result<ArgKind> {
        match self.kind() {
            Tok::Star if matches!(self.kind_ahead(1), Tok::Comma | Tok::RParen) => {
                return Err(self.fail_here("Invalid star expression"));
            }
            Tok::Star => {
                self.advance();
                let value = self.expression()?;
                if self.kind() == Tok::Eq {
                    let message = "cannot assign to iterable argument unpacking";
                    return Err(self.fail_here(message));
                }
                if matches!(self.kind(), Tok::For | Tok::Async) {
                    let message = "iterable unpacking cannot be used in comprehension";
                    return Err(self.fail(message, self.span_of(value)));
                }
                return Ok(ArgKind::Star(value));
            }
            Tok::DoubleStar => {
                self.advance();
                let value = self.expression()?;
                if self.kind() == Tok::Eq {
                    let message = "cannot assign to keyword argument unpacking";
                    return Err(self.fail_here(message));
                }
                return Ok(ArgKind::DoubleStar(value));
            }
            Tok::Name if self.kind_ahead(1) == Tok::Eq => {
                let name = self.ident()?;
                self.advance();
                if matches!(self.kind(), Tok::Comma | Tok::RParen) {
                    return Err(self.fail_from("expected argument value expression", name.span.start));
                }
                let value = self.expression()?;
                if matches!(self.kind(), Tok::For | Tok::Async) {
                    let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                    let span = Span { end: name.span.end + 1, ..name.span };
                    return Err(self.fail(message, span));
                }
                return Ok(ArgKind::Keyword(name, value));
            }
            Tok::True | Tok::False | Tok::None if self.kind_ahead(1) == Tok::Eq => {
                let message = format!("cannot assign to {}", self.kind().text());
                return Err(self.fail_here(message));
            }
            _ => {}
        }
        let start = self.start();
        let value = if self.kind() == Tok::Name && self.kind_ahead(1) == Tok::ColonEq {
            self.named_expression()?
        } else {
            let value = self.expression()?;
            match self.kind() {
                Tok::ColonEq => return Err(self.bad_named_target(value)),
                Tok::Eq if self.options.official && self.is_name(value) => {
                    return self.keyword_in_parentheses(value);
                }
                Tok::Eq => {
                    let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
                    return Err(self.fail_from(message, start).short("LHS of keyword arg must be an id"));
                }
                _ => value,
            }
        };
        if matches!(self.kind(), Tok::For | Tok::Async) {
            let clauses = self.comp_clauses()?;
            let span = self.span(start);
            let generator = self.add(ExprKind::Generator { elt: value, clauses }, span)?;
            if self.kind() == Tok::Comma && first && self.kind_ahead(1) == Tok::RParen {
                let message = "Generator expression must be parenthesized";
                if !self.options.official {
                    return Err(self.fail(message, span));
                }
            }
            return Ok(ArgKind::Positional(generator));
        }
        Ok(ArgKind::Positional(value))
    }
}
