//! Tracebacks in CPython's form: source lines with marks below what failed, chained exceptions, notes, groups.

use alloc::{string::String, vec::Vec};

use heap::Obj;

use crate::{
    handle::Ref,
    host::{Located, Place},
    layout::exception::{Exception, TraceEntry},
    native::Show,
    qstr::{Qstr, q},
    text_out::TextOut,
    types::{exception::Exc, print_exception::first_call, source_lines},
    value::R,
    vm::Vm,
};

/// Chains longer than this are cut.
const MAX_CHAIN: usize = 64;
/// The same call over and over is shown so often.
const MAX_REPEATED: usize = 3;

/// What a traceback holds and how it looks.
#[derive(Clone, Copy)]
pub struct Style {
    /// With the escape sequences of a terminal.
    pub color: bool,
    /// With causes and contexts.
    pub chain: bool,
    /// With the calls.
    pub calls: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style { color: false, chain: true, calls: true }
    }
}

/// Escape sequences.
pub(crate) mod color {
    pub const PLACE: &str = "\x1b[35m";
    pub const CLASS: &str = "\x1b[1;35m";
    pub const MESSAGE: &str = "\x1b[35m";
    pub const RANGE: &str = "\x1b[31m";
    pub const MARK: &str = "\x1b[1;31m";
    pub const RESET: &str = "\x1b[0m";
}

/// Writes tracebacks.
pub struct TracebackWriter<'a> {
    out: &'a mut TextOut,
    style: Style,
    /// What every line starts with: the frame of the groups around.
    indent: String,
}

impl<'a> TracebackWriter<'a> {
    /// A writer to `out`.
    pub fn new(out: &'a mut TextOut, style: Style) -> Self {
        TracebackWriter { out, style, indent: String::new() }
    }

    /// Writes an exception.
    pub fn write(&mut self, vm: &mut Vm, exc: Obj) -> R<()> {
        self.chain(vm, exc, 0)
    }

    fn text(&mut self, vm: &mut Vm, text: &str) -> R<()> {
        self.out.write_str(vm, text)
    }

    /// A line of its own behind the indentation.
    fn line(&mut self, vm: &mut Vm, text: &str) -> R<()> {
        self.begin(vm)?;
        self.text(vm, text)?;
        self.text(vm, "\n")
    }

    fn begin(&mut self, vm: &mut Vm) -> R<()> {
        self.out.write_str(vm, &self.indent)
    }

    /// Switches to a colour.
    fn color(&mut self, vm: &mut Vm, color: &str) -> R<()> {
        if self.style.color { self.text(vm, color) } else { Ok(()) }
    }

    fn chain(&mut self, vm: &mut Vm, exc: Obj, depth: usize) -> R<()> {
        vm.check_native_stack()?;
        let Some(exception) = vm.as_exception(exc) else {
            return Ok(());
        };
        if self.style.chain && depth < MAX_CHAIN {
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
                self.chain(vm, other, depth + 1)?;
                for line in ["", text, ""] {
                    self.line(vm, line)?;
                }
            }
        }
        if vm.group_exceptions(exc).is_some() {
            return self.group(vm, exc);
        }
        self.calls(vm, exception)?;
        self.exception_line(vm, exc)
    }

    /// The calls, outermost first.
    fn calls(&mut self, vm: &mut Vm, exception: Ref<Exception>) -> R<()> {
        let (n, first) = (exception.trace_len(), first_call(exception));
        if n <= first || !self.style.calls {
            return Ok(());
        }
        let group = vm.group_exceptions(exception.obj()).is_some() && !self.indent.is_empty();
        if !group {
            self.begin(vm)?;
        }
        let head = if group { "Exception Group Traceback" } else { "Traceback" };
        self.text(vm, head)?;
        self.text(vm, " (most recent call last):\n")?;
        let entries: Vec<TraceEntry> = (first..n).rev().filter_map(|i| exception.trace_entry(i)).collect();
        let unbound = vm.is_instance_of(exception.obj(), vm.exc_type(Exc::NameError));
        self.entries(vm, &entries, unbound)
    }

    /// The lines of calls; the last one failed with a NameError if `unbound`.
    pub fn entries(&mut self, vm: &mut Vm, entries: &[TraceEntry], unbound: bool) -> R<()> {
        let calls = shown_calls(vm, entries);
        let same = |a: &Call, b: &Call| (a.place.file, a.place.line, a.name) == (b.place.file, b.place.line, b.name);
        let mut files: Vec<source_lines::Source> = Vec::new();
        let mut repeated = 0;
        for (i, call) in calls.iter().enumerate() {
            repeated = if i > 0 && same(call, &calls[i - 1]) { repeated + 1 } else { 0 };
            let ends = calls.get(i + 1).is_none_or(|next| !same(call, next));
            if repeated >= MAX_REPEATED {
                if ends {
                    let more = repeated + 1 - MAX_REPEATED;
                    let s = if more == 1 { "" } else { "s" };
                    self.line(vm, &alloc::format!("  [Previous line repeated {more} more time{s}]"))?;
                }
                continue;
            }
            let known = files.iter().position(|source| source.file == call.place.file);
            let source = match known {
                Some(at) => &files[at],
                None => {
                    let places = places(vm, &calls, call, unbound);
                    files.push(source_lines::read(vm, call.place.file, places));
                    &files[files.len() - 1]
                }
            };
            let nth = calls[..i].iter().filter(|other| other.place.file == call.place.file).count();
            let located = source.located.get(nth).and_then(Option::as_ref);
            let line = located.map_or(call.place.line, |located| located.line);
            self.call(vm, call, line)?;
            let shown = source_lines::show(source, line, located, self.style.color);
            for line in &shown {
                self.begin(vm)?;
                self.text(vm, "    ")?;
                self.out.write(vm, line)?;
                self.text(vm, "\n")?;
            }
        }
        Ok(())
    }

    fn call(&mut self, vm: &mut Vm, call: &Call, line: u32) -> R<()> {
        self.begin(vm)?;
        self.text(vm, "  File ")?;
        self.color(vm, color::PLACE)?;
        self.text(vm, "\"")?;
        vm.write_qstr(self.out, call.place.file)?;
        self.text(vm, "\"")?;
        self.color(vm, color::RESET)?;
        self.text(vm, ", line ")?;
        self.color(vm, color::PLACE)?;
        self.out.write_fmt(vm, format_args!("{line}"))?;
        self.color(vm, color::RESET)?;
        self.text(vm, ", in ")?;
        self.color(vm, color::PLACE)?;
        vm.write_qstr(self.out, call.name)?;
        self.color(vm, color::RESET)?;
        self.text(vm, "\n")
    }

    /// `module.Type: text`, and the notes.
    fn exception_line(&mut self, vm: &mut Vm, exc: Obj) -> R<()> {
        let syntax = vm.is_instance_of(exc, vm.exc_type(Exc::SyntaxError));
        let text = if syntax { self.syntax_place(vm, exc)? } else { None };
        self.begin(vm)?;
        self.color(vm, color::CLASS)?;
        let class = vm.type_of(exc);
        if class.is_python()
            && let Some(module) = class.dict().get_name(vm, q::__module__)
            && module != q::__main__.obj()
            && module != q::builtins.obj()
            && vm.is_str(module)
        {
            vm.write_text(self.out, module)?;
            self.text(vm, ".")?;
        }
        let name = vm.getattr(class.obj(), q::__qualname__)?;
        vm.show(name, self.out, Show::Str)?;
        self.color(vm, color::RESET)?;
        let text = match text {
            Some(text) => Ok(text),
            None => vm.str(exc),
        };
        let text = match vm.catch(text, Exc::Exception)? {
            Some(text) => text,
            None => vm.new_str(b"<exception str() failed>")?,
        };
        if vm.str_bytes(text).is_some_and(|text| !text.is_empty()) {
            self.text(vm, ": ")?;
            self.color(vm, color::MESSAGE)?;
            self.indented(vm, text)?;
            if let Some(exception) = vm.as_exception(exc)
                && let Some(more) = vm.suggestion(exception)?
            {
                self.text(vm, &more)?;
            }
            self.color(vm, color::RESET)?;
        }
        self.text(vm, "\n")?;
        let notes = vm.as_exception(exc).and_then(|e| e.attributes()).and_then(|a| a.get_name(vm, q::__notes__));
        let mut i = 0;
        while let Some(note) = notes.and_then(|notes| vm.seq_items(notes)?.get(i).copied()) {
            self.begin(vm)?;
            let note = vm.str(note)?;
            self.indented(vm, note)?;
            self.text(vm, "\n")?;
            i += 1;
        }
        Ok(())
    }

    /// Where a SyntaxError is: file, line, the source with a mark below it. Gives the message if there was a place.
    fn syntax_place(&mut self, vm: &mut Vm, exc: Obj) -> R<Option<Obj>> {
        let file = vm.getattr(exc, q::filename)?;
        let line = vm.getattr(exc, q::lineno)?;
        if file == Obj::NONE || line == Obj::NONE {
            return Ok(None);
        }
        self.begin(vm)?;
        self.text(vm, "  File ")?;
        self.color(vm, color::PLACE)?;
        self.text(vm, "\"")?;
        vm.show(file, self.out, Show::Str)?;
        self.text(vm, "\"")?;
        self.color(vm, color::RESET)?;
        self.text(vm, ", line ")?;
        self.color(vm, color::PLACE)?;
        vm.show(line, self.out, Show::Str)?;
        self.color(vm, color::RESET)?;
        self.text(vm, "\n")?;
        let source = vm.getattr(exc, q::text)?;
        if let Some(source) = vm.str_bytes(source) {
            let source = Vec::from(source.trim_ascii_end());
            let lead = source.len() - source.trim_ascii_start().len();
            self.begin(vm)?;
            self.text(vm, "    ")?;
            self.out.write(vm, source.trim_ascii_start())?;
            self.text(vm, "\n")?;
            let column = vm.getattr(exc, q::offset)?.as_small_int().unwrap_or(0);
            let end = vm.getattr(exc, q::end_offset)?.as_small_int().unwrap_or(0);
            if let Some(column) = usize::try_from(column).ok().filter(|c| *c > lead) {
                let width = usize::try_from(end).unwrap_or(0).saturating_sub(column).max(1);
                let width = width.min((source.len() + 1).saturating_sub(column).max(1));
                self.begin(vm)?;
                for _ in 0..4 + (column - 1 - lead).min(source.len()) {
                    self.text(vm, " ")?;
                }
                self.color(vm, color::MARK)?;
                for _ in 0..width {
                    self.text(vm, "^")?;
                }
                self.color(vm, color::RESET)?;
                self.text(vm, "\n")?;
            }
        }
        vm.getattr(exc, q::msg).map(Some)
    }

    /// Text whose further lines get the indentation, too.
    fn indented(&mut self, vm: &mut Vm, text: Obj) -> R<()> {
        if self.indent.is_empty() {
            return vm.write_text(self.out, text);
        }
        let bytes = Vec::from(vm.str_bytes(text).unwrap_or_default());
        for (i, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if i > 0 {
                self.text(vm, "\n")?;
                self.begin(vm)?;
            }
            self.out.write(vm, line)?;
        }
        Ok(())
    }

    fn group(&mut self, vm: &mut Vm, group: Obj) -> R<()> {
        vm.check_native_stack()?;
        let Some(exception) = vm.as_exception(group) else {
            return Ok(());
        };
        let outer = self.indent.clone();
        let has_calls = exception.trace_len() > 0 && self.style.calls;
        if outer.is_empty() {
            self.indent = String::from("  | ");
            if has_calls {
                self.text(vm, "  + ")?;
            }
        } else if has_calls {
            self.begin(vm)?;
        }
        self.calls(vm, exception)?;
        self.exception_line(vm, group)?;
        let Some(exceptions) = vm.group_exceptions(group) else {
            return Ok(());
        };
        // It ends with "| ": below it the numbered exceptions are two columns further in.
        let stem = String::from(self.indent.trim_end_matches("| "));
        let n = exceptions.len();
        for i in 0..n {
            let Some(item) = exceptions.get(i) else { break };
            let lead = if i == 0 { "+-+" } else { "  +" };
            self.out.write_fmt(vm, format_args!("{stem}{lead}---------------- {} ----------------\n", i + 1))?;
            self.indent = alloc::format!("{stem}  | ");
            self.chain(vm, item, 1)?;
        }
        // A nested group that comes last has closed the frame itself.
        let last = exceptions.get(n.saturating_sub(1));
        if last.is_none_or(|last| vm.group_exceptions(last).is_none()) {
            self.out.write_fmt(vm, format_args!("{stem}  +------------------------------------\n"))?;
        }
        self.indent = outer;
        Ok(())
    }
}

/// A call as it is shown.
struct Call {
    /// Where it is.
    place: TraceEntry,
    /// The name of the function.
    name: Qstr,
}

/// The calls to show: what happens in a comprehension happens in the function around it.
fn shown_calls(vm: &Vm, entries: &[TraceEntry]) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for entry in entries {
        let inlined = matches!(vm.qstr_bytes(entry.function), b"<listcomp>" | b"<setcomp>" | b"<dictcomp>");
        match calls.last_mut() {
            Some(around) if inlined && around.place.file == entry.file => around.place = *entry,
            _ => calls.push(Call { place: *entry, name: entry.function }),
        }
    }
    calls
}

/// What to ask about the calls in one file.
fn places(vm: &Vm, calls: &[Call], of: &Call, unbound: bool) -> Vec<Place> {
    let in_file = calls.iter().enumerate().filter(|(_, call)| call.place.file == of.place.file);
    in_file
        .map(|(i, call)| Place {
            function: String::from(vm.qstr_str(call.place.function)),
            line: call.place.line,
            number: call.place.number(),
            offset: call.place.offset(),
            unbound: unbound && i + 1 == calls.len(),
        })
        .collect()
}

/// What is known about a part of a source.
pub(crate) type Known = Option<Located>;
