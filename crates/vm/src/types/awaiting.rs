//! What `await`, `async with` and `async for` ask of an object; the compiler's `helpers.rs` names the functions.

use heap::Obj;

use crate::{
    qstr::{Qstr, q},
    table::TypeId,
    types::generator,
    value::R,
    vm::Vm,
};

/// `await obj`: the iterator to delegate to.
pub(crate) fn get_awaitable(vm: &mut Vm, obj: Obj) -> R {
    match awaitable(vm, obj)? {
        Some(iterator) => Ok(iterator),
        None if vm.official_texts() => vm.iter(obj),
        None => Err(vm.type_error_for("object ", obj, " can't be used in 'await' expression")),
    }
}

/// `None` if the object cannot be awaited. As in MicroPython whatever can be iterated over can.
fn awaitable(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    if let Some(generator) = vm.as_generator(obj) {
        generator::usable(vm, obj)?;
        if vm.type_of(obj).is(TypeId::Coroutine) && generator.delegate().is_some() {
            return Err(vm.runtime_error("coroutine is being awaited already"));
        }
        return Ok(Some(obj));
    }
    let Some(iterator) = vm.call_special_maybe(obj, q::__await__, &[])? else { return vm.iter_maybe(obj) };
    if vm.type_of(iterator).slots().next.is_none() {
        return Err(vm.type_error_for("__await__() returned non-iterator of type '", iterator, "'"));
    }
    Ok(Some(iterator))
}

/// Calls a method without arguments; `None` if there is none.
fn call_maybe(vm: &mut Vm, obj: Obj, name: Qstr) -> R<Option<Obj>> {
    match vm.getattr_maybe(obj, name)? {
        Some(method) => vm.call(method, &[]).map(Some),
        None => Ok(None),
    }
}

/// `async with obj`: the iterator that enters.
pub(crate) fn enter(vm: &mut Vm, obj: Obj) -> R {
    const PROTOCOL: &str = "' object does not support the asynchronous context manager protocol";
    let Some(method) = vm.getattr_maybe(obj, q::__aenter__)? else {
        return Err(vm.type_error_for("'", obj, PROTOCOL));
    };
    let class = vm.type_of(obj);
    if vm.class_lookup(class, q::__aexit__)?.is_none() && vm.getattr_maybe(obj, q::__aexit__)?.is_none() {
        let text = alloc::format!("{PROTOCOL} (missed __aexit__ method)");
        return Err(vm.type_error_for("'", obj, &text));
    }
    let entered = vm.call(method, &[])?;
    match awaitable(vm, entered)? {
        Some(iterator) => Ok(iterator),
        None => {
            const RECEIVED: &str =
                "'async with' received an object from __aenter__ that does not implement __await__: ";
            Err(vm.type_error_for(RECEIVED, entered, ""))
        }
    }
}

/// `async for … in obj`: the asynchronous iterator.
pub(crate) fn iter(vm: &mut Vm, obj: Obj) -> R {
    let Some(iterator) = call_maybe(vm, obj, q::__aiter__)? else {
        return Err(vm.type_error_for("'async for' requires an object with __aiter__ method, got ", obj, ""));
    };
    let class = vm.type_of(iterator);
    if vm.class_lookup(class, q::__anext__)?.is_none() && vm.getattr_maybe(iterator, q::__anext__)?.is_none() {
        const RECEIVED: &str = "'async for' received an object from __aiter__ that does not implement __anext__: ";
        return Err(vm.type_error_for(RECEIVED, iterator, ""));
    }
    Ok(iterator)
}

/// The next step of an `async for`: the iterator to delegate to.
pub(crate) fn next(vm: &mut Vm, obj: Obj) -> R {
    let Some(step) = call_maybe(vm, obj, q::__anext__)? else {
        return Err(vm.type_error_for("'async for' requires an iterator with __anext__ method, got ", obj, ""));
    };
    if let Ok(iterator) = get_awaitable(vm, step) {
        return Ok(iterator);
    }
    // What is wrong with it is the cause.
    let cause = vm.take_exception();
    let _ = vm.type_error_for("'async for' received an invalid object from __anext__: ", step, "");
    let error = vm.take_exception();
    vm.set_cause(error, cause)?;
    Err(vm.raise(error))
}
