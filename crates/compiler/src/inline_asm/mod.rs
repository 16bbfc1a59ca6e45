//! The inline assembler: functions decorated with `@micropython.asm_…` (native-abi.md §11).
//!
//! [`parse`] checks what needs no instruction set, when the function is lowered; [`assemble`] writes the code in two
//! passes: sizes, then bytes. The last error of an instruction is the one that counts, as in the official tool.

mod operand;
mod rv32;
mod thumb;
mod xtensa;

use crate::error::CompileError;
use crate::fold::Folds;
use crate::lines::Lines;
use alloc::{boxed::Box, format, string::String, vec::Vec};
use asm::{Code, ErrorKind, Label};
use code::object::{Arch, Kind, Native, RawCode};
use hashbrown::HashMap;
use operand::{Operand, Reader};
use syntax::tree::*;

/// What is needed to read a function.
pub struct Source<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// Its constants.
    pub folds: &'a Folds,
    /// Its text.
    pub text: &'a [u8],
    /// Its lines.
    pub lines: &'a Lines<'a>,
}

/// One statement of the body.
enum Step<'a> {
    Label(&'a str),
    Align(u32),
    Data(u32, &'a [Arg]),
    Instruction(&'a str, &'a [Arg]),
}

/// A function without its instruction set.
pub struct Function<'a> {
    params: &'a [Param],
    /// Type of the result (native-abi.md §8).
    result: u32,
    /// The statements: where they start, and where their arguments do.
    steps: Vec<(u32, u32, Step<'a>)>,
}

impl<'a> Source<'a> {
    fn reader(&self) -> Reader<'a> {
        Reader { tree: self.tree, folds: self.folds }
    }

    fn error(&self, offset: u32, message: impl Into<String>) -> CompileError {
        let span = Span { start: offset, end: offset };
        CompileError { line: self.lines.of(offset), ..CompileError::syntax(self.tree, span, message) }
    }

    /// Whether the official parser drops an expression statement; `()` is no constant to it.
    fn is_constant(&self, expr: ExprId) -> bool {
        let is_empty = matches!(self.tree[expr].kind, ExprKind::Tuple(items) if self.tree.list(items).is_empty());
        self.folds.constant(expr).is_some() && !is_empty
    }

    /// Whether another statement follows on the same line, or could.
    fn is_joined(&self, stmt: &Stmt) -> bool {
        let rest = self.text.get(stmt.span.end as usize..).unwrap_or(&[]);
        rest.iter().find(|&&byte| byte != b' ' && byte != b'\t') == Some(&b';')
    }

    /// The call that a statement is: name, offset of the parenthesis, arguments.
    fn instruction(&self, stmt: &Stmt) -> Option<(&'a str, u32, &'a [Arg])> {
        let StmtKind::Expr(expr) = stmt.kind else { return None };
        let reader = self.reader();
        let call = Operand::Expr(self.folds.resolve(expr));
        let (base, args) = reader.call(call)?;
        let (Operand::Expr(base_expr), name) = (base, reader.ident(base)?) else { return None };
        let after = self.tree[base_expr].span.end;
        Some((name, crate::tokens::next_token(self.text, after), args))
    }
}

/// Reads a function and checks its statements.
pub fn parse<'a>(source: &Source<'a>, def: &FuncDef) -> Result<Function<'a>, CompileError> {
    let tree = source.tree;
    let reader = source.reader();
    let mut function = Function { params: tree.list(def.params), result: 2, steps: Vec::new() };
    let mut bad_result = None;
    if let Some(returns) = def.returns {
        let returns = source.folds.resolve(returns);
        match reader.ident(Operand::Expr(returns)) {
            Some("object") => function.result = 0,
            Some("bool") => function.result = 1,
            Some("int") => function.result = 2,
            Some("uint") => function.result = 3,
            Some(_) => return Err(source.error(def.def_start, "unknown type")),
            None => bad_result = Some(tree[returns].span.start),
        }
    }
    let mut joined = false;
    for &id in tree.list(def.body) {
        let stmt = &tree[id];
        joined |= source.is_joined(stmt);
        let start = stmt.span.start;
        let is_constant = match stmt.kind {
            StmtKind::Expr(expr) => source.is_constant(source.folds.resolve(expr)),
            _ => false,
        };
        if !joined && (is_constant || matches!(stmt.kind, StmtKind::Pass)) {
            continue;
        }
        let instruction = if joined { None } else { source.instruction(stmt) };
        let bad = |at| source.error(at, "return annotation must be an identifier");
        let Some((name, paren, args)) = instruction else {
            return Err(bad_result.map_or_else(|| source.error(start, "expecting an assembler instruction"), bad));
        };
        if bad_result.is_some() {
            return Err(bad(paren));
        }
        let operand = |at: usize| args.get(at).map_or(Operand::Other, |arg| reader.operand(arg));
        let step = match name {
            "label" => match reader.ident(operand(0)) {
                Some(name) if args.len() == 1 => Step::Label(name),
                _ => return Err(source.error(start, "'label' requires 1 argument")),
            },
            "align" => match reader.small_int(operand(0)) {
                Some(to) if args.len() == 1 => Step::Align(to as u32),
                _ => return Err(source.error(start, "'align' requires 1 argument")),
            },
            "data" => match reader.small_int(operand(0)) {
                Some(size) if args.len() >= 2 => Step::Data(size as u32, &args[1..]),
                _ => return Err(source.error(start, "'data' requires at least 2 arguments")),
            },
            _ => Step::Instruction(name, args),
        };
        function.steps.push((start, paren, step));
    }
    match bad_result {
        Some(_) => Err(source.error(def.def_start, "return annotation must be an identifier")),
        None => Ok(function),
    }
}

/// An instruction set.
trait Instructions {
    /// The name that messages have for it.
    const NAME: &'static str;

    /// Checks that the names of parameters are the registers they come in; tells what they must be otherwise.
    fn check_param(&self, number: usize, name: &str) -> Result<(), &'static str>;

    /// What connects the number 4 with the name in the message about too many parameters.
    const PREPOSITION: &'static str = "to";

    /// How often the code is gone through; the last time counts.
    const PASSES: usize = 2;

    /// The code of the current pass.
    fn code(&mut self) -> &mut Code;

    /// Starts a pass.
    fn start(&mut self);

    /// Ends a pass.
    fn end(&mut self);

    /// Writes one instruction.
    fn instruction(&mut self, context: &mut Context<'_>, name: &str, args: &[Operand]);
}

/// What instructions need while they are written.
struct Context<'a> {
    reader: Reader<'a>,
    labels: HashMap<&'a str, Label>,
    /// Whether all labels must be known.
    last_pass: bool,
    /// What is wrong with the current instruction.
    error: Option<String>,
}

/// Stands for a label that has not been met yet.
const NOWHERE: Label = Label(u32::MAX);

impl Context<'_> {
    fn fail(&mut self, message: String) {
        self.error = Some(message);
    }

    fn find(&self, name: &str) -> Option<Label> {
        self.labels.get(name).copied()
    }

    /// The label that an operand names.
    fn label(&mut self, op: &str, operand: Operand) -> Label {
        let Some(name) = self.reader.ident(operand) else {
            self.fail(format!("'{op}' expects a label"));
            return NOWHERE;
        };
        let label = self.find(name);
        if label.is_none() && self.last_pass {
            self.fail(format!("label '{name}' not defined"));
        }
        label.unwrap_or(NOWHERE)
    }

    /// The integer that an operand is, cut to 32 bits.
    fn int(&mut self, op: &str, operand: Operand) -> Option<u32> {
        let value = self.reader.int(operand);
        if value.is_none() {
            self.fail(format!("'{op}' expects an integer"));
        }
        value.map(|value| value as u32)
    }
}

/// Most bytes that one value or alignment may take.
const MOST_BYTES: u32 = 1 << 20;
/// Most bytes of a function; the last step may add some.
const MOST_CODE: u32 = 1 << 24;

/// One pass over a function.
fn pass<'a, I: Instructions>(
    set: &mut I,
    context: &mut Context<'a>,
    source: &Source<'a>,
    function: &Function<'a>,
) -> Result<(), CompileError> {
    let mut next_label = 0;
    set.start();
    for (start, paren, step) in &function.steps {
        if set.code().offset() > MOST_CODE {
            return Err(too_long(source, *start));
        }
        match *step {
            Step::Label(name) => {
                let label = Label(next_label);
                if !context.last_pass && context.labels.insert(name, label).is_some() {
                    return Err(source.error(*start, "label redefined"));
                }
                set.code().place(label);
                next_label += 1;
            }
            Step::Align(to) if to > MOST_BYTES => return Err(too_long(source, *start)),
            Step::Align(to) => {
                // The official rounding, which is odd unless `to` is a power of two.
                let code = set.code();
                let offset = code.offset();
                let mask = to.saturating_sub(1);
                let end = (offset + mask) & !mask;
                for _ in offset..end {
                    code.u8(0);
                }
            }
            Step::Data(size, values) => {
                for value in values {
                    let Some(value) = context.reader.int(context.reader.operand(value)) else {
                        return Err(source.error(*start, "'data' requires integer arguments"));
                    };
                    if size > MOST_BYTES || set.code().offset() > MOST_CODE {
                        return Err(too_long(source, *start));
                    }
                    set.code().data(size.min(8) as usize, value as u64);
                    for _ in 8..size {
                        set.code().u8(0);
                    }
                }
            }
            Step::Instruction(name, args) => {
                let operands: Vec<Operand> = args.iter().map(|arg| context.reader.operand(arg)).collect();
                set.instruction(context, name, &operands);
                if let Some(message) = context.error.take() {
                    return Err(source.error(*paren, message));
                }
                if let Some(error) = set.code().error() {
                    debug_assert_eq!(error.kind, ErrorKind::Runtime);
                    // These have no traceback.
                    return Err(CompileError { line: 0, ..runtime(source.error(*paren, error.text.clone())) });
                }
            }
        }
    }
    set.end();
    Ok(())
}

fn runtime(error: CompileError) -> CompileError {
    CompileError { kind: crate::ErrorKind::Runtime, ..error }
}

fn too_long(source: &Source<'_>, offset: u32) -> CompileError {
    runtime(source.error(offset, "inline assembler code is too long"))
}

fn assemble_with<I: Instructions>(
    mut set: I,
    source: &Source<'_>,
    def: &FuncDef,
    function: &Function<'_>,
) -> Result<RawCode, CompileError> {
    let refuse = |message: String| source.error(def.def_start, message);
    if function.params.len() > 4 {
        return Err(refuse(format!("can only have up to 4 parameters {} {} assembly", I::PREPOSITION, I::NAME)));
    }
    for (number, param) in function.params.iter().enumerate() {
        let is_plain = param.kind == ParamKind::Plain && param.annotation.is_none() && param.default.is_none();
        let name = if is_plain { source.tree.name(param.name.name) } else { "" };
        set.check_param(number, name)
            .map_err(|registers| refuse(format!("parameters must be registers in sequence {registers}")))?;
    }
    let mut context = Context { reader: source.reader(), labels: HashMap::new(), last_pass: false, error: None };
    for number in 1..=I::PASSES {
        context.last_pass = number == I::PASSES;
        if !context.last_pass {
            context.labels.clear();
        }
        pass(&mut set, &mut context, source, function).map_err(|error| match number {
            // The official tool goes on to the next pass, where it forgets the place.
            1 if I::PASSES > 2 && error.line != 0 => CompileError { line: source.lines.of(def.def_start), ..error },
            _ => error,
        })?;
    }
    let native = Native { n_args: function.params.len() as u32, type_sig: function.result, ..Native::default() };
    Ok(RawCode {
        kind: Kind::Asm,
        data: set.code().bytes().into(),
        children: Vec::new(),
        native: Some(Box::new(native)),
        debug: None,
    })
}

/// Whether an architecture has an inline assembler.
pub fn is_supported(arch: Arch) -> bool {
    use Arch::*;
    matches!(arch, Armv6 | Armv6m | Armv7m | Armv7em | Armv7emsp | Armv7emdp | Xtensa | Xtensawin | Rv32imc)
}

/// The code of a function.
pub fn assemble(
    source: &Source<'_>,
    def: &FuncDef,
    function: &Function<'_>,
    arch: Arch,
    arch_flags: u32,
) -> Result<RawCode, CompileError> {
    match arch {
        Arch::Xtensa => assemble_with(xtensa::Set::new(false), source, def, function),
        Arch::Xtensawin => assemble_with(xtensa::Set::new(true), source, def, function),
        Arch::Rv32imc => assemble_with(rv32::Set::new(arch_flags), source, def, function),
        _ => assemble_with(thumb::Set::new(arch), source, def, function),
    }
}
