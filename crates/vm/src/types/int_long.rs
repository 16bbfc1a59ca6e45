//! Arithmetic on magnitudes so long that the library would need seconds for one operation: it is done in pieces, between
//! which Ctrl-C is heard and steps are counted. What is short enough goes to the library as a whole.
//!
//! Products are split as Karatsuba has it, quotients as Burnikel and Ziegler have it, texts in halves. The caller has
//! reserved the memory.

use alloc::{string::ToString, vec, vec::Vec};

use dashu_int::{
    IBig, UBig, Word,
    ops::{BitTest, DivRem},
};

use crate::{layout::number::WORD_BITS, value::R, vm::Vm};

/// Limbs of what the library multiplies or divides at once; the slowest of that takes a third of a second.
const PIECE: usize = 1 << 18;
/// Limbs of what it turns into text, or makes of it, at once.
const TEXT_PIECE: usize = 1 << 13;

/// Computes for a machine.
pub struct Long<'a> {
    vm: &'a mut Vm,
    /// Not below 3, or splitting would not make things shorter.
    pub(super) piece: usize,
    pub(super) text_piece: usize,
}

pub(super) fn limbs(value: &UBig) -> usize {
    value.as_words().len()
}

/// The lower limbs, and what is above.
fn split(value: &UBig, at: usize) -> (UBig, UBig) {
    let words = value.as_words();
    let (low, high) = words.split_at(at.min(words.len()));
    (UBig::from_words(low), UBig::from_words(high))
}

/// `high` moved up by so many limbs, and `low` below it, which is not longer.
fn join(high: &UBig, low: &UBig, at: usize) -> UBig {
    let (high, low) = (high.as_words(), low.as_words());
    let mut words: Vec<Word> = Vec::with_capacity(at + high.len());
    words.extend_from_slice(low);
    words.resize(at, 0);
    words.extend_from_slice(high);
    UBig::from_words(&words)
}

impl Long<'_> {
    /// Computes for a machine. Every operation may raise KeyboardInterrupt, or RuntimeError at the limit of steps.
    pub fn new(vm: &mut Vm) -> Long<'_> {
        Long { vm, piece: PIECE, text_piece: TEXT_PIECE }
    }

    pub(super) fn step(&mut self, limbs: usize) -> R<()> {
        const SHORT: usize = 1 << 10;
        self.vm.take_steps(u32::try_from(limbs).unwrap_or(u32::MAX))?;
        if limbs < SHORT { Ok(()) } else { self.vm.check_interrupt() }
    }

    /// `a * b`
    pub fn multiply(&mut self, a: &UBig, b: &UBig) -> R<UBig> {
        let (long, short) = if limbs(a) < limbs(b) { (b, a) } else { (a, b) };
        if limbs(long) <= self.piece {
            self.step(limbs(long))?;
            return Ok(a * b);
        }
        let half = limbs(long).div_ceil(2);
        let (long_low, long_high) = split(long, half);
        if limbs(short) <= half {
            let low = self.multiply(&long_low, short)?;
            return Ok((self.multiply(&long_high, short)? << (half * WORD_BITS)) + low);
        }
        let (short_low, short_high) = split(short, half);
        let low = self.multiply(&long_low, &short_low)?;
        let high = self.multiply(&long_high, &short_high)?;
        let middle = self.multiply(&(long_low + long_high), &(short_low + short_high))? - &low - &high;
        Ok(join(&high, &UBig::ZERO, 2 * half) + (middle << (half * WORD_BITS)) + low)
    }

    /// `a * a`
    pub(super) fn square(&mut self, a: &UBig) -> R<UBig> {
        if limbs(a) <= self.piece {
            self.step(limbs(a))?;
            return Ok(a.sqr());
        }
        let half = limbs(a).div_ceil(2);
        let (low, high) = split(a, half);
        let middle = self.multiply(&low, &high)? << (half * WORD_BITS + 1);
        let (low, high) = (self.square(&low)?, self.square(&high)?);
        Ok(join(&high, &UBig::ZERO, 2 * half) + middle + low)
    }

    /// `a ** exponent`
    pub fn power(&mut self, a: &UBig, exponent: usize) -> R<UBig> {
        if (limbs(a) + 1).saturating_mul(exponent) <= self.piece {
            return Ok(a.pow(exponent));
        }
        // Powers of two are cheap.
        let zeros = a.trailing_zeros().unwrap_or(0);
        let odd = a >> zeros;
        let mut result = UBig::ONE;
        for bit in (0..usize::BITS - exponent.leading_zeros()).rev() {
            result = self.square(&result)?;
            if exponent >> bit & 1 != 0 {
                result = self.multiply(&result, &odd)?;
            }
        }
        Ok(result << (zeros * exponent))
    }

    /// `a ** exponent % modulus`; `a` is below the modulus.
    pub fn power_modulo(&mut self, a: &UBig, exponent: &UBig, modulus: &UBig) -> R<UBig> {
        let mut result = UBig::ONE;
        for bit in (0..exponent.bit_len()).rev() {
            let square = self.square(&result)?;
            result = self.divide(&square, modulus)?.1;
            if exponent.bit(bit) {
                let product = self.multiply(&result, a)?;
                result = self.divide(&product, modulus)?.1;
            }
        }
        Ok(result)
    }

    /// Quotient and rest; `b` is not zero.
    pub fn divide(&mut self, a: &UBig, b: &UBig) -> R<(UBig, UBig)> {
        if limbs(a) <= 2 * self.piece {
            return self.divide_at_once(a, b);
        }
        // Guessed quotients are nearly right if the divisor's top bit is set.
        let shift = b.as_words().last().map_or(0, |top| top.leading_zeros() as usize);
        let (quotient, rest) = self.divide_normal(&(a << shift), &(b << shift))?;
        Ok((quotient, rest >> shift))
    }

    fn divide_at_once(&mut self, a: &UBig, b: &UBig) -> R<(UBig, UBig)> {
        self.step(limbs(a))?;
        Ok(a.div_rem(b))
    }

    /// `divide` for a divisor whose top bit is set.
    fn divide_normal(&mut self, a: &UBig, b: &UBig) -> R<(UBig, UBig)> {
        let (m, n) = (limbs(a), limbs(b));
        if m <= 2 * self.piece || a < b {
            return self.divide_at_once(a, b);
        }
        if m > 2 * n {
            return self.divide_by_blocks(a, b);
        }
        // As many limbs as the quotient may have.
        let k = m - n + 1;
        if k < n {
            // The upper parts give a quotient that is too large by two at most.
            let below = n - k;
            let ((a_low, a_high), (b_low, b_high)) = (split(a, below), split(b, below));
            let (mut quotient, rest) = self.divide_normal(&a_high, &b_high)?;
            let excess = self.multiply(&quotient, &b_low)?;
            let mut rest = IBig::from(join(&rest, &a_low, below)) - IBig::from(excess);
            while rest < IBig::ZERO {
                quotient -= UBig::ONE;
                rest += IBig::from(b.clone());
            }
            return Ok((quotient, UBig::try_from(rest).unwrap_or_default()));
        }
        let half = n / 2;
        let (low, high) = split(a, half);
        let (first, rest) = self.divide_normal(&high, b)?;
        let (second, rest) = self.divide_normal(&join(&rest, &low, half), b)?;
        Ok((join(&first, &second, half), rest))
    }

    /// A long division whose digits are blocks, as long as the divisor.
    fn divide_by_blocks(&mut self, a: &UBig, b: &UBig) -> R<(UBig, UBig)> {
        let block = limbs(b).max(self.piece);
        let words = a.as_words();
        let mut quotient: Vec<Word> = vec![0; words.len()];
        let mut rest = UBig::ZERO;
        for (part, place) in words.chunks(block).zip(quotient.chunks_mut(block)).rev() {
            let (digit, left) = self.divide_normal(&join(&rest, &UBig::from_words(part), part.len()), b)?;
            place[..limbs(&digit)].copy_from_slice(digit.as_words());
            rest = left;
        }
        Ok((UBig::from_words(&quotient), rest))
    }

    /// How many digits are converted at once, and the powers of the radix that have so many digits below them, twice, four
    /// times as many: each number of `most` digits is below the square of the last.
    fn powers(&mut self, radix: u32, most: usize) -> R<(usize, Vec<UBig>)> {
        let digits = self.text_piece * WORD_BITS / (32 - (radix - 1).leading_zeros()) as usize;
        let mut powers = Vec::new();
        let mut width = digits;
        while width < most {
            let next = match powers.last() {
                None => UBig::from(radix).pow(digits),
                Some(last) => self.square(last)?,
            };
            powers.push(next);
            width *= 2;
        }
        Ok((digits, powers))
    }

    /// The digits of a number, lower case.
    pub fn digits(&mut self, value: &UBig, radix: u32) -> R<Vec<u8>> {
        if limbs(value) <= self.text_piece || radix.is_power_of_two() {
            self.step(limbs(value))?;
            return Ok(value.in_radix(radix as u8).to_string().into_bytes());
        }
        // Not fewer than it has: a digit has more bits than this.
        let most = value.bit_len() / (31 - radix.leading_zeros()) as usize + 1;
        let (width, powers) = self.powers(radix, most)?;
        let mut out = Vec::with_capacity(most);
        self.write_digits(value, radix, width, &powers, &mut out)?;
        Ok(out)
    }

    /// Appends the digits, as many as belong behind what is there already. `width`: how many are below the first power.
    fn write_digits(&mut self, value: &UBig, radix: u32, width: usize, powers: &[UBig], out: &mut Vec<u8>) -> R<()> {
        let Some((power, smaller)) = powers.split_last() else {
            self.step(limbs(value))?;
            let text = value.in_radix(radix as u8).to_string();
            if !out.is_empty() {
                out.resize(out.len() + width.saturating_sub(text.len()), b'0');
            }
            if !out.is_empty() || *value != UBig::ZERO {
                out.extend_from_slice(text.as_bytes());
            }
            return Ok(());
        };
        let (high, low) = self.divide(value, power)?;
        self.write_digits(&high, radix, width, smaller, out)?;
        self.write_digits(&low, radix, width, smaller, out)
    }

    /// The number that digits stand for, which have been checked.
    pub fn parse(&mut self, digits: &[u8], radix: u32) -> R<UBig> {
        let (width, powers) =
            if radix.is_power_of_two() { (digits.len(), Vec::new()) } else { self.powers(radix, digits.len())? };
        self.parse_with(digits, radix, width, &powers)
    }

    fn parse_with(&mut self, digits: &[u8], radix: u32, width: usize, powers: &[UBig]) -> R<UBig> {
        let Some((power, smaller)) = powers.split_last() else {
            self.step(digits.len() / 16)?;
            let text = core::str::from_utf8(digits).unwrap_or_default();
            return Ok(UBig::from_str_radix(text, radix).unwrap_or_default());
        };
        let below = width << smaller.len();
        let Some((high, low)) =
            digits.split_at_checked(digits.len().saturating_sub(below)).filter(|(high, _)| !high.is_empty())
        else {
            return self.parse_with(digits, radix, width, smaller);
        };
        let high = self.parse_with(high, radix, width, smaller)?;
        let low = self.parse_with(low, radix, width, smaller)?;
        Ok(self.multiply(&high, power)? + low)
    }
}

#[cfg(test)]
mod tests {
    use dashu_int::ops::{Gcd, SquareRoot};

    use super::*;

    /// Numbers of many lengths, some with long runs of ones or zeros.
    fn samples() -> Vec<UBig> {
        let mut seed = 88_172_645_463_325_252u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut values = Vec::new();
        for len in [1, 2, 3, 4, 6, 7, 9, 13, 20, 33, 64, 65] {
            let word = |kind: u64, random: u64| match kind % 4 {
                0 => 0,
                1 => Word::MAX,
                _ => random as Word,
            };
            let words: Vec<Word> = (0..len).map(|_| word(next(), next())).collect();
            values.push(UBig::from_words(&words) | UBig::ONE << (len * WORD_BITS - 1));
            values.push(UBig::from_words(&words) + UBig::ONE);
            values.push(UBig::ONE << (len * WORD_BITS));
            values.push((UBig::ONE << (len * WORD_BITS)) - UBig::ONE);
        }
        values
    }

    #[test]
    fn pieces_give_the_whole() {
        let mut vm = crate::boot::test_vm();
        let values = samples();
        for piece in [3, 8] {
            let mut long = Long { vm: &mut vm, piece, text_piece: piece };
            for a in &values {
                assert_eq!(long.square(a).unwrap(), a.sqr());
                for n in [a.clone(), a.sqr(), a.sqr() - UBig::ONE, a.sqr() + a * UBig::from(2u8), a.pow(3)] {
                    assert_eq!(long.square_root(&n).unwrap(), n.sqrt(), "root of {n}");
                }
                for b in &values {
                    assert_eq!(long.multiply(a, b).unwrap(), a * b, "{a} * {b}");
                    assert_eq!(long.divide(a, b).unwrap(), a.div_rem(b), "{a} / {b}");
                    assert_eq!(long.gcd(a, b).unwrap(), a.gcd(b), "gcd({a}, {b})");
                    let (x, y) = (a * b.sqr() * a, b * b * (a + UBig::ONE));
                    assert_eq!(long.gcd(&x, &y).unwrap(), (&x).gcd(&y), "gcd({x}, {y})");
                }
            }
        }
    }

    #[test]
    fn powers_and_texts() {
        let mut vm = crate::boot::test_vm();
        for piece in [3, 5] {
            let mut long = Long { vm: &mut vm, piece, text_piece: piece };
            for a in &samples() {
                for radix in [3, 10, 16, 36] {
                    let text = a.in_radix(radix as u8).to_string();
                    assert_eq!(long.digits(a, radix).unwrap(), text.as_bytes());
                    assert_eq!(&long.parse(text.as_bytes(), radix).unwrap(), a);
                }
                assert_eq!(long.power(a, 13).unwrap(), a.pow(13));
            }
            let (a, modulus) = (UBig::from(7u8), (UBig::ONE << 1000) - UBig::from(9u8));
            assert_eq!(long.power_modulo(&a, &UBig::from(999u16), &modulus).unwrap(), a.pow(999) % modulus);
            assert_eq!(long.power(&UBig::from(10u8), 777).unwrap(), UBig::from(10u8).pow(777));
        }
    }

    #[test]
    fn steps_end_it() {
        let mut vm = crate::boot::test_vm();
        vm.set_step_limit(Some(10_000));
        let long = UBig::ONE << 1_000_000;
        let mut steps = Long { vm: &mut vm, piece: 1 << 10, text_piece: 1 << 8 };
        assert!(steps.digits(&long, 10).is_err());
    }
}
