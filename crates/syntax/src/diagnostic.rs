//! How an error is shown: file, line, column, the source line, and a caret under the place.

use crate::tree::{ErrorKind, SyntaxError};
use alloc::{format, string::String};
use core::fmt::Write as _;

/// How to show errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With ANSI colours.
    Colour,
}

/// The longest piece of a source line that is shown, in characters.
const WIDTH: usize = 120;

impl ErrorKind {
    /// The name of the exception.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Tab => "TabError",
        }
    }
}

/// Renders an error over several lines, with a line end after the last:
///
/// ```text
///   File "a.py", line 3, column 9
///     x = (1 2)
///          ^^^
/// SyntaxError: invalid syntax. Perhaps you forgot a comma?
/// ```
pub fn render(error: &SyntaxError, file: &str, source: &[u8], style: Style) -> String {
    let (bold, red, reset) = match style {
        Style::Plain => ("", "", ""),
        Style::Colour => ("\x1b[1m", "\x1b[1;31m", "\x1b[0m"),
    };
    let SyntaxError { line, column, message, .. } = error;
    let mut out = format!("  File {bold}\"{file}\"{reset}, line {line}, column {column}\n");
    let start = (error.span.start as usize).min(source.len());
    let from = source[..start].iter().rposition(|&byte| is_line_end(byte)).map_or(0, |at| at + 1);
    let to = source[start..].iter().position(|&byte| is_line_end(byte)).map_or(source.len(), |at| start + at);
    let end = (error.span.end as usize).clamp(start, to);
    let before = printable(&source[from..start]);
    let marked = printable(&source[start..end]);
    let after = printable(&source[end..to]);
    // Blanks in front are not shown; of a long line, the part around the mark.
    let indent = before.chars().take_while(|&c| c == ' ').count();
    let before: String = before.chars().skip(indent).collect();
    let skip = before.chars().count().saturating_sub(WIDTH / 2);
    let mut shown: String = before.chars().skip(skip).collect();
    let pad = shown.chars().count();
    let room = WIDTH.saturating_sub(pad).max(1);
    let carets = marked.chars().count().clamp(1, room);
    shown.extend(marked.chars().chain(after.chars()).take(room));
    if !shown.trim().is_empty() {
        let _ = writeln!(out, "    {}", shown.trim_end());
        let _ = writeln!(out, "    {}{red}{}{reset}", " ".repeat(pad), "^".repeat(carets));
    }
    let _ = writeln!(out, "{red}{}{reset}: {message}", error.kind.name());
    out
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Text in which each character takes one column.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| {
            if c == '\t' || c == '\x0c' {
                ' '
            } else if c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, parse_module};

    fn shown(source: &[u8], style: Style) -> String {
        let error = parse_module(source, &Options::default()).expect_err("source is wrong");
        render(&error, "a.py", source, style)
    }

    #[test]
    fn marks_the_place() {
        assert_eq!(
            shown(b"y = 1\nif y:\n\tx = (1 2)\n", Style::Plain),
            concat!(
                "  File \"a.py\", line 3, column 7\n",
                "    x = (1 2)\n",
                "         ^^^\n",
                "SyntaxError: invalid syntax. Perhaps you forgot a comma?\n"
            )
        );
        assert_eq!(
            shown("é = 'x".as_bytes(), Style::Colour),
            concat!(
                "  File \x1b[1m\"a.py\"\x1b[0m, line 1, column 5\n",
                "    é = 'x\n",
                "        \x1b[1;31m^\x1b[0m\n",
                "\x1b[1;31mSyntaxError\x1b[0m: unterminated string literal (detected at line 1)\n"
            )
        );
    }

    #[test]
    fn survives_odd_sources() {
        assert!(shown(b"\xff", Style::Plain).contains("\u{fffd}"));
        assert!(shown(b"\x00", Style::Plain).contains("null bytes"));
        assert!(shown(b"(", Style::Plain).contains("'(' was never closed"));
        let long = [b"a = ".as_slice(), &[b'1'; 500], b" b", &[b' '; 500]].concat();
        assert!(shown(&long, Style::Plain).lines().all(|line| line.len() < 140));
    }
}
