//! `with`, whose parentheses may be its own or an expression's.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{StmtId, StmtKind, WithItem};
use alloc::vec::Vec;

impl Parser<'_> {
    /// `with`, standing on the keyword.
    pub(super) fn with_statement(&mut self, start: u32, is_async: bool) -> Result<StmtId> {
        let at = self.advance().start;
        let parenthesised = self.kind() == Tok::LParen && self.parentheses_are_of_with();
        if parenthesised {
            self.advance();
        }
        let mut items = Vec::new();
        loop {
            items.push(self.with_item()?);
            if !self.eat(Tok::Comma) || (parenthesised && self.kind() == Tok::RParen) {
                break;
            }
        }
        if parenthesised {
            let last = items[items.len() - 1];
            self.close(Tok::RParen, last.target.unwrap_or(last.context))?;
        }
        self.expect_colon()?;
        let items = self.tree.add_list(items);
        let body = self.block("'with' statement", at)?;
        let span = self.span_of_block(start, body);
        Ok(self.add_stmt(StmtKind::With { items, body, is_async }, span))
    }

    fn with_item(&mut self) -> Result<WithItem> {
        let start = self.start();
        let context = self.expression()?;
        let mut target = None;
        if self.eat(Tok::As) {
            let value = self.target_item()?;
            if let Some(failure) = self.bad_target(value, "assign to") {
                return Err(failure);
            }
            target = Some(value);
        }
        Ok(WithItem { context, target, span: self.span(start) })
    }

    /// Whether the parenthesis after `with` encloses the managers: its partner is followed by the
    /// colon and nothing directly inside makes it an expression of another kind.
    fn parentheses_are_of_with(&self) -> bool {
        let mut depth = 0usize;
        let mut lambdas = 0usize;
        let (mut managers, mut expression) = (false, false);
        let mut before = Tok::LParen;
        for ahead in 0.. {
            let kind = self.kind_ahead(ahead);
            match kind {
                Tok::LParen | Tok::LBracket | Tok::LBrace => depth += 1,
                Tok::RParen | Tok::RBracket | Tok::RBrace => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        let empty = ahead == 1;
                        let followed = self.kind_ahead(ahead + 1) == Tok::Colon;
                        return followed && !empty && (managers || !expression);
                    }
                }
                Tok::End | Tok::Error | Tok::Newline => return managers,
                Tok::As if depth == 1 => managers = true,
                Tok::Lambda if depth == 1 => lambdas += 1,
                Tok::Colon if depth == 1 => lambdas = lambdas.saturating_sub(1),
                Tok::ColonEq | Tok::For | Tok::Yield if depth == 1 => expression = true,
                Tok::Star if depth == 1 && lambdas == 0 && matches!(before, Tok::LParen | Tok::Comma) => {
                    expression = true;
                }
                _ => {}
            }
            before = kind;
        }
        false
    }
}
