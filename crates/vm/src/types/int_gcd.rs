//! Greatest common divisors and square roots of long magnitudes, in pieces as everything in [`super::int_long`].
//!
//! The divisor is found by halves: what Euclid's algorithm does to two numbers is, for a while, what it does to their upper
//! parts. That gives a matrix of determinant 1 or -1, and applying such a matrix keeps the divisor whatever its entries are;
//! they only decide how much shorter the numbers get.

use dashu_int::{
    IBig, Sign, UBig,
    ops::{BitTest, DivRem, Gcd, SquareRoot},
};

use super::int_long::{Long, limbs};
use crate::{layout::number::WORD_BITS, value::R};

/// Rows of a matrix; both numbers of a pair are replaced by sums of multiples of both.
type Matrix = [[IBig; 2]; 2];

/// Limbs of upper parts that Euclid's algorithm reduces step by step.
const BASE: usize = 48;

impl Long<'_> {
    /// The greatest common divisor; 0 of two zeros.
    pub fn gcd(&mut self, a: &UBig, b: &UBig) -> R<UBig> {
        let (mut a, mut b) = ordered(a.clone(), b.clone());
        loop {
            if b == UBig::ZERO {
                return Ok(a);
            }
            let n = limbs(&a);
            if n <= 2 * self.text_piece {
                self.step(n)?;
                return Ok(a.gcd(b));
            }
            // Numbers of similar length are reduced together, else a division makes them so.
            let before = limbs(&b);
            if n - before < n / 4 {
                let mut matrix = self.half(&a, &b)?;
                (a, b) = self.apply(&mut matrix, &a, &b)?;
            }
            let stuck = limbs(&a) + limbs(&b) >= n + before;
            if b != UBig::ZERO && (stuck || limbs(&b) * 2 < limbs(&a)) {
                let rest = self.divide(&a, &b)?.1;
                (a, b) = (b, rest);
            }
        }
    }

    /// A matrix that makes two numbers, the first not the smaller one, about half as long.
    fn half(&mut self, a: &UBig, b: &UBig) -> R<Matrix> {
        let n = limbs(a);
        if n <= BASE || limbs(b) <= n / 2 {
            return self.half_by_steps(a, b);
        }
        let upper = |value: &UBig, at: usize| value >> (at * WORD_BITS);
        let mut matrix = self.half(&upper(a, n / 2), &upper(b, n / 2))?;
        let (mut a, mut b) = self.apply(&mut matrix, a, b)?;
        if b != UBig::ZERO && limbs(&b) > n / 2 {
            let (quotient, rest) = self.divide(&a, &b)?;
            let [top, bottom] = matrix;
            let next = self.row(&top, &bottom, &quotient)?;
            matrix = [bottom, next];
            (a, b) = (b, rest);
        }
        let now = limbs(&a);
        // What became hardly shorter is left to divisions.
        if limbs(&b) <= n / 2 || now > n / 8 * 7 {
            return Ok(matrix);
        }
        let second = self.half(&upper(&a, n - now), &upper(&b, n - now))?;
        self.product(&second, &matrix)
    }

    /// The same, quotient by quotient.
    fn half_by_steps(&mut self, a: &UBig, b: &UBig) -> R<Matrix> {
        self.step(limbs(a))?;
        let mut matrix = [[IBig::ONE, IBig::ZERO], [IBig::ZERO, IBig::ONE]];
        let enough = a.bit_len() / 2;
        let (mut a, mut b) = (a.clone(), b.clone());
        while b.bit_len() > enough {
            let (quotient, rest) = a.div_rem(&b);
            let [[x, y], bottom] = matrix;
            let next = [x - &bottom[0] * &quotient, y - &bottom[1] * &quotient];
            matrix = [bottom, next];
            (a, b) = (b, rest);
        }
        Ok(matrix)
    }

    /// `top - quotient * bottom`
    fn row(&mut self, top: &[IBig; 2], bottom: &[IBig; 2], quotient: &UBig) -> R<[IBig; 2]> {
        let quotient = IBig::from(quotient.clone());
        Ok([&top[0] - self.signed(&quotient, &bottom[0])?, &top[1] - self.signed(&quotient, &bottom[1])?])
    }

    /// Both numbers changed by a matrix, without signs, the greater first; the matrix becomes the one that gives that.
    fn apply(&mut self, matrix: &mut Matrix, a: &UBig, b: &UBig) -> R<(UBig, UBig)> {
        let (a, b) = (IBig::from(a.clone()), IBig::from(b.clone()));
        let mut results = [UBig::ZERO, UBig::ZERO];
        for (result, row) in results.iter_mut().zip(matrix.iter_mut()) {
            let (sign, magnitude) = (self.signed(&row[0], &a)? + self.signed(&row[1], &b)?).into_parts();
            if sign == Sign::Negative {
                row.iter_mut().for_each(|entry| *entry *= IBig::NEG_ONE);
            }
            *result = magnitude;
        }
        if results[0] < results[1] {
            results.swap(0, 1);
            matrix.swap(0, 1);
        }
        let [a, b] = results;
        Ok((a, b))
    }

    fn product(&mut self, a: &Matrix, b: &Matrix) -> R<Matrix> {
        let mut result = Matrix::default();
        for (i, row) in result.iter_mut().enumerate() {
            for (k, entry) in row.iter_mut().enumerate() {
                *entry = self.signed(&a[i][0], &b[0][k])? + self.signed(&a[i][1], &b[1][k])?;
            }
        }
        Ok(result)
    }

    /// `a * b`
    fn signed(&mut self, a: &IBig, b: &IBig) -> R<IBig> {
        let (long, short) = (a.as_sign_words().1.len(), b.as_sign_words().1.len());
        if long.max(short) <= self.piece {
            self.step(long.min(short))?;
            return Ok(a * b);
        }
        let ((a_sign, a), (b_sign, b)) = (a.clone().into_parts(), b.clone().into_parts());
        let sign = if a_sign == b_sign { Sign::Positive } else { Sign::Negative };
        Ok(IBig::from_parts(sign, self.multiply(&a, &b)?))
    }

    /// The greatest number whose square is not greater.
    pub fn square_root(&mut self, a: &UBig) -> R<UBig> {
        let n = limbs(a);
        if n <= self.piece.max(8) {
            self.step(n)?;
            return Ok(a.sqrt());
        }
        // The root of the upper half is right to half of the digits; one step of Newton's from above makes that all, or all
        // but one.
        let quarter = (n - 2) / 4;
        let upper = self.square_root(&(a >> (2 * quarter * WORD_BITS)))?;
        let guess = (upper + UBig::ONE) << (quarter * WORD_BITS);
        let mut root = (self.divide(a, &guess)?.0 + guess) >> 1;
        while self.square(&root)? > *a {
            root -= UBig::ONE;
        }
        Ok(root)
    }
}

/// The greater first.
fn ordered(a: UBig, b: UBig) -> (UBig, UBig) {
    if a < b { (b, a) } else { (a, b) }
}
