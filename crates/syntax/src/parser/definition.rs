//! Functions, classes, type aliases, their parameters.

use super::Parser;
use crate::error::Result;
use crate::token::Tok;
use crate::tree::{ArgKind, ClassDef, ExprId, ExprKind, FuncDef, List, Param, ParamKind, StmtId, StmtKind, TypeParam};
use alloc::vec::Vec;

impl Parser<'_> {
    /// `@…` lines and the definition under them.
    pub(super) fn decorated(&mut self) -> Result<StmtId> {
        let start = self.start();
        let mut decorators = Vec::new();
        while self.eat(Tok::At) {
            decorators.push(self.named_expression()?);
            self.expect(Tok::Newline)?;
        }
        let decorators = self.tree.add_list(decorators);
        match self.kind() {
            Tok::Def => self.function(start, decorators, false),
            Tok::Class => self.class(start, decorators),
            Tok::Async if self.kind_ahead(1) == Tok::Def => self.function(start, decorators, true),
            _ => Err(self.unexpected()),
        }
    }

    /// `def`
    pub(super) fn function(&mut self, start: u32, decorators: List<ExprId>, is_async: bool) -> Result<StmtId> {
        let def_start = self.start();
        if is_async {
            self.advance();
        }
        let keyword = self.advance();
        let name = self.ident()?;
        let type_params = self.type_params()?;
        if self.kind() != Tok::LParen {
            return Err(self.expected("'('"));
        }
        self.advance();
        // MicroPython's programs have such functions.
        self.bare_star |= self.is_viper(decorators);
        let params = self.parameters(Tok::RParen)?;
        self.bare_star = self.options.official;
        self.expect(Tok::RParen)?;
        let returns = if self.eat(Tok::Arrow) { Some(self.expression()?) } else { None };
        self.expect_colon()?;
        let body = self.block("function definition", keyword.start)?;
        let span = self.span_of_block(start, body);
        let def = FuncDef { name, type_params, params, returns, body, decorators, is_async, def_start };
        Ok(self.add_stmt(StmtKind::FuncDef(def), span))
    }

    /// Whether `@micropython.viper` is among decorators.
    fn is_viper(&self, decorators: List<ExprId>) -> bool {
        self.tree.list(decorators).iter().any(|&decorator| {
            let span = self.tree[decorator].span;
            self.source.get(span.start as usize..span.end as usize) == Some("micropython.viper")
        })
    }

    /// `class`
    pub(super) fn class(&mut self, start: u32, decorators: List<ExprId>) -> Result<StmtId> {
        let def_start = self.advance().start;
        let name = self.ident()?;
        let type_params = self.type_params()?;
        let args = if self.kind() == Tok::LParen { self.call_args()? } else { List::EMPTY };
        if let [only] = self.tree.list(args)
            && let ArgKind::Positional(value) = only.kind
            && matches!(self.tree[value].kind, ExprKind::Generator { .. })
            && !self.tree[value].paren
            && !self.options.official
        {
            return Err(self.fail("invalid syntax", only.span));
        }
        self.expect_colon()?;
        let body = self.block("class definition", def_start)?;
        let span = self.span_of_block(start, body);
        let def = ClassDef { name, type_params, args, body, decorators, def_start };
        Ok(self.add_stmt(StmtKind::ClassDef(def), span))
    }

    /// Whether `type` starts a type alias here.
    pub(super) fn at_type_alias(&self) -> bool {
        self.word() == "type" && self.kind_ahead(1) == Tok::Name
    }

    pub(super) fn type_alias(&mut self) -> Result<StmtKind> {
        self.advance();
        let name = self.ident()?;
        let type_params = self.type_params()?;
        self.expect(Tok::Eq)?;
        let value = self.expression()?;
        Ok(StmtKind::TypeAlias { name, type_params, value })
    }

    fn type_params(&mut self) -> Result<List<TypeParam>> {
        if !self.eat(Tok::LBracket) {
            return Ok(List::EMPTY);
        }
        if self.kind() == Tok::RBracket {
            return Err(self.fail_here("Type parameter list cannot be empty"));
        }
        let mut params = Vec::new();
        let mut with_default = false;
        while self.kind() != Tok::RBracket {
            let stars = match self.kind() {
                Tok::Star => 1,
                Tok::DoubleStar => 2,
                _ => 0,
            };
            if stars > 0 {
                self.advance();
            }
            let name = self.ident()?;
            let mut bound = None;
            if self.kind() == Tok::Colon {
                let colon = self.advance();
                let value = self.expression()?;
                if stars > 0 {
                    let tuple = matches!(self.tree[value].kind, ExprKind::Tuple(_));
                    let message = match (stars, tuple) {
                        (1, true) => "cannot use constraints with TypeVarTuple",
                        (1, false) => "cannot use bound with TypeVarTuple",
                        (_, true) => "cannot use constraints with ParamSpec",
                        (_, false) => "cannot use bound with ParamSpec",
                    };
                    return Err(self.fail(message, colon.span()));
                }
                bound = Some(value);
            }
            let default = if self.eat(Tok::Eq) {
                Some(if stars == 1 { self.star_expression()? } else { self.expression()? })
            } else {
                None
            };
            if with_default && default.is_none() {
                let text = self.lexed.names.texts[name.name.0 as usize].clone();
                let message = alloc::format!("non-default type parameter '{text}' follows default type parameter");
                return Err(self.fail(message, name.span));
            }
            with_default |= default.is_some();
            params.push(TypeParam { name, stars, bound, default });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RBracket)?;
        Ok(self.tree.add_list(params))
    }

    /// Parameters up to `close`, which is `)` for a function and `:` for a lambda.
    pub(super) fn parameters(&mut self, close: Tok) -> Result<List<Param>> {
        let lambda = close == Tok::Colon;
        let mut params: Vec<Param> = Vec::new();
        let (mut slash, mut star, mut bare_star) = (false, false, false);
        let mut default_seen = false;
        while self.kind() != close {
            let here = self.token();
            if let Some(last) = params.last()
                && last.kind == ParamKind::KwArgs
            {
                let message = match here.kind {
                    Tok::Star | Tok::DoubleStar | Tok::Slash | Tok::Name => {
                        "arguments cannot follow var-keyword argument"
                    }
                    _ => return Err(self.unexpected()),
                };
                return Err(self.fail_here(message));
            }
            match here.kind {
                Tok::Slash => {
                    if slash {
                        return Err(self.fail_here("/ may appear only once"));
                    }
                    if star {
                        return Err(self.fail_here("/ must be ahead of *"));
                    }
                    if params.is_empty() {
                        return Err(self.fail_here("at least one argument must precede /"));
                    }
                    slash = true;
                    for param in &mut params {
                        param.kind = ParamKind::PositionalOnly;
                    }
                    self.advance();
                }
                Tok::Star => {
                    if star {
                        return Err(self.fail_here("* argument may appear only once"));
                    }
                    star = true;
                    self.advance();
                    if self.kind() == Tok::Name {
                        let name = self.ident()?;
                        let annotation = self.annotation(lambda, true)?;
                        if self.kind() == Tok::Eq {
                            let message = "var-positional argument cannot have default value";
                            return Err(self.fail_here(message));
                        }
                        params.push(Param { name, kind: ParamKind::VarArgs, annotation, default: None });
                    } else {
                        bare_star = true;
                        if self.kind() == close && !self.bare_star {
                            return Err(self.fail_from("named arguments must follow bare *", here.start));
                        }
                    }
                }
                Tok::DoubleStar => {
                    if bare_star && !self.bare_star {
                        return Err(self.fail_here("named arguments must follow bare *"));
                    }
                    self.advance();
                    let name = self.ident()?;
                    let annotation = self.annotation(lambda, false)?;
                    if self.kind() == Tok::Eq {
                        let message = "var-keyword argument cannot have default value";
                        return Err(self.fail_here(message));
                    }
                    params.push(Param { name, kind: ParamKind::KwArgs, annotation, default: None });
                }
                Tok::LParen if self.kind_ahead(1) == Tok::Name => {
                    let message = if lambda {
                        "Lambda expression parameters cannot be parenthesized"
                    } else {
                        "Function parameters cannot be parenthesized"
                    };
                    return Err(self.fail_here(message));
                }
                _ => {
                    let name = self.ident()?;
                    let annotation = self.annotation(lambda, false)?;
                    let default = if self.eat(Tok::Eq) {
                        if self.kind() == close || self.kind() == Tok::Comma {
                            return Err(self.fail_here("expected default value expression"));
                        }
                        Some(self.expression()?)
                    } else {
                        None
                    };
                    if default.is_none() && default_seen && !star {
                        let message = "parameter without a default follows parameter with a default";
                        return Err(self
                            .fail(message, name.span)
                            .short("non-default argument follows default argument"));
                    }
                    default_seen |= default.is_some() && !star;
                    let kind = if star { ParamKind::KeywordOnly } else { ParamKind::Plain };
                    bare_star = false;
                    params.push(Param { name, kind, annotation, default });
                }
            }
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if bare_star && !self.bare_star {
            return Err(self.fail_here("named arguments must follow bare *"));
        }
        Ok(self.tree.add_list(params))
    }

    fn annotation(&mut self, lambda: bool, starred: bool) -> Result<Option<ExprId>> {
        if lambda || !self.eat(Tok::Colon) {
            return Ok(None);
        }
        if starred { self.star_expression().map(Some) } else { self.expression().map(Some) }
    }
}
