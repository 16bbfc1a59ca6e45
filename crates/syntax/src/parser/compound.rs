//! Statements with blocks.

use super::Parser;
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::{Block, Branch, ErrorKind, ExprId, ExprKind, Handler, List, Span, StmtId, StmtKind};
use alloc::{boxed::Box, format, vec::Vec};

impl Parser<'_> {
    /// One compound statement, or one line of simple ones.
    pub(super) fn statement(&mut self, into: &mut Vec<StmtId>) -> Result<()> {
        let start = self.start();
        let stmt = match self.kind() {
            Tok::If => self.if_statement()?,
            Tok::While => self.while_statement()?,
            Tok::For => self.for_statement(start, false)?,
            Tok::Try => self.try_statement()?,
            Tok::With => self.with_statement(start, false)?,
            Tok::Def => self.function(start, List::EMPTY, false)?,
            Tok::Class => self.class(start, List::EMPTY)?,
            Tok::At => self.decorated()?,
            Tok::Async => match self.kind_ahead(1) {
                Tok::Def => self.function(start, List::EMPTY, true)?,
                Tok::For => {
                    self.advance();
                    self.for_statement(start, true)?
                }
                Tok::With => {
                    self.advance();
                    self.with_statement(start, true)?
                }
                _ => {
                    self.advance();
                    return Err(self.unexpected());
                }
            },
            Tok::Name if self.at_match() => self.match_statement()?,
            _ => return self.simple_line(into),
        };
        into.push(stmt);
        Ok(())
    }

    /// A block after a colon; `what` and `at` are for the message if it is missing.
    pub(super) fn block(&mut self, what: &str, at: u32) -> Result<Block> {
        let mut body = Vec::new();
        if !self.eat(Tok::Newline) {
            if matches!(
                self.kind(),
                Tok::If | Tok::While | Tok::For | Tok::Try | Tok::With | Tok::Def | Tok::Class | Tok::At | Tok::Async
            ) {
                return Err(self.unexpected());
            }
            self.simple_line(&mut body)?;
            return Ok(self.tree.add_list(body));
        }
        if self.kind() != Tok::Indent {
            return Err(self.missing_block(what, at));
        }
        self.advance();
        while !matches!(self.kind(), Tok::Dedent | Tok::End) {
            self.statement(&mut body)?;
        }
        self.eat(Tok::Dedent);
        Ok(self.tree.add_list(body))
    }

    fn missing_block(&self, what: &str, at: u32) -> Box<Failure> {
        if self.kind() == Tok::Error {
            return self.unexpected();
        }
        let line = crate::source::line_starts(&self.source.as_bytes()[..at as usize]).len();
        let message = format!("expected an indented block after {what} on line {line}");
        self.fail_here(message).kind(ErrorKind::Indentation)
    }

    /// From `start` to the end of the last statement of a block (newlines and dedents are behind it).
    pub(super) fn span_of_block(&self, start: u32, block: Block) -> Span {
        let end = self.tree.list(block).last().map_or(start, |&last| self.tree[last].span.end);
        Span { start, end }
    }

    /// The error for a wrong token where `what` is needed.
    pub(super) fn expected(&self, what: &str) -> Box<Failure> {
        let failure = self.unexpected();
        if failure.message == "invalid syntax" { self.fail_here(format!("expected {what}")) } else { failure }
    }

    fn else_block(&mut self) -> Result<Option<Block>> {
        if self.kind() != Tok::Else {
            return Ok(None);
        }
        let at = self.advance().start;
        self.expect_colon()?;
        self.block("'else' statement", at).map(Some)
    }

    fn if_statement(&mut self) -> Result<StmtId> {
        let start = self.start();
        let mut branches = Vec::new();
        let mut what = "'if' statement";
        loop {
            let at = self.advance().start;
            let test = self.named_expression()?;
            self.expect_colon()?;
            let body = self.block(what, at)?;
            branches.push(Branch { test, body, span: self.span_of_block(at, body) });
            if self.kind() != Tok::Elif {
                break;
            }
            what = "'elif' statement";
        }
        let orelse = self.else_block()?;
        if orelse.is_some() && self.kind() == Tok::Elif {
            return Err(self.fail_here("'elif' block follows an 'else' block"));
        }
        let last = orelse.or(branches.last().map(|branch| branch.body)).unwrap_or_default();
        let span = self.span_of_block(start, last);
        let branches = self.tree.add_list(branches);
        Ok(self.add_stmt(StmtKind::If { branches, orelse }, span))
    }

    fn while_statement(&mut self) -> Result<StmtId> {
        let start = self.advance().start;
        let test = self.named_expression()?;
        self.expect_colon()?;
        let body = self.block("'while' statement", start)?;
        let orelse = self.else_block()?;
        let span = self.span_of_block(start, orelse.unwrap_or(body));
        Ok(self.add_stmt(StmtKind::While { test, body, orelse }, span))
    }

    fn for_statement(&mut self, start: u32, is_async: bool) -> Result<StmtId> {
        let at = self.advance().start;
        let target = self.for_targets()?;
        if self.kind() != Tok::In {
            return Err(match self.missing_in(target) {
                failure if failure.message.starts_with("'in'") => self.unexpected(),
                failure => failure,
            });
        }
        self.advance();
        let iter = self.expressions()?;
        self.expect_colon()?;
        let body = self.block("'for' statement", at)?;
        let orelse = self.else_block()?;
        let span = self.span_of_block(start, orelse.unwrap_or(body));
        Ok(self.add_stmt(StmtKind::For { target, iter, body, orelse, is_async }, span))
    }

    fn try_statement(&mut self) -> Result<StmtId> {
        let start = self.advance().start;
        self.expect_colon()?;
        let body = self.block("'try' statement", start)?;
        let mut last = body;
        let mut handlers = Vec::new();
        let mut star = None;
        while self.kind() == Tok::Except {
            let (handler, is_star) = self.handler()?;
            if star.is_some_and(|star| star != is_star) {
                let message = "cannot have both 'except' and 'except*' on the same 'try'";
                return Err(self.fail(message, handler.span));
            }
            star = Some(is_star);
            last = handler.body;
            handlers.push(handler);
        }
        let mut orelse = None;
        if !handlers.is_empty() {
            orelse = self.else_block()?;
            last = orelse.unwrap_or(last);
        }
        let mut finally = None;
        if self.kind() == Tok::Finally {
            let at = self.advance().start;
            self.expect_colon()?;
            let block = self.block("'finally' statement", at)?;
            finally = Some(block);
            last = block;
        }
        if handlers.is_empty() && finally.is_none() {
            return Err(self.expected("'except' or 'finally' block"));
        }
        let span = self.span_of_block(start, last);
        let handlers = self.tree.add_list(handlers);
        let star = star.unwrap_or(false);
        Ok(self.add_stmt(StmtKind::Try { body, handlers, orelse, finally, star }, span))
    }

    fn handler(&mut self) -> Result<(Handler, bool)> {
        let start = self.advance().start;
        let star = self.eat(Tok::Star);
        let what = if star { "'except*' statement" } else { "'except' statement" };
        let (mut typ, mut name) = (None, None);
        if self.kind() != Tok::Colon {
            if star && !self.at_expression() {
                return Err(self.expected("one or more exception types"));
            }
            let from = self.start();
            let value = self.exception_types(from)?;
            typ = Some(value);
            if self.kind() == Tok::As {
                let bare = matches!(self.tree[value].kind, ExprKind::Tuple(_)) && !self.tree[value].paren;
                if bare {
                    let message = "multiple exception types must be parenthesized when using 'as'";
                    return Err(self.fail(message, self.span_of(value)));
                }
                self.advance();
                if self.kind() != Tok::Name || matches!(self.kind_ahead(1), Tok::Dot | Tok::LParen | Tok::LBracket) {
                    let what = if star { "except* statement with" } else { "except statement with" };
                    return Err(self.bad_handler_name(what));
                }
                name = Some(self.ident()?);
            }
        } else if star {
            return Err(self.expected("one or more exception types"));
        }
        self.expect_colon()?;
        let body = self.block(what, start)?;
        Ok((Handler { typ, name, body, span: self.span_of_block(start, body) }, star))
    }

    fn bad_handler_name(&mut self, prefix: &str) -> Box<Failure> {
        if !self.at_expression() {
            return self.unexpected();
        }
        match self.expression() {
            Ok(value) => {
                let message = format!("cannot use {prefix} {}", self.describe(value));
                self.fail(message, self.span_of(value))
            }
            Err(failure) => failure,
        }
    }

    /// `A` or, without parentheses, `A, B`.
    fn exception_types(&mut self, start: u32) -> Result<ExprId> {
        let first = self.expression()?;
        self.rest_of_tuple(start, first, Self::expression)
    }
}
