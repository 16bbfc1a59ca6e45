//! Hashes of numbers: equal numbers have equal hashes whatever their type, by the rule of CPython (the value modulo
//! the prime 2^61 − 1, or 2^31 − 1 where words have 32 bits), so that programs see the same numbers.
//!
//! Hashes of str and bytes are [`crate::qstr::hash_bytes`]; tuples and sets have theirs in their own files.

/// Exponent of the modulus.
const BITS: u32 = if usize::BITS == 64 { 61 } else { 31 };
/// The modulus.
pub const MODULUS: usize = (1 << BITS) - 1;
/// The hash of infinity.
const INFINITE: isize = 314_159;

/// Gives a value with its sign the form of a hash: −1 is never one.
#[inline(always)]
const fn finish(hash: isize) -> isize {
    if hash == -1 { -2 } else { hash }
}

/// The hash of an int that fits a word.
#[inline(always)]
pub const fn hash_int(value: isize) -> isize {
    if value.unsigned_abs() < MODULUS {
        return finish(value);
    }
    hash_magnitude(value.unsigned_abs() % MODULUS, value < 0)
}

/// The hash of a number from its magnitude modulo [`MODULUS`] and its sign.
pub const fn hash_magnitude(reduced: usize, negative: bool) -> isize {
    finish(if negative { -(reduced as isize) } else { reduced as isize })
}

/// Adds another word (more significant ones first) to a magnitude modulo [`MODULUS`]: for big ints.
pub const fn hash_push_word(reduced: usize, word: usize) -> usize {
    ((((reduced as u128) << usize::BITS) | word as u128) % MODULUS as u128) as usize
}

/// The hash of a float; `None` for NaN, whose hash is its identity.
pub fn hash_float(value: f64) -> Option<isize> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value < 0.0 { -INFINITE } else { INFINITE });
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    // mantissa · 2^exponent modulo 2^BITS − 1: multiplication by 2 is a rotation of BITS bits.
    let reduced = mantissa % MODULUS as u64;
    let turn = exponent.rem_euclid(BITS as i32) as u32;
    let rotated = if turn == 0 { reduced } else { (reduced << turn | reduced >> (BITS - turn)) & MODULUS as u64 };
    let rotated = if rotated == MODULUS as u64 { 0 } else { rotated };
    Some(hash_magnitude(rotated as usize, value < 0.0))
}

/// Mixes the hashes of items, in order: for tuples and ranges. The rule is xxHash's, as in CPython.
#[derive(Clone, Copy)]
pub struct SequenceHash(u64, u64);

impl SequenceHash {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;

    /// Of no items.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        SequenceHash(Self::P5, 0)
    }

    /// Adds an item's hash.
    pub const fn push(self, hash: usize) -> Self {
        let acc = self.0.wrapping_add((hash as u64).wrapping_mul(Self::P2));
        SequenceHash(acc.rotate_left(31).wrapping_mul(Self::P1), self.1 + 1)
    }

    /// The hash, a small int's value.
    pub const fn finish(self) -> isize {
        let hash = self.0.wrapping_add(self.1 ^ (Self::P5 ^ 3_527_539));
        small(hash as usize)
    }
}

/// Folds a word into the range of small ints.
pub const fn small(hash: usize) -> isize {
    finish((hash as isize) << 1 >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_have_equal_hashes() {
        for value in [0i64, 1, -1, 2, -2, 255, 1 << 40, -(1 << 52), (1 << 53) - 1] {
            assert_eq!(hash_float(value as f64), Some(hash_int(value as isize)), "{value}");
        }
        for shift in [60, 61, 62] {
            let value = 1i64 << shift;
            assert_eq!(hash_float(value as f64), Some(hash_int(value as isize)), "2^{shift}");
            assert_eq!(hash_float(-(value as f64)), Some(hash_int(-value as isize)), "-2^{shift}");
        }
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn hashes_are_those_of_cpython() {
        assert_eq!(hash_int(-1), -2);
        assert_eq!(hash_int(1 << 61), 1);
        assert_eq!(hash_float(0.5), Some(1_152_921_504_606_846_976));
        assert_eq!(hash_float(1.5), Some(1_152_921_504_606_846_977));
        assert_eq!(hash_float(-2.75), Some(-1_729_382_256_910_270_466));
        assert_eq!(hash_float(1e300), Some(1_224_995_262_755_759_164));
        assert_eq!(hash_float(5e-324), Some(16_777_216));
        assert_eq!(hash_float(f64::INFINITY), Some(314_159));
        assert_eq!(hash_float(f64::NAN), None);
        // 10**30, the words of which are 54210108624275221 (low 64: 0) and …
        let high = 54_210_108_624usize;
        let low = 5_076_944_270_305_263_616usize;
        assert_eq!(
            hash_magnitude(hash_push_word(high % MODULUS, low), false),
            1_000_000_000_000_000_000_000_000_000_000u128.rem_euclid(MODULUS as u128) as isize
        );
    }
}
