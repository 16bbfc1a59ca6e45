//! `errno`.

use vm::{Obj, R, Vm, native::ModuleDef, types::errno::ERRNO as NUMBERS};

/// `errno`
pub static ERRNO: ModuleDef = ModuleDef { name: "errno", members: &[], init: Some(init) };

fn init(vm: &mut Vm, module: Obj) -> R<()> {
    let Some(dict) = vm.module_dict(module) else { return Ok(()) };
    let codes = vm.new_dict(NUMBERS.len())?;
    for (name, number) in NUMBERS {
        let number = Obj::small_int_unchecked(*number);
        let name = vm.intern(name.as_bytes())?;
        dict.set_name(vm, name, number)?;
        codes.set(vm, number, name.obj())?;
    }
    // The other name of EOPNOTSUPP is the one that CPython gives for the number.
    let name = vm.intern(b"ENOTSUP")?;
    if let Some((_, number)) = NUMBERS.iter().find(|(name, _)| *name == "EOPNOTSUPP") {
        let number = Obj::small_int_unchecked(*number);
        dict.set_name(vm, name, number)?;
        codes.set(vm, number, name.obj())?;
    }
    codes.set_flag(vm::layout::dict::flag::FIXED);
    let name = vm.intern(b"errorcode")?;
    dict.set_name(vm, name, codes.obj())
}
