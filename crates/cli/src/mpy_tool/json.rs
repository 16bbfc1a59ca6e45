//! Files as JSON.

use super::view::{self, Code, constant, flags, type_name};
use code::{mpy::File, object::Const};
use serde_json::{Value, json};

/// A file of `size` bytes.
pub fn file(name: &str, size: usize, file: &File) -> Value {
    let header = view::header(file);
    let names: Vec<_> = view::names(file).iter().map(|name| String::from_utf8_lossy(name)).collect();
    let mut out = json!({
        "file": name,
        "size": size,
        "version": header.version,
        "sub_version": header.sub_version,
        "arch": header.arch,
        "arch_flags": header.arch_flags,
        "small_int_bits": header.small_int_bits,
        "debug": header.debug,
        "names": names,
        "code": code(view::root(file)),
    });
    if let File::Current(module) = file {
        out["objects"] = objects(&module.objects);
    }
    if let Some((cache_bytes, unicode, window)) = header.older {
        out["cache_bytes"] = cache_bytes.into();
        out["unicode"] = unicode.into();
        out["window"] = window.into();
    }
    out
}

fn objects(objects: &[Const]) -> Value {
    objects.iter().map(|object| json!({"type": type_name(object), "repr": constant(object)})).collect()
}

/// A code object and those in it. They nest no deeper than the reader allows.
fn code(code_object: Code<'_>) -> Value {
    let mut out = json!({
        "name": code_object.name(),
        "kind": code_object.kind_text(),
        "size": code_object.data().len(),
        "children": code_object.children().into_iter().map(code).collect::<Vec<_>>(),
    });
    if let Code::Older(..) = code_object {
        out["objects"] = objects(code_object.objects());
    }
    if let Some(head) = code_object.head() {
        let signature = &head.signature;
        out["n_state"] = signature.n_state.into();
        out["n_exc_stack"] = signature.n_exc_stack.into();
        out["flags"] = flags(signature).into();
        out["n_pos"] = signature.n_pos.into();
        out["n_kwonly"] = signature.n_kwonly.into();
        out["n_defaults"] = signature.n_defaults.into();
        out["params"] = head.params.into();
        out["cells"] = json!(head.cells);
        if code_object.native().is_none() {
            out["code_offset"] = head.code.into();
            out["lines"] = json!(head.lines);
        }
    }
    if let Some(native) = code_object.native() {
        out["native"] = json!({
            "prelude_offset": native.prelude_offset,
            "scope_flags": native.scope_flags,
            "n_args": native.n_args,
            "type_sig": native.type_sig,
            "rodata": native.rodata.len(),
            "bss": native.bss,
            "relocations": native.relocations().count(),
            "links": code_object.links().len(),
        });
    }
    out
}
