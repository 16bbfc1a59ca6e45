//! Tracebacks as text: the official short form; `traceback_text` has CPython's.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::exception::Exception,
    native::Show,
    qstr::q,
    text_out::TextOut,
    types::traceback_text::{Style, TracebackWriter},
    value::R,
    vm::Vm,
};

/// Which form a traceback has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TracebackForm {
    /// Of `sys.print_exception`: calls, then `Type: text`.
    Official,
    /// Of CPython: source lines, chained exceptions, notes, groups.
    Full,
    /// The same in colours, for a terminal.
    Colored,
}

impl Vm {
    /// Writes an exception with its traceback.
    pub fn print_exception(&mut self, exc: Obj, out: &mut TextOut, form: TracebackForm) -> R<()> {
        match form {
            TracebackForm::Official => {
                let Some(exception) = self.as_exception(exc) else {
                    return self.show(exc, out, Show::Str);
                };
                self.write_calls(exception, out)?;
                self.write_qstr(out, self.type_of(exc).name())?;
                out.write_str(self, ": ")?;
                self.show(exc, out, Show::Str)?;
                out.write_str(self, "\n")
            }
            TracebackForm::Full => TracebackWriter::new(out, Style::default()).write(self, exc),
            TracebackForm::Colored => {
                TracebackWriter::new(out, Style { color: true, ..Style::default() }).write(self, exc)
            }
        }
    }

    /// `sys.tracebacklimit`: how many calls a traceback shows.
    fn traceback_limit(&self) -> usize {
        let sys = self.modules().get_name(self, q::sys).and_then(|sys| self.module_dict(sys));
        let limit = sys.and_then(|sys| sys.get_name(self, q::tracebacklimit)).and_then(Obj::as_small_int);
        limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(0))
    }

    /// The calls, outermost first.
    fn write_calls(&mut self, exception: Ref<Exception>, out: &mut TextOut) -> R<()> {
        let limit = self.traceback_limit();
        if exception.trace_len() == 0 || limit == 0 {
            return Ok(());
        }
        out.write_str(self, "Traceback (most recent call last):\n")?;
        let first = exception.trace_len().saturating_sub(limit);
        for i in (first..exception.trace_len()).rev() {
            let Some(entry) = exception.trace_entry(i) else { break };
            out.write_str(self, "  File \"")?;
            self.write_qstr(out, entry.file)?;
            out.write_fmt(self, format_args!("\", line {}", entry.line))?;
            // The place of a syntax error is in no function.
            if entry.function.0 != 0 {
                out.write_str(self, ", in ")?;
                self.write_qstr(out, entry.function)?;
            }
            out.write_str(self, "\n")?;
        }
        Ok(())
    }
}

/// The number of the innermost entry that is a call: the place of a syntax error is an entry without a function.
pub(crate) fn first_call(exception: Ref<Exception>) -> usize {
    usize::from(exception.trace_entry(0).is_some_and(|entry| entry.function.0 == 0))
}
