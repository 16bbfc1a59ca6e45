//! Generators and coroutines of machine code.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::machine::{MachineGenerator, Phase},
    native::{Def, Native, Show, Slots, TypeDef},
    table::TypeId,
    text_out::TextOut,
    types::{exception::Exc, generator},
    value::R,
    vm::Vm,
};

/// `generator`: for `isinstance` a kind of the other one.
pub static MACHINE_GENERATOR: TypeDef = TypeDef {
    base: Some(TypeId::Generator),
    slots: Slots { show: Some(show), iter: Some(iter), next: Some(next), ..Slots::NONE },
    members: &[
        ("send", Def::Fn(Native::F2(send))),
        ("throw", Def::Fn(Native::Var(2, 4, throw))),
        ("close", Def::Fn(Native::F1(close))),
        ("pend_throw", Def::Fn(Native::F2(pend_throw))),
        ("__await__", Def::Fn(Native::F1(await_self))),
        ("__name__", Def::Get(name)),
        ("__qualname__", Def::Get(|vm, obj| Ok(receiver(vm, obj)?.code().read(|code| code.qualname)))),
        ("gi_code", Def::Get(|vm, obj| Ok(receiver(vm, obj)?.code().obj()))),
        ("gi_running", Def::Get(running)),
    ],
    ..TypeDef::named("generator")
};

fn receiver(vm: &mut Vm, obj: Obj) -> R<Ref<MachineGenerator>> {
    match vm.exact::<MachineGenerator>(obj) {
        Some(generator) => Ok(generator),
        None => Err(vm.type_error("a generator is needed")),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let generator = receiver(vm, obj)?;
    let name = if vm.official_texts() { generator.name().obj() } else { generator.code().read(|code| code.qualname) };
    generator::show_named(vm, obj, name, out)
}

fn iter(_vm: &mut Vm, obj: Obj) -> R {
    Ok(obj)
}

fn await_self(vm: &mut Vm, obj: Obj) -> R {
    receiver(vm, obj).map(Ref::obj)
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let generator = receiver(vm, obj)?;
    vm.resume_machine_generator(generator, Obj::NONE, None)
}

fn send(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let generator = receiver(vm, obj)?;
    let result = vm.resume_machine_generator(generator, value, None);
    generator::outcome(vm, result)
}

fn throw(vm: &mut Vm, args: &[Obj]) -> R {
    let generator = receiver(vm, args[0])?;
    let exception = generator::thrown(vm, args)?;
    let result = vm.resume_machine_generator(generator, Obj::NONE, Some(exception));
    generator::outcome(vm, result)
}

/// `close()`; gives the value it returned.
pub(crate) fn close(vm: &mut Vm, obj: Obj) -> R {
    let generator = receiver(vm, obj)?;
    match generator.phase() {
        Phase::Finished => return Ok(Obj::NONE),
        Phase::Fresh => {
            generator.set_phase(Phase::Finished);
            return Ok(Obj::NONE);
        }
        _ => {}
    }
    let exit = vm.new_exception(vm.exc_type(Exc::GeneratorExit), &[])?;
    match vm.resume_machine_generator(generator, Obj::NONE, Some(exit)) {
        Ok(Some(_)) => Err(vm.runtime_error("generator ignored GeneratorExit")),
        Ok(None) => Ok(vm.take_stop_value()),
        Err(_) if vm.pending_is(Exc::GeneratorExit) || vm.pending_is(Exc::StopIteration) => {
            vm.take_exception();
            Ok(Obj::NONE)
        }
        Err(raised) => Err(raised),
    }
}

fn pend_throw(vm: &mut Vm, obj: Obj, exception: Obj) -> R {
    let generator = receiver(vm, obj)?;
    if generator.phase() == Phase::Running {
        return Err(vm.value_error("generator already executing"));
    }
    Ok(generator.pend((exception != Obj::NONE).then_some(exception)).unwrap_or(Obj::NONE))
}

fn name(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.name().obj())
}

fn running(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::from_bool(receiver(vm, obj)?.phase() == Phase::Running))
}
