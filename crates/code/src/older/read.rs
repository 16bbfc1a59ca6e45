//! From bytes to a [`File`].

use super::links::{How, Link};
use super::opcode::{Form, Instruction, Shape};
use super::{Code, File, Machine, Prelude};
use crate::arch::Arch;
use crate::mpy::{BLOCK, Error, MAX_NESTING, Reader};
use crate::object::{Const, Kind, Native};
use crate::static_qstrs::static_text;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::{boxed::Box, format, vec::Vec};

/// Bytes of memory that translation takes for a byte of bytecode, if all instructions are that short.
const LISTED: usize = 300;

/// Reads what follows the version.
pub(crate) fn read(reader: &mut Reader<'_>, version: u8) -> Result<File, Error> {
    let features = reader.byte("the feature byte")?;
    let small_int_bits = reader.byte("the width of small ints")?;
    let form = Form { version, cache_byte: features & 1 != 0 };
    let arch = match Arch::from_code(features >> 2) {
        Some(arch) if version > 3 && arch as u8 <= Arch::Xtensawin as u8 || arch == Arch::None => arch,
        _ => return reader.error(2, format!("found unknown arch in feature byte {features:#04x}")),
    };
    let window = if version > 3 { reader.uint("the size of the window of names")? } else { 0 };
    if window > super::WINDOW {
        return reader.error(4, format!("found a window of {window} names, expected at most {}", super::WINDOW));
    }
    let mut names =
        Names { list: Vec::new(), numbers: BTreeMap::new(), window: VecDeque::new(), size: window as usize };
    let root = Functions { reader, form, names: &mut names }.root()?;
    Ok(File { form, unicode: features & 2 != 0, arch, small_int_bits, window, names: names.list, root })
}

/// The names of a file, and the recent ones.
struct Names {
    list: Vec<Box<[u8]>>,
    numbers: BTreeMap<Box<[u8]>, u16>,
    /// The most recent first.
    window: VecDeque<u16>,
    size: usize,
}

impl Names {
    /// The number of a name, `None` if there are too many.
    fn number(&mut self, text: Box<[u8]>) -> Option<u16> {
        if let Some(&number) = self.numbers.get(&text) {
            return Some(number);
        }
        let number = u16::try_from(self.list.len()).ok()?;
        self.list.push(text.clone());
        self.numbers.insert(text, number);
        Some(number)
    }
}

/// A function whose children are being read.
struct Open {
    code: Code,
    missing_children: u32,
    has_relocations: bool,
}

/// Reads functions.
struct Functions<'r, 's> {
    reader: &'r mut Reader<'s>,
    form: Form,
    names: &'r mut Names,
}

impl Functions<'_, '_> {
    /// The outermost function, its descendants included.
    fn root(mut self) -> Result<Code, Error> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            if open.len() >= MAX_NESTING {
                return self.reader.error(self.reader.pos, format!("functions nest deeper than {MAX_NESTING}"));
            }
            let opened = self.head()?;
            open.push(opened);
            while let Some(mut complete) = open.pop_if(|open| open.missing_children == 0) {
                if complete.has_relocations
                    && let Some(machine) = &mut complete.code.machine
                {
                    machine.native.relocations = self.reader.relocations()?;
                }
                match open.last_mut() {
                    None => return Ok(complete.code),
                    Some(parent) => {
                        parent.code.children.push(complete.code);
                        parent.missing_children -= 1;
                    }
                }
            }
        }
    }

    /// A function up to its children.
    fn head(&mut self) -> Result<Open, Error> {
        let form = self.form;
        let at = self.reader.pos;
        let n = self.reader.uint("a code object")?;
        self.reader.charge(2 * (size_of::<Code>() + size_of::<Machine>() + 2 * BLOCK))?;
        let (kind, len) = match (form.version, n & 3) {
            (3, _) => (Kind::Bytecode, n),
            (_, 0) => (Kind::Bytecode, n >> 2),
            (_, 1) => (Kind::Native, n >> 2),
            (_, 2) => (Kind::Viper, n >> 2),
            (_, _) => (Kind::Asm, n >> 2),
        };
        let mut code = Code {
            kind,
            data: Box::default(),
            name: 0,
            source: 0,
            params: Vec::new(),
            objects: Vec::new(),
            children: Vec::new(),
            machine: None,
        };
        let mut n_params = 0;
        if kind == Kind::Bytecode {
            let data = match form.version {
                3 => self.bytecode_3(len as usize, &mut code)?,
                4 => self.bytecode_4(len as usize, &mut code)?,
                _ => self.bytecode_5(len as usize, &mut code)?,
            };
            n_params = self.prelude(&data, 0, at)?.signature.n_named();
            // Translation lists the instructions, one function at a time, and makes a copy.
            self.reader.charge_once(data.len().saturating_mul(LISTED))?;
            self.reader.charge(data.len())?;
            code.data = data.into();
        } else {
            let data = self.reader.bytes(len as usize, "machine code")?;
            let mut machine = Machine::default();
            if kind != Kind::Asm {
                machine.links = self.links()?;
            }
            if kind == Kind::Native {
                machine.native.prelude_offset = self.reader.uint("the prelude offset")?;
                code.name = self.name("the name of a function")?;
                code.source = self.name("the name of a source file")?;
                n_params = self.prelude(&data, machine.native.prelude_offset as usize, at)?.signature.n_named();
            } else {
                machine.native.scope_flags = self.reader.uint("the scope flags")?;
            }
            if kind == Kind::Asm {
                machine.native.n_args = self.reader.uint("the number of arguments")?;
                machine.native.type_sig = self.reader.uint("the type signature")?;
            }
            code.data = data.into();
            code.machine = Some(Box::new(machine));
        }
        if kind == Kind::Asm {
            return Ok(Open { code, missing_children: 0, has_relocations: false });
        }
        let n_objects = self.reader.uint("the number of objects")?;
        let missing_children = self.reader.uint("the number of children")?;
        for _ in 0..n_params {
            let param = self.name("the name of a parameter")?;
            code.params.push(param);
        }
        let mut has_relocations = false;
        if let Some(machine) = code.machine.as_mut().filter(|_| kind == Kind::Viper && form.version == 5) {
            let flags = machine.native.scope_flags;
            if flags & Native::RODATA != 0 {
                let size = self.reader.uint("the size of the rodata")?;
                machine.native.rodata = self.reader.bytes(size as usize, "the rodata")?.into();
            }
            if flags & Native::BSS != 0 {
                machine.native.bss = self.reader.uint("the size of the bss")?;
            }
            has_relocations = flags & Native::RELOCATIONS != 0;
        }
        for _ in 0..n_objects {
            let object = self.object()?;
            code.objects.push(object);
        }
        Ok(Open { code, missing_children, has_relocations })
    }

    /// The prelude of a function that starts in the file at `at`.
    fn prelude(&self, data: &[u8], start: usize, at: usize) -> Result<Prelude, Error> {
        match Prelude::parse(self.form, data, start) {
            Some(prelude) => Ok(prelude),
            None => self.reader.error(at, "found a damaged prelude"),
        }
    }

    /// Version 5: the prelude with its two names, and the instructions with theirs.
    fn bytecode_5(&mut self, len: usize, code: &mut Code) -> Result<Vec<u8>, Error> {
        let mut data = Vec::new();
        let start = self.reader.pos;
        for what in ["the six numbers of a signature", "the sizes of a prelude"] {
            while self.copied_byte(&mut data, what)? & 0x80 != 0 {
                if data.len() > 40 {
                    return self.reader.error(start, format!("found no end of {what}"));
                }
            }
        }
        let sizes = crate::prelude::Signature::read(&data, 0)
            .and_then(|(_, pos)| crate::prelude::read_sizes(&data, pos))
            .filter(|&(info, ..)| info >= 4);
        let Some((info, n_cells, _)) = sizes else {
            return self.reader.error(start, "found a damaged prelude");
        };
        code.name = self.name("the name of a function")?;
        code.source = self.name("the name of a source file")?;
        data.extend_from_slice(&code.name.to_le_bytes());
        data.extend_from_slice(&code.source.to_le_bytes());
        self.reader.copied(info as usize - 4, "a line table", &mut data)?;
        self.reader.copied(n_cells as usize, "a cell list", &mut data)?;
        self.instructions(len, &mut data)?;
        Ok(data)
    }

    /// Version 4: the prelude as it is in memory, the instructions with their names, the two names of the prelude.
    fn bytecode_4(&mut self, len: usize, code: &mut Code) -> Result<Vec<u8>, Error> {
        let mut data = Vec::new();
        self.reader.copied_uint("the size of the frame", &mut data)?;
        self.reader.copied_uint("the number of blocks", &mut data)?;
        self.reader.copied(4, "a signature", &mut data)?;
        let block = data.len();
        let size = self.reader.copied_uint("the size of the code info", &mut data)? as usize;
        let Some(rest) = size.checked_sub(data.len() - block) else {
            return self.reader.error(self.reader.pos, "found a code info smaller than its size");
        };
        self.reader.copied(rest, "the code info", &mut data)?;
        while self.copied_byte(&mut data, "a cell list")? != 0xff {}
        self.instructions(len, &mut data)?;
        code.name = self.name("the name of a function")?;
        code.source = self.name("the name of a source file")?;
        Ok(data)
    }

    /// Version 3: all bytes as they are in memory, then all names.
    fn bytecode_3(&mut self, len: usize, code: &mut Code) -> Result<Vec<u8>, Error> {
        let at = self.reader.pos;
        let mut data = self.reader.bytes(len, "bytecode")?;
        code.name = self.name("the name of a function")?;
        code.source = self.name("the name of a source file")?;
        let mut pos = self.prelude(&data, 0, at)?.code;
        while pos < data.len() {
            let Some(found) = Instruction::decode(self.form, &data, pos) else {
                return self.reader.error(at + pos, format!("found no instruction in byte {:#04x}", data[pos]));
            };
            if let Shape::Name(_) = self.form.shape(found.name) {
                let name = self.name("the name in an instruction")?;
                data[pos + 1..pos + 3].copy_from_slice(&name.to_le_bytes());
            }
            pos += found.len;
        }
        Ok(data)
    }

    /// Instructions up to a length in memory, in which names take two bytes.
    fn instructions(&mut self, len: usize, data: &mut Vec<u8>) -> Result<(), Error> {
        while data.len() < len {
            let at = self.reader.pos;
            let byte = self.copied_byte(data, "an instruction")?;
            let Some((name, _)) = self.form.meaning(byte) else {
                return self.reader.error(at, format!("found undefined opcode {byte:#04x}"));
            };
            match self.form.shape(name) {
                Shape::None => {}
                Shape::Name(cache) => {
                    let name = self.name("the name in an instruction")?;
                    data.extend_from_slice(&name.to_le_bytes());
                    self.reader.copied(usize::from(cache), "a cache byte", data)?;
                }
                // A signed number may have more bits than fit; its end is found in the same way.
                Shape::Number => while self.copied_byte(data, "a number")? & 0x80 != 0 {},
                Shape::NumberByte => {
                    self.reader.copied_uint("a number", data)?;
                    self.copied_byte(data, "a byte")?;
                }
                Shape::Signed | Shape::Unsigned => self.reader.copied(2, "a label", data)?,
                Shape::SignedByte => self.reader.copied(3, "a label and a byte", data)?,
                Shape::Byte => self.reader.copied(1, "a byte", data)?,
            }
        }
        match data.len() == len {
            true => Ok(()),
            false => self.reader.error(self.reader.pos, "found code longer than its length"),
        }
    }

    fn copied_byte(&mut self, data: &mut Vec<u8>, what: &str) -> Result<u8, Error> {
        let byte = self.reader.byte(what)?;
        data.push(byte);
        Ok(byte)
    }

    fn links(&mut self) -> Result<Vec<Link>, Error> {
        let n = self.reader.uint("the number of links")?;
        let mut links = Vec::new();
        for _ in 0..n {
            let place = self.reader.uint("the place of a link")?;
            let name = self.name("the name of a link")?;
            links.push(Link { offset: place >> 2, how: How::from_bits(place), name });
        }
        Ok(links)
    }

    fn name(&mut self, what: &str) -> Result<u16, Error> {
        let at = self.reader.pos;
        let n = self.reader.uint(what)?;
        let text = match n {
            _ if self.form.version == 3 => self.reader.text(n as usize, what)?,
            0 => {
                let number = self.reader.byte(what)?;
                match static_text(number.into()) {
                    Some(text) => text.as_bytes().into(),
                    None => return self.reader.error(at, format!("found static qstr {number}, expected 1 to 165")),
                }
            }
            _ if n & 1 != 0 => {
                let Some(name) = self.names.window.remove((n >> 1) as usize) else {
                    let len = self.names.window.len();
                    return self.reader.error(at, format!("found recent name {}, expected less than {len}", n >> 1));
                };
                self.names.window.push_front(name);
                return Ok(name);
            }
            _ => self.reader.text((n >> 1) as usize, what)?,
        };
        self.reader.charge(text.len() + 4 * size_of::<Box<[u8]>>() + BLOCK)?;
        let Some(name) = self.names.number(text) else {
            return self.reader.error(at, "found more than 65536 names");
        };
        if n != 0 && self.form.version > 3 {
            self.names.window.push_front(name);
            self.names.window.truncate(self.names.size);
        }
        Ok(name)
    }

    fn object(&mut self) -> Result<Const, Error> {
        let at = self.reader.pos;
        self.reader.charge(2 * (size_of::<Const>() + BLOCK))?;
        let kind = self.reader.byte("an object")?;
        if kind == b'e' {
            return Ok(Const::Ellipsis);
        }
        let number = match kind {
            b's' | b'b' => 0,
            b'i' => 7,
            b'f' => 8,
            b'c' => 9,
            _ => {
                let found = char::from(kind);
                return self.reader.error(at, format!("found object type {found:?}, expected one of sbifce"));
            }
        };
        let len = self.reader.uint("the length of an object")? as usize;
        Ok(match kind {
            b's' => Const::Str(self.reader.text(len, "a str")?),
            b'b' => Const::Bytes(self.reader.bytes(len, "a bytes object")?.into()),
            _ => self.reader.number(number, len)?,
        })
    }
}
