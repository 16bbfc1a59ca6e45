//! f-strings and t-strings.
//!
//! The official lexer turns an f-string into a call of the format method of its text, with the field
//! expressions as arguments, and a t-string into a call of `__template__`. The full dialect formats
//! field by field, so that each is evaluated and formatted in turn.

use crate::constants::Value;
use crate::helpers;
use crate::lines::escaped_line_ends;
use crate::lower::{Done, Lowerer, Moved};
use crate::names::sym;
use crate::tokens;
use alloc::vec::Vec;
use code::opcode::Op;
use syntax::tree::*;

/// A field of a t-string: value, source text, conversion, format.
type Field = (ExprId, Span, u8, Option<List<Piece>>);

impl Lowerer<'_> {
    /// Lowers an f-string.
    pub fn fstring(&mut self, pieces: List<Piece>, span: Span) -> Done {
        if self.full {
            return self.joined(pieces, span);
        }
        self.format_call(pieces, span, false)
    }

    /// `"text".format(field, …)`
    fn format_call(&mut self, pieces: List<Piece>, span: Span, in_spec: bool) -> Done {
        let mut text = Vec::new();
        let mut fields = Vec::new();
        self.format_text(pieces, in_spec, &mut text, &mut fields);
        self.load_literal(&text, self.line_of(span.start));
        self.qstr(Op::LoadMethod, sym::FORMAT);
        // The fields are read after the text, on the line that the lexer has reached by then.
        let outer = self.moved;
        let mut line = self.line_behind(span);
        for &(field, text) in &fields {
            self.moved = Some(Moved { start: text.start, line });
            self.expr(field)?;
            line += self.tree.line(text.end) - self.tree.line(text.start);
        }
        self.moved = outer;
        self.call_method(fields.len() as u32);
        Ok(())
    }

    /// The line of the lexer when it has read a string and looked for another one behind it: inside
    /// brackets that of the next token.
    fn line_behind(&self, span: Span) -> u32 {
        let at = self.brackets.partition_point(|range| range.end <= span.start);
        let inside = self.brackets.get(at).is_some_and(|range| range.start <= span.start);
        let next = tokens::next_token(self.source, span.end);
        let newline = |byte: &u8| *byte == b'\n';
        if self.moved.is_some() {
            self.line_of(span.end)
        } else if inside {
            let more = self.tree.line(next) - self.tree.line(span.end);
            self.lines.of(span.end) + more
        } else {
            // A line end stops the search unless it is escaped.
            let blank = &self.source[span.end as usize..next as usize];
            let escaped = blank.windows(2).filter(|pair| pair == b"\\\n").count();
            let lines = blank.iter().filter(|byte| newline(byte)).count();
            self.lines.of(span.end) + if lines > escaped { 0 } else { escaped as u32 }
        }
    }

    /// Loads a string literal: short ones are names.
    fn load_literal(&mut self, text: &[u8], line: u32) {
        if text.len() <= 10 || (self.options.is_interned)(text) {
            let sym = self.names.intern(text);
            self.load_text(sym);
        } else {
            self.line(line);
            self.load_str(text);
        }
    }

    /// The text for the format method, and the fields in the order of their places. Where CPython reads
    /// `{{` inside a format specification as a field with a display, the official lexer reads an escaped brace.
    fn format_text(&self, pieces: List<Piece>, in_spec: bool, text: &mut Vec<u8>, fields: &mut Vec<(ExprId, Span)>) {
        for piece in self.tree.list(pieces) {
            match *piece {
                Piece::Text { text: part, formatted, .. } => {
                    for &byte in self.tree.text(part) {
                        text.push(byte);
                        if formatted && (byte == b'{' || byte == b'}') {
                            text.push(byte);
                        }
                    }
                }
                Piece::Field { span, .. }
                    if in_spec && self.source.get(span.start as usize + 1) == Some(&b'{')
                        || self.is_escaped(span.start) =>
                {
                    text.extend_from_slice(&self.source[span.start as usize..span.end as usize]);
                }
                Piece::Field { value, source, debug, conversion, spec, .. } => {
                    text.extend_from_slice(&self.source[debug.start as usize..debug.end as usize]);
                    fields.push((value, source));
                    text.push(b'{');
                    if conversion != 0 {
                        text.extend([b'!', conversion]);
                    }
                    if let Some(spec) = spec {
                        text.push(b':');
                        self.format_text(spec, true, text, fields);
                    }
                    text.push(b'}');
                }
            }
        }
    }

    /// Whether a backslash stands before a field, which makes it text for the official lexer.
    fn is_escaped(&self, offset: u32) -> bool {
        let before = &self.source[..offset as usize];
        before.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
    }

    /// Formats field by field and joins the parts.
    fn joined(&mut self, pieces: List<Piece>, span: Span) -> Done {
        match *self.tree.list(pieces) {
            [] => self.load_str(b""),
            [piece] => self.part(&piece)?,
            ref list => {
                // In groups, since a call takes at most 255 arguments.
                let groups = list.chunks(200);
                let many = groups.len() > 1;
                if many {
                    self.helper(helpers::JOIN);
                }
                let count = groups.len() as u32;
                for group in groups {
                    self.helper(helpers::JOIN);
                    for piece in group {
                        self.part(piece)?;
                    }
                    self.at(span);
                    self.call(group.len() as u32);
                }
                if many {
                    self.call(count);
                }
            }
        }
        Ok(())
    }

    fn part(&mut self, piece: &Piece) -> Done {
        match *piece {
            Piece::Text { text, .. } => {
                let text = self.tree.text(text);
                self.load_str(text);
            }
            Piece::Field { value, debug, conversion, spec, span, .. } => {
                let documented = debug.end > debug.start;
                if documented {
                    self.helper(helpers::JOIN);
                    let text = &self.source[debug.start as usize..debug.end as usize];
                    self.load_str(text);
                }
                self.helper(helpers::FORMAT_FIELD);
                self.expr(value)?;
                let conversion = if documented && conversion == 0 && spec.is_none() { b'r' } else { conversion };
                self.conversion(conversion);
                match spec {
                    Some(spec) => self.joined(spec, span)?,
                    None => self.load_str(b""),
                }
                self.at(span);
                self.call(3);
                if documented {
                    self.call(2);
                }
            }
        }
        Ok(())
    }

    fn conversion(&mut self, conversion: u8) {
        match conversion {
            0 => self.plain(Op::LoadConstNone),
            letter => self.load_str(&[letter]),
        }
    }

    /// Lowers a t-string.
    pub fn tstring(&mut self, pieces: List<Piece>, span: Span) -> Done {
        let tree = self.tree;
        // Texts and fields alternate, with empty texts where needed.
        let mut strings: Vec<Vec<u8>> = alloc::vec![Vec::new()];
        let mut fields: Vec<Field> = Vec::new();
        for piece in tree.list(pieces) {
            match *piece {
                Piece::Text { text, .. } => {
                    if let Some(last) = strings.last_mut() {
                        last.extend_from_slice(tree.text(text));
                    }
                }
                Piece::Field { value, source, debug, conversion, spec, .. } => {
                    let text = &self.source[debug.start as usize..debug.end as usize];
                    if let Some(last) = strings.last_mut() {
                        last.extend_from_slice(text);
                    }
                    let documented = debug.end > debug.start;
                    let conversion = if documented && conversion == 0 && spec.is_none() { b'r' } else { conversion };
                    fields.push((value, source, conversion, spec));
                    strings.push(Vec::new());
                }
            }
        }
        if !self.full {
            return self.official_template(&strings, &fields, span);
        }
        self.helper(helpers::TEMPLATE);
        for text in &strings {
            self.load_str(text);
        }
        self.count(Op::BuildTuple, strings.len() as u32);
        for &(value, source, conversion, spec) in &fields {
            self.expr(value)?;
            let text = self.source[source.start as usize..source.end as usize].trim_ascii_end();
            self.load_str(text);
            self.conversion(conversion);
            match spec {
                Some(spec) => self.joined(spec, span)?,
                None => self.load_str(b""),
            }
            self.count(Op::BuildTuple, 4);
        }
        self.count(Op::BuildTuple, fields.len() as u32);
        self.at(span);
        self.call(2);
        Ok(())
    }

    /// `__template__((text, …), value, source, conversion, spec, …)`
    fn official_template(&mut self, strings: &[Vec<u8>], fields: &[Field], span: Span) -> Done {
        self.load(sym::TEMPLATE);
        let pool = &mut self.folds.pool;
        let texts = strings.iter().map(|text| pool.add(Value::Str(text[..].into()))).collect();
        let texts = pool.add(Value::Tuple(texts));
        let outer = self.moved;
        let mut line = self.line_behind(span);
        let first_field = fields.first().map_or(span.end, |field| field.1.start);
        let escaped = |from: u32, to: u32| escaped_line_ends(&self.source[from as usize..to as usize]);
        let before = escaped(span.start, first_field);
        let all = escaped(span.start, span.end);
        self.line(line + if strings.len() > 1 { before } else { 0 });
        line += all;
        self.load_object(texts);
        for &(value, source, conversion, spec) in fields {
            self.moved = Some(Moved { start: source.start, line });
            self.expr(value)?;
            let text = self.source[source.start as usize..source.end as usize].trim_ascii_end();
            self.load_literal(text, line);
            self.conversion(conversion);
            let pieces = spec.map_or(&[][..], |spec| self.tree.list(spec));
            match (spec, pieces) {
                (None, _) | (_, []) => self.load_str(b""),
                (_, [Piece::Text { text, .. }]) => self.load_literal(self.tree.text(*text), line),
                (Some(spec), _) => self.format_call(spec, span, true)?,
            }
        }
        self.moved = outer;
        self.call(1 + 4 * fields.len() as u32);
        Ok(())
    }
}

/// The parts of a source inside brackets that hold expressions, as sorted ranges that do not touch; empty
/// if there is no f- or t-string to ask about.
pub fn brackets(tree: &Tree) -> Vec<Span> {
    let formatted = |expr: &Expr| matches!(expr.kind, ExprKind::FString(_) | ExprKind::TString(_));
    if !tree.exprs.iter().any(formatted) {
        return Vec::new();
    }
    let mut ranges: Vec<Span> = Vec::new();
    for expr in &tree.exprs {
        let display = matches!(
            expr.kind,
            ExprKind::List(_)
                | ExprKind::Set(_)
                | ExprKind::Dict(_)
                | ExprKind::ListComp { .. }
                | ExprKind::SetComp { .. }
                | ExprKind::DictComp { .. }
                | ExprKind::Generator { .. }
        );
        if display || expr.paren {
            ranges.push(expr.span);
        }
    }
    let called = |trailer: &&Trailer| !matches!(trailer.kind, TrailerKind::Attr(_));
    ranges.extend(tree.trailers.iter().filter(called).map(|trailer| trailer.span));
    ranges.extend(tree.args.iter().map(|arg| arg.span));
    for stmt in &tree.stmts {
        if let StmtKind::FuncDef(def) = stmt.kind {
            let defaults = tree.list(def.params).iter().filter_map(|param| param.default);
            ranges.extend(defaults.map(|default| tree[default].span));
        }
    }
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Span> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
