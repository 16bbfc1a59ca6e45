//! Tracebacks as text: the official short form, and CPython's with causes, notes and groups.

use heap::Obj;

use crate::{
    handle::Ref, layout::exception::Exception, native::Show, qstr::q, text_out::TextOut, types::exception::Exc,
    value::R, vm::Vm,
};

/// Which form a traceback has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TracebackForm {
    /// Of `sys.print_exception`: calls, then `Type: text`.
    Official,
    /// Of CPython: chained exceptions, notes, groups.
    Full,
}

/// Chains longer than this are cut.
const MAX_CHAIN: usize = 64;

impl Vm {
    /// Writes an exception with its traceback.
    pub fn print_exception(&mut self, exc: Obj, out: &mut TextOut, form: TracebackForm) -> R<()> {
        match form {
            TracebackForm::Official => {
                let Some(exception) = self.as_exception(exc) else {
                    return self.show(exc, out, Show::Str);
                };
                self.write_calls(exception, out, "")?;
                self.write_qstr(out, self.type_of(exc).name())?;
                out.write_str(self, ": ")?;
                self.show(exc, out, Show::Str)?;
                out.write_str(self, "\n")
            }
            TracebackForm::Full => self.write_chain(exc, out, "", 0),
        }
    }

    /// The calls, outermost first.
    fn write_calls(&mut self, exception: Ref<Exception>, out: &mut TextOut, indent: &str) -> R<()> {
        let n = exception.trace_len();
        // The place of a syntax error is an entry without a function: it is shown with the source line instead.
        let place = exception.trace_entry(0).is_some_and(|entry| entry.function.0 == 0);
        let first = usize::from(place);
        if n <= first {
            return Ok(());
        }
        let group = self.group_exceptions(exception.obj()).is_some() && !indent.is_empty();
        let head = if group { "Exception Group Traceback" } else { "Traceback" };
        if !group {
            out.write_str(self, indent)?;
        }
        out.write_str(self, head)?;
        out.write_str(self, " (most recent call last):\n")?;
        let mut i = n;
        let mut repeated = 0;
        let mut last = None;
        while i > first {
            i -= 1;
            let Some(entry) = exception.trace_entry(i) else {
                break;
            };
            // Deep recursion: the same line over and over is told once.
            repeated = if last == Some(entry) { repeated + 1 } else { 0 };
            let ends = i == first || exception.trace_entry(i - 1) != Some(entry);
            last = Some(entry);
            if repeated < 3 {
                out.write_str(self, indent)?;
                out.write_str(self, "  File \"")?;
                self.write_qstr(out, entry.file)?;
                out.write_fmt(self, format_args!("\", line {}, in ", entry.line))?;
                self.write_qstr(out, entry.function)?;
                out.write_str(self, "\n")?;
            } else if ends {
                out.write_str(self, indent)?;
                let more = repeated - 2;
                let s = if more == 1 { "" } else { "s" };
                out.write_fmt(self, format_args!("  [Previous line repeated {more} more time{s}]\n"))?;
            }
        }
        Ok(())
    }

    fn write_chain(&mut self, exc: Obj, out: &mut TextOut, indent: &str, depth: usize) -> R<()> {
        self.check_native_stack()?;
        let Some(exception) = self.as_exception(exc) else {
            return Ok(());
        };
        if depth < MAX_CHAIN {
            let link = match (exception.cause(), exception.context()) {
                (Some(cause), _) => {
                    Some((cause, "The above exception was the direct cause of the following exception:"))
                }
                (None, Some(context)) if !exception.suppresses_context() => {
                    Some((context, "During handling of the above exception, another exception occurred:"))
                }
                _ => None,
            };
            if let Some((other, text)) = link.filter(|(other, _)| *other != exc) {
                self.write_chain(other, out, indent, depth + 1)?;
                for line in ["", text, ""] {
                    out.write_str(self, indent)?;
                    out.write_str(self, line)?;
                    out.write_str(self, "\n")?;
                }
            }
        }
        if self.group_exceptions(exc).is_some() {
            return self.write_group(exc, out, indent);
        }
        self.write_calls(exception, out, indent)?;
        self.write_exception_line(exc, out, indent)
    }

    /// `module.Type: text`, and the notes.
    fn write_exception_line(&mut self, exc: Obj, out: &mut TextOut, indent: &str) -> R<()> {
        let syntax = self.is_instance_of(exc, self.exc_type(Exc::SyntaxError));
        let text = if syntax { self.write_syntax_place(exc, out, indent)? } else { None };
        out.write_str(self, indent)?;
        let class = self.type_of(exc);
        if class.is_python()
            && let Some(module) = class.dict().get_name(self, q::__module__)
            && module != q::__main__.obj()
            && self.is_str(module)
        {
            self.write_text(out, module)?;
            out.write_str(self, ".")?;
        }
        self.write_qstr(out, class.name())?;
        let text = match text {
            Some(text) => Ok(text),
            None => self.str(exc),
        };
        let text = match self.catch(text, Exc::Exception)? {
            Some(text) => text,
            None => self.new_str(b"<exception str() failed>")?,
        };
        if self.str_bytes(text).is_some_and(|text| !text.is_empty()) {
            out.write_str(self, ": ")?;
            self.write_indented(text, out, indent)?;
        }
        out.write_str(self, "\n")?;
        let notes = self.as_exception(exc).and_then(|e| e.attributes()).and_then(|a| a.get_name(self, q::__notes__));
        let mut i = 0;
        while let Some(note) = notes.and_then(|notes| self.seq_items(notes)?.get(i).copied()) {
            out.write_str(self, indent)?;
            let note = self.str(note)?;
            self.write_indented(note, out, indent)?;
            out.write_str(self, "\n")?;
            i += 1;
        }
        Ok(())
    }

    /// Where a SyntaxError is: file, line, the source with a mark below it. Gives the message if there was a place.
    fn write_syntax_place(&mut self, exc: Obj, out: &mut TextOut, indent: &str) -> R<Option<Obj>> {
        let file = self.getattr(exc, q::filename)?;
        let line = self.getattr(exc, q::lineno)?;
        if file == Obj::NONE || line == Obj::NONE {
            return Ok(None);
        }
        out.write_str(self, indent)?;
        out.write_str(self, "  File \"")?;
        self.show(file, out, Show::Str)?;
        out.write_str(self, "\", line ")?;
        self.show(line, out, Show::Str)?;
        out.write_str(self, "\n")?;
        let source = self.getattr(exc, q::text)?;
        if let Some(source) = self.str_bytes(source) {
            let source = alloc::vec::Vec::from(source.trim_ascii_end());
            let lead = source.len() - source.trim_ascii_start().len();
            out.write_str(self, indent)?;
            out.write_str(self, "    ")?;
            out.write(self, source.trim_ascii_start())?;
            out.write_str(self, "\n")?;
            let column = self.getattr(exc, q::offset)?.as_small_int().unwrap_or(0);
            let end = self.getattr(exc, q::end_offset)?.as_small_int().unwrap_or(0);
            if let Some(column) = usize::try_from(column).ok().filter(|c| *c > lead) {
                let width = usize::try_from(end).unwrap_or(0).saturating_sub(column).max(1);
                let width = width.min((source.len() + 1).saturating_sub(column).max(1));
                out.write_str(self, indent)?;
                for _ in 0..4 + (column - 1 - lead).min(source.len()) {
                    out.write_str(self, " ")?;
                }
                for _ in 0..width {
                    out.write_str(self, "^")?;
                }
                out.write_str(self, "\n")?;
            }
        }
        self.getattr(exc, q::msg).map(Some)
    }

    /// Text whose further lines get the indentation, too.
    fn write_indented(&mut self, text: Obj, out: &mut TextOut, indent: &str) -> R<()> {
        if indent.is_empty() {
            return self.write_text(out, text);
        }
        let bytes = alloc::vec::Vec::from(self.str_bytes(text).unwrap_or_default());
        for (i, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if i > 0 {
                out.write_str(self, "\n")?;
                out.write_str(self, indent)?;
            }
            out.write(self, line)?;
        }
        Ok(())
    }

    fn write_group(&mut self, group: Obj, out: &mut TextOut, indent: &str) -> R<()> {
        self.check_native_stack()?;
        let Some(exception) = self.as_exception(group) else {
            return Ok(());
        };
        let outermost = indent.is_empty();
        let base = alloc::string::String::from(if outermost { "  | " } else { indent });
        if outermost && exception.trace_len() > 0 {
            out.write_str(self, "  + ")?;
        } else if exception.trace_len() > 0 {
            out.write_str(self, &base)?;
        }
        self.write_calls(exception, out, &base)?;
        self.write_exception_line(group, out, &base)?;
        let Some(exceptions) = self.group_exceptions(group) else {
            return Ok(());
        };
        // `base` ends with "| ": below it the numbered exceptions are two columns further in.
        let stem = alloc::string::String::from(base.trim_end_matches("| "));
        let n = exceptions.len();
        for i in 0..n {
            let Some(item) = exceptions.get(i) else { break };
            let lead = if i == 0 { "+-+" } else { "  +" };
            out.write_fmt(self, format_args!("{stem}{lead}---------------- {} ----------------\n", i + 1))?;
            let inner = alloc::format!("{stem}  | ");
            self.write_chain(item, out, &inner, 1)?;
        }
        // A nested group that comes last has closed the frame itself.
        let last = exceptions.get(n.saturating_sub(1));
        if last.is_none_or(|last| self.group_exceptions(last).is_none()) {
            out.write_fmt(self, format_args!("{stem}  +------------------------------------\n"))?;
        }
        Ok(())
    }
}
