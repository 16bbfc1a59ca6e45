//! `_traceback`: tracebacks as text and as places, for `lib/traceback.py`.

use alloc::vec::Vec;

use vm::{
    Obj, R, Vm,
    layout::exception::TraceEntry,
    native::{Def, Member, ModuleDef, Native},
    text_out::TextOut,
    types::traceback_text::{Style, TracebackWriter},
};

/// `_traceback`
pub static TRACEBACK: ModuleDef = ModuleDef { name: "_traceback", members: MEMBERS, init: None };

const MEMBERS: &[Member] = &[
    ("format", Def::Fn(Native::F3(format))),
    ("calls", Def::Fn(Native::F1(calls))),
    ("places", Def::Fn(Native::F1(places))),
];

/// `format(exception, chain, calls)`: the text that an uncaught exception has.
fn format(vm: &mut Vm, exception: Obj, chain: Obj, calls: Obj) -> R {
    let style = Style { color: false, chain: vm.is_true(chain)?, calls: vm.is_true(calls)? };
    let mut out = TextOut::buffer();
    TracebackWriter::new(&mut out, style).write(vm, exception)?;
    out.into_str(vm)
}

/// The entries of a traceback object, outermost first.
fn entries(vm: &mut Vm, traceback: Obj) -> R<Vec<TraceEntry>> {
    if traceback == Obj::NONE {
        return Ok(Vec::new());
    }
    let Some(traceback) = vm.as_traceback(traceback) else {
        return Err(vm.type_error_for("expected a traceback, got '", traceback, "'"));
    };
    let (exception, last) = traceback.parts();
    let Some(exception) = vm.as_exception(exception) else { return Ok(Vec::new()) };
    Ok((0..=last).rev().filter_map(|i| exception.trace_entry(i)).collect())
}

/// `calls(traceback)`: the lines of the calls.
fn calls(vm: &mut Vm, traceback: Obj) -> R {
    let entries = entries(vm, traceback)?;
    let mut out = TextOut::buffer();
    TracebackWriter::new(&mut out, Style::default()).entries(vm, &entries, false)?;
    out.into_str(vm)
}

/// `places(traceback)`: file, line and function of each call.
fn places(vm: &mut Vm, traceback: Obj) -> R {
    let entries = entries(vm, traceback)?;
    let list = vm.new_list(&[])?;
    for entry in entries {
        let place =
            vm.new_tuple(&[entry.file.obj(), Obj::small_int_unchecked(entry.line as isize), entry.function.obj()])?;
        list.push(vm, place)?;
    }
    Ok(list.obj())
}
