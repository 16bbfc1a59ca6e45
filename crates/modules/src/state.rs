//! What modules keep from call to call: objects in one dict that the machine holds.

use vm::{Obj, R, Ref, Vm, layout::dict::Dict, vm::Root};

fn dict(vm: &mut Vm) -> R<Ref<Dict>> {
    let present = vm.root(Root::ModuleState).and_then(|dict| vm.exact::<Dict>(dict));
    if let Some(dict) = present {
        return Ok(dict);
    }
    let dict = vm.new_dict(0)?;
    vm.set_root(Root::ModuleState, Some(dict.obj()));
    Ok(dict)
}

/// What is kept under a name.
pub fn get(vm: &mut Vm, name: &str) -> R<Option<Obj>> {
    let name = vm.intern(name.as_bytes())?;
    let dict = dict(vm)?;
    Ok(dict.get_name(vm, name))
}

/// Keeps an object under a name.
pub fn set(vm: &mut Vm, name: &str, value: Obj) -> R<()> {
    let name = vm.intern(name.as_bytes())?;
    let dict = dict(vm)?;
    dict.set_name(vm, name, value)
}
