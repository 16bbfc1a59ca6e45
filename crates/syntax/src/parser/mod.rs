//! The parser: recursive descent, one method per production.
//!
//! Every production that can contain itself goes through [`Parser::enter`], so native recursion is
//! bounded; [`Parser::add`] measures the height of each expression, so whoever walks the tree
//! recurses no deeper than [`Options::nesting_limit`](crate::Options::nesting_limit) either.
//! Long chains are loops. Parsing stops at the first error.

mod args;
mod atom;
mod compound;
mod definition;
mod errors;
mod expression;
mod fstring;
mod height;
mod operator;
mod pattern;
mod simple;
mod string;
mod target;
mod with;

use crate::Options;
use crate::error::{Failure, Result};
use crate::lexer::Lexed;
use crate::token::{Tok, Token};
use crate::tree::{Expr, ExprId, ExprKind, Ident, Span, Stmt, StmtId, StmtKind, TextId, Tree};
use alloc::{boxed::Box, vec::Vec};

/// The parser at work.
pub(crate) struct Parser<'s> {
    source: &'s str,
    lexed: Lexed,
    /// Index of the current token.
    at: usize,
    tree: Tree,
    /// Height of each expression of the tree.
    heights: Vec<u16>,
    /// Productions entered.
    depth: u16,
    /// Operators that wait for their right operand, and what they have so far.
    pending: Vec<operator::Pending>,
    operands: Vec<(operator::Operator, ExprId)>,
    /// Whether parameters may end with a `*` that names nothing.
    bare_star: bool,
    options: Options,
}

/// Parses a module.
pub(crate) fn module(source: &str, lexed: Lexed, options: &Options) -> Result<Tree> {
    let mut parser = Parser::new(source, lexed, options);
    let result = parser.file();
    parser.finish(result)
}

/// Parses one expression.
pub(crate) fn expression(source: &str, lexed: Lexed, options: &Options) -> Result<Tree> {
    let mut parser = Parser::new(source, lexed, options);
    let result = parser.expression_input();
    parser.finish(result)
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, lexed: Lexed, options: &Options) -> Self {
        Parser {
            source,
            lexed,
            at: 0,
            tree: Tree::default(),
            heights: Vec::new(),
            depth: 0,
            pending: Vec::new(),
            operands: Vec::new(),
            bare_star: options.official,
            options: options.clone(),
        }
    }

    fn finish(mut self, result: Result<()>) -> Result<Tree> {
        match result {
            Ok(()) => {
                self.tree.names = self.lexed.names.texts;
                Ok(self.tree)
            }
            Err(failure) => Err(self.choose(failure)),
        }
    }

    fn file(&mut self) -> Result<()> {
        let mut body = Vec::new();
        while self.kind() != Tok::End {
            self.statement(&mut body)?;
        }
        self.tree.body = self.tree.add_list(body);
        Ok(())
    }

    fn expression_input(&mut self) -> Result<()> {
        // Leading blanks are no indentation here.
        if self.kind() == Tok::Indent {
            self.advance();
        }
        let start = self.start();
        let value = self.expressions()?;
        let span = self.span(start);
        while matches!(self.kind(), Tok::Newline | Tok::Dedent) {
            self.advance();
        }
        if self.kind() != Tok::End {
            return Err(self.unexpected());
        }
        let stmt = self.add_stmt(StmtKind::Expr(value), span);
        self.tree.body = self.tree.add_list([stmt]);
        Ok(())
    }

    // Tokens.

    fn token(&self) -> Token {
        self.ahead(0)
    }

    /// The token `count` after the current one; the last one stands for all behind it.
    fn ahead(&self, count: usize) -> Token {
        let tokens = &self.lexed.tokens;
        match tokens.get(self.at + count).or(tokens.last()) {
            Some(&token) => token,
            None => Token { kind: Tok::End, start: 0, end: 0, data: 0 },
        }
    }

    fn kind(&self) -> Tok {
        self.token().kind
    }

    fn kind_ahead(&self, count: usize) -> Tok {
        self.ahead(count).kind
    }

    fn start(&self) -> u32 {
        self.token().start
    }

    /// Takes the current token.
    fn advance(&mut self) -> Token {
        let token = self.token();
        if self.at + 1 < self.lexed.tokens.len() {
            self.at += 1;
        }
        token
    }

    /// Takes the current token if it is of this kind.
    fn eat(&mut self, kind: Tok) -> bool {
        let found = self.kind() == kind;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, kind: Tok) -> Result<Token> {
        if self.kind() == kind { Ok(self.advance()) } else { Err(self.unexpected()) }
    }

    fn previous_end(&self) -> u32 {
        match self.at.checked_sub(1).and_then(|at| self.lexed.tokens.get(at)) {
            Some(token) => token.end,
            None => 0,
        }
    }

    /// From `start` to the end of the last token taken.
    fn span(&self, start: u32) -> Span {
        Span { start, end: self.previous_end().max(start) }
    }

    /// The text of the current token if it is a name.
    fn word(&self) -> &str {
        self.word_ahead(0)
    }

    fn word_ahead(&self, count: usize) -> &str {
        let token = self.ahead(count);
        if token.kind == Tok::Name { &self.lexed.names.texts[token.data as usize] } else { "" }
    }

    fn ident(&mut self) -> Result<Ident> {
        let token = self.expect(Tok::Name)?;
        Ok(Ident { name: token.name(), span: token.span() })
    }

    // Nesting.

    /// Enters a production that can contain itself; pair it with [`Parser::leave`] unless it fails.
    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > self.options.nesting_limit {
            return Err(self.too_deep());
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn too_deep(&self) -> Box<Failure> {
        Failure::new("too many nested expressions", self.token().span()).short("maximum recursion depth exceeded")
    }

    // Nodes.

    fn add(&mut self, kind: ExprKind, span: Span) -> Result<ExprId> {
        let height = self.height(&kind);
        if height > self.options.nesting_limit {
            return Err(self.too_deep());
        }
        let id = ExprId(self.tree.exprs.len() as u32);
        self.tree.exprs.push(Expr { kind, span, paren: false });
        self.heights.push(height);
        Ok(id)
    }

    fn add_stmt(&mut self, kind: StmtKind, span: Span) -> StmtId {
        let id = StmtId(self.tree.stmts.len() as u32);
        self.tree.stmts.push(Stmt { kind, span });
        id
    }

    fn add_text(&mut self, text: impl Into<Box<[u8]>>) -> TextId {
        let id = TextId(self.tree.texts.len() as u32);
        self.tree.texts.push(text.into());
        id
    }
}
