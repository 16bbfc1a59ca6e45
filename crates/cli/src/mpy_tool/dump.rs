//! Files as trees of text.

use super::{
    text::{count, plain},
    view::{self, Code, constant, flags},
};
use code::mpy::File;
use std::fmt::Write;

/// A file of `size` bytes: header, tables, code objects.
pub fn text(name: &str, size: usize, file: &File) -> String {
    let mut out = Tree(String::new());
    out.line(0, &format!("{name}: {}", count(size, "byte")));
    header(&mut out, file);
    let names = view::names(file);
    out.line(1, &format!("names: {}", names.len()));
    for (i, name) in names.iter().enumerate() {
        out.line(2, &format!("{i} {}", String::from_utf8_lossy(name)));
    }
    if let File::Current(module) = file {
        out.line(1, &format!("objects: {}", module.objects.len()));
        for (i, object) in module.objects.iter().enumerate() {
            out.line(2, &format!("{i} {}", constant(object)));
        }
    }
    let (mut n, mut size) = (0, 0);
    let mut waiting = vec![view::root(file)];
    while let Some(code) = waiting.pop() {
        (n, size) = (n + 1, size + code.data().len());
        waiting.extend(code.children());
    }
    out.line(1, &format!("code: {}, {}", count(n, "code object"), count(size, "byte")));
    code(&mut out, 2, view::root(file));
    out.0
}

/// Lines by depth.
struct Tree(String);

impl Tree {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.0, "{:1$}{2}", "", 2 * depth, plain(text));
    }
}

fn header(out: &mut Tree, file: &File) {
    let header = view::header(file);
    let mut facts = vec![format!("version {}", header.version_text())];
    facts.push(match (header.arch, header.arch_flags) {
        ("none", _) => "no machine code".into(),
        (arch, 0) => format!("machine code for {arch}"),
        (arch, flags) => format!("machine code for {arch} with flags {flags:#x}"),
    });
    facts.push(format!("small ints of {} bits", header.small_int_bits));
    if let Some((cache, unicode, window)) = header.older {
        facts.push(if cache { "cache bytes".into() } else { "no cache bytes".into() });
        facts.push(if unicode { "Unicode strings".into() } else { "no Unicode strings".into() });
        facts.push(format!("a window of {window} names"));
    }
    if header.debug {
        facts.push("debug section".into());
    }
    out.line(1, &facts.join(", "));
}

/// A code object and those in it. They nest no deeper than the reader allows.
fn code(out: &mut Tree, depth: usize, code_object: Code<'_>) {
    let data = code_object.data();
    let mut facts = vec![count(data.len(), "byte")];
    let head = code_object.head();
    let mut title = code_object.name();
    if let Some(head) = &head {
        if !head.params.is_empty() {
            let _ = write!(title, "({})", head.params.join(", "));
        }
        let signature = &head.signature;
        if code_object.kind() == code::object::Kind::Bytecode {
            facts.push(format!("{} of them instructions", data.len() - head.code));
        }
        facts.push(format!("state of {}", count(signature.n_state as usize, "word")));
        for (n, what) in [
            (signature.n_exc_stack, "exception block"),
            (signature.n_kwonly, "keyword-only parameter"),
            (signature.n_defaults, "default"),
            (head.cells.len() as u32, "cell"),
        ] {
            if n > 0 {
                facts.push(count(n as usize, what));
            }
        }
        facts.extend(flags(signature).into_iter().map(str::to_owned));
        if let Some(&(_, last)) = head.lines.last() {
            facts.push(format!("lines to {last}"));
        }
    }
    if let Some(native) = code_object.native() {
        for (n, what) in [
            (native.n_args as usize, "argument"),
            (native.rodata.len(), "byte of rodata"),
            (native.bss as usize, "byte of bss"),
            (native.relocations().count(), "relocation"),
            (code_object.links().len(), "link"),
        ] {
            if n > 0 {
                facts.push(format!("{n} {what}{}", if n == 1 || what.starts_with("byte") { "" } else { "s" }));
            }
        }
    }
    out.line(depth, &format!("{title}: {}, {}", code_object.kind_text(), facts.join(", ")));
    for object in code_object.objects() {
        out.line(depth + 1, &constant(object));
    }
    for child in code_object.children() {
        code(out, depth + 1, child);
    }
}
