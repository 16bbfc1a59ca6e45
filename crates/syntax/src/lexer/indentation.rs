//! Indentation at the start of a logical line.

use super::Lexer;
use crate::error::{Failure, Result};
use crate::token::Tok;
use crate::tree::ErrorKind;

/// Deepest indentation, as in CPython.
pub(super) const MAX_LEVELS: usize = 100;

impl Lexer<'_> {
    /// Measures the indentation of the next line that is not blank.
    ///
    /// Tabs go to the next multiple of 8. A second count takes them as one column; where the two
    /// disagree about the order of two lines, tabs and spaces are mixed in a misleading way.
    pub(super) fn indentation(&mut self) -> Result<()> {
        let begin = self.pos;
        let (mut column, mut alternative) = (0u32, 0u32);
        let mut before_continuation = None;
        loop {
            match self.peek(0) {
                b' ' => {
                    column += 1;
                    alternative += 1;
                    self.pos += 1;
                }
                b'\t' => {
                    column = (column / 8 + 1) * 8;
                    alternative += 1;
                    self.pos += 1;
                }
                0x0c => {
                    (column, alternative) = (0, 0);
                    self.pos += 1;
                }
                b'\\' => {
                    // The first line decides, unless it has no indentation.
                    if before_continuation.is_none() && column > 0 {
                        before_continuation = Some((column, alternative));
                    }
                    self.continuation()?;
                }
                b'#' => self.skip_comment(),
                b'\n' | b'\r' => {
                    self.line_end();
                    (column, alternative) = (0, 0);
                    before_continuation = None;
                }
                0 => return Ok(()),
                _ => break,
            }
        }
        let (column, alternative) = before_continuation.unwrap_or((column, alternative));
        let start = self.pos;
        let &(top, top_alternative) = self.indents.last().unwrap_or(&(0, 0));
        if column == top {
            self.consistent(alternative == top_alternative)?;
        } else if column > top {
            self.consistent(alternative > top_alternative)?;
            if self.indents.len() >= self.max_indents {
                let failure = Failure::new("too many levels of indentation", self.span_from(start));
                return Err(failure.kind(ErrorKind::Indentation));
            }
            self.indents.push((column, alternative));
            self.push(Tok::Indent, start);
        } else {
            while self.indents.last().is_some_and(|&(open, _)| open > column) {
                self.indents.pop();
                self.push(Tok::Dedent, start);
            }
            let &(open, open_alternative) = self.indents.last().unwrap_or(&(0, 0));
            if open != column {
                let message = "unindent does not match any outer indentation level";
                // The official compiler is still at the line before.
                let place = if self.official { begin.saturating_sub(1) } else { start };
                let failure = Failure::new(message, self.span_from(place));
                return Err(failure
                    .kind(ErrorKind::Indentation)
                    .short("unindent doesn't match any outer indent level"));
            }
            self.consistent(alternative == open_alternative)?;
        }
        Ok(())
    }

    fn consistent(&self, yes: bool) -> Result<()> {
        if yes || self.official {
            return Ok(());
        }
        let message = "inconsistent use of tabs and spaces in indentation";
        Err(Failure::new(message, self.span_from(self.pos)).kind(ErrorKind::Tab))
    }
}
