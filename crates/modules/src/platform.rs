//! `platform`.

use vm::{
    R, Vm,
    native::{Def, Member, ModuleDef, Native},
    text_out::TextOut,
};

use crate::sys::VERSION;

/// `platform`
pub static PLATFORM: ModuleDef = ModuleDef { name: "platform", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("libc_ver", Def::Fn(Native::Var(0, 4, |vm, _| libc_ver(vm)))),
    ("platform", Def::Fn(Native::Var(0, 2, |vm, _| platform(vm)))),
    ("python_compiler", Def::Fn(Native::F0(python_compiler))),
];

const SYSTEM: &str = if cfg!(target_os = "linux") {
    "Linux"
} else if cfg!(target_os = "macos") {
    "Darwin"
} else {
    "MicroPython"
};

const CPU: &str = if cfg!(target_arch = "x86_64") {
    "x86_64"
} else if cfg!(target_arch = "aarch64") {
    "aarch64"
} else {
    "unknown"
};

const LIBC: &str = if cfg!(target_env = "musl") {
    "musl"
} else if cfg!(target_env = "gnu") {
    "glibc"
} else {
    ""
};

fn platform(vm: &mut Vm) -> R {
    let mut out = TextOut::buffer();
    out.write_fmt(vm, format_args!("{SYSTEM}-{}-{CPU}--with-{LIBC}", VERSION.trim_start_matches('v')))?;
    out.into_str(vm)
}

fn python_compiler(vm: &mut Vm) -> R {
    let mut out = TextOut::buffer();
    out.write_fmt(vm, format_args!("Taipan {}", env!("CARGO_PKG_VERSION")))?;
    out.into_str(vm)
}

fn libc_ver(vm: &mut Vm) -> R {
    let name = vm.new_str(LIBC.as_bytes())?;
    let version = vm.new_str(b"")?;
    vm.new_tuple(&[name, version])
}
