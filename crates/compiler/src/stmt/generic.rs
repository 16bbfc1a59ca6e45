//! What is evaluated later or in a scope of its own: annotations, type parameters, type aliases (full dialect).
//!
//! Annotations go into a function that makes their dict when asked for (`__annotate__`). A definition with
//! type parameters is evaluated inside a function whose locals they are, which is called at once.

use crate::helpers;
use crate::lower::{Done, Lowerer};
use crate::names::{Sym, sym};
use crate::scope::{Body, Made, Place, Role, ScopeKind};
use alloc::{format, vec::Vec};
use code::opcode::Op;
use syntax::tree::*;

/// What a made body is made of.
#[derive(Clone)]
pub enum MadeBody {
    /// Names with their annotations.
    Annotations(Vec<(Sym, ExprId)>),
    /// A function, whether its positional and its keyword-only defaults are given as arguments.
    Function(FuncDef, bool, bool),
    /// A class.
    Class(ClassDef, Span),
    /// A type alias.
    Alias(Ident, List<TypeParam>, ExprId),
}

impl Lowerer<'_> {
    /// The annotations of a function's parameters and result.
    pub fn function_annotations(&mut self, def: &FuncDef) -> Vec<(Sym, ExprId)> {
        let mut found = Vec::new();
        if self.full {
            for param in self.tree.list(def.params) {
                if let Some(annotation) = param.annotation {
                    found.push((self.sym(param.name.name), annotation));
                }
            }
            if let Some(returns) = def.returns {
                found.push((sym::RETURN, returns));
            }
        }
        found
    }

    /// Makes the function that makes the annotations.
    pub fn make_annotate(&mut self, annotations: Vec<(Sym, ExprId)>, start: u32) {
        let index = self.made.len() as u32;
        self.made.push(MadeBody::Annotations(annotations));
        let body = Body::Made(Made::Annotate(index));
        let child = self.new_scope(body, ScopeKind::Function, sym::ANNOTATE, start);
        self.make(child, false);
    }

    /// Gives a module or class body its `__annotate__`.
    pub fn body_annotations(&mut self, block: Block) -> Done {
        if !self.full {
            return Ok(());
        }
        let mut found = Vec::new();
        self.collect_annotations(block, &mut found);
        let start = self.tree.list(block).first().map_or(0, |&stmt| self.tree[stmt].span.start);
        if !found.is_empty() {
            self.make_annotate(found, start);
            self.store(sym::ANNOTATE);
        }
        Ok(())
    }

    /// Annotations of names in a block and the blocks in it; nesting of blocks is bounded by the parser.
    fn collect_annotations(&mut self, block: Block, found: &mut Vec<(Sym, ExprId)>) {
        let tree = self.tree;
        for &stmt in tree.list(block) {
            match tree[stmt].kind {
                StmtKind::AnnAssign { target, annotation, .. } => {
                    let Expr { kind: ExprKind::Name(name), paren: false, .. } = tree[target] else { continue };
                    found.push((self.sym(name), annotation));
                }
                StmtKind::If { branches, orelse } => {
                    for branch in tree.list(branches) {
                        self.collect_annotations(branch.body, found);
                    }
                    self.collect_annotations(orelse.unwrap_or_default(), found);
                }
                StmtKind::While { body, orelse, .. } | StmtKind::For { body, orelse, .. } => {
                    self.collect_annotations(body, found);
                    self.collect_annotations(orelse.unwrap_or_default(), found);
                }
                StmtKind::With { body, .. } => self.collect_annotations(body, found),
                StmtKind::Try { body, handlers, orelse, finally, .. } => {
                    self.collect_annotations(body, found);
                    for handler in tree.list(handlers) {
                        self.collect_annotations(handler.body, found);
                    }
                    self.collect_annotations(orelse.unwrap_or_default(), found);
                    self.collect_annotations(finally.unwrap_or_default(), found);
                }
                StmtKind::Match { cases, .. } => {
                    for case in tree.list(cases) {
                        self.collect_annotations(case.body, found);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether `from __future__ import annotations` makes annotations texts.
    fn annotations_are_texts(&self) -> bool {
        let tree = self.tree;
        tree.list(tree.body).iter().any(|&stmt| match tree[stmt].kind {
            StmtKind::ImportFrom { module, names, .. } => {
                matches!(tree.list(module), [one] if tree.name(one.name) == "__future__")
                    && tree
                        .list(names)
                        .iter()
                        .any(|alias| matches!(tree.list(alias.path), [one] if tree.name(one.name) == "annotations"))
            }
            _ => false,
        })
    }

    /// The code of a made body.
    pub fn made_body(&mut self, made: Made) -> Done {
        match made {
            Made::Lazy(expr) => self.expr(expr)?,
            Made::AsyncGenerator(def) => self.async_generator_body(&def)?,
            Made::Annotate(index) | Made::Generic(index) => {
                let Some(body) = self.made.get(index as usize).cloned() else { return Ok(()) };
                match body {
                    MadeBody::Annotations(list) => self.annotate_body(&list)?,
                    MadeBody::Function(def, positional, keyword) => {
                        self.generic_function_body(&def, positional, keyword)?;
                    }
                    MadeBody::Class(def, span) => {
                        self.type_parameters(def.type_params)?;
                        let name = self.sym(def.name.name);
                        self.class_value(&def, name, None, span)?;
                    }
                    MadeBody::Alias(name, params, value) => {
                        self.type_parameters(params)?;
                        self.alias(name, true, value)?;
                    }
                }
            }
        }
        self.plain(Op::ReturnValue);
        Ok(())
    }

    fn annotate_body(&mut self, list: &[(Sym, ExprId)]) -> Done {
        let id = self.id;
        // The format that is asked for; every one gets the values.
        let format = self.scopes.find_or_add(id, sym::DOT_FORMAT, Place::Local);
        format.role = Role::Param;
        self.here().n_pos = 1;
        let texts = self.annotations_are_texts();
        self.count(Op::BuildMap, list.len() as u32);
        for &(name, annotation) in list {
            if texts {
                let span = self.tree[annotation].span;
                let text = &self.source[span.start as usize..span.end as usize];
                self.load_str(text);
            } else if let ExprKind::Star(value) = self.tree[annotation].kind {
                // `*args: *Ts` means the only item of the unpacked value.
                self.expr(value)?;
                self.count(Op::UnpackSequence, 1);
            } else {
                self.expr(annotation)?;
            }
            self.load_text(name);
            self.plain(Op::StoreMap);
        }
        Ok(())
    }

    /// Makes a function of no arguments that evaluates an expression.
    fn make_lazy(&mut self, expr: Option<ExprId>, name: Sym) {
        let Some(expr) = expr else { return self.plain(Op::LoadConstNone) };
        let start = self.tree[expr].span.start;
        let child = self.new_scope(Body::Made(Made::Lazy(expr)), ScopeKind::Function, name, start);
        self.make(child, false);
    }

    /// Makes type parameters, binds them, and binds the tuple of them.
    fn type_parameters(&mut self, params: List<TypeParam>) -> Done {
        let list = self.tree.list(params);
        for param in list {
            let name = self.sym(param.name.name);
            self.helper(helpers::TYPE_PARAM);
            self.int(param.stars as i64);
            self.load_text(name);
            self.make_lazy(param.bound, name);
            match param.default {
                Some(default) => match self.tree[default].kind {
                    ExprKind::Star(inner) => self.make_lazy(Some(inner), name),
                    _ => self.make_lazy(Some(default), name),
                },
                None => self.plain(Op::LoadConstNone),
            }
            self.at(param.name.span);
            self.call(4);
            self.store(name);
        }
        for param in list {
            let name = self.sym(param.name.name);
            self.load(name);
        }
        self.count(Op::BuildTuple, list.len() as u32);
        self.store(sym::DOT_TYPE_PARAMS);
        Ok(())
    }

    /// A scope that holds type parameters.
    fn generic_scope(&mut self, body: MadeBody, of: Sym, start: u32) -> crate::scope::ScopeId {
        let index = self.made.len() as u32;
        self.made.push(body);
        let text = alloc::string::String::from_utf8_lossy(self.names.text(of)).into_owned();
        let name = self.names.intern(format!("<generic parameters of {text}>").as_bytes());
        self.new_scope(Body::Made(Made::Generic(index)), ScopeKind::Function, name, start)
    }

    /// `def name[T](…)`: defaults belong outside, so they are passed in.
    pub fn generic_function(&mut self, def: &FuncDef, name: Sym) -> Done {
        let tree = self.tree;
        let defaults = |keyword: bool| {
            tree.list(def.params)
                .iter()
                .filter(move |param| (param.kind == ParamKind::KeywordOnly) == keyword)
                .filter_map(|param| Some((param.name.name, param.default?)))
                .collect::<Vec<_>>()
        };
        let (positional, keyword) = (defaults(false), defaults(true));
        let body = MadeBody::Function(*def, !positional.is_empty(), !keyword.is_empty());
        let child = self.generic_scope(body, name, def.def_start);
        self.make(child, false);
        let mut count = 0;
        if !positional.is_empty() {
            for &(_, default) in &positional {
                self.expr(default)?;
            }
            self.count(Op::BuildTuple, positional.len() as u32);
            count += 1;
        }
        if !keyword.is_empty() {
            self.count(Op::BuildMap, keyword.len() as u32);
            for &(name, default) in &keyword {
                self.expr(default)?;
                let name = self.sym(name);
                self.load_text(name);
                self.plain(Op::StoreMap);
            }
            count += 1;
        }
        self.call(count);
        Ok(())
    }

    fn generic_function_body(&mut self, def: &FuncDef, positional: bool, keyword: bool) -> Done {
        let id = self.id;
        for (given, name) in [(positional, sym::DOT_DEFAULTS), (keyword, sym::DOT_KWDEFAULTS)] {
            if given {
                self.scopes.find_or_add(id, name, Place::Local).role = Role::Param;
                self.here().n_pos += 1;
            }
        }
        self.type_parameters(def.type_params)?;
        let name = self.sym(def.name.name);
        let child = self.function_scope(def, name);
        let defaults = self
            .tree
            .list(def.params)
            .iter()
            .filter(|param| param.kind != ParamKind::KeywordOnly && param.default.is_some());
        self.scopes[child].n_defaults = defaults.count() as u32;
        if keyword {
            self.scopes[child].flags |= code::prelude::DEFKWARGS;
        }
        self.helper(helpers::SET_FUNCTION_ATTR);
        self.annotated_function(def, |this| {
            if positional || keyword {
                for (given, name) in [(positional, sym::DOT_DEFAULTS), (keyword, sym::DOT_KWDEFAULTS)] {
                    if given { this.load(name) } else { this.plain(Op::LoadNull) }
                }
            }
            this.make(child, positional || keyword);
            Ok(())
        })?;
        self.load_text(sym::TYPE_PARAMS);
        self.load(sym::DOT_TYPE_PARAMS);
        self.call(3);
        Ok(())
    }

    /// `class name[T](…)`
    pub fn generic_class(&mut self, def: &ClassDef, name: Sym, span: Span) -> Done {
        let child = self.generic_scope(MadeBody::Class(*def, span), name, def.def_start);
        self.make(child, false);
        self.call(0);
        Ok(())
    }

    /// `type name[params] = value`
    pub fn type_alias(&mut self, name: Ident, params: List<TypeParam>, value: ExprId, span: Span) -> Done {
        if !self.full {
            return self.needs_full(span, "a type alias");
        }
        let target = self.sym(name.name);
        self.at(span);
        if params.is_empty() {
            self.alias(name, false, value)?;
        } else {
            let child = self.generic_scope(MadeBody::Alias(name, params, value), target, span.start);
            self.make(child, false);
            self.call(0);
        }
        self.store(target);
        Ok(())
    }

    fn alias(&mut self, name: Ident, generic: bool, value: ExprId) -> Done {
        let sym = self.sym(name.name);
        self.helper(helpers::TYPE_ALIAS);
        self.load_text(sym);
        if generic {
            self.load(sym::DOT_TYPE_PARAMS);
        } else {
            self.count(Op::BuildTuple, 0);
        }
        self.make_lazy(Some(value), sym);
        self.call(3);
        Ok(())
    }

    /// A name that a class body binds, loaded in code that the class body makes but that runs later: an
    /// attribute of the class. Tells whether it was one.
    pub fn load_from_class(&mut self, name: Sym) -> bool {
        if !matches!(self.scopes[self.id].body, Body::Made(Made::Lazy(_) | Made::Annotate(_) | Made::Generic(_))) {
            return false;
        }
        let Some(parent) = self.scopes[self.id].parent else { return false };
        let is_class = self.scopes[parent].kind == ScopeKind::Class;
        let bound = self.scopes.find(parent, name).is_some_and(|name| name.place == Place::Named);
        let own = self.scopes.find(self.id, name).is_some();
        if !is_class || !bound || own {
            return false;
        }
        self.load(sym::CLASS);
        self.qstr(Op::LoadAttr, name);
        true
    }
}
