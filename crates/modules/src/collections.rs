//! `collections`: the types are builtin types of the machine, `namedtuple` makes classes; the classes that are written in Python
//! come from the frozen `collections._classes` when they are asked for.

use crate::in_python;
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

/// `collections.abc` is imported when it is asked for, too, as in CPython.
fn class_in_python(vm: &mut Vm, name: Obj) -> R {
    if name == q::abc.obj() {
        let globals = vm.builtins();
        return vm.import_module(q::collections_abc.obj(), globals, Obj::TRUE, 0);
    }
    in_python::attribute(vm, "collections", "collections._classes", name)
}
