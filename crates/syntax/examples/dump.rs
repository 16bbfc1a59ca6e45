//! Prints syntax trees in the shape of CPython's `ast`, one top-level statement per line, so that
//! `tools/compare-ast` can compare the two parsers.
//!
//! Errors are those of parser and checker; `--official` leaves out the checker and parses
//! leniently, `--quiet` leaves out the trees.
//!
//! Reads file names from standard input. For each file it prints `== NAME` and then the tree or
//! `!! LINE:COLUMN KIND: MESSAGE`.

use std::fmt::Write as _;
use std::io::{BufRead, Write as _};
use syntax::tree::*;

struct Dump<'t> {
    tree: &'t Tree,
    source: &'t [u8],
    out: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Dump<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, id: NameId) {
        let name = self.tree.name(id);
        self.out.push_str(name);
    }

    fn opt_name(&mut self, ident: Option<Ident>) {
        match ident {
            Some(ident) => self.name(ident.name),
            None => self.put("-"),
        }
    }

    fn opt(&mut self, id: Option<ExprId>) {
        match id {
            Some(id) => self.expr(id),
            None => self.put("-"),
        }
    }

    fn each<T: Copy>(&mut self, items: &[T], mut one: impl FnMut(&mut Self, T)) {
        self.put("[");
        for (at, &item) in items.iter().enumerate() {
            if at > 0 {
                self.put(" ");
            }
            one(self, item);
        }
        self.put("]");
    }

    fn exprs(&mut self, list: List<ExprId>) {
        let tree = self.tree;
        self.each(tree.list(list), Self::expr);
    }

    fn float(&mut self, id: TextId) {
        let text = std::str::from_utf8(self.tree.text(id)).unwrap();
        let value: f64 = text.parse().unwrap();
        let _ = write!(self.out, "{:016x}", value.to_bits());
    }

    fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree[id].kind {
            ExprKind::None => self.put("(Constant None)"),
            ExprKind::True => self.put("(Constant True)"),
            ExprKind::False => self.put("(Constant False)"),
            ExprKind::Ellipsis => self.put("(Constant Ellipsis)"),
            ExprKind::Name(name) => {
                self.put("(Name ");
                self.name(name);
                self.put(")");
            }
            ExprKind::Int(value) => {
                let _ = write!(self.out, "(Constant i:{value})");
            }
            ExprKind::BigInt(text) => {
                let text = tree.text(text);
                let (radix, digits) = match text.get(..2) {
                    Some(b"0x") => (16, &text[2..]),
                    Some(b"0o") => (8, &text[2..]),
                    Some(b"0b") => (2, &text[2..]),
                    _ => (10, text),
                };
                let rest = digits.iter().fold(0u64, |sum, &byte| {
                    (sum * radix + u64::from((byte as char).to_digit(16).unwrap())) % 1_000_000_007
                });
                let _ = write!(self.out, "(Constant big:{rest})");
            }
            ExprKind::Float(text) => {
                self.put("(Constant f:");
                self.float(text);
                self.put(")");
            }
            ExprKind::Imaginary(text) => {
                self.put("(Constant c:");
                self.float(text);
                self.put(")");
            }
            ExprKind::Str { text, .. } => {
                let _ = write!(self.out, "(Constant s:{})", hex(tree.text(text)));
            }
            ExprKind::Bytes(text) => {
                let _ = write!(self.out, "(Constant b:{})", hex(tree.text(text)));
            }
            ExprKind::FString(pieces) => self.joined(pieces),
            ExprKind::TString(pieces) => {
                self.put("(Template ");
                self.joined(pieces);
                self.put(")");
            }
            ExprKind::Tuple(items) => self.display("Tuple", items),
            ExprKind::List(items) => self.display("List", items),
            ExprKind::Set(items) => self.display("Set", items),
            ExprKind::Dict(items) => {
                let items = tree.list(items);
                self.put("(Dict ");
                self.each(items, |this, item| this.opt(item.key));
                self.put(" ");
                self.each(items, |this, item| this.expr(item.value));
                self.put(")");
            }
            ExprKind::ListComp { elt, clauses } => self.comprehension("ListComp", elt, None, clauses),
            ExprKind::SetComp { elt, clauses } => self.comprehension("SetComp", elt, None, clauses),
            ExprKind::DictComp { key, value, clauses } => {
                self.comprehension("DictComp", key, Some(value), clauses);
            }
            ExprKind::Generator { elt, clauses } => {
                self.comprehension("GeneratorExp", elt, None, clauses);
            }
            ExprKind::Chain { first, rest } => {
                let rest = tree.list(rest);
                for _ in rest {
                    self.put("(BinOp ");
                }
                self.expr(first);
                for item in rest {
                    self.put(" ");
                    self.operator(item.op);
                    self.put(" ");
                    self.expr(item.right);
                    self.put(")");
                }
            }
            ExprKind::Power { base, exponent } => {
                self.put("(BinOp ");
                self.expr(base);
                self.put(" Pow ");
                self.expr(exponent);
                self.put(")");
            }
            ExprKind::Unary { op, operand } => {
                self.put(match op {
                    UnaryOp::Plus => "(UnaryOp UAdd ",
                    UnaryOp::Minus => "(UnaryOp USub ",
                    UnaryOp::Invert => "(UnaryOp Invert ",
                    UnaryOp::Not => "(UnaryOp Not ",
                });
                self.expr(operand);
                self.put(")");
            }
            ExprKind::And(items) => self.display("BoolOp And", items),
            ExprKind::Or(items) => self.display("BoolOp Or", items),
            ExprKind::Compare { first, rest } => {
                let rest = tree.list(rest);
                self.put("(Compare ");
                self.expr(first);
                self.put(" ");
                self.each(rest, |this, item| {
                    this.put(match item.op {
                        CmpOp::Lt => "Lt",
                        CmpOp::Gt => "Gt",
                        CmpOp::Eq => "Eq",
                        CmpOp::Le => "LtE",
                        CmpOp::Ge => "GtE",
                        CmpOp::Ne => "NotEq",
                        CmpOp::In => "In",
                        CmpOp::NotIn => "NotIn",
                        CmpOp::Is => "Is",
                        CmpOp::IsNot => "IsNot",
                    });
                });
                self.put(" ");
                self.each(rest, |this, item| this.expr(item.right));
                self.put(")");
            }
            ExprKind::IfElse { body, test, orelse } => {
                self.put("(IfExp ");
                self.expr(test);
                self.put(" ");
                self.expr(body);
                self.put(" ");
                self.expr(orelse);
                self.put(")");
            }
            ExprKind::Lambda { params, body } => {
                self.put("(Lambda ");
                self.params(params);
                self.put(" ");
                self.expr(body);
                self.put(")");
            }
            ExprKind::Named { target, value } => {
                self.put("(NamedExpr (Name ");
                self.name(target.name);
                self.put(") ");
                self.expr(value);
                self.put(")");
            }
            ExprKind::Trailers { base, trailers } => {
                let trailers = tree.list(trailers);
                for trailer in trailers.iter().rev() {
                    self.put(match trailer.kind {
                        TrailerKind::Call(_) => "(Call ",
                        TrailerKind::Subscript(_) => "(Subscript ",
                        TrailerKind::Attr(_) => "(Attribute ",
                    });
                }
                self.expr(base);
                for trailer in trailers {
                    self.put(" ");
                    match trailer.kind {
                        TrailerKind::Call(args) => self.args(args),
                        TrailerKind::Subscript(index) => self.expr(index),
                        TrailerKind::Attr(name) => self.name(name.name),
                    }
                    self.put(")");
                }
            }
            ExprKind::Await(value) => self.wrap("Await", Some(value)),
            ExprKind::Yield(value) => self.wrap("Yield", value),
            ExprKind::YieldFrom(value) => self.wrap("YieldFrom", Some(value)),
            ExprKind::Star(value) => self.wrap("Starred", Some(value)),
            ExprKind::Slice { lower, upper, step, .. } => {
                self.put("(Slice ");
                self.opt(lower);
                self.put(" ");
                self.opt(upper);
                self.put(" ");
                self.opt(step);
                self.put(")");
            }
        }
    }

    fn wrap(&mut self, kind: &str, value: Option<ExprId>) {
        self.put("(");
        self.put(kind);
        self.put(" ");
        self.opt(value);
        self.put(")");
    }

    fn display(&mut self, kind: &str, items: List<ExprId>) {
        self.put("(");
        self.put(kind);
        self.put(" ");
        self.exprs(items);
        self.put(")");
    }

    fn operator(&mut self, op: BinOp) {
        self.put(match op {
            BinOp::Or => "BitOr",
            BinOp::Xor => "BitXor",
            BinOp::And => "BitAnd",
            BinOp::Lshift => "LShift",
            BinOp::Rshift => "RShift",
            BinOp::Add => "Add",
            BinOp::Sub => "Sub",
            BinOp::Mul => "Mult",
            BinOp::MatMul => "MatMult",
            BinOp::FloorDiv => "FloorDiv",
            BinOp::Div => "Div",
            BinOp::Mod => "Mod",
            BinOp::Pow => "Pow",
        });
    }

    fn joined(&mut self, pieces: List<Piece>) {
        let mut text: Vec<u8> = Vec::new();
        self.put("(JoinedStr [");
        for &piece in self.tree.list(pieces) {
            match piece {
                Piece::Text { text: id, .. } => text.extend_from_slice(self.tree.text(id)),
                Piece::Field { value, debug, conversion, spec, .. } => {
                    let is_debug = debug.end > debug.start;
                    if is_debug {
                        text.extend_from_slice(&self.source[debug.start as usize..debug.end as usize]);
                    }
                    self.flush(&mut text);
                    self.put("(FormattedValue ");
                    self.expr(value);
                    let conversion = match conversion {
                        0 if is_debug && spec.is_none() => i32::from(b'r'),
                        0 => -1,
                        other => other.into(),
                    };
                    let _ = write!(self.out, " i:{conversion} ");
                    match spec {
                        Some(spec) => self.joined(spec),
                        None => self.put("-"),
                    }
                    self.put(")");
                }
            }
        }
        self.flush(&mut text);
        self.put("])");
    }

    fn flush(&mut self, text: &mut Vec<u8>) {
        if !text.is_empty() {
            let _ = write!(self.out, "(Constant s:{})", hex(text));
            text.clear();
        }
    }

    fn comprehension(&mut self, kind: &str, elt: ExprId, value: Option<ExprId>, clauses: List<Clause>) {
        let _ = write!(self.out, "({kind} ");
        self.expr(elt);
        if let Some(value) = value {
            self.put(" ");
            self.expr(value);
        }
        self.put(" [");
        let mut open: Option<bool> = None;
        for &clause in self.tree.list(clauses) {
            match clause {
                Clause::For { target, iter, is_async, .. } => {
                    if let Some(was_async) = open {
                        let _ = write!(self.out, "] i:{})", i32::from(was_async));
                    }
                    open = Some(is_async);
                    self.put("(comprehension ");
                    self.expr(target);
                    self.put(" ");
                    self.expr(iter);
                    self.put(" [");
                }
                Clause::If { test, .. } => self.expr(test),
            }
        }
        let _ = write!(self.out, "] i:{})])", i32::from(open == Some(true)));
    }

    fn args(&mut self, args: List<Arg>) {
        self.put("[");
        let args = self.tree.list(args);
        for arg in args {
            match arg.kind {
                ArgKind::Positional(value) => self.expr(value),
                ArgKind::Star(value) => self.wrap("Starred", Some(value)),
                _ => {}
            }
        }
        self.put("] [");
        for arg in args {
            match arg.kind {
                ArgKind::Keyword(name, value) => {
                    self.put("(keyword ");
                    self.name(name.name);
                    self.put(" ");
                    self.expr(value);
                    self.put(")");
                }
                ArgKind::DoubleStar(value) => {
                    self.put("(keyword - ");
                    self.expr(value);
                    self.put(")");
                }
                _ => {}
            }
        }
        self.put("]");
    }

    fn param(&mut self, param: &Param) {
        self.put("(arg ");
        self.name(param.name.name);
        self.put(" ");
        self.opt(param.annotation);
        self.put(")");
    }

    fn params(&mut self, params: List<Param>) {
        let params = self.tree.list(params);
        self.put("(arguments [");
        for param in params.iter().filter(|param| param.kind == ParamKind::PositionalOnly) {
            self.param(param);
        }
        self.put("] [");
        for param in params.iter().filter(|param| param.kind == ParamKind::Plain) {
            self.param(param);
        }
        self.put("] ");
        match params.iter().find(|param| param.kind == ParamKind::VarArgs) {
            Some(param) => self.param(param),
            None => self.put("-"),
        }
        self.put(" [");
        for param in params.iter().filter(|param| param.kind == ParamKind::KeywordOnly) {
            self.param(param);
        }
        self.put("] [");
        for param in params.iter().filter(|param| param.kind == ParamKind::KeywordOnly) {
            self.opt(param.default);
        }
        self.put("] ");
        match params.iter().find(|param| param.kind == ParamKind::KwArgs) {
            Some(param) => self.param(param),
            None => self.put("-"),
        }
        self.put(" [");
        for param in params {
            if matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Plain)
                && let Some(default) = param.default
            {
                self.expr(default);
            }
        }
        self.put("])");
    }

    fn type_params(&mut self, params: List<TypeParam>) {
        self.put("[");
        for param in self.tree.list(params) {
            self.put(["(TypeVar ", "(TypeVarTuple ", "(ParamSpec "][param.stars as usize]);
            self.name(param.name.name);
            self.put(" ");
            if param.stars == 0 {
                self.opt(param.bound);
                self.put(" ");
            }
            self.opt(param.default);
            self.put(")");
        }
        self.put("]");
    }

    fn block(&mut self, block: Block) {
        let tree = self.tree;
        self.each(tree.list(block), Self::stmt);
    }

    fn opt_block(&mut self, block: Option<Block>) {
        self.block(block.unwrap_or_default());
    }

    fn idents(&mut self, idents: List<Ident>) {
        let tree = self.tree;
        self.each(tree.list(idents), |this, ident| this.name(ident.name));
    }

    fn dotted(&mut self, path: List<Ident>) {
        for (at, part) in self.tree.list(path).iter().enumerate() {
            if at > 0 {
                self.put(".");
            }
            self.name(part.name);
        }
    }

    fn alias(&mut self, alias: Alias) {
        self.put("(alias ");
        self.dotted(alias.path);
        self.put(" ");
        self.opt_name(alias.asname);
        self.put(")");
    }

    fn stmt(&mut self, id: StmtId) {
        let tree = self.tree;
        let stmt = tree[id];
        let start = match stmt.kind {
            StmtKind::FuncDef(def) => def.def_start,
            StmtKind::ClassDef(def) => def.def_start,
            _ => stmt.span.start,
        };
        let (first, last) = (tree.line(start), tree.line(stmt.span.end.saturating_sub(1)));
        let _ = write!(self.out, "@{first}-{last}");
        match stmt.kind {
            StmtKind::Expr(value) => self.wrap("Expr", Some(value)),
            StmtKind::Assign { targets, value } => {
                self.put("(Assign ");
                self.exprs(targets);
                self.put(" ");
                self.expr(value);
                self.put(")");
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.put("(AnnAssign ");
                self.expr(target);
                self.put(" ");
                self.expr(annotation);
                self.put(" ");
                self.opt(value);
                let simple = matches!(tree[target].kind, ExprKind::Name(_)) && !tree[target].paren;
                let _ = write!(self.out, " i:{})", i32::from(simple));
            }
            StmtKind::AugAssign { target, op, value } => {
                self.put("(AugAssign ");
                self.expr(target);
                self.put(" ");
                self.operator(op);
                self.put(" ");
                self.expr(value);
                self.put(")");
            }
            StmtKind::Del(targets) => self.display("Delete", targets),
            StmtKind::Pass => self.put("(Pass)"),
            StmtKind::Break => self.put("(Break)"),
            StmtKind::Continue => self.put("(Continue)"),
            StmtKind::Return(value) => self.wrap("Return", value),
            StmtKind::Raise { exc, cause } => {
                self.put("(Raise ");
                self.opt(exc);
                self.put(" ");
                self.opt(cause);
                self.put(")");
            }
            StmtKind::Global(names) => {
                self.put("(Global ");
                self.idents(names);
                self.put(")");
            }
            StmtKind::Nonlocal(names) => {
                self.put("(Nonlocal ");
                self.idents(names);
                self.put(")");
            }
            StmtKind::Assert { test, message } => {
                self.put("(Assert ");
                self.expr(test);
                self.put(" ");
                self.opt(message);
                self.put(")");
            }
            StmtKind::Import(names) => {
                self.put("(Import ");
                self.each(tree.list(names), Self::alias);
                self.put(")");
            }
            StmtKind::ImportFrom { level, module, names } => {
                self.put("(ImportFrom ");
                if module.is_empty() {
                    self.put("-");
                } else {
                    self.dotted(module);
                }
                self.put(" ");
                if names.is_empty() {
                    self.put("[(alias * -)]");
                } else {
                    self.each(tree.list(names), Self::alias);
                }
                let _ = write!(self.out, " i:{level})");
            }
            StmtKind::If { branches, orelse } => {
                let branches = tree.list(branches);
                for (at, branch) in branches.iter().enumerate() {
                    if at > 0 {
                        let _ = write!(self.out, "[@{}-{last}", tree.line(branch.span.start));
                    }
                    self.put("(If ");
                    self.expr(branch.test);
                    self.put(" ");
                    self.block(branch.body);
                    self.put(" ");
                }
                self.opt_block(orelse);
                for at in 0..branches.len() {
                    self.put(if at > 0 { ")]" } else { "" });
                }
                self.put(")");
            }
            StmtKind::While { test, body, orelse } => {
                self.put("(While ");
                self.expr(test);
                self.put(" ");
                self.block(body);
                self.put(" ");
                self.opt_block(orelse);
                self.put(")");
            }
            StmtKind::For { target, iter, body, orelse, is_async } => {
                self.put(if is_async { "(AsyncFor " } else { "(For " });
                self.expr(target);
                self.put(" ");
                self.expr(iter);
                self.put(" ");
                self.block(body);
                self.put(" ");
                self.opt_block(orelse);
                self.put(")");
            }
            StmtKind::Try { body, handlers, orelse, finally, star } => {
                self.put(if star { "(TryStar " } else { "(Try " });
                self.block(body);
                self.put(" ");
                self.each(tree.list(handlers), |this, handler| {
                    this.put("(ExceptHandler ");
                    this.opt(handler.typ);
                    this.put(" ");
                    this.opt_name(handler.name);
                    this.put(" ");
                    this.block(handler.body);
                    this.put(")");
                });
                self.put(" ");
                self.opt_block(orelse);
                self.put(" ");
                self.opt_block(finally);
                self.put(")");
            }
            StmtKind::With { items, body, is_async } => {
                self.put(if is_async { "(AsyncWith " } else { "(With " });
                self.each(tree.list(items), |this, item| {
                    this.put("(withitem ");
                    this.expr(item.context);
                    this.put(" ");
                    this.opt(item.target);
                    this.put(")");
                });
                self.put(" ");
                self.block(body);
                self.put(")");
            }
            StmtKind::FuncDef(def) => {
                self.put(if def.is_async { "(AsyncFunctionDef " } else { "(FunctionDef " });
                self.name(def.name.name);
                self.put(" ");
                self.params(def.params);
                self.put(" ");
                self.block(def.body);
                self.put(" ");
                self.exprs(def.decorators);
                self.put(" ");
                self.opt(def.returns);
                self.put(" ");
                self.type_params(def.type_params);
                self.put(")");
            }
            StmtKind::ClassDef(def) => {
                self.put("(ClassDef ");
                self.name(def.name.name);
                self.put(" ");
                self.args(def.args);
                self.put(" ");
                self.block(def.body);
                self.put(" ");
                self.exprs(def.decorators);
                self.put(" ");
                self.type_params(def.type_params);
                self.put(")");
            }
            StmtKind::Match { subject, cases } => {
                self.put("(Match ");
                self.expr(subject);
                self.put(" ");
                self.each(tree.list(cases), |this, case| {
                    this.put("(match_case ");
                    this.pattern(case.pattern);
                    this.put(" ");
                    this.opt(case.guard);
                    this.put(" ");
                    this.block(case.body);
                    this.put(")");
                });
                self.put(")");
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.put("(TypeAlias (Name ");
                self.name(name.name);
                self.put(") ");
                self.type_params(type_params);
                self.put(" ");
                self.expr(value);
                self.put(")");
            }
        }
    }

    fn patterns(&mut self, list: List<PatternId>) {
        let tree = self.tree;
        self.each(tree.list(list), Self::pattern);
    }

    fn pattern(&mut self, id: PatternId) {
        let tree = self.tree;
        match tree[id].kind {
            PatternKind::Value(value) => self.wrap("MatchValue", Some(value)),
            PatternKind::Singleton(value) => self.put(match tree[value].kind {
                ExprKind::True => "(MatchSingleton True)",
                ExprKind::False => "(MatchSingleton False)",
                _ => "(MatchSingleton None)",
            }),
            PatternKind::Sequence(items) => {
                self.put("(MatchSequence ");
                self.patterns(items);
                self.put(")");
            }
            PatternKind::Mapping { items, rest } => {
                let items = tree.list(items);
                self.put("(MatchMapping ");
                self.each(items, |this, item| this.expr(item.key));
                self.put(" ");
                self.each(items, |this, item| this.pattern(item.pattern));
                self.put(" ");
                self.opt_name(rest);
                self.put(")");
            }
            PatternKind::Class { class, positional, keywords } => {
                let keywords = tree.list(keywords);
                self.put("(MatchClass ");
                self.expr(class);
                self.put(" ");
                self.patterns(positional);
                self.put(" ");
                self.each(keywords, |this, item| match tree[item.key].kind {
                    ExprKind::Name(name) => this.name(name),
                    _ => this.put("?"),
                });
                self.put(" ");
                self.each(keywords, |this, item| this.pattern(item.pattern));
                self.put(")");
            }
            PatternKind::Star(name) => {
                self.put("(MatchStar ");
                self.opt_name(name);
                self.put(")");
            }
            PatternKind::As { pattern, name } => {
                self.put("(MatchAs ");
                match pattern {
                    Some(pattern) => self.pattern(pattern),
                    None => self.put("-"),
                }
                self.put(" ");
                self.opt_name(name);
                self.put(")");
            }
            PatternKind::Or(items) => {
                self.put("(MatchOr ");
                self.patterns(items);
                self.put(")");
            }
        }
    }
}

fn main() {
    let official = std::env::args().any(|arg| arg == "--official");
    let quiet = std::env::args().any(|arg| arg == "--quiet");
    let options = syntax::Options { official, ..syntax::Options::default() };
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    for name in std::io::stdin().lock().lines() {
        let name = name.expect("file names are text");
        let Ok(source) = std::fs::read(&name) else {
            continue;
        };
        let mut out = format!("== {name}\n");
        let result = syntax::parse_module(&source, &options).and_then(|tree| {
            if !official {
                syntax::check::check(&tree, &source)?;
            }
            Ok(tree)
        });
        match result {
            Ok(_) if quiet => {}
            Ok(tree) => {
                let mut dump = Dump { tree: &tree, source: &source, out: String::new() };
                for &stmt in tree.list(tree.body) {
                    dump.stmt(stmt);
                    dump.put("\n");
                }
                out += &dump.out;
            }
            Err(error) => {
                let SyntaxError { line, column, kind, message, .. } = error;
                let _ = writeln!(out, "!! {line}:{column} {kind:?}: {message}");
            }
        }
        if stdout.write_all(out.as_bytes()).is_err() {
            return;
        }
    }
}
