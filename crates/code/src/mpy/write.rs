//! From a module to bytes.

use super::{DEBUG_SECTION, SECTION_MAGIC, VERSION, debug};
use crate::encoding::write_uint;
use crate::object::{Arch, Const, Kind, Module, Native, RawCode};
use crate::static_qstrs::static_number;
use alloc::{vec, vec::Vec};

/// What a file is to hold beside what stock firmware reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Append the debug section.
    pub debug: bool,
}

/// Writes a module as a file.
pub fn write(module: &Module, options: WriteOptions) -> Vec<u8> {
    let mut out = vec![b'M', VERSION];
    let mut features = (module.arch as u8) << 2;
    if module.arch != Arch::None {
        features |= module.sub_version & 3;
    }
    if module.arch_flags != 0 {
        features |= 0x40;
    }
    out.push(features);
    out.push(module.small_int_bits);
    if module.arch_flags != 0 {
        write_uint(&mut out, module.arch_flags);
    }
    write_uint(&mut out, module.qstrs.len() as u32);
    write_uint(&mut out, module.objects.len() as u32);
    for qstr in &module.qstrs {
        match static_number(qstr) {
            Some(number) => write_uint(&mut out, number << 1 | 1),
            None => {
                write_uint(&mut out, (qstr.len() as u32) << 1);
                out.extend_from_slice(qstr);
                out.push(0);
            }
        }
    }
    for object in &module.objects {
        write_object(&mut out, object);
    }
    write_code(&mut out, &module.root);
    if options.debug {
        let body = debug::write(module);
        out.extend_from_slice(SECTION_MAGIC);
        let (kind, version) = DEBUG_SECTION;
        out.push(kind);
        write_uint(&mut out, version);
        write_uint(&mut out, body.len() as u32);
        out.extend_from_slice(&body);
    }
    out
}

fn write_object(out: &mut Vec<u8>, object: &Const) {
    let sized = |out: &mut Vec<u8>, kind: u8, bytes: &[u8]| {
        out.push(kind);
        write_uint(out, bytes.len() as u32);
        out.extend_from_slice(bytes);
    };
    let mut waiting = vec![object];
    while let Some(object) = waiting.pop() {
        match object {
            Const::FunTable => out.push(0),
            Const::None => out.push(1),
            Const::False => out.push(2),
            Const::True => out.push(3),
            Const::Ellipsis => out.push(4),
            Const::Str(text) => {
                sized(out, 5, text);
                out.push(0);
            }
            Const::Bytes(bytes) => {
                sized(out, 6, bytes);
                out.push(0);
            }
            Const::Int(text) => sized(out, 7, text.as_bytes()),
            Const::Float(_, text) => sized(out, 8, text.as_bytes()),
            Const::Complex(_, _, text) => sized(out, 9, text.as_bytes()),
            Const::Tuple(items) => {
                out.push(10);
                write_uint(out, items.len() as u32);
                waiting.extend(items.iter().rev());
            }
        }
    }
}

fn write_code(out: &mut Vec<u8>, root: &RawCode) {
    enum Part<'a> {
        Code(&'a RawCode),
        Relocations(&'a [u8]),
    }
    let mut waiting = vec![Part::Code(root)];
    while let Some(part) = waiting.pop() {
        let code = match part {
            Part::Code(code) => code,
            Part::Relocations(bytes) => {
                out.extend_from_slice(bytes);
                out.push(0xff);
                continue;
            }
        };
        let has_children = !code.children.is_empty();
        let len = code.data.len() as u32;
        write_uint(out, len << 3 | u32::from(has_children) << 2 | code.kind as u32);
        out.extend_from_slice(&code.data);
        if let Some(native) = &code.native {
            match code.kind {
                Kind::Bytecode => {}
                Kind::Native => write_uint(out, native.prelude_offset),
                Kind::Viper | Kind::Asm => write_uint(out, native.scope_flags),
            }
            if code.kind == Kind::Asm {
                write_uint(out, native.n_args);
                write_uint(out, native.type_sig);
            }
            if code.kind == Kind::Viper {
                if native.scope_flags & Native::RODATA != 0 {
                    write_uint(out, native.rodata.len() as u32);
                }
                if native.scope_flags & Native::BSS != 0 {
                    write_uint(out, native.bss);
                }
                if native.scope_flags & Native::RODATA != 0 {
                    out.extend_from_slice(&native.rodata);
                }
                if native.scope_flags & Native::RELOCATIONS != 0 {
                    waiting.push(Part::Relocations(&native.relocations));
                }
            }
        }
        if has_children {
            write_uint(out, code.children.len() as u32);
            waiting.extend(code.children.iter().rev().map(Part::Code));
        }
    }
}
