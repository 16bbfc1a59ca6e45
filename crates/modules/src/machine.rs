//! `machine`: what the official Unix build has of it.
//!
//! `mem8`, `mem16` and `mem32` are physical memory, which the host may grant or not; `Signal` and `PinBase` work
//! with any object that has a method `value`.

use vm::{
    Obj, R, Ref, Vm,
    host::Errno,
    layout::typ::Type,
    native::{Args, Def, Member, ModuleDef, Native, Slots, TypeDef},
    qstr::q,
    types::{exception::Exc, object::identity_unary},
};

/// `machine`
pub static MACHINE: ModuleDef = ModuleDef { name: "machine", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("PinBase", Def::Value(|vm| Ok(vm.define_type(&PIN_BASE)?.obj()))),
    ("Signal", Def::Value(|vm| Ok(vm.define_type(&SIGNAL)?.obj()))),
    ("disable_irq", Def::Fn(Native::F0(|vm| Ok(Obj::from_bool(!vm.set_undisturbed(true)))))),
    ("enable_irq", Def::Fn(Native::Var(0, 1, enable_irq))),
    ("idle", Def::Fn(Native::F0(idle))),
    ("mem8", Def::Value(|vm| memory(vm, 1))),
    ("mem16", Def::Value(|vm| memory(vm, 2))),
    ("mem32", Def::Value(|vm| memory(vm, 4))),
    ("soft_reset", Def::Fn(Native::F0(|vm| Err(vm.error_args(Exc::SystemExit, &[]))))),
    ("time_pulse_us", Def::Fn(Native::Var(2, 3, time_pulse_us))),
];

/// `enable_irq(state=True)`: what the matching `disable_irq` gave; without interrupts no other thread takes the turn.
fn enable_irq(vm: &mut Vm, args: &[Obj]) -> R {
    let on = match args.first() {
        Some(state) => vm.is_true(*state)?,
        None => true,
    };
    vm.set_undisturbed(!on);
    Ok(Obj::NONE)
}

/// How long `idle` waits.
const IDLE_NS: u64 = 500_000;

fn idle(vm: &mut Vm) -> R {
    vm.sleep_ns(IDLE_NS);
    vm.look_around()?;
    Ok(Obj::NONE)
}

/// The type of `mem8`, `mem16`, `mem32`. Field: the width in bytes.
static MEMORY: TypeDef = TypeDef {
    slots: Slots {
        show: Some(|vm, obj, out, _| {
            let bits = 8 * vm.expect_fields(&MEMORY, obj)?.count(0);
            out.write_fmt(vm, format_args!("<{bits}-bit memory>"))
        }),
        unary: Some(identity_unary),
        getitem: Some(load),
        setitem: Some(store),
        ..Slots::NONE
    },
    ..TypeDef::named("mem")
};

fn memory(vm: &mut Vm, width: isize) -> R {
    Ok(vm.new_fields(&MEMORY, &[Obj::small_int_unchecked(width)])?.obj())
}

/// Width and address of an access.
fn place(vm: &mut Vm, obj: Obj, index: Obj) -> R<(usize, usize)> {
    let width = vm.expect_fields(&MEMORY, obj)?.count(0);
    let address = crate::uctypes::address(vm, index)?;
    if address % width != 0 {
        return Err(vm.error(Exc::ValueError, format_args!("address {address:08x} is not aligned to {width} bytes")));
    }
    Ok((width, address))
}

fn access(vm: &mut Vm, address: usize, bytes: &mut [u8], write: bool) -> R<()> {
    const EPERM: Errno = Errno(1);
    let done = match vm.host() {
        Some(host) => host.physical_memory(address as u64, bytes, write),
        None => Err(EPERM),
    };
    done.map_err(|errno| vm.os_error(errno, None))
}

fn load(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let (width, address) = place(vm, obj, index)?;
    let mut bytes = [0; 4];
    access(vm, address, &mut bytes[..width], false)?;
    let value = if cfg!(target_endian = "big") {
        u32::from_be_bytes(bytes) >> (32 - 8 * width)
    } else {
        u32::from_le_bytes(bytes)
    };
    vm.new_int(value)
}

fn store(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let (width, address) = place(vm, obj, index)?;
    let Some(value) = value else {
        return Err(vm.type_error("'mem' object doesn't support item deletion"));
    };
    // What does not fit is cut off.
    let value = crate::uctypes::address(vm, value)? as u32;
    let mut bytes =
        if cfg!(target_endian = "big") { (value << (32 - 8 * width)).to_be_bytes() } else { value.to_le_bytes() };
    access(vm, address, &mut bytes[..width], true)
}

/// `machine.PinBase`, for pins that are written in Python.
static PIN_BASE: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(|vm, _, _| Ok(vm.new_fields(&PIN_BASE, &[])?.obj())),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    ..TypeDef::named("PinBase")
};

/// `machine.Signal`: a pin that may be active when it is low. Fields: the pin, whether it is inverted.
static SIGNAL: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(new_signal),
        unary: Some(identity_unary),
        call: Some(|vm, signal, args| match (args.pos, args.kw) {
            ([], []) => value(vm, &[signal]),
            (&[level], []) => value(vm, &[signal, level]),
            _ => Err(vm.type_error("a signal takes at most one argument")),
        }),
        ..Slots::NONE
    },
    members: &[
        ("off", Def::Fn(Native::F1(|vm, signal| value(vm, &[signal, Obj::FALSE])))),
        ("on", Def::Fn(Native::F1(|vm, signal| value(vm, &[signal, Obj::TRUE])))),
        ("value", Def::Fn(Native::Var(1, 2, value))),
    ],
    ..TypeDef::named("Signal")
};

/// `Signal(pin, invert=False)`
fn new_signal(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [pin, invert] = vm.bind(args, [q::pin, q::invert], 1)?;
    let pin = pin.unwrap_or(Obj::NONE);
    if vm.getattr_maybe(pin, q::value)?.is_none() {
        return Err(vm.type_error_for("a Pin is needed, not '", pin, "'"));
    }
    let invert = vm.is_true(invert.unwrap_or(Obj::FALSE))?;
    Ok(vm.new_fields(&SIGNAL, &[pin, Obj::from_bool(invert)])?.obj())
}

fn value(vm: &mut Vm, args: &[Obj]) -> R {
    let signal = vm.expect_fields(&SIGNAL, args[0])?;
    let (pin, invert) = (signal.get(0), signal.get(1) == Obj::TRUE);
    match args.get(1) {
        Some(level) => {
            let level = vm.is_true(*level)?;
            vm.call_method(pin, q::value, &[Obj::from_bool(level != invert)])
        }
        None => {
            let level = vm.call_method(pin, q::value, &[])?;
            let level = vm.index(level)?;
            vm.new_int(level ^ isize::from(invert))
        }
    }
}

fn read_pin(vm: &mut Vm, pin: Obj) -> R<bool> {
    let level = vm.call_method(pin, q::value, &[])?;
    vm.is_true(level)
}

/// `time_pulse_us(pin, level, timeout_us=1000000)`: how long the pin has this level; -2 if it does not come in time, -1 if
/// it stays too long.
fn time_pulse_us(vm: &mut Vm, args: &[Obj]) -> R {
    let pin = args[0];
    let level = vm.is_true(args[1])?;
    let timeout = match args.get(2) {
        Some(timeout) => vm.index(*timeout)?.max(0) as u64,
        None => 1_000_000,
    };
    let micros = |vm: &mut Vm| vm.host().map_or(u64::MAX, |host| host.monotonic_ns() / 1000);
    let mut start = micros(vm);
    while read_pin(vm, pin)? != level {
        if micros(vm).saturating_sub(start) >= timeout || vm.host().is_none() {
            return Ok(Obj::small_int_unchecked(-2));
        }
    }
    start = micros(vm);
    while read_pin(vm, pin)? == level {
        if micros(vm).saturating_sub(start) >= timeout || vm.host().is_none() {
            return Ok(Obj::small_int_unchecked(-1));
        }
    }
    let taken = micros(vm).saturating_sub(start);
    vm.new_int(taken)
}
