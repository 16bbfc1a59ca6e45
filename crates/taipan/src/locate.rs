//! Where in a source an instruction comes from, for tracebacks.
//!
//! The machine keeps no columns: a source whose lines a traceback shows is compiled once more, and the function is found
//! again by its name and line. A file that has changed since gives lines without marks.

use code::{
    line_table,
    object::{Module, Position, RawCode},
    opcode::{Instruction, Op},
    prelude::Prelude,
};
use syntax::tree::{ExprId, ExprKind, StmtKind, Tree};
use vm::host::{Located, Place};

/// Looks up all places in a compiled source.
pub fn locate(module: &Module, source: &[u8], places: &[Place]) -> Vec<Option<Located>> {
    let lines: Vec<&[u8]> = source.split(|&byte| byte == b'\n').collect();
    places
        .iter()
        .map(|place| {
            let (position, imports, names) = find(module, place)?;
            let mut located = describe(position, &lines);
            located.names = names;
            // An import statement fails as a whole.
            located.carets &= !imports;
            Some(located)
        })
        .collect()
}

/// The position of an instruction of a function with this name that is on this line. Of several the one with the place's
/// number; what was loaded from a file compiled otherwise may have other numbers.
fn find(module: &Module, place: &Place) -> Option<(Position, bool, Vec<String>)> {
    let mut found = None;
    let mut number = 0u8;
    let mut waiting = vec![&module.root];
    while let Some(code) = waiting.pop() {
        if let Some(position) = position_in(module, code, place) {
            if number == place.number {
                return Some(position);
            }
            found = found.or(Some(position));
        }
        number = number.wrapping_add(1);
        waiting.extend(code.children.iter().rev());
    }
    found
}

/// Its position, whether it is an import, and the function's locals.
fn position_in(module: &Module, code: &RawCode, place: &Place) -> Option<(Position, bool, Vec<String>)> {
    let prelude = Prelude::parse(&code.data).ok()?;
    let name = module.qstrs.get(prelude.name as usize)?;
    let line = line_table::lookup(code.data.get(prelude.lines.clone())?, place.offset);
    if **name != *place.function.as_bytes() || line != place.line {
        return None;
    }
    let debug = code.debug.as_ref()?;
    let bytes = code.data.get(prelude.code..)?;
    // Several instructions may have run as one: what cannot fail is not what failed.
    let mut offset = place.offset as usize;
    let mut imports = false;
    while let Some(instruction) = Instruction::decode(bytes, offset) {
        let loads = matches!(instruction.op, Op::LoadFastN | Op::LoadFastMulti);
        let harmless = !instruction.op.info().may_raise || loads && !place.unbound;
        if !harmless {
            imports = matches!(instruction.op, Op::ImportName | Op::ImportFrom | Op::ImportStar);
            break;
        }
        offset += instruction.len;
    }
    let at = debug.positions.partition_point(|position| position.offset as usize <= offset);
    let names = debug.locals.iter().filter(|name| !name.is_empty()).map(|name| String::from(&**name)).collect();
    Some((debug.positions.get(at.checked_sub(1)?).copied()?, imports, names))
}

/// The place in the lines, which part of it is marked most, and whether marks say anything.
fn describe(position: Position, lines: &[&[u8]]) -> Located {
    let (first, last) = (position.line as usize, position.end_line as usize);
    let mut located = Located {
        line: position.line,
        end_line: position.end_line.max(position.line),
        column: position.column,
        end_column: position.end_column,
        mark: None,
        carets: false,
        names: Vec::new(),
    };
    let Some(shown) = first.checked_sub(1).and_then(|first| lines.get(first..last)) else { return located };
    close_parentheses(&mut located, shown);
    located.mark = mark(&located, shown);
    located.carets = are_useful(&located, shown);
    located
}

/// Takes in the parentheses around an operand at either end, which are no part of the operand.
fn close_parentheses(located: &mut Located, shown: &[&[u8]]) {
    let (mut open, mut missing) = (0usize, 0usize);
    for byte in segment(located, shown) {
        match byte {
            b'(' => open += 1,
            b')' if open > 0 => open -= 1,
            b')' => missing += 1,
            _ => {}
        }
    }
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return };
    let (mut start, mut end) = (located.column as usize, located.end_column as usize);
    while open > 0 && last.get(end).is_some_and(|byte| matches!(byte, b')' | b' ')) {
        open -= usize::from(last[end] == b')');
        end += 1;
    }
    while missing > 0 && start > 0 && first.get(start - 1).is_some_and(|byte| matches!(byte, b'(' | b' ')) {
        start -= 1;
        missing -= usize::from(first[start] == b'(');
    }
    if open == 0 && missing == 0 {
        (located.column, located.end_column) = (start as u32, end as u32);
    }
}

/// The text of a place.
fn segment(located: &Located, shown: &[&[u8]]) -> Vec<u8> {
    let mut text = shown.join(&b'\n');
    let cut = shown.last().map_or(0, |last| last.len()).saturating_sub(located.end_column as usize);
    text.truncate(text.len().saturating_sub(cut));
    text.drain(..(located.column as usize).min(text.len()));
    text
}

/// Of an operation its operator, of a call the parentheses, of a subscript the brackets: lines (counted from the first shown)
/// and columns of start and end.
fn mark(located: &Located, shown: &[&[u8]]) -> Option<[(u32, u32); 2]> {
    let text = segment(located, shown);
    // In parentheses, so that it may go over several lines.
    let wrapped = [b"(", &text[..], b")"].concat();
    let tree = syntax::parse_expression(&wrapped, &syntax::Options::default()).ok()?;
    let [start, end] = marked(&tree, root(&tree)?, &wrapped)?;
    let place = |at: usize| {
        let before = text.get(..at - 1)?;
        let line = before.iter().filter(|&&byte| byte == b'\n').count() as u32;
        let column = match before.iter().rposition(|&byte| byte == b'\n') {
            Some(end) => before.len() - end - 1,
            None => before.len() + located.column as usize,
        };
        Some((line, column as u32))
    };
    Some([place(start)?, place(end)?])
}

/// The expression that a tree of one expression is.
fn root(tree: &Tree) -> Option<ExprId> {
    match tree.list(tree.body) {
        &[stmt] => match tree[stmt].kind {
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => Some(expr),
            _ => None,
        },
        _ => None,
    }
}

fn marked(tree: &Tree, expr: ExprId, text: &[u8]) -> Option<[usize; 2]> {
    let end_of = |id: ExprId| tree[id].span.end as usize;
    match tree[expr].kind {
        ExprKind::Chain { first, rest } => {
            let rest = tree.list(rest);
            let last = rest.last()?;
            let before = rest.len().checked_sub(2).and_then(|at| rest.get(at)).map_or(first, |item| item.right);
            operator(text, end_of(before), tree[last.right].span.start as usize)
        }
        ExprKind::Power { base, exponent } => operator(text, end_of(base), tree[exponent].span.start as usize),
        ExprKind::Trailers { trailers, .. } => {
            use syntax::tree::TrailerKind;
            let trailers = tree.list(trailers);
            let last = trailers.last()?;
            if let TrailerKind::Attr(_) = last.kind {
                return None;
            }
            Some([last.span.start as usize, last.span.end as usize])
        }
        _ => None,
    }
}

/// The operator between two operands.
fn operator(text: &[u8], from: usize, to: usize) -> Option<[usize; 2]> {
    let between = text.get(from..to)?;
    let skipped = between.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b')' | b'\\'))?;
    let start = from + skipped;
    let double = between
        .get(skipped + 1)
        .is_some_and(|byte| *byte == between[skipped] && matches!(byte, b'/' | b'*' | b'<' | b'>'));
    Some([start, start + 1 + usize::from(double)])
}

/// Marks under a whole statement say nothing, nor do those of a call that a statement consists of.
fn are_useful(located: &Located, shown: &[&[u8]]) -> bool {
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return false };
    let (start, end) = (located.column as usize, located.end_column as usize);
    let lead = first.len() - first.trim_ascii_start().len();
    let statement = shown.join(&b'\n');
    if let Ok(tree) = syntax::parse_module(statement.trim_ascii(), &syntax::Options::default())
        && let &[stmt] = tree.list(tree.body)
    {
        let call = match tree[stmt].kind {
            StmtKind::Return(Some(value)) => Some((value, true)),
            StmtKind::Assign { value, .. } => Some((value, false)),
            _ => None,
        };
        if let Some((value, plain)) = call
            && let ExprKind::Trailers { trailers, .. } = tree[value].kind
            && let Some(trailer) = tree.list(trailers).last()
            && matches!(trailer.kind, syntax::tree::TrailerKind::Call(_))
            && (!plain || tree.list(trailers).len() == 1)
            && tree[value].span.start as usize + lead == start
            && tree[value].span.end as usize == segment_end(shown, end) - lead
        {
            return false;
        }
    }
    located.mark.is_some()
        || first.get(..start).is_some_and(|before| !before.trim_ascii().is_empty())
        || last.get(end..).is_some_and(|after| !after.trim_ascii().is_empty())
}

/// The end of a place counted from the start of the first line.
fn segment_end(shown: &[&[u8]], end: usize) -> usize {
    let before: usize = shown[..shown.len() - 1].iter().map(|line| line.len() + 1).sum();
    before + end
}
