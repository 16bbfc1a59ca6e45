use super::*;
use alloc::vec::Vec;
use std::format;

#[test]
fn constants_have_the_official_words() {
    assert_eq!([Obj::NONE, Obj::FALSE, Obj::TRUE].map(Obj::word), [6, 14, 30]);
    assert_eq!([Obj::from_bool(false), Obj::from_bool(true)], [Obj::FALSE, Obj::TRUE]);
    assert_eq!(Obj::small_int(5).map(Obj::word), Some(11));
    assert_eq!(Obj::small_int(-1).map(Obj::word), Some(usize::MAX));
    assert_eq!(Obj::qstr(3).word(), 26);
    assert_eq!(Obj::from_word(0), None);
}

#[test]
fn small_ints_round_trip_up_to_the_edges() {
    for value in [0, 1, -1, 1234, Obj::SMALL_INT_MAX, Obj::SMALL_INT_MIN] {
        let object = Obj::small_int(value).expect("in range");
        assert_eq!(object.unpack(), Unpacked::SmallInt(value));
    }
    for value in [Obj::SMALL_INT_MAX + 1, Obj::SMALL_INT_MIN - 1, isize::MAX, isize::MIN] {
        assert_eq!(Obj::small_int(value), None);
    }
}

#[test]
fn qstrs_and_pointers_round_trip() {
    for number in [0, 1, 0xffff, 0x1000_0000] {
        assert_eq!(Obj::qstr(number).unpack(), Unpacked::Qstr(number));
    }
    let place = [0u64; 2];
    let pointer = NonNull::from(&place[1]).cast::<u8>();
    assert_eq!(Obj::from_ptr(pointer).unpack(), Unpacked::Pointer(pointer));
}

/// The words of the constants, zeros and markers.
fn reserved_words() -> Vec<Obj> {
    let mut words = alloc::vec![Obj::NONE, Obj::FALSE, Obj::TRUE];
    words.extend((0..Obj::MARKERS).map(Obj::marker));
    words
}

#[test]
fn markers_are_distinct_and_nothing_else() {
    let mut words: Vec<usize> = reserved_words().into_iter().map(Obj::word).collect();
    words.extend([Obj::float_immediate(0.0), Obj::float_immediate(-0.0)].into_iter().flatten().map(Obj::word));
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), count);
    for number in 0..Obj::MARKERS {
        let marker = Obj::marker(number);
        assert_eq!(marker.unpack(), Unpacked::Marker(number));
        assert!(!marker.is_float_immediate() && !marker.is_pointer() && !marker.is_small_int() && !marker.is_qstr());
    }
    // Every word up to well past the markers: only the numbers asked for are markers.
    for word in 1..4096 {
        let object = Obj::from_word(word).expect("not zero");
        let expected = (0..Obj::MARKERS).find(|&number| Obj::marker(number).word() == word);
        assert_eq!(object.as_marker(), expected);
    }
}

#[test]
fn debug_shows_the_value() {
    let shown = [Obj::NONE, Obj::TRUE, Obj::qstr(7), Obj::marker(1)].map(|object| format!("{object:?}"));
    assert_eq!(shown, ["None", "True", "qstr#7", "marker#1"]);
}

#[cfg(target_pointer_width = "64")]
mod floats {
    use super::*;

    /// Checks one double; returns whether it is immediate.
    fn check(value: f64) -> bool {
        let exponent = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        let expected = value == 0.0 || (-126..=128).contains(&exponent);
        let Some(object) = Obj::float_immediate(value) else {
            assert!(!expected, "{value:e} ({:#x}) must be immediate", value.to_bits());
            return false;
        };
        assert!(expected, "{value:e} ({:#x}) must be boxed", value.to_bits());
        assert_eq!(object.as_float_immediate().map(f64::to_bits), Some(value.to_bits()));
        assert_eq!(object.as_float_nonzero().is_some(), value != 0.0);
        assert_eq!(object.word() & 7, TAG_IMMEDIATE);
        assert!(object.is_float_immediate());
        assert!(!object.is_small_int() && !object.is_qstr() && !object.is_pointer() && !object.is_marker());
        assert!(reserved_words().into_iter().all(|reserved| reserved != object));
        true
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic only, and slow there")]
    fn every_exponent_with_edge_mantissas() {
        let edge = [0, 1, 2, (1 << 52) - 1, (1 << 52) - 2, 1 << 51, (1 << 51) - 1, 0x5_5555_5555_5555];
        let mut immediate = 0;
        for exponent in 0..2048u64 {
            for sign in [0, 1u64 << 63] {
                for mantissa in edge {
                    immediate += usize::from(check(f64::from_bits(sign | exponent << 52 | mantissa)));
                }
                for bit in 0..52 {
                    check(f64::from_bits(sign | exponent << 52 | 1 << bit));
                }
            }
        }
        // 255 exponents and zero, in both signs.
        assert_eq!(immediate, (255 * edge.len() + 1) * 2);
    }

    #[test]
    fn special_values() {
        for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN, f64::MAX, f64::MIN_POSITIVE, 5e-324] {
            assert!(!check(value));
        }
        for payload in [0x7ff0_0000_0000_0001, 0xfff8_0000_dead_beef, 0x7fff_ffff_ffff_ffff] {
            assert!(!check(f64::from_bits(payload)));
        }
        for value in [0.0, -0.0, 1.0, -1.0, 0.1, 1e38, -1e-37, f64::from(f32::MAX), f64::EPSILON] {
            assert!(check(value));
        }
    }

    #[test]
    fn random_doubles_and_random_words() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut floats = 0;
        for _ in 0..if cfg!(miri) { 500 } else { 500_000 } {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            check(f64::from_bits(state));
            check(f64::from_bits(state & 0x800f_ffff_ffff_ffff | (1023 + (state >> 52 & 255) - 127) << 52));
            // A word that decodes to a float must be the word that this float encodes to.
            let object = Obj::from_word(state as usize | TAG_IMMEDIATE).expect("not zero");
            if let Some(value) = object.as_float_immediate() {
                assert_eq!(Obj::float_immediate(value), Some(object));
                floats += 1;
            }
        }
        assert!(floats > 10);
    }
}
