//! `ascii`, `chr`, `format`, `input`, `ord`, `print`, `repr`.

use heap::Obj;

use crate::{
    native::{Args, Def, Member, Native, Show},
    qstr::q,
    text_out::TextOut,
    types::{exception::Exc, str_format, text_kind::bytes_operand_maybe, utf8},
    value::R,
    vm::{Root, Vm},
};

/// The functions.
pub const MEMBERS: &[Member] = &[
    ("ascii", Def::Fn(Native::F1(str_format::ascii))),
    ("chr", Def::Fn(Native::F1(chr))),
    ("format", Def::Fn(Native::Var(1, 2, format))),
    ("input", Def::Fn(Native::Var(0, 1, input))),
    ("ord", Def::Fn(Native::F1(ord))),
    ("print", Def::Fn(Native::Kw(0, 255, print))),
    ("repr", Def::Fn(Native::F1(|vm, value| vm.repr(value)))),
];

fn chr(vm: &mut Vm, code: Obj) -> R {
    match u32::try_from(vm.index(code)?) {
        Ok(byte @ 0..0x80) => Ok(vm.ascii_char(byte as u8)),
        Ok(char @ 0..0x11_0000) => vm.new_str(utf8::encode(char).bytes()),
        _ => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm, value: Obj) -> R {
    let (text, is_str) = match vm.text(value) {
        Some(text) => (Some(text), true),
        None => (bytes_operand_maybe(vm, value)?, false),
    };
    let Some(text) = text else {
        return Err(vm.type_error_for("ord() expected string of length 1, but ", value, " found"));
    };
    let len = text.chars();
    if len != 1 {
        return Err(
            vm.error(Exc::TypeError, format_args!("ord() expected a character, but string of length {len} found"))
        );
    }
    let bytes = text.bytes();
    let char = if is_str { utf8::decode(bytes, 0).map_or(0, |(char, _)| char) } else { bytes[0] as u32 };
    Ok(Obj::small_int_unchecked(char as isize))
}

fn format(vm: &mut Vm, args: &[Obj]) -> R {
    let spec = match args.get(1) {
        None => None,
        Some(spec) => match vm.text(*spec) {
            Some(text) => (!text.is_empty()).then_some(text.owner()),
            None => return Err(vm.type_error_for("format() argument 2 must be str, not ", *spec, "")),
        },
    };
    if spec.is_none() && vm.text(args[0]).is_some_and(|text| text.owner() == args[0]) {
        return Ok(args[0]);
    }
    let mut out = TextOut::buffer();
    vm.format_value(&mut out, args[0], spec)?;
    out.into_str(vm)
}

/// An argument of `print` that is a str or None.
fn separator(vm: &mut Vm, value: Option<Obj>, default: Obj, complaint: &str) -> R {
    match value {
        None => Ok(default),
        Some(value) if value == Obj::NONE => Ok(default),
        Some(value) if vm.is_str(value) => Ok(value),
        Some(value) => Err(vm.type_error_for(complaint, value, "")),
    }
}

fn print(vm: &mut Vm, args: &Args) -> R {
    let (mut sep, mut end, mut file, mut flush) = (q::space.obj(), q::newline.obj(), None, false);
    if !args.kw.is_empty() {
        let only_kw = Args { pos: &[], kw: args.kw };
        let [new_sep, new_end, new_file, new_flush] = vm.bind(&only_kw, [q::sep, q::end, q::file, q::flush], 0)?;
        sep = separator(vm, new_sep, sep, "sep must be None or a string, not ")?;
        end = separator(vm, new_end, end, "end must be None or a string, not ")?;
        file = new_file.filter(|file| *file != Obj::NONE);
        if let Some(new_flush) = new_flush {
            flush = vm.is_true(new_flush)?;
        }
    }
    let file = file.or_else(|| redirected(vm));
    if file == Some(Obj::NONE) {
        return Ok(Obj::NONE);
    }
    let Some(file) = file else {
        let mut out = TextOut::stdout();
        for (i, value) in args.pos.iter().enumerate() {
            if i > 0 {
                vm.write_text(&mut out, sep)?;
            }
            print_value(vm, &mut out, *value)?;
        }
        vm.write_text(&mut out, end)?;
        if flush {
            vm.flush_stdout()?;
        }
        return Ok(Obj::NONE);
    };
    for (i, value) in args.pos.iter().enumerate() {
        if i > 0 {
            write_to(vm, file, sep)?;
        }
        let text = vm.str(*value)?;
        write_to(vm, file, text)?;
    }
    write_to(vm, file, end)?;
    if flush {
        vm.call_method(file, q::flush, &[])?;
    }
    Ok(Obj::NONE)
}

/// Writes a text to a stream. One that claims to have written more than it was given is broken.
fn write_to(vm: &mut Vm, file: Obj, text: Obj) -> R<()> {
    const EIO: crate::host::Errno = crate::host::Errno(5);
    let written = vm.call_method(file, q::write, &[text])?;
    let len = vm.str_bytes(text).map_or(0, <[u8]>::len);
    match written.as_small_int() {
        Some(written) if usize::try_from(written).is_ok_and(|written| written > len) => Err(vm.os_error(EIO, None)),
        _ => Ok(()),
    }
}

/// What a program has put in the place of `sys.stdout`.
pub(super) fn redirected(vm: &Vm) -> Option<Obj> {
    let sys = vm.modules().get_name(vm, q::sys)?;
    let now = vm.module_dict(sys)?.get_name(vm, q::stdout)?;
    (Some(now) != vm.root(Root::Stdout)).then_some(now)
}

/// Writes `str(value)`. What may run Python code is written only when it is complete.
fn print_value(vm: &mut Vm, out: &mut TextOut, value: Obj) -> R<()> {
    if let Some(text) = vm.text(value)
        && text.owner() == value
    {
        return out.write(vm, text.bytes());
    }
    if value.as_ptr().is_none() {
        return vm.show(value, out, Show::Str);
    }
    vm.essential(|vm| {
        let mut whole = TextOut::buffer();
        vm.show(value, &mut whole, Show::Str)?;
        let text = whole.into_str(vm)?;
        vm.write_text(out, text)
    })
}

fn input(vm: &mut Vm, args: &[Obj]) -> R {
    if let Some(prompt) = args.first() {
        print_value(vm, &mut TextOut::stdout(), *prompt)?;
    }
    vm.flush_stdout()?;
    match crate::types::stream::read_input_line(vm)? {
        Some(line) => Ok(line),
        None => Err(vm.error_args(Exc::EOFError, &[])),
    }
}
