//! f-strings and t-strings.
//!
//! The official lexer turns an f-string into a call of the format method of its text, with the field
//! expressions as arguments, and a t-string into a call of `__template__`. The full dialect formats
//! field by field, so that each is evaluated and formatted in turn.

use crate::constants::Value;
use crate::helpers;
use crate::lower::{Done, Lowerer};
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
        let mut text = Vec::new();
        let mut fields = Vec::new();
        self.format_text(pieces, &mut text, &mut fields);
        self.load_literal(&text, self.tree.line(span.start));
        self.qstr(Op::LoadMethod, sym::FORMAT);
        // The fields are read after the text, on the line that the lexer has reached by then.
        let outer = self.fixed_line;
        let line = self.line_behind(span);
        self.fixed_line = Some(outer.unwrap_or(line));
        for &field in &fields {
            self.expr(field)?;
        }
        self.fixed_line = outer;
        self.call_method(fields.len() as u32);
        Ok(())
    }

    /// The line of the lexer when it has read a string: inside brackets that of the next token.
    fn line_behind(&self, span: Span) -> u32 {
        let _ = tokens::next_token(self.source, span.end);
        self.tree.line(span.end)
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

    /// The text for the format method, and the fields in the order of their places.
    fn format_text(&self, pieces: List<Piece>, text: &mut Vec<u8>, fields: &mut Vec<ExprId>) {
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
                Piece::Field { value, debug, conversion, spec, .. } => {
                    text.extend_from_slice(&self.source[debug.start as usize..debug.end as usize]);
                    fields.push(value);
                    text.push(b'{');
                    if conversion != 0 {
                        text.extend([b'!', conversion]);
                    }
                    if let Some(spec) = spec {
                        text.push(b':');
                        self.format_text(spec, text, fields);
                    }
                    text.push(b'}');
                }
            }
        }
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
            let text = self.source[source.start as usize..source.end as usize].trim_ascii();
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
        let outer = self.fixed_line;
        let line = self.tree.line(span.end);
        self.fixed_line = Some(outer.unwrap_or(line));
        self.line(line);
        self.load_object(texts);
        for &(value, source, conversion, spec) in fields {
            self.expr(value)?;
            let text = self.source[source.start as usize..source.end as usize].trim_ascii_end();
            self.load_literal(text, line);
            self.conversion(conversion);
            let pieces = spec.map_or(&[][..], |spec| self.tree.list(spec));
            match (spec, pieces) {
                (None, _) | (_, []) => self.load_str(b""),
                (_, [Piece::Text { text, .. }]) => self.load_literal(self.tree.text(*text), line),
                (Some(spec), _) => self.fstring(spec, span)?,
            }
        }
        self.fixed_line = outer;
        self.call(1 + 4 * fields.len() as u32);
        Ok(())
    }
}
