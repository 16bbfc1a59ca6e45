//! Files as instructions.

use super::{
    text::{count, hex, plain},
    view::{self, Code},
};
use code::{
    mpy::File,
    object::Kind,
    older::links::How,
    relocation::{Section, Value},
};
use std::fmt::Write;

/// Bytes of machine code in a row.
const ROW: usize = 16;

/// All code objects of a file, each before those in it. `source`: the lines of the source, none if it is not known.
pub fn listing(name: &str, file: &File, source: &[String]) -> String {
    let header = view::header(file);
    let mut out = format!("{}: version {}", plain(name), header.version_text());
    if header.arch != "none" {
        let _ = write!(out, ", {}", header.arch);
    }
    out.push('\n');
    let root = view::root(file);
    let mut waiting = vec![(root.name(), root)];
    while let Some((path, code)) = waiting.pop() {
        let size = count(code.data().len(), "byte");
        let _ = writeln!(out, "\n{}: {}, {size}", plain(&path), code.kind_text());
        match code.kind() {
            Kind::Bytecode => bytecode(&mut out, code, source),
            _ => machine_code(&mut out, file, code),
        }
        let children = code.children().into_iter().enumerate().rev();
        waiting.extend(children.map(|(i, child)| (format!("{path}/{i} {}", child.name()), child)));
    }
    out
}

fn bytecode(out: &mut String, code: Code<'_>, source: &[String]) {
    let Some(head) = code.head() else {
        let _ = writeln!(out, "  <no bytecode: {}>", hex(code.data()));
        return;
    };
    let bytes = &code.data()[head.code..];
    let mut lines = std::iter::once((0, 1)).chain(head.lines).peekable();
    let mut at = 0;
    while at < bytes.len() {
        let mut new_line = None;
        while let Some((_, line)) = lines.next_if(|&(offset, _)| offset as usize <= at) {
            new_line = Some(line);
        }
        if let Some(line) = new_line {
            let text = source.get((line as usize).wrapping_sub(1)).map_or("", |text| text.trim());
            let _ = writeln!(out, "{}", plain(&format!("  line {line} {text}")).trim_end());
        }
        let Some((len, text)) = code.instruction(bytes, at) else {
            let _ = writeln!(out, "  {at:4}  <no instruction: {}>", hex(&bytes[at..]));
            return;
        };
        let _ = writeln!(out, "  {at:4}  {:<14} {}", hex(&bytes[at..at + len]), plain(&text).trim_end());
        at += len;
    }
}

/// Machine code in rows; what is filled in when it is loaded stands behind the row in which it begins.
fn machine_code(out: &mut String, file: &File, code: Code<'_>) {
    let Some(native) = code.native() else { return };
    let prelude = match code.kind() {
        Kind::Native => (native.prelude_offset as usize).min(code.data().len()),
        _ => code.data().len(),
    };
    if let Some(head) = code.head() {
        let _ = writeln!(out, "  parameters: {}", plain(&head.params.join(", ")));
    }
    if code.kind() == Kind::Asm {
        let _ = writeln!(out, "  arguments: {}, signature {:#x}", native.n_args, native.type_sig);
    }
    let mut marks = places(file, code);
    marks.sort_by_key(|(section, offset, _)| (*section == Section::Rodata, *offset));
    let of = |section| marks.iter().filter(move |mark| mark.0 == section).map(|mark| (mark.1, &*mark.2));
    rows(out, 0, &code.data()[..prelude], of(Section::Text));
    if prelude < code.data().len() {
        out.push_str("  prelude\n");
        rows(out, prelude, &code.data()[prelude..], std::iter::empty());
    }
    if !native.rodata.is_empty() {
        out.push_str("  rodata\n");
        rows(out, 0, &native.rodata, of(Section::Rodata));
    }
    if native.bss > 0 {
        let _ = writeln!(out, "  bss: {}", count(native.bss as usize, "byte"));
    }
}

/// Rows of bytes whose first has the offset `start`. `marks`: texts by offset, in order.
fn rows<'a>(out: &mut String, start: usize, bytes: &[u8], marks: impl Iterator<Item = (usize, &'a str)>) {
    let mut marks = marks.peekable();
    let mut mark = |out: &mut String, end: usize| {
        while let Some((offset, text)) = marks.next_if(|&(offset, _)| offset < end) {
            let _ = writeln!(out, "        {offset:#x}: {}", plain(text));
        }
    };
    for (i, row) in bytes.chunks(ROW).enumerate() {
        let at = start + i * ROW;
        let _ = writeln!(out, "  {at:04x}  {}", hex(row));
        mark(out, at + row.len());
    }
    // A damaged file may have places outside of the code.
    mark(out, usize::MAX);
}

/// The places in machine code that are filled in, with what comes there.
fn places(file: &File, code: Code<'_>) -> Vec<(Section, usize, String)> {
    let mut places = Vec::new();
    for link in code.links() {
        let how = match link.how {
            How::Number16 => "number in 16 bits",
            How::Number => "number",
            How::Object => "object in 32 bits",
            How::ObjectWord => "object",
        };
        let name = code.name_at(link.name.into());
        places.push((Section::Text, link.offset as usize, format!("{how} of '{name}'")));
    }
    let (word, shift) = match file {
        File::Current(module) => (module.arch.word_size(), 0),
        // Numbers of helpers begin where later versions have two more tables.
        File::Older(file) => (file.arch.word_size(), 2),
    };
    let Some(native) = code.native() else { return places };
    for relocation in native.relocations() {
        let value = match (relocation.value, shift) {
            (Value::Text, _) => "address of the code".into(),
            (Value::Rodata, _) => "address of the rodata".into(),
            (Value::Bss, _) => "address of the bss".into(),
            (Value::QstrTable, 0) => "table of names".into(),
            (Value::ObjectTable, 0) => "table of objects".into(),
            (Value::FunTable, 0) => "table of helpers".into(),
            (Value::QstrTable, _) => "table of helpers".into(),
            (Value::ObjectTable, _) => "helper 0".into(),
            (Value::FunTable, _) => "helper 1".into(),
            (Value::Helper(number), shift) => format!("helper {}", usize::from(number) + shift),
        };
        let count = match relocation.count {
            1 => String::new(),
            n => format!(", {n} words"),
        };
        places.push((relocation.section, relocation.word as usize * word, format!("+ {value}{count}")));
    }
    places
}
