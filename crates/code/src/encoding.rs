//! Numbers inside bytecode and .mpy files: varuints, signed varints and labels (bytecode.md §1).
//!
//! Readers are given a slice and a position and return the value with the position after it; they
//! return `None` when the bytes end early or the number is too large for its type. Leading zero groups
//! are accepted but never written.

use alloc::vec::Vec;

/// Reads a varuint that must fit 32 bits.
pub fn read_uint(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let mut value = 0u32;
    let mut pos = at;
    loop {
        let byte = *bytes.get(pos)?;
        pos += 1;
        if value >> 25 != 0 {
            return None;
        }
        value = value << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, pos));
        }
    }
}

/// Appends a varuint.
pub fn write_uint(out: &mut Vec<u8>, value: u32) {
    let mut shift = 28;
    while shift > 0 && value >> shift == 0 {
        shift -= 7;
    }
    while shift > 0 {
        out.push(0x80 | (value >> shift & 0x7f) as u8);
        shift -= 7;
    }
    out.push((value & 0x7f) as u8);
}

/// Reads a signed varint that must fit 64 bits.
pub fn read_int(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let first = *bytes.get(at)?;
    let mut value: i64 = if first & 0x40 != 0 { -1 } else { 0 };
    let mut pos = at;
    loop {
        let byte = *bytes.get(pos)?;
        pos += 1;
        let top = value >> 56;
        if top != 0 && top != -1 {
            return None;
        }
        value = value << 7 | i64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, pos));
        }
    }
}

/// Appends a signed varint.
pub fn write_int(out: &mut Vec<u8>, value: i64) {
    // Bits needed, sign included, rounded up to whole groups of 7.
    let bits = 65 - (value ^ value >> 63).leading_zeros();
    let mut shift = (bits - 1) / 7 * 7;
    while shift > 0 {
        out.push(0x80 | (value >> shift & 0x7f) as u8);
        shift -= 7;
    }
    out.push((value & 0x7f) as u8);
}

/// Distances that a signed label of one byte can hold.
pub const SHORT_SIGNED: core::ops::RangeInclusive<i32> = -64..=63;
/// Distances that an unsigned label of one byte can hold.
pub const SHORT_UNSIGNED: core::ops::RangeInclusive<i32> = 0..=127;
/// Distances that a signed label of two bytes can hold.
pub const LONG_SIGNED: core::ops::RangeInclusive<i32> = -16384..=16383;
/// Distances that an unsigned label of two bytes can hold.
pub const LONG_UNSIGNED: core::ops::RangeInclusive<i32> = 0..=32767;

/// Reads a label: the distance from its own end to the target.
pub fn read_label(bytes: &[u8], at: usize, signed: bool) -> Option<(i32, usize)> {
    let low = *bytes.get(at)?;
    if low & 0x80 == 0 {
        let bias = if signed { 0x40 } else { 0 };
        return Some((i32::from(low) - bias, at + 1));
    }
    let high = *bytes.get(at + 1)?;
    let bias = if signed { 0x4000 } else { 0 };
    Some(((i32::from(low & 0x7f) | i32::from(high) << 7) - bias, at + 2))
}

/// Encodes a label in one byte, `None` when the distance does not fit.
pub fn short_label(distance: i32, signed: bool) -> Option<u8> {
    let (range, bias) = if signed { (SHORT_SIGNED, 0x40) } else { (SHORT_UNSIGNED, 0) };
    range.contains(&distance).then(|| (distance + bias) as u8)
}

/// Encodes a label in two bytes, `None` when the distance does not fit.
pub fn long_label(distance: i32, signed: bool) -> Option<[u8; 2]> {
    let (range, bias) = if signed { (LONG_SIGNED, 0x4000) } else { (LONG_UNSIGNED, 0) };
    range.contains(&distance).then(|| {
        let biased = distance + bias;
        [0x80 | (biased & 0x7f) as u8, (biased >> 7) as u8]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uint(value: u32) -> Vec<u8> {
        let mut out = Vec::new();
        write_uint(&mut out, value);
        out
    }

    fn int(value: i64) -> Vec<u8> {
        let mut out = Vec::new();
        write_int(&mut out, value);
        out
    }

    #[test]
    fn varuints_have_no_leading_zero_groups_and_read_back() {
        assert_eq!(uint(0), [0]);
        assert_eq!(uint(127), [0x7f]);
        assert_eq!(uint(128), [0x81, 0]);
        assert_eq!(uint(u32::MAX), [0x8f, 0xff, 0xff, 0xff, 0x7f]);
        for shift in 0..32 {
            for value in [1u32 << shift, (1u32 << shift) - 1, !0 >> shift] {
                let bytes = uint(value);
                assert_eq!(read_uint(&bytes, 0), Some((value, bytes.len())));
                assert!(bytes.len() == 1 || bytes[0] != 0x80);
            }
        }
    }

    #[test]
    fn varuints_that_end_early_or_overflow_are_refused() {
        assert_eq!(read_uint(&[], 0), None);
        assert_eq!(read_uint(&[0x81], 0), None);
        assert_eq!(read_uint(&[0x90, 0x80, 0x80, 0x80, 0], 0), None);
        assert_eq!(read_uint(&[0x80, 0x80, 0x80, 0x80, 0x80, 5], 0), Some((5, 6)));
    }

    #[test]
    fn signed_varints_match_the_reference() {
        assert_eq!(int(48), [0x30]);
        assert_eq!(int(64), [0x80, 0x40]);
        assert_eq!(int(-17), [0x6f]);
        assert_eq!(int(-64), [0x40]);
        assert_eq!(int(-65), [0xff, 0x3f]);
        assert_eq!(int(12345678), [0x85, 0xf1, 0xc2, 0x4e]);
        assert_eq!(int(1073741823), [0x83, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(int(-1073741824), [0xfc, 0x80, 0x80, 0x80, 0x00]);
        for shift in 0..63 {
            for value in [1i64 << shift, -(1i64 << shift), (1i64 << shift) - 1] {
                let bytes = int(value);
                assert_eq!(read_int(&bytes, 0), Some((value, bytes.len())));
            }
        }
        for value in [i64::MIN, i64::MAX] {
            let bytes = int(value);
            assert_eq!(read_int(&bytes, 0), Some((value, bytes.len())));
        }
        assert_eq!(read_int(&[0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], 0), None);
    }

    #[test]
    fn labels_of_both_sizes_read_back() {
        for signed in [false, true] {
            for distance in -20000..40000 {
                if let Some(byte) = short_label(distance, signed) {
                    assert_eq!(read_label(&[byte], 0, signed), Some((distance, 1)));
                }
                let long = if signed { LONG_SIGNED } else { LONG_UNSIGNED };
                match long_label(distance, signed) {
                    Some(bytes) => assert_eq!(read_label(&bytes, 0, signed), Some((distance, 2))),
                    None => assert!(!long.contains(&distance)),
                }
            }
        }
        assert_eq!(read_label(&[0x80], 0, true), None);
        assert_eq!(short_label(-1, true), Some(0x3f));
        assert_eq!(short_label(64, true), None);
        assert_eq!(short_label(127, false), Some(127));
    }
}
