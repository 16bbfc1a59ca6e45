//! `int.to_bytes` and `int.from_bytes`.

use dashu_int::Word;
use heap::Obj;

use crate::{
    layout::number::{Int, WORD_BITS},
    native::Args,
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::int::receiver,
    value::R,
    vm::Vm,
};

const WORD_BYTES: usize = WORD_BITS / 8;

/// The bytes of a number in two's complement, by place.
struct ByteView<'a> {
    negative: bool,
    limbs: &'a [Word],
    /// The lowest limb that is not zero.
    first: usize,
}

impl<'a> ByteView<'a> {
    fn new(negative: bool, limbs: &'a [Word]) -> Self {
        let first = limbs.iter().take_while(|limb| **limb == 0).count();
        ByteView { negative, limbs, first }
    }

    /// The byte of this weight, sign-extended.
    fn byte(&self, place: usize) -> u8 {
        let i = place / WORD_BYTES;
        let mut limb = self.limbs.get(i).copied().unwrap_or(0);
        if self.negative {
            // -m is !(m - 1), and the borrow stops at the first limb that is not zero.
            limb = match i.cmp(&self.first) {
                core::cmp::Ordering::Less => 0,
                core::cmp::Ordering::Equal => limb.wrapping_neg(),
                core::cmp::Ordering::Greater => !limb,
            };
        }
        (limb >> (place % WORD_BYTES * 8)) as u8
    }
}

/// Writes the low bytes of a number in two's complement; what does not fit is cut off.
pub fn write_bytes(vm: &Vm, int: Int, out: &mut [u8], big_endian: bool) {
    let mut place = [0];
    let (negative, limbs) = int.sign_limbs(vm, &mut place);
    let view = ByteView::new(negative, limbs);
    let len = out.len();
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = view.byte(if big_endian { len - 1 - i } else { i });
    }
}

/// Whether a number fits into so many bytes.
pub fn fits(vm: &Vm, int: Int, length: usize, signed: bool) -> bool {
    let bits = int.bits(vm);
    let room = length.saturating_mul(8);
    if !signed {
        return !int.is_negative() && bits <= room;
    }
    if bits < room || int.is_zero() {
        return true;
    }
    // Only the most negative number has all bits.
    let mut place = [0];
    let (negative, limbs) = int.sign_limbs(vm, &mut place);
    negative && bits == room && limbs.iter().map(|limb| limb.count_ones()).sum::<u32>() == 1
}

fn big_endian(vm: &mut Vm, order: Option<Obj>) -> R<bool> {
    let Some(order) = order else {
        return Ok(true);
    };
    match vm.str_bytes(order) {
        Some(b"big") => Ok(true),
        Some(b"little") => Ok(false),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
        None => Err(vm.type_error_for("argument 'byteorder' must be str, not ", order, "")),
    }
}

/// The keyword argument `signed`, which no position has.
fn signed_argument(vm: &mut Vm, args: &Args) -> R<bool> {
    match args.keywords().find(|(key, _)| vm.names_equal(*key, q::signed)) {
        Some((_, value)) => vm.is_true(value),
        None => Ok(false),
    }
}

/// `int.to_bytes(length=1, byteorder='big', *, signed=False)`
pub fn to_bytes(vm: &mut Vm, args: &Args) -> R {
    let int = receiver(vm, args.pos[0])?;
    let [length, order, _] = vm.bind(&args.skip_first(), [q::length, q::byteorder, q::signed], 0)?;
    let length = match length {
        Some(length) => vm.index(length)?,
        None => 1,
    };
    let big_endian = big_endian(vm, order)?;
    let signed = signed_argument(vm, args)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    if int.is_negative() && !signed {
        return Err(vm.overflow_error("can't convert negative int to unsigned"));
    }
    if !fits(vm, int, length, signed) {
        return Err(vm.overflow_error("int too big to convert"));
    }
    if length <= 32 {
        let mut bytes = [0; 32];
        write_bytes(vm, int, &mut bytes[..length], big_endian);
        return vm.new_bytes(&bytes[..length]);
    }
    let mut out = TextOut::buffer();
    let mut done = 0;
    while done < length {
        let mut window = [0; 256];
        let n = window.len().min(length - done);
        let mut place = [0];
        let (negative, limbs) = int.sign_limbs(vm, &mut place);
        let view = ByteView::new(negative, limbs);
        for (i, byte) in window[..n].iter_mut().enumerate() {
            *byte = view.byte(if big_endian { length - 1 - done - i } else { done + i });
        }
        out.write(vm, &window[..n])?;
        done += n;
    }
    out.into_bytes(vm)
}

/// `int.from_bytes(bytes, byteorder='big', *, signed=False)`
pub fn from_bytes(vm: &mut Vm, args: &Args) -> R {
    let [source, order, _] = vm.bind(&args.skip_first(), [q::bytes, q::byteorder, q::signed], 1)?;
    let big_endian = big_endian(vm, order)?;
    let signed = signed_argument(vm, args)?;
    let mut source = source.unwrap_or(Obj::NONE);
    if vm.type_of(source).slots().buffer.is_none() {
        let bytes = vm.type_of_id(TypeId::Bytes).obj();
        if vm.is_str(source) || vm.is_int(source) {
            return Err(vm.type_error_for("cannot convert '", source, "' object to bytes"));
        }
        source = vm.call(bytes, &[source])?;
    }
    let Some(buffer) = vm.buffer(source)? else {
        return Err(vm.type_error_for("cannot convert '", source, "' object to bytes"));
    };
    let int = match read_short(buffer.bytes(vm), big_endian, signed) {
        Some(value) => vm.new_int(value)?,
        None => {
            let len = buffer.len();
            let top = if big_endian { 0 } else { len.saturating_sub(1) };
            let negative = signed && buffer.bytes(vm).get(top).is_some_and(|byte| byte & 0x80 != 0);
            vm.build_int(negative, len / WORD_BYTES + 1, |vm, limbs| {
                read_limbs(buffer.bytes(vm), big_endian, negative, limbs);
            })?
        }
    };
    match vm.as_type(args.pos[0]) {
        Some(class) if !class.is(TypeId::Int) => vm.call(class.obj(), &[int]),
        _ => Ok(int),
    }
}

/// The int that bytes outside of the heap spell.
pub fn from_slice(vm: &mut Vm, bytes: &[u8], big_endian: bool, signed: bool) -> R {
    let top = if big_endian { bytes.first() } else { bytes.last() };
    let negative = signed && top.is_some_and(|byte| byte & 0x80 != 0);
    vm.build_int(negative, bytes.len() / WORD_BYTES + 1, |_, limbs| {
        read_limbs(bytes, big_endian, negative, limbs);
    })
}

/// What bytes spell if that fits, zeros on top aside, in 15 bytes: no number is made on the way.
fn read_short(bytes: &[u8], big_endian: bool, signed: bool) -> Option<i128> {
    let value = |bytes: &[u8]| {
        let join = |value: u128, byte: &u8| value << 8 | u128::from(*byte);
        if big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    };
    let top = if big_endian { bytes.first() } else { bytes.last() };
    if signed && top.is_some_and(|byte| byte & 0x80 != 0) {
        let unused = 128 - 8 * u32::try_from(bytes.len()).ok().filter(|len| *len < 16)?;
        return Some((value(bytes) << unused) as i128 >> unused);
    }
    let significant = if big_endian {
        &bytes[bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len())..]
    } else {
        &bytes[..bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)]
    };
    (significant.len() < 16).then(|| value(significant) as i128)
}

/// Reads bytes as limbs of a magnitude; `limbs` has room for at least one byte more.
fn read_limbs(bytes: &[u8], big_endian: bool, negative: bool, limbs: &mut [Word]) {
    let len = bytes.len();
    for i in 0..len {
        let byte = bytes[if big_endian { len - 1 - i } else { i }];
        let byte = if negative { !byte } else { byte };
        limbs[i / WORD_BYTES] |= (byte as Word) << (i % WORD_BYTES * 8);
    }
    if negative {
        for limb in limbs {
            let (sum, over) = limb.overflowing_add(1);
            *limb = sum;
            if !over {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twos_complement() {
        for value in [0i128, 1, -1, 255, -256, 1 << 64, -(1 << 64), (1 << 70) - 3, -(1 << 70) + 3, -(1 << 63)] {
            let magnitude = value.unsigned_abs();
            let limbs = [magnitude as Word, (magnitude >> 64) as Word];
            let view = ByteView::new(value < 0, &limbs);
            let expected = value.to_le_bytes();
            for (i, byte) in expected.iter().enumerate() {
                assert_eq!(view.byte(i), *byte, "{value} {i}");
            }
            let mut read = [0; 3];
            read_limbs(&expected, false, value < 0, &mut read);
            assert_eq!(read, [limbs[0], limbs[1], 0], "{value}");
        }
    }

    #[test]
    fn short_numbers() {
        for value in [0, 1, -1, 127, -128, 255, 1 << 62, -(1 << 62), 1 << 64, (1 << 119) - 1, -(1 << 119)] {
            let value: i128 = value;
            let (le, be) = (value.to_le_bytes(), value.to_be_bytes());
            assert_eq!(read_short(&le[..15], false, true), Some(value));
            assert_eq!(read_short(&be[1..], true, true), Some(value));
            if value >= 0 {
                assert_eq!(read_short(&le, false, false), Some(value));
                assert_eq!(read_short(&be, true, false), Some(value));
            } else {
                assert_eq!(read_short(&le, false, false), None, "sixteen bytes are too many");
                assert_eq!(read_short(&be, true, true), None);
            }
        }
        assert_eq!(read_short(&[], true, true), Some(0));
    }
}
