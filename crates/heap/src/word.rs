//! The object word: representation A of MicroPython, bit for bit, plus immediate floats on 64-bit hosts.
//!
//! | low bits | meaning                                              |
//! |----------|------------------------------------------------------|
//! | `…1`     | small int, value in the upper bits                   |
//! | `…010`   | qstr, number in the upper bits                       |
//! | `…110`   | immediate: None, False, True, a marker, or a float   |
//! | `…00`    | pointer (blocks of our heap end in `0000`; objects that foreign machine code owns may be aligned to a word of 4 bytes only) |
//!
//! What must stay true: a word is never zero, so `Option<Obj>` and results of it are one word; None, False and
//! True have the official values, because official machine code contains them as literals.
//!
//! Floats (64-bit only). With `b` the IEEE-754 bits of a double, `b + (640 << 52)` has `110` in the bits 62 to 60
//! exactly when the exponent lies in 2^-127 … 2^128, and rotating left by 4 brings these three bits to the bottom and the sign
//! to bit 3. The exponent 2^-127 would give the words below 2^56; it is not used for floats (such doubles
//! are boxed), so those words are free for the constants, for the two zeros and for the markers.
//!
//! This file gives no access to memory: following a pointer is the caller's `unsafe`.
#![allow(unsafe_code)]

use core::fmt;
use core::num::NonZeroUsize;
use core::ptr::{self, NonNull};

#[cfg(test)]
mod tests;

/// An object: a small int, qstr, constant or float stored in the word itself, or a pointer to a heap block.
#[repr(transparent)]
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct Obj(NonZeroUsize);

/// What an object word holds, for code that wants to look at all cases.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Unpacked {
    /// A small int.
    SmallInt(isize),
    /// A qstr number.
    Qstr(u32),
    /// The constant `None`.
    None,
    /// The constants `False` and `True`.
    Bool(bool),
    /// A float stored in the word.
    Float(f64),
    /// One of the interpreter's markers; programs never see it.
    Marker(u8),
    /// A pointer to an object.
    Pointer(NonNull<u8>),
    /// A word that nothing makes.
    Invalid(usize),
}

const TAG_IMMEDIATE: usize = 0b110;
const TAG_QSTR: usize = 0b010;

const WORD_NONE: usize = 6;
const WORD_FALSE: usize = 14;
const WORD_TRUE: usize = 30;
#[cfg(target_pointer_width = "64")]
const WORD_PLUS_ZERO: usize = 38;
#[cfg(target_pointer_width = "64")]
const WORD_MINUS_ZERO: usize = 46;
/// The markers are this word and the following ones in steps of 8.
const WORD_FIRST_MARKER: usize = 54;

/// How the exponent is shifted so that the range of immediate floats begins with `110`.
#[cfg(target_pointer_width = "64")]
const FLOAT_BIAS: u64 = 640 << 52;
/// The smallest biased exponent (2^-126 once unbiased), at the top of the word.
#[cfg(target_pointer_width = "64")]
const FLOAT_FIRST: u64 = 0xC020 << 48;
/// The number of exponents that are immediate, at the top of the word.
#[cfg(target_pointer_width = "64")]
const FLOAT_COUNT: u64 = 0x1FE0 << 48;

impl Obj {
    /// `None`.
    pub const NONE: Obj = Obj::constant(WORD_NONE);
    /// `False`.
    pub const FALSE: Obj = Obj::constant(WORD_FALSE);
    /// `True`.
    pub const TRUE: Obj = Obj::constant(WORD_TRUE);

    /// How many markers there are.
    pub const MARKERS: u8 = 8;
    /// Marker: a `return` that waits for its `finally` blocks.
    pub const PENDING_RETURN: Obj = Obj::marker(0);
    /// Marker: a jump that waits for its `finally` blocks.
    pub const PENDING_JUMP: Obj = Obj::marker(1);
    /// Marker: an iterator group on the value stack that walks a list.
    pub const LIST_ITERATOR: Obj = Obj::marker(2);
    /// Marker: an iterator group on the value stack that walks a tuple.
    pub const TUPLE_ITERATOR: Obj = Obj::marker(3);
    /// Marker: an iterator group on the value stack that walks a range.
    pub const RANGE_ITERATOR: Obj = Obj::marker(4);

    /// The largest small int.
    pub const SMALL_INT_MAX: isize = isize::MAX >> 1;
    /// The smallest small int.
    pub const SMALL_INT_MIN: isize = isize::MIN >> 1;

    const fn constant(word: usize) -> Obj {
        match NonZeroUsize::new(word) {
            Some(word) => Obj(word),
            None => panic!("an object word is not zero"),
        }
    }

    /// The marker with this number, which must be below [`Obj::MARKERS`].
    pub const fn marker(number: u8) -> Obj {
        assert!(number < Obj::MARKERS);
        Obj::constant(WORD_FIRST_MARKER + 8 * number as usize)
    }

    /// The number of the marker that this word is.
    #[inline]
    pub const fn as_marker(self) -> Option<u8> {
        let offset = self.word().wrapping_sub(WORD_FIRST_MARKER);
        if offset & 7 == 0 && offset < 8 * Obj::MARKERS as usize { Some((offset / 8) as u8) } else { None }
    }

    /// Whether this word is a marker.
    #[inline(always)]
    pub const fn is_marker(self) -> bool {
        self.as_marker().is_some()
    }

    /// The bits of the word.
    #[inline(always)]
    pub const fn word(self) -> usize {
        self.0.get()
    }

    /// The object with these bits; nothing for zero, the NULL of machine code.
    #[inline(always)]
    pub const fn from_word(word: usize) -> Option<Obj> {
        match NonZeroUsize::new(word) {
            Some(word) => Some(Obj(word)),
            None => None,
        }
    }

    /// The object with these bits.
    ///
    /// # Safety
    /// `word` is not zero.
    #[inline(always)]
    pub const unsafe fn from_word_unchecked(word: usize) -> Obj {
        // SAFETY: the caller's promise.
        Obj(unsafe { NonZeroUsize::new_unchecked(word) })
    }

    /// The small int `value`, if it is one: one bit is lost to the tag.
    #[inline(always)]
    pub const fn small_int(value: isize) -> Option<Obj> {
        if (value << 1) >> 1 == value { Some(Obj::small_int_unchecked(value)) } else { None }
    }

    /// The small int `value`, known to lie in the range; otherwise the top bit is lost.
    #[inline(always)]
    pub const fn small_int_unchecked(value: isize) -> Obj {
        // SAFETY: bit 0 is set.
        unsafe { Obj::from_word_unchecked((value as usize) << 1 | 1) }
    }

    /// Whether this is a small int.
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.word() & 1 != 0
    }

    /// The value of a small int.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<isize> {
        if self.is_small_int() { Some(self.small_int_value()) } else { None }
    }

    /// The value of a word that is known to be a small int; any other word gives some number.
    #[inline(always)]
    pub const fn small_int_value(self) -> isize {
        self.word() as isize >> 1
    }

    /// `False` or `True`.
    #[inline(always)]
    pub const fn from_bool(value: bool) -> Obj {
        // SAFETY: both words are not zero. False and True differ by 16.
        unsafe { Obj::from_word_unchecked(WORD_FALSE + 16 * value as usize) }
    }

    /// The value of `False` or `True`.
    #[inline(always)]
    pub const fn as_bool(self) -> Option<bool> {
        match self.word() {
            WORD_FALSE => Some(false),
            WORD_TRUE => Some(true),
            _ => None,
        }
    }

    /// The string with this qstr number. On 32-bit targets numbers have 29 bits.
    #[inline(always)]
    pub const fn qstr(number: u32) -> Obj {
        // SAFETY: the tag is not zero.
        unsafe { Obj::from_word_unchecked((number as usize) << 3 | TAG_QSTR) }
    }

    /// Whether this is a qstr.
    #[inline(always)]
    pub const fn is_qstr(self) -> bool {
        self.word() & 7 == TAG_QSTR
    }

    /// The qstr number.
    #[inline(always)]
    pub const fn as_qstr(self) -> Option<u32> {
        if self.is_qstr() { Some((self.word() >> 3) as u32) } else { None }
    }

    /// Whether this is a pointer to an object.
    #[inline(always)]
    pub const fn is_pointer(self) -> bool {
        self.word() & 3 == 0
    }

    /// The pointer, if it is one.
    #[inline(always)]
    pub fn as_ptr(self) -> Option<NonNull<u8>> {
        if self.is_pointer() { NonNull::new(ptr::with_exposed_provenance_mut(self.word())) } else { None }
    }

    /// The object at this address, which is aligned to at least 4 bytes. The provenance of the pointer is exposed.
    #[inline(always)]
    pub fn from_ptr(pointer: NonNull<u8>) -> Obj {
        let word = pointer.as_ptr().expose_provenance();
        debug_assert!(word & 3 == 0, "an object is aligned");
        // SAFETY: the address of a `NonNull` is not zero.
        unsafe { Obj::from_word_unchecked(word) }
    }

    /// Everything that this word can be.
    pub fn unpack(self) -> Unpacked {
        if let Some(value) = self.as_small_int() {
            Unpacked::SmallInt(value)
        } else if let Some(number) = self.as_qstr() {
            Unpacked::Qstr(number)
        } else if let Some(pointer) = self.as_ptr() {
            Unpacked::Pointer(pointer)
        } else if self == Obj::NONE {
            Unpacked::None
        } else if let Some(value) = self.as_bool() {
            Unpacked::Bool(value)
        } else if let Some(value) = self.as_float_immediate() {
            Unpacked::Float(value)
        } else if let Some(number) = self.as_marker() {
            Unpacked::Marker(number)
        } else {
            Unpacked::Invalid(self.word())
        }
    }
}

/// Immediate floats.
#[cfg(target_pointer_width = "64")]
impl Obj {
    /// `value` in a word; nothing if it needs a box: infinities, NaN, and magnitudes of 2^129 and more or below
    /// 2^-126, zero excepted.
    #[inline(always)]
    pub const fn float_immediate(value: f64) -> Option<Obj> {
        let biased = value.to_bits().wrapping_add(FLOAT_BIAS);
        if in_float_range(biased) {
            // SAFETY: the low bits are `110`.
            return Some(unsafe { Obj::from_word_unchecked(biased.rotate_left(4) as usize) });
        }
        if value == 0.0 {
            let sign = (value.to_bits() >> 60) as usize;
            // SAFETY: the low bits are `110`.
            return Some(unsafe { Obj::from_word_unchecked(WORD_PLUS_ZERO | sign) });
        }
        None
    }

    /// As [`Obj::float_immediate`] but nothing for zeros, too: one compare, for paths that leave zeros to a slower one.
    #[inline(always)]
    pub const fn float_immediate_nonzero(value: f64) -> Option<Obj> {
        let biased = value.to_bits().wrapping_add(FLOAT_BIAS);
        if in_float_range(biased) {
            // SAFETY: the low bits are `110`.
            return Some(unsafe { Obj::from_word_unchecked(biased.rotate_left(4) as usize) });
        }
        None
    }

    /// The value of an immediate float, zeros included.
    #[inline(always)]
    pub const fn as_float_immediate(self) -> Option<f64> {
        if let Some(value) = self.as_float_nonzero() {
            return Some(value);
        }
        if self.word() | 8 == WORD_MINUS_ZERO {
            return Some(f64::from_bits(((self.word() & 8) as u64) << 60));
        }
        None
    }

    /// The value of an immediate float other than zero: one compare, for paths that leave zeros to a slower one.
    #[inline(always)]
    pub const fn as_float_nonzero(self) -> Option<f64> {
        Self::float_nonzero_in(self.word())
    }

    /// As [`Obj::as_float_nonzero`] of a word that may be no object at all.
    #[inline(always)]
    pub const fn float_nonzero_in(word: usize) -> Option<f64> {
        let biased = (word as u64).rotate_right(4);
        if in_float_range(biased) { Some(f64::from_bits(biased.wrapping_sub(FLOAT_BIAS))) } else { None }
    }

    /// Whether this is an immediate float.
    #[inline(always)]
    pub const fn is_float_immediate(self) -> bool {
        in_float_range((self.word() as u64).rotate_right(4)) || self.word() | 8 == WORD_MINUS_ZERO
    }
}

/// Whether these bits, with the bias added to the exponent, are stored in a word; the sign does not matter.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
const fn in_float_range(biased: u64) -> bool {
    (biased << 1).wrapping_sub(FLOAT_FIRST) < FLOAT_COUNT
}

/// A narrow word has no room for floats: all of them are boxed.
#[cfg(not(target_pointer_width = "64"))]
impl Obj {
    /// Nothing: every float needs a box on this target.
    #[inline(always)]
    pub const fn float_immediate_nonzero(_value: f64) -> Option<Obj> {
        None
    }

    /// Nothing: every float needs a box on this target.
    #[inline(always)]
    pub const fn float_immediate(_value: f64) -> Option<Obj> {
        None
    }

    /// Nothing: every float is boxed on this target.
    #[inline(always)]
    pub const fn as_float_immediate(self) -> Option<f64> {
        None
    }

    /// Nothing: every float is boxed on this target.
    #[inline(always)]
    pub const fn as_float_nonzero(self) -> Option<f64> {
        None
    }

    /// Nothing: every float is boxed on this target.
    #[inline(always)]
    pub const fn float_nonzero_in(_word: usize) -> Option<f64> {
        None
    }

    /// No: every float is boxed on this target.
    #[inline(always)]
    pub const fn is_float_immediate(self) -> bool {
        false
    }
}

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unpack() {
            Unpacked::None => f.write_str("None"),
            Unpacked::Bool(true) => f.write_str("True"),
            Unpacked::Bool(false) => f.write_str("False"),
            Unpacked::SmallInt(value) => write!(f, "{value}"),
            Unpacked::Float(value) => write!(f, "{value:?}"),
            Unpacked::Qstr(number) => write!(f, "qstr#{number}"),
            Unpacked::Marker(number) => write!(f, "marker#{number}"),
            Unpacked::Pointer(pointer) => write!(f, "{pointer:p}"),
            Unpacked::Invalid(word) => write!(f, "invalid {word:#x}"),
        }
    }
}

const _: () = {
    assert!(TAG_IMMEDIATE == WORD_NONE & 7 && TAG_IMMEDIATE == WORD_FIRST_MARKER & 7);
    assert!(size_of::<Option<Obj>>() == size_of::<usize>());
};
