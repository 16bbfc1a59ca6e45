//! From versions 3 to 5 to version 6.

use super::opcode::{Instruction, Name};
use super::{Code, File, Prelude, calls};
use crate::arch::Arch;
use crate::listing::Listing;
use crate::mpy::{Error, ErrorKind, SUB_VERSION, VERSION};
use crate::object::{Const, Kind, Module, RawCode};
use crate::opcode::{Op, Operand};
use crate::prelude;
use alloc::{format, string::String, vec::Vec};
use core::cmp::Ordering;

/// Translates a file's bytecode; machine code is refused.
pub fn upgrade(file: &File) -> Result<Module, Error> {
    // Number 0 is the source file; the others follow in their order.
    let mut qstrs = file.names.clone();
    if let Some(up_to_source) = qstrs.get_mut(..=usize::from(file.root.source)) {
        up_to_source.rotate_right(1);
    }
    let mut objects = Vec::new();

    let mut open: Vec<(RawCode, &[Code])> = Vec::new();
    let mut code = &file.root;
    let root = 'root: loop {
        open.push((function(file, code, &mut objects)?, &code.children));
        // Close what is complete, then go on with the next child.
        while let Some((complete, _)) = open.pop_if(|(_, children)| children.is_empty()) {
            match open.last_mut() {
                Some((parent, _)) => parent.children.push(complete),
                None => break 'root complete,
            }
        }
        if let Some((_, children)) = open.last_mut()
            && let [first, rest @ ..] = children
        {
            code = first;
            *children = rest;
        }
    };
    Ok(Module {
        arch: Arch::None,
        sub_version: SUB_VERSION,
        arch_flags: 0,
        small_int_bits: file.small_int_bits,
        qstrs,
        objects,
        root,
    })
}

/// The number in version 6 of a name.
fn qstr(file: &File, name: u16) -> u32 {
    u32::from(match name.cmp(&file.root.source) {
        Ordering::Less => name + 1,
        Ordering::Equal => 0,
        Ordering::Greater => name,
    })
}

fn error(file: &File, code: &Code, what: String) -> Error {
    let name = file.names.get(usize::from(code.name)).map(|name| String::from_utf8_lossy(name));
    let detail = format!("version {}, function {}: {what}", file.form.version, name.unwrap_or_default());
    Error { kind: ErrorKind::IncompatibleFile, offset: None, detail }
}

/// One function, still without its children.
fn function(file: &File, code: &Code, objects: &mut Vec<Const>) -> Result<RawCode, Error> {
    let fail = |what: String| Err(error(file, code, what));
    if code.kind != Kind::Bytecode {
        let what = format!("found machine code of version {}, expected {VERSION}.{SUB_VERSION}", file.form.version);
        return Err(Error { kind: ErrorKind::IncompatibleArch, ..error(file, code, what) });
    }
    let Some(prelude) = Prelude::parse(file.form, &code.data, 0) else { return fail("found a damaged prelude".into()) };
    let first_object = objects.len();
    objects.extend(code.objects.iter().cloned());

    let mut listing = match list(file, code, &prelude, first_object) {
        Ok(listing) => listing,
        Err((offset, what)) => return fail(format!("offset {offset}: {what}")),
    };
    let mut signature = prelude.signature;
    match calls::to_current(&mut listing) {
        Ok(true) => signature.n_state = signature.n_state.saturating_add(2),
        Ok(false) => {}
        Err((offset, what)) => return fail(format!("offset {offset}: {what}")),
    }
    let emitted = match listing.emit_current() {
        Ok(emitted) => emitted,
        Err(offset) => return fail(format!("offset {offset}: found an operand too large for version {VERSION}")),
    };
    let old_base = (prelude.code - prelude.line_base) as u32;
    let lines = listing.lines(&code.data[prelude.lines.clone()], old_base, 0, &emitted);
    let params: Vec<u32> = code.params.iter().map(|&name| qstr(file, name)).collect();
    let cells = &code.data[prelude.cells.clone()];
    let name = qstr(file, code.name);
    Ok(RawCode {
        kind: Kind::Bytecode,
        data: prelude::assemble(&signature, name, &params, &lines, cells, &emitted.bytes).into(),
        children: Vec::new(),
        native: None,
        debug: None,
    })
}

/// The instructions of a function, names and constants numbered as in version 6.
fn list(file: &File, code: &Code, prelude: &Prelude, first_object: usize) -> Result<Listing, (usize, &'static str)> {
    let bytes = &code.data[prelude.code..];
    let mut instructions = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Some(found) = Instruction::decode(file.form, bytes, at) else {
            return Err((at, "found no instruction"));
        };
        instructions.push((at, found));
        at += found.len;
    }
    let closing = if file.form.version == 3 { closings(&instructions) } else { Vec::new() };

    let (n_params, n_objects) = (code.params.len() as i64, code.objects.len() as i64);
    let mut listing = Listing::default();
    for (i, &(at, found)) in instructions.iter().enumerate() {
        let Name::Op(mut op) = found.name else {
            listing.push_closing(closing.get(i) == Some(&true), at);
            continue;
        };
        let mut arg = found.arg;
        match op.info().operand {
            Operand::Qstr => arg = qstr(file, arg as u16).into(),
            Operand::Object if arg < n_params => {
                op = Op::LoadConstString;
                arg = qstr(file, code.params[arg as usize]).into();
            }
            Operand::Object => {
                arg -= n_params;
                if arg >= n_objects {
                    return Err((at, "found no such constant"));
                }
                arg += first_object as i64;
            }
            Operand::Child | Operand::ChildByte => {
                arg -= n_params + n_objects;
                if arg < 0 {
                    return Err((at, "found a constant in place of a function"));
                }
            }
            _ => {}
        }
        listing.push(op, arg, found.extra, found.target(), at);
        if closing.get(i) == Some(&true) {
            listing.push_closing(true, at);
        }
    }
    match listing.resolve() {
        Ok(()) => Ok(listing),
        Err(offset) => Err((offset as usize, "found a label that points at no instruction")),
    }
}

/// Version 3 closes the block of a finally or with before it goes on to the handler, later ones do it in
/// END_FINALLY. It also closes an except block before what ends `as name`, which is a finally; later ones do it behind
/// that. The result says of each instruction whether a block is closed in its place or, if it is another, behind it.
fn closings(instructions: &[(usize, Instruction)]) -> Vec<bool> {
    let mut handlers: Vec<i64> = Vec::new();
    for (_, found) in instructions {
        if let Name::Op(Op::SetupFinally | Op::SetupWith) = found.name {
            handlers.push(found.arg);
        }
    }
    handlers.sort_unstable();
    let is_op = |i: usize, op: Op| instructions.get(i).is_some_and(|(_, found)| found.name == Name::Op(op));
    let leads_to_handler = |i: usize| {
        is_op(i, Op::LoadConstNone)
            && instructions.get(i + 1).is_some_and(|(at, _)| handlers.binary_search(&(*at as i64)).is_ok())
    };
    let mut closings = alloc::vec![false; instructions.len()];
    for (i, (_, found)) in instructions.iter().enumerate() {
        match found.name {
            Name::PopBlock if leads_to_handler(i + 1) => {}
            Name::PopBlock => {
                let except = instructions.get(i + 1).is_some_and(|(_, next)| next.name == Name::PopExcept);
                // In front of the handler: LOAD_CONST_NONE; in it: LOAD_CONST_NONE, a store, a deletion, END_FINALLY.
                if !(except && leads_to_handler(i + 2) && is_op(i + 6, Op::EndFinally)) {
                    closings[i] = true;
                }
            }
            Name::PopExcept => {
                let moves = i > 0 && instructions[i - 1].1.name == Name::PopBlock && !closings[i - 1];
                closings[if moves { i + 5 } else { i }] = true;
            }
            _ => {}
        }
    }
    closings
}
