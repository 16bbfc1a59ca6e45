//! Which error to report, and how to say it: the messages are CPython's.

use super::Parser;
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::{ErrorKind, ExprId, ExprKind, Span};
use alloc::{boxed::Box, format, string::String};

impl Parser<'_> {
    /// An error at some place.
    pub(super) fn fail(&self, message: impl Into<String>, span: Span) -> Box<Failure> {
        Failure::new(message, span)
    }

    /// An error at the current token; if the lexer stopped there, its error.
    pub(super) fn fail_here(&self, message: impl Into<String>) -> Box<Failure> {
        match self.lexer_failure() {
            Some(failure) => failure,
            None => Failure::new(message, self.token().span()),
        }
    }

    /// An error from `start` to the last token taken.
    pub(super) fn fail_from(&self, message: impl Into<String>, start: u32) -> Box<Failure> {
        Failure::new(message, self.span(start))
    }

    fn lexer_failure(&self) -> Option<Box<Failure>> {
        if self.kind() == Tok::Error { self.lexed.error.clone() } else { None }
    }

    /// The error for a token that fits nowhere.
    pub(super) fn unexpected(&self) -> Box<Failure> {
        if let Some(failure) = self.lexer_failure() {
            return failure;
        }
        match self.kind() {
            Tok::Indent => self.fail_here("unexpected indent").kind(ErrorKind::Indentation).short("unexpected indent"),
            Tok::Dedent => self.fail_here("unexpected unindent").kind(ErrorKind::Indentation),
            _ => self.fail_here("invalid syntax"),
        }
    }

    /// What is reported if parsing failed with `failure`: errors of the lexer come first, wherever
    /// they are, but an open bracket only if the error is on a later line.
    pub(super) fn choose(&self, failure: Box<Failure>) -> Box<Failure> {
        let Some(lexical) = &self.lexed.error else { return failure };
        if lexical.unclosed {
            let between = self.source.as_bytes().get(lexical.span.start as usize..self.start() as usize);
            let later = between.is_some_and(|text| text.iter().any(|&byte| byte == b'\n' || byte == b'\r'));
            return if later { lexical.clone() } else { failure };
        }
        lexical.clone()
    }

    /// Takes a closing bracket after an expression.
    pub(super) fn close(&mut self, kind: Tok, last: ExprId) -> Result<()> {
        if self.kind() == kind {
            self.advance();
            return Ok(());
        }
        Err(self.perhaps_comma(last))
    }

    /// The error for a token after an expression inside brackets.
    pub(super) fn perhaps_comma(&self, last: ExprId) -> Box<Failure> {
        let failure = self.unexpected();
        if failure.message == "invalid syntax"
            && (super::expression::starts_expression(self.kind()))
            && !matches!(self.kind(), Tok::Not)
            && !matches!(self.tree[last].kind, ExprKind::Lambda { .. })
        {
            let span = Span { start: self.tree[last].span.start, end: self.token().end };
            return self.fail("invalid syntax. Perhaps you forgot a comma?", span);
        }
        failure
    }

    /// Takes a `:`.
    pub(super) fn expect_colon(&mut self) -> Result<()> {
        if self.eat(Tok::Colon) {
            return Ok(());
        }
        let failure = self.unexpected();
        if failure.message == "invalid syntax" {
            return Err(self.fail_here("expected ':'"));
        }
        Err(failure)
    }

    pub(super) fn missing_else(&self, start: u32) -> Box<Failure> {
        if self.kind() == Tok::Error || self.kind() == Tok::Colon {
            return self.unexpected();
        }
        self.fail_from("expected 'else' after 'if' expression", start)
    }

    pub(super) fn missing_dict_colon(&self, key: ExprId) -> Box<Failure> {
        if matches!(self.kind(), Tok::RBrace | Tok::Comma) {
            return self.fail("':' expected after dictionary key", self.tree[key].span);
        }
        self.perhaps_comma(key)
    }

    pub(super) fn missing_in(&self, target: ExprId) -> Box<Failure> {
        if let Some(failure) = self.bad_target(target, "assign to") {
            return failure;
        }
        if self.kind() == Tok::Error { self.unexpected() } else { self.fail_here("'in' expected after for-loop variables") }
    }

    /// `x = …` where an expression is wanted.
    pub(super) fn equals_in_expression(&self, value: ExprId) -> Box<Failure> {
        let expr = self.tree[value];
        if let ExprKind::Name(_) = expr.kind
            && !expr.paren
        {
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return self.fail(message, expr.span);
        }
        match expr.kind {
            ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Generator { .. } | ExprKind::True | ExprKind::False | ExprKind::None => self.unexpected(),
            _ => {
                let what = self.describe(value);
                let message = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
                self.fail(message, expr.span)
            }
        }
    }

    pub(super) fn bad_named_target(&self, value: ExprId) -> Box<Failure> {
        let what = self.describe(value);
        self.fail(format!("cannot use assignment expressions with {what}"), self.tree[value].span)
    }

    pub(super) fn no_star_in_comprehension(&self, elt: ExprId) -> Result<()> {
        let expr = self.tree[elt];
        if matches!(expr.kind, ExprKind::Star(_)) && !expr.paren {
            return Err(self.fail("iterable unpacking cannot be used in comprehension", expr.span));
        }
        Ok(())
    }

    /// `[a, b for …]`
    pub(super) fn comprehension_needs_parentheses(&self, start: u32) -> Result<()> {
        if !matches!(self.kind(), Tok::For | Tok::Async) {
            return Ok(());
        }
        let message = "did you forget parentheses around the comprehension target?";
        Err(self.fail_from(message, start + 1))
    }
}
