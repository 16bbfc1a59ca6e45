//! Padding, tabs and translation for str, bytes and bytearray.

use heap::Obj;

use crate::{
    layout::{dict::Dict, text::Text},
    native::Args,
    qstr::q,
    text_out::TextOut,
    types::{
        exception::Exc,
        text_kind::{Kind, bind_method, bytes_operand, receiver, str_receiver},
        text_search::finish,
        utf8,
    },
    value::R,
    vm::Vm,
};

/// Writes a character `n` times, in pieces; raises MemoryError rather than running long for absurd widths.
pub fn fill(vm: &mut Vm, out: &mut TextOut, char: &[u8], n: usize) -> R<()> {
    let mut piece = [0u8; 64];
    let each = piece.len() / char.len().max(1);
    for slot in piece.chunks_exact_mut(char.len().max(1)) {
        slot.copy_from_slice(char);
    }
    let mut left = n;
    if n > crate::layout::text::MAX_LEN / 4 {
        return Err(vm.raise_memory_error(n));
    }
    out.reserve(vm, n * char.len())?;
    while left > 0 {
        let now = left.min(each);
        out.write(vm, &piece[..now * char.len()])?;
        left -= now;
    }
    Ok(())
}

fn pad(vm: &mut Vm, args: &[Obj], split: fn(usize, usize) -> usize) -> R {
    let (kind, text) = receiver(vm, args[0])?;
    let width = vm.index(args[1])?;
    let fill_text = match args.get(2) {
        Some(fill) => Some(kind.operand(vm, *fill)?),
        None => None,
    };
    let char = fill_text.as_ref().map_or(&b" "[..], Text::bytes);
    let chars = if kind.is_str() { utf8::chars(char).count() } else { char.len() };
    if chars != 1 {
        return Err(vm.type_error("the fill character must be exactly one character long"));
    }
    let len = text.chars();
    let width = usize::try_from(width).unwrap_or(0);
    if width <= len {
        return kind.part(vm, &text, 0, text.len());
    }
    let total = width - len;
    let left = split(total, width);
    let mut out = TextOut::buffer();
    fill(vm, &mut out, char, left)?;
    out.write(vm, text.bytes())?;
    fill(vm, &mut out, char, total - left)?;
    finish(vm, kind, out)
}

/// `center(width, fill)`
pub fn center(vm: &mut Vm, args: &[Obj]) -> R {
    pad(vm, args, |total, width| total / 2 + (total & width & 1))
}

/// `ljust(width, fill)`
pub fn ljust(vm: &mut Vm, args: &[Obj]) -> R {
    pad(vm, args, |_, _| 0)
}

/// `rjust(width, fill)`
pub fn rjust(vm: &mut Vm, args: &[Obj]) -> R {
    pad(vm, args, |total, _| total)
}

/// `zfill(width)`
pub fn zfill(vm: &mut Vm, text: Obj, width: Obj) -> R {
    let (kind, text) = receiver(vm, text)?;
    let width = usize::try_from(vm.index(width)?).unwrap_or(0);
    let len = text.chars();
    if width <= len {
        return kind.part(vm, &text, 0, text.len());
    }
    let bytes = text.bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut out = TextOut::buffer();
    out.write(vm, &bytes[..sign])?;
    fill(vm, &mut out, b"0", width - len)?;
    out.write(vm, &bytes[sign..])?;
    finish(vm, kind, out)
}

/// `expandtabs(tabsize)`
pub fn expandtabs(vm: &mut Vm, args: &Args) -> R {
    let (text, [size]) = bind_method(vm, args, [q::tabsize], 0)?;
    let (kind, text) = receiver(vm, text)?;
    let size = match size {
        Some(size) => usize::try_from(vm.index(size)?).unwrap_or(0),
        None => 8,
    };
    let bytes = text.bytes();
    let mut out = TextOut::buffer();
    let (mut column, mut at) = (0usize, 0);
    while let Some((char, len)) = kind.decode(bytes, at) {
        match char {
            9 if size > 0 => {
                let spaces = size - column % size;
                fill(vm, &mut out, b" ", spaces)?;
                column += spaces;
            }
            9 => {}
            _ => {
                out.write(vm, &bytes[at..at + len])?;
                column = if char == 10 || char == 13 { 0 } else { column + 1 };
            }
        }
        at += len;
    }
    finish(vm, kind, out)
}

/// `str.maketrans(x, y, z)`
pub fn maketrans(vm: &mut Vm, args: &[Obj]) -> R {
    let table = vm.new_dict(0)?;
    let [from, rest @ ..] = args else {
        return Err(vm.type_error("maketrans expected at least 1 argument, got 0"));
    };
    if rest.is_empty() {
        let Some(source) = vm.cast::<Dict>(*from) else {
            return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        let mut position = 0;
        while let Some((next, key, value)) = source.entry(vm, position) {
            position = next;
            let key = match vm.text(key) {
                Some(text) if text.chars() == 1 => {
                    let char = utf8::decode(text.bytes(), 0).map_or(0, |(char, _)| char);
                    Obj::small_int_unchecked(char as isize)
                }
                Some(_) => return Err(vm.value_error("string keys in translate table must be of length 1")),
                None if vm.is_int(key) => key,
                None => return Err(vm.type_error("keys in translate table must be strings or integers")),
            };
            table.set(vm, key, value)?;
        }
        return Ok(table.obj());
    }
    let from = Kind::Str.operand(vm, *from)?;
    let to = Kind::Str.operand(vm, rest[0])?;
    if from.chars() != to.chars() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (from, to) in utf8::chars(from.bytes()).zip(utf8::chars(to.bytes())) {
        table.set(vm, Obj::small_int_unchecked(from as isize), Obj::small_int_unchecked(to as isize))?;
    }
    if let Some(drop) = rest.get(1) {
        let drop = Kind::Str.operand(vm, *drop)?;
        for char in utf8::chars(drop.bytes()) {
            table.set(vm, Obj::small_int_unchecked(char as isize), Obj::NONE)?;
        }
    }
    Ok(table.obj())
}

/// `str.translate(table)`
pub fn translate(vm: &mut Vm, text: Obj, table: Obj) -> R {
    let text = str_receiver(vm, text)?;
    let mut out = TextOut::buffer();
    for char in utf8::chars(text.bytes()) {
        let key = Obj::small_int_unchecked(char as isize);
        let value = match vm.exact::<Dict>(table) {
            Some(dict) => dict.get(vm, key)?,
            None => {
                let result = vm.getitem(table, key);
                vm.catch(result, Exc::LookupError)?
            }
        };
        match value {
            None => out.write(vm, utf8::encode(char).bytes())?,
            Some(value) if value == Obj::NONE => {}
            Some(value) => match vm.text(value) {
                Some(new) => out.write(vm, new.bytes())?,
                None => match vm.is_int(value).then(|| value.as_small_int()).flatten() {
                    Some(code) if (0..0x11_0000).contains(&code) => {
                        out.write(vm, utf8::encode(code as u32).bytes())?;
                    }
                    Some(_) => return Err(vm.value_error("character mapping must be in range(0x110000)")),
                    None => return Err(vm.type_error("character mapping must return integer, None or str")),
                },
            },
        }
    }
    out.into_str(vm)
}

/// `bytes.maketrans(from, to)`
pub fn maketrans_bytes(vm: &mut Vm, from: Obj, to: Obj) -> R {
    let (from, to) = (bytes_operand(vm, from)?, bytes_operand(vm, to)?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: [u8; 256] = core::array::from_fn(|i| i as u8);
    for (from, to) in from.bytes().iter().zip(to.bytes()) {
        table[*from as usize] = *to;
    }
    vm.new_bytes(&table)
}

/// `bytes.translate(table, delete)`
pub fn translate_bytes(vm: &mut Vm, args: &Args) -> R {
    let (text, [table, delete]) = bind_method(vm, args, [q::table, q::delete], 1)?;
    let (kind, text) = receiver(vm, text)?;
    let mut map: [u8; 256] = core::array::from_fn(|i| i as u8);
    if let Some(table) = table
        && table != Obj::NONE
    {
        let table = bytes_operand(vm, table)?;
        if table.len() != 256 {
            return Err(vm.value_error("translation table must be 256 characters long"));
        }
        map.copy_from_slice(table.bytes());
    }
    let mut drop = [false; 256];
    if let Some(delete) = delete {
        let delete = bytes_operand(vm, delete)?;
        for byte in delete.bytes() {
            drop[*byte as usize] = true;
        }
    }
    let mut out = TextOut::buffer();
    for byte in text.bytes() {
        if !drop[*byte as usize] {
            out.write(vm, &[map[*byte as usize]])?;
        }
    }
    finish(vm, kind, out)
}
