//! Files of all versions seen in one way.

use code::{
    disasm::{self, Indices},
    line_table,
    mpy::{File, VERSION},
    object::{Const, Kind, Module, Native, RawCode},
    older::{self, links::Link},
    opcode,
    prelude::{Prelude, Signature},
};

/// What the head of a file says.
pub struct Header {
    /// The version.
    pub version: u8,
    /// The version of the interface of machine code; only where there is some.
    pub sub_version: Option<u8>,
    /// The processor.
    pub arch: &'static str,
    /// Extensions of it.
    pub arch_flags: u32,
    /// Width of small ints.
    pub small_int_bits: u8,
    /// Versions 3 to 5: whether there are cache bytes, whether strings are Unicode, size of the window of names.
    pub older: Option<(bool, bool, u32)>,
    /// Whether the debug section is there.
    pub debug: bool,
}

/// The head of a file.
pub fn header(file: &File) -> Header {
    match file {
        File::Current(module) => Header {
            version: VERSION,
            sub_version: (module.arch != code::arch::Arch::None).then_some(module.sub_version),
            arch: module.arch.name(),
            arch_flags: module.arch_flags,
            small_int_bits: module.small_int_bits,
            older: None,
            debug: super::verify::has_debug(&module.root),
        },
        File::Older(file) => Header {
            version: file.form.version,
            sub_version: None,
            arch: file.arch.name(),
            arch_flags: 0,
            small_int_bits: file.small_int_bits,
            older: Some((file.form.cache_byte, file.unicode, file.window)),
            debug: false,
        },
    }
}

impl Header {
    /// The version as people write it.
    pub fn version_text(&self) -> String {
        match self.sub_version {
            Some(minor) => format!("{}.{minor}", self.version),
            None => self.version.to_string(),
        }
    }
}

/// The names of a file.
pub fn names(file: &File) -> &[Box<[u8]>] {
    match file {
        File::Current(module) => &module.qstrs,
        File::Older(file) => &file.names,
    }
}

/// A code object.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// Version 6.
    Current(&'a Module, &'a RawCode),
    /// Versions 3 to 5.
    Older(&'a older::File, &'a older::Code),
}

/// What stands before the instructions of bytecode, or behind machine code that takes arguments as Python does.
pub struct Head {
    /// Its numbers.
    pub signature: Signature,
    /// Names of the parameters.
    pub params: Vec<String>,
    /// Locals that become cells.
    pub cells: Vec<u8>,
    /// Offset of the first opcode.
    pub code: usize,
    /// Offsets, from the first opcode, at which lines begin.
    pub lines: Vec<(u32, u32)>,
}

/// The outermost code object.
pub fn root(file: &File) -> Code<'_> {
    match file {
        File::Current(module) => Code::Current(module, &module.root),
        File::Older(file) => Code::Older(file, &file.root),
    }
}

impl<'a> Code<'a> {
    /// What its data is.
    pub fn kind(self) -> Kind {
        match self {
            Code::Current(_, code) => code.kind,
            Code::Older(_, code) => code.kind,
        }
    }

    /// The same in words.
    pub fn kind_text(self) -> &'static str {
        match self.kind() {
            Kind::Bytecode => "bytecode",
            Kind::Native => "native",
            Kind::Viper => "viper",
            Kind::Asm => "asm",
        }
    }

    /// Prelude and bytecode, or machine code.
    pub fn data(self) -> &'a [u8] {
        match self {
            Code::Current(_, code) => &code.data,
            Code::Older(_, code) => &code.data,
        }
    }

    /// Functions made by it.
    pub fn children(self) -> Vec<Code<'a>> {
        match self {
            Code::Current(module, code) => code.children.iter().map(|child| Code::Current(module, child)).collect(),
            Code::Older(file, code) => code.children.iter().map(|child| Code::Older(file, child)).collect(),
        }
    }

    /// Facts about machine code.
    pub fn native(self) -> Option<&'a Native> {
        match self {
            Code::Current(_, code) => code.native.as_deref(),
            Code::Older(_, code) => code.machine.as_ref().map(|machine| &machine.native),
        }
    }

    /// Places of names in machine code of versions 4 and 5.
    pub fn links(self) -> &'a [Link] {
        match self {
            Code::Current(..) => &[],
            Code::Older(_, code) => code.machine.as_ref().map_or(&[], |machine| &machine.links),
        }
    }

    /// Its own constants, which it has in versions 3 to 5.
    pub fn objects(self) -> &'a [Const] {
        match self {
            Code::Current(..) => &[],
            Code::Older(_, code) => &code.objects,
        }
    }

    /// A name of the file.
    pub fn name_at(self, index: u32) -> String {
        let names = match self {
            Code::Current(module, _) => &module.qstrs,
            Code::Older(file, _) => &file.names,
        };
        match names.get(index as usize) {
            Some(name) => String::from_utf8_lossy(name).into_owned(),
            None => format!("<name {index}>"),
        }
    }

    /// Its name; machine code without Python's calling convention has none.
    pub fn name(self) -> String {
        let name = match self {
            Code::Current(_, code) => Prelude::parse_at(&code.data, self.prelude_at()).ok().map(|found| found.name),
            Code::Older(_, code) => Some(code.name.into()),
        };
        match name.filter(|_| matches!(self.kind(), Kind::Bytecode | Kind::Native)) {
            Some(name) => self.name_at(name),
            None => format!("<{}>", self.kind_text()),
        }
    }

    fn prelude_at(self) -> usize {
        self.native().map_or(0, |native| native.prelude_offset as usize)
    }

    /// What stands before the instructions; `None` if there is no such thing, or it makes no sense.
    pub fn head(self) -> Option<Head> {
        if matches!(self.kind(), Kind::Viper | Kind::Asm) {
            return None;
        }
        let (data, at) = (self.data(), self.prelude_at());
        match self {
            Code::Current(..) => {
                let found = Prelude::parse_at(data, at).ok()?;
                Some(Head {
                    params: found.param_names(data).map(|name| self.name_at(name)).collect(),
                    cells: data[found.cells.clone()].into(),
                    code: found.code,
                    lines: line_table::entries(&data[found.lines.clone()]).collect(),
                    signature: found.signature,
                })
            }
            Code::Older(file, code) => {
                let found = older::Prelude::parse(file.form, data, at)?;
                let base = (found.code - found.line_base) as u32;
                let lines = line_table::entries(&data[found.lines.clone()]);
                Some(Head {
                    params: code.params.iter().map(|&name| self.name_at(name.into())).collect(),
                    cells: data[found.cells.clone()].into(),
                    code: found.code,
                    lines: lines.map(|(offset, line)| (offset.saturating_sub(base), line)).collect(),
                    signature: found.signature,
                })
            }
        }
    }

    /// The length and text of the instruction at an offset from the start of `bytes`, which begin with the first opcode.
    pub fn instruction(self, bytes: &[u8], at: usize) -> Option<(usize, String)> {
        let mut text = String::new();
        match self {
            Code::Current(module, code) => {
                let found = opcode::Instruction::decode(bytes, at)?;
                disasm::instruction(&mut text, module, code, &found, &Indices).ok()?;
                Some((found.len, text))
            }
            Code::Older(file, code) => {
                let found = older::opcode::Instruction::decode(file.form, bytes, at)?;
                older::instruction(&mut text, file, code, &found).ok()?;
                Some((found.len, text))
            }
        }
    }
}

/// A constant as `repr` shows it.
pub fn constant(object: &Const) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = disasm::constant(&mut text, object);
    text
}

/// Name of the type of a constant.
pub fn type_name(object: &Const) -> &'static str {
    match object {
        Const::FunTable => "helpers",
        Const::None => "none",
        Const::False | Const::True => "bool",
        Const::Ellipsis => "ellipsis",
        Const::Str(_) => "str",
        Const::Bytes(_) => "bytes",
        Const::Int(_) => "int",
        Const::Float(..) => "float",
        Const::Complex(..) => "complex",
        Const::Tuple(_) => "tuple",
    }
}

/// Scope flags in words.
pub fn flags(signature: &Signature) -> Vec<&'static str> {
    use code::prelude::{DEFKWARGS, GENERATOR, VARARGS, VARKEYWORDS};
    [(GENERATOR, "generator"), (VARARGS, "*args"), (VARKEYWORDS, "**kwargs"), (DEFKWARGS, "keyword defaults")]
        .into_iter()
        .filter(|(flag, _)| signature.scope_flags & flag != 0)
        .map(|(_, name)| name)
        .collect()
}
