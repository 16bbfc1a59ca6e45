//! From bytes to a module.

use super::{DEBUG_SECTION, Error, ErrorKind, MAX_NESTING, Reader, SECTION_MAGIC, SUB_VERSION, Source, VERSION, debug};
use crate::object::{Arch, Const, Kind, Module, Native, RawCode};
use crate::older;
use crate::relocation::Section;
use crate::static_qstrs::static_text;
use alloc::{boxed::Box, format, vec::Vec};

/// What the machine that wants to run a file accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// Width of its small ints, sign included.
    pub small_int_bits: u8,
    /// Its processor; [`Arch::None`] when it takes no machine code.
    pub arch: Arch,
    /// Extensions of the processor.
    pub arch_flags: u32,
}

/// A file as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum File {
    /// Version 6.
    Current(Module),
    /// Versions 3 to 5.
    Older(older::File),
}

/// Reads a file of any version, whatever machine it is for.
pub fn read_as_is(source: &mut dyn Source) -> Result<File, Error> {
    let mut reader = Reader::new(source);
    match reader.version()? {
        VERSION => reader.module(None).map(File::Current),
        version => older::read(&mut reader, version).map(File::Older),
    }
}

/// Reads a file of any version, whatever machine it is for; bytecode of an older one is translated.
pub fn read(bytes: &[u8]) -> Result<Module, Error> {
    read_from(&mut &bytes[..], None)
}

/// Reads a file of any version, that `host` is to run if there is one; bytecode of an older version is translated.
pub fn read_from(source: &mut dyn Source, host: Option<&Host>) -> Result<Module, Error> {
    let mut reader = Reader::new(source);
    match reader.version()? {
        VERSION => reader.module(host),
        version => {
            let file = older::read(&mut reader, version)?;
            if let Some(host) = host {
                reader.check_small_ints(file.small_int_bits, host)?;
            }
            older::upgrade(&file)
        }
    }
}

/// What a block of memory takes beside what is in it, with room for growing vectors.
pub(crate) const BLOCK: usize = 32;

/// A code object whose children are being read.
struct Open {
    code: RawCode,
    missing_children: u32,
    has_relocations: bool,
}

impl Reader<'_> {
    /// The first two bytes of a file.
    fn version(&mut self) -> Result<u8, Error> {
        let magic = self.byte("the byte 'M'")?;
        if magic != b'M' {
            return self.error(0, format!("found byte {magic:#04x}, expected {:#04x} ('M')", b'M'));
        }
        let version = self.byte("the version")?;
        if !(older::OLDEST..=VERSION).contains(&version) {
            return self.error(1, format!("found version {version}, expected {} to {VERSION}", older::OLDEST));
        }
        Ok(version)
    }

    fn check_small_ints(&self, found: u8, host: &Host) -> Result<(), Error> {
        if found > host.small_int_bits {
            return self
                .error(3, format!("found {found} bits in small ints, expected at most {}", host.small_int_bits));
        }
        Ok(())
    }

    /// What follows the version in a file of version 6.
    fn module(&mut self, host: Option<&Host>) -> Result<Module, Error> {
        let features = self.byte("the feature byte")?;
        let small_int_bits = self.byte("the width of small ints")?;
        let arch = match Arch::from_code(features >> 2 & 0xf).filter(|_| features & 0x80 == 0) {
            Some(arch) => arch,
            None => {
                let detail = format!("found unknown arch in feature byte {features:#04x}");
                return Err(Error { kind: ErrorKind::IncompatibleArch, offset: Some(2), detail });
            }
        };
        let sub_version = if arch == Arch::None { SUB_VERSION } else { features & 3 };
        if let Some(host) = host {
            if sub_version != SUB_VERSION {
                return self.error(
                    2,
                    format!("found machine code of version {VERSION}.{sub_version}, expected {VERSION}.{SUB_VERSION}"),
                );
            }
            self.check_small_ints(small_int_bits, host)?;
            if !host.arch.runs(arch) {
                return Err(Error {
                    kind: match host.arch {
                        Arch::None => ErrorKind::NativeUnsupported,
                        _ => ErrorKind::IncompatibleArch,
                    },
                    offset: Some(2),
                    detail: format!("found {}, expected {}", arch.name(), host.arch.name()),
                });
            }
        }
        let arch_flags = if features & 0x40 != 0 { self.uint("the arch flags")? } else { 0 };
        if let Some(host) = host
            && arch_flags & !host.arch_flags != 0
        {
            return self.error(4, format!("found arch flags {arch_flags:#x}, expected at most {:#x}", host.arch_flags));
        }
        let n_qstrs = self.uint("the number of qstrs")?;
        let n_objects = self.uint("the number of objects")?;
        let mut qstrs = Vec::new();
        for _ in 0..n_qstrs {
            self.charge(size_of::<Box<[u8]>>() + BLOCK)?;
            qstrs.push(self.qstr()?);
        }
        let mut objects = Vec::new();
        for _ in 0..n_objects {
            objects.push(self.object()?);
        }
        let mut root = self.code(arch)?;
        self.sections(&mut root, &qstrs)?;
        Ok(Module { arch, sub_version, arch_flags, small_int_bits, qstrs, objects, root })
    }

    fn qstr(&mut self) -> Result<Box<[u8]>, Error> {
        let at = self.pos;
        let n = self.uint("a qstr")?;
        if n & 1 != 0 {
            return match static_text(n >> 1) {
                Some(text) => Ok(text.as_bytes().into()),
                None => self.error(at, format!("found static qstr {}, expected 1 to 165", n >> 1)),
            };
        }
        self.terminated_text(n >> 1, "a qstr")
    }

    /// Text of a known length and the 0 byte behind it.
    fn terminated_text(&mut self, len: u32, what: &str) -> Result<Box<[u8]>, Error> {
        let text = self.text(len as usize, what)?;
        self.terminator(what)?;
        Ok(text)
    }

    fn terminator(&mut self, what: &str) -> Result<(), Error> {
        match self.byte("a 0 byte")? {
            0 => Ok(()),
            end => self.error(self.pos - 1, format!("found byte {end:#04x} behind {what}, expected 0")),
        }
    }

    fn object(&mut self) -> Result<Const, Error> {
        // Tuples that are being read, with the number of items they still lack.
        let mut open: Vec<(Vec<Const>, u32)> = Vec::new();
        loop {
            let at = self.pos;
            self.charge(size_of::<Const>() + BLOCK)?;
            let mut done = match self.byte("an object")? {
                10 => {
                    let count = self.uint("the number of items of a tuple")?;
                    if open.len() >= MAX_NESTING {
                        return self.error(at, format!("tuples nest deeper than {MAX_NESTING}"));
                    }
                    open.push((Vec::new(), count));
                    None
                }
                0 if !open.is_empty() => {
                    return self.error(at, "the table of helper functions inside of a tuple");
                }
                kind => Some(self.scalar(kind, at)?),
            };
            // Put it where it belongs, and close the tuples that are complete with it.
            loop {
                match (open.last_mut(), done.take()) {
                    (None, Some(object)) => return Ok(object),
                    (None, None) => break,
                    (Some((items, missing)), object) => {
                        if let Some(object) = object {
                            items.push(object);
                            *missing -= 1;
                        }
                        if *missing > 0 {
                            break;
                        }
                        done = open.pop().map(|(items, _)| Const::Tuple(items));
                    }
                }
            }
        }
    }

    fn scalar(&mut self, kind: u8, at: usize) -> Result<Const, Error> {
        Ok(match kind {
            0 => Const::FunTable,
            1 => Const::None,
            2 => Const::False,
            3 => Const::True,
            4 => Const::Ellipsis,
            5 => {
                let len = self.uint("the length of a str")?;
                Const::Str(self.terminated_text(len, "a str")?)
            }
            6 => {
                let len = self.uint("the length of a bytes object")?;
                let bytes = self.bytes(len as usize, "a bytes object")?;
                self.terminator("a bytes object")?;
                Const::Bytes(bytes.into())
            }
            7..=9 => {
                let len = self.uint("the length of a number")?;
                self.number(kind, len as usize)?
            }
            _ => return self.error(at, format!("found object type {kind}, expected 0 to 10")),
        })
    }

    /// The outermost code object, its descendants included.
    fn code(&mut self, arch: Arch) -> Result<RawCode, Error> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            if open.len() >= MAX_NESTING {
                return self.error(self.pos, format!("functions nest deeper than {MAX_NESTING}"));
            }
            let opened = self.code_head()?;
            open.push(opened);
            // Close what is complete.
            while let Some(mut complete) = open.pop_if(|open| open.missing_children == 0) {
                if complete.has_relocations {
                    self.native_relocations(&mut complete.code, arch.word_size())?;
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

    /// A code object up to its children.
    fn code_head(&mut self) -> Result<Open, Error> {
        let n = self.uint("a code object")?;
        self.charge(size_of::<RawCode>() + size_of::<Native>() + 2 * BLOCK)?;
        let kind = match n & 3 {
            0 => Kind::Bytecode,
            1 => Kind::Native,
            2 => Kind::Viper,
            _ => Kind::Asm,
        };
        let data = self.bytes((n >> 3) as usize, "a code object")?;
        let mut native = None;
        let mut has_relocations = false;
        if kind != Kind::Bytecode {
            let mut facts = Native::default();
            if kind == Kind::Native {
                let at = self.pos;
                facts.prelude_offset = self.uint("the prelude offset")?;
                if facts.prelude_offset as usize > data.len() {
                    let (found, len) = (facts.prelude_offset, data.len());
                    return self.error(at, format!("found prelude offset {found}, expected at most {len}"));
                }
            } else {
                facts.scope_flags = self.uint("the scope flags")?;
            }
            if kind == Kind::Asm {
                facts.n_args = self.uint("the number of arguments")?;
                facts.type_sig = self.uint("the type signature")?;
            }
            if kind == Kind::Viper {
                let mut rodata = 0;
                if facts.scope_flags & Native::RODATA != 0 {
                    rodata = self.uint("the size of the rodata")?;
                }
                if facts.scope_flags & Native::BSS != 0 {
                    facts.bss = self.uint("the size of the bss")?;
                }
                facts.rodata = self.bytes(rodata as usize, "the rodata")?.into();
                has_relocations = facts.scope_flags & Native::RELOCATIONS != 0;
            }
            native = Some(Box::new(facts));
        }
        let missing_children = if n & 4 != 0 { self.uint("the number of children")? } else { 0 };
        Ok(Open {
            code: RawCode { kind, data: data.into(), children: Vec::new(), native, debug: None },
            missing_children,
            has_relocations,
        })
    }

    /// Relocations, each inside of its section.
    fn native_relocations(&mut self, code: &mut RawCode, word_size: usize) -> Result<(), Error> {
        let Some(native) = &mut code.native else { return Ok(()) };
        let start = self.pos;
        native.relocations = self.relocations()?;
        let mut relocations = native.relocations();
        loop {
            let at = start + relocations.position();
            let Some(found) = relocations.next() else { return Ok(()) };
            let size = match found.section {
                Section::Text => code.data.len(),
                Section::Rodata => native.rodata.len(),
            };
            let words = size.checked_div(word_size).unwrap_or(0) as u64;
            if u64::from(found.word) + u64::from(found.count) > words {
                return self
                    .error(at, format!("found {} relocated words at word {} of {words}", found.count, found.word));
            }
        }
    }

    fn sections(&mut self, root: &mut RawCode, qstrs: &[Box<[u8]>]) -> Result<(), Error> {
        loop {
            for &expected in SECTION_MAGIC {
                if self.next() != Some(expected) {
                    return Ok(());
                }
            }
            let kind = self.byte("the kind of a section")?;
            let version = self.uint("the version of a section")?;
            let len = self.uint("the length of a section")?;
            let start = self.pos;
            let body = self.bytes(len as usize, "a section")?;
            if (kind, version) == DEBUG_SECTION {
                let mut source = &body[..];
                let mut reader = Reader::new(&mut source);
                reader.pos = start;
                debug::read(&mut reader, root, qstrs)?;
            }
        }
    }
}
