//! `marshal`: code objects as bytes, in the form of an .mpy file.

use vm::{
    R,
    native::{Def, ModuleDef, Native},
};

/// `marshal`
pub static MARSHAL: ModuleDef = ModuleDef {
    name: "marshal",
    members: &[("dumps", Def::Fn(Native::F1(|vm, code| vm.dump_code(code)))), ("loads", Def::Fn(Native::F1(loads)))],
    init: None,
};

/// The code belongs to the globals of whoever asks for it, until it is given others.
fn loads(vm: &mut vm::Vm, data: vm::Obj) -> R {
    let Some(buffer) = vm.buffer(data)? else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let bytes = alloc::vec::Vec::from(buffer.bytes(vm));
    let globals = vm.current_globals();
    Ok(vm.load_mpy(&bytes, globals)?.obj())
}
