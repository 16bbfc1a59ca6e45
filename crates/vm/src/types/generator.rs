//! Generators and coroutines.

use heap::Obj;

use crate::{
    handle::Ref,
    interp::generator::Generator,
    native::{Args, Def, Native, Show, Slots, TypeDef},
    table::TypeId,
    text_out::TextOut,
    value::R,
    vm::Vm,
};

/// `generator`
pub static GENERATOR: TypeDef = TypeDef {
    slots: Slots { show: Some(show), iter: Some(iter), next: Some(next), ..Slots::NONE },
    members: &[
        ("send", Def::Fn(Native::F2(send))),
        ("throw", Def::Fn(Native::Var(2, 4, throw))),
        ("close", Def::Fn(Native::F1(close))),
        ("pend_throw", Def::Fn(Native::F2(pend_throw))),
        ("__await__", Def::Fn(Native::F1(await_self))),
        ("__name__", Def::Get(name)),
        ("__qualname__", Def::Get(qualname)),
        ("gi_code", Def::Get(code)),
        ("gi_running", Def::Get(running)),
        ("gi_yieldfrom", Def::Get(delegate)),
    ],
    ..TypeDef::named("generator")
};

/// `coroutine`: as in MicroPython it can be iterated over like a generator.
pub static COROUTINE: TypeDef = TypeDef {
    slots: Slots { show: Some(show), iter: Some(iter), next: Some(next), ..Slots::NONE },
    members: &[
        ("send", Def::Fn(Native::F2(send))),
        ("throw", Def::Fn(Native::Var(2, 4, throw))),
        ("close", Def::Fn(Native::F1(close))),
        ("pend_throw", Def::Fn(Native::F2(pend_throw))),
        ("__await__", Def::Fn(Native::F1(await_self))),
        ("__name__", Def::Get(name)),
        ("__qualname__", Def::Get(qualname)),
        ("cr_await", Def::Get(delegate)),
        ("cr_code", Def::Get(code)),
        ("cr_running", Def::Get(running)),
    ],
    ..TypeDef::named("coroutine")
};

fn receiver(vm: &mut Vm, obj: Obj) -> R<Ref<Generator>> {
    match vm.as_generator(obj) {
        Some(generator) => Ok(generator),
        None => Err(vm.type_error("a generator is needed")),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let generator = receiver(vm, obj)?;
    let name = if vm.official_texts() { generator.name().obj() } else { qualname(vm, obj)? };
    show_named(vm, obj, name, out)
}

/// Writes a generator or coroutine of this name.
pub(crate) fn show_named(vm: &mut Vm, obj: Obj, name: Obj, out: &mut TextOut) -> R<()> {
    if vm.official_texts() {
        out.write_str(vm, "<generator object '")?;
        vm.write_text(out, name)?;
        return out.write_fmt(vm, format_args!("' at {:x}>", obj.word()));
    }
    out.write_str(vm, "<")?;
    vm.write_qstr(out, vm.type_of(obj).name())?;
    out.write_str(vm, " object ")?;
    vm.write_text(out, name)?;
    out.write_fmt(vm, format_args!(" at 0x{:x}>", obj.word()))
}

fn iter(_vm: &mut Vm, obj: Obj) -> R {
    Ok(obj)
}

fn await_self(vm: &mut Vm, obj: Obj) -> R {
    receiver(vm, obj).map(Ref::obj)
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let generator = receiver(vm, obj)?;
    vm.resume_generator(generator, Obj::NONE, None)
}

/// A yielded value, or StopIteration raised with the returned one.
pub(crate) fn outcome(vm: &mut Vm, result: R<Option<Obj>>) -> R {
    match result? {
        Some(value) => Ok(value),
        None => {
            let value = vm.take_stop_value();
            Err(vm.raise_stop_iteration(value))
        }
    }
}

/// The generator, or the coroutine unless it has ended.
pub(crate) fn usable(vm: &mut Vm, obj: Obj) -> R<Ref<Generator>> {
    let generator = receiver(vm, obj)?;
    if generator.is_finished() && vm.type_of(obj).is(TypeId::Coroutine) {
        return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
    }
    Ok(generator)
}

fn send(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let generator = usable(vm, obj)?;
    let result = vm.resume_generator(generator, value, None);
    outcome(vm, result)
}

fn throw(vm: &mut Vm, args: &[Obj]) -> R {
    let generator = usable(vm, args[0])?;
    let exception = thrown(vm, args)?;
    let result = vm.throw_into(generator, exception);
    outcome(vm, result)
}

/// What `throw` is to raise. throw(type, value, traceback) is the old form: the value, if it is an exception, or else its
/// argument.
pub(crate) fn thrown(vm: &mut Vm, args: &[Obj]) -> R {
    match (args[1], args.get(2).copied().filter(|value| *value != Obj::NONE)) {
        (_, Some(value)) if vm.as_exception(value).is_some() => Ok(value),
        (class, Some(value)) if vm.as_type(class).is_some() => vm.call(class, &[value]),
        (class, _) => Ok(class),
    }
}

fn close(vm: &mut Vm, obj: Obj) -> R {
    let generator = receiver(vm, obj)?;
    vm.close_generator(generator)
}

/// Sets the exception that the next resumption raises; gives what was set before.
fn pend_throw(vm: &mut Vm, obj: Obj, exception: Obj) -> R {
    let generator = receiver(vm, obj)?;
    generator.pend(vm, exception)
}

pub(crate) fn name(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.name().obj())
}

pub(crate) fn qualname(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.code_object().read(|code| code.qualname))
}

pub(crate) fn code(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.code_object().obj())
}

/// What it waits for with `yield from` or `await`.
pub(crate) fn delegate(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.delegate().unwrap_or(Obj::NONE))
}

pub(crate) fn running(vm: &mut Vm, obj: Obj) -> R {
    let generator = receiver(vm, obj)?;
    Ok(Obj::from_bool(generator.is_executing(vm)))
}

impl Vm {
    /// Raises StopIteration with a value (none if it is None).
    pub fn raise_stop_iteration(&mut self, value: Obj) -> crate::value::Raised {
        let args = [value];
        let args = if value == Obj::NONE { &[][..] } else { &args[..] };
        self.error_args(crate::types::exception::Exc::StopIteration, args)
    }

    /// Calls a method with keywords, for callers outside of the interpreter.
    pub fn call_method_args(&mut self, obj: Obj, name: crate::qstr::Qstr, args: &Args) -> R {
        let method = self.getattr(obj, name)?;
        self.call_args(method, args)
    }
}
