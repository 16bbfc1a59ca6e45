//! `binascii`: bytes as hexadecimal digits and base64, and the CRC of zip files.

use vm::{
    Obj, R, Vm,
    native::{Args, Def, Member, ModuleDef, Native},
    text_out::TextOut,
    types::{
        bytes_methods::hex_of,
        exception::Exc,
        text_kind::{bytes_operand, bytes_operand_maybe},
    },
};

/// `binascii`
pub static BINASCII: ModuleDef = ModuleDef { name: "binascii", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("Error", Def::Value(|vm| Ok(vm.exc_type(Exc::ValueError).obj()))),
    ("a2b_base64", Def::Fn(Native::F1(a2b_base64))),
    ("b2a_base64", Def::Fn(Native::Kw(1, 1, b2a_base64))),
    ("b2a_hex", Def::Fn(Native::Var(1, 3, hexlify))),
    ("a2b_hex", Def::Fn(Native::F1(unhexlify))),
    ("crc32", Def::Fn(Native::Var(1, 2, crc32))),
    ("hexlify", Def::Fn(Native::Var(1, 3, hexlify))),
    ("unhexlify", Def::Fn(Native::F1(unhexlify))),
];

fn hexlify(vm: &mut Vm, args: &[Obj]) -> R {
    let data = bytes_operand(vm, args[0])?;
    let text = hex_of(vm, data.bytes(), &Args::positional(&args[1..]))?;
    match vm.text(text) {
        Some(text) => vm.new_bytes(text.bytes()),
        None => Ok(text),
    }
}

/// ASCII text from a str or bytes.
fn ascii_operand(vm: &mut Vm, obj: Obj) -> R<vm::layout::text::Text> {
    match vm.text(obj) {
        Some(text) if text.is_ascii() => Ok(text),
        Some(_) => Err(vm.value_error("string argument should contain only ASCII characters")),
        None => match bytes_operand_maybe(vm, obj)? {
            Some(text) => Ok(text),
            None => bytes_operand(vm, obj),
        },
    }
}

fn unhexlify(vm: &mut Vm, data: Obj) -> R {
    let text = ascii_operand(vm, data)?;
    let digits = text.bytes();
    if !digits.len().is_multiple_of(2) {
        return Err(vm.value_error("Odd-length string"));
    }
    let digit = |byte: u8| (byte as char).to_digit(16);
    if !digits.iter().all(|byte| digit(*byte).is_some()) {
        return Err(vm.value_error("Non-hexadecimal digit found"));
    }
    vm.new_bytes_with(digits.len() / 2, |room| {
        for (byte, pair) in room.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (digit(pair[0]).unwrap_or(0) << 4 | digit(pair[1]).unwrap_or(0)) as u8;
        }
    })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn b2a_base64(vm: &mut Vm, args: &Args) -> R {
    let data = bytes_operand(vm, args.pos[0])?;
    let mut newline = true;
    for (name, value) in args.keywords() {
        if vm.str_bytes(name) != Some(b"newline") {
            return Err(vm.type_error("extra keyword arguments given"));
        }
        newline = vm.is_true(value)?;
    }
    let len = data.len().div_ceil(3) * 4 + usize::from(newline);
    vm.new_bytes_with(len, |room| {
        for (place, group) in room.chunks_mut(4).zip(data.bytes().chunks(3)) {
            let byte = |i: usize| group.get(i).copied().unwrap_or(0) as usize;
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for (i, char) in place.iter_mut().enumerate() {
                *char = if i <= group.len() { ALPHABET[bits >> (18 - 6 * i) & 63] } else { b'=' };
            }
        }
        if newline && let Some(last) = room.last_mut() {
            *last = b'\n';
        }
    })
}

fn a2b_base64(vm: &mut Vm, data: Obj) -> R {
    let text = ascii_operand(vm, data)?;
    let mut out = TextOut::buffer();
    let (mut bits, mut count, mut pads) = (0u32, 0, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                pads += 1;
                // A complete group ends the data.
                if count >= 2 && count + pads >= 4 {
                    return out.into_bytes(vm);
                }
                continue;
            }
            _ => continue,
        };
        pads = 0;
        bits = bits << 6 | value as u32;
        count += 1;
        match count {
            2 => out.write(vm, &[(bits >> 4) as u8])?,
            3 => out.write(vm, &[(bits >> 2) as u8])?,
            4 => {
                out.write(vm, &[bits as u8])?;
                (bits, count) = (0, 0);
            }
            _ => {}
        }
    }
    if count != 0 {
        return Err(vm.value_error("Incorrect padding"));
    }
    out.into_bytes(vm)
}

/// CRC-32 (polynomial 0xedb88320), by half bytes.
fn update(crc: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut i = 0;
        while i < 16 {
            let mut crc = i as u32;
            let mut bit = 0;
            while bit < 4 {
                crc = if crc & 1 != 0 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
                bit += 1;
            }
            table[i] = crc;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!crc, |crc, byte| {
        let crc = crc ^ *byte as u32;
        let crc = crc >> 4 ^ TABLE[(crc & 15) as usize];
        crc >> 4 ^ TABLE[(crc & 15) as usize]
    })
}

fn crc32(vm: &mut Vm, args: &[Obj]) -> R {
    let data = bytes_operand(vm, args[0])?;
    let start = match args.get(1) {
        Some(start) => {
            let start = vm.index_int(*start)?;
            start.wrapping_u64(vm) as u32
        }
        None => 0,
    };
    vm.new_int(update(start, data.bytes()) as i64)
}

#[cfg(test)]
mod tests {
    use super::update;

    #[test]
    fn crc_of_known_texts() {
        for (text, crc) in [("", 0), ("123456789", 0xcbf4_3926), ("a", 0xe8b7_be43)] {
            assert_eq!(update(0, text.as_bytes()), crc, "{text}");
        }
        assert_eq!(update(update(0, b"1234"), b"56789"), 0xcbf4_3926);
    }
}
