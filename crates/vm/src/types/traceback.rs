//! Traceback objects, for programs that ask for `__traceback__`. The machine itself keeps tracebacks as numbers in the exception.

use heap::Obj;

use crate::{
    layout::exception::TracebackRef,
    native::{Def, Slots, TypeDef},
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// `traceback`
pub static TRACEBACK: TypeDef = TypeDef {
    slots: Slots { unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("tb_lineno", Def::Get(line)),
        ("tb_next", Def::Get(next)),
        ("tb_frame", Def::Get(|_, _| Ok(Obj::NONE))),
    ],
    ..TypeDef::named("traceback")
};

/// `exception.__traceback__`
pub(crate) fn get(vm: &mut Vm, obj: Obj) -> R {
    let exception = vm.expect_exception(obj)?;
    match exception.trace_len() {
        0 => Ok(Obj::NONE),
        // Entries are kept innermost first; the object starts at the outermost.
        n => vm.new_traceback(obj, n - 1),
    }
}

/// `exception.__traceback__ = …`
pub(crate) fn set(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let exception = vm.expect_exception(obj)?;
    let value = value.unwrap_or(Obj::NONE);
    if value == Obj::NONE {
        exception.clear_trace();
        return Ok(());
    }
    let Some(traceback) = vm.as_traceback(value) else {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    };
    let (of, _) = traceback.parts();
    if of != obj
        && let Some(of) = vm.as_exception(of)
    {
        exception.take_trace_of(vm, of);
    }
    Ok(())
}

fn expect(vm: &mut Vm, obj: Obj) -> R<TracebackRef> {
    match vm.as_traceback(obj) {
        Some(traceback) => Ok(traceback),
        None => Err(vm.type_error_for("expected a traceback, got '", obj, "'")),
    }
}

fn line(vm: &mut Vm, obj: Obj) -> R {
    let (exception, index) = expect(vm, obj)?.parts();
    let entry = vm.as_exception(exception).and_then(|exception| exception.trace_entry(index));
    Ok(Obj::small_int_unchecked(entry.map_or(0, |entry| entry.line as isize)))
}

fn next(vm: &mut Vm, obj: Obj) -> R {
    let (exception, index) = expect(vm, obj)?.parts();
    match index {
        0 => Ok(Obj::NONE),
        _ => vm.new_traceback(exception, index - 1),
    }
}
