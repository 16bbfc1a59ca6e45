//! Attributes of native modules that are written in Python: they come from a frozen module when they are asked for.

use heap::Obj;
use vm::{qstr::q, value::R, vm::Vm};

/// What the `__getattr__` of a module does: gives an attribute that stands in `__all__` of the frozen module `source`, and from then
/// on has it itself. AttributeError for others. Runs Python.
pub(crate) fn attribute(vm: &mut Vm, module: &str, source: &str, name: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    let globals = vm.builtins();
    let module = vm.intern(module.as_bytes())?;
    let module = vm.import_module(module.obj(), globals, Obj::NONE, 0)?;
    if vm.qstr_bytes(name).starts_with(b"__") {
        return Err(vm.attribute_error(module, name));
    }
    let source = vm.intern(source.as_bytes())?;
    // With something to import from it, the innermost module of a dotted path.
    let source = vm.import_module(source.obj(), globals, Obj::TRUE, 0)?;
    let public = vm.getattr(source, q::__all__)?;
    if !vm.contains(public, name.obj())? {
        return Err(vm.attribute_error(module, name));
    }
    let value = vm.getattr(source, name)?;
    vm.setattr(module, name, value)?;
    Ok(value)
}
