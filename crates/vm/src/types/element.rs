//! Elements of arrays and memoryviews: how a type code lays out a number.

use heap::Obj;

use crate::{
    types::exception::Exc,
    value::{R, Raised},
    vm::Vm,
};

/// The size in bytes of an element; `None`: no such type code.
pub const fn size(typecode: u8) -> Option<usize> {
    Some(match typecode {
        b'b' | b'B' | b'c' => 1,
        b'h' | b'H' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'P' => size_of::<usize>(),
        b'q' | b'Q' | b'd' => 8,
        _ => return None,
    })
}

/// The value of an element (its bytes in the order of this machine).
pub fn read(vm: &mut Vm, typecode: u8, bytes: &[u8]) -> R {
    let mut wide = [0u8; 8];
    let n = bytes.len().min(8);
    wide[..n].copy_from_slice(&bytes[..n]);
    // Unused high bytes must not count, in either byte order.
    let unsigned = if cfg!(target_endian = "big") {
        u64::from_ne_bytes(wide) >> (64 - 8 * n.max(1))
    } else {
        u64::from_ne_bytes(wide)
    };
    let unused = 64 - 8 * n.max(1) as u32;
    match typecode {
        b'f' => vm.new_float(f32::from_bits(unsigned as u32) as f64),
        b'd' => vm.new_float(f64::from_bits(unsigned)),
        // Addresses are shown with a sign, as MicroPython does.
        b'b' | b'h' | b'i' | b'l' | b'q' | b'P' => {
            let value = ((unsigned << unused) as i64) >> unused;
            vm.new_int(value)
        }
        _ => vm.new_int(unsigned),
    }
}

/// The bytes of a value (as many as [`size`] says). Raises TypeError and OverflowError; may run Python code.
pub fn write(vm: &mut Vm, typecode: u8, value: Obj) -> R<[u8; 8]> {
    let n = size(typecode).unwrap_or(1);
    let bits = match typecode {
        b'f' => (vm.float_value(value)? as f32).to_bits() as u64,
        b'd' => vm.float_value(value)?.to_bits(),
        _ => {
            let int = vm.index_int(value)?;
            let wide = int.as_i128(vm);
            let bits = 8 * n as u32;
            let (low, high) = if typecode == b'P' {
                (-1i128 << (bits - 1), (1i128 << bits) - 1)
            } else if typecode.is_ascii_lowercase() && typecode != b'c' {
                (-1i128 << (bits - 1), (1i128 << (bits - 1)) - 1)
            } else {
                (0, (1i128 << bits) - 1)
            };
            match wide {
                Some(wide) if wide >= low && wide <= high => wide as u64,
                _ => {
                    let too_small = int.is_negative();
                    return Err(out_of_range(vm, typecode, too_small));
                }
            }
        }
    };
    let mut bytes = [0; 8];
    if cfg!(target_endian = "big") {
        bytes[..n].copy_from_slice(&bits.to_ne_bytes()[8 - n..]);
    } else {
        bytes = bits.to_ne_bytes();
    }
    Ok(bytes)
}

#[cold]
fn out_of_range(vm: &mut Vm, typecode: u8, too_small: bool) -> Raised {
    let name = match typecode {
        b'b' => "signed char",
        b'B' => "unsigned byte integer",
        b'h' => "signed short integer",
        b'H' => "unsigned short",
        b'i' => "signed int",
        b'I' => "unsigned int",
        b'l' => "signed long",
        b'L' => "unsigned long",
        b'q' => "signed long long",
        _ => "unsigned long long",
    };
    let what = if too_small { "less than minimum" } else { "greater than maximum" };
    vm.error(Exc::OverflowError, format_args!("{name} is {what}"))
}
