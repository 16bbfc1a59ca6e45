//! The printf of native modules.

#![allow(unsafe_code)]

use std::{iter::Peekable, ptr};

use vm::{R, Vm, qstr::Qstr};

use super::{Stub, modules::c_str, place};
use crate::{
    Word,
    enter::{self, Outcome},
};

/// The arguments of a C function with any number of them, as the convention of x86-64 has it.
#[repr(C)]
pub struct VaList {
    /// Offset of the next general register in what was saved.
    general: u32,
    /// The same of the next floating-point register.
    float: u32,
    /// The next argument on the stack.
    stack: Word,
    /// What was saved: six general registers, eight of 16 bytes.
    saved: Word,
}

const GENERAL_END: u32 = 6 * 8;
const FLOAT_END: u32 = GENERAL_END + 8 * 16;

impl VaList {
    /// The next argument that is no float.
    unsafe fn word(&mut self) -> Word {
        let at = if self.general < GENERAL_END {
            self.general += 8;
            self.saved + self.general as Word - 8
        } else {
            self.on_stack()
        };
        // SAFETY: the caller passed as many arguments as its format says.
        unsafe { *place(at) }
    }

    /// The next argument that is a float.
    unsafe fn float(&mut self) -> f64 {
        let at = if self.float < FLOAT_END {
            self.float += 16;
            self.saved + self.float as Word - 16
        } else {
            self.on_stack()
        };
        // SAFETY: as above.
        f64::from_bits(unsafe { *place(at) } as u64)
    }

    fn on_stack(&mut self) -> Word {
        self.stack += 8;
        self.stack - 8
    }
}

/// Where print goes: a function, and what it is called with.
#[repr(C)]
pub struct Print {
    pub data: Word,
    pub function: Stub,
}

/// The function of the print that goes to standard output.
pub unsafe fn write_stdout(vm: &mut Vm, _data: Word, text: Word, len: Word) -> R<Word> {
    if len > 0 {
        // SAFETY: C code has so many bytes there.
        let text = unsafe { core::slice::from_raw_parts(ptr::with_exposed_provenance::<u8>(text), len) };
        vm.write_stdout(text)?;
    }
    Ok(0)
}

pub unsafe extern "C" fn vprintf(print: Word, format: Word, list: *mut VaList) -> Outcome {
    // SAFETY: C code calls this, with a format that says what the arguments are.
    unsafe {
        let vm = enter::current();
        let text = formatted(vm, c_str(format), &mut *list);
        let print = &*ptr::with_exposed_provenance::<Print>(print);
        let args = [print.data, text.as_ptr().expose_provenance(), text.len(), 0];
        Outcome::from(enter::call(vm, print.function as *const () as Word, args).map(|_| text.len()))
    }
}

/// Width, precision and flags of a conversion.
#[derive(Default)]
struct Spec {
    left: bool,
    zeros: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

impl Spec {
    fn pad(&self, out: &mut Vec<u8>, sign: &str, body: &[u8]) {
        let fill = self.width.saturating_sub(sign.len() + body.len());
        if !self.left && !self.zeros {
            out.resize(out.len() + fill, b' ');
        }
        out.extend_from_slice(sign.as_bytes());
        if !self.left && self.zeros {
            out.resize(out.len() + fill, b'0');
        }
        out.extend_from_slice(body);
        if self.left {
            out.resize(out.len() + fill, b' ');
        }
    }
}

/// Most columns that a conversion is padded to.
const MAX_WIDTH: usize = 4096;

/// A width or precision in the format, or `*` for one among the arguments.
unsafe fn number(rest: &mut Peekable<impl Iterator<Item = u8>>, list: &mut VaList) -> usize {
    if rest.next_if_eq(&b'*').is_some() {
        // SAFETY: the format says what the arguments are.
        return usize::try_from(unsafe { list.word() } as i32).unwrap_or(0).min(MAX_WIDTH);
    }
    let mut value = 0;
    while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
        value = (value * 10 + usize::from(digit - b'0')).min(MAX_WIDTH);
    }
    value
}

/// A float as the C library writes it, without sign.
fn float_text(value: f64, conversion: u8, precision: usize) -> Vec<u8> {
    let format = [b'%', b'.', b'*', conversion, 0];
    let mut text = vec![0u8; precision + 400];
    // SAFETY: the text has room for all digits of a double, point and precision; the format takes an int and a double.
    let n = unsafe {
        libc::snprintf(
            text.as_mut_ptr().cast(),
            text.len(),
            format.as_ptr().cast(),
            precision as libc::c_int,
            value.abs(),
        )
    };
    text.truncate(usize::try_from(n).unwrap_or(0));
    text
}

unsafe fn formatted(vm: &Vm, format: &[u8], list: &mut VaList) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = format.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = rest.next_if(|byte| b"-0+ #".contains(byte)) {
            match flag {
                b'-' => spec.left = true,
                b'0' => spec.zeros = true,
                b'+' => spec.plus = true,
                _ => {}
            }
        }
        // SAFETY: the format says what the arguments are.
        unsafe {
            spec.width = number(&mut rest, list);
            if rest.next_if_eq(&b'.').is_some() {
                spec.precision = Some(number(&mut rest, list));
            }
            let mut long = false;
            while rest.next_if(|byte| b"lzjt".contains(byte)).is_some() {
                long = true;
            }
            let Some(conversion) = rest.next() else { break };
            convert(vm, &mut out, &spec, conversion, long, list);
        }
    }
    out
}

unsafe fn convert(vm: &Vm, out: &mut Vec<u8>, spec: &Spec, conversion: u8, long: bool, list: &mut VaList) {
    // SAFETY: the format says what the arguments are.
    unsafe {
        match conversion {
            b'%' => out.push(b'%'),
            b'c' => spec.pad(out, "", &[list.word() as u8]),
            b's' | b'q' => {
                let argument = list.word();
                let text = if conversion == b'q' { vm.qstr_bytes(Qstr(argument as u32)) } else { c_str(argument) };
                spec.pad(out, "", &text[..spec.precision.unwrap_or(text.len()).min(text.len())]);
            }
            b'd' | b'i' => {
                let argument = list.word();
                let value = if long { argument as i64 } else { i64::from(argument as i32) };
                let sign = if value < 0 {
                    "-"
                } else if spec.plus {
                    "+"
                } else {
                    ""
                };
                spec.pad(out, sign, value.unsigned_abs().to_string().as_bytes());
            }
            b'u' | b'x' | b'X' | b'p' => {
                let argument = list.word();
                let value = if long || conversion == b'p' { argument } else { argument as u32 as Word };
                let body = match conversion {
                    b'u' => format!("{value}"),
                    b'X' => format!("{value:X}"),
                    _ => format!("{value:x}"),
                };
                spec.pad(out, "", body.as_bytes());
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let value = list.float();
                let text = float_text(value, conversion, spec.precision.unwrap_or(6));
                let sign = if value.is_sign_negative() {
                    "-"
                } else if spec.plus {
                    "+"
                } else {
                    ""
                };
                spec.pad(out, sign, &text);
            }
            other => out.extend_from_slice(&[b'%', other]),
        }
    }
}
