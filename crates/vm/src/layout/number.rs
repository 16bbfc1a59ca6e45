//! float, complex and int objects that do not fit into a word.
//!
//! A [`Float`] holds a double outside of the immediate range, a [`BigInt`] an int outside of the small range.
//! Both are normalised: a double that fits into a word, or an int that is small, never stands in a heap
//! object, so that equal small numbers are equal words. Numbers are immutable and hold no object words.

#![allow(unsafe_code)]

use dashu_int::{IBig, Sign, UBig, Word};
use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A float that is not an immediate word.
#[repr(C)]
pub struct Float {
    header: Header,
    value: f64,
}

/// A complex number.
#[repr(C)]
pub struct Complex {
    header: Header,
    re: f64,
    im: f64,
}

/// An int outside of the small range; the limbs follow, least significant first, the last one not zero.
#[repr(C)]
pub struct BigInt {
    header: Header,
    negative: bool,
    len: usize,
}

// SAFETY: objects of type `float` that are pointers have this layout.
unsafe impl HeapType for Float {
    const TYPE: TypeId = TypeId::Float;
}

// SAFETY: objects of type `complex` have this layout.
unsafe impl HeapType for Complex {
    const TYPE: TypeId = TypeId::Complex;
}

// SAFETY: objects of type `int` that are pointers have this layout.
unsafe impl HeapType for BigInt {
    const TYPE: TypeId = TypeId::Int;
}

/// Bits of a limb.
pub const WORD_BITS: usize = Word::BITS as usize;

/// The greatest number of bits that an int may have: what is larger is refused before anything is allocated.
pub const MAX_BITS: usize = if WORD_BITS == 64 { 1 << 34 } else { 1 << 29 };

/// An int object, looked at.
#[derive(Clone, Copy)]
pub enum Int {
    /// In the word itself (bools too).
    Small(isize),
    /// In the heap.
    Big(Ref<BigInt>),
}

/// Machine integers that become ints without loss.
pub trait IntValue: Copy {
    /// The small int, if it is one.
    fn small(self) -> Option<Obj>;
    /// Sign and magnitude.
    fn parts(self) -> (bool, u128);
}

macro_rules! int_values {
    ($($t:ty)*) => {$(
        impl IntValue for $t {
            #[inline(always)]
            fn small(self) -> Option<Obj> {
                isize::try_from(self).ok().and_then(Obj::small_int)
            }

            #[inline]
            #[allow(unused_comparisons, clippy::unnecessary_cast)]
            fn parts(self) -> (bool, u128) {
                (self < 0, if self < 0 { (self as u128).wrapping_neg() } else { self as u128 })
            }
        }
    )*};
}

int_values!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

impl Ref<Float> {
    /// The value.
    #[inline(always)]
    pub fn value(self) -> f64 {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).value }
    }
}

impl Ref<Complex> {
    /// Real and imaginary part.
    #[inline]
    pub fn parts(self) -> (f64, f64) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).re, (*self.ptr()).im) }
    }
}

impl Ref<BigInt> {
    /// Whether it is below zero.
    #[inline]
    pub fn is_negative(self) -> bool {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).negative }
    }

    /// The magnitude.
    #[inline]
    pub fn limbs(self, _vm: &Vm) -> &[Word] {
        // SAFETY: `len` limbs follow the structure and never change once the number is visible.
        unsafe { core::slice::from_raw_parts(self.ptr().add(1).cast(), (*self.ptr()).len) }
    }

    /// The number of limbs.
    #[inline]
    pub fn len(self) -> usize {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).len }
    }

    /// Never: zero is a small int.
    pub fn is_empty(self) -> bool {
        false
    }

    /// The number of bits of the magnitude.
    pub fn bits(self, vm: &Vm) -> usize {
        let limbs = self.limbs(vm);
        limbs.len() * WORD_BITS - limbs.last().map_or(0, |top| top.leading_zeros() as usize)
    }

    /// As a number to compute with; a copy, for which the caller has made a reservation.
    pub fn to_ibig(self, vm: &Vm) -> IBig {
        IBig::from_sign_words(if self.is_negative() { Sign::Negative } else { Sign::Positive }, self.limbs(vm))
    }
}

impl Int {
    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            Int::Small(value) => value < 0,
            Int::Big(big) => big.is_negative(),
        }
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        matches!(self, Int::Small(0))
    }

    /// The number of bits of the magnitude.
    pub fn bits(self, vm: &Vm) -> usize {
        match self {
            Int::Small(value) => (usize::BITS - value.unsigned_abs().leading_zeros()) as usize,
            Int::Big(big) => big.bits(vm),
        }
    }

    /// Whether it is odd.
    pub fn is_odd(self, vm: &Vm) -> bool {
        match self {
            Int::Small(value) => value & 1 != 0,
            Int::Big(big) => big.limbs(vm)[0] & 1 != 0,
        }
    }

    /// As a number to compute with; a copy, for which the caller has made a reservation.
    pub fn to_ibig(self, vm: &Vm) -> IBig {
        match self {
            Int::Small(value) => IBig::from(value),
            Int::Big(big) => big.to_ibig(vm),
        }
    }

    /// The int object.
    pub fn obj(self) -> Obj {
        match self {
            Int::Small(value) => Obj::small_int_unchecked(value),
            Int::Big(big) => big.obj(),
        }
    }

    /// The value, if 128 bits are enough.
    pub fn as_i128(self, vm: &Vm) -> Option<i128> {
        let big = match self {
            Int::Small(value) => return Some(value as i128),
            Int::Big(big) => big,
        };
        if big.len() * WORD_BITS > 128 {
            return None;
        }
        let magnitude = low_u128(big.limbs(vm));
        if big.is_negative() {
            (magnitude <= 1 << 127).then(|| (magnitude as i128).wrapping_neg())
        } else {
            i128::try_from(magnitude).ok()
        }
    }

    /// The lowest 64 bits, in two's complement.
    pub fn low_bits(self, vm: &Vm) -> u64 {
        let mut place = [0];
        let (negative, limbs) = self.sign_limbs(vm, &mut place);
        let low = low_u128(limbs) as u64;
        if negative { low.wrapping_neg() } else { low }
    }

    /// Sign and magnitude, without leading zeros; `place` holds a small int's.
    pub fn sign_limbs<'a>(self, vm: &'a Vm, place: &'a mut [Word; 1]) -> (bool, &'a [Word]) {
        match self {
            Int::Small(value) => {
                place[0] = value.unsigned_abs() as Word;
                (value < 0, &place[..(value != 0) as usize])
            }
            Int::Big(big) => (big.is_negative(), big.limbs(vm)),
        }
    }

    /// The number of limbs; at least one.
    pub fn limb_count(self) -> usize {
        match self {
            Int::Small(_) => 1,
            Int::Big(big) => big.len(),
        }
    }

    /// The value modulo 2^64, in two's complement.
    pub fn wrapping_u64(self, vm: &Vm) -> u64 {
        match self {
            Int::Small(value) => value as i64 as u64,
            Int::Big(big) => {
                let low = low_u128(big.limbs(vm)) as u64;
                if big.is_negative() { low.wrapping_neg() } else { low }
            }
        }
    }
}

/// The lowest 128 bits of a magnitude.
fn low_u128(limbs: &[Word]) -> u128 {
    let mut value = 0u128;
    for (i, limb) in limbs.iter().enumerate().take(128 / WORD_BITS) {
        value |= (*limb as u128) << (i * WORD_BITS);
    }
    value
}

impl Vm {
    /// Makes a float.
    #[inline(always)]
    pub fn new_float(&mut self, value: f64) -> R {
        match Obj::float_immediate(value) {
            Some(obj) => Ok(obj),
            None => self.new_boxed_float(value),
        }
    }

    #[cold]
    #[inline(never)]
    fn new_boxed_float(&mut self, value: f64) -> R {
        let header = self.header::<Float>();
        Ok(self.alloc_object(Float { header, value }, 0, Kind::Raw)?.obj())
    }

    /// The value of a float (or of an instance of a class derived from float).
    #[inline(always)]
    pub fn as_float(&self, obj: Obj) -> Option<f64> {
        match obj.as_float_immediate() {
            Some(value) => Some(value),
            None if obj.is_pointer() => self.as_float_pointer(obj),
            None => None,
        }
    }

    fn as_float_pointer(&self, obj: Obj) -> Option<f64> {
        if let Some(float) = self.exact::<Float>(obj) {
            return Some(float.value());
        }
        let part = self.native_part(obj)?;
        part.as_float_immediate().or_else(|| self.exact::<Float>(part).map(Ref::value))
    }

    /// Whether the object is a float (or of a class derived from float).
    #[inline]
    pub fn is_float(&self, obj: Obj) -> bool {
        self.as_float(obj).is_some()
    }

    /// Makes a complex number.
    pub fn new_complex(&mut self, re: f64, im: f64) -> R {
        let header = self.header::<Complex>();
        Ok(self.alloc_object(Complex { header, re, im }, 0, Kind::Raw)?.obj())
    }

    /// The parts of a complex number (or of an instance of a class derived from complex).
    pub fn as_complex(&self, obj: Obj) -> Option<(f64, f64)> {
        self.cast::<Complex>(obj).map(|complex| complex.parts())
    }

    /// Makes an int.
    #[inline]
    pub fn new_int(&mut self, value: impl IntValue) -> R {
        match value.small() {
            Some(obj) => Ok(obj),
            None => {
                let (negative, magnitude) = value.parts();
                self.new_big_int_u128(negative, magnitude)
            }
        }
    }

    #[cold]
    fn new_big_int_u128(&mut self, negative: bool, magnitude: u128) -> R {
        let mut limbs = [0; 128 / WORD_BITS];
        for (i, limb) in limbs.iter_mut().enumerate() {
            *limb = (magnitude >> (i * WORD_BITS)) as Word;
        }
        self.int_from_limbs(negative, &limbs)
    }

    /// Makes an int from sign and magnitude, normalised.
    pub fn int_from_limbs(&mut self, negative: bool, limbs: &[Word]) -> R {
        let len = limbs.len() - limbs.iter().rev().take_while(|limb| **limb == 0).count();
        if let Some(small) = small_from_limbs(negative, &limbs[..len]) {
            return Ok(small);
        }
        self.build_int(negative, len, |_, fresh| fresh.copy_from_slice(&limbs[..len]))
    }

    /// Makes an int of at most `len` limbs in place: `fill` gets them zeroed, beside a view of the machine in which it
    /// can read the operands. The result is normalised.
    pub(crate) fn build_int(&mut self, negative: bool, len: usize, fill: impl FnOnce(&Vm, &mut [Word])) -> R {
        if len > MAX_BITS / WORD_BITS {
            return Err(self.raise_memory_error(len.saturating_mul(size_of::<Word>())));
        }
        let header = self.header::<BigInt>();
        let big = self.alloc_object(BigInt { header, negative, len }, len * size_of::<Word>(), Kind::Raw)?;
        // SAFETY: room for `len` limbs follows the structure, and nobody else knows the object yet.
        let limbs = unsafe {
            let first = big.ptr().add(1).cast::<Word>();
            first.write_bytes(0, len);
            core::slice::from_raw_parts_mut(first, len)
        };
        fill(self, limbs);
        let len = len - limbs.iter().rev().take_while(|limb| **limb == 0).count();
        if let Some(small) = small_from_limbs(negative, &limbs[..len]) {
            return Ok(small);
        }
        // SAFETY: the object is live, and the length only shrinks.
        unsafe { (*big.ptr()).len = len };
        Ok(big.obj())
    }

    /// Makes an int from a computed number.
    pub fn int_from_ibig(&mut self, value: &IBig) -> R {
        let (sign, limbs) = value.as_sign_words();
        self.int_from_limbs(sign == Sign::Negative, limbs)
    }

    /// Makes an int from a computed magnitude.
    pub fn int_from_ubig(&mut self, value: &UBig) -> R {
        self.int_from_limbs(false, value.as_words())
    }

    /// The object as an int: int, bool, or an instance of a class derived from int.
    #[inline]
    pub fn as_int(&self, obj: Obj) -> Option<Int> {
        match obj.as_small_int() {
            Some(value) => Some(Int::Small(value)),
            None => self.as_int_slow(obj),
        }
    }

    fn as_int_slow(&self, obj: Obj) -> Option<Int> {
        if let Some(value) = obj.as_bool() {
            return Some(Int::Small(value as isize));
        }
        if let Some(big) = self.exact::<BigInt>(obj) {
            return Some(Int::Big(big));
        }
        if !obj.is_pointer() {
            return None;
        }
        let part = self.native_part(obj)?;
        match part.as_small_int() {
            Some(value) => Some(Int::Small(value)),
            None => self.exact::<BigInt>(part).map(Int::Big),
        }
    }

    /// Whether the object is an int, a bool, or of a class derived from int.
    pub fn is_int(&self, obj: Obj) -> bool {
        self.as_int(obj).is_some()
    }
}

/// The small int with this magnitude (without leading zeros), if there is one.
fn small_from_limbs(negative: bool, limbs: &[Word]) -> Option<Obj> {
    let magnitude = match *limbs {
        [] => 0,
        [limb] => limb as u128,
        _ => return None,
    };
    let value = if negative { -(magnitude as i128) } else { magnitude as i128 };
    value.small()
}

const _: () = assert!(align_of::<BigInt>() >= align_of::<Word>());
const _: () = assert!(size_of::<BigInt>().is_multiple_of(align_of::<Word>()));
