//! Lines as the official lexer counts them.
//!
//! It feeds the fields of f- and t-strings through its input a second time, and counts the line ends in
//! them again; everything behind is then on later lines than it really is.

use alloc::vec::Vec;
use syntax::tree::*;

/// Line numbers of a source.
pub struct Lines<'a> {
    tree: &'a Tree,
    /// From which offset on how many lines have been counted twice.
    extra: Vec<(u32, u32)>,
}

impl<'a> Lines<'a> {
    /// The real lines.
    pub fn real(tree: &'a Tree) -> Lines<'a> {
        Lines { tree, extra: Vec::new() }
    }

    /// Those of the official lexer.
    pub fn official(tree: &'a Tree, source: &[u8]) -> Lines<'a> {
        let mut extra = Vec::new();
        for expr in &tree.exprs {
            let count = match expr.kind {
                ExprKind::FString(pieces) => {
                    let mut count = 0;
                    count_in_fields(tree, source, pieces, &mut count);
                    count
                }
                ExprKind::TString(_) => {
                    let text = source.get(expr.span.start as usize..expr.span.end as usize).unwrap_or(&[]);
                    escaped_line_ends(text)
                }
                _ => 0,
            };
            if count > 0 {
                extra.push((expr.span.end, count));
            }
        }
        extra.sort_unstable();
        let mut total = 0;
        for (_, count) in &mut extra {
            total += *count;
            *count = total;
        }
        Lines { tree, extra }
    }

    /// Whether all lines are the real ones.
    pub fn are_real(&self) -> bool {
        self.extra.is_empty()
    }

    /// The line of an offset.
    pub fn of(&self, offset: u32) -> u32 {
        let at = self.extra.partition_point(|&(from, _)| from < offset);
        let extra = if at == 0 { 0 } else { self.extra[at - 1].1 };
        self.tree.line(offset) + extra
    }
}

/// Nesting of format specifications is bounded by the parser.
fn count_in_fields(tree: &Tree, source: &[u8], pieces: List<Piece>, count: &mut u32) {
    for piece in tree.list(pieces) {
        if let Piece::Field { source: text, spec, .. } = *piece {
            let text = source.get(text.start as usize..text.end as usize).unwrap_or(&[]);
            *count += text.iter().filter(|&&byte| byte == b'\n').count() as u32;
            if let Some(spec) = spec {
                count_in_fields(tree, source, spec, count);
            }
        }
    }
}

/// Line ends behind a backslash.
pub fn escaped_line_ends(text: &[u8]) -> u32 {
    let mut count = 0;
    let mut escaped = false;
    for &byte in text {
        count += (escaped && byte == b'\n') as u32;
        escaped = byte == b'\\' && !escaped;
    }
    count
}
