//! What str, bytes and bytearray share: one method function serves all three.
//!
//! A method finds out its receiver's kind, sees its bytes as a [`Text`] (a bytearray's content is copied first, so that
//! nothing can change it meanwhile) and makes results of the same kind.

use heap::Obj;

use crate::{
    layout::{bytes_like::ByteArray, text::Text},
    native::Args,
    qstr::Qstr,
    types::{exception::Exc, utf8},
    value::R,
    vm::Vm,
};

/// Which of the three types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `str`
    Str,
    /// `bytes`
    Bytes,
    /// `bytearray`
    ByteArray,
}

/// The kind and content of a method's receiver. Raises TypeError for other objects.
pub fn receiver(vm: &mut Vm, obj: Obj) -> R<(Kind, Text)> {
    if let Some(text) = vm.text(obj) {
        return Ok((Kind::Str, text));
    }
    if let Some(text) = vm.bytes_text(obj) {
        return Ok((Kind::Bytes, text));
    }
    if vm.cast::<ByteArray>(obj).is_some() {
        return Ok((Kind::ByteArray, bytes_operand(vm, obj)?));
    }
    Err(vm.type_error_for("descriptor requires a str or bytes object but received '", obj, "'"))
}

/// The receiver of a method of str.
pub fn str_receiver(vm: &mut Vm, obj: Obj) -> R<Text> {
    match vm.text(obj) {
        Some(text) => Ok(text),
        None => Err(vm.type_error_for("descriptor requires a 'str' object but received '", obj, "'")),
    }
}

/// The content of any object with the buffer protocol (not str), copied if it could change.
pub fn bytes_operand(vm: &mut Vm, obj: Obj) -> R<Text> {
    match bytes_operand_maybe(vm, obj)? {
        Some(text) => Ok(text),
        None => Err(vm.type_error_for("a bytes-like object is required, not '", obj, "'")),
    }
}

/// What can be joined to bytes, or be asked for in them: as [`bytes_operand_maybe`], and for a str its utf-8, as MicroPython has it.
pub fn joined_operand(vm: &mut Vm, obj: Obj) -> R<Option<Text>> {
    match vm.text(obj) {
        Some(text) => Ok(Some(text)),
        None => bytes_operand_maybe(vm, obj),
    }
}

/// As [`bytes_operand`]; `None` for objects without the buffer protocol.
pub fn bytes_operand_maybe(vm: &mut Vm, obj: Obj) -> R<Option<Text>> {
    if let Some(text) = vm.bytes_text(obj) {
        return Ok(Some(text));
    }
    if vm.is_str(obj) {
        return Ok(None);
    }
    let Some(buffer) = vm.buffer(obj)? else {
        return Ok(None);
    };
    let copy = vm.new_bytes_of_buffer(buffer)?;
    Ok(vm.bytes_text(copy))
}

impl Kind {
    /// Whether characters are more than bytes.
    pub fn is_str(self) -> bool {
        self == Kind::Str
    }

    /// Makes an object of this kind.
    pub fn make(self, vm: &mut Vm, bytes: &[u8]) -> R {
        match self {
            Kind::Str => vm.new_str(bytes),
            Kind::Bytes => vm.new_bytes(bytes),
            Kind::ByteArray => vm.new_bytearray_of(bytes),
        }
    }

    /// A part of a text; the text itself if it is the whole and cannot change.
    pub fn part(self, vm: &mut Vm, text: &Text, start: usize, end: usize) -> R {
        if start == 0 && end == text.len() && self != Kind::ByteArray {
            return Ok(text.owner());
        }
        match self {
            Kind::Str => vm.new_str_part(text, start, end),
            _ => self.make(vm, &text.bytes()[start..end.max(start)]),
        }
    }

    /// The other operand of a method: a str for str, an object with bytes for the others.
    pub fn operand(self, vm: &mut Vm, obj: Obj) -> R<Text> {
        match self {
            Kind::Str => match vm.text(obj) {
                Some(text) => Ok(text),
                None => Err(vm.type_error_for("can't convert '", obj, "' object to str implicitly")),
            },
            _ => bytes_operand(vm, obj),
        }
    }

    /// As [`Kind::operand`], and for bytes also an int that stands for one byte.
    pub fn search_operand(self, vm: &mut Vm, obj: Obj) -> R<Text> {
        if self != Kind::Str && vm.index_int_maybe(obj)?.is_some() {
            let byte = byte_value(vm, obj)?;
            let object = vm.essential(|vm| vm.new_bytes(&[byte]))?;
            return match vm.bytes_text(object) {
                Some(text) => Ok(text),
                None => bytes_operand(vm, object),
            };
        }
        self.operand(vm, obj)
    }

    /// Whether a character is white space for this kind.
    pub fn is_space(self, char: u32) -> bool {
        match self {
            Kind::Str => super::unicode::is_space(char),
            _ => matches!(char, 9..=13 | 32),
        }
    }

    /// The character at an offset with its length.
    pub fn decode(self, bytes: &[u8], at: usize) -> Option<(u32, usize)> {
        match self {
            Kind::Str => utf8::decode(bytes, at),
            _ => bytes.get(at).map(|byte| (*byte as u32, 1)),
        }
    }

    /// The character before an offset with its length.
    pub fn decode_before(self, bytes: &[u8], end: usize) -> Option<(u32, usize)> {
        if end == 0 {
            return None;
        }
        match self {
            Kind::Str => {
                let start = utf8::previous(bytes, end);
                utf8::decode(bytes, start).map(|(char, _)| (char, end - start))
            }
            _ => bytes.get(end - 1).map(|byte| (*byte as u32, 1)),
        }
    }
}

/// A value from 0 to 255; raises TypeError and ValueError.
pub fn byte_value(vm: &mut Vm, obj: Obj) -> R<u8> {
    match u8::try_from(vm.index(obj)?) {
        Ok(byte) => Ok(byte),
        Err(_) => Err(vm.value_error("bytes value out of range")),
    }
}

/// An optional int argument: `default` if it is missing or None.
pub fn optional_index(vm: &mut Vm, obj: Option<Obj>, default: isize) -> R<isize> {
    match obj {
        None => Ok(default),
        Some(obj) if obj == Obj::NONE => Ok(default),
        Some(obj) => vm.index(obj),
    }
}

/// The arguments `start` and `end` of a search, as Python clamps them, in units of the sequence;
/// `None` if nothing can be found between them.
pub fn search_range(vm: &mut Vm, start: Option<Obj>, end: Option<Obj>, len: usize) -> R<Option<(usize, usize)>> {
    let len = len as isize;
    let clamp = |value: isize| if value < 0 { value.saturating_add(len).max(0) } else { value };
    let start = clamp(optional_index(vm, start, 0)?);
    let end = clamp(optional_index(vm, end, len)?).min(len);
    Ok((start <= end).then_some((start as usize, end as usize)))
}

/// The name of an encoding without case, `-` and `_`.
pub fn encoding_name(vm: &mut Vm, obj: Option<Obj>) -> R<Encoding> {
    let Some(obj) = obj else {
        return Ok(Encoding::Utf8);
    };
    let Some(text) = vm.text(obj) else {
        return Err(vm.type_error_for("encoding must be str, not ", obj, ""));
    };
    let mut plain = [0u8; 16];
    let mut len = 0;
    for byte in text.bytes().iter().filter(|byte| !matches!(byte, b'-' | b'_' | b' ')) {
        if len == plain.len() {
            len = 0;
            break;
        }
        plain[len] = byte.to_ascii_lowercase();
        len += 1;
    }
    match &plain[..len] {
        b"utf8" | b"u8" | b"cp65001" => Ok(Encoding::Utf8),
        b"ascii" | b"usascii" | b"646" => Ok(Encoding::Ascii),
        b"latin1" | b"iso88591" | b"latin" | b"l1" | b"8859" | b"cp819" => Ok(Encoding::Latin1),
        b"utf8sig" => Ok(Encoding::Utf8Sig),
        b"cp1252" | b"windows1252" | b"1252" => Ok(Encoding::Cp1252),
        b"utf16" | b"u16" => Ok(Encoding::Utf16),
        b"utf32" | b"u32" => Ok(Encoding::Utf32),
        b"utf16le" => Ok(Encoding::Utf16Le),
        b"utf16be" => Ok(Encoding::Utf16Be),
        b"utf32le" => Ok(Encoding::Utf32Le),
        b"utf32be" => Ok(Encoding::Utf32Be),
        _ => {
            let name = alloc::string::String::from_utf8_lossy(text.bytes()).into_owned();
            Err(vm.error(Exc::LookupError, format_args!("unknown encoding: {name}")))
        }
    }
}

/// The encodings that str and bytes know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Cp1252,
    /// With a byte order mark, as the next two.
    Utf8Sig,
    Utf16,
    Utf32,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// Splits `self` from the arguments and binds the rest.
pub fn bind_method<const N: usize>(
    vm: &mut Vm,
    args: &Args,
    names: [Qstr; N],
    required: usize,
) -> R<(Obj, [Option<Obj>; N])> {
    match args.pos.first() {
        Some(receiver) => Ok((*receiver, vm.bind(&args.skip_first(), names, required)?)),
        None => Err(vm.type_error("unbound method needs an argument")),
    }
}
