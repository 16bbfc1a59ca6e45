//! `collections`: the types are builtin types of the machine, `namedtuple` makes classes; the classes that are written in Python
//! come from the frozen `collections._classes` when they are asked for.

use heap::Obj;
use vm::{
    native::{Def, Member, ModuleDef, Native},
    qstr::q,
    table::TypeId,
    types::namedtuple,
    value::R,
    vm::Vm,
};

/// `collections`
pub static COLLECTIONS: ModuleDef = ModuleDef { name: "collections", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("OrderedDict", Def::Type(TypeId::OrderedDict)),
    ("__getattr__", Def::Fn(Native::F1(class_in_python))),
    // Where `collections.abc` is.
    ("__path__", Def::Value(|vm| vm.new_str(b".frozen/collections"))),
    ("defaultdict", Def::Type(TypeId::DefaultDict)),
    ("deque", Def::Type(TypeId::Deque)),
    ("namedtuple", Def::Fn(Native::Kw(1, 2, namedtuple::make))),
];

const IN_PYTHON: &[&[u8]] = &[b"ChainMap", b"Counter", b"UserDict", b"UserList", b"UserString"];

/// The attributes that the module has not (yet): imports the classes, which then are attributes.
fn class_in_python(vm: &mut Vm, name: Obj) -> R {
    let name = vm.name_argument(Some(name))?;
    let globals = vm.builtins();
    let module = vm.import_module(q::collections.obj(), globals, Obj::NONE, 0)?;
    if name == q::abc {
        return vm.import_module(q::collections_abc.obj(), globals, Obj::TRUE, 0);
    }
    if !IN_PYTHON.contains(&vm.qstr_bytes(name)) {
        return Err(vm.attribute_error(module, name));
    }
    let path = vm.intern(b"collections._classes")?;
    let classes = vm.import_module(path.obj(), globals, Obj::TRUE, 0)?;
    let class = vm.getattr(classes, name)?;
    vm.setattr(module, name, class)?;
    Ok(class)
}
