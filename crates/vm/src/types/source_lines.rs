//! Lines of sources as tracebacks show them: without their indentation, with marks below a part of them.

use alloc::{format, string::String, vec::Vec};

use crate::{
    host::{CompileMode, Located, Place},
    qstr::Qstr,
    types::traceback_text::{Known, color},
    vm::Vm,
};

/// A source, and the places in it that a traceback is about.
pub struct Source {
    /// Its name.
    pub file: Qstr,
    /// Empty if it cannot be read.
    pub text: Vec<u8>,
    /// In the order of the calls.
    pub located: Vec<Known>,
}

/// Reads a source, from what the machine keeps or from a file.
pub fn read(vm: &mut Vm, file: Qstr, places: Vec<Place>) -> Source {
    let name = String::from(vm.qstr_str(file));
    let (text, mode) = match vm.kept_source(file) {
        Some((kept, mode)) => (kept.to_vec(), mode),
        None if name.starts_with('<') => (Vec::new(), CompileMode::Exec),
        None => {
            let text = vm.host().and_then(|host| host.read_file(name.as_bytes()).ok());
            (text.unwrap_or_default(), CompileMode::Exec)
        }
    };
    let located = match vm.state().compiler.as_ref() {
        Some(compiler) if !text.is_empty() && !name.ends_with(".mpy") => {
            compiler.locate(&text, &name, mode, vm.opt_level(), &places)
        }
        _ => Vec::new(),
    };
    Source { file, text, located }
}

/// The lines to show for a place, marks included.
pub fn show(source: &Source, line: u32, located: Option<&Located>, colored: bool) -> Vec<Vec<u8>> {
    let all: Vec<&[u8]> = source.text.split(|&byte| byte == b'\n').collect();
    let last = located.map_or(line, |located| located.end_line) as usize;
    let Some(lines) = (line as usize).checked_sub(1).and_then(|first| all.get(first..last)) else {
        return Vec::new();
    };
    if lines.len() == 1 && lines[0].trim_ascii().is_empty() {
        return Vec::new();
    }
    let margin = lines.iter().filter(|line| !line.trim_ascii().is_empty()).map(|line| lead(line)).min().unwrap_or(0);
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.get(margin..).unwrap_or(&[]).trim_ascii_end()).collect();
    let mut shown = Vec::new();
    let mut before = None;
    for number in significant(lines.len(), located) {
        // One line left out would need as much room as the line.
        let gap = before.map_or(0, |before: usize| number - before - 1);
        if gap == 1 {
            write_line(&mut shown, &lines, number - 1, margin, located, colored);
        } else if gap > 1 {
            shown.push(format!("...<{gap} lines>...").into_bytes());
        }
        write_line(&mut shown, &lines, number, margin, located, colored);
        before = Some(number);
    }
    shown
}

fn lead(line: &[u8]) -> usize {
    line.len() - line.trim_ascii_start().len()
}

/// The numbers of the lines worth showing: first, last, and those around the mark.
fn significant(count: usize, located: Option<&Located>) -> Vec<usize> {
    let mark = located.and_then(|located| located.mark);
    let near =
        |number: usize| mark.is_some_and(|mark| mark.iter().any(|(line, _)| number.abs_diff(*line as usize) <= 1));
    (0..count).filter(|&number| number == 0 || number + 1 == count || near(number)).collect()
}

/// What stands below a character.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    Nothing,
    Range,
    Mark,
}

/// What stands below each character of a line.
fn below(lines: &[&[u8]], number: usize, margin: usize, located: &Located) -> Vec<Below> {
    let line = lines[number];
    let column = |at: u32| (at as usize).saturating_sub(margin);
    let start = if number == 0 { column(located.column) } else { lead(line) };
    let end = if number + 1 == lines.len() { column(located.end_column) } else { line.len() };
    let mut result = Vec::new();
    for (at, byte) in line.iter().enumerate() {
        if byte & 0xc0 == 0x80 {
            continue;
        }
        let kind = match located.mark {
            _ if at < start || at >= end => Below::Nothing,
            None => Below::Mark,
            Some([from, to]) => {
                let here = (number, at);
                let inside = here >= (from.0 as usize, column(from.1)) && here < (to.0 as usize, column(to.1));
                if inside { Below::Mark } else { Below::Range }
            }
        };
        result.push(kind);
    }
    result
}

fn write_line(
    shown: &mut Vec<Vec<u8>>,
    lines: &[&[u8]],
    number: usize,
    margin: usize,
    located: Option<&Located>,
    colored: bool,
) {
    let line = lines[number];
    let Some(located) = located.filter(|located| located.carets) else {
        shown.push(line.to_vec());
        return;
    };
    let marks = below(lines, number, margin, located);
    let text = String::from_utf8_lossy(line);
    let signs: String = marks.iter().map(|mark| [' ', '~', '^'][*mark as usize]).collect::<String>();
    if colored {
        shown.push(in_colors(&text, &marks).into_bytes());
        shown.push(in_colors(signs.trim_end(), &marks).into_bytes());
    } else {
        shown.push(line.to_vec());
        shown.push(signs.trim_end().into());
    }
}

/// A text whose parts have the colours of the marks.
fn in_colors(text: &str, marks: &[Below]) -> String {
    let mut result = String::new();
    let mut now = Below::Nothing;
    for (i, c) in text.chars().enumerate() {
        let mark = marks.get(i).copied().unwrap_or(Below::Nothing);
        if mark != now {
            if now != Below::Nothing {
                result += color::RESET;
            }
            result += ["", color::RANGE, color::MARK][mark as usize];
            now = mark;
        }
        result.push(c);
    }
    if now != Below::Nothing {
        result += color::RESET;
    }
    result
}
