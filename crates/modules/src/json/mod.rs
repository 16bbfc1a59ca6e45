//! `json`: as CPython's, with the official extension that bytes are written like text.

mod read;
mod write;

use vm::{
    Obj, R, Vm,
    native::{Args, Def, Member, ModuleDef, Native},
    qstr::q,
    types::{exception::Exc, text_kind::bytes_operand},
};

/// `json`
pub static JSON: ModuleDef = ModuleDef { name: "json", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("JSONDecodeError", Def::Value(|vm| Ok(vm.exc_type(Exc::ValueError).obj()))),
    ("dump", Def::Fn(Native::Kw(2, 2, dump))),
    ("dumps", Def::Fn(Native::Kw(1, 1, dumps))),
    ("load", Def::Fn(Native::Kw(1, 1, load))),
    ("loads", Def::Fn(Native::Kw(1, 1, loads))),
];

fn dumps(vm: &mut Vm, args: &Args) -> R {
    write::text(vm, args.pos[0], args)
}

fn dump(vm: &mut Vm, args: &Args) -> R {
    let text = write::text(vm, args.pos[0], args)?;
    vm.call_method(args.pos[1], q::write, &[text])?;
    Ok(Obj::NONE)
}

fn loads(vm: &mut Vm, args: &Args) -> R {
    let text = match vm.text(args.pos[0]) {
        Some(text) => text,
        None => {
            let bytes = bytes_operand(vm, args.pos[0])?;
            if core::str::from_utf8(bytes.bytes()).is_err() {
                return Err(vm.value_error("invalid UTF-8 in JSON"));
            }
            bytes
        }
    };
    read::document(vm, &text, args)
}

fn load(vm: &mut Vm, args: &Args) -> R {
    let text = match vm.getattr_maybe(args.pos[0], q::read)? {
        Some(read) => vm.call(read, &[])?,
        None => {
            // A stream that gives more than it is asked for is found out at the first byte.
            let content = vm.read_to_end(args.pos[0], 1)?;
            vm.new_bytes(&content)?
        }
    };
    loads(vm, &Args { pos: &[text], kw: args.kw })
}
