//! Generators and coroutines.

use heap::Obj;

use crate::{
    handle::Ref,
    interp::generator::Generator,
    native::{Args, Def, Native, Show, Slots, TypeDef},
    qstr::Qstr,
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
        ("gi_running", Def::Get(running)),
    ],
    ..TypeDef::named("generator")
};

fn receiver(vm: &mut Vm, obj: Obj) -> R<Ref<Generator>> {
    match vm.exact::<Generator>(obj) {
        Some(generator) => Ok(generator),
        None => Err(vm.type_error("a generator is needed")),
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let name = receiver(vm, obj)?.name();
    show_named(vm, obj, name, out)
}

/// Writes a generator of this name.
pub(crate) fn show_named(vm: &mut Vm, obj: Obj, name: Qstr, out: &mut TextOut) -> R<()> {
    out.write_str(vm, "<generator object '")?;
    vm.write_qstr(out, name)?;
    out.write_fmt(vm, format_args!("' at {:x}>", obj.word()))
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

fn send(vm: &mut Vm, obj: Obj, value: Obj) -> R {
    let generator = receiver(vm, obj)?;
    let result = vm.resume_generator(generator, value, None);
    outcome(vm, result)
}

fn throw(vm: &mut Vm, args: &[Obj]) -> R {
    let generator = receiver(vm, args[0])?;
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

fn name(vm: &mut Vm, obj: Obj) -> R {
    Ok(receiver(vm, obj)?.name().obj())
}

fn running(vm: &mut Vm, obj: Obj) -> R {
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
