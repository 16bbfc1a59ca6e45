//! Attribute, subscript and call trailers.

use crate::lower::{Done, Lowerer};
use crate::names::sym;
use crate::scope::{Body, Made, Role, ScopeKind};
use crate::{helpers, linear::Inst};
use alloc::vec::Vec;
use code::opcode::Op;
use syntax::tree::*;

/// More positional arguments than this do not fit the operand.
const MAX_POSITIONAL: u32 = 255;

impl Lowerer<'_> {
    /// Loads a helper.
    pub fn helper(&mut self, helper: helpers::Helper) {
        let sym = self.names.intern(helper.0.as_bytes());
        self.qstr(Op::LoadGlobal, sym);
    }

    /// Loads a helper, or in the exact dialect a builtin that does the same unless rebound.
    pub fn load_helper_or(&mut self, helper: helpers::Helper, builtin: crate::names::Sym) {
        if self.full { self.helper(helper) } else { self.qstr(Op::LoadGlobal, builtin) }
    }

    /// Calls a helper with the top of the stack as its argument.
    pub fn call_helper_on_top(&mut self, helper: helpers::Helper) {
        self.helper(helper);
        self.plain(Op::RotTwo);
        self.call(1);
    }

    /// `base.a(b)[c]`
    pub fn trailers(&mut self, base: ExprId, trailers: List<Trailer>, span: Span) -> Done {
        let tree = self.tree;
        let list = tree.list(trailers);
        // f-strings are themselves a base with a call behind it, which records nothing of its own.
        self.expr(base)?;
        let name = self.is_name(base).map(|name| tree.name(name));
        let mut at = 0;
        if name == Some("super") && self.is_super_call(list) {
            at = self.super_call(list, span)?;
        }
        while let Some(trailer) = list.get(at) {
            let reach = Span { start: span.start, end: trailer.span.end };
            match (trailer.kind, list.get(at + 1).map(|next| (next.kind, next.span))) {
                (TrailerKind::Attr(attr), Some((TrailerKind::Call(args), call_span))) => {
                    let sym = self.sym(attr.name);
                    self.at(reach);
                    self.qstr(Op::LoadMethod, sym);
                    let reach = Span { start: span.start, end: call_span.end };
                    self.arguments(args, true, 0, reach)?;
                    at += 1;
                }
                (TrailerKind::Attr(attr), _) => {
                    self.line_at(trailer.span.start);
                    let sym = self.sym(attr.name);
                    self.at(reach);
                    self.qstr(Op::LoadAttr, sym);
                }
                (TrailerKind::Subscript(index), _) => {
                    self.line_at(trailer.span.start);
                    self.expr(index)?;
                    self.at(reach);
                    self.plain(Op::LoadSubscr);
                }
                (TrailerKind::Call(args), _) => {
                    self.line_at(trailer.span.start);
                    self.arguments(args, false, 0, reach)?;
                }
            }
            at += 1;
        }
        Ok(())
    }

    fn is_super_call(&self, list: &[Trailer]) -> bool {
        let fits = match self.kind() {
            ScopeKind::Function => true,
            ScopeKind::Lambda => self.full,
            _ => false,
        };
        fits && matches!(list.first(), Some(Trailer { kind: TrailerKind::Call(args), .. }) if args.is_empty())
    }

    /// `super()`, or `super().method(…)` in one go; tells how many trailers are done.
    fn super_call(&mut self, list: &[Trailer], span: Span) -> Result<usize, crate::CompileError> {
        if let (Body::Made(Made::AsyncGenerator(_)), Some(parent)) =
            (self.scopes[self.id].body, self.scopes[self.id].parent)
        {
            // The parameters are those of the function around.
            let first = self.scopes[parent].names.iter().find(|name| name.role != Role::Variable).map(|name| name.sym);
            let Some(first) = first else { return Ok(0) };
            self.load(sym::CLASS);
            self.load(first);
            self.at(Span { start: span.start, end: list[0].span.end });
            self.call(2);
            return Ok(1);
        }
        let has_param = self.scopes[self.id].names.iter().any(|name| name.role != Role::Variable);
        if !has_param && self.full {
            // An ordinary call, which fails when it runs.
            return Ok(0);
        }
        self.load(sym::CLASS);
        if !has_param {
            return self.error(list[0].span, "super() can't find self", "super(): no arguments");
        }
        self.push(Inst::FirstParam);
        if let [_, attr, call, ..] = list
            && let (TrailerKind::Attr(attr), TrailerKind::Call(args)) = (attr.kind, call.kind)
        {
            let sym = self.sym(attr.name);
            self.at(Span { start: span.start, end: call.span.end });
            self.qstr(Op::LoadSuperMethod, sym);
            self.arguments(args, true, 0, Span { start: span.start, end: call.span.end })?;
            return Ok(3);
        }
        self.at(Span { start: span.start, end: list[0].span.end });
        self.call(2);
        Ok(1)
    }

    /// Arguments and the call itself; `extra` arguments are on the stack already.
    pub fn arguments(&mut self, args: List<Arg>, method: bool, extra: u32, span: Span) -> Done {
        let args = self.tree.list(args);
        // The official compiler refuses `*` behind keywords, so both dialects are free to do it well.
        let keyword = args.iter().position(|arg| matches!(arg.kind, ArgKind::Keyword(..)));
        let star = args.iter().rposition(|arg| matches!(arg.kind, ArgKind::Star(_)));
        let mixed = matches!((keyword, star), (Some(keyword), Some(star)) if keyword < star);
        if self.full || mixed {
            return self.full_arguments(args, method, extra, span);
        }
        let mut positional = extra;
        let mut keywords = 0;
        let (mut stars, mut double) = (0i64, false);
        for (at, arg) in args.iter().enumerate() {
            match arg.kind {
                ArgKind::Star(value) => {
                    if double {
                        return self.error(arg.span, "* arg after **", "");
                    }
                    if at + 1 >= self.options.small_int_bits as usize || at > 62 {
                        return self.error(arg.span, "too many args", "");
                    }
                    stars |= 1 << at;
                    self.expr(value)?;
                    positional += 1;
                }
                ArgKind::DoubleStar(value) => {
                    double = true;
                    self.plain(Op::LoadNull);
                    self.expr(value)?;
                    keywords += 1;
                }
                ArgKind::Keyword(name, value) => {
                    let sym = self.sym(name.name);
                    self.load_text(sym);
                    self.expr(value)?;
                    keywords += 1;
                }
                ArgKind::Positional(value) => {
                    if !self.bare_argument(value)? {
                        if double {
                            return self.error(arg.span, "positional arg after **", "");
                        }
                        if keywords > 0 {
                            return self.error(arg.span, "positional arg after keyword arg", "");
                        }
                        self.expr(value)?;
                    }
                    positional += 1;
                }
            }
        }
        self.finish_call(method, positional, keywords, stars, double);
        Ok(())
    }

    /// The call itself.
    pub fn finish_call(&mut self, method: bool, positional: u32, keywords: u32, stars: i64, double: bool) {
        let count = keywords << 8 | positional;
        if stars != 0 || double {
            self.push(Inst::Int(stars));
            self.count(if method { Op::CallMethodVarKw } else { Op::CallFunctionVarKw }, count);
        } else {
            self.count(if method { Op::CallMethod } else { Op::CallFunction }, count);
        }
    }

    /// Arguments that the grammar takes without parentheses: `x := e` and a generator. They record no line.
    fn bare_argument(&mut self, value: ExprId) -> Result<bool, crate::CompileError> {
        let node = &self.tree[value];
        if node.paren {
            return Ok(false);
        }
        match node.kind {
            ExprKind::Named { target, value } => self.named(target, value)?,
            ExprKind::Generator { .. } => self.comprehension(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// CPython's order: positional and `*` arguments first, then keywords and `**`.
    fn full_arguments(&mut self, args: &[Arg], method: bool, extra: u32, span: Span) -> Done {
        let (mut firsts, mut keywords): (Vec<&Arg>, Vec<&Arg>) = (Vec::new(), Vec::new());
        for arg in args {
            match arg.kind {
                ArgKind::Positional(_) | ArgKind::Star(_) => firsts.push(arg),
                ArgKind::Keyword(..) | ArgKind::DoubleStar(_) => keywords.push(arg),
            }
        }
        let (mut positional, mut stars) = (extra, 0i64);
        let last_star = firsts.iter().rposition(|arg| matches!(arg.kind, ArgKind::Star(_)));
        let bits = (self.options.small_int_bits as usize).saturating_sub(1);
        let too_far = last_star.is_some_and(|at| at + extra as usize >= bits);
        if too_far || firsts.len() as u32 + extra > MAX_POSITIONAL {
            // All in one list, which is passed as one `*` argument. Only a class has arguments before.
            let fits = if too_far { 0 } else { 1 };
            for arg in &firsts[..fits] {
                if let ArgKind::Positional(value) | ArgKind::Star(value) = arg.kind {
                    self.expr(value)?;
                }
            }
            self.argument_list(&firsts[fits..])?;
            stars |= 1 << (fits as u32 + extra);
            positional += fits as u32 + 1;
        } else {
            for (at, arg) in firsts.iter().enumerate() {
                match arg.kind {
                    ArgKind::Star(value) => {
                        stars |= 1 << (at as u32 + extra);
                        self.expr(value)?;
                    }
                    ArgKind::Positional(value) if !self.bare_argument(value)? => {
                        self.expr(value)?;
                    }
                    _ => {}
                }
                positional += 1;
            }
        }
        let double = self.keywords(&keywords)?;
        self.at(span);
        self.finish_call(method, positional, keywords.len() as u32, stars, double);
        Ok(())
    }

    /// Keyword and `**` arguments; tells whether there was one of the latter.
    pub fn keywords(&mut self, args: &[&Arg]) -> Result<bool, crate::CompileError> {
        let mut double = false;
        for arg in args {
            match arg.kind {
                ArgKind::DoubleStar(value) => {
                    double = true;
                    self.plain(Op::LoadNull);
                    self.expr(value)?;
                }
                ArgKind::Keyword(name, value) => {
                    let sym = self.sym(name.name);
                    self.load_text(sym);
                    self.expr(value)?;
                }
                _ => {}
            }
        }
        Ok(double)
    }

    /// Leaves a list of positional and `*` arguments.
    pub fn argument_list(&mut self, args: &[&Arg]) -> Done {
        self.count(Op::BuildList, 0);
        for arg in args {
            match arg.kind {
                ArgKind::Star(value) => {
                    self.plain(Op::DupTop);
                    self.qstr(Op::LoadMethod, sym::EXTEND);
                    self.expr(value)?;
                    self.call_method(1);
                    self.plain(Op::PopTop);
                }
                ArgKind::Positional(value) => {
                    if !self.bare_argument(value)? {
                        self.expr(value)?;
                    }
                    self.count(Op::StoreComp, 1 << 2);
                }
                _ => {}
            }
        }
        Ok(())
    }
}
