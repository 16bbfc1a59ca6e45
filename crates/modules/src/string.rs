//! `string`: constants (the rest is written in Python), and `string.templatelib` for template strings.

use crate::in_python;
use vm::{
    R, Vm,
    native::{Def, ModuleDef, Native},
    table::TypeId,
};

/// `string`
pub static STRING: ModuleDef = ModuleDef {
    name: "string",
    members: &[
        ("ascii_lowercase", Def::Value(|vm| text(vm, "abcdefghijklmnopqrstuvwxyz"))),
        ("ascii_uppercase", Def::Value(|vm| text(vm, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
        ("ascii_letters", Def::Value(|vm| text(vm, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
        ("digits", Def::Value(|vm| text(vm, "0123456789"))),
        ("hexdigits", Def::Value(|vm| text(vm, "0123456789abcdefABCDEF"))),
        ("octdigits", Def::Value(|vm| text(vm, "01234567"))),
        ("punctuation", Def::Value(|vm| text(vm, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))),
        ("whitespace", Def::Value(|vm| text(vm, " \t\n\r\x0b\x0c"))),
        ("__getattr__", Def::Fn(Native::F1(|vm, name| in_python::attribute(vm, "string", "_string_classes", name)))),
        ("__path__", Def::Value(|vm| Ok(vm.new_list(&[])?.obj()))),
    ],
    init: None,
};

/// `string.templatelib`
pub static TEMPLATELIB: ModuleDef = ModuleDef {
    name: "string.templatelib",
    members: &[("Template", Def::Type(TypeId::Template)), ("Interpolation", Def::Type(TypeId::Interpolation))],
    init: None,
};

fn text(vm: &mut Vm, text: &str) -> R {
    vm.new_str(text.as_bytes())
}
