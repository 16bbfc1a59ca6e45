//! From a [`File`] to bytes.

use super::opcode::{Form, Instruction, Name, Shape};
use super::{Code, File, Prelude};
use crate::encoding::write_uint;
use crate::object::{Const, Kind, Native};
use crate::opcode::Op;
use crate::static_qstrs::static_number;
use alloc::collections::VecDeque;
use alloc::{boxed::Box, vec, vec::Vec};

/// Writes a file of version 4 or 5; `None` if it is of version 3, or its code is not whole instructions or names what
/// is not there.
pub fn write(file: &File) -> Option<Vec<u8>> {
    if file.form.version < 4 {
        return None;
    }
    let features = u8::from(file.form.cache_byte) | u8::from(file.unicode) << 1 | (file.arch as u8) << 2;
    let mut out = vec![b'M', file.form.version, features, file.small_int_bits];
    write_uint(&mut out, file.window);
    Writer { out, form: file.form, names: &file.names, window: VecDeque::new(), size: file.window as usize }
        .root(&file.root)
}

struct Writer<'a> {
    out: Vec<u8>,
    form: Form,
    names: &'a [Box<[u8]>],
    /// The most recent names first.
    window: VecDeque<u16>,
    size: usize,
}

impl Writer<'_> {
    fn root(mut self, root: &Code) -> Option<Vec<u8>> {
        enum Part<'a> {
            Code(&'a Code),
            Relocations(&'a [u8]),
        }
        let mut waiting = vec![Part::Code(root)];
        while let Some(part) = waiting.pop() {
            match part {
                Part::Code(code) => {
                    self.head(code)?;
                    if let Some(machine) = &code.machine
                        && self.has_data(code)
                        && machine.native.scope_flags & Native::RELOCATIONS != 0
                    {
                        waiting.push(Part::Relocations(&machine.native.relocations));
                    }
                    waiting.extend(code.children.iter().rev().map(Part::Code));
                }
                Part::Relocations(bytes) => {
                    self.out.extend_from_slice(bytes);
                    self.out.push(0xff);
                }
            }
        }
        Some(self.out)
    }

    /// Whether the sections of a native module may follow.
    fn has_data(&self, code: &Code) -> bool {
        code.kind == Kind::Viper && self.form.version == 5
    }

    /// A function up to its children.
    fn head(&mut self, code: &Code) -> Option<()> {
        write_uint(&mut self.out, u32::try_from(code.data.len()).ok()? << 2 | code.kind as u32);
        match &code.machine {
            None => self.bytecode(code)?,
            Some(machine) => {
                self.out.extend_from_slice(&code.data);
                if code.kind != Kind::Asm {
                    self.number(machine.links.len())?;
                    for link in &machine.links {
                        write_uint(&mut self.out, link.offset << 2 | link.how as u32);
                        self.name(link.name)?;
                    }
                }
                if code.kind == Kind::Native {
                    write_uint(&mut self.out, machine.native.prelude_offset);
                    self.name(code.name)?;
                    self.name(code.source)?;
                } else {
                    write_uint(&mut self.out, machine.native.scope_flags);
                }
                if code.kind == Kind::Asm {
                    write_uint(&mut self.out, machine.native.n_args);
                    write_uint(&mut self.out, machine.native.type_sig);
                    return Some(());
                }
            }
        }
        self.number(code.objects.len())?;
        self.number(code.children.len())?;
        for &param in &code.params {
            self.name(param)?;
        }
        if let Some(machine) = code.machine.as_ref().filter(|_| self.has_data(code)) {
            if machine.native.scope_flags & Native::RODATA != 0 {
                self.number(machine.native.rodata.len())?;
                self.out.extend_from_slice(&machine.native.rodata);
            }
            if machine.native.scope_flags & Native::BSS != 0 {
                write_uint(&mut self.out, machine.native.bss);
            }
        }
        code.objects.iter().try_for_each(|object| self.object(object))
    }

    fn bytecode(&mut self, code: &Code) -> Option<()> {
        let prelude = Prelude::parse(self.form, &code.data, 0)?;
        if self.form.version == 5 {
            self.out.extend_from_slice(&code.data[..prelude.names]);
            self.name(code.name)?;
            self.name(code.source)?;
            self.out.extend_from_slice(&code.data[prelude.lines.start..prelude.code]);
        } else {
            self.out.extend_from_slice(&code.data[..prelude.code]);
        }
        let mut pos = prelude.code;
        while pos < code.data.len() {
            let found = Instruction::decode(self.form, &code.data, pos)?;
            let end = pos + found.len;
            if let Shape::Name(_) = self.form.shape(found.name) {
                self.out.push(code.data[pos]);
                self.name(u16::try_from(found.arg).ok()?)?;
                pos += 3;
            }
            self.out.extend_from_slice(&code.data[pos..end]);
            if found.name == Name::Op(Op::UnwindJump) && self.form.version == 4 && !self.is_safe(found.extra) {
                return None;
            }
            pos = end;
        }
        if self.form.version == 4 {
            self.name(code.name)?;
            self.name(code.source)?;
        }
        Some(())
    }

    /// Whether the official loader of version 4, which takes the byte of UNWIND_JUMP for an opcode, takes it for one
    /// without an operand.
    fn is_safe(&self, byte: u8) -> bool {
        self.form.meaning(byte).is_none_or(|(name, _)| self.form.shape(name) == Shape::None)
    }

    fn number(&mut self, number: usize) -> Option<()> {
        write_uint(&mut self.out, u32::try_from(number).ok()?);
        Some(())
    }

    fn name(&mut self, name: u16) -> Option<()> {
        let text = self.names.get(usize::from(name))?;
        if let Some(number) = static_number(text) {
            self.out.extend_from_slice(&[0, number as u8]);
            return Some(());
        }
        match self.window.iter().position(|&recent| recent == name) {
            Some(at) => {
                self.window.remove(at);
                self.number(at << 1 | 1)?;
            }
            None => {
                self.number(text.len().checked_mul(2)?)?;
                self.out.extend_from_slice(text);
                self.window.truncate(self.size.saturating_sub(1));
            }
        }
        self.window.push_front(name);
        self.window.truncate(self.size);
        Some(())
    }

    fn object(&mut self, object: &Const) -> Option<()> {
        let (kind, bytes) = match object {
            Const::Ellipsis => {
                self.out.push(b'e');
                return Some(());
            }
            Const::Str(text) => (b's', &**text),
            Const::Bytes(bytes) => (b'b', &**bytes),
            Const::Int(text) => (b'i', text.as_bytes()),
            Const::Float(_, text) => (b'f', text.as_bytes()),
            Const::Complex(_, _, text) => (b'c', text.as_bytes()),
            Const::FunTable | Const::None | Const::False | Const::True | Const::Tuple(_) => return None,
        };
        self.out.push(kind);
        self.number(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Some(())
    }
}
