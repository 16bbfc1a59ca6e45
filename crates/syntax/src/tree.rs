//! The syntax tree: what the parser builds and the compiler reads.
//!
//! All nodes of one source live in one [`Tree`] and name each other by index, so a tree of any shape
//! is freed without recursion. Chains that users can make long (operator chains of one precedence,
//! comparisons, `and`/`or`, call and attribute trailers, `elif`) are flat lists, never nested, so
//! walking a tree recurses no deeper than the parser's nesting limit.
//!
//! A span starts at the first token of the grammar rule that made the node (an opening parenthesis
//! of its first operand included) and excludes parentheses around the node itself;
//! [`Expr::paren`] tells that there were some. Nothing is folded or rewritten here.

use alloc::{boxed::Box, string::String, vec::Vec};

/// Half-open range of byte offsets in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just after the last byte.
    pub end: u32,
}

macro_rules! index_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
    )*};
}

index_types! {
    /// An expression in [`Tree::exprs`].
    ExprId;
    /// A statement in [`Tree::stmts`].
    StmtId;
    /// A pattern in [`Tree::patterns`].
    PatternId;
    /// An identifier in [`Tree::names`]; numbered by first use as a token, in source order.
    NameId;
    /// A string, bytes or number text in [`Tree::texts`].
    TextId;
}

/// A contiguous run of nodes: items `start .. start + len` of the list table that the field's
/// element type names ([`Tree::expr_lists`], [`Tree::stmt_lists`], …).
#[derive(Debug, PartialEq, Eq)]
pub struct List<T> {
    /// Index of the first item.
    pub start: u32,
    /// Number of items.
    pub len: u32,
    /// The element type is a claim only.
    pub of: core::marker::PhantomData<T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> List<T> {
    /// The list without items.
    pub const EMPTY: List<T> = List { start: 0, len: 0, of: core::marker::PhantomData };

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Number of items.
    pub fn len(self) -> usize {
        self.len as usize
    }
}

/// Types that are stored in one of the tree's list tables.
pub trait Listed: Sized {
    /// The table for this type.
    fn table(tree: &Tree) -> &Vec<Self>;
    /// The table for this type, to append to.
    fn table_mut(tree: &mut Tree) -> &mut Vec<Self>;
}

/// A whole source file, parsed.
#[derive(Debug, Default)]
pub struct Tree {
    /// All expressions.
    pub exprs: Vec<Expr>,
    /// All statements.
    pub stmts: Vec<Stmt>,
    /// All patterns of `match`.
    pub patterns: Vec<Pattern>,
    /// Identifiers (NFKC-normalised), by first use.
    pub names: Vec<Box<str>>,
    /// Decoded string and bytes literals (generalised UTF-8: lone surrogates are encoded as three
    /// bytes) and number texts.
    pub texts: Vec<Box<[u8]>>,
    /// The module body (for an expression input: one [`StmtKind::Expr`]).
    pub body: Block,
    /// Offset of the first byte of each line; line 1 is at index 0. `\n`, `\r\n` and `\r` end lines.
    pub line_starts: Vec<u32>,
    /// What is doubtful in the source (offset and message), though it is taken.
    pub warnings: Vec<(u32, alloc::string::String)>,
    /// Backing store of `List<ExprId>`.
    pub expr_lists: Vec<ExprId>,
    /// Backing store of `List<StmtId>`.
    pub stmt_lists: Vec<StmtId>,
    /// Backing store of `List<PatternId>`.
    pub pattern_lists: Vec<PatternId>,
    /// Backing store of `List<Ident>`.
    pub ident_lists: Vec<Ident>,
    /// Backing store of `List<OpItem>`.
    pub op_items: Vec<OpItem>,
    /// Backing store of `List<CmpItem>`.
    pub cmp_items: Vec<CmpItem>,
    /// Backing store of `List<Trailer>`.
    pub trailers: Vec<Trailer>,
    /// Backing store of `List<Arg>`.
    pub args: Vec<Arg>,
    /// Backing store of `List<DictItem>`.
    pub dict_items: Vec<DictItem>,
    /// Backing store of `List<Clause>`.
    pub clauses: Vec<Clause>,
    /// Backing store of `List<Piece>`.
    pub pieces: Vec<Piece>,
    /// Backing store of `List<Param>`.
    pub params: Vec<Param>,
    /// Backing store of `List<TypeParam>`.
    pub type_params: Vec<TypeParam>,
    /// Backing store of `List<Branch>`.
    pub branches: Vec<Branch>,
    /// Backing store of `List<Handler>`.
    pub handlers: Vec<Handler>,
    /// Backing store of `List<WithItem>`.
    pub with_items: Vec<WithItem>,
    /// Backing store of `List<Alias>`.
    pub aliases: Vec<Alias>,
    /// Backing store of `List<Case>`.
    pub cases: Vec<Case>,
    /// Backing store of `List<KeyPattern>`.
    pub key_patterns: Vec<KeyPattern>,
}

macro_rules! listed {
    ($($ty:ty => $field:ident;)*) => {$(
        impl Listed for $ty {
            fn table(tree: &Tree) -> &Vec<Self> {
                &tree.$field
            }
            fn table_mut(tree: &mut Tree) -> &mut Vec<Self> {
                &mut tree.$field
            }
        }
    )*};
}

listed! {
    ExprId => expr_lists;
    StmtId => stmt_lists;
    PatternId => pattern_lists;
    Ident => ident_lists;
    OpItem => op_items;
    CmpItem => cmp_items;
    Trailer => trailers;
    Arg => args;
    DictItem => dict_items;
    Clause => clauses;
    Piece => pieces;
    Param => params;
    TypeParam => type_params;
    Branch => branches;
    Handler => handlers;
    WithItem => with_items;
    Alias => aliases;
    Case => cases;
    KeyPattern => key_patterns;
}

impl Tree {
    /// The items of a list.
    pub fn list<T: Listed>(&self, list: List<T>) -> &[T] {
        &T::table(self)[list.start as usize..][..list.len as usize]
    }

    /// Stores items as one list.
    pub fn add_list<T: Listed>(&mut self, items: impl IntoIterator<Item = T>) -> List<T> {
        let table = T::table_mut(self);
        let start = table.len();
        table.extend(items);
        List { start: start as u32, len: (table.len() - start) as u32, of: core::marker::PhantomData }
    }

    /// The text of an identifier.
    pub fn name(&self, id: NameId) -> &str {
        &self.names[id.0 as usize]
    }

    /// The bytes of a literal.
    pub fn text(&self, id: TextId) -> &[u8] {
        &self.texts[id.0 as usize]
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= offset).max(1) as u32
    }
}

impl core::ops::Index<ExprId> for Tree {
    type Output = Expr;
    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
}

impl core::ops::Index<StmtId> for Tree {
    type Output = Stmt;
    fn index(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.0 as usize]
    }
}

impl core::ops::Index<PatternId> for Tree {
    type Output = Pattern;
    fn index(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.0 as usize]
    }
}

/// Statements in order.
pub type Block = List<StmtId>;

impl Default for Block {
    fn default() -> Self {
        List::EMPTY
    }
}

/// An identifier where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// Which name.
    pub name: NameId,
    /// Where.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// Whether at least one pair of parentheses stands around it (for a tuple: around its items).
    pub paren: bool,
}

/// Kinds of expressions.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
    /// `...`
    Ellipsis,
    /// An identifier.
    Name(NameId),
    /// An integer literal that fits.
    Int(u64),
    /// A larger integer literal: its text as lower case without underscores, `0x`/`0o`/`0b` prefix kept.
    BigInt(TextId),
    /// A float literal: its text without underscores.
    Float(TextId),
    /// An imaginary literal: its text without underscores and without the `j`.
    Imaginary(TextId),
    /// One or more adjacent plain string literals, joined.
    Str {
        /// The decoded text.
        text: TextId,
        /// Whether this very text occurred as an identifier token earlier in the source (the
        /// official compiler then interns a string that is too long to be interned otherwise).
        seen_as_name: bool,
    },
    /// One or more adjacent bytes literals, joined.
    Bytes(TextId),
    /// Adjacent string literals of which at least one is an f-string.
    FString(List<Piece>),
    /// One or more adjacent t-strings.
    TString(List<Piece>),
    /// `a, b` / `(a, b)` / `()`; items may be [`ExprKind::Star`].
    Tuple(List<ExprId>),
    /// `[a, b]`
    List(List<ExprId>),
    /// `{a, b}`
    Set(List<ExprId>),
    /// `{k: v, **m}`
    Dict(List<DictItem>),
    /// `[e for …]`
    ListComp {
        /// The element.
        elt: ExprId,
        /// `for` and `if` parts in order; the first is a `for`.
        clauses: List<Clause>,
    },
    /// `{e for …}`
    SetComp {
        /// The element.
        elt: ExprId,
        /// As in [`ExprKind::ListComp`].
        clauses: List<Clause>,
    },
    /// `{k: v for …}`
    DictComp {
        /// The key.
        key: ExprId,
        /// The value.
        value: ExprId,
        /// As in [`ExprKind::ListComp`].
        clauses: List<Clause>,
    },
    /// `(e for …)`; as the only argument of a call its own parentheses are the call's and `paren` is false.
    Generator {
        /// The element.
        elt: ExprId,
        /// As in [`ExprKind::ListComp`].
        clauses: List<Clause>,
    },
    /// `a + b - c`: operators of one precedence level, evaluated from the left. Levels: `|`, `^`,
    /// `&`, shifts, `+ -`, `* @ / // %`.
    Chain {
        /// The leftmost operand.
        first: ExprId,
        /// Each operator with its right operand; at least one.
        rest: List<OpItem>,
    },
    /// `a ** b`
    Power {
        /// Left operand.
        base: ExprId,
        /// Right operand.
        exponent: ExprId,
    },
    /// `-a`, `+a`, `~a`, `not a`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: ExprId,
    },
    /// `a and b and c`: at least two operands.
    And(List<ExprId>),
    /// `a or b or c`: at least two operands.
    Or(List<ExprId>),
    /// `a < b < c`
    Compare {
        /// The leftmost operand.
        first: ExprId,
        /// Each operator with its right operand; at least one.
        rest: List<CmpItem>,
    },
    /// `body if test else orelse`
    IfElse {
        /// Value if true.
        body: ExprId,
        /// The condition.
        test: ExprId,
        /// Value if false.
        orelse: ExprId,
    },
    /// `lambda params: body`
    Lambda {
        /// Parameters.
        params: List<Param>,
        /// The result.
        body: ExprId,
    },
    /// `name := value`
    Named {
        /// The target.
        target: Ident,
        /// The value.
        value: ExprId,
    },
    /// `base.a(b)[c]`: at least one trailer.
    Trailers {
        /// The atom in front.
        base: ExprId,
        /// What follows, in order.
        trailers: List<Trailer>,
    },
    /// `await e`
    Await(ExprId),
    /// `yield` / `yield e`
    Yield(Option<ExprId>),
    /// `yield from e`
    YieldFrom(ExprId),
    /// `*e` in a tuple, list, set, target or subscript.
    Star(ExprId),
    /// `a:b:c` in a subscript.
    Slice {
        /// Before the first colon.
        lower: Option<ExprId>,
        /// After the first colon.
        upper: Option<ExprId>,
        /// After the second colon.
        step: Option<ExprId>,
        /// Whether a second colon is written (a step may still be absent).
        second_colon: bool,
    },
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `~`
    Invert,
    /// `not`
    Not,
}

/// Binary operators, also of augmented assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinOp {
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `&`
    And,
    /// `<<`
    Lshift,
    /// `>>`
    Rshift,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `@`
    MatMul,
    /// `//`
    FloorDiv,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `**` (augmented assignment only; otherwise [`ExprKind::Power`])
    Pow,
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `==`
    Eq,
    /// `<=`
    Le,
    /// `>=`
    Ge,
    /// `!=`
    Ne,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `is`
    Is,
    /// `is not`
    IsNot,
}

/// One operator of a [`ExprKind::Chain`].
#[derive(Clone, Copy, Debug)]
pub struct OpItem {
    /// The operator.
    pub op: BinOp,
    /// Its right operand.
    pub right: ExprId,
}

/// One operator of a [`ExprKind::Compare`].
#[derive(Clone, Copy, Debug)]
pub struct CmpItem {
    /// The operator.
    pub op: CmpOp,
    /// Its right operand.
    pub right: ExprId,
}

/// One trailer.
#[derive(Clone, Copy, Debug)]
pub struct Trailer {
    /// What it is.
    pub kind: TrailerKind,
    /// From its `(`, `[` or `.` to its end.
    pub span: Span,
}

/// Kinds of trailers.
#[derive(Clone, Copy, Debug)]
pub enum TrailerKind {
    /// `(args)`
    Call(List<Arg>),
    /// `[index]`; several comma-separated indices are one unparenthesised tuple.
    Subscript(ExprId),
    /// `.name`
    Attr(Ident),
}

/// One argument of a call or class definition, in written order.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// What it is.
    pub kind: ArgKind,
    /// Where it stands.
    pub span: Span,
}

/// Kinds of arguments.
#[derive(Clone, Copy, Debug)]
pub enum ArgKind {
    /// `e` (also an unparenthesised generator expression as the only argument, and `name := e`)
    Positional(ExprId),
    /// `*e`
    Star(ExprId),
    /// `name=e`
    Keyword(Ident, ExprId),
    /// `**e`
    DoubleStar(ExprId),
}

/// One item of a dict display.
#[derive(Clone, Copy, Debug)]
pub struct DictItem {
    /// The key; `None` for `**value`.
    pub key: Option<ExprId>,
    /// The value.
    pub value: ExprId,
    /// From the key (or `**`) to the end of the value.
    pub span: Span,
}

/// A part of a comprehension.
#[derive(Clone, Copy, Debug)]
pub enum Clause {
    /// `for target in iter`
    For {
        /// The target.
        target: ExprId,
        /// The iterable.
        iter: ExprId,
        /// `async for`
        is_async: bool,
        /// From `for` (or `async`) on.
        span: Span,
    },
    /// `if test`
    If {
        /// The condition.
        test: ExprId,
        /// From `if` on.
        span: Span,
    },
}

/// A piece of an f- or t-string, in order.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// Decoded text between the fields (doubled braces are single here).
    Text {
        /// The text.
        text: TextId,
        /// Whether it comes from an f- or t-string literal (else from an adjacent plain one).
        formatted: bool,
        /// Where it stands.
        span: Span,
    },
    /// `{value!conversion:spec}`
    Field {
        /// The expression.
        value: ExprId,
        /// The source text between `{` and the first of `=`, `!`, `:`, `}` that ends the expression,
        /// white space kept.
        source: Span,
        /// With `=` (self-documenting): the source text from after `{` up to the end of the `=` and
        /// the white space after it; empty span otherwise.
        debug: Span,
        /// `r`, `s` or `a`; 0 if none is written.
        conversion: u8,
        /// The pieces after the colon; `None` without colon.
        spec: Option<List<Piece>>,
        /// From `{` to after `}`.
        span: Span,
    },
}

/// How a parameter binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Before `/`.
    PositionalOnly,
    /// Ordinary.
    Plain,
    /// `*args`
    VarArgs,
    /// After `*` or `*args`.
    KeywordOnly,
    /// `**kwargs`
    KwArgs,
}

/// One parameter, in written order. A bare `*` is not a parameter of its own.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// How it binds.
    pub kind: ParamKind,
    /// Its annotation (for `*args: *T` a [`ExprKind::Star`]).
    pub annotation: Option<ExprId>,
    /// Its default.
    pub default: Option<ExprId>,
}

/// `T: bound = default`, `*Ts`, `**P`
#[derive(Clone, Copy, Debug)]
pub struct TypeParam {
    /// Its name.
    pub name: Ident,
    /// 0 plain, 1 `*`, 2 `**`.
    pub stars: u8,
    /// After the colon.
    pub bound: Option<ExprId>,
    /// After `=`.
    pub default: Option<ExprId>,
}

/// A statement.
#[derive(Clone, Copy, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// From its first token (for decorated definitions: the first `@`) to its last.
    pub span: Span,
}

/// A function definition.
#[derive(Clone, Copy, Debug)]
pub struct FuncDef {
    /// Its name.
    pub name: Ident,
    /// `[T]`
    pub type_params: List<TypeParam>,
    /// Parameters.
    pub params: List<Param>,
    /// After `->`.
    pub returns: Option<ExprId>,
    /// The body.
    pub body: Block,
    /// Decorator expressions, in written order.
    pub decorators: List<ExprId>,
    /// `async def`
    pub is_async: bool,
    /// Offset of `def` (of `async` for an async function).
    pub def_start: u32,
}

/// A class definition.
#[derive(Clone, Copy, Debug)]
pub struct ClassDef {
    /// Its name.
    pub name: Ident,
    /// `[T]`
    pub type_params: List<TypeParam>,
    /// Bases and keywords.
    pub args: List<Arg>,
    /// The body.
    pub body: Block,
    /// Decorator expressions, in written order.
    pub decorators: List<ExprId>,
    /// Offset of `class`.
    pub def_start: u32,
}

/// Kinds of statements.
#[derive(Clone, Copy, Debug)]
pub enum StmtKind {
    /// An expression.
    Expr(ExprId),
    /// `a = b = value`
    Assign {
        /// Targets from left to right; at least one.
        targets: List<ExprId>,
        /// The value.
        value: ExprId,
    },
    /// `target: annotation = value`
    AnnAssign {
        /// The target.
        target: ExprId,
        /// The annotation.
        annotation: ExprId,
        /// The value.
        value: Option<ExprId>,
    },
    /// `target op= value`
    AugAssign {
        /// The target.
        target: ExprId,
        /// The operator.
        op: BinOp,
        /// The value.
        value: ExprId,
    },
    /// `del a, b`: the comma-separated targets (a parenthesised or bracketed list is one target).
    Del(List<ExprId>),
    /// `pass`
    Pass,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return e`
    Return(Option<ExprId>),
    /// `raise exc from cause`
    Raise {
        /// The exception.
        exc: Option<ExprId>,
        /// After `from`.
        cause: Option<ExprId>,
    },
    /// `global a, b`
    Global(List<Ident>),
    /// `nonlocal a, b`
    Nonlocal(List<Ident>),
    /// `assert test, message`
    Assert {
        /// The condition.
        test: ExprId,
        /// The message.
        message: Option<ExprId>,
    },
    /// `import a.b as c, d`
    Import(List<Alias>),
    /// `from ..m import a as b`
    ImportFrom {
        /// Number of leading dots.
        level: u32,
        /// The dotted module name, in parts; empty for `from . import x`.
        module: List<Ident>,
        /// What is imported; empty means `*`.
        names: List<Alias>,
    },
    /// `if … elif … else …`
    If {
        /// `if` and each `elif`.
        branches: List<Branch>,
        /// `else`
        orelse: Option<Block>,
    },
    /// `while test: body else: orelse`
    While {
        /// The condition.
        test: ExprId,
        /// The body.
        body: Block,
        /// `else`
        orelse: Option<Block>,
    },
    /// `for target in iter: body else: orelse`
    For {
        /// The target.
        target: ExprId,
        /// The iterable.
        iter: ExprId,
        /// The body.
        body: Block,
        /// `else`
        orelse: Option<Block>,
        /// `async for`
        is_async: bool,
    },
    /// `try: body except …: … else: … finally: …`
    Try {
        /// The body.
        body: Block,
        /// Handlers.
        handlers: List<Handler>,
        /// `else`
        orelse: Option<Block>,
        /// `finally`
        finally: Option<Block>,
        /// `except*`
        star: bool,
    },
    /// `with a as b, c: body`
    With {
        /// The managers.
        items: List<WithItem>,
        /// The body.
        body: Block,
        /// `async with`
        is_async: bool,
    },
    /// `def`
    FuncDef(FuncDef),
    /// `class`
    ClassDef(ClassDef),
    /// `match subject: cases`
    Match {
        /// The subject (an unparenthesised tuple for `match a, b:`).
        subject: ExprId,
        /// The cases.
        cases: List<Case>,
    },
    /// `type name[params] = value`
    TypeAlias {
        /// The name.
        name: Ident,
        /// `[T]`
        type_params: List<TypeParam>,
        /// The value.
        value: ExprId,
    },
}

/// One test with its block.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// The condition.
    pub test: ExprId,
    /// The block.
    pub body: Block,
    /// From `if` or `elif` on.
    pub span: Span,
}

/// One `except` clause.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// What is caught; `None` for a bare `except:`. `except A, B:` gives an unparenthesised tuple.
    pub typ: Option<ExprId>,
    /// After `as`.
    pub name: Option<Ident>,
    /// The block.
    pub body: Block,
    /// From `except` on.
    pub span: Span,
}

/// One manager of a `with`.
#[derive(Clone, Copy, Debug)]
pub struct WithItem {
    /// The manager.
    pub context: ExprId,
    /// After `as`.
    pub target: Option<ExprId>,
    /// Where it stands.
    pub span: Span,
}

/// One imported name.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    /// The dotted name, in parts (one part in `from … import`).
    pub path: List<Ident>,
    /// After `as`.
    pub asname: Option<Ident>,
    /// Where it stands.
    pub span: Span,
}

/// One `case`.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The pattern (an open sequence `case a, b:` is a [`PatternKind::Sequence`]).
    pub pattern: PatternId,
    /// After `if`.
    pub guard: Option<ExprId>,
    /// The block.
    pub body: Block,
    /// From `case` on.
    pub span: Span,
}

/// A pattern.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where it stands.
    pub span: Span,
}

/// Kinds of patterns.
#[derive(Clone, Copy, Debug)]
pub enum PatternKind {
    /// A literal (number, signed or complex included, string) or dotted name: compared with `==`.
    Value(ExprId),
    /// `None`, `True`, `False`: compared with `is`.
    Singleton(ExprId),
    /// `[a, *b]`
    Sequence(List<PatternId>),
    /// `{k: p, **rest}`
    Mapping {
        /// Keys with their patterns.
        items: List<KeyPattern>,
        /// After `**`.
        rest: Option<Ident>,
    },
    /// `C(p, k=q)`
    Class {
        /// The class (a name or dotted name).
        class: ExprId,
        /// Positional patterns.
        positional: List<PatternId>,
        /// Keyword patterns; [`KeyPattern::key`] is the attribute as a [`ExprKind::Name`].
        keywords: List<KeyPattern>,
    },
    /// `*name`, `*_` (None) inside a sequence.
    Star(Option<Ident>),
    /// `p as name`; a bare capture has no pattern; `_` has neither.
    As {
        /// The pattern.
        pattern: Option<PatternId>,
        /// The captured name.
        name: Option<Ident>,
    },
    /// `p | q`
    Or(List<PatternId>),
}

/// A key with its pattern.
#[derive(Clone, Copy, Debug)]
pub struct KeyPattern {
    /// The key.
    pub key: ExprId,
    /// The pattern of its value.
    pub pattern: PatternId,
}

/// Which kind of `SyntaxError` an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
}

/// Why a source was refused.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// Which exception it becomes.
    pub kind: ErrorKind,
    /// What is wrong and what was expected, as a sentence without a full stop (CPython's where it has one).
    pub message: String,
    /// Where.
    pub span: Span,
    /// 1-based line of the start of `span`.
    pub line: u32,
    /// 1-based column of the start of `span`, in characters.
    pub column: u32,
    /// The official short message for the same error (`invalid syntax`, `unexpected indent`, …).
    pub short: &'static str,
}
