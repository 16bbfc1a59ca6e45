//! Arithmetic on constant numbers, with the results of the official compiler.
//!
//! `None` means that the operation raises, gives a complex number or would be unreasonably large;
//! it is then left for run time.

use crate::constants::Value;
use dashu_int::IBig;
use dashu_int::ops::BitTest;
use syntax::tree::{BinOp, UnaryOp};

/// A constant number.
#[derive(Clone, Debug)]
pub enum Number {
    /// An integer.
    Int(IBig),
    /// A float.
    Float(f64),
}

impl Number {
    /// The number that a constant is, if it is one; truth values are not.
    pub fn of(value: &Value) -> Option<Number> {
        match value {
            Value::Int(int) => Some(Number::Int(int.clone())),
            Value::Float(float) => Some(Number::Float(*float)),
            _ => None,
        }
    }

    /// The constant.
    pub fn into_value(self) -> Value {
        match self {
            Number::Int(int) => Value::Int(int),
            Number::Float(float) => Value::Float(float),
        }
    }

    fn to_float(&self) -> f64 {
        match self {
            Number::Int(int) => int_to_float(int),
            Number::Float(float) => *float,
        }
    }
}

/// The official conversion: integers of up to 63 bits are rounded once, larger ones digit by digit.
fn int_to_float(int: &IBig) -> f64 {
    if let Ok(small) = i64::try_from(int)
        && (-(1 << 62)..1 << 62).contains(&small)
    {
        return small as f64;
    }
    let (sign, magnitude) = int.clone().into_parts();
    let mut value = 0.0;
    let bytes = magnitude.to_le_bytes();
    for digit in bytes.chunks(4).rev() {
        let mut word = [0; 4];
        word[..digit.len()].copy_from_slice(digit);
        value = value * 4294967296.0 + u32::from_le_bytes(word) as f64;
    }
    if sign == dashu_int::Sign::Negative { -value } else { value }
}

/// Applies a unary operator.
pub fn unary(op: UnaryOp, operand: Number) -> Option<Number> {
    Some(match (op, operand) {
        (UnaryOp::Plus, number) => number,
        (UnaryOp::Minus, Number::Int(int)) => Number::Int(-int),
        (UnaryOp::Minus, Number::Float(float)) => Number::Float(-float),
        (UnaryOp::Invert, Number::Int(int)) => Number::Int(-int - IBig::ONE),
        _ => return None,
    })
}

/// Applies a binary operator; integer results take at most `max_bits`.
pub fn binary(op: BinOp, lhs: &Number, rhs: &Number, max_bits: usize) -> Option<Number> {
    match (lhs, rhs) {
        (Number::Int(a), Number::Int(b)) => int_binary(op, a, b, max_bits),
        _ => float_binary(op, lhs.to_float(), rhs.to_float()).map(Number::Float),
    }
}

/// Whether the result here is the machine's own: powers of floats depend on its elementary functions, and ints that no
/// double holds exactly are converted by official rules here.
pub fn is_portable(op: BinOp, lhs: &Number, rhs: &Number) -> bool {
    let exact = |number: &Number| match number {
        Number::Int(int) => int.bit_len() <= 53,
        Number::Float(_) => true,
    };
    match (lhs, rhs, op) {
        (Number::Int(_), Number::Int(exponent), BinOp::Pow) => *exponent >= IBig::ZERO,
        (_, _, BinOp::Pow) => false,
        (Number::Int(_), Number::Int(_), BinOp::Div) => exact(lhs) && exact(rhs),
        (Number::Int(_), Number::Int(_), _) => true,
        _ => exact(lhs) && exact(rhs),
    }
}

fn int_binary(op: BinOp, a: &IBig, b: &IBig, max_bits: usize) -> Option<Number> {
    let fits = |bits: usize| (bits <= max_bits).then_some(());
    Some(Number::Int(match op {
        BinOp::Or => a | b,
        BinOp::Xor => a ^ b,
        BinOp::And => a & b,
        BinOp::Lshift if *a == IBig::ZERO && usize::try_from(b).is_ok() => IBig::ZERO,
        BinOp::Lshift => {
            let by = usize::try_from(b).ok()?;
            fits(a.bit_len().checked_add(by)?)?;
            a << by
        }
        BinOp::Rshift => a >> usize::try_from(b).ok()?,
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => {
            fits(a.bit_len() + b.bit_len())?;
            a * b
        }
        BinOp::FloorDiv => floor_div(a, b)?.0,
        BinOp::Mod => floor_div(a, b)?.1,
        BinOp::Div => {
            if *b == IBig::ZERO {
                return None;
            }
            return Some(Number::Float(int_to_float(a) / int_to_float(b)));
        }
        BinOp::Pow if *b < IBig::ZERO => {
            return float_binary(op, int_to_float(a), int_to_float(b)).map(Number::Float);
        }
        BinOp::Pow => {
            let exponent = usize::try_from(b).ok()?;
            if a.bit_len() > 1 {
                fits(a.bit_len().checked_mul(exponent)?)?;
            }
            match i64::try_from(a) {
                Ok(0) if exponent > 0 => IBig::ZERO,
                Ok(1) => IBig::ONE,
                Ok(-1) => {
                    if exponent % 2 == 0 {
                        IBig::ONE
                    } else {
                        -IBig::ONE
                    }
                }
                _ => a.pow(exponent),
            }
        }
        BinOp::MatMul => return None,
    }))
}

/// Quotient rounded down, and the remainder with the sign of the divisor.
fn floor_div(a: &IBig, b: &IBig) -> Option<(IBig, IBig)> {
    if *b == IBig::ZERO {
        return None;
    }
    let quotient = a / b;
    let remainder = a - &quotient * b;
    if remainder != IBig::ZERO && (remainder < IBig::ZERO) != (*b < IBig::ZERO) {
        Some((quotient - IBig::ONE, remainder + b))
    } else {
        Some((quotient, remainder))
    }
}

fn float_binary(op: BinOp, a: f64, b: f64) -> Option<f64> {
    Some(match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div | BinOp::FloorDiv | BinOp::Mod if b == 0.0 => return None,
        BinOp::Div => a / b,
        BinOp::Mod => {
            let rest = a % b;
            if rest == 0.0 {
                libm::copysign(0.0, b)
            } else if (rest < 0.0) != (b < 0.0) {
                rest + b
            } else {
                rest
            }
        }
        BinOp::FloorDiv => {
            let rest = a % b;
            let mut quotient = (a - rest) / b;
            if rest != 0.0 && (rest < 0.0) != (b < 0.0) {
                quotient -= 1.0;
            }
            if quotient == 0.0 {
                libm::copysign(0.0, a / b)
            } else {
                let floor = libm::floor(quotient);
                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
            }
        }
        BinOp::Pow => {
            let whole = b == libm::floor(b) || b.is_nan();
            if a == 0.0 && b < 0.0 && !b.is_infinite() || a < 0.0 && !whole {
                return None;
            }
            power(a, b)
        }
        _ => return None,
    })
}

/// `a ** b`, correctly rounded for small whole exponents, as C libraries do in practice.
fn power(a: f64, b: f64) -> f64 {
    if b == 0.5 && a > 0.0 && a.is_finite() {
        return libm::sqrt(a);
    }
    if b == libm::floor(b)
        && libm::fabs(b) <= 400.0
        && a.is_finite()
        && a != 0.0
        && let Some(value) = whole_power(a, b as i32)
    {
        return value;
    }
    libm::pow(a, b)
}

/// Exact power, rounded once; `None` outside the normal range.
fn whole_power(a: f64, n: i32) -> Option<f64> {
    let bits = a.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i64;
    if biased == 0 {
        return None;
    }
    let mut mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    let exponent = biased - 1075 + zeros as i64;
    let power = IBig::from(mantissa).pow(n.unsigned_abs() as usize);
    let scale = exponent * n.unsigned_abs() as i64;
    // value = power * 2^scale, or its inverse; reduce to 64 significant bits and a sticky bit.
    let (significant, shift) = if n >= 0 {
        let cut = power.bit_len().saturating_sub(64);
        let high = &power >> cut;
        let sticky = (&high << cut) != power;
        (sticky_bits(high, sticky)?, scale + cut as i64)
    } else {
        let wide = power.bit_len() + 66;
        let one = IBig::ONE << wide;
        let quotient = &one / &power;
        let exact = &quotient * &power == one;
        let cut = quotient.bit_len().saturating_sub(64);
        let high = &quotient >> cut;
        let sticky = !exact || (&high << cut) != quotient;
        (sticky_bits(high, sticky)?, cut as i64 - wide as i64 - scale)
    };
    // One bit more than the 64 keeps the sticky bit; the conversion rounds once.
    let rounded = significant as f64;
    let result = libm::scalbn(rounded, i32::try_from(shift - 1).ok()?);
    let negative = a < 0.0 && n % 2 != 0;
    let normal = (f64::MIN_POSITIVE..f64::MAX).contains(&result);
    normal.then_some(if negative { -result } else { result })
}

fn sticky_bits(high: IBig, sticky: bool) -> Option<u128> {
    let high = u64::try_from(&high).ok()?;
    Some((high as u128) << 1 | sticky as u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Number {
        Number::Int(IBig::from_str_radix(text, 10).unwrap())
    }

    fn check(op: BinOp, lhs: Number, rhs: Number, expected: &str) {
        let text = match binary(op, &lhs, &rhs, 1 << 20) {
            None => "none".into(),
            Some(Number::Int(int)) => alloc::format!("{int}"),
            Some(Number::Float(float)) => alloc::format!("{float:?}"),
        };
        assert_eq!(text, expected, "{op:?} {lhs:?} {rhs:?}");
    }

    #[test]
    fn integers() {
        check(BinOp::FloorDiv, int("-7"), int("2"), "-4");
        check(BinOp::Mod, int("-7"), int("2"), "1");
        check(BinOp::Mod, int("7"), int("-2"), "-1");
        check(BinOp::FloorDiv, int("7"), int("0"), "none");
        check(BinOp::Pow, int("2"), int("100"), "1267650600228229401496703205376");
        check(BinOp::Pow, int("10"), int("-3"), "0.001");
        check(BinOp::Pow, int("0"), int("-1"), "none");
        check(BinOp::Pow, int("0"), int("0"), "1");
        check(BinOp::Lshift, int("1"), int("-1"), "none");
        check(BinOp::Lshift, int("0"), int("1073741823"), "0");
        check(BinOp::Lshift, int("1"), int("99999999999"), "none");
        check(BinOp::Rshift, int("-5"), int("1"), "-3");
        check(BinOp::Rshift, int("-5"), int("1000"), "-1");
        check(BinOp::Rshift, int("-5"), int("99999999999999999999999"), "none");
        check(BinOp::And, int("-1"), int("255"), "255");
        check(BinOp::Div, int("7"), int("2"), "3.5");
        check(BinOp::MatMul, int("7"), int("2"), "none");
    }

    #[test]
    fn floats() {
        let f = Number::Float;
        check(BinOp::FloorDiv, f(-7.5), f(2.0), "-4.0");
        check(BinOp::Mod, f(-7.5), f(2.0), "0.5");
        check(BinOp::Mod, f(0.0), f(-2.0), "-0.0");
        check(BinOp::Div, f(1.0), f(0.0), "none");
        check(BinOp::Pow, f(-8.0), f(0.5), "none");
        check(BinOp::Pow, f(2.0), f(0.5), "1.4142135623730951");
        check(BinOp::Pow, f(10.0), f(-5.0), "1e-5");
        check(BinOp::Pow, f(-1.1), f(3.0), "-1.3310000000000004");
        check(BinOp::Pow, f(2.0), f(-1074.0), "5e-324");
    }
}
