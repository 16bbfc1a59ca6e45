//! From bytes to a module.

use super::{DEBUG_SECTION, Error, ErrorKind, MAX_NESTING, SECTION_MAGIC, SUB_VERSION, VERSION, debug};
use crate::encoding::read_uint;
use crate::float_text;
use crate::object::{Arch, Const, Kind, Module, Native, RawCode};
use crate::relocation::{Relocations, Section};
use crate::static_qstrs::static_text;
use alloc::{boxed::Box, format, string::String, vec::Vec};

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

/// Reads a file, whatever machine it is for.
pub fn read(bytes: &[u8]) -> Result<Module, Error> {
    Reader { bytes, pos: 0 }.module(None)
}

/// Reads a file that this machine is to run.
pub fn read_for(bytes: &[u8], host: &Host) -> Result<Module, Error> {
    Reader { bytes, pos: 0 }.module(Some(host))
}

/// Whether `text` is UTF-8 in which single surrogates may occur.
pub(super) fn is_generalised_utf8(mut text: &[u8]) -> bool {
    loop {
        let error = match core::str::from_utf8(text) {
            Ok(_) => return true,
            Err(error) => error,
        };
        match &text[error.valid_up_to()..] {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, rest @ ..] => text = rest,
            _ => return false,
        }
    }
}

/// A code object whose children are being read.
struct Open {
    code: RawCode,
    missing_children: u32,
    has_relocations: bool,
}

pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) pos: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn error<T>(&self, offset: usize, detail: impl Into<String>) -> Result<T, Error> {
        Err(Error { kind: ErrorKind::IncompatibleFile, offset, detail: detail.into() })
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.pos
    }

    pub(super) fn byte(&mut self, what: &str) -> Result<u8, Error> {
        match self.bytes.get(self.pos) {
            Some(&byte) => {
                self.pos += 1;
                Ok(byte)
            }
            None => self.error(self.pos, format!("the file ends, expected {what}")),
        }
    }

    pub(super) fn uint(&mut self, what: &str) -> Result<u32, Error> {
        match read_uint(self.bytes, self.pos) {
            Some((value, end)) => {
                self.pos = end;
                Ok(value)
            }
            None => self.error(self.pos, format!("the file ends in a number or it exceeds 32 bits, expected {what}")),
        }
    }

    /// A count of things that take at least one byte each.
    pub(super) fn count(&mut self, what: &str) -> Result<u32, Error> {
        let at = self.pos;
        let count = self.uint(what)?;
        if count as usize > self.left() {
            let left = self.left();
            return self.error(at, format!("{what} is {count}, but only {left} bytes follow"));
        }
        Ok(count)
    }

    pub(super) fn slice(&mut self, len: usize, what: &str) -> Result<&'a [u8], Error> {
        let left = self.left();
        if len > left {
            return self.error(self.pos, format!("{what} has {len} bytes, but only {left} follow"));
        }
        let slice = &self.bytes[self.pos..self.pos + len];
        self.pos += len;
        Ok(slice)
    }

    fn module(mut self, host: Option<&Host>) -> Result<Module, Error> {
        let magic = self.byte("the byte 'M'")?;
        if magic != b'M' {
            return self.error(0, format!("found byte {magic:#04x}, expected {:#04x} ('M')", b'M'));
        }
        let version = self.byte("the version")?;
        if version != VERSION {
            return self.error(1, format!("found version {version}, expected {VERSION}"));
        }
        let features = self.byte("the feature byte")?;
        let small_int_bits = self.byte("the width of small ints")?;
        let arch = match Arch::from_code(features >> 2 & 0xf).filter(|_| features & 0x80 == 0) {
            Some(arch) => arch,
            None => {
                return self.error(2, format!("found unknown arch in feature byte {features:#04x}"));
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
            if small_int_bits > host.small_int_bits {
                return self.error(
                    3,
                    format!("found {small_int_bits} bits in small ints, expected at most {}", host.small_int_bits),
                );
            }
            if !host.arch.runs(arch) {
                return Err(Error {
                    kind: match host.arch {
                        Arch::None => ErrorKind::NativeUnsupported,
                        _ => ErrorKind::IncompatibleArch,
                    },
                    offset: 2,
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
        let n_qstrs = self.count("the number of qstrs")?;
        let n_objects = self.count("the number of objects")?;
        let mut qstrs = Vec::new();
        for _ in 0..n_qstrs {
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
        self.text(n >> 1, "a qstr")
    }

    /// Text of a known length and the 0 byte behind it.
    fn text(&mut self, len: u32, what: &str) -> Result<Box<[u8]>, Error> {
        let at = self.pos;
        let text = self.terminated(len, what)?;
        if !is_generalised_utf8(text) {
            return self.error(at, format!("{what} is not UTF-8"));
        }
        Ok(text.into())
    }

    fn terminated(&mut self, len: u32, what: &str) -> Result<&'a [u8], Error> {
        let bytes = self.slice(len as usize, what)?;
        let end = self.byte("a 0 byte")?;
        if end != 0 {
            return self.error(self.pos - 1, format!("found byte {end:#04x} behind {what}, expected 0"));
        }
        Ok(bytes)
    }

    fn object(&mut self) -> Result<Const, Error> {
        // Tuples that are being read, with the number of items they still lack.
        let mut open: Vec<(Vec<Const>, u32)> = Vec::new();
        loop {
            let at = self.pos;
            let mut done = match self.byte("an object")? {
                10 => {
                    let count = self.count("the number of items of a tuple")?;
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
                Const::Str(self.text(len, "a str")?)
            }
            6 => {
                let len = self.uint("the length of a bytes object")?;
                Const::Bytes(self.terminated(len, "a bytes object")?.into())
            }
            7..=9 => self.number(kind)?,
            _ => return self.error(at, format!("found object type {kind}, expected 0 to 10")),
        })
    }

    fn number(&mut self, kind: u8) -> Result<Const, Error> {
        let len = self.uint("the length of a number")?;
        let at = self.pos;
        let bytes = self.slice(len as usize, "a number")?;
        let number = core::str::from_utf8(bytes).ok().and_then(|text| {
            Some(match kind {
                7 => {
                    let digits = text.strip_prefix('-').unwrap_or(text);
                    let is_int = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                    is_int.then(|| Const::Int(text.into()))?
                }
                8 => Const::Float(float_text::parse(text)?, text.into()),
                _ => {
                    let (real, imaginary) = float_text::parse_complex(text)?;
                    Const::Complex(real, imaginary, text.into())
                }
            })
        });
        match number {
            Some(number) => Ok(number),
            None => {
                let what = ["an int", "a float", "a complex number"][usize::from(kind - 7)];
                let shown: String = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into();
                self.error(at, format!("found {shown:?}, expected the text of {what}"))
            }
        }
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
                    self.relocations(&mut complete.code, arch.word_size())?;
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
        let kind = match n & 3 {
            0 => Kind::Bytecode,
            1 => Kind::Native,
            2 => Kind::Viper,
            _ => Kind::Asm,
        };
        let data = self.slice((n >> 3) as usize, "a code object")?;
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
                facts.rodata = self.slice(rodata as usize, "the rodata")?.into();
                has_relocations = facts.scope_flags & Native::RELOCATIONS != 0;
            }
            native = Some(Box::new(facts));
        }
        let missing_children = if n & 4 != 0 { self.count("the number of children")? } else { 0 };
        Ok(Open {
            code: RawCode { kind, data: data.into(), children: Vec::new(), native, debug: None },
            missing_children,
            has_relocations,
        })
    }

    /// Relocations up to the final 0xff, each inside of its section.
    fn relocations(&mut self, code: &mut RawCode, word_size: usize) -> Result<(), Error> {
        let Some(native) = &mut code.native else { return Ok(()) };
        let bytes = &self.bytes[self.pos..];
        let mut relocations = Relocations::new(bytes);
        loop {
            let at = self.pos + relocations.position();
            let Some(found) = relocations.next() else { break };
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
        let len = relocations.position();
        self.pos += len;
        native.relocations = bytes[..len].into();
        if self.byte("a relocation")? != 0xff {
            return self.error(self.pos - 1, "the file ends in a relocation");
        }
        Ok(())
    }

    fn sections(&mut self, root: &mut RawCode, qstrs: &[Box<[u8]>]) -> Result<(), Error> {
        while self.bytes[self.pos..].starts_with(SECTION_MAGIC) {
            self.pos += SECTION_MAGIC.len();
            let kind = self.byte("the kind of a section")?;
            let version = self.uint("the version of a section")?;
            let len = self.uint("the length of a section")?;
            let start = self.pos;
            let body = self.slice(len as usize, "a section")?;
            if (kind, version) == DEBUG_SECTION {
                debug::read(&self.bytes[..start + body.len()], start, root, qstrs)?;
            }
        }
        Ok(())
    }
}
