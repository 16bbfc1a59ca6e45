//! Between objects and the types of viper (native-abi.md §8).

#![allow(unsafe_code)]

use heap::Obj;
use vm::{R, Vm};

use crate::{
    Word,
    enter::{Outcome, current, object},
};

/// Numbers of the types.
const OBJECT: Word = 0;
const BOOL: Word = 1;
const INT: Word = 2;
const UINT: Word = 3;
/// ptr, ptr8, ptr16, ptr32
const PTR: Word = 4;
const LAST_PTR: Word = 7;
/// Only in native modules.
const QSTR: Word = 8;

/// Helper 3; most values are small.
pub unsafe extern "C" fn from_object_helper(value: Word, kind: Word) -> Outcome {
    match Obj::from_word(value).and_then(Obj::as_small_int) {
        Some(small) if matches!(kind & 0xf, INT | UINT) => Outcome::ok(small.cast_unsigned()),
        // SAFETY: machine code calls this.
        _ => Outcome::from(from_object(unsafe { current() }, value, kind)),
    }
}

/// An object as a value of a type.
#[inline(never)]
pub fn from_object(vm: &mut Vm, value: Word, kind: Word) -> R<Word> {
    let value = object(vm, value)?;
    match kind & 0xf {
        BOOL => vm.is_true(value).map(Word::from),
        INT | UINT => integer(vm, value),
        PTR..=LAST_PTR => match vm.buffer(value)? {
            Some(buffer) => Ok(buffer.address()),
            None => match text_address(vm, value) {
                Some(address) => Ok(address),
                None => integer(vm, value),
            },
        },
        _ => Ok(value.word()),
    }
}

/// Where the text of a str is.
fn text_address(vm: &Vm, value: Obj) -> Option<Word> {
    vm.str_bytes(value).map(|text| text.as_ptr().expose_provenance())
}

/// An integer cut to a word. Raises TypeError.
fn integer(vm: &mut Vm, value: Obj) -> R<Word> {
    if let Some(small) = value.as_small_int() {
        return Ok(small.cast_unsigned());
    }
    if let Some(truth) = value.as_bool() {
        return Ok(Word::from(truth));
    }
    if let Some(int) = vm.as_int(value) {
        return Ok(int.wrapping_u64(vm) as Word);
    }
    Err(vm.type_error_for("can't convert ", value, " to int"))
}

/// Helper 4.
pub unsafe extern "C" fn to_object_helper(value: Word, kind: Word) -> Outcome {
    match Obj::small_int(value.cast_signed()) {
        Some(small) if kind & 0xf == INT => Outcome::ok(small.word()),
        // SAFETY: machine code calls this.
        _ => Outcome::from(to_object(unsafe { current() }, value, kind)),
    }
}

/// A value of a type as the word of an object.
pub fn to_object(vm: &mut Vm, value: Word, kind: Word) -> R<Word> {
    match kind & 0xf {
        OBJECT => Ok(value),
        BOOL => Ok(Obj::from_bool(value != 0).word()),
        INT => vm.new_int(value.cast_signed()).map(Obj::word),
        QSTR => Ok(Obj::qstr(value as u32).word()),
        _ => vm.new_int(value).map(Obj::word),
    }
}

/// An argument of inline assembler: the value of a number, or where something is.
pub fn for_assembler(vm: &mut Vm, value: Obj) -> R<Word> {
    if value == Obj::NONE {
        return Ok(0);
    }
    if let Some(float) = vm.as_float(value) {
        return Ok((float as isize).cast_unsigned());
    }
    if vm.as_int(value).is_some() || value.as_bool().is_some() {
        return integer(vm, value);
    }
    if let Some(buffer) = vm.buffer(value)? {
        return Ok(buffer.address());
    }
    if let Some(address) = text_address(vm, value) {
        return Ok(address);
    }
    if let Some(items) = vm.seq_items(value) {
        return Ok(items.as_ptr().expose_provenance());
    }
    Ok(value.word())
}
