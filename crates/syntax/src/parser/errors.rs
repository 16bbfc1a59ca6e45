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
        let Some(lexical) = &self.lexed.error else {
            return failure;
        };
        if lexical.unclosed {
            let between = self.source.as_bytes().get(lexical.span.start as usize..self.start() as usize);
            let later = between.is_some_and(|text| text.iter().any(|&byte| byte == b'\n' || byte == b'\r'));
            return if later { lexical.clone() } else { failure };
        }
        // Nor do these: CPython finds an indentation before it looks further, and learns of wrong
        // indentation or continuation only when it gets there.
        let here = self.kind() == Tok::Error;
        let weak = lexical.kind != ErrorKind::Syntax || lexical.message.starts_with("unexpected character after");
        if !here && (weak || failure.message == "unexpected indent") {
            return failure;
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

    /// The error for a token after an expression inside brackets. If another expression stands
    /// there, a comma may be missing.
    pub(super) fn perhaps_comma(&mut self, last: ExprId) -> Box<Failure> {
        let failure = self.unexpected();
        let expr = self.tree[last];
        if failure.message != "invalid syntax"
            || !super::expression::starts_expression(self.kind())
            || matches!(expr.kind, ExprKind::Lambda { .. })
            || (!expr.paren && self.starts_oddly(expr.span.start))
        {
            return failure;
        }
        let before = self.at;
        let Ok(next) = self.expression() else {
            self.at = before;
            return failure;
        };
        let span = Span { start: expr.span.start, end: self.tree[next].span.end };
        self.fail("invalid syntax. Perhaps you forgot a comma?", span)
    }

    /// Whether the expression that starts at `offset` looks like something other than the item of
    /// a list: a soft keyword, or a name in front of a string.
    fn starts_oddly(&self, offset: u32) -> bool {
        let tokens = &self.lexed.tokens[..=self.at];
        let Ok(at) = tokens.binary_search_by(|token| token.start.cmp(&offset)) else {
            return false;
        };
        if tokens[at].kind != Tok::Name {
            return false;
        }
        let soft = matches!(self.text_of(tokens[at].span()), "match" | "case" | "type" | "_");
        soft || tokens.get(at + 1).is_some_and(|next| next.kind == Tok::Str)
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

    pub(super) fn missing_dict_colon(&mut self, key: ExprId) -> Box<Failure> {
        if matches!(self.kind(), Tok::RBrace | Tok::Comma) {
            return self.fail("':' expected after dictionary key", self.tree[key].span);
        }
        self.perhaps_comma(key)
    }

    pub(super) fn missing_in(&self, target: ExprId) -> Box<Failure> {
        if let Some(failure) = self.bad_target(target, "assign to") {
            return failure;
        }
        if self.kind() == Tok::Error {
            self.unexpected()
        } else {
            self.fail_here("'in' expected after for-loop variables")
        }
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
            ExprKind::List(_)
            | ExprKind::Tuple(_)
            | ExprKind::Generator { .. }
            | ExprKind::True
            | ExprKind::False
            | ExprKind::None => self.unexpected(),
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
