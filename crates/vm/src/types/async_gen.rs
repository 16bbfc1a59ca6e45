//! Asynchronous generators. Their body is a generator that hands the awaits' values through and marks its own;
//! a step drives it until it yields a marked value or ends.

use heap::Obj;

use crate::{
    handle::Ref,
    interp::generator::Generator,
    layout::async_gen::{AsyncGenerator, AsyncStep, AsyncValue},
    native::{Def, Native, Slots, TypeDef},
    types::{exception::Exc, generator, object::identity_unary},
    value::R,
    vm::Vm,
};

/// `async_generator`
pub static ASYNC_GENERATOR: TypeDef = TypeDef {
    slots: Slots { unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("__aiter__", Def::Fn(Native::F1(|_, obj| Ok(obj)))),
        ("__anext__", Def::Fn(Native::F1(|vm, obj| new_step(vm, obj, Stage::Send, Obj::NONE)))),
        ("asend", Def::Fn(Native::F2(|vm, obj, value| new_step(vm, obj, Stage::Send, value)))),
        ("athrow", Def::Fn(Native::Var(2, 4, athrow))),
        ("aclose", Def::Fn(Native::F1(|vm, obj| new_step(vm, obj, Stage::Close, Obj::NONE)))),
        ("__name__", Def::Get(|vm, obj| of_body(vm, obj, generator::name))),
        ("__qualname__", Def::Get(|vm, obj| of_body(vm, obj, generator::qualname))),
        ("ag_await", Def::Get(|vm, obj| of_body(vm, obj, generator::delegate))),
        ("ag_code", Def::Get(|vm, obj| of_body(vm, obj, generator::code))),
        ("ag_running", Def::Get(|vm, obj| of_body(vm, obj, generator::running))),
    ],
    ..TypeDef::named("async_generator")
};

/// An attribute of the generator that runs the body.
fn of_body(vm: &mut Vm, obj: Obj, get: fn(&mut Vm, Obj) -> R) -> R {
    match vm.exact::<AsyncGenerator>(obj) {
        Some(owner) => get(vm, owner.generator()),
        None => Err(vm.type_error_for("expected an asynchronous generator, got '", obj, "'")),
    }
}

/// What is awaited.
pub static ASYNC_STEP: TypeDef = TypeDef {
    slots: Slots {
        unary: Some(identity_unary),
        iter: Some(|_, obj| Ok(obj)),
        next: Some(|vm, obj| resume(vm, obj, Obj::NONE)),
        ..Slots::NONE
    },
    members: &[
        ("__await__", Def::Fn(Native::F1(|_, obj| Ok(obj)))),
        (
            "send",
            Def::Fn(Native::F2(|vm, obj, value| {
                let result = resume(vm, obj, value);
                outcome(vm, result)
            })),
        ),
        ("throw", Def::Fn(Native::Var(2, 4, throw))),
        (
            "close",
            Def::Fn(Native::F1(|vm, obj| {
                step(vm, obj)?.set_stage(Stage::Done.obj());
                Ok(Obj::NONE)
            })),
        ),
    ],
    ..TypeDef::named("async_generator_asend")
};

/// The mark; programs never see it.
pub static ASYNC_VALUE: TypeDef =
    TypeDef { slots: Slots { unary: Some(identity_unary), ..Slots::NONE }, ..TypeDef::named("async_generator_value") };

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It will send its argument.
    Send,
    /// It will raise its argument.
    Throw,
    /// It will raise GeneratorExit.
    Close,
    /// It waits for an inner await.
    Running,
    /// The same, and the generator is being closed.
    Closing,
    /// It is over.
    Done,
}

impl Stage {
    const ALL: [Stage; 6] = [Stage::Send, Stage::Throw, Stage::Close, Stage::Running, Stage::Closing, Stage::Done];

    fn obj(self) -> Obj {
        Obj::small_int_unchecked(self as isize)
    }

    fn of(obj: Obj) -> Stage {
        Stage::ALL.into_iter().find(|stage| stage.obj() == obj).unwrap_or(Stage::Done)
    }
}

/// `__async_generator__(generator)`
pub(crate) fn make(vm: &mut Vm, generator: Obj) -> R {
    match vm.exact::<Generator>(generator) {
        Some(generator) => vm.new_async_generator(generator.obj()),
        None => Err(vm.type_error_for("expected a generator, got '", generator, "'")),
    }
}

/// `__async_yield__(value)`
pub(crate) fn mark(vm: &mut Vm, value: Obj) -> R {
    vm.new_async_value(value)
}

fn new_step(vm: &mut Vm, obj: Obj, stage: Stage, argument: Obj) -> R {
    match vm.exact::<AsyncGenerator>(obj) {
        Some(owner) => vm.new_async_step(owner.generator(), stage.obj(), argument),
        None => Err(vm.type_error_for("expected an async_generator, got '", obj, "'")),
    }
}

fn athrow(vm: &mut Vm, args: &[Obj]) -> R {
    new_step(vm, args[0], Stage::Throw, thrown(args))
}

/// The exception of `throw(exception)` or `throw(type, exception)`.
fn thrown(args: &[Obj]) -> Obj {
    match args.get(2) {
        Some(value) if *value != Obj::NONE => *value,
        _ => args[1],
    }
}

fn step(vm: &mut Vm, obj: Obj) -> R<Ref<AsyncStep>> {
    match vm.exact::<AsyncStep>(obj) {
        Some(step) => Ok(step),
        None => Err(vm.type_error_for("expected a step of an async_generator, got '", obj, "'")),
    }
}

/// Runs the body until it yields; None when the step is over, its value then waits in the machine.
fn resume(vm: &mut Vm, obj: Obj, sent: Obj) -> R<Option<Obj>> {
    let step = step(vm, obj)?;
    let (generator, stage, argument) = step.parts();
    let Some(body) = vm.exact::<Generator>(generator) else { return Ok(None) };
    let stage = Stage::of(stage);
    let closing = matches!(stage, Stage::Close | Stage::Closing);
    step.set_stage(if closing { Stage::Closing } else { Stage::Running }.obj());
    let result = match stage {
        Stage::Send => vm.resume_generator(body, argument, None),
        Stage::Throw => vm.throw_into(body, argument),
        Stage::Close if body.is_finished() => Ok(None),
        Stage::Close if body.is_fresh() => {
            body.finish();
            Ok(None)
        }
        Stage::Close => {
            let class = vm.exc_type(Exc::GeneratorExit);
            let exit = vm.new_exception(class, &[])?;
            vm.throw_into(body, exit)
        }
        Stage::Running | Stage::Closing => vm.resume_generator(body, sent, None),
        Stage::Done => {
            step.set_stage(Stage::Done.obj());
            return Err(vm.runtime_error("cannot reuse already awaited __anext__()/asend()"));
        }
    };
    finish(vm, step, result, closing)
}

/// What a run of the body means for the step.
fn finish(vm: &mut Vm, step: Ref<AsyncStep>, result: R<Option<Obj>>, closing: bool) -> R<Option<Obj>> {
    if let Ok(Some(value)) = result {
        let Some(marked) = vm.exact::<AsyncValue>(value) else { return Ok(Some(value)) };
        step.set_stage(Stage::Done.obj());
        if closing {
            return Err(vm.runtime_error("async generator ignored GeneratorExit"));
        }
        vm.set_stop_value(marked.marked_value());
        return Ok(None);
    }
    step.set_stage(Stage::Done.obj());
    match result {
        Ok(_) if closing => {}
        Ok(_) => {
            vm.take_stop_value();
            return Err(vm.error_args(Exc::StopAsyncIteration, &[]));
        }
        Err(raised) => {
            let ended = vm.pending_is(Exc::GeneratorExit) || vm.pending_is(Exc::StopAsyncIteration);
            if !closing || !ended {
                vm.refuse_end(Exc::StopAsyncIteration, "async generator");
                return Err(raised);
            }
            vm.take_exception();
        }
    }
    vm.set_stop_value(Obj::NONE);
    Ok(None)
}

/// A yielded value, or StopIteration raised with the result.
fn outcome(vm: &mut Vm, result: R<Option<Obj>>) -> R {
    match result? {
        Some(value) => Ok(value),
        None => {
            let value = vm.take_stop_value();
            Err(vm.raise_stop_iteration(value))
        }
    }
}

fn throw(vm: &mut Vm, args: &[Obj]) -> R {
    let step = step(vm, args[0])?;
    let (generator, stage, _) = step.parts();
    let Some(body) = vm.exact::<Generator>(generator) else { return Ok(Obj::NONE) };
    let closing = matches!(Stage::of(stage), Stage::Close | Stage::Closing);
    let result = vm.throw_into(body, thrown(args));
    let result = finish(vm, step, result, closing);
    outcome(vm, result)
}
