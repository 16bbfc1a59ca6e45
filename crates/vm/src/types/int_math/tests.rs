//! The computations in place against the library's, rounding against decimal texts.

use std::{string::String, vec::Vec};

use dashu_int::ops::{BitTest, DivRem};

use super::*;
use crate::{boot::test_vm, types::int_text, vm::Vm};

fn int(vm: &mut Vm, value: &IBig) -> Int {
    let obj = vm.int_from_ibig(value).unwrap();
    vm.as_int(obj).unwrap()
}

fn back(vm: &Vm, obj: Obj) -> IBig {
    let int = vm.as_int(obj).unwrap();
    if let Int::Big(big) = int {
        assert!(big.bits(vm) >= WORD_BITS - 2, "small numbers are small ints");
        assert_ne!(big.limbs(vm).last(), Some(&0));
    }
    int.to_ibig(vm)
}

/// Numbers around the borders of words and of small ints, and random ones.
fn samples() -> Vec<IBig> {
    let mut values = Vec::new();
    for bits in [0usize, 1, 31, 61, 62, 63, 64, 65, 126, 127, 128, 129, 192, 200] {
        for offset in -2..=2 {
            let value = (IBig::ONE << bits) + IBig::from(offset);
            values.push(-value.clone());
            values.push(value);
        }
    }
    let mut seed = 1u64;
    for limbs in [1usize, 2, 3, 5, 30] {
        for _ in 0..2 {
            let words: Vec<Word> = (0..limbs)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (seed ^ seed >> 29) as Word
                })
                .collect();
            let value = IBig::from(UBig::from_words(&words));
            values.push(-value.clone());
            values.push(value);
        }
    }
    values
}

fn floor(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (quotient, rest) = a.div_rem(b);
    if !rest.is_zero() && (rest < IBig::ZERO) != (*b < IBig::ZERO) {
        (quotient - IBig::ONE, rest + b)
    } else {
        (quotient, rest)
    }
}

#[test]
fn operators_agree_with_the_library() {
    let mut vm = test_vm();
    let values = samples();
    for x in &values {
        let a = int(&mut vm, x);
        let negated = negate(&mut vm, a).unwrap();
        assert_eq!(back(&vm, negated), -x, "-{x}");
        let inverted = invert(&mut vm, a).unwrap();
        assert_eq!(back(&vm, inverted), !x.clone(), "~{x}");
        for shift in [0usize, 1, 62, 63, 64, 65, 130] {
            let count = Int::Small(shift as isize);
            let left = shift_left(&mut vm, a, count).unwrap();
            assert_eq!(back(&vm, left), x << shift, "{x} << {shift}");
            let right = shift_right(&mut vm, a, count).unwrap();
            assert_eq!(back(&vm, right), floor(x, &(IBig::ONE << shift)).0, "{x} >> {shift}");
        }
        for y in &values {
            let b = int(&mut vm, y);
            assert_eq!(compare(&vm, a, b), x.cmp(y), "{x} <=> {y}");
            type Op = fn(&mut Vm, Int, Int) -> R;
            let ops: [(&str, Op, IBig); 6] = [
                ("+", add, x + y),
                ("-", subtract, x - y),
                ("*", multiply, x * y),
                ("&", |vm, a, b| bitwise(vm, Bits::And, a, b), x & y),
                ("|", |vm, a, b| bitwise(vm, Bits::Or, a, b), x | y),
                ("^", |vm, a, b| bitwise(vm, Bits::Xor, a, b), x ^ y),
            ];
            for (name, op, expected) in ops {
                let result = op(&mut vm, a, b).unwrap();
                assert_eq!(back(&vm, result), expected, "{x} {name} {y}");
            }
            if y.is_zero() {
                assert!(floor_divide(&mut vm, a, b).is_err());
                continue;
            }
            let (quotient, rest) = floor(x, y);
            let both = divmod(&mut vm, a, b).unwrap();
            assert_eq!((back(&vm, both.0), back(&vm, both.1)), (quotient.clone(), rest.clone()), "{x} divmod {y}");
            let one = floor_divide(&mut vm, a, b).unwrap();
            assert_eq!(back(&vm, one), quotient, "{x} // {y}");
            let one = modulo(&mut vm, a, b).unwrap();
            assert_eq!(back(&vm, one), rest, "{x} % {y}");
        }
    }
}

#[test]
fn powers() {
    let mut vm = test_vm();
    for base in [-3isize, -2, 2, 7, 10, 1 << 40] {
        for exponent in [0usize, 1, 2, 5, 39, 64] {
            let result = power(&mut vm, Int::Small(base), Int::Small(exponent as isize)).unwrap();
            assert_eq!(back(&vm, result), IBig::from(base).pow(exponent), "{base} ** {exponent}");
        }
    }
    assert!(power(&mut vm, Int::Small(2), Int::Small(1 << 50)).is_err());
    vm.take_exception();
    let cases =
        [(3, 5, 7, 5), (3, 5, -7, -2), (2, -1, 7, 4), (5, 0, 1, 0), (-2, 3, 5, 2), (10, 20, 1_000_003, 945_220)];
    for (a, e, m, expected) in cases {
        let result = power_modulo(&mut vm, Int::Small(a), Int::Small(e), Int::Small(m)).unwrap();
        let direct =
            if e >= 0 { floor(&IBig::from(a).pow(e as usize), &IBig::from(m)).1 } else { IBig::from(expected) };
        assert_eq!(back(&vm, result), direct, "pow({a}, {e}, {m})");
    }
    assert!(power_modulo(&mut vm, Int::Small(2), Int::Small(-1), Int::Small(4)).is_err());
}

#[test]
fn conversion_to_floats_rounds_as_decimal_texts_do() {
    let mut vm = test_vm();
    for x in samples() {
        let text: String = std::format!("{x}");
        let expected: f64 = text.parse().unwrap();
        let a = int(&mut vm, &x);
        if expected.is_infinite() {
            assert!(to_float(&mut vm, a).is_err(), "{x}");
            continue;
        }
        assert_eq!(to_float(&mut vm, a).unwrap(), expected, "{x}");
        // The exact value of a double goes back and compares as what it is.
        let whole = from_float(&mut vm, expected).unwrap();
        let order = compare_with_float(&vm, a, expected);
        assert_eq!(order, Some(x.cmp(&back(&vm, whole))), "{x}");
        assert_eq!(compare_with_float(&vm, a, f64::NAN), None);
        assert_eq!(compare_with_float(&vm, a, f64::INFINITY), Some(Ordering::Less));
    }
    let huge = int(&mut vm, &(IBig::ONE << 1024));
    assert!(to_float(&mut vm, huge).is_err());
    assert_eq!(compare_with_float(&vm, huge, f64::MAX), Some(Ordering::Greater));
    assert_eq!(compare_with_float(&vm, Int::Small(2), 2.5), Some(Ordering::Less));
    assert_eq!(compare_with_float(&vm, Int::Small(-2), -2.5), Some(Ordering::Greater));
    assert_eq!(compare_with_float(&vm, Int::Small(0), -0.0), Some(Ordering::Equal));
}

#[test]
fn true_division_is_exact() {
    let mut vm = test_vm();
    let scale = IBig::from(10).pow(60);
    let cases = [(1isize, 3isize), (2, 3), (-7, 11), (1, 1 << 61), ((1 << 61) - 1, 3), (5, -9)];
    for (x, y) in cases {
        let expected = x as f64 / y as f64;
        let (a, b) = (int(&mut vm, &(IBig::from(x) * &scale)), int(&mut vm, &(IBig::from(y) * &scale)));
        assert_eq!(true_divide(&mut vm, a, b).unwrap(), expected, "{x} / {y}");
    }
    // The smallest double, its half (a tie, to even) and a little more.
    let one = Int::Small(1);
    for (bits, extra, expected) in [(1074usize, 0, 5e-324), (1075, 0, 0.0), (1075, -1, 5e-324)] {
        let b = int(&mut vm, &((IBig::ONE << bits) + IBig::from(extra)));
        assert_eq!(true_divide(&mut vm, one, b).unwrap(), expected, "2^-{bits}");
    }
    let huge = int(&mut vm, &(IBig::ONE << 2000));
    assert!(true_divide(&mut vm, huge, one).is_err());
    assert_eq!(true_divide(&mut vm, huge, huge).unwrap(), 1.0);
}

#[test]
fn texts() {
    let mut vm = test_vm();
    for x in samples() {
        let text = std::format!("{x}");
        let parsed = int_text::parse(&mut vm, text.as_bytes(), 10).unwrap().unwrap();
        assert_eq!(back(&vm, parsed), x);
        let shown = vm.repr(parsed).unwrap();
        assert_eq!(vm.str_bytes(shown), Some(text.as_bytes()));
        assert_eq!(x.bit_len(), vm.as_int(parsed).unwrap().bits(&vm));
    }
}

#[test]
fn roots_and_divisors() {
    let mut vm = test_vm();
    let square = IBig::from(12_345_678_901_234_567u64) * IBig::from(12_345_678_901_234_567u64);
    for (offset, expected) in
        [(0, 12_345_678_901_234_567u64), (-1, 12_345_678_901_234_566), (1, 12_345_678_901_234_567)]
    {
        let n = int(&mut vm, &(square.clone() + IBig::from(offset)));
        let root = square_root(&mut vm, n).unwrap();
        assert_eq!(back(&vm, root), IBig::from(expected));
    }
    let (a, b) = (int(&mut vm, &(square.clone() * IBig::from(-6))), int(&mut vm, &(square.clone() * IBig::from(4))));
    let divisor = gcd(&mut vm, a, b).unwrap();
    assert_eq!(back(&vm, divisor), square * IBig::from(2));
}
